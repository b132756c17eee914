//! The page and the campaign that a session began with, in whatever order its batches come.

use serde_json::{Value, json};

use crate::body::{self, event_at, visit, with};
use crate::world::Collector;

/// One batch of a session: a page with its view and more, so many seconds after the first moment.
fn tell(collector: &Collector, (visitor, session): (&str, &str), second: i64, page: (&str, &str), more: &[(&str, Value)]) {
    let t = body::now() - 600_000 + second * 1000;
    let mut events = vec![event_at(t, "page_view", json!({}))];
    events.extend(more.iter().map(|(name, data)| event_at(t + 1, name, data.clone())));
    let told = with(&with(&visit(visitor, session, &events), "pages.0.url", json!(page.0)), "pages.0.reason", json!(page.1));
    assert_eq!(collector.post(&told).json()["rejected"], json!([]));
}

fn rows(collector: &Collector) -> Vec<Value> {
    collector.get("/reports/landings?site=my-shop").json()["rows"].as_array().unwrap().clone()
}

/// Two sessions from one campaign, one of which orders; one that a reload continues; one that comes directly.
fn month(collector: &Collector) {
    let ids: Vec<_> = (0..4).map(|_| (body::id(), body::id())).collect();
    let of = |n: usize| (ids[n].0.as_str(), ids[n].1.as_str());
    let letter = "https://shop.example/mugs?utm_source=letter&utm_medium=email&utm_campaign=Autumn#top";
    let order = body::order("A-1", "EUR", "10.00");
    // What came first arrives last.
    tell(collector, of(0), 60, ("https://shop.example/cart?utm_campaign=later", "navigate"), &[("purchase", order)]);
    tell(collector, of(0), 0, (letter, "navigate"), &[("view_item", body::goods("mug")), ("add_to_cart", body::goods("mug"))]);
    tell(collector, of(0), 30, ("https://shop.example/p/mug", "navigate"), &[]);
    tell(collector, of(1), 0, (letter, "prerender"), &[]);
    // An address that is only loaded again names what brought the visit before.
    tell(collector, of(2), 0, (letter, "reload"), &[]);
    tell(collector, of(3), 0, ("https://shop.example/#/home?x", "navigate"), &[("view_item", body::goods("mug"))]);
}

fn expected() -> [Value; 3] {
    let share = |part: i64, all: i64| json!({ "part": part, "all": all });
    [
        json!(["https://shop.example/mugs", "Autumn", 2, 1, 1, 1, share(1, 2)]),
        json!(["https://shop.example/", null, 1, 1, 0, 0, share(0, 1)]),
        json!(["https://shop.example/mugs", null, 1, 0, 0, 0, share(0, 1)]),
    ]
}

#[test]
fn sessions_have_the_page_and_campaign_they_began_with() {
    let collector = Collector::start();
    month(&collector);
    assert_eq!(rows(&collector), expected());
    assert_eq!(collector.get("/reports/landings?site=other").json()["total"], json!(0));
    assert_eq!(collector.get("/reports/landings?to=1").json()["total"], json!(0));
    let file = collector.get("/reports/landings.csv").body;
    assert!(file.contains("\r\nhttps://shop.example/mugs,Autumn,2,1,1,1,0.5000\r\n"), "{file}");
}

#[test]
fn a_database_from_before_knows_where_its_sessions_began() {
    let collector = Collector::start();
    month(&collector);
    let folder = collector.stop();
    // As the version before had left it.
    let old = rusqlite::Connection::open(folder.path().join("data/cartbeacon.sqlite")).unwrap();
    for column in ["landing", "landing_at", "entry_campaign"] {
        old.execute(&format!("ALTER TABLE session DROP COLUMN {column}"), []).unwrap();
    }
    old.pragma_update(None, "user_version", 8).unwrap();
    drop(old);
    let collector = Collector::within(folder, |_| {});
    assert_eq!(rows(&collector), expected());
    // And goes on from there.
    let (visitor, session) = (body::id(), body::id());
    tell(&collector, (&visitor, &session), 0, ("https://shop.example/sale", "navigate"), &[]);
    assert!(rows(&collector).contains(&json!(["https://shop.example/sale", null, 1, 0, 0, 0, { "part": 0, "all": 1 }])));
}
