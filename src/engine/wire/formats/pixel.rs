//! An event as the URL of a picture: `pixel` for any receiver, with parameters from the option `mapping`; `meta` for Meta's pixel,
//! <https://developers.facebook.com/docs/meta-pixel/reference>, of whose URL only the page view is documented.
//!
//! The answer cannot be read, so what was sent counts as handed over.

use super::batch::{Batch, Event, field};
use super::{Format, Setup, custom, escape, url};
use crate::engine::json::{Json, Writer, push_int};

pub struct Pixel;

/// Parameters where the option `mapping` is not there.
const USUAL: &str = r#"{"id":"$id","event":"$name","t":"$t","url":"$url","ref":"$referrer","title":"$title","site":"$site","visitor":"$visitor","session":"$session","data":"$data"}"#;

impl Format for Pixel {
    const PATH: &'static str = "/";
    const DEDUPES: bool = false;

    fn setup(setup: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        custom::check(setup.options.get("mapping").unwrap_or(Json(USUAL)))
    }

    fn event(_: &Setup<'_>, _: &Batch<'_>, _: &Event<'_>, _: &mut Writer) {}

    fn link(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) -> bool {
        for (name, value) in setup.options.get("mapping").unwrap_or(Json(USUAL)).members() {
            let mut made = Writer::default();
            custom::fill(value, batch, event, &mut made);
            let text = Json(&made.out);
            if text.kind() == b'n' || text.0 == "\"\"" {
                continue;
            }
            let mut encoded = String::new();
            match text.str() {
                Some(escaped) => escape::percent(&mut encoded, escaped),
                None => json(&mut encoded, text.0),
            }
            url::query(&mut w.out, name, &encoded);
        }
        true
    }
}

pub struct Meta;

impl Format for Meta {
    const PATH: &'static str = "/tr";

    fn setup(setup: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        setup.need_key("key: required, the pixel's id").map(|_| ())
    }

    fn event(_: &Setup<'_>, _: &Batch<'_>, _: &Event<'_>, _: &mut Writer) {}

    fn link(setup: &Setup<'_>, _: &Batch<'_>, event: &Event<'_>, w: &mut Writer) -> bool {
        let name = match event.name {
            "page_view" => "PageView",
            "view_item" => "ViewContent",
            "add_to_cart" => "AddToCart",
            "add_to_wishlist" => "AddToWishlist",
            "begin_checkout" => "InitiateCheckout",
            "add_payment_info" => "AddPaymentInfo",
            "purchase" => "Purchase",
            "search" => "Search",
            "sign_up" => "CompleteRegistration",
            "generate_lead" => "Lead",
            // The rest is not its business.
            _ => return true,
        };
        let mut time = String::new();
        push_int(&mut time, event.t);
        let mut ids = Writer::default();
        ids.open("[");
        for (_, item) in event.items() {
            ids.str(field(item, "item_id"));
        }
        ids.close("]");
        let has_items = event.items().next().is_some();
        for (key, value) in [
            ("id", setup.key()),
            ("ev", name),
            ("dl", event.page.url),
            ("rl", event.page.referrer),
            ("ts", &time),
            ("cd%5Bvalue%5D", event.field("value")),
            ("cd%5Bcurrency%5D", event.field("currency")),
            ("cd%5Border_id%5D", event.field("transaction_id")),
            ("cd%5Bsearch_string%5D", event.field("search_term")),
            ("cd%5Bcontent_type%5D", if has_items { "product" } else { "" }),
            // The server's copy of the event has this id too.
            ("eid", event.id),
        ] {
            if !value.is_empty() {
                let mut encoded = String::new();
                escape::percent(&mut encoded, value);
                url::query(&mut w.out, key, &encoded);
            }
        }
        if has_items {
            let mut encoded = String::new();
            json(&mut encoded, &ids.out);
            url::query(&mut w.out, "cd%5Bcontent_ids%5D", &encoded);
        }
        true
    }
}

/// JSON text as a URL's component.
fn json(out: &mut String, text: &str) {
    let mut nested = String::new();
    escape::nest(&mut nested, text);
    escape::percent(out, &nested);
}
