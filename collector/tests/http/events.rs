//! `/events`: everything stored, as JSON lines, page by page.

use serde_json::{Value, json};

use crate::body::{self, batch, event, event_at, order, page_view, visit, with};
use crate::world::{Answer, Collector};

fn lines(answer: &Answer) -> Vec<Value> {
    answer.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn cursor(answer: &Answer, name: &str) -> i64 {
    answer.header(name).unwrap().parse().unwrap()
}

#[test]
fn a_line_tells_everything_about_its_event() {
    let collector = Collector::start();
    let purchase = event("purchase", order("A-1", "EUR", "1234567890123.45"));
    let body = batch(std::slice::from_ref(&purchase));
    collector.post(&body);
    let answer = collector.get("/events");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/x-ndjson")));
    assert!(answer.body.contains("\"value\":1234567890123.45"), "no digit is lost: {}", answer.body);
    let line = &lines(&answer)[0];
    assert_eq!((&line["id"], &line["name"], &line["t"]), (&purchase["id"], &json!("purchase"), &purchase["t"]));
    assert_eq!((&line["site"], &line["visitor"], &line["session"]), (&body["site"], &body["visitor"], &body["session"]["id"]));
    assert_eq!(line["page"]["url"], json!("https://shop.example/"));
    assert_eq!(line["page"]["reason"], json!("navigate"));
    assert_eq!(line["batch"], json!({ "id": body["batch"], "sdk": "cartbeacon/0.1.0", "engine": "wasm", "attempt": 1 }));
    assert_eq!(line["consent"]["purposes"], json!(["analytics"]));
    assert_eq!(line["data"]["transaction_id"], json!("A-1"));
    assert_eq!((&line["n"], &line["seq"], &line["ahead"], &line["user"]), (&json!(1), &json!(1), &json!(false), &json!(null)));
}

#[test]
fn pages_join_without_a_gap_or_an_overlap() {
    let collector = Collector::start();
    let empty = collector.get("/events");
    assert_eq!((empty.body.as_str(), cursor(&empty, "next-cursor"), cursor(&empty, "newest-cursor")), ("", 0, 0));
    for _ in 0..7 {
        collector.post(&batch(&[page_view(), page_view(), page_view()]));
    }
    let (mut since, mut seen) = (0, Vec::new());
    loop {
        let answer = collector.get(&format!("/events?since={since}&limit=4"));
        let page = lines(&answer);
        assert_eq!(cursor(&answer, "newest-cursor"), 21);
        since = cursor(&answer, "next-cursor");
        if page.is_empty() {
            break;
        }
        assert_eq!(page.last().unwrap()["n"], json!(since));
        seen.extend(page.iter().map(|line| line["n"].as_i64().unwrap()));
    }
    assert_eq!(seen, (1..=21).collect::<Vec<_>>());
}

#[test]
fn a_cursor_never_comes_back() {
    let collector = Collector::start();
    let visitor = body::id();
    collector.post(&visit(&visitor, &body::id(), &[page_view(), page_view()]));
    collector.post(&json!({ "erase": visitor }));
    collector.post(&batch(&[page_view()]));
    assert_eq!(lines(&collector.get("/events?since=2"))[0]["n"], json!(3));
}

#[test]
fn events_are_found_by_session_visitor_name_and_time() {
    let collector = Collector::start();
    let (visitor, session) = (body::id(), body::id());
    let early = body::now() - 60_000;
    collector.post(&visit(&visitor, &session, &[event_at(early, "click", json!({})), page_view()]));
    collector.post(&visit(&visitor, &body::id(), &[page_view()]));
    collector.post(&batch(&[page_view()]));
    let count = |query: &str| lines(&collector.get(&format!("/events?{query}"))).len();
    assert_eq!(count(&format!("session={session}")), 2);
    assert_eq!(count(&format!("visitor={visitor}")), 3);
    assert_eq!(count("name=click"), 1);
    assert_eq!(count(&format!("from={}", early + 1)), 3);
    assert_eq!(count(&format!("to={}", early + 1)), 1);
    assert_eq!(count(&format!("visitor={visitor}&name=page_view&since=2&limit=5")), 1);
    for query in ["since=x", "limit=-1", "sesion=typo"] {
        let answer = collector.get(&format!("/events?{query}"));
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.error().starts_with("query: "));
    }
}

#[test]
fn a_file_of_events_has_a_line_for_each_and_runs_nothing() {
    let collector = Collector::start();
    let bought = event("purchase", order("=1+1", "EUR", "1234567890123.45"));
    let body = with(&batch(&[page_view(), bought]), "user", json!("anna, \"1\""));
    collector.post(&body);
    let answer = collector.get("/events.csv?name=purchase&site=my-shop&user=anna%2C%20%221%22");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    assert_eq!((cursor(&answer, "next-cursor"), answer.header("content-disposition")), (2, Some("attachment; filename=\"events.csv\"")));
    let mut reader = csv::Reader::from_reader(answer.body.strip_prefix('\u{feff}').unwrap().as_bytes());
    let head = reader.headers().unwrap().clone();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    let field = |name: &str| rows[0].get(head.iter().position(|h| h == name).unwrap()).unwrap().to_owned();
    assert_eq!(
        (field("name"), field("value"), field("currency")),
        ("purchase".to_owned(), "1234567890123.45".to_owned(), "EUR".to_owned())
    );
    assert_eq!((field("transaction_id"), field("user")), ("'=1+1".to_owned(), "anna, \"1\"".to_owned()));
    assert_eq!(lines(&collector.get("/events?user=nobody")).len() + lines(&collector.get("/events?site=other")).len(), 0);
}

#[test]
fn only_this_machine_may_look_unless_told() {
    let collector = Collector::start();
    for path in
        ["/events", "/events.csv", "/live", "/live/stream", "/live/main.js", "/live/reports", "/reports/orders", "/reports/orders.csv"]
    {
        let answer = collector.request("GET", path, &[("Host", "rebound.example")], b"");
        assert_eq!(answer.status, 403, "{path}");
    }
    assert_eq!(collector.request("GET", "/events", &[("Host", "localhost:1")], b"").status, 200);
    let public = Collector::with(|options| options.public_views = true);
    assert_eq!(public.request("GET", "/events", &[("Host", "shop.example")], b"").status, 200);
}
