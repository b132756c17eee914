//! Bindings of `page.js`.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Event};

use crate::engine::page::Facts;

#[wasm_bindgen(module = "/src/edge/page.js")]
extern "C" {
    /// What one tracker has on the page: its listeners, its storage key, its endpoint.
    pub(super) type Page;

    pub(super) fn wall() -> f64;
    pub(super) fn mono() -> f64;
    pub(super) fn random() -> u32;
    fn fact(which: u8) -> String;
    #[wasm_bindgen(js_name = firstReason)]
    pub(super) fn first_reason() -> u32;
    pub(super) fn path(event: &Event, text: bool) -> String;
    pub(super) fn open(document: &Document, hear: &Function, notify: &Function, endpoint: &str, site: &str, medium: u8, days: f64) -> Page;
    pub(super) fn close(page: &Page);
    pub(super) fn sees(page: &Page) -> u8;
    pub(super) fn send(page: &Page, how: u8, send: u32, body: &str);
    pub(super) fn watch(page: &Page, on: u8);
    pub(super) fn later(page: &Page, body: &str);
    pub(super) fn begin(page: &Page, tab: &str);
    pub(super) fn end(page: &Page);
    pub(super) fn found(page: &Page) -> String;
    pub(super) fn keep(page: &Page, name: &str, value: &str) -> bool;
    pub(super) fn forget(page: &Page);
    pub(super) fn gone(page: &Page) -> bool;
    pub(super) fn load(page: &Page) -> String;
    pub(super) fn save(page: &Page, value: &str);
    pub(super) fn stats(counts: &JsValue, spent: f64, lost: &str) -> JsValue;
    pub(super) fn tell(page: &Page, topic: u8, payload: &str);
}

/// What `page.js` hears, by its numbers.
pub(super) mod heard {
    pub(crate) const CLICK: u8 = 0;
    pub(crate) const VISIBILITY: u8 = 1;
    pub(crate) const VISIBLE: u8 = 2;
    pub(crate) const LEAVE: u8 = 3;
    pub(crate) const ONLINE: u8 = 4;
    pub(crate) const PAGE: u8 = 5;
    pub(crate) const OUTCOME: u8 = 6;
    pub(crate) const OPENED: u8 = 7;
    pub(crate) const FOUND: u8 = 8;
    pub(crate) const WITHDRAWN: u8 = 9;
}

/// Its title as it is now.
pub(super) fn title() -> String {
    fact(1)
}

/// The page on screen.
pub(super) fn facts() -> Facts {
    Facts { url: fact(0), title: title(), referrer: fact(2) }
}
