//! What JavaScript sees: two functions, and one of its own that is told what to do. See src/edge/driver.js for their other side.
//!
//! Nearly all that crosses is texts and numbers: every function and every kind of object weighs a shim on both sides. Objects
//! come in as JSON text and nothing here throws. An event's answer is its id, or the id, a blank and a field that was rounded, or
//! `!` and the reason why it was refused.

use wasm_bindgen::prelude::*;
use web_sys::Document;

use crate::edge::driver;
use crate::heap::{Heap, Pages};

#[global_allocator]
static ALLOCATOR: Heap<Pages> = Heap::new();

/// Makes a tracker and answers its number. `config` is what `configure` in www/sdk/config.js made of the options; the others
/// are random.
#[wasm_bindgen]
pub fn start(config: &str, document: Document, a: u32, b: u32, c: u32, d: u32) -> usize {
    let word = |high, low| u64::from(high) << 32 | u64::from(low);
    driver::start(config, document, [word(a, b), word(c, d)])
}

/// One turn of the loop: an input in, all that there is to do done. `what` is a number of `edge::heard`, and what the text and
/// the last three are depends on it. Answers a text.
#[wasm_bindgen]
pub fn enter(tracker: usize, what: u8, text: &str, mono: f64, a: u32, b: i32, c: f64) -> JsValue {
    let answer = driver::enter(tracker, what, text, mono, a, b, c);
    serde_wasm_bindgen::to_value(&answer).unwrap_or_default()
}
