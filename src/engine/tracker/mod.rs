//! The machine: every input comes in here, every output goes out here.
//!
//! Drive it like this: `handle` an input, or several events that came together (or `handle_timeout`), then `poll_output` until it is empty, then ask
//! `poll_timeout` when to wake it. Spurious calls do nothing. `accept` turns captures into events, `pack` turns events
//! into batches, `deliver` sends them, `keep` stores what waits, `report` answers questions.

mod accept;
mod deliver;
mod keep;
mod pack;
mod report;

use std::rc::Rc;

use super::check::Problem;
use super::config::{Config, Number};
use super::consent::{Change, Choices, Consent, HELD_MS, Source};
use super::event::Event;
use super::id::{Rng, Uuid};
use super::io::{Answer, Input, Kept, Output, Topic};
use super::json::{Json, Writer, int, own, put};
use super::losses::{Loss, Losses};
use super::page::{Facts, Page, Reason};
use super::queue::Queue;
use super::session::{Identity, Session, Stored};
use super::time::{Millis, Now, Timer, Timers};
use super::wire::native;
use deliver::Delivery;
use keep::Outbox;

pub use report::Stats;

/// How long a page may take to set its title before the one it has is taken.
const TITLE_MS: Millis = 300;
/// Tabs that are told of one click hear it so much apart at most; nobody takes a yes back and gives it again in so short a time.
const SAME_YES: Millis = 2_000;

/// The tracker of one site on one page.
#[derive(Debug)]
pub struct Tracker {
    config: Config,
    rng: Rng,
    /// Wall clock minus monotonic clock, fixed at the start so that a clock that jumps reorders nothing.
    origin: Millis,
    timers: Timers,
    outputs: Vec<Output>,
    consent: Consent,
    identity: Identity,
    page: Option<Rc<Page>>,
    queue: Queue,
    delivery: Delivery,
    outbox: Outbox,
    losses: Losses,
    accepted: u64,
    last: Option<(Uuid, &'static str)>,
    /// The topics somebody listens to.
    wanted: u8,
    hidden: bool,
    /// Who another tab has stored, while this one may not know.
    known: Option<Stored>,
    /// Whether the page had its view when it was hidden: whoever comes back to one that had none sees it for the first time.
    was_seen: bool,
    sees_beacons: bool,
    holds_tail: bool,
    /// Whether the browser has a tail to send.
    has_tail: bool,
}

impl Tracker {
    pub fn new(config: Config, seed: [u64; 2]) -> Self {
        Self {
            rng: Rng::new(seed),
            origin: 0,
            timers: Timers::default(),
            outputs: Vec::new(),
            consent: Consent::new(&config.consent),
            identity: Identity::default(),
            page: None,
            queue: Queue::default(),
            delivery: Delivery::default(),
            outbox: Outbox::default(),
            losses: Losses::default(),
            accepted: 0,
            last: None,
            wanted: 0,
            hidden: false,
            known: None,
            was_seen: false,
            sees_beacons: false,
            holds_tail: false,
            has_tail: false,
            config,
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
        self.hear(input.borrowed(), now)
    }

    /// Takes in what happened, without texts of its own.
    pub fn hear(&mut self, input: Input<&str>, now: Now) -> Answer {
        let answer = self.take_in(&input, now);
        // An event ends nothing.
        if !matches!(input, Input::Track(..)) {
            self.sweep();
        }
        answer
    }

    fn take_in(&mut self, input: &Input<&str>, now: Now) -> Answer {
        match input {
            Input::Start { stored, sees_beacons, holds_tail } => {
                (self.sees_beacons, self.holds_tail) = (*sees_beacons, *holds_tail);
                self.start(*stored, now);
            }
            Input::Page(facts, reason) => self.page_shown(facts, *reason, now),
            Input::Track(name, fields, context) => {
                let context = self.context(context, now);
                return self.record(name, fields, context, now);
            }
            Input::PageCall(facts, fields, context) => return self.page_call(facts, fields, context, now),
            Input::Consent(update) => self.consent_call(update, now),
            Input::Identify(user) => match Json::new(user).str() {
                Some(user) if !user.is_empty() && user.len() <= 256 => self.identity.identify(user),
                _ => return Answer::Refused(Problem::new("userId", "not a text of 1 to 256 characters")),
            },
            Input::Reset => {
                self.flush(now, false);
                self.forget();
            }
            Input::Flush => self.flush(now, false),
            Input::Erase => self.erase(now),
            Input::Hidden | Input::Leave => {
                self.hidden = true;
                self.was_seen = self.page.as_ref().is_some_and(|page| page.viewed.get() != 0);
                self.identity.give_back();
                self.flush(now, true);
                if matches!(input, Input::Leave) {
                    self.close_outbox();
                }
            }
            Input::Visible => {
                self.hidden = false;
                self.open_outbox();
                // A computer that slept has a monotonic clock that stood still: catch up, never go back.
                self.origin = self.origin.max(now.wall.saturating_sub(now.mono));
                self.view(None, now);
            }
            Input::Online => {
                self.delivery.resume();
                self.flush_if_waiting(now);
            }
            Input::Outcome { send, outcome } => self.outcome(*send, *outcome, now),
            Input::Opened => self.opened(now),
            Input::Found { slot, text } => self.found(*slot, text, now),
            Input::Unstored(slot) => self.unstored(*slot),
            Input::Withdrawn => {
                let change = self.consent.withdraw(self.at(now));
                self.consent_changed(change, now);
            }
        }
        Answer::Done
    }

    /// Whether `refresh` has to come before this input, or before `handle_timeout`: what may be sent now should have the title
    /// that the page has by now, and another tab may have gone on, or have been given the yes first.
    pub fn is_stale<T>(&self, input: Option<&Input<T>>, now: Now) -> bool {
        matches!(input, None | Some(Input::Consent(_) | Input::Flush | Input::Hidden | Input::Leave | Input::Visible))
            || self.consent.is_granted() && self.identity.is_stale(self.at(now))
    }

    /// The page's title as it is now, and the identity as a tab has left it in storage. What the shopper has said in another tab
    /// since holds here too; what this page has not sent yet does not come under a yes that was given to another tab after this
    /// page's own had been taken back.
    pub fn refresh(&mut self, title: &str, stored: &str, now: Now) {
        if let Some(page) = &self.page {
            page.set_title(title);
        }
        self.known = Stored::read(stored);
        // Whoever was told no knows nobody, and goes on with who is there should this be a yes.
        if self.consent.loss().is_some() {
            return;
        }
        let Some(stored) = self.known.take() else { return };
        let mut change = Change::Nothing;
        if self.consent.is_granted() && stored.consented > self.consent.at() {
            if stored.consented > self.consent.at().saturating_add(SAME_YES) && self.identity.is_forgotten_by(&stored) {
                self.drop_waiting(0);
            }
            change = self.consent.follow(stored.choices, stored.consented);
        }
        self.identity.adopt(stored);
        self.consent_changed(change, now);
    }

    /// What waits is lost to a withdrawal, with so many events that were held.
    fn drop_waiting(&mut self, held: usize) {
        // What the browser has taken still fills its budget until it is answered: that timer goes on.
        for timer in [Timer::Flush, Timer::Hold, Timer::Tail] {
            self.timers.stop(timer);
        }
        self.cancel_tail();
        let waiting = held + self.queue.clear() + self.delivery.purge();
        self.lose(Loss::Withdrawn, waiting);
    }

    /// No visitor and no session any more, here and in storage.
    fn forget(&mut self) {
        self.identity = Identity::default();
        self.undo(Kept::Identity);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Now) {
        self.timers.take(Timer::Title, now.mono);
        if self.timers.take(Timer::Hold, now.mono) {
            let expired = self.consent.expire_held(self.at(now).saturating_sub(HELD_MS));
            self.lose(Loss::Expired, expired);
            self.arm_hold(now);
        }
        if self.timers.take(Timer::Answer, now.mono) {
            self.unanswered(now);
            self.sweep();
        }
        if self.timers.take(Timer::Flush, now.mono) {
            self.flush(now, self.hidden);
        }
        if self.timers.take(Timer::Tail, now.mono) {
            self.hold_tail(now);
        }
    }

    /// The next thing to do; last, what has come is stored.
    pub fn poll_output(&mut self) -> Option<Output> {
        if self.outputs.is_empty() {
            self.store();
        }
        if self.outputs.is_empty() { None } else { Some(self.outputs.remove(0)) }
    }

    /// When to call `handle_timeout`, on the monotonic clock.
    pub fn poll_timeout(&self) -> Option<Millis> {
        self.timers.next()
    }

    /// The moment on the clock that events are stamped with.
    fn at(&self, now: Now) -> Millis {
        self.origin + now.mono
    }

    fn start(&mut self, stored: Option<&str>, now: Now) {
        self.origin = now.wall.saturating_sub(now.mono);
        let stored = stored.and_then(Stored::read);
        let yes = stored.as_ref().map(|stored| (stored.choices, stored.consented));
        let change = self.consent.begin(yes, self.at(now));
        // Whoever has to answer first: the visitor is known again when the answer is yes.
        if let Some(stored) = stored.filter(|_| self.consent.may_know()) {
            self.identity.adopt(stored);
        }
        self.consent_changed(change, now);
    }

    /// Takes a choice in: the source's number times 256, and the bits of `Choices`; anything else takes all back.
    fn consent_call(&mut self, update: &str, now: Now) {
        let change = match int(update) {
            Some(n) => self.consent.update(Source::at((n >> 8) as u8), Choices::from_bits(n as u8), self.at(now)),
            None => self.consent.withdraw(self.at(now)),
        };
        self.consent_changed(change, now);
        // A yes is kept from now on, also where no event waited for it.
        if self.consent.is_granted() && self.identity.current().is_none() {
            if let Some(stored) = self.known.take() {
                self.identity.adopt(stored);
            }
            self.session(self.at(now));
        }
    }

    fn consent_changed(&mut self, change: Change, now: Now) {
        match change {
            Change::Nothing => return,
            Change::Purposes => {}
            Change::Granted(mut held) => {
                self.timers.stop(Timer::Hold);
                self.open_outbox();
                while let Some(event) = held.pop() {
                    self.enqueue(event, now);
                }
            }
            Change::Denied(held) => {
                self.timers.stop(Timer::Hold);
                self.lose(Loss::ConsentDenied, held);
                self.forget_all();
            }
            Change::Withdrawn(held) => {
                self.drop_waiting(held);
                self.forget_all();
            }
        }
        self.minimise(now);
        self.save();
        if let Some(mut w) = self.notice(Topic::Consent) {
            self.describe_consent(&mut w);
            self.tell(Topic::Consent, w);
        }
    }

    fn erase(&mut self, now: Now) {
        if let Some(permit) = self.consent.may_send()
            && let Some(session) = self.identity.current()
        {
            let body = native::erase(session.visitor(&self.consent));
            let send = self.delivery.number();
            self.outputs.push(Output::Send { permit, send, body, transport: self.transport(true) });
        }
        let change = self.consent.withdraw(self.at(now));
        self.consent_changed(change, now);
    }

    /// Stores identity and consent, if that is permitted.
    fn save(&mut self) {
        if let Some(permit) = self.consent.may_store()
            && let Some(value) = self.identity.stored(&self.consent)
        {
            self.outputs.push(Output::Store { permit, what: Kept::Identity, slot: 1, room: 0, text: value });
        }
    }

    /// Counts a loss and tells of it.
    fn lose(&mut self, loss: Loss, count: usize) {
        if count == 0 {
            return;
        }
        self.losses.add(loss, count);
        self.delivery.unreported.add(loss, count);
        if let Some(mut w) = self.notice(Topic::Loss) {
            w.text("reason", loss.name()).number("count", count as u64);
            self.tell(Topic::Loss, w);
        }
    }

    /// An object to tell subscribers of, if there are any.
    fn notice(&self, topic: Topic) -> Option<Writer> {
        (self.wanted & topic as u8 != 0).then(|| Writer { out: own("{") })
    }

    fn tell(&mut self, topic: Topic, mut w: Writer) {
        w.close("}");
        self.outputs.push(Output::Tell(topic, w.out));
    }
}
