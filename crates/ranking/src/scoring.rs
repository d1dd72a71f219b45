//! How well a memory answers a question.
//!
//! By its words: BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009), with the
//! inverse document frequency of Lucene, which is never negative. The length of a memory is not discounted (b = 0 in
//! BM25's terms). Memories are statements, most of them short, and the discount loses: on labelled conversations it
//! costs 1.3 points of recall in the first ten at b = 0.4.
//!
//! With vectors, half by its words and half by its cosine, each as a share of the best there is in the scope; and as it borrows
//! words of the memories around it, it borrows their meaning.
//!
//! What is new and important raises the score by a quarter at most (`factor`); `decay` has the relevance that it is made of.
//!
//! Nothing here knows a table: what is scored is named by numbers.

use homer_interrupts::{cancellable, look};

/// How often a word of a memory counts at most. A word that occurs once and one that is repeated have different keys, so
/// that the score of a memory is read from the index, without its text, and once for each of its words. A third time says
/// nothing more: counting up to three gives labelled questions the same recall.
pub const MOST_TIMES: usize = 2;

/// How soon a repeated word stops counting more. Most memories say a word twice because their subject is taken up by
/// their content: at any value from 0.9 to 0.3 the first ten hold as much of what labelled conversations are asked for.
const K1: f64 = 0.5;

/// How much it says that a memory holds a word which `holding` of the `total` memories of the scope hold.
fn inverse_document_frequency(total: i64, holding: i64) -> f64 {
    let (total, holding) = (total as f64, holding as f64);
    (1.0 + (total - holding + 0.5) / (holding + 0.5)).ln()
}

/// What a word counts, relative to its weight, that occurs so often: 1 for once, 1.2 for more.
fn saturated(times: usize) -> f64 {
    let times = times as f64;
    times * (K1 + 1.0) / (times + K1)
}

/// A function word of a script without spaces counts so much of what another word does: 的 stands in a word as often as
/// between two.
const WEAK: f64 = 0.1;

/// So many words of a question count, the rarest of the scope. A pasted page has more, and of these few say anything.
const MOST_COUNTED: usize = 128;

/// A memory, or a file: its place among those of the scope that is asked about.
pub type Document = u32;

/// The documents that hold a word of the question once, and those that repeat it.
#[derive(Clone, Default, Debug, PartialEq)]
pub struct Holders {
    once: Vec<Document>,
    repeated: Vec<Document>,
    is_weak: bool,
}

impl Holders {
    /// Of all forms of a word, in any order. A document that repeats one form repeats the word, whatever it holds of the others.
    pub fn new(once: Vec<Document>, repeated: Vec<Document>, is_weak: bool) -> Self {
        let (mut once, repeated) = (each_once(once), each_once(repeated));
        let mut next = repeated.as_slice();
        once.retain(|document| {
            while let [first, others @ ..] = next
                && first < document
            {
                next = others;
            }
            next.first() != Some(document)
        });
        Self { once, repeated, is_weak }
    }

    /// Whether there is any.
    pub fn are_there(&self) -> bool {
        self.count() > 0
    }

    fn count(&self) -> usize {
        self.once.len() + self.repeated.len()
    }

    /// Those that hold the word, with how often, as far as it counts.
    fn times(&self) -> impl Iterator<Item = (Document, u8)> {
        self.once.iter().map(|document| (*document, 1)).chain(self.repeated.iter().map(|document| (*document, 2)))
    }
}

/// In their order, each once. Forms come one after the other, each in order.
fn each_once(mut documents: Vec<Document>) -> Vec<Document> {
    if !documents.is_sorted_by(|one, next| one < next) {
        look();
        put_in_order(&mut documents);
    }
    documents
}

/// Through a bit for each document that there can be, if that many words of bits are fewer than they: less than a third of
/// the time that it takes to merge the forms.
fn put_in_order(documents: &mut Vec<Document>) {
    let words = documents.iter().max().map_or(0, |last| *last as usize / BITS + 1);
    if words > documents.len() {
        documents.sort();
        return documents.dedup();
    }
    let mut held = vec![0_u64; words];
    documents.iter().for_each(|document| held[*document as usize / BITS] |= 1 << (*document as usize % BITS));
    documents.clear();
    for (word, mut bits) in (0..).zip(held) {
        while bits != 0 {
            documents.push(word * BITS as Document + bits.trailing_zeros());
            bits &= bits - 1;
        }
    }
}

const BITS: usize = u64::BITS as usize;

/// The words of a question as they are looked up, one after the other.
#[derive(Default)]
pub struct Words {
    holders: Vec<Holders>,
    held: usize,
}

impl Words {
    pub fn push(&mut self, word: Holders) {
        self.held += usize::from(word.count() > 0);
        self.holders.push(word);
        if self.held >= 2 * MOST_COUNTED {
            self.keep_the_rarest();
        }
    }

    /// A pasted page has thousands of words, and what many of them are held by need not be kept.
    fn keep_the_rarest(&mut self) {
        let mut held: Vec<usize> = (0..self.holders.len()).filter(|word| self.holders[*word].count() > 0).collect();
        held.sort_by_key(|word| (self.holders[*word].is_weak, self.holders[*word].count()));
        for word in held.drain(MOST_COUNTED.min(held.len())..) {
            self.holders[word] = Holders::default();
        }
        self.held = held.len();
    }
}

/// What a word counts in a document that holds it so many times.
type Parts = [f64; MOST_TIMES + 1];

/// What each word counts in a scope of `total` documents.
fn weights(words: &[Holders], total: i64) -> Vec<Parts> {
    let weight = |word: &Holders| {
        let share = if word.is_weak { WEAK } else { 1.0 };
        share * inverse_document_frequency(total, word.count() as i64)
    };
    let parts = |word: &Holders| {
        if word.count() == 0 { Parts::default() } else { std::array::from_fn(|times| weight(word) * saturated(times)) }
    };
    words.iter().map(parts).collect()
}

/// The BM25 score of each of the documents.
fn scores(words: &[Holders], weights: &[Parts], documents: usize) -> Vec<f64> {
    let mut scores = vec![0.0; documents];
    for (word, parts) in words.iter().zip(weights) {
        look();
        word.once.iter().for_each(|document| scores[*document as usize] += parts[1]);
        word.repeated.iter().for_each(|document| scores[*document as usize] += parts[2]);
    }
    scores
}

/// How often a document holds each of the words, as far as it counts.
type Times = Vec<u8>;

/// A document and how well it answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    pub document: Document,
    pub score: f64,
}

/// The most that newness and importance make of a score.
const MOST_FACTOR: f64 = 1.25;

/// What newness and importance make of a score, from the relevance without a question: 1.25 at most. More than in proportion, so
/// that what is important stands out among what is not.
pub fn factor(relevance: f64) -> f64 {
    1.0 + (relevance.min(10.0) / 10.0).powf(1.5) / 4.0
}

/// The `at_most` best, in no order, and those that a factor can lift among them.
fn within_reach(mut scored: Vec<Scored>, at_most: usize) -> Vec<Scored> {
    if at_most == 0 {
        return Vec::new();
    }
    if at_most < scored.len() {
        let (_, last, _) = scored.select_nth_unstable_by(at_most - 1, |one, other| other.score.total_cmp(&one.score));
        let least = last.score / MOST_FACTOR;
        scored.retain(|memory| memory.score >= least);
    }
    scored
}

/// Which documents may be returned: those of a filter, if there is one, without those that are not to be repeated.
#[derive(Default)]
pub struct Wanted {
    pub only: Option<Flags>,
    pub not: Option<Flags>,
}

/// A set of documents.
pub struct Flags(Vec<bool>);

impl Flags {
    /// These of so many documents.
    pub fn new(documents: usize, these: impl Iterator<Item = Document>) -> Self {
        let mut flags = vec![false; documents];
        these.for_each(|document| flags[document as usize] = true);
        Self(flags)
    }

    /// Those that are in the other set too.
    pub fn and(mut self, other: &Flags) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(one, other)| *one &= other);
        self
    }

    fn holds(&self, document: Document) -> bool {
        self.0[document as usize]
    }

    fn documents(&self) -> impl Iterator<Item = Document> {
        (0..).zip(&self.0).filter(|(_, is_there)| **is_there).map(|(document, _)| document)
    }
}

impl Wanted {
    /// Those that pass the filter, if there is one and they are so many at most.
    pub fn few(&self, at_most: usize) -> Option<Vec<Document>> {
        let few: Vec<Document> = self.only.as_ref()?.documents().take(at_most + 1).collect();
        (few.len() <= at_most).then_some(few)
    }

    pub fn holds(&self, document: Document) -> bool {
        self.only.as_ref().is_none_or(|only| only.holds(document))
            && !self.not.as_ref().is_some_and(|not| not.holds(document))
    }
}

/// The cosines of a question's vector with some documents. What points away counts nothing.
pub struct Cosines {
    documents: Vec<Document>,
    cosines: Vec<f64>,
    best: f64,
}

impl Cosines {
    /// `best` is the best of all documents there are.
    pub fn new(pairs: impl Iterator<Item = (Document, f64)>, best: f64) -> Self {
        let mut pairs: Vec<(Document, f64)> = pairs.map(|(document, cosine)| (document, cosine.max(0.0))).collect();
        pairs.sort_unstable_by_key(|(document, _)| *document);
        let (documents, cosines) = pairs.into_iter().unzip();
        Self { documents, cosines, best }
    }

    pub fn of(&self, document: Document) -> f64 {
        self.documents.binary_search(&document).map_or(0.0, |place| self.cosines[place])
    }
}

/// What part of the best a value is; nothing where there is no best.
fn share(value: f64, best: f64) -> f64 {
    if best > 0.0 { value / best } else { 0.0 }
}

/// A question, with what was read to answer it.
pub struct Question {
    words: Vec<Holders>,
    weights: Vec<Parts>,
    /// Of each document, by the words that it holds itself.
    scores: Vec<f64>,
    /// The best of them. Vectors alone need it.
    best_words: f64,
    cosines: Option<Cosines>,
}

impl Question {
    /// `documents` of the scope were read, of which there are `total`.
    pub fn new(mut words: Words, total: i64, documents: usize) -> Self {
        words.keep_the_rarest();
        let words = words.holders;
        let weights = weights(&words, total);
        let scores = scores(&words, &weights, documents);
        let best_words = scores.iter().copied().fold(0.0, f64::max);
        Self { words, weights, scores, best_words, cosines: None }
    }

    /// The same question with a vector, whose cosines with the documents that are scored from now on are known.
    pub fn with_cosines(self, cosines: Cosines) -> Self {
        Self { cosines: Some(cosines), ..self }
    }

    /// The best score that words have.
    pub fn best_words(&self) -> f64 {
        self.best_words
    }

    /// What the words count that a document holds itself.
    pub fn own_words(&self, document: Document) -> f64 {
        self.scores[document as usize]
    }

    /// The same of all that hold one, or a trifle more.
    pub fn by_own_words(&self, wanted: &Wanted) -> impl Iterator<Item = (f32, Document)> {
        self.scored(wanted).into_iter().map(|scored| ((scored.score as f32).next_up(), scored.document))
    }

    /// The scores, by their own words, of all that hold a word, best first, the later document first of two alike.
    pub fn by_words(&self) -> Vec<Scored> {
        let mut scored = self.scored(&Wanted::default());
        look();
        scored.sort_unstable_by(|one, other| other.score.total_cmp(&one.score).then(other.document.cmp(&one.document)));
        scored
    }

    fn scored(&self, wanted: &Wanted) -> Vec<Scored> {
        let holding = |(_, score): &(Document, f64)| *score > 0.0;
        let scored = (0..).zip(self.scores.iter().copied()).filter(holding);
        let wanted = scored.filter(|(document, _)| wanted.holds(*document));
        wanted.map(|(document, score)| Scored { document, score }).collect()
    }

    /// The documents that answer best by the words that they hold themselves, with their scores, and those that come close enough
    /// to be among `at_most` once a factor is put to them, in no order.
    pub fn best(&self, wanted: &Wanted, at_most: usize) -> Vec<Scored> {
        within_reach(self.scored(wanted), at_most)
    }

    fn count_of_words(&self, words: f64) -> f64 {
        if self.cosines.is_some() { 0.5 * share(words, self.best_words) } else { words }
    }

    fn count_of_cosine(&self, cosine: f64) -> f64 {
        self.cosines.as_ref().map_or(0.0, |cosines| 0.5 * share(cosine, cosines.best))
    }

    fn cosine(&self, document: Document) -> f64 {
        self.cosines.as_ref().map_or(0.0, |cosines| cosines.of(document))
    }

    /// Whether a document answers at all: by a word that it holds, or by its vector.
    fn is_answered_by(&self, document: Document) -> bool {
        self.scores[document as usize] > 0.0 || self.count_of_cosine(self.cosine(document)) > 0.0
    }

    /// The scores of the candidates and of those around them that answer as well, in no order, as far as newness and importance
    /// can lift them among the `at_most` best.
    pub fn best_with_neighbours(&self, wanted: &Wanted, around: &[Neighbourhood], at_most: usize) -> Vec<Scored> {
        within_reach(self.scores_with_neighbours(wanted, around), at_most)
    }

    fn scores_with_neighbours(&self, wanted: &Wanted, around: &[Neighbourhood]) -> Vec<Scored> {
        let held = Held::new(self, around);
        let mut scored: Vec<Scored> = Vec::new();
        for around in cancellable(around.iter()) {
            for place in around.near() {
                let document = around.documents[place];
                if wanted.holds(document) && self.is_answered_by(document) {
                    let words = self.with_neighbours(&held, around, place).iter().map(|word| word.counts).sum();
                    let vectors =
                        self.meaning_with_neighbours(around, place).iter().map(|part| part.counts).sum::<f64>();
                    scored.push(Scored { document, score: self.count_of_words(words) + vectors });
                }
            }
        }
        scored.sort_unstable_by_key(|memory| memory.document);
        scored.dedup_by_key(|memory| memory.document);
        scored
    }

    /// What each word counts in the memory at a place of its neighbourhood, with what the memories around it lend.
    ///
    /// A question and its answer, or a thing and its name, often stand in two messages one after the other. So a word
    /// that a memory lacks counts half if the memory next to it holds it, and a quarter from the one after that. It is
    /// lent word by word: to what a memory holds itself, a neighbour adds nothing.
    fn with_neighbours(&self, held: &Held, around: &Neighbourhood, place: usize) -> Vec<Count> {
        let own = held.times(around.documents[place]);
        let lenders: Vec<_> =
            around.lenders(place).map(|(lender, share)| (lender, held.times(lender), share)).collect();
        let count = |(word, parts): (usize, &Parts)| {
            let counts = |times: u8, share: f64| share * parts[usize::from(times)];
            let own = Count { word, times: own[word], counts: counts(own[word], 1.0), lender: None };
            let lent = lenders.iter().map(|(lender, times, share)| {
                let times = times[word];
                Count { word, times, counts: counts(times, *share), lender: Some(*lender) }
            });
            lent.fold(own, |most, lent| if lent.counts > most.counts { lent } else { most })
        };
        self.weights.iter().enumerate().map(count).collect()
    }

    /// What the vector counts of the memory at a place of its neighbourhood, and those of the memories around it: half of the
    /// better one next to it, and a quarter of the better of the two after these. Whatever it means itself, this adds to it: what
    /// is said about a thing is said in several messages. On labelled conversations, with words, recall in the first ten
    /// goes from 79.1 to 80.6 of a hundred.
    fn meaning_with_neighbours(&self, around: &Neighbourhood, place: usize) -> Vec<Part> {
        let Some(cosines) = &self.cosines else { return Vec::new() };
        let part = |lender, cosine, share: f64| Part {
            word: None,
            times: None,
            lender,
            amount: cosine,
            counts: share * self.count_of_cosine(cosine),
        };
        let mut parts = vec![part(None, cosines.of(around.documents[place]), 1.0)];
        let lenders: Vec<(Document, f64)> = around.lenders(place).collect();
        for share in (1..).map(|distance| 0.5_f64.powi(distance)).take(FARTHEST_LENDER) {
            let lending = lenders.iter().filter(|(_, of_lender)| *of_lender == share);
            let cosines = lending.map(|(lender, _)| (*lender, cosines.of(*lender))).filter(|(_, cosine)| *cosine > 0.0);
            let best = cosines.max_by(|(_, one), (_, other)| one.total_cmp(other));
            parts.extend(best.map(|(lender, cosine)| part(Some(lender), cosine, share)));
        }
        parts
    }

    /// What makes up the score of the memory that `around` is about: a part for each word that counts, and those without a word
    /// for its vector and what others lend it.
    pub fn parts(&self, around: &Neighbourhood) -> Vec<Part> {
        let document = around.documents[around.place];
        if !self.is_answered_by(document) {
            return Vec::new();
        }
        let held = Held::new(self, std::slice::from_ref(around));
        let words = self.with_neighbours(&held, around, around.place).into_iter().filter(|word| word.counts > 0.0);
        let by_word = words.map(|word| Part {
            word: Some(word.word as i32 + 1),
            times: Some(word.times.into()),
            lender: word.lender,
            amount: self.weights[word.word][1],
            counts: self.count_of_words(word.counts),
        });
        let by_vector = self.meaning_with_neighbours(around, around.place);
        by_word.chain(by_vector).collect()
    }
}

/// What a word of the question counts in a memory, that it holds so often, or that another memory holds and lends it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Count {
    word: usize,
    times: u8,
    counts: f64,
    lender: Option<Document>,
}

/// A part of a score: of a word of the question, numbered from 1, or of the vector.
pub struct Part {
    pub word: Option<i32>,
    /// How often the memory, or its lender, holds the word, as far as it counts.
    pub times: Option<i32>,
    /// The memory that lends the word.
    pub lender: Option<Document>,
    /// The weight of the word in the scope, or the cosine.
    pub amount: f64,
    /// What it counts in the score.
    pub counts: f64,
}

/// The words that each memory of some neighbourhoods holds.
struct Held {
    /// Of each document, where its words stand; 0 for one that is in none of them.
    places: Vec<u32>,
    times: Vec<Times>,
}

impl Held {
    fn new(question: &Question, around: &[Neighbourhood]) -> Self {
        let mut held = Self { places: vec![0; question.scores.len()], times: vec![Times::new()] };
        for document in around.iter().flat_map(|around| &around.documents) {
            let place = &mut held.places[*document as usize];
            if *place == 0 {
                *place = held.times.len() as u32;
                held.times.push(vec![0; question.words.len()]);
            }
        }
        for (number, word) in question.words.iter().enumerate() {
            look();
            for (document, times) in word.times() {
                let place = held.places[document as usize];
                if place != 0 {
                    held.times[place as usize][number] = times;
                }
            }
        }
        held
    }

    fn times(&self, document: Document) -> &Times {
        &self.times[self.places[document as usize] as usize]
    }
}

/// How many memories away a word is still lent from.
const FARTHEST_LENDER: usize = 2;

/// How many memories to each side of a candidate are looked at: the two around it may answer themselves, and borrow from
/// two more.
pub const REACH: usize = 2 * FARTHEST_LENDER;

/// A memory among those around it in their conversation, in order.
pub struct Neighbourhood {
    documents: Vec<Document>,
    place: usize,
}

impl Neighbourhood {
    /// `before` and `after` hold `REACH` memories at most, the nearest first.
    pub fn new(before: &[Document], document: Document, after: &[Document]) -> Self {
        let documents = before.iter().rev().chain([&document]).chain(after).copied().collect();
        Self { documents, place: before.len() }
    }

    pub fn documents(&self) -> impl Iterator<Item = Document> {
        self.documents.iter().copied()
    }

    /// The places whose own neighbours are all there: that of the memory, and two on each side.
    fn near(&self) -> impl Iterator<Item = usize> + use<> {
        self.place.saturating_sub(FARTHEST_LENDER)..=(self.place + FARTHEST_LENDER).min(self.documents.len() - 1)
    }

    /// The memories that lend to the one at a place, and how much of what a word counts: half from the next one.
    fn lenders(&self, place: usize) -> impl Iterator<Item = (Document, f64)> {
        let (before, after) = (self.documents[..place].iter().rev(), self.documents[place + 1..].iter());
        let share = |(distance, document): (i32, &Document)| (*document, 0.5_f64.powi(distance));
        let before = (1..).zip(before.take(FARTHEST_LENDER)).map(share);
        before.chain((1..).zip(after.take(FARTHEST_LENDER)).map(share))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn holders(once: &[Document], repeated: &[Document]) -> Holders {
        Holders::new(once.to_vec(), repeated.to_vec(), false)
    }

    fn words(holders: impl IntoIterator<Item = Holders>) -> Words {
        let mut words = Words::default();
        holders.into_iter().for_each(|word| words.push(word));
        words
    }

    /// Of ten memories, 1 repeats the first word, 2 holds both, 3 and 4 the second.
    fn question() -> Question {
        Question::new(words([holders(&[2], &[1]), holders(&[2, 3, 4], &[])]), 10, 10)
    }

    fn only(documents: &[Document]) -> Option<Flags> {
        Some(Flags::new(10, documents.iter().copied()))
    }

    fn in_order(mut scored: Vec<Scored>) -> Vec<Document> {
        scored.sort_by(|one, other| other.score.total_cmp(&one.score).then(other.document.cmp(&one.document)));
        documents(scored)
    }

    fn documents(scored: Vec<Scored>) -> Vec<Document> {
        scored.iter().map(|memory| memory.document).collect()
    }

    proptest! {
        #[test]
        fn each_holder_is_there_once_in_order_and_not_as_one_that_repeats(
            most in prop_oneof![Just(40_u32), Just(4_000), Just(u32::MAX)],
            once in prop::collection::vec(any::<u32>(), 0..200),
            repeated in prop::collection::vec(any::<u32>(), 0..200),
        ) {
            let within = |documents: Vec<u32>| documents.into_iter().map(|document| document % most).collect::<Vec<_>>();
            let (once, repeated) = (within(once), within(repeated));
            let word = Holders::new(once.clone(), repeated.clone(), false);
            let repeated: BTreeSet<Document> = repeated.into_iter().collect();
            let once: Vec<Document> = once.into_iter().collect::<BTreeSet<_>>().difference(&repeated).copied().collect();
            prop_assert_eq!(word.once, once);
            prop_assert_eq!(word.repeated, repeated.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_rarer_word_says_more() {
        // ln(1 + (100 - 1 + 0.5) / 1.5), and a word that all hold still says a little.
        assert!((inverse_document_frequency(100, 1) - 4.209_655).abs() < 1e-6);
        assert!(inverse_document_frequency(100, 50) < inverse_document_frequency(100, 49));
        assert!(inverse_document_frequency(100, 100) > 0.0);
    }

    #[test]
    fn repetition_counts_less() {
        assert_eq!(saturated(0), 0.0);
        assert!((saturated(1) - 1.0).abs() < 1e-12);
        assert!((saturated(2) - 3.0 / 2.5).abs() < 1e-12);
    }

    #[test]
    fn newness_and_importance_are_a_quarter_at_most() {
        assert_eq!(factor(0.0), 1.0);
        assert_eq!((factor(10.0), factor(11.0)), (MOST_FACTOR, MOST_FACTOR));
        assert!((factor(5.0) - (1.0 + 0.25 * 0.5_f64.powf(1.5))).abs() < 1e-12);
    }

    #[test]
    fn a_word_counts_by_how_many_hold_it() {
        let question = question();
        assert_eq!(question.weights[0][1], inverse_document_frequency(10, 2));
        assert_eq!(question.weights[1][1], inverse_document_frequency(10, 3));
        assert_eq!(question.scores[1], question.weights[0][2]);
        assert_eq!(question.scores[2], question.weights[0][1] + question.weights[1][1]);
        assert_eq!(question.scores[5], 0.0);
    }

    #[test]
    fn the_best_come_first_and_of_two_alike_the_last() {
        let question = question();
        assert_eq!(in_order(question.best(&Wanted::default(), 10)), [2, 1, 4, 3]);
        assert_eq!(in_order(question.best(&Wanted::default(), 2)), [2, 1], "the others are out of reach");
        assert_eq!(in_order(question.best(&Wanted::default(), 3)), [2, 1, 4, 3], "what comes close is there");
        assert_eq!(in_order(question.best(&Wanted::default(), 0)), []);
        assert_eq!(in_order(question.best(&Wanted { only: only(&[3, 4, 9]), not: None }, 10)), [4, 3]);
        assert_eq!(in_order(question.best(&Wanted { only: None, not: only(&[2, 4]) }, 10)), [1, 3]);
        assert_eq!(in_order(question.best(&Wanted { only: only(&[2, 3]), not: only(&[2]) }, 10)), [3]);
    }

    fn counts(question: &Question, document: Document, before: &[Document], after: &[Document]) -> Vec<Count> {
        let around = Neighbourhood::new(before, document, after);
        question.with_neighbours(&Held::new(question, std::slice::from_ref(&around)), &around, around.place)
    }

    fn by_words(question: &Question, document: Document, before: &[Document], after: &[Document]) -> f64 {
        counts(question, document, before, after).iter().map(|word| word.counts).sum()
    }

    #[test]
    fn a_neighbour_lends_what_a_memory_lacks_and_adds_to_nothing_it_has() {
        let question = question();
        let [first, second] = [0, 1].map(|word| question.weights[word][1]);
        assert_eq!(by_words(&question, 3, &[], &[]), second);
        assert_eq!(by_words(&question, 3, &[2], &[]), first / 2.0 + second, "half from the next one");
        assert_eq!(by_words(&question, 3, &[9, 2], &[]), first / 4.0 + second, "a quarter from the one after");
        assert_eq!(by_words(&question, 3, &[9, 8, 2], &[]), second, "nothing from farther away");
        assert_eq!(by_words(&question, 3, &[4], &[9, 2]), first / 4.0 + second, "the best of them, not their sum");
        let repeated = question.weights[0][2];
        assert_eq!(
            by_words(&question, 3, &[], &[1]),
            repeated / 2.0 + second,
            "what a neighbour repeats counts more there"
        );
    }

    #[test]
    fn the_lender_is_named() {
        let lent = counts(&question(), 3, &[2], &[])[0];
        assert_eq!((lent.word, lent.times, lent.lender), (0, 1, Some(2)));
    }

    #[test]
    fn a_memory_that_holds_no_word_is_not_returned_for_its_neighbours() {
        let around = [Neighbourhood::new(&[9], 2, &[3])];
        assert_eq!(documents(question().scores_with_neighbours(&Wanted::default(), &around)), [2, 3]);
    }

    #[test]
    fn the_score_of_a_memory_is_the_same_whichever_candidate_it_stands_by() {
        let question = question();
        // 1, 2, 3, 4 in this order: as a neighbour of 2, of 3, and as a candidate.
        let by = |around: Neighbourhood| {
            let scored = question.scores_with_neighbours(&Wanted::default(), &[around]);
            scored.into_iter().find(|memory| memory.document == 4).map(|memory| memory.score)
        };
        let as_candidate = by(Neighbourhood::new(&[3, 2, 1], 4, &[]));
        assert!(as_candidate.is_some());
        assert_eq!(by(Neighbourhood::new(&[2, 1], 3, &[4])), as_candidate);
        assert_eq!(by(Neighbourhood::new(&[1], 2, &[3, 4])), as_candidate);
    }

    #[test]
    fn with_vectors_words_and_cosine_count_half_each_of_the_best() {
        let question = question().with_cosines(Cosines::new([(7, 0.8), (1, 0.4), (3, -0.2)].into_iter(), 0.8));
        let alone = |document| {
            let scored =
                question.best_with_neighbours(&Wanted::default(), &[Neighbourhood::new(&[], document, &[])], 1);
            scored.first().map(|scored| scored.score)
        };
        assert_eq!(alone(2), Some(0.5), "the best words");
        assert_eq!(alone(7), Some(0.5), "the best cosine");
        assert_eq!(alone(1), Some(0.5 * question.scores[1] / question.best_words + 0.25));
        assert_eq!(alone(3), Some(0.5 * question.scores[3] / question.best_words), "what points away counts nothing");
        assert_eq!(alone(5), None, "and what has no vector");
        let alone = [1, 2, 7].map(|document| Neighbourhood::new(&[], document, &[]));
        let best = question.best_with_neighbours(&Wanted::default(), &alone, 3);
        assert_eq!(in_order(best), [1, 7, 2], "one matches by both, the others by one");
    }

    #[test]
    fn a_memory_that_holds_two_forms_of_a_word_holds_it_once() {
        let word = Holders::new(vec![1, 2, 5, 2, 4], vec![3, 2], false);
        assert_eq!((&word.once[..], &word.repeated[..]), (&[1, 4, 5][..], &[2, 3][..]));
        let question = Question::new(words([word]), 10, 10);
        assert_eq!(documents(question.by_words()), [3, 2, 5, 4, 1]);
    }

    #[test]
    fn of_many_words_the_rarest_count_and_of_weak_ones_little() {
        let many = |number: u32| holders(&(0..1 + number / 400).collect::<Vec<_>>(), &[]);
        for last in [MOST_COUNTED as u32 + 10, 450] {
            let question = Question::new(words((0..last).map(many)), 1_000, 10);
            assert_eq!(question.weights.len(), last as usize);
            assert_eq!(question.weights.iter().filter(|parts| parts[1] > 0.0).count(), MOST_COUNTED);
            assert!(
                question.weights[..MOST_COUNTED].iter().all(|parts| parts[1] > 0.0),
                "the first of those held alike"
            );
        }
        let of = |is_weak| Question::new(words([Holders::new(vec![1], vec![], is_weak)]), 10, 10).weights[0][1];
        assert!((of(true) - WEAK * of(false)).abs() < 1e-12);
    }
}
