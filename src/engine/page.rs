//! Pages: each view exactly once, with its reason.
//!
//! A page is known by its key: the URL without its fragment, unless the fragment is a route (`#/…` or `#!…`). A change that
//! keeps the key (scroll state saved by `replaceState`, an anchor) is no page view. A page restored from the back/forward
//! cache is one, although its key is the same.

use super::id::Uuid;
use super::json::Writer;

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

/// What the browser says about the page on screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub url: String,
    pub title: String,
    pub referrer: String,
}

/// One page view, or a page that events happened on before it was viewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub no: u32,
    pub id: Uuid,
    pub facts: Facts,
    pub reason: Reason,
}

impl Page {
    /// As a member of a native batch.
    pub fn write(&self, w: &mut Writer) {
        w.open('{');
        w.key("id").str(&self.id.text());
        w.key("url").str(&self.facts.url);
        w.key("title").str(&self.facts.title);
        w.key("referrer").str(&self.facts.referrer);
        w.key("reason").str(self.reason.name());
        w.close('}');
    }
}

/// The pages that waiting events refer to, the one on screen last.
#[derive(Debug, Default)]
pub struct Pages {
    list: Vec<Page>,
    made: u32,
}

impl Pages {
    pub fn current(&self) -> Option<&Page> {
        self.list.last()
    }

    pub fn get(&self, no: u32) -> Option<&Page> {
        self.list.iter().find(|p| p.no == no)
    }

    /// The page on screen with that URL, or any that is still known.
    pub fn with_url(&self, url: &str) -> Option<&Page> {
        self.list.iter().rev().find(|p| p.facts.url == url)
    }

    /// Whether moving to `url` shows another page.
    pub fn is_new(&self, url: &str) -> bool {
        self.current().is_none_or(|p| key(&p.facts.url) != key(url))
    }

    /// A fragment that alone changed is the reason, however it was changed.
    pub fn refine(&self, url: &str, reason: Reason) -> Reason {
        let same = self.current().is_some_and(|p| without_fragment(&p.facts.url) == without_fragment(url));
        if same && matches!(reason, Reason::Push | Reason::BackForward) { Reason::Hash } else { reason }
    }

    /// Puts a page on screen.
    pub fn show(&mut self, id: Uuid, facts: Facts, reason: Reason) -> u32 {
        self.made += 1;
        self.list.push(Page { no: self.made, id, facts, reason });
        self.made
    }

    /// Puts a page behind the one on screen: something happened on it before we were there.
    pub fn remember(&mut self, id: Uuid, facts: Facts) -> u32 {
        let current = self.list.pop();
        let no = self.show(id, facts, Reason::Navigate);
        self.list.extend(current);
        no
    }

    /// Sets the title of the page on screen, once it has settled.
    pub fn set_title(&mut self, title: String) {
        if let Some(page) = self.list.last_mut() {
            page.facts.title = title;
        }
    }

    /// Forgets pages that are neither on screen nor `used`.
    pub fn forget(&mut self, used: impl Fn(u32) -> bool) {
        let current = self.current().map(|p| p.no);
        self.list.retain(|p| Some(p.no) == current || used(p.no));
    }
}

/// The part of a URL that tells pages apart.
fn key(url: &str) -> &str {
    match url.split_once('#') {
        Some((_, fragment)) if fragment.starts_with(['/', '!']) => url,
        Some((before, _)) => before,
        None => url,
    }
}

fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Pages {
        let mut pages = Pages::default();
        pages.show(Uuid(1), Facts { url: url.to_owned(), ..Facts::default() }, Reason::Navigate);
        pages
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
            assert_eq!(at(from).is_new(to), expected, "{from} to {to}");
        }
    }

    #[test]
    fn a_changed_fragment_is_the_reason() {
        assert_eq!(at("https://s/#/a").refine("https://s/#/b", Reason::Push), Reason::Hash);
        assert_eq!(at("https://s/#/a").refine("https://s/#/b", Reason::Replace), Reason::Replace);
        assert_eq!(at("https://s/a").refine("https://s/b", Reason::Push), Reason::Push);
    }

    #[test]
    fn pages_are_kept_while_they_are_used() {
        let mut pages = at("https://s/a");
        let early = pages.remember(Uuid(2), Facts { url: "https://s/early".to_owned(), ..Facts::default() });
        assert_eq!(pages.current().map(|p| p.facts.url.as_str()), Some("https://s/a"));
        pages.forget(|no| no == early);
        assert!(pages.get(early).is_some());
        pages.forget(|_| false);
        assert!(pages.get(early).is_none() && pages.current().is_some());
    }
}
