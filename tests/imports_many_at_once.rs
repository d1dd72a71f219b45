//! Many memories in one call come out as if homer_remember had been called for each, in turn.

use homer_tests::*;

fn import(client: &mut Client, memories: &Value) -> Vec<String> {
    client
        .query("SELECT position, id, outcome FROM homer_remember_many($1)", &[memories])
        .unwrap()
        .iter()
        .map(|row| format!("{}|{}|{}", row.get::<_, i32>(0), row.get::<_, i32>(1), row.get::<_, &str>(2)))
        .collect()
}

fn fact(user: &str, content: &str) -> Value {
    json!({"user_id": user, "category": "fact", "subject": "s", "content": content})
}

#[test]
fn every_element_has_its_outcome_in_order() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'Known'), homer_remember('maria', 'fact', 's', 'Refused');
             SELECT homer_reject(2)",
        )
        .unwrap();
    let memories = json!([
        fact("maria", "New"), fact("maria", "known!"), fact("maria", "REFUSED"), fact("maria", "new."),
        fact("devon", "New"), {"user_id": null, "category": "fact", "subject": "s", "content": "New"}, fact("maria", "Newer"),
        fact("maria", "refused?"),
    ]);
    assert_eq!(
        import(&mut client, &memories),
        [
            "1|3|added",
            "2|1|confirmed",
            "3|1|rejected",
            "4|3|confirmed",
            "5|4|added",
            "6|5|added",
            "7|6|added",
            "8|1|rejected"
        ]
    );
    assert_eq!(import(&mut client, &json!([])), Vec::<String>::new());
}

#[test]
fn an_element_takes_every_parameter() {
    let mut client = session_of_nobody();
    let memory = json!({
        "user_id": "maria", "category": "decision", "subject": "Supplier", "content": "Zoë — シマノ", "importance": 9,
        "expires_at": "2999-12-31T18:00:00-06:00", "tags": ["supplier", "two words"], "metadata": {"price": 12.50},
        "source_conversation_id": "c1", "source_message_id": "m7", "supersedes": null,
    });
    let bare = json!({"user_id": null, "category": "fact", "subject": "s", "content": "c", "expires_at": null});
    assert_eq!(import(&mut client, &json!([memory, bare])), ["1|1|added", "2|2|added"]);
    assert_eq!(
        rows(
            &mut client,
            "SELECT user_id, category, subject, content, importance, expires_at, tags, metadata, source_conversation_id,
                    source_message_id, is_active, created_at = updated_at FROM homer_memories ORDER BY id"
        ),
        [
            "maria|decision|Supplier|Zoë — シマノ|9|3000-01-01 00:00:00|[\"supplier\", \"two words\"]|{\"price\": 12.5}|c1|m7|t|t",
            "null|fact|s|c|5|null|[]|{}|null|null|t|t"
        ]
    );
}

/// The same array, imported and said one by one, leaves the same rows: doubles, confirmations, corrections, reminders.
#[test]
fn an_import_leaves_what_single_calls_leave() {
    let memories = |with_correction: bool| {
        let mut memories = vec![];
        for round in 0..3 {
            for number in 0..20 {
                memories.push(json!({
                    "user_id": if number % 3 == 0 { Value::Null } else { json!("maria") }, "category": "fact", "subject": "s",
                    "content": format!("Statement {number}{}", "!".repeat(round)), "importance": 1 + (number + round * 3) % 10,
                    "tags": [format!("tag {round}")], "metadata": {"round": round, format!("key {round}"): number},
                    "source_conversation_id": "c", "source_message_id": format!("m{round}"),
                }));
            }
        }
        memories.push(json!({"user_id": "maria", "category": "reminder", "subject": "s", "content": "Statement 1",
                             "metadata": {"due_at": "2026-01-01T00:00:00Z"}}));
        if with_correction {
            memories.push(
                json!({"user_id": "maria", "category": "fact", "subject": "s", "content": "Better", "supersedes": 1}),
            );
        }
        Value::from(memories)
    };
    let all = "SELECT id, user_id, category, content, importance, tags, is_active, source_message_id,
                      jsonb_path_query_array(metadata, '$.homer_confirmed_by.message_id'), metadata - 'homer_confirmed_by'
                 FROM homer_memories ORDER BY id";
    let outcomes = "SELECT r.id, r.outcome FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS e (m, place),
        LATERAL homer_remember(m ->> 'user_id', m ->> 'category', m ->> 'subject', m ->> 'content',
            COALESCE((m ->> 'importance')::integer, 5),
            tags => ARRAY(SELECT jsonb_array_elements_text(m -> 'tags')), metadata => COALESCE(m -> 'metadata', '{}'),
            source_conversation_id => m ->> 'source_conversation_id', source_message_id => m ->> 'source_message_id',
            supersedes => (m ->> 'supersedes')::integer) AS r";
    for with_correction in [false, true] {
        let (mut at_once, mut in_turn) = (session(), session());
        for client in [&mut at_once, &mut in_turn] {
            client.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'There before'), homer_remember('maria', 'fact', 's', 'Statement 4')").unwrap();
        }
        let memories = memories(with_correction);
        let together = import(&mut at_once, &memories);
        let singly: Vec<String> = in_turn
            .query(outcomes, &[&memories])
            .unwrap()
            .iter()
            .enumerate()
            .map(|(n, row)| format!("{}|{}|{}", n + 1, row.get::<_, i32>(0), row.get::<_, &str>(1)))
            .collect();
        assert_eq!(together, singly);
        assert_eq!(rows(&mut at_once, all), rows(&mut in_turn, all));
        assert_eq!(singly.len(), 61 + usize::from(with_correction));
        assert!(singly.iter().any(|outcome| outcome.ends_with("confirmed")));
    }
}

#[test]
fn one_bad_element_refuses_them_all_and_is_named() {
    let mut client = session_of_nobody();
    let good = fact("maria", "good");
    for (key, wrong, sqlstate, message) in [
        ("importance", json!(11), "ME003", "memories[2].importance must be a number from 1 to 10, not 11"),
        ("importance", json!("7"), "ME005", "memories[2].importance must be a whole number, not \"7\""),
        ("importance", json!(7.5), "ME005", "memories[2].importance must be a whole number, not 7.5"),
        ("category", json!(" "), "ME002", "memories[2].category must not be empty"),
        ("content", Value::Null, "ME001", "memories[2].content must not be null"),
        ("content", json!(7), "ME005", "memories[2].content must be a string, not 7"),
        ("user_id", json!(""), "ME002", "memories[2].user_id must not be empty"),
        ("user_id", json!(["maria"]), "ME005", "memories[2].user_id must be a string, not [\"maria\"]"),
        ("tags", json!("a"), "ME005", "memories[2].tags must be an array of strings, not \"a\""),
        ("metadata", json!([]), "ME005", "memories[2].metadata must be a JSON object, not []"),
        (
            "expires_at",
            json!("2020-01-01T00:00:00Z"),
            "ME004",
            "memories[2].expires_at lies in the past: 2020-01-01T00:00:00+00:00",
        ),
        (
            "expires_at",
            json!("tomorow"),
            "ME004",
            "memories[2].expires_at must be a moment of ISO 8601, not \"tomorow\"",
        ),
        ("supersedes", json!(true), "ME005", "memories[2].supersedes must be a whole number, not true"),
        ("contents", json!("x"), "ME015", "memories[2]: \"contents\" is not a parameter of homer_remember"),
    ] {
        let mut bad = fact("maria", "bad");
        bad[key] = wrong;
        let memories = json!([good, bad, good]).to_string().replace('\'', "''");
        let refusal = refused(&mut client, &format!("SELECT * FROM homer_remember_many('{memories}')"));
        assert_eq!((refusal.sqlstate.as_str(), refusal.message.as_str()), (sqlstate, message));
        assert!(refusal.hint.is_some(), "{message}");
        assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_memories"), 0, "{message}");
    }
    let missing = "SELECT homer_remember_many('[{\"user_id\": null, \"category\": \"fact\", \"subject\": \"s\"}]')";
    let missing = refused(&mut client, missing);
    assert_eq!(missing.message, "memories[1]: content must not be null");
    let no_object = refused(&mut client, "SELECT homer_remember_many('[7]')");
    assert_eq!(no_object.message, "memories[1] must be a JSON object, not 7");
    // Control: the good one is good.
    assert_eq!(import(&mut client, &json!([good])), ["1|1|added"]);
}

/// With the settings that PostgreSQL comes with, which leave room for some 6,400 locks.
#[test]
fn a_hundred_thousand_are_imported_at_once() {
    let mut client = session();
    let outcomes = "SELECT outcome, count(*), min(position), max(position), min(id), max(id)
                      FROM homer_remember_many((SELECT jsonb_agg(jsonb_build_object('user_id', 'user ' || i % 5000,
                           'category', 'fact', 'subject', 's', 'content', 'Statement ' || i)) FROM generate_series(1, 100000) AS i))
                     GROUP BY outcome";
    assert_eq!(rows(&mut client, outcomes), ["added|100000|1|100000|1|100000"]);
    assert_eq!(rows(&mut client, "SELECT content FROM homer_memories WHERE id = 4711"), ["Statement 4711"]);
}

/// Imports and single calls of the same content, at once: each statement is stored once, and nobody waits in a circle.
#[test]
fn imports_and_single_calls_at_once_double_nothing() {
    for size in [50, 500] {
        let database = database_of_nobody();
        std::thread::scope(|scope| {
            for importer in 0..6 {
                let database = &database;
                scope.spawn(move || {
                    let mut client = database.connect();
                    let mut memories: Vec<Value> =
                        (0..size).map(|n| fact(&format!("user {}", n % 9), &format!("Statement {n}"))).collect();
                    if importer % 2 == 1 {
                        memories.reverse();
                    }
                    if importer < 4 {
                        assert_eq!(import(&mut client, &Value::from(memories)).len(), size);
                    } else {
                        for memory in memories {
                            import(&mut client, &json!([memory]));
                        }
                    }
                });
            }
        });
        let count = value::<i64>(&mut database.connect(), "SELECT count(*) FROM homer_memories");
        assert_eq!(count, size as i64);
    }
}

#[test]
fn an_import_of_an_older_view_stores_no_double() {
    let database = database();
    let (mut old, mut other) = (database.connect(), database.connect());
    old.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM homer_memories").unwrap();
    other.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'Statement')").unwrap();
    let memories = json!([fact("maria", "something else"), fact("maria", "statement")]);
    let call = format!("SELECT homer_remember_many('{memories}')");
    assert_eq!(refused(&mut old, &call).sqlstate, "40001");
    old.batch_execute("ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ").unwrap();
    assert_eq!(import(&mut old, &memories), ["1|2|added", "2|1|confirmed"]);
}

/// A variable that was lost on the way does not tell everyone what was meant for one: null has to be written.
#[test]
fn an_element_that_names_nobody_is_refused() {
    let mut client = session_of_nobody();
    let nobody = json!([{"category": "fact", "subject": "s", "content": "c"}]);
    let refusal = refused(&mut client, &format!("SELECT homer_remember_many('{nobody}')"));
    assert_eq!(refusal.sqlstate, "ME005");
    assert!(refusal.message.starts_with("memories[1] must be an object with user_id"), "{}", refusal.message);
    let everyone = json!([{"user_id": null, "category": "fact", "subject": "s", "content": "c"}]);
    assert_eq!(import(&mut client, &everyone), ["1|1|added"]);
    assert_eq!(rows(&mut client, "SELECT user_id FROM homer_memories"), ["null"]);
}

/// A moment in JSON is ISO 8601 and UTC, whatever the session says of dates: nothing swaps its day and month, and nothing is guessed.
#[test]
fn a_moment_is_read_in_one_way_in_every_session() {
    for settings in
        ["DateStyle = 'ISO, MDY'", "DateStyle = 'German'", "DateStyle = 'SQL, DMY'; SET TimeZone = 'Asia/Tokyo'"]
    {
        let mut client = session_of_nobody();
        client.batch_execute(&format!("SET {settings}")).unwrap();
        for key in ["expires_at", "created_at"] {
            for wrong in [
                "03/04/2030",
                "tomorrow",
                "now",
                "2030-02-30",
                "2030-13-01T00:00Z",
                "1.2.2030",
                "",
                "2030-03-01 Europe/Berlin",
            ] {
                let mut bad = fact("maria", "bad");
                bad[key] = json!(wrong);
                let call = format!("SELECT homer_remember_many('{}')", json!([fact("maria", "good"), bad]));
                let refusal = refused(&mut client, &call);
                let message = format!("memories[2].{key} must be a moment of ISO 8601, not \"{wrong}\"");
                assert_eq!((refusal.sqlstate.as_str(), refusal.message), ("ME004", message));
                assert!(refusal.hint.is_some_and(|hint| hint.starts_with("Pass it as 2026-03-01T09:00:00+01:00")));
            }
        }
        // Controls: with an offset, without one, with a space, and a day alone.
        let memories: Vec<Value> = ["2999-04-03T09:00:00+02:00", "2999-04-03T07:00:00", "2999-04-03 07:00", "2999-04-03"]
            .iter()
            .zip(1..)
            .map(|(moment, n)| {
                json!({"user_id": "maria", "category": "fact", "subject": "s", "content": n.to_string(), "expires_at": moment,
                       "created_at": moment.replace("2999", "2020")})
            })
            .collect();
        assert_eq!(import(&mut client, &json!(memories)).len(), 4);
        assert_eq!(
            rows(
                &mut client,
                "SELECT to_char(expires_at, 'YYYY-MM-DD HH24:MI'), to_char(created_at, 'YYYY-MM-DD HH24:MI') FROM homer_memories ORDER BY id"
            ),
            [
                "2999-04-03 07:00|2020-04-03 07:00",
                "2999-04-03 07:00|2020-04-03 07:00",
                "2999-04-03 07:00|2020-04-03 07:00",
                "2999-04-03 00:00|2020-04-03 00:00"
            ],
            "{settings}"
        );
    }
}

/// Whatever refuses an element names its position, also what is known only as it is stored.
#[test]
fn an_element_that_cannot_be_stored_is_named() {
    let mut client = session_of_nobody();
    client
        .batch_execute(&format!(
            "SELECT homer_remember('devon', 'fact', 's', 'Of Devon'), homer_remember('maria', 'fact', 's', 'Gone');
             SELECT homer_forget(2), homer_remember('maria', 'fact', 's', 'Full', metadata => '{{\"x\": \"{}\"}}')",
            "x".repeat(60_000)
        ))
        .unwrap();
    let superseding = |id: i32| {
        let mut memory = fact("maria", "new");
        memory["supersedes"] = json!(id);
        memory
    };
    let mut long = fact("maria", "full!");
    long["metadata"] = json!({"y": "y".repeat(60_000)});
    for (wrong, sqlstate, message) in [
        (superseding(99), "ME010", "memories[3].supersedes: memory 99 does not exist"),
        (superseding(1), "ME011", "memories[3].supersedes: memory 1 is no memory of user \"maria\""),
        (superseding(2), "ME012", "memories[3].supersedes: memory 2 is not active any more"),
        (long, "ME034", "memories[3].metadata must be 65536 bytes at most, not 120"),
    ] {
        let memories = json!([fact("maria", "first"), fact("maria", "second"), wrong, fact("maria", "last")]);
        let refusal = refused(&mut client, &format!("SELECT homer_remember_many('{memories}')"));
        assert_eq!(refusal.sqlstate, sqlstate);
        assert!(refusal.message.starts_with(message), "{}", refusal.message);
        assert!(refusal.hint.is_some());
        assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_memories"), 3, "none was stored");
    }
    // What an application keeps away from the table.
    client
        .batch_execute(
            "CREATE FUNCTION keep_away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN NEW.content <> 'second' THEN NEW END; END $$;
             CREATE TRIGGER keep_away BEFORE INSERT ON homer_memories FOR EACH ROW EXECUTE FUNCTION keep_away()",
        )
        .unwrap();
    let memories = json!([fact("maria", "first"), fact("maria", "second"), fact("maria", "last")]);
    let refusal = refused(&mut client, &format!("SELECT homer_remember_many('{memories}')"));
    assert_eq!(refusal.sqlstate, "ME037");
    assert!(refusal.message.starts_with("memories[2]: the memory was not stored"), "{}", refusal.message);
    // An error of the application's own stays as it is.
    client
        .batch_execute(
            "CREATE OR REPLACE FUNCTION keep_away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$",
        )
        .unwrap();
    let refusal = refused(&mut client, &format!("SELECT homer_remember_many('{memories}')"));
    assert_eq!((refusal.sqlstate.as_str(), refusal.message.as_str()), ("P0001", "no"));
    // Control.
    client.batch_execute("DROP TRIGGER keep_away ON homer_memories").unwrap();
    let memories = json!([fact("maria", "first"), fact("devon", "second"), superseding(3)]);
    let outcomes: Vec<String> =
        import(&mut client, &memories).iter().map(|row| row.split('|').next_back().unwrap().to_owned()).collect();
    assert_eq!(outcomes, ["added", "added", "superseded"]);
}

/// What was said in the past confirms, and changes no metadata that were given since.
#[test]
fn what_was_said_in_the_past_takes_no_newer_metadata_away() {
    let mut client = session_of_nobody();
    client
        .batch_execute("SELECT homer_remember('maria', 'fact', 's', 'Tea', metadata => '{\"source\": \"Maria\"}')")
        .unwrap();
    let mut old = fact("maria", "tea!");
    old["metadata"] = json!({"source": "old import", "only": 1});
    old["created_at"] = json!("2020-01-01T00:00:00Z");
    assert_eq!(import(&mut client, &json!([old])), ["1|1|confirmed"]);
    let metadata = "SELECT metadata FROM homer_memories";
    assert_eq!(rows(&mut client, metadata), ["{\"only\": 1, \"source\": \"Maria\"}"]);
    // Control: said now, it is the newer value.
    old.as_object_mut().unwrap().remove("created_at");
    assert_eq!(import(&mut client, &json!([old])), ["1|1|confirmed"]);
    assert_eq!(rows(&mut client, metadata), ["{\"only\": 1, \"source\": \"old import\"}"]);
}
