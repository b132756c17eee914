//! A receiver of another format in the simulated world. What www/sdk/foreign.js does around the wasm is done here in the same
//! order: a native batch is translated, each request gets an answer, the format judges it, and the verdicts of all requests
//! become the one outcome that the engine hears.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use cartbeacon::engine::io::{Input, Outcome, Transport};
use cartbeacon::engine::wire::formats::{MORE, USUAL, run};
use serde_json::Value;

use super::network::Request;
use super::world::World;

/// As `Verdict::code` has them.
const RETRY: i64 = -1;
const HANDED_OVER: i64 = -5;

/// What a receiver says: status, body, and `Retry-After` in seconds.
pub type Said = (u16, String, u64);

pub struct Foreign {
    format: String,
    options: String,
    pub dedupes: bool,
    /// What a good answer is.
    good: Said,
    /// What the next requests are answered.
    pub script: VecDeque<Said>,
    /// What a request is answered that holds one of these events.
    pub poison: BTreeMap<String, Said>,
    /// Events of batches that go again because of others: stored (0), lost (1) or handed over (2).
    settled: BTreeMap<String, u8>,
    /// Of these the page knows no more than that they have left.
    pub doubtful: BTreeSet<String>,
    /// Every request: when, whose, and what it was answered.
    pub got: Vec<(u64, Vec<String>, Said)>,
    /// How often a request came with it that may have been stored.
    pub stored: BTreeMap<String, usize>,
    /// Who may never come again: the page knows that it is stored, or must think that it may be.
    done: BTreeSet<String>,
}

fn ask(format: &str, what: u32, texts: &[&str]) -> String {
    run(&[USUAL, MORE], what, &format!("{format}\u{1e}{}", texts.join("\u{1e}")))
}

impl Foreign {
    /// A receiver with these options (JSON members), and what of them the engine has to know: `,"batch":{…}`.
    pub fn new(format: &str, options: &str, good: (u16, &str)) -> (Self, String) {
        let text = format!(r#"{{"format":"{format}",{options}}}"#);
        let plan = ask(format, 0, &[&text]);
        let plan: Value = serde_json::from_str(&plan).expect("a plan");
        let url = plan["url"].as_str().expect("a URL");
        let number = |name: &str| plan[name].as_u64().expect("a number");
        let more = format!(r#","batch":{{"events":{},"bytes":{}}}"#, number("events").min(20), number("bytes"));
        let it = Self {
            format: format.to_owned(),
            options: format!(r#"{{"format":"{format}",{options},"url":{url:?},"lang":"de-DE"}}"#),
            dedupes: number("dedupes") > 0,
            good: (good.0, good.1.to_owned(), 0),
            script: VecDeque::new(),
            poison: BTreeMap::new(),
            settled: BTreeMap::new(),
            doubtful: BTreeSet::new(),
            got: Vec::new(),
            stored: BTreeMap::new(),
            done: BTreeSet::new(),
        };
        (it, more)
    }

    /// The page is gone: what it knew of its requests is too.
    pub fn forget(&mut self) {
        self.settled.clear();
        if self.dedupes {
            // The next page sends the whole batch again: known by its ids.
            self.done.clear();
        }
    }

    fn answer(&mut self, ids: &[String]) -> Said {
        let said = ids.iter().find_map(|id| self.poison.get(id)).cloned();
        said.or_else(|| self.script.pop_front()).unwrap_or_else(|| self.good.clone())
    }
}

impl World {
    /// A batch at the receiver, and the page's reading of what it says. `None`: nobody is there to read it.
    pub(super) fn arrive_foreign(&mut self, request: Request) {
        let Some(mut it) = self.foreign.take() else { return };
        let outcome = self.converse(&mut it, &request);
        self.foreign = Some(it);
        if self.tabs[request.tab].alive && !self.tabs[request.tab].frozen {
            self.input(request.tab, Input::Outcome { send: request.send, outcome });
        } else {
            self.lost_answers += 1;
        }
    }

    fn converse(&mut self, it: &mut Foreign, request: &Request) -> Outcome {
        let mut batch: Value = serde_json::from_str(&request.body).expect("a body is JSON");
        if batch["events"].is_null() {
            // Nobody else understands a demand to erase.
            return Outcome::Answered { status: 200, retry_after: None };
        }
        let is_beacon = request.transport == Transport::Beacon;
        let name = |event: &Value| event["id"].as_str().expect("an id").to_owned();
        let all: Vec<String> = batch["events"].as_array().expect("events").iter().map(name).collect();
        batch["events"].as_array_mut().expect("events").retain(|event| !it.settled.contains_key(&name(event)));
        let settled = |what: u8| all.iter().filter(|id| it.settled.get(*id) == Some(&what)).count();
        let (before, in_doubt) = (settled(1), settled(2) > 0);
        let translated = ask(&it.format, 1, &[&it.options, "{}", &batch.to_string()]);
        let mut records = translated.split('\u{1e}');
        let refused: usize = records.next().and_then(|n| n.parse().ok()).expect("a number");
        let mut said = Vec::new();
        let mut wait = 0;
        for record in records {
            let parts: Vec<&str> = record.splitn(4, '\u{1f}').collect();
            let ids: Vec<String> = parts[2].split(',').map(str::to_owned).collect();
            for id in &ids {
                assert!(!it.done.contains(id), "seed {} step {}: {} is sent {id} again", self.seed, self.steps, it.format);
            }
            // No beacon carries a header of the receiver's own. Of a beacon, or a picture, no answer is read.
            let is_blind = is_beacon && !parts[1].contains('\n') || parts[1].is_empty();
            let unknown = if it.dedupes && !is_blind { RETRY } else { HANDED_OVER };
            let verdict = if self.network.down {
                // The browser knows that it is offline.
                if is_blind { HANDED_OVER } else { RETRY }
            } else if self.rng.below(100) < self.network.lost {
                unknown
            } else {
                let (status, body, after) = it.answer(&ids);
                let count = ids.len().to_string();
                let verdict = ask(&it.format, 2, &[&status.to_string(), &count, &body]).parse().expect("a number");
                it.got.push((self.wall, ids.clone(), (status, body, after)));
                if verdict >= 0 || verdict == HANDED_OVER {
                    for id in &ids {
                        *it.stored.entry(id.clone()).or_default() += 1;
                    }
                }
                if is_blind || self.rng.below(100) < self.network.unanswered {
                    unknown
                } else {
                    wait = if verdict == RETRY { after.max(wait) } else { wait };
                    verdict
                }
            };
            if verdict == HANDED_OVER {
                it.doubtful.extend(ids.iter().cloned());
            }
            // Where a dying page has sent it, the next one may send it again if the receiver knows it by its id.
            let is_heard = self.tabs[request.tab].alive && !self.tabs[request.tab].frozen && verdict != HANDED_OVER;
            if verdict != RETRY && verdict != -2 && verdict != -3 && (is_heard || !it.dedupes) {
                it.done.extend(ids.iter().cloned());
            }
            said.push((ids, verdict));
        }
        let mut verdicts: Vec<String> = said.iter().map(|(ids, verdict)| format!("{verdict} {}", ids.len())).collect();
        verdicts.extend(in_doubt.then(|| format!("{HANDED_OVER} 0")));
        let concluded = ask(&it.format, 3, &[&(refused + before).to_string(), &verdicts.join(",")]);
        let mut marks = concluded.split(' ');
        let status = marks.next().expect("a status");
        let marks: Vec<&str> = marks.collect();
        if marks.contains(&"-") {
            for ((ids, verdict), mark) in said.iter().zip(&marks) {
                let Ok(lost) = mark.parse::<usize>() else { continue };
                let what = |at| if *verdict == HANDED_OVER { 2 } else { u8::from(at < lost) };
                it.settled.extend(ids.iter().enumerate().map(|(at, id)| (id.clone(), what(at))));
            }
        } else {
            it.settled.retain(|id, _| !all.contains(id));
        }
        match status.parse::<i32>().expect("a number") {
            -2 => Outcome::Taken,
            status => {
                Outcome::Answered { status: u16::try_from(status).expect("a status"), retry_after: (wait > 0).then_some(wait * 1_000) }
            }
        }
    }
}
