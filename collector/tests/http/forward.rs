//! What is stored goes on: to another collector, and to a receiver that answers as it is told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use cartbeacon_collector::{Forwarding, Options, start};
use serde_json::{Value, json};

use crate::body::{batch, event, goods, order, page_view, with};
use crate::world::{Collector, eventually};

fn to(url: String, format: &str) -> Forwarding {
    Forwarding { url, format: format.to_owned(), ..Forwarding::default() }
}

fn forwarding(to: Forwarding) -> Collector {
    Collector::with(|options| options.forward = Some(to))
}

fn progress(collector: &Collector) -> Value {
    collector.get("/forwarded").json()
}

/// A request: its head in lower case, its body.
type Request = (String, String);

/// Answers each request with what `answer(count, body)` says.
struct Receiver {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    fn start(answer: impl Fn(usize, &str) -> &'static str + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, requests) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let seen: Arc<Mutex<Vec<Request>>> = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut reader = BufReader::new(stream.unwrap());
                let mut head = String::new();
                while reader.read_line(&mut head).unwrap() > 2 {}
                let head = head.to_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let body = String::from_utf8(body).unwrap();
                let mut all = seen.lock().unwrap();
                all.push((head, body.clone()));
                let (status, said) = answer(all.len(), &body).split_once('|').unwrap();
                let text = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{said}", said.len());
                reader.get_mut().write_all(text.as_bytes()).unwrap();
            }
        });
        Self { address, requests }
    }

    fn bodies(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }
}

#[test]
fn another_collector_has_what_this_one_has_under_the_same_ids_in_each_format_it_reads() {
    for (format, path) in [("native", "/collect"), ("ndjson", "/ndjson"), ("segment", "/v1/b"), ("otlp", "/v1/logs")] {
        let second = Collector::with(|options| options.foreign = true);
        let mut there = to(format!("http://{}{path}", second.address), format);
        there.key = "KEY".to_owned();
        let first = forwarding(there);
        let sent = batch(&[page_view(), event("add_to_cart", goods("mug")), event("purchase", order("O-1", "EUR", "29.98"))]);
        assert_eq!(first.post(&sent).status, 200);
        assert_eq!(first.post(&batch(&[page_view()])).status, 200);
        eventually(format, || second.events() == 4 && progress(&first)["n"] == 4);
        let rows =
            "SELECT group_concat(id || name || t || coalesce(transaction_id, '') || coalesce(amount, 0), ' ') FROM event ORDER BY id";
        assert_eq!(first.text(rows), second.text(rows), "{format}");
        let told = progress(&first);
        assert_eq!((&told["forwarded"], &told["refused"], &told["problem"]), (&json!(4), &json!(0), &Value::Null), "{format}: {told}");
    }
}

#[test]
fn what_was_stored_before_goes_too_and_a_restart_goes_on_where_it_ended() {
    let receiver = Receiver::start(|_, _| "204 OK|");
    let there = || to(format!("http://{}/in", receiver.address), "native");
    let collector = Collector::start();
    collector.post(&batch(&[page_view()]));
    let first = Collector::within(collector.stop(), |options| options.forward = Some(there()));
    eventually("the old event", || progress(&first)["n"] == 1);
    let second = Collector::within(first.stop(), |options| options.forward = Some(there()));
    assert_eq!(progress(&second)["forwarded"], 1);
    second.post(&batch(&[page_view()]));
    eventually("the new event", || progress(&second)["n"] == 2);
    assert_eq!(receiver.bodies().len(), 2, "none went twice");
}

#[test]
fn who_is_down_or_refuses_the_key_is_asked_again_and_nothing_is_passed_over() {
    let receiver = Receiver::start(|count, _| match count {
        1 => "503 Busy|",
        2 => "429 Slower\r\nretry-after: 1|",
        _ => "200 OK|",
    });
    let mut there = to(format!("http://{}/in", receiver.address), "ndjson");
    there.headers = vec![("authorization".to_owned(), "Bearer T".to_owned())];
    let collector = forwarding(there);
    collector.post(&batch(&[page_view(), page_view()]));
    eventually("both", || progress(&collector)["forwarded"] == 2);
    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 3);
    let ids = |body: &String| body.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone()).collect::<Vec<_>>();
    assert!(ids(&bodies[0]).len() == 2 && ids(&bodies[0]) == ids(&bodies[2]));
    assert!(receiver.requests.lock().unwrap().iter().all(|(head, _)| head.contains("authorization: bearer t")));

    let closed = Receiver::start(|_, _| "401 No|");
    let collector = forwarding(to(format!("http://{}/in", closed.address), "native"));
    collector.post(&batch(&[page_view()]));
    eventually("the refusal", || progress(&collector)["problem"] == "it answers 401");
    assert_eq!((&progress(&collector)["n"], &progress(&collector)["refused"]), (&json!(0), &json!(0)));
}

#[test]
fn one_bad_event_is_found_and_its_neighbours_arrive_once() {
    let receiver = Receiver::start(|_, body| if body.contains("bad_one") { "400 Bad|" } else { "200 OK|" });
    let collector = forwarding(to(format!("http://{}/in", receiver.address), "native"));
    let names = ["one", "two", "bad_one", "three", "four"];
    collector.post(&batch(&names.map(|name| event(name, json!({})))));
    eventually("all", || progress(&collector)["n"] == 5);
    let told = progress(&collector);
    assert_eq!((&told["forwarded"], &told["refused"]), (&json!(4), &json!(1)));
    let mut arrived: Vec<String> = Vec::new();
    for body in receiver.bodies().iter().filter(|body| !body.contains("bad_one")) {
        let body: Value = serde_json::from_str(body).unwrap();
        arrived.extend(body["events"].as_array().unwrap().iter().map(|event| event["name"].as_str().unwrap().to_owned()));
    }
    arrived.sort();
    assert_eq!(arrived, ["four", "one", "three", "two"]);
}

#[test]
fn only_events_whose_consent_names_the_purpose_go() {
    let receiver = Receiver::start(|_, _| "200 OK|");
    let mut there = to(format!("http://{}/in", receiver.address), "native");
    there.purposes = vec!["marketing".to_owned()];
    let collector = forwarding(there);
    collector.post(&batch(&[event("kept_here", json!({}))]));
    collector.post(&with(&batch(&[event("may_go", json!({}))]), "consent.purposes", json!(["analytics", "marketing"])));
    eventually("both", || progress(&collector)["n"] == 2);
    let bodies = receiver.bodies();
    assert!(bodies.len() == 1 && bodies[0].contains("may_go") && !bodies[0].contains("kept_here"), "{bodies:?}");
    assert_eq!(progress(&collector)["withheld"], 1);
}

#[test]
fn what_no_format_takes_is_said_at_the_start_and_without_forwarding_there_is_nothing_to_tell() {
    for (format, key, why) in [("posthogg", "", "--forward: posthogg: not a format"), ("posthog", "", "--forward: key: required")] {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::local(folder.path().join("data"));
        options.forward = Some(Forwarding { key: key.to_owned(), ..to("https://x.example".to_owned(), format) });
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let problem = runtime.block_on(start(options)).unwrap_err().to_string();
        assert!(problem.starts_with(why), "{problem}");
    }
    assert_eq!(Collector::start().get("/forwarded").status, 400);
}
