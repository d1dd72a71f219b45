//! Many clients of many users at once, on few connections to the database: none is shown what another user's memory holds.

use homer_tests::server::{self, Connection, Request, Server};
use homer_tests::*;

use crate::serves_mcp::{drop_role, played};

const USERS: usize = 8;
const CLIENTS: usize = 64;

fn user(number: usize) -> String {
    format!("user-{}", number % USERS)
}

/// Every user has memories of the same subjects in the same conversation, told in turns, one that is refused, and a profile.
const FILL: &str = "
    SELECT homer_remember('user-' || u, 'fact', 'Code ' || n, 'The code ' || n || ' is code-of-user-' || u, source_conversation_id => 'c')
      FROM generate_series(1, 5) AS n, generate_series(0, 7) AS u;
    SELECT homer_reject(id) FROM homer_remember('user-0', 'fact', 'Code', 'Refused by user 0') WHERE id IS NOT NULL;
    SELECT homer_upsert_profile('user-' || u, 'Name of user-' || u, 'owner') FROM generate_series(0, 7) AS u;
    SELECT homer_remember(NULL, 'fact', 'Code', 'The code of the door is 1234 for everyone')";

fn serve(role: &str) -> (Database<'static>, Client, Server) {
    let database = database();
    let mut client = database.connect();
    client.batch_execute(FILL).unwrap();
    client.batch_execute(&format!("CREATE ROLE {role} LOGIN; SELECT homer_grant('{role}', 'confined')")).unwrap();
    let mut command = server::command(&database, role);
    command.args(["mcp", "--http", "--listen", "127.0.0.1:0", "--user-header", "x-user", "--proxy", "127.0.0.1"]);
    // So few that every one of them serves every user.
    command.args(["--connections", "3", "--time-limit", "120", "--request-limit", "240"]);
    (database, client, Server::start(command))
}

fn assert_is_of(own: &str, text: &str) {
    assert!(text.contains(&format!("code-of-{own}")), "{own}: {text}");
    let of_others = (0..USERS).map(user).filter(|other| other != own);
    for other in of_others {
        assert!(!text.contains(&other), "{own} is shown what is {other}'s: {text}");
    }
}

#[test]
fn sixty_four_clients_as_eight_users_see_what_is_their_users() {
    if !is_installed("python3") {
        return skipped("python3 is not installed");
    }
    let (database, mut client, server) = serve("mcp_apart");
    let told: Vec<Value> = (0..CLIENTS)
        .map(|number| {
            let note = format!("Note {number} of {}: code-of-{}", user(number), user(number));
            json!({
                "server": {"url": server.url(), "headers": {"x-user": user(number)}},
                "mode": if (number / USERS).is_multiple_of(2) { "auto" } else { "legacy" },
                "steps": [
                    ["call_tool", "recall", {"query": "What is the code?", "limit": 20}],
                    ["call_tool", "remember", {"content": note, "subject": format!("Note {number}")}],
                    ["read_resource", "homer://context"],
                    ["get_prompt", "remembered", {"question": "What is the code of the door?"}],
                    ["call_tool", "recall", {"query": "the notes", "limit": 20}],
                ],
            })
        })
        .collect();
    for (number, answers) in played(&database, &json!(told)).iter().enumerate() {
        assert_eq!(answers.len(), 6);
        for seen in [&answers[1], &answers[3], &answers[4], &answers[5]] {
            assert_is_of(&user(number), &seen.to_string());
        }
        assert_eq!(answers[2]["structuredContent"]["outcome"], json!("added"), "{answers:?}");
    }
    // Each note lies where its client's user is.
    let notes = "SELECT user_id, count(*), bool_and(content LIKE '%of ' || user_id || ': code-of-' || user_id)
                   FROM homer_memories WHERE subject LIKE 'Note %' GROUP BY 1 ORDER BY 1";
    let expected: Vec<_> = (0..USERS).map(|number| format!("{}|{}|t", user(number), CLIENTS / USERS)).collect();
    assert_eq!(rows(&mut client, notes), expected);
    server.stop();
    drop_role(&mut client, "mcp_apart");
}

#[test]
fn one_connection_that_speaks_for_one_user_after_the_other_mixes_none() {
    let (_database, mut client, server) = serve("mcp_in_turns");
    let address = server.address();
    let speak = |first: usize| {
        let mut connection = Connection::to(address);
        for turn in first..first + 3 * USERS {
            let own = user(turn);
            let recalled =
                connection.ask(&Request::to_call("recall", json!({"query": "code", "limit": 20})).from(&own));
            assert_is_of(&own, &recalled.body);
            // Ids go round: memory 1 is user-0's, memory 2 user-1's.
            let of_the_next = Request::to_call("forget", json!({"memory_id": (turn + 1) % USERS + 1})).from(&own);
            let text = connection.ask(&of_the_next).text();
            assert!(text.starts_with("Error: memory "), "{own}: {text}");
        }
    };
    std::thread::scope(|scope| (0..16).for_each(|first| _ = scope.spawn(move || speak(first))));
    let forgotten = "SELECT count(*) FROM homer_memories WHERE NOT is_active AND content LIKE 'The code%'";
    assert_eq!(rows(&mut client, forgotten), ["0"]);
    // Control: the same call forgets what is one's own.
    let own = Request::to_call("forget", json!({"memory_id": 1})).from("user-0");
    assert_eq!(server.ask(&own).text(), "Forgot #1.");
    server.stop();
    drop_role(&mut client, "mcp_in_turns");
}
