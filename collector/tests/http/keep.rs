//! `--keep-days`: what is older goes, all of it, and what is not stays.

use serde_json::json;

use crate::body::{self, event_at, goods, order, visit, with};
use crate::world::{Collector, eventually};

const DAY: i64 = 86_400_000;

#[test]
fn what_is_too_old_goes_from_every_table() {
    let collector = Collector::start();
    let day = |days: i64| body::now() - days * DAY;
    for days in [40, 20] {
        let events = [
            event_at(day(days), "add_to_cart", goods("mug")),
            event_at(day(days), "purchase", order(&format!("A-{days}"), "EUR", "10")),
            event_at(day(days), "refund", json!({ "transaction_id": format!("A-{days}") })),
            event_at(day(days), "add_to_cart", goods("cup")),
        ];
        let body = with(&visit(&body::id(), &body::id(), &events), "pages.0.url", json!("https://shop.example/?utm_source=letter"));
        collector.post(&with(&body, "lost", json!({ "expired": 1 })));
    }
    // More than go at once.
    for _ in 0..3 {
        let events: Vec<_> = (0..999).map(|_| event_at(day(35), "page_view", json!({}))).collect();
        assert_eq!(collector.post(&visit(&body::id(), &body::id(), &events)).status, 200);
    }
    // These are as old as they were received; a test cannot wait for that.
    let old = day(40);
    for sql in [
        format!("UPDATE batch SET received = {old} WHERE id IN (SELECT batch FROM event WHERE at < {})", day(30)),
        format!("UPDATE page SET at = {old} WHERE id IN (SELECT page FROM event WHERE at < {})", day(30)),
        format!("UPDATE loss SET at = {old} WHERE visitor IN (SELECT visitor FROM event WHERE at < {})", day(30)),
    ] {
        collector.database().execute_batch(&sql).unwrap();
    }
    let folder = collector.stop();
    let kept = Collector::within(folder, |options| options.keep_days = Some(30));
    eventually("the old ones have gone", || kept.events() == 4);
    eventually("and what hung on them", || kept.number("SELECT count(*) FROM sale") == 1);
    for (table, rows) in
        [("session", 1), ("cart_line", 1), ("refund", 1), ("touch", 1), ("page", 1), ("batch", 1), ("loss", 1), ("item", 3)]
    {
        assert_eq!(kept.number(&format!("SELECT count(*) FROM {table}")), rows, "{table}");
    }
    assert_eq!(kept.text("SELECT transaction_id FROM sale"), "A-20");
}

#[test]
fn nothing_goes_unless_asked_for() {
    let collector = Collector::start();
    collector.post(&visit(&body::id(), &body::id(), &[event_at(body::now() - 5000 * DAY, "page_view", json!({}))]));
    let again = Collector::within(collector.stop(), |_| {});
    again.post(&visit(&body::id(), &body::id(), &[event_at(body::now(), "page_view", json!({}))]));
    assert_eq!(again.events(), 2);
}
