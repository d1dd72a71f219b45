//! What the router cannot do as one server does is refused, and the error says what to do; what it can do passes values as they are.

use homer_tests::installation::{connection_to, run_script};
use homer_tests::*;

#[test]
fn a_call_that_would_commit_by_itself_asks_whether_that_is_meant() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(1);
    let mut router = installation.connect();
    let remember = "SELECT outcome FROM homer_remember('maria', 'fact', 'Coffee', 'Black.')";
    let count = "SELECT count(*) FROM homer_relevant_memories('maria')";
    router.batch_execute("SET homer_router.commits_by_itself = off").unwrap();
    let refusal = refused(&mut router, remember);
    assert_eq!(refusal.sqlstate, "55000");
    assert!(
        refusal.hint.as_ref().unwrap().contains("ALTER ROLE postgres SET homer_router.commits_by_itself = on"),
        "{refusal:?}"
    );
    assert!(refusal.hint.unwrap().contains("homer_router.connection_of(user_id)"));
    // Reading asks for nothing.
    assert_eq!(rows(&mut router, count), ["0"]);

    router.batch_execute("SET homer_router.commits_by_itself = on; CREATE TABLE own ()").unwrap();
    let after_writing = format!("BEGIN; INSERT INTO own DEFAULT VALUES; {remember}");
    assert_eq!(refused(&mut router, &after_writing).sqlstate, "25001");
    router.batch_execute("ROLLBACK").unwrap();
    assert_eq!(refused(&mut router, &format!("BEGIN READ ONLY; {remember}")).sqlstate, "25006");
    router.batch_execute("ROLLBACK").unwrap();
    assert_eq!(rows(&mut router, count), ["0"]);
    // It is as it was said: what the transaction becomes changes nothing.
    router.batch_execute(&format!("BEGIN; {remember}; ROLLBACK")).unwrap();
    assert_eq!(rows(&mut router, count), ["1"]);
    // An application at the place itself has its transactions.
    let place = value::<i32>(&mut router, "SELECT homer_router.place_of('maria')");
    assert_eq!(
        value::<String>(&mut router, "SELECT homer_router.connection_of('maria')"),
        connection_to(installation.place(1))
    );
    assert_eq!(place, 1);
    let mut node = installation.place(1).connect();
    node.batch_execute("BEGIN; SELECT homer_remember('maria', 'fact', 'Tea', 'Green.'); ROLLBACK").unwrap();
    assert_eq!(rows(&mut router, count), ["1"]);
}

#[test]
fn tables_and_tokens_are_refused_with_where_they_are() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(1);
    let mut router = installation.connect();
    for statement in [
        "SELECT content FROM homer_memories WHERE user_id = 'maria'",
        "SELECT count(*) FROM homer_files",
        "UPDATE homer_user_profiles SET timezone = 'UTC'",
        "DELETE FROM homer_file_messages",
        "INSERT INTO homer_memories (user_id, category, subject, content) VALUES ('maria', 'fact', 's', 'c')",
    ] {
        let refusal = refused(&mut router, statement);
        assert_eq!(refusal.sqlstate, "42P01", "{statement}");
        assert!(refusal.hint.unwrap().contains("homer_router.connection_of(user_id)"), "{statement}");
    }
    // Nor does anything lie in the homer that the router has for its types.
    let local = refused(&mut router, "SELECT homer_local.homer_remember('maria', 'fact', 's', 'c')");
    assert_eq!(local.sqlstate, "23514");
    assert_eq!(refused(&mut router, "SELECT homer_act_as('x')").sqlstate, "0A000");
    // The errors of homer are those of one server, to the letter.
    let mut one = session();
    for call in [
        "homer_remember(NULL, 'fact', NULL, NULL)",
        "homer_forget(17)",
        "homer_touch_profile('nobody')",
        "homer_register_file('maria', 'n', 'm', -1, 'p')",
        "homer_remember_many('[{\"user_id\": \"devon\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"c\"},
                               {\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"s\"}]')",
        "homer_remember_many('{}')",
        "homer_remember_many('[{\"user_id\": \"devon\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"c\"},
                               {\"user_id\": \"sam\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"c\"},
                               {\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"c\", \"supersedes\": 17}]')",
        "homer_due_reminders(\"limit\" => -1)",
        "homer_claim_reminders(-1)",
        "homer_expire_memories(-1)",
        "homer_unembedded_memories()",
        "homer_import_user('{\"format\": 1}')",
        "homer_erase_user(NULL)",
        "homer_grant('not_there', 'service')",
        "homer_revoke('not_there')",
    ] {
        assert_eq!(refused(&mut router, &format!("SELECT {call}")), refused(&mut one, &format!("SELECT {call}")), "{call}");
    }
}

/// A document that holds another's file is refused as one server refuses it, though the record lies at another place.
#[test]
fn a_document_with_a_file_of_another_is_refused() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(2);
    let [owner, other] = [1, 2].map(|place| installation.user_of(place));
    let id = "5e0c2f9a-1b7d-4c3e-8f60-9a2d4b6c8e01";
    let register = |user: &str| format!("SELECT homer_register_file('{user}', 'n', 'm', 1, 'p', file_id => '{id}')");
    let [of_router, of_one] = [installation.connect(), session_of_nobody()].map(|mut client| {
        client.batch_execute(&register(&other)).unwrap();
        let document: Value = value(&mut client, &format!("SELECT homer_export_user('{other}')"));
        client.batch_execute(&format!("SELECT homer_erase_user('{other}'); {}", register(&owner))).unwrap();
        refused(&mut client, &format!("SELECT homer_import_user('{document}')"))
    });
    assert_eq!(of_one.sqlstate, "ME035");
    assert_eq!(of_router, of_one);
}

/// 5 December is no 12 May, and no digit of a vector is lost, whatever the session on the way has set.
#[test]
fn settings_of_a_session_change_no_value() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(1);
    let mut router = installation.connect();
    router
        .batch_execute("SET datestyle = 'SQL, DMY'; SET timezone = 'Asia/Tokyo'; SET extra_float_digits = -10")
        .unwrap();
    router.batch_execute("SET intervalstyle = 'sql_standard'; SELECT homer_enable_embeddings(2)").unwrap();
    rows(
        &mut router,
        "SELECT homer_remember('maria', 'fact', 's', 'c', expires_at => '05/12/2099 12:00:00 UTC', embedding => ARRAY[0.1234567, 1e-30])",
    );
    rows(&mut router, "SELECT homer_remind('maria', 'Call', 'Pruitt', '05/12/2020 09:30:00 UTC')");
    let mut node = installation.place(1).connect();
    assert_eq!(rows(&mut node, "SELECT expires_at FROM homer_memories WHERE subject = 's'"), ["2099-12-05 12:00:00"]);
    assert_eq!(rows(&mut node, "SELECT embedding FROM homer.memory_embeddings"), ["{0.1234567,1e-30}"]);
    let due =
        "SELECT due_at = '2020-12-05 09:30:00+00', to_char(due_at, 'DD.MM. HH24:MI') FROM homer_due_reminders('maria')";
    assert_eq!(rows(&mut router, due), ["t|05.12. 18:30"]);
    assert_eq!(
        rows(&mut router, "SELECT homer_local_moment('maria', '05/12/2020 09:30:00 UTC')"),
        ["2020-12-05 09:30 UTC"]
    );
}

#[test]
fn a_new_function_cannot_be_forgotten_and_a_declaration_cannot_differ() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(1);
    let router = installation.router();
    let mut session = router.connect();
    // The same again keeps what install() was told.
    run_script(router, "scale/router.sql", &[]);
    assert_eq!(rows(&mut session, "SELECT count(*) FROM homer_list_memories('maria')"), ["0"]);
    let run = |database: &Database| {
        let path = clone().join("scale/router.sql");
        let output =
            database.program("psql").args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f"]).arg(path).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    session
        .batch_execute(
            "CREATE FUNCTION homer_local.homer_dream(user_id text) RETURNS text LANGUAGE sql RETURN user_id;
             ALTER EXTENSION homer ADD FUNCTION homer_local.homer_dream(text)",
        )
        .unwrap();
    let (succeeded, said) = run(router);
    assert!(!succeeded && said.contains("no route is known of homer_dream"), "{said}");
    session
        .batch_execute(
            "ALTER EXTENSION homer DROP FUNCTION homer_local.homer_dream(text);
             CREATE FUNCTION public.homer_forget(memory_id integer, why text) RETURNS boolean LANGUAGE sql RETURN true",
        )
        .unwrap();
    let (succeeded, said) = run(router);
    assert!(
        !succeeded
            && said.contains("declared otherwise than homer declares: homer_forget(memory_id integer, why text)"),
        "{said}"
    );
    session.batch_execute("DROP FUNCTION public.homer_forget(integer, text)").unwrap();
    assert_eq!(run(router), (true, String::new()));
    // Every function has homer's own name, arguments, defaults and result.
    let declared = "SELECT p.proname, pg_get_function_arguments(p.oid), replace(pg_get_function_result(p.oid), 'homer_local.', '')
                      FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'homer\\_%' ORDER BY 1, 2";
    let of_homer = rows(&mut database().connect(), declared);
    assert!(of_homer.len() > 40);
    assert_eq!(rows(&mut session, declared), of_homer);
}

#[test]
fn a_database_whose_ids_lie_elsewhere_is_refused_as_a_place() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(2);
    let refused_as = |database: &Database, place: &str, places: &str| {
        let path = clone().join("scale/node.sql");
        let mut psql = database.program("psql");
        let output = psql.args(["-X", "-q", "-v", place, "-v", places, "-f"]).arg(path).output().unwrap();
        (!output.status.success()).then(|| String::from_utf8(output.stderr).unwrap())
    };
    let used = servers.server_of(0).database();
    used.connect().batch_execute("SELECT homer_remember('maria', 'fact', 's', 'c')").unwrap();
    let said = refused_as(&used, "place=1", "places=2").unwrap();
    assert!(said.contains("this database cannot be place 1 of 2"), "{said}");
    assert!(refused_as(installation.place(1), "place=2", "places=2").is_some());
    assert!(refused_as(installation.place(1), "place=1", "places=3").is_some());
    // The same again is well.
    assert_eq!(refused_as(installation.place(1), "place=1", "places=2"), None);
    // Nor does the router take one place for another, or a number of places that is not theirs.
    let mut router = installation.connect();
    let connections =
        |order: &[usize]| order.iter().map(|&place| connection_to(installation.place(place))).collect::<Vec<_>>();
    for order in [&[0, 2, 1][..], &[0, 1]] {
        let error = router.execute("SELECT homer_router.install($1)", &[&connections(order)]).unwrap_err();
        assert_eq!(error.as_db_error().unwrap().code().code(), "22023", "{order:?}");
    }
    router.execute("SELECT homer_router.install($1)", &[&connections(&[0, 1, 2])]).unwrap();
}
