//! The browser half in a real browser: what the page does reaches the engine, and what the engine says reaches the page.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::disallowed_macros, reason = "tests may panic")]

use cartbeacon::api;
use js_sys::Function;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const EVENTS: u8 = 0;
const CONSENT: u8 = 2;
const SUBSCRIBE: u8 = 7;
const SHUTDOWN: u8 = 8;
const IDS: u8 = 10;
const STATS: u8 = 11;

#[wasm_bindgen(module = "/src/edge/driver.js")]
extern "C" {
    type Page;
    fn attach(tracker: usize, engine: &JsValue, notify: &Function, config: &JsValue) -> Page;
    fn begin(page: &Page, named: &Function);
    fn feed(page: &Page, what: u8, text: &str, a: u32) -> String;
}

// What driver.js imports: using something of each has it served as well.
#[wasm_bindgen(module = "/src/edge/page.js")]
extern "C" {
    fn close(page: &Page);
}
#[wasm_bindgen(module = "/src/edge/store.js")]
extern "C" {
    fn load(page: &Page) -> String;
}
#[wasm_bindgen(module = "/src/edge/click.js")]
extern "C" {
    fn clicked(page: &Page, event: &JsValue);
}

fn js(source: &str) -> JsValue {
    Function::new_no_args(source).call0(&JsValue::NULL).expect("the test's own script")
}

fn call(page: &Page, method: u8, name: &str, fields: &str) -> String {
    let text = if method == EVENTS { format!("0\n{fields}\n\n{name}") } else { name.to_owned() };
    let answer = feed(page, method, &text, 0);
    if method == SHUTDOWN {
        close(page);
    }
    answer
}

/// A tracker with that medium (1: local storage) that listens to everything; what it tells is collected in `window.told`.
fn tracker(medium: u8) -> Page {
    js("window.told = []; document.cookie = 'cb_web=;max-age=0;path=/'");
    let numbers = "20,49152,5000,500,262144,72,395,30,24,1000,300000";
    let list = format!(r#"["web","",{numbers},{medium},true,1]"#);
    let number = api::start(&list, js("return document").unchecked_into(), 1, 2, 3, 4);
    let config =
        js(&format!("return {{ endpoint: '/collect', site: 'web', storage: {medium}, 'cookie.days': 395, 'capture.clicks': true }}"));
    let notify: Function = js("const notify = (topic, payload) => window.told.push(topic + ' ' + payload)
        notify.run = (command, [name, fields]) => notify(command, name + ' ' + JSON.stringify(fields))
        return notify")
    .unchecked_into();
    let engine = Closure::<dyn Fn(u8, String, f64, u32, i32, f64) -> JsValue>::new(move |what, text: String, mono, a, b, c| {
        api::enter(number, what, &text, mono, a, b, c)
    });
    let page = attach(number, &engine.into_js_value(), &notify, &config);
    feed(&page, SUBSCRIBE, "", 63);
    begin(&page, &js("return () => {}").unchecked_into());
    page
}

/// How many of the things told contain all the words.
fn told(words: &[&str]) -> usize {
    let all = js("return window.told.join('\\n')").as_string().unwrap_or_default();
    all.lines().filter(|line| words.iter().all(|w| line.contains(w))).count()
}

fn count(tracker: &Page, name: &str) -> f64 {
    let list: Vec<serde_json::Value> = serde_json::from_str(&call(tracker, STATS, "", "")).expect("a list");
    list[["accepted", "held"].iter().position(|known| *known == name).expect("a counter")].as_f64().unwrap_or(-1.0)
}

fn cookie() -> String {
    js("return document.cookie").as_string().unwrap_or_default()
}

#[wasm_bindgen_test]
fn a_number_that_nobody_has_does_nothing() {
    assert_eq!(api::enter(99, EVENTS, "0\n{}\n\nx", 0.0, 0, 0, 0.0).as_string().as_deref(), Some(""));
}

#[wasm_bindgen_test]
fn the_first_page_is_held_and_nothing_is_stored_before_a_yes() {
    let tracker = tracker(0);
    assert_eq!(told(&["event", "page_view", "held"]), 1);
    assert!(!cookie().contains("cb_web"), "{}", cookie());
    call(&tracker, CONSENT, "1", "");
    assert!(cookie().contains("cb_web=1."), "{}", cookie());
    assert_eq!(Some(load(&tracker).as_str()), cookie().split("cb_web=").nth(1).and_then(|c| c.split(';').next()));
    call(&tracker, CONSENT, "", "");
    assert!(!cookie().contains("cb_web"), "{}", cookie());
    assert!(call(&tracker, IDS, "", "").contains(r#""visitor":"""#));
    call(&tracker, SHUTDOWN, "", "");
}

#[wasm_bindgen_test]
fn an_event_is_answered_with_its_id_or_the_reason() {
    let tracker = tracker(0);
    let id = call(&tracker, EVENTS, "add_to_cart", r#"{"items":[{"item_id":"a"}]}"#);
    assert_eq!(id.trim_end().len(), 36, "{id}");
    assert_eq!(call(&tracker, EVENTS, "add_to_cart", "{}"), "!items: required\n");
    assert_eq!(count(&tracker, "accepted"), 2.0);
    assert_eq!(count(&tracker, "held"), 2.0);
    call(&tracker, SHUTDOWN, "", "");
}

#[wasm_bindgen_test]
fn routes_are_pages_and_scroll_state_is_not() {
    let tracker = tracker(0);
    js("history.pushState({}, '', '/one'); history.replaceState({ y: 5 }, '', '/one'); history.replaceState({}, '', '/two')");
    assert_eq!((told(&["page_view"]), told(&["event", "page_view"])), (3, 3));
    call(&tracker, SHUTDOWN, "", "");
    js("history.pushState({}, '', '/three')");
    assert_eq!(told(&["page_view"]), 3, "nothing is heard after the shutdown");
}

#[wasm_bindgen_test]
fn a_click_in_a_shadow_root_is_seen_and_an_ignored_one_is_not() {
    let tracker = tracker(0);
    let nothing = js("return { composedPath: () => [] }");
    clicked(&tracker, &nothing);
    js("const host = document.body.appendChild(document.createElement('div'));
        const root = host.attachShadow({ mode: 'open' });
        root.innerHTML = '<button id=\"deep\"><svg></svg></button><p data-cb-ignore><button id=\"off\">x</button></p>';
        root.querySelector('svg').dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
        root.querySelector('#off').click(); host.remove()");
    assert_eq!((told(&["track click", "\"id\":\"deep\""]), told(&["\"id\":\"off\""])), (1, 0));
    call(&tracker, SHUTDOWN, "", "");
}

#[wasm_bindgen_test]
fn a_declared_event_is_one_that_the_script_tracks() {
    let tracker = tracker(0);
    js("const article = document.body.appendChild(document.createElement('article'));
        article.innerHTML = '<div data-cb-item-id=\"A1\" data-cb-price=\"9.90\" data-cb-currency=\"EUR\"><button data-cb-event=\"add_to_cart\">Add</button></div>';
        article.querySelector('button').click(); article.remove()");
    let all = js("return window.told.join('\\n')").as_string().unwrap_or_default();
    assert_eq!(told(&["track add_to_cart", r#""items":[{"item_id":"A1","price":"9.90"}]"#]), 1, "{all}");
    call(&tracker, SHUTDOWN, "", "");
}

#[wasm_bindgen_test]
fn local_storage_is_used_when_asked_for() {
    let tracker = tracker(1);
    assert_eq!(load(&tracker), "");
    call(&tracker, CONSENT, "1", "");
    assert!(js("return localStorage.getItem('cb_web') || ''").as_string().unwrap_or_default().starts_with("1."));
    assert!(load(&tracker).starts_with("1."), "{}", load(&tracker));
    call(&tracker, CONSENT, "", "");
    assert!(js("return localStorage.getItem('cb_web')").is_null());
    call(&tracker, SHUTDOWN, "", "");
}
