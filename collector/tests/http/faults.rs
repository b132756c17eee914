//! Faults that end-to-end tests ask for.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::body::{batch, page_view};
use crate::world::{Answer, Collector};

fn collector() -> Collector {
    Collector::with(|options| options.test_faults = true)
}

fn ask(collector: &Collector, fault: &Value) -> Answer {
    collector.request("POST", "/test/faults", &[], fault.to_string().as_bytes())
}

#[test]
fn without_the_flag_there_is_no_such_thing() {
    let collector = Collector::start();
    let answer = ask(&collector, &json!({ "status": 503, "count": 1 }));
    assert!(matches!(answer.status, 404 | 405), "{answer:?}");
    assert_eq!(collector.post(&batch(&[page_view()])).status, 200);
}

#[test]
fn a_status_is_answered_so_many_times() {
    let collector = collector();
    let answer = ask(&collector, &json!({ "status": 503, "count": 2, "retryAfter": 7 }));
    assert_eq!((answer.status, answer.json()), (200, json!({ "remaining": 2 })));
    let body = batch(&[page_view()]);
    for _ in 0..2 {
        let answer = collector.post(&body);
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("7")));
    }
    assert_eq!(collector.get("/test/faults").json(), json!({ "remaining": 0 }));
    assert_eq!(collector.post(&body).json()["stored"], json!(1));
}

#[test]
fn a_connection_is_dropped_without_an_answer_with_the_work_done_or_not() {
    let collector = collector();
    let dropped = |body: &Value| {
        use std::io::Write;
        let mut stream = collector.connect();
        let text = body.to_string();
        stream.write_all(&collector.head("POST", "/collect", &[], Some(text.len()))).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        Answer::try_read(stream).is_none()
    };
    let body = batch(&[page_view()]);
    ask(&collector, &json!({ "dropConnection": true, "count": 1 }));
    assert!(dropped(&body));
    assert_eq!(collector.events(), 0);
    ask(&collector, &json!({ "dropConnection": true, "count": 1, "store": true }));
    assert!(dropped(&body));
    assert_eq!(collector.events(), 1);
    assert_eq!(collector.post(&body).json()["duplicates"], json!(1));
}

#[test]
fn an_answer_is_delayed() {
    let collector = collector();
    ask(&collector, &json!({ "delayMs": 300, "count": 1 }));
    let began = Instant::now();
    assert_eq!(collector.post(&batch(&[page_view()])).status, 200);
    assert!(began.elapsed() >= Duration::from_millis(300));
}

#[test]
fn a_fault_with_a_typing_error_is_refused() {
    let collector = collector();
    let answer = ask(&collector, &json!({ "sattus": 503, "count": 2 }));
    assert_eq!(answer.status, 400);
    assert!(answer.error().contains("sattus"));
    assert_eq!(ask(&collector, &json!({ "status": 503, "count": 5 })).status, 200);
    assert_eq!(ask(&collector, &json!({ "count": 0 })).json(), json!({ "remaining": 0 }));
    assert_eq!(collector.post(&batch(&[page_view()])).status, 200);
}
