//! What an event's fields say about money and goods, in exact numbers; and what must be put right before the engine's
//! check reads them.
//!
//! The check trusts its text to come from `JSON.stringify`. Ours comes from strangers: serde makes sure that it is JSON, and
//! `has_escaped_name` that it says what it seems to say.

use std::borrow::Cow;

use cartbeacon::engine::json::Json;
use cartbeacon::engine::money;

/// Events whose items are read: those that change a cart, an order, or the list of top products.
const COUNTED: [&str; 6] = ["view_item", "add_to_cart", "remove_from_cart", "update_cart", "purchase", "refund"];
/// More pieces than this in one line are counted as this many: sums over all lines then stay far inside an `i64`.
const MOST: i64 = 1_000_000;

/// Whether a name is written with an escape: `"valu\u0065"` would pass the check as some other field than `value`.
pub(crate) fn has_escaped_name(fields: &str) -> bool {
    let escaped = |json: Json<'_>| json.members().any(|(name, _)| name.contains('\\'));
    // No deeper level passes the check.
    let in_items = |list: Json<'_>| list.kind() == b'[' && list.members().any(|(_, item)| escaped(item));
    let fields = Json::new(fields);
    escaped(fields) || fields.members().any(|(_, value)| in_items(value))
}

/// JSON text in which a lone surrogate, which `JSON.stringify` writes as an escape and no character set can hold, is U+FFFD.
pub(crate) fn without_lone_surrogates(text: &str) -> Cow<'_, str> {
    if !text.contains("\\ud") && !text.contains("\\uD") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        // `\uXXXX` is six bytes, a pair of surrogates twelve, any other escape two.
        let (length, lone) = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, false),
            (Some(0xd800..=0xdfff), _) => (6, true),
            (Some(_), _) => (6, false),
            (None, _) => (2, false),
        };
        let (this, after) = escape.split_at_checked(length).unwrap_or((escape, ""));
        out.push_str(if lone { "\\ufffd" } else { this });
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The UTF-16 unit of a `\uXXXX` that the text begins with.
fn unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

/// A string value's text, without its escapes; a number's as it stands.
pub(crate) fn text(value: Json<'_>) -> Option<String> {
    match value.kind() {
        b'"' => serde_json::from_str(value.0).ok(),
        _ => value.decimal().map(str::to_owned),
    }
}

/// An amount in the minor units of its currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Money {
    pub(crate) currency: String,
    pub(crate) minor: i64,
}

impl Money {
    /// The event's `value`; `None` without one or without a currency.
    pub(crate) fn of(fields: Json<'_>) -> Option<Self> {
        Self::read(fields.get("value")?.decimal()?, fields.text("currency")?)
    }

    fn read(decimal: &str, currency: &str) -> Option<Self> {
        let amount = money::parse(decimal, money::exponent(currency)?)?;
        Some(Self { currency: currency.to_owned(), minor: amount.minor })
    }
}

/// One line of an event's items.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sold {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) variant: Option<String>,
    pub(crate) quantity: i64,
    /// Of one piece.
    pub(crate) price: Option<Money>,
}

/// The items of an event that counts them.
pub(crate) fn sold(name: &str, fields: Json<'_>) -> Vec<Sold> {
    match fields.get("items") {
        Some(items) if COUNTED.contains(&name) => items.members().filter_map(|(_, item)| line(item, fields.text("currency"))).collect(),
        _ => Vec::new(),
    }
}

fn line(item: Json<'_>, currency: Option<&str>) -> Option<Sold> {
    let named = |key| item.get(key).and_then(text).filter(|t| !t.is_empty());
    let name = named("item_name");
    let id = named("item_id").or_else(|| name.clone())?;
    let quantity = item.get("quantity").and_then(Json::int).unwrap_or(1);
    Some(Sold {
        id,
        name,
        variant: named("item_variant"),
        quantity: i64::try_from(quantity).unwrap_or(MOST).min(MOST),
        price: currency.and_then(|currency| Money::read(item.get("price")?.decimal()?, currency)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_are_replaced_and_pairs_kept() {
        for (text, expected) in [
            (r#"{"a":"plain"}"#, r#"{"a":"plain"}"#),
            (r#"{"a":"\ud83d\ude00"}"#, r#"{"a":"\ud83d\ude00"}"#),
            (r#"{"a":"\ud83d!"}"#, r#"{"a":"\ufffd!"}"#),
            (r#"{"a":"\uDE00\uD83D"}"#, r#"{"a":"\ufffd\ufffd"}"#),
            (r#"{"a":"\ud83d\u0041\\ud83d"}"#, r#"{"a":"\ufffd\u0041\\ud83d"}"#),
            (r#"{"a":"\ud83d\ud83d\ude00"}"#, r#"{"a":"\ufffd\ud83d\ude00"}"#),
        ] {
            assert_eq!(without_lone_surrogates(text), expected);
        }
    }

    #[test]
    fn a_name_is_what_it_seems_to_be() {
        for text in [r#"{"valu\u0065":-1}"#, r#"{"items":[{"item_id":"a"},{"pric\u0065":-1}]}"#] {
            assert!(has_escaped_name(text), "{text}");
        }
        assert!(!has_escaped_name(r#"{"value":"a\u0065","items":[{"item_id":"\u0065"}]}"#));
    }

    #[test]
    fn lines_are_read_without_their_escapes_and_within_bounds() {
        let fields =
            Json::new(r#"{"items":[{"item_id":"a\"b","quantity":3},{"item_name":"\u00e9"},{"item_id":"c","quantity":999999999}]}"#);
        let lines = sold("purchase", fields);
        let seen: Vec<_> = lines.iter().map(|l| (l.id.as_str(), l.quantity)).collect();
        assert_eq!(seen, [("a\"b", 3), ("é", 1), ("c", MOST)]);
        assert_eq!(sold("view_item_list", fields), []);
    }
}
