//! Purposes, and what the shopper said to each.

use crate::engine::check::Problem;
use crate::engine::json::{Json, Writer};

/// Names of the purposes, in the order of their bits.
const NAMES: [&str; 4] = ["analytics", "marketing", "preferences", "sale"];

/// A set of purposes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purposes(u8);

impl Purposes {
    pub const NONE: Self = Self(0);
    pub const ANALYTICS: Self = Self(1);
    pub const ALL: Self = Self(15);

    /// The purpose of that name.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().position(|n| *n == name).map(|bit| Self(1 << bit))
    }

    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether what serves marketing alone may leave.
    pub fn has_marketing(self) -> bool {
        self.0 & 2 != 0
    }

    /// As a number from 0 to 15, for storage.
    pub fn bits(self) -> u8 {
        self.0
    }

    pub fn from_bits(bits: u8) -> Self {
        Self(bits & 15)
    }

    /// The names in the set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.into_iter().enumerate().filter(move |(bit, _)| self.0 & (1 << bit) != 0).map(|(_, name)| name)
    }

    /// As a JSON list of names.
    pub fn write(self, w: &mut Writer) {
        w.open("[");
        for name in self.names() {
            w.str(name);
        }
        w.close("]");
    }
}

/// A yes, a no or nothing yet, for each purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    yes: u8,
    no: u8,
}

impl Choices {
    /// A no to everything.
    pub fn none() -> Self {
        Self { yes: 0, no: 15 }
    }

    /// A yes to these and nothing about the others.
    pub fn yes_to(purposes: Purposes) -> Self {
        Self { yes: purposes.0, no: 0 }
    }

    /// Reads `{"analytics":"granted","marketing":"denied"}`; the problem names the purpose that is not understood.
    pub fn read(value: Json<'_>) -> Result<Self, Problem> {
        if value.kind() != b'{' {
            return Err(Problem::new("consent", "not an object"));
        }
        let mut choices = Self::default();
        for (name, answer) in value.members() {
            let Some(Purposes(bit)) = Purposes::named(name) else {
                return Err(Problem::new(name, "not a purpose"));
            };
            match answer.str() {
                Some("granted") => choices = choices.merged(Self { yes: bit, no: 0 }),
                Some("denied") => choices = choices.merged(Self { yes: 0, no: bit }),
                _ => return Err(Problem::new(name, "neither granted nor denied")),
            }
        }
        Ok(choices)
    }

    /// The newer answer wins, purpose by purpose.
    #[must_use]
    pub fn merged(self, newer: Self) -> Self {
        Self { yes: (self.yes & !newer.no) | newer.yes, no: (self.no & !newer.yes) | newer.no }
    }

    pub fn granted(self) -> Purposes {
        Purposes(self.yes)
    }

    /// True when every required purpose has a yes, false when one has a no, nothing while an answer is missing.
    pub fn decide(self, required: Purposes) -> Option<bool> {
        if self.no & required.0 != 0 {
            Some(false)
        } else if self.yes & required.0 == required.0 {
            Some(true)
        } else {
            None
        }
    }
}
