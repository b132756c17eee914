//! Klaviyo's client API, made for browsers: <https://developers.klaviyo.com/en/reference/create_client_event>. Its `revision` is
//! a header, so no beacon carries it: what a page that is left still holds goes by `fetch`, which may be lost.

use super::batch::{Batch, Event};
use super::{Format, Setup, escape, url};
use crate::engine::json::Writer;

pub struct Klaviyo;

impl Format for Klaviyo {
    /// A content type, and behind it a header of its own.
    const TYPE: &'static str = "application/vnd.api+json\nrevision: 2026-07-15";
    const PATH: &'static str = "/client/events";
    const EVENTS: usize = 1;

    fn setup(setup: &Setup<'_>, target: &mut String) -> Result<(), &'static str> {
        let key = setup.need_key("key: required, the company's id (the public key)")?;
        if key.starts_with("pk_") {
            return Err("key: this is a private key, every visitor could read it; use the company's id");
        }
        if !url::contains(target, "company_id=") {
            let mut value = String::new();
            escape::percent(&mut value, key);
            url::query(target, "company_id", &value);
        }
        Ok(())
    }

    fn event(_: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        let metric = match event.name {
            "page_view" => "Active on Site",
            "view_item" => "Viewed Product",
            "add_to_cart" => "Added to Cart",
            "begin_checkout" => "Started Checkout",
            "purchase" => "Placed Order",
            "refund" => "Refunded Order",
            other => other,
        };
        w.open("{").key("data").open("{").text("type", "event").key("attributes").open("{");
        named(w, "metric").text("name", metric).close("}").close("}").close("}");
        named(w, "profile").text("anonymous_id", batch.visitor);
        if !batch.user.is_empty() {
            w.text("external_id", batch.user);
        }
        w.close("}").close("}").close("}").key("properties").open("{");
        if event.data.get("url").is_none() {
            w.text("url", event.page.url);
        }
        for (key, value) in event.data.members().filter(|(_, value)| value.kind() != b'n') {
            w.key(key).raw(value.0);
        }
        w.close("}");
        escape::time(w, "time", event.t);
        if !event.field("value").is_empty() {
            w.key("value").raw(event.field("value")).text("value_currency", event.field("currency"));
        }
        w.text("unique_id", event.id).close("}").close("}").close("}");
    }
}

/// Opens `{"data":{"type":…,"attributes":{`.
fn named<'a>(w: &'a mut Writer, kind: &str) -> &'a mut Writer {
    w.key(kind).open("{").key("data").open("{").text("type", kind).key("attributes").open("{")
}
