//! What `homer_touch_profile` costs beside the bare UPDATE it stands for: both prepared, in turns, one client.

use std::cell::RefCell;

use homer_benches::in_turns;
use homer_tests::session;

const PROFILES: usize = 1_000;
const ROUNDS: usize = 10_000;

fn main() {
    let mut client = session();
    client
        .batch_execute(&format!(
            "INSERT INTO homer_user_profiles (user_id, display_name, role)
             SELECT 'user ' || i, 'User ' || i, 'owner' FROM generate_series(0, {PROFILES} - 1) AS i"
        ))
        .unwrap();
    let bare = client
        .prepare(
            "UPDATE homer_user_profiles
                SET total_interactions = total_interactions + 1, last_interaction = now() AT TIME ZONE 'UTC'
              WHERE user_id = $1 RETURNING *",
        )
        .unwrap();
    let touch = client.prepare("SELECT * FROM homer_touch_profile($1)").unwrap();

    let client = RefCell::new(client);
    let user = |round: usize| format!("user {}", round * 7919 % PROFILES);
    let run = |statement, round| {
        client.borrow_mut().query_one(statement, &[&user(round)]).unwrap();
    };
    let (bare, touch) = in_turns(ROUNDS, |round| run(&bare, round), |round| run(&touch, round));
    println!("counting an interaction, median of {ROUNDS} calls over a socket, fsync off");
    println!("  bare UPDATE ... RETURNING *   {bare:7.1} us");
    println!("  homer_touch_profile           {touch:7.1} us   ratio {:.2}", touch / bare);

    let (updates, hot): (i64, i64) = {
        let row = client
            .borrow_mut()
            .query_one(
                "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'homer_user_profiles'",
                &[],
            )
            .unwrap();
        (row.get(0), row.get(1))
    };
    println!("  pg_stat_user_tables: {hot} of {updates} updates were HOT");
}
