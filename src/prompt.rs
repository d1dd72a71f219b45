//! What a model is shown: `homer_prompt`, which fences stored text and fits lines into a budget of tokens.

use homer_prompt::block::{Entry, Fitting, MemoryLine, Outcome};
use homer_prompt::{fence, notes, token_count};
use homer_ranking::decay::Slot;
use pgrx::prelude::*;

use crate::moments::iso_day;

/// A number of SQL's as one of things: below zero is none.
fn count(number: i32) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// A stored text as the block shows it, cut after so many characters.
#[pg_extern(sql = false)]
fn fenced(text: &str, most_characters: i32) -> String {
    fence::fence(text, count(most_characters))
}

/// A stored text as a sign in the head of a line, such as a category.
#[pg_extern(sql = false)]
fn label(text: &str, most_characters: i32) -> String {
    fence::label(text, count(most_characters))
}

/// A stored text as the title of a line, such as a file's name.
#[pg_extern(sql = false)]
fn title(text: &str, most_characters: i32) -> String {
    fence::title(text, count(most_characters))
}

/// An upper bound of the number of tokens of a text.
#[pg_extern(sql = false)]
fn token_bound(text: &str) -> i32 {
    i32::try_from(token_count::most_tokens(text)).unwrap_or(i32::MAX)
}

/// The entry of a memory.
#[pg_extern(sql = false)]
fn memory_line(
    changed_at: Option<Timestamp>,
    category: Option<&str>,
    is_everyones: Option<bool>,
    conversation: Option<&str>,
    subject: Option<&str>,
    content: Option<&str>,
    most_characters: Option<i32>,
) -> String {
    let category = category.unwrap_or_default();
    let memory = MemoryLine {
        day: changed_at.and_then(iso_day),
        category,
        is_rule: Slot::of(category) == Slot::Rule,
        is_everyones: is_everyones == Some(true),
        conversation,
        subject: subject.unwrap_or_default(),
        content: content.unwrap_or_default(),
        most_characters: count(most_characters.unwrap_or_default()),
    };
    memory.line()
}

/// The entries of lines as SQL hands them over.
pub fn entries<'lines>(lines: impl Iterator<Item = &'lines str>) -> Vec<Entry> {
    lines.filter_map(Entry::of_line).collect()
}

/// The places of the entries that fit, counted from 1, and the body of those that were cut.
#[pg_extern(sql = false)]
fn fitting_entries(
    lines: Array<'_, &str>,
    max_tokens: i32,
) -> TableIterator<'static, (name!(place, i64), name!(cut_body, Option<String>))> {
    let taken = |(place, outcome)| match outcome {
        Outcome::LeftOut => None,
        Outcome::Whole => Some((place, None)),
        Outcome::Cut(body) => Some((place, Some(body))),
    };
    let mut no_more = Vec::new;
    let fitting = Fitting::new(entries(lines.iter().flatten()), count(max_tokens), &mut no_more);
    TableIterator::new((1..).zip(fitting.outcomes()).filter_map(taken))
}

/// The notes of a tool that fit into so many tokens, in their order, and how many these are.
#[pg_extern(sql = false)]
fn fitting_notes(
    heads: Array<'_, &str>,
    bodies: Array<'_, &str>,
    max_tokens: i32,
) -> TableIterator<'static, (name!(block, String), name!(shown, i32))> {
    let given = heads.iter().flatten().zip(bodies.iter().flatten());
    let (block, shown) = notes::fitting_notes(given, count(max_tokens));
    TableIterator::once((block, i32::try_from(shown).unwrap_or(i32::MAX)))
}

/// What a statement is about, where nobody has said so: its first words.
#[pg_extern(sql = false)]
fn subject_of(content: &str) -> String {
    notes::subject_of(content)
}
