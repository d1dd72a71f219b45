//! What docs/operating.md says of an application's own columns: in a table beside homer's a dump carries them, in homer's own not.

use homer_tests::*;

/// A copy of a database by pg_dump and psql, which goes on after errors, and what it said.
fn copied<'a>(original: &Database, name: &str) -> (Database<'a>, String) {
    let copy = Cluster::shared().empty_database();
    let dump = original.output("pg_dump", &[], "");
    let file = Cluster::shared().directory().join(format!("{name}.sql"));
    std::fs::write(&file, dump).unwrap();
    let said = copy.program("psql").args(["-qX", "-f"]).arg(&file).output().unwrap();
    (copy, String::from_utf8(said.stderr).unwrap())
}

const MEMORIES: &str = "SELECT user_id, content FROM homer_memories ORDER BY id";

#[test]
fn a_table_beside_homers_is_carried_by_a_dump() {
    let original = database_of_nobody();
    original.output(
        "psql",
        &["-qX", "-v", "ON_ERROR_STOP=1"],
        &documented("operating.md", "CREATE TABLE memory_teams"),
    );
    let (copy, said) = copied(&original, "own_table");
    assert_eq!(said, "");
    let mut client = copy.connect();
    assert_eq!(rows(&mut client, MEMORIES), ["maria|The new prices hold from May on."]);
    let teams = "SELECT t.team FROM homer_relevant_memories('maria') AS m JOIN memory_teams AS t ON t.memory_id = m.id";
    assert_eq!(rows(&mut client, teams), ["sales"]);
    client.batch_execute("SELECT homer_erase_user('maria')").unwrap();
    assert_eq!(rows(&mut client, "SELECT * FROM memory_teams"), [""; 0]);
    assert_eq!(refused(&mut client, "DROP EXTENSION homer").sqlstate, "2BP01");
}

/// Who may read a memory may read what stands beside it.
#[test]
fn the_policy_of_the_documented_table_is_that_of_the_memories() {
    let database = database();
    database.output(
        "psql",
        &["-qX", "-v", "ON_ERROR_STOP=1"],
        &documented("operating.md", "CREATE TABLE memory_teams"),
    );
    let mut client = database.connect();
    client
        .batch_execute(
            "CREATE ROLE own_table_confined; GRANT USAGE ON TYPE homer.one_user TO own_table_confined;
             GRANT USAGE ON SCHEMA homer TO own_table_confined; GRANT SELECT ON homer_memories, memory_teams TO own_table_confined",
        )
        .unwrap();
    for (user, teams) in [("maria", 1), ("devon", 0)] {
        client.batch_execute(&format!("SET ROLE own_table_confined; SET homer.user_id = '{user}'")).unwrap();
        assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM memory_teams"), teams, "{user}");
    }
    client.batch_execute("RESET ROLE; DROP OWNED BY own_table_confined; DROP ROLE own_table_confined").unwrap();
}

/// As the page warns. If PostgreSQL learns to dump such a column, the page is to be changed.
#[test]
fn a_column_added_to_homers_table_loses_its_rows() {
    let original = database();
    original
        .connect()
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'Coffee');
             ALTER TABLE homer_memories ADD COLUMN team text; UPDATE homer_memories SET team = 'sales'",
        )
        .unwrap();
    assert_eq!(rows(&mut original.connect(), "SELECT columns_added FROM homer_stats()"), ["{homer_memories.team}"]);
    let (copy, said) = copied(&original, "own_column");
    assert!(said.contains("column \"team\" of relation \"homer_memories\" does not exist"), "{said}");
    assert_eq!(rows(&mut copy.connect(), MEMORIES), [""; 0]);
}
