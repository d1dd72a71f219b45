//! The definitions of tools are what each provider takes, and cost little of a prompt.

use homer_tests::*;

const FORMATS: [&str; 5] = ["mcp", "openai", "openai_chat", "anthropic", "gemini"];
const USUAL: [&str; 4] = ["recall", "remember", "forget", "remind"];
const ALL: [&str; 6] = ["recall", "remember", "forget", "remind", "about_user", "find_files"];

fn tools(client: &mut Client, arguments: &str) -> Value {
    value(client, &format!("SELECT homer_tools({arguments})"))
}

#[test]
fn the_usual_tools_cost_less_than_900_tokens_in_any_format() {
    let mut client = session();
    let vocabulary = tiktoken_rs::o200k_base_singleton();
    for format in FORMATS {
        let compact = tools(&mut client, &format!("'{format}'")).to_string();
        // As PostgreSQL writes it, with spaces.
        let as_text: String = value(&mut client, &format!("SELECT homer_tools('{format}')::text"));
        for definitions in [compact, as_text] {
            let tokens = vocabulary.encode_ordinary(&definitions).len();
            assert!((300..900).contains(&tokens), "{format}: {tokens} tokens of {} bytes", definitions.len());
        }
    }
}

#[test]
fn the_same_bytes_come_at_every_call() {
    let database = database();
    let (mut one, mut other) = (database.connect(), database.connect());
    other.batch_execute("SET timezone = 'Asia/Tokyo'; SET lc_messages = 'C'; SET search_path = ''").unwrap();
    for format in FORMATS {
        let first = rows(&mut one, &format!("SELECT homer_tools('{format}')"));
        assert_eq!(first, rows(&mut one, &format!("SELECT homer_tools('{format}', NULL, NULL)")));
        assert_eq!(first, rows(&mut other, &format!("SELECT public.homer_tools('{format}')")));
    }
    assert_eq!(rows(&mut one, "SELECT homer_tools()"), rows(&mut one, "SELECT homer_tools(NULL)"));
    assert_eq!(rows(&mut one, "SELECT provolatile FROM pg_proc WHERE proname = 'homer_tools'"), ["i"]);
}

#[test]
fn only_what_is_named_is_offered_and_what_is_none_is_refused() {
    let mut client = session();
    let names = |tools: Value| -> Vec<String> {
        tools.as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(tools(&mut client, "")), USUAL);
    assert_eq!(names(tools(&mut client, "'openai', '{about_user,recall}'")), ["recall", "about_user"]);
    assert_eq!(
        tools(&mut client, "'anthropic', '{memory}'"),
        json!([{"type": "memory_20250818", "name": "memory"}]),
        "which Anthropic's models know"
    );
    for (arguments, sqlstate, message) in [
        ("'xml'", "ME033", "format must be mcp, openai, openai_chat, anthropic, gemini, not \"xml\""),
        (
            "'mcp', '{recall,memory}'",
            "ME033",
            "only must be recall, remember, forget, remind, about_user, find_files, not \"memory\"",
        ),
        ("'mcp', '{}'", "ME002", "only must not be empty"),
        ("'mcp', '{NULL}'", "ME001", "an element of only must not be null"),
    ] {
        let refusal = refused(&mut client, &format!("SELECT homer_tools({arguments})"));
        assert_eq!((refusal.sqlstate.as_str(), refusal.message.as_str()), (sqlstate, message), "{arguments}");
        assert!(refusal.hint.is_some());
    }
}

/// The definitions in every format, and an answer of every tool, against the types of the SDKs.
#[test]
fn every_format_is_what_the_sdks_take() {
    if !is_installed("python3") {
        return skipped("python3 is not installed");
    }
    let database = database();
    let mut client = database.connect();
    let mut definitions = Vec::new();
    for format in FORMATS {
        for strict in [false, true] {
            let mut names = ALL.to_vec();
            if format == "anthropic" {
                names.push("memory");
            }
            let only = names.join(",");
            let tools = tools(&mut client, &format!("'{format}', '{{{only}}}', {strict}"));
            definitions.push(json!({"format": format, "strict": strict, "tools": tools, "names": names}));
            let usual = self::tools(&mut client, &format!("'{format}', strict => {strict}"));
            definitions.push(json!({"format": format, "strict": strict, "tools": usual, "names": USUAL}));
        }
    }
    client
        .batch_execute(
            "SELECT homer_upsert_profile('maria', 'Maria', 'owner');
             SELECT homer_register_file('maria', 'plan.pdf', 'application/pdf', 1, '/plan.pdf')",
        )
        .unwrap();
    let mut answers = Vec::new();
    for (name, arguments) in [
        ("remember", r#"{"content": "Drinks it black"}"#),
        ("remind", r#"{"content": "Call Pruitt", "due_at": "2999-01-01"}"#),
        ("recall", r#"{"query": "black"}"#),
        ("about_user", "{}"),
        ("find_files", "{}"),
        ("forget", r#"{"memory_id": 1, "never_again": true}"#),
        ("remember", r#"{"content": "Drinks it black"}"#),
        ("recall", r#"{"query": "black"}"#),
    ] {
        let call = format!("SELECT homer_call_tool('maria', '{name}', '{arguments}')");
        let mut answer: Value = value(&mut client, &call);
        assert_eq!(answer["is_error"], json!(false), "{name}: {answer}");
        answer["name"] = json!(name);
        answers.push(answer);
    }
    let path = |of_the_clone: &str| clone().join(of_the_clone).to_str().unwrap().to_owned();
    let given = json!({"definitions": definitions, "answers": answers}).to_string();
    let arguments = [path("scripts/tool-sdks.txt"), path("tests/fixtures/check_tools.py")];
    let said = database.output(&path("scripts/python"), &[&arguments[0], &arguments[1]], &given);
    assert_eq!(said, "102 definitions and 8 answers\n");
}
