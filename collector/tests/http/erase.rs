//! A shopper's request to be forgotten.

use serde_json::json;

use crate::body::{self, event, goods, order, page_view, visit, with};
use crate::world::Collector;

#[test]
fn an_erased_visitor_leaves_nothing_behind() {
    let collector = Collector::start();
    let (gone, stays) = (body::id(), body::id());
    for visitor in [&gone, &stays] {
        for n in 0..2 {
            let bought = event("purchase", order(&format!("{visitor}-{n}"), "EUR", "10"));
            let events = [page_view(), bought, event("add_to_cart", goods("mug"))];
            let body = with(&visit(visitor, &body::id(), &events), "lost", json!({ "expired": 1 }));
            assert_eq!(collector.post(&body).json()["stored"], json!(3));
        }
    }
    // All that there are, whoever adds one.
    let tables = collector.text(
        "SELECT group_concat(t.name) FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE c.name = 'visitor' AND t.name <> 'item'",
    );
    let tables: Vec<&str> = tables.split(',').collect();
    assert!(tables.len() >= 7);
    let of = |visitor: &str, table: &str| collector.number(&format!("SELECT count(*) FROM {table} WHERE visitor = '{visitor}'"));
    // The lines of orders hang on their events.
    let rows = tables.iter().map(|table| of(&gone, table)).sum::<i64>() + 4;
    let before: Vec<i64> = tables.iter().map(|table| of(&stays, table)).collect();
    let answer = collector.post(&json!({ "v": 1, "erase": gone.to_uppercase() }));
    assert_eq!((answer.status, answer.json()), (200, json!({ "erased": { "events": 6, "sessions": 2, "rows": rows } })));
    for (table, before) in tables.iter().zip(before) {
        assert_eq!((of(&gone, table), of(&stays, table)), (0, before), "{table}");
    }
    assert_eq!(collector.number("SELECT count(*) FROM item"), 4);
    assert_eq!(
        collector.text("SELECT events || ' ' || sessions || ' ' || rows || ' ' || site FROM erasure"),
        format!("6 2 {rows} my-shop")
    );
    // Neither in the file nor in its log, also not in freed pages.
    for file in ["cartbeacon.sqlite", "cartbeacon.sqlite-wal"] {
        let bytes = std::fs::read(collector.folder().join("data").join(file)).unwrap_or_default();
        assert!(!bytes.windows(gone.len()).any(|w| w == gone.as_bytes()), "{file}");
    }
}

#[test]
fn erasing_finds_a_visitor_under_every_name() {
    let collector = Collector::start();
    let (visitor, stays) = (body::id(), body::id());
    let (first, second) = (body::id(), body::id());
    collector.post(&visit(&stays, &body::id(), &[page_view()]));
    // Two visits; in the second marketing was denied for a while, and the visitor known by that visit's id.
    for (name, session) in [(&visitor, &first), (&visitor, &second), (&second, &second)] {
        collector.post(&visit(name, session, &[page_view()]));
    }
    assert_eq!(collector.events(), 4);
    assert_eq!(collector.post(&json!({ "v": 1, "erase": second })).json()["erased"]["events"], json!(3));
    assert_eq!(collector.text("SELECT group_concat(DISTINCT visitor) FROM event"), stays);
}

#[test]
fn a_late_copy_does_not_bring_erased_events_back() {
    let collector = Collector::start();
    let visitor = body::id();
    let body = visit(&visitor, &body::id(), &[page_view()]);
    collector.post(&body);
    collector.post(&json!({ "erase": visitor }));
    assert_eq!(collector.post(&body).json(), json!({ "stored": 0, "duplicates": 1, "rejected": [] }));
    assert_eq!(collector.events(), 0);
}

#[test]
fn erasing_a_stranger_is_no_error_and_a_wrong_request_is() {
    let collector = Collector::start();
    assert_eq!(
        collector.post(&json!({ "v": 1, "erase": body::id() })).json(),
        json!({ "erased": { "events": 0, "sessions": 0, "rows": 0 } })
    );
    for (body, expected) in [
        (json!({ "v": 1, "erase": "me" }), "erase: not a UUID"),
        (json!({ "v": 1, "erase": 7 }), "erase: not text"),
        (json!({ "v": 2, "erase": body::id() }), "v: not 1, the version this collector reads"),
    ] {
        let answer = collector.post(&body);
        assert_eq!((answer.status, answer.error().as_str()), (400, expected));
    }
}
