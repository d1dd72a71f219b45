//! `homer_stats` is one row that counts what homer keeps and says what is amiss, at the same cost whatever there is.

use homer_tests::*;

const COUNTS: &str =
    "SELECT memories, memories_active, memories_expired_waiting, memories_retired, memories_of_everyone,
                             users, profiles, reminders_due, files, files_published, file_links FROM homer_stats()";

#[test]
fn everything_is_counted() {
    let mut client = session_of_nobody();
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
    assert_eq!(rows(&mut client, "SELECT estimated FROM homer_stats()"), ["{}"]);
}

/// Of 24,000 memories on more than 2,000 pages, each one of 3,000 users' next to others', a tenth retired, 8 of everyone, 40 that
/// have expired and 30 reminders that are due.
const MANY: &str = "
    INSERT INTO homer_memories (user_id, category, subject, content, expires_at, is_active, metadata, source_message_id)
    SELECT CASE WHEN n % 3400 <> 5 THEN 'user ' || n * 1237 % 3000 END, CASE n % 800 WHEN 3 THEN 'reminder' ELSE 'fact' END,
           'tax', 'n ' || n, CASE n % 600 WHEN 1 THEN timestamp '2020-01-01' END, n % 10 <> 0,
           CASE n % 800 WHEN 3 THEN '{\"due_at\": \"2026-01-01T00:00:00Z\"}'::jsonb ELSE '{}' END, repeat('m', 600)
      FROM generate_series(1, 24000) AS n;
    INSERT INTO homer_user_profiles (user_id, display_name, role) SELECT 'user ' || n, 'U', 'owner' FROM generate_series(1, 3001) AS n";

const OF_MANY: &str =
    "SELECT estimated, memories_expired_waiting, memories_of_everyone, reminders_due, profiles FROM homer_stats()";

/// How many per cent the estimates are off.
fn errors(client: &mut Client) -> Vec<i64> {
    let off = "SELECT 100 * abs(estimate - exact) / greatest(exact, 1)
                 FROM homer_stats() AS s,
                      (SELECT count(*) AS memories, count(*) FILTER (WHERE homer.is_live(is_active, expires_at)) AS active,
                              count(*) FILTER (WHERE NOT is_active) AS retired FROM homer_memories) AS m,
                      (SELECT count(*) AS users FROM (SELECT user_id FROM homer_memories WHERE user_id IS NOT NULL
                                                       UNION SELECT user_id FROM homer_user_profiles) AS named) AS u,
                      LATERAL (VALUES (s.memories, m.memories), (s.memories_active, m.active), (s.memories_retired, m.retired),
                                      (s.users, u.users)) AS counts (estimate, exact)";
    client.query(off, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// The pages of tables and indexes that a call reads.
fn pages_read(client: &mut Client) -> i64 {
    let plan: Value = value(client, "EXPLAIN (ANALYZE, BUFFERS, TIMING off, FORMAT json) SELECT * FROM homer_stats()");
    let plan = &plan[0]["Plan"];
    plan["Shared Hit Blocks"].as_i64().unwrap() + plan["Shared Read Blocks"].as_i64().unwrap()
}

/// Nobody has analysed the tables.
#[test]
fn of_large_tables_what_is_rare_is_counted_and_the_rest_estimated() {
    let mut client = session_of_nobody();
    // It would change what is estimated, and how many bytes a table takes.
    for table in ["homer_memories", "homer_user_profiles", "homer_files", "homer_file_messages"] {
        client.batch_execute(&format!("ALTER TABLE {table} SET (autovacuum_enabled = off)")).unwrap();
    }
    client.batch_execute(MANY).unwrap();
    let exact = "{memories,memories_active,memories_retired,users}|40|8|30|3001";
    assert_eq!(rows(&mut client, OF_MANY), [exact]);
    let off = errors(&mut client);
    assert!(off.len() == 4 && off.iter().all(|off| *off <= 10), "{off:?}");
    // Dead rows are no memories: here are as many of them.
    client.batch_execute("UPDATE homer_memories SET importance = 6").unwrap();
    assert_eq!(rows(&mut client, OF_MANY), [exact]);
    let off = errors(&mut client);
    assert!(off.iter().all(|off| *off <= 20), "{off:?}");
    // A role that PostgreSQL shows no statistics of the tables is told the same.
    let of_the_owner = rows(&mut client, "SELECT s FROM homer_stats() AS s");
    client
        .batch_execute(
            "CREATE ROLE stats_service; SELECT homer_grant('stats_service', 'service'); SET ROLE stats_service",
        )
        .unwrap();
    assert_eq!(rows(&mut client, "SELECT s FROM homer_stats() AS s"), of_the_owner);
    client.batch_execute("RESET ROLE; DROP OWNED BY stats_service; DROP ROLE stats_service").unwrap();
    // Deleted rows are none either.
    client.batch_execute("DELETE FROM homer_memories WHERE id % 100 <> 1").unwrap();
    let off = errors(&mut client);
    assert!(off.iter().all(|off| *off <= 30), "{off:?}");
    client.batch_execute("DELETE FROM homer_memories").unwrap();
    assert_eq!(rows(&mut client, "SELECT memories, users FROM homer_stats()"), ["0|3001"]);
}

#[test]
fn it_costs_the_same_at_any_size() {
    let mut client = session();
    client.batch_execute(MANY).unwrap();
    let (before, pages) = (pages_read(&mut client), "SELECT homer.pages_of('homer_memories')");
    let size: i64 = value(&mut client, pages);
    let again = MANY.split(';').next().unwrap();
    for _ in 0..4 {
        client.batch_execute(again).unwrap();
    }
    assert!(value::<i64>(&mut client, pages) > 4 * size, "the table has grown");
    let after = pages_read(&mut client);
    assert!(after < before + before / 2, "{before} pages were read before, {after} after");
}

/// What is counted from an index is estimated without it, and not sought in the whole table.
#[test]
fn a_missing_index_makes_an_estimate_and_no_long_search() {
    let mut client = session();
    client.batch_execute(MANY).unwrap();
    let before = pages_read(&mut client);
    client
        .batch_execute(
            "DROP INDEX homer_memories_expiry_idx, homer_memories_user_id_idx, homer_memories_due_idx, homer_memories_unreadable_due_idx",
        )
        .unwrap();
    assert_eq!(
        rows(&mut client, "SELECT estimated FROM homer_stats()"),
        [
            "{memories,memories_active,memories_expired_waiting,memories_retired,memories_of_everyone,users,reminders_due,\
          reminders_without_moment}"
        ]
    );
    let after = pages_read(&mut client);
    assert!(after < before + before / 2, "{before} pages were read before, {after} after");
}

#[test]
fn a_reminder_whose_moment_cannot_be_read_is_counted() {
    let mut client = session();
    client
        .batch_execute(
            r#"SELECT homer_remind('maria', 's', 'due', now());
             INSERT INTO homer_memories (user_id, category, subject, content, is_active, metadata) VALUES
                 ('maria', 'reminder', 's', 'a word', true, '{"due_at": "tomorrow"}'),
                 ('maria', 'reminder', 's', 'a number', NULL, '{"due_at": 1767225600}'),
                 ('maria', ' REMINDER', 's', 'another name', true, '{"dueAt": "2026-01-01T00:00:00Z"}'),
                 (NULL, 'reminder', 's', 'another name', true, '{"due_date": "2026-01-01"}'),
                 ('maria', 'reminder', 's', 'none was meant', true, '{"due_at": null}'),
                 ('maria', 'reminder', 's', 'none was meant', true, NULL),
                 ('maria', 'reminder', 's', 'retired', false, '{"due_at": "tomorrow"}'),
                 ('maria', 'fact', 's', 'no reminder', true, '{"due_at": "tomorrow"}')"#,
        )
        .unwrap();
    assert_eq!(rows(&mut client, "SELECT reminders_without_moment, reminders_due FROM homer_stats()"), ["4|1"]);
    let indexed = "SET enable_seqscan = off; SELECT content FROM homer_memories
                    WHERE homer.lacks_moment(category, is_active, metadata) ORDER BY 1";
    assert_eq!(rows(&mut client, indexed), ["a number", "a word", "another name", "another name"]);
}

/// A dump does not carry them.
#[test]
fn columns_that_an_application_has_added_are_named() {
    let mut client = session();
    let added = "SELECT columns_added FROM homer_stats()";
    assert_eq!(rows(&mut client, added), ["{}"]);
    client
        .batch_execute(
            "ALTER TABLE homer_memories ADD COLUMN team text, ADD COLUMN gone text, ADD COLUMN \"Length\" integer GENERATED ALWAYS AS (length(content)) STORED;
             ALTER TABLE homer_memories DROP COLUMN gone; ALTER TABLE homer_user_profiles ADD COLUMN team text;
             ALTER TABLE homer_file_messages ADD COLUMN note text; ALTER TABLE homer_files ADD COLUMN team text",
        )
        .unwrap();
    assert_eq!(
        rows(&mut client, added),
        [
            "{homer_user_profiles.team,homer_memories.team,homer_memories.Length,homer_files.team,homer_file_messages.note}"
        ]
    );
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
