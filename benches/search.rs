//! What a question costs, for users of few and of many memories and among ever more memories of others, beside the best
//! that one would write by hand: a stored tsvector, the user's rows only, the OR-ed words in a MATERIALIZED CTE, ts_rank.
//! The rows of all users lie among each other, as they were said, and conversations are numbered for each user alike. Each
//! question is asked of rows that no VACUUM has seen, after one, and when a twentieth has changed since, upon which autovacuum
//! comes again: nearly every page holds one of these. The texts and the questions are those of the
//! labelled conversations, whose folder is named by LOCOMO.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use homer_benches::{in_turns, median, microseconds, report};
use homer_tests::{Client, Statement, clone, database, rows, value};

const TS_RANK: &str = "
    WITH question AS MATERIALIZED (
        SELECT string_agg(quote_literal(word), ' | ')::tsquery AS words
          FROM unnest(tsvector_to_array(to_tsvector('english', $2))) AS word
    )
    SELECT t.* FROM by_hand AS t, question AS q
     WHERE t.user_id = $1 AND t.tsv @@ q.words ORDER BY ts_rank(t.tsv, q.words) DESC, t.id DESC LIMIT 10";
const HOMER: &str = "SELECT * FROM homer_relevant_memories($1, 10, $2)";
/// Which a tenth of the memories pass.
const WITH_FILTER: &str = "SELECT * FROM homer_relevant_memories($1, 10, $2, categories => '{fact}')";
/// The users that are asked about, with their memories and how often they are asked.
const USERS: [(&str, i32, usize); 3] =
    [("user-600", 600, 400), ("user-10000", 10_000, 200), ("user-100000", 100_000, 60)];
/// What each of the others has.
const OTHERS_MEMORIES: i32 = 600;

fn main() {
    let folder = clone().join(std::env::var("LOCOMO").unwrap_or_default());
    if !folder.join("memories.csv.gz").exists() {
        println!("cost of a question: left out, there is no {}", folder.display());
        return;
    }
    println!("cost of a question: twenty real ones, 10 memories asked for, medians in turns");
    let few = Asked::among(&folder, 50_000, &USERS[..1]);
    let many = Asked::among(&folder, 500_000, &USERS);
    let many_beside_few = |state: &str| {
        let (in_many, in_few) =
            in_turns(400, |round| many.ask(HOMER, "user-600", round), |round| few.ask(HOMER, "user-600", round));
        report(&format!("{state}: user of 600 among 500,000 of others / 50,000"), in_many, in_few);
        for (user, _, rounds) in USERS {
            let (homer, by_hand) =
                in_turns(rounds, |round| many.ask(HOMER, user, round), |round| many.ask(TS_RANK, user, round));
            report(&format!("{state}: {user}: homer / ts_rank by hand"), homer, by_hand);
        }
        let (filtered, all) = in_turns(
            100,
            |round| many.ask(WITH_FILTER, "user-10000", round),
            |round| many.ask(HOMER, "user-10000", round),
        );
        report(&format!("{state}: user-10000: with a filter of categories / without"), filtered, all);
        let (common, by_hand) = in_turns(
            20,
            |_| many.ask_of(HOMER, "user-100000", &many.common_words),
            |_| many.ask_of(TS_RANK, "user-100000", &many.common_words),
        );
        report(&format!("{state}: user-100000: 32 common words, homer / ts_rank"), common, by_hand);
    };
    many_beside_few("unvacuumed");
    few.vacuum();
    many.vacuum();
    many_beside_few("vacuumed");
    few.change();
    many.change();
    many_beside_few("a twentieth changed");
    storing(&mut many.client.borrow_mut());
}

/// A database with the questions, and memories of others among which they are asked.
struct Asked {
    client: RefCell<Client>,
    statements: RefCell<HashMap<&'static str, Statement>>,
    questions: Vec<String>,
    common_words: String,
}

impl Asked {
    fn among(folder: &Path, others: i32, users: &[(&str, i32, usize)]) -> Self {
        let database = database();
        database.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &tables(folder));
        let mut client = database.connect();
        let questions =
            rows(&mut client, "SELECT question FROM questions WHERE category <> '5' ORDER BY md5(question) LIMIT 20");
        let common_words = value(
            &mut client,
            "SELECT string_agg(word, ' ') FROM (
                 SELECT word FROM turns, unnest(tsvector_to_array(to_tsvector('english', content))) AS word
                  GROUP BY word ORDER BY count(*) DESC LIMIT 32) AS w",
        );
        store(&mut client, others, users);
        Self { client: RefCell::new(client), statements: RefCell::default(), questions, common_words }
    }

    /// What autovacuum would have done some time after.
    fn vacuum(&self) {
        for table in ["homer_memories", "by_hand"] {
            self.client.borrow_mut().batch_execute(&format!("VACUUM ANALYZE {table}")).unwrap();
        }
    }

    /// A memory that is confirmed is written anew, and one that is edited by hand.
    fn change(&self) {
        for statement in [
            "UPDATE homer_memories SET updated_at = updated_at + interval '1 s' WHERE hashint4(id) % 20 = 0",
            "UPDATE by_hand SET updated_at = updated_at + interval '1 s', content = content || ' ' WHERE hashint4(id) % 20 = 0",
        ] {
            self.client.borrow_mut().batch_execute(statement).unwrap();
        }
    }

    fn ask(&self, statement: &'static str, user: &str, round: usize) {
        self.ask_of(statement, user, &self.questions[round % 20]);
    }

    fn ask_of(&self, statement: &'static str, user: &str, question: &str) {
        let mut client = self.client.borrow_mut();
        let mut statements = self.statements.borrow_mut();
        let statement = statements.entry(statement).or_insert_with(|| client.prepare(statement).unwrap());
        client.query(&*statement, &[&user, &question]).unwrap();
    }
}

/// The turns and the questions, and the table that one would make by hand.
fn tables(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "CREATE TABLE turns (memory_id text, user_id text, conversation_id text, message_id text, seq integer,
             said_at timestamp, speaker text, content text, embedding text, n serial);
         \\copy turns (memory_id, user_id, conversation_id, message_id, seq, said_at, speaker, content, embedding) FROM PROGRAM 'zcat \"{folder}/memories.csv.gz\"' WITH (FORMAT csv, HEADER)
         CREATE TABLE questions (query_id text, user_id text, question text, category text, category_name text,
             evidence text, asked_at text, embedding text);
         \\copy questions FROM PROGRAM 'zcat \"{folder}/queries.csv.gz\"' WITH (FORMAT csv, HEADER)
         CREATE TABLE by_hand (LIKE homer_memories INCLUDING DEFAULTS, PRIMARY KEY (id),
             tsv tsvector GENERATED ALWAYS AS (to_tsvector('english', subject || ' ' || content)) STORED);
         CREATE INDEX ON by_hand (user_id);
         CREATE INDEX ON by_hand (category);
         CREATE INDEX ON by_hand (importance);"
    )
}

/// Turns of the conversations, over and over, as memories of all users: in homer's table and in the one by hand, in the
/// order they were said in, and as they lie before any VACUUM.
fn store(client: &mut Client, others: i32, users: &[(&str, i32, usize)]) {
    let users: String = users.iter().map(|(user, memories, _)| format!(", ('{user}', {memories})")).collect();
    let owners = others / OTHERS_MEMORIES;
    for statement in [
        "ALTER TABLE homer_memories SET (autovacuum_enabled = off); ALTER TABLE by_hand SET (autovacuum_enabled = off)"
            .into(),
        format!(
            "INSERT INTO homer_memories (user_id, category, subject, content, source_conversation_id)
             SELECT u.owner, CASE WHEN i % 10 = 0 THEN 'fact' ELSE 'context' END, t.speaker, t.content,
                    t.conversation_id || ' ' || i / 1451
               FROM (SELECT 'other-' || o, {OTHERS_MEMORIES} FROM generate_series(1, {owners}) AS o
                     UNION ALL VALUES ('nobody', 0){users}) AS u (owner, memories),
                    LATERAL generate_series(1, u.memories) AS i,
                    turns AS t
              WHERE t.n = 1 + i % 1451
              ORDER BY (i + hashtext(u.owner)::float8 / 2 ^ 32) / u.memories"
        ),
        "INSERT INTO by_hand (id, user_id, category, subject, content) SELECT id, user_id, category, subject, content
           FROM homer_memories ORDER BY id"
            .into(),
        "ANALYZE homer_memories; ANALYZE by_hand".into(),
    ] {
        client.batch_execute(&statement).unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
}

/// Ten thousand memories one by one in a transaction, into the same table: with the index of homer's words, with a stored
/// tsvector and a GIN index on it, and with all of homer's indexes.
fn storing(client: &mut Client) {
    client
        .batch_execute(
            "CREATE TABLE ten_thousand AS SELECT * FROM homer_memories ORDER BY hashint4(id) LIMIT 10000;
             CREATE TABLE with_all (LIKE homer_memories INCLUDING ALL);
             CREATE TABLE with_words (LIKE homer_memories INCLUDING ALL);
             CREATE TABLE with_tsvector (LIKE homer_memories INCLUDING ALL)",
        )
        .unwrap();
    for (table, kept) in [("with_words", "search_keys|"), ("with_tsvector", "")] {
        let others = format!(
            "SELECT format('DROP INDEX %s', indexrelid::regclass) FROM pg_index
              WHERE indrelid = '{table}'::regclass AND NOT indisprimary
                AND pg_get_indexdef(indexrelid) !~ '{kept}\\((user_id|category|importance)\\)$'"
        );
        for drop in rows(client, &others) {
            client.batch_execute(&drop).unwrap();
        }
    }
    client
        .batch_execute(
            "ALTER TABLE with_tsvector ADD COLUMN tsv tsvector
                 GENERATED ALWAYS AS (to_tsvector('english', subject || ' ' || content)) STORED;
             CREATE INDEX ON with_tsvector USING gin (tsv)",
        )
        .unwrap();
    let mut insert = |table: &str| {
        client.batch_execute(&format!("TRUNCATE {table}; CHECKPOINT")).unwrap();
        let statement = format!(
            "DO $$ DECLARE m ten_thousand; BEGIN FOR m IN SELECT * FROM ten_thousand LOOP
                 INSERT INTO {table} (id, user_id, category, subject, content, source_conversation_id)
                 VALUES (m.id, m.user_id, m.category, m.subject, m.content, m.source_conversation_id);
             END LOOP; END $$"
        );
        microseconds(|| client.batch_execute(&statement).unwrap()) / 10_000.0
    };
    let tables = ["with_words", "with_tsvector", "with_all"];
    let times: Vec<_> = (0..5).map(|_| tables.map(&mut insert)).collect();
    let [words, tsvector, all] = [0, 1, 2].map(|table| median(times.iter().map(|times| times[table]).collect()));
    report("storing a memory: homer's index of words / stored tsvector and GIN", words, tsvector);
    report("storing a memory: all of homer's indexes / stored tsvector and GIN", all, tsvector);
}
