//! `POST /collect`: a body becomes a message, the message is carried out, the answer says what became of each part.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::batch::{self, Message, Rejected};
use crate::clock;
use crate::device;
use crate::limits;
use crate::refusal::{self, Refusal};
use crate::routes::Shared;

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
    match carry_out(&shared, &headers, body).await {
        Ok(answer) => refusal::json(StatusCode::OK, &answer),
        Err(refusal) => {
            shared.writer.refused(&refusal);
            refusal.into_response()
        }
    }
}

async fn carry_out(shared: &Shared, headers: &HeaderMap, body: Body) -> Result<Answer, Refusal> {
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
            let erased = shared.writer.erase(visitor).await?;
            Ok(Answer::Erased { erased: Deleted { events: erased.events, sessions: erased.sessions, rows: erased.rows } })
        }
    }
}

fn told(rejected: &Rejected) -> Told {
    let index = rejected.id.is_none().then_some(rejected.index);
    Told { id: rejected.id.clone(), index, reason: rejected.reason.clone() }
}
