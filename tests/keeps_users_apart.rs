//! A confined role reaches the rows of its user and what everyone may read, and nothing of anybody else: not by tables,
//! functions, messages, scores or counts. A service role reaches all.

use homer_tests::*;

const FILE_OF_MARIA: &str = "00000000-0000-0000-0000-00000000000a";
const FILE_OF_DEVON: &str = "00000000-0000-0000-0000-00000000000b";
const PUBLISHED_BY_DEVON: &str = "00000000-0000-0000-0000-00000000000c";
const SHARED_BY_DEVON: &str = "00000000-0000-0000-0000-00000000000d";

/// Memories: 1 and 2 Maria's, 3 and 4 Devon's, 5 everyone's; 2 and 4 are refused, so that refusal 1 is Maria's and 2 Devon's.
pub const FILL: &str = "
    SELECT homer_remember('maria', 'fact', 'Coffee', 'Black, no sugar'), homer_remember('maria', 'fact', 's', 'Refused by Maria'),
           homer_remember('devon', 'fact', 'Salary', 'A secret of Devon'), homer_remember('devon', 'fact', 's', 'Refused by Devon'),
           homer_remember(NULL, 'fact', 'Hours', 'Open till six');
    SELECT homer_reject(2), homer_reject(4);
    SELECT homer_upsert_profile('maria', 'Maria', 'owner'), homer_upsert_profile('devon', 'Devon', 'manager');
    SELECT homer_register_file(u, 'plan of ' || u, 'text/plain', 1, '/p', file_id => '00000000-0000-0000-0000-00000000000' || f)
      FROM (VALUES ('maria', 'a'), ('devon', 'b'), ('devon', 'c'), ('devon', 'd')) AS t (u, f);
    SELECT homer_publish_file('00000000-0000-0000-0000-00000000000c'),
           homer_share_file('00000000-0000-0000-0000-00000000000d', '{maria}');
    SELECT homer_link_file('00000000-0000-0000-0000-00000000000' || f, 'c', 'm-' || f, 'inbound', user_id => 'sam')
      FROM unnest('{a,b,c,d}'::text[]) AS f;
    SELECT homer_remember('maria', 'fact', 's', 'Maria now', supersedes => id) FROM homer_remember('maria', 'fact', 's', 'Maria before');
    SELECT homer_remember('devon', 'fact', 's', 'Devon now', supersedes => id) FROM homer_remember('devon', 'fact', 's', 'Devon before');
    SELECT homer_remind('maria', 's', 'Due for Maria', '2020-01-01Z'), homer_remind('devon', 's', 'Due for Devon', '2020-01-01Z')";

/// The grants of docs/roles.md, to roles whose names end so.
fn grant_as_documented(client: &mut Client, suffix: &str) {
    let page = std::fs::read_to_string(clone().join("docs/roles.md")).unwrap();
    let blocks: Vec<&str> = page.split("```sql\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    for (block, role) in blocks.iter().zip(["backend", "careful_backend", "assistant"]) {
        assert!(block.lines().count() <= 2 && block.contains(&format!("CREATE ROLE {role} LOGIN")), "{block}");
        client.batch_execute(&block.replace(role, &format!("{role}_{suffix}"))).unwrap();
    }
}

/// A database with rows of two users and of everyone, and roles of every kind, whose names end so. They are gone with
/// `drop_roles`.
fn two_users(suffix: &str) -> (Database<'static>, Client) {
    let database = database_of_nobody();
    let mut client = database.connect();
    client.batch_execute(FILL).unwrap();
    grant_as_documented(&mut client, suffix);
    client
        .batch_execute(&format!(
            "CREATE ROLE broad_{suffix} LOGIN; CREATE ROLE nobody_{suffix} LOGIN;
             GRANT USAGE ON SCHEMA homer TO broad_{suffix};
             GRANT ALL ON ALL TABLES IN SCHEMA public, homer TO broad_{suffix};
             GRANT ALL ON ALL SEQUENCES IN SCHEMA public, homer TO broad_{suffix};
             GRANT ALL ON ALL FUNCTIONS IN SCHEMA public, homer TO broad_{suffix}"
        ))
        .unwrap();
    (database, client)
}

fn drop_roles(client: &mut Client, suffix: &str) {
    client.batch_execute("ROLLBACK; RESET SESSION AUTHORIZATION").unwrap();
    for role in ["backend", "careful_backend", "assistant", "broad", "nobody"] {
        client.batch_execute(&format!("DROP OWNED BY {role}_{suffix}; DROP ROLE {role}_{suffix}")).unwrap();
    }
}

fn become_role(client: &mut Client, role: &str, user: &str) {
    client
        .batch_execute(&format!(
            "RESET SESSION AUTHORIZATION; SET SESSION AUTHORIZATION {role}; SET homer.user_id = '{user}'"
        ))
        .unwrap();
}

/// What a statement comes to, and then nothing has happened: the number of rows that it gives, or its SQLSTATE.
fn outcome(client: &mut Client, statement: &str) -> String {
    outcome_after(client, "SELECT", statement)
}

/// The same, where another statement goes first in the transaction.
fn outcome_after(client: &mut Client, first: &str, statement: &str) -> String {
    client.batch_execute(&format!("BEGIN; {first}")).unwrap();
    let outcome = match client.simple_query(statement) {
        Ok(messages) => {
            let rows =
                messages.iter().filter(|message| matches!(message, postgres::SimpleQueryMessage::Row(_))).count();
            rows.to_string()
        }
        Err(error) => error.as_db_error().unwrap_or_else(|| panic!("{statement}: {error:?}")).code().code().into(),
    };
    client.batch_execute("ROLLBACK").unwrap();
    outcome
}

/// The table, what is done to it, and the rows that are reached as owner, service, confined to Maria, confined without a
/// user, with broad grants alone, and without any.
const TABLES: &[(&str, &str)] = &[
    ("SELECT FROM homer_user_profiles", "2 2 1 0 0 42501"),
    ("SELECT FROM homer_memories", "11 11 6 0 0 42501"),
    ("SELECT FROM homer_files", "4 4 3 0 0 42501"),
    ("SELECT FROM homer_file_messages", "4 4 3 0 0 42501"),
    ("SELECT FROM homer.refusals", "2 2 1 0 0 42501"),
    ("SELECT FROM homer.successions", "2 2 1 0 0 42501"),
    ("SELECT FROM homer.links()", "2 2 1 0 0 42501"),
    ("SELECT FROM homer.memory_paths", "0 0 0 0 0 42501"),
    ("INSERT INTO homer.memory_paths VALUES ('maria', '/memories/a', 1, now()) RETURNING 1", "1 1 1 42501 42501 42501"),
    (
        "INSERT INTO homer.memory_paths VALUES ('devon', '/memories/a', 3, now()) RETURNING 1",
        "1 1 42501 42501 42501 42501",
    ),
    ("SELECT FROM homer.link_makers", "4 4 1 0 0 42501"),
    ("INSERT INTO homer.link_makers VALUES (1, 'maria 2', now())", "0 0 42501 42501 42501 42501"),
    ("DELETE FROM homer.link_makers RETURNING 1", "4 4 1 0 0 42501"),
    ("UPDATE homer_user_profiles SET title = 't' RETURNING 1", "2 2 1 0 0 42501"),
    ("UPDATE homer_memories SET importance = 1 RETURNING 1", "11 11 5 0 0 42501"),
    ("UPDATE homer_memories SET user_id = 'maria' RETURNING 1", "11 11 5 0 0 42501"),
    ("UPDATE homer_memories SET user_id = 'devon' RETURNING 1", "11 11 42501 0 0 42501"),
    ("UPDATE homer_memories SET user_id = NULL RETURNING 1", "11 11 42501 0 0 42501"),
    ("UPDATE homer_files SET is_shared = true RETURNING 1", "4 4 42501 0 0 42501"),
    ("UPDATE homer_files SET is_shared = false RETURNING 1", "4 4 1 0 0 42501"),
    ("UPDATE homer_files SET uploaded_by = 'devon' RETURNING 1", "4 4 42501 0 0 42501"),
    ("UPDATE homer_file_messages SET context = 'x' RETURNING 1", "4 4 1 0 0 42501"),
    ("UPDATE homer.refusals SET memory_id = 1 RETURNING 1", "2 2 1 0 0 42501"),
    ("UPDATE homer.successions SET succeeded_at = now() RETURNING 1", "2 2 1 0 0 42501"),
    ("DELETE FROM homer_user_profiles RETURNING 1", "2 2 1 0 0 42501"),
    ("DELETE FROM homer_memories RETURNING 1", "11 11 5 0 0 42501"),
    ("DELETE FROM homer_files RETURNING 1", "4 4 1 0 0 42501"),
    ("DELETE FROM homer_file_messages RETURNING 1", "4 4 1 0 0 42501"),
    ("DELETE FROM homer.refusals RETURNING 1", "2 2 1 0 0 42501"),
    ("DELETE FROM homer.successions RETURNING 1", "2 2 1 0 0 42501"),
    (
        "INSERT INTO homer_user_profiles (user_id, display_name, role) VALUES ('devon 2', 'D', 'r') RETURNING 1",
        "1 1 42501 42501 42501 42501",
    ),
    (
        "INSERT INTO homer_memories (user_id, category, subject, content) VALUES ('maria', 'fact', 's', 'c') RETURNING 1",
        "1 1 1 42501 42501 42501",
    ),
    (
        "INSERT INTO homer_memories (user_id, category, subject, content) VALUES ('devon', 'fact', 's', 'c') RETURNING 1",
        "1 1 42501 42501 42501 42501",
    ),
    (
        "INSERT INTO homer_memories (user_id, category, subject, content) VALUES (NULL, 'fact', 's', 'c') RETURNING 1",
        "1 1 42501 42501 42501 42501",
    ),
    (
        "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size) VALUES ('x', 'maria', 'n', 'm', 'p', 1) RETURNING 1",
        "1 1 1 42501 42501 42501",
    ),
    (
        "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size) VALUES ('x', 'devon', 'n', 'm', 'p', 1) RETURNING 1",
        "1 1 42501 42501 42501 42501",
    ),
    (
        "INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction) VALUES ('00000000-0000-0000-0000-00000000000a', 'd', 'm', 'inbound') RETURNING 1",
        "1 1 1 42501 42501 42501",
    ),
    // The foreign key alone would let it in.
    (
        "INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction) VALUES ('00000000-0000-0000-0000-00000000000b', 'd', 'm', 'inbound') RETURNING 1",
        "1 1 42501 42501 42501 42501",
    ),
    (
        "INSERT INTO homer.refusals (user_id, statement, memory_id, refused_at) VALUES ('maria', 'x', 1, now()) RETURNING 1",
        "1 1 1 42501 42501 42501",
    ),
    (
        "INSERT INTO homer.refusals (user_id, statement, memory_id, refused_at) VALUES ('devon', 'x', 1, now()) RETURNING 1",
        "1 1 42501 42501 42501 42501",
    ),
    ("INSERT INTO homer.successions VALUES (1, 2, now()) RETURNING 1", "1 1 1 42501 42501 42501"),
    ("INSERT INTO homer.successions VALUES (1, 3, now()) RETURNING 1", "1 1 42501 42501 42501 42501"),
    ("INSERT INTO homer.successions VALUES (5, 1, now()) RETURNING 1", "1 1 42501 42501 42501 42501"),
    ("INSERT INTO homer.successions VALUES (1, 5, now()) RETURNING 1", "1 1 42501 42501 42501 42501"),
    ("TRUNCATE homer_file_messages", "0 42501 42501 42501 0 42501"),
];

/// A call of each public function, most of them of somebody else's, in the same columns.
pub const FUNCTIONS: &[(&str, &str)] = &[
    ("homer_accessible_files('maria')", "3 3 3 ME017 ME018 42501"),
    ("homer_accessible_files('devon')", "3 3 ME016 ME017 ME018 42501"),
    ("homer_accessible_files('maria', query => 'plan')", "3 3 3 ME017 ME018 42501"),
    (
        "homer_accessible_files('maria', after => '00000000-0000-0000-0000-00000000000b')",
        "ME030 ME030 ME030 ME017 ME018 42501",
    ),
    ("homer_can_read_file('maria', '00000000-0000-0000-0000-00000000000a')", "1 1 1 ME017 ME018 42501"),
    ("homer_can_read_file('maria', '00000000-0000-0000-0000-00000000000b')", "1 1 ME030 ME017 ME018 42501"),
    ("homer_can_read_file('devon', '00000000-0000-0000-0000-00000000000b')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_claim_reminders(10, 'maria')", "1 1 1 ME017 ME018 42501"),
    ("homer_claim_reminders(10, 'devon')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_claim_reminders()", "2 2 ME019 ME017 ME018 42501"),
    ("homer_context('maria')", "1 1 1 ME017 ME018 42501"),
    ("homer_context('devon')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_context(NULL)", "1 1 1 ME017 ME018 42501"),
    ("homer_context_json('devon')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_conversation_files('c', 'maria')", "3 3 3 ME017 ME018 42501"),
    ("homer_conversation_files('c', 'devon')", "3 3 ME016 ME017 ME018 42501"),
    ("homer_conversation_files('c')", "4 4 3 ME017 ME018 42501"),
    ("homer_due_reminders('maria')", "1 1 1 ME017 ME018 42501"),
    ("homer_due_reminders('devon')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_due_reminders()", "2 2 ME019 ME017 ME018 42501"),
    ("homer_enable_embeddings(0)", "ME003 ME003 ME019 ME017 ME018 42501"),
    ("homer_grant('nobody_functions', 'confined')", "1 42501 42501 42501 42501 42501"),
    ("homer_revoke('nobody_functions')", "1 42501 42501 42501 42501 42501"),
    ("homer_bind_role('nobody at all', 'maria')", "ME038 42501 42501 42501 ME038 42501"),
    ("homer_trust_keys('i', 'a', '{}')", "ME040 42501 42501 42501 ME040 42501"),
    ("homer_act_as('x')", "ME039 42501 42501 42501 ME039 42501"),
    ("homer_set_embedding(3, '{1}')", "ME025 ME025 ME025 ME017 ME018 42501"),
    ("homer_unembedded_memories()", "ME025 ME025 ME019 ME017 ME018 42501"),
    ("homer_erase_user('maria')", "1 1 ME019 ME017 ME018 42501"),
    ("homer_erase_user('devon')", "1 1 ME019 ME017 ME018 42501"),
    ("homer_expire_memories()", "1 1 ME019 ME017 ME018 42501"),
    ("homer_explain_relevance('maria', NULL, NULL, 1)", "3 3 3 ME017 ME018 42501"),
    ("homer_explain_relevance('maria', NULL, NULL, 3)", "ME010 ME010 ME010 ME017 ME018 42501"),
    ("homer_explain_relevance('devon', NULL, NULL, 3)", "3 3 ME016 ME017 ME018 42501"),
    ("homer_export_user('maria')", "1 1 1 ME017 ME018 42501"),
    ("homer_export_user('devon')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_forget(1)", "1 1 1 ME017 ME018 42501"),
    ("homer_forget(3)", "1 1 ME010 ME017 ME018 42501"),
    ("homer_forget(5)", "1 1 ME013 ME017 ME018 42501"),
    ("homer_import_user(homer_document('maria'))", "1 1 1 ME017 ME018 42501"),
    ("homer_import_user(homer_document('devon'))", "1 1 ME016 ME017 ME018 42501"),
    ("homer_import_user(homer_document('devon'), 'maria')", "ME035 ME035 ME035 ME035 ME035 42501"),
    ("homer_lift_refusal(1)", "1 1 1 ME017 ME018 42501"),
    ("homer_lift_refusal(2)", "1 1 1 ME017 ME018 42501"),
    ("homer_link_file('00000000-0000-0000-0000-00000000000c', 'd', 'm', 'outbound')", "1 1 1 ME017 ME018 42501"),
    (
        "homer_link_file('00000000-0000-0000-0000-00000000000c', 'd', 'm', 'outbound', NULL, 'devon')",
        "1 1 ME016 ME017 ME018 42501",
    ),
    ("homer_link_file('00000000-0000-0000-0000-00000000000b', 'd', 'm', 'outbound')", "1 1 ME030 ME017 ME018 42501"),
    ("homer_call_tool('maria', 'recall', '{}')", "1 1 1 ME017 ME018 42501"),
    ("homer_call_tool('devon', 'recall', '{}')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_call_tool(NULL, 'recall', '{}')", "ME001 ME001 1 ME017 ME018 42501"),
    ("homer_edit_memory(1, 'x')", "1 1 1 ME017 ME018 42501"),
    ("homer_edit_memory(3, 'x')", "1 1 ME010 ME017 ME018 42501"),
    ("homer_edit_memory(5, 'x')", "1 1 ME013 ME017 ME018 42501"),
    ("homer_restore(1)", "1 1 1 ME017 ME018 42501"),
    ("homer_restore(4)", "1 1 ME010 ME017 ME018 42501"),
    ("homer_restore(5)", "1 1 ME013 ME017 ME018 42501"),
    ("homer_list_memories('maria')", "3 3 3 ME017 ME018 42501"),
    ("homer_list_memories('devon')", "3 3 ME016 ME017 ME018 42501"),
    ("homer_list_memories(NULL)", "1 1 1 ME017 ME018 42501"),
    ("homer_profile('maria')", "1 1 1 ME017 ME018 42501"),
    ("homer_profile('devon')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_snooze_reminder(10, now())", "1 1 1 ME017 ME018 42501"),
    ("homer_snooze_reminder(11, now())", "1 1 ME010 ME017 ME018 42501"),
    ("homer_tools()", "1 1 1 1 1 42501"),
    ("homer_local_moment('maria', now())", "1 1 1 ME017 ME018 42501"),
    ("homer_local_moment('devon', now())", "1 1 ME016 ME017 ME018 42501"),
    ("homer_memory_history(1)", "1 1 1 ME017 ME018 42501"),
    ("homer_memory_history(3)", "1 1 ME010 ME017 ME018 42501"),
    ("homer_publish_file('00000000-0000-0000-0000-00000000000a')", "1 1 ME013 ME017 ME018 42501"),
    ("homer_publish_file('00000000-0000-0000-0000-00000000000a', false)", "1 1 1 ME017 ME018 42501"),
    ("homer_publish_file('00000000-0000-0000-0000-00000000000b')", "1 1 ME030 ME017 ME018 42501"),
    ("homer_publish_file('00000000-0000-0000-0000-00000000000c', false)", "1 1 ME016 ME017 ME018 42501"),
    ("homer_remove_file('00000000-0000-0000-0000-00000000000a')", "1 1 1 ME017 ME018 42501"),
    ("homer_remove_file('00000000-0000-0000-0000-00000000000b')", "1 1 ME030 ME017 ME018 42501"),
    ("homer_remove_file('00000000-0000-0000-0000-00000000000c')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_refusals('maria')", "1 1 1 ME017 ME018 42501"),
    ("homer_refusals('devon')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_register_file('maria', 'n', 'm', 1, 'p')", "1 1 1 ME017 ME018 42501"),
    ("homer_register_file('devon', 'n', 'm', 1, 'p')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_reject(1)", "1 1 1 ME017 ME018 42501"),
    ("homer_reject(3)", "1 1 ME010 ME017 ME018 42501"),
    ("homer_reject(5)", "1 1 ME013 ME017 ME018 42501"),
    ("homer_relevant_memories('maria')", "4 4 4 ME017 ME018 42501"),
    ("homer_relevant_memories('devon')", "4 4 ME016 ME017 ME018 42501"),
    ("homer_relevant_memories('devon', query => 'secret')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_relevant_memories(NULL)", "1 1 1 ME017 ME018 42501"),
    ("homer_remember('maria', 'fact', 's', 'c')", "1 1 1 ME017 ME018 42501"),
    ("homer_remember('devon', 'fact', 's', 'c')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_remember(NULL, 'fact', 's', 'c')", "1 1 ME013 ME017 ME018 42501"),
    ("homer_remember('maria', 'fact', 's', 'c', supersedes => 3)", "ME011 ME011 ME010 ME017 ME018 42501"),
    (
        "homer_remember_many('[{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"\", \"content\": \"c\"}]')",
        "1 1 1 ME017 ME018 42501",
    ),
    (
        "homer_remember_many('[{\"user_id\": \"devon\", \"category\": \"fact\", \"subject\": \"\", \"content\": \"c\"}]')",
        "1 1 ME016 ME017 ME018 42501",
    ),
    (
        "homer_remember_many('[{\"user_id\": null, \"category\": \"fact\", \"subject\": \"\", \"content\": \"c\"}]')",
        "1 1 ME013 ME017 ME018 42501",
    ),
    ("homer_remember_many('[]')", "0 0 0 ME017 ME018 42501"),
    ("homer_remind('maria', 's', 'c', now())", "1 1 1 ME017 ME018 42501"),
    ("homer_remind('devon', 's', 'c', now())", "1 1 ME016 ME017 ME018 42501"),
    ("homer_share_file('00000000-0000-0000-0000-00000000000a', '{devon}')", "1 1 1 ME017 ME018 42501"),
    ("homer_share_file('00000000-0000-0000-0000-00000000000d', '{eve}')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_unshare_file('00000000-0000-0000-0000-00000000000d', '{maria}')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_unshare_file('00000000-0000-0000-0000-00000000000b', '{maria}')", "1 1 ME030 ME017 ME018 42501"),
    ("homer_stats()", "1 1 ME019 ME017 ME018 42501"),
    ("homer_touch_profile('maria')", "1 1 1 ME017 ME018 42501"),
    ("homer_touch_profile('devon')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_upsert_profile('maria', 'M', 'r')", "1 1 1 ME017 ME018 42501"),
    ("homer_upsert_profile('devon', 'D', 'r')", "1 1 ME016 ME017 ME018 42501"),
    ("homer_whoami()", "1 1 1 1 1 1"),
];

/// Asserts what each kind of role makes of each statement.
fn assert_matrix(client: &mut Client, suffix: &str, expected: &[(String, &str)]) {
    let mut found: Vec<String> = expected.iter().map(|(statement, _)| format!("{statement}:")).collect();
    for (role, user) in [
        ("postgres", ""),
        ("backend", ""),
        ("assistant", "maria"),
        ("assistant", ""),
        ("broad", "maria"),
        ("nobody", "maria"),
    ] {
        let role = if role == "postgres" { role.into() } else { format!("{role}_{suffix}") };
        become_role(client, &role, user);
        for ((statement, _), found) in expected.iter().zip(&mut found) {
            *found += &format!(" {}", outcome(client, statement));
        }
    }
    let expected: Vec<String> =
        expected.iter().map(|(statement, outcomes)| format!("{statement}: {outcomes}")).collect();
    let different: Vec<_> = found.iter().zip(&expected).filter(|(found, expected)| found != expected).collect();
    assert!(different.is_empty(), "found, and expected: {different:#?}");
}

#[test]
fn each_kind_of_role_reaches_its_rows_of_each_table() {
    let (_database, mut client) = two_users("tables");
    let expected: Vec<_> = TABLES.iter().map(|(statement, outcomes)| ((*statement).to_owned(), *outcomes)).collect();
    assert_matrix(&mut client, "tables", &expected);
    drop_roles(&mut client, "tables");
}

#[test]
fn each_kind_of_role_is_answered_by_each_function_as_it_should_be() {
    let (_database, mut client) = two_users("functions");
    let public = rows(&mut client, "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace");
    let is_tried = |name: &&String| FUNCTIONS.iter().any(|(call, _)| call.starts_with(&format!("{name}(")));
    assert_eq!(
        public.iter().filter(|name| !is_tried(name)).collect::<Vec<_>>(),
        [""; 0],
        "each public function is tried"
    );
    client.batch_execute(DOCUMENT).unwrap();
    let expected: Vec<_> =
        FUNCTIONS.iter().map(|(call, outcomes)| (format!("SELECT FROM {call}"), *outcomes)).collect();
    assert_matrix(&mut client, "functions", &expected);
    drop_roles(&mut client, "functions");
}

/// A document of a person, which holds nothing.
const DOCUMENT: &str = "CREATE FUNCTION homer_document(person text) RETURNS jsonb LANGUAGE sql AS $$
     SELECT '{\"format\": \"homer\", \"version\": 1, \"homer_user_profiles\": [], \"homer_memories\": [], \"homer_files\": [],
              \"homer_file_messages\": [], \"refusals\": [], \"successions\": [], \"memory_embeddings\": [],
              \"files_shared_with_user\": []}'::jsonb || jsonb_build_object('user_id', person) $$";

/// A login that is bound to Maria, and one that has proven her, reach what a role does for which homer.user_id names her; and
/// without that what such a role does for which it names nobody.
#[test]
fn bound_logins_and_proven_users_are_held_to_the_same() {
    let (_database, mut client) = two_users("identities");
    client.batch_execute(DOCUMENT).unwrap();
    let signer = crate::tokens::Signer::new(jsonwebtoken::Algorithm::EdDSA);
    signer.trust(&mut client);
    client
        .batch_execute(
            "CREATE ROLE bound_identities; SELECT homer_grant('bound_identities', 'own_user'), homer_bind_role('bound_identities', 'maria');
             CREATE ROLE unbound_identities; SELECT homer_grant('unbound_identities', 'own_user');
             CREATE ROLE proven_identities; SELECT homer_grant('proven_identities', 'proven_user')",
        )
        .unwrap();
    let proof = format!("SELECT homer_act_as('{}')", signer.token("maria"));
    let calls = FUNCTIONS.iter().map(|(call, outcomes)| (format!("SELECT FROM {call}"), *outcomes));
    let all: Vec<_> =
        TABLES.iter().map(|(statement, outcomes)| ((*statement).to_owned(), *outcomes)).chain(calls).collect();
    for (role, first, column) in [
        ("bound_identities", "SELECT", 2),
        ("proven_identities", proof.as_str(), 2),
        ("unbound_identities", "SELECT", 3),
        ("proven_identities", "SELECT", 3),
    ] {
        // The setting names another.
        become_role(&mut client, role, "devon");
        let mut different = Vec::new();
        for (statement, outcomes) in all.iter().filter(|(statement, _)| !statement.contains("homer_act_as")) {
            let found = outcome_after(&mut client, first, statement);
            let expected = outcomes.split(' ').nth(column).unwrap();
            if found != expected {
                different.push(format!("{statement}: {found} and not {expected}"));
            }
        }
        assert_eq!(different, [""; 0], "{role} after {first:.20}");
    }
    client.batch_execute("RESET SESSION AUTHORIZATION").unwrap();
    for role in ["bound_identities", "unbound_identities", "proven_identities"] {
        client.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
    }
    drop_roles(&mut client, "identities");
}

/// What a service role does that would tell everyone something, and what it comes to for one that may not.
const TELLS_EVERYONE: &[(&str, &str)] = &[
    ("UPDATE homer_memories SET importance = 1 RETURNING 1", "10"),
    ("UPDATE homer_memories SET user_id = 'maria' RETURNING 1", "10"),
    ("UPDATE homer_memories SET user_id = 'devon' RETURNING 1", "10"),
    ("UPDATE homer_memories SET user_id = NULL RETURNING 1", "42501"),
    ("UPDATE homer_files SET is_shared = true RETURNING 1", "42501"),
    ("UPDATE homer_files SET uploaded_by = 'devon' RETURNING 1", "42501"),
    ("DELETE FROM homer_memories RETURNING 1", "10"),
    (
        "INSERT INTO homer_memories (user_id, category, subject, content) VALUES (NULL, 'fact', 's', 'c') RETURNING 1",
        "42501",
    ),
    ("INSERT INTO homer.successions VALUES (5, 1, now()) RETURNING 1", "42501"),
    ("INSERT INTO homer.successions VALUES (1, 5, now()) RETURNING 1", "42501"),
    ("SELECT FROM homer_edit_memory(5, 'x')", "ME013"),
    ("SELECT FROM homer_restore(5)", "ME013"),
    ("SELECT FROM homer_forget(5)", "ME013"),
    ("SELECT FROM homer_publish_file('00000000-0000-0000-0000-00000000000a')", "ME013"),
    ("SELECT FROM homer_publish_file('00000000-0000-0000-0000-00000000000b')", "ME013"),
    ("SELECT FROM homer_remove_file('00000000-0000-0000-0000-00000000000b')", "1"),
    ("SELECT FROM homer_reject(5)", "ME013"),
    ("SELECT FROM homer_remember(NULL, 'fact', 's', 'c')", "ME013"),
    (
        "SELECT FROM homer_remember_many('[{\"user_id\": null, \"category\": \"fact\", \"subject\": \"\", \"content\": \"c\"}]')",
        "ME013",
    ),
];

/// A lost variable of a `service_of_users` tells nobody anything; for the rest it is a service role.
#[test]
fn a_service_of_users_tells_everyone_nothing() {
    let (_database, mut client) = two_users("careful");
    let calls = FUNCTIONS.iter().map(|(call, outcomes)| (format!("SELECT FROM {call}"), *outcomes));
    let statements = TABLES.iter().map(|(statement, outcomes)| ((*statement).to_owned(), *outcomes));
    become_role(&mut client, "careful_backend_careful", "");
    assert_eq!(
        rows(&mut client, "SELECT kind, reason, warnings::text FROM homer_whoami()"),
        ["service_of_users|USAGE on type homer.each_user was granted to careful_backend_careful|{}"]
    );
    let mut told = 0;
    for (statement, outcomes) in calls.chain(statements).filter(|(statement, _)| !statement.contains("homer_document("))
    {
        let refused = TELLS_EVERYONE.iter().find(|(tells, _)| *tells == statement);
        told += usize::from(refused.is_some());
        let expected = refused.map_or_else(|| outcomes.split(' ').nth(1).unwrap(), |(_, outcome)| *outcome);
        assert_eq!(outcome(&mut client, &statement), expected, "{statement}");
    }
    assert_eq!(told, TELLS_EVERYONE.len());
    drop_roles(&mut client, "careful");
}

/// The message, the hint and the SQLSTATE tell nothing of what is there.
#[test]
fn what_is_anothers_is_refused_as_if_it_did_not_exist() {
    let (_database, mut client) = two_users("answers");
    become_role(&mut client, "assistant_answers", "maria");
    for (of_another, of_none, name) in [
        ("homer_forget(3)", "homer_forget(999)", "3"),
        ("homer_reject(3)", "homer_reject(999)", "3"),
        ("homer_memory_history(3)", "homer_memory_history(999)", "3"),
        (
            "homer_explain_relevance('maria', 'secret', NULL, 3)",
            "homer_explain_relevance('maria', 'secret', NULL, 999)",
            "3",
        ),
        (
            "homer_remember('maria', 'fact', 's', 'c', supersedes => 3)",
            "homer_remember('maria', 'fact', 's', 'c', supersedes => 999)",
            "3",
        ),
        ("homer_relevant_memories('devon')", "homer_relevant_memories('nobody')", "devon"),
        ("homer_touch_profile('devon')", "homer_touch_profile('nobody')", "devon"),
        ("homer_export_user('devon')", "homer_export_user('nobody')", "devon"),
    ] {
        let other = if name == "3" { "999" } else { "nobody" };
        let mut refusal = refused(&mut client, &format!("SELECT {of_none}"));
        refusal.message = refusal.message.replace(other, name);
        assert_eq!(refused(&mut client, &format!("SELECT {of_another}")), refusal, "{of_another}");
    }
    for call in [
        "homer_can_read_file('maria', 'FILE')",
        "homer_share_file('FILE', '{maria}')",
        "homer_publish_file('FILE')",
        "homer_remove_file('FILE')",
        "homer_link_file('FILE', 'c', 'm', 'inbound')",
        "homer_accessible_files('maria', after => 'FILE')",
    ] {
        let none = "00000000-0000-0000-0000-0000000000ff";
        let mut refusal = refused(&mut client, &format!("SELECT {}", call.replace("FILE", none)));
        refusal.message = refusal.message.replace(none, FILE_OF_DEVON);
        assert_eq!(refused(&mut client, &format!("SELECT {}", call.replace("FILE", FILE_OF_DEVON))), refusal, "{call}");
    }
    // False, as of a refusal that does not exist; and it stays.
    assert_eq!(rows(&mut client, "SELECT homer_lift_refusal(2), homer_lift_refusal(999)"), ["f|f"]);
    become_role(&mut client, "backend_answers", "");
    assert_eq!(
        rows(&mut client, "SELECT homer_lift_refusal(2), content FROM homer_refusals('devon')"),
        ["t|refused by devon"]
    );
    drop_roles(&mut client, "answers");
}

/// What is returned, not how much of it.
#[test]
fn nothing_of_another_is_in_what_a_confined_role_is_given() {
    let (_database, mut client) = two_users("contents");
    become_role(&mut client, "assistant_contents", "maria");
    for (query, expected) in [
        ("SELECT DISTINCT user_id FROM homer_memories ORDER BY 1", vec!["maria", "null"]),
        ("SELECT content FROM homer_relevant_memories(NULL)", vec!["Open till six"]),
        ("SELECT content FROM homer_relevant_memories('maria', query => 'secret of Devon')", vec![]),
        ("SELECT file_id FROM homer_files ORDER BY 1", vec![FILE_OF_MARIA, PUBLISHED_BY_DEVON, SHARED_BY_DEVON]),
        ("SELECT homer_context('maria') ~ 'Devon now|secret|Due for Devon'", vec!["f"]),
        ("SELECT homer_export_user('maria')::text ~ 'Devon now|secret|Due for Devon'", vec!["f"]),
        ("SELECT homer_context('maria') ~ 'Due for Maria'", vec!["t"]),
    ] {
        assert_eq!(rows(&mut client, query), expected, "{query}");
    }
    become_role(&mut client, "backend_contents", "");
    assert_eq!(
        rows(&mut client, "SELECT content FROM homer_relevant_memories('devon', query => 'secret')"),
        ["A secret of Devon"]
    );
    drop_roles(&mut client, "contents");
}

/// A function of the caller's own, as cheap as can be, is called on no row of another; nor does EXPLAIN show one.
#[test]
fn a_prying_function_sees_the_rows_of_its_caller_alone() {
    let (_database, mut client) = two_users("prying");
    client
        .batch_execute(
            "GRANT CREATE ON SCHEMA public TO assistant_prying; CREATE TABLE seen (content text); GRANT ALL ON seen TO assistant_prying",
        )
        .unwrap();
    become_role(&mut client, "assistant_prying", "maria");
    client
        .batch_execute(
            "CREATE FUNCTION pry(content text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS
             $$ BEGIN INSERT INTO seen VALUES (content); RETURN true; END $$;
             SELECT count(*) FROM homer_memories WHERE pry(content);
             SELECT count(*) FROM homer_memories WHERE pry(content) AND user_id = 'devon';
             SELECT count(*) FROM homer_files WHERE pry(original_name)",
        )
        .unwrap();
    let seen = "SELECT count(*), bool_or(content ~ 'secret|Devon now|Due for Devon') FROM seen";
    assert_eq!(rows(&mut client, seen), ["9|f"]);
    let plan = rows(
        &mut client,
        "EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF) SELECT * FROM homer_memories WHERE content ~ 'e'",
    );
    assert!(!plan.iter().any(|line| line.contains("secret")), "{plan:#?}");
    client.batch_execute("RESET SESSION AUTHORIZATION; DROP FUNCTION pry").unwrap();
    drop_roles(&mut client, "prying");
}

/// The weight of a word depends on how many memories hold it: of those that the user is given.
#[test]
fn the_memories_of_others_change_no_score() {
    let (_database, mut client) = two_users("scores");
    let answer = "SELECT id, to_char(relevance, '0.999999') FROM homer_relevant_memories('maria', query => 'black coffee, no sugar')";
    let asked = |client: &mut Client| {
        become_role(client, "assistant_scores", "maria");
        let answers = rows(client, answer);
        client.batch_execute("RESET SESSION AUTHORIZATION").unwrap();
        answers
    };
    let before = asked(&mut client);
    assert_eq!(before.len(), 1);
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content)
             SELECT 'devon', 'fact', 'coffee', 'black coffee, no sugar ' || n FROM generate_series(1, 500) AS n",
        )
        .unwrap();
    assert_eq!(asked(&mut client), before);
    // Control: one more of her own does.
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content) VALUES ('maria', 'fact', 'tea', 'black tea')",
        )
        .unwrap();
    assert_ne!(asked(&mut client)[0], before[0]);
    drop_roles(&mut client, "scores");
}

/// Each transaction of a pooled session says for whom it acts, and what it said is gone with it.
#[test]
fn a_user_that_is_set_for_a_transaction_is_gone_after_it() {
    let (_database, mut client) = two_users("pooled");
    become_role(&mut client, "assistant_pooled", "");
    let content = "SELECT DISTINCT user_id FROM homer_memories WHERE user_id IS NOT NULL";
    for user in ["maria", "devon", "maria"] {
        client.batch_execute(&format!("BEGIN; SET LOCAL homer.user_id = '{user}'")).unwrap();
        assert_eq!(rows(&mut client, content), [user]);
        assert!(!rows(&mut client, &format!("SELECT FROM homer_relevant_memories('{user}')")).is_empty());
        client.batch_execute("COMMIT").unwrap();
        assert_eq!(rows(&mut client, content), [""; 0]);
        assert_eq!(
            refused(&mut client, "SELECT homer_relevant_memories('maria')"),
            Refused {
                sqlstate: "ME017".into(),
                message: "role \"assistant_pooled\" acts for one user, and homer.user_id names none".into(),
                detail: None,
                hint: Some(
                    "Name the user first, in the same transaction: SELECT set_config('homer.user_id', 'maria', true)."
                        .into()
                ),
            }
        );
    }
    client.batch_execute("SET homer.user_id = '  '").unwrap();
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_memories"), 0);
    drop_roles(&mut client, "pooled");
}

/// Under REPEATABLE READ homer asks what is known by now, past the transaction's snapshot: under the same policies.
#[test]
fn an_older_snapshot_shows_no_more() {
    let (_database, mut client) = two_users("snapshot");
    become_role(&mut client, "assistant_snapshot", "maria");
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM homer_memories").unwrap();
    let known = "SELECT homer.statements_known_by_now('{maria,devon}', ARRAY[homer.statement('s', 'Black, no sugar'), homer.statement('s', 'A secret of Devon')], ARRAY['', ''], ARRAY[NULL, NULL]::timestamp[])";
    assert_eq!(rows(&mut client, known), ["{1,0}"]);
    assert_eq!(
        rows(&mut client, "SELECT outcome FROM homer_remember('maria', 'fact', 's', 'A secret of Devon')"),
        ["added"]
    );
    client.batch_execute("ROLLBACK; RESET SESSION AUTHORIZATION").unwrap();
    assert_eq!(rows(&mut client, known), ["{1,3}"]);
    drop_roles(&mut client, "snapshot");
}

/// What a role reads is by the same indexes, with policies and without.
#[test]
fn row_security_takes_no_index_away() {
    let (_database, mut client) = two_users("indexes");
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, source_conversation_id)
             SELECT CASE WHEN n % 1000 = 0 THEN 'maria' ELSE 'other ' || n % 7 END, (ARRAY['fact', 'recipe'])[1 + n / 1000 % 2], 'tax',
                    'the form ' || n, 'c' || n
               FROM generate_series(1, 20000) AS n;
             INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size, extracted_text)
             SELECT 'f' || n, CASE WHEN n % 500 = 0 THEN 'maria' ELSE 'other ' || n % 7 END, 'form ' || n, 'm', 'p', 1, 'tax'
               FROM generate_series(1, 5000) AS n",
        )
        .unwrap();
    let counters = "SELECT sum(idx_tup_fetch)::bigint, sum(seq_tup_read)::bigint FROM pg_stat_xact_user_tables
                     WHERE relname IN ('homer_memories', 'homer_files', 'homer_file_messages', 'refusals', 'successions')";
    for call in [
        "SELECT FROM homer_relevant_memories('maria')",
        "SELECT FROM homer_relevant_memories('maria', categories => '{fact,recipe}')",
        "SELECT FROM homer_relevant_memories('maria', query => 'Where is the tax form?', conversation_id => 'c1000')",
        "SELECT FROM homer_accessible_files('maria')",
        "SELECT FROM homer_accessible_files('maria', query => 'tax form')",
        "SELECT FROM homer_due_reminders('maria')",
        "SELECT FROM homer_claim_reminders(10, 'maria')",
        "SELECT FROM homer_remember('maria', 'fact', 'tax', 'The form 1000!')",
        "SELECT homer_reject(1)",
    ] {
        let mut read = |role: &str| -> (i64, i64) {
            become_role(&mut client, role, "maria");
            client.batch_execute("BEGIN").unwrap();
            let before = client.query_one(counters, &[]).unwrap();
            client.batch_execute(call).unwrap();
            let after = client.query_one(counters, &[]).unwrap();
            client.batch_execute("ROLLBACK").unwrap();
            let difference = |column| {
                after.get::<_, Option<i64>>(column).unwrap_or(0) - before.get::<_, Option<i64>>(column).unwrap_or(0)
            };
            (difference(0), difference(1))
        };
        let owner = read("postgres");
        for role in ["backend_indexes", "assistant_indexes"] {
            let (by_index, in_turn) = read(role);
            assert!(by_index <= owner.0 + 5, "{call} as {role}: {by_index} rows by index, {} as the owner", owner.0);
            assert!(
                in_turn <= owner.1,
                "{call} as {role}: {in_turn} rows one after the other, {} as the owner",
                owner.1
            );
        }
        assert!(owner.0 < 500 && owner.1 < 100, "{call}: {owner:?} rows are read by the owner");
    }
    drop_roles(&mut client, "indexes");
}

#[test]
fn vectors_are_kept_apart_like_their_memories() {
    let database = database();
    let mut client = database.connect();
    client.batch_execute(FILL).unwrap();
    grant_as_documented(&mut client, "vectors");
    client
        .batch_execute(
            "CREATE ROLE broad_vectors; CREATE ROLE nobody_vectors;
             GRANT USAGE ON SCHEMA homer TO broad_vectors; GRANT ALL ON ALL TABLES IN SCHEMA homer TO broad_vectors;
             SELECT homer_enable_embeddings(2);
             SELECT homer_set_embedding(1, '{1,0}'), homer_set_embedding(3, '{1,0}'), homer_set_embedding(5, '{0,1}')",
        )
        .unwrap();
    let ask = "SELECT id FROM homer_relevant_memories('maria', query_embedding => '{1,0.5}') ORDER BY 1";
    let stored = "SELECT memory_id FROM homer.memory_embeddings ORDER BY 1";
    for (role, answers, vectors) in [
        ("postgres", vec!["1", "5"], vec!["1", "3", "5"]),
        ("backend_vectors", vec!["1", "5"], vec!["1", "3", "5"]),
        ("assistant_vectors", vec!["1", "5"], vec!["1", "5"]),
    ] {
        become_role(&mut client, role, "maria");
        assert_eq!(rows(&mut client, ask), answers, "{role}");
        assert_eq!(rows(&mut client, stored), vectors, "{role}");
    }
    assert_eq!(refused(&mut client, "SELECT homer_set_embedding(3, '{0,1}')").sqlstate, "ME010");
    assert_eq!(refused(&mut client, "SELECT homer_set_embedding(5, '{1,0}')").sqlstate, "ME013");
    assert_eq!(rows(&mut client, "DELETE FROM homer.memory_embeddings RETURNING memory_id"), ["1"]);
    assert_eq!(rows(&mut client, "SELECT homer_set_embedding(1, '{1,0}')"), [""]);
    become_role(&mut client, "broad_vectors", "maria");
    assert_eq!(rows(&mut client, stored), [""; 0]);
    drop_roles(&mut client, "vectors");
}
