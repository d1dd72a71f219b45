//! Forms that follow no rule, in other languages than English: aß and gegessen of essen, bøkene of bok.

use std::sync::LazyLock;

use crate::function_words::{Languages, language};

/// From a list written for homer, a word a line: its language, the word, and its forms. Left out are forms that are more often another
/// word (Spanish vino, French bois).
const LIST: &str = include_str!("../../../data/irregular_forms.txt");

/// The language of a form, the form, and the word that it is one of, sorted.
static FORMS: LazyLock<Vec<(Languages, &'static str, &'static str)>> = LazyLock::new(|| {
    let mut forms: Vec<_> = LIST.lines().flat_map(forms_of_line).collect();
    forms.sort_unstable();
    forms
});

fn forms_of_line(line: &'static str) -> impl Iterator<Item = (Languages, &'static str, &'static str)> {
    let (code, words) = line.split_once(' ').unwrap_or_default();
    let mut words = words.split(' ');
    let root = words.next().unwrap_or_default();
    words.map(move |form| (language(code), form, root))
}

/// What a word of a language is an irregular form of.
pub fn root(language: Languages, word: &str) -> Option<&'static str> {
    listed(language, word)
        .or_else(|| written_before(language).iter().find_map(|before| listed(language, word.strip_prefix(before)?)))
}

fn listed(language: Languages, word: &str) -> Option<&'static str> {
    let found = FORMS.binary_search_by_key(&(language, word), |(language, form, _)| (*language, *form));
    found.ok().map(|place| FORMS[place].2)
}

/// What is written in one with a word that follows it: articles, and in Hebrew and, in, to, that, from.
fn written_before(of: Languages) -> &'static [&'static str] {
    const ARABIC: Languages = language("ar");
    const HEBREW: Languages = language("he");
    match of {
        ARABIC => &["وال", "بال", "ال", "لل"],
        HEBREW => &["וה", "ה", "ו", "ב", "ל", "ש", "מ"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_is_listed_twice_or_as_a_word_with_forms_of_its_own() {
        let repeated: Vec<_> =
            FORMS.windows(2).filter(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1)).collect();
        assert!(repeated.is_empty(), "{repeated:?}");
        let chained: Vec<_> = FORMS.iter().filter(|(language, _, word)| listed(*language, word).is_some()).collect();
        assert!(chained.is_empty(), "{chained:?}");
    }

    #[test]
    fn an_irregular_form_is_one_of_its_word_in_its_language() {
        for (code, form, word) in [
            ("de", "fährt", "fahren"),
            ("de", "häuser", "haus"),
            ("nl", "steden", "stad"),
            ("da", "børnene", "barn"),
            ("sv", "böckerna", "bok"),
            ("es", "durmió", "dormir"),
            ("fr", "chevaux", "cheval"),
            ("pt", "trouxe", "trazer"),
            ("ru", "людей", "человек"),
            ("hu", "lovak", "ló"),
            ("el", "έφαγε", "τρώω"),
            ("ar", "الكتب", "كتاب"),
            ("he", "הבתים", "בית"),
        ] {
            assert_eq!(root(language(code), form), Some(word), "{form}");
            assert_eq!(root(language("en"), form), None);
            assert_eq!(root(language(code), "xyz"), None);
        }
    }
}
