//! The statements that write: a batch, an erasure, a refusal. Each is called inside the writer's transaction.

use rusqlite::{Connection, OptionalExtension, Result, params};

use crate::batch::{Accepted, Row};
use crate::booking;
use crate::cart;
use crate::clock::Millis;

/// What became of a batch's events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) stored: usize,
    pub(crate) duplicates: usize,
}

/// How much was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Erased {
    pub(crate) events: usize,
    pub(crate) sessions: usize,
    /// Of all tables.
    pub(crate) rows: usize,
}

const HOUR: Millis = 60 * 60 * 1000;

/// Stores what is new of a batch.
pub(crate) fn store(connection: &Connection, batch: &Accepted) -> Result<Stored> {
    let mut outcome = Stored::default();
    let mut session = Tally::default();
    for row in &batch.events {
        match event(connection, batch, row)? {
            Some(n) => {
                outcome.stored += 1;
                let sold = booking::book(connection, batch, row, n)?;
                if batch.visited {
                    cart::apply(connection, batch, row)?;
                }
                session.add(row, sold);
            }
            None => outcome.duplicates += 1,
        }
    }
    if outcome.stored > 0 {
        if batch.visited {
            session.write(connection, batch)?;
        }
        pages(connection, batch)?;
        touches(connection, batch)?;
    }
    if delivery(connection, batch)? {
        losses(connection, batch)?;
    }
    for rejected in &batch.rejected {
        refused(connection, batch.received, "event", &rejected.reason)?;
    }
    Ok(outcome)
}

/// Stores an event and answers its number; `None` when its id was stored before, or was erased.
fn event(connection: &Connection, batch: &Accepted, row: &Row) -> Result<Option<i64>> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO event (id, at, t, ahead, received, batch, site, visitor, user, session, seq, page, name, currency, amount,
                            transaction_id, data, worth)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18
         WHERE NOT EXISTS (SELECT 1 FROM gone WHERE id = ?1)
         ON CONFLICT (id) DO NOTHING
         RETURNING n",
    )?;
    let values = params![
        row.id,
        row.at,
        row.t,
        row.ahead,
        batch.received,
        batch.batch,
        batch.site,
        batch.visitor,
        batch.user,
        batch.session.id,
        row.seq,
        row.page,
        row.name,
        row.money.as_ref().map(|m| &m.currency),
        row.money.as_ref().map(|m| m.minor),
        row.transaction,
        row.data,
        row.worth,
    ];
    insert.query_row(values, |r| r.get(0)).optional()
}

/// What a batch adds to its session. Every part is a sum, a minimum or a maximum: batches may arrive in any order.
#[derive(Debug, Default)]
struct Tally {
    first_at: Option<Millis>,
    last_at: Millis,
    events: i64,
    views: i64,
    carts: i64,
    checkouts: i64,
    orders: i64,
    filled_at: Millis,
    emptied_at: Millis,
    checkout_at: Millis,
    shipping_at: Millis,
    payment_at: Millis,
    cart: Option<String>,
    robot: Option<&'static str>,
}

impl Tally {
    fn add(&mut self, row: &Row, sold: bool) {
        self.first_at = Some(self.first_at.map_or(row.at, |first| first.min(row.at)));
        self.last_at = self.last_at.max(row.at);
        self.events += 1;
        self.robot = self.robot.or(row.robot);
        match row.name.as_str() {
            "view_item" => self.views += 1,
            "add_to_cart" => {
                self.carts += 1;
                self.filled_at = self.filled_at.max(row.at);
                self.cart = row.cart.clone().or(self.cart.take());
            }
            "begin_checkout" => {
                self.checkouts += 1;
                self.checkout_at = self.checkout_at.max(row.at);
            }
            "add_shipping_info" => self.shipping_at = self.shipping_at.max(row.at),
            "add_payment_info" => self.payment_at = self.payment_at.max(row.at),
            "clear_cart" => self.emptied_at = self.emptied_at.max(row.at),
            "purchase" => {
                self.orders += i64::from(sold);
                self.emptied_at = self.emptied_at.max(row.at);
            }
            _ => {}
        }
    }

    fn write(&self, connection: &Connection, batch: &Accepted) -> Result<()> {
        let mut upsert = connection.prepare_cached(
            "INSERT INTO session (id, visitor, site, n, started, first_at, last_at, events, views, carts, checkouts, orders, units,
                                  filled_at, emptied_at, device, contact, checkout_at, shipping_at, payment_at, cart, robot,
                                  landing_at, landing, entry_campaign)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?22, ?23, ?24, ?25, ?26)
             ON CONFLICT (id) DO UPDATE SET
               first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at),
               events = events + excluded.events, views = views + excluded.views, carts = carts + excluded.carts,
               checkouts = checkouts + excluded.checkouts, orders = orders + excluded.orders, units = excluded.units,
               filled_at = max(filled_at, excluded.filled_at), emptied_at = max(emptied_at, excluded.emptied_at),
               device = coalesce(device, excluded.device), cart = coalesce(excluded.cart, cart), robot = coalesce(robot, excluded.robot),
               contact = CASE WHEN ?21 THEN coalesce(excluded.contact, contact) END,
               checkout_at = max(checkout_at, excluded.checkout_at), shipping_at = max(shipping_at, excluded.shipping_at),
               payment_at = max(payment_at, excluded.payment_at), landing_at = min(ifnull(landing_at, excluded.landing_at),
                                                                                   ifnull(excluded.landing_at, landing_at)),
               landing = CASE WHEN excluded.landing_at >= landing_at THEN landing ELSE coalesce(excluded.landing, landing) END,
               entry_campaign = CASE WHEN excluded.landing_at < ifnull(landing_at, excluded.landing_at + 1) THEN excluded.entry_campaign
                                     ELSE entry_campaign END",
        )?;
        let started = i64::try_from(batch.session.started).unwrap_or(i64::MAX).min(batch.received);
        upsert.execute(params![
            batch.session.id,
            batch.visitor,
            batch.site,
            batch.session.n,
            started,
            self.first_at.unwrap_or(self.last_at),
            self.last_at,
            self.events,
            self.views,
            self.carts,
            self.checkouts,
            self.orders,
            cart::units(connection, &batch.session.id)?,
            self.filled_at,
            self.emptied_at,
            batch.device,
            batch.contact(),
            self.checkout_at,
            self.shipping_at,
            self.payment_at,
            batch.may_contact(),
            self.cart,
            self.robot.or(batch.robot),
            batch.landing.as_ref().map(|landing| landing.at),
            batch.landing.as_ref().map(|landing| &landing.page),
            batch.landing.as_ref().and_then(|landing| landing.campaign.as_ref()),
        ])?;
        Ok(())
    }
}

fn pages(connection: &Connection, batch: &Accepted) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO page (id, visitor, url, title, referrer, reason, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET at = max(at, excluded.at)",
    )?;
    for page in &batch.pages {
        insert.execute(params![page.id, batch.visitor, page.url, page.title, page.referrer, page.reason, batch.received])?;
    }
    Ok(())
}

fn touches(connection: &Connection, batch: &Accepted) -> Result<()> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO touch (session, visitor, site, at, channel, source, medium, campaign, tagged)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET at = min(at, excluded.at)",
    )?;
    for (at, touch) in &batch.touches {
        let (source, medium, campaign) = (&touch.source, &touch.medium, &touch.campaign);
        upsert.execute(params![batch.session.id, batch.visitor, batch.site, at, touch.channel, source, medium, campaign, touch.tagged])?;
    }
    Ok(())
}

/// Notes that the batch came; false when it came before, so that its loss counters count once.
fn delivery(connection: &Connection, batch: &Accepted) -> Result<bool> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO batch (id, received, visitor, session, sdk, engine, attempt, consent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT DO NOTHING",
    )?;
    let consent = serde_json::json!({
        "state": "granted", "purposes": batch.consent.purposes, "source": batch.consent.source, "at": batch.consent.at,
        "policy": batch.consent.policy,
    });
    let values =
        params![batch.batch, batch.received, batch.visitor, batch.session.id, batch.sdk, batch.engine, batch.attempt, consent.to_string(),];
    Ok(insert.execute(values)? > 0)
}

fn losses(connection: &Connection, batch: &Accepted) -> Result<()> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO loss (session, reason, visitor, at, count) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (session, reason) DO UPDATE SET at = max(at, excluded.at), count = count + excluded.count",
    )?;
    for (reason, count) in batch.lost.iter().filter(|(_, count)| *count > 0) {
        upsert.execute(params![batch.session.id, reason, batch.visitor, batch.received, count])?;
    }
    Ok(())
}

/// The visitor under all its names: one that denied marketing for a while was known by the ids of its sessions.
fn names(connection: &Connection, visitor: &str) -> Result<Vec<String>> {
    let mut ask = connection.prepare_cached(
        "WITH visit AS (SELECT DISTINCT session AS id FROM event WHERE visitor = ?1 OR session = ?1)
         SELECT ?1 UNION SELECT id FROM visit UNION SELECT visitor FROM event WHERE session IN (SELECT id FROM visit)",
    )?;
    ask.query_map([visitor], |row| row.get(0))?.collect()
}

/// Deletes everything of a visitor, and notes that someone asked: when, how much there was and in which store, never who.
pub(crate) fn erase(connection: &Connection, visitor: &str, now: Millis) -> Result<Erased> {
    let names = serde_json::json!(names(connection, visitor)?).to_string();
    // Every statement of the list below is of all the names at once.
    let run = |sql: &str| {
        connection.prepare_cached(&sql.replace("OF_VISITOR", "visitor IN (SELECT value FROM json_each(?1))"))?.execute([&names])
    };
    let site: String = connection
        .prepare_cached("SELECT coalesce(group_concat(DISTINCT site), '') FROM session WHERE visitor IN (SELECT value FROM json_each(?1))")?
        .query_row([&names], |row| row.get(0))?;
    run("INSERT INTO gone (id) SELECT id FROM event WHERE OF_VISITOR")?;
    let mut rows = run("DELETE FROM item WHERE event IN (SELECT n FROM event WHERE OF_VISITOR)")?;
    let events = run("DELETE FROM event WHERE OF_VISITOR")?;
    let sessions = run("DELETE FROM session WHERE OF_VISITOR")?;
    rows += events + sessions;
    for table in ["cart_line", "sale", "refund", "touch", "page", "loss", "batch"] {
        rows += run(&format!("DELETE FROM {table} WHERE OF_VISITOR"))?;
    }
    connection
        .prepare_cached("INSERT INTO erasure (at, events, sessions, site, rows) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![now, events, sessions, site, rows])?;
    Ok(Erased { events, sessions, rows })
}

/// Different reasons kept in one hour; strangers choose part of their text, and must not fill the disk with it.
const REASONS: i64 = 100;

/// Counts a refusal.
pub(crate) fn refused(connection: &Connection, now: Millis, kind: &str, reason: &str) -> Result<()> {
    let hour = now - now.rem_euclid(HOUR);
    let reason: String = without_place(reason).chars().take(120).collect();
    connection
        .prepare_cached(
            "INSERT INTO refused (hour, kind, reason, count)
             SELECT ?1, ?2, CASE WHEN (SELECT count(*) FROM refused WHERE hour = ?1) < ?4
                                   OR EXISTS (SELECT 1 FROM refused WHERE hour = ?1 AND kind = ?2 AND reason = ?3)
                                 THEN ?3 ELSE 'other' END, 1
             WHERE true
             ON CONFLICT DO UPDATE SET count = count + 1",
        )?
        .execute(params![hour, kind, reason, REASONS])?;
    Ok(())
}

/// `items[17].price: negative` and `items[2].price: negative` are one reason, and so is every place where JSON breaks off.
fn without_place(reason: &str) -> String {
    let reason = reason.split_once(" (line ").map_or(reason, |(what, _)| what);
    let mut inside = false;
    let keep = |c: &char| {
        inside = match c {
            '[' => true,
            ']' => false,
            _ => inside,
        };
        !(inside && c.is_ascii_digit())
    };
    reason.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_counted_without_its_place() {
        assert_eq!(without_place("items[17].price: negative"), "items[].price: negative");
        assert_eq!(without_place("body: not JSON (line 1, column 9)"), "body: not JSON");
        assert_eq!(without_place("currency: not an ISO 4217 code"), "currency: not an ISO 4217 code");
    }
}
