//! The reports, on a month of a small shop whose every figure is computed by hand.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::body;
use crate::shop::{DAY, DESKTOP, SHOP, Shop, Who, bought, money, month, share};
use crate::world::Collector;

#[test]
fn every_figure_is_what_a_person_computes() {
    let shop = month();
    let rows = shop.report("figures");
    let figure = |key: &str| -> Vec<Value> { rows.iter().filter(|row| row["key"] == json!(key)).map(|row| row["value"].clone()).collect() };
    // B-1, C-1, D-1. A-0 is older; B-1 was told twice.
    assert_eq!(figure("orders"), [json!(5)]);
    // Visits 1 to 9; those with an order are 2, 3, 5, 6, 9.
    assert_eq!(figure("conversion_rate"), [share(5, 9)]);
    // 48.90 + 10.01 + 19.50 = 78.41. Given back: a mug of A-1, 19.50, and all of B-1, 19.50.
    assert_eq!(figure("revenue"), [money("78.41", "EUR"), money("5000", "JPY"), money("1.234", "KWD")]);
    assert_eq!(figure("refunded"), [money("39.00", "EUR"), money("0", "JPY"), money("0.234", "KWD")]);
    assert_eq!(figure("net"), [money("39.41", "EUR"), money("5000", "JPY"), money("1.000", "KWD")]);
    // 78.41 / 3 = 26.1366…
    assert_eq!(figure("average_order"), [money("26.14", "EUR"), money("5000", "JPY"), money("1.234", "KWD")]);
    // Anna: 20.00 + (48.90 − 19.50) + 10.01 = 59.41. Bob: 19.50 − 19.50 = 0. Together 59.41 / 2 = 29.705, half up.
    assert_eq!(figure("lifetime_value"), [money("29.71", "EUR"), money("5000", "JPY"), money("1.000", "KWD")]);
    // Visits 2, 4, 7 had a cart; that of visit 8 is open. 4 and 7 were left; Bob ordered after 4.
    assert_eq!((figure("carts"), figure("abandoned")), (vec![json!(3)], vec![json!(2)]));
    assert_eq!(figure("abandonment_rate"), [share(2, 3)]);
    assert_eq!(figure("recovered"), [share(1, 2)]);
    assert_eq!(figure("left_value"), [money("1200", "JPY")]);
    assert!(rows.iter().all(|row| row["definition"].as_str().unwrap().len() > 20), "each says how it is computed");
}

#[test]
fn orders_tell_who_from_where_and_what_came_back() {
    let shop = month();
    let ids: Vec<_> = shop.report("orders").iter().map(|row| row["order_id"].clone()).collect();
    assert_eq!(ids[..2], [json!("D-1"), json!("C-1")], "newest first");
    let a1 = shop.find("orders", "order_id", "A-1");
    assert_eq!((&a1["contact"], &a1["device"], &a1["units"]), (&json!("anna@1"), &json!("desktop"), &json!(2)));
    assert_eq!((&a1["channel"], &a1["source"], &a1["medium"]), (&json!("search"), &json!("google.com"), &json!("organic")));
    assert_eq!((&a1["value"], &a1["refunded"], &a1["net"]), (&money("48.90", "EUR"), &money("19.50", "EUR"), &money("29.40", "EUR")));
    // Direct the day after the search: the search is what is remembered.
    assert_eq!(shop.find("orders", "order_id", "A-2")["origin"], json!("google.com / organic"));
    // Bob is logged in, and agreed to analytics alone.
    let b1 = shop.find("orders", "order_id", "B-1");
    assert_eq!((&b1["contact"], &b1["origin"], &b1["net"]), (&json!(null), &json!("google / cpc"), &money("0.00", "EUR")));
    assert_eq!(shop.find("orders", "order_id", "C-1")["origin"], json!("Spring_Sale / newsletter / Email"));
    let d1 = shop.find("orders", "order_id", "D-1");
    assert_eq!((&d1["origin"], &d1["device"], &d1["net"]), (&json!("direct"), &json!(null), &money("1.000", "KWD")));
}

#[test]
fn items_are_lines_of_orders_booked_once() {
    let shop = month();
    let rows = shop.report("items");
    assert_eq!(rows.len(), 5, "B-1 was told twice and has one line: {rows:#?}");
    let a1 = shop.find("items", "order_id", "A-1");
    assert_eq!((&a1["quantity"], &a1["returned"]), (&json!(2), &json!(1)));
    assert_eq!((&a1["price"], &a1["value"]), (&money("19.50", "EUR"), &money("39.00", "EUR")));
    assert_eq!(shop.find("items", "order_id", "B-1")["returned"], json!(1), "all was given back");
    assert_eq!(shop.find("items", "order_id", "C-1")["returned"], json!(0));
}

#[test]
fn abandoned_carts_tell_what_lies_in_them_and_where_they_were_left() {
    let shop = month();
    let rows = shop.report("carts");
    assert_eq!(rows.len(), 2, "{rows:#?}");
    let (cleo, bob) = (&rows[0], &rows[1]);
    assert_eq!((&cleo["cart_id"], bob["cart_id"].as_str().unwrap().len()), (&json!("cart-7"), 36), "its own, or the session's");
    // 19.50 + 3 × 10.01.
    assert_eq!((&bob["value"], &bob["units"], &bob["step"]), (&money("49.53", "EUR"), &json!(4), &json!("checkout")));
    assert_eq!((&bob["items"], &bob["later_order"], &bob["contact"]), (&json!("3 × CUP, 1 × MUG"), &json!("B-1"), &json!(null)));
    assert_eq!((&cleo["value"], &cleo["step"], &cleo["later_order"]), (&money("1200", "JPY"), &json!("shipping"), &json!(null)));
    let steps: Vec<_> = shop.report("steps").iter().map(|r| (r["step"].clone(), r["reached"].clone(), r["left"].clone())).collect();
    // 2 came through all, 4 to the checkout, 7 to the delivery.
    let expected = [("cart", 3, 0), ("checkout", 3, 1), ("shipping", 2, 1), ("payment", 1, 0)];
    assert_eq!(steps, expected.map(|(step, reached, left)| (json!(step), json!(reached), json!(left))));
}

#[test]
fn revenue_by_device_and_products_from_view_to_purchase() {
    let shop = month();
    let device = |name: &str| {
        let row = shop.find("devices", "device", name);
        (row["sessions"].clone(), row["conversion_rate"].clone(), row["orders"].clone(), row["value"].clone(), row["net"].clone())
    };
    // Visits 1, 2, 3, 8, 48.90 + 10.01, less 19.50.
    assert_eq!(device("desktop"), (json!(4), share(2, 4), json!(2), money("58.91", "EUR"), money("39.41", "EUR")));
    assert_eq!(device("mobile"), (json!(2), share(1, 2), json!(1), money("19.50", "EUR"), money("0.00", "EUR")));
    assert_eq!(device("tablet"), (json!(2), share(1, 2), json!(1), money("5000", "JPY"), money("5000", "JPY")));
    assert_eq!(device("unknown"), (json!(1), share(1, 1), json!(1), money("1.234", "KWD"), money("1.000", "KWD")));
    let product = |id: &str| {
        let row = shop.find("products", "item_id", id);
        (row["views"].clone(), row["viewers"].clone(), row["rate"].clone(), row["units"].clone())
    };
    // Anna saw it twice, Bob once, both bought it: two pieces and one.
    assert_eq!(product("mug"), (json!(3), json!(2), share(2, 2), json!(3)));
    // Anna bought one unseen.
    assert_eq!(product("cup"), (json!(1), json!(1), share(1, 1), json!(2)));
    assert_eq!(product("lamp"), (json!(0), json!(0), share(0, 0), json!(1)));
}

#[test]
fn five_models_share_out_each_order_to_the_cent() {
    let shop = month();
    let rows = shop.report("campaigns");
    let credit = |source: Value, currency: &str| {
        let row = rows.iter().find(|row| row["source"] == source && row["currency"] == json!(currency)).unwrap();
        let nets =
            ["net", "first_net", "last_net", "linear_net", "position_net"].map(|key| row[key]["amount"].as_str().unwrap().to_owned());
        (row["orders"].as_str().unwrap().to_owned(), nets, row["linear_orders"].as_str().unwrap().to_owned())
    };
    let is = |orders: &str, nets: [&str; 5], linear: &str| (orders.to_owned(), nets.map(str::to_owned), linear.to_owned());
    // A-1, net 29.40, came by letter → search. A-2, 10.01, by letter → search → direct. B-1, 0.00, by advertisement → direct.
    // Linear: 14.70 + 14.70; 3.34 + 3.33 + 3.34. Position: 14.70 + 14.70; 4.00 + 2.01 + 4.00.
    assert_eq!(credit(json!("newsletter"), "EUR"), is("0.00", ["0.00", "39.41", "0.00", "18.04", "18.70"], "0.83"));
    assert_eq!(credit(json!("google.com"), "EUR"), is("2.00", ["39.41", "0.00", "29.40", "18.03", "16.71"], "0.84"));
    assert_eq!(credit(json!("google"), "EUR"), is("1.00", ["0.00", "0.00", "0.00", "0.00", "0.00"], "0.50"));
    assert_eq!(credit(json!(null), "EUR"), is("0.00", ["0.00", "0.00", "10.01", "3.34", "4.00"], "0.83"));
    assert_eq!(credit(json!("newsletter"), "JPY").1, ["5000"; 5].map(str::to_owned));
    let visits = |source: &str| rows.iter().find(|row| row["source"] == json!(source)).unwrap()["visits"].clone();
    assert_eq!((visits("newsletter"), visits("insta")), (json!(1), json!(1)), "also what brought no order");
    let paths: Vec<_> = shop.report("paths").iter().map(|row| (row["path"].clone(), row["net"].clone())).collect();
    assert!(
        paths.contains(&(json!("spring-sale / newsletter / email → google.com / organic → direct"), money("10.01", "EUR"))),
        "{paths:#?}"
    );
}

#[test]
fn spellings_of_the_same_thing_and_halves_are_told() {
    let shop = month();
    let rows: Vec<_> = shop.report("spelling").iter().map(|r| ["field", "spelling", "meant", "why"].map(|k| r[k].clone())).collect();
    let missing = "missing, though others are there";
    let mut expected = vec![
        [json!("utm_campaign"), json!("spring-sale"), json!("spring-sale"), json!("most used")],
        [json!("utm_campaign"), json!("Spring_Sale"), json!("spring-sale"), json!("case or separators")],
        [json!("utm_medium"), json!("email"), json!("email"), json!("most used")],
        [json!("utm_medium"), json!("Email"), json!("email"), json!("case or separators")],
    ];
    for field in ["utm_campaign", "utm_medium"] {
        expected.push([json!(field), json!(null), json!(null), json!(missing)]);
    }
    assert_eq!(rows.len(), expected.len(), "{rows:#?}");
    assert!(expected.iter().all(|row| rows.contains(row)), "{rows:#?}");
}

#[test]
fn a_range_and_a_store_narrow_every_report() {
    let shop = month();
    let count = |query: String| shop.collector.get(&format!("/reports/orders?{query}")).json()["total"].clone();
    let day = |days: i64| shop.now - days * DAY;
    assert_eq!(count(String::new()), json!(6), "all there is");
    assert_eq!(count(format!("from={}&to={}", day(6), day(3))), json!(2), "A-1 and A-2");
    assert_eq!(count(format!("to={}", day(59))), json!(1), "A-0");
    assert_eq!((count("site=my-shop".to_owned()), count("site=other".to_owned())), (json!(6), json!(0)));
    let some = shop.collector.get("/reports/orders?limit=2").json();
    assert_eq!((some["rows"].as_array().unwrap().len(), &some["total"], &some["sites"]), (2, &json!(6), &json!(["my-shop"])));
    // An empty range has every report, each empty or zero.
    for name in [
        "figures",
        "orders",
        "failures",
        "items",
        "carts",
        "steps",
        "devices",
        "products",
        "campaigns",
        "paths",
        "landings",
        "spelling",
        "losses",
        "refusals",
        "anonymous",
        "values",
        "forms",
        "clicks",
    ] {
        let answer = shop.collector.get(&format!("/reports/{name}?from=1&to=2"));
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        let rows = answer.json()["rows"].as_array().unwrap().len();
        assert_eq!(
            rows,
            match name {
                "figures" => 12,
                "steps" => 4,
                _ => 0,
            },
            "{name}"
        );
    }
    assert_eq!(shop.collector.get("/reports/secrets").status, 404);
    assert_eq!(shop.collector.get("/reports/orders?form=1").status, 400);
    assert_eq!(shop.collector.request("GET", "/reports/orders.csv", &[("Host", "rebound.example")], b"").status, 403);
}

#[test]
fn a_file_opens_in_a_spreadsheet_and_runs_nothing() {
    let shop = month();
    let answer = shop.collector.get("/reports/items.csv");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"items.csv\""));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let text = answer.body.strip_prefix('\u{feff}').expect("Excel's mark");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let rows: Vec<BTreeMap<_, _>> =
        reader.records().map(|row| head.iter().map(str::to_owned).zip(row.unwrap().iter().map(str::to_owned)).collect()).collect();
    assert_eq!(rows.len(), 6);
    let lamp = rows.iter().find(|row| row["item_id"] == "lamp").unwrap();
    assert_eq!(lamp["item_name"], "'=HYPERLINK(\"https://evil.example\")");
    assert_eq!((lamp["value"].as_str(), lamp["currency"].as_str()), ("1.234", "KWD"));
    assert!(lamp["order_date"].ends_with('Z') && lamp["order_date"].contains('T'));
}

#[test]
fn what_a_refund_came_to_is_told_or_said_to_be_unclear() {
    let shop = Shop { collector: Collector::start(), now: body::now() };
    let who = Who { visitor: body::id(), agent: DESKTOP, user: None, purposes: &["analytics"] };
    let order = |number: &str| ("purchase", bought(number, "EUR", "10.00", &[("mug", 2, "5.00")]));
    shop.visit(
        &who,
        1.0,
        SHOP,
        "",
        &[
            order("dollars"),
            ("refund", json!({ "transaction_id": "dollars", "currency": "USD", "value": 3 })),
            order("unknown"),
            ("refund", json!({ "transaction_id": "unknown", "items": [{ "item_id": "lamp" }] })),
            // Two halves, one of them told twice by mistake: never more than the order.
            order("twice"),
            ("refund", json!({ "transaction_id": "twice", "currency": "EUR", "value": 5 })),
            ("refund", json!({ "transaction_id": "twice", "items": [{ "item_id": "mug" }] })),
            ("refund", json!({ "transaction_id": "twice", "items": [{ "item_id": "mug" }] })),
            ("refund", json!({ "transaction_id": "never ordered", "currency": "EUR", "value": 5 })),
        ],
    );
    let told = |id: &str| {
        let row = shop.find("orders", "order_id", id);
        (row["refunded"]["amount"].clone(), row["refund_unclear"].clone())
    };
    assert_eq!(told("dollars"), (json!("0.00"), json!("yes")), "currencies are never added together");
    assert_eq!(told("unknown"), (json!("0.00"), json!("yes")));
    assert_eq!(told("twice"), (json!("10.00"), json!(null)));
    let net = shop.report("figures").into_iter().find(|row| row["key"] == json!("net")).unwrap();
    assert_eq!(net["value"], money("20.00", "EUR"));
}

#[test]
fn a_database_from_before_the_reports_has_them_too() {
    let folder = tempfile::tempdir().unwrap();
    let now = body::now();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    let old = rusqlite::Connection::open(folder.path().join("data/cartbeacon.sqlite")).unwrap();
    old.execute_batch(include_str!("../../src/schema/001.sql")).unwrap();
    old.execute_batch(include_str!("../../src/schema/002.sql")).unwrap();
    // One order, told twice, of two mugs, and half of it given back.
    old.execute_batch(&format!(
        "INSERT INTO event (id, at, t, ahead, received, batch, site, visitor, session, seq, page, name, currency, amount, transaction_id, data)
         VALUES ('e1', {now} - 9, 0, 0, {now}, 'b', 's', 'v', 'x', 1, 'p', 'purchase', 'EUR', 1000, 'A-1', '{{}}'),
                ('e2', {now} - 8, 0, 0, {now}, 'b', 's', 'v', 'x', 2, 'p', 'purchase', 'EUR', 1000, 'A-1', '{{}}'),
                ('e3', {now} - 7, 0, 0, {now}, 'b', 's', 'v', 'x', 3, 'p', 'refund', 'EUR', 500, 'A-1', '{{}}');
         INSERT INTO item VALUES (1, 0, {now} - 9, 'purchase', 'mug', 'Mug', 2), (2, 0, {now} - 8, 'purchase', 'mug', 'Mug', 2);
         INSERT INTO sale VALUES ('s', 'A-1', {now} - 9, 'x', 'v', 'EUR', 1000);
         INSERT INTO page VALUES ('p', 'v', 'https://shop.example/', NULL, NULL, NULL);
         INSERT INTO session VALUES ('x', 'v', 's', 1, 0, {now} - 9, {now} - 7, 3, 0, 0, 0, 1, 0, 0, 0);
         PRAGMA user_version = 2;"
    ))
    .unwrap();
    drop(old);
    let shop = Shop { collector: Collector::within(folder, |_| {}), now };
    let order = shop.find("orders", "order_id", "A-1");
    assert_eq!((&order["units"], &order["net"]), (&json!(2), &money("5.00", "EUR")));
    assert_eq!(shop.report("items").len(), 1);
    assert_eq!(shop.find("products", "item_id", "mug")["units"], json!(2));
    assert_eq!(shop.collector.number(&format!("SELECT at = {now} FROM page")), 1);
}

#[test]
fn an_erased_shopper_is_in_no_report() {
    let shop = month();
    let anna = shop.collector.text("SELECT DISTINCT visitor FROM sale WHERE contact = 'anna@1'");
    shop.collector.post(&json!({ "erase": anna }));
    for table in ["sale", "refund", "touch", "item", "session", "cart_line"] {
        assert_eq!(shop.collector.number(&format!("SELECT count(*) FROM {table} WHERE visitor = '{anna}'")), 0, "{table}");
    }
    let all: String =
        ["orders", "items", "carts", "campaigns"].map(|name| shop.collector.get(&format!("/reports/{name}.csv")).body).concat();
    assert!(!all.contains("anna") && !all.contains("A-1"), "{all}");
}
