//! Every function works inside the caller's transaction: what is rolled back never was, at every isolation level.

use homer_tests::*;

/// Every row of every table that the functions below write.
const EVERYTHING: &str = "
    SELECT 'memory', to_jsonb(t) FROM homer_memories AS t UNION ALL SELECT 'refusal', to_jsonb(t) FROM homer.refusals AS t
    UNION ALL SELECT 'succession', to_jsonb(t) FROM homer.successions AS t ORDER BY 1, 2";

/// One call of each function that writes, in an order in which each finds something to do.
const CALLS: &[&str] = &[
    "homer_remember('maria', 'fact', 's', 'new')",
    "homer_remember('maria', 'fact', 's', 'first', 9)",
    "homer_remember('maria', 'fact', 's', 'corrected', supersedes => 1)",
    "homer_remember_many('[{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"imported\"}]')",
    "homer_forget(2)",
    "homer_reject(3)",
    "homer_lift_refusal(1)",
    "homer_remind('maria', 's', 'another', '2021-01-01')",
    "homer_claim_reminders()",
    "homer_expire_memories()",
];

fn fill(client: &mut Client) {
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'first'), homer_remember('maria', 'fact', 's', 'second'),
                    homer_remember('maria', 'fact', 's', 'third'), homer_remember('maria', 'fact', 's', 'refused'),
                    homer_remind('maria', 's', 'due', '2020-01-01');
             SELECT homer_reject(4);
             INSERT INTO homer_memories (category, subject, content, expires_at) VALUES ('fact', 's', 'expired', '2020-01-01')",
        )
        .unwrap();
}

#[test]
fn nothing_is_left_of_a_call_that_is_rolled_back() {
    for level in ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"] {
        let mut client = session();
        fill(&mut client);
        let before = rows(&mut client, EVERYTHING);
        for call in CALLS {
            client.batch_execute(&format!("BEGIN ISOLATION LEVEL {level}; SELECT * FROM {call}; ROLLBACK")).unwrap();
            assert_eq!(rows(&mut client, EVERYTHING), before, "{level} {call}");
            client
                .batch_execute(&format!(
                    "BEGIN ISOLATION LEVEL {level}; SAVEPOINT s; SELECT * FROM {call}; ROLLBACK TO s; COMMIT"
                ))
                .unwrap();
            assert_eq!(rows(&mut client, EVERYTHING), before, "{level} {call} to a savepoint");
            // A locked statement is free again.
            client.batch_execute("SET lock_timeout = '1s'").unwrap();
        }
        // Control: each of them does change something when it is committed.
        for call in CALLS {
            let before = rows(&mut client, EVERYTHING);
            client.batch_execute(&format!("BEGIN ISOLATION LEVEL {level}; SELECT * FROM {call}; COMMIT")).unwrap();
            assert_ne!(rows(&mut client, EVERYTHING), before, "{level} {call}");
        }
    }
}

/// A refused call inside a savepoint leaves the rest of the transaction as it was.
#[test]
fn a_transaction_goes_on_after_a_refusal_in_a_savepoint() {
    for level in ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"] {
        let mut client = session_of_nobody();
        client
            .batch_execute(&format!(
                "BEGIN ISOLATION LEVEL {level}; SELECT homer_remember('maria', 'fact', 's', 'one'); SAVEPOINT s"
            ))
            .unwrap();
        let wrong = "SELECT homer_remember('maria', 'fact', 's', 'two', supersedes => 4711)";
        assert_eq!(refused(&mut client, wrong).sqlstate, "ME010");
        client.batch_execute("ROLLBACK TO s; SELECT homer_remember('maria', 'fact', 's', 'ONE', 8); COMMIT").unwrap();
        assert_eq!(rows(&mut client, "SELECT content, importance FROM homer_memories"), ["one|8"], "{level}");
    }
}

/// With the settings that PostgreSQL comes with, which leave room for some 6,400 locks in all.
#[test]
fn a_transaction_may_say_any_number_of_things() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT count(*) FROM generate_series(1, 20000) AS i,
                    LATERAL homer_remember('maria', 'fact', 's', 'Statement ' || i)",
        )
        .unwrap();
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_memories"), 20_000);
}
