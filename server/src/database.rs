//! The way to the database: a bounded pool of connections, and on them transactions that name a user and have a time limit.
//!
//! A transaction that does not come to its end, because its time is over, its request was given up or the program made a
//! mistake, takes its connection along: nothing of it can be left on one that the next user gets.

use std::future::Future;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{CancelToken, Row};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_util::task::TaskTracker;

use crate::identity::User;
use crate::{Failure, connection, log, tls};

/// Which database, and how much of it to use, as options of the command line.
#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    #[command(flatten)]
    connection: connection::Options,
    /// How many connections to the database there are at most
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000), env = "HOMER_CONNECTIONS")]
    connections: u16,
    /// How many seconds a call may take, waiting for a connection included
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=3600), env = "HOMER_TIME_LIMIT")]
    time_limit: u16,
}

impl Options {
    /// The same for another database, or for the same one by another role: as a URL.
    pub fn elsewhere(&self, url: String) -> Self {
        Self {
            connection: connection::Options::of_url(url),
            connections: self.connections,
            time_limit: self.time_limit,
        }
    }
}

/// The database, for as long as the program runs. Clones share one pool.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    tls: MakeRustlsConnect,
    time_limit: Duration,
    /// What cancels calls that were given up.
    cancels: TaskTracker,
    /// The schema that homer is installed in, as SQL writes it.
    schema: String,
}

/// Why a call of the database gave nothing.
#[derive(Debug)]
pub enum Error {
    /// All connections are taken, and none came back in time.
    Busy,
    /// The time limit is over.
    TooSlow,
    /// No connection to the database, or one that broke.
    Unreachable(String),
    /// The connection broke, or the time was over, while the end of the transaction was under way: it may hold, or not.
    Uncertain,
    /// What the database said.
    Refused(Box<DbError>),
    /// It answered with what this program does not understand.
    Unexpected(String),
}

/// A statement and its parameters.
type Asked<'a> = (&'a str, &'a [&'a (dyn ToSql + Sync)]);

/// One transaction. Without [`commit`](Self::commit) nothing of it holds.
pub struct Transaction {
    /// None when it has come to its end.
    connection: Option<Object>,
    deadline: Instant,
    database: Database,
}

impl Database {
    /// Connects once, to find out where homer is.
    ///
    /// # Errors
    ///
    /// Settings that are wrong, a database that cannot be reached, or one without homer.
    pub async fn open(options: &Options) -> Result<Self, Failure> {
        let connection = options.connection.connection()?;
        let tls = tls::connector(connection.trust)?;
        let time_limit = Duration::from_secs(options.time_limit.into());
        let mut database = Self {
            pool: pool(connection.config, tls.clone(), options.connections.into(), time_limit)?,
            tls,
            time_limit,
            cancels: TaskTracker::new(),
            schema: String::new(),
        };
        database.schema = database.schema_of_homer().await?;
        Ok(database)
    }

    async fn schema_of_homer(&self) -> Result<String, Failure> {
        let mut transaction = self.as_nobody().await?;
        let found = transaction
            .query(
                "SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_extension AS e
                   JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
                  WHERE e.extname OPERATOR(pg_catalog.=) 'homer'",
                &[],
            )
            .await?;
        transaction.commit().await?;
        let schema = found
            .first()
            .ok_or("this database has no homer: CREATE EXTENSION homer there, or name another database")?;
        Ok(schema.try_get(0)?)
    }

    /// The schema that homer is installed in, as SQL writes it.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The statement with the schema of homer's functions for each `@homer@`.
    pub fn sql(&self, statement: &str) -> String {
        statement.replace("@homer@", &self.schema)
    }

    /// Begins a transaction for one user, whom a confined role acts for until it ends.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], [`Error::TooSlow`], [`Error::Unreachable`], and whatever the database refuses.
    pub async fn as_user(&self, user: &User) -> Result<Transaction, Error> {
        self.begin(user.id()).await
    }

    /// Begins a transaction without a user: for what is nobody's, and for service roles, which name users as arguments.
    ///
    /// # Errors
    ///
    /// As [`as_user`](Self::as_user).
    pub async fn as_nobody(&self) -> Result<Transaction, Error> {
        self.begin("").await
    }

    /// The one row that a statement gives to a user, in a transaction of its own: it goes on its way with what begins it, so
    /// that there are two trips to the database rather than three.
    ///
    /// # Errors
    ///
    /// As [`as_user`](Self::as_user), [`Transaction::query_one`] and [`Transaction::commit`].
    pub async fn one_row_as(
        &self,
        user: &User,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Row, Error> {
        let (transaction, rows) = self.begin_with(user.id(), Some((statement, parameters))).await?;
        let row = only_one(rows)?;
        transaction.commit().await?;
        Ok(row)
    }

    async fn begin(&self, user: &str) -> Result<Transaction, Error> {
        Ok(self.begin_with(user, None).await?.0)
    }

    /// A transaction, and what its first statement gives where there is one.
    async fn begin_with(&self, user: &str, first: Option<Asked<'_>>) -> Result<(Transaction, Vec<Row>), Error> {
        let deadline = Instant::now() + self.time_limit;
        // After a restart of the server every idle connection may turn out to be broken, one after another.
        let most_broken = self.pool.status().max_size;
        let mut failure = Error::Busy;
        for _ in 0..=most_broken {
            let connection = within(deadline, async { self.pool.get().await.map_err(Error::from) }).await?;
            let mut transaction = Transaction { connection: Some(connection), deadline, database: self.clone() };
            match transaction.begin(user, self.time_limit, first).await {
                Ok(rows) => return Ok((transaction, rows)),
                // A first statement is not asked again: it may be what broke the connection.
                Err(Error::Unreachable(reason)) if first.is_none() => failure = Error::Unreachable(reason),
                Err(other) => return Err(other),
            }
        }
        Err(failure)
    }

    /// Closes the connections, and waits a second at most until what was given up is cancelled.
    pub async fn close(&self) {
        self.pool.close();
        self.cancels.close();
        let _ = tokio::time::timeout(Duration::from_secs(1), self.cancels.wait()).await;
    }
}

impl Transaction {
    async fn begin(&mut self, user: &str, time_limit: Duration, first: Option<Asked<'_>>) -> Result<Vec<Row>, Error> {
        let milliseconds = time_limit.as_millis().to_string();
        let (connection, deadline) = self.parts()?;
        let begun = within(deadline, async {
            let settings = connection
                .prepare_cached(
                    "SELECT pg_catalog.set_config('homer.user_id', $1, true), pg_catalog.set_config('statement_timeout', $2, true)",
                )
                .await?;
            let parameters: [&(dyn ToSql + Sync); 2] = [&user, &milliseconds];
            // All are under way at once, in this order: none needs the answer to another, and after one that fails the rest do too.
            let begin = async {
                tokio::try_join!(connection.batch_execute("BEGIN"), connection.query_one(&settings, &parameters))
            };
            let Some((statement, parameters)) = first else {
                begin.await?;
                return Ok(Vec::new());
            };
            let statement = connection.prepare_cached(statement).await?;
            let (_, rows) = tokio::try_join!(begin, connection.query(&statement, parameters))?;
            Ok(rows)
        })
        .await;
        self.undo_if_refused(begun).await
    }

    /// The rows that a statement gives.
    ///
    /// # Errors
    ///
    /// What the database refuses, after which the transaction is over; [`Error::TooSlow`], [`Error::Unreachable`].
    pub async fn query(&mut self, statement: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Error> {
        let (connection, deadline) = self.parts()?;
        let rows = within(deadline, async {
            let statement = connection.prepare_cached(statement).await?;
            Ok(connection.query(&statement, parameters).await?)
        })
        .await;
        self.undo_if_refused(rows).await
    }

    /// The one row that a statement gives.
    ///
    /// # Errors
    ///
    /// As [`query`](Self::query), and [`Error::Unexpected`] where there is not one row.
    pub async fn query_one(&mut self, statement: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Row, Error> {
        only_one(self.query(statement, parameters).await?)
    }

    /// Ends the transaction and keeps what it did.
    ///
    /// # Errors
    ///
    /// What the database refuses at the end, [`Error::TooSlow`], [`Error::Unreachable`].
    pub async fn commit(mut self) -> Result<(), Error> {
        let (connection, deadline) = self.parts()?;
        match within(deadline, async { Ok(connection.batch_execute("COMMIT").await?) }).await {
            Err(Error::TooSlow | Error::Unreachable(_)) => Err(Error::Uncertain),
            // A commit that was refused has undone everything.
            outcome => {
                self.connection = None;
                outcome
            }
        }
    }

    fn parts(&self) -> Result<(&Object, Instant), Error> {
        let connection = self.connection.as_ref().ok_or_else(|| Error::Unexpected("the transaction is over".into()))?;
        Ok((connection, self.deadline))
    }

    /// After a refusal the connection is as good as before, once it is rolled back.
    async fn undo_if_refused<T>(&mut self, outcome: Result<T, Error>) -> Result<T, Error> {
        if let Err(Error::Refused(_)) = outcome {
            let (connection, deadline) = self.parts()?;
            if within(deadline, async { Ok(connection.batch_execute("ROLLBACK").await?) }).await.is_ok() {
                self.connection = None;
            }
        }
        outcome
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let connection = Object::take(connection);
        if !connection.is_closed() {
            let database = &self.database;
            database.cancels.spawn(cancel(connection.cancel_token(), database.tls.clone()));
        }
    }
}

/// Ends what a connection still does, for its locks' sake.
async fn cancel(token: CancelToken, tls: MakeRustlsConnect) {
    if token.cancel_query(tls).await.is_err() {
        log::say(format_args!("a call that was given up could not be cancelled: it ends by statement_timeout"));
    }
}

fn pool(
    config: tokio_postgres::Config,
    tls: MakeRustlsConnect,
    connections: usize,
    time_limit: Duration,
) -> Result<Pool, Failure> {
    let manager = Manager::from_config(config, tls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
    let pool = Pool::builder(manager)
        .max_size(connections)
        .wait_timeout(Some(time_limit))
        .create_timeout(Some(time_limit))
        .runtime(Runtime::Tokio1)
        .build()?;
    Ok(pool)
}

/// The row, where there is one.
pub fn only_one(mut rows: Vec<Row>) -> Result<Row, Error> {
    match (rows.pop(), rows.is_empty()) {
        (Some(row), true) => Ok(row),
        _ => Err(Error::Unexpected("not one row".into())),
    }
}

async fn within<T>(deadline: Instant, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout_at(deadline, work).await.unwrap_or(Err(Error::TooSlow))
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(said) = error.as_db_error() else { return Self::without_words(&error) };
        // A server that stops or starts ends connections with words of its own.
        let is_going = [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW];
        match said.code() {
            code if is_going.contains(code) => Self::Unreachable(said.message().into()),
            code if *code == SqlState::QUERY_CANCELED => Self::TooSlow,
            _ => Self::Refused(Box::new(said.clone())),
        }
    }
}

impl Error {
    /// Of a connection that did not come about: whatever the server said then is not about a user.
    fn of_a_new_connection(error: &tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(said) if *said.code() == SqlState::TOO_MANY_CONNECTIONS => Self::Busy,
            Some(said) => Self::Unreachable(said.message().into()),
            None => Self::without_words(error),
        }
    }

    /// Of an error in which the server has said nothing.
    fn without_words(error: &tokio_postgres::Error) -> Self {
        let mut reason = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(source) = cause {
            reason = format!("{reason}: {source}");
            cause = source.source();
        }
        let is_about_a_value = reason.starts_with("error serializing") || reason.starts_with("error deserializing");
        if is_about_a_value { Self::Unexpected(reason) } else { Self::Unreachable(reason) }
    }

    /// What went wrong, as a word for a log: nothing that a user said.
    pub fn code(&self) -> &str {
        match self {
            Self::Busy => "busy",
            Self::TooSlow => "too slow, or given up",
            Self::Unreachable(_) => "unreachable",
            Self::Uncertain => "uncertain",
            Self::Refused(said) => said.code().code(),
            Self::Unexpected(_) => "unexpected",
        }
    }

    /// The SQLSTATE, where the database has said one.
    pub fn sqlstate(&self) -> Option<&str> {
        if let Self::Refused(said) = self { Some(said.code().code()) } else { None }
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Timeout(_) => Self::Busy,
            PoolError::Backend(error) => Self::of_a_new_connection(&error),
            other => Self::Unreachable(other.to_string()),
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Busy => f.write_str("the database is busy"),
            Self::TooSlow => f.write_str("the database did not answer in time"),
            Self::Unreachable(reason) => write!(f, "the database cannot be reached: {reason}"),
            Self::Uncertain => f.write_str("the database went away while a transaction ended"),
            Self::Refused(said) => {
                write!(f, "{} ({})", said.message(), said.code().code())?;
                said.hint().map_or(Ok(()), |hint| write!(f, ". {hint}"))
            }
            Self::Unexpected(reason) => write!(f, "the database answered something unexpected: {reason}"),
        }
    }
}

impl std::error::Error for Error {}
