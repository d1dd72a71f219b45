//! The functions in C that released versions declared and that have changed since.
//!
//! The library of a new version is there before `ALTER EXTENSION homer UPDATE` declares its functions, so until then the
//! old declarations call into it, with the old arguments. Hence a function whose arguments or stored values change gets a
//! new symbol, which ends in the version (`best_hits_0_2`), and its old symbol stays here. Sessions that loaded the old
//! library before are safe in the same way: it lacks the new symbols, and PostgreSQL says so.

use pgrx::prelude::*;

use crate::errors::{OrRaise, Refusal};

/// No argument is read, so it does not matter what they are.
fn retired() -> bool {
    Err(Refusal::NotUpdated).or_raise()
}

/// Of 0.1.0: the hits were arrays.
#[pg_extern(sql = false)]
fn best_hits() -> bool {
    retired()
}

/// Of 0.1.0: the hits were arrays.
#[pg_extern(sql = false)]
fn covered_hits() -> bool {
    retired()
}

/// Of 0.1.0: a word was counted up to three times.
#[pg_extern(sql = false)]
fn keys_of_word() -> bool {
    retired()
}

/// Of 0.1.0: the standing is added in SQL now.
#[pg_extern(sql = false)]
fn total_score() -> bool {
    retired()
}

/// Of 0.1.0: numbers instead of UUIDs. Refusing would keep an application from storing memories until the update, which
/// makes the index anew; so a memory has no keys until then.
#[pg_extern(sql = false)]
fn search_keys() -> Vec<i64> {
    Vec::new()
}
