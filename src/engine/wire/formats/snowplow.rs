//! Snowplow's tracker protocol 2: <https://docs.snowplow.io/docs/fundamentals/canonical-event/>. Schemas are those of Iglu
//! Central; one value that is no string, or one unknown key, and the whole request is a failed one.
//!
//! Only JSON is a good content type, so another origin needs a preflight, which a closing tab does not live to see: then
//! each event is a `GET /i` of its own.

use super::batch::{Batch, Event, Page, field};
use super::{Format, Setup, escape, table, url};
use crate::engine::json::{Json, Writer, push_int, put};
use crate::engine::money;

const POST: &str = "/com.snowplowanalytics.snowplow/tp2";
/// A longer URL may be refused on the way.
const MAX_URL: usize = 7_500;

pub struct Snowplow;

impl Format for Snowplow {
    const TYPE: &'static str = "application/json; charset=UTF-8";
    const PATH: &'static str = POST;
    /// As much as its own client packs.
    const BYTES: usize = 40_000;
    const EVENT_BYTES: usize = 40_000;
    const NATIVE_BYTES: u64 = 12_288;

    fn setup(_: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        Ok(())
    }

    fn head(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.open("{").text("schema", "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4").key("data").open("[");
    }

    fn event(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        w.open("{");
        pairs(setup, batch, event, &mut |key, value| {
            w.text(key, value);
        });
        w.close("}");
    }

    fn tail(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.close("]}");
    }

    fn link(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) -> bool {
        if !setup.is_dying() {
            return false;
        }
        let Some(host) = w.out.strip_suffix(POST) else { return false };
        let mut link = String::from(host);
        put(&mut link, "/i");
        pairs(setup, batch, event, &mut |key, value| {
            let mut encoded = String::new();
            escape::percent(&mut encoded, value);
            url::query(&mut link, key, &encoded);
        });
        let fits = link.len() <= MAX_URL;
        if fits {
            w.out = link;
        }
        fits
    }
}

/// Every key of an event with its value, a string as it is escaped in JSON.
fn pairs(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, each: &mut dyn FnMut(&str, &str)) {
    let mut co = Writer::default();
    context(event, &mut co);
    let ue = self_describing(event, &mut co);
    co.close("]}");
    let kind = if event.name == "page_view" {
        "pv"
    } else if ue.is_some() {
        "ue"
    } else {
        "se"
    };
    let number = |n: u64| {
        let mut out = String::new();
        push_int(&mut out, n);
        out
    };
    let app = if setup.key().is_empty() { batch.site } else { setup.key() };
    let mut put_in = |keys: &str, values: &[&str]| {
        let mut values = values.iter();
        table::each(keys, &mut |key, _| {
            if let Some(value) = values.next().filter(|value| !value.is_empty()) {
                each(key, value);
            }
        });
    };
    let visits = number(batch.session.get("n").and_then(Json::int).unwrap_or(1));
    let (dtm, stm) = (number(event.t), number(batch.sent));
    let version = concat!("cartbeacon-", env!("CARGO_PKG_VERSION"));
    let Page { url, title, referrer, .. } = event.page;
    put_in(
        "e,p,tv,aid,eid,dtm,stm,duid,sid,vid,uid,url,page,refr,lang",
        &[
            kind,
            "web",
            version,
            app,
            event.id,
            &dtm,
            &stm,
            batch.visitor,
            batch.session_id(),
            &visits,
            batch.user,
            url,
            title,
            referrer,
            setup.text("lang"),
        ],
    );
    if kind == "se" {
        let single = event.single().unwrap_or(Json("{}"));
        put_in("se_ca,se_ac,se_la", &["cartbeacon", event.name, field(single, "item_id")]);
        nested("se_pr", event.data.0, each);
        let value = event.field("value");
        if !value.is_empty() {
            each("se_va", value);
        }
    }
    if let Some(ue) = ue {
        nested("ue_pr", &ue, each);
    }
    nested("co", &co.out, each);
}

/// JSON text as a string.
fn nested(key: &str, json: &str, each: &mut dyn FnMut(&str, &str)) {
    let mut text = String::with_capacity(json.len() + json.len() / 4);
    escape::nest(&mut text, json);
    each(key, &text);
}

/// Opens something that names its own schema, with a slash or `.ecommerce/` before it; two closing braces end it.
fn describe(w: &mut Writer, schema: &str) {
    w.open("{").key("schema").raw("\"iglu:com.snowplowanalytics.snowplow").close(schema);
    let revision = table::find("/link_click=1,.ecommerce/snowplow_ecommerce_action=2", schema).unwrap_or("0");
    w.close("/jsonschema/1-0-").close(revision).close("\"").key("data").open("{");
}

/// Opens the list of entities, with the page view's id.
fn context(event: &Event<'_>, w: &mut Writer) {
    w.open("{").text("schema", "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1").key("data").open("[");
    describe(w, "/web_page");
    w.text("id", event.page.id).close("}}");
}

/// The event that names its own schema, if there is one for it; its entities are added.
fn self_describing(event: &Event<'_>, entities: &mut Writer) -> Option<String> {
    let mut w = Writer::default();
    w.open("{").text("schema", "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0").key("data");
    match event.name {
        "search" => {
            describe(&mut w, "/site_search");
            w.key("terms").open("[").str(event.field("search_term")).close("]");
        }
        "click" | "outbound_click" | "file_download" if !event.field("href").is_empty() => {
            describe(&mut w, "/link_click");
            optional(&mut w, event.data, "href=targetUrl,id=elementId,text=elementContent", 4096);
        }
        "click" if !event.field("text").is_empty() => {
            describe(&mut w, "/button_click");
            optional(&mut w, event.data, "text=label,id,name", 4096);
        }
        name => {
            let action = table::find(ACTIONS, name)?;
            describe(&mut w, ".ecommerce/snowplow_ecommerce_action");
            w.text("type", action);
            if action == "list_view" || action == "list_click" {
                optional(&mut w, event.data, "item_list_name=name", 128);
            }
            commerce(event, action, entities);
        }
    }
    w.close("}}}");
    Some(w.out)
}

/// Our events and the types of an ecommerce action.
const ACTIONS: &str = "add_to_cart,remove_from_cart,view_item=product_view,view_item_list=list_view,select_item=list_click,\
    view_promotion=promo_view,select_promotion=promo_click,begin_checkout=checkout_step,checkout_step,\
    add_shipping_info=checkout_step,add_payment_info=checkout_step,purchase=transaction,refund,purchase_error=trns_error";

/// Entities of an ecommerce action.
fn commerce(event: &Event<'_>, action: &str, w: &mut Writer) {
    let currency = event.field("currency");
    // Each needs its required fields: without a currency there are none.
    if currency.len() == 3 {
        for (_, item) in event.items() {
            product(item, currency, w);
        }
        // The whole cart's value, which the events of GA4 do not say: those of the option `cart` do.
        if is_price(event.field("cart_total")) {
            describe(w, ".ecommerce/cart");
            price(w, "total_value", event.field("cart_total"));
            w.text("currency", currency).close("}}");
        }
    }
    match action {
        "transaction" => {
            describe(w, ".ecommerce/transaction");
            w.text("transaction_id", event.field("transaction_id")).text("currency", currency);
            price(w, "revenue", event.field("value"));
            let paid = event.field("payment_type");
            w.text("payment_method", if paid.is_empty() { "unknown" } else { escape::head(paid, 128) });
            let pieces = event.items().map(|(_, item)| item.get("quantity").and_then(Json::int).unwrap_or(1)).sum();
            w.number("total_quantity", pieces);
            table::each("tax,shipping,discount=discount_amount", &mut |ours, theirs| {
                if is_price(event.field(ours)) {
                    price(w, theirs, event.field(ours));
                }
            });
            optional(w, event.data, "coupon=discount_code", 99);
            w.close("}}");
        }
        "refund" if is_price(event.field("value")) => {
            describe(w, ".ecommerce/refund");
            w.text("transaction_id", event.field("transaction_id")).text("currency", currency);
            price(w, "refund_amount", event.field("value"));
            w.close("}}");
        }
        "checkout_step" => {
            describe(w, ".ecommerce/checkout_step");
            let step = match event.name {
                "begin_checkout" => 1,
                "add_shipping_info" => 2,
                "add_payment_info" => 3,
                _ => event.data.get("step").and_then(Json::int).unwrap_or(1),
            };
            w.number("step", step.clamp(1, 90));
            optional(w, event.data, "shipping_tier=delivery_method,coupon=coupon_code,payment_type=payment_method", 128);
            w.close("}}");
        }
        "promo_view" | "promo_click" => {
            describe(w, ".ecommerce/promotion");
            let id = [event.field("promotion_id"), event.field("promotion_name")].into_iter().find(|id| !id.is_empty());
            w.text("id", id.unwrap_or("unknown"));
            optional(w, event.data, "promotion_name=name,creative_name=creative_id,creative_slot=slot", 256);
            w.close("}}");
        }
        "trns_error" => {
            describe(w, ".ecommerce/transaction_error");
            optional(w, event.data, "error_code,error_message=error_description", 256);
            w.close("}}");
        }
        _ => {}
    }
}

fn product(item: Json<'_>, currency: &str, w: &mut Writer) {
    let id = [field(item, "item_id"), field(item, "item_name")].into_iter().find(|id| !id.is_empty()).unwrap_or("");
    let category = field(item, "item_category");
    describe(w, ".ecommerce/product");
    w.text("id", id).text("category", if category.is_empty() { "unknown" } else { category }).text("currency", currency);
    price(w, "price", field(item, "price"));
    optional(w, item, "item_name=name,item_brand=brand,item_variant=variant", 256);
    table::each("quantity,index=position", &mut |ours, theirs| {
        if let Some(n) = item.get(ours).and_then(Json::int) {
            w.number(theirs, n.min(MAX_PRICE));
        }
    });
    w.close("}}");
}

/// Texts that are there, at most so long.
fn optional(w: &mut Writer, object: Json<'_>, fields: &'static str, bytes: usize) {
    table::each(fields, &mut |ours, theirs| {
        let text = field(object, ours);
        if !text.is_empty() {
            w.text(theirs, escape::head(text, bytes));
        }
    });
}

/// The schemas' largest amount.
const MAX_PRICE: u64 = 9_999_999;

fn is_price(text: &str) -> bool {
    money::parse(text, 2).is_some()
}

/// An amount as the schemas want it: at most two decimals, not above their maximum.
fn price(w: &mut Writer, key: &str, text: &str) {
    let cents = money::parse(text, 2).map_or(0, |a| a.minor).clamp(0, i64::try_from(MAX_PRICE * 100).unwrap_or(0));
    w.key(key);
    money::push(&mut w.out, cents, 2);
}
