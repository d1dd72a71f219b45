//! Who is signed in to the pages is who signed in there: no page of another scheme, name or port, and no neighbour in the domain,
//! signs a browser in as somebody else. Every answer says what it may load, and a form reaches what it is about whatever that is
//! called.

use homer_tests::server::{self, Answer, Connection, Request, Server, percent_encoded};
use homer_tests::*;

use crate::serves_mcp::{database_for, drop_role};

/// The pages for whom these tokens are of, which are called memory.example as well.
fn pages(database: &Database, role: &str, options: &[&str]) -> Server {
    let file = Cluster::shared().directory().join(format!("{role}-tokens"));
    let hash =
        |token: &str| -> String { value(&mut database.connect(), &format!("SELECT encode(sha256('{token}'), 'hex')")) };
    let tokens = ["maria", "devon"].map(|user| format!("{} {user}\n", hash(&token(user))));
    std::fs::write(&file, tokens.concat()).unwrap();
    let mut command = server::command(database, role);
    command.args(["pages", "--listen", "127.0.0.1:0", "--host", "memory.example", "--tokens"]).arg(file).args(options);
    Server::start(command)
}

fn token(user: &str) -> String {
    format!("token-of-{user}")
}

fn page_of(user: &str, path: &str) -> Request {
    Request::for_page(path).header("Authorization", &format!("Bearer {}", token(user)))
}

/// The values of the fields of this name.
fn fields(answer: &Answer, name: &str) -> Vec<String> {
    let start = format!("name=\"{name}\" value=\"");
    let values = answer.body.split(start.as_str()).skip(1);
    values.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

fn sign_in(server: &Server, user: &str, host: &str, origin: &str) -> Answer {
    let asked = server.ask(&Request::for_page("/").header("Host", host));
    let form = Request::with_form("/sign-in", &[("seal", &fields(&asked, "seal")[0]), ("token", &token(user))]);
    server.ask(&form.header("Host", host).header("Origin", origin))
}

#[test]
fn a_page_signs_nobody_in_but_one_of_the_same_scheme_name_and_port() {
    let (database, mut client) = database_for("guarded_by_origin");
    let server = pages(&database, "guarded_by_origin", &[]);
    let (here, port) = (server.address().to_string(), server.address().port());
    for (host, origin) in [
        ("memory.example".to_owned(), "https://memory.example".to_owned()),
        ("memory.example:8443".into(), "https://memory.example:8443".into()),
        (here.clone(), format!("http://{here}")),
        (format!("localhost:{port}"), format!("http://localhost:{port}")),
        (format!("[::1]:{port}"), format!("http://[::1]:{port}")),
    ] {
        let answer = sign_in(&server, "maria", &host, &origin);
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")), "{host} {origin}: {answer:?}");
    }
    for (host, origin) in [
        // Whoever stands between a browser and the name can answer for it without TLS.
        ("memory.example".to_owned(), "http://memory.example".to_owned()),
        ("memory.example".into(), "https://memory.example:444".into()),
        ("memory.example".into(), "https://evil.memory.example".into()),
        ("memory.example".into(), "null".into()),
        (here.clone(), format!("https://{here}")),
        (here.clone(), format!("http://localhost:{port}")),
    ] {
        let answer = sign_in(&server, "devon", &host, &origin);
        assert_eq!((answer.status, answer.header("set-cookie")), (403, None), "{host} {origin}: {answer:?}");
    }
    // Nor a request that names two servers, or a user beside the server.
    for hosts in ["Host: memory.example\r\nHost: localhost", "Host: evil.example@localhost"] {
        let mut connection = Connection::to(server.address());
        connection.send(format!("GET / HTTP/1.1\r\n{hosts}\r\n\r\n").as_bytes());
        assert_eq!(connection.answer().map(|answer| answer.status), Some(403), "{hosts}");
    }
    server.stop();
    // Where a name is reached without TLS after all, its origin is named.
    let server = pages(&database, "guarded_by_origin", &["--origin", "http://memory.example"]);
    assert_eq!(sign_in(&server, "maria", "memory.example", "http://memory.example").status, 303);
    server.stop();
    drop_role(&mut client, "guarded_by_origin");
}

#[test]
fn a_cookie_that_a_neighbour_can_set_signs_nobody_in() {
    let (database, mut client) = database_for("guarded_by_cookie");
    let server = pages(&database, "guarded_by_cookie", &[]);
    let [maria, devon] = ["maria", "devon"].map(|user| percent_encoded(&token(user)));
    let secured = sign_in(&server, "maria", "memory.example", "https://memory.example");
    assert_eq!(
        secured.header("set-cookie"),
        Some(&*format!("__Host-homer_token={maria}; Path=/; HttpOnly; SameSite=Strict; Secure"))
    );
    let here = server.address().to_string();
    let unsecured = sign_in(&server, "maria", &here, &format!("http://{here}"));
    assert_eq!(
        unsecured.header("set-cookie"),
        Some(&*format!("homer_token={maria}; Path=/; HttpOnly; SameSite=Strict"))
    );
    let shown = |host: &str, cookies: &str| {
        let answer = server.ask(&Request::for_page("/memories").header("Host", host).header("Cookie", cookies));
        (answer.status, answer.body.contains("Drinks it black"), answer.body.contains("A secret of Devon"))
    };
    let (as_maria, as_devon, as_nobody) = ((200, true, false), (200, false, true), (401, false, false));
    for (host, cookies, whose) in [
        ("memory.example", format!("__Host-homer_token={maria}"), as_maria),
        ("memory.example", format!("theme=größe; __Host-homer_token={maria}"), as_maria),
        ("memory.example", format!("homer_token={devon}; __Host-homer_token={maria}"), as_maria),
        ("memory.example", format!("homer_token={devon}"), as_nobody),
        ("memory.example", format!("__host-homer_token={devon}"), as_nobody),
        ("memory.example", format!("\u{2000}__Host-homer_token={devon}"), as_nobody),
        ("memory.example", format!("\u{a0}__Host-homer_token={devon}"), as_nobody),
        ("memory.example", format!("__Host-homer_token={devon}; __Host-homer_token={maria}"), as_nobody),
        (&here, format!("homer_token={devon}"), as_devon),
        (&here, format!("__Host-homer_token={devon}"), as_nobody),
        (&here, format!("homer_token={devon}; homer_token={maria}"), as_nobody),
        (&here, format!("homer_token={maria}; homer_token={maria}"), as_nobody),
        (&here, format!("homer_token={maria}\r\nCookie: homer_token={devon}"), as_nobody),
    ] {
        assert_eq!(shown(host, &cookies), whose, "{host} {cookies}");
    }
    // Signing out takes away the cookie of the place.
    let page = server.ask(
        &Request::for_page("/data")
            .header("Host", "memory.example")
            .header("Cookie", &format!("__Host-homer_token={maria}")),
    );
    let out = Request::with_form("/sign-out", &[("seal", &fields(&page, "seal")[0])])
        .header("Host", "memory.example")
        .header("Cookie", &format!("__Host-homer_token={maria}"));
    assert_eq!(
        server.ask(&out).header("set-cookie"),
        Some("__Host-homer_token=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure")
    );
    server.stop();
    drop_role(&mut client, "guarded_by_cookie");
}

fn assert_says_what_holds(answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{what}: {answer:?}");
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{what}: {name}");
    }
}

#[test]
fn every_answer_says_what_it_may_load_whatever_made_it() {
    let (database, mut client) = database_for("guarded_by_headers");
    let server = pages(&database, "guarded_by_headers", &["--body-limit", "20000", "--request-limit", "2"]);
    let seal = fields(&server.ask(&page_of("maria", "/profile")), "seal")[0].clone();
    let form = |path: &str, fields: &[(&str, &str)]| {
        let sealed = [&[("seal", seal.as_str())], fields].concat();
        Request::with_form(path, &sealed).header("Authorization", &format!("Bearer {}", token("maria")))
    };
    for (what, request, status) in [
        ("a page", page_of("maria", "/"), 200),
        ("nobody", Request::for_page("/"), 401),
        ("another name", page_of("maria", "/").header("Host", "evil.example"), 403),
        ("another origin", page_of("maria", "/").header("Origin", "https://evil.example"), 403),
        (
            "no seal",
            Request::with_form("/data/erase", &[("typed", "maria")]).header("Authorization", "Bearer token-of-maria"),
            403,
        ),
        ("no page", page_of("maria", "/nowhere"), 404),
        ("no page, of nobody", Request::for_page("/nowhere"), 401),
        ("no memory", page_of("maria", "/memories/2000000000"), 404),
        ("no such way", page_of("maria", "/").by("DELETE"), 405),
        ("no such way before the door", Request::for_page("/style.css").by("DELETE"), 405),
        ("too large", form("/profile", &[("name", &"x".repeat(30_000))]), 413),
        ("to another page", Request::for_page("/sign-in"), 303),
        ("not understood", form("/reminders", &[("subject", "x")]), 400),
    ] {
        assert_says_what_holds(&server.ask(&request), status, what);
    }
    let id: i32 = value(&mut client, "SELECT id FROM homer_memories WHERE user_id = 'maria' LIMIT 1");
    let forget = form(&format!("/memories/{id}/forget"), &[]);
    let mut holding = database.connect();
    holding.batch_execute("BEGIN; LOCK TABLE homer_memories").unwrap();
    assert_says_what_holds(&server.ask(&forget), 504, "too long");
    holding.batch_execute("ROLLBACK").unwrap();
    // A database that gives the pages less than they need.
    client.batch_execute("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM guarded_by_headers").unwrap();
    assert_says_what_holds(&server.ask(&forget), 500, "refused by the database");
    assert_eq!(rows(&mut client, &format!("SELECT is_active FROM homer_memories WHERE id = {id}")), ["t"]);
    // The stylesheet holds nothing of anybody, and is asked for again and again.
    assert_eq!(server.ask(&Request::for_page("/style.css")).header("cache-control"), Some("no-cache"));
    server.stop();
    drop_role(&mut client, "guarded_by_headers");
}

/// What the table takes as the id of a file or of a user, and an address or a form does not bring back as it was.
const HOSTILE: [&str; 22] = [
    ".",
    "..",
    "../../data/erase?m",
    "a/b#c",
    "%2e%2e",
    "%2E",
    "%",
    "%00",
    "a b",
    " a ",
    "a+b",
    "\"'><b>&amp;&quot;",
    "a\nb",
    "a\r\nb",
    "a\rb",
    "a\tb",
    "größe",
    "文件",
    "🙂",
    "\u{202E}x",
    "e\u{301}",
    "http://evil.example/",
];

#[test]
fn a_form_reaches_its_file_whatever_that_is_called() {
    let (database, mut client) = database_for("guarded_by_names");
    let made = "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, file_size, storage_path, shared_with)
                SELECT f.id, 'maria', 'plan', 'text/plain', 1, '/plan', jsonb_build_array(f.id, 'devon') FROM unnest($1::text[]) AS f (id)";
    let ordinary: Vec<String> = (0..10).map(|n| format!("file-{n}")).collect();
    let ids: Vec<&str> = HOSTILE.into_iter().chain(ordinary.iter().map(String::as_str)).collect();
    assert_eq!(client.execute(made, &[&ids]).unwrap(), 32);
    let server = pages(&database, "guarded_by_names", &[]);
    // All are found from page to page, with nothing stored in an address.
    let mut found: Vec<(String, String)> = Vec::new();
    let (mut path, mut seal) = ("/files?q=".to_owned(), String::new());
    loop {
        let page = server.ask(&page_of("maria", &path));
        assert_eq!(page.status, 200, "{path}: {page:?}");
        let actions = page.body.split("method=\"post\" action=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        assert_eq!(actions.filter(|action| !["/files/unshare"].contains(action)).collect::<Vec<_>>(), [""; 0]);
        found.extend(fields(&page, "file").into_iter().zip(fields(&page, "user")));
        seal = fields(&page, "seal").pop().unwrap_or(seal);
        match fields(&page, "after").pop() {
            Some(after) => path = format!("/files?q=&after={}", percent_encoded(&after)),
            None => break,
        }
    }
    assert_eq!(found.len(), 2 * ids.len());
    for (file, user) in &found {
        assert!(
            file.bytes().chain(user.bytes()).all(|byte| byte.is_ascii_alphanumeric() || byte == b'%'),
            "{file} {user}"
        );
    }
    let unshare = |file: &str, user: &str| {
        let form = Request::with_form("/files/unshare", &[("seal", &seal), ("file", file), ("user", user)]);
        server.ask(&form.header("Authorization", "Bearer token-of-maria")).status
    };
    // One after the other, each changes its own file and no other.
    for id in ids {
        let encoded = percent_encoded(id);
        assert!(found.contains(&(encoded.clone(), encoded.clone())), "{id:?}");
        assert_eq!(unshare(&encoded, &encoded), 303, "{id:?}");
        let left: Value =
            client.query_one("SELECT shared_with FROM homer_files WHERE file_id = $1", &[&id]).unwrap().get(0);
        assert_eq!(left, json!(["devon"]), "{id:?}");
    }
    assert_eq!(
        rows(&mut client, "SELECT DISTINCT shared_with FROM homer_files WHERE original_name = 'plan'"),
        ["[\"devon\"]"]
    );
    // Control: a file that is not there, and another's.
    assert_eq!(unshare("nowhere", "devon"), 404);
    assert_eq!(
        rows(&mut client, "SELECT is_active FROM homer_memories WHERE user_id = 'maria' AND subject = 'Coffee'"),
        ["t"]
    );
    server.stop();
    drop_role(&mut client, "guarded_by_names");
}
