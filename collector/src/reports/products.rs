//! From seeing a product to buying it.

use rusqlite::{Connection, Result, params};

use super::Range;
use super::table::{Cell, Column, Kind, Table};

/// The statement behind [`products`].
pub(crate) const SQL: &str = "SELECT item_id, max(name), sum(views), count(seen), count(*) FILTER (WHERE bought >= seen), sum(units)
   FROM (SELECT item_id, visitor, max(item_name) AS name, count(*) FILTER (WHERE event_name = 'view_item') AS views,
                min(at) FILTER (WHERE event_name = 'view_item') AS seen, max(at) FILTER (WHERE event_name = 'purchase') AS bought,
                coalesce(sum(quantity) FILTER (WHERE event_name = 'purchase'), 0) AS units
         FROM item WHERE at >= ?1 AND at < ?2 AND event_name IN ('view_item', 'purchase') AND (?3 IS NULL OR site = ?3)
         GROUP BY item_id, visitor)
   GROUP BY item_id ORDER BY count(seen) DESC, sum(units) DESC, item_id";

/// `products`: one row a product.
pub(crate) fn products(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new("item_id", "Item id", Kind::Text, ""),
        Column::new("item_name", "Product", Kind::Text, ""),
        Column::new("views", "Views", Kind::Count, "view_item events in the range that name it."),
        Column::new("viewers", "Viewers", Kind::Count, "Different browsers among them."),
        Column::new(
            "buyers",
            "Of these bought",
            Kind::Count,
            "Viewers with an order of it in the range, at the time of their first view in the range or later.",
        ),
        Column::new("rate", "View to purchase", Kind::Share, "Of these bought, divided by viewers."),
        Column::new(
            "units",
            "Pieces sold",
            Kind::Count,
            "In all orders of the range, also of browsers that never viewed it; before refunds.",
        ),
    ];
    let mut ask = connection.prepare_cached(SQL)?;
    let rows = ask.query_map(params![range.from, range.to, range.site], |row| {
        let (viewers, buyers): (i64, i64) = (row.get(3)?, row.get(4)?);
        Ok(vec![
            Cell::Text(row.get(0)?),
            Cell::known(row.get::<_, Option<String>>(1)?.as_deref()),
            Cell::Count(row.get(2)?),
            Cell::Count(viewers),
            Cell::Count(buyers),
            Cell::Share(buyers, viewers),
            Cell::Count(row.get(5)?),
        ])
    })?;
    Ok(Table::new(&columns, rows.collect::<Result<_>>()?))
}
