//! What `/collect` stores, refuses and answers.

use std::io::Write;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::body::{self, batch, event, event_at, goods, order, page_view, with, without};
use crate::world::{Answer, Collector, eventually};

#[test]
fn a_batch_is_stored_and_answered() {
    let collector = Collector::start();
    let answer = collector.post(&batch(&[page_view(), event("add_to_cart", goods("mug"))]));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({ "stored": 2, "duplicates": 0, "rejected": [] }));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(answer.header("date").is_some());
    assert_eq!(collector.events(), 2);
    assert_eq!(collector.number("SELECT amount FROM event WHERE name = 'add_to_cart'"), 2998);
    assert_eq!(collector.text("SELECT url FROM event JOIN page ON page.id = event.page LIMIT 1"), "https://shop.example/");
}

#[test]
fn an_event_id_is_stored_once_ever() {
    let collector = Collector::start();
    let twice = page_view();
    let mut shouted = twice.clone();
    shouted["id"] = json!(twice["id"].as_str().unwrap().to_uppercase());
    let first = collector.post(&batch(&[twice.clone(), twice.clone(), shouted]));
    assert_eq!(first.json(), json!({ "stored": 1, "duplicates": 2, "rejected": [] }));
    let body = batch(&[twice, page_view()]);
    assert_eq!(collector.post(&body).json(), json!({ "stored": 1, "duplicates": 1, "rejected": [] }));
    assert_eq!(collector.post(&body).json(), json!({ "stored": 0, "duplicates": 2, "rejected": [] }));

    let folder = collector.stop();
    let restarted = Collector::within(folder, |_| {});
    assert_eq!(restarted.post(&body).json(), json!({ "stored": 0, "duplicates": 2, "rejected": [] }));
    assert_eq!(restarted.events(), 2);
}

#[test]
fn one_bad_event_does_not_lose_its_neighbours() {
    let collector = Collector::start();
    let mut cheap = event("add_to_cart", goods("mug"));
    cheap["data"]["items"][0]["price"] = json!(-1);
    let nameless = json!({ "id": body::id(), "seq": 1, "t": 1, "page": 0, "data": {} });
    let lost = json!({ "id": body::id(), "seq": 1, "t": 1, "page": 7, "name": "click", "data": {} });
    let strange = json!("not an event");
    let reading = collector.post(&batch(&[page_view(), cheap.clone(), nameless.clone(), lost.clone(), strange, page_view()]));
    assert_eq!(reading.status, 200);
    assert_eq!(
        reading.json(),
        json!({ "stored": 2, "duplicates": 0, "rejected": [
            { "id": cheap["id"], "reason": "items[0].price: negative" },
            { "id": nameless["id"], "reason": "name: required" },
            { "id": lost["id"], "reason": "page: the batch has no such page" },
            { "id": null, "index": 4, "reason": "event: not an object" },
        ] })
    );
    assert_eq!(collector.number("SELECT sum(count) FROM refused WHERE kind = 'event'"), 4);
    assert_eq!(collector.number("SELECT count FROM refused WHERE reason = 'items[].price: negative'"), 1);
}

#[test]
fn a_malformed_batch_is_refused_whole_and_says_why() {
    let collector = Collector::start();
    let good = batch(&[page_view()]);
    let broken: Vec<(String, &str)> = vec![
        (String::new(), "body: empty"),
        (" \n".to_owned(), "body: empty"),
        ("hello".to_owned(), "body: not JSON (line 1, column 1)"),
        ("{\"v\":1".to_owned(), "body: not JSON (line 1, column 6)"),
        (format!("{good} x"), "body: not JSON"),
        ("[]".to_owned(), "body: not an object"),
        ("{}".to_owned(), "v: required"),
        (with(&good, "v", json!(2)).to_string(), "v: not 1, the version this collector reads"),
        (with(&good, "v", json!("1")).to_string(), "v: not a whole number of zero or more"),
        (with(&good, "batch", json!("7")).to_string(), "batch: not a UUID"),
        (with(&good, "visitor", json!("")).to_string(), "visitor: not a UUID"),
        (with(&good, "visitor", json!(null)).to_string(), "visitor: not text"),
        (with(&good, "session.id", json!("x")).to_string(), "session.id: not a UUID"),
        (without(&good, "session.id").to_string(), "session.id: required"),
        (without(&good, "session").to_string(), "session: required"),
        (with(&good, "session", json!(7)).to_string(), "session: not an object"),
        (with(&good, "sent", json!(-1)).to_string(), "sent: not a whole number of zero or more"),
        (with(&good, "sent", json!(1.5)).to_string(), "sent: not a whole number of zero or more"),
        (with(&good, "sent", json!(u64::MAX)).to_string(), "sent: not a time"),
        (with(&good, "site", json!("")).to_string(), "site: not 1 to 200 bytes"),
        (with(&good, "site", json!("x".repeat(201))).to_string(), "site: not 1 to 200 bytes"),
        (without(&good, "consent").to_string(), "consent: required"),
        (with(&good, "consent.state", json!("perhaps")).to_string(), "consent.state: not one of"),
        (with(&good, "pages.0.id", json!("x")).to_string(), "pages[0].id: not a UUID"),
        (with(&good, "pages", json!({})).to_string(), "pages: not a list"),
        (with(&good, "events", json!(null)).to_string(), "events: not a list"),
        (with(&good, "lost", json!({ "Bad one": 1 })).to_string(), "lost: a reason is of the letters a to z and _"),
        (with(&good, "lost", json!({ "queue_full": -1 })).to_string(), "lost.queue_full: not a whole number of zero or more"),
    ];
    for (body, expected) in broken {
        let answer = collector.post_text(&body);
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.error().starts_with(expected), "{body}\n{} instead of {expected}", answer.error());
    }
    assert_eq!(collector.request("POST", "/collect", &[], &[b'"', 0xff, b'"']).error(), "body: not UTF-8");
    assert_eq!(collector.events(), 0);
    assert_eq!(collector.number("SELECT count(*) FROM session"), 0);
}

#[test]
fn the_content_type_is_not_looked_at_and_gzip_is_known_by_its_first_bytes() {
    let collector = Collector::start();
    for kind in ["text/plain;charset=UTF-8", "application/json", "application/x-www-form-urlencoded", "image/png"] {
        let body = batch(&[page_view()]).to_string();
        assert_eq!(collector.request("POST", "/collect", &[("Content-Type", kind)], body.as_bytes()).status, 200);
        assert_eq!(collector.request("POST", "/collect", &[("Content-Type", kind)], &gzip(&batch(&[page_view()]).to_string())).status, 200);
    }
    assert_eq!(collector.events(), 8);
}

#[test]
fn gzip_that_is_damaged_is_refused_with_the_reason() {
    let collector = Collector::start();
    let whole = gzip(&batch(&[page_view()]).to_string());
    let refused = |body: &[u8]| {
        let answer = collector.request("POST", "/collect", &[], body);
        assert_eq!(answer.status, 400, "{answer:?}");
        answer.error()
    };
    for length in [2, 9, 10, 40, whole.len() - 8, whole.len() - 1] {
        assert_eq!(refused(&whole[..length]), "body: gzip that ends too early", "{length} of {} bytes", whole.len());
    }
    // The method, the middle, the checksum, the length.
    for place in [2, whole.len() / 2, whole.len() - 6, whole.len() - 1] {
        let mut broken = whole.clone();
        broken[place] ^= 0x40;
        assert_eq!(refused(&broken), "body: broken gzip", "byte {place} of {}", whole.len());
    }
    assert_eq!(refused(&[&whole[..], b"more"].concat()), "body: gzip that ends too early");
    assert_eq!(refused(&[&whole[..], b"more than a header"].concat()), "body: broken gzip");
    assert_eq!(refused(&gzip("")), "body: empty");
    assert_eq!(refused(&gzip("\u{7f}not JSON")).split(':').next(), Some("body"));
    let mut bytes = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bytes.write_all(&[0xff, 0xfe]).unwrap();
    assert_eq!(refused(&bytes.finish().unwrap()), "body: not UTF-8");
    assert_eq!(collector.events(), 0);
}

#[test]
fn what_the_sdk_packs_is_unpacked() {
    let collector = Collector::start();
    let events: Vec<Value> = (0..100).map(|_| page_view()).collect();
    let text = batch(&events).to_string();
    let mut out = vec![0; cartbeacon::engine::gzip::MAX_TEXT];
    let packed = cartbeacon::engine::gzip::Gzip::new().pack(text.as_bytes(), &mut out).unwrap();
    let answer = collector.request("POST", "/collect", &[("Content-Type", "text/plain;charset=UTF-8")], &out[..packed]);
    assert_eq!((answer.status, answer.json()["stored"].clone()), (200, json!(100)));
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_body_over_the_limit_is_refused_as_sent_and_as_unpacked() {
    let collector = Collector::limited(|limits| limits.max_body = 10_000);
    let large = " ".repeat(10_001);
    let answer = collector.post_text(&large);
    assert_eq!((answer.status, answer.error().as_str()), (413, "body: more than 10000 bytes"));
    for size in [10_001, 9_000_000] {
        let bomb = gzip(&" ".repeat(size));
        assert!(bomb.len() < 10_000);
        let answer = collector.request("POST", "/collect", &[], &bomb);
        assert_eq!((answer.status, answer.error().as_str()), (413, "body: more than 10000 bytes"));
    }
    // Without a length told beforehand.
    let mut stream = collector.connect();
    stream.write_all(&collector.head("POST", "/collect", &[("Transfer-Encoding", "chunked")], None)).unwrap();
    for _ in 0..11 {
        stream.write_all(format!("3e8\r\n{}\r\n", "x".repeat(1000)).as_bytes()).unwrap();
    }
    let _ = stream.write_all(b"0\r\n\r\n");
    assert_eq!(Answer::read(stream).status, 413);
    // A batch of too many events is told the same: send smaller.
    let many = Collector::start();
    let events: Vec<Value> = (0..1001).map(|_| page_view()).collect();
    let answer = many.post(&batch(&events));
    assert_eq!((answer.status, answer.error().as_str()), (413, "events: more than 1000"));
    assert_eq!(many.events(), 0);
}

#[test]
fn what_the_consent_does_not_cover_is_not_kept_but_counted() {
    let collector = Collector::start();
    let good = batch(&[page_view()]);
    for (path, value, expected) in [
        ("consent.state", json!("denied"), "consent.state: not granted"),
        ("consent.state", json!("pending"), "consent.state: not granted"),
        ("consent.state", json!("withdrawn"), "consent.state: not granted"),
        ("consent.purposes", json!([]), "consent.purposes: analytics is not among them"),
        ("consent.purposes", json!(["marketing"]), "consent.purposes: analytics is not among them"),
        ("consent.source", json!(null), "consent.source: who decided is not said"),
        ("consent.source", json!(""), "consent.source: who decided is not said"),
        ("consent.at", json!(null), "consent.at: when it was decided is not said"),
    ] {
        let answer = collector.post(&with(&good, path, value));
        assert_eq!((answer.status, answer.error().as_str()), (403, expected));
    }
    assert_eq!(collector.events(), 0);
    assert_eq!(collector.post(&with(&good, "consent.purposes", json!(["marketing", "analytics"]))).status, 200);
    eventually("refusals are counted", || collector.number("SELECT coalesce(sum(count), 0) FROM refused WHERE kind = 'consent'") == 8);
}

#[test]
fn a_time_far_in_the_future_is_kept_and_marked() {
    let collector = Collector::start();
    let now = body::now();
    let tomorrow = now + 86_400_000;
    let body = batch(&[event_at(tomorrow, "click", json!({})), event_at(now - 1000, "scroll", json!({}))]);
    let body = with(&body, "sent", json!(tomorrow + 500));
    assert_eq!(collector.post(&body).json()["stored"], json!(2));
    assert_eq!(collector.number("SELECT t FROM event WHERE name = 'click' AND ahead = 1"), tomorrow);
    let at = collector.number("SELECT at - received FROM event WHERE name = 'click'");
    assert_eq!(at, -500);
    assert_eq!(collector.number("SELECT at FROM event WHERE name = 'scroll' AND ahead = 0"), now - 1000);
}

#[test]
fn text_no_character_set_can_hold_does_not_lose_the_event() {
    let collector = Collector::start();
    let body = batch(&[event("search", json!({ "search_term": "MARK" }))]).to_string().replace("MARK", "a\\ud83d!");
    assert_eq!(collector.post_text(&body).json()["stored"], json!(1));
    assert_eq!(collector.text("SELECT data ->> 'search_term' FROM event"), "a\u{fffd}!");
}

#[test]
fn money_is_stored_exactly() {
    let collector = Collector::start();
    for (n, value) in ["0.1", "0.2", "0.30000000000000004", "19.99", "1234567890123.45"].iter().enumerate() {
        collector.post(&batch(&[event("purchase", order(&n.to_string(), "EUR", value))]));
    }
    collector.post(&batch(&[event("purchase", order("yen", "JPY", "5000"))]));
    collector.post(&batch(&[event("purchase", order("dinar", "KWD", "1.005"))]));
    assert_eq!(collector.number("SELECT sum(amount) FROM sale WHERE currency = 'EUR'"), 123_456_789_012_345 + 60 + 1999);
    assert_eq!(collector.number("SELECT amount FROM sale WHERE currency = 'JPY'"), 5000);
    assert_eq!(collector.number("SELECT amount FROM sale WHERE currency = 'KWD'"), 1005);
}

#[test]
fn an_order_number_is_booked_once() {
    let collector = Collector::start();
    for _ in 0..3 {
        assert_eq!(collector.post(&batch(&[event("purchase", order("A-1", "EUR", "10"))])).json()["stored"], json!(1));
    }
    assert_eq!(collector.events(), 3);
    assert_eq!(collector.number("SELECT count(*) FROM sale"), 1);
    assert_eq!(collector.number("SELECT sum(orders) FROM session"), 1);
}

#[test]
fn losses_count_once_however_often_their_batch_comes() {
    let collector = Collector::start();
    let body = with(&batch(&[]), "lost", json!({ "queue_full": 2, "expired": 1 }));
    for _ in 0..3 {
        assert_eq!(collector.post(&body).json(), json!({ "stored": 0, "duplicates": 0, "rejected": [] }));
    }
    collector.post(&with(&body, "batch", json!(body::id())));
    assert_eq!(collector.number("SELECT count FROM loss WHERE reason = 'queue_full'"), 4);
    assert_eq!(collector.number("SELECT sum(count) FROM loss"), 6);
}

#[test]
fn two_hundred_senders_at_once_are_all_stored() {
    let collector = Arc::new(Collector::start());
    let senders: Vec<_> = (0..200)
        .map(|_| {
            let collector = Arc::clone(&collector);
            std::thread::spawn(move || {
                let events: Vec<Value> = (0..20).map(|_| event("add_to_cart", goods("mug"))).collect();
                let body = batch(&events);
                loop {
                    let answer = collector.post(&body);
                    match answer.status {
                        200 => return answer.json()["stored"].as_u64().unwrap(),
                        503 => std::thread::sleep(std::time::Duration::from_millis(200)),
                        other => unreachable!("{other}"),
                    }
                }
            })
        })
        .collect();
    let stored: u64 = senders.into_iter().map(|s| s.join().unwrap()).sum();
    assert_eq!(stored, 4000);
    assert_eq!(collector.events(), 4000);
    assert_eq!(collector.number("SELECT count(*) FROM session"), 200);
    assert_eq!(collector.number("SELECT count(*) FROM item"), 4000);
}

#[test]
fn other_methods_are_told_what_is_allowed() {
    let collector = Collector::start();
    let answer = collector.get("/collect");
    assert_eq!(answer.status, 405);
    assert!(answer.header("allow").unwrap().contains("POST"));
}
