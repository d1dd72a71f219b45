//! Vectors of memories, and which of them still count: `homer_ranking::vectors`.

use homer_interrupts::cancellable;
use homer_ranking::vectors;
use pgrx::array::Scalar;
use pgrx::prelude::*;

use crate::leakproof::hash_of;

/// An array's numbers; homer's own statements put no null among them.
pub fn plain<T: Scalar>(numbers: &Array<'_, T>) -> Vec<T> {
    numbers.as_slice().map(<[T]>::to_vec).unwrap_or_default()
}

/// The length of a vector: the root of the sum of its squares.
#[pg_extern(sql = false)]
fn length_of(embedding: Array<'_, f32>) -> f64 {
    vectors::length_of(&plain(&embedding))
}

/// A vector as it is stored: what is too small for a 4-byte float is 0.
#[pg_extern(sql = false)]
fn vector(numbers: Array<'_, f64>) -> Vec<f32> {
    cancellable(plain(&numbers).into_iter()).map(|number| number as f32).collect()
}

/// The cosine of two vectors whose lengths are known; NaN where they are not equally long.
#[pg_extern(sql = false)]
fn cosine(embedding: Array<'_, f32>, length: f64, question: Array<'_, f32>, length_of_question: f64) -> f64 {
    match (embedding.as_slice(), question.as_slice()) {
        (Ok(embedding), Ok(question)) => vectors::cosine(embedding, length, question, length_of_question),
        _ => f64::NAN,
    }
}

/// A hash that is stored with a vector: once the memory's text or user has changed, the vector does not count any more.
#[pg_extern(sql = false)]
fn text_hash(user_id: Option<&str>, subject: Option<&str>, content: Option<&str>) -> i64 {
    let seed = user_id.map_or(0, |user_id| hash_of(user_id, 1));
    hash_of(content.unwrap_or_default(), hash_of(subject.unwrap_or_default(), seed))
}

/// The cosines of the vectors stored for the memories `ids`, NaN for one that does not count any more.
///
/// A join by hand: with both sides read in one scan each it takes two fifths of the time of looking every vector up by
/// its memory, and the planner has no choice to make.
#[pg_extern(sql = false)]
fn current_cosines(
    ids: Array<'_, i32>,
    cosines: Array<'_, f64>,
    hashes: Array<'_, i64>,
    live_ids: Array<'_, i32>,
    live_hashes: Array<'_, i64>,
) -> Vec<f64> {
    vectors::current_cosines(&plain(&ids), &plain(&cosines), &plain(&hashes), &plain(&live_ids), &plain(&live_hashes))
}
