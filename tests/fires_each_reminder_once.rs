//! A reminder falls due at its moment, is claimed by one worker, and is due again if that worker gives up.

use homer_tests::*;

const DUE: &str = "SELECT id, content FROM homer_due_reminders()";

fn remind(client: &mut Client, user: &str, content: &str, due_at: &str) -> i32 {
    value(client, &format!("SELECT homer_remind({user}, 's', '{content}', {due_at})"))
}

#[test]
fn a_reminder_is_due_from_its_moment_on() {
    let mut client = session();
    remind(&mut client, "'maria'", "tomorrow", "now() + interval '1 day'");
    assert_eq!(rows(&mut client, DUE), Vec::<String>::new());
    remind(&mut client, "'maria'", "last", "now()");
    remind(&mut client, "'devon'", "first", "'2020-03-01 09:00+01'");
    remind(&mut client, "NULL", "second", "'2020-03-01 09:00+00'");
    assert_eq!(rows(&mut client, DUE), ["3|first", "4|second", "2|last"]);
    let row =
        "SELECT user_id, category, subject, importance, metadata, due_at FROM homer_due_reminders(\"limit\" => 1)";
    client.batch_execute("SET timezone = 'UTC'").unwrap();
    assert_eq!(
        rows(&mut client, row),
        ["devon|reminder|s|5|{\"due_at\": \"2020-03-01T08:00:00.000000Z\"}|2020-03-01 08:00:00+00"]
    );
    let of = |user: &str| format!("SELECT content FROM homer_due_reminders('{user}')");
    assert_eq!(rows(&mut client, &of("maria")), ["last"]);
    assert_eq!(rows(&mut client, &of("devon")), ["first"]);
    assert_eq!(rows(&mut client, &of("nobody")), Vec::<String>::new());
    assert_eq!(rows(&mut client, "SELECT content FROM homer_due_reminders(\"limit\" => 0)"), Vec::<String>::new());
}

#[test]
fn what_is_forgotten_expired_superseded_rejected_or_no_reminder_is_not_due() {
    let mut client = session();
    for content in ["forgotten", "expired", "superseded", "rejected", "due"] {
        remind(&mut client, "'maria'", content, "'2020-01-01'");
    }
    client
        .batch_execute(
            "SELECT homer_forget(1); UPDATE homer_memories SET expires_at = '2021-01-01' WHERE id = 2;
             SELECT homer_remember('maria', 'reminder', 's', 'without a moment', supersedes => 3); SELECT homer_reject(4);
             SELECT homer_remember('maria', 'fact', 's', 'a fact', metadata => '{\"due_at\": \"2020-01-01T00:00Z\"}')",
        )
        .unwrap();
    assert_eq!(rows(&mut client, DUE), ["5|due"]);
    assert_eq!(rows(&mut client, "SELECT content FROM homer_claim_reminders(100)"), ["due"]);
}

/// An application writes its own rows, and not all of them well.
#[test]
fn a_row_of_an_application_falls_due_if_its_moment_can_be_read() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, metadata) VALUES
                ('maria', 'reminder', 's', 'with an offset', '{\"due_at\": \"2020-01-01T10:00:00+10:00\"}'),
                ('maria', 'reminder', 's', 'of a browser', '{\"due_at\": \"2020-01-01T00:00:00.001Z\", \"claimed_at\": null}'),
                ('maria', 'reminder', 's', 'without an offset', '{\"due_at\": \"2020-01-01 00:00:01\"}'),
                ('maria', 'reminder', 's', 'to come', '{\"due_at\": \"2999-01-01T00:00:00Z\"}'),
                ('maria', 'reminder', 's', 'claimed', '{\"due_at\": \"2020-01-01T00:00:00Z\", \"claimed_at\": \"x\"}'),
                ('maria', 'reminder', 's', 'in words', '{\"due_at\": \"tomorrow\"}'),
                ('maria', 'reminder', 's', 'a number', '{\"due_at\": 1577836800}'),
                ('maria', 'reminder', 's', 'an object', '{\"due_at\": {}}'),
                ('maria', 'reminder', 's', 'no metadata', NULL)",
        )
        .unwrap();
    assert_eq!(
        rows(&mut client, "SELECT content FROM homer_due_reminders()"),
        ["with an offset", "of a browser", "without an offset"]
    );
}

#[test]
fn a_claimed_reminder_is_not_due_and_stays_readable() {
    let mut client = session();
    remind(&mut client, "'maria'", "second", "'2021-01-01'");
    remind(&mut client, "'maria'", "first", "'2020-01-01'");
    remind(&mut client, "'devon'", "of devon", "'2019-01-01'");
    client.batch_execute("UPDATE homer_memories SET updated_at = '2019-01-01'").unwrap();
    let claim =
        "SELECT content, (metadata ->> 'claimed_at')::timestamptz <= now(), updated_at FROM homer_claim_reminders(%)";
    assert_eq!(
        rows(&mut client, &claim.replace('%', "10, 'maria'")),
        ["first|t|2019-01-01 00:00:00", "second|t|2019-01-01 00:00:00"]
    );
    assert_eq!(rows(&mut client, &claim.replace('%', "10, 'maria'")), Vec::<String>::new());
    assert_eq!(rows(&mut client, DUE), ["3|of devon"]);
    assert_eq!(
        rows(&mut client, "SELECT content FROM homer_relevant_memories('maria') ORDER BY 1"),
        ["first", "second"]
    );
    assert_eq!(rows(&mut client, "SELECT content, outcome FROM homer_memory_history(2)"), ["first|current"]);
}

#[test]
fn a_claim_that_is_rolled_back_is_due_again() {
    let mut client = session();
    remind(&mut client, "'maria'", "call", "'2020-01-01'");
    client.batch_execute("BEGIN").unwrap();
    assert_eq!(rows(&mut client, "SELECT content FROM homer_claim_reminders()"), ["call"]);
    assert_eq!(rows(&mut client, DUE), Vec::<String>::new());
    client.batch_execute("ROLLBACK").unwrap();
    assert_eq!(rows(&mut client, DUE), ["1|call"]);
    assert_eq!(rows(&mut client, "SELECT content FROM homer_claim_reminders()"), ["call"]);
}

/// A worker that holds some does not keep another from taking the rest.
#[test]
fn a_worker_does_not_wait_for_another() {
    let database = database();
    let mut first = database.connect();
    for day in 1..=4 {
        remind(&mut first, "'maria'", &format!("day {day}"), &format!("'2020-01-0{day}'"));
    }
    let mut transaction = first.transaction().unwrap();
    let taken: Vec<String> = transaction
        .query("SELECT content FROM homer_claim_reminders(2)", &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(taken, ["day 1", "day 2"]);
    let mut second = database.connect();
    second.batch_execute("SET lock_timeout = '1s'").unwrap();
    assert_eq!(rows(&mut second, "SELECT content FROM homer_claim_reminders(10)"), ["day 3", "day 4"]);
    transaction.rollback().unwrap();
    assert_eq!(rows(&mut second, "SELECT content FROM homer_claim_reminders(10)"), ["day 1", "day 2"]);
}

#[test]
fn eight_workers_claim_each_reminder_once() {
    let database = database();
    let mut client = database.connect();
    client
        .batch_execute(
            "SELECT homer_remind('user ' || i % 7, 's', 'number ' || i, timestamptz '2020-01-01' + make_interval(mins => i))
               FROM generate_series(1, 400) AS i",
        )
        .unwrap();
    let mut claimed: Vec<i32> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..8)
            .map(|worker| {
                let database = &database;
                scope.spawn(move || {
                    let mut client = database.connect();
                    let mut claimed = Vec::new();
                    for round in 0.. {
                        let mut transaction = client.transaction().unwrap();
                        let ids: Vec<i32> = transaction
                            .query("SELECT id FROM homer_claim_reminders(7)", &[])
                            .unwrap()
                            .iter()
                            .map(|row| row.get(0))
                            .collect();
                        if ids.is_empty() && round > 60 {
                            break;
                        }
                        // Now and then a worker gives up, and what it held is due again.
                        if (round + worker) % 5 == 0 && round < 40 {
                            transaction.rollback().unwrap();
                        } else {
                            transaction.commit().unwrap();
                            claimed.extend(ids);
                        }
                    }
                    claimed
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    claimed.sort_unstable();
    assert_eq!(claimed, (1..=400).collect::<Vec<i32>>());
    assert_eq!(rows(&mut client, DUE), Vec::<String>::new());
}

/// A tool that is called twice does not make it ring twice; at another moment it is another reminder.
#[test]
fn the_same_reminder_is_there_once() {
    let mut client = session();
    assert_eq!(remind(&mut client, "'maria'", "Call Ann", "'2020-01-01'"), 1);
    assert_eq!(remind(&mut client, "'maria'", "call ann!", "'2020-01-01'"), 1);
    assert_eq!(remind(&mut client, "'maria'", "Call Ann", "'2020-01-02'"), 2);
    assert_eq!(rows(&mut client, "SELECT content FROM homer_claim_reminders()"), ["Call Ann", "Call Ann"]);
    assert_eq!(remind(&mut client, "'maria'", "Call Ann", "'2020-01-01'"), 1);
    assert_eq!(rows(&mut client, DUE), Vec::<String>::new(), "it has rung");
}

/// What is said of a reminder does not move it, and a fact does not become one.
#[test]
fn a_confirmation_makes_no_reminder_and_moves_none() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'reminder', 's', 'Call Ann');
             SELECT homer_remember('maria', 'fact', 's', 'Call Ann', metadata => '{\"due_at\": \"2020-01-01T00:00:00Z\", \"x\": 1}');
             SELECT homer_remember('maria', 'fact', 's', 'Has a dog');
             SELECT homer_remember('maria', 'reminder', 's', 'Has a dog', metadata => '{\"claimed_at\": \"x\"}')",
        )
        .unwrap();
    assert_eq!(rows(&mut client, DUE), Vec::<String>::new());
    assert_eq!(
        rows(&mut client, "SELECT category, content, metadata FROM homer_memories ORDER BY id"),
        ["reminder|Call Ann|{\"x\": 1}", "fact|Has a dog|{\"claimed_at\": \"x\"}"]
    );
}

#[test]
fn the_profiles_timezone_decides_how_a_moment_is_shown() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_upsert_profile('maria', 'Maria', 'owner', '{\"timezone\": \"Europe/Berlin\"}'),
                    homer_upsert_profile('devon', 'Devon', 'manager'), homer_upsert_profile('broken', 'B', 'r');
             UPDATE homer_user_profiles SET timezone = 'Mars/Olympus' WHERE user_id = 'broken';
             SET timezone = 'Asia/Tokyo'",
        )
        .unwrap();
    for (user, shown) in [
        ("'maria'", "2026-07-01 09:00 Europe/Berlin"),
        ("'devon'", "2026-07-01 02:00 America/Chicago"),
        ("'broken'", "2026-07-01 07:00 UTC"),
        ("'nobody'", "2026-07-01 07:00 UTC"),
        ("NULL", "2026-07-01 07:00 UTC"),
    ] {
        let moment = format!("SELECT homer_local_moment({user}, '2026-07-01 07:00+00')");
        assert_eq!(rows(&mut client, &moment), [shown], "{user}");
    }
    assert_eq!(rows(&mut client, "SELECT homer_local_moment('maria', NULL)"), ["null"]);
}

/// The moment lies in an index, and reading it must not depend on the session.
#[test]
fn due_reminders_are_found_by_their_index_in_any_session() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, metadata)
             SELECT 'user ' || i % 100, 'reminder', 's', 'number ' || i,
                    jsonb_build_object('due_at', to_char(timestamp '2020-01-01' + make_interval(mins => i), 'YYYY-MM-DD HH24:MI'))
               FROM generate_series(1, 5000) AS i",
        )
        .unwrap();
    let first = "SELECT content, due_at = timestamptz '2020-01-01 00:07Z' FROM homer_due_reminders(%, \"limit\" => 1)";
    for timezone in ["UTC", "Asia/Tokyo", "America/Chicago"] {
        client.batch_execute(&format!("SET timezone = '{timezone}'; SET datestyle = 'German'")).unwrap();
        assert_eq!(rows(&mut client, &first.replace('%', "'user 7'")), ["number 7|t"], "{timezone}");
        assert_eq!(rows(&mut client, &first.replace('%', "NULL")), ["number 1|f"], "{timezone}");
    }
}

/// PostgreSQL reads each of these texts as the same moment, told that the session is in UTC.
#[test]
fn a_moment_in_metadata_is_what_postgresql_reads() {
    let mut client = session();
    client.batch_execute("SET timezone = 'UTC'").unwrap();
    for text in [
        "2000-01-01T00:00:00Z",
        "1999-12-31T23:59:59.999999Z",
        "2026-03-01T09:00:00.5+01:00",
        "2026-03-01 09:00-0930",
        "2024-02-29T12:30Z",
        "2000-02-29T00:00Z",
        "1900-03-01T00:00:00+14",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-03-01T09:00:00",
    ] {
        let both = format!("SELECT homer.moment_of_text('{text}'), '{text}'::timestamptz AT TIME ZONE 'UTC'");
        let both = rows(&mut client, &both).remove(0);
        let (ours, theirs) = both.split_once('|').unwrap();
        assert_eq!(ours, theirs, "{text}");
        assert_ne!(ours, "null", "{text}");
    }
}

/// A claim at no moment would keep a reminder from ever falling due: homer's functions refuse it, and `homer_stats()` counts the rows that
/// an application has stored so.
#[test]
fn a_claim_without_a_moment_never_passes_unseen() {
    let mut client = session_of_nobody();
    let remember = |claimed_at: &str| {
        format!(
            "SELECT homer_remember('maria', 'reminder', 's', 'x', metadata => '{{\"due_at\": \"2020-01-01T00:00Z\", \"claimed_at\": {claimed_at}}}')"
        )
    };
    for claimed_at in ["false", "\"\"", "0", "\"x\"", "{}"] {
        let refusal = refused(&mut client, &remember(claimed_at));
        assert_eq!(refusal.sqlstate, "ME005", "{claimed_at}");
        assert!(
            refusal.message.starts_with("metadata must be an object whose claimed_at is the moment of a claim"),
            "{}",
            refusal.message
        );
        assert!(refusal.hint.is_some_and(|hint| hint.ends_with("leave claimed_at to homer_claim_reminders.")));
    }
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, metadata) VALUES
                ('maria', 'reminder', 's', '1', '{\"due_at\": \"2020-01-01T00:00Z\", \"claimed_at\": false}'),
                ('maria', 'Reminder', 's', '2', '{\"due_at\": \"2020-01-01T00:00Z\", \"claimed_at\": \"\"}'),
                ('maria', 'reminder', 's', '3', '{\"due_at\": \"2020-01-01T00:00Z\", \"claimed_at\": \"2020-01-01T00:00:00Z\"}'),
                ('maria', 'fact', 's', '4', '{\"due_at\": \"2020-01-01T00:00Z\", \"claimed_at\": false}')",
        )
        .unwrap();
    let stats = "SELECT reminders_without_moment, reminders_due FROM homer_stats()";
    assert_eq!(rows(&mut client, stats), ["2|0"]);
    // Controls: null is no claim, and a moment is one.
    client.batch_execute(&remember("null")).unwrap();
    assert_eq!(rows(&mut client, stats), ["2|1"]);
    client.batch_execute("SELECT homer_claim_reminders()").unwrap();
    assert_eq!(rows(&mut client, stats), ["2|0"]);
}

/// Claiming and snoozing write a moment into a reminder's metadata, as full as that may be.
#[test]
fn a_reminder_of_full_metadata_is_claimed_and_keeps_no_other_waiting() {
    let mut client = session();
    let full = "jsonb_build_object('a', repeat('x', 65480))";
    client
        .batch_execute(&format!(
            "SELECT homer_remind('mallory', 's', 'Full', '2020-01-01Z', metadata => {full}),
                    homer_remind('maria', 's', 'Tax', '2021-01-01Z')"
        ))
        .unwrap();
    let claim = "SELECT content FROM homer_claim_reminders(10)";
    assert_eq!(rows(&mut client, claim), ["Full", "Tax"]);
    assert_eq!(rows(&mut client, claim), [""; 0]);
    client.batch_execute("SELECT homer_snooze_reminder(id, now() - interval '1 second') FROM homer_memories WHERE user_id IN ('mallory', 'maria')").unwrap();
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_claim_reminders(10)"), 2);
    // Control: what else is too much is refused.
    let more = "UPDATE homer_memories SET metadata = metadata || '{\"b\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}'";
    assert_eq!(refused(&mut client, more).sqlstate, "23514");
}
