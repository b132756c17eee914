//! Campaigns, sources and mediums that are spelled in several ways, or named by halves.

use std::collections::BTreeMap;

use rusqlite::{Connection, Result, params};
use strsim::osa_distance;

use super::Range;
use super::table::{Cell, Column, Kind, Table};
use crate::clock::Millis;

/// Spellings compared with each other, the most used first: every pair of a few hundred is quick.
const MOST: usize = 400;
/// Shorter words differ by one letter and mean something else.
const LONG: usize = 6;

struct Spelling {
    text: String,
    visits: i64,
    first: Millis,
    last: Millis,
    key: String,
}

/// The statement behind one field.
pub(crate) fn of_field(field: &str) -> String {
    format!(
        "SELECT {field}, count(*), min(at), max(at) FROM touch WHERE tagged = 1 AND at >= ?1 AND at < ?2 AND (?3 IS NULL OR site = ?3)
         AND {field} <> '' GROUP BY 1 ORDER BY 2 DESC, 3 LIMIT {MOST}"
    )
}

/// `spelling`: one row a spelling that has a rival, and a row for each thing that was left out.
pub(crate) fn spelling(connection: &Connection, range: &Range) -> Result<Table> {
    let columns = [
        Column::new("field", "Parameter", Kind::Text, ""),
        Column::new("spelling", "Spelling", Kind::Text, "As it stood in the address."),
        Column::new("visits", "Visits", Kind::Count, "Arrivals in the range with this spelling."),
        Column::new(
            "meant",
            "Probably meant",
            Kind::Text,
            "The most used spelling among those that differ only in case and in what is neither letter nor digit, or in one letter (or two swapped) of words of six letters or more. Words that differ in a digit are not the same.",
        ),
        Column::new("why", "Difference", Kind::Text, ""),
        Column::new("first", "First seen", Kind::Time, ""),
        Column::new("last", "Last seen", Kind::Time, ""),
    ];
    let mut rows = Vec::new();
    for field in ["campaign", "source", "medium"] {
        let mut ask = connection.prepare_cached(&of_field(field))?;
        let read = |row: &rusqlite::Row<'_>| {
            let text: String = row.get(0)?;
            Ok(Spelling { key: key(&text), text, visits: row.get(1)?, first: row.get(2)?, last: row.get(3)? })
        };
        let spellings = ask.query_map(params![range.from, range.to, range.site], read)?.collect::<Result<Vec<_>>>()?;
        for group in groups(&spellings) {
            let Some((meant, _)) = group.split_first() else { continue };
            for spelling in &group {
                let why = if spelling.text == meant.text {
                    "most used"
                } else if spelling.key == meant.key {
                    "case or separators"
                } else {
                    "one letter"
                };
                let field = Cell::Text(format!("utm_{field}"));
                let (text, meant) = (Cell::text(&spelling.text), Cell::text(&meant.text));
                rows.push(vec![
                    field,
                    text,
                    Cell::Count(spelling.visits),
                    meant,
                    Cell::text(why),
                    Cell::Time(spelling.first),
                    Cell::Time(spelling.last),
                ]);
            }
        }
    }
    rows.extend(halves(connection, range)?);
    Ok(Table::new(&columns, rows))
}

/// The statement behind what was left out.
pub(crate) const HALVES: &str = "SELECT field, count(*), min(at), max(at) FROM (
     SELECT 'utm_source' AS field, at, site FROM touch WHERE tagged = 1 AND source = '' AND at >= ?1 AND at < ?2
     UNION ALL SELECT 'utm_medium', at, site FROM touch WHERE tagged = 1 AND medium = '' AND at >= ?1 AND at < ?2
     UNION ALL SELECT 'utm_campaign', at, site FROM touch WHERE tagged = 1 AND campaign = '' AND at >= ?1 AND at < ?2)
   WHERE ?3 IS NULL OR site = ?3 GROUP BY field ORDER BY 2 DESC";

fn halves(connection: &Connection, range: &Range) -> Result<Vec<Vec<Cell>>> {
    let mut ask = connection.prepare_cached(HALVES)?;
    let rows = ask.query_map(params![range.from, range.to, range.site], |row| {
        let (field, visits): (String, i64) = (row.get(0)?, row.get(1)?);
        let why = Cell::text("missing, though others are there");
        Ok(vec![Cell::Text(field), Cell::Empty, Cell::Count(visits), Cell::Empty, why, Cell::Time(row.get(2)?), Cell::Time(row.get(3)?)])
    })?;
    rows.collect()
}

/// Spellings that probably mean the same, each group by use.
fn groups(spellings: &[Spelling]) -> Vec<Vec<&Spelling>> {
    // Every key points at the first key like it: the list is sorted by use, so a rare one joins a frequent one.
    let mut heads: Vec<&str> = Vec::new();
    let mut groups: BTreeMap<&str, (usize, Vec<&Spelling>)> = BTreeMap::new();
    for spelling in spellings {
        let head = heads.iter().copied().find(|head| alike(head, &spelling.key)).unwrap_or_else(|| {
            heads.push(&spelling.key);
            &spelling.key
        });
        let place = groups.len();
        groups.entry(head).or_insert((place, Vec::new())).1.push(spelling);
    }
    let mut groups: Vec<_> = groups.into_values().filter(|(_, group)| group.len() > 1).collect();
    groups.sort_by_key(|(place, _)| *place);
    groups.into_iter().map(|(_, group)| group).collect()
}

/// What is left of a name without case and separators; where nothing is left, itself.
fn key(text: &str) -> String {
    let key: String = text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect();
    if key.is_empty() { text.to_owned() } else { key }
}

fn alike(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let long = a.chars().count().min(b.chars().count()) >= LONG;
    long && digits(a) == digits(b) && osa_distance(a, b) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_separators_and_slips_are_the_same_word_and_years_are_not() {
        for (a, b) in
            [("Spring_Sale", "spring-sale"), ("spring sale", "SPRINGSALE"), ("newsletter", "newsleter"), ("newsletter", "newsltetter")]
        {
            assert!(alike(&key(a), &key(b)), "{a} {b}");
        }
        for (a, b) in
            [("sale-2025", "sale-2026"), ("cpc", "cpm"), ("mail", "main"), ("google", "facebook"), ("black-friday", "black-monday")]
        {
            assert!(!alike(&key(a), &key(b)), "{a} {b}");
        }
        assert_eq!(key("--"), "--");
    }
}
