//! How well a memory answers a question by its words: BM25 (Robertson and Zaragoza, "The Probabilistic Relevance
//! Framework: BM25 and Beyond", 2009), with the inverse document frequency of Lucene, which is never negative.
//!
//! The length of a memory is not discounted (b = 0 in BM25's terms). Memories are statements, most of them short, and
//! the discount loses: on the development conversations it costs 1.3 points of recall in the first ten at b = 0.4.

use std::collections::HashMap;

use pgrx::prelude::*;

use crate::keys::{MOST_TIMES, MOST_WORDS};

/// How soon a word that is repeated stops to count more.
const K1: f64 = 0.9;

/// What the relevance without a question, which is 10 at most, counts beside the words: a hundredth. So it decides
/// between memories that answer alike; a word that half of the memories hold counts 0.7.
const STANDINGS_SHARE: f64 = 0.01;

/// How much it says that a memory holds a word which `holding` of the `total` memories of the scope hold.
fn inverse_document_frequency(total: i64, holding: i64) -> f64 {
    let (total, holding) = (total as f64, holding as f64);
    (1.0 + (total - holding + 0.5) / (holding + 0.5)).ln()
}

/// What a word counts, relative to its weight, that occurs so often: 1 for once, 1.31 for twice, 1.46 from three times on.
fn saturated(times: usize) -> f64 {
    let times = times as f64;
    times * (K1 + 1.0) / (times + K1)
}

/// How often each word of the question occurs in a memory, as far as it counts.
type Times = [u8; MOST_WORDS];

/// What a word counts in a memory that holds it so many times.
type Parts = [f64; MOST_TIMES + 1];

/// The memories of a scope that hold words of a question.
struct Hits {
    /// One for each word up to the last that some memory holds.
    parts: Vec<Parts>,
    times: HashMap<i32, Times>,
}

impl Hits {
    /// `ids` and `places` come in pairs: that a memory holds a word for the n-th time has the place
    /// `3 * word + n - 1`, counted from 0. `total` is the number of memories of the scope. All hits say how many hold
    /// a word; the memories themselves are kept where `keep` says so.
    fn new(ids: &[i32], places: &[i32], total: i64, keep: impl Fn(i32) -> bool) -> Self {
        let mut holding = [0_i64; MOST_WORDS];
        let mut times: HashMap<i32, Times> = HashMap::new();
        for (id, place) in ids.iter().zip(places) {
            let (word, time) = (*place as usize / MOST_TIMES, *place as usize % MOST_TIMES);
            if word >= MOST_WORDS {
                continue;
            }
            holding[word] += i64::from(time == 0);
            if keep(*id) {
                let times = times.entry(*id).or_default();
                times[word] = times[word].max(time as u8 + 1);
            }
        }
        let words = holding.iter().rposition(|holding| *holding > 0).map_or(0, |last| last + 1);
        let parts = |holding: &i64| {
            let weight = inverse_document_frequency(total, *holding);
            std::array::from_fn(|times| weight * saturated(times))
        };
        Self { parts: holding[..words].iter().map(parts).collect(), times }
    }

    /// The BM25 score of a memory by its own words.
    fn score(&self, times: &Times) -> f64 {
        self.parts.iter().zip(times).map(|(parts, times)| parts[usize::from(*times)]).sum()
    }

    /// The memories with the best scores, the larger id first of two alike; of the `wanted` ones, if not all are.
    fn best(&self, wanted: Option<&[i32]>, at_most: usize) -> Vec<i32> {
        let mut scored: Vec<(f64, i32)> = match wanted {
            None => self.times.iter().map(|(id, times)| (self.score(times), *id)).collect(),
            Some(wanted) => {
                wanted.iter().filter_map(|id| self.times.get(id).map(|times| (self.score(times), *id))).collect()
            }
        };
        scored.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then(other.1.cmp(&one.1)));
        scored.into_iter().take(at_most).map(|(_, id)| id).collect()
    }

    /// The score of a memory with what the memories around it lend, each given with how far away it is.
    ///
    /// A question and its answer, or a thing and its name, often stand in two messages one after the other. So a word
    /// that a memory lacks counts half if the memory next to it holds it, and a quarter from the one after that. It is
    /// lent word by word: to what a memory holds itself, a neighbour adds nothing.
    fn covered(&self, id: i32, around: &[(i32, i32)]) -> Option<f64> {
        let own = self.times.get(&id)?;
        let lenders: Vec<(&Times, f64)> = around
            .iter()
            .filter_map(|(id, distance)| self.times.get(id).map(|times| (times, 0.5_f64.powi(*distance))))
            .collect();
        let count = |(word, parts): (usize, &Parts)| {
            let part = |times: &Times| parts[usize::from(times[word])];
            lenders.iter().map(|(times, share)| share * part(times)).fold(part(own), f64::max)
        };
        Some(self.parts.iter().enumerate().map(count).sum())
    }
}

/// The memories whose own words answer best; see `Hits`.
#[pg_extern(sql = false)]
fn best_hits(
    ids: Array<'_, i32>,
    places: Array<'_, i32>,
    total: i64,
    wanted: Option<Array<'_, i32>>,
    at_most: i32,
) -> Vec<i32> {
    let (ids, places) = (plain(&ids), plain(&places));
    Hits::new(&ids, &places, total, |_| true).best(wanted.as_ref().map(plain).as_deref(), at_most.max(0) as usize)
}

/// The scores of the best memories and of those around them, with what they lend each other. `ones`, `others` and
/// `distances` say which memories stand how far from each other.
#[pg_extern(sql = false)]
#[allow(clippy::too_many_arguments, reason = "SQL hands a relation over as an array a column")]
fn covered_hits(
    ids: Array<'_, i32>,
    places: Array<'_, i32>,
    total: i64,
    best: Array<'_, i32>,
    ones: Option<Array<'_, i32>>,
    others: Option<Array<'_, i32>>,
    distances: Option<Array<'_, i32>>,
) -> TableIterator<'static, (name!(id, i32), name!(score, f64))> {
    let column = |column: Option<Array<'_, i32>>| column.as_ref().map(plain).unwrap_or_default();
    let (ones, others, distances) = (column(ones), column(others), column(distances));
    let mut around: HashMap<i32, Vec<(i32, i32)>> = plain(&best).into_iter().map(|id| (id, Vec::new())).collect();
    for ((one, other), distance) in ones.iter().zip(&others).zip(&distances) {
        around.entry(*one).or_default().push((*other, *distance));
        around.entry(*other).or_default().push((*one, *distance));
    }
    let hits = Hits::new(&plain(&ids), &plain(&places), total, |id| around.contains_key(&id));
    let scores: Vec<(i32, f64)> =
        around.iter().filter_map(|(id, around)| hits.covered(*id, around).map(|score| (*id, score))).collect();
    TableIterator::new(scores)
}

/// An array's numbers; homer's own statements put no null among them.
fn plain(numbers: &Array<'_, i32>) -> Vec<i32> {
    numbers.iter().flatten().collect()
}

/// The relevance to a question: what the words count, and a little of `standing`, the relevance without a question.
#[pg_extern(sql = false)]
fn total_score(words: f64, standing: f64) -> f64 {
    // A memory from the far future has an infinite standing.
    words + STANDINGS_SHARE * standing.min(10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rarer_word_says_more() {
        // ln(1 + (100 - 1 + 0.5) / 1.5), and a word that all hold still says a little.
        assert!((inverse_document_frequency(100, 1) - 4.209_655).abs() < 1e-6);
        assert!(inverse_document_frequency(100, 50) < inverse_document_frequency(100, 49));
        assert!(inverse_document_frequency(100, 100) > 0.0);
    }

    #[test]
    fn repetition_counts_less_and_less() {
        assert_eq!(saturated(0), 0.0);
        assert!((saturated(1) - 1.0).abs() < 1e-12);
        assert!(saturated(2) - saturated(1) < 0.5);
        assert!(saturated(3) - saturated(2) < saturated(2) - saturated(1));
    }

    /// Of ten memories, 1 holds the first word twice, 2 holds both, 3 the second, 4 the second.
    fn hits() -> Hits {
        Hits::new(&[1, 1, 2, 2, 3, 4], &[0, 1, 0, 3, 3, 3], 10, |_| true)
    }

    #[test]
    fn hits_are_counted_by_word_and_time() {
        let hits = hits();
        assert_eq!(hits.times[&1][..2], [2, 0]);
        assert_eq!(hits.times[&2][..2], [1, 1]);
        assert_eq!(hits.parts.len(), 2);
        assert_eq!(hits.parts[0][1], inverse_document_frequency(10, 2));
        assert_eq!(hits.parts[1][1], inverse_document_frequency(10, 3));
        assert_eq!(hits.parts[1][0], 0.0);
    }

    #[test]
    fn memories_that_are_not_kept_still_say_how_many_hold_a_word() {
        let kept = Hits::new(&[1, 1, 2, 2, 3, 4], &[0, 1, 0, 3, 3, 3], 10, |id| id == 3);
        assert_eq!(kept.times.keys().collect::<Vec<_>>(), [&3]);
        assert_eq!(kept.covered(3, &[]), hits().covered(3, &[]));
    }

    #[test]
    fn the_best_come_first_and_of_two_alike_the_larger_id() {
        assert_eq!(hits().best(None, 10), [2, 1, 4, 3]);
        assert_eq!(hits().best(None, 2), [2, 1]);
        assert_eq!(hits().best(Some(&[3, 4, 99]), 10), [4, 3]);
    }

    #[test]
    fn a_neighbour_lends_what_a_memory_lacks_and_adds_to_nothing_it_has() {
        let hits = hits();
        let (first, second) = (hits.parts[0][1], hits.parts[1][1]);
        assert_eq!(hits.covered(3, &[]), Some(second));
        assert_eq!(hits.covered(3, &[(2, 1)]), Some(first / 2.0 + second), "half from the next one");
        assert_eq!(hits.covered(3, &[(2, 2)]), Some(first / 4.0 + second), "a quarter from the one after");
        assert_eq!(hits.covered(3, &[(4, 1)]), Some(second), "it has that word itself");
        assert_eq!(hits.covered(3, &[(2, 1), (2, 1)]), Some(first / 2.0 + second), "lent once");
        assert_eq!(hits.covered(99, &[(2, 1)]), None, "no answer without a word of its own");
    }
}
