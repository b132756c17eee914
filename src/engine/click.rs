//! From the elements under a click to what is recorded: the declared event of the nearest `data-cb-event`, or a `click` on
//! the nearest element that is there to be clicked. No text unless asked, never a value.

use super::json::{Json, Writer, own, put};

/// An event to record: its name and its fields as JSON text.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub name: String,
    pub fields: String,
}

/// Reads the path: a list of elements, the one clicked first, then up. Each is an object with `tag`, `id`, `role`, `name`,
/// `href`, `type`, `autocomplete`, `text`, and `data`, its `data-cb-*` attributes without that prefix. Nothing comes out when
/// the click is to be ignored or hit nothing that can be named.
pub fn find(path: &str, text: bool) -> Option<Found> {
    let path: Vec<Json<'_>> = Json::new(path).members().map(|(_, element)| element).collect();
    if path.iter().any(|e| data(*e, "ignore").is_some() || is_secret(*e)) {
        return None;
    }
    let declared = path.iter().position(|e| data(*e, "event").is_some_and(|name| !name.is_empty()));
    let mut fields = Fields::default();
    let mut item = Fields::default();
    let mut name = "click";
    if let Some(declared) = declared.and_then(|at| path.get(at)) {
        name = data(*declared, "event")?;
    } else {
        let target = path.iter().find(|e| is_clickable(**e)).or(path.first())?;
        for key in ["tag", "id", "role", "name", "type"] {
            fields.put(key, target.text(key));
        }
        fields.put("href", target.text("href").map(without_query));
        if text {
            fields.put("text", target.text("text"));
        }
    }
    // What the declaring element leaves out is taken from the elements above it.
    for element in path.iter().skip(declared.unwrap_or(0)) {
        for (key, value) in element.get("data").into_iter().flat_map(Json::members) {
            let key = key.replace('-', "_");
            let into = if declared.is_some() && is_item_field(&key) { &mut item } else { &mut fields };
            if key != "event" {
                into.put(&key, value.str());
            }
        }
    }
    let mut w = fields.w;
    if !item.w.out.is_empty() {
        w.key("items").open("[").raw("{");
        put(&mut w.out, &item.w.out);
        w.close("}").close("]");
    }
    let mut out = own("{");
    put(&mut out, &w.out);
    put(&mut out, "}");
    Some(Found { name: own(name), fields: out })
}

/// Members of an object that is being written, each name once: the innermost element has the last word.
#[derive(Default)]
struct Fields {
    w: Writer,
    keys: Vec<String>,
}

impl Fields {
    fn put(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value
            && !value.is_empty()
            && !self.keys.iter().any(|k| k == key)
        {
            self.w.text(key, value);
            self.keys.push(own(key));
        }
    }
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
    matches!(element.text("tag"), Some("a" | "button" | "input" | "select" | "textarea" | "summary" | "label" | "option"))
        || matches!(element.text("role"), Some("button" | "link" | "tab" | "menuitem" | "option" | "checkbox" | "radio" | "switch"))
}

/// The fields of GA4 items; the others belong to the event.
fn is_item_field(key: &str) -> bool {
    key.starts_with("item_") || matches!(key, "price" | "quantity" | "index" | "discount")
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
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
            {"tag":"article","data":{"item-id":"A1","item-name":"Mug","price":"9.90","currency":"EUR","quantity":"9"}}]"#;
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
