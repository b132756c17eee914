//! Counts from shoppers who said no, where the shop lets them be counted (`consent.anonymous`): how often which event happened
//! on which page. What could tell one shopper from another is refused, and only sums by the hour are kept.

use rusqlite::{Connection, Result, params};
use serde::Deserialize;

use crate::clock::Millis;
use crate::refusal::Refusal;

/// Lines of one body.
const MAX_LINES: usize = 100;
/// A page reports every few seconds: nobody does more.
const MAX_COUNT: u32 = 1000;
const MAX_TEXT: usize = 500;
/// Different sums kept in one hour: strangers choose their texts, and must not fill the disk with them.
const MAX_SUMS: i64 = 5000;
const HOUR: Millis = 60 * 60 * 1000;

/// What is sent instead of a batch. An unknown member could be an id: there is none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counts {
    pub(crate) v: u8,
    #[expect(dead_code, reason = "part of the format, of no use here")]
    sdk: String,
    site: String,
    consent: Stated,
    anonymous: Vec<Line>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    state: String,
    #[expect(dead_code, reason = "part of the format, of no use here")]
    #[serde(default)]
    source: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    page: String,
    #[serde(default)]
    referrer: String,
    n: u32,
}

impl Counts {
    /// Whether it is as anonymous as it says, and of a bearable size.
    pub(crate) fn check(&self) -> std::result::Result<(), Refusal> {
        if self.consent.state != "anonymous" {
            return Err(Refusal::Consent("consent.state: not anonymous"));
        }
        if self.anonymous.len() > MAX_LINES {
            return Err(Refusal::TooLarge(format!("anonymous: more than {MAX_LINES}")));
        }
        if self.site.len() > MAX_TEXT {
            return Err(Refusal::Malformed(format!("site: longer than {MAX_TEXT} bytes")));
        }
        for line in &self.anonymous {
            let name = line.name.as_bytes();
            let is_name = (1..=40).contains(&name.len()) && name.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_');
            if !is_name || !(1..=MAX_COUNT).contains(&line.n) || line.page.len() > MAX_TEXT || line.referrer.len() > MAX_TEXT {
                return Err(Refusal::Malformed("anonymous: not a name, a page, a referrer and a count".to_owned()));
            }
            if line.page.contains(['?', '#']) {
                return Err(Refusal::Consent("anonymous.page: with a query or fragment"));
            }
            if line.referrer.matches('/').count() > 2 || line.referrer.contains(['?', '#', '@']) {
                return Err(Refusal::Consent("anonymous.referrer: more than an origin"));
            }
        }
        Ok(())
    }

    /// Adds it to the sums of the hour; answers how many events that were.
    pub(crate) fn store(&self, connection: &Connection, now: Millis) -> Result<u64> {
        let hour = now - now.rem_euclid(HOUR);
        let mut upsert = connection.prepare_cached(
            "INSERT INTO anonymous (hour, site, name, page, referrer, count)
             SELECT ?1, ?2, ?3, iif(room, ?4, 'other'), iif(room, ?5, ''), ?6
             FROM (SELECT (SELECT count(*) FROM anonymous WHERE hour = ?1) < ?7 AS room)
             WHERE true
             ON CONFLICT DO UPDATE SET count = count + excluded.count",
        )?;
        let mut events = 0;
        for line in &self.anonymous {
            upsert.execute(params![hour, self.site, line.name, line.page, line.referrer, line.n, MAX_SUMS])?;
            events += u64::from(line.n);
        }
        Ok(events)
    }
}
