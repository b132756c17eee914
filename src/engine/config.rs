//! The options of `init`, read once.
//!
//! An option nobody knows, or a value that makes no sense, is noted for debug mode and read in its strictest meaning: a
//! misspelt consent default denies, it never sends. Only a missing or impossible endpoint makes the tracker inert. An
//! option of a group may also stand alone under its dotted name, as in `"batch.ms"`.

use super::check::Problem;
use super::consent::{BAD, Terms};
use super::json::{Json, own, put};
use super::text::is_one_of;
use super::time::Millis;

/// Where ids and the outbox are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    Cookie,
    Local,
    Memory,
}

/// The options that are numbers.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    BatchEvents,
    BatchBytes,
    BatchMs,
    QueueEvents,
    QueueBytes,
    QueueMs,
    CookieDays,
    IdleMs,
    MaxMs,
}

/// Name, default and unit of each number, in the order of the enum.
const NUMBERS: [(&str, u32, u32); 9] = [
    ("batch.events", 20, 1),
    ("batch.bytes", 49_152, 1),
    ("batch.ms", 5_000, 1),
    ("queue.events", 500, 1),
    ("queue.bytes", 262_144, 1),
    ("queue.hours", 72, HOUR),
    ("cookie.days", 395, 1),
    ("session.idleMinutes", 30, MINUTE),
    ("session.maxHours", 24, HOUR),
];
const MINUTE: u32 = 60_000;
const HOUR: u32 = 60 * MINUTE;

/// Everything `init` decides.
#[derive(Clone, Debug)]
pub struct Config {
    /// Escaped as in JSON, like every text here.
    pub endpoint: String,
    pub site: String,
    pub consent: Terms,
    pub pages: bool,
    pub clicks: bool,
    /// Whether the text of clicked elements may be recorded.
    pub text: bool,
    pub medium: Medium,
    pub debug: bool,
    numbers: [Millis; NUMBERS.len()],
    /// What was not understood, for debug mode.
    pub notes: Vec<Problem>,
}

impl Config {
    /// Reads the options, a JSON object; the error is why the tracker cannot work at all.
    pub fn read(options: &str) -> Result<Self, Problem> {
        let options = Json::new(options);
        let mut c = Self {
            endpoint: String::new(),
            site: String::new(),
            consent: Terms::default(),
            pages: true,
            clicks: true,
            text: false,
            medium: Medium::Cookie,
            debug: false,
            numbers: NUMBERS.map(|(_, default, unit)| Millis::from(default) * Millis::from(unit)),
            notes: Vec::new(),
        };
        for (key, value) in options.members() {
            c.option(key, value);
        }
        if !is_url(&c.endpoint) {
            return Err(Problem::new("endpoint", if c.endpoint.is_empty() { "required" } else { "not a URL" }));
        }
        Ok(c)
    }

    /// An option that is a number; times in milliseconds.
    pub fn ms(&self, number: Number) -> Millis {
        self.numbers.get(number as usize).copied().unwrap_or(0)
    }

    /// An option that is a number; events or bytes.
    pub fn count(&self, number: Number) -> usize {
        usize::try_from(self.ms(number)).unwrap_or(usize::MAX)
    }

    /// One option; those in groups have names like `batch.ms`.
    fn option(&mut self, name: &str, value: Json<'_>) {
        let flag = value.kind() == b't';
        match name {
            "endpoint" => self.endpoint = own(value.str().unwrap_or("")),
            "site" => self.site = own(value.decimal().unwrap_or("")),
            "format" if value.str() == Some("native") => {}
            // The edge's.
            "compress" | "cart" if value.kind() != b'"' => {}
            "debug" if flag || value.kind() == b'f' => self.debug = flag,
            "storage" => {
                self.medium = match value.str() {
                    Some("cookie") => Medium::Cookie,
                    Some("local") => Medium::Local,
                    _ => Medium::Memory,
                };
                if self.medium == Medium::Memory && value.str() != Some("memory") {
                    self.note(name, BAD);
                }
            }
            "capture" if matches!(value.kind(), b'[' | b'"' | b'f') => {
                (self.pages, self.clicks) = (false, false);
                value.words(|word| self.option(&joined(name, word), Json("true")));
            }
            "capture.pages" => self.pages = flag,
            "capture.clicks" => self.clicks = flag,
            "privacy.text" => self.text = flag,
            _ if value.kind() == b'{' && is_one_of(name, "consent batch queue capture cookie session privacy") => {
                for (inner, value) in value.members() {
                    self.option(&joined(name, inner), value);
                }
            }
            _ => match name.strip_prefix("consent.") {
                Some(inner) => {
                    if let Some(why) = self.consent.option(inner, value) {
                        self.note(name, why);
                    }
                }
                None => self.number(name, value),
            },
        }
    }

    fn number(&mut self, name: &str, value: Json<'_>) {
        for ((known, _, unit), slot) in NUMBERS.iter().zip(&mut self.numbers) {
            if *known == name {
                match value.int() {
                    Some(n) if n > 0 => *slot = n.saturating_mul(Millis::from(*unit)),
                    _ => self.note(name, BAD),
                }
                return;
            }
        }
        self.note(name, "not an option");
    }

    #[cold]
    fn note(&mut self, path: &str, why: &'static str) {
        self.notes.push(Problem::new(path, why));
    }
}

/// The name of an option in a group.
fn joined(group: &str, name: &str) -> String {
    let mut out = own(group);
    put(&mut out, ".");
    put(&mut out, name);
    out
}

/// An absolute path, or `http(s)://host…`, without spaces or a fragment of its own.
fn is_url(text: &str) -> bool {
    let first = |text: &str| text.as_bytes().first().copied().unwrap_or(b'?');
    let shaped = match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
        Some(host) => !matches!(first(host), b'/' | b'?' | b':'),
        None => first(text) == b'/' && !text.starts_with("//"),
    };
    shaped && !text.bytes().any(|b| b <= b' ' || b == b'#' || b == b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::consent::{Choices, Purposes};

    fn read(text: &str) -> Result<Config, String> {
        Config::read(text).map_err(|p| p.text())
    }

    fn notes(text: &str) -> Vec<String> {
        read(text).expect("readable options").notes.iter().map(Problem::text).collect()
    }

    #[test]
    fn an_endpoint_is_a_path_or_an_http_url() {
        for good in ["/collect", "https://e.test/c?k=1", "http://127.0.0.1:8080/collect"] {
            assert!(is_url(good), "{good}");
        }
        for bad in
            ["", "collect", "//e.test/c", "ftp://e.test", "https://", "https:///x", "https://e.test/a b", "/c#x", "javascript:alert(1)"]
        {
            assert!(!is_url(bad), "{bad}");
        }
        assert_eq!(read("{}").err().as_deref(), Some("endpoint: required"));
        assert_eq!(read(r#"{"endpoint":"nope"}"#).err().as_deref(), Some("endpoint: not a URL"));
        assert_eq!(read("7").err().as_deref(), Some("endpoint: required"));
    }

    #[test]
    fn what_is_not_understood_is_noted_and_read_strictly() {
        let c = read(r#"{"endpoint":"/c","consent":{"default":"buffered"}}"#).expect("readable");
        assert_eq!(c.consent.signals.resolved(), Choices::no_to(Purposes::ALL));
        let c = read(r#"{"endpoint":"/c","consent":{"purposes":["analytic"]}}"#).expect("readable");
        assert_eq!(c.consent.required, Purposes::ALL);
        let c = read(r#"{"endpoint":"/c","consent":{"default":{"analytics":"yes"}}}"#).expect("readable");
        assert_eq!(c.consent.signals.resolved(), Choices::no_to(Purposes::ALL));
        assert_eq!(notes(r#"{"endpoint":"/c","colour":1}"#), ["colour: not an option"]);
        assert_eq!(notes(r#"{"endpoint":"/c","batch":{"event":5}}"#), ["batch.event: not an option"]);
        assert_eq!(notes(r#"{"endpoint":"/c","batch":{"events":-5}}"#), ["batch.events: not a possible value"]);
        assert_eq!(notes(r#"{"endpoint":"/c","storage":"disk"}"#), ["storage: not a possible value"]);
        assert_eq!(notes(r#"{"endpoint":"/c","compress":"gzip"}"#), ["compress: not an option"]);
        assert_eq!(notes(r#"{"endpoint":"/c","compress":true}"#), [""; 0]);
    }

    #[test]
    fn options_are_read_as_they_are_written() {
        let c = read(r#"{"endpoint":"/c","batch":{"events":5,"ms":"250"},"capture":"clicks","consent":{"purposes":["analytics"]},"session":{"idleMinutes":1}}"#).expect("readable");
        assert_eq!((c.count(Number::BatchEvents), c.ms(Number::BatchMs), c.ms(Number::IdleMs)), (5, 250, 60_000));
        assert_eq!((c.ms(Number::QueueMs), c.count(Number::QueueBytes)), (72 * 3_600_000, 262_144));
        assert_eq!((c.pages, c.clicks), (false, true));
        assert_eq!(c.notes, []);
    }
}
