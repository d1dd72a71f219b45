//! How well memories and files answer a question: `homer_ranking::answering`, on what `memories` reads, and
//! `homer_ranking::hits`, on what SQL reads.

use homer_interrupts::cancellable;
use homer_ranking::answering::{self, Asked, Memories};
use homer_ranking::scoring::Document;
use homer_ranking::{hits, scoring};
use pgrx::prelude::*;

use crate::memories::{Scopes, of_scopes};
use crate::vectors::{plain, stored};

/// That these files hold what stands at a place of the question, as bytes for the function below.
#[pg_extern(sql = false)]
fn pack_hits(place: i32, ids: Array<'_, i32>) -> Vec<u8> {
    hits::pack_hits(place, ids.as_slice().unwrap_or_default())
}

/// The scores, by their own words, of all that `hits` are of, best first: for what has no neighbours and no vectors.
#[pg_extern(sql = false)]
fn scored_hits(hits: &[u8], total: i64) -> TableIterator<'static, (name!(id, i32), name!(score, f64))> {
    TableIterator::new(hits::scored_hits(hits, total))
}

/// What newness and importance make of a score.
#[pg_extern(sql = false)]
fn factor(relevance: f64) -> f64 {
    scoring::factor(relevance)
}

/// The memories of the scopes that answer best, and how relevant they are, best first.
#[pg_extern(sql = false)]
#[allow(clippy::too_many_arguments, reason = "what a question may say, and an array a column")]
fn best_answers(
    memories: Option<pg_sys::Oid>,
    vectors: Option<pg_sys::Oid>,
    scopes: Option<Array<'_, &str>>,
    words: Option<Array<'_, &str>>,
    question_embedding: Option<Array<'_, f64>>,
    of_categories: Option<Array<'_, &str>>,
    of_tags: Option<Array<'_, &str>>,
    not_from: Option<&str>,
    now: Option<Timestamp>,
    at_most: Option<i32>,
) -> TableIterator<'static, (name!(id, i32), name!(relevance, f64))> {
    let asked = Asked {
        words: words.map(strings).unwrap_or_default(),
        vector: question_embedding.map(|numbers| stored(&numbers)),
        categories: of_categories.map(strings),
        tags: of_tags.map(strings),
        not_from: not_from.map(str::to_owned),
        at_most: at_most.unwrap_or_default().max(0) as usize,
    };
    let scopes = scopes_of(memories, vectors.filter(|_| asked.vector.is_some()), scopes, now);
    let answers = of_scopes(scopes, |memories| answering::answers(memories, &asked));
    TableIterator::new(answers.into_iter().map(|answer| (answer.id, answer.relevance)))
}

/// What makes up the scores of these memories: for each that answers, a row for each word that counts, and one without a word
/// for its vector.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity, reason = "a row of six columns")]
fn parts_of_answers(
    memories: Option<pg_sys::Oid>,
    vectors: Option<pg_sys::Oid>,
    scopes: Option<Array<'_, &str>>,
    words: Option<Array<'_, &str>>,
    question_embedding: Option<Array<'_, f64>>,
    now: Option<Timestamp>,
    memory_ids: Option<Array<'_, i32>>,
) -> TableIterator<
    'static,
    (
        name!(memory_id, i32),
        name!(word, Option<i32>),
        name!(times, Option<i32>),
        name!(lent_by, Option<i32>),
        name!(amount, f64),
        name!(counts, f64),
    ),
> {
    let words = words.map(strings).unwrap_or_default();
    let memory_ids = memory_ids.map(|ids| plain(&ids)).unwrap_or_default();
    let vector = question_embedding.map(|numbers| stored(&numbers));
    let scopes = scopes_of(memories, vectors.filter(|_| vector.is_some()), scopes, now);
    let rows = of_scopes(scopes, |memories| {
        let documents: Vec<Document> = memories.documents(&memory_ids).into_iter().flatten().collect();
        let parts = answering::parts(memories, &words, vector.as_deref(), &documents);
        let named = documents.iter().copied().chain(parts.iter().filter_map(|(_, part)| part.lender)).collect();
        let ids = Ids::of(memories, named);
        let row = |(document, part): (Document, scoring::Part)| {
            let lent_by = part.lender.and_then(|lender| ids.of_document(lender));
            Some((ids.of_document(document)?, part.word, part.times, lent_by, part.amount, part.counts))
        };
        parts.into_iter().filter_map(row).collect::<Vec<_>>()
    });
    TableIterator::new(rows)
}

/// How many memories of each of the scopes are active and not expired.
#[pg_extern(sql = false)]
fn counts_of_memories(memories: pg_sys::Oid, scopes: Array<'_, &str>, now: Timestamp) -> Vec<i32> {
    let users = strings(scopes);
    let scopes = Scopes { table: memories, vectors: None, users: users.clone(), now: now.into_inner() };
    of_scopes(scopes, |memories| users.iter().map(|user| memories.count_of(user) as i32).collect())
}

/// Whether a memory of the scopes holds one of the words.
#[pg_extern(sql = false)]
fn any_holds(memories: pg_sys::Oid, scopes: Array<'_, &str>, words: Array<'_, &str>, now: Timestamp) -> bool {
    let words = strings(words);
    let scopes = Scopes { table: memories, vectors: None, users: strings(scopes), now: now.into_inner() };
    !words.is_empty() && of_scopes(scopes, |memories| answering::any_holds(memories, &words))
}

fn scopes_of(
    memories: Option<pg_sys::Oid>,
    vectors: Option<pg_sys::Oid>,
    scopes: Option<Array<'_, &str>>,
    now: Option<Timestamp>,
) -> Scopes {
    Scopes {
        vectors,
        table: memories.unwrap_or(pg_sys::InvalidOid),
        users: scopes.map(strings).unwrap_or_default(),
        now: now.map(Timestamp::into_inner).unwrap_or_default(),
    }
}

/// Nulls are nobody's id and no word.
fn strings(array: Array<'_, &str>) -> Vec<String> {
    cancellable(array.iter()).flatten().map(str::to_owned).collect()
}

/// The ids of some documents, by document.
struct Ids(Vec<(Document, i32)>);

impl Ids {
    fn of(memories: &mut dyn Memories, mut documents: Vec<Document>) -> Self {
        documents.sort_unstable();
        documents.dedup();
        Self(memories.rows(&documents).into_iter().map(|row| (row.document, row.id)).collect())
    }

    fn of_document(&self, document: Document) -> Option<i32> {
        self.0.binary_search_by_key(&document, |(document, _)| *document).ok().map(|place| self.0[place].1)
    }
}
