//! What a call may not pass: one check a function, each raising the refusal that fits or giving true, so that SQL can
//! AND them in front of a write.

use pgrx::prelude::*;

use crate::errors::{OrRaise, Refusal};

type Checked = Result<bool, Refusal>;

/// Refuses a text that is null, empty or white space alone.
#[pg_extern(sql = false)]
fn check_text(parameter: &str, value: Option<&str>) -> bool {
    text(parameter, value).or_raise()
}

/// Refuses a user id that is empty; null stands for everyone.
#[pg_extern(sql = false)]
fn check_user_or_everyone(user_id: Option<&str>) -> bool {
    user_id.map_or(Ok(true), |user_id| text("user_id", Some(user_id))).or_raise()
}

/// Refuses a memory that says nothing: null in subject or content, or both empty.
#[pg_extern(sql = false)]
fn check_says_something(subject: Option<&str>, content: Option<&str>) -> bool {
    says_something(subject, content).or_raise()
}

/// Refuses an importance outside 1 to 10.
#[pg_extern(sql = false)]
fn check_importance(importance: Option<i32>) -> bool {
    importance_in_range(importance).or_raise()
}

/// Refuses a limit below zero. Zero is a limit like any other: it gives no rows.
#[pg_extern(sql = false)]
fn check_limit(limit: Option<i32>) -> bool {
    limit_in_range(limit).or_raise()
}

/// Refuses a filter that is an empty array or holds a null: nothing would pass it, which nobody means. Null stands for
/// all.
#[pg_extern(sql = false)]
fn check_filter(parameter: &str, wanted: Option<Array<'_, &str>>) -> bool {
    wanted.map_or(Ok(true), |wanted| filter_of_words(parameter, wanted.len(), wanted.contains_nulls())).or_raise()
}

/// Refuses a number of bytes below zero.
#[pg_extern(sql = false)]
fn check_file_size(file_size: Option<i32>) -> bool {
    not_negative("file_size", file_size).or_raise()
}

/// Refuses a budget below zero. Zero holds nothing, like any that is too small.
#[pg_extern(sql = false)]
fn check_max_tokens(max_tokens: Option<i32>) -> bool {
    not_negative("max_tokens", max_tokens).or_raise()
}

/// Refuses a word that is not one of the known ones.
#[pg_extern(sql = false)]
fn check_one_of(parameter: &str, value: Option<&str>, known: Vec<String>) -> bool {
    one_of(parameter, value, &known).or_raise()
}

/// Refuses what is no UUID; null asks for a new one.
#[pg_extern(sql = false)]
fn check_uuid(parameter: &str, value: Option<&str>) -> bool {
    value.map_or(Ok(true), |value| uuid(parameter, value)).or_raise()
}

/// Refuses an array of user ids that is null, or holds a null or an empty one. An array of none is one.
#[pg_extern(sql = false)]
fn check_user_ids(user_ids: Option<Array<'_, &str>>) -> bool {
    given("user_ids", user_ids)
        .and_then(|user_ids| user_ids.iter().try_fold(true, |_, user_id| text("an element of user_ids", user_id)))
        .or_raise()
}

/// Refuses an id or a category that is null, empty or too long for an index.
#[pg_extern(sql = false)]
fn check_id(parameter: &str, id: Option<&str>) -> bool {
    indexed_id(parameter, id).or_raise()
}

/// Refuses a flag that is null.
#[pg_extern(sql = false)]
fn check_flag(parameter: &str, flag: Option<bool>) -> bool {
    given(parameter, flag).map(|_| true).or_raise()
}

/// Refuses an expiry that is infinite or not after `now`; null means that the memory is permanent.
#[pg_extern(sql = false)]
fn check_expiry(expires_at: Option<TimestampWithTimeZone>, now: TimestampWithTimeZone) -> bool {
    expires_at.map_or(Ok(true), |moment| still_to_come("expires_at", moment, now)).or_raise()
}

/// Refuses a vector that has no direction, or that is not as long as the `dimensions` that are stored; they are null where
/// embeddings are not enabled.
#[pg_extern(sql = false)]
fn check_embedding(parameter: &str, embedding: Option<Array<'_, f32>>, dimensions: Option<i32>) -> bool {
    given(parameter, embedding).and_then(|embedding| direction(parameter, &embedding, dimensions)).or_raise()
}

/// Refuses a number of dimensions that pgvector's type cannot have.
#[pg_extern(sql = false)]
fn check_dimensions(dimensions: Option<i32>) -> bool {
    given("dimensions", dimensions)
        .and_then(|dimensions| in_range("dimensions", dimensions, 1..=16_000, "a number from 1 to 16000"))
        .or_raise()
}

/// Refuses, always: for the SQL that has found no pgvector.
#[pg_extern(sql = false)]
fn refuse_without_pgvector() -> bool {
    Err(Refusal::NoPgvector).or_raise()
}

/// Refuses, always: for the SQL that has found that embeddings are not enabled.
#[pg_extern(sql = false)]
fn refuse_without_embeddings() -> bool {
    Err(Refusal::NoEmbeddings).or_raise()
}

/// Refuses, always: for the SQL that has found vectors of another length.
#[pg_extern(sql = false)]
fn refuse_other_dimensions(dimensions: i32, wanted: i32) -> bool {
    Err(Refusal::OtherDimensions { dimensions, wanted }).or_raise()
}

/// Refuses, always: for the SQL that has found that a user does not see a memory.
#[pg_extern(sql = false)]
fn refuse_unseen_memory(memory_id: i32, user_id: Option<&str>) -> bool {
    let user_id = user_id.unwrap_or_default().into();
    Err(Refusal::UnseenMemory { id: memory_id, user_id }).or_raise()
}

/// Refuses a due moment that is null, infinite, or outside the years that `moments` reads. One in the past is due at once.
#[pg_extern(sql = false)]
fn check_due(due_at: Option<TimestampWithTimeZone>) -> bool {
    given("due_at", due_at).and_then(readable_due).or_raise()
}

/// Refuses, always: for the SQL that has found a null where a value is needed.
#[pg_extern(sql = false)]
fn refuse_null(parameter: &str) -> bool {
    Err(Refusal::Null { parameter: parameter.into() }).or_raise()
}

/// Refuses, always: for the SQL that has found a JSON value of another shape than it wants.
#[pg_extern(sql = false)]
fn refuse_shape(parameter: &str, value: &str, wanted: &str) -> bool {
    let refusal = Refusal::WrongShape { parameter: parameter.into(), value: value.into(), wanted: wanted.into() };
    Err(refusal).or_raise()
}

/// Refuses, always: for the SQL that has found no such profile.
#[pg_extern(sql = false)]
fn refuse_unknown_profile(user_id: &str) -> bool {
    Err(Refusal::UnknownProfile { user_id: user_id.into() }).or_raise()
}

/// Refuses, always: for the SQL that has found no such memory.
#[pg_extern(sql = false)]
fn refuse_unknown_memory(memory_id: i32) -> bool {
    Err(Refusal::UnknownMemory { id: memory_id }).or_raise()
}

/// Refuses, always: for the SQL that was told to supersede a memory of somebody else.
#[pg_extern(sql = false)]
fn refuse_foreign_memory(memory_id: i32, user_id: Option<&str>) -> bool {
    Err(Refusal::ForeignMemory { id: memory_id, user_id: user_id.map(Into::into) }).or_raise()
}

/// Refuses, always: for the SQL that was told to supersede what is retired already.
#[pg_extern(sql = false)]
fn refuse_retired_memory(memory_id: i32) -> bool {
    Err(Refusal::RetiredMemory { id: memory_id }).or_raise()
}

/// Refuses, always: for the SQL that has found that the role does not act for everyone.
#[pg_extern(sql = false)]
fn refuse_everyones_memory(role: &str) -> bool {
    Err(Refusal::EveryonesMemory { role: role.into() }).or_raise()
}

/// Refuses, always: for the SQL that has found that the role acts for somebody else.
#[pg_extern(sql = false)]
fn refuse_foreign_user(role: &str, acting_for: &str, user_id: &str) -> bool {
    Err(Refusal::ForeignUser { role: role.into(), acting_for: acting_for.into(), user_id: user_id.into() }).or_raise()
}

/// Refuses, always: for the SQL that has found that somebody else owns the file.
#[pg_extern(sql = false)]
fn refuse_foreign_file(file_id: &str, acting_for: &str) -> bool {
    Err(Refusal::ForeignFile { file_id: file_id.into(), acting_for: acting_for.into() }).or_raise()
}

/// Refuses, always: for the SQL that has found that a confined role was not told for whom it acts.
#[pg_extern(sql = false)]
fn refuse_no_acting_user(role: &str) -> bool {
    Err(Refusal::NoActingUser { role: role.into() }).or_raise()
}

/// Refuses, always: for the SQL that has found that the role was granted neither kind of access.
#[pg_extern(sql = false)]
fn refuse_no_kind(role: &str) -> bool {
    Err(Refusal::NoKind { role: role.into() }).or_raise()
}

/// Refuses, always: for the SQL that has found that no policy holds a confined role to its user.
#[pg_extern(sql = false)]
fn refuse_without_row_security(table: &str) -> bool {
    Err(Refusal::NoRowSecurity { table: table.into() }).or_raise()
}

/// Refuses, always: for the SQL that has found that the role acts for one user.
#[pg_extern(sql = false)]
fn refuse_about_all_users(role: &str, function: &str) -> bool {
    Err(Refusal::AboutAllUsers { role: role.into(), function: function.into() }).or_raise()
}

/// Refuses, always: for the SQL that has found the refusal of what it was to store.
#[pg_extern(sql = false)]
fn refuse_refused_statement(refusal_id: i32) -> bool {
    Err(Refusal::RefusedStatement { refusal: refusal_id }).or_raise()
}

/// Refuses, always: for the SQL that has found a due_at in the metadata of a reminder that is no moment.
#[pg_extern(sql = false)]
fn refuse_due(value: &str) -> bool {
    Err(Refusal::UnusableDue { value: value.into() }).or_raise()
}

/// Refuses, always: for the SQL that has found a key it does not know.
#[pg_extern(sql = false)]
fn refuse_unknown_parameter(key: &str, known: &str) -> bool {
    Err(Refusal::UnknownParameter { key: key.into(), known: known.into() }).or_raise()
}

/// Refuses, always: for the SQL that has found no such file.
#[pg_extern(sql = false)]
fn refuse_unknown_file(file_id: &str) -> bool {
    Err(Refusal::UnknownFile { file_id: file_id.into() }).or_raise()
}

/// Refuses, always: for the SQL that has found that file already.
#[pg_extern(sql = false)]
fn refuse_known_file(file_id: &str) -> bool {
    Err(Refusal::KnownFile { file_id: file_id.into() }).or_raise()
}

/// Refuses, always: for the SQL that has found a document which it cannot take in.
#[pg_extern(sql = false)]
fn refuse_document(fault: &str) -> bool {
    Err(Refusal::ForeignDocument { fault: fault.into() }).or_raise()
}

/// Refuses, always: for the SQL whose write has stored no row.
#[pg_extern(sql = false)]
fn refuse_not_stored(what: &str) -> bool {
    Err(Refusal::NotStored { what: what.into() }).or_raise()
}

fn given<T>(parameter: &str, value: Option<T>) -> Result<T, Refusal> {
    value.ok_or_else(|| Refusal::Null { parameter: parameter.into() })
}

fn text(parameter: &str, value: Option<&str>) -> Checked {
    if given(parameter, value)?.trim().is_empty() {
        return Err(Refusal::Empty { parameter: parameter.into() });
    }
    Ok(true)
}

fn says_something(subject: Option<&str>, content: Option<&str>) -> Checked {
    let subject = given("subject", subject)?;
    let content = given("content", content)?;
    text("one of subject and content", Some(&format!("{subject}{content}")))
}

fn importance_in_range(importance: Option<i32>) -> Checked {
    in_range("importance", given("importance", importance)?, 1..=10, "a number from 1 to 10")
}

fn limit_in_range(limit: Option<i32>) -> Checked {
    not_negative("limit", limit)
}

fn not_negative(parameter: &str, value: Option<i32>) -> Checked {
    in_range(parameter, given(parameter, value)?, 0..=i32::MAX, "a number of 0 or more")
}

fn one_of(parameter: &str, value: Option<&str>, known: &[String]) -> Checked {
    let value = given(parameter, value)?;
    if !known.iter().any(|word| word == value) {
        return Err(Refusal::UnknownWord {
            parameter: parameter.into(),
            value: value.into(),
            known: known.join(" or "),
        });
    }
    Ok(true)
}

/// Hexadecimal digits in groups of 8, 4, 4, 4 and 12, as every UUID library writes them.
fn uuid(parameter: &str, value: &str) -> Checked {
    let groups: Vec<&str> = value.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    if lengths != [8, 4, 4, 4, 12] || !groups.concat().bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Refusal::NoUuid { parameter: parameter.into(), value: value.into() });
    }
    Ok(true)
}

/// An index of PostgreSQL takes 2,704 bytes a row, and that of the links holds two of these with a UUID.
const LONGEST_ID: usize = 1000;

fn indexed_id(parameter: &str, id: Option<&str>) -> Checked {
    text(parameter, id)?;
    match id {
        Some(id) if id.len() > LONGEST_ID => {
            Err(Refusal::TooLong { parameter: parameter.into(), value: id.into(), bytes: id.len(), most: LONGEST_ID })
        }
        _ => Ok(true),
    }
}

fn filter_of_words(parameter: &str, words: usize, holds_null: bool) -> Checked {
    if words == 0 {
        return Err(Refusal::EmptyFilter { parameter: parameter.into() });
    }
    if holds_null {
        return Err(Refusal::Null { parameter: format!("an element of {parameter}") });
    }
    Ok(true)
}

fn direction(parameter: &str, embedding: &Array<'_, f32>, dimensions: Option<i32>) -> Checked {
    let dimensions = dimensions.ok_or(Refusal::NoEmbeddings)?;
    let unusable = |fault: String| Err(Refusal::UnusableEmbedding { parameter: parameter.into(), fault });
    if embedding.len() as i64 != i64::from(dimensions) {
        return unusable(format!("must have {dimensions} numbers, not {}", embedding.len()));
    }
    if embedding.contains_nulls() {
        return unusable("must hold no null".into());
    }
    if let Some(number) = embedding.iter().flatten().find(|number| !number.is_finite()) {
        return unusable(format!("must hold finite numbers, not {number}"));
    }
    if embedding.iter().flatten().all(|number| number == 0.0) {
        return unusable("must not be all zeros".into());
    }
    Ok(true)
}

fn in_range(parameter: &str, value: i32, range: std::ops::RangeInclusive<i32>, range_in_words: &str) -> Checked {
    if !range.contains(&value) {
        return Err(Refusal::OutOfRange {
            parameter: parameter.into(),
            value: value.into(),
            range: range_in_words.into(),
        });
    }
    Ok(true)
}

fn still_to_come(parameter: &str, moment: TimestampWithTimeZone, now: TimestampWithTimeZone) -> Checked {
    let unusable = |value: String, fault: &str| {
        Err(Refusal::UnusableMoment { parameter: parameter.into(), value, fault: fault.into() })
    };
    if moment.is_infinity() {
        return unusable("infinity".into(), "must be finite");
    }
    if moment.is_neg_infinity() {
        return unusable("-infinity".into(), "must be finite");
    }
    if moment <= now {
        return unusable(moment.to_iso_string(), "lies in the past");
    }
    Ok(true)
}

fn readable_due(due_at: TimestampWithTimeZone) -> Checked {
    let value = if due_at.is_infinity() {
        "infinity".into()
    } else if due_at.is_neg_infinity() {
        "-infinity".into()
    } else if !(YEAR_1..YEAR_10000).contains(&due_at.into_inner()) {
        due_at.to_iso_string()
    } else {
        return Ok(true);
    };
    Err(Refusal::UnusableDue { value })
}

/// The first moments of these years in UTC, in PostgreSQL's microseconds since 2000.
const YEAR_1: i64 = -730_119 * 86_400_000_000;
const YEAR_10000: i64 = 2_921_940 * 86_400_000_000;
