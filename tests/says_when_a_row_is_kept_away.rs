//! Where a trigger or a policy of the application keeps a row away, a call says so: it neither loops nor reports what is not there.

use homer_tests::*;

const NOT_STORED: &str = "ME037";

/// An application's trigger that skips what it is made for.
fn skip(client: &mut Client, table: &str, event: &str) {
    client
        .batch_execute(&format!(
            "CREATE OR REPLACE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
             CREATE TRIGGER skip BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION skip();
             SET statement_timeout = '20s'"
        ))
        .unwrap();
}

const STORE: &[&str] = &[
    "SELECT homer_remember('maria', 'fact', 's', 'new')",
    "SELECT homer_remind('maria', 's', 'new', now())",
    "SELECT homer_remember_many('[{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"new\"}]')",
    "SELECT homer_import_user(document) FROM exported",
];

#[test]
fn a_trigger_that_skips_an_insert_is_an_error() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'exported');
             CREATE TABLE exported AS SELECT homer_export_user('maria') AS document;
             SELECT homer_erase_user('maria')",
        )
        .unwrap();
    skip(&mut client, "homer_memories", "INSERT");
    for call in STORE {
        let refusal = refused(&mut client, call);
        assert_eq!(refusal.sqlstate, NOT_STORED, "{call}: {refusal:?}");
        assert!(refusal.hint.is_some());
    }
    client.batch_execute("DROP TRIGGER skip ON homer_memories").unwrap();
    for call in STORE {
        client.batch_execute(call).unwrap_or_else(|error| panic!("{call}: {error:?}"));
    }
}

const CHANGE: &[&str] = &[
    "SELECT homer_remember('maria', 'fact', 's', 'Known')",
    "SELECT homer_remember_many('[{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"known\"}]')",
    "SELECT homer_remember('maria', 'fact', 's', 'other', supersedes => 1)",
    "SELECT homer_forget(1)",
    "SELECT homer_reject(1)",
];

#[test]
fn a_trigger_that_skips_an_update_is_an_error() {
    let mut client = session_of_nobody();
    client.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'known')").unwrap();
    skip(&mut client, "homer_memories", "UPDATE");
    assert_changes_are_refused(&mut client);
    client.batch_execute("DROP TRIGGER skip ON homer_memories").unwrap();
    assert_eq!(rows(&mut client, "SELECT outcome FROM homer_remember('maria', 'fact', 's', 'Known')"), ["confirmed"]);
}

fn assert_changes_are_refused(client: &mut Client) {
    for call in CHANGE {
        let refusal = refused(client, call);
        assert_eq!(refusal.sqlstate, NOT_STORED, "{call}: {refusal:?}");
    }
    assert_eq!(rows(client, "SELECT id, is_active FROM homer_memories"), ["1|t"]);
    assert_eq!(rows(client, "SELECT count(*) FROM homer_refusals('maria')"), ["0"]);
}

/// A restrictive policy that lets a role read rows and change none of them.
#[test]
fn a_policy_that_hides_a_row_from_changes_is_an_error() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'known');
             CREATE ROLE \"held back\";
             GRANT USAGE ON SCHEMA homer TO \"held back\";
             GRANT ALL ON ALL TABLES IN SCHEMA public, homer TO \"held back\";
             GRANT ALL ON ALL SEQUENCES IN SCHEMA public, homer TO \"held back\";
             GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public, homer TO \"held back\";
             GRANT USAGE ON TYPE homer.any_user TO \"held back\";
             CREATE POLICY frozen ON homer_memories AS RESTRICTIVE FOR UPDATE USING (false);
             SET ROLE \"held back\"; SET statement_timeout = '20s'",
        )
        .unwrap();
    assert_changes_are_refused(&mut client);
    client.batch_execute("RESET ROLE; DROP OWNED BY \"held back\"; DROP ROLE \"held back\"").unwrap();
}

#[test]
fn an_erasure_that_leaves_something_is_an_error() {
    let mut client = session();
    client.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'known')").unwrap();
    skip(&mut client, "homer_memories", "DELETE");
    assert_eq!(refused(&mut client, "SELECT homer_erase_user('maria')").sqlstate, NOT_STORED);
    client.batch_execute("DROP TRIGGER skip ON homer_memories").unwrap();
    assert_eq!(rows(&mut client, "SELECT homer_erase_user('maria') ->> 'homer_memories'"), ["1"]);
}

/// A sweep counts what it has retired, so that who calls it until nothing is left comes to an end.
#[test]
fn a_sweep_counts_what_it_retired() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, expires_at) VALUES ('maria', 'fact', 's', 'c', '2020-01-01')",
        )
        .unwrap();
    skip(&mut client, "homer_memories", "UPDATE");
    assert_eq!(rows(&mut client, "SELECT homer_expire_memories()"), ["0"]);
    client.batch_execute("DROP TRIGGER skip ON homer_memories").unwrap();
    assert_eq!(rows(&mut client, "SELECT homer_expire_memories()"), ["1"]);
}

/// The application's other connections store by plain INSERT, which waits for nobody; here a trigger plays them.
#[test]
fn an_erasure_while_the_application_stores_says_that_something_is_there_and_removes_nothing() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'known');
             CREATE FUNCTION store() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN INSERT INTO homer_memories (user_id, category, subject, content) VALUES (''maria'', ''fact'', ''s'', ''late''); RETURN NULL; END';
             CREATE TRIGGER store AFTER DELETE ON homer_files FOR EACH STATEMENT EXECUTE FUNCTION store()",
        )
        .unwrap();
    let refusal = refused(&mut client, "SELECT homer_erase_user('maria')");
    assert_eq!(refusal.sqlstate, NOT_STORED);
    assert!(refusal.message.starts_with("something of user \"maria\" is still there"), "{}", refusal.message);
    assert_eq!(rows(&mut client, "SELECT content FROM homer_memories WHERE user_id = 'maria'"), ["known"]);
    client.batch_execute("DROP TRIGGER store ON homer_files").unwrap();
    assert_eq!(rows(&mut client, "SELECT homer_erase_user('maria') ->> 'homer_memories'"), ["1"]);
}
