//! The memories that answer best by their words and their vector together, of which only those are read that can be among them.
//!
//! What words count is known of all, and of each cosine the most that it can be. So this is the threshold algorithm (Fagin, Lotem
//! and Naor, "Optimal Aggregation Algorithms for Middleware", 2003): both rankings are read from their best on, and what stands
//! behind in both cannot count more than what stands next in each together. Once that is less than what the last of those found
//! counts, they are the best. By codes (`codes`) one cosine of 30,000 is more than the most that it is said to be; everything else
//! is exact.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use homer_interrupts::look;

use crate::answering::{Answer, Memories, Row};
use crate::scoring::{Cosines, Document, Question, Wanted, factor};

/// So many standard errors above its estimate a cosine is at most.
pub const STANDARD_ERRORS: f32 = 4.0;

/// So many are read at a time first, and twice as many each time that does not do, up to the most: together they are found in
/// less time, because they are looked for in the order in which they lie.
const AT_A_TIME: usize = 64;
const MOST_AT_A_TIME: usize = 4_096;

/// So many documents are compared by newness and importance at most, where more answer about equally well: comparing one takes a
/// microsecond.
pub const MOST_CONTENDERS: usize = 10_000;

/// So many of the most relevant without a question are read first, so that less can be made of the score of any other: a tenth of
/// the time in which a question is answered that they make cheaper.
const FOREMOST: usize = 64;

/// So many are compared at a time for the best cosine, which is among the first.
const FEW_AT_A_TIME: usize = 16;

/// A vector that is stored for a memory, and the most that its cosine with the question's can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vector {
    pub memory_id: i32,
    /// Where it is stored, for whoever reads it.
    pub place: u64,
    pub at_most: f32,
}

/// The vectors of a scope's memories. One that was stored anew may be there with the one that it replaced, which is not read.
pub struct Vectors {
    by_memory: Vec<Vector>,
    /// Places among these.
    ranking: Ranking<u32>,
    /// The best cosine there is.
    best: f64,
}

impl Vectors {
    /// Those that the memories have for a question with this vector.
    pub fn of(memories: &mut dyn Memories, question: &[f32]) -> Self {
        let mut by_memory = memories.vectors(question);
        if !by_memory.is_sorted_by_key(|vector| vector.memory_id) {
            look();
            by_memory.sort_by_key(|vector| vector.memory_id);
        }
        let ranking = Ranking::new((0..).zip(&by_memory).map(|(place, vector)| (vector.at_most, place)).collect());
        let mut vectors = Self { by_memory, ranking, best: 0.0 };
        vectors.best = vectors.best_cosine(memories);
        vectors
    }

    fn best_cosine(&mut self, memories: &mut dyn Memories) -> f64 {
        let (mut best, mut read) = (0.0_f64, 0);
        loop {
            let next = self.next(read, FEW_AT_A_TIME, |at_most| at_most > best);
            if next.is_empty() {
                return best;
            }
            read += next.len();
            let documents = documents(memories, &next);
            best = memories.cosines(&documents).into_iter().flatten().fold(best, f64::max);
        }
    }

    /// From a place of the ranking on so many vectors at most, as long as what they are at most is enough.
    fn next(&mut self, from: usize, at_most: usize, is_enough: impl Fn(f64) -> bool) -> Vec<Vector> {
        let next = (from..from + at_most).map_while(|place| self.ranking.at(place));
        let next = next.take_while(|(cosine, _)| is_enough((*cosine).into()));
        next.map(|(_, place)| self.by_memory[place as usize]).collect()
    }

    fn of_memory(&self, id: i32) -> &[Vector] {
        let first = self.by_memory.partition_point(|vector| vector.memory_id < id);
        let rest = &self.by_memory[first..];
        &rest[..rest.iter().take_while(|vector| vector.memory_id == id).count()]
    }

    fn of_rows(&self, rows: &[Row]) -> Vec<(Document, Vector)> {
        let of_row =
            |row: &Row| self.of_memory(row.id).iter().map(|vector| (row.document, *vector)).collect::<Vec<_>>();
        rows.iter().flat_map(of_row).collect()
    }

    /// The cosines of these documents, exactly.
    pub fn cosines(&self, memories: &mut dyn Memories, mut documents: Vec<Document>) -> Cosines {
        documents.sort_unstable();
        documents.dedup();
        let of = self.of_rows(&memories.rows(&documents));
        let cosines = memories.cosines(&of);
        let known = of.iter().zip(cosines).filter_map(|((document, _), cosine)| Some((*document, cosine?)));
        Cosines::new(known, self.best)
    }
}

/// Which documents vectors are of, without those of other memories.
fn documents(memories: &mut dyn Memories, vectors: &[Vector]) -> Vec<(Document, Vector)> {
    let ids: Vec<i32> = vectors.iter().map(|vector| vector.memory_id).collect();
    let documents = memories.documents(&ids).into_iter().zip(vectors);
    documents.filter_map(|(document, vector)| Some((document?, *vector))).collect()
}

/// The `at_most` documents that answer best by what they hold themselves, newness and importance, best first.
pub fn best(
    memories: &mut dyn Memories,
    question: &Question,
    vectors: &mut Vectors,
    wanted: &Wanted,
    at_most: usize,
) -> Vec<Answer> {
    let words = Ranking::new(question.by_own_words(wanted).collect());
    let shares = Shares { of_words: half_of(question.best_words()), of_cosine: half_of(vectors.best) };
    let (foremost, others) = foremost(memories);
    let rows = memories.rows(&foremost);
    let mut is_read = vec![false; memories.count()];
    rows.iter().for_each(|row| is_read[row.document as usize] = true);
    let (most_factor, answers) = (factor(others), BinaryHeap::new());
    let read = 0;
    let mut search = Search { question, vectors, wanted, shares, at_most, words, is_read, read, most_factor, answers };
    match wanted.few(MOST_CONTENDERS) {
        Some(few) => search.read(memories, few),
        None => search.run(memories),
    }
    search.compare(memories, rows);
    search.answers.into_sorted_vec().into_iter().map(|held| held.0).collect()
}

/// The most relevant without a question, a few of them, and how relevant others are at most.
fn foremost(memories: &mut dyn Memories) -> (Vec<Document>, f64) {
    let (mut foremost, mut others) = (Vec::new(), 0.0);
    let is_known = memories.by_relevance(&mut |document, relevance| {
        if foremost.len() == FOREMOST {
            others = relevance;
            return false;
        }
        foremost.push(document);
        true
    });
    (foremost, if is_known { others } else { f64::INFINITY })
}

/// Half, as a share of the best there is.
fn half_of(best: f64) -> f64 {
    if best > 0.0 { 0.5 / best } else { 0.0 }
}

/// What a word and a cosine count in a score.
#[derive(Clone, Copy)]
struct Shares {
    of_words: f64,
    of_cosine: f64,
}

impl Shares {
    /// What points away counts nothing.
    fn score(self, words: f64, cosine: f64) -> f64 {
        self.of_words * words + self.of_cosine * cosine.max(0.0)
    }
}

struct Search<'a> {
    question: &'a Question,
    vectors: &'a mut Vectors,
    wanted: &'a Wanted,
    shares: Shares,
    at_most: usize,
    words: Ranking<Document>,
    is_read: Vec<bool>,
    read: usize,
    /// The most that newness and importance make of the score of one that was not read.
    most_factor: f64,
    /// The best of those that were read, the last of them on top.
    answers: BinaryHeap<LastFirst>,
}

impl Search<'_> {
    fn run(&mut self, memories: &mut dyn Memories) {
        let (mut words_read, mut vectors_read) = (0, 0);
        let mut at_a_time = AT_A_TIME;
        while self.read < MOST_CONTENDERS {
            look();
            let [of_words, words_after] = [0, at_a_time].map(|ahead| self.words_at(words_read + ahead));
            let [of_vector, vector_after] = [0, at_a_time].map(|ahead| self.vector_at(vectors_read + ahead));
            if of_words + of_vector <= 0.0 || !self.can_hold(self.most_factor * (of_words + of_vector)) {
                return;
            }
            // The ranking that falls more steeply leaves less behind.
            if of_words - words_after > of_vector - vector_after {
                self.read_words(memories, words_read, at_a_time);
                words_read += at_a_time;
            } else {
                self.read_vectors(memories, vectors_read, at_a_time, of_words);
                vectors_read += at_a_time;
            }
            at_a_time = (2 * at_a_time).min(MOST_AT_A_TIME);
        }
    }

    /// What the words count at a place of their ranking.
    fn words_at(&mut self, place: usize) -> f64 {
        self.words.at(place).map_or(0.0, |(words, _)| self.shares.score(words.into(), 0.0))
    }

    fn vector_at(&mut self, place: usize) -> f64 {
        self.vectors.ranking.at(place).map_or(0.0, |(cosine, _)| self.shares.score(0.0, cosine.into()))
    }

    fn read_words(&mut self, memories: &mut dyn Memories, from: usize, at_a_time: usize) {
        let next = (from..from + at_a_time).map_while(|place| self.words.at(place)).map(|(_, document)| document);
        let documents: Vec<Document> = next.collect();
        self.read(memories, documents);
    }

    /// `of_words` is the most that words count of a document that was not read.
    fn read_vectors(&mut self, memories: &mut dyn Memories, from: usize, at_a_time: usize, of_words: f64) {
        let (shares, most_factor, least) = (self.shares, self.most_factor, self.least());
        let can_hold = |of_words: f64, cosine: f64| most_factor * (of_words + shares.score(0.0, cosine)) >= least;
        let next = self.vectors.next(from, at_a_time, |at_most| at_most > 0.0 && can_hold(of_words, at_most));
        let mut documents = documents(memories, &next);
        documents.retain(|(document, vector)| {
            let of_words = shares.score(self.question.own_words(*document), 0.0);
            self.wanted.holds(*document) && can_hold(of_words, vector.at_most.into())
        });
        self.read(memories, documents.into_iter().map(|(document, _)| document).collect());
    }

    fn read(&mut self, memories: &mut dyn Memories, mut documents: Vec<Document>) {
        documents.retain(|document| !std::mem::replace(&mut self.is_read[*document as usize], true));
        self.read += documents.len();
        let rows = memories.rows(&documents);
        self.compare(memories, rows);
    }

    /// Those first that can be the best.
    fn compare(&mut self, memories: &mut dyn Memories, rows: Vec<Row>) {
        let wanted = rows.into_iter().filter(|row| self.wanted.holds(row.document));
        let mut rows: Vec<(f64, Row)> = wanted.map(|row| (self.most_relevance(&row), row)).collect();
        rows.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        for rows in rows.chunks(AT_A_TIME) {
            let can_be = rows.iter().take_while(|(most, _)| self.can_hold(*most));
            let rows: Vec<Row> = can_be.map(|(_, row)| *row).collect();
            let of = self.vectors.of_rows(&rows);
            let compared = memories.cosines(&of);
            for row in rows {
                let mut of_row = of.iter().zip(&compared).filter(|((document, _), _)| *document == row.document);
                let cosine = of_row.find_map(|(_, cosine)| *cosine).unwrap_or(0.0);
                self.take(row, cosine);
            }
        }
    }

    fn most_relevance(&self, row: &Row) -> f64 {
        let at_most = self.vectors.of_memory(row.id).iter().map(|vector| vector.at_most).fold(0.0, f32::max);
        factor(row.relevance) * self.score(row.document, at_most.into())
    }

    fn take(&mut self, row: Row, cosine: f64) {
        let score = self.score(row.document, cosine);
        if score > 0.0 {
            let relevance = score * factor(row.relevance);
            self.answers.push(LastFirst(Answer { document: row.document, id: row.id, relevance }));
        }
        if self.answers.len() > self.at_most {
            self.answers.pop();
        }
    }

    fn score(&self, document: Document, cosine: f64) -> f64 {
        self.shares.score(self.question.own_words(document), cosine)
    }

    /// Whether what is so relevant can be among the best.
    fn can_hold(&self, relevance: f64) -> bool {
        relevance >= self.least()
    }

    /// How relevant is what can be among the best.
    fn least(&self) -> f64 {
        match self.answers.peek() {
            _ if self.at_most == 0 => f64::INFINITY,
            Some(last) if self.answers.len() >= self.at_most => last.0.relevance,
            _ => f64::NEG_INFINITY,
        }
    }
}

/// An answer, the worse the greater, and of two alike the one with the smaller id.
struct LastFirst(Answer);

impl Ord for LastFirst {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.relevance.total_cmp(&self.0.relevance).then(other.0.id.cmp(&self.0.id))
    }
}

impl PartialOrd for LastFirst {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for LastFirst {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for LastFirst {}

/// Numbers of things with the most that each can count, put in order as far as they are looked at.
struct Ranking<T> {
    ranked: Vec<(f32, T)>,
    in_order: usize,
}

impl<T: Copy> Ranking<T> {
    /// How many are put in order first.
    const FEW: usize = 256;

    fn new(ranked: Vec<(f32, T)>) -> Self {
        Self { ranked, in_order: 0 }
    }

    /// What stands at a place, the best first, and the most that it counts.
    fn at(&mut self, place: usize) -> Option<(f32, T)> {
        while place >= self.in_order && self.in_order < self.ranked.len() {
            self.put_more_in_order();
        }
        self.ranked.get(place).copied()
    }

    fn put_more_in_order(&mut self) {
        look();
        let better = |one: &(f32, T), other: &(f32, T)| other.0.total_cmp(&one.0);
        let more = (3 * self.in_order).max(Self::FEW);
        let rest = &mut self.ranked[self.in_order..];
        if more < rest.len() {
            rest.select_nth_unstable_by(more, better);
        }
        let more = more.min(rest.len());
        rest[..more].sort_unstable_by(better);
        self.in_order += more;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::answering;
    use crate::written::{Known, Scope, known};

    fn best_of(scope: &mut Scope, at_most: usize) -> Vec<Answer> {
        let (question, wanted) = (scope.question(), scope.wanted());
        let mut vectors = Vectors::of(scope, &[]);
        best(scope, &question, &mut vectors, &wanted, at_most)
    }

    fn best_of_all(scope: &Scope, at_most: usize) -> Vec<Answer> {
        let (question, wanted) = (scope.question(), scope.wanted());
        let best_cosine = scope.memories.iter().map(Known::cosine).fold(0.0, f64::max);
        let shares = Shares { of_words: half_of(question.best_words()), of_cosine: half_of(best_cosine) };
        let answer = |(document, memory): (Document, &Known)| {
            let score = shares.score(question.own_words(document), memory.cosine());
            Answer { document, id: document as i32 * 10, relevance: score * factor(memory.relevance) }
        };
        let all = (0..).zip(&scope.memories).map(answer);
        let all = all.filter(|answer| answer.relevance > 0.0 && wanted.holds(answer.document));
        answering::best_of(all.collect(), at_most)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 100 } else { 2_000 }))]

        #[test]
        fn the_best_are_those_of_a_search_through_all(
            memories in prop::collection::vec(known(), 0..600),
            of_others in prop::collection::vec(0.0_f32..1.0, 0..20),
            (at_most, is_ordered, is_filtered) in (0_usize..30, any::<bool>(), any::<bool>()),
        ) {
            let mut scope = Scope { is_filtered, is_ordered, of_others, ..Scope::new(memories) };
            prop_assert_eq!(best_of(&mut scope, at_most), best_of_all(&scope, at_most));
        }

        #[test]
        fn cosines_are_those_that_count(memories in prop::collection::vec(known(), 1..100)) {
            let mut scope = Scope::new(memories);
            let vectors = Vectors::of(&mut scope, &[]);
            let last = scope.memories.len() as Document - 1;
            let cosines = vectors.cosines(&mut scope, vec![last, 0, last]);
            for document in [0, last] {
                prop_assert_eq!(cosines.of(document), scope.memories[document as usize].cosine().max(0.0));
            }
        }

        #[test]
        fn a_ranking_is_in_order(bounds in prop::collection::vec(-1.0_f32..1.0, 0..3_000)) {
            let mut ranking = Ranking::new(bounds.iter().map(|bound| (*bound, ())).collect());
            let in_order: Vec<f32> = (0..).map_while(|place| ranking.at(place)).map(|(bound, ())| bound).collect();
            let mut sorted = bounds;
            sorted.sort_by(|one, other| other.total_cmp(one));
            prop_assert_eq!(in_order, sorted);
        }
    }

    #[test]
    fn what_cannot_be_among_the_best_is_not_read() {
        let memory = |place: usize| {
            let stands_out = place.is_multiple_of(400);
            let cosine = (place * 7_919 % 1_000) as f64 / 5_000.0 + if stands_out { 0.6 } else { 0.0 };
            Known {
                is_wanted: true,
                times: if stands_out { 2 } else { u8::from(place.is_multiple_of(3)) },
                has_other: false,
                relevance: 5.0,
                above: 0.0,
                vectors: vec![(0.02, Some(cosine))],
            }
        };
        let mut scope = Scope::new((0..20_000).map(memory).collect());
        assert_eq!(best_of(&mut scope, 10), best_of_all(&scope, 10));
        let Scope { rows_read, compared, .. } = scope;
        assert!(rows_read < 400 && compared < 200, "{rows_read} read, {compared} compared");
    }
}
