//! homer over several servers, as `scale/` installs it: places in three clusters and a router in a fourth, all started here.

use crate::{Client, Cluster, Database, clone, value, wait_until};
use std::path::{Path, PathBuf};

/// The clusters that installations lie in. Any number of these do.
pub struct Servers {
    of_places: Vec<Cluster>,
    of_router: Cluster,
}

/// A place is connected to place 0 all the time, and a session of the router to every place it has called.
const OPTIONS: &str = "-c wal_level=logical -c max_replication_slots=400 -c max_wal_senders=400 \
    -c max_logical_replication_workers=400 -c max_worker_processes=410 -c max_connections=900";

impl Servers {
    /// Starts three clusters for places, and one for the router.
    pub fn start() -> Self {
        std::thread::scope(|scope| {
            let starting: Vec<_> = (0..4).map(|_| scope.spawn(|| Cluster::start(OPTIONS))).collect();
            let mut started: Vec<_> = starting.into_iter().map(|cluster| cluster.join().unwrap()).collect();
            Self { of_router: started.remove(0), of_places: started }
        })
    }

    /// The clusters that another process of the tests has started, which names them by `to_the_environment`.
    pub fn of_the_environment() -> Option<Self> {
        let named = std::env::var(VARIABLE).ok()?;
        let (programs, directories) = named.split_once(' ')?;
        let mut clusters = directories.split(' ').map(|directory| Cluster {
            socket_directory: directory.into(),
            programs: programs.into(),
            _supervisor: None,
        });
        Some(Self { of_router: clusters.next()?, of_places: clusters.collect() })
    }

    /// The variable, and its value, that has a process of the tests run them through the router of these servers.
    pub fn to_the_environment(&self) -> (&'static str, String) {
        let mut named = self.of_router.programs.display().to_string();
        for cluster in std::iter::once(&self.of_router).chain(&self.of_places) {
            named = format!("{named} {}", cluster.socket_directory.display());
        }
        (VARIABLE, named)
    }

    /// A new, empty installation with so many places for users.
    pub fn install(&self, places: usize) -> Installation<'_> {
        let databases: Vec<_> = (0..=places).map(|place| self.server_of(place).database()).collect();
        let installation = Installation { servers: self, router: self.of_router.empty_database(), places: databases };
        for place in 0..=places {
            installation.make_place(place, &installation.places[place]);
        }
        installation.make_router();
        installation.wait_until_all_read();
        installation
    }

    /// The cluster of a place: the servers take turns.
    pub fn server_of(&self, place: usize) -> &Cluster {
        &self.of_places[place % self.of_places.len()]
    }
}

const VARIABLE: &str = "HOMER_THROUGH_ROUTER";

/// One installation: databases for the places, and one for the router.
pub struct Installation<'servers> {
    servers: &'servers Servers,
    router: Database<'servers>,
    places: Vec<Database<'servers>>,
}

impl<'servers> Installation<'servers> {
    /// The database of the router, whose sessions may write.
    pub fn router(&self) -> &Database<'servers> {
        &self.router
    }

    pub fn into_router(self) -> Database<'servers> {
        self.router
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

    pub fn servers(&self) -> &'servers Servers {
        self.servers
    }
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
