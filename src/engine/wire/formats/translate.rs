//! A native batch becomes requests: events are gathered into bodies until one is full, or go as URLs of their own.

use super::batch::Batch;
use super::{RECORD, Setup, Spec, UNIT};
use crate::engine::json::{Json, Writer, own, push_int, put};

/// Translates a native batch: how many events can't go at all, then for each request URL, content type (empty for a GET),
/// the events' ids, and the body.
pub(super) fn translate(spec: &Spec, options: &str, now: &str, batch: &str) -> String {
    let setup = Setup { options: Json::new(options), now: Json::new(now) };
    let batch = Batch::read(batch);
    let mut requests = Requests { out: String::new(), url: setup.text("url"), kind: spec.kind, ids: String::new(), refused: 0 };
    let mut body = Writer::default();
    let mut count = 0;
    let end = |count: &mut usize, body: &mut Writer, requests: &mut Requests<'_>| {
        if *count > 0 {
            (spec.tail)(&setup, &batch, body);
            requests.add("", &body.out);
        }
        *count = 0;
    };
    for event in batch.events() {
        let mut link = Writer { out: own(requests.url) };
        if (spec.link)(&setup, &batch, &event, &mut link) {
            if link.out.len() == requests.url.len() {
                // The receiver has no word for it.
                continue;
            }
            let mut link_ids = own(event.id);
            core::mem::swap(&mut link_ids, &mut requests.ids);
            requests.add(&link.out, "");
            requests.ids = link_ids;
            continue;
        }
        loop {
            if count == 0 {
                body.out.clear();
                (spec.head)(&setup, &batch, &mut body);
            }
            let before = body.out.len();
            (spec.event)(&setup, &batch, &event, &mut body);
            let grown = body.out.len() - before;
            if grown == 0 {
                // Part of another one, or nothing that the receiver has a word for.
                if count > 0 {
                    requests.id(event.id);
                }
                break;
            }
            // The tail is short.
            if grown > spec.event_bytes || (count == 0 && body.out.len() + 64 > spec.bytes) {
                body.out.truncate(before);
                requests.refused += 1;
                break;
            }
            if body.out.len() + 64 > spec.bytes {
                body.out.truncate(before);
                end(&mut count, &mut body, &mut requests);
                continue;
            }
            requests.id(event.id);
            count += 1;
            if count == spec.events {
                end(&mut count, &mut body, &mut requests);
            }
            break;
        }
    }
    end(&mut count, &mut body, &mut requests);
    let mut out = String::with_capacity(requests.out.len() + 8);
    push_int(&mut out, requests.refused);
    put(&mut out, &requests.out);
    out
}

struct Requests<'a> {
    out: String,
    url: &'a str,
    kind: &'static str,
    ids: String,
    refused: u64,
}

impl Requests<'_> {
    fn id(&mut self, id: &str) {
        if !self.ids.is_empty() {
            put(&mut self.ids, ",");
        }
        put(&mut self.ids, id);
    }

    fn add(&mut self, link: &str, body: &str) {
        let (url, kind) = if link.is_empty() { (self.url, self.kind) } else { (link, "") };
        for (mark, part) in [(RECORD, url), (UNIT, kind), (UNIT, &self.ids), (UNIT, body)] {
            put(&mut self.out, mark);
            put(&mut self.out, part);
        }
        self.ids.clear();
    }
}
