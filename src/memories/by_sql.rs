//! The memories of a scope by SQL alone, under every rule that PostgreSQL has: slower, and the same answers.

use homer_interrupts::cancellable;
use homer_ranking::answering::{Memories, Row};
use homer_ranking::nearest::Vector;
use homer_ranking::scoring::{Document, Flags, Holders, Neighbourhood, REACH};
use homer_text::keys::{self, Key, Scope};
use pgrx::fn_call::{Arg, FnCallArg, fn_call};
use pgrx::prelude::*;
use pgrx::{FromDatum, IntoDatum, Uuid};

use super::vectors::Vectors;
use super::{holders_or_of_parts, keys_of_each};
use crate::keys::uuid;

/// A memory is a document by the place of its id among those of the scope.
pub struct BySql {
    users: Vec<String>,
    scopes: Vec<Scope>,
    ids: Vec<i32>,
    vectors: Option<Vectors<'static>>,
}

impl BySql {
    pub fn new(users: Vec<String>) -> Self {
        let scopes = Scope::of_each(users.iter().map(String::as_str));
        let mut ids = with_keys(scopes.iter().map(Scope::key_of_all));
        ids.sort_unstable();
        Self { users, scopes, ids, vectors: None }
    }

    fn document(&self, id: i32) -> Option<Document> {
        self.ids.binary_search(&id).ok().map(|place| place as Document)
    }

    fn known(&self, ids: &[i32]) -> Vec<Document> {
        ids.iter().filter_map(|id| self.document(*id)).collect()
    }

    fn holding(&self, keys: impl Iterator<Item = Key>) -> Vec<Document> {
        self.known(&with_keys(keys))
    }

    fn flags(&self, documents: Vec<Document>) -> Flags {
        Flags::new(self.ids.len(), documents.into_iter())
    }

    fn ids_of(&self, documents: &[Document]) -> Vec<i32> {
        documents.iter().map(|document| self.ids[*document as usize]).collect()
    }

    fn holders_as_written(&self, words: &[String]) -> Vec<Holders> {
        let holders = |word: &String| {
            let [once, repeated] = [false, true]
                .map(|repeated| self.holding(keys::keys_of_word(&self.scopes, word, repeated).into_iter()));
            Holders::new(once, repeated, keys::is_weak(word))
        };
        words.iter().map(holders).collect()
    }
}

impl Memories for BySql {
    fn count(&self) -> usize {
        self.ids.len()
    }

    fn count_of(&mut self, user: &str) -> usize {
        self.holding(std::iter::once(Scope::of(user).key_of_all())).len()
    }

    fn holders(&mut self, words: &[String]) -> Vec<Holders> {
        holders_or_of_parts(words, |words| self.holders_as_written(words))
    }

    fn of_categories(&mut self, categories: &[String]) -> Flags {
        self.flags(self.holding(keys_of_each(self.scopes.iter(), categories, Scope::key_of_category)))
    }

    fn with_tags(&mut self, tags: &[String]) -> Flags {
        self.flags(self.holding(keys_of_each(self.scopes.iter(), tags, Scope::key_of_tag)))
    }

    fn of_conversation(&mut self, conversation: &str) -> Flags {
        let arguments = (Arg::Value(self.users.clone()), Arg::Value(conversation));
        let ids: Vec<i32> = called("homer.memories_of_conversation", &[&arguments.0, &arguments.1]);
        self.flags(self.known(&ids))
    }

    fn rows(&mut self, documents: &[Document]) -> Vec<Row> {
        let ids = self.ids_of(documents);
        let relevances: Vec<f64> = called("homer.relevances", &[&Arg::Value(ids.clone())]);
        let rows = documents.iter().zip(ids).zip(relevances);
        let rows = rows.map(|((document, id), relevance)| Row { document: *document, id, relevance });
        rows.filter(|row| !row.relevance.is_nan()).collect()
    }

    fn documents(&mut self, ids: &[i32]) -> Vec<Option<Document>> {
        ids.iter().map(|id| self.document(*id)).collect()
    }

    fn neighbourhoods(&mut self, documents: &[Document]) -> Vec<Neighbourhood> {
        let ids = self.ids_of(documents);
        let neighbours: Vec<Option<i32>> = called("homer.neighbours", &[&Arg::Value(ids)]);
        let around = |(document, neighbours): (&Document, &[Option<i32>; 2 * REACH])| {
            let known =
                |ids: &[Option<i32>]| ids.iter().flatten().filter_map(|id| self.document(*id)).collect::<Vec<_>>();
            let (before, after) = neighbours.split_at(REACH);
            Neighbourhood::new(&known(before), *document, &known(after))
        };
        documents.iter().zip(neighbours.as_chunks().0).map(around).collect()
    }

    fn by_relevance(&mut self, _each: &mut dyn FnMut(Document, f64) -> bool) -> bool {
        false
    }

    fn vectors(&mut self, question: &[f32]) -> Vec<Vector> {
        let (vectors, compared) = Vectors::of(None, &self.users, 0, question);
        self.vectors = Some(vectors);
        compared
    }

    fn cosines(&mut self, of: &[(Document, Vector)]) -> Vec<Option<f64>> {
        cancellable(of.iter()).map(|(_, vector)| self.vectors.as_mut()?.cosine(vector, || None)).collect()
    }
}

/// The ids of the memories that have one of the keys.
fn with_keys(keys: impl Iterator<Item = Key>) -> Vec<i32> {
    let keys: Vec<Uuid> = cancellable(keys).map(uuid).collect();
    if keys.is_empty() { Vec::new() } else { called("homer.memories_with_keys", &[&Arg::Value(keys)]) }
}

/// What one of homer's own functions gives; nothing for null.
pub fn called<T: FromDatum + IntoDatum + Default>(function: &str, arguments: &[&dyn FnCallArg]) -> T {
    match fn_call(function, arguments) {
        Ok(value) => value.unwrap_or_default(),
        Err(fault) => error!("{function} cannot be called: {fault}"),
    }
}
