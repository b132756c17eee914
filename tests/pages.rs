//! Page views, each once: what the engine makes of what the browser and the shop say.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests may panic")]
#![allow(clippy::disallowed_macros, clippy::disallowed_methods, reason = "what is too heavy for the wasm is not for a test")]

mod common;

use cartbeacon::engine::io::{Answer, Input, Output};
use cartbeacon::engine::page::{Facts, Reason};
use cartbeacon::engine::time::Now;
use cartbeacon::engine::tracker::Tracker;
use common::options::consent_number;
use common::{YES, config};
use serde_json::Value;

/// A tracker on a page of its own, with a clock that the test moves.
struct Shop {
    tracker: Tracker,
    mono: u64,
    bodies: Vec<Value>,
}

const ORIGIN: u64 = 1_790_000_000_000;

impl Shop {
    fn new(more: &str) -> Self {
        let mut shop = Self { tracker: Tracker::new(config(more), [1, 2]), mono: 0, bodies: Vec::new() };
        shop.input(Input::Start { stored: None, sees_beacons: true, holds_tail: false });
        shop.input(Input::Consent(consent_number(YES)));
        shop
    }

    fn input(&mut self, input: Input) -> Answer {
        let answer = self.tracker.handle(input, Now { wall: ORIGIN + self.mono, mono: self.mono });
        while let Some(output) = self.tracker.poll_output() {
            if let Output::Send { body, .. } = output {
                self.bodies.push(serde_json::from_str(&body).expect("JSON"));
            }
        }
        answer
    }

    fn wait(&mut self, ms: u64) -> &mut Self {
        self.mono += ms;
        self
    }

    fn shown(&mut self, path: &str, reason: Reason) {
        self.input(Input::Page(at(path), reason));
    }

    /// A call of `page()`; whether it was taken.
    fn call(&mut self, path: &str, context: &str) -> bool {
        matches!(self.input(Input::PageCall(at(path), String::new(), context.to_owned())), Answer::Event(..))
    }

    /// The page views as `reason path`, and the pages of all events.
    fn views(&mut self) -> Vec<String> {
        self.input(Input::Leave);
        let mut views = Vec::new();
        for body in &self.bodies {
            for event in body["events"].as_array().expect("events") {
                let page = &body["pages"][usize::try_from(event["page"].as_u64().expect("a page")).expect("small")];
                assert!(page["id"].is_string(), "every event has a page with an id");
                if event["name"] == "page_view" {
                    let url = page["url"].as_str().expect("a URL").replace("https://shop.test", "");
                    views.push((event["seq"].as_u64(), format!("{} {url}", page["reason"].as_str().expect("a reason"))));
                }
            }
        }
        views.sort();
        views.into_iter().map(|(_, view)| view).collect()
    }
}

fn at(path: &str) -> Facts {
    let key = path.split('?').next().expect("a path").to_owned();
    Facts { url: format!("https://shop.test{path}"), key, ..Facts::default() }
}

#[test]
fn a_page_that_the_browser_had_thrown_away_says_so() {
    let mut shop = Shop::new("");
    shop.shown("/a", Reason::Discard);
    assert_eq!(shop.views(), ["discard_restored /a"]);
}

#[test]
fn a_page_in_the_background_is_a_view_when_somebody_looks_at_it() {
    let mut shop = Shop::new("");
    shop.input(Input::Hidden);
    shop.shown("/a", Reason::Navigate);
    // What happens there has a page all the same.
    shop.input(Input::Track("login".to_owned(), String::new(), String::new()));
    shop.wait(60_000).input(Input::Visible);
    shop.wait(60_000).input(Input::Hidden);
    shop.wait(60_000).input(Input::Visible);
    let looked = ORIGIN + 60_000;
    assert_eq!(shop.views(), ["navigate /a"]);
    let events = shop.bodies.iter().flat_map(|b| b["events"].as_array().expect("events"));
    let view = events.into_iter().find(|e| e["name"] == "page_view").expect("the view");
    assert_eq!(view["t"], looked);
}

#[test]
fn a_page_that_nobody_looked_at_is_no_view() {
    let mut shop = Shop::new("");
    shop.input(Input::Hidden);
    shop.shown("/redirecting", Reason::Navigate);
    shop.shown("/there", Reason::Replace);
    shop.input(Input::Track("login".to_owned(), String::new(), String::new()));
    assert!(shop.views().is_empty());
    let mut shop = Shop::new("");
    shop.input(Input::Hidden);
    shop.shown("/redirecting", Reason::Navigate);
    shop.shown("/there", Reason::Replace);
    shop.input(Input::Visible);
    assert_eq!(shop.views(), ["replace /there"], "of two in the background it is the one that is left");
}

#[test]
fn a_page_that_comes_back_unseen_is_one_view() {
    // Opened in the background, left there and restored.
    let mut shop = Shop::new("");
    shop.input(Input::Hidden);
    shop.shown("/a", Reason::Navigate);
    let back = |shop: &mut Shop| {
        shop.input(Input::Leave);
        shop.wait(1).input(Input::Visible);
        shop.wait(1).shown("/a", Reason::Bfcache);
    };
    back(&mut shop);
    assert_eq!(shop.views(), ["navigate /a"]);
    back(&mut shop);
    assert_eq!(shop.views(), ["navigate /a", "bfcache /a"], "this time it had been looked at");
}

#[test]
fn a_page_that_comes_while_nobody_looks_waits_as_well() {
    let mut shop = Shop::new("");
    shop.shown("/a", Reason::Navigate);
    shop.input(Input::Hidden);
    shop.shown("/b", Reason::Push);
    shop.shown("/c", Reason::Push);
    shop.input(Input::Visible);
    shop.input(Input::Visible);
    assert_eq!(shop.views(), ["navigate /a", "push /c"]);
}

#[test]
fn a_page_that_is_called_as_well_counts_once() {
    let mut shop = Shop::new("");
    // A call from before the engine was there, and one when it is.
    shop.wait(2_000).shown("/a", Reason::Navigate);
    assert!(!shop.call("/a", r#"{"t":1790000001000,"url":"https://shop.test/a"}"#));
    assert!(!shop.wait(300).call("/a", ""));
    // A router that tells of every route, and the address that changed by it.
    shop.wait(5_000).shown("/b", Reason::Push);
    assert!(!shop.wait(10).call("/b", ""));
    assert!(!shop.wait(10).call("/b?utm_source=mail", ""));
    // Later it is meant.
    assert!(shop.wait(600).call("/b", ""));
    assert!(!shop.wait(100).call("/b", ""), "a component that is drawn twice");
    assert!(shop.call("/c", ""), "another page");
    assert!(shop.call("/c", r#"{"t":1790000001000,"url":"https://shop.test/early"}"#), "a call on a page before");
    assert_eq!(shop.views(), ["navigate /a", "push /b", "push /b", "call /c", "navigate /early"]);
}

#[test]
fn a_call_is_the_view_where_no_other_counts() {
    let mut shop = Shop::new(r#","capture":["clicks"]"#);
    shop.input(Input::Hidden);
    shop.shown("/a", Reason::Navigate);
    assert!(shop.call("/a", ""));
    assert!(!shop.call("/a", ""));
    shop.input(Input::Visible);
    assert_eq!(shop.views(), ["navigate /a"]);
}

#[test]
fn the_referrer_inside_the_shop_is_the_page_before() {
    let mut shop = Shop::new("");
    shop.shown("/a", Reason::Navigate);
    shop.shown("/b", Reason::Push);
    shop.shown("/c", Reason::Replace);
    shop.views();
    let pages = shop.bodies[0]["pages"].as_array().expect("pages");
    let referrers: Vec<_> = pages.iter().map(|p| p["referrer"].as_str().expect("text")).collect();
    assert_eq!(referrers, ["", "https://shop.test/a", "https://shop.test/b"]);
}
