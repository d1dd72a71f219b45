//! The examples run as they are, and moments come back right: the program is in Tokyo, the session in Chicago.

use homer_tests::*;

/// What a program prints that works on a database whose sessions are in Chicago.
fn printed(program: &str, arguments: &[&str]) -> String {
    let database = database();
    let chicago = format!("ALTER DATABASE {} SET timezone = 'America/Chicago'", database.name());
    database.connect().batch_execute(&chicago).unwrap();
    let url = format!("DATABASE_URL={}", database.url());
    let program = database.program(program).get_program().to_str().unwrap().to_owned();
    database.output("/usr/bin/env", &[&["TZ=Asia/Tokyo", &url, &program], arguments].concat(), "")
}

fn path(of_the_clone: &str) -> String {
    clone().join(of_the_clone).to_str().unwrap().into()
}

#[test]
fn psql() {
    let arguments =
        ["-qX", "-v", "user=maria", "-v", "asked=Where do our orders go?", "-f", &path("examples/psql/assistant.sql")];
    assert_eq!(
        printed("psql", &arguments),
        "added\nOrders go to Lindt & Sons from now on.|[\"supplier\"]|{\"from\": \"e-mail\"}|2999-12-31 17:30:00-06\n"
    );
}

#[test]
fn python() {
    if !is_installed("python3") {
        return skipped("python3 is not installed");
    }
    let arguments = [path("examples/python/requirements.txt"), path("examples/python/assistant.py")];
    assert_eq!(
        printed(&path("scripts/python"), &[&arguments[0], &arguments[1]]),
        "added\nOrders go to Lindt & Sons from now on. ['supplier'] {'from': 'e-mail'} 2999-12-31T23:30:00+00:00\n"
    );
}

#[test]
fn node() {
    if !is_installed("npm") {
        return skipped("npm is not installed");
    }
    assert_eq!(
        printed(&path("scripts/node"), &[&path("examples/node"), "npm", "start", "--silent"]),
        "added\nOrders go to Lindt & Sons from now on. [ 'supplier' ] { from: 'e-mail' } 2999-12-31T23:30:00.000Z\n"
    );
}

/// What the model of the two loops below is told: the second of its calls is mistaken, and the turn goes on.
const TOLD: &str =
    "Added as #1.\nError: memory 99 does not exist. Pass the number after # in a line that recall gave.\n";

#[test]
fn the_loop_of_an_agent_in_python() {
    if !is_installed("python3") {
        return skipped("python3 is not installed");
    }
    let arguments = [path("examples/python/requirements.txt"), path("examples/python/tools.py")];
    assert_eq!(printed(&path("scripts/python"), &[&arguments[0], &arguments[1]]), TOLD);
}

#[test]
fn the_loop_of_an_agent_in_node() {
    if !is_installed("npm") {
        return skipped("npm is not installed");
    }
    assert_eq!(printed(&path("scripts/node"), &[&path("examples/node"), "npm", "run", "tools", "--silent"]), TOLD);
}
