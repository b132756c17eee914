//! OpenTelemetry's logs as JSON, `/v1/logs`: <https://opentelemetry.io/docs/specs/otlp/#otlphttp>. JSON is the only content type,
//! so it is meant for a path of the shop's own origin. Nothing there knows an event again; `event.id` lets a store do so.

use super::batch::{Batch, Event};
use super::{Format, Setup, Verdict, by_status};
use crate::engine::json::{Json, Writer, push_int};

pub struct Otlp;

impl Format for Otlp {
    const TYPE: &'static str = "application/json";
    const PATH: &'static str = "/v1/logs";
    const NATIVE_BYTES: u64 = 16_384;

    fn setup(_: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        Ok(())
    }

    fn head(setup: &Setup<'_>, batch: &Batch<'_>, w: &mut Writer) {
        let service = if setup.key().is_empty() { batch.site } else { setup.key() };
        w.open("{").key("resourceLogs").open("[").open("{").key("resource").open("{").key("attributes").open("[");
        text("service.name", service, w);
        w.close("]").close("}").key("scopeLogs").open("[").open("{").key("scope").open("{").text("name", "cartbeacon");
        w.text("version", env!("CARGO_PKG_VERSION")).close("}").key("logRecords").open("[");
    }

    fn event(_: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        w.open("{");
        for (key, ms) in [("timeUnixNano", event.t), ("observedTimeUnixNano", batch.sent)] {
            w.key(key).raw("\"");
            push_int(&mut w.out, ms);
            w.close("000000\"");
        }
        // 9 is INFO.
        w.number("severityNumber", 9).text("eventName", event.name).key("attributes").open("[");
        for (key, value) in [
            ("event.id", event.id),
            ("session.id", batch.session_id()),
            ("visitor.id", batch.visitor),
            ("user.id", batch.user),
            ("url.full", event.page.url),
            ("page.title", event.page.title),
            ("http.request.header.referer", event.page.referrer),
        ] {
            if !value.is_empty() {
                text(key, value, w);
            }
        }
        pairs(event.data, w);
        w.close("]").close("}");
    }

    fn tail(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.close("]").close("}").close("]").close("}").close("]").close("}");
    }

    /// Rejected records must not come again, and of the errors only four may.
    fn judge(status: u16, body: &str, _: u32) -> Verdict {
        match status {
            200..=299 => {
                let partial = Json::new(body).get("partialSuccess").and_then(|p| p.get("rejectedLogRecords")).and_then(Json::int);
                Verdict::Stored(partial.and_then(|n| u32::try_from(n).ok()).unwrap_or(0))
            }
            408 | 425 | 500 | 501 | 505.. => Verdict::Never,
            _ => by_status(status),
        }
    }
}

fn text(key: &str, value: &str, w: &mut Writer) {
    w.open("{").text("key", key).key("value").open("{").text("stringValue", value).close("}").close("}");
}

/// Members as attributes.
fn pairs(object: Json<'_>, w: &mut Writer) {
    for (key, value) in object.members().filter(|(_, value)| value.kind() != b'n') {
        w.open("{").text("key", key).key("value");
        any(value, w);
        w.close("}");
    }
}

/// A value in protobuf's JSON mapping of `AnyValue`: whole numbers are texts.
fn any(value: Json<'_>, w: &mut Writer) {
    w.open("{");
    match value.kind() {
        b'"' => w.key("stringValue").raw(value.0),
        b't' | b'f' => w.key("boolValue").raw(value.0),
        b'{' => {
            w.key("kvlistValue").open("{").key("values").open("[");
            pairs(value, w);
            w.close("]").close("}")
        }
        b'[' => {
            w.key("arrayValue").open("{").key("values").open("[");
            for (_, inner) in value.members() {
                any(inner, w);
            }
            w.close("]").close("}")
        }
        _ if value.int().is_some() => w.text("intValue", value.0),
        _ => w.key("doubleValue").raw(value.0),
    };
    w.close("}");
}
