//! PostHog's capture, `/batch/`: <https://posthog.com/docs/api/capture>. A project key is public. One invalid event refuses
//! the whole batch with 400, so such a batch is halved.

use super::batch::{Batch, Event};
use super::{Format, Setup, Verdict, by_status, commerce, escape, url};
use crate::engine::json::{Json, Writer};
use crate::engine::text::is_one_of;

pub struct Posthog;

impl Format for Posthog {
    const PATH: &'static str = "/batch/";

    fn setup(setup: &Setup<'_>, _: &mut String) -> Result<(), &'static str> {
        setup.need_key("key: required, the project's key (phc_…)").map(|_| ())
    }

    fn head(setup: &Setup<'_>, batch: &Batch<'_>, w: &mut Writer) {
        w.open("{").text("api_key", setup.key());
        escape::time(w, "sent_at", batch.sent);
        w.key("batch").open("[");
    }

    fn event(_: &Setup<'_>, batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
        let who = if batch.user.is_empty() { batch.visitor } else { batch.user };
        // Joins the visitor to the customer. Said again it changes nothing, so once a page is enough.
        if !batch.user.is_empty() && is_one_of(event.name, "page_view login sign_up") {
            open(batch.id, "$identify", batch.user, event, w);
            w.text("$anon_distinct_id", batch.visitor);
            common(batch, event, w);
            w.close("}").close("}");
        }
        let name = match event.name {
            "page_view" => "$pageview",
            "click" => "$autocapture",
            other => commerce::name(other),
        };
        open(event.id, name, who, event, w);
        common(batch, event, w);
        if event.name == "click" {
            elements(event, w);
        } else {
            commerce::properties(event, w);
        }
        w.close("}").close("}");
    }

    fn tail(_: &Setup<'_>, _: &Batch<'_>, w: &mut Writer) {
        w.close("]").close("}");
    }

    /// `quota_limited` names what was dropped although the answer is 200.
    fn judge(status: u16, body: &str, events: u32) -> Verdict {
        let mut dropped = false;
        if status == 200 {
            Json::new(body).get("quota_limited").unwrap_or(Json("[]")).words(|what| dropped |= is_one_of(what, "events analytics"));
        }
        if dropped { Verdict::Stored(events) } else { by_status(status) }
    }
}

fn open(uuid: &str, name: &str, who: &str, event: &Event<'_>, w: &mut Writer) {
    w.open("{").text("event", name).text("uuid", uuid).text("distinct_id", escape::head(who, 200));
    escape::time(w, "timestamp", event.t);
    w.key("properties").open("{");
}

/// The properties that PostHog's own client gives every event, as far as they are known here.
fn common(batch: &Batch<'_>, event: &Event<'_>, w: &mut Writer) {
    let parts = url::split(event.page.url);
    let from = url::split(event.page.referrer).host;
    w.text("$current_url", event.page.url).text("$host", parts.host).text("$pathname", parts.path).text("title", event.page.title);
    // Its word for "typed in".
    let direct = |text| if from.is_empty() { "$direct" } else { text };
    w.text("$referrer", direct(event.page.referrer)).text("$referring_domain", direct(from));
    w.text("$session_id", batch.session_id()).text("$device_id", batch.visitor);
    w.text("$lib", "cartbeacon").text("$lib_version", env!("CARGO_PKG_VERSION"));
    if !batch.user.is_empty() {
        w.text("$user_id", batch.user);
    }
    // Strangers get no profile, as with its own client's default `identified_only`.
    w.key("$process_person_profile").raw(if batch.user.is_empty() { "false" } else { "true" });
}

/// What was clicked, in the words of its autocapture.
fn elements(event: &Event<'_>, w: &mut Writer) {
    w.text("$event_type", "click").key("$elements").open("[").open("{");
    for (key, value) in event.data.members() {
        let name = match key {
            "tag" => "tag_name",
            "text" => "$el_text",
            "id" => "attr__id",
            "role" => "attr__role",
            "name" => "attr__name",
            "type" => "attr__type",
            "href" => "attr__href",
            _ => continue,
        };
        w.key(name).raw(value.0);
    }
    w.close("}").close("]");
    for (key, value) in event.data.members() {
        if !is_one_of(key, "tag text id role name type href title") {
            w.key(key).raw(value.0);
        }
    }
}
