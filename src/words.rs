//! The words of a text, as the index stores them and as a question asks for them.
//!
//! What comes out is hashed into a stored index, so it may never change: the Unicode tables come from crates pinned to
//! Unicode 17 (no newer than the standard library's, whose case mappings Unicode guarantees for known letters).
//!
//! Words are found by a scan of its own rather than by unicode-segmentation. For letters, digits and marks both give
//! the same runs, but UAX #29 joins at `.`, `'`, `:`, `_`, splits at `-`, `@`, `/`, `#`, and gives Han singly, Katakana
//! whole: nearly all of it would have to be undone for compounds and bigrams, at several times the cost.

use crate::interrupts::{Steps, cancellable};
use crate::stop_words::is_stop_word;
use rust_stemmers::{Algorithm, Stemmer};
use std::cell::Cell;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory};

/// No word is longer than this many bytes: enough for any word of a language, and a base64 blob costs no more.
const LONGEST_WORD: usize = 64;
/// A compound of more parts than this is a path or a list, which nobody types without its connectors.
const MOST_JOINED_PARTS: usize = 8;
/// Buffers are kept between calls up to this size, so that one huge text does not hold its memory for ever.
const KEPT_BYTES: usize = 64 * 1024;

/// Calls `each` with every word of the text, in order, as often as it occurs: folded, stemmed, stop words left out.
pub fn each_word(text: &str, each: &mut impl FnMut(&str)) {
    thread_local!(static BUFFERS: Cell<Buffers> = const { Cell::new(Buffers::EMPTY) });
    // Taken out and not borrowed: `each` may itself split a text into words.
    let mut buffers = BUFFERS.replace(Buffers::EMPTY);
    fold(text, &mut buffers.folded);
    let Buffers { folded, parts, joined } = &mut buffers;
    let stemmer = Stemmer::create(Algorithm::English);
    Splitter { text: folded, parts, joined, stemmer, steps: Steps::new(), each }.split();
    if buffers.folded.capacity() <= KEPT_BYTES {
        BUFFERS.set(buffers);
    }
}

/// What is kept between calls, so that a call allocates nothing but what the stemmer does.
struct Buffers {
    folded: String,
    parts: Vec<Range<usize>>,
    joined: String,
}

impl Buffers {
    const EMPTY: Self = Self { folded: String::new(), parts: Vec::new(), joined: String::new() };
}

/// Writes the text without case, accents, compatibility forms and invisible characters. ASCII is copied; only the
/// stretches between are normalised, which is safe since no mark that is kept composes with an ASCII character.
fn fold(text: &str, folded: &mut String) {
    folded.clear();
    let mut rest = text;
    let mut steps = Steps::new();
    while !rest.is_empty() {
        steps.step();
        let plain = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        let (ascii, other) = rest.split_at(plain);
        let start = folded.len();
        folded.push_str(ascii);
        folded[start..].make_ascii_lowercase();
        let (other, next) = other.split_at(other.bytes().position(|byte| byte.is_ascii()).unwrap_or(other.len()));
        fold_other(other, folded);
        rest = next;
    }
}

/// Decomposes, drops what does not count, and composes again: a kana with its voicing mark or a Hangul syllable is one
/// character of a bigram.
fn fold_other(text: &str, folded: &mut String) {
    let kept = text.chars().map(without_trade_mark).nfkd().filter(|c| !is_dropped(*c)).map(lower_case);
    for c in cancellable(kept.nfc()) {
        match replacement(c) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(c),
        }
    }
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
        'ı' => "i",
        'ς' => "σ",
        '\u{2018}' | '\u{2019}' | '\u{2BC}' | '\u{5F3}' => "'",
        '\u{2010}'..='\u{2012}' | '\u{2212}' | '\u{5BE}' => "-",
        _ => return None,
    })
}

/// Accents of Latin, Greek and Cyrillic, the optional marks of Hebrew and Arabic (with tatweel; hamza and madda above
/// count as marks, as most people leave them out), and the invisible. Marks of other scripts are part of the spelling.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{2DE0}'..='\u{2DFF}' | '\u{A66F}'..='\u{A672}' | '\u{A674}'..='\u{A67D}'
        | '\u{A69E}'..='\u{A69F}' | '\u{FE20}'..='\u{FE2F}'
        // Hebrew, Arabic
        | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}'..='\u{5C2}' | '\u{5C4}'..='\u{5C5}' | '\u{5C7}'
        | '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E4}' | '\u{6E7}'..='\u{6E8}' | '\u{6EA}'..='\u{6ED}' | '\u{8CA}'..='\u{8FF}'
        // invisible: soft hyphen, joiners, directions, Hangul fillers, variation selectors, tags
        | '\u{AD}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

/// What a folded character is to the splitter.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A letter or a digit of a script that writes spaces.
    Letter,
    /// Belongs to the character before.
    Mark,
    /// A character of a script without spaces, or half a flag: goes into bigrams.
    Dense,
    /// A word of its own.
    Pictograph,
    /// Ends a word.
    Gap,
}

fn kind(c: char) -> Kind {
    use GeneralCategory as G;
    match c {
        '\0'..='\x7F' if c.is_ascii_alphanumeric() => return Kind::Letter,
        '\0'..='\x7F' => return Kind::Gap,
        // Found without the tables: most of Chinese, Japanese and Korean, and the flags' halves.
        'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | '一'..='鿿' | '가'..='힣' | '\u{1F1E6}'..='\u{1F1FF}' => {
            return Kind::Dense;
        }
        _ => {}
    }
    match c.general_category() {
        G::UppercaseLetter | G::LowercaseLetter | G::TitlecaseLetter | G::DecimalNumber | G::OtherNumber => {
            Kind::Letter
        }
        G::ModifierLetter | G::OtherLetter | G::LetterNumber if writes_no_spaces(c) => Kind::Dense,
        G::ModifierLetter | G::OtherLetter | G::LetterNumber => Kind::Letter,
        G::NonspacingMark | G::SpacingMark | G::EnclosingMark => Kind::Mark,
        _ if c.is_emoji_char() && !c.is_emoji_component() && !matches!(c, '©' | '®') => Kind::Pictograph,
        _ => Kind::Gap,
    }
}

/// Thai, Lao, Myanmar, Hangul, Khmer, kana, Bopomofo and Han; asked of letters only, so blocks are enough.
fn writes_no_spaces(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}'
        | '\u{A9E0}'..='\u{A9FF}' | '\u{AA60}'..='\u{AA7F}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{1AFF0}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFF}')
}

/// The kind of the character at a position, and where the next one begins.
fn kind_at(text: &str, at: usize) -> Option<(Kind, usize)> {
    text[at..].chars().next().map(|c| (kind(c), at + c.len_utf8()))
}

/// One pass over a folded text.
struct Splitter<'a, F: FnMut(&str)> {
    text: &'a str,
    parts: &'a mut Vec<Range<usize>>,
    joined: &'a mut String,
    stemmer: Stemmer,
    steps: Steps,
    each: &'a mut F,
}

impl<F: FnMut(&str)> Splitter<'_, F> {
    fn split(&mut self) {
        let mut at = 0;
        while let Some((kind, next)) = kind_at(self.text, at) {
            self.steps.step();
            at = match kind {
                Kind::Letter => self.compound(at),
                Kind::Dense => self.bigrams(at),
                Kind::Pictograph => {
                    (self.each)(&self.text[at..next]);
                    next
                }
                Kind::Mark | Kind::Gap => next,
            };
        }
    }

    /// Gives the parts of what is joined by connectors, then the whole; returns where it ends.
    fn compound(&mut self, from: usize) -> usize {
        if let Some(end) = language_end(self.text, from) {
            (self.each)(&self.text[from..end]);
            return end;
        }
        self.parts.clear();
        let mut start = from;
        loop {
            self.steps.step();
            let end = part_end(self.text, start);
            if start == from || !self.drops_tail(start..end) {
                self.parts.push(start..end);
            }
            let Some(next) = next_part(self.text, end) else {
                self.give_parts();
                return end;
            };
            start = next;
        }
    }

    /// Drops the tail of a possessive or a contraction instead of keeping it as a part. n't takes its verb with it: the
    /// verbs that have one (couldn, isn, ain) are stop words or should be.
    fn drops_tail(&mut self, tail: Range<usize>) -> bool {
        if self.text.as_bytes()[tail.start - 1] != b'\'' {
            return false;
        }
        let tail = &self.text[tail];
        if tail == "t" {
            self.parts.pop_if(|verb| self.text[verb.clone()].ends_with('n'));
        }
        matches!(tail, "s" | "t" | "d" | "m" | "ll" | "re" | "ve")
    }

    fn give_parts(&mut self) {
        let joined = self.join();
        for index in 0..self.parts.len() {
            self.steps.step();
            let part = &self.text[self.parts[index].clone()];
            // A letter of a joined compound says little and the joined form carries it.
            if !(joined && is_single_letter(part)) {
                self.give(part);
            }
        }
        // No stop word however it reads: I.T. is not "it". Stemmed where it is letters, so that e-mails is e-mail.
        if joined && self.joined.bytes().all(|byte| byte.is_ascii_lowercase()) {
            (self.each)(&self.stemmer.stem(self.joined));
        } else if joined {
            (self.each)(self.joined);
        }
    }

    /// Writes the parts without connectors; says whether that is a word worth giving.
    fn join(&mut self) -> bool {
        self.joined.clear();
        if !(2..=MOST_JOINED_PARTS).contains(&self.parts.len()) {
            return false;
        }
        for part in self.parts.iter() {
            self.joined.extend(self.text[part.clone()].split(['.', ',']));
        }
        // Letters of Kirat Rai compose with the one before, as they do where no connector stands between them.
        if !self.joined.is_ascii() {
            *self.joined = self.joined.nfc().collect();
        }
        self.joined.len() <= LONGEST_WORD
    }

    fn give(&mut self, part: &str) {
        let word = cut(part);
        if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            if !is_stop_word(word) {
                (self.each)(&self.stemmer.stem(word));
            }
        } else if word.contains(',') {
            (self.each)(cut(&part.replace(',', "")));
        } else {
            (self.each)(word);
        }
    }

    /// Gives every two neighbours of a run of dense characters, each with its marks, or the one there is.
    fn bigrams(&mut self, from: usize) -> usize {
        let mut start = from;
        let mut middle = cluster_end(self.text, from);
        let mut lone = true;
        while let Some((Kind::Dense, _)) = kind_at(self.text, middle) {
            self.steps.step();
            let end = cluster_end(self.text, middle);
            (self.each)(cut(&self.text[start..end]));
            (start, middle, lone) = (middle, end, false);
        }
        if lone {
            (self.each)(cut(&self.text[start..middle]));
        }
        middle
    }
}

/// The word, cut at a character boundary when it is too long.
fn cut(word: &str) -> &str {
    &word[..word.floor_char_boundary(LONGEST_WORD)]
}

fn is_single_letter(part: &str) -> bool {
    let mut chars = part.chars();
    chars.next().is_some_and(|c| c.general_category_group() == GeneralCategoryGroup::Letter) && chars.next().is_none()
}

/// Where a character and the marks on it end.
fn cluster_end(text: &str, from: usize) -> usize {
    let mut end = kind_at(text, from).map_or(from, |(_, next)| next);
    while let Some((Kind::Mark, next)) = kind_at(text, end) {
        end = next;
    }
    end
}

/// Where a run of letters, digits and their marks ends.
fn run_end(text: &str, from: usize) -> usize {
    let mut end = from;
    loop {
        end += text.as_bytes()[end..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        match text.as_bytes().get(end) {
            Some(byte) if !byte.is_ascii() => match kind_at(text, end) {
                Some((Kind::Letter | Kind::Mark, next)) => end = next,
                _ => return end,
            },
            _ => return end,
        }
    }
}

/// Where a part ends: a run, or a number with its thousands (1,234) and its fraction (3.5). A number after a point or a
/// comma is a piece of a version, a date or a list.
fn part_end(text: &str, from: usize) -> usize {
    let after_point = from > 0 && matches!(text.as_bytes()[from - 1], b'.' | b',');
    match digits_end(text, from) {
        Some(end) if !after_point => fraction_end(text, thousands_end(text, from, end)),
        Some(end) => end,
        None => run_end(text, from),
    }
}

/// Where a run ends that is nothing but digits.
fn digits_end(text: &str, from: usize) -> Option<usize> {
    let digits = text.as_bytes()[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0 && run_end(text, from + digits) == from + digits).then_some(from + digits)
}

/// Takes in groups of exactly three digits after one to three, up to the longest word.
fn thousands_end(text: &str, from: usize, digits: usize) -> usize {
    let mut end = digits;
    while digits - from <= 3
        && end - from < LONGEST_WORD
        && text.as_bytes().get(end) == Some(&b',')
        && digits_end(text, end + 1) == Some(end + 4)
    {
        end += 4;
    }
    end
}

/// Takes in a point and digits, unless another point and digits follow.
fn fraction_end(text: &str, end: usize) -> usize {
    let fraction = |at| if text.as_bytes().get(at) == Some(&b'.') { digits_end(text, at + 1) } else { None };
    match fraction(end) {
        Some(stop) if fraction(stop).is_none() => stop,
        _ => end,
    }
}

/// Where the next part of a compound begins, when a single connector and a letter or digit follow.
fn next_part(text: &str, end: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let next = end + 1;
    let connects = match bytes.get(end)? {
        b'-' | b'_' | b'.' | b'@' | b'/' | b'\'' | b'&' | b'+' | b':' | b'#' => true,
        b',' => bytes[end - 1].is_ascii_digit() && bytes.get(next).is_some_and(u8::is_ascii_digit),
        _ => false,
    };
    (connects && begins_letter(text, next) && language_end(text, next).is_none()).then_some(next)
}

fn begins_letter(text: &str, at: usize) -> bool {
    matches!(kind_at(text, at), Some((Kind::Letter, _)))
}

/// Where a language's name of one letter and a sign ends: c++, c#, f#.
fn language_end(text: &str, at: usize) -> Option<usize> {
    match text.as_bytes()[at..] {
        [b'a'..=b'z', b'+', b'+', ..] => Some(at + 3),
        [b'a'..=b'z', b'#', ..] if !begins_letter(text, at + 2) => Some(at + 2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::any_text::words;

    #[track_caller]
    fn check(table: &[(&str, &str)]) {
        for (text, expected) in table {
            assert_eq!(words(text).join(" "), *expected, "the words of {text:?}");
        }
    }

    const SENTENCE: &str = "Maria told the team on Tuesday that the quarterly planning meeting had been moved to the larger \
                            conference room because twelve visitors were expected";

    #[test]
    fn english_is_stemmed_and_loses_its_stop_words() {
        check(&[
            ("", ""),
            ("The cats are running, and running!", "cat run run"),
            ("Don't! She'll say I'm sure you've seen it's what they couldn't.", "say sure seen"),
            ("don’t she’ll I’m you’ve it’s couldn’t I'd've shouldn't've", ""),
            ("Maria's Maria’s MARIA Marias' O'Brien's", "maria maria maria maria brien obrien"),
            ("vitamin D", "vitamin d"),
            ("naïve", "naiv"),
        ]);
    }

    #[test]
    fn spellings_fold_together() {
        check(&[
            ("Straße STRASSE STRAẞE", "strass strass strass"),
            ("Zoë Zoe\u{308} ZOE", "zoe zoe zoe"),
            ("ＡＢＣ ﬁnal Łódź Søren Ægir Đorđe İzmir ısı", "abc final lodz soren aegir dord izmir isi"),
            ("co\u{AD}op\u{200B}er\u{200D}a\u{FEFF}tion\u{300}", "cooper"),
            ("ΌΣΟΣ όσος Ёлка елка", "οσοσ οσοσ елка елка"),
            ("हिन्दी की क्षि", "हिन्दी की क्षि"),
            ("مُحَمَّد محـــمد أحمد احمد", "محمد محمد احمد احمد"),
            ("שָׁלוֹם שלום בית־ספר", "שלום שלום בית ספר ביתספר"),
            ("Acme™ x² \u{301}\u{93F}\u{200B} \u{301}", "acm x2"),
        ]);
    }

    #[test]
    fn scripts_without_spaces_give_bigrams() {
        check(&[
            ("東京都 は 東", "東京 京都 は 東"),
            ("データ ﾃﾞｰﾀ", "デー ータ デー ータ"),
            ("서울시 \u{1109}\u{1165}\u{110B}\u{116E}\u{11AF}", "서울 울시 서울"),
            ("ไทยดี", "ไท ทย ยดี"),
            ("ລາວ ខ្មែរ", "ລາ າວ ខ្មែ មែរ"),
            ("မြန်မာ", "မြန် န်မာ"),
            ("iPhoneを買う", "iphon を買 買う"),
        ]);
    }

    #[test]
    fn compounds_give_their_parts_and_the_whole() {
        check(&[
            ("XK-201 xk201 XK 201 XK‑201", "xk 201 xk201 xk201 xk 201 xk 201 xk201"),
            ("maria.l@example.com", "maria exampl com marialexamplecom"),
            ("2026-05-03 14:05", "2026 05 03 20260503 14 05 1405"),
            ("3.5 1,234 1234 1,234.5 1.2.3", "3.5 1234 1234 1234.5 1 2 3 123"),
            ("3,5 gpt-3.5 1,2345", "3 5 35 gpt 3.5 gpt35 1 2345 12345"),
            ("up-to-date R&D well--known a/", "date uptod rd well known"),
            ("C++ c C# F#! C/C++ .NET asp.net/c# c#7 C++17", "c++ c c# f# c c++ net asp net aspnet c# 7 c7 c++ 17"),
            ("a-b-c-d-e-f-g-h-k", "b c d e f g h k"),
            ("snake_case_name #tag mother's/father's", "snake case name snakecasenam tag mother father motherfath"),
            ("https://example.com/x", "https exampl com examplecomx"),
            ("don't-care I.T.", "care it"),
            ("\u{16D63}-\u{16D67} \u{16D63}\u{16D67}", "\u{16D69} \u{16D69}"),
        ]);
    }

    #[test]
    fn pictographs_are_words_and_other_signs_are_not() {
        check(&[("Great👍🏽!! ❤️ 👨‍👩‍👧", "great 👍 ❤ 👨 👩 👧"), ("🇩🇪 1️⃣ © ® § → € ~ =", "🇩🇪 1")]);
    }

    #[test]
    fn long_words_are_cut_and_long_texts_are_fine() {
        let a_to_z = "abcdefghijklmnopqrstuvwxyz0123456789".repeat(30_000);
        assert_eq!(words(&a_to_z), [&a_to_z[..64]]);
        assert_eq!(words(&"Ж".repeat(500_000)), ["ж".repeat(32)]);
        assert_eq!(words(&format!("x{}-y", "\u{93F}".repeat(300_000)))[0].len(), 64);
        assert_eq!(words(&format!("1,234.{}", "5".repeat(1_000)))[0].len(), 64);
        for unit in "\u{301} \u{93F} ไ\u{E34} a- 1,234 1. 't n't 👍 1,234.5 \u{3099}\u{301} c++ ı\u{1161}".split(' ')
        {
            each_word(&unit.repeat(1_000_000 / unit.len()), &mut |word: &str| assert!(word.len() <= 64));
        }
    }

    #[test]
    fn words_found_once_are_found_again() {
        let found = words(SENTENCE);
        assert_eq!(words(&found.join(" ")), found);
    }

    #[test]
    fn a_text_can_be_split_inside_the_splitting_of_another() {
        each_word("one-two", &mut |_: &str| assert_eq!(words("XK-201"), ["xk", "201", "xk201"]));
    }

    #[test]
    #[ignore = "a measurement: cargo test --release -- --ignored --nocapture"]
    fn the_time_of_a_sentence() {
        for text in [SENTENCE, &SENTENCE.replace("the", "l’é"), "東京都の天気は明日も晴れるでしょう。"]
        {
            let start = std::time::Instant::now();
            let mut count = 0;
            (0..100_000).for_each(|_| each_word(std::hint::black_box(text), &mut |_: &str| count += 1));
            println!("{:?} for {} bytes, {} words", start.elapsed() / 100_000, text.len(), count / 100_000);
        }
    }
}
