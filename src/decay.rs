//! How a memory fades: its relevance when nothing is asked.

use pgrx::prelude::*;

const MICROSECONDS_A_DAY: f64 = 86_400e6;

/// What an importance that was never set counts as: the column's default.
const USUAL_IMPORTANCE: i32 = 5;

/// The days after which a memory of this category counts half: what is lasting fades slowly, what was said in passing
/// within weeks. A category outside the five lies between a reminder and a decision.
pub fn half_life_days(category: &str) -> f64 {
    match category {
        "fact" | "preference" => 365.0,
        "decision" => 180.0,
        "reminder" => 30.0,
        "context" => 14.0,
        _ => 90.0,
    }
}

/// `importance * 2 ^ (-age / half_life)`, where `age` is in microseconds and negative for a moment to come.
///
/// Unlike SQL's `power`, it gives 0 or infinity where the result is outside the range of a double precision number,
/// so that a row from the year 1900 or 290000 cannot make every ranking of its user fail.
pub fn decayed(importance: i32, age: f64, half_life_days: f64) -> f64 {
    f64::from(importance) * (-age / (half_life_days * MICROSECONDS_A_DAY)).exp2()
}

/// The relevance of a memory at the moment `now`. A null importance counts as 5, a null updated_at as created_at, and
/// a memory without either moment as one from 1970, so that what has no age does not outrank what is fresh.
#[pg_extern(sql = false)]
fn relevance(
    importance: Option<i32>,
    category: &str,
    updated_at: Option<Timestamp>,
    created_at: Option<Timestamp>,
    now: Timestamp,
) -> f64 {
    let said = updated_at.or(created_at).map_or(UNIX_EPOCH, Timestamp::into_inner);
    // i64 overflows for a span that f64 holds without trouble.
    let age = now.into_inner() as f64 - said as f64;
    decayed(importance.unwrap_or(USUAL_IMPORTANCE), age, half_life_days(category))
}

/// 1970-01-01 in PostgreSQL's microseconds since 2000-01-01: 10,957 days before.
const UNIX_EPOCH: pg_sys::Timestamp = -10_957 * 86_400 * 1_000_000;

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use super::*;

    #[test]
    fn a_memory_counts_half_after_its_half_life() {
        for (category, days) in [
            ("fact", 365.0),
            ("preference", 365.0),
            ("decision", 180.0),
            ("reminder", 30.0),
            ("context", 14.0),
            ("recipe", 90.0),
        ] {
            let half_life = half_life_days(category);
            assert_eq!(half_life, days, "{category}");
            assert_eq!(decayed(8, 0.0, half_life), 8.0);
            assert_eq!(decayed(8, days * MICROSECONDS_A_DAY, half_life), 4.0);
            assert_eq!(decayed(8, -days * MICROSECONDS_A_DAY, half_life), 16.0);
        }
    }

    #[test]
    fn no_age_is_too_great_to_rank() {
        let age = 300_000.0 * 365.0 * MICROSECONDS_A_DAY;
        assert_eq!(decayed(10, age, 14.0), 0.0);
        assert_eq!(decayed(1, -age, 14.0), f64::INFINITY);
    }

    #[pg_test]
    fn sql_and_rust_agree_on_every_fallback() {
        let relevance =
            |arguments: &str| Spi::get_one::<f64>(&format!("SELECT homer.relevance({arguments})")).unwrap().unwrap();
        let day = "timestamp '2026-01-08'";
        assert_eq!(relevance(&format!("8, 'context', timestamp '2025-12-25', NULL, {day}")), 4.0);
        assert_eq!(relevance(&format!("8, 'context', NULL, timestamp '2025-12-25', {day}")), 4.0);
        assert_eq!(relevance(&format!("NULL, 'context', timestamp '2025-12-25', NULL, {day}")), 2.5);
        let age =
            Spi::get_one::<i64>(&format!("SELECT (extract(epoch FROM {day}) * 1000000)::bigint")).unwrap().unwrap();
        assert_eq!(relevance(&format!("8, 'fact', NULL, NULL, {day}")), decayed(8, age as f64, half_life_days("fact")));
        assert_eq!(UNIX_EPOCH, -946_684_800_000_000);
    }
}
