//! Vectors of memories: how long they are, and how close.

/// The length of a vector: the root of the sum of its squares.
pub fn length_of(embedding: &[f32]) -> f64 {
    inner_product(embedding, embedding).sqrt()
}

/// The inner product to 8-byte floats, in eight sums that the processor adds side by side, always the same ones.
pub fn inner_product(one: &[f32], other: &[f32]) -> f64 {
    const LANES: usize = 8;
    let (one, one_rest) = one.as_chunks::<LANES>();
    let (other, other_rest) = other.as_chunks::<LANES>();
    let product = |one: &f32, other: &f32| f64::from(*one) * f64::from(*other);
    let mut sums = [0.0; LANES];
    for (one, other) in one.iter().zip(other) {
        sums = std::array::from_fn(|lane| sums[lane] + product(&one[lane], &other[lane]));
    }
    let rest: f64 = one_rest.iter().zip(other_rest).map(|(one, other)| product(one, other)).sum();
    sums.iter().sum::<f64>() + rest
}

/// The cosine of two vectors whose lengths are known; NaN where they are not equally long.
pub fn cosine(embedding: &[f32], length: f64, question: &[f32], length_of_question: f64) -> f64 {
    if embedding.len() == question.len() {
        f64::from(product(embedding, question)) / (length * length_of_question)
    } else {
        f64::NAN
    }
}

/// The inner product to 4-byte floats, in sixteen sums that the processor adds side by side.
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
}
