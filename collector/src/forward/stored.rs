//! What is stored, as the batches it came in.

use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::clock;

/// Events read at a time.
const AT_ONCE: usize = 500;

/// A stored event on its way.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) n: i64,
    /// What those of one batch share: a group is of one.
    pub(super) head: Value,
    pub(super) page: Option<Value>,
    pub(super) event: Value,
    pub(super) purposes: Vec<String>,
}

pub(super) fn id(one: &Stored) -> &str {
    one.event.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// A native batch of events that share a head.
pub(super) fn native(events: &[&Stored]) -> Value {
    let mut pages: Vec<&Value> = Vec::new();
    let mut list = Vec::new();
    for one in events {
        let mut event = one.event.clone();
        if let (Some(page), Some(fields)) = (&one.page, event.as_object_mut()) {
            let place = pages.iter().position(|known| *known == page).unwrap_or_else(|| {
                pages.push(page);
                pages.len() - 1
            });
            fields.insert("page".to_owned(), json!(place));
        }
        list.push(event);
    }
    let mut batch = events.first().map_or(Value::Null, |first| first.head.clone());
    if let Some(fields) = batch.as_object_mut() {
        fields.insert("sent".to_owned(), json!(clock::now()));
        fields.insert("pages".to_owned(), json!(pages));
        fields.insert("events".to_owned(), json!(list));
    }
    batch
}

pub(super) fn read(connection: &Connection, since: i64) -> rusqlite::Result<Vec<Stored>> {
    let mut ask = connection.prepare_cached(
        "SELECT event.n, event.id, t, event.batch, event.site, event.visitor, user, event.session, seq, name, data, page.id, url, title,
                referrer, reason, sdk, engine, consent, session.n, session.started
         FROM event LEFT JOIN page ON page.id = event.page LEFT JOIN batch ON batch.id = event.batch
                    LEFT JOIN session ON session.id = event.session
         WHERE event.n > ?1 ORDER BY event.n LIMIT ?2",
    )?;
    let rows = ask.query_map(params![since, AT_ONCE], |row| {
        let text = |at: usize| row.get::<_, Option<String>>(at);
        let consent: Value = text(18)?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let purposes = consent.get("purposes").and_then(Value::as_array).into_iter().flatten();
        let purposes = purposes.filter_map(|purpose| Some(purpose.as_str()?.to_owned())).collect();
        let data = text(10)?.and_then(|text| serde_json::from_str(&text).ok());
        let page = text(11)?.map(|id| Ok::<_, rusqlite::Error>(json!({"id": id, "url": text(12)?.unwrap_or_default(), "title": text(13)?, "referrer": text(14)?, "reason": text(15)?})));
        Ok(Stored {
            n: row.get(0)?,
            head: json!({
                "v": 1, "batch": text(3)?, "sdk": text(16)?.unwrap_or_default(), "engine": text(17)?.unwrap_or_default(), "site": text(4)?,
                "attempt": 1, "visitor": text(5)?, "user": text(6)?,
                "session": {"id": text(7)?, "n": row.get::<_, Option<i64>>(19)?.unwrap_or(1), "started": row.get::<_, Option<i64>>(20)?.unwrap_or(0)},
                "consent": consent, "lost": {},
            }),
            page: page.transpose()?,
            event: json!({"id": text(1)?, "seq": row.get::<_, i64>(8)?, "t": row.get::<_, i64>(2)?, "name": text(9)?, "data": data.unwrap_or_else(|| json!({}))}),
            purposes,
        })
    })?;
    rows.collect()
}
