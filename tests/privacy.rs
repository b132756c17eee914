//! The firewall against its corpus: what it finds of what there is to find, and what it leaves alone.
//!
//! `positives.txt` has what must not leave, `negatives.txt` what a shop needs untouched; both grow by writing a line.
//! `tests/privacy/families.rs` adds shapes that differ only in their digits. The figures are printed
//! (`cargo test --test privacy -- --nocapture`), and every miss stands in `misses.md`, which the test keeps true: after a
//! change, `BLESS=1 cargo test --test privacy` writes it anew.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::string_slice,
    reason = "tests panic and print, and run natively"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use cartbeacon::engine::privacy::{COUNTRIES, Redacted, Rules};

#[path = "privacy/families.rs"]
mod families;

const POSITIVES: &str = include_str!("privacy/positives.txt");
const NEGATIVES: &str = include_str!("privacy/negatives.txt");
const MISSES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/privacy/misses.md");
const KINDS: [&str; 6] = ["email", "phone", "card", "iban", "token", "id"];

/// The lines of a corpus: what stands before the first `: `, and the rest.
fn lines(corpus: &str) -> impl Iterator<Item = (&str, &str)> {
    corpus.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| line.split_once(": ").expect("`kind: text`"))
}

fn rules(ids: bool) -> Rules {
    let mut rules = Rules::default();
    for country in COUNTRIES.iter().filter(|_| ids) {
        assert!(rules.country(country));
    }
    rules
}

fn in_text(rules: &Rules, text: &str) -> String {
    let escaped = serde_json::to_string(text).expect("text");
    let out = rules.text(&escaped[1..escaped.len() - 1], &mut Redacted::default());
    serde_json::from_str(&format!("\"{out}\"")).expect("JSON text again")
}

/// The value of a field of an event, as it comes out.
fn in_field(rules: &Rules, name: &str, text: &str) -> String {
    let mut event = String::from("\"name\":\"my_event\",\"data\":");
    let fields = serde_json::to_string(&BTreeMap::from([(name, text)])).expect("fields");
    cartbeacon::engine::check::event("my_event", &fields, &mut event).expect("a good event");
    rules.event(&mut event, &mut Redacted::default());
    let event: serde_json::Value = serde_json::from_str(&format!("{{{event}}}")).expect("JSON text again");
    event["data"][name].as_str().expect("text").to_owned()
}

/// Percent-encoded as `encodeURIComponent` does it, but for the characters in `plain`.
fn encoded(text: &str, plain: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let mut bytes = [0; 4];
        if c.is_ascii_alphanumeric() || "-_.!~*'()".contains(c) || plain.contains(c) {
            out.push(c);
        } else {
            c.encode_utf8(&mut bytes).bytes().for_each(|b| write!(out, "%{b:02X}").expect("memory"));
        }
    }
    out
}

/// Every place a text may stand in: what it is called, what stands before and after, and how the text is written there.
fn places(text: &str) -> [(&'static str, &'static str, String, &'static str); 8] {
    let once = encoded(text, "");
    [
        ("title", "", text.to_owned(), ""),
        ("sentence", "Ordered by ", text.to_owned(), ", thank you"),
        ("query", "https://shop.test/search?q=", once.clone(), "&page=2"),
        // As a form sends it.
        (
            "form",
            "https://shop.test/search?page=2&q=",
            encoded(&text.replace('+', "\u{1}"), " ").replace(' ', "+").replace("%01", "%2B"),
            "",
        ),
        // As a location shows what was typed or linked by hand.
        ("raw query", "https://shop.test/search?q=", encoded(text, "@+/,:;").replace("%28", "(").replace("%29", ")"), "#results"),
        ("path", "https://shop.test/account/", encoded(text, "@+,:"), "/edit"),
        ("fragment", "https://shop.test/#/customers/", encoded(text, "@+,:"), ""),
        ("nested", "https://shop.test/login?next=%2Fsearch%3Fq%3D", encoded(&once, ""), "%26page%3D2"),
    ]
}

#[derive(Default)]
struct Score {
    there: u32,
    found: u32,
    wrong: u32,
    misses: Vec<String>,
}

#[test]
fn the_corpus_is_found_and_the_shop_is_left_alone() {
    let (plain, with_ids) = (rules(false), rules(true));
    let mut scores: BTreeMap<&str, Score> = KINDS.iter().map(|kind| (*kind, Score::default())).collect();
    for (kind, text) in lines(POSITIVES) {
        let rules = if kind == "id" { &with_ids } else { &plain };
        let score = scores.get_mut(kind).expect("a known kind");
        let mut missed = Vec::new();
        let mut judge = |place: &'static str, out: &str, before: &str, after: &str| {
            score.there += 1;
            let expected = format!("{before}[{kind}]{after}");
            if out == expected {
                score.found += 1;
            } else {
                missed.push(format!("{place}: `{out}`"));
            }
        };
        for (place, before, written, after) in places(text) {
            judge(place, &in_text(rules, &format!("{before}{written}{after}")), before, after);
        }
        for name in ["search_term", "note", "link_url"] {
            judge(name, &in_field(rules, name, text), "", "");
        }
        if !missed.is_empty() {
            score.misses.push(format!("{kind} `{text}` in {} of 11 places, as {}", missed.len(), missed[0]));
        }
    }
    let mut negatives = 0;
    let mut false_alarms = Vec::new();
    let mut alarms = 0;
    let mut all: Vec<(String, String)> = lines(NEGATIVES).map(|(place, text)| (place.to_owned(), text.to_owned())).collect();
    all.extend(families::all());
    for (place, text) in &all {
        negatives += 1;
        let mut first = None;
        let mut count = 0;
        let mut judge = |place: &str, before: &str, out: &str| {
            if out != before {
                count += 1;
                first.get_or_insert_with(|| format!("{place}: `{before}` became `{out}`"));
                if let Some(score) = KINDS.iter().find(|kind| out.contains(&format!("[{kind}]"))).and_then(|kind| scores.get_mut(kind)) {
                    score.wrong += 1;
                }
            }
        };
        match place.as_str() {
            "url" | "title" => judge(place, text, &in_text(&plain, text)),
            "text" => {
                for (place, before, written, after) in places(text) {
                    let whole = format!("{before}{written}{after}");
                    judge(place, &whole, &in_text(&plain, &whole));
                }
                judge("note", text, &in_field(&plain, "note", text));
            }
            name => judge(name, text, &in_field(&plain, name, text)),
        }
        alarms += count;
        if let Some(first) = first {
            false_alarms.push(format!("{first} ({count} places)"));
        }
    }
    report(&scores, negatives, alarms, &false_alarms);
}

fn report(scores: &BTreeMap<&str, Score>, negatives: u32, alarms: u32, false_alarms: &[String]) {
    let percent = |part: u32, of: u32| 100.0 * f64::from(part) / f64::from(of.max(1));
    let (mut found, mut there) = (0, 0);
    let mut table = String::from("| kind | placed | found | false alarms | recall | precision |\n|---|--:|--:|--:|--:|--:|\n");
    for (kind, score) in scores {
        (found, there) = (found + score.found, there + score.there);
        writeln!(
            table,
            "| {kind} | {} | {} | {} | {:.2} % | {:.2} % |",
            score.there,
            score.found,
            score.wrong,
            percent(score.found, score.there),
            percent(score.found, score.found + score.wrong)
        )
        .expect("memory");
    }
    let (recall, precision) = (percent(found, there), percent(found, found + alarms));
    writeln!(table, "| all | {there} | {found} | {alarms} | {recall:.2} % | {precision:.2} % |").expect("memory");
    let mut text = format!(
        "# What the firewall misses\n\nMade by `BLESS=1 cargo test --test privacy`. Each line of `positives.txt` stands in eleven places (titles, URLs \
         encoded in several ways, fields); {negatives} texts of shops must stay as they are.\n\n{table}\n## Not found, or not whole\n\n"
    );
    for line in scores.values().flat_map(|score| &score.misses) {
        writeln!(text, "- {line}").expect("memory");
    }
    text.push_str("\n## False alarms\n\n");
    for line in false_alarms {
        writeln!(text, "- {line}").expect("memory");
    }
    println!("{text}");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(MISSES, &text).expect("a writable file");
    }
    assert!(negatives >= 2_000, "{negatives} negatives");
    assert!(recall >= 99.0, "recall {recall:.2} %");
    assert!(precision >= 99.5, "precision {precision:.2} %");
    let committed = std::fs::read_to_string(Path::new(MISSES)).unwrap_or_default();
    assert_eq!(committed, text, "misses.md is what it was; BLESS=1 writes it anew");
}

/// Cleans a text as it stands in JSON; answers it with the number of replacements.
fn cleaned(rules: &Rules, escaped: &str) -> String {
    rules.text(escaped, &mut Redacted::default())
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_stays_json_and_a_second_pass_finds_nothing(text in "(\\PC|[@%=+&?#/. -]|[0-9]{1,8}|a@b\\.co|%[0-9a-fA-F]{2}|\\+49|eyJ|token=|DE89|\\\\|\"){0,24}") {
        let escaped = serde_json::to_string(&text).expect("text");
        for rules in [rules(false), rules(true)] {
            let once = cleaned(&rules, &escaped[1..escaped.len() - 1]);
            proptest::prop_assert!(serde_json::from_str::<String>(&format!("\"{once}\"")).is_ok(), "{once}");
            proptest::prop_assert_eq!(cleaned(&rules, &once), once.clone());
            // The shortest that is replaced by something longer is `a=1` under a name that is forbidden.
            proptest::prop_assert!(once.len() <= escaped.len() * 5);
        }
    }

    #[test]
    fn text_without_a_trigger_is_untouched(text in "[a-zA-Z ,.!äß漢字:;()-]{0,18}([0-9]{0,6}[a-z]{1,9}){0,3}") {
        let escaped = serde_json::to_string(&text).expect("text");
        let inside = &escaped[1..escaped.len() - 1];
        proptest::prop_assert_eq!(cleaned(&rules(false), inside), inside);
    }

    #[test]
    fn an_event_stays_an_event(name in "f_[a-z_]{1,10}", text in "(\\PC|a@b\\.co|[0-9]{9}|\\\\|\"|=){0,12}", number in proptest::num::u64::ANY) {
        let fields = serde_json::json!({ name.clone(): text, "n": number, "items": [{ "item_id": text, "note": text }] });
        let mut event = format!("\"name\":\"x\",\"data\":{fields}");
        rules(true).event(&mut event, &mut Redacted::default());
        let read: serde_json::Value = serde_json::from_str(&format!("{{{event}}}")).expect("JSON");
        proptest::prop_assert!(read["data"][&name].is_string() && read["data"]["items"][0]["note"].is_string(), "{}", event);
        let once = event.clone();
        rules(true).event(&mut event, &mut Redacted::default());
        proptest::prop_assert_eq!(once, event);
    }
}
