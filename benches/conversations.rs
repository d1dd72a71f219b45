//! Real conversations as memories, one a turn, and labelled questions about them: which share of the evidence homer
//! finds, beside PostgreSQL's own ts_rank, and how long a question takes. The conversations are a labelled set that is
//! not part of the project; its folder is named by LOCOMO.

use std::collections::HashSet;
use std::path::Path;

use homer_benches::{median, microseconds};
use homer_tests::{Client, clone, database, value};

/// What one would write by hand: a stored tsvector, the user's rows only, the question's words OR-ed once.
const TS_RANK: &str = "
    WITH question AS MATERIALIZED (
        SELECT string_agg(quote_literal(word), ' | ')::tsquery AS words
          FROM unnest(tsvector_to_array(to_tsvector('english', $2))) AS word
    )
    SELECT t.memory_id FROM by_hand AS t, question AS q
     WHERE t.user_id = $1 AND t.tsv @@ q.words ORDER BY ts_rank(t.tsv, q.words) DESC, t.seq DESC LIMIT 20";
const HOMER: &str = "SELECT source_message_id FROM homer_relevant_memories($1, 20, $2)";

struct Question {
    user: String,
    words: String,
    evidence: HashSet<String>,
}

fn main() {
    let folder = clone().join(std::env::var("LOCOMO").unwrap_or_default());
    if !folder.join("memories.csv.gz").exists() {
        println!("questions about conversations: left out, there is no {}", folder.display());
        return;
    }
    let database = database();
    database.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &load(&folder));
    let mut client = database.connect();
    let questions = questions(&mut client);
    let memories: i64 = value(&mut client, "SELECT count(*) FROM homer_memories");
    println!("{} questions about {memories} turns of conversation, 20 memories asked for, in percent", questions.len());
    println!("  {:<24} R@5  R@10  R@20   MRR  nDCG@10   us a question (median)", "");
    for (label, statement) in [("ts_rank (OR), by hand", TS_RANK), ("homer, words alone", HOMER)] {
        answer(&mut client, label, statement, &questions);
    }
}

/// One memory a turn: its subject the speaker, all of the same importance, said when the turn was said.
fn load(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "CREATE TABLE turns (memory_id text, user_id text, conversation_id text, message_id text, seq integer,
             said_at timestamp, speaker text, content text, embedding text);
         \\copy turns FROM PROGRAM 'zcat \"{folder}/memories.csv.gz\"' WITH (FORMAT csv, HEADER)
         CREATE TABLE questions (query_id text, user_id text, question text, category text, category_name text,
             evidence text, asked_at text, embedding text);
         \\copy questions FROM PROGRAM 'zcat \"{folder}/queries.csv.gz\"' WITH (FORMAT csv, HEADER)
         INSERT INTO homer_memories (user_id, category, subject, content, source_conversation_id, source_message_id,
                                     created_at, updated_at)
         SELECT user_id, 'context', speaker, content, conversation_id, memory_id, said_at, said_at
           FROM turns ORDER BY user_id, conversation_id, seq;
         CREATE TABLE by_hand AS
         SELECT memory_id, user_id, seq, to_tsvector('english', speaker || ' ' || content) AS tsv FROM turns;
         CREATE INDEX ON by_hand (user_id);
         VACUUM ANALYZE homer_memories;
         VACUUM ANALYZE by_hand;"
    )
}

/// All questions but those of category 5, whose answer is that nothing was said.
fn questions(client: &mut Client) -> Vec<Question> {
    client
        .query(
            "SELECT user_id, question, string_to_array(trim(evidence, '{}'), ',') FROM questions WHERE category <> '5'",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| Question {
            user: row.get(0),
            words: row.get(1),
            evidence: row.get::<_, Vec<String>>(2).into_iter().collect(),
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
            let rows = client.query(&statement, &[&question.user, &question.words]).unwrap();
            found = rows.iter().map(|row| row.get(0)).collect();
        }));
        for (sum, figure) in figures.iter_mut().zip(measures(&question.evidence, &found)) {
            *sum += 100.0 * figure / questions.len() as f64;
        }
    }
    let [r5, r10, r20, mrr, ndcg] = figures;
    println!("  {label:<24}{r5:5.1} {r10:5.1} {r20:5.1} {mrr:5.1} {ndcg:8.1} {:14.0}", median(times));
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
