//! What an event costs the engine, natively, when others already wait: it must not depend on how many.
//!
//! `cargo bench --bench engine`. The time per event is compared with that of an empty backlog in the same run; absolute
//! times say nothing about the browser. The fastest of several repetitions counts, which is the one nobody disturbed.
//!
//! Times also hold what a cache misses when there is more memory, and what else the machine does. Instructions do not: with
//! `CARTBEACON_SCENE=<words of its title>/<backlog>` one of them runs alone and once, to be counted by
//! `valgrind --tool=callgrind --toggle-collect='*measured*'`. With 0, 1,000 and 10,000 waiting that is, per event, in thousands: held
//! 68.3 each time; queued 68.4, 68.5, 68.3; stored 99.2, 99.8, 99.4; for a full queue 68.4, 68.4, 68.3; sent 7.3, 7.1, 7.2. What is
//! stored and sent takes 7.9, 7.7, 9.6: after each answer all records that are still needed are listed.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench may panic, and prints"
)]

#[path = "../common/options.rs"]
#[allow(dead_code, unreachable_pub, clippy::indexing_slicing, reason = "it uses a part")]
mod options;

use std::hint::black_box;
use std::time::Instant;

use cartbeacon::engine::config::Config;
use cartbeacon::engine::io::{Answer, Input, Kept, Outcome, Output};
use cartbeacon::engine::page::{Facts, Reason};
use cartbeacon::engine::privacy::{Redacted, Rules};
use cartbeacon::engine::time::Now;
use cartbeacon::engine::tracker::Tracker;

const BACKLOGS: [u32; 3] = [0, 1_000, 10_000];
const REPETITIONS: u32 = 7;
/// Events timed on top of the backlog.
const EVENTS: u32 = 500;
/// More than this times the cost at an empty backlog is reported as growing.
const FLAT: f64 = 2.0;

const ADD_TO_CART: &str = r#"{"currency":"EUR","value":89.7,"items":[
    {"item_id":"sku-1","item_name":"A fine product","item_brand":"Brand","item_category":"Kitchen","price":9.9,"quantity":1},
    {"item_id":"sku-2","item_name":"A fine product","item_brand":"Brand","item_category":"Kitchen","price":19.9,"quantity":2},
    {"item_id":"sku-3","item_name":"A fine product","item_brand":"Brand","item_category":"Kitchen","price":29.9,"quantity":1}]}"#;

struct Page {
    tracker: Tracker,
    mono: u64,
}

impl Page {
    /// A page whose queue takes `capacity` events when it cannot send.
    fn open(capacity: u32) -> Self {
        let options = format!(r#"{{"endpoint":"/collect","queue":{{"events":{},"bytes":1000000000}}}}"#, capacity.max(1));
        let mut page = Self { tracker: Tracker::new(Config::read(&options::config_list(&options)), [1, 2]), mono: 0 };
        page.input(Input::Start { stored: None, sees_beacons: true, holds_tail: false });
        let facts = Facts { url: "https://shop.test/".to_owned(), title: "Shop".to_owned(), referrer: String::new(), key: "/".to_owned() };
        page.input(Input::Page(facts, Reason::Navigate));
        page
    }

    /// The same after the shopper's yes, with so many events queued and none sent.
    fn granted(capacity: u32, queued: u32) -> Self {
        let mut page = Self::open(capacity);
        page.input(Input::Consent("1".to_owned()));
        // The first page view goes.
        page.mono += 60_000;
        page.deliver();
        page.track(queued);
        assert_eq!(page.tracker.stats().queued, u64::from(queued), "they wait");
        page
    }

    fn now(&self) -> Now {
        Now { wall: 1_790_000_000_000 + self.mono, mono: self.mono }
    }

    fn input(&mut self, input: Input) -> Answer {
        let now = self.now();
        self.tracker.handle(input, now)
    }

    fn track(&mut self, count: u32) {
        for _ in 0..count {
            let answer = self.input(Input::Track("add_to_cart".to_owned(), ADD_TO_CART.to_owned(), String::new()));
            assert!(matches!(black_box(answer), Answer::Event(..)), "the event is accepted");
        }
    }

    /// Tracks and stores, event by event; what is sent stays without an answer.
    fn store(&mut self, count: u32) {
        for _ in 0..count {
            self.track(1);
            let now = self.now();
            self.tracker.handle_timeout(now);
            let mut records = 0;
            while let Some(output) = self.tracker.poll_output() {
                records += u32::from(matches!(black_box(output), Output::Store { what: Kept::Record, .. }));
            }
            assert!(records > 0, "the event is stored");
        }
    }

    /// Runs every timer that is due and answers every send with 200, until nothing is due any more.
    fn deliver(&mut self) {
        loop {
            let mut sends = Vec::new();
            while let Some(output) = self.tracker.poll_output() {
                if let Output::Send { send, body, .. } = output {
                    black_box(body);
                    sends.push(send);
                }
            }
            let is_due = self.tracker.poll_timeout().is_some_and(|at| at <= self.mono);
            if sends.is_empty() && !is_due {
                return;
            }
            for send in sends {
                self.input(Input::Outcome { send, outcome: Outcome::Answered { status: 200, retry_after: None } });
            }
            let now = self.now();
            self.tracker.handle_timeout(now);
        }
    }
}

/// The name to count instructions under.
#[inline(never)]
fn measured(page: &mut Page, timed: &dyn Fn(&mut Page)) {
    timed(page);
}

/// The one scene that is to run alone.
fn scene() -> Option<String> {
    std::env::var("CARTBEACON_SCENE").ok()
}

/// Nanoseconds per event: the fastest repetition of `timed`, each on a page made by `prepare`.
fn cost(events: u32, prepare: impl Fn() -> Page, timed: impl Fn(&mut Page)) -> f64 {
    let once = || {
        let mut page = prepare();
        let begun = Instant::now();
        measured(&mut page, &timed);
        begun.elapsed().as_secs_f64() * 1e9 / f64::from(events)
    };
    let times = if scene().is_some() { 1 } else { REPETITIONS };
    (0..times).map(|_| once()).fold(f64::INFINITY, f64::min)
}

fn report(what: &str, cost: impl Fn(u32) -> f64) {
    if let Some((words, backlog)) = scene().as_deref().and_then(|it| it.split_once('/')) {
        if what.contains(words) {
            println!("{what}, with {backlog} waiting: {:.0} ns", cost(backlog.parse().expect("a number")));
        }
        return;
    }
    println!("{what}");
    let mut empty = None;
    for backlog in BACKLOGS {
        let ns = cost(backlog);
        let ratio = ns / *empty.get_or_insert(ns);
        let verdict = if ratio > FLAT { "  grows" } else { "" };
        println!("  {backlog:>6} waiting  {ns:>9.0} ns per event  {ratio:>6.2} ×{verdict}");
    }
}

/// What the firewall adds to an event: an ordinary one, one with findings, and a text made to take long.
fn report_firewall() {
    let event = cost(EVENTS, || Page::open(0), |page| page.track(EVENTS));
    println!("the firewall, compared with an event held ({event:.0} ns)");
    let person = ADD_TO_CART.replace("A fine product", "for anna@example.com, +49 171 1234567");
    let hostile = format!(r#"{{"note":"{}"}}"#, "tel:1 a@b.c%253D".repeat(4_096));
    for (what, text) in [("ordinary", ADD_TO_CART), ("with findings", &person), ("64 KiB, hostile", &hostile)] {
        let rules = Rules::default();
        let clean = |_: &mut Page| {
            for _ in 0..EVENTS / 10 {
                black_box(rules.clean(black_box(text), &mut Redacted::default()));
            }
        };
        let ns = cost(EVENTS / 10, || Page::open(0), clean);
        println!("  {what:>17}  {ns:>9.0} ns per text  {:>8.2} ×  {:>5.1} ns per byte", ns / event, ns / text.len() as f64);
    }
}

fn main() {
    report("an event held until there is a choice, so many calls before it", |backlog| {
        let prepare = || {
            let mut page = Page::open(backlog);
            page.track(backlog);
            page
        };
        cost(EVENTS, prepare, |page| page.track(EVENTS))
    });
    report("an event queued behind others", |backlog| {
        let prepare = || Page::granted(backlog, backlog);
        cost(EVENTS, prepare, |page| page.track(EVENTS))
    });
    report("an event that is stored as it comes, each in a task of its own, behind others that are stored", |backlog| {
        let prepare = || {
            let mut page = Page::granted(backlog + EVENTS, 0);
            page.input(Input::Opened);
            page.store(backlog);
            page
        };
        cost(EVENTS, prepare, |page| page.store(EVENTS))
    });
    report("an event for a full queue on a page that cannot send: an older one has to go", |backlog| {
        // Room is made for an eighth of the queue at a time: only so many events tell what each costs.
        let events = EVENTS.max(backlog);
        let prepare = || {
            let mut page = Page::granted(backlog.max(1), 0);
            page.input(Input::Hidden);
            page.deliver();
            page.track(backlog.max(1));
            assert_eq!(page.tracker.stats().queued, u64::from(backlog.max(1)), "the queue is full");
            page
        };
        cost(events, prepare, |page| page.track(events))
    });
    report("sending all that waits, per event", |backlog| {
        let waiting = backlog.max(100);
        cost(waiting, || Page::granted(waiting, waiting), Page::deliver)
    });
    report("sending all that waits and is stored, per event", |backlog| {
        let waiting = backlog.max(100);
        let prepare = || {
            let mut page = Page::granted(waiting, waiting);
            page.input(Input::Opened);
            let is_record = |output: &Output| matches!(output, Output::Store { what: Kept::Record, .. });
            assert!(std::iter::from_fn(|| page.tracker.poll_output()).filter(is_record).count() > 0, "it is stored");
            page
        };
        cost(waiting, prepare, Page::deliver)
    });
    if scene().is_none() {
        report_firewall();
    }
}
