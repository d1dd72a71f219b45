//! What every test and benchmark stands on: a private cluster for the whole program, and a database of its own with
//! homer installed for whoever asks. The cluster ends when the program does, however it ends: `scripts/with-cluster`
//! runs `cat` on a pipe that only this process holds open, and removes the cluster when `cat` sees the end of it.
//!
//! Under `scripts/with-cluster` programs share the cluster that it started, as the tests do in `make check`, where each
//! has a process of its own.

pub mod server;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

pub mod installation;

pub use installation::{Installation, Servers};
pub use postgres::{Client, Config, NoTls, Row, Statement, Transaction};
pub use serde_json::{Value, json};

/// The folder that holds `Cargo.toml`, `scripts/` and `README.md`.
pub fn clone() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A running cluster of its own.
pub struct Cluster {
    socket_directory: PathBuf,
    programs: PathBuf,
    /// None where somebody else started it.
    _supervisor: Option<(Child, ChildStdin)>,
}

impl Cluster {
    /// Starts a cluster; `options` go on the server's command line.
    pub fn start(options: &str) -> Self {
        Self::supervise(&[("CLUSTER_OPTIONS", options)])
    }

    /// Starts a cluster whose server has these variables in its environment.
    pub fn with_environment(environment: &[(&str, &str)]) -> Self {
        Self::supervise(environment)
    }

    /// Starts a hot standby of this cluster.
    pub fn standby(&self) -> Self {
        Self::supervise(&[("STANDBY_OF", self.socket_directory.to_str().unwrap())])
    }

    fn supervise(environment: &[(&str, &str)]) -> Self {
        let mut supervisor = Command::new(clone().join("scripts/with-cluster"))
            .args(["sh", "-c", "echo \"$PGHOST\"; dirname \"$(command -v psql)\"; exec cat"])
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Whoever ends this process with all of its group leaves the supervisor to clear up.
            .process_group(0)
            .spawn()
            .expect("scripts/with-cluster runs");
        let pipe = supervisor.stdin.take().expect("its input is a pipe");
        let mut lines = BufReader::new(supervisor.stdout.take().expect("its output is a pipe")).lines();
        let mut path =
            || PathBuf::from(lines.next().expect("the cluster starts (is setup done?)").expect("a line of text"));
        Self { socket_directory: path(), programs: path(), _supervisor: Some((supervisor, pipe)) }
    }

    /// The cluster of the `scripts/with-cluster` that this program runs under, if it does.
    fn of_the_caller() -> Option<Self> {
        let socket_directory = std::env::var_os("HOMER_CLUSTER")?.into();
        let path = std::env::var_os("PATH")?;
        let programs = std::env::split_paths(&path).find(|folder| folder.join("psql").exists())?;
        Some(Self { socket_directory, programs, _supervisor: None })
    }

    /// Kills the server at once, as a power cut would but for the disk's own cache.
    pub fn kill(&self) {
        let file = std::fs::read_to_string(self.socket_directory.join("data/postmaster.pid")).unwrap();
        let process = file.lines().next().unwrap();
        // The shell's own: the program of this name is not on every machine.
        assert!(Command::new("sh").args(["-c", "kill -9 \"$0\"", process]).status().unwrap().success());
    }

    /// Starts the server that was killed, as soon as the last of its processes is gone.
    pub fn start_again(&self) {
        let start = clone().join("scripts/start-again");
        wait_until(|| Command::new(&start).arg(&self.socket_directory).output().unwrap().status.success());
    }

    /// Brings the cluster to a newer PostgreSQL with pg_upgrade, its databases and all; or says why that cannot be done here.
    pub fn upgrade_to(&self, version: &str) -> Result<(), String> {
        let mut command = Command::new(clone().join("scripts/upgrade-cluster"));
        let output = command.arg(&self.socket_directory).env("PG", version).env_remove("PG_CONFIG").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        match output.status.code() {
            Some(0) => Ok(()),
            Some(77) => Err(said),
            _ => panic!("{said}{}", String::from_utf8_lossy(&output.stderr)),
        }
    }

    /// The one that the whole program shares, with CLUSTER_OPTIONS on its server's command line.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        let options = || std::env::var("CLUSTER_OPTIONS").unwrap_or_default();
        SHARED.get_or_init(|| Self::of_the_caller().unwrap_or_else(|| Self::start(&options())))
    }

    /// A session in the database that every cluster comes with.
    pub fn maintenance(&self) -> Client {
        self.connect("postgres")
    }

    /// A new, empty database.
    pub fn empty_database(&self) -> Database<'_> {
        self.create_database(self.with_creation_locked(), "template0")
    }

    /// The database of this name, which is there already.
    pub fn database_named(&self, name: &str) -> Database<'_> {
        Database { cluster: self, name: name.into() }
    }

    /// A folder that goes with the cluster, for files that programs pass to each other.
    pub fn directory(&self) -> &Path {
        &self.socket_directory
    }

    /// A new database with homer installed in the schema `public`, and in it what others have stored: `OTHERS`.
    pub fn database(&self) -> Database<'_> {
        self.copy_of("homer_template", &format!("CREATE EXTENSION homer; {OTHERS}"))
    }

    /// The same without anybody's rows, for tests that count what all users have.
    pub fn database_of_nobody(&self) -> Database<'_> {
        self.copy_of("homer_template_of_nobody", "CREATE EXTENSION homer")
    }

    /// A copy of the database of this name, which is made by this script where it is not there.
    fn copy_of(&self, template: &str, script: &str) -> Database<'_> {
        let mut maintenance = self.with_creation_locked();
        let there = format!("SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{template}')");
        if !value::<bool>(&mut maintenance, &there) {
            // Of a program that came no further.
            maintenance.batch_execute("DROP DATABASE IF EXISTS homer_unfinished WITH (FORCE)").unwrap();
            maintenance.batch_execute("CREATE DATABASE homer_unfinished TEMPLATE template0").unwrap();
            self.connect("homer_unfinished").batch_execute(script).unwrap();
            // A new database takes a copy of it only when the session above is gone.
            wait_until(|| {
                maintenance.batch_execute(&format!("ALTER DATABASE homer_unfinished RENAME TO {template}")).is_ok()
            });
        }
        self.create_database(maintenance, template)
    }

    /// A session that makes databases. Others wait until it ends, in other programs too: a template that is being copied
    /// takes no second copy on PostgreSQL 14.
    fn with_creation_locked(&self) -> Client {
        let mut maintenance = self.maintenance();
        maintenance.batch_execute("SELECT pg_advisory_lock(0)").unwrap();
        maintenance
    }

    fn create_database(&self, mut maintenance: Client, template: &str) -> Database<'_> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        drop_left_behind(&mut maintenance);
        // Numbers of processes come again.
        maintenance.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).unwrap();
        maintenance.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).unwrap();
        Database { cluster: self, name }
    }

    /// No session waits for ever: what takes half an hour is stuck.
    fn connect(&self, database: &str) -> Client {
        postgres::Config::new()
            .connect_timeout(Duration::from_secs(60))
            .options("-c statement_timeout=30min")
            .host_path(&self.socket_directory)
            .user("postgres")
            .dbname(database)
            .connect(NoTls)
            .unwrap()
    }
}

/// Drops the databases of test programs that have ended. All of them together would be gigabytes, whose removal takes a minute.
fn drop_left_behind(maintenance: &mut Client) {
    let is_over = |name: &String| {
        let process = name.split('_').nth(1).unwrap();
        Path::new("/proc/self").exists() && !Path::new("/proc").join(process).exists()
    };
    let mut left = rows(maintenance, r"SELECT datname FROM pg_database WHERE datname LIKE 'test\_%'");
    left.retain(is_over);
    // The first to go makes the server write down what all others have changed.
    if left.len() > 15 {
        for name in left {
            // A subscription or a slot may hold it; it goes with the cluster.
            let _ = maintenance.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// One database of a cluster.
#[derive(Clone)]
pub struct Database<'cluster> {
    cluster: &'cluster Cluster,
    name: String,
}

impl Database<'_> {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn connect(&self) -> Client {
        self.cluster.connect(&self.name)
    }

    /// Where this database is, as drivers take it.
    pub fn url(&self) -> String {
        format!("postgresql://postgres@localhost/{}?host={}", self.name, self.cluster.socket_directory.display())
    }

    /// One of PostgreSQL's own programs, told where this database is.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.cluster.programs.join(name));
        command
            .env("PGHOST", &self.cluster.socket_directory)
            .env("PGPORT", "5432")
            .env("PGUSER", "postgres")
            .env("PGDATABASE", &self.name);
        command
    }

    /// Runs a program that must succeed and gives what it printed. `input` is what it reads.
    pub fn output(&self, name: &str, arguments: &[&str], input: &str) -> String {
        use std::io::Write as _;
        let mut child = self
            .program(name)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let input = input.to_owned();
        let writer = std::thread::spawn(move || pipe.write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        assert!(output.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// A new database with homer in it, on the shared cluster; or the router of an empty installation, where the environment says so.
pub fn database() -> Database<'static> {
    installation::router_of_the_environment().cloned().unwrap_or_else(|| Cluster::shared().database())
}

/// A session in a new database with homer in it.
pub fn session() -> Client {
    database().connect()
}

/// A database without anybody's rows, for tests that count what all users have.
pub fn database_of_nobody() -> Database<'static> {
    installation::router_of_the_environment().cloned().unwrap_or_else(|| Cluster::shared().database_of_nobody())
}

/// A session of one.
pub fn session_of_nobody() -> Client {
    database_of_nobody().connect()
}

/// What a test finds in its database, as life has it: rows of others, whose ids are nearly those that tests use, who give their
/// conversations and messages the same ids, and whose columns are null where they may be; retired ones and old versions of rows among
/// them, and nothing was vacuumed or analysed. Their ids are below zero, so that a test's own begin with 1.
pub const OTHERS: &str = "
    ALTER TABLE homer_memories SET (autovacuum_enabled = off);
    INSERT INTO homer_user_profiles (id, user_id, display_name, role)
    SELECT -row_number() OVER (), u, 'Maria', 'owner' FROM unnest('{Maria,MARIA,maria ,mariä,maria_,sam ,Devon}'::text[]) AS u;
    INSERT INTO homer_memories (id, user_id, category, subject, content, importance, source_conversation_id, source_message_id, tags,
                                metadata, is_active, created_at, updated_at)
    SELECT -n, (ARRAY['Maria', 'maria ', 'mariä', 'maria_', 'sam ', 'Devon', 'MARIA'])[1 + n % 7],
           (ARRAY['fact', 'Preference', 'decision', 'context', 'rule', 'colour'])[1 + n % 6],
           CASE WHEN n % 5 > 0 THEN 'Coffee ' || n ELSE '' END, 'The rent, a wheel, blue paint and a tax form, number ' || n,
           NULLIF(1 + n % 11, 11), (ARRAY['1', 'a', 'b', 'c', 'c1', 'default', NULL])[1 + n % 7], NULLIF(n % 4, 0)::text,
           CASE WHEN n % 3 > 0 THEN '[\"shop\"]'::jsonb END, CASE WHEN n % 4 > 0 THEN '{}'::jsonb END,
           (ARRAY[true, true, NULL, false])[1 + n % 4],
           CASE WHEN n % 6 > 0 THEN now() AT TIME ZONE 'UTC' - n * interval '1 day' END,
           CASE WHEN n % 5 > 0 THEN now() AT TIME ZONE 'UTC' - n * interval '1 day' END
      FROM generate_series(1, 140) AS n;
    UPDATE homer_memories SET importance = 7 WHERE id % 3 = 0;
    INSERT INTO homer_files (id, file_id, uploaded_by, original_name, mime_type, file_size, storage_path, tags, shared_with, is_shared,
                             created_at, updated_at)
    SELECT -n, gen_random_uuid(), (ARRAY['Maria', 'maria ', 'mariä'])[1 + n % 3], 'photo.jpg', 'image/jpeg', n, 'x/' || n,
           CASE WHEN n % 2 > 0 THEN '[]'::jsonb END, CASE WHEN n % 3 > 0 THEN '[\"MARIA\"]'::jsonb END,
           CASE WHEN n % 5 > 0 THEN false END, CASE WHEN n % 3 > 0 THEN now() AT TIME ZONE 'UTC' END,
           CASE WHEN n % 4 > 0 THEN now() AT TIME ZONE 'UTC' END
      FROM generate_series(1, 12) AS n;
    INSERT INTO homer_file_messages (id, file_id, conversation_id, message_id, direction)
    SELECT f.id, f.file_id, (ARRAY['1', 'a', 'b', 'c', 'c1', 'default'])[1 - f.id % 6], '1', 'inbound' FROM homer_files AS f;
    INSERT INTO homer_memories (id, user_id, category, subject, content)
    SELECT -1000 - n, 'gone', 'fact', 'Coffee', 'Deleted ' || n FROM generate_series(1, 100) AS n;
    DELETE FROM homer_memories WHERE user_id = 'gone';
    ALTER TABLE homer_memories RESET (autovacuum_enabled)";

/// Whether this PostgreSQL has pgvector.
pub fn has_pgvector(client: &mut Client) -> bool {
    value(client, "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')")
}

/// Whether this PostgreSQL has PL/Proxy, which the router over several servers is made of.
pub fn has_plproxy(client: &mut Client) -> bool {
    value(client, "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'plproxy')")
}

/// Whether a program is there to be run.
pub fn is_installed(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Says that the running test is skipped, and why, on a line of its own that `make check` shows and counts.
pub fn skipped(why: &str) {
    use std::io::Write as _;
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    // Not println, which cargo shows for failures alone.
    std::io::stdout().write_all(format!("\nskipped {test}: {why}\n").as_bytes()).unwrap();
}

/// The SQL block of a page in docs/ that holds these words: what is documented is what is tested.
pub fn documented(page: &str, words: &str) -> String {
    let page = std::fs::read_to_string(clone().join("docs").join(page)).unwrap();
    let mut blocks = page.split("```sql\n").skip(1).map(|block| block.split("```").next().unwrap());
    blocks.find(|block| block.contains(words)).unwrap_or_else(|| panic!("no SQL with {words}")).into()
}

/// Waits for what happens by itself sooner or later; for a minute at most.
pub fn wait_until(mut holds: impl FnMut() -> bool) {
    for _ in 0..1200 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("this did not happen within a minute");
}

/// The factor on how well a memory answers that is new and of importance 5: 1 + (5 / 10)^1.5 / 4.
pub const NEW: f64 = 1.088_388_347_648_318_4;

/// Every row of every table that a dump has to hold.
pub const ALL_ROWS: &str = "
    SELECT 'profile', to_jsonb(t) FROM homer_user_profiles AS t
    UNION ALL SELECT 'memory', to_jsonb(t) FROM homer_memories AS t
    UNION ALL SELECT 'file', to_jsonb(t) FROM homer_files AS t
    UNION ALL SELECT 'link', to_jsonb(t) FROM homer_file_messages AS t
    UNION ALL SELECT 'refusal', to_jsonb(t) FROM homer.refusals AS t
    UNION ALL SELECT 'path', to_jsonb(t) FROM homer.memory_paths AS t
    UNION ALL SELECT 'succession', to_jsonb(t) FROM homer.successions AS t
    UNION ALL SELECT 'maker', to_jsonb(t) FROM homer.link_makers AS t
    UNION ALL SELECT 'vector', to_jsonb(t) FROM homer.memory_embeddings AS t ORDER BY 1, 2";

/// The single value that a query gives.
pub fn value<T>(client: &mut Client, query: &str) -> T
where
    T: for<'a> postgres::types::FromSql<'a>,
{
    client.query_one(query, &[]).unwrap_or_else(|error| panic!("{query}: {error:?}")).get(0)
}

/// The rows of a query as text, columns joined by `|`, nulls as `null`: easy to compare with a literal.
pub fn rows(client: &mut Client, query: &str) -> Vec<String> {
    let messages = client.simple_query(query).unwrap_or_else(|error| panic!("{query}: {error:?}"));
    messages.iter().filter_map(row_as_text).collect()
}

fn row_as_text(message: &postgres::SimpleQueryMessage) -> Option<String> {
    let postgres::SimpleQueryMessage::Row(row) = message else { return None };
    let mut text = String::new();
    for column in 0..row.len() {
        let separator = if column > 0 { "|" } else { "" };
        write!(text, "{separator}{}", row.get(column).unwrap_or("null")).unwrap();
    }
    Some(text)
}

/// How a statement was refused.
#[derive(Debug, PartialEq)]
pub struct Refused {
    pub sqlstate: String,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
}

/// Runs a statement that must fail.
pub fn refused(client: &mut Client, statement: &str) -> Refused {
    let error = match client.batch_execute(statement) {
        Ok(()) => panic!("this was not refused: {statement}"),
        Err(error) => error,
    };
    let error = error.as_db_error().unwrap_or_else(|| panic!("{statement}: the server went away: {error:?}"));
    Refused {
        sqlstate: error.code().code().into(),
        message: error.message().into(),
        detail: error.detail().map(Into::into),
        hint: error.hint().map(Into::into),
    }
}
