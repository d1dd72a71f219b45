//! `homer_relevant_memories` gives the same rows in the same order as computing the formula for every row, although it
//! reads only the best of each category.

use homer_tests::*;

/// 20,000 rows of three users and of everyone: all categories, nulls, ties, expired and inactive ones.
const RANDOM_MEMORIES: &str = "
    SELECT setseed(0.42);
    INSERT INTO homer_memories
        (user_id, category, subject, content, importance, expires_at, is_active, created_at, updated_at)
    SELECT (ARRAY['maria', 'maria', 'devon', 'zoë', NULL])[1 + floor(random() * 5)::int],
           (ARRAY['fact', 'preference', 'decision', 'reminder', 'context', 'recipe', 'Überraschung',
                  ' Fact', 'REMINDER ', E'Context\n', 'Recipe', 'überraschung', 'rule', 'Rule '])[1 + floor(random() * 14)::int],
           'subject ' || i, 'content ' || i,
           (ARRAY[NULL, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])[1 + floor(random() * 11)::int],
           CASE WHEN random() < 0.3 THEN utc + (random() - 0.5) * interval '60 days' END,
           (ARRAY[true, true, true, true, false, NULL])[1 + floor(random() * 6)::int],
           CASE WHEN random() < 0.9 THEN utc - floor(random() * 20) * interval '31 days 1 hour' END,
           -- In steps, so that many rows tie, and now and then in the future, near or as far as where milliseconds were
           -- taken for seconds. No half-life is a multiple of the step: 8 now and 4 a half-life later are equal on paper,
           -- and in floating point by luck.
           CASE WHEN random() < 0.05 THEN timestamp '57868-01-01' + i % 3 * interval '1 day'
                WHEN random() < 0.8 THEN utc - floor(random() * 20 - 1) * interval '31 days 1 hour' END
      FROM generate_series(1, 20000) AS i, (SELECT now() AT TIME ZONE 'UTC' AS utc) AS clock";

/// The formula, written down a second time, for a user given as SQL, a limit and a condition. SQL's power() fails where
/// its result is below the smallest double precision number, 2 ^ -1074.
fn brute_force(user: &str, limit: usize, condition: &str) -> String {
    format!(
        "SELECT id, relevance
           FROM (SELECT id, CASE WHEN half_lives > 1080 THEN 0
                            ELSE COALESCE(importance, 5) * power(2::float8, -half_lives) END AS relevance
                   FROM homer_memories,
                        LATERAL (SELECT extract(epoch FROM (now() AT TIME ZONE 'UTC') - least(
                                            COALESCE(updated_at, created_at, timestamp '1970-01-01'), now() AT TIME ZONE 'UTC'))::float8
                                        / 86400 / CASE {CATEGORY} WHEN 'fact' THEN 365 WHEN 'preference' THEN 365
                                                                WHEN 'decision' THEN 180 WHEN 'reminder' THEN 30
                                                                WHEN 'context' THEN 14 WHEN 'rule' THEN 'Infinity'::float8
                                                                ELSE 90 END) AS age (half_lives)
                  WHERE (user_id = {user} OR user_id IS NULL) AND COALESCE(is_active, true)
                    AND COALESCE(expires_at > now() AT TIME ZONE 'UTC', true) AND {condition}) AS every_row
          ORDER BY relevance DESC, id DESC LIMIT {limit}"
    )
}

/// A category as it is compared.
const CATEGORY: &str = "lower(btrim(category, E' \\n'))";

fn homers(user: &str, limit: usize, filter: &str) -> String {
    format!("SELECT id, relevance FROM homer_relevant_memories({user}, {limit}{filter})")
}

/// Asserts that homer and brute force agree, and gives how many rows they found.
fn assert_exact(client: &mut Client, user: &str, limit: usize, filter: &str, condition: &str, label: &str) -> usize {
    // One transaction, so that both see the same now.
    let mut transaction = client.transaction().unwrap();
    let mut ranked = |query: &str| -> (Vec<i32>, Vec<f64>) {
        transaction.query(query, &[]).unwrap().iter().map(|row| (row.get::<_, i32>(0), row.get::<_, f64>(1))).unzip()
    };
    let (homer, relevances) = ranked(&homers(user, limit, filter));
    let (brute, expected) = ranked(&brute_force(user, limit, condition));
    assert_eq!(homer, brute, "{label}: {user}, limit {limit}{filter}");
    // SQL's power() and Rust's exp2() may differ in the last digit.
    let farthest = relevances.iter().zip(&expected).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
    assert!(farthest < 1e-9, "{label}: {user}, limit {limit}{filter}: {farthest} apart");
    homer.len()
}

#[test]
fn the_same_as_brute_force_in_every_timezone() {
    let mut client = session();
    client.batch_execute(RANDOM_MEMORIES).unwrap();
    for zone in ["UTC", "Asia/Tokyo", "America/Chicago"] {
        client.batch_execute(&format!("SET TimeZone = '{zone}'")).unwrap();
        for user in ["'maria'", "'devon'", "'zoë'", "'nobody'", "NULL"] {
            for limit in [1, 10, 100, 20_000] {
                let found = assert_exact(&mut client, user, limit, "", "true", zone);
                assert!(found >= limit.min(1_000), "{user} has only {found} rows");
            }
        }
    }
}

/// The conditions on the right are what the filters on the left mean.
const FILTERS: &[(&str, &str)] = &[
    ("", "true"),
    (", include_global => false", "user_id IS NOT NULL"),
    (", categories => '{fact}'", "CATEGORY = 'fact'"),
    (", categories => '{context,fact,fact}'", "CATEGORY IN ('context', 'fact')"),
    (", categories => '{recipe}'", "CATEGORY = 'recipe'"),
    (", categories => '{Überraschung,reminder,recipe}'", "CATEGORY IN ('überraschung', 'reminder', 'recipe')"),
    (", categories => '{Fact,\" RECIPE\",ÜBERRASCHUNG }'", "CATEGORY IN ('fact', 'recipe', 'überraschung')"),
    (", categories => '{Rezept}'", "false"),
    (", tags => '{red}'", "tags ? 'red'"),
    (", tags => '{red,blue}'", "tags ?| '{red,blue}'"),
    (
        ", tags => '{green}', categories => '{decision,recipe}', include_global => false",
        "tags ? 'green' AND CATEGORY IN ('decision', 'recipe') AND user_id IS NOT NULL",
    ),
    (", tags => '{nobody wrote this}'", "false"),
];

/// Random memories, limits and filters, before and after random changes. The seed is in the message of a failure.
#[test]
fn the_same_as_brute_force_with_filters_and_after_changes() {
    let mut client = session();
    client.batch_execute(&RANDOM_MEMORIES.replace("20000", "1500")).unwrap();
    let mut found = 0;
    for seed in 1..=25 {
        client
            .batch_execute(&format!(
                "SELECT setseed({seed} / 100.0);
                 UPDATE homer_memories
                    SET tags = (ARRAY['[]', '[\"red\"]', '[\"blue\", \"red\"]', '[\"green\"]', NULL])[1 + floor(random() * 5)::int]::jsonb
                  WHERE random() < 0.3;
                 UPDATE homer_memories SET updated_at = now() AT TIME ZONE 'UTC' - floor(random() * 9 - 1) * interval '19 days 1 hour'
                  WHERE random() < 0.1;
                 UPDATE homer_memories SET importance = 1 + floor(random() * 10) WHERE random() < 0.1;
                 UPDATE homer_memories SET category = 'recipe' WHERE random() < 0.02;
                 UPDATE homer_memories SET expires_at = now() AT TIME ZONE 'UTC' + (random() - 0.5) * interval '9 days' WHERE random() < 0.1;
                 SELECT count(homer_forget(id)) FROM (SELECT id FROM homer_memories WHERE random() < 0.02) AS few;
                 UPDATE homer_memories SET is_active = true WHERE random() < 0.02;
                 DELETE FROM homer_memories WHERE random() < 0.02;
                 INSERT INTO homer_memories (user_id, category, subject, content, importance)
                 SELECT user_id, category, subject, content, importance FROM homer_memories WHERE random() < 0.03"
            ))
            .unwrap();
        for (filter, condition) in FILTERS {
            for user in ["'maria'", "NULL"] {
                let limit = value::<f64>(&mut client, "SELECT floor(60 * random() ^ 2)") as usize;
                let condition = condition.replace("CATEGORY", CATEGORY);
                found += assert_exact(&mut client, user, limit, filter, &condition, &format!("seed {seed}"));
            }
        }
    }
    assert!(found > 5_000, "only {found} rows were compared");
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
        ["from the year 290000|5", "from today|5", "from the ice age|0"],
        "a moment to come counts as now"
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

/// A clock that is ahead, or milliseconds taken for seconds, must not put a memory above what is more important, for ever.
#[test]
fn a_moment_to_come_counts_as_now() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, importance, created_at, updated_at)
             SELECT 'maria', category, subject, '', importance, said, said
               FROM (VALUES ('fact', 'now', 6, interval '0'), ('fact', 'in a day', 5, '1 day'),
                            ('context', 'in the year 57868', 4, '55842 years'), ('context', 'in a year', 7, '1 year'),
                            ('recipe', 'in an hour', 3, '1 hour')) AS m (category, subject, importance, ahead),
                    LATERAL (SELECT (now() AT TIME ZONE 'UTC') + ahead AS said) AS moment",
        )
        .unwrap();
    let ranking = "SELECT subject, round(relevance::numeric, 3) FROM homer_relevant_memories('maria')";
    let expected = ["in a year|7.000", "now|6.000", "in a day|5.000", "in the year 57868|4.000", "in an hour|3.000"];
    assert_eq!(rows(&mut client, ranking), expected);
    assert_eq!(rows(&mut client, &ranking.replace("'maria'", "'maria', 2")), expected[..2]);
    let parts = "SELECT part, round(amount::numeric, 3), round(counts::numeric, 3)
                   FROM homer_explain_relevance('maria', NULL, NULL, (SELECT id FROM homer_memories WHERE subject = 'in a year'))";
    assert_eq!(rows(&mut client, parts), ["importance|7.000|7.000", "age|0.000|0.000", "total|null|7.000"]);
}

/// A mass update gives thousands of memories the same moment: which ten are the best is decided by their ids alone.
#[test]
fn thousands_of_ties_are_broken_by_id() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, importance)
             SELECT 'maria', 'fact', 's', 'c', 7 FROM generate_series(1, 5000);
             UPDATE homer_memories SET updated_at = now() AT TIME ZONE 'UTC' - interval '3 days'",
        )
        .unwrap();
    let ids = rows(&mut client, "SELECT id FROM homer_relevant_memories('maria', 5)");
    assert_eq!(ids, ["5000", "4999", "4998", "4997", "4996"]);
    // 4 a half-life ago and 2 now are equal: the larger id comes first, whichever of them has it.
    let both = rows(
        &mut client,
        "BEGIN; DELETE FROM homer_memories;
         INSERT INTO homer_memories (id, user_id, category, subject, content, importance, updated_at)
         SELECT id, 'maria', category, 's', 'c', importance, now() AT TIME ZONE 'UTC' - days * interval '1 day'
           FROM (VALUES (1, 'fact', 2, 0), (2, 'fact', 4, 365), (3, 'decision', 2, 0), (4, 'decision', 8, 360),
                        (6, 'context', 4, 14), (5, 'context', 2, 0)) AS tied (id, category, importance, days);
         SELECT id, relevance FROM homer_relevant_memories('maria'); ROLLBACK",
    );
    assert_eq!(both, ["6|2", "5|2", "4|2", "3|2", "2|2", "1|2"]);
}

#[test]
fn what_a_row_does_not_say_counts_as_documented() {
    let mut client = session();
    let mut relevance = |arguments: &str| value::<f64>(&mut client, &format!("SELECT homer.relevance({arguments})"));
    let now = "timestamp '2026-01-08'";
    assert_eq!(relevance(&format!("8, 'context', timestamp '2025-12-25', NULL, {now}")), 4.0);
    assert_eq!(relevance(&format!("8, 'context', NULL, timestamp '2025-12-25', {now}")), 4.0, "created_at");
    assert_eq!(relevance(&format!("NULL, 'context', timestamp '2025-12-25', NULL, {now}")), 2.5, "an importance of 5");
    let from_1970 = relevance(&format!("8, 'fact', timestamp '1970-01-01', NULL, {now}"));
    assert_eq!(relevance(&format!("8, 'fact', NULL, NULL, {now}")), from_1970);
    assert!(from_1970 < 1e-12, "{from_1970}");
}

/// SQL and Rust each say from when on nobody means a moment: the index of the one holds what the order of the other puts last.
#[test]
fn what_stands_last_is_what_the_index_of_far_off_moments_holds() {
    let mut client = session();
    let last = "homer.rank_key(10, 'fact', m, NULL) < homer.earliest_key()";
    let moments = "VALUES ('2099-12-31 23:59:59.999999'::timestamp), ('2100-01-01'), ('57868-01-01'), ('infinity'), ('-infinity'), (NULL)";
    let told = format!("SELECT homer.is_far_off(m, NULL) IS TRUE, {last} FROM ({moments}) AS v (m)");
    assert_eq!(rows(&mut client, &told), ["f|f", "t|t", "t|t", "t|t", "f|f", "f|f"]);
}
