//! What docs/persons_data.md says of the files of an erased person's rows: what is left in them after the erasure, and what after
//! each of the statements there.

use homer_tests::*;

/// Whether a file holds Maria's words: as text in the table, as a key in the index of words.
const LEFT: &str = "
    CREATE FUNCTION holds(relation text, bytes bytea) RETURNS boolean LANGUAGE sql AS
        'SELECT position(bytes IN pg_read_binary_file(pg_relation_filepath(relation::regclass))) > 0';
    CREATE FUNCTION holds_word(relation text, person text) RETURNS boolean LANGUAGE sql AS
        $$SELECT holds(relation, uuid_send((homer.keys_of_word(ARRAY[person], (homer.question_words('Zanzibar'))[1], false))[1]))$$";

/// So many that some pages are hers alone.
const FILL: &str = "
    SELECT count(homer_remember(person, 'fact', 's', 'Visited Zanzibar ' || n))
      FROM generate_series(1, 300) AS n, unnest('{devon,maria}'::text[]) AS person;
    SELECT count(homer_remember('maria', 'fact', 's', 'Fled from Zanzibar, the quagmire, ' || n)) FROM generate_series(1, 300) AS n;
    SELECT count(homer_remember('devon', 'fact', 's', 'Left Zanzibar ' || n)) FROM generate_series(1, 300) AS n";

#[test]
fn nothing_of_an_erased_person_is_left_after_the_documented_statements() {
    let database = database();
    let mut client = database.connect();
    client.batch_execute(LEFT).unwrap();
    client.batch_execute(FILL).unwrap();
    let left = |client: &mut Client| {
        client.batch_execute("CHECKPOINT").unwrap();
        let left = "SELECT holds('homer_memories', 'quagmire'), holds_word('homer_memories_search_idx', 'maria'),
                           holds_word('homer_memories_search_idx', 'devon')";
        rows(client, left).remove(0)
    };
    assert_eq!(left(&mut client), "t|t|t");
    client.batch_execute("SELECT homer_erase_user('maria')").unwrap();
    assert_eq!(left(&mut client), "t|t|t");
    run_each(&mut client, "VACUUM homer_memories, homer_files, homer_user_profiles, homer_file_messages");
    assert_eq!(left(&mut client), "t|t|t", "VACUUM wipes nothing");
    run_each(&mut client, &documented("persons_data.md", "REINDEX"));
    assert_eq!(left(&mut client), "t|f|t");
    run_each(&mut client, &documented("persons_data.md", "VACUUM FULL"));
    assert_eq!(left(&mut client), "f|f|t", "of Devon, all is there");
}

/// These run in no transaction, so one by one.
fn run_each(client: &mut Client, statements: &str) {
    for statement in statements.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        client.batch_execute(statement).unwrap();
    }
}
