//! `custom`: for endpoints nobody knows, a template of one event in the option `mapping`, a JSON object. Texts that begin with a
//! dollar stand for what is known; everything else goes as it is. Bodies are lists of such objects.
//!
//! `$id $name $t $time $sent $site $visitor $session $user $url $title $referrer $data $items`, and `$data.price` for a field.

use super::batch::{Batch, Event};
use super::{Format, Setup, escape};
use crate::engine::json::{Json, Writer};
use crate::engine::text::is_one_of;

const NAMES: &str = "id name t time sent site visitor session user url title referrer data items";
/// Deeper templates are refused.
const DEPTH: u8 = 8;

pub struct Custom;

impl Format for Custom {
    const PATH: &'static str = "/";
    const NATIVE_BYTES: u64 = 16_384;

    fn setup(setup: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        check(setup.options.get("mapping").ok_or("mapping: required, a template of one event")?)
    }

    fn head(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.open("[");
    }

    fn event(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        fill(setup.options.get("mapping").unwrap_or(Json("{}")), batch, event, w);
    }

    fn tail(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.close("]");
    }
}

/// Whether a template is an object that names only what there is.
pub fn check(template: Json<'_>) -> Result<(), &'static str> {
    if template.kind() != b'{' {
        return Err("mapping: not an object");
    }
    names(template, DEPTH)
}

fn names(template: Json<'_>, depth: u8) -> Result<(), &'static str> {
    if depth == 0 {
        return Err("mapping: too deep");
    }
    for (_, value) in template.members() {
        let name = value.str().and_then(|text| text.strip_prefix("$"));
        if name.is_some_and(|name| !is_one_of(name, NAMES) && !name.starts_with("data.")) {
            return Err("mapping: a name behind $ that is not known");
        }
        names(value, depth - 1)?;
    }
    Ok(())
}

/// Writes a template with what it names.
pub fn fill(template: Json<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
    if let Some(name) = template.str().and_then(|text| text.strip_prefix("$")) {
        value(name, batch, event, w);
    } else if template.is_container() {
        let (open, close) = if template.kind() == b'{' { ("{", "}") } else { ("[", "]") };
        w.open(open);
        for (key, inner) in template.members() {
            if open == "{" {
                w.key(key);
            }
            fill(inner, batch, event, w);
        }
        w.close(close);
    } else {
        w.raw(template.0);
    }
}

fn value(name: &str, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
    let text = match name {
        "id" => event.id,
        "name" => event.name,
        "site" => batch.site,
        "visitor" => batch.visitor,
        "session" => batch.session_id(),
        "user" => batch.user,
        "url" => event.page.url,
        "title" => event.page.title,
        "referrer" => event.page.referrer,
        "t" | "sent" => {
            w.num(if name == "t" { event.t } else { batch.sent });
            return;
        }
        "time" => {
            w.raw("\"");
            escape::iso(&mut w.out, event.t);
            w.close("\"");
            return;
        }
        "data" => {
            w.raw(event.data.0);
            return;
        }
        _ => {
            let inside = event.data.get(name.strip_prefix("data.").unwrap_or(name));
            w.raw(inside.map_or("null", |value| value.0));
            return;
        }
    };
    w.str(text);
}
