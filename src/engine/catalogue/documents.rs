//! JSON Schema, for whoever receives events, and the page about them.

#![allow(clippy::indexing_slicing, reason = "a member of a JSON value that is not there is null, or made")]

use serde_json::{Map, Value, json};

use super::super::check;
use super::super::vocab::{self, Kind};
use super::{EVENTS, FIELDS, ITEM, NUMBERS, about, described, item_fields, required};

fn schema_of(field: &str, of: &str) -> Value {
    let mut schema = shape_of(field, of == "item");
    if let Some(about) = about(field, of) {
        schema["description"] = json!(about);
    }
    schema
}

fn shape_of(field: &str, in_item: bool) -> Value {
    match vocab::field(field, in_item) {
        Kind::Money => json!({"type": "number", "minimum": 0, "description": "In the event's currency."}),
        Kind::Count => json!({"type": "integer", "minimum": 1}),
        Kind::Index => json!({"type": "integer", "minimum": 0}),
        Kind::Currency => json!({"type": "string", "pattern": "^[A-Z]{3}$"}),
        Kind::Items => json!({"type": "array", "items": {"$ref": "#/$defs/item"}, "maxItems": check::MAX_ITEMS}),
        Kind::Text => json!({"type": "string", "maxLength": check::MAX_TEXT}),
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
    for field in item_fields().chain(["currency"]) {
        item.insert(field.to_owned(), nullable(schema_of(field, "item")));
    }
    defs.insert(
        "item".to_owned(),
        json!({"type": "object", "properties": item, "additionalProperties": scalar, "anyOf": [{"required": ["item_id"]}, {"required": ["item_name"]}]}),
    );
    for (name, about, more) in EVENTS {
        let required = required(name);
        let mut fields = Map::new();
        for field in &required {
            let mut schema = schema_of(field, name);
            if *field == "items" {
                schema["minItems"] = json!(1);
            } else if schema["type"] == "string" {
                schema["minLength"] = json!(1);
            }
            fields.insert((*field).to_owned(), schema);
        }
        for field in described(name, more) {
            fields.insert(field.to_owned(), nullable(schema_of(field, name)));
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

/// The page about events, `tests/schema/events.md`.
pub fn page() -> String {
    let list = |fields: &[&str]| fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
    let mut out =
        "# Events\n\nMade from the engine's tables. Every event may have fields of your own beside these; names are GA4's, extended.\n\n\
| event | what happened | needs | may have |\n|---|---|---|---|\n"
            .to_owned();
    for (name, about, more) in EVENTS {
        let (needs, may) = (list(&required(name)), list(&described(name, more)));
        out.push_str(&format!("| `{name}` | {about} | {needs} | {may} |\n"));
    }
    let item: Vec<_> = ITEM.split(' ').collect();
    out.push_str(&format!("\nAn item has `item_id`, `item_name` or both, and may have {}.\n", list(&item)));
    out.push_str("Money is in the event's `currency`, exact to its minor unit; `quantity` is one or more, `index` counts from 0.\n");
    out.push_str("\n## Fields\n\nWhat a field holds, where its name does not say it. Those of items and of one event alone have its name before them.\n\n");
    out.push_str("| field | |\n|---|---|\n");
    for (field, about) in FIELDS {
        out.push_str(&format!("| `{field}` | {about} |\n"));
    }
    out
}
