//! cartbeacon's own format, version 1: one JSON object per batch. Pages stand once and events point to them.

use std::rc::Rc;

use crate::engine::consent::Consent;
use crate::engine::event::Event;
use crate::engine::id::Uuid;
use crate::engine::json::Writer;
use crate::engine::losses::Losses;
use crate::engine::page::Page;
use crate::engine::time::Millis;

/// Everything a body is written from, beside the events.
pub struct Head<'a> {
    pub id: Uuid,
    pub attempt: u32,
    pub sent: Millis,
    pub site: &'a str,
    pub consent: &'a Consent,
    /// The version of the policy; empty when the shop names none.
    pub policy: &'a str,
    pub lost: &'a Losses,
}

/// What the envelope takes beside pages and events, rounded up.
pub const ENVELOPE: usize = 640;

/// Writes the body of a batch of one session.
pub fn encode(head: &Head<'_>, events: &[Event]) -> String {
    let size: usize = events.iter().map(Event::size).sum();
    let mut w = Writer { out: String::with_capacity(size + 2 * ENVELOPE) };
    w.open("{").number("v", 1).text("batch", &head.id.text());
    w.text("sdk", concat!("cartbeacon/", env!("CARGO_PKG_VERSION"))).text("engine", "wasm").text("site", head.site);
    w.number("sent", head.sent).number("attempt", u64::from(head.attempt));
    if let Some(session) = events.first().and_then(|e| e.session.as_ref()) {
        w.text("visitor", &session.visitor(head.consent).text()).key("user");
        if session.user.is_empty() || head.consent.is_minimal() {
            w.raw("null");
        } else {
            w.str(&session.user);
        }
        w.key("session").open("{").text("id", &session.id.text()).number("n", u64::from(session.n));
        w.number("started", session.started).close("}");
    }
    w.key("consent").open("{").text("state", head.consent.state_name()).key("purposes");
    head.consent.purposes().write(&mut w);
    w.text("source", head.consent.source().name()).number("at", head.consent.at());
    if !head.policy.is_empty() {
        w.text("policy", head.policy);
    }
    w.close("}");
    w.key("lost");
    head.lost.write(&mut w);
    let mut pages: Vec<&Rc<Page>> = Vec::new();
    let place = |pages: &[&Rc<Page>], event: &Event| pages.iter().position(|p| Rc::ptr_eq(p, &event.page));
    w.key("pages").open("[");
    for event in events {
        if place(&pages, event).is_none() {
            pages.push(&event.page);
            event.page.write(&mut w);
        }
    }
    w.close("]").key("events").open("[");
    for event in events {
        event.write(&mut w, place(&pages, event).unwrap_or(0));
    }
    w.close("]").close("}");
    w.out
}

/// The body that asks an endpoint to forget a visitor.
pub fn erase(visitor: Uuid) -> String {
    let mut w = Writer::default();
    w.open("{").number("v", 1).text("erase", &visitor.text()).close("}");
    w.out
}
