//! An application's trigger runs as it would for a statement of the application's own: in the caller's search_path, and with
//! the caller's settings of the planner, through whichever function of homer's the row comes.

use homer_tests::*;

/// A trigger that names a table of the application's without a schema, and notes the settings that it runs with.
const TRIGGERS: &str = "
    CREATE SCHEMA app;
    CREATE TABLE app.seen (what text);
    CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO seen SELECT name || ' is ' || setting || ' at ' || TG_OP || ' of ' || TG_TABLE_NAME
                           FROM pg_settings
                          WHERE name IN ('enable_seqscan', 'enable_sort', 'jit', 'plan_cache_mode', 'search_path', 'TimeZone')
                            AND setting NOT IN ('on', 'auto', 'public, app', 'Asia/Tokyo');
        INSERT INTO seen VALUES ('a row');
        RETURN COALESCE(NEW, OLD);
    END $$;
    CREATE TRIGGER note BEFORE INSERT OR UPDATE OR DELETE ON homer_user_profiles FOR EACH ROW EXECUTE FUNCTION app.note();
    CREATE TRIGGER note BEFORE INSERT OR UPDATE OR DELETE ON homer_memories FOR EACH ROW EXECUTE FUNCTION app.note();
    CREATE TRIGGER note BEFORE INSERT OR UPDATE OR DELETE ON homer_files FOR EACH ROW EXECUTE FUNCTION app.note();
    CREATE TRIGGER note BEFORE INSERT OR UPDATE OR DELETE ON homer_file_messages FOR EACH ROW EXECUTE FUNCTION app.note();
    SET search_path = public, app; SET TimeZone = 'Asia/Tokyo'";

const FILE: &str = "11111111-1111-4111-8111-111111111111";

/// Each call writes a row of one of the four tables at least.
const CALLS: &[&str] = &[
    "homer_upsert_profile('maria', 'Maria', 'owner')",
    "homer_touch_profile('maria')",
    "homer_remember('maria', 'fact', 's', 'one')",
    "homer_remember('maria', 'fact', 's', 'One')",
    "homer_remember('maria', 'fact', 's', 'two', supersedes => 1)",
    "homer_remember_many('[{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"three\"},
                          {\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"TWO\"}]')",
    "homer_remind('maria', 's', 'four', now())",
    "homer_claim_reminders(1, 'maria')",
    "homer_forget(2)",
    "homer_reject(3)",
    "homer_expire_memories()",
    "homer_register_file('maria', 'n', 'm', 1, '/p', file_id => 'FILE')",
    "homer_share_file('FILE', '{sam}')",
    "homer_unshare_file('FILE', '{sam}')",
    "homer_publish_file('FILE')",
    "homer_link_file('FILE', 'c', 'm', 'inbound')",
    "homer_remove_file('FILE')",
    "homer_erase_user('maria')",
    "homer_import_user((SELECT document FROM app.exported))",
];

#[test]
fn a_trigger_runs_with_the_callers_path_and_settings() {
    let mut client = session_of_nobody();
    client.batch_execute(TRIGGERS).unwrap();
    client
        .batch_execute(
            "SELECT homer_upsert_profile('maria', 'Maria', 'owner'), homer_remember('maria', 'fact', 's', 'exported');
             CREATE TABLE app.exported AS SELECT homer_export_user('maria') AS document;
             SELECT homer_erase_user('maria');
             INSERT INTO homer_memories (user_id, category, subject, content, expires_at) VALUES ('devon', 'fact', 's', 'c', '2020-01-01');
             ALTER SEQUENCE homer_memories_id_seq RESTART WITH 1;
             UPDATE homer_memories SET id = 1000; TRUNCATE app.seen",
        )
        .unwrap();
    for call in CALLS {
        client
            .batch_execute(&format!("SELECT {}", call.replace("FILE", FILE)))
            .unwrap_or_else(|error| panic!("{call}: {error:?}"));
        assert_eq!(rows(&mut client, "SELECT DISTINCT what FROM app.seen"), ["a row"], "{call}");
        client.batch_execute("TRUNCATE app.seen").unwrap();
    }
}

/// Plans are kept under the search path they were made in: a function with one of its own would throw away those of all others.
#[test]
fn no_function_sets_a_search_path() {
    let paths = "SELECT oid::regprocedure FROM pg_proc WHERE proconfig::text LIKE '%search_path%'
                    AND pronamespace IN ('public'::regnamespace, 'homer'::regnamespace)";
    assert_eq!(rows(&mut session(), paths), [""; 0]);
    let settings =
        "SELECT count(*) > 5 FROM pg_proc WHERE proconfig IS NOT NULL AND pronamespace = 'homer'::regnamespace";
    assert_eq!(rows(&mut session(), settings), ["t"], "others are set, and would be seen");
}
