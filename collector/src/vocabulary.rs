//! Segment's ecommerce specification back into the vocabulary of the native format: what the engine's
//! `wire::formats::commerce` writes, and what Segment's own clients send.

use cartbeacon::engine::wire::formats::commerce;
use serde_json::{Map, Value};

/// Its events that have a name here.
const KNOWN: &str = "view_item_list select_item view_item add_to_cart remove_from_cart view_cart add_to_wishlist remove_from_wishlist \
view_promotion select_promotion apply_coupon deny_coupon remove_coupon begin_checkout checkout_step add_shipping_info add_payment_info \
purchase refund search share login sign_up update_cart clear_cart";

/// Our name of an event; of one that the specification does not know, its own in small letters and underscores.
pub(crate) fn name(theirs: &str) -> String {
    if let Some(ours) = KNOWN.split_ascii_whitespace().find(|ours| commerce::name(ours) == theirs) {
        return ours.to_owned();
    }
    let small = theirs.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    small.take(40).collect::<String>().trim_matches('_').to_owned()
}

/// Our fields of an event; what is neither scalar nor a list of products is left out, as no event here has such.
pub(crate) fn fields(event: &str, properties: &Map<String, Value>) -> Map<String, Value> {
    let mut data = Map::new();
    let mut single = Map::new();
    let has_list = properties.contains_key("products");
    for (key, value) in properties {
        if key == "products" {
            let items = value.as_array().cloned().unwrap_or_default();
            data.insert("items".to_owned(), items.iter().filter_map(Value::as_object).map(product).collect());
        } else if value.is_object() || value.is_array() || (event == "page_view" && is_of_page(key)) {
        } else if !has_list
            && item_field(key).is_some()
            && !matches!(event, "purchase" | "refund" | "page_view" | "view_promotion" | "select_promotion")
        {
            single.insert(item_field(key).unwrap_or(key).to_owned(), value.clone());
        } else {
            data.insert(event_field(event, key).to_owned(), value.clone());
        }
    }
    if single.contains_key("item_id") || single.contains_key("item_name") {
        data.insert("items".to_owned(), Value::from(vec![Value::Object(single)]));
    } else {
        data.append(&mut single);
    }
    if event == "purchase" && !data.contains_key("value") {
        data.extend(properties.get("total").map(|total| ("value".to_owned(), total.clone())));
    }
    data
}

fn is_of_page(key: &str) -> bool {
    matches!(key, "url" | "path" | "title" | "referrer" | "search" | "name" | "category")
}

fn product(fields: &Map<String, Value>) -> Value {
    let renamed = |(key, value): (&String, &Value)| (item_field(key).unwrap_or(key).to_owned(), value.clone());
    fields.iter().filter(|(_, value)| !value.is_object() && !value.is_array()).map(renamed).collect::<Map<_, _>>().into()
}

fn item_field(key: &str) -> Option<&'static str> {
    Some(match key {
        "product_id" => "item_id",
        "name" => "item_name",
        "brand" => "item_brand",
        "category" => "item_category",
        "variant" => "item_variant",
        "position" => "index",
        "price" => "price",
        "quantity" => "quantity",
        _ => return None,
    })
}

fn event_field<'a>(event: &str, key: &'a str) -> &'a str {
    match (event, key) {
        ("purchase", "revenue") | ("refund", "total") => "value",
        (_, "order_id") => "transaction_id",
        (_, "coupon_id") => "coupon",
        (_, "query") if event == "search" => "search_term",
        (_, "list_id") => "item_list_id",
        (_, "payment_method") => "payment_type",
        (_, "shipping_method") => "shipping_tier",
        _ => key,
    }
}
