//! The vocabulary for people: what every event means and which fields it may have, beside `vocab`, which knows what each needs
//! and what a field holds. JSON Schema, TypeScript types and the page about events are made from these two tables.
//!
//! Only behind the feature `receive`, so nothing of it is in the shipped wasm.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::format_push_string,
    reason = "a receiver runs natively, where size does not matter"
)]
#![allow(clippy::indexing_slicing, reason = "a member of a JSON value that is not there is null, or made")]

use serde_json::{Map, Value, json};

use super::check::Problem;
use super::json::Json;
use super::vocab::{self, Kind, NEEDS};

/// Every event: name, what happened, and the fields it may have beside `currency`, `value`, `coupon`, `items` and those it needs.
pub const EVENTS: [(&str, &str, &str); 42] = [
    ("page_view", "A page came on screen.", ""),
    ("click", "Something was clicked.", ""),
    ("outbound_click", "A link to another site was clicked.", ""),
    ("file_download", "A link to a file was clicked.", ""),
    ("rage_click", "The same place was clicked again and again.", ""),
    ("dead_click", "A click had no effect.", ""),
    ("scroll", "So much of the page was seen.", ""),
    ("engagement", "So long the page was looked at.", ""),
    ("search", "The shop was searched.", ""),
    ("form_start", "A form was begun.", ""),
    ("form_submit", "A form was sent.", ""),
    ("form_abandon", "A form was begun and left.", ""),
    ("web_vital", "A measure of the page's speed.", ""),
    ("error", "A script failed.", ""),
    ("view_item_list", "A list of articles was shown.", "item_list_id item_list_name"),
    ("select_item", "An article of a list was chosen.", "item_list_id item_list_name"),
    ("view_item", "An article was shown.", ""),
    ("view_cart", "The cart was shown.", "cart_id cart_count cart_total"),
    ("add_to_cart", "So many pieces were put into the cart.", "cart_id cart_count cart_total"),
    ("remove_from_cart", "So many pieces were taken out of the cart.", "cart_id cart_count cart_total"),
    ("update_cart", "Lines of the cart have other quantities or prices: the items are as they are now.", "cart_id cart_count cart_total"),
    ("clear_cart", "The cart was emptied; the items are what was in it.", "cart_id cart_count cart_total"),
    ("add_to_wishlist", "An article was noted for later.", ""),
    ("remove_from_wishlist", "An article is no longer noted for later.", ""),
    ("view_promotion", "A promotion was shown.", "promotion_id promotion_name creative_name creative_slot"),
    ("select_promotion", "A promotion was clicked.", "promotion_id promotion_name creative_name creative_slot"),
    ("apply_coupon", "A coupon was accepted.", "discount cart_id cart_count cart_total"),
    ("remove_coupon", "A coupon was taken back.", "cart_id cart_count cart_total"),
    ("deny_coupon", "A coupon was refused.", "reason"),
    ("begin_checkout", "The checkout began.", "cart_id"),
    ("checkout_step", "A step of the checkout was shown.", "checkout_step step_name"),
    ("add_shipping_info", "The delivery was chosen.", "shipping_tier"),
    ("add_payment_info", "The payment was chosen.", "payment_type"),
    (
        "purchase",
        "An order was made.",
        "tax shipping discount affiliation shipping_tier payment_type customer_type order_created_at cart_id",
    ),
    ("purchase_error", "An order failed.", "transaction_id error_code error_description error_type"),
    ("refund", "An order was refunded: the whole, or with `items` and `value` a part of it.", "refund_reason tax shipping affiliation"),
    ("cart_abandoned", "A cart with something in it was left.", "cart_id cart_count cart_total cart_age last_step"),
    ("cart_restored", "A cart that was left was taken up again.", "cart_id cart_count cart_total cart_age last_step"),
    ("login", "A customer logged in.", "method"),
    ("sign_up", "A customer signed up.", "method"),
    ("generate_lead", "A form for interested people was sent.", ""),
    ("share", "Something was shared.", "method content_type"),
];

const COMMON: &str = "currency value coupon items";
/// What an item may have beside `item_id` and `item_name`, of which it has one or both.
const ITEM: &str = "item_brand item_category item_category2 item_category3 item_category4 item_category5 item_variant price quantity \
discount coupon index item_list_id item_list_name location_id affiliation";

/// What an event needs, as `check` asks for it.
pub fn required(name: &str) -> Vec<&'static str> {
    let needs = vocab::event(name).map_or(0, |(_, needs)| needs);
    NEEDS.iter().filter(|(need, _)| needs & need != 0).map(|(_, field)| *field).collect()
}

fn optional(name: &str, more: &'static str) -> Vec<&'static str> {
    let required = required(name);
    let words = more.split(' ').chain(COMMON.split(' '));
    words.filter(|word| !word.is_empty() && !required.contains(word)).collect()
}

/// Money of the cart engine, which the default wasm passes through like any number.
const NUMBERS: [&str; 5] = ["cart_count", "cart_total", "cart_age", "checkout_step", "scroll"];

fn schema_of(field: &str, in_item: bool) -> Value {
    match vocab::field(field, in_item) {
        Kind::Money => json!({"type": "number", "minimum": 0, "description": "In the event's currency."}),
        Kind::Count => json!({"type": "integer", "minimum": 1}),
        Kind::Index => json!({"type": "integer", "minimum": 0}),
        Kind::Currency => json!({"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217."}),
        Kind::Items => json!({"type": "array", "items": {"$ref": "#/$defs/item"}, "maxItems": super::check::MAX_ITEMS}),
        Kind::Text => json!({"type": "string", "maxLength": super::check::MAX_TEXT}),
        Kind::Scalar if NUMBERS.contains(&field) => json!({"type": "number", "minimum": 0}),
        Kind::Scalar => json!({"type": ["string", "number", "boolean", "null"]}),
    }
}

/// The JSON Schema of an event's `data`, by the event's name in `$defs`.
pub fn json_schema() -> String {
    let scalar = json!({"type": ["string", "number", "boolean", "null"]});
    // Money needs a currency; so do the items' prices, which this cannot say.
    let priced: Map<_, _> =
        ["value", "tax", "shipping", "discount"].into_iter().map(|field| (field.to_owned(), json!(["currency"]))).collect();
    let mut defs = Map::new();
    let mut item = Map::new();
    for field in ["item_id", "item_name"].into_iter().chain(ITEM.split(' ')).chain(["currency"]) {
        item.insert(field.to_owned(), nullable(schema_of(field, true)));
    }
    defs.insert(
        "item".to_owned(),
        json!({"type": "object", "properties": item, "additionalProperties": scalar, "anyOf": [{"required": ["item_id"]}, {"required": ["item_name"]}]}),
    );
    for (name, about, more) in EVENTS {
        let required = required(name);
        let mut fields = Map::new();
        for field in &required {
            let mut schema = schema_of(field, false);
            if *field == "items" {
                schema["minItems"] = json!(1);
            } else if schema["type"] == "string" {
                schema["minLength"] = json!(1);
            }
            fields.insert((*field).to_owned(), schema);
        }
        for field in optional(name, more) {
            fields.insert(field.to_owned(), nullable(schema_of(field, false)));
        }
        defs.insert(
            name.to_owned(),
            json!({"description": about, "type": "object", "properties": fields, "required": required, "dependentRequired": priced, "additionalProperties": scalar}),
        );
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cartbeacon events, version 1",
        "description": "The `data` of an event, as the collector stores it: by its name in `$defs`. Other scalar fields pass through.",
        "$defs": defs,
    });
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// `null` is nothing said.
fn nullable(mut schema: Value) -> Value {
    if let Some(one) = schema["type"].as_str().map(str::to_owned) {
        schema["type"] = json!([one, "null"]);
    }
    schema
}

/// The members of `EventMap` in `www/sdk/index.d.ts`.
pub fn typescript() -> String {
    let mut out = String::new();
    for (name, about, more) in EVENTS {
        let needed = required(name);
        let mut fields: Vec<String> = needed.iter().map(|field| format!("{field}: {}", type_of(field))).collect();
        let known = optional(name, more).into_iter().filter(|field| !COMMON.split(' ').any(|common| common == *field));
        fields.extend(known.map(|field| format!("{field}?: {}", type_of(field))));
        let own = if fields.is_empty() { String::new() } else { format!(" & {{ {} }}", fields.join("; ")) };
        out.push_str(&format!("  /** {about} */\n  {name}: CommonFields{own}\n"));
    }
    out
}

fn type_of(field: &str) -> &'static str {
    match vocab::field(field, false) {
        Kind::Money => "Money",
        Kind::Count | Kind::Index => "number | string",
        Kind::Items => "Item[]",
        Kind::Currency => "string",
        Kind::Text if field == "transaction_id" => "string | number",
        Kind::Text => "string",
        Kind::Scalar if NUMBERS.contains(&field) => "number",
        Kind::Scalar if field == "order_created_at" => "string | number",
        Kind::Scalar => "string",
    }
}

/// The page about events, `tests/schema/events.md`.
pub fn page() -> String {
    let list = |fields: &[&str]| fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
    let mut out =
        "# Events\n\nMade from the engine's tables. Every event may have fields of your own beside these; names are GA4's, extended.\n\n\
| event | what happened | needs | may have |\n|---|---|---|---|\n"
            .to_owned();
    for (name, about, more) in EVENTS {
        let (needs, may) = (list(&required(name)), list(&optional(name, more)));
        out.push_str(&format!("| `{name}` | {about} | {needs} | {may} |\n"));
    }
    let item: Vec<_> = ITEM.split(' ').collect();
    out.push_str(&format!("\nAn item has `item_id`, `item_name` or both, and may have {}.\n", list(&item)));
    out.push_str("Money is in the event's `currency`, exact to its minor unit; `quantity` is one or more, `index` counts from 0.\n");
    out
}

/// What is wrong, with the name that was probably meant: `transaction_id: required (is it transactionId?)`.
pub fn explain(problem: &Problem, name: &str, fields: &str) -> String {
    let text = problem.text();
    let meant = match problem.path.as_str() {
        "name" => EVENTS.iter().map(|(event, ..)| *event).find(|event| is_near(event, name)),
        path if problem.why == "required" => Json::new(fields).members().map(|(key, _)| key).find(|key| is_near(path, key)),
        _ => None,
    };
    meant.map_or_else(|| text.clone(), |meant| format!("{text} (is it {meant}?)"))
}

/// The same letters, or all but two.
fn is_near(a: &str, b: &str) -> bool {
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect::<Vec<_>>();
    let (a, b) = (plain(a), plain(b));
    // Damerau's distance without transpositions: one row at a time.
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
    distance * 3 <= a.len().min(6) && a.len() > 2
}
