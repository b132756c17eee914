//! `/collect/p.gif`: one event by a picture.

use serde_json::json;

use crate::body;
use crate::world::{Answer, Collector, eventually};

fn get(collector: &Collector, more: &str) -> Answer {
    let visitor = body::id();
    collector.get(&format!("/collect/p.gif?site=my-shop&visitor={visitor}&name=email_open{more}"))
}

const YES: &str = "&consent=analytics,marketing&consent_at=1790000000000";

#[test]
fn a_picture_records_one_event_and_is_kept_by_nobody() {
    let collector = Collector::start();
    let answer = get(&collector, &format!("{YES}&mailing=spring%20sale&user=anna@1&policy=2026-11"));
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/gif")));
    assert!(answer.body.starts_with("GIF89a"));
    assert!(answer.header("cache-control").unwrap().contains("no-store"));
    assert_eq!((answer.header("expires"), answer.header("etag"), answer.header("refused")), (Some("0"), None, None));
    let line: serde_json::Value = serde_json::from_str(&collector.get("/events").body).unwrap();
    assert_eq!(
        (&line["name"], &line["data"], &line["user"]),
        (&json!("email_open"), &json!({ "mailing": "spring sale" }), &json!("anna@1"))
    );
    assert_eq!(line["consent"]["purposes"], json!(["analytics", "marketing"]));
    assert_eq!((&line["consent"]["source"], &line["consent"]["at"]), (&json!("pixel"), &json!(1_790_000_000_000_i64)));
    assert_eq!(line["consent"]["policy"], json!("2026-11"));
    assert_eq!(collector.number("SELECT count(*) FROM session"), 0, "a mail that was opened is no visit");
}

#[test]
fn without_an_explicit_yes_nothing_is_stored_and_the_refusal_is_counted() {
    let collector = Collector::start();
    for (consent, why) in [
        ("", "consent: required, the purposes agreed to"),
        ("&consent=", "consent: required, the purposes agreed to"),
        ("&consent=denied&consent_at=1", "consent.purposes: analytics is not among them"),
        ("&consent=marketing&consent_at=1", "consent.purposes: analytics is not among them"),
        ("&consent=analytics", "consent.at: when it was decided is not said"),
    ] {
        let answer = get(&collector, consent);
        assert_eq!((answer.status, answer.header("refused")), (403, Some(why)), "{consent}");
        assert!(answer.header("cache-control").unwrap().contains("no-store"));
        assert!(answer.body.starts_with("GIF89a"), "a mail shows no broken picture");
    }
    assert_eq!((collector.events(), collector.number("SELECT count(*) FROM batch")), (0, 0));
    eventually("all are counted", || collector.number("SELECT coalesce(sum(count), 0) FROM refused WHERE kind = 'consent'") == 5);
}

#[test]
fn an_event_is_checked_like_any_other() {
    let collector = Collector::start();
    let order = "&name=purchase&transaction_id=A-1&currency=EUR&value=19.50";
    let items = "&data=%7B%22items%22%3A%5B%7B%22item_id%22%3A%22mug%22%2C%22price%22%3A19.50%7D%5D%7D";
    let visitor = body::id();
    let ask = |more: &str| collector.get(&format!("/collect/p.gif?site=s&visitor={visitor}{YES}{more}"));
    for (query, why) in [
        (order.to_owned(), "items: required"),
        (format!("{order}&data=%5B%5D"), "data: not a JSON object"),
        (format!("{order}&data=%7B"), "data: not a JSON object"),
        ("&name=Bad%20Name".to_owned(), "name: not a-z, 0-9 and _, 1 to 40 characters"),
    ] {
        let answer = ask(&query);
        assert_eq!(answer.status, 400, "{query}: {answer:?}");
        if !why.starts_with("name") {
            assert_eq!(answer.header("refused"), Some(why), "{query}");
        }
    }
    assert_eq!(collector.get(&format!("/collect/p.gif?site=s&visitor=me&name=x{YES}")).header("refused"), Some("visitor: not a UUID"));
    let session = body::id();
    assert_eq!(ask(&format!("{order}{items}&session={session}&url=https://shop.example/?utm_source=letter")).status, 200);
    assert_eq!(collector.number("SELECT amount FROM sale"), 1950);
    assert_eq!(collector.text("SELECT source FROM touch"), "letter");
    assert_eq!(collector.number("SELECT orders FROM session"), 1, "with a session it is a visit's");
}

#[test]
fn an_id_counts_once_and_asking_for_the_head_counts_nothing() {
    let collector = Collector::start();
    let more = format!("{YES}&id={}", body::id());
    assert_eq!((get(&collector, &more).status, get(&collector, &more).status), (200, 200));
    assert_eq!(collector.events(), 1);
    let head = collector.request("HEAD", &format!("/collect/p.gif?site=s&visitor={}&name=x{YES}", body::id()), &[], b"");
    assert_eq!((head.status, collector.events()), (200, 1));
    assert_eq!(collector.request("POST", "/collect/p.gif", &[], b"").status, 405);
}
