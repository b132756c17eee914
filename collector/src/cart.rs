//! What lies in a session's cart, told by its events: added and removed pieces, new quantities, a new start.
//!
//! A cart that was emptied piece by piece is not an abandoned one, and nothing but its lines can tell.

use rusqlite::{Connection, Result, params};

use crate::batch::{Accepted, Row};
use crate::fields::Sold;

/// A line is there once; its name and price are the last ones told.
macro_rules! put {
    ($quantity:literal) => {
        concat!(
            "INSERT INTO cart_line (session, item, visitor, quantity, name, price, currency) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (session, item) DO UPDATE SET name = coalesce(excluded.name, name), price = coalesce(excluded.price, price),
               currency = coalesce(excluded.currency, currency), quantity = ",
            $quantity
        )
    };
}

/// Brings the session's cart up to date with one event.
pub(crate) fn apply(connection: &Connection, batch: &Accepted, row: &Row) -> Result<()> {
    let sql = match row.name.as_str() {
        "add_to_cart" => put!("quantity + excluded.quantity"),
        "update_cart" => put!("excluded.quantity"),
        "remove_from_cart" => {
            let mut take =
                connection.prepare_cached("UPDATE cart_line SET quantity = max(quantity - ?3, 0) WHERE session = ?1 AND item = ?2")?;
            for item in &row.items {
                take.execute(params![batch.session.id, key(item), item.quantity])?;
            }
            return Ok(());
        }
        "clear_cart" | "purchase" => {
            connection.prepare_cached("DELETE FROM cart_line WHERE session = ?1")?.execute([&batch.session.id])?;
            return Ok(());
        }
        _ => return Ok(()),
    };
    let mut change = connection.prepare_cached(sql)?;
    for item in &row.items {
        let (currency, price) = item.price.as_ref().map(|p| (&p.currency, p.minor)).unzip();
        change.execute(params![batch.session.id, key(item), batch.visitor, item.quantity, item.name, price, currency])?;
    }
    Ok(())
}

/// Pieces in the session's cart.
pub(crate) fn units(connection: &Connection, session: &str) -> Result<i64> {
    let mut ask = connection.prepare_cached("SELECT coalesce(sum(quantity), 0) FROM cart_line WHERE session = ?1")?;
    ask.query_row([session], |row| row.get(0))
}

fn key(item: &Sold) -> String {
    match &item.variant {
        Some(variant) => format!("{} {variant}", item.id),
        None => item.id.clone(),
    }
}
