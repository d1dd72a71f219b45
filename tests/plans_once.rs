//! A session plans each statement of homer's functions once. A function of one value in SQL is planned anew by every statement that
//! calls it, unless it is inlined, which before PostgreSQL 18 takes longer than most of homer's calls run.

use std::sync::{Arc, Mutex};

use homer_tests::*;

const FILE: &str = "11111111-1111-4111-8111-111111111111";

/// What an assistant does in a turn, and what it, a person or a worker does beside it. `#` is another number each time.
const CALLS: &[&str] = &[
    "homer_touch_profile('maria')",
    "homer_profile('maria')",
    "homer_upsert_profile('maria', 'Maria', 'owner', '{\"timezone\": \"Europe/Berlin\"}')",
    "homer_relevant_memories('maria')",
    "homer_relevant_memories('maria', categories => '{fact, recipe}', tags => '{shop}')",
    "homer_relevant_memories('maria', query => 'What is the rent of the shop?')",
    "homer_relevant_memories('maria', query => 'Who is Will?')",
    "homer_relevant_memories('maria', query => 'the shop', categories => '{fact}', tags => '{shop}', conversation_id => 'c-1')",
    "homer_relevant_memories('maria', query => 'the shop', query_embedding => '{1, 2, 3}')",
    "homer_explain_relevance('maria', 'the shop', NULL, (SELECT min(id) FROM homer_memories WHERE user_id = 'maria' AND is_active))",
    "homer_context('maria')",
    "homer_context('maria', 'the shop', conversation_id => 'c-1')",
    "homer_context('maria', 'Who is Will?', query_embedding => '{1, 2, 3}')",
    "homer_context_json('maria', 'the shop')",
    "homer_remember('maria', 'fact', 'Shop', 'Said for the time #')",
    "homer_remember('maria', 'Fact', 'Shop', 'The rent is 4,550 a month.', 7, tags => '{shop}', source_message_id => 'm-#')",
    "homer_remember('maria', 'fact', 'Shop', 'The rent is 4,550 a month.', tags => '{shop-#}', source_conversation_id => 'c-#')",
    "homer_remember('maria', 'fact', 'Shop', 'Said again #', supersedes => (SELECT max(id) FROM homer_memories WHERE user_id = 'maria' AND is_active))",
    "homer_remember('maria', 'fact', 'Shop', 'With a vector #', embedding => '{1, 2, 3}')",
    "homer_remember_many('[{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"three #\"},
                          {\"user_id\": \"sam\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"three\"}]')",
    "homer_edit_memory((SELECT max(id) FROM homer_memories WHERE user_id = 'maria' AND is_active), content => 'Edited #', metadata => '{\"a\": 1}')",
    "homer_forget((SELECT max(id) FROM homer_memories WHERE user_id = 'maria' AND is_active))",
    "homer_restore((SELECT max(id) FROM homer_memories WHERE user_id = 'maria' AND NOT is_active))",
    "homer_memory_history((SELECT max(id) FROM homer_memories WHERE user_id = 'maria'))",
    "homer_list_memories('maria', categories => '{fact}', tags => '{shop}')",
    "homer_refusals('maria')",
    "homer_lift_refusal(#)",
    "homer_remind('maria', 'Call', 'Call Pruitt #', '2199-01-01')",
    "homer_snooze_reminder((SELECT max(id) FROM homer_memories WHERE user_id = 'maria' AND category = 'reminder'), '2199-01-02')",
    "homer_due_reminders('maria')",
    "homer_due_reminders()",
    "homer_claim_reminders()",
    "homer_local_moment('maria', now())",
    "homer_expire_memories()",
    "homer_set_embedding((SELECT min(id) FROM homer_memories WHERE user_id = 'maria'), '{1, 2, #}')",
    "homer_unembedded_memories(10)",
    "homer_register_file('maria', 'photo.jpg', 'image/jpeg', 1, '/p', tags => '{shop}')",
    "homer_accessible_files('maria')",
    "homer_accessible_files('maria', query => 'photo of the shop')",
    "homer_can_read_file('maria', 'FILE')",
    "homer_link_file('FILE', 'c-1', 'm-#', 'inbound', user_id => 'maria')",
    "homer_conversation_files('c-1', 'maria')",
    "homer_share_file('FILE', '{sam-#}')",
    "homer_unshare_file('FILE', '{sam-#}')",
    "homer_publish_file('FILE', # % 2 = 0)",
    "homer_call_tool('maria', 'recall', '{\"query\": \"the shop\", \"category\": \"fact\"}')",
    "homer_call_tool('maria', 'remember', '{\"content\": \"Told by a model #\", \"tags\": [\"shop\"]}')",
    "homer_call_tool('maria', 'remind', '{\"content\": \"Call #\", \"due_at\": \"2199-01-01 10:00\"}')",
    "homer_call_tool('maria', 'forget', '{\"memory_id\": 1}')",
    "homer_call_tool('maria', 'memory', '{\"command\": \"create\", \"path\": \"/memories/a\", \"file_text\": \"#\"}')",
    "homer_call_tool('maria', 'memory', '{\"command\": \"view\", \"path\": \"/memories/a\"}')",
    "homer_call_tool('maria', 'memory', '{\"command\": \"view\", \"path\": \"/memories\"}')",
    "homer_call_tool('maria', 'memory', '{\"command\": \"rename\", \"old_path\": \"/memories/a\", \"new_path\": \"/memories/b\"}')",
    "homer_call_tool('maria', 'memory', '{\"command\": \"delete\", \"path\": \"/memories/b\"}')",
];

/// Of a database with what the calls need.
const STORED: &str = "
    SELECT homer_upsert_profile('maria', 'Maria', 'owner'), homer_enable_embeddings(3),
           homer_remember('maria', 'rule', 'Tone', 'Short answers.'), homer_remember('maria', 'recipe', 'Soup', 'With leek.'),
           homer_remember('maria', 'fact', 'Shop', 'The rent is 4,550 a month.', tags => '{shop}', source_conversation_id => 'c-1'),
           homer_remember('maria', 'fact', 'Will', 'Will is her brother.', embedding => '{1, 2, 3}'),
           homer_register_file('maria', 'photo of the shop', 'image/jpeg', 1, '/p', file_id => '11111111-1111-4111-8111-111111111111');";

/// A session, and for each statement that PostgreSQL plans in it within a function of homer's what it says of where.
fn observed(database: &Database) -> (Client, Arc<Mutex<Vec<String>>>) {
    let planned = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&planned);
    let mut config: postgres::Config = database.url().parse().unwrap();
    config.notice_callback(move |notice| noted.lock().unwrap().extend(notice.where_().map(str::to_owned)));
    let mut client = config.connect(postgres::NoTls).unwrap();
    let shown = "SET client_min_messages = log; SET debug_pretty_print = off; SET debug_print_plan = on";
    client.batch_execute(shown).unwrap();
    (client, planned)
}

/// Where a session that has made a call eight times plans something each time that it makes it again. Once it may: what a VACUUM or
/// ANALYZE of another process has changed, plans are made anew for.
fn planned_anew(client: &mut Client, planned: &Mutex<Vec<String>>, call: &str) -> Vec<String> {
    let call = |n: usize| format!("SELECT * FROM {}", call.replace("FILE", FILE).replace('#', &n.to_string()));
    for n in 1..=8 {
        client.batch_execute(&call(n)).unwrap_or_else(|error| panic!("{}: {error:?}", call(n)));
    }
    let mut fewest = Vec::new();
    for n in 9..12 {
        planned.lock().unwrap().clear();
        client.batch_execute(&call(n)).unwrap();
        fewest = std::mem::take(&mut *planned.lock().unwrap());
        if fewest.is_empty() {
            break;
        }
    }
    fewest
}

#[test]
fn a_session_that_made_a_call_before_plans_nothing_for_the_next() {
    let database = database();
    let (mut client, planned) = observed(&database);
    client.batch_execute(STORED).unwrap();
    client
        .batch_execute(
            "CREATE FUNCTION planned_anew(OUT n bigint) LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM homer_memories; END",
        )
        .unwrap();
    assert_eq!(planned_anew(&mut client, &planned, "planned_anew()").len(), 1, "a plan that is made is not noticed");
    assert_plans_nothing(&mut client, &planned, CALLS);
}

/// Row security asks more of a statement, and under serializable isolation statements are asked what else is read from indexes.
#[test]
fn nor_does_one_of_a_role_that_row_security_binds_or_of_another_isolation() {
    let database = database();
    let (mut client, planned) = observed(&database);
    let role = format!("service_of_{}", database.name());
    client.batch_execute(&format!("{STORED} CREATE ROLE {role}; SELECT homer_grant('{role}', 'service')")).unwrap();
    client.batch_execute(&format!("SET ROLE {role}")).unwrap();
    let calls: Vec<_> = CALLS.iter().copied().filter(|call| READS.iter().any(|read| call.starts_with(read))).collect();
    assert!(calls.len() > 15, "{calls:?}");
    assert_plans_nothing(&mut client, &planned, &calls);
    client.batch_execute("RESET ROLE; SET default_transaction_isolation = serializable").unwrap();
    assert_plans_nothing(&mut client, &planned, &calls);
    client.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
}

/// What a turn of a chat calls.
const READS: &[&str] = &[
    "homer_touch",
    "homer_relevant",
    "homer_explain",
    "homer_context",
    "homer_remember(",
    "homer_due",
    "homer_accessible",
    "homer_conversation",
];

fn assert_plans_nothing(client: &mut Client, planned: &Mutex<Vec<String>>, calls: &[&str]) {
    let plans = calls.iter().map(|call| (call, planned_anew(client, planned, call)));
    let found: Vec<_> = plans.filter(|(_, at)| !at.is_empty()).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// They are called once in a while, for what takes longer than to plan it: by import, export, grants, homer_stats and homer_whoami,
/// which a role without rights may call only in SQL. Of the last, a session keeps the answer.
const PLANNED_ANEW: &str = "
    all_columns_added all_unwanted_grants columns_added columns_to_insert columns_to_write fault_of_outline fault_of_references
    files_to_import import_paths import_refusals import_rows import_successions links_to_import memories_refused_by
    memories_to_import missing_indexes name_of seen_links seen_profiles users_counted with_added_ids without_ids new_links_to_others_files
    check_role is_confined is_for_the_owner is_known homer_export_user homer_stats grantee_of homer_whoami warnings
    is_read_by_own_policy_alone";

/// Whether a statement that calls the function is left with the call, rather than with what the function says.
const IS_CALLED: &str = "
    CREATE FUNCTION pg_temp.is_called(function oid) RETURNS boolean LANGUAGE plpgsql AS $$
    DECLARE
        line text;
        types text[] := ARRAY(SELECT format_type(t, NULL) FROM unnest((SELECT proargtypes::oid[] FROM pg_proc WHERE oid = function)) AS t);
    BEGIN
        FOR line IN EXECUTE format(
            'EXPLAIN (VERBOSE) SELECT %s(%s) FROM (SELECT %s OFFSET 0) AS a', function::regproc,
            (SELECT string_agg(CASE WHEN p.provariadic <> 0 AND n = p.pronargs THEN 'VARIADIC ' ELSE '' END || 'a' || n, ', ')
               FROM pg_proc AS p, generate_series(1, p.pronargs) AS n WHERE p.oid = function),
            COALESCE((SELECT string_agg('NULL::' || t || ' AS a' || n, ', ') FROM unnest(types) WITH ORDINALITY AS u (t, n)), ''))
        LOOP
            IF line LIKE '%Output: %' || function::regproc || '(%' THEN
                RETURN true;
            END IF;
        END LOOP;
        RETURN false;
    END $$;";

#[test]
fn a_function_of_one_value_is_inlined_or_asked_rarely() {
    let mut client = session();
    client.batch_execute(IS_CALLED).unwrap();
    let mut called = rows(
        &mut client,
        "SELECT p.proname FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
          WHERE l.lanname = 'sql' AND NOT p.proretset AND p.pronamespace IN ('homer'::regnamespace, 'public'::regnamespace)
            AND pg_temp.is_called(p.oid)",
    );
    called.sort();
    let mut known: Vec<&str> = PLANNED_ANEW.split_whitespace().collect();
    known.sort_unstable();
    assert_eq!(called, known);
}
