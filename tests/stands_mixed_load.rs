//! Eight clients at once remember, ask, touch, remind, claim, expire, correct and erase, as pgbench plays them: no error
//! other than documented ones, no growth of a backend's memory, and the totals add up.
//!
//! For ten seconds, or for as many as HOMER_LOAD_SECONDS says; `make check` says 120.

use std::collections::HashMap;
use std::process::Stdio;
use std::time::Duration;

use homer_tests::*;

const CLIENTS: usize = 8;

/// What the load writes down beside the calls, in the same statement, for the reckoning at the end.
const TABLES: &str = "
    CREATE TABLE told (id integer, outcome text);
    CREATE TABLE reminded (id integer PRIMARY KEY);
    -- A reminder that two clients get would be refused here.
    CREATE TABLE claimed (id integer PRIMARY KEY);
    CREATE TABLE expired (many integer);
    CREATE TABLE erased (memories integer);
    CREATE TABLE refused (sqlstate text);
    CREATE SEQUENCE number;
    -- The memory may have been retired by another client (ME012) or be gone (ME010), as the README says.
    CREATE FUNCTION correct(person text, said text, old integer) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO told SELECT * FROM homer_remember(person, 'fact', 'Order', said, supersedes => old);
    EXCEPTION WHEN SQLSTATE 'ME010' OR SQLSTATE 'ME012' THEN
        INSERT INTO refused VALUES (SQLSTATE);
    END $$;
    SELECT homer_upsert_profile('visitor ' || n, 'Visitor', 'guest') FROM generate_series(1, 20) AS n";

/// Each kind of transaction, how often of a hundred, and what it does: one statement that writes, because pgbench tries all of
/// them again when one meets a deadlock.
const LOAD: &[(&str, u32, &str)] = &[
    (
        "remember",
        25,
        r"\set user random(1, 100)
          \set order random(1, 60)
          INSERT INTO told SELECT * FROM homer_remember('user ' || :user::text, 'fact', 'Order ' || :order::text,
                                                        'Order ' || :order::text || ' has ' || :order::text || ' parts of steel.');",
    ),
    (
        "ask",
        30,
        r"\set user random(1, 100)
          \set order random(1, 60)
          SELECT count(*) FROM homer_relevant_memories('user ' || :user::text, query => 'How many parts has order ' || :order::text || '?');
          SELECT count(*) FROM homer_relevant_memories('user ' || :user::text);
          SELECT length(homer_context('user ' || :user::text, 'steel'));",
    ),
    (
        "touch",
        15,
        r"\set visitor random(1, 20)
          SELECT total_interactions FROM homer_touch_profile('visitor ' || :visitor::text);",
    ),
    ("remind", 5, r"INSERT INTO reminded SELECT homer_remind('owner', 'Call', 'Number ' || nextval('number'), now());"),
    ("claim", 5, r"INSERT INTO claimed SELECT id FROM homer_claim_reminders(3, 'owner');"),
    (
        "lapse",
        4,
        r"INSERT INTO told SELECT * FROM homer_remember('lapsing', 'fact', 'Lapsing', 'Number ' || nextval('number'),
                                                        expires_at => now() + interval '1 s');",
    ),
    ("expire", 3, r"INSERT INTO expired SELECT homer_expire_memories(20);"),
    (
        "correct",
        5,
        r"\set person random(1, 10)
          \set order random(1, 60)
          SELECT correct('person ' || :person::text, 'It is order ' || :order::text || ' now.',
                         COALESCE((SELECT max(id) FROM homer_memories WHERE user_id = 'person ' || :person::text AND is_active), 0));",
    ),
    (
        "learn",
        5,
        r"\set person random(1, 10)
          INSERT INTO told SELECT * FROM homer_remember('person ' || :person::text, 'fact', 'Order', 'Was order ' || nextval('number'));",
    ),
    (
        "erase",
        3,
        r"\set person random(1, 10)
          INSERT INTO erased SELECT (homer_erase_user('person ' || :person::text) -> 'homer_memories')::integer;",
    ),
];

fn seconds() -> u64 {
    std::env::var("HOMER_LOAD_SECONDS").map_or(10, |seconds| seconds.parse().expect("HOMER_LOAD_SECONDS is a number"))
}

/// The private memory of each of the load's backends in kilobytes, by process; without the buffers, which all share.
fn memory_of_backends(client: &mut Client) -> HashMap<i32, i64> {
    let backends = "SELECT pid FROM pg_stat_activity WHERE application_name = 'pgbench'";
    let backends = client.query(backends, &[]).unwrap();
    let status_of = |pid: i32| std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kilobytes = |status: &str| {
        status.lines().find_map(|line| line.strip_prefix("RssAnon:")?.trim().strip_suffix("kB")?.trim().parse().ok())
    };
    backends.iter().filter_map(|row| Some((row.get(0), kilobytes(&status_of(row.get(0)))?))).collect()
}

/// How many transactions of each kind pgbench counted: after each kind's name, `- 123 transactions (`.
fn transactions(report: &str) -> HashMap<&'static str, i64> {
    let counted = |name: &str| {
        let (_, after) = report.split_once(&format!("{name}.sql\n"))?;
        after.lines().find_map(|line| line.strip_prefix(" - ")?.split_once(" transactions")?.0.parse().ok())
    };
    LOAD.iter().map(|(name, ..)| (*name, counted(name).unwrap_or_else(|| panic!("no {name} in {report}")))).collect()
}

#[test]
fn eight_clients_at_once_lose_nothing_and_use_no_more_memory() {
    let cluster = Cluster::start("");
    let database = cluster.empty_database();
    let mut client = database.connect();
    client.batch_execute("CREATE EXTENSION homer").unwrap();
    client.batch_execute(TABLES).unwrap();
    // Those of PostgreSQL 14 end a client at its first deadlock.
    if !database.output("pgbench", &["--help"], "").contains("--max-tries") {
        return skipped("this pgbench tries nothing again");
    }
    let mut pgbench = database.program("pgbench");
    for (name, weight, script) in LOAD {
        let path = cluster.directory().join(format!("{name}.sql"));
        // pgbench takes a statement over several lines, but a command of its own on one that begins with it.
        let lines: Vec<_> = script.lines().map(str::trim).collect();
        std::fs::write(&path, lines.join("\n")).unwrap();
        pgbench.arg("--file").arg(format!("{}@{weight}", path.display()));
    }
    let seconds = seconds();
    pgbench
        // Several jobs of pgbench add their counts of a script without a lock, and come out one short now and then.
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1"])
        .args([format!("--client={CLIENTS}"), format!("--time={seconds}")])
        // A deadlock or a conflict of snapshots (40P01, 40001) is to be tried again, as the docs say.
        .args(["--max-tries=10"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let pgbench = pgbench.spawn().unwrap();
    // By then every backend has planned all it will plan.
    std::thread::sleep(Duration::from_millis(seconds * 1000 / 4));
    let early = memory_of_backends(&mut client);
    std::thread::sleep(Duration::from_millis(seconds * 1000 * 7 / 10));
    let late = memory_of_backends(&mut client);
    let output = pgbench.wait_with_output().unwrap();
    let (report, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && !errors.contains("ERROR") && !errors.contains("aborted"), "{errors}\n{report}");

    assert_memory_did_not_grow(&early, &late);
    assert_totals_add_up(&mut client, &transactions(&report));
}

fn assert_memory_did_not_grow(early: &HashMap<i32, i64>, late: &HashMap<i32, i64>) {
    if early.is_empty() {
        return skipped("the memory of the backends: /proc does not tell it here; all else was tested");
    }
    assert_eq!((early.len(), late.len()), (CLIENTS, CLIENTS), "{early:?} {late:?}");
    // Ten bytes lost in each call would be more than this in two minutes, as `make check` plays it.
    const ALLOWED: i64 = 2048;
    let grown: Vec<_> = early.iter().filter(|(pid, before)| late[pid] - *before > ALLOWED).collect();
    assert!(grown.is_empty(), "{grown:?} of {early:?} grew to {late:?}");
}

fn assert_totals_add_up(client: &mut Client, transactions: &HashMap<&str, i64>) {
    assert!(transactions.values().all(|many| *many > 0), "{transactions:?}");
    let touches = "SELECT sum(total_interactions) FROM homer_user_profiles";
    assert_eq!(value::<i64>(client, touches), transactions["touch"]);

    // Each call told of its outcome, and each outcome is a row or none.
    let told: i64 = value(client, "SELECT count(*) + (SELECT count(*) FROM refused) FROM told");
    assert_eq!(
        told,
        transactions["remember"] + transactions["lapse"] + transactions["correct"] + transactions["learn"]
    );
    let outcomes = "SELECT count(*) FROM told WHERE outcome NOT IN ('added', 'confirmed', 'superseded')";
    assert_eq!(value::<i64>(client, outcomes), 0);
    // By their ids, because what supersedes a memory may be there already. None is given twice, even after an erasure.
    let stored = "SELECT count(DISTINCT id) + (SELECT count(*) FROM reminded) FROM told";
    let there = "SELECT count(*) + (SELECT sum(memories) FROM erased) FROM homer_memories";
    assert_eq!(value::<i64>(client, stored), value::<i64>(client, there));
    let known = "SELECT count(*) FROM homer_memories AS m WHERE m.id NOT IN (SELECT id FROM told UNION ALL SELECT id FROM reminded)";
    assert_eq!(value::<i64>(client, known), 0);
    let added_twice = "SELECT count(*) - count(DISTINCT id) FROM told WHERE outcome = 'added'";
    assert_eq!(value::<i64>(client, added_twice), 0);
    // What was said once is there once.
    let doubled = "SELECT count(*) FROM (SELECT FROM homer_memories WHERE user_id LIKE 'user %' GROUP BY user_id, content HAVING count(*) > 1) AS d";
    assert_eq!(value::<i64>(client, doubled), 0);

    client.batch_execute("INSERT INTO claimed SELECT id FROM homer_claim_reminders(1000000, 'owner')").unwrap();
    let reminders = "SELECT count(*), count(c.id), (SELECT count(*) FROM claimed) FROM reminded AS r LEFT JOIN claimed AS c USING (id)";
    let many = transactions["remind"];
    assert_eq!(rows(client, reminders), [format!("{many}|{many}|{many}")]);

    wait_until(|| {
        value(
            client,
            "SELECT bool_and(expires_at < now() AT TIME ZONE 'UTC') FROM homer_memories WHERE user_id = 'lapsing'",
        )
    });
    client.batch_execute("INSERT INTO expired SELECT homer_expire_memories(1000000)").unwrap();
    assert_eq!(value::<i64>(client, "SELECT sum(many) FROM expired"), transactions["lapse"]);
    let swept = "SELECT count(*) FROM homer_memories WHERE user_id = 'lapsing' AND NOT is_active";
    assert_eq!(value::<i64>(client, swept), transactions["lapse"]);
}
