//! The memories that are the most relevant without a question: by a walk of the indexes of ranks, or by SQL where that cannot be.

use homer_interrupts::sort;
use homer_ranking::answering::Asked;
use homer_ranking::decay;
use homer_ranking::standing::{Merged, Standing, best};
use homer_text::keys::Scope;
use pgrx::fn_call::Arg;
use pgrx::prelude::*;

use super::by_rank::{Categories, Entry, Ranks};
use super::by_sql::called;
use super::columns::Columns;
use super::{Scopes, keys_of_each, rights};
use crate::walk::{Key, Pointer, Relation, Table, Tuple, is_readable, postings};

/// So few memories with one of the tags are read all, rather than looked for among those of the user.
const FEW: usize = 512;

/// The most relevant memories of the scopes, best first, as far as the current role may read them.
pub fn of_scopes(scopes: &Scopes, asked: &Asked) -> Vec<Standing> {
    by_walk(scopes, asked).unwrap_or_else(|| by_sql(scopes, asked))
}

fn by_walk(scopes: &Scopes, asked: &Asked) -> Option<Vec<Standing>> {
    let table = Relation::table(scopes.table)?;
    let (columns, ranks) = (Columns::of(&table)?, Ranks::of(&table)?);
    let users = rights::readable_by_walk(scopes.table, &scopes.users)?;
    let tagged = match &asked.tags {
        Some(tags) => Some(tagged(&table, &users, tags)?),
        None => None,
    };
    let categories = Categories::of(asked);
    let wanted = Wanted {
        columns,
        users: &users,
        categories: &categories,
        not_from: asked.not_from.as_deref(),
        now: scopes.now,
    };
    let mut rows = Table::of(&table);
    let mut read = |entry: Entry| rows.row(entry.pointer, |row| wanted.standing(row, entry)).flatten();
    let in_order = || ranks.in_order(&users, &categories, scopes.now);
    Some(match tagged {
        None => best(in_order()?, asked.at_most, read),
        Some(few) if few.len() <= FEW => best(in_no_order(few), asked.at_most, |entry| {
            read(entry).map(|found| Standing { is_in_order: false, ..found })
        }),
        Some(many) => {
            best(in_order()?, asked.at_most, |entry| many.binary_search(&entry.pointer).ok().and_then(|_| read(entry)))
        }
    })
}

/// Of each of which no more is known than that it may be the best.
fn in_no_order(pointers: Vec<Pointer>) -> Merged<Entry, impl Iterator<Item = (Entry, f64)>> {
    let mut merged = Merged::default();
    merged.add(pointers.into_iter().map(|pointer| (Entry { pointer, is_far_off: false }, f64::INFINITY)));
    merged
}

/// The row pointers, in order, that the index of words holds of the users' memories with one of the tags. None where it cannot be
/// read.
fn tagged(table: &Relation, users: &[String], tags: &[String]) -> Option<Vec<Pointer>> {
    let words = table.index("homer_memories_search_idx", pg_sys::GIN_AM_OID).filter(is_readable)?;
    let scopes = Scope::of_each(users.iter().map(String::as_str));
    let mut keys: Vec<Key> = keys_of_each(scopes.iter(), tags, Scope::key_of_tag).map(|key| key.bytes()).collect();
    sort(&mut keys);
    let mut tagged = Vec::new();
    postings(&words, &keys, &mut |_, pointers| tagged.extend_from_slice(pointers));
    sort(&mut tagged);
    tagged.dedup();
    Some(tagged)
}

/// What a memory has to be.
struct Wanted<'a> {
    columns: Columns,
    users: &'a [String],
    categories: &'a Categories,
    not_from: Option<&'a str>,
    now: i64,
}

impl Wanted<'_> {
    fn standing(&self, row: &Tuple, entry: Entry) -> Option<Standing> {
        let columns = &self.columns;
        let user: Option<String> = row.value(&columns.user_id);
        let weight = columns.weight(row);
        let is_wanted = self.users.iter().any(|wanted| wanted == user.as_deref().unwrap_or_default())
            && !columns.has_expired(row, self.now)
            && self.categories.hold(&decay::form(&weight.category))
            && self.not_from.is_none_or(|left_out| row.value(&columns.conversation).as_deref() != Some(left_out));
        is_wanted.then_some(())?;
        let is_in_order = entry.is_far_off || weight.moment.is_none_or(|moment| moment <= self.now);
        Some(Standing { id: row.value(&columns.id)?, relevance: weight.relevance(self.now), is_in_order })
    }
}

fn by_sql(scopes: &Scopes, asked: &Asked) -> Vec<Standing> {
    let (users, at_most) = (Arg::Value(scopes.users.clone()), Arg::Value(asked.at_most as i32));
    let categories = Categories::of(asked);
    let (slots, others) = (Arg::Value(categories.slots()), given(&categories.others()));
    let (tags, not_from) = (given(&asked.tags), given(&asked.not_from));
    let ids: Vec<i32> = called("homer.most_relevant", &[&users, &slots, &others, &tags, &not_from, &at_most]);
    let relevances: Vec<f64> = called("homer.relevances", &[&Arg::Value(ids.clone())]);
    let standing = |(id, relevance)| Standing { id, relevance, is_in_order: true };
    ids.into_iter().zip(relevances).map(standing).collect()
}

fn given<T: Clone>(value: &Option<T>) -> Arg<T> {
    value.clone().map_or(Arg::Null, Arg::Value)
}
