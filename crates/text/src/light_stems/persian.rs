//! Persian verbs, whose past and present have two stems.

use super::{persian_present, without_ending};

/// The stem of the past and that of the present, where the one does not follow from the other, in Arabic's yeh and kaf.
const STEMS: [(&str, &str); 52] = [
    ("نوشت", "نويس"),
    ("رفت", "رو"),
    ("گفت", "گوي"),
    ("ديد", "بين"),
    ("داد", "ده"),
    ("پخت", "پز"),
    ("ساخت", "ساز"),
    ("فروخت", "فروش"),
    ("اموخت", "اموز"),
    ("خورد", "خور"),
    ("خواند", "خوان"),
    ("امد", "اي"),
    ("كرد", "كن"),
    ("شد", "شو"),
    ("زد", "زن"),
    ("گرفت", "گير"),
    ("بست", "بند"),
    ("شست", "شوي"),
    ("شكست", "شكن"),
    ("نشست", "نشين"),
    ("خواست", "خواه"),
    ("دانست", "دان"),
    ("توانست", "توان"),
    ("برد", "بر"),
    ("اورد", "اور"),
    ("شنيد", "شنو"),
    ("چيد", "چين"),
    ("افتاد", "افت"),
    ("ايستاد", "ايست"),
    ("فرستاد", "فرست"),
    ("ماند", "مان"),
    ("گذاشت", "گذار"),
    ("گذشت", "گذر"),
    ("داشت", "دار"),
    ("انداخت", "انداز"),
    ("پرداخت", "پرداز"),
    ("شناخت", "شناس"),
    ("سوخت", "سوز"),
    ("دوخت", "دوز"),
    ("ريخت", "ريز"),
    ("گشت", "گرد"),
    ("كاشت", "كار"),
    ("برگشت", "برگرد"),
    ("كشت", "كش"),
    ("مرد", "مير"),
    ("سپرد", "سپار"),
    ("شمرد", "شمار"),
    ("افزود", "افزاي"),
    ("نمود", "نماي"),
    ("پيمود", "پيماي"),
    ("گريست", "گري"),
    ("نواخت", "نواز"),
];

/// Persian verbs as their infinitive, which no noun reads like: نوشتم, نوشته, می‌نویسد; خرید, می‌خرم.
pub fn persian_verb(word: &str) -> String {
    let word = word.replace('آ', "ا");
    let past =
        if word.starts_with("مي") || word.starts_with("نمي") { past_of_present(&word) } else { past_stem(&word) };
    past.map_or(word, |past| past + "ن")
}

fn past_stem(word: &str) -> Option<String> {
    let stems = PAST.iter().filter_map(|ending| word.strip_suffix(ending));
    let is_regular = |stem: &&str| stem.strip_suffix("يد").is_some_and(|rest| rest.chars().count() >= 2);
    let is_known = |stem: &&str| STEMS.iter().any(|(past, _)| past == stem);
    stems.clone().find(is_known).or_else(|| stems.clone().find(is_regular)).map(str::to_owned)
}

/// The endings of the past, the perfect and the infinitive, the longest first.
const PAST: [&str; 12] = ["هاست", "هاند", "هايم", "هام", "هاي", "ند", "يم", "ن", "ه", "م", "ي", ""];

/// The stem of a present may end like its ending: می‌بیند, می‌خواند.
fn past_of_present(word: &str) -> Option<String> {
    let verb = word.split_once("مي").map_or("", |(_, verb)| verb);
    let mut stems = ["م", "ي", "د", "يم", "يد", "ند"].into_iter().filter_map(|ending| verb.strip_suffix(ending));
    let known = stems.find_map(|stem| STEMS.iter().find(|(_, present)| *present == stem));
    let regular = || persian_present(word).map(|stem| [stem, "يد"].concat());
    known.map(|(past, _)| (*past).to_owned()).or_else(regular)
}

/// The plural in -ان with a possessor, as the singular: دوستانم, دوست; دانشجویان, دانشجو.
pub fn persian_plural_of_people(word: &str) -> String {
    without_ending(word, &["انم", "انت", "انش", "انمان", "انتان", "انشان", "يان", "يانم"], 3).to_owned()
}
