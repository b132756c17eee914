//! Events that wait, bounded by count, bytes and age. When it is full the least urgent go first, the oldest of them first;
//! orders are the last to go.

use super::event::{Event, TORN, UNSTORED, is_stored};
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
    /// Nothing has to be stored before this place.
    stored: usize,
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

    /// Adds an event, then makes room; answers how many had to go (the new one may be among them). To make room costs as much
    /// as there is, so it is done for an eighth of the limit at a time: until then it may be exceeded by that.
    pub fn push(&mut self, event: Event, caps: Caps) -> usize {
        self.bytes += event.size();
        self.events.push(event);
        let is_over = self.events.len() > caps.events + caps.events / 8 || self.bytes > caps.bytes + caps.bytes / 8;
        if is_over { self.trim(caps) } else { 0 }
    }

    /// Puts events before all others: they have waited longer.
    pub fn restore(&mut self, mut events: Vec<Event>) {
        events.append(&mut self.events);
        self.events = events;
        self.recount();
    }

    /// Makes the queue fit; answers how many had to go.
    pub fn trim(&mut self, caps: Caps) -> usize {
        let (before, mut bytes) = (self.events.len(), self.bytes);
        let (mut count, mut lane) = (before, LANES.len());
        while lane > 0 && (count > caps.events || bytes > caps.bytes) {
            lane -= 1;
            self.retain(&mut |e| {
                let goes = e.lane as usize == lane && (count > caps.events || bytes > caps.bytes);
                if goes {
                    count -= 1;
                    bytes -= e.size();
                }
                !goes
            });
        }
        before - count
    }

    /// Drops what happened before `limit`; answers how many.
    pub fn expire(&mut self, limit: Millis) -> usize {
        // The first is the oldest.
        if self.events.first().is_some_and(|e| e.at < limit) { self.retain(&mut |e| e.at >= limit) } else { 0 }
    }

    /// One such loop for all who need one.
    fn retain(&mut self, stays: &mut dyn FnMut(&Event) -> bool) -> usize {
        let before = self.events.len();
        retain(&mut self.events, stays);
        self.recount();
        before - self.events.len()
    }

    /// Empties the queue; answers how many there were.
    pub fn clear(&mut self) -> usize {
        core::mem::take(self).events.len()
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
        let mut at = 0..;
        let taken = extract(&mut self.events, &mut |event| {
            let place = at.next().map(|at| (event.lane, at));
            event.is_with(session) && place <= last
        });
        self.recount();
        taken
    }

    /// The first run of events that nothing was stored for yet.
    pub fn unstored(&mut self) -> &mut [Event] {
        let is_new = |e: &Event| matches!(e.slot, UNSTORED | TORN);
        let rest = self.events.get_mut(self.stored..).unwrap_or_default();
        let start = rest.iter().position(is_new).unwrap_or(rest.len());
        self.stored += start;
        let rest = rest.get_mut(start..).unwrap_or_default();
        let end = rest.iter().position(|e| !is_new(e)).unwrap_or(rest.len());
        rest.get_mut(..end).unwrap_or_default()
    }

    /// All events, to be changed in what does not change their size.
    pub fn each(&mut self) -> &mut [Event] {
        &mut self.events
    }

    /// Forgets every event that is stored; answers how many.
    pub fn leave(&mut self) -> usize {
        self.retain(&mut |e| !is_stored(e.slot))
    }

    /// After a change of what there is or where it is stored.
    pub fn recount(&mut self) {
        self.stored = 0;
        self.bytes = self.events.iter().map(Event::size).sum();
    }
}

/// One such loop for all who need one.
fn retain(events: &mut Vec<Event>, stays: &mut dyn FnMut(&Event) -> bool) {
    events.retain(|e| stays(e));
}

/// Takes out those of which it is so. Those are few: to copy them is less than to move all others.
pub fn extract(events: &mut Vec<Event>, is_so: &mut dyn FnMut(&Event) -> bool) -> Vec<Event> {
    let mut those = Vec::new();
    retain(events, &mut |event| {
        let goes = is_so(event);
        if goes {
            those.push(event.clone());
        }
        !goes
    });
    those
}

#[cfg(all(test, not(target_arch = "wasm32")))]
pub mod tests;
