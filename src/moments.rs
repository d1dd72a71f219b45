//! A moment as applications write it in JSON, as the tables hold one: UTC.
//!
//! PostgreSQL's own reading of a text depends on the session's settings, so that no index can hold it. This one does not.

use pgrx::prelude::*;

const MICROSECONDS_A_SECOND: i64 = 1_000_000;

/// No moment needs as many bytes, and the rest of a page that stands where one is expected is not read.
const LONGEST: usize = 200;

/// The moment of an ISO 8601 text such as `2026-03-01T09:00:00Z` or `2026-03-01 09:00+01:00`; null where it is none, because a
/// row may hold any text. Without an offset it is UTC, as everywhere in the tables.
#[pg_extern(sql = false)]
fn moment_of_text(text: &str) -> Option<Timestamp> {
    if text.len() > LONGEST {
        return None;
    }
    let mut rest = text.trim().as_bytes();
    let year = number(&mut rest, 4)?;
    literal(&mut rest, b"-")?;
    let month = number(&mut rest, 2)?;
    literal(&mut rest, b"-")?;
    let day = number(&mut rest, 2)?;
    literal(&mut rest, b"Tt ")?;
    let hour = number(&mut rest, 2)?;
    literal(&mut rest, b":")?;
    let minute = number(&mut rest, 2)?;
    let seconds = if literal(&mut rest, b":").is_some() { seconds(&mut rest)? } else { 0 };
    let offset = offset_minutes(&mut rest)?;
    let possible = (1..=9999).contains(&year) && (1..=12).contains(&month) && hour < 24 && minute < 60;
    if !(possible && (1..=days_in_month(year, month)).contains(&day) && rest.is_empty()) {
        return None;
    }
    let minutes = (days_since_2000(year, month, day) * 24 + hour) * 60 + minute - offset;
    Timestamp::try_from(minutes * 60 * MICROSECONDS_A_SECOND + seconds).ok()
}

/// So many digits.
fn number(rest: &mut &[u8], digits: usize) -> Option<i64> {
    let (digits, after) = rest.split_at_checked(digits)?;
    *rest = after;
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
}

/// One of the bytes.
fn literal(rest: &mut &[u8], wanted: &[u8]) -> Option<u8> {
    let (first, after) = rest.split_first()?;
    wanted.contains(first).then(|| {
        *rest = after;
        *first
    })
}

/// Seconds with or without a fraction, in microseconds; what is finer is cut off.
fn seconds(rest: &mut &[u8]) -> Option<i64> {
    let whole = number(rest, 2).filter(|seconds| *seconds < 60)?;
    let mut fraction = 0;
    if literal(rest, b".,").is_some() {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, after) = rest.split_at(digits);
        *rest = after;
        fraction = (0..6).fold(0, |sum, place| sum * 10 + digits.get(place).map_or(0, |digit| i64::from(digit - b'0')));
    }
    Some(whole * MICROSECONDS_A_SECOND + fraction)
}

/// `Z`, `+01:00`, `+0100`, `+01`, or nothing.
fn offset_minutes(rest: &mut &[u8]) -> Option<i64> {
    let sign = match literal(rest, b"Zz+-") {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Some(0),
    };
    let hours = number(rest, 2)?;
    let minutes = if literal(rest, b":").is_some() || !rest.is_empty() { number(rest, 2)? } else { 0 };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_since_2000(year: i64, month: i64, day: i64) -> i64 {
    let leap_days = |before: i64| before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    let years = (year - 2000) * 365 + leap_days(year - 1) - leap_days(1999);
    years + (1..month).map(|month| days_in_month(year, month)).sum::<i64>() + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            assert!(moment_of_text(text).is_none(), "{text}");
        }
    }
}
