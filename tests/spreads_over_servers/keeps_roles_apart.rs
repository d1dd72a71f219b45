//! A role of the router is the role of its name at the places: a confined one sees its user there and nobody else, whatever it calls.

use homer_tests::*;

/// Roles of the router's server and, with the same names, of the places'; they go with the clusters.
fn grant(installation: &Installation, servers: &Servers, role: &str, kind: &str) {
    let mut router = installation.connect();
    let create = format!("CREATE ROLE {role} LOGIN");
    router.batch_execute(&create).unwrap();
    let refusal = refused(&mut router, &format!("SELECT homer_grant('{role}', '{kind}')"));
    assert_eq!(refusal.message, format!("role \"{role}\" does not exist"));
    for place in 0..3 {
        servers.server_of(place).maintenance().batch_execute(&create).unwrap();
    }
    rows(&mut router, &format!("SELECT homer_grant('{role}', '{kind}')"));
}

fn become_role(client: &mut Client, role: &str, user: &str) {
    client.batch_execute(&format!("RESET SESSION AUTHORIZATION; SET SESSION AUTHORIZATION {role}")).unwrap();
    client.batch_execute(&format!("SET homer.user_id = '{user}'; SET homer_router.commits_by_itself = on")).unwrap();
}

#[test]
fn a_confined_role_of_one_user_never_sees_another() {
    let Some(servers) = Servers::several(3) else { return };
    let installation = servers.install(3);
    let mut router = installation.connect();
    let [mine, other] = [1, 2].map(|place| installation.user_of(place));
    // At the same place as mine too, where only row security keeps them apart.
    let neighbour: String = value(
        &mut router,
        "SELECT u FROM (SELECT 'near-' || n FROM generate_series(1, 1000) AS n) AS t (u) WHERE homer_router.place_of(u) = 1 LIMIT 1",
    );
    let mut ids = Vec::new();
    let mut files = Vec::new();
    for user in [&mine, &other, &neighbour] {
        ids.push(value::<i32>(
            &mut router,
            &format!("SELECT id FROM homer_remember('{user}', 'fact', 's', 'Secret of {user}')"),
        ));
        files.push(value::<String>(
            &mut router,
            &format!("SELECT homer_register_file('{user}', '{user}.pdf', 'm', 1, '/p')"),
        ));
        rows(&mut router, &format!("SELECT homer_remind('{user}', 'r', 'Call of {user}', '2020-01-01Z')"));
    }
    grant(&installation, &servers, "assistant", "confined");
    grant(&installation, &servers, "backend", "service");

    become_role(&mut router, "assistant", &mine);
    let who = "SELECT role, kind, user_id FROM homer_whoami()";
    assert_eq!(rows(&mut router, who), [format!("assistant|confined|{mine}")]);
    assert_eq!(
        rows(&mut router, &format!("SELECT content FROM homer_list_memories('{mine}') ORDER BY id")),
        [format!("Secret of {mine}"), format!("Call of {mine}")]
    );
    for (user, number) in [(&other, 1), (&neighbour, 2)] {
        let (id, file) = (ids[number], &files[number]);
        for (call, sqlstate) in [
            (format!("homer_list_memories('{user}')"), "ME016"),
            (format!("homer_context('{user}')"), "ME016"),
            (format!("homer_remember('{user}', 'fact', 's', 'c')"), "ME016"),
            (format!("homer_export_user('{user}')"), "ME016"),
            (format!("homer_call_tool('{user}', 'recall', '{{\"query\": \"secret\"}}')"), "ME016"),
            (format!("homer_register_file('{user}', 'n', 'm', 1, 'p')"), "ME016"),
            (format!("homer_can_read_file('{user}', '{file}')"), "ME016"),
            (format!("homer_forget({id})"), "ME010"),
            (format!("homer_memory_history({id})"), "ME010"),
            (format!("homer_can_read_file('{mine}', '{file}')"), "ME030"),
            (format!("homer_share_file('{file}', ARRAY['{mine}'])"), "ME030"),
            (format!("homer_link_file('{file}', 'c', 'm', 'inbound')"), "ME030"),
            (format!("homer_remove_file('{file}')"), "ME030"),
        ] {
            assert_eq!(refused(&mut router, &format!("SELECT {call}")).sqlstate, sqlstate, "{call}");
        }
    }
    for call in ["homer_stats()", "homer_expire_memories()", "homer_due_reminders()", "homer_claim_reminders()"] {
        assert_eq!(refused(&mut router, &format!("SELECT {call}")).sqlstate, "ME019", "{call}");
    }
    assert_eq!(refused(&mut router, &format!("SELECT homer_erase_user('{mine}')")).sqlstate, "ME019");
    assert_eq!(refused(&mut router, "SELECT homer_grant('assistant', 'service')").sqlstate, "42501");
    assert_eq!(refused(&mut router, "SELECT homer_router.install('{}')").sqlstate, "22023");

    // What is its user's it may do, though copies lie at a place where it acts for nobody.
    rows(&mut router, &format!("SELECT homer_share_file('{}', ARRAY['{other}'])", files[0]));
    rows(&mut router, &format!("SELECT homer_remember('{mine}', 'fact', 's', 'Mine too')"));
    let told: Value = value(&mut router, "SELECT homer_call_tool(NULL, 'recall', '{\"query\": \"secret\"}')");
    assert_eq!(told["data"]["memories"].as_array().unwrap().len(), 1, "{told}");
    // The user is named by each call: another one, or none, on the same connections.
    become_role(&mut router, "assistant", &other);
    let seen = format!("SELECT original_name FROM homer_accessible_files('{other}') ORDER BY 1");
    let mut expected = [format!("{mine}.pdf"), format!("{other}.pdf")];
    expected.sort();
    assert_eq!(rows(&mut router, &seen), expected);
    rows(&mut router, &format!("SELECT homer_link_file('{}', 'c', 'm', 'inbound')", files[0]));
    assert_eq!(refused(&mut router, &format!("SELECT homer_list_memories('{mine}')")).sqlstate, "ME016");
    become_role(&mut router, "assistant", "");
    assert_eq!(refused(&mut router, &format!("SELECT homer_list_memories('{mine}')")).sqlstate, "ME017");

    become_role(&mut router, "backend", "");
    assert_eq!(rows(&mut router, who), ["backend|service|null"]);
    let links = "SELECT file_links, memories, reminders_due FROM homer_stats()";
    assert_eq!(rows(&mut router, links), ["1|7|3"]);
    assert_eq!(rows(&mut router, "SELECT count(*) FROM homer_claim_reminders()"), ["3"]);
    router.batch_execute("RESET SESSION AUTHORIZATION").unwrap();
    assert_eq!(rows(&mut router, "SELECT DISTINCT faults FROM homer_router.check()"), ["{}"]);

    // Whoever is nothing learns that, and does nothing.
    rows(&mut router, "SELECT homer_revoke('assistant')");
    become_role(&mut router, "assistant", &mine);
    assert_eq!(rows(&mut router, "SELECT kind FROM homer_whoami()"), ["none"]);
    for call in [format!("public.homer_list_memories('{mine}')"), "homer_places.place(ARRAY[1], NULL)".into()] {
        assert_eq!(refused(&mut router, &format!("SELECT * FROM {call}")).sqlstate, "42501", "{call}");
    }
}
