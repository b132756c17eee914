//! One change, seen by several: a push to `dataLayer` and the shop system's answer tell of the same click.
//!
//! What was told is remembered for some seconds. When another source tells of the same action, so many pieces of it were
//! counted already. Sources often know an article by different ids (SKU, variant, product), so the same name or, where both
//! have none in common, the same price will do: within seconds, in one browser, it is the same click.

use super::super::json::{Json, Writer, int};
use super::super::text::cut;
use super::super::time::Millis;
use super::lines::Line;

/// How long a second source may take: a form post and the page after it.
const WINDOW: Millis = 10_000;
/// The same for two dialects of one source, which are pushed together.
const DIALECTS: Millis = 500;

/// What one source told of.
#[derive(Clone, Debug)]
struct Seen<'a> {
    by: &'a str,
    name: &'a str,
    at: Millis,
    quantity: u64,
    /// What it was about: `item_id`, `item_name`, `price`, as texts.
    about: [&'a str; 3],
    /// Pieces of it that another source has told of as well.
    used: Vec<(&'a str, u64)>,
}

/// What was told of lately.
#[derive(Clone, Debug, Default)]
pub struct Echo<'a>(Vec<Seen<'a>>);

/// The source of a dialect: `dataLayer` of `dataLayer-ua`.
pub fn source(by: &str) -> &str {
    cut(by, b"-").map_or(by, |(source, _)| source)
}

/// What tells articles apart in an item, or events without one.
pub fn about(item: Json<'_>) -> [&str; 3] {
    ["item_id", "item_name", "price"].map(|key| item.get(key).and_then(Json::decimal).unwrap_or(""))
}

fn is_same(a: [&str; 3], b: [&str; 3]) -> bool {
    let equal = |at: usize| matches!((a.get(at), b.get(at)), (Some(a), Some(b)) if a == b && !a.is_empty());
    equal(0) || equal(1) || equal(2) || a == b
}

impl<'a> Echo<'a> {
    pub fn read(list: Json<'a>, now: Millis) -> Self {
        let mut all = Vec::new();
        for (_, entry) in list.members() {
            let text = |key| entry.text(key).unwrap_or("");
            let number = |key| entry.get(key).and_then(Json::int).unwrap_or(0);
            let at = number("at");
            // A clock that was set back makes the past the future: that is forgotten as well.
            if now.abs_diff(at) > WINDOW {
                continue;
            }
            let used = entry.get("used").unwrap_or(Json("")).members();
            let used = used.map(|(by, pieces)| (by, int(pieces.0).unwrap_or(0))).collect();
            let about = ["id", "title", "price"].map(text);
            all.push(Seen { by: text("by"), name: text("name"), at, quantity: number("quantity"), about, used });
        }
        Self(all)
    }

    pub fn write(&self, w: &mut Writer) {
        w.open("[");
        for seen in &self.0 {
            w.open("{").text("by", seen.by).text("name", seen.name).number("at", seen.at).number("quantity", seen.quantity);
            for (key, text) in ["id", "title", "price"].into_iter().zip(seen.about) {
                if !text.is_empty() {
                    w.text(key, text);
                }
            }
            w.key("used").open("{");
            for (by, pieces) in &seen.used {
                w.number(by, *pieces);
            }
            w.close("}").close("}");
        }
        w.close("]");
    }

    /// How many of these pieces nobody else has told of, those are remembered as told by `by`; and how many no other dialect
    /// of the same source has.
    pub fn fresh(&mut self, by: &'a str, name: &'a str, about: [&'a str; 3], quantity: u64, now: Millis) -> (u64, u64) {
        let mut left = quantity;
        let mut unseen = quantity;
        for seen in &mut self.0 {
            let is_dialect = source(seen.by) == source(by);
            let window = if is_dialect { DIALECTS } else { WINDOW };
            if seen.by == by || seen.name != name || now.abs_diff(seen.at) > window || !is_same(seen.about, about) {
                continue;
            }
            let place = seen.used.iter().position(|(who, _)| *who == by);
            let used = place.and_then(|at| seen.used.get(at)).map_or(0, |(_, pieces)| *pieces);
            let take = left.min(seen.quantity.saturating_sub(used));
            left -= take;
            if is_dialect {
                unseen -= take;
            }
            match place.and_then(|at| seen.used.get_mut(at)) {
                Some(entry) => entry.1 += take,
                None if take > 0 => seen.used.push((by, take)),
                None => {}
            }
        }
        if left > 0 {
            self.0.push(Seen { by, name, at: now, quantity: left, about, used: Vec::new() });
        }
        (left, unseen)
    }

    /// The same for the lines of a cart action: what is left of them.
    pub fn fresh_lines(&mut self, by: &'a str, name: &'a str, lines: &[Line<'a>], now: Millis) -> (Vec<Line<'a>>, Vec<Line<'a>>) {
        let (mut left, mut unseen) = (Vec::new(), Vec::new());
        for line in lines {
            let (fresh, new) = self.fresh(by, name, about(line.item), line.quantity, now);
            for (quantity, lines) in [(fresh, &mut left), (new, &mut unseen)] {
                if quantity > 0 {
                    lines.push(Line { quantity, ..*line });
                }
            }
        }
        (left, unseen)
    }
}
