//! homer and pgvector live in one database, whichever came first.

use homer_tests::*;

#[test]
fn a_vector_casts_to_the_array_that_homer_takes() {
    let Some(database) = database_with_vectors() else { return };
    let mut client = database.connect();
    assert_eq!(rows(&mut client, "SELECT '[1, 0.5, -2]'::vector::real[]"), ["{1,0.5,-2}"]);
}

#[test]
fn both_are_installed_and_dropped_in_any_order() {
    let Some(database) = database_with_vectors() else { return };
    let mut client = database.connect();
    client.batch_execute("DROP EXTENSION vector").unwrap();
    client.batch_execute("DROP EXTENSION homer; CREATE EXTENSION vector; CREATE EXTENSION homer").unwrap();
    client.batch_execute("SELECT homer_remember('maria', 'fact', 'Coffee', 'Black.'); DROP EXTENSION vector").unwrap();
    assert_eq!(rows(&mut client, "SELECT content FROM homer_relevant_memories('maria')"), ["Black."]);
}
