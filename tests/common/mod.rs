//! What the native tests share: the simulated world and a few builders.
#![allow(dead_code, unreachable_pub, clippy::expect_used, clippy::indexing_slicing, reason = "tests: each uses a part, and may panic")]
#![allow(clippy::disallowed_types, clippy::disallowed_macros, reason = "what is too heavy for the wasm is not for a test")]

pub mod world;

use cartbeacon::engine::config::Config;
use cartbeacon::engine::page::Facts;

/// Options for a tracker at `/collect`, with more members given as JSON text (`,"batch":{…}`).
pub fn config(more: &str) -> Config {
    Config::read(&format!(r#"{{"endpoint":"/collect","site":"test"{more}}}"#)).expect("good options")
}

/// The page `/name` of the shop.
pub fn facts(name: &str) -> Facts {
    Facts { url: format!("https://shop.test/{name}"), title: name.to_owned(), referrer: "https://search.test/".to_owned() }
}

pub const YES: &str = r#"{"analytics":"granted"}"#;
pub const NO: &str = r#"{"analytics":"denied"}"#;
pub const ADD: &str = r#"{"currency":"EUR","value":29.98,"items":[{"item_id":"A1","price":14.99,"quantity":2}]}"#;

/// The ids of the events in a batch or a stored record.
pub fn events_in(text: &str) -> Vec<String> {
    let at = text.find('{').expect("JSON");
    let value: serde_json::Value = serde_json::from_str(&text[at..]).expect("JSON");
    let events = value["events"].as_array().map_or(&[] as &[_], Vec::as_slice);
    events.iter().map(|e| e["id"].as_str().expect("an id").to_owned()).collect()
}
