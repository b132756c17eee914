//! What JavaScript sees: one class with one call. Each call converts, asks the driver, converts back.
//!
//! Objects come in as JSON text and nothing here throws. An event's answer is its id, or the id, a blank and a remark, or
//! `!` and the reason why it was refused. One numbered entry instead of a method each: every method would weigh a shim on
//! both sides.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::Document;

use crate::edge::driver::Driver;
use crate::engine::config::Config;
use crate::engine::io::{Answer, Input};
use crate::engine::json::{self, own, put};
use crate::heap::{Heap, Pages};

#[global_allocator]
static ALLOCATOR: Heap<Pages> = Heap::new();

/// The tracker of one site.
#[wasm_bindgen]
pub struct Engine {
    driver: Option<Rc<Driver>>,
    problem: String,
}

#[wasm_bindgen]
impl Engine {
    /// Reads the options (a JSON object) and starts. `notify(topic, payload)` is told, in JSON, of the `topics` that
    /// somebody listens to (bits of `io::Topic`).
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, notify: Function, document: Document, topics: u8) -> Self {
        match Config::read(options) {
            Ok(config) => Self { driver: Some(Driver::start(config, &notify, document, topics)), problem: String::new() },
            Err(problem) => Self { driver: None, problem: problem.text() },
        }
    }

    /// Every other method, by number; what is not there is empty.
    pub fn call(&self, method: u8, a: String, b: String, c: String) -> String {
        let Some(driver) = &self.driver else {
            return refusal(&self.problem);
        };
        if method < 7 && driver.is_stopped() {
            return refusal("tracker: shut down");
        }
        let input = match method {
            0 => Input::Track(a, b, c),
            1 => return text(driver.page_call(b, c)),
            2 => Input::Consent(a),
            3 => Input::Identify(a),
            4 => Input::Reset,
            5 => Input::Flush,
            6 => Input::Erase,
            7 => {
                driver.subscribe(json::int(&a).and_then(|n| u8::try_from(n).ok()).unwrap_or(0));
                return String::new();
            }
            8 => {
                driver.stop();
                return String::new();
            }
            _ => {
                let answer = driver.ask(|t| match method {
                    9 => t.explain(&a),
                    10 => t.ids(),
                    _ => t.stored(),
                });
                return answer.unwrap_or_default();
            }
        };
        text(driver.handle(input))
    }

    /// The counters, an object.
    pub fn stats(&self) -> JsValue {
        let stats = self.driver.as_ref().and_then(|driver| driver.stats());
        stats.unwrap_or_default()
    }
}

impl Engine {
    /// Why the options were refused; empty when they were not. JavaScript hears it as the answer to any call.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

fn text(answer: Answer) -> String {
    match answer {
        Answer::Done => String::new(),
        Answer::Event(id, rounded) => {
            let mut out = id.text();
            if let Some(field) = rounded {
                put(&mut out, " ");
                put(&mut out, &field);
                put(&mut out, ": rounded to the currency's minor unit");
            }
            out
        }
        Answer::Refused(problem) => refusal(&problem.text()),
    }
}

fn refusal(reason: &str) -> String {
    let mut out = own("!");
    put(&mut out, reason);
    out
}
