//! The vocabulary: which events there are, how urgent each is, and what each needs.
//!
//! Names are GA4's, extended: <https://developers.google.com/analytics/devguides/collection/ga4/reference/events>. This
//! table is the only place that lists them.

use super::text::{is_one_of, part};

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

/// The events by line, after the number of their lane and their needs as a letter, `@` for none. What is missing is of the last
/// lane and needs nothing, like any custom event: `rage_click`, `dead_click`, `scroll`, `engagement`, `form_start`, `form_abandon`,
/// `web_vital`, `error`, `view_promotion`, `login`.
const EVENTS: &str = "0G purchase
0D refund
0@ purchase_error
1A add_to_cart remove_from_cart update_cart add_to_wishlist remove_from_wishlist begin_checkout cart_abandoned cart_restored
1H apply_coupon remove_coupon deny_coupon
1@ view_cart clear_cart checkout_step add_shipping_info add_payment_info sign_up generate_lead
2A view_item_list view_item
2P search
2@ page_view
3A select_item
3@ click outbound_click file_download form_submit select_promotion share";

/// Lane and needs of an event; `None` when the name is not `[a-z][a-z0-9_]{0,39}`.
pub fn event(name: &str) -> Option<(Lane, u8)> {
    let well_formed = (1..=40).contains(&name.len())
        && name.bytes().enumerate().all(|(at, b)| b.is_ascii_lowercase() || (at > 0 && (b.is_ascii_digit() || b == b'_')));
    let (lane, needs) = match line_of(EVENTS, name) {
        Some([lane, needs, ..]) => (LANES.get(usize::from(lane - b'0')), needs & 31),
        _ => (None, 0),
    };
    well_formed.then_some((lane.copied().unwrap_or(Lane::Rest), needs))
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

/// Fields of items and of events by line, after a letter for what they hold.
const FIELDS: &str = "M price discount
C quantity
I index
X currency
T item_id item_name coupon transaction_id search_term";
/// Fields of events alone.
const EVENT_FIELDS: &str = "M value tax shipping
L items";

/// What the field `name` holds, in an event or in an item.
pub fn field(name: &str, in_item: bool) -> Kind {
    let of_event = if in_item { None } else { line_of(EVENT_FIELDS, name) };
    match line_of(FIELDS, name).or(of_event) {
        Some(b"M") => Kind::Money,
        Some(b"C") => Kind::Count,
        Some(b"I") => Kind::Index,
        Some(b"X") => Kind::Currency,
        Some(b"T") => Kind::Text,
        Some(_) => Kind::Items,
        None => Kind::Scalar,
    }
}

/// What the line that `word` is in begins with.
fn line_of(lines: &'static str, word: &str) -> Option<&'static [u8]> {
    let mut rest = lines;
    while !rest.is_empty() {
        let mut words = part(&mut rest, b'\n');
        let first = part(&mut words, b' ');
        if is_one_of(word, words) {
            return Some(first.as_bytes());
        }
    }
    None
}
