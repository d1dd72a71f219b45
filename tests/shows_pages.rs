//! People see in a browser what is remembered about them, and put it right; nobody sees another's. A real browser looks at the
//! pages of the real program, over the data of the demo; what it does there stands in `tests/fixtures/pages`.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use homer_tests::server::Server;
use homer_tests::*;
use jsonwebtoken::Algorithm;

use crate::tokens::{AUDIENCE, ISSUER, Signer, now};

const TOKENS: [(&str, &str); 3] = [("maria", "token-of-maria"), ("devon", "token-of-devon"), ("ops", "token-of-ops")];

/// A database in which the week of the demo was played, and who serves pages over it.
struct Shop {
    database: Database<'static>,
    files: PathBuf,
}

impl Shop {
    fn open() -> Self {
        let database = database();
        let week = std::fs::read_to_string(clone().join("demo/week.sql")).unwrap();
        let (_, week) = week.split_once("CREATE EXTENSION homer;").unwrap();
        // Devon stays.
        let (week, _) = week.split_once("\\echo '== Devon leaves").unwrap();
        let mut psql = database.program("psql");
        let mut psql =
            psql.arg("-Xq").current_dir(clone()).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        std::io::Write::write_all(&mut psql.stdin.take().unwrap(), week.as_bytes()).unwrap();
        assert!(psql.wait().unwrap().success());
        let files = Cluster::shared().directory().join(database.name());
        std::fs::create_dir(&files).unwrap();
        let shop = Self { database, files };
        for (role, kind) in [("pages", "confined"), ("service", "service")] {
            let role = shop.role(role);
            let made = format!("CREATE ROLE {role} LOGIN; SELECT homer_grant('{role}', '{kind}')");
            shop.database.connect().batch_execute(&made).unwrap();
        }
        std::fs::write(shop.tokens(), TOKENS.map(|(user, token)| format!("{} {user}\n", sha256(token))).concat())
            .unwrap();
        shop
    }

    /// Roles are of the whole cluster.
    fn role(&self, name: &str) -> String {
        format!("{}_{name}", self.database.name())
    }

    fn tokens(&self) -> PathBuf {
        self.files.join("tokens")
    }

    fn of_persons(&self) -> Server {
        let service = format!(
            "postgresql://{}@/{}?host={}",
            self.role("service"),
            self.database.name(),
            Cluster::shared().directory().display()
        );
        self.serve(&self.role("pages"), &["--erasing-database", &service])
    }

    fn of_operators(&self) -> Server {
        self.serve(&self.role("service"), &["--operator", "ops"])
    }

    /// The program, told to serve pages on a free port.
    fn pages(&self, role: &str) -> Command {
        let mut command = server::command(&self.database, role);
        command.args(["pages", "--listen", "127.0.0.1:0"]);
        command
    }

    fn serve(&self, role: &str, options: &[&str]) -> Server {
        Server::start(self.command(role, options))
    }

    /// The same, to whom the tokens are of.
    fn command(&self, role: &str, options: &[&str]) -> Command {
        let mut command = self.pages(role);
        command.arg("--tokens").arg(self.tokens()).args(options);
        command
    }

    fn value<T: for<'a> postgres::types::FromSql<'a>>(&self, query: &str) -> T {
        value(&mut self.database.connect(), query)
    }
}

fn sha256(token: &str) -> String {
    value(&mut Cluster::shared().maintenance(), &format!("SELECT encode(sha256('{token}'), 'hex')"))
}

fn token(user: &str) -> &'static str {
    TOKENS.iter().find(|(name, _)| *name == user).unwrap().1
}

/// Whether there is a browser to look with; the test says that it is skipped where there is none.
fn has_browser() -> bool {
    let is_there = is_installed("npm") && is_installed("/usr/bin/chromium");
    if !is_there {
        skipped("npm or chromium is not installed");
    }
    is_there
}

/// Plays a script of `tests/fixtures/pages` as a user, to its end.
fn play(script: &str, server: &Server, user: &str, told: &[(&str, &str)]) {
    let output = Command::new(clone().join("scripts/node"))
        .arg(clone().join("tests/fixtures/pages"))
        .args(["node", script])
        .env("PAGES", format!("http://{}", server.address()))
        .env("TOKEN", token(user))
        .envs(told.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.ends_with("as promised\n"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_person_puts_right_what_is_remembered() {
    if !has_browser() {
        return;
    }
    let shop = Shop::open();
    play("corrects.mjs", &shop.of_persons(), "maria", &[]);
    let mut client = shop.database.connect();
    assert_eq!(
        rows(
            &mut client,
            "SELECT content, importance, tags FROM homer_memories WHERE subject = 'Landlord''s answer' AND is_active"
        ),
        ["Pruitt accepts $4,550 if the new drain is in by August; she signs on Thursday.|9|[\"lease\"]"]
    );
    assert_eq!(
        rows(
            &mut client,
            "SELECT (metadata ->> 'due_at')::timestamptz = '2999-12-01 14:00 UTC', is_active FROM homer_memories
              WHERE subject = 'Drain' ORDER BY id DESC LIMIT 1"
        ),
        ["t|t"],
        "eight o'clock in Chicago"
    );
    assert_eq!(
        rows(
            &mut client,
            "SELECT timezone, wants_proactive_insights, focus_areas FROM homer_user_profiles WHERE user_id = 'maria'"
        ),
        ["Europe/Berlin|f|[\"lease\", \"hiring\", \"cash flow\", \"roof\"]"]
    );
    assert_eq!(rows(&mut client, "SELECT shared_with FROM homer_files WHERE original_name = 'lease-2026.pdf'"), ["[]"]);
}

#[test]
fn a_person_takes_everything_along_and_erases_it() {
    if !has_browser() {
        return;
    }
    let shop = Shop::open();
    let of = |user: &str| shop.value::<i64>(&format!("SELECT count(*) FROM homer_memories WHERE user_id = '{user}'"));
    let (marias, devons) = (of("maria"), of("devon"));
    assert!(marias > 100 && devons > 50);
    play("erases.mjs", &shop.of_persons(), "maria", &[("MEMORIES", &marias.to_string())]);
    assert_eq!((of("maria"), of("devon")), (0, devons));
    assert_eq!(shop.value::<i64>("SELECT count(*) FROM homer_files WHERE uploaded_by = 'maria'"), 0);
}

#[test]
fn what_is_stored_runs_nowhere_and_nobody_sees_anothers() {
    if !has_browser() {
        return;
    }
    let shop = Shop::open();
    let hostile: i32 = shop.value(
        r#"SELECT id FROM homer_remember('maria', 'fact', $$"'><b>hostile</b>$$,
                  $$<script>alert('script')</script><img src=x onerror="alert('img')"><svg onload=alert(1)>$$, 10,
                  tags => ARRAY['<script>alert(2)</script>'])"#,
    );
    let devons: i32 = shop.value("SELECT id FROM homer_remember('devon', 'fact', 'Salary', 'A secret.')");
    let unkind = "SELECT homer_reject(id) FROM homer_remember('maria', 'fact', '<script>alert(3)</script>', 'x');
                  SELECT homer_register_file('maria', '<script>alert(4)</script>', 'text/html', 1, '/x', description => '<img src=x>');
                  SELECT homer_upsert_profile('maria', '<script>alert(5)</script>', '\"><img src=x>')";
    shop.database.connect().batch_execute(unkind).unwrap();
    let told =
        [("HOSTILE", hostile.to_string()), ("DEVONS", devons.to_string()), ("DEVONS_TOKEN", token("devon").to_owned())];
    play("keeps_apart.mjs", &shop.of_persons(), "maria", &told.each_ref().map(|(name, value)| (*name, value.as_str())));
    assert_eq!(
        shop.value::<Option<bool>>(&format!("SELECT is_active FROM homer_memories WHERE id = {devons}")),
        Some(true)
    );
}

#[test]
fn pages_need_no_mouse() {
    if !has_browser() {
        return;
    }
    play("by_keyboard.mjs", &Shop::open().of_persons(), "maria", &[]);
}

#[test]
fn a_person_signs_in_with_a_token_that_the_application_has_signed() {
    if !has_browser() {
        return;
    }
    let shop = Shop::open();
    shop.database.connect().batch_execute("SELECT homer_remember('devon', 'fact', 'Salary', 'A secret.')").unwrap();
    let signer = Signer::new(Algorithm::ES256);
    let keys = shop.files.join("keys.json");
    std::fs::write(&keys, signer.jwks().to_string()).unwrap();
    let mut command = shop.pages(&shop.role("pages"));
    command.args(["--issuer", ISSUER, "--audience", AUDIENCE]).arg("--keys").arg(&keys);
    let server = Server::start(command);
    let told = [
        ("TOKEN", signer.token("maria")),
        ("DEVONS_TOKEN", signer.token("devon")),
        ("OVER", signer.token_with("maria", "exp", json!(now() - 31))),
        ("OF_ANOTHER_SIGNER", Signer::new(Algorithm::ES256).token("maria")),
    ];
    play("signs_in.mjs", &server, "maria", &told.each_ref().map(|(name, value)| (*name, value.as_str())));
}

/// The pictures stay in `target/pages`.
fn assert_readable(server: &Server, user: &str, kind: &str, paths: &Value) {
    let pictures = clone().join("target/pages");
    let told = [("PICTURES", pictures.to_str().unwrap()), ("KIND", kind), ("PATHS", &paths.to_string())];
    play("is_readable.mjs", server, user, &told);
}

#[test]
fn a_persons_pages_are_readable_wide_and_narrow_light_and_dark() {
    if !has_browser() {
        return;
    }
    let shop = Shop::open();
    let corrected: i32 = shop.value(
        "SELECT e.id FROM homer_memories AS m, homer_edit_memory(m.id, content => 'Pruitt accepts $4,600.') AS e
          WHERE m.subject = 'Landlord''s answer'",
    );
    let made = "SELECT homer_reject(id) FROM homer_remember('maria', 'preference', 'Coffee', 'Drinks it with sugar.');
                SELECT homer_remind('maria', 'Drain', 'Ask the plumber for a date.', now() + interval '3 days');";
    shop.database.connect().batch_execute(made).unwrap();
    let paths = json!({
        "search": "/?q=What+did+Pruitt+say+about+the+rent%3F", "first": "/", "timeline": "/memories", "retired": "/memories?show=retired",
        "memory": format!("/memories/{corrected}?did=corrected"), "reminders": "/reminders", "files": "/files", "profile": "/profile",
        "refusals": "/refusals", "prompt": "/prompt?q=What+did+Pruitt+say+about+the+rent%3F&budget=700", "data": "/data",
        "nothing": "/memories/2000000000",
    });
    assert_readable(&shop.of_persons(), "maria", "person", &paths);
}

#[test]
fn an_operators_pages_are_readable_wide_and_narrow_light_and_dark() {
    if !has_browser() {
        return;
    }
    let shop = Shop::open();
    // Something is wrong, so that this is seen too.
    shop.database.connect().batch_execute("DROP INDEX homer_memories_importance_idx").unwrap();
    assert_readable(&shop.of_operators(), "ops", "operator", &json!({"health": "/", "users": "/users"}));
}

#[test]
fn an_operator_sees_that_all_is_well_and_who_the_users_are() {
    if !has_browser() {
        return;
    }
    let shop = Shop::open();
    let many = "SELECT homer_remember('many-' || to_char(n, 'FM00'), 'fact', 'Number', 'One of many.') FROM generate_series(1, 30) AS n";
    shop.database.connect().batch_execute(many).unwrap();
    let this_week =
        "SELECT count(*) FROM homer_memories WHERE created_at >= date_trunc('week', now() AT TIME ZONE 'UTC')";
    let told = [
        ("MEMORIES", shop.value::<i64>("SELECT count(*) FROM homer_memories").to_string()),
        ("MARIAS", shop.value::<i64>("SELECT count(*) FROM homer_memories WHERE user_id = 'maria'").to_string()),
        ("THIS_WEEK", shop.value::<i64>(this_week).to_string()),
        ("MARIAS_TOKEN", token("maria").to_owned()),
    ];
    let told = told.each_ref().map(|(name, value)| (*name, value.as_str()));
    play("shows_operators.mjs", &shop.of_operators(), "ops", &told);
}

#[test]
fn pages_start_with_a_role_of_their_kind_alone() {
    let shop = Shop::open();
    for (role, options, needed) in [
        (shop.role("service"), &[][..], "must be confined or own_user"),
        ("postgres".into(), &[], "must be confined or own_user"),
        (shop.role("pages"), &["--operator", "ops"], "must be service or service_of_users"),
    ] {
        let output = shop.command(&role, options).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(needed), "{role}: {said}");
    }
    // A control: they start with theirs.
    drop((shop.of_persons(), shop.of_operators()));
}

#[test]
fn a_proxy_that_signs_people_in_names_whose_pages_they_are() {
    let shop = Shop::open();
    shop.database.connect().batch_execute("SELECT homer_remember('devon', 'fact', 'Salary', 'A secret.')").unwrap();
    let mut command = shop.pages(&shop.role("pages"));
    command.args(["--user-header", "x-user", "--proxy", "127.0.0.1"]);
    let server = Server::start(command);
    let (marias, devons) = (get(&server, "/memories", "X-User: maria"), get(&server, "/memories", "X-User: devon"));
    assert!(
        marias.starts_with("HTTP/1.1 200") && marias.contains("Pruitt") && !marias.contains("A secret."),
        "{marias}"
    );
    assert!(devons.starts_with("HTTP/1.1 200") && devons.contains("A secret."), "{devons}");
    // There is nothing to sign in to here.
    for header in [
        "X-Other: maria",
        "X-User: maria\r\nX-User: devon",
        "X-User: maria, devon",
        "Cookie: homer_token=token-of-maria",
    ] {
        let answer = get(&server, "/memories", header);
        assert!(
            answer.starts_with("HTTP/1.1 401") && !answer.contains("<form") && !answer.contains("Pruitt"),
            "{answer}"
        );
    }
    // Erasing was not set up.
    assert!(get(&server, "/data", "X-User: maria").contains("Erasing everything is not set up"));
}

/// What the pages of a person are, but for a question, whose cost follows the memories that hold its words.
const PAGES: [&str; 12] = [
    "/",
    "/?q=rare",
    "/memories",
    "/memories?show=retired",
    "/memories?show=all",
    "/memories?show=everyone",
    "/reminders",
    "/files",
    "/profile",
    "/refusals",
    "/prompt",
    "/data",
];

/// Requests a page as a program does, with a header that says who asks.
fn get(server: &Server, path: &str, header: &str) -> String {
    use std::io::{Read as _, Write as _};
    let host = server.address();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{header}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// How many rows of tables are read for all of the pages of a user.
fn rows_read(shop: &Shop, user: &str) -> i64 {
    const READ: &str = "SELECT sum(seq_tup_read + COALESCE(idx_tup_fetch, 0))::bigint FROM pg_stat_user_tables";
    let gone = format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{}'", shop.role("pages"));
    let before: i64 = shop.value(READ);
    let server = shop.of_persons();
    for path in PAGES {
        let answer = get(&server, path, &format!("Authorization: Bearer {}", token(user)));
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
    drop(server);
    // A session says what it has read when it ends.
    wait_until(|| shop.value::<i64>(&gone) == 0);
    shop.value::<i64>(READ) - before
}

#[test]
fn pages_read_as_much_of_20_000_memories_as_of_100() {
    let shop = Shop::open();
    // Whose pages are full: as many as a page shows and more of everything.
    let fill = "
        DELETE FROM homer_memories;
        INSERT INTO homer_memories (user_id, category, subject, content, importance, is_active)
        SELECT u.id, (ARRAY['fact', 'decision', 'context'])[1 + n % 3], 'Note', 'Number ' || n || CASE WHEN n < 20 THEN ' rare' ELSE '' END,
               1 + n % 10, n % 3 > 0
          FROM (VALUES ('devon', 100), ('maria', 20000)) AS u (id, count), generate_series(1, u.count) AS n;
        SELECT homer_remind(u.id, 'R' || n, 'x', now() + make_interval(hours => n))
          FROM (VALUES ('devon', 30), ('maria', 5000)) AS u (id, count), generate_series(1, u.count) AS n";
    let mut client = shop.database.connect();
    client.batch_execute(fill).unwrap();
    client.batch_execute("VACUUM ANALYZE").unwrap();
    let (few, many) = (rows_read(&shop, "devon"), rows_read(&shop, "maria"));
    assert!(few > 300, "the pages are full: {few}");
    assert!(many < few * 3 / 2, "{many} rows for 20,000 memories, {few} for 100");
}
