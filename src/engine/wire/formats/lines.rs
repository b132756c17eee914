//! For endpoints of one's own: an event is one JSON object; as lines (`ndjson`) or as a list (`json-array`).

use super::batch::{Batch, Event};
use super::{Format, Setup};
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
