//! Counts of nobody, after a no.

use serde_json::{Value, json};

use crate::body::with;
use crate::world::Collector;

fn counts(lines: &[Value]) -> Value {
    json!({ "v": 1, "sdk": "cartbeacon/0.1.0", "site": "my-shop", "consent": { "state": "anonymous", "source": "api" }, "anonymous": lines })
}

fn line(name: &str, n: u32) -> Value {
    json!({ "name": name, "page": "https://shop.example/mug", "referrer": "https://search.example", "n": n })
}

#[test]
fn only_sums_by_the_hour_are_kept() {
    let collector = Collector::start();
    for _ in 0..2 {
        let answer = collector.post(&counts(&[line("page_view", 2), line("add_to_cart", 1)]));
        assert_eq!((answer.status, answer.json()), (200, json!({ "counted": 3 })));
    }
    assert_eq!(
        collector.text("SELECT group_concat(name || ' ' || page || ' ' || referrer || ' ' || site || ' ' || count, '; ') FROM anonymous"),
        "add_to_cart https://shop.example/mug https://search.example my-shop 2; page_view https://shop.example/mug https://search.example my-shop 4"
    );
    assert_eq!(collector.number("SELECT count(*) FROM anonymous WHERE hour % 3600000 <> 0"), 0);
    // Nowhere else is anything of it.
    for table in ["event", "session", "page", "batch", "loss", "refused"] {
        assert_eq!(collector.number(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    let row = json!(["page_view", "https://shop.example/mug", "https://search.example", 4]);
    assert_eq!(collector.get("/reports/anonymous?site=my-shop").json()["rows"][0], row);
    assert_eq!(collector.get("/reports/anonymous?site=other").json()["total"], json!(0));
    let stats = collector.stream("?span=day").until("stats", |_| true);
    assert_eq!(stats["anonymous"], json!([{ "reason": "page_view", "count": 4 }, { "reason": "add_to_cart", "count": 2 }]));
}

#[test]
fn what_could_tell_shoppers_apart_is_refused() {
    let collector = Collector::start();
    let good = counts(&[line("page_view", 1)]);
    for (body, status, expected) in [
        (with(&good, "visitor", json!("0192f5a0-0000-7000-8000-000000000001")), 400, "visitor: not one of"),
        (counts(&[json!({ "id": "x", "name": "page_view", "page": "", "n": 1 })]), 400, "anonymous[0].id: not one of"),
        (with(&good, "anonymous.0.page", json!("https://shop.example/?gclid=1")), 403, "anonymous.page: with a query or fragment"),
        (with(&good, "anonymous.0.referrer", json!("https://search.example/q")), 403, "anonymous.referrer: more than an origin"),
        (with(&good, "consent.state", json!("granted")), 403, "consent.state: not anonymous"),
        (with(&good, "anonymous.0.n", json!(0)), 400, "anonymous: not a name, a page, a referrer and a count"),
        (with(&good, "anonymous.0.name", json!("Jane Doe")), 400, "anonymous: not a name, a page, a referrer and a count"),
        (with(&good, "v", json!(2)), 400, "v: not 1, the version this collector reads"),
        (counts(&vec![line("x", 1); 101]), 413, "anonymous: more than 100"),
    ] {
        let answer = collector.post(&body);
        assert_eq!(answer.status, status, "{expected}: {}", answer.error());
        assert!(answer.error().starts_with(expected), "{expected}: {}", answer.error());
    }
    assert_eq!(collector.number("SELECT count(*) FROM anonymous"), 0);
}

#[test]
fn strangers_texts_do_not_fill_the_disk() {
    let collector = Collector::start();
    for round in 0..51 {
        let lines: Vec<Value> =
            (0..100).map(|n| json!({ "name": "page_view", "page": format!("https://shop.example/{round}-{n}"), "n": 1 })).collect();
        assert_eq!(collector.post(&counts(&lines)).status, 200);
    }
    assert_eq!(collector.number("SELECT count(*) FROM anonymous"), 5001);
    assert_eq!(collector.number("SELECT count FROM anonymous WHERE page = 'other'"), 100);
}
