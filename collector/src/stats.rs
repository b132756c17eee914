//! The figures of the live view. Each is defined here once; the page's own words for it are in `live/figures.js`.
//!
//! They come from what the writer keeps per session, order and item line, within a span of time that an index serves.

use std::cmp::Ordering;

use cartbeacon::engine::money;
use rusqlite::{Connection, Result, params};
use serde::Serialize;

use crate::clock::Millis;

/// A cart without a sign of life for this long is abandoned (the SDK's own session timeout).
pub(crate) const IDLE: Millis = 30 * 60 * 1000;
/// Products in the list.
const PRODUCTS: usize = 8;
/// Columns of the activity chart, at most.
const COLUMNS: i64 = 60;

const MINUTE: Millis = 60 * 1000;
const HOUR: Millis = 60 * MINUTE;

/// Which span the figures cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Hour,
    Day,
    Week,
    All,
}

/// All spans, in the order of the page's switch.
pub(crate) const SPANS: [Span; 4] = [Span::Hour, Span::Day, Span::Week, Span::All];

impl Span {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::All => "all",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        SPANS.into_iter().find(|span| span.name() == name)
    }

    /// How far it goes back, and the width of one column of the chart.
    fn reach(self) -> Option<(Millis, Millis)> {
        match self {
            Self::Hour => Some((HOUR, MINUTE)),
            Self::Day => Some((24 * HOUR, 30 * MINUTE)),
            Self::Week => Some((7 * 24 * HOUR, 4 * HOUR)),
            Self::All => None,
        }
    }
}

/// A condition more on any table with a visitor: no robots. One visit of a robot makes its visitor one.
pub(crate) const PEOPLE: &str = "AND visitor NOT IN (SELECT visitor FROM session WHERE robot IS NOT NULL)";

/// Everything the page shows but the list of events.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stats {
    now: Millis,
    span: &'static str,
    /// Whether anything was ever stored.
    any: bool,
    funnel: Funnel,
    visitors: i64,
    open_carts: i64,
    abandoned_carts: i64,
    /// Orders of all currencies, those without a value as well.
    orders: i64,
    revenue: Vec<Revenue>,
    refunds: Vec<Amount>,
    activity: Activity,
    products: Vec<Product>,
    lost: Vec<Count>,
    refused: Vec<Refused>,
    /// Events after a no, of nobody, by name.
    anonymous: Vec<Count>,
    /// Events whose value is not what their items come to.
    odd: i64,
    erasures: i64,
    erased_rows: i64,
    /// Sessions of robots in the span, whether the other figures are with them or not.
    robots: i64,
}

/// Sessions that came at least this far.
#[derive(Debug, Serialize)]
struct Funnel {
    sessions: i64,
    views: i64,
    carts: i64,
    checkouts: i64,
    orders: i64,
}

#[derive(Debug, Serialize)]
struct Revenue {
    currency: String,
    /// Decimal text.
    amount: String,
    orders: i64,
    /// Revenue by orders, to the minor unit.
    average: String,
}

#[derive(Debug, Serialize)]
struct Amount {
    currency: String,
    amount: String,
}

#[derive(Debug, Serialize)]
struct Activity {
    from: Millis,
    step: Millis,
    events: Vec<i64>,
    orders: Vec<i64>,
}

#[derive(Debug, Serialize)]
struct Product {
    id: String,
    name: Option<String>,
    views: i64,
    carts: i64,
    sold: i64,
}

#[derive(Debug, Serialize)]
struct Count {
    reason: String,
    count: i64,
}

#[derive(Debug, Serialize)]
struct Refused {
    kind: String,
    reason: String,
    count: i64,
}

/// Reads all figures of a span.
pub(crate) fn read(connection: &Connection, span: Span, robots: bool, now: Millis) -> Result<Stats> {
    let since = span.reach().map_or(0, |(back, _)| now - back);
    let people = if robots { "" } else { PEOPLE };
    let (open_carts, abandoned_carts) = carts(connection, since, now, people)?;
    let (orders, revenue) = revenue(connection, since, people)?;
    let (funnel, visitors) = funnel(connection, since, people)?;
    let (erasures, erased_rows) = connection
        .prepare_cached("SELECT count(*), coalesce(sum(rows), 0) FROM erasure WHERE at >= ?1")?
        .query_row([since], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Stats {
        now,
        span: span.name(),
        any: connection.query_row("SELECT EXISTS (SELECT 1 FROM event)", [], |row| row.get(0))?,
        funnel,
        visitors,
        open_carts,
        abandoned_carts,
        orders,
        revenue,
        refunds: refunds(connection, since, people)?,
        activity: activity(connection, span, now, people)?,
        products: products(connection, since, people)?,
        lost: lost(connection, since)?,
        refused: refused(connection, since)?,
        anonymous: anonymous(connection, since)?,
        odd: odd(connection, since)?,
        erasures,
        erased_rows,
        robots: connection
            .prepare_cached("SELECT count(*) FROM session WHERE last_at >= ?1 AND robot IS NOT NULL")?
            .query_row([since], |row| row.get(0))?,
    })
}

/// A session that ordered also counts as one that checked out, had a cart and saw a product, whatever else arrived of it:
/// the funnel never widens.
fn funnel(connection: &Connection, since: Millis, people: &str) -> Result<(Funnel, i64)> {
    let mut ask = connection.prepare_cached(&format!(
        "SELECT count(*), count(DISTINCT visitor),
                count(*) FILTER (WHERE orders + checkouts + carts + views > 0),
                count(*) FILTER (WHERE orders + checkouts + carts > 0),
                count(*) FILTER (WHERE orders + checkouts > 0),
                count(*) FILTER (WHERE orders > 0)
         FROM session WHERE last_at >= ?1 {people}",
    ))?;
    ask.query_row([since], |row| {
        let funnel = Funnel { sessions: row.get(0)?, views: row.get(2)?, carts: row.get(3)?, checkouts: row.get(4)?, orders: row.get(5)? };
        Ok((funnel, row.get(1)?))
    })
}

/// A cart is there when something was added after the last order or emptying, and not all of it was taken out again.
fn carts(connection: &Connection, since: Millis, now: Millis, people: &str) -> Result<(i64, i64)> {
    let mut ask = connection.prepare_cached(&format!(
        "SELECT count(*) FILTER (WHERE last_at >= ?2), count(*) FILTER (WHERE last_at < ?2)
         FROM session WHERE last_at >= ?1 AND filled_at > emptied_at AND units > 0 {people}",
    ))?;
    ask.query_row([since, now - IDLE], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// SQLite's `sum` fails beyond 64 bits, which strangers' orders could reach: the halves are summed apart.
const HALVES: &str = "coalesce(sum(amount >> 24), 0), coalesce(sum(amount & 16777215), 0)";

fn join(high: i64, low: i64) -> i128 {
    (i128::from(high) << 24) + i128::from(low)
}

fn revenue(connection: &Connection, since: Millis, people: &str) -> Result<(i64, Vec<Revenue>)> {
    let sql = format!("SELECT currency, count(*), {HALVES} FROM sale WHERE at >= ?1 {people} GROUP BY currency");
    let mut ask = connection.prepare_cached(&sql)?;
    let mut rows = ask.query([since])?;
    let mut orders = 0;
    let mut sums = Vec::new();
    while let Some(row) = rows.next()? {
        let count: i64 = row.get(1)?;
        orders += count;
        if let Some(currency) = row.get::<_, Option<String>>(0)? {
            sums.push((currency, count, join(row.get(2)?, row.get(3)?)));
        }
    }
    sums.sort_by_key(|(_, count, _)| -count);
    let revenue = sums.into_iter().map(|(currency, count, minor)| Revenue {
        amount: decimal(minor, &currency),
        average: decimal(halves_up(minor, count), &currency),
        orders: count,
        currency,
    });
    Ok((orders, revenue.collect()))
}

fn refunds(connection: &Connection, since: Millis, people: &str) -> Result<Vec<Amount>> {
    let sql = format!(
        "SELECT currency, {HALVES} FROM event WHERE name = 'refund' AND at >= ?1 AND amount IS NOT NULL {people} GROUP BY currency ORDER BY 1"
    );
    let mut ask = connection.prepare_cached(&sql)?;
    let rows = ask.query_map([since], |row| {
        let currency: String = row.get(0)?;
        Ok(Amount { amount: decimal(join(row.get(1)?, row.get(2)?), &currency), currency })
    })?;
    rows.collect()
}

fn activity(connection: &Connection, span: Span, now: Millis, people: &str) -> Result<Activity> {
    let (from, step) = match span.reach() {
        Some((back, step)) => {
            let end = now - now.rem_euclid(step) + step;
            (end - back, step)
        }
        None => {
            let first: Option<Millis> = connection.query_row("SELECT min(at) FROM event", [], |row| row.get(0))?;
            let from = first.unwrap_or(now).clamp(now - 10 * 365 * 24 * HOUR, now);
            (from, ((now - from) / COLUMNS + 1).max(MINUTE))
        }
    };
    let columns = usize::try_from((now - from) / step + 1).unwrap_or(1);
    let mut activity = Activity { from, step, events: vec![0; columns], orders: vec![0; columns] };
    let mut ask = connection.prepare_cached(&format!(
        "SELECT (at - ?1) / ?2, count(*), count(*) FILTER (WHERE name = 'purchase') FROM event WHERE at >= ?1 {people} GROUP BY 1",
    ))?;
    let mut rows = ask.query([from, step])?;
    while let Some(row) = rows.next()? {
        // A clock that is a little ahead puts an event into the next column: it is shown in the last one.
        let column = usize::try_from(row.get::<_, i64>(0)?).unwrap_or(0).min(columns - 1);
        for (counts, index) in [(&mut activity.events, 1), (&mut activity.orders, 2)] {
            if let Some(count) = counts.get_mut(column) {
                *count += row.get::<_, i64>(index)?;
            }
        }
    }
    Ok(activity)
}

fn products(connection: &Connection, since: Millis, people: &str) -> Result<Vec<Product>> {
    let mut ask = connection.prepare_cached(&format!(
        "SELECT item_id, max(item_name), count(*) FILTER (WHERE event_name = 'view_item'),
                count(*) FILTER (WHERE event_name = 'add_to_cart'),
                coalesce(sum(quantity) FILTER (WHERE event_name = 'purchase'), 0) AS sold
         FROM item WHERE at >= ?1 {people} GROUP BY item_id ORDER BY sold DESC, 4 DESC, 3 DESC, 1 LIMIT ?2",
    ))?;
    let rows = ask.query_map(params![since, PRODUCTS], |row| {
        Ok(Product { id: row.get(0)?, name: row.get(1)?, views: row.get(2)?, carts: row.get(3)?, sold: row.get(4)? })
    })?;
    rows.collect()
}

fn lost(connection: &Connection, since: Millis) -> Result<Vec<Count>> {
    let mut ask =
        connection.prepare_cached("SELECT reason, sum(count) FROM loss WHERE at >= ?1 GROUP BY reason ORDER BY 2 DESC LIMIT 20")?;
    let rows = ask.query_map([since], |row| Ok(Count { reason: row.get(0)?, count: row.get(1)? }))?;
    rows.collect()
}

fn anonymous(connection: &Connection, since: Millis) -> Result<Vec<Count>> {
    let mut ask = connection
        .prepare_cached("SELECT name, sum(count) FROM anonymous WHERE hour > ?1 - 3600000 GROUP BY name ORDER BY 2 DESC LIMIT 20")?;
    let rows = ask.query_map([since], |row| Ok(Count { reason: row.get(0)?, count: row.get(1)? }))?;
    rows.collect()
}

fn odd(connection: &Connection, since: Millis) -> Result<i64> {
    let mut ask = connection.prepare_cached("SELECT count(*) FROM event WHERE worth IS NOT NULL AND at >= ?1")?;
    ask.query_row([since], |row| row.get(0))
}

fn refused(connection: &Connection, since: Millis) -> Result<Vec<Refused>> {
    // The hour in which the span begins is counted whole.
    let mut ask = connection.prepare_cached(
        "SELECT kind, reason, sum(count) FROM refused WHERE hour > ?1 - 3600000 GROUP BY kind, reason ORDER BY 3 DESC LIMIT 20",
    )?;
    let rows = ask.query_map([since], |row| Ok(Refused { kind: row.get(0)?, reason: row.get(1)?, count: row.get(2)? }))?;
    rows.collect()
}

/// `minor / count` to the nearest whole, halves upwards.
pub(crate) fn halves_up(minor: i128, count: i64) -> i128 {
    let count = i128::from(count.max(1));
    (2 * minor + count).div_euclid(2 * count)
}

/// Minor units as decimal text with all the currency's digits: 2990 cents are `29.90`.
pub(crate) fn decimal(minor: i128, currency: &str) -> String {
    let digits = usize::from(money::exponent(currency).unwrap_or(2));
    let unit = 10_i128.pow(u32::try_from(digits).unwrap_or(2));
    let sign = if minor.cmp(&0) == Ordering::Less { "-" } else { "" };
    let (whole, rest) = (minor.abs() / unit, minor.abs() % unit);
    if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:0digits$}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_printed_with_all_their_digits() {
        for (minor, currency, expected) in [
            (2990, "EUR", "29.90"),
            (5, "EUR", "0.05"),
            (-5, "EUR", "-0.05"),
            (1234, "JPY", "1234"),
            (1, "KWD", "0.001"),
            (0, "EUR", "0.00"),
        ] {
            assert_eq!(decimal(minor, currency), expected);
        }
    }

    #[test]
    fn an_average_is_rounded_to_the_minor_unit() {
        assert_eq!(halves_up(100, 3), 33);
        assert_eq!(halves_up(101, 2), 51);
        assert_eq!(halves_up(200, 3), 67);
        assert_eq!(halves_up(7, 0), 7);
    }

    #[test]
    fn halves_join_to_the_whole_also_below_zero() {
        for amount in [0_i64, 1, -1, 999_999_999_999_999, -999_999_999_999_999] {
            assert_eq!(join(amount >> 24, amount & 0xff_ffff), i128::from(amount));
        }
    }
}
