//! The cart engine: actions explain every change, totals are those of exact decimals, and what several see counts once.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]
#![allow(clippy::disallowed_macros, clippy::disallowed_methods, reason = "what is too heavy for the wasm is not for a test")]

use bigdecimal::BigDecimal;
use cartbeacon::engine::cart::differ::{apply, diff};
use cartbeacon::engine::cart::lines::Cart;
use cartbeacon::engine::cart::step;
use cartbeacon::engine::json::Json;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The part as its JavaScript drives it: a state that is kept, sights that come in.
struct Part {
    state: Value,
    now: u64,
    note: String,
    wake: Option<u64>,
}

impl Part {
    fn new() -> Self {
        Self { state: Value::Null, now: 1_790_000_000_000, note: String::new(), wake: None }
    }

    fn see_with(&mut self, by: &str, name: &str, data: Value, more: Value) -> Vec<Value> {
        let mut input =
            json!({"by": by, "name": name, "data": data, "at": self.now, "fresh": format!("cart-{}", self.now), "state": self.state});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let output: Value = serde_json::from_str(&step(&input.to_string())).expect("JSON");
        self.note = output["note"].as_str().unwrap_or("").to_owned();
        self.wake = output["wake"].as_u64();
        if !output["state"].is_null() {
            self.state = output["state"].clone();
        }
        output["events"].as_array().expect("a list").clone()
    }

    fn see(&mut self, by: &str, name: &str, data: Value) -> Vec<Value> {
        self.see_with(by, name, data, json!({}))
    }
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["name"].as_str().unwrap()).collect()
}

fn cart(items: Value) -> Value {
    json!({"currency": "EUR", "items": items})
}

fn mug(quantity: u64) -> Value {
    json!({"item_id": "M", "item_name": "Mug", "price": 19.5, "quantity": quantity})
}

fn cup(quantity: u64) -> Value {
    json!({"item_id": "C", "item_name": "Cup", "item_variant": "red", "price": "4.10", "quantity": quantity})
}

#[test]
fn snapshots_become_the_actions_between_them() {
    let mut part = Part::new();
    assert_eq!(part.see("shopify", "cart", cart(json!([]))), Vec::<Value>::new());
    let id = format!("cart-{}", part.now);
    let added = part.see("shopify", "cart", cart(json!([mug(1), cup(1), mug(1)])));
    assert_eq!(
        added,
        [
            json!({"name": "add_to_cart", "data": {"currency": "EUR", "value": 39, "items": [mug(2)], "cart_id": id, "cart_count": 3, "cart_total": 43.1}}),
            json!({"name": "add_to_cart", "data": {"currency": "EUR", "value": 4.1, "items": [json!({"item_id": "C", "item_name": "Cup", "item_variant": "red", "price": 4.1, "quantity": 1})], "cart_id": id, "cart_count": 3, "cart_total": 43.1}}),
        ]
    );
    let fewer = part.see("shopify", "cart", cart(json!([mug(1), cup(1)])));
    assert_eq!(names(&fewer), ["remove_from_cart"]);
    assert_eq!((&fewer[0]["data"]["value"], &fewer[0]["data"]["cart_total"]), (&json!(19.5), &json!(23.6)));
    let cheaper = json!({"item_id": "M", "item_name": "Mug", "price": 15, "quantity": 1});
    let updated = part.see("shopify", "cart", cart(json!([cheaper, cup(1)])));
    assert_eq!(names(&updated), ["update_cart"]);
    assert_eq!(updated[0]["data"]["items"], json!([cheaper]));
    let mut with_coupon = cart(json!([cheaper, cup(1)]));
    with_coupon["coupon"] = json!("TEN");
    with_coupon["discount"] = json!(1.91);
    let coupon = part.see("shopify", "cart", with_coupon.clone());
    assert_eq!(names(&coupon), ["apply_coupon"]);
    assert_eq!((&coupon[0]["data"]["coupon"], &coupon[0]["data"]["cart_total"]), (&json!("TEN"), &json!(17.19)));
    assert_eq!(part.see("shopify", "cart", with_coupon), Vec::<Value>::new(), "the same cart again is nothing new");
    let cleared = part.see("shopify", "cart", cart(json!([])));
    assert_eq!(names(&cleared), ["clear_cart", "remove_coupon"]);
    assert_eq!((&cleared[0]["data"]["cart_count"], &cleared[0]["data"]["cart_total"]), (&json!(0), &json!(0)));
}

#[test]
fn a_cart_that_was_never_seen_whole_is_not_explained() {
    let mut part = Part::new();
    assert_eq!(names(&part.see("woo", "cart", cart(json!([mug(2)])))), Vec::<&str>::new(), "it was filled before we came");
    let mut part = Part::new();
    assert_eq!(names(&part.see("woo", "add_to_cart", cart(json!([mug(1)])))), ["add_to_cart"]);
    let events = part.see("woo", "cart", cart(json!([mug(2), cup(1)])));
    assert_eq!(names(&events), ["add_to_cart"], "one more mug; the cup was there before");
    assert_eq!((&events[0]["data"]["cart_count"], &events[0]["data"]["cart_total"]), (&json!(3), &json!(43.1)));
}

#[test]
fn the_same_change_seen_by_two_counts_once() {
    let mut part = Part::new();
    part.see("shopify", "cart", cart(json!([])));
    let by_push = cart(json!([{"item_id": "SKU-9", "item_name": "Mug, oat", "price": 19.5}]));
    assert_eq!(names(&part.see("dataLayer", "add_to_cart", by_push.clone())), ["add_to_cart"]);
    assert_eq!(names(&part.see("shopify", "cart", cart(json!([mug(1)])))), Vec::<&str>::new(), "another id, the same price");
    part.now += 4000;
    assert_eq!(names(&part.see("shopify", "cart", cart(json!([mug(2)])))), ["add_to_cart"], "a second click");
    assert_eq!(names(&part.see("dataLayer", "add_to_cart", by_push.clone())), Vec::<&str>::new());
    assert_eq!(part.note, "told by another source");
    assert_eq!(names(&part.see("dataLayer", "add_to_cart", by_push.clone())), ["add_to_cart"], "one source alone may repeat itself");
    part.now += 11_000;
    part.see("shopify", "cart", cart(json!([mug(3)])));
    part.now += 11_000;
    assert_eq!(names(&part.see("dataLayer", "add_to_cart", by_push)), ["add_to_cart"], "too late to be the same");
    let viewed = json!({"currency": "EUR", "items": [{"item_id": "M", "price": 19.5}]});
    assert_eq!(names(&part.see("jsonLd", "view_item", viewed.clone())), ["view_item"]);
    assert_eq!(names(&part.see("dataLayer", "view_item", viewed)), Vec::<&str>::new());
}

#[test]
fn three_pieces_of_which_one_was_told_are_two() {
    let mut part = Part::new();
    part.see("shopify", "cart", cart(json!([])));
    part.see("dataLayer", "add_to_cart", cart(json!([mug(1)])));
    let rest = part.see("shopify", "cart", cart(json!([mug(3)])));
    assert_eq!((&rest[0]["data"]["items"][0]["quantity"], &rest[0]["data"]["value"]), (&json!(2), &json!(39)));
}

#[test]
fn two_dialects_of_one_source_share_its_view() {
    let mut part = Part::new();
    part.see("dataLayer", "view_cart", cart(json!([cup(1)])));
    let added = cart(json!([mug(1)]));
    let events = part.see("dataLayer", "add_to_cart", added.clone());
    assert_eq!((names(&events), &events[0]["data"]["cart_total"]), (vec!["add_to_cart"], &json!(23.6)));
    assert_eq!(names(&part.see("dataLayer-ua", "add_to_cart", added.clone())), Vec::<&str>::new());
    part.now += 501;
    assert_eq!(names(&part.see("dataLayer", "remove_from_cart", added.clone())), ["remove_from_cart"]);
    assert_eq!(
        names(&part.see("dataLayer-gtag", "add_to_cart", added.clone())),
        ["add_to_cart"],
        "half a second later it is another click"
    );
    let events = part.see("dataLayer-ua", "add_to_cart", cart(json!([mug(2)])));
    assert_eq!((names(&events), &events[0]["data"]["cart_count"]), (vec!["add_to_cart"], &json!(3)), "one of the two was told");
    let begun = part.see("dataLayer", "begin_checkout", json!({}));
    assert_eq!(
        (&begun[0]["data"]["value"], begun[0]["data"]["items"].as_array().unwrap().len()),
        (&json!(43.1), 2),
        "what is known of the cart"
    );
}

#[test]
fn a_coupon_that_a_checkout_shows_was_applied_and_what_is_off_is_known_from_its_value() {
    let mut part = Part::new();
    part.see("dataLayer", "view_cart", cart(json!([mug(2)])));
    let begun = part.see("dataLayer", "begin_checkout", json!({"currency": "EUR", "value": 35.1, "coupon": "TEN", "items": [mug(2)]}));
    assert_eq!(names(&begun), ["apply_coupon", "begin_checkout"]);
    assert_eq!((&begun[0]["data"]["coupon"], &begun[0]["data"]["cart_total"]), (&json!("TEN"), &json!(35.1)));
    let again = part.see("dataLayer-ua", "begin_checkout", cart(json!([mug(2)])));
    assert_eq!(names(&again), Vec::<&str>::new(), "another dialect, which knows no coupon");
    let shown = part.see("dataLayer", "add_payment_info", json!({"payment_type": "card"}));
    assert_eq!(
        (&shown[0]["data"]["value"], &shown[0]["data"]["discount"], &shown[0]["data"]["coupon"]),
        (&json!(35.1), &json!(3.9), &json!("TEN"))
    );
    let viewed = part.see("dataLayer", "view_cart", json!({"currency": "EUR", "value": 35.1, "coupon": "TEN", "items": [mug(2)]}));
    assert_eq!(names(&viewed), ["view_cart"], "it is applied already");
}

#[test]
fn an_order_is_told_once_and_not_when_it_is_old() {
    let order = |id: &str| json!({"transaction_id": id, "currency": "EUR", "value": 39, "items": [mug(2)]});
    let mut part = Part::new();
    part.see("woo", "cart", cart(json!([])));
    part.see("woo", "cart", cart(json!([mug(2)])));
    assert_eq!(names(&part.see("woo", "purchase", order("1001"))), ["purchase"]);
    assert_eq!(names(&part.see("woo", "cart", cart(json!([])))), Vec::<&str>::new(), "ordered, not cleared");
    part.now += 86_400_000;
    for by in ["woo", "dataLayer"] {
        assert_eq!(names(&part.see(by, "purchase", order("1001"))), Vec::<&str>::new());
        assert_eq!(part.note, "transaction_id: this order was told already");
    }
    let old = json!({"created": part.now - 1_800_001, "maxAge": 1_800_000});
    assert_eq!(names(&part.see_with("woo", "purchase", order("1002"), old)), Vec::<&str>::new());
    assert_eq!(part.note, "order_created_at: older than maxAge");
    assert_eq!(names(&part.see("woo", "purchase", order("1003"))), ["purchase"]);
}

#[test]
fn a_cart_found_empty_after_a_checkout_began_was_ordered() {
    let mut part = Part::new();
    part.see("shopify", "cart", cart(json!([])));
    part.see("shopify", "cart", cart(json!([mug(2), cup(1)])));
    part.see("shopify", "begin_checkout", cart(json!([mug(2), cup(1)])));
    part.now += 600_000;
    assert_eq!(names(&part.see_with("shopify", "cart", cart(json!([])), json!({"found": 1}))), Vec::<&str>::new());
    assert_eq!(part.state["id"], json!(""));
}

#[test]
fn a_cart_that_is_left_is_said_once_and_said_again_when_taken_up() {
    let mut part = Part::new();
    part.see("woo", "cart", cart(json!([])));
    let begun = part.now;
    part.see("woo", "cart", cart(json!([mug(2)])));
    part.see("woo", "add_shipping_info", cart(json!([mug(2)])));
    assert_eq!(part.wake, Some(begun + 1_800_000));
    part.now += 1_800_000;
    let left = part.see("", "look", json!({}));
    let expected = json!({"currency": "EUR", "value": 39, "items": [mug(2)], "cart_id": format!("cart-{begun}"), "cart_count": 2, "cart_total": 39, "cart_age": 1800, "last_step": "add_shipping_info"});
    assert_eq!(left, [json!({"name": "cart_abandoned", "data": expected})]);
    assert_eq!((names(&part.see("", "look", json!({}))), part.wake), (Vec::<&str>::new(), None));
    part.now += 60_000;
    assert_eq!(names(&part.see_with("", "look", json!({}), json!({"found": 1}))), ["cart_restored"]);
    part.now += 1_800_000;
    assert_eq!(names(&part.see("woo", "cart", cart(json!([mug(3)])))), ["cart_abandoned", "cart_restored", "add_to_cart"]);
}

#[test]
fn what_is_wrong_is_named_and_changes_nothing() {
    let mut part = Part::new();
    part.see("api", "cart", cart(json!([mug(1)])));
    let before = part.state.clone();
    for (data, why) in [
        (cart(json!([{"item_id": "M", "price": 1, "currency": "USD"}])), "items[0].currency: differs from the event's currency"),
        (json!({"items": [mug(1)]}), "currency: required with money"),
        (cart(json!([{"item_id": "M", "price": 999_999_999_999_i64, "quantity": 999_999}])), "items: come to more than 15 digits"),
    ] {
        assert_eq!(part.see("api", "cart", data), Vec::<Value>::new());
        assert_eq!((part.note.as_str(), &part.state), (why, &before));
    }
}

const CURRENCIES: [(&str, i64); 4] = [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)];

/// A random cart: items of a few ids and variants, so that two carts have some in common.
fn any_cart() -> impl Strategy<Value = (Value, usize)> {
    let item = (0..6_u8, 0..3_u8, 1..2000_u64, 0..9_999_999_u64);
    (proptest::collection::vec(item, 0..12), 0..CURRENCIES.len(), 0..3_u8).prop_map(|(items, which, coupon)| {
        let places = CURRENCIES[which].1;
        let items: Vec<_> = items
            .into_iter()
            .map(|(id, variant, quantity, minor)| {
                let minor = minor % 7 * 100_003 + u64::from(id) * 10 + u64::from(variant);
                let price = BigDecimal::new(minor.into(), places).to_plain_string();
                json!({"item_id": format!("i{id}"), "item_variant": format!("v{variant}"), "quantity": quantity, "price": price})
            })
            .collect();
        let coupon = ["", "A", "B"][usize::from(coupon)];
        (json!({"currency": CURRENCIES[which].0, "coupon": coupon, "items": items}), which)
    })
}

fn unique(mut cart: Value) -> Value {
    let mut seen = Vec::new();
    cart["items"].as_array_mut().unwrap().retain(|item| {
        let key = (item["item_id"].clone(), item["item_variant"].clone());
        let is_new = !seen.contains(&key);
        seen.push(key);
        is_new
    });
    cart
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_actions_applied_to_the_old_cart_give_the_new_one((old, _) in any_cart(), (new, _) in any_cart()) {
        let (old, new) = (unique(old).to_string(), unique(new).to_string());
        let mut cart = Cart::read(Json::new(&old)).unwrap();
        let new = Cart::read(Json::new(&new)).unwrap();
        for change in diff(&cart.clone(), &new, true) {
            let about = Cart { currency: change.currency, coupon: change.coupon, lines: change.lines, ..Cart::default() };
            apply(&mut cart, change.name, &about).unwrap();
        }
        let lines = |cart: &Cart<'_>| {
            let mut lines: Vec<_> = cart.lines.iter().map(|l| (l.id.to_owned(), l.variant.to_owned(), l.quantity, l.price)).collect();
            lines.sort();
            lines
        };
        prop_assert_eq!(lines(&cart), lines(&new));
        prop_assert_eq!(cart.total, new.total);
        prop_assert_eq!(cart.coupon, new.coupon);
        if !new.lines.is_empty() {
            prop_assert_eq!(cart.currency, new.currency);
        }
    }

    #[test]
    fn totals_are_those_of_a_big_decimal((cart, which) in any_cart()) {
        let mut sum = BigDecimal::from(0);
        let mut count = 0;
        for item in cart["items"].as_array().unwrap() {
            let quantity = item["quantity"].as_u64().unwrap();
            sum += item["price"].as_str().unwrap().parse::<BigDecimal>().unwrap() * BigDecimal::from(quantity);
            count += quantity;
        }
        let mut part = Part::new();
        part.see("api", "cart", json!({"items": []}));
        let mut cart = cart;
        cart["items"].as_array_mut().unwrap().push(json!({"item_id": "last", "price": "1", "quantity": 1}));
        let events = part.see("api", "cart", cart);
        for event in events.iter().filter(|event| event["name"] == "add_to_cart") {
            let total: BigDecimal = event["data"]["cart_total"].to_string().parse().unwrap();
            prop_assert_eq!(&total, &(sum.clone() + BigDecimal::from(1)), "{}", CURRENCIES[which].0);
            prop_assert_eq!(&event["data"]["cart_count"], &json!(count + 1));
        }
        prop_assert!(!events.is_empty());
    }

    #[test]
    fn any_input_is_answered(state in r#"[\{\}\[\]",:a-z0-9]{0,60}"#, name in "cart|look|add_to_cart|purchase", data in r#"[\{\}\[\]",:a-z0-9]{0,60}"#) {
        step(&format!(r#"{{"by":"x","name":"{name}","at":5,"data":{data},"state":{state}}}"#));
    }
}
