//! Reminders of all users, claimed over all places: each once, everyone's too, the longest due first and never more than asked for.

use homer_tests::*;
use std::sync::Mutex;

#[test]
fn four_workers_claim_each_reminder_of_every_place_once() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(3);
    let mut router = installation.connect();
    let users = [1, 2, 3].map(|place| format!("'{}'", installation.user_of(place)));
    let whose = [&users[0], &users[1], &users[2], "NULL"];
    for number in 0..80 {
        let user = whose[number % 4];
        let due = format!("timestamptz '2020-01-01Z' + {} * interval '1 hour'", 80 - number);
        rows(&mut router, &format!("SELECT homer_remind({user}, 'r', 'Call {number}', {due})"));
    }
    rows(&mut router, "SELECT homer_remind(NULL, 'r', 'Not yet', now() + interval '1 day')");
    // Everyone's is due at each place, and listed once.
    let due = "SELECT content FROM homer_due_reminders(\"limit\" => 200)";
    let expected: Vec<_> = (0..80).rev().map(|number| format!("Call {number}")).collect();
    assert_eq!(rows(&mut router, due), expected);
    assert_eq!(rows(&mut router, "SELECT content FROM homer_due_reminders(\"limit\" => 3)"), expected[..3]);
    // The longest due, of whichever place.
    assert_eq!(rows(&mut router, "SELECT content FROM homer_claim_reminders(5)"), expected[..5]);
    assert_eq!(rows(&mut router, "SELECT content FROM homer_claim_reminders(0)"), [""; 0]);
    let of_user = format!("SELECT count(*) FROM homer_claim_reminders(2, {})", users[0]);
    assert_eq!(rows(&mut router, &of_user), ["2"]);

    let claimed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let (mut session, claimed) = (installation.connect(), &claimed);
            scope.spawn(move || {
                loop {
                    let got = rows(&mut session, "SELECT content FROM homer_claim_reminders(7)");
                    assert!(got.len() <= 7, "{got:?}");
                    if got.is_empty() {
                        break;
                    }
                    claimed.lock().unwrap().extend(got);
                }
            });
        }
    });
    let mut claimed = claimed.into_inner().unwrap();
    claimed.sort();
    let all = claimed.len();
    claimed.dedup();
    assert_eq!((all, claimed.len()), (73, 73));
    assert_eq!(rows(&mut router, due), [""; 0]);
    // The copies at the places say so too.
    let unclaimed = "SELECT count(*) FROM homer_memories WHERE user_id IS NULL AND metadata ->> 'claimed_at' IS NULL";
    for place in 0..=3 {
        assert_eq!(rows(&mut installation.place(place).connect(), unclaimed), ["1"], "{place}");
    }
    assert_eq!(rows(&mut router, "SELECT content FROM homer_due_reminders()"), [""; 0]);
}

#[test]
fn what_has_expired_or_has_no_vector_is_taken_from_all_places() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(3);
    let mut router = installation.connect();
    let users = [1, 2, 3].map(|place| format!("'{}'", installation.user_of(place)));
    rows(&mut router, "SELECT homer_enable_embeddings(2)");
    for (number, user) in users.iter().map(String::as_str).chain(["NULL"]).enumerate() {
        for text in ["first", "second"] {
            let told = format!(
                "SELECT homer_remember({user}, 'fact', 's', '{text} {number}', expires_at => clock_timestamp() + interval '3 s')"
            );
            rows(&mut router, &told);
        }
    }
    assert_eq!(
        rows(&mut router, "SELECT text FROM homer_unembedded_memories(3)"),
        ["s: second 3", "s: first 3", "s: second 2"]
    );
    let embed = "SELECT count(homer_set_embedding(id, ARRAY[1, 0])) FROM homer_unembedded_memories()";
    assert_eq!(rows(&mut router, embed), ["8"]);
    assert_eq!(rows(&mut router, "SELECT text FROM homer_unembedded_memories()"), [""; 0]);
    // A vector of everyone's answers at every place.
    let asked = format!(
        "SELECT count(*) FROM homer_relevant_memories({}, query => 'none of these', query_embedding => ARRAY[1, 0])",
        users[2]
    );
    assert_eq!(rows(&mut router, &asked), ["4"]);

    wait_until(|| rows(&mut router, "SELECT memories_expired_waiting FROM homer_stats()") == ["8"]);
    assert_eq!(rows(&mut router, "SELECT homer_expire_memories(3)"), ["3"]);
    assert_eq!(rows(&mut router, "SELECT homer_expire_memories()"), ["5"]);
    assert_eq!(rows(&mut router, "SELECT homer_expire_memories()"), ["0"]);
    assert_eq!(
        rows(&mut router, "SELECT memories, memories_retired, memories_expired_waiting FROM homer_stats()"),
        ["8|8|0"]
    );
}
