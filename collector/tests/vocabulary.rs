//! The vocabulary is one table: what is made from it is not stale, its schema is as strict as the check, and its errors say
//! what was probably meant.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::path::Path;

use cartbeacon::engine::catalogue::{self, EVENTS};
use cartbeacon::engine::check;
use serde_json::{Value, json};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// Compares with what is committed; with `WRITE_VOCABULARY` set it writes instead.
fn is_committed(path: &str, text: &str) {
    let file = Path::new(ROOT).join(path);
    if std::env::var_os("WRITE_VOCABULARY").is_some() {
        std::fs::write(&file, text).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == text, "{path} is stale: WRITE_VOCABULARY=1 cargo test -p cartbeacon-collector --test vocabulary");
}

#[test]
fn schema_page_and_types_are_those_of_the_table() {
    is_committed("tests/schema/events.v1.json", &catalogue::json_schema());
    is_committed("tests/schema/events.md", &catalogue::page());
    is_committed("www/sdk/events.d.ts", &catalogue::typescript());
}

/// The least that an event may have.
fn least(name: &str) -> Value {
    let mut data = json!({});
    for field in catalogue::required(name) {
        data[field] = match field {
            "items" => json!([{"item_id": "a"}]),
            "value" => json!(1),
            "currency" => json!("EUR"),
            _ => json!("x"),
        };
    }
    data
}

fn checked(name: &str, data: &Value) -> Result<(), String> {
    check::event(name, &data.to_string(), &mut String::new()).map(|_| ()).map_err(|problem| problem.text())
}

#[test]
fn schema_and_check_agree_about_what_each_event_needs() {
    let schema: Value = serde_json::from_str(&catalogue::json_schema()).unwrap();
    for (name, ..) in EVENTS {
        let mut own = schema["$defs"][name].clone();
        own["$defs"] = schema["$defs"].clone();
        let schema = jsonschema::validator_for(&own).unwrap();
        let data = least(name);
        assert_eq!((checked(name, &data), schema.is_valid(&data)), (Ok(()), true), "{name}");
        for field in catalogue::required(name) {
            let mut without = data.clone();
            without.as_object_mut().unwrap().remove(field);
            let problem = checked(name, &without).unwrap_err();
            assert!(problem.starts_with(&format!("{field}: required")), "{name}: {problem}");
            assert!(!schema.is_valid(&without), "{name} without {field}");
        }
        for (field, value) in [
            ("items", json!([{"price": 1}])),
            ("items", json!([{"item_id": "a", "quantity": 0}])),
            ("value", json!(-1)),
            ("currency", json!("euro")),
        ] {
            let mut wrong = data.clone();
            wrong["currency"] = json!("EUR");
            wrong[field] = value;
            assert!(checked(name, &wrong).is_err() && !schema.is_valid(&wrong), "{name}: {wrong}");
        }
    }
}

#[test]
fn errors_say_what_was_probably_meant() {
    let explain = |name: &str, data: &str| {
        let problem = check::event(name, data, &mut String::new()).unwrap_err();
        catalogue::explain(&problem, name, data)
    };
    let order = r#"{"transactionId":"1","currency":"EUR","value":1,"items":[{"item_id":"a"}]}"#;
    assert_eq!(explain("purchase", order), "transaction_id: required (is it transactionId?)");
    assert_eq!(explain("search", r#"{"serch_term":"mug"}"#), "search_term: required (is it serch_term?)");
    assert_eq!(explain("search", r#"{"query":"mug"}"#), "search_term: required (is it query?)");
    assert_eq!(explain("search", r#"{"words":"mug"}"#), "search_term: required");
    let item = r#"{"items":[{"item_id":"a"},{"productId":"b","price":1}]}"#;
    assert_eq!(explain("add_to_cart", item), "items[1].item_id: required (or item_name) (is it productId?)");
    assert_eq!(explain("addToCart", "{}"), "name: not a known or valid event name (is it add_to_cart?)");
    assert_eq!(explain("Purchases", "{}"), "name: not a known or valid event name (is it purchase?)");
    assert_eq!(explain("ÄÖ", "{}"), "name: not a known or valid event name");
}
