//! homer over several servers, as `scale/` installs it: places in three clusters and a router in a fourth, all started here.

use crate::{Client, Cluster, Database, clone, has_plproxy, skipped, value, wait_until};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The clusters that installations lie in. Any number of these do.
pub struct Servers {
    of_places: Vec<Cluster>,
    /// None where the router is beside the places.
    of_router: Option<Cluster>,
}

/// A place is connected to place 0 all the time, and a session of the router to every place it has called. What copies a table for a
/// new place begins at once.
const OPTIONS: &str = "-c wal_level=logical -c max_replication_slots=100 -c max_wal_senders=100 \
    -c max_logical_replication_workers=100 -c max_worker_processes=110 -c max_connections=300 -c wal_retrieve_retry_interval=100ms";

impl Servers {
    /// Starts one cluster, for places and router alike: where no server goes down. None, and the test is skipped, without PL/Proxy.
    pub fn one() -> Option<Self> {
        Self { of_places: vec![Cluster::start(OPTIONS)], of_router: None }.with_plproxy()
    }

    /// Starts so many clusters for places, and one for the router. None, and the test is skipped, without PL/Proxy.
    pub fn several(number: usize) -> Option<Self> {
        let mut started = std::thread::scope(|scope| {
            let starting: Vec<_> = (0..=number).map(|_| scope.spawn(|| Cluster::start(OPTIONS))).collect();
            starting.into_iter().map(|cluster| cluster.join().unwrap()).collect::<Vec<_>>()
        });
        Self { of_router: started.pop(), of_places: started }.with_plproxy()
    }

    fn with_plproxy(self) -> Option<Self> {
        if has_plproxy(&mut self.of_places[0].maintenance()) {
            return Some(self);
        }
        skipped("this PostgreSQL has no PL/Proxy");
        None
    }

    /// A new, empty installation with so many places for users.
    pub fn install(&self, places: usize) -> Installation<'_> {
        let databases: Vec<_> = (0..=places).map(|place| self.server_of(place).database_of_nobody()).collect();
        let installation = Installation {
            router: self.of_router.as_ref().unwrap_or(&self.of_places[0]).empty_database(),
            places: databases,
        };
        for place in 0..=places {
            installation.make_place(place, &installation.places[place]);
        }
        installation.make_router();
        installation.wait_until_all_read();
        installation
    }

    /// The cluster of a place: the first is for place 0, whose readers decode all that its server writes, and the others take turns.
    pub fn server_of(&self, place: usize) -> &Cluster {
        match (place, self.of_places.len() - 1) {
            (0, _) | (_, 0) => &self.of_places[0],
            (_, others) => &self.of_places[1 + (place - 1) % others],
        }
    }
}

/// What has a process of the tests run them through a router: see `router_of_the_environment`.
const VARIABLE: &str = "HOMER_THROUGH_ROUTER";

/// One installation: databases for the places, and one for the router.
pub struct Installation<'servers> {
    router: Database<'servers>,
    places: Vec<Database<'servers>>,
}

impl<'servers> Installation<'servers> {
    /// The database of the router, whose sessions may write.
    pub fn router(&self) -> &Database<'servers> {
        &self.router
    }

    /// A session of the router.
    pub fn connect(&self) -> Client {
        self.router.connect()
    }

    pub fn place(&self, place: usize) -> &Database<'servers> {
        &self.places[place]
    }

    pub fn number_of_places(&self) -> usize {
        self.places.len() - 1
    }

    /// A user of a place.
    pub fn user_of(&self, place: usize) -> String {
        let found = "SELECT u FROM (SELECT 'user-' || n FROM generate_series(1, 10000) AS n) AS t (u) WHERE homer_router.place_of(u)";
        value(&mut self.connect(), &format!("{found} = {place} LIMIT 1"))
    }

    /// Gives up the database of a place for another, which the caller has made that place.
    pub fn replace_place(&mut self, place: usize, database: Database<'servers>) {
        self.places[place] = database;
    }

    /// Runs scale/node.sql in a database.
    pub fn make_place(&self, place: usize, database: &Database) {
        let (number, places) = (format!("place={place}"), format!("places={}", self.number_of_places()));
        let everyone = format!("everyone={} user=postgres", connection_to(&self.places[0]));
        let mut arguments = vec!["-v", &number, "-v", &places];
        if place > 0 {
            arguments.extend(["-v", &everyone]);
        }
        run_script(database, "scale/node.sql", &arguments);
    }

    fn make_router(&self) {
        run_script(&self.router, "scale/router.sql", &[]);
        let connections: Vec<_> = self.places.iter().map(connection_to).collect();
        let mut session = self.connect();
        session.execute("SELECT homer_router.install($1)", &[&connections]).unwrap();
        let may_write = format!("ALTER DATABASE {} SET homer_router.commits_by_itself = on", self.router.name());
        session.batch_execute(&may_write).unwrap();
    }

    /// Waits until every place is connected to place 0.
    pub fn wait_until_all_read(&self) {
        let mut session = self.connect();
        wait_until(|| value(&mut session, "SELECT bool_and(faults = '{}') FROM homer_router.check()"));
    }

    /// The variable, and its value, that has a process of the tests run them through this router.
    pub fn to_the_environment(&self) -> (&'static str, String) {
        let databases = std::iter::once(&self.router).chain(&self.places);
        let mut named = self.router.cluster.programs.display().to_string();
        for database in databases {
            named = format!("{named} {} {}", database.cluster.socket_directory.display(), database.name);
        }
        (VARIABLE, named)
    }

    /// Has nothing in it any more: no row of anybody, and every id as if none had been given.
    pub fn emptied(&self) -> &Self {
        for database in &self.places {
            database.connect().batch_execute(EMPTY).unwrap();
        }
        self.wait_until_all_read();
        self
    }
}

const EMPTY: &str = "
    TRUNCATE homer_user_profiles, homer_memories, homer_files, homer_file_messages, homer.refusals, homer.successions, homer.link_makers,
             homer.memory_paths, homer.memory_embeddings, homer.embedding_length, homer_place.copies RESTART IDENTITY;
    SELECT homer_place.take_place(place, places) FROM homer_place.identity";

/// The router that another process of the tests has named by `to_the_environment`, if one has.
pub fn router_of_the_environment() -> Option<&'static Database<'static>> {
    static NAMED: OnceLock<Option<Installation>> = OnceLock::new();
    let installation = NAMED.get_or_init(installation_of_the_environment).as_ref()?;
    Some(installation.emptied().router())
}

fn installation_of_the_environment() -> Option<Installation<'static>> {
    let named = std::env::var(VARIABLE).ok()?;
    let (programs, databases) = named.split_once(' ')?;
    let words: Vec<_> = databases.split(' ').collect();
    let mut databases = words.chunks(2).map(|words| {
        let cluster = Cluster { socket_directory: words[0].into(), programs: programs.into(), _supervisor: None };
        Database { cluster: Box::leak(Box::new(cluster)), name: words[1].into() }
    });
    let router = databases.next()?;
    Some(Installation { router, places: databases.collect() })
}

/// How a place is reached, as `homer_router.install` takes it.
pub fn connection_to(database: &Database) -> String {
    format!("host={} dbname={} connect_timeout=5", database.cluster.socket_directory.display(), database.name())
}

/// Runs a script of this clone with psql, stopping at the first error.
pub fn run_script(database: &Database, script: &str, arguments: &[&str]) -> String {
    let path: PathBuf = clone().join(Path::new(script));
    let mut all = vec!["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"];
    all.extend(arguments);
    all.extend(["-f", path.to_str().unwrap()]);
    database.output("psql", &all, "")
}
