//! A dump holds all that homer keeps, and the restored copy goes on where the original stopped.

use homer_tests::*;

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

/// By a role that is no superuser, with the grants of docs/operating.md; the extension is made by an administrator.
fn assert_survives_by_a_plain_role(arguments: &[&str]) {
    assert_survives(|original, other_cluster| {
        let grants = documented("operating.md", "CREATE ROLE homer_backup");
        original.connect().batch_execute(&grants).unwrap();
        let restored = other_cluster.empty_database();
        let mut administrator = restored.connect();
        administrator.batch_execute("CREATE EXTENSION homer").unwrap();
        administrator.batch_execute(&grants).unwrap();
        administrator.batch_execute(&format!("ALTER DATABASE {} OWNER TO homer_backup", restored.name())).unwrap();
        let file = other_cluster.directory().join("homer.dump");
        let file = file.to_str().unwrap();
        let by = ["--username", "homer_backup"];
        original.output("pg_dump", &[&by[..], &["--format=custom", "--file", file]].concat(), "");
        let into = ["--exit-on-error", "--dbname", restored.name(), file];
        restored.output("pg_restore", &[&by[..], arguments, &into].concat(), "");
        restored.name().into()
    });
}

#[test]
fn the_data_of_a_dump_by_a_role_that_is_no_superuser() {
    assert_survives_by_a_plain_role(&["--data-only"]);
}

#[test]
fn a_dump_without_comments_by_the_owner_of_the_database() {
    assert_survives_by_a_plain_role(&["--no-comments"]);
}

#[test]
fn a_dump_by_a_service_role_is_refused_rather_than_partial() {
    let cluster = Cluster::start("");
    let database = cluster.empty_database();
    let mut client = database.connect();
    client
        .batch_execute("CREATE EXTENSION homer; CREATE ROLE service LOGIN; GRANT pg_read_all_data TO service")
        .unwrap();
    client.batch_execute("GRANT USAGE ON TYPE homer.any_user TO service").unwrap();
    let output = database.program("pg_dump").args(["--username", "service"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("row-level security"), "{said}");
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
