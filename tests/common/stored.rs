//! What any damage to stored text does: a page leaves records, bytes change some of them and the identity beside them, and
//! the next page finds what is there. Nothing panics, the damaged records alone are lost, by name, and every other event
//! arrives once. Fuzzed (tests/fuzz), and run on random bytes by tests/bytes.rs.

use std::collections::{BTreeMap, BTreeSet};

use cartbeacon::engine::io::{Answer, Input, Kept, Outcome, Output};
use cartbeacon::engine::page::Reason;
use cartbeacon::engine::time::Now;
use cartbeacon::engine::tracker::{Stats, Tracker};
use serde_json::Value;

use super::YES;
use super::bytes::Cursor;
use super::options::consent_number;

/// A page with its storage, and a receiver that takes what it can read.
struct Page {
    tracker: Tracker,
    now: Now,
    records: BTreeMap<u32, String>,
    identity: Option<String>,
    sends: usize,
    /// How often each event came.
    came: BTreeMap<String, usize>,
    is_down: bool,
}

impl Page {
    fn open(stored: Option<String>, seed: u64, wall: u64) -> Self {
        let config = super::config(r#","batch":{"events":100}"#);
        let mut page = Self {
            tracker: Tracker::new(config, [seed, 7]),
            now: Now { wall, mono: 0 },
            records: BTreeMap::new(),
            identity: stored.clone(),
            sends: 0,
            came: BTreeMap::new(),
            is_down: false,
        };
        page.input(Input::Start { stored, sees_beacons: true, holds_tail: false });
        page.input(Input::Page(super::facts("list"), Reason::Navigate));
        page.input(Input::Consent(consent_number(YES)));
        page.input(Input::Opened);
        page
    }

    fn input(&mut self, input: Input) -> Answer {
        let answer = self.tracker.handle(input, self.now);
        self.act();
        answer
    }

    fn act(&mut self) {
        while let Some(output) = self.tracker.poll_output() {
            match output {
                Output::Send { send, body, .. } => {
                    self.sends += 1;
                    let status = if self.is_down { 503 } else { self.receive(&body) };
                    self.tracker.handle(Input::Outcome { send, outcome: Outcome::Answered { status, retry_after: None } }, self.now);
                }
                Output::Store { what: Kept::Record, slot, text, .. } => {
                    self.records.insert(slot, text);
                }
                Output::Store { what: Kept::Identity, text, .. } => self.identity = Some(text),
                Output::Undo { what: Kept::Record, text } => {
                    let live: BTreeSet<&str> = text.split(',').collect();
                    self.records.retain(|slot, _| live.contains(slot.to_string().as_str()));
                }
                _ => {}
            }
        }
        let s = self.stats();
        assert_eq!(s.accepted, s.held + s.queued + s.in_doubt + s.handed_over + s.acknowledged + s.lost.total(), "{s:?}");
    }

    fn receive(&mut self, body: &str) -> u16 {
        let Ok(batch) = serde_json::from_str::<Value>(body) else { return 400 };
        let Some(events) = batch["events"].as_array() else { return 400 };
        for event in events {
            *self.came.entry(event["id"].to_string()).or_default() += 1;
        }
        200
    }

    /// Until the next moment it wants to be woken at, `turns` times.
    fn run(&mut self, turns: usize) {
        for _ in 0..turns {
            let Some(at) = self.tracker.poll_timeout() else { break };
            let passes = at.saturating_sub(self.now.mono);
            self.now = Now { wall: self.now.wall + passes, mono: self.now.mono + passes };
            self.tracker.handle_timeout(self.now);
            self.act();
        }
    }

    fn stats(&self) -> Stats {
        self.tracker.stats()
    }
}

/// As www/sdk/outbox.js sums up a record.
fn sum(text: &str) -> i32 {
    text.encode_utf16().fold(-2_128_831_035, |hash, unit| (hash ^ i32::from(unit)).wrapping_mul(16_777_619))
}

/// One change to a text: a byte more, less or another, cut, emptied, something else altogether, or the same twice.
fn damaged(c: &mut Cursor<'_>, text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = usize::from(c.byte()) << 8 | usize::from(c.byte());
    let at = at % (bytes.len() + 1);
    match c.byte() % 8 {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, c.byte()),
        2 if at < bytes.len() => {
            bytes.remove(at);
        }
        3 => bytes = c.text("0 1 3,1790000000000,0, 999999999999999,999999999999999,999999999999999,x,").into_bytes(),
        4 => bytes = bytes.repeat(2),
        5 => bytes.splice(..at, c.bytes()).for_each(drop),
        6 => {
            // The numbers in front are what is acted on.
            let rest = bytes.iter().position(|b| *b == b',').unwrap_or(0);
            bytes.splice(..rest, c.number().to_string().into_bytes());
        }
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = c.byte();
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub fn stored(bytes: &[u8]) {
    let mut c = Cursor(bytes);
    let mut first = Page::open(None, u64::from(c.byte()), 1_790_000_000_000);
    // What lies in storage may have been written by another version, whose sums are right and whose text is not.
    let is_trusted = c.byte() % 4 == 0;
    first.is_down = true;
    for _ in 0..=c.byte() % 6 {
        for _ in 0..=c.byte() % 4 {
            let fields = c.object(2);
            first.input(Input::Track("noise".to_owned(), fields, String::new()));
        }
        let what = c.byte() % 3;
        if what == 0 {
            first.input(Input::Flush);
        }
        first.run(usize::from(what));
    }
    first.input(Input::Leave);

    let (mut whole, mut broken) = (BTreeSet::new(), 0);
    let mut found = Vec::new();
    for text in first.records.values() {
        let value = format!("{}.{text}", sum(text));
        let read = if c.byte() % 2 == 0 { value.clone() } else { damaged(&mut c, &value) };
        if read == value {
            whole.extend(super::stored_in(text).into_iter().map(|id| format!("\"{id}\"")));
        } else {
            broken += 1;
        }
        let (hash, text) = read.split_once('.').unwrap_or(("", ""));
        found.push(if is_trusted || hash == sum(text).to_string() { text.to_owned() } else { String::new() });
    }
    let kept = first.identity.unwrap_or_default();
    let identity = if c.byte() % 2 == 0 { kept } else { damaged(&mut c, &kept) };

    let mut next = Page::open(Some(identity), 99, first.now.wall + 1_000);
    for (slot, text) in (1_u32 << 31..).zip(found) {
        next.records.insert(slot, text.clone());
        next.input(Input::Found { slot, text });
    }
    next.run(1_000);
    let s = next.stats();
    assert_eq!((next.tracker.poll_timeout(), s.queued, s.in_doubt), (None, 0, 0), "it ends: {s:?}");
    assert!(next.sends < 500, "{} sends", next.sends);
    assert_eq!(next.records, BTreeMap::new(), "what was sent or lost is not stored any more");
    for id in &whole {
        assert_eq!(next.came.get(id), Some(&1), "{id}: {s:?}");
    }
    if !is_trusted {
        let lost: Vec<_> = s.lost.named().filter(|(_, n)| *n > 0).collect();
        let expected = if broken == 0 { vec![] } else { vec![("damaged", broken)] };
        assert_eq!(lost, expected, "the damaged records alone");
        assert_eq!(next.came.len(), whole.len() + 1, "and the page view");
    }
}
