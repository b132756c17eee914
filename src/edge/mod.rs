//! The browser: what happens becomes an [`Input`], and every [`Output`] something to do. It decides nothing.
//!
//! This file knows the numbers that cross; the other side, which listens, keeps, sends and tells, is the JavaScript in this
//! folder: what is one line there is written there, since it weighs less and crosses once.

pub(crate) mod driver;

use crate::engine::io::{Answer, Input, Kept, Outcome, Output};
use crate::engine::json::{Json, Writer, put};
use crate::engine::page::{Facts, Reason};
use crate::engine::text::{cut, part};
use crate::engine::time::{Millis, Now};
use crate::engine::tracker::Tracker;

/// What comes in, by its number. Those below `LEAVE` are the methods of a tracker, in the order of www/sdk/tracker.js.
pub(crate) mod heard {
    /// What happened since the last time: see [`take_in`](super::take_in).
    pub(crate) const EVENTS: u8 = 0;
    pub(crate) const CONSENT: u8 = 2;
    pub(crate) const IDENTIFY: u8 = 3;
    pub(crate) const RESET: u8 = 4;
    pub(crate) const FLUSH: u8 = 5;
    pub(crate) const ERASE: u8 = 6;
    pub(crate) const SUBSCRIBE: u8 = 7;
    pub(crate) const SHUTDOWN: u8 = 8;
    pub(crate) const EXPLAIN: u8 = 9;
    pub(crate) const IDS: u8 = 10;
    pub(crate) const STATS: u8 = 11;
    pub(crate) const LEAVE: u8 = 12;
    pub(crate) const VISIBILITY: u8 = 13;
    pub(crate) const PAGE: u8 = 14;
    pub(crate) const VISIBLE: u8 = 15;
    pub(crate) const ONLINE: u8 = 16;
    pub(crate) const OUTCOME: u8 = 17;
    pub(crate) const OPENED: u8 = 18;
    pub(crate) const FOUND: u8 = 19;
    pub(crate) const WITHDRAWN: u8 = 20;
    pub(crate) const UNSTORED: u8 = 21;
    pub(crate) const START: u8 = 22;
    pub(crate) const REFRESH: u8 = 23;
    // Any other: the time has come.
}

/// What goes out, by its number.
pub(crate) mod done {
    /// The time has come: to come back with a number that is no other input's.
    pub(crate) const WAKE: u8 = 0;
    /// How, and the send's number.
    pub(crate) const SEND: u8 = 1;
    /// The topic's bit.
    pub(crate) const TELL: u8 = 2;
    /// To come back with [`heard::REFRESH`](super::heard::REFRESH).
    pub(crate) const REFRESH: u8 = 3;
    /// And more, for each kind of what is kept: its slot, 0 where it is kept no longer, and the room.
    pub(crate) const KEEP: u8 = 4;
    /// No send waits for its outcome.
    pub(crate) const ANSWERED: u8 = 9;
}

/// What came in as an input, on a page that is hidden or not; nothing when the time has come.
fn input(what: u8, text: &str, a: u32, b: i32, c: f64, is_hidden: bool) -> Option<Input<&str>> {
    Some(match what {
        // What does as one of them where it matters what comes.
        heard::EVENTS => Input::Track("", "", ""),
        heard::CONSENT => Input::Consent(text),
        heard::IDENTIFY => Input::Identify(text),
        heard::RESET => Input::Reset,
        heard::FLUSH => Input::Flush,
        heard::ERASE => Input::Erase,
        heard::SHUTDOWN | heard::LEAVE => Input::Leave,
        heard::PAGE => Input::Page(facts(text), Reason::BROWSER.get(a as usize).copied().unwrap_or(Reason::Navigate)),
        heard::VISIBILITY if is_hidden => Input::Hidden,
        heard::VISIBILITY | heard::VISIBLE => Input::Visible,
        heard::ONLINE => Input::Online,
        heard::OUTCOME => Input::Outcome { send: a, outcome: outcome(b, c) },
        heard::OPENED => Input::Opened,
        heard::FOUND => Input::Found { slot: a, text },
        heard::WITHDRAWN => Input::Withdrawn,
        heard::UNSTORED => Input::Unstored(a),
        heard::START => Input::Start { stored: Some(text), sees_beacons: a & 1 > 0, holds_tail: a > 1 },
        _ => return None,
    })
}

/// The next of several events, four lines each: 0 for a call of `track()` or 1 for one of `page()`, and the clock; its fields;
/// its context, and its name or the page on screen.
fn event<'a>(rest: &mut &'a str) -> Input<&'a str> {
    let mut line = || part(rest, b'\n');
    let (first, fields, context, last) = (line(), line(), line(), line());
    let (kind, mono) = first.split_at_checked(1).unwrap_or_default();
    let context = if context.is_empty() { mono } else { context };
    if kind == "1" { Input::PageCall(facts(last), fields, context) } else { Input::Track(last, fields, context) }
}

/// What is no input: a question, with its answer, or what changes nothing but what is known.
fn question(tracker: &mut Tracker, what: u8, text: &str, a: u32, now: Now) -> Option<String> {
    let mut answer = String::new();
    match what {
        heard::SUBSCRIBE => tracker.subscribe(a as u8),
        heard::EXPLAIN => answer = tracker.explain(text),
        heard::IDS => answer = tracker.ids(),
        heard::STATS => {
            let mut w = Writer::default();
            w.open("[");
            tracker.stats().write(&mut w);
            w.close("]");
            answer = w.out;
        }
        heard::REFRESH => {
            let (page, stored) = cut(text, b"\n").unwrap_or_default();
            tracker.refresh(facts(page).title, stored, now);
        }
        _ => return None,
    }
    Some(answer)
}

/// Takes an input in, or several `events`; the answers, a line each: the id of an event and perhaps the
/// name of a field that was rounded, or `!` and why it was refused, or nothing.
fn take_in(tracker: &mut Tracker, input: Option<Input<&str>>, mut events: &str, now: Now) -> String {
    let mut out = String::new();
    let Some(input) = input else {
        tracker.handle_timeout(now);
        return out;
    };
    if events.is_empty() {
        answer(tracker.hear(input, now), &mut out);
        return out;
    }
    while !events.is_empty() {
        answer(tracker.hear(event(&mut events), now), &mut out);
        put(&mut out, "\n");
    }
    out
}

fn answer(answer: Answer, out: &mut String) {
    match answer {
        Answer::Done => {}
        Answer::Event(id, rounded) => {
            put(out, &id.text());
            if let Some(field) = rounded {
                put(out, " ");
                put(out, &field);
            }
        }
        Answer::Refused(problem) => {
            put(out, "!");
            put(out, &problem.text());
        }
    }
}

/// The page on screen.
fn facts(text: &str) -> Facts<&str> {
    Facts::read(Json::new(text))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an HTTP status, and numbers that are checked")]
fn outcome(status: i32, n: f64) -> Outcome {
    match status {
        -1 => Outcome::Refused,
        -2 => Outcome::Taken,
        -3 => Outcome::Packed(n as usize),
        _ => Outcome::Answered { status: status as u16, retry_after: (n >= 0.0).then_some(n as Millis) },
    }
}

/// What there is to do: a number of [`done`], two that depend on it, and a text.
fn put_out(output: Output) -> (u8, u32, u32, String) {
    match output {
        Output::Send { send, body, transport, .. } => (done::SEND, transport as u32, send, body),
        Output::Tell(topic, payload) => (done::TELL, topic as u32, 0, payload),
        Output::Later { body, .. } => (done::KEEP + Kept::Tail as u8, 1, 0, body),
        Output::Undo { what, text } => (done::KEEP + what as u8, 0, 0, text),
        Output::Store { what, slot, room, text, .. } => (done::KEEP + what as u8, slot, room, text),
    }
}
