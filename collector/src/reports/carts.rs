//! Abandoned carts, and the step at which carts are left.

use std::cmp::Reverse;

use rusqlite::{Connection, Result, params};

use super::Range;
use super::orders::{CONTACT, ORIGIN, Origin, last_touch, origin_cells};
use super::table::{CURRENCY, Cell, Column, Kind, Table};
use crate::clock::Millis;
use crate::stats::IDLE;

/// How far a cart came, by the events of GA4's vocabulary.
const STEPS: [&str; 4] = ["cart", "checkout", "shipping", "payment"];

const STEP_ABOUT: &str = "The furthest of: cart (add_to_cart), checkout (begin_checkout), shipping (add_shipping_info), payment (add_payment_info), since the session's last order or emptied cart.";

/// A cart is left when something lies in it and its session has been silent for [`IDLE`]: the same rule as the live view's.
const LEFT: &str = "filled_at > emptied_at AND units > 0";

/// One abandoned cart.
pub(crate) struct Cart {
    last_at: Millis,
    id: String,
    contact: Option<String>,
    origin: Origin,
    step: &'static str,
    /// Item, name, quantity, price, currency.
    lines: Vec<Line>,
    /// The shopper's next order, if one came.
    pub(crate) later: Option<String>,
}

struct Line {
    name: String,
    quantity: i64,
    price: Option<i64>,
    currency: Option<String>,
}

/// The statement behind [`read`].
pub(crate) fn in_range() -> String {
    format!(
        "SELECT session.id, session.cart, session.contact, last_at, filled_at, emptied_at, checkout_at, shipping_at, payment_at, channel, source, medium,
                campaign,
                (SELECT transaction_id FROM sale WHERE sale.visitor = session.visitor AND sale.site = session.site
                   AND sale.at > session.last_at ORDER BY sale.at LIMIT 1) AS later
         FROM session {} WHERE last_at >= ?1 AND last_at < ?2 AND {LEFT} AND (?3 IS NULL OR session.site = ?3) ORDER BY last_at DESC",
        last_touch("session", "last_at")
    )
}

/// The carts that were left in a range, newest first.
pub(crate) fn read(connection: &Connection, range: &Range) -> Result<Vec<Cart>> {
    let mut ask = connection.prepare_cached(&in_range())?;
    let mut rows = ask.query(params![range.from, range.to.min(range.now - IDLE), range.site])?;
    let mut carts = Vec::new();
    while let Some(row) = rows.next()? {
        let emptied: Millis = row.get("emptied_at")?;
        let mut step = 0;
        for (index, column) in ["checkout_at", "shipping_at", "payment_at"].into_iter().enumerate() {
            if row.get::<_, Millis>(column)? > emptied {
                step = index + 1;
            }
        }
        let session: String = row.get("id")?;
        carts.push(Cart {
            last_at: row.get("last_at")?,
            contact: row.get("contact")?,
            origin: Origin::read(row)?,
            step: STEPS.get(step).copied().unwrap_or_default(),
            lines: lines(connection, &session)?,
            later: row.get("later")?,
            id: row.get::<_, Option<String>>("cart")?.unwrap_or(session),
        });
    }
    Ok(carts)
}

fn lines(connection: &Connection, session: &str) -> Result<Vec<Line>> {
    let mut ask = connection.prepare_cached(
        "SELECT coalesce(name, item), quantity, price, currency FROM cart_line WHERE session = ?1 AND quantity > 0 ORDER BY item",
    )?;
    ask.query_map([session], |row| Ok(Line { name: row.get(0)?, quantity: row.get(1)?, price: row.get(2)?, currency: row.get(3)? }))?
        .collect()
}

impl Cart {
    /// What lies in it, for each currency; `None` for lines whose price nobody told.
    fn values(&self) -> Vec<(Option<&str>, i128, Vec<&Line>)> {
        let mut values: Vec<(Option<&str>, i128, Vec<&Line>)> = Vec::new();
        for line in &self.lines {
            let currency = line.price.and(line.currency.as_deref());
            let value = i128::from(line.price.unwrap_or(0)) * i128::from(line.quantity);
            match values.iter_mut().find(|(c, ..)| *c == currency) {
                Some((_, sum, lines)) => {
                    *sum += value;
                    lines.push(line);
                }
                None => values.push((currency, value, vec![line])),
            }
        }
        values
    }

    /// Minor units by currency.
    pub(crate) fn worth(&self) -> Vec<(String, i128)> {
        self.values().into_iter().filter_map(|(currency, sum, _)| Some((currency?.to_owned(), sum))).collect()
    }
}

/// `carts`: one row an abandoned cart; one a currency of it, should it have several.
pub(crate) fn carts(connection: &Connection, range: &Range) -> Result<Table> {
    let mut columns = vec![
        Column::new(
            "last_activity",
            "Last activity",
            Kind::Time,
            "The session's last event of any kind. The cart counts as abandoned when more than 30 minutes have passed since. In files in UTC.",
        ),
        Column::new(
            "cart_id",
            "Cart id",
            Kind::Text,
            "The cart_id of its events, where the tracker's cart option gives one; else the id of the session whose cart it is.",
        ),
        CONTACT,
    ];
    columns.extend(ORIGIN);
    columns.extend([
        Column::new("step", "Left at", Kind::Text, STEP_ABOUT),
        Column::new("items", "Items", Kind::Text, "What lies in the cart, as its events tell: pieces and names."),
        Column::new("units", "Pieces", Kind::Count, ""),
        Column::new(
            "value",
            "Value",
            Kind::Money,
            "The sum of pieces times the last price told of each line. Lines without a price are not in it.",
        ),
        CURRENCY,
        Column::new(
            "later_order",
            "Ordered later",
            Kind::Text,
            "The first order of the same browser after that, until now. The cart then counts as recovered.",
        ),
    ]);
    let mut rows = Vec::new();
    for cart in read(connection, range)? {
        for (currency, value, lines) in cart.values() {
            let items: Vec<_> = lines.iter().map(|line| format!("{} × {}", line.quantity, line.name)).collect();
            let mut row = vec![Cell::Time(cart.last_at), Cell::text(&cart.id), Cell::known(cart.contact.as_deref())];
            row.extend(origin_cells(&cart.origin));
            row.extend([
                Cell::text(cart.step),
                Cell::Text(items.join(", ")),
                Cell::Count(lines.iter().map(|line| line.quantity).sum()),
                Cell::money(Some(value), currency),
                Cell::known(currency),
                Cell::known(cart.later.as_deref()),
            ]);
            rows.push(row);
        }
    }
    Ok(Table::new(&columns, rows))
}

/// How many carts came how far, and how many were left there.
pub(crate) struct Steps {
    /// By step: came at least this far, were left here.
    pub(crate) steps: [(i64, i64); 4],
    pub(crate) carts: i64,
    pub(crate) left: i64,
}

/// The statement behind [`walk`].
pub(crate) fn by_step() -> String {
    format!(
        "SELECT CASE WHEN orders > 0 AND NOT gone THEN 3 WHEN payment_at > since THEN 3 WHEN shipping_at > since THEN 2
                     WHEN checkout_at > since THEN 1 ELSE 0 END AS step, gone, count(*)
         FROM (SELECT *, {LEFT} AS gone, CASE WHEN {LEFT} THEN emptied_at ELSE 0 END AS since FROM session
               WHERE last_at >= ?1 AND last_at < ?2 AND carts > 0 AND (?3 IS NULL OR site = ?3))
         WHERE NOT (gone AND last_at >= ?4) GROUP BY 1, 2"
    )
}

pub(crate) fn walk(connection: &Connection, range: &Range) -> Result<Steps> {
    let mut ask = connection.prepare_cached(&by_step())?;
    let mut rows = ask.query(params![range.from, range.to, range.site, range.now - IDLE])?;
    let mut all = Steps { steps: [(0, 0); 4], carts: 0, left: 0 };
    while let Some(row) = rows.next()? {
        let (step, gone, count): (usize, bool, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        all.carts += count;
        for (index, (reached, left)) in all.steps.iter_mut().enumerate() {
            *reached += if index <= step { count } else { 0 };
            *left += if index == step && gone { count } else { 0 };
        }
        all.left += if gone { count } else { 0 };
    }
    Ok(all)
}

/// `steps`: abandonment by step.
pub(crate) fn steps(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new("step", "Step", Kind::Text, STEP_ABOUT),
        Column::new(
            "reached",
            "Came this far",
            Kind::Count,
            "Sessions with an add_to_cart whose last event is in the range, that came to this step or further; those that ordered came through all. Carts that are still open do not count.",
        ),
        Column::new("left", "Left here", Kind::Count, "Those whose cart was abandoned with this as its furthest step."),
        Column::new("share", "Share left", Kind::Share, "Left here, divided by came this far."),
    ];
    let walked = walk(connection, range)?;
    let rows = STEPS
        .iter()
        .zip(walked.steps)
        .map(|(name, (reached, left))| vec![Cell::text(name), Cell::Count(reached), Cell::Count(left), Cell::Share(left, reached)]);
    Ok(Table::new(&columns, rows.collect()))
}

/// Adds up money by currency, the most frequent one first.
#[derive(Debug, Default)]
pub(crate) struct Purse(Vec<(String, i64, i128)>);

impl Purse {
    pub(crate) fn add(&mut self, currency: &str, minor: i128) {
        match self.0.iter_mut().find(|(c, ..)| c == currency) {
            Some((_, count, sum)) => {
                *count += 1;
                *sum += minor;
            }
            None => self.0.push((currency.to_owned(), 1, minor)),
        }
    }

    /// Currency, how many were added, their sum.
    pub(crate) fn sums(mut self) -> Vec<(String, i64, i128)> {
        self.0.sort_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
        self.0
    }
}
