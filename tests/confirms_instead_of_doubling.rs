//! What is there already is refreshed, and not stored a second time, however many clients say it at once.

use homer_tests::*;

const CLIENTS: usize = 16;

/// Content, importance and so on of the only memory, its moments aside.
const ROW: &str = "
    SELECT category, subject, content, importance, expires_at, tags, metadata - 'homer_confirmed_by',
           source_conversation_id, source_message_id FROM homer_memories";

#[test]
fn a_confirmation_refreshes_the_row() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 'Coffee', 'Drinks it black.', 6, '2990-01-01', '{b,a}',
                                   '{\"x\": 1, \"y\": 1}', 'c1', 'm1');
             UPDATE homer_memories SET updated_at = '2020-01-01', created_at = '2019-01-01'",
        )
        .unwrap();
    let again =
        "SELECT * FROM homer_remember('maria', 'preference', 'drink', 'drinks it BLACK', 4, '2999-01-01', '{c,a,c}',
                                              '{\"y\": 2, \"z\": 3}', 'c2', 'm2')";
    assert_eq!(rows(&mut client, again), ["1|confirmed"]);
    assert_eq!(
        rows(&mut client, ROW),
        [
            "fact|Coffee|Drinks it black.|6|2999-01-01 00:00:00|[\"b\", \"a\", \"c\"]|{\"x\": 1, \"y\": 2, \"z\": 3}|c1|m1"
        ]
    );
    let moments = "SELECT created_at, updated_at > '2026-01-01' FROM homer_memories";
    assert_eq!(rows(&mut client, moments), ["2019-01-01 00:00:00|t"]);

    client.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'drinks it black', 9, '2995-01-01')").unwrap();
    assert_eq!(rows(&mut client, "SELECT importance, expires_at FROM homer_memories"), ["9|2999-01-01 00:00:00"]);
    // To be permanent is to expire later than at any moment, on either side.
    for _ in 0..2 {
        client.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'drinks it black')").unwrap();
        assert_eq!(rows(&mut client, "SELECT importance, expires_at FROM homer_memories"), ["9|null"]);
    }
    client.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'drinks it black', 1, '2990-01-01')").unwrap();
    assert_eq!(rows(&mut client, "SELECT importance, expires_at FROM homer_memories"), ["9|null"]);
}

#[test]
fn what_is_of_another_user_or_not_active_is_not_there_already() {
    let mut client = session();
    let outcome = |client: &mut Client, user: &str| {
        rows(client, &format!("SELECT id, outcome FROM homer_remember({user}, 'fact', 's', 'Drinks it black')"))
    };
    assert_eq!(outcome(&mut client, "'maria'"), ["1|added"]);
    assert_eq!(outcome(&mut client, "'devon'"), ["2|added"]);
    assert_eq!(outcome(&mut client, "NULL"), ["3|added"]);
    assert_eq!(outcome(&mut client, "NULL"), ["3|confirmed"]);
    client.batch_execute("SELECT homer_forget(1)").unwrap();
    assert_eq!(outcome(&mut client, "'maria'"), ["4|added"], "retired");
    client.batch_execute("UPDATE homer_memories SET expires_at = '2020-01-01' WHERE id = 4").unwrap();
    assert_eq!(outcome(&mut client, "'maria'"), ["5|added"], "expired and not swept");
    client.batch_execute("UPDATE homer_memories SET is_active = NULL WHERE id = 5").unwrap();
    assert_eq!(outcome(&mut client, "'maria'"), ["5|confirmed"], "a null is_active is active");
}

/// An application's own rows are never refused; of several that say the same, the eldest is confirmed.
#[test]
fn raw_rows_may_double_and_the_eldest_is_confirmed() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, metadata, tags, importance) VALUES
                ('maria', 'fact', 's', 'Drinks it black', NULL, NULL, NULL), ('maria', 'fact', 's', 'drinks it black!', '{}', '[]', 1)",
        )
        .unwrap();
    let again = "SELECT id, outcome FROM homer_remember('maria', 'fact', 's', 'drinks it black', 3, tags => '{a}', metadata => '{\"x\": 1}')";
    assert_eq!(rows(&mut client, again), ["1|confirmed"]);
    assert_eq!(
        rows(&mut client, "SELECT id, importance, tags, metadata FROM homer_memories ORDER BY id"),
        ["1|5|[\"a\"]|{\"x\": 1}", "2|1|[]|{}"]
    );
}

#[test]
fn a_confirmation_keeps_the_first_source_and_adds_its_own() {
    let mut client = session_of_nobody();
    let say = |client: &mut Client, conversation: &str, message: &str| {
        client
            .batch_execute(&format!(
                "SELECT homer_remember('maria', 'fact', 's', 'Drinks it black', source_conversation_id => {conversation},
                                       source_message_id => {message})"
            ))
            .unwrap();
    };
    let sources = "SELECT s.e ->> 'conversation_id', s.e ->> 'message_id', (s.e ->> 'at')::timestamptz <= now()
                     FROM homer_memories, jsonb_array_elements(metadata -> 'homer_confirmed_by') AS s (e)";
    say(&mut client, "'c1'", "'m1'");
    say(&mut client, "'c1'", "'m1'");
    say(&mut client, "NULL", "NULL");
    assert_eq!(rows(&mut client, sources), Vec::<String>::new(), "the first source, and none, are no others");
    say(&mut client, "'c1'", "'m2'");
    say(&mut client, "'c1'", "'m2'");
    say(&mut client, "'c2'", "NULL");
    assert_eq!(rows(&mut client, sources), ["c1|m2|t", "c2|null|t"]);
    for message in 0..30 {
        say(&mut client, "'c3'", &format!("'m{message}'"));
    }
    let kept = rows(&mut client, sources);
    assert_eq!((kept.len(), kept[0].as_str(), kept[19].as_str()), (20, "c3|m10|t", "c3|m29|t"));
    assert_eq!(rows(&mut client, "SELECT source_conversation_id, source_message_id FROM homer_memories"), ["c1|m1"]);
}

/// What an application keeps under the same key is replaced, and is no error.
#[test]
fn an_applications_own_value_under_the_key_of_the_sources_breaks_nothing() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'Drinks it black', metadata => '{\"homer_confirmed_by\": \"Bob\"}');
             SELECT homer_remember('maria', 'fact', 's', 'Drinks it black', metadata => '{\"homer_confirmed_by\": 7, \"x\": 1}',
                                   source_message_id => 'm2')",
        )
        .unwrap();
    let metadata = "SELECT metadata #- '{homer_confirmed_by,0,at}' FROM homer_memories";
    assert_eq!(
        rows(&mut client, metadata),
        ["{\"x\": 1, \"homer_confirmed_by\": [{\"message_id\": \"m2\", \"conversation_id\": null}]}"]
    );
}

/// Each is within its bound, and both together are not: an error of homer's own names them, and the row stays as it was.
#[test]
fn tags_and_metadata_that_are_too_long_together_are_refused() {
    let mut client = session();
    let said = |parameter: &str, letter: char| {
        let value = match parameter {
            "tags" => format!("ARRAY(SELECT '{letter}' || n FROM generate_series(1, 4500) AS n)"),
            _ => format!("jsonb_build_object('{letter}', repeat('x', 40000))"),
        };
        format!(
            "SELECT outcome FROM homer_remember('maria', 'fact', '{parameter}', 'Black, no sugar.', {parameter} => {value})"
        )
    };
    for parameter in ["tags", "metadata"] {
        assert_eq!(rows(&mut client, &said(parameter, 'a')), [if parameter == "tags" { "added" } else { "confirmed" }]);
        let kept = format!("SELECT md5({parameter}::text) FROM homer_memories WHERE user_id = 'maria'");
        let before = rows(&mut client, &kept);
        let refusal = refused(&mut client, &said(parameter, 'b'));
        assert_eq!(refusal.sqlstate, "ME034", "{refusal:?}");
        assert!(refusal.message.starts_with(parameter), "{refusal:?}");
        assert_eq!(rows(&mut client, &kept), before);
        // Control: what is there already is confirmed.
        assert_eq!(rows(&mut client, &said(parameter, 'a')), ["confirmed"]);
    }
}

/// An application may have filled the metadata: where a source has no room beside, the memory is confirmed all the same.
#[test]
fn sources_give_way_to_the_metadata_of_the_application() {
    let mut client = session();
    let said = |category: &str, message: i32, due: &str, length: usize| {
        format!(
            "SELECT outcome FROM homer_remember('maria', '{category}', '', 'Black, no sugar.', source_message_id => 'm{message}',
                 metadata => '{{{due}\"notes\": \"{}\"}}')",
            "x".repeat(length)
        )
    };
    let sources = "SELECT concat_ws(' ', jsonb_array_length(metadata -> 'homer_confirmed_by'), metadata #>> '{homer_confirmed_by,-1,message_id}')
                     FROM homer_memories WHERE user_id = 'maria'";
    for (length, message, kept) in
        [(10, 0, ""), (10, 1, "1 m1"), (64_000, 2, "2 m2"), (65_300, 3, "1 m3"), (65_500, 4, "")]
    {
        let expected = if message == 0 { "added" } else { "confirmed" };
        assert_eq!(rows(&mut client, &said("fact", message, "", length)), [expected], "{message}");
        assert_eq!(rows(&mut client, sources), [kept], "{message}");
    }
    for message in 0..25 {
        rows(&mut client, &said("fact", message, "", 64_500));
    }
    assert_eq!(rows(&mut client, sources), ["10 m24"]);
    // A reminder's moment does not count, when it is stored or when it is confirmed.
    client.batch_execute("DELETE FROM homer_memories WHERE user_id = 'maria'").unwrap();
    let due = "\"due_at\": \"2027-01-01 09:00\", ";
    assert_eq!(rows(&mut client, &said("reminder", 1, due, 65_500)), ["added"]);
    assert_eq!(rows(&mut client, &said("reminder", 2, due, 65_500)), ["confirmed"]);
}

#[test]
fn sixteen_clients_that_say_the_same_leave_one_row_and_no_error() {
    let database = database_of_nobody();
    let start = std::sync::Barrier::new(CLIENTS);
    let outcomes: Vec<String> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client_number| {
                let (database, start) = (&database, &start);
                scope.spawn(move || {
                    let mut client = database.connect();
                    start.wait();
                    let mut outcomes = Vec::new();
                    for statement in 0..20 {
                        let content = format!("Statement {statement}{}", ".".repeat(client_number));
                        let remember = "SELECT outcome FROM homer_remember('maria', 'fact', 's', $1)";
                        outcomes.push(client.query_one(remember, &[&content]).unwrap().get(0));
                    }
                    outcomes
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(value::<i64>(&mut database.connect(), "SELECT count(*) FROM homer_memories"), 20);
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "added").count(), 20);
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "confirmed").count(), 20 * (CLIENTS - 1));
}

/// A client waits for another that writes for the same user, and for nobody else.
#[test]
fn only_who_writes_for_the_same_user_waits() {
    let database = database();
    let mut first = database.connect();
    let mut transaction = first.transaction().unwrap();
    transaction.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'Drinks it black')").unwrap();

    let mut other = database.connect();
    other.batch_execute("SET lock_timeout = '100ms'").unwrap();
    other
        .batch_execute(
            "SELECT homer_remember('devon', 'fact', 's', 'Drinks it black'), homer_remember(NULL, 'fact', 's', 'Drinks it black');
             SELECT homer_reject(2)",
        )
        .unwrap();
    // What only reads, and what names a memory by its number, waits for nobody.
    assert_eq!(rows(&mut other, "SELECT count(*) FROM homer_relevant_memories('maria')"), ["1"]);
    let mut document: Value = value(&mut other, "SELECT homer_export_user('devon')");
    document["user_id"] = json!("maria");
    for part in ["homer_memories", "refusals"] {
        document[part] = json!([]);
    }
    for waiting in [
        "SELECT homer_remember('maria', 'fact', 's', 'drinks it BLACK')",
        "SELECT homer_remember('maria', 'fact', 's', 'Drinks tea')",
        "SELECT homer_remind('maria', 's', 'Drink it', now())",
        "SELECT homer_remember_many('[{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"c\"}]')",
        "SELECT homer_erase_user('maria')",
        &format!("SELECT homer_import_user('{document}')"),
    ] {
        let refusal = refused(&mut other, waiting);
        assert_eq!((refusal.sqlstate.as_str(), refusal.detail), ("55P03", None), "{waiting}");
    }
    transaction.commit().unwrap();
    assert_eq!(
        rows(&mut other, "SELECT outcome FROM homer_remember('maria', 'fact', 's', 'drinks it BLACK')"),
        ["confirmed"]
    );
}

/// A transaction that looks at an older state cannot see what another has stored: it is told to start again, and does not
/// store it a second time.
#[test]
fn a_transaction_of_an_older_view_stores_no_double() {
    for level in ["REPEATABLE READ", "SERIALIZABLE"] {
        for first_call in ["homer_remember('maria', 'fact', 's', 'Drinks it black')", "homer_reject(1)"] {
            let database = database_of_nobody();
            let mut old = database.connect();
            let mut other = database.connect();
            other
                .batch_execute("SELECT homer_remember('maria', 'fact', 's', 'Drinks it black'); SELECT homer_forget(1)")
                .unwrap();
            old.batch_execute(&format!("BEGIN ISOLATION LEVEL {level}; SELECT count(*) FROM homer_memories")).unwrap();
            other.batch_execute(&format!("SELECT {first_call}")).unwrap();
            let remember = "SELECT * FROM homer_remember('maria', 'fact', 's', 'drinks it BLACK')";
            let refusal = refused(&mut old, remember);
            assert_eq!(refusal.sqlstate, "40001", "{level} {first_call}: {refusal:?}");
            old.batch_execute("ROLLBACK").unwrap();
            // Control: tried again, it goes on from what the other left.
            old.batch_execute(&format!("BEGIN ISOLATION LEVEL {level}")).unwrap();
            let expected = if first_call.starts_with("homer_reject") { "rejected" } else { "confirmed" };
            assert!(rows(&mut old, remember)[0].ends_with(expected), "{level} {first_call}");
            old.batch_execute("COMMIT").unwrap();
            let active = "SELECT count(*) FROM homer_memories WHERE is_active";
            let expected = i64::from(!first_call.starts_with("homer_reject"));
            assert_eq!(value::<i64>(&mut other, active), expected, "{level} {first_call}");
        }
    }
}

/// What cannot be told is a difference, and not silence.
#[test]
fn an_unknown_state_is_not_the_same_state() {
    let mut client = session();
    client.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'Black')").unwrap();
    let known = "SELECT homer.is_as_known_by_now('{maria}', '{black}', '{\"\"}', ARRAY[NULL]::timestamp[]),
                        homer.is_as_known_by_now('{}', '{}', '{}', '{}')";
    assert_eq!(rows(&mut client, known), ["t|f"]);
}

/// Sixteen clients at each level, each starting again when it is told to, as clients at these levels do.
#[test]
fn sixteen_clients_of_any_isolation_level_leave_one_row() {
    for level in ["repeatable read", "serializable"] {
        let database = database_of_nobody();
        std::thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    let mut client = database.connect();
                    client.batch_execute(&format!("SET default_transaction_isolation = '{level}'")).unwrap();
                    for statement in 0..5 {
                        let remember = format!("SELECT homer_remember('maria', 'fact', 's', 'Statement {statement}')");
                        while let Err(error) = client.batch_execute(&remember) {
                            assert_eq!(error.code().unwrap().code(), "40001", "{error:?}");
                        }
                    }
                });
            }
        });
        assert_eq!(value::<i64>(&mut database.connect(), "SELECT count(*) FROM homer_memories"), 5, "{level}");
    }
}

/// Found by its index, also under statistics that say that the table is empty.
#[test]
fn what_is_there_is_found_by_an_index() {
    let database = database_of_nobody();
    let mut client = database.connect();
    client
        .batch_execute(
            "ANALYZE homer_memories;
             SELECT homer_remember('maria', 'fact', 's', 'before the table grows');
             INSERT INTO homer_memories (user_id, category, subject, content)
             SELECT 'maria', 'fact', 's', 'Statement ' || i FROM generate_series(1, 20000) AS i;
             SELECT homer_remember('maria', 'fact', 's', 'Statement ' || i) FROM generate_series(1, 200) AS i",
        )
        .unwrap();
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_memories"), 20_001);
    drop(client);
    let mut watcher = database.connect();
    let scans = "SELECT COALESCE(sum(seq_tup_read), 0)::bigint, max(n_tup_upd) FROM pg_stat_user_tables WHERE relname = 'homer_memories'";
    // The statistics arrive when the session that made them has ended.
    for _ in 0..200 {
        let row = watcher.query_one(scans, &[]).unwrap();
        if row.get::<_, Option<i64>>(1) >= Some(200) {
            // The count above reads it once; two hundred calls without the index would read four million.
            assert!(row.get::<_, i64>(0) < 100_000, "{} rows were read in sequence", row.get::<_, i64>(0));
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the statistics never arrived");
}
