//! First in, first out, from two stacks: the front is the top of one, the back the top of the other. Each event is moved
//! from one to the other once.

use crate::engine::event::Event;

#[derive(Debug, Default)]
pub(super) struct Line {
    /// The oldest is the last.
    old: Vec<Event>,
    new: Vec<Event>,
}

impl Line {
    pub(super) fn push(&mut self, event: Event) {
        self.new.push(event);
    }

    /// Puts an event at the front.
    pub(super) fn unshift(&mut self, event: Event) {
        self.old.push(event);
    }

    pub(super) fn front(&mut self) -> Option<&Event> {
        if self.old.is_empty() {
            core::mem::swap(&mut self.old, &mut self.new);
            self.old.reverse();
        }
        self.old.last()
    }

    /// The event that `front` has shown.
    pub(super) fn pop(&mut self) -> Option<Event> {
        self.old.pop()
    }

    /// Oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Event> {
        self.old.iter().rev().chain(&self.new)
    }

    /// Newest first.
    pub(super) fn newest(&mut self) -> impl Iterator<Item = &mut Event> {
        self.new.iter_mut().rev().chain(&mut self.old)
    }

    pub(super) fn retain(&mut self, mut stays: impl FnMut(&Event) -> bool) {
        self.old.retain(&mut stays);
        self.new.retain(stays);
    }
}
