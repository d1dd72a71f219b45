//! Real conversations as memories, one a turn: what homer gives for each, and how long that takes. The conversations
//! are a labelled set that is not part of the project; its folder is named by LOCOMO.

use std::path::Path;

use homer_benches::{median, microseconds};
use homer_tests::{clone, database, rows};

const CALLS: usize = 200;

fn main() {
    let folder = clone().join(std::env::var("LOCOMO").unwrap_or_default());
    let memories = folder.join("memories.csv.gz");
    if !memories.exists() {
        println!("conversations: left out, there is no {}", memories.display());
        return;
    }
    let database = database();
    database.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &load(&memories));
    let mut client = database.connect();
    let total = rows(&mut client, "SELECT count(*), count(DISTINCT user_id) FROM homer_memories");
    println!(
        "conversations: {} memories of {} users",
        total[0].split('|').next().unwrap(),
        total[0].split('|').nth(1).unwrap()
    );

    let relevant = client.prepare("SELECT subject, content, relevance FROM homer_relevant_memories($1, 10)").unwrap();
    for user in rows(&mut client, "SELECT DISTINCT user_id FROM homer_memories ORDER BY 1") {
        let times = (0..CALLS).map(|_| {
            microseconds(|| {
                client.query(&relevant, &[&user]).unwrap();
            })
        });
        let time = median(times.collect());
        let found = client.query(&relevant, &[&user]).unwrap();
        println!("  {user}: {} memories in {time:.0} us, median of {CALLS} calls; the first three:", found.len());
        for row in &found[..3] {
            println!("    {:.2}  {}", row.get::<_, f64>("relevance"), shortened(row.get("content")));
        }
    }
}

/// One memory a turn, its subject the speaker, all of the same importance, said when the turn was said.
fn load(memories: &Path) -> String {
    format!(
        "CREATE TEMPORARY TABLE turns (memory_id text, user_id text, conversation_id text, message_id text,
             seq integer, said_at timestamp, speaker text, content text, embedding text);
         \\copy turns FROM PROGRAM 'zcat \"{}\"' WITH (FORMAT csv, HEADER)
         INSERT INTO homer_memories (user_id, category, subject, content, source_conversation_id, source_message_id,
                                     created_at, updated_at)
         SELECT user_id, 'context', speaker, content, conversation_id, message_id, said_at, said_at FROM turns;
         ANALYZE homer_memories;",
        memories.display()
    )
}

fn shortened(content: &str) -> String {
    content.chars().take(100).collect()
}
