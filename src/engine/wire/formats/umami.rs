//! Umami's `/api/batch`: <https://umami.is/docs/api/sending-stats>. It knows no event again, so in doubt nothing goes twice,
//! and it says of each batch what it left out. A robot's user agent is answered 200 and dropped.

use super::batch::{Batch, Event};
use super::{Format, Setup, Verdict, at_most_once, escape, url};
use crate::engine::json::{Json, Writer};

pub struct Umami;

impl Format for Umami {
    const PATH: &'static str = "/api/batch";
    const EVENTS: usize = 200;
    const DEDUPES: bool = false;

    fn setup(setup: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        setup.need_key("key: required, the website's id (a UUID)").map(|_| ())
    }

    fn head(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.open("[");
    }

    fn event(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        w.open("{").text("type", "event").key("payload").open("{");
        w.text("website", setup.key()).text("hostname", escape::head(event.page.host(), 100));
        w.text("url", url::split(event.page.url).local).text("title", event.page.title).text("referrer", event.page.referrer);
        let language = setup.text("lang");
        if !language.is_empty() && language.len() <= 35 {
            w.text("language", language);
        }
        if !batch.user.is_empty() {
            w.text("id", batch.user);
        }
        w.number("timestamp", setup.corrected(event.t) / 1000);
        if event.name != "page_view" {
            w.text("name", event.name);
        }
        if event.data.members().next().is_some() {
            w.key("data").open("{");
            data(event, w);
            w.close("}");
        }
        w.close("}").close("}");
    }

    fn tail(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.close("]");
    }

    fn judge(status: u16, body: &str, events: u32) -> Verdict {
        let body = Json::new(body);
        if status == 200 && body.get("beep").is_some() {
            return Verdict::Stored(events);
        }
        let errors = body.get("errors").and_then(Json::int).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        match at_most_once(status) {
            Verdict::Stored(_) => Verdict::Stored(errors),
            other => other,
        }
    }
}

/// The fields; of a single item its fields beside them. An order's `value` is the revenue, which needs `currency` with it.
fn data(event: &Event<'_>, w: &mut Writer) {
    let single = event.single();
    for (key, value) in event.data.members().filter(|(_, value)| value.kind() != b'n') {
        match key {
            "items" if single.is_some() => {}
            "value" if event.name == "purchase" => {
                w.key("revenue").raw(value.0);
            }
            "transaction_id" => {
                w.key("order_id").raw(value.0);
            }
            _ => {
                w.key(key).raw(value.0);
            }
        }
    }
    for (key, value) in single.unwrap_or(Json("{}")).members().filter(|(_, value)| value.kind() != b'n') {
        if event.data.get(key).is_none() {
            w.key(key).raw(value.0);
        }
    }
}
