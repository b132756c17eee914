//! Events become batches, batches become sends, and every send's outcome decides what becomes of its events.

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
/// The first wait after a failure; it doubles each time, up to `RETRY_MAX_MS`.
const RETRY_MS: Millis = 1_000;
const RETRY_MAX_MS: Millis = 300_000;
/// After so many network failures in a row nothing is tried until the network or the page changes: an ad blocker will
/// not change its mind, and a shop must not be punished for it.
const BREAK_AFTER: u32 = 3;

/// A batch that waits to be sent, or is on its way.
#[derive(Debug)]
struct Parcel {
    id: Uuid,
    attempt: u32,
    /// Empty once they are handed over; then only the bytes in flight still count.
    events: Vec<Event>,
    /// Losses it reports.
    lost: Losses,
    flight: Option<Flight>,
}

#[derive(Debug)]
struct Flight {
    send: u32,
    bytes: usize,
    transport: Transport,
    deadline: Millis,
}

/// The batches, and how sending goes.
#[derive(Debug, Default)]
pub(super) struct Delivery {
    parcels: Vec<Parcel>,
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
            p.events.clear();
            p.flight.is_some()
        });
        self.unreported = Losses::default();
        waiting
    }

    /// How many events are on their way, or wait to go again.
    pub(super) fn count(&self, flying: bool) -> usize {
        self.parcels.iter().filter(|p| p.flight.is_some() == flying).map(|p| p.events.len()).sum()
    }

    pub(super) fn has(&self, id: Option<Uuid>) -> bool {
        self.parcels.iter().any(|p| p.events.iter().any(|e| Some(e.id) == id))
    }

    fn waiting(&self) -> Option<usize> {
        self.parcels.iter().position(|p| p.flight.is_none())
    }

    fn push(&mut self, id: Uuid, attempt: u32, events: Vec<Event>, lost: Losses) {
        self.parcels.push(Parcel { id, attempt, events, lost, flight: None });
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
        self.hidden || now.mono < self.delivery.not_before || self.delivery.zeros >= BREAK_AFTER
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
        self.timers.stop(Timer::Flush);
        if self.delivery.zeros >= BREAK_AFTER {
            return;
        }
        if !dying && now.mono < self.delivery.not_before {
            self.flush_if_waiting(now);
            return;
        }
        let expired = self.queue.expire(self.at(now).saturating_sub(self.config.ms(Number::QueueMs)));
        self.lose(Loss::Expired, expired);
        while self.send_one(dying, now) {}
        self.save();
    }

    /// Sends one batch; false when there is none, no permit, or no room.
    fn send_one(&mut self, dying: bool, now: Now) -> bool {
        let Some(permit) = self.consent.may_send() else { return false };
        let (room, fetches) = self.delivery.room();
        let sizes = |p: &Parcel| native::ENVELOPE + p.events.iter().map(Event::size).sum::<usize>();
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
        if waiting.is_none() {
            let bytes = limit.min(self.config.count(Number::BatchBytes)).saturating_sub(native::ENVELOPE);
            let events = self.queue.take(bytes);
            if events.is_empty() {
                return false;
            }
            let id = self.rng.uuid(self.at(now));
            let lost = core::mem::take(&mut self.delivery.unreported);
            self.delivery.push(id, 1, events, lost);
        }
        let at = self.delivery.waiting().unwrap_or(0);
        let Some(parcel) = self.delivery.parcels.get_mut(at) else { return false };
        let head = native::Head {
            id: parcel.id,
            attempt: parcel.attempt,
            sent: self.origin + now.mono,
            site: &self.config.site,
            consent: &self.consent,
            policy: &self.config.consent.policy,
            lost: &parcel.lost,
        };
        let body = native::encode(&head, &parcel.events);
        if body.len() > limit {
            // Pages come on top of what the events weigh: halve until it fits.
            if parcel.events.len() > 1 {
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
            parcel.flight = Some(Flight { send, bytes, transport, deadline });
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
                self.delivery.handed_over += core::mem::take(&mut parcel.events).len() as u64;
                let deadline = now.mono + UNSEEN_MS;
                if let Some(flight) = &mut parcel.flight {
                    flight.deadline = deadline;
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
                self.delivery.not_before = now.mono + RETRY_MS;
            }
            Outcome::Answered { status, retry_after } => {
                let flight = parcel.flight.take();
                if parcel.events.is_empty() {
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
        if self.is_stuck(now) {
            let dropped = self.queue.trim(self.caps());
            self.lose(Loss::QueueFull, dropped);
        }
        self.flush_if_waiting(now);
    }

    fn answered(&mut self, at: usize, status: u16, retry_after: Option<Millis>, now: Now) {
        let Some(parcel) = self.delivery.parcels.get_mut(at) else { return };
        match status {
            // 1000 and more are said by formats that report how many of a batch they refused.
            200..=299 | 1000.. => {
                self.delivery.failures = 0;
                let refused = usize::from(status.saturating_sub(1000)).min(parcel.events.len());
                self.delivery.acknowledged += (parcel.events.len() - refused) as u64;
                self.lose(Loss::Rejected, refused);
                self.tell_batch(at, "acknowledged", u64::from(status));
                self.delivery.parcels.remove(at);
            }
            0 | 408 | 425 | 429 | 500.. => {
                parcel.attempt += 1;
                let doubled = RETRY_MS << self.delivery.failures.min(9);
                let wait = match retry_after {
                    Some(ms) => ms.min(RETRY_MAX_MS),
                    None => self.rng.below(doubled.min(RETRY_MAX_MS)) + 1,
                };
                self.delivery.failures += 1;
                self.delivery.not_before = now.mono + wait;
                self.tell_batch(at, "retry", u64::from(status));
            }
            _ if parcel.events.len() > 1 => {
                parcel.attempt += 1;
                self.halve(at, now);
            }
            _ => self.drop_parcel(at, if status == 413 { Loss::Oversize } else { Loss::Rejected }),
        }
    }

    /// One of the events is refused, or all are too much: from now on two batches.
    fn halve(&mut self, at: usize, now: Now) {
        let (first, second) = (self.rng.uuid(self.at(now)), self.rng.uuid(self.at(now)));
        if let Some(parcel) = self.delivery.parcels.get_mut(at) {
            let rest = parcel.events.split_off(parcel.events.len() / 2);
            let attempt = parcel.attempt;
            parcel.id = first;
            self.delivery.push(second, attempt, rest, Losses::default());
        }
    }

    fn drop_parcel(&mut self, at: usize, loss: Loss) {
        let parcel = self.delivery.parcels.remove(at);
        self.delivery.unreported.merge(&parcel.lost);
        self.lose(loss, parcel.events.len());
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
        w.text("id", &parcel.id.text()).text("state", state).number("events", parcel.events.len() as u64);
        w.number("attempt", u64::from(parcel.attempt)).number(if state == "sent" { "bytes" } else { "status" }, n);
        self.tell(Topic::Batch, w);
    }
}
