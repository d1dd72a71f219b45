//! What an assistant's turn costs: count the interaction, ask for the context of what was said, and remember something. The
//! three calls one after the other in one session, beside each alone in a session that calls nothing else. What the calls
//! of one session take from each other, such as plans that are thrown away, shows in the ratio.

use homer_benches::{median, microseconds, report};
use homer_tests::{Client, Database, Statement, database};

const USERS: usize = 200;
const ROUNDS: usize = 2_000;

/// 250 memories of each user, all users' among each other and in conversations of the same ids; a profile, a reminder
/// that is not due and a file of each.
const FILL: &str = "
    INSERT INTO homer_memories (user_id, category, subject, content, importance, source_conversation_id, created_at, updated_at)
    SELECT 'user ' || n % 200, (ARRAY['fact', 'preference', 'decision', 'context', 'recipe'])[1 + n % 5], 'Order ' || n,
           'What was said on occasion ' || n || ', of the ' || (ARRAY['tax', 'soup', 'rent', 'bike', 'order'])[1 + n / 200 % 5] || ' and '
           || (ARRAY['red', 'blue', 'green', 'black', 'white', 'grey', 'pink'])[1 + n / 200 % 7],
           1 + n % 10, n / 4000, said, said
      FROM generate_series(1, 50000) AS n, LATERAL (SELECT (now() AT TIME ZONE 'UTC') - (50000 - n) * interval '5 minutes' AS said) AS m;
    SELECT homer_upsert_profile('user ' || n, 'User ' || n, 'owner'),
           homer_remind('user ' || n, 'Call', 'Call Pruitt back.', now() + interval '1 year'),
           homer_register_file('user ' || n, 'plan.pdf', 'application/pdf', 1, '/plan')
      FROM generate_series(0, 199) AS n";

const TOUCH: &str = "SELECT * FROM homer_touch_profile($1)";
const CONTEXT: &str =
    "SELECT homer_context($1, 'What was said of the tax and the red bike, ' || $2 || '?', conversation_id => '12')";
const REMEMBER: &str =
    "SELECT * FROM homer_remember($1, 'fact', 'Bike', 'The bike was seen ' || $2, source_conversation_id => '12')";

/// A session that calls some of the three.
struct Session {
    client: Client,
    statements: Vec<Statement>,
}

impl Session {
    fn of(database: &Database, calls: &[&str]) -> Self {
        let mut client = database.connect();
        let statements = calls.iter().map(|call| client.prepare(call).unwrap()).collect();
        Self { client, statements }
    }

    fn call(&mut self, round: usize, who: &str) {
        let user = format!("user {}", round * 7_919 % USERS);
        for statement in &self.statements {
            let said = format!("{who} {round}");
            match statement.params().len() {
                1 => self.client.query(statement, &[&user]),
                _ => self.client.query(statement, &[&user, &said]),
            }
            .unwrap();
        }
    }
}

fn main() {
    let database = database();
    let mut client = database.connect();
    client.batch_execute(FILL).unwrap();
    println!(
        "a turn of a chat: touch, context, remember; 50,000 memories of {USERS} users; medians of {ROUNDS} over a socket"
    );
    for state in ["unvacuumed", "vacuumed"] {
        if state == "vacuumed" {
            client.batch_execute("VACUUM ANALYZE").unwrap();
        }
        turns(&database, state);
    }
}

fn turns(database: &Database, state: &str) {
    let mut chat = Session::of(database, &[TOUCH, CONTEXT, REMEMBER]);
    let mut alone = [TOUCH, CONTEXT, REMEMBER].map(|call| Session::of(database, &[call]));
    let mut times: [Vec<f64>; 4] = Default::default();
    for round in 0..ROUNDS {
        times[3].push(microseconds(|| chat.call(round, &format!("{state} in a chat"))));
        for (times, alone) in times.iter_mut().zip(&mut alone) {
            times.push(microseconds(|| alone.call(round, &format!("{state} alone"))));
        }
    }
    // The first of them warm up.
    let [touch, context, remember, chat] = times.map(|times| median(times[ROUNDS / 10..].to_vec()));
    report(&format!("{state}: the three in one session / each alone, summed"), chat, touch + context + remember);
    println!("    alone: touch {touch:.0} us, context with a question {context:.0} us, remember {remember:.0} us");
}
