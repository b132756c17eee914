//! What a receiver of the native format reads: the same batch that `wire` writes, as serde types.
//!
//! Only behind the feature `receive`, so nothing of it is in the shipped wasm. The JSON Schema of the format is made from
//! these types. A receiver should read `Batch<Box<RawValue>>` first and each event after it: then one bad event does not
//! cost its neighbours. Unknown members are passed over, so that a newer SDK can talk to an older receiver.

#![allow(clippy::disallowed_types, clippy::disallowed_macros, reason = "a receiver runs natively, where the size of a map does not matter")]

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The version of the format that these types describe.
pub const VERSION: u8 = 1;

/// One delivery of a page: who, with which consent, and what happened.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "cartbeacon batch, version 1", rename = "Batch")]
pub struct Batch<E = Event> {
    /// Version of the format.
    #[schemars(range(min = 1, max = 1))]
    pub v: u8,
    /// Id of this batch; the same in every attempt to deliver it.
    #[schemars(extend("format" = "uuid"))]
    pub batch: String,
    /// Name and version of the sender, for example `cartbeacon/0.1.0`.
    #[schemars(length(max = 200))]
    pub sdk: String,
    /// What made the batch: `wasm`, or `js` where the page forbids wasm.
    #[schemars(length(max = 200))]
    pub engine: String,
    /// The store, as named in the options.
    #[schemars(length(max = 200))]
    pub site: String,
    /// When it was sent, by the sender's clock, in milliseconds since 1970.
    pub sent: u64,
    /// 1 for the first attempt to deliver it.
    #[schemars(range(min = 1))]
    pub attempt: u32,
    /// The browser, as far as this store knows it; where marketing is not granted, the session's id.
    #[schemars(extend("format" = "uuid"))]
    pub visitor: String,
    /// The login id given to `identify`, if any; none where marketing is not granted.
    #[serde(default)]
    pub user: Option<String>,
    pub session: Session,
    pub consent: Consent,
    /// Events that will never come, by reason, since the batch before this one.
    #[serde(default)]
    pub lost: BTreeMap<String, u64>,
    /// The page views that the events point at.
    #[serde(default)]
    pub pages: Vec<Page>,
    pub events: Vec<E>,
}

/// A visit: events of one visitor without a long pause.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Session {
    #[schemars(extend("format" = "uuid"))]
    pub id: String,
    /// How many sessions this visitor has had, this one included.
    pub n: u32,
    /// Milliseconds since 1970.
    pub started: u64,
}

/// The consent under which the batch was sent.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Consent {
    pub state: ConsentState,
    /// What was agreed to, for example `analytics`.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// Which signal decided, for example `api`.
    #[serde(default)]
    pub source: Option<String>,
    /// When it was decided, in milliseconds since 1970.
    #[serde(default)]
    pub at: Option<u64>,
    /// The version of the policy that the shopper was shown (`consent.policy`).
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub policy: Option<String>,
}

/// What the shopper said.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    Pending,
    Granted,
    Denied,
    Withdrawn,
}

/// One page view.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Page {
    #[schemars(extend("format" = "uuid"))]
    pub id: String,
    pub url: String,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub referrer: Option<String>,
    /// How the page came to be shown, for example `navigate`.
    #[serde(default)]
    pub reason: Option<String>,
}

/// One thing that happened.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Event {
    /// Stored once, ever.
    #[schemars(extend("format" = "uuid"))]
    pub id: String,
    /// Position within the session, given once; not always without a gap.
    pub seq: u64,
    /// When it happened, by the sender's clock, in milliseconds since 1970.
    pub t: u64,
    /// Index into the batch's `pages`.
    #[serde(default)]
    pub page: Option<u32>,
    /// A name of the vocabulary, or a custom one.
    #[schemars(pattern(r"^[a-z][a-z0-9_]{0,39}$"))]
    pub name: String,
    /// The event's fields, as their own text: decimals keep every digit.
    #[serde(default)]
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub data: Option<Box<RawValue>>,
}

/// A shopper's request to be forgotten, sent instead of a batch.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Erase {
    #[serde(default)]
    pub v: Option<u8>,
    /// The visitor whose events are to be deleted.
    #[schemars(extend("format" = "uuid"))]
    pub erase: String,
}
