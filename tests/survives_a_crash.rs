//! The server is killed while clients write: what it acknowledged is there afterwards, and every index agrees with its
//! table.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use homer_tests::*;

const CRASHES: usize = 20;
const CLIENTS: usize = 4;
/// How many writes are acknowledged before the server is killed.
const WRITES: usize = 200;

/// Remembers until the server goes away, and tells of each memory that was acknowledged.
fn write_until_the_end(mut client: Client, writer: String, acknowledged: &mpsc::Sender<i32>, stop: &AtomicBool) {
    let remember = "SELECT id FROM homer_remember($1, 'fact', 'Order ' || $2, 'It has ' || $2 || ' parts.')";
    for number in 0.. {
        let Ok(row) = client.query_one(remember, &[&writer, &number.to_string()]) else { return };
        // The test ends the channel when it has seen enough.
        if acknowledged.send(row.get(0)).is_err() || stop.load(Ordering::Relaxed) {
            return;
        }
    }
}

/// Lets the writers end however the test does.
struct StopAtTheEnd<'a>(&'a AtomicBool);

impl Drop for StopAtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn twenty_kills_lose_no_acknowledged_memory_and_damage_no_index() {
    let cluster = Cluster::start("");
    let database = cluster.empty_database();
    database.connect().batch_execute("CREATE EXTENSION homer").unwrap();
    let mut known = BTreeSet::new();
    for crash in 0..CRASHES {
        let (sender, acknowledged) = mpsc::channel();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let _stop = StopAtTheEnd(&stop);
            for number in 0..CLIENTS {
                let (client, sender, stop) = (database.connect(), sender.clone(), &stop);
                scope.spawn(move || write_until_the_end(client, format!("writer {number} of {crash}"), &sender, stop));
            }
            drop(sender);
            known.extend(acknowledged.iter().take(WRITES));
            cluster.kill();
            // What was acknowledged between the last look and the end.
            known.extend(acknowledged.iter());
        });
        cluster.start_again();
    }

    let mut client = database.connect();
    let there: BTreeSet<i32> =
        client.query("SELECT id FROM homer_memories", &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert!(known.len() >= CRASHES * WRITES, "{} were acknowledged", known.len());
    assert_eq!(known.difference(&there).collect::<Vec<_>>(), Vec::<&i32>::new());
    // A transaction may have been committed without its client hearing of it: one a client and crash at most.
    assert!(there.len() - known.len() <= CRASHES * CLIENTS, "{} are there, {} known", there.len(), known.len());
    assert_answers_come_from_sound_indexes(&mut client, there.len() as i64);
}

/// Each index finds each row, as a look at the table does: homer's GIN by its words, the others by amcheck.
fn assert_answers_come_from_sound_indexes(client: &mut Client, memories: i64) {
    let by_words = "SELECT count(*) FROM (SELECT DISTINCT user_id FROM homer_memories) AS w,
                    LATERAL homer_relevant_memories(w.user_id, 1000000, query => 'Which order?')";
    assert_eq!(value::<i64>(client, by_words), memories);
    let by_rank = "SELECT count(*) FROM (SELECT DISTINCT user_id FROM homer_memories) AS w,
                   LATERAL homer_relevant_memories(w.user_id, 1000000)";
    assert_eq!(value::<i64>(client, by_rank), memories);

    if !value::<bool>(client, "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'amcheck')") {
        return skipped("the check of the B-trees: this PostgreSQL has no amcheck; all else was tested");
    }
    client.batch_execute("CREATE EXTENSION amcheck").unwrap();
    let checked = "SELECT count(bt_index_check(i.indexrelid, heapallindexed => true)) FROM pg_index AS i
                     JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_am AS a ON a.oid = c.relam
                    WHERE i.indrelid::regclass::text LIKE 'homer\\_%' AND a.amname = 'btree'";
    assert!(value::<i64>(client, checked) >= 14);
}
