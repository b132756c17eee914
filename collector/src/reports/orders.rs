//! Orders placed, and the items purchased with them.

use rusqlite::{Connection, Result, Row, params};

use super::Range;
use super::table::{CURRENCY, Cell, Column, Kind, Table};
use crate::clock::Millis;

/// How far back what brought a shopper counts for an order or a cart.
pub(crate) const LOOK_BACK: Millis = 30 * 24 * 60 * 60 * 1000;

/// What a shopper came from last; `None` in all parts who came directly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Origin {
    pub(crate) channel: Option<String>,
    pub(crate) source: String,
    pub(crate) medium: String,
    pub(crate) campaign: String,
}

impl Origin {
    pub(crate) fn read(row: &Row<'_>) -> Result<Self> {
        let part = |name: &str| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(name)?.unwrap_or_default());
        Ok(Self { channel: row.get("channel")?, source: part("source")?, medium: part("medium")?, campaign: part("campaign")? })
    }

    /// Channel, source, medium, campaign.
    pub(crate) fn cells(&self) -> [Cell; 4] {
        let channel = Cell::text(self.channel.as_deref().unwrap_or("direct"));
        [channel, Cell::known(Some(&self.source)), Cell::known(Some(&self.medium)), Cell::known(Some(&self.campaign))]
    }

    /// Campaign, source and medium in one, as a page shows them.
    pub(crate) fn text(&self) -> String {
        let Some(channel) = &self.channel else {
            return "direct".to_owned();
        };
        let parts: Vec<_> =
            [&self.campaign, &self.source, &self.medium].into_iter().filter(|p| !p.is_empty()).map(String::as_str).collect();
        if parts.is_empty() { channel.clone() } else { parts.join(" / ") }
    }
}

/// The columns of an [`Origin`], and the one that a page shows instead.
pub(crate) const ORIGIN: [Column; 5] = [
    Column::new(
        "origin",
        "Campaign",
        Kind::Text,
        "Campaign, source and medium of the last arrival of this shopper within the 30 days before that was not direct: the utm parameters of its page, else the network of its click id, else the host of its referrer.",
    ),
    Column::in_file("channel", "Channel", Kind::Text, "What kind of source that is."),
    Column::in_file("source", "Source", Kind::Text, "utm_source, or what stands for it."),
    Column::in_file("medium", "Medium", Kind::Text, "utm_medium, or what stands for it."),
    Column::in_file("campaign", "Campaign", Kind::Text, "utm_campaign."),
];

pub(crate) fn origin_cells(origin: &Origin) -> Vec<Cell> {
    [Cell::text(&origin.text())].into_iter().chain(origin.cells()).collect()
}

/// Finds the last arrival before a moment: a part of SQL, for a row of `of` with `visitor`, `site` and a time.
pub(crate) fn last_touch(of: &str, at: &str) -> String {
    format!(
        "LEFT JOIN touch ON touch.n = (SELECT n FROM touch AS t WHERE t.visitor = {of}.visitor AND t.site = {of}.site
           AND t.at BETWEEN {of}.{at} - {LOOK_BACK} AND {of}.{at} ORDER BY t.at DESC LIMIT 1)"
    )
}

/// One order, with all that was given back of it until now.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) at: Millis,
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) visitor: String,
    pub(crate) contact: Option<String>,
    pub(crate) device: Option<String>,
    pub(crate) origin: Origin,
    pub(crate) currency: Option<String>,
    pub(crate) amount: Option<i64>,
    /// Never more than the amount.
    pub(crate) refunded: i64,
    /// Something was given back, and nobody said how much.
    pub(crate) unclear: bool,
    pub(crate) units: i64,
    event: Option<i64>,
}

impl Order {
    /// What stays of the value.
    pub(crate) fn net(&self) -> Option<i64> {
        self.amount.map(|amount| amount - self.refunded)
    }

    /// Who ordered: the contact where there may be one, else the browser.
    pub(crate) fn customer(&self) -> &str {
        self.contact.as_deref().unwrap_or(&self.visitor)
    }

    fn money(&self, minor: Option<i64>) -> Cell {
        Cell::money(minor.map(i128::from), self.currency.as_deref())
    }
}

fn sql(condition: &str) -> String {
    format!(
        "SELECT sale.at, sale.transaction_id, sale.site, sale.visitor, sale.contact, session.device, channel, source, medium,
                campaign, sale.currency, sale.amount, sale.event,
                (SELECT coalesce(sum(quantity), 0) FROM item WHERE item.event = sale.event) AS units,
                EXISTS (SELECT 1 FROM refund WHERE refund.site = sale.site AND refund.transaction_id = sale.transaction_id) AS back
         FROM sale LEFT JOIN session ON session.id = sale.session {} WHERE {condition} ORDER BY sale.at DESC, sale.transaction_id",
        last_touch("sale", "at")
    )
}

/// The statement behind [`read`], for whoever checks its indexes.
pub(crate) fn in_range() -> String {
    sql("sale.at >= ?1 AND sale.at < ?2 AND (?3 IS NULL OR sale.site = ?3)")
}

/// The statement behind [`of_customer`].
pub(crate) fn by_customer() -> String {
    sql("coalesce(sale.contact, sale.visitor) = ?1 AND sale.at < ?2 AND sale.site = ?3")
}

/// The orders of a range, newest first.
pub(crate) fn read(connection: &Connection, range: &Range) -> Result<Vec<Order>> {
    ask(connection, &in_range(), params![range.from, range.to, range.site])
}

/// Everything a customer ordered before `to`.
pub(crate) fn of_customer(connection: &Connection, customer: &str, site: &str, to: Millis) -> Result<Vec<Order>> {
    ask(connection, &by_customer(), params![customer, to, site])
}

fn ask(connection: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<Vec<Order>> {
    let mut ask = connection.prepare_cached(sql)?;
    let mut rows = ask.query(values)?;
    let mut orders = Vec::new();
    while let Some(row) = rows.next()? {
        let mut order = Order {
            at: row.get("at")?,
            id: row.get("transaction_id")?,
            site: row.get("site")?,
            visitor: row.get("visitor")?,
            contact: row.get("contact")?,
            device: row.get("device")?,
            origin: Origin::read(row)?,
            currency: row.get("currency")?,
            amount: row.get("amount")?,
            refunded: 0,
            unclear: false,
            units: row.get("units")?,
            event: row.get("event")?,
        };
        if row.get("back")? {
            give_back(connection, &mut order)?;
        }
        orders.push(order);
    }
    Ok(orders)
}

/// One line of an order or a refund.
struct Line {
    item: String,
    name: Option<String>,
    variant: Option<String>,
    quantity: i64,
    price: Option<i64>,
}

fn lines(connection: &Connection, event: i64) -> Result<Vec<Line>> {
    let mut ask =
        connection.prepare_cached("SELECT item_id, item_name, variant, quantity, price FROM item WHERE event = ?1 ORDER BY line")?;
    let read =
        |row: &Row<'_>| Ok(Line { item: row.get(0)?, name: row.get(1)?, variant: row.get(2)?, quantity: row.get(3)?, price: row.get(4)? });
    ask.query_map([event], read)?.collect()
}

struct Refund {
    event: i64,
    currency: Option<String>,
    amount: Option<i64>,
    whole: bool,
}

fn refunds(connection: &Connection, order: &Order) -> Result<Vec<Refund>> {
    let mut ask = connection
        .prepare_cached("SELECT event, currency, amount, whole FROM refund WHERE site = ?1 AND transaction_id = ?2 ORDER BY at, event")?;
    let read = |row: &Row<'_>| Ok(Refund { event: row.get(0)?, currency: row.get(1)?, amount: row.get(2)?, whole: row.get(3)? });
    ask.query_map(params![order.site, order.id], read)?.collect()
}

/// Works out what was given back: a refund's value; without one the order's price of the refund's items; without items all.
fn give_back(connection: &Connection, order: &mut Order) -> Result<()> {
    let ordered = order.event.map(|event| lines(connection, event)).transpose()?.unwrap_or_default();
    let mut back = 0_i128;
    for refund in refunds(connection, order)? {
        let part = match (refund.whole, refund.amount) {
            (true, _) => order.amount.map(i128::from),
            (false, Some(amount)) => (refund.currency == order.currency).then_some(i128::from(amount)),
            (false, None) => of_lines(&lines(connection, refund.event)?, &ordered),
        };
        match part {
            Some(part) => back += part,
            None => order.unclear = true,
        }
    }
    let most = order.amount.unwrap_or(0);
    order.refunded = i64::try_from(back).unwrap_or(i64::MAX).clamp(0, most.max(0));
    Ok(())
}

fn of_lines(back: &[Line], ordered: &[Line]) -> Option<i128> {
    let price = |line: &Line| ordered.iter().find(|o| o.item == line.item && (line.variant.is_none() || o.variant == line.variant))?.price;
    let sum = back.iter().map(|line| Some(i128::from(price(line)?) * i128::from(line.quantity))).sum::<Option<i128>>()?;
    (!back.is_empty()).then_some(sum)
}

const DATE: Column = Column::new(
    "order_date",
    "Order date",
    Kind::Time,
    "When the purchase happened, by the shopper's clock unless that was ahead. In files in UTC.",
);
const ID: Column = Column::new(
    "order_id",
    "Order id",
    Kind::Text,
    "transaction_id. An order counts once, however often its thank-you page is loaded; the first one told is booked.",
);
pub(crate) const CONTACT: Column = Column::new(
    "contact",
    "Contact",
    Kind::Text,
    "The id given to identify(), only where the shopper was identified and the consent of that batch names the purpose marketing. Else empty.",
);

/// `orders`: one row an order.
pub(crate) fn orders(connection: &Connection, range: &Range) -> Result<Table> {
    let orders = read(connection, range)?;
    let mut columns = vec![DATE, ID, CONTACT];
    columns.extend(ORIGIN);
    // A page shows the column when there is something in it.
    let about = "yes, where a refund's amount cannot be told, so that it is not subtracted.";
    let unclear =
        Column { file: !orders.iter().any(|order| order.unclear), ..Column::new("refund_unclear", "Refund unclear", Kind::Text, about) };
    columns.extend([
        Column::new("device", "Device", Kind::Text, "Desktop, mobile or tablet, as the browser's request headers say; nothing else of them is kept."),
        Column::new("units", "Pieces", Kind::Count, "The sum of the quantities of its lines."),
        Column::new("value", "Value", Kind::Money, "The field value of the purchase, to the minor unit of its currency."),
        Column::new("refunded", "Refunded", Kind::Money, "All refunds of this order until now, whenever they came: their value; without a value the order's prices of their items; without items the whole order. Never more than the order's value. A refund in another currency, or of items without a known price, is not subtracted; the next column says so."),
        unclear,
        Column::new("net", "Net", Kind::Money, "Value less refunded."),
        CURRENCY,
        Column::in_file("site", "Site", Kind::Text, "The store, as named in the tracker's options."),
    ]);
    let rows = orders.into_iter().map(|order| {
        let mut row = vec![Cell::Time(order.at), Cell::text(&order.id), Cell::known(order.contact.as_deref())];
        row.extend(origin_cells(&order.origin));
        row.extend([
            Cell::known(order.device.as_deref()),
            Cell::Count(order.units),
            order.money(order.amount),
            order.money(order.amount.and(Some(order.refunded))),
            if order.unclear { Cell::text("yes") } else { Cell::Empty },
            order.money(order.net()),
            Cell::known(order.currency.as_deref()),
            Cell::text(&order.site),
        ]);
        row
    });
    Ok(Table::new(&columns, rows.collect()))
}

/// `items`: one row a line of an order.
pub(crate) fn items(connection: &Connection, range: &Range) -> Result<Table> {
    let mut columns = vec![DATE, ID, CONTACT];
    columns.extend(ORIGIN);
    columns.extend([
        Column::new("item_id", "Item id", Kind::Text, "item_id, or the name of an item that has none."),
        Column::new("item_name", "Item", Kind::Text, ""),
        Column::new("item_variant", "Variant", Kind::Text, ""),
        Column::new("quantity", "Pieces", Kind::Count, "quantity; 1 where the line has none."),
        Column::new("returned", "Returned", Kind::Count, "Pieces of this line that refunds name, or all where the whole order was refunded. A refund of an amount alone returns no piece."),
        Column::new("price", "Price", Kind::Money, "Of one piece, as paid."),
        Column::new("value", "Value", Kind::Money, "Price times pieces, before refunds, coupons on the whole order, delivery."),
        CURRENCY,
    ]);
    let mut rows = Vec::new();
    for order in read(connection, range)? {
        let Some(event) = order.event else { continue };
        let (whole, mut back) = returned(connection, &order)?;
        for line in lines(connection, event)? {
            let returned = if whole { line.quantity } else { take(&mut back, &line) };
            let value = line.price.map(|price| i128::from(price) * i128::from(line.quantity));
            let mut row = vec![Cell::Time(order.at), Cell::text(&order.id), Cell::known(order.contact.as_deref())];
            row.extend(origin_cells(&order.origin));
            row.extend([
                Cell::text(&line.item),
                Cell::known(line.name.as_deref()),
                Cell::known(line.variant.as_deref()),
                Cell::Count(line.quantity),
                Cell::Count(returned),
                order.money(line.price),
                Cell::money(value, order.currency.as_deref()),
                Cell::known(order.currency.as_deref()),
            ]);
            rows.push(row);
        }
    }
    Ok(Table::new(&columns, rows))
}

/// Whether all came back, else the lines that did.
fn returned(connection: &Connection, order: &Order) -> Result<(bool, Vec<Line>)> {
    let mut back = Vec::new();
    let refunds = if order.refunded > 0 || order.unclear { refunds(connection, order)? } else { Vec::new() };
    for refund in &refunds {
        back.extend(lines(connection, refund.event)?);
    }
    Ok((refunds.iter().any(|refund| refund.whole), back))
}

/// Takes what came back of a line out of what came back of all.
fn take(back: &mut [Line], line: &Line) -> i64 {
    let mut taken = 0;
    for other in back.iter_mut().filter(|b| b.item == line.item && (b.variant.is_none() || b.variant == line.variant)) {
        let part = other.quantity.min(line.quantity - taken);
        other.quantity -= part;
        taken += part;
    }
    taken
}
