//! An event as it waits: already checked, its name and fields already the JSON text that a batch is joined from, so that
//! its size is known once.

use std::rc::Rc;

use super::id::Uuid;
use super::json::Writer;
use super::page::Page;
use super::session::Session;
use super::time::Millis;
use super::vocab::Lane;

/// The slot of what nothing was stored for yet.
pub const UNSTORED: u32 = 0;
/// The slot of what is left of a record that is given up: it has to be stored anew.
pub const TORN: u32 = u32::MAX - 1;
/// The slot of what stays in memory alone.
pub const UNSTORABLE: u32 = u32::MAX;

/// Whether what has that slot would outlive the page.
pub fn is_stored(slot: u32) -> bool {
    !matches!(slot, UNSTORED | TORN | UNSTORABLE)
}

/// One event.
#[derive(Clone, Debug)]
pub struct Event {
    pub id: Uuid,
    /// When it happened, milliseconds since the Unix epoch.
    pub at: Millis,
    pub lane: Lane,
    /// Position in the session.
    pub seq: u32,
    /// The place in the queue's order of arrival.
    pub order: u32,
    pub page: Rc<Page>,
    /// None while nobody has agreed to one.
    pub session: Option<Rc<Session>>,
    /// Where it is stored: see `tracker::keep`.
    pub slot: u32,
    /// `"name":"…","data":{…}`
    pub text: String,
}

#[cfg(test)]
thread_local! {
    /// How often an event was looked at: what the queue's tests count as work.
    pub static LOOKS: core::cell::Cell<u32> = const { core::cell::Cell::new(0) };
}

/// What an event's envelope takes on the wire beside its text, rounded up.
const ENVELOPE: usize = 112;

impl Event {
    /// Bytes on the wire, at most.
    pub fn size(&self) -> usize {
        #[cfg(test)]
        LOOKS.set(LOOKS.get() + 1);
        ENVELOPE + self.text.len()
    }

    /// Whether both belong to one session.
    pub fn is_with(&self, session: Option<&Rc<Session>>) -> bool {
        #[cfg(test)]
        LOOKS.set(LOOKS.get() + 1);
        match (&self.session, session) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (a, b) => a.is_none() == b.is_none(),
        }
    }

    /// As a member of a native batch; `page` is the position in the batch's list of pages.
    pub fn write(&self, w: &mut Writer, page: usize) {
        w.open("{").id("id", self.id).number("seq", u64::from(self.seq)).number("t", self.at).number("page", page as u64);
        w.raw(&self.text).close("}");
    }
}
