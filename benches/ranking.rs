//! What `homer_relevant_memories` costs without a question, for users of few and of many memories, beside fetching ten
//! rows by primary key and beside the formula computed for every row of the user, which is what one would write by hand.
//! Leaves the curve that docs/ranking.svg is drawn from in target/bench/ranking.tsv.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use homer_benches::{in_turns, median, microseconds, report};
use homer_tests::{Client, Database, database, rows, value};

const SIZES: [i32; 6] = [100, 500, 2_000, 10_000, 50_000, 200_000];
const GLOBAL: i32 = 2_000;
const OTHERS: i32 = 895;

/// The formula, by hand, with what its author would have: the rows of the user by the index on user_id.
const FORMULA: &str = "
    SELECT *, COALESCE(importance, 5) * power(2, -extract(epoch FROM now() AT TIME ZONE 'UTC' - updated_at)::float8 / 86400
                / CASE category WHEN 'fact' THEN 365 WHEN 'preference' THEN 365 WHEN 'decision' THEN 180
                                WHEN 'reminder' THEN 30 WHEN 'context' THEN 14 ELSE 90 END) AS relevance
      FROM plain_memories
     WHERE (user_id = $1 OR user_id IS NULL) AND is_active AND (expires_at IS NULL OR expires_at > now() AT TIME ZONE 'UTC')
     ORDER BY relevance DESC, id DESC LIMIT 10";
const HOMER: &str = "SELECT * FROM homer_relevant_memories($1, $2)";

fn main() {
    let database = database();
    let mut client = database.connect();
    load(&mut client);
    let rows: i64 = value(&mut client, "SELECT count(*) FROM homer_memories");
    println!("ranking without a question: {rows} memories, {GLOBAL} of them global; medians of calls in turns");
    let client = RefCell::new(client);
    users_of_any_size(&client, "unvacuumed");
    for table in ["homer_memories", "plain_memories"] {
        client.borrow_mut().batch_execute(&format!("VACUUM ANALYZE {table}")).unwrap();
    }
    users_of_any_size(&client, "vacuumed");
    beside_a_primary_key(&client);
    beside_the_formula(&client);
    two_clients(&database);
    storing(&mut client.borrow_mut());
}

/// A user of each size, the global memories, and 895 users of 500: 712,100 rows; beside it a copy with the indexes that
/// the tables would have without homer's. The rows lie in the order they were said in, as they would, and no VACUUM has seen
/// them yet.
fn load(client: &mut Client) {
    let sizes = SIZES.map(|size| format!("('user-{size}', {size})")).join(", ");
    for statement in [
        "ALTER TABLE homer_memories SET (autovacuum_enabled = off)",
        &format!(
            "INSERT INTO homer_memories (user_id, category, subject, content, importance, expires_at, created_at, updated_at)
             SELECT owner, (ARRAY['fact', 'preference', 'decision', 'reminder', 'context'])[1 + floor(random() * 5)::int],
                    'Subject ' || n, 'What was said on occasion ' || n || ', ' || repeat('word by word, ', 8),
                    1 + floor(random() * 10)::int, CASE WHEN random() < 0.1 THEN said + interval '300 days' END, said, said
               FROM (VALUES {sizes}, (NULL, {GLOBAL})) AS t (owner, size), LATERAL generate_series(1, size) AS n,
                    LATERAL (SELECT now() AT TIME ZONE 'UTC' - random() * interval '400 days' AS said WHERE n > 0) AS moment
             UNION ALL
             SELECT 'other-' || i, 'fact', 'Subject ' || n, 'What was said on occasion ' || n || repeat('word by word, ', 8),
                    1 + floor(random() * 10)::int, NULL, said, said
               FROM generate_series(1, {OTHERS}) AS i, generate_series(1, 500) AS n,
                    LATERAL (SELECT now() AT TIME ZONE 'UTC' - random() * interval '400 days' AS said WHERE n > 0) AS moment
              ORDER BY 7"
        ),
        "CREATE TABLE plain_memories (LIKE homer_memories INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
        "ALTER TABLE plain_memories SET (autovacuum_enabled = off)",
        "INSERT INTO plain_memories SELECT * FROM homer_memories",
        "ALTER TABLE plain_memories ADD PRIMARY KEY (id)",
        "CREATE INDEX ON plain_memories (user_id)",
        "CREATE INDEX ON plain_memories (category)",
        "CREATE INDEX ON plain_memories (importance)",
        "ANALYZE homer_memories",
        "ANALYZE plain_memories",
    ] {
        client.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
}

fn users_of_any_size(client: &RefCell<Client>, state: &str) {
    let homer = client.borrow_mut().prepare(HOMER).unwrap();
    let call = |user: &str, limit: i32| {
        client.borrow_mut().query(&homer, &[&user, &limit]).unwrap();
    };
    for limit in [1, 10, 100] {
        let (large, small) = in_turns(2_000, |_| call("user-200000", limit), |_| call("user-500", limit));
        report(&format!("{state}: limit {limit}: user of 200,000 / user of 500"), large, small);
    }
}

fn beside_a_primary_key(client: &RefCell<Client>) {
    let ids: Vec<i32> = client
        .borrow_mut()
        .query("SELECT id FROM homer_relevant_memories('user-500', 10)", &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    let homer = client.borrow_mut().prepare(HOMER).unwrap();
    let by_key = client.borrow_mut().prepare("SELECT * FROM homer_memories WHERE id = ANY ($1)").unwrap();
    let (ranked, fetched) = in_turns(
        4_000,
        |_| drop(client.borrow_mut().query(&homer, &[&"user-500", &10]).unwrap()),
        |_| drop(client.borrow_mut().query(&by_key, &[&ids]).unwrap()),
    );
    report("user of 500, limit 10 / ten rows by primary key", ranked, fetched);
}

/// One line a size, also written to the file that the picture is drawn from: memories, homer, the formula, in us. Ten
/// calls of homer to one of the formula, because a single one would find the caches full of the formula's rows.
fn beside_the_formula(client: &RefCell<Client>) {
    let homer = client.borrow_mut().prepare(HOMER).unwrap();
    let formula = client.borrow_mut().prepare(FORMULA).unwrap();
    let mut curve = String::new();
    for size in SIZES {
        let user = format!("user-{size}");
        let mut by_hand = Vec::new();
        let mut ranked = Vec::new();
        for _ in 0..if size > 10_000 { 15 } else { 100 } {
            by_hand.push(microseconds(|| drop(client.borrow_mut().query(&formula, &[&user]).unwrap())));
            for _ in 0..10 {
                ranked.push(microseconds(|| drop(client.borrow_mut().query(&homer, &[&user, &10]).unwrap())));
            }
        }
        let (by_hand, ranked) = (median(by_hand), median(ranked));
        report(&format!("user of {size}: the formula for every row / homer"), by_hand, ranked);
        curve += &format!("{size}\t{ranked:.1}\t{by_hand:.1}\n");
    }
    homer_benches::keep("ranking.tsv", &curve);
}

fn two_clients(database: &Database) {
    let calls = |clients: usize| -> f64 {
        let total: u32 = std::thread::scope(|scope| {
            let counts: Vec<_> = (0..clients).map(|_| scope.spawn(|| calls_in_three_seconds(database))).collect();
            counts.into_iter().map(|count| count.join().unwrap()).sum()
        });
        f64::from(total) / 3.0
    };
    let runs: Vec<(f64, f64)> = (0..3).map(|_| (calls(1), calls(2))).collect();
    let (one, two): (Vec<f64>, Vec<f64>) = runs.into_iter().unzip();
    let (one, two) = (median(one), median(two));
    println!("  {:<62} {two:11.0} / {one:9.0} calls/s   ratio {:3.2}", "two clients / one client", two / one);
}

fn calls_in_three_seconds(database: &Database) -> u32 {
    let mut client = database.connect();
    let homer = client.prepare(HOMER).unwrap();
    let began = Instant::now();
    let mut calls = 0;
    while began.elapsed() < Duration::from_secs(3) {
        client.query(&homer, &[&"user-500", &10]).unwrap();
        calls += 1;
    }
    calls
}

/// 100,000 memories into an empty table with the indexes for ranking, the original ones, or all of homer's, in turns.
fn storing(client: &mut Client) {
    client
        .batch_execute(
            "CREATE TABLE a_hundred_thousand AS SELECT * FROM homer_memories ORDER BY hashint4(id) LIMIT 100000;
             CREATE TABLE with_all (LIKE homer_memories INCLUDING ALL);
             CREATE TABLE with_originals (LIKE plain_memories INCLUDING ALL);
             CREATE TABLE with_ranking (LIKE homer_memories INCLUDING ALL)",
        )
        .unwrap();
    let others = "SELECT format('DROP INDEX %s', indexrelid::regclass) FROM pg_index
                   WHERE indrelid = 'with_ranking'::regclass AND pg_get_indexdef(indexrelid) !~ 'rank_key'
                     AND pg_get_indexdef(indexrelid, 1, true) NOT IN ('id', 'category', 'importance')
                     AND NOT (pg_get_indexdef(indexrelid, 1, true) = 'user_id' AND indnatts = 1)";
    for drop in rows(client, others) {
        client.batch_execute(&drop).unwrap();
    }
    let mut store = |table: &str| {
        client.batch_execute(&format!("TRUNCATE {table}; CHECKPOINT")).unwrap();
        microseconds(|| client.batch_execute(&format!("INSERT INTO {table} SELECT * FROM a_hundred_thousand")).unwrap())
    };
    let tables = ["with_ranking", "with_originals", "with_all"];
    let times: Vec<_> = (0..5).map(|_| tables.map(&mut store)).collect();
    let [ranking, originals, all] = [0, 1, 2].map(|table| median(times.iter().map(|times| times[table]).collect()));
    report("storing 100,000 memories: with the ranking indexes / the original ones", ranking, originals);
    report("storing 100,000 memories: with all of homer's indexes / the original ones", all, originals);
    for table in tables {
        let total: i64 = value(client, &format!("SELECT pg_total_relation_size('{table}') / 100000"));
        let indexes: i64 = value(client, &format!("SELECT pg_indexes_size('{table}') / 100000"));
        println!("    {table}: {total} bytes a memory, {indexes} of them in indexes");
    }
}
