//! What a visit is, kept in the simulated world: its number, its start, and that all tabs share it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout, reason = "tests may panic and print")]
#![allow(clippy::disallowed_macros, clippy::disallowed_methods, reason = "what is too heavy for the wasm is not for a test")]

mod common;

use std::collections::BTreeSet;

use cartbeacon::engine::io::{Input, Topic};
use common::world::World;
use common::{YES, config};
use serde_json::Value;

const MINUTE: u64 = 60_000;

/// Everything received: batch, and event.
fn received(w: &World) -> Vec<(Value, Value)> {
    let batches = w.receiver.bodies.iter().map(|body| serde_json::from_str::<Value>(body).expect("JSON"));
    batches
        .flat_map(|batch| {
            let events = batch["events"].as_array().expect("events").clone();
            events.into_iter().map(move |event| (batch.clone(), event))
        })
        .collect()
}

/// The different values at `path` of the batches.
fn distinct(w: &World, path: &str) -> BTreeSet<String> {
    received(w).iter().map(|(batch, _)| batch.pointer(path).expect("is there").to_string()).collect()
}

#[test]
fn a_visit_in_two_windows_is_one_although_each_rests_for_longer() {
    let mut w = World::new(1);
    let first = w.open(config(""), "list");
    w.consent(first, YES);
    w.run(6_000);
    let second = w.open(config(""), "product");
    // Side by side, nothing is ever hidden. The shopper is busy in one of them for 50 minutes, then goes on in the other.
    for _ in 0..5 {
        w.run(10 * MINUTE);
        w.track(second, "view_item", r#"{"items":[{"item_id":"A1"}]}"#);
    }
    w.run(6_000);
    w.track(first, "search", r#"{"search_term":"mug"}"#);
    w.run(6_000);
    assert_eq!(received(&w).len(), 8);
    assert_eq!((distinct(&w, "/session/id").len(), distinct(&w, "/visitor").len()), (1, 1));
    let seq: BTreeSet<_> = received(&w).iter().map(|(_, event)| event["seq"].as_u64()).collect();
    assert_eq!(seq.len(), 8, "a place is given once in all tabs: {seq:?}");
}

/// The places in the session of the events of that name, in the order in which they came about.
fn places(w: &World, name: &str) -> Vec<u64> {
    let mut events: Vec<_> = w.receiver.events.values().filter(|event| event["name"] == name).collect();
    events.sort_by_key(|event| event["t"].as_u64());
    events.iter().map(|event| event["seq"].as_u64().expect("a number")).collect()
}

/// No event has the place of another one, however often it was sent.
fn is_each_alone(w: &World) -> bool {
    let all: BTreeSet<_> = w.receiver.events.values().map(|event| event["seq"].as_u64()).collect();
    all.len() == w.receiver.events.len()
}

#[test]
fn a_page_that_comes_back_before_the_other_one_goes_gives_no_place_again() {
    let mut w = World::new(6);
    let first = w.open(config(""), "list");
    w.consent(first, YES);
    w.track(first, "share", "{}");
    w.input(first, Input::Leave);
    w.run(10);
    let second = w.open(config(""), "product");
    w.track(second, "share", "{}");
    w.run(10);
    // Back: browsers show the page that comes before they hide the one that goes.
    w.input(first, Input::Visible);
    w.track(first, "share", "{}");
    w.run(1);
    w.track(second, "engagement", r#"{"engagement_time_ms":10}"#);
    w.input(second, Input::Leave);
    w.run(1);
    // And forward again, and on to a third.
    w.input(second, Input::Visible);
    w.track(second, "share", "{}");
    w.input(first, Input::Leave);
    w.run(1);
    let third = w.open(config(""), "cart");
    w.track(third, "share", "{}");
    w.input(second, Input::Leave);
    w.run(6_000);
    assert_eq!(distinct(&w, "/session/id").len(), 1);
    let shares = places(&w, "share");
    assert_eq!(shares.len(), 5);
    assert!(shares.is_sorted_by(|a, b| a < b), "{shares:?}");
    assert!(is_each_alone(&w));
}

#[test]
fn a_page_that_was_killed_has_left_no_place_to_give_again() {
    let mut w = World::new(7);
    let first = w.open(config(""), "list");
    w.consent(first, YES);
    for _ in 0..300 {
        w.track(first, "share", "{}");
    }
    // It has sent them, but nothing has been stored since the last of its places were taken.
    w.run(1);
    w.kill(first);
    let second = w.open(config(""), "product");
    w.track(second, "login", "{}");
    w.run(6_000);
    assert!(is_each_alone(&w));
    let (before, after) = (places(&w, "share"), places(&w, "login"));
    assert!(before.len() == 300 && after.len() == 1 && before.iter().all(|place| *place < after[0]), "{after:?}");
}

#[test]
fn two_windows_in_which_a_shopper_is_busy_at_once_share_no_place() {
    let mut w = World::new(8);
    let tabs = [w.open(config(""), "list"), w.open(config(""), "product")];
    for tab in tabs {
        w.consent(tab, YES);
    }
    // Side by side, so that neither is hidden and neither looks at what the other has stored for being silent.
    for turn in 0..400 {
        w.track(tabs[turn % 2], ["share", "login"][turn % 2], "{}");
        w.run(1_000);
    }
    w.run(6_000);
    assert!(is_each_alone(&w));
    for own in ["share", "login"] {
        let own = places(&w, own);
        assert!(own.len() == 200 && own.is_sorted_by(|a, b| a < b), "{own:?}");
    }
}

#[test]
fn a_session_that_another_tab_began_is_gone_on_with() {
    let mut w = World::new(2);
    let first = w.open(config(""), "list");
    w.consent(first, YES);
    let second = w.open(config(""), "product");
    w.run(31 * MINUTE);
    w.track(second, "share", "{}");
    w.run(6_000);
    w.track(first, "share", "{}");
    w.run(6_000);
    let shares: BTreeSet<_> =
        received(&w).iter().filter(|(_, event)| event["name"] == "share").map(|(batch, _)| batch["session"].to_string()).collect();
    assert_eq!(shares.len(), 1, "{shares:?}");
    assert!(shares.first().expect("one").contains("\"n\":2"), "{shares:?}");
}

#[test]
fn a_yes_that_two_tabs_waited_for_makes_one_visitor() {
    let mut w = World::new(3);
    let tabs = [w.open(config(""), "list"), w.open(config(""), "product")];
    for tab in tabs {
        w.consent(tab, YES);
    }
    w.run(6_000);
    assert_eq!(received(&w).len(), 2);
    assert_eq!((distinct(&w, "/visitor").len(), distinct(&w, "/session/id").len()), (1, 1));
    // And one that nobody had asked yet, where that is a no.
    let mut w = World::new(3);
    let tabs = [0, 1].map(|_| w.open(config(r#","consent":{"default":"deny"}"#), "list"));
    for tab in tabs {
        w.consent(tab, YES);
        w.track(tab, "share", "{}");
    }
    w.run(6_000);
    assert_eq!(received(&w).len(), 2);
    assert_eq!((distinct(&w, "/visitor").len(), distinct(&w, "/session/id").len()), (1, 1));
}

#[test]
fn a_reset_in_one_tab_is_a_new_visitor_in_all() {
    let mut w = World::new(4);
    let first = w.open(config(""), "list");
    w.consent(first, YES);
    let second = w.open(config(""), "product");
    w.run(6_000);
    w.input(first, Input::Reset);
    w.track(first, "login", "{}");
    w.run(6_000);
    w.track(second, "share", "{}");
    w.run(6_000);
    let visitor = |name: &str| received(&w).iter().find(|(_, event)| event["name"] == name).map(|(batch, _)| batch["visitor"].clone());
    assert_ne!(visitor("page_view"), visitor("login"));
    assert_eq!(visitor("login"), visitor("share"));
}

#[test]
fn subscribers_hear_of_each_session_once_a_page() {
    let mut w = World::new(5);
    let first = w.open(config(""), "list");
    w.tabs[first].tracker.subscribe(Topic::Session as u8);
    w.consent(first, YES);
    w.run(6_000);
    w.track(first, "share", "{}");
    w.run(31 * MINUTE);
    w.track(first, "share", "{}");
    w.run(6_000);
    // The next page goes on with it.
    w.close(first);
    let second = w.open(config(""), "product");
    w.tabs[second].tracker.subscribe(Topic::Session as u8);
    w.track(second, "share", "{}");
    w.run(40 * MINUTE);
    w.track(second, "share", "{}");
    let told = |tab: usize| {
        let told = w.tabs[tab].told.iter().map(|line| serde_json::from_str(line.strip_prefix("session ").expect("the topic")));
        told.map(|session: Result<Value, _>| session.expect("JSON")).collect::<Vec<_>>()
    };
    let numbers: Vec<_> =
        [first, second].iter().map(|tab| told(*tab).iter().map(|s| s["n"].as_u64().expect("n")).collect::<Vec<_>>()).collect();
    // The second page's own view came before anybody listened.
    assert_eq!(numbers, [vec![1, 2], vec![3]]);
    let ids: BTreeSet<String> = distinct(&w, "/session/id").into_iter().collect();
    for session in told(first) {
        assert!(ids.contains(&session["id"].to_string()));
        assert!(distinct(&w, "/session/started").contains(&session["started"].to_string()));
    }
}
