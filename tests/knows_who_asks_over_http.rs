//! Over HTTP `homer-server` believes one source of who asks, and starts with neither none nor two: a token that somebody trusted
//! has signed, a token of which a file holds the hash, or a header from a proxy on this machine. And it serves as no role that
//! could show more than one person's rows.

use std::fs;
use std::process::{Command, Stdio};

use homer_tests::server::{self, Answer, Request, Server};
use homer_tests::*;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};

use crate::serves_mcp::{database_for, drop_role};
use crate::tokens::{AUDIENCE, ISSUER, Signer, claims, now};

/// A file beside the cluster that holds this.
fn file(name: &str, content: &str) -> String {
    let path = Cluster::shared().directory().join(format!("{name}-{}", std::process::id()));
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().into()
}

fn served(database: &Database, role: &str, source: &[&str]) -> Server {
    let mut command = server::command(database, role);
    command.args(["mcp", "--http", "--listen", "127.0.0.1:0"]).args(source);
    Server::start(command)
}

fn recall() -> Request {
    Request::to_call("recall", json!({}))
}

fn with_token(token: &str) -> Request {
    recall().header("Authorization", &format!("Bearer {token}"))
}

fn assert_shows(answer: &Answer, own: &str, of_another: &str) {
    assert_eq!(answer.status, 200, "{answer:?}");
    let text = answer.text();
    assert!(text.contains(own) && text.contains("Open till six.") && !text.contains(of_another), "{text}");
}

const OF_MARIA: &str = "Drinks it black";
const OF_DEVON: &str = "A secret of Devon";

/// The same for all, so that nobody learns what was wrong.
fn assert_refuses(answer: &Answer, why: &str) {
    assert_eq!(answer.status, 401, "{why}: {answer:?}");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{why}");
    assert_eq!(answer.body, "Say who you are: no valid identity came with this request.\n", "{why}");
}

#[test]
fn a_signed_token_names_its_subject() {
    let (database, mut client) = database_for("asks_by_signature");
    for algorithm in [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256] {
        let signer = Signer::new(algorithm);
        let keys = file("keys.json", &signer.jwks().to_string());
        let source = ["--keys", &keys, "--issuer", ISSUER, "--audience", AUDIENCE];
        let server = served(&database, "asks_by_signature", &source);
        assert_shows(&server.ask(&with_token(&signer.token("maria"))), OF_MARIA, OF_DEVON);
        assert_shows(&server.ask(&with_token(&signer.token("devon"))), OF_DEVON, OF_MARIA);
        let mut for_two = claims("maria");
        for_two["aud"] = json!(["another", AUDIENCE]);
        assert_shows(&server.ask(&with_token(&signer.sign(&for_two))), OF_MARIA, OF_DEVON);
        server.stop();
    }
    drop_role(&mut client, "asks_by_signature");
}

#[test]
fn a_signed_token_that_is_not_quite_right_names_nobody() {
    let (database, mut client) = database_for("asks_falsely");
    let (signer, other, rsa) =
        (Signer::new(Algorithm::EdDSA), Signer::new(Algorithm::EdDSA), Signer::new(Algorithm::RS256));
    let jwks = signer.jwks();
    let keys = file("keys.json", &jwks.to_string());
    let server = served(&database, "asks_falsely", &["--keys", &keys, "--issuer", ISSUER, "--audience", AUDIENCE]);
    let good = signer.token("maria");
    assert_shows(&server.ask(&with_token(&good)), OF_MARIA, OF_DEVON);

    let with = |key: &str, value: Value| signer.token_with("maria", key, value);
    let without = |key: &str| signer.token_without("maria", key);
    let (head, payload, signature) = {
        let parts: Vec<_> = good.split('.').collect();
        (parts[0].to_owned(), parts[1].to_owned(), parts[2].to_owned())
    };
    let foreign = signer.token("devon");
    let public_key = EncodingKey::from_secret(jwks["keys"][0]["x"].as_str().unwrap().as_bytes());
    let mut critical = Header::new(Algorithm::EdDSA);
    critical.crit = Some(vec!["b64".into()]);
    // {"alg":"none"}
    let unsigned = format!("eyJhbGciOiJub25lIn0.{payload}.");
    for (why, token) in [
        ("another's key", other.token("maria")),
        ("a key of another kind", rsa.token("maria")),
        ("another issuer", with("iss", json!("https://elsewhere.example"))),
        ("a list of issuers", with("iss", json!([ISSUER, "https://elsewhere.example"]))),
        ("another audience", with("aud", json!("another"))),
        ("over", with("exp", json!(now() - 31))),
        ("not yet", with("nbf", json!(now() + 120))),
        ("a number for a subject", with("sub", json!(7))),
        ("an empty subject", with("sub", json!(""))),
        ("a subject of spaces", with("sub", json!("  "))),
        ("no issuer", without("iss")),
        ("no audience", without("aud")),
        ("no end", without("exp")),
        ("no subject", without("sub")),
        ("unsigned", unsigned),
        ("unsigned with a signature", format!("eyJhbGciOiJub25lIn0.{payload}.{signature}")),
        ("signed with the public key", encode(&Header::new(Algorithm::HS256), &claims("maria"), &public_key).unwrap()),
        ("a critical member", signer.sign_with_header(&critical, &claims("maria"))),
        ("another's claims", format!("{head}.{}.{signature}", foreign.split('.').nth(1).unwrap())),
        ("no token", "maria".into()),
        ("nothing", String::new()),
    ] {
        assert_refuses(&server.ask(&with_token(&token)), why);
    }
    assert_refuses(&server.ask(&recall()), "no header");
    assert_refuses(&server.ask(&recall().header("Authorization", &good)), "no scheme");
    assert_refuses(&server.ask(&recall().header("Authorization", &format!("Basic {good}"))), "another scheme");
    assert_refuses(&server.ask(&with_token(&good).header("Authorization", &format!("Bearer {foreign}"))), "two tokens");
    assert_refuses(&server.ask(&recall().from("maria")), "a header that nobody was told to believe");
    assert_shows(&server.ask(&with_token(&good).from("devon")), OF_MARIA, OF_DEVON);
    server.stop();
    drop_role(&mut client, "asks_falsely");
}

/// As `sha256sum` has it.
fn hash(token: &str) -> String {
    let mut child =
        Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("coreutils are there");
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), token.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()[..64].to_owned()
}

#[test]
fn a_token_whose_hash_is_in_the_file_names_its_user_until_it_is_taken_out() {
    let (database, mut client) = database_for("asks_by_hash");
    let of_maria = format!("# made for tests\n{} maria\n", hash("token of Maria"));
    let tokens = file("tokens", &format!("{of_maria}\n{} devon\n", hash("token of Devon").to_uppercase()));
    let server = served(&database, "asks_by_hash", &["--tokens", &tokens]);
    assert_shows(&server.ask(&with_token("token of Maria")), OF_MARIA, OF_DEVON);
    assert_shows(&server.ask(&with_token("token of Devon")), OF_DEVON, OF_MARIA);
    for token in ["token of Mario", "token of Maria2", "", "maria", &hash("token of Maria")] {
        assert_refuses(&server.ask(&with_token(token)), token);
    }
    assert_refuses(&server.ask(&recall()), "no token");
    assert_refuses(&server.ask(&recall().from("maria")), "a header that nobody was told to believe");

    fs::write(&tokens, &of_maria).unwrap();
    server.signal("HUP");
    wait_until(|| server.ask(&with_token("token of Devon")).status == 401);
    assert_shows(&server.ask(&with_token("token of Maria")), OF_MARIA, OF_DEVON);
    // A file that is none changes nothing.
    fs::write(&tokens, "token of Maria").unwrap();
    server.signal("HUP");
    assert_shows(&server.ask(&with_token("token of Maria")), OF_MARIA, OF_DEVON);
    server.stop();
    drop_role(&mut client, "asks_by_hash");
}

#[test]
fn a_header_names_a_user_when_it_comes_from_the_proxy() {
    let (database, mut client) = database_for("asks_by_proxy");
    let server = Server::of_proxy(&database, "asks_by_proxy");
    assert_shows(&server.ask(&recall().from("maria")), OF_MARIA, OF_DEVON);
    assert_shows(&server.ask(&recall().from("devon")), OF_DEVON, OF_MARIA);
    assert_shows(&server.ask(&recall().from("maria").header("Authorization", "Bearer devon")), OF_MARIA, OF_DEVON);
    assert_refuses(&server.ask(&recall()), "no header");
    assert_refuses(&server.ask(&recall().from("")), "an empty header");
    assert_refuses(&server.ask(&recall().from("maria").from("devon")), "two headers");
    for merged in ["maria, devon", "maria,devon", "maria,", ", maria"] {
        assert_refuses(&server.ask(&recall().from(merged)), "two headers that somebody on the way made one of");
    }
    assert_refuses(&server.ask(&recall().header("x-users", "maria")), "another header");
    let elsewhere = served(&database, "asks_by_proxy", &["--user-header", "x-user", "--proxy", "127.0.0.2"]);
    assert_refuses(&elsewhere.ask(&recall().from("maria")), "the proxy is at another address");
    elsewhere.stop();
    server.stop();
    drop_role(&mut client, "asks_by_proxy");
}

/// What the program says that does not start.
fn refusal(mut command: Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && !said.contains("listening"), "{said}");
    said
}

#[test]
fn without_one_source_of_identity_it_does_not_listen() {
    let (database, mut client) = database_for("asks_nobody");
    let signer = Signer::new(Algorithm::EdDSA);
    let keys = file("keys.json", &signer.jwks().to_string());
    let mut secret = signer.jwks();
    secret["keys"][0]["d"] = json!("AAAA");
    let secret = file("secret.json", &secret.to_string());
    let for_nothing = file("empty.json", r#"{"keys": []}"#);
    let tokens = file("tokens", &format!("{} maria\n", hash("token")));
    let in_the_clear = file("clear", "a-token-of-somebody maria\n");
    let empty = file("empty", "# nobody\n");
    let of_keys = |keys: &str| {
        vec![
            "--keys".to_owned(),
            keys.to_owned(),
            "--issuer".into(),
            ISSUER.into(),
            "--audience".into(),
            AUDIENCE.into(),
        ]
    };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for (source, reason) in [
        (vec![], "there must be one source of identity"),
        (words(&format!("--keys {keys}")), "--issuer <NAME>"),
        (words(&format!("--keys {keys} --issuer {ISSUER}")), "--audience <NAME>"),
        (words("--issuer i --audience a"), "there must be one source of identity"),
        (words("--user-header x-user"), "--proxy <ADDRESS>"),
        (words("--proxy 127.0.0.1"), "there must be one source of identity"),
        (words("--user-header x-user --proxy 192.0.2.1"), "is not on this machine"),
        (words(&format!("--tokens {tokens} --user-header x-user --proxy 127.0.0.1")), "cannot be used with"),
        ([of_keys(&keys), words(&format!("--tokens {tokens}"))].concat(), "cannot be used with"),
        (of_keys(&secret), "it holds a private or shared key"),
        (of_keys(&for_nothing), "no key in it is for EdDSA"),
        (of_keys("/nowhere.json"), "/nowhere.json: "),
        (words("--tokens /nowhere"), "/nowhere: "),
        (words(&format!("--tokens {empty}")), "there is no token in it"),
        (words(&format!("--tokens {in_the_clear}")), "line 1 is not the SHA-256 of a token"),
    ] {
        let mut command = server::command(&database, "asks_nobody");
        command.args(["mcp", "--http", "--listen", "127.0.0.1:0"]).args(&source);
        let said = refusal(command);
        assert!(said.contains(reason) && !said.contains("a-token-of-somebody"), "{source:?}: {said}");
    }
    drop_role(&mut client, "asks_nobody");
}

#[test]
fn as_a_role_that_could_show_more_than_one_person_it_does_not_start() {
    let (database, mut client) = database_for("asks_as_confined");
    let roles = ["service", "service_of_users", "proven_user", "own_user"];
    for kind in roles {
        client
            .batch_execute(&format!("CREATE ROLE asks_as_{kind} LOGIN; SELECT homer_grant('asks_as_{kind}', '{kind}')"))
            .unwrap();
    }
    client
        .batch_execute(
            "CREATE ROLE asks_as_nobody LOGIN; CREATE ROLE asks_as_broad LOGIN; SELECT homer_bind_role('asks_as_own_user', 'maria');
             SELECT homer_grant('asks_as_broad', 'confined'); GRANT TRUNCATE ON homer_memories TO asks_as_broad",
        )
        .unwrap();
    let ways = [
        ["mcp", "--user", "maria"].as_slice(),
        &["mcp", "--http", "--listen", "127.0.0.1:0", "--user-header", "x-user", "--proxy", "127.0.0.1"],
    ];
    let told = |role: &str, way: &[&str]| {
        let mut command = server::command(&database, role);
        command.args(way);
        command
    };
    for way in ways {
        for (role, reason) in [
            ("postgres", "postgres is of the kind service and must be confined"),
            ("asks_as_service", "is of the kind service and"),
            ("asks_as_service_of_users", "is of the kind service_of_users and"),
            ("asks_as_proven_user", "is of the kind proven_user and"),
            ("asks_as_nobody", "is of the kind none and"),
            ("asks_as_broad", "rights that it must not have: TRUNCATE on homer_memories was granted to asks_as_broad."),
        ] {
            let said = refusal(told(role, way));
            assert!(
                said.contains(reason) && said.contains(&format!("public.homer_grant('{role}', 'confined')")),
                "{said}"
            );
        }
    }
    // Control: these two are held to one user.
    for role in ["asks_as_confined", "asks_as_own_user"] {
        let server = Server::start(told(role, ways[1]));
        assert_shows(&server.ask(&recall().from("maria")), OF_MARIA, OF_DEVON);
        server.stop();
    }
    // Whoever switches row security off opens the table to every role that may read it.
    client.batch_execute("ALTER TABLE homer_memories DISABLE ROW LEVEL SECURITY").unwrap();
    let said = refusal(told("asks_as_confined", ways[1]));
    assert!(said.contains("row security of homer_memories is switched off"), "{said}");
    for role in ["nobody", "broad", "confined"].iter().chain(&roles) {
        drop_role(&mut client, &format!("asks_as_{role}"));
    }
    let empty = Cluster::shared().empty_database();
    let said = refusal({
        let mut command = server::command(&empty, "postgres");
        command.args(ways[0]);
        command
    });
    assert!(said.contains("this database has no homer: CREATE EXTENSION homer there"), "{said}");
}
