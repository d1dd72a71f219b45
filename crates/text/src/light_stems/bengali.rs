//! Bengali verbs.

use super::without_ending;

/// Bengali verbs without what says when and who, and with the one of two vowels that change with it: কিনেছে, কিনলাম; লেখে, লিখেছি.
pub fn bengali_verb(word: &str) -> String {
    const ENDINGS: &[&str] = &[
        "েছিলাম",
        "েছিলেন",
        "েছিলে",
        "েছিল",
        "েছি",
        "েছেন",
        "েছে",
        "েছ",
        "ছিলাম",
        "ছিলেন",
        "ছিল",
        "ছি",
        "ছেন",
        "ছে",
        "লাম",
        "লেন",
        "লে",
        "ল",
        "তাম",
        "তেন",
        "তে",
        "ত",
        "বেন",
        "বে",
        "বো",
        "ব",
        "েন",
        "ে",
        "ি",
        "ো",
        "া",
    ];
    let stem = without_ending(word, ENDINGS, 2);
    if stem == word {
        return word.to_owned();
    }
    let mut letters = stem.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some('ে')) => format!("{first}ি{}", letters.as_str()),
        (Some(first), Some('ো')) => format!("{first}ু{}", letters.as_str()),
        _ => stem.to_owned(),
    }
}
