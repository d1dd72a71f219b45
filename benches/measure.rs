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

/// Prints what two medians are and how the first stands to the second.
pub fn report(what: &str, one: f64, other: f64) {
    println!("  {what:<62} {one:11.1} / {other:9.1} us   ratio {:8.2}", one / other);
}

/// Keeps figures in target/bench for the picture that is drawn from them.
pub fn keep(name: &str, figures: &str) {
    let folder = homer_tests::clone().join("target/bench");
    std::fs::create_dir_all(&folder).expect("target can be written to");
    std::fs::write(folder.join(name), figures).expect("target can be written to");
}
