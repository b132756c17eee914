//! A native batch, read in place: every text stays escaped as it stands.

use super::url;
use crate::engine::json::{Json, Members};

/// What all events of a batch share.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    json: Json<'a>,
    pub id: &'a str,
    /// When this attempt left, milliseconds since 1970 by the browser's clock.
    pub sent: u64,
    pub site: &'a str,
    pub visitor: &'a str,
    /// Empty while nobody is logged in.
    pub user: &'a str,
    pub session: Json<'a>,
}

/// One event and the page it happened on.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    pub id: &'a str,
    pub t: u64,
    pub name: &'a str,
    pub data: Json<'a>,
    pub page: Page<'a>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Page<'a> {
    pub id: &'a str,
    pub url: &'a str,
    pub title: &'a str,
    pub referrer: &'a str,
}

impl<'a> Batch<'a> {
    pub fn read(text: &'a str) -> Self {
        let json = Json::new(text);
        let text = |name| json.text(name).unwrap_or("");
        Self {
            json,
            id: text("batch"),
            sent: whole(json, "sent"),
            site: text("site"),
            visitor: text("visitor"),
            user: text("user"),
            session: json.get("session").unwrap_or(Json("{}")),
        }
    }

    pub fn events(&self) -> Events<'a> {
        let list = |name| self.json.get(name).unwrap_or(Json("[]")).members();
        Events { pages: list("pages"), events: list("events") }
    }

    pub fn session_id(&self) -> &'a str {
        self.session.text("id").unwrap_or("")
    }

    /// What was agreed to.
    pub fn purposes(&self) -> Json<'a> {
        self.json.get("consent").and_then(|c| c.get("purposes")).unwrap_or(Json("[]"))
    }
}

pub struct Events<'a> {
    pages: Members<'a>,
    events: Members<'a>,
}

impl<'a> Iterator for Events<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        let (_, json) = self.events.next()?;
        let at = usize::try_from(whole(json, "page")).unwrap_or(0);
        let page = self.pages.clone().nth(at).map_or(Json("{}"), |(_, page)| page);
        let of_page = |name| page.text(name).unwrap_or("");
        Some(Event {
            id: json.text("id").unwrap_or(""),
            t: whole(json, "t"),
            name: json.text("name").unwrap_or(""),
            data: json.get("data").unwrap_or(Json("{}")),
            page: Page { id: of_page("id"), url: of_page("url"), title: of_page("title"), referrer: of_page("referrer") },
        })
    }
}

impl<'a> Event<'a> {
    pub fn items(&self) -> Members<'a> {
        self.data.get("items").unwrap_or(Json("[]")).members()
    }

    /// The only item, if it is the only one.
    pub fn single(&self) -> Option<Json<'a>> {
        let mut items = self.items();
        let (_, first) = items.next()?;
        items.next().is_none().then_some(first)
    }

    /// A text or a number of the fields, as text; empty when it is not there.
    pub fn field(&self, name: &str) -> &'a str {
        field(self.data, name)
    }
}

impl<'a> Page<'a> {
    pub fn host(&self) -> &'a str {
        url::split(self.url).host
    }

    pub fn path(&self) -> &'a str {
        url::split(self.url).path
    }
}

/// A text or a number, as text; empty when it is neither.
pub fn field<'a>(object: Json<'a>, name: &str) -> &'a str {
    object.get(name).and_then(Json::decimal).unwrap_or("")
}

fn whole(json: Json<'_>, name: &str) -> u64 {
    json.get(name).and_then(Json::int).unwrap_or(0)
}
