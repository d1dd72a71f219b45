//! `homer-server` answers no page of elsewhere, takes in no more than it is told to, and gives up what takes too long; what it
//! refuses changes nothing.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use homer_tests::server::{self, Connection, Request, Server};
use homer_tests::*;

use crate::serves_mcp::{database_for, drop_role};

const OF_PROXY: [&str; 8] =
    ["mcp", "--http", "--listen", "127.0.0.1:0", "--user-header", "x-user", "--proxy", "127.0.0.1"];

fn served(database: &Database, role: &str, options: &[&str]) -> Server {
    let mut command = server::command(database, role);
    command.args(OF_PROXY).args(options);
    Server::start(command)
}

fn recall() -> Request {
    Request::to_call("recall", json!({"query": "coffee"})).from("maria")
}

fn remember(content: &str) -> Request {
    Request::to_call("remember", json!({"content": content})).from("maria")
}

/// Holds back every call that writes for Maria, until the session ends its transaction.
pub fn hold_back(database: &Database) -> Client {
    let mut client = database.connect();
    client.batch_execute("BEGIN; SELECT homer.lock_user('maria')").unwrap();
    client
}

/// Waits until so many sessions of the role are held back.
pub fn wait_until_held_back(client: &mut Client, role: &str, count: i64) {
    let waiting =
        format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{role}' AND wait_event_type = 'Lock'");
    wait_until(|| value::<i64>(client, &waiting) == count);
}

#[test]
fn a_page_of_another_origin_is_refused_and_so_is_another_name() {
    let (database, mut client) = database_for("bound_by_origin");
    let server = served(&database, "bound_by_origin", &["--host", "memory.example", "--origin", "https://app.example"]);
    let (address, port) = (server.address().to_string(), server.address().port());
    for (host, origin) in [
        (address.clone(), None),
        (address.clone(), Some(format!("http://{address}"))),
        (format!("localhost:{port}"), Some(format!("http://localhost:{port}"))),
        (format!("[::1]:{port}"), None),
        ("MEMORY.example".into(), Some("https://app.example".into())),
    ] {
        let mut request = recall().header("Host", &host);
        if let Some(origin) = &origin {
            request = request.header("Origin", origin);
        }
        assert!(server.ask(&request).text().contains("Drinks it black"), "{host} {origin:?}");
    }
    for origin in [
        "https://evil.example",
        "null",
        "",
        "https://app.example.evil.example",
        "http://app.example",
        "https://app.example:444",
    ] {
        let answer = server.ask(&recall().header("Origin", origin));
        assert_eq!(answer.status, 403, "{origin}: {answer:?}");
        assert_eq!(
            answer.body,
            "Pages of that origin may not call this server: start it with --origin ORIGIN to allow it.\n"
        );
    }
    let two = recall().header("Origin", "https://app.example").header("Origin", "https://evil.example");
    assert_eq!(server.ask(&two).status, 403);
    for host in
        ["evil.example".to_owned(), format!("evil.example:{port}"), "127.0.0.1.evil.example".into(), "192.0.2.1".into()]
    {
        // What a page sends whose name was made to point to this machine.
        let rebound = recall().header("Host", &host).header("Origin", &format!("http://{host}"));
        let answer = server.ask(&rebound);
        assert_eq!(answer.status, 403, "{host}: {answer:?}");
        assert_eq!(answer.body, "This server does not go by that name: start it with --host NAME to allow it.\n");
    }
    server.stop();
    drop_role(&mut client, "bound_by_origin");
}

#[test]
fn a_body_that_is_too_large_is_refused_and_the_next_is_answered() {
    let (database, mut client) = database_for("bound_by_size");
    let server = served(&database, "bound_by_size", &["--body-limit", "20000"]);
    let answer = server.ask(&remember(&"too much ".repeat(2_500)));
    assert_eq!(answer.status, 413, "{answer:?}");
    assert_eq!(answer.body, "The body is larger than 20000 bytes, which is the most that is taken here.\n");
    // Without its length in the head.
    let mut connection = Connection::to(server.address());
    let body = format!("{:x}\r\n{}\r\n0\r\n\r\n", 22_500, "too much ".repeat(2_500));
    let head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nx-user: maria\r\nContent-Type: application/json\r\n\
                Accept: application/json, text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    connection.send(&[head.as_bytes(), body.as_bytes()].concat());
    assert_eq!(connection.answer().map(|answer| answer.status), Some(413));
    assert_eq!(rows(&mut client, "SELECT count(*) FROM homer_memories WHERE id > 0"), ["3"]);
    // Control: what is just small enough.
    assert_eq!(server.ask(&remember(&"enough ".repeat(2_800))).text(), "Added as #4.");
    server.stop();
    drop_role(&mut client, "bound_by_size");
}

#[test]
fn what_is_not_asked_as_the_protocol_asks_is_refused() {
    let (database, mut client) = database_for("bound_by_form");
    let server = served(&database, "bound_by_form", &[]);
    for body in ["{", "[]", r#"{"jsonrpc": "2.0", "id": 1}"#] {
        let answer = server.ask(&Request::with_body(body).from("maria"));
        assert_eq!(answer.status, 415, "{body}: {answer:?}");
    }
    let unknown = server.ask(&Request::of("dreams/list", json!({})).from("maria"));
    assert_eq!(unknown.json()["error"]["code"], json!(-32601), "{unknown:?}");
    let mut elsewhere = Connection::to(server.address());
    elsewhere.send(b"POST /other HTTP/1.1\r\nHost: localhost\r\nx-user: maria\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(elsewhere.answer().map(|answer| answer.status), Some(404));
    let mut reading = Connection::to(server.address());
    reading.send(b"GET /mcp HTTP/1.1\r\nHost: localhost\r\nx-user: maria\r\nAccept: text/event-stream\r\n\r\n");
    assert_eq!(reading.answer().map(|answer| answer.status), Some(405));
    assert!(server.ask(&recall()).text().contains("Drinks it black"));
    server.stop();
    drop_role(&mut client, "bound_by_form");
}

#[test]
fn a_call_that_takes_too_long_is_given_up_and_changes_nothing() {
    let (database, mut client) = database_for("bound_by_time");
    let server = served(&database, "bound_by_time", &["--time-limit", "1", "--connections", "1"]);
    let mut holding = hold_back(&database);
    let answer = server.ask(&remember("Held back"));
    assert_eq!(answer.json()["result"]["isError"], json!(true));
    assert_eq!(
        answer.text(),
        "Error: The memory did not answer in time, and nothing was changed. Try again, or ask for less."
    );
    // The one connection is free for the next call, and what was given up does not wait in the database any more.
    wait_until_held_back(&mut client, "bound_by_time", 0);
    assert!(server.ask(&recall()).text().contains("Drinks it black"));
    holding.batch_execute("ROLLBACK").unwrap();
    assert_eq!(rows(&mut client, "SELECT count(*) FROM homer_memories WHERE content = 'Held back'"), ["0"]);
    assert!(server.ask(&remember("Held back")).text().starts_with("Added as #"));
    server.stop();
    drop_role(&mut client, "bound_by_time");
}

#[test]
fn a_client_that_goes_takes_its_call_along() {
    let (database, mut client) = database_for("bound_to_client");
    let server = served(&database, "bound_to_client", &["--time-limit", "600", "--request-limit", "600"]);
    let holding = hold_back(&database);
    let mut connection = Connection::to(server.address());
    connection.send(&remember("Nobody waits for this").bytes(server.address()));
    wait_until_held_back(&mut client, "bound_to_client", 1);
    drop(connection);
    wait_until_held_back(&mut client, "bound_to_client", 0);
    drop(holding);
    assert!(server.ask(&remember("Somebody waits for this")).text().starts_with("Added as #"));
    assert_eq!(
        rows(&mut client, "SELECT content FROM homer_memories WHERE content LIKE '%waits%'"),
        ["Somebody waits for this"]
    );
    server.stop();
    drop_role(&mut client, "bound_to_client");
}

#[test]
fn more_clients_than_there_is_room_for_wait_for_their_turn() {
    let (database, mut client) = database_for("bound_by_room");
    let server = served(&database, "bound_by_room", &["--clients", "1"]);
    let mut first = Connection::to(server.address());
    assert!(first.ask(&recall()).text().contains("Drinks it black"));
    let address = server.address();
    let second = std::thread::spawn(move || Connection::to(address).ask(&recall()).text());
    for _ in 0..10 {
        assert!(first.ask(&recall()).text().contains("Drinks it black"));
        assert!(!second.is_finished(), "there is room for one");
    }
    drop(first);
    assert!(second.join().unwrap().contains("Drinks it black"));
    server.stop();
    drop_role(&mut client, "bound_by_room");
}

/// The program as a client starts it for one user.
struct Program {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Program {
    fn start(database: &Database, role: &str, options: &[&str]) -> Self {
        let mut command = server::command(database, role);
        command.args(["mcp", "--user", "maria"]).args(options);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (input, output) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let mut program = Self { process, input, output };
        let hello = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}});
        program.send(&json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": hello}));
        assert_eq!(program.answer()["result"]["protocolVersion"], json!("2025-11-25"));
        program.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        program
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.input, "{message}").unwrap();
    }

    fn call(&mut self, id: i32, tool: &str, arguments: Value) {
        let call = json!({"name": tool, "arguments": arguments});
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": call}));
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no answer: {line}"))
    }
}

#[test]
fn a_program_for_one_user_has_the_same_bounds() {
    let (database, mut client) = database_for("bound_as_program");
    let mut program = Program::start(
        &database,
        "bound_as_program",
        &["--clients", "1", "--body-limit", "20000", "--time-limit", "600"],
    );
    program.call(1, "remember", json!({"content": "too much ".repeat(2_500)}));
    program.call(2, "recall", json!({"query": "coffee"}));
    let answer = program.answer();
    assert_eq!(answer["id"], json!(2), "the first was dropped");
    assert!(answer["result"]["content"][0]["text"].as_str().unwrap().contains("Drinks it black"));

    let mut holding = hold_back(&database);
    program.call(3, "remember", json!({"content": "Held back"}));
    wait_until_held_back(&mut client, "bound_as_program", 1);
    program.call(4, "recall", json!({"query": "coffee"}));
    let busy = program.answer();
    assert_eq!(
        (&busy["id"], &busy["result"]["content"][0]["text"]),
        (&json!(4), &json!("Error: The memory is busy, and nothing was changed. Try again in a few seconds."))
    );
    holding.batch_execute("ROLLBACK").unwrap();
    let answer = program.answer();
    assert_eq!((&answer["id"], &answer["result"]["isError"]), (&json!(3), &json!(false)));
    drop(program.input);
    assert!(program.process.wait().unwrap().success(), "it ends with its input");
    assert_eq!(
        rows(&mut client, "SELECT content FROM homer_memories WHERE user_id = 'maria' ORDER BY id DESC LIMIT 1"),
        ["Held back"]
    );
    drop_role(&mut client, "bound_as_program");
}
