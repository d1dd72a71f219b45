//! What a call may not pass: one check a function, each raising the refusal that fits or giving true, so that SQL can
//! AND them in front of a write.

use std::ops::RangeInclusive;

use pgrx::prelude::*;

use crate::errors::{Refusal, Shown};
use crate::refusing::{Checked, refusing};
use homer_interrupts::cancellable;
use homer_text::normal_form;

refusing! {
    /// Refuses a text that is null, empty or white space alone.
    fn check_text(parameter: &str, value: Option<&str>) -> Checked {
        text(parameter, value)
    }

    /// Refuses a user id that is empty; null stands for everyone.
    fn check_user_or_everyone(user_id: Option<&str>) -> Checked {
        user_or_everyone(user_id)
    }

    /// Refuses a memory that says nothing: null in subject or content, or both empty.
    fn check_says_something(subject: Option<&str>, content: Option<&str>) -> Checked {
        let (subject, content) = (given("subject", subject)?, given("content", content)?);
        if is_blank(subject) { text("one of subject and content", Some(content)) } else { Ok(()) }
    }

    /// Refuses an importance outside 1 to 10; null stands for the default.
    fn check_importance(importance: Option<i32>) -> Checked {
        importance.map_or(Ok(()), |importance| IMPORTANCE.holds(importance))
    }

    /// Refuses a limit below zero; null stands for the default. Zero is a limit like any other: it gives no rows.
    fn check_limit(limit: Option<i32>) -> Checked {
        limit.map_or(Ok(()), |limit| LIMIT.holds(limit))
    }

    /// Refuses a filter that is an empty array or holds a null: nothing would pass it, which nobody means. Null stands for
    /// all.
    fn check_filter(parameter: &str, wanted: Option<Array<'_, &str>>) -> Checked {
        wanted.map_or(Ok(()), |wanted| filter_of_words(parameter, wanted.len(), wanted.contains_nulls()))
    }

    /// Refuses a number of bytes below zero.
    fn check_file_size(file_size: Option<i32>) -> Checked {
        FILE_SIZE.holds(given("file_size", file_size)?)
    }

    /// Refuses a budget below zero; null stands for the default. Zero holds nothing, like any that is too small.
    fn check_max_tokens(max_tokens: Option<i32>) -> Checked {
        max_tokens.map_or(Ok(()), |max_tokens| MAX_TOKENS.holds(max_tokens))
    }

    /// Refuses a word that is not one of the known ones.
    fn check_one_of(parameter: &str, value: Option<&str>, known: Array<'_, &str>) -> Checked {
        one_of(parameter, given(parameter, value)?, || cancellable(known.iter()).flatten())
    }

    /// Refuses what is no UUID; null asks for a new one.
    fn check_uuid(parameter: &str, value: Option<&str>) -> Checked {
        value.map_or(Ok(()), |value| uuid(parameter, value))
    }

    /// Refuses an array of user ids that is null, or holds a null or an empty one. An array of none is one.
    fn check_user_ids(user_ids: Option<Array<'_, &str>>) -> Checked {
        let user_ids = given("user_ids", user_ids)?;
        cancellable(user_ids.iter()).try_for_each(|user_id| element_of("user_ids", user_id))
    }

    /// Refuses an id or a category that is null, empty or too long for an index.
    fn check_id(parameter: &str, id: Option<&str>) -> Checked {
        indexed_id(parameter, id)
    }

    /// Refuses a link of no file, conversation, message or direction, of a context that its column does not hold, or of an empty user.
    /// All in one: a role's right on each function is looked at in each transaction.
    fn check_link(
        file_id: Option<&str>,
        conversation_id: Option<&str>,
        message_id: Option<&str>,
        direction: Option<&str>,
        context: Option<&str>,
        user_id: Option<&str>
    ) -> Checked {
        text("file_id", file_id)?;
        indexed_id("conversation_id", conversation_id)?;
        indexed_id("message_id", message_id)?;
        context.map_or(Ok(()), |context| at_most("context", context, MOST_BYTES_OF_CONTEXT))?;
        one_of("direction", given("direction", direction)?, || ["inbound", "outbound"].into_iter())?;
        user_or_everyone(user_id)
    }

    /// Refuses a text of more bytes than its column holds; null is none.
    fn check_bytes(parameter: &str, value: Option<&str>, most: i32) -> Checked {
        value.map_or(Ok(()), |value| at_most(parameter, value, most.max(0) as usize))
    }

    /// Refuses an expiry that is infinite or not after `now`; null means that the memory is permanent.
    fn check_expiry(expires_at: Option<TimestampWithTimeZone>, now: TimestampWithTimeZone) -> Checked {
        expires_at.map_or(Ok(()), |moment| still_to_come("expires_at", moment, now))
    }

    /// Refuses a vector that has no direction, or that is not as long as the `dimensions` that are stored; they are null where
    /// embeddings are not enabled.
    fn check_embedding(parameter: &str, embedding: Option<Array<'_, f64>>, dimensions: Option<i32>) -> Checked {
        direction(parameter, &given(parameter, embedding)?, dimensions)
    }

    /// Refuses a timezone that PostgreSQL does not know; a null one is not asked about.
    fn check_timezone(name: Option<&str>, known: Option<bool>) -> Checked {
        match (name, known) {
            (Some(name), Some(false)) => Err(Refusal::UnknownTimezone { name: name.into() }),
            _ => Ok(()),
        }
    }

    /// Refuses a number of dimensions that no model has.
    fn check_dimensions(dimensions: Option<i32>) -> Checked {
        DIMENSIONS.holds(given("dimensions", dimensions)?)
    }

    /// Refuses a due moment that is null, infinite, or outside the years that `moments` reads. One in the past is due at once.
    fn check_due(due_at: Option<TimestampWithTimeZone>) -> Checked {
        readable_due(given("due_at", due_at)?)
    }

    /// Refuses, always: for the SQL that has found why. `kind` is the name of a `Refusal` in small letters, and `facts` has its
    /// fields.
    fn raise_refusal(kind: &str, facts: &str) -> Checked {
        Err(Refusal::of(kind, facts))
    }
}

pub fn given<T>(parameter: &str, value: Option<T>) -> Result<T, Refusal> {
    value.ok_or_else(|| Refusal::Null { parameter: parameter.into() })
}

fn user_or_everyone(user_id: Option<&str>) -> Checked {
    user_id.map_or(Ok(()), |user_id| text("user_id", Some(user_id)))
}

fn text(parameter: &str, value: Option<&str>) -> Checked {
    if is_blank(given(parameter, value)?) {
        return Err(Refusal::Empty { parameter: parameter.into() });
    }
    Ok(())
}

/// Whether a text is empty, or holds nothing that can be seen: a note of it would be an empty line, and all of them one statement.
pub fn is_blank(text: &str) -> bool {
    cancellable(text.chars()).all(|c| normal_form::is_blank(c) || normal_form::is_invisible(c))
}

fn element_of(parameter: &str, value: Option<&str>) -> Checked {
    let value = value.ok_or_else(|| Refusal::NullElement { parameter: parameter.into() })?;
    text(&format!("an element of {parameter}"), Some(value))
}

/// The numbers that a parameter may be, and what they stand for.
struct Range {
    parameter: &'static str,
    numbers: RangeInclusive<i32>,
    in_words: &'static str,
    meaning: &'static str,
}

impl Range {
    fn holds(&self, value: i32) -> Checked {
        if !self.numbers.contains(&value) {
            return Err(Refusal::OutOfRange {
                parameter: self.parameter.into(),
                value,
                range: self.in_words,
                meaning: self.meaning,
            });
        }
        Ok(())
    }
}

const IMPORTANCE: Range = Range {
    parameter: "importance",
    numbers: 1..=10,
    in_words: "a number from 1 to 10",
    meaning: "1 is trivial and 10 is vital. Left out, it is 5.",
};

const LIMIT: Range = Range {
    parameter: "limit",
    numbers: 0..=i32::MAX,
    in_words: "a number of 0 or more",
    meaning: "It is the most rows that are wanted. For all there are, pass 2147483647.",
};

const FILE_SIZE: Range = Range {
    parameter: "file_size",
    numbers: 0..=i32::MAX,
    in_words: "a number of 0 or more",
    meaning: "It is the length of the file in bytes.",
};

const MAX_TOKENS: Range = Range {
    parameter: "max_tokens",
    numbers: 0..=i32::MAX,
    in_words: "a number of 0 or more",
    meaning: "It is the most tokens that the block may have. With 0 it is empty.",
};

const DIMENSIONS: Range = Range {
    parameter: "dimensions",
    numbers: 1..=16_000,
    in_words: "a number from 1 to 16000",
    meaning: "It is the length of your model's vectors, such as 384, 768 or 1536.",
};

fn one_of<'word, Words: Iterator<Item = &'word str>>(
    parameter: &str,
    value: &str,
    known: impl Fn() -> Words,
) -> Checked {
    if known().any(|word| word == value) {
        return Ok(());
    }
    let shown: Vec<String> = known().take(MOST_WORDS_SHOWN).map(|word| Shown::from(word).to_string()).collect();
    Err(Refusal::UnknownWord { parameter: parameter.into(), value: value.into(), known: shown.join(" or ") })
}

/// Of what was said about a file in a message; the column's own bound is the same.
const MOST_BYTES_OF_CONTEXT: usize = 10_240;

/// No list of homer's has more.
const MOST_WORDS_SHOWN: usize = 20;

/// Hexadecimal digits in groups of 8, 4, 4, 4 and 12, as every UUID library writes them.
fn uuid(parameter: &str, value: &str) -> Checked {
    let groups = value.split('-').map(str::len).take(6);
    if !groups.eq([8, 4, 4, 4, 12]) || !value.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()) {
        return Err(Refusal::NoUuid { parameter: parameter.into(), value: value.into() });
    }
    Ok(())
}

/// An index of PostgreSQL takes 2,704 bytes a row, and that of the links holds two of these with a UUID.
pub const LONGEST_ID: usize = 1000;

fn indexed_id(parameter: &str, id: Option<&str>) -> Checked {
    text(parameter, id)?;
    id.map_or(Ok(()), |id| at_most(parameter, id, LONGEST_ID))
}

pub fn at_most(parameter: &str, value: &str, most: usize) -> Checked {
    if value.len() > most {
        return Err(Refusal::TooLong { parameter: parameter.into(), value: value.into(), bytes: value.len(), most });
    }
    Ok(())
}

fn filter_of_words(parameter: &str, words: usize, holds_null: bool) -> Checked {
    if words == 0 {
        return Err(Refusal::EmptyFilter { parameter: parameter.into() });
    }
    if holds_null {
        return Err(Refusal::NullElement { parameter: parameter.into() });
    }
    Ok(())
}

fn direction(parameter: &str, embedding: &Array<'_, f64>, dimensions: Option<i32>) -> Checked {
    let dimensions = dimensions.ok_or(Refusal::NoEmbeddings)?;
    let unusable = |fault: String| Err(Refusal::UnusableEmbedding { parameter: parameter.into(), fault: fault.into() });
    if embedding.len() as i64 != i64::from(dimensions) {
        return unusable(format!("must have {dimensions} numbers, not {}", embedding.len()));
    }
    if embedding.contains_nulls() {
        return unusable("must hold no null".into());
    }
    // Kept as 4-byte floats. Without a way out in their middle, these loops look at several numbers at once.
    let numbers = embedding.as_slice().unwrap_or_default();
    if !numbers.iter().fold(true, |all, number| all & (*number as f32).is_finite()) {
        let number = numbers.iter().find(|number| !(**number as f32).is_finite()).unwrap_or(&f64::NAN);
        return unusable(format!("must hold finite numbers, not {number}"));
    }
    if numbers.iter().fold(true, |all, number| all & (*number as f32 == 0.0)) {
        return unusable("must not be all zeros".into());
    }
    Ok(())
}

fn still_to_come(parameter: &str, moment: TimestampWithTimeZone, now: TimestampWithTimeZone) -> Checked {
    let unusable = |value: &str, fault: &str| {
        Err(Refusal::UnusableMoment { parameter: parameter.into(), value: value.into(), fault: fault.into() })
    };
    if moment.is_infinity() {
        return unusable("infinity", "must be finite");
    }
    if moment.is_neg_infinity() {
        return unusable("-infinity", "must be finite");
    }
    if moment <= now {
        return unusable(&moment.to_iso_string(), "lies in the past");
    }
    Ok(())
}

fn readable_due(due_at: TimestampWithTimeZone) -> Checked {
    let value = if due_at.is_infinity() {
        "infinity".into()
    } else if due_at.is_neg_infinity() {
        "-infinity".into()
    } else if !(YEAR_1..YEAR_10000).contains(&due_at.into_inner()) {
        due_at.to_iso_string().into()
    } else {
        return Ok(());
    };
    Err(Refusal::UnusableDue { value })
}

/// The first moments of these years in UTC, in PostgreSQL's microseconds since 2000.
const YEAR_1: i64 = -730_119 * 86_400_000_000;
const YEAR_10000: i64 = 2_921_940 * 86_400_000_000;
