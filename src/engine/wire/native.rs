//! cartbeacon's own format, version 1: one JSON object per batch. Pages stand once and events point to them.

use crate::engine::consent::Consent;
use crate::engine::event::Event;
use crate::engine::id::Uuid;
use crate::engine::json::Writer;
use crate::engine::losses::Losses;
use crate::engine::page::Pages;
use crate::engine::session::Identity;
use crate::engine::time::Millis;

/// Everything a body is written from.
pub struct Batch<'a> {
    pub id: Uuid,
    pub attempt: u32,
    pub sent: Millis,
    pub site: &'a str,
    pub identity: &'a Identity,
    pub consent: &'a Consent,
    pub lost: &'a Losses,
    pub pages: &'a Pages,
    pub events: &'a [Event],
}

/// What the envelope takes beside pages and events, rounded up.
pub const ENVELOPE: usize = 640;

/// Writes the body.
pub fn encode(batch: &Batch<'_>) -> String {
    let size: usize = batch.events.iter().map(Event::size).sum();
    let mut w = Writer::with_capacity(size + 2 * ENVELOPE);
    w.open('{');
    w.key("v").num(1);
    w.key("batch").str(&batch.id.text());
    w.key("sdk").str(concat!("cartbeacon/", env!("CARGO_PKG_VERSION")));
    w.key("engine").str("wasm");
    w.key("site").str(batch.site);
    w.key("sent").num(batch.sent);
    w.key("attempt").num(u64::from(batch.attempt));
    w.key("visitor").str(&batch.identity.visitor.text());
    w.key("user");
    match &batch.identity.user {
        Some(user) => w.str(user),
        None => w.raw("null"),
    };
    if let Some(session) = batch.events.first().and_then(|e| batch.identity.session(e.session)) {
        w.key("session").open('{');
        w.key("id").str(&session.id.text());
        w.key("n").num(u64::from(session.n));
        w.key("started").num(session.started);
        w.close('}');
    }
    w.key("consent").open('{');
    w.key("state").str(batch.consent.state_name());
    w.key("purposes");
    batch.consent.purposes().write(&mut w);
    w.key("source").str(batch.consent.source().name());
    w.key("at").num(batch.consent.at());
    w.close('}');
    w.key("lost");
    batch.lost.write(&mut w);
    let mut pages: Vec<u32> = Vec::new();
    w.key("pages").open('[');
    for event in batch.events {
        if !pages.contains(&event.page) {
            pages.push(event.page);
            if let Some(page) = batch.pages.get(event.page) {
                page.write(&mut w);
            }
        }
    }
    w.close(']');
    w.key("events").open('[');
    for event in batch.events {
        event.write(&mut w, pages.iter().position(|p| *p == event.page).unwrap_or(0));
    }
    w.close(']').close('}');
    w.out
}

/// The body that asks an endpoint to forget a visitor.
pub fn erase(visitor: Uuid) -> String {
    let mut w = Writer::default();
    w.open('{').key("v").num(1).key("erase").str(&visitor.text()).close('}');
    w.out
}
