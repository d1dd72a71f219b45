//! How the benchmarks measure: two things in turns within one run, so that what slows the machine slows both, and the
//! median of each, so that a hiccup counts once.

use std::time::Instant;

/// The median of what one call takes, in microseconds.
pub fn median(mut microseconds: Vec<f64>) -> f64 {
    microseconds.sort_by(f64::total_cmp);
    microseconds[microseconds.len() / 2]
}

/// How long one call takes, in microseconds.
pub fn microseconds(call: impl FnOnce()) -> f64 {
    let began = Instant::now();
    call();
    began.elapsed().as_secs_f64() * 1e6
}

/// The medians of two calls that take turns, in microseconds. The first tenth of the rounds warms up and is dropped.
pub fn in_turns(rounds: usize, mut one: impl FnMut(usize), mut other: impl FnMut(usize)) -> (f64, f64) {
    let both: Vec<_> = (0..rounds).map(|n| (microseconds(|| one(n)), microseconds(|| other(n)))).collect();
    let (ones, others) = both[rounds / 10..].iter().copied().unzip();
    (median(ones), median(others))
}
