//! Arabic and Hebrew, whose words change between their consonants.

use super::without_ending;

/// Arabic nouns, folded, as they are before their plural changes them within, and with a hamza before a waw in none of the ways in which
/// it is written: أعمال, عمل; سيوف, سيف; قمصان, قميص; أجهزة, جهاز; أقرباء, قريب; هدايا, هدية; مسؤول, مسئول.
pub fn arabic_plural(word: &str) -> String {
    let articles = ["وال", "بال", "كال", "فال", "لل", "ال"];
    let bare = articles.iter().find_map(|article| word.strip_prefix(article));
    let bare = bare.filter(|rest| rest.chars().count() >= 4).unwrap_or(word);
    let letters: Vec<char> = bare.chars().collect();
    let singular: &[char] = match letters[..] {
        [a, 'و' | 'ء', 'و', c] => &[a, 'و', c],
        [a, b, 'و' | 'ي' | 'ء', 'و', c] => &[a, b, 'و', c],
        ['ا', a, b, 'ا', c] => &[a, b, c],
        ['ا', a, b, c, 'ه'] => &[a, b, 'ا', c],
        ['ا', a, b, c, 'ا', 'ء'] | [a, b, c, 'ا', 'ء' | 'ن'] => &[a, b, 'ي', c],
        [a, b, 'ا', 'ي', 'ا'] => &[a, b, 'ي'],
        [a, b, 'و', c] => &[a, b, c],
        _ => return word.to_owned(),
    };
    singular.iter().collect()
}

/// Hebrew verbs in the past of the one who speaks, as they are in that of somebody else: אכלתי, אכל; דיברנו, דיבר.
pub fn hebrew_past(word: &str) -> String {
    without_ending(word, &["תי", "נו"], 3).to_owned()
}

/// The same as they are in the present: אכלתי, אוכל; דיברתי, מדבר.
pub fn hebrew_present(word: &str) -> String {
    let letters: Vec<char> = word.strip_suffix("תי").unwrap_or_default().chars().collect();
    match letters[..] {
        [a, b, c] => [a, 'ו', b, c].iter().collect(),
        [a, 'י', b, c] => ['מ', a, b, c].iter().collect(),
        _ => word.to_owned(),
    }
}
