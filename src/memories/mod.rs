//! The memories of a scope, where a question reads them: by walking the indexes, or by SQL where that cannot be.

mod by_rank;
mod by_sql;
mod by_walk;
mod columns;
mod rights;
mod room;
pub mod standing;
mod vectors;

use homer_interrupts::cancellable;
use homer_ranking::answering::Memories;
use homer_ranking::scoring::Holders;
use homer_text::keys::{Key, Scope, parts_of_compound};
use pgrx::prelude::*;

pub use by_sql::called;

use by_sql::BySql;
use by_walk::{Opened, Walk};

/// Whose memories, and as of when: the user ids, the empty one for everyone's, and the moment in microseconds since 2000.
pub struct Scopes {
    pub table: pg_sys::Oid,
    /// The table of their vectors, where these count.
    pub vectors: Option<pg_sys::Oid>,
    pub users: Vec<String>,
    pub now: i64,
}

/// Asks the memories of the scopes that the current role may read.
pub fn of_scopes<T>(scopes: &Scopes, ask: impl FnOnce(&mut dyn Memories) -> T) -> T {
    // Opened first: with that PostgreSQL learns what others have changed of the table.
    let opened = Opened::new(scopes.table);
    let users = opened.as_ref().and_then(|_| rights::readable_by_walk(scopes.table, &scopes.users));
    if let (Some(opened), Some(users)) = (&opened, &users)
        && let vectors = scopes.vectors.and_then(vectors::Opened::new)
        && let Some(mut walk) = Walk::new(opened, vectors.as_ref(), users, scopes.now)
    {
        return ask(&mut walk);
    }
    ask(&mut BySql::new(scopes.users.clone()))
}

/// Who holds each of the words; of one that nobody holds and that may be made of several, who holds one of these.
fn holders_or_of_parts(words: &[String], mut holders_of: impl FnMut(&[String]) -> Vec<Holders>) -> Vec<Holders> {
    let mut holders = holders_of(words);
    if words.len() > MOST_WITH_PARTS {
        return holders;
    }
    let missing = holders.iter().zip(words).enumerate().filter(|(_, (holders, _))| !holders.are_there());
    let (places, parts): (Vec<usize>, Vec<String>) =
        missing.filter_map(|(place, (_, word))| Some((place, parts_of_compound(word)?))).unzip();
    if !parts.is_empty() {
        places.into_iter().zip(holders_of(&parts)).for_each(|(place, found)| holders[place] = found);
    }
    holders
}

/// A page has more words, and says enough with those that are there.
const MOST_WITH_PARTS: usize = 32;

/// The keys, in each of the scopes, of categories or of tags.
fn keys_of_each<'a>(
    scopes: impl Iterator<Item = &'a Scope>,
    names: &'a [String],
    key_of: fn(&Scope, &str) -> Key,
) -> impl Iterator<Item = Key> {
    cancellable(scopes.flat_map(move |scope| names.iter().map(move |name| key_of(scope, name))))
}
