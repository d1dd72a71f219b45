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
             SELECT homer_remember('maria', 'preference', 'tea', 'green', 3);
             SELECT homer_forget(1);
             SELECT homer_remember('maria', 'fact', 'coffee', 'white'); SELECT homer_reject(5);
             SELECT homer_remember('maria', 'fact', 'coffee', 'sweet', supersedes => id)
               FROM homer_remember('maria', 'fact', 'coffee', 'bitter');
             INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size)
             VALUES ('f', 'maria', 'plan.pdf', 'application/pdf', '/plan.pdf', 1000);
             INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction)
             VALUES ('f', 'c', 'm', 'inbound')",
        )
        .unwrap();
}

/// What is best for a user now, and what answers a question, in order.
const RANKINGS: &str = "
    SELECT 'now', id FROM homer_relevant_memories('maria')
    UNION ALL SELECT 'asked', id FROM homer_relevant_memories('maria', query => 'Green tea, or シマノ?')";

/// Dumps a database that is alone on its cluster, restores it on another one, and compares.
fn assert_survives(dump_and_restore: impl Fn(&Database, &Cluster) -> String) {
    let (cluster, other_cluster) = (Cluster::start(""), Cluster::start(""));
    let original = cluster.empty_database();
    let mut client = original.connect();
    client.batch_execute("CREATE EXTENSION homer").unwrap();
    fill(&mut client);
    let (rows_before, rankings_before) = (rows(&mut client, ALL_ROWS), rows(&mut client, RANKINGS));
    assert_eq!(rows_before.len(), 12);
    assert_eq!(rankings_before, ["now|7", "now|2", "now|4", "asked|2", "asked|4"]);

    let restored = dump_and_restore(&original, &other_cluster);
    let mut copy = other_cluster.database_named(&restored).connect();
    assert_eq!(rows(&mut copy, ALL_ROWS), rows_before);
    assert_eq!(rows(&mut copy, RANKINGS), rankings_before);
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

const STOP_AT_AN_ERROR: [&str; 3] = ["-qX", "-v", "ON_ERROR_STOP=1"];

#[test]
fn a_plain_dump() {
    assert_survives(|original, other_cluster| {
        let restored = other_cluster.empty_database();
        restored.output("psql", &STOP_AT_AN_ERROR, &original.output("pg_dump", &[], ""));
        restored.name().into()
    });
}

#[test]
fn a_dump_of_inserts() {
    assert_survives(|original, other_cluster| {
        let restored = other_cluster.empty_database();
        let dump = original.output("pg_dump", &["--inserts"], "");
        assert!(dump.contains("INSERT INTO public.homer_memories"), "{dump}");
        restored.output("psql", &STOP_AT_AN_ERROR, &dump);
        restored.name().into()
    });
}

/// By one job: several may load the links of files before the files, because pg_dump writes the order of an extension's
/// tables into the archive and not what depends on what.
#[test]
fn a_custom_dump() {
    assert_survives(|original, other_cluster| {
        let restored = other_cluster.empty_database();
        let file = other_cluster.directory().join("homer.dump");
        let file = file.to_str().unwrap();
        original.output("pg_dump", &["--format=custom", "--file", file], "");
        restored.output("pg_restore", &["--exit-on-error", "--dbname", restored.name(), file], "");
        restored.name().into()
    });
}

#[test]
fn a_dump_of_the_whole_cluster() {
    assert_survives(|original, other_cluster| {
        // The one error is that the role postgres is there already.
        let dump = original.output("pg_dumpall", &[], "").replace("CREATE ROLE postgres;", "");
        other_cluster.database_named("postgres").output("psql", &STOP_AT_AN_ERROR, &dump);
        original.name().into()
    });
}
