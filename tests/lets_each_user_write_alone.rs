//! Who writes for one user waits for nobody who writes for another, and nobody who may not call homer can stop who may.

use homer_tests::*;

/// Two transactions that store a thousand memories each, in the same order of the same words, statement by statement in turn:
/// neither ever waits for the other, so neither can wait in a circle.
#[test]
fn two_users_never_wait_for_each_other() {
    let database = database_of_nobody();
    let mut sessions = [database.connect(), database.connect()];
    for client in &mut sessions {
        client.batch_execute("SET lock_timeout = '5s'; BEGIN").unwrap();
    }
    let users = ["maria", "devon"];
    for number in 0..1000 {
        for (client, user) in sessions.iter_mut().zip(users) {
            let content = format!("Statement {}", if user == "maria" { number } else { 999 - number });
            let remember = "SELECT outcome FROM homer_remember($1, 'fact', 's', $2)";
            let outcome: String = client.query_one(remember, &[&user, &content]).unwrap().get(0);
            assert_eq!(outcome, "added");
        }
    }
    sessions.iter_mut().for_each(|client| client.batch_execute("COMMIT").unwrap());
    let stored = "SELECT user_id, count(*) FROM homer_memories GROUP BY user_id ORDER BY user_id";
    assert_eq!(rows(&mut sessions[0], stored), ["devon|1000", "maria|1000"]);
}

/// What the locks of a transaction look like to everybody: the number of each, once.
#[test]
fn a_transaction_holds_one_lock_for_each_user() {
    let mut client = session();
    client
        .batch_execute(
            "BEGIN; SELECT homer_remember('maria', 'fact', 's', 'Statement ' || n) FROM generate_series(1, 50) AS n",
        )
        .unwrap();
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
    assert_eq!(rows(&mut client, locks), ["1"]);
    client
        .batch_execute("SELECT homer_remember('devon', 'fact', 's', 'c'), homer_remember(NULL, 'fact', 's', 'c')")
        .unwrap();
    assert_eq!(rows(&mut client, locks), ["3"]);
    client.batch_execute("COMMIT").unwrap();
    assert_eq!(rows(&mut client, locks), ["0"]);
}

/// A role that may connect and nothing else sees the numbers of the locks, and takes all that pg_advisory_lock can take of them.
#[test]
fn a_role_without_grants_stops_nobody() {
    let database = database();
    let (mut writer, mut intruder) = (database.connect(), database.connect());
    intruder.batch_execute("CREATE ROLE \"intruder of locks\"; SET ROLE \"intruder of locks\"").unwrap();
    writer.batch_execute("BEGIN; SELECT homer_remember('maria', 'fact', 's', 'first')").unwrap();
    let seen = "SELECT classid::bigint, objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let lock = intruder.query_one(seen, &[]).unwrap();
    let (class, object): (i64, i64) = (lock.get(0), lock.get(1));
    writer.batch_execute("COMMIT").unwrap();
    intruder
        .batch_execute(&format!(
            "SELECT pg_advisory_lock(({class}::bigint << 32) | {object}), pg_advisory_lock({class}::bit(32)::integer, {object}::bit(32)::integer)"
        ))
        .unwrap();
    assert_eq!(refused(&mut intruder, "SELECT homer.lock_user('maria')").sqlstate, "42501");
    writer.batch_execute("SET lock_timeout = '5s'").unwrap();
    assert_eq!(rows(&mut writer, "SELECT outcome FROM homer_remember('maria', 'fact', 's', 'second')"), ["added"]);
    // Control: the lock is one that keeps others waiting.
    let mut second = database.connect();
    writer.batch_execute("BEGIN; SELECT homer.lock_user('maria')").unwrap();
    second.batch_execute("SET lock_timeout = '100ms'").unwrap();
    assert_eq!(refused(&mut second, "SELECT homer_remember('maria', 'fact', 's', 'third')").sqlstate, "55P03");
    second.batch_execute("RESET ROLE").unwrap();
    writer.batch_execute("ROLLBACK; DROP ROLE \"intruder of locks\"").unwrap();
}

/// A role that acts for one user waits for that user's lock at most, and keeps nobody else waiting.
#[test]
fn a_confined_role_takes_its_own_users_lock_alone() {
    let database = database();
    let (mut client, mut other) = (database.connect(), database.connect());
    client.batch_execute("CREATE ROLE locking_confined; SELECT homer_grant('locking_confined', 'confined')").unwrap();
    client.batch_execute("BEGIN; SET ROLE locking_confined; SET homer.user_id = 'mallory'").unwrap();
    for (statement, sqlstate) in [
        ("SELECT homer.lock_user('maria')", "ME016"),
        ("SELECT homer.lock_users('{mallory,maria}')", "ME016"),
        ("SELECT homer.lock_user(NULL)", "ME013"),
    ] {
        client.batch_execute("SAVEPOINT before").unwrap();
        assert_eq!(refused(&mut client, statement).sqlstate, sqlstate, "{statement}");
        client.batch_execute("ROLLBACK TO before").unwrap();
    }
    // Control: its own user's.
    client.batch_execute("SELECT homer.lock_user('mallory')").unwrap();
    other.batch_execute("SET lock_timeout = '100ms'").unwrap();
    for user in ["'maria'", "NULL"] {
        other.batch_execute(&format!("SELECT homer_remember({user}, 'fact', 's', 'Due in May')")).unwrap();
    }
    assert_eq!(refused(&mut other, "SELECT homer_remember('mallory', 'fact', 's', 'c')").sqlstate, "55P03");
    client.batch_execute("ROLLBACK; DROP OWNED BY locking_confined; DROP ROLE locking_confined").unwrap();
}
