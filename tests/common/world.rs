//! A simulated browser and collector: tabs that open, hide, freeze and die, also between two outputs; one storage that is
//! fine, full or broken, with its locks; a network with latency, loss, status codes and the 64 KiB that beacons share; a
//! receiver that dedupes. Everything follows from the seed.
//!
//! The rules of consent are modelled a second time here, much simpler than in the engine: what each tab was last told.
//! `check` holds after every step, whatever happened.

use std::collections::{BTreeMap, BTreeSet};

use super::disk::{Disk, Soon};
use super::foreign::Foreign;
use super::network::{HEALTHY, Network, Receiver, Request};
use cartbeacon::engine::config::Config;
use cartbeacon::engine::id::Rng;
use cartbeacon::engine::io::{Answer, Input, Output, Transport};
use cartbeacon::engine::page::Reason;
use cartbeacon::engine::time::Now;
use cartbeacon::engine::tracker::Tracker;

/// What may be stored: the limit, and what tabs may add that do not know of each other yet.
const STORED: usize = 262_144 + 131_072;

pub struct Tab {
    pub tracker: Tracker,
    pub alive: bool,
    pub hidden: bool,
    /// In the back/forward cache, or frozen: it hears nothing and no timer fires.
    pub frozen: bool,
    pub(super) opened: u64,
    /// The reference model: what this tab was last told about analytics.
    pub yes: Option<bool>,
    pub told: Vec<String>,
    /// What the browser would send if the tab died now.
    pub(super) tail: Option<String>,
    /// Whether its outbox is open, and under which name.
    pub open: bool,
    pub(super) name: String,
    /// The keys of its records, by their slots.
    pub(super) slots: BTreeMap<u32, String>,
    /// Whether it has seen that consent is kept in this browser.
    pub(super) standing: bool,
    /// It is being left, and holds no lock until then, or until it is gone.
    pub(super) back: Option<u64>,
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
    pub(super) standing: bool,
    pub disk: Disk,
    /// Who owns a tab's name, and who waits for it.
    pub(super) locks: BTreeMap<String, usize>,
    pub(super) waits: Vec<(usize, String)>,
    /// When the others take over from a tab that died while it was being left.
    pub(super) notes: Vec<(u64, usize)>,
    pub(super) soon: Vec<(usize, Soon)>,
    /// By when a tab must be empty, since a yes was taken back in another one.
    pub(super) purges: Vec<(u64, usize)>,
    /// The tab dies after so many outputs more.
    pub crash: Option<usize>,
    pub network: Network,
    pub receiver: Receiver,
    /// The receiver where the option `format` names another than our own.
    pub foreign: Option<Foreign>,
    /// Whether beacons show their outcome.
    pub sees_beacons: bool,
    /// Whether the endpoint lets a page of another origin read its answers.
    pub readable: bool,
    /// Whether bodies are packed (option `compress`, its part there).
    pub packs: bool,
    /// Whether the browser has `fetchLater`.
    pub holds_tail: bool,
    pub(super) requests: Vec<Request>,
    /// Answers that got lost, and pages with something on its way: only these excuse a duplicate.
    pub lost_answers: usize,
    /// Events that a tab was told are stored.
    pub(super) acknowledged: BTreeSet<String>,
    /// Crashes in the middle of a turn and storage that does not remove: only these excuse sending again what was answered.
    pub torn: usize,
    /// Something could not be removed.
    pub stuck: bool,
    /// What was stored was removed, by a withdrawal or by somebody else.
    pub wiped: bool,
    /// Sessions that could not be stored, or were removed from storage while a tab may go on with them: tabs do not know of each other.
    pub unshared: BTreeSet<String>,
    /// The slot of the last record that was found.
    pub(super) found: u32,
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
            notes: Vec::new(),
            soon: Vec::new(),
            purges: Vec::new(),
            crash: None,
            network: HEALTHY,
            receiver: Receiver::default(),
            foreign: None,
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
            unshared: BTreeSet::new(),
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
            back: None,
        });
        let (stored, sees_beacons, holds_tail) = (self.storage.clone(), self.sees_beacons, self.holds_tail);
        self.input(tab, Input::Start { stored, sees_beacons, holds_tail });
        self.input(tab, Input::Page(super::facts(name), Reason::Navigate));
        tab
    }

    pub fn now(&self, tab: usize) -> Now {
        Now { wall: self.wall, mono: self.wall - self.tabs[tab].opened }
    }

    /// One input to one tab, and everything that follows at once.
    pub fn input(&mut self, tab: usize, mut input: Input) -> Answer {
        let seen = matches!(input, Input::Visible);
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
        if seen && self.standing {
            // Taken back and given again while it could not hear: it takes over the new yes.
            self.purges.retain(|(_, at)| *at != tab);
        }
        // What other tabs have said is heard before; what follows is done with what follows from the input, in this order.
        self.refresh(tab, Some(&input));
        self.perform(tab, false);
        let minimising = matches!(&input, Input::Consent(update) if update.contains(r#""marketing":"denied""#));
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
                self.purges.retain(|(_, at)| *at != tab || after != Some(true));
                input = Input::Consent(super::options::consent_number(update));
            }
            Input::Erase | Input::Withdrawn => self.tabs[tab].yes = Some(false),
            Input::Hidden | Input::Leave => self.tabs[tab].hidden = true,
            Input::Visible => self.tabs[tab].hidden = false,
            _ => {}
        }
        let erasing = matches!(input, Input::Erase);
        let answer = {
            let now = self.now(tab);
            self.tabs[tab].tracker.handle(input, now)
        };
        self.act(tab, erasing);
        if minimising && self.tabs[tab].alive && !self.stuck {
            for record in self.tabs[tab].slots.values().filter_map(|name| self.records.get(name)) {
                assert!(!super::names_someone(record), "seed {} step {}: stored after a no to marketing: {record}", self.seed, self.steps);
            }
        }
        answer
    }

    /// What the driver does before each input and each time-out.
    fn refresh(&mut self, tab: usize, input: Option<&Input>) {
        let now = self.now(tab);
        if self.tabs[tab].tracker.is_stale(input, now) {
            let stored = self.storage.clone().filter(|_| self.disk != Disk::Broken);
            self.tabs[tab].tracker.refresh("settled", &stored.unwrap_or_default(), now);
        }
    }

    pub fn track(&mut self, tab: usize, name: &str, fields: &str) -> Answer {
        self.input(tab, Input::Track(name.to_owned(), fields.to_owned(), String::new()))
    }

    pub fn consent(&mut self, tab: usize, update: &str) -> Answer {
        self.input(tab, Input::Consent(update.to_owned()))
    }

    fn act(&mut self, tab: usize, erasing: bool) {
        self.perform(tab, erasing);
        self.check();
    }

    fn perform(&mut self, tab: usize, erasing: bool) {
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
                Output::Undo { what, text } => self.undo(tab, what, &text),
                Output::Tell(topic, payload) => self.tabs[tab].told.push(format!("{} {payload}", topic.name())),
            }
        }
    }

    /// Lets time pass, doing everything that is due in order.
    pub fn run(&mut self, ms: u64) {
        let end = self.wall + ms;
        loop {
            self.hear();
            self.come_back();
            let request = self.requests.iter().map(|r| r.due).min();
            let timer = self
                .tabs
                .iter()
                .filter(|t| t.alive && !t.frozen)
                .filter_map(|t| t.tracker.poll_timeout().map(|at| (at + t.opened).max(self.wall)))
                .min();
            let next = [request, timer, self.due_back()].into_iter().flatten().min();
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
                    self.refresh(tab, None);
                    self.perform(tab, false);
                    self.tabs[tab].tracker.handle_timeout(now);
                    self.act(tab, false);
                }
            }
        }
        self.wall = end;
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
        self.die(tab);
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
        // Within a second, or as soon as it can hear again.
        for (_, at) in self.purges.iter().filter(|(due, at)| *due < self.wall && self.tabs[*at].alive && !self.tabs[*at].frozen) {
            assert_ne!(self.tabs[*at].yes, Some(true), "seed {} step {}: tab {at} goes on after a withdrawal", self.seed, self.steps);
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
