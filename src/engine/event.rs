//! An event as it waits: already checked, its fields already JSON text, so that its size is known once and a batch is made
//! by joining texts.

use super::id::Uuid;
use super::json::Writer;
use super::time::Millis;
use super::vocab::Lane;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub id: Uuid,
    /// Position in the session.
    pub seq: u32,
    /// When it happened, milliseconds since the Unix epoch.
    pub at: Millis,
    /// The page it happened on: a `Page::no`.
    pub page: u32,
    /// The session it belongs to: a `Session::no`; 0 while there is none.
    pub session: u32,
    pub lane: Lane,
    pub name: String,
    /// The fields, a JSON object.
    pub data: String,
}

/// What an event's envelope takes on the wire beside its name and fields, rounded up.
const ENVELOPE: usize = 112;

impl Event {
    /// Bytes on the wire, at most.
    pub fn size(&self) -> usize {
        ENVELOPE + self.name.len() + self.data.len()
    }

    /// As a member of a native batch; `page` is the position in the batch's list of pages.
    pub fn write(&self, w: &mut Writer, page: usize) {
        w.open('{');
        w.key("id").str(&self.id.text());
        w.key("seq").num(u64::from(self.seq));
        w.key("t").num(self.at);
        w.key("page").num(page as u64);
        w.key("name").str(&self.name);
        w.key("data").raw(&self.data);
        w.close('}');
    }
}
