//! Logical replication of the tables to a database with homer in it: the copy ranks and answers the same, because what
//! homer needs to rank are indexes, which every database keeps by itself.

use homer_tests::*;

const RANKINGS: &str = "
    SELECT 'now', id, content FROM homer_relevant_memories('maria', 100)
    UNION ALL SELECT 'asked', id, content FROM homer_relevant_memories('maria', query => 'Which of the orders was 17?')";

const EVERY_ROW: &str = "
    SELECT 'profile', p::text FROM homer_user_profiles AS p UNION ALL SELECT 'memory', m::text FROM homer_memories AS m
    UNION ALL SELECT 'file', f::text FROM homer_files AS f
    UNION ALL SELECT 'link', l::text FROM homer_file_messages AS l ORDER BY 1, 2";

#[test]
fn a_copy_by_logical_replication_ranks_the_same() {
    let (publisher, subscriber) = (Cluster::start("-c wal_level=logical"), Cluster::start(""));
    let (original, copy) = (publisher.empty_database(), subscriber.empty_database());
    let (mut client, mut reader) = (original.connect(), copy.connect());
    for session in [&mut client, &mut reader] {
        session.batch_execute("CREATE EXTENSION homer").unwrap();
    }
    client
        .batch_execute(
            "SELECT homer_upsert_profile('maria', 'Maria', 'owner');
             SELECT homer_remember('maria', 'fact', 'Order ' || n, 'It has ' || n || ' parts.', 1 + n % 10)
               FROM generate_series(1, 50) AS n;
             CREATE PUBLICATION homer FOR TABLE homer_user_profiles, homer_memories, homer_files, homer_file_messages",
        )
        .unwrap();
    let subscribe = format!("CREATE SUBSCRIPTION homer CONNECTION '{}' PUBLICATION homer", original.url());
    reader.batch_execute(&subscribe).unwrap();
    wait_until(|| value(&mut reader, "SELECT count(*) = 4 AND bool_and(srsubstate = 'r') FROM pg_subscription_rel"));
    assert_eq!(rows(&mut reader, EVERY_ROW), rows(&mut client, EVERY_ROW));
    assert_eq!(rows(&mut reader, RANKINGS), rows(&mut client, RANKINGS));

    // From here on change by change: inserts, updates and deletes.
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'decision', 'Order 17', 'It was sent back.', 10);
             SELECT homer_forget(3);
             SELECT homer_touch_profile('maria');
             UPDATE homer_memories SET content = 'Seventeen orders.', updated_at = updated_at - interval '40 days' WHERE id = 4;
             DELETE FROM homer_memories WHERE id = 5;
             INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size)
             VALUES ('f', 'maria', 'plan.pdf', 'application/pdf', '/plan.pdf', 1000)",
        )
        .unwrap();
    let changed = rows(&mut client, EVERY_ROW);
    assert_eq!(changed.len(), 52);
    wait_until(|| rows(&mut reader, EVERY_ROW) == changed);
    let rankings = rows(&mut client, RANKINGS);
    assert_eq!(rankings[0], "now|51|It was sent back.");
    assert_eq!(rows(&mut reader, RANKINGS), rankings);
}
