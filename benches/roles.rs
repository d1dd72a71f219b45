//! What row security costs: the same calls by the owner of the tables, whom no policy binds, by a service role and by a
//! confined one, in turns.

use std::cell::RefCell;

use homer_benches::{in_turns, report};
use homer_tests::{Client, Database, database, has_pgvector, value};

const FILL: &str = "
    INSERT INTO homer_memories (user_id, category, subject, content, importance, source_conversation_id, created_at, updated_at)
    SELECT owner, (ARRAY['fact', 'preference', 'decision', 'reminder', 'context', 'recipe'])[1 + n % 6], 'Subject ' || n,
           'What was said on occasion ' || n || ', of the ' || (ARRAY['tax', 'soup', 'rent', 'bike', 'order'])[1 + n % 5] || ' and '
           || (ARRAY['red', 'blue', 'green', 'black', 'white', 'grey', 'pink'])[1 + n % 7],
           1 + n % 10, owner || n / 20, said, said
      FROM (SELECT 'other-' || i, 500 FROM generate_series(1, 100) AS i
            UNION ALL VALUES ('user-600', 600), ('user-10000', 10000), ('user-50000', 50000), (NULL, 2000)) AS t (owner, size),
           LATERAL generate_series(1, size) AS n,
           LATERAL (SELECT now() AT TIME ZONE 'UTC' - random() * interval '400 days' AS said WHERE n > 0) AS m
     ORDER BY said;
    INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size, extracted_text, is_shared)
    SELECT gen_random_uuid(), 'user-' || CASE n % 20 WHEN 0 THEN 600 ELSE n % 20 END, 'plan ' || n, 'm', 'p', 1, 'of the tax ' || n, n % 50 = 0
      FROM generate_series(1, 5000) AS n;
    SELECT count(homer_link_file(f.file_id, 'message-' || f.id, 'the conversation', 'inbound', user_id => f.uploaded_by))
      FROM homer_files AS f";

/// As docs/roles.md says.
const ROLES: &str = "
    CREATE ROLE service_of_bench; CREATE ROLE confined_of_bench;
    SELECT homer_grant('service_of_bench', 'service'), homer_grant('confined_of_bench', 'confined')";

const VECTORS: &str = "
    CREATE EXTENSION vector;
    SELECT homer_enable_embeddings(384);
    INSERT INTO homer.memory_embeddings (memory_id, user_id, embedding, length, text_hash)
    SELECT m.id, m.user_id, v.vector, homer.length_of(v.vector), homer.text_hash(m.user_id, m.subject, m.content)
      FROM homer_memories AS m, LATERAL (SELECT array_agg(random() * (n + m.id) / m.id)::real[] AS vector FROM generate_series(1, 384) AS n) AS v
     WHERE m.user_id IN ('user-600', 'user-10000')";

fn main() {
    let database = database();
    let mut client = database.connect();
    client.batch_execute(FILL).unwrap();
    client.batch_execute(ROLES).unwrap();
    let with_vectors = has_pgvector(&mut client);
    if with_vectors {
        client.batch_execute(VECTORS).unwrap();
    }
    client.batch_execute("VACUUM ANALYZE").unwrap();
    let memories: i64 = value(&mut client, "SELECT count(*) FROM homer_memories");
    println!(
        "row security: {memories} memories; a service and a confined role beside the owner; medians of calls in turns"
    );

    for (user, rounds) in [("user-600", 2_000), ("user-50000", 2_000)] {
        measure(&database, user, "homer_relevant_memories", &format!("homer_relevant_memories('{user}')"), rounds);
    }
    for (user, rounds) in [("user-600", 500), ("user-10000", 100), ("user-50000", 40)] {
        let call = format!("homer_relevant_memories('{user}', query => 'What was said of the red tax?')");
        measure(&database, user, "a question", &call, rounds);
    }
    if with_vectors {
        for (user, rounds) in [("user-600", 300), ("user-10000", 60)] {
            let call = format!(
                "homer_relevant_memories('{user}', query => 'What was said of the red tax?', query_embedding => array_fill(1::real, '{{384}}'))"
            );
            measure(&database, user, "a question with vectors", &call, rounds);
        }
    }
    measure(
        &database,
        "user-600",
        "homer_relevant_memories, two categories",
        "homer_relevant_memories('user-600', categories => '{fact,recipe}')",
        2_000,
    );
    measure(&database, "user-600", "files", "homer_accessible_files('user-600')", 1_000);
    measure(&database, "user-600", "files, asked", "homer_accessible_files('user-600', query => 'tax plan')", 200);
    measure(
        &database,
        "user-600",
        "files of a conversation",
        "homer_conversation_files('the conversation', 'user-600')",
        1_000,
    );
    measure(&database, "user-600", "homer_context", "homer_context('user-600', 'What of the tax?')", 100);
    measure(
        &database,
        "user-600",
        "homer_remember, confirmed",
        "homer_remember('user-600', 'fact', 's', 'The coffee is black.')",
        500,
    );

    client
        .batch_execute(
            "DROP OWNED BY service_of_bench, confined_of_bench; DROP ROLE service_of_bench, confined_of_bench",
        )
        .unwrap();
}

fn measure(database: &Database, user: &str, what: &str, call: &str, rounds: usize) {
    let session = |role: &str| -> (RefCell<Client>, _) {
        let mut client = database.connect();
        client.batch_execute(&format!("SET ROLE {role}; SET homer.user_id = '{user}'")).unwrap();
        let statement = client.prepare(&format!("SELECT * FROM {call}")).unwrap();
        (RefCell::new(client), statement)
    };
    let (owner, statement) = session("postgres");
    let as_owner = |_| drop(owner.borrow_mut().query(&statement, &[]).unwrap());
    for kind in ["service", "confined"] {
        let (client, statement) = session(&format!("{kind}_of_bench"));
        let as_role = |_| drop(client.borrow_mut().query(&statement, &[]).unwrap());
        let (role, owner) = in_turns(rounds, as_role, as_owner);
        report(&format!("{user}, {what}: {kind} / owner"), role, owner);
    }
}
