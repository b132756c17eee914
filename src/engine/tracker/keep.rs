//! What waits is stored, so that it outlives the page; and what other pages have left is taken over.
//!
//! The outbox belongs to a page that is seen. A page that goes (or that is hidden, once its sends are answered) leaves what
//! it has stored to whichever page is seen next, and forgets it: it may be that page itself. So no two pages send the same
//! event, no hidden page goes on trying, and every event is counted by the page that sees its end.

use super::super::config::Medium;
use super::super::outbox::{SEGMENT, whole};
use super::super::text::cut;
use super::super::vocab::{LANES, Lane};
use super::*;

/// The browser is told of a new tail at most this often.
const TAIL_MS: Millis = 500;

impl Tracker {
    /// Opens the outbox, if there is a permit and a place to store.
    pub(super) fn open_outbox(&mut self) {
        if self.config.medium == Medium::Memory || self.hidden {
            return;
        }
        if let Some(permit) = self.consent.may_store()
            && let Some(tab) = self.outbox.begin(&mut self.rng)
        {
            self.outputs.push(Output::Open { permit, tab: own(tab) });
        }
    }

    /// Leaves what is stored to the next page. Who finds it counts it.
    pub(super) fn close_outbox(&mut self) {
        if self.outbox.is_begun() {
            self.store();
            self.sweep();
            self.outbox.leave();
            self.accepted -= (self.queue.leave() + self.delivery.leave()) as u64;
            self.outputs.push(Output::Close);
        }
    }

    /// Nothing is kept any more, here and in storage, of any tab.
    pub(super) fn forget_all(&mut self) {
        self.identity = Identity::default();
        if Outbox::IS_BUILT {
            self.outbox.leave();
            self.outputs.push(Output::Close);
        }
        self.outputs.push(Output::Erase { key: Key::All });
    }

    /// Removes the records that nothing hangs on any more.
    pub(super) fn sweep(&mut self) {
        while Outbox::IS_BUILT
            && let Some(name) = self.outbox.next_gone() {
            self.outputs.push(Output::Erase { key: Key::Record(name) });
        }
    }

    /// Stores what has come since the last time.
    pub(super) fn store(&mut self) {
        self.timers.stop(Timer::Store);
        if !self.outbox.is_open() {
            return;
        }
        let mut queue = core::mem::take(&mut self.queue);
        for lane in 0..LANES.len() {
            self.append(queue.unstored(lane).collect());
        }
        self.queue = queue;
    }

    /// Stores events (the oldest is the last of them), in records of one session and a bounded size.
    pub(super) fn append(&mut self, mut events: Vec<&mut Event>) {
        if !self.outbox.is_open() {
            return;
        }
        while let Some(first) = events.pop() {
            let limit = self.room_for(first.lane);
            let mut bytes = first.size();
            let mut group = vec![first];
            while let Some(next) = events.pop_if(|e| {
                bytes += e.size();
                bytes <= SEGMENT && group.first().is_some_and(|first| e.lane == first.lane && e.is_with(first.session.as_ref()))
            }) {
                group.push(next);
            }
            let text = native::encode(None, &group.iter().map(|e| &**e).collect::<Vec<_>>());
            let permit = self.consent.may_store().filter(|_| self.outbox.has_room(text.len(), limit));
            let record = if let Some(permit) = permit {
                let (record, value) = self.outbox.record(&text);
                self.outputs.push(Output::Write { permit, key: Key::Record(record.name.clone()), value });
                record
            } else {
                self.outbox.unstored += group.len() as u64;
                self.outbox.none()
            };
            for event in group {
                event.record = Some(record.clone());
            }
        }
    }

    /// What may be stored when an event of that lane comes: the more urgent, the more.
    pub(super) fn room_for(&self, lane: Lane) -> usize {
        let limit = self.config.count(Number::QueueBytes);
        limit - (limit >> 4) * lane as usize
    }

    /// The browser could not store a record: memory has to do, for all that waits.
    pub(super) fn unstored(&mut self) {
        if !Outbox::IS_BUILT {
            return;
        }
        self.outbox.fail();
        self.outbox.unstored += (self.queue.unlink() + self.delivery.unlink()) as u64;
    }

    /// Takes over what another page has left.
    pub(super) fn found(&mut self, mut lines: &str, now: Now) {
        if !Outbox::IS_BUILT || !self.consent.is_granted() {
            return;
        }
        let limit = self.at(now).saturating_sub(self.config.ms(Number::QueueMs));
        while let Some((name, rest)) = cut(lines, b"\n") {
            let (value, rest) = cut(rest, b"\n").unwrap_or((rest, ""));
            lines = rest;
            let record = self.outbox.adopt(own(name), value.len());
            let Some(mut stored) = whole(value).map(native::read) else {
                self.accepted += 1;
                self.lose(Loss::Damaged, 1);
                continue;
            };
            let count = stored.events.len();
            self.accepted += count as u64;
            stored.events.retain(|e| e.at >= limit);
            self.lose(Loss::Expired, count - stored.events.len());
            if stored.events.is_empty() {
                self.delivery.unreported.merge(&stored.lost);
            } else if stored.attempt > 0 {
                self.accepted -= self.delivery.adopt(stored.batch, stored.attempt, stored.events, stored.lost, record) as u64;
            } else {
                while let Some(mut event) = stored.events.pop() {
                    event.record = Some(record.clone());
                    self.queue.restore(event);
                }
            }
        }
        let dropped = self.queue.trim(self.caps());
        self.lose(Loss::QueueFull, dropped);
        self.timers.set_if_earlier(Timer::Flush, now.mono.max(self.delivery.not_before) + self.config.ms(Number::BatchMs));
    }

    /// Sees to it that the browser will have the tail.
    pub(super) fn expect_tail(&mut self, now: Now) {
        if Outbox::IS_BUILT && self.holds_tail && !self.hidden {
            self.timers.set_if_earlier(Timer::Tail, now.mono + TAIL_MS);
        }
    }

    /// Gives the browser what waits, to be sent should the page die without a word.
    pub(super) fn hold_tail(&mut self, now: Now) {
        let Some(permit) = self.consent.may_send().filter(|_| Outbox::IS_BUILT && self.holds_tail) else { return };
        let mut events: Vec<&Event> = Vec::new();
        let mut room = self.config.count(Number::BatchBytes);
        for event in self.queue.iter() {
            if events.first().is_some_and(|e| !e.is_with(event.session.as_ref())) || event.size() > room {
                break;
            }
            room -= event.size();
            events.push(event);
        }
        if !events.is_empty() {
            let (id, sent) = (self.rng.uuid(self.at(now)), self.at(now));
            let (site, consent, policy) = (&self.config.site, &self.consent, &self.config.consent.policy);
            let head = native::Head { id, attempt: 1, sent, site, consent, policy, lost: &Losses::default() };
            let body = native::encode(Some(&head), &events);
            self.has_tail = true;
            self.outputs.push(Output::Later { permit, body });
        }
    }

    /// Nothing is to be sent after the page.
    pub(super) fn cancel_tail(&mut self) {
        self.timers.stop(Timer::Tail);
        if Outbox::IS_BUILT && core::mem::take(&mut self.has_tail) {
            self.outputs.push(Output::Cancel);
        }
    }
}
