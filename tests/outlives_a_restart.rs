//! `homer-server` goes on by itself after PostgreSQL was away, and ends cleanly when it is told to: what is under way comes to its
//! end, and its log holds nothing that anybody said.

use std::net::TcpStream;
use std::process::Stdio;

use homer_tests::server::{self, Connection, Request, Server};
use homer_tests::*;

use crate::keeps_to_its_bounds::{hold_back, wait_until_held_back};
use crate::serves_mcp::{FILL, database_for, drop_role};

fn recall() -> Request {
    Request::to_call("recall", json!({"query": "coffee"})).from("maria")
}

fn remember(content: &str) -> Request {
    Request::to_call("remember", json!({"content": content})).from("maria")
}

#[test]
fn after_a_crash_of_postgresql_the_first_call_is_answered_again() {
    let cluster = Cluster::start("");
    let database = cluster.database();
    let mut client = database.connect();
    client.batch_execute(FILL).unwrap();
    client.batch_execute("CREATE ROLE assistant LOGIN; SELECT homer_grant('assistant', 'confined')").unwrap();
    let server = Server::of_proxy(&database, "assistant");
    for round in 0..3 {
        // As many connections as there may be, all of which will be broken.
        let address = server.address();
        std::thread::scope(|scope| {
            (0..8).for_each(|_| {
                _ = scope
                    .spawn(move || assert!(Connection::to(address).ask(&recall()).text().contains("Drinks it black")))
            });
        });
        cluster.kill();
        // Its processes go one after the other.
        wait_until(|| server.ask(&recall()).json()["result"]["isError"] == json!(true));
        let answer = server.ask(&remember(&format!("Said in vain {round}")));
        assert_eq!(answer.json()["result"]["isError"], json!(true), "{answer:?}");
        assert_eq!(
            answer.text(),
            "Error: The memory cannot be reached now, and nothing was changed. Try again in a minute."
        );
        let of_resource =
            server.ask(&Request::of("resources/read", json!({"uri": "homer://context"})).from("maria")).json();
        assert_eq!(
            of_resource["error"]["message"],
            json!("The memory cannot be reached now, and nothing was changed. Try again in a minute.")
        );
        cluster.start_again();
        wait_until(|| {
            TcpStream::connect(address).is_ok() && database.program("pg_isready").output().unwrap().status.success()
        });
        for _ in 0..12 {
            assert!(server.ask(&recall()).text().contains("Drinks it black"));
        }
    }
    let mut client = database.connect();
    assert_eq!(rows(&mut client, "SELECT count(*) FROM homer_memories WHERE content LIKE '%in vain%'"), ["0"]);
    assert!(server.ask(&remember("Said with effect")).text().starts_with("Added as #"));
    server.stop();
}

#[test]
fn a_call_whose_connection_is_ended_is_an_error_and_the_next_one_is_answered() {
    let (database, mut client) = database_for("ended_midway");
    let server = Server::of_proxy(&database, "ended_midway");
    let holding = hold_back(&database);
    let address = server.address();
    let call = std::thread::spawn(move || Connection::to(address).ask(&remember("Said in vain")).text());
    wait_until_held_back(&mut client, "ended_midway", 1);
    client
        .batch_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ended_midway'")
        .unwrap();
    assert_eq!(
        call.join().unwrap(),
        "Error: The memory cannot be reached now, and nothing was changed. Try again in a minute."
    );
    drop(holding);
    assert!(server.ask(&remember("Said with effect")).text().starts_with("Added as #"));
    server.stop();
    drop_role(&mut client, "ended_midway");
}

#[test]
fn told_to_stop_it_ends_what_is_under_way_and_takes_in_nothing_more() {
    for signal in ["TERM", "INT"] {
        let (database, mut client) = database_for("stopping");
        let server = Server::of_proxy(&database, "stopping");
        let mut holding = hold_back(&database);
        let address = server.address();
        let idle = Connection::to(address);
        let call = std::thread::spawn(move || Connection::to(address).ask(&remember("Said at the end")).text());
        wait_until_held_back(&mut client, "stopping", 1);
        server.signal(signal);
        wait_until(|| TcpStream::connect(address).is_err());
        holding.batch_execute("ROLLBACK").unwrap();
        assert!(call.join().unwrap().starts_with("Added as #"), "{signal}");
        let (status, log) = server.ended();
        assert!(status.success() && log.ends_with("homer-server: stopping\n"), "{signal}: {status}: {log}");
        drop(idle);
        assert_eq!(rows(&mut client, "SELECT count(*) FROM homer_memories WHERE content = 'Said at the end'"), ["1"]);
        wait_until(|| {
            value::<i64>(&mut client, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'stopping'") == 0
        });
        drop_role(&mut client, "stopping");
    }
}

#[test]
fn told_to_stop_twice_it_waits_for_nothing() {
    let (database, mut client) = database_for("stopping_at_once");
    let server = Server::of_proxy(&database, "stopping_at_once");
    let holding = hold_back(&database);
    let mut connection = Connection::to(server.address());
    connection.send(&remember("Said too late").bytes(server.address()));
    wait_until_held_back(&mut client, "stopping_at_once", 1);
    server.signal("TERM");
    wait_until(|| TcpStream::connect(server.address()).is_err());
    server.signal("TERM");
    let (status, log) = server.ended();
    assert!(status.success(), "{status}: {log}");
    wait_until_held_back(&mut client, "stopping_at_once", 0);
    drop(holding);
    assert_eq!(rows(&mut client, "SELECT count(*) FROM homer_memories WHERE content = 'Said too late'"), ["0"]);
    drop_role(&mut client, "stopping_at_once");
}

#[test]
fn a_program_for_one_user_ends_when_it_is_told_to() {
    let (database, mut client) = database_for("stopping_program");
    for signal in ["TERM", "INT"] {
        let mut command = server::command(&database, "stopping_program");
        command.args(["mcp", "--user", "maria"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        // It is connected, and so it listens to signals.
        let connected = "SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = 'stopping_program'";
        wait_until(|| value(&mut client, connected));
        let number = process.id().to_string();
        wait_until(|| {
            std::process::Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", signal, &number]).status().unwrap();
            process.try_wait().unwrap().is_some()
        });
        wait_until(|| !value::<bool>(&mut client, connected));
    }
    drop_role(&mut client, "stopping_program");
}

#[test]
fn its_log_holds_nothing_that_anybody_said() {
    let (database, mut client) = database_for("logging_nothing");
    client
        .batch_execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 RAISE EXCEPTION 'refused: %', NEW.content USING HINT = NEW.subject, DETAIL = NEW.user_id, ERRCODE = 'SU001'; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON homer_memories FOR EACH ROW
                 WHEN (NEW.subject LIKE 'Zwiebel%') EXECUTE FUNCTION refuse()",
        )
        .unwrap();
    let mut command = server::command(&database, "logging_nothing");
    command.args(["mcp", "--http", "--listen", "127.0.0.1:0", "--user-header", "x-user", "--proxy", "127.0.0.1"]);
    // What the libraries would say to whoever asks them.
    command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
    let server = Server::start(command);
    let kuchen = json!({"subject": "Zwiebelkuchen", "content": "Zwiebelkuchen am Sonntag"});
    let answer = server.ask(&Request::to_call("remember", kuchen).from("zwiebelfreundin"));
    assert_eq!(answer.text(), "Error: refused: Zwiebelkuchen am Sonntag. Zwiebelkuchen", "the model is told");
    for request in [
        Request::to_call("Zwiebelkuchen", json!({"Zwiebelkuchen": "Zwiebelkuchen"})),
        Request::to_call("recall", json!({"query": "Zwiebelkuchen"})),
        Request::to_call("recall", json!({"query": "Zwiebelkuchen", "limit": "Zwiebelkuchen"})),
        Request::of("resources/read", json!({"uri": "homer://Zwiebelkuchen"})),
        Request::of("prompts/get", json!({"name": "remembered", "arguments": {"question": "Zwiebelkuchen?"}})),
        Request::of("prompts/get", json!({"name": "Zwiebelkuchen"})),
        Request::of("Zwiebelkuchen", json!({})),
        Request::with_body("Zwiebelkuchen"),
    ] {
        let answer = server.ask(&request.from("zwiebelfreundin").header("Authorization", "Bearer Zwiebelkuchen"));
        assert!(!answer.body.is_empty(), "{answer:?}");
    }
    assert_eq!(
        server.ask(&Request::to_call("recall", json!({})).header("Origin", "https://zwiebel.example")).status,
        403
    );
    let log = server.stop();
    let lines: Vec<_> = log.lines().collect();
    assert_eq!(
        lines[0],
        "homer-server: connected as logging_nothing, whose kind is confined: USAGE on type homer.one_user was granted to logging_nothing"
    );
    assert!(lines[1].starts_with("homer-server: listening on http://127.0.0.1:"), "{log}");
    // What it does say: that a call failed, and the SQLSTATE.
    assert_eq!(lines[2..], ["homer-server: tools/call: SU001", "homer-server: stopping"]);
    drop_role(&mut client, "logging_nothing");
}

/// A constraint that is checked when the transaction ends waits, and the session is ended meanwhile.
#[test]
fn a_call_that_is_cut_off_at_its_end_says_that_it_may_have_been_kept() {
    let (database, mut client) = database_for("ended_at_the_end");
    client
        .batch_execute(
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END $$;
             CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON homer_memories DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()",
        )
        .unwrap();
    let server = Server::of_proxy(&database, "ended_at_the_end");
    let mut holding = database.connect();
    holding.batch_execute("SELECT pg_advisory_lock(42)").unwrap();
    let address = server.address();
    let call = std::thread::spawn(move || Connection::to(address).ask(&remember("Said at the end")).text());
    wait_until_held_back(&mut client, "ended_at_the_end", 1);
    client
        .batch_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ended_at_the_end'")
        .unwrap();
    assert_eq!(
        call.join().unwrap(),
        "Error: The memory went away at the last moment. Look whether this was kept before you try again."
    );
    drop(holding);
    assert!(server.ask(&remember("Said again")).text().starts_with("Added as #"));
    assert!(server.stop().contains("homer-server: tools/call: uncertain\n"));
    drop_role(&mut client, "ended_at_the_end");
}
