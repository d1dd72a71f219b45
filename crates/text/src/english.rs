//! English words as they are searched: British and American spellings as one, irregular forms as their root, the rest cut to
//! its stem.

use snowball_stemmers_rs::{Algorithm, Stemmer};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Forms and what they are forms of, one a line, from a list written for homer: plurals and verbs that follow no rule, and
/// spellings that do not. Left out are forms that are more often another word (left, saw, rose, ground, wound).
const IRREGULAR: &str = include_str!("../../../data/irregular_english.txt");

static FORMS: LazyLock<Forms> = LazyLock::new(Forms::read);

/// The irregular forms, with what they are forms of.
struct Forms {
    sorted: Vec<(&'static str, &'static str)>,
    /// How long the forms are that begin with a letter, a bit each: most words are told from all of them by it.
    lengths: [u32; 26],
}

impl Forms {
    fn read() -> Self {
        let mut sorted: Vec<_> = IRREGULAR.lines().filter_map(|line| line.split_once(' ')).collect();
        sorted.sort_unstable();
        let mut lengths = [0; 26];
        for (form, _) in &sorted {
            lengths[usize::from(form.as_bytes()[0] - b'a')] |= 1 << form.len();
        }
        Self { sorted, lengths }
    }

    /// What a word of small letters is a form of.
    fn root(&self, word: &str) -> Option<&'static str> {
        let first = usize::from(*word.as_bytes().first()? - b'a');
        if word.len() >= 32 || self.lengths[first] & 1 << word.len() == 0 {
            return None;
        }
        self.sorted.binary_search_by_key(&word, |(form, _)| form).ok().map(|place| self.sorted[place].1)
    }
}

pub struct English(Stemmer);

impl English {
    pub fn new() -> Self {
        Self(Stemmer::create(Algorithm::English))
    }

    /// The stem of a word of small ASCII letters.
    pub fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        if let Some(root) = FORMS.root(word) {
            return Cow::Owned(self.0.stem(root).into_owned());
        }
        match respelled(word) {
            Some(spelling) => Cow::Owned(self.0.stem(&spelling).into_owned()),
            None => one_of_initials(word).map_or_else(|| self.0.stem(word), Cow::Borrowed),
        }
    }
}

/// Initials without the s of several: PDFs, TVs, NGOs. Snowball takes it for the word's own, because none of their letters before
/// the last is a vowel.
fn one_of_initials(word: &str) -> Option<&str> {
    let one =
        word.strip_suffix('s').filter(|one| one.len() >= 2 && !one.ends_with('s') && !["mr", "http"].contains(one))?;
    let before_o = one.strip_suffix('o').filter(|rest| rest.len() >= 2).unwrap_or(one);
    before_o.bytes().all(|letter| !b"aeiouy".contains(&letter)).then_some(one)
}

/// The one spelling of what British and American English write in two ways by rule: colour as color, organize as
/// organise. The letters before the ending must be two at least: hour, size.
fn respelled(word: &str) -> Option<String> {
    let (at, spelling, length, tails) = ending(word.as_bytes())?;
    let tail = &word[at + length..];
    (at >= 2 && tails.contains(&tail)).then(|| [&word[..at], spelling, tail].concat())
}

/// Where the first ending that is written in two ways begins, how it is written here, how long it is and what may follow.
fn ending(word: &[u8]) -> Option<(usize, &'static str, usize, &'static [&'static str])> {
    word.iter().enumerate().skip(1).find_map(|(at, letter)| match (letter, word.get(at - 1), word.get(at + 1)) {
        (b'u', Some(b'o'), Some(b'r')) => Some((at - 1, "or", 3, &OUR[..])),
        (b'z', Some(b'i'), _) => Some((at - 1, "is", 2, &IZ[..])),
        (b'z', Some(b'y'), _) => Some((at - 1, "ys", 2, &IZ[..])),
        _ => None,
    })
}

const OUR: [&str; 20] = [
    "", "s", "ed", "ing", "ings", "ful", "fully", "less", "able", "ably", "ite", "ites", "hood", "hoods", "er", "ers",
    "ly", "y", "al", "ism",
];
const IZ: [&str; 9] = ["e", "es", "ed", "er", "ers", "ing", "ation", "ations", "ational"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_have_one_stem() {
        let english = English::new();
        for (one, other) in [
            ("children", "child"),
            ("sold", "selling"),
            ("colours", "color"),
            ("favourite", "favorite"),
            ("neighbourhood", "neighborhood"),
            ("organise", "organization"),
            ("analyzed", "analysed"),
            ("centres", "center"),
            ("teeth", "tooth"),
            ("pdfs", "pdf"),
            ("tvs", "tv"),
            ("ngos", "ngo"),
        ] {
            assert_eq!(english.stem(one), english.stem(other), "{one}");
        }
        for (one, other) in [
            ("hour", "hor"),
            ("four", "for"),
            ("source", "sorce"),
            ("size", "sise"),
            ("journal", "jornal"),
            ("mrs", "mr"),
            ("boss", "bos"),
            ("bus", "bu"),
        ] {
            assert_ne!(english.stem(one), english.stem(other), "{one}");
        }
    }

    #[test]
    fn no_form_is_listed_twice_or_as_the_root_of_another() {
        assert!(FORMS.sorted.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(FORMS.sorted.iter().all(|(form, root)| FORMS.root(form) == Some(root) && FORMS.root(root).is_none()));
    }
}
