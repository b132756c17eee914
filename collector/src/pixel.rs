//! `GET /collect/p.gif`: one event by a picture, for mails and for pages without JavaScript.
//!
//! The query says what a batch says: `site`, `visitor` (a UUID), `consent` (the purposes agreed to, separated by commas),
//! `consent_at` (when, in milliseconds since 1970), `name`; if there are any `id`, `session`, `user`, `url`, `policy`, and `data`
//! (the event's fields as JSON). Any other parameter is a field of the event. Without `analytics` among the purposes nothing is stored: nobody can hold an event
//! back in a mail, so whoever writes the mail must know the answer and say it.
//!
//! The answer is always a picture, also of a refusal: a mail client shows anything else as a broken one. Its status tells the
//! truth (browsers draw the picture whatever the status is), and `Refused` says why. Nothing may keep it, or the second opening
//! would not be seen; some mail services fetch pictures once through a cache of their own all the same.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use cartbeacon::engine::id::Rng;
use serde_json::json;
use serde_json::value::RawValue;

use crate::batch::{self, Message};
use crate::clock::{self, Millis};
use crate::device;
use crate::refusal::Refusal;
use crate::routes::Shared;

/// One transparent point (<https://www.w3.org/Graphics/GIF/spec-gif89a.txt>).
const POINT: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x21\xf9\x04\x01\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b";
const NEVER_KEEP: HeaderValue = HeaderValue::from_static("no-store, no-cache, must-revalidate, private, max-age=0");
const REFUSED: HeaderName = HeaderName::from_static("refused");

pub(crate) async fn pixel(
    State(shared): State<Arc<Shared>>,
    method: Method,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    // Who only asks whether there is a picture opened nothing.
    if method == Method::HEAD {
        return point(None);
    }
    let outcome = carry_out(&shared, &headers, query.as_deref().unwrap_or_default()).await;
    if let Err(refusal) = &outcome {
        shared.writer.refused(refusal);
    }
    point(outcome.err().as_ref())
}

fn point(refusal: Option<&Refusal>) -> Response<Body> {
    let mut response = Response::new(Body::from(POINT));
    *response.status_mut() = refusal.map_or(StatusCode::OK, Refusal::status);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/gif"));
    headers.insert(header::CACHE_CONTROL, NEVER_KEEP);
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(header::EXPIRES, HeaderValue::from_static("0"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    if let Some(why) = refusal.and_then(|refusal| HeaderValue::from_str(refusal.text()).ok()) {
        headers.insert(REFUSED, why);
    }
    response
}

async fn carry_out(shared: &Shared, headers: &HeaderMap, query: &str) -> Result<(), Refusal> {
    let now = clock::now();
    let asked = Asked::read(query);
    if !asked.own.contains_key("consent") {
        return Err(Refusal::Consent("consent: required, the purposes agreed to"));
    }
    let Message::Store(mut batch) = batch::read(&asked.body(now)?, now)? else {
        return Err(Refusal::Malformed("body: not a batch".to_owned()));
    };
    if let Some(rejected) = batch.rejected.first() {
        return Err(Refusal::Malformed(rejected.reason.clone()));
    }
    batch.visited = asked.own.contains_key("session");
    if batch.visited {
        batch.device = device::of(headers);
    } else {
        batch.touches.clear();
    }
    shared.writer.store(batch).await.map(drop)
}

const OWN: [&str; 11] = ["site", "visitor", "consent", "name", "id", "session", "user", "url", "consent_at", "policy", "data"];

/// The parameters: ours, and the fields of the event. Of one given twice the first counts.
#[derive(Default)]
struct Asked {
    own: BTreeMap<String, String>,
    fields: BTreeMap<String, String>,
}

impl Asked {
    fn read(query: &str) -> Self {
        let mut asked = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()) {
            let map = if OWN.contains(&&*key) { &mut asked.own } else { &mut asked.fields };
            map.entry(key.into_owned()).or_insert_with(|| value.into_owned());
        }
        asked
    }

    /// The same as a batch of one event, so that it is checked like any other.
    fn body(&self, now: Millis) -> Result<String, Refusal> {
        let own = |key: &str| self.own.get(key).map(String::as_str);
        let mut ids = Rng::new([random(), random()]);
        let at = u64::try_from(now).unwrap_or_default();
        let mut new = || ids.uuid(at).text();
        let (batch, event, page) = (new(), new(), new());
        let mut data: BTreeMap<String, Box<RawValue>> = match own("data") {
            Some(text) => serde_json::from_str(text).map_err(|_| Refusal::Malformed("data: not a JSON object".to_owned()))?,
            None => BTreeMap::new(),
        };
        for (key, value) in &self.fields {
            let text = serde_json::to_string(value).and_then(RawValue::from_string);
            data.insert(key.clone(), text.map_err(|_| Refusal::Malformed(format!("{key}: not text")))?);
        }
        let consent_at = own("consent_at").map(str::parse::<u64>).transpose();
        let consent_at = consent_at.map_err(|_| Refusal::Malformed("consent_at: not milliseconds since 1970".to_owned()))?;
        let purposes: Vec<_> = own("consent").unwrap_or_default().split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
        let pages: Vec<_> = own("url").iter().map(|url| json!({ "id": page, "url": url })).collect();
        let data = serde_json::to_string(&data).unwrap_or_default();
        let data = RawValue::from_string(data).map_err(|_| Refusal::Malformed("data: not a JSON object".to_owned()))?;
        let event = Event {
            id: own("id").unwrap_or(&event),
            seq: 1,
            t: at,
            page: own("url").map(|_| 0),
            name: own("name").unwrap_or_default(),
            data,
        };
        let whole = Whole {
            v: 1,
            batch: &batch,
            sdk: "pixel/1",
            engine: "none",
            site: own("site").unwrap_or_default(),
            sent: at,
            attempt: 1,
            visitor: own("visitor").unwrap_or_default(),
            user: own("user"),
            session: json!({ "id": own("session").unwrap_or(&batch), "n": 1, "started": at }),
            consent: json!({ "state": "granted", "purposes": purposes, "source": "pixel", "at": consent_at, "policy": own("policy") }),
            pages,
            events: [event],
        };
        serde_json::to_string(&whole).map_err(|_| Refusal::Malformed("query: not text".to_owned()))
    }
}

#[derive(serde::Serialize)]
struct Whole<'a> {
    v: u8,
    batch: &'a str,
    sdk: &'a str,
    engine: &'a str,
    site: &'a str,
    sent: u64,
    attempt: u32,
    visitor: &'a str,
    user: Option<&'a str>,
    session: serde_json::Value,
    consent: serde_json::Value,
    pages: Vec<serde_json::Value>,
    events: [Event<'a>; 1],
}

#[derive(serde::Serialize)]
struct Event<'a> {
    id: &'a str,
    seq: u64,
    t: u64,
    page: Option<u32>,
    name: &'a str,
    data: Box<RawValue>,
}

/// A number that nobody can tell in advance: std seeds every such state from the system's randomness.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
