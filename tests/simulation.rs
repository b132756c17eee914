//! The simulated world, walked at random. Whatever tabs, shoppers, networks and clocks do, in any order: nothing leaves or
//! is stored without a yes, the counters add up, no event is accepted twice while answers arrive, and when everybody
//! behaves again, what was granted arrives and every timer goes quiet.
//!
//! `CARTBEACON_SEED=n cargo test --test simulation` replays one walk; `CARTBEACON_STEPS=n` makes the soak longer.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout, reason = "tests may panic and print")]
#![allow(clippy::disallowed_macros, clippy::disallowed_methods, reason = "what is too heavy for the wasm is not for a test")]

mod common;

use cartbeacon::engine::io::{Answer, Input};
use cartbeacon::engine::page::Reason;
use common::disk::Disk;
use common::network::{HEALTHY, Network};
use common::world::World;
use common::{ADD, NO, YES, config, facts};

const OPTIONS: [&str; 5] = [
    "",
    r#","storage":"memory""#,
    r#","batch":{"events":3,"bytes":2000,"ms":100}"#,
    r#","queue":{"events":12,"bytes":8000}"#,
    r#","consent":{"default":"deny"}"#,
];

/// Steps of one walk.
const STEPS: usize = 2_000;

fn step(w: &mut World) {
    let alive: Vec<usize> = (0..w.tabs.len()).filter(|at| w.tabs[*at].alive).collect();
    let Some(tab) = alive.get(usize::try_from(w.rng.below(alive.len() as u64)).expect("small")).copied() else {
        w.open(config(""), "again");
        return;
    };
    let pick = w.rng.below(100);
    let many = w.rng.below(30);
    match pick {
        0..=34 => {
            let name = ["add_to_cart", "view_item", "purchase", "noise", "page_view"][usize::try_from(w.rng.below(5)).expect("small")];
            let fields = match name {
                "purchase" => r#"{"transaction_id":"O","currency":"EUR","value":1.5,"items":[{"item_id":"a"}]}"#,
                "noise" => "{}",
                _ => ADD,
            };
            w.track(tab, name, fields);
        }
        35..=38 => {
            for _ in 0..many * 4 {
                w.track(tab, "noise", &format!(r#"{{"x":"{}"}}"#, "y".repeat(500)));
            }
        }
        39..=44 => {
            let url = format!("p{}", w.rng.below(5));
            let reason = if many < 10 { Reason::Push } else { Reason::Replace };
            w.input(tab, Input::Page(facts(&url), reason));
        }
        45..=47 => {
            // Heard a little later.
            let context = w.now(tab).mono.saturating_sub(w.rng.below(200)).to_string();
            w.input(tab, Input::Track("click".to_owned(), "{\"tag\":\"button\",\"id\":\"buy\"}".to_owned(), context));
        }
        48..=51 => {
            w.consent(tab, YES);
        }
        52..=53 => {
            w.consent(tab, NO);
        }
        54 => {
            w.consent(tab, r#""withdraw""#);
        }
        55 => {
            w.consent(tab, &format!(r#"{{"marketing":"{}"}}"#, if many < 15 { "granted" } else { "denied" }));
        }
        56 => {
            w.input(tab, Input::Erase);
        }
        57 => {
            w.input(tab, Input::Reset);
        }
        58 => {
            w.input(tab, Input::Identify(format!("\"u{}\"", many)));
        }
        59..=61 => {
            w.input(tab, Input::Flush);
        }
        62 => w.let_go(tab),
        63..=64 => {
            w.input(tab, Input::Hidden);
        }
        65 => {
            w.input(tab, Input::Leave);
        }
        66..=70 => {
            w.input(tab, Input::Visible);
        }
        71..=72 => {
            w.input(tab, Input::Online);
        }
        73..=74 => {
            if alive.len() < 4 {
                let options = OPTIONS[usize::try_from(w.rng.below(5)).expect("small")];
                w.open(config(options), "again");
            }
        }
        75 => match many {
            0..=9 => w.close(tab),
            10..=15 => w.kill(tab),
            16..=20 => w.crash = Some(usize::try_from(many - 16).expect("small")),
            21..=22 => w.disk = Disk::Full,
            23 => w.disk = Disk::Broken,
            24 => w.wipe(),
            _ => w.disk = Disk::Fine,
        },
        76 => w.network.down = !w.network.down,
        77 => w.network.status = [None, Some(503), Some(429), Some(400), Some(413)][usize::try_from(w.rng.below(5)).expect("small")],
        78 => {
            w.network = Network {
                lost: many,
                unanswered: many / 2,
                latency: many * 50,
                strangers: 2_000 * usize::try_from(many).expect("small"),
                ..HEALTHY
            }
        }
        79..=80 => w.network = HEALTHY,
        81..=83 => w.run(many * 60_000),
        _ => w.run(many * 40),
    }
}

fn walk(seed: u64, steps: usize) -> usize {
    let mut w = World::new(seed);
    w.packs = seed.is_multiple_of(4);
    w.sees_beacons = !seed.is_multiple_of(3);
    w.holds_tail = seed.is_multiple_of(5);
    // What a page may watch it may read.
    w.readable = w.sees_beacons || !seed.is_multiple_of(4);
    w.open(config(OPTIONS[usize::try_from(seed % 5).expect("small")]), "first");
    while w.steps < steps {
        step(&mut w);
    }
    // Everybody behaves again: what is granted arrives, in bounded time, and then there is silence.
    (w.network, w.disk, w.crash) = (HEALTHY, Disk::Fine, None);
    for tab in 0..w.tabs.len() {
        w.input(tab, Input::Visible);
    }
    // A withdrawal may still be on its way to them, and what was sent into the void has to run out of time.
    w.run(100_000);
    for tab in 0..w.tabs.len() {
        w.input(tab, Input::Online);
        if let Answer::Event(id, _) = w.track(tab, "last", "{}") {
            let granted = w.tabs[tab].yes == Some(true);
            w.run(700_000);
            assert_eq!(w.receiver.events.contains_key(&id.text()), granted, "seed {seed}: the last event of tab {tab}: {:?}", w.stats(tab));
        }
    }
    w.run(2_000_000);
    for (at, tab) in w.tabs.iter().enumerate().filter(|(_, t)| t.alive) {
        let s = tab.tracker.stats();
        assert_eq!(tab.tracker.poll_timeout(), None, "seed {seed}: tab {at} still wants to be woken");
        assert_eq!((s.queued, s.in_doubt), (0, 0), "seed {seed}: tab {at} still has something: {s:?}");
    }
    if !w.stuck && w.tabs.iter().any(|t| t.alive && t.open) {
        assert!(w.records.is_empty(), "seed {seed}: nobody has sent {:?}", w.records.keys());
        assert!(w.wiped || w.missing() == 0, "seed {seed}: {} stored events are missing", w.missing());
    }
    w.steps
}

#[test]
fn whatever_happens_the_rules_hold() {
    if let Some(seed) = std::env::var("CARTBEACON_SEED").ok().and_then(|s| s.parse().ok()) {
        walk(seed, STEPS);
        return;
    }
    let steps = std::env::var("CARTBEACON_STEPS").ok().and_then(|s| s.parse().ok()).unwrap_or(1_000_000);
    let mut done = 0;
    let mut seed = 0;
    while done < steps {
        seed += 1;
        done += walk(seed, STEPS);
    }
    println!("{done} steps over {seed} seeds");
}
