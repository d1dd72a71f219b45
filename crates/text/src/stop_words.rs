//! The English words too common to tell one text from another: PostgreSQL's english.stop, without what a contraction leaves
//! (don, s, t), which is taken care of where contractions are, and is a name or a size elsewhere.

/// When a stop word is none.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum StopWord {
    /// It is always one, unless it is written like a name.
    Always,
    /// It is one in an English text only: in another language it is a word that means something, or part of a name. Czech
    /// most is a bridge, Turkish at a horse, French ours a bear, Danish by a town and and a duck, Polish but a boot, Dutch been
    /// a leg.
    InEnglish,
}

/// The lists, each sorted. They are part of the stored index's format: a change means that every index is built anew.
#[rustfmt::skip]
const ALWAYS: [&str; 64] = [
    "about", "above", "after", "again", "against", "are", "because", "before", "being", "below", "between", "both",
    "did", "does", "doing", "during", "each", "from", "further", "having", "hers", "herself", "himself", "his", "how",
    "into", "is", "its", "itself", "just", "myself", "nor", "of", "only", "other", "our", "ourselves", "she", "should",
    "some", "such", "that", "the", "their", "theirs", "them", "themselves", "these", "they", "this", "those", "through",
    "until", "very", "we", "were", "what", "when", "where", "which", "while", "who", "whom", "why",
];
#[rustfmt::skip]
const IN_ENGLISH: [&str; 60] = [
    "a", "all", "am", "an", "and", "any", "as", "at", "be", "been", "but", "by", "can", "do", "down", "few", "for",
    "had", "has", "have", "he", "her", "here", "him", "i", "if", "in", "it", "me", "more", "most", "my", "no", "not",
    "now", "off", "on", "once", "or", "ours", "out", "over", "own", "same", "so", "than", "then", "there", "to", "too",
    "under", "up", "was", "will", "with", "you", "your", "yours", "yourself", "yourselves",
];

/// Which kind of stop word the word is, in lower case and not yet stemmed.
pub fn stop_word(word: &str) -> Option<StopWord> {
    if ALWAYS.binary_search(&word).is_ok() {
        Some(StopWord::Always)
    } else if IN_ENGLISH.binary_search(&word).is_ok() {
        Some(StopWord::InEnglish)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function_words::languages_of;
    use crate::languages::ENGLISH;

    #[test]
    fn the_lists_are_sorted_and_every_word_of_them_is_a_function_word_of_english() {
        assert!(ALWAYS.is_sorted() && IN_ENGLISH.is_sorted());
        for word in ALWAYS.iter().chain(&IN_ENGLISH) {
            assert_ne!(languages_of(word) & ENGLISH, 0, "{word}");
        }
        assert_eq!(stop_word("the"), Some(StopWord::Always));
        assert_eq!(stop_word("most"), Some(StopWord::InEnglish));
        assert_eq!(stop_word("but"), Some(StopWord::InEnglish));
        assert!(["", "zebra", "th", "thee", "they're", "9", "é", "don"].iter().all(|word| stop_word(word).is_none()));
    }
}
