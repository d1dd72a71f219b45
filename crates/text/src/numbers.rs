//! Numbers as they are searched, however their thousands and decimals are set off, and telephone numbers.

/// A number in a folded text.
#[derive(Debug, PartialEq)]
pub struct Number {
    /// Where it ends in the text.
    pub end: usize,
    /// Without separators of thousands, with a point before its decimals and without zeros at their end.
    pub form: String,
    /// What it is if its one separator is that of thousands after all: 4.550 is 4550 in half of Europe.
    pub other: Option<String>,
}

/// Digits that a separator precedes, and the separator.
struct Group<'a> {
    separator: u8,
    digits: &'a str,
}

/// No number is longer; what follows is another one.
const MOST_DIGITS: usize = 40;

/// The number that begins here, which is nothing but its first digits where separators follow that make no number: a
/// version, a date, a list.
pub fn number_at(text: &str, from: usize) -> Option<Number> {
    let first = digits_at(text, from);
    if first.is_empty() {
        return None;
    }
    let groups = groups_at(text, from + first.len());
    let plain = || Number { end: from + first.len(), form: first.to_owned(), other: None };
    if groups.is_empty() || first.len() > MOST_DIGITS {
        return Some(plain());
    }
    let end = from + first.len() + groups.iter().map(|group| 1 + group.digits.len()).sum::<usize>();
    Some(grouped(first, &groups).map_or_else(plain, |(form, other)| Number { end, form, other }))
}

pub fn digits_at(text: &str, from: usize) -> &str {
    let digits = text.as_bytes()[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    &text[from..from + digits]
}

fn groups_at(text: &str, mut at: usize) -> Vec<Group<'_>> {
    let mut groups = Vec::new();
    while let Some(separator @ (b'.' | b',')) = text.as_bytes().get(at) {
        let digits = digits_at(text, at + 1);
        if digits.is_empty() {
            break;
        }
        at += 1 + digits.len();
        groups.push(Group { separator: *separator, digits });
        if groups.len() > MOST_DIGITS / 3 {
            return Vec::new();
        }
    }
    groups
}

/// What digits and groups say together, if they make a number: 1,234,567.5, 1.234.567,5, 3,5, 3.5.
fn grouped(first: &str, groups: &[Group<'_>]) -> Option<(String, Option<String>)> {
    let (last, thousands) = groups.split_last()?;
    let are_thousands = |groups: &[Group<'_>], separator: u8| {
        first.len() <= 3 && groups.iter().all(|group| group.separator == separator && group.digits.len() == 3)
    };
    let whole = |groups: &[Group<'_>]| groups.iter().fold(first.to_owned(), |whole, group| whole + group.digits);
    if thousands.is_empty() {
        let decimal = with_decimals(first.to_owned(), last.digits);
        let may_be_thousands = are_thousands(groups, last.separator) && first != "0";
        return Some(match (may_be_thousands, last.separator) {
            (true, b',') => (whole(groups), None),
            (true, _) => (decimal, Some(whole(groups))),
            _ => (decimal, None),
        });
    }
    let separator = thousands[0].separator;
    if are_thousands(groups, separator) {
        Some((whole(groups), None))
    } else if last.separator != separator && are_thousands(thousands, separator) {
        Some((with_decimals(whole(thousands), last.digits), None))
    } else {
        None
    }
}

fn with_decimals(whole: String, decimals: &str) -> String {
    let decimals = decimals.trim_end_matches('0');
    if decimals.is_empty() { whole } else { whole + "." + decimals }
}

/// The last seven digits of a telephone number, by which it is found with its country or without, and however it is
/// grouped; and where it ends. Dates, which begin with their year, are none.
pub fn telephone_at(text: &str, from: usize) -> (usize, Option<String>) {
    let bytes = text.as_bytes();
    let mut digits = String::new();
    let mut end = from;
    let mut at = from;
    while at < bytes.len() && digits.len() <= MOST_OF_A_TELEPHONE {
        if bytes[at].is_ascii_digit() {
            digits.push(char::from(bytes[at]));
            end = at + 1;
        } else if !matches!(bytes[at], b' ' | b'-' | b'.' | b'(' | b')' | b'/') || at - end >= 2 {
            break;
        }
        at += 1;
    }
    let first = digits_at(text, from);
    let is_date = first.len() == 4 && matches!(&first[..2], "19" | "20");
    let is_one = (8..=MOST_OF_A_TELEPHONE).contains(&digits.len()) && !is_date;
    (end, is_one.then(|| digits.split_off(digits.len() - 7)))
}

const MOST_OF_A_TELEPHONE: usize = 15;

/// Groups of three digits that spaces set off, as one number, and where it ends: 4 550.
pub fn spaced_at(text: &str, from: usize) -> Option<(usize, String)> {
    let first = digits_at(text, from);
    let mut number = first.to_owned();
    let mut end = from + first.len();
    while text.as_bytes().get(end) == Some(&b' ') && digits_at(text, end + 1).len() == 3 {
        number += digits_at(text, end + 1);
        end += 4;
    }
    ((1..=3).contains(&first.len()) && number.len() > first.len() && number.len() <= 12).then_some((end, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_grouped() {
        for (text, form, other) in [
            ("4550", "4550", ""),
            ("4,550", "4550", ""),
            ("4,550.00", "4550", ""),
            ("4.550,00", "4550", ""),
            ("4.550", "4.55", "4550"),
            ("1,234,567.5", "1234567.5", ""),
            ("1.234.567", "1234567", ""),
            ("3.5", "3.5", ""),
            ("3,50", "3.5", ""),
            ("0.125", "0.125", ""),
            ("3.11", "3.11", ""),
            ("7. ", "7", ""),
        ] {
            let number = number_at(text, 0).unwrap();
            assert_eq!((number.form.as_str(), number.other.unwrap_or_default().as_str()), (form, other), "{text}");
            assert_eq!(number.end, text.trim_end_matches(['.', ' ']).len(), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_gives_its_first_digits() {
        for (text, first) in
            [("1.2.3", 1), ("10.0.0.1", 2), ("3.5.2026", 1), ("1,2,3", 1), ("1,234.5.6", 1), ("1,23,4", 1)]
        {
            assert_eq!(number_at(text, 0).unwrap().end, first, "{text}");
        }
        assert_eq!(number_at("a", 0), None);
        assert_eq!(number_at(&"1,234".repeat(100), 0).unwrap().end, 1);
    }

    #[test]
    fn a_telephone_number_is_known_by_its_end() {
        for text in [
            "1 (555) 010-0123",
            "5550100123",
            "+1 555 010 0123".trim_start_matches('+'),
            "555-010-0123",
            "0015550100123",
        ] {
            assert_eq!(telephone_at(text, 0).1.as_deref(), Some("0100123"), "{text}");
        }
        for text in ["2026-05-03 14:05", "12", "010-0123", "1234567890123456789", "1, 2, 3, 4, 5, 6, 7, 8"] {
            assert_eq!(telephone_at(text, 0).1, None, "{text}");
        }
    }

    #[test]
    fn spaces_set_off_thousands() {
        assert_eq!(spaced_at("4 550 kr", 0), Some((5, "4550".into())));
        assert_eq!(spaced_at("12 345 678", 0), Some((10, "12345678".into())));
        assert_eq!(spaced_at("2019 500", 0), None);
        assert_eq!(spaced_at("4 55", 0), None);
    }
}
