//! Stored text as data in the block for a model's prompt.
//!
//! A fenced text never begins a line, never holds a line break or another control character, and never holds an angle
//! bracket, so it can neither close the fence nor begin a section. A label, which stands in the head of a line, can moreover
//! not be taken for one of the words and signs that the head is made of.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use homer_interrupts::cancellable;

const MARK_OF_A_CUT: char = '…';
const ZERO_WIDTH_NON_JOINER: char = '\u{200C}';
const ZERO_WIDTH_JOINER: char = '\u{200D}';
const TEXT_STYLE: char = '\u{FE0E}';
const EMOJI_STYLE: char = '\u{FE0F}';

/// Words of the head itself, which a label is not shown as without quotes.
const WORDS_OF_A_HEAD: [&str; 4] = ["everyone", "own", "of", "id"];

/// A stored text as the block shows it: on one line, without what cannot be seen, without angle brackets, and cut after so many
/// characters.
pub fn fence(text: &str, most_characters: usize) -> String {
    let mut shown = Shown::default();
    for c in cancellable(text.chars()) {
        shown.push(c);
        // More than is shown, so that the cut is noticed; the rest of a text of 50 MB is not looked at.
        if shown.characters > most_characters + 1 {
            break;
        }
    }
    let shown = shown.text.trim_end();
    match shown.char_indices().nth(most_characters) {
        Some((end, _)) => cut(shown, end),
        None => shown.into(),
    }
}

/// A stored text as a sign in the head of a line, such as a category: as `fence`, and in quotes unless it is one plain word.
pub fn label(text: &str, most_characters: usize) -> String {
    let shown = fence(text, most_characters);
    if is_plain(&shown, |_| false) { shown } else { quoted(&shown) }
}

/// A stored text as the title of a line, such as a file's name: as `label`, but plain words with a space between them need
/// no quotes.
pub fn title(text: &str, most_characters: usize) -> String {
    let shown = fence(text, most_characters);
    if is_plain(&shown, |c| matches!(c, ' ' | '\'' | '’' | '&' | '!' | '?' | '%' | '#')) {
        shown
    } else {
        quoted(&shown)
    }
}

/// The text up to a place, back to the end of the last word unless half of it would be lost, with a mark.
pub fn cut(text: &str, end: usize) -> String {
    let (kept, rest) = text.split_at(end);
    let is_inside_a_word = !rest.is_empty() && !rest.starts_with(' ');
    let kept = match kept.rfind(' ') {
        Some(space) if is_inside_a_word && space >= end / 2 => &kept[..space],
        _ => kept,
    };
    marked(kept.trim_end())
}

/// A text with the mark of a cut.
pub fn marked(text: &str) -> String {
    format!("{text}{MARK_OF_A_CUT}")
}

/// What is shown so far.
#[derive(Default)]
struct Shown {
    text: String,
    characters: usize,
}

impl Shown {
    fn push(&mut self, c: char) {
        if is_ordinary(c) {
            self.append(c);
        } else if c.is_whitespace() || c.is_control() {
            self.append_space();
        } else if let Some(bracket) = angle_bracket(c) {
            self.text.push_str(bracket);
            self.characters += bracket.len();
        } else if !is_unseen(c) || self.is_spelled_with(c) {
            self.append(c);
        }
    }

    fn append(&mut self, c: char) {
        self.text.push(c);
        self.characters += 1;
    }

    fn append_space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.append(' ');
        }
    }

    /// Whether a character that shows nothing belongs to the spelling of the one before it: one joiner in scripts that are
    /// spelled with them and in emoji, one style behind an emoji. Of more of them, and elsewhere, only a model would know.
    fn is_spelled_with(&self, c: char) -> bool {
        let Some(before) = self.text.chars().next_back() else { return false };
        match c {
            ZERO_WIDTH_JOINER | ZERO_WIDTH_NON_JOINER => {
                is_of_a_script_with_joiners(before) || before == EMOJI_STYLE || is_symbol(before)
            }
            TEXT_STYLE | EMOJI_STYLE => is_symbol(before) || matches!(before, '0'..='9' | '#' | '*' | '‼' | '⁉' | '〰'),
            _ => false,
        }
    }
}

/// From Hebrew to the Vedic signs, and the later blocks of the scripts of India and its neighbours.
fn is_of_a_script_with_joiners(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{1CFF}' | '\u{A800}'..='\u{ABFF}' | '\u{10A00}'..='\u{11FFF}' | '\u{1E900}'..='\u{1E95F}')
}

fn is_symbol(c: char) -> bool {
    use GeneralCategory::{MathSymbol, ModifierSymbol, OtherSymbol};
    !c.is_ascii() && matches!(c.general_category(), OtherSymbol | MathSymbol | ModifierSymbol)
}

/// What most texts are made of is shown as it is, and needs no look into a table.
fn is_ordinary(c: char) -> bool {
    c.is_ascii_graphic() && c != '<' && c != '>'
}

/// Angle brackets make the fence, and what looks like one could be taken for one: what Unicode's table of confusable characters
/// (UTS 39) or its compatibility forms lead to one, and brackets that a reader takes for one.
fn angle_bracket(c: char) -> Option<&'static str> {
    match c {
        '<' | '˂' | 'ᐸ' | 'ᑄ' | 'ᑅ' | 'ᔌ' | 'ᚲ' | '‹' | '≪' | '≮' | '≺' | '⋖' | '⋘' | '❬' | '❮' | '❰' | '⟨' | '⧼'
        | '⪥' | '〈' | '\u{2329}' | '\u{2CB4}' | '﹤' | '＜' | '\u{1D236}' => Some("&lt;"),
        '>' | '˃' | 'ᐳ' | 'ᐷ' | 'ᑀ' | 'ᑁ' | '›' | '≫' | '≯' | '≻' | '⋗' | '⋙' | '❭' | '❯' | '❱' | '⟩' | '⧽' | '⨠'
        | '〉' | '\u{232A}' | '﹥' | '＞' | '\u{16F3F}' | '\u{1D237}' => Some("&gt;"),
        _ => None,
    }
}

/// What shows nothing of itself: directions, joiners, variation selectors, tags and what no character is. They reorder what is
/// seen, or say to a model what a person does not see.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' | '\u{180B}'..='\u{180D}' | '\u{180F}')
        || matches!(
            c,
            '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{34F}' | '\u{17B4}' | '\u{17B5}' | '\u{2800}'
        )
        || matches!(
            c.general_category(),
            GeneralCategory::Format | GeneralCategory::Unassigned | GeneralCategory::PrivateUse
        )
}

/// Whether a text such as photo_1.jpg, text/plain or Größe holds none of the signs that part a head, and is none of its words.
fn is_plain(shown: &str, is_plain_too: impl Fn(char) -> bool) -> bool {
    let is_plain = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '_' | '-' | '.' | '/' | '+' | '@' | MARK_OF_A_CUT)
            || is_mark(c)
            || is_plain_too(c)
    };
    !shown.is_empty() && !WORDS_OF_A_HEAD.contains(&shown.to_lowercase().as_str()) && shown.chars().all(is_plain)
}

/// The signs of vowels and tones, without which most scripts of Asia have no words.
fn is_mark(c: char) -> bool {
    use GeneralCategory::{NonspacingMark, SpacingMark};
    matches!(c.general_category(), NonspacingMark | SpacingMark)
}

/// In double quotes, of which there is none inside, nor what looks like one.
fn quoted(shown: &str) -> String {
    let is_quote =
        |c| matches!(c, '"' | '“' | '”' | '„' | '‟' | '″' | '‶' | '〝' | '〞' | '＂' | 'ʺ' | '˝' | 'ˮ' | '״' | '᳓');
    format!("\"{}\"", shown.replace(is_quote, "'"))
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;
    use unicode_security::skeleton;

    use super::*;

    #[test]
    fn stored_text_stays_on_its_line_and_in_its_fence() {
        assert_eq!(fence(" a\r\n\tb\u{2028}## c ", 100), "a b ## c");
        assert_eq!(fence("</homer_memory> ＜b＞", 100), "&lt;/homer_memory&gt; &lt;b&gt;");
        assert_eq!(fence("a\u{202E}b\u{E0041}\u{FEFF}c\u{1F}", 100), "abc");
        assert_eq!(fence("one two three", 9), "one two…");
        assert_eq!(fence("东京东京东京", 3), "东京东…");
    }

    /// Whatever Unicode says looks like an angle bracket, or is one in another form.
    #[test]
    fn no_character_that_looks_like_an_angle_bracket_is_shown() {
        for c in '\0'..=char::MAX {
            let decomposed: String = c.nfkd().collect();
            let looks_like: String = skeleton(&decomposed).collect();
            if looks_like.contains(['<', '>']) {
                assert!(fence(&c.to_string(), 10).starts_with('&'), "{c:?} U+{:04X}", c as u32);
            }
        }
        assert_eq!(fence("K·≤«ᑭ", 10), "K·≤«ᑭ");
    }

    #[test]
    fn what_is_not_seen_is_kept_once_where_it_is_spelled_so() {
        assert_eq!(
            fence("می\u{200C}خواهم 👩\u{200D}🔧 ☕\u{FE0F} ❤\u{FE0F}\u{200D}🔥 1\u{FE0F}\u{20E3}", 100),
            "می\u{200C}خواهم 👩\u{200D}🔧 ☕\u{FE0F} ❤\u{FE0F}\u{200D}🔥 1\u{FE0F}\u{20E3}"
        );
        assert_eq!(fence("a\u{200D}\u{200C}b\u{200D}c", 100), "abc");
        assert_eq!(
            fence("😀\u{FE00}\u{FE01}\u{E0100}\u{FE0F}\u{FE0F}\u{200D}\u{200D}\u{200C}.", 100),
            "😀\u{FE0F}\u{200D}."
        );
        assert_eq!(fence("x\u{FE0F}\u{2800}\u{E000}y", 100), "xy");
    }

    #[test]
    fn a_label_cannot_be_taken_for_the_head_around_it() {
        for plain in ["fact", "photo_1.jpg", "application/pdf", "Größe", "東京", "a@b.c", "हिन्दी"] {
            assert_eq!(label(plain, 100), plain);
            assert_eq!(title(plain, 100), plain);
        }
        for (stored, shown) in [
            ("fact, everyone", "\"fact, everyone\""),
            ("Everyone", "\"Everyone\""),
            ("a\"] b: ” (c)", "\"a'] b: ' (c)\""),
            ("", "\"\""),
        ] {
            assert_eq!(label(stored, 100), shown);
            assert_eq!(title(stored, 100), shown);
        }
        assert_eq!(label("fact everyone", 100), "\"fact everyone\"");
        assert_eq!(label("one two three", 9), "\"one two…\"");
        assert_eq!(title("Plan of Ann's house.pdf", 100), "Plan of Ann's house.pdf");
        assert_eq!(title("x (1).pdf", 100), "\"x (1).pdf\"");
    }

    #[test]
    fn ordinary_is_what_no_other_rule_is_about() {
        for c in ('\0'..='\u{FF}').filter(|c| is_ordinary(*c)) {
            assert!(!c.is_whitespace() && !c.is_control() && angle_bracket(c).is_none() && !is_unseen(c), "{c:?}");
        }
        assert_eq!(('\0'..='\u{FF}').filter(|c| is_ordinary(*c)).count(), 92);
    }

    #[test]
    fn a_cut_is_at_a_word_and_marked() {
        assert_eq!(cut("one two three", 13), "one two three…");
        assert_eq!(cut("one two three", 10), "one two…");
        assert_eq!(cut("one two three", 7), "one two…");
        assert_eq!(cut("extraordinarily", 5), "extra…");
    }
}
