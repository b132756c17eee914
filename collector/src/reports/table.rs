//! A table of a report: its columns with their definitions, its rows, and both as JSON for the page and CSV for everybody else.
//!
//! Money is a decimal with all the digits of its currency. In CSV, text that a spreadsheet would run as a formula is quoted
//! with an apostrophe (<https://owasp.org/www-community/attacks/CSV_Injection>), because it comes from strangers.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::clock::{Millis, iso};
use crate::stats::decimal;

/// What stands in one place of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Not known, or not permitted.
    Empty,
    Time(Millis),
    Text(String),
    Count(i64),
    /// Minor units, and the currency they are of.
    Money(i128, String),
    /// A part of a whole; nothing of nothing is no share.
    Share(i64, i64),
    /// Hundredths of one.
    Hundredths(i64),
}

impl Cell {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(crate) fn known(text: Option<&str>) -> Self {
        text.filter(|t| !t.is_empty()).map_or(Self::Empty, Self::text)
    }

    pub(crate) fn money(minor: Option<i128>, currency: Option<&str>) -> Self {
        match (minor, currency) {
            (Some(minor), Some(currency)) => Self::Money(minor, currency.to_owned()),
            _ => Self::Empty,
        }
    }

    /// As a field of a CSV file.
    fn csv(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Time(at) => Cow::Owned(iso(*at)),
            Self::Text(text) => harmless(text),
            Self::Count(n) => Cow::Owned(n.to_string()),
            Self::Money(minor, currency) => Cow::Owned(decimal(*minor, currency)),
            Self::Share(part, all) => Cow::Owned(share(*part, *all)),
            Self::Hundredths(n) => Cow::Owned(hundredths(*n)),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let pair = |to: S, a: (&str, &str), b: (&str, &str)| {
            let mut map = to.serialize_map(Some(2))?;
            map.serialize_entry(a.0, a.1)?;
            map.serialize_entry(b.0, b.1)?;
            map.end()
        };
        match self {
            Self::Empty => to.serialize_none(),
            Self::Time(n) | Self::Count(n) => to.serialize_i64(*n),
            Self::Text(text) => to.serialize_str(text),
            Self::Money(minor, currency) => pair(to, ("amount", &decimal(*minor, currency)), ("currency", currency)),
            Self::Share(part, all) => {
                let mut map = to.serialize_map(Some(2))?;
                map.serialize_entry("part", part)?;
                map.serialize_entry("all", all)?;
                map.end()
            }
            Self::Hundredths(n) => to.serialize_str(&hundredths(*n)),
        }
    }
}

/// What a column holds, for whoever shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Time,
    Text,
    Count,
    Money,
    Share,
    Number,
}

/// One column.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Column {
    /// Its name in a file.
    pub(crate) key: &'static str,
    /// Its name on a page.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Exactly what it holds; empty where its name says it.
    pub(crate) about: &'static str,
    /// Only in files: on the page it would say again what stands beside it.
    pub(crate) file: bool,
}

impl Column {
    pub(crate) const fn new(key: &'static str, name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { key, name, kind, about, file: false }
    }

    pub(crate) const fn in_file(key: &'static str, name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { key, name, kind, about, file: true }
    }
}

/// The currency of a row's money, in files, where money is a bare number.
pub(crate) const CURRENCY: Column = Column::in_file("currency", "Currency", Kind::Text, "The ISO 4217 code of the row's money.");

/// Rows under columns.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(crate) fn new(columns: &[Column], rows: Vec<Vec<Cell>>) -> Self {
        Self { columns: columns.to_vec(), rows }
    }

    /// The file: a byte order mark (without it Excel reads UTF-8 as something else), the columns' names, the rows.
    pub(crate) fn csv(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
        // Writing to memory does not fail.
        let _ = writer.write_record(self.columns.iter().map(|column| column.key));
        for row in &self.rows {
            let _ = writer.write_record(row.iter().map(|cell| cell.csv().into_owned()));
        }
        writer.into_inner().unwrap_or_default()
    }
}

/// One line of a CSV file.
pub(crate) fn row(fields: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let _ = writer.write_record(fields);
    writer.into_inner().unwrap_or_default()
}

/// Text that no spreadsheet takes for a formula.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A share with four decimals, rounded half up: one of three is `0.3333`.
fn share(part: i64, all: i64) -> String {
    if all <= 0 {
        return String::new();
    }
    let parts = (i128::from(part) * 20_000 + i128::from(all)) / (i128::from(all) * 2);
    format!("{}.{:04}", parts / 10_000, parts % 10_000)
}

fn hundredths(n: i64) -> String {
    format!("{}.{:02}", n / 100, n % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_a_file_are_plain_exact_and_harmless() {
        for (cell, expected) in [
            (Cell::Empty, ""),
            (Cell::Time(1_790_000_000_123), "2026-09-21T14:13:20.123Z"),
            (Cell::text("=HYPERLINK(1)"), "'=HYPERLINK(1)"),
            (Cell::text("+49 1"), "'+49 1"),
            (Cell::text("-1"), "'-1"),
            (Cell::text("@SUM(1)"), "'@SUM(1)"),
            (Cell::text("\t=1"), "'\t=1"),
            (Cell::text("a=1"), "a=1"),
            (Cell::Money(-5, "EUR".to_owned()), "-0.05"),
            (Cell::Money(1234, "JPY".to_owned()), "1234"),
            (Cell::Money(1234, "KWD".to_owned()), "1.234"),
            (Cell::Share(1, 3), "0.3333"),
            (Cell::Share(2, 3), "0.6667"),
            (Cell::Share(0, 0), ""),
            (Cell::Hundredths(133), "1.33"),
        ] {
            assert_eq!(cell.csv(), expected, "{cell:?}");
        }
    }

    #[test]
    fn a_file_has_a_mark_a_head_and_quoted_fields() {
        let columns = [Column::new("id", "Id", Kind::Text, ""), CURRENCY];
        let table = Table::new(&columns, vec![vec![Cell::text("a,\"b\""), Cell::text("EUR")]]);
        assert_eq!(String::from_utf8(table.csv()).unwrap(), "\u{feff}id,currency\r\n\"a,\"\"b\"\"\",EUR\r\n");
    }
}
