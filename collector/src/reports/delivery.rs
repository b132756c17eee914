//! What did not arrive: told lost by the SDK, turned away here, or only counted because a shopper said no; and what arrived, but
//! does not add up.

use rusqlite::{Connection, Result, params};

use super::Range;
use super::table::{CURRENCY, Cell, Column, Kind, Table};

/// The statement behind [`losses`].
pub(crate) const LOST: &str = "SELECT reason, sum(count), max(at) FROM loss WHERE at >= ?1 AND at < ?2 GROUP BY reason ORDER BY 2 DESC";

/// `losses`: what the SDK says it gave up, by reason.
pub(crate) fn losses(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new(
            "reason",
            "Reason",
            Kind::Text,
            "Why the tracker gave the events up. It tells in its next batch, so what a browser that never came back lost is not here. Of all stores.",
        ),
        Column::new("events", "Events", Kind::Count, "Each batch's counters once, however often the batch was sent."),
        Column::new("share", "Share", Kind::Share, "Of all events that were stored or told lost in the range."),
        Column::new("last", "Last told", Kind::Time, ""),
    ];
    let mut ask = connection.prepare_cached(LOST)?;
    let rows: Vec<(String, i64, i64)> =
        ask.query_map(params![range.from, range.to], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_>>()?;
    let stored: i64 = connection
        .prepare_cached("SELECT count(*) FROM event WHERE at >= ?1 AND at < ?2")?
        .query_row(params![range.from, range.to], |row| row.get(0))?;
    let all = stored.saturating_add(rows.iter().map(|(_, count, _)| count).sum());
    let rows = rows
        .into_iter()
        .map(|(reason, count, last)| vec![Cell::Text(reason), Cell::Count(count), Cell::Share(count, all), Cell::Time(last)]);
    Ok(Table::new(&columns, rows.collect()))
}

/// The statement behind [`refusals`]; hours count whole.
pub(crate) const REFUSED: &str = "SELECT kind, reason, sum(count), max(hour) FROM refused WHERE hour > ?1 - 3600000 AND hour < ?2
   GROUP BY kind, reason ORDER BY 3 DESC";

/// `refusals`: what this collector turned away, never from whom.
pub(crate) fn refusals(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new(
            "kind",
            "Kind",
            Kind::Text,
            "event: one event of a batch whose others were stored. consent: the stated consent does not cover what was sent (403). malformed, too_large, origin, slow, busy, unstored: a whole request. Of all stores: who was refused is not kept.",
        ),
        Column::new("reason", "Reason", Kind::Text, ""),
        Column::new("count", "Times", Kind::Count, "By hour; the hours in which the range begins and ends count whole."),
        Column::new("last", "Last hour", Kind::Time, ""),
    ];
    let mut ask = connection.prepare_cached(REFUSED)?;
    let rows = ask.query_map(params![range.from, range.to], |row| {
        Ok(vec![Cell::Text(row.get(0)?), Cell::Text(row.get(1)?), Cell::Count(row.get(2)?), Cell::Time(row.get(3)?)])
    })?;
    Ok(Table::new(&columns, rows.collect::<Result<_>>()?))
}

/// The statement behind [`values`].
pub(crate) const ODD: &str = "SELECT at, name, transaction_id, amount, worth, currency FROM event
   WHERE worth IS NOT NULL AND at >= ?1 AND at < ?2 AND (?3 IS NULL OR site = ?3) ORDER BY at DESC";

/// `values`: events that say they are worth something else than their items come to.
pub(crate) fn values(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new("time", "Time", Kind::Time, ""),
        Column::new(
            "event",
            "Event",
            Kind::Text,
            "One whose items all have a price. It is stored as it came, and the reports go by its value.",
        ),
        Column::new("order_id", "Order", Kind::Text, ""),
        Column::new("value", "Value", Kind::Money, "The field value: what the items cost, without tax and delivery."),
        Column::new(
            "items",
            "Items come to",
            Kind::Money,
            "The sum of price by quantity. Equal are also the value less the discounts that items and event name, half a minor unit more or less for each piece of several, and anything lower beside a coupon.",
        ),
        Column::new("difference", "Difference", Kind::Money, "Value less items: what the shop says too much."),
        CURRENCY,
    ];
    let mut ask = connection.prepare_cached(ODD)?;
    let rows = ask.query_map(params![range.from, range.to, range.site], |row| {
        let (order, value, items, currency): (Option<String>, i64, i64, String) = (row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?);
        let money = |minor: i128| Cell::Money(minor, currency.clone());
        Ok(vec![
            Cell::Time(row.get(0)?),
            Cell::Text(row.get(1)?),
            Cell::known(order.as_deref()),
            money(value.into()),
            money(items.into()),
            money(i128::from(value) - i128::from(items)),
            Cell::text(&currency),
        ])
    })?;
    Ok(Table::new(&columns, rows.collect::<Result<_>>()?))
}

/// The statement behind [`anonymous`]; hours count whole.
pub(crate) const COUNTED: &str = "SELECT name, page, referrer, sum(count) FROM anonymous
   WHERE hour > ?1 - 3600000 AND hour < ?2 AND (?3 IS NULL OR site = ?3) GROUP BY name, page, referrer ORDER BY 4 DESC, 1, 2, 3";

/// `anonymous`: what happened to shoppers who said no, where the shop counts it.
pub(crate) fn anonymous(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new(
            "event",
            "Event",
            Kind::Text,
            "Sent without any id by the option consent.anonymous after a no. In no other report: nobody can be told from anybody.",
        ),
        Column::new("page", "Page", Kind::Text, "Without query and fragment."),
        Column::new("referrer", "Referring site", Kind::Text, ""),
        Column::new("count", "Times", Kind::Count, "Sums by the hour; the hours in which the range begins and ends count whole."),
    ];
    let mut ask = connection.prepare_cached(COUNTED)?;
    let rows = ask.query_map(params![range.from, range.to, range.site], |row| {
        let referrer: String = row.get(2)?;
        Ok(vec![Cell::Text(row.get(0)?), Cell::Text(row.get(1)?), Cell::known(Some(&referrer)), Cell::Count(row.get(3)?)])
    })?;
    Ok(Table::new(&columns, rows.collect::<Result<_>>()?))
}
