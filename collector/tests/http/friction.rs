//! Forms that were begun and not sent, and clicks that went wrong, as the tracker tells them.

use serde_json::{Value, json};

use crate::body::{self, batch, event, visit, with};
use crate::world::Collector;

fn rows(collector: &Collector, report: &str) -> Vec<Value> {
    collector.get(&format!("/reports/{report}?site=my-shop")).json()["rows"].as_array().unwrap().clone()
}

#[test]
fn a_form_has_its_starts_its_ends_and_the_field_it_is_mostly_left_at() {
    let collector = Collector::start();
    let form = |name: &str, more: Value| {
        let mut data = json!({ "form_id": "address", "form_name": "delivery", "form_destination": "https://shop.example/pay" });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event(name, data)
    };
    let body = batch(&[
        form("form_start", json!({})),
        form("form_submit", json!({ "form_time_msec": 40_000, "form_errors": 2, "last_field": "zip" })),
        form("form_start", json!({})),
        form("form_submit", json!({ "form_time_msec": 20_500 })),
        form("form_start", json!({})),
        form("form_abandon", json!({ "form_time_msec": 900_000, "form_errors": 1, "last_field": "phone" })),
        form("form_start", json!({})),
        form("form_abandon", json!({ "last_field": "phone" })),
        form("form_abandon", json!({ "last_field": "zip" })),
        event("form_submit", json!({ "form_destination": "https://shop.example/search" })),
        // Nobody has to send numbers.
        event("form_submit", json!({ "form_name": "odd", "form_time_msec": "soon", "form_errors": "many" })),
    ]);
    assert_eq!(collector.post(&body).json()["rejected"], json!([]));
    assert_eq!(
        rows(&collector, "forms"),
        [
            json!(["address", 4, 2, 3, { "part": 3, "all": 5 }, "phone", 2, 3, "30.25"]),
            json!(["https://shop.example/search", 0, 1, 0, { "part": 0, "all": 1 }, null, null, 0, null]),
            json!(["odd", 0, 1, 0, { "part": 0, "all": 1 }, null, null, 0, "0.00"]),
        ]
    );
    assert_eq!(collector.get("/reports/forms?site=other").json()["total"], json!(0));
    let file = collector.get("/reports/forms.csv").body;
    assert!(file.contains("\r\naddress,4,2,3,0.6000,phone,2,3,30.25\r\n"), "{file}");
}

#[test]
fn clicks_in_anger_count_by_place_and_visit() {
    let collector = Collector::start();
    let tell = |url: &str, events: &[Value]| {
        let body = with(&visit(&body::id(), &body::id(), events), "pages.0.url", json!(url));
        assert_eq!(collector.post(&body).json()["rejected"], json!([]));
    };
    let rage = || event("rage_click", json!({ "tag": "button", "id": "apply" }));
    tell("https://shop.example/cart?coupon=x#top", &[rage(), rage(), event("dead_click", json!({ "tag": "a", "href": "/terms" }))]);
    tell("https://shop.example/cart#/x?y", &[rage(), event("dead_click", json!({ "tag": "div" })), event("click", json!({ "tag": "a" }))]);
    assert_eq!(
        rows(&collector, "clicks"),
        [
            json!(["rage_click", "https://shop.example/cart", "#apply", 3, 2]),
            json!(["dead_click", "https://shop.example/cart", "/terms", 1, 1]),
            json!(["dead_click", "https://shop.example/cart", "div", 1, 1]),
        ]
    );
}
