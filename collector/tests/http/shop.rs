//! A month of a small shop: who came, what they did. The tests of the reports compute its figures by hand.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::body::{self, event_at, visit, with};
use crate::world::Collector;

pub const DAY: i64 = 86_400_000;
pub const DESKTOP: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36";
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Mobile/15E148 Safari/604.1";
const TABLET: &str = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1";

/// A shop with its visits, told to a collector over HTTP.
pub struct Shop {
    pub collector: Collector,
    pub now: i64,
}

/// Who comes: the browser, what it says it is, who is logged in, what was agreed to.
pub struct Who {
    pub visitor: String,
    pub agent: &'static str,
    pub user: Option<&'static str>,
    pub purposes: &'static [&'static str],
}

fn items(of: &[(&str, i64, &str)]) -> Value {
    of.iter()
        .map(|(id, quantity, price)| json!({ "item_id": id, "item_name": id.to_uppercase(), "quantity": quantity, "price": price }))
        .collect()
}

pub fn bought(number: &str, currency: &str, value: &str, of: &[(&str, i64, &str)]) -> Value {
    json!({ "transaction_id": number, "currency": currency, "value": value, "items": items(of) })
}

fn some(currency: &str, of: &[(&str, i64, &str)]) -> Value {
    json!({ "currency": currency, "value": 1, "items": items(of) })
}

impl Shop {
    /// One visit, `days` ago, a second between its events.
    pub fn visit(&self, who: &Who, days: f64, url: &str, referrer: &str, events: &[(&str, Value)]) {
        #[allow(clippy::cast_possible_truncation, reason = "days ago")]
        let start = self.now - (days * DAY as f64) as i64;
        let events: Vec<_> =
            events.iter().enumerate().map(|(n, (name, data))| event_at(start + 1000 * n as i64, name, data.clone())).collect();
        let body = visit(&who.visitor, &body::id(), &events);
        let body = with(&with(&body, "user", json!(who.user)), "consent.purposes", json!(who.purposes));
        let body = with(&with(&body, "pages.0.url", json!(url)), "pages.0.referrer", json!(referrer));
        let answer = self.collector.request("POST", "/collect", &[("User-Agent", who.agent)], body.to_string().as_bytes());
        assert_eq!((answer.status, &answer.json()["rejected"]), (200, &json!([])), "{answer:?}");
    }

    /// A report's rows by the names of its columns, of the last 30 days.
    pub fn report(&self, name: &str) -> Vec<BTreeMap<String, Value>> {
        let answer = self.collector.get(&format!("/reports/{name}?from={}", self.now - 30 * DAY));
        assert_eq!(answer.status, 200, "{answer:?}");
        let report = answer.json();
        let keys: Vec<_> = report["columns"].as_array().unwrap().iter().map(|c| c["key"].as_str().unwrap().to_owned()).collect();
        let row = |row: &Value| keys.iter().cloned().zip(row.as_array().unwrap().iter().cloned()).collect();
        report["rows"].as_array().unwrap().iter().map(row).collect()
    }

    pub fn find(&self, name: &str, key: &str, value: &str) -> BTreeMap<String, Value> {
        let found = self.report(name).into_iter().find(|row| row[key] == json!(value));
        found.unwrap_or_else(|| panic!("{name} has no {value}: {:#?}", self.report(name)))
    }
}

pub const SHOP: &str = "https://shop.example/";

/// Five browsers; the numbers of the visits are used in the sums below.
///
/// | visit | who  | days ago | came from                        | did                                                     |
/// |-------|------|----------|----------------------------------|---------------------------------------------------------|
/// | 0     | Anna | 60       | direct                           | ordered A-0, EUR 20.00: before the range                |
/// | 1     | Anna | 20       | newsletter / email / spring-sale | saw the mug                                             |
/// | 2     | Anna | 5        | a search                         | mug, cart, all steps, ordered A-1, EUR 48.90; one of two mugs given back, 19.50 |
/// | 3     | Anna | 4        | direct                           | ordered A-2, EUR 10.01                                  |
/// | 4     | Bob  | 3        | an advertisement (click id)      | saw the mug, cart of 19.50 + 3 × 10.01, checkout, left  |
/// | 5     | Bob  | 2        | direct                           | ordered B-1, EUR 19.50, loaded the page again; all of it given back |
/// | 6     | Cleo | 2        | newsletter / Email / Spring_Sale | saw the cup, ordered C-1, JPY 5000                      |
/// | 7     | Cleo | 1        | direct                           | cart of JPY 1200, delivery chosen, left                 |
/// | 8     | Dan  | 0        | utm_source=insta alone           | a cart of a mug, five minutes ago                       |
/// | 9     | Eve  | 1        | direct, with an unknown browser  | ordered D-1, KWD 1.234; 0.234 given back                |
pub fn month() -> Shop {
    let shop = Shop { collector: Collector::start(), now: body::now() };
    let who = |agent, user, purposes| Who { visitor: body::id(), agent, user, purposes };
    let anna = who(DESKTOP, Some("anna@1"), &["analytics", "marketing"]);
    let bob = who(PHONE, Some("bob-2"), &["analytics"]);
    let cleo = who(TABLET, None, &["analytics", "marketing"]);
    let dan = who(DESKTOP, None, &["analytics"]);
    let eve = who("curl/8", None, &["analytics"]);
    let mug = |n| [("mug", n, "19.50")];
    shop.visit(&anna, 60.0, SHOP, "", &[("purchase", bought("A-0", "EUR", "20.00", &mug(1)))]);
    let letter = format!("{SHOP}?utm_source=newsletter&utm_medium=email&utm_campaign=spring-sale");
    shop.visit(&anna, 20.0, &letter, "", &[("page_view", json!({})), ("view_item", some("EUR", &mug(1)))]);
    shop.visit(
        &anna,
        5.0,
        SHOP,
        "https://www.google.com/",
        &[
            ("view_item", some("EUR", &mug(1))),
            ("add_to_cart", some("EUR", &mug(2))),
            ("begin_checkout", some("EUR", &mug(2))),
            ("add_shipping_info", some("EUR", &mug(2))),
            ("add_payment_info", some("EUR", &mug(2))),
            ("purchase", bought("A-1", "EUR", "48.90", &mug(2))),
            ("refund", json!({ "transaction_id": "A-1", "items": [{ "item_id": "mug", "quantity": 1 }] })),
        ],
    );
    shop.visit(&anna, 4.0, SHOP, "", &[("purchase", bought("A-2", "EUR", "10.01", &[("cup", 1, "10.01")]))]);
    let advertisement = format!("{SHOP}?gclid=abc");
    shop.visit(
        &bob,
        3.0,
        &advertisement,
        "https://www.google.com/",
        &[
            ("view_item", some("EUR", &mug(1))),
            ("add_to_cart", some("EUR", &mug(1))),
            ("add_to_cart", some("EUR", &[("cup", 3, "10.01")])),
            ("begin_checkout", some("EUR", &mug(1))),
        ],
    );
    let order = || ("purchase", bought("B-1", "EUR", "19.50", &mug(1)));
    shop.visit(&bob, 2.0, SHOP, "", &[order(), order(), ("refund", json!({ "transaction_id": "B-1" }))]);
    let letter = format!("{SHOP}?utm_source=newsletter&utm_medium=Email&utm_campaign=Spring_Sale");
    let cup = |price| [("cup", 1, price)];
    shop.visit(
        &cleo,
        2.0,
        &letter,
        "",
        &[("view_item", some("JPY", &cup("5000"))), ("purchase", bought("C-1", "JPY", "5000", &cup("5000")))],
    );
    let numbered = with(&some("JPY", &cup("1200")), "cart_id", json!("cart-7"));
    shop.visit(&cleo, 1.0, SHOP, "", &[("add_to_cart", numbered), ("add_shipping_info", json!({}))]);
    shop.visit(&dan, 0.0035, &format!("{SHOP}?utm_source=insta"), "", &[("add_to_cart", some("EUR", &mug(1)))]);
    let lamp = json!([{ "item_id": "lamp", "item_name": "=HYPERLINK(\"https://evil.example\")", "price": "1.234" }]);
    shop.visit(
        &eve,
        1.0,
        SHOP,
        "",
        &[
            // The refund is told before its order: batches may come in any order.
            ("refund", json!({ "transaction_id": "D-1", "currency": "KWD", "value": "0.234" })),
            ("purchase", json!({ "transaction_id": "D-1", "currency": "KWD", "value": "1.234", "items": lamp })),
        ],
    );
    shop
}

pub fn money(amount: &str, currency: &str) -> Value {
    json!({ "amount": amount, "currency": currency })
}

pub fn share(part: i64, all: i64) -> Value {
    json!({ "part": part, "all": all })
}
