//! Purposes, and what the shopper said to each.

use crate::engine::json::Writer;
use crate::engine::text::word;

/// Names of the purposes, in the order of their bits, then those of the sources in theirs: one table is smaller than two.
const NAMES: &str = "analytics marketing preferences sale api tcf gpp google shopify wordpress gpc dnt stored region auto default";

/// The name at a place of the table.
pub(super) fn name(place: u8) -> &'static str {
    word(NAMES, usize::from(place))
}

/// A set of purposes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purposes(u8);

impl Purposes {
    pub const NONE: Self = Self(0);
    pub const ANALYTICS: Self = Self(1);
    pub const MARKETING: Self = Self(2);
    pub const SALE: Self = Self(8);
    pub const ALL: Self = Self(15);

    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The purpose of that place.
    pub fn at(bit: u8) -> Self {
        Self(1 << bit)
    }

    /// The name of the purpose of one bit.
    pub fn name(bit: u8) -> &'static str {
        name(bit)
    }

    pub fn has(self, bit: u8) -> bool {
        self.0 & (1 << bit) != 0
    }

    /// As a JSON list of names.
    pub fn write(self, w: &mut Writer) {
        w.open("[");
        for bit in 0..4 {
            if self.has(bit) {
                w.str(Self::name(bit));
            }
        }
        w.close("]");
    }
}

/// A yes, a no or nothing yet, for each purpose: the low four bits are yes, the high four no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices(u8);

impl Choices {
    /// As a number, for storage.
    pub fn bits(self) -> u8 {
        self.0
    }

    pub fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// A yes to these and nothing about the others.
    pub fn yes_to(purposes: Purposes) -> Self {
        Self(purposes.0)
    }

    /// A no to these and nothing about the others.
    pub fn no_to(purposes: Purposes) -> Self {
        Self(purposes.0 << 4)
    }

    /// The newer answer wins, purpose by purpose.
    #[must_use]
    pub fn merged(self, newer: Self) -> Self {
        Self(self.without(newer.answered()).0 | newer.0)
    }

    /// To which purposes there is an answer.
    pub fn answered(self) -> Purposes {
        Purposes(self.0 & 15 | self.0 >> 4)
    }

    /// Without the answers to these.
    #[must_use]
    pub fn without(self, purposes: Purposes) -> Self {
        Self(self.0 & !(purposes.0 | purposes.0 << 4))
    }

    /// To which purposes the answers are not the same.
    pub fn differs(self, other: Self) -> Purposes {
        Self(self.0 ^ other.0).answered()
    }

    /// All of them at once: a no of any is a no.
    pub fn strictest(all: &[Self]) -> Self {
        let any = all.iter().fold(0, |any, one| any | one.0);
        Self(any & !(any >> 4))
    }

    /// Without its yes.
    #[must_use]
    pub fn only_no(self) -> Self {
        Self(self.0 & !15)
    }

    pub fn granted(self) -> Purposes {
        Purposes(self.0 & 15)
    }

    /// Whether any of the purposes has this answer.
    pub fn has(self, yes: bool, purposes: Purposes) -> bool {
        let Self(bits) = self;
        (if yes { bits } else { bits >> 4 }) & purposes.0 != 0
    }

    /// True when every required purpose has a yes, false when one has a no, nothing while an answer is missing.
    pub fn decide(self, required: Purposes) -> Option<bool> {
        if self.has(false, required) {
            Some(false)
        } else if self.0 & required.0 == required.0 {
            Some(true)
        } else {
            None
        }
    }
}
