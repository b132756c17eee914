//! What is captured or called becomes an event: checked, numbered, held or queued.

use super::super::check;
use super::super::event::UNSTORED;
use super::super::queue::Caps;
use super::super::vocab::Lane;
use super::*;

/// A larger event could not be sent: 64 KiB less the envelope and a page.
const MAX_DATA: usize = 57_344;
/// While nothing keeps a batch from leaving, a burst may exceed the queue's limits up to here.
const BURST: Caps = Caps { events: 20_000, bytes: 8 << 20 };

/// A page that is said again within this time is the same view.
const SAME_MS: Millis = 500;

/// When and where something happened, if not now and here, and the id it was promised.
#[derive(Default)]
pub(super) struct Context {
    at: Option<Millis>,
    page: Option<Rc<Page>>,
    id: Option<Uuid>,
}

impl Tracker {
    pub(super) fn page_shown(&mut self, facts: &Facts<&str>, mut reason: Reason, now: Now) {
        let mut is_view = self.config.pages;
        // The page was there before us: its view is as old as it is, and older than all that was called early.
        let is_first = self.page.is_none() && reason != Reason::Prerender;
        if let Some(page) = &self.page {
            is_view &= reason == Reason::Bfcache && self.was_seen || page.is_left_for(facts);
            reason = page.refine(facts.url, reason);
        }
        if is_view || self.page.is_none() {
            self.show(facts, reason, now);
        }
        self.view(is_first.then_some(self.origin), now);
    }

    /// Records the view of the page on screen, once. Nobody sees a page that comes while the tab is in the background: then its
    /// view is due when somebody does.
    pub(super) fn view(&mut self, at: Option<Millis>, now: Now) {
        if let Some(page) = &self.page
            && self.config.pages
            && !self.hidden
            && page.viewed.replace(page.viewed.get().max(1)) == 0
        {
            // The part behind `beforeSend` has its say about a view, too: then it is a call like any other.
            if let Some(mut w) = self.notice(Topic::Ask) {
                w.number("t", at.unwrap_or_else(|| self.at(now)));
                self.tell(Topic::Ask, w);
            } else {
                self.record("page_view", "", Context { at, ..Context::default() }, now);
            }
        }
    }

    /// Puts a page on screen; inside the app the page before is its referrer.
    fn show(&mut self, facts: &Facts<&str>, reason: Reason, now: Now) {
        let referrer = match &self.page {
            Some(before) if reason != Reason::Bfcache => &before.url,
            _ => facts.referrer,
        };
        let page = Page::new(self.rng.uuid(self.at(now)), facts.url, facts.title, referrer, facts.key, reason);
        self.page = Some(Rc::new(page));
        self.timers.set(Timer::Title, now.mono + TITLE_MS);
    }

    pub(super) fn page_call(&mut self, facts: &Facts<&str>, fields: &str, context: &str, now: Now) -> Answer {
        let context = self.context(context, now);
        if context.page.is_none() && self.page.as_ref().is_none_or(|p| p.is_left_for(facts)) {
            self.show(facts, Reason::Call, now);
        }
        self.record("page_view", fields, context, now)
    }

    /// Reads the context of a call: the monotonic clock, or `{"t","url","title","referrer","id"}`.
    pub(super) fn context(&mut self, text: &str, now: Now) -> Context {
        let value = Json::new(text);
        let at = int(text).map(|mono| self.origin + mono).or_else(|| value.get("t").and_then(Json::int)).map(|t| t.min(self.at(now)));
        let id = value.text("id").and_then(Uuid::parse);
        let page = value.text("url").map(|url| match &self.page {
            Some(page) if page.url == url => page.clone(),
            _ => {
                let text = |key| value.text(key).unwrap_or("");
                Rc::new(Page::new(self.rng.uuid(self.at(now)), url, text("title"), text("referrer"), "", Reason::Navigate))
            }
        });
        Context { at, page, id }
    }

    /// One event, checked and let through the gate: held, queued, or lost with a reason.
    pub(super) fn record(&mut self, name: &str, fields: &str, context: Context, now: Now) -> Answer {
        // No JSON: what the part behind `beforeSend` makes of an event that the shop drops.
        if fields == "-" {
            self.accepted += 1;
            self.lose(Loss::Filtered, 1);
            return Answer::Refused(Problem::new("beforeSend", "dropped"));
        }
        let mut text = String::with_capacity(fields.len() + name.len() + 24);
        for part in ["\"name\":\"", name, "\",\"data\":"] {
            put(&mut text, part);
        }
        let checked = match check::event(name, if fields.is_empty() { "{}" } else { fields }, &mut text) {
            Ok(checked) => checked,
            Err(problem) => return Answer::Refused(problem),
        };
        if text.len() > MAX_DATA {
            return Answer::Refused(Problem::new("fields", "larger than 56 KiB"));
        }
        let Some(page) = context.page.or_else(|| self.page.clone()) else {
            return Answer::Refused(Problem::new("page", "not on screen yet"));
        };
        let at = context.at.unwrap_or_else(|| self.at(now));
        if name == "page_view" {
            if at < page.viewed.get() + SAME_MS {
                return Answer::Refused(Problem::new("page", "counted already"));
            }
            page.viewed.set(self.at(now));
        }
        let id = context.id.unwrap_or_else(|| self.rng.uuid(at));
        let event = Event { id, at, lane: checked.lane, seq: 0, order: 0, page, session: None, slot: UNSTORED, text };
        self.accepted += 1;
        let loss = self.consent.loss();
        let state = match loss {
            Some(loss) => loss.name(),
            None if self.consent.is_granted() => "queued",
            None => "held",
        };
        self.last = Some((id, state));
        if let Some(mut w) = self.notice(Topic::Event) {
            w.id("id", id).number("t", at).text("state", state).raw(&event.text);
            self.tell(Topic::Event, w);
        }
        if let Some(loss) = loss {
            self.lose(loss, 1);
            return Answer::Refused(Problem::new("consent", "denied"));
        }
        match self.consent.hold(event) {
            Ok(dropped) => {
                self.lose(Loss::QueueFull, dropped);
                self.arm_hold(now);
            }
            Err(event) => self.enqueue(event, now),
        }
        Answer::Event(id, checked.rounded)
    }

    pub(super) fn arm_hold(&mut self, now: Now) {
        if let Some(oldest) = self.consent.held().and_then(Queue::oldest) {
            let wait = (oldest.at + HELD_MS).saturating_sub(self.at(now));
            self.timers.set(Timer::Hold, now.mono + wait + 1);
        }
    }

    /// The session of that moment, with a place left in it for an event. One that is new to this page is stored and told.
    pub(super) fn session(&mut self, at: Millis) -> Rc<Session> {
        let (idle, max) = (self.config.ms(Number::IdleMs), self.config.ms(Number::MaxMs));
        let (session, is_new) = self.identity.touch(at, idle, max, &mut self.rng);
        // What is new to this page has no places taken yet.
        if self.identity.take_places() {
            self.save();
            if is_new && let Some(mut w) = self.notice(Topic::Session) {
                w.id("id", session.id).number("n", u64::from(session.n)).number("started", session.started);
                self.tell(Topic::Session, w);
            }
        }
        session
    }

    /// Gives an event its session and place, and sees to it that it will be sent.
    pub(super) fn enqueue(&mut self, mut event: Event, now: Now) {
        event.session = Some(self.session(event.at));
        event.seq = self.identity.next_seq();
        let urgent = event.lane == Lane::Order;
        let dropped = self.queue.push(event, self.caps(now));
        self.lose(Loss::QueueFull, dropped);
        let full =
            self.queue.len() >= self.config.count(Number::BatchEvents) || self.queue.bytes() >= self.config.count(Number::BatchBytes);
        let wait = if urgent || full { 0 } else { self.config.ms(Number::BatchMs) };
        self.timers.set_if_earlier(Timer::Flush, now.mono + wait);
        self.expect_tail(now);
    }

    /// What may wait.
    pub(super) fn caps(&self, now: Now) -> Caps {
        if self.is_stuck(now) {
            Caps { events: self.config.count(Number::QueueEvents), bytes: self.config.count(Number::QueueBytes) }
        } else {
            BURST
        }
    }
}
