//! The visitor's id as a cookie that a server has set: for whom, with which attributes, and how it goes again.

use serde_json::{Value, json};

use crate::body::{self, page_view, visit};
use crate::world::{Answer, Collector};

const SHOP: &str = "https://www.shop.example";
const ID: &str = "01990000-0000-7000-8000-00000000000a";
/// The handshake as people read it.
const PAGE: &str = include_str!("../../../www/docs/server-cookie.md");

fn collector() -> Collector {
    Collector::with(|options| {
        options.visitor_cookie = true;
        options.allowed = vec![SHOP.parse().unwrap()];
    })
}

fn asked() -> Value {
    json!({ "v": 1, "site": "my-shop", "visitor": ID, "n": 3, "domain": "shop.example", "days": 395 })
}

fn ask(collector: &Collector, headers: &[(&str, &str)], body: &str) -> Answer {
    collector.request("POST", "/collect/id", headers, body.as_bytes())
}

fn cookies(answer: &Answer) -> Vec<&str> {
    answer.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.as_str()).collect()
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

/// The cookie without the moment it was issued, and that moment.
fn parted(cookie: &str) -> (String, u64) {
    let (value, attributes) = cookie.split_once("; ").unwrap();
    let (value, issued) = value.rsplit_once('.').unwrap();
    (format!("{value}.<now>; {attributes}"), issued.parse().unwrap())
}

/// The lines of the documentation's blocks of a kind.
fn documented(kind: &str) -> &'static str {
    PAGE.split_once(&format!("```{kind}\n")).unwrap().1.split_once("\n```").unwrap().0
}

#[test]
fn the_documented_handshake_is_the_one_that_happens() {
    let collector = collector();
    let before = now();
    let answer = ask(&collector, &[("Origin", SHOP)], documented("json"));
    let (cookie, issued) = parted(cookies(&answer)[0]);
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert_eq!(format!("Set-Cookie: {cookie}"), documented("http").lines().last().unwrap());
    assert!((before..=now()).contains(&issued), "seconds");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(collector.events(), 0);
    // A program that tells no page's scheme.
    assert!(cookies(&ask(&collector, &[], documented("json")))[0].ends_with("; Secure"));
}

#[test]
fn attributes_follow_from_what_is_asked_and_from_the_pages_scheme() {
    let collector = collector();
    let own = format!("http://{}", collector.address);
    let value = format!("cb_my-shop.id={ID}.3.<now>");
    for (origin, change, expected) in [
        (SHOP, json!({ "days": 30 }), format!("{value}; Max-Age=2592000; Path=/; Domain=shop.example; SameSite=Lax; Secure")),
        (SHOP, json!({ "domain": null }), format!("{value}; Max-Age=34128000; Path=/; SameSite=Lax; Secure")),
        (&own, json!({ "domain": null, "days": 1 }), format!("{value}; Max-Age=86400; Path=/; SameSite=Lax")),
        (
            SHOP,
            json!({ "site": "Müller & Söhne" }),
            format!("cb_MllerShne.id={ID}.3.<now>; Max-Age=34128000; Path=/; Domain=shop.example; SameSite=Lax; Secure"),
        ),
        (
            SHOP,
            json!({ "site": "", "visitor": ID.to_uppercase(), "days": 1 }),
            format!("cb_.id={ID}.3.<now>; Max-Age=86400; Path=/; Domain=shop.example; SameSite=Lax; Secure"),
        ),
    ] {
        let mut body = asked();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = ask(&collector, &[("Origin", origin)], &body.to_string());
        assert_eq!(answer.status, 204, "{change}: {}", answer.body);
        assert_eq!(parted(cookies(&answer)[0]).0, expected);
    }
}

#[test]
fn who_may_not_ask_gets_no_cookie() {
    let collector = collector();
    let body = asked().to_string();
    for headers in [
        vec![("Origin", "https://evil.example")],
        vec![("Origin", "null")],
        // On the list, and yet of another site.
        vec![("Origin", SHOP), ("Sec-Fetch-Site", "cross-site")],
    ] {
        let answer = ask(&collector, &headers, &body);
        assert_eq!((answer.status, cookies(&answer).len()), (403, 0), "{headers:?}");
    }
    for path in ["/collect", "/collect/id"] {
        assert!(cookies(&collector.request("GET", path, &[], b"")).is_empty());
    }
    let off = Collector::start();
    let answer = ask(&off, &[], &body);
    assert!(answer.status >= 400 && cookies(&answer).is_empty(), "not asked for on the command line: {}", answer.status);
}

#[test]
fn what_is_malformed_is_refused_with_a_reason_that_repeats_nothing() {
    let collector = collector();
    for (change, reason) in [
        (json!({ "v": 2 }), "v: not 1"),
        (json!({ "visitor": "me@mail.example" }), "visitor: not a UUID"),
        (json!({ "visitor": "" }), "visitor: not a UUID"),
        (json!({ "n": 0 }), "n: not from 1"),
        (json!({ "days": 396 }), "days: not 1 to 395"),
        (json!({ "days": 0 }), "days: not 1 to 395"),
        (json!({ "domain": "shop.example; Max-Age=1" }), "domain: not a host's name"),
        (json!({ "domain": "" }), "domain: not a host's name"),
        (json!({ "domain": "a".repeat(254) }), "domain: not a host's name"),
        (json!({ "site": "a".repeat(101) }), "site: more than 100 bytes"),
        (json!({ "visitor": 5 }), "body: not what a page asks for an id with"),
        (json!({ "n": -1 }), "body: not what a page asks for an id with"),
        (json!({ "more": ID }), "body: not what a page asks for an id with"),
    ] {
        let mut body = asked();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = ask(&collector, &[], &body.to_string());
        assert_eq!((answer.status, answer.json()["error"].as_str(), cookies(&answer).len()), (400, Some(reason), 0), "{change}");
    }
    assert_eq!(ask(&collector, &[], &" ".repeat(1025)).status, 413);
    assert_eq!(ask(&collector, &[], "").status, 400);
}

#[test]
fn an_erasure_expires_the_cookie_of_that_visitor() {
    let collector = collector();
    let gone = body::id();
    collector.post(&visit(&gone, &body::id(), &[page_view()]));
    let erase = |cookie: &str| {
        let headers = [("Host", "www.shop.example:8443"), ("Cookie", cookie)];
        collector.request("POST", "/collect", &headers, json!({ "v": 1, "erase": gone }).to_string().as_bytes())
    };
    let answer = erase(&format!("theme=dark; cb_my-shop.id={gone}.3.1790000000; cb_other.id={ID}.1.1790000000; x={gone}"));
    assert_eq!(answer.status, 200);
    assert_eq!(
        cookies(&answer),
        [
            "cb_my-shop.id=; Max-Age=0; Path=/; SameSite=Lax",
            "cb_my-shop.id=; Max-Age=0; Path=/; Domain=www.shop.example; SameSite=Lax",
            "cb_my-shop.id=; Max-Age=0; Path=/; Domain=shop.example; SameSite=Lax",
        ]
    );
    assert!(cookies(&erase("")).is_empty());
    let off = Collector::start();
    let cookie = format!("cb_my-shop.id={gone}.3.1790000000");
    let answer = off.request("POST", "/collect", &[("Cookie", &cookie)], json!({ "v": 1, "erase": gone }).to_string().as_bytes());
    assert!(cookies(&answer).is_empty(), "whoever sets none deletes none");
}
