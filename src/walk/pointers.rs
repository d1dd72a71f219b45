//! A set of row pointers, each of which is found by its place in their order.

use homer_interrupts::cancellable;

use super::{Pointer, block_of, offset_of};

/// Row pointers as rows lie, each once.
#[derive(Default)]
pub struct Pointers {
    sorted: Vec<Pointer>,
    bits: Option<Bits>,
}

impl Pointers {
    /// Of pointers in order, each once.
    pub fn new(sorted: Vec<Pointer>) -> Self {
        Self { bits: Bits::of(&sorted), sorted }
    }

    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    pub fn at(&self, place: usize) -> Pointer {
        self.sorted[place]
    }

    /// The place of a pointer, if it is one of them.
    pub fn place(&self, pointer: Pointer) -> Option<usize> {
        match &self.bits {
            Some(bits) => bits.place(pointer),
            None => self.sorted.binary_search(&pointer).ok(),
        }
    }

    /// Calls `each` with the places of those of the others that are among them. The others are in order, too; where they are looked
    /// for, it goes on from one to the next by steps that double, which are few for those that lie far apart.
    pub fn each_place(&self, others: &[Pointer], mut each: impl FnMut(usize)) {
        if let Some(bits) = &self.bits {
            return others.iter().filter_map(|pointer| bits.place(*pointer)).for_each(each);
        }
        let mut from = 0;
        for pointer in others {
            from += steps_to(&self.sorted[from..], *pointer);
            match self.sorted.get(from) {
                Some(found) if found == pointer => each(from),
                Some(_) => {}
                None => return,
            }
        }
    }
}

/// Both in one, in order, as both are. What stands together in the longer one is moved at once: most scopes are a user's memories
/// and a few of everyone's.
pub fn merged(one: Vec<Pointer>, other: Vec<Pointer>) -> Vec<Pointer> {
    let (mut longer, shorter) = if one.len() < other.len() { (other, one) } else { (one, other) };
    let (mut rest, mut end) = (longer.len(), longer.len() + shorter.len());
    longer.resize(end, 0);
    for pointer in shorter.into_iter().rev() {
        let before = rest - steps_back(&longer[..rest], pointer);
        end -= rest - before;
        longer.copy_within(before..rest, end);
        end -= 1;
        longer[end] = pointer;
        rest = before;
    }
    longer
}

/// How many of the pointers come after another.
fn steps_back(pointers: &[Pointer], other: Pointer) -> usize {
    let mut step = 1;
    while step <= pointers.len() && pointers[pointers.len() - step] > other {
        step *= 2;
    }
    let (low, high) = (pointers.len() - step.min(pointers.len()), pointers.len() - step / 2);
    pointers.len() - low - pointers[low..high].partition_point(|pointer| *pointer < other)
}

/// How many of the pointers come before another.
fn steps_to(pointers: &[Pointer], other: Pointer) -> usize {
    let mut step = 1;
    while step <= pointers.len() && pointers[step - 1] < other {
        step *= 2;
    }
    let (low, high) = (step / 2, step.min(pointers.len()));
    low + pointers[low..high].partition_point(|pointer| *pointer < other)
}

/// A bit for each place on the pages from the first pointer's to the last's. Looking one up takes a fifth of the steps where
/// the pages hold many of the pointers; where they hold few, the bits take longer to make than they save.
struct Bits {
    first_block: u32,
    words_a_block: usize,
    words: Vec<Word>,
}

#[derive(Clone, Copy, Default)]
struct Word {
    bits: u64,
    /// How many of the pointers are in the words before it.
    before: u32,
}

/// So many words a pointer at most.
const MOST_WORDS: usize = 4;

impl Bits {
    fn of(sorted: &[Pointer]) -> Option<Self> {
        const FEW: usize = 1_000;
        if sorted.len() < FEW {
            return None;
        }
        let (first, last) = (block_of(*sorted.first()?), block_of(*sorted.last()?));
        let blocks = (last - first) as usize + 1;
        if blocks > MOST_WORDS * sorted.len() {
            return None;
        }
        let most_offset = sorted.iter().map(|pointer| offset_of(*pointer)).max()?;
        let words_a_block = usize::from(most_offset) / 64 + 1;
        if blocks * words_a_block > MOST_WORDS * sorted.len() {
            return None;
        }
        let mut bits = Self { first_block: first, words_a_block, words: vec![Word::default(); blocks * words_a_block] };
        for pointer in cancellable(sorted.iter()) {
            let (word, bit) = bits.word_and_bit(*pointer)?;
            bits.words[word].bits |= bit;
        }
        let mut before = 0;
        for word in &mut bits.words {
            word.before = before;
            before += word.bits.count_ones();
        }
        Some(bits)
    }

    fn word_and_bit(&self, pointer: Pointer) -> Option<(usize, u64)> {
        let block = block_of(pointer).checked_sub(self.first_block)? as usize;
        let offset = usize::from(offset_of(pointer));
        (offset / 64 < self.words_a_block).then_some((block * self.words_a_block + offset / 64, 1 << (offset % 64)))
    }

    fn place(&self, pointer: Pointer) -> Option<usize> {
        let (word, bit) = self.word_and_bit(pointer)?;
        let word = self.words.get(word).filter(|word| word.bits & bit != 0)?;
        Some((word.before + (word.bits & (bit - 1)).count_ones()) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::super::pointer;
    use super::*;

    /// So many pages from the third on, each `apart` from the next, with a row at every place up to `most` that `step` divides.
    fn rows(blocks: u32, apart: u32, most: u16, step: u16) -> Vec<Pointer> {
        let of_block =
            |block| (1..=most).filter(move |offset| offset % step == 0).map(move |offset| pointer(block, offset));
        (0..blocks).flat_map(|block| of_block(3 + block * apart)).collect()
    }

    /// On few pages and on many, close together and far apart, with more than 64 to a page and fewer, with bits and without.
    fn sets() -> Vec<(Vec<Pointer>, bool)> {
        vec![
            (rows(40, 1, 40, 1), true),
            (rows(200, 1, 290, 7), true),
            (rows(2_000, 3, 63, 63), true),
            (rows(2_000, 9, 63, 63), false),
            (rows(1_001, 1, 290, 290), false),
            (rows(10, 1, 40, 3), false),
            (Vec::new(), false),
        ]
    }

    fn others() -> Vec<Pointer> {
        rows(2_050, 1, 291, 2).into_iter().chain([pointer(1 << 20, 1), pointer(u32::MAX - 1, 2_047)]).collect()
    }

    #[test]
    fn the_place_of_each_is_its_place_in_the_order() {
        for (sorted, has_bits) in sets() {
            let pointers = Pointers::new(sorted.clone());
            assert_eq!(pointers.bits.is_some(), has_bits, "{} of them", sorted.len());
            assert!((0..).zip(&sorted).all(|(place, one)| pointers.place(*one) == Some(place)));
            for other in others() {
                assert_eq!(pointers.place(other), sorted.binary_search(&other).ok(), "{other}");
            }
        }
    }

    #[test]
    fn of_others_those_that_are_there_are_told_in_order() {
        for (sorted, _) in sets() {
            let mut places = Vec::new();
            Pointers::new(sorted.clone()).each_place(&others(), |place| places.push(place));
            let wanted: Vec<usize> = others().iter().filter_map(|other| sorted.binary_search(other).ok()).collect();
            assert_eq!(places, wanted);
        }
    }

    #[test]
    fn two_in_one_are_in_order() {
        let (one, other) =
            (rows(20, 2, 9, 1), rows(3, 5, 8, 2).iter().map(|pointer| pointer + 100).collect::<Vec<_>>());
        let mut both = [one.clone(), other.clone()].concat();
        both.sort_unstable();
        assert_eq!(merged(one.clone(), other.clone()), both);
        assert_eq!(merged(other, one.clone()), both);
        assert_eq!(merged(Vec::new(), one.clone()), one);
    }
}
