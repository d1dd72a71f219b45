//! `homer_export_user` gives all that is known of a person as one document, which `homer_import_user` takes back.

use homer_tests::*;

const PLAN: &str = "11111111-1111-4111-8111-111111111111";

fn fill(client: &mut Client) {
    client
        .batch_execute(&format!(
            "SELECT homer_remember('devon', 'fact', 'noise', 'number ' || n || ', so that numbers differ') FROM generate_series(1, 7) AS n;
             SELECT homer_upsert_profile('maria', 'Maria Lindgren', 'owner', '{{\"focus_areas\": [\"lease\"], \"timezone\": \"Asia/Tokyo\"}}');
             SELECT homer_touch_profile('maria');
             SELECT homer_remember('maria', 'fact', 'Coffee', E'Black,\\n\"very\" 東京 \\t\\\\', tags => '{{a,b}}', metadata => '{{\"a\": {{\"b\": [1.50]}}}}');
             SELECT homer_remember('maria', 'recipe', 'Soup', '', 9, expires_at => '2999-01-01 12:34:56.789012+00', source_conversation_id => 'c', source_message_id => 'm');
             SELECT homer_remember('maria', 'fact', 'Twice', 'the same'), homer_remember('maria', 'fact', 'Gone', 'retired');
             SELECT homer_forget(11);
             SELECT homer_remember('maria', 'fact', 'Rent', 'It is 4,350.');
             SELECT homer_remember('maria', 'fact', 'Rent', 'It is 4,600.', supersedes => 12);
             SELECT homer_remember('maria', 'fact', 'Gossip', 'The florist is broke.');
             SELECT homer_reject(14);
             SELECT homer_remind('maria', 'Call', 'Pruitt', '2026-01-02 03:04+00');
             INSERT INTO homer_memories (user_id, category, subject, content, importance, is_active, tags, metadata, created_at, updated_at, expires_at)
             VALUES ('maria', 'fact', 'Raw', 'nulls', NULL, NULL, NULL, NULL, NULL, NULL, 'infinity');
             SELECT homer_register_file('maria', 'plan.pdf', 'application/pdf', 1, '/plan', file_id => '{PLAN}', extracted_text => 'text', tags => '{{x}}'),
                    homer_register_file('devon', 'menu.pdf', 'application/pdf', 1, '/menu', file_id => '22222222-2222-4222-8222-222222222222');
             SELECT homer_share_file('{PLAN}', '{{sam}}'), homer_share_file('22222222-2222-4222-8222-222222222222', '{{maria}}');
             SELECT homer_link_file('{PLAN}', 'c', 'm1', 'inbound', 'ctx'), homer_link_file('{PLAN}', 'c', 'm2', 'outbound')"
        ))
        .unwrap();
}

fn export(client: &mut Client) -> Value {
    value(client, "SELECT homer_export_user('maria')")
}

fn import(client: &mut Client, document: &Value) -> Value {
    client.query_one("SELECT homer_import_user($1)", &[document]).unwrap_or_else(|error| panic!("{error:?}")).get(0)
}

/// What became of the memories is the same by their words: history, refusals and what is due.
#[test]
fn history_refusals_and_reminders_come_along() {
    let mut original = session();
    fill(&mut original);
    let document = export(&mut original);
    let mut copy = session();
    import(&mut copy, &document);
    for client in [&mut original, &mut copy] {
        let history = "SELECT h.content, h.outcome FROM homer_memories AS m, homer_memory_history(m.id) AS h
                        WHERE m.content = 'It is 4,350.'";
        assert_eq!(rows(client, history), ["It is 4,350.|superseded", "It is 4,600.|current"]);
        let again = "SELECT outcome FROM homer_remember('maria', 'fact', 'Gossip', 'the florist is BROKE')";
        assert_eq!(rows(client, again), ["rejected"]);
        let refused =
            "SELECT m.content FROM homer_refusals('maria') AS r JOIN homer_memories AS m ON m.id = r.memory_id";
        assert_eq!(rows(client, refused), ["The florist is broke."]);
        assert_eq!(rows(client, "SELECT content FROM homer_due_reminders('maria')"), ["Pruitt"]);
    }
}

/// A document without what is numbered anew, and without what others share.
fn without_numbers(document: &Value) -> Value {
    let mut document = document.clone();
    document.as_object_mut().unwrap().remove("files_shared_with_user");
    for part in document.as_object_mut().unwrap().values_mut().filter_map(Value::as_array_mut) {
        for row in part.iter_mut().filter_map(Value::as_object_mut) {
            for number in ["id", "memory_id", "old_id", "new_id"] {
                row.remove(number);
            }
        }
    }
    document
}

#[test]
fn a_document_holds_everything_of_the_person_and_nothing_of_others() {
    let mut client = session();
    fill(&mut client);
    let document = export(&mut client);
    assert_eq!(document["format"], "homer");
    assert_eq!(document["version"], 1);
    assert_eq!(document["user_id"], "maria");
    assert_eq!(document["homer_user_profiles"][0]["total_interactions"], 1);
    assert_eq!(document["homer_memories"].as_array().unwrap().len(), 9);
    assert_eq!(document["refusals"].as_array().unwrap().len(), 1);
    assert_eq!(document["successions"].as_array().unwrap().len(), 1);
    assert_eq!(document["homer_files"][0]["extracted_text"], "text");
    assert_eq!(document["homer_file_messages"].as_array().unwrap().len(), 2);
    assert_eq!(document["files_shared_with_user"], json!(["22222222-2222-4222-8222-222222222222"]));
    assert!(!document.to_string().contains("noise") && !document.to_string().contains("menu.pdf"));
    let nobody: Value = value(&mut client, "SELECT homer_export_user('nobody')");
    assert_eq!(nobody["homer_memories"], json!([]));
}

#[test]
fn an_empty_database_gives_the_same_document_after_the_import() {
    let mut original = session_of_nobody();
    fill(&mut original);
    let document = export(&mut original);
    let mut copy = session_of_nobody();
    // Other settings of the session that reads it.
    copy.batch_execute("SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'").unwrap();
    let counts = import(&mut copy, &document);
    for (table, added) in [
        ("homer_user_profiles", 1),
        ("homer_memories", 9),
        ("refusals", 1),
        ("successions", 1),
        ("homer_files", 1),
        ("homer_file_messages", 2),
    ] {
        assert_eq!(counts[table], json!({"added": added, "present": 0}), "{table}");
    }
    assert_eq!(without_numbers(&export(&mut copy)), without_numbers(&document));
    assert_eq!(
        rows(&mut copy, "SELECT subject FROM homer_memories ORDER BY id"),
        ["Coffee", "Soup", "Twice", "Gone", "Rent", "Rent", "Gossip", "Call", "Raw"]
    );
    // And goes on where it stopped.
    assert_eq!(rows(&mut copy, "SELECT id FROM homer_remember('maria', 'fact', 'next', '')"), ["10"]);
    assert_eq!(
        rows(&mut copy, "SELECT original_name FROM homer_accessible_files('sam', query => 'plan')"),
        ["plan.pdf"]
    );
}

#[test]
fn a_second_import_adds_nothing_and_changes_nothing() {
    let mut client = session();
    fill(&mut client);
    let document = export(&mut client);
    client.batch_execute("SELECT homer_upsert_profile('maria', 'Maria L.', 'owner')").unwrap();
    let before = export(&mut client);
    let counts = import(&mut client, &document);
    for (table, present) in [
        ("homer_user_profiles", 1),
        ("homer_memories", 9),
        ("refusals", 1),
        ("successions", 1),
        ("homer_files", 1),
        ("homer_file_messages", 2),
    ] {
        assert_eq!(counts[table], json!({"added": 0, "present": present}), "{table}");
    }
    assert_eq!(export(&mut client), before);
}

#[test]
fn what_was_erased_can_be_taken_back() {
    let mut client = session();
    fill(&mut client);
    let document = export(&mut client);
    rows(&mut client, "SELECT homer_erase_user('maria')");
    import(&mut client, &document);
    assert_eq!(without_numbers(&export(&mut client)), without_numbers(&document));
    // What others had shared is theirs to share again.
    assert_eq!(export(&mut client)["files_shared_with_user"], json!([]));
}

const EVERYTHING: &str =
    "SELECT to_jsonb(t) FROM homer_user_profiles AS t UNION ALL SELECT to_jsonb(t) FROM homer_memories AS t
    UNION ALL SELECT to_jsonb(t) FROM homer_files AS t UNION ALL SELECT to_jsonb(t) FROM homer_file_messages AS t";

#[test]
fn a_foreign_or_damaged_document_is_refused_whole() {
    let mut original = session_of_nobody();
    fill(&mut original);
    let document = export(&mut original);
    let mut client = session_of_nobody();
    for (path, damage) in [
        ("/format", json!("hermes")),
        ("/version", json!(2)),
        ("/version", json!("1")),
        ("/user_id", json!("")),
        ("/user_id", json!(7)),
        ("/user_id", json!("devon")),
        ("/homer_memories", json!({})),
        ("/homer_memories/4", json!(null)),
        ("/homer_memories/4", json!("text")),
        ("/homer_memories/4/user_id", json!("devon")),
        ("/homer_memories/4/user_id", json!(null)),
        ("/homer_memories/4/importance", json!(11)),
        ("/homer_memories/4/importance", json!("5")),
        ("/homer_memories/4/importance", json!(5.5)),
        ("/homer_memories/4/content", json!(null)),
        ("/homer_memories/4/content", json!({"a": 1})),
        ("/homer_memories/4/category", json!(" ")),
        ("/homer_memories/4/created_at", json!("yesterday")),
        ("/homer_memories/4/created_at", json!("not a moment")),
        ("/homer_memories/4/tags", json!([1])),
        ("/homer_memories/4/id", document["homer_memories"][0]["id"].clone()),
        ("/homer_user_profiles/0/communication_style", json!("rude")),
        ("/refusals/0/user_id", json!("devon")),
        ("/refusals/0/statement", json!(null)),
        ("/successions/0/old_id", json!(4711)),
        ("/successions/0/new_id", json!(1)),
        ("/homer_files/0/uploaded_by", json!("devon")),
        ("/homer_files/0/storage_type", json!("ftp")),
        ("/homer_files/0/file_id", json!(null)),
        ("/homer_files/0/original_name", json!("n".repeat(1025))),
        ("/homer_files/0/storage_path", json!("p".repeat(4097))),
        ("/homer_file_messages/1/direction", json!("sideways")),
    ] {
        let mut damaged = document.clone();
        *damaged.pointer_mut(path).unwrap() = damage.clone();
        let error = client.query("SELECT homer_import_user($1)", &[&damaged]).unwrap_err();
        let error = error.as_db_error().unwrap_or_else(|| panic!("{path}"));
        assert_eq!(error.code().code(), "ME035", "{path} {damage}: {error:?}");
        assert_eq!(error.hint(), Some("Pass what homer_export_user gave, unchanged."));
        assert_eq!(rows(&mut client, EVERYTHING), Vec::<String>::new(), "{path} {damage}");
    }
    for (path, key) in [("", "version"), ("", "homer_files"), ("/homer_memories/4", "tags"), ("/homer_files/0", "id")] {
        for add in [false, true] {
            let mut damaged = document.clone();
            let object = damaged.pointer_mut(path).unwrap().as_object_mut().unwrap();
            if add {
                object.insert("surplus".into(), json!(1));
            } else {
                object.remove(key);
            }
            let error = client.query("SELECT homer_import_user($1)", &[&damaged]).unwrap_err();
            assert_eq!(error.code().unwrap().code(), "ME035", "{path} without {key}");
            assert_eq!(rows(&mut client, EVERYTHING), Vec::<String>::new());
        }
    }
    // Control: undamaged it goes in.
    assert_eq!(import(&mut client, &document)["homer_memories"]["added"], 9);
}

/// A document cannot take over a file that is somebody else's here.
#[test]
fn a_file_of_somebody_else_is_not_taken() {
    let mut original = session();
    fill(&mut original);
    let document = export(&mut original);
    let mut client = session();
    rows(&mut client, &format!("SELECT homer_register_file('nina', 'hers.pdf', 'm', 1, '/h', file_id => '{PLAN}')"));
    let before = rows(&mut client, EVERYTHING);
    let error = client.query("SELECT homer_import_user($1)", &[&document]).unwrap_err();
    assert_eq!(error.code().unwrap().code(), "ME035");
    assert_eq!(rows(&mut client, EVERYTHING), before);
}

/// A document of `memories` of maria, each said once, with a profile and a refusal of the last of them.
fn document_of(memories: usize) -> Value {
    let mut client = session();
    let fill = format!(
        "SELECT homer_upsert_profile('maria', 'Maria', 'owner');
         SELECT homer_remember('maria', 'fact', 's', 'Statement ' || n) FROM generate_series(1, {memories}) AS n;
         SELECT homer_reject({memories})"
    );
    client.batch_execute(&fill).unwrap();
    export(&mut client)
}

#[test]
fn what_was_refused_since_comes_back_retired() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'Gossip.'), homer_remember('maria', 'fact', 's', 'News.')",
        )
        .unwrap();
    let document = export(&mut client);
    // Refused; and a rule of the application's then deletes what is retired.
    client.batch_execute("SELECT homer_reject(1); DELETE FROM homer_memories WHERE NOT is_active").unwrap();
    assert_eq!(import(&mut client, &document)["homer_memories"], json!({"added": 1, "present": 1}));
    assert_eq!(
        rows(&mut client, "SELECT content, is_active FROM homer_memories ORDER BY content"),
        ["Gossip.|f", "News.|t"]
    );
    assert_eq!(rows(&mut client, "SELECT content FROM homer_relevant_memories('maria')"), ["News."]);
    assert_eq!(rows(&mut client, "SELECT outcome FROM homer_remember('maria', 'fact', 's', 'gossip')"), ["rejected"]);
}

#[test]
fn an_imported_refusal_retires_what_is_there() {
    let document = document_of(3);
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'statement 3'), homer_remember('maria', 'fact', 's', 'Statement 4'),
                    homer_remember('devon', 'fact', 's', 'Statement 3')",
        )
        .unwrap();
    let counts = import(&mut client, &document);
    assert_eq!(counts["refusals"], json!({"added": 1, "present": 0}));
    let active = "SELECT user_id, content FROM homer_memories WHERE is_active ORDER BY user_id, content";
    assert_eq!(
        rows(&mut client, active),
        ["devon|Statement 3", "maria|Statement 1", "maria|Statement 2", "maria|Statement 4"]
    );
}

#[test]
fn what_is_there_in_another_row_is_not_doubled() {
    let document = document_of(5);
    let mut client = session_of_nobody();
    client.batch_execute("SELECT homer_remember('maria', 'preference', 't', 'STATEMENT 2!')").unwrap();
    assert_eq!(import(&mut client, &document)["homer_memories"], json!({"added": 4, "present": 1}));
    let said = "SELECT content FROM homer_memories WHERE is_active ORDER BY lower(content)";
    assert_eq!(rows(&mut client, said), ["Statement 1", "STATEMENT 2!", "Statement 3", "Statement 4"]);
}

/// Imports of one document and calls that store the same, all at once: nothing is doubled and nothing fails.
#[test]
fn imports_at_once_and_beside_other_calls_double_nothing() {
    const MEMORIES: usize = 20;
    let document = document_of(MEMORIES);
    let database = database_of_nobody();
    let start = std::sync::Barrier::new(6);
    std::thread::scope(|scope| {
        for client_number in 0..6 {
            let (database, document, start) = (&database, &document, &start);
            scope.spawn(move || {
                let mut client = database.connect();
                start.wait();
                for _ in 0..3 {
                    match client_number % 3 {
                        0 => drop(import(&mut client, document)),
                        1 => client
                            .batch_execute("SELECT homer_remember('maria', 'fact', 's', 'statement ' || n) FROM generate_series(1, 19) AS n")
                            .unwrap(),
                        _ => client
                            .batch_execute(
                                "SELECT homer_remember_many((SELECT jsonb_agg(jsonb_build_object('user_id', 'maria', 'category', 'fact',
                                     'subject', 's', 'content', 'Statement ' || n || '.')) FROM generate_series(1, 19) AS n))",
                            )
                            .unwrap(),
                    }
                }
            });
        }
    });
    let mut client = database.connect();
    let active = "SELECT count(*), count(DISTINCT lower(rtrim(content, '.'))) FROM homer_memories WHERE is_active";
    assert_eq!(rows(&mut client, active), ["19|19"]);
    assert_eq!(rows(&mut client, "SELECT count(*) FROM homer_user_profiles"), ["1"]);
    assert_eq!(import(&mut client, &document)["homer_memories"]["added"], 0);
}

/// An error that is not about the document keeps its own code.
#[test]
fn an_error_of_the_application_passes_through() {
    let document = document_of(3);
    let mut client = session();
    client
        .batch_execute(
            "CREATE FUNCTION object() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 IF NEW.content = 'Statement 2' THEN
                     RAISE EXCEPTION 'two is too many' USING ERRCODE = TG_ARGV[0];
                 END IF;
                 RETURN NEW;
             END $$",
        )
        .unwrap();
    for code in ["P0001", "23514", "23502", "22023", "40001", "55P03"] {
        client
            .batch_execute(&format!(
                "CREATE OR REPLACE TRIGGER object BEFORE INSERT ON homer_memories FOR EACH ROW EXECUTE FUNCTION object('{code}')"
            ))
            .unwrap();
        let error = client.query("SELECT homer_import_user($1)", &[&document]).unwrap_err();
        let error = error.as_db_error().unwrap();
        assert_eq!((error.code().code(), error.message()), (code, "two is too many"));
    }
    client.batch_execute("DROP TRIGGER object ON homer_memories").unwrap();
    assert_eq!(import(&mut client, &document)["homer_memories"]["added"], 3);
}

/// Whatever the tables take is taken back as it was, as an application has stored it by itself.
#[test]
fn rows_of_an_application_come_back_as_they_were() {
    let mut original = session_of_nobody();
    original
        .batch_execute(&format!(
            "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, file_size, storage_path, storage_type, tags, is_shared, shared_with, created_at)
             VALUES ('f-1', 'maria', 'a.pdf', 'application/pdf', 1, '', NULL, NULL, NULL, NULL, NULL),
                    ('F-1', 'maria', '', '', 2, 's3://x', 's3', '[]', true, '[\"sam\"]', '0044-03-15 BC'),
                    ('', 'maria', 'c', 'm', 3, 'p', 'local', '[\"x\"]', false, '[]', now()),
                    (upper('{UPPER}'), 'maria', 'd', 'm', 4, 'p', 'local', '[]', false, '[]', now());
             INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction, context)
             VALUES ('f-1', 'c', '1', 'inbound', NULL), ('F-1', 'c', '2', 'outbound', ''), (upper('{UPPER}'), '', '', 'inbound', 'x');
             INSERT INTO homer_memories (user_id, category, subject, content, expires_at, metadata)
             VALUES ('maria', 'fact', '', '', '-infinity', '{{\"homer_confirmed_by\": 7}}'), ('maria', 'reminder', 's', 'x', NULL, '{{\"due_at\": 1, \"claimed_at\": false}}')"
        ))
        .unwrap();
    let document = export(&mut original);
    assert_eq!(document["homer_files"].as_array().unwrap().len(), 4);
    assert_eq!(document["homer_file_messages"].as_array().unwrap().len(), 3);
    let mut copy = session_of_nobody();
    for added in [4, 0] {
        let counts = import(&mut copy, &document);
        assert_eq!(counts["homer_files"], json!({"added": added, "present": 4 - added}));
        assert_eq!(without_numbers(&export(&mut copy)), without_numbers(&document));
    }
    // A UUID in capitals is the file that homer_register_file has stored in small letters.
    let mut there = session_of_nobody();
    there
        .batch_execute(&format!("SELECT homer_register_file('maria', 'd', 'm', 4, 'p', file_id => upper('{UPPER}'))"))
        .unwrap();
    assert_eq!(import(&mut there, &document)["homer_files"], json!({"added": 3, "present": 1}));
    assert_eq!(
        rows(&mut there, "SELECT file_id FROM homer_file_messages WHERE conversation_id = ''"),
        [UPPER],
        "and its link is to that one"
    );
}

const UPPER: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";

/// Whatever vector is stored can be taken back, and a file of the memory tool is as old as it was.
#[test]
fn the_largest_vectors_and_the_age_of_files_come_back() {
    let mut client = session();
    client
        .batch_execute(
            r#"SELECT homer_enable_embeddings(3);
               SELECT homer_remember('maria', 'fact', 'a', 'Large', embedding => '{3.4028234e38, -3.4028234e38, 1e-45}');
               SELECT homer_call_tool('maria', 'memory', '{"command": "create", "path": "/memories/plan.md", "file_text": "Plan"}');
               UPDATE homer_memories SET created_at = '2025-01-02' WHERE subject = '/memories/plan.md';
               UPDATE homer.memory_paths SET made_at = '2025-01-02 03:04:05'"#,
        )
        .unwrap();
    let document = export(&mut client);
    assert_eq!(document["memory_paths"][0]["made_at"], "2025-01-02T03:04:05");
    client.batch_execute("SELECT homer_erase_user('maria')").unwrap();
    import(&mut client, &document);
    assert_eq!(without_numbers(&export(&mut client)), without_numbers(&document));
    let view = r#"SELECT homer_call_tool('maria', 'memory', '{"command": "view", "path": "/memories/plan.md"}') ->> 'is_error'"#;
    assert_eq!(value::<String>(&mut client, view), "false");
    // A moment that is still to come is none at which it was made, and one before its memory would hide the file.
    for (made_at, kept) in [("2999-01-01T00:00:00", "f"), ("1999-01-01T00:00:00", "t")] {
        let mut moved = document.clone();
        moved["memory_paths"][0]["made_at"] = json!(made_at);
        client.batch_execute("SELECT homer_erase_user('maria')").unwrap();
        import(&mut client, &moved);
        assert_eq!(value::<String>(&mut client, view), "false", "{made_at}");
        let is_memorys = "SELECT p.made_at = m.created_at FROM homer.memory_paths AS p JOIN homer_memories AS m ON m.id = p.memory_id";
        assert_eq!(rows(&mut client, is_memorys), [kept]);
    }
    // Control: what a real cannot hold is refused.
    let mut endless = document.clone();
    endless["memory_embeddings"][0]["embedding"][0] = json!(3.41e38);
    assert_eq!(client.query("SELECT homer_import_user($1)", &[&endless]).unwrap_err().code().unwrap().code(), "ME005");
}
