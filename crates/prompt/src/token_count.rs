//! How many tokens a text is at most, for any of today's tokenizers.
//!
//! The tokenizers of language models differ in their vocabularies and in how they cut a text before they look into them,
//! but they end alike. They start from bytes or characters and join two neighbours as long as the result is in the
//! vocabulary, so that **no two neighbouring tokens of the outcome join to a known one**. `known_tokens.txt` holds strings of
//! letters that are tokens of all the vocabularies looked at (OpenAI's r50k, p50k, cl100k and o200k; Llama 2 and 3, Gemma 3,
//! Qwen 3, DeepSeek 3, and the one that Anthropic has published). What is counted is the longest cut of a word in which
//! no two neighbours join to one of them. A word that is itself in the list is one token, and one of `two_token_words.txt`,
//! which holds words for which none of these tokenizers needs more, is two.
//!
//! Letters outside Latin-1, signs and digits are counted by their bytes, because every tokenizer falls back to these and
//! none needs more.

use unicode_normalization::UnicodeNormalization;

use crate::word_table::WordTable;
use homer_interrupts::{Steps, cancellable};

/// Strings of Latin letters, some with the space before, that are one token in every vocabulary looked at: whole words
/// with their space, and of other strings those of five letters and less.
static KNOWN_TOKENS: WordTable = WordTable::new(include_str!("../../../data/known_tokens.txt"));

/// Words that no vocabulary looked at has as one token with their space, and none needs more than two tokens for.
static TWO_TOKEN_WORDS: WordTable = WordTable::new(include_str!("../../../data/two_token_words.txt"));

/// Known tokens of more bytes than this are not looked for in a cut. So what follows a part of so many bytes is free, and a
/// longer part would only make the cut shorter.
const LONGEST_JOINED: usize = 6;

/// An upper bound of the number of tokens of a text. The bound of two texts that meet at a line break is the sum of theirs.
pub fn most_tokens(text: &str) -> usize {
    let mut count = 0;
    let mut before = '\n';
    let mut rest = text;
    let mut steps = Steps::default();
    while let Some(first) = rest.chars().next() {
        steps.step();
        // A space goes with the word after it, unless it stands behind another one.
        let space = usize::from(first == ' ' && !before.is_whitespace());
        let letters = rest[space..].find(|c| !is_latin(c)).unwrap_or(rest.len() - space);
        if letters == 0 {
            count += most_bytes(first);
            before = first;
            rest = &rest[first.len_utf8()..];
        } else {
            let (word, after) = rest.split_at(space + letters);
            count += most_tokens_of_word(word, after.chars().next());
            before = 'x';
            rest = after;
        }
    }
    count
}

/// Some tokenizers bring a text to its compatibility form first, which makes one sign many: ½ is 1⁄2.
fn most_bytes(c: char) -> usize {
    c.len_utf8().max(std::iter::once(c).nfkc().map(char::len_utf8).sum())
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ')
}

/// A word, with the space before it if there is one, and what follows it.
fn most_tokens_of_word(word: &str, next: Option<char>) -> usize {
    // An apostrophe, a digit or a letter of another script may be joined to the word before it is looked up.
    let stands_alone = next.is_none_or(|c| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '\'');
    match word.strip_prefix(' ') {
        Some(_) if stands_alone && KNOWN_TOKENS.contains(word.as_bytes()) => 1,
        Some(letters) if stands_alone && TWO_TOKEN_WORDS.contains(letters.as_bytes()) => 2,
        _ => longest_cut(word.as_bytes()),
    }
}

/// The most parts that a word can be cut into so that no two neighbours join to a known token.
fn longest_cut(word: &[u8]) -> usize {
    // `longest[end % ring][last]`: the most parts of word[..end] whose last one has so many bytes; 0 where there is none.
    const RING: usize = LONGEST_JOINED + 2;
    let mut longest = [[0_usize; RING]; RING];
    for end in cancellable(1..=word.len()) {
        let joined: [bool; RING] =
            std::array::from_fn(|length| (2..=end).contains(&length) && joins(&word[end - length..end]));
        let mut of_end = [0; RING];
        for (last, most) in of_end.iter_mut().enumerate().take(end.min(RING - 1) + 1).skip(1) {
            let start = end - last;
            if start == 0 {
                *most = 1;
                continue;
            }
            for (previous, parts) in longest[start % RING].iter().enumerate().skip(1) {
                let is_joined = joined.get(last + previous).is_some_and(|joined| *joined);
                if *parts >= *most && *parts > 0 && !is_joined {
                    *most = parts + 1;
                }
            }
        }
        longest[end % RING] = of_end;
    }
    longest[word.len() % RING].iter().copied().max().unwrap_or(0)
}

/// Whether every tokenizer joins two neighbours to this. Some cut a text where a capital follows a small letter, so what
/// spans such a place may stay apart.
fn joins(bytes: &[u8]) -> bool {
    bytes.len() <= LONGEST_JOINED
        && KNOWN_TOKENS.contains(bytes)
        && !bytes
            .windows(2)
            .any(|pair| !pair[0].is_ascii_uppercase() && pair[0] != b' ' && pair[1].is_ascii_uppercase())
}
