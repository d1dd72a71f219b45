//! Serving MCP clients: for one user on stdin and stdout, or for many over HTTP.

use axum::Router;

use crate::database::{self, Database};
use crate::identity::{self, User};
use crate::{Failure, http};

/// Options of `homer-server mcp`.
#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    /// Serve this user on stdin and stdout
    #[arg(long, value_name = "ID", env = "HOMER_USER", conflicts_with = "http")]
    user: Option<User>,
    /// Serve over HTTP, at /mcp
    #[arg(long, required_unless_present = "user")]
    http: bool,
    #[command(flatten)]
    database: database::Options,
    #[command(flatten)]
    listening: http::Options,
}

/// Serves until the client goes, or the program is told to stop.
///
/// # Errors
///
/// Options that do not go together, a database that cannot be used, or an address that cannot be listened on.
pub async fn serve(options: Options) -> Result<(), Failure> {
    let identity = options.listening.identity()?;
    let database = Database::open(&options.database).await?;
    let standing = database.standing().await?;
    crate::log::say(format_args!("connected as {}, which is {}: {}", standing.role, standing.kind, standing.reason));
    let routes = identity::guard(Router::new(), identity.clone());
    http::serve(&options.listening, http::bounded(routes, &options.listening), identity).await?;
    database.close().await;
    Ok(())
}
