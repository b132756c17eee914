//! Other receivers' formats: a native batch in, requests out; their answer in, what it means for the events out.
//!
//! All of it is text to text, so that it can ship as a part of its own (`src/parts/formats.rs`) which only those shops load
//! that name a format. A format is one file and one implementation of [`Format`]: what its receiver reads, how much of
//! it at once, and what its answers mean. The batch stays native inside the page: queue, retries and halving know no
//! other.

pub mod batch;
#[cfg(feature = "cloudevents")]
pub mod cloudevents;
#[cfg(any(feature = "segment", feature = "posthog", feature = "matomo"))]
pub mod commerce;
#[cfg(any(feature = "custom", feature = "pixel"))]
pub mod custom;
pub mod escape;
#[cfg(feature = "klaviyo")]
pub mod klaviyo;
#[cfg(any(feature = "ndjson", feature = "json-array", feature = "clickhouse"))]
pub mod lines;
#[cfg(feature = "matomo")]
pub mod matomo;
#[cfg(feature = "otlp")]
pub mod otlp;
#[cfg(feature = "pixel")]
pub mod pixel;
#[cfg(feature = "plausible")]
pub mod plausible;
#[cfg(feature = "posthog")]
pub mod posthog;
#[cfg(feature = "segment")]
pub mod segment;
#[cfg(feature = "snowplow")]
pub mod snowplow;
#[cfg(any(feature = "segment", feature = "posthog", feature = "matomo", feature = "snowplow"))]
mod table;
mod translate;
#[cfg(feature = "umami")]
pub mod umami;
pub mod url;
mod verdict;

use batch::{Batch, Event};
use translate::translate;
use verdict::conclude;
pub use verdict::{Verdict, at_most_once, by_status};

use crate::engine::json::{Json, Writer, own, push_int, put};
use crate::engine::text::cut;

/// Stands between two requests, and between the parts of one: no JSON text holds it.
pub const RECORD: &str = "\u{1e}";
pub const UNIT: &str = "\u{1f}";

/// What needs no preflight.
pub const TEXT: &str = "text/plain;charset=UTF-8";

/// Beacons and keepalive fetches carry 64 KiB together; one body leaves room for another.
pub const BODY: usize = 57_344;

/// A receiver's language.
pub trait Format {
    /// Content type of a body.
    const TYPE: &'static str = TEXT;
    /// Where requests go at a host that is named without a path.
    const PATH: &'static str;
    /// Events in one request, bytes of its body, bytes of one event in it, at most.
    const EVENTS: usize = 1000;
    const BYTES: usize = BODY;
    const EVENT_BYTES: usize = BODY;
    /// Bytes of a native batch whose translation mostly fits one request.
    const NATIVE_BYTES: u64 = 40_960;
    /// Whether the receiver knows an event again: only then may one go twice.
    const DEDUPES: bool = true;
    /// Hours after which the receiver takes an event no more; 0 is the default of the queue.
    const HOURS: u64 = 0;
    /// Milliseconds that a batch may be collected for; 0 is the default. For receivers that know only their own clock.
    const MS: u64 = 0;

    /// Checks the options and completes the URL; the error is why the page can't or must not speak it so.
    fn setup(setup: &Setup<'_>, url: &mut String) -> Result<(), &'static str>;
    /// What a body begins with.
    fn head(_setup: &Setup<'_>, _batch: &Batch<'_>, _w: &mut Writer) {}
    /// One event; nothing is written for one that the receiver has no word for.
    fn event(setup: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer);
    /// What it ends with.
    fn tail(_setup: &Setup<'_>, _batch: &Batch<'_>, _w: &mut Writer) {}
    /// An event that is a URL of its own, for receivers without bodies; `w` is that URL.
    fn link(_setup: &Setup<'_>, _batch: &Batch<'_>, _event: &Event<'_>, _w: &mut Writer) -> bool {
        false
    }
    /// What an answer means to so many events.
    fn judge(status: u16, body: &str, events: u32) -> Verdict {
        let _ = (body, events);
        by_status(status)
    }
}

/// A format as the rest of this file uses it: a name and a trait's insides, so that the code around them is there once.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    pub name: &'static str,
    kind: &'static str,
    path: &'static str,
    events: usize,
    bytes: usize,
    event_bytes: usize,
    native_bytes: u64,
    dedupes: bool,
    hours: u64,
    ms: u64,
    setup: fn(&Setup<'_>, &mut String) -> Result<(), &'static str>,
    head: fn(&Setup<'_>, &Batch<'_>, &mut Writer),
    event: fn(&Setup<'_>, &Batch<'_>, &Event<'_>, &mut Writer),
    tail: fn(&Setup<'_>, &Batch<'_>, &mut Writer),
    link: fn(&Setup<'_>, &Batch<'_>, &Event<'_>, &mut Writer) -> bool,
    judge: fn(u16, &str, u32) -> Verdict,
}

impl Spec {
    const fn of<F: Format>(name: &'static str) -> Self {
        Self {
            name,
            kind: F::TYPE,
            path: F::PATH,
            events: F::EVENTS,
            bytes: F::BYTES,
            event_bytes: F::EVENT_BYTES,
            native_bytes: F::NATIVE_BYTES,
            dedupes: F::DEDUPES,
            hours: F::HOURS,
            ms: F::MS,
            setup: F::setup,
            head: F::head,
            event: F::event,
            tail: F::tail,
            link: F::link,
            judge: F::judge,
        }
    }
}

/// What most shops speak.
pub const USUAL: &[Spec] = &[
    #[cfg(feature = "ndjson")]
    Spec::of::<lines::Ndjson>("ndjson"),
    #[cfg(feature = "segment")]
    Spec::of::<segment::Segment>("segment"),
    #[cfg(feature = "segment")]
    Spec::of::<segment::Rudderstack>("rudderstack"),
    #[cfg(feature = "posthog")]
    Spec::of::<posthog::Posthog>("posthog"),
    #[cfg(feature = "matomo")]
    Spec::of::<matomo::Matomo>("matomo"),
    #[cfg(feature = "umami")]
    Spec::of::<umami::Umami>("umami"),
    #[cfg(feature = "snowplow")]
    Spec::of::<snowplow::Snowplow>("snowplow"),
];

/// All beside those.
pub const MORE: &[Spec] = &[
    #[cfg(feature = "json-array")]
    Spec::of::<lines::JsonArray>("json-array"),
    #[cfg(feature = "plausible")]
    Spec::of::<plausible::Plausible>("plausible"),
    #[cfg(feature = "matomo")]
    Spec::of::<matomo::PiwikPro>("piwik-pro"),
    #[cfg(feature = "otlp")]
    Spec::of::<otlp::Otlp>("otlp"),
    #[cfg(feature = "cloudevents")]
    Spec::of::<cloudevents::Cloudevents>("cloudevents"),
    #[cfg(feature = "clickhouse")]
    Spec::of::<lines::Clickhouse>("clickhouse"),
    #[cfg(feature = "klaviyo")]
    Spec::of::<klaviyo::Klaviyo>("klaviyo"),
    #[cfg(feature = "pixel")]
    Spec::of::<pixel::Pixel>("pixel"),
    #[cfg(feature = "pixel")]
    Spec::of::<pixel::Meta>("meta"),
    #[cfg(feature = "custom")]
    Spec::of::<custom::Custom>("custom"),
];

/// The options of `init`, and what the page adds to them.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    pub options: Json<'a>,
    /// `{"dying":1,"skew":-120}`: whether the page is being left and can't wait for a preflight, and by how many
    /// milliseconds the receiver's clock is ahead.
    pub now: Json<'a>,
}

impl<'a> Setup<'a> {
    /// A text among the options, escaped; empty when it is not there.
    pub fn text(&self, name: &str) -> &'a str {
        self.options.text(name).unwrap_or("")
    }

    /// The public key: of the project, the site, the shop.
    pub fn key(&self) -> &'a str {
        self.options.get("key").and_then(Json::decimal).unwrap_or("")
    }

    /// A key that must be there.
    pub fn need_key(&self, why: &'static str) -> Result<&'a str, &'static str> {
        if self.key().is_empty() { Err(why) } else { Ok(self.key()) }
    }

    /// A time of this browser's by the receiver's clock, as far as it is known.
    pub fn corrected(&self, t: u64) -> u64 {
        let skew = self.now.get("skew").map_or("", |s| s.0);
        match skew.strip_prefix('-') {
            Some(behind) => t.saturating_sub(Json(behind).int().unwrap_or(0)),
            None => t + Json(skew).int().unwrap_or(0),
        }
    }

    pub fn is_dying(&self) -> bool {
        self.now.get("dying").is_some()
    }
}

/// Reads the options: `!` and a reason, or what the page needs to know, a JSON object.
fn plan(spec: &Spec, options: &str) -> String {
    let setup = Setup { options: Json::new(options), now: Json("") };
    let mut url = own(setup.text("endpoint"));
    if let Some(site) = url::bare_host(&url) {
        url = own(site);
        put(&mut url, spec.path);
    }
    if let Err(why) = secrets(&setup).and_then(|()| (spec.setup)(&setup, &mut url)) {
        let mut out = own("!");
        put(&mut out, why);
        return out;
    }
    let mut w = Writer::default();
    w.open("{").text("url", &url).number("bytes", spec.native_bytes).number("events", spec.events as u64);
    w.number("hours", spec.hours).number("ms", spec.ms).number("dedupes", u64::from(spec.dedupes)).close("}");
    w.out
}

/// The one entry, for the formats that a build has: 0 reads the options, 1 translates (options, now and batch), 2 judges an
/// answer (status, how many events, body), 3 says what follows for a batch (see [`conclude`]). The format's name comes first,
/// [`RECORD`]s stand between. `?` is a format that is not there.
pub fn run(formats: &[&[Spec]], what: u32, input: &str) -> String {
    let (name, input) = cut(input, RECORD.as_bytes()).unwrap_or((input, ""));
    let (a, input) = cut(input, RECORD.as_bytes()).unwrap_or((input, ""));
    let (b, c) = cut(input, RECORD.as_bytes()).unwrap_or((input, ""));
    let Some(spec) = formats.iter().flat_map(|list| list.iter()).find(|spec| spec.name == name) else { return own("?") };
    match what {
        0 => plan(spec, a),
        1 => translate(spec, a, b, c),
        3 => conclude(a, b),
        _ => {
            let number = |text| Json(text).int().unwrap_or(0);
            let status = u16::try_from(number(a)).unwrap_or(0);
            let events = u32::try_from(number(b)).unwrap_or(0);
            let code = (spec.judge)(status, c, events).code();
            let mut out = own(if code < 0 { "-" } else { "" });
            push_int(&mut out, u64::from(code.unsigned_abs()));
            out
        }
    }
}

/// Names of options, and of parameters of an endpoint, that a page must not hold: whoever visits it can read them.
fn secrets(setup: &Setup<'_>) -> Result<(), &'static str> {
    let endpoint = setup.text("endpoint");
    for (name, why) in [
        ("api_secret", "endpoint: api_secret is a secret, every visitor could read it; use gtag on the page"),
        ("token_auth", "endpoint: token_auth is a secret, every visitor could read it; tracking needs none"),
        ("access_token=EAA", "endpoint: an access token is a secret, every visitor could read it; send from a server"),
        ("private_key", "endpoint: a private key is a secret, every visitor could read it"),
    ] {
        if url::contains(endpoint, name) {
            return Err(why);
        }
    }
    let is_secret = ["phx_", "phs_", "sk_", "sk-", "EAA", "dp.st."].iter().any(|start| setup.key().starts_with(start));
    if is_secret { Err("key: this is a private key, every visitor could read it; use the public one") } else { Ok(()) }
}
