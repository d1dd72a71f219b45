//! The program's log: lines on stderr, where a service manager or an MCP client collects them. What users said, what is
//! remembered, who they are and what SQL said of it never goes here; numbers, SQLSTATEs and names from the program's own lists do.

use std::fmt::Arguments;
use std::io::Write as _;

/// Writes one line. A log that nobody reads any more is no reason to stop.
pub fn say(line: Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "homer-server: {line}");
}
