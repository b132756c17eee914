//! Visitor and session: who comes back, and what belongs to one visit. Both exist only after a yes.
//!
//! A session ends after 30 minutes without an event or 24 hours in all (options `session.idleMinutes`, `session.maxHours`).
//! What is kept over pages is one short text (about 130 bytes, so that it fits a cookie):
//! `1.visitor.session.number.started.last.seq.purposes.consented`, numbers in decimal.

use super::consent::Purposes;
use super::id::{Rng, Uuid};
use super::json::{int, push_int};
use super::time::Millis;

/// One visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Counts up within this page, to tell waiting events' sessions apart.
    pub no: u32,
    pub id: Uuid,
    /// The visitor's how-manieth session, from 1.
    pub n: u32,
    pub started: Millis,
    pub last: Millis,
}

/// The visitor and the sessions that waiting events belong to, the current one last.
#[derive(Debug, Default)]
pub struct Identity {
    pub visitor: Uuid,
    pub user: Option<String>,
    sessions: Vec<Session>,
    made: u32,
    seq: u32,
}

/// A stored identity, read back, and the consent it was stored under.
#[derive(Debug, PartialEq, Eq)]
pub struct Stored {
    pub purposes: Purposes,
    pub consented: Millis,
    visitor: Uuid,
    session: Session,
    seq: u32,
}

impl Stored {
    /// Reads the stored text; `None` when it is not one of ours.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        if parts.next() != Some("1") {
            return None;
        }
        let visitor = Uuid::parse(parts.next()?)?;
        let id = Uuid::parse(parts.next()?)?;
        let mut number = || parts.next().and_then(int);
        let n = u32::try_from(number()?).ok()?;
        let (started, last) = (number()?, number()?);
        let seq = u32::try_from(number()?).ok()?;
        let purposes = Purposes::from_bits(u8::try_from(number()?).ok()?);
        let consented = number()?;
        Some(Self { purposes, consented, visitor, session: Session { no: 0, id, n, started, last }, seq })
    }
}

impl Identity {
    /// The text to store.
    pub fn stored(&self, purposes: Purposes, consented: Millis) -> Option<String> {
        let session = self.sessions.last()?;
        let mut out = String::from("1.");
        out.push_str(&self.visitor.text());
        out.push('.');
        out.push_str(&session.id.text());
        for n in [u64::from(session.n), session.started, session.last, u64::from(self.seq), u64::from(purposes.bits()), consented] {
            out.push('.');
            push_int(&mut out, n);
        }
        Some(out)
    }

    /// Takes a stored identity over: at the start of a page, or when another tab has gone on.
    pub fn adopt(&mut self, stored: &Stored) {
        self.visitor = stored.visitor;
        self.seq = self.seq.max(stored.seq);
        match self.sessions.last_mut() {
            Some(current) if current.id == stored.session.id => current.last = current.last.max(stored.session.last),
            _ => self.push(stored.session),
        }
    }

    fn push(&mut self, session: Session) {
        self.made += 1;
        self.sessions.push(Session { no: self.made, ..session });
    }

    pub fn current(&self) -> Option<&Session> {
        self.sessions.last()
    }

    pub fn session(&self, no: u32) -> Option<&Session> {
        self.sessions.iter().find(|s| s.no == no)
    }

    /// The session an event of the moment `at` belongs to; true when it is a new one.
    pub fn touch(&mut self, at: Millis, idle: Millis, max: Millis, rng: &mut Rng) -> (u32, bool) {
        if let Some(s) = self.sessions.last_mut() {
            // A clock that went back makes both differences zero: the session goes on.
            if at.saturating_sub(s.last) <= idle && at.saturating_sub(s.started) <= max {
                s.last = s.last.max(at);
                return (s.no, false);
            }
        }
        if self.visitor == Uuid::default() {
            self.visitor = rng.uuid(at);
        }
        let n = self.sessions.last().map_or(1, |s| s.n.saturating_add(1));
        self.seq = 0;
        self.push(Session { no: 0, id: rng.uuid(at), n, started: at, last: at });
        (self.made, true)
    }

    /// The next position in the session, from 1.
    pub fn next_seq(&mut self) -> u32 {
        self.seq = self.seq.saturating_add(1);
        self.seq
    }

    /// Forgets sessions that are neither current nor `used`.
    pub fn forget(&mut self, used: impl Fn(u32) -> bool) {
        let current = self.made;
        self.sessions.retain(|s| s.no == current || used(s.no));
    }

    /// Forgets who it was. Numbers go on, so that nothing that still waits is mistaken for the next visitor's.
    pub fn reset(&mut self) {
        *self = Self { made: self.made, ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Millis = 1_800_000;
    const MAX: Millis = 86_400_000;

    fn touch(i: &mut Identity, at: Millis) -> (u32, bool) {
        i.touch(at, IDLE, MAX, &mut Rng::new([at, 1]))
    }

    #[test]
    fn a_session_ends_after_idling_or_a_day() {
        let mut i = Identity::default();
        let start = 1_790_000_000_000;
        assert_eq!(touch(&mut i, start), (1, true));
        assert_eq!(touch(&mut i, start + IDLE), (1, false));
        assert_eq!(touch(&mut i, start + 2 * IDLE + 1), (2, true));
        let mut at = start + 2 * IDLE + 1;
        for _ in 0..48 {
            at += IDLE;
            assert!(!touch(&mut i, at).1);
        }
        assert_eq!(touch(&mut i, at + IDLE), (3, true));
        assert_eq!(i.current().map(|s| s.n), Some(3));
    }

    #[test]
    fn a_clock_that_goes_back_ends_nothing() {
        let mut i = Identity::default();
        touch(&mut i, 1_790_000_000_000);
        assert!(!touch(&mut i, 1_700_000_000_000).1);
    }

    #[test]
    fn what_is_stored_is_read_back_and_is_short() {
        let mut i = Identity::default();
        touch(&mut i, 1_790_000_000_000);
        i.next_seq();
        let text = i.stored(Purposes::ALL, 1_790_000_000_001).expect("a session");
        assert!(text.len() < 200, "{} bytes", text.len());
        let stored = Stored::read(&text).expect("our own text");
        let mut next = Identity::default();
        next.adopt(&stored);
        assert_eq!(next.stored(Purposes::ALL, 1_790_000_000_001), Some(text));
        assert_eq!(touch(&mut next, 1_790_000_000_500), (1, false));
    }

    #[test]
    fn a_damaged_text_is_not_read() {
        for text in ["", "1", "2.x", "1.a.b.1.2.3.4.5.6", "1.0192f5a012347000800000000000000a.0192f5a012347000800000000000000b.1.2.3.4.999.5"] {
            assert_eq!(Stored::read(text), None, "{text}");
        }
    }
}
