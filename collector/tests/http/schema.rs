//! The JSON Schema of the native format: made from the types, true of real bodies, and as strict as the collector.

#[path = "../../../tests/common/options.rs"]
mod options;

use std::process::Command;

use cartbeacon::engine::config::Config;
use cartbeacon::engine::io::{Input, Output};
use cartbeacon::engine::page::{Facts, Reason};
use cartbeacon::engine::time::Now;
use cartbeacon::engine::tracker::Tracker;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::body::{batch, event, goods, page_view, with, without};
use crate::world::Collector;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/schema/batch.v1.json");

fn schema() -> Validator {
    let text = std::fs::read_to_string(PATH).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn the_committed_schema_is_the_one_the_types_make() {
    let output = Command::new(env!("CARGO_BIN_EXE_cartbeacon-collector")).arg("schema").output().unwrap();
    assert!(output.status.success());
    let committed = std::fs::read(PATH).unwrap_or_default();
    assert!(
        output.stdout == committed,
        "tests/schema/batch.v1.json is stale: cargo run -p cartbeacon-collector -- schema > tests/schema/batch.v1.json"
    );
}

/// What the engine itself sends for a short visit.
fn real_bodies() -> Vec<String> {
    let options = r#"{"endpoint":"/collect","site":"my-shop","consent":{"policy":"2026-11"}}"#;
    let config = Config::read(&options::config_list(options));
    let mut tracker = Tracker::new(config, [1, 2]);
    let facts = |name: &str| Facts {
        url: format!("https://shop.example/{name}"),
        key: name.to_owned(),
        title: r#"A \"shop\" \ud83d"#.to_owned(),
        referrer: String::new(),
    };
    let inputs = [
        Input::Start { stored: None, sees_beacons: true, holds_tail: false },
        Input::Page(facts(""), Reason::Navigate),
        Input::Consent(options::consent_number(r#"{"analytics":"granted","marketing":"granted"}"#)),
        Input::Identify(r#""customer 7""#.to_owned()),
        Input::Track("add_to_cart".to_owned(), goods("mug").to_string(), String::new()),
        Input::Page(facts("cart"), Reason::Push),
        Input::Track("my_event".to_owned(), r#"{"text":"lone \ud83d surrogate","n":1e3,"yes":true,"none":null}"#.to_owned(), String::new()),
        Input::Hidden,
        Input::Erase,
    ];
    let mut bodies = Vec::new();
    for (step, input) in inputs.into_iter().enumerate() {
        let mono = 100 * u64::try_from(step).unwrap();
        tracker.handle(input, Now { wall: 1_790_000_000_000 + mono, mono });
        while let Some(output) = tracker.poll_output() {
            if let Output::Send { body, .. } = output {
                bodies.push(body);
            }
        }
    }
    bodies
}

#[test]
fn what_the_engine_sends_fits_the_schema_and_is_stored_whole() {
    let (schema, collector) = (schema(), Collector::start());
    let bodies = real_bodies();
    let (erasures, batches): (Vec<_>, Vec<_>) = bodies.iter().partition(|body| body.contains("\"erase\""));
    assert!(!batches.is_empty() && erasures.len() == 1, "{bodies:#?}");
    let mut sent = 0;
    for body in batches {
        // The lone surrogate is legal JSON that serde does not read; the collector does.
        assert!(body.contains("\\ud83d"));
        let value: Value = serde_json::from_str(&body.replace("\\ud83d", "\\ufffd")).unwrap();
        let problems: Vec<_> = schema.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(problems.is_empty(), "{problems:?}\n{body}");
        let answer = collector.post_text(body);
        assert_eq!((answer.status, &answer.json()["rejected"]), (200, &json!([])), "{answer:?}\n{body}");
        sent += value["events"].as_array().unwrap().len();
    }
    assert_eq!(collector.events(), i64::try_from(sent).unwrap());
    assert_eq!(collector.text("SELECT DISTINCT user FROM event WHERE name = 'my_event'"), "customer 7");
    assert_eq!(collector.post_text(erasures[0]).json()["erased"]["events"], json!(sent));
}

#[test]
fn schema_and_collector_refuse_the_same() {
    let (schema, collector) = (schema(), Collector::start());
    let good = batch(&[page_view(), event("add_to_cart", goods("mug"))]);
    assert!(schema.is_valid(&good));
    for body in [
        without(&good, "batch"),
        without(&good, "session.n"),
        with(&good, "v", json!(2)),
        with(&good, "visitor", json!("me")),
        with(&good, "sent", json!("now")),
        with(&good, "consent.state", json!("maybe")),
        with(&good, "pages", json!({})),
        with(&good, "lost", json!({ "expired": -1 })),
    ] {
        assert!(!schema.is_valid(&body), "{body}");
        assert_eq!(collector.post(&body).status, 400, "{body}");
    }
    for body in [without(&good, "events.0.t"), with(&good, "events.0.name", json!("Bad Name")), with(&good, "events.0.data", json!(7))] {
        assert!(!schema.is_valid(&body), "{body}");
        assert_eq!(collector.post(&body).json()["rejected"].as_array().unwrap().len(), 1, "{body}");
    }
}
