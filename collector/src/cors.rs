//! Which pages of other origins may send: an allow-list, mirrored.
//!
//! Beacons are sent with credentials, so `*` is of no use and every header names the origin
//! (<https://fetch.spec.whatwg.org/#cors-protocol-and-credentials>). The store's own origin needs no header and no entry.
//! A page of any other origin gets no header and its batch is not stored: otherwise any page could write into the store.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::refusal::Refusal;
use crate::routes::Shared;

/// Which headers of the answer a page of an allowed origin may read: `Date` to tell its clock's error, `Retry-After`.
const EXPOSED: HeaderValue = HeaderValue::from_static("Date, Retry-After");
/// How long a browser may keep a preflight's answer, in seconds.
const PREFLIGHT_AGE: HeaderValue = HeaderValue::from_static("600");
const TIMING_ALLOW_ORIGIN: HeaderName = HeaderName::from_static("timing-allow-origin");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// An origin as browsers write it: scheme, host, and the port unless it is the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// Why a text is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginProblem {
    Star,
    Scheme,
    Host,
    Path,
}

impl fmt::Display for OriginProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Star => "name each origin: browsers refuse * for requests with credentials",
            Self::Scheme => "an origin starts with https:// or http://",
            Self::Host => "an origin names a host, as in https://shop.example",
            Self::Path => "an origin ends after host and port, without a path",
        })
    }
}

impl std::error::Error for OriginProblem {}

impl FromStr for Origin {
    type Err = OriginProblem;

    fn from_str(text: &str) -> Result<Self, OriginProblem> {
        if text.contains('*') {
            return Err(OriginProblem::Star);
        }
        let text = text.to_ascii_lowercase();
        let (scheme, rest) = text.split_once("://").ok_or(OriginProblem::Scheme)?;
        let default_port = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => return Err(OriginProblem::Scheme),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '@']) {
            return Err(OriginProblem::Path);
        }
        let authority = authority.strip_suffix(default_port).unwrap_or(authority);
        if authority.is_empty() || authority.starts_with(':') || !authority.is_ascii() || authority.contains(char::is_whitespace) {
            return Err(OriginProblem::Host);
        }
        Ok(Self(format!("{scheme}://{authority}")))
    }
}

/// Whose page a request comes from.
enum Whose {
    /// Not a page's, or of the collector's own origin.
    Own,
    /// Of an origin on the list, which is mirrored.
    Allowed(HeaderValue),
    Stranger,
}

fn whose(headers: &HeaderMap, allowed: &[Origin]) -> Whose {
    let Some(value) = headers.get(header::ORIGIN) else {
        return Whose::Own;
    };
    let origin = value.to_str().unwrap_or("");
    if allowed.iter().any(|o| o.0 == origin) {
        return Whose::Allowed(value.clone());
    }
    // A proxy may have changed `Host`; browsers say themselves that the page is of the same origin, and no page can forge it.
    let told = headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "same-origin");
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let same = origin.split_once("://").is_some_and(|(_, authority)| Some(authority) == host);
    if told || same { Whose::Own } else { Whose::Stranger }
}

/// Stands in front of `/collect`.
pub(crate) async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let preflight = request.method() == Method::OPTIONS;
    let mirrored = match whose(request.headers(), &shared.allowed) {
        Whose::Stranger => {
            shared.writer.refused(&Refusal::Origin);
            let mut response = Refusal::Origin.into_response();
            response.headers_mut().insert(header::VARY, HeaderValue::from_static("Origin"));
            return response;
        }
        Whose::Own => None,
        Whose::Allowed(origin) => Some(origin),
    };
    let mut response = if preflight { preflight_answer() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = mirrored {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        headers.insert(TIMING_ALLOW_ORIGIN, origin);
        if preflight {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type, content-encoding"));
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_AGE);
        }
    }
    response
}

fn preflight_answer() -> Response {
    (StatusCode::NO_CONTENT, [(header::ALLOW, "POST, OPTIONS")]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_as_browsers_write_it() {
        for (text, expected) in [
            ("https://shop.example", "https://shop.example"),
            ("HTTPS://Shop.Example/", "https://shop.example"),
            ("https://shop.example:443", "https://shop.example"),
            ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(text.parse(), Ok(Origin(expected.to_owned())));
        }
        for (text, expected) in [
            ("*", OriginProblem::Star),
            ("https://*.shop.example", OriginProblem::Star),
            ("shop.example", OriginProblem::Scheme),
            ("ftp://shop.example", OriginProblem::Scheme),
            ("https://", OriginProblem::Host),
            ("https://:8080", OriginProblem::Host),
            ("https://shop.example/cart", OriginProblem::Path),
            ("https://user@shop.example", OriginProblem::Path),
        ] {
            assert_eq!(text.parse::<Origin>(), Err(expected), "{text}");
        }
    }
}
