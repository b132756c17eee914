//! Who said what about consent, and what follows from it: the most restrictive answer wins, purpose by purpose.
//!
//! - A no of anybody is a no. Without one, a yes of anybody is a yes, unless a platform that must answer has not yet.
//! - What was said in advance stands where nobody answers now: what the shopper said to an earlier page, else what the shop
//!   says, by region and by default, the stricter of the two.
//! - What was said in another tab since stands as if it had been said to an earlier page, until somebody answers here.
//! - Time never enters: a platform that stays silent keeps everything waiting.

use super::choice::{Choices, Purposes, name};

/// How many speak in this page.
const NOW: usize = 8;
/// How many of them speak for the shopper; the browser speaks for itself, and says the same in every tab.
const SHOPPER: usize = 6;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source(u8);

impl Source {
    /// A call of `consent()`.
    pub const API: Self = Self(0);
    /// A yes of an earlier page, found in storage.
    pub const STORED: Self = Self(NOW as u8);
    /// `consent.regions` of the options.
    pub const REGION: Self = Self(9);
    /// The part that listens to platforms: it says when it has said for whom to wait.
    const AUTO: Self = Self(10);
    /// `consent.default` of the options.
    pub const DEFAULT: Self = Self(11);

    /// The source of that number, in the order of www/sdk/config.js; the last for any that is too high.
    pub fn at(number: u8) -> Self {
        Self(number.min(Self::DEFAULT.0))
    }

    pub fn all() -> impl Iterator<Item = Self> {
        (0..=Self::DEFAULT.0).map(Self)
    }

    /// Whether it speaks in this page.
    pub fn is_now(self) -> bool {
        usize::from(self.0) < NOW
    }

    pub fn name(self) -> &'static str {
        name(self.0 + 4)
    }
}

/// What each source said last, and who has yet to answer before a yes counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signals {
    said: [Choices; 12],
    awaited: u16,
}

impl Signals {
    /// Waits until the part that listens to platforms is there.
    pub fn wait(&mut self) {
        self.awaited |= 1 << Source::AUTO.0;
    }

    /// Takes an answer in: purposes not named keep theirs. An empty one says that a platform is there and has not decided.
    pub fn hear(&mut self, source: Source, choices: Choices) {
        let bit = 1 << source.0;
        if let Some(said) = self.said.get_mut(usize::from(source.0)) {
            *said = said.merged(choices);
        }
        if choices != Choices::default() || source == Source::AUTO {
            self.awaited &= !bit;
        } else if source != Source::API && source.is_now() {
            self.awaited |= bit;
        }
    }

    /// What follows from all that was said in another tab. What the shopper said here is no longer asked where
    /// that is something else; what the browser denies stays denied.
    pub fn follow(&mut self, elsewhere: Choices) {
        let others = self.resolved().differs(elsewhere);
        for said in self.said.iter_mut().take(SHOPPER) {
            *said = said.without(others);
        }
        self.hear(Source::STORED, elsewhere);
    }

    /// What follows from all of it.
    pub fn resolved(&self) -> Choices {
        let (now, advance) = self.said.split_at(NOW);
        let (stored, shop) = advance.split_at(1);
        let all = [shop, stored, now].into_iter().fold(Choices::default(), |all, some| all.merged(Choices::strictest(some)));
        if self.awaited == 0 { all } else { all.only_no() }
    }

    /// Who decided about these purposes, or who is waited for.
    pub fn decider(&self, purposes: Purposes) -> Source {
        let Some(yes) = self.resolved().decide(purposes) else {
            return Source(Source::DEFAULT.0.min(self.awaited.trailing_zeros() as u8));
        };
        let mut source = Source::API;
        while source != Source::DEFAULT && !self.said(source).has(yes, purposes) {
            source.0 += 1;
        }
        source
    }

    fn said(&self, source: Source) -> Choices {
        self.said.get(usize::from(source.0)).copied().unwrap_or_default()
    }
}
