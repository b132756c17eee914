//! Owns the tracker and everything that calls it, and runs the loop: an input in, outputs out, the borrow dropped, then
//! each output done, then the one timer armed. JavaScript is never called while the tracker is borrowed, so a subscriber
//! may call us.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Event};

use super::page::{self, Page, heard};
use crate::engine::config::{Config, Number};
use crate::engine::io::{Answer, Input, Kept, Outcome, Output, Transport};
use crate::engine::json::Writer;
use crate::engine::page::Reason;
use crate::engine::time::{Millis, Now};
use crate::engine::tracker::Tracker;

/// What the page calls: what it hears, the event, and three numbers that depend on what it is. `Fn`, since a beacon is
/// answered while the page is being hidden: an ear that is called while it hears.
type Ear = Closure<dyn Fn(u8, Event, u32, f64, f64)>;

/// The tracker of one site in a real page.
pub(crate) struct Driver {
    tracker: RefCell<Tracker>,
    document: Document,
    page: Page,
    /// Gone once everything is off the page.
    ear: Cell<Option<Ear>>,
    timer: Cell<Option<Timeout>>,
    /// When the timer wakes us; for ever while there is none.
    due: Cell<Millis>,
    /// Milliseconds spent in the engine and in doing what it said.
    spent: Cell<f64>,
    stopped: Cell<bool>,
}

impl Driver {
    /// A driver at work.
    #[expect(clippy::cast_precision_loss, reason = "at most a few thousand days")]
    pub(crate) fn start(config: Config, notify: &Function, document: Document, topics: u8, user: String) -> Rc<Self> {
        let word = || u64::from(page::random());
        let rng = [word() << 32 | word(), word() << 32 | word()];
        let driver = Rc::new_cyclic(|weak: &Weak<Self>| {
            let weak = weak.clone();
            // The closure does nothing once the driver is gone.
            let ear = Ear::new(move |what, event: Event, a, b, c| {
                if let Some(driver) = weak.upgrade() {
                    driver.hear(what, &event, a, b, c);
                }
            });
            let page = page::open(
                &document,
                ear.as_ref().unchecked_ref(),
                notify,
                &config.endpoint,
                &config.site,
                config.medium,
                config.ms(Number::CookieDays) as f64,
            );
            Self {
                tracker: RefCell::new(Tracker::new(config, rng)),
                document,
                page,
                ear: Cell::new(Some(ear)),
                timer: Cell::default(),
                due: Cell::new(Millis::MAX),
                spent: Cell::default(),
                stopped: Cell::default(),
            }
        });
        driver.subscribe(topics);
        let can = page::sees(&driver.page);
        driver.handle(Input::Start { stored: Some(page::load(&driver.page)), sees_beacons: can & 1 > 0, holds_tail: can > 1 });
        // Who is logged in was known before the first page view was recorded.
        if !user.is_empty() {
            driver.handle(Input::Identify(user));
        }
        driver.page_shown(page::first_reason());
        driver
    }

    /// Everything off the page again.
    pub(crate) fn stop(self: &Rc<Self>) {
        self.handle(Input::Leave);
        self.stopped.set(true);
        self.timer.take();
        page::close(&self.page);
        self.ear.take();
    }

    fn hear(self: &Rc<Self>, what: u8, event: &Event, a: u32, b: f64, c: f64) {
        let input = match what {
            heard::CLICK => Input::Click(page::clicked(&self.page, event, self.ask(|t| t.config().text) == Some(true))),
            heard::VISIBILITY if self.document.hidden() => Input::Hidden,
            heard::VISIBILITY | heard::VISIBLE => Input::Visible,
            heard::LEAVE => Input::Leave,
            heard::OPENED => Input::Opened,
            heard::FOUND => Input::Found { slot: a, text: page::found(&self.page) },
            heard::WITHDRAWN => Input::Withdrawn,
            heard::ONLINE => Input::Online,
            heard::OUTCOME => Input::Outcome { send: a, outcome: outcome(b, c) },
            heard::PAGE => return self.page_shown(a),
            _ => return,
        };
        self.handle(input);
    }

    /// A page came on screen, unless the browser only prepares it.
    fn page_shown(self: &Rc<Self>, reason: u32) {
        if let Some(reason) = Reason::BROWSER.get(reason as usize) {
            self.handle(Input::Page(page::shown(&self.page), *reason));
        }
    }

    /// Whether everything is off the page.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.get()
    }

    /// A question to the tracker; `None` when it is asked from inside itself, which cannot happen.
    pub(crate) fn ask<R>(&self, question: impl FnOnce(&Tracker) -> R) -> Option<R> {
        self.tracker.try_borrow().ok().map(|tracker| question(&tracker))
    }

    pub(crate) fn subscribe(&self, topics: u8) {
        if let Ok(mut tracker) = self.tracker.try_borrow_mut() {
            tracker.subscribe(topics);
        }
    }

    /// The counters, a JSON list in the order of www/sdk/tracker.js; the last is the time spent.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "microseconds of a page's life")]
    pub(crate) fn stats(&self) -> String {
        let mut w = Writer::default();
        w.open("[");
        self.ask(|tracker| tracker.stats().write(&mut w));
        w.num((self.spent.get() * 1000.0) as u64).close("e-3]");
        w.out
    }

    pub(crate) fn page_call(self: &Rc<Self>, fields: String, context: String) -> Answer {
        self.handle(Input::PageCall(page::shown(&self.page), fields, context))
    }

    /// One turn of the loop.
    pub(crate) fn handle(self: &Rc<Self>, input: Input) -> Answer {
        self.turn(Some(input))
    }

    /// One turn of the loop, for an input or because the time has come.
    fn turn(self: &Rc<Self>, input: Option<Input>) -> Answer {
        let begun = page::mono();
        let mut answer = Answer::Done;
        let is_stale = self.ask(|t| t.is_stale(input.as_ref(), now(begun))) == Some(true);
        let seen = is_stale.then(|| (page::shown(&self.page).title, page::load(&self.page)));
        if let Ok(mut tracker) = self.tracker.try_borrow_mut() {
            if let Some((title, stored)) = seen {
                tracker.refresh(&title, &stored);
            }
            match input {
                Some(input) => answer = tracker.handle(input, now(begun)),
                None => tracker.handle_timeout(now(begun)),
            }
        }
        while let Some(output) = self.tracker.try_borrow_mut().ok().and_then(|mut t| t.poll_output()) {
            self.perform(output);
        }
        self.spent.set(self.spent.get() + page::mono() - begun);
        self.arm();
        answer
    }

    fn perform(self: &Rc<Self>, output: Output) {
        match output {
            Output::Send { send, body, transport, .. } => {
                if transport == Transport::Beacon {
                    page::watch(&self.page, 1);
                }
                let packed = page::send(&self.page, transport as u8, send, &body);
                if packed > 0 {
                    self.handle(Input::Outcome { send, outcome: Outcome::Packed(packed) });
                }
            }
            Output::Tell(topic, payload) => page::tell(&self.page, topic as u8, &payload),
            Output::Later { body, .. } => self.keep(Kept::Tail, 1, 0, &body),
            Output::Undo { what, text } => self.keep(what, 0, 0, &text),
            Output::Store { what, slot, room, text, .. } => self.keep(what, slot, room, &text),
        }
    }

    fn keep(self: &Rc<Self>, what: Kept, slot: u32, room: u32, text: &str) {
        let failed = page::keep(&self.page, what as u8, slot, room, text);
        if failed && slot > 0 && what == Kept::Record {
            self.handle(Input::Unstored(slot));
        }
    }

    /// Sees to it that `turn` is called in time. A timer that is too early is left alone: waking for nothing is cheap,
    /// making timers is not.
    fn arm(self: &Rc<Self>) {
        let Some((is_answered, due)) = self.ask(|t| (t.is_answered(), t.poll_timeout())) else { return };
        if is_answered {
            page::watch(&self.page, 0);
        }
        let Some(due) = due.filter(|due| *due < self.due.get() && !self.is_stopped()) else { return };
        let wait = due.saturating_sub(now(page::mono()).mono);
        let weak = Rc::downgrade(self);
        let timer = Timeout::new(wait.min(MAX_WAIT) as u32, move || {
            if let Some(driver) = weak.upgrade() {
                driver.due.set(Millis::MAX);
                driver.turn(None);
            }
        });
        self.due.set(due);
        self.timer.set(Some(timer));
    }
}

/// Browsers take a longer wait for none at all.
const MAX_WAIT: Millis = 0x7fff_ffff;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clocks are positive and far below 2^53")]
fn now(mono: f64) -> Now {
    Now { wall: page::wall() as Millis, mono: mono as Millis }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an HTTP status, and a wait that is checked")]
fn outcome(status: f64, wait: f64) -> Outcome {
    if status < 0.0 {
        return if status < -1.0 { Outcome::Taken } else { Outcome::Refused };
    }
    Outcome::Answered { status: status as u16, retry_after: (wait >= 0.0).then_some(wait as Millis) }
}
