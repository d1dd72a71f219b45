//! Indonesian verbs and nouns, whose prefixes take the place of the first consonant.

use super::without_ending;

/// The root, with the consonant whose place the prefix takes: menyimpan, simpan; memegang, pegang; penulis, tulis.
pub fn indonesian(word: &str) -> String {
    let bare = without_ending(word, &["nya", "ku", "mu", "lah", "kah"], 4);
    let bare = without_ending(bare, &["kan", "an", "i"], 4);
    let bare = ["di", "ke", "se", "ber", "ter"].iter().find_map(|prefix| rest_of(bare, prefix, 4)).unwrap_or(bare);
    without_nasal(bare).unwrap_or_else(|| bare.to_owned())
}

/// The root of those that begin with a nasal of their own or with k, and of those of one syllable: memakan, makan; mengirim, kirim;
/// mengecat, cat.
pub fn indonesian_with_nasal(word: &str) -> String {
    let bare = without_ending(word, &["nya", "ku", "mu", "lah", "kah"], 4);
    let bare = without_ending(bare, &["kan", "an", "i"], 5);
    let one = ["menge", "penge"].iter().find_map(|prefix| bare.strip_prefix(prefix)).filter(|root| root.len() == 3);
    let rest = bare.strip_prefix("me").or_else(|| bare.strip_prefix("pe")).filter(|rest| rest.len() >= 4);
    let behind = |rest: &str| match rest.strip_prefix("ng").filter(|root| begins_with_vowel(root)) {
        Some(root) => Some("k".to_owned() + root),
        None => rest.starts_with(['m', 'n']).then(|| rest.to_owned()),
    };
    one.map(str::to_owned).or_else(|| rest.and_then(behind)).unwrap_or_else(|| bare.to_owned())
}

/// The root behind meN- or peN-, whose nasal is that of the consonant after it, or stands for one; there is none before
/// others.
fn without_nasal(word: &str) -> Option<String> {
    let rest = word.strip_prefix("me").or_else(|| word.strip_prefix("pe"))?;
    let root =
        |nasal, lost: &str| rest_of(rest, nasal, 3).map(|root| (lost.to_owned() + root, begins_with_vowel(root)));
    let before_vowel = |nasal, lost| root(nasal, lost).filter(|(_, is_vowel)| *is_vowel);
    let found = root("ny", "s").or_else(|| root("ng", "")).or_else(|| before_vowel("n", "t"));
    let found = found.or_else(|| before_vowel("m", "p")).or_else(|| root("n", "")).or_else(|| root("m", ""));
    let is_bare = rest.starts_with(['l', 'r', 'w', 'y']) && rest.len() >= 4;
    found.map(|(root, _)| root).or_else(|| is_bare.then(|| rest.to_owned()))
}

fn rest_of<'a>(word: &'a str, prefix: &str, left: usize) -> Option<&'a str> {
    word.strip_prefix(prefix).filter(|rest| rest.len() >= left)
}

fn begins_with_vowel(root: &str) -> bool {
    root.starts_with(['a', 'e', 'i', 'o', 'u'])
}
