//! Is `value` what the items come to? GA4 wants price by quantity of all items, without tax and delivery
//! (<https://developers.google.com/analytics/devguides/collection/ga4/reference/events#purchase>).
//!
//! Shops differ in whether a price has its discount off already, so either is right; so is a lower value beside a `coupon` whose
//! amount is not told. A price that was rounded to the minor unit may be off by half of one for each piece.

use super::super::json::Json;
use super::super::money;

/// A value beside what the items come to, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    pub value: i64,
    /// Price by quantity.
    pub items: i64,
    /// Off that, by the discounts of items and event.
    pub discount: i64,
    pub exponent: u8,
    /// `value` has tax, delivery or both in it.
    pub is_gross: bool,
}

/// Both, where they differ; `None` where they agree, or an item has no price.
pub fn differs(fields: Json<'_>) -> Option<Sum> {
    let exponent = money::exponent(fields.text("currency")?)?;
    let minor = |json: Json<'_>, key| Some(money::parse(json.get(key)?.decimal()?, exponent)?.minor);
    let value = minor(fields, "value")?;
    let (mut items, mut off, mut slack) = (0_i64, 0_i64, 0_i64);
    for (_, item) in fields.get("items")?.members() {
        let pieces = item.get("quantity").and_then(Json::int).map_or(Some(1), |n| i64::try_from(n).ok())?;
        let amount = |price: i64| price.checked_mul(pieces);
        items = items.checked_add(amount(minor(item, "price")?)?)?;
        off = off.checked_add(amount(minor(item, "discount").unwrap_or(0))?)?;
        slack = slack.checked_add(if pieces > 1 { pieces.div_euclid(2) } else { 0 })?;
    }
    let whole = minor(fields, "discount").unwrap_or(0);
    let is = |sum: i64| sum.checked_sub(value).is_some_and(|difference| difference.abs() <= slack);
    let has_coupon = fields.text("coupon").is_some_and(|coupon| !coupon.is_empty());
    if fields.get("items")?.members().next().is_none()
        || [0, off, whole, off.checked_add(whole)?].into_iter().any(|less| is(items - less))
        || (has_coupon && value < items)
    {
        return None;
    }
    let (tax, shipping) = (minor(fields, "tax").unwrap_or(0), minor(fields, "shipping").unwrap_or(0));
    let net = [items, items - off, items - whole, items - off - whole];
    let is_gross = tax + shipping > 0 && net.into_iter().any(|net| is(net + tax) || is(net + shipping) || is(net + tax + shipping));
    Some(Sum { value, items, discount: off + whole, exponent, is_gross })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(fields: &str) -> Option<(i64, i64, bool)> {
        differs(Json::new(fields)).map(|sum| (sum.value, sum.items, sum.is_gross))
    }

    #[test]
    fn a_value_is_compared_with_what_the_items_come_to() {
        let mugs = |more: &str| {
            format!(r#"{{"currency":"EUR","items":[{{"item_id":"a","price":19.5,"quantity":2}},{{"item_id":"b","price":4.1}}],{more}}}"#)
        };
        for (more, expected) in [
            (r#""value":43.1"#, None),
            (r#""value":"43.10""#, None),
            (r#""value":43"#, Some((4300, 4310, false))),
            (r#""value":4310"#, Some((431_000, 4310, false))),
            (r#""value":40.1,"discount":3"#, None),
            (r#""value":43.1,"discount":3"#, None),
            (r#""value":40,"discount":3"#, Some((4000, 4310, false))),
            // A coupon takes something off, it never adds.
            (r#""value":38.79,"coupon":"TEN""#, None),
            (r#""value":44,"coupon":"TEN""#, Some((4400, 4310, false))),
            (r#""value":48.05,"shipping":4.95"#, Some((4805, 4310, true))),
            (r#""value":54.92,"tax":6.87,"shipping":4.95"#, Some((5492, 4310, true))),
            (r#""value":43.1,"tax":6.87,"shipping":4.95"#, None),
            (r#""coupon":"TEN""#, None),
        ] {
            assert_eq!(found(&mugs(more)), expected, "{more}");
        }
    }

    #[test]
    fn a_piece_may_be_off_by_half_a_minor_unit_and_one_alone_by_none() {
        let three =
            |value: &str| found(&format!(r#"{{"currency":"EUR","value":{value},"items":[{{"item_id":"a","price":3.33,"quantity":3}}]}}"#));
        assert_eq!((three("10"), three("9.98"), three("10.01").is_some()), (None, None, true));
        assert_eq!(found(r#"{"currency":"EUR","value":3.34,"items":[{"item_id":"a","price":3.33}]}"#), Some((334, 333, false)));
        assert_eq!(found(r#"{"currency":"JPY","value":1000,"items":[{"item_id":"a","price":333,"quantity":3}]}"#), None);
    }

    #[test]
    fn where_there_is_nothing_to_compare_nothing_is_said() {
        for fields in [
            "{}",
            r#"{"currency":"EUR","value":5}"#,
            r#"{"currency":"EUR","value":5,"items":[]}"#,
            r#"{"currency":"EUR","value":5,"items":[{"item_id":"a","price":1},{"item_id":"b"}]}"#,
            r#"{"value":5,"items":[{"item_id":"a","price":1}]}"#,
            r#"{"currency":"EUR","value":5,"items":[{"item_id":"a","price":999999999999999,"quantity":18446744073709551615}]}"#,
        ] {
            assert_eq!(found(fields), None, "{fields}");
        }
        // A discount of each piece, off the price already or not.
        let piece =
            |value: &str| found(&format!(r#"{{"currency":"EUR","value":{value},"items":[{{"item_id":"a","price":10,"discount":2}}]}}"#));
        assert_eq!((piece("10"), piece("8"), piece("9").is_some()), (None, None, true));
    }
}
