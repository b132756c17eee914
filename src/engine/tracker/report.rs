//! Answers to questions: counters that always add up, and why an event is where it is.

use super::super::consent::Purposes;
use super::*;

/// The counters, by name. `accepted` = `held` + `queued` + `inDoubt` + `handedOver` + `acknowledged` + the sum of `lost`,
/// always.
#[derive(Clone, Debug, Default)]
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
    pub lost: Losses,
    pub bytes_sent: u64,
    pub batches: u64,
}

impl Stats {
    /// Into a JSON list, in the order of www/sdk/tracker.js.
    pub fn write(&self, w: &mut Writer) {
        for n in [self.accepted, self.held, self.queued, self.in_doubt, self.handed_over, self.acknowledged] {
            w.num(n);
        }
        self.lost.write(w);
        w.num(self.bytes_sent).num(self.batches);
    }
}

impl Tracker {
    pub fn stats(&self) -> Stats {
        Stats {
            accepted: self.accepted,
            held: self.consent.held().map_or(0, Queue::len) as u64,
            queued: (self.queue.len() + self.delivery.count(false)) as u64,
            in_doubt: self.delivery.count(true) as u64,
            handed_over: self.delivery.handed_over,
            acknowledged: self.delivery.acknowledged,
            lost: self.losses.clone(),
            bytes_sent: self.delivery.bytes_sent,
            batches: u64::from(self.delivery.batches),
        }
    }

    /// Explains the event `id`, or the last one when the text is empty: `{id?, state, consent: {state, source, purposes}}`.
    /// The state is `held`, `queued` (or on its way), a loss reason, `sent` when it is no longer here, or `unknown`.
    pub fn explain(&self, id: &str) -> String {
        let id = if id.is_empty() { self.last.map(|(id, _)| id) } else { Uuid::parse(id) };
        let state = match self.last {
            _ if self.consent.held().is_some_and(|held| held.has(id)) => "held",
            _ if self.queue.has(id) || self.delivery.has(id) => "queued",
            Some((last, "held" | "queued")) if Some(last) == id => "sent",
            Some((last, state)) if Some(last) == id => state,
            _ => "unknown",
        };
        let mut w = Writer { out: own("{") };
        if let Some(id) = id {
            w.id("id", id);
        }
        w.text("state", state).key("consent").open("{");
        self.describe_consent(&mut w);
        w.close("}").close("}");
        w.out
    }

    /// The members `state`, `source`, `purposes` and, for each purpose, who decided or is waited for: `decided`.
    pub(super) fn describe_consent(&self, w: &mut Writer) {
        w.text("state", self.consent.state_name()).text("source", self.consent.source().name()).key("purposes");
        self.consent.purposes().write(w);
        w.key("decided").open("{");
        for bit in 0..4 {
            w.text(Purposes::name(bit), self.consent.decider(Purposes::at(bit)).name());
        }
        w.close("}");
    }

    /// The ids that a server needs to join an order to the visit, empty without a yes: `{visitor, session, consent}`.
    pub fn ids(&self) -> String {
        let session = self.identity.current().filter(|_| self.consent.is_granted());
        let mut w = Writer { out: own("{") };
        match session {
            Some(session) => w.id("visitor", session.visitor(&self.consent)).id("session", session.id),
            None => w.text("visitor", "").text("session", ""),
        };
        w.text("consent", self.consent.state_name()).close("}");
        w.out
    }
}
