//! How well memories answer a question: `homer_ranking::scoring`. SQL hands a relation over as an array a column.

use homer_ranking::scoring::{self, ALL, Cosines, Question, Scored, Wanted};
use pgrx::prelude::*;

use crate::vectors::plain;

/// That these memories hold what stands at a place of the question, as bytes for the functions below.
#[pg_extern(sql = false)]
fn pack_hits(place: i32, ids: Array<'_, i32>) -> Vec<u8> {
    scoring::pack_hits(place, ids.as_slice().unwrap_or_default())
}

/// The memories that hits are of, each once.
#[pg_extern(sql = false)]
fn memories_of_hits(hits: &[u8]) -> Vec<i32> {
    scoring::memories_of_hits(hits)
}

fn scores(scored: Vec<Scored>) -> TableIterator<'static, (name!(id, i32), name!(score, f64))> {
    TableIterator::new(scored.into_iter().map(|memory| (memory.id, memory.score)))
}

/// The scores, by their own words, of all that `hits` are of, best first: for what has no neighbours and no vectors.
#[pg_extern(sql = false)]
fn scored_hits(hits: &[u8], total: i64) -> TableIterator<'static, (name!(id, i32), name!(score, f64))> {
    scores(Question::of(hits, total, None).by_words(&ALL))
}

/// The memories that answer best by what they hold themselves, with their scores, and those that come close: newness and
/// importance can lift them among `at_most`. `hits` say which memories hold which words, `total` is the number of memories in
/// the scope; `ids` and `cosines` are those of the memories with a vector, if the question has one.
#[pg_extern(sql = false)]
fn best_hits(
    hits: Option<&[u8]>,
    total: Option<i64>,
    ids: Option<Array<'_, i32>>,
    cosines: Option<Array<'_, f64>>,
    wanted: Option<Array<'_, i32>>,
    unwanted: Option<Array<'_, i32>>,
    at_most: Option<i32>,
) -> TableIterator<'static, (name!(id, i32), name!(score, f64))> {
    let question = question_of(hits, total, ids, cosines);
    scores(question.best(&wanted_of(wanted, unwanted), at_most.unwrap_or_default().max(0) as usize))
}

/// The scores of the candidates and of the memories around them that answer as well, as far as newness and importance can
/// lift them among the `at_most` best. `around` holds the neighbourhood of each candidate, one after the other.
#[pg_extern(sql = false)]
#[allow(clippy::too_many_arguments, reason = "an array a column")]
fn scores_with_neighbours(
    hits: Option<&[u8]>,
    total: Option<i64>,
    ids: Option<Array<'_, i32>>,
    cosines: Option<Array<'_, f64>>,
    wanted: Option<Array<'_, i32>>,
    unwanted: Option<Array<'_, i32>>,
    around: Option<Array<'_, i32>>,
    at_most: Option<i32>,
) -> TableIterator<'static, (name!(id, i32), name!(score, f64))> {
    let question = question_of(hits, total, ids, cosines);
    let around = around.map(|around| plain(&around)).unwrap_or_default();
    let at_most = at_most.unwrap_or_default().max(1) as usize;
    scores(question.best_with_neighbours(&wanted_of(wanted, unwanted), &around, at_most))
}

/// What makes up the score of a memory: a row for each word that counts, and one without a word for its vector. `around`
/// holds its neighbourhood.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity, reason = "a row of five columns")]
fn parts_of_score(
    hits: Option<&[u8]>,
    total: Option<i64>,
    ids: Option<Array<'_, i32>>,
    cosines: Option<Array<'_, f64>>,
    around: Option<Array<'_, i32>>,
) -> TableIterator<
    'static,
    (
        name!(word, Option<i32>),
        name!(times, Option<i32>),
        name!(lender, Option<i32>),
        name!(amount, f64),
        name!(counts, f64),
    ),
> {
    let question = question_of(hits, total, ids, cosines);
    let parts = question.parts(&around.map(|around| plain(&around)).unwrap_or_default());
    TableIterator::new(parts.into_iter().map(|part| (part.word, part.times, part.lender, part.amount, part.counts)))
}

/// Without hits, about nothing.
fn question_of(
    hits: Option<&[u8]>,
    total: Option<i64>,
    ids: Option<Array<'_, i32>>,
    cosines: Option<Array<'_, f64>>,
) -> Question {
    let cosines = ids.zip(cosines).map(|(ids, cosines)| Cosines::new(&plain(&ids), &plain(&cosines)));
    Question::of(hits.unwrap_or_default(), total.unwrap_or_default(), cosines)
}

fn wanted_of(wanted: Option<Array<'_, i32>>, unwanted: Option<Array<'_, i32>>) -> Wanted {
    Wanted::new(wanted.map(|ids| plain(&ids)), unwanted.map(|ids| plain(&ids)))
}
