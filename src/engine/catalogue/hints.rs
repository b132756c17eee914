//! What was probably meant, where a field or an event has a name that nobody knows, and what does not add up.

use super::super::check::Problem;
use super::super::json::Json;
use super::super::money;
use super::{EVENTS, item_fields, known, sum};

/// What other vocabularies call our fields.
const ELSEWHERE: [(&str, &str); 20] = [
    ("order_id", "transaction_id"),
    ("revenue", "value"),
    ("products", "items"),
    ("query", "search_term"),
    ("currency_code", "currency"),
    ("discount_code", "coupon"),
    ("promo_code", "coupon"),
    ("payment_method", "payment_type"),
    ("shipping_method", "shipping_tier"),
    ("delivery", "shipping"),
    ("id", "item_id"),
    ("product_id", "item_id"),
    ("name", "item_name"),
    ("product_name", "item_name"),
    ("brand", "item_brand"),
    ("category", "item_category"),
    ("variant", "item_variant"),
    ("qty", "quantity"),
    ("amount", "quantity"),
    ("position", "index"),
];

/// What is wrong, with the name that was probably meant: `transaction_id: required (is it transactionId?)`.
pub fn explain(problem: &Problem, name: &str, fields: &str) -> String {
    explained(&problem.text(), name, fields)
}

/// The same from its text.
fn explained(problem: &str, name: &str, fields: &str) -> String {
    let (path, why) = problem.split_once(": ").unwrap_or((problem, ""));
    let fields = Json::new(fields);
    let given = |object: Json<'_>, wanted: &str| object.members().map(|(key, _)| key.to_owned()).find(|key| is_meant(wanted, key));
    let meant = match path {
        "name" => EVENTS.iter().map(|(event, ..)| (*event).to_owned()).find(|event| is_near(event, name)),
        path if why == "required" => given(fields, path),
        path if why.starts_with("required (or item_name)") => {
            let place = path.strip_prefix("items[").and_then(|rest| rest.split(']').next()?.parse().ok());
            let item = place.and_then(|place: usize| Some(fields.get("items")?.members().nth(place)?.1));
            item.and_then(|item| given(item, "item_id").or_else(|| given(item, "item_name")))
        }
        _ => None,
    };
    meant.map_or_else(|| problem.to_owned(), |meant| format!("{problem} (is it {meant}?)"))
}

/// `fields`, `name` and the engine's answer, a line each: the answer with what can be added to it. A refusal begins with `!`, else
/// it is an id and perhaps, after a blank, a remark.
pub fn answer(text: &str) -> String {
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or("");
    let (fields, name, said) = (line(), line(), line());
    if let Some(problem) = said.strip_prefix('!') {
        // A name that is refused is said by itself; of another problem it is told whose it is.
        let event = if problem.starts_with("name: ") { String::new() } else { format!(", in {name}") };
        return format!("!{}{event}", explained(problem, name, fields));
    }
    let (id, remark) = said.split_once(' ').unwrap_or((said, ""));
    let mut all: Vec<_> = Some(remark.to_owned()).filter(|remark| !remark.is_empty()).into_iter().collect();
    all.extend(remarks(name, fields));
    if all.is_empty() { said.to_owned() } else { format!("{id} {}", all.join("; ")) }
}

/// What is odd about an event that is well formed: names that are nearly known ones, and a value that the items do not come to.
pub fn remarks(name: &str, fields: &str) -> Vec<String> {
    let mut out = Vec::new();
    if !EVENTS.iter().any(|(event, ..)| *event == name)
        && let Some((event, ..)) = EVENTS.iter().find(|(event, ..)| is_near(event, name))
    {
        out.push(format!("name: {name} is an event of your own (is it {event}?)"));
    }
    let fields = Json::new(fields);
    let known = known(name);
    odd(fields, &known, "", &mut out);
    let of_item: Vec<_> = item_fields().chain(["currency"]).collect();
    for (place, (_, item)) in fields.get("items").unwrap_or(Json("")).members().enumerate() {
        odd(item, &of_item, &format!("items[{place}]."), &mut out);
    }
    if let Some(sum) = sum::differs(fields) {
        let amount = |minor| {
            let mut text = String::new();
            money::push(&mut text, minor, sum.exponent);
            text
        };
        let less = if sum.discount > 0 { format!(", less {} of discounts", amount(sum.discount)) } else { String::new() };
        let gross = if sum.is_gross { "; tax and shipping are no part of it" } else { "" };
        out.push(format!("value: is {}, but the items come to {}{less}{gross}", amount(sum.value), amount(sum.items)));
    }
    out
}

/// Members that are probably meant to be known ones which are not there.
fn odd(object: Json<'_>, known: &[&str], path: &str, out: &mut Vec<String>) {
    let has = |name: &str| object.get(name).is_some();
    for (key, _) in object.members().filter(|(key, _)| !known.contains(key)) {
        if let Some(meant) = known.iter().find(|name| !has(name) && is_meant(name, key)) {
            out.push(format!("{path}{key}: not a known field (is it {meant}?)"));
        }
    }
}

/// Whether `key` was probably meant to be the field `wanted`.
fn is_meant(wanted: &str, key: &str) -> bool {
    // `item_category6` is not a slip of the pen for `item_category5`.
    let numbered = |text: &str| text.ends_with(|c: char| c.is_ascii_digit());
    (is_near(wanted, key) && !(numbered(wanted) && numbered(key)))
        || ELSEWHERE.iter().any(|(theirs, ours)| *ours == wanted && plain(theirs) == plain(key))
}

/// The same letters, in whatever order, or all but two.
fn is_near(a: &str, b: &str) -> bool {
    let (a, b) = (plain(a), plain(b));
    let sorted = |letters: &[char]| {
        let mut letters = letters.to_vec();
        letters.sort_unstable();
        letters
    };
    // Levenshtein's distance: one row at a time.
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, x) in a.iter().enumerate() {
        let mut before = core::mem::replace(row.first_mut().unwrap_or(&mut 0), at + 1);
        let mut left = at + 1;
        for (y, slot) in b.iter().zip(row.iter_mut().skip(1)) {
            let cost = (before + usize::from(x != y)).min(*slot + 1).min(left + 1);
            before = core::mem::replace(slot, cost);
            left = cost;
        }
    }
    let distance = row.last().copied().unwrap_or(0);
    a.len() > 2 && (distance * 3 <= a.len().min(6) || sorted(&a) == sorted(&b))
}

fn plain(text: &str) -> Vec<char> {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_nearly_known_are_remarked_and_others_are_left_alone() {
        for (name, fields, expected) in [
            (
                "add_to_cart",
                r#"{"items":[{"item_id":"a","itemName":"Mug","qty":2,"colour":"red"}]}"#,
                "items[0].itemName: not a known field (is it item_name?); items[0].qty: not a known field (is it quantity?)",
            ),
            (
                "purchase",
                r#"{"transaction_id":"1","orderId":"1","shiping":4,"items":[{"item_id":"a"}]}"#,
                "shiping: not a known field (is it shipping?)",
            ),
            ("purchases", "{}", "name: purchases is an event of your own (is it purchase?)"),
            ("view_item", r#"{"items":[{"item_id":"a","item_category":"x","item_category6":"y"}],"template":"list"}"#, ""),
            ("my_event", r#"{"note":1,"valeu":2}"#, "valeu: not a known field (is it value?)"),
            ("gift_wrapped", r#"{"paper":"red"}"#, ""),
        ] {
            assert_eq!(remarks(name, fields).join("; "), expected, "{name} {fields}");
        }
    }

    #[test]
    fn an_answer_gets_what_can_be_added_to_it() {
        for (text, expected) in [
            ("{}\nadd_to_cart\n!items: required", "!items: required, in add_to_cart"),
            (
                r#"{"orderId":"1"}
refund
!transaction_id: required"#,
                "!transaction_id: required (is it orderId?), in refund",
            ),
            ("\nAddToCart\n!name: not a known or valid event name", "!name: not a known or valid event name (is it add_to_cart?)"),
            ("\nlogin\n0192", "0192"),
            (
                r#"{"metod":"mail"}
login
0192"#,
                "0192 metod: not a known field (is it method?)",
            ),
            (
                r#"{"metod":"mail"}
login
0192 value"#,
                "0192 value; metod: not a known field (is it method?)",
            ),
        ] {
            assert_eq!(answer(text), expected, "{text}");
        }
    }

    #[test]
    fn a_value_that_the_items_do_not_come_to_is_remarked_with_the_amounts() {
        let order = |more: &str| {
            remarks("purchase", &format!(r#"{{"currency":"EUR","items":[{{"item_id":"a","price":19.5,"quantity":2}}],{more}}}"#)).join("; ")
        };
        assert_eq!(order(r#""value":39"#), "");
        assert_eq!(order(r#""value":41.5"#), "value: is 41.5, but the items come to 39");
        assert_eq!(order(r#""value":30,"discount":5"#), "value: is 30, but the items come to 39, less 5 of discounts");
        assert_eq!(
            order(r#""value":43.95,"shipping":4.95"#),
            "value: is 43.95, but the items come to 39; tax and shipping are no part of it"
        );
    }
}
