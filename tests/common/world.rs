//! A simulated browser and collector: tabs that open, hide, freeze and die; one storage; a network with latency, loss,
//! status codes and the 64 KiB that beacons share; a receiver that dedupes. Everything follows from the seed.
//!
//! The rules of consent are modelled a second time here, much simpler than in the engine: what each tab was last told.
//! `check` holds after every step, whatever happened.

use std::collections::{BTreeMap, BTreeSet};

use cartbeacon::engine::config::Config;
use cartbeacon::engine::id::Rng;
use cartbeacon::engine::io::{Answer, Input, Outcome, Output, Transport};
use cartbeacon::engine::page::Reason;
use cartbeacon::engine::time::Now;
use cartbeacon::engine::tracker::Tracker;
use serde_json::Value;

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
struct Request {
    tab: usize,
    send: u32,
    body: String,
    quota: usize,
    due: u64,
    transport: Transport,
    seen: bool,
}

/// What the collector has stored.
#[derive(Default)]
pub struct Receiver {
    pub bodies: Vec<String>,
    pub events: BTreeMap<String, Value>,
    /// Ids that came again.
    pub duplicates: usize,
    pub erased: Vec<String>,
    /// Names it refuses: a batch that holds one is answered 400.
    pub poison: BTreeSet<String>,
}

pub struct Tab {
    pub tracker: Tracker,
    pub alive: bool,
    pub hidden: bool,
    opened: u64,
    /// The reference model: what this tab was last told about analytics.
    pub yes: Option<bool>,
    pub told: Vec<String>,
}

pub struct World {
    pub seed: u64,
    pub rng: Rng,
    pub wall: u64,
    pub tabs: Vec<Tab>,
    pub storage: Option<String>,
    pub network: Network,
    pub receiver: Receiver,
    /// Whether beacons show their outcome.
    pub sees_beacons: bool,
    /// Whether the endpoint lets a page of another origin read its answers.
    pub readable: bool,
    /// Whether bodies are packed (option `compress`, its part there).
    pub packs: bool,
    requests: Vec<Request>,
    /// Answers that got lost: only these excuse a duplicate.
    pub lost_answers: usize,
    pub writes: usize,
    pub sends: usize,
    pub steps: usize,
}

impl World {
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            rng: Rng::new([seed, seed.rotate_left(32) ^ 0x9e37_79b9_7f4a_7c15]),
            wall: 1_790_000_000_000,
            tabs: Vec::new(),
            storage: None,
            network: HEALTHY,
            receiver: Receiver::default(),
            sees_beacons: true,
            readable: true,
            packs: false,
            requests: Vec::new(),
            lost_answers: 0,
            writes: 0,
            sends: 0,
            steps: 0,
        }
    }

    /// Opens a tab on the page `name`.
    pub fn open(&mut self, config: Config, name: &str) -> usize {
        let seed = [self.rng.word(), self.rng.word()];
        let tab = self.tabs.len();
        // A yes of an earlier page still holds.
        let yes = self.storage.is_some().then_some(true);
        self.tabs.push(Tab { tracker: Tracker::new(config, seed), alive: true, hidden: false, opened: self.wall, yes, told: Vec::new() });
        let (stored, sees_beacons) = (self.storage.clone(), self.sees_beacons);
        self.input(tab, Input::Start { stored, sees_beacons });
        self.input(tab, Input::Page(super::facts(name), Reason::Navigate));
        tab
    }

    fn now(&self, tab: usize) -> Now {
        Now { wall: self.wall, mono: self.wall - self.tabs[tab].opened }
    }

    /// One input to one tab, and everything that follows at once.
    pub fn input(&mut self, tab: usize, mut input: Input) -> Answer {
        if !self.tabs[tab].alive {
            return Answer::Done;
        }
        self.steps += 1;
        match &input {
            Input::Consent(update) => {
                let before = self.tabs[tab].yes;
                let after = if update.contains("withdraw") || update.contains(r#""analytics":"denied""#) {
                    Some(false)
                } else if update.contains(r#""analytics":"granted""#) {
                    Some(true)
                } else {
                    before
                };
                self.tabs[tab].yes = after;
                input = Input::Consent(super::options::consent_number(update));
            }
            Input::Erase => self.tabs[tab].yes = Some(false),
            Input::Hidden => self.tabs[tab].hidden = true,
            Input::Visible { .. } => self.tabs[tab].hidden = false,
            _ => {}
        }
        let erasing = matches!(input, Input::Erase);
        let answer = {
            let now = self.now(tab);
            self.tabs[tab].tracker.handle(input, now)
        };
        self.act(tab, erasing);
        answer
    }

    pub fn track(&mut self, tab: usize, name: &str, fields: &str) -> Answer {
        self.input(tab, Input::Track(name.to_owned(), fields.to_owned(), String::new()))
    }

    pub fn consent(&mut self, tab: usize, update: &str) -> Answer {
        self.input(tab, Input::Consent(update.to_owned()))
    }

    fn act(&mut self, tab: usize, erasing: bool) {
        while let Some(output) = self.tabs[tab].tracker.poll_output() {
            match output {
                Output::Send { send, body, transport, .. } => {
                    let last_wish = erasing && body.contains("\"erase\"");
                    assert!(self.tabs[tab].yes == Some(true) || last_wish, "seed {}: sent without a yes: {body}", self.seed);
                    self.sends += 1;
                    self.send(tab, send, body, transport);
                }
                Output::Write { value, .. } => {
                    assert_eq!(self.tabs[tab].yes, Some(true), "seed {}: stored without a yes: {value}", self.seed);
                    self.writes += 1;
                    self.storage = Some(value);
                }
                Output::Erase { .. } => self.storage = None,
                Output::Tell(topic, payload) => self.tabs[tab].told.push(format!("{} {payload}", topic.name())),
            }
        }
        self.check();
    }

    fn send(&mut self, tab: usize, send: u32, body: String, transport: Transport) {
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
        if transport == Transport::Beacon {
            self.input(tab, Input::Outcome { send, outcome: Outcome::Taken });
        }
        if packed > 0 {
            self.input(tab, Input::Outcome { send, outcome: Outcome::Packed(packed) });
        }
    }

    /// Lets time pass, doing everything that is due in order.
    pub fn run(&mut self, ms: u64) {
        let end = self.wall + ms;
        loop {
            let request = self.requests.iter().map(|r| r.due).min();
            let timer = self
                .tabs
                .iter()
                .filter(|t| t.alive)
                .filter_map(|t| t.tracker.poll_timeout().map(|at| (at + t.opened).max(self.wall)))
                .min();
            let next = [request, timer].into_iter().flatten().min();
            let Some(next) = next.filter(|at| *at <= end) else { break };
            self.wall = self.wall.max(next);
            let due: Vec<Request> = {
                let wall = self.wall;
                let (due, rest) = std::mem::take(&mut self.requests).into_iter().partition(|r| r.due <= wall);
                self.requests = rest;
                due
            };
            for request in due {
                self.arrive(request);
            }
            for tab in 0..self.tabs.len() {
                let now = self.now(tab);
                for turn in 0.. {
                    if !self.tabs[tab].alive || self.tabs[tab].tracker.poll_timeout().is_none_or(|at| at > now.mono) {
                        break;
                    }
                    assert!(turn < 50, "seed {}: a timer that never goes quiet", self.seed);
                    self.steps += 1;
                    self.tabs[tab].tracker.handle(Input::Title("settled".to_owned()), now);
                    self.tabs[tab].tracker.handle_timeout(now);
                    self.act(tab, false);
                }
            }
        }
        self.wall = end;
    }

    fn arrive(&mut self, request: Request) {
        let lost = self.network.down || self.rng.below(100) < self.network.lost;
        let status = if lost { 0 } else { self.network.status.unwrap_or_else(|| self.receive(&request.body)) };
        if !request.seen {
            return;
        }
        if request.transport == Transport::OpaqueFetch && status != 0 {
            self.input(request.tab, Input::Outcome { send: request.send, outcome: Outcome::Taken });
            return;
        }
        let unreadable = !self.readable && request.transport != Transport::Beacon;
        if status != 0 && (unreadable || self.rng.below(100) < self.network.unanswered) {
            self.lost_answers += 1;
            self.input(request.tab, Input::Outcome { send: request.send, outcome: Outcome::Answered { status: 0, retry_after: None } });
            return;
        }
        self.input(request.tab, Input::Outcome { send: request.send, outcome: Outcome::Answered { status, retry_after: None } });
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
            if self.receiver.events.insert(id, event.clone()).is_some() {
                self.receiver.duplicates += 1;
            }
        }
        200
    }

    /// Closes a tab the way browsers do: hidden, then gone. Plain fetches die with it, beacons do not.
    pub fn close(&mut self, tab: usize) {
        self.input(tab, Input::Hidden);
        self.kill(tab);
    }

    /// The tab's process is gone.
    pub fn kill(&mut self, tab: usize) {
        self.tabs[tab].alive = false;
        self.requests.retain(|r| r.tab != tab || r.transport != Transport::Fetch);
    }

    /// What must hold after every step.
    pub fn check(&self) {
        for (at, tab) in self.tabs.iter().enumerate() {
            let s = tab.tracker.stats();
            let accounted = s.held + s.queued + s.in_doubt + s.handed_over + s.acknowledged + s.lost.total();
            assert_eq!(s.accepted, accounted, "seed {} step {} tab {at}: the counters do not add up: {s:?}", self.seed, self.steps);
            if tab.yes == Some(false) {
                assert_eq!((s.held, s.queued), (0, 0), "seed {} tab {at}: something waits after a no", self.seed);
                assert_eq!(tab.tracker.stored(), "", "seed {} tab {at}: an identity after a no", self.seed);
            }
        }
        if self.lost_answers == 0 {
            assert_eq!(self.receiver.duplicates, 0, "seed {}: an event came twice although every answer arrived", self.seed);
        }
    }

    /// The last tab's counters.
    pub fn stats(&self, tab: usize) -> cartbeacon::engine::tracker::Stats {
        self.tabs[tab].tracker.stats()
    }

    /// How often the receiver has an event of that name.
    pub fn received(&self, name: &str) -> usize {
        self.receiver.events.values().filter(|e| e["name"] == name).count()
    }
}
