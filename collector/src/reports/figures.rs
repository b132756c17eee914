//! The figures above the reports, and revenue by device. Each is defined here, beside what computes it.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Result, params};

use super::Range;
use super::carts::{self, Purse};
use super::orders::{self, Order};
use super::table::{CURRENCY, Cell, Column, Kind, Table};
use crate::stats::halves_up;

/// `figures`: one row a figure; one a currency where it is money.
pub(crate) fn figures(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::in_file("key", "Key", Kind::Text, ""),
        Column::new("figure", "Figure", Kind::Text, ""),
        Column::new("value", "Value", Kind::Text, ""),
        CURRENCY,
        Column::new("definition", "Definition", Kind::Text, ""),
    ];
    let orders = orders::read(connection, range)?;
    let (sessions, converted) = sessions(connection, range)?;
    let (value, refunded, net) = sums(&orders);
    let carts = carts::walk(connection, range)?;
    let left = carts::read(connection, range)?;
    let recovered = left.iter().filter(|cart| cart.later.is_some()).count();
    let mut out = Rows(Vec::new());

    out.one("orders", "Orders", count(orders.len()), "Different order ids (transaction_id) of each store whose purchase happened in the range. An order told again, by a reloaded thank-you page or by a server, counts once.");
    out.one("conversion_rate", "Conversion rate", Cell::Share(converted, sessions), "Sessions with an order, divided by all sessions, both with their last event in the range. A session ends after 30 minutes of silence.");
    let average: Vec<_> = value.iter().map(|(currency, n, sum)| (currency.clone(), *n, halves_up(*sum, *n))).collect();
    out.money(
        "revenue",
        "Order value",
        value,
        "The sum of the values of these orders, before refunds, exact to the minor unit. Currencies are never added together.",
    );
    out.money(
        "refunded",
        "Refunded",
        refunded,
        "What was given back of these orders until now, full and partial, whenever the refund came; see the column Refunded of the orders.",
    );
    out.money("net", "Net revenue", net, "Order value less refunded.");
    out.money(
        "average_order",
        "Average order value",
        average,
        "Order value before refunds, divided by the number of orders of that currency, rounded half up to its minor unit.",
    );
    out.money("lifetime_value", "Customer lifetime value", lifetime(connection, range, &orders)?, "For the customers who ordered in the range: the net value of all their orders from the first until the end of the range, divided by the number of these customers, per currency, rounded half up. A customer is a contact where one is permitted, else a browser.");
    out.one(
        "carts",
        "Carts",
        Cell::Count(carts.carts),
        "Sessions with an add_to_cart and their last event in the range, without those whose cart is still open.",
    );
    out.one(
        "abandoned",
        "Abandoned carts",
        Cell::Count(carts.left),
        "Those with something in the cart and no event of any kind for more than 30 minutes.",
    );
    out.one("abandonment_rate", "Abandonment rate", Cell::Share(carts.left, carts.carts), "Abandoned carts, divided by carts.");
    out.one(
        "recovered",
        "Recovered carts",
        Cell::Share(i64::try_from(recovered).unwrap_or(0), carts.left),
        "Abandoned carts whose browser ordered something later, until now, divided by abandoned carts.",
    );
    let mut lying = Purse::default();
    for (currency, minor) in left.iter().filter(|cart| cart.later.is_none()).flat_map(carts::Cart::worth) {
        lying.add(&currency, minor);
    }
    out.money(
        "left_value",
        "Value left in carts",
        lying.sums(),
        "The value of the abandoned carts that were not recovered: pieces times the last price told of each line.",
    );
    Ok(Table::new(&columns, out.0))
}

struct Rows(Vec<Vec<Cell>>);

impl Rows {
    fn one(&mut self, key: &str, name: &str, value: Cell, about: &str) {
        let currency = match &value {
            Cell::Money(_, currency) => Cell::text(currency),
            _ => Cell::Empty,
        };
        self.0.push(vec![Cell::text(key), Cell::text(name), value, currency, Cell::text(about)]);
    }

    fn money(&mut self, key: &str, name: &str, sums: Vec<(String, i64, i128)>, about: &str) {
        if sums.is_empty() {
            self.one(key, name, Cell::Empty, about);
        }
        for (currency, _, minor) in sums {
            self.one(key, name, Cell::Money(minor, currency), about);
        }
    }
}

fn count(n: usize) -> Cell {
    Cell::Count(i64::try_from(n).unwrap_or(i64::MAX))
}

type Sums = Vec<(String, i64, i128)>;

/// Value, refunded, net.
fn sums(orders: &[Order]) -> (Sums, Sums, Sums) {
    let mut purses = [Purse::default(), Purse::default(), Purse::default()];
    for order in orders {
        let (Some(currency), Some(amount)) = (&order.currency, order.amount) else { continue };
        for (purse, minor) in purses.iter_mut().zip([amount, order.refunded, amount - order.refunded]) {
            purse.add(currency, i128::from(minor));
        }
    }
    let [value, refunded, net] = purses.map(Purse::sums);
    (value, refunded, net)
}

/// The statement behind [`sessions`].
pub(crate) const SESSIONS: &str = "SELECT count(*), count(*) FILTER (WHERE orders > 0) FROM session
   WHERE last_at >= ?1 AND last_at < ?2 AND (?3 IS NULL OR site = ?3)";

fn sessions(connection: &Connection, range: &Range) -> Result<(i64, i64)> {
    let mut ask = connection.prepare_cached(SESSIONS)?;
    ask.query_row(params![range.from, range.to, range.site], |row| Ok((row.get(0)?, row.get(1)?)))
}

fn lifetime(connection: &Connection, range: &Range, orders: &[Order]) -> Result<Sums> {
    let customers: BTreeSet<_> = orders.iter().map(|order| (order.site.as_str(), order.customer())).collect();
    let current: BTreeSet<_> = orders.iter().filter_map(|o| Some((o.site.as_str(), o.customer(), o.currency.as_deref()?))).collect();
    let mut purse = Purse::default();
    for (site, customer) in customers {
        let mut own = BTreeMap::new();
        for order in orders::of_customer(connection, customer, site, range.to)? {
            if let (Some(net), Some(currency)) = (order.net(), order.currency.clone()) {
                *own.entry(currency).or_insert(0) += i128::from(net);
            }
        }
        for (currency, net) in own {
            if current.contains(&(site, customer, currency.as_str())) {
                purse.add(&currency, net);
            }
        }
    }
    Ok(purse.sums().into_iter().map(|(currency, n, sum)| (currency, n, halves_up(sum, n))).collect())
}

/// The statement behind the sessions of [`devices`].
pub(crate) const BY_DEVICE: &str = "SELECT coalesce(device, ''), count(*), count(*) FILTER (WHERE orders > 0) FROM session
   WHERE last_at >= ?1 AND last_at < ?2 AND (?3 IS NULL OR site = ?3) GROUP BY 1 ORDER BY 2 DESC";

/// `devices`: revenue by device.
pub(crate) fn devices(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new(
            "device",
            "Device",
            Kind::Text,
            "Desktop, mobile or tablet, as the browser's request headers say; unknown where they do not.",
        ),
        Column::new("sessions", "Sessions", Kind::Count, "With their last event in the range."),
        Column::new("conversion_rate", "Conversion", Kind::Share, "Those of them with an order, divided by all of them."),
        Column::new("orders", "Orders", Kind::Count, "Orders of the range, by the device of their session, in the currency of the row."),
        Column::new("value", "Value", Kind::Money, "Before refunds."),
        Column::new("net", "Net", Kind::Money, "Less all refunds of these orders until now."),
        CURRENCY,
    ];
    // Sessions, those with an order; by currency the orders, their value, and what stays of it.
    type Device = (i64, i64, BTreeMap<String, (i64, i128, i128)>);
    let mut devices: BTreeMap<String, Device> = BTreeMap::new();
    let mut ask = connection.prepare_cached(BY_DEVICE)?;
    let mut rows = ask.query(params![range.from, range.to, range.site])?;
    while let Some(row) = rows.next()? {
        devices.insert(row.get(0)?, (row.get(1)?, row.get(2)?, BTreeMap::new()));
    }
    for order in orders::read(connection, range)? {
        let device = devices.entry(order.device.clone().unwrap_or_default()).or_default();
        if let (Some(currency), Some(amount)) = (&order.currency, order.amount) {
            let sum = device.2.entry(currency.clone()).or_default();
            sum.0 += 1;
            sum.1 += i128::from(amount);
            sum.2 += i128::from(amount - order.refunded);
        }
    }
    let mut devices: Vec<_> = devices.into_iter().collect();
    devices.sort_by_key(|(_, (sessions, ..))| -sessions);
    let mut table = Vec::new();
    for (device, (sessions, converted, mut sums)) in devices {
        let name = if device.is_empty() { "unknown" } else { &device };
        let bare = sums.is_empty();
        if bare {
            sums.insert(String::new(), (0, 0, 0));
        }
        let mut sums: Vec<_> = sums.into_iter().collect();
        sums.sort_by_key(|(_, (orders, ..))| -orders);
        for (currency, (orders, value, net)) in sums {
            let money = |minor| if bare { Cell::Empty } else { Cell::Money(minor, currency.clone()) };
            let share = Cell::Share(converted, sessions);
            table.push(vec![
                Cell::text(name),
                Cell::Count(sessions),
                share,
                Cell::Count(orders),
                money(value),
                money(net),
                Cell::known(Some(&currency)),
            ]);
        }
    }
    Ok(Table::new(&columns, table))
}
