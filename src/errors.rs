//! Every error that homer itself raises: its SQLSTATE, its message and its hint.
//!
//! The SQLSTATEs form a class of their own, `ME` (memory). The SQL standard leaves classes that begin with I to Z to
//! implementations, and PostgreSQL uses no `ME`, so a client can tell homer's refusals from everything else by two
//! letters.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A value of the caller's as a message shows it: its first 80 characters, so that a pasted page does not become the message.
/// What is longer is never copied.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "String")]
pub struct Shown(String);

impl From<&str> for Shown {
    fn from(value: &str) -> Self {
        const LONGEST: usize = 80;
        Self(match value.char_indices().nth(LONGEST) {
            None => value.into(),
            Some((end, _)) => format!("{}…", &value[..end]),
        })
    }
}

impl From<String> for Shown {
    fn from(value: String) -> Self {
        value.as_str().into()
    }
}

impl Display for Shown {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Why a call was refused. A refused call changes nothing.
///
/// SQL names one by its kind, the variant in small letters with `_` between the words, and gives the fields as JSON:
/// `homer.refuse('unknown_memory', '{"id": 7}')`. Those that Rust alone finds are skipped.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// A null where a value is needed.
    Null { parameter: Shown },
    /// A null in an array.
    #[serde(skip)]
    NullElement { parameter: Shown },
    /// A text that says nothing: empty, or white space alone.
    #[serde(skip)]
    Empty { parameter: Shown },
    /// A filter that lets nothing pass.
    #[serde(skip)]
    EmptyFilter { parameter: Shown },
    /// A number outside its range; `meaning` says what the numbers stand for.
    #[serde(skip)]
    OutOfRange { parameter: Shown, value: i32, range: &'static str, meaning: &'static str },
    /// A moment that cannot be used: infinite, or past where it must lie ahead.
    #[serde(skip)]
    UnusableMoment { parameter: Shown, value: Shown, fault: Shown },
    /// A text in JSON that is no moment.
    #[serde(skip)]
    UnreadableMoment { parameter: Shown, value: Shown },
    /// A moment at which nothing can fall due.
    UnusableDue { value: Shown },
    /// A value whose shape is not the one wanted.
    WrongShape { parameter: Shown, value: Shown, wanted: Shown },
    /// A key of `settings` that is not one of a profile's columns.
    #[serde(skip)]
    UnknownSetting { key: Shown, known: String },
    /// A value in `settings` that its column cannot hold.
    #[serde(skip)]
    WrongSetting { key: Shown, value: Shown, wanted: String },
    /// A timezone that PostgreSQL cannot compute a local time in.
    #[serde(skip)]
    UnknownTimezone { name: Shown },
    /// A user without a profile, where one is needed.
    UnknownProfile { user_id: Shown },
    /// A memory that does not exist.
    UnknownMemory { id: i32 },
    /// A memory that the user does not see: another's, retired, expired, or none at all.
    UnseenMemory { id: i32, user_id: Option<Shown> },
    /// Vectors where homer_enable_embeddings was never called.
    NoEmbeddings,
    /// A vector that has no direction or another length than the stored ones.
    #[serde(skip)]
    UnusableEmbedding { parameter: Shown, fault: Shown },
    /// Embeddings are enabled with another number of dimensions.
    OtherDimensions { dimensions: i32, wanted: i32 },
    /// A memory to be superseded that is of another user.
    ForeignMemory { id: i32, user_id: Option<Shown> },
    /// A memory to be superseded that was retired before, or has expired.
    RetiredMemory {
        id: i32,
        /// Whether it is to be changed itself, and not replaced.
        #[serde(default)]
        to_change: bool,
    },
    /// What everyone is told, to a role that may not decide that.
    EveryonesMemory { role: Shown },
    /// Another user than the one a confined role acts for.
    ForeignUser { role: Shown, acting_for: Shown, user_id: Shown },
    /// A file that a confined role's user may see, and somebody else owns.
    ForeignFile { file_id: Shown, acting_for: Shown },
    /// A confined role that acts for no user: none is named, bound or proven.
    NoActingUser { role: Shown, identity: Shown },
    /// A token that proves no user, or a second one.
    #[serde(skip)]
    Unproven,
    /// Keys that no token can be checked with, or that must stay with whoever signs.
    #[serde(skip)]
    UnusableKeys { fault: &'static str },
    /// A role that does not exist.
    UnknownRole { role: Shown },
    /// A role that was granted no kind of access.
    NoKind { role: Shown },
    /// A table whose row security was switched off, for a role that it should hold to one user.
    NoRowSecurity { table: Shown },
    /// What is about all users, called by a role that acts for one.
    AboutAllUsers { role: Shown, function: Shown },
    /// A memory that is no reminder.
    NoReminder { id: i32 },
    /// A reminder of what the user has refused.
    RefusedStatement { refusal: i32 },
    /// A key of a memory to be imported that is no parameter of homer_remember.
    #[serde(skip)]
    UnknownParameter { path: Shown, key: Shown, known: String },
    /// A file that does not exist.
    UnknownFile { file_id: Shown },
    /// A file that exists already.
    KnownFile { file_id: Shown },
    /// A text that is no UUID.
    #[serde(skip)]
    NoUuid { parameter: Shown, value: Shown },
    /// A word that is not one of a closed list.
    #[serde(skip)]
    UnknownWord { parameter: Shown, value: Shown, known: String },
    /// A document that is not what homer_export_user gives.
    ForeignDocument { fault: Shown },
    /// A text that is too long for its column or for an index.
    #[serde(skip)]
    TooLong { parameter: Shown, value: Shown, bytes: usize, most: usize },
    /// A row that a trigger or a policy of the application kept out of a table.
    NotStored { what: Shown },
    /// A person of whom something is there after the erasure.
    NotErased { user_id: Shown },
    /// An error that was caught, raised again in other words.
    Again {
        #[serde(deserialize_with = "sqlstate_of_an_error")]
        sqlstate: [u8; 5],
        message: String,
        hint: String,
    },
}

impl Refusal {
    /// The refusal of this kind with these facts, a JSON object, as SQL names it. A kind that does not exist, or facts that do not fit
    /// it, are refused as a value of a wrong shape.
    pub fn of(kind: &str, facts: &str) -> Self {
        let kind = Shown::from(kind);
        Self::named(&kind, facts).unwrap_or_else(|| Self::WrongShape {
            parameter: "facts".into(),
            value: facts.into(),
            wanted: format!("those of a refusal, which {} may not be", quoted(&kind)).into(),
        })
    }

    fn named(kind: &Shown, facts: &str) -> Option<Self> {
        let mut facts: Map<String, Value> = serde_json::from_str(facts).ok()?;
        facts.insert("kind".into(), kind.0.clone().into());
        Self::deserialize(Value::Object(facts)).ok()
    }

    /// The five characters that a client's code compares. What a kind of refusal has, it has for good;
    /// kinds that a caller need not tell apart share one.
    pub fn sqlstate(&self) -> [u8; 5] {
        *match self {
            Self::Null { .. } | Self::NullElement { .. } => b"ME001",
            Self::Empty { .. } | Self::EmptyFilter { .. } => b"ME002",
            Self::OutOfRange { .. } => b"ME003",
            Self::UnusableMoment { .. } | Self::UnreadableMoment { .. } | Self::UnusableDue { .. } => b"ME004",
            Self::WrongShape { .. } => b"ME005",
            Self::UnknownSetting { .. } => b"ME006",
            Self::WrongSetting { .. } => b"ME007",
            Self::UnknownTimezone { .. } => b"ME008",
            Self::UnknownProfile { .. } => b"ME009",
            Self::UnknownMemory { .. } | Self::UnseenMemory { .. } => b"ME010",
            Self::ForeignMemory { .. } => b"ME011",
            Self::RetiredMemory { .. } => b"ME012",
            Self::EveryonesMemory { .. } => b"ME013",
            Self::RefusedStatement { .. } => b"ME014",
            Self::UnknownParameter { .. } => b"ME015",
            Self::ForeignUser { .. } | Self::ForeignFile { .. } => b"ME016",
            Self::NoActingUser { .. } => b"ME017",
            Self::NoKind { .. } => b"ME018",
            Self::AboutAllUsers { .. } => b"ME019",
            Self::NoRowSecurity { .. } => b"ME020",
            Self::NoEmbeddings => b"ME025",
            Self::UnusableEmbedding { .. } => b"ME026",
            Self::OtherDimensions { .. } => b"ME028",
            Self::UnknownFile { .. } => b"ME030",
            Self::KnownFile { .. } => b"ME031",
            Self::NoUuid { .. } => b"ME032",
            Self::UnknownWord { .. } => b"ME033",
            Self::TooLong { .. } => b"ME034",
            Self::ForeignDocument { .. } => b"ME035",
            Self::NotStored { .. } | Self::NotErased { .. } => b"ME037",
            Self::NoReminder { .. } => b"ME050",
            Self::UnknownRole { .. } => b"ME038",
            Self::Unproven => b"ME039",
            Self::UnusableKeys { .. } => b"ME040",
            Self::Again { sqlstate, .. } => sqlstate,
        }
    }

    /// One line that names the offending value.
    pub fn message(&self) -> String {
        match self {
            Self::Null { parameter } => format!("{parameter} must not be null"),
            Self::NullElement { parameter } => format!("an element of {parameter} must not be null"),
            Self::Empty { parameter } | Self::EmptyFilter { parameter } => format!("{parameter} must not be empty"),
            Self::OutOfRange { parameter, value, range, .. } => {
                format!("{parameter} must be {range}, not {value}")
            }
            Self::UnusableMoment { parameter, value, fault } => {
                format!("{parameter} {fault}: {value}")
            }
            Self::UnreadableMoment { parameter, value } => {
                format!("{parameter} must be a moment of ISO 8601, not {}", quoted(value))
            }
            Self::UnusableDue { value } => format!("nothing can fall due at {value}"),
            Self::WrongShape { parameter, value, wanted } => format!("{parameter} must be {wanted}, not {value}"),
            Self::UnknownSetting { key, .. } => {
                format!("{} is not a setting of a profile", quoted(key))
            }
            Self::WrongSetting { key, value, .. } => {
                format!("setting {} cannot be {value}", quoted(key))
            }
            Self::UnknownTimezone { name } => format!("timezone {} is not known", quoted(name)),
            Self::UnknownProfile { user_id } => format!("user {} has no profile", quoted(user_id)),
            Self::UnknownMemory { id } => format!("memory {id} does not exist"),
            Self::UnseenMemory { id, user_id: Some(user_id) } => {
                format!("memory {id} is none that user {} is given", quoted(user_id))
            }
            Self::UnseenMemory { id, user_id: None } => format!("memory {id} is none that everyone is given"),
            Self::NoEmbeddings => "embeddings are not enabled".into(),
            Self::UnusableEmbedding { parameter, fault } => format!("{parameter} {fault}"),
            Self::OtherDimensions { dimensions, wanted } => {
                format!("embeddings are enabled with {dimensions} dimensions, not {wanted}")
            }
            Self::ForeignMemory { id, user_id: Some(user_id) } => {
                format!("memory {id} is no memory of user {}", quoted(user_id))
            }
            Self::ForeignMemory { id, user_id: None } => format!("memory {id} is no memory of everyone"),
            Self::RetiredMemory { id, .. } => format!("memory {id} is not active any more"),
            Self::EveryonesMemory { role } => {
                format!("role {} may not decide what everyone is told", quoted(role))
            }
            Self::ForeignUser { role, acting_for, user_id } => {
                format!("role {} acts for user {}, not for {}", quoted(role), quoted(acting_for), quoted(user_id))
            }
            Self::ForeignFile { file_id, acting_for } => {
                format!("file {} is not for user {} to change", quoted(file_id), quoted(acting_for))
            }
            Self::NoActingUser { role, identity } => {
                let lacks = match identity.0.as_str() {
                    "own_user" => "it is bound to none",
                    "proven_user" => "no token has proven which",
                    _ => "homer.user_id names none",
                };
                format!("role {} acts for one user, and {lacks}", quoted(role))
            }
            Self::Unproven => "the token was not accepted".into(),
            Self::UnusableKeys { fault } => format!("jwks {fault}"),
            Self::UnknownRole { role } => format!("role {} does not exist", quoted(role)),
            Self::NoKind { role } => format!("role {} acts for no user", quoted(role)),
            Self::NoRowSecurity { table } => format!("row security of {table} is switched off"),
            Self::AboutAllUsers { role, function } => {
                format!("{function} is about all users, and role {} acts for one", quoted(role))
            }
            Self::NoReminder { id } => format!("memory {id} is no reminder"),
            Self::RefusedStatement { refusal } => format!("the user has refused this content: refusal {refusal}"),
            Self::UnknownParameter { path, key, .. } => {
                format!("{path}: {} is not a parameter of homer_remember", quoted(key))
            }
            Self::UnknownFile { file_id } => format!("file {} does not exist", quoted(file_id)),
            Self::KnownFile { file_id } => format!("file {} exists already", quoted(file_id)),
            Self::NoUuid { parameter, value } => format!("{parameter} must be a UUID, not {}", quoted(value)),
            Self::UnknownWord { parameter, value, known } => {
                format!("{parameter} must be {known}, not {}", quoted(value))
            }
            Self::ForeignDocument { fault } => format!("the document cannot be imported: {fault}"),
            Self::TooLong { parameter, value, bytes, most } => {
                format!("{parameter} must be {most} bytes at most, not {bytes}: {}", quoted(value))
            }
            Self::NotStored { what } => {
                format!("the {what} was not stored: a trigger or a policy kept the row away")
            }
            Self::NotErased { user_id } => {
                format!(
                    "something of user \"{user_id}\" is still there: it was stored meanwhile, or a trigger or a policy kept it"
                )
            }
            Self::Again { message, .. } => message.clone(),
        }
    }

    /// What the caller can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Null { .. } => {
                "It has no default. Drivers send null for a variable that was never set: look where it comes from.".into()
            }
            Self::NullElement { parameter } => format!("Take the nulls out: array_remove({parameter}, NULL)."),
            Self::Empty { .. } => "White space alone counts as empty. Pass a text that says something.".into(),
            // It has a default that is not all of them.
            Self::EmptyFilter { parameter } if parameter.0 == "only" => {
                "Name at least one tool, or leave only out to get recall, remember, forget and remind.".into()
            }
            Self::EmptyFilter { parameter } => {
                format!("Name at least one of the {parameter}, or leave {parameter} out to get them all.")
            }
            Self::OutOfRange { meaning, .. } => (*meaning).into(),
            Self::UnusableMoment { parameter, .. } => {
                format!("Pass a moment still to come, or leave {parameter} out.")
            }
            Self::UnreadableMoment { .. } => {
                "Pass it as 2026-03-01T09:00:00+01:00. Without an offset it is UTC, and a day alone is its first instant.".into()
            }
            Self::UnusableDue { .. } => {
                "Pass a moment in the years 1 to 9999, as 2026-03-01T09:00:00Z in metadata.".into()
            }
            Self::WrongShape { wanted, .. } => hint_of_shape(wanted),
            Self::UnknownSetting { known, .. } => format!("The settings are: {known}."),
            Self::WrongSetting { key, wanted, .. } => format!("{key} takes {wanted}."),
            Self::UnknownTimezone { .. } => "Pass a name that pg_timezone_names lists, such as America/Chicago.".into(),
            Self::UnknownProfile { .. } => "Create it with homer_upsert_profile(user_id, display_name, role).".into(),
            Self::UnknownMemory { .. } => "Pass an id that homer_remember or homer_relevant_memories gave.".into(),
            Self::UnseenMemory { user_id: None, .. } => {
                "It may be a user's, retired, expired, or not exist. Pass an id that homer_relevant_memories gave without a user.".into()
            }
            Self::UnseenMemory { .. } => {
                "It may be another user's, retired, expired, or not exist. Pass an id that homer_relevant_memories gave this user."
                    .into()
            }
            Self::NoEmbeddings => {
                "Call homer_enable_embeddings(dimensions) once, with the length of your model's vectors.".into()
            }
            Self::UnusableEmbedding { .. } => {
                "Pass the vector as the model gave it: finite numbers, not all zero, as many as homer_enable_embeddings was told."
                    .into()
            }
            Self::OtherDimensions { .. } => {
                "To change the model, call homer_enable_embeddings(dimensions, replace => true), which removes the stored vectors, and store every vector anew."
                    .into()
            }
            Self::ForeignMemory { .. } => "Name a memory of the same user in supersedes, or leave it out.".into(),
            Self::RetiredMemory { to_change: true, .. } => {
                "homer_restore(memory_id) makes it active again; homer_memory_history(memory_id) says what became of it.".into()
            }
            Self::RetiredMemory { .. } => {
                "See homer_memory_history(memory_id) for what became of it, and supersede the last one there.".into()
            }
            Self::EveryonesMemory { .. } => {
                "Call it as a role that may tell everyone something: homer_grant(role, 'service') makes one.".into()
            }
            Self::ForeignUser { .. } => {
                "Name the user that the transaction acts for, or set homer.user_id to the other one where that is right.".into()
            }
            Self::ForeignFile { .. } => "Its owner decides who sees it: set homer.user_id to them.".into(),
            Self::NoActingUser { identity, .. } => match identity.0.as_str() {
                "own_user" => "The owner binds it: homer_bind_role(role, user_id). SET ROLE takes the binding away.".into(),
                "proven_user" => {
                    "Show a token first, in the same transaction: SELECT homer_act_as(token). SET ROLE takes it away.".into()
                }
                _ => "Name the user first, in the same transaction: SELECT set_config('homer.user_id', 'maria', true).".into(),
            },
            Self::Unproven => {
                "Pass a JWT (EdDSA, ES256, RS256) that a key of a trusted issuer has signed for the trusted audience, that is valid now \
                 and names the user in the claim agreed on; one user a transaction."
                    .into()
            }
            Self::UnusableKeys { .. } => {
                "Pass the JWK set that the issuer publishes, such as what its jwks_uri answers.".into()
            }
            Self::NoKind { role } => format!(
                "homer_grant({0}, 'service') lets it act for any user, homer_grant({0}, 'confined') for the one that homer.user_id names; see docs/roles.md.",
                literal(role)
            ),
            Self::UnknownRole { .. } => "Make it first: CREATE ROLE ... LOGIN. The name is compared letter by letter.".into(),
            Self::NoRowSecurity { .. } => {
                "Nothing keeps users apart there. Have the administrator bring back its policies: docs/roles.md says how.".into()
            }
            Self::AboutAllUsers { .. } => {
                "Call it as a role that acts for any user, or name the user where it takes one.".into()
            }
            Self::NoReminder { .. } => "Pass an id that homer_remind or homer_due_reminders gave.".into(),
            Self::RefusedStatement { .. } => {
                "If it is welcome again, call homer_lift_refusal(refusal_id) first.".into()
            }
            Self::UnknownParameter { known, .. } => format!("The parameters are: {known}."),
            Self::UnknownFile { .. } => {
                "Pass a file_id that homer_register_file or homer_accessible_files gave.".into()
            }
            Self::KnownFile { .. } => "Leave file_id out to get a new one.".into(),
            Self::NoUuid { parameter, .. } => {
                format!(
                    "Pass a UUID such as 5e0c2f9a-1b7d-4c3e-8f60-9a2d4b6c8e01, or leave {parameter} out to get one."
                )
            }
            Self::UnknownWord { .. } => "It is compared letter by letter: small letters, no space around them.".into(),
            Self::ForeignDocument { .. } => "Pass what homer_export_user gave, unchanged.".into(),
            Self::TooLong { parameter, most: crate::checks::LONGEST_ID, .. } => format!("Pass a shorter {parameter}, such as a hash of it."),
            Self::TooLong { .. } => "Keep what is longer in parts, or in a table of your own beside homer's.".into(),
            Self::NotStored { .. } => {
                "Look at what your application added to the table: BEFORE triggers that return NULL, and restrictive policies that hide the row."
                    .into()
            }
            Self::NotErased { .. } => {
                "Call it again once your application stores nothing more for this user. What stays then, a BEFORE DELETE trigger that returns NULL or a restrictive policy keeps."
                    .into()
            }
            Self::Again { hint, .. } => hint.clone(),
        }
    }
}

/// The SQLSTATE of an error that was caught. What is none becomes that of RAISE.
fn sqlstate_of_an_error<'de, D: Deserializer<'de>>(caught: D) -> Result<[u8; 5], D::Error> {
    let is_error = |code: &[u8; 5]| code != b"00000" && code.iter().all(|c| matches!(c, b'0'..=b'9' | b'A'..=b'Z'));
    let caught = String::deserialize(caught)?;
    Ok(caught.as_bytes().try_into().ok().filter(is_error).unwrap_or(*b"P0001"))
}

fn quoted(value: &Shown) -> String {
    format!("\"{value}\"")
}

/// A role as a string of SQL.
fn literal(role: &Shown) -> String {
    format!("'{}'", role.0.replace('\'', "''"))
}

/// What to pass instead: a value of the shape that is wanted, or what else there is to do.
fn hint_of_shape(shape: &Shown) -> String {
    let example = match shape.0.as_str() {
        "a JSON object" => r#"{"name": "value"}"#,
        "a JSON array" => r#"[{"user_id": "maria", "category": "fact", "subject": "Coffee", "content": "Black."}]"#,
        "an array of strings" => r#"["tea", "travel"]"#,
        "an array of numbers" => "[0.1, -0.2]",
        "a string" => r#""maria""#,
        "a whole number" => "7, without a fraction",
        other if other.contains("due_at") => r#"{"due_at": "2026-03-01T09:00:00Z"}"#,
        other if other.contains("user_id") => r#"{"user_id": "maria"}, or {"user_id": null} for what everyone is told"#,
        other if other.contains("claimed_at") => {
            r#"{"due_at": "2026-03-01T09:00:00Z"}, and leave claimed_at to homer_claim_reminders"#
        }
        other if other.contains("tables") => {
            return "It may do everything already. Make another role for the application: CREATE ROLE ... LOGIN."
                .into();
        }
        other if other.contains("publish") => {
            return "homer_publish_file(file_id) shows it to everyone; homer_unshare_file(file_id, user_ids) makes room for others.".into();
        }
        _ => return "See docs/functions.md for what it takes.".into(),
    };
    format!("For example {example}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_named_by_its_kind_and_its_facts() {
        assert_eq!(Refusal::of("unknown_memory", r#"{"id": 7}"#), Refusal::UnknownMemory { id: 7 });
        assert_eq!(Refusal::of("no_embeddings", "{}"), Refusal::NoEmbeddings);
        let of_everyone = Refusal::of("foreign_memory", r#"{"id": 7, "user_id": null}"#);
        assert_eq!(of_everyone, Refusal::ForeignMemory { id: 7, user_id: None });
        let facts = |code: &str| format!(r#"{{"sqlstate": "{code}", "message": "m", "hint": "h"}}"#);
        let again = ["ME004", "00000", "é"].map(|code| Refusal::of("again", &facts(code)).sqlstate());
        assert_eq!(again, [*b"ME004", *b"P0001", *b"P0001"]);
    }

    #[test]
    fn what_is_no_refusal_is_refused_itself() {
        let nested = "[".repeat(2000) + &"]".repeat(2000);
        for (kind, facts) in
            [("unknown", "{}"), ("unknown_memory", r#"{"id": "x"}"#), ("unknown_memory", "[7]"), ("null", &nested)]
        {
            assert_eq!(&Refusal::of(kind, facts).sqlstate(), b"ME005", "{kind}");
        }
    }

    #[test]
    fn a_long_value_is_cut_between_characters_and_marked() {
        let shown = |value: &str| Shown::from(value).to_string();
        assert_eq!(shown("maria"), "maria");
        assert_eq!(shown(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(shown(&"é".repeat(81)), format!("{}…", "é".repeat(80)));
    }
}
