//! A question reads PostgreSQL's indexes page by page, beside whatever others write and VACUUM takes away, and answers what
//! statements answer in the same snapshot.

use homer_tests::*;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Rows of nine users and of everyone beside each other, of every kind that a column allows. So many that the commonest words
/// have pages of their own in the index. Most have a vector, and some the vector of another text.
const MANY: &str = "
    CREATE FUNCTION said(n bigint) RETURNS text IMMUTABLE LANGUAGE sql AS $$
        SELECT string_agg((ARRAY['tax', 'form', 'rent', 'due', 'paid', 'wheel', 'blue', 'paint', 'Hamburg', 'mill', 'drain', 'roof'])
                          [1 + abs(hashint8(n * 31 + k)) % (CASE WHEN k < 2 THEN 3 ELSE 12 END)], ' ')
          FROM generate_series(1, 1 + abs(hashint8(n)) % 6) AS k $$;
    SELECT homer_enable_embeddings(24);
    CREATE FUNCTION vector_of(n bigint) RETURNS float8[] IMMUTABLE LANGUAGE sql AS $$
        SELECT array_agg(hashint8(n * 97 + k) / 2147483648.0 ORDER BY k) FROM generate_series(1, 24) AS k $$;
    CREATE FUNCTION fill(first bigint, last bigint) RETURNS void LANGUAGE sql AS $$
        WITH stored AS (
        INSERT INTO homer_memories (user_id, category, subject, content, importance, tags, source_conversation_id, is_active, expires_at,
                                    created_at, updated_at)
        SELECT (ARRAY['maria', 'devon', 'maria', 'sam', NULL, 'maria'])[1 + abs(hashint8(n)) % 6],
               (ARRAY['fact', 'Decision', ' fact', 'mood', 'Rule', 'Mood'])[1 + abs(hashint8(n + 1)) % 6], said(n + 2), said(n), NULLIF(n % 11, 0),
               CASE WHEN n % 300 = 0 THEN '[\"rare\"]' ELSE (ARRAY['[\"red\"]', '[]', NULL, '[\"red\", \"blue\"]'])[1 + abs(hashint8(n + 3)) % 4] END::jsonb,
               (ARRAY['1', '2', 'default', NULL])[1 + abs(hashint8(n / 7)) % 4], NULLIF(n % 13, 0) <> 1,
               CASE WHEN n % 17 = 0 THEN now() AT TIME ZONE 'UTC' + (n % 3 - 1) * interval '1 day' END,
               CASE WHEN n % 5 > 0 THEN now() AT TIME ZONE 'UTC' - n % 400 * interval '1 hour' END,
               CASE WHEN n % 41 = 0 THEN timestamp '57868-01-01' WHEN n % 43 = 0 THEN now() AT TIME ZONE 'UTC' + n % 90 * interval '1 day'
                    WHEN n % 7 > 0 THEN now() AT TIME ZONE 'UTC' - n % 300 * interval '1 hour' END
          FROM generate_series(first, last) AS n
        RETURNING *)
        INSERT INTO homer.memory_embeddings (memory_id, user_id, embedding, length, text_hash)
        SELECT s.id, s.user_id, v.embedding, homer.length_of(v.embedding),
               homer.text_hash(s.user_id, s.subject, CASE WHEN s.id % 19 > 0 THEN s.content ELSE 'another' END)
          FROM stored AS s, LATERAL (SELECT vector_of(s.id)::real[] AS embedding) AS v WHERE s.id % 4 > 0 $$;
    SELECT fill(1, 20000);
    DO $$ BEGIN CREATE ROLE reading_by_sql NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
    SELECT homer_grant('reading_by_sql', 'service')";

/// What a policy of somebody else's says, only statements know.
const READ_BY_SQL: &str = "CREATE POLICY another ON homer_memories AS RESTRICTIVE FOR SELECT USING (true)";

const ASKED: [&str; 20] = [
    "'maria', 10, 'Which tax form is due?'",
    "'devon', 40, 'Was the rent paid?'",
    "'sam', 10, 'blue paint', categories => '{FACT}'",
    "'maria', 10, 'the tax', tags => '{blue, green}'",
    "'maria', 25, 'a wheel and a roof', categories => '{decision, mood}', tags => '{red}', conversation_id => '1'",
    "NULL, 10, 'Hamburg tax'",
    "'maria', 500, 'tax rent mill drain', include_global => false",
    "'nobody', 10, 'tax'",
    "'maria', 10, query_embedding => vector_of(77)",
    "'devon', 40, 'Was the rent paid?', vector_of(9)",
    "'maria', 300, 'blue paint', vector_of(12), categories => '{fact}', tags => '{red}', conversation_id => '2'",
    "NULL, 10, query_embedding => vector_of(5)",
    "'maria', 40",
    "'devon', 5000, include_global => false",
    "'sam', 10, categories => '{FACT, Mood, none}'",
    "'maria', 10, tags => '{blue, green}'",
    "'maria', 25, 'Who is that?', categories => '{decision, mood}', tags => '{rare}', conversation_id => '1'",
    "NULL, 10, tags => '{red}'",
    "'nobody', 10, conversation_id => 'default'",
    "'maria', 10, 'wheelroof'",
];

fn question(asked: &str) -> String {
    format!("SELECT concat_ws(' ', id, COALESCE(user_id, 'everyone'), relevance) FROM homer_relevant_memories({asked})")
}

/// The same to compare with another transaction's, for which everything is a little older.
fn found(client: &mut Client, asked: &str) -> Vec<String> {
    rows(client, &question(asked).replace("relevance)", "round(relevance::numeric, 5))"))
}

fn explanation(user: &str, id: &str) -> String {
    format!(
        "SELECT concat_ws(' ', part, word, times, lent_by, amount, counts)
           FROM homer_explain_relevance('{user}', 'Which tax form is due?', vector_of(3), {id})"
    )
}

/// How often statements were asked instead of the indexes.
fn asked_by_sql(client: &mut Client) -> i64 {
    value(
        client,
        "SELECT COALESCE(sum(calls), 0)::bigint FROM pg_stat_xact_user_functions WHERE funcname IN ('memories_with_keys', 'cosines', 'most_relevant')",
    )
}

/// Compares both ways in one snapshot, and gives how many memories were compared.
fn compare(client: &mut Client) -> usize {
    let mut compared = 0;
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL track_functions = 'all'").unwrap();
    for asked in ASKED {
        let before = asked_by_sql(client);
        let walked = rows(client, &question(asked));
        assert_eq!(asked_by_sql(client), before, "control: the indexes were walked");
        client.batch_execute("SET LOCAL ROLE reading_by_sql").unwrap();
        let stated = rows(client, &question(asked));
        client.batch_execute("RESET ROLE").unwrap();
        assert!(asked_by_sql(client) > before, "control: statements were asked");
        assert_eq!(walked, stated, "{asked}");
        compared += walked.len();
    }
    let id = rows(client, &question(ASKED[0]))[0].split(' ').next().unwrap().to_owned();
    let walked = rows(client, &explanation("maria", &id));
    client.batch_execute("SET LOCAL ROLE reading_by_sql").unwrap();
    assert_eq!(walked, rows(client, &explanation("maria", &id)));
    assert!(walked.len() > 3, "{walked:?}");
    client.batch_execute("COMMIT").unwrap();
    compared
}

#[test]
fn by_walk_and_by_sql_the_answers_are_the_same() {
    let database = database();
    let mut client = database.connect();
    client.batch_execute(&format!("{MANY}; {READ_BY_SQL}")).unwrap();
    let unvacuumed = compare(&mut client);
    assert!(unvacuumed > 500, "{unvacuumed}");
    client.batch_execute("VACUUM (INDEX_CLEANUP ON) homer_memories").unwrap();
    client.batch_execute("DELETE FROM homer_memories WHERE id % 10 = 3; SELECT fill(20001, 21000)").unwrap();
    assert!(compare(&mut client) > 500, "partly vacuumed");
    client.batch_execute("VACUUM (FREEZE, INDEX_CLEANUP ON) homer_memories").unwrap();
    assert!(compare(&mut client) > 500, "vacuumed");
    // Versions that no index was told of.
    client
        .batch_execute(
            "UPDATE homer_memories SET metadata = '{\"a\": 1}' WHERE id % 3 = 0;
             UPDATE homer_memories SET metadata = '{\"a\": 2}' WHERE id % 9 = 0;
             UPDATE homer_memories SET content = content || ' tax' WHERE id % 20 = 0;
             SELECT homer_set_embedding(id, vector_of(id + 1)) FROM homer_memories WHERE id % 10 = 2",
        )
        .unwrap();
    assert!(compare(&mut client) > 500, "updated");
    client.batch_execute("REINDEX TABLE homer_memories; REINDEX TABLE homer.memory_embeddings").unwrap();
    assert!(compare(&mut client) > 500, "with new indexes");
    client.batch_execute("CLUSTER homer_memories USING homer_memories_pkey").unwrap();
    assert!(compare(&mut client) > 500, "with a new table");
}

/// Of the buffers of a server there are so few that each question finds other pages where the one before had read its own.
#[test]
fn by_walk_a_page_is_read_that_has_left_its_buffer() {
    let cluster = Cluster::start("-c shared_buffers=1MB");
    let database = cluster.database();
    let mut client = database.connect();
    client.batch_execute(&format!("{MANY}; {READ_BY_SQL}; DELETE FROM homer_memories WHERE id % 10 = 3")).unwrap();
    for change in
        ["SELECT count(*) FROM homer_memories", "VACUUM FULL homer_memories", "SELECT count(*) FROM homer_memories"]
    {
        client.batch_execute(change).unwrap();
        assert!(compare(&mut client) > 500, "{change}");
    }
    let plan: Value = value(
        &mut client,
        "EXPLAIN (ANALYZE, BUFFERS, FORMAT json) SELECT * FROM homer_relevant_memories('maria', 10, 'Which tax form is due?', vector_of(1))",
    );
    assert!(
        plan[0]["Plan"]["Shared Read Blocks"].as_u64() > Some(100),
        "control: pages had left their buffers: {plan}"
    );
}

/// The first question of a session looks all its pages up, the next finds most of them where they were.
#[test]
fn by_walk_each_page_is_counted_that_is_found_where_it_was() {
    let database = database();
    database.connect().batch_execute(MANY).unwrap();
    let mut client = database.connect();
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ").unwrap();
    let mut counted = |asked: &str| -> [i64; 2] {
        let count = |client: &mut Client| {
            ["fetched", "hit"].map(|what| {
                value::<i64>(client, &format!("SELECT pg_stat_get_xact_blocks_{what}('homer_memories'::regclass)"))
            })
        };
        let before = count(&mut client);
        assert!(!found(&mut client, asked).is_empty());
        let after = count(&mut client);
        [after[0] - before[0], after[1] - before[1]]
    };
    let asked = "'maria', 10, 'Which tax form is due?'";
    let [fetched, hit] = counted(asked);
    assert!(fetched > 200 && hit == fetched, "{fetched} {hit}");
    assert_eq!(counted(asked), [fetched, hit]);
}

/// What a transaction has written itself, and what a savepoint has taken back.
#[test]
fn by_walk_a_transaction_sees_what_it_has_written() {
    let mut client = session();
    client.batch_execute(MANY).unwrap();
    let best = |client: &mut Client| rows(client, &question("'maria', 1, 'zebra'"));
    client.batch_execute("BEGIN").unwrap();
    assert_eq!(best(&mut client), [""; 0]);
    client
        .batch_execute("INSERT INTO homer_memories (id, user_id, category, subject, content) VALUES (-900, 'maria', 'fact', '', 'a zebra')")
        .unwrap();
    assert!(best(&mut client)[0].starts_with("-900 maria "));
    client.batch_execute("SAVEPOINT s; DELETE FROM homer_memories WHERE id = -900").unwrap();
    assert_eq!(best(&mut client), [""; 0]);
    client.batch_execute("ROLLBACK TO s").unwrap();
    assert!(best(&mut client)[0].starts_with("-900 maria "));
    client.batch_execute("ROLLBACK").unwrap();
    assert_eq!(best(&mut client), [""; 0]);
}

/// Four writers and VACUUM beside five seconds of questions.
#[test]
fn by_walk_and_by_sql_the_answers_are_the_same_while_others_write() {
    let database = database();
    database.connect().batch_execute(&format!("{MANY}; {READ_BY_SQL}")).unwrap();
    database.connect().batch_execute("VACUUM homer_memories").unwrap();
    let is_over = AtomicBool::new(false);
    let writes = [
        "SELECT fill(n, n + 40) FROM (SELECT (random() * 1000000)::bigint AS n) AS r",
        "DELETE FROM homer_memories WHERE id IN (SELECT id FROM homer_memories TABLESAMPLE SYSTEM (1) WHERE id > 5000 LIMIT 60)",
        "UPDATE homer_memories SET content = said(id + (random() * 1000)::integer), updated_at = now() AT TIME ZONE 'UTC'
          WHERE id IN (SELECT id FROM homer_memories TABLESAMPLE SYSTEM (1) LIMIT 20)",
        "UPDATE homer_memories SET metadata = jsonb_build_object('n', random()), is_active = random() > 0.1
          WHERE id IN (SELECT id FROM homer_memories TABLESAMPLE SYSTEM (1) LIMIT 20)",
        "SELECT homer_set_embedding(id, vector_of((random() * 1000000)::bigint))
           FROM homer_memories WHERE id IN (SELECT id FROM homer_memories TABLESAMPLE SYSTEM (1) LIMIT 20)",
        "VACUUM (INDEX_CLEANUP ON) homer_memories, homer.memory_embeddings",
    ];
    let compared = std::thread::scope(|scope| {
        let write = |write: &'static str| {
            let (database, is_over) = (&database, &is_over);
            move || {
                let mut client = database.connect();
                let mut done = 0;
                while !is_over.load(Ordering::Relaxed) {
                    // Two that change the same row wait for each other, and now and then one of them is ended for it.
                    done += usize::from(client.batch_execute(write).is_ok());
                }
                done
            }
        };
        let writers: Vec<_> = writes.map(|statement| scope.spawn(write(statement))).into();
        let questions = || {
            let mut client = database.connect();
            let until = Instant::now() + Duration::from_secs(5);
            let mut compared = 0;
            while Instant::now() < until {
                compared += compare(&mut client);
            }
            compared
        };
        let compared = std::panic::catch_unwind(std::panic::AssertUnwindSafe(questions));
        is_over.store(true, Ordering::Relaxed);
        for writer in writers {
            assert!(writer.join().unwrap() > 3, "control: each writes");
        }
        compared.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    assert!(compared > 500, "{compared}");
}

/// Row security is not asked for each row, but what it says holds.
#[test]
fn by_walk_a_confined_role_reads_its_user_alone() {
    let database = database();
    let mut client = database.connect();
    client.batch_execute(MANY).unwrap();
    client
        .batch_execute("CREATE ROLE confined_by_walk NOLOGIN; SELECT homer_grant('confined_by_walk', 'confined')")
        .unwrap();
    let own = found(&mut client, ASKED[0]);
    let own_by_vector = found(&mut client, ASKED[8]);
    client.batch_execute("BEGIN; SET LOCAL track_functions = 'all'; SET LOCAL ROLE confined_by_walk; SET LOCAL homer.user_id = 'maria'").unwrap();
    assert_eq!(found(&mut client, ASKED[0]), own);
    assert_eq!(found(&mut client, ASKED[8]), own_by_vector);
    let best = |user: &str| {
        format!(
            "SELECT count(*) FROM homer.best_answers('homer_memories'::regclass, NULL, '{{{user}}}', 'tax', NULL, NULL, NULL, NULL,
                                                     now() AT TIME ZONE 'UTC', 10)"
        )
    };
    assert_eq!(value::<i64>(&mut client, &best("maria")), 10, "control");
    assert_eq!(value::<i64>(&mut client, &best("devon")), 0);
    assert_eq!(asked_by_sql(&mut client), 0, "all of this was walked, or not read at all");
    client.batch_execute("SET LOCAL homer.user_id = 'devon'").unwrap();
    assert_eq!(value::<i64>(&mut client, &best("devon")), 10);
    client.batch_execute("RESET ROLE; CREATE ROLE nobody_by_walk; SET LOCAL ROLE nobody_by_walk").unwrap();
    assert_eq!(refused(&mut client, &best("devon")).sqlstate, "42501");
}

/// An operator's own policy hides rows, and how many they are.
#[test]
fn what_a_policy_hides_counts_in_no_answer() {
    let database = database();
    let mut client = database.connect();
    client.batch_execute(MANY).unwrap();
    let as_role = |client: &mut Client| {
        client.batch_execute("BEGIN; SET LOCAL ROLE reading_by_sql").unwrap();
        let found = found(client, ASKED[0]);
        client.batch_execute("COMMIT").unwrap();
        found
    };
    let all = as_role(&mut client);
    assert_eq!(all, found(&mut client, ASKED[0]), "control");
    client
        .batch_execute(
            "CREATE POLICY of_the_operator ON homer_memories AS RESTRICTIVE FOR SELECT USING (category <> 'Decision')",
        )
        .unwrap();
    let fewer = as_role(&mut client);
    client.batch_execute("DELETE FROM homer_memories WHERE category = 'Decision'").unwrap();
    assert_eq!(fewer, found(&mut client, ASKED[0]), "as if they were not there");
    assert_ne!(fewer, all);
    client.batch_execute("DROP POLICY of_the_operator ON homer_memories").unwrap();
    // homer's own, changed.
    client.batch_execute("ALTER POLICY homer_reads ON homer_memories USING (category = 'mood')").unwrap();
    let moods = as_role(&mut client);
    client.batch_execute("DELETE FROM homer_memories WHERE category <> 'mood'").unwrap();
    assert_eq!(moods, found(&mut client, ASKED[0]));
    assert!(!moods.is_empty());
}

/// A policy holds from when it was made, also for a snapshot that is older: so PostgreSQL does it for statements.
#[test]
fn a_new_policy_holds_in_a_transaction_that_began_before() {
    let database = database();
    let (mut owner, mut client) = (database.connect(), database.connect());
    owner.batch_execute(MANY).unwrap();
    let hidden = |answers: Vec<String>| answers.iter().filter(|answer| answer.contains("Decision")).count();
    let asked = "SELECT id || ' ' || category FROM homer_relevant_memories('maria', 100, 'tax')";
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL ROLE reading_by_sql; SELECT 1").unwrap();
    owner
        .batch_execute(
            "CREATE POLICY of_the_operator ON homer_memories AS RESTRICTIVE FOR SELECT USING (category <> 'Decision')",
        )
        .unwrap();
    assert_eq!(hidden(rows(&mut client, asked)), 0, "as its statements");
    assert_eq!(
        value::<i64>(&mut client, "SELECT count(*) FROM homer_memories WHERE category = 'Decision'"),
        0,
        "control"
    );
    // What was found out under the old snapshot does not hold for the session.
    let counted = "SELECT count(*) FROM homer.best_answers('homer_memories'::regclass, NULL, '{maria}', 'tax', NULL, NULL, NULL, NULL,
                                                           now() AT TIME ZONE 'UTC', 100000)";
    let sees = "SELECT count(*) FROM homer_memories WHERE user_id = 'maria' AND is_active IS NOT FALSE
                 AND (expires_at IS NULL OR expires_at > now() AT TIME ZONE 'UTC') AND (subject || ' ' || content) ~ '\\mtax\\M'";
    client.batch_execute("COMMIT; BEGIN; SET LOCAL ROLE reading_by_sql").unwrap();
    let (counted, sees): (i64, i64) = (value(&mut client, counted), value(&mut client, sees));
    assert!(sees > 100, "control: {sees}");
    assert_eq!(counted, sees, "nothing that is hidden counts");
}

/// Without what the walk needs, statements are asked, and the answers are the same.
#[test]
fn what_cannot_be_walked_is_asked_by_sql() {
    let database = database();
    let mut client = database.connect();
    client.batch_execute(&format!("{MANY}; SET track_functions = 'all'")).unwrap();
    let expected = [ASKED[0], ASKED[9]].map(|asked| found(&mut client, asked));
    for change in [
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "ALTER INDEX homer_memories_live_idx RENAME TO another",
        "DROP INDEX homer_memories_conversation_idx; CREATE INDEX homer_memories_conversation_idx
             ON homer_memories (homer.scope_of(user_id), source_conversation_id, id) WHERE is_active IS NOT FALSE AND source_conversation_id IS NOT NULL",
        "ALTER INDEX homer_memories_search_idx SET (fastupdate = on);
         INSERT INTO homer_memories (user_id, category, subject, content) VALUES ('eve', 'fact', '', 'waits in a list')",
        "CREATE TABLE of_another_kind () INHERITS (homer_memories)",
        "DO $$
         DECLARE definition text := pg_get_indexdef('homer_memories_live_idx'::regclass);
         BEGIN
             DROP INDEX homer_memories_live_idx;
             EXECUTE replace(definition, 'expires_at)', 'expires_at DESC)');
         END $$",
        "DROP INDEX homer.memory_embeddings_code_idx; CREATE INDEX memory_embeddings_code_idx ON homer.memory_embeddings (memory_id)",
    ] {
        client.batch_execute(&format!("BEGIN; {change}")).unwrap();
        let before = asked_by_sql(&mut client);
        assert_eq!([ASKED[0], ASKED[9]].map(|asked| found(&mut client, asked)), expected, "{change}");
        assert!(asked_by_sql(&mut client) > before, "{change}");
        client.batch_execute("ROLLBACK").unwrap();
    }
}
