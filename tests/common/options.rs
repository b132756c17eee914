//! Options and consent updates as tests write them, JSON, in the numbers that www/sdk/config.js makes of them. Only what is
//! well-formed: what is not is told to the shop by that file, and tested with it.

use serde_json::{Value, json};

/// As in www/sdk/config.js.
const NUMBERS: [(&str, &str, u64); 11] = [
    ("batch", "events", 20),
    ("batch", "bytes", 49_152),
    ("batch", "ms", 5_000),
    ("queue", "events", 500),
    ("queue", "bytes", 262_144),
    ("queue", "hours", 72),
    ("cookie", "days", 395),
    ("session", "idleMinutes", 30),
    ("session", "maxHours", 24),
    ("retry", "ms", 1_000),
    ("retry", "maxMs", 300_000),
];
const PURPOSES: [&str; 4] = ["analytics", "marketing", "preferences", "sale"];
pub const SOURCES: [&str; 12] =
    ["api", "tcf", "gpp", "google", "shopify", "wordpress", "gpc", "dnt", "stored", "region", "auto", "default"];

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn place(names: &[&str], name: &str) -> usize {
    names.iter().position(|known| *known == name).expect("a known name")
}

/// What `Config::read` takes.
pub fn config_list(options: &str) -> String {
    let options = parsed(options);
    let consent = &options["consent"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut list = vec![json!(text(&options["site"])), json!(text(&consent["policy"]))];
    list.extend(NUMBERS.map(|(group, name, default)| json!(options[group][name].as_u64().unwrap_or(default))));
    let purposes = consent["purposes"]
        .as_array()
        .map_or(1, |names| names.iter().fold(0, |all, name| all | 1 << place(&PURPOSES, name.as_str().unwrap_or_default())));
    let waits = u8::from(!consent["source"].is_null() && consent["source"] != "api");
    list.extend([json!(0), json!(true), json!(purposes), json!(waits)]);
    list.extend(SOURCES.map(|source| {
        json!(match consent[source].as_str() {
            Some("grant") => 15,
            Some("deny") => 240,
            _ => bits(&consent[source]),
        })
    }));
    json!(list).to_string()
}

/// `{"analytics":"granted"}` as the bits of `Choices`.
fn bits(update: &Value) -> u8 {
    let words = update.as_object().into_iter().flatten().filter(|(name, _)| *name != "source");
    words.fold(0, |bits, (name, word)| bits | 1 << (place(&PURPOSES, name) + if word == "granted" { 0 } else { 4 }))
}

/// What `Input::Consent` takes.
pub fn consent_number(update: &str) -> String {
    let update = parsed(update);
    let source = update["source"].as_str().map_or(0, |name| place(&SOURCES, name));
    if update == "withdraw" { String::new() } else { (source << 8 | usize::from(bits(&update))).to_string() }
}
