//! A call that cannot be right is refused with a SQLSTATE of its own, a message that names the value and a hint, and
//! changes nothing.

use homer_tests::*;

const NO_DEFAULT: &str =
    "It has no default. Drivers send null for a variable that was never set: look where it comes from.";
const NO_TEXT: &str = "White space alone counts as empty. Pass a text that says something.";
const AN_OBJECT: &str = r#"For example {"name": "value"}."#;
const AN_ARRAY: &str =
    r#"For example [{"user_id": "maria", "category": "fact", "subject": "Coffee", "content": "Black."}]."#;
const AN_ARRAY_OF_STRINGS: &str = r#"For example ["tea", "travel"]."#;
const ANOTHER_WORD: &str = "It is compared letter by letter: small letters, no space around them.";

/// The statement, its SQLSTATE, its message and its hint.
const REFUSALS: &[(&str, &str, &str, &str)] = &[
    (
        "homer_remember('maria', 'fact', 's', 'c', importance => 0)",
        "ME003",
        "importance must be a number from 1 to 10, not 0",
        "1 is trivial and 10 is vital. Left out, it is 5.",
    ),
    (
        "homer_remember('maria', 'fact', 's', 'c', importance => 11)",
        "ME003",
        "importance must be a number from 1 to 10, not 11",
        "1 is trivial and 10 is vital. Left out, it is 5.",
    ),
    ("homer_remember('maria', '', 's', 'c')", "ME002", "category must not be empty", NO_TEXT),
    ("homer_remember('maria', NULL, 's', 'c')", "ME001", "category must not be null", NO_DEFAULT),
    ("homer_remember('maria', 'fact', '', E' \\n')", "ME002", "one of subject and content must not be empty", NO_TEXT),
    ("homer_remember('maria', 'fact', NULL, 'c')", "ME001", "subject must not be null", NO_DEFAULT),
    ("homer_remember('maria', 'fact', 's', NULL)", "ME001", "content must not be null", NO_DEFAULT),
    ("homer_remember(' ', 'fact', 's', 'c')", "ME002", "user_id must not be empty", NO_TEXT),
    (
        "homer_remember('maria', 'fact', 's', 'c', metadata => '[1, 2]')",
        "ME005",
        "metadata must be a JSON object, not [1, 2]",
        AN_OBJECT,
    ),
    (
        "homer_remember('maria', 'fact', 's', 'c', tags => ARRAY['a', NULL])",
        "ME005",
        "tags must be an array of strings, not [\"a\", null]",
        AN_ARRAY_OF_STRINGS,
    ),
    (
        "homer_remember('maria', 'fact', 's', 'c', tags => '{{a},{b}}')",
        "ME005",
        "tags must be an array of strings, not [[\"a\"], [\"b\"]]",
        AN_ARRAY_OF_STRINGS,
    ),
    (
        "homer_remember('maria', 'fact', 's', 'c', expires_at => '2020-01-01 12:00+00')",
        "ME004",
        "expires_at lies in the past: 2020-01-01T12:00:00+00:00",
        "Pass a moment still to come, or leave expires_at out.",
    ),
    (
        "homer_remember('maria', 'fact', 's', 'c', expires_at => now())",
        "ME004",
        "",
        "Pass a moment still to come, or leave expires_at out.",
    ),
    (
        "homer_remember('maria', 'fact', 's', 'c', expires_at => 'infinity')",
        "ME004",
        "expires_at must be finite: infinity",
        "Pass a moment still to come, or leave expires_at out.",
    ),
    (
        "homer_remember('maria', 'fact', 's', 'c', expires_at => '-infinity')",
        "ME004",
        "expires_at must be finite: -infinity",
        "Pass a moment still to come, or leave expires_at out.",
    ),
    (
        "homer_touch_profile('nobody')",
        "ME009",
        "user \"nobody\" has no profile",
        "Create it with homer_upsert_profile(user_id, display_name, role).",
    ),
    ("homer_touch_profile(NULL)", "ME001", "user_id must not be null", NO_DEFAULT),
    ("homer_touch_profile('')", "ME002", "user_id must not be empty", NO_TEXT),
    ("homer_upsert_profile('', 'Maria', 'owner')", "ME002", "user_id must not be empty", NO_TEXT),
    ("homer_upsert_profile('maria', NULL, 'owner')", "ME001", "display_name must not be null", NO_DEFAULT),
    ("homer_upsert_profile('maria', 'Maria', ' ')", "ME002", "role must not be empty", NO_TEXT),
    (
        "homer_upsert_profile('maria', 'Maria', 'owner', '{\"titel\": \"Dr\"}')",
        "ME006",
        "\"titel\" is not a setting of a profile",
        "The settings are: preferred_name, title, communication_style, preferred_greeting, wants_detailed_analysis, \
         wants_proactive_insights, focus_areas, responsibilities, working_hours, timezone.",
    ),
    (
        "homer_upsert_profile('maria', 'Maria', 'owner', '{\"title\": \"Dr\", \"total_interactions\": 9}')",
        "ME006",
        "\"total_interactions\" is not a setting of a profile",
        "The settings are: preferred_name, title, communication_style, preferred_greeting, wants_detailed_analysis, \
         wants_proactive_insights, focus_areas, responsibilities, working_hours, timezone.",
    ),
    (
        "homer_upsert_profile('maria', 'Maria', 'owner', '{\"wants_detailed_analysis\": \"yes\"}')",
        "ME007",
        "setting \"wants_detailed_analysis\" cannot be yes",
        "wants_detailed_analysis takes true or false.",
    ),
    (
        "homer_upsert_profile('maria', 'Maria', 'owner', '{\"title\": 1}')",
        "ME007",
        "setting \"title\" cannot be 1",
        "title takes a string.",
    ),
    (
        "homer_upsert_profile('maria', 'Maria', 'owner', '{\"focus_areas\": [\"tax\", 1]}')",
        "ME007",
        "setting \"focus_areas\" cannot be [\"tax\", 1]",
        "focus_areas takes an array of strings.",
    ),
    (
        "homer_upsert_profile('maria', 'Maria', 'owner', '{\"communication_style\": \"rude\"}')",
        "ME007",
        "setting \"communication_style\" cannot be rude",
        "communication_style takes one of professional, casual, brief.",
    ),
    (
        "homer_upsert_profile('maria', 'Maria', 'owner', '{\"timezone\": \"Mars/Olympus\"}')",
        "ME008",
        "timezone \"Mars/Olympus\" is not known",
        "Pass a name that pg_timezone_names lists, such as America/Chicago.",
    ),
    (
        "homer_upsert_profile('maria', 'Maria', 'owner', '{\"timezone\": \"UTC+2\"}')",
        "ME008",
        "timezone \"UTC+2\" is not known",
        "Pass a name that pg_timezone_names lists, such as America/Chicago.",
    ),
    (
        "homer_upsert_profile('maria', 'Maria', 'owner', '\"title\"')",
        "ME005",
        "settings must be a JSON object, not \"title\"",
        AN_OBJECT,
    ),
    (
        "homer_relevant_memories('maria', -1)",
        "ME003",
        "limit must be a number of 0 or more, not -1",
        "It is the most rows that are wanted. For all there are, pass 2147483647.",
    ),
    ("homer_relevant_memories('')", "ME002", "user_id must not be empty", NO_TEXT),
    (
        "homer_relevant_memories('maria', categories => '{}')",
        "ME002",
        "categories must not be empty",
        "Name at least one of the categories, or leave categories out to get them all.",
    ),
    (
        "homer_relevant_memories('maria', tags => '{}')",
        "ME002",
        "tags must not be empty",
        "Name at least one of the tags, or leave tags out to get them all.",
    ),
    (
        "homer_relevant_memories('maria', tags => '{a,NULL}')",
        "ME001",
        "an element of tags must not be null",
        "Take the nulls out: array_remove(tags, NULL).",
    ),
    (
        "homer_enable_embeddings(0)",
        "ME003",
        "dimensions must be a number from 1 to 16000, not 0",
        "It is the length of your model's vectors, such as 384, 768 or 1536.",
    ),
    ("homer_enable_embeddings(NULL)", "ME001", "dimensions must not be null", NO_DEFAULT),
    (
        "homer_set_embedding(1, '{1}')",
        "ME025",
        "embeddings are not enabled",
        "Call homer_enable_embeddings(dimensions) once, with the length of your model's vectors.",
    ),
    (
        "homer_unembedded_memories()",
        "ME025",
        "embeddings are not enabled",
        "Call homer_enable_embeddings(dimensions) once, with the length of your model's vectors.",
    ),
    (
        "homer_relevant_memories('maria', query_embedding => '{1}')",
        "ME025",
        "embeddings are not enabled",
        "Call homer_enable_embeddings(dimensions) once, with the length of your model's vectors.",
    ),
    (
        "homer_explain_relevance('maria', NULL, '{1}', 1)",
        "ME025",
        "embeddings are not enabled",
        "Call homer_enable_embeddings(dimensions) once, with the length of your model's vectors.",
    ),
    (
        "homer_explain_relevance('maria', 'tax', NULL, 4711)",
        "ME010",
        "memory 4711 is none that user \"maria\" is given",
        "It may be another user's, retired, expired, or not exist. Pass an id that homer_relevant_memories gave this user.",
    ),
    (
        "homer_explain_relevance(NULL, 'tax', NULL, 4711)",
        "ME010",
        "memory 4711 is none that everyone is given",
        "It may be a user's, retired, expired, or not exist. Pass an id that homer_relevant_memories gave without a user.",
    ),
    (
        "homer_edit_memory(2, 'new')",
        "ME012",
        "memory 2 is not active any more",
        "homer_restore(memory_id) makes it active again; homer_memory_history(memory_id) says what became of it.",
    ),
    (
        "homer_tools('mcp', '{}')",
        "ME002",
        "only must not be empty",
        "Name at least one tool, or leave only out to get recall, remember, forget and remind.",
    ),
    (
        "homer_grant(current_user::text, 'service')",
        "ME005",
        "role must be a role that owns none of homer's tables, not postgres",
        "It may do everything already. Make another role for the application: CREATE ROLE ... LOGIN.",
    ),
    (
        "homer_share_file('aaaaaaaa-1111-4111-8111-111111111111', ARRAY(SELECT 'user ' || n FROM generate_series(1, 1001) AS n))",
        "ME005",
        "user_ids must be so few that a file is shared with 1000 users at most; publish it for more, not 1001 with those who see it already",
        "homer_publish_file(file_id) shows it to everyone; homer_unshare_file(file_id, user_ids) makes room for others.",
    ),
    ("homer_explain_relevance('maria', 'tax', NULL, NULL)", "ME001", "memory_id must not be null", NO_DEFAULT),
    (
        "homer_forget(4711)",
        "ME010",
        "memory 4711 does not exist",
        "Pass an id that homer_remember or homer_relevant_memories gave.",
    ),
    ("homer_forget(NULL)", "ME001", "memory_id must not be null", NO_DEFAULT),
    (
        "homer_remember('maria', 'fact', 's', 'new', supersedes => 4711)",
        "ME010",
        "memory 4711 does not exist",
        "Pass an id that homer_remember or homer_relevant_memories gave.",
    ),
    (
        "homer_remember('devon', 'fact', 's', 'new', supersedes => 1)",
        "ME011",
        "memory 1 is no memory of user \"devon\"",
        "Name a memory of the same user in supersedes, or leave it out.",
    ),
    (
        "homer_remember(NULL, 'fact', 's', 'new', supersedes => 1)",
        "ME011",
        "memory 1 is no memory of everyone",
        "Name a memory of the same user in supersedes, or leave it out.",
    ),
    (
        "homer_remember('maria', 'fact', 's', 'new', supersedes => 2)",
        "ME012",
        "memory 2 is not active any more",
        "See homer_memory_history(memory_id) for what became of it, and supersede the last one there.",
    ),
    (
        "homer_remember('maria', 'reminder', 's', 'new', metadata => '{\"due_at\": \"tomorrow\"}')",
        "ME004",
        "nothing can fall due at tomorrow",
        "Pass a moment in the years 1 to 9999, as 2026-03-01T09:00:00Z in metadata.",
    ),
    ("homer_remember_many(NULL)", "ME001", "memories must not be null", NO_DEFAULT),
    ("homer_remember_many('[[[[7]]]]')", "ME005", "memories[1] must be a JSON object, not [[[7]]]", AN_OBJECT),
    (
        "homer_remember_many('[\"Due in May.\"]')",
        "ME005",
        "memories[1] must be a JSON object, not \"Due in May.\"",
        AN_OBJECT,
    ),
    ("homer_upsert_profile(repeat('u', 1001), 'a', 'b')", "ME034", "", "Pass a shorter user_id, such as a hash of it."),
    ("homer_remember(repeat('u', 1001), 'a', 'b', 'c')", "ME034", "", "Pass a shorter user_id, such as a hash of it."),
    (
        "homer_remember('maria', repeat('a', 1001), 'b', 'c')",
        "ME034",
        "",
        "Pass a shorter category, such as a hash of it.",
    ),
    (
        "homer_remember('maria', 'a', 'b', 'c', source_conversation_id => repeat('d', 1001))",
        "ME034",
        "",
        "Pass a shorter source_conversation_id, such as a hash of it.",
    ),
    ("homer_remember_many('{}')", "ME005", "memories must be a JSON array, not {}", AN_ARRAY),
    (
        "homer_remember_many('[{\"user\": \"maria\"}]')",
        "ME015",
        "memories[1]: \"user\" is not a parameter of homer_remember",
        "The parameters are: user_id, category, subject, content, importance, expires_at, tags, metadata, \
         source_conversation_id, source_message_id, supersedes, embedding, created_at.",
    ),
    (
        "homer_reject(4711)",
        "ME010",
        "memory 4711 does not exist",
        "Pass an id that homer_remember or homer_relevant_memories gave.",
    ),
    ("homer_reject(NULL)", "ME001", "memory_id must not be null", NO_DEFAULT),
    ("homer_refusals('')", "ME002", "user_id must not be empty", NO_TEXT),
    ("homer_lift_refusal(NULL)", "ME001", "refusal_id must not be null", NO_DEFAULT),
    (
        "homer_memory_history(4711)",
        "ME010",
        "memory 4711 does not exist",
        "Pass an id that homer_remember or homer_relevant_memories gave.",
    ),
    ("homer_memory_history(NULL)", "ME001", "memory_id must not be null", NO_DEFAULT),
    ("homer_remind('maria', 's', 'c', NULL)", "ME001", "due_at must not be null", NO_DEFAULT),
    (
        "homer_remind('maria', 's', 'c', 'infinity')",
        "ME004",
        "nothing can fall due at infinity",
        "Pass a moment in the years 1 to 9999, as 2026-03-01T09:00:00Z in metadata.",
    ),
    (
        "homer_remind('maria', 's', 'c', '10000-01-01 00:00+00')",
        "ME004",
        "nothing can fall due at 10000-01-01T00:00:00+00:00",
        "Pass a moment in the years 1 to 9999, as 2026-03-01T09:00:00Z in metadata.",
    ),
    (
        "homer_remind('maria', 's', 'c', '2026-01-01', 11)",
        "ME003",
        "importance must be a number from 1 to 10, not 11",
        "1 is trivial and 10 is vital. Left out, it is 5.",
    ),
    (
        "homer_remind('maria', 's', 'c', '2026-01-01', metadata => '[]')",
        "ME005",
        "metadata must be a JSON object, not []",
        AN_OBJECT,
    ),
    (
        "homer_remind('maria', 's', 'Unwelcome!', '2026-01-01')",
        "ME014",
        "the user has refused this content: refusal 1",
        "If it is welcome again, call homer_lift_refusal(refusal_id) first.",
    ),
    ("homer_due_reminders('')", "ME002", "user_id must not be empty", NO_TEXT),
    (
        "homer_due_reminders(NULL, -1)",
        "ME003",
        "limit must be a number of 0 or more, not -1",
        "It is the most rows that are wanted. For all there are, pass 2147483647.",
    ),
    (
        "homer_claim_reminders(-1)",
        "ME003",
        "limit must be a number of 0 or more, not -1",
        "It is the most rows that are wanted. For all there are, pass 2147483647.",
    ),
    (
        "homer_expire_memories(-1)",
        "ME003",
        "limit must be a number of 0 or more, not -1",
        "It is the most rows that are wanted. For all there are, pass 2147483647.",
    ),
    (
        "homer_register_file('maria', 'n', 'm', 1, '/p', file_id => 'plan')",
        "ME032",
        "file_id must be a UUID, not \"plan\"",
        "Pass a UUID such as 5e0c2f9a-1b7d-4c3e-8f60-9a2d4b6c8e01, or leave file_id out to get one.",
    ),
    (
        "homer_register_file('maria', 'n', 'm', 1, '/p', file_id => '11111111-1111-4111-8111-11111111111g')",
        "ME032",
        "file_id must be a UUID, not \"11111111-1111-4111-8111-11111111111g\"",
        "Pass a UUID such as 5e0c2f9a-1b7d-4c3e-8f60-9a2d4b6c8e01, or leave file_id out to get one.",
    ),
    (
        "homer_register_file('devon', 'n', 'm', 1, '/p', file_id => 'AAAAAAAA-1111-4111-8111-111111111111')",
        "ME031",
        "file \"AAAAAAAA-1111-4111-8111-111111111111\" exists already",
        "Leave file_id out to get a new one.",
    ),
    (
        "homer_register_file('maria', 'n', 'm', -1, '/p')",
        "ME003",
        "file_size must be a number of 0 or more, not -1",
        "It is the length of the file in bytes.",
    ),
    ("homer_register_file('maria', 'n', ' ', 1, '/p')", "ME002", "mime_type must not be empty", NO_TEXT),
    ("homer_register_file(NULL, 'n', 'm', 1, '/p')", "ME001", "uploaded_by must not be null", NO_DEFAULT),
    (
        "homer_register_file('maria', 'n', 'm', 1, '/p', 'ftp')",
        "ME033",
        "storage_type must be local or s3, not \"ftp\"",
        ANOTHER_WORD,
    ),
    (
        "homer_register_file('maria', 'n', 'm', 1, '/p', tags => '{a,NULL}')",
        "ME005",
        "tags must be an array of strings, not [\"a\", null]",
        AN_ARRAY_OF_STRINGS,
    ),
    (
        "homer_share_file('nothing', '{devon}')",
        "ME030",
        "file \"nothing\" does not exist",
        "Pass a file_id that homer_register_file or homer_accessible_files gave.",
    ),
    (
        "homer_share_file('aaaaaaaa-1111-4111-8111-111111111111', '{devon,\"\"}')",
        "ME002",
        "an element of user_ids must not be empty",
        NO_TEXT,
    ),
    (
        "homer_unshare_file('aaaaaaaa-1111-4111-8111-111111111111', NULL)",
        "ME001",
        "user_ids must not be null",
        NO_DEFAULT,
    ),
    (
        "homer_can_read_file('maria', 'nothing')",
        "ME030",
        "file \"nothing\" does not exist",
        "Pass a file_id that homer_register_file or homer_accessible_files gave.",
    ),
    (
        "homer_accessible_files('maria', -1)",
        "ME003",
        "limit must be a number of 0 or more, not -1",
        "It is the most rows that are wanted. For all there are, pass 2147483647.",
    ),
    (
        "homer_accessible_files('maria', after => 'nothing')",
        "ME030",
        "file \"nothing\" does not exist",
        "Pass a file_id that homer_register_file or homer_accessible_files gave.",
    ),
    (
        "homer_link_file('nothing', 'c', 'm', 'inbound')",
        "ME030",
        "file \"nothing\" does not exist",
        "Pass a file_id that homer_register_file or homer_accessible_files gave.",
    ),
    (
        "homer_link_file('aaaaaaaa-1111-4111-8111-111111111111', 'c', 'm', 'sideways')",
        "ME033",
        "direction must be inbound or outbound, not \"sideways\"",
        ANOTHER_WORD,
    ),
    (
        "homer_link_file('aaaaaaaa-1111-4111-8111-111111111111', 'c', repeat('m', 1001), 'inbound')",
        "ME034",
        "",
        "Pass a shorter message_id, such as a hash of it.",
    ),
    (
        "homer_share_file('aaaaaaaa-1111-4111-8111-111111111111', '{{nora}}')",
        "ME005",
        "user_ids must be an array of strings, not [[\"nora\"]]",
        AN_ARRAY_OF_STRINGS,
    ),
    (
        "homer_unshare_file('aaaaaaaa-1111-4111-8111-111111111111', '{{nora}}')",
        "ME005",
        "user_ids must be an array of strings, not [[\"nora\"]]",
        AN_ARRAY_OF_STRINGS,
    ),
    (
        "homer_register_file(repeat('u', 1001), 'a', 'b', 1, 'c')",
        "ME034",
        "",
        "Pass a shorter uploaded_by, such as a hash of it.",
    ),
    ("homer_conversation_files(NULL)", "ME001", "conversation_id must not be null", NO_DEFAULT),
    ("homer_context('')", "ME002", "user_id must not be empty", NO_TEXT),
    (
        "homer_context('maria', max_tokens => -1)",
        "ME003",
        "max_tokens must be a number of 0 or more, not -1",
        "It is the most tokens that the block may have. With 0 it is empty.",
    ),
    ("homer_export_user(NULL)", "ME001", "user_id must not be null", NO_DEFAULT),
    ("homer_erase_user(' ')", "ME002", "user_id must not be empty", NO_TEXT),
    (
        "homer_import_user('{\"format\": \"other\"}')",
        "ME035",
        "the document cannot be imported: its format is not homer",
        "Pass what homer_export_user gave, unchanged.",
    ),
    ("homer_import_user('[]')", "ME005", "data must be a JSON object, not []", AN_OBJECT),
];

/// Every row of every table, and the number that each sequence gives next.
const EVERYTHING: &str = "
    SELECT to_jsonb(t) FROM homer_user_profiles AS t UNION ALL SELECT to_jsonb(t) FROM homer_memories AS t
    UNION ALL SELECT to_jsonb(t) FROM homer.refusals AS t UNION ALL SELECT to_jsonb(t) FROM homer.successions AS t
    UNION ALL SELECT to_jsonb(t) FROM homer_files AS t UNION ALL SELECT to_jsonb(t) FROM homer_file_messages AS t
    UNION ALL SELECT to_jsonb(last_value) FROM homer_memories_id_seq
    UNION ALL SELECT to_jsonb(last_value) FROM homer_user_profiles_id_seq";

#[test]
fn every_refusal_has_its_sqlstate_message_and_hint_and_changes_nothing() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_upsert_profile('maria', 'Maria Lindgren', 'owner');
             SELECT homer_remember('maria', 'fact', 'coffee', 'black');
             SELECT homer_remember('maria', 'fact', 'coffee', 'unwelcome'); SELECT homer_reject(2);
             SELECT homer_register_file('maria', 'n', 'm', 1, '/p', file_id => 'aaaaaaaa-1111-4111-8111-111111111111')",
        )
        .unwrap();
    let before = rows(&mut client, EVERYTHING);
    assert_eq!(before.len(), 7, "a profile, two memories, a refusal, a file and two sequences");
    for (call, sqlstate, message, hint) in REFUSALS {
        let refusal = refused(&mut client, &format!("SELECT * FROM {call}"));
        assert_eq!(refusal.sqlstate, *sqlstate, "{call}");
        // An empty expectation is a message that holds the clock's moment.
        if !message.is_empty() {
            assert_eq!(refusal.message, *message, "{call}");
        }
        assert_eq!(refusal.hint.as_deref(), Some(*hint), "{call}");
        assert_eq!(refusal.detail, None, "{call}");
        assert_eq!(rows(&mut client, EVERYTHING), before, "{call} changed something");
    }
}

/// Drivers prepare their statements: PostgreSQL then plans without the values, and the checks must run all the same.
#[test]
fn a_prepared_statement_is_refused_alike() {
    let mut client = session();
    client.batch_execute("SET plan_cache_mode = force_generic_plan").unwrap();
    let remember = client.prepare("SELECT homer_remember($1, 'fact', 's', 'c', importance => $2)").unwrap();
    let relevant = client.prepare("SELECT * FROM homer_relevant_memories($1, $2)").unwrap();
    let sqlstate = |result: Result<Vec<Row>, postgres::Error>| result.err().unwrap().code().unwrap().code().to_owned();

    client.query(&remember, &[&"maria", &10]).unwrap();
    assert_eq!(client.query(&relevant, &[&"maria", &1]).unwrap().len(), 1);
    assert_eq!(sqlstate(client.query(&remember, &[&"maria", &11])), "ME003");
    assert_eq!(sqlstate(client.query(&remember, &[&"", &10])), "ME002");
    assert_eq!(sqlstate(client.query(&relevant, &[&"maria", &-1])), "ME003");
    assert_eq!(client.query(&relevant, &[&"maria", &None::<i32>]).unwrap().len(), 1, "a null limit is the default");
    assert_eq!(sqlstate(client.query(&relevant, &[&"", &0])), "ME002");
}

#[test]
fn a_long_value_is_shortened_in_the_message() {
    let name = "x".repeat(100_000);
    let refusal = refused(&mut session(), &format!("SELECT homer_touch_profile('{name}')"));
    assert_eq!(refusal.message, format!("user \"{}…\" has no profile", "x".repeat(80)));
}

/// CONTEXT says where in the caller's own functions the call is, and nothing of how homer is made.
#[test]
fn the_context_of_a_refusal_is_the_callers_own() {
    let mut client = session();
    client
        .batch_execute(
            "CREATE FUNCTION greet(person text) RETURNS void LANGUAGE plpgsql AS $$
             BEGIN
                 PERFORM homer_touch_profile(person);
             END $$;
             CREATE FUNCTION note(person text, what text) RETURNS void LANGUAGE sql AS $$
                 SELECT homer_remember(person, 'fact', 's', what); SELECT
             $$",
        )
        .unwrap();
    let mut context = |statement: &str| {
        let error = client.batch_execute(statement).unwrap_err();
        let error = error.as_db_error().unwrap();
        assert!(error.code().code().starts_with("ME"), "{error:?}");
        error.where_().map(ToOwned::to_owned)
    };
    for direct in [
        "homer_touch_profile('nobody')",
        "homer_remember('maria', 'fact', 's', NULL)",
        "homer_remember_many('[{}]')",
        "homer_forget(4711)",
    ] {
        assert_eq!(context(&format!("SELECT {direct}")), None, "{direct}");
    }
    let line = "PL/pgSQL function greet(text) line 3 at PERFORM";
    assert_eq!(
        context("SELECT greet('nobody')"),
        Some(format!("SQL statement \"SELECT homer_touch_profile(person)\"\n{line}"))
    );
    assert_eq!(context("SELECT note('maria', NULL)").as_deref(), Some("SQL function \"note\" statement 1"));
    // What is caught and raised again is unharmed, and so is what comes after.
    let caught =
        "DO $$ BEGIN PERFORM greet('nobody'); EXCEPTION WHEN SQLSTATE 'ME009' THEN PERFORM note('maria', NULL); END $$";
    let context = context(caught).unwrap();
    assert!(context.starts_with("SQL function \"note\" statement 1\n") && context.ends_with("PERFORM"), "{context}");
}

/// Raising leaves Rust by PostgreSQL's longjmp; many of them in one transaction must leave the backend sound.
#[test]
fn ten_thousand_caught_refusals_leave_the_transaction_going() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "DO $$
             DECLARE caught integer := 0;
             BEGIN
                 FOR i IN 1..10000 LOOP
                     BEGIN
                         PERFORM homer_touch_profile('nobody ' || i);
                     EXCEPTION WHEN SQLSTATE 'ME009' THEN
                         caught := caught + 1;
                     END;
                 END LOOP;
                 PERFORM homer_remember('maria', 'fact', 'caught', caught::text);
             END $$",
        )
        .unwrap();
    assert_eq!(rows(&mut client, "SELECT content FROM homer_memories"), ["10000"]);
}

/// Compression would make repeated letters fit where these do not.
#[test]
fn ids_and_categories_of_a_thousand_bytes_fit_every_index() {
    let mut client = session();
    client
        .batch_execute(
            "CREATE FUNCTION noise(seed text, bytes integer) RETURNS text LANGUAGE sql AS
                 'SELECT substr(string_agg(md5(seed || i), ''''), 1, bytes) FROM generate_series(1, bytes / 32 + 1) AS i';
             SELECT homer_upsert_profile(noise('user', 1000), 'Maria Lindgren', 'owner');
             SELECT homer_remember(noise('user', 1000), noise('category', 1000), 'tax', 'Due in May.',
                                   source_conversation_id => noise('conversation', 1000));
             SELECT homer_register_file(noise('user', 1000), 'tax.pdf', 'application/pdf', 1, 'tax.pdf')",
        )
        .unwrap();
    let found = "SELECT r.content FROM homer_relevant_memories(noise('user', 1000), query => 'tax') AS r";
    assert_eq!(rows(&mut client, found), ["Due in May."]);
    let refusal = refused(&mut client, "SELECT homer_remember(noise('user', 1001), 'fact', 'tax', 'Due in May.')");
    assert_eq!(refusal.sqlstate, "ME034");
}

/// Whatever Rust owned was given back before the error was raised, or a backend would grow with each refusal.
#[test]
fn two_hundred_thousand_refusals_do_not_grow_the_backend() {
    let mut client = session();
    let mut refuse = |call: &str, times: usize| {
        let block = format!(
            "DO $$ BEGIN
                 FOR i IN 1..{times} LOOP
                     BEGIN PERFORM {call}; EXCEPTION WHEN SQLSTATE 'ME033' OR SQLSTATE 'ME034' THEN NULL; END;
                 END LOOP;
             END $$"
        );
        client.batch_execute(&block).unwrap();
        rows(&mut client, "SELECT pg_backend_pid()").remove(0)
    };
    for call in
        ["homer.check_one_of('direction', 'sideways', '{inbound,outbound}')", "homer.check_id('id', repeat('x', 1001))"]
    {
        let process = refuse(call, 20_000);
        let before = own_memory(&process);
        refuse(call, 200_000);
        let grown = own_memory(&process).saturating_sub(before);
        assert!(grown < 2_000, "{call}: {grown} kB more after 200,000 refusals");
    }
    // Control: what a backend keeps is seen.
    let process = refuse("homer.check_id('id', repeat('x', 1001))", 1);
    let before = own_memory(&process);
    client.batch_execute("SET test.kept = 'x'").unwrap();
    client.batch_execute("SELECT set_config('test.kept', repeat('x', 20000000), false)").unwrap();
    assert!(own_memory(&process) > before + 10_000, "a setting of 20 MB is seen");
}

/// The memory of a process that is its own and no file's, in kB.
fn own_memory(process: &str) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
