//! CloudEvents 1.0 in JSON batches: <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>. An event is
//! known again by `source` and `id`. The content type needs a preflight at another origin.

use super::batch::{Batch, Event};
use super::{Format, Setup, escape, url};
use crate::engine::json::{Writer, put};

pub struct Cloudevents;

impl Format for Cloudevents {
    const TYPE: &'static str = "application/cloudevents-batch+json; charset=UTF-8";
    const PATH: &'static str = "/";
    const NATIVE_BYTES: u64 = 24_576;

    fn setup(_: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        Ok(())
    }

    fn head(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.open("[");
    }

    fn event(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        // The key is what types begin with, by custom a domain written backwards.
        let prefix = if setup.key().is_empty() { "cartbeacon" } else { setup.key() };
        w.open("{").text("specversion", "1.0").text("id", event.id).key("source").raw("\"");
        let page = event.page.url;
        put(&mut w.out, page.get(..page.len() - url::tail_of(page)).unwrap_or(page));
        w.close("/\"").key("type").raw("\"").close(prefix).close(".").close(event.name).close("\"");
        escape::time(w, "time", event.t);
        // Names of extensions are small letters and digits.
        escape::time(w, "senttime", batch.sent);
        w.text("visitorid", batch.visitor).text("sessionid", batch.session_id());
        if !batch.user.is_empty() {
            w.text("userid", batch.user);
        }
        w.text("datacontenttype", "application/json").key("data").open("{");
        for (key, value) in [("url", page), ("title", event.page.title), ("referrer", event.page.referrer)] {
            if event.data.get(key).is_none() {
                w.text(key, value);
            }
        }
        for (key, value) in event.data.members() {
            w.key(key).raw(value.0);
        }
        w.close("}").close("}");
    }

    fn tail(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.close("]");
    }
}
