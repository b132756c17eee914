//! What consists of digits: payment cards, phone numbers, national ids.
//!
//! A number is read with its separators, and judged after each group: the longest that is something counts.

use super::Kind;
use super::scan::Scan;

/// Separators, as bits.
const BLANK: u8 = 1;
const DASH: u8 = 2;
const DOT: u8 = 4;
const PAREN: u8 = 16;

#[derive(Default)]
struct Number {
    digits: [u8; 19],
    len: usize,
    /// Lengths of the groups, a hexadecimal digit each: 0x334 is `212 555 0123`.
    groups: u64,
    /// Separators seen.
    marks: u8,
    /// Begins with a plus.
    plus: bool,
    /// Length of the first group.
    first: usize,
}

impl Scan<'_> {
    /// The number that begins at `at`, and its end. One that `is_alone` follows no other number.
    pub(super) fn number(&self, mut at: usize, is_alone: bool) -> Option<(Kind, usize)> {
        let mut n = Number::default();
        let mut found = None;
        let mut gap = 0;
        loop {
            let (b, len) = self.peek(at);
            at += len;
            let mark = match b {
                b'0'..=b'9' => {
                    let Some(place) = n.digits.get_mut(n.len) else { return found };
                    *place = b - b'0';
                    n.len += 1;
                    if n.groups & 15 < 15 {
                        n.groups += 1;
                    }
                    gap = 0;
                    if !self.peek(at).0.is_ascii_digit() {
                        if n.first == 0 {
                            n.first = n.len;
                        }
                        if n.is_date() && !(n.plus && n.marks & BLANK != 0) {
                            return None;
                        }
                        if self.ends(at) {
                            let is_alone = is_alone && !self.goes_on(at);
                            found = n.kind(self.rules.countries, is_alone).map(|kind| (kind, at)).or(found);
                        }
                    }
                    continue;
                }
                b'+' if n.len == 0 && !n.plus => {
                    n.plus = true;
                    continue;
                }
                b' ' | b'+' => BLANK,
                b'-' => DASH,
                b'.' => DOT,
                b'/' => 8,
                b'(' | b')' => PAREN,
                _ => return found,
            };
            n.marks |= mark;
            if n.groups & 15 != 0 {
                n.groups <<= 4;
            }
            gap += 1;
            if gap > 3 {
                return found;
            }
        }
    }

    /// Whether another number follows behind a blank.
    fn goes_on(&self, at: usize) -> bool {
        let (b, len) = self.peek(at);
        matches!(b, b' ' | b'+') && self.peek(at + len).0.is_ascii_digit()
    }

    /// Whether a number may end before `at`: it is no part of a longer word, and no decimal point follows.
    fn ends(&self, at: usize) -> bool {
        let (b, len) = self.peek(at);
        let next = self.peek(at + len).0;
        match b {
            b'-' | b'.' | b':' => !next.is_ascii_alphanumeric() && next != b'[',
            b'/' | b',' => !next.is_ascii_digit(),
            _ => !b.is_ascii_alphanumeric() && b != b'_' && b != b'@',
        }
    }
}

/// Whether a number may begin after these two characters.
pub(super) fn begins(before: u8, last: u8) -> bool {
    match last {
        b'-' => !before.is_ascii_alphanumeric() && before != b']',
        b'.' | b':' | b',' | b'/' => !before.is_ascii_digit(),
        _ => !last.is_ascii_alphanumeric() && last != b'_' && last != b'$' && last != b'@',
    }
}

/// Groups of national numbers without a leading zero, and the digits they may begin with, as bits.
const NATIONAL: [(u16, u16); 14] = [
    // North America, Italy, Greece, Mexico
    (0x334, 0x3fc),
    // Brazil, Argentina, Mexico
    (0x244, 0x3fe),
    (0x254, 0x3fe),
    // China
    (0x344, 0x002),
    // Spain
    (0x3222, 0x3c0),
    (0x2322, 0x300),
    // Portugal, Poland, Czechia, Peru
    (0x333, 0x3e0),
    // India
    (0x55, 0x3c0),
    // Singapore, Hong Kong, Estonia
    (0x44, 0x360),
    // Norway
    (0x323, 0x210),
    // Chile
    (0x144, 0x204),
    // Colombia
    (0x37, 0x008),
    // Denmark, Norway
    (0x2222, 0x3fc),
    // Lisbon, Porto
    (0x234, 0x004),
];

impl Number {
    fn digit(&self, at: usize) -> u8 {
        self.digits.get(at).copied().unwrap_or(0)
    }

    /// The digits from `from` to before `to`, as a number.
    fn value(&self, from: usize, to: usize) -> u64 {
        (from..to).fold(0, |n, at| n * 10 + u64::from(self.digit(at)))
    }

    /// Whether all digits stand together.
    fn is_solid(&self) -> bool {
        self.groups < 16
    }

    /// `2026-11-21` or `21.11.2026`, and whatever follows.
    fn is_date(&self) -> bool {
        (self.groups == 0x422 && matches!(self.value(0, 2), 19 | 20)) || (self.groups == 0x224 && matches!(self.value(4, 6), 19 | 20))
    }

    /// The check digit of cards (Luhn, ISO/IEC 7812-1), or with `weight` 3 that of trade items (GTIN, GS1).
    fn is_checked(&self, weight: u8) -> bool {
        let mut sum = 0_u32;
        for at in 0..self.len {
            let digit = self.digit(at);
            sum += u32::from(match ((self.len - at) & 1, weight) {
                (1, _) => digit,
                (_, 2) if digit > 4 => digit * 2 - 9,
                _ => digit * weight,
            });
        }
        sum.is_multiple_of(10)
    }

    /// The sum that ISBN-10 and CPF check: weights fall from `weight` by one.
    fn weighted(&self, len: usize, weight: usize) -> usize {
        (0..len).map(|at| usize::from(self.digit(at)) * (weight - at)).sum::<usize>() % 11
    }

    fn is_trade_item(&self) -> bool {
        self.is_solid() && (12..15).contains(&self.len) && self.is_checked(3)
    }

    fn kind(&self, countries: u8, is_alone: bool) -> Option<Kind> {
        if self.is_card() {
            Some(Kind::Card)
        } else if countries != 0 && self.is_national_id(countries) {
            Some(Kind::Id)
        } else if self.is_phone(is_alone) {
            Some(Kind::Phone)
        } else {
            None
        }
    }

    fn is_card(&self) -> bool {
        let n = self.len;
        let grouped = self.groups >> 4 == if n > 16 { 0x4444 } else { 0x444 } || matches!(self.groups, 0x465 | 0x464);
        let issued = match self.value(0, 4) {
            // American Express, Diners Club, JCB
            3400..=3499 | 3700..=3799 => n == 15,
            3000..=3099 | 3600..=3699 | 3800..=3999 => n == 14,
            3528..=3589 => n > 15,
            // Visa
            4000..=4999 => matches!(n, 13 | 16 | 19),
            // Mastercard
            2221..=2720 | 5100..=5599 => n == 16,
            // Mir, Maestro, Discover, UnionPay, RuPay, Troy and others
            2200..=2204 | 5000..=5899 | 6000..=6999 | 9792 => n > 15,
            _ => false,
        };
        issued
            && (self.is_solid() || (grouped && matches!(self.marks, BLANK | DASH | DOT)))
            && !self.plus
            && !self.is_trade_item()
            && self.is_checked(2)
    }

    fn is_phone(&self, is_alone: bool) -> bool {
        let n = self.len;
        let (first, second) = (self.digit(0), self.digit(1));
        if self.plus {
            // E.164, but no decimal number.
            return (8..=16).contains(&n) && first != 0 && (self.marks != DOT || self.groups > 0xfff);
        }
        if !is_alone {
            return false;
        }
        if first == 0 && second == 0 {
            return (11..=17).contains(&n) && self.digit(2) != 0 && !self.is_trade_item();
        }
        if first == 0 {
            let is_book = n == 10 && self.is_solid() && self.weighted(10, 10) == 0;
            // ZIP+4, and what tools and gadgets are numbered like.
            let is_code = matches!(self.groups, 0x54 | 0x352);
            return if self.is_solid() {
                matches!(n, 10..=12) && !is_book && !self.is_trade_item()
            } else {
                matches!(n, 9..=13) && self.first > 1 && !is_code
            };
        }
        // The digits that call out of a region stand before the groups of it: 1 (212) 555-0123, 8 (912) 345-67-89.
        let is_long = matches!(self.groups, 0x1334 | 0x13322) && matches!(first, 1 | 7 | 8);
        let blank = self.marks == BLANK && self.value(n.saturating_sub(3), n) != 0;
        is_long
            || (self.groups == 0x3322 && self.marks & (DASH | PAREN) != 0)
            || NATIONAL.iter().any(|(groups, begin)| {
                u64::from(*groups) == self.groups
                    && begin >> first & 1 != 0
                    && match groups {
                        0x244 | 0x254 => self.marks != DASH,
                        0x334 | 0x344 | 0x3222 | 0x2322 | 0x144 | 0x37 => true,
                        // Four sizes in a row.
                        0x2222 => blank && !(0..3).all(|at| self.value(at * 2, at * 2 + 2) < self.value(at * 2 + 2, at * 2 + 4)),
                        _ => blank,
                    }
            })
    }

    fn is_national_id(&self, countries: u8) -> bool {
        let n = self.len;
        let is_of = |country: u8, len| countries >> country & 1 != 0 && n == len;
        let last = self.digit(n.saturating_sub(1));
        // https://www.ssa.gov/employer/randomization.html
        (is_of(0, 9) && self.groups == 0x324 && !matches!(self.value(0, 3), 0 | 666 | 900..) && self.value(3, 5) != 0 && self.value(5, 9) != 0)
            // ISO/IEC 7064, MOD 11,10
            || (is_of(2, 11) && self.digit(0) != 0 && {
                let product = (0..10).fold(10, |product, at| match (self.digit(at) + product) % 10 {
                    0 => 20 % 11,
                    sum => sum * 2 % 11,
                });
                (11 - product) % 10 == last
            })
            || (is_of(4, 11)
                && !self.value(0, 10).is_multiple_of(1_111_111_111)
                && self.weighted(9, 10) * 10 % 11 % 10 == usize::from(self.digit(9))
                && self.weighted(10, 11) * 10 % 11 % 10 == usize::from(last))
            || (is_of(5, 15) && matches!(self.digit(0), 1 | 2) && 97 - self.value(0, 13) % 97 == self.value(13, 15))
    }
}
