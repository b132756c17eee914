//! Is this event well formed? Both ends ask here: the SDK before it keeps an event, the collector before it stores one.
//!
//! The answer names the first field that is wrong. What is right is brought into one shape on the way: money becomes the
//! shortest decimal, a number given for an id becomes text, so that every receiver sees one type per field.

use super::json::{self, Value};
use super::money;
use super::vocab::{self, Kind, Lane};

/// More items than this in one event are refused (GA4's own limit).
pub const MAX_ITEMS: usize = 200;
/// A longer text is refused.
pub const MAX_TEXT: usize = 4096;
/// A longer field name is refused.
const MAX_KEY: usize = 40;

/// Which field is wrong, and why: `items[2].price: negative`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub path: String,
    pub why: &'static str,
}

impl Problem {
    #[cold]
    #[inline(never)]
    pub fn new(path: &str, why: &'static str) -> Self {
        Self { path: path.to_owned(), why }
    }

    /// The line people read.
    pub fn text(&self) -> String {
        let mut out = self.path.clone();
        out.push_str(": ");
        out.push_str(self.why);
        out
    }

    /// The same problem of a field of the item `index`.
    #[cold]
    fn in_item(self, index: usize) -> Self {
        let mut path = String::from("items[");
        json::push_int(&mut path, index as u64);
        path.push(']');
        if !self.path.is_empty() {
            path.push('.');
        }
        path.push_str(&self.path);
        Self { path, why: self.why }
    }
}

/// A well-formed event's lane, and what was rounded, if anything.
#[derive(Debug, PartialEq, Eq)]
pub struct Checked {
    pub lane: Lane,
    pub warning: Option<Problem>,
}

/// Checks `fields` of the event `name` and brings them into shape.
pub fn event(name: &str, fields: &mut Value) -> Result<Checked, Problem> {
    let Some((lane, needs)) = vocab::event(name) else {
        return Err(Problem::new("name", "not a known or valid event name"));
    };
    let Value::Map(members) = &mut *fields else {
        return Err(Problem::new("fields", "not an object"));
    };
    let mut check = Check { exponent: 2, priced: None, warning: None };
    let currency = members.iter().rev().find(|(k, _)| k == "currency");
    if let Some((_, code)) = currency {
        let code = code.as_str().and_then(money::exponent);
        check.exponent = code.ok_or_else(|| Problem::new("currency", "not an ISO 4217 code"))?;
    }
    let currency = currency.and_then(|(_, v)| v.as_str()).map(str::to_owned);
    for (key, value) in members.iter_mut() {
        check.field(key, value, currency.as_deref(), false)?;
    }
    if let (Some(path), None) = (check.priced, currency) {
        return Err(Problem { path: "currency".to_owned(), why: if path { "required with a price" } else { "required with a value" } });
    }
    for (need, key) in [
        (vocab::ORDER_ID, "transaction_id"),
        (vocab::VALUE, "currency"),
        (vocab::VALUE, "value"),
        (vocab::ITEMS, "items"),
        (vocab::COUPON, "coupon"),
        (vocab::TERM, "search_term"),
    ] {
        if needs & need != 0 {
            match fields.get(key) {
                None | Some(Value::Null) => return Err(Problem::new(key, "required")),
                Some(Value::List(list)) if list.is_empty() => return Err(Problem::new(key, "empty")),
                Some(Value::Str(text)) if text.is_empty() => return Err(Problem::new(key, "empty")),
                _ => {}
            }
        }
    }
    Ok(Checked { lane, warning: check.warning })
}

struct Check {
    exponent: u8,
    /// Money was seen: in an item (true) or in the event itself (false).
    priced: Option<bool>,
    warning: Option<Problem>,
}

impl Check {
    fn field(&mut self, key: &str, value: &mut Value, currency: Option<&str>, in_item: bool) -> Result<(), Problem> {
        if key.is_empty() || key.len() > MAX_KEY {
            let cut = key.char_indices().nth(MAX_KEY).map_or(key, |(at, _)| key.get(..at).unwrap_or(""));
            return Err(Problem::new(cut, "a field name has 1 to 40 characters"));
        }
        if *value == Value::Null {
            return Ok(());
        }
        let wrong = |why| Err(Problem::new(key, why));
        let kind = vocab::field(key, in_item);
        match (kind, &mut *value) {
            (Kind::Items, Value::List(items)) => {
                if items.len() > MAX_ITEMS {
                    return wrong("more than 200");
                }
                for (index, item) in items.iter_mut().enumerate() {
                    self.item(item, currency).map_err(|p| p.in_item(index))?;
                }
            }
            (Kind::Items, _) => return wrong("not a list"),
            (_, Value::List(_) | Value::Map(_)) => return wrong("not text, a number or a boolean"),
            (_, Value::Str(text)) if text.len() > MAX_TEXT => return wrong("longer than 4096 bytes"),
            (Kind::Money, Value::Num(text) | Value::Str(text)) => {
                let Some(amount) = money::parse(text, self.exponent) else {
                    return wrong("not a decimal number");
                };
                if amount.minor < 0 {
                    return wrong("negative");
                }
                if amount.rounded && self.warning.is_none() {
                    self.warning = Some(Problem::new(key, "rounded to the currency's minor unit"));
                }
                if in_item || key == "value" {
                    self.priced = Some(in_item);
                }
                *value = Value::Num(money::print(amount.minor, self.exponent));
            }
            (Kind::Count | Kind::Index, Value::Num(text) | Value::Str(text)) => {
                if text.starts_with('-') {
                    return wrong("negative");
                }
                let Some(n) = json::int(text) else {
                    return wrong("not a whole number");
                };
                if n == 0 && kind == Kind::Count {
                    return wrong("less than 1");
                }
                let mut digits = String::new();
                json::push_int(&mut digits, n);
                *value = Value::Num(digits);
            }
            (Kind::Currency, Value::Str(code)) => {
                if Some(code.as_str()) != currency {
                    return wrong("differs from the event's currency");
                }
            }
            (Kind::Text, Value::Num(text)) => *value = Value::Str(core::mem::take(text)),
            (Kind::Text | Kind::Scalar, Value::Str(_)) | (Kind::Scalar, _) => {}
            (Kind::Text | Kind::Currency, _) => return wrong("not text"),
            (Kind::Money | Kind::Count | Kind::Index, _) => return wrong("not a number"),
        }
        Ok(())
    }

    fn item(&mut self, item: &mut Value, currency: Option<&str>) -> Result<(), Problem> {
        let Value::Map(members) = &mut *item else {
            return Err(Problem::new("", "not an object"));
        };
        for (key, value) in members.iter_mut() {
            self.field(key, value, currency, true)?;
        }
        if item.text("item_id").or(item.text("item_name")).is_none_or(str::is_empty) {
            return Err(Problem::new("item_id", "required (or item_name)"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, fields: &str) -> Result<String, String> {
        let mut fields = json::parse(fields).expect("the test's own JSON");
        event(name, &mut fields).map_err(|p| p.text())?;
        let mut w = json::Writer::default();
        Ok(w.value(&fields).out.clone())
    }

    #[test]
    fn a_good_event_comes_out_in_one_shape() {
        let good = r#"{"currency":"EUR","value":0.30000000000000004,"coupon":2025,"items":[{"item_id":7,"price":"29.90","quantity":"2","note":true}]}"#;
        assert_eq!(
            check("add_to_cart", good).as_deref(),
            Ok(r#"{"currency":"EUR","value":0.3,"coupon":"2025","items":[{"item_id":"7","price":29.9,"quantity":2,"note":true}]}"#)
        );
        assert_eq!(check("my_event", r#"{"a":1,"b":"x","c":false,"d":null}"#).as_deref(), Ok(r#"{"a":1,"b":"x","c":false,"d":null}"#));
    }

    #[test]
    fn bad_input_gets_a_reason_that_names_the_field() {
        let long = format!(r#"{{"x":"{}"}}"#, "y".repeat(5000));
        let many = format!(r#"{{"items":[{}]}}"#, vec![r#"{"item_id":"a"}"#; 201].join(","));
        for (name, fields, expected) in [
            ("addToCart", "{}", "name: not a known or valid event name"),
            ("", "{}", "name: not a known or valid event name"),
            ("x", "[]", "fields: not an object"),
            ("add_to_cart", "{}", "items: required"),
            ("add_to_cart", r#"{"items":null}"#, "items: required"),
            ("add_to_cart", r#"{"items":[]}"#, "items: empty"),
            ("add_to_cart", r#"{"items":{}}"#, "items: not a list"),
            ("add_to_cart", r#"{"items":[7]}"#, "items[0]: not an object"),
            ("add_to_cart", r#"{"items":[{"price":1}]}"#, "items[0].item_id: required (or item_name)"),
            ("add_to_cart", r#"{"items":[{"item_id":"a"},{"item_id":"b","price":-1}],"currency":"EUR"}"#, "items[1].price: negative"),
            ("add_to_cart", r#"{"items":[{"item_id":"a","price":1}]}"#, "currency: required with a price"),
            ("add_to_cart", r#"{"items":[{"item_id":"a"}],"value":1}"#, "currency: required with a value"),
            ("add_to_cart", r#"{"items":[{"item_id":"a"}],"value":1,"currency":"EURO"}"#, "currency: not an ISO 4217 code"),
            ("add_to_cart", r#"{"items":[{"item_id":"a"}],"value":1,"currency":978}"#, "currency: not an ISO 4217 code"),
            ("add_to_cart", r#"{"items":[{"item_id":"a","quantity":0}]}"#, "items[0].quantity: less than 1"),
            ("add_to_cart", r#"{"items":[{"item_id":"a","quantity":1.5}]}"#, "items[0].quantity: not a whole number"),
            ("add_to_cart", r#"{"items":[{"item_id":"a","quantity":true}]}"#, "items[0].quantity: not a number"),
            ("add_to_cart", r#"{"items":[{"item_id":"a","currency":"USD"}],"currency":"EUR"}"#, "items[0].currency: differs from the event's currency"),
            ("purchase", r#"{"items":[{"item_id":"a"}],"value":1,"currency":"EUR"}"#, "transaction_id: required"),
            ("purchase", r#"{"items":[{"item_id":"a"}],"transaction_id":"1"}"#, "currency: required"),
            ("purchase", r#"{"items":[{"item_id":"a"}],"transaction_id":"1","currency":"EUR"}"#, "value: required"),
            ("search", r#"{"search_term":""}"#, "search_term: empty"),
            ("x", r#"{"a":{"b":1}}"#, "a: not text, a number or a boolean"),
            ("x", r#"{"value":"12,50","currency":"EUR"}"#, "value: not a decimal number"),
            ("x", &long, "x: longer than 4096 bytes"),
            ("x", &many, "items: more than 200"),
        ] {
            assert_eq!(check(name, fields), Err(expected.to_owned()), "{name} {fields:.80}");
        }
    }

    #[test]
    fn rounding_is_said() {
        let mut fields = json::parse(r#"{"currency":"JPY","value":12.5}"#).expect("JSON");
        let checked = event("x", &mut fields).expect("a good event");
        assert_eq!(checked.warning.map(|p| p.text()).as_deref(), Some("value: rounded to the currency's minor unit"));
        assert_eq!(fields.get("value"), Some(&Value::Num("13".into())));
    }
}
