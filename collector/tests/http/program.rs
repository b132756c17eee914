//! The program itself: what it prints, how it ends.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::body::{batch, page_view};
use crate::world::{Answer, DEADLINE};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cartbeacon-collector"));
    command.env_remove("PORT").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts it and waits for its line.
fn ready(command: &mut Command) -> (Child, String) {
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}")).to_owned();
    (child, address)
}

fn post(address: &str, body: &str) -> u16 {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let head = format!("POST /collect HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all((head + body).as_bytes()).unwrap();
    Answer::read(stream).status
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

fn stored(data: &Path) -> i64 {
    let database = rusqlite::Connection::open(data.join("cartbeacon.sqlite")).unwrap();
    database.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap()
}

#[test]
fn it_says_where_it_listens_and_keeps_its_data_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    for (round, name) in ["-TERM", "-INT", "-KILL"].into_iter().enumerate() {
        let (mut child, address) = ready(program().args(["--port", "0", "--data"]).arg(folder.path()));
        assert!(address.starts_with("127.0.0.1:"));
        assert_eq!(post(&address, &batch(&[page_view()]).to_string()), 200);
        signal(&child, name);
        let status = child.wait().unwrap();
        assert_eq!(status.success(), name != "-KILL", "{name}: {status}");
        assert_eq!(stored(folder.path()), i64::try_from(round).unwrap() + 1, "{name}");
    }
}

#[test]
fn a_busy_port_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port().to_string();
    // By flag and by environment.
    for command in [program().args(["--port", &port]), program().env("PORT", &port)] {
        let output = command.arg("--data").arg(folder.path().join("data")).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1));
        assert!(text.contains(&format!("port {port} of 127.0.0.1 is in use")) && text.contains("--port"), "{text}");
        assert!(output.stdout.is_empty());
    }
    assert!(!folder.path().join("data").exists(), "a start that failed leaves nothing behind");
}

#[test]
fn wrong_arguments_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let file = file.to_str().unwrap();
    for (arguments, expected) in [
        (vec!["--store", "/no/such/folder"], "--store /no/such/folder: no such folder"),
        (vec!["--allow-origin", "*"], "name each origin"),
        (vec!["--allow-origin", "https://shop.example/cart"], "without a path"),
        (vec!["--max-body", "0"], "1 byte to 64 MiB"),
        (vec!["--port", "99999"], "99999"),
        (vec!["--data", file], "cannot make the data folder"),
        (vec!["--host", "not a host", "--data", "unused"], "cannot listen on"),
    ] {
        let output = program().args(["--port", "0"].iter().filter(|_| !arguments.contains(&"--port"))).args(&arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && text.contains(expected), "{arguments:?}: {text}");
    }
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let database = rusqlite::Connection::open(folder.path().join("cartbeacon.sqlite")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    let output = program().args(["--port", "0", "--data"]).arg(folder.path()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("made by a newer collector (version 99"), "{text}");
}
