//! What a question with a vector costs beside exact pgvector by hand, how many of its true ten nearest it finds, and what storing a
//! vector takes. The vectors are made of those of the labelled conversations, whose folder is named by LOCOMO: two of them
//! together and 35 % of noise, and of 1,536 numbers the same four times, in another order each time. The rows of three users and of
//! others lie among each other, and a tenth has been added since the last VACUUM.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::path::Path;

use homer_benches::{in_turns, median, microseconds, report};
use homer_tests::{Client, Statement, clone, database, has_pgvector, rows, value};

const BY_HAND: &str =
    "SELECT id, content FROM by_hand WHERE user_id = $1 ORDER BY embedding <=> $2::real[]::vector, id DESC LIMIT 10";
const HOMER: &str = "SELECT id, content FROM homer_relevant_memories($1, 10, query_embedding => $2::real[])";
/// Half ts_rank and half cosine.
const HALF_BY_HAND: &str = "
    WITH question AS MATERIALIZED (
        SELECT string_agg(quote_literal(word), ' | ')::tsquery AS words, $2::real[]::vector AS embedding
          FROM unnest(tsvector_to_array(to_tsvector('english', $3))) AS word
    )
    SELECT t.id, t.content FROM by_hand AS t, question AS q
     WHERE t.user_id = $1
     ORDER BY 0.5 * ts_rank(t.tsv, q.words) + 0.5 * (1 - (t.embedding <=> q.embedding)) DESC, t.id DESC LIMIT 10";
const HALF_HOMER: &str = "SELECT id, content FROM homer_relevant_memories($1, 10, $3, query_embedding => $2::real[])";

/// The memories of others.
const OTHERS: i32 = 20_000;
const QUESTIONS: usize = 200;

fn main() {
    let folder = clone().join(std::env::var("LOCOMO").unwrap_or_default());
    if !folder.join("memories.csv.gz").exists() {
        println!("cost of vectors: left out, there is no {}", folder.display());
        return;
    }
    println!("cost of vectors beside exact pgvector by hand, 10 memories asked for, medians in turns");
    compare(&folder, 384, &[("user-600", 600, 400), ("user-10000", 10_000, 200), ("user-100000", 100_000, 40)]);
    compare(&folder, 1_536, &[("user-10000", 10_000, 100)]);
}

fn compare(folder: &Path, dimensions: usize, users: &[(&str, i32, usize)]) {
    let Some(asked) = Asked::of(folder, dimensions, users) else {
        println!("  left out: this PostgreSQL has no pgvector");
        return;
    };
    for (user, _, rounds) in users {
        let (homer, by_hand) = asked.in_turns(*rounds, [HOMER, BY_HAND], user);
        report(&format!("{dimensions} numbers, {user}: homer / pgvector"), homer, by_hand);
        let (homer, by_hand) = asked.in_turns(*rounds, [HALF_HOMER, HALF_BY_HAND], user);
        report(&format!("{dimensions} numbers, {user}: with words, homer / ts_rank and pgvector"), homer, by_hand);
        println!("  {dimensions} numbers, {user}: {:.4} of the true ten of {QUESTIONS} questions", asked.recall(user));
    }
    asked.storing(dimensions);
}

/// A database with memories of three users and of others, and what they are asked.
struct Asked {
    client: RefCell<Client>,
    statements: RefCell<HashMap<&'static str, Statement>>,
    questions: Vec<(String, Vec<f32>)>,
    /// As drivers send lists of floats.
    made: Vec<Vec<f64>>,
}

impl Asked {
    fn of(folder: &Path, dimensions: usize, users: &[(&str, i32, usize)]) -> Option<Self> {
        let database = database();
        database.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &turns_and_questions(folder));
        let mut client = database.connect();
        if !has_pgvector(&mut client) {
            return None;
        }
        let vectors = |client: &mut Client, table: &str| {
            let rows =
                client.query(&format!("SELECT content, embedding::real[] FROM {table} ORDER BY n"), &[]).unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1))).collect::<Vec<(String, Vec<f32>)>>()
        };
        let of_turns: Vec<_> = vectors(&mut client, "turns").into_iter().map(|(_, vector)| vector).collect();
        let mut questions = vectors(&mut client, "questions");
        questions.truncate(QUESTIONS);
        questions.iter_mut().for_each(|(_, vector)| *vector = repeated(vector, dimensions));
        let mut random = Random(1);
        let made =
            (0..2_000).map(|_| random.vector(&of_turns, dimensions).into_iter().map(f64::from).collect()).collect();
        store(&mut client, dimensions, users, || random.vector(&of_turns, dimensions));
        Some(Self { client: RefCell::new(client), statements: RefCell::default(), questions, made })
    }

    fn ask(&self, statement: &'static str, user: &str, round: usize) -> HashSet<i32> {
        let (words, vector) = &self.questions[round % self.questions.len()];
        let mut client = self.client.borrow_mut();
        let mut statements = self.statements.borrow_mut();
        let statement = statements.entry(statement).or_insert_with(|| client.prepare(statement).unwrap());
        let rows = match statement.params().len() {
            2 => client.query(&*statement, &[&user, vector]),
            _ => client.query(&*statement, &[&user, vector, words]),
        };
        rows.unwrap().iter().map(|row| row.get(0)).collect()
    }

    fn in_turns(&self, rounds: usize, [one, other]: [&'static str; 2], user: &str) -> (f64, f64) {
        in_turns(rounds, |round| drop(self.ask(one, user, round)), |round| drop(self.ask(other, user, round)))
    }

    fn recall(&self, user: &str) -> f64 {
        let found = |round| self.ask(HOMER, user, round).intersection(&self.ask(BY_HAND, user, round)).count();
        (0..QUESTIONS).map(found).sum::<usize>() as f64 / (10 * QUESTIONS) as f64
    }

    /// Two thousand vectors one by one in a transaction: of memories that have none, and into a table without an index.
    fn storing(&self, dimensions: usize) {
        let mut client = self.client.borrow_mut();
        let bytes = "SELECT format('%s bytes a vector, %s of them in indexes; pgvector %s',
                            pg_total_relation_size('homer.memory_embeddings') / count(*),
                            pg_indexes_size('homer.memory_embeddings') / count(*),
                            (SELECT pg_table_size('by_hand') / count(*) FROM by_hand))
                       FROM homer.memory_embeddings";
        println!("  {dimensions} numbers: {}", rows(&mut client, bytes)[0]);
        client
            .batch_execute(&format!(
                "CREATE TABLE plain (id integer, embedding vector({dimensions}));
                 INSERT INTO homer_memories (user_id, category, subject, content)
                 SELECT 'user-10000', 'fact', 'Number', i::text FROM generate_series(1, 2000) AS i"
            ))
            .unwrap();
        let ids: Vec<i32> = client
            .query("SELECT id FROM homer_memories ORDER BY id DESC LIMIT 2000", &[])
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
        let mut store = |statement: &str, after: &str| {
            let statement = client.prepare(statement).unwrap();
            let mut transaction = client.transaction().unwrap();
            let time = microseconds(|| {
                for (id, vector) in ids.iter().zip(&self.made) {
                    transaction.execute(&statement, &[id, vector]).unwrap();
                }
            });
            transaction.commit().unwrap();
            client.batch_execute(after).unwrap();
            time / 2_000.0
        };
        let times: Vec<_> = (0..7)
            .map(|_| {
                let homer = store(
                    "SELECT homer_set_embedding($1, $2)",
                    "DELETE FROM homer.memory_embeddings WHERE memory_id IN (SELECT id FROM homer_memories ORDER BY id DESC LIMIT 2000)",
                );
                (homer, store("INSERT INTO plain VALUES ($1, $2::double precision[]::vector)", "TRUNCATE plain"))
            })
            .collect();
        let (homer, plain) = times.into_iter().unzip();
        report(
            &format!("{dimensions} numbers: storing a vector, homer / pgvector without an index"),
            median(homer),
            median(plain),
        );
    }
}

/// The turns and the questions.
fn turns_and_questions(folder: &Path) -> String {
    let table = |name: &str, file: &str, columns: &[&str]| {
        let folder = folder.display();
        let (defined, columns) = (columns.join(" text, "), columns.join(", "));
        format!(
            "CREATE TABLE {name} ({defined} text, n serial);\n\
             \\copy {name} ({columns}) FROM PROGRAM 'zcat \"{folder}/{file}.csv.gz\"' CSV HEADER\n"
        )
    };
    table(
        "turns",
        "memories",
        &["memory_id", "user_id", "conversation_id", "message_id", "seq", "said_at", "speaker", "content", "embedding"],
    ) + &table(
        "questions",
        "queries",
        &["query_id", "user_id", "content", "category", "category_name", "evidence", "asked_at", "embedding"],
    )
}

/// Memories of all users in the order they were said in, in homer's tables and in one by hand, the last tenth after a VACUUM.
fn store(client: &mut Client, dimensions: usize, users: &[(&str, i32, usize)], mut vector: impl FnMut() -> Vec<f32>) {
    let users: String = users.iter().map(|(user, memories, _)| format!(", ('{user}', {memories})")).collect();
    client
        .batch_execute(&format!(
            "CREATE EXTENSION vector;
             SELECT homer_enable_embeddings({dimensions});
             CREATE TABLE by_hand (id integer PRIMARY KEY, user_id text, content text, embedding vector({dimensions}),
                 tsv tsvector GENERATED ALWAYS AS (to_tsvector('english', content)) STORED);
             CREATE INDEX ON by_hand (user_id);
             CREATE TABLE drawn (id serial, owner text, subject text, content text);
             INSERT INTO drawn (owner, subject, content)
             SELECT u.owner, t.speaker, t.content || ' ' || i
               FROM (SELECT 'other-' || o, 1000 FROM generate_series(1, {OTHERS} / 1000) AS o
                     UNION ALL VALUES ('nobody', 0){users}) AS u (owner, memories),
                    LATERAL generate_series(1, u.memories) AS i, turns AS t
              WHERE t.n = 1 + i % 1451
              ORDER BY (i + hashtext(u.owner)::float8 / 2 ^ 32) / u.memories;
             CREATE UNLOGGED TABLE vectors (id integer PRIMARY KEY, embedding real[]);
             ALTER TABLE homer_memories SET (autovacuum_enabled = off);
             ALTER TABLE homer.memory_embeddings SET (autovacuum_enabled = off);
             ALTER TABLE by_hand SET (autovacuum_enabled = off)"
        ))
        .unwrap();
    let memories: i64 = value(client, "SELECT count(*) FROM drawn");
    let mut copied = client.copy_in("COPY vectors FROM STDIN").unwrap();
    for id in 1..=memories {
        let numbers: Vec<String> = vector().iter().map(|number| format!("{number:.6}")).collect();
        writeln!(copied, "{id}\t{{{}}}", numbers.join(",")).unwrap();
    }
    copied.finish().unwrap();
    let most = memories * 9 / 10;
    for (range, after) in [
        (format!("BETWEEN 1 AND {most}"), "VACUUM ANALYZE"),
        (format!("> {most}"), "SELECT setval('homer_memories_id_seq', max(id)) FROM homer_memories"),
    ] {
        for statement in [
            &format!(
                "INSERT INTO homer_memories (id, user_id, category, subject, content)
                 SELECT id, owner, 'context', subject, content FROM drawn WHERE id {range} ORDER BY id"
            ),
            &format!(
                "INSERT INTO homer.memory_embeddings (memory_id, user_id, embedding, length, text_hash)
                 SELECT m.id, m.user_id, v.embedding, homer.length_of(v.embedding),
                        homer.text_hash(m.user_id, m.subject, m.content)
                   FROM homer_memories AS m JOIN vectors AS v USING (id) WHERE id {range} ORDER BY id"
            ),
            &format!(
                "INSERT INTO by_hand SELECT id, owner, content, embedding::vector FROM drawn JOIN vectors USING (id)
                  WHERE id {range} ORDER BY id"
            ),
            after,
        ] {
            client.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error:?}"));
        }
    }
}

/// The same numbers as often as it takes, in another order each time, which leaves all cosines as they are.
fn repeated(vector: &[f32], dimensions: usize) -> Vec<f32> {
    let turned = |time: usize| vector.iter().cycle().skip(time * 101).take(vector.len()).copied();
    (0..dimensions / vector.len()).flat_map(turned).collect()
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    }

    /// About normal: the sum of four that are uniform.
    fn normal(&mut self) -> f32 {
        let bits = self.next();
        (0..4).map(|part| (bits >> (16 * part) & 0xffff) as f32 / 65_536.0 - 0.5).sum()
    }

    /// Two of the vectors together, and 35 % of noise.
    fn vector(&mut self, of: &[Vec<f32>], dimensions: usize) -> Vec<f32> {
        let [one, other] = [self.next(), self.next()].map(|place| &of[place as usize % of.len()]);
        let both = unit(one.iter().zip(other).map(|(one, other)| one + other).collect());
        let noise = unit((0..dimensions).map(|_| self.normal()).collect());
        unit(
            unit(repeated(&both, dimensions)).into_iter().zip(noise).map(|(both, noise)| both + 0.35 * noise).collect(),
        )
    }
}

fn unit(vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    vector.iter().map(|number| number / length).collect()
}
