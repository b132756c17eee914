//! The firewall: personal data and secrets are taken out of what enters the tracker, before anything else sees it.
//!
//! Text in, text out: the JSON text that the page's side hands over (an event's fields, a page's facts, what was clicked)
//! comes back with each finding replaced by its kind in brackets (`[email]`), so that an analyst sees that something stood
//! there. All else stays as it was, byte for byte. It ships as a part of its own: `src/parts/privacy.rs`.
//!
//! `decode` writes a text out as it is meant, `scan` reads that once, from left to right; `number` knows cards, phone
//! numbers and national ids, `code` what has letters in it; `names` knows fields and query keys that say what they hold.
//!
//! Fields that hold codes of the shop (`item_…`, ids, SKUs, order numbers) are looked through for addresses, tokens and
//! bank accounts, but not for digits: an EAN looks like a card once in ten times.

mod code;
mod decode;
mod names;
mod number;
mod scan;

use super::json::{Writer, own, put};
use names::About;
use scan::Scan;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Email,
    Phone,
    Card,
    Iban,
    Token,
    /// A national id: by option, or where a name says so.
    Id,
    /// Removed because of the name it stood under.
    Removed,
}

/// What stands in place of each kind, in the order of the enum.
const PLACEHOLDERS: [&str; 7] = ["[email]", "[phone]", "[card]", "[iban]", "[token]", "[id]", "[removed]"];

impl Kind {
    fn placeholder(self) -> &'static str {
        PLACEHOLDERS.get(self as usize).unwrap_or(&"")
    }
}

/// How often each kind was replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redacted([u32; PLACEHOLDERS.len()]);

impl Redacted {
    fn add(&mut self, kind: Kind) {
        if let Some(n) = self.0.get_mut(kind as usize) {
            *n = n.saturating_add(1);
        }
    }

    pub fn count(&self, kind: Kind) -> u32 {
        self.0.get(kind as usize).copied().unwrap_or(0)
    }

    /// As a JSON object of those that came up.
    pub fn write(&self, w: &mut Writer) {
        w.open("{");
        for (placeholder, n) in PLACEHOLDERS.iter().zip(self.0).filter(|(_, n)| *n > 0) {
            w.number(placeholder.get(1..placeholder.len() - 1).unwrap_or(""), u64::from(n));
        }
        w.close("}");
    }
}

/// What the options say.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Names in the form that they are compared in, each as a line: the first letter of its option (`a`llow: never touched,
    /// `d`eny: always taken out, `q`ueryKeys: keep their values), a colon, the name.
    lists: String,
    /// Whether query keys that are not in the list lose their values.
    keys: bool,
    /// The countries whose national ids are looked for, as bits in the order of [`COUNTRIES`].
    countries: u8,
}

/// The countries whose national ids are known: social security number, national insurance number, Steuer-ID, DNI and NIE,
/// CPF, NIR.
pub const COUNTRIES: [&str; 6] = ["US", "GB", "DE", "ES", "BR", "FR"];

/// A text that still changes after so many passes is taken out whole: it was made for that.
const PASSES: u8 = 4;

impl Rules {
    /// Reads lines: `allow NAME`, `deny NAME`, `queryKeys NAME`, `nationalIds COUNTRY`. An option that names nothing is an
    /// empty list, and a country that nobody knows is all of them.
    pub fn read(lines: &str) -> Self {
        let mut rules = Self::default();
        for line in lines.split('\n') {
            let (option, name) = super::text::cut(line, b" ").unwrap_or((line, ""));
            match option.as_bytes().first() {
                Some(b'n') if !name.is_empty() => {
                    rules.countries |= COUNTRIES.iter().position(|c| *c == name).map_or(u8::MAX, |bit| 1 << bit);
                }
                Some(first @ (b'a' | b'd' | b'q')) => {
                    rules.keys |= *first == b'q';
                    if !name.is_empty() {
                        put(&mut rules.lists, option.get(..1).unwrap_or(""));
                        for part in [":", &names::form(name.as_bytes()), "\n"] {
                            put(&mut rules.lists, part);
                        }
                    }
                }
                _ => {}
            }
        }
        rules
    }

    /// The text cleaned; nothing where there is nothing to clean. It is JSON, or several with line breaks between them.
    ///
    /// Each text in it is judged with its name alone, and what comes out is judged the same again: cleaning twice changes
    /// nothing.
    pub fn clean(&self, json: &str, redacted: &mut Redacted) -> Option<String> {
        let bytes = json.as_bytes();
        let mut out = String::new();
        let (mut pos, mut copied) = (0, 0);
        let mut key = 0..0;
        // By index: an iterator is a call per byte in a build for size.
        while let Some(&b) = bytes.get(pos) {
            let from = pos;
            pos += 1;
            let mut value = from..from;
            let is_text = b == b'"';
            if is_text {
                loop {
                    match bytes.get(pos) {
                        None | Some(b'"') => break,
                        Some(b'\\') => pos += 2,
                        Some(_) => pos += 1,
                    }
                }
                value = from + 1..pos.min(bytes.len());
                pos += 1;
            } else if b.is_ascii_digit() || b == b'-' {
                while matches!(bytes.get(pos), Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
                    pos += 1;
                }
                value = from..pos;
            } else {
                continue;
            }
            let is_key = is_text && bytes.get(pos) == Some(&b':');
            let name = if is_key { &[] } else { bytes.get(key.clone()).unwrap_or(&[]) };
            let text = json.get(value.clone()).unwrap_or("");
            if let Some(clean) = self.value(name, text, is_text, redacted) {
                put(&mut out, json.get(copied..value.start).unwrap_or(""));
                // A number comes out as text.
                for part in if is_text { ["", &clean, ""] } else { ["\"", &clean, "\""] } {
                    put(&mut out, part);
                }
                copied = value.end;
            }
            if is_key {
                key = value;
            }
        }
        if copied == 0 {
            return None;
        }
        put(&mut out, json.get(copied..).unwrap_or(""));
        Some(out)
    }

    /// One value, a text or a number, under its name; nothing where it may stay.
    fn value(&self, name: &[u8], text: &str, is_text: bool, redacted: &mut Redacted) -> Option<String> {
        let about = names::about(self, name, true);
        // No number is an address, a token or a bank account.
        if !is_text && matches!(about, About::Code) {
            return None;
        }
        let mut clean: Option<String> = None;
        for pass in 0..=PASSES {
            let text = clean.as_deref().unwrap_or(text);
            match self.pass(about, text, redacted) {
                // In a number nothing but the whole is anything.
                Some(next) if is_text || PLACEHOLDERS.contains(&next.as_str()) => clean = Some(next),
                _ => break,
            }
            if pass == PASSES {
                return Some(own(Kind::Removed.placeholder()));
            }
        }
        clean
    }

    /// One pass over a value of which the name says something.
    fn pass(&self, about: About, text: &str, redacted: &mut Redacted) -> Option<String> {
        if matches!(about, About::Allowed) || PLACEHOLDERS.contains(&text) {
            return None;
        }
        if let About::Is(kind) = about
            && names::fits(kind, text.as_bytes())
        {
            redacted.add(kind);
            return Some(own(kind.placeholder()));
        }
        if scan::is_suspect(text) { Scan::new(self, redacted, text).pass(!matches!(about, About::Code)) } else { None }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// How often a character is read while a text is cleaned.
    fn steps(text: &str) -> usize {
        let rules = Rules::read("nationalIds XX\nqueryKeys q");
        decode::steps::STEPS.set(0);
        let mut json = own("{\"note\":\"");
        put(&mut json, text);
        put(&mut json, "\"}");
        rules.clean(&json, &mut Redacted::default());
        decode::steps::STEPS.get()
    }

    #[test]
    fn a_text_made_to_take_long_takes_as_long_as_it_is() {
        let hostile = [
            "=",
            "@",
            "%",
            "%25",
            "a=",
            "=a@",
            "@a.",
            "a@b.co",
            "1 ",
            "+1",
            "(1",
            "12-",
            "0.",
            "eyJ.",
            "DE89 ",
            "DE89",
            "tel:",
            "tel:1 ",
            "&=",
            "%3D",
            "%3D=",
            "=%26",
            "a@a@a.a",
            "4111 ",
            "4111111111111111",
            "\\\\",
            "\\\\u0040",
            "%2525",
            "[email]",
            "token=",
            "token=%26",
            "password=x&",
            "\u{ff20}",
            "\u{200b}",
            "a.b-c_d~",
            "'",
            "x@2x.",
            "1234567890123456789",
            "AB12",
            "q=",
            "é",
            "0.0",
            "00 ",
            "+00 00 ",
        ];
        for piece in hostile {
            let text = |bytes: usize| piece.repeat(bytes / piece.len());
            let (short, long) = (steps(&text(16_384)), steps(&text(65_536)));
            assert!(long <= short * 5 + 1_000, "`{piece}`: {short} steps for 16 KiB, {long} for 64 KiB");
            assert!(long <= 65_536 * 400, "`{piece}`: {long} steps for 64 KiB");
        }
    }
}
