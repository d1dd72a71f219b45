//! Vectors of memories: how long they are, how close, and which of them still count.

use homer_interrupts::{cancellable, look};

/// The length of a vector: the root of the sum of its squares.
pub fn length_of(embedding: &[f32]) -> f64 {
    cancellable(embedding.iter()).map(|number| f64::from(*number).powi(2)).sum::<f64>().sqrt()
}

/// The cosine of two vectors whose lengths are known; NaN where they are not equally long.
pub fn cosine(embedding: &[f32], length: f64, question: &[f32], length_of_question: f64) -> f64 {
    if embedding.len() == question.len() {
        f64::from(product(embedding, question)) / (length * length_of_question)
    } else {
        f64::NAN
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

/// The cosines of the vectors stored for the memories `ids`, in their order: NaN for a vector whose memory is not among
/// `live_ids`, or whose `hashes` say that it was made from another text than `live_hashes` say the memory holds.
pub fn current_cosines(
    ids: &[i32],
    cosines: &[f64],
    hashes: &[i64],
    live_ids: &[i32],
    live_hashes: &[i64],
) -> Vec<f64> {
    let live = sorted_pairs(live_ids, live_hashes);
    let is_current = |pair: (i32, i64)| live.binary_search(&pair).is_ok();
    let stored = cancellable(ids.iter().zip(hashes).zip(cosines));
    stored.map(|((id, hash), cosine)| if is_current((*id, *hash)) { *cosine } else { f64::NAN }).collect()
}

fn sorted_pairs(ids: &[i32], hashes: &[i64]) -> Vec<(i32, i64)> {
    let mut pairs: Vec<_> = cancellable(ids.iter().copied().zip(hashes.iter().copied())).collect();
    look();
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_close_by_their_angle() {
        let (east, north) = ([2.0; 20].map(f32::from), {
            let mut north = [0.0_f32; 20];
            north[19] = 1.0;
            north
        });
        assert_eq!(length_of(&north), 1.0);
        assert!((cosine(&east, length_of(&east), &north, 1.0) - 1.0 / 20_f64.sqrt()).abs() < 1e-7);
        assert!(cosine(&east, 1.0, &north[1..], 1.0).is_nan());
    }

    #[test]
    fn a_vector_of_another_text_or_of_no_memory_does_not_count() {
        let counts = current_cosines(&[1, 2, 3], &[0.1, 0.2, 0.3], &[10, 20, 30], &[3, 1], &[31, 10]);
        assert_eq!(counts[0], 0.1);
        assert!(counts[1].is_nan() && counts[2].is_nan());
    }
}
