//! What a call reads does not grow with the memories of the user, whatever the planner believes. Rows that statements read and pages
//! are counted rather than time, which would depend on the machine.

use homer_tests::*;

const LIMIT: i64 = 10;
/// Six slots of the user and six of everyone, ten of each at most.
const MOST_ROWS: i64 = 12 * LIMIT;
/// What is not read by a statement is counted in pages alone. All rows of the user lie on more than this, and their index on less.
const MOST_PAGES: i64 = 600;

/// 30,000 memories of one user and 2,000 of everyone, all of these newer.
const MANY_MEMORIES: &str = "
    INSERT INTO homer_memories (user_id, category, subject, content, importance, created_at, updated_at)
    SELECT 'maria', (ARRAY['fact', 'preference', 'decision', 'reminder', 'context', 'recipe'])[1 + n % 6], 's', 'c',
           1 + n % 10, said, said
      FROM generate_series(1, 30000) AS n, LATERAL (SELECT now() AT TIME ZONE 'UTC' - n * interval '10 minutes' AS said) AS m;
    INSERT INTO homer_memories (user_id, category, subject, content, importance)
    SELECT NULL, (ARRAY['fact', 'preference', 'decision', 'reminder', 'context', 'recipe'])[1 + n % 6], 's', 'c', 1 + n % 10
      FROM generate_series(1, 2000) AS n";

/// What one call reads of homer_memories: rows fetched by index, and scans of the whole table.
fn rows_read(client: &mut Client, call: &str) -> (i64, i64) {
    let mut transaction = client.transaction().unwrap();
    let before = counters(&mut transaction);
    assert_eq!(transaction.query(call, &[]).unwrap().len() as i64, LIMIT, "{call}");
    let after = counters(&mut transaction);
    (after.0 - before.0, after.1 - before.1)
}

fn counters(transaction: &mut Transaction) -> (i64, i64) {
    let counters = "SELECT idx_tup_fetch, seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'homer_memories'";
    let row = transaction.query_one(counters, &[]).unwrap();
    (row.get(0), row.get(1))
}

/// How many pages one call looks at, of tables and indexes, once each time.
fn pages_read(client: &mut Client, call: &str) -> i64 {
    client.query(call, &[]).unwrap();
    let plan: serde_json::Value =
        client.query_one(&format!("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {call}"), &[]).unwrap().get(0);
    let blocks = |kind: &str| plan[0]["Plan"][kind].as_i64().unwrap();
    blocks("Shared Hit Blocks") + blocks("Shared Read Blocks")
}

fn assert_reads_little(client: &mut Client, call: &str, most: i64, label: &str) {
    let (rows, scans) = rows_read(client, call);
    assert_eq!(scans, 0, "{label}: the whole table was read");
    assert!(rows >= LIMIT && rows <= most, "{label}: {rows} rows were read, {most} at most should be");
    let pages = pages_read(client, call);
    assert!(pages <= MOST_PAGES, "{label}: {pages} pages were read, {MOST_PAGES} at most should be");
}

const CALL: &str = "SELECT * FROM homer_relevant_memories('maria')";

#[test]
fn whatever_the_statistics_say() {
    for (label, preparation) in [
        ("never analyzed", "ALTER TABLE homer_memories SET (autovacuum_enabled = off)"),
        ("analyzed while empty", "ANALYZE homer_memories"),
        (
            "analyzed with one row",
            "INSERT INTO homer_memories (category, subject, content) VALUES ('fact', 's', 'c'); ANALYZE homer_memories",
        ),
    ] {
        let mut client = session();
        client.batch_execute(preparation).unwrap();
        // A plan that is kept from the time when the table was empty must not be a bad one later.
        client.query(CALL, &[]).unwrap();
        client.batch_execute(MANY_MEMORIES).unwrap();
        assert_reads_little(&mut client, CALL, MOST_ROWS, label);
        client.batch_execute("ANALYZE homer_memories").unwrap();
        assert_reads_little(&mut client, CALL, MOST_ROWS, &format!("{label}, then analyzed"));
    }
}

#[test]
fn whatever_the_session_prefers() {
    let mut client = session();
    client.batch_execute(MANY_MEMORIES).unwrap();
    for setting in [
        "plan_cache_mode = force_generic_plan",
        "plan_cache_mode = force_custom_plan",
        "random_page_cost = 1000",
        "cpu_tuple_cost = 1000",
        "jit_above_cost = 0",
        "parallel_setup_cost = 0",
    ] {
        client.batch_execute(&format!("SET {setting}")).unwrap();
        assert_reads_little(&mut client, CALL, MOST_ROWS, setting);
        let prepared = format!("PREPARE p AS {CALL}; EXECUTE p; DEALLOCATE p");
        client.batch_execute(&prepared).unwrap();
        client.batch_execute("RESET ALL").unwrap();
    }
}

#[test]
fn whatever_the_filter_names() {
    let mut client = session();
    client.batch_execute(MANY_MEMORIES).unwrap();
    client
        .batch_execute(
            "UPDATE homer_memories SET tags = '[\"common\"]' WHERE id / 6 % 2 = 0;
             INSERT INTO homer_memories (user_id, category, subject, content, updated_at)
             SELECT 'maria', 'rare word', 's', 'c', '2001-01-01' FROM generate_series(1, 10)",
        )
        .unwrap();
    for (filter, branches) in [
        ("categories => '{fact}'", 2),
        ("categories => '{fact,context,fact}'", 4),
        ("categories => '{recipe}'", 2),
        ("categories => '{rare word}'", 2),
        ("categories => '{rare word,recipe,decision}'", 6),
        ("include_global => false", 6),
        // Half of the memories of each category carry the tag, so about two are read for one that is found.
        ("tags => '{common}'", 36),
    ] {
        let call = format!("SELECT * FROM homer_relevant_memories('maria', 10, {filter})");
        assert_reads_little(&mut client, &call, branches * LIMIT, filter);
    }
}

/// Ten that no other memory stands below carry the tag.
#[test]
fn a_tag_that_few_carry_is_looked_up() {
    let mut client = session();
    client.batch_execute(MANY_MEMORIES).unwrap();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, updated_at, tags)
             SELECT 'maria', 'fact', 's', 'c', '2001-01-01', '[\"rare\", \"common\"]' FROM generate_series(1, 10);
             UPDATE homer_memories SET tags = '[\"common\"]' WHERE id <= 20000 AND user_id = 'maria'",
        )
        .unwrap();
    let call = |tag: &str| format!("SELECT * FROM homer_relevant_memories('maria', 10, tags => '{{{tag}}}')");
    assert_reads_little(&mut client, &call("common"), MOST_ROWS, "control");
    assert_reads_little(&mut client, &call("rare"), LIMIT, "rare");
    assert!(rows(&mut client, &call("rare").replace('*', "updated_at::date"))[0] == "2001-01-01");
}

#[test]
fn after_every_row_was_updated() {
    let mut client = session();
    client.batch_execute(MANY_MEMORIES).unwrap();
    client.batch_execute("UPDATE homer_memories SET updated_at = now() AT TIME ZONE 'UTC'").unwrap();
    assert_reads_little(&mut client, CALL, MOST_ROWS, "after the update");
}

/// PostgreSQL keeps for a session what an index holds as the first role saw it that asked, and looks into no function that this role
/// may not call.
#[test]
fn after_a_role_without_rights_has_asked() {
    let database = database();
    let mut owner = database.connect();
    owner.batch_execute(MANY_MEMORIES).unwrap();
    owner
        .batch_execute(
            "CREATE ROLE back_end; CREATE ROLE pooled NOINHERIT IN ROLE back_end; SELECT homer_grant('back_end', 'service')",
        )
        .unwrap();
    let mut client = database.connect();
    client.batch_execute("SET ROLE pooled").unwrap();
    assert_eq!(refused(&mut client, "SELECT count(*) FROM homer_memories").sqlstate, "42501");
    client.batch_execute("SET ROLE back_end").unwrap();
    assert_reads_little(&mut client, CALL, MOST_ROWS, "ranking");
    assert_reads_little(&mut client, "SELECT * FROM homer_list_memories('maria', 10)", LIMIT + 1, "list");
    assert_reads_little(
        &mut client,
        "SELECT * FROM homer_relevant_memories('maria', 10, categories => '{recipe}')",
        2 * LIMIT,
        "filter",
    );
    client.batch_execute("RESET ROLE; DROP OWNED BY back_end; DROP ROLE pooled, back_end").unwrap();
}

/// Every function that PostgreSQL may look into for an index, by itself or in another, is everybody's.
#[test]
fn whoever_asks_may_call_what_indexes_are_made_of() {
    let mut client = session();
    let looked_into = "
        WITH RECURSIVE used AS (
            SELECT d.refobjid AS function
              FROM pg_depend AS e JOIN pg_index AS i ON i.indrelid = e.objid
              JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
             WHERE e.refclassid = 'pg_extension'::regclass AND e.classid = 'pg_class'::regclass AND e.deptype = 'e'
               AND d.refclassid = 'pg_proc'::regclass
            UNION
            SELECT d.refobjid FROM used JOIN pg_depend AS d ON d.objid = used.function
             WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_proc'::regclass
        )
        SELECT function FROM used JOIN pg_proc AS p ON p.oid = function JOIN pg_language AS l ON l.oid = p.prolang
         WHERE lanname = 'sql'";
    let kept = format!(
        "SELECT function::regprocedure::text FROM ({looked_into}) AS f WHERE NOT has_function_privilege('public', function, 'EXECUTE')"
    );
    assert_eq!(rows(&mut client, &kept), [""; 0]);
    // Control: there are some.
    assert!(rows(&mut client, looked_into).len() > 10);
}

/// Five thousand memories that outrank all others have expired, and nothing has retired them.
#[test]
fn with_thousands_of_expired_memories_on_top() {
    let mut client = session();
    client.batch_execute(MANY_MEMORIES).unwrap();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, importance, expires_at)
             SELECT 'maria', 'fact', 'expired', 'c', 10, now() AT TIME ZONE 'UTC' - interval '1 minute'
               FROM generate_series(1, 5000)",
        )
        .unwrap();
    assert_reads_little(&mut client, CALL, MOST_ROWS, "expired on top");
}

/// An application that takes milliseconds for seconds does so with every row; one whose clock is ahead with the newest.
#[test]
fn with_moments_that_are_to_come() {
    let mut client = session();
    client.batch_execute(MANY_MEMORIES).unwrap();
    client.batch_execute("UPDATE homer_memories SET updated_at = updated_at + interval '3 hours'").unwrap();
    client
        .batch_execute(
            "CREATE ROLE early_bird;
             GRANT USAGE ON SCHEMA homer TO early_bird; GRANT USAGE ON TYPE homer.one_user TO early_bird;
             GRANT SELECT ON ALL TABLES IN SCHEMA public, homer TO early_bird;
             GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public, homer TO early_bird;
             SET homer.user_id = 'maria'",
        )
        .unwrap();
    // 18 of the user's memories are to come: they are read besides, and the best of the others once more.
    for role in ["postgres", "early_bird"] {
        client.batch_execute(&format!("SET ROLE {role}")).unwrap();
        for filter in ["", ", categories => '{recipe,fact}'"] {
            let call = format!("SELECT * FROM homer_relevant_memories('maria', include_global => false{filter})");
            assert_reads_little(&mut client, &call, 3 * MOST_ROWS, &format!("{role}: some are to come {filter}"));
        }
    }
    client.batch_execute("RESET ROLE; DROP OWNED BY early_bird; DROP ROLE early_bird").unwrap();
    client
        .batch_execute("UPDATE homer_memories SET updated_at = timestamp '57868-01-01' + id * interval '1 minute'")
        .unwrap();
    for filter in ["", ", categories => '{fact}'", ", categories => '{recipe}'"] {
        let call = format!("SELECT * FROM homer_relevant_memories('maria'{filter})");
        assert_reads_little(&mut client, &call, 2 * MOST_ROWS, &format!("all are far off {filter}"));
    }
}

#[test]
fn for_a_user_without_memories() {
    let mut client = session();
    client.batch_execute(MANY_MEMORIES).unwrap();
    assert_reads_little(&mut client, "SELECT * FROM homer_relevant_memories('nobody')", MOST_ROWS, "nobody");
    assert_reads_little(&mut client, "SELECT * FROM homer_relevant_memories(NULL)", MOST_ROWS, "everyone");
}

/// Twenty memories of Maria hold the words, and twenty thousand of others; a question of hers meets the former alone.
#[test]
fn a_question_never_reads_the_memories_of_others() {
    for (label, preparation) in [
        ("never analyzed", "ALTER TABLE homer_memories SET (autovacuum_enabled = off)"),
        ("analyzed while empty", "ANALYZE homer_memories"),
    ] {
        let mut client = session();
        client.batch_execute(preparation).unwrap();
        let question = "SELECT * FROM homer_relevant_memories('maria', 10, 'Where is the tax form?')";
        client.query(question, &[]).unwrap();
        client
            .batch_execute(
                "INSERT INTO homer_memories (user_id, category, subject, content, source_conversation_id)
                 SELECT CASE WHEN n % 1000 = 0 THEN 'maria' ELSE 'other ' || n % 7 END, 'fact', 'tax', 'the form ' || n, 'c' || n
                   FROM generate_series(1, 20000) AS n",
            )
            .unwrap();
        // Two words looked up for 20 memories, the ten best with those around them, and the row of each.
        assert_reads_little(&mut client, question, 200, label);
        client.batch_execute("ANALYZE homer_memories").unwrap();
        assert_reads_little(&mut client, question, 200, &format!("{label}, then analyzed"));
    }
}

/// Applications number the conversations of each user from 1, or call them all "default".
#[test]
fn a_conversation_id_that_all_users_share_costs_nothing() {
    for preparation in ["ALTER TABLE homer_memories SET (autovacuum_enabled = off)", "ANALYZE homer_memories"] {
        let mut client = session();
        client.batch_execute(preparation).unwrap();
        let calls = [
            "SELECT * FROM homer_relevant_memories('maria', 10, 'Where is the tax form?')",
            "SELECT * FROM homer_relevant_memories('maria', 10, 'Where is the tax form?', conversation_id => 'default')",
            "SELECT * FROM homer_relevant_memories('maria', 10, conversation_id => 'default')",
            "SELECT e.* FROM generate_series(1, 2), homer_explain_relevance('maria', 'Where is the tax form?', NULL, 29000) AS e LIMIT 10",
        ];
        calls[..3].iter().for_each(|call| drop(client.query(*call, &[]).unwrap()));
        client
            .batch_execute(
                "INSERT INTO homer_memories (user_id, category, subject, content, source_conversation_id)
                 SELECT CASE WHEN n % 1000 = 0 THEN 'maria' WHEN n % 1001 > 0 THEN 'other ' || n % 7 END, 'fact', 'tax', 'the form ' || n,
                        CASE WHEN n % 2000 <> 0 THEN 'default' ELSE 'another' END
                   FROM generate_series(1, 30000) AS n",
            )
            .unwrap();
        for call in calls {
            let (rows, scans) = rows_read(&mut client, call);
            assert_eq!(scans, 0, "{call}");
            assert!(rows <= 400, "{rows} rows were read: {call}");
            // The user's 30 memories and everyone's 29 lie on as many pages, and some stand around each other.
            let pages = pages_read(&mut client, call);
            assert!((30..=1_000).contains(&pages), "{pages} pages were read: {call}");
        }
    }
}

/// Three words that each of 5,000 memories holds, and a filter that one in fifty or a hundred of them, or none, passes.
#[test]
fn a_filter_reads_no_more_than_a_question_without() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, tags)
             SELECT 'maria', CASE WHEN n % 100 = 0 THEN 'fact' ELSE 'context' END, 'tax', 'the form is due ' || n,
                    CASE WHEN n % 50 = 0 THEN '[\"red\"]' ELSE '[]' END::jsonb
               FROM generate_series(1, 5000) AS n",
        )
        .unwrap();
    let question = "SELECT * FROM homer_relevant_memories('maria', 10, 'Which tax form is due?')";
    let without = pages_read(&mut client, question);
    assert!(without > 100, "control: {without} pages were read: all rows, as nothing was vacuumed");
    for filter in
        ["categories => '{fact}'", "tags => '{red}'", "categories => '{fact}', tags => '{red}'", "tags => '{blue}'"]
    {
        let pages = pages_read(&mut client, &question.replace("?')", &format!("?', {filter})")));
        assert!(pages <= without + without / 20, "{filter}: {pages} pages were read, {without} without");
    }
}

/// A bitmap that outgrows work_mem keeps pages, and the words of every row on them would be split anew. Pools set 1 MB, some
/// less.
#[test]
fn a_question_splits_no_text_however_little_work_mem_there_is() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, metadata)
             SELECT 'maria', 'fact', 'tax', 'the form is due ' || n, jsonb_build_object('pad', repeat('x', 1700))
               FROM generate_series(1, 6000) AS n;
             SET work_mem = '64kB'; SET track_functions = 'all'",
        )
        .unwrap();
    let mut splits = |statement: &str| -> i64 {
        let mut transaction = client.transaction().unwrap();
        assert_eq!(transaction.query(statement, &[]).unwrap().len(), 10, "{statement}");
        let counted =
            "SELECT COALESCE((SELECT calls FROM pg_stat_xact_user_functions WHERE funcname = 'search_keys'), 0)";
        transaction.query_one(counted, &[]).unwrap().get(0)
    };
    let question = "SELECT * FROM homer_relevant_memories('maria', 10, 'Which tax form is due?')";
    assert_eq!(splits(question), 0);
    assert_eq!(splits(&question.replace("?')", "?', categories => '{fact}')")), 0);
    // Control: without homer's own setting it would.
    let bare = "SELECT id FROM homer_memories
                 WHERE homer.search_keys(user_id, subject, content, category, tags) OPERATOR(homer.&&) homer.keys_of_word('{maria}', 'tax', false)
                   AND homer.is_active_for_words(is_active) ORDER BY id LIMIT 10";
    assert!(splits(bare) > 100);
}

/// The plan of what is asked where only a statement knows what may be read, under the settings that its function gives it: each
/// branch is read in the order of its index, and only what the branches gave is sorted.
#[test]
fn each_branch_is_read_in_the_order_of_its_index() {
    let mut client = session();
    client.batch_execute(MANY_MEMORIES).unwrap();
    let settings: Vec<String> =
        client.query_one("SELECT proconfig FROM pg_proc WHERE proname = 'most_relevant'", &[]).unwrap().get(0);
    for setting in settings {
        client.batch_execute(&format!("SET {setting}")).unwrap();
    }
    for (branches, index) in [
        ("candidates_of_slots('{maria,\"\"}', '{0,1,2,3,4,5}'", "homer_memories_rank_idx"),
        ("candidates_of_other_categories('{maria,\"\"}', '{recipe}'", "homer_memories_other_category_rank_idx"),
    ] {
        let statement = format!("SELECT * FROM homer.{branches}, NULL, NULL, now() AT TIME ZONE 'UTC', 10)");
        let plan = rows(&mut client, &format!("EXPLAIN (COSTS OFF) {statement}"));
        let scans = plan.iter().filter(|line| line.contains(&format!("Index Scan using {index}")));
        assert_eq!(scans.count(), 2, "{plan:#?}");
        assert!(!plan.iter().any(|line| line.contains("Sort") || line.contains("Seq Scan")), "{plan:#?}");
    }
}

/// Asserts that a backend holds no more after a hundred times as many calls, in its memory contexts and as the system
/// sees it. `round` is a statement of many calls, each an execution of its own.
fn assert_keeps_nothing(client: &mut Client, round: &str) {
    let backend: i32 = value(client, "SELECT pg_backend_pid()");
    let mut held = |rounds: usize| -> (i64, i64) {
        for _ in 0..rounds {
            client.batch_execute(round).unwrap();
        }
        let contexts = value(client, "SELECT sum(total_bytes)::bigint FROM pg_backend_memory_contexts");
        (contexts, anonymous_kilobytes(backend))
    };
    let before = held(1);
    let after = held(100);
    assert!(after.0 - before.0 < 1_000_000, "memory contexts grew from {} to {} bytes", before.0, after.0);
    assert!(after.1 - before.1 < 4_000, "the backend grew from {} to {} kB", before.1, after.1);
}

#[test]
fn a_hundred_thousand_calls_leave_the_backend_as_small_as_it_was() {
    let mut client = session();
    client.batch_execute(MANY_MEMORIES).unwrap();
    let thousand =
        "DO $$ BEGIN FOR n IN 1..1000 LOOP PERFORM count(*) FROM homer_relevant_memories('maria', 3); END LOOP; END $$";
    assert_keeps_nothing(&mut client, thousand);
}

#[test]
fn ten_thousand_questions_leave_the_backend_as_small_as_it_was() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT count(homer_remember('maria', 'fact', 'Word ' || n, 'What was said on occasion ' || n % 50 || ' of the tax'))
               FROM generate_series(1, 300) AS n",
        )
        .unwrap();
    let hundred = "DO $$ BEGIN FOR n IN 1..100 LOOP
                       PERFORM count(*) FROM homer_relevant_memories('maria', 3, 'What was said of taxes on occasion ' || n || '?');
                   END LOOP; END $$";
    assert_keeps_nothing(&mut client, hundred);
}

fn anonymous_kilobytes(process: i32) -> i64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Where sorting is forbidden, a sort that is needed all the same has a cost of ten thousand millions, and PostgreSQL would
/// compile the statement at every call: 80 ms, and memory that the session keeps.
#[test]
fn no_statement_is_compiled_because_a_plan_is_forbidden() {
    let forbids = "SELECT count(*) > 5, count(*) FILTER (WHERE 'jit=off' <> ALL (proconfig)) FROM pg_proc
                    WHERE proconfig && '{enable_sort=off,enable_seqscan=off}'";
    assert_eq!(rows(&mut session(), forbids), ["t|0"]);
}

/// What a question costs doubles on pages that no VACUUM has seen, and by default PostgreSQL waits for a fifth of a table.
#[test]
fn a_vacuum_comes_when_a_twentieth_is_new_or_has_changed() {
    let scales = "SELECT unnest(reloptions) FROM pg_class WHERE relname = 'homer_memories' ORDER BY 1";
    assert_eq!(
        rows(&mut session(), scales),
        ["autovacuum_vacuum_insert_scale_factor=0.05", "autovacuum_vacuum_scale_factor=0.05"]
    );
}
