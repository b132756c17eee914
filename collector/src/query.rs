//! `GET /events`: everything stored, as JSON lines, page by page.
//!
//! `since` is a cursor: the answer holds the events stored after it, oldest first, at most `limit` of them. The header
//! `Next-Cursor` is the `since` of the next request (unchanged when there was nothing new), `Newest-Cursor` the one that
//! skips all there is. `session`, `visitor`, `name`, `from` and `to` (milliseconds since 1970) narrow the choice.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderName, HeaderValue, Response, header};
use axum::response::IntoResponse;
use rusqlite::types::ToSql;
use rusqlite::{Connection, Result, Row};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::clock::Millis;
use crate::refusal::Refusal;
use crate::routes::Shared;

const NEXT: HeaderName = HeaderName::from_static("next-cursor");
const NEWEST: HeaderName = HeaderName::from_static("newest-cursor");
/// Lines in one answer, unless asked for fewer or more.
const LIMIT: u32 = 1000;
const MOST: u32 = 10_000;
/// An answer ends with the line that passes this size; the cursor says where to go on.
const MAX_BYTES: usize = 8 << 20;

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    #[serde(default)]
    since: i64,
    limit: Option<u32>,
    session: Option<String>,
    visitor: Option<String>,
    name: Option<String>,
    from: Option<Millis>,
    to: Option<Millis>,
}

struct Page {
    lines: String,
    next: i64,
    newest: i64,
}

pub(crate) async fn events(State(shared): State<Arc<Shared>>, ask: std::result::Result<Query<Ask>, QueryRejection>) -> Response<Body> {
    let Query(ask) = match ask {
        Ok(ask) => ask,
        Err(problem) => return Refusal::Malformed(format!("query: {}", problem.body_text())).into_response(),
    };
    let Some(page) = shared.readers.ask(move |connection| read(connection, &ask)).await else {
        return Refusal::Unstored.into_response();
    };
    let mut response = Response::new(Body::from(page.lines));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(NEXT, HeaderValue::from(page.next));
    headers.insert(NEWEST, HeaderValue::from(page.newest));
    response
}

fn read(connection: &Connection, ask: &Ask) -> Result<Page> {
    let mut sql = String::from(
        "SELECT event.n, event.id, at, t, ahead, event.received, event.batch, site, event.visitor, user, event.session, seq, name, data,
                page.id AS page_id, url, title, referrer, reason, sdk, engine, attempt, consent
         FROM event LEFT JOIN page ON page.id = event.page LEFT JOIN batch ON batch.id = event.batch WHERE event.n > ?",
    );
    let mut values: Vec<&dyn ToSql> = vec![&ask.since];
    let narrower: [(&str, Option<&dyn ToSql>); 5] = [
        (" AND event.session = ?", ask.session.as_ref().map(|v| v as &dyn ToSql)),
        (" AND event.visitor = ?", ask.visitor.as_ref().map(|v| v as &dyn ToSql)),
        (" AND name = ?", ask.name.as_ref().map(|v| v as &dyn ToSql)),
        (" AND at >= ?", ask.from.as_ref().map(|v| v as &dyn ToSql)),
        (" AND at < ?", ask.to.as_ref().map(|v| v as &dyn ToSql)),
    ];
    for (condition, value) in narrower {
        if let Some(value) = value {
            sql.push_str(condition);
            values.push(value);
        }
    }
    sql.push_str(" ORDER BY event.n LIMIT ?");
    let limit = ask.limit.unwrap_or(LIMIT).clamp(1, MOST);
    values.push(&limit);

    let newest = newest(connection)?;
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(values.as_slice())?;
    let mut page = Page { lines: String::new(), next: ask.since, newest };
    while let Some(row) = rows.next()? {
        page.next = row.get("n")?;
        page.lines.push_str(&serde_json::to_string(&Line::read(row)?).unwrap_or_default());
        page.lines.push('\n');
        if page.lines.len() > MAX_BYTES {
            break;
        }
    }
    Ok(page)
}

/// One event as its reader gets it.
#[derive(Serialize)]
struct Line {
    n: i64,
    id: String,
    name: String,
    at: Millis,
    t: Millis,
    /// The sender's clock was ahead, and `at` is not `t`.
    ahead: bool,
    received: Millis,
    site: String,
    visitor: String,
    user: Option<String>,
    session: String,
    seq: i64,
    page: Option<PageView>,
    batch: Delivery,
    consent: Option<Box<RawValue>>,
    data: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct PageView {
    id: String,
    url: Option<String>,
    title: Option<String>,
    referrer: Option<String>,
    reason: Option<String>,
}

#[derive(Serialize)]
struct Delivery {
    id: String,
    sdk: Option<String>,
    engine: Option<String>,
    attempt: Option<i64>,
}

impl Line {
    fn read(row: &Row<'_>) -> Result<Self> {
        let page = match row.get::<_, Option<String>>("page_id")? {
            None => None,
            Some(id) => Some(PageView {
                id,
                url: row.get("url")?,
                title: row.get("title")?,
                referrer: row.get("referrer")?,
                reason: row.get("reason")?,
            }),
        };
        Ok(Self {
            n: row.get("n")?,
            id: row.get("id")?,
            name: row.get("name")?,
            at: row.get("at")?,
            t: row.get("t")?,
            ahead: row.get("ahead")?,
            received: row.get("received")?,
            site: row.get("site")?,
            visitor: row.get("visitor")?,
            user: row.get("user")?,
            session: row.get("session")?,
            seq: row.get("seq")?,
            page,
            batch: Delivery { id: row.get("batch")?, sdk: row.get("sdk")?, engine: row.get("engine")?, attempt: row.get("attempt")? },
            consent: row.get::<_, Option<String>>("consent")?.and_then(raw),
            data: raw(row.get("data")?),
        })
    }
}

/// JSON text as it is, so that decimals keep every digit; `None` when someone edited it by hand into something else.
pub(crate) fn raw(text: String) -> Option<Box<RawValue>> {
    RawValue::from_string(text).ok()
}

/// The number of the newest event ever stored; 0 before the first.
pub(crate) fn newest(connection: &Connection) -> Result<i64> {
    connection.prepare_cached("SELECT coalesce(max(n), 0) FROM event")?.query_row([], |row| row.get(0))
}
