//! Events that wait, bounded by count, bytes and age. When it is full the least urgent go first, the oldest of them first;
//! orders are the last to go.

use super::event::Event;
use super::time::Millis;
use super::vocab::LANES;

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    pub events: usize,
    pub bytes: usize,
}

/// A bounded queue in order of arrival.
#[derive(Debug, Default)]
pub struct Queue {
    events: Vec<Event>,
    bytes: usize,
}

impl Queue {
    pub fn len(&self) -> usize {
        self.events.len()
    }

    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn iter(&self) -> impl Iterator<Item = &Event> {
        self.events.iter()
    }

    pub fn into_events(self) -> Vec<Event> {
        self.events
    }

    /// Adds an event, then makes room; answers how many had to go (the new one may be among them).
    pub fn push(&mut self, event: Event, caps: Caps) -> usize {
        self.bytes += event.size();
        self.events.push(event);
        self.trim(caps)
    }

    /// Makes the queue fit; answers how many had to go.
    pub fn trim(&mut self, caps: Caps) -> usize {
        let before = self.events.len();
        let (mut count, mut bytes) = (before, self.bytes);
        for lane in LANES.into_iter().rev() {
            if count <= caps.events && bytes <= caps.bytes {
                break;
            }
            self.events.retain(|e| {
                let go = e.lane == lane && (count > caps.events || bytes > caps.bytes);
                if go {
                    count -= 1;
                    bytes -= e.size();
                }
                !go
            });
        }
        self.bytes = bytes;
        before - count
    }

    /// Drops what happened before `limit`; answers how many.
    pub fn expire(&mut self, limit: Millis) -> usize {
        let before = self.events.len();
        self.events.retain(|e| e.at >= limit);
        self.recount();
        before - self.events.len()
    }

    /// Empties the queue; answers how many there were.
    pub fn clear(&mut self) -> usize {
        self.bytes = 0;
        core::mem::take(&mut self.events).len()
    }

    /// Takes the next batch of one session, of at most `bytes`: the whole queue when it fits, else the most urgent lanes
    /// first. The order of arrival is kept inside the batch. An event that alone is larger is taken alone.
    pub fn take(&mut self, bytes: usize) -> Vec<Event> {
        let Some(session) = self.events.first().map(|e| e.session.clone()) else {
            return Vec::new();
        };
        let session = session.as_ref();
        let mut room = bytes;
        // The last that fits, in the order of lanes and arrival.
        let mut last = None;
        'full: for lane in LANES {
            for (at, event) in self.events.iter().enumerate() {
                if event.lane == lane && event.is_with(session) {
                    if event.size() > room && last.is_some() {
                        break 'full;
                    }
                    room = room.saturating_sub(event.size());
                    last = Some((lane, at));
                }
            }
        }
        let mut taken = Vec::new();
        let mut kept = Vec::new();
        for (at, event) in core::mem::take(&mut self.events).into_iter().enumerate() {
            let fits = event.is_with(session) && Some((event.lane, at)) <= last;
            if fits { taken.push(event) } else { kept.push(event) }
        }
        self.events = kept;
        self.recount();
        taken
    }

    fn recount(&mut self) {
        self.bytes = self.events.iter().map(Event::size).sum();
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
pub mod tests;
