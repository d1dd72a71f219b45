//! Hungarian, Turkish, Finnish and Estonian, whose endings follow one after the other.

use super::{with_other_ending, without_ending};

/// Hungarian nouns: without their case, possessor and plural, one after the other; Snowball takes the end of some words for
/// one of these and of others not: program, programot.
pub fn hungarian_noun(word: &str) -> String {
    const CASES: &[&str] = &[
        "ban", "ben", "ba", "be", "ból", "ből", "ra", "re", "ról", "ről", "on", "en", "ön", "n", "nál", "nél", "hoz",
        "hez", "höz", "tól", "től", "nak", "nek", "val", "vel", "ért", "ig", "ként", "kor", "ot", "et", "öt", "at",
        "t", "abb", "ebb",
    ];
    const POSSESSORS: &[&str] = &[
        "ja", "je", "jai", "jei", "ai", "ei", "i", "om", "em", "öm", "ám", "ém", "im", "aim", "eim", "unk", "ünk",
        "juk", "jük", "uk", "ük", "aink", "eink", "nk", "ink",
    ];
    let with = ["al", "el"].iter().find_map(|ending| without_doubled(word.strip_suffix(ending)?));
    let word = with.unwrap_or_else(|| without_ending(word, CASES, 3));
    let word = without_ending(word, POSSESSORS, 3);
    let word = without_ending(word, &["ok", "ek", "ök", "ak", "k"], 3);
    without_ending(word, &["a", "á", "e", "é"], 3).to_owned()
}

/// The word without the last of two consonants alike: ponttal is pont with -val.
fn without_doubled(word: &str) -> Option<&str> {
    let last = word.chars().next_back()?;
    let rest = word.strip_suffix(last)?;
    (rest.ends_with(last) && rest.chars().count() >= 3).then_some(rest)
}

/// Hungarian verbs: without their tense and person: lakik, laknak, lakott.
pub fn hungarian_verb(word: &str) -> String {
    const PERSONS: &[&str] = &[
        "ni", "ik", "ok", "ek", "ök", "om", "em", "öm", "sz", "unk", "ünk", "tok", "tek", "tök", "nak", "nek", "ja",
        "i", "juk", "jük", "ják", "ott", "ett", "ött", "t", "tam", "tem", "ottam", "ettem", "öttem", "ta", "te",
        "otta", "ette", "tunk", "tünk", "ottunk", "ettünk", "tak", "tek", "ottak", "ettek",
    ];
    without_ending(word, PERSONS, 3).to_owned()
}

/// Turkish nouns in a vowel: without their case, possessor and plural, one after the other, and with the hard one of two
/// consonants: banka, bankasında, bankaların.
pub fn turkish_noun_in_vowel(word: &str) -> String {
    const CASES: &[&str] = &[
        "nın", "nin", "nun", "nün", "da", "de", "ta", "te", "nda", "nde", "dan", "den", "tan", "ten", "ndan", "nden",
        "yı", "yi", "yu", "yü", "nı", "ni", "nu", "nü", "ya", "ye", "na", "ne", "yla", "yle",
    ];
    const POSSESSORS: &[&str] = &[
        "mız",
        "miz",
        "muz",
        "müz",
        "nız",
        "niz",
        "nuz",
        "nüz",
        "m",
        "sı",
        "si",
        "su",
        "sü",
        "ları",
        "leri",
        "larım",
        "lerim",
        "larımız",
        "lerimiz",
        "lar",
        "ler",
    ];
    with_hard_consonant(without_ending(without_ending(without_place(word), CASES, 3), POSSESSORS, 3))
}

/// The same of nouns in a consonant: randevu, randevularımızda; kitap, kitabım.
pub fn turkish_noun_in_consonant(word: &str) -> String {
    const CASES: &[&str] = &[
        "ın", "in", "un", "ün", "da", "de", "ta", "te", "ında", "inde", "unda", "ünde", "dan", "den", "tan", "ten",
        "ından", "inden", "undan", "ünden", "ı", "i", "u", "ü", "ını", "ini", "unu", "ünü", "a", "e", "ına", "ine",
        "una", "üne", "ının", "inin", "unun", "ünün", "la", "le", "ıyla", "iyle", "uyla", "üyle",
    ];
    const POSSESSORS: &[&str] =
        &["ımız", "imiz", "umuz", "ümüz", "ınız", "iniz", "unuz", "ünüz", "ım", "im", "um", "üm", "ı", "i", "u", "ü"];
    let word = without_ending(without_place(word), CASES, 3);
    let word = without_ending(word, POSSESSORS, 3);
    with_hard_consonant(without_ending(word, &["lar", "ler"], 3))
}

/// Turkish: without what makes of a noun in its case what is there: bankadaki.
fn without_place(word: &str) -> &str {
    without_ending(word, &["daki", "deki", "taki", "teki", "ndaki", "ndeki"], 3)
}

fn with_hard_consonant(stem: &str) -> String {
    with_other_ending(stem, &[("b", "p"), ("c", "ç"), ("d", "t"), ("ğ", "k"), ("g", "k")], 2)
}

/// Turkish nouns that lose the vowel of their last syllable before an ending: isim, ismi; oğul, oğlum.
pub fn turkish_without_vowel(word: &str) -> String {
    const ENDINGS: &[&str] = &[
        "ımız", "imiz", "umuz", "ümüz", "ım", "im", "um", "üm", "ın", "in", "un", "ün", "ı", "i", "u", "ü", "ını",
        "ini", "unu", "ünü", "ına", "ine", "una", "üne", "ımı", "imi", "umu", "ümü", "a", "e",
    ];
    let is_vowel = |letter: &char| "aeıioöuü".contains(*letter);
    let letters: Vec<char> = word.chars().collect();
    match &letters[..] {
        // The last syllable of a noun of two begins with one consonant.
        [.., one, two, three, four]
            if letters.len() <= 5 && is_vowel(one) && !is_vowel(two) && "ıiuü".contains(*three) && !is_vowel(four) =>
        {
            letters[..letters.len() - 2].iter().chain([four]).collect()
        }
        _ => without_ending(word, ENDINGS, 3).to_owned(),
    }
}

/// Turkish verbs: without their tense and person: oturuyorum, oturdular.
pub fn turkish_verb(word: &str) -> String {
    const PERSONS: &[&str] = &[
        "", "m", "n", "k", "ım", "im", "um", "üm", "ız", "iz", "uz", "üz", "sın", "sin", "sun", "sün", "sınız",
        "siniz", "sunuz", "sünüz", "nız", "niz", "nuz", "nüz", "lar", "ler", "ı", "i",
    ];
    const TENSES: &[&str] = &[
        "ıyor", "iyor", "uyor", "üyor", "yor", "dı", "di", "du", "dü", "tı", "ti", "tu", "tü", "mış", "miş", "muş",
        "müş", "acak", "ecek", "yacak", "yecek", "acağ", "eceğ", "yacağ", "yeceğ", "ar", "er", "ır", "ir", "ur", "ür",
        "r", "mak", "mek", "dığ", "diğ", "duğ", "düğ", "tığ", "tiğ", "tuğ", "tüğ",
    ];
    let finite = PERSONS.iter().filter_map(|person| word.strip_suffix(person));
    let stems =
        finite.map(|finite| (finite, without_ending(finite, TENSES, 3))).filter(|(finite, stem)| finite != stem);
    let stem = stems.map(|(_, stem)| stem).min_by_key(|stem| stem.len());
    stem.map_or_else(
        || word.to_owned(),
        |stem| with_hard_consonant(without_ending(stem, &["a", "e", "ı", "i", "u", "ü"], 3)),
    )
}

/// Finnish: the stem of its genitive, with one of the two grades that the last consonants have before different endings, and
/// without the vowels before these: Helsinki, Helsingissä; punainen, punaisen; odottavat.
pub fn finnish_in_one_grade(word: &str) -> String {
    const GRADES: &[(&str, &str)] = &[
        ("nk", "ng"),
        ("nt", "nn"),
        ("mp", "mm"),
        ("lt", "ll"),
        ("rt", "rr"),
        ("kk", "k"),
        ("pp", "p"),
        ("tt", "t"),
        ("d", "t"),
    ];
    let genitive = with_other_ending(word, &[("nen", "sen")], 2);
    let stem = super::finnish(without_ending(&genitive, &["vat", "vät", "nut", "nyt"], 3));
    with_other_ending(without_ending(&stem, &["a", "ä", "e", "i", "o", "ö"], 4), GRADES, 2)
}

/// Finnish nouns: the same of the grades that Snowball hides by taking one of two consonants alike: tunti, tunnin; and of those that
/// lose a consonant or soften it: Turku, Turussa; leipä, leivän.
pub fn finnish_in_weak_grade(word: &str) -> String {
    const GRADES: &[(&str, &str)] = &[
        ("nt", "n"),
        ("nn", "n"),
        ("lt", "l"),
        ("ll", "l"),
        ("rt", "r"),
        ("rr", "r"),
        ("lk", "l"),
        ("rk", "r"),
        ("hk", "h"),
        ("d", "t"),
    ];
    let stem = super::finnish(word);
    let stem = without_ending(&stem, &["a", "ä", "e", "i", "o", "ö", "u", "y"], 3);
    match stem.strip_suffix('p').filter(|rest| rest.ends_with(['a', 'ä', 'e', 'i', 'o', 'ö', 'u', 'y'])) {
        Some(rest) => rest.to_owned() + "v",
        None => with_other_ending(stem, GRADES, 2),
    }
}

/// Estonian: without the endings of case, plural, tense and person, as often as one stands behind a vowel, and without that vowel:
/// kass, kassi, kassile; raamat, raamatud.
pub fn estonian(word: &str) -> String {
    const BEHIND_VOWELS: &[&str] =
        &["sse", "st", "s", "le", "lt", "l", "ks", "ni", "na", "ta", "ga", "t", "d", "de", "te", "n", "b", "vad"];
    const OF_VERBS: &[&str] = &["ma", "sin", "sid", "sime", "ksin", "ks"];
    // In kassid the s is the noun's own.
    let verb = without_ending(word, OF_VERBS, 3);
    let mut stem = if verb.ends_with('s') { word } else { verb };
    loop {
        let ending = BEHIND_VOWELS.iter().filter_map(|ending| stem.strip_suffix(ending));
        let rest = ending.filter(|rest| rest.ends_with(ESTONIAN_VOWELS) && rest.chars().count() >= 3);
        let bare = rest.min_by_key(|rest| rest.len()).unwrap_or(stem);
        let closed = bare.strip_suffix(ESTONIAN_VOWELS).filter(|closed| closed.chars().count() >= 3).unwrap_or(bare);
        if closed.len() == stem.len() {
            return stem.to_owned();
        }
        stem = closed;
    }
}

const ESTONIAN_VOWELS: [char; 9] = ['a', 'e', 'i', 'o', 'u', 'õ', 'ä', 'ö', 'ü'];
