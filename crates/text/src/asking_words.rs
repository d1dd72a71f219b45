//! The words with which a person asks an assistant, and not what is asked about: could you remind me, weißt du noch, dis-moi, как
//! зовут. A question is searched for them, because they may be all that it says, but they count little beside other words.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::folding::Folded;
use crate::function_words::{Languages, language};

/// A line for each language: its code and its words. A question's words alone are compared with them, so the list may change.
const LIST: &str = include_str!("../../../data/asking_words.txt");

/// The languages that a word asks in, by the word as it is folded.
static ASKING: LazyLock<HashMap<String, Languages>> = LazyLock::new(|| {
    let mut asking = HashMap::new();
    for (code, words) in LIST.lines().filter_map(|line| line.split_once(' ')) {
        for word in words.split(' ') {
            let mut folded = Folded::default();
            folded.fold(word);
            *asking.entry(folded.text).or_default() |= language(code);
        }
    }
    asking
});

/// The languages in which a folded word asks.
pub fn languages_of_asking(word: &str) -> Languages {
    ASKING.get(word).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function_words::languages_of;

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
        let mut folded = Folded::default();
        for (code, words) in LIST.lines().filter_map(|line| line.split_once(' ')) {
            let is_function = |word: &&str| {
                folded.fold(word);
                languages_of(&folded.text) & language(code) != 0
            };
            let functions: Vec<&str> = words.split(' ').filter(is_function).collect();
            assert!(functions.is_empty(), "{code}: {functions:?}");
        }
    }
}
