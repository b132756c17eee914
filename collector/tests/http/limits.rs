//! Slow, huge and numerous senders; a database that is held; a stop in the middle of it all.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::body::{batch, page_view};
use crate::world::{Answer, Collector, DEADLINE, eventually};

/// Whether the server has closed the connection.
fn is_closed(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    match stream.read(&mut [0; 512]) {
        Ok(0) => true,
        Ok(_) => false,
        Err(e) => e.kind() == std::io::ErrorKind::ConnectionReset,
    }
}

#[test]
fn headers_that_drip_are_cut_off() {
    let collector = Collector::limited(|limits| limits.patience = Duration::from_millis(300));
    let mut drip = collector.connect();
    drip.write_all(b"POST /collect HTTP/1.1\r\nHost: x\r\n").unwrap();
    let mut silent = collector.connect();
    for stream in [&mut drip, &mut silent] {
        eventually("the connection is closed", || {
            let _ = stream.write_all(b"X-More: y\r\n");
            is_closed(stream)
        });
    }
    assert_eq!(collector.post(&batch(&[page_view()])).status, 200);
}

#[test]
fn a_body_that_drips_is_cut_off_and_said_so() {
    let collector = Collector::limited(|limits| limits.patience = Duration::from_millis(300));
    let mut stream = collector.connect();
    stream.write_all(&collector.head("POST", "/collect", &[], Some(1000))).unwrap();
    stream.write_all(b"{\"v\":1,").unwrap();
    let answer = Answer::read(stream);
    assert_eq!((answer.status, answer.error().as_str()), (408, "body: too slow"));
    assert_eq!(answer.header("connection"), Some("close"));
}

#[test]
fn a_hundred_slow_senders_hold_only_what_they_sent() {
    // The budget has room for one whole body; the slow ones together hold less than a twentieth of it.
    let collector = Collector::limited(|limits| {
        limits.max_body = 100_000;
        limits.all_bodies = 100_000;
    });
    let slow: Vec<_> = (0..100)
        .map(|_| {
            let mut stream = collector.connect();
            stream.write_all(&collector.head("POST", "/collect", &[], Some(100_000))).unwrap();
            stream.write_all(b"{").unwrap();
            stream
        })
        .collect();
    let began = Instant::now();
    assert_eq!(collector.post(&batch(&[page_view()])).status, 200);
    assert!(began.elapsed() < Duration::from_secs(5));
    drop(slow);
}

#[test]
fn more_bodies_than_memory_are_told_to_come_back() {
    let collector = Collector::limited(|limits| limits.all_bodies = 1000);
    let mut first = collector.connect();
    first.write_all(&collector.head("POST", "/collect", &[], Some(2000))).unwrap();
    first.write_all(&[b' '; 900]).unwrap();
    let refused = || {
        let answer = collector.post_text(&" ".repeat(500));
        (answer.status, answer.header("retry-after").map(str::to_owned)) == (503, Some("1".to_owned()))
    };
    eventually("the second body does not fit", refused);
    drop(first);
    // What the first one held is free again: 500 blanks are read, and are no batch.
    eventually("the budget is given back", || collector.post_text(&" ".repeat(500)).status == 400);
}

#[test]
fn connections_over_the_cap_wait_for_a_place() {
    let collector = Collector::limited(|limits| limits.connections = 2);
    let held: Vec<_> = (0..2).map(|_| collector.connect()).collect();
    let body = batch(&[page_view()]).to_string();
    let mut third = collector.connect();
    third.write_all(&collector.head("POST", "/collect", &[], Some(body.len()))).unwrap();
    third.write_all(body.as_bytes()).unwrap();
    third.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(third.read(&mut [0; 1]).is_err(), "it is not served while the others are open");
    drop(held);
    third.set_read_timeout(Some(DEADLINE)).unwrap();
    assert_eq!(Answer::read(third).status, 200);
}

#[test]
fn a_full_queue_says_later_and_loses_nothing_it_took() {
    let collector = Arc::new(Collector::limited(|limits| limits.queue = 4));
    assert_eq!(collector.post(&batch(&[page_view()])).status, 200);
    let holder = collector.database();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let send = || {
        let collector = Arc::clone(&collector);
        std::thread::spawn(move || collector.post(&batch(&[page_view()])))
    };
    let mut senders = vec![send()];
    // Time for the writer to take the first one, and to find the database held.
    std::thread::sleep(Duration::from_millis(200));
    senders.extend((0..20).map(|_| send()));
    eventually("all that the queue cannot hold are told to come back", || senders.iter().filter(|s| s.is_finished()).count() >= 16);
    holder.execute_batch("COMMIT").unwrap();
    let answers: Vec<_> = senders.into_iter().map(|s| s.join().unwrap()).collect();
    let stored = answers.iter().filter(|a| a.status == 200).count();
    assert!(stored >= 1, "{answers:?}");
    for answer in answers.iter().filter(|a| a.status != 200) {
        assert_eq!((answer.status, answer.error().as_str(), answer.header("retry-after")), (503, "queue: full", Some("1")));
    }
    assert_eq!(collector.events(), 1 + i64::try_from(stored).unwrap());
}

#[test]
fn a_database_that_stays_held_is_said_and_survived() {
    let collector = Collector::start();
    let body = batch(&[page_view()]);
    let holder = collector.database();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = collector.post(&body);
    assert_eq!((answer.status, answer.error().as_str()), (503, "database: not writable now"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    holder.execute_batch("COMMIT").unwrap();
    assert_eq!(collector.post(&body).json()["stored"], json!(1));
}

#[test]
fn a_graceful_stop_loses_nothing_that_was_answered() {
    let mut folder = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for _ in 0..3 {
        let collector = Collector::within(folder, |_| {});
        let address = collector.address;
        let senders: Vec<_> = (0..8)
            .map(|_| {
                std::thread::spawn(move || {
                    let mut stored = 0;
                    loop {
                        let body = batch(&[page_view()]).to_string();
                        let Ok(mut stream) = TcpStream::connect(address) else { return stored };
                        stream.set_read_timeout(Some(DEADLINE)).unwrap();
                        let head =
                            format!("POST /collect HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
                        if stream.write_all((head + &body).as_bytes()).is_err() {
                            return stored;
                        }
                        match Answer::try_read(stream) {
                            Some(answer) if answer.status == 200 => stored += 1,
                            _ => return stored,
                        }
                    }
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(300));
        folder = collector.stop();
        acknowledged += senders.into_iter().map(|s| s.join().unwrap()).sum::<i64>();
    }
    let collector = Collector::within(folder, |_| {});
    assert!(acknowledged > 0);
    assert!(collector.events() >= acknowledged, "{} of {acknowledged}", collector.events());
}

#[test]
fn a_stop_does_not_wait_for_ever() {
    let collector = Collector::limited(|limits| limits.grace = Duration::from_millis(300));
    let mut slow = collector.connect();
    slow.write_all(&collector.head("POST", "/collect", &[], Some(1000))).unwrap();
    let mut view = collector.stream("");
    view.next().unwrap();
    let began = Instant::now();
    collector.stop();
    assert!(began.elapsed() < Duration::from_secs(5));
}
