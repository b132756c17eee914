//! Names of fields and query keys that say what their value is.
//!
//! A name is compared in one form: lower case, words joined by `_`, so that `userEmail`, `user-email` and `user[email]` are
//! one.

use core::ops::Range;

use super::Kind;
use super::scan::Scan;
use crate::engine::json::put;
use crate::engine::text::is_one_of;

/// Where a name stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Field,
    Query,
    /// Either, and only click ids count.
    Click,
}

/// What its name says about a value.
pub(super) enum Value {
    /// It stays.
    Kept,
    /// It is this, whatever it looks like.
    Is(Kind),
    /// A code of the shop: digits in it mean nothing.
    Code,
    /// Nothing.
    Unknown,
}

/// By the last word of a name.
const LAST: [(Kind, &str); 3] = [
    (Kind::Email, "email mail"),
    (Kind::Phone, "phone tel telephone mobile msisdn fax"),
    (Kind::Token, "token secret password passwd pwd passphrase otp apikey signature jwt cvv cvc ssn authorization"),
];
/// By the whole name, as a query key.
const WHOLE: [(Kind, &str); 4] = [
    (Kind::Email, "email_address emailaddress email_hash"),
    (Kind::Phone, "phone_number phonenumber"),
    (Kind::Token, "code key api_key access_key sid sig auth session session_id sessionid phpsessid jsessionid pass pin"),
    (
        Kind::Removed,
        "firstname first_name lastname last_name surname fullname full_name username user_name birthday birthdate birth_date date_of_birth dob \
         street address address1 address2 address_1 address_2",
    ),
];
/// Fields of codes, by the last word of their name; all that begin with `item_` are, too.
const CODES: &str = "id sku gtin ean upc isbn mpn asin order number version v t ts";
/// Query keys that make a campaign's click known to the one who sold it, and nobody else; those of Klarna begin with `klar_`.
const CLICKS: &str = "gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid fbclid msclkid ttclid twclid li_fat_id igshid epik rdt_cid \
    sccid sc_cid qclid irclid irclickid yclid ysclid _kx mc_cid mc_eid ef_id s_kwcid awc cjevent vmcid tblci obclid";

/// A name in the form that names are compared in.
pub(super) fn form(name: &str) -> String {
    let mut redacted = super::Redacted::default();
    let rules = super::Rules::default();
    Scan::new(&rules, &mut redacted, name, false).name(0..name.len())
}

impl Scan<'_> {
    fn name(&self, range: Range<usize>) -> String {
        let mut out = String::new();
        let mut at = range.start;
        let mut was_lower = false;
        while at < range.end {
            let (b, len) = self.peek(at);
            at += len;
            if b.is_ascii_uppercase() && was_lower {
                put(&mut out, "_");
            }
            was_lower = b.is_ascii_lowercase();
            match b {
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => out.push(char::from(b.to_ascii_lowercase())),
                b']' => {}
                // What is left of something that was taken out is no name.
                b'[' if out.is_empty() || out.ends_with('_') => return String::new(),
                _ => put(&mut out, "_"),
            }
        }
        out
    }
}

/// What the name at `range` says about its value.
pub(super) fn place(scan: &Scan<'_>, range: Range<usize>, place: Place) -> Value {
    let name = scan.name(range);
    if name.is_empty() {
        return Value::Unknown;
    }
    let rules = scan.rules;
    let is_click = is_one_of(&name, CLICKS) || name.starts_with("klar_");
    if place == Place::Click {
        return if is_click { Value::Is(Kind::Click) } else { Value::Unknown };
    }
    if is_one_of(&name, &rules.deny) {
        return Value::Is(Kind::Removed);
    }
    if is_one_of(&name, &rules.allow) {
        return Value::Kept;
    }
    if is_click || name.starts_with("utm_") {
        return Value::Unknown;
    }
    if place == Place::Query && !rules.query.is_empty() && !is_one_of(&name, &rules.query) {
        return Value::Is(Kind::Removed);
    }
    if rules.off {
        return Value::Unknown;
    }
    let last = name.rsplit('_').next().unwrap_or("");
    let of_last = LAST.iter().map(|(kind, names)| (kind, names, last));
    let whole: &[_] = if place == Place::Query { &WHOLE } else { &[] };
    let of_whole = whole.iter().map(|(kind, names)| (kind, names, name.as_str()));
    if let Some((kind, ..)) = of_last.chain(of_whole).find(|(_, names, word)| is_one_of(word, names)) {
        return Value::Is(*kind);
    }
    if is_one_of(last, CODES) || name.starts_with("item_") { Value::Code } else { Value::Unknown }
}
