//! When two texts say the same: the form that all spellings of a text share, and the number that an index finds it by.
//!
//! The numbers are in an index and the forms are in the refusals, so what comes out may never change. The tables of
//! Unicode come from pinned crates, and a letter's case from the standard library, where Unicode keeps it for letters
//! it knows.

use sha2::Digest;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::keys::{first_bits, hasher_of};
use homer_interrupts::{STRIDE, cancellable, look};

/// What a memory says: the normal form of its content, or of its subject where the content is empty. No content has a
/// form that begins with a space, so that a subject and a content never say the same.
pub fn statement(subject: &str, content: &str) -> String {
    let content = normal_form(content);
    if content.is_empty() { format!(" {}", normal_form(subject)) } else { content }
}

/// The number of a statement of a user, or of everyone: 64 bits of SHA-256, which is the same for ever. Two share one by
/// chance once in 2^64; who finds a memory by it compares the user and the statement.
pub fn statement_key(user_id: Option<&str>, statement: &str) -> i64 {
    (first_bits(&hasher_of(user_id.unwrap_or_default()).chain_update(statement)) >> 64) as i64
}

/// The number of a refusal: that of the statement without the space of a subject, because words that are refused are refused as
/// a subject and as a content.
pub fn refusal_key(user_id: Option<&str>, statement: &str) -> i64 {
    statement_key(user_id, statement.trim_start_matches(' '))
}

/// The text in Unicode's compatibility form, in lower case, with letters of other scripts that look like Latin ones
/// written as these, without what is invisible, with single spaces, and without its final punctuation.
pub fn normal_form(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        folded.extend(cancellable(text.chars()).filter(|c| !is_invisible(*c)).map(|c| c.to_ascii_lowercase()));
    } else {
        let visible: Vec<char> = cancellable(with_numbers_apart(text).nfkd()).filter(|c| !is_invisible(*c)).collect();
        let runs = visible.chunk_by(|one, next| is_of_word(*one) == is_of_word(*next));
        for run in runs {
            let among_latin = run.iter().any(|c| is_latin(*c));
            for part in run.chunks(STRIDE) {
                look();
                fold(part, among_latin, &mut folded);
            }
        }
        folded = cancellable(folded.nfc()).collect();
    }
    trimmed(&folded)
}

/// Sets off a superscript or a fraction that follows a digit: 10² is not 102, and 1½ is not 11/2.
pub fn with_numbers_apart(text: &str) -> impl Iterator<Item = char> {
    let mut after_digit = false;
    text.chars().flat_map(move |c| {
        let apart = after_digit && c.general_category() == GeneralCategory::OtherNumber;
        after_digit = c.general_category_group() == GeneralCategoryGroup::Number;
        apart.then_some(' ').into_iter().chain([c])
    })
}

fn is_of_word(c: char) -> bool {
    matches!(c.general_category_group(), GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark)
}

/// Writes a part of a word, or of what stands between two, in lower case and in Latin letters where it looks Latin.
///
/// In a word that holds a Latin letter, another script's letter poses as what it looks like as it is written. A word
/// without one is Greek or Cyrillic in its own right, where one case must not differ from the other: "НЕТ" is "нет".
fn fold(part: &[char], among_latin: bool, folded: &mut String) {
    for &c in part {
        let seen = if among_latin { latin_as_written(c) } else { c };
        for small in in_one_case(seen) {
            // The dot of a Turkish İ, which is its i.
            if !(small == '\u{307}' && folded.ends_with('i')) {
                folded.push(latin_in_any_case(plain_punctuation(small)));
            }
        }
    }
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{C0}'..='\u{24F}')
}

/// Lower, upper and lower again, because ẞ, ß and ss, or Σ, σ and ς, are one letter that only meets on the way.
fn in_one_case(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// The Latin letter that a small letter of another script looks like, itself or as a capital.
///
/// No two letters of one script share a Latin one, so that no two words of a language become the same. Without μ: what
/// is 5 μ is not 5 m. Without digits: what is O is not 0.
fn latin_in_any_case(c: char) -> char {
    match c {
        'а' | 'α' | 'ɑ' => 'a',
        'в' | 'β' => 'b',
        'с' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'ɡ' => 'g',
        'н' | 'η' => 'h',
        'і' | 'ι' => 'i',
        'ј' | 'ϳ' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' => 'm',
        'ν' => 'n',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'ѵ' => 'v',
        'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'υ' => 'y',
        'ζ' => 'z',
        other => other,
    }
}

/// The Latin letter that a letter looks like in this case only, or in this case like another one.
fn latin_as_written(c: char) -> char {
    match c {
        'Μ' => 'M',
        'η' => 'n',
        'ν' => 'v',
        'υ' => 'u',
        'γ' => 'y',
        'һ' => 'h',
        'ո' => 'n',
        'ս' => 'u',
        other => other,
    }
}

/// The quotation marks, apostrophes and dashes that a keyboard has one of.
pub fn plain_punctuation(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201B}' | '\u{2BC}' | '\u{2032}' => '\'',
        '\u{201C}'..='\u{201F}' | '«' | '»' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    }
}

/// What Unicode lets a font ignore, and control characters that are no white space.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
        || c.is_control() && !c.is_whitespace()
}

/// Single spaces, none at the ends, and no final punctuation, unless there is nothing else.
fn trimmed(text: &str) -> String {
    let is_end = |c: char| is_blank(c) || is_final_punctuation(c);
    let last = cancellable(text.char_indices().rev()).find(|(_, c)| !is_end(*c));
    let without_end = last.map_or("", |(place, c)| &text[..place + c.len_utf8()]);
    let kept = if without_end.is_empty() { text } else { without_end };
    let mut spaced = String::with_capacity(kept.len());
    let mut after_blank = false;
    for c in cancellable(kept.chars()) {
        if is_blank(c) {
            after_blank = !spaced.is_empty();
            continue;
        }
        if after_blank {
            spaced.push(' ');
            after_blank = false;
        }
        spaced.push(c);
    }
    spaced
}

/// White space, and the braille pattern without dots.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}'
}

/// What ends or joins a sentence, in any script. A bracket, a percent sign or a plus is part of what is said.
fn is_final_punctuation(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '¡'
            | '¿'
            | '‽'
            | '·'
            | '。'
            | '、'
            | '،'
            | '؛'
            | '؟'
            | '۔'
            | '।'
            | '॥'
            | '։'
            | '׃'
            | '።'
            | '၊'
            | '။'
            | '។'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// These are in indexes on disk: a change needs a REINDEX, and new forms in the refusals.
    #[test]
    fn forms_and_keys_stay_what_they_are() {
        assert_eq!(
            normal_form(" Drinks it\u{A0}BLACK — no  ﬁlter, 1½ Straße!.. "),
            "drinks it black - no filter, 1 1⁄2 strasse"
        );
        assert_eq!(statement_key(Some("maria"), "drinks it black"), KEY_OF_MARIA);
        assert_ne!(statement_key(None, "drinks it black"), KEY_OF_MARIA);
        for statement in [statement("Drinks it black", ""), statement("s", "Drinks it black")] {
            assert_eq!(refusal_key(Some("maria"), &statement), KEY_OF_MARIA, "{statement:?}");
        }
    }

    const KEY_OF_MARIA: i64 = 2_294_363_047_772_962_335;

    #[test]
    fn the_short_way_for_ascii_gives_what_the_long_one_gives() {
        let every: String = (1..128_u8).map(char::from).collect();
        for text in [every.as_str(), "A  b\t\nC ?! ", "10. ", " - ", "don't \"do\" `it`"] {
            // A visible letter that is taken off again leads the long way.
            let long = normal_form(&format!("ж{text}"));
            assert_eq!(format!("ж{}", normal_form(&format!("!{text}")).split_at(1).1), long, "{text:?}");
        }
    }

    #[test]
    fn a_normal_form_is_its_own() {
        for text in ["İstanbul ΝΈΟΣ ẞ", "e\u{34F}\u{301}", "ΜΑΡΙΑ м\u{301}", "！？", "한글 ｶﾞ", "x\u{2800}y", "Ⅻ ǆ ŉ ﷺ"]
        {
            let form = normal_form(text);
            assert_eq!(normal_form(&form), form, "{text}");
        }
    }

    #[test]
    fn no_two_letters_of_a_script_become_the_same_latin_one() {
        for script in ['\u{370}'..='\u{3FF}', '\u{400}'..='\u{52F}', '\u{530}'..='\u{58F}'] {
            let mut latin: Vec<char> = script.map(latin_in_any_case).filter(char::is_ascii).collect();
            let letters = latin.len();
            latin.sort_unstable();
            latin.dedup();
            assert_eq!(latin.len(), letters, "{latin:?}");
        }
    }
}
