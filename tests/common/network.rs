//! The network of the simulated world: latency, loss, what answers say, the 64 KiB that beacons share; and the collector.

use std::collections::{BTreeMap, BTreeSet};

use cartbeacon::engine::io::{Input, Outcome, Transport};
use serde_json::Value;

use super::world::World;

/// Beacons and keepalive fetches in flight, bytes.
const QUOTA: usize = 65_536;

/// How the network behaves.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    pub latency: u64,
    /// Of a hundred requests, how many never reach the receiver.
    pub lost: u64,
    /// Of a hundred answers, how many never reach the page.
    pub unanswered: u64,
    /// What the receiver answers instead of 200.
    pub status: Option<u16>,
    pub down: bool,
    /// What other scripts of the page have in flight, bytes.
    pub strangers: usize,
}

pub const HEALTHY: Network = Network { latency: 40, lost: 0, unanswered: 0, status: None, down: false, strangers: 0 };

/// A send on its way.
pub(super) struct Request {
    pub(super) tab: usize,
    pub(super) send: u32,
    pub(super) body: String,
    pub(super) quota: usize,
    pub(super) due: u64,
    pub(super) transport: Transport,
    pub(super) seen: bool,
}

/// What the collector has stored.
#[derive(Default)]
pub struct Receiver {
    pub bodies: Vec<String>,
    pub events: BTreeMap<String, Value>,
    /// Which event has which place in its session.
    places: BTreeMap<(String, u64), String>,
    /// Ids that came again.
    pub duplicates: usize,
    pub erased: Vec<String>,
    /// Names it refuses: a batch that holds one is answered 400.
    pub poison: BTreeSet<String>,
}

impl World {
    pub(super) fn send(&mut self, tab: usize, send: u32, body: String, transport: Transport) {
        if self.torn == 0 {
            let again = super::events_in(&body).into_iter().find(|id| self.acknowledged.contains(id));
            assert_eq!(again, None, "seed {} step {}: sent again after it was acknowledged", self.seed, self.steps);
        }
        let keepalive = transport != Transport::Fetch;
        let packed = if self.packs { super::packed(&body) } else { 0 };
        let quota = match (keepalive, packed) {
            (false, _) => 0,
            (true, 0) => body.len(),
            (true, packed) => packed,
        };
        let used: usize = self.requests.iter().filter(|r| r.tab == tab).map(|r| r.quota).sum();
        assert!(used + quota <= QUOTA, "seed {} step {}: {quota} bytes handed over, {used} in flight", self.seed, self.steps);
        if used + quota + self.network.strangers > QUOTA {
            self.input(tab, Input::Outcome { send, outcome: Outcome::Refused });
            return;
        }
        let due = self.wall + self.network.latency + self.rng.below(20);
        let seen = transport != Transport::Beacon || self.sees_beacons;
        self.requests.push(Request { tab, send, body, quota, due, transport, seen });
        if transport == Transport::Beacon && self.foreign.is_none() {
            self.input(tab, Input::Outcome { send, outcome: Outcome::Taken });
        }
        if packed > 0 {
            self.input(tab, Input::Outcome { send, outcome: Outcome::Packed(packed) });
        }
    }

    pub(super) fn arrive(&mut self, request: Request) {
        if self.foreign.is_some() {
            return self.arrive_foreign(request);
        }
        let lost = self.network.down || self.rng.below(100) < self.network.lost;
        let status = if lost { 0 } else { self.network.status.unwrap_or_else(|| self.receive(&request.body)) };
        if !request.seen {
            // Handed over by a dying page: whoever finds the batch sends it again.
            self.lost_answers += 1;
            return;
        }
        if !self.tabs[request.tab].alive || self.tabs[request.tab].frozen {
            // Nobody hears the answer: whoever finds the batch sends it again.
            self.lost_answers += 1;
            return;
        }
        if request.transport == Transport::OpaqueFetch && status != 0 {
            // What it was nobody knows: should the page be left now, the next one sends it again.
            self.lost_answers += 1;
            self.input(request.tab, Input::Outcome { send: request.send, outcome: Outcome::Taken });
            return;
        }
        let unreadable = !self.readable && request.transport != Transport::Beacon;
        if status != 0 && (unreadable || self.rng.below(100) < self.network.unanswered) {
            self.lost_answers += 1;
            self.input(request.tab, Input::Outcome { send: request.send, outcome: Outcome::Answered { status: 0, retry_after: None } });
            return;
        }
        let before = self.stats(request.tab).acknowledged;
        self.input(request.tab, Input::Outcome { send: request.send, outcome: Outcome::Answered { status, retry_after: None } });
        // A page that had left the batch to another one has forgotten it.
        if self.stats(request.tab).acknowledged > before {
            self.acknowledged.extend(super::events_in(&request.body));
        }
    }

    fn receive(&mut self, body: &str) -> u16 {
        let batch: Value = serde_json::from_str(body).expect("a body is JSON");
        if let Some(visitor) = batch["erase"].as_str() {
            self.receiver.erased.push(visitor.to_owned());
            return 200;
        }
        let events = batch["events"].as_array().expect("events");
        if events.iter().any(|e| self.receiver.poison.contains(e["name"].as_str().expect("a name"))) {
            return 400;
        }
        self.receiver.bodies.push(body.to_owned());
        let pages = batch["pages"].as_array().expect("pages").len() as u64;
        for event in events {
            assert!(event["page"].as_u64().expect("a page") < pages, "seed {}: an event without its page", self.seed);
            let id = event["id"].as_str().expect("an id").to_owned();
            let session = batch["session"]["id"].as_str().expect("an id");
            let place = (session.to_owned(), event["seq"].as_u64().expect("a place"));
            let first = self.receiver.places.entry(place).or_insert_with(|| id.clone());
            assert!(
                *first == id || self.unshared.contains(session),
                "seed {} step {}: two events have one place in their session",
                self.seed,
                self.steps
            );
            if self.receiver.events.insert(id, event.clone()).is_some() {
                self.receiver.duplicates += 1;
            }
        }
        200
    }
}
