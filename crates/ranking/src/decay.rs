//! How a memory fades: its relevance when nothing is asked.

use std::borrow::Cow;

const MICROSECONDS_A_DAY: i64 = 86_400_000_000;

/// What an importance that was never set counts as: the column's default.
const USUAL_IMPORTANCE: i32 = 5;

/// What a category means to ranking: each of the six has a slot of its own in the ranking index, and every other
/// word shares one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Slot {
    Other = 0,
    Fact = 1,
    Preference = 2,
    Decision = 3,
    Reminder = 4,
    Context = 5,
    Rule = 6,
}

impl Slot {
    pub const ALL: [Self; 7] =
        [Self::Other, Self::Fact, Self::Preference, Self::Decision, Self::Reminder, Self::Context, Self::Rule];

    pub fn of(category: &str) -> Self {
        match form(category).as_ref() {
            "fact" => Self::Fact,
            "preference" => Self::Preference,
            "decision" => Self::Decision,
            "reminder" => Self::Reminder,
            "context" => Self::Context,
            "rule" => Self::Rule,
            _ => Self::Other,
        }
    }

    /// The days after which a memory counts half: what is lasting fades slowly, what was said in passing within weeks, and how
    /// to behave not at all. A category outside the six lies between a reminder and a decision.
    fn half_life_days(self) -> Option<i64> {
        match self {
            Self::Fact | Self::Preference => Some(365),
            Self::Decision => Some(180),
            Self::Reminder => Some(30),
            Self::Context => Some(14),
            Self::Other => Some(90),
            Self::Rule => None,
        }
    }

    fn half_life_microseconds(self) -> Option<f64> {
        self.half_life_days().map(|days| (days * MICROSECONDS_A_DAY) as f64)
    }
}

/// A category as it is compared: in lower case and without space around it, because a model or a program writes `Fact` and
/// `REMINDER `. It is hashed into an index, and Unicode keeps the case of the letters it knows.
pub fn form(category: &str) -> Cow<'_, str> {
    let trimmed = category.trim();
    if trimmed.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(trimmed)
    } else {
        Cow::Owned(trimmed.to_lowercase())
    }
}

/// `importance * 2 ^ (-age / half_life)`, where `age` is in microseconds; what never fades counts its importance. An age below
/// zero counts as 0: a moment to come is a clock's mistake, or milliseconds taken for seconds, and would outrank everything
/// for as long as it is to come.
///
/// Unlike SQL's `power`, it gives 0 where the result is outside the range of a double precision number, so that a row
/// from the ice age cannot make every ranking of its user fail.
fn decayed(importance: i32, age: f64, slot: Slot) -> f64 {
    let faded = slot.half_life_microseconds().map_or(1.0, |half_life| (-age.max(0.0) / half_life).exp2());
    f64::from(importance) * faded
}

/// log2 of 1 to 10. Written out, because the key below is stored in an index, and a library's logarithm may differ in
/// its last digit from one version to the next.
const LOG2: [f64; 10] = [
    0.0,
    1.0,
    1.584_962_500_721_156_2,
    2.0,
    2.321_928_094_887_362,
    2.584_962_500_721_156,
    2.807_354_922_057_604,
    3.0,
    3.169_925_001_442_312_4,
    std::f64::consts::LOG2_10,
];

/// 2100-01-01, as in `homer.is_far_off`. Nobody means a moment from then on: milliseconds were taken for seconds.
const FAR_OFF: i64 = 36_525 * MICROSECONDS_A_DAY;

/// The `rank_key` of those.
pub const FAR_OFF_KEY: i64 = i64::MIN;

/// The order of memories of one slot, which does not change as time passes: of two that are not to come, the one with the
/// larger key is the more relevant, at any moment. What is far off comes last, so that it does not stand in front of everything
/// where an application does so with every row: it has an index of its own.
///
/// It is the moment of the memory, in microseconds since 2000, moved by a half-life for every doubling of importance:
/// the moment at which a memory of importance 1 would have to be from, to be as relevant. What never fades is in the order of its
/// importance.
fn stored_order(importance: i32, moment: i64, slot: Slot) -> i64 {
    // The CHECK of the table keeps importance in range; an index must take what a row of an unchecked copy holds.
    let importance = importance.clamp(1, 10);
    let Some(half_life) = slot.half_life_microseconds() else { return i64::from(importance) };
    if moment >= FAR_OFF {
        return FAR_OFF_KEY;
    }
    (moment + (half_life * LOG2[importance as usize - 1]).round() as i64).max(FAR_OFF_KEY + 1)
}

/// How relevant a memory is at the moment `now` when nothing is asked. Moments are microseconds since 2000; a null importance
/// counts as 5.
pub fn relevance(importance: Option<i32>, category: &str, moment: Option<i64>, now: i64) -> f64 {
    // i64 overflows for a span that f64 holds without trouble.
    let age = now as f64 - moment.unwrap_or(UNIX_EPOCH) as f64;
    decayed(importance.unwrap_or(USUAL_IMPORTANCE), age, Slot::of(category))
}

/// `stored_order` of a memory as it is stored.
pub fn rank_key(importance: Option<i32>, category: &str, moment: Option<i64>) -> i64 {
    stored_order(importance.unwrap_or(USUAL_IMPORTANCE), moment.unwrap_or(UNIX_EPOCH), Slot::of(category))
}

/// The most that the relevance can be of a memory of this slot with this `rank_key`, unless it is far off: a trifle above it, and
/// more only for one that is to come. Of two memories the one with the larger key has the larger.
pub fn most_relevance(rank_key: i64, slot: Slot, now: i64) -> f64 {
    /// More than what rounding the key to a microsecond makes of the shortest half-life.
    const ROUNDED: f64 = 1.0 + 1e-9;
    let most = match slot.half_life_microseconds() {
        Some(half_life) => ((rank_key as f64 - now as f64) / half_life).exp2(),
        None => rank_key as f64,
    };
    most.min(10.0) * ROUNDED
}

/// 1970-01-01 in PostgreSQL's microseconds since 2000-01-01: 10,957 days before. A memory without a moment counts as from
/// then, so that what has no age does not outrank what is fresh.
const UNIX_EPOCH: i64 = -10_957 * MICROSECONDS_A_DAY;

/// The second since 2000 in which a memory expires, rounded up; the last one there is where it never does, or after
/// 2068. Four bytes, which the ranking index has to spare: expired memories are passed over without reading their rows.
pub fn expiry_second(expires_at: Option<i64>) -> i32 {
    expires_at.map_or(i32::MAX, second_rounded_up)
}

fn second_rounded_up(microseconds: i64) -> i32 {
    let second = microseconds.div_euclid(1_000_000) + i64::from(microseconds.rem_euclid(1_000_000) > 0);
    second.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_counts_half_after_its_half_life() {
        for (category, days) in
            [("fact", 365), ("preference", 365), ("decision", 180), ("reminder", 30), ("context", 14), ("recipe", 90)]
        {
            let half_life = (days * MICROSECONDS_A_DAY) as f64;
            assert_eq!(decayed(8, 0.0, Slot::of(category)), 8.0, "{category}");
            assert_eq!(decayed(8, half_life, Slot::of(category)), 4.0, "{category}");
            assert_eq!(decayed(8, -half_life, Slot::of(category)), 8.0, "{category}");
        }
    }

    #[test]
    fn a_rule_never_fades() {
        let rule = Slot::of(" Rule");
        for age in [0.0, 1e18, f64::MAX, -1e18] {
            assert_eq!(decayed(8, age, rule), 8.0);
        }
        assert!(stored_order(8, 0, rule) > stored_order(7, i64::MAX, rule), "in the order of importance");
        assert_eq!(stored_order(8, i64::MIN, rule), stored_order(8, i64::MAX, rule));
    }

    #[test]
    fn a_category_is_what_it_is_in_any_case_and_with_space_around_it() {
        for (written, compared) in [
            ("fact", "fact"),
            ("Fact", "fact"),
            (" \tREMINDER\u{A0}\n", "reminder"),
            ("shopping list", "shopping list"),
            ("ÜBERRASCHUNG", "überraschung"),
            ("ΛΟΓΟΣ", "λογος"),
            ("", ""),
        ] {
            assert_eq!(form(written), compared);
            assert_eq!(form(compared), compared, "and its form is its own");
        }
        assert_eq!(
            (Slot::of(" Fact"), Slot::of("CONTEXT\n"), Slot::of("f act")),
            (Slot::Fact, Slot::Context, Slot::Other)
        );
    }

    #[test]
    fn no_age_is_too_great_to_rank() {
        let age = 300_000.0 * 365.0 * MICROSECONDS_A_DAY as f64;
        assert_eq!(decayed(10, age, Slot::Context), 0.0);
        assert_eq!(decayed(1, -age, Slot::Context), 1.0);
        assert_eq!(stored_order(2, i64::MIN, Slot::Context), i64::MIN + 14 * MICROSECONDS_A_DAY);
    }

    #[test]
    fn what_nobody_means_stands_last() {
        assert_eq!(stored_order(1, FAR_OFF - 1, Slot::Fact), FAR_OFF - 1);
        for moment in [FAR_OFF, i64::MAX - 1, i64::MAX] {
            assert_eq!(stored_order(10, moment, Slot::Fact), FAR_OFF_KEY, "{moment}");
        }
        assert!(stored_order(1, i64::MIN, Slot::Fact) > FAR_OFF_KEY, "not even minus infinity is mistaken for it");
    }

    #[test]
    fn the_stored_order_is_the_order_of_relevance_at_any_moment_from_the_last_on() {
        for slot in
            [Slot::Other, Slot::Fact, Slot::Preference, Slot::Decision, Slot::Reminder, Slot::Context, Slot::Rule]
        {
            let memories: Vec<(i32, i64)> = (1..=10)
                .flat_map(|importance| (0..50).map(move |n: i64| (importance, n * n * 1_234_567_891_011)))
                .collect();
            for (one, other) in memories.iter().flat_map(|one| memories.iter().map(move |other| (one, other))) {
                let stored = stored_order(one.0, one.1, slot).cmp(&stored_order(other.0, other.1, slot));
                for now in [49 * 49 * 1_234_567_891_011, 6_311_520_000_000_000_i64] {
                    let relevance = |memory: &(i32, i64)| decayed(memory.0, (now - memory.1) as f64, slot);
                    if slot == Slot::Rule || (relevance(one) / relevance(other) - 1.0).abs() > 1e-12 {
                        assert_eq!(relevance(one).total_cmp(&relevance(other)), stored, "{slot:?} {one:?} {other:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_doubling_of_importance_is_worth_exactly_a_half_life() {
        for (half, double) in [(1, 2), (2, 4), (3, 6), (4, 8), (5, 10)] {
            let half_life = 14 * MICROSECONDS_A_DAY;
            let context = Slot::Context;
            assert_eq!(stored_order(half, half_life, context), stored_order(double, 0, context), "{half}");
        }
    }

    #[test]
    fn the_logarithms_are_right() {
        for (importance, log2) in (1..=10).zip(LOG2) {
            assert!((f64::from(importance).log2() - log2).abs() < 1e-15, "{importance}");
        }
    }

    #[test]
    fn a_memory_without_a_moment_counts_as_one_from_1970() {
        assert_eq!(rank_key(Some(1), "fact", None), UNIX_EPOCH);
        assert_eq!(relevance(None, "fact", None, UNIX_EPOCH), 5.0);
        assert_eq!(UNIX_EPOCH, -946_684_800_000_000);
    }

    #[test]
    fn the_second_of_expiry_is_never_before_the_expiry() {
        assert_eq!(second_rounded_up(0), 0);
        assert_eq!(second_rounded_up(1), 1);
        assert_eq!(second_rounded_up(1_000_000), 1);
        assert_eq!(second_rounded_up(-1), 0);
        assert_eq!(second_rounded_up(-1_000_001), -1);
        assert_eq!(second_rounded_up(i64::MAX), i32::MAX);
        assert_eq!(second_rounded_up(i64::MIN), i32::MIN);
    }
}
