//! What SQL reads from an index of words, as bytes: the files that hold what stands at a place of the question.

use homer_interrupts::{cancellable, sort};

use crate::scoring::{Document, Holders, MOST_TIMES, Question, Words};

/// That a document holds a word of the question: its id, and below it the place of the word, which is twice its number, and
/// one more where the document repeats it. So hits sort by document, and by word.
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
}

/// That these documents hold what stands at a place of the question, as bytes: half the cost of an array in SQL.
pub fn pack_hits(place: i32, ids: &[i32]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(size_of_val(ids) * 2);
    cancellable(ids.iter()).for_each(|id| packed.extend_from_slice(&Hit::new(*id, place).0.to_ne_bytes()));
    packed
}

/// The ids and scores of all that hits are of, in a scope of `total` documents, best first.
pub fn scored_hits(hits: &[u8], total: i64) -> Vec<(i32, f64)> {
    let hits: Vec<Hit> = cancellable(hits.as_chunks().0.iter()).map(|hit| Hit(i64::from_ne_bytes(*hit))).collect();
    let ids = ids(&hits);
    let question = Question::new(words(&hits, &ids), total, ids.len());
    question.by_words().iter().map(|scored| (ids[scored.document as usize], scored.score)).collect()
}

fn ids(hits: &[Hit]) -> Vec<i32> {
    let mut ids: Vec<i32> = hits.iter().map(|hit| hit.id()).collect();
    sort(&mut ids);
    ids.dedup();
    ids
}

fn words(hits: &[Hit], ids: &[i32]) -> Words {
    let most = hits.iter().map(|hit| hit.word() + 1).max().unwrap_or(0);
    let mut read: Vec<(Vec<Document>, Vec<Document>, bool)> = vec![Default::default(); most];
    for hit in cancellable(hits.iter()) {
        let (once, repeated, is_weak) = &mut read[hit.word()];
        *is_weak = hit.is_weak();
        let holding = if hit.is_repeated() { repeated } else { once };
        holding.extend(ids.binary_search(&hit.id()).map(|place| place as Document));
    }
    let mut words = Words::default();
    read.into_iter().for_each(|(once, repeated, is_weak)| words.push(Holders::new(once, repeated, is_weak)));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hit_keeps_what_it_is_made_of() {
        for (id, word, repeated) in [(1, 0, false), (i32::MAX, 4_000_000, true), (-5, 3, true), (0, 31, false)] {
            let hit = Hit::new(id, (word * MOST_TIMES + usize::from(repeated)) as i32);
            assert_eq!((hit.id(), hit.word(), hit.is_repeated()), (id, word, repeated));
        }
    }

    #[test]
    fn files_are_scored_by_the_words_that_they_hold() {
        let packed =
            [pack_hits(0, &[70, 5]), pack_hits(1, &[-3]), pack_hits(2, &[70]), pack_hits(5 | 1 << 23, &[9])].concat();
        let scored = scored_hits(&packed, 100);
        assert_eq!(scored.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [70, -3, 5, 9]);
        assert!(scored[3].1 < scored[2].1 / 5.0, "a weak word counts little");
        assert_eq!(scored_hits(&[], 0), []);
    }
}
