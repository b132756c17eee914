//! Promises about consent, kept in the simulated world, which asserts at every send and every write that this tab was
//! told yes.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout, reason = "tests may panic and print")]
#![allow(clippy::disallowed_macros, clippy::disallowed_methods, reason = "what is too heavy for the wasm is not for a test")]

mod common;

use cartbeacon::engine::io::{Input, Kept, Outcome, Output, Topic};
use cartbeacon::engine::page::Reason;
use cartbeacon::engine::time::Now;
use cartbeacon::engine::tracker::Tracker;
use common::world::World;
use common::{ADD, NO, YES, config, facts};

#[test]
fn before_a_choice_nothing_leaves_and_nothing_is_stored() {
    let mut w = World::new(1);
    let tab = w.open(config(""), "list");
    w.track(tab, "add_to_cart", ADD);
    w.input(tab, Input::Flush);
    w.input(tab, Input::Hidden);
    w.run(600_000);
    assert_eq!((w.sends, w.writes, w.stats(tab).held), (0, 0, 2));
}

#[test]
fn a_late_yes_releases_what_was_held_with_its_own_time_page_and_referrer() {
    let mut w = World::new(1);
    let tab = w.open(config(""), "landing?utm_source=mail");
    let landed = w.wall;
    w.run(60_000);
    w.input(tab, Input::Page(facts("product"), Reason::Push));
    w.track(tab, "add_to_cart", ADD);
    w.run(60_000);
    w.consent(tab, YES);
    w.run(6_000);
    let batch: serde_json::Value = serde_json::from_str(&w.receiver.bodies[0]).expect("JSON");
    assert_eq!(batch["pages"][0]["url"], "https://shop.test/landing?utm_source=mail");
    assert_eq!(batch["pages"][0]["referrer"], "https://search.test/");
    assert_eq!(batch["pages"][1]["referrer"], "https://shop.test/landing?utm_source=mail");
    assert_eq!(batch["events"][0]["t"], landed);
    assert_eq!(batch["events"][2]["name"], "add_to_cart");
    assert_eq!(batch["events"][2]["page"], 1);
    assert_eq!(batch["consent"]["state"], "granted");
    assert_eq!(batch["session"]["started"], landed);
}

#[test]
fn a_no_drops_and_counts_what_was_held() {
    let mut w = World::new(1);
    let tab = w.open(config(""), "list");
    w.track(tab, "add_to_cart", ADD);
    w.consent(tab, NO);
    w.run(60_000);
    assert_eq!(w.stats(tab).lost.named().collect::<Vec<_>>(), [("consent_denied", 2)]);
    w.consent(tab, YES);
    w.track(tab, "add_to_cart", ADD);
    w.run(60_000);
    assert_eq!((w.received("page_view"), w.received("add_to_cart")), (0, 1), "denied events are not replayed");
}

#[test]
fn a_withdrawal_purges_queue_storage_and_ids() {
    let mut w = World::new(1);
    let tab = w.open(config(""), "list");
    w.consent(tab, YES);
    w.track(tab, "add_to_cart", ADD);
    assert!(w.storage.is_some());
    let before = w.tabs[tab].tracker.ids();
    w.consent(tab, r#""withdraw""#);
    w.run(60_000);
    assert_eq!((w.storage.clone(), w.sends, w.stats(tab).queued), (None, 0, 0));
    assert_eq!(w.stats(tab).lost.named().collect::<Vec<_>>(), [("withdrawn", 2)]);
    assert_eq!(w.tabs[tab].tracker.ids(), r#"{"visitor":"","session":"","consent":"withdrawn"}"#);
    w.consent(tab, YES);
    w.track(tab, "add_to_cart", ADD);
    assert_ne!(w.tabs[tab].tracker.ids(), before, "a new yes is a new visitor");
}

#[test]
fn a_withdrawal_leaves_one_receipt_however_often_it_is_said() {
    let mut w = World::new(1);
    let tab = w.open(config(""), "list");
    w.consent(tab, YES);
    w.tabs[tab].tracker.subscribe(Topic::Loss as u8);
    w.track(tab, "add_to_cart", ADD);
    for update in [r#""withdraw""#, r#""withdraw""#, NO] {
        w.consent(tab, update);
        w.run(1_000);
    }
    assert_eq!(w.tabs[tab].told, [r#"loss {"reason":"withdrawn","count":2}"#]);
    assert_eq!((w.sends, w.storage.clone()), (0, None));
}

#[test]
fn a_yes_is_kept_for_the_next_page() {
    let mut w = World::new(1);
    let tab = w.open(config(""), "list");
    w.consent(tab, YES);
    w.close(tab);
    let next = w.open(config(""), "product");
    assert!(w.tabs[next].tracker.explain("").contains(r#""source":"stored""#));
    w.close(next);
    w.run(1_000);
    assert_eq!(w.received("page_view"), 2);
    let sessions: std::collections::BTreeSet<_> = w
        .receiver
        .bodies
        .iter()
        .map(|b| serde_json::from_str::<serde_json::Value>(b).expect("JSON")["session"]["id"].to_string())
        .collect();
    assert_eq!(sessions.len(), 1);
}

/// A tracker whose page says yes in advance, and what it stores for its first event.
fn said_yes_in_advance(stored: Option<String>) -> (Tracker, Option<String>) {
    let options = config(r#","consent":{"default":{"analytics":"granted"}}"#);
    let mut tracker = Tracker::new(options, [1, stored.is_some().into()]);
    let now = Now { wall: 1_790_000_000_000, mono: 0 };
    tracker.handle(Input::Start { stored, sees_beacons: true, holds_tail: false }, now);
    tracker.handle(Input::Page(facts("list"), Reason::Navigate), now);
    let mut written = None;
    while let Some(output) = tracker.poll_output() {
        if let Output::Store { what: Kept::Identity, text: value, .. } = output {
            written = Some(value);
        }
    }
    (tracker, written)
}

#[test]
fn a_yes_said_in_advance_on_every_page_is_one_visitor() {
    let (first, stored) = said_yes_in_advance(None);
    assert!(stored.is_some());
    let (next, _) = said_yes_in_advance(stored);
    assert_eq!(first.ids(), next.ids());
}

#[test]
fn held_events_are_bounded_in_count_and_age() {
    let mut w = World::new(1);
    let tab = w.open(config(""), "list");
    for _ in 0..300 {
        w.track(tab, "noise", "{}");
    }
    assert_eq!(w.stats(tab).held, 100);
    w.run(31 * 60_000);
    assert_eq!(w.stats(tab).held, 0);
    assert_eq!(w.stats(tab).lost.named().collect::<Vec<_>>(), [("queue_full", 201), ("expired", 100)]);
    assert_eq!(w.tabs[tab].tracker.poll_timeout(), None);
}

#[test]
fn erasing_tells_the_endpoint_once_and_leaves_nothing() {
    let mut w = World::new(1);
    let tab = w.open(config(""), "list");
    w.consent(tab, YES);
    w.run(6_000);
    let visitor = w.tabs[tab].tracker.ids();
    w.input(tab, Input::Erase);
    w.run(6_000);
    assert_eq!(w.receiver.erased.len(), 1);
    assert!(visitor.contains(&w.receiver.erased[0]));
    assert_eq!(w.storage, None);
}

const TCF_YES: &str = r#"{"source":"tcf","analytics":"granted"}"#;
const TCF_NO: &str = r#"{"source":"tcf","analytics":"denied"}"#;

#[test]
fn a_platform_that_never_answers_holds_and_a_late_yes_of_it_brings_the_landing_page() {
    let mut w = World::new(1);
    let tab = w.open(config(r#","consent":{"source":"tcf","policy":"2026-11"}"#), "landing?utm_source=mail");
    for update in [r#"{"source":"tcf"}"#, r#"{"source":"auto"}"#, YES] {
        w.consent(tab, update);
    }
    w.run(20 * 60_000);
    assert_eq!((w.sends, w.writes, w.stats(tab).held), (0, 0, 1));
    assert!(w.tabs[tab].tracker.explain("").contains(r#""state":"pending","source":"tcf","purposes":[],"decided":{"analytics":"tcf""#));
    w.consent(tab, TCF_YES);
    w.run(6_000);
    let batch: serde_json::Value = serde_json::from_str(&w.receiver.bodies[0]).expect("JSON");
    assert_eq!(batch["pages"][0]["url"], "https://shop.test/landing?utm_source=mail");
    assert_eq!(batch["pages"][0]["referrer"], "https://search.test/");
    assert_eq!((&batch["consent"]["source"], &batch["consent"]["policy"]), (&"api".into(), &"2026-11".into()));
}

#[test]
fn the_no_of_a_platform_takes_back_what_an_earlier_page_stored() {
    let mut w = World::new(1);
    let tab = w.open(config(""), "list");
    w.consent(tab, YES);
    w.close(tab);
    assert!(w.storage.is_some());
    let next = w.open(config(r#","consent":{"source":"tcf"}"#), "product");
    assert!(w.storage.is_some(), "waiting neither writes nor deletes");
    w.consent(next, TCF_NO);
    assert_eq!((w.storage.clone(), w.stats(next).lost.named().collect::<Vec<_>>()), (None, vec![("withdrawn", 1)]));
}

/// What a page, a shopper and a banner can do to the gate.
#[derive(Clone, Debug)]
enum Deed {
    Track,
    Page(u8),
    Consent(&'static str),
    Erase,
    Flush,
    Hide,
    Show,
    Wait(u64),
    Reload,
}

fn deed() -> impl proptest::strategy::Strategy<Value = Deed> {
    use proptest::prelude::*;
    let signals = vec![
        YES,
        NO,
        TCF_YES,
        TCF_NO,
        r#"{"source":"tcf"}"#,
        r#"{"source":"auto"}"#,
        r#""withdraw""#,
        r#"{"marketing":"granted"}"#,
        r#"{"marketing":"denied"}"#,
    ];
    prop_oneof![
        4 => Just(Deed::Track),
        2 => (0_u8..4).prop_map(Deed::Page),
        4 => proptest::sample::select(signals).prop_map(Deed::Consent),
        1 => Just(Deed::Erase),
        1 => Just(Deed::Flush),
        1 => Just(Deed::Hide),
        1 => Just(Deed::Show),
        2 => (0_u64..20_000).prop_map(Deed::Wait),
        1 => Just(Deed::Reload),
    ]
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]
    /// The world asserts at every send and write that this tab was told yes, by a model of its own; here the rest.
    #[test]
    fn no_sequence_of_inputs_gets_anything_past_the_gate(
        platform in proptest::prelude::any::<bool>(),
        deeds in proptest::collection::vec(deed(), 0..60),
    ) {
        let options = if platform { r#","consent":{"source":"tcf"}"# } else { "" };
        let mut w = World::new(1);
        let mut tab = w.open(config(options), "list");
        let mut ever = false;
        for deed in deeds {
            match deed {
                Deed::Track => drop(w.track(tab, "add_to_cart", ADD)),
                Deed::Page(n) => drop(w.input(tab, Input::Page(facts(&format!("p{n}")), Reason::Push))),
                Deed::Consent(update) => drop(w.consent(tab, update)),
                Deed::Erase => drop(w.input(tab, Input::Erase)),
                Deed::Flush => drop(w.input(tab, Input::Flush)),
                Deed::Hide => drop(w.input(tab, Input::Hidden)),
                Deed::Show => drop(w.input(tab, Input::Visible)),
                Deed::Wait(ms) => w.run(ms),
                Deed::Reload => {
                    w.close(tab);
                    tab = w.open(config(options), "again");
                }
            }
            ever |= w.tabs[tab].yes == Some(true);
            proptest::prop_assert!(ever || (w.sends == 0 && w.writes == 0));
            proptest::prop_assert!(w.tabs[tab].yes != Some(false) || w.storage.is_none(), "stored after a no");
        }
    }
}

#[test]
fn a_no_to_marketing_in_one_tab_is_one_in_all_and_so_is_the_yes_after_it() {
    let mut w = World::new(1);
    let (a, b) = (w.open(config(""), "list"), w.open(config(""), "product"));
    w.consent(a, YES);
    w.run(1_000);
    w.consent(b, YES);
    for (update, purposes) in [(r#"{"marketing":"denied"}"#, r#"["analytics"]"#), (YES, r#"["analytics","marketing"]"#)] {
        w.run(10_000);
        w.consent(b, update);
        w.run(10_000);
        w.track(a, "add_to_cart", ADD);
        w.run(10_000);
        let body: serde_json::Value = serde_json::from_str(w.receiver.bodies.last().expect("a batch")).expect("JSON");
        assert_eq!(body["events"][0]["name"], "add_to_cart");
        assert_eq!(body["consent"]["purposes"].to_string(), purposes);
    }
    assert!(!w.tabs[a].tracker.explain("").contains("withdrawn"));
}

/// A page on which the shopper has said yes: what it sends, and what it has stored last. Its records are never stored.
struct Bare {
    tracker: Tracker,
    sent: Vec<String>,
    stored: String,
}

impl Bare {
    fn open(stored: Option<&str>, now: Now, consents: bool) -> Self {
        let tracker = Tracker::new(config(""), [now.wall, 1]);
        let mut page = Self { tracker, sent: Vec::new(), stored: String::new() };
        page.input(Input::Start { stored: stored.map(str::to_owned), sees_beacons: true, holds_tail: false }, now);
        page.input(Input::Page(facts("list"), Reason::Navigate), now);
        if consents {
            page.input(Input::Consent(common::options::consent_number(YES)), now);
        }
        page
    }

    /// The browser refuses what is sent while the page is being left.
    fn input(&mut self, input: Input, now: Now) {
        let refuses = matches!(input, Input::Leave);
        self.tracker.handle(input, now);
        while let Some(output) = self.tracker.poll_output() {
            match output {
                Output::Send { send, .. } if refuses => {
                    self.tracker.handle(Input::Outcome { send, outcome: Outcome::Refused }, now);
                }
                Output::Send { body, .. } => self.sent.push(body),
                Output::Store { what: Kept::Identity, text, .. } => self.stored = text,
                _ => {}
            }
        }
    }

    fn has_sent(&self, name: &str) -> bool {
        self.sent.iter().any(|body| body.contains(name))
    }
}

#[test]
fn what_a_cached_page_had_not_sent_does_not_leave_under_a_later_yes() {
    let track = |name: &str| Input::Track(name.to_owned(), "{}".to_owned(), String::new());
    let at = |ms| Now { wall: 1_790_000_000_000 + ms, mono: ms };
    for is_taken_back in [true, false] {
        let mut cached = Bare::open(None, at(0), true);
        cached.input(track("share"), at(1));
        cached.input(Input::Leave, at(2));
        // Another page: there the yes is taken back and given again, or somebody logs out.
        let mut other = Bare::open((!is_taken_back).then_some(cached.stored.as_str()), at(60_000), is_taken_back);
        if !is_taken_back {
            other.input(Input::Reset, at(60_001));
        }
        other.input(track("search"), at(60_002));
        cached.tracker.refresh("", &other.stored, at(70_000));
        cached.input(Input::Visible, at(70_000));
        cached.input(Input::Flush, at(70_001));
        assert_eq!(cached.has_sent("share"), !is_taken_back);
        assert_eq!(cached.tracker.stats().lost.total(), if is_taken_back { 2 } else { 0 });
        cached.input(track("login"), at(70_002));
        cached.input(Input::Flush, at(70_003));
        assert!(cached.has_sent("login"), "and goes on under the new one");
    }
}

#[test]
fn a_yes_after_a_no_is_kept_before_anything_else_happens() {
    let now = Now { wall: 1_790_000_000_000, mono: 0 };
    let mut page = Bare::open(None, now, false);
    for (answer, is_kept) in [(NO, false), (YES, true)] {
        page.input(Input::Consent(common::options::consent_number(answer)), now);
        assert_eq!(!page.stored.is_empty(), is_kept);
    }
    let next = Bare::open(Some(&page.stored), now, false);
    assert_eq!(next.tracker.ids(), page.tracker.ids());
}
