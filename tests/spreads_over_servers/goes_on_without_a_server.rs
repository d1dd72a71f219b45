//! A server that is down costs its own users an error that names the place, and nobody else anything.

use homer_tests::*;

#[test]
fn a_server_that_is_down_costs_its_own_users_an_error_and_nobody_else() {
    let Some(servers) = Servers::several(3) else { return };
    let installation = servers.install(2);
    let mut router = installation.connect();
    let [here, gone] = [1, 2].map(|place| installation.user_of(place));
    for user in [&here, &gone] {
        rows(&mut router, &format!("SELECT homer_remember('{user}', 'fact', 's', 'c')"));
        rows(&mut router, &format!("SELECT homer_remind('{user}', 'r', 'c', '2020-01-01Z')"));
    }
    let read = |user: &str| format!("SELECT count(*) FROM homer_list_memories('{user}')");
    let told = |user: &str| format!("SELECT content FROM homer_relevant_memories('{user}') WHERE user_id IS NULL");
    assert_eq!(rows(&mut router, &read(&gone)), ["2"]);
    let shared: String = value(&mut router, &format!("SELECT homer_register_file('{here}', 'f', 'm', 1, '/p')"));
    rows(&mut router, &format!("SELECT homer_share_file('{shared}', ARRAY['{gone}'])"));

    servers.server_of(2).kill();
    // What runs there ends by itself, when it sees that.
    wait_until(|| router.simple_query(&read(&gone)).is_err());
    // In a session that was connected to it, and in one that was not.
    for mut session in [router, installation.connect()] {
        let refusal = refused(&mut session, &format!("SELECT homer_remember('{gone}', 'fact', 's', 'other')"));
        assert_eq!(refusal.sqlstate, "08001");
        assert!(refusal.message.starts_with("place 2 cannot be reached: "), "{refusal:?}");
        assert_eq!(refused(&mut session, &read(&gone)).sqlstate, "08001");
        assert_eq!(rows(&mut session, &read(&here)), ["2"]);
        // Which place it is that is missing for all users, is found out.
        let of_all = refused(&mut session, "SELECT homer_stats()");
        assert!(of_all.message.starts_with("place 2 cannot be reached: "), "{of_all:?}");
    }
    let mut router = installation.connect();
    // Told, with a warning, and read wherever there is somebody to read.
    assert_eq!(rows(&mut router, "SELECT outcome FROM homer_remember(NULL, 'fact', 'Hours', 'Till six.')"), ["added"]);
    assert_eq!(rows(&mut router, &told(&here)), ["Till six."]);
    // Claims go on for the others.
    assert_eq!(rows(&mut router, "SELECT user_id FROM homer_claim_reminders(10)"), [here.as_str()]);
    let faults = "SELECT place, faults[1] ~ '^it cannot be asked: |^it is not connected' FROM homer_router.check() WHERE faults <> '{}'";
    assert_eq!(rows(&mut router, faults), ["2|t"]);
    let unshare = format!("SELECT homer_unshare_file('{shared}', ARRAY['{gone}'])");
    assert!(refused(&mut router, &unshare).message.starts_with("place 2 cannot be reached: "));

    servers.server_of(2).start_again();
    installation.wait_until_all_read();
    let mut router = installation.connect();
    assert_eq!(rows(&mut router, &told(&gone)), ["Till six."]);
    assert_eq!(rows(&mut router, "SELECT user_id FROM homer_claim_reminders(10)"), [gone.as_str()]);
    // What could not be done everywhere is done by the same call again.
    let seen = format!("SELECT original_name FROM homer_accessible_files('{gone}')");
    assert_eq!(rows(&mut router, &seen), ["f"]);
    rows(&mut router, &unshare);
    assert_eq!(rows(&mut router, &seen), [""; 0]);
}
