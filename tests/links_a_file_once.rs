//! Linking the same file to the same message in the same direction twice is one link.

use homer_tests::*;
use std::collections::HashSet;
use std::thread;

const FILE: &str = "11111111-1111-4111-8111-111111111111";

fn register(client: &mut Client) {
    rows(client, &format!("SELECT homer_register_file('maria', 'plan.pdf', 'm', 1, '/p', file_id => '{FILE}')"));
}

#[test]
fn the_second_link_is_the_first() {
    let mut client = session_of_nobody();
    register(&mut client);
    let mut link =
        |arguments: &str| value::<i32>(&mut client, &format!("SELECT homer_link_file('{FILE}', {arguments})"));
    let first = link("'c', 'm', 'inbound', 'the plan'");
    assert_eq!(link("'c', 'm', 'inbound', 'the plan'"), first);
    assert_eq!(link("'c', 'm', 'inbound', 'another context'"), first);
    // Another direction, message or conversation is another link, also where the two ids run together alike.
    let others = [link("'c', 'm', 'outbound'"), link("'c', 'm2', 'inbound'"), link("'cm', '2', 'inbound'")];
    assert_eq!(HashSet::from(others).len(), 3);
    assert!(!others.contains(&first));
    assert_eq!(
        rows(&mut client, "SELECT message_id, direction, context FROM homer_conversation_files('c')"),
        ["m|inbound|the plan", "m|outbound|null", "m2|inbound|null"],
        "in the order of the conversation"
    );
    let again = format!(
        "INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction) VALUES ('{FILE}', 'c', 'm', 'inbound')"
    );
    assert_eq!(refused(&mut client, &again).sqlstate, "23505", "an application's own insert");
}

#[test]
fn of_many_who_link_at_once_all_get_the_same_link() {
    let database = database_of_nobody();
    register(&mut database.connect());
    let links: Vec<Vec<i32>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..8)
            .map(|_| {
                let mut client = database.connect();
                scope.spawn(move || {
                    (0..50)
                        .map(|n| {
                            value(&mut client, &format!("SELECT homer_link_file('{FILE}', 'c', 'm{n}', 'inbound')"))
                        })
                        .collect()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    assert!(links.iter().all(|of_one| *of_one == links[0]));
    assert_eq!(value::<i64>(&mut database.connect(), "SELECT count(*) FROM homer_file_messages"), 50);
}

/// Swift and .NET write them so.
#[test]
fn a_file_is_known_by_its_id_in_capitals_too() {
    let mut client = session_of_nobody();
    let client = &mut client;
    const CAPITALS: &str = "E621E1F8-C36C-495A-93FC-0C247A3E6E5F";
    rows(client, &format!("SELECT homer_register_file('maria', 'plan.pdf', 'm', 1, '/p', file_id => '{CAPITALS}')"));
    // One that an application stored in capitals by itself stays what it is.
    let by_itself = "E621E1F8-C36C-495A-93FC-0C247A3E6E50";
    let stored = format!(
        "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size)
         VALUES ('{by_itself}', 'maria', 'own.pdf', 'm', '/own', 1)"
    );
    client.batch_execute(&stored).unwrap();
    for id in [CAPITALS, by_itself] {
        let of_file = |function: &str, arguments: &str| format!("SELECT homer_{function}_file('{id}'{arguments})");
        assert!(value::<bool>(client, &format!("SELECT homer_can_read_file('maria', '{id}')")));
        for call in [
            of_file("link", ", 'c', 'm', 'inbound'"),
            of_file("share", ", '{devon}'"),
            of_file("unshare", ", '{devon}'"),
            of_file("publish", ""),
            of_file("remove", ""),
        ] {
            client.batch_execute(&call).unwrap_or_else(|error| panic!("{call}: {error:?}"));
        }
    }
    assert_eq!(rows(client, "SELECT file_id FROM homer_files"), [""; 0]);
}
