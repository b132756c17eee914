//! Nothing is lost without a name: the closed list of reasons, and how often each came up.

use super::json::Writer;
use super::text::word;

/// Why an accepted event never arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The shopper said no.
    ConsentDenied,
    /// The shopper took the yes back before it was sent.
    Withdrawn,
    /// More waited than the queue may hold.
    QueueFull,
    /// It waited longer than it may.
    Expired,
    /// It alone is larger than one send may be.
    Oversize,
    /// The endpoint refused it.
    Rejected,
    /// `beforeSend` answered null.
    Filtered,
    /// What was stored of it could not be read again.
    Damaged,
}

/// Wire names, in the order of the enum.
const NAMES: &str = "consent_denied withdrawn queue_full expired oversize rejected filtered damaged";
const COUNT: usize = 8;

impl Loss {
    /// Its wire name.
    pub fn name(self) -> &'static str {
        word(NAMES, self as usize)
    }
}

/// How often each reason came up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses([u32; COUNT]);

impl Losses {
    pub fn add(&mut self, loss: Loss, count: usize) {
        if let Some(n) = self.0.get_mut(loss as usize) {
            *n = n.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        }
    }

    /// Adds another's counts.
    pub fn merge(&mut self, other: &Self) {
        for (n, more) in self.0.iter_mut().zip(other.0) {
            *n = n.saturating_add(more);
        }
    }

    /// Name and count of each reason that came up.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, u32)> + '_ {
        self.0.into_iter().enumerate().filter(|(_, n)| *n > 0).map(|(place, n)| (word(NAMES, place), n))
    }

    pub fn total(&self) -> u64 {
        self.0.iter().map(|n| u64::from(*n)).sum()
    }

    /// As a JSON object.
    pub fn write(&self, w: &mut Writer) {
        w.open("{");
        for (name, n) in self.named() {
            w.number(name, u64::from(n));
        }
        w.close("}");
    }
}
