//! A timestamp in the tables is UTC, whatever the session's TimeZone.

use homer_tests::*;

const ZONES: [&str; 3] = ["UTC", "Asia/Tokyo", "America/Chicago"];

#[test]
fn what_the_functions_write_is_utc() {
    let mut client = session();
    for zone in ZONES {
        let moments = rows(
            &mut client,
            &format!(
                "BEGIN; SET LOCAL TimeZone = '{zone}';
                 SELECT homer_upsert_profile('{zone}', 'Maria', 'owner');
                 SELECT homer_touch_profile('{zone}');
                 SELECT homer_remember('{zone}', 'fact', 's', 'c', expires_at => '2999-01-01 00:00+00');
                 SELECT p.created_at = utc, p.updated_at = utc, p.last_interaction = utc,
                        m.created_at = utc, m.updated_at = utc, m.expires_at
                   FROM homer_user_profiles AS p JOIN homer_memories AS m USING (user_id),
                        (SELECT now() AT TIME ZONE 'UTC' AS utc) AS clock
                  WHERE user_id = '{zone}';
                 COMMIT"
            ),
        );
        assert_eq!(moments.last().unwrap(), "t|t|t|t|t|2999-01-01 00:00:00", "{zone}");
    }
}

#[test]
fn the_same_rows_expire_at_the_same_moment_everywhere() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, expires_at)
             SELECT 'maria', 'fact', subject, '', now() AT TIME ZONE 'UTC' + expiry
               FROM (VALUES ('an hour ago', interval '-1 hour'), ('in an hour', interval '1 hour')) AS t (subject, expiry)",
        )
        .unwrap();
    for zone in ZONES {
        client.batch_execute(&format!("SET TimeZone = '{zone}'")).unwrap();
        let subjects = "SELECT subject FROM homer_relevant_memories('maria')";
        assert_eq!(rows(&mut client, subjects), ["in an hour"], "{zone}");
    }
}
