//! The storage of the simulated browser: records, the locks of those who own them, what tabs hear of each other, and what
//! can go wrong with it.

use std::collections::BTreeSet;

use cartbeacon::engine::io::{Input, Kept};
use cartbeacon::engine::json::int;

use super::world::World;

/// The tab that a record belongs to.
fn owner(record: &str) -> String {
    record.split('!').next().unwrap_or("").to_owned()
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
pub(super) enum Soon {
    Opened,
    Withdrawn,
}

/// The session in a stored identity.
fn session(identity: &str) -> Option<String> {
    identity.split('.').nth(2).map(str::to_owned)
}

impl World {
    /// Removes what is kept.
    pub(super) fn undo(&mut self, tab: usize, what: Kept, text: &str) {
        if matches!(what, Kept::Identity | Kept::All) {
            self.unshared.extend(self.storage.as_deref().and_then(session));
        }
        match what {
            Kept::Outbox => self.release(tab),
            _ if self.disk == Disk::Broken => {
                self.torn += 1;
                self.stuck = true;
            }
            Kept::Identity => self.storage = None,
            Kept::Record => {
                let live: BTreeSet<u32> = text.split(',').filter_map(|slot| int(slot).and_then(|n| u32::try_from(n).ok())).collect();
                let dead: Vec<u32> = self.tabs[tab].slots.keys().copied().filter(|slot| !live.contains(slot)).collect();
                for slot in dead {
                    let name = self.tabs[tab].slots.remove(&slot).expect("a slot");
                    self.records.remove(&name);
                }
            }
            Kept::All => {
                self.wiped |= !self.records.is_empty();
                self.records.clear();
                self.storage = None;
                if std::mem::take(&mut self.standing) {
                    for other in (0..self.tabs.len()).filter(|at| *at != tab) {
                        self.purges.push((self.wall + 1_000, other));
                        self.soon.push((other, Soon::Withdrawn));
                    }
                }
            }
            Kept::Tail => self.tabs[tab].tail = None,
        }
    }

    pub(super) fn store(&mut self, tab: usize, what: Kept, slot: u32, room: usize, text: String) {
        match what {
            Kept::Identity if self.disk == Disk::Fine => {
                self.storage = Some(text);
                (self.standing, self.tabs[tab].standing) = (true, true);
            }
            // What nobody would know again must not outlive the page.
            Kept::Outbox if self.foreign.as_ref().is_some_and(|it| !it.dedupes) => {}
            Kept::Identity => self.unshared.extend(session(&text)),
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
                    // It is in that tab's memory alone. Where there was only no room, it was never anywhere else.
                    self.wiped |= self.disk != Disk::Fine;
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
                    let hears = self.tabs[other].open && self.tabs[other].back.is_none();
                    if other != tab && hears && !self.waits.contains(&(other, owner.clone())) {
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

    /// A tab is being left, in a browser where it must not hold a lock by then. A note says that its names are its own as long as
    /// it may take to go; of others that die it hears nothing meanwhile.
    pub fn let_go(&mut self, tab: usize) {
        if self.tabs[tab].open && !self.tabs[tab].frozen && self.disk == Disk::Fine {
            self.tabs[tab].back = Some(self.wall + 3_000);
            self.waits.retain(|(at, _)| *at != tab);
        }
    }

    /// When a tab that stayed has its locks back, or the name of one that died is free.
    pub(super) fn due_back(&self) -> Option<u64> {
        self.tabs.iter().filter_map(|t| t.back).chain(self.notes.iter().map(|(due, _)| *due)).min()
    }

    pub(super) fn come_back(&mut self) {
        for tab in 0..self.tabs.len() {
            if self.tabs[tab].back.is_some_and(|due| due <= self.wall) {
                self.tabs[tab].back = None;
                self.ask(tab);
            }
        }
        let (due, rest) = std::mem::take(&mut self.notes).into_iter().partition(|(due, _)| *due <= self.wall);
        self.notes = rest;
        for (_, tab) in due {
            self.free(tab);
        }
    }

    /// Takes over the names that nobody has, and waits for the others.
    fn ask(&mut self, tab: usize) {
        let names: BTreeSet<String> = self.records.keys().map(|record| owner(record)).collect();
        for name in names {
            match self.locks.get(&name) {
                None => self.inherit(tab, name),
                Some(at) if *at != tab && self.tabs[tab].alive => self.waits.push((tab, name)),
                Some(_) => {}
            }
        }
    }

    /// A tab gives back its name and those it has taken over; whoever waits for one of them has it now.
    pub(super) fn release(&mut self, tab: usize) {
        self.shut(tab);
        self.free(tab);
    }

    /// A tab is gone without a word. If that was while it was being left, the others wait a while.
    pub(super) fn die(&mut self, tab: usize) {
        let was_leaving = self.tabs[tab].back.is_some();
        self.shut(tab);
        if was_leaving {
            self.notes.push((self.wall + 6_000, tab));
        } else {
            self.free(tab);
        }
    }

    fn shut(&mut self, tab: usize) {
        self.tabs[tab].open = false;
        self.tabs[tab].back = None;
        self.lost_answers += self.requests.iter().filter(|r| r.tab == tab).count();
        self.waits.retain(|(at, _)| *at != tab);
        self.soon.retain(|(at, soon)| *at != tab || !matches!(soon, Soon::Opened));
    }

    fn free(&mut self, tab: usize) {
        let names: Vec<String> = self.locks.iter().filter(|(_, at)| **at == tab).map(|(name, _)| name.clone()).collect();
        for name in names {
            self.locks.remove(&name);
            if let Some(at) = self.waits.iter().position(|(_, waited)| *waited == name) {
                let (heir, _) = self.waits.remove(at);
                self.inherit(heir, name);
            }
        }
    }

    pub(super) fn inherit(&mut self, tab: usize, name: String) {
        if !self.tabs[tab].alive {
            return;
        }
        let left = self.records.iter().filter(|(record, _)| owner(record) == name);
        let left: Vec<(String, String)> = left.map(|(name, value)| (name.clone(), value.clone())).collect();
        self.locks.insert(name, tab);
        for (name, mut text) in left {
            if self.rng.below(20) == 0 {
                // What was stored is damaged: nobody will see these events, if they are nowhere else.
                for id in super::stored_in(&text) {
                    self.kept.remove(&id);
                }
                text = String::new();
            }
            self.found += 1;
            self.tabs[tab].slots.insert(self.found, name);
            self.input(tab, Input::Found { slot: self.found, text });
        }
    }

    /// What tabs hear a moment after it happened.
    pub(super) fn hear(&mut self) {
        while !self.soon.is_empty() {
            let (tab, soon) = self.soon.remove(0);
            if !self.tabs[tab].alive || self.tabs[tab].frozen {
                // One that is frozen and never could store has nothing to know it by.
                let standing = self.tabs[tab].standing;
                self.purges.retain(|(_, at)| *at != tab || standing);
                continue;
            }
            match soon {
                // One that keeps nothing, or has seen it already.
                Soon::Withdrawn if !self.tabs[tab].standing => self.purges.retain(|(_, at)| *at != tab),
                Soon::Withdrawn => {
                    self.tabs[tab].standing = false;
                    self.input(tab, Input::Withdrawn);
                }
                // Closed again in the meantime.
                Soon::Opened if !self.locks.values().any(|at| *at == tab) => {}
                Soon::Opened => {
                    self.tabs[tab].open = true;
                    // Whoever dies of what follows takes nothing over.
                    self.input(tab, Input::Opened);
                    if self.tabs[tab].open {
                        self.ask(tab);
                    }
                }
            }
        }
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
}
