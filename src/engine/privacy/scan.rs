//! One pass over a text, from left to right.
//!
//! Everything is found from an anchor: an address from its `@`, a secret from the `=` behind its name, the rest from the
//! character it begins with. No part of a text is read more than a fixed number of times.

use core::ops::Range;

use super::names::{self, Place, Value};
use super::{KINDS, Kind, Redacted, Rules};
use crate::engine::json::put;

/// Below this many digits nothing is a phone number, and no letters between them.
const DIGITS: u32 = 7;
/// The shortest token.
pub(super) const TOKEN: usize = 20;

pub(super) struct Scan<'a> {
    pub(super) rules: &'a Rules,
    redacted: &'a mut Redacted,
    pub(super) text: &'a str,
    /// Only click ids are taken out.
    clicks: bool,
    out: String,
    /// Up to here the text is in `out`.
    copied: usize,
}

/// Whether a text can hold anything that is looked for by its looks. Most cannot, and are read no further.
pub(super) fn is_suspect(text: &str) -> bool {
    let (mut digits, mut run) = (0_u32, 0_usize);
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
            b'@' | b'%' | b'=' | b'\\' => return true,
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

impl<'a> Scan<'a> {
    pub(super) fn new(rules: &'a Rules, redacted: &'a mut Redacted, text: &'a str, clicks: bool) -> Self {
        Self { rules, redacted, text, clicks, out: String::new(), copied: 0 }
    }

    /// The cleaned text, if anything was found.
    pub(super) fn done(mut self) -> Option<String> {
        if self.copied == 0 {
            return None;
        }
        put(&mut self.out, self.text.get(self.copied..).unwrap_or(""));
        Some(self.out)
    }

    /// The byte at `at` as it stands.
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// The character at `at` as it is meant, and how many bytes it takes.
    #[inline(never)]
    pub(super) fn peek(&self, at: usize) -> (u8, usize) {
        match self.byte(at) {
            b'%' => {
                let mut from = at + 1;
                // Encoded twice, or more often.
                while self.byte(from) == b'2' && self.byte(from + 1) == b'5' {
                    from += 2;
                }
                self.hex(from, 2).map_or((b'%', 1), |b| (b, from + 2 - at))
            }
            b'\\' if self.byte(at + 1) == b'u' => (self.hex(at + 2, 4).unwrap_or(128), 6),
            b'\\' => (if self.byte(at + 1) == b'/' { b'/' } else { b'"' }, 2),
            // A space that does not break.
            0xc2 if self.byte(at + 1) == 0xa0 => (b' ', 2),
            b => (b, 1),
        }
    }

    /// A hexadecimal number; 128 stands for all that a byte does not hold.
    fn hex(&self, at: usize, len: usize) -> Option<u8> {
        let mut n = 0_u32;
        for b in self.text.as_bytes().get(at..at + len)? {
            n = n * 16 + char::from(*b).to_digit(16)?;
        }
        Some(u8::try_from(n).unwrap_or(128))
    }

    #[inline(never)]
    fn replace(&mut self, from: usize, to: usize, kind: Kind) {
        put(&mut self.out, self.text.get(self.copied..from).unwrap_or(""));
        if let Some(name) = KINDS.get(kind as usize) {
            for part in ["[", name, "]"] {
                put(&mut self.out, part);
            }
        }
        self.copied = to;
        self.redacted.add(kind);
    }

    /// The members of a JSON text of our own (no blanks between them), nested ones too, by the name before each value.
    pub(super) fn members(&mut self) {
        let mut at = 0;
        let mut key = 0..0;
        while at < self.text.len() {
            let from = at + 1;
            match self.byte(at) {
                b'"' => {
                    at = from;
                    while at < self.text.len() && self.byte(at) != b'"' {
                        at += if self.byte(at) == b'\\' { 2 } else { 1 };
                    }
                    if self.byte(at + 1) == b':' {
                        key = from..at;
                    } else {
                        self.field(key.clone(), from, at);
                    }
                }
                b'0'..=b'9' => {
                    while self.byte(at + 1).is_ascii_digit() {
                        at += 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// One value that is text.
    fn field(&mut self, key: Range<usize>, from: usize, to: usize) {
        match names::place(self, key, if self.clicks { Place::Click } else { Place::Field }) {
            Value::Kept => {}
            Value::Is(kind) if to > from => self.replace(from, to, kind),
            Value::Code => self.text(from, to, false),
            _ => self.text(from, to, true),
        }
    }

    /// One text; its digits count only if `numbers`.
    pub(super) fn text(&mut self, mut at: usize, end: usize, numbers: bool) {
        // Where an address, and where the name of a query key, may begin.
        let (mut word, mut key) = (at, at);
        let (mut before, mut last) = (b' ', b' ');
        // Up to here digits are a code of the shop's.
        let mut quiet = if numbers { 0 } else { end };
        while at < end {
            let (b, len) = self.peek(at);
            let next = at + len;
            let found = match b {
                b'=' => match self.query(key..at, next, end) {
                    (to, Value::Is(kind)) => Some((next, to, kind)),
                    (to, Value::Code) => {
                        quiet = quiet.max(to);
                        None
                    }
                    (to, Value::Kept) => {
                        (before, last) = (b, b);
                        (at, word, key) = (to, to, to);
                        continue;
                    }
                    _ => None,
                },
                _ if self.clicks || self.rules.off => None,
                b'@' if word < at => self.domain(next).map(|to| (word, to, Kind::Email)),
                b'+' if is_word(last) => None,
                b'0'..=b'9' | b'+' | b'(' | b'a'..=b'z' | b'A'..=b'Z' => self.code(at, before, last, at >= quiet),
                _ => None,
            };
            (before, last) = (last, b);
            if let Some((from, to, kind)) = found {
                self.replace(from, to, kind);
                (before, last) = (b']', b']');
                (at, word, key) = (to, to, to);
                continue;
            }
            at = next;
            if !is_word(b) {
                if !matches!(b, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'' | b'~' | b'!') {
                    word = at;
                }
                if matches!(b, b'?' | b'&' | b'#' | b';' | b'/' | b' ' | b'"' | b'=') {
                    key = at;
                }
            }
        }
    }

    /// The end of the value that begins at `from`, and what the query key before it says about it.
    fn query(&self, key: Range<usize>, from: usize, end: usize) -> (usize, Value) {
        // Inside a value that is itself an encoded URL, its own separators count.
        let is_inner = from - key.end > 1;
        let mut to = from;
        while to < end {
            let (b, len) = if is_inner { self.peek(to) } else { (self.byte(to), 1) };
            if matches!(b, b'&' | b'#' | b'?' | b' ' | b'"' | b'\\') {
                break;
            }
            to += len;
        }
        let value = match names::place(self, key, if self.clicks { Place::Click } else { Place::Query }) {
            Value::Is(kind) if to <= from + if matches!(kind, Kind::Email | Kind::Phone) { 5 } else { 0 } => Value::Unknown,
            value => value,
        };
        (to, value)
    }

    /// The end of the host name that begins at `at`, if it is one an address can have.
    fn domain(&self, mut at: usize) -> Option<usize> {
        // `logo@2x.png` is a file.
        if self.byte(at).is_ascii_digit() && self.byte(at + 1) == b'x' && self.byte(at + 2) == b'.' {
            return None;
        }
        let mut end = None;
        let (mut dots, mut label, mut letters) = (0, 0, true);
        let mut last = b' ';
        loop {
            let (b, len) = self.peek(at);
            // A number may begin behind a letter that is not Latin.
            let is_number = last > 127 && b.is_ascii_digit();
            last = b;
            if (is_word(b) && !is_number) || b == b'-' {
                label += 1;
                letters &= !b.is_ascii_digit();
            } else {
                if dots > 0 && label > 1 && letters {
                    end = Some(at);
                }
                if b != b'.' || label == 0 {
                    return end;
                }
                dots += 1;
                (label, letters) = (0, true);
            }
            at += len;
        }
    }
}
