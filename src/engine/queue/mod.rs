//! Events that wait, bounded by count, bytes and age. When it is full the least urgent go first, the oldest of them first;
//! orders are the last to go.
//!
//! Each lane has a line of its own, since whatever leaves is the first of its lane: to send, to drop and to store an event costs
//! the same whatever waits behind it.

use super::event::{Event, TORN, UNSTORED, is_stored};
use super::id::Uuid;
use super::time::Millis;
use super::vocab::LANES;

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    pub events: usize,
    pub bytes: usize,
}

/// Everything.
const ALL: Caps = Caps { events: usize::MAX, bytes: usize::MAX };

/// A number for each lane.
pub type Counts = [usize; LANES.len()];

/// A bounded queue; each lane is in order of arrival.
#[derive(Debug, Default)]
pub struct Queue {
    /// Up to the last lane that has had any.
    lines: Vec<Line>,
    len: usize,
    bytes: usize,
    /// How many have come so far.
    arrived: u32,
}

/// The events of one lane.
#[derive(Debug, Default)]
struct Line {
    events: Vec<Option<Event>>,
    /// So many of the first are gone. They make room once they are more than are left: no event is moved for every batch.
    gone: usize,
    /// Nothing has to be stored before this place, but for what is torn at the front.
    stored: usize,
}

impl Line {
    fn get(&self, at: usize) -> Option<&Event> {
        self.events.get(self.gone + at)?.as_ref()
    }
}

impl Queue {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Shows all events, by lanes, to be changed in what does not change their size.
    pub fn each(&mut self, see: &mut dyn FnMut(&mut Event)) {
        for line in &mut self.lines {
            for event in line.events.iter_mut().flatten() {
                see(event);
            }
        }
    }

    pub fn has(&self, id: Option<Uuid>) -> bool {
        self.lines.iter().any(|line| line.events.iter().flatten().any(|e| Some(e.id) == id))
    }

    /// The first of a lane.
    fn first(&self, lane: usize) -> Option<&Event> {
        self.lines.get(lane)?.get(0)
    }

    /// The one that came first.
    pub fn oldest(&self) -> Option<&Event> {
        let mut oldest = None;
        for line in &self.lines {
            oldest = match (oldest, line.get(0)) {
                (None, first) => first,
                (Some(a), Some(b)) if b.order < a.order => Some(b),
                (a, _) => a,
            };
        }
        oldest
    }

    /// Takes out the one that came first.
    pub fn pop(&mut self) -> Option<Event> {
        self.pop_first(self.oldest()?.lane as usize)
    }

    /// Takes out the first of a lane.
    fn pop_first(&mut self, lane: usize) -> Option<Event> {
        let line = self.lines.get_mut(lane)?;
        let event = line.events.get_mut(line.gone)?.take()?;
        self.bytes -= event.size();
        self.len -= 1;
        line.gone += 1;
        if line.gone > line.events.len() / 2 {
            line.events = line.events.split_off(core::mem::take(&mut line.gone));
            line.stored = 0;
        }
        Some(event)
    }

    /// Adds an event, then makes room; answers how many had to go (the new one may be among them).
    pub fn push(&mut self, mut event: Event, caps: Caps) -> usize {
        self.arrived += 1;
        event.order = self.arrived;
        self.bytes += event.size();
        self.len += 1;
        let lane = event.lane as usize;
        while self.lines.len() <= lane {
            self.lines.push(Line::default());
        }
        if let Some(line) = self.lines.get_mut(lane) {
            line.events.push(Some(event));
        }
        self.trim(caps)
    }

    /// Makes the queue fit; answers how many had to go.
    pub fn trim(&mut self, caps: Caps) -> usize {
        self.shed(&mut |queue, _| queue.len > caps.events || queue.bytes > caps.bytes)
    }

    /// Drops what happened before `limit`; answers how many.
    pub fn expire(&mut self, limit: Millis) -> usize {
        self.shed(&mut |_, first| first.at < limit)
    }

    /// Empties the queue; answers how many there were.
    pub fn clear(&mut self) -> usize {
        self.shed(&mut |_, _| true)
    }

    /// Drops the first of each lane while it has to go, the least urgent lane first; answers how many.
    fn shed(&mut self, goes: &mut dyn FnMut(&Self, &Event) -> bool) -> usize {
        let before = self.len;
        for lane in (0..self.lines.len()).rev() {
            while self.first(lane).is_some_and(|first| goes(self, first)) {
                self.pop_first(lane);
            }
        }
        before - self.len
    }

    /// The next batch of one session, all of it stored or nothing, of at most `bytes`, and how many of each lane it has: all that
    /// waits when it fits, else the most urgent lanes first. The order of arrival is kept inside the batch. An event that alone is
    /// larger is taken alone.
    pub fn choose(&self, bytes: usize) -> (Vec<&Event>, Counts) {
        let session = self.oldest().and_then(|e| e.session.as_ref());
        let (mut room, mut events, mut counts) = (bytes, Vec::<&Event>::new(), Counts::default());
        'full: for (line, count) in self.lines.iter().zip(&mut counts) {
            while let Some(event) = line.get(*count)
                && event.is_with(session)
                && is_stored(event.slot) == is_stored(events.first().unwrap_or(&event).slot)
            {
                if event.size() > room && !events.is_empty() {
                    break 'full;
                }
                room = room.saturating_sub(event.size());
                *count += 1;
                events.insert(events.partition_point(|e| e.order < event.order), event);
            }
        }
        (events, counts)
    }

    /// Takes a batch out. What is left of a record has to be stored anew: who finds the old one would send again what went.
    pub fn take(&mut self, counts: Counts) {
        for (lane, count) in counts.into_iter().enumerate() {
            let mut slot = UNSTORED;
            for _ in 0..count {
                slot = self.pop_first(lane).map_or(slot, |e| e.slot);
            }
            if let Some(line) = self.lines.get_mut(lane).filter(|_| is_stored(slot)) {
                for event in line.events.iter_mut().skip(line.gone).flatten().take_while(|e| e.slot == slot) {
                    event.slot = TORN;
                }
            }
        }
    }

    /// A lane from its first event on that nothing was stored for yet.
    pub fn unstored(&mut self) -> &mut [Option<Event>] {
        for line in &mut self.lines {
            let is_new = |e: &Event| matches!(e.slot, UNSTORED | TORN);
            let mut from = line.gone;
            if !line.get(0).is_some_and(is_new) {
                while line.events.get(line.stored).is_some_and(|e| !e.as_ref().is_some_and(is_new)) {
                    line.stored += 1;
                }
                from = line.stored;
            }
            if from < line.events.len() {
                return line.events.get_mut(from..).unwrap_or_default();
            }
        }
        Default::default()
    }

    /// Forgets every event that is stored; answers how many.
    pub fn leave(&mut self) -> usize {
        let before = self.len;
        let mut all = core::mem::take(self);
        while let Some(event) = all.pop() {
            if !is_stored(event.slot) {
                self.push(event, ALL);
            }
        }
        before - self.len
    }

    /// After a change of where events are stored.
    pub fn store_anew(&mut self) {
        for line in &mut self.lines {
            line.stored = 0;
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
pub mod tests;
