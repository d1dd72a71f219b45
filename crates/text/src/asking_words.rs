//! The words with which a person asks an assistant, and not what is asked about: could you remind me, weißt du noch, dis-moi, как
//! зовут. A question is searched for them, because they may be all that it says, but they count little beside other words.

use crate::function_words::Languages;
use crate::word_lists::WordLists;

/// A line for each language: its code and its words, folded. A question's words alone are compared with them, so the list may change.
const LIST: &str = include_str!("../../../data/asking_words.txt");

static TABLE: WordLists<{ 1 << 11 }> = WordLists::new(LIST);

/// The languages in which a folded word asks.
pub fn languages_of_asking(word: &str) -> Languages {
    TABLE.languages_of(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folding::Folded;
    use crate::function_words::{language, languages_of};

    #[test]
    fn words_ask_in_their_languages_alone() {
        for (code, word) in [("en", "remind"), ("de", "weisst"), ("fr", "rappeler"), ("ru", "напомнить"), ("fa", "بگو")]
        {
            assert_ne!(languages_of_asking(word) & language(code), 0, "{word}");
        }
        assert_eq!(languages_of_asking("remind"), language("en"));
        assert!(["", "zebra", "reminder", "weiss"].iter().all(|word| languages_of_asking(word) == 0));
    }

    #[test]
    fn no_word_is_listed_that_is_not_searched_anyway() {
        for (code, words) in LIST.lines().filter_map(|line| line.split_once(' ')) {
            let is_function = |word: &&str| languages_of(word) & language(code) != 0;
            let functions: Vec<&str> = words.split(' ').filter(is_function).collect();
            assert!(functions.is_empty(), "{code}: {functions:?}");
        }
    }

    #[test]
    fn every_word_is_folded() {
        let mut folded = Folded::default();
        for word in LIST.split_whitespace() {
            folded.fold(word);
            assert_eq!(folded.text, word);
        }
    }
}
