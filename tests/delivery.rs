//! Promises about delivery, kept in the simulated world: what arrives, when, and what is said of what does not.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout, reason = "tests may panic and print")]
#![allow(clippy::disallowed_macros, clippy::disallowed_methods, reason = "what is too heavy for the wasm is not for a test")]

mod common;

use cartbeacon::engine::io::{Answer, Input};
use cartbeacon::engine::page::Reason;
use common::network::{HEALTHY, Network};
use common::world::World;
use common::{ADD, YES, config, facts};

fn granted(more: &str) -> (World, usize) {
    let mut w = World::new(1);
    let tab = w.open(config(more), "list");
    w.consent(tab, YES);
    (w, tab)
}

fn lost(w: &World, tab: usize) -> Vec<(&'static str, u32)> {
    w.stats(tab).lost.named().collect()
}

#[test]
fn a_batch_leaves_five_seconds_after_its_first_event() {
    let (mut w, tab) = granted("");
    w.track(tab, "add_to_cart", ADD);
    w.run(4_900);
    assert_eq!(w.sends, 0);
    w.run(300);
    assert_eq!((w.sends, w.received("page_view"), w.received("add_to_cart")), (1, 1, 1));
    assert_eq!(w.stats(tab).acknowledged, 2);
}

#[test]
fn twenty_events_leave_at_once() {
    let (mut w, tab) = granted("");
    for _ in 0..19 {
        w.track(tab, "view_item", r#"{"items":[{"item_id":"A1"}]}"#);
    }
    w.run(100);
    assert_eq!((w.sends, w.receiver.events.len()), (1, 20));
}

#[test]
fn an_order_does_not_wait() {
    let (mut w, tab) = granted("");
    w.track(tab, "purchase", r#"{"transaction_id":"O1","currency":"EUR","value":10,"items":[{"item_id":"A1"}]}"#);
    w.run(100);
    assert_eq!(w.received("purchase"), 1);
}

#[test]
fn a_page_that_is_hidden_sends_what_it_has() {
    let (mut w, tab) = granted("");
    w.track(tab, "add_to_cart", ADD);
    w.close(tab);
    w.run(200);
    assert_eq!(w.received("add_to_cart"), 1);
}

#[test]
fn a_burst_of_a_thousand_arrives_whole() {
    let (mut w, tab) = granted("");
    for n in 0..1_000 {
        w.track(tab, "add_to_cart", &ADD.replace("A1", &format!("A{n}")));
    }
    w.run(2_000);
    assert_eq!(w.received("add_to_cart"), 1_000);
    assert_eq!(w.receiver.duplicates, 0);
    assert!(w.receiver.bodies.iter().all(|b| b.len() <= 65_536));
}

#[test]
fn what_the_browser_refuses_stays_queued() {
    let (mut w, tab) = granted("");
    for n in 0..400 {
        w.track(tab, "add_to_cart", &ADD.replace("A1", &format!("A{n}")));
    }
    // The page is going: only 64 KiB may be in flight.
    w.input(tab, Input::Hidden);
    let s = w.stats(tab);
    assert!(s.in_doubt > 100 && s.queued > 0, "{s:?}");
    w.run(2_000);
    assert_eq!(w.received("add_to_cart"), 400);
}

#[test]
fn a_failing_endpoint_is_asked_again_more_and_more_rarely() {
    let (mut w, tab) = granted("");
    w.network = Network { status: Some(503), ..HEALTHY };
    w.track(tab, "add_to_cart", ADD);
    w.run(600_000);
    let asked = w.sends;
    assert!((5..40).contains(&asked), "asked {asked} times in ten minutes");
    w.network = HEALTHY;
    w.run(400_000);
    assert_eq!((w.received("add_to_cart"), w.receiver.duplicates), (1, 0));
    let body: serde_json::Value = serde_json::from_str(&w.receiver.bodies[0]).expect("JSON");
    assert_eq!(body["attempt"].as_u64(), Some(asked as u64 + 1));
}

#[test]
fn how_often_it_is_asked_is_an_option() {
    let asked = |more: &str| {
        let (mut w, tab) = granted(more);
        w.network = Network { status: Some(503), ..HEALTHY };
        w.track(tab, "add_to_cart", ADD);
        w.run(600_000);
        w.sends
    };
    let usual = asked("");
    let oftener = asked(r#","retry":{"maxMs":20000}"#);
    let rarer = asked(r#","retry":{"ms":300000}"#);
    let most = asked(r#","retry":{"ms":1,"maxMs":1}"#);
    assert!(rarer < usual && 3 * usual < oftener, "{rarer}, {usual}, {oftener}");
    assert!((900..1_500).contains(&most), "half a second on average and no storm, whatever is asked for: {most}");
}

#[test]
fn after_three_network_failures_nothing_is_tried_until_the_network_is_back() {
    let (mut w, tab) = granted("");
    w.network = Network { down: true, ..HEALTHY };
    w.track(tab, "add_to_cart", ADD);
    w.run(3_600_000);
    assert_eq!(w.sends, 3);
    w.network = HEALTHY;
    w.input(tab, Input::Online);
    w.run(1_000);
    assert_eq!(w.received("add_to_cart"), 1);
}

#[test]
fn one_bad_event_costs_only_itself() {
    let (mut w, tab) = granted("");
    w.receiver.poison.insert("bad".to_owned());
    for n in 0..15 {
        w.track(tab, if n == 6 { "bad" } else { "good" }, "{}");
    }
    w.run(20_000);
    assert_eq!((w.received("good"), w.received("bad"), lost(&w, tab)), (14, 0, vec![("rejected", 1)]));
}

#[test]
fn too_large_a_batch_is_split() {
    let (mut w, tab) = granted("");
    let big = format!(r#"{{"note":"{}"}}"#, "x".repeat(4_000));
    for _ in 0..40 {
        w.track(tab, "big", &big);
    }
    w.run(2_000);
    assert_eq!(w.received("big"), 40);
}

#[test]
fn a_full_queue_keeps_orders() {
    let (mut w, tab) = granted(r#","queue":{"events":10}"#);
    w.network = Network { down: true, ..HEALTHY };
    w.track(tab, "purchase", r#"{"transaction_id":"O1","currency":"EUR","value":10,"items":[{"item_id":"A1"}]}"#);
    w.run(60_000);
    for _ in 0..50 {
        w.track(tab, "noise", "{}");
    }
    assert_eq!(lost(&w, tab), [("queue_full", 40)]);
    w.network = HEALTHY;
    w.input(tab, Input::Online);
    w.run(2_000);
    assert_eq!(w.received("purchase"), 1);
}

#[test]
fn losses_travel_in_the_next_batch() {
    let (mut w, tab) = granted(r#","queue":{"events":10}"#);
    w.network = Network { down: true, ..HEALTHY };
    w.run(60_000);
    for _ in 0..50 {
        w.track(tab, "noise", "{}");
    }
    w.network = HEALTHY;
    w.input(tab, Input::Online);
    w.run(2_000);
    let reported: u64 = w
        .receiver
        .bodies
        .iter()
        .map(|b| serde_json::from_str::<serde_json::Value>(b).expect("JSON")["lost"]["queue_full"].as_u64().unwrap_or(0))
        .sum();
    assert_eq!(reported, 40);
}

#[test]
fn where_a_beacon_cannot_be_seen_a_visible_page_uses_a_fetch() {
    let mut w = World::new(2);
    w.sees_beacons = false;
    let tab = w.open(config(""), "list");
    w.consent(tab, YES);
    w.run(6_000);
    assert_eq!((w.stats(tab).acknowledged, w.stats(tab).handed_over), (1, 0));
    w.track(tab, "add_to_cart", ADD);
    w.input(tab, Input::Hidden);
    w.run(6_000);
    assert_eq!((w.stats(tab).acknowledged, w.stats(tab).handed_over, w.received("add_to_cart")), (1, 1, 1));
}

#[test]
fn an_endpoint_that_forbids_reading_gets_everything_all_the_same() {
    let mut w = World::new(3);
    (w.sees_beacons, w.readable) = (false, false);
    let tab = w.open(config(""), "list");
    w.consent(tab, YES);
    for n in 0..30 {
        w.track(tab, "noise", &format!(r#"{{"n":{n}}}"#));
        w.run(2_000);
    }
    w.run(20_000);
    let s = w.stats(tab);
    assert_eq!((w.received("noise"), s.handed_over, s.queued, s.in_doubt), (30, 31, 0, 0), "{s:?}");
    assert!(w.sends < 15, "{} sends", w.sends);
}

#[test]
fn every_timer_goes_quiet() {
    let (mut w, tab) = granted("");
    w.track(tab, "add_to_cart", ADD);
    w.run(3_600_000);
    assert_eq!(w.tabs[tab].tracker.poll_timeout(), None);
    assert_eq!(w.sends, 1);
}

#[test]
fn bad_events_are_refused_with_the_field_and_neighbours_arrive() {
    let (mut w, tab) = granted("");
    w.track(tab, "good", "{}");
    let Answer::Refused(problem) = w.track(tab, "add_to_cart", r#"{"items":[{"item_id":"a","price":-1}],"currency":"EUR"}"#) else {
        panic!("a negative price was accepted")
    };
    assert_eq!(problem.text(), "items[0].price: negative");
    w.track(tab, "good", "{}");
    w.run(6_000);
    assert_eq!((w.received("good"), w.received("add_to_cart"), w.stats(tab).accepted), (2, 0, 3));
}

/// A page with more waiting than beacons may carry as text, that is left: how much of it arrives.
fn left_with_a_backlog(packs: bool, sees_beacons: bool) -> (World, usize) {
    let mut w = World::new(1);
    (w.packs, w.sees_beacons) = (packs, sees_beacons);
    let tab = w.open(config(r#","batch":{"events":1000}"#), "list");
    w.consent(tab, YES);
    w.run(10_000);
    for n in 0..450 {
        let fields = format!(
            r#"{{"currency":"EUR","value":{n},"items":[{{"item_id":"SKU-{}","item_name":"Product {}","item_category":"Kitchen","price":{}.5,"quantity":1}},{{"item_id":"SKU-{}","item_name":"Another {}","price":{n}}}]}}"#,
            n * 37 % 500,
            n * 91 % 300,
            n % 97,
            n * 53 % 500,
            n * 17 % 300
        );
        w.track(tab, "add_to_cart", &fields);
    }
    w.close(tab);
    w.run(60_000);
    (w, tab)
}

#[test]
fn a_dying_page_that_packs_gets_a_full_queue_out() {
    let plain = left_with_a_backlog(false, true).0.received("add_to_cart");
    assert!(plain < 250, "as text only some of it fits: {plain}");
    for sees_beacons in [true, false] {
        let (w, tab) = left_with_a_backlog(true, sees_beacons);
        assert_eq!(w.received("add_to_cart"), 450);
        let text: usize = w.receiver.bodies.iter().map(String::len).sum();
        let sent = usize::try_from(w.stats(tab).bytes_sent).expect("small");
        assert!(text > 2 * 65_536 && sent < 65_536, "{text} bytes of text in {sent}");
        assert_eq!(w.receiver.duplicates, 0);
    }
}

#[test]
fn what_packs_is_sent_as_soon_as_there_is_room_on_a_visible_page_too() {
    let (mut w, tab) = granted("");
    w.packs = true;
    for _ in 0..1000 {
        w.track(tab, "add_to_cart", ADD);
    }
    w.run(3_000);
    assert_eq!((w.received("add_to_cart"), w.receiver.duplicates), (1000, 0));
    assert_eq!(w.stats(tab).acknowledged, 1001);
}

#[test]
fn what_before_send_drops_is_counted_and_whoever_asks_tells_of_views() {
    let mut w = World::new(1);
    let mut tab = w.open(config(""), "list");
    w.consent(tab, YES);
    assert_eq!(w.stats(tab).accepted, 1, "nobody asks: the view is recorded");
    assert!(matches!(w.track(tab, "add_to_cart", "-"), Answer::Refused(problem) if problem.text() == "beforeSend: dropped"));
    assert_eq!((w.stats(tab).accepted, lost(&w, tab)), (2, vec![("filtered", 1)]));
    w.track(tab, "login", "{}");
    w.run(6_000);
    let told = w.receiver.bodies.iter().any(|body| body.contains(r#""lost":{"filtered":1}"#));
    assert!(told && w.received("login") == 1, "the receiver is told how many");

    tab = w.open(config(""), "cart");
    w.tabs[tab].tracker.subscribe(64);
    w.input(tab, Input::Page(facts("other"), Reason::Push));
    let views = w.tabs[tab].told.iter().filter(|line| line.starts_with("ask ")).count();
    assert_eq!((views, w.stats(tab).accepted), (1, 1), "the view is asked for, not recorded");
}

#[test]
fn while_nothing_more_may_be_on_its_way_an_event_writes_itself_alone() {
    let (mut w, tab) = granted("");
    w.run(6_000);
    w.network = Network { latency: 25_000, ..HEALTHY };
    let one_by_one = |w: &mut World, count| {
        for _ in 0..count {
            w.track(tab, "add_to_cart", ADD);
            w.run(1);
        }
    };
    one_by_one(&mut w, 700);
    let (writes, sends) = (w.writes, w.sends);
    one_by_one(&mut w, 50);
    assert_eq!((w.writes - writes, w.sends - sends), (50, 0));
    w.network = HEALTHY;
    w.run(60_000);
    assert_eq!((w.received("add_to_cart"), w.receiver.duplicates), (750, 0));
}
