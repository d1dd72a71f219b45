//! Forms that follow no rule, in other languages than English: aß and gegessen of essen, bøkene of bok.

use std::sync::LazyLock;

use crate::function_words::Languages;
use crate::function_words::language;
use crate::light_stems;
use snowball_stemmers_rs::{Algorithm, Stemmer};

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

/// What a word of a language is a form of, without what is written in one with it before, if need be.
fn root(language: Languages, word: &str, before: &[&str]) -> Option<&'static str> {
    let listed = |word: &str| {
        let found = FORMS.binary_search_by_key(&(language, word), |(language, form, _)| (*language, *form));
        found.ok().map(|place| FORMS[place].2)
    };
    listed(word).or_else(|| before.iter().find_map(|before| listed(word.strip_prefix(before)?)))
}

macro_rules! irregular {
    ($($name:ident $code:literal $before:expr, $stem:expr;)*) => {
        $(
            /// The stem of the word that this one is an irregular form of, or nothing.
            pub fn $name(word: &str) -> String {
                root(const { language($code) }, word, &$before).map_or_else(String::new, $stem)
            }
        )*
    };
}

macro_rules! snowball {
    ($algorithm:ident) => {
        |word| Stemmer::create(Algorithm::$algorithm).stem(word).into_owned()
    };
}

irregular! {
    german "de" [], light_stems::german;
    dutch "nl" [], light_stems::dutch;
    swedish "sv" [], snowball!(Swedish);
    danish "da" [], snowball!(Danish);
    norwegian "no" [], snowball!(Norwegian);
    spanish "es" [], snowball!(Spanish);
    french "fr" [], snowball!(French);
    italian "it" [], snowball!(Italian);
    portuguese "pt" [], light_stems::portuguese;
    romanian "ro" [], snowball!(Romanian);
    russian "ru" [], light_stems::russian;
    ukrainian "uk" [], snowball!(Ukrainian);
    polish "pl" [], snowball!(Polish);
    czech "cs" [], snowball!(Czech);
    hungarian "hu" [], snowball!(Hungarian);
    greek "el" [], light_stems::greek;
    hindi "hi" [], snowball!(Hindi);
    arabic "ar" ["وال", "بال", "ال", "لل"], light_stems::arabic;
    hebrew "he" ["וה", "ה", "ו", "ב", "ל", "ש", "מ"], light_stems::hebrew;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_is_listed_twice_or_as_a_word_with_forms_of_its_own() {
        let repeated: Vec<_> =
            FORMS.windows(2).filter(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1)).collect();
        assert!(repeated.is_empty(), "{repeated:?}");
        let chained: Vec<_> = FORMS.iter().filter(|(language, _, word)| root(*language, word, &[]).is_some()).collect();
        assert!(chained.is_empty(), "{chained:?}");
    }

    #[test]
    fn an_irregular_form_has_the_stem_of_its_word() {
        for (form, word, stem, stem_of_word) in [
            ("fährt", "fahren", german as fn(&str) -> String, light_stems::german as fn(&str) -> String),
            ("häuser", "haus", german, light_stems::german),
            ("steden", "stad", dutch, light_stems::dutch),
            ("børnene", "barn", danish, snowball!(Danish)),
            ("böckerna", "bok", swedish, snowball!(Swedish)),
            ("durmió", "dormir", spanish, snowball!(Spanish)),
            ("chevaux", "cheval", french, snowball!(French)),
            ("trouxe", "trazer", portuguese, light_stems::portuguese),
            ("людей", "человек", russian, light_stems::russian),
            ("lovak", "ló", hungarian, snowball!(Hungarian)),
            ("έφαγε", "τρώω", greek, light_stems::greek),
            ("الكتب", "كتاب", arabic, light_stems::arabic),
            ("הבתים", "בית", hebrew, light_stems::hebrew),
        ] {
            assert_eq!(stem(form), stem_of_word(word), "{form}");
            assert_eq!(stem("xyz"), "");
        }
    }
}
