//! A file's record lies at its owner's place, and a copy wherever somebody may see it: made when it is shared, and gone when it is not.

use homer_tests::*;

/// Which places hold a file of this name, each with the number of its links.
fn holders(installation: &Installation, name: &str) -> Vec<String> {
    let held = format!(
        "SELECT homer_place.place(), (SELECT count(*) FROM homer_file_messages AS l WHERE l.file_id = f.file_id)
           FROM homer_files AS f WHERE original_name = '{name}'"
    );
    (0..=installation.number_of_places())
        .flat_map(|place| rows(&mut installation.place(place).connect(), &held))
        .collect()
}

fn sees(router: &mut Client, user: &str) -> Vec<String> {
    rows(router, &format!("SELECT original_name FROM homer_accessible_files('{user}', query => 'deposit') ORDER BY 1"))
}

#[test]
fn a_file_is_where_somebody_sees_it_and_nowhere_else() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(3);
    let mut router = installation.connect();
    let [owner, other, third] = [1, 2, 3].map(|place| installation.user_of(place));
    // Long enough to be stored out of line, and to be sent once only.
    let file: String = value(
        &mut router,
        &format!(
            "SELECT homer_register_file('{owner}', 'lease.pdf', 'application/pdf', 1, '/lease', extracted_text => repeat('The deposit. ', 10000))"
        ),
    );
    assert_eq!(&file[32..], "0001");
    assert_eq!(sees(&mut router, &owner), ["lease.pdf"]);
    assert_eq!(sees(&mut router, &other), [""; 0]);
    assert_eq!(holders(&installation, "lease.pdf"), ["1|0"]);
    let can_read = |router: &mut Client, user: &str| -> bool {
        value(router, &format!("SELECT homer_can_read_file('{user}', '{file}')"))
    };

    rows(&mut router, &format!("SELECT homer_link_file('{file}', 'c', 'm-1', 'inbound')"));
    rows(&mut router, &format!("SELECT homer_share_file('{file}', ARRAY['{other}', '{owner}'])"));
    assert_eq!(holders(&installation, "lease.pdf"), ["1|1", "2|1"]);
    rows(&mut router, &format!("SELECT homer_link_file('{file}', 'c', 'm-2', 'outbound', 'Here.', '{other}')"));
    assert_eq!(holders(&installation, "lease.pdf"), ["1|2", "2|2"]);
    assert_eq!(sees(&mut router, &other), ["lease.pdf"]);
    assert_eq!(sees(&mut router, &third), [""; 0]);
    assert!(can_read(&mut router, &other) && !can_read(&mut router, &third));
    let carried = format!("SELECT message_id, direction, context FROM homer_conversation_files('c', '{other}')");
    assert_eq!(rows(&mut router, &carried), ["m-1|inbound|null", "m-2|outbound|Here."]);
    assert_eq!(rows(&mut router, "SELECT message_id FROM homer_conversation_files('c')"), ["m-1", "m-2"]);
    let text = format!("SELECT length(extracted_text) FROM homer_conversation_files('c', '{other}') LIMIT 1");
    assert_eq!(rows(&mut router, &text), ["130000"]);
    let block = format!("SELECT homer_context('{other}', 'deposit', conversation_id => 'c') LIKE '%lease.pdf%'");
    assert!(value::<bool>(&mut router, &block));

    // What another did with it is theirs: in their document, and gone with them.
    let links =
        format!("SELECT jsonb_path_query_array(homer_export_user('{other}'), '$.homer_file_messages[*].message_id')");
    assert_eq!(rows(&mut router, &links), ["[\"m-2\"]"]);

    rows(&mut router, &format!("SELECT homer_publish_file('{file}')"));
    assert_eq!(holders(&installation, "lease.pdf"), ["0|2", "1|2", "2|2", "3|2"]);
    assert_eq!(sees(&mut router, &third), ["lease.pdf"]);
    assert_eq!(rows(&mut router, "SELECT files, files_published, file_links FROM homer_stats()"), ["1|1|2"]);
    rows(&mut router, &format!("SELECT homer_publish_file('{file}', false)"));
    assert_eq!(holders(&installation, "lease.pdf"), ["1|2", "2|2"]);

    rows(&mut router, &format!("SELECT homer_unshare_file('{file}', ARRAY['{other}'])"));
    assert_eq!(holders(&installation, "lease.pdf"), ["1|2"]);
    assert_eq!(sees(&mut router, &other), [""; 0]);
    assert!(!can_read(&mut router, &other));
    // They do not see it any more, and it is still known that they linked it.
    assert_eq!(rows(&mut router, &links), ["[\"m-2\"]"]);
    let erased = format!("SELECT homer_erase_user('{other}') ->> 'homer_file_messages'");
    assert_eq!(rows(&mut router, &erased), ["1"]);
    assert_eq!(holders(&installation, "lease.pdf"), ["1|1"]);

    rows(&mut router, &format!("SELECT homer_share_file('{file}', ARRAY['{third}'])"));
    assert_eq!(holders(&installation, "lease.pdf"), ["1|1", "3|1"]);
    assert_eq!(rows(&mut router, &format!("SELECT original_name FROM homer_remove_file('{file}')")), ["lease.pdf"]);
    assert_eq!(holders(&installation, "lease.pdf"), [""; 0]);
    assert_eq!(refused(&mut router, &format!("SELECT homer_remove_file('{file}')")).sqlstate, "ME030");
}

#[test]
fn a_person_is_erased_at_every_place_and_comes_back_with_what_they_share() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(3);
    let mut router = installation.connect();
    let [owner, other, third] = [1, 2, 3].map(|place| installation.user_of(place));
    let file = "5e0c2f9a-1b7d-4c3e-8f60-9a2d4b6c8e01";
    let others_file = "5e0c2f9a-1b7d-4c3e-8f60-9a2d4b6c8e02";
    for (id, user, name) in [(file, &owner, "mine.pdf"), (others_file, &other, "theirs.pdf")] {
        let register = format!("SELECT homer_register_file('{user}', '{name}', 'm', 1, '/p', file_id => '{id}')");
        assert_eq!(rows(&mut router, &register), [id]);
    }
    // An id that is there at another place is there.
    let again = format!("SELECT homer_register_file('{third}', 'x', 'm', 1, '/p', file_id => '{file}')");
    assert_eq!(refused(&mut router, &again).sqlstate, "ME031");
    router
        .batch_execute(&format!(
            "SELECT homer_remember('{owner}', 'fact', 'Coffee', 'Black.');
             SELECT homer_share_file('{file}', ARRAY['{third}']);
             SELECT homer_share_file('{others_file}', ARRAY['{owner}', '{third}']);
             SELECT homer_link_file('{others_file}', 'c', 'm', 'inbound', 'why', '{owner}')"
        ))
        .unwrap();
    let document: Value = value(&mut router, &format!("SELECT homer_export_user('{owner}')"));
    assert_eq!(document["homer_file_messages"].as_array().unwrap().len(), 1);
    assert_eq!(document["files_shared_with_user"], json!([others_file]));

    let erased: Value = value(&mut router, &format!("SELECT homer_erase_user('{owner}')"));
    for (table, count) in
        [("homer_memories", 1), ("homer_files", 1), ("homer_file_messages", 1), ("files_shared_with_user", 1)]
    {
        assert_eq!(erased[table], count, "{table}");
    }
    assert_eq!(holders(&installation, "mine.pdf"), [""; 0]);
    assert_eq!(holders(&installation, "theirs.pdf"), ["2|0", "3|0"]);
    let nothing: Value = value(&mut router, &format!("SELECT homer_erase_user('{owner}')"));
    assert!(nothing.as_object().unwrap().values().all(|count| count == 0), "{nothing}");

    // The other shares again, and the document brings the rest back.
    rows(&mut router, &format!("SELECT homer_share_file('{others_file}', ARRAY['{owner}'])"));
    let import = router.query_one("SELECT homer_import_user($1)", &[&document]).unwrap().get::<_, Value>(0);
    assert_eq!(import["homer_files"], json!({"added": 1, "present": 0}));
    assert_eq!(import["homer_file_messages"], json!({"added": 1, "present": 0}));
    assert_eq!(holders(&installation, "mine.pdf"), ["1|0", "3|0"]);
    assert_eq!(holders(&installation, "theirs.pdf"), ["1|1", "2|1", "3|1"]);
    let back: Value = value(&mut router, &format!("SELECT homer_export_user('{owner}')"));
    assert_eq!(back["homer_file_messages"][0]["context"], "why");
}

#[test]
fn of_many_who_share_and_unshare_at_once_the_copies_are_what_the_record_says() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(3);
    let mut router = installation.connect();
    let [owner, other, third] = [1, 2, 3].map(|place| installation.user_of(place));
    let file: String = value(
        &mut router,
        &format!("SELECT homer_register_file('{owner}', 'f', 'm', 1, '/p', extracted_text => 'deposit')"),
    );
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (mut session, file, user) =
                (installation.connect(), &file, if worker % 2 == 0 { &other } else { &third });
            scope.spawn(move || {
                for round in 0..15 {
                    let call = if (round + worker / 2) % 2 == 0 { "share" } else { "unshare" };
                    session.batch_execute(&format!("SELECT homer_{call}_file('{file}', ARRAY['{user}'])")).unwrap();
                    let link = format!("SELECT homer_link_file('{file}', 'c', '{worker}-{round}', 'inbound')");
                    session.batch_execute(&link).unwrap();
                }
            });
        }
    });
    let shared_with = format!("SELECT shared_with FROM homer_share_file('{file}', '{{}}')");
    let shared_with: Value = value(&mut router, &shared_with);
    let mut expected = vec!["1|60"];
    for (user, held) in [(&other, "2|60"), (&third, "3|60")] {
        if shared_with.as_array().unwrap().iter().any(|shared| shared == user.as_str()) {
            expected.push(held);
        }
    }
    assert_eq!(holders(&installation, "f"), expected, "{shared_with}");
}
