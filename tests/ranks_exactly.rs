//! `homer_relevant_memories` gives the same rows in the same order as computing the formula for every row.

use homer_tests::*;

/// 20,000 rows of three users and of everyone: all categories, nulls, ties, expired and inactive ones.
const RANDOM_MEMORIES: &str = "
    SELECT setseed(0.42);
    INSERT INTO homer_memories
        (user_id, category, subject, content, importance, expires_at, is_active, created_at, updated_at)
    SELECT (ARRAY['maria', 'maria', 'devon', 'zoë', NULL])[1 + floor(random() * 5)::int],
           (ARRAY['fact', 'preference', 'decision', 'reminder', 'context', 'recipe', 'Überraschung'])
               [1 + floor(random() * 7)::int],
           'subject ' || i, 'content ' || i,
           (ARRAY[NULL, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])[1 + floor(random() * 11)::int],
           CASE WHEN random() < 0.3 THEN utc + (random() - 0.5) * interval '60 days' END,
           (ARRAY[true, true, true, true, false, NULL])[1 + floor(random() * 6)::int],
           CASE WHEN random() < 0.9 THEN utc - floor(random() * 20) * interval '31 days 1 hour' END,
           -- In steps, so that many rows tie, and now and then in the future. No half-life is a multiple of the step:
           -- 8 now and 4 a half-life later are equal on paper, and in floating point by luck.
           CASE WHEN random() < 0.8 THEN utc - floor(random() * 20 - 1) * interval '31 days 1 hour' END
      FROM generate_series(1, 20000) AS i, (SELECT now() AT TIME ZONE 'UTC' AS utc) AS clock";

/// The formula, written down a second time, for a user given as SQL and a limit. SQL's power() fails where its result
/// is below the smallest double precision number, 2 ^ -1074.
fn brute_force(user: &str, limit: usize) -> String {
    format!(
        "SELECT id, round(relevance::numeric, 9)
           FROM (SELECT id, CASE WHEN half_lives > 1080 THEN 0
                            ELSE COALESCE(importance, 5) * power(2::float8, -half_lives) END AS relevance
                   FROM homer_memories,
                        LATERAL (SELECT extract(epoch FROM (now() AT TIME ZONE 'UTC')
                                            - COALESCE(updated_at, created_at, timestamp '1970-01-01'))::float8
                                        / 86400 / CASE category WHEN 'fact' THEN 365 WHEN 'preference' THEN 365
                                                                WHEN 'decision' THEN 180 WHEN 'reminder' THEN 30
                                                                WHEN 'context' THEN 14 ELSE 90 END) AS age (half_lives)
                  WHERE (user_id = {user} OR user_id IS NULL) AND COALESCE(is_active, true)
                    AND COALESCE(expires_at > now() AT TIME ZONE 'UTC', true)) AS every_row
          ORDER BY relevance DESC, id DESC LIMIT {limit}"
    )
}

fn homers(user: &str, limit: usize) -> String {
    format!("SELECT id, round(relevance::numeric, 9) FROM homer_relevant_memories({user}, {limit})")
}

#[test]
fn the_same_as_brute_force_in_every_timezone() {
    let mut client = session();
    client.batch_execute(RANDOM_MEMORIES).unwrap();
    for zone in ["UTC", "Asia/Tokyo", "America/Chicago"] {
        client.batch_execute(&format!("SET TimeZone = '{zone}'")).unwrap();
        for user in ["'maria'", "'devon'", "'zoë'", "'nobody'", "NULL"] {
            for limit in [1, 10, 100, 20_000] {
                // One transaction, so that both see the same now.
                let both = format!("BEGIN; {}; {}; COMMIT", homers(user, limit), brute_force(user, limit));
                let both = rows(&mut client, &both);
                let (homer, brute) = both.split_at(both.len() / 2);
                assert!(homer.len() >= limit.min(1_000), "{user} has only {} rows", homer.len());
                assert_eq!(homer, brute, "{user}, limit {limit}, {zone}");
            }
        }
    }
}

/// One row of each kind that may not be returned, beside one that must.
#[test]
fn only_what_is_the_users_or_everyones_and_holds_now() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, expires_at, is_active) VALUES
                ('maria', 'fact', 'own', '', NULL, true),
                (NULL, 'fact', 'global', '', NULL, NULL),
                ('maria', 'fact', 'still true', '', now() AT TIME ZONE 'UTC' + interval '1 hour', true),
                ('maria', 'fact', 'expired', '', now() AT TIME ZONE 'UTC' - interval '1 second', true),
                ('maria', 'fact', 'retired', '', NULL, false),
                ('devon', 'fact', 'another user''s', '', NULL, true)",
        )
        .unwrap();
    let mut subjects =
        |user: &str| rows(&mut client, &format!("SELECT subject FROM homer_relevant_memories({user}) ORDER BY 1"));
    assert_eq!(subjects("'maria'"), ["global", "own", "still true"]);
    assert_eq!(subjects("'devon'"), ["another user's", "global"]);
    assert_eq!(subjects("NULL"), ["global"]);
    assert_eq!(subjects("'somebody new'"), ["global"]);
}

#[test]
fn a_tie_goes_to_the_larger_id() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (id, user_id, category, subject, content, importance, updated_at)
             SELECT id, 'maria', category, 's', 'c', 6, timestamp '2026-01-01'
               FROM (VALUES (7, 'fact'), (3, 'preference'), (9, 'fact'), (5, 'preference')) AS tied (id, category)",
        )
        .unwrap();
    let ids = "SELECT id FROM homer_relevant_memories('maria')";
    assert_eq!(rows(&mut client, ids), ["9", "7", "5", "3"]);
}

/// 2 ^ x overflows in SQL from 1,024 half-lives on, and underflows; a single odd row must not cost its user the rest.
#[test]
fn no_age_is_too_great_to_rank() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, updated_at) VALUES
                ('maria', 'context', 'from the ice age', '', '4000-01-01 BC'),
                ('maria', 'context', 'from the year 290000', '', '290000-01-01'),
                ('maria', 'context', 'from today', '', now() AT TIME ZONE 'UTC')",
        )
        .unwrap();
    assert_eq!(
        rows(&mut client, "SELECT subject, round(relevance) FROM homer_relevant_memories('maria')"),
        ["from the year 290000|Infinity", "from today|5", "from the ice age|0"]
    );
}

#[test]
fn the_limit_is_an_upper_bound() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content)
             SELECT 'maria', 'fact', 's', i::text FROM generate_series(1, 25) AS i",
        )
        .unwrap();
    let mut count = |arguments: &str| -> i64 {
        value(&mut client, &format!("SELECT count(*) FROM homer_relevant_memories({arguments})"))
    };
    assert_eq!(count("'maria'"), 10, "the default");
    assert_eq!(count("'maria', 0"), 0);
    assert_eq!(count("'maria', 24"), 24);
    assert_eq!(count("\"limit\" => 100, user_id => 'maria'"), 25);
}
