//! What the native tests share: the simulated world and a few builders.
#![allow(dead_code, unreachable_pub, clippy::expect_used, clippy::indexing_slicing, reason = "tests: each uses a part, and may panic")]
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "what is too heavy for the wasm is not for a test"
)]

pub mod answers;
pub mod bytes;
pub mod disk;
pub mod foreign;
pub mod network;
pub mod options;
pub mod stored;
pub mod world;

use std::cell::RefCell;
use std::io::Read;

use cartbeacon::engine::config::Config;
use cartbeacon::engine::gzip::{Gzip, MAX_TEXT};
use cartbeacon::engine::page::Facts;
use cartbeacon::engine::wire::native;

/// Options for a tracker at `/collect`, with more members given as JSON text (`,"batch":{…}`).
pub fn config(more: &str) -> Config {
    Config::read(&options::config_list(&format!(r#"{{"endpoint":"/collect","site":"test"{more}}}"#)))
}

/// The page `/name` of the shop.
pub fn facts(name: &str) -> Facts {
    let url = format!("https://shop.test/{name}");
    Facts { key: url.clone(), url, title: name.to_owned(), referrer: "https://search.test/".to_owned() }
}

pub const YES: &str = r#"{"analytics":"granted","marketing":"granted"}"#;
pub const NO: &str = r#"{"analytics":"denied"}"#;
pub const ADD: &str = r#"{"currency":"EUR","value":29.98,"items":[{"item_id":"A1","price":14.99,"quantity":2}]}"#;

/// What `compress` makes of a body, in bytes; 0 where it goes as it is. A library unpacks it, as the receiver would.
pub fn packed(body: &str) -> usize {
    thread_local!(static PART: RefCell<(Gzip, Vec<u8>)> = RefCell::new((Gzip::new(), vec![0; MAX_TEXT])));
    PART.with_borrow_mut(|(gzip, out)| {
        let Some(packed) = gzip.pack(body.as_bytes(), out) else { return 0 };
        let mut text = String::new();
        flate2::bufread::GzDecoder::new(&out[..packed]).read_to_string(&mut text).expect("well-formed gzip");
        assert_eq!(text, body);
        packed
    })
}

/// The ids of the events in a stored record.
pub fn stored_in(value: &str) -> Vec<String> {
    let contents = value.splitn(5, ',').nth(4).expect("a record");
    native::events(contents).map(|(_, e)| e.text("id").expect("an id").to_owned()).collect()
}

/// Whether a record ties its visit to another, or to a login: `count,time,attempts,id,session⇥visitor⇥user⇥…`.
pub fn names_someone(record: &str) -> bool {
    let contents = record.splitn(5, ',').nth(4).expect("a record");
    let ids: Vec<&str> = contents.splitn(4, '\t').collect();
    assert_eq!((ids.len(), ids[0].len()), (4, 36), "{record}");
    ids[0] != ids[1] || !ids[2].is_empty()
}

/// The ids of the events in a batch.
pub fn events_in(text: &str) -> Vec<String> {
    let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let events = value["events"].as_array().map_or(&[] as &[_], Vec::as_slice);
    events.iter().map(|e| e["id"].as_str().expect("an id").to_owned()).collect()
}
