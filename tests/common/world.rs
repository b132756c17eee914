//! A simulated browser and collector: tabs that open, hide, freeze and die, also between two outputs; one storage that is
//! fine, full or broken, with its locks; a network with latency, loss, status codes and the 64 KiB that beacons share; a
//! receiver that dedupes. Everything follows from the seed.
//!
//! The rules of consent are modelled a second time here, much simpler than in the engine: what each tab was last told.
//! `check` holds after every step, whatever happened.

use std::collections::{BTreeMap, BTreeSet};

use cartbeacon::engine::config::Config;
use cartbeacon::engine::id::Rng;
use cartbeacon::engine::io::{Answer, Input, Kept, Outcome, Output, Transport};
use cartbeacon::engine::json::int;
use cartbeacon::engine::page::Reason;
use cartbeacon::engine::time::Now;
use cartbeacon::engine::tracker::Tracker;
use serde_json::Value;

/// Beacons and keepalive fetches in flight, bytes.
const QUOTA: usize = 65_536;

/// What may be stored: the limit, and what tabs may add that do not know of each other yet.
const STORED: usize = 262_144 + 131_072;

/// The tab that a record belongs to.
fn owner(record: &str) -> String {
    record.split('!').next().unwrap_or("").to_owned()
}

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
    /// In the back/forward cache, or frozen: it hears nothing and no timer fires.
    pub frozen: bool,
    opened: u64,
    /// The reference model: what this tab was last told about analytics.
    pub yes: Option<bool>,
    pub told: Vec<String>,
    /// What the browser would send if the tab died now.
    tail: Option<String>,
    /// Whether its outbox is open, and under which name.
    pub open: bool,
    name: String,
    /// The keys of its records, by their slots.
    slots: BTreeMap<u32, String>,
    /// Whether it has seen that consent is kept in this browser.
    standing: bool,
}

/// What storage does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    Fine,
    /// Nothing more can be written.
    Full,
    /// Every call throws.
    Broken,
}

/// What a tab will hear in a moment.
#[derive(Debug)]
enum Soon {
    Opened,
    Withdrawn,
}

pub struct World {
    pub seed: u64,
    pub rng: Rng,
    pub wall: u64,
    pub tabs: Vec<Tab>,
    pub storage: Option<String>,
    /// The records of the outbox, by name.
    pub records: BTreeMap<String, String>,
    /// The key that is there while somebody's consent is kept.
    standing: bool,
    pub disk: Disk,
    /// Who owns a tab's name, and who waits for it.
    locks: BTreeMap<String, usize>,
    waits: Vec<(usize, String)>,
    soon: Vec<(usize, Soon)>,
    /// The tab dies after so many outputs more.
    pub crash: Option<usize>,
    pub network: Network,
    pub receiver: Receiver,
    /// Whether beacons show their outcome.
    pub sees_beacons: bool,
    /// Whether the endpoint lets a page of another origin read its answers.
    pub readable: bool,
    /// Whether bodies are packed (option `compress`, its part there).
    pub packs: bool,
    /// Whether the browser has `fetchLater`.
    pub holds_tail: bool,
    requests: Vec<Request>,
    /// Answers that got lost, and pages with something on its way: only these excuse a duplicate.
    pub lost_answers: usize,
    /// Events that a tab was told are stored.
    acknowledged: BTreeSet<String>,
    /// Crashes in the middle of a turn and storage that does not remove: only these excuse sending again what was answered.
    pub torn: usize,
    /// Something could not be removed.
    pub stuck: bool,
    /// What was stored was removed, by a withdrawal or by somebody else.
    pub wiped: bool,
    /// The slot of the last record that was found.
    found: u32,
    /// Events that have been in storage.
    pub kept: BTreeSet<String>,
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
            records: BTreeMap::new(),
            standing: false,
            disk: Disk::Fine,
            locks: BTreeMap::new(),
            waits: Vec::new(),
            soon: Vec::new(),
            crash: None,
            network: HEALTHY,
            receiver: Receiver::default(),
            sees_beacons: true,
            readable: true,
            packs: false,
            holds_tail: false,
            requests: Vec::new(),
            lost_answers: 0,
            acknowledged: BTreeSet::new(),
            torn: 0,
            stuck: false,
            wiped: false,
            found: 1 << 31,
            kept: BTreeSet::new(),
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
        self.tabs.push(Tab {
            tracker: Tracker::new(config, seed),
            alive: true,
            hidden: false,
            frozen: false,
            opened: self.wall,
            yes,
            told: Vec::new(),
            tail: None,
            open: false,
            name: String::new(),
            slots: BTreeMap::new(),
            standing: false,
        });
        let (stored, sees_beacons, holds_tail) = (self.storage.clone(), self.sees_beacons, self.holds_tail);
        self.input(tab, Input::Start { stored, sees_beacons, holds_tail });
        self.input(tab, Input::Page(super::facts(name), Reason::Navigate));
        tab
    }

    fn now(&self, tab: usize) -> Now {
        Now { wall: self.wall, mono: self.wall - self.tabs[tab].opened }
    }

    /// One input to one tab, and everything that follows at once.
    pub fn input(&mut self, tab: usize, mut input: Input) -> Answer {
        let seen = matches!(input, Input::Visible { .. });
        if !self.tabs[tab].alive || self.tabs[tab].frozen && !seen {
            return Answer::Done;
        }
        self.steps += 1;
        self.tabs[tab].frozen = matches!(input, Input::Leave);
        if seen && self.tabs[tab].standing && !self.standing && self.storage.is_none() {
            // What a page in the back/forward cache did not hear.
            self.tabs[tab].standing = false;
            self.input(tab, Input::Withdrawn);
        }
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
            Input::Erase | Input::Withdrawn => self.tabs[tab].yes = Some(false),
            Input::Hidden | Input::Leave => self.tabs[tab].hidden = true,
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
            if !self.tabs[tab].alive {
                break;
            }
            if let Some(left) = &mut self.crash {
                if *left == 0 {
                    self.crash = None;
                    self.torn += 1;
                    self.kill(tab);
                    break;
                }
                *left -= 1;
            }
            match output {
                Output::Send { send, body, transport, .. } => {
                    let last_wish = erasing && body.contains("\"erase\"");
                    assert!(self.tabs[tab].yes == Some(true) || last_wish, "seed {}: sent without a yes: {body}", self.seed);
                    self.sends += 1;
                    self.send(tab, send, body, transport);
                }
                Output::Later { body, .. } => {
                    assert_eq!(self.tabs[tab].yes, Some(true), "seed {}: held for later without a yes", self.seed);
                    self.tabs[tab].tail = Some(body);
                }
                Output::Store { what, slot, room, text, .. } => {
                    assert_eq!(self.tabs[tab].yes, Some(true), "seed {}: stored without a yes: {text}", self.seed);
                    self.writes += 1;
                    self.store(tab, what, slot, room as usize, text);
                }
                Output::Undo { what: Kept::Tail, .. } => self.tabs[tab].tail = None,
                Output::Undo { what: Kept::Outbox, .. } => self.release(tab),
                Output::Undo { .. } if self.disk == Disk::Broken => {
                    self.torn += 1;
                    self.stuck = true;
                }
                Output::Undo { what: Kept::Identity, .. } => self.storage = None,
                Output::Undo { what: Kept::Record, text } => {
                    let live: BTreeSet<u32> = text.split(',').filter_map(|slot| int(slot).and_then(|n| u32::try_from(n).ok())).collect();
                    let dead: Vec<u32> = self.tabs[tab].slots.keys().copied().filter(|slot| !live.contains(slot)).collect();
                    for slot in dead {
                        let name = self.tabs[tab].slots.remove(&slot).expect("a slot");
                        self.records.remove(&name);
                    }
                }
                Output::Undo { what: Kept::All, .. } => {
                    self.wiped |= !self.records.is_empty();
                    self.records.clear();
                    self.storage = None;
                    if std::mem::take(&mut self.standing) {
                        let others = (0..self.tabs.len()).filter(|at| *at != tab);
                        self.soon.extend(others.map(|at| (at, Soon::Withdrawn)));
                    }
                }
                Output::Tell(topic, payload) => self.tabs[tab].told.push(format!("{} {payload}", topic.name())),
            }
        }
        self.check();
    }

    fn store(&mut self, tab: usize, what: Kept, slot: u32, room: usize, text: String) {
        match what {
            Kept::Identity if self.disk == Disk::Fine => self.storage = Some(text),
            Kept::Outbox => {
                let name = format!("{tab}-{}", self.writes);
                self.locks.insert(name.clone(), tab);
                self.tabs[tab].name = name;
                self.tabs[tab].slots.clear();
                self.soon.push((tab, Soon::Opened));
            }
            Kept::Record => {
                let stored: usize = self.records.values().map(String::len).sum();
                if self.disk != Disk::Fine || stored + text.len() > room {
                    // It is in that tab's memory alone.
                    self.wiped = true;
                    self.input(tab, Input::Unstored(slot));
                    return;
                }
                if room == u32::MAX as usize && !self.wiped {
                    // Only what takes the place of other records need not fit.
                    let there: BTreeSet<String> = self.records.values().flat_map(|record| super::stored_in(record)).collect();
                    let all_there = super::stored_in(&text).iter().all(|id| there.contains(id));
                    assert!(all_there, "seed {} step {}: more bytes are stored than there is room for", self.seed, self.steps);
                }
                self.kept.extend(super::stored_in(&text));
                let owner = self.tabs[tab].name.clone();
                assert_eq!(self.locks.get(&owner), Some(&tab), "seed {}: tab {tab} writes under a name that is not its own", self.seed);
                for other in 0..self.tabs.len() {
                    if other != tab && self.tabs[other].open && !self.waits.contains(&(other, owner.clone())) {
                        self.waits.push((other, owner.clone()));
                    }
                }
                let name = format!("{owner}!{slot}");
                self.tabs[tab].slots.insert(slot, name.clone());
                self.records.insert(name, text);
            }
            _ => {}
        }
    }

    /// A tab gives back its name and those it has taken over; whoever waits for one of them has it now.
    fn release(&mut self, tab: usize) {
        self.tabs[tab].open = false;
        self.lost_answers += self.requests.iter().filter(|r| r.tab == tab).count();
        self.waits.retain(|(at, _)| *at != tab);
        self.soon.retain(|(at, soon)| *at != tab || !matches!(soon, Soon::Opened));
        let names: Vec<String> = self.locks.iter().filter(|(_, at)| **at == tab).map(|(name, _)| name.clone()).collect();
        for name in names {
            self.locks.remove(&name);
            if let Some(at) = self.waits.iter().position(|(_, waited)| *waited == name) {
                let (heir, _) = self.waits.remove(at);
                self.inherit(heir, name);
            }
        }
    }

    fn inherit(&mut self, tab: usize, name: String) {
        if !self.tabs[tab].alive {
            return;
        }
        let left = self.records.iter().filter(|(record, _)| owner(record) == name);
        let left: Vec<(String, String)> = left.map(|(name, value)| (name.clone(), value.clone())).collect();
        self.locks.insert(name, tab);
        for (name, mut text) in left {
            if self.rng.below(20) == 0 {
                // What was stored is damaged.
                (text, self.wiped) = (String::new(), true);
            }
            self.found += 1;
            self.tabs[tab].slots.insert(self.found, name);
            self.input(tab, Input::Found { slot: self.found, text });
        }
    }

    /// What tabs hear a moment after it happened.
    fn hear(&mut self) {
        for (tab, soon) in std::mem::take(&mut self.soon) {
            if !self.tabs[tab].alive || self.tabs[tab].frozen {
                continue;
            }
            match soon {
                Soon::Withdrawn => {
                    self.tabs[tab].standing = false;
                    self.input(tab, Input::Withdrawn);
                }
                // Closed again in the meantime.
                Soon::Opened if !self.locks.values().any(|at| *at == tab) => {}
                Soon::Opened => {
                    (self.tabs[tab].open, self.tabs[tab].standing) = (true, true);
                    self.standing = true;
                    // Whoever dies of what follows takes nothing over.
                    let names: BTreeSet<String> = self.records.keys().map(|record| owner(record)).collect();
                    self.input(tab, Input::Opened);
                    for name in names {
                        match self.locks.get(&name) {
                            None => self.inherit(tab, name),
                            Some(at) if *at != tab && self.tabs[tab].alive => self.waits.push((tab, name)),
                            Some(_) => {}
                        }
                    }
                }
            }
        }
    }

    fn send(&mut self, tab: usize, send: u32, body: String, transport: Transport) {
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
            self.hear();
            let request = self.requests.iter().map(|r| r.due).min();
            let timer = self
                .tabs
                .iter()
                .filter(|t| t.alive && !t.frozen)
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
                    let asleep = !self.tabs[tab].alive || self.tabs[tab].frozen;
                    if asleep || self.tabs[tab].tracker.poll_timeout().is_none_or(|at| at > now.mono) {
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
            if self.receiver.events.insert(id, event.clone()).is_some() {
                self.receiver.duplicates += 1;
            }
        }
        200
    }

    /// Closes a tab the way browsers do: hidden, then gone. Plain fetches die with it, beacons do not.
    pub fn close(&mut self, tab: usize) {
        self.input(tab, Input::Hidden);
        self.input(tab, Input::Leave);
        self.kill(tab);
    }

    /// The tab's process is gone. The browser sends what it was given for this.
    pub fn kill(&mut self, tab: usize) {
        self.tabs[tab].alive = false;
        self.requests.retain(|r| r.tab != tab || r.transport != Transport::Fetch);
        if let Some(body) = self.tabs[tab].tail.take() {
            self.lost_answers += 1;
            let due = self.wall + self.network.latency;
            self.requests.push(Request { tab, send: 0, body, quota: 0, due, transport: Transport::Beacon, seen: false });
        }
        self.release(tab);
    }

    /// Events that were stored once, never came, and that no tab has counted as lost or as handed over to nobody knows whom.
    pub fn missing(&self) -> usize {
        let by_consent = ["consent_denied", "withdrawn"];
        let named = self.tabs.iter().flat_map(|t| t.tracker.stats().lost.named().collect::<Vec<_>>());
        let lost: u32 = named.filter(|(name, _)| !by_consent.contains(name)).map(|(_, n)| n).sum();
        let missing = self.kept.iter().filter(|id| !self.receiver.events.contains_key(*id)).count();
        let handed_over: u64 = self.tabs.iter().map(|t| t.tracker.stats().handed_over).sum();
        missing.saturating_sub(usize::try_from(u64::from(lost) + handed_over).expect("small"))
    }

    /// Somebody else empties the storage.
    pub fn wipe(&mut self) {
        self.records.clear();
        self.wiped = true;
    }

    /// What must hold after every step.
    pub fn check(&self) {
        for (at, tab) in self.tabs.iter().enumerate() {
            let s = tab.tracker.stats();
            let accounted = s.held + s.queued + s.in_doubt + s.handed_over + s.acknowledged + s.lost.total();
            assert_eq!(s.accepted, accounted, "seed {} step {} tab {at}: the counters do not add up: {s:?}", self.seed, self.steps);
            if tab.yes == Some(false) {
                assert_eq!((s.held, s.queued), (0, 0), "seed {} tab {at}: something waits after a no", self.seed);
                assert!(
                    tab.tracker.ids().starts_with(r#"{"visitor":"","session":"","#),
                    "seed {} tab {at}: an identity after a no",
                    self.seed
                );
            }
        }
        let stored: usize = self.records.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(stored <= STORED, "seed {} step {}: {stored} bytes are stored", self.seed, self.steps);
        if self.tabs.iter().all(|t| t.yes != Some(true)) && self.tabs.iter().any(|t| t.yes == Some(false)) && self.torn == 0 {
            assert!(self.records.is_empty(), "seed {} step {}: something is stored after a no", self.seed, self.steps);
        }
        if self.lost_answers + self.torn == 0 {
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
