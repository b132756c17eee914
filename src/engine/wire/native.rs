//! cartbeacon's own format, version 1: one JSON object per batch. Pages stand once and events point to them.

use std::rc::Rc;

use crate::engine::consent::Consent;
use crate::engine::event::Event;
use crate::engine::id::Uuid;
use crate::engine::json::{Json, Writer, own, put};
use crate::engine::losses::Losses;
use crate::engine::page::Page;
use crate::engine::session::Session;
use crate::engine::time::Millis;
use crate::engine::vocab::{self, Lane};

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

/// Writes the body of a batch of one session; without a head, what a record of the outbox needs of it.
pub fn encode(head: Option<&Head<'_>>, events: &[&Event]) -> String {
    let size: usize = events.iter().map(|e| e.size()).sum();
    let mut w = Writer { out: String::with_capacity(size + 2 * ENVELOPE) };
    w.open("{");
    if let Some(head) = head {
        w.number("v", 1).text("batch", &head.id.text());
        w.text("sdk", concat!("cartbeacon/", env!("CARGO_PKG_VERSION"))).text("engine", "wasm").text("site", head.site);
        w.number("sent", head.sent).number("attempt", u64::from(head.attempt));
        w.key("consent").open("{").text("state", head.consent.state_name()).key("purposes");
        head.consent.purposes().write(&mut w);
        w.text("source", head.consent.source().name()).number("at", head.consent.at());
        if !head.policy.is_empty() {
            w.text("policy", head.policy);
        }
        w.close("}");
        w.key("lost");
        head.lost.write(&mut w);
    }
    if let Some(session) = events.first().and_then(|e| e.session.as_ref()) {
        w.text("visitor", &session.visitor.text()).key("user");
        if session.user.is_empty() {
            w.raw("null");
        } else {
            w.str(&session.user);
        }
        w.key("session").open("{").text("id", &session.id.text()).number("n", u64::from(session.n));
        w.number("started", session.started).close("}");
    }
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

/// What `encode` has written, read back.
#[derive(Debug)]
pub struct Stored {
    /// Id of the batch; none for events that were in no batch yet.
    pub batch: Uuid,
    pub attempt: u32,
    pub lost: Losses,
    pub events: Vec<Event>,
}

/// Reads the text of a record. Its checksum has vouched for it: what is not there is empty.
#[expect(clippy::cast_possible_truncation, reason = "counts that were 32 bits when they were written")]
pub fn read(text: &str) -> Stored {
    let value = Json::new(text);
    let visit = value.member("session");
    let session = Rc::new(Session {
        visitor: value.id("visitor"),
        user: own(value.text("user").unwrap_or("")),
        id: visit.id("id"),
        n: visit.count("n") as u32,
        started: visit.count("started"),
    });
    let mut pages = Vec::new();
    for (_, page) in value.member("pages").members() {
        pages.push(Rc::new(Page::read(page)));
    }
    let mut events = Vec::new();
    for (_, event) in value.member("events").members() {
        let name = event.text("name").unwrap_or("");
        let mut text = own("\"name\":\"");
        for part in [name, "\",\"data\":", event.member("data").0] {
            put(&mut text, part);
        }
        if let Some(page) = pages.get(event.count("page") as usize) {
            events.push(Event {
                id: event.id("id"),
                at: event.count("t"),
                lane: vocab::event(name).map_or(Lane::Rest, |(lane, _)| lane),
                seq: event.count("seq") as u32,
                place: 0,
                page: page.clone(),
                session: Some(session.clone()),
                record: None,
                text,
            });
        }
    }
    let batch = value.id("batch");
    Stored { batch, attempt: value.count("attempt") as u32, lost: Losses::read(value.member("lost")), events }
}

/// The body that asks an endpoint to forget a visitor.
pub fn erase(visitor: Uuid) -> String {
    let mut w = Writer::default();
    w.open("{").number("v", 1).text("erase", &visitor.text()).close("}");
    w.out
}
