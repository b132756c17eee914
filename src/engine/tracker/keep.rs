//! What waits is stored, so that it outlives the page; and what other pages have left is taken over.
//!
//! Records are written once: one for the events that come in one go, and, when these go into a batch, one for the batch. Events
//! and batches carry their record's slot; when none does any more (all are acknowledged or lost, or stored anew because the
//! shopper says no to marketing), the record is removed. Every record is a batch that can be sent as it is:
//! `count,time,attempts,id,` and the text of `native::stored`.
//!
//! The outbox belongs to a page that runs. A page that is left, frozen or closed leaves what it has stored to whichever page
//! runs next, and forgets it: it may be that page itself. So every event is counted by the page that sees its end. What is
//! on its way then is stored too, since nobody will hear its answer: the next page sends it again, under the same ids.

use super::super::event::{TORN, UNSTORABLE, UNSTORED, is_stored};
use super::super::json::{int, push_int};
use super::super::text::part;
use super::super::vocab::Lane;
use super::*;

/// Events that come in one go share a record of at most about this many bytes.
const SEGMENT: usize = 8_192;
/// The browser is told of a new tail at most this often.
const TAIL_MS: Millis = 500;

/// What this page has of the outbox.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    is_begun: bool,
    /// Nothing is written before the browser says so.
    is_open: bool,
    /// Whether the records say no more than they may where marketing is not granted.
    is_minimal: bool,
    /// How many records there have been, found ones too: while there was none, none has to be removed.
    records: u32,
}

impl Tracker {
    /// Opens the outbox, if there is a permit and a place to store.
    pub(super) fn open_outbox(&mut self) {
        if let Some(permit) = self.consent.may_store()
            && self.config.medium < 2
            && !self.outbox.is_begun
        {
            self.outbox.is_begun = true;
            self.outputs.push(Output::Store { permit, what: Kept::Outbox, slot: 1, room: 0, text: String::new() });
        }
    }

    pub(super) fn opened(&mut self, now: Now) {
        self.outbox.is_open = self.outbox.is_begun;
        if self.outbox.is_open {
            self.store_batches(now);
        }
    }

    /// Leaves what is stored to the next page. Who finds it counts it.
    pub(super) fn close_outbox(&mut self) {
        self.store();
        self.sweep();
        self.accepted -= (self.queue.leave() + self.delivery.leave()) as u64;
        self.shut();
    }

    fn shut(&mut self) {
        self.outbox = Outbox::default();
        self.undo(Kept::Outbox);
    }

    pub(super) fn undo(&mut self, what: Kept) {
        self.outputs.push(Output::Undo { what, text: String::new() });
    }

    /// Nothing is kept any more, here and in storage, of any tab.
    pub(super) fn forget_all(&mut self) {
        self.identity = Identity::default();
        self.shut();
        self.undo(Kept::All);
    }

    /// An event has come: the browser will be told, too.
    pub(super) fn expect_tail(&mut self, now: Now) {
        if self.holds_tail && !self.hidden {
            self.timers.set_if_earlier(Timer::Tail, now.mono + TAIL_MS);
        }
    }

    /// Stores what has come since the last time, in records of one session and a bounded size.
    pub(super) fn store(&mut self) {
        while self.outbox.is_open {
            let (mut bytes, mut events) = (0, Vec::<&Event>::new());
            for event in self.queue.unstored().iter().flatten() {
                bytes += event.size();
                if let Some(first) = events.first()
                    && (bytes > SEGMENT || event.slot != first.slot || !event.is_with(first.session.as_ref()))
                {
                    break;
                }
                events.push(event);
            }
            let Some(first) = events.first() else { break };
            let (at, lane, is_torn, count) = (first.at, first.lane, first.slot == TORN, events.len());
            let contents = native::contents(&events);
            let id = self.rng.uuid(at).text();
            // What is left of a record had its room.
            let room = if is_torn { u32::MAX } else { self.room_for(lane) };
            let slot = self.keep(&id, 0, count, at, &contents, room);
            for event in self.queue.unstored().iter_mut().flatten().take(count) {
                event.slot = slot;
            }
            if slot == UNSTORED {
                break;
            }
        }
    }

    /// What may be stored: the more urgent, the more. A full outbox has room for an order.
    pub(super) fn room_for(&self, lane: Lane) -> u32 {
        let limit = self.config.count(Number::QueueBytes) as u32;
        limit - (limit >> 4) * lane as u32
    }

    /// Stores a batch of `count` events, the first of which is of the moment `at`; answers its slot.
    pub(super) fn keep(&mut self, id: &str, attempts: u32, count: usize, at: Millis, contents: &str, room: u32) -> u32 {
        let Some(permit) = self.consent.may_store().filter(|_| self.outbox.is_open) else { return UNSTORED };
        let mut w = Writer::default();
        w.num(count as u64).num(at).num(u64::from(attempts)).raw(id).raw("");
        native::stored(&mut w.out, contents, &self.consent);
        self.outbox.records += 1;
        let slot = self.outbox.records;
        self.outputs.push(Output::Store { permit, what: Kept::Record, slot, room, text: w.out });
        slot
    }

    /// After a word on marketing: stores anew what is stored, where it says more than may be known from now on.
    pub(super) fn minimise(&mut self, now: Now) {
        let was_minimal = core::mem::replace(&mut self.outbox.is_minimal, self.consent.is_minimal());
        if self.outbox.is_open && self.outbox.is_minimal && !was_minimal {
            self.each(&mut |slot| {
                if is_stored(*slot) {
                    *slot = TORN;
                }
            });
            self.queue.store_anew();
            self.store_batches(now);
            self.store();
        }
    }

    /// Removes the records that nothing needs any more.
    pub(super) fn sweep(&mut self) {
        if self.outbox.records > 0 {
            let (mut text, mut last) = (String::new(), UNSTORED);
            self.each(&mut |slot| {
                if *slot != last {
                    last = *slot;
                    push_int(&mut text, u64::from(last));
                    put(&mut text, ",");
                }
            });
            self.outputs.push(Output::Undo { what: Kept::Record, text });
        }
    }

    /// A record was not stored: memory has to do.
    pub(super) fn unstored(&mut self, failed: u32) {
        self.each(&mut |slot| {
            if *slot == failed {
                *slot = UNSTORABLE;
            }
        });
    }

    /// The slot of every event that waits and of every batch.
    fn each(&mut self, see: &mut dyn FnMut(&mut u32)) {
        self.queue.each(&mut |event| see(&mut event.slot));
        self.delivery.each(see);
    }

    /// Takes over a record that another page has left.
    pub(super) fn found(&mut self, slot: u32, mut text: &str, now: Now) {
        if !self.consent.is_granted() {
            return;
        }
        self.outbox.records += 1;
        let mut next = || part(&mut text, b',');
        let mut number = || int(next()).unwrap_or(0);
        let (count, at, attempts) = (number(), number(), number());
        let id = own(next());
        let there = native::events(text).count() as u64;
        let (count, loss) = match count {
            // Also what another version of us has written: an endpoint would refuse it, half by half.
            _ if there == 0 || there != count => (1, Some(Loss::Damaged)),
            _ if at + self.config.ms(Number::QueueMs) < self.at(now) => (count, Some(Loss::Expired)),
            _ => (count, None),
        };
        self.accepted += count;
        if let Some(loss) = loss {
            return self.lose(loss, count as usize);
        }
        let mut known = String::new();
        native::stored(&mut known, text, &self.consent);
        let slot = if known == text { slot } else { TORN };
        self.delivery.push(id, attempts as u16 as u32 + 1, count as usize, known, slot);
        self.store_batches(now);
        self.timers.set_if_earlier(Timer::Flush, now.mono + self.config.ms(Number::BatchMs));
    }

    /// Gives the browser what waits, to be sent should the page die without a word.
    pub(super) fn hold_tail(&mut self, now: Now) {
        if let Some(permit) = self.consent.may_send().filter(|_| self.holds_tail && !self.queue.is_empty()) {
            let contents = native::contents(&self.queue.choose(self.config.count(Number::BatchBytes)).0);
            let id = self.new_id(now);
            let body = self.body(&id, 1, &Losses::default(), &contents, now);
            self.has_tail = true;
            self.outputs.push(Output::Later { permit, body });
        }
    }

    /// Nothing is to be sent after the page.
    pub(super) fn cancel_tail(&mut self) {
        self.timers.stop(Timer::Tail);
        if core::mem::take(&mut self.has_tail) {
            self.undo(Kept::Tail);
        }
    }
}
