//! For endpoints of one's own: an event is one JSON object; as lines (`ndjson`) or as a list (`json-array`).

use super::batch::{Batch, Event};
use super::{Format, Setup};
#[cfg(feature = "clickhouse")]
use super::{Verdict, by_status};
#[cfg(feature = "clickhouse")]
use crate::engine::json::put;
use crate::engine::json::{Writer, own};

/// One JSON object a line: <https://github.com/ndjson/ndjson-spec>.
pub struct Ndjson;

impl Format for Ndjson {
    const PATH: &'static str = "/";

    fn setup(_: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        Ok(())
    }

    fn event(_: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        // A writer of its own: lines have no commas between them.
        let mut line = Writer { out: own("") };
        object(batch, event, &mut line);
        w.close(&line.out).close("\n");
    }
}

pub struct JsonArray;

impl Format for JsonArray {
    const PATH: &'static str = "/";

    fn setup(_: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        Ok(())
    }

    fn head(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.open("[");
    }

    fn event(_: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        object(batch, event, w);
    }

    fn tail(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.close("]");
    }
}

/// ClickHouse over HTTP, `INSERT … FORMAT JSONEachRow`: <https://clickhouse.com/docs/interfaces/http>. The key is a table, or the
/// endpoint carries the whole query (better: a predefined one, so that no page chooses SQL). One bad line refuses all.
/// An event that comes twice is the table's to merge, by `event_id`.
#[cfg(feature = "clickhouse")]
pub struct Clickhouse;

#[cfg(feature = "clickhouse")]
impl Format for Clickhouse {
    const PATH: &'static str = "/";

    fn setup(setup: &Setup<'_>, url: &mut String) -> Result<(), &'static str> {
        if setup.key().is_empty() {
            return Ok(());
        }
        if !setup.key().bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')) {
            return Err("key: a table is letters, digits, _ and .");
        }
        let mut query = own("INSERT%20INTO%20");
        put(&mut query, setup.key());
        put(&mut query, "%20FORMAT%20JSONEachRow");
        super::url::query(url, "query", &query);
        super::url::query(url, "input_format_skip_unknown_fields", "1");
        Ok(())
    }

    fn event(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        Ndjson::event(setup, batch, event, w);
    }

    /// Errors of reading a line have numbers: 26, 27, 117 and their like; they stand in the body whatever the status is.
    fn judge(status: u16, body: &str, _: u32) -> Verdict {
        let is_reading = ["Code: 26.", "Code: 27.", "Code: 117.", "Code: 6.", "Code: 72."].iter().any(|code| body.starts_with(code));
        if is_reading { Verdict::Split } else { by_status(status) }
    }
}

/// Times are the browser's, in milliseconds; `sent_at` is what a receiver corrects them by.
pub fn object(batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
    w.open("{").text("event_id", event.id).text("type", event.name).number("ts", event.t).number("sent_at", batch.sent);
    w.text("site", batch.site).text("visitor", batch.visitor).text("session", batch.session_id());
    if !batch.user.is_empty() {
        w.text("user", batch.user);
    }
    w.text("url", event.page.url).text("title", event.page.title).text("referrer", event.page.referrer);
    w.key("data").raw(event.data.0).close("}");
}
