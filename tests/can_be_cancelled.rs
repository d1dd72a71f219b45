//! Whoever cancels a call does not wait for it, however long it would take.

use homer_tests::*;
use std::time::{Duration, Instant};

/// A call is cancelled after so long, as statement_timeout takes it.
const TIMEOUT: &str = "300ms";
/// And has ended after so long: half a second more, and as much again for a machine that has other things to do.
const LONGEST: Duration = Duration::from_millis(1300);

/// Texts of 30 MB: words with accents, one word, nothing, a compound without end, and what is written without spaces.
const LONG_TEXTS: &[&str] = &[
    "repeat('ähnlich wie ', 2300000)",
    "repeat('ä', 15000000)",
    "repeat(' ', 30000000)",
    "repeat('a-1,234.', 3700000)",
    "repeat(U&'\\4E1C\\4EAC', 5000000)",
];

/// A function of homer's that is written in Rust, with the type and a usual value of each of its arguments.
struct Function {
    name: String,
    types: Vec<String>,
}

fn functions_in_rust(client: &mut Client) -> Vec<Function> {
    let found = client
        .query(
            "SELECT p.oid::regproc::text, ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n) ORDER BY n)
               FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
              WHERE p.pronamespace = 'homer'::regnamespace AND l.lanname = 'c' ORDER BY 1",
            &[],
        )
        .unwrap();
    found.iter().map(|row| Function { name: row.get(0), types: row.get(1) }).collect()
}

fn usual(kind: &str) -> String {
    let value = match kind {
        "text" => "'maria'",
        "boolean" => "true",
        "text[]" => "'{maria}'",
        "bytea" | "uuid[]" | "integer[]" | "bigint[]" | "real[]" | "double precision[]" => "'{}'",
        "jsonb" => "'{\"due_at\": \"2026-01-01\"}'",
        "timestamp with time zone" | "timestamp without time zone" => "'2026-01-01 12:00'",
        _ => "1",
    };
    let value = if kind == "bytea" { "''" } else { value };
    format!("{value}::{kind}")
}

/// Runs a statement that is cancelled if it is not done by then, and gives how it ended.
fn ended(client: &mut Client, statement: &str) -> String {
    let begun = Instant::now();
    let result = client.simple_query(statement);
    let took = begun.elapsed();
    match result {
        _ if took > LONGEST => format!("only after {took:?}"),
        Ok(_) => "done".into(),
        Err(error) => error.code().unwrap_or_else(|| panic!("{statement}: {error:?}")).code().into(),
    }
}

/// Calls each function with the usual arguments, but one: with each value that `long` gives for its type. Gives the faults, and how many
/// calls were cancelled.
fn called_with(client: &mut Client, long: impl Fn(&str) -> Vec<String>) -> (Vec<String>, usize) {
    let (mut faults, mut cancelled) = (Vec::new(), 0);
    for function in functions_in_rust(client) {
        for (place, kind) in function.types.iter().enumerate() {
            for value in long(kind) {
                let mut arguments: Vec<String> = function.types.iter().map(|kind| usual(kind)).collect();
                arguments[place] = value;
                let call = format!("{}({})", function.name, arguments.join(", "));
                let end = ended(client, &format!("SELECT count({call})"));
                cancelled += usize::from(end == "57014");
                if end.starts_with("only") || end.starts_with("XX") {
                    faults.push(format!("{call}: {end}"));
                }
            }
        }
    }
    (faults, cancelled)
}

#[test]
fn every_function_in_rust_can_be_cancelled_while_it_reads_a_long_text() {
    let mut client = session();
    client.batch_execute(&format!("SET statement_timeout = '{TIMEOUT}'")).unwrap();
    let (faults, cancelled) = called_with(&mut client, |kind| match kind {
        "text" => LONG_TEXTS.iter().map(|text| text.to_string()).collect(),
        "text[]" => LONG_TEXTS.iter().map(|text| format!("ARRAY[{text}]")).collect(),
        _ => Vec::new(),
    });
    assert_eq!(faults, [""; 0]);
    // Control: some of them would have taken longer.
    assert!(cancelled >= 10, "{cancelled} were cancelled");
}

/// Each element is short, so that no loop over one of them is long.
#[test]
fn every_function_in_rust_can_be_cancelled_while_it_reads_millions_of_elements() {
    let mut client = session();
    client
        .batch_execute(&format!(
            "CREATE TABLE many AS
                 SELECT array_agg('tag ' || n) AS words, array_agg(n) AS numbers, array_agg(n::bigint) AS longer,
                        array_agg(n::real) AS short_floats, array_agg(n::float8) AS floats,
                        array_agg(lpad(n::text, 32, '0')::uuid) AS uuids, jsonb_agg('tag ' || n) FILTER (WHERE n < 500000) AS json
                   FROM generate_series(1, 2000000) AS n;
             SET statement_timeout = '{TIMEOUT}'"
        ))
        .unwrap();
    let (faults, cancelled) = called_with(&mut client, |kind| {
        let column = match kind {
            "text[]" => "words",
            "integer[]" => "numbers",
            "bigint[]" => "longer",
            "real[]" => "short_floats",
            "double precision[]" => "floats",
            "uuid[]" => "uuids",
            "jsonb" => "json",
            _ => return Vec::new(),
        };
        vec![format!("(SELECT {column} FROM many)")]
    });
    assert_eq!(faults, [""; 0]);
    // Control: some of them would have taken longer.
    assert!(cancelled >= 3, "{cancelled} were cancelled");
}

#[test]
fn a_filter_of_millions_can_be_cancelled() {
    let mut client = session();
    client
        .batch_execute(&format!(
            "INSERT INTO homer_memories (user_id, category, subject, content, tags)
             SELECT 'maria', 'fact', 'tax', 'Due in May ' || n, jsonb_build_array('tag of ' || n) FROM generate_series(1, 3000) AS n;
             CREATE TABLE wanted AS SELECT array_agg('tag ' || n) AS words FROM generate_series(1, 2000000) AS n;
             SET statement_timeout = '{TIMEOUT}'"
        ))
        .unwrap();
    let calls = [
        "homer_relevant_memories('maria', tags => words)",
        "homer_relevant_memories('maria', categories => words)",
        "homer_relevant_memories('maria', query => 'When is it due?', tags => words)",
        "homer_relevant_memories('maria', query => 'When is it due?', categories => words)",
    ];
    let ends = calls.map(|call| ended(&mut client, &format!("SELECT count(*) FROM wanted, {call}")));
    assert!(ends.iter().all(|end| ["57014", "done"].contains(&end.as_str())), "{ends:?}");
    assert!(ends.contains(&"57014".into()), "control: some take longer: {ends:?}");
}

/// As many as a question of the commonest words has beside a million files.
#[test]
fn a_question_of_five_million_hits_can_be_cancelled() {
    let mut client = session();
    client
        .batch_execute(
            "CREATE TABLE question AS
                 SELECT string_agg(homer.pack_hits(place, ARRAY(SELECT (random() * 1000000)::integer FROM generate_series(1, 80000))), '')
                        AS hits
                   FROM generate_series(0, 63) AS place",
        )
        .unwrap();
    client.batch_execute(&format!("SET statement_timeout = '{TIMEOUT}'")).unwrap();
    let end = ended(&mut client, "SELECT count(*) FROM question, homer.scored_hits(hits, 1000000)");
    assert!(["57014", "done"].contains(&end.as_str()), "{end}");
}

/// What takes long of it: looking at rows that no VACUUM has seen, words that all memories hold, and a page of words.
#[test]
fn a_question_over_a_hundred_thousand_memories_can_be_cancelled() {
    let mut client = session();
    client
        .batch_execute(
            "ALTER TABLE homer_memories SET (autovacuum_enabled = off);
             INSERT INTO homer_memories (user_id, category, subject, content)
             SELECT 'maria', 'fact', 'tax', 'form ' || n || ' of ' || n / 10 FROM generate_series(1, 100000) AS n;
             CREATE TABLE asked AS SELECT string_agg('tax form ' || n, ' ') AS page FROM generate_series(1, 20000) AS n",
        )
        .unwrap();
    for (timeout, question) in [("5ms", "'Which tax form?'"), ("60ms", "(SELECT page FROM asked)")] {
        let call = format!("SELECT count(*) FROM homer_relevant_memories('maria', 1000, {question})");
        client.batch_execute("SET statement_timeout = 0").unwrap();
        // Control: however long it takes.
        rows(&mut client, &call);
        client.batch_execute(&format!("SET statement_timeout = '{timeout}'")).unwrap();
        assert_eq!(ended(&mut client, &call), "57014", "{question}");
    }
}

/// A cancellation passes through Rust by unwinding, where the server's environment asks for stack traces.
#[test]
fn a_cancelled_call_shows_no_stack_trace() {
    let cluster = Cluster::with_environment(&[("RUST_LIB_BACKTRACE", "1")]);
    let mut client = cluster.empty_database().connect();
    client.batch_execute("CREATE EXTENSION homer; SET statement_timeout = '100ms'").unwrap();
    let statement = "SELECT homer.statement('', repeat('ähnlich wie ', 5000000))";
    assert_eq!(
        refused(&mut client, statement),
        Refused {
            sqlstate: "57014".into(),
            message: "canceling statement due to statement timeout".into(),
            detail: None,
            hint: None
        }
    );
}
