//! What consists of digits: payment cards, phone numbers, national ids.
//!
//! A number is read with its separators, and judged after each group: the longest that is something counts.

use super::Kind;
use super::decode::at;
use super::scan::is_word;
use crate::engine::text::is_one_of;

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
    groups: u32,
    /// Separators seen.
    marks: u8,
    /// Begins with a plus.
    plus: bool,
    /// Length of the first group.
    first: usize,
}

/// The number that begins at `pos`, and its end. One that `is_alone` follows no other number.
pub(super) fn number(text: &[u8], mut pos: usize, countries: u8, is_alone: bool) -> Option<(Kind, usize)> {
    let mut n = Number::default();
    let mut found = None;
    let mut gap = 0;
    while gap < 4 {
        let b = at(text, pos);
        pos += 1;
        if b.is_ascii_digit() {
            let Some(place) = n.digits.get_mut(n.len) else { break };
            *place = b - b'0';
            n.len += 1;
            if n.groups & 15 < 15 {
                n.groups += 1;
            }
            gap = 0;
            let next = at(text, pos);
            if next.is_ascii_digit() {
                continue;
            }
            if n.first == 0 {
                n.first = n.len;
            }
            let after = at(text, pos + 1);
            let is_blank = matches!(next, b' ' | b'+');
            // `2026-11-21` or `21.11.2026`, and whatever follows.
            let century = if n.groups == 0x422 { 0 } else { 4 };
            if matches!(n.groups, 0x422 | 0x224) && matches!(n.value(century, century + 2), 19 | 20) && !(n.plus && n.marks & BLANK != 0) {
                return None;
            }
            // It is no part of a longer word, and no decimal point follows.
            let is_over = match next {
                b'-' | b'.' | b':' => !after.is_ascii_alphanumeric() && after != b'[',
                b'/' | b',' => !after.is_ascii_digit(),
                _ => !next.is_ascii_alphanumeric() && next != b'_' && next != b'@',
            };
            if is_over && let Some(kind) = n.kind(countries, is_alone && !(is_blank && after.is_ascii_digit())) {
                found = Some((kind, pos));
            }
            continue;
        }
        n.marks |= match b {
            b'+' if gap == 0 && n.len == 0 => {
                n.plus = true;
                gap = 1;
                continue;
            }
            b' ' | b'+' => BLANK,
            b'-' => DASH,
            b'.' => DOT,
            b'/' => 8,
            b'(' | b')' => PAREN,
            _ => break,
        };
        if n.groups & 15 != 0 {
            n.groups <<= 4;
        }
        gap += 1;
    }
    found
}

/// Words that a number behind them is dialled for.
const CALLED: &str = "tel telefon telefono telephone phone mobile whatsapp fax sms callto";

/// The end of the number that begins at `pos` behind a word like `Tel.`: whatever it looks like, it can be dialled.
pub(super) fn dialled(text: &[u8], mut pos: usize) -> Option<usize> {
    let mut to = pos;
    while to + 3 > pos && matches!(at(text, to.wrapping_sub(1)), b':' | b'.' | b' ' | b'/') {
        to -= 1;
    }
    let mut word = String::new();
    let mut from = to.saturating_sub(10);
    // The whole word counts.
    while from < to {
        let b = at(text, from);
        from += 1;
        if b.is_ascii_alphabetic() {
            word.push(char::from(b.to_ascii_lowercase()));
        } else {
            word.clear();
        }
    }
    if to == pos || !is_one_of(&word, CALLED) || is_word(at(text, to.wrapping_sub(word.len() + 1))) {
        return None;
    }
    let (mut end, mut digits, mut gap) = (pos, 0, 0);
    while gap < 4 && digits < 16 && matches!(at(text, pos), b'0'..=b'9' | b'+' | b'-' | b'.' | b'(' | b')' | b' ') {
        pos += 1;
        gap += 1;
        if at(text, pos - 1).is_ascii_digit() {
            digits += 1;
            (end, gap) = (pos, 0);
        }
    }
    (digits > 6 && !is_word(at(text, end))).then_some(end)
}

/// Whether a number may begin after these two characters.
pub(super) fn begins(before: u8, last: u8) -> bool {
    match last {
        b'-' => !before.is_ascii_alphanumeric() && before != b']',
        b'.' | b':' | b',' | b'/' => !before.is_ascii_digit(),
        _ => last != b'$' && last != b'@',
    }
}

/// Only with blanks between the groups, and with no zeros at the end.
const BLANKS: u16 = 1 << 10;
/// Not with dashes alone.
const MIXED: u16 = 1 << 11;

/// Groups of national numbers without a leading zero, and the digits they may begin with, as bits.
const NATIONAL: [(u32, u16); 17] = [
    // North America, Italy, Greece, Mexico
    (0x334, 0x3fc),
    // Brazil, Argentina, Mexico
    (0x244, 0x3fe | MIXED),
    (0x254, 0x3fe | MIXED),
    // China
    (0x344, 0x002),
    // Spain
    (0x3222, 0x3c0),
    (0x2322, 0x300),
    // Portugal, Poland, Czechia, Peru
    (0x333, 0x3e0 | BLANKS),
    (0x234, 0x004 | BLANKS),
    // India
    (0x55, 0x3c0 | BLANKS),
    // Singapore, Hong Kong, Estonia
    (0x44, 0x360 | BLANKS),
    // Norway
    (0x323, 0x210 | BLANKS),
    // Chile
    (0x144, 0x204),
    // Colombia
    (0x37, 0x008),
    // Denmark, Norway
    (0x2222, 0x3fc | BLANKS),
    // With the digit that calls out of a region: 1 (212) 555-0123, 8 (912) 345-67-89
    (0x1334, 0x002),
    (0x13322, 0x180),
    (0x3322, 0x210),
];

impl Number {
    #[inline(never)]
    fn digit(&self, at: usize) -> u8 {
        self.digits.get(at).copied().unwrap_or(0)
    }

    /// The digits from `from` to before `to`, as a number.
    #[inline(never)]
    fn value(&self, from: usize, to: usize) -> u64 {
        (from..to).fold(0, |n, at| n * 10 + u64::from(self.digit(at)))
    }

    /// Whether all digits stand together.
    fn is_solid(&self) -> bool {
        self.groups < 16
    }

    /// The sum that is a multiple of ten for cards (Luhn, ISO/IEC 7812-1), and with `weight` 3 for trade items (GTIN, GS1).
    #[inline(never)]
    fn is_checked(&self, weight: u32) -> bool {
        let mut sum = 0;
        for at in 0..self.len {
            let digit = u32::from(self.digit(at));
            let product = if (self.len - at) & 1 == 1 { digit } else { digit * weight };
            sum += if weight == 2 { product / 10 + product % 10 } else { product };
        }
        sum.is_multiple_of(10)
    }

    /// The sum that ISBN-10 and CPF check: weights fall by one, to `last`.
    #[inline(never)]
    fn weighted(&self, len: usize, last: usize) -> usize {
        (0..len).map(|at| usize::from(self.digit(at)) * (len + last - 1 - at)).sum::<usize>() % 11
    }

    fn kind(&self, countries: u8, is_alone: bool) -> Option<Kind> {
        let is_item = self.is_solid() && matches!(self.len, 12..=14) && self.is_checked(3);
        if self.is_card() && !is_item {
            Some(Kind::Card)
        } else if countries != 0 && self.is_national_id(countries) {
            Some(Kind::Id)
        } else if self.is_phone(is_alone && !is_item) {
            Some(Kind::Phone)
        } else {
            None
        }
    }

    fn is_card(&self) -> bool {
        let n = self.len;
        let is_grouped = self.groups >> 4 == if n > 16 { 0x4444 } else { 0x444 } || matches!(self.groups, 0x465 | 0x464);
        let is_issued = match self.value(0, 4) {
            // American Express, Diners Club, JCB
            3400..=3499 | 3700..=3799 => n == 15,
            3000..=3099 | 3600..=3699 | 3800..=3999 => n == 14,
            // Visa
            4000..=4999 => matches!(n, 13 | 16 | 19),
            // Mastercard
            2221..=2720 | 5100..=5599 => n == 16,
            // JCB, Mir, Maestro, Discover, UnionPay, RuPay, Troy and others
            3528..=3589 | 2200..=2204 | 5000..=5899 | 6000..=6999 | 9792 => n > 15,
            _ => false,
        };
        is_issued && !self.plus && (self.is_solid() || (is_grouped && matches!(self.marks, BLANK | DASH | DOT))) && self.is_checked(2)
    }

    fn is_phone(&self, is_alone: bool) -> bool {
        let n = self.len;
        let first = self.digit(0);
        if self.plus {
            // E.164, but no decimal number.
            return (8..=16).contains(&n) && first != 0 && (self.marks != DOT || self.groups > 0xfff);
        }
        if !is_alone {
            return false;
        }
        if first == 0 {
            if self.digit(1) == 0 {
                return (11..=17).contains(&n) && self.digit(2) != 0;
            }
            return if self.is_solid() {
                // Ten digits may be an ISBN.
                matches!(n, 10..=12) && (n > 10 || self.weighted(10, 1) != 0)
            } else {
                // ZIP+4, and what tools and gadgets are numbered like.
                matches!(n, 9..=13) && self.first > 1 && !matches!(self.groups, 0x54 | 0x352)
            };
        }
        let is_blank = self.marks == BLANK && self.value(n.saturating_sub(3), n) != 0;
        // Four sizes in a row.
        let is_row = self.groups == 0x2222 && (0..3).all(|at| self.value(at * 2, at * 2 + 2) < self.value(at * 2 + 2, at * 2 + 4));
        let is_known = |(groups, how): &(u32, u16)| {
            *groups == self.groups && how >> first & 1 != 0 && (how & BLANKS == 0 || is_blank) && (how & MIXED == 0 || self.marks != DASH)
        };
        !is_row && NATIONAL.iter().any(is_known)
    }

    fn is_national_id(&self, countries: u8) -> bool {
        let is_of = |country: u8, len| countries >> country & 1 != 0 && self.len == len;
        let last = self.value(self.len - 1, self.len);
        // https://www.ssa.gov/employer/randomization.html
        (is_of(0, 9) && self.groups == 0x324 && !matches!(self.value(0, 3), 0 | 666 | 900..) && self.value(3, 5) != 0 && self.value(5, 9) != 0)
            // ISO/IEC 7064, MOD 11,10
            || (is_of(2, 11) && self.digit(0) != 0 && {
                let mut product = 10;
                for at in 0..10 {
                    let sum = (u64::from(self.digit(at)) + product) % 10;
                    product = if sum == 0 { 9 } else { sum * 2 % 11 };
                }
                (11 - product) % 10 == last
            })
            || (is_of(4, 11)
                && !self.value(0, 10).is_multiple_of(1_111_111_111)
                && self.weighted(9, 2) * 10 % 11 % 10 == usize::from(self.digit(9))
                && self.weighted(10, 2) * 10 % 11 % 10 == last as usize)
            || (is_of(5, 15) && matches!(self.digit(0), 1 | 2) && 97 - self.value(0, 13) % 97 == self.value(13, 15))
    }
}
