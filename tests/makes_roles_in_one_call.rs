//! `homer_grant` gives a role what its kind needs and nothing else, `homer_revoke` takes it back, and what should not have been
//! granted is warned of.

use homer_tests::*;

/// Every right of a role on anything in the database, but for what it has through PUBLIC.
const RIGHTS: &str = "
    SELECT acl.object || ' ' || string_agg(acl.privilege, ',' ORDER BY acl.privilege)
      FROM (SELECT 'relation ' || relname, privilege_type, grantee FROM pg_class, aclexplode(relacl) WHERE relname !~ '^pg_toast'
            UNION ALL SELECT 'column ' || attrelid::regclass || '.' || attname, privilege_type, grantee FROM pg_attribute, aclexplode(attacl)
            UNION ALL SELECT 'schema ' || nspname, privilege_type, grantee FROM pg_namespace, aclexplode(nspacl)
            UNION ALL SELECT 'type ' || typname, privilege_type, grantee FROM pg_type, aclexplode(typacl)
            UNION ALL SELECT 'function ' || proname, privilege_type, grantee FROM pg_proc, aclexplode(proacl)) AS acl (object, privilege, grantee)
     WHERE acl.grantee = 'ROLE'::regrole";

fn rights(client: &mut Client, role: &str, but: &str) -> Vec<String> {
    let query = RIGHTS.replace("ROLE", role);
    rows(client, &format!("{query} AND acl.object !~ '{but}' GROUP BY acl.object ORDER BY acl.object COLLATE \"C\""))
}

/// Beside homer lie a table and a function of somebody else, which broad grants hand out.
fn others() -> Client {
    let mut client = session();
    client
        .batch_execute(
            "CREATE TABLE payroll (salary integer); CREATE FUNCTION dblink_like(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
             REVOKE ALL ON FUNCTION dblink_like(text) FROM PUBLIC",
        )
        .unwrap();
    client
}

#[test]
fn a_role_is_given_what_its_kind_needs_and_nothing_else() {
    let mut client = others();
    client.batch_execute("CREATE ROLE made_service; SELECT homer_grant('made_service', 'service')").unwrap();
    let table = |name: &str| format!("relation {name} DELETE,INSERT,SELECT,UPDATE");
    assert_eq!(
        rights(&mut client, "made_service", "^function"),
        [
            &table("embedding_length"),
            &table("homer_file_messages"),
            "relation homer_file_messages_id_seq USAGE",
            &table("homer_files"),
            "relation homer_files_id_seq USAGE",
            &table("homer_memories"),
            "relation homer_memories_id_seq USAGE",
            &table("homer_user_profiles"),
            "relation homer_user_profiles_id_seq USAGE",
            &table("link_makers"),
            &table("memory_embeddings"),
            &table("memory_paths"),
            &table("refusals"),
            "relation refusals_id_seq USAGE",
            &table("successions"),
            "schema homer USAGE",
            "schema public USAGE",
            "type any_user USAGE",
        ]
    );
    // All functions of homer but the owner's.
    let of_homer = "SELECT DISTINCT 'function ' || proname || ' EXECUTE' FROM pg_proc, pg_depend, pg_extension
         WHERE pg_proc.oid = objid AND refobjid = pg_extension.oid AND extname = 'homer' AND deptype = 'e'
           AND classid = 'pg_proc'::regclass AND proname NOT IN ('homer_grant', 'homer_revoke', 'homer_bind_role', 'homer_trust_keys')";
    let granted = rights(&mut client, "made_service", "^[^f]");
    assert_eq!(granted.len(), rows(&mut client, of_homer).len());
    assert!(granted.contains(&"function homer_remember EXECUTE".to_owned()));
    assert!(!granted.iter().any(|right| right.contains("dblink_like") || right.contains("homer_grant")));

    client.batch_execute("SELECT homer_grant('made_service', 'confined')").unwrap();
    let tables = rights(&mut client, "made_service", "^(function|column)");
    assert!(tables.contains(&"relation homer_memories DELETE,SELECT".to_owned()), "{tables:#?}");
    assert!(tables.contains(&"type one_user USAGE".to_owned()) && !tables.contains(&"type any_user USAGE".to_owned()));
    let columns = rights(&mut client, "made_service", "^[^c]");
    assert!(columns.contains(&"column homer_memories.content INSERT,UPDATE".to_owned()), "{columns:#?}");
    assert_eq!(columns.iter().filter(|column| column.contains(".id ")).count(), 0);

    client.batch_execute("SELECT homer_revoke('made_service')").unwrap();
    assert_eq!(rights(&mut client, "made_service", "^$"), ["schema public USAGE"]);
    client.batch_execute("DROP OWNED BY made_service; DROP ROLE made_service").unwrap();
}

/// With nothing but that each kind stores, finds and changes what it should, in a schema of homer's own too.
#[test]
fn what_is_granted_is_enough() {
    for (kind, schema) in
        [("service", "public"), ("service_of_users", "Memory of its own"), ("confined", "Memory of its own")]
    {
        let database = Cluster::shared().empty_database();
        let mut client = database.connect();
        let role = format!("enough_{kind}");
        client
            .batch_execute(&format!(
                "CREATE SCHEMA IF NOT EXISTS \"{0}\"; CREATE EXTENSION homer SCHEMA \"{0}\"; CREATE ROLE {role};
                 SET search_path = \"{0}\"; SELECT homer_grant('{role}', '{kind}');
                 SET ROLE {role}; SET homer.user_id = 'maria';
                 SELECT homer_upsert_profile('maria', 'Maria', 'owner'), homer_touch_profile('maria');
                 SELECT homer_remember_many('[{{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"Tea\", \"content\": \"Green\"}},
                     {{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"\", \"content\": \"Said twice\"}},
                     {{\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"Tea\", \"content\": \"green\"}}]');
                 SELECT homer_remember('maria', 'fact', 'Tea', 'Black', supersedes => 1), homer_reject(2);
                 SELECT homer_remind('maria', 's', 'Call', now());
                 SELECT homer_claim_reminders(1, 'maria');
                 SELECT homer_register_file('maria', 'n', 'm', 1, 'p', file_id => '00000000-0000-0000-0000-00000000000a');
                 SELECT homer_link_file('00000000-0000-0000-0000-00000000000a', 'c', 'm', 'inbound');
                 SELECT homer_share_file('00000000-0000-0000-0000-00000000000a', '{{devon}}');
                 INSERT INTO homer_memories (user_id, category, subject, content) VALUES ('maria', 'fact', '', 'By hand');
                 UPDATE homer_memories SET importance = 9 WHERE content = 'By hand';
                 SELECT homer_import_user(homer_export_user('maria'))",
                schema
            ))
            .unwrap_or_else(|error| panic!("{kind}: {error:?}"));
        assert_eq!(
            rows(&mut client, "SELECT content FROM homer_relevant_memories('maria', query => 'black tea by hand')"),
            ["Black", "By hand"],
            "{kind}"
        );
        assert_eq!(rows(&mut client, "SELECT kind, warnings::text FROM homer_whoami()"), [format!("{kind}|{{}}")]);
        client.batch_execute(&format!("RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
    }
}

/// Who may choose ids takes those that are given to others next.
#[test]
fn a_confined_role_chooses_no_id() {
    let mut client = session();
    client
        .batch_execute(
            "CREATE ROLE chooses_ids; SELECT homer_grant('chooses_ids', 'confined'); SELECT homer_remember('maria', 'fact', 's', 'c');
             SET ROLE chooses_ids; SET homer.user_id = 'maria'",
        )
        .unwrap();
    for statement in [
        "INSERT INTO homer_memories (id, user_id, category, subject, content) VALUES (2, 'maria', 'fact', 's', 'c')",
        "UPDATE homer_memories SET id = 2",
        "SELECT setval('homer_memories_id_seq', 100)",
        "COPY homer_memories FROM STDIN",
        "TRUNCATE homer_memories",
    ] {
        assert_eq!(refused(&mut client, statement).sqlstate, "42501", "{statement}");
    }
    // Control: without the id.
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content) VALUES ('maria', 'fact', 's', 'd');
             UPDATE homer_memories SET importance = 3",
        )
        .unwrap();
    assert_eq!(rows(&mut client, "SELECT id, importance FROM homer_memories ORDER BY id"), ["1|3", "2|3"]);
    client.batch_execute("RESET ROLE; DROP OWNED BY chooses_ids; DROP ROLE chooses_ids").unwrap();
}

#[test]
fn grants_that_no_kind_needs_are_warned_of() {
    let mut client = others();
    let unwanted = "SELECT unnest(grants_unwanted) FROM homer_stats()";
    assert_eq!(rows(&mut client, unwanted), [""; 0]);
    client
        .batch_execute(
            "CREATE ROLE warned_confined; CREATE ROLE warned_service; CREATE ROLE warned_member IN ROLE warned_confined;
             SELECT homer_grant('warned_confined', 'confined'), homer_grant('warned_service', 'service');
             GRANT TRUNCATE, TRIGGER, INSERT ON homer_memories TO warned_confined;
             GRANT UPDATE ON SEQUENCE homer_files_id_seq TO warned_confined;
             GRANT REFERENCES ON homer_files TO warned_service; GRANT EXECUTE ON FUNCTION homer_revoke(text) TO warned_service;
             GRANT CREATE ON SCHEMA homer TO warned_service; GRANT SELECT ON homer_user_profiles TO PUBLIC",
        )
        .unwrap();
    let of_public = "SELECT on homer_user_profiles was granted to PUBLIC";
    let of_confined = [
        "INSERT on homer_memories was granted to warned_confined",
        of_public,
        "TRIGGER on homer_memories was granted to warned_confined",
        "TRUNCATE on homer_memories was granted to warned_confined",
        "UPDATE on homer_files_id_seq was granted to warned_confined",
    ];
    let of_service = [
        "CREATE on schema homer was granted to warned_service",
        "EXECUTE on homer_revoke was granted to warned_service",
        "REFERENCES on homer_files was granted to warned_service",
        of_public,
    ];
    let mut all: Vec<&str> = of_confined.iter().chain(&of_service[..3]).copied().collect();
    all.sort_unstable();
    assert_eq!(rows(&mut client, unwanted), all);
    let told = "SELECT unnest(warnings) FROM homer_whoami()";
    for (role, warnings) in [
        ("warned_confined", &of_confined[..]),
        ("warned_member", &of_confined[..]),
        ("warned_service", &of_service[..]),
    ] {
        client.batch_execute(&format!("SET ROLE {role}; SET homer.user_id = 'maria'")).unwrap();
        assert_eq!(rows(&mut client, told), warnings, "{role}");
        client.batch_execute("RESET ROLE").unwrap();
    }
    // Granting anew takes them away.
    client
        .batch_execute(
            "REVOKE SELECT ON homer_user_profiles FROM PUBLIC;
             SELECT homer_grant('warned_confined', 'confined'), homer_grant('warned_service', 'service')",
        )
        .unwrap();
    assert_eq!(rows(&mut client, unwanted), [""; 0]);
    client.batch_execute("ALTER TABLE homer_files DISABLE ROW LEVEL SECURITY; SET ROLE warned_confined").unwrap();
    let told = rows(&mut client, told);
    assert!(told.contains(&"row security of homer_files is switched off".to_owned()), "{told:?}");
    client.batch_execute("RESET ROLE; ALTER TABLE homer_files ENABLE ROW LEVEL SECURITY").unwrap();
    for role in ["warned_confined", "warned_service", "warned_member"] {
        client.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
    }
}

#[test]
fn vectors_are_granted_when_they_are_made() {
    let database = database();
    let mut client = database.connect();
    client
        .batch_execute(
            "CREATE ROLE vectors_service; CREATE ROLE vectors_confined;
             SELECT homer_grant('vectors_service', 'service'), homer_grant('vectors_confined', 'confined');
             SELECT homer_enable_embeddings(2); SELECT homer_remember('maria', 'fact', 's', 'c')",
        )
        .unwrap();
    for role in ["vectors_service", "vectors_confined"] {
        client.batch_execute(&format!("SET ROLE {role}; SET homer.user_id = 'maria'")).unwrap();
        client
            .batch_execute("SELECT homer_set_embedding(1, '{1, 0}')")
            .unwrap_or_else(|error| panic!("{role}: {error:?}"));
        let found = "SELECT id FROM homer_relevant_memories('maria', query_embedding => '{1, 0}')";
        assert_eq!(rows(&mut client, found), ["1"], "{role}");
        client.batch_execute("RESET ROLE").unwrap();
    }
    assert_eq!(rows(&mut client, "SELECT unnest(grants_unwanted) FROM homer_stats()"), [""; 0]);
    for role in ["vectors_service", "vectors_confined"] {
        client.batch_execute(&format!("SELECT homer_revoke('{role}')")).unwrap();
        assert_eq!(rights(&mut client, role, "^$"), ["schema public USAGE"], "{role}");
        client.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
    }
}

#[test]
fn what_is_no_role_or_kind_is_refused() {
    let mut client = session();
    let mut refusal = |call: &str| {
        let refused = refused(&mut client, &format!("SELECT {call}"));
        format!("{} {}", refused.sqlstate, refused.message)
    };
    for (call, expected) in [
        ("homer_grant('nobody here', 'service')", "ME038 role \"nobody here\" does not exist"),
        ("homer_grant('public', 'service')", "ME038 role \"public\" does not exist"),
        ("homer_grant(NULL, 'service')", "ME001 role must not be null"),
        (
            "homer_grant('pg_monitor', 'boss')",
            "ME033 kind must be service or service_of_users or confined or own_user or proven_user, not \"boss\"",
        ),
        ("homer_grant('pg_monitor', NULL)", "ME001 kind must not be null"),
        (
            "homer_grant('postgres', 'confined')",
            "ME005 role must be a role that owns none of homer's tables, not postgres",
        ),
        ("homer_revoke('postgres')", "ME005 role must be a role that owns none of homer's tables, not postgres"),
        ("homer_revoke('')", "ME002 role must not be empty"),
    ] {
        assert_eq!(refusal(call), expected);
    }
}
