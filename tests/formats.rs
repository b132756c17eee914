//! What other receivers get: a journey through a shop in each format against a golden file, answers against what they mean.
//!
//! `UPDATE_GOLDEN=1 cargo test --test formats` writes the files anew; a change in one is a change of an interface.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a test"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

#[path = "common/answers.rs"]
mod answers;

use answers::{ANSWERS, FORMATS};
use cartbeacon::engine::wire::formats::{MORE, USUAL, Verdict, run};
use serde_json::Value;

const BATCH: &str = include_str!("formats/batch.json");

fn options(name: &str) -> String {
    let (_, options) = FORMATS.iter().find(|(n, ..)| *n == name).expect("a format");
    format!(r#"{{"format":"{name}",{options}"#)
}

fn ask(name: &str, what: u32, text: &str) -> String {
    run(&[USUAL, MORE], what, &format!("{name}\u{1e}{text}"))
}

/// The plan of a format with more options, or why it refuses them.
fn plan(name: &str, more: &str) -> Result<Value, String> {
    let text = ask(name, 0, &format!("{}{more}}}", options(name)));
    match text.strip_prefix('!') {
        Some(why) => Err(why.to_owned()),
        None => Ok(serde_json::from_str(&text).expect("JSON")),
    }
}

#[derive(Debug)]
struct Request {
    url: String,
    kind: String,
    ids: Vec<String>,
    body: String,
}

fn translated(name: &str, more: &str, now: &str, batch: &str) -> (usize, Vec<Request>) {
    let options = options(name);
    let url = plan(name, more).expect("good options")["url"].as_str().expect("a URL").to_owned();
    let text = ask(name, 1, &format!("{options}{more},\"url\":{url:?},\"lang\":\"de-DE\"}}\u{1e}{now}\u{1e}{batch}"));
    let mut records = text.split('\u{1e}');
    let refused = records.next().and_then(|n| n.parse().ok()).expect("a number");
    let requests = records.map(|record| {
        let mut parts = record.splitn(4, '\u{1f}').map(str::to_owned);
        let mut part = || parts.next().expect("four parts");
        let (url, kind, ids, body) = (part(), part(), part(), part());
        Request { url, kind, ids: ids.split(',').map(str::to_owned).collect(), body }
    });
    (refused, requests.collect())
}

fn judged(name: &str, status: u16, body: &str, events: u32) -> i32 {
    ask(name, 2, &format!("{status}\u{1e}{events}\u{1e}{body}")).parse().expect("a number")
}

/// As people read it: JSON over many lines, each of several texts on its own.
fn readable(body: &str) -> String {
    let pretty = |text: &str| serde_json::from_str::<Value>(text).map(|v| serde_json::to_string_pretty(&v).expect("JSON"));
    match pretty(body) {
        Ok(text) => text,
        Err(_) => body
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).map_or_else(|e| format!("{e}: {line}"), |v| v.to_string()) + "\n")
            .collect(),
    }
}

#[test]
fn a_journey_is_what_the_golden_files_say() {
    let mut changed = Vec::new();
    for (name, ..) in FORMATS {
        let (refused, requests) = translated(name, "", "{}", BATCH);
        assert_eq!(refused, 0, "{name}");
        let mut text = String::new();
        for Request { url, kind, body, .. } in &requests {
            let method = if kind.is_empty() { "GET" } else { "POST" };
            writeln!(text, "{method} {url}\n{kind}\n\n{}\n", readable(body)).expect("memory");
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/formats/golden/{name}.txt"));
        if fs::read_to_string(&path).unwrap_or_default() != text {
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                fs::write(&path, &text).expect("a writable golden file");
            }
            changed.push(*name);
        }
    }
    assert!(changed.is_empty() || std::env::var_os("UPDATE_GOLDEN").is_some(), "not as in tests/formats/golden: {changed:?}");
}

#[test]
fn every_event_is_in_exactly_one_request() {
    for (name, ..) in FORMATS {
        let (_, requests) = translated(name, "", "{}", BATCH);
        let ids: Vec<_> = requests.iter().flat_map(|r| &r.ids).collect();
        // Meta's pixel has words for no more.
        let expected = if *name == "meta" { 7 } else { 16 };
        assert_eq!(ids.len(), expected, "{name}");
        let mut unique = ids.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), expected, "{name}");
    }
}

#[test]
fn every_answer_means_what_its_receiver_means() {
    for (name, status, body, expected) in ANSWERS {
        let expected = match expected {
            Verdict::Stored(refused) => Verdict::Stored(*refused.min(&4)),
            other => *other,
        };
        assert_eq!(judged(name, *status, body, 4), expected.code(), "{name} {status} {body}");
    }
}

/// Lost already, the verdicts of a batch's requests, and what follows.
#[test]
fn the_requests_of_a_batch_have_one_outcome() {
    for (lost, verdicts, expected) in [
        ("0", "0 4", "200 0"),
        ("0", "", "200"),
        ("2", "", "1002"),
        ("1", "0 4,2 3", "1003 0 2"),
        ("0", "9 3", "1003 3"),
        ("0", "-4 5,0 1", "1005 5 0"),
        ("0", "-5 4,0 1", "-2 0 0"),
        ("0", "-5 4,-4 1", "1001 0 1"),
        ("1", "-1 4", "503 -"),
        ("0", "-1 4,-2 3,-3 2,0 1,-4 2,-5 1", "503 - - - 0 2 0"),
        ("0", "-2 3,-3 2", "400 - -"),
        ("0", "-3 2,0 7", "413 - 0"),
        // A single one is not halved.
        ("0", "-2 1", "1001 1"),
        ("0", "-3 1", "413 -"),
        ("0", "-3 1,0 4", "1001 1 0"),
        ("0", "-1 1,-2 1", "503 - 1"),
    ] {
        assert_eq!(ask("segment", 3, &format!("{lost}\u{1e}{verdicts}")), expected, "{lost} {verdicts}");
    }
}

#[test]
fn what_a_visitor_must_not_read_is_refused_with_the_reason() {
    for (name, more, expected) in [
        ("posthog", r#","key":"phx_personal""#, "key: this is a private key"),
        ("posthog", r#","key":"""#, "key: required"),
        ("segment", r#","key":"""#, "key: required"),
        ("rudderstack", r#","key":"""#, "key: required"),
        ("umami", r#","key":null"#, "key: required"),
        ("klaviyo", r#","key":"pk_private""#, "key: this is a private key"),
        ("clickhouse", r#","key":"a; DROP TABLE b""#, "key: a table is"),
        ("custom", r#","mapping":[]"#, "mapping: not an object"),
        ("custom", r#","mapping":{"a":{"b":["$secret"]}}"#, "mapping: a name behind $"),
        ("matomo", r#","endpoint":"/matomo.php?token_auth=abc""#, "endpoint: token_auth is a secret"),
        ("ndjson", r#","endpoint":"https://www.google-analytics.com/mp/collect?api_secret=x""#, "endpoint: api_secret is a secret"),
    ] {
        let why = plan(name, more).expect_err("a refusal");
        assert!(why.starts_with(expected), "{name}: {why}");
    }
}

#[test]
fn a_host_alone_is_completed_and_a_path_is_left() {
    for (name, more, expected) in [
        ("segment", "", "https://api.segment.test/v1/b"),
        ("segment", r#","endpoint":"https://cdp.test/own""#, "https://cdp.test/own"),
        ("rudderstack", "", "https://rudder.test/beacon/v1/batch?writeKey=WRITE%2FKEY"),
        ("rudderstack", r#","endpoint":"/rudder?writeKey=K""#, "/rudder?writeKey=K"),
        ("posthog", "", "https://eu.i.posthog.test/batch/"),
        ("matomo", r#","endpoint":"/stats/matomo.php""#, "/stats/matomo.php"),
        ("piwik-pro", "", "https://shop.piwik.test/ppms.php"),
        ("snowplow", "", "https://sp.test/com.snowplowanalytics.snowplow/tp2"),
        ("ndjson", "", "https://e.test/in?token=t"),
        ("klaviyo", "", "https://a.klaviyo.test/client/events?company_id=PUBLIC"),
        (
            "clickhouse",
            "",
            "https://ch.test/?user=web&query=INSERT%20INTO%20shop.events%20FORMAT%20JSONEachRow&input_format_skip_unknown_fields=1",
        ),
    ] {
        assert_eq!(plan(name, more).expect("good options")["url"], expected, "{name} {more}");
    }
}

/// So many events, each with a note of so many bytes.
fn many(count: usize, bytes: usize) -> String {
    let batch: Value = serde_json::from_str(BATCH).expect("JSON");
    let event = |n: usize| {
        let id = format!("0192f5a0-0000-7000-8000-{n:012}");
        serde_json::json!({"id": id, "seq": n, "t": 1_795_218_299_100_u64, "page": 0, "name": "note", "data": {"note": "x".repeat(bytes)}})
    };
    let mut batch = batch;
    batch["events"] = (0..count).map(event).collect();
    batch.to_string()
}

#[test]
fn no_body_is_larger_than_its_receiver_takes() {
    for (name, limit) in [("segment", 57_344), ("posthog", 57_344), ("umami", 57_344), ("snowplow", 40_000), ("matomo", 57_344)] {
        let (refused, requests) = translated(name, "", "{}", &many(400, 900));
        assert_eq!(refused, 0, "{name}");
        assert!(requests.len() > 1, "{name}");
        let ids: Vec<_> = requests.iter().flat_map(|r| r.ids.clone()).collect();
        assert_eq!(ids.len(), 400, "{name}");
        for request in requests {
            assert!(request.body.len() <= limit, "{name}: {}", request.body.len());
            serde_json::from_str::<Value>(&request.body).expect("JSON");
        }
    }
}

#[test]
fn an_event_that_its_receiver_never_takes_is_counted_and_its_neighbours_go() {
    for (name, bytes) in [("segment", 33_000), ("snowplow", 41_000), ("ndjson", 60_000)] {
        let text = many(3, 10).replacen(&"x".repeat(10), &"x".repeat(bytes), 1);
        let (refused, requests) = translated(name, "", "{}", &text);
        assert_eq!((refused, requests.len()), (1, 1), "{name}");
        assert_eq!(requests[0].ids.len(), 2, "{name}");
    }
}

#[test]
fn a_receiver_of_one_event_a_request_gets_one() {
    let (_, requests) = translated("plausible", "", "{}", BATCH);
    assert_eq!(requests.len(), 16);
    assert!(requests.iter().all(|r| r.ids.len() == 1));
}

#[test]
fn snowplow_on_a_dying_page_gets_each_event_as_a_url() {
    let (_, requests) = translated("snowplow", "", r#"{"dying":1}"#, BATCH);
    assert_eq!(requests.len(), 16);
    let order = requests.iter().find(|r| r.ids == ["0192f5a0-0000-7000-8000-00000000000a"]).expect("the order");
    assert!(order.url.starts_with("https://sp.test/i?e=ue&p=web&tv=cartbeacon-"), "{}", order.url);
    assert!(order.url.contains("&eid=0192f5a0-0000-7000-8000-00000000000a&") && order.url.contains("transaction_id%22%3A%22O-4%22"));
    assert_eq!((order.kind.as_str(), order.body.as_str()), ("", ""));
    // What is too long for a URL goes as JSON after all.
    let (_, requests) = translated("snowplow", "", r#"{"dying":1}"#, &many(2, 8000));
    assert_eq!((requests.len(), requests[0].ids.len()), (1, 2));
}

#[test]
fn matomo_never_has_ca_beside_ecommerce_and_sends_whole_carts_alone() {
    let (_, requests) = translated("matomo", "", r#"{"skew":-5000}"#, BATCH);
    let body: Value = serde_json::from_str(&requests[0].body).expect("JSON");
    let queries: Vec<_> = body["requests"].as_array().expect("a list").iter().map(|q| q.as_str().expect("text")).collect();
    assert_eq!(queries.len(), 15, "the product is on the page view");
    assert!(!queries.iter().any(|q| q.contains("idgoal=0") && q.contains("ca=1")));
    assert_eq!(
        queries.iter().filter(|q| q.contains("idgoal=0") && !q.contains("ec_id")).count(),
        3,
        "view_cart, begin_checkout, add_payment_info"
    );
    assert!(queries[0].contains("&_pks=sku-1&") && queries[0].contains("&cdt=1795218294&"), "{}", queries[0]);
}

#[test]
fn an_order_whose_total_the_shop_gives_is_worth_that() {
    let batch = BATCH.replacen(r#""transaction_id":"O-4""#, r#""transaction_id":"O-4","total":47.51"#, 1);
    let (_, requests) = translated("matomo", "", "{}", &batch);
    assert!(requests[0].body.contains("ec_id=O-4&revenue=47.51&"));
    let (_, requests) = translated("segment", "", "{}", &batch);
    assert!(requests[0].body.contains(r#""total":47.51"#) && requests[0].body.contains(r#""revenue":35.98"#));
}

#[test]
fn an_odd_batch_is_survived() {
    for (name, ..) in FORMATS {
        for text in ["", "{", "[]", "{\"events\":[1,{},[],\"x\",{\"data\":[]}]}", "{\"erase\":\"x\"}"] {
            translated(name, "", "", text);
        }
    }
}

#[test]
fn snowplow_hears_of_an_order_that_failed() {
    let batch = BATCH.replacen(
        r#""name":"add_to_cart","data":{"#,
        r#""name":"purchase_error","data":{"error_code":"E7","error_message":"declined","#,
        1,
    );
    assert_ne!(batch, BATCH);
    let (_, requests) = translated("snowplow", "", "{}", &batch);
    let told: String = requests.iter().map(|request| request.body.replace('\\', "")).collect();
    assert!(told.contains(r#"snowplow_ecommerce_action/jsonschema/1-0-2","data":{"type":"trns_error"}"#), "{told}");
    let entity = r#""iglu:com.snowplowanalytics.snowplow.ecommerce/transaction_error/jsonschema/1-0-0","data":{"error_code":"E7","error_description":"declined"}"#;
    assert!(told.contains(entity), "{told}");
}

#[test]
fn snowplow_is_told_what_the_whole_cart_comes_to_where_the_event_says_it() {
    let batch = BATCH.replacen(r#""name":"add_to_cart","data":{"#, r#""name":"add_to_cart","data":{"cart_total":79.96,"#, 1);
    assert_ne!(batch, BATCH);
    let (_, requests) = translated("snowplow", "", "{}", &batch);
    let told: String = requests.iter().map(|request| request.body.replace('\\', "")).collect();
    assert!(told.contains(r#"cart/jsonschema/1-0-0","data":{"total_value":79.96,"currency":"EUR"}"#), "{told}");
}
