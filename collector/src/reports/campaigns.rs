//! Which campaigns brought which orders, by five models, and the paths that shoppers took.
//!
//! A path is everything that brought a browser here in the 30 days before an order, oldest first: each arrival, and each
//! session that had none as a direct one. Every model spreads one order over its path without losing a minor unit.

use std::collections::BTreeMap;

use rusqlite::{Connection, Result, params};

use super::Range;
use super::orders::{self, LOOK_BACK, Order, Origin};
use super::table::{CURRENCY, Cell, Column, Kind, Table};

const MODELS: usize = 5;
/// One order in hundredths.
const ORDER: i128 = 100;
/// A path of more arrivals is one of its newest.
const LONGEST: usize = 50;
/// Paths in the table.
const PATHS: usize = 100;

/// The arrivals, and the sessions without any. The plus keeps SQLite from reading all sessions of the store.
pub(crate) const PATH: &str = "SELECT at, channel, source, medium, campaign FROM touch
     WHERE visitor = ?1 AND site = ?2 AND at BETWEEN ?3 - ?4 AND ?3
   UNION ALL
   SELECT first_at, NULL, NULL, NULL, NULL FROM session
     WHERE visitor = ?1 AND +site = ?2 AND first_at BETWEEN ?3 - ?4 AND ?3
       AND NOT EXISTS (SELECT 1 FROM touch WHERE touch.session = session.id)
   ORDER BY 1 DESC LIMIT ?5";

/// What led to an order, oldest first; one that nothing is known of was direct.
fn path(connection: &Connection, order: &Order) -> Result<Vec<Origin>> {
    let mut ask = connection.prepare_cached(PATH)?;
    let values = params![order.visitor, order.site, order.at, LOOK_BACK, LONGEST];
    let mut path: Vec<_> = ask.query_map(values, Origin::read)?.collect::<Result<_>>()?;
    path.reverse();
    if path.is_empty() {
        path.push(Origin::default());
    }
    Ok(path)
}

/// How much each step of a path of `length` weighs, by model; `direct` says which steps are.
fn weights(direct: &[bool]) -> [Vec<i128>; MODELS] {
    let length = direct.len();
    let only = |at: usize| (0..length).map(|i| i128::from(i == at)).collect::<Vec<_>>();
    let last = length.saturating_sub(1);
    let last_known = direct.iter().rposition(|direct| !direct).unwrap_or(last);
    // 40 %, 20 % shared by those between, 40 %; of two each has half.
    let between = i128::try_from(length.saturating_sub(2)).unwrap_or(0);
    let position = (0..length).map(|i| if (i == 0 || i == last) && between > 0 { 2 * between } else { 1 }).collect();
    [only(last_known), only(0), only(last), vec![1; length], position]
}

/// Spreads a whole over weights: each gets what the running sum says, so that nothing is lost or made by rounding.
fn spread(whole: i128, weights: &[i128]) -> Vec<i128> {
    let all: i128 = weights.iter().sum::<i128>().max(1);
    let mut before = 0;
    let mut sum = 0;
    let mut parts = Vec::with_capacity(weights.len());
    for weight in weights {
        sum += weight;
        let upto = (2 * whole * sum + all).div_euclid(2 * all);
        parts.push(upto - before);
        before = upto;
    }
    parts
}

#[derive(Default)]
struct Credit {
    /// Hundredths of orders, and minor units, by model.
    orders: [i128; MODELS],
    net: [i128; MODELS],
}

/// The statement behind the visits of [`campaigns`].
pub(crate) const VISITS: &str = "SELECT channel, source, medium, campaign, count(*) FROM touch
   WHERE at >= ?1 AND at < ?2 AND (?3 IS NULL OR site = ?3) GROUP BY 1, 2, 3, 4";

/// `campaigns`: one row a campaign and currency.
pub(crate) fn campaigns(connection: &Connection, range: &Range) -> Result<Table> {
    const MODEL_ABOUT: [&str; MODELS] = [
        "All of an order to the last arrival that was not direct, or to direct where there was no other.",
        "All of it to the first arrival of the path.",
        "All of it to the last arrival, direct or not.",
        "Equal parts to all arrivals of the path.",
        "40 % to the first, 40 % to the last, 20 % shared by those between; of two each has half.",
    ];
    let [nd, first, last, linear, position] = MODEL_ABOUT;
    let columns = [
        Column::new(
            "channel",
            "Channel",
            Kind::Text,
            "By utm_medium; for others by click id or referrer. Direct: a session that none of these brought.",
        ),
        Column::new("source", "Source", Kind::Text, "utm_source, else the click id's network, else the referrer's host."),
        Column::new("medium", "Medium", Kind::Text, ""),
        Column::new("campaign", "Campaign", Kind::Text, "utm_campaign, as spelled."),
        Column::new("visits", "Visits", Kind::Count, "Arrivals in the range. Not counted for direct."),
        Column::new("orders", "Orders", Kind::Number, "Orders of the range, by the last arrival that was not direct."),
        Column::new("net", "Net revenue", Kind::Money, nd),
        Column::in_file("first_orders", "First: orders", Kind::Number, first),
        Column::new("first_net", "First", Kind::Money, first),
        Column::in_file("last_orders", "Last: orders", Kind::Number, last),
        Column::new("last_net", "Last", Kind::Money, last),
        Column::in_file("linear_orders", "Linear: orders", Kind::Number, linear),
        Column::new("linear_net", "Linear", Kind::Money, linear),
        Column::in_file("position_orders", "Position: orders", Kind::Number, position),
        Column::new("position_net", "Position", Kind::Money, position),
        CURRENCY,
    ];
    let mut credits: BTreeMap<(Origin, Option<String>), Credit> = BTreeMap::new();
    for order in orders::read(connection, range)? {
        let path = path(connection, &order)?;
        let direct: Vec<_> = path.iter().map(|origin| origin.channel.is_none()).collect();
        let net = i128::from(order.net().unwrap_or(0));
        for (model, weights) in weights(&direct).into_iter().enumerate() {
            for ((origin, orders), net) in path.iter().zip(spread(ORDER, &weights)).zip(spread(net, &weights)) {
                let credit = credits.entry((origin.clone(), order.currency.clone())).or_default();
                for (sums, part) in [(&mut credit.orders, orders), (&mut credit.net, net)] {
                    if let Some(sum) = sums.get_mut(model) {
                        *sum += part;
                    }
                }
            }
        }
    }
    let mut visits = BTreeMap::new();
    let mut ask = connection.prepare_cached(VISITS)?;
    let mut rows = ask.query(params![range.from, range.to, range.site])?;
    while let Some(row) = rows.next()? {
        let origin = Origin::read(row)?;
        if !credits.keys().any(|(credited, _)| *credited == origin) {
            credits.insert((origin.clone(), None), Credit::default());
        }
        visits.insert(origin, row.get::<_, i64>(4)?);
    }
    let mut rows: Vec<_> = credits.into_iter().collect();
    rows.sort_by_key(|((origin, _), credit)| {
        let [orders, ..] = credit.orders;
        (-orders, -visits.get(origin).copied().unwrap_or(0), origin.clone())
    });
    let table = rows.into_iter().map(|((origin, currency), credit)| {
        let mut row = origin.cells().to_vec();
        row.push(if origin.channel.is_some() { Cell::Count(visits.get(&origin).copied().unwrap_or(0)) } else { Cell::Empty });
        for (orders, net) in credit.orders.into_iter().zip(credit.net) {
            row.push(Cell::Hundredths(i64::try_from(orders).unwrap_or(i64::MAX)));
            row.push(Cell::money(Some(net), currency.as_deref()));
        }
        row.push(Cell::known(currency.as_deref()));
        row
    });
    Ok(Table::new(&columns, table.collect()))
}

/// `paths`: the ways to orders, the most frequent first.
pub(crate) fn paths(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new(
            "path",
            "Path",
            Kind::Text,
            "All arrivals of the browser in the 30 days before the order, oldest first; the same one several times in a row is said once.",
        ),
        Column::new("orders", "Orders", Kind::Count, "Orders of the range that came this way, in the currency of the row."),
        Column::new("net", "Net revenue", Kind::Money, "Their value less all refunds until now."),
        CURRENCY,
    ];
    let mut paths: BTreeMap<(String, Option<String>), (i64, i128)> = BTreeMap::new();
    for order in orders::read(connection, range)? {
        let mut steps: Vec<_> = path(connection, &order)?.iter().map(Origin::text).collect();
        steps.dedup();
        let sum = paths.entry((steps.join(" → "), order.currency.clone())).or_default();
        sum.0 += 1;
        sum.1 += i128::from(order.net().unwrap_or(0));
    }
    let mut rows: Vec<_> = paths.into_iter().collect();
    rows.sort_by_key(|(_, (orders, _))| -orders);
    let rows = rows.into_iter().take(PATHS).map(|((path, currency), (orders, net))| {
        vec![Cell::Text(path), Cell::Count(orders), Cell::money(Some(net), currency.as_deref()), Cell::known(currency.as_deref())]
    });
    Ok(Table::new(&columns, rows.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_or_made_by_spreading() {
        assert_eq!(spread(100, &[1, 1, 1]), [33, 34, 33]);
        assert_eq!(spread(1, &[1, 1, 1]), [0, 1, 0]);
        assert_eq!(spread(1000, &[2, 1, 2]), [400, 200, 400]);
        assert_eq!(spread(999, &[0, 0, 1]), [0, 0, 999]);
        for whole in [0, 1, 7, 99, 12_345] {
            for weights in [vec![1; 7], vec![10, 1, 1, 1, 1, 1, 10], vec![1]] {
                assert_eq!(spread(whole, &weights).iter().sum::<i128>(), whole);
            }
        }
    }

    #[test]
    fn each_model_weighs_a_path_its_way() {
        let [known, first, last, linear, position] = weights(&[false, false, true, true]);
        assert_eq!(known, [0, 1, 0, 0]);
        assert_eq!(first, [1, 0, 0, 0]);
        assert_eq!(last, [0, 0, 0, 1]);
        assert_eq!(linear, [1, 1, 1, 1]);
        assert_eq!(position, [4, 1, 1, 4], "40 %, 10 %, 10 %, 40 %");
        assert_eq!(weights(&[true, true])[0], [0, 1], "all direct: the last");
        assert_eq!(weights(&[false, true])[4], [1, 1]);
        assert_eq!(weights(&[false])[4], [1]);
    }
}
