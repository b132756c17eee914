//! One pass over a text, from left to right.
//!
//! Everything is found from an anchor: an address from its `@`, a secret from the `=` behind its name, the rest from the
//! character it begins with. No part is read more than a fixed number of times.

use super::code::{TOKEN, domain, iban, lettered_id, token};
use super::decode::{Meant, at};
use super::names::{self, About};
use super::number::{begins, dialled, number};
use super::{Kind, PLACEHOLDERS, Redacted, Rules};
use crate::engine::json::put;

/// With fewer digits, and no letters between them, nothing is a number that is looked for.
const DIGITS: u32 = 6;

/// The shortest secret under a name that may hold other things.
const KEY: usize = 16;

/// Whether a text can hold anything that is looked for by its looks. Most cannot, and are read no further.
pub(super) fn is_suspect(text: &str) -> bool {
    let (mut digits, mut run) = (0, 0);
    let bytes = text.as_bytes();
    let mut at = 0;
    // By index, as in `json`: every byte of every event comes through here.
    while let Some(&b) = bytes.get(at) {
        at += 1;
        run += 1;
        match b {
            b'0'..=b'9' => digits += 1,
            b'a'..=b'z' | b'A'..=b'Z' => digits = 0,
            b'_' | b'-' | b'.' => {}
            // Full-width forms and digits of other scripts begin with one of the last four.
            b'@' | b'%' | b'=' | b'\\' | 0xef | 0xd9 | 0xdb | 0xe0 => return true,
            _ => run = 0,
        }
        if digits >= DIGITS || run >= TOKEN {
            return true;
        }
    }
    false
}

/// Letters and digits; all that is not ASCII counts as letters.
pub(super) fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b > 127
}

pub(super) struct Scan<'a> {
    rules: &'a Rules,
    redacted: &'a mut Redacted,
    text: &'a str,
    meant: Meant,
    out: String,
    /// Up to here the text is in `out`.
    copied: usize,
    /// The `=` and the end of the value that was looked at last: behind one that stands as itself, and an encoded one.
    values: [(usize, usize); 2],
}

impl<'a> Scan<'a> {
    pub(super) fn new(rules: &'a Rules, redacted: &'a mut Redacted, text: &'a str) -> Self {
        Self { rules, redacted, text, meant: Meant::new(text), out: String::new(), copied: 0, values: [(0, 0); 2] }
    }

    /// The cleaned text, if anything was found. Digits count only if `numbers`.
    pub(super) fn pass(mut self, numbers: bool) -> Option<String> {
        let chars = core::mem::take(&mut self.meant.chars);
        self.walk(&chars, numbers);
        if self.copied == 0 {
            return None;
        }
        put(&mut self.out, self.text.get(self.copied..).unwrap_or(""));
        Some(self.out)
    }

    /// Replaces what was found, by the positions of its characters.
    #[inline(never)]
    fn replace(&mut self, from: usize, to: usize, kind: Kind) {
        let (from, to) = (self.meant.place(from), self.meant.place(to));
        debug_assert!(self.text.is_char_boundary(from) && self.text.is_char_boundary(to), "between two characters");
        put(&mut self.out, self.text.get(self.copied..from).unwrap_or(""));
        put(&mut self.out, kind.placeholder());
        self.copied = to;
        self.redacted.add(kind);
    }

    fn walk(&mut self, chars: &[u8], numbers: bool) {
        // Where an address, and where the name of a query key, may begin; and up to where digits are a code of the shop's.
        let (mut word, mut key, mut quiet) = (0, 0, 0);
        let (mut before, mut last) = (b' ', b' ');
        // Whether there is a `+` in what may be an address.
        let mut tag = false;
        let mut pos = 0;
        while pos < chars.len() {
            let b = at(chars, pos);
            let mut found = None;
            if b == b'=' {
                let end = self.value_end(chars, pos);
                let value = chars.get(pos + 1..end).unwrap_or(&[]);
                match names::about(self.rules, chars.get(key..pos).unwrap_or(&[]), false) {
                    About::Is(kind) if names::fits(kind, value) && !is_placeholder(value) => found = Some((pos + 1, end, kind)),
                    About::Key if value.len() >= KEY => found = Some((pos + 1, end, Kind::Token)),
                    About::Code => quiet = end,
                    About::Allowed => {
                        (before, last) = (b, b);
                        (pos, word, key, tag) = (end, end, end, false);
                        continue;
                    }
                    _ => {}
                }
            } else if b == b'@' {
                if word < pos {
                    found = domain(chars, pos + 1).map(|end| (word, end, Kind::Email));
                }
            } else if (b.is_ascii_alphanumeric() || (matches!(b, b'+' | b'(') && last < 128))
                && !last.is_ascii_alphanumeric()
                && last != b'_'
            {
                found = self.begin(chars, pos, before, last, numbers && pos >= quiet).map(|(kind, end)| (pos, end, kind));
            }
            (before, last) = (last, b);
            if let Some((from, end, kind)) = found {
                self.replace(from, end, kind);
                (before, last) = (b']', b']');
                (pos, word, key, tag) = (end, end, end, false);
                continue;
            }
            pos += 1;
            if !is_word(b) {
                tag |= b == b'+';
                // `bounce+7=user@host`: where a mail that cannot be delivered goes. https://cr.yp.to/proto/verp.txt
                let goes_on = matches!(b, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'' | b'~' | b'!') || (tag && b == b'=');
                if !goes_on {
                    (word, tag) = (pos, false);
                }
                if matches!(b, b'?' | b'&' | b'#' | b';' | b'/' | b' ' | b'"' | b'=') {
                    key = pos;
                }
            }
        }
    }

    /// What begins at `pos`, and its end.
    fn begin(&self, chars: &[u8], pos: usize, before: u8, last: u8, numbers: bool) -> Option<(Kind, usize)> {
        let b = at(chars, pos);
        if !matches!(last, b'-' | b'.') {
            if let Some(end) = token(chars, pos) {
                return Some((Kind::Token, end));
            }
            if let Some(end) = iban(chars, pos) {
                return Some((Kind::Iban, end));
            }
        }
        if !numbers {
            return None;
        }
        if (b.is_ascii_digit() || matches!(b, b'+' | b'('))
            && let Some(end) = dialled(chars, pos)
        {
            return Some((Kind::Phone, end));
        }
        if !begins(before, last) {
            return None;
        }
        let countries = self.rules.countries;
        if let Some(end) = lettered_id(chars, pos, countries) {
            return Some((Kind::Id, end));
        }
        let is_alone = !(matches!(last, b' ' | b'+') && before.is_ascii_digit());
        let (kind, end) = number(chars, pos, countries, is_alone)?;
        // A path has more product numbers than phone numbers, but of fewer digits.
        let is_part = kind == Kind::Phone && last == b'/' && end - pos < 11 && chars.get(pos..end)?.iter().all(u8::is_ascii_digit);
        (!is_part).then_some((kind, end))
    }

    /// The end of the value behind the `=` at `equals`. Inside a value that is itself an encoded URL, its own separators count.
    fn value_end(&mut self, chars: &[u8], equals: usize) -> usize {
        let is_encoded = !self.meant.is_plain(equals);
        let Some((from, known)) = self.values.get_mut(usize::from(is_encoded)) else { return equals };
        if *from <= equals && equals < *known {
            return *known;
        }
        let mut end = equals + 1;
        while end < chars.len() && !(matches!(at(chars, end), b'&' | b'#' | b'?' | b' ' | b'"') && (is_encoded || self.meant.is_plain(end)))
        {
            end += 1;
        }
        (*from, *known) = (equals, end);
        end
    }
}

fn is_placeholder(value: &[u8]) -> bool {
    PLACEHOLDERS.iter().any(|placeholder| placeholder.as_bytes() == value)
}
