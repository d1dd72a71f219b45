//! Lists of words by their languages, laid out while the library is compiled, so that no session has to build them, and all share them.

use crate::function_words::{Languages, language_at};

/// Words from a text with a line for each language: its code, and its words.
///
/// Of each word it holds where it begins in the text, in how many bytes, and of which languages it is. A word stands in the slot that
/// its hash names, or in the first free one after it.
pub struct WordLists<const SLOTS: usize> {
    text: &'static str,
    slots: [(u32, u8, Languages); SLOTS],
}

impl<const SLOTS: usize> WordLists<SLOTS> {
    pub const fn new(text: &'static str) -> Self {
        let mut lists = Self { text, slots: [(0, 0, 0); SLOTS] };
        let text = text.as_bytes();
        let (mut start, mut end, mut language) = (0, 0, 0);
        while end < text.len() {
            if text[end] == b' ' || text[end] == b'\n' {
                if language == 0 {
                    language = language_at(text, start);
                } else {
                    lists.add(start, end, language);
                }
                if text[end] == b'\n' {
                    language = 0;
                }
                start = end + 1;
            }
            end += 1;
        }
        lists
    }

    const fn add(&mut self, start: usize, end: usize, language: Languages) {
        let text = self.text.as_bytes();
        let mut slot = hash(text, start, end) as usize % SLOTS;
        while self.slots[slot].1 != 0
            && !is_same(text, self.slots[slot].0 as usize, self.slots[slot].1 as usize, start, end)
        {
            slot = (slot + 1) % SLOTS;
        }
        let languages = self.slots[slot].2 | language;
        self.slots[slot] = (start as u32, (end - start) as u8, languages);
    }

    /// The languages in whose lists the word is.
    pub fn languages_of(&self, word: &str) -> Languages {
        let word = word.as_bytes();
        let mut slot = hash(word, 0, word.len()) as usize % SLOTS;
        loop {
            let (start, length, languages) = self.slots[slot];
            if length == 0 {
                return 0;
            }
            if self.text.as_bytes()[start as usize..][..usize::from(length)] == *word {
                return languages;
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

/// Whether the word in so many bytes at a place of a text is the one between two others.
const fn is_same(text: &[u8], one: usize, length: usize, start: usize, end: usize) -> bool {
    let mut at = 0;
    while at < length && start + at < end && text[one + at] == text[start + at] {
        at += 1;
    }
    at == length && at == end - start
}

/// FNV-1a, which needs no table and is quick for such short words.
pub const fn hash(text: &[u8], start: usize, end: usize) -> u32 {
    let mut hash: u32 = 0x811C_9DC5;
    let mut at = start;
    while at < end {
        hash = (hash ^ text[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash ^ hash >> 15
}
