//! The pieces of a folded text that may be words, in order.
//!
//! They are found by a scan of its own rather than by unicode-segmentation. For letters, digits and marks both give the same
//! runs, but UAX #29 joins at `.`, `'`, `:`, `_`, splits at `-`, `@`, `/`, `#`, and gives Han singly, Katakana whole:
//! nearly all of it would have to be undone for compounds and pairs, at several times the cost.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

use crate::folding::Folded;
use crate::function_words::{Languages, language, languages_of};
use crate::kinds::*;
use crate::numbers::{Number, number_at, spaced_at, telephone_at};
use homer_interrupts::Steps;

/// No word is longer than this many bytes: enough for any word of a language, and a base64 blob costs no more.
pub const LONGEST_WORD: usize = 64;
/// A compound of more parts than this is a path or a list, which nobody types without its connectors.
const MOST_JOINED_PARTS: usize = 8;
/// No function word of a script without spaces has more characters.
const LONGEST_FUNCTION: usize = 8;
/// What follows the number of a day or a place says nothing more: 2nd.
const ORDINALS: [&str; 4] = ["st", "nd", "rd", "th"];
/// Longer words are no unit and no letters of a code, which stand with their number or apart: 500 mg, XK 201, Python 3.11.
const LONGEST_UNIT: usize = 4;
const LONGEST_PREFIX: usize = 8;
/// The words that lose their vowel before another one, in French, Italian and Catalan: l'eau, dell'anno.
const ELIDED: [&str; 24] = [
    "l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "un", "all", "dall", "dell",
    "nell", "sull", "quell", "quest", "bell", "cos", "dov",
];

/// What a piece is to the words.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Nature {
    /// Letters, which may be cut to a stem.
    Letters,
    /// Letters of several parts joined, stemmed as English alone.
    Joined,
    /// As it is: a number, a code, a pair of characters.
    Fixed,
    /// Another form of the piece before.
    Again,
}

/// A piece of a text.
#[derive(Clone, Debug)]
pub struct Piece {
    /// In the folded text, or in what was built of it.
    pub text: Range<usize>,
    pub is_built: bool,
    pub nature: Nature,
    /// The languages that it is a function word of.
    pub functions: Languages,
    /// It depends on how the text is written around it, or in which case.
    pub beside: bool,
}

/// The pieces of a text, kept between calls so that a call allocates little.
#[derive(Default)]
pub struct Pieces {
    pub pieces: Vec<Piece>,
    pub built: String,
    pub has_kana: bool,
    parts: Vec<Part>,
}

/// A part of what connectors join, and whether it was given already.
#[derive(Clone)]
struct Part {
    text: Range<usize>,
    what: What,
}

#[derive(Clone, PartialEq)]
enum What {
    Run,
    Number,
    /// A number with a unit, or letters with a number: where the second begins.
    Both(usize),
}

impl Pieces {
    pub const EMPTY: Self = Self { pieces: Vec::new(), built: String::new(), has_kana: false, parts: Vec::new() };

    pub fn text<'a>(&'a self, folded: &'a Folded, piece: &Piece) -> &'a str {
        if piece.is_built { &self.built[piece.text.clone()] } else { &folded.text[piece.text.clone()] }
    }

    /// Finds the pieces of a text; `asked` if they are those of a question.
    pub fn split(&mut self, folded: &Folded, asked: bool) {
        self.pieces.clear();
        self.built.clear();
        self.has_kana = false;
        Splitter {
            folded,
            text: &folded.text,
            found: self,
            asked,
            numbers_seen: 0,
            before: None,
            steps: Steps::default(),
        }
        .split();
    }
}

struct Splitter<'a> {
    folded: &'a Folded,
    text: &'a str,
    found: &'a mut Pieces,
    asked: bool,
    /// How far telephone numbers were looked for.
    numbers_seen: usize,
    /// The word or the number before, if nothing else stands between.
    before: Option<Range<usize>>,
    steps: Steps,
}

impl Splitter<'_> {
    fn split(&mut self) {
        let mut at = 0;
        while let Some((kind, next)) = kind_at(self.text, at) {
            self.steps.step();
            at = match kind {
                Kind::Letter => {
                    self.loose_number(at);
                    self.compound(at)
                }
                Kind::Dense => self.dense(at),
                Kind::Pictograph => {
                    self.give(at..next, Nature::Fixed);
                    next
                }
                Kind::Mark | Kind::Gap => next,
            };
        }
    }

    fn give(&mut self, text: Range<usize>, nature: Nature) {
        let text = text.start..text.start + cut(&self.text[text]).len();
        let functions = if nature == Nature::Letters { languages_of(&self.text[text.clone()]) } else { 0 };
        self.found.pieces.push(Piece { text, is_built: false, nature, functions, beside: false });
    }

    fn give_built(&mut self, word: &str, nature: Nature, beside: bool) {
        let start = self.found.built.len();
        self.found.built.push_str(cut(word));
        let text = start..self.found.built.len();
        self.found.pieces.push(Piece { text, is_built: true, nature, functions: 0, beside });
    }

    /// Numbers whose groups stand apart: telephone numbers, and thousands set off by spaces.
    fn loose_number(&mut self, at: usize) {
        if at < self.numbers_seen || !self.text.as_bytes()[at].is_ascii_digit() {
            return;
        }
        if let Some((end, number)) = spaced_at(self.text, at).filter(|(end, _)| !begins_letter(self.text, *end)) {
            self.give_built(&number, Nature::Fixed, true);
            self.numbers_seen = end;
            return;
        }
        let (end, ending) = telephone_at(self.text, at);
        if let Some(ending) = ending.filter(|_| !begins_letter(self.text, end)) {
            self.give_built(&ending, Nature::Fixed, true);
        }
        self.numbers_seen = end;
    }

    /// Gives the parts of what is joined by connectors, then the whole; returns where it ends.
    fn compound(&mut self, from: usize) -> usize {
        if let Some(end) = language_end(self.text, from) {
            self.give(from..end, Nature::Fixed);
            return end;
        }
        self.found.parts.clear();
        let mut start = from;
        let mut elided = 0;
        loop {
            self.steps.step();
            let part = self.part(start);
            let end = part.text.end;
            let next = next_part(self.text, end);
            if next.is_some() && start == from && self.is_elided(&part, end) {
                elided += 1;
            } else if start == from || !self.drops_tail(&part.text) {
                self.found.parts.push(part);
            }
            let Some(next) = next else {
                self.give_parts(elided);
                return end;
            };
            start = next;
        }
    }

    fn part(&self, from: usize) -> Part {
        let text = self.text;
        let end = run_end(text, from);
        if text.as_bytes()[from].is_ascii_digit() {
            return number_part(text, from, end);
        }
        let letters = text.as_bytes()[from..end].iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        let digits = from + letters;
        if letters > 0 && digits < end && text.as_bytes()[digits..end].iter().all(u8::is_ascii_digit) {
            let end = number_at(text, digits).map_or(end, |number| number.end);
            return Part { text: from..end, what: What::Both(digits) };
        }
        Part { text: from..end, what: What::Run }
    }

    fn is_elided(&self, part: &Part, end: usize) -> bool {
        self.text.as_bytes()[end] == b'\'' && ELIDED.contains(&&self.text[part.text.clone()])
    }

    /// Drops the tail of a possessive or a contraction instead of keeping it as a part. n't takes its verb with it: the
    /// verbs that have one (couldn, isn, ain) are stop words or should be.
    fn drops_tail(&mut self, tail: &Range<usize>) -> bool {
        if self.text.as_bytes()[tail.start - 1] != b'\'' {
            return false;
        }
        let tail = &self.text[tail.clone()];
        if tail == "t" {
            self.found.parts.pop_if(|verb| self.text[verb.text.clone()].ends_with('n'));
        }
        matches!(tail, "s" | "t" | "d" | "m" | "ll" | "re" | "ve")
    }

    fn give_parts(&mut self, elided: usize) {
        let mut parts = std::mem::take(&mut self.found.parts);
        let alone = if let [part] = &parts[..] { Some(part.clone()) } else { None };
        self.join_to_the_one_before(alone.filter(|_| !self.asked && elided == 0));
        let joined = if parts.len() == 1 { None } else { self.joined(&parts) };
        // In a question peux-tu and est-ce say no more than their parts do. English to-do is a word.
        let functions = if self.asked && joined.is_some() {
            let of_part = |part: &Part| languages_of(&self.text[part.text.clone()]);
            parts.iter().map(of_part).fold(!language("en"), |all, languages| all & languages)
        } else {
            0
        };
        for part in parts.drain(..) {
            self.steps.step();
            // A letter of a joined compound says little and the joined form carries it.
            if joined.is_none() || !is_single_letter(&self.text[part.text.clone()]) {
                self.give_part(&part);
            }
        }
        self.found.parts = parts;
        // No stop word however it reads: I.T. is not "it". Stemmed where it is letters, so that e-mails is e-mail.
        if let Some(joined) = joined {
            let letters = joined.bytes().all(|byte| byte.is_ascii_lowercase());
            self.give_built(&joined, if letters { Nature::Joined } else { Nature::Fixed }, elided > 0);
            self.found.pieces.last_mut().into_iter().for_each(|piece| piece.functions = functions);
        }
    }

    /// In what is stored, a number and its unit, or a code or a version and its name, are one word as well, as they are where no
    /// space is between.
    fn join_to_the_one_before(&mut self, alone: Option<Part>) {
        let before = self.before.take();
        let Some(part) = alone else { return };
        let before = before.filter(|before| self.text.as_bytes()[before.end..part.text.start] == *b" ");
        if let Some(joined) = before.and_then(|before| self.with_number(before, &part)) {
            self.give_built(&joined, Nature::Fixed, true);
        }
        self.before = matches!(part.what, What::Run | What::Number).then_some(part.text);
    }

    fn with_number(&self, before: Range<usize>, part: &Part) -> Option<String> {
        let (first, second) = (&self.text[before.clone()], &self.text[part.text.clone()]);
        let are_letters = |word: &str, most| word.len() <= most && word.bytes().all(|byte| byte.is_ascii_lowercase());
        let says_something = |word| languages_of(word) == 0 || word == "am";
        let is_code = before.clone().all(|at| self.folded.is_capital(at)) || second.contains('.');
        if part.what == What::Number && is_code && are_letters(first, LONGEST_PREFIX) && says_something(first) {
            return number_at(self.text, part.text.start).map(|number| first.to_owned() + &number.form);
        }
        let is_unit = part.what == What::Run && are_letters(second, LONGEST_UNIT) && says_something(second);
        let number = number_at(self.text, before.start).filter(|number| is_unit && number.end == before.end);
        number.map(|number| number.form + second)
    }

    /// The parts without connectors, if that is a word worth giving.
    fn joined(&self, parts: &[Part]) -> Option<String> {
        if !(2..=MOST_JOINED_PARTS).contains(&parts.len()) {
            return None;
        }
        let mut joined = String::new();
        parts.iter().for_each(|part| joined.extend(self.text[part.text.clone()].split(['.', ','])));
        // Letters of Kirat Rai compose with the one before, as they do where no connector stands between them.
        if !joined.is_ascii() {
            joined = joined.nfc().collect();
        }
        (joined.len() <= LONGEST_WORD).then_some(joined)
    }

    fn give_part(&mut self, part: &Part) {
        let text = part.text.clone();
        match part.what {
            What::Run if self.text[text.clone()].bytes().any(|byte| byte.is_ascii_digit()) => {
                self.give(text, Nature::Fixed)
            }
            What::Run => {
                self.give(text.clone(), Nature::Letters);
                self.give_humps(text);
            }
            What::Number => {
                if let Some(number) = number_at(&self.text[..text.end], text.start) {
                    self.give_number(number, false);
                }
            }
            What::Both(second) => self.give_both(text, second),
        }
    }

    /// Gives a number with its unit, or letters with their number, as one word; in what is stored the two by themselves as
    /// well, for who sets them apart.
    fn give_both(&mut self, text: Range<usize>, second: usize) {
        let is_number_first = self.text.as_bytes()[text.start].is_ascii_digit();
        let number = number_at(&self.text[..text.end], if is_number_first { text.start } else { second });
        let Some(number) = number else { return self.give(text, Nature::Fixed) };
        let letters = if is_number_first { second..text.end } else { text.start..second };
        if is_number_first && ORDINALS.contains(&&self.text[letters.clone()]) {
            return self.give_number(number, false);
        }
        let letters_text = &self.text[letters.clone()];
        let whole =
            if is_number_first { number.form.clone() + letters_text } else { letters_text.to_owned() + &number.form };
        self.give_built(&whole, Nature::Fixed, false);
        if !self.asked {
            self.give(letters, Nature::Letters);
            self.found.pieces.last_mut().into_iter().for_each(|piece| piece.beside = true);
            self.give_number(number, true);
        }
    }

    /// Gives a number, and what it is if it is grouped in another way.
    fn give_number(&mut self, number: Number, beside: bool) {
        self.give_built(&number.form, Nature::Fixed, beside);
        if let Some(other) = number.other {
            self.give_built(&other, Nature::Again, beside);
        }
    }

    /// The words of a name in camel case, where capitals tell them: getUserById, iPhone.
    fn give_humps(&mut self, run: Range<usize>) {
        if run.len() < 4 || !(run.start + 1..run.end).any(|at| self.folded.is_capital(at)) {
            return;
        }
        if !self.text[run.clone()].is_ascii() || !self.folded.has_hump(&run) {
            return;
        }
        let mut start = run.start;
        for at in run.start + 1..=run.end {
            if at == run.end || self.folded.is_hump(at, run.end) {
                if at - start > 1 {
                    self.give(start..at, Nature::Letters);
                    self.found.pieces.last_mut().into_iter().for_each(|piece| piece.beside = true);
                }
                start = at;
            }
        }
    }

    /// Gives every two neighbours of a run of characters without spaces, each with its marks, and those that mean something
    /// by themselves, or the one there is.
    fn dense(&mut self, from: usize) -> usize {
        let mut ends = vec![from];
        let mut end = from;
        while let Some((Kind::Dense, _)) = kind_at(self.text, end) {
            self.found.has_kana |= self.text[end..].chars().next().is_some_and(is_kana);
            end = cluster_end(self.text, end);
            ends.push(end);
        }
        let functions = if self.asked { self.functions(&ends) } else { Vec::new() };
        let length = ends.len() - 1;
        for place in 0..length {
            self.steps.step();
            let single = ends[place]..ends[place + 1];
            if length == 1 || self.text[single.clone()].chars().next().is_some_and(means_by_itself) {
                self.give_dense(single, function_at(&functions, place, place + 1));
            }
            if place + 2 <= length {
                self.give_dense(ends[place]..ends[place + 2], function_at(&functions, place, place + 2));
            }
        }
        end
    }

    fn give_dense(&mut self, text: Range<usize>, functions: Languages) {
        self.give(text, Nature::Fixed);
        self.found.pieces.last_mut().into_iter().for_each(|piece| piece.functions = functions);
    }

    /// The function words among characters without spaces: between which of them each stands, and its languages.
    fn functions(&mut self, ends: &[usize]) -> Vec<(usize, usize, Languages)> {
        let mut functions = Vec::new();
        for first in 0..ends.len() - 1 {
            self.steps.step();
            for last in first + 1..ends.len().min(first + 1 + LONGEST_FUNCTION) {
                let languages = languages_of(&self.text[ends[first]..ends[last]]);
                if languages != 0 {
                    functions.push((first, last, languages));
                }
            }
        }
        functions
    }
}

/// The languages of the function words that characters are a part of; in Thai, whose words are of many characters, of those
/// that they touch.
fn function_at(functions: &[(usize, usize, Languages)], first: usize, last: usize) -> Languages {
    const THAI: Languages = language("th");
    // Only those that begin nearby can reach so far.
    let from = functions.partition_point(|(start, ..)| start + LONGEST_FUNCTION <= first);
    let near = functions[from..].iter().take_while(|(start, ..)| *start < last);
    let holds = |(start, end, of): &&(usize, usize, Languages)| {
        of & THAI != 0 && *end > first || *start <= first && *end >= last
    };
    near.filter(holds).fold(0, |languages, (.., of)| languages | of)
}

fn number_part(text: &str, from: usize, run: usize) -> Part {
    // A number after a point or a comma is a piece of a version, a date or a list.
    let after_point = from > 0 && matches!(text.as_bytes()[from - 1], b'.' | b',');
    let digits = from + text.as_bytes()[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let end = match number_at(text, from) {
        Some(number) if !after_point => number.end,
        _ => digits,
    };
    let unit = run_end(text, end);
    if unit == end {
        return Part { text: from..end, what: What::Number };
    }
    let is_unit = text[end..unit].chars().all(|c| !c.is_ascii_digit());
    if is_unit {
        return Part { text: from..unit, what: What::Both(end) };
    }
    Part { text: from..run, what: if run == digits { What::Number } else { What::Run } }
}

/// The word, cut at a character boundary when it is too long.
pub fn cut(word: &str) -> &str {
    &word[..word.floor_char_boundary(LONGEST_WORD)]
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

/// Where a language's name of one letter and a sign ends: c++, c#, f#.
fn language_end(text: &str, at: usize) -> Option<usize> {
    match text.as_bytes()[at..] {
        [b'a'..=b'z', b'+', b'+', ..] => Some(at + 3),
        [b'a'..=b'z', b'#', ..] if !begins_letter(text, at + 2) => Some(at + 2),
        _ => None,
    }
}
