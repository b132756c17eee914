//! Why a request was turned away: one closed list, each with its status and its line for people.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;

/// Seconds after which a sender may try again; the queue drains in far less.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not a batch; the text names the field.
    Malformed(String),
    /// More than the receiver takes at once; the text says of what.
    TooLarge(String),
    /// The stated consent does not cover what was sent.
    Consent(&'static str),
    /// A page of an origin that is not on the list.
    Origin,
    /// A page of another site: a cookie would be a third party's.
    Site,
    /// A page that only this machine may see.
    Private,
    /// The body did not arrive in time.
    Slow,
    /// More waits to be stored than is good.
    Busy,
    /// The database does not take it now.
    Unstored,
}

impl Refusal {
    /// What is counted under, and shown in the live view.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::TooLarge(_) => "too_large",
            Self::Consent(_) => "consent",
            Self::Origin | Self::Site => "origin",
            Self::Private => "private",
            Self::Slow => "slow",
            Self::Busy => "busy",
            Self::Unstored => "unstored",
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Consent(_) | Self::Origin | Self::Site | Self::Private => StatusCode::FORBIDDEN,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Busy | Self::Unstored => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The line people read.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Malformed(text) | Self::TooLarge(text) => text,
            Self::Consent(text) => text,
            Self::Origin => "origin: not allowed (start the collector with --allow-origin and this origin)",
            Self::Site => "origin: of another site, where the cookie would be a third party's",
            Self::Private => {
                "host: only this machine may look (start the collector with --public-views if something in front of it asks who may)"
            }
            Self::Slow => "body: too slow",
            Self::Busy => "queue: full",
            Self::Unstored => "database: not writable now",
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response<Body> {
        let mut response = json(self.status(), &serde_json::json!({ "error": self.text() }));
        let headers = response.headers_mut();
        match self {
            Self::Busy | Self::Unstored => {
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
            }
            // What is left of the body is not read: the connection is of no more use.
            Self::Slow | Self::TooLarge(_) => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }
}

/// An answer in JSON that nobody keeps.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response<Body> {
    let mut response = Response::new(Body::from(serde_json::to_vec(body).unwrap_or_default()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
