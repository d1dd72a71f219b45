//! A model that writes SQL by itself, logged in as a role of its own with a proven identity, gets at nothing of other users and
//! changes nothing of theirs: 300 statements that try what an attacker would.

use std::io::Read as _;

use homer_tests::*;
use jsonwebtoken::Algorithm;

use crate::tokens::Signer;

/// No word of these is Maria's, and no statement below says one.
const SECRETS: [&str; 6] = ["Quagmire", "Zephyrine", "Obsidian", "Wolfram", "Petrichor", "Halcyon"];

const FILL: &str = "
    SELECT homer_remember('maria', 'fact', 'Coffee', 'Black, no sugar'), homer_remember(NULL, 'fact', 'Hours', 'Open till six');
    SELECT homer_remember('devon', 'fact', 'Quagmire', 'Zephyrine'), homer_reject(id) FROM homer_remember('devon', 'fact', 's', 'Wolfram');
    SELECT homer_upsert_profile('devon', 'Obsidian', 'manager', '{\"title\": \"Halcyon\"}');
    SELECT homer_register_file('devon', 'Petrichor', 'text/plain', 1, '/p', file_id => '00000000-0000-0000-0000-00000000000b',
                               description => 'Halcyon', extracted_text => 'Wolfram', tags => '{Quagmire}');
    SELECT homer_link_file('00000000-0000-0000-0000-00000000000b', 'Obsidian', 'Petrichor', 'inbound', 'Zephyrine');
    SELECT homer_remind('devon', 'Halcyon', 'Obsidian', '2020-01-01Z'); ANALYZE";

const TABLES: [&str; 9] = [
    "homer_user_profiles",
    "homer_memories",
    "homer_files",
    "homer_file_messages",
    "homer.refusals",
    "homer.successions",
    "homer.link_makers",
    "homer.bound_roles",
    "homer.trusted_keys",
];

/// What is tried with each table, `T` being its name.
const WITH_A_TABLE: &[&str] = &[
    "SELECT t::text FROM T AS t",
    "SELECT to_jsonb(t) FROM T AS t",
    "SELECT string_agg(t::text, ',') FROM ONLY T AS t",
    "SELECT t::text FROM T AS t TABLESAMPLE SYSTEM (100)",
    "SELECT t::text FROM T AS t FOR UPDATE",
    "TABLE T",
    "COPY T TO STDOUT",
    "COPY (SELECT * FROM T) TO PROGRAM 'cat'",
    "SELECT query_to_xml('SELECT * FROM T', true, false, '')::text",
    "SELECT table_to_xml('T'::regclass, true, false, '')::text",
    "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE tablename = 'T'",
    "SELECT * FROM pg_statistic WHERE starelid = 'T'::regclass",
    "WITH r AS (DELETE FROM T RETURNING *) SELECT r::text FROM r",
    "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM T",
    "TRUNCATE T",
    "ALTER TABLE T DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE T NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE T OWNER TO CURRENT_USER",
    "DROP TABLE T CASCADE",
    "CREATE POLICY mine ON T USING (true)",
    "CREATE TRIGGER mine BEFORE INSERT ON T FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE mine AS ON SELECT TO T DO INSTEAD SELECT 1",
    "GRANT ALL ON T TO PUBLIC",
    "LOCK TABLE T IN ACCESS EXCLUSIVE MODE",
    "CREATE TABLE copied AS TABLE T",
];

/// What is tried besides.
const BESIDES: &[&str] = &[
    "SET homer.user_id = 'devon'",
    "SELECT set_config('homer.user_id', 'devon', false)",
    "SET row_security = off",
    "SET SESSION AUTHORIZATION postgres",
    "SET ROLE postgres",
    "SET ROLE pg_read_all_data",
    "RESET SESSION AUTHORIZATION",
    "DISCARD ALL",
    "SELECT homer_act_as('e30.e30.e30')",
    "SELECT homer.prove_user('e30.e30.e30')",
    "SELECT homer_bind_role('model_writes', 'devon')",
    "SELECT homer_trust_keys('i', 'a', '{\"keys\": []}')",
    "SELECT homer_grant('model_writes', 'service')",
    "INSERT INTO homer.trusted_keys VALUES ('i', 'a', '{}', 'sub')",
    "INSERT INTO homer.bound_roles VALUES ('model_writes', 'devon')",
    "UPDATE homer.trusted_keys SET user_claim = 'iss'",
    "GRANT USAGE ON TYPE homer.any_user TO model_writes",
    "DO $$ DECLARE r record; BEGIN FOR r IN SELECT t::text AS x FROM homer_memories AS t LOOP RAISE WARNING '%', r.x; END LOOP; END $$",
    "CREATE FUNCTION public.f() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::text'",
    "CREATE FUNCTION homer.f() RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
    "CREATE SCHEMA mine",
    "CREATE TABLE public.mine (a text)",
    "CREATE TEMP TABLE homer_memories (a text)",
    "CREATE DOMAIN pg_temp.jsonb AS pg_catalog.jsonb",
    "CREATE EXTENSION dblink",
    "SELECT homer_export_user('devon')",
    "SELECT homer_context('devon')",
    "SELECT homer_context_json('devon')",
    "SELECT homer_context(NULL, 'salary')",
    "SELECT content FROM homer_relevant_memories('devon')",
    "SELECT content FROM homer_relevant_memories(NULL, query => 'secret salary file')",
    "SELECT homer_explain_relevance('maria', 'x', NULL, 3)",
    "SELECT homer_memory_history(3)",
    "SELECT homer_forget(3)",
    "SELECT homer_reject(3)",
    "SELECT homer_lift_refusal(1)",
    "SELECT homer_refusals('devon')",
    "SELECT homer_due_reminders()",
    "SELECT homer_claim_reminders(10)",
    "SELECT homer_claim_reminders(10, 'devon')",
    "SELECT homer_accessible_files('devon')",
    "SELECT homer_accessible_files('maria', query => 'plan')",
    "SELECT homer_accessible_files('maria', after => '00000000-0000-0000-0000-00000000000b')",
    "SELECT homer_conversation_files('c')",
    "SELECT homer_can_read_file('maria', '00000000-0000-0000-0000-00000000000b')",
    "SELECT homer_link_file('00000000-0000-0000-0000-00000000000b', 'c', 'm', 'inbound')",
    "SELECT homer_share_file('00000000-0000-0000-0000-00000000000b', '{maria}')",
    "SELECT homer_publish_file('00000000-0000-0000-0000-00000000000b')",
    "SELECT homer_remember('maria', 'fact', 's', 'c', supersedes => 3)",
    "SELECT homer_erase_user('devon')",
    "SELECT homer_expire_memories()",
    "SELECT homer_unembedded_memories()",
    "SELECT homer_stats()",
    "SELECT homer_import_user('{\"format\": \"homer\"}', 'devon')",
    "SELECT homer.substr('x', 1, CASE WHEN extracted_text ^@ 'W' THEN -1 ELSE 1 END) FROM homer_files",
    "SELECT count(*) FROM homer_files WHERE homer.substr(extracted_text, 1, 1 / (CASE WHEN extracted_text ^@ 'W' THEN 0 ELSE 1 END)) IS NULL",
    "SELECT count(*) FROM homer_memories WHERE 1 / (CASE WHEN content ^@ 'Z' THEN 0 ELSE 1 END) > 5",
    "SELECT count(*) FROM homer_memories WHERE content::integer > 0",
    "SELECT homer.known_file('00000000-0000-0000-0000-00000000000b')",
    "SELECT homer.seen_memories()",
    "SELECT homer.newest_memories()",
    "SELECT * FROM homer.memories_to_embed(0, 100)",
    "SELECT * FROM homer.links_of_conversation('c')",
    "SELECT * FROM homer.files_shared_with('devon')",
    "SELECT * FROM homer.newest_files('devon', 'infinity', 2147483647, 10)",
    "SELECT * FROM homer.count_of_files('devon')",
    "SELECT homer.export_user('devon')",
    "SELECT * FROM homer.profile_entries('devon', true)",
    "SELECT * FROM homer.memory_entries('devon', NULL, NULL, NULL, 160, 10, true)",
    "SELECT * FROM homer.file_entries('devon', NULL, NULL, 10, true)",
    "SELECT * FROM homer.context_entries('devon', NULL, 1500, NULL, NULL, 93, true)",
    "SELECT homer.context_document('devon', NULL, 1500, NULL, NULL)",
    "SELECT homer.import_parts('devon', '{}')",
    "SELECT homer.erase_files('devon')",
    "SELECT homer.retire('{3}')",
    "SELECT homer.confirm(3, 1, NULL, '[]', '{}', NULL, NULL)",
    "SELECT setval('homer_memories_id_seq', 1)",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT query FROM pg_stat_activity WHERE usename <> CURRENT_USER AND query <> '<insufficient privilege>' AND query <> ''",
    "SELECT * FROM pg_stat_statements",
    "SELECT rolpassword FROM pg_authid",
    "LISTEN anything",
    "SELECT pg_get_viewdef(oid) FROM pg_class WHERE relkind = 'v' AND relname LIKE 'homer%'",
    "SELECT pg_logical_slot_get_changes('s', NULL, NULL)",
    "CREATE PUBLICATION p FOR ALL TABLES",
    "SELECT brin_summarize_new_values('homer_memories_rank_idx'::regclass)",
    "SELECT gin_clean_pending_list('homer_memories_search_idx'::regclass)",
    "MERGE INTO homer_memories AS m USING (SELECT 3 AS id) AS o ON m.id = o.id WHEN MATCHED THEN UPDATE SET content = 'x'",
    "UPDATE homer_memories SET content = 'x' WHERE id = 3",
    "UPDATE homer_memories SET user_id = 'maria' WHERE user_id = 'devon'",
    "UPDATE homer_files SET shared_with = '[\"maria\"]'",
    "DELETE FROM homer_file_messages",
    "INSERT INTO homer_memories (user_id, category, subject, content) VALUES ('devon', 'fact', 'x', 'x')",
    "INSERT INTO homer_memories (user_id, category, subject, content) VALUES (NULL, 'fact', 'x', 'x')",
    "INSERT INTO homer_memories (id, user_id, category, subject, content) VALUES (3, 'maria', 'fact', 'x', 'x') ON CONFLICT (id) DO UPDATE SET content = 'x'",
    "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, file_size, storage_path, is_shared) VALUES ('x', 'maria', 'x', 'x', 1, 'x', true)",
];

/// All that the server says to a statement: rows, notices left out, errors with all their parts.
fn said(client: &mut Client, statement: &str) -> String {
    if statement.ends_with("TO STDOUT") {
        let mut copied = String::new();
        return match client.copy_out(statement) {
            Ok(mut reader) => reader.read_to_string(&mut copied).map_or_else(|error| format!("{error:?}"), |_| copied),
            Err(error) => format!("{error:?}"),
        };
    }
    match client.simple_query(statement) {
        Ok(messages) => messages
            .iter()
            .filter_map(|message| match message {
                postgres::SimpleQueryMessage::Row(row) => {
                    Some((0..row.len()).filter_map(|column| row.get(column)).collect::<Vec<_>>().join("|"))
                }
                _ => None,
            })
            .collect::<Vec<_>>()
            .join("\n"),
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn three_hundred_statements_get_at_nothing_of_another_user() {
    let database = database();
    let mut owner = database.connect();
    owner.batch_execute(FILL).unwrap();
    let signer = Signer::new(Algorithm::EdDSA);
    signer.trust(&mut owner);
    // As docs/roles.md says.
    owner
        .batch_execute(&format!(
            "REVOKE TEMPORARY ON DATABASE {0} FROM PUBLIC; CREATE ROLE model_writes LOGIN; SELECT homer_grant('model_writes', 'proven_user');
             ALTER ROLE model_writes SET statement_timeout = '5s'",
            database.name()
        ))
        .unwrap();
    let others = "SELECT md5(string_agg(x, ',' ORDER BY x)) FROM (
        SELECT t::text FROM homer_memories AS t WHERE user_id IS DISTINCT FROM 'maria' UNION ALL SELECT t::text FROM homer_files AS t WHERE uploaded_by <> 'maria'
        UNION ALL SELECT t::text FROM homer_user_profiles AS t WHERE user_id <> 'maria' UNION ALL SELECT t::text FROM homer_file_messages AS t
        UNION ALL SELECT t::text FROM homer.refusals AS t WHERE user_id <> 'maria' UNION ALL SELECT t::text FROM homer.link_makers AS t
        UNION ALL SELECT t::text FROM homer.bound_roles AS t UNION ALL SELECT t::text FROM homer.trusted_keys AS t) AS a (x)";
    let before = rows(&mut owner, others);
    let statements: Vec<String> = TABLES
        .iter()
        .flat_map(|table| {
            WITH_A_TABLE.iter().map(move |statement| {
                statement.replace("'T'", &format!("'{table}'")).replace(" T", &format!(" {table}"))
            })
        })
        .chain(BESIDES.iter().map(|statement| (*statement).to_owned()))
        .collect();
    assert!(statements.len() >= 300, "{}", statements.len());
    let config: postgres::Config = database.url().parse().unwrap();
    let mut client = config.clone().user("model_writes").connect(NoTls).unwrap();
    for statement in &statements {
        // Each with the proof, and then without.
        for proof in [format!("SELECT homer_act_as('{}')", signer.token("maria")), "SELECT".into()] {
            // What it has set for itself would stand in the way of the next.
            client.simple_query("DISCARD ALL").unwrap();
            client.simple_query(&format!("BEGIN; {proof}")).unwrap();
            let told = said(&mut client, statement);
            for secret in SECRETS {
                assert!(!told.contains(secret), "{statement}: {told}");
            }
            // Whatever it did may last.
            client.simple_query("COMMIT").unwrap();
        }
        // A session that logged itself out starts anew.
        if client.is_closed() {
            client = config.clone().user("model_writes").connect(NoTls).unwrap();
        }
    }
    assert_eq!(rows(&mut owner, others), before);
    // Control: the owner sees the secrets, and Maria's model her own.
    let everything = rows(&mut owner, "SELECT t::text FROM homer_memories AS t");
    assert!(everything.iter().any(|row| row.contains("Zephyrine")));
    drop(client);
    owner.batch_execute("DROP OWNED BY model_writes; DROP ROLE model_writes").unwrap();
}

/// Whether one of Devon's memories holds a word, as a query that the policy leaves no row of.
fn looks_up(word: &str) -> String {
    format!(
        "SELECT count(*) FROM homer_memories AS m
          WHERE homer.search_keys(m.user_id, m.subject, m.content, m.category, m.tags) OPERATOR(homer.&&) homer.all_keys_of_word('{{devon}}', '{word}')
            AND COALESCE(m.is_active, true)"
    )
}

/// What the server says to a statement that the application sends as docs/roles.md says, in a transaction with a proof.
fn said_to_a_subquery(client: &mut Client, proof: &str, statement: &str) -> Result<String, String> {
    let mut transaction = client.transaction().unwrap();
    transaction.batch_execute(proof).unwrap();
    // The extended protocol.
    let answer = transaction.query(&format!("SELECT answer::text FROM (\n{statement}\n) AS answer"), &[]);
    let told = answer.map(|rows| rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>().join("\n"));
    told.map_err(|error| error.as_db_error().map_or_else(|| error.to_string(), |error| error.code().code().to_owned()))
}

/// What an index has given and a policy has taken away is counted by EXPLAIN and by the statistics of the transaction, until both
/// are taken away.
#[test]
fn counts_of_what_a_policy_took_away_can_be_taken_away() {
    let database = database();
    let mut owner = database.connect();
    owner.batch_execute(FILL).unwrap();
    let signer = Signer::new(Algorithm::EdDSA);
    signer.trust(&mut owner);
    owner.batch_execute("CREATE ROLE model_infers LOGIN; SELECT homer_grant('model_infers', 'proven_user')").unwrap();
    let mut client = database.url().parse::<postgres::Config>().unwrap().user("model_infers").connect(NoTls).unwrap();
    let proof = format!("SELECT homer_act_as('{}')", signer.token("maria"));

    // Control: this is what there is to take away. Devon has told of Zephyrine, and nothing of tea.
    let fetched = |client: &mut Client, word: &str| {
        let mut transaction = client.transaction().unwrap();
        transaction.batch_execute(&format!("SET LOCAL enable_seqscan = off; {proof}")).unwrap();
        let plan: Vec<String> = transaction
            .query(&format!("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {}", looks_up(word)), &[])
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
        plan.iter().any(|line| line.contains("Rows Removed by Filter: 1"))
    };
    assert!(fetched(&mut client, "zephyrin"));
    assert!(!fetched(&mut client, "tea"));
    let counted = "SELECT pg_stat_get_xact_tuples_fetched('homer_memories'::regclass)";
    assert!(said_to_a_subquery(&mut client, &proof, counted).is_ok());

    owner.batch_execute(&documented("roles.md", "counting regprocedure")).unwrap();
    let word = looks_up("zephyrin");
    for (statement, refused) in [
        (format!("EXPLAIN ANALYZE {word}"), "42601"),
        (format!("SELECT 1) AS a; EXPLAIN ANALYZE SELECT * FROM ({word}"), "42601"),
        ("DO $$ BEGIN EXECUTE 'EXPLAIN ANALYZE SELECT 1'; END $$".into(), "42601"),
        ("SET enable_seqscan = off".into(), "42601"),
        (format!("SELECT query_to_xml('EXPLAIN ANALYZE {}', true, false, '')", word.replace('\'', "''")), "0A000"),
        (format!("SELECT ts_stat('EXPLAIN ANALYZE {}')", word.replace('\'', "''")), "0A000"),
        (counted.into(), "42501"),
        ("SELECT pg_stat_get_tuples_fetched('homer_memories'::regclass)".into(), "42501"),
        ("SELECT pg_stat_get_blocks_hit('homer_memories'::regclass)".into(), "42501"),
        ("SELECT * FROM pg_stat_xact_user_tables".into(), "42501"),
        ("SELECT * FROM pg_stat_user_indexes".into(), "42501"),
        ("SELECT * FROM pg_statio_user_tables".into(), "42501"),
    ] {
        assert_eq!(said_to_a_subquery(&mut client, &proof, &statement), Err(refused.into()), "{statement}");
    }
    // Control: a query, one that ends with a comment, and a call that stores are answered.
    assert_eq!(said_to_a_subquery(&mut client, &proof, &format!("{word} -- a comment")), Ok("(0)".into()));
    let own = "SELECT content FROM homer_relevant_memories('maria', 1, 'coffee')";
    assert_eq!(said_to_a_subquery(&mut client, &proof, own), Ok("(\"Black, no sugar\")".into()));
    let stored = "SELECT outcome FROM homer_remember('maria', 'fact', '', 'Cycles to work')";
    assert_eq!(said_to_a_subquery(&mut client, &proof, stored), Ok("(added)".into()));
    drop(client);
    owner.batch_execute("DROP OWNED BY model_infers; DROP ROLE model_infers").unwrap();
}
