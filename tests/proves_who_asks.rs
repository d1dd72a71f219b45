//! A login that is bound to a user, and a transaction that has shown a signed token, act for that user and nobody else, whatever SQL
//! they run.

use std::fs;

use homer_tests::*;
use jsonwebtoken::Algorithm;

use crate::tokens::{AUDIENCE, ISSUER, Signer, claims, now};

const FILL: &str = "
    SELECT homer_remember('maria', 'fact', 'Coffee', 'Of Maria'), homer_remember('devon', 'fact', 'Salary', 'Of Devon'),
           homer_remember(NULL, 'fact', 'Hours', 'Of everyone')";
const SEEN: &str = "SELECT content FROM homer_memories ORDER BY id";
const OF_MARIA: [&str; 2] = ["Of Maria", "Of everyone"];
const OF_DEVON: [&str; 2] = ["Of Devon", "Of everyone"];
const NOTHING: [&str; 0] = [];

/// A database with memories of two users, and a login role of the kind, whose name ends so.
fn database_with(kind: &str, role: &str) -> (Database<'static>, Client) {
    let database = database();
    let mut client = database.connect();
    client.batch_execute(FILL).unwrap();
    client.batch_execute(&format!("CREATE ROLE {role} LOGIN; SELECT homer_grant('{role}', '{kind}')")).unwrap();
    (database, client)
}

fn drop_role(client: &mut Client, role: &str) {
    client.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
}

/// A session of somebody who can log in as the role and no more.
fn log_in(database: &Database, role: &str, options: &str) -> Client {
    let mut config: postgres::Config = database.url().parse().unwrap();
    config.user(role).options(options).connect(NoTls).unwrap()
}

fn act_as(client: &mut Client, token: &str) -> String {
    value(client, &format!("SELECT homer_act_as('{token}')"))
}

fn refusal(client: &mut Client, statement: &str) -> String {
    let refused = refused(client, statement);
    format!("{} {}", refused.sqlstate, refused.message)
}

const UNPROVEN: &str = "ME017 role \"ROLE\" acts for one user, and no token has proven which";
const NOT_ACCEPTED: &str = "ME039 the token was not accepted";

#[test]
fn a_token_proves_its_user_for_one_transaction() {
    let (database, mut owner) = database_with("proven_user", "proving");
    for algorithm in [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256] {
        let signer = Signer::new(algorithm);
        signer.trust(&mut owner);
        let mut client = log_in(&database, "proving", "");
        for end in ["ROLLBACK", "COMMIT"] {
            assert_eq!(rows(&mut client, SEEN), NOTHING, "{algorithm:?}");
            assert_eq!(refusal(&mut client, "SELECT homer_context('maria')"), UNPROVEN.replace("ROLE", "proving"));
            client.batch_execute("BEGIN").unwrap();
            assert_eq!(act_as(&mut client, &signer.token("maria")), "maria");
            assert_eq!(rows(&mut client, SEEN), OF_MARIA);
            assert_eq!(
                rows(&mut client, "SELECT kind, reason, user_id, warnings::text FROM homer_whoami()"),
                ["proven_user|USAGE on type homer.proven_user was granted to proving|maria|{}"]
            );
            assert_eq!(
                rows(&mut client, "SELECT outcome FROM homer_remember('maria', 'fact', 'Tea', 'Green')"),
                ["added"]
            );
            client.batch_execute(end).unwrap();
        }
        // By itself it is a transaction, and proves nothing to the next one.
        assert_eq!(act_as(&mut client, &signer.token("maria")), "maria");
        assert_eq!(rows(&mut client, SEEN), NOTHING);
        owner.batch_execute("DELETE FROM homer_memories WHERE content = 'Green'").unwrap();
    }
    drop_role(&mut owner, "proving");
}

/// Another user's rows are refused as for every role that acts for one.
#[test]
fn a_proven_user_is_no_other() {
    let (database, mut owner) = database_with("proven_user", "proving_one");
    let signer = Signer::new(Algorithm::EdDSA);
    signer.trust(&mut owner);
    let mut client = log_in(&database, "proving_one", "");
    client.batch_execute("BEGIN").unwrap();
    act_as(&mut client, &signer.token("maria"));
    client.batch_execute("SAVEPOINT s").unwrap();
    for statement in ["SELECT homer_relevant_memories('devon')", "SELECT homer_remember('devon', 'fact', 's', 'c')"] {
        assert!(refusal(&mut client, statement).starts_with("ME016 "), "{statement}");
        client.batch_execute("ROLLBACK TO s").unwrap();
    }
    // A second user is refused as a false token is; the same one a second time is none.
    assert_eq!(refusal(&mut client, &format!("SELECT homer_act_as('{}')", signer.token("devon"))), NOT_ACCEPTED);
    client.batch_execute("ROLLBACK TO s").unwrap();
    assert_eq!(act_as(&mut client, &signer.token("maria")), "maria");
    assert_eq!(rows(&mut client, SEEN), OF_MARIA);
    drop(client);
    drop_role(&mut owner, "proving_one");
}

/// The same message, hint and code for each; and nobody is acted for afterwards.
#[test]
fn tokens_that_prove_nobody_are_refused_alike() {
    let (database, mut owner) = database_with("proven_user", "proving_false");
    let signer = Signer::new(Algorithm::EdDSA);
    let other = Signer::new(Algorithm::EdDSA);
    let rsa = Signer::new(Algorithm::RS256);
    signer.trust(&mut owner);
    let good = signer.token("maria");
    let parts: Vec<&str> = good.split('.').collect();
    let foreign = signer.token("devon");
    let with = |key: &str, value: Value| signer.token_with("maria", key, value);
    let without = |key: &str| signer.token_without("maria", key);
    let unsigned = format!("{}.{}.", base64(br#"{"alg":"none","typ":"JWT"}"#), parts[1]);
    let public_key = signer.jwks()["keys"][0]["x"].as_str().unwrap().to_owned();
    let by_shared_secret = jsonwebtoken::encode(
        &jsonwebtoken::Header::new(Algorithm::HS256),
        &claims("maria"),
        &jsonwebtoken::EncodingKey::from_secret(public_key.as_bytes()),
    )
    .unwrap();
    let mut altered = parts[2].to_owned();
    altered.replace_range(0..1, if altered.starts_with('A') { "B" } else { "A" });
    let mut critical = jsonwebtoken::Header::new(Algorithm::EdDSA);
    critical.crit = Some(vec!["b64".into()]);
    let false_tokens = [
        ("no token", "maria".to_owned()),
        ("dots", "..".into()),
        ("another key", other.token("maria")),
        ("another algorithm", rsa.token("maria")),
        ("another issuer", with("iss", json!("https://other.example"))),
        ("another audience", with("aud", json!("another"))),
        ("no audience", without("aud")),
        ("no issuer", without("iss")),
        ("no expiry", without("exp")),
        ("no user", without("sub")),
        ("an empty user", with("sub", json!(" "))),
        ("a user that is no text", with("sub", json!(7))),
        ("a user that is too long", with("sub", json!("x".repeat(1001)))),
        ("a user that no text can hold", with("sub", json!("maria\0"))),
        ("several issuers", with("iss", json!([ISSUER, "https://other.example"]))),
        ("a header that asks for what is not known", signer.sign_with_header(&critical, &claims("maria"))),
        ("expired", with("exp", json!(now() - 31))),
        ("not yet valid", with("nbf", json!(now() + 3600))),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("an altered signature", format!("{}.{}.{altered}", parts[0], parts[1])),
        ("another payload", format!("{}.{}.{}", parts[0], foreign.split('.').nth(1).unwrap(), parts[2])),
        ("another header", format!("{}.{}.{}", base64(br#"{"alg":"ES256"}"#), parts[1], parts[2])),
        ("alg none", unsigned),
        ("the public key as a shared secret", by_shared_secret),
        ("a page", "x".repeat(1_000_000)),
    ];
    let mut client = log_in(&database, "proving_false", "");
    let expected = refused(&mut client, "SELECT homer_act_as('x.y.z')");
    assert_eq!((expected.sqlstate.as_str(), expected.message.as_str()), ("ME039", "the token was not accepted"));
    for (what, token) in false_tokens {
        client.batch_execute("BEGIN; SAVEPOINT s").unwrap();
        assert_eq!(refused(&mut client, &format!("SELECT homer_act_as('{token}')")), expected, "{what}");
        client.batch_execute("ROLLBACK TO s").unwrap();
        assert_eq!(rows(&mut client, SEEN), NOTHING, "{what}");
        client.batch_execute("COMMIT").unwrap();
    }
    // Control; and an audience may be one of several.
    assert_eq!(act_as(&mut client, &good), "maria");
    assert_eq!(act_as(&mut client, &with("aud", json!(["x", AUDIENCE]))), "maria");
    assert_eq!(act_as(&mut client, &with("exp", json!(now() - 10))), "maria");
    // Whom the owner trusts no more proves nothing.
    owner.execute("SELECT homer_trust_keys($1, $2, NULL)", &[&ISSUER, &AUDIENCE]).unwrap();
    assert_eq!(refused(&mut client, &format!("SELECT homer_act_as('{good}')")), expected);
    drop(client);
    drop_role(&mut owner, "proving_false");
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        text.extend((0..=chunk.len()).map(|place| LETTERS[(number >> (18 - 6 * place) & 63) as usize] as char));
    }
    text
}

#[test]
fn a_savepoint_takes_back_what_was_proven_behind_it() {
    let (database, mut owner) = database_with("proven_user", "proving_savepoints");
    let signer = Signer::new(Algorithm::EdDSA);
    signer.trust(&mut owner);
    let mut client = log_in(&database, "proving_savepoints", "");
    let (maria, devon) = (signer.token("maria"), signer.token("devon"));
    client.batch_execute("BEGIN; SAVEPOINT a; SAVEPOINT b").unwrap();
    act_as(&mut client, &maria);
    client.batch_execute("RELEASE b").unwrap();
    assert_eq!(rows(&mut client, SEEN), OF_MARIA);
    client.batch_execute("ROLLBACK TO a").unwrap();
    assert_eq!(rows(&mut client, SEEN), NOTHING);
    // What was proven before a savepoint stays.
    act_as(&mut client, &maria);
    client.batch_execute("SAVEPOINT c; ROLLBACK TO c; RELEASE c").unwrap();
    assert_eq!(rows(&mut client, SEEN), OF_MARIA);
    for end in ["COMMIT AND CHAIN", "ROLLBACK AND CHAIN", "COMMIT"] {
        client.batch_execute(end).unwrap();
        assert_eq!(rows(&mut client, SEEN), NOTHING, "{end}");
    }
    // Nor does a procedure that commits take it along.
    client.batch_execute(&format!("DO $$ BEGIN PERFORM homer_act_as('{devon}'); COMMIT; IF EXISTS (SELECT FROM homer_memories) THEN RAISE 'seen'; END IF; END $$")).unwrap();
    // In a block that catches errors.
    let block = format!(
        "BEGIN; DO $$ BEGIN BEGIN PERFORM homer_act_as('{maria}'); RAISE 'x'; EXCEPTION WHEN OTHERS THEN NULL; END; END $$"
    );
    client.batch_execute(&block).unwrap();
    assert_eq!(rows(&mut client, SEEN), NOTHING);
    act_as(&mut client, &maria);
    assert_eq!(refused(&mut client, "SELECT 1 / 0").sqlstate, "22012");
    client.batch_execute("ROLLBACK").unwrap();
    assert_eq!(rows(&mut client, SEEN), NOTHING);
    drop(client);
    drop_role(&mut owner, "proving_savepoints");
}

/// A cursor that was opened before goes on with the user for whom it was first asked: so nobody else comes after that one.
#[test]
fn a_transaction_proves_no_second_user_after_a_rollback_either() {
    let (database, mut owner) = database_with("proven_user", "proving_twice");
    let signer = Signer::new(Algorithm::EdDSA);
    signer.trust(&mut owner);
    let mut client = log_in(&database, "proving_twice", "");
    let (maria, devon) = (signer.token("maria"), signer.token("devon"));
    client.batch_execute(&format!("BEGIN; DECLARE c CURSOR FOR {SEEN}; SAVEPOINT s")).unwrap();
    act_as(&mut client, &maria);
    assert_eq!(rows_of_command(&mut client, "FETCH 1 FROM c"), ["Of Maria"]);
    client.batch_execute("ROLLBACK TO s").unwrap();
    assert_eq!(refusal(&mut client, &format!("SELECT homer_act_as('{devon}')")), NOT_ACCEPTED);
    client.batch_execute("ROLLBACK TO s").unwrap();
    assert_eq!(act_as(&mut client, &maria), "maria");
    client.batch_execute("ROLLBACK").unwrap();
    // Control: in the next transaction.
    assert_eq!(act_as(&mut client, &devon), "devon");
    drop(client);
    drop_role(&mut owner, "proving_twice");
}

/// Whatever a function calls itself, a worker that is not the transaction's own process knows no proof.
#[test]
fn a_parallel_worker_knows_no_proof() {
    let (database, mut owner) = database_with("proven_user", "proving_parallel");
    let signer = Signer::new(Algorithm::EdDSA);
    signer.trust(&mut owner);
    owner
        .batch_execute(
            "CREATE FUNCTION known() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000 AS
                 $$ BEGIN RETURN COALESCE(homer.proven_user(), 'nobody'); END $$;
             CREATE TABLE many AS SELECT n FROM generate_series(1, 10000) AS n; ANALYZE many; GRANT SELECT ON many TO PUBLIC",
        )
        .unwrap();
    let everywhere = "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0";
    let mut client = log_in(&database, "proving_parallel", "");
    client.batch_execute(&format!("{everywhere}; BEGIN")).unwrap();
    act_as(&mut client, &signer.token("maria"));
    client.batch_execute("SET LOCAL parallel_leader_participation = off").unwrap();
    assert_eq!(rows(&mut client, "SELECT DISTINCT known() FROM many"), ["nobody"]);
    // Policies ask in the leader: what is read by workers is Maria's.
    let plan = rows(&mut client, &format!("EXPLAIN {SEEN}")).concat();
    assert!(plan.contains("Parallel"), "{plan}");
    assert_eq!(rows(&mut client, SEEN), OF_MARIA);
    // Control.
    client.batch_execute("SET LOCAL max_parallel_workers_per_gather = 0").unwrap();
    assert_eq!(rows(&mut client, "SELECT DISTINCT known() FROM many"), ["maria"]);
    drop(client);
    drop_role(&mut owner, "proving_parallel");
}

/// A plan that is kept asks anew; a cursor that outlives its transaction holds what was read in it.
#[test]
fn plans_and_cursors_show_nobody_elses_rows() {
    let (database, mut owner) = database_with("proven_user", "proving_plans");
    let signer = Signer::new(Algorithm::EdDSA);
    signer.trust(&mut owner);
    let mut client = log_in(&database, "proving_plans", "");
    client.batch_execute(&format!("SET plan_cache_mode = force_generic_plan; PREPARE kept AS {SEEN}")).unwrap();
    for _again in 0..7 {
        for (user, seen) in [("maria", OF_MARIA), ("devon", OF_DEVON)] {
            client.batch_execute("BEGIN").unwrap();
            act_as(&mut client, &signer.token(user));
            assert_eq!(rows_of_command(&mut client, "EXECUTE kept"), seen);
            client.batch_execute("COMMIT").unwrap();
        }
        assert_eq!(rows_of_command(&mut client, "EXECUTE kept"), NOTHING);
    }
    client.batch_execute("BEGIN").unwrap();
    act_as(&mut client, &signer.token("maria"));
    client
        .batch_execute(&format!(
            "DECLARE held CURSOR WITH HOLD FOR {SEEN}; DECLARE other CURSOR FOR {SEEN}; COMMIT; BEGIN"
        ))
        .unwrap();
    act_as(&mut client, &signer.token("devon"));
    assert_eq!(rows_of_command(&mut client, "FETCH ALL FROM held"), OF_MARIA);
    assert_eq!(rows(&mut client, SEEN), OF_DEVON);
    assert_eq!(refused(&mut client, "FETCH ALL FROM other").sqlstate, "34000");
    drop(client);
    drop_role(&mut owner, "proving_plans");
}

/// The first column of what a utility command gives.
fn rows_of_command(client: &mut Client, command: &str) -> Vec<String> {
    let messages = client.simple_query(command).unwrap();
    messages
        .iter()
        .filter_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
        .collect()
}

#[test]
fn a_prepared_transaction_takes_the_proof_away() {
    let cluster = Cluster::start("-c max_prepared_transactions=4");
    let database = cluster.empty_database();
    let mut owner = database.connect();
    owner.batch_execute("CREATE EXTENSION homer").unwrap();
    owner.batch_execute(FILL).unwrap();
    owner.batch_execute("CREATE ROLE preparing LOGIN; SELECT homer_grant('preparing', 'proven_user')").unwrap();
    let signer = Signer::new(Algorithm::EdDSA);
    signer.trust(&mut owner);
    let mut client = log_in(&database, "preparing", "");
    client.batch_execute("BEGIN").unwrap();
    act_as(&mut client, &signer.token("maria"));
    client.batch_execute("INSERT INTO homer_memories (user_id, category, subject, content) VALUES ('maria', 'fact', '', 'Two phases'); PREPARE TRANSACTION 'p'").unwrap();
    assert_eq!(rows(&mut client, SEEN), NOTHING);
    client.batch_execute("COMMIT PREPARED 'p'").unwrap();
    client.batch_execute("BEGIN").unwrap();
    act_as(&mut client, &signer.token("maria"));
    assert_eq!(rows(&mut client, SEEN), ["Of Maria", "Of everyone", "Two phases"]);
}

/// Whatever a role can set says nothing to either kind.
#[test]
fn no_setting_names_the_user() {
    let (database, mut owner) = database_with("proven_user", "setting_proven");
    owner
        .batch_execute(
            "CREATE ROLE setting_own LOGIN; SELECT homer_grant('setting_own', 'own_user'), homer_bind_role('setting_own', 'maria')",
        )
        .unwrap();
    let signer = Signer::new(Algorithm::EdDSA);
    signer.trust(&mut owner);
    owner
        .batch_execute(
            "CREATE FUNCTION as_devon() RETURNS SETOF text LANGUAGE sql SET homer.user_id = 'devon'
                 AS 'SELECT content FROM homer_memories ORDER BY id'",
        )
        .unwrap();
    for (role, without) in [("setting_proven", &NOTHING[..]), ("setting_own", &OF_MARIA[..])] {
        owner.batch_execute(&format!("ALTER ROLE {role} SET homer.user_id = 'devon'")).unwrap();
        for options in ["", "-c homer.user_id=devon"] {
            let mut client = log_in(&database, role, options);
            assert_eq!(value::<String>(&mut client, "SHOW homer.user_id"), "devon");
            for setting in [
                "SET homer.user_id = 'devon'",
                "SELECT set_config('homer.user_id', 'devon', false)",
                "RESET homer.user_id",
                "RESET ALL",
                "DISCARD ALL",
                "SET homer.proven_user = 'devon'",
            ] {
                client.batch_execute(setting).unwrap();
                assert_eq!(rows(&mut client, SEEN), without, "{role}: {setting}");
                if role == "setting_proven" && setting != "DISCARD ALL" {
                    client.batch_execute("BEGIN").unwrap();
                    act_as(&mut client, &signer.token("maria"));
                    client.batch_execute(setting).unwrap();
                    assert_eq!(rows(&mut client, SEEN), OF_MARIA, "{setting}");
                    client.batch_execute("ROLLBACK").unwrap();
                }
            }
            assert_eq!(rows(&mut client, "SELECT as_devon()"), without, "{role}");
        }
    }
    // Control: to the kind that goes by it, the setting says who it is.
    owner.batch_execute("SELECT homer_grant('setting_own', 'confined')").unwrap();
    assert_eq!(rows(&mut log_in(&database, "setting_own", ""), SEEN), OF_DEVON);
    for role in ["setting_proven", "setting_own"] {
        drop_role(&mut owner, role);
    }
}

#[test]
fn a_login_acts_for_the_user_that_the_owner_bound_it_to() {
    let (database, mut owner) = database_with("own_user", "tenant_of_maria");
    let mut client = log_in(&database, "tenant_of_maria", "");
    let unbound = "ME017 role \"tenant_of_maria\" acts for one user, and it is bound to none";
    assert_eq!(rows(&mut client, SEEN), NOTHING);
    assert_eq!(refusal(&mut client, "SELECT homer_context('maria')"), unbound);
    owner.batch_execute("SELECT homer_bind_role('tenant_of_maria', 'maria')").unwrap();
    assert_eq!(rows(&mut client, SEEN), OF_MARIA);
    assert_eq!(
        rows(&mut client, "SELECT kind, reason, user_id, warnings::text FROM homer_whoami()"),
        ["own_user|USAGE on type homer.own_user was granted to tenant_of_maria|maria|{}"]
    );
    assert_eq!(rows(&mut client, "SELECT outcome FROM homer_remember('maria', 'fact', 'Tea', 'Green')"), ["added"]);
    assert!(refusal(&mut client, "SELECT homer_relevant_memories('devon')").starts_with("ME016 "));
    // It reads its own binding, and writes none.
    assert_eq!(rows(&mut client, "SELECT role::text, user_id FROM homer.bound_roles"), ["tenant_of_maria|maria"]);
    for statement in [
        "UPDATE homer.bound_roles SET user_id = 'devon'",
        "DELETE FROM homer.bound_roles",
        "INSERT INTO homer.bound_roles VALUES ('tenant_of_maria', 'devon')",
        "SELECT homer_bind_role('tenant_of_maria', 'devon')",
        "SELECT homer_act_as('x')",
        "SELECT homer_trust_keys('i', 'a', '{}')",
    ] {
        assert!(matches!(refused(&mut client, statement).sqlstate.as_str(), "42501" | "ME039"), "{statement}");
    }
    owner.batch_execute("SELECT homer_bind_role('tenant_of_maria', 'devon')").unwrap();
    assert_eq!(rows(&mut client, SEEN), OF_DEVON);
    owner.batch_execute("SELECT homer_bind_role('tenant_of_maria', NULL)").unwrap();
    assert_eq!(rows(&mut client, SEEN), NOTHING);
    drop(client);
    drop_role(&mut owner, "tenant_of_maria");
}

/// A role of the same name that is made later is somebody else's.
#[test]
fn what_is_taken_back_from_a_login_is_its_user_too() {
    let (_database, mut owner) = database_with("own_user", "tenant_leaving");
    let bound = "SELECT role FROM homer.bound_roles";
    // To grant again leaves it bound.
    for statement in ["homer_bind_role('tenant_leaving', 'maria')", "homer_grant('tenant_leaving', 'own_user')"] {
        owner.batch_execute(&format!("SELECT {statement}")).unwrap();
        assert_eq!(rows(&mut owner, bound), ["tenant_leaving"], "{statement}");
    }
    owner.batch_execute("SELECT homer_revoke('tenant_leaving')").unwrap();
    assert_eq!(rows(&mut owner, bound), NOTHING);
    // Of a role that was dropped without it, the binding can still be taken away.
    owner.batch_execute("SELECT homer_bind_role('tenant_leaving', 'maria')").unwrap();
    drop_role(&mut owner, "tenant_leaving");
    owner.batch_execute("SELECT homer_bind_role('tenant_leaving', NULL)").unwrap();
    assert_eq!(rows(&mut owner, bound), NOTHING);
    assert_eq!(refused(&mut owner, "SELECT homer_bind_role('tenant_leaving', 'maria')").sqlstate, "ME038");
}

/// A role that another login may become has not that login's identity.
#[test]
fn who_sets_another_role_has_no_identity() {
    let (database, mut owner) = database_with("own_user", "becoming_own");
    owner
        .batch_execute(
            "CREATE ROLE becoming_proven LOGIN; SELECT homer_grant('becoming_proven', 'proven_user'), homer_bind_role('becoming_own', 'maria');
             GRANT becoming_proven TO becoming_own",
        )
        .unwrap();
    let signer = Signer::new(Algorithm::EdDSA);
    signer.trust(&mut owner);
    // With the rights of both kinds the proven one counts.
    let mut client = log_in(&database, "becoming_own", "");
    assert_eq!(rows(&mut client, SEEN), NOTHING);
    client.batch_execute("BEGIN").unwrap();
    act_as(&mut client, &signer.token("devon"));
    assert_eq!(rows(&mut client, SEEN), OF_DEVON);
    client.batch_execute("SET ROLE becoming_proven; SAVEPOINT s").unwrap();
    assert_eq!(rows(&mut client, SEEN), NOTHING);
    // It is told at once, and not by empty answers later.
    let token = signer.token("devon");
    assert_eq!(refusal(&mut client, &format!("SELECT homer_act_as('{token}')")), NOT_ACCEPTED);
    client.batch_execute("ROLLBACK TO s").unwrap();
    client.batch_execute("RESET ROLE").unwrap();
    assert_eq!(rows(&mut client, SEEN), OF_DEVON);
    drop(client);
    for role in ["becoming_own", "becoming_proven"] {
        drop_role(&mut owner, role);
    }
}

#[test]
fn a_proof_can_be_shown_where_nothing_may_be_written() {
    let primary = Cluster::start("");
    let database = primary.empty_database();
    let mut owner = database.connect();
    owner.batch_execute("CREATE EXTENSION homer").unwrap();
    owner.batch_execute(FILL).unwrap();
    owner
        .batch_execute(
            "CREATE ROLE reading_proven LOGIN; SELECT homer_grant('reading_proven', 'proven_user');
             CREATE ROLE reading_own LOGIN; SELECT homer_grant('reading_own', 'own_user'), homer_bind_role('reading_own', 'devon')",
        )
        .unwrap();
    let signer = Signer::new(Algorithm::EdDSA);
    signer.trust(&mut owner);
    let standby = primary.standby();
    let copy = standby.database_named(database.name());
    wait_until(|| {
        value::<bool>(&mut copy.connect(), "SELECT count(*) = 1 FROM pg_class WHERE relname = 'trusted_keys'")
    });
    wait_until(|| value::<i64>(&mut copy.connect(), "SELECT count(*) FROM homer.trusted_keys") == 1);
    for there in [&database, &copy] {
        let mut client = log_in(there, "reading_proven", "");
        client.batch_execute("BEGIN READ ONLY").unwrap();
        act_as(&mut client, &signer.token("maria"));
        assert_eq!(rows(&mut client, SEEN), OF_MARIA);
        assert!(value::<String>(&mut client, "SELECT homer_context('maria')").contains("Of Maria"));
        assert_eq!(rows(&mut log_in(there, "reading_own", ""), SEEN), OF_DEVON);
    }
}

#[test]
fn bindings_and_keys_survive_a_dump() {
    let (database, mut owner) = database_with("own_user", "dumped_own");
    owner.batch_execute("SELECT homer_bind_role('dumped_own', 'maria')").unwrap();
    let signer = Signer::new(Algorithm::ES256);
    signer.trust(&mut owner);
    owner.batch_execute("CREATE ROLE dumped_proven LOGIN; SELECT homer_grant('dumped_proven', 'proven_user')").unwrap();
    let copy = Cluster::shared().empty_database();
    copy.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &database.output("pg_dump", &[], ""));
    assert_eq!(rows(&mut log_in(&copy, "dumped_own", ""), SEEN), OF_MARIA);
    let mut client = log_in(&copy, "dumped_proven", "");
    client.batch_execute("BEGIN").unwrap();
    act_as(&mut client, &signer.token("devon"));
    assert_eq!(rows(&mut client, SEEN), OF_DEVON);
    drop(client);
    for role in ["dumped_own", "dumped_proven"] {
        copy.connect().batch_execute(&format!("DROP OWNED BY {role}")).unwrap();
        drop_role(&mut owner, role);
    }
}

/// The keys of a set that are for encryption, or for another algorithm, check no token.
#[test]
fn a_key_checks_only_what_it_is_for() {
    let (database, mut owner) = database_with("proven_user", "proving_use");
    let (signer, beside) = (Signer::new(Algorithm::RS256), Signer::new(Algorithm::EdDSA));
    let mut client = log_in(&database, "proving_use", "");
    for (member, value, passes) in
        [("use", "sig", true), ("use", "enc", false), ("alg", "RS256", true), ("alg", "PS256", false)]
    {
        let mut keys = signer.jwks();
        let key = keys["keys"][0].as_object_mut().unwrap();
        key.remove("use");
        key.insert(member.into(), json!(value));
        let both = json!({"keys": [keys["keys"][0], beside.jwks()["keys"][0]]});
        owner.execute("SELECT homer_trust_keys($1, $2, $3)", &[&ISSUER, &AUDIENCE, &both]).unwrap();
        assert_eq!(act_as(&mut client, &beside.token("maria")), "maria");
        let answer = client.query_one("SELECT homer_act_as($1)", &[&signer.token("maria")]);
        assert_eq!(answer.is_ok(), passes, "{member} {value}");
    }
    drop(client);
    drop_role(&mut owner, "proving_use");
}

/// A pooler hands one connection to one client after another, each for a transaction.
#[test]
fn a_pooled_connection_carries_no_proof_to_the_next_client() {
    if !is_installed("pgbouncer") {
        return skipped("pgbouncer is not installed");
    }
    let (database, mut owner) = database_with("proven_user", "pooled_proven");
    let signer = Signer::new(Algorithm::EdDSA);
    signer.trust(&mut owner);
    let pooler = Pooler::start(&database);
    let mut first = pooler.connect("pooled_proven", database.name());
    let mut second = pooler.connect("pooled_proven", database.name());
    let server = "SELECT pg_backend_pid()";
    for _again in 0..3 {
        first.simple_query("BEGIN").unwrap();
        let process = rows_of_command(&mut first, server);
        first.simple_query(&format!("SELECT homer_act_as('{}')", signer.token("maria"))).unwrap();
        assert_eq!(rows_of_command(&mut first, SEEN), OF_MARIA);
        first.simple_query("COMMIT").unwrap();
        assert_eq!(rows_of_command(&mut second, server), process, "they share one connection");
        assert_eq!(rows_of_command(&mut second, SEEN), NOTHING);
        assert_eq!(rows_of_command(&mut first, SEEN), NOTHING);
    }
    drop((first, second, pooler));
    wait_until(|| {
        value::<i64>(&mut owner, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'pooled_proven'") == 0
    });
    drop_role(&mut owner, "pooled_proven");
}

/// PgBouncer in transaction mode with one connection, on a socket in a folder of its own.
struct Pooler {
    folder: std::path::PathBuf,
    process: std::process::Child,
}

impl Pooler {
    fn start(database: &Database) -> Self {
        let url = database.url();
        let (_, socket) = url.split_once("?host=").unwrap();
        let folder = std::env::temp_dir().join(format!("homer-pooler-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let settings = format!(
            "[databases]\n* = host={socket} port=5432\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = {0}\nauth_type = trust\n\
             auth_file = {0}/users\npool_mode = transaction\ndefault_pool_size = 1\nignore_startup_parameters = extra_float_digits,options\n",
            folder.display()
        );
        fs::write(folder.join("settings.ini"), settings).unwrap();
        fs::write(folder.join("users"), "\"pooled_proven\" \"\"\n").unwrap();
        let owner =
            |path: &std::path::Path| std::process::Command::new("chown").args(["-R", "postgres"]).arg(path).status();
        let _only_as_root = owner(&folder);
        let process = std::process::Command::new("pgbouncer")
            .args(["-u", "postgres"])
            .arg(folder.join("settings.ini"))
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let pooler = Self { folder, process };
        wait_until(|| pooler.folder.join(".s.PGSQL.6432").exists());
        pooler
    }

    fn connect(&self, role: &str, database: &str) -> Client {
        postgres::Config::new().host_path(&self.folder).port(6432).user(role).dbname(database).connect(NoTls).unwrap()
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _gone = self.process.kill().and_then(|()| self.process.wait());
        let _gone = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn keys_that_must_not_be_trusted_are_refused() {
    let mut client = session();
    let good = Signer::new(Algorithm::RS256).jwks();
    let with = |member: &str, value: Value| {
        let mut keys = good.clone();
        keys["keys"][0][member] = value;
        keys
    };
    let many: Vec<Value> = (0..33).map(|_| good["keys"][0].clone()).collect();
    for (keys, fault) in [
        (json!({}), "has no array \"keys\""),
        (json!([]), "has no array \"keys\""),
        (json!({"keys": []}), "must hold 1 to 32 keys"),
        (json!({"keys": many}), "must hold 1 to 32 keys"),
        (with("d", json!("AAAA")), "holds a private or shared key; give its public half only"),
        (
            json!({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}),
            "holds a private or shared key; give its public half only",
        ),
        (
            with("n", json!("AAAA")),
            "holds what is no public key for EdDSA (Ed25519), ES256 (P-256) or RS256 (2048 bits or more)",
        ),
        (
            json!({"keys": ["x"]}),
            "holds what is no public key for EdDSA (Ed25519), ES256 (P-256) or RS256 (2048 bits or more)",
        ),
    ] {
        let error = client.execute("SELECT homer_trust_keys('i', 'a', $1)", &[&keys]).unwrap_err();
        let error = error.as_db_error().unwrap();
        assert_eq!((error.code().code(), error.message()), ("ME040", format!("jwks {fault}").as_str()), "{keys}");
    }
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer.trusted_keys"), 0);
    // A set as servers publish it may hold keys that are for something else, but not them alone.
    let for_encryption = [with("use", json!("enc")), with("alg", json!("RSA-OAEP")), with("alg", json!("RS512"))];
    for keys in &for_encryption {
        let error = client.execute("SELECT homer_trust_keys('i', 'a', $1)", &[keys]).unwrap_err();
        assert_eq!(error.as_db_error().unwrap().code().code(), "ME040", "{keys}");
        let both = json!({"keys": [keys["keys"][0], good["keys"][0]]});
        client.execute("SELECT homer_trust_keys('i', 'a', $1)", &[&both]).unwrap();
    }
    // Control; a second call replaces.
    for claim in ["sub", "email"] {
        client.execute("SELECT homer_trust_keys('i', 'a', $1, $2)", &[&good, &claim]).unwrap();
    }
    assert_eq!(rows(&mut client, "SELECT issuer, audience, user_claim FROM homer.trusted_keys"), ["i|a|email"]);
}
