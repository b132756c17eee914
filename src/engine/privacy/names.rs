//! Names of fields and query keys that say what their value is.
//!
//! A name is compared in one form: lower case, words joined by `_`, so that `userEmail`, `user-email` and `user[email]` are
//! one.

use super::{Kind, Rules};
use crate::engine::json::{own, put};
use crate::engine::text::is_one_of;

/// What its name says about a value.
#[derive(Clone, Copy)]
pub(super) enum About {
    /// The shop wants it as it is.
    Allowed,
    /// It is this, if it [`fits`].
    Is(Kind),
    /// A secret where it is as long as one: `code` is a voucher's, too.
    Key,
    /// A code of the shop: digits in it mean nothing.
    Code,
    /// Nothing.
    Unknown,
}

/// What the last word of a name means, or the whole of it.
const LAST: [(About, &str); 6] = [
    (About::Is(Kind::Email), "email mail emailaddress"),
    (About::Is(Kind::Phone), "phone tel telephone mobile handy cellphone msisdn fax phonenumber whatsapp"),
    (About::Is(Kind::Card), "card pan cc cardnumber ccnumber creditcard"),
    (About::Is(Kind::Token), "token secret password passwd pwd passphrase otp apikey signature jwt cvv cvc authorization"),
    (About::Is(Kind::Id), "ssn cpf dni nie nif nino passport"),
    (About::Code, "id sku gtin ean upc isbn mpn asin order number version v t ts"),
];
const WHOLE: [(About, &str); 2] = [
    (About::Is(Kind::Email), "email_address email_hash"),
    (
        About::Is(Kind::Removed),
        "firstname first_name lastname last_name surname fullname full_name username user_name birthday birthdate birth_date date_of_birth dob \
         street address address1 address2 address_1 address_2",
    ),
];
const QUERY: [(About, &str); 2] = [
    (About::Is(Kind::Token), "access_key sid sig auth session session_id sessionid phpsessid jsessionid"),
    (About::Key, "code key api_key pass pin"),
];
/// Query keys of paid clicks, beside those that end in `clid`.
const CLICKS: &str = "gclsrc gbraid wbraid gad_source gad_campaignid srsltid li_fat_id igshid epik rdt_cid sccid sc_cid qclid irclickid _kx \
    mc_cid mc_eid ef_id s_kwcid awc cjevent vmcid tblci _gl";
/// The last words that only count what the words before them say.
const NUMBERS: &str = "number no num nr nummer numero";

/// Second letters of the words in all the lists by their first letter, as bits: most names begin like none, and need no search.
#[expect(clippy::indexing_slicing, reason = "evaluated while compiling, where a mistake is an error")]
const BEGINNINGS: [u32; 26] = {
    let mut beginnings = [0; 26];
    let lists = [LAST[0].1, LAST[1].1, LAST[2].1, LAST[3].1, LAST[4].1, LAST[5].1, WHOLE[0].1, WHOLE[1].1, QUERY[0].1, QUERY[1].1, NUMBERS];
    let mut list = 0;
    while list < lists.len() {
        let words = lists[list].as_bytes();
        let (mut pos, mut is_first) = (0, true);
        while pos < words.len() {
            if is_first {
                // A blank or the end, behind a single letter, is bit 0.
                let second = if pos + 1 < words.len() { words[pos + 1] } else { b' ' };
                beginnings[(words[pos] - b'a') as usize] |= 1 << (second & 31);
            }
            is_first = words[pos] == b' ';
            pos += 1;
        }
        list += 1;
    }
    beginnings
};

fn may_be_listed(word: &str) -> bool {
    let letter = |at| word.as_bytes().get(at).copied().unwrap_or(b' ');
    let seconds = BEGINNINGS.get(usize::from(letter(0).wrapping_sub(b'a'))).copied().unwrap_or(0);
    seconds >> (letter(1) & 31) & 1 != 0
}

/// A name in the form that names are compared in.
pub(super) fn form(name: &[u8]) -> String {
    let mut out = String::new();
    let mut was_lower = false;
    for b in name {
        match b {
            b']' => {}
            // What is left of something that was taken out is no name.
            b'[' if out.is_empty() || out.ends_with('_') => return String::new(),
            b if b.is_ascii_alphanumeric() => {
                if was_lower && b.is_ascii_uppercase() {
                    put(&mut out, "_");
                }
                out.push(char::from(b.to_ascii_lowercase()));
            }
            _ => put(&mut out, "_"),
        }
        was_lower = b.is_ascii_lowercase();
    }
    out
}

/// What a name says about its value: of a field, or of a query key.
pub(super) fn about(rules: &Rules, name: &[u8], is_field: bool) -> About {
    let name = form(name);
    if name.is_empty() {
        return About::Unknown;
    }
    let is_listed = |list| {
        let mut line = own(list);
        put(&mut line, &name);
        rules.lists.as_bytes().split(|b| *b == b'\n').any(|listed| listed == line.as_bytes())
    };
    if !rules.lists.is_empty() {
        if is_listed("d:") {
            return About::Is(Kind::Removed);
        }
        if is_listed("a:") {
            return About::Allowed;
        }
    }
    let bytes = name.as_bytes();
    if !is_field && (bytes.ends_with(b"clid") || is_one_of(&name, CLICKS)) {
        return About::Code;
    }
    if !is_field && rules.keys && !bytes.starts_with(b"utm_") && !is_listed("q:") {
        return About::Is(Kind::Removed);
    }
    if bytes.starts_with(b"item_") {
        return About::Code;
    }
    let by_list = |lists: &[(About, &str)], word: &str| lists.iter().find(|(_, words)| is_one_of(word, words)).map(|(about, _)| *about);
    if may_be_listed(&name) {
        let lists: [&[_]; 2] = [&WHOLE, if is_field { &[] } else { &QUERY }];
        if let Some(about) = lists.iter().find_map(|lists| by_list(lists, &name)) {
            return about;
        }
    }
    let (before, last) = last_word(&name);
    if !may_be_listed(last) {
        return About::Unknown;
    }
    if is_one_of(last, NUMBERS)
        && let Some(about @ About::Is(_)) = by_list(&LAST, last_word(before).1)
    {
        return about;
    }
    by_list(&LAST, last).unwrap_or(About::Unknown)
}

/// The words before the last, and the last.
fn last_word(name: &str) -> (&str, &str) {
    let at = name.bytes().rposition(|b| b == b'_');
    at.and_then(|at| Some((name.get(..at)?, name.get(at + 1..)?))).unwrap_or(("", name))
}

/// Whether a value can be what its name says it is: `phone=iphone-15` is no phone number, `email=1` no address.
pub(super) fn fits(kind: Kind, value: &[u8]) -> bool {
    // Its beginning is enough, and a long one may come again and again.
    let digits = value.iter().take(64).filter(|b| b.is_ascii_digit()).count();
    match kind {
        Kind::Email => value.len() > 5,
        Kind::Phone | Kind::Id => digits > 5,
        Kind::Card => digits > 11,
        Kind::Removed => !value.is_empty(),
        _ => value.len() > 1,
    }
}
