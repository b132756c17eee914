//! `www/sdk/events.d.ts`: the vocabulary for TypeScript.

use super::super::vocab::{self, Kind};
use super::{COMMON, EVENTS, ITEM, NUMBERS, about, described, required};

/// The whole file.
pub fn typescript() -> String {
    let mut out = HEAD.to_owned();
    out.push_str("export interface CommonFields extends CustomFields {\n");
    COMMON.split(' ').for_each(|field| member(&mut out, field, false));
    out.push_str("}\n\nexport interface ItemFields {\n");
    ITEM.split(' ').for_each(|field| member(&mut out, field, true));
    out.push_str("  [field: string]: Scalar\n}\n\n");
    out.push_str(ITEMS);
    out.push_str("export interface EventMap {\n");
    for (name, about, more) in EVENTS {
        let needed = required(name);
        let mut fields: Vec<String> = needed.iter().map(|field| format!("{field}: {}", type_of(field, false))).collect();
        let known = described(name, more).into_iter().filter(|field| !COMMON.split(' ').any(|common| common == *field));
        fields.extend(known.map(|field| format!("{field}?: {}", type_of(field, false))));
        let own = if fields.is_empty() { String::new() } else { format!(" & {{ {} }}", fields.join("; ")) };
        out.push_str(&format!("  /** {about} */\n  {name}: CommonFields{own}\n"));
    }
    out.push_str("}\n");
    out
}

const HEAD: &str =
    "/** The vocabulary: GA4's names, extended. Made from the engine's table, as the JSON Schema and the page of events are. */

/** Passed through as it is; text has at most 4096 bytes. */
export type Scalar = string | number | boolean | null | undefined
/** In the event's currency, as a number or as decimal text, zero or more: `29.9` or `'29.90'`. */
export type Money = number | string

/** Fields of your own beside the known ones; names have at most 40 characters. */
export interface CustomFields {
  [field: string]: Scalar | Item[]
}

";

const ITEMS: &str = "/** One article; it has an id, a name or both. */
export type Item =
  | (ItemFields & { item_id: string | number; item_name?: string })
  | (ItemFields & { item_id?: string | number; item_name: string })

/** Each event with the fields it needs; `items` has 1 to 200 where it is needed. */
";

fn member(out: &mut String, field: &str, in_item: bool) {
    if let Some(about) = about(field, if in_item { "item" } else { "" }) {
        out.push_str(&format!("  /** {about} */\n"));
    }
    out.push_str(&format!("  {field}?: {}\n", type_of(field, in_item)));
}

fn type_of(field: &str, in_item: bool) -> &'static str {
    match vocab::field(field, in_item) {
        Kind::Money => "Money",
        Kind::Count | Kind::Index => "number | string",
        Kind::Items => "Item[]",
        Kind::Text if field == "transaction_id" => "string | number",
        Kind::Scalar if NUMBERS.contains(&field) => "number",
        Kind::Scalar if ["list_price", "subtotal", "total"].contains(&field) => "Money",
        Kind::Scalar if ["order_created_at", "checkout_id", "total_quantity", "sku"].contains(&field) => "string | number",
        Kind::Scalar if ["credit_order", "marketing_opt_in", "outbound"].contains(&field) => "boolean",
        Kind::Currency | Kind::Text | Kind::Scalar => "string",
    }
}
