//! Slavic languages: the endings of cases and persons, and the sounds that change before them.

use super::{with_other_ending, without_ending, without_ending_of};
use snowball_stemmers_rs::{Algorithm, Stemmer};

/// Russian: Snowball's stem, without the endings of the present that it leaves, and without the vowel that stands in it only
/// where no ending follows: живёт, живу; кошек, кошка.
pub fn russian(word: &str) -> String {
    let stem = Stemmer::create(Algorithm::Russian).stem(word);
    let bare = without_ending(&stem, &["ет", "ёт", "ешь", "ёшь", "ем", "ём", "ут", "ют", "у", "ю"], 3);
    // What is left of приём is a prefix.
    let stem = if bare == "при" { &stem } else { bare };
    with_other_ending(stem, &[("ек", "к"), ("ёк", "к"), ("ок", "к"), ("ец", "ц")], 2)
}

/// Ukrainian, of which Snowball knows few endings, and what one of them makes of a consonant: книга, книзі.
pub fn ukrainian(word: &str) -> String {
    const NOUNS: &[&str] = &[
        "ами", "ями", "ові", "еві", "єві", "ою", "ею", "єю", "ах", "ях", "ів", "їв", "ей", "ам", "ям", "ом", "ем",
        "єм", "а", "я", "у", "ю", "і", "ї", "и", "о", "е", "є", "ь", "й", "ого", "ього", "ому", "ьому", "ими", "іми",
        "ій", "их", "іх", "им", "ім", "ий",
    ];
    const VERBS: &[&str] = &[
        "ати",
        "яти",
        "ити",
        "іти",
        "ути",
        "ав",
        "яв",
        "ив",
        "ала",
        "яла",
        "ила",
        "іла",
        "али",
        "яли",
        "или",
        "іли",
        "ало",
        "яло",
        "ило",
        "іло",
        "ає",
        "яє",
        "ить",
        "ять",
        "ють",
        "ають",
        "яють",
        "уть",
        "имо",
        "емо",
        "ємо",
        "аємо",
        "иш",
        "еш",
        "єш",
        "аєш",
        "аю",
        "яю",
        "ує",
        "ую",
        "ують",
        "уємо",
        "увати",
        "ювати",
        "ював",
        "ювала",
        "ювали",
        "ував",
        "увала",
        "ували",
    ];
    let word = with_other_ending(word, &[("зі", "га")], 3);
    let bare = without_reflexive(&word);
    with_other_ending(without_ending_of(bare, NOUNS, VERBS), &[("ок", "к"), ("ек", "к"), ("ець", "ц"), ("ец", "ц")], 2)
}

/// The verb without its reflexive ending, which a noun may end in by itself: бабуся.
fn without_reflexive(word: &str) -> &str {
    const OF_VERBS: [&str; 9] = ["ть", "ти", "в", "ла", "ло", "ли", "мо", "те", "ш"];
    let verb = word.strip_suffix("ся").or_else(|| word.strip_suffix("сь"));
    verb.filter(|verb| OF_VERBS.iter().any(|ending| verb.ends_with(ending))).unwrap_or(word)
}

/// A noun of two consonants, with a vowel between them where no ending follows: pes, psi; gra, gier.
fn of_two_consonants(word: &str, vowels: &[&str], endings: &[&str]) -> Option<String> {
    let is_stem =
        |stem: &&str| stem.chars().count() == 2 && !stem.contains(['a', 'e', 'i', 'o', 'u', 'y', 'ą', 'ę', 'ó']);
    let bare = endings.iter().filter_map(|ending| word.strip_suffix(ending)).find(is_stem);
    let closed = || {
        let (start, end) = (word.chars().next()?, word.chars().next_back()?);
        let within = word.strip_prefix(start)?.strip_suffix(end)?;
        vowels.contains(&within).then(|| String::from_iter([start, end]))
    };
    bare.map(str::to_owned).or_else(closed)
}

/// Polish: without the endings of the cases and persons, and what the vowel of one makes of the consonant before it.
pub fn polish(word: &str) -> String {
    const NOUNS: &[&str] = &[
        "iami", "ami", "iach", "ach", "iowi", "owi", "owie", "iom", "om", "ów", "iem", "em", "ią", "ą", "ię", "ę",
        "ie", "ii", "y", "ia", "io", "i", "a", "o", "iu", "u", "e", "iego", "ego", "iemu", "emu", "iej", "ej", "ich",
        "ych", "ymi", "imi", "ym", "im",
    ];
    const VERBS: &[&str] = &[
        "ać", "ał", "ała", "ali", "ały", "ało", "ają", "am", "asz", "amy", "acie", "ić", "yć", "ił", "ył", "iła",
        "yła", "ili", "yli", "iły", "yły", "isz", "ysz", "imy", "ymy", "emy", "esz", "uje", "uję", "ują", "ować",
        "ował", "owała", "owali",
    ];
    if let Some(stem) = of_two_consonants(word, &["e", "ie"], NOUNS) {
        return stem;
    }
    let word =
        with_other_ending(word, &[("dze", "ga"), ("ece", "eka"), ("rce", "rka"), ("tce", "tka"), ("sce", "ska")], 2);
    with_other_ending(
        without_ending_of(&word, NOUNS, VERBS),
        &[("ek", "k"), ("ec", "c"), ("rz", "r"), ("żc", "żk"), ("tc", "tk"), ("jc", "jk")],
        2,
    )
}

/// Czech: without the endings of the cases and persons, and what the vowel of one makes of the consonant before it: Praha,
/// Praze.
pub fn czech(word: &str) -> String {
    const NOUNS: &[&str] = &[
        "ami", "emi", "ěmi", "ama", "ách", "ích", "ech", "ům", "ám", "ím", "ovi", "ové", "em", "ou", "ů", "y", "i",
        "a", "e", "ě", "u", "o", "í", "é", "ý", "á", "ého", "ému", "ým", "ých", "ými", "ími", "ího", "ímu",
    ];
    const VERBS: &[&str] = &[
        "at", "al", "ala", "ali", "alo", "aly", "it", "il", "ila", "ili", "ilo", "ět", "ěl", "ěla", "ěli", "áš", "áme",
        "áte", "ají", "íš", "íme", "íte", "ejí", "ějí", "eš", "eme", "ete", "uje", "uju", "uji", "ují", "uješ",
        "ujeme", "ovat", "oval", "ovala", "ovali",
    ];
    if let Some(stem) = of_two_consonants(word, &["e"], NOUNS) {
        return stem;
    }
    let word = with_other_ending(word, &[("ze", "ha")], 3);
    with_other_ending(
        without_ending_of(&word, NOUNS, VERBS),
        &[("ek", "k"), ("ec", "c"), ("tc", "tk"), ("šc", "šk")],
        2,
    )
}

/// The root of a noun without its ending, and without the vowel that stands before its last consonant only where no ending follows:
/// окно, окон; день, дня.
fn without_fleeting_vowel(word: &str, endings: &[&str], fleeting: &[char]) -> String {
    let is_vowel = |letter: char| "аеёиоуыэюяіїєaáeéěiíoóuúůyýąę".contains(letter);
    let root = without_ending(word, endings, 2).trim_end_matches('ь');
    let letters: Vec<char> = root.chars().filter(|letter| *letter != 'ь').collect();
    match &letters[..] {
        [start @ .., before, vowel, last] if fleeting.contains(vowel) && !is_vowel(*before) && !is_vowel(*last) => {
            start.iter().chain([before, last]).collect()
        }
        _ => letters.iter().collect(),
    }
}

/// Russian nouns that lose a vowel before their endings, or have one more without any: сон, сна; окно, окон.
pub fn russian_noun(word: &str) -> String {
    const ENDINGS: &[&str] = &[
        "а", "я", "о", "е", "у", "ю", "ы", "и", "ой", "ей", "ом", "ем", "ём", "ам", "ям", "ами", "ями", "ах", "ях",
        "ов", "ев",
    ];
    without_fleeting_vowel(word, ENDINGS, &['о', 'е', 'ё'])
}

/// Ukrainian nouns of which the last syllable has another vowel where no ending follows, or another consonant before one: кіт, кота;
/// рука, руці; день, дня.
pub fn ukrainian_noun(word: &str) -> String {
    const ENDINGS: &[&str] =
        &["а", "я", "о", "у", "ю", "і", "и", "ою", "ею", "ом", "ем", "ам", "ям", "ами", "ями", "ах", "ях", "ів", "ей"];
    if let Some(rest) = word.strip_suffix("ці").filter(|rest| rest.chars().count() >= 2) {
        return rest.to_owned() + "к";
    }
    let bare = word.trim_end_matches('ь');
    let closed = bare.char_indices().rfind(|(_, letter)| "аеиіоуюяїє".contains(*letter));
    match closed {
        Some((at, 'і')) if at + 2 < bare.len() && !(bare.ends_with("ів") && bare.chars().count() >= 5) => {
            without_fleeting_vowel(&[&bare[..at], "о", &bare[at + 2..]].concat(), &[], &['о', 'е'])
        }
        _ => without_fleeting_vowel(bare, ENDINGS, &['о', 'е']),
    }
}

/// Czech nouns that lose a vowel before their endings, or have one more without any, or ů for their o: stůl, stolu; okno, oken.
pub fn czech_noun(word: &str) -> String {
    const ENDINGS: &[&str] =
        &["a", "o", "e", "ě", "u", "y", "i", "í", "ou", "em", "ům", "ám", "ami", "ách", "ech", "ích", "ovi", "ové"];
    let closed = word
        .rfind('ů')
        .filter(|at| !word[at + 2..].is_empty() && !word[at + 2..].contains(['a', 'e', 'i', 'o', 'u', 'y']));
    match closed {
        Some(at) => without_fleeting_vowel(&[&word[..at], "o", &word[at + 2..]].concat(), &[], &['e']),
        None => without_fleeting_vowel(word, ENDINGS, &['e']),
    }
}
