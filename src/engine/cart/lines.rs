//! The lines of a cart, merged by item and variant, and what they come to in exact minor units.
//!
//! A price is what one piece costs, its discount already taken off, as in GA4
//! (<https://developers.google.com/analytics/devguides/collection/ga4/reference/events#add_to_cart_item>); the discount of
//! the whole cart comes off the sum. A total that the shop states itself goes before the computed one.

use super::super::check::Problem;
use super::super::json::{Json, Writer};
use super::super::money;

/// One article in one variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// `item_id`, or the name where there is none; escaped, like every text here.
    pub id: &'a str,
    pub variant: &'a str,
    pub quantity: u64,
    /// Of one piece, in minor units.
    pub price: Option<i64>,
    /// The item as the shop gave it.
    pub item: Json<'a>,
}

/// Fifteen digits: exact as a JavaScript number.
const MAX_MINOR: i64 = 999_999_999_999_999;

impl<'a> Line<'a> {
    /// Reads an item as `check` leaves it.
    fn read(item: Json<'a>, exponent: u8) -> Self {
        let text = |key| item.text(key).filter(|text| !text.is_empty());
        Self {
            id: text("item_id").or_else(|| text("item_name")).unwrap_or(""),
            variant: text("item_variant").unwrap_or(""),
            quantity: item.get("quantity").and_then(Json::int).unwrap_or(1),
            price: minor(item.get("price"), exponent),
            item,
        }
    }

    pub fn is(&self, other: &Self) -> bool {
        self.id == other.id && self.variant == other.variant
    }

    /// What so many pieces cost.
    fn amount(&self, quantity: u64) -> Option<i64> {
        let pieces = i64::try_from(quantity).ok()?;
        self.price.unwrap_or(0).checked_mul(pieces).filter(|sum| *sum <= MAX_MINOR)
    }

    /// The item with another quantity.
    fn write(&self, w: &mut Writer, quantity: u64) {
        w.open("{");
        for (key, value) in self.item.members() {
            if key != "quantity" {
                w.key(key).raw(value.0);
            }
        }
        w.number("quantity", quantity).close("}");
    }
}

/// What is in a cart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cart<'a> {
    pub currency: &'a str,
    pub coupon: &'a str,
    pub lines: Vec<Line<'a>>,
    /// In minor units.
    pub total: i64,
    /// Off the sum of the lines.
    pub discount: i64,
}

impl<'a> Cart<'a> {
    /// Reads `currency`, `coupon`, `discount`, `value` and `items` as `check` leaves them.
    pub fn read(fields: Json<'a>) -> Result<Self, Problem> {
        let text = |key| fields.text(key).unwrap_or("");
        let mut cart = Self { currency: text("currency"), coupon: text("coupon"), ..Self::default() };
        let exponent = cart.exponent();
        let mut given = Vec::new();
        for (_, item) in fields.get("items").unwrap_or(Json("")).members() {
            given.push(Line::read(item, exponent));
        }
        cart.discount = minor(fields.get("discount"), exponent).unwrap_or(0);
        // Two lines of one article may differ in price: the total is that of the lines as they were given.
        cart.total = match minor(fields.get("value"), exponent) {
            Some(value) => value,
            None => (sum(&given).ok_or_else(too_much)? - cart.discount).max(0),
        };
        for line in given {
            cart.add(line)?;
        }
        Ok(cart)
    }

    pub fn exponent(&self) -> u8 {
        money::exponent(self.currency).unwrap_or(2)
    }

    /// Pieces.
    pub fn count(&self) -> u64 {
        self.lines.iter().map(|line| line.quantity).sum()
    }

    pub fn find(&self, line: &Line<'_>) -> Option<&Line<'a>> {
        self.lines.iter().find(|l| l.is(line))
    }

    /// Puts pieces in; what is there already takes the fields of the newer.
    pub fn add(&mut self, line: Line<'a>) -> Result<(), Problem> {
        match self.lines.iter_mut().find(|l| l.is(&line)) {
            Some(there) => {
                let quantity = there.quantity.checked_add(line.quantity).ok_or_else(too_much)?;
                *there = Line { quantity, ..line };
            }
            None => self.lines.push(line),
        }
        Ok(())
    }

    /// Takes pieces out.
    pub fn remove(&mut self, line: Line<'a>) {
        if let Some(there) = self.lines.iter_mut().find(|l| l.is(&line)) {
            *there = Line { quantity: there.quantity.saturating_sub(line.quantity), ..line };
        }
        self.lines.retain(|l| l.quantity > 0);
    }

    /// Gives a line another quantity and other fields.
    pub fn set(&mut self, line: Line<'a>) {
        match self.lines.iter_mut().find(|l| l.is(&line)) {
            Some(there) => *there = line,
            None => self.lines.push(line),
        }
    }

    /// The total of the lines as they are now.
    pub fn add_up(&mut self) -> Result<(), Problem> {
        self.total = (sum(&self.lines).ok_or_else(too_much)? - self.discount).max(0);
        Ok(())
    }

    /// `currency`, `value` and `items`, of these pieces alone; members of an open object.
    pub fn write_lines(&self, w: &mut Writer, lines: &[Line<'_>]) {
        let priced = lines.iter().any(|line| line.price.is_some());
        if priced && let Some(value) = sum(lines) {
            w.text("currency", self.currency);
            self.write_money(w, "value", value);
        }
        write_items(w, lines);
    }

    /// A member with an amount in the cart's currency.
    pub fn write_money(&self, w: &mut Writer, key: &str, minor: i64) {
        w.key(key);
        money::push(&mut w.out, minor, self.exponent());
    }

    /// `currency`, `coupon`, `value`, `discount` and `items` of the whole cart; members of an open object.
    pub fn write_whole(&self, w: &mut Writer) {
        for (key, text) in [("currency", self.currency), ("coupon", self.coupon)] {
            if !text.is_empty() {
                w.text(key, text);
            }
        }
        if !self.currency.is_empty() {
            self.write_money(w, "value", self.total);
            if self.discount > 0 {
                self.write_money(w, "discount", self.discount);
            }
        }
        write_items(w, &self.lines);
    }

    /// As [`Cart::read`] takes it.
    pub fn write(&self, w: &mut Writer) {
        w.open("{");
        self.write_whole(w);
        w.close("}");
    }
}

fn write_items(w: &mut Writer, lines: &[Line<'_>]) {
    w.key("items").open("[");
    for line in lines {
        line.write(w, line.quantity);
    }
    w.close("]");
}

fn minor(value: Option<Json<'_>>, exponent: u8) -> Option<i64> {
    Some(money::parse(value?.decimal()?, exponent)?.minor)
}

/// Nothing where it has more than fifteen digits.
pub fn sum(lines: &[Line<'_>]) -> Option<i64> {
    let mut sum = 0_i64;
    for line in lines {
        sum = sum.checked_add(line.amount(line.quantity)?).filter(|sum| *sum <= MAX_MINOR)?;
    }
    Some(sum)
}

#[cold]
fn too_much() -> Problem {
    Problem::new("items", "come to more than 15 digits")
}
