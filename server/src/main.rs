//! One program that serves the memory that homer keeps in PostgreSQL: `mcp` to MCP clients, `pages` to people. It knows the
//! database's functions and holds no rules of its own: who may see what is decided by PostgreSQL, for the one user whom
//! [`identity`] names to it in each transaction of [`database`].

mod connection;
mod database;
mod http;
mod identity;
mod log;
mod mcp;
mod pages;
mod tls;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "homer-server", version, about = "Serves the memory that homer keeps in PostgreSQL.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve MCP clients: on stdin and stdout for one user, or over HTTP for many
    Mcp(mcp::Options),
    /// Serve pages on which people see and correct what is remembered about them
    Pages(pages::Options),
}

/// What keeps the program from starting or from going on, in words for whoever started it.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    // What the program stumbled over may be a user's words: a mistake of its own is logged by its place alone.
    std::panic::set_hook(Box::new(|mistake| match mistake.location() {
        Some(place) => log::say(format_args!("a mistake of this program, at {place}")),
        None => log::say(format_args!("a mistake of this program")),
    }));
    let outcome = tokio::runtime::Runtime::new().map_err(Failure::from).and_then(|runtime| {
        let outcome = runtime.block_on(run(Arguments::parse().command));
        // Somebody who reads a terminal may wait for its next line, which is not waited for here.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            log::say(format_args!("{failure}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Mcp(options) => mcp::serve(options).await,
        Command::Pages(options) => pages::serve(options).await,
    }
}
