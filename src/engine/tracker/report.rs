//! Answers to questions: counters that always add up, and why an event is where it is.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::*;

/// The counters. `accepted` = `held` + `queued` + `in_doubt` + `handed_over` + `acknowledged` + the sum of `lost`, always.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Well-formed events so far.
    pub accepted: u64,
    /// Waiting for a choice.
    pub held: u64,
    /// Waiting to be sent.
    pub queued: u64,
    /// Sent, not answered yet.
    pub in_doubt: u64,
    /// Taken by the browser, and nobody can know more.
    pub handed_over: u64,
    /// Confirmed by the endpoint.
    pub acknowledged: u64,
    #[serde(serialize_with = "as_map")]
    pub lost: Losses,
    pub bytes_sent: u64,
    pub batches: u32,
    /// Main-thread time spent inside the engine, milliseconds. The caller's clock knows; here it is 0.
    pub sdk_ms: f64,
}

fn as_map<S: Serializer>(losses: &Losses, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(None)?;
    for (name, n) in losses.named() {
        map.serialize_entry(name, &n)?;
    }
    map.end()
}

/// Where an event is and why.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `held`, `queued`, `in_flight`, a loss reason, `sent` when it is no longer here, `unknown`.
    pub state: &'static str,
    pub consent: &'static str,
    /// Which signal decided consent.
    pub source: &'static str,
    pub purposes: Vec<&'static str>,
}

/// The ids that a server needs to join an order to the visit.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Ids {
    pub visitor: String,
    pub session: String,
    pub consent: &'static str,
}

impl Tracker {
    pub fn stats(&self) -> Stats {
        Stats {
            accepted: self.accepted,
            held: self.consent.held().map_or(0, |held| held.len() as u64),
            queued: (self.queue.len() + self.delivery.waiting()) as u64,
            in_doubt: self.delivery.in_flight() as u64,
            handed_over: self.delivery.handed_over,
            acknowledged: self.delivery.acknowledged,
            lost: self.losses.clone(),
            bytes_sent: self.delivery.bytes_sent,
            batches: self.delivery.batches,
            sdk_ms: 0.0,
        }
    }

    /// Explains the event `id`, or the last one when the text is empty.
    pub fn explain(&self, id: &str) -> Explanation {
        let id = if id.is_empty() { self.last.map(|(id, _)| id) } else { Uuid::parse(id) };
        let is_it = |e: &Event| Some(e.id) == id;
        let state = if self.consent.held().is_some_and(|held| held.iter().any(is_it)) {
            "held"
        } else if self.queue.iter().any(is_it) {
            "queued"
        } else if self.delivery.events().any(is_it) {
            "in_flight"
        } else {
            match self.last {
                Some((last, "held" | "queued")) if Some(last) == id => "sent",
                Some((last, state)) if Some(last) == id => state,
                _ => "unknown",
            }
        };
        Explanation {
            id: id.map(Uuid::text),
            state,
            consent: self.consent.state_name(),
            source: self.consent.source().name(),
            purposes: self.consent.purposes().names().collect(),
        }
    }

    pub fn ids(&self) -> Ids {
        let text = |id: Uuid| if id == Uuid::default() || !self.consent.is_granted() { String::new() } else { id.text() };
        Ids {
            visitor: text(self.identity.visitor),
            session: text(self.identity.current().map(|s| s.id).unwrap_or_default()),
            consent: self.consent.state_name(),
        }
    }

    /// The identity text as it is stored; empty when nothing is.
    pub fn stored(&self) -> String {
        if !self.consent.is_granted() {
            return String::new();
        }
        self.identity.stored(self.consent.purposes(), self.consent.at()).unwrap_or_default()
    }
}
