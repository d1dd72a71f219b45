//! What the characters of a folded text are to a search, and where what they make up ends.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory};

/// What a folded character is to the splitter.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// A letter or a digit of a script that writes spaces.
    Letter,
    /// Belongs to the character before.
    Mark,
    /// A character of a script without spaces, or half a flag: goes into pairs.
    Dense,
    /// A word of its own.
    Pictograph,
    /// Ends a word.
    Gap,
}

pub fn kind(c: char) -> Kind {
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
pub fn kind_at(text: &str, at: usize) -> Option<(Kind, usize)> {
    text[at..].chars().next().map(|c| (kind(c), at + c.len_utf8()))
}

/// A character that means something by itself: Han and Hangul. One of kana, Thai or Khmer is a sound.
pub fn means_by_itself(c: char) -> bool {
    matches!(c, '一'..='鿿' | '가'..='힣' | '々' | '〇' | '\u{3400}'..='\u{4DBF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Whether a word is of a script without spaces.
pub fn is_dense(word: &str) -> bool {
    matches!(kind_at(word, 0), Some((Kind::Dense, _)))
}

pub fn is_kana(c: char) -> bool {
    matches!(c, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー')
}

pub fn begins_letter(text: &str, at: usize) -> bool {
    matches!(kind_at(text, at), Some((Kind::Letter, _)))
}

pub fn is_single_letter(part: &str) -> bool {
    let mut chars = part.chars();
    chars.next().is_some_and(|c| c.general_category_group() == GeneralCategoryGroup::Letter) && chars.next().is_none()
}

/// Where a character and the marks on it end.
pub fn cluster_end(text: &str, from: usize) -> usize {
    let mut end = kind_at(text, from).map_or(from, |(_, next)| next);
    while let Some((Kind::Mark, next)) = kind_at(text, end) {
        end = next;
    }
    end
}

/// Where a run of letters, digits and their marks ends.
pub fn run_end(text: &str, from: usize) -> usize {
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
