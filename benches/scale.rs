//! What the router over several places costs: calls through it and at the place itself in turns, calls by user with more and more
//! places, and how many calls eight clients make with the places on one server and on two.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use homer_benches::{in_turns, median, report};
use homer_tests::{Client, Installation, Servers, value, wait_until};

/// What is asked of a user who has 300 memories.
const CALLS: [(&str, &str); 5] = [
    ("homer_touch_profile", "SELECT total_interactions FROM homer_touch_profile($1)"),
    ("homer_relevant_memories", "SELECT count(content) FROM homer_relevant_memories($1)"),
    (
        "the same with a query",
        "SELECT count(content) FROM homer_relevant_memories($1, query => 'Which order was red?')",
    ),
    (
        "homer_remember, a confirmation",
        "SELECT outcome FROM homer_remember($1, 'fact', 'Order 7', 'It was red 7 times.')",
    ),
    ("homer_context", "SELECT length(homer_context($1, 'Which order was red?'))"),
];

const FILL: &str = "
    SELECT count(*) FROM homer_remember_many((
        SELECT jsonb_agg(jsonb_build_object('user_id', $1::text, 'category', 'fact', 'subject', 'Order ' || n, 'content',
                         'It was ' || (ARRAY['red', 'blue', 'green'])[1 + n % 3] || ' ' || n || ' times.'))
          FROM generate_series(1, 300) AS n))";

/// The users of the places from 1 on, each with a profile and 300 memories.
fn fill(installation: &Installation) -> Vec<String> {
    let mut router = installation.connect();
    let users: Vec<_> = (1..=installation.number_of_places()).map(|place| installation.user_of(place)).collect();
    for user in &users {
        router.query_one(FILL, &[user]).unwrap();
        router.query_one("SELECT FROM homer_upsert_profile($1, 'User', 'owner')", &[user]).unwrap();
    }
    for place in 1..=installation.number_of_places() {
        let mut node = installation.place(place).connect();
        // What else the cluster does may keep a VACUUM from seeing that all see the rows.
        wait_until(|| {
            node.batch_execute("VACUUM ANALYZE").unwrap();
            value(&mut node, "SELECT relallvisible = relpages FROM pg_class WHERE oid = 'homer_memories'::regclass")
        });
    }
    users
}

/// A call with its user, prepared once.
fn prepared<'client>(client: &'client RefCell<Client>, call: &str, user: &'client str) -> impl FnMut(usize) + 'client {
    let statement = client.borrow_mut().prepare(call).unwrap();
    move |_| {
        client.borrow_mut().query_one(&statement, &[&user]).unwrap();
    }
}

fn main() {
    let Some(servers) = Servers::several(2) else { return };
    println!("all places of users on one server: medians of calls in turns, a user of 300 memories");
    let installations = [1, 3, 16].map(|places| servers.install(places));
    let users = installations.each_ref().map(fill);
    let router = installations.each_ref().map(|installation| RefCell::new(installation.connect()));

    // Before anything is written.
    for (name, call) in &CALLS[..3] {
        for (number, places) in [(1, 3), (2, 16)] {
            let (more, one) = in_turns(
                1500,
                prepared(&router[number], call, &users[number][0]),
                prepared(&router[0], call, &users[0][0]),
            );
            report(&format!("{name}, {places} places / 1"), more, one);
        }
    }
    let place: i32 = value(&mut router[1].borrow_mut(), &format!("SELECT homer_router.place_of('{}')", users[1][0]));
    let direct = RefCell::new(installations[1].place(usize::try_from(place).unwrap()).connect());
    for (name, call) in CALLS {
        let rounds = if name == "homer_context" { 300 } else { 1500 };
        let user = &users[1][0];
        let (through, at_place) = in_turns(rounds, prepared(&router[1], call, user), prepared(&direct, call, user));
        report(&format!("{name}, router / place"), through, at_place);
        println!("    added: {:.2} ms", (through - at_place) / 1000.0);
    }
    let due = "SELECT count(*) FROM homer_due_reminders() WHERE $1 <> ''";
    for (number, places) in [(1, 3), (2, 16)] {
        let (more, one) = in_turns(300, prepared(&router[number], due, "u"), prepared(&router[0], due, "u"));
        report(&format!("homer_due_reminders of all users, {places} places / 1"), more, one);
    }
    drop((router, direct));
    measure_rates();
}

/// Calls a second of eight clients through the router, for five seconds.
fn rate(installation: &Installation, users: &[String]) -> f64 {
    let calls = AtomicUsize::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..8 {
            let (mut session, calls) = (installation.connect(), &calls);
            scope.spawn(move || {
                let statement = session.prepare(CALLS[2].1).unwrap();
                for round in client.. {
                    session.query_one(&statement, &[&users[round % users.len()]]).unwrap();
                    calls.fetch_add(1, Ordering::Relaxed);
                    if began.elapsed() > Duration::from_secs(5) {
                        break;
                    }
                }
            });
        }
    });
    calls.into_inner() as f64 / began.elapsed().as_secs_f64()
}

fn measure_rates() {
    let of_servers = [2, 3].map(|number| Servers::several(number).unwrap());
    let installations = of_servers.each_ref().map(|servers| servers.install(4));
    let users = installations.each_ref().map(fill);
    let rates: Vec<_> = (0..5).map(|_| [0, 1].map(|number| rate(&installations[number], &users[number]))).collect();
    let [one, two] = [0, 1].map(|number| median(rates.iter().map(|both| both[number]).collect()));
    println!(
        "  eight clients asking through the router, four places on one server and on two: {one:.0} and {two:.0} calls a second"
    );
}
