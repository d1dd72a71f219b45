//! The words of a text, as the index stores them and as a question asks for them.
//!
//! What comes out is hashed into a stored index, so it may never change: the Unicode tables come from crates pinned to
//! Unicode 17 (no newer than the standard library's, whose case mappings Unicode guarantees for known letters), the stems
//! from a crate that is pinned as well, and the lists of data/ are part of the index's format.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::collections::HashMap;

use crate::asking_words::languages_of_asking;
use crate::english::English;
use crate::folding::Folded;
use crate::function_words::{Languages, asks, language, languages_of, languages_told_by_accents};
use crate::irregular;
use crate::languages::{ENGLISH, Evidence, Purpose, Script, StemOf};
use crate::splitting::{LONGEST_WORD, Nature, Piece, Pieces, cut};
use crate::stop_words::{StopWord, stop_word};
use homer_interrupts::cancellable;

/// Buffers are kept between calls up to this size, so that one huge text does not hold its memory for ever.
const KEPT_BYTES: usize = 64 * 1024;

/// What a form is to a search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// The form of a word that is the same in any text.
    Word,
    /// Another form of the word before: a memory and a question that share one share the word.
    Again,
    /// As a word, in this text: written in capitals, between these others, in this language.
    Beside,
    /// A word that says nothing, for a question that has no other.
    Function,
    /// A word of asking, which counts little beside others of a question.
    Asking,
    /// No form, but that the word before may be made of several, as in German.
    Compound,
}

/// Calls `each` with the forms of every word of the text, in order, as often as it occurs.
pub fn each_form(text: &str, purpose: Purpose, each: &mut impl FnMut(&str, Role)) {
    each_form_beside(text, purpose, &mut None, each);
}

/// The same of a text that stands beside others, as a subject does beside its content. Where it does not say what language it is in, it
/// is in that of the one before that said so, which `known` holds.
pub fn each_form_beside(text: &str, purpose: Purpose, known: &mut Option<Evidence>, each: &mut impl FnMut(&str, Role)) {
    thread_local!(static BUFFERS: Cell<Buffers> = const { Cell::new(Buffers::EMPTY) });
    // Taken out and not borrowed: `each` may itself split a text into words.
    let mut buffers = BUFFERS.replace(Buffers::EMPTY);
    buffers.folded.fold(text);
    buffers.pieces.split(&buffers.folded, purpose == Purpose::Ask);
    Words::new(text, &buffers, purpose, known).give(each);
    if buffers.folded.capacity() <= KEPT_BYTES {
        BUFFERS.set(buffers);
    }
}

/// What is kept between calls, so that a call allocates little but what the stemmers do.
struct Buffers {
    folded: Folded,
    pieces: Pieces,
}

impl Buffers {
    const EMPTY: Self = Self { folded: Folded::EMPTY, pieces: Pieces::EMPTY };
}

/// The pieces of a text, with what they say together.
struct Words<'a> {
    folded: &'a Folded,
    pieces: &'a Pieces,
    purpose: Purpose,
    evidence: Evidence,
    is_english: bool,
    /// Whether a word or a letter says what language the text is in.
    has_signs: bool,
    /// The languages whose function words are none to search for.
    likely: Languages,
    /// How often a question says each of its function words, counted when it is first asked for.
    times: OnceCell<HashMap<&'a str, u32>>,
    /// Whether the text has letters that no other language than Vietnamese has.
    writes_vietnamese: bool,
    english: English,
    /// The stemmers for the words of a script, found when the first of its words is met.
    stemmers: [Option<Vec<(Languages, StemOf)>>; Script::COUNT],
    scratch: Folded,
}

/// The languages of characters without spaces, which say by themselves whose they are.
const DENSE: Languages = CHINESE | JAPANESE | language("ko") | language("th");
const CHINESE: Languages = language("zh");
const JAPANESE: Languages = language("ja");

/// The languages that write several words as one.
const WITH_COMPOUNDS: Languages = language("de")
    | language("nl")
    | language("sv")
    | language("da")
    | language("no")
    | language("fi")
    | language("et")
    | language("hu");

impl<'a> Words<'a> {
    fn new(text: &str, buffers: &'a Buffers, purpose: Purpose, known: &mut Option<Evidence>) -> Self {
        let mut evidence = Evidence::new();
        for piece in &buffers.pieces.pieces {
            if piece.functions != 0 && !piece.is_built {
                evidence.add(piece.functions & !DENSE);
            }
        }
        evidence.add_letters(&buffers.folded);
        // What another text of the same memory says is not to be doubted by the letters of this one.
        let is_told = !evidence.has_signs() && known.is_some();
        match known {
            Some(known) if is_told => evidence = *known,
            _ if evidence.has_signs() => *known = Some(evidence),
            _ => {}
        }
        let has_signs = evidence.has_signs();
        let words = buffers.pieces.pieces.iter().filter(|piece| piece.nature == Nature::Letters).count();
        if purpose == Purpose::Store && words > 0 && !is_told && !evidence.is_clear() {
            evidence.add_sequences(text, words);
        }
        let of_dense = if buffers.pieces.has_kana { DENSE & !CHINESE } else { DENSE & !JAPANESE };
        let likely = evidence.likely() & !DENSE | of_dense;
        Self {
            folded: &buffers.folded,
            pieces: &buffers.pieces,
            purpose,
            is_english: evidence.is_english_rather(),
            has_signs,
            evidence,
            likely,
            times: OnceCell::new(),
            writes_vietnamese: purpose == Purpose::Ask && buffers.folded.all_accents().any(is_of_vietnamese_alone),
            english: English::new(),
            stemmers: [const { None }; Script::COUNT],
            scratch: Folded::default(),
        }
    }

    fn give(mut self, each: &mut impl FnMut(&str, Role)) {
        let pieces = self.pieces;
        for piece in cancellable(pieces.pieces.iter()) {
            let word = pieces.text(self.folded, piece);
            if let Some(role) = self.role(piece, word) {
                match piece.nature {
                    Nature::Letters => self.give_letters(piece, word, role, each),
                    Nature::Joined => each(cut(&self.english.stem(word)), role),
                    Nature::Fixed => each(word, role),
                    Nature::Again => each(word, Role::Again),
                }
            }
        }
    }

    /// What a piece is to the search, if anything.
    fn role(&self, piece: &Piece, word: &str) -> Option<Role> {
        let functions = piece.functions & !self.languages_told_by_accents(piece, word);
        let stop_word = if functions & ENGLISH != 0 { stop_word(word) } else { None };
        let is_name = stop_word.is_some() && self.is_name(piece, word);
        let says_nothing = self.purpose == Purpose::Ask && self.says_nothing(piece, word, functions & self.likely);
        match stop_word {
            Some(_) if is_name => Some(Role::Beside),
            Some(StopWord::Always) => (self.purpose == Purpose::Ask).then_some(Role::Function),
            Some(StopWord::InEnglish) if says_nothing => Some(Role::Function),
            Some(StopWord::InEnglish) => (!self.is_english).then_some(Role::Beside),
            None if says_nothing => Some(Role::Function),
            None if self.purpose == Purpose::Ask && self.is_of_asking(word) => Some(Role::Asking),
            None if piece.beside => Some(Role::Beside),
            None => Some(Role::Word),
        }
    }

    /// Whether a word of a question is a function word of one of the languages that the question may be in.
    ///
    /// Something else must speak for that language: what is a function word in one is often none in another, as the Danish dog, the
    /// German war and the Romanian cat are in English. The words that ask speak for themselves, and so do the languages that share
    /// their letters with none, and English, whose function words a question in another language seldom means.
    fn says_nothing(&self, piece: &Piece, word: &str, likely: Languages) -> bool {
        let speaks_for_itself =
            || likely & (ENGLISH | DENSE) != 0 || Script::of(word).is_of_one_language() || asks(word);
        let others_speak = || self.evidence.without(piece.functions, self.times_of(word)).likely() & likely != 0;
        likely != 0 && (speaks_for_itself() || others_speak())
    }

    /// Whether a word of a question is one of asking in a language that the question may be in: in English where nothing says which.
    fn is_of_asking(&self, word: &str) -> bool {
        let languages = languages_of_asking(word);
        let in_any =
            || Script::of(word).is_of_one_language() || languages & ENGLISH != 0 && self.evidence.likely() == 0;
        languages != 0 && (languages & self.likely != 0 || in_any())
    }

    /// Whether a question may be in a language that writes several words as one: also where nothing says what language it is in.
    fn may_have_compounds(&self) -> bool {
        self.likely & WITH_COMPOUNDS != 0 || !self.evidence.has_signs()
    }

    fn times_of(&self, word: &str) -> u32 {
        let count = || {
            let mut times = HashMap::new();
            for piece in self.pieces.pieces.iter().filter(|piece| piece.functions != 0) {
                *times.entry(self.pieces.text(self.folded, piece)).or_insert(0) += 1;
            }
            times
        };
        self.times.get_or_init(count).get(word).copied().unwrap_or(0)
    }

    fn languages_told_by_accents(&self, piece: &Piece, word: &str) -> Languages {
        if piece.is_built || piece.functions == 0 {
            return 0;
        }
        let accents = self.folded.accents(piece.text.start, piece.text.end);
        match accents {
            [] if self.purpose == Purpose::Store => 0,
            [] => languages_told_by_accents(word, self.writes_vietnamese),
            _ => languages_told_by_accents(&accented(word, piece.text.start, accents), true),
        }
    }

    /// Whether a stop word is written like a name: IT, vitamin A, Who is Will?
    fn is_name(&self, piece: &Piece, word: &str) -> bool {
        if self.pieces.pieces.len() == 1 {
            return self.purpose == Purpose::Store;
        }
        let text = piece.text.clone();
        if !self.folded.is_capital(text.start) || word == "i" {
            return false;
        }
        if word.len() > 1 && text.clone().all(|at| self.folded.is_capital(at)) {
            return self.folded.has_small_letters();
        }
        // A statement that begins with Will speaks of him; a question seldom does.
        !self.begins_sentence(text.start) || word == "will" && self.purpose == Purpose::Store
    }

    fn begins_sentence(&self, at: usize) -> bool {
        let before = self.folded.text[..at].trim_end_matches([' ', '"', '\'', '(', '“', '«', '*', '_', '[']);
        before
            .chars()
            .next_back()
            .is_none_or(|c| matches!(c, '.' | '!' | '?' | ':' | ';' | '\n' | '\r' | '…' | '-' | '–' | '—' | '¿' | '¡'))
    }

    /// The form of a word that does not depend on a language, and its stems in those that the text may be in.
    fn give_letters(&mut self, piece: &Piece, word: &str, role: Role, each: &mut impl FnMut(&str, Role)) {
        if !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return self.give_other_letters(piece, word, role, each);
        }
        let stem = self.english.stem(word);
        let first = cut(&stem);
        each(first, role);
        let accents = self.folded.accents(piece.text.start, piece.text.end);
        if let Some(spelled_out) = spelled_out(word, piece.text.start, accents) {
            each(cut(&self.english.stem(cut(&spelled_out))), Role::Again);
        }
        self.give_stems(piece, word, first, each);
    }

    fn give_other_letters(&mut self, piece: &Piece, word: &str, role: Role, each: &mut impl FnMut(&str, Role)) {
        each(word, role);
        if !word.bytes().any(|byte| byte.is_ascii_digit()) {
            self.give_stems(piece, word, word, each);
        }
    }

    fn give_stems(&mut self, piece: &Piece, word: &str, first: &str, each: &mut impl FnMut(&str, Role)) {
        let script = Script::of(word);
        let stemmers = match self.stemmers[script as usize].take() {
            Some(stemmers) => stemmers,
            None => self.evidence.stemmers(script, self.purpose),
        };
        if stemmers.is_empty() {
            self.stemmers[script as usize] = Some(stemmers);
            return self.give_stored_trunk(script, word, each);
        }
        let accented = accented(word, piece.text.start, self.folded.accents(piece.text.start, piece.text.end));
        let mut given = vec![first.to_owned()];
        if word != first {
            each(word, Role::Again);
            given.push(word.to_owned());
        }
        let mut before = 0;
        for (language, stemmer) in &stemmers {
            let written = [Some(accented.as_str()), (script == Script::Latin).then_some(word)];
            // The first stemmer of a language serves its irregular forms as well.
            let is_first = std::mem::replace(&mut before, *language) != *language;
            let roots =
                written.map(|spelling| irregular::root(*language, spelling?)).map(|root| root.filter(|_| is_first));
            let roots = roots.each_ref().map(Option::as_deref);
            for spelling in written.into_iter().chain(roots).flatten() {
                self.scratch.fold(&stemmer(spelling));
                let stem = told_from_function_words(cut(&self.scratch.text), word, *language);
                if is_word(&stem) && !given.iter().any(|given| *given == stem) {
                    each(&stem, Role::Again);
                    given.push(stem.into_owned());
                }
            }
        }
        self.stemmers[script as usize] = Some(stemmers);
        match self.purpose {
            Purpose::Store => self.give_stored_trunk(script, word, each),
            Purpose::Ask if script == Script::Latin => give_trunks(word, &given, each),
            Purpose::Ask => {}
        }
        if let Some(shorter) = self.without_plural(word).filter(|shorter| !given.iter().any(|given| given == shorter)) {
            each(shorter, Role::Again);
        }
        if self.purpose == Purpose::Ask && script == Script::Latin && self.may_have_compounds() {
            each("", Role::Compound);
        }
    }

    /// A text of a few words may say nothing of its language, and so have no stems, or wrong ones. Its words are stored by their trunks
    /// as well.
    fn give_stored_trunk(&self, script: Script, word: &str, each: &mut impl FnMut(&str, Role)) {
        if self.purpose == Purpose::Store && script == Script::Latin && !self.has_signs {
            trunk(word).into_iter().for_each(|trunk| each(&trunk, Role::Again));
        }
    }

    /// The word without an ending that makes a plural in many languages, for a question: what was stored may say too little
    /// to be known for its language, and so have no stem.
    fn without_plural<'w>(&self, word: &'w str) -> Option<&'w str> {
        let shorter = word.strip_suffix(['s', 'n', 't', 'k', 'r']).filter(|shorter| shorter.len() >= 4);
        shorter.filter(|_| self.purpose == Purpose::Ask)
    }
}

/// What is left of a word of Latin letters without the vowels at its end, in whose place most languages put other endings, with a mark
/// that no word has: allergia, allergie and alergi are forms of allerg~.
fn trunk(word: &str) -> Option<String> {
    let trunk = without_last_vowels(word);
    (trunk.len() < word.len()).then(|| marked(trunk)).flatten()
}

fn without_last_vowels(word: &str) -> &str {
    word.trim_end_matches(['a', 'e', 'i', 'o', 'u', 'y'])
}

fn marked(trunk: &str) -> Option<String> {
    let is_long = trunk.chars().count() >= LEAST_OF_TRUNK;
    is_long.then(|| [&trunk[..trunk.floor_char_boundary(LONGEST_WORD - 1)], "~"].concat())
}

/// Words that share fewer letters share nothing else.
const LEAST_OF_TRUNK: usize = 3;

/// The trunks of a question's word, each once: those of its stems, and its own where it ends in a vowel.
fn give_trunks(word: &str, stems: &[String], each: &mut impl FnMut(&str, Role)) {
    let with_ending = |stem: &&String| *stem != word || without_last_vowels(stem).len() < stem.len();
    let trunks = stems.iter().filter(with_ending).filter_map(|stem| marked(without_last_vowels(stem)));
    let mut trunks: Vec<String> = trunks.collect();
    trunks.sort_unstable();
    trunks.dedup();
    trunks.iter().for_each(|trunk| each(trunk, Role::Again));
}

/// Letters with two accents, and those with a horn.
fn is_of_vietnamese_alone(letter: char) -> bool {
    matches!(letter, 'ơ' | 'ư' | '\u{1EA0}'..='\u{1EF9}')
}

/// Whether what a stemmer left can stand in an index.
fn is_word(stem: &str) -> bool {
    !stem.is_empty() && !stem.contains(char::is_whitespace)
}

/// The stem with a mark that no word has, where it reads like a function word of its language: kass, a cat, is no kas, which asks in
/// Estonian. A function word is none of the words that have such a stem.
fn told_from_function_words<'s>(stem: &'s str, word: &str, language: Languages) -> Cow<'s, str> {
    if languages_of(stem) & language == 0 {
        Cow::Borrowed(stem)
    } else if languages_of(word) & language == 0 {
        Cow::Owned([stem, "-"].concat())
    } else {
        Cow::Borrowed("")
    }
}

/// The word with the accents that it was written with.
fn accented(word: &str, start: usize, accents: &[(usize, usize, char)]) -> String {
    let mut accented = String::with_capacity(word.len() + accents.len());
    let mut at = start;
    for (place, length, letter) in accents {
        accented.push_str(&word[at - start..place - start]);
        accented.push(*letter);
        at = place + length;
    }
    accented.push_str(&word[at - start..]);
    accented
}

/// The word with the letters that a keyboard without umlauts has two letters for: Müller as mueller, Åse as aase.
fn spelled_out(word: &str, start: usize, accents: &[(usize, usize, char)]) -> Option<String> {
    let mut spelled = String::new();
    let mut at = start;
    for (place, length, letter) in accents {
        let letters = match letter {
            'ä' => "ae",
            'ö' | 'ø' => "oe",
            'ü' => "ue",
            'å' => "aa",
            _ => continue,
        };
        spelled.push_str(&word[at - start..place - start]);
        spelled.push_str(letters);
        at = place + length;
    }
    (at > start).then(|| spelled + &word[at - start..])
}

#[cfg(test)]
mod tests {
    use snowball_stemmers_rs::{Algorithm, Stemmer};

    use super::*;
    use crate::any_text::{forms, words};
    use crate::light_stems;

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
            ("Don't! She'll say I'm sure you've seen it's what they couldn't.", "say sure see"),
            ("don’t she’ll I’m you’ve it’s couldn’t I'd've shouldn't've", ""),
            ("Maria's Maria’s MARIA Marias' O'Brien's", "maria maria maria maria brien obrien"),
            ("vitamin D", "vitamin d"),
            ("naïve", "naiv"),
            ("The children sold their colourful centre", "child sell color center"),
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
            ("हिन्दी हिंदी की क्षि चाँद चांद फ़ोन फोन", "हिंदी हिंदी की क्षि चांद चांद फोन फोन"),
            ("مُحَمَّد محـــمد أحمد احمد", "محمد محمد احمد احمد"),
            ("کتاب كتاب مدرسة مدرسه علی على", "كتاب كتاب مدرسه مدرسه علي علي"),
            ("۱۲ ١٢ १२ ๑๒ １２", "12 12 12 12 12"),
            ("שָׁלוֹם שלום בית־ספר", "שלום שלום בית ספר ביתספר"),
            ("Acme™ x² \u{301}\u{93F}\u{200B} \u{301}", "acm x2"),
        ]);
    }

    #[test]
    fn scripts_without_spaces_give_pairs_and_what_means_something_by_itself() {
        check(&[
            ("東京都 は 東", "東 東京 京 京都 都 は 東"),
            ("データ ﾃﾞｰﾀ", "デー ータ デー ータ"),
            ("서울시 \u{1109}\u{1165}\u{110B}\u{116E}\u{11AF}", "서 서울 울 울시 시 서 서울 울"),
            ("ไทยดี", "ไท ทย ยดี"),
            ("น้ำ นํ้า", "น้\u{e4d}า น้\u{e4d}า"),
            ("ລາວ ខ្មែរ", "ລາ າວ ខ្មែ មែរ"),
            ("မြန်မာ", "မြန် န်မာ"),
            ("iPhoneを買う", "iphon を買 買 買う"),
        ]);
    }

    #[test]
    fn compounds_give_their_parts_and_the_whole() {
        check(&[
            ("XK-201 xk201 XK 201 XK‑201", "xk 201 xk201 xk201 xk 201 xk 201 xk201"),
            ("maria.l@example.com", "maria exampl com marialexamplecom"),
            ("2026-05-03 14:05", "2026 05 03 20260503 14 05 1405"),
            ("3.5 1,234 1234 1,234.50 1.2.3", "3.5 1234 1234 1234.5 1 2 3 123"),
            ("3,5 gpt-3.5 1,2345", "3.5 gpt 3.5 gpt35 1.2345"),
            ("up-to-date R&D well--known a/", "date uptod rd well know"),
            ("C++ c C# F#! C/C++ .NET asp.net/c# c#7 C++17", "c++ c c# f# c c++ net asp net aspnet c# 7 c7 c++ 17"),
            ("a-b-c-d-e-f-g-h-k", "b c d e f g h k"),
            ("snake_case_name #tag mother's/father's", "snake case name snakecasenam tag mother father motherfath"),
            ("https://example.com/x", "https exampl com examplecomx"),
            ("don't-care I.T.", "care it"),
            ("l'eau dell'anno", "eau anno"),
            ("500mg 7pm 2nd Python3.11", "500mg 7pm 2 python3.11"),
            ("\u{16D63}-\u{16D67} \u{16D63}\u{16D67}", "\u{16D69} \u{16D69}"),
        ]);
    }

    /// All forms of the words, a word's own together.
    #[track_caller]
    fn check_forms(purpose: Purpose, table: &[(&str, &str)]) {
        for (text, expected) in table {
            let mut written = String::new();
            for (form, role) in forms(text, purpose) {
                written.push_str(match role {
                    Role::Again => "=",
                    Role::Function => " -",
                    Role::Asking => " ?",
                    Role::Compound => continue,
                    Role::Beside => " +",
                    Role::Word => " ",
                });
                written.push_str(&form);
            }
            assert_eq!(written.trim_start(), *expected, "the forms of {text:?}");
        }
    }

    #[test]
    fn numbers_are_stored_with_their_units_and_apart() {
        check_forms(
            Purpose::Store,
            &[
                ("500mg", "500mg +mg +500"),
                ("takes 500 mg", "take 500 +500mg mg"),
                ("the XK 201", "xk +xk201 201"),
                ("(555) 010-0123", "+0100123 555 010 0123 0100123"),
                ("4 550 kr", "+4550 4 550 +550kr kr"),
                ("4.550", "4.55=4550"),
                ("getUserById", "getuserbyid +get +user +by +id"),
            ],
        );
        check_forms(Purpose::Ask, &[("500mg", "500mg"), ("500 mg", "500 mg"), ("xk201", "xk201")]);
    }

    #[test]
    fn stop_words_that_are_names_are_words() {
        check_forms(
            Purpose::Store,
            &[
                ("Will is the landlord.", "+will landlord"),
                ("She asked Will about IT.", "ask +will +it"),
                ("It will rain", "rain"),
                ("Takes vitamin A at the table", "take vitamin +a tabl"),
                ("WHO IS THE BOSS", "boss"),
                ("Don sold the car", "don sell car"),
            ],
        );
        check_forms(Purpose::Ask, &[("Who is Will?", "-who -is +will"), ("who is will", "-who -is -will")]);
    }

    #[test]
    fn words_of_other_languages_are_known_by_their_stems_besides() {
        check_forms(
            Purpose::Store,
            &[
                ("Die Wohnungen sind in der Straße", "die wohnungen=wohnung sind +in der strass=strasse"),
                ("Müller", "muller=mueller=mul=mull"),
            ],
        );
        for (one, other) in [("Mis gatos y los perros", "¿Dónde está el gato?"), ("Мои кошки", "Где моя кошка?")]
        {
            let of = |text, purpose| forms(text, purpose).into_iter().filter(|(_, role)| *role != Role::Function);
            let stored: Vec<String> = of(one, Purpose::Store).map(|(form, _)| form).collect();
            assert!(of(other, Purpose::Ask).any(|(form, _)| stored.contains(&form)), "{one} {other}");
        }
    }

    #[test]
    fn an_irregular_form_has_the_stem_of_its_word() {
        let snowball = |algorithm, word| Stemmer::create(algorithm).stem(word).into_owned();
        for (form, stem) in [
            ("fährt", light_stems::german("fahren")),
            ("häuser", light_stems::german("haus")),
            ("steden", light_stems::dutch("stad")),
            ("børnene", snowball(Algorithm::Danish, "barn")),
            ("böckerna", snowball(Algorithm::Swedish, "bok")),
            ("durmió", snowball(Algorithm::Spanish, "dormir")),
            ("chevaux", snowball(Algorithm::French, "cheval")),
            ("trouxe", light_stems::portuguese("trazer")),
            ("людей", light_stems::russian("человек")),
            ("lovak", snowball(Algorithm::Hungarian, "ló")),
            ("έφαγε", light_stems::greek("τρώω")),
            ("الكتب", light_stems::arabic("كتاب")),
            ("הבתים", light_stems::hebrew("בית")),
        ] {
            let mut folded = Folded::default();
            folded.fold(&stem);
            assert!(forms(form, Purpose::Ask).iter().any(|(given, _)| *given == folded.text), "{form} {}", folded.text);
        }
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
            let text = unit.repeat(1_000_000 / unit.len());
            each_form(&text, Purpose::Store, &mut |form: &str, _| assert!(form.len() <= 64));
        }
    }

    #[test]
    fn a_name_in_camel_case_may_begin_within_a_ligature() {
        for text in ["ÜŒeEœe", "ŒÆħ\u{200D}Øu", "ÅŒüſØä"] {
            assert!(forms(text, Purpose::Store).len() > 1, "{text}");
        }
    }

    #[test]
    fn words_found_once_are_found_again() {
        let found = words(SENTENCE);
        assert_eq!(words(&found.join(" ")), found);
    }

    #[test]
    fn a_text_can_be_split_inside_the_splitting_of_another() {
        each_form("one-two", Purpose::Store, &mut |_: &str, _| assert_eq!(words("XK-201"), ["xk", "201", "xk201"]));
    }

    #[test]
    #[ignore = "a measurement: cargo test --release -- --ignored --nocapture"]
    fn the_time_of_a_sentence() {
        for text in [SENTENCE, &SENTENCE.replace("the", "l’é"), "東京都の天気は明日も晴れるでしょう。"]
        {
            let start = std::time::Instant::now();
            let mut count = 0;
            (0..100_000)
                .for_each(|_| each_form(std::hint::black_box(text), Purpose::Store, &mut |_: &str, _| count += 1));
            println!("{:?} for {} bytes, {} words", start.elapsed() / 100_000, text.len(), count / 100_000);
        }
    }
}
