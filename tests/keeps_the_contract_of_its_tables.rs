//! Other people's code holds on to the columns, types, nullability, defaults and index names of the tables.

use homer_tests::*;

#[test]
fn columns_are_exactly_the_contract() {
    let columns = rows(
        &mut session(),
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                CASE WHEN a.attnotnull THEN 'not null' ELSE 'nullable' END,
                COALESCE(pg_get_expr(d.adbin, d.adrelid), 'no default')
           FROM pg_class AS c
           JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
          WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
          ORDER BY c.relname, a.attnum",
    );
    assert_eq!(
        columns,
        [
            "homer_file_messages|id|integer|not null|nextval('homer_file_messages_id_seq'::regclass)",
            "homer_file_messages|file_id|text|not null|no default",
            "homer_file_messages|conversation_id|text|not null|no default",
            "homer_file_messages|message_id|text|not null|no default",
            "homer_file_messages|direction|text|not null|no default",
            "homer_file_messages|context|text|nullable|no default",
            "homer_file_messages|created_at|timestamp without time zone|nullable|now()",
            "homer_files|id|integer|not null|nextval('homer_files_id_seq'::regclass)",
            "homer_files|file_id|text|not null|no default",
            "homer_files|uploaded_by|text|not null|no default",
            "homer_files|original_name|text|not null|no default",
            "homer_files|mime_type|text|not null|no default",
            "homer_files|file_size|integer|not null|no default",
            "homer_files|storage_path|text|not null|no default",
            "homer_files|storage_type|text|nullable|'local'::text",
            "homer_files|description|text|nullable|no default",
            "homer_files|extracted_text|text|nullable|no default",
            "homer_files|tags|jsonb|nullable|'[]'::jsonb",
            "homer_files|is_shared|boolean|nullable|false",
            "homer_files|shared_with|jsonb|nullable|'[]'::jsonb",
            "homer_files|created_at|timestamp without time zone|nullable|now()",
            "homer_files|updated_at|timestamp without time zone|nullable|now()",
            "homer_memories|id|integer|not null|nextval('homer_memories_id_seq'::regclass)",
            "homer_memories|user_id|text|nullable|no default",
            "homer_memories|category|text|not null|no default",
            "homer_memories|subject|text|not null|no default",
            "homer_memories|content|text|not null|no default",
            "homer_memories|importance|integer|nullable|5",
            "homer_memories|expires_at|timestamp without time zone|nullable|no default",
            "homer_memories|source_conversation_id|text|nullable|no default",
            "homer_memories|source_message_id|text|nullable|no default",
            "homer_memories|tags|jsonb|nullable|'[]'::jsonb",
            "homer_memories|metadata|jsonb|nullable|'{}'::jsonb",
            "homer_memories|is_active|boolean|nullable|true",
            "homer_memories|created_at|timestamp without time zone|nullable|now()",
            "homer_memories|updated_at|timestamp without time zone|nullable|now()",
            "homer_user_profiles|id|integer|not null|nextval('homer_user_profiles_id_seq'::regclass)",
            "homer_user_profiles|user_id|text|not null|no default",
            "homer_user_profiles|display_name|text|not null|no default",
            "homer_user_profiles|preferred_name|text|nullable|no default",
            "homer_user_profiles|role|text|not null|no default",
            "homer_user_profiles|title|text|nullable|no default",
            "homer_user_profiles|communication_style|text|nullable|'professional'::text",
            "homer_user_profiles|preferred_greeting|text|nullable|no default",
            "homer_user_profiles|wants_detailed_analysis|boolean|nullable|true",
            "homer_user_profiles|wants_proactive_insights|boolean|nullable|true",
            "homer_user_profiles|focus_areas|jsonb|nullable|'[]'::jsonb",
            "homer_user_profiles|responsibilities|text|nullable|no default",
            "homer_user_profiles|working_hours|text|nullable|no default",
            "homer_user_profiles|timezone|text|nullable|'America/Chicago'::text",
            "homer_user_profiles|last_interaction|timestamp without time zone|nullable|no default",
            "homer_user_profiles|total_interactions|integer|nullable|0",
            "homer_user_profiles|created_at|timestamp without time zone|nullable|now()",
            "homer_user_profiles|updated_at|timestamp without time zone|nullable|now()",
        ]
    );
}

/// homer's own indexes, for ranking, search and the life of a memory, come on top.
#[test]
fn indexes_are_the_contract() {
    assert_eq!(
        rows(
            &mut session(),
            "SELECT indexrelid::regclass::text, indrelid::regclass, pg_get_indexdef(indexrelid, 1, false), indisunique
               FROM pg_index JOIN pg_class AS c ON c.oid = indrelid
              WHERE c.relnamespace = 'public'::regnamespace 
                AND indexrelid::regclass::text !~ '_(rank|search|live|list|conversation|statement|due|expiry|owner|public|shared_with)_idx$|_link_unique$'
                 OR indexrelid::regclass::text = 'homer_file_messages_conversation_id_idx' ORDER BY 1",
        ),
        [
            "homer_file_messages_conversation_id_idx|homer_file_messages|conversation_id|f",
            "homer_file_messages_file_id_idx|homer_file_messages|file_id|f",
            "homer_file_messages_pkey|homer_file_messages|id|t",
            "homer_files_file_id_idx|homer_files|file_id|f",
            "homer_files_file_id_unique|homer_files|file_id|t",
            "homer_files_pkey|homer_files|id|t",
            "homer_files_uploaded_by_idx|homer_files|uploaded_by|f",
            "homer_memories_category_idx|homer_memories|category|f",
            "homer_memories_far_off_idx|homer_memories|homer.slot_branch(homer.scope_of(user_id), homer.slot(category))|f",
            "homer_memories_importance_idx|homer_memories|importance|f",
            "homer_memories_pkey|homer_memories|id|t",
            "homer_memories_user_id_idx|homer_memories|user_id|f",
            "homer_user_profiles_pkey|homer_user_profiles|id|t",
            "homer_user_profiles_user_id_unique|homer_user_profiles|user_id|t",
        ]
    );
}

/// A raw INSERT by an application goes past the functions; the constraints still hold, and their names say which.
#[test]
fn what_a_table_cannot_hold_is_named_by_its_constraint() {
    let mut client = session();
    let profile = "INSERT INTO homer_user_profiles (user_id, display_name, role, %) VALUES ('u', 'U', 'owner', ";
    let memory = "INSERT INTO homer_memories (user_id, subject, content, category, %) VALUES ('u', 's', 'c', 'fact', ";
    let file = "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size, %)
                VALUES (gen_random_uuid(), 'u', 'n', 'm', 'p', 1, ";
    for (insert, column, good, bad, constraint) in [
        (profile, "communication_style", "'brief'", "'rude'", "homer_user_profiles_communication_style_is_known"),
        (profile, "focus_areas", "'[\"tax\"]'", "'[1]'", "homer_user_profiles_focus_areas_are_strings"),
        (profile, "total_interactions", "7", "-1", "homer_user_profiles_total_interactions_is_not_negative"),
        (memory, "importance", "10", "11", "homer_memories_importance_is_1_to_10"),
        (memory, "importance", "NULL", "0", "homer_memories_importance_is_1_to_10"),
        (memory, "tags", "'[\"a\"]'", "'\"a\"'", "homer_memories_tags_are_strings"),
        (memory, "tags", "'[]'", "'[[\"a\"]]'", "homer_memories_tags_are_strings"),
        (memory, "metadata", "'{\"a\": [1]}'", "'[]'", "homer_memories_metadata_is_an_object"),
        (memory, "updated_at", "'2300-01-01'", "'infinity'", "homer_memories_updated_at_is_finite"),
        (memory, "created_at", "'1900-01-01'", "'-infinity'", "homer_memories_created_at_is_finite"),
        (file, "storage_type", "'s3'", "'ftp'", "homer_files_storage_type_is_known"),
        (file, "tags", "'[\"a\"]'", "'{}'", "homer_files_tags_are_strings"),
        (file, "shared_with", "'[\"maria\"]'", "'[null]'", "homer_files_shared_with_are_strings"),
    ] {
        let insert = insert.replace('%', column);
        client
            .batch_execute(&format!("BEGIN; {insert}{good}); ROLLBACK"))
            .unwrap_or_else(|error| panic!("{column} {good}: {error:?}"));
        let refusal = refused(&mut client, &format!("{insert}{bad})"));
        assert_eq!(refusal.sqlstate, "23514");
        assert!(refusal.message.contains(&format!("\"{constraint}\"")), "{}", refusal.message);
    }
    for (statement, constraint) in [
        (
            "INSERT INTO homer_memories (category, subject, content) VALUES (' ', 's', 'c')",
            "homer_memories_category_is_not_empty",
        ),
        (
            "INSERT INTO homer_memories (user_id, category, subject, content) VALUES ('', 'fact', 's', 'c')",
            "homer_memories_user_id_is_not_empty",
        ),
        (
            "INSERT INTO homer_user_profiles (user_id, display_name, role) VALUES ('', 'd', 'r')",
            "homer_user_profiles_user_id_is_not_empty",
        ),
        (
            "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size)
             VALUES ('f', 'u', 'n', 'm', 'p', -1)",
            "homer_files_file_size_is_not_negative",
        ),
    ] {
        let refusal = refused(&mut client, statement);
        assert!(refusal.message.contains(&format!("\"{constraint}\"")), "{}", refusal.message);
    }
}

/// A row that an application writes by hand holds no more than the functions take, compressed on the way or not.
#[test]
fn every_text_is_bounded() {
    let mut client = session();
    let profile =
        "INSERT INTO homer_user_profiles (user_id, display_name, role, %) SELECT 'u', 'U', 'owner', v FROM given";
    let memory = "INSERT INTO homer_memories (user_id, subject, content, category, %) SELECT 'u', 's', 'c', 'fact', v FROM given";
    let file = "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size, %)
                SELECT gen_random_uuid(), 'u', 'n', 'm', 'p', 1, v FROM given";
    let link = "INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction, %) SELECT file_id, 'c', 'm', 'inbound', v
                  FROM given, homer_files LIMIT 1";
    client
        .batch_execute(
            "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size) VALUES ('f', 'u', 'n', 'm', 'p', 1)",
        )
        .unwrap();
    // The bytes of the value; a JSON text has two quotation marks, and an array two brackets besides.
    let text = |bytes: usize| format!("repeat('x', {bytes})");
    let strings = |bytes: usize| format!("jsonb_build_array(repeat('x', {}))", bytes - 4);
    let object = |bytes: usize| format!("jsonb_build_object('k', repeat('x', {}))", bytes - 9);
    type Value<'a> = &'a dyn Fn(usize) -> String;
    let cases: &[(&str, &str, usize, Value)] = &[
        (profile, "title", 65_536, &text),
        (profile, "responsibilities", 65_536, &text),
        (profile, "focus_areas", 65_536, &strings),
        (memory, "source_conversation_id", 1000, &text),
        (memory, "source_message_id", 1000, &text),
        (memory, "tags", 65_536, &strings),
        (memory, "metadata", 65_536, &object),
        (file, "description", 10_240, &text),
        (file, "extracted_text", 67_108_864, &text),
        (file, "tags", 65_536, &strings),
        (link, "context", 10_240, &text),
    ];
    for (insert, column, most, value) in cases {
        let insert = insert.replace('%', column);
        for (bytes, fits) in [(*most, true), (most + 1, false)] {
            // From a table, where it lies compressed.
            client
                .batch_execute(&format!(
                    "DROP TABLE IF EXISTS given; CREATE TABLE given AS SELECT {} AS v",
                    value(bytes)
                ))
                .unwrap();
            if fits {
                client.batch_execute(&insert).unwrap_or_else(|error| panic!("{column} of {bytes} bytes: {error:?}"));
                client.batch_execute("DELETE FROM homer_user_profiles").unwrap();
            } else {
                let refusal = refused(&mut client, &insert);
                assert!(refusal.message.ends_with("_texts_are_bounded\""), "{column} of {bytes} bytes: {refusal:?}");
            }
        }
    }
    for (replaced, most) in [("subject", 10_240), ("content", 1_048_576), ("category", 1000), ("user_id", 1000)] {
        client
            .batch_execute(&format!("UPDATE homer_memories SET {replaced} = repeat('x', {most}) WHERE id = 1"))
            .unwrap();
        let longer = format!("UPDATE homer_memories SET {replaced} = repeat('x', {most} + 1) WHERE id = 1");
        assert!(refused(&mut client, &longer).message.ends_with("homer_memories_texts_are_bounded\""), "{replaced}");
    }
    let shared = "UPDATE homer_files SET shared_with = (SELECT jsonb_agg('u' || n) FROM generate_series(1, %) AS n) WHERE file_id = 'f'";
    client.batch_execute(&shared.replace('%', "1000")).unwrap();
    assert!(refused(&mut client, &shared.replace('%', "1001")).message.ends_with("homer_files_texts_are_bounded\""));
}

/// Whoever sees all rows of a table sees its statistics, and these outlive the rows.
#[test]
fn statistics_hold_nothing_that_anybody_stored() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_upsert_profile('maria' || n % 3, 'Secretive', 'Secretive', '{\"focus_areas\": [\"secretive\"], \"title\": \"secretive\"}'),
                    homer_remember('maria' || n % 3, 'secretive', 'secretive', 'secretive number ' || n, tags => '{secretive}',
                                   metadata => '{\"k\": \"secretive\"}', source_conversation_id => 'secretive')
               FROM generate_series(1, 300) AS n;
             SELECT homer_reject(n) FROM generate_series(1, 100) AS n;
             SELECT homer_link_file(homer_register_file('maria' || n % 3, 'secretive', 'secretive', 1, 'secretive', description => 'secretive',
                        extracted_text => 'secretive', tags => '{secretive}'), 'secretive', 'secretive', 'inbound', 'secretive')
               FROM generate_series(1, 300) AS n;
             SELECT homer_share_file(file_id, '{secretive}') FROM homer_files;
             CREATE TABLE control AS SELECT content FROM homer_memories;
             ANALYZE",
        )
        .unwrap();
    let told = "SELECT DISTINCT tablename FROM pg_stats
                 WHERE concat_ws(' ', most_common_vals, histogram_bounds, most_common_elems) ~* 'secretive|maria'
                       -- Another test may have a role of that name.
                   AND tablename <> 'pg_authid'";
    assert_eq!(rows(&mut client, told), ["control"]);
}

#[test]
fn a_files_links_go_when_the_file_goes() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size)
             VALUES ('kept', 'u', 'n', 'm', 'p', 1), ('gone', 'u', 'n', 'm', 'p', 1);
             INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction)
             VALUES ('kept', 'c', '1', 'inbound'), ('gone', 'c', '2', 'outbound')",
        )
        .unwrap();
    client.batch_execute("DELETE FROM homer_files WHERE file_id = 'gone'").unwrap();
    assert_eq!(rows(&mut client, "SELECT file_id FROM homer_file_messages"), ["kept"]);

    let orphan = "INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction)
                  VALUES ('never', 'c', '3', 'inbound')";
    assert_eq!(refused(&mut client, orphan).sqlstate, "23503");
    let sideways = "INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction)
                    VALUES ('kept', 'c', '3', 'sideways')";
    assert!(refused(&mut client, sideways).message.contains("homer_file_messages_direction_is_known"));
}
