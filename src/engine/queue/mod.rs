//! Events that wait, bounded by count, bytes and age. When it is full the least urgent go first, the oldest of them first;
//! orders are the last to go.
//!
//! A line for each lane, so that an event costs the same whether none or ten thousand are waiting before it.

mod line;

use std::rc::Rc;

use super::event::Event;
use super::time::Millis;
use super::vocab::LANES;
use line::Line;

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    pub events: usize,
    pub bytes: usize,
}

/// A bounded queue.
#[derive(Debug, Default)]
pub struct Queue {
    /// In the order of the lanes.
    lines: [Line; LANES.len()],
    len: usize,
    bytes: usize,
    /// The place of the next event in the order of arrival.
    next: u32,
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

    /// All events, most urgent lane first.
    pub fn iter(&self) -> impl Iterator<Item = &Event> {
        self.lines.iter().flat_map(Line::iter)
    }

    /// All events in the order of arrival.
    pub fn into_events(mut self) -> Vec<Event> {
        self.take(usize::MAX)
    }

    /// Adds an event, then makes room; answers how many had to go (the new one may be among them).
    pub fn push(&mut self, mut event: Event, caps: Caps) -> usize {
        self.next = self.next.wrapping_add(1);
        event.place = self.next;
        if let Some(line) = self.count(&event) {
            line.push(event);
        }
        self.trim(caps)
    }

    /// Puts an event before all others of its lane: it has waited longer than they have.
    pub fn restore(&mut self, event: Event) {
        if let Some(line) = self.count(&event) {
            line.unshift(event);
        }
    }

    fn count(&mut self, event: &Event) -> Option<&mut Line> {
        self.len += 1;
        self.bytes += event.size();
        self.lines.get_mut(event.lane as usize)
    }

    /// Takes the oldest event off a lane, if it is one of those that `should` go.
    fn pop(&mut self, lane: usize, should: impl Fn(&Event) -> bool) -> Option<Event> {
        let line = self.lines.get_mut(lane)?;
        let event = line.front().is_some_and(should).then(|| line.pop()).flatten()?;
        self.len -= 1;
        self.bytes -= event.size();
        Some(event)
    }

    /// Makes the queue fit; answers how many had to go.
    pub fn trim(&mut self, caps: Caps) -> usize {
        let before = self.len;
        for lane in (0..LANES.len()).rev() {
            while (self.len > caps.events || self.bytes > caps.bytes) && self.pop(lane, |_| true).is_some() {}
        }
        before - self.len
    }

    /// Drops what happened before `limit`; answers how many.
    pub fn expire(&mut self, limit: Millis) -> usize {
        let before = self.len;
        for lane in 0..LANES.len() {
            while self.pop(lane, |e| e.at < limit).is_some() {}
        }
        before - self.len
    }

    /// Empties the queue; answers how many there were.
    pub fn clear(&mut self) -> usize {
        core::mem::take(self).len
    }

    /// Takes the next batch of one session, of at most `bytes`: the whole queue when it fits, else the most urgent lanes
    /// first. The order of arrival is kept inside the batch. What shares a record is taken whole; the first record, or the
    /// first event, also when it alone is larger.
    pub fn take(&mut self, bytes: usize) -> Vec<Event> {
        let mut counts = [0_usize; LANES.len()];
        let mut room = bytes;
        let mut first: Option<&Event> = None;
        'full: for (line, count) in self.lines.iter().zip(&mut counts) {
            let (mut record, mut n, mut must) = (None, 0, false);
            for event in line.iter() {
                let own = event.record.as_ref().map(Rc::as_ptr);
                if own.is_none() || own != record {
                    (record, n, must) = (own, 0, first.is_none());
                }
                if !event.is_with(first.get_or_insert(event).session.as_ref()) {
                    break;
                }
                if event.size() > room && !must {
                    *count -= n;
                    break 'full;
                }
                room = room.saturating_sub(event.size());
                n += 1;
                *count += 1;
            }
        }
        let mut taken = Vec::new();
        loop {
            let fronts = self.lines.iter_mut().zip(&counts).enumerate();
            let oldest = fronts.filter(|(_, (_, n))| **n > 0).filter_map(|(lane, (line, _))| Some((line.front()?.place, lane))).min();
            let Some((_, lane)) = oldest else { return taken };
            if let Some(count) = counts.get_mut(lane) {
                *count -= 1;
            }
            taken.extend(self.pop(lane, |_| true));
        }
    }

    /// The events of a lane that came after the last that is stored, newest first.
    pub fn unstored(&mut self, lane: usize) -> impl Iterator<Item = &mut Event> {
        self.lines.get_mut(lane).into_iter().flat_map(Line::newest).take_while(|e| e.record.is_none())
    }

    /// From now on nothing is stored; answers how many events were.
    pub fn unlink(&mut self) -> usize {
        let events = self.lines.iter_mut().flat_map(Line::newest);
        events.filter_map(|e| e.record.take()).filter(|r| !r.name.is_empty()).count()
    }

    /// Drops every event that is stored; answers how many.
    pub fn leave(&mut self) -> usize {
        let before = self.len;
        let (mut len, mut bytes) = (before, self.bytes);
        for line in &mut self.lines {
            line.retain(|e| {
                let stays = !e.is_stored();
                if !stays {
                    len -= 1;
                    bytes -= e.size();
                }
                stays
            });
        }
        (self.len, self.bytes) = (len, bytes);
        before - len
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
pub mod tests;
