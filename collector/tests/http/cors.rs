//! Pages of other origins: an allow-list, mirrored; the store's own origin always works.

use crate::body::{batch, page_view};
use crate::world::{Answer, Collector};

const SHOP: &str = "https://shop.example";

fn collector() -> Collector {
    Collector::with(|options| options.allowed = vec![SHOP.parse().unwrap(), "http://localhost:3000".parse().unwrap()])
}

fn send(collector: &Collector, headers: &[(&str, &str)]) -> Answer {
    collector.request("POST", "/collect", headers, batch(&[page_view()]).to_string().as_bytes())
}

fn cors_headers(answer: &Answer) -> usize {
    answer.headers.iter().filter(|(name, _)| name.starts_with("access-control-") || name == "timing-allow-origin").count()
}

#[test]
fn an_allowed_origin_is_mirrored_with_credentials() {
    let collector = collector();
    for origin in [SHOP, "http://localhost:3000"] {
        let answer = send(&collector, &[("Origin", origin)]);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
        assert_eq!(answer.header("access-control-expose-headers"), Some("Date, Retry-After"));
        assert_eq!(answer.header("timing-allow-origin"), Some(origin));
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
    // A refusal is readable, too.
    let answer = collector.request("POST", "/collect", &[("Origin", SHOP)], b"{}");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (400, Some(SHOP)));
}

#[test]
fn a_preflight_is_answered() {
    let collector = collector();
    let asks = [("Origin", SHOP), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type")];
    let answer = collector.request("OPTIONS", "/collect", &asks, b"");
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some(SHOP));
    assert_eq!(answer.header("access-control-allow-methods"), Some("POST"));
    assert!(answer.header("access-control-allow-headers").unwrap().contains("content-type"));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert!(answer.header("access-control-max-age").is_some());
}

#[test]
fn a_stranger_gets_no_cors_header_and_stores_nothing() {
    let collector = collector();
    for origin in ["https://evil.example", "http://shop.example", "https://shop.example:8443", "https://shop.example.evil.example", "null"]
    {
        for method in ["POST", "OPTIONS"] {
            let answer = collector.request(method, "/collect", &[("Origin", origin)], batch(&[page_view()]).to_string().as_bytes());
            assert_eq!(answer.status, 403, "{origin}");
            assert_eq!(cors_headers(&answer), 0, "{origin}");
            assert_eq!(answer.header("vary"), Some("Origin"));
        }
    }
    assert_eq!(collector.events(), 0);
}

#[test]
fn the_own_origin_and_programs_need_no_entry() {
    let collector = Collector::start();
    let own = format!("http://{}", collector.address);
    for headers in [
        vec![("Origin", own.as_str())],
        vec![],
        // Behind a proxy that changed `Host`.
        vec![("Origin", "https://shop.example"), ("Sec-Fetch-Site", "same-origin")],
    ] {
        let answer = send(&collector, &headers);
        assert_eq!((answer.status, cors_headers(&answer)), (200, 0), "{headers:?}");
    }
    assert_eq!(send(&collector, &[("Origin", "https://shop.example"), ("Sec-Fetch-Site", "same-site")]).status, 403);
    assert_eq!(collector.events(), 3);
}
