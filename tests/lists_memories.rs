//! A user's memories are looked through page by page, whatever became of them, and a page costs the same wherever it is.

use homer_tests::*;

/// Ids by state: 1 to 20 Maria's in turns, as `n % 4`: active, forgotten, expired and swept, expired and not swept yet; everyone's
/// and Devon's between them.
const FILL: &str = "
    INSERT INTO homer_memories (id, user_id, category, subject, content, tags, expires_at, is_active, updated_at)
    SELECT n, CASE WHEN n <= 20 THEN 'maria' WHEN n <= 25 THEN 'devon' END, CASE WHEN n % 3 = 0 THEN 'Rule' ELSE 'fact' END, 's', 'c' || n,
           CASE WHEN n % 5 = 0 THEN '[\"five\"]' ELSE '[]' END::jsonb,
           CASE n % 4 WHEN 2 THEN timestamp '2024-01-01' WHEN 3 THEN timestamp '2024-01-01' END, n % 4 IN (0, 3), '2024-06-01'
      FROM generate_series(1, 30) AS n ORDER BY md5(n::text)";

fn listed(client: &mut Client, arguments: &str) -> Vec<i32> {
    let query = format!("SELECT id FROM homer_list_memories({arguments})");
    client
        .query(&query, &[])
        .unwrap_or_else(|error| panic!("{query}: {error:?}"))
        .iter()
        .map(|row| row.get(0))
        .collect()
}

#[test]
fn each_state_has_its_memories_newest_first() {
    let mut client = session();
    client.batch_execute(FILL).unwrap();
    let client = &mut client;
    assert_eq!(listed(client, "'maria'"), [20, 16, 12, 8, 4]);
    assert_eq!(listed(client, "'maria', state => NULL, \"limit\" => NULL"), [20, 16, 12, 8, 4]);
    assert_eq!(listed(client, "'maria', state => 'retired'"), [17, 13, 9, 5, 1]);
    assert_eq!(listed(client, "'maria', state => 'expired'"), [19, 18, 15, 14, 11, 10, 7, 6, 3, 2]);
    assert_eq!(listed(client, "'maria', state => 'all'"), (1..=20).rev().collect::<Vec<_>>());
    assert_eq!(listed(client, "NULL"), [28], "everyone's");
    assert_eq!(listed(client, "'nobody'"), [0; 0]);
    assert_eq!(listed(client, "'maria', categories => '{RULE}', state => 'all'"), [18, 15, 12, 9, 6, 3]);
    assert_eq!(listed(client, "'maria', tags => '{five}', state => 'all'"), [20, 15, 10, 5]);
    assert_eq!(listed(client, "'maria', 0"), [0; 0]);
    for (arguments, sqlstate) in [
        ("'maria', -1", "ME003"),
        ("'maria', state => 'deleted'", "ME033"),
        ("'maria', tags => '{}'", "ME002"),
        ("''", "ME002"),
    ] {
        assert_eq!(refused(client, &format!("SELECT homer_list_memories({arguments})")).sqlstate, sqlstate);
    }
}

#[test]
fn pages_hold_each_memory_once() {
    let mut client = session();
    client.batch_execute(FILL).unwrap();
    for state in ["active", "retired", "expired", "all"] {
        let whole = listed(&mut client, &format!("'maria', state => '{state}'"));
        let (mut pages, mut after) = (Vec::new(), "NULL".to_owned());
        loop {
            let page = listed(&mut client, &format!("'maria', 3, {after}, state => '{state}'"));
            let Some(last) = page.last() else { break };
            after = last.to_string();
            pages.extend(page);
        }
        assert_eq!(pages, whole, "{state}");
    }
}

#[test]
fn a_page_reads_what_it_shows_wherever_it_is() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, is_active)
             SELECT (ARRAY['maria', 'devon', NULL])[1 + n % 3], 'fact', 's', 'c' || n, n % 2 = 0 FROM generate_series(1, 60000) AS n",
        )
        .unwrap();
    client.batch_execute("CREATE ROLE listing_assistant; SELECT homer_grant('listing_assistant', 'confined')").unwrap();
    let confined = "SET ROLE listing_assistant; SET homer.user_id = 'maria'";
    for statistics in ["", "ANALYZE", "VACUUM", confined] {
        client.batch_execute(statistics).unwrap();
        for state in ["active", "retired", "all"] {
            for after in ["NULL", "30000", "600"] {
                let read = "SELECT pg_stat_get_xact_tuples_fetched(oid) + pg_stat_get_xact_tuples_returned(oid) FROM pg_class WHERE relname = 'homer_memories'";
                let mut transaction = client.transaction().unwrap();
                let shown: i64 = transaction
                    .query_one(
                        &format!("SELECT count(*) FROM homer_list_memories('maria', 50, {after}, state => '{state}')"),
                        &[],
                    )
                    .unwrap()
                    .get(0);
                let rows: i64 = transaction.query_one(read, &[]).unwrap().get(0);
                assert_eq!(shown, 50);
                assert!(rows <= 300, "{statistics} {state} after {after}: {rows} rows read");
            }
        }
    }
    client.batch_execute("RESET ROLE; DROP OWNED BY listing_assistant; DROP ROLE listing_assistant").unwrap();
}
