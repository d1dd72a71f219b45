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
