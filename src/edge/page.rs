//! Bindings of `page.js`, and what it says put into the engine's words.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::Event;

use crate::engine::json::own;
use crate::engine::page::{Facts, Reason};

#[wasm_bindgen(module = "/src/edge/page.js")]
extern "C" {
    pub(super) fn wall() -> f64;
    pub(super) fn mono() -> f64;
    pub(super) fn seed() -> Vec<u32>;
    #[wasm_bindgen(js_name = facts)]
    fn facts_text() -> String;
    #[wasm_bindgen(js_name = reason)]
    pub(super) fn first_reason() -> String;
    pub(super) fn path(event: &Event) -> String;
    pub(super) fn listen(handler: &Function) -> Function;
    pub(super) fn navigation(tell: &Function) -> Function;
    pub(super) fn sees(endpoint: &str) -> bool;
    pub(super) fn send(url: &str, body: &str, how: u8, mark: &str, send: u32, answer: &Function);
    pub(super) fn watch(mark: &str, answer: &Function) -> Function;
    pub(super) fn load(medium: u8, key: &str) -> Option<String>;
    pub(super) fn save(medium: u8, key: &str, value: &str, days: f64);
    pub(super) fn erase(medium: u8, key: &str);
}

/// The page on screen.
pub(super) fn facts() -> Facts {
    let text = facts_text();
    let (url, rest) = text.split_once('\n').unwrap_or_default();
    let (title, referrer) = rest.split_once('\n').unwrap_or_default();
    Facts { url: own(url), title: own(title), referrer: own(referrer) }
}

/// The reason of that name, as the browser says it.
pub(super) fn reason(name: &str) -> Reason {
    match name {
        "push" => Reason::Push,
        "replace" => Reason::Replace,
        "traverse" | "back_forward" => Reason::BackForward,
        "reload" => Reason::Reload,
        "prerender" => Reason::Prerender,
        _ => Reason::Navigate,
    }
}
