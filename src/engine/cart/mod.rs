//! The cart engine: what shop systems show of a cart becomes the events that explain it, each once.
//!
//! Not in the default wasm: `parts/cart.rs` makes a part of its own of it. Text in, text out: [`step`] takes what was kept
//! (`state`) and what a source saw, and answers with what to keep and which events to record.
//!
//! Every source has its own view of the cart, since each may know the articles by other ids: a snapshot is compared with
//! the last one of the same source (`differ`), an action is done to it; what another source told of already is left out
//! (`echo`). An order is told once, by its id (`orders`); the cart is empty after it.

pub mod differ;
pub mod echo;
pub mod lines;
mod state;

use super::check::{self, Problem};
use super::json::{Json, Writer, own};
use super::text::is_one_of;
use super::time::Millis;
use lines::{Cart, Line};
use state::State;

/// A cart that nobody touched for so long is left, if the shop says nothing else.
const IDLE: Millis = 30 * 60_000;

/// What a source saw. All of it is JSON of the part's own JavaScript.
#[derive(Clone, Copy)]
struct Sight<'a> {
    /// The source's name.
    by: &'a str,
    at: Millis,
    /// A cart that was read when a page began, not after an action: it may be empty because it was ordered.
    found: bool,
    /// The items are the source's own, not those that were known before.
    shown: bool,
    /// When the order was made, where that is known, and how old it may be.
    created: Option<Millis>,
    max_age: Millis,
}

/// Takes `{"state", "by", "name", "data", "at", "fresh", "found", "created", "maxAge", "idle"}`: `name` is an event's, or
/// `cart` for a snapshot, or `look` for nothing but the time; `fresh` is an id for a new cart. A source `x-y` is the dialect `y` of
/// `x`: it shares its view, and repeats what another dialect says.
/// Answers `{"state", "events": [{"name", "data"}], "wake", "note"}`: `wake` is when to look next, `note` why something
/// was left out. Without `state` there was something wrong (`note`), and nothing changed.
pub fn step(input: &str) -> String {
    let input = Json::new(input);
    let text = |key| input.text(key).unwrap_or("");
    let number = |key| input.get(key).and_then(Json::int);
    let at = number("at").unwrap_or(0);
    let name = text("name");
    let data = input.get("data").unwrap_or(Json("{}"));
    let idle = number("idle").unwrap_or(IDLE);
    let sight = Sight {
        by: text("by"),
        at,
        found: input.get("found").is_some(),
        shown: data.get("items").is_some(),
        created: number("created"),
        max_age: number("maxAge").unwrap_or(u64::MAX),
    };

    let mut state = State::read(input.get("state").unwrap_or(Json("")), at);
    let mut out = Events::default();
    // What is about the whole cart has its lines, if the source did not name any.
    let about_cart = is_one_of(name, "view_cart begin_checkout add_shipping_info add_payment_info checkout_step");
    let full = if about_cart && !sight.shown { state.show(sight.by, data) } else { own(data.0) };
    let mut clean = String::new();
    // A snapshot is well formed where `view_cart` is.
    let checked = match name {
        "look" => Ok(()),
        "cart" => check::event("view_cart", &full, &mut clean).map(|_| ()),
        _ => check::event(name, &full, &mut clean).map(|_| ()),
    };
    let done = checked.and_then(|()| {
        let data = Json::new(&clean);
        state.look(at, idle, name != "look" || sight.found, &mut out);
        match name {
            "look" => Ok(()),
            "cart" => state.snapshot(sight, text("fresh"), data, &mut out),
            _ => state.event(sight, text("fresh"), name, data, &mut out),
        }
    });
    let mut w = Writer { out: own("{") };
    match done {
        Ok(()) => {
            w.key("state");
            state.write(&mut w);
            if let Some(wake) = state.wake(idle) {
                w.number("wake", wake);
            }
        }
        Err(problem) => {
            out = Events { note: problem.text(), ..Events::default() };
        }
    }
    w.key("events").raw("[").close(&out.w.out).close("]");
    if !out.note.is_empty() {
        w.text("note", &out.note);
    }
    w.close("}");
    w.out
}

/// The events to record.
#[derive(Default)]
struct Events {
    w: Writer,
    note: String,
}

impl Events {
    /// Begins an event; its members follow, then `end`.
    fn begin(&mut self, name: &str) -> &mut Writer {
        self.w.open("{").text("name", name).key("data").open("{")
    }

    fn end(&mut self) {
        self.w.close("}").close("}");
    }

    /// An event as it came.
    fn whole(&mut self, name: &str, data: Json<'_>, add: impl FnOnce(&mut Writer)) {
        let w = self.begin(name);
        copy(w, data, "");
        add(w);
        self.end();
    }

    /// A cart action with these lines; of `data` the fields that are not about them.
    fn action(&mut self, name: &str, data: Json<'_>, cart: &Cart<'_>, lines: &[Line<'_>], add: impl FnOnce(&mut Writer)) {
        let w = self.begin(name);
        copy(w, data, "currency value items");
        if !lines.is_empty() {
            cart.write_lines(w, lines);
        }
        add(w);
        self.end();
    }
}

fn copy(w: &mut Writer, data: Json<'_>, except: &str) {
    for (key, value) in data.members() {
        if !is_one_of(key, except) {
            w.key(key).raw(value.0);
        }
    }
}

type Done = Result<(), Problem>;
