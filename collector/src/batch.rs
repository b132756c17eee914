//! From a body's text to rows that may be stored: what is wrong with the whole refuses the whole, what is wrong with one
//! event turns away that event.
//!
//! Nothing here reads a clock or a database. Reasons name the field: `session.id: required`, `items[2].price: negative`.

use cartbeacon::engine::id::Uuid;
use cartbeacon::engine::json::Json;
use cartbeacon::engine::wire::receive::{Batch, Consent, ConsentState, Erase, Event, Page, Session, VERSION};
use cartbeacon::engine::{catalogue, check};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::anonymous::Counts;
use crate::clock::{Millis, believed};
use crate::device;
use crate::fields::{self, Money, Sold};
use crate::limits::MAX_EVENTS;
use crate::refusal::Refusal;
use crate::touch::{self, Touch};

/// The purpose that the events of this format need.
const PURPOSE: &str = "analytics";
/// The purpose that a list of people to write to needs.
const CONTACT: &str = "marketing";
/// More reasons than the SDK could ever name are no loss report.
const MAX_REASONS: usize = 50;
/// A longer policy version is none.
const MAX_POLICY: usize = 64;
/// A longer site, SDK or engine name is not one.
const MAX_NAME: usize = 200;

/// What a body asks for.
#[derive(Debug)]
pub(crate) enum Message {
    Store(Box<Accepted>),
    /// Forget this visitor.
    Erase(String),
    /// Count these, of nobody.
    Count(Counts),
}

/// A well-formed batch, ready to be stored.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) batch: String,
    pub(crate) received: Millis,
    pub(crate) sdk: String,
    pub(crate) engine: String,
    pub(crate) site: String,
    pub(crate) attempt: u32,
    pub(crate) visitor: String,
    pub(crate) user: Option<String>,
    /// The class of its device, which the body does not tell.
    pub(crate) device: Option<&'static str>,
    /// What says that it is a robot's, if anything does.
    pub(crate) robot: Option<&'static str>,
    /// What brought the visit here, and when.
    pub(crate) touches: Vec<(Millis, Touch)>,
    /// Where its first event happened, and when.
    pub(crate) landing: Option<Landing>,
    /// Whether its events are a visit's: those of a picture in a mail are not.
    pub(crate) visited: bool,
    pub(crate) session: Session,
    pub(crate) consent: Consent,
    pub(crate) lost: Vec<(String, i64)>,
    pub(crate) pages: Vec<Page>,
    pub(crate) events: Vec<Row>,
    pub(crate) rejected: Vec<Rejected>,
}

impl Accepted {
    /// The login id where the consent covers lists of people, else nobody.
    pub(crate) fn contact(&self) -> Option<&str> {
        self.user.as_deref().filter(|user| !user.is_empty() && self.may_contact())
    }

    pub(crate) fn may_contact(&self) -> bool {
        self.consent.purposes.iter().any(|p| p == CONTACT)
    }
}

/// One event as it will be stored.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) seq: i64,
    /// When it happened by the sender's clock, and when it is believed to have happened.
    pub(crate) t: Millis,
    pub(crate) at: Millis,
    pub(crate) ahead: bool,
    /// The page view's id.
    pub(crate) page: Option<String>,
    pub(crate) name: String,
    pub(crate) data: String,
    pub(crate) money: Option<Money>,
    /// What the items come to, in the minor units of `money`, where that is not what it says.
    pub(crate) worth: Option<i64>,
    /// Whether there is a field `value`, readable as money or not.
    pub(crate) valued: bool,
    pub(crate) transaction: Option<String>,
    /// The cart it is about, where its sender numbers them.
    pub(crate) cart: Option<String>,
    pub(crate) items: Vec<Sold>,
    /// Whether it says itself that no person was there.
    pub(crate) robot: Option<&'static str>,
}

/// One event that was turned away.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rejected {
    /// Its id, if it has one that can be read.
    pub(crate) id: Option<String>,
    /// Its place in the batch, from 0.
    pub(crate) index: usize,
    pub(crate) reason: String,
}

/// Tells an erasure and anonymous counts from a batch without reading any of them.
#[derive(Default, Deserialize)]
struct Head<'a> {
    #[serde(borrow, default)]
    erase: Option<&'a RawValue>,
    #[serde(borrow, default)]
    anonymous: Option<&'a RawValue>,
}

/// Reads a body that arrived at `received`.
pub(crate) fn read(text: &str, received: Millis) -> Result<Message, Refusal> {
    if text.trim_ascii().is_empty() {
        return Err(Refusal::Malformed("body: empty".to_owned()));
    }
    let text = &*fields::without_lone_surrogates(text);
    let head = serde_json::from_str::<Head<'_>>(text).unwrap_or_default();
    if head.erase.is_some() {
        let request: Erase = parse("body", text).map_err(Refusal::Malformed)?;
        if request.v.is_some_and(|v| v != VERSION) {
            return Err(version());
        }
        return Ok(Message::Erase(uuid("erase", &request.erase)?));
    }
    if head.anonymous.is_some() {
        let counts: Counts = parse("body", text).map_err(Refusal::Malformed)?;
        if counts.v != VERSION {
            return Err(version());
        }
        counts.check()?;
        return Ok(Message::Count(counts));
    }
    let batch: Batch<Box<RawValue>> = parse("body", text).map_err(Refusal::Malformed)?;
    accept(batch, received).map(|accepted| Message::Store(Box::new(accepted)))
}

fn version() -> Refusal {
    Refusal::Malformed(format!("v: not {VERSION}, the version this collector reads"))
}

fn accept(batch: Batch<Box<RawValue>>, received: Millis) -> Result<Accepted, Refusal> {
    if batch.v != VERSION {
        return Err(version());
    }
    for (field, count) in [("events", batch.events.len()), ("pages", batch.pages.len())] {
        if count > MAX_EVENTS {
            return Err(Refusal::TooLarge(format!("{field}: more than {MAX_EVENTS}")));
        }
    }
    for (field, text) in [("sdk", &batch.sdk), ("engine", &batch.engine), ("site", &batch.site)] {
        if text.is_empty() || text.len() > MAX_NAME {
            return Err(Refusal::Malformed(format!("{field}: not 1 to {MAX_NAME} bytes")));
        }
    }
    let visitor = uuid("visitor", &batch.visitor)?;
    let batch_id = uuid("batch", &batch.batch)?;
    let session = Session { id: uuid("session.id", &batch.session.id)?, ..batch.session };
    if batch.consent.policy.as_ref().is_some_and(|policy| policy.len() > MAX_POLICY) {
        return Err(Refusal::Malformed(format!("consent.policy: longer than {MAX_POLICY} bytes")));
    }
    let sent = time("sent", batch.sent).map_err(Refusal::Malformed)?;
    time("session.started", session.started).map_err(Refusal::Malformed)?;
    let lost = losses(&batch)?;
    let mut pages = batch.pages;
    for (index, page) in pages.iter_mut().enumerate() {
        page.id = uuid(&format!("pages[{index}].id"), &page.id)?;
    }
    // Asked last of the questions about the whole: a malformed batch is the sender's fault whatever the shopper said.
    may_keep(&batch.consent)?;

    let mut events = Vec::with_capacity(batch.events.len());
    let mut rejected = Vec::new();
    for (index, raw) in batch.events.iter().enumerate() {
        match event(raw.get(), &pages, sent, received) {
            Ok(row) => events.push(row),
            Err(reason) => rejected.push(Rejected { id: readable_id(raw.get()), index, reason }),
        }
    }
    Ok(Accepted {
        device: None,
        robot: None,
        touches: touches(&pages, &events),
        landing: landing(&pages, &events),
        visited: true,
        batch: batch_id,
        received,
        sdk: batch.sdk,
        engine: batch.engine,
        site: batch.site,
        attempt: batch.attempt,
        visitor,
        user: batch.user,
        session,
        consent: batch.consent,
        lost,
        pages,
        events,
        rejected,
    })
}

/// The arrivals among the pages, each at the time of its first event here.
fn touches(pages: &[Page], events: &[Row]) -> Vec<(Millis, Touch)> {
    let arrivals = pages.iter().filter(|page| touch::arrives(page.reason.as_deref()));
    let touch = |page: &Page| {
        let at = events.iter().filter(|row| row.page.as_ref() == Some(&page.id)).map(|row| row.at).min()?;
        Some((at, touch::of(&page.url, page.referrer.as_deref())?))
    };
    arrivals.filter_map(touch).collect()
}

/// The page of the first event, which is the session's if nothing of an earlier one is known.
#[derive(Debug)]
pub(crate) struct Landing {
    pub(crate) at: Millis,
    /// Its address without query and fragment.
    pub(crate) page: String,
    pub(crate) campaign: Option<String>,
}

fn landing(pages: &[Page], events: &[Row]) -> Option<Landing> {
    let first = events.iter().filter(|row| row.page.is_some()).min_by_key(|row| (row.at, row.seq))?;
    let page = pages.iter().find(|page| first.page.as_ref() == Some(&page.id))?;
    let origin = touch::of(&page.url, page.referrer.as_deref()).filter(|_| touch::arrives(page.reason.as_deref()));
    let address = page.url.split(['?', '#']).next().unwrap_or_default().to_owned();
    Some(Landing { at: first.at, page: address, campaign: origin.map(|touch| touch.campaign).filter(|name| !name.is_empty()) })
}

/// What was not agreed to is not kept, whoever sent it.
fn may_keep(consent: &Consent) -> Result<(), Refusal> {
    if consent.state != ConsentState::Granted {
        return Err(Refusal::Consent("consent.state: not granted"));
    }
    if !consent.purposes.iter().any(|p| p == PURPOSE) {
        return Err(Refusal::Consent("consent.purposes: analytics is not among them"));
    }
    // Without these it is a claim, no proof.
    if consent.source.as_ref().is_none_or(String::is_empty) {
        return Err(Refusal::Consent("consent.source: who decided is not said"));
    }
    if consent.at.is_none() {
        return Err(Refusal::Consent("consent.at: when it was decided is not said"));
    }
    Ok(())
}

fn losses(batch: &Batch<Box<RawValue>>) -> Result<Vec<(String, i64)>, Refusal> {
    if batch.lost.len() > MAX_REASONS {
        return Err(Refusal::Malformed(format!("lost: more than {MAX_REASONS} reasons")));
    }
    let known = |reason: &str| (1..=40).contains(&reason.len()) && reason.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let mut lost = Vec::new();
    for (reason, count) in &batch.lost {
        if !known(reason) {
            return Err(Refusal::Malformed("lost: a reason is of the letters a to z and _".to_owned()));
        }
        let count = u32::try_from(*count).map_err(|_| Refusal::Malformed(format!("lost.{reason}: too many")))?;
        lost.push((reason.clone(), i64::from(count)));
    }
    Ok(lost)
}

fn event(text: &str, pages: &[Page], sent: Millis, received: Millis) -> Result<Row, String> {
    let event: Event = parse("event", text)?;
    let id = Uuid::parse(&event.id).ok_or("id: not a UUID")?.text();
    let t = time("t", event.t)?;
    let seq = i64::try_from(event.seq).map_err(|_| "seq: too large")?;
    let page = match event.page {
        None => None,
        Some(index) => {
            let page = usize::try_from(index).ok().and_then(|i| pages.get(i));
            Some(page.ok_or("page: the batch has no such page")?.id.clone())
        }
    };
    let given = event.data.as_ref().map_or("{}", |raw| raw.get());
    if fields::has_escaped_name(given) {
        return Err("data: a field name with an escape".to_owned());
    }
    let mut data = String::with_capacity(given.len());
    check::event(&event.name, given, &mut data).map_err(|problem| catalogue::explain(&problem, &event.name, given))?;
    let (at, ahead) = believed(t, sent, received);
    let checked = Json::new(&data);
    Ok(Row {
        money: Money::of(checked),
        worth: catalogue::differs(checked).map(|sum| sum.items),
        valued: checked.get("value").is_some(),
        transaction: checked.get("transaction_id").and_then(fields::text),
        cart: checked.get("cart_id").and_then(fields::text).filter(|id| !id.is_empty() && id.len() <= MAX_NAME),
        items: fields::sold(&event.name, checked),
        robot: device::told(&event.name, checked.text("robot")),
        id,
        seq,
        t,
        at,
        ahead,
        page,
        name: event.name,
        data,
    })
}

/// The id of an event that is wrong elsewhere, so that the answer can name it.
fn readable_id(text: &str) -> Option<String> {
    Uuid::parse(Json::new(text).text("id")?).map(Uuid::text)
}

/// One spelling for one id, whatever case or hyphens it came with.
fn uuid(field: &str, text: &str) -> Result<String, Refusal> {
    Uuid::parse(text).map(Uuid::text).ok_or_else(|| Refusal::Malformed(format!("{field}: not a UUID")))
}

/// The largest time a JavaScript `Date` can hold (ECMA-262, "Time Values and Time Range").
const LAST_TIME: u64 = 8_640_000_000_000_000;

fn time(field: &str, t: u64) -> Result<Millis, String> {
    let t = Millis::try_from(t).ok().filter(|_| t <= LAST_TIME);
    t.ok_or_else(|| format!("{field}: not a time"))
}

/// Reads `text`, which messages call `whole` where they can name no field of it.
fn parse<T: DeserializeOwned>(whole: &str, text: &str) -> Result<T, String> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| reason(whole, &e.path().to_string(), e.inner()))?;
    reader.end().map_err(|e| reason(whole, ".", &e))?;
    Ok(value)
}

/// serde's message in the form of all our reasons, `field: what is wrong`.
fn reason(whole: &str, path: &str, error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    if !matches!(error.classify(), Category::Data) {
        return format!("{whole}: not JSON (line {}, column {})", error.line(), error.column());
    }
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(text, _)| text);
    let path = if path == "." { "" } else { path };
    if let Some(field) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        let dot = if path.is_empty() { "" } else { "." };
        return format!("{path}{dot}{field}: required");
    }
    let path = if path.is_empty() { whole } else { path };
    let what = match message.rsplit_once(", expected ").map(|(_, expected)| expected) {
        Some("u8" | "u32" | "u64") => "not a whole number of zero or more",
        Some("a string" | "string") => "not text",
        Some("a sequence") => "not a list",
        Some("a map") => "not an object",
        Some(expected) if expected.starts_with("struct ") => "not an object",
        Some(expected) if expected.starts_with("one of ") => return format!("{path}: not {expected}"),
        _ => message,
    };
    format!("{path}: {what}")
}
