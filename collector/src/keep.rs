//! What is older than it may be kept goes, a little at a time, so that nobody waits long for the writer.

use std::time::Duration;

use rusqlite::{Connection, Result, params};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::clock::{self, Millis};
use crate::writer::Writer;

/// Events deleted in one transaction.
const AT_ONCE: usize = 2000;
const DAY: Millis = 24 * 60 * 60 * 1000;
/// Between two looks at what has become too old.
const HOUR: Duration = Duration::from_secs(60 * 60);
/// Between two transactions: shoppers' batches come first.
const BREATH: Duration = Duration::from_millis(50);

/// Deletes up to a number of rows from before a moment, the oldest first; answers how many events went. Everything that hangs
/// on them goes when the last of them has gone.
pub(crate) fn expire(connection: &Connection, before: Millis) -> Result<usize> {
    let old = "SELECT n FROM event WHERE at < ?1 ORDER BY at LIMIT ?2";
    let run = |sql: &str| connection.prepare_cached(sql)?.execute(params![before, AT_ONCE]);
    run(&format!("DELETE FROM item WHERE event IN ({old})"))?;
    let events = run(&format!("DELETE FROM event WHERE n IN ({old})"))?;
    if events < AT_ONCE {
        for sql in [
            "DELETE FROM cart_line WHERE session IN (SELECT id FROM session WHERE last_at < ?1)",
            "DELETE FROM session WHERE last_at < ?1",
            "DELETE FROM sale WHERE at < ?1",
            "DELETE FROM refund WHERE at < ?1",
            "DELETE FROM touch WHERE at < ?1",
            "DELETE FROM page WHERE at < ?1",
            "DELETE FROM batch WHERE received < ?1",
            "DELETE FROM loss WHERE at < ?1",
            "DELETE FROM refused WHERE hour < ?1 - 3600000",
            "DELETE FROM anonymous WHERE hour < ?1 - 3600000",
        ] {
            connection.prepare_cached(sql)?.execute([before])?;
        }
    }
    Ok(events)
}

/// Looks once an hour, until the collector stops.
pub(crate) async fn run(writer: Writer, days: u32, mut stopping: watch::Receiver<bool>) {
    let mut next = Instant::now();
    loop {
        tokio::select! {
            () = sleep_until(next) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        let more = match writer.expire(clock::now() - Millis::from(days) * DAY).await {
            Ok(events) => events >= AT_ONCE,
            // Full or held: nothing is urgent here.
            Err(_) => false,
        };
        next = Instant::now() + if more { BREATH } else { HOUR };
    }
}
