//! `homer_erase_user` removes a person from every table, and nobody else.

use homer_tests::*;

const ERASED: &str = "11111111-1111-4111-8111-111111111111";

/// All that homer can know of a person, each with the word zanzibar in it, and the same of devon without it.
fn fill(client: &mut Client) {
    client
        .batch_execute(&format!(
            "SELECT homer_upsert_profile('zanzibar-7', 'zanzibar', 'zanzibar', '{{\"focus_areas\": [\"zanzibar\"]}}'),
                    homer_upsert_profile('devon', 'Devon', 'owner');
             SELECT homer_remember('zanzibar-7', 'fact', 'zanzibar', 'zanzibar', tags => '{{zanzibar}}',
                                   metadata => '{{\"zanzibar\": 1}}', source_conversation_id => 'zanzibar');
             SELECT homer_remember('zanzibar-7', 'fact', 'retired', 'zanzibar retired'), homer_remember('devon', 'fact', 's', 'kept'),
                    homer_remember(NULL, 'fact', 's', 'everyone''s');
             SELECT homer_remember('zanzibar-7', 'fact', 'rejected', 'zanzibar rejected'),
                    homer_remember('zanzibar-7', 'fact', 'newer', 'zanzibar newer', supersedes => 2);
             SELECT homer_reject(id) FROM homer_memories WHERE subject = 'rejected';
             SELECT homer_remind('zanzibar-7', 'due', 'zanzibar', now());
             SELECT homer_register_file('zanzibar-7', 'zanzibar.pdf', 'm', 1, '/zanzibar', file_id => '{ERASED}', extracted_text => 'zanzibar'),
                    homer_register_file('devon', 'kept.pdf', 'm', 1, '/kept', file_id => '22222222-2222-4222-8222-222222222222'),
                    homer_register_file('devon', 'private.pdf', 'm', 1, '/private');
             SELECT homer_share_file('{ERASED}', '{{devon}}'),
                    homer_share_file('22222222-2222-4222-8222-222222222222', '{{sam,zanzibar-7}}');
             SELECT homer_link_file('{ERASED}', 'zanzibar', 'zanzibar', 'inbound', 'zanzibar'),
                    homer_link_file('22222222-2222-4222-8222-222222222222', 'c', 'm', 'outbound'),
                    homer_link_file('22222222-2222-4222-8222-222222222222', 'c', 'm 2', 'outbound', user_id => 'zanzibar-7');
             SELECT homer_touch_profile('zanzibar-7')"
        ))
        .unwrap();
}

/// In which tables a row holds the word, in whatever column.
fn traces(client: &mut Client, word: &str) -> Vec<String> {
    let tables = rows(
        client,
        "SELECT c.oid::regclass FROM pg_class AS c
          WHERE relkind IN ('r', 'm', 'p') AND (relnamespace = 'homer'::regnamespace OR relname LIKE 'homer%') ORDER BY relname",
    );
    assert!(tables.len() >= 4);
    let mut found = Vec::new();
    for table in tables {
        let count = format!(
            "SELECT '{table} ' || count(*) FROM {table} AS t WHERE t::text ILIKE '%{word}%' HAVING count(*) > 0"
        );
        found.extend(rows(client, &count));
    }
    found
}

#[test]
fn no_column_of_any_table_holds_the_person_or_their_words_afterwards() {
    let mut client = session_of_nobody();
    fill(&mut client);
    assert_eq!(
        traces(&mut client, "zanzibar"),
        [
            "homer_file_messages 1",
            "homer_files 2",
            "homer_memories 5",
            "homer_user_profiles 1",
            "homer.link_makers 1",
            "homer.refusals 1"
        ]
    );
    let counts: Value = value(&mut client, "SELECT homer_erase_user('zanzibar-7')");
    for (table, count) in [
        ("homer_user_profiles", 1),
        ("homer_memories", 5),
        ("refusals", 1),
        ("successions", 1),
        ("homer_files", 1),
        ("homer_file_messages", 2),
        ("files_shared_with_user", 1),
    ] {
        assert_eq!(counts[table], count, "{table}");
    }
    assert_eq!(traces(&mut client, "zanzibar"), Vec::<String>::new());
    assert_eq!(traces(&mut client, ERASED), Vec::<String>::new());
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer.successions"), 0);
    assert_eq!(
        rows(
            &mut client,
            "SELECT user_id FROM homer_user_profiles UNION ALL SELECT content FROM homer_memories
             UNION ALL SELECT original_name || shared_with FROM homer_files UNION ALL SELECT message_id FROM homer_file_messages"
        ),
        ["devon", "kept", "everyone's", "private.pdf[]", "kept.pdf[\"sam\"]", "m"]
    );
    let again: Value = value(&mut client, "SELECT homer_erase_user('zanzibar-7')");
    assert!(again.as_object().unwrap().values().all(|count| *count == 0), "{again}");
}

#[test]
fn what_is_rolled_back_is_all_there_again() {
    let mut client = session();
    fill(&mut client);
    let before = traces(&mut client, "zanzibar");
    client.batch_execute("BEGIN; SELECT homer_erase_user('zanzibar-7'); ROLLBACK").unwrap();
    assert_eq!(traces(&mut client, "zanzibar"), before);
}

/// The user's rows are found by indexes; nothing is read once a row.
#[test]
fn a_hundred_thousand_memories_are_erased_in_one_pass() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, source_conversation_id)
             SELECT CASE WHEN n % 2 = 0 THEN 'maria' ELSE 'other ' || n % 100 END, 'fact', 's', 'Note number ' || n, 'c' || n / 20
               FROM generate_series(1, 200000) AS n",
        )
        .unwrap();
    let mut transaction = client.transaction().unwrap();
    let counts: Value = transaction.query_one("SELECT homer_erase_user('maria')", &[]).unwrap().get(0);
    assert_eq!(counts["homer_memories"], 100_000);
    let read: i64 = transaction
        .query_one("SELECT sum(seq_tup_read + idx_tup_fetch)::bigint FROM pg_stat_xact_user_tables WHERE relname LIKE 'homer%'", &[])
        .unwrap()
        .get(0);
    assert!(read <= 1_000_000, "{read} rows were read");
}
