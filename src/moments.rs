//! A moment as applications write it in JSON, as the tables hold one: UTC.
//!
//! PostgreSQL's own reading of a text depends on the session's settings, so that no index can hold it. This one does not.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use pgrx::prelude::*;

/// No moment needs as many bytes, and the rest of a page that stands where one is expected is not read.
const LONGEST: usize = 200;

/// Where PostgreSQL counts from.
const YEAR_2000: NaiveDateTime = NaiveDate::from_ymd_opt(2000, 1, 1).expect("a date").and_time(NaiveTime::MIN);

/// The moment of an ISO 8601 text such as `2026-03-01T09:00:00Z` or `2026-03-01 09:00+01:00`; null where it is none, because a
/// row may hold any text. Without an offset it is UTC, as everywhere in the tables.
#[pg_extern(sql = false)]
pub fn moment_of_text(text: &str) -> Option<Timestamp> {
    if text.len() > LONGEST {
        return None;
    }
    let (date, time) = text.trim().split_at_checked(10)?;
    let (time, offset) = time.split_at(time.find(['Z', 'z', '+', '-']).unwrap_or(time.len()));
    let moment = date_of(date)?.and_time(time_of(time.strip_prefix(['T', 't', ' '])?)?) - offset_of(offset)?;
    Timestamp::try_from((moment - YEAR_2000).num_microseconds()?).ok()
}

/// A moment as a caller of `homer_remember_many` gives it: a day alone is its first instant. Infinity is read as well, so that the
/// checks of moments say what is wrong with it.
#[pg_extern(sql = false)]
pub fn given_moment(text: &str) -> Option<Timestamp> {
    match text.trim() {
        "infinity" => Some(Timestamp::positive_infinity()),
        "-infinity" => Some(Timestamp::negative_infinity()),
        text => moment_of_text(&moment_or_first_instant(text)?),
    }
}

/// A text that `moment_of_text` reads, itself or as a day alone.
pub fn moment_or_first_instant(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim();
    let is_moment = |text: &str| moment_of_text(text).is_some();
    if is_moment(text) {
        return Some(text.into());
    }
    let instant = (text.len() == "2026-03-01".len()).then(|| format!("{text}T00:00:00Z"))?;
    is_moment(&instant).then(|| instant.into())
}

/// The day of a moment as ISO 8601 writes it, `2026-03-01`. None for infinity and what no calendar has.
pub fn iso_day(moment: Timestamp) -> Option<String> {
    let moment = YEAR_2000.checked_add_signed(TimeDelta::microseconds(moment.into()))?;
    Some(moment.format("%Y-%m-%d").to_string())
}

/// `2026-03-01`, in the years 1 to 9999.
fn date_of(text: &str) -> Option<NaiveDate> {
    let date = is_like(text, "0000-00-00").then(|| NaiveDate::parse_from_str(text, "%F").ok())?;
    date.filter(|_| !text.starts_with("0000"))
}

/// `09:00`, `09:00:00` or `09:00:00.123`; what is finer than a microsecond is cut off, and a leap second is none.
fn time_of(text: &str) -> Option<NaiveTime> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let time = match whole {
        _ if is_like(whole, "00:00:00") => NaiveTime::parse_from_str(whole, "%T").ok(),
        _ if is_like(whole, "00:00") && whole == text => NaiveTime::parse_from_str(whole, "%R").ok(),
        _ => None,
    };
    let microseconds =
        format!("{:0<6.6}", fraction).parse::<u32>().ok().filter(|_| fraction.bytes().all(|b| b.is_ascii_digit()))?;
    time.filter(|time| time.nanosecond() == 0)?.with_nanosecond(microseconds * 1000)
}

/// `Z`, `+01:00`, `+0100`, `+01`, or nothing.
fn offset_of(text: &str) -> Option<TimeDelta> {
    let Some(offset) = text.strip_prefix(['+', '-']) else {
        return matches!(text, "" | "Z" | "z").then(TimeDelta::zero);
    };
    let digits = offset.replacen(':', "", 1);
    let is_one = ["00:00", "0000", "00"].iter().any(|pattern| is_like(offset, pattern));
    let time = is_one.then(|| NaiveTime::parse_from_str(&format!("{digits:0<4}"), "%H%M").ok())??;
    let east = TimeDelta::seconds(time.num_seconds_from_midnight().into());
    Some(if text.starts_with('-') { -east } else { east })
}

/// Whether a text is a pattern with other digits.
fn is_like(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text
            .bytes()
            .zip(pattern.bytes())
            .all(|(byte, wanted)| byte == wanted || wanted == b'0' && byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_each_of_its_forms() {
        let microseconds = |text: &str| moment_of_text(text).map(i64::from);
        let nine = microseconds("2026-03-01T09:00:00Z");
        assert_eq!(nine, Some(825_670_800_000_000));
        for text in [
            "2026-03-01 09:00",
            " 2026-03-01t09:00:00z ",
            "2026-03-01T10:00+01:00",
            "2026-03-01T03:30-0530",
            "2026-03-01T19:00:00+10",
        ] {
            assert_eq!(microseconds(text), nine, "{text}");
        }
        assert_eq!(microseconds("2026-03-01T09:00:00.1234567"), nine.map(|moment| moment + 123_456));
        assert_eq!(microseconds("2026-03-01T09:00:00,5Z"), nine.map(|moment| moment + 500_000));
        assert_eq!(microseconds("0001-01-01T00:00Z"), Some(-63_082_281_600_000_000));
    }

    #[test]
    fn a_day_alone_is_its_first_instant() {
        // As numbers, which no server is needed to compare.
        let given = |text| given_moment(text).map(Timestamp::into_inner);
        let read = |text| moment_of_text(text).map(Timestamp::into_inner);
        assert_eq!(given("2026-03-01"), read("2026-03-01T00:00:00Z"));
        assert_eq!(given(" 2026-03-01T09:00+01:00"), read("2026-03-01T08:00:00Z"));
        assert_eq!(given("infinity"), Some(i64::MAX));
        for text in
            ["03/04/2030", "2026-02-29", "tomorrow", "", "2026-03", "now", "2026-03-01T", "20260301", "Infinity"]
        {
            assert!(given_moment(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_day_is_written_as_it_is_read() {
        assert_eq!(iso_day(moment_of_text("2024-02-29T23:59:59Z").unwrap()), Some("2024-02-29".into()));
        assert_eq!(iso_day(Timestamp::positive_infinity()), None);
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "tomorrow",
            "2026-03-01",
            "2026-13-01T00:00Z",
            "2026-02-29T00:00Z",
            "1900-02-29T00:00Z",
            "2026-03-01T24:00Z",
            "2026-03-01T09:60Z",
            "2026-03-01T09:00:60Z",
            "2026-03-01T09:00:00Zz",
            "2026-03-01T09:00+1",
            "+026-03-01T09:00Z",
            "0000-01-01T00:00Z",
            "infinity",
            "2026-03-01T09:00:00+25:00",
            "２026-03-01T09:00Z",
            "2026-03-01T09:00.5Z",
            "2026-03-01T09:00:00.5x",
            "2026-03-01X09:00Z",
            "2026-03-01T9:00Z",
            "2026-03-01T09:00+01:60",
            "2026-03-01T09:00:00 Z",
        ] {
            assert!(moment_of_text(text).is_none(), "{text}");
        }
    }
}
