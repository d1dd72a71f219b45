//! Serving MCP clients: one user on stdin and stdout, or many over HTTP. No session is kept: each request is answered from the
//! database alone, so that a client may come back to another instance of this program, or to this one after a restart.

mod advice;
mod memory;

use axum::Router;
use rmcp::ServiceExt as _;
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::transport::io::stdio_pipes;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use crate::database::{self, Database, Standing};
use crate::http::Stop;
use crate::identity::{self, User};
use crate::{Failure, http, log};

use memory::{Memory, Who};

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
    let database = match &options.user {
        Some(user) => {
            let database = opened(&options).await?;
            serve_one(user.clone(), database.clone(), &options.listening).await?;
            database
        }
        None => {
            let identity = options.listening.identity()?;
            let database = opened(&options).await?;
            let routes = identity::guard(routes(database.clone(), &options.listening), identity.clone());
            http::serve(&options.listening, http::bounded(routes, &options.listening), identity).await?;
            database
        }
    };
    database.close().await;
    Ok(())
}

/// The database, by a role that PostgreSQL itself holds to the user who is named.
async fn opened(options: &Options) -> Result<Database, Failure> {
    let database = Database::open(&options.database).await?;
    let standing = database.standing().await?;
    log::say(format_args!("connected as {}, whose kind is {}: {}", standing.role, standing.kind, standing.reason));
    check(&standing, database.schema())?;
    Ok(database)
}

/// Refuses a role that could show more than one user's rows. Rights that no kind of role needs get past row security, or may.
fn check(standing: &Standing, schema: &str) -> Result<(), Failure> {
    let Standing { role, kind, warnings, .. } = standing;
    let is_held_to_one_user = ["confined", "own_user"].contains(&kind.as_str());
    if is_held_to_one_user && warnings.is_empty() {
        return Ok(());
    }
    let what_to_do = format!(
        "Connect as a role of its own, for which the owner of homer's objects has run SELECT {schema}.homer_grant('{role}', 'confined')"
    );
    if is_held_to_one_user {
        return Err(format!("{role} has rights that it must not have: {}. {what_to_do}", warnings.join("; ")).into());
    }
    Err(format!("{role} is of the kind {kind} and must be confined to one user at a time. {what_to_do}").into())
}

/// Serves one user until stdin ends or the program is told to stop.
async fn serve_one(user: User, database: Database, bounds: &http::Options) -> Result<(), Failure> {
    let (input, output) = stdio_pipes();
    let transport = AsyncRwTransport::new(input, output).with_max_line_length(bounds.body_limit());
    let mut stop = Stop::new()?;
    let service = tokio::select! {
        service = Memory::new(database, Who::Always(user), bounds.clients()).serve(transport) => service,
        () = stop.told() => return Ok(()),
    };
    // A client that goes before it has said hello has done no harm.
    let Ok(service) = service else { return Ok(()) };
    let token = service.cancellation_token();
    let end = service.waiting();
    tokio::pin!(end);
    tokio::select! {
        _ = &mut end => {}
        () = stop.told() => {
            token.cancel();
            let _ = end.await;
        }
    }
    Ok(())
}

/// The one route of MCP over HTTP.
fn routes(database: Database, bounds: &http::Options) -> Router {
    // What Host and Origin may be is asked for all routes, in front of this one.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(bounds.body_limit())
        .disable_allowed_hosts()
        .disable_allowed_origins();
    let memory = Memory::new(database, Who::EachRequest, bounds.clients());
    let service = StreamableHttpService::new(move || Ok(memory.clone()), NeverSessionManager::default().into(), config);
    Router::new().route_service("/mcp", service)
}
