//! Plausible's events API: <https://plausible.io/docs/events-api>. One event a request, no id and no time of ours: it is sent
//! soon, and never twice where the first may have arrived.

use super::batch::{Batch, Event};
use super::{Format, Setup, Verdict, at_most_once, escape};
use crate::engine::json::{Json, Writer};
use crate::engine::text::is_one_of;

/// More are ignored.
const PROPS: usize = 30;
const URL_BYTES: usize = 2000;

pub struct Plausible;

impl Format for Plausible {
    const PATH: &'static str = "/api/event";
    const EVENTS: usize = 1;
    const DEDUPES: bool = false;
    const HOURS: u64 = 1;
    const MS: u64 = 500;

    fn setup(_: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        Ok(())
    }

    fn event(setup: &Setup<'_>, _: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        let is_page = event.name == "page_view";
        // The key is the site as it is called there; a site is mostly called by its host.
        let domain = if setup.key().is_empty() { event.page.host() } else { setup.key() };
        w.open("{").text("domain", domain).text("name", if is_page { "pageview" } else { event.name });
        w.text("url", escape::head(event.page.url, URL_BYTES)).text("referrer", event.page.referrer);
        if event.name == "purchase" && !event.field("value").is_empty() {
            w.key("revenue").open("{").text("currency", event.field("currency")).text("amount", event.field("value")).close("}");
        }
        props(event, w);
        w.close("}");
    }

    /// The page adds the header `x-plausible-dropped` to the body where it may read it.
    fn judge(status: u16, body: &str, events: u32) -> Verdict {
        match at_most_once(status) {
            Verdict::Stored(_) if body.starts_with("dropped") => Verdict::Stored(events),
            other => other,
        }
    }
}

/// Values are texts. Money of an order stands in `revenue`.
fn props(event: &Event<'_>, w: &mut Writer) {
    let fields = event.data.members().chain(event.single().unwrap_or(Json("{}")).members());
    let is_order = event.name == "purchase";
    let mut count = 0;
    for (key, value) in fields {
        if value.is_container() || value.kind() == b'n' || count == PROPS || (is_order && is_one_of(key, "value currency")) {
            continue;
        }
        if count == 0 {
            w.key("props").open("{");
        }
        count += 1;
        w.text(if key == "transaction_id" { "order_id" } else { key }, value.str().unwrap_or(value.0));
    }
    if count > 0 {
        w.close("}");
    }
}
