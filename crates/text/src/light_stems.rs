//! Stems of languages that Snowball does not serve, or only with letters that are folded: the endings and beginnings that a
//! word has in everyday sentences, taken off where enough of it is left.

use snowball_stemmers_rs::{Algorithm, Stemmer};

/// The word without the longest of the endings that leaves so many letters.
fn without_ending<'a>(word: &'a str, endings: &[&str], left: usize) -> &'a str {
    let stems = endings.iter().filter_map(|ending| word.strip_suffix(ending));
    stems.filter(|stem| stem.chars().count() >= left).min_by_key(|stem| stem.len()).unwrap_or(word)
}

/// Bulgarian: the article behind the noun, the plural, and the endings of the present.
pub fn bulgarian(word: &str) -> String {
    let bare = without_ending(word, &["ията", "ият", "ия", "ът", "ят", "та", "то", "те", "а", "я"], 3);
    without_ending(
        bare,
        &["ове", "еве", "ища", "и", "е", "а", "я", "о", "ам", "ям", "им", "ат", "ят", "иш", "еш", "ш"],
        3,
    )
    .to_owned()
}

/// Persian, in Arabic's yeh and kaf: the plural, the comparison, the possessive, and the present's beginning.
pub fn persian(word: &str) -> String {
    let bare = word.strip_prefix("مي").filter(|rest| rest.chars().count() >= 3).unwrap_or(word);
    let one = without_ending(bare, &["هايم", "هايت", "هايش", "هايي", "هاي", "ها", "ترين", "تر"], 2);
    without_ending(one, &["مان", "تان", "شان", "ات", "ان", "ام", "اي", "م", "ت", "ش", "ي", "ند", "د", "يم"], 3)
        .to_owned()
}

/// Hebrew: the letters that stand before a word (and, that, the, in, to, from, as) and the plural.
pub fn hebrew(word: &str) -> String {
    let mut bare = word;
    for prefixes in [&["ו"][..], &["ש"], &["ה", "ב", "ל", "מ", "כ"], &["ה"]] {
        let rest = prefixes.iter().find_map(|prefix| bare.strip_prefix(prefix));
        bare = rest.filter(|rest| rest.chars().count() >= 3).unwrap_or(bare);
    }
    hebrew_ending(bare)
}

/// Hebrew: the plural alone, because a word may begin with one of those letters by itself: מחברת.
pub fn hebrew_ending(word: &str) -> String {
    without_ending(word, &["ים", "ות", "יי", "ה", "ת", "י"], 3).to_owned()
}

/// Arabic nouns: the article with what is written in one with it, the possessive, and the feminine and plural endings.
/// Snowball takes the first letter of many of them for the beginning of a verb.
pub fn arabic(word: &str) -> String {
    let articles = ["وال", "بال", "كال", "فال", "لل", "ال"];
    let bare = articles.iter().find_map(|article| word.strip_prefix(article));
    let bare = bare.filter(|rest| rest.chars().count() >= 3).unwrap_or(word);
    let own = without_ending(bare, &["ها", "هم", "هن", "نا", "كم", "ي", "ك"], 3);
    without_ending(own, &["ات", "ون", "ين", "ان", "ه", "ت"], 3).to_owned()
}

/// Arabic verbs of the present, without the letter that says whose doing it is: أسكن, يسكن, تسكن.
pub fn arabic_verb(word: &str) -> String {
    let bare = word.strip_prefix(['ا', 'ي', 'ت', 'ن']).filter(|rest| rest.chars().count() >= 2).unwrap_or(word);
    without_ending(bare, &["ون", "ين", "وا"], 3).to_owned()
}

/// The participle of a verb without its ge-: gekauft, gekocht.
fn without_participle(word: &str) -> &str {
    let rest = word.strip_prefix("ge").filter(|rest| rest.chars().count() >= 5);
    rest.filter(|rest| rest.ends_with('t') || rest.ends_with("en")).unwrap_or(word)
}

/// German: Snowball's stem, of a participle that of its verb.
pub fn german(word: &str) -> String {
    Stemmer::create(Algorithm::German).stem(without_participle(word)).into_owned()
}

/// Dutch: Snowball's stem, of a participle that of its verb, without the t of the third person.
pub fn dutch(word: &str) -> String {
    let stem = Stemmer::create(Algorithm::Dutch).stem(without_participle(word));
    without_ending(&stem, &["t"], 4).to_owned()
}

/// Greek: Snowball's stem, without the ι that it leaves of some endings: τετράδιο, τετράδια.
pub fn greek(word: &str) -> String {
    let stem = Stemmer::create(Algorithm::Greek).stem(word);
    without_ending(&stem, &["ι"], 4).to_owned()
}

/// Russian: Snowball's stem, without the endings of the present that it leaves: живёт, живу.
pub fn russian(word: &str) -> String {
    let stem = Stemmer::create(Algorithm::Russian).stem(word);
    without_ending(&stem, &["ет", "ёт", "ешь", "ёшь", "ем", "ём", "ут", "ют", "у", "ю"], 3).to_owned()
}

/// Finnish: Snowball's stem, without the vowel that the plural changes, and the s that other cases make ks.
pub fn finnish(word: &str) -> String {
    let stem = Stemmer::create(Algorithm::Finnish).stem(word);
    let stem = without_ending(&stem, &["a", "ä", "e", "i", "o", "ö"], 3);
    match stem.strip_suffix("ks") {
        Some(rest) => rest.to_owned() + "s",
        None => stem.to_owned(),
    }
}

/// Portuguese: Snowball's stem, of a plural in -ões or -ães that of its singular.
pub fn portuguese(word: &str) -> String {
    let plural = ["ões", "ães", "oes", "aes"].iter().find_map(|ending| word.strip_suffix(ending));
    let singular = plural.filter(|rest| rest.chars().count() >= 2).map(|rest| rest.to_owned() + "ão");
    Stemmer::create(Algorithm::Portuguese).stem(singular.as_deref().unwrap_or(word)).into_owned()
}
