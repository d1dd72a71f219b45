//! What `homer-server` adds to a call of the tool `recall`: over HTTP on one connection that stays open, and as the bare SQL call
//! by the same confined role, in turns. And its pages, of a user of 100,000 memories and of one of 100, in turns.

use std::cell::RefCell;

use homer_benches::{in_turns, report};
use homer_tests::server::{Connection, Request, Server};
use homer_tests::{Config, NoTls, Value, database, json};

const FILL: &str = "
    INSERT INTO homer_memories (user_id, category, subject, content, importance, source_conversation_id, created_at, updated_at)
    SELECT owner, (ARRAY['fact', 'preference', 'decision', 'context', 'recipe'])[1 + n % 5], 'Subject ' || n,
           'What was said on occasion ' || n || ', of the ' || (ARRAY['tax', 'soup', 'rent', 'bike', 'order'])[1 + n % 5] || ' and '
           || (ARRAY['red', 'blue', 'green', 'black', 'white', 'grey', 'pink'])[1 + n % 7],
           1 + n % 10, owner || n / 20, said, said
      FROM (SELECT 'other-' || i, 500 FROM generate_series(1, 100) AS i UNION ALL VALUES ('maria', 600), ('ann', 100), ('zoe', 100000), (NULL, 2000)) AS t (owner, size),
           LATERAL generate_series(1, size) AS n,
           LATERAL (SELECT now() AT TIME ZONE 'UTC' - random() * interval '400 days' AS said WHERE n > 0) AS m
     ORDER BY said;
    CREATE ROLE served_of_bench LOGIN;
    SELECT homer_grant('served_of_bench', 'confined')";

const ROUNDS: usize = 2_000;
/// What `homer-server` may add to the median, in microseconds.
const PROMISED: f64 = 1_500.0;

fn main() {
    let database = database();
    let mut owner = database.connect();
    owner.batch_execute(FILL).unwrap();
    owner.batch_execute("VACUUM ANALYZE").unwrap();
    let server = Server::of_proxy(&database, "served_of_bench");

    let mut config: Config = database.url().parse().unwrap();
    let mut bare = config.user("served_of_bench").options("-c homer.user_id=maria").connect(NoTls).unwrap();
    let call = bare.prepare("SELECT homer_call_tool('maria', 'recall', $1)").unwrap();
    let bare = RefCell::new(bare);
    let connection = RefCell::new(Connection::to(server.address()));

    println!("the tool recall by a confined role, user of 600 among 152,700 memories; p50 of {ROUNDS} calls in turns");
    for (what, arguments) in
        [("what matters most", json!({})), ("a question", json!({"query": "What was said of the red tax?"}))]
    {
        let over_http = |_| {
            let answer = connection.borrow_mut().ask(&Request::to_call("recall", arguments.clone()).from("maria"));
            assert!(answer.body.contains("Searched: maria, everyone."), "{answer:?}");
        };
        let as_sql = |_| {
            let answer: Value = bare.borrow_mut().query_one(&call, &[&arguments]).unwrap().get(0);
            assert_eq!(answer["is_error"], json!(false));
        };
        let (http, sql) = in_turns(ROUNDS, over_http, as_sql);
        let verdict = if http - sql <= PROMISED { "as promised" } else { "MORE THAN PROMISED" };
        println!(
            "  {what:<20} over HTTP {http:8.1} us, bare SQL {sql:8.1} us, difference {:7.1} us (at most {PROMISED} us: {verdict})",
            http - sql
        );
    }
    drop(bare);
    server.stop();
    measure_pages(&Server::of_pages_behind_proxy(&database, "served_of_bench"));
    owner.batch_execute("DROP OWNED BY served_of_bench; DROP ROLE served_of_bench").unwrap();
}

/// The pages that show memories, and searches: for a word that a fifth of the memories hold, and for one that all hold and a number.
const PAGES: [&str; 7] = ["/", "/?q=tax", "/?q=occasion+47", "/memories", "/prompt", "/prompt?q=tax", "/reminders"];

fn measure_pages(server: &Server) {
    println!("pages of a user of 100,000 memories / of a user of 100");
    let connection = RefCell::new(Connection::to(server.address()));
    for page in PAGES {
        let of = |user: &'static str| {
            let connection = &connection;
            move |_| {
                let answer = connection.borrow_mut().ask(&Request::for_page(page).from(user));
                assert_eq!(answer.status, 200, "{answer:?}");
            }
        };
        let (large, small) = in_turns(100, of("zoe"), of("ann"));
        report(page, large, small);
    }
}
