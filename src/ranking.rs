//! Relevance without a question, and the order in which the ranking index holds memories: `homer_ranking::decay`.

use homer_interrupts::cancellable;
use homer_ranking::decay;
use pgrx::prelude::*;

/// A memory's moment: updated_at, or created_at where that is null.
fn moment(updated_at: Option<Timestamp>, created_at: Option<Timestamp>) -> Option<i64> {
    updated_at.or(created_at).map(Timestamp::into_inner)
}

/// The relevance of a memory at the moment `now`, when nothing is asked.
#[pg_extern(sql = false)]
fn relevance(
    importance: Option<i32>,
    category: Option<&str>,
    updated_at: Option<Timestamp>,
    created_at: Option<Timestamp>,
    now: Option<Timestamp>,
) -> Option<f64> {
    let moment = moment(updated_at, created_at);
    now.map(|now| decay::relevance(importance, category.unwrap_or_default(), moment, now.into_inner()))
}

/// The second column of the ranking index.
#[pg_extern(sql = false)]
fn rank_key(
    importance: Option<i32>,
    category: Option<&str>,
    updated_at: Option<Timestamp>,
    created_at: Option<Timestamp>,
) -> i64 {
    decay::rank_key(importance, category.unwrap_or_default(), moment(updated_at, created_at))
}

/// A number that is the smaller the larger this one is: its complement, which every number has.
#[pg_extern(sql = false)]
fn falling(value: i64) -> i64 {
    !value
}

#[pg_extern(sql = false)]
fn falling_integer(value: i32) -> i32 {
    !value
}

/// A category as it is compared.
#[pg_extern(sql = false)]
fn category_form(category: &str) -> String {
    decay::form(category).into_owned()
}

/// The slot of a category in the ranking index.
#[pg_extern(sql = false)]
fn slot(category: &str) -> i32 {
    decay::Slot::of(category) as i32
}

/// Categories as they are compared.
#[pg_extern(sql = false)]
fn category_forms(categories: Array<'_, &str>) -> Vec<String> {
    cancellable(categories.iter().flatten()).map(|category| decay::form(category).into_owned()).collect()
}

/// The second since 2000 in which a memory expires.
#[pg_extern(sql = false)]
fn expiry_second(expires_at: Option<Timestamp>) -> i32 {
    decay::expiry_second(expires_at.map(Timestamp::into_inner))
}
