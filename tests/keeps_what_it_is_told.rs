//! What goes in by the functions is what the tables hold and what comes back.

use homer_tests::*;

#[test]
fn a_memory_keeps_every_argument() {
    let mut client = session();
    let stored = rows(
        &mut client,
        "SELECT id, outcome FROM homer_remember(
            user_id => 'maria', category => 'decision', subject => 'Supplier', content => 'O''Brien — シマノ, Zoë',
            importance => 9, expires_at => '2999-12-31 18:00-06', tags => '{supplier,\"two words\"}',
            metadata => '{\"price\": 12.50}', source_conversation_id => 'c1', source_message_id => 'm7')",
    );
    assert_eq!(stored, ["1|added"]);
    let row = "SELECT user_id, category, subject, content, importance, expires_at, source_conversation_id,
                      source_message_id, tags, metadata, is_active, created_at = updated_at, round(relevance::numeric, 3)
                 FROM homer_relevant_memories('maria')";
    assert_eq!(
        rows(&mut client, row),
        ["maria|decision|Supplier|O'Brien — シマノ, Zoë|9|3000-01-01 00:00:00|c1|m7|[\"supplier\", \"two words\"]|\
          {\"price\": 12.50}|t|t|9.000"]
    );
}

#[test]
fn a_memory_without_a_user_is_everyones() {
    let mut client = session();
    client.batch_execute("SELECT homer_remember(NULL, 'fact', 'hours', '9 to 5')").unwrap();
    for user in ["'maria'", "'devon'", "NULL"] {
        let content = format!("SELECT content FROM homer_relevant_memories({user})");
        assert_eq!(rows(&mut client, &content), ["9 to 5"], "{user}");
    }
}

#[test]
fn a_forgotten_memory_is_kept_but_never_returned() {
    let mut client = session_of_nobody();
    client.batch_execute("SELECT homer_remember('maria', 'fact', 'coffee', 'black')").unwrap();
    let relevant = "SELECT count(*) FROM homer_relevant_memories('maria')";
    assert_eq!(value::<i64>(&mut client, relevant), 1);
    assert!(value::<bool>(&mut client, "SELECT homer_forget(1)"), "it was active");
    assert!(!value::<bool>(&mut client, "SELECT homer_forget(1)"), "it was retired already");
    assert_eq!(value::<i64>(&mut client, relevant), 0);
    assert_eq!(rows(&mut client, "SELECT content, is_active FROM homer_memories"), ["black|f"]);
}

#[test]
fn of_two_clients_that_forget_at_once_one_retires_the_memory() {
    let database = database();
    let mut first = database.connect();
    first.batch_execute("SELECT homer_remember('maria', 'fact', 'coffee', 'black')").unwrap();
    let mut transaction = first.transaction().unwrap();
    let retired: bool = transaction.query_one("SELECT homer_forget(1)", &[]).unwrap().get(0);
    assert!(retired);
    let second = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| value::<bool>(&mut database.connect(), "SELECT homer_forget(1)"));
        // Until the second waits for the first's row.
        let mut watcher = database.connect();
        while value::<i64>(&mut watcher, "SELECT count(*) FROM pg_locks WHERE NOT granted") == 0 {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        transaction.commit().unwrap();
        waiting.join().unwrap()
    });
    assert!(!second);
}

#[test]
fn a_profile_is_created_with_the_tables_defaults_and_the_settings() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_upsert_profile('maria', 'Maria Lindgren', 'owner',
                '{\"preferred_name\": \"Mia\", \"focus_areas\": [\"cash flow\"], \"wants_proactive_insights\": false}')",
        )
        .unwrap();
    let profile = "SELECT user_id, display_name, preferred_name, role, title, communication_style, preferred_greeting,
                          wants_detailed_analysis, wants_proactive_insights, focus_areas, responsibilities,
                          working_hours, timezone, last_interaction, total_interactions
                     FROM homer_user_profiles";
    assert_eq!(
        rows(&mut client, profile),
        ["maria|Maria Lindgren|Mia|owner|null|professional|null|t|f|[\"cash flow\"]|null|null|America/Chicago|null|0"]
    );
}

#[test]
fn a_change_of_a_profile_keeps_what_it_does_not_name_and_clears_what_it_nulls() {
    let mut client = session_of_nobody();
    let changed = rows(
        &mut client,
        "SELECT homer_upsert_profile('maria', 'Maria', 'owner', '{\"title\": \"Dr\", \"working_hours\": \"9-5\"}');
         SELECT homer_touch_profile('maria');
         SELECT display_name, role, title, working_hours, timezone, total_interactions
           FROM homer_upsert_profile('maria', 'Maria Lindgren', 'founder',
                                     '{\"title\": null, \"timezone\": \"Europe/Berlin\"}')",
    );
    assert_eq!(changed[2], "Maria Lindgren|founder|null|9-5|Europe/Berlin|1");
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_user_profiles"), 1);
}

#[test]
fn every_setting_reaches_its_column() {
    let mut client = session();
    let settings = json!({
        "preferred_name": "Mia", "title": "Dr", "communication_style": "brief", "preferred_greeting": "Moin",
        "wants_detailed_analysis": false, "wants_proactive_insights": false, "focus_areas": ["a", "b"],
        "responsibilities": "everything", "working_hours": "9-5", "timezone": "CET",
    });
    let stored: Value = client
        .query_one("SELECT to_jsonb(p) FROM homer_upsert_profile('maria', 'Maria', 'owner', $1) AS p", &[&settings])
        .unwrap()
        .get(0);
    for (key, value) in settings.as_object().unwrap() {
        assert_eq!(&stored[key], value, "{key}");
    }
}

#[test]
fn eight_clients_that_create_the_same_profile_leave_one() {
    let database = database_of_nobody();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut client = database.connect();
                for _ in 0..20 {
                    client.batch_execute("SELECT homer_upsert_profile('maria', 'Maria', 'owner')").unwrap();
                }
            });
        }
    });
    assert_eq!(value::<i64>(&mut database.connect(), "SELECT count(*) FROM homer_user_profiles"), 1);
}

#[test]
fn nothing_stays_of_a_transaction_that_is_rolled_back() {
    let mut client = session_of_nobody();
    let one = "SELECT homer_remember('maria', 'fact', 'kept', '')";
    let other = "SELECT homer_remember('maria', 'fact', 'undone', ''); SELECT homer_forget(1)";
    client.batch_execute(one).unwrap();
    client.batch_execute(&format!("BEGIN; {other}; ROLLBACK")).unwrap();
    client.batch_execute(&format!("BEGIN; SAVEPOINT s; {other}; ROLLBACK TO s; COMMIT")).unwrap();
    assert_eq!(rows(&mut client, "SELECT subject, is_active FROM homer_memories"), ["kept|t"]);
    // Control: the same statements do change something when they are committed.
    client.batch_execute(other).unwrap();
    assert_eq!(rows(&mut client, "SELECT subject, is_active FROM homer_memories ORDER BY id"), ["kept|f", "undone|t"]);
}

/// What runs in a READ ONLY transaction takes no transaction id, and so runs on a standby too.
#[test]
fn reading_writes_nothing() {
    let mut client = session();
    client.batch_execute("SELECT homer_remember('maria', 'fact', 'coffee', 'black')").unwrap();
    client.batch_execute("BEGIN READ ONLY").unwrap();
    for call in ["homer_relevant_memories('maria')", "homer_relevant_memories('maria', 10, 'black coffee?')"] {
        assert_eq!(rows(&mut client, &format!("SELECT content FROM {call}")), ["black"], "{call}");
    }
    assert_eq!(rows(&mut client, "SELECT pg_current_xact_id_if_assigned()"), ["null"]);
    // Control: what writes is refused there.
    assert_eq!(refused(&mut client, "SELECT homer_forget(1)").sqlstate, "25006");
}
