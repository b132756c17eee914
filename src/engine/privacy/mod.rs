//! The firewall: personal data and secrets are taken out of texts and URLs before an event is held or queued.
//!
//! What was found is replaced by its kind in brackets (`[email]`), so that an analyst sees that something stood there. Text
//! stays the escaped JSON text it came as; a text without anything suspicious is not even copied. `scan` reads a text
//! once, from left to right, with percent-encoding and JSON escapes undone; `number` knows cards, phone numbers and national
//! ids, `code` what has letters in it; `names` knows fields and query keys whose value is secret whatever it looks like.
//!
//! Fields that hold codes of the shop (`item_…`, ids, SKUs, order numbers) are looked through for addresses, tokens and
//! bank accounts, but not for digits: an EAN looks like a card once in ten times.

mod code;
mod names;
mod number;
mod scan;

use super::json::{Writer, own, put};
use scan::Scan;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Email,
    Phone,
    Card,
    Iban,
    Token,
    /// A national id, looked for by option only.
    Id,
    /// Removed because of the name it stood under.
    Removed,
    /// A click id, without the purpose that it serves. Nothing is left in its place, and it is not counted.
    Click,
}

/// Names, in the order of the enum.
const KINDS: [&str; 7] = ["email", "phone", "card", "iban", "token", "id", "removed"];

/// How often each kind was replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redacted([u32; KINDS.len()]);

impl Redacted {
    fn add(&mut self, kind: Kind) {
        if let Some(n) = self.0.get_mut(kind as usize) {
            *n = n.saturating_add(1);
        }
    }

    /// As a JSON object of those that came up.
    pub fn write(&self, w: &mut Writer) {
        w.open("{");
        for (name, n) in KINDS.iter().zip(self.0).filter(|(_, n)| *n > 0) {
            w.number(name, u64::from(n));
        }
        w.close("}");
    }
}

/// What the options say. Lists are names with a blank before each.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Nothing is looked for; only what the shop forbids by name is taken out.
    pub off: bool,
    /// Fields and query keys that are never touched.
    pub allow: String,
    /// Fields and query keys whose values are always taken out.
    pub deny: String,
    /// If there are any, the only query keys that keep their values.
    pub query: String,
    /// The countries whose national ids are looked for, as bits in the order of [`COUNTRIES`].
    pub countries: u8,
}

/// The countries whose national ids are known: social security number, national insurance number, Steuer-ID, DNI and NIE,
/// CPF, NIR.
pub const COUNTRIES: [&str; 6] = ["US", "GB", "DE", "ES", "BR", "FR"];

impl Rules {
    /// Adds a name to one of the lists, in the form that names are compared in.
    pub fn list(list: &mut String, name: &str) {
        put(list, " ");
        put(list, &names::form(name));
    }

    /// Looks for the national ids of a country; of all, when nobody knows it.
    pub fn country(&mut self, code: &str) -> bool {
        let known = COUNTRIES.iter().position(|c| *c == code);
        self.countries |= known.map_or(u8::MAX, |bit| 1 << bit);
        known.is_some()
    }

    /// A URL or a title, cleaned.
    pub fn text(&self, text: &str, redacted: &mut Redacted) -> String {
        let mut scan = Scan::new(self, redacted, text, false);
        scan.text(0, text.len(), true);
        scan.done().unwrap_or_else(|| own(text))
    }

    /// An event's `"name":"…","data":{…}`, cleaned in place.
    pub fn event(&self, text: &mut String, redacted: &mut Redacted) {
        if scan::is_suspect(text) || self.countries != 0 || !self.deny.is_empty() {
            let mut scan = Scan::new(self, redacted, text, false);
            scan.members();
            if let Some(clean) = scan.done() {
                *text = clean;
            }
        }
    }

    /// Whether a login id may be one.
    pub fn is_personal(&self, user: &str) -> bool {
        let mut redacted = Redacted::default();
        let mut scan = Scan::new(self, &mut redacted, user, false);
        scan.text(0, user.len(), false);
        scan.done().is_some()
    }
}

/// Takes the values of click ids out of a batch.
pub fn without_click_ids(body: String) -> String {
    let rules = Rules::default();
    let mut redacted = Redacted::default();
    let mut scan = Scan::new(&rules, &mut redacted, &body, true);
    scan.members();
    scan.done().unwrap_or(body)
}
