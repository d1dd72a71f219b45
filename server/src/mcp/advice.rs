//! What a client is told when the database gives no answer: what went wrong, and what to do about it.

use rmcp::ErrorData;
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::json;
use tokio_postgres::error::{DbError, SqlState};

use crate::database::Error;
use crate::log;

/// Says in the log that something failed; of what the client sent only `what`, a name from this program's own lists.
pub fn note(what: &str, error: &Error) {
    match error {
        Error::Unreachable(reason) => log::say(format_args!("{what}: the database cannot be reached: {reason}")),
        Error::Unexpected(reason) => log::say(format_args!("{what}: {reason}")),
        other => log::say(format_args!("{what}: {}", other.code())),
    }
}

/// The failure of a tool, in words that reach the model.
pub fn failed_tool(error: &Error) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(format!("Error: {}", words(error)))]);
    result.structured_content = Some(json!({"sqlstate": error.sqlstate()}));
    result
}

/// The failure of any other request.
pub fn failed_request(error: &Error) -> ErrorData {
    ErrorData::internal_error(words(error), Some(json!({"sqlstate": error.sqlstate()})))
}

fn words(error: &Error) -> String {
    match error {
        Error::Busy => "The memory is busy, and nothing was changed. Try again in a few seconds.".into(),
        Error::TooSlow => {
            "The memory did not answer in time, and nothing was changed. Try again, or ask for less.".into()
        }
        Error::Unreachable(_) => {
            "The memory cannot be reached now, and nothing was changed. Try again in a minute.".into()
        }
        Error::Uncertain => {
            "The memory went away at the last moment. Look whether this was kept before you try again.".into()
        }
        Error::Refused(said) => refusal(said),
        Error::Unexpected(_) => {
            "The memory gave an answer that is not understood here. Tell whoever runs this server.".into()
        }
    }
}

fn refusal(said: &DbError) -> String {
    let message = said.message();
    match (what_to_do(said.code()), said.hint()) {
        (Some(what_to_do), _) => format!("{message}. {what_to_do}"),
        (None, Some(hint)) => format!("{message}. {hint}"),
        (None, None) => format!("{message}. Nothing was changed."),
    }
}

/// What to do about errors of PostgreSQL's own; homer's bring their hints along.
fn what_to_do(code: &SqlState) -> Option<&'static str> {
    let conflicts =
        [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::LOCK_NOT_AVAILABLE];
    match code {
        code if conflicts.contains(code) => Some("Somebody changed the same at the same moment. Try again."),
        code if *code == SqlState::READ_ONLY_SQL_TRANSACTION => Some("This memory can be read and not changed now."),
        code if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
            Some("Whoever runs this server has to grant its role what it needs: homer_grant(role, 'confined').")
        }
        _ => None,
    }
}
