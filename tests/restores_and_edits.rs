//! A person at the keyboard can take back what was done to a memory, change one and keep what it was, and put a reminder off.

use homer_tests::*;

fn restored(client: &mut Client, id: i32) -> String {
    rows(client, &format!("SELECT id, outcome FROM homer_restore({id})")).remove(0)
}

#[test]
fn what_was_forgotten_superseded_or_expired_comes_back() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'Forgotten', 8, tags => '{a}'), homer_remember('maria', 'fact', 's', 'Replaced'),
                    homer_remember('maria', 'fact', 's', 'Expired'), homer_remember('devon', 'fact', 's', 'Forgotten');
             SELECT homer_forget(1), homer_remember('maria', 'fact', 's', 'Newer', supersedes => 2);
             UPDATE homer_memories SET expires_at = '2020-01-01' WHERE id = 3;
             SELECT homer_expire_memories()",
        )
        .unwrap();
    for (id, outcome) in
        [(1, "1|restored"), (2, "2|restored"), (3, "3|restored"), (1, "1|confirmed"), (4, "4|confirmed")]
    {
        assert_eq!(restored(&mut client, id), outcome);
    }
    assert_eq!(
        rows(
            &mut client,
            "SELECT id, content, importance, tags, expires_at, is_active FROM homer_memories ORDER BY id"
        ),
        [
            "1|Forgotten|8|[\"a\"]|null|t",
            "2|Replaced|5|[]|null|t",
            "3|Expired|5|[]|null|t",
            "4|Forgotten|5|[]|null|t",
            "5|Newer|5|[]|null|t"
        ],
        "and what replaced it stays"
    );
    assert_eq!(rows(&mut client, "SELECT id, outcome FROM homer_memory_history(2)"), ["2|current"]);
    // Forgotten again, it is no more what was replaced.
    client.batch_execute("SELECT homer_forget(2)").unwrap();
    assert_eq!(rows(&mut client, "SELECT id, outcome FROM homer_memory_history(2)"), ["2|forgotten"]);
}

#[test]
fn one_that_is_there_in_another_row_is_confirmed_and_what_is_refused_stays_so() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'Drinks tea', 9, tags => '{old}');
             SELECT homer_forget(1);
             SELECT homer_remember('maria', 'fact', 's', 'drinks TEA', 3, tags => '{new}');
             SELECT homer_remember('maria', 'fact', 's', 'Smokes'); SELECT homer_reject(3)",
        )
        .unwrap();
    assert_eq!(restored(&mut client, 1), "2|confirmed");
    assert_eq!(
        rows(&mut client, "SELECT id, importance, tags, is_active FROM homer_memories ORDER BY id LIMIT 2"),
        ["1|9|[\"old\"]|f", "2|9|[\"new\", \"old\"]|t"]
    );
    assert_eq!(restored(&mut client, 3), "1|rejected");
    client.batch_execute("SELECT homer_lift_refusal(1)").unwrap();
    assert_eq!(restored(&mut client, 3), "3|restored");
}

#[test]
fn an_edit_is_a_version_that_carries_over_what_is_not_named() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'decision', 'Supplier', 'Orders go to Lindt.', 9, '2999-01-01Z', '{supplier}',
                                   '{\"from\": \"e-mail\"}', 'c-1', 'm-1');
             SELECT homer_remember('maria', 'decision', 'Supplier', 'Orders go to Lindt.', source_conversation_id => 'c-2')",
        )
        .unwrap();
    let edited = |client: &mut Client, id: i32, named: &str| {
        rows(client, &format!("SELECT id, outcome FROM homer_edit_memory({id}, {named})")).remove(0)
    };
    assert_eq!(edited(&mut client, 1, "content => 'Orders go to Lindt & Sons.'"), "2|superseded");
    let last = "SELECT category, subject, content, importance, expires_at, tags, metadata - 'homer_confirmed_by', metadata ? 'homer_confirmed_by',
                       source_conversation_id, source_message_id, is_active FROM homer_memories ORDER BY id DESC LIMIT 1";
    assert_eq!(
        rows(&mut client, last),
        ["decision|Supplier|Orders go to Lindt & Sons.|9|null|[\"supplier\"]|{\"from\": \"e-mail\"}|t|c-1|m-1|t"],
        "the second homer_remember took the expiry away"
    );
    assert_eq!(
        edited(
            &mut client,
            2,
            "category => ' Fact', importance => 3, expires_at => '2999-06-01Z', tags => '{a,b}', metadata => '{\"x\": 1}'"
        ),
        "3|superseded"
    );
    assert_eq!(
        rows(&mut client, last),
        ["fact|Supplier|Orders go to Lindt & Sons.|3|2999-06-01 00:00:00|[\"a\", \"b\"]|{\"x\": 1}|t|c-1|m-1|t"]
    );
    assert_eq!(edited(&mut client, 3, "expires_at => 'infinity'"), "4|superseded");
    assert_eq!(rows(&mut client, "SELECT expires_at FROM homer_memories WHERE id = 4"), ["null"]);
    assert_eq!(
        edited(&mut client, 4, "subject => NULL, content => 'Orders go to Lindt & Sons.', tags => '{a,b}'"),
        "4|confirmed",
        "nothing differs"
    );
    assert_eq!(
        rows(&mut client, "SELECT id, outcome, supersedes, superseded_by FROM homer_memory_history(2)"),
        ["1|superseded|null|2", "2|superseded|1|3", "3|superseded|2|4", "4|current|3|null"]
    );
    // Into what another memory says already, and into what was refused.
    client.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'Orders go to Callebaut.'), homer_reject(id) FROM homer_remember('maria', 'fact', 's', 'Smokes')").unwrap();
    assert_eq!(edited(&mut client, 4, "content => 'smokes!'"), "1|rejected");
    assert_eq!(edited(&mut client, 4, "content => 'orders go to callebaut'"), "6|superseded");
    assert_eq!(
        rows(&mut client, "SELECT id, is_active FROM homer_memories WHERE id IN (4, 6) ORDER BY id"),
        ["4|f", "6|t"]
    );
    for (call, sqlstate) in [
        ("homer_edit_memory(4, 'x')", "ME012"),
        ("homer_edit_memory(99, 'x')", "ME010"),
        ("homer_edit_memory(NULL, 'x')", "ME001"),
        ("homer_edit_memory(6, '', '')", "ME002"),
        ("homer_edit_memory(6, importance => 11)", "ME003"),
        ("homer_edit_memory(6, expires_at => '2020-01-01')", "ME004"),
        ("homer_edit_memory(6, metadata => '[]')", "ME005"),
        ("homer_restore(99)", "ME010"),
        ("homer_restore(NULL)", "ME001"),
        ("homer_profile('maria')", "ME009"),
        ("homer_profile(NULL)", "ME001"),
        ("homer_snooze_reminder(6, '2999-01-01')", "ME050"),
        ("homer_snooze_reminder(99, '2999-01-01')", "ME010"),
        ("homer_snooze_reminder(6, NULL)", "ME001"),
        ("homer_snooze_reminder(6, 'infinity')", "ME004"),
    ] {
        let refusal = refused(&mut client, &format!("SELECT {call}"));
        assert_eq!(refusal.sqlstate, sqlstate, "{call}");
        assert!(refusal.hint.is_some(), "{call}");
    }
}

#[test]
fn an_edit_of_vectors_keeps_the_vector_while_the_text_is_the_same() {
    let database = database_of_nobody();
    let mut client = database.connect();
    client
        .batch_execute(
            "SELECT homer_enable_embeddings(3);
             SELECT homer_remember('maria', 'fact', 'Tea', 'Green.', embedding => '{1,2,3}');
             SELECT homer_edit_memory(1, importance => 9); SELECT homer_edit_memory(2, content => 'Black.')",
        )
        .unwrap();
    assert_eq!(
        rows(&mut client, "SELECT memory_id, embedding::text FROM homer.memory_embeddings ORDER BY 1"),
        ["1|{1,2,3}", "2|{1,2,3}"]
    );
    assert_eq!(rows(&mut client, "SELECT id FROM homer_unembedded_memories()"), ["3"]);
}

#[test]
fn a_reminder_is_put_off_be_it_claimed_or_not() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remind('maria', 'Rent', 'Pay it.', '2020-01-01Z', 7, '{\"by\": \"bank\"}'), homer_remind('maria', 'Tax', 'Send it.', '2020-01-01Z');
             SELECT homer_claim_reminders(1)",
        )
        .unwrap();
    let due = "SELECT id, due_at AT TIME ZONE 'UTC' FROM homer_due_reminders('maria')";
    assert_eq!(rows(&mut client, due), ["2|2020-01-01 00:00:00"]);
    assert_eq!(
        rows(&mut client, "SELECT homer_snooze_reminder(1, '2020-02-01Z'), homer_snooze_reminder(2, '2999-01-01Z')"),
        ["1|2"]
    );
    assert_eq!(rows(&mut client, due), ["1|2020-02-01 00:00:00"], "the claimed one is due again, the other is not yet");
    assert_eq!(rows(&mut client, "SELECT metadata ->> 'by', importance FROM homer_memories WHERE id = 1"), ["bank|7"]);
    // To a moment that it is set for already.
    client.batch_execute("SELECT homer_remind('maria', 'Rent', 'Pay it.', '2020-03-01Z')").unwrap();
    assert_eq!(rows(&mut client, "SELECT homer_snooze_reminder(1, '2020-03-01Z')"), ["3"]);
    assert_eq!(rows(&mut client, due), ["3|2020-03-01 00:00:00"]);
    // One that is cancelled is forgotten, and can be set anew.
    client.batch_execute("SELECT homer_forget(3)").unwrap();
    assert_eq!(refused(&mut client, "SELECT homer_snooze_reminder(3, '2999-01-01Z')").sqlstate, "ME012");
    assert_eq!(rows(&mut client, "SELECT homer_remind('maria', 'Rent', 'Pay it.', '2020-03-01Z')"), ["4"]);
}

#[test]
fn a_confined_role_changes_its_users_memories_alone() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'Of Maria'), homer_remember('devon', 'fact', 's', 'Of Devon'), homer_remember(NULL, 'fact', 's', 'Of everyone');
             SELECT homer_remind('maria', 's', 'Due', '2020-01-01Z'), homer_remind('devon', 's', 'Due', '2020-01-01Z');
             SELECT homer_upsert_profile('maria', 'Maria', 'owner'), homer_upsert_profile('devon', 'Devon', 'manager');
             CREATE ROLE editing_assistant; SELECT homer_grant('editing_assistant', 'confined');
             SET ROLE editing_assistant; SET homer.user_id = 'maria'",
        )
        .unwrap();
    for (call, sqlstate) in [
        ("homer_edit_memory(2, 'x')", "ME010"),
        ("homer_edit_memory(3, 'x')", "ME013"),
        ("homer_restore(2)", "ME010"),
        ("homer_restore(3)", "ME013"),
        ("homer_snooze_reminder(5, '2999-01-01')", "ME010"),
        ("homer_profile('devon')", "ME016"),
        ("homer_list_memories('devon')", "ME016"),
    ] {
        assert_eq!(refused(&mut client, &format!("SELECT {call}")).sqlstate, sqlstate, "{call}");
    }
    client
        .batch_execute(
            "SELECT homer_edit_memory(1, 'x'), homer_snooze_reminder(4, '2999-01-01'), homer_profile('maria');
             SELECT homer_forget(6), homer_restore(6); RESET ROLE",
        )
        .unwrap();
    assert_eq!(
        rows(
            &mut client,
            "SELECT user_id, subject, content, is_active FROM homer_memories WHERE id NOT IN (4, 5) ORDER BY id"
        ),
        ["maria|s|Of Maria|f", "devon|s|Of Devon|t", "null|s|Of everyone|t", "maria|x|Of Maria|t"]
    );
    client.batch_execute("DROP OWNED BY editing_assistant; DROP ROLE editing_assistant").unwrap();
}

#[test]
fn a_profile_is_read_without_counting_an_interaction() {
    let mut client = session();
    client
        .batch_execute("SELECT homer_upsert_profile('maria', 'Maria', 'owner'), homer_touch_profile('maria')")
        .unwrap();
    for _ in 0..2 {
        assert_eq!(
            rows(&mut client, "SELECT display_name, total_interactions FROM homer_profile('maria')"),
            ["Maria|1"]
        );
    }
}

#[test]
fn a_rule_never_fades_and_comes_first() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 'Tea', 'Green tea.', 10), homer_remember('maria', ' RULE', 'Answers', 'Answer in German.', 3, source_conversation_id => 'c'),
                    homer_remember(NULL, 'rule', 'Tone', 'Never mention prices.', 6);
             UPDATE homer_memories SET updated_at = '1990-01-01', created_at = '1990-01-01' WHERE homer.is_rule(category)",
        )
        .unwrap();
    assert_eq!(
        rows(&mut client, "SELECT category, relevance FROM homer_relevant_memories('maria', categories => '{Rule}')"),
        ["rule|6", "rule|3"]
    );
    assert_eq!(rows(&mut client, "SELECT id FROM homer_relevant_memories('maria')"), ["1", "3", "2"]);
    for arguments in ["'maria'", "'maria', 'Which tea?'", "'maria', 'Which tea?', conversation_id => 'c'"] {
        let block: String = value(&mut client, &format!("SELECT homer_context({arguments})"));
        let lines: Vec<&str> = block.lines().filter(|line| line.starts_with("- [")).collect();
        assert_eq!(lines.len(), 3, "{block}");
        assert!(
            lines[0].ends_with("Never mention prices.")
                && lines[1].ends_with("Answer in German.")
                && lines[2].ends_with("Green tea."),
            "{block}"
        );
    }
}

#[test]
fn who_would_rather_be_told_nothing_names_a_relevance() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 'Tea', 'Green tea.', 9), homer_remember('maria', 'fact', 'Coffee', 'Black coffee.', 2)",
        )
        .unwrap();
    for (arguments, ids) in [
        ("min_relevance => 5", vec!["1"]),
        ("min_relevance => 9.5", vec![]),
        ("min_relevance => NULL", vec!["1", "2"]),
        ("min_relevance => 5, categories => '{fact}'", vec!["1"]),
        ("query => 'tea or coffee'", vec!["1", "2"]),
        ("query => 'tea or coffee', min_relevance => 'NaN'", vec![]),
        ("query => 'tea', min_relevance => 0.001", vec!["1"]),
        ("query => 'tea', min_relevance => 1e9", vec![]),
    ] {
        assert_eq!(
            rows(&mut client, &format!("SELECT id FROM homer_relevant_memories('maria', {arguments}) ORDER BY id")),
            ids,
            "{arguments}"
        );
    }
}

#[test]
fn who_moves_in_with_a_past_brings_its_moments() {
    let mut client = session_of_nobody();
    let memories = r#"[
        {"user_id": "maria", "category": "fact", "subject": "s", "content": "Old", "created_at": "2024-05-01T09:00:00+02:00"},
        {"user_id": "maria", "category": "fact", "subject": "s", "content": "Older", "created_at": "2023-05-01"},
        {"user_id": "maria", "category": "fact", "subject": "s", "content": "Now"}]"#;
    for outcomes in [["added"; 3], ["confirmed"; 3]] {
        assert_eq!(rows(&mut client, &format!("SELECT outcome FROM homer_remember_many('{memories}')")), outcomes);
        assert_eq!(
            rows(
                &mut client,
                "SELECT content, created_at, updated_at = created_at FROM homer_memories WHERE content <> 'Now' ORDER BY id"
            ),
            ["Old|2024-05-01 07:00:00|t", "Older|2023-05-01 00:00:00|t"],
            "and it does not become fresh by moving in again"
        );
    }
    let replacing = r#"[{"user_id": "maria", "category": "fact", "subject": "s", "content": "Newer", "supersedes": 2, "created_at": "2024-01-01"}]"#;
    assert_eq!(
        rows(&mut client, &format!("SELECT id, outcome FROM homer_remember_many('{replacing}')")),
        ["4|superseded"]
    );
    assert_eq!(
        rows(&mut client, "SELECT created_at, updated_at FROM homer_memories WHERE id = 4"),
        ["2024-01-01 00:00:00|2024-01-01 00:00:00"]
    );
    assert_eq!(rows(&mut client, "SELECT id, outcome FROM homer_memory_history(4)"), ["2|superseded", "4|current"]);
    for created_at in ["2999-01-01", "infinity", "-infinity"] {
        let memory = format!(
            r#"[{{"user_id": "maria", "category": "fact", "subject": "s", "content": "x", "created_at": "{created_at}"}}]"#
        );
        let refusal = refused(&mut client, &format!("SELECT homer_remember_many('{memory}')"));
        assert_eq!(refusal.sqlstate, "ME004", "{created_at}");
        assert!(
            refusal.message.starts_with("memories[1].created_at must be a moment that is past"),
            "{}",
            refusal.message
        );
    }
}

#[test]
fn of_two_who_edit_one_memory_the_second_is_told() {
    let database = database();
    let (mut one, mut other) = (database.connect(), database.connect());
    one.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'Tea')").unwrap();
    one.batch_execute("BEGIN; SELECT homer_edit_memory(1, content => 'Green tea')").unwrap();
    other.batch_execute("SET statement_timeout = '200ms'").unwrap();
    let edit = "SELECT homer_edit_memory(1, content => 'Black tea')";
    assert_eq!(refused(&mut other, edit).sqlstate, "57014", "it waits");
    one.batch_execute("COMMIT").unwrap();
    assert_eq!(refused(&mut other, edit).sqlstate, "ME012");
    assert_eq!(rows(&mut other, "SELECT outcome FROM homer_edit_memory(2, content => 'Black tea')"), ["superseded"]);
}

/// A new moment is a new reminder: it rings, whether the old one was claimed or not. A claim holds for the moment it was made for.
#[test]
fn a_claimed_reminder_rings_at_the_new_moment_that_an_edit_gives_it() {
    let mut client = session_of_nobody();
    let due = "SELECT id, content FROM homer_due_reminders('maria')";
    client
        .batch_execute("SELECT homer_remind('maria', 'Rent', 'Pay it.', '2020-01-01Z'); SELECT homer_claim_reminders()")
        .unwrap();
    assert_eq!(rows(&mut client, due), Vec::<String>::new());
    // Control: at the same moment, in another spelling or not named at all, it stays claimed.
    for (edit, id) in [
        ("1, content => 'Pay the rent.'", "2|Pay the rent."),
        ("2, metadata => '{\"due_at\": \"2020-01-01 01:00+01:00\"}'", "3|Pay the rent."),
        ("3, metadata => '{\"x\": 1}'", "4|Pay the rent."),
    ] {
        client.batch_execute(&format!("SELECT homer_edit_memory({edit})")).unwrap();
        assert_eq!(rows(&mut client, due), Vec::<String>::new(), "{edit}");
        let kept = "SELECT id, content FROM homer_memories WHERE is_active AND metadata ? 'claimed_at'";
        assert_eq!(rows(&mut client, kept), [id], "{edit}");
    }
    client.batch_execute("SELECT homer_edit_memory(4, metadata => '{\"due_at\": \"2020-02-01T00:00:00Z\"}')").unwrap();
    assert_eq!(rows(&mut client, due), ["5|Pay the rent."]);
    // And as an application does it that reads the metadata, changes the moment and hands all of it back.
    client
        .batch_execute(
            "SELECT homer_claim_reminders();
             SELECT homer_edit_memory(5, metadata => metadata || '{\"due_at\": \"2020-03-01T00:00:00Z\"}') FROM homer_memories WHERE id = 5",
        )
        .unwrap();
    assert_eq!(rows(&mut client, due), ["6|Pay the rent."]);
    assert_eq!(rows(&mut client, "SELECT id FROM homer_claim_reminders()"), ["6"], "once");
    assert_eq!(rows(&mut client, due), Vec::<String>::new());
}

/// An old copy that is restored gives what the memory in force lacks, and takes nothing from it: the newer value of a key wins.
#[test]
fn an_old_copy_that_is_restored_takes_nothing_from_the_memory_in_force() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'The phone is 555-0100', 3, '2999-01-01Z', '{old}', '{\"verified\": false, \"source\": \"old import\", \"only\": 1}');
             SELECT homer_forget(1); UPDATE homer_memories SET expires_at = '2020-01-01';
             SELECT homer_remember('maria', 'fact', 's', 'The phone is 555-0100.', 7, '2999-06-01Z', '{new}', '{\"verified\": true, \"source\": \"Maria\"}')",
        )
        .unwrap();
    assert_eq!(restored(&mut client, 1), "2|confirmed");
    let kept = "SELECT id, metadata, tags, importance, expires_at FROM homer_memories WHERE is_active";
    assert_eq!(
        rows(&mut client, kept),
        ["2|{\"only\": 1, \"source\": \"Maria\", \"verified\": true}|[\"new\", \"old\"]|7|2999-06-01 00:00:00"],
        "an expiry that has passed is the earlier one"
    );
    // Control: what is said again now is newer.
    client
        .batch_execute("SELECT homer_remember('maria', 'fact', 's', 'the phone is 555-0100', 9, metadata => '{\"source\": \"a call\"}')")
        .unwrap();
    assert_eq!(
        rows(&mut client, kept),
        ["2|{\"only\": 1, \"source\": \"a call\", \"verified\": true}|[\"new\", \"old\"]|9|null"]
    );
}

/// Of two memories in force that become one by an edit, the newer value of a key wins as well, and what the call names is newest.
#[test]
fn an_edit_into_another_memory_keeps_the_newer_metadata() {
    for (older, named, kept) in [
        (1, "", "{\"a\": 2, \"b\": 2, \"c\": 2}"),
        (2, "", "{\"a\": 1, \"b\": 2, \"c\": 2}"),
        (1, ", metadata => '{\"a\": 3}'", "{\"a\": 3, \"c\": 2}"),
    ] {
        let mut client = session_of_nobody();
        client
            .batch_execute(&format!(
                "SELECT homer_remember('maria', 'fact', 's', 'Tea', metadata => '{{\"a\": 1, \"b\": 2}}'),
                        homer_remember('maria', 'fact', 's', 'Coffee', metadata => '{{\"a\": 2, \"c\": 2}}');
                 UPDATE homer_memories SET updated_at = '2020-01-01', created_at = '2020-01-01' WHERE id = {older};
                 SELECT homer_edit_memory(1, content => 'coffee'{named})"
            ))
            .unwrap();
        let merged = "SELECT id, metadata FROM homer_memories WHERE is_active";
        assert_eq!(rows(&mut client, merged), [format!("2|{kept}")], "{older} {named}");
    }
}

/// Only infinity takes an expiry away; what lies before all time is past.
#[test]
fn an_edit_takes_an_expiry_away_by_infinity_alone() {
    let mut client = session_of_nobody();
    client.batch_execute("SELECT homer_remember('maria', 'fact', 's', 'Tea', expires_at => '2999-01-01Z')").unwrap();
    let expiry = "SELECT id, expires_at FROM homer_memories WHERE is_active";
    for (moment, message) in [
        ("-infinity", "expires_at must be finite: -infinity"),
        ("4714-11-24 00:00+00 BC", "expires_at lies in the past: 4714-11-24T00:00:00+00:00 BC"),
        ("0044-03-15 00:00+00 BC", "expires_at lies in the past: 0044-03-15T00:00:00+00:00 BC"),
    ] {
        for call in ["homer_edit_memory(1,", "homer_remember('maria', 'fact', 's', 'Rum',"] {
            let statement = format!("SET TimeZone = 'UTC'; SELECT {call} expires_at => '{moment}')");
            let refusal = refused(&mut client, &statement);
            assert_eq!((refusal.sqlstate.as_str(), refusal.message.as_str()), ("ME004", message), "{call}");
        }
    }
    assert_eq!(rows(&mut client, expiry), ["1|2999-01-01 00:00:00"]);
    client.batch_execute("SELECT homer_edit_memory(1, expires_at => 'infinity')").unwrap();
    assert_eq!(rows(&mut client, expiry), ["2|null"]);
    // An application's own infinity is no expiry, and keeps nobody from an edit.
    client.batch_execute("UPDATE homer_memories SET expires_at = 'infinity'").unwrap();
    assert_eq!(rows(&mut client, "SELECT id, outcome FROM homer_edit_memory(2, importance => 9)"), ["3|superseded"]);
    assert_eq!(rows(&mut client, expiry), ["3|null"]);
}
