//! How well memories and files answer a question: `homer_ranking::answering`, on what `memories` reads, and
//! `homer_ranking::hits`, on what SQL reads.

use homer_interrupts::cancellable;
use homer_ranking::answering::{self, Asked, Memories};
use homer_ranking::scoring::Document;
use homer_ranking::{decay, hits, scoring};
use homer_text::keys;
use pgrx::prelude::*;

use crate::memories::{Scopes, of_scopes, standing};
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

/// The memories of the scopes that answer best, and how relevant they are, best first; without a question, the most relevant.
#[pg_extern(sql = false)]
#[allow(clippy::too_many_arguments, reason = "what a question may say, and an array a column")]
fn best_answers(
    memories: Option<pg_sys::Oid>,
    vectors: Option<pg_sys::Oid>,
    scopes: Option<Array<'_, &str>>,
    question: Option<&str>,
    question_embedding: Option<Array<'_, f64>>,
    of_categories: Option<Array<'_, &str>>,
    of_tags: Option<Array<'_, &str>>,
    not_from: Option<&str>,
    now: Option<Timestamp>,
    at_most: Option<i32>,
) -> TableIterator<'static, (name!(id, i32), name!(relevance, f64))> {
    let forms = |categories| {
        cancellable(strings(categories).iter()).map(|category| decay::form(category).into_owned()).collect()
    };
    let (scopes, asked) = asking([memories, vectors], scopes, question, question_embedding, now, at_most);
    let (categories, tags) = (of_categories.map(forms), of_tags.map(strings));
    let asked = Asked { categories, tags, not_from: not_from.map(str::to_owned), ..asked };
    TableIterator::new(best(&scopes, &asked))
}

/// Whether there is a question.
pub fn asks(asked: &Asked) -> bool {
    !asked.words.is_empty() || asked.vector.is_some()
}

/// The ids of the best answers, or without a question of the most relevant memories, and how relevant they are, best first.
pub fn best(scopes: &Scopes, asked: &Asked) -> Vec<(i32, f64)> {
    if asks(asked) {
        let answers = of_scopes(scopes, |memories| answering::answers(memories, asked));
        answers.into_iter().map(|answer| (answer.id, answer.relevance)).collect()
    } else {
        standing::of_scopes(scopes, asked).into_iter().map(|memory| (memory.id, memory.relevance)).collect()
    }
}

/// What makes up the scores of these memories: for each that answers, a row for each word that counts, and one without a word
/// for its vector. Where nothing is asked, a row for each with nothing in it. Of the best so many where no memories are named.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity, clippy::too_many_arguments, reason = "a row of six columns, and an array a column")]
fn parts_of_answers(
    memories: Option<pg_sys::Oid>,
    vectors: Option<pg_sys::Oid>,
    scopes: Option<Array<'_, &str>>,
    question: Option<&str>,
    question_embedding: Option<Array<'_, f64>>,
    now: Option<Timestamp>,
    memory_ids: Option<Array<'_, i32>>,
    at_most: Option<i32>,
) -> TableIterator<
    'static,
    (
        name!(memory_id, i32),
        name!(word, Option<String>),
        name!(times, Option<i32>),
        name!(lent_by, Option<i32>),
        name!(amount, Option<f64>),
        name!(counts, Option<f64>),
    ),
> {
    let (scopes, asked) = asking([memories, vectors], scopes, question, question_embedding, now, at_most);
    let memory_ids = memory_ids.map(|ids| plain(&ids));
    if !asks(&asked) {
        let ids = memory_ids.unwrap_or_else(|| best(&scopes, &asked).into_iter().map(|(id, _)| id).collect());
        return TableIterator::new(ids.into_iter().map(|id| (id, None, None, None, None, None)));
    }
    let word = |place: i32| asked.words.get(place as usize - 1).and_then(|forms| forms.split_whitespace().next());
    let rows = of_scopes(&scopes, |memories| {
        let parts = match memory_ids {
            None => answering::parts_of_best(memories, &asked),
            Some(ids) => {
                let documents: Vec<Document> = memories.documents(&ids).into_iter().flatten().collect();
                answering::parts(memories, &asked.words, asked.vector.as_deref(), &documents)
            }
        };
        let named = |(document, part): &(Document, scoring::Part)| [Some(*document), part.lender];
        let named = parts.iter().flat_map(named).flatten().collect();
        let ids = Ids::of(memories, named);
        let row = |(document, part): (Document, scoring::Part)| {
            let lent_by = part.lender.and_then(|lender| ids.of_document(lender));
            let word = part.word.and_then(word).map(str::to_owned);
            Some((ids.of_document(document)?, word, part.times, lent_by, Some(part.amount), Some(part.counts)))
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
    of_scopes(&scopes, |memories| users.iter().map(|user| memories.count_of(user) as i32).collect())
}

/// The words that a question asks for. One that has none worth searching has its function words, if memories of the scopes hold
/// one of them: Who is Will?
fn words_of(scopes: &Scopes, question: Option<&str>) -> Vec<String> {
    let Some(question) = question else { return Vec::new() };
    let words = keys::question_words(question);
    let names = if words.is_empty() { keys::question_names(question) } else { Vec::new() };
    if !names.is_empty() && of_scopes(scopes, |memories| answering::any_holds(memories, &names)) {
        names
    } else {
        words
    }
}

/// Whose memories are asked, and for what, as far as every function of a question says it; `tables` are those of memories and of
/// vectors.
pub fn asking(
    tables: [Option<pg_sys::Oid>; 2],
    scopes: Option<Array<'_, &str>>,
    question: Option<&str>,
    question_embedding: Option<Array<'_, f64>>,
    now: Option<Timestamp>,
    at_most: Option<i32>,
) -> (Scopes, Asked) {
    let [memories, vectors] = tables;
    let vector = question_embedding.map(|numbers| stored(&numbers));
    let scopes = Scopes {
        vectors: vectors.filter(|_| vector.is_some()),
        table: memories.unwrap_or(pg_sys::InvalidOid),
        users: scopes.map(strings).unwrap_or_default(),
        now: now.map(Timestamp::into_inner).unwrap_or_default(),
    };
    let at_most = at_most.unwrap_or_default().max(0) as usize;
    let asked = Asked { words: words_of(&scopes, question), vector, at_most, ..Asked::default() };
    (scopes, asked)
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
