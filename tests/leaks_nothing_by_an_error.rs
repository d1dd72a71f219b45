//! Under row security PostgreSQL may ask a leakproof function about a row before the policy does. So a leakproof function of
//! homer's raises for no argument at all: an error for some values and none for others would tell what a hidden row holds.

use homer_tests::*;

/// What somebody who looks for an error would pass, by type.
fn hostile_values(of_type: &str) -> &'static [&'static str] {
    match of_type {
        "text" => &[
            "NULL",
            "''",
            "' '",
            "'fact'",
            "'2026-13-45T99:99:99Z'",
            "'9999-12-31T23:59:59.999999-23:59'",
            "E'\\u0301\\u200d\\ufe0f'",
            "repeat(E'\\ufdfa', 20000)",
            "repeat('1,234.', 10000)",
            "repeat(E'\\u0e01', 30000)",
            "repeat('a ', 100000)",
        ],
        "integer" => &["NULL", "0", "-1", "2147483647", "-2147483648"],
        "bigint" => &["NULL", "0", "9223372036854775807", "-9223372036854775808"],
        "boolean" => &["NULL", "true", "false"],
        "timestamp without time zone" => {
            &["NULL", "'infinity'", "'-infinity'", "'4713-01-01 BC'", "'294276-12-31'", "'2026-01-01'"]
        }
        "jsonb" => &[
            "NULL",
            "'null'",
            "'7'",
            "'\"text\"'",
            "'[]'",
            "'{}'",
            "'[1, null, [\"a\"], {\"a\": 1}]'",
            "'{\"due_at\": {\"a\": [1e400]}}'",
            "(SELECT jsonb_agg('user ' || n) FROM generate_series(1, 3000) AS n)",
        ],
        "text[]" => {
            &["NULL", "'{}'", "'{NULL}'", "'{{a,b},{c,NULL}}'", "'[5:6]={a,b}'", "array_fill('a'::text, '{10000}')"]
        }
        "uuid[]" => &[
            "NULL",
            "'{}'",
            "'{NULL}'",
            "ARRAY[ARRAY[gen_random_uuid()], ARRAY[NULL::uuid]]",
            "array_fill(gen_random_uuid(), '{10000}')",
        ],
        other => panic!("no hostile values of type {other}"),
    }
}

/// Every argument hostile in turn, with a plain value or another hostile one for each of the others.
fn calls(function: &str, types: &[String]) -> Vec<String> {
    let mut calls = Vec::new();
    for (place, of_type) in types.iter().enumerate() {
        for value in hostile_values(of_type) {
            for shift in 0..3 {
                let argument = |(other, of_type): (usize, &String)| {
                    let values = hostile_values(of_type);
                    let value = if other == place { value } else { values[(other + shift * 2 + 1) % values.len()] };
                    format!("({value})::{of_type}")
                };
                let arguments: Vec<String> = types.iter().enumerate().map(argument).collect();
                calls.push(format!("SELECT {function}({})", arguments.join(", ")));
            }
        }
    }
    calls
}

#[test]
fn a_leakproof_function_raises_for_no_argument() {
    let mut client = session();
    client.batch_execute("SET statement_timeout = '60s'").unwrap();
    let functions = "SELECT p.oid::regproc::text, array_agg(format_type(a.type, NULL) ORDER BY a.place)
                       FROM pg_proc AS p, unnest(p.proargtypes) WITH ORDINALITY AS a (type, place)
                      WHERE p.proleakproof AND p.pronamespace IN ('homer'::regnamespace, 'public'::regnamespace)
                      GROUP BY p.oid";
    let functions = client.query(functions, &[]).unwrap();
    assert!(functions.len() >= 10, "{} are leakproof", functions.len());
    let mut raised = Vec::new();
    for function in functions {
        let (name, types): (String, Vec<String>) = (function.get(0), function.get(1));
        for call in calls(&name, &types) {
            if let Err(error) = client.batch_execute(&call) {
                raised.push(format!(
                    "{call}: {}",
                    error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().into())
                ));
            }
        }
    }
    assert_eq!(raised, [""; 0]);
    // Control: one that is not leakproof raises.
    assert_eq!(refused(&mut client, "SELECT homer.check_text('a', NULL)").sqlstate, "ME001");
}

/// What a hidden row holds, asked by every leakproof function that takes a text or a number.
const ORACLES: &[&str] = &[
    "homer.hash(CASE WHEN % THEN NULL ELSE 'a' END, 1) IS NULL",
    "homer.slot(CASE WHEN % THEN NULL ELSE 'a' END) IS NULL",
    "homer.rank_key(5, CASE WHEN % THEN NULL ELSE 'a' END, NULL, NULL) IS NULL",
    "homer.search_keys('u', CASE WHEN % THEN NULL ELSE 'a' END, 'b', 'c', '[1e400]') IS NULL",
    "homer.statement(CASE WHEN % THEN NULL ELSE 'a' END, 'b') IS NULL",
    "homer.statement_key('u', CASE WHEN % THEN NULL ELSE 'a' END) IS NULL",
    "homer.refusal_key('u', CASE WHEN % THEN NULL ELSE 'a' END) IS NULL",
    "homer.moment_of_text(CASE WHEN % THEN '2026-99-99' ELSE 'a' END) IS NULL",
    "homer.json_text(CASE WHEN % THEN '7'::jsonb ELSE '{}' END, 'a') IS NULL",
    "homer.keys_of_users(CASE WHEN % THEN '7'::jsonb ELSE '[]' END) IS NULL",
    "homer.file_keys('u', true, 'n', 'd', CASE WHEN % THEN '7'::jsonb ELSE '[]' END, 'b') IS NULL",
    "homer.substr('x', 1, CASE WHEN % THEN -1 ELSE 1 END) IS NULL",
    "homer.keys_of_word(CASE WHEN % THEN NULL ELSE '{a}'::text[] END, 'w', true) IS NULL",
    "homer.key_of_user(CASE WHEN % THEN NULL ELSE 'a' END) IS NULL",
];

#[test]
fn no_qualifier_raises_on_the_row_of_another_user() {
    let database = database_of_nobody();
    let mut client = database.connect();
    client
        .batch_execute(
            "SELECT homer_upsert_profile('devon', 'The secret', 'owner'), homer_remember('devon', 'fact', 's', 'The secret'),
                    homer_remember('devon', 'fact', 's', 'The secret was kept', supersedes => 1), homer_reject(2),
                    homer_link_file(homer_register_file('devon', 'n', 'm', 1, 'p', extracted_text => 'The secret'), 'The secret', 'm', 'inbound');
             CREATE ROLE \"curious assistant\";
             GRANT USAGE ON SCHEMA homer TO \"curious assistant\";
             GRANT SELECT ON ALL TABLES IN SCHEMA public, homer TO \"curious assistant\";
             GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public, homer TO \"curious assistant\";
             GRANT USAGE ON TYPE homer.one_user TO \"curious assistant\";
             SET ROLE \"curious assistant\"; SET homer.user_id = 'maria'",
        )
        .unwrap();
    let tables = [
        ("homer_user_profiles", "display_name ^@ 'The secret'"),
        ("homer_memories", "content ^@ 'The secret'"),
        ("homer_files", "extracted_text ^@ 'The secret'"),
        ("homer_file_messages", "conversation_id ^@ 'The secret'"),
        ("homer.refusals", "statement ^@ 'the secret'"),
        ("homer.successions", "old_id = 1"),
    ];
    let mut raised = Vec::new();
    for (table, holds) in tables {
        for oracle in ORACLES {
            let query = format!("SELECT count(*) FROM {table} WHERE {}", oracle.replace('%', holds));
            match client.query_one(&query, &[]) {
                Ok(row) => assert_eq!(row.get::<_, i64>(0), 0, "{query}"),
                Err(error) => raised.push(format!("{query}: {}", error.as_db_error().unwrap().message())),
            }
        }
    }
    assert_eq!(raised, [""; 0]);
    // Control: its own user's row is seen, and what raises on it raises.
    client.batch_execute("SET homer.user_id = 'devon'").unwrap();
    let own = "SELECT count(*) FROM homer_memories WHERE homer.check_text('content', CASE WHEN content ^@ 'The secret' THEN NULL ELSE 'a' END)";
    assert_eq!(refused(&mut client, own).sqlstate, "ME001");
    client.batch_execute("RESET ROLE; DROP OWNED BY \"curious assistant\"; DROP ROLE \"curious assistant\"").unwrap();
}
