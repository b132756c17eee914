//! Bindings of `page.js`.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Event};

use crate::engine::json::Json;
use crate::engine::page::Facts;

#[wasm_bindgen(module = "/src/edge/page.js")]
extern "C" {
    /// What one tracker has on the page: its listeners, its storage key, its endpoint.
    pub(super) type Page;

    pub(super) fn wall() -> f64;
    pub(super) fn mono() -> f64;
    pub(super) fn random() -> u32;
    fn facts(page: &Page) -> String;
    #[wasm_bindgen(js_name = firstReason)]
    pub(super) fn first_reason() -> u32;
    pub(super) fn open(document: &Document, hear: &Function, notify: &Function, endpoint: &str, site: &str, medium: u8, days: f64) -> Page;
    pub(super) fn close(page: &Page);
    pub(super) fn sees(page: &Page) -> u8;
    pub(super) fn send(page: &Page, how: u8, send: u32, body: &str) -> usize;
    pub(super) fn watch(page: &Page, on: u8);
    pub(super) fn tell(page: &Page, topic: u8, payload: &str);
}

#[wasm_bindgen(module = "/src/edge/click.js")]
extern "C" {
    /// What was clicked: the event's fields and name, as [`Input::Click`](crate::engine::io::Input::Click) has them.
    pub(super) fn clicked(page: &Page, event: &Event, text: bool) -> String;
}

#[wasm_bindgen(module = "/src/edge/store.js")]
extern "C" {
    pub(super) fn load(page: &Page) -> String;
    /// Keeps something or, without a slot, keeps it no longer; whether that failed.
    pub(super) fn keep(page: &Page, what: u8, slot: u32, room: u32, text: &str) -> bool;
    pub(super) fn found(page: &Page) -> String;
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

/// The page on screen.
pub(super) fn shown(page: &Page) -> Facts {
    Facts::read(Json::new(&facts(page)))
}
