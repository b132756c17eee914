//! From the elements under a click to what is recorded: the declared event of the nearest `data-cb-event`, or a `click` on
//! the nearest element that is there to be clicked. No text unless asked, never a value.

use super::json::{Json, Writer, own};
use super::text::{cut, is_one_of};

/// An event to record: its name and its fields as JSON text.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub name: String,
    pub fields: String,
}

/// Reads the path: a list of elements, the one clicked first, then up. Each is an object with `tag`, `id`, `role`, `name`,
/// `href`, `type`, `autocomplete`, `text`, and `data`, its `data-cb-*` attributes without that prefix and with `_` for `-`. Nothing comes out when
/// the click is to be ignored or hit nothing that can be named.
pub fn find(path: &str, text: bool) -> Option<Found> {
    let path = Json::new(path);
    let mut declared = None;
    let mut clickable = None;
    for (_, element) in path.members() {
        if data(element, "ignore").is_some() || is_secret(element) {
            return None;
        }
        declared = declared.or(declared_by(element));
        if clickable.is_none() && is_clickable(element) {
            clickable = Some(element);
        }
    }
    let mut fields = Writer { out: own("{") };
    let mut item = Writer { out: own("{") };
    if declared.is_none() {
        let (_, innermost) = path.members().next()?;
        let target = clickable.unwrap_or(innermost);
        for key in ["tag", "id", "role", "name", "type"] {
            add(&mut fields, key, target.text(key));
        }
        add(&mut fields, "href", target.text("href").map(without_query));
        if text {
            add(&mut fields, "text", target.text("text"));
        }
    }
    // What the declaring element leaves out is taken from the elements above it.
    let mut is_part = declared.is_none();
    for (_, element) in path.members() {
        is_part |= declared_by(element).is_some();
        for (key, value) in element.get("data").unwrap_or(Json("")).members() {
            let into = if declared.is_some() && is_item_field(key) { &mut item } else { &mut fields };
            if is_part && key != "event" {
                add(into, key, value.str());
            }
        }
    }
    if item.out != "{" {
        item.close("}");
        fields.key("items").open("[").raw(&item.out).close("]");
    }
    fields.close("}");
    Some(Found { name: own(declared.unwrap_or("click")), fields: fields.out })
}

/// Adds a member to an object that is being written, each name once: the innermost element has the last word.
fn add(object: &mut Writer, key: &str, value: Option<&str>) {
    if let Some(value) = value
        && !value.is_empty()
        && Json(&object.out).get(key).is_none()
    {
        object.text(key, value);
    }
}

/// The event that an element declares.
fn declared_by(element: Json<'_>) -> Option<&str> {
    data(element, "event").filter(|name| !name.is_empty())
}

fn data<'a>(element: Json<'a>, key: &str) -> Option<&'a str> {
    element.get("data").and_then(|d| d.text(key))
}

/// Passwords, card numbers and one-time codes are not even described.
fn is_secret(element: Json<'_>) -> bool {
    element.text("type") == Some("password")
        || element.text("autocomplete").is_some_and(|a| a.starts_with("cc-") || a == "one-time-code" || a.ends_with("-password"))
}

fn is_clickable(element: Json<'_>) -> bool {
    let is = |key, words| element.text(key).is_some_and(|word| is_one_of(word, words));
    is("tag", "a button input select textarea summary label option") || is("role", "button link tab menuitem option checkbox radio switch")
}

/// The fields of GA4 items; the others belong to the event.
fn is_item_field(key: &str) -> bool {
    key.starts_with("item_") || is_one_of(key, "price quantity index discount")
}

fn without_query(url: &str) -> &str {
    cut(url, b"?#").map_or(url, |(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn click(path: &str, text: bool) -> Option<String> {
        find(path, text).map(|found| found.name + " " + &found.fields)
    }

    #[test]
    fn a_click_names_the_nearest_element_that_is_there_to_be_clicked() {
        let path = r#"[{"tag":"svg"},{"tag":"a","id":"buy","href":"/p/1?email=x#y","text":"Buy now"},{"tag":"main"}]"#;
        assert_eq!(click(path, false).as_deref(), Some(r#"click {"tag":"a","id":"buy","href":"/p/1"}"#));
        assert_eq!(click(path, true).as_deref(), Some(r#"click {"tag":"a","id":"buy","href":"/p/1","text":"Buy now"}"#));
        assert_eq!(click(r#"[{"tag":"p"},{"tag":"body"}]"#, false).as_deref(), Some(r#"click {"tag":"p"}"#));
    }

    #[test]
    fn a_declared_event_takes_its_fields_from_the_elements_above() {
        let path = r#"[{"tag":"span"},{"tag":"button","data":{"event":"add_to_cart","quantity":"2"}},
            {"tag":"article","data":{"item_id":"A1","item_name":"Mug","price":"9.90","currency":"EUR","quantity":"9"}}]"#;
        assert_eq!(
            click(path, false).as_deref(),
            Some(r#"add_to_cart {"currency":"EUR","items":[{"quantity":"2","item_id":"A1","item_name":"Mug","price":"9.90"}]}"#)
        );
    }

    #[test]
    fn ignored_and_secret_elements_are_not_described() {
        assert_eq!(click(r#"[{"tag":"button"},{"tag":"div","data":{"ignore":""}}]"#, false), None);
        assert_eq!(click(r#"[{"tag":"input","type":"password"}]"#, false), None);
        assert_eq!(click(r#"[{"tag":"input","autocomplete":"cc-number"}]"#, false), None);
        assert_eq!(click(r#"[{"tag":"input","autocomplete":"one-time-code"}]"#, false), None);
    }
}
