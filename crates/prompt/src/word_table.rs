//! A set of words that is laid out while the library is compiled, so that no session has to build it, and all share it.

/// Half of the slots and more are free, so that a word that is not there is known for it after three of them on average.
const SLOTS: usize = 1 << 15;

/// The words of a text, one a line.
pub struct WordTable {
    text: &'static [u8],
    /// Of each word, from the highest bit on: 8 bits of its hash, 18 of where it begins in the text, 6 of its length, which is
    /// none in a free slot. A word stands in the slot that its hash names, or in the first free one after it.
    slots: [u32; SLOTS],
}

const BITS_OF_LENGTH: u32 = 6;
const BITS_OF_START: u32 = 18;

impl WordTable {
    pub const fn new(text: &'static str) -> Self {
        let text = text.as_bytes();
        assert!(text.len() < 1 << BITS_OF_START);
        let mut slots = [0; SLOTS];
        let mut start = 0;
        let mut end = 0;
        let mut hash = EMPTY;
        // A `for` cannot run here.
        while end < text.len() {
            if text[end] == b'\n' {
                assert!(start < end && end - start < 1 << BITS_OF_LENGTH);
                let mut slot = first_slot(hash);
                while slots[slot] != 0 {
                    slot = (slot + 1) % SLOTS;
                }
                slots[slot] = mark(hash) | (start as u32) << BITS_OF_LENGTH | (end - start) as u32;
                start = end + 1;
                hash = EMPTY;
            } else {
                hash = with(hash, text[end]);
            }
            end += 1;
        }
        Self { text, slots }
    }

    pub fn contains(&self, word: &[u8]) -> bool {
        let hash = word.iter().fold(EMPTY, |hash, byte| with(hash, *byte));
        let from_first = (0..SLOTS).map(|further| self.slots[(first_slot(hash) + further) % SLOTS]);
        from_first.take_while(|slot| *slot != 0).any(|slot| has_mark(slot, hash) && self.word(slot) == word)
    }

    fn word(&self, slot: u32) -> &[u8] {
        let start = slot << (32 - BITS_OF_LENGTH - BITS_OF_START) >> (32 - BITS_OF_START);
        let length = slot & ((1 << BITS_OF_LENGTH) - 1);
        &self.text[start as usize..][..length as usize]
    }
}

/// FNV-1a, which needs no table and is quick for such short words.
const EMPTY: u32 = 0x811C_9DC5;

const fn with(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(0x0100_0193)
}

const fn first_slot(hash: u32) -> usize {
    // The low bits of the hash say little of the last byte.
    (hash ^ hash >> 15) as usize % SLOTS
}

const fn mark(hash: u32) -> u32 {
    hash >> (BITS_OF_LENGTH + BITS_OF_START) << (BITS_OF_LENGTH + BITS_OF_START)
}

fn has_mark(slot: u32, hash: u32) -> bool {
    mark(slot) == mark(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn holds_the_words_of_its_text_and_no_other() {
        for text in [include_str!("../../../data/known_tokens.txt"), include_str!("../../../data/two_token_words.txt")]
        {
            let table = Box::new(WordTable::new(text));
            let words: HashSet<&[u8]> = text.lines().map(str::as_bytes).collect();
            assert_eq!(table.slots.iter().filter(|slot| **slot != 0).count(), words.len());
            for word in &words {
                assert!(table.contains(word));
                for other in neighbours(word) {
                    assert_eq!(table.contains(&other), words.contains(other.as_slice()), "{other:?}");
                }
            }
        }
    }

    /// What is nearly the word: a byte less, a byte more, another byte.
    fn neighbours(word: &[u8]) -> Vec<Vec<u8>> {
        let changed = (0..word.len()).map(|at| {
            let mut other = word.to_vec();
            other[at] = b'a' + (other[at] + 1) % 26;
            other
        });
        let shorter = [word[1..].to_vec(), word[..word.len() - 1].to_vec()];
        let longer = [[b" ", word].concat(), [word, b"s"].concat(), [word, b"\n"].concat()];
        changed.chain(shorter).chain(longer).collect()
    }
}
