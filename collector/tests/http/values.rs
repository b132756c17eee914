//! An event's value beside what its items come to: counted where they differ, and shown with both amounts.

use serde_json::{Value, json};

use crate::body::{batch, event};
use crate::world::Collector;

/// Two mugs of 19.50.
fn mugs(more: &Value) -> Value {
    let mut data = json!({ "currency": "EUR", "items": [{ "item_id": "mug", "price": 19.5, "quantity": 2 }] });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    data
}

#[test]
fn a_value_that_the_items_do_not_come_to_is_stored_as_it_came_counted_and_shown() {
    let collector = Collector::start();
    let order = |id: &str, more: Value| {
        let mut data = mugs(&more);
        data["transaction_id"] = json!(id);
        event("purchase", data)
    };
    let body = batch(&[
        order("right", json!({ "value": 39 })),
        order("gross", json!({ "value": 46.21, "tax": 7.21 })),
        order("coupon", json!({ "value": 35.1, "coupon": "TEN" })),
        event("add_to_cart", mugs(&json!({ "value": 3900 }))),
        event("add_to_cart", mugs(&json!({}))),
        event("view_cart", json!({ "currency": "EUR", "value": 5 })),
    ]);
    assert_eq!(collector.post(&body).json()["rejected"], json!([]));
    let report = collector.get("/reports/values").json();
    let keys: Vec<_> = report["columns"].as_array().unwrap().iter().map(|column| column["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["time", "event", "order_id", "value", "items", "difference", "currency"]);
    let euro = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    let mut rows: Vec<Vec<Value>> =
        report["rows"].as_array().unwrap().iter().map(|row| row.as_array().unwrap().iter().skip(1).cloned().collect()).collect();
    rows.sort_by_key(|row| row[0].to_string());
    assert_eq!(
        rows,
        [
            [json!("add_to_cart"), json!(null), euro("3900.00"), euro("39.00"), euro("3861.00"), json!("EUR")],
            [json!("purchase"), json!("gross"), euro("46.21"), euro("39.00"), euro("7.21"), json!("EUR")],
        ]
    );
    assert_eq!(collector.get("/reports/orders?site=my-shop").json()["total"], json!(3), "stored as it came");
    assert_eq!(collector.get("/reports/values?site=other").json()["total"], json!(0));
    collector.stream("?span=day").until("stats", |stats| stats["odd"] == json!(2));
    let (_, file) = collector.get("/reports/values.csv").body.split_once("\r\n").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert!(file.contains(",purchase,gross,46.21,39.00,7.21,EUR\r\n"), "{file}");
}
