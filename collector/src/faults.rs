//! Faults on demand, for end-to-end tests: the next so many requests to `/collect` fail as told.
//!
//! None of this is mounted unless the collector is started with `--test-faults`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::limits;
use crate::refusal::{self, Refusal};
use crate::routes::Shared;

/// The longest delay; a test that waits longer tests nothing more.
const LONGEST: u64 = 60_000;

/// What goes wrong, and how often.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Fault {
    /// Requests it applies to; 0 ends it.
    count: u32,
    /// Answered instead of the collector's own status.
    status: Option<u16>,
    /// Seconds in `Retry-After`.
    retry_after: Option<u32>,
    /// Close the connection without an answer.
    drop_connection: bool,
    /// Wait this long first.
    delay_ms: u64,
    /// Do the work first, so that only the answer is lost.
    store: bool,
}

/// The fault in force.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Fault>);

/// Marks an answer that the server must not send: it closes the connection instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drop;

impl Faults {
    fn set(&self, fault: Fault) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    fn remaining(&self) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).count
    }

    fn take(&self) -> Option<Fault> {
        let mut fault = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        fault.count = fault.count.checked_sub(1)?;
        Some(fault.clone())
    }
}

/// `POST /test/faults`.
pub(crate) async fn set(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let taken = match limits::take(body, &shared.budget, &shared.limits).await {
        Ok(taken) => taken,
        Err(refusal) => return refusal.into_response(),
    };
    match serde_json::from_str(&taken.text) {
        Ok(fault) => {
            shared.faults.set(fault);
            remaining(State(shared)).await
        }
        Err(error) => Refusal::Malformed(format!("fault: {error}")).into_response(),
    }
}

/// `GET /test/faults`.
pub(crate) async fn remaining(State(shared): State<Arc<Shared>>) -> Response {
    refusal::json(StatusCode::OK, &json!({ "remaining": shared.faults.remaining() }))
}

/// Stands in front of `/collect`.
pub(crate) async fn inject(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let Some(fault) = shared.faults.take() else {
        return next.run(request).await;
    };
    tokio::time::sleep(Duration::from_millis(fault.delay_ms.min(LONGEST))).await;
    let status = fault.status.and_then(|s| StatusCode::from_u16(s).ok());
    if status.is_none() && !fault.drop_connection {
        return next.run(request).await;
    }
    if fault.store {
        next.run(request).await;
    } else {
        // Read to the end, or the sender may see a reset instead of the status.
        let _ = limits::take(request.into_body(), &shared.budget, &shared.limits).await;
    }
    let mut response = refusal::json(status.unwrap_or(StatusCode::OK), &json!({ "error": "fault: asked for by a test" }));
    if fault.drop_connection {
        response.extensions_mut().insert(Drop);
    }
    if let Some(seconds) = fault.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
