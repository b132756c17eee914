//! What an answer does to a batch, by the table that a destination's lane (www/sdk/destinations/lane.js) keeps to as well: see
//! tests/sdk/decisions.test.mjs. The rules stand twice because the lane has no wasm; this is what holds them together.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout, reason = "tests may panic and print")]
#![allow(clippy::disallowed_macros, clippy::disallowed_methods, reason = "what is too heavy for the wasm is not for a test")]

mod common;

use cartbeacon::engine::io::{Input, Outcome, Output};
use cartbeacon::engine::page::Reason;
use cartbeacon::engine::time::Now;
use cartbeacon::engine::tracker::{Stats, Tracker};
use common::{ADD, YES, config, events_in, facts, options};
use serde_json::{Value, json};

const WALL: u64 = 1_790_000_000_000;

/// A tracker whose clock is turned by hand.
struct Page {
    tracker: Tracker,
    mono: u64,
}

#[derive(Debug)]
struct Sent {
    send: u32,
    ids: Vec<String>,
    attempt: u64,
    at: u64,
}

impl Page {
    /// A page with so many events, sent in one batch.
    fn with(events: usize, seed: u64, sees_beacons: bool) -> (Self, Sent) {
        let mut page = Self { tracker: Tracker::new(config(r#","batch":{"events":100}"#), [seed, 3]), mono: 0 };
        page.input(Input::Start { stored: None, sees_beacons, holds_tail: false });
        page.input(Input::Page(facts("list"), Reason::Navigate));
        for _ in 1..events {
            page.input(Input::Track("add_to_cart".to_owned(), ADD.to_owned(), String::new()));
        }
        page.input(Input::Consent(options::consent_number(YES)));
        let sent = page.input(Input::Flush);
        let [one] = <[Sent; 1]>::try_from(sent).expect("one batch");
        assert_eq!((one.ids.len(), one.attempt), (events, 1));
        (page, one)
    }

    fn sent(&mut self) -> Vec<Sent> {
        let mut all = Vec::new();
        while let Some(output) = self.tracker.poll_output() {
            if let Output::Send { send, body, .. } = output {
                let batch: Value = serde_json::from_str(&body).expect("JSON");
                all.push(Sent { send, ids: events_in(&body), attempt: batch["attempt"].as_u64().expect("a number"), at: self.mono });
            }
        }
        all
    }

    fn input(&mut self, input: Input) -> Vec<Sent> {
        let opens = matches!(input, Input::Consent(_));
        self.tracker.handle(input, Now { wall: WALL + self.mono, mono: self.mono });
        let sent = self.sent();
        // The outbox opens, and no write is heard of again.
        if opens { self.input(Input::Opened) } else { sent }
    }

    fn answer(&mut self, send: u32, status: i64, wait: u64) -> Vec<Sent> {
        let outcome = match status {
            -2 => Outcome::Taken,
            _ => Outcome::Answered { status: u16::try_from(status).expect("a status"), retry_after: (wait > 0).then_some(wait * 1_000) },
        };
        self.input(Input::Outcome { send, outcome })
    }

    /// Lets time pass until something is sent, ten minutes at most.
    fn next(&mut self) -> Vec<Sent> {
        let end = self.mono + 600_000;
        while let Some(at) = self.tracker.poll_timeout().filter(|at| *at <= end) {
            self.mono = self.mono.max(at);
            self.tracker.handle_timeout(Now { wall: WALL + self.mono, mono: self.mono });
            let sent = self.sent();
            if !sent.is_empty() {
                return sent;
            }
        }
        self.mono = end;
        Vec::new()
    }

    fn stats(&self) -> Stats {
        self.tracker.stats()
    }
}

fn table() -> Value {
    serde_json::from_str(include_str!("decisions.json")).expect("JSON")
}

#[test]
fn every_answer_does_what_the_table_says() {
    for row in table()["answers"].as_array().expect("rows") {
        let [status, wait, events, expected] = row.as_array().expect("a row").as_slice() else { panic!("four cells: {row}") };
        let (status, wait) = (status.as_i64().expect("a status"), wait.as_u64().expect("seconds"));
        let events = usize::try_from(events.as_u64().expect("a number")).expect("small");
        let mut longest = 0;
        for seed in 1..=60 {
            let (mut page, first) = Page::with(events, seed, status != -2);
            let mut sent = page.answer(first.send, status, wait);
            if sent.is_empty() {
                sent = page.next();
            }
            let stats = page.stats();
            if let Some(halves) = expected["halves"].as_array() {
                let sizes: Vec<_> = sent.iter().map(|s| json!(s.ids.len())).collect();
                assert_eq!((&sizes, sent[0].at), (halves, 0), "{row}");
                assert!(sent.iter().all(|s| s.attempt == 2), "{row}");
                assert_eq!(sent.iter().flat_map(|s| s.ids.clone()).collect::<Vec<_>>(), first.ids, "{row}");
                continue;
            }
            if let Some(limit) = expected["again"].as_u64().or(expected["exactly"].as_u64()) {
                let [again] = <[Sent; 1]>::try_from(sent).expect("the same again");
                assert_eq!((&again.ids, again.attempt), (&first.ids, 2), "{row}");
                assert!((1..=limit).contains(&again.at), "{row}: after {} ms", again.at);
                assert!(expected["exactly"].is_null() || again.at == limit, "{row}: after {} ms", again.at);
                longest = longest.max(again.at);
                continue;
            }
            assert!(sent.is_empty(), "{row}: {sent:?}");
            let lost: serde_json::Map<_, _> = stats.lost.named().map(|(name, count)| (name.to_owned(), json!(count))).collect();
            assert_eq!(json!(lost), expected.get("lost").cloned().unwrap_or(json!({})), "{row}");
            assert_eq!(stats.acknowledged, expected["acknowledged"].as_u64().unwrap_or(0), "{row}");
            assert_eq!(stats.handed_over, expected["handedOver"].as_u64().unwrap_or(0), "{row}");
        }
        let limit = expected["again"].as_u64().unwrap_or(0);
        assert!(longest * 10 >= limit * 7, "{row}: never later than {longest} ms");
    }
}

#[test]
fn failures_in_a_row_wait_longer_and_a_success_ends_that() {
    let table = table();
    let waits: Vec<u64> = table["waits"].as_array().expect("waits").iter().map(|ms| ms.as_u64().expect("ms")).collect();
    let mut longest = vec![0; waits.len()];
    for seed in 1..=60 {
        let (mut page, mut sent) = Page::with(2, seed, true);
        for (at, limit) in waits.iter().enumerate() {
            let before = page.mono;
            page.answer(sent.send, 503, 0);
            [sent] = <[Sent; 1]>::try_from(page.next()).expect("again");
            let waited = sent.at - before;
            assert!((1..=*limit).contains(&waited), "failure {at}: {waited} ms");
            longest[at] = longest[at].max(waited);
        }
        page.answer(sent.send, 200, 0);
        page.input(Input::Track("add_to_cart".to_owned(), ADD.to_owned(), String::new()));
        let [after] = <[Sent; 1]>::try_from(page.input(Input::Flush)).expect("the next batch");
        let before = page.mono;
        page.answer(after.send, 503, 0);
        let again = page.next();
        assert!(again[0].at - before <= waits[0], "it begins anew");
    }
    assert!(longest.iter().zip(&waits).all(|(longest, limit)| longest * 10 > limit * 7), "{longest:?}");
}

#[test]
fn nobody_there_so_often_in_a_row_and_it_waits_for_a_change() {
    let breaker = table()["breaker"].as_u64().expect("a number");
    let (mut page, mut sent) = Page::with(2, 5, true);
    for tries in 1..=breaker {
        page.answer(sent.send, 0, 0);
        let next = page.next();
        assert_eq!(next.len(), usize::from(tries < breaker), "try {tries}");
        let Some(again) = next.into_iter().next() else { break };
        sent = again;
    }
    page.input(Input::Online);
    assert_eq!(page.next().len(), 1);
}
