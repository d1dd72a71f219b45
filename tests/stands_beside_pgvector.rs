//! homer and pgvector live in one database, whichever came first.

use homer_tests::*;

#[test]
fn a_vector_of_pgvector_casts_to_the_array_that_homer_takes() {
    let Some(mut client) = session_with_pgvector() else { return };
    assert_eq!(rows(&mut client, "SELECT '[1, 0.5, -2]'::vector::real[]"), ["{1,0.5,-2}"]);
}

#[test]
fn homer_and_pgvector_are_installed_and_dropped_in_any_order() {
    let Some(mut client) = session_with_pgvector() else { return };
    client.batch_execute("DROP EXTENSION vector").unwrap();
    client.batch_execute("DROP EXTENSION homer; CREATE EXTENSION vector; CREATE EXTENSION homer").unwrap();
    client.batch_execute("SELECT homer_remember('maria', 'fact', 'Coffee', 'Black.'); DROP EXTENSION vector").unwrap();
    assert_eq!(rows(&mut client, "SELECT content FROM homer_relevant_memories('maria')"), ["Black."]);
}

/// What pgvector gives is taken as it is cast.
#[test]
fn what_pgvector_holds_is_stored_by_homer() {
    let Some(mut client) = session_with_pgvector() else { return };
    client
        .batch_execute(
            "SELECT homer_enable_embeddings(3), homer_remember('maria', 'fact', 'Coffee', 'Black.');
             SELECT homer_set_embedding(1, '[1, 0.5, -2]'::vector::real[])",
        )
        .unwrap();
    assert_eq!(rows(&mut client, "SELECT embedding::vector FROM homer.memory_embeddings"), ["[1,0.5,-2]"]);
}

/// A new database with homer and pgvector in it; where this PostgreSQL has no pgvector, the test says that it is skipped. Such
/// tests have `pgvector` in their name: `make check` runs them on a PostgreSQL that has it.
fn session_with_pgvector() -> Option<Client> {
    let mut client = session();
    if !has_pgvector(&mut client) {
        skipped("this PostgreSQL has no pgvector");
        return None;
    }
    client.batch_execute("CREATE EXTENSION vector").unwrap();
    Some(client)
}
