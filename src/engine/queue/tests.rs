use std::rc::Rc;

use super::*;
use crate::engine::event::LOOKS;
use crate::engine::id::Uuid;
use crate::engine::page::{Page, Reason};
use crate::engine::session::Session;
use crate::engine::vocab::Lane;

/// An event of that size on the wire.
pub fn event(n: u32, lane: Lane, bytes: usize) -> Event {
    let page = Rc::new(Page::new(Uuid(1), "", "", "", "", Reason::Navigate));
    let text = "x".repeat(bytes.saturating_sub(112));
    Event { id: Uuid(u128::from(n)), at: u64::from(n), lane, seq: n, order: 0, page, session: None, slot: 0, text }
}

fn of(session: &Rc<Session>, event: Event) -> Event {
    Event { session: Some(session.clone()), ..event }
}

fn seqs(events: &[Event]) -> Vec<u32> {
    events.iter().map(|e| e.seq).collect()
}

/// The next batch, out of the queue.
fn take(q: &mut Queue, bytes: usize) -> Vec<Event> {
    let (events, counts) = q.choose(bytes);
    let events = events.into_iter().cloned().collect();
    q.take(counts);
    events
}

const WIDE: Caps = Caps { events: 100, bytes: 1 << 20 };

#[test]
fn a_full_queue_drops_the_oldest_of_the_least_urgent() {
    let mut q = Queue::default();
    let caps = Caps { events: 3, bytes: 1 << 20 };
    assert_eq!(q.push(event(1, Lane::Order, 200), caps), 0);
    assert_eq!(q.push(event(2, Lane::Click, 200), caps), 0);
    assert_eq!(q.push(event(3, Lane::Click, 200), caps), 0);
    assert_eq!(q.push(event(4, Lane::Cart, 200), caps), 1);
    assert_eq!(seqs(&take(&mut q, 10_000)), [1, 3, 4]);
}

#[test]
fn bytes_are_a_limit_too() {
    let mut q = Queue::default();
    let caps = Caps { events: 100, bytes: 500 };
    q.push(event(1, Lane::Page, 200), caps);
    q.push(event(2, Lane::Page, 200), caps);
    assert_eq!(q.push(event(3, Lane::Page, 200), caps), 1);
    assert_eq!(q.bytes(), 400);
    assert_eq!(q.push(event(4, Lane::Page, 900), caps), 3, "what alone is too large takes all with it, itself included");
    assert!(q.is_empty());
}

#[test]
fn a_batch_is_everything_while_it_fits() {
    let mut q = Queue::default();
    for n in 1..=3 {
        q.push(event(n, Lane::Click, 200), WIDE);
    }
    q.push(event(4, Lane::Order, 200), WIDE);
    assert_eq!(seqs(&take(&mut q, 10_000)), [1, 2, 3, 4]);
    assert!(q.is_empty() && q.bytes() == 0);
}

#[test]
fn urgent_lanes_go_first_when_it_does_not_fit() {
    let mut q = Queue::default();
    for n in 1..=3 {
        q.push(event(n, Lane::Click, 200), WIDE);
    }
    q.push(event(4, Lane::Order, 200), WIDE);
    assert_eq!(seqs(&take(&mut q, 600)), [1, 2, 4]);
    assert_eq!(seqs(&take(&mut q, 600)), [3]);
}

#[test]
fn an_event_larger_than_a_batch_goes_alone() {
    let mut q = Queue::default();
    q.push(event(1, Lane::Click, 900), WIDE);
    q.push(event(2, Lane::Click, 200), WIDE);
    assert_eq!(seqs(&take(&mut q, 600)), [1]);
    assert_eq!(seqs(&take(&mut q, 600)), [2]);
}

#[test]
fn a_batch_holds_one_session() {
    let mut q = Queue::default();
    let sessions = [1, 2].map(|n| Rc::new(Session { n, ..Session::default() }));
    q.push(of(&sessions[0], event(1, Lane::Page, 200)), WIDE);
    q.push(of(&sessions[1], event(2, Lane::Page, 200)), WIDE);
    q.push(of(&sessions[0], event(3, Lane::Page, 200)), WIDE);
    q.push(of(&sessions[1], event(4, Lane::Order, 200)), WIDE);
    assert_eq!(seqs(&take(&mut q, 10_000)), [1], "what comes after another session's waits for that");
    assert_eq!(seqs(&take(&mut q, 10_000)), [2, 4]);
    assert_eq!(seqs(&take(&mut q, 10_000)), [3]);
}

#[test]
fn old_events_expire() {
    let mut q = Queue::default();
    q.push(event(1, Lane::Page, 200), WIDE);
    q.push(event(5, Lane::Page, 200), WIDE);
    assert_eq!(q.expire(5), 1);
    assert_eq!(q.bytes(), 200);
}

/// How often events were looked at while so many of all lanes came and went in batches, per event.
fn looks_per_event(waiting: u32) -> f64 {
    let mut q = Queue::default();
    LOOKS.set(0);
    for (n, lane) in (0..waiting).zip(LANES.into_iter().cycle()) {
        q.push(event(n, lane, 500), ALL);
    }
    while !q.is_empty() {
        assert!(!take(&mut q, 30_000).is_empty());
    }
    f64::from(LOOKS.get()) / f64::from(waiting)
}

#[test]
fn an_event_is_looked_at_as_often_whatever_waits_behind_it() {
    let few = looks_per_event(100);
    for many in [1_000, 10_000].map(looks_per_event) {
        assert!((few * 0.95..few * 1.05).contains(&many), "{many} looks per event, {few} where a hundred wait");
    }
}

proptest::proptest! {
    #[test]
    fn taking_batches_loses_and_doubles_nothing(
        lanes in proptest::collection::vec((0_usize..5, 112_usize..900, 0_usize..2), 0..60),
        bytes in 200_usize..5_000,
    ) {
        let mut q = Queue::default();
        let sessions = [1, 2].map(|n| Rc::new(Session { n, ..Session::default() }));
        for (n, (lane, size, session)) in lanes.iter().enumerate() {
            let lane = LANES.get(*lane).copied().unwrap_or(Lane::Rest);
            let event = event(u32::try_from(n).unwrap_or(0), lane, *size);
            q.push(of(&sessions[*session], event), Caps { events: 1000, bytes: 1 << 20 });
        }
        let mut seen = Vec::new();
        while !q.is_empty() {
            let batch = take(&mut q, bytes);
            proptest::prop_assert!(!batch.is_empty());
            proptest::prop_assert!(batch.len() == 1 || batch.iter().map(Event::size).sum::<usize>() <= bytes);
            proptest::prop_assert!(batch.windows(2).all(|w| matches!(w, [a, b] if a.seq < b.seq && a.is_with(b.session.as_ref()))));
            seen.extend(seqs(&batch));
        }
        seen.sort_unstable();
        proptest::prop_assert_eq!(seen, (0..u32::try_from(lanes.len()).unwrap_or(0)).collect::<Vec<_>>());
    }
}
