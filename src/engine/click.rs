//! From the elements under a click to what is recorded: the declared event of the nearest `data-cb-event`, or a `click` on
//! the nearest element that is there to be clicked. No text unless asked, never a value.

use super::json::Value;

/// An element as the browser describes it: `tag`, `id`, `role`, `name`, `href`, `type`, `text`, and `data`, an object of its
/// `data-cb-*` attributes without that prefix. The list begins with the element clicked and goes up.
type Element = Value;

/// An event to record: its name and fields.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub name: String,
    pub fields: Value,
}

/// Reads the path; nothing when the click is to be ignored or hit nothing that can be named.
pub fn find(path: &[Element], text: bool) -> Option<Found> {
    if path.iter().any(|e| data(e, "ignore").is_some() || is_secret(e)) {
        return None;
    }
    if let Some(at) = path.iter().position(|e| data(e, "event").is_some_and(|name| !name.is_empty())) {
        return declared(path.get(at..)?);
    }
    let target = path.iter().find(|e| is_clickable(e)).or(path.first())?;
    let mut fields = Vec::new();
    for key in ["tag", "id", "role", "name", "type"] {
        put(&mut fields, key, target.text(key));
    }
    put(&mut fields, "href", target.text("href").map(without_query));
    if text {
        put(&mut fields, "text", target.text("text"));
    }
    for element in path {
        if let Some(Value::Map(declared)) = element.get("data") {
            for (key, value) in declared {
                put(&mut fields, &snake(key), value.as_str());
            }
        }
    }
    Some(Found { name: "click".to_owned(), fields: Value::Map(fields) })
}

/// The event that the first element of `path` declares; what it leaves out is taken from the elements above it.
fn declared(path: &[Element]) -> Option<Found> {
    let name = data(path.first()?, "event")?.to_owned();
    let mut fields = Vec::new();
    let mut item = Vec::new();
    for element in path {
        if let Some(Value::Map(members)) = element.get("data") {
            for (key, value) in members {
                let key = snake(key);
                let into = if is_item_field(&key) { &mut item } else { &mut fields };
                if key != "event" {
                    put(into, &key, value.as_str());
                }
            }
        }
    }
    if !item.is_empty() {
        fields.push(("items".to_owned(), Value::List(vec![Value::Map(item)])));
    }
    Some(Found { name, fields: Value::Map(fields) })
}

fn data<'a>(element: &'a Element, key: &str) -> Option<&'a str> {
    element.get("data").and_then(|d| d.text(key))
}

/// Passwords, card numbers and one-time codes are not even described.
fn is_secret(element: &Element) -> bool {
    element.text("type") == Some("password")
        || element.text("autocomplete").is_some_and(|a| a.starts_with("cc-") || a == "one-time-code" || a.ends_with("-password"))
}

fn is_clickable(element: &Element) -> bool {
    matches!(element.text("tag"), Some("a" | "button" | "input" | "select" | "textarea" | "summary" | "label" | "option"))
        || matches!(element.text("role"), Some("button" | "link" | "tab" | "menuitem" | "option" | "checkbox" | "radio" | "switch"))
}

/// The fields of GA4 items; the others belong to the event.
fn is_item_field(key: &str) -> bool {
    key.starts_with("item_") || matches!(key, "price" | "quantity" | "index" | "discount")
}

/// Adds a field unless it is there already: the innermost element has the last word.
fn put(fields: &mut Vec<(String, Value)>, key: &str, value: Option<&str>) {
    if let Some(value) = value
        && !value.is_empty()
        && !fields.iter().any(|(k, _)| k == key)
    {
        fields.push((key.to_owned(), Value::Str(value.to_owned())));
    }
}

fn snake(attribute: &str) -> String {
    attribute.replace('-', "_")
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::super::json;
    use super::*;

    fn click(path: &str, text: bool) -> Option<String> {
        let Some(Value::List(path)) = json::parse(path) else { panic!("the test's own JSON") };
        let found = find(&path, text)?;
        let mut w = json::Writer::default();
        w.value(&found.fields);
        Some(found.name + " " + &w.out)
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
