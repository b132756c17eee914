//! Other clients' bodies at their own paths: what cartbeacon's own formats write, and what those clients write themselves.

use serde_json::{Value, json};

use crate::world::Collector;

fn foreign() -> Collector {
    Collector::with(|options| options.foreign = true)
}

fn post(collector: &Collector, path: &str, body: &str) -> (u16, Value) {
    let answer = collector.request("POST", path, &[("Content-Type", "text/plain;charset=UTF-8")], body.as_bytes());
    (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

/// The body of the golden file of a format, as the engine writes it.
fn golden(name: &str) -> String {
    let path = format!("{}/../tests/formats/golden/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    text.split_once("\n\n").unwrap().1.to_owned()
}

#[test]
fn what_the_sdk_writes_in_these_formats_is_stored_once_under_its_own_ids() {
    for (format, path) in
        [("ndjson", "/ndjson"), ("segment", "/v1/b"), ("rudderstack", "/beacon/v1/batch?writeKey=K"), ("otlp", "/v1/logs")]
    {
        let collector = foreign();
        for _ in 0..2 {
            assert_eq!(post(&collector, path, &golden(format)).0, 200, "{format}");
        }
        assert_eq!(collector.events(), 16, "{format}");
        let order = "SELECT count(*) FROM event WHERE id = '0192f5a0-0000-7000-8000-00000000000a' AND name = 'purchase'";
        assert_eq!(collector.number(order), 1, "{format}");
        let data = collector.text("SELECT data FROM event WHERE name = 'purchase'");
        let data: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(
            (&data["transaction_id"], &data["value"], &data["items"][0]["item_id"]),
            (&json!("O-4"), &json!(35.98), &json!("sku-1")),
            "{format}"
        );
        assert_eq!(collector.number("SELECT t FROM event WHERE name = 'page_view'"), 1_795_218_299_100, "{format}");
    }
}

#[test]
fn a_body_of_segments_own_client_is_read() {
    let collector = foreign();
    let message = |kind: &str, more: Value| {
        let mut message = json!({"type": kind, "messageId": format!("ajs-next-{kind}-1"), "anonymousId": "anon", "timestamp": "2026-11-21T10:00:00.000Z"});
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        message
    };
    let body = json!({"writeKey": "K", "sentAt": "2026-11-21T10:00:01.000Z", "batch": [
        message("identify", json!({"userId": "u", "traits": {}})),
        message("page", json!({"properties": {"url": "https://s.test/", "path": "/", "title": "Home"}, "context": {"page": {"url": "https://s.test/", "title": "Home"}}})),
        message("track", json!({"event": "Product Added", "properties": {"product_id": "A1", "name": "Mug", "price": 9.9, "quantity": 2, "currency": "EUR", "tags": ["x"]}})),
    ]});
    assert_eq!(post(&collector, "/v1/batch", &body.to_string()), (200, json!({"success": true})));
    assert_eq!(collector.text("SELECT group_concat(name) FROM (SELECT name FROM event ORDER BY name)"), "add_to_cart,page_view");
    assert_eq!(
        collector.text("SELECT data FROM event WHERE name = 'add_to_cart'"),
        r#"{"currency":"EUR","items":[{"item_id":"A1","item_name":"Mug","price":9.9,"quantity":2}]}"#
    );
}

#[test]
fn what_is_wrong_is_said_in_the_words_of_the_format() {
    let collector = foreign();
    let record = |name: &str| json!({"timeUnixNano": "1795218299000000000", "eventName": name, "attributes": []});
    let body = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record("good"), record("Not A Name")]}]}]});
    let (status, answer) = post(&collector, "/v1/logs", &body.to_string());
    assert_eq!((status, &answer["partialSuccess"]["rejectedLogRecords"]), (200, &json!("1")));
    assert_eq!(post(&collector, "/v1/batch", "{}").0, 400);
    assert_eq!(post(&collector, "/ndjson", "{\"type\":\"x\"}\nnot json").0, 400);
    let denied = json!({"batch": [{"type": "track", "event": "x", "anonymousId": "a", "context": {"consent": {"categoryPreferences": {"analytics": false}}}}]});
    assert_eq!(post(&collector, "/v1/batch", &denied.to_string()).0, 403);
}

#[test]
fn without_the_flag_there_are_no_such_paths() {
    let collector = Collector::start();
    for path in ["/ndjson", "/v1/batch", "/v1/logs"] {
        assert!(matches!(collector.request("POST", path, &[], b"{}").status, 404 | 405), "{path}");
    }
}
