//! Matomo's bulk tracking, `matomo.php`: <https://developer.matomo.org/api-reference/tracking-api>. Each event is a query.
//!
//! A cart update there is the whole cart, so only events that carry it (`view_cart`, `begin_checkout` …) become one;
//! `add_to_cart` and its like are events. An order is known again by its id, nothing else is: in doubt, nothing goes twice.
//! No request of ecommerce may have `ca=1`: the receiver answers 500 and takes the whole batch back.
//!
//! `piwik-pro` is the same at `ppms.php`, whose parameters descend from these, without the time, which takes a token there. It
//! is not tried with a real receiver: none can be run.

use super::batch::{Batch, Event, field};
use super::{Format, Setup, Verdict, at_most_once, commerce, escape, table, url};
use crate::engine::json::{Json, Writer, push_int, put};
use crate::engine::money;
use crate::engine::text::is_one_of;

pub struct Matomo;

impl Format for Matomo {
    const PATH: &'static str = "/matomo.php";
    const DEDUPES: bool = false;
    const NATIVE_BYTES: u64 = 24_576;
    /// Older ones need a token, which is a secret.
    const HOURS: u64 = 23;

    fn setup(setup: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        setup.need_key("key: required, the site's id (idsite)").map(|_| ())
    }

    fn head(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.open("{").key("requests").open("[");
    }

    fn event(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        write(setup, batch, event, w, true);
    }

    fn tail(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.close("]").close("}");
    }

    /// `invalid` counts what was refused. An error takes the whole batch back, so it may go again.
    fn judge(status: u16, body: &str, _: u32) -> Verdict {
        match status {
            200 => Verdict::Stored(Json::new(body).get("invalid").and_then(Json::int).and_then(|n| u32::try_from(n).ok()).unwrap_or(0)),
            500 if url::contains(body, "\"error\"") => Verdict::Split,
            _ => at_most_once(status),
        }
    }
}

pub struct PiwikPro;

impl Format for PiwikPro {
    const PATH: &'static str = "/ppms.php";
    const DEDUPES: bool = false;
    const NATIVE_BYTES: u64 = 24_576;
    /// It has only the time of its own clock.
    const MS: u64 = 500;
    const HOURS: u64 = 1;

    fn setup(setup: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        setup.need_key("key: required, the app's id (idsite)").map(|_| ())
    }

    fn head(setup: &Setup<'_>, batch: &Batch<'_>, w: &mut Writer) {
        Matomo::head(setup, batch, w);
    }

    fn event(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        write(setup, batch, event, w, false);
    }

    fn tail(setup: &Setup<'_>, batch: &Batch<'_>, w: &mut Writer) {
        Matomo::tail(setup, batch, w);
    }

    fn judge(status: u16, _: &str, _: u32) -> Verdict {
        at_most_once(status)
    }
}

/// One event; `timed` where the receiver takes its time.
fn write(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer, timed: bool) {
    // What was looked at belongs to the page view, where that is in the same batch.
    if event.name == "view_item" && view_of(batch, event).is_some() {
        return;
    }
    let mut query = Query { out: String::from("?") };
    query.common(setup, batch, event, timed);
    query.what(batch, event);
    w.str(&query.out);
}

/// The page view of the same page in this batch.
fn view_of<'a>(batch: &Batch<'a>, event: &Event<'_>) -> Option<Event<'a>> {
    batch.events().find(|e| e.name == "page_view" && e.page.id == event.page.id && event.single().is_some())
}

/// A query string; values are percent-encoded.
struct Query {
    out: String,
}

impl Query {
    fn name(&mut self, name: &str) {
        if self.out.len() > 1 {
            put(&mut self.out, "&");
        }
        put(&mut self.out, name);
        put(&mut self.out, "=");
    }

    /// A text, with JSON's escapes; nothing for an empty one.
    fn text(&mut self, name: &str, escaped: &str) {
        if !escaped.is_empty() {
            self.name(name);
            escape::percent(&mut self.out, escaped);
        }
    }

    /// Fields by a table of ours and theirs; what is not there is left out.
    fn fields(&mut self, object: Json<'_>, names: &'static str) {
        table::each(names, &mut |ours, theirs| self.text(theirs, field(object, ours)));
    }

    /// JSON text as a value.
    fn json(&mut self, name: &str, json: &str) {
        let mut nested = String::with_capacity(json.len() * 2);
        escape::nest(&mut nested, json);
        self.text(name, &nested);
    }

    fn common(&mut self, setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, timed: bool) {
        self.text("idsite", setup.key());
        put(&mut self.out, "&rec=1&apiv=1&send_image=0&_id=");
        escape::last_digits(&mut self.out, batch.visitor, 16);
        self.text("uid", batch.user);
        self.name("pv_id");
        escape::last_digits(&mut self.out, event.page.id, 6);
        if timed {
            self.name("cdt");
            push_int(&mut self.out, setup.corrected(event.t) / 1000);
        }
        self.text("lang", setup.text("lang"));
        self.text("url", event.page.url);
        self.text("urlref", event.page.referrer);
    }

    fn what(&mut self, batch: &Batch<'_>, event: &Event<'_>) {
        match event.name {
            "page_view" => {
                self.text("action_name", event.page.title);
                let seen = batch.events().find(|e| e.name == "view_item" && e.page.id == event.page.id);
                if let Some(item) = seen.and_then(|e| e.single()) {
                    self.product(item);
                }
            }
            "search" => self.fields(event.data, "search_term=search,search_count"),
            "outbound_click" => self.fields(event.data, "href=link"),
            "file_download" => self.fields(event.data, "href=download"),
            "purchase" => {
                let total = total(event);
                put(&mut self.out, "&idgoal=0");
                self.fields(event.data, "transaction_id=ec_id");
                self.text("revenue", &total);
                self.fields(event.data, "value=ec_st,tax=ec_tx,shipping=ec_sh,discount=ec_dt");
                self.items(event);
            }
            "clear_cart" => put(&mut self.out, "&idgoal=0&revenue=0&ec_items=%5B%5D"),
            name if is_one_of(name, "view_cart begin_checkout add_shipping_info add_payment_info checkout_step cart_restored")
                && event.items().next().is_some() =>
            {
                put(&mut self.out, "&idgoal=0");
                self.fields(event.data, "value=revenue");
                self.items(event);
            }
            name => {
                let is_commerce = event.items().next().is_some() || event.data.get("coupon").is_some();
                put(&mut self.out, if is_commerce { "&ca=1&e_c=ecommerce" } else { "&ca=1&e_c=page" });
                self.text("e_a", commerce::name(name));
                let label = first(event.single().unwrap_or(Json("{}")), "item_name,item_id");
                self.text("e_n", if label.is_empty() { first(event.data, "coupon,text,id") } else { label });
                self.fields(event.data, "value=e_v");
            }
        }
    }

    /// The product of a page.
    fn product(&mut self, item: Json<'_>) {
        self.fields(item, "item_id=_pks,item_name=_pkn,item_category=_pkc,price=_pkp");
    }

    /// `[[sku, name, [categories], price, quantity], …]`
    fn items(&mut self, event: &Event<'_>) {
        let mut w = Writer::default();
        w.open("[");
        for (_, item) in event.items() {
            let or = |name, otherwise| item.get(name).filter(|v| v.kind() != b'n').map_or(otherwise, |v| v.0);
            let name = or("item_name", "\"\"");
            w.open("[").raw(or("item_id", name)).raw(name).open("[");
            table::each("item_category,item_category2,item_category3,item_category4,item_category5", &mut |level, _| {
                if let Some(category) = item.get(level).filter(|v| v.kind() == b'"') {
                    w.raw(category.0);
                }
            });
            w.close("]").raw(or("price", "0")).raw(or("quantity", "1")).close("]");
        }
        w.close("]");
        self.json("ec_items", &w.out);
    }
}

/// The first of the fields that is there.
fn first<'a>(object: Json<'a>, names: &'static str) -> &'a str {
    let mut found = "";
    table::each(names, &mut |name, _| {
        if found.is_empty() {
            found = field(object, name);
        }
    });
    found
}

/// What was paid: the field `total` where the shop gives it, else goods and delivery. Whether tax comes on top nobody says.
fn total(event: &Event<'_>) -> String {
    let mut out = String::new();
    let given = event.field("total");
    if !given.is_empty() {
        put(&mut out, given);
        return out;
    }
    // Four digits hold those of every currency.
    let amount = |name| money::parse(event.field(name), 4).map_or(0, |a| a.minor);
    money::push(&mut out, amount("value").saturating_add(amount("shipping")), 4);
    out
}
