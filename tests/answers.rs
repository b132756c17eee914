//! What becomes of events by what a receiver of another format answers: every answer of the table in the simulated world, from
//! the engine's batch through the format's requests and its reading of the answer back to what the engine does.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout, reason = "tests may panic and print")]
#![allow(clippy::disallowed_macros, clippy::disallowed_methods, reason = "what is too heavy for the wasm is not for a test")]

mod common;

use std::collections::BTreeSet;

use cartbeacon::engine::io::Input;
use cartbeacon::engine::wire::formats::Verdict;
use common::answers::{ANSWERS, FORMATS};
use common::foreign::{Foreign, Said};
use common::network::{HEALTHY, Network};
use common::world::World;
use common::{ADD, YES, config};

/// A page whose tracker speaks that format, with more options (`,"queue":{…}`); nothing is sent yet.
fn speaking(seed: u64, format: &str, more: &str) -> (World, usize) {
    let (_, options) = FORMATS.iter().find(|(name, _)| *name == format).expect("a format");
    let good = if format == "matomo" { (200, r#"{"status":"success","tracked":1,"invalid":0}"#) } else { (200, "") };
    let (foreign, batch) = Foreign::new(format, options, good);
    let mut w = World::new(seed);
    // The page's own sending: no beacon's outcome is seen.
    w.sees_beacons = false;
    w.foreign = Some(foreign);
    let tab = w.open(config(&format!("{batch}{more}")), "list");
    w.consent(tab, YES);
    (w, tab)
}

fn said(status: u16, body: &str, wait: u64) -> Said {
    (status, body.to_owned(), wait)
}

fn foreign(w: &mut World) -> &mut Foreign {
    w.foreign.as_mut().expect("a receiver")
}

fn lost(w: &World, tab: usize) -> Vec<(&'static str, u32)> {
    w.stats(tab).lost.named().collect()
}

/// One answer of the table to the first request, a good one to all others.
#[test]
fn every_answer_leads_to_what_its_receiver_means() {
    for (format, status, body, meaning) in ANSWERS {
        let what = format!("{format} {status} {body}");
        let (mut w, tab) = speaking(1, format, "");
        foreign(&mut w).script.push_back(said(*status, body, 0));
        for _ in 0..3 {
            w.track(tab, "add_to_cart", ADD);
        }
        w.run(120_000);
        let stats = w.stats(tab);
        let it = w.foreign.as_ref().expect("a receiver");
        let (first_at, first, _) = &it.got[0];
        let again: Vec<_> = it.got[1..].iter().filter(|(_, ids, _)| ids.iter().any(|id| first.contains(id))).collect();
        let count = first.len() as u64;
        // The view and three carts in one request, or each in its own.
        assert!(count == 4 || count == 1, "{what}: {count}");
        let (acknowledged, handed_over, losses) = match meaning {
            Verdict::Stored(refused) => {
                assert!(again.is_empty(), "{what}");
                let refused = u64::from(*refused).min(count);
                (4 - refused, 0, if refused > 0 { vec![("rejected", u32::try_from(refused).expect("few"))] } else { vec![] })
            }
            Verdict::Retry => {
                let [(at, ids, _)] = again[..] else { panic!("{what}: again {} times", again.len()) };
                assert_eq!(ids, first, "{what}");
                // By its own first wait, and the network's twice.
                assert!((1..=1_200).contains(&(at - first_at)), "{what}: after {} ms", at - first_at);
                (4, 0, vec![])
            }
            // A single one cannot be halved.
            Verdict::Split | Verdict::TooLarge if count == 1 => {
                assert!(again.is_empty(), "{what}");
                (3, 0, vec![("rejected", 1)])
            }
            Verdict::Split | Verdict::TooLarge => {
                assert_eq!(again.iter().map(|(_, ids, _)| ids.len()).collect::<Vec<_>>(), [2, 2], "{what}");
                (4, 0, vec![])
            }
            Verdict::Never => {
                assert!(again.is_empty(), "{what}");
                (4 - count, 0, vec![("rejected", u32::try_from(count).expect("few"))])
            }
            Verdict::HandedOver => {
                // What nobody knows of one request is said of its whole batch.
                assert!(again.is_empty(), "{what}");
                (0, 4, vec![])
            }
        };
        assert_eq!((stats.acknowledged, stats.handed_over, stats.queued, stats.in_doubt), (acknowledged, handed_over, 0, 0), "{what}");
        assert_eq!(lost(&w, tab), losses, "{what}");
        assert_eq!(w.tabs[tab].tracker.poll_timeout(), None, "{what}: a timer that never goes quiet");
    }
}

#[test]
fn one_bad_event_costs_itself_alone_wherever_the_receiver_takes_several() {
    for (format, status, body, meaning) in ANSWERS {
        let loss = match meaning {
            Verdict::Split => "rejected",
            Verdict::TooLarge => "oversize",
            _ => continue,
        };
        let (mut w, tab) = speaking(2, format, "");
        for _ in 0..6 {
            w.track(tab, "add_to_cart", ADD);
        }
        let told = w.track(tab, "add_to_cart", ADD);
        let cartbeacon::engine::io::Answer::Event(bad, _) = told else { panic!("not recorded") };
        let poison = said(*status, body, 0);
        foreign(&mut w).poison.insert(bad.text(), poison);
        w.track(tab, "add_to_cart", ADD);
        w.run(120_000);
        assert_eq!((w.stats(tab).acknowledged, lost(&w, tab)), (8, vec![(loss, 1)]), "{format} {status}");
        let it = foreign(&mut w);
        assert!(it.stored.values().all(|times| *times == 1) && it.stored.len() == 8, "{format} {status}");
        assert!(!it.stored.contains_key(&bad.text()));
    }
}

#[test]
fn a_receiver_says_how_long_it_wants_to_be_left_alone() {
    for (format, status, body, meaning) in ANSWERS.iter().filter(|(.., meaning)| *meaning == Verdict::Retry) {
        for (wait, within) in [(60, 60_000..=60_200), (3_600, 300_000..=300_200)] {
            let (mut w, tab) = speaking(3, format, "");
            foreign(&mut w).script.push_back(said(*status, body, wait));
            w.run(400_000);
            let it = foreign(&mut w);
            let [(first, ..), (second, ..)] = it.got[..] else { panic!("{format} {status} {meaning:?}: {} requests", it.got.len()) };
            assert!(within.contains(&(second - first)), "{format} {status}: {} ms", second - first);
            assert_eq!(w.stats(tab).acknowledged, 1);
        }
    }
    let (mut w, _) = speaking(3, "segment", r#","retry":{"maxMs":5000}"#);
    foreign(&mut w).script.push_back(said(503, "", 60));
    w.run(400_000);
    let [(first, ..), (second, ..)] = foreign(&mut w).got[..] else { panic!("two requests") };
    assert!((5_000..=5_200).contains(&(second - first)), "as long as the shop allows: {} ms", second - first);
}

#[test]
fn pictures_are_handed_over_whatever_they_are_answered() {
    for (format, known) in [("pixel", 3), ("meta", 3)] {
        for status in [200, 404, 500] {
            let (mut w, tab) = speaking(4, format, "");
            for _ in 0..3 {
                foreign(&mut w).script.push_back(said(status, "", 0));
            }
            w.track(tab, "add_to_cart", ADD);
            w.track(tab, "purchase", r#"{"transaction_id":"O","currency":"EUR","value":1.5,"items":[{"item_id":"a"}]}"#);
            w.run(120_000);
            assert_eq!((foreign(&mut w).got.len(), w.stats(tab).handed_over, lost(&w, tab)), (known, 3, vec![]), "{format} {status}");
        }
    }
}

/// A network that loses requests and answers, a receiver in all its moods, pages that are left: nothing that is stored, or may
/// be where nobody would know it again, is sent twice (`Foreign` sees to that at each request); the counters add up at
/// each step; and when all is well, everything has left or is counted.
#[test]
fn whatever_is_answered_nothing_goes_twice_that_may_be_stored_and_nothing_gets_lost_unnamed() {
    let large = format!(r#"{{"note":"{}"}}"#, "x".repeat(4_000));
    for seed in 0..400 {
        let at = usize::try_from(seed).expect("small") % FORMATS.len();
        let (format, _) = FORMATS[at];
        // More events in a batch than some receivers take at once: several requests, each with its own answer.
        let (mut w, mut tab) = speaking(seed, format, if seed % 2 > 0 { r#","queue":{"events":60}"# } else { "" });
        if seed % 3 > 0 {
            w.tabs[tab].tracker = cartbeacon::engine::tracker::Tracker::new(config(r#","batch":{"events":16,"ms":400}"#), [seed, 1]);
            w.input(tab, Input::Start { stored: None, sees_beacons: false, holds_tail: false });
            w.consent(tab, YES);
        }
        let moods: Vec<_> = ANSWERS.iter().filter(|(name, ..)| *name == format).collect();
        for _ in 0..150 {
            let n = w.rng.below(100);
            match n {
                0..=29 => drop(w.track(tab, ["add_to_cart", "noise", "view_cart"][usize::try_from(n % 3).expect("small")], ADD)),
                30..=49 => drop(w.track(tab, "note", &large)),
                50..=64 if !moods.is_empty() => {
                    let pick = usize::try_from(w.rng.below(moods.len() as u64)).expect("small");
                    let (_, status, body, _) = moods[pick];
                    let wait = w.rng.below(3);
                    foreign(&mut w).script.push_back(said(*status, body, wait));
                }
                65..=84 => {
                    let ms = w.rng.below(8_000);
                    w.run(ms);
                }
                85..=89 => w.network = Network { lost: n, unanswered: 20, ..HEALTHY },
                90..=92 => w.network = Network { down: true, ..HEALTHY },
                93..=96 => w.network = HEALTHY,
                97 => drop(w.input(tab, Input::Hidden)),
                98 => drop(w.input(tab, Input::Visible)),
                _ => {
                    w.close(tab);
                    w.run(1_000);
                    foreign(&mut w).forget();
                    tab = w.open(config(r#","batch":{"events":16,"ms":400}"#), "next");
                    w.consent(tab, YES);
                }
            }
        }
        (w.network, foreign(&mut w).script) = (HEALTHY, Default::default());
        w.input(tab, Input::Visible);
        w.input(tab, Input::Online);
        w.run(1_200_000);
        let stats = w.stats(tab);
        assert_eq!((stats.queued, stats.in_doubt), (0, 0), "seed {seed} {format}: {stats:?}");
        let it = foreign(&mut w);
        let twice: BTreeSet<_> = it.stored.iter().filter(|(_, times)| **times > 1).map(|(id, _)| id).collect();
        assert!(it.dedupes || twice.is_empty(), "seed {seed} {format}: stored twice {twice:?}");
        let arrived = it.stored.keys().collect::<BTreeSet<_>>().union(&it.doubtful.iter().collect()).count() as u64;
        let acknowledged: u64 = (0..w.tabs.len()).map(|tab| w.stats(tab).acknowledged).sum();
        // Klaviyo has no word for a view, Meta for most events: nothing has to arrive of those.
        let wordless = if format == "klaviyo" { w.tabs.len() as u64 + 1 } else { 0 };
        assert!(
            acknowledged <= arrived + wordless || format == "meta",
            "seed {seed} {format}: {acknowledged} acknowledged, {arrived} arrived"
        );
    }
}
