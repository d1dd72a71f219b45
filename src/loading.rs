//! What is set up when PostgreSQL loads the library: what becomes of a panic, and how a long loop is ended.
//!
//! Of a panic the client gets an error, the server's log the place, and nobody a stack trace. An error of PostgreSQL's that is raised while Rust runs, such as a cancellation, passes through Rust as a panic. pgrx takes
//! a stack trace at every panic, where the server's environment asks for them, and sends it to the client as DETAIL.

use pgrx::prelude::*;

/// PostgreSQL calls this when it has loaded the library; pgrx has set its hook by then.
#[pg_guard]
pub extern "C-unwind" fn _PG_init() {
    homer_interrupts::ask(|| {
        pgrx::check_for_interrupts!();
    });
    std::panic::set_hook(Box::new(|panic| {
        // The payload of a fault of homer's own is a text. An error of PostgreSQL's is logged by PostgreSQL.
        if panic.payload_as_str().is_some() {
            eprintln!("homer {panic}");
        }
    }));
}
