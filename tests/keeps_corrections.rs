//! What was corrected does not come back, and its history says what replaced what, and when.

use homer_tests::*;

/// id, content, outcome, what it superseded and was superseded by.
fn history(client: &mut Client, memory_id: i32) -> Vec<String> {
    let versions = "SELECT id, content, outcome, supersedes, superseded_by FROM homer_memory_history(%)";
    rows(client, &versions.replace('%', &memory_id.to_string()))
}

fn three_versions(client: &mut Client) {
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 'Home', 'Lives in Bonn');
             SELECT homer_remember('maria', 'fact', 'Home', 'Lives in Oslo', supersedes => 1);
             SELECT homer_remember('maria', 'fact', 'Home', 'Lives in Rome', supersedes => 2)",
        )
        .unwrap();
}

#[test]
fn a_correction_retires_the_old_row_and_links_both_ways() {
    let mut client = session();
    client.batch_execute("SELECT homer_remember('maria', 'fact', 'Home', 'Lives in Bonn')").unwrap();
    let correct = "SELECT * FROM homer_remember('maria', 'fact', 'Home', 'Lives in Oslo', supersedes => 1)";
    assert_eq!(rows(&mut client, correct), ["2|superseded"]);
    assert_eq!(rows(&mut client, "SELECT content FROM homer_relevant_memories('maria')"), ["Lives in Oslo"]);
    assert_eq!(history(&mut client, 1), ["1|Lives in Bonn|superseded|null|2", "2|Lives in Oslo|current|1|null"],);
}

#[test]
fn the_history_is_the_same_from_any_version() {
    let mut client = session();
    three_versions(&mut client);
    client.batch_execute("SELECT homer_remember('maria', 'fact', 'Pet', 'Has a dog')").unwrap();
    let chain =
        ["1|Lives in Bonn|superseded|null|2", "2|Lives in Oslo|superseded|1|3", "3|Lives in Rome|current|2|null"];
    for memory in 1..=3 {
        assert_eq!(history(&mut client, memory), chain, "{memory}");
    }
    assert_eq!(history(&mut client, 4), ["4|Has a dog|current|null|null"]);
    let moments = "SELECT count(*) FILTER (WHERE h.ended_at = n.created_at), count(*) FILTER (WHERE h.ended_at IS NULL)
                     FROM homer_memory_history(1) AS h LEFT JOIN homer_memories AS n ON n.id = h.superseded_by";
    assert_eq!(rows(&mut client, moments), ["2|1"]);
}

#[test]
fn the_history_tells_how_a_memory_ended() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'current'), homer_remember('maria', 'fact', 's', 'forgotten'),
                    homer_remember('maria', 'fact', 's', 'rejected'), homer_remember('maria', 'fact', 's', 'expired'),
                    homer_remember('maria', 'fact', 's', 'expired and swept'),
                    homer_remember('maria', 'fact', 's', 'forgotten before it expired', expires_at => '2999-01-01');
             SELECT homer_forget(2), homer_reject(3), homer_forget(6);
             UPDATE homer_memories SET expires_at = '2020-01-01' WHERE id = 5;
             SELECT homer_expire_memories();
             UPDATE homer_memories SET expires_at = '2021-01-01' WHERE id = 4;
             UPDATE homer_memories SET expires_at = '2022-01-02', updated_at = '2022-01-01' WHERE id = 6",
        )
        .unwrap();
    let outcomes = "SELECT h.outcome, h.ended_at = m.updated_at, h.ended_at = m.expires_at
                      FROM homer_memories AS m, homer_memory_history(m.id) AS h ORDER BY m.id";
    assert_eq!(
        rows(&mut client, outcomes),
        ["current|null|null", "forgotten|t|null", "rejected|t|null", "expired|f|t", "expired|f|t", "forgotten|t|f"]
    );
}

#[test]
fn only_an_active_memory_of_the_same_user_is_superseded() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'active'), homer_remember('maria', 'fact', 's', 'retired'),
                    homer_remember('maria', 'fact', 's', 'expired'), homer_remember('devon', 'fact', 's', 'of devon'),
                    homer_remember(NULL, 'fact', 's', 'of everyone');
             SELECT homer_forget(2); UPDATE homer_memories SET expires_at = '2020-01-01' WHERE id = 3",
        )
        .unwrap();
    for (memory, sqlstate, message) in [
        (2, "ME012", "memory 2 is not active any more"),
        (3, "ME012", "memory 3 is not active any more"),
        (4, "ME011", "memory 4 is no memory of user \"maria\""),
        (5, "ME011", "memory 5 is no memory of user \"maria\""),
        (6, "ME010", "memory 6 does not exist"),
    ] {
        let refusal = refused(
            &mut client,
            &format!("SELECT homer_remember('maria', 'fact', 's', 'new', supersedes => {memory})"),
        );
        assert_eq!((refusal.sqlstate.as_str(), refusal.message.as_str()), (sqlstate, message));
    }
    let others = "SELECT count(*) FROM homer_memories WHERE content = 'new'";
    assert_eq!(value::<i64>(&mut client, others), 0, "a refused correction stores nothing");
    assert_eq!(
        rows(&mut client, "SELECT outcome FROM homer_remember('maria', 'fact', 's', 'new', supersedes => 1)"),
        ["superseded"]
    );
}

/// The spelling can be corrected, and so can an importance that was too large.
#[test]
fn a_memory_is_superseded_by_the_same_content() {
    let mut client = session();
    client.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'lives in bonn', 9)").unwrap();
    let correct = "SELECT * FROM homer_remember('maria', 'fact', 's', 'Lives in Bonn', 2, supersedes => 1)";
    assert_eq!(rows(&mut client, correct), ["2|superseded"]);
    let relevant = "SELECT id, content, importance FROM homer_relevant_memories('maria')";
    assert_eq!(rows(&mut client, relevant), ["2|Lives in Bonn|2"]);
}

/// What replaces it may be there already: then that is confirmed, and two histories meet in it.
#[test]
fn a_memory_is_superseded_by_one_that_is_there() {
    let mut client = session();
    three_versions(&mut client);
    client.batch_execute("SELECT homer_remember('maria', 'fact', 'City', 'Resides in Bonn')").unwrap();
    let correct = "SELECT * FROM homer_remember('maria', 'fact', 'City', 'lives in ROME', 8, supersedes => 4)";
    assert_eq!(rows(&mut client, correct), ["3|superseded"]);
    assert_eq!(rows(&mut client, "SELECT id, importance FROM homer_relevant_memories('maria')"), ["3|8"]);
    assert_eq!(history(&mut client, 1), history(&mut client, 4));
    assert_eq!(history(&mut client, 4)[3], "4|Resides in Bonn|superseded|null|3");
    assert_eq!(history(&mut client, 4).len(), 4);
}

#[test]
fn of_two_clients_that_supersede_the_same_memory_one_wins() {
    let database = database();
    let mut first = database.connect();
    first.batch_execute("SELECT homer_remember('maria', 'fact', 'Home', 'Lives in Bonn')").unwrap();
    let mut transaction = first.transaction().unwrap();
    transaction
        .batch_execute("SELECT homer_remember('maria', 'fact', 'Home', 'Lives in Oslo', supersedes => 1)")
        .unwrap();
    let refusal = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            refused(
                &mut database.connect(),
                "SELECT homer_remember('maria', 'fact', 'Home', 'Lives in Rome', supersedes => 1)",
            )
        });
        let mut watcher = database.connect();
        while value::<i64>(&mut watcher, "SELECT count(*) FROM pg_locks WHERE NOT granted") == 0 {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        transaction.commit().unwrap();
        waiting.join().unwrap()
    });
    assert_eq!((refusal.sqlstate.as_str(), refusal.message.as_str()), ("ME012", "memory 1 is not active any more"));
    let contents = "SELECT content FROM homer_relevant_memories('maria')";
    assert_eq!(rows(&mut first, contents), ["Lives in Oslo"]);
}

/// A row that is deleted, or a table that is emptied and counts from 1 again, leaves no link to what it was not made for.
#[test]
fn a_history_holds_no_strangers() {
    let mut client = session();
    three_versions(&mut client);
    client.batch_execute("DELETE FROM homer_memories WHERE id = 2").unwrap();
    assert_eq!(history(&mut client, 1), ["1|Lives in Bonn|forgotten|null|null"]);
    client
        .batch_execute(
            "TRUNCATE homer_memories RESTART IDENTITY;
             SELECT homer_remember('maria', 'fact', 's', 'one'), homer_remember('maria', 'fact', 's', 'two');
             SELECT homer_forget(1)",
        )
        .unwrap();
    assert_eq!(history(&mut client, 1), ["1|one|forgotten|null|null"]);
    // Control: a link of these rows does count.
    client.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'three', supersedes => 2)").unwrap();
    assert_eq!(history(&mut client, 2), ["2|two|superseded|null|3", "3|three|current|2|null"]);
}
