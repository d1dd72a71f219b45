//! Codes of vectors: 104 bytes instead of 1,536 for 384 numbers, from which the cosine with the vector of a question is estimated,
//! and how far off the estimate may be.
//!
//! This is RaBitQ (Gao and Long, "RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical Error Bound for Approximate
//! Nearest Neighbor Search", SIGMOD 2024), with two bits a number, and without a centre, which would have to be known before the
//! first vector is stored. A vector is rotated at random, so that its numbers are about normal whatever it was, and each is rounded
//! to one of four steps. Where `o` is the vector, `y` what it is rounded to, and `q` the question, all of length 1,
//! `<y, q> / <y, o>` is `<o, q>` but for the part of `q` that is at right angles to `o`, of which `y` sees a random direction: the
//! error has mean 0 and the standard deviation `sqrt((1 - <y, o>^2) / <y, o>^2 / (d - 1)) * sqrt(1 - <o, q>^2)`.
//!
//! Of 100,000 vectors of 384 numbers, each two real ones and a third of noise, the ten nearest of 200 questions were among the 200
//! best by code, and within four standard errors of the tenth there were 205 on average. With one bit a number there were 1,990; a
//! centre would leave 130. With 10,000 vectors of 1,536 numbers there were 35.
//!
//! Codes are stored, in an index: a change of anything here makes it necessary to build that anew.

use crate::vectors::inner_product;

/// Longer vectors get one bit a number: an entry of a B-tree holds 2,700 bytes.
const MOST_WITH_TWO_BITS: usize = 8_000;

/// How often a vector is mixed. Where a single number is not 0, it takes three times until all others have their share.
const ROUNDS: usize = 4;

/// From this many standard deviations on a number is rounded to the outer step: the best for normal numbers (Max, "Quantizing for
/// Minimum Distortion", 1960).
const OUTER: f32 = 0.98;

/// The bits of a number of the question. With eight the error is a twentieth smaller.
const PLANES: usize = 4;

/// The largest number of the question as it is rounded.
const LARGEST: f32 = 7.0;

/// The bits of 64 numbers.
type Word = u64;
type Bytes = [u8; size_of::<Word>()];
const BITS: usize = Word::BITS as usize;

/// The bytes of a code before its bits.
const HEAD: usize = 8;

/// The code of a vector: two 4-byte floats, which are `1 / <y, o>` and the standard deviation of a right angle, the bits of the
/// signs, and those of the steps. The same vector has the same code on every machine. A vector without a direction has none.
pub fn code_of(embedding: &[f32]) -> Vec<u8> {
    let rotated = rotated(embedding);
    let dimensions = rotated.len();
    let outer = OUTER / (dimensions as f32).sqrt();
    let steps: Vec<f32> = rotated.iter().map(|number| step(*number, outer, dimensions)).collect();
    let product = inner_product(&rotated, &steps);
    let alignment = product / square_of(&steps).sqrt();
    if alignment.is_nan() || alignment <= 0.0 {
        return Vec::new();
    }
    let spread = (1.0 / (alignment * alignment) - 1.0).max(0.0) / dimensions.saturating_sub(1).max(1) as f64;
    let mut code = Vec::with_capacity(length_of_code(dimensions));
    code.extend(((1.0 / product) as f32).to_le_bytes());
    code.extend((spread.sqrt() as f32).to_le_bytes());
    code.extend(packed(&steps, |step| step > 0.0));
    if bits_of_a_number(dimensions) == 2 {
        // With the bit of the sign counting twice, the four steps are 0, 1, 2 and 3, less 1.5.
        code.extend(packed(&steps, |step| step == 1.5 || step == -0.5));
    }
    code
}

fn bits_of_a_number(dimensions: usize) -> usize {
    if dimensions <= MOST_WITH_TWO_BITS { 2 } else { 1 }
}

fn words(dimensions: usize) -> usize {
    dimensions.div_ceil(BITS)
}

fn length_of_code(dimensions: usize) -> usize {
    HEAD + bits_of_a_number(dimensions) * words(dimensions) * size_of::<Word>()
}

/// What a number is rounded to. With one bit it is -0.5 or 0.5.
fn step(number: f32, outer: f32, dimensions: usize) -> f32 {
    let size = if bits_of_a_number(dimensions) == 2 && number.abs() > outer { 1.5 } else { 0.5 };
    if number < 0.0 { -size } else { size }
}

/// The inner product of steps with themselves, each 0.25 or 2.25, which a count says exactly and sooner.
fn square_of(steps: &[f32]) -> f64 {
    let outer: u32 = steps.iter().map(|step| u32::from(step.abs() > 1.0)).sum();
    0.25 * steps.len() as f64 + 2.0 * f64::from(outer)
}

/// Flags as bits, the first of each eight the lowest, with zeros to the end of the last word.
fn packed(steps: &[f32], flag: impl Fn(f32) -> bool) -> impl Iterator<Item = u8> {
    let word = move |steps: &[f32]| steps.iter().rev().fold(0, |word: Word, step| word << 1 | Word::from(flag(*step)));
    steps.chunks(BITS).map(word).flat_map(Word::to_le_bytes)
}

/// A vector made one of length 1 and rotated, by its number of dimensions alone.
///
/// Signs at random and a Hadamard transform, by turns of the first and of the last numbers of which there are a power of two, and
/// where these are not all, the halves are turned against each other (as in the library of RaBitQ's authors).
fn rotated(embedding: &[f32]) -> Vec<f32> {
    let length = inner_product(embedding, embedding).sqrt();
    let mut numbers: Vec<f32> = embedding.iter().map(|number| (f64::from(*number) / length) as f32).collect();
    let dimensions = numbers.len();
    let block = if dimensions == 0 { 0 } else { 1 << dimensions.ilog2() };
    for round in 0..ROUNDS {
        change_signs(&mut numbers, round);
        let from = if round.is_multiple_of(2) { 0 } else { dimensions - block };
        transform(&mut numbers[from..from + block]);
        if block < dimensions {
            let (first, last) = numbers.split_at_mut(dimensions.div_ceil(2));
            turn(first, last, std::f32::consts::FRAC_1_SQRT_2);
        }
    }
    numbers
}

fn change_signs(numbers: &mut [f32], round: usize) {
    for (place, numbers) in numbers.chunks_mut(BITS).enumerate() {
        let signs = random(((round as u64) << 32) + place as u64);
        for (place, number) in numbers.iter_mut().enumerate() {
            *number = f32::from_bits(number.to_bits() ^ ((signs >> place & 1) as u32) << 31);
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014) at this place of its sequence.
fn random(place: u64) -> u64 {
    let mut bits = place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

/// The Hadamard transform of a power of two of numbers, which keeps the length.
fn transform(numbers: &mut [f32]) {
    let (fours, rest) = numbers.as_chunks_mut();
    let mut half = if rest.is_empty() {
        fours.iter_mut().for_each(transform_four);
        4
    } else {
        1
    };
    while half < numbers.len() {
        for pair in numbers.chunks_exact_mut(2 * half) {
            let (first, last) = pair.split_at_mut(half);
            turn(first, last, 1.0);
        }
        half *= 2;
    }
    let scale = 1.0 / (numbers.len() as f32).sqrt();
    numbers.iter_mut().for_each(|number| *number *= scale);
}

/// The first two turns of a transform, four numbers at a time: a loop over one or two of them takes longer than turning them.
fn transform_four(numbers: &mut [f32; 4]) {
    let [a, b, c, d] = *numbers;
    let [a, b, c, d] = [a + b, a - b, c + d, c - d];
    *numbers = [a + c, b + d, a - c, b - d];
}

/// The sums and the differences of two rows of numbers in their place.
fn turn(first: &mut [f32], last: &mut [f32], scale: f32) {
    for (one, other) in first.iter_mut().zip(last) {
        (*one, *other) = ((*one + *other) * scale, (*one - *other) * scale);
    }
}

/// The vector of a question, as codes are compared with it.
pub struct CodedQuestion {
    /// Of each 64 numbers the four bits, the lowest first.
    words: Vec<[Word; PLANES]>,
    length_of_code: usize,
    /// Half of what a rounded number is to be multiplied by.
    scale: f32,
    /// Half the sum of the rounded numbers, of two bits three halves: what the steps lie below the numbers that their bits say.
    below: i64,
    /// The variance of rounding, which is a twelfth a number, and what of it is the share of the numbers at right angles to the vector.
    rounding: f32,
    rounding_aside: f32,
}

/// A cosine by code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub cosine: f32,
    /// The standard error, where the cosine is what it is estimated to be or more.
    pub error: f32,
}

impl CodedQuestion {
    /// Nothing for a vector without a direction.
    pub fn new(embedding: &[f32]) -> Option<Self> {
        let rotated = rotated(embedding);
        let largest = rotated.iter().fold(0.0, |largest, number| number.abs().max(largest));
        (largest > 0.0 && largest.is_finite()).then(|| Self::of(&rotated, largest / LARGEST))
    }

    fn of(rotated: &[f32], scale: f32) -> Self {
        let rounded: Vec<i64> = rotated.iter().map(|number| (number / scale).round() as i64).collect();
        let word = |numbers: &[i64]| {
            let plane = |plane| numbers.iter().rev().fold(0, |word, number| word << 1 | (number >> plane & 1) as Word);
            std::array::from_fn(plane)
        };
        let dimensions = rotated.len();
        let steps = (1 << bits_of_a_number(dimensions)) - 1;
        let rounding = scale.powi(2) / 12.0;
        Self {
            words: rounded.chunks(BITS).map(word).collect(),
            length_of_code: length_of_code(dimensions),
            scale: scale / 2.0,
            below: steps * rounded.iter().sum::<i64>(),
            rounding,
            rounding_aside: rounding * (dimensions as f32 - 1.0),
        }
    }

    /// The cosine with the vector of a code; nothing where it is of another length.
    pub fn estimate(&self, code: &[u8]) -> Option<Estimate> {
        if code.len() != self.length_of_code {
            return None;
        }
        let (head, bits) = code.split_at(HEAD);
        let [factor, spread] = [&head[..4], &head[4..]].map(|bytes| bytes.try_into().map_or(0.0, f32::from_le_bytes));
        let (signs, upper) = bits.as_chunks().0.split_at(self.words.len());
        let cosine = ((self.product(signs, upper) - self.below) as f32 * self.scale * factor).clamp(-1.0, 1.0);
        let right_angle = 1.0 - cosine.max(0.0).powi(2);
        // That of rounding grows by 1 / <y, o>, as all that is measured along y.
        let variance = spread.powi(2) * (right_angle + self.rounding_aside) + self.rounding;
        Some(Estimate { cosine, error: variance.sqrt() })
    }

    /// The inner product of the rounded numbers with twice the steps, counted from the lowest.
    fn product(&self, signs: &[Bytes], upper: &[Bytes]) -> i64 {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::is_x86_feature_detected as has;
            if has!("avx512vpopcntdq") && has!("avx512vl") {
                // SAFETY: the processor has these instructions.
                return unsafe { counted_by_eight(&self.words, signs, upper) };
            }
            if has!("popcnt") {
                // SAFETY: the processor has this instruction.
                return unsafe { counted_by_one(&self.words, signs, upper) };
            }
        }
        counted(&self.words, signs, upper)
    }
}

/// With the instruction that counts the bits of eight words: a quarter of the time. Processors of the last few years have it.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512vpopcntdq,avx512vl")]
fn counted_by_eight(question: &[[Word; PLANES]], signs: &[Bytes], upper: &[Bytes]) -> i64 {
    counted(question, signs, upper)
}

/// With the instruction that counts those of one: two fifths. All processors of the last fifteen years have it, and a program that is
/// built for all there are does not use it.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt")]
fn counted_by_one(question: &[[Word; PLANES]], signs: &[Bytes], upper: &[Bytes]) -> i64 {
    counted(question, signs, upper)
}

#[inline(always)]
fn counted(question: &[[Word; PLANES]], signs: &[Bytes], upper: &[Bytes]) -> i64 {
    // Of a whole word, so that the four are counted at once where the processor can.
    let mut counts = [0; PLANES];
    let count = |bits: Word| Word::from(bits.count_ones());
    if upper.is_empty() {
        for (signs, question) in signs.iter().zip(question) {
            let signs = Word::from_le_bytes(*signs);
            counts = std::array::from_fn(|plane| counts[plane] + 2 * count(signs & question[plane]));
        }
    }
    for ((signs, upper), question) in signs.iter().zip(upper).zip(question) {
        let (signs, upper) = (Word::from_le_bytes(*signs), Word::from_le_bytes(*upper));
        let steps = |plane: Word| 4 * count(signs & plane) + 2 * count(upper & plane);
        counts = std::array::from_fn(|plane| counts[plane] + steps(question[plane]));
    }
    let [ones, twos, fours, minus_eights] = counts.map(Word::cast_signed);
    ones + 2 * twos + 4 * fours - 8 * minus_eights
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vectors::{cosine, length_of};

    /// Numbers that are about normal, with the mean 0.
    fn normal(seed: u64, dimensions: usize) -> Vec<f32> {
        let uniform = |place: u64| random(seed << 32 | place) as f32 / u64::MAX as f32 - 0.5;
        (0..dimensions as u64).map(|place| (0..4).map(|term| uniform(4 * place + term)).sum()).collect()
    }

    /// A vector that has about this cosine with another.
    fn beside(one: &[f32], seed: u64, cosine: f32) -> Vec<f32> {
        let noise = normal(seed, one.len());
        let scale = (length_of(one) / length_of(&noise)) as f32 * (1.0 / cosine.powi(2) - 1.0).sqrt();
        one.iter().zip(noise).map(|(one, noise)| one + scale * noise).collect()
    }

    fn exact(one: &[f32], other: &[f32]) -> f64 {
        cosine(one, length_of(one), other, length_of(other))
    }

    fn estimated(vector: &[f32], question: &[f32]) -> Estimate {
        CodedQuestion::new(question).unwrap().estimate(&code_of(vector)).unwrap()
    }

    /// By how many standard errors the estimate is off.
    fn errors_off(vector: &[f32], question: &[f32]) -> f64 {
        let estimate = estimated(vector, question);
        (f64::from(estimate.cosine) - exact(vector, question)) / f64::from(estimate.error)
    }

    #[test]
    fn the_standard_error_is_what_it_says() {
        for (dimensions, with_two_bits) in [(100, true), (384, true), (1536, true), (8_100, false)] {
            assert_eq!(bits_of_a_number(dimensions) == 2, with_two_bits);
            for wanted in [0.05, 0.4, 0.8] {
                let off = |seed| {
                    let question = normal(seed, dimensions);
                    errors_off(&beside(&question, seed + 1_000, wanted), &question)
                };
                let off: Vec<f64> = (0..150).map(off).collect();
                let mean = off.iter().sum::<f64>() / 150.0;
                let deviation = (off.iter().map(|off| (off - mean).powi(2)).sum::<f64>() / 150.0).sqrt();
                let most = off.iter().fold(0.0, |most, off| off.abs().max(most));
                let told = format!("{dimensions} {wanted}: mean {mean:.2}, deviation {deviation:.2}, most {most:.1}");
                assert!(mean.abs() < 0.25 && (0.8..1.2).contains(&deviation) && most < 4.5, "{told}");
            }
        }
    }

    #[test]
    fn a_longer_code_errs_less() {
        let error = |dimensions| {
            let question = normal(1, dimensions);
            estimated(&beside(&question, 2, 0.5), &question).error
        };
        assert!(error(96) < 0.04 && error(384) < 0.02 && error(1536) < 0.01);
        // With one bit a number twice as much.
        assert!(error(MOST_WITH_TWO_BITS + 1) > 1.5 * error(MOST_WITH_TWO_BITS));
    }

    #[test]
    fn a_vector_that_is_far_from_normal_is_estimated_as_well() {
        let only = |place: usize| (0..384).map(|other| f32::from(u8::from(other == place))).collect::<Vec<_>>();
        let steps = |of: usize| {
            (0..384_usize).map(|place| if (place / of).is_multiple_of(2) { 1.0 } else { -1.0 }).collect::<Vec<f32>>()
        };
        let rising = (0..384).map(|place| place as f32).collect();
        let vectors = [only(0), only(200), only(383), vec![1.0; 384], steps(1), steps(64), steps(192), rising];
        for one in &vectors {
            for other in &vectors {
                assert!(errors_off(one, other).abs() < 4.5, "{}", errors_off(one, other));
            }
        }
    }

    #[test]
    fn bits_are_counted_alike_with_and_without_the_instruction() {
        let question = CodedQuestion::new(&normal(1, 500)).unwrap();
        let code = code_of(&normal(2, 500));
        let (signs, upper) = code[HEAD..].as_chunks().0.split_at(question.words.len());
        for upper in [upper, &[]] {
            assert_eq!(question.product(signs, upper), counted(&question.words, signs, upper));
        }
    }

    #[test]
    fn a_code_stays_what_it_is() {
        let hexadecimal = |code: Vec<u8>| code.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(
            hexadecimal(code_of(&[0.25, -1.0, 0.5, 3.0, -0.125])),
            "f2b4e33e55b4c83d11000000000000001f00000000000000"
        );
        let sum = code_of(&normal(1, 1_000)).iter().fold(0, |sum: u64, byte| sum.rotate_left(5) ^ u64::from(*byte));
        assert_eq!(sum, 10_473_704_254_231_349_967);
    }

    #[test]
    fn a_code_fits_an_entry_of_a_b_tree() {
        assert_eq!((1..=16_000).map(length_of_code).max(), Some(2_008));
        assert_eq!(length_of_code(384), 104);
    }

    #[test]
    fn what_has_no_direction_has_no_code() {
        for vector in [&[][..], &[0.0; 3], &[1.0, f32::NAN], &[f32::INFINITY, 0.0]] {
            assert_eq!(code_of(vector), []);
            assert!(CodedQuestion::new(vector).is_none());
        }
    }

    #[test]
    fn vectors_of_any_size_have_codes() {
        for scale in [f32::MAX, 1.0, 1e-40] {
            let vector = [scale, -scale, 0.0, scale];
            assert!((estimated(&vector, &vector).cosine - 1.0).abs() < 0.1, "{scale}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 200 } else { 2_000 }))]

        #[test]
        fn turning_keeps_lengths_and_angles(one in prop::collection::vec(-1.0_f32..1.0, 1..300), seed in 0_u64..1_000) {
            let other = normal(seed, one.len());
            prop_assume!(length_of(&one) > 1e-3);
            let [turned, other_turned] = [&one, &other].map(|vector| rotated(vector));
            prop_assert!((inner_product(&turned, &turned) - 1.0).abs() < 1e-5);
            prop_assert!((inner_product(&turned, &other_turned) - exact(&one, &other)).abs() < 1e-5);
        }

        #[test]
        fn no_estimate_is_far_off(one in prop::collection::vec(-1.0_f32..1.0, 1..700), seed in 0_u64..1_000, share in 0.01_f32..1.0) {
            prop_assume!(length_of(&one) > 1e-3);
            let other = beside(&one, seed, share);
            let off = errors_off(&one, &other);
            prop_assert!(off.abs() < 6.0, "{}", off);
        }

        #[test]
        fn only_a_code_of_the_same_length_is_compared(code in prop::collection::vec(any::<u8>(), 0..60), dimensions in 1_usize..100) {
            let estimate = CodedQuestion::new(&normal(1, dimensions)).unwrap().estimate(&code);
            prop_assert_eq!(estimate.is_some(), code.len() == length_of_code(dimensions));
        }
    }
}
