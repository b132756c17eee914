//! What is kept between pages, and what each sight does to it.

use super::super::json::{Json, Writer, own};
use super::super::time::Millis;
use super::differ::{Change, apply, diff};
use super::echo::{Echo, about, source};
use super::lines::Cart;
use super::{Done, Events, Sight, copy};

const ECHO: &str = "told by another source";
/// More orders than this nobody comes back to.
const ORDERS: usize = 50;

/// A source's view of the cart.
#[derive(Clone, Debug, Default)]
struct View<'a> {
    by: &'a str,
    /// Seen whole at least once: what is not in it is not in the cart.
    whole: bool,
    cart: Cart<'a>,
}

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct State<'a> {
    /// Of the cart; a new one after each order.
    id: &'a str,
    /// When something last happened to it, and whose view that was.
    at: Millis,
    by: &'a str,
    /// It was said that the cart was left.
    left: bool,
    /// How far the checkout came.
    step: &'a str,
    orders: Vec<&'a str>,
    views: Vec<View<'a>>,
    seen: Echo<'a>,
}

impl<'a> State<'a> {
    pub(super) fn read(kept: Json<'a>, now: Millis) -> Self {
        let text = |key| kept.text(key).unwrap_or("");
        let list = |key| kept.get(key).unwrap_or(Json(""));
        let mut orders = Vec::new();
        list("orders").words(|id| orders.push(id));
        let mut views = Vec::new();
        for (_, view) in list("views").members() {
            // Written by `write`, or changed by somebody else: then it is forgotten.
            if let (Some(by), Some(Ok(cart))) = (view.text("by"), view.get("cart").map(Cart::read)) {
                views.push(View { by, whole: view.get("whole").is_some(), cart });
            }
        }
        Self {
            id: text("id"),
            at: kept.get("at").and_then(Json::int).unwrap_or(0).min(now),
            by: text("by"),
            left: kept.get("left").is_some(),
            step: text("step"),
            orders,
            views,
            seen: Echo::read(list("seen"), now),
        }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.open("{").text("id", self.id).number("at", self.at).text("by", self.by);
        if self.left {
            w.number("left", 1);
        }
        w.text("step", self.step).key("orders").open("[");
        for id in &self.orders {
            w.str(id);
        }
        w.close("]").key("views").open("[");
        for view in &self.views {
            w.open("{").text("by", view.by);
            if view.whole {
                w.number("whole", 1);
            }
            w.key("cart");
            view.cart.write(w);
            w.close("}");
        }
        w.close("]").key("seen");
        self.seen.write(w);
        w.close("}");
    }

    fn view(&self, by: &str) -> Option<&View<'a>> {
        self.views.iter().find(|view| view.by == source(by))
    }

    /// The view of `by`, begun if there is none.
    fn view_mut(&mut self, by: &'a str) -> Option<&mut View<'a>> {
        let by = source(by);
        if self.view(by).is_none() {
            self.views.push(View { by, ..View::default() });
        }
        self.views.iter_mut().find(|view| view.by == by)
    }

    /// The cart as the source saw it that saw the last change, if there is something in it.
    fn filled(&self) -> Option<&View<'a>> {
        self.view(self.by).filter(|view| !view.cart.lines.is_empty())
    }

    /// `fields` with what is in the cart, as `by` saw it or else whoever saw it last.
    pub(super) fn show(&self, by: &str, fields: Json<'_>) -> String {
        let mut w = Writer { out: own("{") };
        copy(&mut w, fields, "");
        if let Some(View { cart, .. }) = self.view(by).filter(|view| !view.cart.lines.is_empty()).or(self.filled()) {
            cart.write_whole(&mut w);
        }
        w.close("}");
        w.out
    }

    /// When to look whether the cart was left.
    pub(super) fn wake(&self, idle: Millis) -> Option<Millis> {
        self.filled().filter(|_| !self.left).map(|_| self.at + idle)
    }

    /// Says that the cart was left, and, where the shopper is `back`, that it was taken up again.
    pub(super) fn look(&mut self, now: Millis, idle: Millis, back: bool, out: &mut Events) {
        let Some(view) = self.filled() else { return };
        let tell = |out: &mut Events, name| {
            let w = out.begin(name);
            view.cart.write_whole(w);
            self.describe(w, view);
            w.number("cart_age", now.saturating_sub(self.at) / 1000);
            if !self.step.is_empty() {
                w.text("last_step", self.step);
            }
            out.end();
        };
        let left = self.left || now.saturating_sub(self.at) >= idle;
        if left && !self.left {
            tell(out, "cart_abandoned");
        }
        if left && back {
            tell(out, "cart_restored");
            self.at = now;
        }
        self.left = left && !back;
    }

    /// The cart's id, and of a cart that is known whole its pieces and total; members of an open object.
    fn describe(&self, w: &mut Writer, view: &View<'_>) {
        w.text("cart_id", self.id);
        if view.whole {
            w.number("cart_count", view.cart.count());
            view.cart.write_money(w, "cart_total", view.cart.total);
        }
    }

    fn touch(&mut self, sight: Sight<'a>, fresh: &'a str) {
        if self.id.is_empty() {
            self.id = fresh;
        }
        self.at = sight.at;
        self.by = sight.by;
    }

    /// The whole cart as it is now.
    pub(super) fn snapshot(&mut self, sight: Sight<'a>, fresh: &'a str, data: Json<'a>, out: &mut Events) -> Done {
        let new = Cart::read(data)?;
        let before = self.view(sight.by).cloned().unwrap_or_default();
        let ordered = sight.found && new.lines.is_empty() && !self.step.is_empty();
        let changes = if ordered { Vec::new() } else { diff(&before.cart, &new, before.whole) };
        let view = View { by: source(sight.by), whole: true, cart: new };
        if !changes.is_empty() || self.by.is_empty() {
            self.touch(sight, fresh);
        }
        if let Some(place) = self.view_mut(sight.by) {
            *place = view.clone();
        }
        if ordered {
            self.ordered();
        }
        for change in changes {
            self.tell(sight, &change, &view, out);
        }
        Ok(())
    }

    /// Tells of one change that a snapshot showed, unless another source has.
    fn tell(&mut self, sight: Sight<'a>, change: &Change<'a>, view: &View<'a>, out: &mut Events) {
        let Change { name, coupon, currency, .. } = *change;
        let lines = if is_counted(name) {
            self.seen.fresh_lines(sight.by, name, &change.lines, sight.at).0
        } else if self.seen.fresh(sight.by, name, [coupon, "", ""], 1, sight.at).0 > 0 {
            change.lines.clone()
        } else {
            return;
        };
        if lines.is_empty() && coupon.is_empty() {
            return;
        }
        // The lines' own currency: it is another where they left with it.
        let about = Cart { currency, ..view.cart.clone() };
        out.action(name, Json("{}"), &about, &lines, |w| {
            if !coupon.is_empty() {
                w.text("coupon", coupon);
            }
            self.describe(w, view);
        });
    }

    /// Anything else that a source saw.
    pub(super) fn event(&mut self, sight: Sight<'a>, fresh: &'a str, name: &'a str, data: Json<'a>, out: &mut Events) -> Done {
        if name == "purchase" {
            return self.purchase(sight, fresh, data, out);
        }
        let mut cart = Cart::read(data)?;
        if !is_action(name) {
            // Whoever shows the whole cart corrects what was put together from actions.
            if matches!(name, "view_cart" | "begin_checkout")
                && sight.shown
                && let Some(view) = self.view_mut(sight.by)
            {
                let before = view.cart.coupon;
                if cart.coupon.is_empty() && data.get("value").is_none() {
                    (cart.coupon, cart.discount) = (before, view.cart.discount);
                }
                // What the event says of the order is not what the cart comes to, but that it has a coupon off.
                let stated = cart.total;
                cart.add_up()?;
                if !cart.coupon.is_empty() && stated < cart.total {
                    cart.discount += cart.total - stated;
                    cart.total = stated;
                }
                *view = View { by: source(sight.by), whole: true, cart };
                let view = view.clone();
                self.touch(sight, fresh);
                if view.cart.coupon != before && !view.cart.coupon.is_empty() {
                    let change = Change { name: "apply_coupon", lines: Vec::new(), currency: view.cart.currency, coupon: view.cart.coupon };
                    self.tell(sight, &change, &view, out);
                }
            }
            if matches!(name, "begin_checkout" | "add_shipping_info" | "add_payment_info" | "checkout_step") {
                self.step = data.text("step_name").unwrap_or(name);
                self.at = sight.at;
            }
            let key = data.get("items").and_then(|items| Some(about(items.members().next()?.1)));
            let word = ["search_term", "coupon", "transaction_id", "promotion_id"].map(|key| data.text(key).unwrap_or("")).into_iter();
            let key = key.unwrap_or([word.fold("", |found, word| if found.is_empty() { word } else { found }), "", ""]);
            if self.seen.fresh(sight.by, name, key, 1, sight.at).0 > 0 {
                out.whole(name, data, |_| {});
            } else {
                out.note = own(ECHO);
            }
            return Ok(());
        }
        self.touch(sight, fresh);
        let counted = is_counted(name);
        let (lines, unseen) = if counted {
            self.seen.fresh_lines(sight.by, name, &cart.lines, sight.at)
        } else {
            let (fresh, unseen) = self.seen.fresh(sight.by, name, [cart.coupon, "", ""], 1, sight.at);
            let of = |pieces| if pieces > 0 { cart.lines.clone() } else { Vec::new() };
            if fresh == 0 {
                out.note = own(ECHO);
            }
            (of(fresh), of(unseen))
        };
        // What another dialect of this source told of is in its view already.
        let about = Cart { lines: unseen, ..cart.clone() };
        let Some(view) = self.view_mut(sight.by) else { return Ok(()) };
        apply(&mut view.cart, name, &about)?;
        let view = view.clone();
        if counted && lines.is_empty() {
            out.note = own(ECHO);
        } else if !out.note.is_empty() {
            return Ok(());
        } else if lines == cart.lines {
            out.whole(name, data, |w| self.describe(w, &view));
        } else {
            out.action(name, data, &cart, &lines, |w| self.describe(w, &view));
        }
        Ok(())
    }

    /// An order: once by its id, and not one of long ago.
    fn purchase(&mut self, sight: Sight<'a>, fresh: &'a str, data: Json<'a>, out: &mut Events) -> Done {
        let id = data.text("transaction_id").unwrap_or("");
        if self.orders.contains(&id) {
            out.note = own("transaction_id: this order was told already");
        } else if sight.created.is_some_and(|created| sight.at.saturating_sub(created) > sight.max_age) {
            out.note = own("order_created_at: older than maxAge");
        } else {
            self.touch(sight, fresh);
            out.whole("purchase", data, |w| {
                w.text("cart_id", self.id);
            });
            self.orders.push(id);
            if self.orders.len() > ORDERS {
                self.orders.remove(0);
            }
        }
        self.ordered();
        Ok(())
    }

    /// Nothing is in the cart any more, for whoever looked.
    fn ordered(&mut self) {
        (self.id, self.step, self.left) = ("", "", false);
        for view in &mut self.views {
            (view.whole, view.cart) = (true, Cart::default());
        }
    }
}

/// Changes what is in the cart.
fn is_action(name: &str) -> bool {
    is_counted(name) || matches!(name, "update_cart" | "clear_cart" | "apply_coupon" | "remove_coupon")
}

/// Is about so many pieces.
fn is_counted(name: &str) -> bool {
    matches!(name, "add_to_cart" | "remove_from_cart")
}
