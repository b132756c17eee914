//! `GET /events` and `GET /events.csv`: everything stored, as JSON lines or CSV, page by page.
//!
//! `since` is a cursor: the answer holds the events stored after it, oldest first, at most `limit` of them. The header
//! `Next-Cursor` is the `since` of the next request (unchanged when there was nothing new), `Newest-Cursor` the one that
//! skips all there is. `session`, `visitor`, `user`, `site`, `name`, `from` and `to` (milliseconds since 1970) narrow the
//! choice.

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

use crate::clock::{Millis, iso};
use crate::refusal::Refusal;
use crate::reports;
use crate::routes::Shared;
use crate::stats::decimal;

const NEXT: HeaderName = HeaderName::from_static("next-cursor");
const NEWEST: HeaderName = HeaderName::from_static("newest-cursor");
/// Lines in one answer, unless asked for fewer or more.
const LIMIT: u32 = 1000;
const MOST: u32 = 10_000;
/// A file is for people, who follow no cursor: it has as many as a spreadsheet takes well.
const MOST_IN_FILE: u32 = 100_000;
/// An answer ends with the line that passes this size; the cursor says where to go on.
const MAX_BYTES: usize = 8 << 20;
const MAX_FILE: usize = 128 << 20;

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    #[serde(default)]
    since: i64,
    limit: Option<u32>,
    session: Option<String>,
    visitor: Option<String>,
    user: Option<String>,
    site: Option<String>,
    name: Option<String>,
    from: Option<Millis>,
    to: Option<Millis>,
}

struct Page {
    lines: Vec<u8>,
    next: i64,
    newest: i64,
}

pub(crate) async fn events(shared: State<Arc<Shared>>, ask: std::result::Result<Query<Ask>, QueryRejection>) -> Response<Body> {
    answer(shared, ask, false).await
}

pub(crate) async fn events_csv(shared: State<Arc<Shared>>, ask: std::result::Result<Query<Ask>, QueryRejection>) -> Response<Body> {
    answer(shared, ask, true).await
}

async fn answer(State(shared): State<Arc<Shared>>, ask: std::result::Result<Query<Ask>, QueryRejection>, as_file: bool) -> Response<Body> {
    let Query(ask) = match ask {
        Ok(ask) => ask,
        Err(problem) => return Refusal::Malformed(format!("query: {}", problem.body_text())).into_response(),
    };
    let _place = if as_file { reports::place().await } else { None };
    let Some(page) = shared.readers.ask(move |connection| read(connection, &ask, as_file)).await else {
        return Refusal::Unstored.into_response();
    };
    let mut response = Response::new(Body::from(page.lines));
    let headers = response.headers_mut();
    let kind = if as_file { "text/csv; charset=utf-8" } else { "application/x-ndjson" };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if as_file {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"events.csv\""));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(NEXT, HeaderValue::from(page.next));
    headers.insert(NEWEST, HeaderValue::from(page.newest));
    response
}

fn read(connection: &Connection, ask: &Ask, as_file: bool) -> Result<Page> {
    let mut sql = String::from(
        "SELECT event.n, event.id, event.at, t, ahead, event.received, event.batch, site, event.visitor, user, event.session, seq, name, data,
                currency, amount, transaction_id,
                page.id AS page_id, url, title, referrer, reason, sdk, engine, attempt, consent
         FROM event LEFT JOIN page ON page.id = event.page LEFT JOIN batch ON batch.id = event.batch WHERE event.n > ?",
    );
    let mut values: Vec<&dyn ToSql> = vec![&ask.since];
    let narrower: [(&str, Option<&dyn ToSql>); 7] = [
        (" AND event.session = ?", ask.session.as_ref().map(|v| v as &dyn ToSql)),
        (" AND event.visitor = ?", ask.visitor.as_ref().map(|v| v as &dyn ToSql)),
        (" AND user = ?", ask.user.as_ref().map(|v| v as &dyn ToSql)),
        (" AND site = ?", ask.site.as_ref().map(|v| v as &dyn ToSql)),
        (" AND name = ?", ask.name.as_ref().map(|v| v as &dyn ToSql)),
        (" AND event.at >= ?", ask.from.as_ref().map(|v| v as &dyn ToSql)),
        (" AND event.at < ?", ask.to.as_ref().map(|v| v as &dyn ToSql)),
    ];
    for (condition, value) in narrower {
        if let Some(value) = value {
            sql.push_str(condition);
            values.push(value);
        }
    }
    sql.push_str(" ORDER BY event.n LIMIT ?");
    let (usual, most, bytes) = if as_file { (MOST_IN_FILE, MOST_IN_FILE, MAX_FILE) } else { (LIMIT, MOST, MAX_BYTES) };
    let limit = ask.limit.unwrap_or(usual).clamp(1, most);
    values.push(&limit);

    let newest = newest(connection)?;
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(values.as_slice())?;
    let mut page = Page { lines: Vec::new(), next: ask.since, newest };
    if as_file {
        page.lines = reports::row(HEAD);
        // Excel's sign of UTF-8.
        page.lines.splice(0..0, *b"\xef\xbb\xbf");
    }
    while let Some(row) = rows.next()? {
        page.next = row.get("n")?;
        if as_file {
            page.lines.extend(reports::row(fields(row)?));
        } else {
            page.lines.extend(serde_json::to_vec(&Line::read(row)?).unwrap_or_default());
            page.lines.push(b'\n');
        }
        if page.lines.len() > bytes {
            break;
        }
    }
    Ok(page)
}

/// The columns of a file.
const HEAD: [&str; 16] = [
    "n",
    "id",
    "name",
    "at",
    "received",
    "site",
    "visitor",
    "user",
    "session",
    "seq",
    "url",
    "referrer",
    "currency",
    "value",
    "transaction_id",
    "data",
];

fn fields(row: &Row<'_>) -> Result<[String; 16]> {
    let text = |name| Ok::<_, rusqlite::Error>(reports::harmless(&row.get::<_, Option<String>>(name)?.unwrap_or_default()).into_owned());
    let number = |name| Ok::<_, rusqlite::Error>(row.get::<_, i64>(name)?.to_string());
    let (currency, amount): (Option<String>, Option<i64>) = (row.get("currency")?, row.get("amount")?);
    let value = amount.zip(currency.as_ref()).map(|(minor, currency)| decimal(i128::from(minor), currency));
    Ok([
        number("n")?,
        text("id")?,
        text("name")?,
        iso(row.get("at")?),
        iso(row.get("received")?),
        text("site")?,
        text("visitor")?,
        text("user")?,
        text("session")?,
        number("seq")?,
        text("url")?,
        text("referrer")?,
        currency.unwrap_or_default(),
        value.unwrap_or_default(),
        text("transaction_id")?,
        text("data")?,
    ])
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
