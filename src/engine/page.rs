//! Pages: each view exactly once, with its reason.
//!
//! A page is known by its key: the URL without its fragment, unless the fragment is a route (`#/…` or `#!…`). A change that
//! keeps the key (scroll state saved by `replaceState`, an anchor) is no page view. A page restored from the back/forward
//! cache is one, although its key is the same.

use std::cell::RefCell;

use super::id::Uuid;
use super::json::{Json, Writer, own};
use super::text::cut;

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
    Hash,
    /// The shop said so by a call of `page()`.
    Call,
}

impl Reason {
    /// Those that a browser gives, in the order of its numbers in `edge/page.js`.
    pub const BROWSER: [Self; 7] =
        [Self::Navigate, Self::Reload, Self::BackForward, Self::Bfcache, Self::Prerender, Self::Push, Self::Replace];

    pub fn name(self) -> &'static str {
        match self {
            Self::Navigate => "navigate",
            Self::Reload => "reload",
            Self::BackForward => "back_forward",
            Self::Bfcache => "bfcache",
            Self::Prerender => "prerender",
            Self::Push => "push",
            Self::Replace => "replace",
            Self::Hash => "hash",
            Self::Call => "call",
        }
    }
}

/// What the browser says about the page on screen; texts are escaped as in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub url: String,
    pub title: String,
    pub referrer: String,
}

impl Facts {
    /// Reads `{"url","title","referrer"}`.
    pub fn read(facts: Json<'_>) -> Self {
        let text = |key| own(facts.text(key).unwrap_or(""));
        Self { url: text("url"), title: text("title"), referrer: text("referrer") }
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
    reason: Reason,
}

impl Page {
    pub fn new(id: Uuid, url: &str, title: &str, referrer: &str, reason: Reason) -> Self {
        Self { id, url: own(url), title: RefCell::new(own(title)), referrer: own(referrer), reason }
    }

    pub fn set_title(&self, title: &str) {
        self.title.replace(own(title));
    }

    /// Whether moving to `url` shows another page.
    pub fn is_left_for(&self, url: &str) -> bool {
        key(&self.url) != key(url)
    }

    /// A fragment that alone changed is the reason, however it was changed.
    pub fn refine(&self, url: &str, reason: Reason) -> Reason {
        let same = without_fragment(&self.url) == without_fragment(url);
        if same && matches!(reason, Reason::Push | Reason::BackForward) { Reason::Hash } else { reason }
    }

    /// As a member of a native batch.
    pub fn write(&self, w: &mut Writer) {
        w.open("{").text("id", &self.id.text()).text("url", &self.url).text("title", &self.title.borrow());
        w.text("referrer", &self.referrer).text("reason", self.reason.name()).close("}");
    }
}

/// The part of a URL that tells pages apart.
fn key(url: &str) -> &str {
    match cut(url, b"#") {
        Some((_, fragment)) if matches!(fragment.as_bytes().first(), Some(b'/' | b'!')) => url,
        Some((before, _)) => before,
        None => url,
    }
}

fn without_fragment(url: &str) -> &str {
    cut(url, b"#").map_or(url, |(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Page {
        Page::new(Uuid(1), url, "", "", Reason::Navigate)
    }

    #[test]
    fn the_key_decides_what_is_a_new_page() {
        for (from, to, expected) in [
            ("https://s/a", "https://s/b", true),
            ("https://s/a", "https://s/a", false),
            ("https://s/a", "https://s/a?page=2", true),
            ("https://s/a", "https://s/a#reviews", false),
            ("https://s/a#x", "https://s/a", false),
            ("https://s/#/a", "https://s/#/b", true),
            ("https://s/", "https://s/#!b", true),
        ] {
            assert_eq!(at(from).is_left_for(to), expected, "{from} to {to}");
        }
    }

    #[test]
    fn a_changed_fragment_is_the_reason() {
        assert_eq!(at("https://s/#/a").refine("https://s/#/b", Reason::Push), Reason::Hash);
        assert_eq!(at("https://s/#/a").refine("https://s/#/b", Reason::Replace), Reason::Replace);
        assert_eq!(at("https://s/a").refine("https://s/b", Reason::Push), Reason::Push);
    }
}
