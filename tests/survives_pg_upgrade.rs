//! pg_upgrade takes a database with homer in it from PostgreSQL 15 to 18: rows, rankings, answers and next ids are what they
//! were, and nothing has to be done to the extension.

use homer_tests::*;

const FILL: &str = "
    SELECT homer_upsert_profile('maria', 'Maria Lindgren', 'owner', '{\"focus_areas\": [\"cash flow\"]}');
    SELECT homer_touch_profile('maria');
    SELECT homer_remember('maria', 'fact', 'Coffee', E'Black,\\n\"very\" black\\t\\\\.', tags => '{a,b}');
    SELECT homer_remember(NULL, 'decision', 'Hours', 'Zoë — シマノ', 7, metadata => '{\"a\": {\"b\": [1]}}');
    SELECT homer_remember('devon', 'recipe', 'Soup', '', expires_at => '2999-01-01');
    SELECT homer_remember('maria', 'preference', 'Tea', 'Green.', 3);
    SELECT homer_forget(1);
    SELECT homer_remember('maria', 'fact', 'Milk', 'White.');
    SELECT homer_reject(5);
    SELECT homer_remember('maria', 'fact', 'Home', 'Lives in Bonn.', source_conversation_id => 'c');
    SELECT homer_remember('maria', 'fact', 'Home', 'Lives in Oslo.', supersedes => 6);
    SELECT homer_remind('maria', 'Call', 'Ann', '2020-01-01');
    SELECT homer_remind('maria', 'Call', 'Bob', '2020-01-02');
    SELECT homer_claim_reminders(1);
    SELECT homer_register_file('maria', 'plan.pdf', 'application/pdf', 1000, '/plan.pdf', description => 'The seating plan',
                               file_id => '5e0c2f9a-1b7d-4c3e-8f60-9a2d4b6c8e01');
    SELECT homer_share_file('5e0c2f9a-1b7d-4c3e-8f60-9a2d4b6c8e01', '{devon}');
    SELECT homer_link_file('5e0c2f9a-1b7d-4c3e-8f60-9a2d4b6c8e01', 'c', 'm', 'inbound', user_id => 'devon');
    INSERT INTO homer_memories (user_id, category, subject, content)
    SELECT 'user ' || n % 9, 'fact', 'Order ' || n, 'It has ' || n || ' parts.' FROM generate_series(1, 3000) AS n;
    CREATE ROLE reader_before_the_upgrade;
    GRANT SELECT ON homer_memories TO reader_before_the_upgrade";

/// What only reads, and what it said before the upgrade.
const READS: &[(&str, &[&str])] = &[
    ("SELECT id FROM homer_relevant_memories('maria') ORDER BY id", &["2", "4", "7", "8", "9"]),
    ("SELECT id FROM homer_relevant_memories('maria', query => 'green シマノ') ORDER BY id", &["2", "4"]),
    (
        "SELECT content FROM homer_relevant_memories('user 4', query => 'Which order has 1516 parts?') LIMIT 1",
        &["It has 1516 parts."],
    ),
    ("SELECT id, outcome FROM homer_memory_history(7)", &["6|superseded", "7|current"]),
    ("SELECT content FROM homer_due_reminders('maria')", &["Bob"]),
    ("SELECT content FROM homer_refusals('maria')", &["white"]),
    ("SELECT original_name FROM homer_accessible_files('devon', query => 'seating')", &["plan.pdf"]),
    ("SELECT message_id FROM homer_conversation_files('c')", &["m"]),
    ("SELECT indexes_missing FROM homer_stats()", &["{}"]),
    ("SELECT extversion FROM pg_extension WHERE extname = 'homer'", &["0.3.0"]),
    ("SELECT has_table_privilege('reader_before_the_upgrade', 'homer_memories', 'SELECT')", &["t"]),
    ("SELECT count(*) FROM pg_index WHERE NOT indisvalid", &["0"]),
];

/// What writes, and what it says after the upgrade.
const WRITES: &[(&str, &str)] = &[
    ("SELECT * FROM homer_remember('maria', 'fact', 'x', 'GREEN!')", "4|confirmed"),
    ("SELECT * FROM homer_remember('maria', 'fact', 'x', 'white')", "1|rejected"),
    ("SELECT * FROM homer_remember('maria', 'fact', 'x', 'Red.')", "3010|added"),
    ("SELECT homer_reject(3010)", "t"),
    ("SELECT max(id) FROM homer_refusals('maria')", "2"),
    ("SELECT content FROM homer_claim_reminders()", "Bob"),
    ("SELECT id FROM homer_upsert_profile('devon', 'Devon', 'manager')", "2"),
    ("SELECT total_interactions FROM homer_touch_profile('maria')", "2"),
    ("SELECT homer_link_file('5e0c2f9a-1b7d-4c3e-8f60-9a2d4b6c8e01', 'c', 'm2', 'outbound')", "2"),
];

#[test]
fn a_database_goes_from_15_to_18_as_it_was() {
    let cluster = Cluster::start("");
    let database = cluster.empty_database();
    let mut client = database.connect();
    client.batch_execute("CREATE EXTENSION homer").unwrap();
    client.batch_execute(FILL).unwrap();
    let rows_before = rows(&mut client, ALL_ROWS);
    assert_eq!(rows_before.len(), 3015);
    for (read, said) in READS {
        assert_eq!(rows(&mut client, read), *said, "{read}");
    }
    // Some builds of PostgreSQL stamp every column with an option of their own, which no other build takes, so that pg_upgrade
    // fails there with any table in the database; this test is about homer.
    client
        .batch_execute("UPDATE pg_attribute SET attoptions = NULL WHERE attoptions::text LIKE '%pg\\_attver=%' AND attrelid >= 16384")
        .unwrap();
    drop(client);

    if let Err(why) = cluster.upgrade_to("18") {
        return skipped(&why);
    }
    let mut client = database.connect();
    assert_eq!(value::<i32>(&mut client, "SELECT current_setting('server_version_num')::integer / 10000"), 18);
    assert_eq!(rows(&mut client, ALL_ROWS), rows_before);
    for (read, said) in READS {
        assert_eq!(rows(&mut client, read), *said, "{read}");
    }
    for (write, said) in WRITES {
        assert_eq!(rows(&mut client, write), [*said], "{write}");
    }
}
