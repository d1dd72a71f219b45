//! Germanic languages: nouns with the article behind them, vowels and consonants that are doubled or not before an ending,
//! participles with a syllable in their middle.

use super::{ARTICLES, with_other_ending, without_ending};

/// Dutch: a word without the ending of the plural or the adjective, as it is written without one: boot, boten; brief,
/// brieven; kat, katten; hoog, hoge.
pub fn dutch_without_ending(word: &str) -> String {
    match open_syllable(word) {
        Some(stem) if has_long_vowel(stem) => hard(&lengthened(stem)),
        Some(stem) => hard(stem),
        None => hard(without_ending(word, &["ën", "tjes", "tje", "jes", "je", "'s"], 3)),
    }
}

/// Dutch: the same of nouns whose vowel is short without the ending: glas, glazen; dag, dagen.
pub fn dutch_with_short_vowel(word: &str) -> String {
    hard(open_syllable(word).unwrap_or(word))
}

fn open_syllable(word: &str) -> Option<&str> {
    let stem = word.strip_suffix("en").or_else(|| word.strip_suffix('e'))?;
    (stem.chars().count() >= 3).then_some(stem)
}

fn is_vowel(letter: u8) -> bool {
    b"aeiouy".contains(&letter)
}

/// Whether one vowel stands before one consonant: then it is written twice where no ending follows. Those of -el and -er are
/// not.
fn has_long_vowel(stem: &str) -> bool {
    let [.., before, vowel, last] = stem.as_bytes() else { return false };
    let is_weak = *vowel == b'e' && matches!(last, b'l' | b'r') && stem.len() > 4;
    !is_vowel(*before) && b"aeou".contains(vowel) && last.is_ascii_lowercase() && !is_vowel(*last) && !is_weak
}

fn lengthened(stem: &str) -> String {
    let (start, end) = stem.split_at(stem.len() - 1);
    [start, &start[start.len() - 1..], end].concat()
}

/// The stem with the consonant that a word ends in: one of two alike, f for v and s for z.
fn hard(stem: &str) -> String {
    let bytes = stem.as_bytes();
    let is_doubled =
        bytes.len() >= 4 && bytes[bytes.len() - 1] == bytes[bytes.len() - 2] && !is_vowel(bytes[bytes.len() - 1]);
    let single = if is_doubled { &stem[..stem.len() - 1] } else { stem };
    with_other_ending(single, &[("v", "f"), ("z", "s")], 2)
}

/// Swedish, Danish and Norwegian nouns in -er, which lose its vowel before other endings, and those in m and n, which double
/// these: nummer, numret; moster, mostrar; rum, rummet.
pub fn scandinavian_in_er(word: &str) -> String {
    let bare = without_ending(word, &ARTICLES, 3);
    let one = without_ending(bare, &["ar", "e"], 3);
    with_other_ending(one, &[("mmer", "mr"), ("tter", "tr"), ("er", "r"), ("mm", "m"), ("nn", "n")], 2)
}

/// Swedish, Danish and Norwegian nouns that double the n in the plural, and those in -eum, which lose it: vän, vänner; museum, museet.
pub fn scandinavian_plural(word: &str) -> String {
    let endings = [
        ("nnerna", "n"),
        ("nnerne", "n"),
        ("nnene", "n"),
        ("nner", "n"),
        ("eumet", "e"),
        ("eerna", "e"),
        ("eerne", "e"),
        ("eene", "e"),
        ("eum", "e"),
        ("eet", "e"),
        ("eer", "e"),
    ];
    with_other_ending(word, &endings, 2)
}

/// German adjectives that lose the e of -el and -er before an ending, and women of a trade: teuer, teure; Ärztin, Ärztinnen.
pub fn german_in_el(word: &str) -> String {
    if word.ends_with("innen") {
        return super::german(&with_other_ending(word, &[("innen", "in")], 3));
    }
    // What stands before the l or r where its e is lost: dunkl-, teur-.
    let is_stem = |stem: &str| {
        let before = stem.strip_suffix(['l', 'r']).unwrap_or_default();
        before.chars().count() >= 2 && before.ends_with(['b', 'd', 'f', 'g', 'k', 'p', 's', 't', 'u'])
    };
    let inflected = ["e", "en", "er", "es", "em"].iter().filter_map(|ending| word.strip_suffix(ending));
    let inflected = inflected.filter(|stem| is_stem(stem)).min_by_key(|stem| stem.len()).map(str::to_owned);
    let bare = Some(with_other_ending(word, &[("el", "l"), ("er", "r")], 2)).filter(|stem| is_stem(stem));
    inflected.or(bare).unwrap_or_else(|| word.to_owned())
}

/// Swedish, Danish and Norwegian verbs without their tense: rejser, rejste; arbetar, arbetade.
pub fn scandinavian_verb(word: &str) -> String {
    const TENSES: &[&str] = &[
        "ade", "ades", "ede", "edes", "at", "ats", "et", "te", "tes", "tt", "dde", "de", "t", "er", "ar", "r", "a",
        "e", "as", "es",
    ];
    without_ending(word, TENSES, 3).to_owned()
}

/// The first part of German verbs that stands apart or before the ge- and zu- of other forms: abgeholt, abzuholen.
const SEPARABLE: [&str; 22] = [
    "ab", "an", "auf", "aus", "bei", "ein", "fest", "fort", "her", "hin", "los", "mit", "nach", "statt", "teil", "um",
    "vor", "weg", "weiter", "zu", "zurück", "zusammen",
];

/// German verbs without the endings of tense and person that Snowball leaves, nor what stands in the middle of a participle:
/// wohnt, wohnte; abgeholt, abholen.
pub fn german_verb(word: &str) -> String {
    let whole = SEPARABLE.iter().find_map(|first| {
        let rest = word.strip_prefix(first)?;
        let rest = rest.strip_prefix("ge").or_else(|| rest.strip_prefix("zu"))?;
        let is_form = rest.chars().count() >= 4 && (rest.ends_with('t') || rest.ends_with("en"));
        is_form.then(|| [first, rest].concat())
    });
    let stem = super::german(whole.as_deref().unwrap_or(word));
    without_ending(&stem, &["t"], 4).to_owned()
}
