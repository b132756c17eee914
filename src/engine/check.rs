//! Is this event well formed? Both ends ask here: the SDK before it keeps an event, the collector before it stores one.
//!
//! The answer names the first field that is wrong. What is right is brought into one shape on the way: money becomes the
//! shortest decimal, a number given for an id becomes text, so that every receiver sees one type per field.

use super::json::{Json, Writer, int, own, push_int, put};
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
        Self { path: own(path), why }
    }

    /// The line people read.
    pub fn text(&self) -> String {
        let mut out = own(&self.path);
        put(&mut out, ": ");
        put(&mut out, self.why);
        out
    }

    /// The same problem of a field of the item `index`.
    #[cold]
    fn in_item(self, index: usize) -> Self {
        let mut path = own("items[");
        push_int(&mut path, index as u64);
        put(&mut path, "]");
        if !self.path.is_empty() {
            put(&mut path, ".");
        }
        put(&mut path, &self.path);
        Self { path, why: self.why }
    }
}

/// A well-formed event's lane, and the field that was rounded to the currency's minor unit, if one was.
#[derive(Debug, PartialEq, Eq)]
pub struct Checked {
    pub lane: Lane,
    pub rounded: Option<String>,
}

/// Checks `fields` (a JSON object) of the event `name` and appends them to `out`, brought into shape.
pub fn event(name: &str, fields: &str, out: &mut String) -> Result<Checked, Problem> {
    let Some((lane, needs)) = vocab::event(name) else {
        return Err(Problem::new("name", "not a known or valid event name"));
    };
    let fields = Json::new(fields);
    if fields.kind() != b'{' {
        return Err(Problem::new("fields", "not an object"));
    }
    let currency = fields.get("currency").filter(|c| c.kind() != b'n');
    let mut check = Check { out: Writer { out: core::mem::take(out) }, currency, exponent: 2, priced: false, rounded: None };
    if let Some(code) = currency {
        let exponent = code.str().and_then(money::exponent);
        check.exponent = exponent.ok_or_else(|| Problem::new("currency", "not an ISO 4217 code"))?;
    }
    check.object(fields, false)?;
    if currency.is_none() && check.priced {
        return Err(Problem::new("currency", "required with money"));
    }
    for (need, key) in vocab::NEEDS {
        if needs & need != 0 {
            let value = fields.get(key).unwrap_or(Json("null"));
            if value.kind() == b'n' {
                return Err(Problem::new(key, "required"));
            }
            if value.0 == "\"\"" || (value.kind() == b'[' && value.members().next().is_none()) {
                return Err(Problem::new(key, "empty"));
            }
        }
    }
    *out = check.out.out;
    Ok(Checked { lane, rounded: check.rounded })
}

struct Check<'a> {
    out: Writer,
    currency: Option<Json<'a>>,
    exponent: u8,
    /// A field with money was seen: it needs a currency.
    priced: bool,
    rounded: Option<String>,
}

impl<'a> Check<'a> {
    fn object(&mut self, object: Json<'a>, in_item: bool) -> Result<(), Problem> {
        self.out.open("{");
        for (key, value) in object.members() {
            if key.is_empty() || key.len() > MAX_KEY {
                return Err(Problem::new("fields", "a field name has 1 to 40 characters"));
            }
            self.out.key(key);
            if let Err(why) = self.field(key, value, in_item)? {
                return Err(Problem::new(key, why));
            }
        }
        self.out.close("}");
        Ok(())
    }

    /// Writes one field; the inner error is what is wrong with it, the outer one a problem of something inside it.
    fn field(&mut self, key: &str, value: Json<'a>, in_item: bool) -> Result<Result<(), &'static str>, Problem> {
        let kind = vocab::field(key, in_item);
        if value.0.len() > MAX_TEXT && kind != Kind::Items {
            return Ok(Err("longer than 4096 bytes"));
        }
        if value.kind() == b'n' {
            self.out.raw("null");
            return Ok(Ok(()));
        }
        if kind == Kind::Items {
            return self.items(value);
        }
        if value.is_container() {
            return Ok(Err("not text, a number or a boolean"));
        }
        Ok(match kind {
            Kind::Money => self.money(key, value),
            Kind::Count | Kind::Index => self.whole(value, kind == Kind::Count),
            Kind::Currency if self.currency != Some(value) => Err("differs from the event's currency"),
            Kind::Text if value.is_number() => {
                self.out.str(value.0);
                Ok(())
            }
            Kind::Text if value.kind() != b'"' => Err("not text"),
            _ => {
                self.out.raw(value.0);
                Ok(())
            }
        })
    }

    fn money(&mut self, key: &str, value: Json<'a>) -> Result<(), &'static str> {
        let text = value.decimal().ok_or("not a number")?;
        let amount = money::parse(text, self.exponent).ok_or("not a decimal number")?;
        if amount.minor < 0 {
            return Err("negative");
        }
        if amount.rounded && self.rounded.is_none() {
            self.rounded = Some(own(key));
        }
        self.priced = true;
        money::push(&mut self.out.out, amount.minor, self.exponent);
        Ok(())
    }

    fn whole(&mut self, value: Json<'a>, positive: bool) -> Result<(), &'static str> {
        let text = value.decimal().ok_or("not a number")?;
        if text.starts_with("-") {
            return Err("negative");
        }
        let n = int(text).ok_or("not a whole number")?;
        if n == 0 && positive {
            return Err("less than 1");
        }
        self.out.num(n);
        Ok(())
    }

    fn items(&mut self, list: Json<'a>) -> Result<Result<(), &'static str>, Problem> {
        if list.kind() != b'[' {
            return Ok(Err("not a list"));
        }
        self.out.open("[");
        for (index, (_, item)) in list.members().enumerate() {
            if index == MAX_ITEMS {
                return Ok(Err("more than 200"));
            }
            self.item(item).map_err(|p| p.in_item(index))?;
        }
        self.out.close("]");
        Ok(Ok(()))
    }

    fn item(&mut self, item: Json<'a>) -> Result<(), Problem> {
        if item.kind() != b'{' {
            return Err(Problem::new("", "not an object"));
        }
        self.object(item, true)?;
        let named = |key| item.get(key).and_then(Json::decimal).is_some_and(|text| !text.is_empty());
        if named("item_id") || named("item_name") { Ok(()) } else { Err(Problem::new("item_id", "required (or item_name)")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, fields: &str) -> Result<String, String> {
        let mut out = String::new();
        event(name, fields, &mut out).map_err(|p| p.text())?;
        Ok(out)
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
            ("add_to_cart", r#"{"items":[{"item_id":"a","price":1}]}"#, "currency: required with money"),
            ("add_to_cart", r#"{"items":[{"item_id":"a"}],"value":1}"#, "currency: required with money"),
            ("add_to_cart", r#"{"items":[{"item_id":"a"}],"value":1,"currency":"EURO"}"#, "currency: not an ISO 4217 code"),
            ("add_to_cart", r#"{"items":[{"item_id":"a"}],"value":1,"currency":978}"#, "currency: not an ISO 4217 code"),
            ("add_to_cart", r#"{"items":[{"item_id":"a","quantity":0}]}"#, "items[0].quantity: less than 1"),
            ("add_to_cart", r#"{"items":[{"item_id":"a","quantity":1.5}]}"#, "items[0].quantity: not a whole number"),
            ("add_to_cart", r#"{"items":[{"item_id":"a","quantity":true}]}"#, "items[0].quantity: not a number"),
            (
                "add_to_cart",
                r#"{"items":[{"item_id":"a","currency":"USD"}],"currency":"EUR"}"#,
                "items[0].currency: differs from the event's currency",
            ),
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
        let mut out = String::new();
        let checked = event("x", r#"{"currency":"JPY","value":12.5}"#, &mut out).expect("a good event");
        assert_eq!(checked.rounded.as_deref(), Some("value"));
        assert_eq!(out, r#"{"currency":"JPY","value":13}"#);
    }
}
