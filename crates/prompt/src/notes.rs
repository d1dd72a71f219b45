//! What a tool says: stored notes as lines within a budget, fenced as in the block for the prompt.

use crate::block::{CLOSING, OPENING};
use crate::fence::{cut, fence};
use crate::token_count::most_tokens;

/// A note that is cut shows so many tokens at least; where there is no room for them, it is left out.
const LEAST_OF_A_NOTE: usize = 40;

/// The notes, each a head and a body, that fit into so many tokens, in their order, and how many these are. The first that does not fit is cut, and what is
/// after it left out. A head is never cut. Empty where not one fits.
pub fn fitting_notes<'note>(
    notes: impl Iterator<Item = (&'note str, &'note str)>,
    max_tokens: usize,
) -> (String, usize) {
    let frame = most_tokens(OPENING) + 1 + most_tokens(CLOSING);
    let mut free = max_tokens.saturating_sub(frame);
    let mut lines = Vec::new();
    for (head, body) in notes {
        let line = format!("{head}{body}");
        let cost = most_tokens(&line) + 1;
        if cost > free {
            lines.extend(cut_to_fit(head, body, free.saturating_sub(1)));
            break;
        }
        free -= cost;
        lines.push(line);
    }
    let block = if lines.is_empty() { String::new() } else { format!("{OPENING}\n{}\n{CLOSING}", lines.join("\n")) };
    (block, lines.len())
}

/// A note cut so that it costs no more than `allowed`.
fn cut_to_fit(head: &str, body: &str, allowed: usize) -> Option<String> {
    if allowed < most_tokens(head) + LEAST_OF_A_NOTE {
        return None;
    }
    let ends: Vec<usize> = body.char_indices().map(|(end, _)| end).collect();
    let fitting = ends.partition_point(|end| most_tokens(&format!("{head}{}", cut(body, *end))) <= allowed);
    // What is cut at a word may cost more than what is cut behind it, so that the place found is a guess.
    ends[..fitting]
        .iter()
        .rev()
        .map(|end| format!("{head}{}", cut(body, *end)))
        .find(|line| most_tokens(line) <= allowed)
}

/// What a statement is about, where nobody has said so: its first words.
pub fn subject_of(content: &str) -> String {
    const LONGEST: usize = 48;
    let line = fence(content.trim().lines().next().unwrap_or_default(), 4 * LONGEST);
    // The fence is for what is shown, and this is stored.
    let line = line.replace("&lt;", "<").replace("&gt;", ">");
    let sentence = line.split_inclusive(['.', '!', '?', '。', '！', '？']).next().unwrap_or_default();
    let sentence = sentence.trim_end_matches(['.', '!', '?', '。', '！', '？', ' ']);
    let subject = if sentence.chars().count() < 3 { line.trim() } else { sentence };
    match subject.char_indices().nth(LONGEST) {
        Some((end, _)) => cut(subject, end),
        None => subject.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_the_first_words() {
        for (content, subject) in [
            ("Drinks it black. No sugar.", "Drinks it black"),
            ("  Orders go to Lindt & Sons from now on", "Orders go to Lindt & Sons from now on"),
            ("first line\nsecond line", "first line"),
            ("", ""),
            ("v. 2", "v. 2"),
        ] {
            assert_eq!(subject_of(content), subject, "{content}");
        }
        let long = subject_of(&"word ".repeat(100));
        assert!(long.chars().count() <= 49 && long.ends_with("word…"), "{long}");
    }
}
