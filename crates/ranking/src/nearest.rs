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

use crate::answering::{Answer, Foremost, Memories, Row};
use crate::scoring::{Cosines, Document, MOST_CONTENDERS, Question, Wanted, factor};

/// So many standard errors above its estimate a cosine is at most.
pub const STANDARD_ERRORS: f32 = 4.0;

/// So many are read at a time first, and twice as many each time that does not do, up to the most: together they are found in
/// less time, because they are looked for in the order in which they lie.
const AT_A_TIME: usize = 64;
const MOST_AT_A_TIME: usize = 4_096;

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
    let Foremost { rows, others } = memories.foremost();
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
                self.read_vectors(memories, vectors_read, at_a_time);
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

    fn read_vectors(&mut self, memories: &mut dyn Memories, from: usize, at_a_time: usize) {
        let next = self.vectors.next(from, at_a_time, |at_most| at_most > 0.0);
        let documents = documents(memories, &next);
        let can_be = documents.into_iter().filter(|(document, vector)| {
            let words = self.question.own_words(*document);
            self.wanted.holds(*document)
                && self.can_hold(self.most_factor * self.shares.score(words, vector.at_most.into()))
        });
        let documents = can_be.map(|(document, _)| document).collect();
        self.read(memories, documents);
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
        let last = self.answers.peek().filter(|_| self.answers.len() >= self.at_most);
        self.at_most > 0 && last.is_none_or(|last| relevance >= last.0.relevance)
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
    use crate::scoring::{Flags, Holders, Neighbourhood, Words};

    /// A memory: whether it is wanted, whether it holds the word and repeats it, its relevance without a question, and its
    /// vectors, each with how far its bound lies above the cosine, and with the cosine if it counts.
    #[derive(Clone, Debug)]
    struct Known {
        is_wanted: bool,
        times: u8,
        relevance: f64,
        vectors: Vec<(f32, Option<f64>)>,
    }

    impl Known {
        fn cosine(&self) -> f64 {
            self.vectors.iter().find_map(|(_, cosine)| *cosine).unwrap_or(0.0)
        }
    }

    /// Ids are ten times the places.
    struct Scope {
        memories: Vec<Known>,
        /// Vectors of memories that are no documents.
        of_others: Vec<f32>,
        foremost: usize,
        is_filtered: bool,
        rows_read: usize,
        compared: usize,
    }

    impl Scope {
        fn new(memories: Vec<Known>, of_others: Vec<f32>, foremost: usize) -> Self {
            Self { memories, of_others, foremost, is_filtered: false, rows_read: 0, compared: 0 }
        }

        fn documents(&self, which: impl Fn(&Known) -> bool) -> Vec<Document> {
            (0..).zip(&self.memories).filter(|(_, memory)| which(memory)).map(|(place, _)| place).collect()
        }

        fn question(&self) -> Question {
            let mut words = Words::default();
            let holding = |times| self.documents(|memory| memory.times == times);
            words.push(Holders::new(holding(1), holding(2), false));
            Question::new(words, self.memories.len() as i64, self.memories.len())
        }

        fn wanted(&self) -> Wanted {
            let flags = |documents: Vec<Document>| Some(Flags::new(self.memories.len(), documents.into_iter()));
            if self.is_filtered {
                Wanted { only: flags(self.documents(|memory| memory.is_wanted)), not: None }
            } else {
                Wanted { only: None, not: flags(self.documents(|memory| !memory.is_wanted)) }
            }
        }

        fn best(&mut self, at_most: usize) -> Vec<Answer> {
            let (question, wanted) = (self.question(), self.wanted());
            let mut vectors = Vectors::of(self, &[]);
            best(self, &question, &mut vectors, &wanted, at_most)
        }

        fn best_of_all(&self, at_most: usize) -> Vec<Answer> {
            let (question, wanted) = (self.question(), self.wanted());
            let best_cosine = self.memories.iter().map(Known::cosine).fold(0.0, f64::max);
            let shares = Shares { of_words: half_of(question.best_words()), of_cosine: half_of(best_cosine) };
            let answer = |(document, memory): (Document, &Known)| {
                let score = shares.score(question.own_words(document), memory.cosine());
                Answer { document, id: document as i32 * 10, relevance: score * factor(memory.relevance) }
            };
            let all = (0..).zip(&self.memories).map(answer);
            let mut all: Vec<_> =
                all.filter(|answer| answer.relevance > 0.0 && wanted.holds(answer.document)).collect();
            all.sort_by(|one, other| other.relevance.total_cmp(&one.relevance).then(other.id.cmp(&one.id)));
            all.truncate(at_most);
            all
        }
    }

    impl Memories for Scope {
        fn count(&self) -> usize {
            self.memories.len()
        }

        fn count_of(&mut self, _user: &str) -> usize {
            self.memories.len()
        }

        fn holders(&mut self, _words: &[String]) -> Vec<Holders> {
            Vec::new()
        }

        fn of_categories(&mut self, _categories: &[String]) -> Flags {
            Flags::new(0, std::iter::empty())
        }

        fn with_tags(&mut self, _tags: &[String]) -> Flags {
            Flags::new(0, std::iter::empty())
        }

        fn of_conversation(&mut self, _conversation: &str) -> Flags {
            Flags::new(0, std::iter::empty())
        }

        fn rows(&mut self, documents: &[Document]) -> Vec<Row> {
            self.rows_read += documents.len();
            let relevance = |document: Document| self.memories[document as usize].relevance;
            let row = |document| Row { document, id: document as i32 * 10, relevance: relevance(document) };
            documents.iter().copied().map(row).collect()
        }

        fn documents(&mut self, ids: &[i32]) -> Vec<Option<Document>> {
            ids.iter().map(|id| (id % 10 == 0).then_some(*id as Document / 10)).collect()
        }

        fn neighbourhoods(&mut self, _documents: &[Document]) -> Vec<Neighbourhood> {
            Vec::new()
        }

        fn foremost(&mut self) -> Foremost {
            let all: Vec<Document> = (0..).take(self.memories.len()).collect();
            let mut rows = self.rows(&all);
            self.rows_read -= all.len();
            rows.sort_by(|one, other| other.relevance.total_cmp(&one.relevance));
            let others = rows.get(self.foremost).map_or(0.0, |row| row.relevance);
            rows.truncate(self.foremost);
            Foremost { rows, others }
        }

        fn vectors(&mut self, _question: &[f32]) -> Vec<Vector> {
            let of_memory = |(memory, known): (i32, &Known)| {
                let of = move |(place, (above, cosine)): (u64, &(f32, Option<f64>))| Vector {
                    memory_id: memory * 10,
                    place,
                    at_most: (cosine.unwrap_or(0.5) as f32).next_up() + above,
                };
                (0..).zip(&known.vectors).map(of).collect::<Vec<_>>()
            };
            let of_others = (1..).zip(&self.of_others).map(|(place, at_most)| Vector {
                memory_id: place * 10 + 1,
                place: 0,
                at_most: *at_most,
            });
            of_others.chain((0..).zip(&self.memories).flat_map(of_memory)).collect()
        }

        fn cosines(&mut self, of: &[(Document, Vector)]) -> Vec<Option<f64>> {
            self.compared += of.len();
            of.iter()
                .map(|(document, vector)| self.memories[*document as usize].vectors[vector.place as usize].1)
                .collect()
        }
    }

    fn known() -> impl Strategy<Value = Known> {
        let cosine = prop::option::weighted(0.9, prop_oneof![-1.0..1.0, Just(0.5)]);
        // One that was stored anew has one that counts.
        let vectors = prop_oneof![
            1 => Just(Vec::new()),
            8 => ((0.0_f32..0.2), cosine).prop_map(|vector| vec![vector]),
            1 => ((0.0_f32..0.2), -1.0..1.0).prop_map(|(above, cosine)| vec![(0.1, None), (above, Some(cosine))]),
        ];
        (prop::bool::weighted(0.9), 0_u8..3, prop_oneof![Just(5.0), 0.0..12.0], vectors)
            .prop_map(|(is_wanted, times, relevance, vectors)| Known { is_wanted, times, relevance, vectors })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 100 } else { 2_000 }))]

        #[test]
        fn the_best_are_those_of_a_search_through_all(
            memories in prop::collection::vec(known(), 0..600),
            of_others in prop::collection::vec(0.0_f32..1.0, 0..20),
            (at_most, foremost, is_filtered) in (0_usize..30, 0_usize..30, any::<bool>()),
        ) {
            let mut scope = Scope { is_filtered, ..Scope::new(memories, of_others, foremost) };
            prop_assert_eq!(scope.best(at_most), scope.best_of_all(at_most));
        }

        #[test]
        fn cosines_are_those_that_count(memories in prop::collection::vec(known(), 1..100)) {
            let mut scope = Scope::new(memories, Vec::new(), 0);
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
                relevance: 5.0,
                vectors: vec![(0.02, Some(cosine))],
            }
        };
        let mut scope = Scope::new((0..20_000).map(memory).collect(), Vec::new(), 10);
        assert_eq!(scope.best(10), scope.best_of_all(10));
        let Scope { rows_read, compared, .. } = scope;
        assert!(rows_read < 400 && compared < 200, "{rows_read} read, {compared} compared");
    }
}
