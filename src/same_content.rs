//! When two memories say the same: `homer_text::normal_form` and `homer_text::exact_tokens`.

use homer_text::{exact_tokens, normal_form};
use pgrx::prelude::*;

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

/// The tokens of what a memory says that count as they are written.
#[pg_extern(sql = false)]
fn exact_tokens(subject: &str, content: &str) -> String {
    exact_tokens::exact_tokens(subject, content)
}
