//! A column that an application adds to one of the four tables breaks no function, and survives export and import.

use homer_tests::*;

const COLUMNS: &str = "
    ALTER TABLE homer_user_profiles ADD COLUMN team text DEFAULT 'none', ADD COLUMN shout text GENERATED ALWAYS AS (upper(display_name)) STORED;
    ALTER TABLE homer_memories ADD COLUMN team text DEFAULT 'none', ADD COLUMN shout text GENERATED ALWAYS AS (upper(content)) STORED;
    ALTER TABLE homer_files ADD COLUMN team text DEFAULT 'none', ADD COLUMN shout text GENERATED ALWAYS AS (upper(original_name)) STORED;
    ALTER TABLE homer_file_messages ADD COLUMN team text DEFAULT 'none', ADD COLUMN shout text GENERATED ALWAYS AS (upper(message_id)) STORED;";

const FILE: &str = "11111111-1111-4111-8111-111111111111";

/// Every public function, each with what it gives.
fn calls() -> Vec<(String, &'static str)> {
    [
        ("SELECT display_name FROM homer_upsert_profile('maria', 'Maria', 'owner', '{\"title\": \"Dr\"}')", "Maria"),
        ("SELECT total_interactions FROM homer_touch_profile('maria')", "1"),
        ("SELECT id, outcome FROM homer_remember('maria', 'fact', 'Coffee', 'Black.')", "1|added"),
        ("SELECT id, outcome FROM homer_remember('maria', 'fact', 'Coffee', 'black')", "1|confirmed"),
        ("SELECT id, outcome FROM homer_remember('maria', 'fact', 'Coffee', 'White.', supersedes => 1)", "2|superseded"),
        (
            "SELECT id, outcome FROM homer_remember_many('[{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"Tea\", \"content\": \"Green tea.\"}]')",
            "3|added",
        ),
        ("SELECT string_agg(content, ',' ORDER BY id) FROM homer_relevant_memories('maria')", "White.,Green tea."),
        ("SELECT content FROM homer_relevant_memories('maria', categories => '{recipe,fact}', \"limit\" => 1)", "Green tea."),
        ("SELECT content FROM homer_relevant_memories('maria', query => 'tea')", "Green tea."),
        ("SELECT count(*) > 0 FROM homer_explain_relevance('maria', 'tea', NULL, 3)", "t"),
        ("SELECT string_agg(outcome, ',' ORDER BY id) FROM homer_memory_history(1)", "superseded,current"),
        ("SELECT homer_remind('maria', 'Call', 'Pruitt', '2026-01-01 00:00+00')", "4"),
        ("SELECT content FROM homer_due_reminders('maria')", "Pruitt"),
        ("SELECT content FROM homer_due_reminders()", "Pruitt"),
        ("SELECT content FROM homer_claim_reminders(1)", "Pruitt"),
        ("SELECT homer_forget(4)", "t"),
        ("SELECT homer_expire_memories()", "0"),
        ("SELECT homer_register_file('maria', 'plan.pdf', 'application/pdf', 1, '/plan', file_id => 'FILE')", "FILE"),
        ("SELECT shared_with FROM homer_share_file('FILE', '{sam}')", "[\"sam\"]"),
        ("SELECT shared_with FROM homer_unshare_file('FILE', '{sam}')", "[]"),
        ("SELECT is_shared FROM homer_publish_file('FILE', false)", "f"),
        ("SELECT homer_can_read_file('maria', 'FILE')", "t"),
        ("SELECT homer_link_file('FILE', 'c', 'm', 'inbound')", "1"),
        ("SELECT original_name FROM homer_accessible_files('maria')", "plan.pdf"),
        ("SELECT original_name FROM homer_accessible_files('maria', query => 'plan')", "plan.pdf"),
        ("SELECT original_name, message_id FROM homer_conversation_files('c', 'maria')", "plan.pdf|m"),
        ("SELECT original_name FROM homer_remove_file('FILE')", "plan.pdf"),
        ("SELECT homer_context('maria', 'tea') LIKE '%Green tea.%'", "t"),
        ("SELECT jsonb_array_length(homer_context_json('maria') -> 'memories')", "2"),
        ("SELECT homer_reject(3)", "t"),
        ("SELECT content FROM homer_refusals('maria')", "green tea"),
        ("SELECT homer_lift_refusal(1)", "t"),
        ("SELECT memories FROM homer_stats()", "4"),
        ("SELECT kind FROM homer_whoami()", "service"),
    ]
    .map(|(call, result)| (call.replace("FILE", FILE), if result == "FILE" { FILE } else { result }))
    .into()
}

#[test]
fn every_function_works_beside_own_columns() {
    let mut client = session_of_nobody();
    client.batch_execute(COLUMNS).unwrap();
    for (call, result) in calls() {
        assert_eq!(rows(&mut client, &call), [result], "{call}");
    }
}

/// A session that has called everything goes on after the columns came.
#[test]
fn a_session_with_kept_plans_goes_on() {
    let mut client = session_of_nobody();
    let calls = calls();
    for (call, result) in &calls {
        assert_eq!(rows(&mut client, call), [*result], "{call}");
    }
    client.batch_execute("SELECT homer_erase_user('maria')").unwrap();
    client.batch_execute(COLUMNS).unwrap();
    client
        .batch_execute(
            "ALTER SEQUENCE homer_memories_id_seq RESTART; ALTER SEQUENCE homer_file_messages_id_seq RESTART;
             ALTER SEQUENCE homer.refusals_id_seq RESTART",
        )
        .unwrap();
    for (call, result) in &calls {
        assert_eq!(rows(&mut client, call), [*result], "{call}");
    }
}

const TEAMS: &str = "SELECT team, shout FROM homer_user_profiles UNION ALL SELECT team, shout FROM homer_memories
    UNION ALL SELECT team, shout FROM homer_files UNION ALL SELECT team, shout FROM homer_file_messages ORDER BY 2";

#[test]
fn own_columns_survive_export_and_import() {
    let mut client = session_of_nobody();
    client.batch_execute(COLUMNS).unwrap();
    client
        .batch_execute(&format!(
            "SELECT homer_upsert_profile('maria', 'a', 'owner'), homer_remember('maria', 'fact', 's', 'b'),
                    homer_register_file('maria', 'c', 'm', 1, '/p', file_id => '{FILE}'), homer_link_file('{FILE}', 'c', 'd', 'inbound');
             UPDATE homer_user_profiles SET team = 'red'; UPDATE homer_memories SET team = 'green';
             UPDATE homer_files SET team = 'blue'; UPDATE homer_file_messages SET team = NULL;
             CREATE TABLE exported AS SELECT homer_export_user('maria') AS document; SELECT homer_erase_user('maria')"
        ))
        .unwrap();
    assert_eq!(rows(&mut client, TEAMS), [""; 0]);
    client.batch_execute("SELECT homer_import_user(document) FROM exported").unwrap();
    assert_eq!(rows(&mut client, TEAMS), ["red|A", "green|B", "blue|C", "null|D"]);
    assert_eq!(rows(&mut client, "SELECT homer_erase_user('maria') ->> 'homer_files'"), ["1"]);
}

#[test]
fn a_document_from_before_the_columns_is_taken() {
    let mut client = session_of_nobody();
    client
        .batch_execute(&format!(
            "SELECT homer_upsert_profile('maria', 'a', 'owner'), homer_remember('maria', 'fact', 's', 'b'),
                    homer_register_file('maria', 'c', 'm', 1, '/p', file_id => '{FILE}'), homer_link_file('{FILE}', 'c', 'd', 'inbound');
             CREATE TABLE exported AS SELECT homer_export_user('maria') AS document; SELECT homer_erase_user('maria')"
        ))
        .unwrap();
    client.batch_execute(COLUMNS).unwrap();
    client.batch_execute("SELECT homer_import_user(document) FROM exported").unwrap();
    assert_eq!(rows(&mut client, TEAMS), ["none|A", "none|B", "none|C", "none|D"]);
}
