//! What storing, confirming and importing memories cost beside what one would write by hand: the bare INSERT and UPDATE into
//! the same table with the same indexes, and one call for each memory.

use std::cell::RefCell;

use homer_benches::{in_turns, median, microseconds, report};
use homer_tests::{Client, Statement, session};

const THERE: i32 = 100_000;
const ROUNDS: usize = 3_000;

const FILL: &str = "
    INSERT INTO homer_memories (user_id, category, subject, content, tags, source_conversation_id)
    SELECT 'user ' || i % 1000, 'fact', 'Order ' || i, 'Order ' || i || ' is of ' || i % 77 || ' parts, and paid.', '[\"orders\"]', 'c1'
      FROM generate_series(1, 100000) AS i";

const REMEMBER: &str =
    "SELECT * FROM homer_remember($1, 'fact', 'Order', $2, tags => '{orders}', source_conversation_id => 'c2')";
const INSERT: &str = "
    INSERT INTO homer_memories (user_id, category, subject, content, tags, source_conversation_id)
    VALUES ($1, 'fact', 'Order', $2, '[\"orders\"]', 'c2') RETURNING id";
/// What a confirmation changes, where the id is known.
const UPDATE: &str = "
    UPDATE homer_memories
       SET updated_at = now() AT TIME ZONE 'UTC', importance = greatest(importance, 5), expires_at = NULL, tags = tags || '[]',
           metadata = metadata || '{\"homer_confirmed_by\": [{\"conversation_id\": \"c2\"}]}'
     WHERE id = $1 RETURNING id";
const IMPORT: &str = "
    SELECT count(*) FROM homer_remember_many(
        (SELECT jsonb_agg(jsonb_build_object('user_id', 'importer ' || $1::text || ' ' || i % 10, 'category', 'fact', 'subject', 'Order',
                                             'content', 'Import ' || i || ' of ' || $1))
           FROM generate_series(1, 10000) AS i))";

struct Store {
    client: RefCell<Client>,
    remember: Statement,
    insert: Statement,
    update: Statement,
}

impl Store {
    fn filled() -> Self {
        let mut client = session();
        client.batch_execute(FILL).unwrap();
        client.batch_execute("VACUUM ANALYZE homer_memories").unwrap();
        let [remember, insert, update] = [REMEMBER, INSERT, UPDATE].map(|statement| client.prepare(statement).unwrap());
        Self { client: RefCell::new(client), remember, insert, update }
    }

    fn remember(&self, user: &str, content: &str) {
        self.client.borrow_mut().query_one(&self.remember, &[&user, &content]).unwrap();
    }

    fn insert(&self, content: &str) {
        self.client.borrow_mut().query_one(&self.insert, &[&"user 7", &content]).unwrap();
    }

    /// In one transaction, so that only the calls are compared.
    fn import_one_by_one(&self, round: usize) {
        self.client.borrow_mut().batch_execute("BEGIN").unwrap();
        for i in 0..10_000 {
            self.remember(&format!("caller {round} {}", i % 10), &format!("Call {i} of {round}"));
        }
        self.client.borrow_mut().batch_execute("COMMIT").unwrap();
    }
}

/// Memories that are there already, each once, in no order.
fn there(round: usize) -> i32 {
    (round as i32 * 7_919) % THERE + 1
}

fn main() {
    println!("life of a memory: {THERE} there already, prepared calls over a socket in turns, fsync off");
    let store = Store::filled();
    let (added, inserted) = in_turns(
        ROUNDS,
        |round| store.remember("user 7", &format!("New {round} from homer.")),
        |round| store.insert(&format!("New {round} by hand.")),
    );
    report("adding a memory: homer_remember / INSERT", added, inserted);
    let (confirmed, updated) = in_turns(
        ROUNDS,
        |round| {
            let i = there(2 * round);
            store.remember(&format!("user {}", i % 1000), &format!("ORDER {i} is of {} parts, and paid", i % 77));
        },
        |round| drop(store.client.borrow_mut().query_one(&store.update, &[&there(2 * round + 1)]).unwrap()),
    );
    report("confirming one in another spelling: homer_remember / UPDATE by id", confirmed, updated);
    let confirmations: i64 = {
        let counted = "SELECT count(*) FROM homer_memories WHERE metadata @? '$.homer_confirmed_by[*].at'";
        store.client.borrow_mut().query_one(counted, &[]).unwrap().get(0)
    };
    assert_eq!(confirmations, ROUNDS as i64, "each was a confirmation");
    let imports: Vec<_> = (0..3)
        .map(|round| {
            let one_call = microseconds(|| {
                store.client.borrow_mut().query_one(IMPORT, &[&round.to_string()]).unwrap();
            });
            (one_call, microseconds(|| store.import_one_by_one(round)))
        })
        .collect();
    let (one_call, calls): (Vec<_>, Vec<_>) = imports.into_iter().unzip();
    report("10,000 new ones: homer_remember_many / 10,000 calls", median(one_call), median(calls));
}
