//! No permit, no output, in every state that the gate can get into: all that three sources can have said about two purposes,
//! in any order, on a first visit and after an earlier yes, with and without a platform that is waited for. In each of these
//! states everything is tried that a page can do.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout, reason = "tests may panic and print")]
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "what is too heavy for the wasm is not for a test"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use cartbeacon::engine::io::{Input, Output};
use cartbeacon::engine::page::Reason;
use cartbeacon::engine::time::Now;
use cartbeacon::engine::tracker::Tracker;
use common::options::consent_number;
use common::{ADD, config, facts};
use serde_json::Value;

const SOURCES: [&str; 3] = ["api", "tcf", "gpc"];
const START: u64 = 1_790_000_000_000;

/// What a visit begins with: the options, and whether an earlier page has stored a yes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Beginning {
    options: &'static str,
    is_known: bool,
}

/// Everything that can be said.
fn signals() -> Vec<String> {
    let mut all = vec![r#""withdraw""#.to_owned(), r#"{"source":"tcf"}"#.to_owned(), r#"{"source":"auto"}"#.to_owned()];
    for source in SOURCES {
        for purpose in ["analytics", "marketing"] {
            // A browser only ever denies.
            for answer in ["denied", "granted"].into_iter().take(if source == "gpc" { 1 } else { 2 }) {
                all.push(format!(r#"{{"source":"{source}","{purpose}":"{answer}"}}"#));
            }
        }
    }
    all
}

/// A tracker that plays one visit; what comes out is looked at after each input.
struct Visit {
    tracker: Tracker,
    now: Now,
    /// What each source said last of each purpose: what tells two states apart, with the state's own name.
    said: BTreeMap<(String, String), String>,
    waits: BTreeSet<String>,
    /// The identity that another tab keeps.
    stored: String,
    outputs: usize,
}

impl Visit {
    fn begin(beginning: Beginning, stored: &str) -> Self {
        let tracker = Tracker::new(config(beginning.options), [1, 2]);
        let waits = if beginning.options.contains("source") { BTreeSet::from(["auto".to_owned()]) } else { BTreeSet::new() };
        let mut visit =
            Self { tracker, now: Now { wall: START, mono: 0 }, said: BTreeMap::new(), waits, stored: stored.to_owned(), outputs: 0 };
        let stored = beginning.is_known.then(|| stored.to_owned());
        visit.input(Input::Start { stored, sees_beacons: true, holds_tail: true });
        visit.input(Input::Page(facts("list"), Reason::Navigate));
        visit.input(Input::Track("add_to_cart".to_owned(), ADD.to_owned(), String::new()));
        visit
    }

    fn state(&self) -> String {
        let ids: Value = serde_json::from_str(&self.tracker.ids()).expect("JSON");
        ids["consent"].as_str().expect("a word").to_owned()
    }

    /// What comes out must be permitted by the state before or after: a last batch leaves before a yes is taken back.
    fn look(&mut self, before: &str, what: &str) {
        let permitted = before == "granted" || self.state() == "granted";
        while let Some(output) = self.tracker.poll_output() {
            if matches!(output, Output::Send { .. } | Output::Later { .. } | Output::Store { .. }) {
                assert!(permitted, "{what} in the state {before}, after {:?}: {output:?}", self.said);
                self.outputs += 1;
            }
        }
    }

    fn input(&mut self, input: Input) {
        let (before, what) = (self.state(), format!("{input:?}"));
        if self.tracker.is_stale(Some(&input), self.now) {
            self.tracker.refresh("title", &self.stored, self.now);
        }
        self.tracker.handle(input, self.now);
        self.look(&before, &what);
    }

    fn wait(&mut self, ms: u64) {
        let before = self.state();
        self.now = Now { wall: self.now.wall + ms, mono: self.now.mono + ms };
        if self.tracker.is_stale::<String>(None, self.now) {
            self.tracker.refresh("title", &self.stored, self.now);
        }
        self.tracker.handle_timeout(self.now);
        self.look(&before, "time");
    }

    fn say(&mut self, update: &str) {
        self.input(Input::Consent(consent_number(update)));
        let value: Value = serde_json::from_str(update).expect("JSON");
        let source = value["source"].as_str().unwrap_or("api").to_owned();
        if update.contains("withdraw") {
            for purpose in ["analytics", "marketing"] {
                self.said.insert((source.clone(), purpose.to_owned()), "denied".to_owned());
            }
        } else if value.as_object().is_some_and(|members| members.len() == 1) {
            if source == "auto" {
                self.waits.remove(&source);
            } else {
                self.waits.insert(source);
            }
        } else {
            self.waits.remove(&source);
            for (purpose, answer) in value.as_object().expect("an object").iter().filter(|(name, _)| *name != "source") {
                self.said.insert((source.clone(), purpose.clone()), answer.to_string());
            }
        }
    }
}

/// What a page can do, each from a state anew.
fn deeds() -> Vec<Vec<Input>> {
    let text = str::to_owned;
    vec![
        vec![Input::Track(text("purchase"), text(r#"{"transaction_id":"O","currency":"EUR","value":1}"#), String::new()), Input::Flush],
        vec![Input::Page(facts("next"), Reason::Push), Input::Flush],
        vec![Input::PageCall(facts("third"), String::new(), String::new())],
        vec![Input::Track(text("click"), text("{\"tag\":\"button\"}"), text("")), Input::Hidden],
        vec![Input::Hidden, Input::Leave],
        vec![Input::Leave, Input::Visible, Input::Flush],
        vec![Input::Hidden, Input::Visible, Input::Track(text("login"), String::new(), String::new()), Input::Flush],
        vec![Input::Identify(text("\"u\"")), Input::Flush],
        vec![Input::Reset, Input::Track(text("login"), String::new(), String::new())],
        vec![Input::Opened, Input::Found { slot: 1 << 31, text: text("1,1790000000000,0,id,\t\t\t{}") }],
        vec![Input::Online, Input::Flush],
        vec![Input::Unstored(1), Input::Flush],
        vec![Input::Withdrawn, Input::Flush, Input::Hidden],
        vec![Input::Erase, Input::Flush, Input::Hidden],
    ]
}

/// A stored identity of somebody who said yes to both.
fn stored_yes() -> String {
    let mut tracker = Tracker::new(config(""), [7, 7]);
    let now = Now { wall: START - 60_000, mono: 0 };
    let mut stored = String::new();
    for input in [
        Input::Start { stored: None, sees_beacons: true, holds_tail: false },
        Input::Page(facts("list"), Reason::Navigate),
        Input::Consent(consent_number(common::YES)),
    ] {
        tracker.handle(input, now);
        while let Some(output) = tracker.poll_output() {
            if let Output::Store { text, .. } = output
                && text.starts_with("1.")
            {
                stored = text;
            }
        }
    }
    assert!(!stored.is_empty());
    stored
}

#[test]
fn in_every_state_that_can_be_reached_nothing_leaves_and_nothing_is_stored_without_a_yes() {
    let (stored, signals) = (stored_yes(), signals());
    let (mut states, mut tried, mut open) = (0, 0, 0);
    for options in ["", r#","consent":{"source":"tcf"}"#, r#","consent":{"purposes":["analytics","marketing"]}"#] {
        for is_known in [false, true] {
            let beginning = Beginning { options, is_known };
            let replay = |path: &[usize]| {
                let mut visit = Visit::begin(beginning, &stored);
                for signal in path {
                    visit.say(&signals[*signal]);
                }
                visit
            };
            let mut seen = BTreeSet::new();
            let mut paths = VecDeque::from([Vec::new()]);
            while let Some(path) = paths.pop_front() {
                let visit = replay(&path);
                if !seen.insert((visit.said.clone(), visit.waits.clone(), visit.state())) {
                    continue;
                }
                for deed in deeds() {
                    let mut visit = replay(&path);
                    let is_open = visit.state() == "granted";
                    let before = visit.outputs;
                    for input in deed {
                        visit.input(input);
                    }
                    visit.wait(10_000);
                    visit.wait(3_600_000);
                    open += usize::from(is_open && visit.outputs > before);
                    tried += 1;
                }
                for signal in 0..signals.len() {
                    paths.push_back([path.as_slice(), &[signal]].concat());
                }
            }
            states += seen.len();
        }
    }
    println!("{states} states, {tried} tries, of which {open} had a yes and led to something");
    assert!(states > 5_000 && open > 1_000, "{states} states, {open} open");
}
