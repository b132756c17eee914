//! With `--forward URL`: what is stored goes on to another endpoint, in any format the SDK has, in the order it was stored.
//!
//! How far it came stands in a database of its own beside the other (`forward.sqlite`), which is written after each group that
//! was settled: a collector that is killed sends at most that group again, under the same ids. An endpoint that is down, or
//! refuses the key, is asked again later and later; nothing is passed over. What it refuses for itself is halved until the one
//! bad event is found, which is counted. `GET /forwarded` says how it stands.

mod stored;

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use cartbeacon::engine::wire::formats::{self, MORE, USUAL};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::clock;
use crate::database::Readers;
use crate::refusal::Refusal;
use crate::routes::Shared;
use crate::writer::Changes;
use stored::{Stored, id, native, read};

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// Longer than an endpoint thinks; a stop waits for it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Of an answer, more is not read.
const MAX_ANSWER: u64 = 1 << 20;

/// Where to, and how.
#[derive(Clone, Debug, Default)]
pub struct Forwarding {
    pub url: String,
    /// A format's name, as in the SDK's option `format`.
    pub format: String,
    pub key: String,
    /// Headers beside the format's own, for example one that authorises.
    pub headers: Vec<(String, String)>,
    /// Purposes that an event's consent must name.
    pub purposes: Vec<String>,
}

/// How it stands.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Progress {
    destination: String,
    /// The newest event that is settled, by its number.
    n: i64,
    /// Events that were taken.
    forwarded: u64,
    /// Events that were refused for good.
    refused: u64,
    /// Events whose consent does not name the purposes.
    withheld: u64,
    /// When the last were taken, in milliseconds since 1970.
    at: Option<i64>,
    /// Why nothing moves.
    problem: Option<String>,
}

/// Shared by who forwards and who asks.
pub(crate) type Told = Arc<Mutex<Progress>>;

#[derive(Debug)]
pub(crate) struct Forwarder {
    to: Forwarding,
    /// What the format makes of the URL; empty for the native one.
    plan: String,
    marks: Connection,
    agent: ureq::Agent,
    told: Told,
}

/// URL, content type (nothing for a GET), ids of the events, body.
type Request = (String, String, Vec<String>, String);

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Taken(usize),
    Again(Option<Duration>),
    Halve,
}

impl Forwarder {
    /// Opens what is known of earlier runs; the error is for whoever gave the options.
    pub(crate) fn open(to: Forwarding, folder: &Path) -> Result<Self, String> {
        let plan = if to.format == "native" { String::new() } else { plan(&to)? };
        let problem = |why: rusqlite::Error| format!("forward.sqlite: {why}");
        let marks = Connection::open(folder.join("forward.sqlite")).map_err(problem)?;
        marks
            .execute_batch(
                "CREATE TABLE IF NOT EXISTS forwarded (
                   destination TEXT PRIMARY KEY, n INTEGER NOT NULL, forwarded INTEGER NOT NULL, refused INTEGER NOT NULL,
                   withheld INTEGER NOT NULL, at INTEGER
                 ) STRICT, WITHOUT ROWID",
            )
            .map_err(problem)?;
        let destination = format!("{} {}", to.format, to.url);
        let known = marks
            .query_row("SELECT n, forwarded, refused, withheld, at FROM forwarded WHERE destination = ?1", [&destination], |row| {
                Ok(Progress {
                    destination: destination.clone(),
                    n: row.get(0)?,
                    forwarded: row.get(1)?,
                    refused: row.get(2)?,
                    withheld: row.get(3)?,
                    at: row.get(4)?,
                    problem: None,
                })
            })
            .optional()
            .map_err(problem)?;
        let told = Arc::new(Mutex::new(known.unwrap_or(Progress { destination, ..Progress::default() })));
        let agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build().new_agent();
        Ok(Self { to, plan, marks, agent, told })
    }

    pub(crate) fn told(&self) -> Told {
        Arc::clone(&self.told)
    }

    fn progress<T>(&self, change: impl FnOnce(&mut Progress) -> T) -> T {
        change(&mut self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sends a group; how long to wait where it has to go again. `settled` are events of it that need not.
    fn send(&self, group: &[Stored], settled: &mut HashSet<String>) -> Result<(), Option<Duration>> {
        let waiting: Vec<&Stored> = group.iter().filter(|one| !settled.contains(id(one))).collect();
        let Some(first) = waiting.first() else { return Ok(()) };
        let batch = native(&waiting);
        let (mut taken, mut halves) = (0, false);
        for (target, kind, ids, body) in self.requests(&batch)? {
            match self.request(&target, &kind, &body, ids.len())? {
                Answer::Taken(refused) => {
                    taken += ids.len() - refused.min(ids.len());
                    self.progress(|told| told.refused += refused.min(ids.len()) as u64);
                    settled.extend(ids);
                }
                Answer::Halve if waiting.len() == 1 => {
                    self.progress(|told| told.refused += 1);
                    settled.insert(id(first).to_owned());
                }
                Answer::Halve => halves = true,
                Answer::Again(wait) => return Err(wait),
            }
        }
        self.progress(|told| {
            told.forwarded += taken as u64;
            told.at = Some(clock::now());
        });
        if halves {
            let (a, b) = group.split_at(group.len() / 2);
            self.send(a, settled)?;
            self.send(b, settled)?;
        }
        Ok(())
    }

    /// The requests that a native batch becomes.
    fn requests(&self, batch: &Value) -> Result<Vec<Request>, Option<Duration>> {
        let text = batch.to_string();
        if self.plan.is_empty() {
            let list = batch.get("events").and_then(Value::as_array);
            let ids = list.into_iter().flatten().filter_map(|event| Some(event.get("id")?.as_str()?.to_owned())).collect();
            return Ok(vec![(self.to.url.clone(), "text/plain;charset=UTF-8".to_owned(), ids, text)]);
        }
        let mut options = options(&self.to);
        if let (Some(options), Ok(Value::Object(plan))) = (options.as_object_mut(), serde_json::from_str(&self.plan)) {
            options.insert("url".to_owned(), plan.get("url").cloned().unwrap_or_default());
        }
        let asked = [self.to.format.as_str(), &options.to_string(), "{}", &text].join(formats::RECORD);
        let answer = formats::run(&[USUAL, MORE], 1, &asked);
        let mut records = answer.split(formats::RECORD);
        let refused: u64 = records.next().and_then(|count| count.parse().ok()).unwrap_or(0);
        self.progress(|told| told.refused += refused);
        Ok(records
            .map(|record| {
                let mut parts = record.splitn(4, formats::UNIT);
                let mut next = || parts.next().unwrap_or_default();
                (next().to_owned(), next().to_owned(), next().split(',').map(str::to_owned).collect(), next().to_owned())
            })
            .collect())
    }

    fn request(&self, target: &str, kind: &str, body: &str, events: usize) -> Result<Answer, Option<Duration>> {
        let (kind, own) = kind.split_once('\n').unwrap_or((kind, ""));
        let own = own.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        let headers = self.to.headers.iter().chain(own.iter());
        let sent = if kind.is_empty() {
            headers.fold(self.agent.get(target), |request, (name, value)| request.header(name, value)).call()
        } else {
            let request = self.agent.post(target).header("content-type", kind);
            headers.fold(request, |request, (name, value)| request.header(name, value)).send(body)
        };
        let mut response = match sent {
            Ok(response) => response,
            Err(why) => {
                self.progress(|told| told.problem = Some(why.to_string()));
                return Err(None);
            }
        };
        let status = response.status().as_u16();
        let wait = response.headers().get("retry-after").and_then(|v| v.to_str().ok()?.trim().parse().ok()).map(Duration::from_secs);
        let said = response.body_mut().with_config().limit(MAX_ANSWER).read_to_string().unwrap_or_default();
        let answer = self.judge(status, &said, events, wait);
        self.progress(|told| told.problem = matches!(answer, Answer::Again(_)).then(|| format!("it answers {status}")));
        Ok(answer)
    }

    /// What an answer means. A key or an address that is wrong can be put right: that is no reason to pass events over.
    fn judge(&self, status: u16, said: &str, events: usize, wait: Option<Duration>) -> Answer {
        let code = if self.plan.is_empty() {
            i64::from(formats::by_status(status).code())
        } else {
            let asked = [self.to.format.as_str(), &status.to_string(), &events.to_string(), said].join(formats::RECORD);
            formats::run(&[USUAL, MORE], 2, &asked).parse().unwrap_or(-1)
        };
        match code {
            0.. => Answer::Taken(usize::try_from(code).unwrap_or(0)),
            -5 => Answer::Taken(0),
            -3 | -2 => Answer::Halve,
            -4 => Answer::Again(Some(LONGEST_WAIT)),
            _ => Answer::Again(wait),
        }
    }

    /// Notes that everything up to `n` is settled.
    fn mark(&self, n: i64) -> rusqlite::Result<()> {
        let now = self.progress(|told| {
            told.n = n;
            told.clone()
        });
        self.marks.execute(
            "INSERT INTO forwarded (destination, n, forwarded, refused, withheld, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (destination) DO UPDATE SET n = ?2, forwarded = ?3, refused = ?4, withheld = ?5, at = ?6",
            params![now.destination, now.n, now.forwarded, now.refused, now.withheld, now.at],
        )?;
        Ok(())
    }

    /// Sends what was read; how long to wait where it does not get on.
    fn pass(&self, events: &[Stored], settled: &mut HashSet<String>) -> Result<(), Option<Duration>> {
        for group in events.chunk_by(|a, b| a.head == b.head) {
            let Some(last) = group.last() else { continue };
            if self.to.purposes.iter().all(|purpose| last.purposes.contains(purpose)) {
                self.send(group, settled)?;
            } else {
                self.progress(|told| told.withheld += group.len() as u64);
            }
            settled.clear();
            if let Err(why) = self.mark(last.n) {
                self.progress(|told| told.problem = Some(why.to_string()));
                return Err(None);
            }
        }
        Ok(())
    }
}

/// The options as the formats read them.
fn options(to: &Forwarding) -> Value {
    json!({"format": to.format, "endpoint": to.url, "key": to.key})
}

/// What a format makes of the URL and the key, or why it does not.
fn plan(to: &Forwarding) -> Result<String, String> {
    let answer = formats::run(&[USUAL, MORE], 0, &[to.format.as_str(), &options(to).to_string()].join(formats::RECORD));
    match answer.strip_prefix('!') {
        Some(why) => Err(why.to_owned()),
        None if answer == "?" => Err(format!("{}: not a format", to.format)),
        None => Ok(answer),
    }
}

/// Forwards what there is and what comes, until the collector stops.
pub(crate) async fn run(
    forwarder: Forwarder,
    readers: Readers,
    mut changes: watch::Receiver<Changes>,
    mut stopping: watch::Receiver<bool>,
) {
    let forwarder = Arc::new(Mutex::new((forwarder, HashSet::new())));
    let mut failures = 0_u32;
    loop {
        changes.mark_unchanged();
        let since = forwarder.lock().unwrap_or_else(PoisonError::into_inner).0.progress(|told| told.n);
        let events = readers.ask(move |connection| read(connection, since)).await.unwrap_or_default();
        let wait = if events.is_empty() {
            None
        } else {
            let forwarder = Arc::clone(&forwarder);
            let passed = tokio::task::spawn_blocking(move || {
                let mut both = forwarder.lock().unwrap_or_else(PoisonError::into_inner);
                let (forwarder, settled) = &mut *both;
                forwarder.pass(&events, settled)
            });
            match passed.await {
                Ok(Ok(())) => {
                    failures = 0;
                    Some(Duration::ZERO)
                }
                Ok(Err(asked)) => {
                    failures += 1;
                    Some(asked.unwrap_or(FIRST_WAIT * 2_u32.saturating_pow((failures - 1).min(9))).min(LONGEST_WAIT))
                }
                Err(_) => return,
            }
        };
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            changed = changes.changed(), if wait.is_none() => if changed.is_err() { return },
            () = sleep(wait.unwrap_or_default()), if wait.is_some() => {}
        }
    }
}

pub(crate) async fn forwarded(State(shared): State<Arc<Shared>>) -> Response {
    match &shared.forwarded {
        Some(told) => Json(told.lock().unwrap_or_else(PoisonError::into_inner).clone()).into_response(),
        None => Refusal::Malformed("nothing is forwarded: see --forward".to_owned()).into_response(),
    }
}
