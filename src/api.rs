//! What JavaScript sees: two functions. Each converts, asks the driver, converts back.
//!
//! Objects come in as JSON text and nothing here throws. An event's answer is its id, or the id, a blank and a remark, or
//! `!` and the reason why it was refused. A number instead of a method each, one text instead of one per argument, and
//! numbered trackers instead of a class: every export and every text would weigh a shim on both sides.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::Document;

use crate::edge::driver::Driver;
use crate::engine::config::Config;
use crate::engine::io::{Answer, Input};
use crate::engine::json::{self, own, put};
use crate::engine::text::cut;
use crate::heap::{Heap, Pages};

#[global_allocator]
static ALLOCATOR: Heap<Pages> = Heap::new();

thread_local! {
    /// The trackers of the page. They stay for its life: counters are still asked for when a tracker has been shut down.
    static TRACKERS: RefCell<Vec<Rc<Driver>>> = const { RefCell::new(Vec::new()) };
}

/// Starts a tracker and answers its number. `config` is what `configure` in www/sdk/config.js made of the options.
/// `notify(topic, payload)` is told, in JSON, of the `topics` that somebody listens to (bits of `io::Topic`). `user` is who was
/// named by an early call of `identify()`, as JSON; empty when there was none.
#[wasm_bindgen]
pub fn start(config: String, notify: &Function, document: Document, topics: u8, user: String) -> usize {
    let driver = Driver::start(Config::read(&config), notify, document, topics, user);
    TRACKERS.with_borrow_mut(|all| {
        all.push(driver);
        all.len() - 1
    })
}

/// Every method of a tracker, by number. Its arguments are one text of three lines, the last of which may be anything:
/// fields, context, name; what is not there is empty.
#[wasm_bindgen]
pub fn call(tracker: usize, method: u8, arguments: String) -> JsValue {
    let answer = driver(tracker).map(|driver| called(&driver, method, &arguments));
    serde_wasm_bindgen::to_value(&answer.unwrap_or_default()).unwrap_or_default()
}

fn driver(tracker: usize) -> Option<Rc<Driver>> {
    TRACKERS.with_borrow(|all| all.get(tracker).cloned())
}

fn called(driver: &Rc<Driver>, method: u8, arguments: &str) -> String {
    let (fields, rest) = cut(arguments, b"\n").unwrap_or_default();
    let (context, name) = cut(rest, b"\n").unwrap_or_default();
    if method < 7 && driver.is_stopped() {
        return refusal("tracker: shut down");
    }
    let input = match method {
        0 => Input::Track(own(name), own(fields), own(context)),
        1 => return text(driver.page_call(own(fields), own(context))),
        2 => Input::Consent(own(name)),
        3 => Input::Identify(own(name)),
        4 => Input::Reset,
        5 => Input::Flush,
        6 => Input::Erase,
        7 => {
            driver.subscribe(json::int(name).and_then(|n| u8::try_from(n).ok()).unwrap_or(0));
            return String::new();
        }
        8 => {
            driver.stop();
            return String::new();
        }
        11 => return driver.stats(),
        _ => {
            let answer = driver.ask(|t| if method < 10 { t.explain(name) } else { t.ids() });
            return answer.unwrap_or_default();
        }
    };
    text(driver.handle(input))
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
