//! `GET /reports/NAME` and `GET /reports/NAME.csv`: the tables behind the report pages of the live view.
//!
//! `from` and `to` are milliseconds since 1970 (`to` is not included), `site` narrows to one store. JSON has at most `limit`
//! rows and says how many there are; CSV has all. A report reads the database on a thread of its own, never the writer's.

mod campaigns;
mod carts;
mod delivery;
mod failures;
mod figures;
mod friction;
mod landings;
mod orders;
mod products;
mod replaced;
mod spelling;
mod table;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use rusqlite::{Connection, Result};
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::clock::{self, Millis};
use crate::refusal::{self, Refusal};
use crate::routes::Shared;
use table::{Cell, Column, Table};

pub(crate) use table::{harmless, row};

/// Reports read at the same time; the next one waits, so that they never take all of a machine from the shop's visitors.
static PLACES: Semaphore = Semaphore::const_new(3);
/// Rows in JSON, unless asked for fewer or more.
const LIMIT: usize = 200;
const MOST: usize = 5000;

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    from: Option<Millis>,
    to: Option<Millis>,
    site: Option<String>,
    limit: Option<usize>,
}

/// Which part of the past a report covers.
#[derive(Clone, Debug)]
pub(crate) struct Range {
    from: Millis,
    /// Not included.
    to: Millis,
    site: Option<String>,
    now: Millis,
}

type Read = fn(&Connection, &Range) -> Result<Table>;

/// All reports by name.
const REPORTS: [(&str, Read); 19] = [
    ("figures", figures::figures),
    ("orders", orders::orders),
    ("failures", failures::failures),
    ("items", orders::items),
    ("carts", carts::carts),
    ("steps", carts::steps),
    ("devices", figures::devices),
    ("products", products::products),
    ("campaigns", campaigns::campaigns),
    ("paths", campaigns::paths),
    ("landings", landings::landings),
    ("spelling", spelling::spelling),
    ("losses", delivery::losses),
    ("refusals", delivery::refusals),
    ("anonymous", delivery::anonymous),
    ("values", delivery::values),
    ("replaced", replaced::replaced),
    ("forms", friction::forms),
    ("clicks", friction::clicks),
];

#[derive(Serialize)]
struct Answer {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    /// Of all rows; `rows` may hold fewer.
    total: usize,
    /// The stores there are, for the page's choice.
    sites: Vec<String>,
}

pub(crate) async fn report(
    State(shared): State<Arc<Shared>>,
    Path(file): Path<String>,
    ask: std::result::Result<Query<Ask>, QueryRejection>,
) -> Response<Body> {
    let Query(ask) = match ask {
        Ok(ask) => ask,
        Err(problem) => return Refusal::Malformed(format!("query: {}", problem.body_text())).into_response(),
    };
    let (name, as_file) = file.strip_suffix(".csv").map_or((file.as_str(), false), |name| (name, true));
    let Some((name, read)) = REPORTS.into_iter().find(|(known, _)| *known == name) else {
        let names: Vec<_> = REPORTS.iter().map(|(name, _)| *name).collect();
        let error = serde_json::json!({ "error": format!("report: one of {}", names.join(", ")) });
        return refusal::json(StatusCode::NOT_FOUND, &error);
    };
    let limit = ask.limit.unwrap_or(LIMIT).clamp(1, MOST);
    let to = ask.to.unwrap_or(Millis::MAX);
    let site = ask.site.filter(|site| !site.is_empty());
    let range = Range { from: ask.from.unwrap_or(0), to, site, now: clock::now() };
    let _place = place().await;
    let answer = shared.readers.ask(move |connection| {
        // One moment for all statements of a report, or an order between two of them would not add up.
        let moment = connection.unchecked_transaction()?;
        let table = read(&moment, &range)?;
        let sites = if as_file { Vec::new() } else { sites(&moment)? };
        Ok((table, sites))
    });
    let Some((table, sites)) = answer.await else {
        return Refusal::Unstored.into_response();
    };
    if !as_file {
        let total = table.rows.len();
        let rows = table.rows.into_iter().take(limit).collect();
        return refusal::json(StatusCode::OK, &Answer { columns: table.columns, rows, total, sites });
    }
    let mut response = Response::new(Body::from(table.csv()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// Waits for a place among the readers of much.
pub(crate) async fn place() -> Option<SemaphorePermit<'static>> {
    PLACES.acquire().await.ok()
}

/// All stores that ever sent something: one step of an index for each, however many sessions there are.
const SITES: &str = "WITH RECURSIVE site(name) AS (
     SELECT min(site) FROM session UNION ALL SELECT (SELECT min(site) FROM session WHERE site > name) FROM site WHERE name IS NOT NULL)
   SELECT name FROM site WHERE name IS NOT NULL LIMIT 100";

fn sites(connection: &Connection) -> Result<Vec<String>> {
    let mut ask = connection.prepare_cached(SITES)?;
    ask.query_map([], |row| row.get(0))?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Statements with their number of parameters.
    fn statements() -> Vec<(String, usize)> {
        vec![
            (orders::in_range(), 3),
            (orders::by_customer(), 3),
            (failures::SQL.to_owned(), 3),
            (carts::in_range(), 3),
            (carts::by_step(), 4),
            (figures::SESSIONS.to_owned(), 3),
            (figures::BY_DEVICE.to_owned(), 3),
            (products::SQL.to_owned(), 3),
            (campaigns::PATH.to_owned(), 5),
            (campaigns::VISITS.to_owned(), 3),
            (spelling::of_field("campaign"), 3),
            (spelling::HALVES.to_owned(), 3),
            (delivery::LOST.to_owned(), 2),
            (delivery::REFUSED.to_owned(), 2),
            (delivery::COUNTED.to_owned(), 3),
            (delivery::ODD.to_owned(), 3),
            (replaced::SQL.to_owned(), 3),
            (friction::FORMS.to_owned(), 3),
            (friction::CLICKS.to_owned(), 3),
            (landings::SQL.to_owned(), 3),
            (SITES.to_owned(), 0),
        ]
    }

    #[test]
    fn no_report_reads_a_table_from_end_to_end() {
        let folder = tempfile::tempdir().unwrap();
        let (connection, _) = crate::database::open(folder.path()).unwrap();
        for (sql, parameters) in statements() {
            let mut ask = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps = ask.query_map(rusqlite::params_from_iter(vec![0; parameters]), |row| row.get::<_, String>(3)).unwrap();
            for step in steps {
                let step = step.unwrap();
                let table = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
                let whole = ["event", "session", "sale", "refund", "item", "touch", "t", "loss", "refused", "anonymous", "cart_line"]
                    .contains(&table);
                assert!(!whole && (parameters == 0 || !step.contains("session_site")), "{step}\n{sql}");
            }
        }
    }
}
