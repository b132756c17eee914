//! The words that engine and page share. They hold plain values, so that a test can print, compare and replay them.

use super::check::Problem;
use super::consent::{SendPermit, StorePermit};
use super::id::Uuid;
use super::page::{Facts, Reason};

/// What happened. All texts that come from JavaScript are JSON, strings escaped; in the browser they are borrowed from what came in.
#[derive(Clone, Debug)]
pub enum Input<T = String> {
    /// The tracker runs from now on. `stored` is the identity kept by an earlier page; `sees_beacons` says whether
    /// this browser shows the outcome of a beacon to this endpoint (Resource Timing's `responseStatus`, same origin).
    /// `holds_tail` whether the browser has `fetchLater`.
    Start { stored: Option<T>, sees_beacons: bool, holds_tail: bool },
    /// A page came on screen, or the URL changed.
    Page(Facts<T>, Reason),
    /// A call of `track()`: name, fields, context; the last two empty when there are none. The context of an event that was
    /// called for before the tracker ran is JSON, else it is the monotonic clock at that time, in ms.
    Track(T, T, T),
    /// A call of `page()`: the page on screen, fields, context.
    PageCall(Facts<T>, T, T),
    /// A call of `consent()`: the source's number times 256 and the bits of `Choices`, in decimal; anything else takes all back.
    Consent(T),
    /// A call of `identify()`: the id, a JSON string.
    Identify(T),
    /// A call of `reset()`.
    Reset,
    /// A call of `flush()`.
    Flush,
    /// A call of `erase()`.
    Erase,
    /// The page is being hidden and may never come back.
    Hidden,
    /// The page is being left, frozen or closed: nothing may run after this.
    Leave,
    /// The page is visible again.
    Visible,
    /// The network is back.
    Online,
    /// What became of a send.
    Outcome { send: u32, outcome: Outcome },
    /// The outbox is open.
    Opened,
    /// A record that a tab has left that is gone; it is this tab's now, under that slot. No text when it was damaged.
    Found { slot: u32, text: T },
    /// The record of that slot was not stored: there was no room, or storage is full, blocked or broken.
    Unstored(u32),
    /// The shopper took the yes back in another tab.
    Withdrawn,
}

impl<T: AsRef<str>> Input<T> {
    /// The same with texts that belong to somebody else.
    pub fn borrowed(&self) -> Input<&str> {
        match self {
            Self::Start { stored, sees_beacons, holds_tail } => {
                Input::Start { stored: stored.as_ref().map(AsRef::as_ref), sees_beacons: *sees_beacons, holds_tail: *holds_tail }
            }
            Self::Page(facts, reason) => Input::Page(facts.borrowed(), *reason),
            Self::Track(name, fields, context) => Input::Track(name.as_ref(), fields.as_ref(), context.as_ref()),
            Self::PageCall(facts, fields, context) => Input::PageCall(facts.borrowed(), fields.as_ref(), context.as_ref()),
            Self::Consent(update) => Input::Consent(update.as_ref()),
            Self::Identify(user) => Input::Identify(user.as_ref()),
            Self::Reset => Input::Reset,
            Self::Flush => Input::Flush,
            Self::Erase => Input::Erase,
            Self::Hidden => Input::Hidden,
            Self::Leave => Input::Leave,
            Self::Visible => Input::Visible,
            Self::Online => Input::Online,
            Self::Outcome { send, outcome } => Input::Outcome { send: *send, outcome: *outcome },
            Self::Opened => Input::Opened,
            Self::Found { slot, text } => Input::Found { slot: *slot, text: text.as_ref() },
            Self::Unstored(slot) => Input::Unstored(*slot),
            Self::Withdrawn => Input::Withdrawn,
        }
    }
}

/// What became of a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The browser did not take it.
    Refused,
    /// The body left packed, in so many bytes. More is to follow, or was told already.
    Packed(usize),
    /// The browser took it; whether more will be known depends on `sees_beacons`.
    Taken,
    /// The endpoint answered: the HTTP status (0 when the network failed) and, in milliseconds, its `Retry-After`.
    Answered { status: u16, retry_after: Option<u64> },
}

/// How a body leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// `navigator.sendBeacon`; if it is refused, `fetch` with `keepalive`.
    Beacon,
    /// `fetch` with `keepalive`: its answer can be read where a beacon's cannot.
    KeepaliveFetch,
    /// Plain `fetch`, for what exceeds the 64 KiB that beacons may have in flight. It dies with the page.
    Fetch,
    /// `fetch` with `keepalive` in `no-cors` mode, for an endpoint whose answers may not be read: all that is learnt is that
    /// the network took it.
    OpaqueFetch,
}

/// What to do.
#[derive(Debug)]
pub enum Output {
    /// Send a body to the endpoint; an `Input::Outcome` with the same number must follow.
    Send { permit: SendPermit, send: u32, body: String, transport: Transport },
    /// Have the browser send this when the page is gone, instead of what it was given before.
    Later { permit: SendPermit, body: String },
    /// Keep a value; a record under a slot, if all that any tab has stored is no more than `room` with it. An
    /// `Input::Unstored` follows if it was not.
    Store { permit: StorePermit, what: Kept, slot: u32, room: u32, text: String },
    /// Keep it no longer.
    Undo { what: Kept, text: String },
    /// Tell the page's subscribers; a JSON object.
    Tell(Topic, String),
}

/// What is kept in the browser, by the numbers of `edge/store.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Visitor, session and consent: see `session`.
    Identity,
    /// The outbox itself. To store it is to open it: an `Input::Opened` follows, and `Input::Found` for each record that was
    /// left by a tab that is gone, now or later. To undo it is to leave all records to other tabs.
    Outbox,
    /// Records of the outbox. To undo is to remove all but those whose slots the text lists, with commas between them.
    Record,
    /// What is sent after the page.
    Tail,
    /// Everything that any tab has stored.
    All,
}

/// What a call answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Done,
    /// An event was accepted; perhaps this field was rounded to the currency's minor unit.
    Event(Uuid, Option<String>),
    Refused(Problem),
}

/// What subscribers can hear of; the bit is their mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Event = 1,
    Batch = 2,
    Loss = 4,
    Consent = 8,
    Session = 16,
    Debug = 32,
    /// A page view is due, and whoever listens will tell of it: see www/sdk/filter.js.
    Ask = 64,
}

impl Topic {
    pub fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Batch => "batch",
            Self::Loss => "loss",
            Self::Consent => "consent",
            Self::Session => "session",
            Self::Debug => "debug",
            Self::Ask => "ask",
        }
    }
}
