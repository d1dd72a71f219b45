//! The memories that answer best by their words, of which only those are read that newness and importance can make the best.
//!
//! A word that a fifth of the memories hold leaves thousands that answer alike. Reading what each of them is worth without a
//! question takes longer than all else, while those that are worth most stand first in an order that is known. So this is the
//! threshold algorithm (Fagin, Lotem and Naor, "Optimal Aggregation Algorithms for Middleware", 2003): that order is walked until
//! what stands behind cannot be among the best, or so far that reading those that still can costs no more.

use crate::answering::{Answer, Memories, best_of, lifted};
use crate::largest::Largest;
use crate::scoring::{Document, Question, Scored, Wanted, factor};

/// So few are read without further ado: it takes no longer than to begin the walk.
const FEW: usize = 128;

/// So many are visited between two looks at how many are left.
const BETWEEN_LOOKS: usize = 32;

/// The `at_most` documents that answer best by the words that they hold themselves, newness and importance, best first.
pub fn best(memories: &mut dyn Memories, question: &Question, wanted: &Wanted, at_most: usize) -> Vec<Answer> {
    let contenders = question.best(wanted, at_most);
    if contenders.len() <= FEW.max(at_most) {
        return lifted(memories, &contenders, at_most);
    }
    let Walked { mut found, others } = walk(memories, question, wanted, &contenders, at_most);
    // What is to come is worth less than the order says, so that the best are known only once they are read.
    found.sort_unstable_by(|(_, one), (_, other)| other.total_cmp(one));
    let (first, rest) = found.split_at(found.len().min(FEW.max(at_most)));
    let first: Vec<Scored> = first.iter().map(|(scored, _)| *scored).collect();
    let answers = lifted(memories, &first, at_most);
    let least = if answers.len() < at_most { 0.0 } else { answers.last().map_or(0.0, |last| last.relevance) };

    let mut is_found: Vec<Document> = found.iter().map(|(scored, _)| scored.document).collect();
    is_found.sort_unstable();
    let factor_of_others = factor(others);
    let unseen = contenders.iter().filter(|scored| scored.score * factor_of_others >= least);
    let unseen = unseen.filter(|scored| is_found.binary_search(&scored.document).is_err());
    let rest = rest.iter().take_while(|(_, most)| *most >= least).map(|(scored, _)| scored);
    let more: Vec<Scored> = rest.chain(unseen).copied().collect();
    best_of([answers, lifted(memories, &more, at_most)].concat(), at_most)
}

struct Walked {
    /// Contenders, and the most that newness and importance make of the score of each.
    found: Vec<(Scored, f64)>,
    /// The most that the relevance of any other can be without a question.
    others: f64,
}

fn walk(
    memories: &mut dyn Memories,
    question: &Question,
    wanted: &Wanted,
    contenders: &[Scored],
    at_most: usize,
) -> Walked {
    let least_score = contenders.iter().map(|scored| scored.score).fold(f64::INFINITY, f64::min);
    let mut walked = Walked { found: Vec::new(), others: f64::INFINITY };
    let mut best = Largest::new(at_most);
    let (mut visited, mut next_look) = (0, BETWEEN_LOOKS);
    memories.by_relevance(&mut |document, relevance| {
        walked.others = relevance;
        if visited == next_look {
            let (factor, least) = (factor(relevance), best.least());
            let left = |scored: &&Scored| scored.score * factor >= least;
            if contenders.iter().filter(left).count() <= visited {
                return false;
            }
            next_look += visited.max(BETWEEN_LOOKS);
        }
        visited += 1;
        let score = question.own_words(document);
        if score >= least_score && wanted.holds(document) {
            let most = score * factor(relevance);
            walked.found.push((Scored { document, score }, most));
            best.push(most);
        }
        true
    });
    walked
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::written::{Known, Scope, known};

    fn best_of_scope(scope: &mut Scope, at_most: usize) -> Vec<Answer> {
        let (question, wanted) = (scope.question(), scope.wanted());
        best(scope, &question, &wanted, at_most)
    }

    fn best_of_all(scope: &Scope, at_most: usize) -> Vec<Answer> {
        let (question, wanted) = (scope.question(), scope.wanted());
        let answer = |(document, memory): (Document, &Known)| {
            let relevance = question.own_words(document) * factor(memory.relevance);
            Answer { document, id: document as i32 * 10, relevance }
        };
        let all = (0..).zip(&scope.memories).map(answer);
        best_of(all.filter(|answer| answer.relevance > 0.0 && wanted.holds(answer.document)).collect(), at_most)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 100 } else { 2_000 }))]

        #[test]
        fn the_best_are_those_of_a_search_through_all(
            memories in prop::collection::vec(known(), 0..1_500),
            (at_most, is_ordered, is_filtered) in (0_usize..30, prop::bool::weighted(0.9), any::<bool>()),
        ) {
            let mut scope = Scope { is_filtered, is_ordered, ..Scope::new(memories) };
            prop_assert_eq!(best_of_scope(&mut scope, at_most), best_of_all(&scope, at_most));
        }
    }

    /// 20,000 of which every fifth holds the word, the more relevant the later, or the earlier.
    fn ranked(relevance: impl Fn(u32) -> f64) -> Scope {
        let memory = |place: u32| Known {
            is_wanted: true,
            times: u8::from(place.is_multiple_of(5)),
            has_other: false,
            relevance: relevance(place),
            above: 0.0,
            vectors: Vec::new(),
        };
        Scope::new((0..20_000).map(memory).collect())
    }

    #[test]
    fn of_ever_so_many_alike_few_are_read_and_none_is_missed() {
        for sign in [1.0, -1.0] {
            let mut scope = ranked(|place| 5.0 + sign * f64::from(place) / 5_000.0);
            assert_eq!(best_of_scope(&mut scope, 10), best_of_all(&scope, 10));
            assert!(scope.rows_read < 100, "{} read", scope.rows_read);
        }
    }

    #[test]
    fn where_the_most_relevant_do_not_answer_no_more_are_read_than_answer() {
        let mut scope = ranked(|place| if place.is_multiple_of(5) { f64::from(place) / 20_000.0 } else { 9.0 });
        assert_eq!(best_of_scope(&mut scope, 10), best_of_all(&scope, 10));
        assert!(scope.rows_read <= 4_000, "{} read", scope.rows_read);
    }
}
