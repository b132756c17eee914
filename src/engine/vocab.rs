//! The vocabulary: which events there are, how urgent each is, and what each needs.
//!
//! Names are GA4's, extended: <https://developers.google.com/analytics/devguides/collection/ga4/reference/events>. This
//! table is the only place that lists them.

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
pub const ITEMS: u8 = 1;
/// `currency` and `value` must be there.
pub const VALUE: u8 = 2;
/// `transaction_id` must be there.
pub const ORDER_ID: u8 = 4;
/// `coupon` must be there.
pub const COUPON: u8 = 8;
/// `search_term` must be there.
pub const TERM: u8 = 16;

/// The field behind each need, in the order they are asked for.
pub const NEEDS: [(u8, &str); 6] =
    [(ORDER_ID, "transaction_id"), (VALUE, "currency"), (VALUE, "value"), (ITEMS, "items"), (COUPON, "coupon"), (TERM, "search_term")];

/// Event name, lane, and what it needs.
#[rustfmt::skip]
pub const EVENTS: &[(&str, Lane, u8)] = &[
    ("page_view",            Lane::Page,  0),
    ("click",                Lane::Click, 0),
    ("outbound_click",       Lane::Click, 0),
    ("file_download",        Lane::Click, 0),
    ("rage_click",           Lane::Rest,  0),
    ("dead_click",           Lane::Rest,  0),
    ("scroll",               Lane::Rest,  0),
    ("engagement",           Lane::Rest,  0),
    ("search",               Lane::Page,  TERM),
    ("form_start",           Lane::Rest,  0),
    ("form_submit",          Lane::Click, 0),
    ("form_abandon",         Lane::Rest,  0),
    ("web_vital",            Lane::Rest,  0),
    ("error",                Lane::Rest,  0),
    ("view_item_list",       Lane::Page,  ITEMS),
    ("select_item",          Lane::Click, ITEMS),
    ("view_item",            Lane::Page,  ITEMS),
    ("view_cart",            Lane::Cart,  0),
    ("add_to_cart",          Lane::Cart,  ITEMS),
    ("remove_from_cart",     Lane::Cart,  ITEMS),
    ("update_cart",          Lane::Cart,  ITEMS),
    ("clear_cart",           Lane::Cart,  0),
    ("add_to_wishlist",      Lane::Cart,  ITEMS),
    ("remove_from_wishlist", Lane::Cart,  ITEMS),
    ("view_promotion",       Lane::Rest,  0),
    ("select_promotion",     Lane::Click, 0),
    ("apply_coupon",         Lane::Cart,  COUPON),
    ("remove_coupon",        Lane::Cart,  COUPON),
    ("deny_coupon",          Lane::Cart,  COUPON),
    ("begin_checkout",       Lane::Cart,  ITEMS),
    ("checkout_step",        Lane::Cart,  0),
    ("add_shipping_info",    Lane::Cart,  0),
    ("add_payment_info",     Lane::Cart,  0),
    ("purchase",             Lane::Order, ITEMS | VALUE | ORDER_ID),
    ("purchase_error",       Lane::Order, 0),
    ("refund",               Lane::Order, ORDER_ID),
    ("cart_abandoned",       Lane::Cart,  ITEMS),
    ("cart_restored",        Lane::Cart,  ITEMS),
    ("login",                Lane::Rest,  0),
    ("sign_up",              Lane::Cart,  0),
    ("generate_lead",        Lane::Cart,  0),
    ("share",                Lane::Click, 0),
];

/// Lane and needs of an event; a custom event is `Rest` and needs nothing; `None` when the name is not `[a-z][a-z0-9_]{0,39}`.
pub fn event(name: &str) -> Option<(Lane, u8)> {
    if let Some((_, lane, needs)) = EVENTS.iter().find(|(n, ..)| *n == name) {
        return Some((*lane, *needs));
    }
    let well_formed = name.len() <= 40
        && name.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    well_formed.then_some((Lane::Rest, 0))
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

/// What the field `name` holds, in an event or in an item.
pub fn field(name: &str, in_item: bool) -> Kind {
    match name {
        "price" | "discount" => Kind::Money,
        "value" | "tax" | "shipping" if !in_item => Kind::Money,
        "quantity" => Kind::Count,
        "index" => Kind::Index,
        "currency" => Kind::Currency,
        "items" if !in_item => Kind::Items,
        "transaction_id" | "coupon" | "search_term" | "item_id" | "item_name" => Kind::Text,
        _ => Kind::Scalar,
    }
}
