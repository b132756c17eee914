//! `POST /collect`: a body becomes a message, the message is carried out, the answer says what became of each part.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::batch::{self, Message, Rejected};
use crate::clock;
use crate::device;
use crate::limits;
use crate::refusal::{self, Refusal};
use crate::routes::Shared;
use crate::visitor_cookie;

/// What became of a message.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Stored { stored: usize, duplicates: usize, rejected: Vec<Told> },
    Erased { erased: Deleted },
    Counted { counted: u64 },
}

#[derive(Serialize)]
struct Deleted {
    events: usize,
    sessions: usize,
    rows: usize,
}

/// An event that was turned away; one without a readable id is named by its place.
#[derive(Serialize)]
struct Told {
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    reason: String,
}

/// The content type is not looked at: a beacon says `text/plain` to need no preflight.
pub(crate) async fn collect(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    let mut expired = Vec::new();
    match carry_out(&shared, &headers, body, &mut expired).await {
        Ok(answer) => {
            let mut response = refusal::json(StatusCode::OK, &answer);
            response.headers_mut().extend(expired.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
            response
        }
        Err(refusal) => {
            shared.writer.refused(&refusal);
            refusal.into_response()
        }
    }
}

/// Cookies that the answer deletes go into `expired`.
async fn carry_out(shared: &Shared, headers: &HeaderMap, body: Body, expired: &mut Vec<HeaderValue>) -> Result<Answer, Refusal> {
    let taken = limits::take(body, &shared.budget, &shared.limits).await?;
    match batch::read(&taken.text, clock::now())? {
        Message::Store(mut batch) => {
            batch.device = device::of(headers);
            batch.robot = device::robot(headers);
            let rejected = batch.rejected.iter().map(told).collect();
            let outcome = shared.writer.store(batch).await?;
            Ok(Answer::Stored { stored: outcome.stored, duplicates: outcome.duplicates, rejected })
        }
        Message::Count(counts) => Ok(Answer::Counted { counted: shared.writer.count(counts).await? }),
        Message::Erase(visitor) => {
            if shared.visitor_cookie {
                *expired = visitor_cookie::expire(headers, &visitor);
            }
            let erased = shared.writer.erase(visitor).await?;
            Ok(Answer::Erased { erased: Deleted { events: erased.events, sessions: erased.sessions, rows: erased.rows } })
        }
    }
}

fn told(rejected: &Rejected) -> Told {
    let index = rejected.id.is_none().then_some(rejected.index);
    Told { id: rejected.id.clone(), index, reason: rejected.reason.clone() }
}
