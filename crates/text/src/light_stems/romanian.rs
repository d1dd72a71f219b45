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
        "eau", "am", "au", "ează", "ez", "eze", "ăm", "at", "ată", "ați", "ate", "esc", "ește", "ești", "im", "it",
        "ând", "ind",
    ];
    with_other_ending(
        without_ending_of(word, NOUNS, VERBS),
        &[("z", "d"), ("oan", "on"), ("oar", "or"), ("eac", "ec"), ("șt", "sc")],
        3,
    )
}
