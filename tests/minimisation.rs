//! What leaves depends on the purpose: where marketing is not granted, no login id and no id that outlives the visit, and
//! otherwise the same events.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests may panic")]
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "what is too heavy for the wasm is not for a test"
)]

mod common;

use std::collections::BTreeMap;

use cartbeacon::engine::io::Input;
use common::world::World;
use common::{ADD, config};
use serde_json::Value;

const ALL: &str = r#"{"analytics":"granted","marketing":"granted"}"#;
const LESS: &str = r#"{"analytics":"granted","marketing":"denied"}"#;
/// A shop that never asks about marketing, or has not yet.
const ASKED: &str = r#"{"analytics":"granted"}"#;
/// A pause that ends the visit.
const PAUSE: u64 = 31 * 60_000;

fn bodies(w: &World) -> Vec<Value> {
    w.receiver.bodies.iter().map(|body| serde_json::from_str(body).expect("JSON")).collect()
}

/// Three visits of a customer who is logged in, on a page each.
fn visits(update: &str) -> World {
    let mut w = World::new(7);
    for page in ["one", "two", "three"] {
        let tab = w.open(config(""), page);
        w.input(tab, Input::Identify(r#""customer-7""#.to_owned()));
        w.consent(tab, update);
        w.track(tab, "add_to_cart", ADD);
        w.run(6_000);
        w.close(tab);
        w.run(PAUSE);
    }
    w
}

fn distinct(bodies: &[Value], path: &str) -> usize {
    bodies.iter().map(|body| body.pointer(path).expect("a member").to_string()).collect::<std::collections::BTreeSet<_>>().len()
}

#[test]
fn without_a_yes_to_marketing_nothing_ties_two_visits_together_and_the_events_are_the_same() {
    let all = visits(ALL);
    let all = bodies(&all);
    assert_eq!((distinct(&all, "/session/id"), distinct(&all, "/visitor")), (3, 1));
    assert!(all.iter().any(|body| body["user"] == "customer-7"));
    let told = |bodies: &[Value]| -> Vec<String> {
        let events = bodies.iter().flat_map(|b| b["events"].as_array().expect("events").clone());
        events.map(|e| format!("{} {} {}", e["name"], e["t"], e["data"])).collect()
    };
    for update in [LESS, ASKED] {
        let less = visits(update);
        let less = bodies(&less);
        assert_eq!((distinct(&less, "/session/id"), distinct(&less, "/visitor")), (3, 3), "{update}");
        for body in &less {
            assert_eq!((&body["visitor"], &body["user"]), (&body["session"]["id"], &Value::Null), "{update}");
        }
        assert_eq!(told(&all), told(&less), "{update}");
    }
}

#[test]
fn a_late_yes_to_marketing_names_what_leaves_from_then_on() {
    let mut w = World::new(7);
    let tab = w.open(config(""), "one");
    w.input(tab, Input::Identify(r#""customer-7""#.to_owned()));
    w.consent(tab, ASKED);
    w.run(6_000);
    w.consent(tab, ALL);
    w.track(tab, "add_to_cart", ADD);
    w.run(6_000);
    let users: Vec<_> = bodies(&w).iter().map(|body| body["user"].clone()).collect();
    assert_eq!(users, [Value::Null, "customer-7".into()]);
}

#[test]
fn the_no_to_marketing_holds_on_the_next_page_before_a_banner_says_it_again() {
    let mut w = World::new(7);
    let tab = w.open(config(""), "one");
    w.consent(tab, LESS);
    w.close(tab);
    let next = w.open(config(""), "two");
    w.input(next, Input::Identify(r#""customer-7""#.to_owned()));
    w.track(next, "add_to_cart", ADD);
    w.run(6_000);
    let explained = w.tabs[next].tracker.explain("");
    assert!(explained.contains(r#""marketing":"stored""#), "{explained}");
    for body in bodies(&w) {
        assert_eq!((&body["visitor"], &body["user"]), (&body["session"]["id"], &Value::Null));
    }
}

#[test]
fn ids_for_the_server_and_erasure_name_the_visitor_as_the_endpoint_knows_it() {
    let mut w = World::new(7);
    let tab = w.open(config(""), "one");
    w.consent(tab, LESS);
    w.run(6_000);
    let visitor = bodies(&w)[0]["visitor"].as_str().expect("an id").to_owned();
    assert!(w.tabs[tab].tracker.ids().contains(&format!(r#""visitor":"{visitor}""#)));
    w.input(tab, Input::Erase);
    w.run(6_000);
    assert_eq!(w.receiver.erased, [visitor]);
}

/// A visit of a customer who is logged in, with what it tracks still in storage.
fn waiting(w: &mut World, update: &str) -> usize {
    let tab = w.open(config(""), "one");
    w.input(tab, Input::Identify(r#""customer-7""#.to_owned()));
    w.consent(tab, update);
    w.run(100);
    w.track(tab, "add_to_cart", ADD);
    w.run(100);
    assert!(w.records.values().any(|record| record.contains("add_to_cart")));
    tab
}

/// Whether anything that is stored does.
fn names_someone(w: &World) -> bool {
    assert!(!w.records.is_empty());
    w.records.values().any(|record| common::names_someone(record))
}

#[test]
fn what_is_stored_names_no_one_either() {
    let mut w = World::new(7);
    waiting(&mut w, ALL);
    assert!(names_someone(&w));
    let mut w = World::new(7);
    waiting(&mut w, LESS);
    assert!(!names_someone(&w));
}

#[test]
fn a_no_to_marketing_holds_for_what_is_stored_already() {
    let mut w = World::new(7);
    let tab = waiting(&mut w, ALL);
    // One batch that nobody answers, and events that wait.
    w.network.down = true;
    w.input(tab, Input::Flush);
    w.run(100);
    w.track(tab, "add_to_cart", ADD);
    w.run(50);
    assert!(names_someone(&w));
    w.consent(tab, LESS);
    assert!(!names_someone(&w));
    w.network.down = false;
    w.run(60_000);
    assert_eq!((w.received("add_to_cart"), w.records.len()), (2, 0));
}

#[test]
fn a_no_to_marketing_holds_for_what_another_page_has_stored() {
    let mut w = World::new(7);
    let before = waiting(&mut w, ALL);
    w.kill(before);
    let tab = w.open(config(""), "two");
    w.network.down = true;
    w.consent(tab, LESS);
    w.run(100);
    assert!(!names_someone(&w));
    w.network.down = false;
    w.run(60_000);
    assert_eq!((w.received("add_to_cart"), w.records.len()), (1, 0));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]
    /// Whatever is said in whatever order: a body that was sent while nobody granted marketing, or anybody denied it, names no one.
    #[test]
    fn no_body_that_is_sent_without_a_yes_to_marketing_names_anyone(
        deeds in proptest::collection::vec((0_usize..9, 0_u64..40_000), 1..50),
    ) {
        let mut w = World::new(3);
        let tab = w.open(config(""), "one");
        w.input(tab, Input::Identify(r#""customer-7""#.to_owned()));
        // What each says to marketing now, and since when it is granted or not.
        let (mut answers, mut since) = (BTreeMap::new(), vec![(0, false)]);
        for (deed, wait) in deeds {
            let said = match deed {
                0 => Some(("api", r#"{"analytics":"granted","marketing":"granted"}"#, Some(true))),
                1 => Some(("api", r#"{"analytics":"granted","marketing":"denied"}"#, Some(false))),
                2 => Some(("google", r#"{"source":"google","marketing":"denied"}"#, Some(false))),
                3 => Some(("google", r#"{"source":"google","marketing":"granted"}"#, Some(true))),
                5 => Some(("api", ASKED, None)),
                _ => None,
            };
            if let Some((who, update, answer)) = said {
                w.consent(tab, update);
                if let Some(answer) = answer {
                    answers.insert(who, answer);
                }
                since.push((w.wall, !answers.is_empty() && answers.values().all(|yes| *yes)));
            } else if deed == 4 {
                w.run(PAUSE);
            } else {
                w.track(tab, "add_to_cart", ADD);
            }
            w.run(wait + 1);
        }
        w.run(60_000);
        for body in bodies(&w) {
            let sent = body["sent"].as_u64().expect("a time");
            let granted = since.iter().rev().find(|(at, _)| *at <= sent).is_some_and(|(_, granted)| *granted);
            let nameless = body["visitor"] == body["session"]["id"] && body["user"].is_null();
            proptest::prop_assert_eq!(nameless, !granted, "sent at {}", sent);
        }
    }
}
