//! The words that engine and page share. They hold plain values, so that a test can print, compare and replay them.

use serde::Serialize;

use super::check::Problem;
use super::consent::{SendPermit, StorePermit};
use super::id::Uuid;
use super::page::{Facts, Reason};

/// What happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// The tracker runs from now on. `stored` is the identity kept by an earlier page; `same_origin` says whether the
    /// endpoint is of the page's own origin (then a beacon's outcome can be seen).
    Start { stored: Option<String>, same_origin: bool },
    /// A page came on screen, or the URL changed.
    Page { facts: Facts, reason: Reason },
    /// The title as it is now.
    Title(String),
    /// A click; the path of elements as JSON text.
    Click(String),
    /// A call of `track()`; fields and context as JSON text, empty when there is none.
    Track { name: String, fields: String, context: String },
    /// A call of `page()`.
    PageCall { facts: Facts, fields: String, context: String },
    /// A call of `consent()`; JSON text.
    Consent(String),
    /// A call of `identify()`; an empty id is refused.
    Identify(String),
    /// A call of `reset()`.
    Reset,
    /// A call of `flush()`.
    Flush,
    /// A call of `erase()`.
    Erase,
    /// The page is being hidden and may never come back.
    Hidden,
    /// The page is visible again; the identity as another tab may have left it.
    Visible { stored: Option<String> },
    /// The network is back.
    Online,
    /// What became of a send.
    Outcome { send: u32, outcome: Outcome },
}

/// What became of a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The browser did not take it.
    Refused,
    /// The browser took it, and nobody can know more.
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
}

/// What to do.
#[derive(Debug)]
pub enum Output {
    /// Send a body to the endpoint; an `Input::Outcome` with the same number must follow.
    Send { permit: SendPermit, send: u32, body: String, transport: Transport },
    /// Store a value.
    Write { permit: StorePermit, key: Key, value: String },
    /// Remove a value.
    Erase { key: Key },
    /// Answer with `Input::Title`.
    AskTitle,
    /// Tell the page's subscribers.
    Tell(Notice),
}

/// What is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Visitor, session and consent: see `session`.
    Identity,
}

/// What a call answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Done,
    /// An event was accepted, perhaps with a remark.
    Event(Uuid, Option<Problem>),
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
        }
    }
}

/// One message to subscribers; each topic fills what it has.
#[derive(Debug, Default, Serialize)]
pub struct Notice {
    #[serde(skip)]
    pub topic: Option<Topic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purposes: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The event's fields: JSON text here, an object in JavaScript.
    #[serde(skip)]
    pub data: Option<String>,
}
