//! What holds of the words of a text, whatever the text: said once, for the property tests and for the fuzz target in
//! fuzz/.

use crate::languages::Purpose;
use crate::words::{Role, each_form};
use unicode_normalization::UnicodeNormalization;

/// The words of a text in order, as often as they occur, in the form that is the same whatever stands around them.
pub fn words(text: &str) -> Vec<String> {
    let forms = forms(text, Purpose::Store).into_iter();
    forms.filter(|(_, role)| *role == Role::Word).map(|(form, _)| form).collect()
}

/// All forms of the words of a text.
pub fn forms(text: &str, purpose: Purpose) -> Vec<(String, Role)> {
    let mut found = Vec::new();
    each_form(text, purpose, &mut |form: &str, role| {
        if role != Role::Compound {
            found.push((form.to_owned(), role))
        }
    });
    found
}

/// Panics where the words of the text are not what words have to be.
pub fn assert_sound_words(text: &str) {
    let found = words(text);
    for purpose in [Purpose::Store, Purpose::Ask] {
        let forms = forms(text, purpose);
        forms.iter().for_each(|(form, _)| assert_sound_word(form, text));
        assert_ne!(forms.first().map(|(_, role)| *role), Some(Role::Again), "a form of no word, in {text:?}");
        assert_eq!(forms, self::forms(text, purpose), "{text:?} a second time");
    }
    for (how, spelling) in other_spellings(text) {
        assert_eq!(found, words(&spelling), "{text:?} {how}");
    }
    assert_halves_keep_their_words(text);
}

fn assert_sound_word(word: &str, text: &str) {
    assert!((1..=64).contains(&word.len()), "{word:?} of {text:?} has {} bytes", word.len());
    assert!(!word.contains(char::is_whitespace), "{word:?} of {text:?} holds white space");
    assert_eq!(word, word.to_lowercase(), "lower case, in {text:?}");
    assert_eq!(word, word.nfkc().collect::<String>(), "its normal form, in {text:?}");
}

/// Ways to write the text that change none of its words.
fn other_spellings(text: &str) -> [(&'static str, String); 5] {
    [
        ("in small letters", text.to_lowercase()),
        ("in capitals", text.chars().map(capital).collect()),
        ("in NFC", text.nfc().collect()),
        ("in NFD", text.nfd().collect()),
        (
            "with the invisible between its characters",
            text.chars().zip(invisible()).flat_map(<[char; 2]>::from).collect(),
        ),
    ]
}

/// The capital of a letter that is the small one of its capital. Others have a capital that stands for two letters or
/// for another one: the capital of a Greek iota below is an iota beside.
fn capital(letter: char) -> char {
    let mut capitals = letter.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(capital), None) if capital.to_lowercase().eq([letter]) => capital,
        _ => letter,
    }
}

/// Soft hyphen, joiners, directions, variation selector, byte order mark: what pasted text is full of.
fn invisible() -> impl Iterator<Item = char> {
    "\u{AD}\u{200B}\u{200C}\u{200D}\u{200E}\u{202E}\u{2060}\u{FE0F}\u{FEFF}".chars().cycle()
}

/// Two texts one after the other have the words of the one and then those of the other.
fn assert_halves_keep_their_words(text: &str) {
    let (one, other) = text.split_at(text.floor_char_boundary(text.len() / 2));
    let expected = [words(one), words(other)].concat();
    for separator in [" ", "\n", "—", "。"] {
        assert_eq!(words(&format!("{one}{separator}{other}")), expected, "{one:?}, then {other:?}");
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;
    use proptest::test_runner::RngSeed;
    use std::ops::RangeInclusive;

    /// Where something happens: ASCII, Latin, marks, Greek, Cyrillic, Hebrew, Arabic, Devanagari, Thai, Myanmar, Khmer,
    /// punctuation and the invisible, kana, Hangul, forms of full width, flags.
    const BLOCKS: [RangeInclusive<char>; 16] = [
        ' '..='~',
        '\u{A0}'..='\u{17F}',
        '\u{300}'..='\u{36F}',
        '\u{370}'..='\u{3FF}',
        '\u{400}'..='\u{48F}',
        '\u{591}'..='\u{5F4}',
        '\u{600}'..='\u{6FF}',
        '\u{900}'..='\u{97F}',
        '\u{E00}'..='\u{E7F}',
        '\u{1000}'..='\u{107F}',
        '\u{1780}'..='\u{17FF}',
        '\u{2000}'..='\u{206F}',
        '\u{3040}'..='\u{30FF}',
        '\u{1100}'..='\u{11FF}',
        '\u{FF00}'..='\u{FFEF}',
        '\u{1F1E6}'..='\u{1F1FF}',
    ];

    /// The same cases every time, so that only a change of the code makes a test fail. New ones are the fuzz target's.
    pub fn cases(cases: u32) -> ProptestConfig {
        ProptestConfig { cases, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() }
    }

    /// Any text: characters, bytes made into text, and a few characters repeated until they are too long for a word.
    pub fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => text(0..60),
            1 => vec(any::<u8>(), 0..100).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
            1 => (text(1..4), 1..80_usize).prop_map(|(unit, times)| unit.repeat(times)),
        ]
    }

    fn text(length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
        let blocks = select(&BLOCKS[..]).prop_flat_map(|block| proptest::char::range(*block.start(), *block.end()));
        let character = prop_oneof![
            12 => blocks,
            3 => select("-_.@/'&+:#,0123456789abct ".chars().collect::<Vec<_>>()),
            2 => any::<char>(),
        ];
        vec(character, length).prop_map(String::from_iter)
    }

    proptest! {
        #![proptest_config(cases(2_000))]

        #[test]
        fn any_text_has_sound_words(text in any_text()) {
            assert_sound_words(&text);
        }
    }
}
