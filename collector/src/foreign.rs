//! With `--foreign`: other clients' bodies at the paths they use, so that the collector can stand in for their receivers in
//! development. NDJSON at `/ndjson`, Segment's at `/v1/batch`, `/v1/b` and `/beacon/v1/batch`, OpenTelemetry's logs at `/v1/logs`.
//!
//! They become native batches, which then pass the same checks. None of these formats has a proof of consent: whoever sets
//! the flag vouches for it, and what is stored names `foreign` as the source. A body that says itself that there is
//! none for `analytics` is refused.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use cartbeacon::engine::id::Uuid;
use serde_json::{Map, Value, json};

use crate::batch::{self, Message};
use crate::refusal::{self, Refusal};
use crate::routes::Shared;
use crate::{clock, device, limits, vocabulary};

/// Whose body it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tongue {
    Lines,
    Segment,
    Otlp,
}

pub(crate) async fn lines(state: State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    take(Tongue::Lines, state, headers, body).await
}

pub(crate) async fn segment(state: State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    take(Tongue::Segment, state, headers, body).await
}

pub(crate) async fn otlp(state: State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    take(Tongue::Otlp, state, headers, body).await
}

async fn take(tongue: Tongue, State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    match carry_out(tongue, &shared, &headers, body).await {
        Ok(answer) => refusal::json(StatusCode::OK, &answer),
        Err(refusal) => {
            shared.writer.refused(&refusal);
            refusal.into_response()
        }
    }
}

async fn carry_out(tongue: Tongue, shared: &Shared, headers: &HeaderMap, body: Body) -> Result<Value, Refusal> {
    let taken = limits::take(body, &shared.budget, &shared.limits).await?;
    let now = clock::now();
    let (mut stored, mut duplicates, mut reasons) = (0, 0, Vec::new());
    for native in translate(tongue, &taken.text, now)? {
        if let Message::Store(mut batch) = batch::read(&native.to_string(), now)? {
            batch.device = device::of(headers);
            reasons.extend(batch.rejected.iter().map(|rejected| rejected.reason.clone()));
            let outcome = shared.writer.store(batch).await?;
            stored += outcome.stored;
            duplicates += outcome.duplicates;
        }
    }
    // Each in the words of its own receiver.
    Ok(match tongue {
        Tongue::Lines => json!({ "stored": stored, "duplicates": duplicates, "rejected": reasons }),
        Tongue::Segment => json!({ "success": true }),
        Tongue::Otlp if reasons.is_empty() => json!({}),
        Tongue::Otlp => {
            json!({ "partialSuccess": { "rejectedLogRecords": reasons.len().to_string(), "errorMessage": reasons.first() } })
        }
    })
}

/// One event, wherever it came from.
#[derive(Debug, Default)]
pub(crate) struct One {
    pub(crate) id: String,
    pub(crate) t: i64,
    pub(crate) name: String,
    pub(crate) data: Map<String, Value>,
    pub(crate) visitor: String,
    pub(crate) session: String,
    pub(crate) user: Option<String>,
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) referrer: String,
}

/// Native batches: one for each visitor, session and login.
fn translate(tongue: Tongue, text: &str, now: i64) -> Result<Vec<Value>, Refusal> {
    let (sent, events) = match tongue {
        Tongue::Lines => (now, of_lines(text, now)?),
        Tongue::Segment => of_segment(&parsed(text)?, now)?,
        Tongue::Otlp => (now, of_otlp(&parsed(text)?, now)),
    };
    let mut groups: BTreeMap<(String, String, Option<String>), Vec<One>> = BTreeMap::new();
    for one in events {
        groups.entry((one.visitor.clone(), one.session.clone(), one.user.clone())).or_default().push(one);
    }
    Ok(groups.into_iter().map(|((visitor, session, user), events)| native(&visitor, &session, user.as_deref(), &events, sent)).collect())
}

fn native(visitor: &str, session: &str, user: Option<&str>, events: &[One], sent: i64) -> Value {
    let started = events.iter().map(|e| e.t).min().unwrap_or(sent);
    let mut pages: Vec<(&str, &str, &str)> = Vec::new();
    let mut rows = Vec::new();
    for (at, one) in events.iter().enumerate() {
        let page = (one.url.as_str(), one.title.as_str(), one.referrer.as_str());
        let place = pages.iter().position(|p| *p == page).unwrap_or_else(|| {
            pages.push(page);
            pages.len() - 1
        });
        let text = Value::Object(one.data.clone()).to_string();
        let id = if one.id.is_empty() { uuid(&format!("{visitor} {} {} {text}", one.t, one.name)) } else { uuid(&one.id) };
        rows.push(json!({ "id": id, "seq": at, "t": one.t, "page": place, "name": one.name, "data": one.data }));
    }
    let page = |(url, title, referrer): &(&str, &str, &str)| json!({ "id": uuid(&format!("{session} {url}")), "url": url, "title": title, "referrer": referrer });
    json!({
        "v": 1, "batch": uuid(&format!("{visitor} {sent} {}", rows.len())), "sdk": "foreign", "engine": "foreign", "site": "foreign",
        "sent": sent, "attempt": 1, "visitor": uuid(visitor), "user": user,
        "session": { "id": uuid(if session.is_empty() { visitor } else { session }), "n": 1, "started": started },
        "consent": { "state": "granted", "purposes": ["analytics"], "source": "foreign", "at": sent },
        "pages": pages.iter().map(page).collect::<Vec<_>>(), "events": rows,
    })
}

/// The id itself where it is a UUID, else one that is always the same for the same text.
fn uuid(text: &str) -> String {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, text).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    Uuid::parse(text).unwrap_or_else(|| Uuid(half(1) << 64 | half(2))).text()
}

fn parsed(text: &str) -> Result<Value, Refusal> {
    serde_json::from_str(text).map_err(|e| Refusal::Malformed(format!("body: not JSON (line {}, column {})", e.line(), e.column())))
}

pub(crate) fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// Our own `ndjson`: see the engine's `wire::formats::lines`.
fn of_lines(text_of_all: &str, now: i64) -> Result<Vec<One>, Refusal> {
    let lines = text_of_all.lines().filter(|line| !line.trim_ascii().is_empty());
    lines
        .map(|line| {
            let value = parsed(line)?;
            Ok(One {
                id: text(&value, "event_id"),
                t: value.get("ts").and_then(Value::as_i64).unwrap_or(now),
                name: text(&value, "type"),
                data: value.get("data").and_then(Value::as_object).cloned().unwrap_or_default(),
                visitor: text(&value, "visitor"),
                session: text(&value, "session"),
                user: some(text(&value, "user")),
                url: text(&value, "url"),
                title: text(&value, "title"),
                referrer: text(&value, "referrer"),
            })
        })
        .collect()
}

/// Segment's batch: pages and tracks; what else there is (`identify`, `group` …) has no place here and is passed over.
fn of_segment(body: &Value, now: i64) -> Result<(i64, Vec<One>), Refusal> {
    let sent = clock::parse_iso(&text(body, "sentAt")).unwrap_or(now);
    let messages = body.get("batch").and_then(Value::as_array).ok_or_else(|| Refusal::Malformed("batch: required".to_owned()))?;
    let mut events = Vec::new();
    for message in messages {
        let context = message.get("context").unwrap_or(&Value::Null);
        let agreed = context.pointer("/consent/categoryPreferences/analytics");
        if agreed == Some(&Value::Bool(false)) {
            return Err(Refusal::Consent("context.consent: analytics is not among them"));
        }
        let kind = text(message, "type");
        if !matches!(kind.as_str(), "page" | "track") {
            continue;
        }
        let name = if kind == "page" { "page_view".to_owned() } else { vocabulary::name(&text(message, "event")) };
        let properties = message.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        let page = context.get("page").unwrap_or(&Value::Null);
        let user = some(text(message, "userId"));
        let anonymous = text(message, "anonymousId");
        let t = [text(message, "originalTimestamp"), text(message, "timestamp")];
        events.push(One {
            id: text(message, "messageId"),
            t: t.iter().find_map(|t| clock::parse_iso(t)).unwrap_or(now),
            data: vocabulary::fields(&name, &properties),
            name,
            visitor: if anonymous.is_empty() { user.clone().unwrap_or_default() } else { anonymous },
            session: text(context, "sessionId"),
            user,
            url: text(page, "url"),
            title: text(page, "title"),
            referrer: text(page, "referrer"),
        });
    }
    Ok((sent, events))
}

/// OpenTelemetry's logs: records that have an event's name.
fn of_otlp(body: &Value, now: i64) -> Vec<One> {
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let scopes = list(body, "resourceLogs").into_iter().flat_map(|resource| list(&resource, "scopeLogs"));
    let records = scopes.flat_map(|scope| list(&scope, "logRecords"));
    records
        .map(|record| {
            let mut data = Map::new();
            for attribute in list(&record, "attributes") {
                data.insert(text(&attribute, "key"), any(attribute.get("value").unwrap_or(&Value::Null)));
            }
            let mut own = |name: &str| match data.remove(name) {
                Some(Value::String(text)) => text,
                _ => String::new(),
            };
            let nanos: Option<i128> = text(&record, "timeUnixNano").parse().ok();
            One {
                id: own("event.id"),
                t: nanos.and_then(|n| i64::try_from(n / 1_000_000).ok()).unwrap_or(now),
                name: Some(text(&record, "eventName")).filter(|n| !n.is_empty()).unwrap_or_else(|| own("event.name")),
                visitor: own("visitor.id"),
                session: own("session.id"),
                user: some(own("user.id")),
                url: own("url.full"),
                title: own("page.title"),
                referrer: own("http.request.header.referer"),
                data,
            }
        })
        .collect()
}

/// `AnyValue` in protobuf's JSON mapping.
fn any(value: &Value) -> Value {
    let inner = |path: &str| value.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(whole) = value.get("intValue") {
        let number = whole.as_i64().or_else(|| whole.as_str().and_then(|text| text.parse().ok()));
        return number.map_or(Value::Null, Value::from);
    }
    if value.get("arrayValue").is_some() {
        return inner("/arrayValue/values").iter().map(any).collect();
    }
    if value.get("kvlistValue").is_some() {
        let pairs = inner("/kvlistValue/values");
        return pairs.iter().map(|pair| (text(pair, "key"), any(pair.get("value").unwrap_or(&Value::Null)))).collect::<Map<_, _>>().into();
    }
    ["stringValue", "boolValue", "doubleValue"].iter().find_map(|kind| value.get(*kind)).cloned().unwrap_or(Value::Null)
}
