//! The columns of a profile that `homer_upsert_profile` sets by name, and what each may hold.

use crate::errors::Refusal;
use crate::refusing::{Checked, refusing};

/// What a setting may hold, besides JSON null, which clears it.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    Boolean,
    Strings,
    OneOf(&'static [&'static str]),
}

const COMMUNICATION_STYLES: &[&str] = &["professional", "casual", "brief"];

/// In the order of the table's columns. What is absent is not for callers to set: the identity, the counts and the
/// moments, which homer keeps by itself, and display_name and role, which are parameters of their own.
const SETTINGS: &[(&str, Holds)] = &[
    ("preferred_name", Holds::Text),
    ("title", Holds::Text),
    ("communication_style", Holds::OneOf(COMMUNICATION_STYLES)),
    ("preferred_greeting", Holds::Text),
    ("wants_detailed_analysis", Holds::Boolean),
    ("wants_proactive_insights", Holds::Boolean),
    ("focus_areas", Holds::Strings),
    ("responsibilities", Holds::Text),
    ("working_hours", Holds::Text),
    ("timezone", Holds::Text),
];

impl Holds {
    /// Whether a JSON value of this kind (a word of `homer.json_kind`) and text fits.
    fn accepts(self, kind: &str, value: &str) -> bool {
        match self {
            _ if kind == "null" => true,
            Self::Text => kind == "string",
            Self::Boolean => kind == "boolean",
            Self::Strings => kind == "array of strings",
            Self::OneOf(words) => kind == "string" && words.contains(&value),
        }
    }

    fn in_words(self) -> String {
        match self {
            Self::Text => "a string".into(),
            Self::Boolean => "true or false".into(),
            Self::Strings => "an array of strings".into(),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
        }
    }
}

refusing! {
    /// Refuses a key that is no setting, and a value that its column cannot hold. `kind` is a word of `homer.json_kind`;
    /// `value` is the JSON value, a string without its quotes.
    fn check_setting(key: &str, kind: &str, value: Option<&str>) -> Checked {
        fits(key, kind, value.unwrap_or("null"))
    }

    /// Refuses a timezone that PostgreSQL does not know; a null one is not asked about.
    fn check_timezone(name: Option<&str>, known: Option<bool>) -> Checked {
        match (name, known) {
            (Some(name), Some(false)) => Err(Refusal::UnknownTimezone { name: name.into() }),
            _ => Ok(()),
        }
    }
}

fn fits(key: &str, kind: &str, value: &str) -> Checked {
    let Some((_, holds)) = SETTINGS.iter().find(|(name, _)| *name == key) else {
        return Err(Refusal::UnknownSetting { key: key.into(), known: names() });
    };
    if !holds.accepts(kind, value) {
        return Err(Refusal::WrongSetting { key: key.into(), value: value.into(), wanted: holds.in_words() });
    }
    Ok(())
}

fn names() -> String {
    SETTINGS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_can_be_cleared() {
        for (name, _) in SETTINGS {
            assert_eq!(fits(name, "null", "null"), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_value_of_another_kind_is_refused_with_what_fits() {
        assert_eq!(fits("wants_detailed_analysis", "boolean", "false"), Ok(()));
        assert_eq!(
            fits("wants_detailed_analysis", "string", "no").map_err(|refusal| refusal.hint()),
            Err("wants_detailed_analysis takes true or false.".into())
        );
    }

    #[test]
    fn columns_that_homer_keeps_are_no_settings() {
        for column in ["id", "user_id", "total_interactions", "last_interaction", "updated_at"] {
            assert!(matches!(fits(column, "null", "null"), Err(Refusal::UnknownSetting { .. })));
        }
    }
}
