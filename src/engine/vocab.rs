//! The vocabulary: which events there are, how urgent each is, and what each needs.
//!
//! Names are GA4's, extended: <https://developers.google.com/analytics/devguides/collection/ga4/reference/events>. This
//! table is the only place that lists them.

use super::text::is_one_of;

/// How urgent an event is when not everything fits: the first lane goes first and is dropped last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    Order,
    Cart,
    Page,
    Click,
    Rest,
}

/// All lanes, most urgent first.
pub const LANES: [Lane; 5] = [Lane::Order, Lane::Cart, Lane::Page, Lane::Click, Lane::Rest];

/// `items` must be there and not empty.
const ITEMS: u8 = 1;
/// `currency` and `value` must be there.
const VALUE: u8 = 2;
/// `transaction_id` must be there.
const ORDER_ID: u8 = 4;
/// `coupon` must be there.
const COUPON: u8 = 8;
/// `search_term` must be there.
const TERM: u8 = 16;

/// The field behind each need, in the order they are asked for.
pub const NEEDS: [(u8, &str); 6] =
    [(ORDER_ID, "transaction_id"), (VALUE, "currency"), (VALUE, "value"), (ITEMS, "items"), (COUPON, "coupon"), (TERM, "search_term")];

/// Lane, needs, and the events that have these. What is missing is of the last lane and needs nothing, like any custom
/// event: `rage_click`, `dead_click`, `scroll`, `engagement`, `form_start`, `form_abandon`, `web_vital`, `error`,
/// `view_promotion`, `login`.
const EVENTS: [(Lane, u8, &str); 11] = [
    (Lane::Order, ITEMS | VALUE | ORDER_ID, "purchase"),
    (Lane::Order, ORDER_ID, "refund"),
    (Lane::Order, 0, "purchase_error"),
    (
        Lane::Cart,
        ITEMS,
        "add_to_cart remove_from_cart update_cart add_to_wishlist remove_from_wishlist begin_checkout cart_abandoned cart_restored",
    ),
    (Lane::Cart, COUPON, "apply_coupon remove_coupon deny_coupon"),
    (Lane::Cart, 0, "view_cart clear_cart checkout_step add_shipping_info add_payment_info sign_up generate_lead"),
    (Lane::Page, ITEMS, "view_item_list view_item"),
    (Lane::Page, TERM, "search"),
    (Lane::Page, 0, "page_view"),
    (Lane::Click, ITEMS, "select_item"),
    (Lane::Click, 0, "click outbound_click file_download form_submit select_promotion share"),
];

/// Lane and needs of an event; `None` when the name is not `[a-z][a-z0-9_]{0,39}`.
pub fn event(name: &str) -> Option<(Lane, u8)> {
    let well_formed = (1..=40).contains(&name.len())
        && name.bytes().enumerate().all(|(at, b)| b.is_ascii_lowercase() || (at > 0 && (b.is_ascii_digit() || b == b'_')));
    let known = EVENTS.iter().find(|(.., names)| is_one_of(name, names));
    well_formed.then_some(known.map_or((Lane::Rest, 0), |(lane, needs, _)| (*lane, *needs)))
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A decimal, zero or more, in the event's currency.
    Money,
    /// A whole number, one or more.
    Count,
    /// A whole number, zero or more.
    Index,
    /// Text; a number is taken as its digits.
    Text,
    /// An ISO 4217 code.
    Currency,
    /// The list of items.
    Items,
    /// Any text, number or boolean, passed through.
    Scalar,
}

/// Fields of items and of events, by what they hold.
const FIELDS: [(Kind, &str); 5] = [
    (Kind::Money, "price discount"),
    (Kind::Count, "quantity"),
    (Kind::Index, "index"),
    (Kind::Currency, "currency"),
    (Kind::Text, "item_id item_name coupon transaction_id search_term"),
];
/// Fields of events alone.
const EVENT_FIELDS: [(Kind, &str); 2] = [(Kind::Money, "value tax shipping"), (Kind::Items, "items")];

/// What the field `name` holds, in an event or in an item.
pub fn field(name: &str, in_item: bool) -> Kind {
    let of_event: &[_] = if in_item { &[] } else { &EVENT_FIELDS };
    let found = FIELDS.iter().chain(of_event).find(|(_, names)| is_one_of(name, names));
    found.map_or(Kind::Scalar, |(kind, _)| *kind)
}
