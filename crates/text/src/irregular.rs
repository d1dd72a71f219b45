//! Forms that follow no rule, in other languages than English: aß and gegessen of essen, bøkene of bok.

use std::borrow::Cow;

use crate::folding::Folded;
use crate::function_words::{Languages, language, language_at};
use crate::word_lists::hash;

/// From a list written for homer, a word a line: its language, the word, and its forms. Left out are forms that are more often another
/// word (Spanish vino, French bois).
const LIST: &str = include_str!("../../../data/irregular_forms.txt");

/// Laid out while the library is compiled, so that no session has to build it. More than half of the slots are free, so that a word
/// that has no irregular form is known for it at the first or second one.
static FORMS: Forms = Forms::new();

const SLOTS: usize = 1 << 14;

/// The forms, each in the slot that its hash and its language name, or in the first free one after it.
struct Forms([Form; SLOTS]);

/// Where in the list a form and its word stand.
#[derive(Clone, Copy)]
struct Form {
    language: u8,
    form: Place,
    root: Place,
}

#[derive(Clone, Copy)]
struct Place {
    start: u16,
    length: u8,
}

impl Place {
    const NOWHERE: Self = Self { start: 0, length: 0 };

    const fn new(start: usize, end: usize) -> Self {
        assert!(end <= u16::MAX as usize && end - start <= u8::MAX as usize);
        Self { start: start as u16, length: (end - start) as u8 }
    }

    fn text(self) -> &'static str {
        &LIST[usize::from(self.start)..][..usize::from(self.length)]
    }
}

impl Forms {
    const fn new() -> Self {
        let text = LIST.as_bytes();
        let free = Form { language: 0, form: Place::NOWHERE, root: Place::NOWHERE };
        let mut forms = Self([free; SLOTS]);
        let (mut start, mut end) = (0, 0);
        let (mut language, mut root) = (None, None);
        while end < text.len() {
            if text[end] == b' ' || text[end] == b'\n' {
                match (language, root) {
                    (None, _) => language = Some(language_at(text, start)),
                    (_, None) => root = Some(Place::new(start, end)),
                    (Some(language), Some(root)) => forms.add(language, Place::new(start, end), root),
                }
                if text[end] == b'\n' {
                    (language, root) = (None, None);
                }
                start = end + 1;
            }
            end += 1;
        }
        forms
    }

    const fn add(&mut self, language: Languages, form: Place, root: Place) {
        let start = form.start as usize;
        let mut slot = first_slot(language, LIST.as_bytes(), start, start + form.length as usize);
        while self.0[slot].form.length != 0 {
            slot = (slot + 1) % SLOTS;
        }
        self.0[slot] = Form { language: language.trailing_zeros() as u8, form, root };
    }

    fn root(&self, language: Languages, word: &str) -> Option<&'static str> {
        let mut slot = first_slot(language, word.as_bytes(), 0, word.len());
        loop {
            let known = self.0[slot];
            if known.form.length == 0 {
                return None;
            }
            if u32::from(known.language) == language.trailing_zeros() && known.form.text() == word {
                return Some(known.root.text());
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

const fn first_slot(language: Languages, text: &[u8], start: usize, end: usize) -> usize {
    (hash(text, start, end) ^ language.trailing_zeros().wrapping_mul(0x9e37_79b9)) as usize % SLOTS
}

/// What a word of a language is an irregular form of, with what stands before it in one word: versprach, of versprechen.
pub fn root(language: Languages, word: &str) -> Option<Cow<'static, str>> {
    if let Some(root) = listed(language, word) {
        return Some(Cow::Borrowed(root));
    }
    let articles = written_before(language).iter();
    let alone = articles.filter_map(|before| word.strip_prefix(before)).find_map(|rest| listed(language, rest));
    alone.map(Cow::Borrowed).or_else(|| prefixed_root(language, word).map(Cow::Owned))
}

/// The root of a form behind a prefix, behind the same prefix. A participle has its ge- behind the prefix (eingeladen) or has none
/// (versprochen).
fn prefixed_root(language: Languages, word: &str) -> Option<String> {
    let first = word.as_bytes().first();
    // The first letter tells most words from all of them.
    let prefixes = prefixes(language).iter().filter(|prefix| prefix.as_bytes().first() == first);
    let behind = prefixes.filter_map(|prefix| Some((*prefix, word.strip_prefix(prefix)?)));
    let mut forms = behind.filter(|(_, rest)| rest.chars().count() >= LEAST_BEHIND_PREFIX);
    forms.find_map(|(prefix, rest)| {
        let participle = || listed(language, &["ge", rest].concat()).filter(|_| has_participles_in_ge(language));
        listed(language, rest).or_else(participle).map(|root| [prefix, root].concat())
    })
}

fn listed(language: Languages, word: &str) -> Option<&'static str> {
    FORMS.root(language, word)
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

/// Shorter forms behind a prefix are more often the end of another word.
const LEAST_BEHIND_PREFIX: usize = 3;

/// The prefixes of verbs.
fn prefixes(of: Languages) -> &'static [&'static str] {
    const GERMAN: Languages = language("de");
    const DUTCH: Languages = language("nl");
    const SWEDISH: Languages = language("sv");
    const DANISH: Languages = language("da");
    const NORWEGIAN: Languages = language("no");
    const FRENCH: Languages = language("fr");
    const SPANISH: Languages = language("es");
    const ITALIAN: Languages = language("it");
    const PORTUGUESE: Languages = language("pt");
    match of {
        GERMAN => &[
            "ab", "an", "auf", "aus", "be", "bei", "durch", "ein", "ent", "er", "fest", "fort", "her", "heraus",
            "herein", "hin", "hinaus", "hinein", "hinter", "los", "miss", "mit", "nach", "statt", "teil", "über", "um",
            "unter", "ver", "vor", "weg", "weiter", "wider", "wieder", "zer", "zu", "zurück", "zusammen",
        ],
        DUTCH => &[
            "aan", "achter", "af", "be", "bij", "door", "ge", "her", "in", "mee", "na", "om", "onder", "ont", "op",
            "over", "samen", "tegen", "terug", "toe", "uit", "ver", "voor", "weg",
        ],
        SWEDISH => &[
            "an", "av", "be", "bi", "er", "fram", "från", "för", "hem", "i", "igen", "in", "med", "ner", "om", "på",
            "sam", "till", "under", "upp", "ut", "över",
        ],
        DANISH => &[
            "af", "an", "be", "bi", "er", "for", "fra", "frem", "hjem", "i", "igen", "ind", "med", "ned", "om", "op",
            "over", "på", "til", "ud", "under",
        ],
        NORWEGIAN => &[
            "an", "av", "be", "for", "fra", "frem", "hjem", "i", "igjen", "inn", "med", "ned", "om", "opp", "over",
            "på", "til", "under", "ut",
        ],
        FRENCH => &[
            "ac", "ad", "ap", "appar", "com", "con", "contre", "dé", "de", "en", "entre", "inter", "main", "ob", "par",
            "per", "pour", "pré", "pro", "r", "re", "ré", "res", "sou", "sous", "sur", "trans",
        ],
        SPANISH => &[
            "ante", "com", "con", "contra", "de", "des", "dis", "en", "entre", "ex", "im", "in", "inter", "man", "ob",
            "per", "pos", "pre", "pro", "re", "so", "sobre", "sos", "sub", "su", "sus", "tras",
        ],
        ITALIAN => &[
            "am", "ap", "av", "com", "con", "contra", "contro", "de", "di", "dis", "es", "i", "in", "inter", "man",
            "ot", "per", "pre", "pro", "re", "ri", "sor", "sotto", "tra",
        ],
        PORTUGUESE => &[
            "com", "con", "contra", "de", "des", "dis", "ex", "im", "in", "inter", "man", "ob", "per", "pre", "pro",
            "re", "sub", "su", "tras",
        ],
        _ => &[],
    }
}

/// Whether verbs begin so in a Germanic language: what follows is another word than the whole (Vermieter, Miete).
pub fn begins_verbs(part: &str) -> bool {
    const GERMANIC: [Languages; 5] = [language("de"), language("nl"), language("sv"), language("da"), language("no")];
    let mut folded = Folded::default();
    let mut is_folded = |prefix: &str| {
        folded.fold(prefix);
        folded.text == part
    };
    GERMANIC.iter().any(|language| prefixes(*language).iter().any(|prefix| is_folded(prefix)))
}

fn has_participles_in_ge(of: Languages) -> bool {
    of == language("de") || of == language("nl")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The language of each form, the form, and the word that it is one of, sorted.
    fn all() -> Vec<(Languages, &'static str, &'static str)> {
        let of_line = |line: &'static str| {
            let (code, words) = line.split_once(' ').unwrap();
            let (root, forms) = words.split_once(' ').unwrap();
            forms.split(' ').map(move |form| (language(code), form, root))
        };
        let mut forms: Vec<_> = LIST.lines().flat_map(of_line).collect();
        forms.sort_unstable();
        forms
    }

    #[test]
    fn no_form_is_listed_twice_or_as_a_word_with_forms_of_its_own() {
        let all = all();
        let repeated: Vec<_> = all.windows(2).filter(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1)).collect();
        assert!(repeated.is_empty(), "{repeated:?}");
        let chained: Vec<_> = all.iter().filter(|(language, _, word)| listed(*language, word).is_some()).collect();
        assert!(chained.is_empty(), "{chained:?}");
    }

    #[test]
    fn each_form_is_found_with_its_word_in_its_language_alone() {
        let all = all();
        assert!(all.len() > 3_000, "{}", all.len());
        for (language, form, word) in &all {
            assert_eq!(listed(*language, form), Some(*word), "{form}");
        }
        assert_eq!(listed(language("fr"), "gegessen"), None, "control: of a German word");
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
            ("de", "versprach", "versprechen"),
            ("de", "versprochen", "versprechen"),
            ("de", "eingeladen", "einladen"),
            ("de", "verband", "verbinden"),
            ("nl", "meegenomen", "meenemen"),
            ("nl", "verkocht", "verkopen"),
            ("sv", "beskrev", "beskriva"),
            ("da", "beskrev", "beskrive"),
            ("fr", "prévenu", "prévenir"),
            ("fr", "permis", "permettre"),
            ("es", "devuelve", "devolver"),
            ("es", "mantuvo", "mantener"),
            ("it", "ripreso", "riprendere"),
            ("pt", "obteve", "obter"),
        ] {
            assert_eq!(root(language(code), form).as_deref(), Some(word), "{form}");
            assert_eq!(root(language("en"), form), None);
            assert_eq!(root(language(code), "xyz"), None);
        }
    }
}
