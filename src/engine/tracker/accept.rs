//! What is captured or called becomes an event: checked, numbered, held or queued.

use super::super::check;
use super::super::click;
use super::super::queue::Caps;
use super::super::vocab::Lane;
use super::*;

/// A larger event could not be sent: 64 KiB less the envelope and a page.
const MAX_DATA: usize = 57_344;
/// While nothing keeps a batch from leaving, a burst may exceed the queue's limits up to here.
const BURST: Caps = Caps { events: 20_000, bytes: 8 << 20 };

/// When and where something happened, if not now and here, and the id it was promised.
#[derive(Default)]
struct Context {
    at: Option<Millis>,
    page: Option<u32>,
    id: Option<Uuid>,
}

impl Tracker {
    pub(super) fn page_shown(&mut self, facts: Facts, reason: Reason, now: Now) {
        if !self.config.capture.pages || !(reason == Reason::Bfcache || self.pages.is_new(&facts.url)) {
            if self.pages.current().is_none() {
                // Events need a page to refer to, whether or not its view is recorded.
                self.show(facts, reason, now);
            }
            return;
        }
        let reason = self.pages.refine(&facts.url, reason);
        self.show(facts, reason, now);
        self.record("page_view", &mut Value::Map(Vec::new()), &Context::default(), now);
    }

    /// Puts a page on screen; inside the app the page before is its referrer.
    fn show(&mut self, mut facts: Facts, reason: Reason, now: Now) {
        if let Some(before) = self.pages.current()
            && reason != Reason::Bfcache
        {
            facts.referrer.clone_from(&before.facts.url);
        }
        let id = self.rng.uuid(self.at(now));
        self.pages.show(id, facts, reason);
        self.timers.set(Timer::Title, now.mono + TITLE_MS);
        self.tidy();
    }

    pub(super) fn page_call(&mut self, facts: Facts, fields: &str, context: &str, now: Now) -> Answer {
        let mut fields = match object(fields) {
            Ok(fields) => fields,
            Err(problem) => return Answer::Refused(problem),
        };
        let mut context = self.context(context, now);
        if context.page.is_none() && self.pages.is_new(&facts.url) {
            self.show(facts, Reason::Call, now);
            context.page = self.pages.current().map(|p| p.no);
        }
        self.record("page_view", &mut fields, &context, now)
    }

    pub(super) fn click(&mut self, path: &str, now: Now) {
        let Some(Value::List(path)) = json::parse(path) else { return };
        let Some(mut found) = click::find(&path, self.config.text) else { return };
        if found.name == "click" && !self.config.capture.clicks {
            return;
        }
        if let Answer::Refused(problem) = self.record(&found.name, &mut found.fields, &Context::default(), now) {
            self.debug(&problem);
        }
    }

    pub(super) fn track(&mut self, name: &str, fields: &str, context: &str, now: Now) -> Answer {
        match object(fields) {
            Ok(mut fields) => {
                let context = self.context(context, now);
                self.record(name, &mut fields, &context, now)
            }
            Err(problem) => Answer::Refused(problem),
        }
    }

    /// Reads the context of a replayed call: `{"t","url","title","referrer","id"}`.
    fn context(&mut self, text: &str, now: Now) -> Context {
        let Some(value) = json::parse(text) else { return Context::default() };
        let mut context = Context {
            at: value.get("t").and_then(Value::as_int).map(|t| t.min(self.at(now))),
            page: None,
            id: value.text("id").and_then(Uuid::parse),
        };
        if let Some(url) = value.text("url") {
            context.page = Some(match self.pages.with_url(url) {
                Some(page) => page.no,
                None => {
                    let text = |key| value.text(key).unwrap_or("").to_owned();
                    let facts = Facts { url: url.to_owned(), title: text("title"), referrer: text("referrer") };
                    let id = self.rng.uuid(self.at(now));
                    self.pages.remember(id, facts)
                }
            });
        }
        context
    }

    fn record(&mut self, name: &str, fields: &mut Value, context: &Context, now: Now) -> Answer {
        let checked = match check::event(name, fields) {
            Ok(checked) => checked,
            Err(problem) => return Answer::Refused(problem),
        };
        let mut data = json::Writer::default();
        data.value(fields);
        if data.out.len() > MAX_DATA {
            return Answer::Refused(Problem::new("fields", "larger than 56 KiB"));
        }
        let at = context.at.unwrap_or_else(|| self.at(now));
        let event = Event {
            id: context.id.unwrap_or_else(|| self.rng.uuid(at)),
            seq: 0,
            at,
            page: context.page.or(self.pages.current().map(|p| p.no)).unwrap_or(0),
            session: 0,
            lane: checked.lane,
            name: name.to_owned(),
            data: data.out,
        };
        let id = event.id;
        self.accepted += 1;
        self.accept(event, now);
        match self.consent.loss() {
            Some(_) => Answer::Refused(Problem::new("consent", "denied")),
            None => Answer::Event(id, checked.warning),
        }
    }

    /// Through the gate: held, queued, or lost with a reason.
    fn accept(&mut self, event: Event, now: Now) {
        let state = match (self.consent.held(), self.consent.loss()) {
            (Some(_), _) => "held",
            (None, Some(loss)) => loss.name(),
            (None, None) => "queued",
        };
        self.last = Some((event.id, state));
        let (id, name, data) = (event.id, &event.name, &event.data);
        if self.wanted & Topic::Event as u8 != 0 {
            let notice = Notice {
                topic: Some(Topic::Event),
                id: Some(id.text()),
                name: Some(name.clone()),
                state: Some(state),
                data: Some(data.clone()),
                ..Notice::default()
            };
            self.outputs.push_back(Output::Tell(notice));
        }
        if let Some(loss) = self.consent.loss() {
            self.lose(loss, 1);
            return;
        }
        match self.consent.hold(event) {
            Ok(dropped) => {
                self.lose(Loss::QueueFull, dropped);
                self.arm_hold(now);
            }
            Err(event) => self.enqueue(event, now),
        }
    }

    pub(super) fn arm_hold(&mut self, now: Now) {
        let oldest = self.consent.held().and_then(|held| held.iter().map(|e| e.at).min());
        if let Some(oldest) = oldest {
            let wait = (oldest + HELD_MS).saturating_sub(self.at(now));
            self.timers.set(Timer::Hold, now.mono + wait + 1);
        }
    }

    /// Gives an event its session and place, and sees to it that it will be sent.
    pub(super) fn enqueue(&mut self, mut event: Event, now: Now) {
        let (session, is_new) = self.identity.touch(event.at, self.config.idle_ms, self.config.max_ms, &mut self.rng);
        event.session = session;
        event.seq = self.identity.next_seq();
        if is_new {
            self.save();
            let current = self.identity.current().map(|s| (s.id, s.n));
            self.tell(Topic::Session, || Notice {
                id: current.map(|(id, _)| id.text()),
                count: current.map(|(_, n)| n),
                ..Notice::default()
            });
        }
        let urgent = event.lane == Lane::Order;
        let caps = if self.is_stuck(now) { self.caps() } else { BURST };
        let dropped = self.queue.push(event, caps);
        self.lose(Loss::QueueFull, dropped);
        let full = self.queue.len() >= self.config.batch_events || self.queue.bytes() >= self.config.batch_bytes;
        let wait = if urgent || full { 0 } else { self.config.batch_ms };
        self.timers.set_if_earlier(Timer::Flush, now.mono + wait);
    }

    /// What may wait when it cannot be sent.
    pub(super) fn caps(&self) -> Caps {
        Caps { events: self.config.queue_events, bytes: self.config.queue_bytes }
    }
}

/// The fields of a call.
fn object(text: &str) -> Result<Value, Problem> {
    if text.is_empty() {
        return Ok(Value::Map(Vec::new()));
    }
    json::parse(text).ok_or_else(|| Problem::new("fields", "not JSON, or nested too deeply"))
}
