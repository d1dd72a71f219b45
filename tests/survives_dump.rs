//! A dump holds all that homer keeps, and the restored copy goes on where the original stopped.

use homer_tests::*;

const ALL_ROWS: &str = "
    SELECT 'profile', to_jsonb(t) FROM homer_user_profiles AS t
    UNION ALL SELECT 'memory', to_jsonb(t) FROM homer_memories AS t
    UNION ALL SELECT 'file', to_jsonb(t) FROM homer_files AS t
    UNION ALL SELECT 'link', to_jsonb(t) FROM homer_file_messages AS t
    UNION ALL SELECT 'refusal', to_jsonb(t) FROM homer.refusals AS t
    UNION ALL SELECT 'succession', to_jsonb(t) FROM homer.successions AS t ORDER BY 1, 2";

fn fill(client: &mut Client) {
    client
        .batch_execute(
            "SELECT homer_upsert_profile('maria', 'Maria Lindgren', 'owner', '{\"focus_areas\": [\"cash flow\"]}');
             SELECT homer_touch_profile('maria');
             SELECT homer_remember('maria', 'fact', 'coffee', E'black,\\n\"very\" black\\t\\\\', tags => '{a,b}');
             SELECT homer_remember(NULL, 'decision', 'hours', 'Zoë — シマノ', metadata => '{\"a\": {\"b\": [1]}}');
             SELECT homer_remember('devon', 'recipe', 'soup', '', expires_at => '2999-01-01');
             SELECT homer_forget(1);
             SELECT homer_remember('maria', 'fact', 'coffee', 'white'); SELECT homer_reject(4);
             SELECT homer_remember('maria', 'fact', 'coffee', 'sweet', supersedes => id)
               FROM homer_remember('maria', 'fact', 'coffee', 'bitter');
             INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size)
             VALUES ('f', 'maria', 'plan.pdf', 'application/pdf', '/plan.pdf', 1000);
             INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction)
             VALUES ('f', 'c', 'm', 'inbound')",
        )
        .unwrap();
}

#[test]
fn a_dump_restored_elsewhere_has_the_same_rows_and_accepts_the_next() {
    let original = database();
    let mut client = original.connect();
    fill(&mut client);
    let rows_before = rows(&mut client, ALL_ROWS);
    assert_eq!(rows_before.len(), 11);

    let other_cluster = Cluster::start("");
    let restored = other_cluster.empty_database();
    restored.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &original.output("pg_dump", &[], ""));

    let mut copy = restored.connect();
    assert_eq!(rows(&mut copy, ALL_ROWS), rows_before);
    let refused = "SELECT id, outcome FROM homer_remember('maria', 'fact', 'coffee', 'WHITE!')";
    assert_eq!(rows(&mut copy, refused), ["1|rejected"]);
    for next in [
        "SELECT id FROM homer_remember('maria', 'fact', 'next', '')",
        "SELECT homer_reject(id), (SELECT max(r.id) FROM homer.refusals AS r) FROM homer_remember('maria', 'fact', 's', 'more')",
        "SELECT max(id) FROM homer_refusals('maria')",
        "SELECT id FROM homer_upsert_profile('devon', 'Devon', 'manager')",
        "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size)
         VALUES ('g', 'maria', 'n', 'm', 'p', 1) RETURNING id",
        "INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction)
         VALUES ('g', 'c', 'm', 'outbound') RETURNING id",
    ] {
        assert_eq!(rows(&mut copy, next), rows(&mut client, next), "{next}");
    }
}
