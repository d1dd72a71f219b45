//! Vectors of memories: `homer_ranking::vectors` and `homer_ranking::codes`.

use homer_interrupts::cancellable;
use homer_ranking::{codes, vectors};
use pgrx::array::{FlatArray, Scalar};
use pgrx::memcx::MemCx;
use pgrx::palloc::PBox;
use pgrx::prelude::*;

use crate::leakproof::hash_of;

/// An array's numbers; homer's own statements put no null among them.
pub fn plain<T: Scalar>(numbers: &Array<'_, T>) -> Vec<T> {
    numbers.as_slice().map(<[T]>::to_vec).unwrap_or_default()
}

/// The length of a vector: the root of the sum of its squares.
#[pg_extern(sql = false)]
fn length_of(embedding: Array<'_, f32>) -> f64 {
    vectors::length_of(embedding.as_slice().unwrap_or_default())
}

/// A vector as it is stored: what is too small for a 4-byte float is 0. Copied at once: number by number takes 10 us of a vector
/// of 384.
#[pg_extern(sql = false)]
fn vector<'m>(numbers: Array<'_, f64>, memory: &MemCx<'m>) -> PBox<'m, FlatArray<'m, f32>> {
    match FlatArray::new_from_slice(&stored(&numbers), memory) {
        Ok(array) => array,
        Err(fault) => error!("a vector of {} numbers cannot be stored: {fault:?}", numbers.len()),
    }
}

pub fn stored(numbers: &Array<'_, f64>) -> Vec<f32> {
    cancellable(plain(numbers).into_iter()).map(|number| number as f32).collect()
}

/// What a vector is compared by first: `homer_ranking::codes`.
#[pg_extern(sql = false)]
fn vector_code(embedding: Array<'_, f32>) -> Vec<u8> {
    codes::code_of(embedding.as_slice().unwrap_or_default())
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
    hash_of_text(user_id, subject, content)
}

pub fn hash_of_text(user_id: Option<&str>, subject: Option<&str>, content: Option<&str>) -> i64 {
    let seed = user_id.map_or(0, |user_id| hash_of(user_id, 1));
    hash_of(content.unwrap_or_default(), hash_of(subject.unwrap_or_default(), seed))
}
