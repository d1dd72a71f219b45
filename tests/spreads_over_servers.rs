//! homer over several servers: the same calls through the router, each answered where its user's memories are.

mod claims_once;
mod copies_files;
mod equals_one_server;
mod goes_on_without_a_server;
mod keeps_roles_apart;
mod moves_a_place;
mod refuses_what_it_cannot;
mod runs_the_tests_of_functions;

use homer_tests::*;

#[test]
fn what_a_user_is_told_lies_at_their_place_and_what_everyone_is_told_at_all() {
    let Some(servers) = Servers::several(3) else { return };
    let installation = servers.install(3);
    let mut router = installation.connect();
    let first = |place: i64| (place << 26).max(1);
    for place in 1..=3 {
        let user = installation.user_of(place);
        let told = format!("SELECT id, outcome FROM homer_remember('{user}', 'fact', 'Coffee', 'Black, of {user}.')");
        assert_eq!(rows(&mut router, &told), [format!("{}|added", first(place as i64))]);
    }
    assert_eq!(
        rows(&mut router, "SELECT id, outcome FROM homer_remember(NULL, 'fact', 'Hours', 'Till six.')"),
        ["1|added"]
    );
    for place in 0..=3 {
        let mut node = installation.place(place).connect();
        let mut expected = vec!["1|null|Till six.".to_owned()];
        if place > 0 {
            let user = installation.user_of(place);
            expected.push(format!("{}|{user}|Black, of {user}.", first(place as i64)));
        }
        assert_eq!(rows(&mut node, "SELECT id, user_id, content FROM homer_memories ORDER BY id"), expected, "{place}");
    }
}
