//! The outbox: what is stored of events that wait, so that they outlive their page.
//!
//! Every event is in at most one record, and a record lives as long as one of its events: when the last is acknowledged or
//! lost, the record drops, and with it goes what is stored. Records are appended, never rewritten: events as they come (the
//! segments of one lane, which a batch takes whole), and each batch once more when it is first sent, with its id, so that
//! the next page can send it again under the same one.
//!
//! A record is a checksum and the text of `wire::native`. Its name is `tab!number`: what a tab that died has left is taken
//! over by another, whole. Nothing is written before the browser says that this tab's name is its own.

use core::cell::RefCell;
use std::rc::Rc;

use super::id::Rng;
use super::json::{own, push_digit, push_int, put};

/// Events of one lane that come in one go share a record of at most this many bytes.
pub const SEGMENT: usize = 8_192;

/// Bytes of a checksum.
const SUM: usize = 8;

/// Records that are no longer needed, by name and size.
type Gone = Rc<RefCell<Vec<(String, usize)>>>;

/// Something stored.
#[derive(Debug)]
pub struct Record {
    pub name: String,
    bytes: usize,
    gone: Gone,
}

impl Drop for Record {
    fn drop(&mut self) {
        if !self.name.is_empty()
            && let Ok(mut gone) = self.gone.try_borrow_mut()
        {
            gone.push((core::mem::take(&mut self.name), self.bytes));
        }
    }
}

/// What this tab has stored.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Empty while closed.
    tab: String,
    /// Whether the tab's name is its own by now.
    is_open: bool,
    next: u32,
    /// Bytes stored by this tab, and by others.
    bytes: usize,
    others: usize,
    /// Storage refused: memory only, until the outbox is opened again.
    is_broken: bool,
    gone: Gone,
    /// Events that could not be stored, or no longer.
    pub unstored: u64,
}

impl Outbox {
    /// Without the feature `outbox` there is none, and what waits is in memory alone.
    pub const IS_BUILT: bool = cfg!(feature = "outbox");

    /// A new name for the tab, unless it has one.
    pub fn begin(&mut self, rng: &mut Rng) -> Option<&str> {
        if !Self::IS_BUILT || !self.tab.is_empty() {
            return None;
        }
        let word = rng.word();
        for at in 0..12 {
            push_digit(&mut self.tab, word.rotate_left(4 * at));
        }
        Some(&self.tab)
    }

    /// From now on this tab may write; other tabs have stored that much.
    pub fn open(&mut self, others: usize) {
        self.is_open = !self.tab.is_empty();
        self.others = others;
    }

    pub fn is_open(&self) -> bool {
        Self::IS_BUILT && self.is_open && !self.is_broken
    }

    /// Whether it was begun.
    pub fn is_begun(&self) -> bool {
        Self::IS_BUILT && !self.tab.is_empty()
    }

    /// Storage refused a record.
    pub fn fail(&mut self) {
        self.is_broken = true;
    }

    /// Leaves what is stored to whoever comes: records that drop from now on remove nothing.
    pub fn leave(&mut self) {
        *self = Self { unstored: self.unstored, ..Self::default() };
    }

    /// Whether a text of so many bytes more is within the limit for all that is stored.
    pub fn has_room(&self, bytes: usize, limit: usize) -> bool {
        self.bytes + self.others + bytes + SUM <= limit
    }

    /// A record for a text, under a new name; and the text with its checksum, to be stored.
    pub fn record(&mut self, text: &str) -> (Rc<Record>, String) {
        let mut value = String::with_capacity(text.len() + SUM);
        let sum = checksum(text);
        for at in 0..SUM as u32 {
            push_digit(&mut value, u64::from(sum.rotate_left(4 * at + 4)));
        }
        put(&mut value, text);
        let mut name = own(&self.tab);
        put(&mut name, "!");
        push_int(&mut name, u64::from(self.next));
        self.next += 1;
        (self.adopt(name, value.len()), value)
    }

    /// What stands for a record where nothing could be stored.
    pub fn none(&mut self) -> Rc<Record> {
        self.adopt(String::new(), 0)
    }

    /// A record that is stored already.
    pub fn adopt(&mut self, name: String, bytes: usize) -> Rc<Record> {
        self.bytes += bytes;
        Rc::new(Record { name, bytes, gone: self.gone.clone() })
    }

    /// The next record to be removed.
    pub fn next_gone(&mut self) -> Option<String> {
        let (name, bytes) = self.gone.borrow_mut().pop()?;
        self.bytes = self.bytes.saturating_sub(bytes);
        Some(name)
    }
}

/// The text of a stored value, if it is whole.
pub fn whole(value: &str) -> Option<&str> {
    let (sum, text) = value.split_at_checked(SUM)?;
    let mut read = 0_u32;
    for b in sum.bytes() {
        read = read << 4 | char::from(b).to_digit(16)?;
    }
    (read == checksum(text)).then_some(text)
}

/// FNV-1a, 32 bits: against damage, not against malice. <http://www.isthe.com/chongo/tech/comp/fnv/>
fn checksum(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |sum, b| (sum ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn a_record_goes_with_its_last_event() {
        let mut o = Outbox::default();
        let tab = o.begin(&mut Rng::new([1, 2])).map(own);
        assert_eq!(o.begin(&mut Rng::new([1, 2])), None);
        o.open(0);
        let (record, value) = o.record("{}");
        assert_eq!((whole(&value), o.has_room(0, 18)), (Some("{}"), true));
        let other = record.clone();
        drop(record);
        assert_eq!((o.next_gone(), o.has_room(0, 16)), (None, false));
        drop(other);
        assert_eq!(o.next_gone(), tab.map(|tab| tab + "!0"));
        assert!(o.has_room(8, 16));
    }

    #[test]
    fn what_is_left_is_not_removed() {
        let mut o = Outbox::default();
        o.begin(&mut Rng::new([1, 2]));
        o.open(0);
        let (record, _) = o.record("{}");
        o.leave();
        drop(record);
        assert!(o.next_gone().is_none() && !o.is_open());
    }

    #[test]
    fn a_damaged_text_is_not_whole() {
        let (_, value) = Outbox::default().record(r#"{"a":1}"#);
        for at in 0..value.len() {
            let mut damaged = value.clone().into_bytes();
            damaged[at] ^= 1;
            assert_eq!(whole(&String::from_utf8(damaged).expect("ASCII")), None, "{at}");
        }
        for text in ["", "0", "é234567é", "811c9dc", "+11c9dc5"] {
            assert_eq!(whole(text), None, "{text}");
        }
        assert_eq!(whole("811c9dc5"), Some(""));
    }
}
