//! Where shoppers struggle: forms that were begun and not sent, and clicks in anger or without effect.

use std::collections::BTreeMap;

use rusqlite::{Connection, Result, params};

use super::Range;
use super::table::{Cell, Column, Kind, Table};

/// The statement behind [`forms`]. A form goes by its id, its name, or where it is sent.
pub(crate) const FORMS: &str = "SELECT coalesce(data ->> '$.form_id', data ->> '$.form_name', data ->> '$.form_destination', ''), name,
     data ->> '$.last_field', count(*), CAST(total(data ->> '$.form_errors') AS INTEGER), CAST(total(data ->> '$.form_time_msec') AS INTEGER),
     count(data ->> '$.form_time_msec')
   FROM event WHERE name IN ('form_start', 'form_submit', 'form_abandon') AND at >= ?1 AND at < ?2 AND (?3 IS NULL OR site = ?3)
   GROUP BY 1, 2, 3";

#[derive(Default)]
struct Form {
    begun: i64,
    sent: i64,
    left: i64,
    errors: i64,
    /// Of those sent: milliseconds, and how many said so.
    time: (i64, i64),
    /// By the last field, how often the form was left.
    fields: BTreeMap<String, i64>,
}

/// `forms`: one row a form.
pub(crate) fn forms(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new("form", "Form", Kind::Text, "Its id, else its name, else where it is sent."),
        Column::new("begun", "Begun", Kind::Count, "form_start events: something was put into it."),
        Column::new("sent", "Sent", Kind::Count, "form_submit events, again after a refusal included."),
        Column::new("left", "Left", Kind::Count, "form_abandon events: the page was left after something was put in, and not sent."),
        Column::new("share", "Share left", Kind::Share, "Left, divided by sent and left."),
        Column::new("field", "Mostly at", Kind::Text, "The field that was the last one most often when the form was left."),
        Column::new("at_field", "Left there", Kind::Count, ""),
        Column::new(
            "errors",
            "Refused by the browser",
            Kind::Count,
            "Fields that the browser did not accept when the form was to be sent.",
        ),
        Column::new("seconds", "Seconds to send", Kind::Number, "From the first input until it was sent, on average."),
    ];
    let mut forms: BTreeMap<String, Form> = BTreeMap::new();
    let mut ask = connection.prepare_cached(FORMS)?;
    let mut rows = ask.query(params![range.from, range.to, range.site])?;
    while let Some(row) = rows.next()? {
        let form = forms.entry(row.get(0)?).or_default();
        let (name, field, count): (String, Option<String>, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        form.errors += row.get::<_, i64>(4)?;
        match name.as_str() {
            "form_start" => form.begun += count,
            "form_submit" => {
                form.sent += count;
                form.time.0 += row.get::<_, i64>(5)?;
                form.time.1 += row.get::<_, i64>(6)?;
            }
            _ => {
                form.left += count;
                *form.fields.entry(field.unwrap_or_default()).or_default() += count;
            }
        }
    }
    let mut rows: Vec<_> = forms.into_iter().collect();
    rows.sort_by_key(|(_, form)| -form.begun.max(form.sent));
    let rows = rows.into_iter().map(|(name, form)| {
        let worst = form.fields.iter().max_by_key(|(_, count)| **count);
        let (time, timed) = form.time;
        vec![
            Cell::known(Some(&name)),
            Cell::Count(form.begun),
            Cell::Count(form.sent),
            Cell::Count(form.left),
            Cell::Share(form.left, form.left + form.sent),
            Cell::known(worst.map(|(field, _)| field.as_str())),
            worst.map_or(Cell::Empty, |(_, count)| Cell::Count(*count)),
            Cell::Count(form.errors),
            if timed > 0 { Cell::Hundredths(time / 10 / timed) } else { Cell::Empty },
        ]
    });
    Ok(Table::new(&columns, rows.collect()))
}

/// The statement behind [`clicks`]; pages count without query and fragment.
pub(crate) const CLICKS: &str =
    "SELECT event.name, CASE WHEN instr(path, '#') > 0 THEN substr(path, 1, instr(path, '#') - 1) ELSE path END,
     coalesce('#' || (data ->> '$.id'), data ->> '$.name', data ->> '$.href', data ->> '$.tag', ''), count(*), count(DISTINCT event.session)
   FROM (SELECT event.*, CASE WHEN instr(url, '?') > 0 THEN substr(url, 1, instr(url, '?') - 1) ELSE coalesce(url, '') END AS path
         FROM event LEFT JOIN page ON page.id = event.page
         WHERE event.name IN ('rage_click', 'dead_click') AND event.at >= ?1 AND event.at < ?2 AND (?3 IS NULL OR site = ?3)) AS event
   GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3";

/// `clicks`: one row a place.
pub(crate) fn clicks(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new(
            "event",
            "Event",
            Kind::Text,
            "rage_click: three clicks within 30 px and a second. dead_click: nothing happened for two and a half seconds.",
        ),
        Column::new("page", "Page", Kind::Text, "Without query and fragment."),
        Column::new("element", "Element", Kind::Text, "By its id (#), else its name, where it leads, or its tag."),
        Column::new("count", "Times", Kind::Count, ""),
        Column::new("sessions", "Visits", Kind::Count, "Different visits among them."),
    ];
    let mut ask = connection.prepare_cached(CLICKS)?;
    let rows = ask.query_map(params![range.from, range.to, range.site], |row| {
        Ok(vec![
            Cell::Text(row.get(0)?),
            Cell::Text(row.get(1)?),
            Cell::Text(row.get(2)?),
            Cell::Count(row.get(3)?),
            Cell::Count(row.get(4)?),
        ])
    })?;
    Ok(Table::new(&columns, rows.collect::<Result<_>>()?))
}
