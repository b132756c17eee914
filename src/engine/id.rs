//! Identifiers: UUID version 7 (RFC 9562 §5.7) from entropy that is handed in.

use super::json::{Writer, push_digit, put};
use super::time::Millis;

/// A UUID; zero is "none".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uuid(pub u128);

impl Uuid {
    /// The canonical text.
    pub fn text(self) -> String {
        let mut out = String::with_capacity(36);
        self.push(&mut out);
        out
    }

    /// Appends the canonical text, 36 characters.
    #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
    #[inline(never)]
    pub fn push(self, out: &mut String) {
        let (high, low) = ((self.0 >> 64) as u64, self.0 as u64);
        for at in 0..32 {
            if matches!(at, 8 | 12 | 16 | 20) {
                put(out, "-");
            }
            let half = if at < 16 { high } else { low };
            push_digit(out, half.rotate_left(4 * at + 4));
        }
    }

    /// Reads the canonical text, with or without hyphens.
    pub fn parse(text: &str) -> Option<Self> {
        let mut n = 0_u128;
        let mut digits = 0;
        for b in text.bytes() {
            if b != b'-' {
                n = (n << 4) | u128::from(char::from(b).to_digit(16)?);
                digits += 1;
            }
        }
        (digits == 32 && text.len() <= 36).then_some(Self(n))
    }
}

impl Writer {
    /// A member whose value is an id.
    #[inline(never)]
    pub fn id(&mut self, key: &str, id: Uuid) -> &mut Self {
        self.key(key).raw("\"");
        id.push(&mut self.out);
        self.close("\"")
    }
}

/// xoroshiro128++ (Blackman and Vigna, public domain): small, and good enough for ids that need only be unique. It is
/// seeded once per page from the browser's `crypto.getRandomValues`.
#[derive(Clone, Debug)]
pub struct Rng(u64, u64);

impl Rng {
    pub fn new(seed: [u64; 2]) -> Self {
        // An all-zero state would stay zero for ever.
        Self(seed[0] | 1, seed[1])
    }

    pub fn word(&mut self) -> u64 {
        let (a, mut b) = (self.0, self.1);
        let out = a.wrapping_add(b).rotate_left(17).wrapping_add(a);
        b ^= a;
        self.0 = a.rotate_left(49) ^ b ^ (b << 21);
        self.1 = b.rotate_left(28);
        out
    }

    /// A number below `bound` (0 when `bound` is 0); the bias is below 2⁻³² for the bounds used here.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.word().checked_rem(bound).unwrap_or(0)
    }

    /// A new UUID of this moment.
    pub fn uuid(&mut self, at: Millis) -> Uuid {
        let random = (u128::from(self.word()) << 64) | u128::from(self.word());
        let time = u128::from(at & 0xffff_ffff_ffff) << 80;
        let version = 7_u128 << 76;
        let variant = 2_u128 << 62;
        Uuid(time | version | variant | (random & ((0xfff << 64) | ((1 << 62) - 1))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_carries_its_time_version_and_variant() {
        let id = Rng::new([1, 2]).uuid(0x0192_f5a0_1234).text();
        assert_eq!(id.get(..15), Some("0192f5a0-1234-7"));
        assert!(id.get(19..20).is_some_and(|v| "89ab".contains(v)), "{id}");
        assert_eq!(Uuid::parse(&id).map(Uuid::text).as_deref(), Some(id.as_str()));
    }

    #[test]
    fn what_is_no_uuid_is_refused() {
        for text in ["", "x", "0192f5a0-1234-7000-8000-00000000000", "0192f5a0-1234-7000-8000-00000000000g", "é"] {
            assert_eq!(Uuid::parse(text), None, "{text}");
        }
    }

    #[test]
    fn ten_thousand_ids_are_all_different() {
        let mut rng = Rng::new([7, 9]);
        let mut ids: Vec<_> = (0..10_000).map(|_| rng.uuid(5)).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 10_000);
    }
}
