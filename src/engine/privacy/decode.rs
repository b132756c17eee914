//! A text as it is meant: without JSON's escapes and percent-encoding, however often they were applied, in ASCII where a
//! character only looks different (full-width forms, digits of other scripts, blanks and dashes of typesetters), and without
//! characters that nobody sees.

/// The character at a position; 0 behind the last.
#[inline(never)]
pub(super) fn at(text: &[u8], pos: usize) -> u8 {
    #[cfg(test)]
    steps::STEPS.set(steps::STEPS.get() + 1);
    text.get(pos).copied().unwrap_or(0)
}

/// How often a character was read: what the tests measure instead of time.
#[cfg(test)]
pub(super) mod steps {
    thread_local! {
        pub(in super::super) static STEPS: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
    }
}

/// How many layers of encoding are undone.
const LAYERS: u8 = 5;

/// What stands for a character that no ASCII one stands for: a letter.
const LETTER: u8 = 128;
/// What stands for a character that separates texts.
const BREAK: u8 = b'"';

/// The characters of a text as they are meant.
#[derive(Default)]
pub(super) struct Meant {
    pub(super) chars: Vec<u8>,
    /// Where each stands in the text; one more, where the text ends.
    places: Vec<usize>,
}

impl Meant {
    pub(super) fn new(text: &str) -> Self {
        let mut meant = Self { chars: text.as_bytes().to_vec(), places: (0..=text.len()).collect() };
        for _ in 0..LAYERS {
            if !meant.peel() {
                break;
            }
        }
        meant
    }

    /// Where the character at `pos` begins in the text, and the one before it ends.
    #[inline(never)]
    pub(super) fn place(&self, pos: usize) -> usize {
        self.places.get(pos).copied().unwrap_or(0)
    }

    /// Whether the character at `pos` stands in the text as itself.
    pub(super) fn is_plain(&self, pos: usize) -> bool {
        self.place(pos + 1) - self.place(pos) == 1
    }

    /// Undoes one layer in place; whether there was any.
    fn peel(&mut self) -> bool {
        let (mut from, mut to) = (0, 0);
        let end = self.chars.len();
        let last = self.place(end);
        while from < end {
            let (meant, taken) = decode(&self.chars, from);
            if let Some(meant) = meant {
                let place = self.place(from);
                if let (Some(b), Some(p)) = (self.chars.get_mut(to), self.places.get_mut(to)) {
                    (*b, *p) = (meant, place);
                }
                to += 1;
            }
            from += taken;
        }
        self.chars.truncate(to);
        self.places.truncate(to);
        self.places.push(last);
        to < end
    }
}

/// A hexadecimal number.
fn hex(text: &[u8], pos: usize, len: usize) -> Option<u32> {
    let mut n = 0_u32;
    for pos in pos..pos + len {
        n = n * 16 + char::from(at(text, pos)).to_digit(16)?;
    }
    Some(n)
}

/// The character at `pos` (none where there is nothing to see), and how many it stands in for.
fn decode(text: &[u8], pos: usize) -> (Option<u8>, usize) {
    let b = at(text, pos);
    if b < 0x80 && b != b'%' && b != b'\\' {
        return (Some(b), 1);
    }
    let next = at(text, pos + 1);
    let third = at(text, pos + 2);
    let (meant, taken) = match (b, next) {
        (b'%', _) => match hex(text, pos + 1, 2) {
            Some(n) => (n as u8, 3),
            None => (b, 1),
        },
        (b'\\', b'u') => match hex(text, pos + 2, 4) {
            Some(n) => return (unfold(n), 6),
            None => (BREAK, 2),
        },
        (b'\\', b'/') => (next, 2),
        (b'\\', b'\\') => (b, 2),
        (b'\\', 0x01..=0x7f) => (BREAK, 2),
        (0xc2 | 0xd9 | 0xdb, 0x80..=0xbf) => return fold(u32::from(b & 31) << 6 | low(next), b, 2),
        (0xe0 | 0xe2 | 0xe3 | 0xef, 0x80..=0xbf) if third & 0xc0 == 0x80 => {
            return fold(u32::from(b & 15) << 12 | low(next) << 6 | low(third), b, 3);
        }
        _ => (b, 1),
    };
    (Some(meant), taken)
}

/// The bits of a byte that continues a character.
fn low(b: u8) -> u32 {
    u32::from(b & 63)
}

/// A character that stands in the text as bytes, of which the first stays if it means nothing else.
fn fold(code: u32, first: u8, len: usize) -> (Option<u8>, usize) {
    match unfold(code) {
        Some(LETTER) => (Some(first), 1),
        meant => (meant, len),
    }
}

/// The ASCII character that is meant by another one; a letter where there is none.
fn unfold(code: u32) -> Option<u8> {
    Some(match code {
        0..=0x1f => BREAK,
        0x20..=0x7f => code as u8,
        // Full-width forms.
        0xff01..=0xff5e => (code - 0xfee0) as u8,
        // Blanks, dashes.
        0xa0 | 0x2000..=0x200a | 0x202f | 0x205f | 0x3000 => b' ',
        0x2010..=0x2015 | 0x2212 => b'-',
        // Soft hyphens, blanks without width, marks of direction (copied along with a number from an address book).
        0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2064 | 0x2066..=0x2069 | 0xfeff => return None,
        // Arabic, Persian, Thai digits; Devanagari and Bengali ones.
        0x660..=0x669 | 0x6f0..=0x6f9 | 0xe50..=0xe59 => b'0' + (code & 15) as u8,
        0x966..=0x96f | 0x9e6..=0x9ef => b'0' + (code & 15) as u8 - 6,
        _ => LETTER,
    })
}
