//! The live view: its figures, its stream, its safety.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::body::{self, batch, event, event_at, goods, order, page_view, visit, with};
use crate::world::{Answer, Collector};

fn stats(collector: &Collector, span: &str) -> Value {
    collector.stream(&format!("?span={span}")).until("stats", |_| true)
}

fn number(collector: &Collector, pointer: &str) -> i64 {
    stats(collector, "day").pointer(pointer).unwrap().as_i64().unwrap()
}

#[test]
fn the_page_and_its_parts_are_served_under_a_strict_policy() {
    let collector = Collector::start();
    for path in ["/live", "/live/reports", "/live/reports/orders"] {
        let page = collector.get(path);
        is_strict(&collector, &page);
    }
    let tabs = collector.get("/live/reports").body;
    for tab in tabs.split('"').filter(|part| part.starts_with("/live/reports/")) {
        assert_eq!(collector.get(tab).status, 200, "{tab}");
    }
}

fn is_strict(collector: &Collector, page: &Answer) {
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'") && !policy.contains("unsafe"));
    let links = page.body.split('"').filter(|part| part.starts_with("/live/") && !part.contains(' ')).collect::<Vec<_>>();
    assert!(links.len() >= 3, "{links:?}");
    for link in links {
        assert_eq!(collector.get(link).status, 200, "{link}");
    }
    for absent in ["http://", "https://", "<script>", " style=", " onclick="] {
        assert!(!page.body.contains(absent), "{absent}");
    }
}

#[test]
fn the_scripts_write_text_only() {
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/live")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for unsafe_way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "srcdoc"] {
            assert!(!text.contains(unsafe_way), "{}: {unsafe_way}", path.display());
        }
    }
}

#[test]
fn a_visit_from_list_to_order_shows_in_every_figure() {
    let collector = Collector::start();
    let before = stats(&collector, "day");
    assert_eq!(before["any"], json!(false));
    assert_eq!(before["funnel"], json!({ "sessions": 0, "views": 0, "carts": 0, "checkouts": 0, "orders": 0 }));
    let visitor = body::id();
    let session = body::id();
    // In two batches, the later one first.
    let late = [event("begin_checkout", goods("mug")), event("purchase", order("A-1", "EUR", "29.98"))];
    let t = body::now() - 1000;
    let early = [event_at(t, "page_view", json!({})), event_at(t, "view_item", goods("mug")), event_at(t, "add_to_cart", goods("mug"))];
    collector.post(&visit(&visitor, &session, &late));
    collector.post(&visit(&visitor, &session, &early));
    collector.post(&visit(&visitor, &body::id(), &[event("purchase", order("A-2", "EUR", "10.01"))]));
    collector.post(&batch(&[page_view(), event("view_item", goods("cup"))]));
    collector.post(&batch(&[event("purchase", order("J-1", "JPY", "5000"))]));
    collector.post(&batch(&[event("refund", json!({ "transaction_id": "A-2", "currency": "EUR", "value": 10.01 }))]));
    for span in ["hour", "day", "week", "all"] {
        let stats = stats(&collector, span);
        assert_eq!(stats["span"], json!(span));
        assert_eq!(stats["any"], json!(true));
        assert_eq!(stats["funnel"], json!({ "sessions": 5, "views": 4, "carts": 3, "checkouts": 3, "orders": 3 }), "it never widens");
        assert_eq!(stats["visitors"], json!(4));
        assert_eq!(stats["orders"], json!(3));
        assert_eq!(
            stats["revenue"],
            json!([
                { "currency": "EUR", "amount": "39.99", "orders": 2, "average": "20.00" },
                { "currency": "JPY", "amount": "5000", "orders": 1, "average": "5000" },
            ])
        );
        assert_eq!(stats["refunds"], json!([{ "currency": "EUR", "amount": "10.01" }]));
        assert_eq!((&stats["openCarts"], &stats["abandonedCarts"]), (&json!(0), &json!(0)));
        assert_eq!(stats["products"][0], json!({ "id": "mug", "name": "MUG", "views": 1, "carts": 1, "sold": 6 }));
        let sum = |list: &Value| list.as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).sum::<i64>();
        assert_eq!((sum(&stats["activity"]["events"]), sum(&stats["activity"]["orders"])), (10, 3));
    }
}

#[test]
fn a_cart_is_open_then_abandoned_or_ordered_or_emptied() {
    let collector = Collector::start();
    let now = body::now();
    let add = |minutes: i64| event_at(now - minutes * 60_000, "add_to_cart", goods("mug"));
    let open = body::id();
    collector.post(&visit(&body::id(), &open, &[add(5)]));
    collector.post(&batch(&[add(45)]));
    collector.post(&batch(&[add(45), event("page_view", json!({}))]));
    collector.post(&batch(&[add(50), event_at(now - 49 * 60_000, "purchase", order("A-1", "EUR", "1"))]));
    collector.post(&batch(&[add(50), event_at(now - 49 * 60_000, "clear_cart", json!({}))]));
    collector.post(&batch(&[add(50), event_at(now - 49 * 60_000, "remove_from_cart", goods("mug"))]));
    // Two pieces of one thing and one of another; the two are taken out again, in one go.
    let pieces = |item: &str, n: i64| json!({ "items": [{ "item_id": item, "quantity": n }] });
    let last = |name: &str, data: Value| event_at(now - 48 * 60_000, name, data);
    let changed =
        [add(50), last("update_cart", pieces("mug", 2)), last("add_to_cart", pieces("cup", 1)), last("remove_from_cart", pieces("mug", 2))];
    collector.post(&batch(&changed));
    collector.post(&batch(&[add(50), last("update_cart", pieces("mug", 2)), last("remove_from_cart", pieces("mug", 2))]));
    assert_eq!(number(&collector, "/openCarts"), 2);
    assert_eq!(number(&collector, "/abandonedCarts"), 2);
    collector.post(&visit(&body::id(), &open, &[event("purchase", order("A-2", "EUR", "1"))]));
    assert_eq!(number(&collector, "/openCarts"), 1);
}

#[test]
fn robots_are_marked_and_can_be_left_out() {
    let collector = Collector::start();
    let post = |body: &Value, agent: &str| {
        assert_eq!(collector.request("POST", "/collect", &[("user-agent", agent)], body.to_string().as_bytes()).status, 200);
    };
    let person = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
    post(&batch(&[event("view_item", goods("mug")), event("purchase", order("A-1", "EUR", "10"))]), person);
    post(&batch(&[event("view_item", goods("cup"))]), "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)");
    // One that says so itself, in a later batch: the whole visitor is a robot.
    let (visitor, session) = (body::id(), body::id());
    post(&visit(&visitor, &session, &[event("purchase", order("A-2", "EUR", "20"))]), person);
    post(&visit(&visitor, &session, &[event("device", json!({ "viewport": "small", "robot": "webdriver" }))]), person);
    post(&visit(&visitor, &body::id(), &[event("view_item", goods("jug"))]), person);
    assert_eq!(collector.number("SELECT count(*) FROM session WHERE robot = 'agent'"), 1);
    assert_eq!(collector.text("SELECT id FROM session WHERE robot = 'webdriver'"), session);
    let all = stats(&collector, "day");
    assert_eq!((&all["funnel"]["sessions"], &all["orders"], &all["robots"]), (&json!(4), &json!(2), &json!(2)));
    let mut stream = collector.stream("?span=day&robots=no");
    let people = stream.until("stats", |_| true);
    assert_eq!((&people["funnel"]["sessions"], &people["visitors"], &people["orders"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!((&people["revenue"][0]["amount"], &people["robots"]), (&json!("10.00"), &json!(2)));
    assert_eq!(people["products"].as_array().unwrap().len(), 1);
    assert_eq!(people["activity"]["events"].as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).sum::<i64>(), 2);
    assert_eq!(stream.until("events", |_| true).as_array().unwrap().len(), 2);
}

#[test]
fn losses_and_refusals_are_shown_by_reason() {
    let collector = Collector::start();
    collector.post(&with(&batch(&[page_view()]), "lost", json!({ "queue_full": 3, "expired": 1 })));
    collector.post(&batch(&[event("add_to_cart", json!({}))]));
    collector.post_text("nonsense");
    let denied = with(&batch(&[page_view()]), "consent.state", json!("denied"));
    assert_eq!(collector.post(&denied).status, 403);
    let shown = collector.stream("").until("stats", |s| s["refused"].as_array().unwrap().len() == 3);
    assert_eq!(shown["lost"], json!([{ "reason": "queue_full", "count": 3 }, { "reason": "expired", "count": 1 }]));
    let refused = shown["refused"].as_array().unwrap();
    assert!(refused.contains(&json!({ "kind": "event", "reason": "items: required", "count": 1 })), "{refused:?}");
    assert!(refused.contains(&json!({ "kind": "consent", "reason": "consent.state: not granted", "count": 1 })), "{refused:?}");
    // The same as a report and as a file; four were lost and one is stored: three of five.
    let rows = |name: &str| collector.get(&format!("/reports/{name}")).json()["rows"].clone();
    assert_eq!(rows("losses")[0].as_array().unwrap()[..3], [json!("queue_full"), json!(3), json!({ "part": 3, "all": 5 })]);
    assert!(rows("refusals").as_array().unwrap().iter().any(|row| row[0] == json!("consent") && row[2] == json!(1)));
    assert!(collector.get("/reports/losses.csv").body.contains("queue_full,3,0.6000,"));
    assert!(refused.contains(&json!({ "kind": "malformed", "reason": "body: not JSON", "count": 1 })), "{refused:?}");
}

#[test]
fn what_the_firewall_has_replaced_is_shown_by_kind_and_counts_once() {
    let collector = Collector::start();
    let note = event("my_event", json!({ "note": "[email] or [email]", "phone": "[phone]" }));
    let body = batch(&[page_view(), note, event("share", json!({ "method": "e-mail" }))]);
    let body = with(&with(&body, "pages.0.url", json!("https://shop.example/?mail=[email]")), "pages.0.title", json!("Call [phone]"));
    for _ in 0..2 {
        collector.post(&body);
    }
    let rows = |ask: &str| collector.get(&format!("/reports/replaced{ask}")).json()["rows"].clone();
    let shown: Vec<_> = rows("").as_array().unwrap().iter().map(|row| row.as_array().unwrap()[..4].to_vec()).collect();
    assert_eq!(
        json!(shown),
        json!([["email", "fields", 2, 1], ["email", "page", 1, 1], ["phone", "fields", 1, 1], ["phone", "page", 1, 1]])
    );
    assert_eq!((rows("?site=other"), rows("?to=1")), (json!([]), json!([])));
}

#[test]
fn events_appear_as_they_come_in() {
    let collector = Collector::start();
    collector.post(&batch(&[page_view()]));
    let mut messages = collector.stream("");
    let first = messages.until("events", |_| true);
    assert_eq!(first[0]["name"], json!("page_view"));
    assert_eq!(first[0]["url"], json!("https://shop.example/"));
    collector.post(&batch(&[event("add_to_cart", goods("<img src=x onerror=alert(1)>"))]));
    let stats = messages.until("stats", |_| true);
    assert_eq!(stats["funnel"]["carts"], json!(1));
    let next = messages.until("events", |list| !list.as_array().unwrap().is_empty());
    assert_eq!(next.as_array().unwrap().len(), 1, "nothing is told twice");
    assert_eq!(next[0]["data"]["items"][0]["item_id"], json!("<img src=x onerror=alert(1)>"));
}

#[test]
fn a_page_that_comes_back_is_told_only_what_it_missed() {
    let collector = Collector::start();
    collector.post(&batch(&[page_view(), page_view()]));
    let mut stream = collector.connect();
    use std::io::Write;
    stream.write_all(&collector.head("GET", "/live/stream", &[("Last-Event-ID", "1")], None)).unwrap();
    let mut messages = crate::world::Messages::new(stream);
    assert_eq!(messages.until("events", |_| true).as_array().unwrap().len(), 1);
}

#[test]
fn an_erasure_clears_the_screen() {
    let collector = Collector::start();
    let visitor = body::id();
    collector.post(&visit(&visitor, &body::id(), &[page_view()]));
    collector.post(&batch(&[page_view()]));
    let mut messages = collector.stream("");
    messages.until("events", |list| list.as_array().unwrap().len() == 2);
    collector.post(&json!({ "erase": visitor }));
    messages.until("reset", |_| true);
    assert_eq!(messages.until("stats", |_| true)["erasures"], json!(1));
    assert_eq!(messages.until("events", |_| true).as_array().unwrap().len(), 1);
}

#[test]
fn views_over_the_cap_are_told_to_come_back() {
    let collector = Collector::limited(|limits| limits.views = 2);
    let mut open: Vec<_> = (0..2).map(|_| collector.stream("")).collect();
    for view in &mut open {
        view.next().unwrap();
    }
    assert_eq!(collector.get("/live/stream").status, 503);
    drop(open);
    crate::world::eventually("a closed view gives its place back", || {
        let mut view = collector.stream("");
        view.next().is_some()
    });
}

#[test]
fn figures_stay_fast_and_sums_exact_with_a_hundred_thousand_events() {
    let collector = Collector::start();
    let database = collector.database();
    let now = body::now();
    // The largest amount there is, often enough that a 64-bit sum would not hold it.
    database
        .execute_batch(&format!(
            "BEGIN;
             WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 100000)
             INSERT INTO event (id, at, t, ahead, received, batch, site, visitor, session, seq, name, currency, amount, data)
             SELECT 'e' || i, {now} - i * 500, 0, 0, 0, 'b', 's', 'v' || (i / 50), 's' || (i / 10), i,
                    CASE i % 5 WHEN 0 THEN 'view_item' WHEN 1 THEN 'add_to_cart' WHEN 2 THEN 'purchase' ELSE 'page_view' END,
                    'EUR', 999999999999999, '{{}}' FROM k;
             INSERT INTO item (event, line, at, event_name, item_id, item_name, quantity, visitor, site, price)
             SELECT n, 0, at, name, 'p' || (n % 500), 'Product', 1, visitor, site, 100 FROM event WHERE name <> 'page_view';
             INSERT INTO sale (site, transaction_id, at, session, visitor, currency, amount, event)
             SELECT 's', id, at, session, visitor, currency, amount, n FROM event WHERE name = 'purchase';
             INSERT INTO session (id, visitor, site, n, started, first_at, last_at, events, views, carts, checkouts, orders, units, filled_at,
                                  emptied_at)
             SELECT session, visitor, 's', 1, 0, min(at), max(at), 10, 2, 2, 0, 2, 0, 0, 0 FROM event GROUP BY session;
             INSERT INTO touch (session, visitor, site, at, channel, source, medium, campaign, tagged)
             SELECT id, visitor, 's', first_at, 'email', 'c' || (rowid_of % 300), 'email', 'x', 1
             FROM (SELECT *, first_at / 5000 AS rowid_of FROM session);
             COMMIT;"
        ))
        .unwrap();
    for report in ["figures", "orders", "items.csv", "carts", "devices", "products", "campaigns", "paths", "spelling"] {
        let began = Instant::now();
        assert_eq!(collector.get(&format!("/reports/{report}")).status, 200, "{report}");
        assert!(began.elapsed() < Duration::from_secs(10), "{report}: {:?}", began.elapsed());
    }
    for span in ["hour", "day", "week", "all"] {
        let began = Instant::now();
        let stats = stats(&collector, span);
        assert!(began.elapsed() < Duration::from_secs(2), "{span}: {:?}", began.elapsed());
        if span == "all" {
            assert_eq!(stats["revenue"][0]["amount"], json!("199999999999999800.00"));
            assert_eq!(stats["revenue"][0]["average"], json!("9999999999999.99"));
            assert_eq!(stats["products"].as_array().unwrap().len(), 8);
        }
    }
}
