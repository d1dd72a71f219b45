//! What a role may do follows from one grant that no broad one gives by the way, and PUBLIC may do nothing.

use homer_tests::*;

/// Everything that a broad GRANT gives.
fn grant_broadly(client: &mut Client, role: &str) {
    client
        .batch_execute(&format!(
            "GRANT USAGE ON SCHEMA public, homer TO {role};
             GRANT ALL ON ALL TABLES IN SCHEMA public, homer TO {role};
             GRANT ALL ON ALL SEQUENCES IN SCHEMA public, homer TO {role};
             GRANT ALL ON ALL ROUTINES IN SCHEMA public, homer TO {role}"
        ))
        .unwrap();
}

const FILL: &str = "
    SELECT homer_remember('maria', 'fact', 's', 'Of Maria'), homer_remember(NULL, 'fact', 's', 'Of everyone');
    SELECT homer_upsert_profile('maria', 'Maria', 'owner');
    SELECT homer_register_file('maria', 'plan', 'text/plain', 1, '/p', file_id => '00000000-0000-0000-0000-00000000000a');
    SELECT homer_publish_file('00000000-0000-0000-0000-00000000000a');
    SELECT homer_link_file('00000000-0000-0000-0000-00000000000a', 'c', 'm', 'inbound', user_id => 'devon');
    SELECT homer_reject(1);
    SELECT homer_enable_embeddings(1), homer_set_embedding(2, '{1}');
    SELECT homer_remember('maria', 'fact', 's', 'New', supersedes => id) FROM homer_remember('maria', 'fact', 's', 'Old');
    SELECT homer_call_tool('maria', 'memory', '{\"command\": \"create\", \"path\": \"/memories/a\", \"file_text\": \"x\"}')";

const ALL_TABLES: [&str; 9] = [
    "homer_user_profiles",
    "homer_memories",
    "homer_files",
    "homer_file_messages",
    "homer.refusals",
    "homer.successions",
    "homer.link_makers",
    "homer.memory_embeddings",
    "homer.memory_paths",
];

/// What `homer_whoami` says, without the role.
fn whoami(client: &mut Client) -> String {
    rows(client, "SELECT kind, reason, user_id FROM homer_whoami()").remove(0)
}

#[test]
fn broad_grants_show_nothing_and_let_nothing_in() {
    let mut client = session();
    client.batch_execute(FILL).unwrap();
    client.batch_execute("CREATE ROLE broad_by_accident").unwrap();
    grant_broadly(&mut client, "broad_by_accident");
    client.batch_execute("SET ROLE broad_by_accident; SET homer.user_id = 'maria'").unwrap();
    assert_eq!(
        whoami(&mut client),
        "none|USAGE on no type of homer that makes a role something was granted to it|null"
    );
    for table in ALL_TABLES {
        let count = format!("SELECT count(*) FROM {table}");
        assert_eq!(value::<i64>(&mut client, &count), 0, "{table}");
        assert_eq!(rows(&mut client, &format!("DELETE FROM {table} RETURNING true")), [""; 0], "{table}");
    }
    let insert = "INSERT INTO homer_memories (user_id, category, subject, content) VALUES ('maria', 'fact', 's', 'c')";
    assert_eq!(refused(&mut client, insert).sqlstate, "42501");
    assert_eq!(
        refused(&mut client, "SELECT homer_relevant_memories('maria')"),
        Refused {
            sqlstate: "ME018".into(),
            message: "role \"broad_by_accident\" acts for no user".into(),
            detail: None,
            hint: Some(
                "homer_grant('broad_by_accident', 'service') lets it act for any user, homer_grant('broad_by_accident', \
                 'confined') for the one that homer.user_id names; see docs/roles.md."
                    .into()
            ),
        }
    );
    client.batch_execute("RESET ROLE").unwrap();
    for table in ALL_TABLES {
        let count = format!("SELECT count(*) FROM {table}");
        assert!(value::<i64>(&mut client, &count) > 0, "{table} has rows");
    }
    // Control: the one grant that was missing.
    client
        .batch_execute("GRANT USAGE ON TYPE homer.one_user TO broad_by_accident; SET ROLE broad_by_accident")
        .unwrap();
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_memories"), 5);
    assert_eq!(whoami(&mut client), "confined|USAGE on type homer.one_user was granted to broad_by_accident|maria");
    client.batch_execute("RESET ROLE; DROP OWNED BY broad_by_accident; DROP ROLE broad_by_accident").unwrap();
}

/// Nor do default privileges that were set before homer was installed.
#[test]
fn default_privileges_make_no_role_a_service() {
    let mut client = Cluster::shared().empty_database().connect();
    client
        .batch_execute(
            "CREATE ROLE \"By default\";
             ALTER DEFAULT PRIVILEGES GRANT ALL ON TYPES TO \"By default\";
             ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO \"By default\";
             ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO \"By default\", PUBLIC;
             ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO \"By default\";
             CREATE EXTENSION homer",
        )
        .unwrap();
    client.batch_execute(FILL).unwrap();
    client.batch_execute("SET ROLE \"By default\"").unwrap();
    assert_eq!(
        whoami(&mut client),
        "none|USAGE on no type of homer that makes a role something was granted to it|null"
    );
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer_memories"), 0);
    client.batch_execute("RESET ROLE; DROP OWNED BY \"By default\"; DROP ROLE \"By default\"").unwrap();
}

/// What PUBLIC has by PostgreSQL's own defaults: nothing of it is left on what homer makes, but the use of types that
/// say nothing, the question what one is, and what PostgreSQL looks into to find an index.
#[test]
fn public_may_ask_what_it_is_and_nothing_else() {
    let mut client = session();
    let granted = "
        WITH members AS (
            SELECT classid, objid FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = refobjid
             WHERE refclassid = 'pg_extension'::regclass AND extname = 'homer' AND deptype = 'e'
        ), grants AS (
            SELECT p.oid::regprocedure::text AS object, a.grantee FROM members JOIN pg_proc AS p ON p.oid = objid AND classid = 'pg_proc'::regclass,
                   aclexplode(COALESCE(proacl, acldefault('f', proowner))) AS a
            UNION ALL
            SELECT c.oid::regclass::text, a.grantee FROM members JOIN pg_class AS c ON c.oid = objid AND classid = 'pg_class'::regclass,
                   aclexplode(COALESCE(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", relowner))) AS a
            UNION ALL
            SELECT n.nspname, a.grantee FROM members JOIN pg_namespace AS n ON n.oid = objid AND classid = 'pg_namespace'::regclass,
                   aclexplode(COALESCE(nspacl, acldefault('n', nspowner))) AS a
            UNION ALL
            SELECT t.oid::regtype::text, a.grantee FROM members JOIN pg_type AS t ON t.oid = objid AND classid = 'pg_type'::regclass,
                   aclexplode(COALESCE(typacl, acldefault('T', typowner))) AS a
             WHERE typname IN ('any_user', 'each_user', 'one_user', 'own_user', 'proven_user')
        )
        SELECT object FROM grants WHERE grantee = 0 ORDER BY object COLLATE \"C\"";
    assert_eq!(
        rows(&mut client, granted),
        [
            "homer.acting_user()",
            "homer.acts_for_anyone()",
            "homer.bound_user()",
            "homer.grantee(oid)",
            "homer.grantee_of(oid)",
            "homer.is_above_row_security()",
            "homer.is_active_for_statements(boolean)",
            "homer.is_active_for_users(boolean)",
            "homer.is_active_for_words(boolean)",
            "homer.is_bound_by_policies(oid[])",
            "homer.is_confined(oid)",
            "homer.is_confined_kind()",
            "homer.is_far_off(timestamp without time zone,timestamp without time zone)",
            "homer.is_for_the_owner(oid)",
            "homer.is_of_kind(oid[],oid[],oid[])",
            "homer.is_reminder(text)",
            "homer.is_unwanted(\"char\",boolean,text,oid)",
            "homer.kind_of_identity()",
            "homer.lacks_moment(text,boolean,jsonb)",
            "homer.markers()",
            "homer.may_use(oid[])",
            "homer.members(regclass)",
            "homer.misspellings_of_due_at()",
            "homer.moment_of_file(timestamp without time zone)",
            "homer.other_category_branch(text,text)",
            "homer.scope_of(text)",
            "homer.slot_branch(text,integer)",
            "homer.tables_under_policies()",
            "homer.tells_everyone()",
            "homer.unguarded_table()",
            "homer.unwanted_grants()",
            "homer.user_acted_for(oid,oid,oid)",
            "homer.warnings()",
            "homer_whoami()",
        ]
    );
    // Control: the owner's own rights are seen.
    let of_the_owner = granted.replace(
        "SELECT object FROM grants WHERE grantee = 0 ORDER BY object COLLATE \"C\"",
        "SELECT count(*) FROM grants",
    );
    assert!(value::<i64>(&mut client, &of_the_owner) > 150);
    client.batch_execute("CREATE ROLE nobody_special; SET ROLE nobody_special; SET homer.user_id = 'maria'").unwrap();
    assert_eq!(
        whoami(&mut client),
        "none|USAGE on no type of homer that makes a role something was granted to it|null"
    );
    for call in ["homer.acting_user()", "homer.acts_for_anyone()", "homer_stats()", "homer_relevant_memories('maria')"]
    {
        assert_eq!(refused(&mut client, &format!("SELECT {call}")).sqlstate, "42501", "{call}");
    }
    client.batch_execute("RESET ROLE; DROP ROLE nobody_special").unwrap();
}

#[test]
fn a_role_is_told_what_it_is_and_why() {
    let mut client = session();
    client
        .batch_execute(
            "CREATE ROLE kind_service; CREATE ROLE kind_heir IN ROLE kind_service; CREATE ROLE kind_both IN ROLE kind_service;
             CREATE ROLE kind_stranger NOINHERIT IN ROLE kind_service; CREATE ROLE kind_bypass BYPASSRLS;
             CREATE ROLE kind_owner; CREATE ROLE kind_super SUPERUSER;
             GRANT USAGE ON TYPE homer.any_user TO kind_service; GRANT USAGE ON TYPE homer.one_user TO kind_both",
        )
        .unwrap();
    for table in ALL_TABLES {
        client.batch_execute(&format!("ALTER TABLE {table} OWNER TO kind_owner")).unwrap();
    }
    let roles = ["service", "heir", "both", "stranger", "bypass", "owner", "super"];
    for role in roles {
        grant_broadly(&mut client, &format!("kind_{role}"));
    }
    let mut told = |role: &str| {
        client.batch_execute(&format!("SET ROLE kind_{role}")).unwrap();
        let told = whoami(&mut client);
        client.batch_execute("RESET ROLE").unwrap();
        told
    };
    assert_eq!(
        roles.map(&mut told),
        [
            "service|USAGE on type homer.any_user was granted to kind_service|null",
            "service|USAGE on type homer.any_user was granted to kind_service|null",
            "confined|USAGE on type homer.one_user was granted to kind_both|null",
            "none|USAGE on no type of homer that makes a role something was granted to it|null",
            "service|it has BYPASSRLS|null",
            "service|it has the rights of the owner of homer's tables|null",
            "service|it is a superuser|null",
        ]
    );
    client.batch_execute("SET ROLE kind_both").unwrap();
    assert_eq!(
        refused(&mut client, "SELECT homer_relevant_memories('maria')").message,
        "role \"kind_both\" acts for one user, and homer.user_id names none"
    );
    client.batch_execute("RESET ROLE; REASSIGN OWNED BY kind_owner TO postgres").unwrap();
    for role in roles {
        client.batch_execute(&format!("DROP OWNED BY kind_{role}; DROP ROLE kind_{role}")).unwrap();
    }
}

/// The row security of one table is not that of the others, and whoever is held to one user is not let go by its absence.
#[test]
fn a_table_without_row_security_opens_no_other() {
    let mut client = session();
    client.batch_execute(FILL).unwrap();
    client.batch_execute("CREATE ROLE unguarded_confined; CREATE ROLE unguarded_broad").unwrap();
    grant_broadly(&mut client, "unguarded_confined");
    grant_broadly(&mut client, "unguarded_broad");
    client.batch_execute("GRANT USAGE ON TYPE homer.one_user TO unguarded_confined").unwrap();
    for open in ALL_TABLES {
        client
            .batch_execute(&format!("ALTER TABLE {open} DISABLE ROW LEVEL SECURITY; SET homer.user_id = 'devon'"))
            .unwrap();
        for (role, sqlstate, message) in [
            ("unguarded_broad", "ME018", "role \"unguarded_broad\" acts for no user".to_owned()),
            ("unguarded_confined", "ME020", format!("row security of {open} is switched off")),
        ] {
            client.batch_execute(&format!("SET ROLE {role}")).unwrap();
            for call in ["homer_forget(4)", "homer_relevant_memories('devon')", "homer_touch_profile('devon')"] {
                let refusal = refused(&mut client, &format!("SELECT {call}"));
                assert_eq!(
                    (refusal.sqlstate.as_str(), &refusal.message),
                    (sqlstate, &message),
                    "{call} with {open} open"
                );
            }
            for table in ["homer_memories", "homer_user_profiles", "homer.refusals"] {
                let of_maria = format!("SELECT count(*) FROM {table} WHERE user_id = 'maria'");
                assert_eq!(value::<i64>(&mut client, &of_maria) > 0, table == open, "{table} with {open} open");
            }
            client.batch_execute("RESET ROLE").unwrap();
        }
        client.batch_execute(&format!("ALTER TABLE {open} ENABLE ROW LEVEL SECURITY")).unwrap();
    }
    client
        .batch_execute(
            "DROP OWNED BY unguarded_confined, unguarded_broad; DROP ROLE unguarded_confined, unguarded_broad",
        )
        .unwrap();
}

/// A dump holds the grants, the one that makes the kind too, and CREATE EXTENSION brings the policies back.
#[test]
fn kinds_and_policies_survive_a_dump() {
    let (cluster, other_cluster) = (Cluster::start(""), Cluster::start(""));
    let original = cluster.empty_database();
    let mut client = original.connect();
    client.batch_execute("CREATE EXTENSION homer").unwrap();
    client.batch_execute(FILL).unwrap();
    let roles = "CREATE ROLE backend; CREATE ROLE assistant; CREATE ROLE broad";
    client.batch_execute(roles).unwrap();
    for role in ["backend", "assistant", "broad"] {
        grant_broadly(&mut client, role);
    }
    client
        .batch_execute("GRANT USAGE ON TYPE homer.any_user TO backend; GRANT USAGE ON TYPE homer.one_user TO assistant")
        .unwrap();

    let copy = other_cluster.empty_database();
    copy.connect().batch_execute(roles).unwrap();
    copy.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &original.output("pg_dump", &[], ""));
    let mut copied = copy.connect();
    let policies = "SELECT schemaname, tablename, policyname, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2, 3";
    assert_eq!(rows(&mut copied, policies).len(), 41);
    assert_eq!(rows(&mut copied, policies), rows(&mut client, policies));
    let privileges = "
        SELECT 'relation ' || oid::regclass, relacl::text FROM pg_class WHERE relacl IS NOT NULL AND oid >= 16384
        UNION ALL SELECT 'function ' || oid::regprocedure, proacl::text FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT 'type ' || oid::regtype, typacl::text FROM pg_type WHERE typacl IS NOT NULL AND oid >= 16384 ORDER BY 1";
    let before = rows(&mut client, privileges);
    assert!(before.contains(&"type homer.any_user|{postgres=U/postgres,backend=U/postgres}".to_owned()), "{before:#?}");
    assert_eq!(rows(&mut copied, privileges), before);
    for (role, rows_seen) in [("backend", 5), ("assistant", 5), ("broad", 0)] {
        copied.batch_execute(&format!("SET ROLE {role}; SET homer.user_id = 'maria'")).unwrap();
        assert_eq!(value::<i64>(&mut copied, "SELECT count(*) FROM homer_memories"), rows_seen, "{role}");
    }
}
