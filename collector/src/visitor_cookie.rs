//! `POST /collect/id`: the visitor's id, set as a cookie by a server.
//!
//! Safari keeps a cookie that a script has written for seven days, and one that came with an answer of the page's own servers as
//! long as it says (<https://webkit.org/blog/8613/intelligent-tracking-prevention-2-1/>). So the SDK may ask for one, once there
//! is a yes (www/sdk/cookie.js); the handshake is in www/docs/server-cookie.md. Nothing is stored or noted here.
//!
//! It is not `HttpOnly`: a page must be able to delete it the moment a shopper says no, without telling anybody who that was.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cartbeacon::engine::id::Uuid;
use serde::Deserialize;

use crate::clock;
use crate::limits::{self, Limits};
use crate::refusal::Refusal;
use crate::routes::Shared;

/// The SDK sends a hundred bytes.
const MAX_BODY: usize = 1024;
/// As long as the SDK keeps its own cookie: 13 months.
const MAX_DAYS: u64 = 395;
const DAY: u64 = 86_400;
/// A host name is no longer (RFC 1035 §2.3.4).
const MAX_DOMAIN: usize = 253;
const MAX_SITE: usize = 100;
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a page asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    v: u64,
    #[serde(default)]
    site: String,
    visitor: String,
    /// The visitor's how-manieth session, to go on from.
    n: u32,
    /// The widest domain that the page's browser takes a cookie for; none where that is the host alone.
    domain: Option<String>,
    days: u64,
}

pub(crate) async fn set(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    match answer(&shared, &headers, body).await {
        Ok(cookie) => {
            (StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store")), (header::SET_COOKIE, cookie)])
                .into_response()
        }
        Err(refusal) => {
            shared.writer.refused(&refusal);
            refusal.into_response()
        }
    }
}

async fn answer(shared: &Shared, headers: &HeaderMap, body: Body) -> Result<HeaderValue, Refusal> {
    // A page of an origin that may send batches may yet be another site: there the cookie would be a third party's.
    if headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "cross-site") {
        return Err(Refusal::Site);
    }
    let taken = limits::take(body, &shared.budget, &Limits { max_body: MAX_BODY, ..shared.limits }).await?;
    let asked: Asked = serde_json::from_str(&taken.text).map_err(|_| malformed("body: not what a page asks for an id with"))?;
    cookie(&asked, clock::now() / 1000, !is_plain(headers))
}

fn malformed(text: &str) -> Refusal {
    Refusal::Malformed(text.to_owned())
}

/// Whether the page came without TLS, as in development: it would not be given a cookie that is `Secure`. Whatever stands in front
/// of us, it is the page's own scheme that its browser tells.
fn is_plain(headers: &HeaderMap) -> bool {
    headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"http://"))
}

fn is_host(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_DOMAIN && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
}

/// The cookie's name: as the SDK makes its keys.
fn name(site: &str) -> String {
    let site: String = site.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    format!("cb_{site}.id")
}

fn cookie(asked: &Asked, now: i64, is_secure: bool) -> Result<HeaderValue, Refusal> {
    let Asked { v, site, visitor, n, domain, days } = asked;
    if *v != 1 {
        return Err(malformed("v: not 1"));
    }
    if site.len() > MAX_SITE {
        return Err(malformed("site: more than 100 bytes"));
    }
    let visitor = Uuid::parse(visitor).ok_or_else(|| malformed("visitor: not a UUID"))?.text();
    if *n == 0 {
        return Err(malformed("n: not from 1"));
    }
    if !(1..=MAX_DAYS).contains(days) {
        return Err(malformed("days: not 1 to 395"));
    }
    let domain = match domain {
        Some(domain) if !is_host(domain) => return Err(malformed("domain: not a host's name")),
        Some(domain) => format!("; Domain={domain}"),
        None => String::new(),
    };
    let secure = if is_secure { "; Secure" } else { "" };
    let age = days * DAY;
    let text = format!("{}={visitor}.{n}.{now}; Max-Age={age}; Path=/{domain}; SameSite=Lax{secure}", name(site));
    HeaderValue::try_from(text).map_err(|_| malformed("site: not a name"))
}

/// What deletes the cookies of an erased visitor that came along, for each domain that they may be of: a browser takes no
/// notice of those that are not its page's.
pub(crate) fn expire(headers: &HeaderMap, visitor: &str) -> Vec<HeaderValue> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let host = text(header::HOST).rsplit_once(':').map_or(text(header::HOST), |(host, _)| host);
    let parents = host.match_indices('.').filter_map(|(at, _)| host.get(at + 1..)).filter(|rest| rest.contains('.'));
    let domains: Vec<String> = [host].into_iter().chain(parents).filter(|d| is_host(d)).map(|d| format!("; Domain={d}")).collect();
    let cookies = text(header::COOKIE).split("; ").filter_map(|pair| pair.split_once('='));
    let theirs = cookies.filter(|(name, value)| name.starts_with("cb_") && name.ends_with(".id") && value.starts_with(visitor));
    theirs
        .flat_map(|(name, _)| {
            let of = |domain: &str| HeaderValue::try_from(format!("{name}=; Max-Age=0; Path=/{domain}; SameSite=Lax")).ok();
            [of("")].into_iter().chain(domains.iter().map(move |domain| of(domain))).flatten().collect::<Vec<_>>()
        })
        .collect()
}
