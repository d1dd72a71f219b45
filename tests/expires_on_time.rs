//! What has expired is returned by nothing, swept or not; the sweep works in batches, waits for nobody, and runs by pg_cron.

use homer_tests::*;

fn expired(client: &mut Client, count: i32) {
    client
        .batch_execute(&format!(
            "INSERT INTO homer_memories (user_id, category, subject, content, expires_at)
             SELECT 'maria', 'fact', 's', 'old ' || i, timestamp '2020-01-01' + make_interval(mins => i)
               FROM generate_series(1, {count}) AS i;
             SELECT homer_remember('maria', 'fact', 's', 'for ever'), homer_remember('maria', 'fact', 's', 'soon', expires_at => '2999-01-01')"
        ))
        .unwrap();
}

#[test]
fn an_expired_memory_is_returned_by_nothing() {
    let mut client = session_of_nobody();
    let seen = |client: &mut Client| {
        [
            "homer_relevant_memories('maria')",
            "homer_relevant_memories('maria', query => 'coffee')",
            "homer_relevant_memories('maria', categories => '{reminder}')",
            "homer_due_reminders()",
            "homer_due_reminders('maria')",
        ]
        .map(|call| value::<i64>(client, &format!("SELECT count(*) FROM {call}")))
    };
    client.batch_execute("SELECT homer_remind('maria', 's', 'Buy coffee', '2020-01-01')").unwrap();
    assert_eq!(seen(&mut client), [1, 1, 1, 1, 1], "before it expires");
    client.batch_execute("UPDATE homer_memories SET expires_at = '2021-01-01'").unwrap();
    assert_eq!(seen(&mut client), [0, 0, 0, 0, 0], "not swept");
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_claim_reminders()"), 0);
    assert_eq!(value::<i32>(&mut client, "SELECT homer_expire_memories()"), 1);
    assert_eq!(seen(&mut client), [0, 0, 0, 0, 0], "swept");
}

#[test]
fn the_sweep_retires_what_has_expired_in_batches() {
    let mut client = session_of_nobody();
    expired(&mut client, 25);
    let sweep = "SELECT homer_expire_memories(10)";
    assert_eq!(value::<i32>(&mut client, sweep), 10);
    // The longest expired first, so that a sweep that is stopped goes on where it was.
    let waiting = "SELECT min(content::text) FROM (SELECT content FROM homer_memories WHERE is_active AND expires_at < now() ORDER BY expires_at LIMIT 1) AS m";
    assert_eq!(rows(&mut client, waiting), ["old 11"]);
    assert_eq!([value::<i32>(&mut client, sweep), value(&mut client, sweep), value(&mut client, sweep)], [10, 5, 0]);
    assert_eq!(
        rows(&mut client, "SELECT content FROM homer_memories WHERE is_active ORDER BY id"),
        ["for ever", "soon"]
    );
    assert_eq!(value::<i32>(&mut client, "SELECT homer_expire_memories(0)"), 0);
}

#[test]
fn the_sweep_passes_over_rows_that_others_hold() {
    let database = database();
    let mut client = database.connect();
    expired(&mut client, 5);
    let mut other = database.connect();
    let mut transaction = other.transaction().unwrap();
    transaction.batch_execute("UPDATE homer_memories SET importance = 9 WHERE content IN ('old 2', 'old 4')").unwrap();
    client.batch_execute("SET lock_timeout = '1s'").unwrap();
    assert_eq!(value::<i32>(&mut client, "SELECT homer_expire_memories()"), 3);
    transaction.commit().unwrap();
    assert_eq!(value::<i32>(&mut client, "SELECT homer_expire_memories()"), 2);
}

#[test]
fn two_sweeps_at_once_share_the_work() {
    let database = database();
    expired(&mut database.connect(), 1000);
    let swept: i32 = std::thread::scope(|scope| {
        let sweeps: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut client = database.connect();
                    (0..50).map(|_| value::<i32>(&mut client, "SELECT homer_expire_memories(20)")).sum::<i32>()
                })
            })
            .collect();
        sweeps.into_iter().map(|sweep| sweep.join().unwrap()).sum()
    });
    assert_eq!(swept, 1000, "each was counted once");
}

/// The line of docs/life_of_a_memory.md, run by Debian's pg_cron on a cluster of its own. Its jobs run once a minute.
#[test]
fn the_documented_line_sweeps_by_pg_cron() {
    let documentation = std::fs::read_to_string(clone().join("docs/life_of_a_memory.md")).unwrap();
    let line = documentation
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("SELECT cron.schedule("))
        .expect("the line is there");

    let program = database().output("pg_config", &["--pkglibdir"], "");
    if !std::path::Path::new(program.trim()).join("pg_cron.so").exists() {
        return skipped("this PostgreSQL has no pg_cron");
    }
    let cluster = Cluster::start(
        "-c shared_preload_libraries=pg_cron -c cron.database_name=postgres -c cron.use_background_workers=on",
    );
    let mut client = cluster.maintenance();
    client.batch_execute("CREATE EXTENSION homer; CREATE EXTENSION pg_cron").unwrap();
    expired(&mut client, 3);
    client.batch_execute(line).unwrap();
    let waiting = "SELECT count(*) FROM homer_memories WHERE is_active AND expires_at < now()";
    for _ in 0..150 {
        if value::<i64>(&mut client, waiting) == 0 {
            assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_memories WHERE is_active"), 2);
            return;
        }
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    panic!("no sweep came: {:?}", rows(&mut client, "SELECT status, return_message FROM cron.job_run_details"));
}
