//! Owns the trackers and runs the loop: an input in, outputs out, the borrow dropped, then each output done, then the one
//! timer armed. JavaScript is never called while a tracker is borrowed, so a subscriber may call us.

use std::cell::RefCell;

use gloo_timers::callback::Timeout;
use js_sys::Date;
use wasm_bindgen::prelude::*;
use web_sys::Document;

use super::{done, heard, input, put_out, question, take_in};
use crate::engine::config::Config;
use crate::engine::time::{Millis, Now};
use crate::engine::tracker::Tracker;

#[wasm_bindgen(module = "/src/edge/driver.js")]
extern "C" {
    /// Does one thing for a tracker: `what` is a number of [`done`], and what the others are depends on it.
    fn perform(tracker: usize, what: u8, a: u32, b: u32, text: &str);
}

/// A tracker in a real page.
struct Seat {
    tracker: Tracker,
    document: Document,
    timer: Option<Timeout>,
    /// When the timer wakes us; for ever while there is none.
    due: Millis,
    is_stopped: bool,
}

thread_local! {
    /// The trackers of the page. They stay for its life: counters are still asked for when a tracker has been shut down.
    static SEATS: RefCell<Vec<Seat>> = const { RefCell::new(Vec::new()) };
}

/// Browsers take a longer wait for none at all.
const MAX_WAIT: Millis = 0x7fff_ffff;

fn with<R>(number: usize, work: impl FnOnce(&mut Seat) -> R) -> Option<R> {
    SEATS.with_borrow_mut(|all| all.get_mut(number).map(work))
}

/// A new tracker's number.
pub(crate) fn start(config: &str, document: Document, seed: [u64; 2]) -> usize {
    let tracker = Tracker::new(Config::read(config), seed);
    SEATS.with_borrow_mut(|all| {
        all.push(Seat { tracker, document, timer: None, due: Millis::MAX, is_stopped: false });
        all.len() - 1
    })
}

/// One turn of the loop, for an input or because the time has come.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clocks are positive and far below 2^53")]
pub(crate) fn enter(number: usize, what: u8, text: &str, mono: f64, a: u32, b: i32, c: f64) -> String {
    let now = Now { wall: Date::now() as Millis, mono: mono as Millis };
    let asked = with(number, |seat| match question(&mut seat.tracker, what, text, a, now) {
        Some(answer) => Err(answer),
        None => {
            let input = input(what, text, a, b, c, seat.document.hidden());
            let is_stale = seat.tracker.is_stale(input.as_ref(), now);
            Ok((input, is_stale))
        }
    });
    let (input, is_stale) = match asked {
        Some(Ok(heard)) => heard,
        Some(Err(answer)) => return answer,
        None => return String::new(),
    };
    if is_stale {
        perform(number, done::REFRESH, 0, 0, "");
    }
    let mut input = Some(input);
    let mut answer = String::new();
    loop {
        let output = with(number, |seat| {
            if let Some(input) = input.take() {
                answer = take_in(&mut seat.tracker, input, if what == heard::EVENTS { text } else { "" }, now);
            }
            seat.tracker.poll_output().ok_or_else(|| arm(seat, number, what, now))
        });
        match output {
            Some(Ok(output)) => {
                let (what, a, b, text) = put_out(output);
                perform(number, what, a, b, &text);
            }
            Some(Err(is_answered)) => {
                if is_answered {
                    perform(number, done::ANSWERED, 0, 0, "");
                }
                return answer;
            }
            None => return answer,
        }
    }
}

/// Sees to it that we come back in time; whether no send waits for its outcome. A timer that is too early is left alone: waking
/// for nothing is cheap, making timers is not.
fn arm(seat: &mut Seat, number: usize, what: u8, now: Now) -> bool {
    if what == heard::SHUTDOWN {
        seat.is_stopped = true;
        seat.timer = None;
    }
    if let Some(due) = seat.tracker.poll_timeout().filter(|due| *due < seat.due && !seat.is_stopped) {
        seat.due = due;
        let wait = due.saturating_sub(now.mono).min(MAX_WAIT);
        seat.timer = Some(Timeout::new(wait as u32, move || {
            with(number, |seat| seat.due = Millis::MAX);
            perform(number, done::WAKE, 0, 0, "");
        }));
    }
    seat.tracker.is_answered()
}
