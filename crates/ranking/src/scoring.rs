//! How well a memory answers a question.
//!
//! By its words: BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009), with the
//! inverse document frequency of Lucene, which is never negative. The length of a memory is not discounted (b = 0 in
//! BM25's terms). Memories are statements, most of them short, and the discount loses: on the development conversations it
//! costs 1.3 points of recall in the first ten at b = 0.4.
//!
//! With vectors, half by its words and half by its cosine, each as a share of the best there is in the scope.
//!
//! What is new and important counts as a factor of a quarter at most, which SQL puts to the score: `decay` knows it.
//!
//! Nothing here knows a table: what is scored is named by numbers.

use homer_interrupts::{cancellable, look};

/// How often a word of a memory counts at most. A word that occurs once and one that is repeated have different keys, so
/// that the score of a memory is read from the index, without its text, and once for each of its words. A third time says
/// nothing more: counting up to three gives the development questions the same recall.
pub const MOST_TIMES: usize = 2;

/// How soon a word that is repeated stops to count more. Most memories say a word twice because their subject is taken up by
/// their content: at any value from 0.9 to 0.3 the first ten hold as much of what the development conversations are asked for.
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

/// That a memory holds a word of the question: its id, and below it the place of the word, which is twice its number, and
/// one more where the memory repeats it. So hits sort by memory, and by word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hit(i64);

/// The bits of a hit that say the place, the highest of them whether its word is a weak one.
const BITS_OF_PLACE: u32 = 24;
const IS_WEAK: i64 = 1 << (BITS_OF_PLACE - 1);

impl Hit {
    fn new(id: i32, place: i32) -> Self {
        Self(i64::from(id) << BITS_OF_PLACE | i64::from(place) & ((1 << BITS_OF_PLACE) - 1))
    }

    fn id(self) -> i32 {
        (self.0 >> BITS_OF_PLACE) as i32
    }

    fn place(self) -> usize {
        (self.0 & (IS_WEAK - 1)) as usize
    }

    fn word(self) -> usize {
        self.place() / MOST_TIMES
    }

    fn is_weak(self) -> bool {
        self.0 & IS_WEAK != 0
    }

    fn is_repeated(self) -> bool {
        !self.place().is_multiple_of(MOST_TIMES)
    }

    fn times(self) -> u8 {
        1 + u8::from(self.is_repeated())
    }
}

/// What a word counts in a memory that holds it so many times.
type Parts = [f64; MOST_TIMES + 1];

/// The words of a question up to the last that some memory holds, each with what it counts in the scope asked about.
struct Weights(Vec<Parts>);

impl Weights {
    /// `holding` says of each word how many of the `total` memories of the scope hold it.
    fn new(holding: &[Holding], total: i64) -> Self {
        let mut rarest: Vec<usize> = (0..holding.len()).filter(|word| holding[*word].memories > 0).collect();
        rarest.sort_by_key(|word| (holding[*word].is_weak, holding[*word].memories));
        let mut parts = vec![Parts::default(); holding.len()];
        for word in rarest.into_iter().take(MOST_COUNTED) {
            let share = if holding[word].is_weak { WEAK } else { 1.0 };
            let weight = share * inverse_document_frequency(total, holding[word].memories);
            parts[word] = std::array::from_fn(|times| weight * saturated(times));
        }
        Self(parts)
    }

    /// What a hit counts, and whether at all.
    fn of(&self, hit: Hit) -> f64 {
        self.0.get(hit.word()).map_or(0.0, |parts| parts[usize::from(hit.times())])
    }

    /// The BM25 score of a memory with these hits.
    fn score(&self, hits: &[Hit]) -> f64 {
        // The last of the hits of a word is the one that repeats it.
        hits.chunk_by(|one, next| one.word() == next.word()).map(|of_word| self.of(of_word[of_word.len() - 1])).sum()
    }

    /// The most that these words can count in any memory.
    fn most(&self, words: &[usize]) -> f64 {
        words.iter().map(|word| self.0[*word][MOST_TIMES]).sum()
    }
}

/// How many memories hold a word.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
struct Holding {
    memories: i64,
    is_weak: bool,
}

/// How many memories hold each word, by all hits there are.
fn holding(hits: &[Hit]) -> Vec<Holding> {
    let words = hits.iter().map(|hit| hit.word() + 1).max().unwrap_or(0);
    let mut holding = vec![Holding::default(); words];
    for of_word in cancellable(hits.chunk_by(|one, next| one.word() == next.word())) {
        let of_this = &mut holding[of_word[0].word()];
        of_this.is_weak = of_word[0].is_weak();
        of_this.memories += memories_of(of_word);
    }
    holding
}

/// How many memories hits of one word are of: one that holds one form of it once and repeats another has two.
fn memories_of(hits: &[Hit]) -> i64 {
    let (once, repeated): (Vec<Hit>, Vec<Hit>) = hits.iter().partition(|hit| !hit.is_repeated());
    let mut ids: Vec<i32> = repeated.iter().map(|hit| hit.id()).collect();
    ids.sort_unstable();
    let both = if ids.is_empty() { 0 } else { once.iter().filter(|hit| ids.binary_search(&hit.id()).is_ok()).count() };
    (hits.len() - both) as i64
}

/// Memories, each with the words it holds, by id.
struct Memories(Vec<Hit>);

impl Memories {
    fn new(hits: impl Iterator<Item = Hit>) -> Self {
        let mut hits: Vec<Hit> = cancellable(hits).collect();
        hits.sort_unstable();
        look();
        Self(hits)
    }

    fn iter(&self) -> impl Iterator<Item = (i32, &[Hit])> {
        let memories = self.0.chunk_by(|one, next| one.id() == next.id());
        cancellable(memories.map(|hits| (hits[0].id(), hits)))
    }

    fn of(&self, id: i32) -> &[Hit] {
        let first = self.0.partition_point(|hit| hit.id() < id);
        let last = first + self.0[first..].partition_point(|hit| hit.id() == id);
        &self.0[first..last]
    }
}

/// How often a memory holds each of the words, as far as it counts.
type Times = Vec<u8>;

fn times(hits: &[Hit], words: usize) -> Times {
    let mut times = vec![0; words];
    for hit in hits {
        if let Some(times) = times.get_mut(hit.word()) {
            *times = hit.times();
        }
    }
    times
}

/// A memory and how well it answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    pub id: i32,
    pub score: f64,
}

/// The `at_most` best of them, the larger id first of two alike.
fn best(mut scored: Vec<Scored>, at_most: usize) -> Vec<Scored> {
    let better = |one: &Scored, other: &Scored| other.score.total_cmp(&one.score).then(other.id.cmp(&one.id));
    if at_most < scored.len() {
        scored.select_nth_unstable_by(at_most, better);
        scored.truncate(at_most);
    }
    look();
    scored.sort_unstable_by(better);
    scored
}

/// The most that newness and importance make of a score.
const MOST_FACTOR: f64 = 1.25;

/// So many memories are compared by newness and importance at most, where more answer about equally well: the best by their
/// words, the newest first. Comparing one takes 2 us.
const MOST_CONTENDERS: usize = 10_000;

/// Of memories, best first, the first `at_most` and those that a factor can lift among them.
fn within_reach(mut ranked: Vec<Scored>, at_most: usize) -> Vec<Scored> {
    let last = at_most.checked_sub(1).and_then(|last| ranked.get(last));
    let least = last.map_or(0.0, |last| last.score / MOST_FACTOR);
    let kept = if at_most == 0 { 0 } else { ranked.partition_point(|memory| memory.score >= least) };
    ranked.truncate(kept);
    ranked
}

/// Ids in their order.
fn sorted(mut ids: Vec<i32>) -> Vec<i32> {
    ids.sort_unstable();
    ids
}

/// Which memories may be returned: those of a filter, if there is one, without those that are not to be repeated.
pub struct Wanted {
    only: Option<Vec<i32>>,
    not: Vec<i32>,
}

impl Wanted {
    pub fn new(only: Option<Vec<i32>>, not: Option<Vec<i32>>) -> Self {
        Self { only: only.map(sorted), not: not.map(sorted).unwrap_or_default() }
    }

    fn holds(&self, id: i32) -> bool {
        self.only.as_ref().is_none_or(|ids| ids.binary_search(&id).is_ok()) && self.not.binary_search(&id).is_err()
    }
}

/// The cosines of a question's vector with the memories that have one, by id. What points away counts nothing, and NaN
/// stands for a vector that does not count any more.
pub struct Cosines {
    ids: Vec<i32>,
    cosines: Vec<f64>,
    best: f64,
}

impl Cosines {
    pub fn new(ids: &[i32], cosines: &[f64]) -> Self {
        let current = ids.iter().zip(cosines).filter(|(_, cosine)| !cosine.is_nan());
        let mut pairs: Vec<(i32, f64)> = cancellable(current).map(|(id, cosine)| (*id, cosine.max(0.0))).collect();
        look();
        pairs.sort_unstable_by_key(|(id, _)| *id);
        let best = pairs.iter().map(|(_, cosine)| *cosine).fold(0.0, f64::max);
        let (ids, cosines) = pairs.into_iter().unzip();
        Self { ids, cosines, best }
    }

    fn of(&self, id: i32) -> f64 {
        self.ids.binary_search(&id).map_or(0.0, |place| self.cosines[place])
    }
}

/// What part of the best a value is; nothing where there is no best.
fn share(value: f64, best: f64) -> f64 {
    if best > 0.0 { value / best } else { 0.0 }
}

/// A question, with what was read to answer it.
pub struct Question {
    hits: Vec<Hit>,
    weights: Weights,
    /// The best score that a memory of the scope has by its own words. Vectors alone need it.
    best_words: f64,
    cosines: Option<Cosines>,
}

impl Question {
    /// `hits` are all there are in the scope, of `total` memories, as `pack_hits` packs them.
    pub fn of(hits: &[u8], total: i64, cosines: Option<Cosines>) -> Self {
        Self::new(unpacked(hits), total, cosines)
    }

    fn new(hits: Vec<Hit>, total: i64, cosines: Option<Cosines>) -> Self {
        let weights = Weights::new(&holding(&hits), total);
        let mut question = Self { hits, weights, best_words: 0.0, cosines };
        if question.cosines.is_some() {
            let scored = question.scored(&question.memories(|_| true), &ALL);
            question.best_words = scored.iter().map(|memory| memory.score).fold(0.0, f64::max);
        }
        question
    }

    fn memories(&self, which: impl Fn(&Hit) -> bool) -> Memories {
        Memories::new(self.hits.iter().copied().filter(which))
    }

    /// `ids` are sorted. Nearly all hits are of others, which a table of flags tells without a search.
    fn memories_among(&self, ids: &[i32]) -> Memories {
        const FLAGS: usize = 1 << 16;
        let mut flags = vec![false; FLAGS];
        ids.iter().for_each(|id| flags[*id as usize % FLAGS] = true);
        self.memories(|hit| flags[hit.id() as usize % FLAGS] && ids.binary_search(&hit.id()).is_ok())
    }

    fn scored(&self, memories: &Memories, wanted: &Wanted) -> Vec<Scored> {
        let wanted = memories.iter().filter(|(id, _)| wanted.holds(*id));
        let scored = wanted.map(|(id, hits)| Scored { id, score: self.weights.score(hits) });
        scored.filter(|memory| memory.score > 0.0).collect()
    }

    /// The scores, by their own words, of all that hold a word, best first.
    pub fn by_words(&self, wanted: &Wanted) -> Vec<Scored> {
        best(self.scored(&self.memories(|_| true), wanted), usize::MAX)
    }

    /// The memories that answer best by their own words and their own vector, and those that come close enough to be among
    /// `at_most` once a factor is put to them.
    pub fn best(&self, wanted: &Wanted, at_most: usize) -> Vec<Scored> {
        let scored = match &self.cosines {
            None => self.scored(&self.contenders(wanted, at_most), wanted),
            Some(cosines) => self.blended_all(cosines, wanted),
        };
        within_reach(best(scored, MOST_CONTENDERS.max(at_most)), at_most)
    }

    /// All that hold a word or have a vector, with the scores of both; the two are in the order of their ids.
    fn blended_all(&self, cosines: &Cosines, wanted: &Wanted) -> Vec<Scored> {
        let by_words = self.scored(&self.memories(|_| true), wanted);
        let mut blended = Vec::with_capacity(by_words.len() + cosines.ids.len());
        let mut rest = by_words.iter().peekable();
        let words = |score| self.count_of_words(score);
        let vectors = cancellable(cosines.ids.iter().zip(&cosines.cosines));
        for (id, cosine) in vectors.filter(|(id, _)| wanted.holds(**id)) {
            while let Some(without_vector) = rest.next_if(|memory| memory.id < *id) {
                blended.push(Scored { id: without_vector.id, score: words(without_vector.score) });
            }
            let own = rest.next_if(|memory| memory.id == *id).map_or(0.0, |memory| words(memory.score));
            blended.push(Scored { id: *id, score: own + 0.5 * share(*cosine, cosines.best) });
        }
        blended.extend(rest.map(|memory| Scored { id: memory.id, score: words(memory.score) }));
        blended
    }

    /// The memories that can be among the best by their words, with these.
    ///
    /// This is MaxScore (Turtle and Flood, "Query Evaluation: Strategies and Optimizations", 1995). The memories that
    /// hold a rare word are scored first. Once enough of them score more than all the other words could count together,
    /// what holds only these cannot be among the best any more, and the hits of these words, which are most of all hits,
    /// matter for the few memories alone that they could still lift.
    fn contenders(&self, wanted: &Wanted, at_most: usize) -> Memories {
        if self.hits.len() > FEW_HITS && at_most > 0 {
            let rarest_first = self.rarest_first();
            for telling in self.looks(&rarest_first) {
                let (rare, others) = rarest_first.split_at(telling);
                let mut is_telling = vec![false; self.weights.0.len()];
                rare.iter().for_each(|word| is_telling[*word] = true);
                let scored = self.scored(&self.memories(|hit| is_telling[hit.word()]), wanted);
                let others = self.weights.most(others);
                let last = best(scored.clone(), at_most).get(at_most - 1).map(|last| last.score / MOST_FACTOR);
                if let Some(last) = last.filter(|last| *last > others) {
                    let contending = scored.iter().filter(|memory| memory.score + others >= last);
                    return self.memories_among(&sorted(contending.map(|memory| memory.id).collect()));
                }
            }
        }
        self.memories(|_| true)
    }

    /// For how many of the rarest words it is looked whether they tell enough: where they could, and where they have twice
    /// as many hits as at the look before. So all looks together meet no more hits than twice those of the last, however
    /// many words there are.
    fn looks(&self, rarest_first: &[usize]) -> Vec<usize> {
        let holding = holding(&self.hits);
        let (mut hits, mut hits_of_last) = (0, 0);
        let pays = |telling: &usize| {
            hits += holding[rarest_first[telling - 1]].memories;
            let (telling, others) = rarest_first.split_at(*telling);
            let looks =
                hits >= 2 * hits_of_last && self.weights.most(telling) > MOST_FACTOR * self.weights.most(others);
            if looks {
                hits_of_last = hits;
            }
            looks
        };
        (1..rarest_first.len()).filter(pays).collect()
    }

    fn rarest_first(&self) -> Vec<usize> {
        let weight = |word: &usize| self.weights.0[*word][1];
        let mut words: Vec<usize> = (0..self.weights.0.len()).filter(|word| weight(word) > 0.0).collect();
        words.sort_by(|one, other| weight(other).total_cmp(&weight(one)));
        words
    }

    /// The score by words as it is, or half the words and half the cosine where there are vectors.
    fn blended(&self, id: i32, words: f64) -> Scored {
        Scored { id, score: self.count_of_words(words) + self.count_of_vector(id) }
    }

    fn count_of_words(&self, words: f64) -> f64 {
        if self.cosines.is_some() { 0.5 * share(words, self.best_words) } else { words }
    }

    fn count_of_vector(&self, id: i32) -> f64 {
        self.cosines.as_ref().map_or(0.0, |cosines| 0.5 * share(cosines.of(id), cosines.best))
    }

    /// Whether a memory answers at all: by a word that it holds, or by its vector.
    fn is_answered_by(&self, id: i32, times: &Times) -> bool {
        let counts = |(parts, times): (&Parts, &u8)| parts[usize::from(*times)] > 0.0;
        self.weights.0.iter().zip(times).any(counts) || self.count_of_vector(id) > 0.0
    }

    /// What each word counts in the memory at a place of its neighbourhood, with what the memories around it lend.
    ///
    /// A question and its answer, or a thing and its name, often stand in two messages one after the other. So a word
    /// that a memory lacks counts half if the memory next to it holds it, and a quarter from the one after that. It is
    /// lent word by word: to what a memory holds itself, a neighbour adds nothing.
    fn with_neighbours(&self, around: &Neighbourhood, place: usize) -> Vec<Count> {
        let (own, lenders) = (&around.memories[place].1, around.lenders(place));
        let count = |(word, parts): (usize, &Parts)| {
            let counts = |times: u8, share: f64| share * parts[usize::from(times)];
            let own = Count { word, times: own[word], counts: counts(own[word], 1.0), lender: None };
            let lent = lenders.iter().map(|((lender, times), share)| {
                let times = times[word];
                Count { word, times, counts: counts(times, *share), lender: Some(*lender) }
            });
            lent.fold(own, |most, lent| if lent.counts > most.counts { lent } else { most })
        };
        self.weights.0.iter().enumerate().map(count).collect()
    }
}

/// Every memory may be returned.
pub const ALL: Wanted = Wanted { only: None, not: Vec::new() };

/// Up to so many hits, scoring all of them takes less time than finding out which need not be.
const FEW_HITS: usize = 4_000;

/// What a word of the question counts in a memory, that it holds so often, or that another memory holds and lends it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Count {
    word: usize,
    times: u8,
    counts: f64,
    lender: Option<i32>,
}

/// How many memories away a word is still lent from.
const FARTHEST_LENDER: usize = 2;

/// How many memories to each side of a candidate are looked at: the two around it may answer themselves, and borrow from
/// two more.
const REACH: usize = 2 * FARTHEST_LENDER;

/// A memory with those around it in their conversation, in order, each with the words it holds.
struct Neighbourhood {
    memories: Vec<(i32, Times)>,
    place: usize,
}

impl Neighbourhood {
    /// How SQL hands them over: the id, `REACH` memories before it, the nearest first, and as many after it, with 0 where
    /// the conversation ends.
    const LENGTH: usize = 1 + 2 * REACH;

    fn new(handed: &[i32; Self::LENGTH], memories: &Memories, words: usize) -> Self {
        let [id, neighbours @ ..] = handed;
        let (before, after) = neighbours.split_at(REACH);
        let is_there = |id: &&i32| **id != 0;
        let in_order = before.iter().rev().filter(is_there).chain([id]).chain(after.iter().filter(is_there));
        let place = before.iter().filter(is_there).count();
        Self { memories: in_order.map(|id| (*id, times(memories.of(*id), words))).collect(), place }
    }

    /// The places whose own neighbours are all there: that of the memory, and two on each side.
    fn near(&self) -> impl Iterator<Item = usize> {
        self.place.saturating_sub(FARTHEST_LENDER)..=(self.place + FARTHEST_LENDER).min(self.memories.len() - 1)
    }

    /// The memories that lend to the one at a place, and how much of what a word counts: half from the next one.
    fn lenders(&self, place: usize) -> Vec<(&(i32, Times), f64)> {
        let (before, after) = (self.memories[..place].iter().rev(), self.memories[place + 1..].iter());
        let share = |(distance, memory)| (memory, 0.5_f64.powi(distance));
        let before = (1..).zip(before.take(FARTHEST_LENDER)).map(share);
        before.chain((1..).zip(after.take(FARTHEST_LENDER)).map(share)).collect()
    }
}

/// That these memories hold what stands at a place of the question, as bytes: half the cost of an array in SQL.
pub fn pack_hits(place: i32, ids: &[i32]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(size_of_val(ids) * 2);
    cancellable(ids.iter()).for_each(|id| packed.extend_from_slice(&Hit::new(*id, place).0.to_ne_bytes()));
    packed
}

fn unpacked(hits: &[u8]) -> Vec<Hit> {
    cancellable(hits.as_chunks().0.iter()).map(|hit| Hit(i64::from_ne_bytes(*hit))).collect()
}

/// The memories that hits are of, each once.
pub fn memories_of_hits(hits: &[u8]) -> Vec<i32> {
    Memories::new(unpacked(hits).into_iter()).iter().map(|(id, _)| id).collect()
}

impl Question {
    /// The scores of the candidates and of the memories around them that answer as well, best first, as far as newness and
    /// importance can lift them among the `at_most` best. `around` holds the neighbourhood of each candidate, one after the other.
    pub fn best_with_neighbours(&self, wanted: &Wanted, around: &[i32], at_most: usize) -> Vec<Scored> {
        within_reach(best(scores_with_neighbours(self, wanted, around), usize::MAX), at_most)
    }

    /// What makes up the score of a memory: a part for each word that counts, and one without a word for its vector. `around`
    /// holds its neighbourhood.
    pub fn parts(&self, around: &[i32]) -> Vec<Part> {
        let Some(handed) = around.first_chunk() else { return Vec::new() };
        let memories = self.memories_among(&sorted(around.to_vec()));
        let around = Neighbourhood::new(handed, &memories, self.weights.0.len());
        let (id, own) = &around.memories[around.place];
        if !self.is_answered_by(*id, own) {
            return Vec::new();
        }
        let words = self.with_neighbours(&around, around.place).into_iter().filter(|word| word.counts > 0.0);
        let by_word = words.map(|word| Part {
            word: Some(word.word as i32 + 1),
            times: Some(word.times.into()),
            lender: word.lender,
            amount: self.weights.0[word.word][1],
            counts: self.count_of_words(word.counts),
        });
        let by_vector = self.cosines.as_ref().map(|cosines| Part {
            word: None,
            times: None,
            lender: None,
            amount: cosines.of(*id),
            counts: self.count_of_vector(*id),
        });
        by_word.chain(by_vector).collect()
    }
}

/// A part of a score: of a word of the question, numbered from 1, or of the vector.
pub struct Part {
    pub word: Option<i32>,
    /// How often the memory, or its lender, holds the word, as far as it counts.
    pub times: Option<i32>,
    /// The memory that lends the word.
    pub lender: Option<i32>,
    /// The weight of the word in the scope, or the cosine.
    pub amount: f64,
    /// What it counts in the score.
    pub counts: f64,
}

fn scores_with_neighbours(question: &Question, wanted: &Wanted, around: &[i32]) -> Vec<Scored> {
    let memories = question.memories_among(&sorted(around.to_vec()));
    let mut scored: Vec<Scored> = Vec::new();
    for handed in around.as_chunks().0 {
        let around = Neighbourhood::new(handed, &memories, question.weights.0.len());
        for place in around.near() {
            let (id, own) = &around.memories[place];
            if wanted.holds(*id) && question.is_answered_by(*id, own) {
                let words = question.with_neighbours(&around, place).iter().map(|word| word.counts).sum();
                scored.push(question.blended(*id, words));
            }
        }
    }
    scored.sort_unstable_by_key(|memory| memory.id);
    scored.dedup_by_key(|memory| memory.id);
    scored
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(id: i32, word: usize, repeated: bool) -> Hit {
        Hit::new(id, (word * MOST_TIMES + usize::from(repeated)) as i32)
    }

    /// Of ten memories, 1 repeats the first word, 2 holds both, 3 and 4 the second.
    fn hits() -> Vec<Hit> {
        [(1, 0, true), (2, 0, false), (2, 1, false), (3, 1, false), (4, 1, false)]
            .map(|(id, word, repeated)| hit(id, word, repeated))
            .to_vec()
    }

    fn question(cosines: Option<Cosines>) -> Question {
        Question::new(hits(), 10, cosines)
    }

    fn ids(scored: Vec<Scored>) -> Vec<i32> {
        scored.iter().map(|memory| memory.id).collect()
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
    fn a_hit_keeps_what_it_is_made_of() {
        for (id, word, repeated) in [(1, 0, false), (i32::MAX, 4_000_000, true), (-5, 3, true), (0, 31, false)] {
            let hit = hit(id, word, repeated);
            assert_eq!((hit.id(), hit.word(), hit.is_repeated()), (id, word, repeated));
        }
    }

    #[test]
    fn hits_are_gathered_by_memory() {
        let question = question(None);
        let memories = question.memories(|_| true);
        assert_eq!(times(memories.of(1), 2), [2, 0]);
        assert_eq!(times(memories.of(2), 2), [1, 1]);
        assert_eq!(times(memories.of(5), 2), [0, 0]);
        assert_eq!(question.weights.0[0][1], inverse_document_frequency(10, 2));
        assert_eq!(question.weights.0[1][1], inverse_document_frequency(10, 3));
    }

    #[test]
    fn the_best_come_first_and_of_two_alike_the_larger_id() {
        let question = question(None);
        assert_eq!(ids(question.best(&ALL, 10)), [2, 1, 4, 3]);
        assert_eq!(ids(question.best(&ALL, 2)), [2, 1], "the others are out of reach");
        assert_eq!(ids(question.best(&ALL, 3)), [2, 1, 4, 3], "what comes close is there");
        assert_eq!(ids(question.best(&Wanted { only: Some(vec![3, 4, 99]), not: Vec::new() }, 10)), [4, 3]);
        assert_eq!(ids(question.best(&Wanted { only: None, not: vec![2, 4] }, 10)), [1, 3]);
    }

    fn counts(question: &Question, id: i32, before: &[i32], after: &[i32]) -> Vec<Count> {
        let side = |ids: &[i32]| std::array::from_fn::<i32, REACH, _>(|place| ids.get(place).copied().unwrap_or(0));
        let handed = [&[id], &side(before)[..], &side(after)].concat();
        let around =
            Neighbourhood::new(handed.first_chunk().unwrap(), &question.memories(|_| true), question.weights.0.len());
        question.with_neighbours(&around, around.place)
    }

    fn words(question: &Question, id: i32, before: &[i32], after: &[i32]) -> f64 {
        counts(question, id, before, after).iter().map(|word| word.counts).sum()
    }

    #[test]
    fn a_neighbour_lends_what_a_memory_lacks_and_adds_to_nothing_it_has() {
        let question = question(None);
        let [first, second] = [0, 1].map(|word| question.weights.0[word][1]);
        assert_eq!(words(&question, 3, &[], &[]), second);
        assert_eq!(words(&question, 3, &[2], &[]), first / 2.0 + second, "half from the next one");
        assert_eq!(words(&question, 3, &[9, 2], &[]), first / 4.0 + second, "a quarter from the one after");
        assert_eq!(words(&question, 3, &[9, 8, 2], &[]), second, "nothing from farther away");
        assert_eq!(words(&question, 3, &[4], &[9, 2]), first / 4.0 + second, "the best of them, not their sum");
        let repeated = question.weights.0[0][2];
        assert_eq!(
            words(&question, 3, &[], &[1]),
            repeated / 2.0 + second,
            "what a neighbour repeats counts more there"
        );
    }

    #[test]
    fn the_lender_is_named() {
        let question = question(None);
        let lent = counts(&question, 3, &[2], &[])[0];
        assert_eq!((lent.word, lent.times, lent.lender), (0, 1, Some(2)));
    }

    #[test]
    fn a_memory_that_holds_no_word_is_not_returned_for_its_neighbours() {
        let question = question(None);
        let around = [2, 9, 0, 0, 0, 3, 0, 0, 0];
        assert_eq!(ids(scores_with_neighbours(&question, &ALL, &around)), [2, 3]);
    }

    #[test]
    fn the_score_of_a_memory_is_the_same_whichever_candidate_it_stands_by() {
        let question = question(None);
        // 1, 2, 3, 4 in this order: as a neighbour of 2, of 3, and as a candidate.
        let by = |candidate: [i32; 9]| {
            let scored = scores_with_neighbours(&question, &ALL, &candidate);
            scored.into_iter().find(|memory| memory.id == 4).map(|memory| memory.score)
        };
        let as_candidate = by([4, 3, 2, 1, 0, 0, 0, 0, 0]);
        assert!(as_candidate.is_some());
        assert_eq!(by([3, 2, 1, 0, 0, 4, 0, 0, 0]), as_candidate);
        assert_eq!(by([2, 1, 0, 0, 0, 3, 4, 0, 0]), as_candidate);
    }

    #[test]
    fn with_vectors_words_and_cosine_count_half_each_of_the_best() {
        let question = question(Some(Cosines::new(&[7, 1, 5, 3], &[0.8, 0.4, f64::NAN, -0.2])));
        let best = words(&question, 2, &[], &[]);
        assert_eq!(question.blended(2, best).score, 0.5);
        assert_eq!(question.blended(7, 0.0).score, 0.5);
        assert_eq!(question.blended(1, best).score, 0.5 + 0.25);
        assert_eq!(question.blended(3, 0.0).score, 0.0, "what points away counts nothing");
        assert_eq!(question.blended(5, 0.0).score, 0.0, "a vector of another text counts nothing");
        assert_eq!(ids(question.best(&ALL, 3))[..3], [1, 7, 2], "one matches by both, the others by one");
    }

    /// Five words, from one that few of 9,000 memories hold to one that most do, at random.
    fn random_hits(seed: u64) -> Vec<Hit> {
        let mut random = seed;
        let mut below = |bound: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % bound
        };
        let mut hits = Vec::new();
        for (word, holders) in [30, 200, 600, 3_000, 8_000].into_iter().enumerate() {
            for id in 1..=9_000 {
                if below(9_000) < holders {
                    hits.push(hit(id, word, below(5) == 0));
                }
            }
        }
        hits
    }

    #[test]
    fn the_looks_at_ever_more_words_meet_few_hits_twice() {
        // 32 words, each held by as many of 4,000 memories.
        let common = (1..=4_000).flat_map(|id| (0..32).map(move |word| hit(id, word, false)));
        for hits in [common.collect(), random_hits(1)] {
            let question = Question::new(hits, 9_000, None);
            let rarest_first = question.rarest_first();
            let holding = holding(&question.hits);
            let hits_of =
                |telling: &usize| rarest_first[..*telling].iter().map(|word| holding[*word].memories).sum::<i64>();
            let looks = question.looks(&rarest_first);
            let met: Vec<i64> = looks.iter().map(hits_of).collect();
            assert!(!met.is_empty());
            assert!(met.iter().sum::<i64>() <= 2 * met[met.len() - 1], "{met:?} hits with {looks:?} words");
        }
    }

    #[test]
    fn a_memory_that_holds_two_forms_of_a_word_holds_it_once() {
        let hits = [hit(1, 0, false), hit(2, 0, false), hit(2, 0, true), hit(3, 0, true)];
        assert_eq!(holding(&hits)[0].memories, 3);
        let question = Question::new(hits.to_vec(), 10, None);
        assert_eq!(question.by_words(&ALL).iter().map(|memory| memory.id).collect::<Vec<_>>(), [3, 2, 1]);
        assert_eq!(question.by_words(&ALL)[0].score, question.by_words(&ALL)[1].score);
    }

    #[test]
    fn of_many_words_the_rarest_count_and_of_weak_ones_little() {
        let words = MOST_COUNTED + 10;
        let hits: Vec<Hit> =
            (0..words).flat_map(|word| (0..1 + word as i32 / 100).map(move |id| hit(id + 1, word, false))).collect();
        let weights = Weights::new(&holding(&hits), 1_000);
        assert_eq!(weights.0.iter().filter(|parts| parts[1] > 0.0).count(), MOST_COUNTED);
        assert_eq!(weights.0[words - 1][1], 0.0, "it is in two memories, and the first hundred in one");
        let weak = Hit(hit(1, 0, false).0 | IS_WEAK);
        let [weak, strong] = [weak, hit(1, 0, false)].map(|hit| Weights::new(&holding(&[hit]), 10).0[0][1]);
        assert!((weak - WEAK * strong).abs() < 1e-12);
    }

    #[test]
    fn scoring_fewer_memories_finds_the_same_best() {
        for seed in 0..20 {
            let question = Question::new(random_hits(seed), 9_000, None);
            for wanted in
                [ALL, Wanted { only: Some((1..9_000).step_by(7).collect()), not: (1..4_000).step_by(21).collect() }]
            {
                let all = question.by_words(&wanted);
                for at_most in [0, 1, 20, 500, 20_000] {
                    assert_eq!(question.best(&wanted, at_most), within_reach(all.clone(), at_most), "{seed} {at_most}");
                }
                let (contenders, all) =
                    (question.contenders(&wanted, 20).iter().count(), question.memories(|_| true).iter().count());
                assert!(contenders < all / 4, "{contenders} of {all} were scored");
            }
        }
    }
}
