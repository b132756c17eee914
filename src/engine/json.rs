//! A JSON text as a tree, and back.
//!
//! Input reaches the engine as the text of `JSON.stringify`: one string copy instead of a crossing per property. Numbers
//! stay the decimal text they came as, so that money never becomes a float and no float parser is shipped. The parser
//! accepts RFC 8259 and nothing more; its error says nothing, because the text comes from `JSON.stringify` or from a
//! stranger, and neither reads messages.

/// Deeper than this is not an event; it also bounds the parser's recursion.
const MAX_DEPTH: u8 = 16;

/// One JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Null,
    Bool(bool),
    /// The number's own text, for example `29.98` or `1e3`.
    Num(String),
    Str(String),
    List(Vec<Self>),
    /// Members in the order of the text; a repeated key stands twice and the last one counts.
    Map(Vec<(String, Self)>),
}

impl Value {
    /// The member `key` of an object.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => members.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The text of a string value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(s) => Some(s),
            _ => None,
        }
    }

    /// The text member `key` of an object.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::as_str)
    }

    /// A whole number of at most 15 digits, from a number or from its decimal text.
    pub fn as_int(&self) -> Option<u64> {
        match self {
            Self::Num(s) | Self::Str(s) => int(s),
            _ => None,
        }
    }
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

/// Parses a whole text; `None` when it is not JSON.
pub fn parse(text: &str) -> Option<Value> {
    let mut p = Parser { text, at: 0 };
    let value = p.value(0)?;
    p.space();
    (p.at == text.len()).then_some(value)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    fn eat(&mut self, b: u8) -> bool {
        self.space();
        let found = self.peek() == b;
        if found {
            self.at += 1;
        }
        found
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    fn value(&mut self, depth: u8) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.space();
        match self.peek() {
            b'"' => self.string().map(Value::Str),
            b'{' => {
                self.at += 1;
                let mut members = Vec::new();
                if !self.eat(b'}') {
                    loop {
                        self.space();
                        let key = self.string()?;
                        if !self.eat(b':') {
                            return None;
                        }
                        members.push((key, self.value(depth + 1)?));
                        if self.eat(b'}') {
                            break;
                        }
                        if !self.eat(b',') {
                            return None;
                        }
                    }
                }
                Some(Value::Map(members))
            }
            b'[' => {
                self.at += 1;
                let mut list = Vec::new();
                if !self.eat(b']') {
                    loop {
                        list.push(self.value(depth + 1)?);
                        if self.eat(b']') {
                            break;
                        }
                        if !self.eat(b',') {
                            return None;
                        }
                    }
                }
                Some(Value::List(list))
            }
            b't' => self.word("true").map(|()| Value::Bool(true)),
            b'f' => self.word("false").map(|()| Value::Bool(false)),
            b'n' => self.word("null").map(|()| Value::Null),
            _ => self.number(),
        }
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        self.at - from
    }

    fn number(&mut self) -> Option<Value> {
        let from = self.at;
        if self.peek() == b'-' {
            self.at += 1;
        }
        let zero = self.peek() == b'0';
        let whole = self.digits();
        if whole == 0 || (zero && whole > 1) {
            return None;
        }
        if self.peek() == b'.' {
            self.at += 1;
            if self.digits() == 0 {
                return None;
            }
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            if self.digits() == 0 {
                return None;
            }
        }
        Some(Value::Num(self.text.get(from..self.at)?.to_owned()))
    }

    /// A string; `at` stands on the opening quote. Runs without escapes are copied whole.
    fn string(&mut self) -> Option<String> {
        if self.peek() != b'"' {
            return None;
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let from = self.at;
            while !matches!(self.peek(), b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            out.push_str(self.text.get(from..self.at)?);
            let end = self.peek();
            self.at += 1;
            match end {
                b'"' => return Some(out),
                b'\\' => {
                    let c = match self.peek() {
                        b'b' => '\u{8}',
                        b'f' => '\u{c}',
                        b'n' => '\n',
                        b'r' => '\r',
                        b't' => '\t',
                        b'u' => {
                            self.at += 1;
                            out.push(self.unicode()?);
                            continue;
                        }
                        b @ (b'"' | b'\\' | b'/') => char::from(b),
                        _ => return None,
                    };
                    self.at += 1;
                    out.push(c);
                }
                _ => return None,
            }
        }
    }

    fn hex4(&mut self) -> Option<u32> {
        let code = u32::from_str_radix(self.text.get(self.at..self.at + 4)?, 16).ok()?;
        self.at += 4;
        Some(code)
    }

    /// What follows `\u`. A lone surrogate is no character: it becomes U+FFFD, as in `String.prototype.toWellFormed`.
    fn unicode(&mut self) -> Option<char> {
        let first = self.hex4()?;
        if (0xd800..0xdc00).contains(&first) && self.text.get(self.at..)?.starts_with("\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.hex4()?;
            if (0xdc00..0xe000).contains(&second) {
                return char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
            self.at = back;
        }
        Some(char::from_u32(first).unwrap_or('\u{fffd}'))
    }
}

/// Writes JSON text; commas take care of themselves.
#[derive(Default)]
pub struct Writer {
    pub out: String,
    comma: bool,
}

impl Writer {
    /// A writer with room for `bytes`.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes), comma: false }
    }

    fn separate(&mut self) {
        if self.comma {
            self.out.push(',');
        }
        self.comma = true;
    }

    /// Opens an object or a list.
    pub fn open(&mut self, bracket: char) -> &mut Self {
        self.separate();
        self.out.push(bracket);
        self.comma = false;
        self
    }

    /// Closes an object or a list.
    pub fn close(&mut self, bracket: char) -> &mut Self {
        self.out.push(bracket);
        self.comma = true;
        self
    }

    /// A member's name; its value must follow.
    pub fn key(&mut self, key: &str) -> &mut Self {
        self.str(key);
        self.out.push(':');
        self.comma = false;
        self
    }

    /// Text that already is JSON.
    pub fn raw(&mut self, json: &str) -> &mut Self {
        self.separate();
        self.out.push_str(json);
        self
    }

    /// A whole number.
    pub fn num(&mut self, n: u64) -> &mut Self {
        self.separate();
        push_int(&mut self.out, n);
        self
    }

    /// A string, escaped.
    pub fn str(&mut self, text: &str) -> &mut Self {
        self.separate();
        self.out.push('"');
        let mut from = 0;
        for (at, b) in text.bytes().enumerate() {
            let escape = match b {
                b'"' => "\\\"",
                b'\\' => "\\\\",
                b'\n' => "\\n",
                0..=0x1f => "",
                _ => continue,
            };
            self.out.push_str(text.get(from..at).unwrap_or(""));
            if escape.is_empty() {
                self.out.push_str("\\u00");
                self.out.push(hex(b >> 4));
                self.out.push(hex(b & 15));
            } else {
                self.out.push_str(escape);
            }
            from = at + 1;
        }
        self.out.push_str(text.get(from..).unwrap_or(""));
        self.out.push('"');
        self
    }

    /// A whole tree.
    pub fn value(&mut self, value: &Value) -> &mut Self {
        match value {
            Value::Null => self.raw("null"),
            Value::Bool(b) => self.raw(if *b { "true" } else { "false" }),
            Value::Num(n) => self.raw(n),
            Value::Str(s) => self.str(s),
            Value::List(list) => {
                self.open('[');
                for v in list {
                    self.value(v);
                }
                self.close(']')
            }
            Value::Map(members) => {
                self.open('{');
                for (k, v) in members {
                    self.key(k).value(v);
                }
                self.close('}')
            }
        }
    }
}

/// One lower-case hexadecimal digit.
pub fn hex(nibble: u8) -> char {
    char::from(if nibble < 10 { b'0' + nibble } else { b'a' - 10 + nibble })
}

/// Appends a whole number in decimal.
pub fn push_int(out: &mut String, n: u64) {
    if n > 9 {
        push_int(out, n / 10);
    }
    #[expect(clippy::cast_possible_truncation, reason = "a remainder of ten")]
    out.push(char::from(b'0' + (n % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str) -> Option<String> {
        let mut w = Writer::default();
        w.value(&parse(text)?);
        Some(w.out)
    }

    #[test]
    fn a_text_comes_back_as_it_was() {
        let text = r#"{"a":[1,-2.50,1e3,"x\"\\\n\u0001é",true,false,null],"b":{},"c":[]}"#;
        assert_eq!(round(text).as_deref(), Some(text));
        assert_eq!(round(" { \"a\" : [ 1 , 2 ] } ").as_deref(), Some(r#"{"a":[1,2]}"#));
    }

    #[test]
    fn surrogates_are_joined_or_replaced() {
        assert_eq!(parse(r#""\ud83d\ude00""#), Some(Value::Str("😀".into())));
        assert_eq!(parse(r#""\ud83d!""#), Some(Value::Str("\u{fffd}!".into())));
        assert_eq!(parse(r#""\ud83d\u0041""#), Some(Value::Str("\u{fffd}A".into())));
        assert_eq!(parse(r#""\ude00""#), Some(Value::Str("\u{fffd}".into())));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in [
            "", "{", "[1,]", "{\"a\"}", "01", "1.", "-", "1e", "\"", "\"\\x\"", "\"\\u12\"", "nul", "1 2", "'a'", "{a:1}", "\"\n\"", "+1", ".5",
            "NaN",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        let deep = "[".repeat(40) + &"]".repeat(40);
        assert_eq!(parse(&deep), None);
    }

    #[test]
    fn whole_numbers_are_read_strictly() {
        assert_eq!(int("42"), Some(42));
        for text in ["", "-1", "1.0", "1e3", "9999999999999999", " 1"] {
            assert_eq!(int(text), None, "{text}");
        }
    }
}
