//! cartbeacon's own format, version 1: one JSON object per batch. Pages stand once and events point to them.

use std::rc::Rc;

use crate::engine::consent::Consent;
use crate::engine::event::Event;
use crate::engine::id::Uuid;
use crate::engine::json::{Json, Members, Writer, own, put};
use crate::engine::losses::Losses;
use crate::engine::page::Page;
use crate::engine::text::part;
use crate::engine::time::Millis;

/// Everything a body is written from, beside the events.
pub struct Head<'a> {
    pub id: &'a str,
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

/// What a batch of one session holds, written once: session id, visitor id, user (escaped as in JSON), each with a tab, and
/// `{"session":…,"pages":…,"events":…}`. Whether the ids may be known is decided when it is sent or stored.
pub fn contents(events: &[&Event]) -> String {
    let size: usize = events.iter().map(|e| e.size()).sum();
    let mut w = Writer { out: String::with_capacity(size + 2 * ENVELOPE) };
    if let Some(session) = events.first().and_then(|e| e.session.as_ref()) {
        for id in [session.id, session.visitor] {
            id.push(&mut w.out);
            w.close("\t");
        }
        w.close(&session.user).close("\t{");
        w.key("session").open("{").id("id", session.id).number("n", u64::from(session.n));
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

/// The ids of the text of `contents` (session, visitor, user), as far as they may be known, and the rest of it.
fn known<'a>(contents: &'a str, consent: &Consent) -> ([&'a str; 3], &'a str) {
    let mut json = contents;
    let session = part(&mut json, b'\t');
    let (visitor, user) = (part(&mut json, b'\t'), part(&mut json, b'\t'));
    (if consent.is_minimal() { [session, session, ""] } else { [session, visitor, user] }, json)
}

/// The text of `contents` as it may be stored.
pub fn stored(out: &mut String, contents: &str, consent: &Consent) {
    let (ids, json) = known(contents, consent);
    for id in ids {
        put(out, id);
        put(out, "\t");
    }
    put(out, json);
}

/// The body of a batch.
pub fn body(head: &Head<'_>, contents: &str) -> String {
    let ([_, visitor, user], json) = known(contents, head.consent);
    let mut w = Writer { out: String::with_capacity(contents.len() + ENVELOPE) };
    w.open("{").number("v", 1).text("batch", head.id);
    w.text("sdk", concat!("cartbeacon/", env!("CARGO_PKG_VERSION"))).text("engine", "wasm").text("site", head.site);
    w.number("sent", head.sent).number("attempt", u64::from(head.attempt));
    w.key("consent").open("{").text("state", head.consent.state_name()).key("purposes");
    head.consent.purposes().write(&mut w);
    w.text("source", head.consent.source().name()).number("at", head.consent.at());
    if !head.policy.is_empty() {
        w.text("policy", head.policy);
    }
    w.close("}").key("lost");
    head.lost.write(&mut w);
    w.text("visitor", visitor).key("user");
    if user.is_empty() {
        w.raw("null");
    } else {
        w.str(user);
    }
    put(&mut w.out, ",");
    put(&mut w.out, json.get(1..).unwrap_or(""));
    w.out
}

/// The events in the text of `contents`.
pub fn events(contents: &str) -> Members<'_> {
    let mut json = contents;
    for _ in 0..3 {
        part(&mut json, b'\t');
    }
    Json(json).get("events").unwrap_or(Json("")).members()
}

/// Two of one: the first `n` events, and the others. Both keep all pages.
pub fn halves(contents: &str, n: usize) -> (String, String) {
    let mut events = events(contents);
    // The text is the frame, the events with commas between them, and `]}`; the members leave the last off.
    let end = contents.len().saturating_sub(1);
    let start = end.saturating_sub(events.rest().len());
    for _ in 0..n {
        events.next();
    }
    let middle = end.saturating_sub(events.rest().len());
    let part = |from, to| contents.get(from..to).unwrap_or("");
    let (mut first, mut second) = (own(part(0, middle)), own(part(0, start)));
    put(&mut first, "]}");
    put(&mut second, part(middle + 1, end + 1));
    (first, second)
}

/// The body that asks an endpoint to forget a visitor.
pub fn erase(visitor: Uuid) -> String {
    let mut w = Writer::default();
    w.open("{").number("v", 1).id("erase", visitor).close("}");
    w.out
}
