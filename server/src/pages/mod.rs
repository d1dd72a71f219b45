//! Pages on which people see what is remembered about them, and put it right; and those of operators, who see that all is well.
//! HTML made here, without scripts: [`visitor`] says who looks, [`shell`] is what all pages have around them, and each page is a
//! file in [`person`] or [`operator`]. What may be seen and changed is the database's to say.

mod address;
mod form;
mod headers;
mod operator;
mod person;
mod shell;
mod trouble;
mod visitor;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::database::{self, Database, Error, Transaction};
use crate::identity::User;
use crate::{Failure, http, standing};

use form::Seal;
use visitor::{Door, Visitor};

/// Options of `homer-server pages`.
#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    /// Serve the pages of operators instead, to this user; may be given again. The role must be a service
    #[arg(long, value_name = "ID", value_delimiter = ',', env = "HOMER_OPERATOR")]
    operator: Vec<User>,
    /// The same database by a service role, for the one thing that a confined one may not do: erasing a person who asks for it
    #[arg(
        long,
        value_name = "URL",
        env = "HOMER_ERASING_DATABASE",
        hide_env_values = true,
        conflicts_with = "operator"
    )]
    erasing_database: Option<String>,
    #[command(flatten)]
    database: database::Options,
    #[command(flatten)]
    http: http::Options,
}

/// What the pages are made from.
#[derive(Clone)]
struct Pages {
    database: Database,
    /// The way to the database by which persons are erased, where there is one.
    erasing: Option<Database>,
    seal: Seal,
}

/// Serves the pages until the program is told to stop.
///
/// # Errors
///
/// Options that do not go together, a database that cannot be used, or an address that cannot be listened on.
pub async fn serve(options: Options) -> Result<(), Failure> {
    let identity = options.http.identity()?;
    let are_for_operators = !options.operator.is_empty();
    let database = Database::open(&options.database).await?;
    let kinds = if are_for_operators { standing::FOR_ANY_USER } else { standing::FOR_ONE_USER };
    standing::require(&database, kinds).await?;
    let erasing = match options.erasing_database {
        Some(url) => Some(opened_for_erasing(options.database.elsewhere(url)).await?),
        None => None,
    };
    let seal = Seal::new()?;
    let pages = Pages { database: database.clone(), erasing: erasing.clone(), seal: seal.clone() };
    let door = Door::new(identity.clone(), seal, options.operator);
    let routes = if are_for_operators { operator::routes() } else { person::routes() };
    // Around all else, so that a refusal of any layer says it too.
    let routes = http::bounded(complete(routes, pages, door), &options.http).layer(middleware::from_fn(headers::add));
    http::serve(&options.http, routes, identity).await?;
    database.close().await;
    if let Some(erasing) = erasing {
        erasing.close().await;
    }
    Ok(())
}

async fn opened_for_erasing(options: database::Options) -> Result<Database, Failure> {
    let database = Database::open(&options).await?;
    standing::require(&database, standing::FOR_ANY_USER).await?;
    Ok(database)
}

/// The pages behind their door, with what stands before it.
fn complete(behind: Router<Pages>, pages: Pages, door: Door) -> Router {
    behind
        .merge(visitor::inside(door.clone()))
        .fallback(trouble::no_such_page)
        .layer(middleware::from_fn_with_state(door.clone(), visitor::let_in))
        .merge(visitor::outside(door))
        .merge(shell::routes())
        .with_state(pages)
}

impl Pages {
    /// Begins a transaction that acts for the visitor and for nobody else.
    async fn begin(&self, visitor: &Visitor) -> Result<Transaction, Error> {
        self.database.as_user(visitor.user()).await
    }

    /// The rows of one statement for the visitor. `@homer@` in it is the schema of homer's functions.
    async fn ask(
        &self,
        visitor: &Visitor,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        rows(self.begin(visitor).await?, &self.database.sql(statement), parameters).await
    }

    /// The one row of one statement for the visitor.
    async fn ask_one(
        &self,
        visitor: &Visitor,
        statement: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Row, Error> {
        database::only_one(self.ask(visitor, statement, parameters).await?)
    }

    /// The rows of one statement about all users, for an operator.
    async fn ask_about_all(&self, statement: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Error> {
        rows(self.database.as_nobody().await?, &self.database.sql(statement), parameters).await
    }
}

async fn rows(
    mut transaction: Transaction,
    statement: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, Error> {
    let rows = transaction.query(statement, parameters).await?;
    transaction.commit().await?;
    Ok(rows)
}

impl FromRef<Pages> for Seal {
    fn from_ref(pages: &Pages) -> Self {
        pages.seal.clone()
    }
}
