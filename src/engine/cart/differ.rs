//! Two states of a cart, and the actions that lead from one to the other.
//!
//! More pieces are `add_to_cart` and fewer `remove_from_cart`, each with the difference as its quantity, as GA4 has it; the
//! same pieces at another price or in another currency are `update_cart`; several lines gone at once are `clear_cart`.
//! Applied to the old cart, the actions give the new one: see the property test.

use super::super::check::Problem;
use super::lines::{Cart, Line};

/// One action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    pub name: &'static str,
    /// The pieces it is about. A line that stays in the cart has the fields it has there from now on.
    pub lines: Vec<Line<'a>>,
    /// Of these lines.
    pub currency: &'a str,
    pub coupon: &'a str,
}

/// What explains `new`. Of a cart that was never seen whole (`whole` is false) only what was seen of it is explained.
pub fn diff<'a>(old: &Cart<'a>, new: &Cart<'a>, whole: bool) -> Vec<Change<'a>> {
    let mut changes = Vec::new();
    let mut push = |name, lines: Vec<Line<'a>>, currency, coupon: &'a str| {
        if !lines.is_empty() || !coupon.is_empty() {
            changes.push(Change { name, lines, currency, coupon });
        }
    };
    if new.lines.is_empty() && old.lines.len() > 1 {
        push("clear_cart", old.lines.clone(), old.currency, "");
    } else {
        for line in &old.lines {
            match new.find(line) {
                Some(now) if now.quantity < line.quantity => {
                    push("remove_from_cart", vec![Line { quantity: line.quantity - now.quantity, ..*now }], new.currency, "");
                }
                Some(_) => {}
                None => push("remove_from_cart", vec![*line], old.currency, ""),
            }
        }
        for line in &new.lines {
            let before = old.find(line);
            let had = before.map_or(0, |l| l.quantity);
            if line.quantity > had && (whole || before.is_some()) {
                push("add_to_cart", vec![Line { quantity: line.quantity - had, ..*line }], new.currency, "");
            }
        }
        let changed = |line: &&Line<'a>| {
            let same = |l: &Line<'_>| l.quantity == line.quantity && (l.price != line.price || old.currency != new.currency);
            old.find(line).is_some_and(same)
        };
        push("update_cart", new.lines.iter().filter(changed).copied().collect(), new.currency, "");
    }
    if whole && old.coupon != new.coupon {
        push("remove_coupon", Vec::new(), old.currency, old.coupon);
        push("apply_coupon", Vec::new(), new.currency, new.coupon);
    }
    changes
}

/// Does to a cart what an action says.
pub fn apply<'a>(cart: &mut Cart<'a>, name: &str, about: &Cart<'a>) -> Result<(), Problem> {
    match name {
        "add_to_cart" => {
            for line in &about.lines {
                cart.add(*line)?;
            }
        }
        "remove_from_cart" => about.lines.iter().for_each(|line| cart.remove(*line)),
        "update_cart" => about.lines.iter().for_each(|line| cart.set(*line)),
        "clear_cart" => cart.lines.clear(),
        "apply_coupon" => cart.coupon = about.coupon,
        "remove_coupon" => cart.coupon = "",
        _ => return Ok(()),
    }
    let stays = matches!(name, "add_to_cart" | "update_cart") || about.lines.iter().any(|line| cart.find(line).is_some());
    if stays && !about.currency.is_empty() {
        cart.currency = about.currency;
    }
    cart.add_up()
}
