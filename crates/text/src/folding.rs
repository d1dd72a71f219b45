//! A text as it is searched: without case, accents, compatibility forms and what is invisible, and with the letters that a
//! script writes in several ways written in one.
//!
//! What Unicode knows comes from its tables: case, decomposition, the decimal digits of all scripts. The rest is here, in
//! short tables with their reasons.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, decompose_compatible, is_combining_mark};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use homer_interrupts::{Steps, cancellable};

/// A folded text, with what the folding took from it as far as it is of use later.
#[derive(Default)]
pub struct Folded {
    pub text: String,
    /// Of each byte of the text, whether it is a capital as it was written.
    capitals: Vec<bool>,
    /// The letters that folding changed, with their accents: where they begin in the text, in how many bytes, and what they
    /// were in lower case.
    accented: Vec<(usize, usize, char)>,
}

impl Folded {
    pub const EMPTY: Self = Self { text: String::new(), capitals: Vec::new(), accented: Vec::new() };

    pub fn capacity(&self) -> usize {
        self.text.capacity()
    }

    pub fn is_capital(&self, at: usize) -> bool {
        self.capitals.get(at) == Some(&true)
    }

    /// Whether a new word begins at a place inside a name in camel case: a capital after a small letter, or the last capital
    /// before small ones.
    pub fn is_hump(&self, at: usize, end: usize) -> bool {
        self.is_capital(at) && (!self.is_capital(at - 1) || at + 1 < end && !self.is_capital(at + 1))
    }

    /// Whether a run of letters is a name in camel case: a capital after a small letter, with a small one after it, or one after
    /// capitals, with two after it: getUser, HTTPHeader, but not PDFs. What ends in capitals is one name: PostgreSQL.
    pub fn has_hump(&self, run: &Range<usize>) -> bool {
        let is_small = |at| at < run.end && !self.is_capital(at);
        (run.start + 1..run.end - 1)
            .any(|at| self.is_capital(at) && is_small(at + 1) && (is_small(at - 1) || is_small(at + 2)))
    }

    /// Whether a small letter without an accent stands anywhere: in a text all in capitals they say nothing.
    pub fn has_small_letters(&self) -> bool {
        self.text.bytes().zip(&self.capitals).any(|(byte, capital)| byte.is_ascii_lowercase() && !capital)
    }

    /// The accented letters of a stretch, which may end within the two letters that one became: ŒuvreŒ.
    pub fn accents(&self, from: usize, to: usize) -> &[(usize, usize, char)] {
        if self.accented.is_empty() {
            return &[];
        }
        let first = self.accented.partition_point(|(at, ..)| *at < from);
        let last = first + self.accented[first..].partition_point(|(at, length, _)| at + length <= to);
        &self.accented[first..last]
    }

    /// All letters that folding changed.
    pub fn all_accents(&self) -> impl Iterator<Item = char> {
        self.accented.iter().map(|(.., letter)| *letter)
    }

    /// Folds a text. ASCII is copied; only the stretches between are normalised, which is safe since a mark that composes
    /// with an ASCII letter is an accent and is dropped.
    pub fn fold(&mut self, text: &str) {
        self.text.clear();
        self.capitals.clear();
        self.accented.clear();
        let mut rest = text;
        let mut steps = Steps::default();
        while !rest.is_empty() {
            steps.step();
            let plain = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
            let (ascii, other) = rest.split_at(plain);
            self.push_ascii(ascii);
            let (other, next) = other.split_at(other.bytes().position(|byte| byte.is_ascii()).unwrap_or(other.len()));
            self.push_other(other);
            rest = next;
        }
    }

    fn push_ascii(&mut self, ascii: &str) {
        let start = self.text.len();
        self.text.push_str(ascii);
        self.text[start..].make_ascii_lowercase();
        self.capitals.extend(ascii.bytes().map(|byte| byte.is_ascii_uppercase()));
    }

    fn push_other(&mut self, other: &str) {
        let mut rest = other;
        while let Some(first) = rest.chars().next() {
            let alphabetic = is_alphabetic(first);
            let end = rest.find(|c| is_alphabetic(c) != alphabetic).unwrap_or(rest.len());
            if alphabetic {
                cancellable(rest[..end].chars()).for_each(|c| self.push_letter(c));
            } else {
                self.push_normalised(&rest[..end]);
            }
            rest = &rest[end..];
        }
        self.capitals.resize(self.text.len(), false);
    }

    /// A letter of an alphabet whose accents are dropped, or an accent.
    fn push_letter(&mut self, letter: char) {
        let capital = letter.is_uppercase();
        decompose_compatible(letter, |c| {
            if is_combining_mark(c) {
                self.accent_last(c);
            } else {
                self.push_base(lower_case(c), capital);
            }
        });
    }

    fn push_base(&mut self, letter: char, capital: bool) {
        let start = self.text.len();
        match replacement(letter) {
            Some(letters) => {
                self.text.push_str(letters);
                self.accented.push((start, letters.len(), letter));
            }
            None => self.text.push(letter),
        }
        self.capitals.resize(self.text.len(), capital);
    }

    /// Remembers an accent of the last letter.
    fn accent_last(&mut self, accent: char) {
        let Some(last) = self.text.chars().next_back() else { return };
        let start = self.text.len() - last.len_utf8();
        let known = self.accented.last().copied().filter(|(at, length, _)| at + length == self.text.len());
        let composed = compose(known.map_or(last, |(.., letter)| letter), accent);
        match (composed, known.is_some()) {
            (Some(letter), true) => self.accented.last_mut().into_iter().for_each(|last| last.2 = letter),
            (Some(letter), false) => self.accented.push((start, last.len_utf8(), letter)),
            _ => {}
        }
    }

    /// Decomposes, drops what does not count, and composes again: a kana with its voicing mark or a Hangul syllable is one
    /// character.
    fn push_normalised(&mut self, text: &str) {
        let kept = text.chars().map(without_trade_mark).nfkd().filter(|c| !is_dropped(*c)).map(lower_case);
        let start = self.text.len();
        let mut has_two_orders = false;
        for c in cancellable(kept.nfc()) {
            match replacement(c).or_else(|| letter_of_many_forms(c)) {
                Some(letters) => self.text.push_str(letters),
                None => self.text.push(digit(c)),
            }
            has_two_orders |= matches!(c, '\u{900}'..='\u{97F}' | '\u{E00}'..='\u{EFF}');
        }
        if has_two_orders {
            let written = in_one_order(&self.text[start..]);
            self.text.replace_range(start.., &written);
        }
    }
}

/// Latin, Greek and Cyrillic letters, and the accents of all three.
fn is_alphabetic(c: char) -> bool {
    matches!(c,
        '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{24F}' | '\u{300}'..='\u{36F}' | '\u{370}'..='\u{373}'
        | '\u{376}'..='\u{377}' | '\u{37B}'..='\u{37D}' | '\u{37F}' | '\u{386}' | '\u{388}'..='\u{3FF}'
        | '\u{400}'..='\u{481}' | '\u{483}'..='\u{487}' | '\u{48A}'..='\u{52F}' | '\u{1E00}'..='\u{1EFF}'
        | '\u{1F00}'..='\u{1FBC}' | '\u{1FC2}'..='\u{1FCC}' | '\u{1FD0}'..='\u{1FDB}' | '\u{1FE0}'..='\u{1FEC}'
        | '\u{1FF2}'..='\u{1FFC}')
}

/// The signs whose compatibility form would glue "tm" or "sm" to the name before.
fn without_trade_mark(c: char) -> char {
    if matches!(c, '™' | '℠') { ' ' } else { c }
}

/// After decomposition every lower case is a single character: only İ has a longer one, and it decomposes.
fn lower_case(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Letters that Unicode does not decompose although people type them without their stroke or ligature, and the
/// connectors that stand for an ASCII one.
fn replacement(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        // As in English: Turkish readers type it with and without its dot.
        'ı' => "i",
        'ς' => "σ",
        '\u{2018}' | '\u{2019}' | '\u{2BC}' | '\u{5F3}' => "'",
        '\u{2010}'..='\u{2012}' | '\u{2212}' | '\u{5BE}' => "-",
        _ => return None,
    })
}

/// Letters that one script writes in several ways, though Unicode takes them for different ones.
///
/// Arabic, Persian and Urdu keyboards give their own yeh, kaf and heh; the end of a word has yeh without its dots or teh
/// marbuta as often as yeh and heh. Hebrew has a form of five letters for the end of a word.
fn letter_of_many_forms(c: char) -> Option<&'static str> {
    Some(match c {
        'ى' | 'ی' | 'ې' | 'ے' => "ي",
        'ک' | 'ڪ' => "ك",
        'ة' | 'ہ' | 'ھ' | 'ە' | 'ۃ' => "ه",
        'ٱ' => "ا",
        // Hindi writes the o of English words with a sign of its own, or as a long a.
        'ऑ' => "आ",
        'ॉ' => "ा",
        // The separators of Arabic numbers.
        '٫' => ".",
        '٬' => ",",
        _ => return None,
    })
}

/// The ASCII digit of a decimal digit. Unicode gives each script's ten in a row, from zero on.
fn digit(c: char) -> char {
    if c.is_ascii() || c.general_category() != GeneralCategory::DecimalNumber {
        return c;
    }
    let code = u32::from(c);
    let before = (1..10).take_while(|back| {
        char::from_u32(code - back).is_some_and(|c| c.general_category() == GeneralCategory::DecimalNumber)
    });
    char::from(b'0' + before.count() as u8)
}

/// Accents of Latin, Greek and Cyrillic, the optional marks of Hebrew and Arabic (with tatweel; hamza and madda above
/// count as marks, as most people leave them out), the nukta, and the invisible. Marks of other scripts are part of the
/// spelling.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{2DE0}'..='\u{2DFF}' | '\u{A66F}'..='\u{A672}' | '\u{A674}'..='\u{A67D}'
        | '\u{A69E}'..='\u{A69F}' | '\u{FE20}'..='\u{FE2F}'
        // Hebrew, Arabic
        | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}'..='\u{5C2}' | '\u{5C4}'..='\u{5C5}' | '\u{5C7}'
        | '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E4}' | '\u{6E7}'..='\u{6E8}' | '\u{6EA}'..='\u{6ED}' | '\u{8CA}'..='\u{8FF}'
        // the nukta of Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Kannada: फ़ is typed फ
        | '\u{93C}' | '\u{9BC}' | '\u{A3C}' | '\u{ABC}' | '\u{B3C}' | '\u{CBC}'
        // invisible: soft hyphen, joiners, directions, Hangul fillers, variation selectors, tags
        | '\u{AD}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Writes what Devanagari and Thai write in two ways in one.
///
/// A nasal before a consonant of its own row is the anusvara (हिन्दी is हिंदी), and so is a candrabindu. Thai's sara am
/// decomposes into a nikhahit and an a, and the tone typed before or after it; two sara e are a sara ae.
fn in_one_order(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let mut ahead = rest.clone();
        let (next, after) = (ahead.next(), ahead.next());
        match (c, next, after) {
            (_, Some('\u{94D}'), Some(consonant)) if is_nasal_of(c, consonant) => {
                written.push('\u{902}');
                rest.next();
            }
            ('\u{901}', ..) => written.push('\u{902}'),
            ('\u{E4D}' | '\u{ECD}', Some(tone @ ('\u{E48}'..='\u{E4B}' | '\u{EC8}'..='\u{ECB}')), _) => {
                written.extend([tone, c]);
                rest.next();
            }
            ('\u{E40}', Some('\u{E40}'), _) => {
                written.push('\u{E41}');
                rest.next();
            }
            _ => written.push(c),
        }
    }
    written
}

/// Whether a nasal of Devanagari is that of the consonant's row: the rows are of five letters, and their fifth is the nasal.
fn is_nasal_of(nasal: char, consonant: char) -> bool {
    let row = match consonant {
        'क'..='घ' => 'ङ',
        'च'..='झ' => 'ञ',
        'ट'..='ढ' => 'ण',
        'त'..='ध' => 'न',
        'प'..='भ' => 'म',
        _ => return false,
    };
    nasal == row
}
