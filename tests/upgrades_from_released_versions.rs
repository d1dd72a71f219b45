//! ALTER EXTENSION homer UPDATE makes of a released version what a new installation makes, object by object, and keeps
//! what it held. Between the new library and that statement nothing crashes.

use homer_tests::*;

const RELEASED: &[&str] = &["0.1.0"];

/// A database with a released version in it, in a schema of its own.
fn with_released<'cluster>(cluster: &'cluster Cluster, version: &str) -> (Database<'cluster>, Client) {
    let database = cluster.empty_database();
    let mut client = database.connect();
    client
        .batch_execute(&format!(
            "CREATE SCHEMA app; CREATE EXTENSION homer SCHEMA app VERSION '{version}'; SET search_path = app"
        ))
        .unwrap();
    (database, client)
}

fn update(client: &mut Client) {
    client.batch_execute("ALTER EXTENSION homer UPDATE").unwrap();
}

/// Every object of the extension, with all that its catalog says of it but numbers that differ from database to database:
/// a line for each.
const CATALOG: &str = r"
    WITH member AS (
        SELECT d.classid, d.objid FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
         WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'homer'
    ), part AS (
        -- With what belongs to them: indexes, sequences, constraints, policies, defaults, row types.
        SELECT * FROM member
        UNION SELECT 'pg_class'::regclass, i.indexrelid FROM pg_index AS i JOIN member AS m ON (m.classid, m.objid) = ('pg_class'::regclass, i.indrelid)
        UNION SELECT 'pg_constraint'::regclass, c.oid FROM pg_constraint AS c JOIN member AS m ON (m.classid, m.objid) = ('pg_class'::regclass, c.conrelid)
        UNION SELECT 'pg_policy'::regclass, p.oid FROM pg_policy AS p JOIN member AS m ON (m.classid, m.objid) = ('pg_class'::regclass, p.polrelid)
        UNION SELECT 'pg_attrdef'::regclass, a.oid FROM pg_attrdef AS a JOIN member AS m ON (m.classid, m.objid) = ('pg_class'::regclass, a.adrelid)
        UNION SELECT 'pg_rewrite'::regclass, r.oid FROM pg_rewrite AS r JOIN member AS m ON (m.classid, m.objid) = ('pg_class'::regclass, r.ev_class)
        UNION SELECT 'pg_type'::regclass, c.reltype FROM pg_class AS c JOIN member AS m ON (m.classid, m.objid) = ('pg_class'::regclass, c.oid)
    ), named AS (
        SELECT p.*, pg_describe_object(p.classid, p.objid, 0) AS name FROM part AS p
    )
    SELECT 'object', n.name, n.classid::regclass::text, obj_description(n.objid, n.classid::regclass::text::name) FROM named AS n
    UNION ALL
    SELECT 'function', n.name, pg_get_functiondef(n.objid),
           (to_jsonb(f) - '{oid,pronamespace,proowner,prorettype,proargtypes,proallargtypes,prosqlbody,proargdefaults,prosupport,provariadic,prolang}'::text[])::text
      FROM named AS n JOIN pg_proc AS f ON n.classid = 'pg_proc'::regclass AND f.oid = n.objid
    UNION ALL
    SELECT 'relation', n.name, concat_ws(' ', c.relkind, c.relpersistence, c.relacl, c.reloptions, c.relrowsecurity, c.relforcerowsecurity,
                                         c.relreplident, c.relhastriggers, c.relhasindex, c.relispartition, c.relnatts),
           CASE WHEN c.relkind = 'i' THEN pg_get_indexdef(c.oid) WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid)
                WHEN c.relkind = 'S' THEN (SELECT (to_jsonb(s) - 'seqrelid'::text - 'seqtypid'::text)::text FROM pg_sequence AS s WHERE s.seqrelid = c.oid) END
      FROM named AS n JOIN pg_class AS c ON n.classid = 'pg_class'::regclass AND c.oid = n.objid
    UNION ALL
    SELECT 'index', n.name, (to_jsonb(i) - '{indexrelid,indrelid,indclass,indexprs,indpred,indcollation}'::text[])::text, NULL
      FROM named AS n JOIN pg_index AS i ON n.classid = 'pg_class'::regclass AND i.indexrelid = n.objid
    UNION ALL
    SELECT 'column', n.name || ' ' || a.attnum, format('%s %s', a.attname, format_type(a.atttypid, a.atttypmod)),
           concat_ws(' ', (to_jsonb(a) - '{attrelid,atttypid,attmissingval,attcacheoff,attoptions}'::text[])::text,
                     pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum),
                     -- Some builds of PostgreSQL stamp every column of every table with when it was made.
                     ARRAY(SELECT o FROM unnest(a.attoptions) AS o WHERE o NOT LIKE 'pg\_attver=%'))
      FROM named AS n JOIN pg_attribute AS a ON n.classid = 'pg_class'::regclass AND a.attrelid = n.objid AND a.attnum > 0
      LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    UNION ALL
    SELECT 'constraint', n.name, pg_get_constraintdef(c.oid), concat_ws(' ', c.contype, c.convalidated, c.condeferrable, c.connoinherit)
      FROM named AS n JOIN pg_constraint AS c ON n.classid = 'pg_constraint'::regclass AND c.oid = n.objid
    UNION ALL
    SELECT 'policy', n.name, concat_ws(' ', p.polname, p.polcmd, p.polpermissive, p.polroles),
           concat_ws(' CHECK ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
      FROM named AS n JOIN pg_policy AS p ON n.classid = 'pg_policy'::regclass AND p.oid = n.objid
    UNION ALL
    SELECT 'type', n.name, concat_ws(' ', t.typtype, t.typcategory, t.typacl, t.typdefault, t.typnotnull), obj_description(t.oid, 'pg_type')
      FROM named AS n JOIN pg_type AS t ON n.classid = 'pg_type'::regclass AND t.oid = n.objid
    UNION ALL
    SELECT 'operator', n.name, concat_ws(' ', o.oprkind, o.oprcanmerge, o.oprcanhash, o.oprcode, o.oprrest, o.oprjoin),
           concat_ws(' ', nullif(o.oprcom, 0)::regoperator, nullif(o.oprnegate, 0)::regoperator)
      FROM named AS n JOIN pg_operator AS o ON n.classid = 'pg_operator'::regclass AND o.oid = n.objid
    UNION ALL
    SELECT 'operator class', n.name, concat_ws(' ', o.opcintype::regtype, o.opcdefault, nullif(o.opckeytype, 0)::regtype), NULL
      FROM named AS n JOIN pg_opclass AS o ON n.classid = 'pg_opclass'::regclass AND o.oid = n.objid
    UNION ALL
    SELECT 'schema', n.name, s.nspacl::text, NULL
      FROM named AS n JOIN pg_namespace AS s ON n.classid = 'pg_namespace'::regclass AND s.oid = n.objid
    UNION ALL
    SELECT 'first privileges', n.name, i.objsubid::text, concat_ws(' ', i.privtype, i.initprivs)
      FROM named AS n JOIN pg_init_privs AS i ON (i.classoid, i.objoid) = (n.classid, n.objid)
    UNION ALL
    SELECT 'dumped', pg_describe_object('pg_class'::regclass, c.oid, 0), c.condition, NULL
      FROM pg_extension AS e, unnest(e.extconfig, e.extcondition) AS c (oid, condition) WHERE e.extname = 'homer'
    UNION ALL
    SELECT 'extension', e.extversion, concat_ws(' ', e.extrelocatable, e.extnamespace::regnamespace), obj_description(e.oid, 'pg_extension')
      FROM pg_extension AS e WHERE e.extname = 'homer'
    UNION ALL
    SELECT 'dependency', pg_describe_object(d.classid, d.objid, d.objsubid), pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid), d.deptype::text
      FROM pg_depend AS d WHERE EXISTS (SELECT FROM part AS p WHERE (p.classid, p.objid) IN ((d.classid, d.objid), (d.refclassid, d.refobjid)))
     ORDER BY 1, 2, 3, 4";

/// Toast tables and the triggers of foreign keys have numbers in their names, which are others in every database.
fn catalog(client: &mut Client) -> Vec<String> {
    let mut lines = rows(client, CATALOG);
    for line in &mut lines {
        for prefix in ["pg_toast_", "RI_ConstraintTrigger_a_", "RI_ConstraintTrigger_c_"] {
            if let Some((before, after)) = line.split_once(prefix) {
                *line = format!("{before}{prefix}{}", after.trim_start_matches(|c: char| c.is_ascii_digit()));
            }
        }
    }
    lines.sort();
    lines
}

#[test]
fn an_update_makes_what_a_new_installation_makes() {
    for version in RELEASED {
        let (_, mut updated) = with_released(Cluster::shared(), version);
        let before = catalog(&mut updated);
        update(&mut updated);
        let fresh = Cluster::shared().empty_database();
        let mut fresh = fresh.connect();
        fresh.batch_execute("CREATE SCHEMA app; CREATE EXTENSION homer SCHEMA app; SET search_path = app").unwrap();
        let (updated, fresh) = (catalog(&mut updated), catalog(&mut fresh));
        let only_in = |some: &[String], others: &[String]| -> Vec<String> {
            some.iter().filter(|line| !others.contains(line)).cloned().collect()
        };
        assert_eq!(only_in(&updated, &fresh), [""; 0], "after the update from {version} alone");
        assert_eq!(only_in(&fresh, &updated), [""; 0], "after a new installation alone");
        assert_eq!(updated.len(), fresh.len());
        // The lines do tell one version from another, and each kind of object is among them.
        assert!(only_in(&fresh, &before).len() > 500, "{}", only_in(&fresh, &before).len());
        for kind in [
            "function",
            "relation",
            "index",
            "column",
            "constraint",
            "policy",
            "first privileges",
            "type",
            "operator",
            "operator class",
            "schema",
            "dumped",
            "extension",
            "dependency",
        ] {
            assert!(fresh.iter().any(|line| line.starts_with(&format!("{kind}|"))), "{kind}");
        }
    }
}

/// With functions that 0.1.0 had.
const FILL: &str = "
    SELECT homer_upsert_profile('maria', 'Maria Lindgren', 'owner', '{\"focus_areas\": [\"cash flow\"]}');
    SELECT homer_touch_profile('maria');
    SELECT homer_remember('maria', 'fact', 'Coffee', 'Black, black, black.', tags => '{a,b}');
    SELECT homer_remember(NULL, 'decision', 'Hours', 'Zoë — シマノ', 7, metadata => '{\"a\": {\"b\": [1]}}');
    SELECT homer_remember('devon', 'recipe', 'Soup', '', expires_at => '2999-01-01');
    SELECT homer_remember('maria', 'preference', 'Tea', 'Green.', 3);
    SELECT homer_forget(1);
    INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size)
    VALUES ('f', 'maria', 'plan.pdf', 'application/pdf', '/plan.pdf', 1000);
    INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction) VALUES ('f', 'c', 'm', 'inbound')";

const ALL_ROWS: &str = "
    SELECT 'profile', to_jsonb(t) FROM homer_user_profiles AS t
    UNION ALL SELECT 'memory', to_jsonb(t) FROM homer_memories AS t
    UNION ALL SELECT 'file', to_jsonb(t) FROM homer_files AS t
    UNION ALL SELECT 'link', to_jsonb(t) FROM homer_file_messages AS t ORDER BY 1, 2";

#[test]
fn an_update_keeps_the_data_and_goes_on_where_it_stopped() {
    let (_, mut client) = with_released(Cluster::shared(), "0.1.0");
    client.batch_execute(FILL).unwrap();
    client.batch_execute("CREATE ROLE reader_of_0_1_0; GRANT SELECT ON homer_memories TO reader_of_0_1_0").unwrap();
    let before = rows(&mut client, ALL_ROWS);
    assert_eq!(before.len(), 7);
    let ranking = "SELECT id FROM homer_relevant_memories('maria')";
    assert_eq!(rows(&mut client, ranking), ["2", "4"]);
    let index = "SELECT 'homer_memories_search_idx'::regclass::oid";
    let index_before: u32 = value(&mut client, index);

    update(&mut client);
    assert_eq!(rows(&mut client, "SELECT extversion FROM pg_extension WHERE extname = 'homer'"), ["0.2.0"]);
    assert_eq!(rows(&mut client, ALL_ROWS), before);
    assert_eq!(rows(&mut client, ranking), ["2", "4"]);
    assert_ne!(value::<u32>(&mut client, index), index_before, "0.1.0 indexed other numbers");
    assert_eq!(
        rows(&mut client, "SELECT id FROM homer_relevant_memories('maria', query => 'green シマノ')"),
        ["2", "4"]
    );
    assert_eq!(rows(&mut client, "SELECT * FROM homer_remember('maria', 'fact', 'x', 'GREEN')"), ["4|confirmed"]);
    assert_eq!(rows(&mut client, "SELECT * FROM homer_remember('maria', 'fact', 'x', 'Red.')"), ["5|added"]);
    assert_eq!(rows(&mut client, "SELECT total_interactions FROM homer_touch_profile('maria')"), ["2"]);
    assert_eq!(rows(&mut client, "SELECT message_id FROM homer_conversation_files('c')"), ["m"]);
    // The grant is there, and row security is new: see docs/upgrading.md.
    client.batch_execute("GRANT USAGE ON SCHEMA app, homer TO reader_of_0_1_0; SET ROLE reader_of_0_1_0").unwrap();
    let reads = "SELECT count(*) FROM homer_memories";
    assert_eq!(refused(&mut client, reads).sqlstate, "42501");
    client
        .batch_execute(
            "RESET ROLE; GRANT USAGE ON TYPE homer.any_user TO reader_of_0_1_0;
             GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA homer TO reader_of_0_1_0; SET ROLE reader_of_0_1_0",
        )
        .unwrap();
    assert_eq!(rows(&mut client, reads), ["5"]);
    client.batch_execute("RESET ROLE").unwrap();
    let may_read = "SELECT has_table_privilege('reader_of_0_1_0', 'homer_memories', 'SELECT')";
    assert_eq!(rows(&mut client, may_read), ["t"]);
    client.batch_execute("DROP OWNED BY reader_of_0_1_0; DROP ROLE reader_of_0_1_0").unwrap();
}

/// The new library is installed, and the update was not run yet: what goes on as before, and what says what to do.
#[test]
fn old_declarations_work_with_the_new_library_or_say_that_an_update_is_due() {
    let (_, mut client) = with_released(Cluster::shared(), "0.1.0");
    client.batch_execute(FILL).unwrap();
    assert_eq!(
        rows(&mut client, "SELECT id FROM homer_relevant_memories('maria', categories => '{preference}')"),
        ["4"]
    );
    assert_eq!(rows(&mut client, "SELECT homer_forget(4)"), ["t"]);
    assert_eq!(refused(&mut client, "SELECT homer_forget(99)").sqlstate, "ME010");
    let due = Refused {
        sqlstate: "ME036".into(),
        message: "homer's library is newer than its functions in this database".into(),
        detail: None,
        hint: Some("Run ALTER EXTENSION homer UPDATE in this database, as a superuser.".into()),
    };
    for call in [
        "homer_relevant_memories('maria', query => 'green')",
        "homer.keys_of_word('{maria}', 'green', 2147483647)",
        "homer.best_hits('{1}', '{0}', 1, NULL, 10)",
        "homer.covered_hits('{1}', '{0}', 1, '{1}', '{1}', '{1}', '{1}')",
        "homer.total_score(1, 2)",
    ] {
        assert_eq!(refused(&mut client, &format!("SELECT {call}")), due, "{call}");
    }
    update(&mut client);
    assert_eq!(rows(&mut client, "SELECT id FROM homer_relevant_memories(NULL, query => 'シマノ')"), ["2"]);
}

/// A function in C that changed must have another symbol than before, or old declarations would hand it what it does not
/// expect: see src/retired.rs.
#[test]
fn no_symbol_of_a_released_version_has_other_arguments_now() {
    const SYMBOLS: &str = "
        SELECT prosrc, pg_get_function_arguments(oid) || ' -> ' || pg_get_function_result(oid) || ' ' || proisstrict
          FROM pg_proc WHERE probin = '$libdir/homer' ORDER BY 1, 2";
    let mut fresh = session();
    let now = rows(&mut fresh, SYMBOLS);
    assert!(now.len() > 50);
    for version in RELEASED {
        let (_, mut client) = with_released(Cluster::shared(), version);
        let old = rows(&mut client, SYMBOLS);
        assert!(old.len() > 20);
        for declared in &old {
            let symbol = declared.split('|').next().unwrap();
            let same_symbol: Vec<_> = now.iter().filter(|line| line.split('|').next() == Some(symbol)).collect();
            assert!(same_symbol.iter().all(|line| *line == declared), "{declared} in {version}, now {same_symbol:?}");
        }
    }
}

#[test]
fn an_update_stops_at_what_somebody_planted() {
    let (_, mut client) = with_released(Cluster::shared(), "0.1.0");
    client.batch_execute("CREATE FUNCTION app.homer_stats() RETURNS integer LANGUAGE sql RETURN 1").unwrap();
    let stopped = refused(&mut client, "ALTER EXTENSION homer UPDATE");
    assert_eq!(
        (&*stopped.sqlstate, &*stopped.message),
        ("42723", "function \"homer_stats\" already exists with same argument types")
    );
    assert_eq!(rows(&mut client, "SELECT extversion FROM pg_extension WHERE extname = 'homer'"), ["0.1.0"]);
    client.batch_execute("DROP FUNCTION app.homer_stats()").unwrap();
    update(&mut client);
}

/// The index of the ranking holds these numbers and is not made anew by an update.
#[test]
fn hashes_stay_those_that_released_versions_took_from_postgresql() {
    let texts = "ARRAY['', 'maria', 'café', repeat('long ', 1000)]";
    let hashes = format!("SELECT homer.hash(t, 7) = hashtextextended(t, 7) FROM unnest({texts}) AS t");
    assert_eq!(rows(&mut session(), &hashes), ["t", "t", "t", "t"]);
}
