//! The gate. Consent is an enum with its data inside, and only `Granted` can make the permits that a send or a write needs:
//! whatever else is wrong in this crate, without a yes there is nothing to hand to the browser.

mod choice;

pub use choice::{Choices, Purposes};

use super::config::Before;
use super::event::Event;
use super::losses::Loss;
use super::queue::{Caps, Queue};
use super::time::Millis;

/// Proof that something may leave the page. Only a granted consent makes one; it goes to the browser with the bytes.
#[derive(Debug)]
pub struct SendPermit(());

/// Proof that something may be stored in the browser.
#[derive(Debug)]
pub struct StorePermit(());

/// Who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `consent.default` of the options.
    Default,
    /// A call of `consent()`.
    Api,
    /// A yes of an earlier page, found in storage.
    Stored,
}

impl Source {
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Api => "api",
            Self::Stored => "stored",
        }
    }
}

/// Where the shopper's choice stands.
#[derive(Debug)]
pub enum State {
    /// No choice yet: events wait here, in memory only.
    Pending(Queue),
    Granted,
    Denied,
    /// A yes that was taken back: like `Denied`, and everything kept so far is gone.
    Withdrawn,
}

/// What a signal changed, for the tracker to act on.
#[derive(Debug)]
pub enum Change {
    Nothing,
    /// The purposes changed, the state did not.
    Purposes,
    /// Yes: these events were waiting.
    Granted(Vec<Event>),
    /// No: this many were waiting and are gone.
    Denied(usize),
    /// A yes was taken back (or the answer to the first question was "forget me"): purge; this many were waiting.
    Withdrawn(usize),
}

/// Held events are bounded more tightly than queued ones: nobody has agreed to anything yet.
pub const HELD: Caps = Caps { events: 100, bytes: 65_536 };
/// After half an hour without an answer a held event is dropped.
pub const HELD_MS: Millis = 30 * 60_000;

/// The shopper's choice and what hangs on it.
#[derive(Debug)]
pub struct Consent {
    state: State,
    choices: Choices,
    required: Purposes,
    source: Source,
    at: Millis,
}

impl Consent {
    pub fn new(required: Purposes, before: Before) -> Self {
        let state = match before {
            Before::Hold => State::Pending(Queue::default()),
            Before::Deny => State::Denied,
        };
        Self { state, choices: Choices::default(), required, source: Source::Default, at: 0 }
    }

    pub fn is_granted(&self) -> bool {
        matches!(self.state, State::Granted)
    }

    /// A permit to send, while there is a yes.
    pub fn may_send(&self) -> Option<SendPermit> {
        self.is_granted().then_some(SendPermit(()))
    }

    /// A permit to store, while there is a yes.
    pub fn may_store(&self) -> Option<StorePermit> {
        self.is_granted().then_some(StorePermit(()))
    }

    /// The wire name of the state.
    pub fn state_name(&self) -> &'static str {
        match self.state {
            State::Pending(_) => "pending",
            State::Granted => "granted",
            State::Denied => "denied",
            State::Withdrawn => "withdrawn",
        }
    }

    /// The purposes granted now.
    pub fn purposes(&self) -> Purposes {
        self.choices.granted()
    }

    pub fn source(&self) -> Source {
        self.source
    }

    /// When the choice was made, wall clock.
    pub fn at(&self) -> Millis {
        self.at
    }

    /// Events that wait for a choice.
    pub fn held(&self) -> Option<&Queue> {
        match &self.state {
            State::Pending(held) => Some(held),
            _ => None,
        }
    }

    /// Keeps an event until there is a choice, or gives it back when there already is one.
    /// What had to go for it is answered as a count.
    pub fn hold(&mut self, event: Event) -> Result<usize, Event> {
        match &mut self.state {
            State::Pending(held) => Ok(held.push(event, HELD)),
            _ => Err(event),
        }
    }

    /// Drops held events from before `limit`; answers how many.
    pub fn expire_held(&mut self, limit: Millis) -> usize {
        match &mut self.state {
            State::Pending(held) => held.expire(limit),
            _ => 0,
        }
    }

    /// Takes part of a choice in: purposes not named keep theirs.
    pub fn update(&mut self, choices: Choices, source: Source, at: Millis) -> Change {
        let before = self.purposes();
        self.choices = self.choices.merged(choices);
        let next = match self.choices.decide(self.required) {
            Some(true) => State::Granted,
            Some(false) => State::Denied,
            // Pending for good: a withdrawn or denied page does not become pending again.
            None => return if before == self.purposes() { Change::Nothing } else { Change::Purposes },
        };
        self.source = source;
        self.at = at;
        match (core::mem::replace(&mut self.state, next), &self.state) {
            (State::Pending(held), State::Granted) => Change::Granted(held.into_events()),
            (State::Pending(held), _) => Change::Denied(held.len()),
            (State::Granted, State::Granted) | (State::Denied | State::Withdrawn, State::Denied) => {
                if before == self.purposes() {
                    Change::Nothing
                } else {
                    Change::Purposes
                }
            }
            (State::Granted, _) => {
                self.state = State::Withdrawn;
                Change::Withdrawn(0)
            }
            (_, _) => Change::Granted(Vec::new()),
        }
    }

    /// Takes everything back.
    pub fn withdraw(&mut self, at: Millis) -> Change {
        self.choices = Choices::none();
        self.source = Source::Api;
        self.at = at;
        match core::mem::replace(&mut self.state, State::Withdrawn) {
            State::Pending(held) => Change::Withdrawn(held.len()),
            _ => Change::Withdrawn(0),
        }
    }

    /// The reason an event that comes now is lost for; `None` while it is not.
    pub fn loss(&self) -> Option<Loss> {
        match self.state {
            State::Denied | State::Withdrawn => Some(Loss::ConsentDenied),
            State::Pending(_) | State::Granted => None,
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
