//! GA4's vocabulary in that of Segment's ecommerce specification, version 2, which PostHog and the other CDPs read too:
//! <https://segment.com/docs/connections/spec/ecommerce/v2/>.

use super::batch::Event;
use super::table;
use crate::engine::json::{Json, Writer, own, put};

/// An event and its name there. What the specification has no name for keeps its own.
const NAMES: &str = "\
    view_item_list=Product List Viewed,select_item=Product Clicked,view_item=Product Viewed,add_to_cart=Product Added,\
    remove_from_cart=Product Removed,view_cart=Cart Viewed,add_to_wishlist=Product Added to Wishlist,\
    remove_from_wishlist=Product Removed from Wishlist,view_promotion=Promotion Viewed,select_promotion=Promotion Clicked,\
    apply_coupon=Coupon Applied,deny_coupon=Coupon Denied,remove_coupon=Coupon Removed,begin_checkout=Checkout Started,\
    checkout_step=Checkout Step Viewed,add_shipping_info=Checkout Step Completed,add_payment_info=Payment Info Entered,\
    purchase=Order Completed,refund=Order Refunded,search=Products Searched,share=Product Shared,login=Signed In,\
    sign_up=Signed Up,update_cart=Cart Updated,clear_cart=Cart Cleared";

pub fn name(event: &str) -> &str {
    table::find(NAMES, event).unwrap_or(event)
}

/// Events that are about one product: its fields then stand beside the event's own.
const OF_ONE: &str = "select_item view_item add_to_cart remove_from_cart add_to_wishlist remove_from_wishlist share";

/// Appends the fields as members to an object that is being written, each name once: what is there already stays.
pub fn properties(event: &Event<'_>, w: &mut Writer) {
    let mut own_fields = Writer { out: own("{") };
    let single = event.single().filter(|_| crate::engine::text::is_one_of(event.name, OF_ONE));
    for (key, value) in event.data.members().filter(|(_, value)| value.kind() != b'n') {
        if key != "items" {
            add(&mut own_fields, field(event.name, key), value);
        } else if single.is_none() {
            own_fields.key("products").open("[");
            for (_, item) in value.members() {
                own_fields.open("{");
                product(item, &mut own_fields);
                own_fields.close("}");
            }
            own_fields.close("]");
        }
    }
    if let Some(item) = single {
        for (key, value) in item.members().filter(|(_, value)| value.kind() != b'n') {
            add(&mut own_fields, item_field(key), value);
        }
    }
    for (key, value) in Json(&own_fields.out).members() {
        w.key(key).raw(value.0);
    }
}

fn add(w: &mut Writer, key: &str, value: Json<'_>) {
    if Json(&w.out).get(key).is_none() {
        w.key(key).raw(value.0);
    }
}

/// One line of `products`.
fn product(item: Json<'_>, w: &mut Writer) {
    for (key, value) in item.members().filter(|(_, value)| value.kind() != b'n') {
        w.key(item_field(key)).raw(value.0);
    }
}

fn item_field(key: &str) -> &str {
    table::find("item_id=product_id,item_name=name,item_brand=brand,item_category=category,item_variant=variant,index=position", key)
        .unwrap_or(key)
}

/// Fields that are called otherwise where they belong to an event. GA4's `value` of an order is the goods without
/// delivery: the specification's `revenue`.
const FIELDS: &str = "\
    purchase.value=revenue,refund.value=total,purchase.transaction_id=order_id,refund.transaction_id=order_id,\
    purchase_error.transaction_id=order_id,apply_coupon.coupon=coupon_id,deny_coupon.coupon=coupon_id,remove_coupon.coupon=coupon_id,\
    view_item_list.item_list_id=list_id,view_item_list.item_list_name=category,view_promotion.promotion_name=name,\
    select_promotion.promotion_name=name,view_promotion.creative_name=creative,select_promotion.creative_name=creative,\
    view_promotion.creative_slot=position,select_promotion.creative_slot=position,search.search_term=query";
/// And everywhere.
const ALWAYS: &str = "payment_type=payment_method,shipping_tier=shipping_method";

fn field<'a>(event: &str, key: &'a str) -> &'a str {
    let mut both = own(event);
    put(&mut both, ".");
    put(&mut both, key);
    table::find(FIELDS, &both).or_else(|| table::find(ALWAYS, key)).unwrap_or(key)
}
