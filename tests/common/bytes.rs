//! What any bytes at all do to a tracker: the targets that are fuzzed (tests/fuzz), and run on random bytes by
//! tests/bytes.rs. Bytes steer what a page does; a panic, counters that do not add up, or a body that is no JSON is a find.

use cartbeacon::engine::config::Config;
use cartbeacon::engine::io::{Input, Outcome, Output};
use cartbeacon::engine::page::{Facts, Reason};
use cartbeacon::engine::time::Now;
use cartbeacon::engine::tracker::Tracker;

use super::network::{HEALTHY, Network};
use super::world::World;
use super::{NO, YES};

/// Fields that have rules, so that a few bytes get far; what an option or a context is called as well.
const KEYS: &str = "currency value items item_id item_name price quantity transaction_id tax shipping coupon discount index \
    item_category item_list_id method search_term endpoint site consent default batch queue capture cookie session privacy events \
    bytes ms hours pages clicks days idleMinutes text storage debug compress t url title referrer id analytics marketing \
    preferences sale source region regions gpc dnt policy";
/// Clocks, and what is none.
const TIMES: &str = "{} 0 7 1200 3600000 999999999999999 -1 x";
const NAMES: &str = "add_to_cart purchase view_item page_view noise remove_from_cart begin_checkout refund search x";
const TEXTS: &str = "EUR JPY USD 9.90 -1 0 1e400 https://shop.test/list?utm_source=a#b /collect granted denied withdraw true hold \
    2026-02-30 A1 SKU-1";

/// Takes bytes off the front; where there are none left, zeros.
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl Cursor<'_> {
    pub(super) fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().map_or((0, self.0), |(first, rest)| (*first, rest));
        self.0 = rest;
        first
    }

    /// A number below 65,536, mostly small.
    pub(super) fn number(&mut self) -> u64 {
        match self.byte() {
            255 => u64::from(self.byte()) << 8 | u64::from(self.byte()),
            small => u64::from(small),
        }
    }

    pub(super) fn bytes(&mut self) -> Vec<u8> {
        let count = usize::try_from(self.number()).expect("small").min(self.0.len());
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken.to_vec()
    }

    /// One of the words, or any text.
    pub(super) fn text(&mut self, words: &str) -> String {
        match self.byte() {
            pick if pick < 200 => {
                let words: Vec<&str> = words.split_whitespace().collect();
                words[usize::from(pick) % words.len()].to_owned()
            }
            // A page may say something long with few bytes.
            255 => String::from_utf8_lossy(&self.bytes()).repeat(1 + usize::from(self.byte())),
            _ => String::from_utf8_lossy(&self.bytes()).into_owned(),
        }
    }

    /// A value as `JSON.stringify` writes it.
    fn json(&mut self, depth: usize) -> String {
        let quoted = |text: String| serde_json::to_string(&text).expect("a text");
        match self.byte() % 16 {
            0 => "null".to_owned(),
            1 => "true".to_owned(),
            2 => "false".to_owned(),
            3..=4 => self.number().to_string(),
            5 => format!("-{}.{}", self.number(), self.number()),
            6 => format!("{}e{}{}", self.number(), ["+", "-"][usize::from(self.byte() % 2)], self.byte()),
            7..=8 if depth > 0 => {
                let items: Vec<String> = (0..self.byte() % 4).map(|_| self.json(depth - 1)).collect();
                format!("[{}]", items.join(","))
            }
            9..=12 if depth > 0 => self.object(depth),
            _ => quoted(self.text(TEXTS)),
        }
    }

    pub(super) fn object(&mut self, depth: usize) -> String {
        let mut members: Vec<String> = Vec::new();
        let mut keys: Vec<String> = Vec::new();
        for _ in 0..self.byte() % 8 {
            let key = serde_json::to_string(&self.text(KEYS)).expect("a text");
            // JavaScript's objects have each key once.
            if !keys.contains(&key) {
                members.push(format!("{key}:{}", self.json(depth - 1)));
                keys.push(key);
            }
        }
        format!("{{{}}}", members.join(","))
    }

    /// Text as it stands between the quotes of JSON.
    fn escaped(&mut self) -> String {
        let quoted = serde_json::to_string(&self.text(TEXTS)).expect("a text");
        quoted.get(1..quoted.len() - 1).expect("two quotes").to_owned()
    }

    fn facts(&mut self) -> Facts {
        Facts { url: self.escaped(), title: self.escaped(), referrer: self.escaped(), key: self.escaped() }
    }
}

/// Well-formed input, as the edge hands it in, in a simulated browser with its collector: every rule of the world holds,
/// and every body is JSON.
pub fn inputs(bytes: &[u8]) {
    let mut c = Cursor(bytes);
    let mut w = World::new(u64::from(c.byte()));
    w.packs = c.byte() % 2 == 1;
    let options = [
        "",
        r#","batch":{"events":3,"bytes":2000,"ms":100}"#,
        r#","queue":{"events":12,"bytes":8000}"#,
        r#","consent":{"default":"deny"}"#,
        r#","debug":true"#,
    ];
    let tab = w.open(super::config(options[usize::from(c.byte()) % options.len()]), "list");
    w.tabs[tab].tracker.subscribe(255);
    while !c.0.is_empty() && w.steps < 400 {
        let input = match c.byte() % 24 {
            0..=6 => {
                let (name, fields) = (c.text(NAMES), c.object(3));
                // A context's id is made to be unique; these are not.
                let context = c.object(1).replace("\"id\":", "\"no\":");
                Input::Track(name, fields, if c.byte() > 127 { context } else { c.text(TIMES) })
            }
            7 => Input::PageCall(c.facts(), c.object(2), String::new()),
            8 => Input::Page(c.facts(), [Reason::Push, Reason::Replace, Reason::Reload][usize::from(c.byte() % 3)]),
            9 => {
                let (title, storage) = (c.escaped(), c.text(TEXTS));
                let now = w.now(tab);
                w.tabs[tab].tracker.refresh(&title, &storage, now);
                continue;
            }
            10 => Input::Track("click".to_owned(), c.object(2), c.text(TIMES)),
            11 => Input::Identify(c.json(1)),
            12 => Input::Consent(YES.to_owned()),
            13 => Input::Consent([NO, "\"withdraw\"", r#"{"marketing":"granted"}"#][usize::from(c.byte() % 3)].to_owned()),
            14 => Input::Flush,
            15 => Input::Hidden,
            16 => Input::Visible,
            17 => Input::Online,
            18 => Input::Reset,
            19 => Input::Erase,
            20 => {
                // An answer that takes half a minute is none.
                let (lost, latency, strangers) = (u64::from(c.byte() % 101), c.number() % 25_000, usize::from(c.byte()) * 250);
                let status = [None, None, Some(400), Some(413), Some(503)][usize::from(c.byte() % 5)];
                w.network = Network { lost, latency, strangers, status, ..HEALTHY };
                continue;
            }
            _ => {
                let ms = c.number() * 10;
                w.run(ms);
                continue;
            }
        };
        w.input(tab, input);
    }
    w.run(5_000);
}

/// Any text where the edge hands in JSON: it makes some sense or none, but nothing panics, everything ends, and the
/// counters add up.
pub fn texts(bytes: &[u8]) {
    let mut c = Cursor(bytes);
    let raw = |c: &mut Cursor<'_>| match c.byte() {
        0..=127 => String::from_utf8_lossy(&c.bytes()).into_owned(),
        128..=191 => c.json(4),
        _ => {
            // Well-formed, and then cut or changed somewhere.
            let mut text = c.json(3).into_bytes();
            let at = usize::try_from(c.number()).expect("small") % text.len();
            if c.byte().is_multiple_of(2) {
                text.truncate(at)
            } else {
                text[at] = c.byte()
            };
            String::from_utf8_lossy(&text).into_owned()
        }
    };
    let config = if c.byte() > 127 { super::config("") } else { Config::read(&raw(&mut c)) };
    let mut tracker = Tracker::new(config, [1, 2]);
    tracker.subscribe(255);
    let mut now = Now { wall: 1_790_000_000_000, mono: 0 };
    tracker.handle(
        Input::Start { stored: Some(raw(&mut c)), sees_beacons: c.byte().is_multiple_of(2), holds_tail: c.byte().is_multiple_of(2) },
        now,
    );
    for _ in 0..200 {
        if c.0.is_empty() {
            break;
        }
        let what = c.byte() % 12;
        let mut text = || raw(&mut c);
        let input = match what {
            0..=3 => Input::Track(text(), text(), text()),
            4 => Input::Track("click".to_owned(), text(), text()),
            5 => Input::Consent(text()),
            6 => Input::Consent("1".to_owned()),
            7 => Input::Identify(text()),
            8 => {
                tracker.refresh(&text(), &text(), now);
                Input::Visible
            }
            9 => Input::Hidden,
            10 => Input::Page(Facts { url: text(), title: text(), referrer: text(), key: text() }, Reason::Push),
            _ => Input::PageCall(Facts { url: text(), title: text(), referrer: text(), key: text() }, text(), text()),
        };
        tracker.handle(input, now);
        now.mono += c.number();
        now.wall += c.number();
        tracker.handle_timeout(now);
        while let Some(output) = tracker.poll_output() {
            if let Output::Send { send, .. } = output {
                let status = [200, 400, 0, 503][usize::from(c.byte() % 4)];
                tracker.handle(Input::Outcome { send, outcome: Outcome::Answered { status, retry_after: Some(c.number()) } }, now);
            }
        }
        let s = tracker.stats();
        assert_eq!(s.accepted, s.held + s.queued + s.in_doubt + s.handed_over + s.acknowledged + s.lost.total(), "{s:?}");
    }
}

/// What is packed is unpacked by others as it was.
pub fn gzip(bytes: &[u8]) {
    super::packed(&String::from_utf8_lossy(bytes).repeat(1 + bytes.len() % 5));
}
