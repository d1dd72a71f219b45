//! A hot standby answers every function that only reads, as the primary does.

use homer_tests::*;

const FILL: &str = "
    SELECT homer_upsert_profile('maria', 'Maria', 'owner');
    SELECT homer_remember('maria', 'preference', 'Coffee', 'Drinks it black.', source_conversation_id => 'c');
    SELECT homer_remember('maria', 'decision', 'Supplier', 'Orders go to Lindt & Sons.', 9);
    SELECT homer_remind('maria', 'Rent', 'Pay it.', '2026-01-01 12:00Z');
    SELECT homer_reject(id) FROM homer_remember('maria', 'fact', 'Rumour', 'They close.');
    INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size)
    VALUES ('f', 'maria', 'orders.pdf', 'application/pdf', '/plan.pdf', 1000);
    INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction) VALUES ('f', 'c', 'm', 'inbound')";

/// What to pass for a parameter that needs a value, and for a query.
fn argument(name: &str) -> &'static str {
    match name {
        "user_id" => "'maria'",
        "memory_id" => "2",
        "file_id" => "'f'",
        "conversation_id" => "'c'",
        "query" => "'Where do our orders go?'",
        "query_embedding" => "NULL",
        "moment" => "'2026-01-01 12:00Z'",
        _ => panic!("a value for {name} is missing here"),
    }
}

/// A call of each public function that only reads: with what it needs, and with a query where it takes one. The moment
/// of the call is in the relevance, so that is left out.
fn calls(client: &mut Client) -> Vec<String> {
    let functions = "SELECT proname::text, proargnames[1:pronargs - pronargdefaults], COALESCE('query' = ANY (proargnames), false)
                       FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'homer\\_%' AND provolatile <> 'v'
                        -- Needs embeddings to be enabled.
                        AND proname <> 'homer_unembedded_memories'";
    let mut calls = Vec::new();
    for row in client.query(functions, &[]).unwrap() {
        let (function, needed): (String, Option<Vec<String>>) = (row.get(0), row.get(1));
        let needed = needed.unwrap_or_default();
        let mut lists = vec![needed.clone()];
        if row.get(2) && !needed.contains(&"query".to_owned()) {
            lists.push([needed, vec!["query".into()]].concat());
        }
        for list in lists {
            let list: Vec<_> = list.iter().map(|name| format!("{name} => {}", argument(name))).collect();
            let called = format!("(SELECT to_jsonb(f) AS row FROM {function}({}) AS f) AS r", list.join(", "));
            // What fades between the two calls is left out.
            calls.push(format!(
                "SELECT regexp_replace(row::text, '\"(relevance|amount|counts)\": [^,}}]*', '', 'g') FROM {called}"
            ));
        }
    }
    calls
}

#[test]
fn every_function_that_reads_answers_as_the_primary_does() {
    let primary = Cluster::start("");
    let database = primary.empty_database();
    let mut client = database.connect();
    client.batch_execute("CREATE EXTENSION homer").unwrap();
    let standby = primary.standby();
    // Written after the copy was made, so that it comes by replication.
    client.batch_execute(FILL).unwrap();

    let mut reader = standby.database_named(database.name()).connect();
    let written: String = value(&mut client, "SELECT pg_current_wal_lsn()::text");
    let replayed = format!("SELECT COALESCE(pg_last_wal_replay_lsn() >= '{written}', false)");
    wait_until(|| value(&mut reader, &replayed));
    assert!(value::<bool>(&mut reader, "SELECT pg_is_in_recovery()"));
    assert_eq!(refused(&mut reader, "SELECT homer_forget(1)").sqlstate, "25006");

    let calls = calls(&mut client);
    assert!(calls.len() >= 2, "{calls:?}");
    for call in calls {
        let answer = rows(&mut client, &call);
        assert!(!answer.is_empty(), "{call}");
        assert_eq!(rows(&mut reader, &call), answer, "{call}");
    }
}
