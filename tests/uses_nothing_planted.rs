//! Whoever may create objects in the extension's schema beforehand gains nothing by it: an operator, a function or a type
//! that lies there with the name of PostgreSQL's own is used by nothing that the script creates. Nor does it help to create them
//! later, in pg_temp or in front of pg_catalog, where whoever uses a pooled connection next or a superuser would run them.

use homer_tests::*;

/// An operator of each name for each pair of types, and functions and a type named like PostgreSQL's own.
const PLANT: &str = "
    DO $$
    DECLARE
        name text; pair text[]; number integer := 0;
    BEGIN
        FOREACH name IN ARRAY '{=,<>,<,>,<=,>=,+,-,*,/,||,&&,->,->>,#>>,@>,?|}'::text[] LOOP
            FOREACH pair SLICE 1 IN ARRAY '{{text,text}, {integer,integer}, {smallint,integer}, {bigint,bigint},
                {integer,bigint}, {timestamp,timestamp}, {timestamp,interval}, {timestamptz,timestamptz},
                {\"double precision\",\"double precision\"}, {jsonb,text}, {jsonb,text[]}, {jsonb,jsonb}, {uuid[],uuid[]},
                {boolean,boolean}, {anyelement,anyelement}, {anyarray,anyarray}}'::text[] LOOP
                number := number + 1;
                EXECUTE format('CREATE FUNCTION public.planted_%s(%s, %s) RETURNS boolean LANGUAGE sql AS ''SELECT true''',
                               number, pair[1], pair[2]);
                EXECUTE format('CREATE OPERATOR public.%s (FUNCTION = public.planted_%s, LEFTARG = %s, RIGHTARG = %s)',
                               name, number, pair[1], pair[2]);
            END LOOP;
        END LOOP;
    END $$;
    CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL::timestamptz';
    CREATE FUNCTION public.btrim(text) RETURNS text LANGUAGE sql AS 'SELECT NULL::text';
    CREATE FUNCTION public.jsonb_typeof(jsonb) RETURNS text LANGUAGE sql AS 'SELECT NULL::text';
    CREATE FUNCTION public.unnest(anyarray) RETURNS SETOF anyelement LANGUAGE sql AS 'SELECT $1[1]';
    CREATE DOMAIN public.text AS pg_catalog.text;
    CREATE DOMAIN public.jsonb AS pg_catalog.jsonb;
    CREATE DOMAIN public.timestamptz AS pg_catalog.timestamptz;
    CREATE TABLE planted AS
    SELECT 'pg_proc'::regclass AS class, oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname NOT LIKE 'homer\\_%'
    UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator WHERE oprnamespace = 'public'::regnamespace
    UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typname NOT LIKE '%homer\\_%'";

/// What depends on a planted object and was not planted itself.
const USES: &str = "
    SELECT pg_catalog.pg_describe_object(d.classid, d.objid, 0), pg_catalog.pg_describe_object(d.refclassid, d.refobjid, 0)
      FROM pg_catalog.pg_depend AS d JOIN planted AS p ON (p.class, p.oid) = (d.refclassid, d.refobjid)
     WHERE NOT EXISTS (SELECT FROM planted AS own WHERE (own.class, own.oid) = (d.classid, d.objid))";

/// Runs a statement where things were planted, and says that nothing depends on them then.
fn assert_uses_nothing(client: &mut Client, statement: &str) {
    client.batch_execute(PLANT).unwrap();
    assert_eq!(rows(client, USES), [""; 0]);
    client.batch_execute(statement).unwrap();
    assert_eq!(rows(client, USES), [""; 0], "{statement}");
}

#[test]
fn nothing_depends_on_what_lay_in_the_schema_before() {
    let mut client = Cluster::shared().empty_database().connect();
    assert_uses_nothing(&mut client, "CREATE EXTENSION homer");
    client
        .batch_execute(
            "SET search_path = public, pg_catalog;
             CREATE FUNCTION caught(a integer) RETURNS boolean LANGUAGE sql BEGIN ATOMIC SELECT a = 1; END",
        )
        .unwrap();
    assert_eq!(rows(&mut client, USES), ["function caught(integer)|operator =(integer,integer)"]);
}

/// In the schema `planted` and in pg_temp: a function, an operator and a type of each name that pg_catalog has one of, and tables
/// named as homer's. Whatever uses one of them raises "sprung".
const TRAPS: &str = r"
    CREATE SCHEMA planted; GRANT USAGE ON SCHEMA planted TO PUBLIC;
    CREATE FUNCTION pg_temp.springs(anyelement) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'sprung'; END $$;
    DO $do$
    DECLARE
        of record; number integer := 0;
    BEGIN
        FOR of IN SELECT p.oid::regprocedure AS signature, proname, proretset, format_type(prorettype, NULL) AS returns,
                         array_to_string(ARRAY(SELECT format_type(t, NULL) FROM unnest(proargtypes) AS t), ', ') AS takes
                    FROM pg_proc AS p
                   WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' AND provariadic = 0 AND oid < 16384
                     AND NOT EXISTS (SELECT FROM pg_type AS t WHERE t.oid = ANY (proargtypes::oid[] || prorettype) AND typtype = 'p')
        LOOP
            EXECUTE format('CREATE FUNCTION planted.%I(%s) RETURNS %s %s LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION ''sprung''; END $$',
                           of.proname, of.takes, CASE WHEN of.proretset THEN 'SETOF' ELSE '' END, of.returns);
        END LOOP;
        FOR of IN SELECT oprname, format_type(oprleft, NULL) AS l, format_type(oprright, NULL) AS r, format_type(oprresult, NULL) AS returns
                    FROM pg_operator AS o
                   WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprkind = 'b' AND oprresult <> 0
                     AND NOT EXISTS (SELECT FROM pg_type AS t WHERE t.oid IN (oprleft, oprright, oprresult) AND typtype = 'p')
        LOOP
            number := number + 1;
            EXECUTE format('CREATE FUNCTION planted.operator_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION ''sprung''; END $$',
                           number, of.l, of.r, of.returns);
            EXECUTE format('CREATE OPERATOR planted.%s (FUNCTION = planted.operator_%s, LEFTARG = %s, RIGHTARG = %s)',
                           of.oprname, number, of.l, of.r);
        END LOOP;
        FOR of IN SELECT typname FROM pg_type
                   WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype = 'b' AND typelem = 0 AND typname !~ '^_'
        LOOP
            EXECUTE format('CREATE DOMAIN planted.%1$I AS pg_catalog.%1$I CHECK (pg_temp.springs(VALUE))', of.typname);
            EXECUTE format('CREATE DOMAIN pg_temp.%1$I AS pg_catalog.%1$I CHECK (pg_temp.springs(VALUE))', of.typname);
        END LOOP;
        FOR of IN SELECT relname FROM pg_class WHERE relname ~ '^homer_' AND relkind = 'r'
        LOOP
            EXECUTE format('CREATE TABLE pg_temp.%I ()', of.relname);
        END LOOP;
    END $do$";

/// Besides one call of each public function: each outcome that the functions which write can come to.
const OUTCOMES: &[&str] = &[
    "SELECT outcome FROM homer_remember('maria', 'fact', 'Tea', 'Green', 7, '2030-01-01Z', '{a,b}', '{\"k\": 1}', 'c', 'm')",
    "SELECT outcome FROM homer_remember('maria', 'fact', 'Tea', 'green', 9, NULL, '{c}', '{\"l\": 1}', 'c2', 'm2')",
    "SELECT outcome FROM homer_remember('maria', 'fact', 'Tea', 'Black', supersedes => 12)",
    "SELECT outcome FROM homer_remember('maria', 'fact', 's', 'Refused by Maria')",
    "SELECT outcome FROM homer_remember_many('[{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"\", \"content\": \"New one\", \"tags\": [\"x\"]},
        {\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"\", \"content\": \"new one\"},
        {\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"s\", \"content\": \"refused by maria\"}]')",
    "SELECT outcome FROM homer_remember_many('[{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"\", \"content\": \"Newer\", \"supersedes\": 14}]')",
    "SELECT homer_remember_many('[{\"user_id\": \"maria\", \"category\": \"\", \"subject\": \"\", \"content\": \"Newer\"}]')",
    "SELECT homer_remind('maria', 'Call', 'Pruitt', '2020-01-01Z', 5, '{\"a\": 1}')",
    "SELECT homer_remind('maria', 'Call', 'pruitt', '2020-01-01Z')",
    "SELECT homer_remind('maria', 's', 'Refused by Maria', '2020-01-01Z')",
    "SELECT id FROM homer_claim_reminders(1, 'maria')",
    "SELECT homer_import_user(homer_export_user('maria'), 'maria')",
    "SELECT FROM homer_upsert_profile('maria', 'Maria', 'owner', '{\"timezone\": \"Asia/Tokyo\", \"focus_areas\": [\"x\"]}')",
    "SELECT user_id FROM homer_touch_profile('maria')",
    "SELECT homer_touch_profile('nobody')",
    "SELECT content FROM homer_relevant_memories('maria', 5, 'green tea', NULL, '{fact}', '{a}', 'c', true)",
    "SELECT content FROM homer_relevant_memories('maria', 5, 'black tea', NULL, NULL, NULL, 'c', false)",
    "SELECT id FROM homer_explain_relevance('maria', 'tea', NULL, 13)",
    "SELECT homer_context('maria', 'tea', 1500, 'c')",
    "SELECT FROM homer_context_json('maria', 'plan', 1500, 'c')",
    "SELECT FROM homer_share_file('00000000-0000-0000-0000-00000000000a', '{devon,sam}')",
    "SELECT FROM homer_unshare_file('00000000-0000-0000-0000-00000000000a', '{sam}')",
    "SELECT file_id FROM homer_accessible_files('maria', 5, 'plan')",
    "SELECT outcome FROM homer_memory_history(13)",
    "SELECT homer_lift_refusal(1)",
    "SELECT outcome FROM homer_remember('maria', 'fact', 's', 'Refused by Maria')",
];

/// What each call comes to: its rows and values as far as they are the same at every time, or its error.
fn outcomes(client: &mut Client) -> Vec<String> {
    let calls = crate::keeps_users_apart::FUNCTIONS.iter().map(|(call, _)| *call);
    let calls = calls.filter(|call| {
        !call.contains("homer_document")
            && !["homer_grant", "homer_revoke", "homer_bind_role", "homer_trust_keys", "homer_act_as"]
                .iter()
                .any(|name| call.contains(name))
    });
    // One of each, which changes nothing, and then in turn.
    let in_vain =
        calls.map(|call| format!("BEGIN; SELECT FROM {}; ROLLBACK", call.replace("now()", "pg_catalog.now()")));
    let all: Vec<String> = in_vain.chain(OUTCOMES.iter().map(|call| (*call).to_owned())).collect();
    all.iter()
        .map(|call| {
            let outcome = match client.simple_query(call) {
                Ok(messages) => {
                    let rows = messages.iter().filter_map(|message| match message {
                        postgres::SimpleQueryMessage::Row(row) if row.is_empty() => Some("row".into()),
                        postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("null").len().to_string()),
                        _ => None,
                    });
                    rows.collect::<Vec<_>>().join(" ")
                }
                Err(error) => {
                    client.simple_query("ROLLBACK").unwrap();
                    error.as_db_error().unwrap_or_else(|| panic!("{call}: {error:?}")).message().to_owned()
                }
            };
            format!("{call}: {outcome}")
        })
        .collect()
}

#[test]
fn no_call_uses_what_lies_in_front_of_pg_catalog() {
    for kind in ["owner", "service", "confined"] {
        let mut found = Vec::new();
        for path in ["public, pg_catalog", "planted, pg_temp, pg_catalog, public"] {
            let database = database();
            let mut client = database.connect();
            client.batch_execute(crate::keeps_users_apart::FILL).unwrap();
            if kind != "owner" {
                client
                    .batch_execute(&format!(
                        "CREATE ROLE trapped_{kind}; SELECT homer_grant('trapped_{kind}', '{kind}')"
                    ))
                    .unwrap();
            }
            // Types in pg_temp are found first whatever the path says.
            if path.starts_with("planted") {
                client.batch_execute(TRAPS).unwrap();
            }
            let role = if kind == "owner" { "postgres".into() } else { format!("trapped_{kind}") };
            client
                .batch_execute(&format!(
                    "SET SESSION AUTHORIZATION {role}; SET homer.user_id = 'maria'; SET search_path = {path}"
                ))
                .unwrap();
            if path.starts_with("planted") {
                // Control: they are in the way of whoever does not look out.
                for unwary in
                    ["SELECT now()", "SELECT 1 + 1", "SELECT 'a'::text", "SELECT '{}'::jsonb", "SELECT btrim('a')"]
                {
                    assert_eq!(refused_by(&mut client, unwary), "sprung", "{kind}: {unwary}");
                }
            }
            found.push(outcomes(&mut client));
            client.simple_query("SET search_path = pg_catalog; RESET SESSION AUTHORIZATION").unwrap();
            if kind != "owner" {
                client
                    .simple_query(&format!("DROP OWNED BY trapped_{kind} CASCADE; DROP ROLE trapped_{kind}"))
                    .unwrap();
            }
        }
        let planted = found.pop().unwrap();
        let different: Vec<_> = planted.iter().zip(&found[0]).filter(|(planted, clean)| planted != clean).collect();
        assert!(different.is_empty(), "{kind}: with traps, and without: {different:#?}");
        assert!(planted.len() > 100, "{}", planted.len());
    }
}

fn refused_by(client: &mut Client, statement: &str) -> String {
    client.simple_query(statement).unwrap_err().as_db_error().unwrap().message().to_owned()
}
