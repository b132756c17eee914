//! Bodies to send.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A UUID that this process has not used.
pub fn id() -> String {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("0192f5a0-{:04x}-7000-8000-{:012x}", n & 0xffff, n)
}

pub fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

pub fn event(name: &str, data: Value) -> Value {
    event_at(now(), name, data)
}

pub fn event_at(t: i64, name: &str, data: Value) -> Value {
    json!({ "id": id(), "seq": 1, "t": t, "page": 0, "name": name, "data": data })
}

pub fn page_view() -> Value {
    event("page_view", json!({}))
}

/// One piece of `item`, for 29.98 €.
pub fn goods(item: &str) -> Value {
    json!({ "currency": "EUR", "value": 29.98, "items": [{ "item_id": item, "item_name": item.to_uppercase(), "price": 29.98, "quantity": 1 }] })
}

pub fn order(number: &str, currency: &str, value: &str) -> Value {
    json!({ "transaction_id": number, "currency": currency, "value": value, "items": [{ "item_id": "mug", "quantity": 2 }] })
}

/// A batch of a new visitor's new session.
pub fn batch(events: &[Value]) -> Value {
    visit(&id(), &id(), events)
}

pub fn visit(visitor: &str, session: &str, events: &[Value]) -> Value {
    let now = now();
    json!({
        "v": 1, "batch": id(), "sdk": "cartbeacon/0.1.0", "engine": "wasm", "site": "my-shop", "sent": now, "attempt": 1,
        "visitor": visitor, "user": null, "session": { "id": session, "n": 1, "started": now },
        "consent": { "state": "granted", "purposes": ["analytics"], "source": "api", "at": now },
        "lost": {},
        "pages": [{ "id": id(), "url": "https://shop.example/", "title": "Shop", "referrer": "", "reason": "navigate" }],
        "events": events,
    })
}

/// The same value with one member replaced; `path` as in `session.id`.
pub fn with(body: &Value, path: &str, value: Value) -> Value {
    let mut body = body.clone();
    let pointer = format!("/{}", path.replace('.', "/"));
    match body.pointer_mut(&pointer) {
        Some(place) => *place = value,
        None => body[path] = value,
    }
    body
}

/// The same value without one member.
pub fn without(body: &Value, path: &str) -> Value {
    let mut body = body.clone();
    let (parent, member) = path.rsplit_once('.').map_or(("", path), |(p, m)| (p, m));
    let pointer = if parent.is_empty() { String::new() } else { format!("/{}", parent.replace('.', "/")) };
    body.pointer_mut(&pointer).unwrap().as_object_mut().unwrap().remove(member);
    body
}
