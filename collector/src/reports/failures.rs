//! Orders that failed, and whether their shoppers ordered all the same.

use rusqlite::{Connection, Result, params};

use super::Range;
use super::table::{Cell, Column, Kind, Table};

/// The statement behind [`failures`].
pub(crate) const SQL: &str = "WITH failure AS (
     SELECT coalesce(CAST(json_extract(data, '$.error_code') AS TEXT), CAST(json_extract(data, '$.error_description') AS TEXT), '') AS code,
            coalesce(CAST(json_extract(data, '$.error_type') AS TEXT), '') AS kind, session, at,
            EXISTS (SELECT 1 FROM sale WHERE sale.session = event.session AND sale.at >= event.at) AS recovered
     FROM event WHERE name = 'purchase_error' AND at >= ?1 AND at < ?2 AND (?3 IS NULL OR site = ?3))
   SELECT code, kind, count(*), count(DISTINCT session), count(DISTINCT CASE WHEN recovered THEN session END), max(at)
   FROM failure GROUP BY code, kind ORDER BY 3 DESC, 1, 2";

/// `failures`: why orders failed.
pub(crate) fn failures(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new("error", "Error", Kind::Text, "The field error_code of purchase_error, or error_description where there is none."),
        Column::new("type", "Type", Kind::Text, "As the shop tells it: soft where the shopper may try again, hard where not."),
        Column::new("times", "Times", Kind::Count, ""),
        Column::new("sessions", "Sessions", Kind::Count, "Different visits in which it happened."),
        Column::new("recovered", "Ordered all the same", Kind::Share, "Of these sessions, those with an order after it."),
        Column::new("last", "Last", Kind::Time, ""),
    ];
    let mut ask = connection.prepare_cached(SQL)?;
    let rows = ask.query_map(params![range.from, range.to, range.site], |row| {
        let (error, kind): (String, String) = (row.get(0)?, row.get(1)?);
        let share = Cell::Share(row.get(4)?, row.get(3)?);
        Ok(vec![
            Cell::known(Some(&error)),
            Cell::known(Some(&kind)),
            Cell::Count(row.get(2)?),
            Cell::Count(row.get(3)?),
            share,
            Cell::Time(row.get(5)?),
        ])
    })?;
    Ok(Table::new(&columns, rows.collect::<Result<_>>()?))
}
