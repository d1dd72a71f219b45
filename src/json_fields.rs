//! The JSON objects that calls take: `homer_upsert_profile` a profile's settings, `homer_remember_many` memories. Which keys each
//! has, and what a value may be.
//!
//! They come as text, because pgrx makes a `Value` of jsonb, which JSON that is nested deeply and large numbers do not fit. Here a
//! value stays text until it is known to be of the kind that is wanted.

use std::borrow::Cow;
use std::collections::BTreeMap;

use homer_interrupts::cancellable;
use serde_json::from_str;
use serde_json::value::RawValue;

use crate::checks::{at_most, given};
use crate::errors::Refusal;
use crate::moments::given_moment;
use crate::refusing::{Checked, refusing};

/// What a value may be, besides JSON null, which stands for none.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    Moment,
    Boolean,
    Whole,
    Numbers,
    Strings,
    Object,
    OneOf(&'static [&'static str]),
}

/// The keys that an object may have.
type Keys = [(&'static str, Holds)];

const COMMUNICATION_STYLES: &[&str] = &["professional", "casual", "brief"];

/// In the order of the table's columns. What is absent is not for callers to set: the identity, the counts and the
/// moments, which homer keeps by itself, and display_name and role, which are parameters of their own.
const SETTINGS: &Keys = &[
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

/// The parameters of `homer_remember` in their order, and when a memory was said.
const PARAMETERS: &Keys = &[
    ("user_id", Holds::Text),
    ("category", Holds::Text),
    ("subject", Holds::Text),
    ("content", Holds::Text),
    ("importance", Holds::Whole),
    ("expires_at", Holds::Moment),
    ("tags", Holds::Strings),
    ("metadata", Holds::Object),
    ("source_conversation_id", Holds::Text),
    ("source_message_id", Holds::Text),
    ("supersedes", Holds::Whole),
    ("embedding", Holds::Numbers),
    ("created_at", Holds::Moment),
];

/// What a vector's number may be at most, on either side of zero: it is kept as a 4-byte float.
const LARGEST: f64 = 3e38;

impl Holds {
    fn accepts(self, value: &str) -> bool {
        match self {
            _ if value == "null" => true,
            // What a text has to say is asked apart.
            Self::Text | Self::Moment => from_str::<String>(value).is_ok(),
            Self::Boolean => from_str::<bool>(value).is_ok(),
            Self::Whole => is_whole(value),
            Self::Numbers => from_str::<Vec<f64>>(value).is_ok_and(|n| n.iter().all(|n| n.abs() <= LARGEST)),
            Self::Strings => from_str::<Vec<String>>(value).is_ok(),
            Self::Object => fields(value).is_some(),
            Self::OneOf(words) => from_str::<String>(value).is_ok_and(|word| words.contains(&word.as_str())),
        }
    }

    fn in_words(self) -> Cow<'static, str> {
        match self {
            Self::Text | Self::Moment => "a string".into(),
            Self::Boolean => "true or false".into(),
            Self::Whole => "a whole number".into(),
            Self::Numbers => "an array of numbers".into(),
            Self::Strings => "an array of strings".into(),
            Self::Object => "a JSON object".into(),
            Self::OneOf(words) => format!("one of {}", words.join(", ")).into(),
        }
    }
}

/// Whether it is a number that an integer holds, as PostgreSQL writes it: with a fraction perhaps, and never with an exponent.
fn is_whole(value: &str) -> bool {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    whole.parse::<i32>().is_ok() && fraction.bytes().all(|digit| digit == b'0')
}

refusing! {
    /// Refuses settings that are null or no object, a key that is no setting, and a value that its column cannot hold.
    fn check_settings(settings: Option<&str>) -> Checked {
        let settings = given("settings", settings)?;
        let settings = fields(settings).ok_or_else(|| wrong_shape("settings", settings, "a JSON object"))?;
        settings.into_iter().try_for_each(|(key, value)| setting(&key, value.get()))
    }

    /// Refuses what is no array of objects that have the shape of memories to be stored, and names the first that has not.
    fn check_memories(memories: Option<&str>) -> Checked {
        let memories = given("memories", memories)?;
        let elements: Vec<&RawValue> =
            from_str(memories).map_err(|_| wrong_shape("memories", memories, "a JSON array"))?;
        cancellable((1..).zip(elements)).try_for_each(|(place, element)| memory(place, element.get()))
    }
}

/// The fields of a JSON object; none where it is something else.
fn fields(object: &str) -> Option<BTreeMap<String, &RawValue>> {
    from_str(object).ok()
}

fn setting(key: &str, value: &str) -> Checked {
    let Some(holds) = of(SETTINGS, key) else {
        return Err(Refusal::UnknownSetting { key: key.into(), known: names(SETTINGS) });
    };
    let shown = from_str(value).map_or(Cow::Borrowed(value), Cow::Owned);
    if !holds.accepts(value) {
        return Err(Refusal::WrongSetting {
            key: key.into(),
            value: (&*shown).into(),
            wanted: holds.in_words().into(),
        });
    }
    at_most(&format!("setting {key}"), &shown, if key == "timezone" { 1024 } else { 65536 })
}

/// `place` is the position in the array, the first being 1.
fn memory(place: usize, element: &str) -> Checked {
    let path = format!("memories[{place}]");
    let memory = fields(element).ok_or_else(|| wrong_shape(&path, element, "a JSON object"))?;
    memory.iter().try_for_each(|(key, value)| parameter(&path, key, value.get()))?;
    // A variable that was lost on the way must not tell everyone what was meant for one.
    if !memory.contains_key("user_id") {
        return Err(wrong_shape(&path, element, "an object with user_id, which is null for a memory of everyone"));
    }
    Ok(())
}

fn parameter(path: &str, key: &str, value: &str) -> Checked {
    let Some(holds) = of(PARAMETERS, key) else {
        return Err(Refusal::UnknownParameter { path: path.into(), key: key.into(), known: names(PARAMETERS) });
    };
    if !holds.accepts(value) {
        return Err(wrong_shape(&format!("{path}.{key}"), value, &holds.in_words()));
    }
    match (holds, from_str::<String>(value)) {
        (Holds::Moment, Ok(text)) if given_moment(&text).is_none() => {
            Err(Refusal::UnreadableMoment { parameter: format!("{path}.{key}").into(), value: text.into() })
        }
        _ => Ok(()),
    }
}

fn of(keys: &Keys, key: &str) -> Option<Holds> {
    keys.iter().find(|(name, _)| *name == key).map(|(_, holds)| *holds)
}

fn names(keys: &Keys) -> String {
    keys.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn wrong_shape(parameter: &str, value: &str, wanted: &str) -> Refusal {
    Refusal::WrongShape { parameter: parameter.into(), value: value.into(), wanted: wanted.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_can_be_cleared() {
        for (name, _) in SETTINGS {
            assert_eq!(setting(name, "null"), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_value_of_another_kind_is_refused_with_what_fits() {
        assert_eq!(setting("wants_detailed_analysis", "false"), Ok(()));
        assert_eq!(
            setting("wants_detailed_analysis", "\"no\"").map_err(|refusal| refusal.hint()),
            Err("wants_detailed_analysis takes true or false.".into())
        );
    }

    #[test]
    fn columns_that_homer_keeps_are_no_settings() {
        for column in ["id", "user_id", "total_interactions", "last_interaction", "updated_at"] {
            assert!(matches!(setting(column, "null"), Err(Refusal::UnknownSetting { .. })));
        }
    }

    #[test]
    fn a_whole_number_is_one_that_an_integer_holds() {
        for (value, fits) in [
            ("7", true),
            ("-2147483648", true),
            ("7.000", true),
            ("7.5", false),
            ("2147483648", false),
            ("7.00000000000000000000000000000001", false),
            ("\"7\"", false),
            ("[7]", false),
        ] {
            assert_eq!(Holds::Whole.accepts(value), fits, "{value}");
        }
    }

    #[test]
    fn what_is_too_deep_or_too_large_is_a_value_like_any_other() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        let large = "9".repeat(400);
        for value in [&deep, &large] {
            let memory = |key: &str| memory(3, &format!("{{\"user_id\": null, \"{key}\": {value}}}"));
            assert!(
                memory("metadata").is_err_and(|refusal| refusal.message().starts_with("memories[3].metadata must be"))
            );
            assert!(
                memory("embedding")
                    .is_err_and(|refusal| refusal.message().starts_with("memories[3].embedding must be"))
            );
        }
        assert_eq!(
            memory(3, &format!("{{\"user_id\": null, \"metadata\": {{\"deep\": {deep}, \"large\": {large}}}}}")),
            Ok(())
        );
    }
}
