//! Clients of the Model Context Protocol find homer's tools, resources and prompt in `homer-server`: the official client, the
//! inspector and the conformance suite, over HTTP and on a program's own input and output, in the new protocol and the old.

use homer_tests::server::{self, Answer, Request, Server};
use homer_tests::*;

pub const FILL: &str = "
    SELECT homer_upsert_profile('maria', 'Maria', 'owner');
    SELECT homer_remember('maria', 'preference', 'Coffee', 'Drinks it black, no sugar.'),
           homer_remember('devon', 'fact', 'Salary', 'A secret of Devon.'), homer_remember(NULL, 'fact', 'Hours', 'Open till six.')";

/// A database with memories of two users and everyone, and a confined role to serve it.
pub fn database_for(role: &str) -> (Database<'static>, Client) {
    let database = database();
    let mut client = database.connect();
    client.batch_execute(FILL).unwrap();
    client.batch_execute(&format!("CREATE ROLE {role} LOGIN; SELECT homer_grant('{role}', 'confined')")).unwrap();
    (database, client)
}

pub fn drop_role(client: &mut Client, role: &str) {
    client.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
}

fn path(of_the_clone: &str) -> String {
    clone().join(of_the_clone).to_str().unwrap().into()
}

/// What the official client in Python is answered: for each of these clients, the version and one answer a step.
pub fn played(database: &Database, clients: &Value) -> Vec<Vec<Value>> {
    let arguments = [path("scripts/tool-sdks.txt"), path("tests/fixtures/use_mcp.py")];
    let said = database.output(&path("scripts/python"), &[&arguments[0], &arguments[1]], &clients.to_string());
    serde_json::from_str(&said).unwrap()
}

/// What a program of the folder tests/fixtures/mcp prints, and whether it is content.
fn ran(arguments: &[&str]) -> (bool, String) {
    let mut command = std::process::Command::new(path("scripts/node"));
    let output = command.arg(path("tests/fixtures/mcp")).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

/// Each way to talk, of which all have to answer alike.
fn all_ways(database: &Database, server: &Server, role: &str) -> Vec<Value> {
    let over_http = json!({"url": server.url(), "headers": {"x-user": "maria"}});
    let variables: serde_json::Map<_, _> =
        server::variables(database, role).into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let as_program = json!({"command": server::program(), "args": ["mcp", "--user", "maria"], "env": variables});
    let ways = [over_http, as_program];
    ways.iter().flat_map(|way| ["legacy", "auto"].map(|mode| json!({"server": way, "mode": mode}))).collect()
}

const VERSIONS: [&str; 4] = ["2025-11-25", "2026-07-28", "2025-11-25", "2026-07-28"];

/// The clients that take all ways and these steps.
fn on_all_ways(ways: &[Value], steps: &Value) -> Value {
    let with_steps = |way: &Value| {
        let mut client = way.clone();
        client["steps"] = steps.clone();
        client
    };
    ways.iter().map(with_steps).collect()
}

#[test]
fn the_official_client_is_offered_what_the_database_offers() {
    if !is_installed("python3") {
        return skipped("python3 is not installed");
    }
    let (database, mut client) = database_for("mcp_offering");
    let server = Server::of_proxy(&database, "mcp_offering");
    let ways = all_ways(&database, &server, "mcp_offering");
    let steps = json!([["list_tools"], ["list_resources"], ["list_prompts"]]);
    let definitions: Value = value(&mut client, "SELECT homer_tools('mcp')");
    for (answers, version) in played(&database, &on_all_ways(&ways, &steps)).iter().zip(VERSIONS) {
        assert_eq!(answers[0], json!(version));
        assert_eq!(answers[1]["tools"], definitions, "{version}");
        let uris: Vec<_> =
            answers[2]["resources"].as_array().unwrap().iter().map(|resource| resource["uri"].clone()).collect();
        assert_eq!(uris, ["homer://context", "homer://profile"]);
        assert_eq!(answers[3]["prompts"][0]["name"], json!("remembered"));
        assert_eq!(answers[3]["prompts"][0]["arguments"][0]["name"], json!("question"));
        assert_eq!(answers[3]["prompts"].as_array().unwrap().len(), 1);
    }
    server.stop();
    drop_role(&mut client, "mcp_offering");
}

#[test]
fn the_official_client_remembers_recalls_and_forgets() {
    if !is_installed("python3") {
        return skipped("python3 is not installed");
    }
    let (database, mut client) = database_for("mcp_calling");
    let server = Server::of_proxy(&database, "mcp_calling");
    let steps = json!([
        ["call_tool", "remember", {"content": "Her bike is green.", "category": "fact"}],
        ["call_tool", "recall", {"query": "Which colour has the bike?"}],
        ["call_tool", "forget", {"memory_id": 4}],
        ["call_tool", "recall", {"query": "Which colour has the bike?"}],
        ["call_tool", "recall", {"query": "coffee"}],
        ["call_tool", "recall", {"query": "salary secret"}],
    ]);
    // One after the other, because each finds and forgets what it has remembered itself.
    for (way, version) in all_ways(&database, &server, "mcp_calling").iter().zip(VERSIONS) {
        client
            .batch_execute("DELETE FROM homer_memories WHERE id > 3; SELECT setval('homer_memories_id_seq', 3)")
            .unwrap();
        let answers = played(&database, &on_all_ways(std::slice::from_ref(way), &steps)).remove(0);
        assert_eq!(answers[0], json!(version));
        let text = |step: usize| answers[step]["content"][0]["text"].as_str().unwrap();
        assert_eq!(text(1), "Added as #4.");
        assert_eq!(answers[1]["structuredContent"], json!({"id": 4, "outcome": "added"}));
        assert!(
            text(2).contains("Her bike is green.") && text(2).contains("Searched: maria, everyone."),
            "{}",
            text(2)
        );
        assert_eq!(answers[2]["structuredContent"]["memories"][0]["content"], json!("Her bike is green."));
        assert_eq!(text(3), "Forgot #4.");
        assert!(text(4).contains("0 of "), "{}", text(4));
        assert!(text(5).contains("Drinks it black, no sugar."), "{}", text(5));
        assert!(text(6).contains("0 of "), "what Devon told is not Maria's: {}", text(6));
        assert!(answers[1..].iter().all(|answer| answer["isError"] == json!(false)), "{answers:?}");
    }
    // Control: who sees everyone's rows finds it.
    assert!(
        rows(&mut client, "SELECT content FROM homer_relevant_memories('devon', query => 'salary secret')")[0]
            .contains("Devon")
    );
    server.stop();
    drop_role(&mut client, "mcp_calling");
}

#[test]
fn the_official_client_reads_the_context_the_profile_and_the_prompt() {
    if !is_installed("python3") {
        return skipped("python3 is not installed");
    }
    let (database, mut client) = database_for("mcp_reading");
    let server = Server::of_proxy(&database, "mcp_reading");
    let ways = all_ways(&database, &server, "mcp_reading");
    let steps = json!([
        ["read_resource", "homer://context"],
        ["read_resource", "homer://profile"],
        ["get_prompt", "remembered", {"question": "How does she take her coffee?"}],
        ["get_prompt", "remembered"],
        ["read_resource", "homer://salary"],
        ["get_prompt", "forgotten"],
    ]);
    for answers in played(&database, &on_all_ways(&ways, &steps)) {
        let of_resource = |step: usize| answers[step]["contents"][0]["text"].as_str().unwrap();
        for text in [of_resource(1), answers[3]["messages"][0]["content"]["text"].as_str().unwrap()] {
            assert!(text.starts_with("<homer_memory>\n") && text.contains("Drinks it black, no sugar."), "{text}");
            assert!(text.contains("- Name: Maria") && !text.contains("Devon"), "{text}");
        }
        assert_eq!(answers[1]["contents"][0]["uri"], json!("homer://context"));
        assert!(of_resource(2).contains("- Display name: Maria") && !of_resource(2).contains("Devon"));
        assert_eq!(answers[3]["messages"][1]["content"]["text"], json!("How does she take her coffee?"));
        assert_eq!(answers[3]["messages"].as_array().unwrap().len(), 2);
        assert_eq!(answers[4]["messages"].as_array().unwrap().len(), 1, "nothing was asked");
        assert_eq!(
            answers[5]["error"]["message"],
            json!("There is no such resource: read homer://context or homer://profile.")
        );
        assert_eq!(answers[5]["error"]["data"], json!({"uri": "homer://salary"}));
        assert_eq!(answers[6]["error"]["message"], json!("There is no such prompt: get remembered."));
    }
    server.stop();
    drop_role(&mut client, "mcp_reading");
}

#[test]
fn the_inspector_lists_calls_and_reads() {
    if !is_installed("npm") {
        return skipped("npm is not installed");
    }
    let (database, mut client) = database_for("mcp_inspected");
    let server = Server::of_proxy(&database, "mcp_inspected");
    let (url, program) = (server.url(), server::program());
    let variables = server::variables(&database, "mcp_inspected").map(|(name, value)| format!("{name}={value}"));
    let mut as_program = vec![program.to_str().unwrap(), "mcp", "--user", "maria"];
    variables.iter().for_each(|variable| as_program.extend(["-e", variable]));
    let definitions: Value = value(&mut client, "SELECT homer_tools('mcp')");
    for way in [vec![url.as_str(), "--header", "x-user: maria"], as_program] {
        let inspected = |options: &[&str]| {
            let (content, said) = ran(&[&["mcp-inspector", "--cli"], way.as_slice(), options].concat());
            assert!(content, "{said}");
            // What the program has logged may stand before or after it.
            let json = &said[said.find("\n{").map_or(0, |at| at + 1)..];
            let mut values = serde_json::Deserializer::from_str(json).into_iter::<Value>();
            values.next().unwrap().unwrap_or_else(|_| panic!("no JSON: {said}"))
        };
        assert_eq!(inspected(&["--method", "tools/list"])["tools"], definitions);
        let call = ["--method", "tools/call", "--tool-name", "recall", "--tool-arg", "query=coffee"];
        assert_eq!(
            inspected(&call)["structuredContent"]["memories"][0]["content"],
            json!("Drinks it black, no sugar.")
        );
        let profile = inspected(&["--method", "resources/read", "--uri", "homer://profile"]);
        assert!(profile["contents"][0]["text"].as_str().unwrap().contains("Maria"));
    }
    let (content, said) = ran(&["mcp-inspector", "--cli", &url, "--stored-auth-only", "--method", "tools/list"]);
    assert!(!content && !said.contains("Search what is remembered"), "nobody was named: {said}");
    server.stop();
    drop_role(&mut client, "mcp_inspected");
}

/// The suite asks for what its own example server offers. What homer does not offer is in tests/fixtures/mcp/not-offered-*.yml, each
/// with a reason, and the suite fails when one of those holds, or anything else does not.
#[test]
fn the_conformance_suite_finds_no_fault_that_is_not_explained() {
    if !is_installed("npm") {
        return skipped("npm is not installed");
    }
    let (database, mut client) = database_for("mcp_conforming");
    let server = Server::of_proxy(&database, "mcp_conforming");
    let port = server.address().port().to_string();
    for (revision, passing) in [
        ("2025-11-25", ["server-initialize", "ping", "tools-list", "tools-call-error"].as_slice()),
        ("2026-07-28", &["tools-list", "caching", "http-header-validation", "sep-2164-resource-not-found"]),
    ] {
        let (content, said) = ran(&["node", "conform.js", &port, "maria", revision]);
        assert!(content, "{said}");
        for scenario in [passing, &["resources-list", "prompts-list", "dns-rebinding-protection"]].concat() {
            assert!(said.contains(&format!("✓ {scenario}: ")), "{scenario}: {said}");
        }
    }
    server.stop();
    drop_role(&mut client, "mcp_conforming");
}

/// A trigger of the application refuses, in words of its own; the database is read-only; the model asks for nonsense.
#[test]
fn what_the_database_refuses_reaches_the_model_with_what_to_do() {
    let (database, mut client) = database_for("mcp_refusing");
    client
        .batch_execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 RAISE EXCEPTION 'no memories on Sundays' USING HINT = 'Come back on Monday.', ERRCODE = 'SU001'; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON homer_memories FOR EACH ROW
                 WHEN (NEW.subject = 'Sunday') EXECUTE FUNCTION refuse()",
        )
        .unwrap();
    let server = Server::of_proxy(&database, "mcp_refusing");
    let refused = |answer: &Answer| {
        let result = &answer.json()["result"];
        assert_eq!((answer.status, &result["isError"]), (200, &json!(true)), "{answer:?}");
        format!(
            "{}|{}",
            result["content"][0]["text"].as_str().unwrap(),
            result["structuredContent"]["sqlstate"].as_str().unwrap()
        )
    };
    let sunday = Request::to_call("remember", json!({"subject": "Sunday", "content": "Rests."})).from("maria");
    assert_eq!(refused(&server.ask(&sunday)), "Error: no memories on Sundays. Come back on Monday.|SU001");
    let nothing = Request::to_call("forget", json!({"memory_id": 2})).from("maria");
    assert_eq!(
        refused(&server.ask(&nothing)),
        "Error: memory 2 does not exist. Pass the number after # in a line that recall gave.|ME010"
    );
    let unknown = Request::to_call("dream", json!({})).from("maria");
    assert!(refused(&server.ask(&unknown)).starts_with("Error: "), "a tool that is none");
    let nul = Request::to_call("remember", json!({"content": "a\u{0}b"})).from("maria");
    assert!(refused(&server.ask(&nul)).starts_with("Error: "), "a character that PostgreSQL stores in no text");

    client.batch_execute("ALTER ROLE mcp_refusing SET default_transaction_read_only = on").unwrap();
    let reading = Server::of_proxy(&database, "mcp_refusing");
    let remember = Request::to_call("remember", json!({"content": "Rests on Sunday."})).from("maria");
    assert!(refused(&reading.ask(&remember)).ends_with("This memory can be read and not changed now.|25006"));
    let recall = Request::to_call("recall", json!({"query": "coffee"})).from("maria");
    assert!(reading.ask(&recall).text().contains("Drinks it black, no sugar."));
    assert_eq!(rows(&mut client, "SELECT count(*) FROM homer_memories WHERE id > 0"), ["3"], "nothing was kept");
    // Control: the same is kept where the database takes it.
    assert_eq!(server.ask(&remember).text(), "Added as #5.");
    reading.stop();
    server.stop();
    drop_role(&mut client, "mcp_refusing");
}

/// The settings for each client in docs/server.md, with this test's database in place of db.example.
#[test]
fn the_settings_in_the_docs_serve_each_client() {
    if !is_installed("python3") {
        return skipped("python3 is not installed");
    }
    let (database, mut client) = database_for("memory_served");
    let page = std::fs::read_to_string(clone().join("docs/server.md")).unwrap();
    let blocks = page.split("```json\n").skip(1).map(|block| block.split("```").next().unwrap());
    let (mut programs, mut urls) = (Vec::new(), Vec::new());
    for block in blocks {
        let settings: Value = serde_json::from_str(block).unwrap_or_else(|error| panic!("{error}: {block}"));
        let homer =
            ["mcpServers", "servers"].iter().find_map(|key| settings[key].get("homer")).expect("a server homer");
        match homer.get("command") {
            Some(command) => {
                assert_eq!((command, &homer["env"]["PGUSER"]), (&json!("homer-server"), &json!("memory_server")));
                let mut variables = homer["env"].clone();
                for (name, value) in server::variables(&database, "memory_served") {
                    variables[name] = json!(value);
                }
                let server = json!({"command": server::program(), "args": homer["args"], "env": variables});
                programs.push(json!({"server": server, "mode": "auto", "steps": [["call_tool", "recall", {}]]}));
            }
            None => urls.push(format!("{} {}", homer["url"], homer["headers"]["Authorization"])),
        }
    }
    let answers = played(&database, &json!(programs));
    assert_eq!(answers.len(), 3);
    for answer in answers {
        assert!(answer[1]["content"][0]["text"].as_str().unwrap().contains("Drinks it black"), "{answer:?}");
    }
    assert_eq!(urls.len(), 3);
    assert!(urls.iter().all(|url| url.starts_with("\"https://memory.example/mcp\" \"Bearer ${")), "{urls:?}");
    drop_role(&mut client, "memory_served");
}
