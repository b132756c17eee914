//! Visitor and session: who comes back, and what belongs to one visit. Both exist only after a yes.
//!
//! A session ends after 30 minutes without an event or 24 hours in all (options `session.idleMinutes`, `session.maxHours`).
//! All tabs share it: whoever has been silent for a while looks at what the others have stored before it goes on.
//! What is kept over pages is one short text (about 130 bytes, so that it fits a cookie):
//! `1.visitor.session.number.started.last.seq.choices.consented`, numbers in decimal.
//! Where marketing is not granted, the visitor is known by the session's id: nothing ties two visits together.

use std::rc::Rc;

use super::consent::{Choices, Consent};
use super::id::{Rng, Uuid};
use super::json::{int, own, push_int, put};
use super::text::part;
use super::time::Millis;

/// How long a tab may be silent before it looks at what others have stored: as long as a batch waits, by default.
const STALE: Millis = 5_000;
/// A page takes places in the session ahead, up to the next number with all these bits, stores that one, and gives back what is
/// left when it is left itself. Whoever finds it begins after it. So browsers may run a page that comes before the one that
/// goes, or kill one that has stored nothing since: no place is given twice, and no event costs a write of its own.
const PLACES: u32 = 1023;

/// One visit of one visitor, under one login.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    pub visitor: Uuid,
    /// The login id, escaped as in JSON; empty when there is none.
    pub user: String,
    pub id: Uuid,
    /// The visitor's how-manieth session, from 1.
    pub n: u32,
    pub started: Millis,
}

impl Session {
    /// The visitor's id, as far as one may be known: no longer than the visit where marketing is not granted.
    pub fn visitor(&self, consent: &Consent) -> Uuid {
        if consent.is_minimal() { self.id } else { self.visitor }
    }
}

/// The current session and how far it has come.
#[derive(Debug, Default)]
pub struct Identity {
    session: Option<Rc<Session>>,
    last: Millis,
    seq: u32,
    /// The last place in the session that is this page's to give.
    until: u32,
    user: String,
    /// No event of this page has belonged to the session yet.
    is_new: bool,
}

/// A stored identity, read back, and the consent it was stored under.
#[derive(Debug, PartialEq, Eq)]
pub struct Stored {
    pub choices: Choices,
    pub consented: Millis,
    session: Session,
    last: Millis,
    seq: u32,
}

impl Stored {
    /// Reads the stored text; `None` when it is not one of ours.
    pub fn read(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix("1.")?;
        let mut part = || part(&mut rest, b'.');
        let (visitor, id) = (Uuid::parse(part())?, Uuid::parse(part())?);
        let mut numbers = [0; 6];
        for number in &mut numbers {
            *number = int(part())?;
        }
        let [n, started, last, seq, choices, consented] = numbers;
        let (n, seq) = (u32::try_from(n).ok()?, u32::try_from(seq).ok()?);
        let choices = Choices::from_bits(u8::try_from(choices).ok()?);
        Some(Self { choices, consented, session: Session { visitor, user: String::new(), id, n, started }, last, seq })
    }
}

impl Identity {
    /// The text to store.
    pub fn stored(&self, consent: &Consent) -> Option<String> {
        let session = self.session.as_ref()?;
        let mut out = own("1.");
        session.visitor(consent).push(&mut out);
        put(&mut out, ".");
        session.id.push(&mut out);
        let choices = u64::from(consent.choices().bits());
        for n in [u64::from(session.n), session.started, self.last, u64::from(self.until), choices, consent.at()] {
            put(&mut out, ".");
            push_int(&mut out, n);
        }
        Some(out)
    }

    /// Takes a stored identity over: at the start of a page, or when another tab has gone on. What is older than what this
    /// tab knows is left where it is, but for the places in the session that are taken: storing may have failed since.
    pub fn adopt(&mut self, stored: Stored) {
        let is_other = self.session.as_ref().is_none_or(|s| s.id != stored.session.id);
        if is_other && stored.last < self.last {
            return;
        }
        self.last = self.last.max(stored.last);
        if is_other || stored.seq > self.until {
            self.seq = stored.seq;
            self.until = stored.seq;
        }
        if is_other {
            self.begin(stored.session);
        }
    }

    /// Whether what is stored is of somebody who is new since: the first visit of another visitor.
    pub fn is_forgotten_by(&self, stored: &Stored) -> bool {
        stored.session.n < 2 && self.session.as_ref().is_some_and(|s| s.id != stored.session.id)
    }

    fn begin(&mut self, session: Session) -> Rc<Session> {
        let session = Rc::new(Session { user: self.user.clone(), ..session });
        self.session = Some(session.clone());
        self.is_new = true;
        session
    }

    /// Whether this tab has been silent so long that another one may have gone on, or needs places that another one may have.
    pub fn is_stale(&self, at: Millis) -> bool {
        self.seq >= self.until || at.saturating_sub(self.last) > STALE
    }

    pub fn current(&self) -> Option<&Rc<Session>> {
        self.session.as_ref()
    }

    /// The session an event of the moment `at` belongs to; true when it is this page's first one of it.
    pub fn touch(&mut self, at: Millis, idle: Millis, max: Millis, rng: &mut Rng) -> (Rc<Session>, bool) {
        let before = self.session.clone();
        if let Some(session) = &before
            // A clock that went back makes the difference zero: the session goes on. It does not go on for ever, should the
            // clock have been wrong by more than a session's length when it began.
            && at.saturating_sub(self.last) <= idle
            && at.abs_diff(session.started) <= max
        {
            self.last = self.last.max(at);
            return (session.clone(), core::mem::take(&mut self.is_new));
        }
        let (visitor, n) = before.map_or_else(|| (rng.uuid(at), 0), |s| (s.visitor, s.n));
        self.last = at;
        (self.seq, self.until) = (0, 0);
        let session = self.begin(Session { visitor, user: String::new(), id: rng.uuid(at), n: n.saturating_add(1), started: at });
        (session, core::mem::take(&mut self.is_new))
    }

    /// Takes more places where none is left; whether it did, which has to be stored.
    pub fn take_places(&mut self) -> bool {
        let takes = self.seq >= self.until;
        if takes {
            self.until = self.seq.saturating_add(1) | PLACES;
        }
        takes
    }

    /// The next place in the session, from 1: one that was taken.
    pub fn next_seq(&mut self) -> u32 {
        self.seq = self.seq.saturating_add(1);
        self.seq
    }

    /// Gives the places back that this page has taken and not given.
    pub fn give_back(&mut self) {
        self.until = self.seq;
    }

    /// What comes from now on is of this login.
    pub fn identify(&mut self, user: &str) {
        user.clone_into(&mut self.user);
        if let Some(session) = self.session.take() {
            let is_new = self.is_new;
            self.begin(Session::clone(&session));
            self.is_new = is_new;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::consent::{Purposes, Source, Terms};

    const IDLE: Millis = 1_800_000;
    const MAX: Millis = 86_400_000;

    fn touch(i: &mut Identity, at: Millis) -> (u32, bool) {
        let (session, is_new) = i.touch(at, IDLE, MAX, &mut Rng::new([at, 1]));
        (session.n, is_new)
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
    }

    #[test]
    fn clocks_that_jump() {
        const START: Millis = 1_790_000_000_000;
        const YEAR: Millis = 365 * MAX;
        // When events come on pages that follow each other, each with the clock it has, and which session they belong to.
        for (times, expected) in [
            (vec![START, START - 1], vec![1, 1]),
            (vec![START, START - MAX, START + 1], vec![1, 1, 1]),
            // A clock that was wrong when the session began does not keep it alive until it is right.
            (vec![START + YEAR, START, START + IDLE, START + 2 * IDLE + 1], vec![1, 2, 2, 3]),
            // One that was wrong in its middle ends it no later than a day after it began.
            (vec![START, START + IDLE, START - 1, START + MAX, START + MAX + 1], vec![1, 1, 1, 2, 2]),
            (vec![START, START - YEAR, START], vec![1, 2, 3]),
        ] {
            let mut i = Identity::default();
            let seen: Vec<_> = times.iter().map(|at| touch(&mut i, *at).0).collect();
            assert_eq!(seen, expected, "{times:?}");
        }
    }

    #[test]
    fn what_is_older_than_what_a_tab_knows_is_not_taken_over() {
        let (mut here, mut there) = (Identity::default(), Identity::default());
        touch(&mut there, 1_790_000_000_000);
        let old = there.stored(&gate("granted")).expect("a session");
        here.adopt(Stored::read(&old).expect("our own text"));
        assert_eq!(touch(&mut here, 1_790_000_000_000), (1, true), "this page's first event of it");
        assert_eq!(touch(&mut here, 1_790_000_000_001), (1, false));
        assert_eq!(touch(&mut here, 1_790_000_000_002 + IDLE), (2, true));
        here.adopt(Stored::read(&old).expect("our own text"));
        assert_eq!(touch(&mut here, 1_790_000_000_003 + IDLE), (2, false), "storing failed");
    }

    #[test]
    fn a_login_marks_what_comes_after_it() {
        let mut i = Identity::default();
        i.touch(1, IDLE, MAX, &mut Rng::new([1, 1]));
        let before = i.current().cloned().expect("a session");
        i.identify("u1");
        let after = i.current().cloned().expect("a session");
        assert_eq!((before.user.as_str(), after.user.as_str()), ("", "u1"));
        assert_eq!((before.id, before.visitor), (after.id, after.visitor));
    }

    /// A gate with this answer to marketing.
    fn gate(marketing: &str) -> Consent {
        let mut required = 1;
        let mut consent = Consent::new(&Terms::read(String::new(), || core::mem::take(&mut required)));
        let marketing = match marketing {
            "denied" => Choices::no_to(Purposes::MARKETING),
            "granted" => Choices::yes_to(Purposes::MARKETING),
            _ => Choices::default(),
        };
        consent.update(Source::API, marketing.merged(Choices::yes_to(Purposes::ANALYTICS)), 1_790_000_000_001);
        consent
    }

    #[test]
    fn where_marketing_is_not_granted_the_visitor_is_known_for_a_visit_only() {
        let start = 1_790_000_000_000;
        for (said, at) in [("denied", start), ("denied", start + IDLE + 1), ("", start), ("", start + IDLE + 1)] {
            let (mut i, no) = (Identity::default(), gate(said));
            touch(&mut i, start);
            touch(&mut i, at);
            let session = i.current().cloned().expect("a session");
            assert_eq!(session.visitor(&no), session.id);
            assert_ne!(session.visitor(&gate("granted")), session.id);
            let text = i.stored(&no).expect("a session");
            assert!(!text.contains(&session.visitor.text()));
            assert_eq!(Stored::read(&text).map(|s| s.choices), Some(no.choices()), "the no is kept with the yes");
        }
    }

    #[test]
    fn what_is_stored_is_read_back_and_is_short() {
        let mut i = Identity::default();
        touch(&mut i, 1_790_000_000_000);
        i.take_places();
        i.next_seq();
        i.give_back();
        let text = i.stored(&gate("granted")).expect("a session");
        assert!(text.len() < 200, "{} bytes", text.len());
        let mut next = Identity::default();
        next.adopt(Stored::read(&text).expect("our own text"));
        assert_eq!(next.stored(&gate("granted")), Some(text));
        assert_eq!(touch(&mut next, 1_790_000_000_500), (1, true));
    }

    #[test]
    fn a_damaged_text_is_not_read() {
        for text in
            ["", "1", "2.x", "1.a.b.1.2.3.4.5.6", "1.0192f5a012347000800000000000000a.0192f5a012347000800000000000000b.1.2.3.4.999.5"]
        {
            assert_eq!(Stored::read(text), None, "{text}");
        }
    }
}
