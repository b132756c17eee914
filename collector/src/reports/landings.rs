//! Where visits begin, with which campaign, and how far they come from there.

use rusqlite::{Connection, Result, params};

use super::Range;
use super::table::{Cell, Column, Kind, Table};

/// The statement behind [`landings`].
pub(crate) const SQL: &str = "SELECT landing, entry_campaign, count(*), count(*) FILTER (WHERE views > 0),
     count(*) FILTER (WHERE carts > 0), count(*) FILTER (WHERE orders > 0)
   FROM session WHERE last_at >= ?1 AND last_at < ?2 AND (?3 IS NULL OR site = ?3)
   GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2";

/// `landings`: one row a page and campaign.
pub(crate) fn landings(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new("page", "Landing page", Kind::Text, "The page of the session's first event, without query and fragment."),
        Column::new("campaign", "Entry campaign", Kind::Text, "utm_campaign of that page's address, as spelled."),
        Column::new("sessions", "Sessions", Kind::Count, "With their last event in the range."),
        Column::new("views", "Saw a product", Kind::Count, "Those of them with a view_item."),
        Column::new("carts", "Filled a cart", Kind::Count, "Those of them with an add_to_cart."),
        Column::new("orders", "Ordered", Kind::Count, "Those of them with an order."),
        Column::new("conversion_rate", "Conversion", Kind::Share, "Those with an order, divided by all of them."),
    ];
    let mut ask = connection.prepare_cached(SQL)?;
    let rows = ask.query_map(params![range.from, range.to, range.site], |row| {
        let (page, campaign): (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
        let (sessions, orders) = (row.get(2)?, row.get(5)?);
        Ok(vec![
            Cell::known(page.as_deref()),
            Cell::known(campaign.as_deref()),
            Cell::Count(sessions),
            Cell::Count(row.get(3)?),
            Cell::Count(row.get(4)?),
            Cell::Count(orders),
            Cell::Share(orders, sessions),
        ])
    })?;
    Ok(Table::new(&columns, rows.collect::<Result<_>>()?))
}
