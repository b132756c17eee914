//! JSON without a tree: values stay the text they stand in.
//!
//! Input reaches the engine as the text of `JSON.stringify`: one string copy instead of a crossing per property. Reading it
//! in place needs no allocation; numbers stay decimal text, so that money never becomes a float; strings stay escaped, so
//! that writing them again is a copy. The reader trusts that the text is well-formed (both its callers have had it parsed
//! or printed by a JSON library); of any other text it makes some sense or none, but never panics and always ends.

/// One JSON value: the text it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<'a>(pub &'a str);

impl<'a> Json<'a> {
    /// Passes over blanks before the value.
    pub fn new(text: &'a str) -> Self {
        Json(skip(text))
    }

    /// What kind of value it is: `"`, `{`, `[`, `t`, `f`, `n`, or a digit or minus; 0 when there is none.
    pub fn kind(self) -> u8 {
        self.0.as_bytes().first().copied().unwrap_or(0)
    }

    pub fn is_number(self) -> bool {
        matches!(self.kind(), b'-' | b'0'..=b'9')
    }

    pub fn is_container(self) -> bool {
        matches!(self.kind(), b'{' | b'[')
    }

    /// A string's content, still escaped.
    pub fn str(self) -> Option<&'a str> {
        let inside = self.0.get(1..self.0.len().checked_sub(1)?)?;
        (self.kind() == b'"' && self.0.ends_with("\"")).then_some(inside)
    }

    /// The decimal text of a number, or of a string that may hold one.
    pub fn decimal(self) -> Option<&'a str> {
        if self.is_number() { Some(self.0) } else { self.str() }
    }

    /// A whole number of at most 15 digits, from a number or from its decimal text.
    pub fn int(self) -> Option<u64> {
        int(self.decimal()?)
    }

    /// The members of an object, or of a list with empty names. Nothing for any other value.
    pub fn members(self) -> Members<'a> {
        let inside = if self.is_container() { self.0.get(1..) } else { None };
        Members { text: inside.unwrap_or(""), named: self.kind() == b'{' }
    }

    /// The texts of a list; a single text is a list of one.
    pub fn words(self, mut each: impl FnMut(&'a str)) {
        let members = if self.is_container() { self.members() } else { Members { text: self.0, named: false } };
        for (_, word) in members {
            if let Some(word) = word.str() {
                each(word);
            }
        }
    }

    /// The last member of that name.
    pub fn get(self, name: &str) -> Option<Self> {
        self.members().filter(|(key, _)| *key == name).last().map(|(_, value)| value)
    }

    /// The content of the last member of that name, if it is a string.
    pub fn text(self, name: &str) -> Option<&'a str> {
        self.get(name)?.str()
    }
}

/// The members of an object or a list, one after the other.
#[derive(Clone)]
pub struct Members<'a> {
    text: &'a str,
    named: bool,
}

impl<'a> Members<'a> {
    /// The text from the next one on.
    pub fn rest(&self) -> &'a str {
        self.text
    }

    /// Takes the next value off the text; what separates values is passed over.
    fn value(&mut self) -> Option<&'a str> {
        let text = skip(self.text);
        let (value, rest) = text.split_at_checked(end(text))?;
        self.text = rest;
        (!value.is_empty()).then_some(value)
    }
}

impl<'a> Iterator for Members<'a> {
    /// Name (empty in a list) and value.
    type Item = (&'a str, Json<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let name = if self.named { Json(self.value()?).str()? } else { "" };
        Some((name, Json(self.value()?)))
    }
}

/// What separates values.
fn is_between(b: u8) -> bool {
    matches!(b, b',' | b':' | b' ' | b'\n' | b'\r' | b'\t')
}

/// The text from the first value on.
fn skip(text: &str) -> &str {
    let at = text.bytes().position(|b| !is_between(b));
    at.and_then(|at| text.get(at..)).unwrap_or("")
}

/// Where the value that `text` begins with ends; 0 when it begins with none.
fn end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut at = 0;
    // By index: an iterator is a call per byte in a build for size, and every byte of an event comes through here.
    while let Some(&b) = bytes.get(at) {
        at += 1;
        if in_string {
            match b {
                b'\\' => at += 1,
                b'"' => {
                    in_string = false;
                    if depth == 0 {
                        return at;
                    }
                }
                _ => {}
            }
            continue;
        }
        match b {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 1 => depth -= 1,
            b'}' | b']' => return at - 1 + depth,
            _ if depth == 0 && is_between(b) => return at - 1,
            _ => {}
        }
    }
    text.len()
}

/// Reads decimal digits; nothing but digits, at most 15 of them (exact in every JSON reader).
pub fn int(text: &str) -> Option<u64> {
    if text.is_empty() || text.len() > 15 {
        return None;
    }
    let mut n = 0_u64;
    for b in text.bytes() {
        if !b.is_ascii_digit() {
            return None;
        }
        n = n * 10 + u64::from(b - b'0');
    }
    Some(n)
}

/// Writes JSON text; commas take care of themselves. Strings are given as they are escaped.
///
/// Nothing here is inlined: a `push_str` in place is sixty bytes of code, and there are hundreds of them.
#[derive(Default)]
pub struct Writer {
    pub out: String,
}

impl Writer {
    /// A comma, unless this is the first in its object or list.
    #[inline(never)]
    fn separate(&mut self) {
        if !matches!(self.out.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            put(&mut self.out, ",");
        }
    }

    /// Opens an object or a list.
    #[inline(never)]
    pub fn open(&mut self, bracket: &str) -> &mut Self {
        self.raw(bracket)
    }

    /// Closes an object or a list.
    #[inline(never)]
    pub fn close(&mut self, bracket: &str) -> &mut Self {
        put(&mut self.out, bracket);
        self
    }

    /// A member's name; its value must follow.
    #[inline(never)]
    pub fn key(&mut self, key: &str) -> &mut Self {
        self.str(key).close(":")
    }

    /// Text that already is JSON.
    #[inline(never)]
    pub fn raw(&mut self, json: &str) -> &mut Self {
        self.separate();
        self.close(json)
    }

    /// A whole number.
    #[inline(never)]
    pub fn num(&mut self, n: u64) -> &mut Self {
        self.separate();
        push_int(&mut self.out, n);
        self
    }

    /// A string, already escaped.
    #[inline(never)]
    pub fn str(&mut self, text: &str) -> &mut Self {
        self.raw("\"").close(text).close("\"")
    }

    /// A member whose value is a string, already escaped.
    #[inline(never)]
    pub fn text(&mut self, key: &str, text: &str) -> &mut Self {
        self.key(key).str(text)
    }

    /// A member whose value is a whole number.
    #[inline(never)]
    pub fn number(&mut self, key: &str, n: u64) -> &mut Self {
        self.key(key).num(n)
    }
}

/// Appends text, without code for it at every call.
#[inline(never)]
pub fn put(out: &mut String, text: &str) {
    out.push_str(text);
}

/// A text of one's own, without code for it at every call.
#[inline(never)]
pub fn own(text: &str) -> String {
    text.to_owned()
}

/// Appends one hexadecimal digit, the lowest of `n`.
pub fn push_digit(out: &mut String, n: u64) {
    let at = (n & 15) as usize;
    put(out, "0123456789abcdef".get(at..=at).unwrap_or(""));
}

/// Appends a whole number in decimal.
#[inline(never)]
pub fn push_int(out: &mut String, n: u64) {
    if n > 9 {
        push_int(out, n / 10);
    }
    push_digit(out, n % 10);
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(&str, &str)> {
        Json::new(text).members().map(|(k, v)| (k, v.0)).collect()
    }

    #[test]
    fn members_are_found_where_they_stand() {
        let text = r#" {"a":[1,{"b":2}], "b\"c" : "x,}\\", "d":-1.5e3,"e":null,"a":true} "#;
        assert_eq!(parts(text), [("a", r#"[1,{"b":2}]"#), (r#"b\"c"#, r#""x,}\\""#), ("d", "-1.5e3"), ("e", "null"), ("a", "true")]);
        assert_eq!(Json::new(text).get("a"), Some(Json("true")));
        assert_eq!(parts(r#"[1,"two",[3],{}]"#), [("", "1"), ("", r#""two""#), ("", "[3]"), ("", "{}")]);
        assert_eq!(parts("{}"), []);
        assert_eq!(parts("7"), []);
    }

    #[test]
    fn whole_numbers_are_read_strictly() {
        assert_eq!(int("42"), Some(42));
        for text in ["", "-1", "1.0", "1e3", "9999999999999999", " 1"] {
            assert_eq!(int(text), None, "{text}");
        }
    }

    #[test]
    fn commas_take_care_of_themselves() {
        let mut w = Writer::default();
        w.open("{").text("a", "x").key("b").open("[").num(1).num(20).open("{").close("}").close("]").number("c", 0).close("}");
        assert_eq!(w.out, r#"{"a":"x","b":[1,20,{}],"c":0}"#);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_to_an_end(text in r#"[\{\}\[\]",:\\a1 é]{0,40}"#) {
            fn walk(json: Json<'_>, depth: u8) {
                if depth < 50 {
                    json.members().for_each(|(_, value)| walk(value, depth + 1));
                }
            }
            walk(Json::new(&text), 0);
        }

        #[test]
        fn what_another_library_prints_is_read_alike(values in proptest::collection::btree_map("[a-z]{1,8}", "\\PC{0,12}", 0..8)) {
            let text = serde_json::to_string(&values).unwrap_or_default();
            let read: Vec<_> = Json::new(&text).members().map(|(k, v)| (k.to_owned(), serde_json::from_str::<String>(v.0).ok())).collect();
            proptest::prop_assert_eq!(read, values.into_iter().map(|(k, v)| (k, Some(v))).collect::<Vec<_>>());
        }
    }
}
