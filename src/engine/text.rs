//! Text by its ASCII bytes. What `str` offers for this searches for any character and weighs 800 bytes.

/// What stands before and after the first of the ASCII characters `marks`.
#[expect(clippy::manual_contains, reason = "`contains` is a search by words of memory: 120 bytes more, for lists of two")]
pub fn cut<'a>(text: &'a str, marks: &[u8]) -> Option<(&'a str, &'a str)> {
    let at = text.bytes().position(|b| marks.iter().any(|mark| *mark == b))?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Takes what stands before the next `mark` off the front; everything when there is none.
pub fn part<'a>(rest: &mut &'a str, mark: u8) -> &'a str {
    let (part, more) = cut(rest, &[mark]).unwrap_or((rest, ""));
    *rest = more;
    part
}

/// The word of that place in a list of words with blanks between them; empty where there is none. A list of texts has an address
/// and a length for each.
pub fn word(words: &'static str, place: usize) -> &'static str {
    let mut rest = words;
    for _ in 0..place {
        part(&mut rest, b' ');
    }
    part(&mut rest, b' ')
}

/// Whether `word` is in a list of words with blanks between them.
pub fn is_one_of(word: &str, words: &str) -> bool {
    words.as_bytes().split(|b| *b == b' ').any(|w| w == word.as_bytes())
}
