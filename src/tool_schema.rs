//! The schemas of a tool's arguments, as each provider wants them.

use serde::Serialize;
use std::collections::BTreeMap;

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Text,
    /// A moment with a date and a time.
    Moment,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number from the one to the other.
    Whole(i32, i32),
    YesNo,
    /// Any number of texts.
    Texts,
    Object,
    Objects,
}

/// An argument of a tool, or a part of what it gives.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    pub name: &'static str,
    pub description: &'static str,
    pub kind: Kind,
    pub is_required: bool,
}

/// How schemas are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dialect {
    /// JSON Schema. What a tool does not take is refused by the tool, and not here: each word costs tokens.
    Json,
    /// JSON Schema of which a model's output can be held to the letter: every property is required, the optional ones may be
    /// null, and nothing else may be there. Providers take no bounds of numbers there.
    Strict,
    /// Gemini's own, after OpenAPI 3.0: no additionalProperties and no $ref.
    Gemini,
    /// The same with every property required.
    StrictGemini,
}

impl Dialect {
    fn is_strict(self) -> bool {
        matches!(self, Self::Strict | Self::StrictGemini)
    }

    fn is_geminis(self) -> bool {
        matches!(self, Self::Gemini | Self::StrictGemini)
    }
}

/// A schema; what it does not say is left out.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    r#type: Type,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#enum: Option<Vec<Option<&'static str>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nullable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Box<Self>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<BTreeMap<&'static str, Self>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_properties: Option<bool>,
}

/// The name of a type, or two of them where a value may be null.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Type {
    One(&'static str),
    Either([&'static str; 2]),
}

impl Default for Type {
    fn default() -> Self {
        Self::One("object")
    }
}

/// The schema of an object that has some of these properties.
pub fn object_of_some(properties: &[Property]) -> Schema {
    Schema { required: None, ..object(properties, Dialect::Json) }
}

/// The schema of an object with these properties.
pub fn object(properties: &[Property], dialect: Dialect) -> Schema {
    let is_required = |property: &&Property| dialect.is_strict() || property.is_required;
    let required: Vec<&str> = properties.iter().filter(is_required).map(|property| property.name).collect();
    Schema {
        r#type: name_of("object", dialect),
        properties: Some(properties.iter().map(|property| (property.name, of_property(property, dialect))).collect()),
        // Gemini refuses an empty list.
        required: (dialect == Dialect::Strict || !required.is_empty()).then_some(required),
        additional_properties: (dialect == Dialect::Strict).then_some(false),
        ..Schema::default()
    }
}

fn of_property(property: &Property, dialect: Dialect) -> Schema {
    let mut schema = of_kind(property.kind, dialect);
    schema.description = Some(property.description).filter(|description| !description.is_empty());
    if dialect.is_strict() && !property.is_required {
        schema.allow_null(dialect);
    }
    schema
}

fn of_kind(kind: Kind, dialect: Dialect) -> Schema {
    let of_type = |name| Schema { r#type: name_of(name, dialect), ..Schema::default() };
    let array_of = |element| Schema { items: Some(Box::new(of_kind(element, dialect))), ..of_type("array") };
    let bound = |number| (!dialect.is_strict()).then_some(number);
    match kind {
        Kind::Text => of_type("string"),
        Kind::Moment => Schema { format: Some("date-time"), ..of_type("string") },
        Kind::Word(words) => {
            Schema { r#enum: Some(words.iter().map(|word| Some(*word)).collect()), ..of_type("string") }
        }
        Kind::Whole(_, i32::MAX) => of_type("integer"),
        // That it is above 0 goes without saying, and costs tokens.
        Kind::Whole(1, most) => Schema { maximum: bound(most), ..of_type("integer") },
        Kind::Whole(least, most) => Schema { minimum: bound(least), maximum: bound(most), ..of_type("integer") },
        Kind::YesNo => of_type("boolean"),
        Kind::Texts => array_of(Kind::Text),
        Kind::Object => of_type("object"),
        // What a tool gives, of which a program reads more than a schema says.
        Kind::Objects => of_type("array"),
    }
}

fn name_of(name: &'static str, dialect: Dialect) -> Type {
    Type::One(match name {
        _ if !dialect.is_geminis() => name,
        "object" => "OBJECT",
        "array" => "ARRAY",
        "string" => "STRING",
        "integer" => "INTEGER",
        "boolean" => "BOOLEAN",
        other => other,
    })
}

impl Schema {
    fn allow_null(&mut self, dialect: Dialect) {
        if dialect.is_geminis() {
            self.nullable = Some(true);
            return;
        }
        if let Type::One(name) = self.r#type {
            self.r#type = Type::Either([name, "null"]);
        }
        if let Some(words) = &mut self.r#enum {
            words.push(None);
        }
    }
}
