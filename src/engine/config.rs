//! The options of `init`, read once.
//!
//! An option nobody knows, or a value that makes no sense, is noted for debug mode and read in its strictest meaning: a
//! misspelt consent default denies, it never sends. Only a missing or impossible endpoint makes the tracker inert.

use super::check::Problem;
use super::consent::{Choices, Purposes};
use super::json::Value;
use super::time::Millis;

/// What happens to events before the shopper has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Kept in memory until there is a choice.
    Hold,
    /// Dropped and counted.
    Deny,
}

/// Where ids and the outbox are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    Cookie,
    Local,
    Memory,
}

/// What is captured without a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capture {
    pub pages: bool,
    pub clicks: bool,
}

/// Everything `init` decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub endpoint: String,
    pub site: String,
    pub before: Before,
    /// Choices the shop states in advance (`consent.default` as an object).
    pub preset: Choices,
    /// The purposes that must all be granted.
    pub purposes: Purposes,
    pub batch_events: usize,
    pub batch_bytes: usize,
    pub batch_ms: Millis,
    pub queue_events: usize,
    pub queue_bytes: usize,
    pub queue_ms: Millis,
    pub capture: Capture,
    /// Whether the text of clicked elements may be recorded.
    pub text: bool,
    pub medium: Medium,
    pub cookie_days: u64,
    pub idle_ms: Millis,
    pub max_ms: Millis,
    pub debug: bool,
    /// What was not understood, for debug mode.
    pub notes: Vec<Problem>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            site: String::new(),
            before: Before::Hold,
            preset: Choices::default(),
            purposes: Purposes::ANALYTICS,
            batch_events: 20,
            batch_bytes: 49_152,
            batch_ms: 5_000,
            queue_events: 500,
            queue_bytes: 262_144,
            queue_ms: 72 * HOUR,
            capture: Capture { pages: true, clicks: true },
            text: false,
            medium: Medium::Cookie,
            cookie_days: 395,
            idle_ms: 30 * MINUTE,
            max_ms: 24 * HOUR,
            debug: false,
            notes: Vec::new(),
        }
    }
}

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;

const UNKNOWN: &str = "not an option";
const BAD: &str = "not a possible value";

impl Config {
    /// Reads the options; the error is why the tracker cannot work at all.
    pub fn read(options: &Value) -> Result<Self, Problem> {
        let mut c = Self::default();
        let Value::Map(members) = options else {
            return Err(Problem::new("options", "not an object"));
        };
        for (key, value) in members {
            c.option(key, value);
        }
        if !is_url(&c.endpoint) {
            return Err(Problem::new("endpoint", if c.endpoint.is_empty() { "required" } else { "not a URL" }));
        }
        Ok(c)
    }

    fn option(&mut self, key: &str, value: &Value) {
        match (key, value) {
            ("endpoint", Value::Str(s)) => self.endpoint.clone_from(s),
            ("site", Value::Str(s)) => self.site.clone_from(s),
            ("format", Value::Str(s)) if s == "native" => {}
            ("debug", Value::Bool(b)) => self.debug = *b,
            ("storage", Value::Str(s)) => {
                self.medium = match s.as_str() {
                    "cookie" => Medium::Cookie,
                    "local" => Medium::Local,
                    _ => Medium::Memory,
                };
                if self.medium == Medium::Memory && s != "memory" {
                    self.note(key, "", BAD);
                }
            }
            ("capture", Value::Bool(false)) => self.capture = Capture { pages: false, clicks: false },
            ("capture", Value::List(names)) => {
                self.capture = Capture { pages: false, clicks: false };
                for name in names {
                    self.nested(key, name.as_str().unwrap_or(""), &Value::Bool(true));
                }
            }
            ("consent" | "batch" | "queue" | "capture" | "cookie" | "session" | "privacy", Value::Map(members)) => {
                for (inner, value) in members {
                    self.nested(key, inner, value);
                }
            }
            _ => self.note(key, "", if KNOWN.contains(&key) { BAD } else { UNKNOWN }),
        }
    }

    fn nested(&mut self, group: &str, key: &str, value: &Value) {
        match (group, key, value) {
            ("consent", "default", value) => self.consent_default(value),
            ("consent", "purposes", Value::List(names)) => {
                self.purposes = Purposes::NONE;
                for name in names {
                    if let Some(purpose) = name.as_str().and_then(Purposes::named) {
                        self.purposes = self.purposes.with(purpose);
                    } else {
                        // Nobody can grant what nobody knows: ask for everything.
                        self.purposes = Purposes::ALL;
                        self.note(group, key, BAD);
                    }
                }
                if self.purposes == Purposes::NONE {
                    self.purposes = Purposes::ALL;
                }
            }
            ("capture", "pages", Value::Bool(b)) => self.capture.pages = *b,
            ("capture", "clicks", Value::Bool(b)) => self.capture.clicks = *b,
            ("privacy", "text", Value::Bool(b)) => self.text = *b,
            (_, _, value) => {
                let number = value.as_int().filter(|n| *n > 0);
                let Some(n) = number else {
                    self.note(group, key, BAD);
                    return;
                };
                let count = usize::try_from(n).unwrap_or(usize::MAX);
                match (group, key) {
                    ("batch", "events") => self.batch_events = count,
                    ("batch", "bytes") => self.batch_bytes = count,
                    ("batch", "ms") => self.batch_ms = n,
                    ("queue", "events") => self.queue_events = count,
                    ("queue", "bytes") => self.queue_bytes = count,
                    ("queue", "hours") => self.queue_ms = n.saturating_mul(HOUR),
                    ("cookie", "days") => self.cookie_days = n.min(395),
                    ("session", "idleMinutes") => self.idle_ms = n.saturating_mul(MINUTE),
                    ("session", "maxHours") => self.max_ms = n.saturating_mul(HOUR),
                    _ => self.note(group, key, UNKNOWN),
                }
            }
        }
    }

    fn consent_default(&mut self, value: &Value) {
        match value {
            Value::Str(s) if s == "hold" => self.before = Before::Hold,
            Value::Map(_) => match Choices::read(value) {
                Ok(choices) => self.preset = choices,
                Err(problem) => {
                    self.before = Before::Deny;
                    self.notes.push(problem);
                }
            },
            _ => {
                self.before = Before::Deny;
                if value.as_str() != Some("deny") {
                    self.note("consent", "default", BAD);
                }
            }
        }
    }

    fn note(&mut self, group: &str, key: &str, why: &'static str) {
        let mut path = String::from(group);
        if !key.is_empty() {
            path.push('.');
            path.push_str(key);
        }
        self.notes.push(Problem { path, why });
    }
}

/// Options that exist, for telling a wrong value from a wrong name.
const KNOWN: [&str; 12] =
    ["endpoint", "site", "format", "debug", "storage", "capture", "consent", "batch", "queue", "cookie", "session", "privacy"];

/// An absolute path, or `http(s)://host…`, without spaces or a fragment of its own.
fn is_url(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let shaped = match host {
        Some(rest) => !rest.is_empty() && !rest.starts_with(['/', '?', ':']),
        None => text.starts_with('/') && !text.starts_with("//"),
    };
    shaped && !text.bytes().any(|b| b <= b' ' || b == b'#')
}

#[cfg(test)]
mod tests {
    use super::super::json;
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        Config::read(&json::parse(text).expect("the test's own JSON")).map_err(|p| p.text())
    }

    fn notes(text: &str) -> Vec<String> {
        read(text).expect("readable options").notes.iter().map(Problem::text).collect()
    }

    #[test]
    fn an_endpoint_is_a_path_or_an_http_url() {
        for good in ["/collect", "https://e.test/c?k=1", "http://127.0.0.1:8080/collect"] {
            assert!(is_url(good), "{good}");
        }
        for bad in ["", "collect", "//e.test/c", "ftp://e.test", "https://", "https:///x", "https://e.test/a b", "/c#x", "javascript:alert(1)"] {
            assert!(!is_url(bad), "{bad}");
        }
        assert_eq!(read("{}"), Err("endpoint: required".to_owned()));
        assert_eq!(read(r#"{"endpoint":"nope"}"#), Err("endpoint: not a URL".to_owned()));
        assert_eq!(read("7"), Err("options: not an object".to_owned()));
    }

    #[test]
    fn what_is_not_understood_is_noted_and_read_strictly() {
        let c = read(r#"{"endpoint":"/c","consent":{"default":"buffered"}}"#).expect("readable");
        assert_eq!(c.before, Before::Deny);
        let c = read(r#"{"endpoint":"/c","consent":{"purposes":["analytic"]}}"#).expect("readable");
        assert_eq!(c.purposes, Purposes::ALL);
        let c = read(r#"{"endpoint":"/c","consent":{"default":{"analytics":"yes"}}}"#).expect("readable");
        assert_eq!(c.before, Before::Deny);
        assert_eq!(notes(r#"{"endpoint":"/c","colour":1}"#), ["colour: not an option"]);
        assert_eq!(notes(r#"{"endpoint":"/c","batch":{"event":5}}"#), ["batch.event: not an option"]);
        assert_eq!(notes(r#"{"endpoint":"/c","batch":{"events":-5}}"#), ["batch.events: not a possible value"]);
        assert_eq!(notes(r#"{"endpoint":"/c","storage":"disk"}"#), ["storage: not a possible value"]);
    }

    #[test]
    fn options_are_read_as_they_are_written() {
        let c = read(r#"{"endpoint":"/c","batch":{"events":5,"ms":"250"},"capture":["clicks"],"session":{"idleMinutes":1}}"#).expect("readable");
        assert_eq!((c.batch_events, c.batch_ms, c.idle_ms), (5, 250, 60_000));
        assert_eq!(c.capture, Capture { pages: false, clicks: true });
        assert_eq!(c.notes, []);
    }
}
