//! Batches become sends, and every send's outcome decides what becomes of its events.

use super::super::event::{UNSTORED, is_stored};
use super::super::io::{Outcome, Transport};
use super::*;

/// Beacons and keepalive fetches may have 64 KiB in flight, shared with every other script of the page: leave them some.
const IN_FLIGHT: usize = 61_440;
/// One body is never larger.
const MAX_BODY: usize = 65_536;
/// Less room than this is not worth a batch.
const MIN_BATCH: usize = 2_048;
/// Plain fetches under way at most.
const MAX_FETCHES: usize = 16;
/// How long an answer may take.
const ANSWER_MS: Millis = 30_000;
/// A beacon nobody can watch counts as in flight for this long.
const UNSEEN_MS: Millis = 2_000;
/// When a beacon that the browser refused is tried again; and the longest wait between tries is no shorter than this.
const PAUSE_MS: Millis = 1_000;
/// After so many network failures in a row nothing is tried until the network or the page changes: an ad blocker will
/// not change its mind, and a shop must not be punished for it.
const BREAK_AFTER: u32 = 3;

/// A batch that waits to be sent, or is on its way.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) id: String,
    pub(super) attempt: u32,
    /// How many events; none once they are left or withdrawn: then only the bytes in flight still count.
    pub(super) count: usize,
    /// The events, as `native::contents` writes them.
    pub(super) contents: String,
    /// Losses it reports.
    pub(super) lost: Losses,
    /// The outbox's slot for it.
    pub(super) slot: u32,
    flight: Option<Flight>,
}

impl Parcel {
    /// Forgets the events; answers how many there were.
    fn empty(&mut self) -> usize {
        (self.contents, self.slot) = (String::new(), UNSTORED);
        core::mem::take(&mut self.count)
    }
}

#[derive(Debug)]
struct Flight {
    send: u32,
    bytes: usize,
    transport: Transport,
    deadline: Millis,
    /// The browser has it, and nothing more will be known: at the deadline it counts as handed over.
    is_taken: bool,
}

/// The batches, and how sending goes.
#[derive(Debug, Default)]
pub(super) struct Delivery {
    pub(super) parcels: Vec<Parcel>,
    sends: u32,
    failures: u32,
    zeros: u32,
    not_before: Millis,
    /// A fetch that could have been read failed: perhaps the endpoint only forbids reading, so try without.
    is_opaque: bool,
    /// Losses that no batch has reported yet.
    pub(super) unreported: Losses,
    pub(super) acknowledged: u64,
    pub(super) handed_over: u64,
    pub(super) batches: u32,
    pub(super) bytes_sent: u64,
}

impl Delivery {
    pub(super) fn number(&mut self) -> u32 {
        self.sends += 1;
        self.sends
    }

    /// The network may be back: forget the failures.
    pub(super) fn resume(&mut self) {
        self.zeros = 0;
        self.failures = 0;
        self.not_before = 0;
        self.is_opaque = false;
    }

    /// Forgets every batch; answers how many events never left. What the browser already took counts as handed over.
    pub(super) fn purge(&mut self) -> usize {
        let waiting = self.count(false);
        self.handed_over += self.count(true) as u64;
        self.parcels.retain_mut(|p| {
            p.empty();
            p.flight.is_some()
        });
        self.unreported = Losses::default();
        waiting
    }

    /// Forgets every event that is stored; answers how many.
    pub(super) fn leave(&mut self) -> usize {
        let mut left = 0;
        self.parcels.retain_mut(|p| {
            if is_stored(p.slot) {
                left += p.empty();
            }
            p.flight.is_some() || p.count > 0
        });
        left
    }

    /// The slot of every batch.
    pub(super) fn each(&mut self, see: &mut dyn FnMut(&mut u32)) {
        for parcel in &mut self.parcels {
            see(&mut parcel.slot);
        }
    }

    /// How many events are on their way, or wait to go again.
    pub(super) fn count(&self, flying: bool) -> usize {
        self.parcels.iter().filter(|p| p.flight.is_some() == flying).map(|p| p.count).sum()
    }

    pub(super) fn has(&self, id: Option<Uuid>) -> bool {
        let Some(id) = id.map(Uuid::text) else { return false };
        self.parcels.iter().any(|p| native::events(&p.contents).any(|(_, event)| event.text("id") == Some(id.as_str())))
    }

    fn waiting(&self) -> Option<usize> {
        self.parcels.iter().position(|p| p.flight.is_none())
    }

    /// A batch that waits.
    pub(super) fn push(&mut self, id: String, attempt: u32, count: usize, contents: String, slot: u32) {
        let lost = if attempt > 1 { Losses::default() } else { core::mem::take(&mut self.unreported) };
        self.parcels.push(Parcel { id, attempt, count, contents, lost, slot, flight: None });
    }

    /// Bytes that a beacon may still have, and plain fetches under way.
    fn room(&self) -> (usize, usize) {
        let (mut taken, mut fetches) = (0, 0);
        for flight in self.parcels.iter().filter_map(|p| p.flight.as_ref()) {
            if flight.transport == Transport::Fetch {
                fetches += 1;
            } else {
                taken += flight.bytes;
            }
        }
        (IN_FLIGHT.saturating_sub(taken), fetches)
    }
}

impl Tracker {
    /// How a body leaves: a beacon where its outcome can be seen or the page is going, else a fetch that can be read.
    pub(super) fn transport(&self, dying: bool) -> Transport {
        if self.sees_beacons || dying {
            Transport::Beacon
        } else if self.delivery.is_opaque {
            Transport::OpaqueFetch
        } else {
            Transport::KeepaliveFetch
        }
    }

    /// Whether nothing can leave for now.
    pub(super) fn is_stuck(&self, now: Now) -> bool {
        now.mono < self.delivery.not_before || self.delivery.zeros >= BREAK_AFTER
    }

    /// Whether no send waits for its outcome.
    pub fn is_answered(&self) -> bool {
        self.delivery.parcels.iter().all(|p| p.flight.is_none())
    }

    /// Sees to what could not leave when it was due; what is not due yet keeps its time.
    pub(super) fn flush_if_waiting(&mut self, now: Now) {
        let overdue = !self.queue.is_empty() && !self.timers.is_set(Timer::Flush);
        if overdue || self.delivery.waiting().is_some() {
            self.timers.set_if_earlier(Timer::Flush, now.mono.max(self.delivery.not_before));
        }
    }

    /// Sends what may be sent now. A page that is `dying` does not wait for better times.
    pub(super) fn flush(&mut self, now: Now, dying: bool) {
        // While others wait for room, an event that comes costs no more than itself: nothing is saved or swept for it.
        if self.try_flush(now, dying) || dying {
            self.save();
            self.sweep();
        }
    }

    /// Whether anything went, or ended.
    fn try_flush(&mut self, now: Now, dying: bool) -> bool {
        self.timers.stop(Timer::Flush);
        if self.delivery.zeros >= BREAK_AFTER {
            return false;
        }
        if !dying && now.mono < self.delivery.not_before {
            self.flush_if_waiting(now);
            return false;
        }
        self.cancel_tail();
        let expired = self.queue.expire(self.at(now).saturating_sub(self.config.ms(Number::QueueMs)));
        self.lose(Loss::Expired, expired);
        let mut went = expired > 0;
        while self.send_one(dying, now) {
            went = true;
        }
        // What is left of a record, before that is swept.
        self.store();
        if dying {
            self.hold_tail(now);
        }
        went
    }

    /// Sends one batch; false when there is none, no permit, or no room.
    fn send_one(&mut self, dying: bool, now: Now) -> bool {
        let Some(permit) = self.consent.may_send() else { return false };
        let (room, fetches) = self.delivery.room();
        let sizes = |p: &Parcel| native::ENVELOPE + p.contents.len();
        let waiting = self.delivery.waiting();
        let needed = waiting.and_then(|at| self.delivery.parcels.get(at)).map_or(MIN_BATCH, sizes);
        let (transport, limit) = if needed <= room {
            (self.transport(dying), room)
        } else if !dying && !self.delivery.is_opaque && fetches < MAX_FETCHES {
            (Transport::Fetch, MAX_BODY)
        } else if room == IN_FLIGHT {
            // Made for a plain fetch, and now too large for what is left to send with: try half of it.
            (self.transport(dying), room)
        } else {
            return false;
        };
        if waiting.is_none() && !self.pack(limit, now) {
            return false;
        }
        let at = self.delivery.waiting().unwrap_or(0);
        let Some(parcel) = self.delivery.parcels.get(at) else { return false };
        let body = self.body(&parcel.id, parcel.attempt, &parcel.lost, &parcel.contents, now);
        if body.len() > limit {
            if parcel.count > 1 {
                self.halve(at, now);
            } else if body.len() > MAX_BODY {
                self.drop_parcel(at, Loss::Oversize);
            } else {
                return false;
            }
            return true;
        }
        let (bytes, deadline) = (body.len(), now.mono + ANSWER_MS);
        self.delivery.batches += 1;
        self.delivery.bytes_sent += bytes as u64;
        let send = self.delivery.number();
        if let Some(parcel) = self.delivery.parcels.get_mut(at) {
            parcel.flight = Some(Flight { send, bytes, transport, deadline, is_taken: false });
        }
        self.tell_batch(at, "sent", bytes as u64);
        self.timers.set_if_earlier(Timer::Answer, deadline);
        self.outputs.push(Output::Send { permit, send, body, transport });
        true
    }

    /// Acts on what became of a send.
    pub(super) fn outcome(&mut self, send: u32, outcome: Outcome, now: Now) {
        let is_it = |p: &Parcel| p.flight.as_ref().is_some_and(|f| f.send == send);
        let Some(at) = self.delivery.parcels.iter().position(is_it) else { return };
        let Some(parcel) = self.delivery.parcels.get_mut(at) else { return };
        match outcome {
            // What had no room beside the text may go as well.
            Outcome::Packed(bytes) => {
                if let Some(flight) = &mut parcel.flight {
                    self.delivery.bytes_sent -= (core::mem::replace(&mut flight.bytes, bytes) - bytes) as u64;
                }
                if self.hidden {
                    self.flush(now, true);
                }
            }
            // The endpoint's answer will be seen.
            Outcome::Taken if self.sees_beacons => return,
            Outcome::Taken => {
                let deadline = now.mono + UNSEEN_MS;
                if let Some(flight) = &mut parcel.flight {
                    (flight.deadline, flight.is_taken) = (deadline, true);
                    if flight.transport == Transport::OpaqueFetch {
                        // The network works.
                        (self.delivery.zeros, self.delivery.failures) = (0, 0);
                    }
                }
                self.timers.set_if_earlier(Timer::Answer, deadline);
                self.tell_batch(at, "handed_over", 0);
            }
            Outcome::Refused => {
                // The budget is shared with strangers: their beacons may be through in a moment.
                parcel.flight = None;
                self.delivery.not_before = now.mono + PAUSE_MS;
            }
            Outcome::Answered { status, retry_after } => {
                let flight = parcel.flight.take();
                if parcel.count == 0 || flight.as_ref().is_some_and(|f| f.is_taken) {
                    self.delivery.handed_over += parcel.count as u64;
                    self.delivery.parcels.remove(at);
                } else {
                    let readable = matches!(flight, Some(Flight { transport: Transport::KeepaliveFetch | Transport::Fetch, .. }));
                    if status == 0 && readable && !self.sees_beacons {
                        // No failure of the network yet: the next one tells.
                        self.delivery.is_opaque = true;
                    } else {
                        self.delivery.zeros = if status == 0 { self.delivery.zeros + 1 } else { 0 };
                    }
                    self.answered(at, status, retry_after, now);
                }
            }
        }
        let dropped = self.queue.trim(self.caps(now));
        self.lose(Loss::QueueFull, dropped);
        self.flush_if_waiting(now);
    }

    fn answered(&mut self, at: usize, status: u16, retry_after: Option<Millis>, now: Now) {
        let Some(parcel) = self.delivery.parcels.get_mut(at) else { return };
        match status {
            // 1000 and more are said by formats that report how many of a batch they refused.
            200..=299 | 1000.. => {
                self.delivery.failures = 0;
                let refused = usize::from(status.saturating_sub(1000)).min(parcel.count);
                self.delivery.acknowledged += (parcel.count - refused) as u64;
                self.lose(Loss::Rejected, refused);
                self.tell_batch(at, "acknowledged", u64::from(status));
                self.delivery.parcels.remove(at);
            }
            0 | 408 | 425 | 429 | 500.. => {
                parcel.attempt += 1;
                let longest = self.config.ms(Number::RetryMaxMs).max(PAUSE_MS);
                let doubled = self.config.ms(Number::RetryMs) << self.delivery.failures.min(20);
                let wait = match retry_after {
                    Some(ms) => ms.min(longest),
                    None => self.rng.below(doubled.min(longest)) + 1,
                };
                self.delivery.failures += 1;
                self.delivery.not_before = now.mono + wait;
                self.tell_batch(at, "retry", u64::from(status));
            }
            _ if parcel.count > 1 => {
                parcel.attempt += 1;
                self.halve(at, now);
            }
            _ => self.drop_parcel(at, if status == 413 { Loss::Oversize } else { Loss::Rejected }),
        }
    }

    fn drop_parcel(&mut self, at: usize, loss: Loss) {
        let parcel = self.delivery.parcels.remove(at);
        self.delivery.unreported.merge(&parcel.lost);
        self.lose(loss, parcel.count);
    }

    /// Sends that nobody answered in time: the endpoint may or may not have them. The native format carries ids that it
    /// dedupes on, so they go again.
    pub(super) fn unanswered(&mut self, now: Now) {
        let flights = |d: &Delivery| d.parcels.iter().filter_map(|p| p.flight.as_ref().map(|f| (f.deadline, f.send))).min();
        while let Some((deadline, send)) = flights(&self.delivery) {
            if deadline > now.mono {
                self.timers.set(Timer::Answer, deadline);
                break;
            }
            self.outcome(send, Outcome::Answered { status: 0, retry_after: None }, now);
        }
    }

    fn tell_batch(&mut self, at: usize, state: &'static str, n: u64) {
        let Some((mut w, parcel)) = self.notice(Topic::Batch).zip(self.delivery.parcels.get(at)) else { return };
        w.text("id", &parcel.id).text("state", state).number("events", parcel.count as u64);
        w.number("attempt", u64::from(parcel.attempt)).number(if state == "sent" { "bytes" } else { "status" }, n);
        self.tell(Topic::Batch, w);
    }
}
