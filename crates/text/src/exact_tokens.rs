//! What two spellings of a statement have to share to the letter: passwords, codes, paths, units.
//!
//! `normal_form` puts "DRINKS it Black!" and "drinks it black" together. Between "the PIN is aB12" and "the PIN is AB12" it
//! would put together what is different, and the second would be lost. So two statements are the same memory where their normal
//! forms are equal and what this module picks from them is equal too. A refusal goes by the normal form alone: it stays wide.
//!
//! Nothing of this is stored: it is computed when two memories are compared, so that its rules may become better.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::normal_form::{is_blank, is_invisible, plain_punctuation, with_numbers_apart};
use homer_interrupts::cancellable;

/// The tokens of what a memory says that count as they are written; of its subject where the content is empty.
pub fn exact_tokens(subject: &str, content: &str) -> String {
    let is_empty = content.chars().all(|c| is_blank(c) || is_invisible(c));
    exact_tokens_of(if is_empty { subject } else { content })
}

fn exact_tokens_of(text: &str) -> String {
    let mut exact = String::new();
    let mut after_number = false;
    for written in cancellable(text.split(is_blank)).filter(|written| !written.is_empty()) {
        let token = visible(written);
        let is_exact = is_exact(&token) || after_number && is_unit(&token);
        after_number = token.ends_with(is_number);
        if is_exact {
            exact.push_str(without_stop(&token));
            exact.push(' ');
        }
    }
    exact
}

/// In Unicode's compatibility form, without what cannot be seen but for the region that a flag is of.
fn visible(written: &str) -> String {
    let mut of_flag = false;
    cancellable(with_numbers_apart(written).nfkc())
        .filter(|c| {
            of_flag = *c == BLACK_FLAG || of_flag && is_tag(*c);
            of_flag || !is_invisible(*c)
        })
        .map(plain_punctuation)
        .collect()
}

const BLACK_FLAG: char = '\u{1F3F4}';

/// England's flag is a black one, followed by the letters gbeng as tags.
fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0020}'..='\u{E007F}')
}

fn is_number(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Number
}

fn is_exact(token: &str) -> bool {
    token.contains(|c| is_number(c) || matches!(c, '/' | '\\' | '_' | '=' | 'ı' | BLACK_FLAG)) || has_mixed_case(token)
}

/// Whether a run of letters is neither all small, nor all capital, nor a capital and small ones: mW, iPhone, IDs.
fn has_mixed_case(token: &str) -> bool {
    let letters: Vec<GeneralCategory> = cancellable(token.chars()).map(|c| c.general_category()).collect();
    let is_letter = |category: &GeneralCategory| {
        matches!(category, GeneralCategory::LowercaseLetter | GeneralCategory::UppercaseLetter)
    };
    let is_capital = |category: &GeneralCategory| *category == GeneralCategory::UppercaseLetter;
    letters.split(|category| !is_letter(category)).any(|run| {
        let capitals = run.iter().filter(|category| is_capital(category)).count();
        !(capitals == 0 || capitals == run.len() || capitals == 1 && run.first().is_some_and(is_capital))
    })
}

/// One or two letters after a number: 5 Mb is not 5 MB. The halves of a day are the same in capitals.
fn is_unit(token: &str) -> bool {
    let letters = without_stop(token);
    letters.chars().count() <= 2
        && letters.chars().all(char::is_alphabetic)
        && !["am", "pm"].contains(&letters.to_ascii_lowercase().as_str())
}

/// Without the stop or comma that ends a sentence or a part of it. What else may end one, ends a number alone: a password may
/// end in "!".
fn without_stop(token: &str) -> &str {
    let ends_number = !token.contains(char::is_alphabetic);
    token.trim_end_matches(|c| {
        matches!(c, '.' | ',' | ';' | ':' | '。' | '、' | '،' | '؛' | '।')
            || ends_number && matches!(c, '!' | '?' | '؟')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(table: &[(&str, &str)]) {
        for (text, expected) in table {
            assert_eq!(exact_tokens_of(text).trim_end(), *expected, "{text:?}");
        }
    }

    #[test]
    fn words_leave_nothing_and_codes_everything() {
        check(&[
            ("Drinks it black.", ""),
            ("DRINKS it Black! O'Brien, Jean-Luc, Straße, ÉCOLE", ""),
            ("The PIN is aB12.", "aB12"),
            ("hunter2! hunter2, iPhone? MHz", "hunter2! hunter2 iPhone? MHz"),
            ("Sends 10 mW, 10 MW; at 5 PM in 5 rooms", "10 mW 10 MW 5 5"),
            ("In 2020–2024! 100?", "2020-2024 100"),
            ("/Users/maria and C:\\Temp", "/Users/maria C:\\Temp"),
            ("ılık ilik İlik", "ılık"),
        ]);
    }

    #[test]
    fn what_cannot_be_seen_does_not_count_but_for_the_region_of_a_flag() {
        check(&[("a\u{200B}B1\u{FE0F}", "aB1"), ("👍\u{FE0F} \u{E0067}", "")]);
        let england = "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}";
        check(&[(england, england), ("\u{1F3F4}", "\u{1F3F4}")]);
    }
}
