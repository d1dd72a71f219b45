//! A model's arguments, read with forbearance: as an object or as the text of one, a number or an array as text, null or an empty
//! text for what was not given. What cannot be meant is a fault that tells the model what to do.

use serde::Serialize;
use serde_json::{Map, Number, Value};

use crate::checks::is_blank;
use crate::errors::Shown;
use crate::moments::moment_or_first_instant;
use crate::tool_schema::{Kind, Property};

/// What is wrong with a call, for the model that made it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    pub fault: String,
    pub hint: String,
}

impl Fault {
    pub fn new(fault: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { fault: fault.into(), hint: hint.into() }
    }
}

/// The arguments of a tool.
pub trait Arguments: Sized + Serialize {
    fn properties() -> Vec<Property>;
    fn read(given: &mut Map<String, Value>) -> Result<Self, Fault>;
}

/// What an argument can be.
pub trait Argument: Sized {
    const KIND: Kind;
    const IS_REQUIRED: bool = true;
    fn read(name: &str, given: Value) -> Result<Self, Fault>;

    fn read_optional(name: &str, given: Option<Value>) -> Result<Self, Fault> {
        match given.filter(is_given) {
            Some(value) => Self::read(name, value),
            None => Err(Fault::new(format!("{name} is missing"), format!("Pass {name}: {}.", wanted(Self::KIND)))),
        }
    }
}

/// Providers that hold a model to a schema have it send null for what it does not want to give, and some models an empty text.
fn is_given(value: &Value) -> bool {
    !value.is_null() && value.as_str().is_none_or(|text| !is_blank(text))
}

impl<T: Argument> Argument for Option<T> {
    const KIND: Kind = T::KIND;
    const IS_REQUIRED: bool = false;

    fn read(name: &str, given: Value) -> Result<Self, Fault> {
        T::read(name, given).map(Some)
    }

    fn read_optional(name: &str, given: Option<Value>) -> Result<Self, Fault> {
        given.filter(is_given).map_or(Ok(None), |value| Self::read(name, value))
    }
}

/// What tools take, as the struct of it: the fields are the arguments, and the comments are what a model is told of them.
macro_rules! arguments {
    ($($(#[doc = $_comment:literal])* struct $name:ident { $(#[doc = $description:literal] $field:ident: $kind:ty,)* })*) => {$(
        $(#[doc = $_comment])*
        #[derive(Debug, serde::Serialize)]
        struct $name { $($field: $kind,)* }

        #[allow(unused_variables, reason = "a tool may take nothing")]
        impl $crate::tool_arguments::Arguments for $name {
            fn properties() -> Vec<$crate::tool_schema::Property> {
                vec![$($crate::tool_schema::Property {
                    name: stringify!($field),
                    description: $description.trim_ascii(),
                    kind: <$kind as $crate::tool_arguments::Argument>::KIND,
                    is_required: <$kind as $crate::tool_arguments::Argument>::IS_REQUIRED,
                },)*]
            }

            fn read(given: &mut serde_json::Map<String, serde_json::Value>) -> Result<Self, $crate::tool_arguments::Fault> {
                Ok(Self { $($field: $crate::tool_arguments::Argument::read_optional(
                    stringify!($field), given.remove(stringify!($field)))?,)* })
            }
        }
    )*};
}
pub(crate) use arguments;

/// The arguments of a call: of those that the tool takes, and none besides.
pub fn read<T: Arguments>(arguments: &str) -> Result<T, Fault> {
    let mut given = object_of(arguments)?;
    let known: Vec<&str> = T::properties().iter().map(|property| property.name).collect();
    if let Some(other) = given.keys().find(|key| !known.contains(&key.as_str())) {
        let hint = match known.as_slice() {
            [] => "It takes no arguments.".to_owned(),
            known => format!("The arguments are: {}.", known.join(", ")),
        };
        return Err(Fault::new(format!("\"{}\" is no argument of this tool", shown(other)), hint));
    }
    T::read(&mut given)
}

/// An object, the text of one, or nothing at all.
pub fn object_of(arguments: &str) -> Result<Map<String, Value>, Fault> {
    const HINT: &str = "Pass the arguments as one JSON object.";
    let mut value = parsed(arguments)?;
    if let Value::String(text) = &value {
        value = if text.trim().is_empty() { Value::Null } else { parsed(text)? };
    }
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(map) if map.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)) => {
            Err(Fault::new("a text must not hold the character NUL", "Leave it out."))
        }
        Value::Object(map) => Ok(map),
        other => Err(Fault::new(format!("the arguments must be an object, not {}", shown(&other.to_string())), HINT)),
    }
}

fn parsed(text: &str) -> Result<Value, Fault> {
    serde_json::from_str(text).map_err(|error| {
        Fault::new(format!("the arguments are no JSON: {error}"), "Pass the arguments as one JSON object.")
    })
}

/// PostgreSQL's texts cannot hold it.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

fn shown(value: &str) -> Shown {
    Shown::from(value)
}

fn wanted(kind: Kind) -> String {
    match kind {
        Kind::Text => "a text".into(),
        Kind::Moment => "a moment such as 2026-03-01T09:00:00+01:00".into(),
        Kind::Word(words) => format!("one of {}", words.join(", ")),
        Kind::Whole(1, i32::MAX) => "a whole number above 0".into(),
        Kind::Whole(least, most) => format!("a whole number from {least} to {most}"),
        Kind::YesNo => "true or false".into(),
        Kind::Texts => "an array of texts".into(),
        Kind::Object => "an object".into(),
        Kind::Objects => "an array of objects".into(),
    }
}

fn wrong<T>(name: &str, kind: Kind, given: &Value) -> Result<T, Fault> {
    let wanted = wanted(kind);
    Err(Fault::new(format!("{name} must be {wanted}, not {}", shown(&given.to_string())), format!("Pass {wanted}.")))
}

/// Whether a number is as it was written: of one that is larger, digits are lost, and a card's or an account's number is another one.
fn is_exact(number: &Number) -> bool {
    const MOST: f64 = 9_007_199_254_740_992.0;
    !number.is_f64() || number.as_f64().is_some_and(|number| number.abs() < MOST)
}

/// A text that says something. A number or a truth value is taken for its text, and an array of one text for that.
impl Argument for String {
    const KIND: Kind = Kind::Text;

    fn read(name: &str, given: Value) -> Result<Self, Fault> {
        match given {
            Value::String(text) => Ok(text),
            Value::Number(number) if is_exact(&number) => Ok(number.to_string()),
            Value::Bool(truth) => Ok(truth.to_string()),
            Value::Array(mut values) if values.len() == 1 && values[0].is_string() => {
                Self::read(name, values.remove(0))
            }
            other => wrong(name, Self::KIND, &other),
        }
    }
}

impl Argument for bool {
    const KIND: Kind = Kind::YesNo;

    fn read(name: &str, given: Value) -> Result<Self, Fault> {
        match &given {
            Value::Bool(truth) => Ok(*truth),
            Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Ok(true),
            Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Ok(false),
            _ => wrong(name, Self::KIND, &given),
        }
    }
}

/// A whole number; its text will do, and `#12` for an id.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Whole<const LEAST: i32, const MOST: i32>(i32);

/// The number of a memory, as lines show it after `#`.
pub type Id = Whole<1, { i32::MAX }>;

impl<const LEAST: i32, const MOST: i32> Argument for Whole<LEAST, MOST> {
    const KIND: Kind = Kind::Whole(LEAST, MOST);

    fn read(name: &str, given: Value) -> Result<Self, Fault> {
        let number = match &given {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().trim_start_matches('#').parse::<f64>().ok(),
            _ => None,
        };
        match number {
            Some(number) if number.fract() == 0.0 && (f64::from(LEAST)..=f64::from(MOST)).contains(&number) => {
                Ok(Self(number as i32))
            }
            _ => wrong(name, Self::KIND, &given),
        }
    }
}

/// Texts in an array; the text of an array will do, and one text for an array of it.
impl Argument for Vec<String> {
    const KIND: Kind = Kind::Texts;

    fn read(name: &str, given: Value) -> Result<Self, Fault> {
        let given = match given {
            Value::String(text) => match serde_json::from_str(&text) {
                Ok(Value::Array(values)) if !values.iter().any(holds_nul) => Value::Array(values),
                _ => Value::Array(vec![Value::String(text)]),
            },
            other => other,
        };
        match &given {
            Value::Array(values) => values
                .iter()
                .map(|value| value.as_str().map(str::to_owned))
                .collect::<Option<Self>>()
                .map_or_else(|| wrong(name, Self::KIND, &given), Ok),
            _ => wrong(name, Self::KIND, &given),
        }
    }
}

/// A moment; a date alone is its first instant, and without an offset it is UTC.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Moment(String);

impl Argument for Moment {
    const KIND: Kind = Kind::Moment;

    fn read(name: &str, given: Value) -> Result<Self, Fault> {
        let Value::String(text) = &given else { return wrong(name, Self::KIND, &given) };
        let moment = moment_or_first_instant(text);
        moment.map_or_else(|| wrong(name, Self::KIND, &given), |moment| Ok(Self(moment.into_owned())))
    }
}

/// A category: a model is shown the usual ones, and may use another word.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Category(String);

impl Argument for Category {
    const KIND: Kind = Kind::Word(&["fact", "preference", "decision", "context", "rule"]);

    fn read(name: &str, given: Value) -> Result<Self, Fault> {
        String::read(name, given).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    arguments! {
        /// For the tests below.
        struct Taken {
            /// A text.
            query: Option<String>,
            /// A number.
            limit: Option<Whole<1, 50>>,
            /// Texts.
            tags: Option<Vec<String>>,
            /// A moment.
            at: Option<Moment>,
            /// Yes or no.
            never: Option<bool>,
            /// An id.
            memory_id: Id,
        }
    }

    fn taken(arguments: &str) -> String {
        match read::<Taken>(arguments) {
            Ok(taken) => serde_json::to_string(&taken).unwrap_or_default(),
            Err(fault) => fault.fault,
        }
    }

    #[test]
    fn what_models_write_is_read() {
        for arguments in [
            r##"{"memory_id": 7, "query": "tea", "limit": 3, "tags": ["a", "b"], "at": "2026-03-01T00:00:00Z", "never": true}"##,
            r##"{"memory_id": "#7", "query": ["tea"], "limit": "3", "tags": "[\"a\", \"b\"]", "at": "2026-03-01", "never": "True"}"##,
            r##""{\"memory_id\": 7.0, \"query\": \"tea\", \"limit\": 3, \"tags\": [\"a\", \"b\"], \"at\": \"2026-03-01\", \"never\": true}""##,
        ] {
            assert_eq!(
                taken(arguments),
                r#"{"query":"tea","limit":3,"tags":["a","b"],"at":"2026-03-01T00:00:00Z","never":true,"memory_id":7}"#,
                "{arguments}"
            );
        }
        let nothing = r#"{"query":null,"limit":null,"tags":null,"at":null,"never":null,"memory_id":7}"#;
        assert_eq!(taken(r#"{"memory_id": 7}"#), nothing);
        assert_eq!(
            taken(r#"{"memory_id": 7, "query": null, "limit": "", "tags": null, "at": " ", "never": null}"#),
            nothing
        );
        assert_eq!(taken(r#"{"memory_id": 7, "query": "\u200b\ufeff"}"#), nothing);
        assert_eq!(
            taken(r#"{"memory_id": 7, "query": 18446744073709551615}"#),
            nothing.replace("\"query\":null", r#""query":"18446744073709551615""#)
        );
        assert_eq!(
            taken(r#"{"memory_id": 7, "tags": "tea, black"}"#),
            nothing.replace("\"tags\":null", r#""tags":["tea, black"]"#)
        );
    }

    #[test]
    fn what_cannot_be_meant_is_a_fault() {
        for (arguments, fault) in [
            ("[1]", "the arguments must be an object, not [1]"),
            ("\"\"", "memory_id is missing"),
            ("null", "memory_id is missing"),
            (r#"{"memory_id": 0}"#, "memory_id must be a whole number above 0, not 0"),
            (r#"{"memory_id": 1.5}"#, "memory_id must be a whole number above 0, not 1.5"),
            (r#"{"memory_id": 3e9}"#, "memory_id must be a whole number above 0, not 3000000000.0"),
            (r#"{"memory_id": 1, "limit": "NaN"}"#, "limit must be a whole number from 1 to 50, not \"NaN\""),
            (r#"{"memory_id": 1, "limit": 51}"#, "limit must be a whole number from 1 to 50, not 51"),
            (r#"{"memory_id": 1, "tags": [1]}"#, "tags must be an array of texts, not [1]"),
            (
                r#"{"memory_id": 1, "at": "tomorrow"}"#,
                "at must be a moment such as 2026-03-01T09:00:00+01:00, not \"tomorrow\"",
            ),
            (r#"{"memory_id": 1, "query": {}}"#, "query must be a text, not {}"),
            (
                r#"{"memory_id": 1, "query": 98765432109876543210987}"#,
                "query must be a text, not 9.876543210987655e+22",
            ),
            (r#"{"memory_id": 1, "user_id": "devon"}"#, "\"user_id\" is no argument of this tool"),
            (r#""{\"memory_id\": 1, \"query\": \"a\\u0000b\"}""#, "a text must not hold the character NUL"),
        ] {
            assert_eq!(taken(arguments), fault, "{arguments}");
        }
    }
}
