//! What a model writes is taken as it was meant, or refused: a category in capitals, a moment without an offset.

use homer_tests::*;

#[test]
fn the_five_categories_are_stored_as_homer_writes_them() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'Fact', 's', 'one'), homer_remember('maria', ' PREFERENCE\t', 's', 'two'),
                    homer_remember('maria', ' Recipe ', 's', 'three');
             SELECT homer_remember_many('[{\"user_id\": \"maria\", \"category\": \"Decision \", \"subject\": \"s\", \"content\": \"four\"}]')",
        )
        .unwrap();
    let categories = "SELECT category FROM homer_memories ORDER BY id";
    assert_eq!(rows(&mut client, categories), ["fact", "preference", " Recipe ", "decision"]);
}

#[test]
fn a_reminder_falls_due_however_its_category_is_written() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'REMINDER ', 's', 'by a model', metadata => '{\"due_at\": \"2026-01-01T09:00:00Z\"}');
             INSERT INTO homer_memories (user_id, category, subject, content, metadata)
             VALUES ('maria', ' Reminder', 's', 'by an ORM', '{\"due_at\": \"2026-01-02 09:00\"}')",
        )
        .unwrap();
    assert_eq!(rows(&mut client, "SELECT content FROM homer_due_reminders('maria')"), ["by a model", "by an ORM"]);
    assert_eq!(rows(&mut client, "SELECT content FROM homer_claim_reminders(1)"), ["by a model"]);
    // The same content at another moment is another reminder, and at the same moment the same one.
    let again = "SELECT outcome FROM homer_remember('maria', 'reminder', 's', 'by an orm', metadata => $$DUE$$)";
    for (due, outcome) in [("2026-01-02T09:00:00Z", "confirmed"), ("2026-01-03T09:00:00Z", "added")] {
        let call = again.replace("DUE", &format!("{{\"due_at\": \"{due}\"}}"));
        assert_eq!(rows(&mut client, &call), [outcome], "{due}");
    }
}

/// A text without an offset in JSON is UTC; a timestamptz is what PostgreSQL makes of it, in the session's time zone.
#[test]
fn a_moment_in_json_is_utc_and_a_parameter_is_the_sessions() {
    let mut client = session_of_nobody();
    client.batch_execute("SET TimeZone = 'Asia/Tokyo'").unwrap();
    client
        .batch_execute(
            "SELECT homer_remember_many('[
                 {\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"JSON\", \"expires_at\": \"2999-01-01 09:00\"},
                 {\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"JSON, +09\", \"expires_at\": \"2999-01-01 09:00+09\"}]');
             SELECT homer_remember('maria', 'fact', 's', 'parameter', expires_at => '2999-01-01 09:00');
             SELECT homer_remember('maria', 'reminder', 's', 'JSON', metadata => '{\"due_at\": \"2999-01-01 09:00\"}');
             SELECT homer_remind('maria', 's', 'parameter', '2999-01-01 09:00')",
        )
        .unwrap();
    let moments =
        "SELECT content, COALESCE(expires_at, homer.due_moment(category, metadata)) FROM homer_memories ORDER BY id";
    assert_eq!(
        rows(&mut client, moments),
        [
            "JSON|2999-01-01 09:00:00",
            "JSON, +09|2999-01-01 00:00:00",
            "parameter|2999-01-01 00:00:00",
            "JSON|2999-01-01 09:00:00",
            "parameter|2999-01-01 00:00:00"
        ]
    );
    assert_eq!(rows(&mut client, "SHOW TimeZone"), ["Asia/Tokyo"]);
}

#[test]
fn a_reminder_whose_moment_would_be_lost_is_refused() {
    let mut client = session();
    for (metadata, sqlstate) in [
        ("{\"due_at\": \"tomorrow\"}", "ME004"),
        ("{\"due_at\": 1767225600}", "ME004"),
        ("{\"dueAt\": \"2026-01-01T09:00:00Z\"}", "ME005"),
    ] {
        for category in ["reminder", "Reminder "] {
            let call = format!("SELECT homer_remember('maria', '{category}', 's', 'c', metadata => '{metadata}')");
            assert_eq!(refused(&mut client, &call).sqlstate, sqlstate, "{call}");
            let element = json!([{"user_id": "maria", "category": category, "subject": "s", "content": "c",
                                  "metadata": serde_json_of(metadata)}]);
            let call = format!("SELECT homer_remember_many('{element}')");
            assert_eq!(refused(&mut client, &call).sqlstate, sqlstate, "{call}");
        }
    }
    // Control: it is the reminder's moment that is looked at.
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'c', metadata => '{\"dueAt\": \"tomorrow\", \"due_at\": 7}')",
        )
        .unwrap();
}

fn serde_json_of(text: &str) -> Value {
    text.parse().unwrap()
}
