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

/// A batch as it waits to be sent or answered.
#[derive(Debug)]
pub(super) struct Parcel {
    id: Uuid,
    attempt: u32,
    events: Vec<Event>,
    /// Losses it reports.
    lost: Losses,
}

#[derive(Debug)]
struct Flight {
    send: u32,
    /// None: handed over, and only its bytes still count.
    parcel: Option<Parcel>,
    bytes: usize,
    transport: Transport,
    deadline: Millis,
}

/// Where batches are on their way.
#[derive(Debug, Default)]
pub(super) struct Delivery {
    flights: Vec<Flight>,
    /// Batches that came back and go again as they are.
    again: VecDeque<Parcel>,
    sends: u32,
    failures: u32,
    zeros: u32,
    not_before: Millis,
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
    }

    /// Forgets every batch; answers how many events never left. What the browser already took counts as handed over.
    pub(super) fn purge(&mut self) -> usize {
        let waiting = self.again.drain(..).map(|p| p.events.len()).sum();
        for flight in &mut self.flights {
            self.handed_over += flight.parcel.take().map_or(0, |p| p.events.len() as u64);
        }
        self.unreported = Losses::default();
        waiting
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &Event> {
        self.again.iter().chain(self.flights.iter().filter_map(|f| f.parcel.as_ref())).flat_map(|p| p.events.iter())
    }

    pub(super) fn in_flight(&self) -> usize {
        self.flights.iter().filter_map(|f| f.parcel.as_ref()).map(|p| p.events.len()).sum()
    }

    pub(super) fn waiting(&self) -> usize {
        self.again.iter().map(|p| p.events.len()).sum()
    }

    fn room(&self) -> usize {
        let taken: usize = self.flights.iter().filter(|f| f.transport != Transport::Fetch).map(|f| f.bytes).sum();
        IN_FLIGHT.saturating_sub(taken)
    }

    fn fetches(&self) -> usize {
        self.flights.iter().filter(|f| f.transport == Transport::Fetch).count()
    }
}

impl Tracker {
    /// How a body leaves: a beacon where its outcome can be seen or the page is going, else a fetch that can be read.
    pub(super) fn transport(&self, dying: bool) -> Transport {
        if self.same_origin || dying { Transport::Beacon } else { Transport::KeepaliveFetch }
    }

    /// Whether nothing can leave for now.
    pub(super) fn is_stuck(&self, now: Now) -> bool {
        self.hidden || now.mono < self.delivery.not_before || self.delivery.zeros >= BREAK_AFTER
    }

    fn has_waiting(&self) -> bool {
        !self.queue.is_empty() || !self.delivery.again.is_empty()
    }

    pub(super) fn flush_if_waiting(&mut self, now: Now) {
        if self.has_waiting() {
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
        let expired = self.queue.expire(self.at(now).saturating_sub(self.config.queue_ms));
        self.lose(Loss::Expired, expired);
        let mut sent = false;
        while self.has_waiting() {
            let room = self.delivery.room();
            let (transport, limit) = if room >= MIN_BATCH.max(self.next_size()) {
                (self.transport(dying), room)
            } else if !dying && self.delivery.fetches() < MAX_FETCHES {
                (Transport::Fetch, MAX_BODY)
            } else {
                break;
            };
            if !self.send_one(transport, limit, now) {
                break;
            }
            sent = true;
        }
        if sent {
            self.save();
            self.tidy();
        }
    }

    /// The size of the batch that must go as it is, if there is one.
    fn next_size(&self) -> usize {
        self.delivery.again.front().map_or(0, |p| native::ENVELOPE + p.events.iter().map(Event::size).sum::<usize>())
    }

    /// Sends one batch of at most `limit` bytes; false when there is no permit.
    fn send_one(&mut self, transport: Transport, limit: usize, now: Now) -> bool {
        let Some(permit) = self.consent.may_send() else { return false };
        let mut parcel = match self.delivery.again.pop_front() {
            Some(parcel) => parcel,
            None => {
                let bytes = limit.min(self.config.batch_bytes).saturating_sub(native::ENVELOPE);
                let events = self.queue.take(bytes);
                let lost = core::mem::take(&mut self.delivery.unreported);
                Parcel { id: self.rng.uuid(self.at(now)), attempt: 1, events, lost }
            }
        };
        // Pages come on top of what the events weigh: halve until it fits.
        let body = loop {
            let body = self.encode(&parcel, now);
            if body.len() <= limit {
                break body;
            }
            if parcel.events.len() < 2 {
                if body.len() <= MAX_BODY {
                    // It fits, just not now.
                    self.delivery.again.push_front(parcel);
                } else {
                    self.drop_parcel(parcel, Loss::Oversize);
                }
                return body.len() > MAX_BODY;
            }
            let rest = parcel.events.split_off(parcel.events.len() / 2);
            let rest = Parcel { id: self.rng.uuid(self.at(now)), attempt: parcel.attempt, events: rest, lost: Losses::default() };
            self.delivery.again.push_front(rest);
        };
        let send = self.delivery.number();
        let bytes = body.len();
        self.delivery.batches += 1;
        self.delivery.bytes_sent += bytes as u64;
        self.tell_batch(&parcel, "sent", Some(bytes), None);
        let deadline = now.mono + ANSWER_MS;
        self.delivery.flights.push(Flight { send, parcel: Some(parcel), bytes, transport, deadline });
        self.timers.set_if_earlier(Timer::Answer, deadline);
        self.outputs.push_back(Output::Send { permit, send, body, transport });
        true
    }

    fn encode(&self, parcel: &Parcel, now: Now) -> String {
        native::encode(&native::Batch {
            id: parcel.id,
            attempt: parcel.attempt,
            sent: self.at(now),
            site: &self.config.site,
            identity: &self.identity,
            consent: &self.consent,
            lost: &parcel.lost,
            pages: &self.pages,
            events: &parcel.events,
        })
    }

    /// Acts on what became of a send.
    pub(super) fn outcome(&mut self, send: u32, outcome: Outcome, now: Now) {
        let Some(at) = self.delivery.flights.iter().position(|f| f.send == send) else { return };
        let flight = self.delivery.flights.remove(at);
        let Some(parcel) = flight.parcel else { return };
        match outcome {
            Outcome::Taken => {
                self.delivery.handed_over += parcel.events.len() as u64;
                self.tell_batch(&parcel, "handed_over", None, None);
                let deadline = now.mono + UNSEEN_MS;
                self.delivery.flights.push(Flight { parcel: None, deadline, ..flight });
                self.timers.set_if_earlier(Timer::Answer, deadline);
            }
            Outcome::Refused => {
                // The budget is shared with strangers: their beacons may be through in a moment.
                self.delivery.not_before = now.mono + RETRY_MS;
                self.delivery.again.push_front(parcel);
            }
            Outcome::Answered { status, retry_after } => self.answered(parcel, status, retry_after, now),
        }
        if self.is_stuck(now) {
            let dropped = self.queue.trim(self.caps());
            self.lose(Loss::QueueFull, dropped);
        }
        self.flush_if_waiting(now);
        self.tidy();
    }

    fn answered(&mut self, parcel: Parcel, status: u16, retry_after: Option<Millis>, now: Now) {
        self.delivery.zeros = if status == 0 { self.delivery.zeros + 1 } else { 0 };
        match status {
            200..=299 => {
                self.delivery.failures = 0;
                self.delivery.acknowledged += parcel.events.len() as u64;
                self.tell_batch(&parcel, "acknowledged", None, Some(status));
            }
            0 | 408 | 425 | 429 | 500.. => {
                self.tell_batch(&parcel, "retry", None, Some(status));
                let doubled = RETRY_MS << self.delivery.failures.min(9);
                let wait = match retry_after {
                    Some(ms) => ms.min(RETRY_MAX_MS),
                    None => self.rng.below(doubled.min(RETRY_MAX_MS)) + 1,
                };
                self.delivery.failures += 1;
                self.delivery.not_before = now.mono + wait;
                self.delivery.again.push_back(Parcel { attempt: parcel.attempt + 1, ..parcel });
            }
            _ if parcel.events.len() > 1 => self.halve(parcel, now),
            413 => self.drop_parcel(parcel, Loss::Oversize),
            _ => self.drop_parcel(parcel, Loss::Rejected),
        }
    }

    /// One event of the batch is refused, or all are too much: find out by halves.
    fn halve(&mut self, mut parcel: Parcel, now: Now) {
        let rest = parcel.events.split_off(parcel.events.len() / 2);
        let at = self.at(now);
        let rest = Parcel { id: self.rng.uuid(at), attempt: parcel.attempt + 1, events: rest, lost: Losses::default() };
        self.delivery.again.push_back(Parcel { id: self.rng.uuid(at), attempt: parcel.attempt + 1, ..parcel });
        self.delivery.again.push_back(rest);
    }

    fn drop_parcel(&mut self, parcel: Parcel, loss: Loss) {
        self.delivery.unreported.merge(&parcel.lost);
        self.lose(loss, parcel.events.len());
    }

    /// Sends that nobody answered in time: the endpoint may or may not have them. The native format carries ids that it
    /// dedupes on, so they go again.
    pub(super) fn unanswered(&mut self, now: Now) {
        let due: Vec<u32> = self.delivery.flights.iter().filter(|f| f.deadline <= now.mono).map(|f| f.send).collect();
        for send in due {
            self.outcome(send, Outcome::Answered { status: 0, retry_after: None }, now);
        }
        if let Some(next) = self.delivery.flights.iter().map(|f| f.deadline).min() {
            self.timers.set(Timer::Answer, next);
        }
    }

    fn tell_batch(&mut self, parcel: &Parcel, state: &'static str, bytes: Option<usize>, status: Option<u16>) {
        self.tell(Topic::Batch, || Notice {
            id: Some(parcel.id.text()),
            state: Some(state),
            count: u32::try_from(parcel.events.len()).ok(),
            bytes: bytes.and_then(|b| u32::try_from(b).ok()),
            attempt: Some(parcel.attempt),
            status,
            ..Notice::default()
        });
    }
}
