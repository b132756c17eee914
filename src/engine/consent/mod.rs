//! The gate. Consent is an enum with its data inside, and only `Granted` can make the permits that a send or a write needs:
//! whatever else is wrong in this crate, without a yes there is nothing to hand to the browser.
//!
//! `signals` knows who said what and what follows from it; this module what that does to the state. `terms` are the options.

mod choice;
mod signals;
mod terms;

pub use choice::{Choices, Purposes};
pub use signals::{Signals, Source};
pub use terms::Terms;

use super::event::Event;
use super::losses::Loss;
use super::queue::{Caps, Queue};
use super::text::word;
use super::time::Millis;

/// Proof that something may leave the page. Only a granted consent makes one; it goes to the browser with the bytes.
#[derive(Debug)]
pub struct SendPermit(());

/// Proof that something may be stored in the browser.
#[derive(Debug)]
pub struct StorePermit(());

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
    /// What was said to some purpose changed, the state did not.
    Purposes,
    /// Yes: these events were waiting.
    Granted(Queue),
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
    signals: Signals,
    required: Purposes,
    at: Millis,
    /// There is a yes, or there was one on an earlier page: then a no takes something back.
    was_granted: bool,
}

impl Consent {
    pub fn new(terms: &Terms) -> Self {
        Self { state: State::Pending(Queue::default()), signals: terms.signals, required: terms.required, at: 0, was_granted: false }
    }

    /// What follows from what was said in advance: by the options, and by a yes of an earlier page.
    pub fn begin(&mut self, stored: Option<(Choices, Millis)>, at: Millis) -> Change {
        self.was_granted = stored.is_some();
        let (choices, at) = stored.unwrap_or((Choices::default(), at));
        self.update(Source::STORED, choices, at)
    }

    pub fn is_granted(&self) -> bool {
        matches!(self.state, State::Granted)
    }

    /// Whether the visitor of an earlier page may be known here: nobody has taken that yes back.
    pub fn may_know(&self) -> bool {
        self.was_granted
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
        let place = match self.state {
            State::Pending(_) => 0,
            State::Granted => 1,
            State::Denied => 2,
            State::Withdrawn => 3,
        };
        word("pending granted denied withdrawn", place)
    }

    /// The purposes granted now.
    pub fn purposes(&self) -> Purposes {
        self.choices().granted()
    }

    /// What was said to each purpose, all signals together.
    pub fn choices(&self) -> Choices {
        self.signals.resolved()
    }

    /// Marketing is not granted: then no login id and no id beyond a visit leaves or is stored.
    pub fn is_minimal(&self) -> bool {
        !self.purposes().has(1)
    }

    /// Who decided about all that is required: the first that said no, or the first that said yes, or who is waited for.
    pub fn source(&self) -> Source {
        self.signals.decider(self.required)
    }

    /// Who decided about a purpose.
    pub fn decider(&self, purpose: Purposes) -> Source {
        self.signals.decider(purpose)
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

    /// Takes part of a choice in: purposes not named keep theirs. An empty choice says that its source has not decided.
    pub fn update(&mut self, source: Source, choices: Choices, at: Millis) -> Change {
        // A platform that appears after a yes changes it when it says something, not before.
        if choices == Choices::default() && self.is_granted() {
            return Change::Nothing;
        }
        let before = self.choices();
        self.signals.hear(source, choices);
        // What was only said in advance takes nothing back.
        let takes_back = self.was_granted && self.source().is_now();
        let yes = match self.signals.resolved().decide(self.required) {
            Some(true) if !self.is_granted() => true,
            Some(false) if takes_back || self.held().is_some() => false,
            // Also while nobody has decided: a withdrawn or denied page does not become pending again.
            _ if before == self.choices() => return Change::Nothing,
            _ => {
                self.at = at;
                return Change::Purposes;
            }
        };
        self.at = at;
        let state = match (yes, takes_back) {
            (true, _) => State::Granted,
            (_, true) => State::Withdrawn,
            _ => State::Denied,
        };
        self.was_granted = yes || (self.was_granted && !takes_back);
        let held = match core::mem::replace(&mut self.state, state) {
            State::Pending(held) => held,
            _ => Queue::default(),
        };
        match self.state {
            State::Granted => Change::Granted(held),
            State::Withdrawn => Change::Withdrawn(held.len()),
            _ => Change::Denied(held.len()),
        }
    }

    /// Takes in what was said in another tab at that moment, where there is a yes. All that it takes back is heard otherwise;
    /// should one tab ask for more purposes than another, it takes all back here.
    pub fn follow(&mut self, elsewhere: Choices, at: Millis) -> Change {
        self.signals.follow(elsewhere);
        self.at = at;
        if self.choices().decide(self.required) == Some(true) { Change::Purposes } else { self.withdraw(at) }
    }

    /// Takes everything back.
    pub fn withdraw(&mut self, at: Millis) -> Change {
        self.was_granted = true;
        self.update(Source::API, Choices::no_to(Purposes::ALL), at)
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
mod model;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
