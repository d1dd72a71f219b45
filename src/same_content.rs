//! When two memories say the same: `homer_text::normal_form` and `homer_text::exact_tokens`.

use homer_text::{exact_tokens, normal_form};
use pgrx::fn_call::{Arg, fn_call};
use pgrx::prelude::*;

use crate::snapshot;

/// What a memory says, in the form that all spellings share.
#[pg_extern(sql = false)]
fn statement(subject: &str, content: &str) -> String {
    normal_form::statement(subject, content)
}

/// The number of a statement of a user, or of everyone, for an index.
#[pg_extern(sql = false)]
fn statement_key(user_id: Option<&str>, statement: Option<&str>) -> Option<i64> {
    statement.map(|statement| normal_form::statement_key(user_id, statement))
}

/// The number of a refusal, for an index.
#[pg_extern(sql = false)]
fn refusal_key(user_id: Option<&str>, statement: Option<&str>) -> Option<i64> {
    statement.map(|statement| normal_form::refusal_key(user_id, statement))
}

/// The tokens of what a memory says that count as they are written.
#[pg_extern(sql = false)]
fn exact_tokens(subject: &str, content: &str) -> String {
    exact_tokens::exact_tokens(subject, content)
}

/// `homer.known_statements` as of now. Null where it cannot be called, which its caller takes for a difference.
///
/// Under REPEATABLE READ and SERIALIZABLE a transaction goes on seeing what was there when it began. Holding the lock on a
/// statement, it would not see that another stored it or refused it meanwhile, and would store it twice.
#[pg_extern(sql = false)]
fn statements_known_by_now(
    user_ids: Vec<Option<String>>,
    statements: Vec<Option<String>>,
    exact: Vec<Option<String>>,
    due: Vec<Option<Timestamp>>,
) -> Option<Vec<i32>> {
    let arguments = (Arg::Value(user_ids), Arg::Value(statements), Arg::Value(exact), Arg::Value(due));
    let known = snapshot::of_now(|| {
        fn_call("homer.known_statements", &[&arguments.0, &arguments.1, &arguments.2, &arguments.3])
    });
    known.ok().flatten()
}
