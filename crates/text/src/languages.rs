//! What languages a text may be in, by what it says itself, and the stems of a word in them.
//!
//! A text of a few words seldom says for sure, so nothing hangs on one guess. Every word is searched by a form that does not
//! depend on a language, and by its stems in the languages that the text may be in besides: a memory and a question about it
//! share the first, whatever was guessed, and the stems where either was guessed with the other's among the guesses.

use snowball_stemmers_rs::{Algorithm, Stemmer};

use crate::folding::Folded;
use crate::function_words::{Languages, language};

/// Signs of a language: a function word or a letter counts so much, shared among the languages that have it.
const SIGN: u32 = 60;
/// From so much on a text says for sure that it is English: a word that only English has, or several that others share.
const SURE: u32 = 60;

const ENOUGH: u32 = 1 << 24;

pub const ENGLISH: Languages = language("en");

/// What serves a language: the letters it is written in, and how its words are cut to a stem.
struct Served {
    language: Languages,
    script: Script,
    stem: Option<StemOf>,
}

/// The stem of a word.
pub type StemOf = fn(&str) -> String;

/// The scripts whose words are stemmed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Hebrew,
    Arabic,
    Devanagari,
    Bengali,
    Tamil,
    Other,
}

impl Script {
    pub const COUNT: usize = Self::Other as usize + 1;

    pub fn of(word: &str) -> Self {
        match word.chars().next().unwrap_or(' ') {
            'a'..='z' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Self::Latin,
            '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Self::Greek,
            '\u{400}'..='\u{52F}' => Self::Cyrillic,
            '\u{531}'..='\u{58F}' => Self::Armenian,
            '\u{5D0}'..='\u{5EA}' => Self::Hebrew,
            '\u{620}'..='\u{6FF}' => Self::Arabic,
            '\u{900}'..='\u{97F}' => Self::Devanagari,
            '\u{980}'..='\u{9FF}' => Self::Bengali,
            '\u{B80}'..='\u{BFF}' => Self::Tamil,
            _ => Self::Other,
        }
    }

    /// Whether all function words in these letters are of one language.
    pub fn is_of_one_language(self) -> bool {
        !matches!(self, Self::Latin | Self::Cyrillic | Self::Arabic)
    }
}

macro_rules! snowball {
    ($algorithm:ident) => {
        Some(|word| Stemmer::create(Algorithm::$algorithm).stem(word).into_owned())
    };
}

macro_rules! served {
    ($($code:literal $script:ident $stem:expr;)*) => {
        &[$(Served { language: language($code), script: Script::$script, stem: $stem }),*]
    };
}

/// In the order in which they are taken where a text says as much for one as for another.
static SERVED: &[Served] = served! {
    "de" Latin Some(crate::light_stems::german);
    "de" Latin Some(crate::light_stems::german_verb);
    "de" Latin Some(crate::light_stems::german_in_n);
    "de" Latin Some(crate::light_stems::german_in_el);
    "es" Latin snowball!(Spanish);
    "es" Latin Some(crate::light_stems::spanish_in_z);
    "es" Latin Some(crate::light_stems::spanish_verb);
    "fr" Latin snowball!(French);
    "fr" Latin Some(crate::light_stems::french_in_x);
    "fr" Latin Some(crate::light_stems::french_feminine);
    "pt" Latin Some(crate::light_stems::portuguese);
    "pt" Latin Some(crate::light_stems::portuguese_verb);
    "it" Latin snowball!(Italian);
    "it" Latin Some(crate::light_stems::italian_noun);
    "nl" Latin Some(crate::light_stems::dutch);
    "nl" Latin Some(crate::light_stems::dutch_without_ending);
    "nl" Latin Some(crate::light_stems::dutch_with_short_vowel);
    "pl" Latin snowball!(Polish);
    "pl" Latin Some(crate::light_stems::polish);
    "tr" Latin snowball!(Turkish);
    "tr" Latin Some(crate::light_stems::turkish_noun_in_vowel);
    "tr" Latin Some(crate::light_stems::turkish_noun_in_consonant);
    "tr" Latin Some(crate::light_stems::turkish_verb);
    "tr" Latin Some(crate::light_stems::turkish_without_vowel);
    "sv" Latin snowball!(Swedish);
    "sv" Latin Some(crate::light_stems::scandinavian_noun);
    "sv" Latin Some(crate::light_stems::scandinavian_without_article);
    "sv" Latin Some(crate::light_stems::scandinavian_in_er);
    "sv" Latin Some(crate::light_stems::scandinavian_verb);
    "sv" Latin Some(crate::light_stems::scandinavian_plural);
    "da" Latin snowball!(Danish);
    "da" Latin Some(crate::light_stems::scandinavian_noun);
    "da" Latin Some(crate::light_stems::scandinavian_without_article);
    "da" Latin Some(crate::light_stems::scandinavian_in_er);
    "da" Latin Some(crate::light_stems::scandinavian_verb);
    "da" Latin Some(crate::light_stems::scandinavian_plural);
    "no" Latin snowball!(Norwegian);
    "no" Latin Some(crate::light_stems::scandinavian_noun);
    "no" Latin Some(crate::light_stems::scandinavian_without_article);
    "no" Latin Some(crate::light_stems::scandinavian_in_er);
    "no" Latin Some(crate::light_stems::scandinavian_verb);
    "no" Latin Some(crate::light_stems::scandinavian_plural);
    "cs" Latin snowball!(Czech);
    "cs" Latin Some(crate::light_stems::czech);
    "cs" Latin Some(crate::light_stems::czech_noun);
    "ro" Latin snowball!(Romanian);
    "ro" Latin Some(crate::light_stems::romanian);
    "hu" Latin snowball!(Hungarian);
    "hu" Latin Some(crate::light_stems::hungarian_noun);
    "hu" Latin Some(crate::light_stems::hungarian_verb);
    "fi" Latin Some(crate::light_stems::finnish);
    "fi" Latin Some(crate::light_stems::finnish_in_one_grade);
    "fi" Latin Some(crate::light_stems::finnish_in_weak_grade);
    "id" Latin snowball!(Indonesian);
    "id" Latin Some(crate::light_stems::indonesian);
    "id" Latin Some(crate::light_stems::indonesian_with_nasal);
    "ca" Latin snowball!(Catalan);
    "et" Latin snowball!(Estonian);
    "et" Latin Some(crate::light_stems::estonian);
    "lt" Latin snowball!(Lithuanian);
    "sr" Latin snowball!(Serbian);
    "vi" Latin None;
    "ru" Cyrillic Some(crate::light_stems::russian);
    "ru" Cyrillic Some(crate::light_stems::russian_noun);
    "uk" Cyrillic snowball!(Ukrainian);
    "uk" Cyrillic Some(crate::light_stems::ukrainian);
    "uk" Cyrillic Some(crate::light_stems::ukrainian_noun);
    "bg" Cyrillic Some(crate::light_stems::bulgarian);
    "sr" Cyrillic snowball!(Serbian);
    "el" Greek Some(crate::light_stems::greek);
    "el" Greek Some(crate::light_stems::greek_in_iota);
    "ar" Arabic Some(crate::light_stems::arabic);
    "ar" Arabic Some(crate::light_stems::arabic_verb);
    "ar" Arabic Some(crate::light_stems::arabic_of_four);
    "ar" Arabic Some(crate::light_stems::arabic_plural);
    "ar" Arabic snowball!(Arabic);
    "fa" Arabic Some(crate::light_stems::persian);
    "fa" Arabic Some(crate::light_stems::persian_plural);
    "fa" Arabic Some(crate::light_stems::persian_plural_of_people);
    "fa" Arabic Some(crate::light_stems::persian_verb);
    "ur" Arabic Some(crate::light_stems::urdu);
    "he" Hebrew Some(crate::light_stems::hebrew);
    "he" Hebrew Some(crate::light_stems::hebrew_ending);
    "he" Hebrew Some(crate::light_stems::hebrew_past);
    "he" Hebrew Some(crate::light_stems::hebrew_present);
    "hi" Devanagari snowball!(Hindi);
    "hi" Devanagari Some(crate::light_stems::hindi);
    "bn" Bengali Some(crate::light_stems::bengali);
    "bn" Bengali Some(crate::light_stems::bengali_ending);
    "bn" Bengali Some(crate::light_stems::bengali_verb);
    "ta" Tamil snowball!(Tamil);
    "ta" Tamil Some(crate::light_stems::tamil);
    "hy" Armenian Some(crate::light_stems::armenian);
    "hy" Armenian snowball!(Armenian);
    "hy" Armenian Some(crate::light_stems::armenian_of_someone);
};

/// What a text is read for: to be found, or to find.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Purpose {
    Store,
    Ask,
}

/// What the words and the letters of a text say for each language.
#[derive(Clone, Copy)]
pub struct Evidence([u32; 64]);

impl Evidence {
    pub fn new() -> Self {
        Self([0; 64])
    }

    pub fn add(&mut self, languages: Languages) {
        let mut rest = languages;
        let share = SIGN / languages.count_ones().max(1);
        while rest != 0 {
            let sum = &mut self.0[rest.trailing_zeros() as usize];
            // More says nothing more, and a long text has no end of them.
            *sum = (*sum + share).min(ENOUGH);
            rest &= rest - 1;
        }
    }

    /// What the text says without a word that it says so often.
    pub fn without(&self, languages: Languages, times: u32) -> Self {
        let mut sums = self.0;
        let share = SIGN / languages.count_ones().max(1);
        let said = (0..64).filter(|bit| languages & 1 << bit != 0);
        said.for_each(|bit| sums[bit] = sums[bit].saturating_sub(share.saturating_mul(times)));
        Self(sums)
    }

    /// Letters that only some languages have, each once.
    pub fn add_letters(&mut self, letters: &Folded) {
        if letters.text.is_ascii() && letters.all_accents().next().is_none() {
            return;
        }
        let mut seen: Vec<Languages> = Vec::new();
        let script_letters = letters.text.chars().filter(|c| matches!(c, '\u{400}'..='\u{6FF}'));
        for languages in letters.all_accents().chain(script_letters).map(languages_of_letter) {
            if languages != 0 && !seen.contains(&languages) {
                seen.push(languages);
                self.add(languages);
            }
        }
    }

    fn of(&self, language: Languages) -> u32 {
        self.0[language.trailing_zeros() as usize]
    }

    /// Whether the text is English for sure. Then it is nothing else: no word of it has another stem, and its function words
    /// are none of its words.
    pub fn is_english(&self) -> bool {
        let english = self.of(ENGLISH);
        let others =
            SERVED.iter().filter(|served| served.script == Script::Latin).map(|served| self.of(served.language));
        english >= SURE && others.max().unwrap_or(0) * 2 <= english
    }

    /// Whether one language is clearly the likeliest.
    pub fn is_clear(&self) -> bool {
        let best = self.0.iter().copied().max().unwrap_or(0);
        best >= SURE && self.0.iter().filter(|sum| **sum * 2 >= best).count() == 1
    }

    /// Whether anything says what language the text is in.
    pub fn has_signs(&self) -> bool {
        self.0.iter().any(|sum| *sum > 0)
    }

    /// Whether the text is English rather than anything else.
    pub fn is_english_rather(&self) -> bool {
        let english = self.of(ENGLISH);
        SERVED.iter().all(|served| self.of(served.language) < english)
    }

    /// Adds what the letters of a text say one after the other, for a language that its words leave open.
    ///
    /// The statistics are whatlang's, in a pinned version; they are asked about the languages that are as likely as the best,
    /// and where no word says anything about all, if there are two words at least.
    pub fn add_sequences(&mut self, text: &str, words: usize) {
        let best = LATIN.iter().map(|(_, language)| self.of(*language)).max().unwrap_or(0);
        if best == 0 && words < 2 {
            return;
        }
        let open = LATIN.iter().filter(|(_, language)| self.of(*language) * 2 >= best);
        let detector = whatlang::Detector::with_allowlist(open.map(|(lang, _)| *lang).collect());
        let Some(detected) = detector.detect(&text[..text.floor_char_boundary(ENOUGH_BYTES)]) else { return };
        let language = LATIN.iter().find(|(lang, _)| *lang == detected.lang()).map_or(0, |(_, language)| *language);
        let says = if language == ENGLISH {
            SIGN
        } else if detected.confidence() >= LEAST_CONFIDENCE {
            SIGN / 4
        } else {
            // No more than which of two comes first.
            u32::from(best > 0)
        };
        if language != 0 {
            self.0[language.trailing_zeros() as usize] += says;
        }
    }

    /// The languages that the text may be in: of those with a sign, those with half as many as the best of its script.
    pub fn likely(&self) -> Languages {
        let best = self.0.iter().copied().max().unwrap_or(0);
        (0..64).filter(|bit| self.0[*bit] * 2 >= best.max(1)).fold(0, |languages, bit| languages | 1 << bit)
    }

    /// The stemmers for words of a script, the likeliest language first: a few, so that an index stays small; for a question
    /// more, and all of the script's where it says nothing.
    pub fn stemmers(&self, script: Script, purpose: Purpose) -> Vec<(Languages, StemOf)> {
        if script == Script::Other || script == Script::Latin && self.is_english() {
            return Vec::new();
        }
        let english = if script == Script::Latin { self.of(ENGLISH) } else { 0 };
        let of_script = || SERVED.iter().filter(|served| served.script == script);
        let best = of_script().map(|served| self.of(served.language)).max().unwrap_or(0).max(english);
        let mut likely: Vec<&Served> =
            of_script().filter(|served| best > 0 && self.of(served.language) * 2 >= best || best == 0).collect();
        likely.sort_by_key(|served| std::cmp::Reverse(self.of(served.language)));
        match (purpose, best) {
            // Most texts are English, and of these most would be stored twice.
            (Purpose::Store, _) if script == Script::Latin && english == best => likely.clear(),
            (Purpose::Store, _) => keep_languages(&mut likely, MOST_STORED),
            (Purpose::Ask, 0) => {}
            (Purpose::Ask, _) => keep_languages(&mut likely, MOST_ASKED),
        }
        likely.iter().filter_map(|served| served.stem.map(|stem| (served.language, stem))).collect()
    }
}

/// Keeps the stemmers of the first so many languages, of which some have several.
fn keep_languages(likely: &mut Vec<&Served>, at_most: usize) {
    let mut kept: Languages = 0;
    likely.retain(|served| {
        let is_kept = kept & served.language != 0 || (kept.count_ones() as usize) < at_most;
        kept |= if is_kept { served.language } else { 0 };
        is_kept
    });
}

/// A guess that is less sure than this says next to nothing: short English texts look like any language.
const LEAST_CONFIDENCE: f64 = 0.1;

/// From so many bytes on, a text says no more about its language.
const ENOUGH_BYTES: usize = 200;

/// What whatlang calls the languages in Latin letters.
static LATIN: [(whatlang::Lang, Languages); 22] = {
    use whatlang::Lang::*;
    [
        (Eng, ENGLISH),
        (Deu, language("de")),
        (Spa, language("es")),
        (Fra, language("fr")),
        (Por, language("pt")),
        (Ita, language("it")),
        (Nld, language("nl")),
        (Pol, language("pl")),
        (Tur, language("tr")),
        (Swe, language("sv")),
        (Dan, language("da")),
        (Nob, language("no")),
        (Ces, language("cs")),
        (Slk, language("cs")),
        (Ron, language("ro")),
        (Hun, language("hu")),
        (Fin, language("fi")),
        (Ind, language("id")),
        (Cat, language("ca")),
        (Est, language("et")),
        (Lit, language("lt")),
        (Vie, language("vi")),
    ]
};

/// In how many languages a memory is stored, and a question asked, at most.
const MOST_STORED: usize = 4;
const MOST_ASKED: usize = 10;

/// The languages that have a letter, where that says something.
fn languages_of_letter(letter: char) -> Languages {
    const fn all<const N: usize>(codes: [&str; N]) -> Languages {
        let mut languages = 0;
        let mut at = 0;
        while at < N {
            languages |= language(codes[at]);
            at += 1;
        }
        languages
    }
    match letter {
        'ß' => const { all(["de"]) },
        'ä' => const { all(["de", "sv", "fi", "et"]) },
        'ö' => const { all(["de", "sv", "fi", "et", "hu", "tr"]) },
        'ü' => const { all(["de", "et", "hu", "tr"]) },
        'å' => const { all(["sv", "da", "no"]) },
        'ø' | 'æ' => const { all(["da", "no"]) },
        'ñ' => const { all(["es"]) },
        'ã' | 'õ' => const { all(["pt", "vi"]) },
        'ç' => const { all(["fr", "pt", "tr", "ca"]) },
        'ğ' | 'ı' | 'ş' => const { all(["tr"]) },
        'ș' | 'ț' => const { all(["ro"]) },
        'ă' => const { all(["ro", "vi"]) },
        'ł' | 'ą' | 'ę' | 'ś' | 'ź' | 'ż' | 'ń' => const { all(["pl"]) },
        'ć' => const { all(["pl", "sr"]) },
        'ě' | 'ř' | 'ů' | 'ť' | 'ď' | 'ň' | 'ľ' => const { all(["cs"]) },
        'š' | 'č' | 'ž' => const { all(["cs", "sr", "lt"]) },
        'ý' => const { all(["cs", "vi"]) },
        'ő' | 'ű' => const { all(["hu"]) },
        'ė' | 'ų' | 'ū' | 'į' => const { all(["lt"]) },
        'đ' => const { all(["sr", "vi"]) },
        'ơ' | 'ư' | '\u{1EA0}'..='\u{1EF9}' => const { all(["vi"]) },
        'è' | 'ê' => const { all(["fr", "it", "pt", "ca", "vi"]) },
        'ë' | 'û' | 'œ' => const { all(["fr"]) },
        'î' => const { all(["fr", "ro"]) },
        'â' => const { all(["fr", "pt", "ro", "tr", "vi"]) },
        'ò' | 'ì' | 'ù' => const { all(["it", "ca", "vi"]) },
        'à' => const { all(["fr", "it", "pt", "ca", "vi"]) },
        'ó' | 'í' | 'á' | 'ú' => const { all(["es", "pt", "hu", "cs", "ca"]) },
        'і' | 'ї' | 'є' | 'ґ' => const { all(["uk"]) },
        'ы' | 'э' | 'ё' => const { all(["ru"]) },
        'ъ' | 'щ' => const { all(["bg", "ru"]) },
        'ђ' | 'ј' | 'љ' | 'њ' | 'ћ' | 'џ' => const { all(["sr"]) },
        'پ' | 'چ' | 'ژ' | 'گ' => const { all(["fa", "ur"]) },
        'ٹ' | 'ڈ' | 'ڑ' | 'ں' => const { all(["ur"]) },
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each stemmer is generated code of a crate: whatever it is given, it gives a word and does not stop the server.
    #[test]
    fn no_word_is_too_odd_for_a_stemmer() {
        let letters: Vec<char> =
            "aeiouyszngt'ßçığ\u{301}éőσαωυός\u{345}ийщыьієђљ\u{5D0}\u{5D4}\u{5D5}والهيةتनेोंाकிகள்ச\u{561}\u{582}\u{589}"
                .chars()
                .chain(['\0', ' ', '\u{FFFD}', '𝄞', 'İ'])
                .collect();
        let mut random: u64 = 1;
        for round in 0..60_000 {
            let mut word = String::new();
            for _ in 0..round % 14 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                word.push(letters[(random >> 33) as usize % letters.len()]);
            }
            for served in SERVED {
                if let Some(stem) = served.stem {
                    assert!(stem(&word).len() <= word.len() + 16, "{word:?}");
                }
            }
        }
    }
}
