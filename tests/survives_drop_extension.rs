//! What DROP EXTENSION would lose is kept and brought back with the statements of docs/operating.md.

use homer_tests::*;

const FILL: &str = "
    SELECT homer_upsert_profile('maria', 'Maria Lindgren', 'owner');
    SELECT homer_remember('maria', 'fact', 'Coffee', 'Black.');
    SELECT homer_remember('maria', 'fact', 'Home', 'Lives in Bonn.');
    SELECT homer_remember('maria', 'fact', 'Home', 'Lives in Oslo.', supersedes => 2);
    SELECT homer_remember('maria', 'fact', 'Milk', 'White.'); SELECT homer_reject(4);
    SELECT homer_remember('maria', 'fact', 'Soup', 'Hot.'); DELETE FROM homer_memories WHERE id = 5;
    SELECT homer_register_file('maria', 'plan.pdf', 'application/pdf', 1000, '/plan.pdf', file_id => '5e0c2f9a-1b7d-4c3e-8f60-9a2d4b6c8e01');
    SELECT homer_link_file('5e0c2f9a-1b7d-4c3e-8f60-9a2d4b6c8e01', 'c', 'm', 'inbound', user_id => 'devon')";

#[test]
fn what_was_kept_as_documented_comes_back_whole() {
    let mut client = session_of_nobody();
    client.batch_execute(FILL).unwrap();
    let before = rows(&mut client, ALL_ROWS);
    assert_eq!(before.len(), 10);
    client.batch_execute(&documented("operating.md", "DROP EXTENSION homer")).unwrap();
    assert_eq!(refused(&mut client, "SELECT FROM homer_memories").sqlstate, "42P01");
    client.batch_execute(&documented("operating.md", "CREATE EXTENSION homer")).unwrap();
    assert_eq!(rows(&mut client, ALL_ROWS), before);
    assert_eq!(rows(&mut client, "SELECT id FROM homer_relevant_memories('maria', query => 'black coffee')"), ["1"]);
    assert_eq!(rows(&mut client, "SELECT id, outcome FROM homer_memory_history(3)"), ["2|superseded", "3|current"]);
    assert_eq!(rows(&mut client, "SELECT * FROM homer_remember('maria', 'fact', 'x', 'white')"), ["1|rejected"]);
    // Not 5, which was given once.
    assert_eq!(rows(&mut client, "SELECT * FROM homer_remember('maria', 'fact', 'x', 'Red.')"), ["6|added"]);
    assert_eq!(rows(&mut client, "SELECT id FROM homer_upsert_profile('devon', 'Devon', 'manager')"), ["2"]);
}

#[test]
fn a_drop_is_refused_while_something_depends_on_it() {
    let mut client = session();
    client.batch_execute("CREATE VIEW mine AS SELECT content FROM homer_memories").unwrap();
    assert_eq!(refused(&mut client, "DROP EXTENSION homer").sqlstate, "2BP01");
    client.batch_execute("DROP VIEW mine; DROP EXTENSION homer").unwrap();
}

#[test]
fn vectors_are_kept_as_documented() {
    let database = database();
    let mut client = database.connect();
    client
        .batch_execute(
            "SELECT homer_enable_embeddings(2); SELECT homer_remember('maria', 'fact', 'Coffee', 'Black.', embedding => '{1,0.5}');
             SELECT homer_remember('maria', 'fact', 'Tea', 'Green.', embedding => '{0,1}')",
        )
        .unwrap();
    let nearest = "SELECT id FROM homer_relevant_memories('maria', query_embedding => '{0.1,1}', \"limit\" => 1)";
    assert_eq!(rows(&mut client, nearest), ["2"]);
    let keep = documented("operating.md", "DROP EXTENSION homer");
    client.batch_execute(&keep).unwrap();
    client.batch_execute(&documented("operating.md", "CREATE EXTENSION homer")).unwrap();
    assert_eq!(rows(&mut client, nearest), ["2"]);
}
