//! Words and what they are elsewhere, as one text: `ours=theirs,same,…`. A list of pairs of texts is sixteen bytes more for each.

use crate::engine::text::{cut, part};

/// Calls `see` with each pair; a word alone is the same in both.
pub(super) fn each<'a>(table: &'a str, see: &mut dyn FnMut(&'a str, &'a str)) {
    let mut rest = table;
    while !rest.is_empty() {
        let pair = part(&mut rest, b',');
        let (word, other) = cut(pair, b"=").unwrap_or((pair, pair));
        see(word, other);
    }
}

/// What `word` is, if it is in the table.
pub(super) fn find<'a>(table: &'a str, word: &str) -> Option<&'a str> {
    let mut found = None;
    each(table, &mut |ours, theirs| {
        if ours == word {
            found = Some(theirs);
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whole() {
        let table = "a=b c,same,ab=,aa=x";
        for (word, expected) in [("a", Some("b c")), ("same", Some("same")), ("ab", Some("")), ("aa", Some("x")), ("b", None), ("", None)] {
            assert_eq!(find(table, word), expected, "{word}");
        }
        assert_eq!(find("", ""), None);
    }
}
