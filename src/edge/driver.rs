//! Owns the tracker and every listener, and runs the loop: an input in, outputs out, the borrow dropped, then each output
//! done, then the one timer armed. JavaScript is never called while the tracker is borrowed, so a subscriber may call us.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Event, PageTransitionEvent, VisibilityState};

use super::page;
use crate::engine::config::{Config, Medium, Number};
use crate::engine::io::{Answer, Input, Outcome, Output, Topic, Transport};
use crate::engine::json::{own, push_int, put};
use crate::engine::page::Reason;
use crate::engine::time::{Millis, Now};
use crate::engine::tracker::Tracker;

/// The tracker of one site in a real page.
pub(crate) struct Driver {
    tracker: RefCell<Tracker>,
    notify: Function,
    /// Storage key of this site.
    key: String,
    /// Ties resource entries to this driver's beacons.
    mark: String,
    document: Document,
    timer: RefCell<Option<(Millis, Timeout)>>,
    /// Stops watching for outcomes. A store page has hundreds of other resources: watch only while an answer is due.
    watching: RefCell<Option<Function>>,
    hooks: RefCell<Option<Hooks>>,
    /// Milliseconds spent in the engine and in doing what it said.
    spent: Cell<f64>,
}

/// Everything that listens. Dropped as one: first nobody calls any more, then the closures go.
struct Hooks {
    undo: [Function; 2],
    answer: Closure<dyn Fn(u32, f64, f64)>,
    _event: Closure<dyn Fn(Event)>,
    _navigation: Closure<dyn Fn(String)>,
}

impl Drop for Hooks {
    fn drop(&mut self) {
        for undo in &self.undo {
            let _ = undo.call0(&JsValue::NULL);
        }
    }
}

impl Driver {
    /// A driver at work.
    pub(crate) fn start(config: Config, notify: Function, document: Document, topics: u8) -> Rc<Self> {
        let seed = page::seed();
        let word = |at: usize| u64::from(seed.get(at).copied().unwrap_or(1));
        let rng = [word(0) << 32 | word(1), word(2) << 32 | word(3)];
        let mut key = own("cb_");
        key.extend(config.site.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-'));
        let mut mark = own("#cb");
        push_int(&mut mark, word(0));
        put(&mut mark, "-");
        let sees_beacons = page::sees(&config.endpoint);
        let driver = Rc::new(Self {
            tracker: RefCell::new(Tracker::new(config, rng)),
            notify,
            key,
            mark,
            document,
            timer: RefCell::new(None),
            watching: RefCell::new(None),
            hooks: RefCell::new(None),
            spent: Cell::new(0.0),
        });
        driver.listen();
        driver.subscribe(u64::from(topics));
        driver.handle(Input::Start { stored: driver.stored(), sees_beacons });
        driver.page_shown(&page::first_reason());
        driver
    }

    fn listen(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let event = Closure::new(with(weak.clone(), Self::on_event));
        let navigation = Closure::new(with(weak.clone(), |driver: &Rc<Self>, kind: String| driver.page_shown(&kind)));
        let answer = Closure::<dyn Fn(u32, f64, f64)>::new(move |send, status, wait| {
            if let Some(driver) = weak.upgrade() {
                driver.handle(Input::Outcome { send, outcome: outcome(status, wait) });
            }
        });
        let undo = [page::listen(event.as_ref().unchecked_ref()), page::navigation(navigation.as_ref().unchecked_ref())];
        *self.hooks.borrow_mut() = Some(Hooks { undo, answer, _event: event, _navigation: navigation });
    }

    /// Everything off the page again.
    pub(crate) fn stop(&self) {
        self.handle_now(Input::Hidden);
        self.timer.take();
        self.watch(false);
        self.hooks.take();
    }

    fn on_event(self: &Rc<Self>, event: Event) {
        match event.type_().as_str() {
            "click" => {
                self.handle(Input::Click(page::path(&event)));
            }
            "pagehide" | "freeze" => {
                self.handle(Input::Hidden);
            }
            "prerenderingchange" => self.page_shown("prerender"),
            "online" => {
                self.handle(Input::Online);
            }
            "pageshow" => {
                if event.unchecked_into::<PageTransitionEvent>().persisted() {
                    self.visible();
                    self.handle(Input::Page(page::facts(), Reason::Bfcache));
                }
            }
            _ if self.document.visibility_state() == VisibilityState::Hidden => {
                self.handle(Input::Hidden);
            }
            _ => self.visible(),
        }
    }

    fn visible(self: &Rc<Self>) {
        self.handle(Input::Visible { stored: self.stored() });
    }

    /// A page came on screen; `kind` is the browser's word for why, empty while it is not on screen yet.
    fn page_shown(self: &Rc<Self>, kind: &str) {
        if !kind.is_empty() {
            self.handle(Input::Page(page::facts(), page::reason(kind)));
        }
    }

    /// Whether everything is off the page.
    pub(crate) fn is_stopped(&self) -> bool {
        self.hooks.borrow().is_none()
    }

    /// A question to the tracker; `None` when it is asked from inside itself, which cannot happen.
    pub(crate) fn ask<R>(&self, question: impl FnOnce(&Tracker) -> R) -> Option<R> {
        self.tracker.try_borrow().ok().map(|tracker| question(&tracker))
    }

    pub(crate) fn subscribe(&self, topics: u64) {
        if let Ok(mut tracker) = self.tracker.try_borrow_mut() {
            tracker.subscribe(u8::try_from(topics).unwrap_or(0));
        }
    }

    pub(crate) fn spent(&self) -> f64 {
        self.spent.get()
    }

    pub(crate) fn page_call(self: &Rc<Self>, fields: String, context: String) -> Answer {
        self.handle(Input::PageCall(page::facts(), fields, context))
    }

    /// One turn of the loop.
    pub(crate) fn handle(self: &Rc<Self>, input: Input) -> Answer {
        let answer = self.handle_now(input);
        self.arm();
        answer
    }

    fn handle_now(&self, input: Input) -> Answer {
        let begun = page::mono();
        let answer = {
            let Ok(mut tracker) = self.tracker.try_borrow_mut() else { return Answer::Done };
            tracker.handle(input, now(begun))
        };
        self.act();
        self.spent.set(self.spent.get() + page::mono() - begun);
        answer
    }

    fn wake(self: &Rc<Self>) {
        let begun = page::mono();
        if let Ok(mut tracker) = self.tracker.try_borrow_mut() {
            tracker.handle_timeout(now(begun));
        }
        self.act();
        self.spent.set(self.spent.get() + page::mono() - begun);
        self.arm();
    }

    /// Does what the engine says until it has nothing more to say.
    fn act(&self) {
        while let Some(output) = self.tracker.try_borrow_mut().ok().and_then(|mut t| t.poll_output()) {
            self.perform(output);
        }
    }

    fn perform(&self, output: Output) {
        match output {
            Output::Send { send, body, transport, .. } => {
                let how = match transport {
                    Transport::Beacon => 0,
                    Transport::KeepaliveFetch => 1,
                    Transport::Fetch => 2,
                };
                let answer = self.hooks.borrow().as_ref().map(|h| h.answer.as_ref().unchecked_ref::<Function>().clone());
                let endpoint = self.ask(|t| t.config().endpoint.clone());
                if transport == Transport::Beacon {
                    self.watch(true);
                }
                if let (Some(answer), Some(endpoint)) = (answer, endpoint) {
                    page::send(&endpoint, &body, how, &self.mark, send, &answer);
                }
            }
            Output::Write { value, .. } => {
                if let Some((medium, days)) = self.medium() {
                    page::save(medium, &self.key, &value, days);
                }
            }
            Output::Erase { .. } => {
                if let Some((medium, _)) = self.medium() {
                    page::erase(medium, &self.key);
                }
            }
            Output::AskTitle => {
                self.handle_now(Input::Title(page::facts().title));
            }
            Output::Tell(topic, payload) => self.tell(topic, &payload),
        }
    }

    fn watch(&self, on: bool) {
        let mut watching = self.watching.borrow_mut();
        if on && watching.is_none() {
            let hooks = self.hooks.borrow();
            *watching = hooks.as_ref().map(|h| page::watch(&self.mark, h.answer.as_ref().unchecked_ref()));
        } else if !on && let Some(stop) = watching.take() {
            let _ = stop.call0(&JsValue::NULL);
        }
    }

    fn tell(&self, topic: Topic, payload: &str) {
        let _ = self.notify.call2(&JsValue::NULL, &topic.name().into(), &payload.into());
    }

    /// Which storage, 0 for the cookie and 1 for local storage, and for how many days.
    #[expect(clippy::cast_precision_loss, reason = "at most 395 days")]
    fn medium(&self) -> Option<(u8, f64)> {
        self.ask(|t| match t.config().medium {
            Medium::Cookie => Some((0, t.config().ms(Number::CookieDays) as f64)),
            Medium::Local => Some((1, 0.0)),
            Medium::Memory => None,
        })
        .flatten()
    }

    fn stored(&self) -> Option<String> {
        self.medium().and_then(|(medium, _)| page::load(medium, &self.key))
    }

    /// Sees to it that `wake` is called in time. A timer that is too early is left alone: waking for nothing is cheap,
    /// making timers is not.
    fn arm(self: &Rc<Self>) {
        if self.ask(Tracker::is_answered) == Some(true) {
            self.watch(false);
        }
        let Some(due) = self.ask(Tracker::poll_timeout).flatten() else { return };
        let mut timer = self.timer.borrow_mut();
        if self.hooks.borrow().is_none() || timer.as_ref().is_some_and(|(armed, _)| *armed <= due) {
            return;
        }
        let wait = due.saturating_sub(now(page::mono()).mono);
        let wait = u32::try_from(wait).unwrap_or(u32::MAX).min(MAX_WAIT);
        let weak = Rc::downgrade(self);
        let timeout = Timeout::new(wait, move || {
            if let Some(driver) = weak.upgrade() {
                driver.timer.take();
                driver.wake();
            }
        });
        *timer = Some((due, timeout));
    }
}

/// Browsers take a longer wait for none at all.
const MAX_WAIT: u32 = 0x7fff_ffff;

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

/// A callback that does nothing once the driver is gone.
fn with<A: 'static>(driver: Weak<Driver>, act: impl Fn(&Rc<Driver>, A) + 'static) -> impl Fn(A) + 'static {
    move |argument| {
        if let Some(driver) = driver.upgrade() {
            act(&driver, argument);
        }
    }
}
