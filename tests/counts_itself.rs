//! `homer_stats` is one row that counts what homer keeps and says what is amiss.

use homer_tests::*;

const COUNTS: &str =
    "SELECT memories, memories_active, memories_expired_waiting, memories_retired, memories_of_everyone,
                             users, profiles, reminders_due, files, files_published, file_links FROM homer_stats()";

#[test]
fn everything_is_counted() {
    let mut client = session();
    assert_eq!(rows(&mut client, COUNTS), ["0|0|0|0|0|0|0|0|0|0|0"]);
    client
        .batch_execute(
            "SELECT homer_upsert_profile('maria', 'Maria', 'owner'), homer_upsert_profile('sam', 'Sam', 'owner');
             SELECT homer_remember('maria', 'fact', 's', 'retired');
             SELECT homer_remember('maria', 'fact', 's', 'active');
             SELECT homer_remember('devon', 'fact', 's', 'active', expires_at => now() + interval '1 day');
             SELECT homer_remember(NULL, 'fact', 's', 'everyone''s');
             SELECT homer_remind('maria', 's', 'due', now() - interval '1 minute'), homer_remind('maria', 's', 'not yet', now() + interval '1 day'),
                    homer_remind('devon', 's', 'due too', now());
             SELECT homer_forget(1);
             INSERT INTO homer_memories (user_id, category, subject, content, expires_at, is_active)
             VALUES ('maria', 'fact', 's', 'expired', '2020-01-01', true), ('maria', 'fact', 's', 'expired', '2020-01-01', NULL),
                    ('maria', 'fact', 's', 'expired and retired', '2020-01-01', false);
             SELECT homer_register_file('nina', 'a', 'm', 1, '/a', file_id => '11111111-1111-4111-8111-111111111111');
             SELECT homer_register_file('maria', 'b', 'm', 1, '/b');
             SELECT homer_publish_file('11111111-1111-4111-8111-111111111111');
             SELECT homer_link_file('11111111-1111-4111-8111-111111111111', 'c', 'm', 'inbound')",
        )
        .unwrap();
    assert_eq!(rows(&mut client, COUNTS), ["10|6|2|2|1|4|2|2|2|1|1"]);
}

#[test]
fn bytes_are_those_of_the_tables_and_their_indexes() {
    let mut client = session();
    let sizes = "SELECT table_bytes, index_bytes FROM homer_stats()";
    let before = rows(&mut client, sizes);
    client
        .batch_execute("INSERT INTO homer_memories (category, subject, content) SELECT 'fact', 's', repeat('word ', 50) || n FROM generate_series(1, 2000) AS n")
        .unwrap();
    assert_ne!(rows(&mut client, sizes), before);
    let by_hand = "SELECT sum(pg_table_size(c.oid)), sum(pg_indexes_size(c.oid)) FROM pg_class AS c
                    WHERE relkind = 'r' AND (relname LIKE 'homer%' AND relnamespace = 'public'::regnamespace
                                             OR relnamespace = 'homer'::regnamespace)";
    assert_eq!(rows(&mut client, sizes), rows(&mut client, by_hand));
}

#[test]
fn an_index_that_is_missing_or_invalid_is_named() {
    let mut client = session();
    let missing = "SELECT indexes_missing FROM homer_stats()";
    assert_eq!(rows(&mut client, missing), ["{}"]);
    // The list holds every index there is.
    let unlisted = "SELECT indexrelid::regclass FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
                      JOIN pg_class AS x ON x.oid = i.indexrelid
                     WHERE (c.relname LIKE 'homer%' AND c.relnamespace = 'public'::regnamespace OR c.relnamespace = 'homer'::regnamespace)
                       AND pg_get_functiondef('homer.missing_indexes'::regproc) NOT LIKE '%''' || x.relname || '''%'";
    assert_eq!(rows(&mut client, unlisted), Vec::<String>::new());
    client
        .batch_execute(
            "DROP INDEX homer_files_search_idx;
             UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'homer_memories_rank_idx'::regclass",
        )
        .unwrap();
    assert_eq!(rows(&mut client, missing), ["{homer_files_search_idx,homer_memories_rank_idx}"]);
}

#[test]
fn a_session_whose_clock_is_not_utc_is_told() {
    let mut client = session();
    for (timezone, is_utc) in [
        ("UTC", "t"),
        ("Etc/UTC", "t"),
        ("GMT", "t"),
        ("Asia/Tokyo", "f"),
        ("Europe/London", "f"),
        ("America/Chicago", "f"),
    ] {
        client.batch_execute(&format!("SET TimeZone = '{timezone}'")).unwrap();
        let told = rows(&mut client, "SELECT session_timezone, session_is_utc FROM homer_stats()");
        assert_eq!(told, [format!("{timezone}|{is_utc}")]);
    }
}
