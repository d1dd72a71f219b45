//! Pages on which people see what is remembered about them, and put it right.

use axum::Router;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::routing::get;

use crate::database::{self, Database};
use crate::identity::{Identity, User};
use crate::{Failure, http, identity, log};

/// Options of `homer-server pages`.
#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    #[command(flatten)]
    database: database::Options,
    #[command(flatten)]
    http: http::Options,
}

/// What the pages are made from.
#[derive(Clone)]
pub struct State {
    pub database: Database,
    pub identity: Identity,
}

/// Serves the pages until the program is told to stop.
///
/// # Errors
///
/// Options that do not go together, a database that cannot be used, or an address that cannot be listened on.
pub async fn serve(options: Options) -> Result<(), Failure> {
    let identity = options.http.identity()?;
    let database = Database::open(&options.database).await?;
    let state = State { database: database.clone(), identity: identity.clone() };
    http::serve(&options.http, http::bounded(router(state), &options.http), identity).await?;
    database.close().await;
    Ok(())
}

/// The routes of the pages.
pub fn router(state: State) -> Router {
    let of_a_person = Router::new().route("/", get(home)).with_state(state.database);
    identity::guard(of_a_person, state.identity)
}

async fn home(Shared(database): Shared<Database>, user: User) -> Result<String, StatusCode> {
    let count = count_of_memories(&database, &user).await.map_err(|error| {
        log::say(format_args!("a page failed: {}", error.code()));
        StatusCode::SERVICE_UNAVAILABLE
    })?;
    Ok(format!("{count} memories\n"))
}

async fn count_of_memories(database: &Database, user: &User) -> Result<i64, database::Error> {
    let mut transaction = database.as_user(user).await?;
    let count = database.sql("SELECT pg_catalog.count(*) FROM @homer@.homer_memories");
    let row = transaction.query_one(&count, &[]).await?;
    transaction.commit().await?;
    Ok(row.try_get(0)?)
}
