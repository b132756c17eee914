//! Text from one writing into another: JSON's escapes into a URL's, JSON into a JSON string, milliseconds into a date.

use crate::engine::json::{Writer, push_digit, push_int, put};

/// Appends what a JSON string says (given with its escapes) as a URL's component: UTF-8, percent-encoded.
pub fn percent(out: &mut String, escaped: &str) {
    let mut chars = escaped.chars();
    let mut high = 0;
    while let Some(c) = chars.next() {
        let c = if c == '\\' { unescape(&mut chars, &mut high) } else { Some(c) };
        let Some(c) = c else { continue };
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~') {
            out.push(c);
            continue;
        }
        for b in c.encode_utf8(&mut [0; 4]).bytes() {
            put(out, "%");
            let digit = |out: &mut String, n: u8| out.push(char::from(if n > 9 { b'A' + n - 10 } else { b'0' + n }));
            digit(out, b >> 4);
            digit(out, b & 15);
        }
    }
}

/// What stands behind a backslash. The first half of a surrogate pair is kept in `high` until the second comes.
fn unescape(chars: &mut core::str::Chars<'_>, high: &mut u32) -> Option<char> {
    Some(match chars.next()? {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => {
            let mut n = 0;
            for _ in 0..4 {
                n = n * 16 + chars.next()?.to_digit(16)?;
            }
            if (0xd800..0xdc00).contains(&n) {
                *high = n;
                return None;
            }
            if (0xdc00..0xe000).contains(&n) && *high > 0 {
                n = 0x1_0000 + ((*high - 0xd800) << 10) + (n - 0xdc00);
                *high = 0;
            }
            char::from_u32(n).unwrap_or('\u{fffd}')
        }
        other => other,
    })
}

/// Appends JSON text as the content of a JSON string.
pub fn nest(out: &mut String, json: &str) {
    for c in json.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
}

/// At most so many bytes of an escaped text, cut where neither a character nor an escape is.
pub fn head(escaped: &str, bytes: usize) -> &str {
    if escaped.len() <= bytes {
        return escaped;
    }
    let mut end = 0;
    let mut chars = escaped.char_indices();
    while let Some((at, c)) = chars.next() {
        if at > bytes {
            break;
        }
        end = at;
        let skipped = match c {
            '\\' => chars.next().map_or(0, |(_, c)| if c == 'u' { 4 } else { 0 }),
            _ => 0,
        };
        for _ in 0..skipped {
            chars.next();
        }
    }
    escaped.get(..end).unwrap_or("")
}

/// Appends digits, at least `width` of them.
fn padded(out: &mut String, n: u64, width: u32) {
    let mut unit = 10_u64.pow(width - 1);
    while unit > 1 && n < unit {
        put(out, "0");
        unit /= 10;
    }
    push_int(out, n);
}

/// Appends a time, milliseconds since 1970, as ISO 8601 in UTC: `2026-11-21T15:00:00.000Z`.
///
/// Days become a date by Howard Hinnant's method: <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>.
pub fn iso(out: &mut String, ms: u64) {
    let days = ms / 86_400_000 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let moon = (5 * of_year + 2) / 153;
    let month = if moon < 10 { moon + 3 } else { moon - 9 };
    padded(out, year + era * 400 + u64::from(month < 3), 4);
    let time = ms % 86_400_000;
    for (mark, n, width) in [
        ("-", month, 2),
        ("-", of_year - (153 * moon + 2) / 5 + 1, 2),
        ("T", time / 3_600_000, 2),
        (":", time / 60_000 % 60, 2),
        (":", time / 1000 % 60, 2),
        (".", time % 1000, 3),
    ] {
        put(out, mark);
        padded(out, n, width);
    }
    put(out, "Z");
}

/// A member whose value is a time.
pub fn time(w: &mut Writer, key: &str, ms: u64) {
    w.key(key).raw("\"");
    iso(&mut w.out, ms);
    w.close("\"");
}

/// Appends the last so many hexadecimal digits of a UUID's text: of version 7 the first ones are the time.
pub fn last_digits(out: &mut String, uuid: &str, count: usize) {
    for n in uuid.chars().filter_map(|c| c.to_digit(16)).skip(32 - count.min(32)) {
        push_digit(out, u64::from(n));
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn made(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn json_escapes_become_those_of_a_url() {
        for (escaped, expected) in [
            ("a-b_c.d~1", "a-b_c.d~1"),
            ("a b&c=d/?#", "a%20b%26c%3Dd%2F%3F%23"),
            (r#"\"\\\/\n\t"#, "%22%5C%2F%0A%09"),
            ("Gr\u{fc}n \u{20ac}", "Gr%C3%BCn%20%E2%82%AC"),
            (r"\u00fc\ud83d\ude00", "%C3%BC%F0%9F%98%80"),
        ] {
            assert_eq!(made(|out| percent(out, escaped)), expected, "{escaped}");
        }
    }

    #[test]
    fn times_are_dates() {
        for (ms, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_123, "2000-02-29T00:00:00.123Z"),
            (1_795_218_299_007, "2026-11-20T23:44:59.007Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        ] {
            assert_eq!(made(|out| iso(out, ms)), expected);
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        for (text, bytes, expected) in
            [("abc", 3, "abc"), ("abcd", 3, "abc"), ("\u{fc}\u{fc}\u{fc}", 3, "\u{fc}"), (r"ab\u00fcxx", 5, "ab"), (r"ab\nxx", 4, r"ab\n")]
        {
            assert_eq!(head(text, bytes), expected, "{text} {bytes}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_json_text_nests(text in "\\PC{0,20}") {
            let json = serde_json::to_string(&text).unwrap_or_default();
            let nested = format!("\"{}\"", made(|out| nest(out, &json)));
            proptest::prop_assert_eq!(serde_json::from_str::<String>(&nested).ok(), Some(json));
        }
    }
}
