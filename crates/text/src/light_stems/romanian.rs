//! Romanian, whose stems change at their end with the ending.

use super::{with_other_ending, without_ending_of};

/// Romanian: without the article behind the noun, the plural and the endings of a verb, and with the one of two vowels and
/// consonants that change with them: stradă, străzi; avion, avioane.
pub fn romanian(word: &str) -> String {
    const NOUNS: &[&str] = &[
        "ului", "ilor", "elor", "urilor", "urile", "uri", "ul", "ile", "ele", "le", "ei", "ii", "iei", "ea", "eaua",
        "ia", "ua", "a", "ă", "e", "i", "u",
    ];
    const VERBS: &[&str] = &[
        "iește", "iesc", "iești", "eau", "am", "au", "ează", "ez", "eze", "ăm", "at", "ată", "ați", "ate", "esc",
        "ește", "ești", "im", "it", "ând", "ind",
    ];
    let stem = with_other_ending(without_ending_of(word, NOUNS, VERBS), &[("z", "d"), ("eac", "ec"), ("șt", "sc")], 3);
    let is_last = |at: &usize| !stem[at + 2..].is_empty() && !stem[at + 2..].contains(['a', 'ă', 'e', 'i', 'o', 'u']);
    match stem.rfind("oa").filter(|at| stem.chars().count() >= 5 && is_last(at)) {
        Some(at) => [&stem[..=at], &stem[at + 2..]].concat(),
        None => stem,
    }
}
