//! What the privacy firewall has taken out, counted by the marks that stand in its place.
//!
//! The events themselves are counted, so that what came twice counts once, and whose sender replaced it does not matter.

use rusqlite::{Connection, Result, params};

use super::Range;
use super::table::{Cell, Column, Kind, Table};

/// The statement behind [`replaced`]: a page counts where it was viewed.
pub(crate) const SQL: &str = "WITH mark(kind, text) AS (VALUES ('email', '[email]'), ('phone', '[phone]'), ('card', '[card]'),
     ('iban', '[iban]'), ('token', '[token]'), ('id', '[id]'), ('removed', '[removed]'))
   SELECT kind, place, sum((length(told) - length(replace(told, text, ''))) / length(text)), count(*), max(moment) FROM (
     SELECT kind, text, 'fields' AS place, at AS moment, data AS told FROM event CROSS JOIN mark
       WHERE at >= ?1 AND at < ?2 AND (?3 IS NULL OR site = ?3) AND instr(data, text)
     UNION ALL
     SELECT kind, text, 'page', event.at, url || ' ' || coalesce(title, '') || ' ' || coalesce(referrer, '') AS told
       FROM event CROSS JOIN page ON page.id = event.page CROSS JOIN mark
       WHERE name = 'page_view' AND event.at >= ?1 AND event.at < ?2 AND (?3 IS NULL OR event.site = ?3) AND instr(told, text))
   GROUP BY kind, place ORDER BY 3 DESC, 1, 2";

/// `replaced`: how much of what kind, and where it stood.
pub(crate) fn replaced(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new(
            "kind",
            "Kind",
            Kind::Text,
            "What stood there: the tracker sends [email] and the like in its place. removed: a field or query key that the shop denies.",
        ),
        Column::new(
            "place",
            "Place",
            Kind::Text,
            "page: address, title or referrer of a page that was viewed; fields: anything that an event carries.",
        ),
        Column::new("times", "Times", Kind::Count, ""),
        Column::new("events", "Events", Kind::Count, "Events, or page views, with at least one."),
        Column::new("last", "Last", Kind::Time, ""),
    ];
    let mut ask = connection.prepare_cached(SQL)?;
    let rows = ask.query_map(params![range.from, range.to, range.site], |row| {
        Ok(vec![
            Cell::Text(row.get(0)?),
            Cell::Text(row.get(1)?),
            Cell::Count(row.get(2)?),
            Cell::Count(row.get(3)?),
            Cell::Time(row.get(4)?),
        ])
    })?;
    Ok(Table::new(&columns, rows.collect::<Result<_>>()?))
}
