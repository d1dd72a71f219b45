//! Real conversations as memories, one a turn, and labelled questions about them: which share of the evidence homer
//! finds, beside PostgreSQL's own ts_rank and pgvector's cosine where there is pgvector, and how long a question takes. The
//! conversations are labelled sets that are not part of the project; their folders are named by LOCOMO, which comes with
//! vectors, and MEMDAILY, which is Chinese.

use std::collections::HashSet;
use std::path::Path;

use homer_benches::{median, microseconds};
use homer_tests::{Client, clone, database, has_pgvector, value};

/// What one would write by hand: a stored tsvector, the user's rows only, the question's words OR-ed once.
const TS_RANK: &str = "
    WITH question AS MATERIALIZED (
        SELECT string_agg(quote_literal(word), ' | ')::tsquery AS words, $3::text AS embedding
          FROM unnest(tsvector_to_array(to_tsvector('english', $2))) AS word
    )
    SELECT t.memory_id FROM by_hand AS t, question AS q
     WHERE t.user_id = $1 AND t.tsv @@ q.words ORDER BY ts_rank(t.tsv, q.words) DESC, t.seq DESC LIMIT 20";
const HOMER: &str = "SELECT source_message_id FROM homer_relevant_memories($1, 20, $2) WHERE $3::text IS NOT NULL";
const COSINE: &str = "
    WITH question AS MATERIALIZED (SELECT $3::text::real[]::vector AS embedding, $2::text AS words)
    SELECT t.memory_id FROM by_hand AS t, question AS q WHERE t.user_id = $1 ORDER BY t.embedding <=> q.embedding LIMIT 20";
/// Half and half of what the two give, each as a share of the range it has among the user's rows.
const HALF_AND_HALF: &str = "
    WITH question AS MATERIALIZED (
        SELECT string_agg(quote_literal(word), ' | ')::tsquery AS words, $3::text::real[]::vector AS embedding
          FROM unnest(tsvector_to_array(to_tsvector('english', $2))) AS word
    ), scored AS (
        SELECT t.memory_id, t.seq, ts_rank(t.tsv, q.words) AS words, 1 - (t.embedding <=> q.embedding) AS cosine
          FROM by_hand AS t, question AS q WHERE t.user_id = $1
    )
    SELECT memory_id FROM scored, (SELECT max(words) AS words, min(cosine) AS least, max(cosine) AS most FROM scored) AS range
     ORDER BY scored.words / NULLIF(range.words, 0) + (cosine - least) / (most - least) DESC, seq DESC LIMIT 20";
const HOMER_WITH_VECTORS: &str = "SELECT source_message_id FROM homer_relevant_memories($1, 20, $2, $3::text::real[])";

struct Question {
    user: String,
    words: String,
    embedding: String,
    evidence: HashSet<String>,
}

fn main() {
    about("LOCOMO", true);
    about("MEMDAILY", false);
}

/// Asks the questions of the set whose folder a variable of the environment names.
fn about(variable: &str, with_vectors: bool) {
    let folder = clone().join(std::env::var(variable).unwrap_or_default());
    if !folder.join("memories.csv.gz").exists() {
        println!("questions about conversations: left out, {variable} names no folder with a set");
        return;
    }
    let database = database();
    database.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &load(&folder, with_vectors));
    let mut client = database.connect();
    let questions = questions(&mut client);
    let memories: i64 = value(&mut client, "SELECT count(*) FROM homer_memories");
    println!("{} questions about {memories} turns of {variable}, 20 memories asked for, in percent", questions.len());
    println!("  {:<30} R@5  R@10  R@20   MRR  nDCG@10   us a question (median)", "");
    let mut ways = vec![("ts_rank (OR), by hand", TS_RANK), ("homer, words alone", HOMER)];
    if with_vectors && has_pgvector(&mut client) {
        VECTORS.split(";\n").for_each(|statement| client.batch_execute(statement).unwrap());
        ways.push(("cosine of pgvector", COSINE));
        ways.push(("half ts_rank, half cosine", HALF_AND_HALF));
        ways.push(("homer, words and vectors", HOMER_WITH_VECTORS));
    }
    for (label, statement) in ways {
        answer(&mut client, label, statement, &questions);
    }
    let bytes: i64 = value(&mut client, "SELECT pg_relation_size('homer_memories_search_idx')");
    client.batch_execute(CLOCK_AT_THE_END).unwrap();
    answer(&mut client, "words, when all was just said", HOMER, &questions);
    println!("  the index of words: {} bytes a memory", bytes / memories);
}

/// As if each conversation had ended now, so that newness counts as it does in life.
const CLOCK_AT_THE_END: &str = "
    UPDATE homer_memories AS m SET updated_at = m.updated_at + e.since, created_at = m.created_at + e.since
      FROM (SELECT user_id, (now() AT TIME ZONE 'UTC') - max(created_at) AS since FROM homer_memories GROUP BY user_id) AS e
     WHERE m.user_id = e.user_id";

/// The vectors that come with the set, made by all-MiniLM-L6-v2.
const VECTORS: &str = "
    CREATE EXTENSION vector;
    SELECT homer_enable_embeddings(384);
    SELECT homer_set_embedding(m.id, t.embedding::real[]) FROM homer_memories AS m JOIN turns AS t ON t.memory_id = m.source_message_id;
    ALTER TABLE by_hand ADD COLUMN embedding vector(384);
    UPDATE by_hand AS b SET embedding = t.embedding::real[]::vector FROM turns AS t WHERE t.memory_id = b.memory_id;
    VACUUM FULL ANALYZE by_hand;
    VACUUM ANALYZE homer.memory_embeddings";

/// One memory a turn: its subject the speaker, all of the same importance, said when the turn was said.
fn load(folder: &Path, with_vectors: bool) -> String {
    let folder = folder.display();
    let embedding = if with_vectors { ", embedding text" } else { "" };
    format!(
        "CREATE TABLE turns (memory_id text, user_id text, conversation_id text, message_id text, seq integer,
             said_at timestamp, speaker text, content text{embedding});
         \\copy turns FROM PROGRAM 'zcat \"{folder}/memories.csv.gz\"' WITH (FORMAT csv, HEADER)
         CREATE TABLE questions (query_id text, user_id text, question text, category text, category_name text,
             evidence text, asked_at text{embedding});
         \\copy questions FROM PROGRAM 'zcat \"{folder}/queries.csv.gz\"' WITH (FORMAT csv, HEADER)
         INSERT INTO homer_memories (user_id, category, subject, content, source_conversation_id, source_message_id,
                                     created_at, updated_at)
         SELECT user_id, 'context', speaker, content, conversation_id, memory_id, said_at, said_at
           FROM turns ORDER BY user_id, conversation_id, seq;
         ALTER TABLE questions ADD COLUMN IF NOT EXISTS embedding text;
         CREATE TABLE by_hand AS
         SELECT memory_id, user_id, seq, to_tsvector('english', speaker || ' ' || content) AS tsv FROM turns;
         CREATE INDEX ON by_hand (user_id);
         VACUUM ANALYZE homer_memories;
         VACUUM ANALYZE by_hand;"
    )
}

/// All questions but the adversarial ones, whose answer is that nothing was said.
fn questions(client: &mut Client) -> Vec<Question> {
    client
        .query(
            "SELECT user_id, question, COALESCE(embedding, ''), string_to_array(trim(evidence, '{}'), ',')
               FROM questions WHERE category_name <> 'adversarial'",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| Question {
            user: row.get(0),
            words: row.get(1),
            embedding: row.get(2),
            evidence: row.get::<_, Vec<String>>(3).into_iter().collect(),
        })
        .collect()
}

fn answer(client: &mut Client, label: &str, statement: &str, questions: &[Question]) {
    let statement = client.prepare(statement).unwrap();
    let mut times = Vec::new();
    let mut figures = [0.0; 5];
    for question in questions {
        let mut found: Vec<String> = Vec::new();
        times.push(microseconds(|| {
            let rows = client.query(&statement, &[&question.user, &question.words, &question.embedding]).unwrap();
            found = rows.iter().map(|row| row.get(0)).collect();
        }));
        for (sum, figure) in figures.iter_mut().zip(measures(&question.evidence, &found)) {
            *sum += 100.0 * figure / questions.len() as f64;
        }
    }
    let [r5, r10, r20, mrr, ndcg] = figures;
    println!("  {label:<30}{r5:5.1} {r10:5.1} {r20:5.1} {mrr:5.1} {ndcg:8.1} {:14.0}", median(times));
}

/// Recall in the first 5, 10 and 20, the reciprocal rank of the first hit, and binary nDCG in the first 10.
fn measures(evidence: &HashSet<String>, found: &[String]) -> [f64; 5] {
    let hits: Vec<bool> = found.iter().map(|memory| evidence.contains(memory)).collect();
    let recall = |first: usize| hits.iter().take(first).filter(|hit| **hit).count() as f64 / evidence.len() as f64;
    let first_hit = hits.iter().position(|hit| *hit);
    let gain = |place: usize| 1.0 / (place as f64 + 2.0).log2();
    let gained: f64 = (0..hits.len().min(10)).filter(|place| hits[*place]).map(gain).sum();
    let ideal: f64 = (0..evidence.len().min(10)).map(gain).sum();
    [recall(5), recall(10), recall(20), first_hit.map_or(0.0, |place| 1.0 / (place as f64 + 1.0)), gained / ideal]
}
