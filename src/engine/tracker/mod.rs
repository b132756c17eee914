//! The machine: every input comes in here, every output goes out here.
//!
//! Drive it like this: `handle` an input (or `handle_timeout`), then `poll_output` until it is empty, then ask
//! `poll_timeout` when to wake it. Spurious calls do nothing. `accept` turns captures into events, `deliver` turns events
//! into sends, `report` answers questions.

mod accept;
mod deliver;
mod report;

use std::collections::VecDeque;

use super::check::Problem;
use super::config::{Before, Config};
use super::consent::{Change, Choices, Consent, HELD_MS, Source};
use super::event::Event;
use super::id::{Rng, Uuid};
use super::io::{Answer, Input, Key, Notice, Output, Topic};
use super::json::{self, Value};
use super::losses::{Loss, Losses};
use super::page::{Facts, Pages, Reason};
use super::queue::Queue;
use super::session::{Identity, Stored};
use super::time::{Millis, Now, Timer, Timers};
use super::wire::native;
use deliver::Delivery;

pub use report::{Explanation, Stats};

/// How long a page may take to set its title before the view is recorded with the one it has.
const TITLE_MS: Millis = 300;

/// The tracker of one site on one page.
#[derive(Debug)]
pub struct Tracker {
    config: Config,
    rng: Rng,
    /// Wall clock minus monotonic clock, fixed at the start so that a clock that jumps reorders nothing.
    origin: Millis,
    timers: Timers,
    outputs: VecDeque<Output>,
    consent: Consent,
    identity: Identity,
    pages: Pages,
    queue: Queue,
    delivery: Delivery,
    losses: Losses,
    accepted: u64,
    last: Option<(Uuid, &'static str)>,
    /// The topics somebody listens to.
    wanted: u8,
    hidden: bool,
    same_origin: bool,
}

impl Tracker {
    pub fn new(config: Config, seed: [u64; 2]) -> Self {
        let consent = Consent::new(config.purposes, config.before);
        Self {
            config,
            rng: Rng::new(seed),
            origin: 0,
            timers: Timers::default(),
            outputs: VecDeque::new(),
            consent,
            identity: Identity::default(),
            pages: Pages::default(),
            queue: Queue::default(),
            delivery: Delivery::default(),
            losses: Losses::default(),
            accepted: 0,
            last: None,
            wanted: 0,
            hidden: false,
            same_origin: true,
        }
    }

    /// The options in force.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Sets the topics that are told (bits of [`Topic`]).
    pub fn subscribe(&mut self, topics: u8) {
        self.wanted = topics;
    }

    /// Takes in what happened.
    pub fn handle(&mut self, input: Input, now: Now) -> Answer {
        match input {
            Input::Start { stored, same_origin } => self.start(stored.as_deref(), same_origin, now),
            Input::Page { facts, reason } => self.page_shown(facts, reason, now),
            Input::Title(title) => self.pages.set_title(title),
            Input::Click(path) => self.click(&path, now),
            Input::Track { name, fields, context } => return self.track(&name, &fields, &context, now),
            Input::PageCall { facts, fields, context } => return self.page_call(facts, &fields, &context, now),
            Input::Consent(update) => return self.consent_call(&update, now),
            Input::Identify(user) => {
                if user.is_empty() || user.len() > 256 {
                    return Answer::Refused(Problem::new("userId", "1 to 256 characters"));
                }
                self.identity.user = Some(user);
            }
            Input::Reset => {
                self.flush(now, false);
                self.identity.reset();
                self.outputs.push_back(Output::Erase { key: Key::Identity });
            }
            Input::Flush => self.flush(now, false),
            Input::Erase => self.erase(now),
            Input::Hidden => {
                self.hidden = true;
                self.flush(now, true);
            }
            Input::Visible { stored } => {
                self.hidden = false;
                // A computer that slept has a monotonic clock that stood still: catch up, never go back.
                self.origin = self.origin.max(now.wall.saturating_sub(now.mono));
                if let Some(stored) = stored.as_deref().and_then(Stored::read)
                    && self.consent.is_granted()
                {
                    self.identity.adopt(&stored);
                }
            }
            Input::Online => {
                self.delivery.resume();
                self.flush_if_waiting(now);
            }
            Input::Outcome { send, outcome } => self.outcome(send, outcome, now),
        }
        Answer::Done
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Now) {
        if self.timers.take(Timer::Title, now.mono) {
            self.outputs.push_back(Output::AskTitle);
        }
        if self.timers.take(Timer::Hold, now.mono) {
            let limit = self.at(now).saturating_sub(HELD_MS);
            let expired = self.consent.expire_held(limit);
            self.lose(Loss::Expired, expired);
            self.arm_hold(now);
        }
        if self.timers.take(Timer::Answer, now.mono) {
            self.unanswered(now);
        }
        if self.timers.take(Timer::Flush, now.mono) {
            self.flush(now, self.hidden);
        }
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call `handle_timeout`, on the monotonic clock.
    pub fn poll_timeout(&self) -> Option<Millis> {
        self.timers.next()
    }

    /// The moment on the clock that events are stamped with.
    fn at(&self, now: Now) -> Millis {
        self.origin + now.mono
    }

    fn start(&mut self, stored: Option<&str>, same_origin: bool, now: Now) {
        self.origin = now.wall.saturating_sub(now.mono);
        self.same_origin = same_origin;
        for problem in core::mem::take(&mut self.config.notes) {
            self.debug(&problem);
        }
        let preset = self.config.preset;
        if preset != Choices::default() {
            let change = self.consent.update(preset, Source::Default, self.at(now));
            self.consent_changed(change, now);
        }
        // A yes of an earlier page still holds; a preset or strict default of this page goes before it.
        if self.config.before == Before::Hold
            && preset == Choices::default()
            && let Some(stored) = stored.and_then(Stored::read)
        {
            self.identity.adopt(&stored);
            let change = self.consent.update(Choices::yes_to(stored.purposes), Source::Stored, stored.consented);
            self.consent_changed(change, now);
        }
    }

    fn consent_call(&mut self, update: &str, now: Now) -> Answer {
        let change = match json::parse(update) {
            Some(Value::Str(word)) if word == "withdraw" => self.consent.withdraw(self.at(now)),
            Some(value) => match Choices::read(&value) {
                Ok(choices) => self.consent.update(choices, Source::Api, self.at(now)),
                Err(problem) => return Answer::Refused(problem),
            },
            None => return Answer::Refused(Problem::new("consent", "not an object")),
        };
        self.consent_changed(change, now);
        Answer::Done
    }

    fn consent_changed(&mut self, change: Change, now: Now) {
        match change {
            Change::Nothing => return,
            Change::Purposes => {}
            Change::Granted(held) => {
                self.timers.stop(Timer::Hold);
                for event in held {
                    self.enqueue(event, now);
                }
            }
            Change::Denied(held) => {
                self.timers.stop(Timer::Hold);
                self.lose(Loss::ConsentDenied, held);
            }
            Change::Withdrawn(held) => self.purge(held),
        }
        self.save();
        let (state, source) = (self.consent.state_name(), self.consent.source().name());
        let purposes = self.consent.purposes();
        self.tell(Topic::Consent, || Notice {
            state: Some(state),
            source: Some(source),
            purposes: Some(purposes.names().collect()),
            ..Notice::default()
        });
    }

    /// Forgets everything about the shopper: what waits, what is stored, who it was.
    fn purge(&mut self, held: usize) {
        self.timers = Timers::default();
        let waiting = held + self.queue.clear() + self.delivery.purge();
        self.lose(Loss::Withdrawn, waiting);
        self.identity.reset();
        self.pages.forget(|_| false);
        self.outputs.push_back(Output::Erase { key: Key::Identity });
    }

    fn erase(&mut self, now: Now) {
        if let Some(permit) = self.consent.may_send()
            && self.identity.visitor != Uuid::default()
        {
            let body = native::erase(self.identity.visitor);
            let send = self.delivery.number();
            self.outputs.push_back(Output::Send { permit, send, body, transport: self.transport(false) });
        }
        let change = self.consent.withdraw(self.at(now));
        self.consent_changed(change, now);
    }

    /// Stores identity and consent, if that is permitted.
    fn save(&mut self) {
        if let Some(permit) = self.consent.may_store()
            && let Some(value) = self.identity.stored(self.consent.purposes(), self.consent.at())
        {
            self.outputs.push_back(Output::Write { permit, key: Key::Identity, value });
        }
    }

    /// Counts a loss and tells of it.
    fn lose(&mut self, loss: Loss, count: usize) {
        if count == 0 {
            return;
        }
        self.losses.add(loss, count);
        self.delivery.unreported.add(loss, count);
        self.tell(Topic::Loss, || Notice {
            reason: Some(loss.name().to_owned()),
            count: u32::try_from(count).ok(),
            ..Notice::default()
        });
    }

    /// Tells subscribers, if there are any.
    fn tell(&mut self, topic: Topic, notice: impl FnOnce() -> Notice) {
        if self.wanted & topic as u8 != 0 {
            self.outputs.push_back(Output::Tell(Notice { topic: Some(topic), ..notice() }));
        }
    }

    fn debug(&mut self, problem: &Problem) {
        if self.config.debug {
            let notice = Notice { topic: Some(Topic::Debug), reason: Some(problem.text()), ..Notice::default() };
            self.outputs.push_back(Output::Tell(notice));
        }
    }

    /// Forgets pages and sessions that nothing refers to any more.
    fn tidy(&mut self) {
        let (queue, delivery) = (&self.queue, &self.delivery);
        let uses = |test: &dyn Fn(&Event) -> bool| queue.iter().any(test) || delivery.events().any(test);
        self.pages.forget(|no| uses(&|e| e.page == no));
        self.identity.forget(|no| uses(&|e| e.session == no));
    }
}
