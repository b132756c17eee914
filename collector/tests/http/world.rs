//! A real collector on a free port with a real database in a temporary folder, and a small HTTP client over a plain
//! socket, so that a test can also send what no well-behaved client would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use cartbeacon_collector::{Limits, Options, Running, start};
use serde_json::Value;

/// Nothing on loopback takes longer, on however busy a machine.
pub const DEADLINE: Duration = Duration::from_secs(30);

pub struct Collector {
    pub address: SocketAddr,
    folder: Option<tempfile::TempDir>,
    running: Option<Running>,
    runtime: tokio::runtime::Runtime,
}

impl Collector {
    pub fn start() -> Self {
        Self::with(|_| {})
    }

    pub fn limited(change: impl FnOnce(&mut Limits)) -> Self {
        Self::with(|options| change(&mut options.limits))
    }

    pub fn with(change: impl FnOnce(&mut Options)) -> Self {
        Self::within(tempfile::tempdir().unwrap(), change)
    }

    pub fn within(folder: tempfile::TempDir, change: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options::local(folder.path().join("data"));
        change(&mut options);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let running = runtime.block_on(start(options)).unwrap();
        Self { address: running.address(), folder: Some(folder), running: Some(running), runtime }
    }

    /// Stops gracefully and hands back the folder.
    pub fn stop(mut self) -> tempfile::TempDir {
        let running = self.running.take().unwrap();
        self.runtime.block_on(running.stop());
        self.folder.take().unwrap()
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.as_ref().unwrap().path()
    }

    pub fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder().join("data/cartbeacon.sqlite")).unwrap()
    }

    /// One number out of the database.
    pub fn number(&self, sql: &str) -> i64 {
        self.database().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    pub fn text(&self, sql: &str) -> String {
        self.database().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    pub fn events(&self) -> i64 {
        self.number("SELECT count(*) FROM event")
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = self.connect();
        stream.write_all(&self.head(method, path, headers, Some(body.len()))).unwrap();
        // A server that refuses early may close while we still write.
        let _ = stream.write_all(body);
        Answer::read(stream)
    }

    pub fn head(&self, method: &str, path: &str, headers: &[(&str, &str)], length: Option<usize>) -> Vec<u8> {
        let mut lines = vec![format!("{method} {path} HTTP/1.1"), "Connection: close".to_owned()];
        if !headers.iter().any(|(name, _)| *name == "Host") {
            lines.push(format!("Host: {}", self.address));
        }
        lines.extend(length.map(|length| format!("Content-Length: {length}")));
        lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        (lines.join("\r\n") + "\r\n\r\n").into_bytes()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], b"")
    }

    pub fn post(&self, body: &Value) -> Answer {
        self.post_text(&body.to_string())
    }

    pub fn post_text(&self, body: &str) -> Answer {
        self.request("POST", "/collect", &[("Content-Type", "text/plain;charset=UTF-8")], body.as_bytes())
    }

    /// The messages of the live view's stream.
    pub fn stream(&self, query: &str) -> Messages {
        let mut stream = self.connect();
        stream.write_all(&self.head("GET", &format!("/live/stream{query}"), &[], None)).unwrap();
        Messages::new(stream)
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// Reads an answer to the end of its connection.
    pub fn read(stream: TcpStream) -> Self {
        Self::try_read(stream).expect("an HTTP answer")
    }

    /// `None` when the connection ended without an answer.
    pub fn try_read(mut stream: TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        // A reset after the answer does not make the answer wrong.
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines.filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned())).collect();
        Some(Self { status, headers, body: body.to_owned() })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }
}

/// Server-sent events as they come.
pub struct Messages(BufReader<TcpStream>);

impl Messages {
    pub fn new(stream: TcpStream) -> Self {
        Self(BufReader::new(stream))
    }

    /// The next message's kind and data; `None` when the stream ended.
    pub fn next(&mut self) -> Option<(String, Value)> {
        let mut kind = String::new();
        let mut line = String::new();
        loop {
            line.clear();
            if self.0.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if let Some(name) = line.trim_end().strip_prefix("event: ") {
                kind = name.to_owned();
            } else if let Some(data) = line.trim_end().strip_prefix("data: ") {
                return Some((kind, serde_json::from_str(data).unwrap()));
            }
        }
    }

    /// Waits for a message of this kind that satisfies a condition.
    pub fn until(&mut self, kind: &str, condition: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        while began.elapsed() < DEADLINE {
            let (found, data) = self.next().expect("the stream ended");
            if found == kind && condition(&data) {
                return data;
            }
        }
        panic!("no such {kind} message in time");
    }
}

/// Waits until something holds; never sleeps a fixed time.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < DEADLINE, "{what}: not in time");
        std::thread::sleep(Duration::from_millis(10));
    }
}
