//! `GET /live/stream`: what the live view is told as it happens, by server-sent events.
//!
//! A commit wakes every stream; each then reads what it has not sent yet, so a slow reader is never sent more than it can
//! take and nothing is kept for it. Two kinds of message: `events` (a list, newest last; its id is the cursor with which a
//! browser resumes) and `stats` (see `stats`). `reset` says that stored events were erased: forget what is on screen.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use rusqlite::{Connection, Result, params};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::clock::{self, Millis};
use crate::query::{newest, raw};
use crate::refusal::Refusal;
use crate::routes::Shared;
use crate::stats::{self, Span};
use crate::writer::Changes;

/// Events a page shows at first, and at most in one message.
const LATEST: i64 = 60;
/// Fields longer than this are left out of the list; `/events` has them.
const MAX_DATA: usize = 16 * 1024;
/// The eye needs no more than four updates a second.
const PACE: Duration = Duration::from_millis(250);
/// Figures change with time alone, too: carts become abandoned, hours pass.
const TICK: Duration = Duration::from_secs(20);
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

#[derive(Debug, Deserialize)]
pub(crate) struct Ask {
    span: Option<String>,
    /// `no` leaves out what robots did.
    robots: Option<String>,
}

/// One event in the page's list.
#[derive(Serialize)]
struct Line {
    n: i64,
    id: String,
    name: String,
    at: Millis,
    ahead: bool,
    session: String,
    site: String,
    url: Option<String>,
    title: Option<String>,
    data: Option<Box<RawValue>>,
}

pub(crate) async fn stream(State(shared): State<Arc<Shared>>, Query(ask): Query<Ask>, headers: HeaderMap) -> Response {
    let Ok(place) = Arc::clone(&shared.views).try_acquire_owned() else {
        return Refusal::Busy.into_response();
    };
    let span = ask.span.as_deref().and_then(Span::named).unwrap_or(Span::Day);
    let seen = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse().ok());
    let view = View {
        changes: shared.changes.clone(),
        stopping: shared.stopping.clone(),
        shared,
        span,
        robots: ask.robots.as_deref() != Some("no"),
        seen,
        known: None,
        next: Instant::now(),
        _place: place,
    };
    let messages = stream::unfold((view, Vec::new()), |(mut view, mut waiting)| async move {
        while waiting.is_empty() {
            waiting = view.wait().await?;
            waiting.reverse();
        }
        let message = waiting.pop()?;
        Some((Ok::<_, Infallible>(message), (view, waiting)))
    });
    Sse::new(messages).keep_alive(KeepAlive::default()).into_response()
}

/// One open page.
struct View {
    shared: Arc<Shared>,
    changes: watch::Receiver<Changes>,
    stopping: watch::Receiver<bool>,
    span: Span,
    /// Whether what robots did is shown.
    robots: bool,
    /// The newest event sent.
    seen: Option<i64>,
    /// What the last messages told of.
    known: Option<Changes>,
    /// Not before this.
    next: Instant,
    _place: OwnedSemaphorePermit,
}

impl View {
    /// Waits for something to tell; `None` when the collector stops.
    async fn wait(&mut self) -> Option<Vec<Event>> {
        tokio::select! {
            () = sleep_until(self.next) => {}
            _ = self.stopping.wait_for(|stop| *stop) => return None,
        }
        if self.known.is_some() {
            tokio::select! {
                // Either a commit or the tick: both are a reason to look.
                _ = timeout_at(self.next + TICK, self.changes.changed()) => {}
                _ = self.stopping.wait_for(|stop| *stop) => return None,
            }
        }
        let now = *self.changes.borrow_and_update();
        let began = Instant::now();
        let messages = self.look(now).await;
        // Reading may take a tenth of the time and no more, however large the database has grown.
        self.next = Instant::now() + PACE.max(began.elapsed() * 10);
        self.known = Some(now);
        Some(messages)
    }

    async fn look(&mut self, now: Changes) -> Vec<Event> {
        let mut messages = Vec::new();
        if self.known.is_some_and(|known| known.erasures != now.erasures) {
            messages.push(Event::default().event("reset").data("{}"));
            self.seen = None;
        }
        let (span, robots, seen) = (self.span, self.robots, self.seen);
        let first = self.known.is_none();
        let answer = self.shared.readers.ask(move |connection| {
            let stats = stats::read(connection, span, robots, clock::now())?;
            let lines = lines(connection, seen, robots)?;
            let newest = if first && lines.is_empty() { Some(newest(connection)?) } else { lines.last().map(|line| line.n) };
            Ok((stats, lines, newest))
        });
        let Some((stats, lines, newest)) = answer.await else {
            return messages;
        };
        if let Ok(event) = Event::default().event("stats").json_data(&stats) {
            messages.push(event);
        }
        if let (Some(newest), Ok(event)) = (newest, Event::default().event("events").json_data(&lines)) {
            self.seen = Some(newest);
            messages.push(event.id(newest.to_string()));
        }
        messages
    }
}

/// The newest events after `seen`, oldest first.
fn lines(connection: &Connection, seen: Option<i64>, robots: bool) -> Result<Vec<Line>> {
    let people = if robots { String::new() } else { stats::PEOPLE.replace("visitor NOT", "event.visitor NOT") };
    let mut ask = connection.prepare_cached(&format!(
        "SELECT n, event.id, name, event.at, ahead, session, site, url, title, CASE WHEN length(data) <= ?3 THEN data ELSE '' END AS data
         FROM event LEFT JOIN page ON page.id = event.page WHERE n > ?1 {people} ORDER BY n DESC LIMIT ?2",
    ))?;
    let rows = ask.query_map(params![seen.unwrap_or(0), LATEST, MAX_DATA], |row| {
        Ok(Line {
            n: row.get("n")?,
            id: row.get("id")?,
            name: row.get("name")?,
            at: row.get("at")?,
            ahead: row.get("ahead")?,
            session: row.get("session")?,
            site: row.get("site")?,
            url: row.get("url")?,
            title: row.get("title")?,
            data: raw(row.get("data")?),
        })
    })?;
    let mut lines: Vec<_> = rows.collect::<Result<_>>()?;
    lines.reverse();
    Ok(lines)
}
