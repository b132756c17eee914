//! Orders, what was given back of them, and the lines of both.
//!
//! An order is booked once by its number: its purchase told again (a thank-you page that was loaded again) books nothing and
//! has no lines.

use rusqlite::{Connection, Result, params};

use crate::batch::{Accepted, Row};

/// Books what an event with the number `n` says about goods; true when it is a new order.
pub(crate) fn book(connection: &Connection, batch: &Accepted, row: &Row, n: i64) -> Result<bool> {
    match row.name.as_str() {
        "purchase" => {
            let sold = sale(connection, batch, row, n)?;
            if sold {
                items(connection, batch, row, n)?;
            }
            Ok(sold)
        }
        "refund" => {
            refund(connection, batch, row, n)?;
            items(connection, batch, row, n)?;
            Ok(false)
        }
        _ => {
            items(connection, batch, row, n)?;
            Ok(false)
        }
    }
}

fn items(connection: &Connection, batch: &Accepted, row: &Row, n: i64) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO item (event, line, at, event_name, item_id, item_name, quantity, visitor, site, variant, price)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    for (line, item) in row.items.iter().enumerate() {
        let price = item.price.as_ref().map(|price| price.minor);
        let values = params![n, line, row.at, row.name, item.id, item.name, item.quantity, batch.visitor, batch.site, item.variant, price];
        insert.execute(values)?;
    }
    Ok(())
}

/// Books an order; false when this order was booked before.
fn sale(connection: &Connection, batch: &Accepted, row: &Row, n: i64) -> Result<bool> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO sale (site, transaction_id, at, session, visitor, currency, amount, contact, event)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
    )?;
    let (currency, amount) = row.money.as_ref().map(|m| (&m.currency, m.minor)).unzip();
    let (site, contact) = (&batch.site, batch.contact());
    Ok(insert.execute(params![site, row.transaction, row.at, batch.session.id, batch.visitor, currency, amount, contact, n])? > 0)
}

fn refund(connection: &Connection, batch: &Accepted, row: &Row, n: i64) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO refund (event, site, transaction_id, at, visitor, currency, amount, whole) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let (currency, amount) = row.money.as_ref().map(|m| (&m.currency, m.minor)).unzip();
    let whole = !row.valued && row.items.is_empty();
    insert.execute(params![n, batch.site, row.transaction, row.at, batch.visitor, currency, amount, whole])?;
    Ok(())
}
