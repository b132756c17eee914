//! Segment's HTTP tracking API, which RudderStack, Jitsu and other CDPs speak as well:
//! <https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/>. RudderStack has a path made for
//! beacons, with the key in the query; its client and server are at <https://github.com/rudderlabs/rudder-server>.

use super::batch::{Batch, Event};
use super::{BODY, Format, Setup, Verdict, by_status, commerce, escape, url};
use crate::engine::json::{Json, Writer};

/// An event may have 32 KB.
const EVENT_BYTES: usize = 32_000;

pub struct Segment;

impl Format for Segment {
    const PATH: &'static str = "/v1/b";
    const EVENT_BYTES: usize = EVENT_BYTES;
    const BYTES: usize = BODY;

    fn setup(setup: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        setup.need_key("key: required, the source's write key").map(|_| ())
    }

    fn head(setup: &Setup<'_>, batch: &Batch<'_>, w: &mut Writer) {
        w.open("{").text("writeKey", setup.key());
        sent(batch, w);
    }

    fn event(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        message(setup, batch, event, w, false);
    }

    fn tail(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.close("]").close("}");
    }
}

pub struct Rudderstack;

impl Format for Rudderstack {
    const PATH: &'static str = "/beacon/v1/batch";
    const EVENT_BYTES: usize = EVENT_BYTES;
    const BYTES: usize = BODY;

    fn setup(setup: &Setup<'_>, url: &mut String) -> Result<(), &'static str> {
        let key = setup.need_key("key: required, the source's write key")?;
        if !url::contains(url, "writeKey=") {
            let mut value = String::new();
            escape::percent(&mut value, key);
            url::query(url, "writeKey", &value);
        }
        Ok(())
    }

    fn head(_: &Setup<'_>, batch: &Batch<'_>, w: &mut Writer) {
        w.open("{");
        sent(batch, w);
    }

    fn event(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        message(setup, batch, event, w, true);
    }

    fn tail(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.close("]").close("}");
    }

    /// 404 is a source that is switched off.
    fn judge(status: u16, _: &str, _: u32) -> Verdict {
        by_status(status)
    }
}

/// The receiver corrects every time by the difference between this one and its own.
fn sent(batch: &Batch<'_>, w: &mut Writer) {
    escape::time(w, "sentAt", batch.sent);
    w.key("batch").open("[");
}

fn message(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer, is_rudder: bool) {
    let is_page = event.name == "page_view";
    w.open("{");
    if is_page {
        w.text("type", "page").text("name", event.page.title);
    } else {
        w.text("type", "track").text("event", commerce::name(event.name));
    }
    w.text("messageId", event.id).text("anonymousId", batch.visitor);
    if !batch.user.is_empty() {
        w.text("userId", batch.user);
    }
    escape::time(w, "originalTimestamp", event.t);
    if !is_rudder {
        // Servers behind Segment's own client set it themselves; other receivers read only this one.
        escape::time(w, "timestamp", event.t);
    }
    w.key("properties").open("{");
    if is_page {
        page(event, w);
    }
    commerce::properties(event, w);
    w.close("}").key("context").open("{").key("library").open("{").text("name", "cartbeacon");
    w.text("version", env!("CARGO_PKG_VERSION")).close("}");
    w.key("page").open("{");
    page(event, w);
    w.close("}");
    if !setup.text("lang").is_empty() {
        w.text("locale", setup.text("lang"));
    }
    if is_rudder {
        // A number by its convention.
        if let Some(started) = batch.session.get("started").and_then(Json::int) {
            w.number("sessionId", started);
        }
    }
    // https://segment.com/docs/privacy/consent-management/consent-in-segment/
    w.key("consent").open("{").key("categoryPreferences").open("{");
    batch.purposes().words(|purpose| {
        w.key(purpose).raw("true");
    });
    w.close("}").close("}").close("}").close("}");
}

fn page(event: &Event<'_>, w: &mut Writer) {
    let parts = url::split(event.page.url);
    w.text("path", parts.path).text("referrer", event.page.referrer).text("search", parts.search);
    w.text("title", event.page.title).text("url", event.page.url);
}
