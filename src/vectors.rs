//! Vectors of memories: how long they are, and which of them still count.

use pgrx::array::Scalar;
use pgrx::prelude::*;

use crate::interrupts::{cancellable, look};
use crate::leakproof::hash_of;

/// An array's numbers; homer's own statements put no null among them.
pub fn plain<T: Scalar>(numbers: &Array<'_, T>) -> Vec<T> {
    numbers.as_slice().map(<[T]>::to_vec).unwrap_or_default()
}

/// The length of a vector: the root of the sum of its squares.
#[pg_extern(sql = false)]
fn length_of(embedding: Array<'_, f32>) -> f64 {
    cancellable(plain(&embedding).into_iter()).map(|number| f64::from(number).powi(2)).sum::<f64>().sqrt()
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
        (Ok(embedding), Ok(question)) if embedding.len() == question.len() => {
            f64::from(product(embedding, question)) / (length * length_of_question)
        }
        _ => f64::NAN,
    }
}

/// The inner product, in sixteen sums that the processor adds side by side.
fn product(one: &[f32], other: &[f32]) -> f32 {
    const LANES: usize = 16;
    let (one, one_rest) = one.as_chunks::<LANES>();
    let (other, other_rest) = other.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (one, other) in one.iter().zip(other) {
        for ((sum, one), other) in sums.iter_mut().zip(one).zip(other) {
            *sum += one * other;
        }
    }
    let rest: f32 = one_rest.iter().zip(other_rest).map(|(one, other)| one * other).sum();
    sums.iter().sum::<f32>() + rest
}

/// What a vector is stored with, so that it does not count any more once the text has changed, or whose it is.
#[pg_extern(sql = false)]
fn text_hash(user_id: Option<&str>, subject: Option<&str>, content: Option<&str>) -> i64 {
    let seed = user_id.map_or(0, |user_id| hash_of(user_id, 1));
    hash_of(content.unwrap_or_default(), hash_of(subject.unwrap_or_default(), seed))
}

/// The cosines of the vectors stored for the memories `ids`, in their order: NaN for a vector whose memory is not among
/// `live_ids`, or whose `hashes` say that it was made from another text than `live_hashes` say the memory holds.
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
    let (ids, cosines, hashes) = (plain(&ids), plain(&cosines), plain(&hashes));
    let live = sorted_pairs(&plain(&live_ids), &plain(&live_hashes));
    let is_current = |pair: (i32, i64)| live.binary_search(&pair).is_ok();
    let stored = cancellable(ids.into_iter().zip(hashes).zip(cosines));
    stored.map(|(pair, cosine)| if is_current(pair) { cosine } else { f64::NAN }).collect()
}

fn sorted_pairs(ids: &[i32], hashes: &[i64]) -> Vec<(i32, i64)> {
    let mut pairs: Vec<_> = cancellable(ids.iter().copied().zip(hashes.iter().copied())).collect();
    look();
    pairs.sort_unstable();
    pairs
}
