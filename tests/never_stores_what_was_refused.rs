//! What a user has refused is not stored again, in any spelling, whatever has become of the memory since.

use homer_tests::*;

fn remember(client: &mut Client, user: &str, content: &str) -> String {
    let row = client
        .query_one("SELECT id, outcome FROM homer_remember($1, 'fact', 'another subject', $2)", &[&user, &content])
        .unwrap();
    format!("{}|{}", row.get::<_, i32>(0), row.get::<_, &str>(1))
}

fn rejected(client: &mut Client) {
    client.batch_execute("SELECT homer_remember('maria', 'fact', 'Health', 'Has diabetes.')").unwrap();
    assert!(value::<bool>(client, "SELECT homer_reject(1)"));
}

#[test]
fn a_refused_content_is_rejected_in_any_spelling_and_for_this_user_alone() {
    let mut client = session_of_nobody();
    rejected(&mut client);
    assert_eq!(rows(&mut client, "SELECT content FROM homer_relevant_memories('maria')"), Vec::<String>::new());
    for spelling in ["Has diabetes.", "HAS  DIABETES!!", "Ｈａｓ diabetes", "Hаs dіabetes", "Has dia\u{200B}betes"]
    {
        assert_eq!(remember(&mut client, "maria", spelling), "1|rejected", "{spelling}");
    }
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_memories"), 1, "nothing was stored");
    // Controls: a paraphrase passes, and another user's is stored.
    assert!(remember(&mut client, "maria", "Suffers from diabetes").ends_with("added"));
    assert!(remember(&mut client, "devon", "Has diabetes.").ends_with("added"));
}

#[test]
fn a_refusal_outlives_the_memory() {
    for fate in [
        "DELETE FROM homer_memories",
        "TRUNCATE homer_memories RESTART IDENTITY",
        "UPDATE homer_memories SET expires_at = '2020-01-01', is_active = true; SELECT homer_expire_memories()",
        "UPDATE homer_memories SET content = 'Is well', is_active = true;
         SELECT homer_remember('maria', 'fact', 's', 'Is very well', supersedes => 1)",
    ] {
        let mut client = session();
        rejected(&mut client);
        client.batch_execute(fate).unwrap();
        assert_eq!(remember(&mut client, "maria", "has diabetes"), "1|rejected", "{fate}");
    }
}

/// What was superseded or forgotten can be refused still, so that it does not come back.
#[test]
fn a_retired_memory_can_be_rejected() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'Has diabetes');
             SELECT homer_remember('maria', 'fact', 's', 'Is well', supersedes => 1)",
        )
        .unwrap();
    assert!(value::<bool>(&mut client, "SELECT homer_reject(1)"));
    assert!(!value::<bool>(&mut client, "SELECT homer_reject(1)"), "it was refused already");
    assert_eq!(remember(&mut client, "maria", "has diabetes"), "1|rejected");
    assert_eq!(rows(&mut client, "SELECT content FROM homer_relevant_memories('maria')"), ["Is well"]);
}

#[test]
fn every_memory_of_the_user_that_says_the_same_is_retired() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content) VALUES
                ('maria', 'fact', 's', 'Has diabetes'), ('maria', 'context', 't', 'HAS DIABETES!'),
                ('maria', 'fact', 's', 'Has a dog'), ('devon', 'fact', 's', 'Has diabetes');
             SELECT homer_remind('maria', 's', 'has diabetes', '2999-01-01')",
        )
        .unwrap();
    assert!(value::<bool>(&mut client, "SELECT homer_reject(2)"));
    let active = "SELECT user_id, content FROM homer_memories WHERE is_active ORDER BY id";
    assert_eq!(rows(&mut client, active), ["maria|Has a dog", "devon|Has diabetes"]);
    // A duplicate that an application adds later is retired by rejecting it, which is news then.
    client.batch_execute("INSERT INTO homer_memories (user_id, category, subject, content) VALUES ('maria', 'fact', 's', 'has diabetes')").unwrap();
    assert!(value::<bool>(&mut client, "SELECT homer_reject(max(id)) FROM homer_memories"));
    assert_eq!(rows(&mut client, active).len(), 2);
}

#[test]
fn a_rejected_correction_leaves_what_it_was_to_correct() {
    let mut client = session();
    rejected(&mut client);
    client.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'Is well')").unwrap();
    let correct = "SELECT * FROM homer_remember('maria', 'fact', 's', 'has diabetes', supersedes => 2)";
    assert_eq!(rows(&mut client, correct), ["1|rejected"]);
    assert_eq!(rows(&mut client, "SELECT content FROM homer_relevant_memories('maria')"), ["Is well"]);
}

#[test]
fn a_refusal_is_listed_and_lifted() {
    let mut client = session();
    rejected(&mut client);
    let list =
        "SELECT id, user_id, content, memory_id, refused_at <= now() AT TIME ZONE 'UTC' FROM homer_refusals('maria')";
    assert_eq!(rows(&mut client, list), ["1|maria|has diabetes|1|t"]);
    assert_eq!(rows(&mut client, "SELECT * FROM homer_refusals('devon')"), Vec::<String>::new());
    assert!(value::<bool>(&mut client, "SELECT homer_lift_refusal(1)"));
    assert!(!value::<bool>(&mut client, "SELECT homer_lift_refusal(1)"), "it is lifted already");
    assert_eq!(rows(&mut client, list), Vec::<String>::new());
    assert_eq!(remember(&mut client, "maria", "Has diabetes"), "2|added", "what was retired stays so");
}

/// What everyone is told is for a role to decide that acts for any user.
#[test]
fn a_global_memory_is_rejected_by_the_administrator() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember(NULL, 'fact', 's', 'Closed on Monday'), homer_remember('maria', 'fact', 's', 'Has diabetes');
             CREATE ROLE clerk_of_refusals; CREATE ROLE head_of_refusals SUPERUSER;
             GRANT USAGE ON SCHEMA homer TO clerk_of_refusals;
             GRANT ALL ON ALL TABLES IN SCHEMA public, homer TO clerk_of_refusals;
             GRANT ALL ON ALL SEQUENCES IN SCHEMA public, homer TO clerk_of_refusals;
             GRANT ALL ON ALL FUNCTIONS IN SCHEMA public, homer TO clerk_of_refusals;
             GRANT USAGE ON TYPE homer.one_user TO clerk_of_refusals;
             SET homer.user_id = 'maria';
             SET ROLE clerk_of_refusals",
        )
        .unwrap();
    let refusal = refused(&mut client, "SELECT homer_reject(1)");
    assert_eq!(refusal.sqlstate, "ME013");
    assert_eq!(refusal.message, "role \"clerk_of_refusals\" may not decide what everyone is told");
    assert!(value::<bool>(&mut client, "SELECT homer_reject(2)"), "the user's own is the user's to reject");

    client.batch_execute("SET ROLE head_of_refusals").unwrap();
    assert!(value::<bool>(&mut client, "SELECT homer_reject(1)"));
    let again = "SELECT outcome FROM homer_remember(NULL, 'fact', 's', 'closed on monday!')";
    assert_eq!(rows(&mut client, again), ["rejected"]);
    // A user may still be told it as their own.
    assert!(remember(&mut client, "maria", "Closed on Monday").ends_with("added"));
    client.batch_execute("SET ROLE clerk_of_refusals").unwrap();
    assert_eq!(refused(&mut client, "SELECT homer_lift_refusal(2)").sqlstate, "ME013");
    assert!(value::<bool>(&mut client, "SELECT homer_lift_refusal(1)"));
    client.batch_execute("RESET ROLE").unwrap();
    assert_eq!(rows(&mut client, "SELECT content FROM homer_refusals(NULL)"), ["closed on monday"]);
    assert!(value::<bool>(&mut client, "SELECT homer_lift_refusal(2)"));
    client
        .batch_execute("DROP OWNED BY clerk_of_refusals; DROP ROLE clerk_of_refusals; DROP ROLE head_of_refusals")
        .unwrap();
}

/// Of a client that stores and one that refuses the same at once, the refusal wins, whichever comes first.
#[test]
fn a_refusal_and_a_memory_of_the_same_moment_end_in_the_refusal() {
    let database = database_of_nobody();
    let mut client = database.connect();
    for round in 0..20 {
        let content = format!("Statement {round}");
        let id: i32 =
            client.query_one("SELECT id FROM homer_remember('maria', 'fact', 's', $1)", &[&content]).unwrap().get(0);
        client.execute("SELECT homer_forget($1)", &[&id]).unwrap();
        let start = std::sync::Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut other = database.connect();
                start.wait();
                remember(&mut other, "maria", &content);
            });
            scope.spawn(|| {
                let mut other = database.connect();
                start.wait();
                other.execute("SELECT homer_reject($1)", &[&id]).unwrap();
            });
        });
    }
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_memories WHERE is_active"), 0);
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_refusals('maria')"), 20);
}

/// What is refused as a content is refused as the subject of a memory without content, and the reverse, by whatever way it comes.
#[test]
fn a_refusal_holds_in_either_column() {
    const TWINS: [(&str, &str); 2] = [("Health", "Has diabetes."), ("has  DIABETES!", "")];
    for (refused_one, other) in [(TWINS[0], TWINS[1]), (TWINS[1], TWINS[0])] {
        let mut client = session_of_nobody();
        let set = |client: &mut Client, (subject, content): (&str, &str)| {
            value::<i32>(client, &format!("SELECT id FROM homer_remember('maria', 'fact', '{subject}', '{content}')"))
        };
        // As statements they are two.
        assert_eq!([set(&mut client, refused_one), set(&mut client, other)], [1, 2]);
        client.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'Has a dog'), homer_remember('devon', 'fact', 'Has diabetes', '')").unwrap();
        let document: Value = value(&mut client, "SELECT homer_export_user('maria')");
        assert!(value::<bool>(&mut client, "SELECT homer_reject(1)"));
        let active = "SELECT id FROM homer_memories WHERE is_active ORDER BY id";
        assert_eq!(rows(&mut client, active), ["3", "4"], "the twin is retired, and nothing else");
        assert!(!value::<bool>(&mut client, "SELECT homer_reject(2)"), "it is refused already");
        assert_eq!(rows(&mut client, "SELECT content FROM homer_refusals('maria')"), ["has diabetes"]);
        assert_eq!(rows(&mut client, "SELECT outcome FROM homer_memory_history(2)"), ["rejected"]);
        let (subject, content) = other;
        for (call, outcome) in [
            (format!("SELECT outcome FROM homer_remember('maria', 'fact', '{subject}', '{content}')"), "rejected"),
            (
                format!(
                    "SELECT outcome FROM homer_remember_many('[{}]')",
                    json!({"user_id": "maria", "category": "fact", "subject": subject, "content": content})
                ),
                "rejected",
            ),
            (format!("SELECT outcome FROM homer_edit_memory(3, '{subject}', '{content}')"), "rejected"),
            ("SELECT outcome FROM homer_restore(2)".into(), "rejected"),
            // Controls.
            (
                format!("SELECT outcome FROM homer_remember('devon', 'fact', '{subject}', '{content}')"),
                if content.is_empty() { "confirmed" } else { "added" },
            ),
            ("SELECT outcome FROM homer_remember('maria', 'fact', 'Has diabetes', 'insipidus')".into(), "added"),
        ] {
            assert_eq!(rows(&mut client, &call), [outcome], "{call}");
        }
        let remind = format!("SELECT homer_remind('maria', '{subject}', '{content}', '2999-01-01')");
        assert_eq!(refused(&mut client, &remind).sqlstate, "ME014");
        let tool = json!({"content": "Has diabetes", "subject": "Health"});
        let answer: Value = value(&mut client, &format!("SELECT homer_call_tool('maria', 'remember', '{tool}')"));
        assert_eq!(answer["data"]["outcome"], "rejected");
        let file = json!({"command": "create", "path": "/memories/a.md", "file_text": "has diabetes"});
        let answer: Value = value(&mut client, &format!("SELECT homer_call_tool('maria', 'memory', '{file}')"));
        assert_eq!(answer["is_error"], json!(true));

        // Of an import both come in retired, and an imported refusal retires what is there.
        client.batch_execute("DELETE FROM homer_memories WHERE user_id = 'maria'").unwrap();
        client.execute("SELECT homer_import_user($1)", &[&document]).unwrap();
        let imported = "SELECT content, is_active FROM homer_memories WHERE user_id = 'maria' AND (content ILIKE '%diabetes%' OR content = '' OR content = 'Has a dog') ORDER BY content COLLATE \"C\"";
        assert_eq!(rows(&mut client, imported), ["|f", "Has a dog|t", "Has diabetes.|f"]);
        let refusals: Value = value(&mut client, "SELECT homer_export_user('maria')");
        let mut elsewhere = session_of_nobody();
        set(&mut elsewhere, other);
        elsewhere.execute("SELECT homer_import_user($1)", &[&refusals]).unwrap();
        assert_eq!(rows(&mut elsewhere, "SELECT content FROM homer_memories WHERE is_active"), ["Has a dog"]);
    }
}

/// Under REPEATABLE READ, where the refusal of the twin is not seen yet.
#[test]
fn a_refusal_in_the_other_column_is_no_less_a_conflict() {
    let database = database();
    let (mut old, mut other) = (database.connect(), database.connect());
    other.batch_execute("SELECT homer_remember('maria', 'fact', 'Health', 'Has diabetes')").unwrap();
    old.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM homer_memories").unwrap();
    other.batch_execute("SELECT homer_reject(1)").unwrap();
    let again = "SELECT outcome FROM homer_remember('maria', 'fact', 'Has diabetes', '')";
    assert_eq!(refused(&mut old, again).sqlstate, "40001");
    old.batch_execute("ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ").unwrap();
    assert_eq!(rows(&mut old, again), ["rejected"]);
    old.batch_execute("COMMIT; BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM homer_memories").unwrap();
    other.batch_execute("SELECT homer_lift_refusal(1), homer_remember('maria', 'fact', 'Has diabetes', '')").unwrap();
    assert_eq!(refused(&mut old, "SELECT homer_reject(1)").sqlstate, "40001", "its twin was stored meanwhile");
}
