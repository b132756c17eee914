//! Events become batches: which go together, what a batch is sent and stored as, and its halves.

use super::super::event::{TORN, UNSTORED, is_stored};
use super::super::vocab::Lane;
use super::*;

impl Tracker {
    pub(super) fn new_id(&mut self, now: Now) -> String {
        self.rng.uuid(self.at(now)).text()
    }

    /// The body of a batch as it is sent now.
    pub(super) fn body(&self, id: &str, attempt: u32, lost: &Losses, contents: &str, now: Now) -> String {
        let (site, consent, policy) = (&self.config.site, &self.consent, &self.config.consent.policy);
        native::body(&native::Head { id, attempt, sent: self.origin + now.mono, site, consent, policy, lost }, contents)
    }

    /// Makes a batch of what waits; false when nothing does.
    pub(super) fn pack(&mut self, limit: usize, now: Now) -> bool {
        let limit = limit.saturating_sub(native::ENVELOPE);
        let mut bytes = limit.min(self.config.count(Number::BatchBytes));
        loop {
            let (events, counts) = self.queue.choose(bytes);
            if events.is_empty() {
                return false;
            }
            let (count, contents) = (events.len(), native::contents(&events));
            if contents.len() > limit && count > 1 {
                // Pages come on top of what the events weigh.
                bytes /= 2;
                continue;
            }
            // Where storage is full: what is in it stays in it.
            let room = if events.iter().any(|e| is_stored(e.slot)) { u32::MAX } else { self.room_for(Lane::Rest) };
            self.queue.take(counts);
            self.add(1, count, contents, room, now);
            return true;
        }
    }

    /// One of the events is refused, or all are too much: from now on two batches.
    pub(super) fn halve(&mut self, at: usize, now: Now) {
        let parcel = self.delivery.parcels.remove(at);
        self.delivery.unreported.merge(&parcel.lost);
        let half = parcel.count / 2;
        let (first, second) = native::halves(&parcel.contents, half);
        let room = if is_stored(parcel.slot) { u32::MAX } else { self.room_for(Lane::Rest) };
        self.add(parcel.attempt, half, first, room, now);
        self.add(parcel.attempt, parcel.count - half, second, room, now);
    }

    /// A new batch. In storage it takes the place of what its events were in, if there is so much `room`.
    fn add(&mut self, attempt: u32, count: usize, contents: String, room: u32, now: Now) {
        let (id, at) = (self.new_id(now), self.at(now));
        let slot = self.keep(&id, attempt, count, at, &contents, room);
        self.delivery.push(id, attempt, count, contents, slot);
    }

    /// Stores the batches that were made before storage was open, or have to be stored anew.
    pub(super) fn store_batches(&mut self, now: Now) {
        let at = self.at(now);
        let mut parcels = core::mem::take(&mut self.delivery.parcels);
        for p in parcels.iter_mut().filter(|p| matches!(p.slot, UNSTORED | TORN) && p.count > 0) {
            let room = if p.slot == TORN { u32::MAX } else { self.room_for(Lane::Order) };
            p.slot = self.keep(&p.id, p.attempt, p.count, at, &p.contents, room);
        }
        self.delivery.parcels = parcels;
    }
}
