//! Drivers and models send null for what was not given. For a parameter that has a default, null means the default.

use homer_tests::*;

#[test]
fn a_memory_of_nulls_is_one_of_defaults() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'given nothing');
             SELECT homer_remember('maria', 'fact', 's', 'given nulls', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
             SELECT homer_remember_many('[{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"given JSON nulls\",
                 \"importance\": null, \"expires_at\": null, \"tags\": null, \"metadata\": null, \"source_conversation_id\": null,
                 \"source_message_id\": null, \"supersedes\": null, \"embedding\": null}]');
             SELECT homer_remind('maria', 's', 'given nulls too', '2026-01-01 00:00+00', NULL, NULL)",
        )
        .unwrap();
    let stored =
        "SELECT importance, expires_at, tags, metadata - 'due_at', source_conversation_id, source_message_id, is_active
                    FROM homer_memories ORDER BY id";
    assert_eq!(rows(&mut client, stored), ["5|null|[]|{}|null|null|t"; 4]);
}

#[test]
fn a_confirmation_of_nulls_changes_no_more_than_one_of_defaults() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 's', 'Black', 3, tags => '{a}', metadata => '{\"x\": 1}');
             SELECT homer_remember('maria', 'fact', 's', 'black', NULL, tags => NULL, metadata => NULL)",
        )
        .unwrap();
    assert_eq!(rows(&mut client, "SELECT importance, tags, metadata FROM homer_memories"), ["5|[\"a\"]|{\"x\": 1}"]);
}

#[test]
fn a_null_limit_is_the_default() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remind('maria', 's', 'reminder ' || n, now()) FROM generate_series(1, 12) AS n;
             SELECT homer_remember('maria', 'fact', 's', 'lapsed');
             UPDATE homer_memories SET expires_at = '2020-01-01' WHERE content = 'lapsed'",
        )
        .unwrap();
    for (call, many) in [
        ("homer_due_reminders('maria', NULL)", "10"),
        ("homer_due_reminders(NULL, NULL)", "10"),
        ("homer_claim_reminders(NULL, 'maria')", "10"),
        ("homer_claim_reminders(NULL, NULL)", "2"),
    ] {
        assert_eq!(rows(&mut client, &format!("SELECT count(*) FROM {call}")), [many], "{call}");
    }
    assert_eq!(rows(&mut client, "SELECT homer_expire_memories(NULL)"), ["1"]);
}
