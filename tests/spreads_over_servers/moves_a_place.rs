//! A place moves to another server by the steps of docs/scaling.md, as they are written there, while the other places go on.

use homer_tests::installation::connection_to;
use homer_tests::*;
use std::path::Path;
use std::process::Command;

/// The shell lines of docs/scaling.md that hold these words.
fn steps(words: &str) -> String {
    let page = std::fs::read_to_string(clone().join("docs/scaling.md")).unwrap();
    let mut blocks = page.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    blocks.find(|block| block.contains(words)).unwrap_or_else(|| panic!("no steps with {words}")).into()
}

/// Runs steps in the clone, each line by itself; each must succeed.
fn run(database: &Database, steps: &str, variables: &[(&str, String)]) {
    for step in steps.lines() {
        let output = Command::new("sh")
            .args(["-e", "-c", step])
            .envs(variables.iter().map(|(name, value)| (*name, value)))
            .env("PATH", search_path(database))
            .current_dir(clone())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !said.contains("ERROR"), "{step}\n{said}");
    }
}

/// With PostgreSQL's programs first.
fn search_path(database: &Database) -> std::ffi::OsString {
    let programs = database.program("psql").get_program().to_owned();
    let own = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(Path::new(&programs).parent().unwrap().to_owned()).chain(std::env::split_paths(&own));
    std::env::join_paths(folders).unwrap()
}

/// Moves place 2 of a filled installation, and looks whether all is there and goes on.
fn move_place(words: &str) {
    let Some(servers) = Servers::several(3) else { return };
    let mut installation = servers.install(2);
    let mut router = installation.connect();
    let [stays, moves] = [1, 2].map(|place| installation.user_of(place));
    let mut of_the_old = Vec::new();
    for number in 0..30 {
        for user in [&stays, &moves] {
            let told =
                format!("SELECT id FROM homer_remember('{user}', 'fact', 'Order {number}', 'It has {number} parts.')");
            of_the_old.push(value::<i32>(&mut router, &told));
        }
    }
    let reject = format!("SELECT homer_reject(id) FROM homer_remember('{moves}', 'fact', 's', 'never again')");
    rows(&mut router, &reject);
    rows(&mut router, "SELECT homer_remember(NULL, 'fact', 'Hours', 'Till six.')");
    rows(&mut router, &format!("SELECT homer_upsert_profile('{moves}', 'Moves', 'owner')"));
    let file: String = value(&mut router, &format!("SELECT homer_register_file('{stays}', 'lease.pdf', 'm', 1, '/p')"));
    rows(&mut router, &format!("SELECT homer_share_file('{file}', ARRAY['{moves}'])"));
    rows(&mut router, &format!("SELECT homer_link_file('{file}', 'c', 'm', 'inbound', NULL, '{moves}')"));
    let document = format!("SELECT jsonb_pretty(homer_export_user('{moves}'))");
    let before = rows(&mut router, &document);
    let last: i32 = *of_the_old.last().unwrap();

    // To the server of place 1, whose roles are there already.
    let (old, new) = (installation.place(2).clone(), servers.server_of(1).empty_database());
    let variables = |database: &Database| format!("{} user=postgres", connection_to(database));
    run(
        &old,
        &steps(words),
        &[
            ("OLD", variables(&old)),
            ("NEW", variables(&new)),
            ("ROUTER", variables(installation.router())),
            ("PLACE0", variables(installation.place(0))),
            ("PLACE", "2".into()),
            ("PLACES", "2".into()),
        ],
    );
    installation.replace_place(2, new);
    installation.wait_until_all_read();

    // In the session that was open, and nothing of it from the old place.
    assert_eq!(rows(&mut router, &document), before);
    let next = format!("SELECT id FROM homer_remember('{moves}', 'fact', 's', 'After the move.')");
    let next: i32 = value(&mut router, &next);
    assert!(next > last && next >> 26 == 2, "{next} after {last}");
    assert!(value::<bool>(&mut router, &format!("SELECT homer_forget({last})")));
    let of_refusal = format!("SELECT homer_lift_refusal(id) FROM homer_refusals('{moves}') WHERE id >> 26 = 2");
    assert_eq!(rows(&mut router, &of_refusal), ["t"]);
    // What everyone is told arrives once, what was told before and what comes now.
    rows(&mut router, "SELECT homer_remember(NULL, 'fact', 'Hours', 'On Friday till four.')");
    let told = format!("SELECT content FROM homer_relevant_memories('{moves}') WHERE user_id IS NULL ORDER BY id");
    assert_eq!(rows(&mut router, &told), ["Till six.", "On Friday till four."]);
    // A copy of a file is one still: unshared, it goes.
    rows(&mut router, &format!("SELECT homer_unshare_file('{file}', ARRAY['{moves}'])"));
    assert_eq!(rows(&mut installation.place(2).connect(), "SELECT count(*) FROM homer_files"), ["0"]);

    // The old one is read and not written, and holds no slot at place 0.
    let mut left = old.connect();
    assert_eq!(rows(&mut left, "SELECT count(*) > 30 FROM homer_memories"), ["t"]);
    let written = format!("SELECT homer_remember('{moves}', 'fact', 's', 'Late.')");
    assert_eq!(refused(&mut left, &written).sqlstate, "25006");
    let slots = "SELECT count(*) FROM pg_replication_slots WHERE slot_name ~ '^homer_\\d+_2_'";
    assert_eq!(rows(&mut installation.place(0).connect(), slots), ["1"]);
}

#[test]
fn a_place_moves_by_a_dump() {
    move_place("pg_dump");
}

#[test]
fn a_place_moves_by_replication() {
    move_place("scale/move/copy.sql");
}

/// The ids go on where they were after a dump and restore: a place is known by nothing else.
#[test]
fn a_dump_and_restore_keep_the_range_of_ids() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(2);
    let mut router = installation.connect();
    let user = installation.user_of(2);
    let first: i32 = value(&mut router, &format!("SELECT id FROM homer_remember('{user}', 'fact', 's', 'c')"));
    assert_eq!(first, 2 << 26);
    for place in [installation.place(1), installation.place(2)] {
        let dump = place.output("pg_dump", &["--no-subscriptions"], "");
        let restored = servers.server_of(0).empty_database();
        restored.output("psql", &["-X", "-q", "-v", "ON_ERROR_STOP=1"], &dump);
        let ids = "SELECT nextval('homer_memories_id_seq') >> 26, nextval('homer.refusals_id_seq') >> 26, homer_place.place()";
        let number = if place.name() == installation.place(1).name() { 1 } else { 2 };
        assert_eq!(rows(&mut restored.connect(), ids), [format!("{number}|{number}|{number}")]);
        // After rows came by COPY: not behind those of everyone, whose ids are place 0's.
        let past = "SELECT homer_place.set_sequences_past_rows(); SELECT nextval('homer_memories_id_seq') >> 26";
        assert_eq!(rows(&mut restored.connect(), past).pop().unwrap(), number.to_string());
    }
}
