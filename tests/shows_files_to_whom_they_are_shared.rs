//! A file is seen by its owner, by the users it is shared with and, once published, by everyone; by nobody else, through
//! any function.

use homer_tests::*;
use std::thread;

const PLAN: &str = "11111111-1111-4111-8111-111111111111";
const MENU: &str = "22222222-2222-4222-8222-222222222222";

/// Maria's plan, which a message of the conversation c carried, and a menu of hers.
fn fill(client: &mut Client) {
    client
        .batch_execute(&format!(
            "SELECT homer_register_file('maria', 'plan.pdf', 'application/pdf', 1, '/plan', file_id => '{PLAN}', description => 'drain');
             SELECT homer_register_file('maria', 'menu.pdf', 'application/pdf', 1, '/menu', file_id => '{MENU}', description => 'soup');
             SELECT homer_link_file('{PLAN}', 'c', 'm', 'inbound')"
        ))
        .unwrap();
}

/// Through which functions a user meets the plan.
fn sees_plan(client: &mut Client, user: &str) -> Vec<String> {
    let user = if user.is_empty() { "NULL".into() } else { format!("'{user}'") };
    let mut seen = rows(
        client,
        &format!(
            "SELECT 'accessible' FROM homer_accessible_files({user}) WHERE file_id = '{PLAN}'
             UNION ALL SELECT 'answer' FROM homer_accessible_files({user}, query => 'drain')
             UNION ALL SELECT 'can read' WHERE homer_can_read_file({user}, '{PLAN}')
             UNION ALL SELECT 'context' WHERE homer_context({user}, conversation_id => 'c') LIKE '%plan.pdf%'
             UNION ALL SELECT 'context answer' WHERE homer_context({user}, 'drain') LIKE '%plan.pdf%'
             UNION ALL SELECT 'json' WHERE homer_context_json({user}, conversation_id => 'c')::text LIKE '%plan.pdf%'"
        ),
    );
    // There, a null user asks for all.
    if user != "NULL" {
        seen.extend(rows(client, &format!("SELECT 'conversation' FROM homer_conversation_files('c', {user})")));
    }
    seen
}

const EVERYWHERE: [&str; 7] = ["accessible", "answer", "can read", "context", "context answer", "json", "conversation"];
const NOWHERE: [&str; 0] = [];

#[test]
fn a_file_is_seen_by_its_owner_until_it_is_shared() {
    let mut client = session();
    fill(&mut client);
    assert_eq!(sees_plan(&mut client, "maria"), EVERYWHERE);
    for other in ["devon", "mar", "maria ", "MARIA", "%", ""] {
        assert_eq!(sees_plan(&mut client, other), NOWHERE, "{other}");
    }

    rows(&mut client, &format!("SELECT homer_share_file('{PLAN}', '{{devon}}')"));
    assert_eq!(sees_plan(&mut client, "devon"), EVERYWHERE);
    for other in ["sam", "devo", ""] {
        assert_eq!(sees_plan(&mut client, other), NOWHERE, "{other}");
    }
    // Sharing one file shares no other.
    assert_eq!(rows(&mut client, "SELECT original_name FROM homer_accessible_files('devon')"), ["plan.pdf"]);

    rows(&mut client, &format!("SELECT homer_unshare_file('{PLAN}', '{{devon}}')"));
    assert_eq!(sees_plan(&mut client, "devon"), NOWHERE);

    rows(&mut client, &format!("SELECT homer_publish_file('{PLAN}')"));
    for user in ["maria", "devon", "sam"] {
        assert_eq!(sees_plan(&mut client, user), EVERYWHERE, "{user}");
    }
    assert_eq!(sees_plan(&mut client, ""), EVERYWHERE[..6]);
    rows(&mut client, &format!("SELECT homer_publish_file('{PLAN}', false)"));
    assert_eq!(sees_plan(&mut client, "sam"), NOWHERE);
    assert_eq!(sees_plan(&mut client, "maria"), EVERYWHERE);
}

#[test]
fn a_file_that_is_removed_is_gone_with_its_links() {
    let mut client = session();
    fill(&mut client);
    rows(&mut client, &format!("SELECT homer_share_file('{PLAN}', '{{devon}}')"));
    assert_eq!(sees_plan(&mut client, "devon"), EVERYWHERE);
    let stored = rows(&mut client, &format!("SELECT f.* FROM homer_files AS f WHERE file_id = '{PLAN}'"));
    let removed = format!("SELECT * FROM homer_remove_file('{PLAN}')");
    assert_eq!(rows(&mut client, &removed), stored);
    for user in ["maria", "devon"] {
        let seen = format!("SELECT original_name FROM homer_accessible_files('{user}')");
        assert_eq!(rows(&mut client, &seen), if user == "maria" { vec!["menu.pdf"] } else { vec![] }, "{user}");
        assert_eq!(rows(&mut client, &format!("SELECT * FROM homer_conversation_files('c', '{user}')")), [""; 0]);
    }
    assert_eq!(rows(&mut client, "SELECT * FROM homer.link_makers"), [""; 0]);
    assert_eq!(rows(&mut client, "SELECT homer_export_user('devon') ->> 'files_shared_with_user'"), ["[]"]);
    assert_eq!(refused(&mut client, &removed).sqlstate, "ME030");
    // Its id is free again, and nobody sees the new file but its owner.
    rows(
        &mut client,
        &format!("SELECT homer_register_file('maria', 'plan.pdf', 'application/pdf', 1, '/plan', file_id => '{PLAN}')"),
    );
    assert_eq!(rows(&mut client, "SELECT original_name FROM homer_accessible_files('devon')"), [""; 0]);
}

#[test]
fn sharing_twice_is_sharing_once() {
    let mut client = session();
    fill(&mut client);
    let shared = |client: &mut Client, call: &str| -> String {
        rows(client, &format!("SELECT shared_with::text || ' ' || is_shared FROM {call}")).remove(0)
    };
    for (call, shared_with) in [
        ("homer_share_file(%, '{devon,sam}')", r#"["devon", "sam"] false"#),
        ("homer_share_file(%, '{sam,devon,sam}')", r#"["devon", "sam"] false"#),
        ("homer_share_file(%, '{maria,nina,nina}')", r#"["devon", "sam", "nina"] false"#),
        ("homer_share_file(%, '{}')", r#"["devon", "sam", "nina"] false"#),
        ("homer_unshare_file(%, '{sam,nobody}')", r#"["devon", "nina"] false"#),
        ("homer_unshare_file(%, '{sam}')", r#"["devon", "nina"] false"#),
        ("homer_publish_file(%)", r#"["devon", "nina"] true"#),
        ("homer_publish_file(%, true)", r#"["devon", "nina"] true"#),
    ] {
        assert_eq!(shared(&mut client, &call.replace('%', &format!("'{PLAN}'"))), shared_with, "{call}");
    }
    // Duplicates that an application wrote itself go with the next call.
    client
        .batch_execute(&format!(r#"UPDATE homer_files SET shared_with = '["a", "b", "a"]' WHERE file_id = '{PLAN}'"#))
        .unwrap();
    assert_eq!(shared(&mut client, &format!("homer_share_file('{PLAN}', '{{b}}')")), r#"["a", "b"] true"#);
}

#[test]
fn a_call_that_changes_nothing_leaves_the_row_alone() {
    let mut client = session();
    fill(&mut client);
    let version = format!("SELECT ctid, updated_at FROM homer_files WHERE file_id = '{PLAN}'");
    rows(&mut client, &format!("SELECT homer_share_file('{PLAN}', '{{devon}}')"));
    let before = rows(&mut client, &version);
    for call in
        ["share_file(%, '{devon}')", "share_file(%, '{maria}')", "unshare_file(%, '{sam}')", "publish_file(%, false)"]
    {
        rows(&mut client, &format!("SELECT homer_{}", call.replace('%', &format!("'{PLAN}'"))));
        assert_eq!(rows(&mut client, &version), before, "{call}");
    }
    rows(&mut client, &format!("SELECT homer_publish_file('{PLAN}')"));
    assert_ne!(rows(&mut client, &version), before);
}

#[test]
fn of_many_who_share_at_once_none_is_lost() {
    let database = database();
    fill(&mut database.connect());
    thread::scope(|scope| {
        for worker in 0..8 {
            let mut client = database.connect();
            scope.spawn(move || {
                for n in 0..25 {
                    rows(&mut client, &format!("SELECT homer_share_file('{PLAN}', '{{user {worker} {n},all}}')"));
                }
            });
        }
    });
    let count = format!("SELECT jsonb_array_length(shared_with) FROM homer_files WHERE file_id = '{PLAN}'");
    assert_eq!(value::<i32>(&mut database.connect(), &count), 8 * 25 + 1);
}

/// Sixty files, of which many are from the same moment, some from none, and some are seen in two ways.
#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, file_size, storage_path, is_shared,
                                      shared_with, created_at)
             SELECT 'file ' || n, (ARRAY['maria', 'devon'])[1 + n % 2], 'report ' || n, 'm', 1, 'p', n % 3 = 0,
                    CASE WHEN n % 5 = 0 THEN '[\"maria\"]' ELSE '[]' END::jsonb,
                    CASE WHEN n % 10 > 0 THEN timestamp '2026-01-01' + n / 20 * interval '1 day' END
               FROM generate_series(1, 60) AS n",
        )
        .unwrap();
    let visible = "SELECT file_id FROM homer_files WHERE uploaded_by = 'maria' OR is_shared OR shared_with ? 'maria'
                    ORDER BY created_at DESC NULLS LAST, id DESC";
    let newest = rows(&mut client, visible);
    assert_eq!(newest.len(), 44);
    let answers = rows(&mut client, "SELECT file_id FROM homer_accessible_files('maria', 100, 'report')");
    assert_eq!(answers.len(), 44);
    for (query, expected) in [("NULL", newest), ("'report'", answers)] {
        for size in [1, 7, 44] {
            let mut pages: Vec<String> = Vec::new();
            loop {
                let after = pages.last().map_or("NULL".into(), |last| format!("'{last}'"));
                let page = format!("SELECT file_id FROM homer_accessible_files('maria', {size}, {query}, {after})");
                let page = rows(&mut client, &page);
                if page.is_empty() {
                    break;
                }
                pages.extend(page);
            }
            assert_eq!(pages, expected, "{query}, {size} a page");
        }
    }
    // What the user may not see is no place to go on from.
    let anothers = "SELECT * FROM homer_accessible_files('maria', 5, NULL, 'file 1')";
    assert_eq!(rows(&mut client, "SELECT homer_can_read_file('maria', 'file 1')"), ["f"]);
    assert_eq!(refused(&mut client, anothers).sqlstate, "ME030");
}

/// Rows of homer_files fetched by a call that gives so many files, and scans of the whole table.
fn rows_read(client: &mut Client, call: &str) -> (i64, i64) {
    let counters = "SELECT idx_tup_fetch, seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'homer_files'";
    let mut transaction = client.transaction().unwrap();
    let before = transaction.query_one(counters, &[]).unwrap();
    assert_eq!(transaction.query(call, &[]).unwrap().len(), 20, "{call}");
    let after = transaction.query_one(counters, &[]).unwrap();
    (after.get::<_, i64>(0) - before.get::<_, i64>(0), after.get::<_, i64>(1) - before.get::<_, i64>(1))
}

#[test]
fn the_files_of_others_are_not_read_and_neither_are_older_ones_of_the_users_own() {
    let mut client = session();
    client.query("SELECT * FROM homer_accessible_files('maria')", &[]).unwrap();
    client
        .batch_execute(
            "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, file_size, storage_path, description, is_shared, shared_with)
             SELECT 'file ' || n, CASE WHEN n <= 5000 THEN 'maria' ELSE 'other ' || n % 7 END, 'report', 'm', 1, 'p',
                    CASE WHEN n % 200 = 0 THEN 'drain' ELSE 'soup' END, n > 25000,
                    CASE WHEN n IN (6000, 6001) THEN '[\"maria\"]' ELSE '[]' END::jsonb
               FROM generate_series(1, 30000) AS n",
        )
        .unwrap();
    for analyze in ["SELECT", "ANALYZE homer_files"] {
        client.batch_execute(analyze).unwrap();
        // Twenty of each way to see a file, two of which are seen in one of them.
        let (read, scans) = rows_read(&mut client, "SELECT * FROM homer_accessible_files('maria')");
        assert!(scans == 0 && (20..=60).contains(&read), "{analyze}: {read} rows, {scans} scans");
        let last = "SELECT * FROM homer_accessible_files('maria', 20, NULL, 'file 4000')";
        let (read, scans) = rows_read(&mut client, last);
        assert!(scans == 0 && (20..=60).contains(&read), "{analyze}, a later page: {read} rows, {scans} scans");
    }
}

/// A file is named in capitals as well as in small letters, by whatever function.
#[test]
fn the_next_page_begins_after_a_file_that_is_named_in_capitals() {
    const FILES: [&str; 2] = ["aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeee1", "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeee2"];
    let mut client = session_of_nobody();
    for file in FILES {
        client
            .batch_execute(&format!("SELECT homer_register_file('maria', 'plan', 'm', 1, 'p', file_id => '{file}')"))
            .unwrap();
    }
    for query in ["NULL", "'plan'"] {
        let page = |after: &str| format!("SELECT file_id FROM homer_accessible_files('maria', 1, {query}, {after})");
        let [newest, next] = [FILES[1], FILES[0]];
        assert_eq!(rows(&mut client, &page("NULL")), [newest], "{query}");
        for after in [newest.to_owned(), newest.to_uppercase()] {
            assert_eq!(rows(&mut client, &page(&format!("'{after}'"))), [next], "{query} {after}");
        }
    }
}
