//! Stems of languages that Snowball does not serve, or only with letters that are folded: the endings and beginnings that a
//! word has in everyday sentences, taken off where enough of it is left.

mod agglutinative;
mod bengali;
mod germanic;
mod indonesian;
mod persian;
mod romanian;
mod semitic;
mod slavic;

pub use agglutinative::*;
pub use bengali::*;
pub use germanic::*;
pub use indonesian::*;
pub use persian::*;
pub use romanian::*;
pub use semitic::*;
pub use slavic::*;
use snowball_stemmers_rs::{Algorithm, Stemmer};

/// The word without the longest of the endings that leaves so many letters.
fn without_ending<'a>(word: &'a str, endings: &[&str], left: usize) -> &'a str {
    let stems = endings.iter().filter_map(|ending| word.strip_suffix(ending));
    stems.filter(|stem| stem.chars().count() >= left).min_by_key(|stem| stem.len()).unwrap_or(word)
}

/// The word without the longest ending of a noun or an adjective that leaves three letters, or of a verb that leaves four:
/// verbs lose a vowel of their own with it.
fn without_ending_of<'a>(word: &'a str, nouns: &[&str], verbs: &[&str]) -> &'a str {
    let (noun, verb) = (without_ending(word, nouns, 3), without_ending(word, verbs, 4));
    if verb.len() < noun.len() { verb } else { noun }
}

/// The word with the first of the endings that it has written as another, where so many letters stand before it.
fn with_other_ending(word: &str, endings: &[(&str, &str)], left: usize) -> String {
    let other = endings.iter().find_map(|(ending, other)| {
        let rest = word.strip_suffix(ending).filter(|rest| rest.chars().count() >= left)?;
        Some(rest.to_owned() + other)
    });
    other.unwrap_or_else(|| word.to_owned())
}

/// Bulgarian: the article behind the noun, the plural, and the endings of the present.
pub fn bulgarian(word: &str) -> String {
    let bare = without_ending(word, &["ията", "ият", "ия", "ът", "ят", "та", "то", "те", "а", "я"], 3);
    let stem = without_ending(
        bare,
        &["ове", "еве", "ища", "и", "е", "а", "я", "о", "ам", "ям", "им", "ат", "ят", "иш", "еш", "ш"],
        3,
    );
    // What the ending of the plural makes of a consonant, and a vowel that stands only where no ending follows: език, езици;
    // свободен, свободни.
    with_other_ending(stem, &[("ц", "к"), ("ен", "н"), ("ър", "р"), ("ък", "к")], 3)
}

/// Persian, in Arabic's yeh and kaf: the plural, the comparison and the possessive of a noun, and a verb of the present without what
/// stands before and behind it.
pub fn persian(word: &str) -> String {
    if let Some(stem) = persian_present(word) {
        return stem.to_owned();
    }
    let one = without_persian_plural(word);
    without_ending(one, &["مان", "تان", "شان", "ات", "ان", "ام", "اي", "م", "ت", "ش", "ي", "ند", "د", "يم"], 3)
        .to_owned()
}

/// Persian nouns: the plural alone, because a word may end like a possessive by itself: بیمارستان.
pub fn persian_plural(word: &str) -> String {
    without_ending(without_persian_plural(word), &["ان", "ي", "م"], 3).to_owned()
}

fn without_persian_plural(word: &str) -> &str {
    without_ending(word, &["هايم", "هايت", "هايش", "هايي", "هاي", "ها", "ترين", "تر"], 2)
}

fn persian_present(word: &str) -> Option<&str> {
    let rest = word.strip_prefix("نمي").or_else(|| word.strip_prefix("مي"))?;
    (rest.chars().count() >= 3).then(|| without_ending(rest, &["م", "ي", "د", "يم", "يد", "ند"], 2))
}

/// Armenian nouns: without the article, the case and the plural that stand behind one another, and without the vowel of the last
/// syllable that such an ending takes from many: գիրք, գրքեր.
pub fn armenian(word: &str) -> String {
    let bare = without_ending(without_ending(word, &["ը"], 2), &["ն"], 4);
    armenian_case(bare)
}

/// The same with a possessor in place of the article: եղբայրս.
pub fn armenian_of_someone(word: &str) -> String {
    armenian_case(without_ending(word, &["ս", "դ"], 4))
}

fn armenian_case(bare: &str) -> String {
    let bare = without_ending(bare, &["ում", "ից", "ով", "ի", "յում", "յից", "յով", "յի"], 2);
    let one = without_ending(bare, &["ներ", "եր"], 2);
    let is_vowel = |letter: char| "աեէըիոօւ".contains(letter);
    let closed = one.trim_end_matches(|letter| !is_vowel(letter));
    let reduced = closed.strip_suffix("ու").or_else(|| closed.strip_suffix('ի')).filter(|_| closed.len() < one.len());
    reduced.map_or_else(|| one.to_owned(), |reduced| [reduced, &one[closed.len()..]].concat())
}

/// Hindi nouns and adjectives: without gender, number and case, of which Snowball leaves some: कंपनी, कंपनियों; मतदाता, मतदाताओं.
pub fn hindi(word: &str) -> String {
    const ENDINGS: &[&str] = &[
        "ियों",
        "ियाँ",
        "ियां",
        "ाओं",
        "ुओं",
        "ाएँ",
        "ाएं",
        "ओं",
        "ों",
        "ें",
        "यों",
        "ये",
        "यी",
        "या",
        "ए",
        "ई",
        "ी",
        "ा",
        "े",
        "ो",
        "ि",
        "ू",
        "ु",
    ];
    without_ending(word, ENDINGS, 2).to_owned()
}

/// Bengali nouns: without the case, the article and the plural that stand behind one another: চাবি, চাবিগুলোর; বন্ধু, বন্ধুদের.
pub fn bengali(word: &str) -> String {
    const CASES: &[&str] = &["কে", "তে", "র", "এর", "ের", "যের", "ে", "য", "যে"];
    const NUMBERS: &[&str] =
        &["গুলো", "গুলি", "গুলা", "টা", "টি", "খানা", "খানি", "রা", "েরা", "যেরা", "দে", "েদে", "যেদে", "দের", "েদের"];
    // The plural of people has another ending before a case: বন্ধুদের, মেয়েদের.
    let people = without_ending(word, &["দের", "েদের", "দেরকে", "েদেরকে"], 2);
    let one = if people == word { without_ending(without_ending(word, CASES, 2), NUMBERS, 2) } else { people };
    without_ending(one, &["ে"], 2).to_owned()
}

/// Bengali nouns: without the article and the plural alone, because a word may end like a case by itself: ডাক্তার, ডাক্তারটি.
pub fn bengali_ending(word: &str) -> String {
    without_ending(word, &["গুলো", "গুলি", "টা", "টি", "খানা", "রা", "েরা", "দের", "েদের", "কে", "ে", "ের", "যের"], 2)
        .to_owned()
}

/// Urdu, in Arabic's yeh, kaf and heh: without gender, number and case: کتاب, کتابوں; لڑکا, لڑکے; گاڑی, گاڑیاں.
pub fn urdu(word: &str) -> String {
    const ENDINGS: &[&str] = &["ييں", "ياں", "يوں", "ووں", "وں", "يں", "ات", "اييں", "اوں", "ي", "ا", "ه", "و"];
    without_ending(word, ENDINGS, 2).to_owned()
}

/// Hebrew: the letters that stand before a word (and, that, the, in, to, from, as) and the plural.
pub fn hebrew(word: &str) -> String {
    let mut bare = word;
    for prefixes in [&["ו"][..], &["כש"], &["ש"], &["ה", "ב", "ל", "מ", "כ"], &["ה"]] {
        let rest = prefixes.iter().find_map(|prefix| bare.strip_prefix(prefix));
        bare = rest.filter(|rest| rest.chars().count() >= 3).unwrap_or(bare);
    }
    hebrew_ending(bare)
}

/// Hebrew: the plural alone, because a word may begin with one of those letters by itself: מחברת. Five letters are written in
/// another way at the end of a word: מלון, מלונות.
pub fn hebrew_ending(word: &str) -> String {
    let stem = without_ending(word, &["ים", "ויות", "יות", "יה", "ית", "ות", "יי", "ה", "ת", "י", "ו", "נו", "ך"], 3);
    with_other_ending(stem, &[("ך", "כ"), ("ם", "מ"), ("ן", "נ"), ("ף", "פ"), ("ץ", "צ")], 1)
}

/// Arabic nouns: the article with what is written in one with it, the possessive, and the feminine and plural endings.
/// Snowball takes the first letter of many of them for the beginning of a verb.
pub fn arabic(word: &str) -> String {
    let articles = ["وال", "بال", "كال", "فال", "لل", "ال"];
    let bare = articles.iter().find_map(|article| word.strip_prefix(article));
    let bare = bare.filter(|rest| rest.chars().count() >= 3).unwrap_or(word);
    let own = without_ending(bare, &["ها", "هم", "هن", "نا", "كم", "ي", "ك"], 3);
    // The feminine ending is another letter before a possessive: جدة, جدتي.
    let own =
        if own == bare || own.ends_with("ات") { own.to_owned() } else { with_other_ending(own, &[("ت", "ه")], 2) };
    without_ending(&own, &["يات", "يون", "يين", "يه", "ات", "ون", "ين", "ان", "ه", "ت"], 3).to_owned()
}

/// Arabic nouns of four letters that last, without what their plural has between these: مفتاح, مفاتيح; فندق, فنادق; نافذة, نوافذ; رسالة,
/// رسائل.
pub fn arabic_of_four(word: &str) -> String {
    let articles = ["وال", "بال", "كال", "فال", "لل", "ال"];
    let bare = articles.iter().find_map(|article| word.strip_prefix(article)).unwrap_or(word);
    let own = without_ending(without_ending(bare, &["ي", "ه", "ها", "نا"], 4), &["ه", "ت"], 4);
    let mut letters: Vec<char> = own.chars().collect();
    if letters.len() >= 5 && letters[2] == 'ا' {
        letters.remove(2);
    } else if letters.len() == 4 && letters[1] == 'ا' {
        letters[1] = 'و';
    } else if letters.len() == 4 && letters[2] == 'ا' {
        letters[2] = 'ي';
    }
    if letters.len() == 5 && matches!(letters[3], 'ا' | 'و' | 'ي') {
        letters.remove(3);
    }
    if letters.len() == 4 { letters.iter().collect() } else { word.to_owned() }
}

/// Tamil nouns: without the plural and the case behind it, and with the ending that these take: வகுப்பு, வகுப்புகளுக்கு; மரம், மரங்கள்.
pub fn tamil(word: &str) -> String {
    const ENDINGS: &[(&str, &str)] = &[
        ("ங்களுக்கு", "ம்"),
        ("ங்களில்", "ம்"),
        ("ங்களின்", "ம்"),
        ("ங்களை", "ம்"),
        ("ங்கள்", "ம்"),
        ("களுக்கு", ""),
        ("களில்", ""),
        ("களின்", ""),
        ("களால்", ""),
        ("களை", ""),
        ("கள்", ""),
        ("ில்", "ு"),
        ("ை", "்"),
    ];
    with_other_ending(word, ENDINGS, 2)
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
    without_ending(without_ending(&stem, &["ι"], 4), &["ικ"], 4).to_owned()
}

/// Greek nouns in -ι, whose plural Snowball takes for another word: παιδί, παιδιά.
pub fn greek_in_iota(word: &str) -> String {
    const ENDINGS: &[(&str, &str)] = &[("ιά", "ί"), ("ια", "ι"), ("ιών", "ι"), ("ιού", "ι"), ("ιοῦ", "ι")];
    Stemmer::create(Algorithm::Greek).stem(&with_other_ending(word, ENDINGS, 3)).into_owned()
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

/// German nouns that take an n in the plural, and those from Latin that lose their ending: Nachbarn, Konten, Museen.
pub fn german_in_n(word: &str) -> String {
    without_ending(word, &["en", "n", "um", "o", "a"], 4).to_owned()
}

/// Spanish: Snowball's stem, of a plural in -ces that of its singular: lápices.
pub fn spanish_in_z(word: &str) -> String {
    of_singular(Algorithm::Spanish, word, &[("ces", "z")])
}

/// French: Snowball's stem, of a plural in -x that of its singular: jeux, travaux.
pub fn french_in_x(word: &str) -> String {
    of_singular(Algorithm::French, word, &[("eux", "eu"), ("oux", "ou"), ("aux", "ail")])
}

/// Spanish verbs, with the letter that their stem has before other endings: busqué, buscar; traduzco, traduje, traducir.
pub fn spanish_verb(word: &str) -> String {
    const ENDINGS: &[(&str, &str)] = &[
        ("zco", "c"),
        ("zca", "c"),
        ("zcan", "c"),
        ("duje", "duc"),
        ("dujo", "duc"),
        ("dujimos", "duc"),
        ("dujeron", "duc"),
        ("qué", "c"),
        ("que", "c"),
        ("quen", "c"),
        ("gué", "g"),
        ("gue", "g"),
        ("guen", "g"),
        ("cé", "z"),
        ("cen", "z"),
    ];
    with_other_ending(word, ENDINGS, 2)
}

/// French: Snowball's stem, of a feminine that of its masculine: active, vendeuse, actrice.
pub fn french_feminine(word: &str) -> String {
    const FEMININES: &[(&str, &str)] = &[
        ("ives", "if"),
        ("ive", "if"),
        ("euses", "eur"),
        ("euse", "eur"),
        ("trices", "teur"),
        ("trice", "teur"),
        ("èches", "ec"),
        ("èche", "ec"),
        ("ches", "c"),
        ("che", "c"),
        ("gues", "g"),
        ("gue", "g"),
    ];
    of_singular(Algorithm::French, word, FEMININES)
}

/// Portuguese: Snowball's stem, of a plural in -eis that of its singular in -il, and of a verb that of its infinitive: difíceis;
/// toquei, tocar; dirijo, dirigir.
pub fn portuguese_verb(word: &str) -> String {
    const ENDINGS: &[(&str, &str)] = &[
        ("quei", "car"),
        ("que", "car"),
        ("quem", "car"),
        ("guei", "gar"),
        ("gue", "gar"),
        ("guem", "gar"),
        ("cei", "çar"),
        ("jo", "gir"),
        ("eis", "il"),
    ];
    of_singular(Algorithm::Portuguese, word, ENDINGS)
}

/// Italian nouns, of which Snowball takes some for verbs: chiavi, chiave.
pub fn italian_noun(word: &str) -> String {
    without_ending(word, &["a", "e", "i", "o", "hi", "he"], 3).to_owned()
}

/// The articles that stand behind nouns in Swedish, Danish and Norwegian, with the endings of their plural.
const ARTICLES: [&str; 11] = ["arna", "erna", "orna", "erne", "ene", "na", "ne", "et", "en", "t", "n"];

/// Swedish, Danish and Norwegian nouns without the article behind them, for a question whose language is not known: möte, mötet.
pub fn scandinavian_without_article(word: &str) -> String {
    // After a vowel the article is its consonant alone.
    let after_vowel =
        word.strip_suffix(['t', 'n']).filter(|rest| rest.ends_with(['a', 'e', 'i', 'o', 'u', 'y', 'å', 'ä', 'ö']));
    let is_long = |rest: &&str| rest.chars().count() >= 3;
    after_vowel.filter(is_long).unwrap_or_else(|| without_ending(word, &ARTICLES, 3)).to_owned()
}

/// The same without the ending of the plural, and of an ending that loses its vowel before others without it: datorn, cyklen, nycklarna.
pub fn scandinavian_noun(word: &str) -> String {
    let bare = without_ending(word, &ARTICLES, 3);
    let one = without_ending(bare, &["ar", "er", "or", "e", "a"], 3);
    let contracted = one.strip_suffix("el").filter(|rest| rest.chars().count() >= 3).map(|rest| rest.to_owned() + "l");
    let stem = contracted.unwrap_or_else(|| one.to_owned());
    // A consonant that is doubled before -el is single before -l: sykkel, syklene.
    ["kk", "pp", "tt"]
        .iter()
        .fold(stem, |stem, double| stem.replace(&format!("{double}l"), &format!("{}l", &double[1..])))
}

/// Portuguese: Snowball's stem, of a plural in -ões, -ães, -is or -ns that of its singular.
pub fn portuguese(word: &str) -> String {
    let singulars = [
        ("ões", "ão"),
        ("ães", "ão"),
        ("oes", "ão"),
        ("aes", "ão"),
        ("ais", "al"),
        ("éis", "el"),
        ("eis", "el"),
        ("óis", "ol"),
        ("ois", "ol"),
        ("uis", "ul"),
        ("ns", "m"),
    ];
    of_singular(Algorithm::Portuguese, word, &singulars)
}

/// Snowball's stem of a word, or of its singular where it has one of the endings of a plural.
fn of_singular(algorithm: Algorithm, word: &str, singulars: &[(&str, &str)]) -> String {
    let singular = singulars.iter().find_map(|(plural, singular)| {
        let rest = word.strip_suffix(plural).filter(|rest| !rest.is_empty())?;
        Some(rest.to_owned() + singular)
    });
    Stemmer::create(algorithm).stem(singular.as_deref().unwrap_or(word)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages::StemOf;

    fn folded(stem: &str) -> String {
        let mut folded = crate::folding::Folded::default();
        folded.fold(stem);
        folded.text
    }

    /// Words that are forms of one another, and after the semicolon words that are none of these.
    const FORMS: &[(StemOf, &str)] = &[
        (russian, "кошка кошек; кот"),
        (russian, "отец отца отцом; отчёт"),
        (ukrainian, "мешкає мешкають мешкати; мешканець"),
        (ukrainian, "книга книзі книгу; кинути"),
        (ukrainian, "подарунок подарунки подарунками; подарувати"),
        (bulgarian, "език езици езиците; езеро"),
        (bulgarian, "свободен свободни; свобода"),
        (polish, "Marek Marka Markowi; Maria"),
        (polish, "książka książce książek; książę"),
        (polish, "Piotr Piotra Piotrze; pion"),
        (polish, "pies psa psy psem; pas"),
        (czech, "pes psi psy psem; pas"),
        (ukrainian, "бабуся бабусі бабусю; баба"),
        (czech, "Praha Praze Prahu; prach"),
        (czech, "dárek dárky dárkem; dar"),
        (czech, "bydlí bydlím bydlíte; byt"),
        (dutch_without_ending, "boot boten; bot"),
        (dutch_without_ending, "kat katten; kaart"),
        (dutch_without_ending, "brief brieven; bries"),
        (dutch_with_short_vowel, "glas glazen; glaasje"),
        (german_verb, "abholen abgeholt abzuholen abholt; abheben"),
        (german_verb, "wohnen wohnt wohnte gewohnt; Wohnung"),
        (scandinavian_in_er, "nummer numret nummeret numre; nummen"),
        (scandinavian_in_er, "moster mostrar mostrarna; most"),
        (scandinavian_in_er, "rum rummet rummen; rumpa"),
        (scandinavian_verb, "rejser rejste rejse; rejsning"),
        (scandinavian_verb, "arbetar arbetade arbeta; arbetare"),
        (hungarian_noun, "program programot programokban programmal; progresszív"),
        (hungarian_verb, "lakik laknak lakott laktunk; lakás"),
        (turkish_noun_in_vowel, "banka bankası bankasında bankalarda; bank"),
        (turkish_noun_in_consonant, "kitap kitabım kitaplarımızda; kilim"),
        (turkish_verb, "oturuyor oturuyorum oturdular oturacak; oturum"),
        (finnish_in_one_grade, "Helsinki Helsingissä Helsinkiin; helsinkiläinen"),
        (finnish_in_one_grade, "punainen punaisen punaiset; puna"),
        (romanian, "stradă străzi străzile; strâns"),
        (romanian, "avion avioane avioanele; avere"),
        (greek_in_iota, "παιδί παιδιά παιδιού; παιδεία"),
        (hebrew_ending, "מלון מלונות; מלח"),
        (arabic, "جدة الجدة جدتي; جديد"),
        (persian, "ميكنم ميكنند نميكند; كنار"),
        (persian_plural, "بيمارستان بيمارستانها; بيمار"),
        (hindi, "कंपनी कंपनियों कंपनियाँ; कंप"),
        (finnish_in_weak_grade, "tunti tunnin tunnit; tuli"),
        (finnish_in_weak_grade, "Turku Turussa; tuuli"),
        (finnish_in_weak_grade, "leipä leivän leivät; leima"),
        (russian_noun, "день дня дней; дама"),
        (russian_noun, "окно окон окна; окунь"),
        (russian_noun, "кольцо колец кольца; колено"),
        (ukrainian_noun, "кіт кота коти котом; кита"),
        (ukrainian_noun, "рік року роки; рак"),
        (ukrainian_noun, "школа шкіл школу; шкала"),
        (ukrainian_noun, "рука руці руку; руль"),
        (czech_noun, "stůl stolu stoly; stal"),
        (czech_noun, "okno oken okna; okres"),
        (german_in_el, "teuer teure teurer teuren; treu"),
        (german_in_el, "dunkel dunkle dunklen; dunst"),
        (german_in_el, "Ärztin Ärztinnen; Arzt"),
        (scandinavian_plural, "museum museet museer; mus"),
        (scandinavian_plural, "vän vänner vännerna; vana"),
        (spanish_verb, "traduzco traduje traduzca; tradición"),
        (french_feminine, "acteur actrice actrices; actif"),
        (french_feminine, "sec sèche sèches; sac"),
        (portuguese_verb, "tocar toquei toque; touca"),
        (turkish_without_vowel, "isim ismi ismim; isli"),
        (turkish_without_vowel, "oğul oğlu oğlum; ok"),
        (hebrew_ending, "משאית משאיות; משרד"),
        (arabic_of_four, "مفتاح مفاتيح المفاتيح; مفتوحون"),
        (arabic_of_four, "نافذه نوافذ النوافذ; نفذ"),
        (arabic_of_four, "رساله رسايل; رسول"),
        (arabic_plural, "عمل اعمال الاعمال; عامل"),
        (arabic_plural, "سيف سيوف السيوف; سفر"),
        (arabic_plural, "جهاز اجهزه; جهد"),
        (arabic_plural, "قميص قمصان; قمح"),
        (arabic_plural, "وزير وزراء; وزن"),
        (arabic_plural, "مسوول مسيول; مسلول"),
        (arabic, "سياره سياراتي سيارات; سيرك"),
        (persian_verb, "نوشت نوشتم نوشته مينويسد نوشتن; نوشيد"),
        (persian_verb, "خريد خريدم ميخرد خريدند; خريدار"),
        (persian_verb, "ديد ميبيند ديدن; داد"),
        (persian_plural_of_people, "دوست دوستانم; دست"),
        (persian_plural_of_people, "دانشجو دانشجويان; دانش"),
        (hebrew_ending, "אלרגיה אלרגיות; אלון"),
        (hebrew_past, "דיבר דיברתי דיברנו; דבר"),
        (hebrew_present, "אוכל אכלתי; אכלה"),
        (hebrew_present, "מדבר דיברתי; מדבריות"),
        (bengali_verb, "কিনেছে কিনলাম কিনেছিলাম; কেন"),
        (bengali_verb, "লেখে লিখেছি লিখেছে; লাখ"),
        (romanian, "noapte nopți; nas"),
        (romanian, "floare flori florile; fluier"),
        (romanian, "locuiește locuit locuiesc; loc"),
        (polish, "apteka aptece aptekę; apel"),
        (tamil, "மரம் மரங்கள் மரங்களில்; மரபு"),
        (indonesian_with_nasal, "kirim mengirim pengirim; kira"),
        (indonesian_with_nasal, "minum meminum peminum; mana"),
        (indonesian_with_nasal, "cat mengecat pengecatan; cita"),
        (bengali, "চাবি চাবিটা চাবির চাবিগুলো চাবিগুলোর; চাকা"),
        (bengali, "বন্ধু বন্ধুকে বন্ধুরা বন্ধুদের; বন্ধ"),
        (bengali_ending, "হাত হাতে হাতের হাতটা; হাট"),
        (urdu, "كتاب كتابيں كتابوں; كتنا"),
        (urdu, "لڑكا لڑكي لڑكوں; لڑاكا"),
        (urdu, "گاڑي گاڑياں گاڑيوں; گارا"),
        (estonian, "kass kassi kassid kassile; kask"),
        (estonian, "raamat raamatu raamatud raamatut raamatus; raagus"),
        (estonian, "maja majas majad maju; mahl"),
        (estonian, "ostma ostsin ostan ostis ostavad; osa"),
        (armenian, "գիրք գիրքը գրքեր գրքերը գրքի գրքում; գույն"),
        (armenian, "կատու կատուն կատուներ կատուների; կատակ"),
        (armenian_of_someone, "եղբայր եղբայրս եղբայրներիս; եղեգ"),
        (indonesian, "simpan menyimpan disimpan menyimpannya; sampan"),
        (indonesian, "pegang memegang pegangan pemegang; pagi"),
    ];

    #[test]
    fn forms_of_one_word_have_one_stem_and_others_have_others() {
        let mut wrong = Vec::new();
        for (stem, words) in FORMS {
            let (forms, other) = words.split_once("; ").unwrap();
            let stem = |word: &str| folded(&stem(&word.to_lowercase()));
            let stems: Vec<String> = forms.split(' ').map(stem).collect();
            if stems.iter().any(|one| *one != stems[0] || *one == stem(other)) {
                wrong.push(format!("{words}: {stems:?}, {}", stem(other)));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
