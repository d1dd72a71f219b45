//! `homer-server` reaches a database on another machine as libpq's programs do: `sslmode` means what it means to them, and a
//! password comes from the environment or from the file of passwords.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use homer_tests::server::{self, Request, Server};
use homer_tests::*;

use crate::serves_mcp::FILL;

/// A cluster that takes connections over TCP, on an address of loopback that no other test has, and has certificates.
struct Remote {
    cluster: Cluster,
    address: String,
}

impl Remote {
    fn start() -> Self {
        let number = std::process::id();
        let address = format!("127.{}.{}.{}", 100 + number / 62_500 % 100, number / 250 % 250, 1 + number % 250);
        let cluster = Cluster::start(&format!("-c listen_addresses={address}"));
        let remote = Self { cluster, address };
        remote.certify("authority", None, &[]);
        remote.certify("other", None, &[]);
        remote.certify("server", Some("authority"), &[&format!("subjectAltName=IP:{}", remote.address)]);
        remote.certify("elsewhere", Some("authority"), &["subjectAltName=DNS:elsewhere.example"]);
        remote.show("server");
        remote
    }

    fn file(&self, name: &str) -> PathBuf {
        self.cluster.directory().join(name)
    }

    /// Makes a key and a certificate of this name, signed by another one or by itself.
    fn certify(&self, name: &str, signed_by: Option<&str>, extensions: &[&str]) {
        let mut command = Command::new("openssl");
        command.current_dir(self.cluster.directory()).args(["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec"]);
        command.args(["-pkeyopt", "ec_paramgen_curve:P-256", "-subj", &format!("/CN={name}")]);
        command.args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.crt")]);
        if let Some(authority) = signed_by {
            command.args(["-CA", &format!("{authority}.crt"), "-CAkey", &format!("{authority}.key")]);
            command.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
        }
        extensions.iter().for_each(|extension| _ = command.args(["-addext", extension]));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // The server insists that its key is its own.
        let folder = format!("--reference={}", self.cluster.directory().display());
        assert!(
            Command::new("chown").args([&folder]).arg(self.file(&format!("{name}.key"))).status().unwrap().success()
        );
    }

    /// Lets the server show this certificate.
    fn show(&self, name: &str) {
        let mut client = self.cluster.maintenance();
        for (setting, value) in [
            ("ssl_cert_file", self.file(&format!("{name}.crt")).display().to_string()),
            ("ssl_key_file", self.file(&format!("{name}.key")).display().to_string()),
            ("ssl", "on".into()),
        ] {
            client.batch_execute(&format!("ALTER SYSTEM SET {setting} = '{value}'")).unwrap();
        }
        self.reload();
        let shown = format!("SELECT setting LIKE '%/{name}.crt' FROM pg_settings WHERE name = 'ssl_cert_file'");
        wait_until(|| value(&mut self.cluster.maintenance(), &shown));
    }

    /// Which connections over TCP the server takes, as lines of pg_hba.conf.
    fn let_in(&self, line: &str) {
        fs::write(self.file("data/pg_hba.conf"), format!("local all all trust\n{line}\n")).unwrap();
        self.reload();
        let rules = format!(
            "SELECT count(*) = 2 AND bool_or(auth_method = '{}') FROM pg_hba_file_rules",
            line.rsplit(' ').next().unwrap()
        );
        wait_until(|| value(&mut self.cluster.maintenance(), &rules));
    }

    fn reload(&self) {
        self.cluster.maintenance().batch_execute("SELECT pg_reload_conf()").unwrap();
    }

    fn database(&self) -> Database<'_> {
        let database = self.cluster.database();
        let mut client = database.connect();
        client.batch_execute(FILL).unwrap();
        client
            .batch_execute("CREATE ROLE assistant LOGIN PASSWORD 'a:b\\c'; SELECT homer_grant('assistant', 'confined')")
            .unwrap();
        database
    }

    /// The program, told to come over TCP with these variables besides.
    fn command(&self, database: &Database, variables: &[(&str, &str)]) -> Command {
        let mut command = server::command(database, "assistant");
        command.env("PGHOST", &self.address).env("HOME", self.cluster.directory());
        command.envs(variables.iter().copied());
        command
    }

    /// Whether the connections of a program that was told so are encrypted, once it has answered.
    fn is_encrypted(&self, database: &Database, variables: &[(&str, &str)]) -> bool {
        let mut command = self.command(database, variables);
        command.args(["mcp", "--http", "--listen", "127.0.0.1:0", "--user-header", "x-user", "--proxy", "127.0.0.1"]);
        let server = Server::start(command);
        assert!(
            server
                .ask(&Request::to_call("recall", json!({"query": "coffee"})).from("maria"))
                .text()
                .contains("Drinks it black")
        );
        let encrypted = "SELECT bool_and(s.ssl) FROM pg_stat_ssl AS s JOIN pg_stat_activity AS a USING (pid) WHERE a.usename = 'assistant'";
        let encrypted = value(&mut database.connect(), encrypted);
        server.stop();
        encrypted
    }

    /// Why a program that was told so does not start.
    fn refusal(&self, database: &Database, variables: &[(&str, &str)]) -> String {
        let mut command = self.command(database, variables);
        let output = command.args(["mcp", "--user", "maria"]).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && !said.contains("connected as"), "{variables:?}: {said}");
        said
    }
}

#[test]
fn sslmode_means_what_it_means_to_libpq() {
    let remote = Remote::start();
    let database = remote.database();
    let [authority, other] = ["authority.crt", "other.crt"].map(|name| remote.file(name).display().to_string());
    remote.let_in("host all all 127.0.0.0/8 trust");
    for (variables, encrypted) in [
        ([("PGSSLMODE", "disable"), ("PGSSLROOTCERT", "")], false),
        ([("PGSSLMODE", ""), ("PGSSLROOTCERT", "")], true),
        ([("PGSSLMODE", "prefer"), ("PGSSLROOTCERT", "")], true),
        ([("PGSSLMODE", "require"), ("PGSSLROOTCERT", "")], true),
        ([("PGSSLMODE", "require"), ("PGSSLROOTCERT", &authority)], true),
        ([("PGSSLMODE", "verify-ca"), ("PGSSLROOTCERT", &authority)], true),
        ([("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", &authority)], true),
    ] {
        assert_eq!(remote.is_encrypted(&database, &variables), encrypted, "{variables:?}");
    }
    for mode in ["require", "verify-ca", "verify-full"] {
        let said = remote.refusal(&database, &[("PGSSLMODE", mode), ("PGSSLROOTCERT", &other)]);
        assert!(said.contains("the database cannot be reached") && said.contains("UnknownIssuer"), "{mode}: {said}");
    }
    let said = remote.refusal(&database, &[("PGSSLMODE", "verify-full")]);
    assert!(said.contains("sslmode asks for an authority"), "{said}");
    let said = remote.refusal(&database, &[("PGSSLMODE", "verify")]);
    assert!(said.contains("sslmode is verify: it must be one of disable, allow, prefer"), "{said}");
    let said = remote.refusal(&database, &[("PGREQUIREAUTH", "scram-sha-256")]);
    assert!(said.contains("PGREQUIREAUTH is not read here"), "what was set is not passed over: {said}");
    let url = format!(
        "postgresql://assistant@{}/{}?sslmode=verify-full&sslrootcert={other}",
        remote.address,
        database.name()
    );
    assert!(remote.refusal(&database, &[("HOMER_DATABASE", &url)]).contains("UnknownIssuer"), "a URL says so too");
    let url = url.replace(&other, &authority);
    assert!(remote.is_encrypted(&database, &[("HOMER_DATABASE", &url)]));

    // A certificate of the same authority for another name.
    remote.show("elsewhere");
    assert!(remote.is_encrypted(&database, &[("PGSSLMODE", "verify-ca"), ("PGSSLROOTCERT", &authority)]));
    let said = remote.refusal(&database, &[("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", &authority)]);
    assert!(said.contains("the database cannot be reached") && said.contains("not valid for name"), "{said}");

    remote.let_in("hostssl all all 127.0.0.0/8 trust");
    assert!(remote.refusal(&database, &[("PGSSLMODE", "disable")]).contains("no pg_hba.conf entry"));
    assert!(remote.is_encrypted(&database, &[("PGSSLMODE", "prefer")]));
}

#[test]
fn a_password_comes_from_the_environment_or_from_the_file_of_passwords() {
    let remote = Remote::start();
    let database = remote.database();
    remote.let_in("hostssl all all 127.0.0.0/8 scram-sha-256");
    assert!(remote.refusal(&database, &[]).contains("password"), "there is none");
    assert!(remote.refusal(&database, &[("PGPASSWORD", "another")]).contains("password authentication failed"));
    assert!(remote.is_encrypted(&database, &[("PGPASSWORD", "a:b\\c")]));

    let file = remote.file(".pgpass");
    fs::write(&file, format!("{}:5432:*:nobody:wrong\n{}:*:*:assistant:a:b\\\\c\n", remote.address, remote.address))
        .unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(remote.is_encrypted(&database, &[]), "~/.pgpass");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let said = remote.refusal(&database, &[]);
    assert!(said.contains("is not read, because others may read it") && !said.contains("a:b"), "{said}");
}
