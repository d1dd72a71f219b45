//! What homer says of the role that the program connects as, and which roles it takes for what.

use crate::database::{Database, Error};
use crate::{Failure, log};

/// PostgreSQL itself shows such a role one user's rows and everyone's.
pub const FOR_ONE_USER: &[&str] = &["confined", "own_user"];
/// Such a role names the user as an argument.
pub const FOR_ANY_USER: &[&str] = &["service", "service_of_users"];

struct Standing {
    role: String,
    kind: String,
    reason: String,
    /// Rights that no kind of role needs.
    warnings: Vec<String>,
}

/// Refuses a role that may do more, or less, than is needed. Rights that no kind of role needs get past row security, or may.
///
/// # Errors
///
/// The role, what is wrong with it, and what its owner can do; or whatever the database refuses.
pub async fn require(database: &Database, kinds: &[&str]) -> Result<(), Failure> {
    let Standing { role, kind, reason, warnings } = standing(database).await?;
    log::say(format_args!("connected as {role}, whose kind is {kind}: {reason}"));
    let what_to_do = format!(
        "Connect as a role of its own, for which the owner of homer's objects has run SELECT {}.homer_grant('{role}', '{}')",
        database.schema(),
        kinds[0]
    );
    if !kinds.contains(&kind.as_str()) {
        return Err(format!("{role} is of the kind {kind} and must be {}. {what_to_do}", kinds.join(" or ")).into());
    }
    if !warnings.is_empty() {
        return Err(format!("{role} has rights that it must not have: {}. {what_to_do}", warnings.join("; ")).into());
    }
    Ok(())
}

async fn standing(database: &Database) -> Result<Standing, Error> {
    let mut transaction = database.as_nobody().await?;
    let statement = "SELECT w.role::pg_catalog.text, w.kind, w.reason, w.warnings FROM @homer@.homer_whoami() AS w";
    let row = transaction.query_one(&database.sql(statement), &[]).await?;
    transaction.commit().await?;
    Ok(Standing { role: row.try_get(0)?, kind: row.try_get(1)?, reason: row.try_get(2)?, warnings: row.try_get(3)? })
}
