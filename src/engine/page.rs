//! Pages: each view exactly once, with its reason.
//!
//! A page is known by its key: what of its URL tells it from others, see `pageKey` in `edge/page.js`. A change that keeps the key
//! (scroll state saved by `replaceState`, an anchor, campaign keys taken off) is no page view. A page restored from the
//! back/forward cache is one, although its key is the same.

use std::cell::{Cell, RefCell};

use super::id::Uuid;
use super::json::{Json, Writer, own};
use super::text::{cut, word};
use super::time::Millis;

/// Why a page is on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Navigate,
    Reload,
    BackForward,
    Bfcache,
    Prerender,
    Push,
    Replace,
    /// The browser had thrown the page away to save memory, and loaded it again.
    Discard,
    Hash,
    /// The shop said so by a call of `page()`.
    Call,
}

impl Reason {
    /// Those that a browser gives, in the order of its numbers in `edge/page.js`.
    pub const BROWSER: [Self; 8] =
        [Self::Navigate, Self::Reload, Self::BackForward, Self::Bfcache, Self::Prerender, Self::Push, Self::Replace, Self::Discard];

    pub fn name(self) -> &'static str {
        word("navigate reload back_forward bfcache prerender push replace discard_restored hash call", self as usize)
    }
}

/// What the browser says about the page on screen; texts are escaped as in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts<T = String> {
    pub url: T,
    pub title: T,
    pub referrer: T,
    pub key: T,
}

impl<T: AsRef<str>> Facts<T> {
    /// The same with texts that belong to somebody else.
    pub fn borrowed(&self) -> Facts<&str> {
        let Self { url, title, referrer, key } = self;
        Facts { url: url.as_ref(), title: title.as_ref(), referrer: referrer.as_ref(), key: key.as_ref() }
    }
}

impl<'a> Facts<&'a str> {
    /// Reads `{"url","title","referrer","key"}`.
    pub fn read(facts: Json<'a>) -> Self {
        let text = |key| facts.text(key).unwrap_or("");
        Self { url: text("url"), title: text("title"), referrer: text("referrer"), key: text("key") }
    }
}

/// A page that events happened on.
#[derive(Debug)]
pub struct Page {
    pub id: Uuid,
    pub url: String,
    /// Settles after the page is on screen.
    title: RefCell<String>,
    referrer: String,
    key: String,
    reason: Reason,
    /// When a view of it was recorded last, on the clock of the events; 0 while it has none.
    pub viewed: Cell<Millis>,
}

impl Page {
    pub fn new(id: Uuid, url: &str, title: &str, referrer: &str, key: &str, reason: Reason) -> Self {
        let title = RefCell::new(own(title));
        Self { id, url: own(url), title, referrer: own(referrer), key: own(key), reason, viewed: Cell::default() }
    }

    pub fn set_title(&self, title: &str) {
        self.title.replace(own(title));
    }

    /// Whether what is on screen now is another page.
    pub fn is_left_for(&self, facts: &Facts<&str>) -> bool {
        self.key != facts.key
    }

    /// A fragment that alone changed is the reason, however it was changed.
    pub fn refine(&self, url: &str, reason: Reason) -> Reason {
        let same = without_fragment(&self.url) == without_fragment(url);
        if same && matches!(reason, Reason::Push | Reason::BackForward) { Reason::Hash } else { reason }
    }

    /// As a member of a native batch.
    pub fn write(&self, w: &mut Writer) {
        w.open("{").id("id", self.id).text("url", &self.url).text("title", &self.title.borrow());
        w.text("referrer", &self.referrer).text("reason", self.reason.name()).close("}");
    }
}

fn without_fragment(url: &str) -> &str {
    cut(url, b"#").map_or(url, |(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Page {
        Page::new(Uuid(1), url, "", "", "", Reason::Navigate)
    }

    #[test]
    fn a_changed_fragment_is_the_reason() {
        assert_eq!(at("https://s/#/a").refine("https://s/#/b", Reason::Push), Reason::Hash);
        assert_eq!(at("https://s/#/a").refine("https://s/#/b", Reason::Replace), Reason::Replace);
        assert_eq!(at("https://s/a").refine("https://s/b", Reason::Push), Reason::Push);
    }
}
