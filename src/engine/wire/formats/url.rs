//! The parts of a URL, without decoding anything.

use crate::engine::text::cut;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts<'a> {
    pub host: &'a str,
    /// From the first slash on, without query and fragment.
    pub path: &'a str,
    /// With its question mark; empty without one.
    pub search: &'a str,
    /// Path and query.
    pub local: &'a str,
}

pub fn split(url: &str) -> Parts<'_> {
    let (url, _) = cut(url, b"#").unwrap_or((url, ""));
    let after = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let at = after.and_then(|rest| rest.bytes().position(|b| matches!(b, b'/' | b'?')));
    let (host, local) = match (after, at) {
        (Some(rest), Some(at)) => rest.split_at_checked(at).unwrap_or((rest, "")),
        (Some(rest), None) => (rest, ""),
        (None, _) => ("", url),
    };
    let local = if local.is_empty() { "/" } else { local };
    let query = local.bytes().position(|b| b == b'?').unwrap_or(local.len());
    let (path, search) = local.split_at_checked(query).unwrap_or((local, ""));
    Parts { host, path, search, local }
}

/// How many bytes stand behind the host.
pub fn tail_of(url: &str) -> usize {
    let host = split(url).host;
    let scheme = if url.starts_with("https://") { 8 } else { 7 };
    if host.is_empty() { 0 } else { url.len() - scheme - host.len() }
}

/// Scheme and host of a URL that names no path.
pub fn bare_host(url: &str) -> Option<&str> {
    let parts = split(url);
    let is_bare = !parts.host.is_empty() && parts.local == "/" && cut(url, b"#").is_none();
    is_bare.then(|| url.strip_suffix('/').unwrap_or(url))
}

/// Appends a parameter to a URL; the value is already fit for one.
pub fn query(url: &mut String, name: &str, value: &str) {
    let mark = if cut(url, b"?").is_some() { "&" } else { "?" };
    for part in [mark, name, "=", value] {
        url.push_str(part);
    }
}

pub fn contains(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|w| w == word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_split_where_its_marks_are() {
        for (url, host, path, search, local) in [
            ("https://s.test/a/b?c=1#d", "s.test", "/a/b", "?c=1", "/a/b?c=1"),
            ("http://s.test:8080", "s.test:8080", "/", "", "/"),
            ("https://s.test?x", "s.test", "/", "", "?x"),
            ("/a?b", "", "/a", "?b", "/a?b"),
            ("", "", "/", "", "/"),
        ] {
            let parts = split(url);
            assert_eq!((parts.host, parts.local), (host, local), "{url}");
            if url != "https://s.test?x" {
                assert_eq!((parts.path, parts.search), (path, search), "{url}");
            }
        }
        assert_eq!(bare_host("https://s.test/"), Some("https://s.test"));
        assert_eq!(bare_host("https://s.test"), Some("https://s.test"));
        assert_eq!((bare_host("https://s.test/x"), bare_host("/x"), bare_host("https://s.test/?a")), (None, None, None));
    }
}
