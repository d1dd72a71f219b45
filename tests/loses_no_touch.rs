//! `homer_touch_profile` counts every interaction, however many arrive at once, and touches no index.

use homer_tests::*;

const CLIENTS: i32 = 8;
const TOUCHES: i32 = 250;

#[test]
fn no_count_is_lost_among_eight_clients_and_the_updates_are_hot() {
    let database = database_of_nobody();
    let mut client = database.connect();
    client.batch_execute("SELECT homer_upsert_profile('maria', 'Maria Lindgren', 'owner')").unwrap();

    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let mut client = database.connect();
                for _ in 0..TOUCHES {
                    client.execute("SELECT homer_touch_profile('maria')", &[]).unwrap();
                }
            });
        }
    });

    let total: i32 = value(&mut client, "SELECT total_interactions FROM homer_user_profiles");
    assert_eq!(total, CLIENTS * TOUCHES);
    let (updates, hot) = updates_of_profiles(&mut client, i64::from(CLIENTS * TOUCHES) + 1);
    // A waiting client's snapshot keeps the versions it might see, and now and then they fill the page: about one
    // update in a hundred goes to the next one. Without HOT it would be every one.
    assert!(hot * 100 >= updates * 95, "only {hot} of {updates} updates were HOT");
}

/// The updates of profiles, and how many were HOT, once the backends have reported as many as are expected.
fn updates_of_profiles(client: &mut Client, expected: i64) -> (i64, i64) {
    for _ in 0..200 {
        let row = client
            .query_one(
                "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'homer_user_profiles'",
                &[],
            )
            .unwrap();
        if row.get::<_, i64>(0) >= expected {
            return (row.get(0), row.get(1));
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the statistics never reached {expected} updates");
}

/// A table of many profiles has full pages; the free fifth of each still takes the new version of a row.
#[test]
fn every_touch_is_hot_in_a_table_of_full_pages() {
    let database = database();
    database
        .connect()
        .batch_execute(
            "INSERT INTO homer_user_profiles (user_id, display_name, role)
             SELECT 'user ' || i, 'User ' || i, 'owner' FROM generate_series(1, 2000) AS i",
        )
        .unwrap();
    database
        .connect()
        .batch_execute("SELECT homer_touch_profile('user ' || i) FROM generate_series(1, 2000, 10) AS i")
        .unwrap();
    assert_eq!(updates_of_profiles(&mut database.connect(), 200), (200, 200));
}

#[test]
fn a_touch_sets_the_moment_and_gives_the_profile() {
    let mut client = session();
    client.batch_execute("SELECT homer_upsert_profile('maria', 'Maria Lindgren', 'owner')").unwrap();
    let touch = "SELECT display_name, total_interactions, last_interaction = now() AT TIME ZONE 'UTC'
                   FROM homer_touch_profile('maria')";
    assert_eq!(rows(&mut client, touch), ["Maria Lindgren|1|t"]);
    assert_eq!(rows(&mut client, touch), ["Maria Lindgren|2|t"]);
}

#[test]
fn a_touch_that_is_rolled_back_was_none() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_upsert_profile('maria', 'Maria Lindgren', 'owner'); SELECT homer_touch_profile('maria')",
        )
        .unwrap();
    client.batch_execute("BEGIN; SELECT homer_touch_profile('maria'); ROLLBACK").unwrap();
    assert_eq!(value::<i32>(&mut client, "SELECT total_interactions FROM homer_user_profiles"), 1);
}
