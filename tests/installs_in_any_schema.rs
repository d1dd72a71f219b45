//! `CREATE EXTENSION homer SCHEMA app` works like the default, and nobody can prepare the ground beforehand.

use homer_tests::*;

const SESSION_OF_A_USER: &str = "
    SELECT homer_upsert_profile('maria', 'Maria', 'owner', '{\"timezone\": \"Europe/Berlin\"}');
    SELECT homer_touch_profile('maria');
    SELECT homer_remember('maria', 'fact', 'coffee', 'black', tags => '{a}');
    SELECT content FROM homer_relevant_memories('maria');
    SELECT homer_forget(1)";

#[test]
fn any_schema_will_do_and_no_function_needs_the_search_path() {
    for schema in ["app", "\"My App\""] {
        let database = Cluster::shared().empty_database();
        let mut client = database.connect();
        client
            .batch_execute(&format!(
                "CREATE SCHEMA {schema}; CREATE EXTENSION homer SCHEMA {schema}; SET search_path = ''"
            ))
            .unwrap();
        let qualified = SESSION_OF_A_USER
            .replace("SELECT homer_", &format!("SELECT {schema}.homer_"))
            .replace("FROM homer_", &format!("FROM {schema}.homer_"));
        assert_eq!(rows(&mut client, &qualified)[3], "black", "{schema}");
        let elsewhere =
            "SELECT count(*) FROM pg_class WHERE relname LIKE 'homer%' AND relnamespace = 'public'::regnamespace";
        assert_eq!(value::<i64>(&mut client, elsewhere), 0, "{schema}");
    }
}

/// An operator or a function of the caller's own, found before PostgreSQL's, must not be used.
#[test]
fn what_a_caller_puts_in_front_of_pg_catalog_is_not_used() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "CREATE SCHEMA trap;
             CREATE FUNCTION trap.plus(integer, integer) RETURNS integer LANGUAGE sql AS 'SELECT 1000';
             CREATE OPERATOR trap.+ (FUNCTION = trap.plus, LEFTARG = integer, RIGHTARG = integer);
             CREATE FUNCTION trap.equal(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
             CREATE OPERATOR trap.= (FUNCTION = trap.equal, LEFTARG = text, RIGHTARG = text);
             CREATE FUNCTION trap.now() RETURNS timestamptz LANGUAGE sql AS $$SELECT timestamptz '1999-01-01'$$;
             SELECT homer_upsert_profile('devon', 'Devon', 'manager');
             SET search_path = trap, pg_catalog, public",
        )
        .unwrap();
    assert_eq!(value::<i32>(&mut client, "SELECT 1 + 1"), 1000, "the trap is set");
    assert_eq!(rows(&mut client, SESSION_OF_A_USER)[3], "black");
    assert_eq!(
        rows(
            &mut client,
            "SELECT user_id, total_interactions, last_interaction > '2020-01-01' FROM homer_user_profiles ORDER BY 1"
        ),
        ["devon|0|null", "maria|1|t"]
    );
}

#[test]
fn a_schema_named_homer_that_is_there_already_stops_the_installation() {
    let mut client = Cluster::shared().empty_database().connect();
    client.batch_execute("CREATE SCHEMA homer").unwrap();
    assert_eq!(refused(&mut client, "CREATE EXTENSION homer").sqlstate, "42P06");
    client.batch_execute("DROP SCHEMA homer; CREATE EXTENSION homer").unwrap();
}

#[test]
fn dropping_the_extension_leaves_nothing() {
    let database = Cluster::shared().empty_database();
    let mut client = database.connect();
    // Objects of the server itself have ids below 16384.
    let objects = "SELECT (SELECT count(*) FROM pg_class WHERE oid >= 16384) + (SELECT count(*) FROM pg_proc WHERE oid >= 16384)
                        + (SELECT count(*) FROM pg_type WHERE oid >= 16384) + (SELECT count(*) FROM pg_namespace WHERE oid >= 16384)";
    assert_eq!(value::<i64>(&mut client, objects), 0);
    client.batch_execute("CREATE EXTENSION homer").unwrap();
    assert!(value::<i64>(&mut client, objects) > 40);
    client.batch_execute("DROP EXTENSION homer").unwrap();
    assert_eq!(value::<i64>(&mut client, objects), 0);
}

/// Rust reads texts as UTF-8, and an accent of another encoding is none.
#[test]
fn a_database_of_another_encoding_is_refused_at_once() {
    let cluster = Cluster::shared();
    for encoding in ["LATIN1", "SQL_ASCII", "EUC_JP"] {
        let name = format!("encoded_{}", encoding.to_lowercase());
        cluster
            .maintenance()
            .batch_execute(&format!("CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0"))
            .unwrap();
        let mut client = cluster.database_named(&name).connect();
        assert_eq!(
            refused(&mut client, "CREATE EXTENSION homer"),
            Refused {
                sqlstate: "0A000".into(),
                message: format!("homer needs a database whose encoding is UTF8, and not {encoding}"),
                detail: None,
                hint: Some(
                    "Make one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0, with a LOCALE that has it."
                        .into()
                ),
            }
        );
        assert_eq!(rows(&mut client, "SELECT nspname FROM pg_namespace WHERE nspname = 'homer'"), [""; 0]);
    }
    // Control: what the hint says is enough.
    cluster
        .maintenance()
        .batch_execute("CREATE DATABASE encoded_utf8 ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0")
        .unwrap();
    let mut client = cluster.database_named("encoded_utf8").connect();
    client.batch_execute("CREATE EXTENSION homer").unwrap();
}
