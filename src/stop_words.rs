//! The English words too common to tell one text from another: PostgreSQL's english.stop, word for word.

/// The list, sorted. It is part of the stored index's format: a change means that every index is built anew.
#[rustfmt::skip]
const STOP_WORDS: [&str; 127] = [
    "a", "about", "above", "after", "again", "against", "all", "am", "an", "and", "any", "are", "as", "at", "be",
    "because", "been", "before", "being", "below", "between", "both", "but", "by", "can", "did", "do", "does",
    "doing", "don", "down", "during", "each", "few", "for", "from", "further", "had", "has", "have", "having", "he",
    "her", "here", "hers", "herself", "him", "himself", "his", "how", "i", "if", "in", "into", "is", "it", "its",
    "itself", "just", "me", "more", "most", "my", "myself", "no", "nor", "not", "now", "of", "off", "on", "once",
    "only", "or", "other", "our", "ours", "ourselves", "out", "over", "own", "s", "same", "she", "should", "so",
    "some", "such", "t", "than", "that", "the", "their", "theirs", "them", "themselves", "then", "there", "these",
    "they", "this", "those", "through", "to", "too", "under", "until", "up", "very", "was", "we", "were", "what",
    "when", "where", "which", "while", "who", "whom", "why", "will", "with", "you", "your", "yours", "yourself",
    "yourselves",
];

/// Where the words of each first letter begin in the list (27 entries: the last one is the end of z). A word is then
/// compared with at most 18 others (the t's), nearly all of which differ in length already.
const FIRST: [usize; 27] = first_of_each_letter();

const fn first_of_each_letter() -> [usize; 27] {
    let mut first = [0; 27];
    let mut word = 0;
    while word < STOP_WORDS.len() {
        let mut later = (STOP_WORDS[word].as_bytes()[0] - b'a') as usize + 1;
        while later < first.len() {
            first[later] = word + 1;
            later += 1;
        }
        word += 1;
    }
    first
}

/// Whether the word, in lower case and not yet stemmed, is a stop word.
pub fn is_stop_word(word: &str) -> bool {
    match word.as_bytes().first() {
        Some(letter @ b'a'..=b'z') => {
            let letter = usize::from(letter - b'a');
            STOP_WORDS[FIRST[letter]..FIRST[letter + 1]].contains(&word)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_every_word_of_it_is_found() {
        assert!(STOP_WORDS.is_sorted());
        assert!(STOP_WORDS.iter().all(|word| is_stop_word(word)));
        assert!(["", "zebra", "th", "thee", "they're", "9", "é"].iter().all(|word| !is_stop_word(word)));
    }
}
