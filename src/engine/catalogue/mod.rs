//! The vocabulary for people: what every event means and which fields it may have, beside `vocab`, which knows what each needs
//! and what a field holds. JSON Schema and the page about events (`documents`), TypeScript types (`types`) and what is said of
//! slips of the pen (`hints`) are made from these two tables.
//!
//! For receivers, and for the part that is loaded with the option `debug`: nothing of it is in the base.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::format_push_string,
    reason = "a receiver runs natively, and whoever debugs has time: size does not matter"
)]

#[cfg(feature = "receive")]
mod documents;
mod hints;
mod sum;
#[cfg(feature = "receive")]
mod types;

use super::vocab::{self, NEEDS};

#[cfg(feature = "receive")]
pub use documents::{json_schema, page};
pub use hints::{answer, explain, remarks};
pub use sum::{Sum, differs};
#[cfg(feature = "receive")]
pub use types::typescript;

/// Every event: name, what happened, and the fields it may have beside `currency`, `value`, `coupon`, `items` and those it needs.
pub const EVENTS: [(&str, &str, &str); 43] = [
    ("page_view", "A page came on screen.", ""),
    ("click", "Something was clicked.", ""),
    ("outbound_click", "A link to another site was clicked.", ""),
    ("file_download", "A link to a file was clicked.", ""),
    ("rage_click", "The same place was clicked again and again.", ""),
    ("dead_click", "A click had no effect.", ""),
    ("scroll", "So much of the page was seen.", ""),
    ("engagement", "So long the page was looked at.", ""),
    ("search", "The shop was searched.", ""),
    ("form_start", "A form was begun.", ""),
    ("form_submit", "A form was sent.", ""),
    ("form_abandon", "A form was begun and left.", ""),
    (
        "web_vital",
        "A measure of the page's speed: LCP, INP, CLS, FCP or TTFB.",
        "metric_name metric_value metric_delta metric_rating metric_id navigation_type",
    ),
    ("error", "A script failed.", "error_type error_message error_source error_kind error_id"),
    ("device", "What kind of browser it is, once a session.", "viewport language time_zone connection browser platform form_factor robot"),
    ("view_item_list", "A list of articles was shown.", "item_list_id item_list_name"),
    ("select_item", "An article of a list was chosen.", "item_list_id item_list_name"),
    ("view_item", "An article was shown.", ""),
    ("view_cart", "The cart was shown.", "cart_id cart_count cart_total"),
    ("add_to_cart", "So many pieces were put into the cart.", "cart_id cart_count cart_total"),
    ("remove_from_cart", "So many pieces were taken out of the cart.", "cart_id cart_count cart_total"),
    ("update_cart", "Lines of the cart have other quantities or prices: the items are as they are now.", "cart_id cart_count cart_total"),
    ("clear_cart", "The cart was emptied; the items are what was in it.", "cart_id cart_count cart_total"),
    ("add_to_wishlist", "An article was noted for later.", ""),
    ("remove_from_wishlist", "An article is no longer noted for later.", ""),
    ("view_promotion", "A promotion was shown.", "promotion_id promotion_name creative_name creative_slot"),
    ("select_promotion", "A promotion was clicked.", "promotion_id promotion_name creative_name creative_slot"),
    ("apply_coupon", "A coupon was accepted.", "discount cart_id cart_count cart_total"),
    ("remove_coupon", "A coupon was taken back.", "cart_id cart_count cart_total"),
    ("deny_coupon", "A coupon was refused.", "reason"),
    ("begin_checkout", "The checkout began.", "cart_id"),
    (
        "checkout_step",
        "A step of the checkout was shown.",
        "checkout_step step_name shipping_tier payment_type account_type marketing_opt_in",
    ),
    ("add_shipping_info", "The delivery was chosen.", "shipping_tier"),
    ("add_payment_info", "The payment was chosen.", "payment_type"),
    (
        "purchase",
        "An order was made.",
        "tax shipping discount subtotal total total_quantity affiliation shipping_tier payment_type credit_order customer_type \
         order_created_at checkout_id cart_id",
    ),
    ("purchase_error", "An order failed.", "transaction_id error_code error_description error_type"),
    ("refund", "An order was refunded: the whole, or with `items` and `value` a part of it.", "refund_reason tax shipping affiliation"),
    ("cart_abandoned", "A cart with something in it was left.", "cart_id cart_count cart_total cart_age last_step"),
    ("cart_restored", "A cart that was left was taken up again.", "cart_id cart_count cart_total cart_age last_step"),
    ("login", "A customer logged in.", "method"),
    ("sign_up", "A customer signed up.", "method"),
    ("generate_lead", "A form for interested people was sent.", ""),
    ("share", "Something was shared.", "method content_type"),
];

const COMMON: &str = "currency value coupon items";
/// What an item may have beside `item_id` and `item_name`, of which it has one or both.
const ITEM: &str = "item_brand item_category item_category2 item_category3 item_category4 item_category5 item_variant sku price \
list_price quantity discount coupon index item_list_id item_list_name promotion_id promotion_name creative_name creative_slot location_id \
affiliation inventory_status url image_url";

/// What the SDK itself puts on the events it captures. A table of its own: no receiver of slips of the pen needs it.
#[cfg(feature = "receive")]
const CAPTURED: [(&str, &str); 8] = [
    ("click", "tag id role name type href text click_x click_y"),
    ("rage_click dead_click", "tag id role name type href"),
    ("outbound_click", "link_url link_domain link_id link_classes outbound"),
    ("file_download", "file_name file_extension link_url link_domain link_id link_classes outbound"),
    ("scroll", "percent_scrolled"),
    ("engagement", "engagement_time_msec percent_scrolled root_percent_scrolled"),
    ("form_start", "form_id form_name form_destination"),
    (
        "form_submit form_abandon",
        "form_id form_name form_destination last_field fields_touched field_times form_time_msec form_errors last_error_field",
    ),
];

/// Money of the cart engine, which the default wasm passes through like any number, and what is counted or measured.
#[cfg(feature = "receive")]
const NUMBERS: [&str; 15] = [
    "cart_count",
    "cart_total",
    "cart_age",
    "checkout_step",
    "metric_value",
    "metric_delta",
    "click_x",
    "click_y",
    "percent_scrolled",
    "root_percent_scrolled",
    "engagement_time_msec",
    "fields_touched",
    "form_time_msec",
    "form_errors",
    "scroll",
];

/// What a field holds, where its name does not say it; `item.` is of items alone, and an event's name of that event.
#[cfg(feature = "receive")]
const FIELDS: [(&str, &str); 65] = [
    ("currency", "ISO 4217, as in `EUR`; needed beside any money."),
    ("value", "What it is about in money: price by quantity of the items, less discounts, without tax and delivery."),
    ("discount", "Off the sum of the items."),
    ("item.discount", "Of one piece, already taken off its price."),
    ("item.price", "Of one piece."),
    ("item.list_price", "Of one piece, before any discount."),
    ("item.quantity", "Whole pieces, one or more."),
    ("item.index", "Place in the list, from 0."),
    ("item.location_id", "A Google Place ID."),
    ("transaction_id", "The order's number, by which it counts once."),
    ("subtotal", "The items before discounts."),
    ("total", "What was paid, with tax and delivery."),
    ("total_quantity", "Pieces."),
    ("order_created_at", "When it was made, ISO 8601 or milliseconds: one of long ago is not told again."),
    ("credit_order", "Whether it is paid later."),
    ("customer_type", "`new` or `returning`."),
    ("error_type", "`hard` or `soft`."),
    ("cart_count", "Pieces in the cart after it."),
    ("cart_total", "What the cart comes to after it."),
    ("cart_age", "Seconds since the last change of the cart."),
    ("last_step", "How far the checkout came."),
    ("checkout_step", "Its number, from 1."),
    ("marketing_opt_in", "Whether the shopper asked for mail."),
    ("tag", "The element's name in HTML, as in `button`."),
    ("id", "The element's id."),
    ("role", "The element's role."),
    ("name", "The element's name, never what was typed into it."),
    ("type", "The element's type, as in `radio`."),
    ("href", "Where the link leads, without query and fragment."),
    ("text", "The element's text, 100 characters at most, where `privacy.text` allows it."),
    ("click_x", "0 to 1 of the element's width, with `behaviour.coordinates`."),
    ("click_y", "0 to 1 of the element's height, with `behaviour.coordinates`."),
    ("link_url", "Where the link leads, without query and fragment."),
    ("link_domain", "Its host."),
    ("link_id", "The link's id."),
    ("link_classes", "The link's classes, 200 characters at most."),
    ("outbound", "Whether it leads away from the shop."),
    ("file_name", "The file's name, without its folder."),
    ("file_extension", "As in `pdf`."),
    ("percent_scrolled", "How far down the page was seen, in percent of its height."),
    ("scroll.percent_scrolled", "The mark that was passed, one of `behaviour.scrollAt`."),
    ("root_percent_scrolled", "The same of the element that `behaviour.scrollRoot` names."),
    ("engagement_time_msec", "Milliseconds that the page was visible, in focus and in use, since the last one told."),
    ("form_id", "The form's id."),
    ("form_name", "The form's name."),
    ("form_destination", "Where it is sent, without query and fragment."),
    ("last_field", "The name of the field that was touched last."),
    ("fields_touched", "How many fields were touched."),
    ("field_times", "Milliseconds in each field, as in `email:5200 zip:900`."),
    ("form_time_msec", "Milliseconds from its first input to its end."),
    ("form_errors", "How many fields the browser refused when it was to be sent."),
    ("last_error_field", "The name of the one that was refused last."),
    ("metric_value", "Milliseconds; of CLS a score."),
    ("metric_delta", "What is new of it since it was told last."),
    ("metric_rating", "`good`, `needs-improvement` or `poor`."),
    ("metric_id", "The same for all that is told of one measure on one page."),
    ("navigation_type", "How the page was come to, as in `navigate` or `back-forward-cache`."),
    ("error.error_type", "The name of the exception, as in `TypeError`."),
    ("error_message", "300 characters at most."),
    ("error_source", "File, line and column."),
    ("error_kind", "`error` or `rejection`."),
    ("error_id", "The same for the same failure: made of its stack."),
    ("viewport", "`small`, `medium`, `large` or `wide`."),
    ("connection", "`slow-2g`, `2g`, `3g` or `4g`."),
    ("robot", "`webdriver` or `agent`, where something says that no person is there."),
];

/// What a field holds, of an event's name, or of `item`.
#[cfg(feature = "receive")]
fn about(field: &str, of: &str) -> Option<&'static str> {
    let own = |name: &str| name.split_once('.') == Some((of, field));
    let known = FIELDS.iter().find(|(name, _)| own(name)).or_else(|| FIELDS.iter().find(|(name, _)| *name == field));
    known.map(|(_, about)| *about)
}

/// The optional fields of an event, those of the SDK's own capture first.
#[cfg(feature = "receive")]
fn described(name: &str, more: &'static str) -> Vec<&'static str> {
    let captured = CAPTURED.iter().find(|(names, _)| names.split(' ').any(|one| one == name)).map_or("", |(_, fields)| *fields);
    captured.split(' ').filter(|field| !field.is_empty()).chain(optional(name, more)).collect()
}

fn item_fields() -> impl Iterator<Item = &'static str> {
    ["item_id", "item_name"].into_iter().chain(ITEM.split(' '))
}

/// What an event needs, as `check` asks for it.
pub fn required(name: &str) -> Vec<&'static str> {
    let needs = vocab::event(name).map_or(0, |(_, needs)| needs);
    NEEDS.iter().filter(|(need, _)| needs & need != 0).map(|(_, field)| *field).collect()
}

fn optional(name: &str, more: &'static str) -> Vec<&'static str> {
    let required = required(name);
    let words = more.split(' ').chain(COMMON.split(' '));
    words.filter(|word| !word.is_empty() && !required.contains(word)).collect()
}

/// The fields that an event is known to have.
fn known(name: &str) -> Vec<&'static str> {
    let more = EVENTS.iter().find(|(event, ..)| *event == name).map_or("", |(_, _, more)| *more);
    let mut fields = required(name);
    fields.extend(optional(name, more));
    fields
}
