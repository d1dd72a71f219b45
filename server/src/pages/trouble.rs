//! What a visitor is told when there is no page to show: what went wrong, and what to do about it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;
use tokio_postgres::error::{DbError, SqlState};

use super::shell;
use crate::database::Error;
use crate::log;

/// A page that says why there is no other.
#[derive(Debug)]
pub struct Trouble {
    status: StatusCode,
    title: &'static str,
    words: String,
}

impl Trouble {
    fn new(status: StatusCode, title: &'static str, words: impl Into<String>) -> Self {
        Self { status, title, words: words.into() }
    }

    /// A form that no page of this run gave to this user.
    pub fn not_sealed() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Nothing was changed",
            "This form is out of date, or came from another page. Go back, reload the page and try again.",
        )
    }

    /// A form that lacks a field, or has a number where none is.
    pub fn unreadable() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Nothing was changed",
            "The form was not understood. Go back and look at its fields.",
        )
    }

    /// What was typed is not what was asked for.
    pub fn not_confirmed(words: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Nothing was changed", words)
    }

    /// Somebody who is known, and for whom these pages are not.
    pub fn not_an_operator() -> Self {
        Self::new(StatusCode::FORBIDDEN, "Not for you", "These pages are for operators, and you are none.")
    }

    /// What the visitor looks for is not there, or is somebody else's, which is not told apart.
    pub fn nothing_here() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Nothing here", "There is nothing at this address that you may see.")
    }
}

/// The answer to an address that leads nowhere.
pub async fn no_such_page() -> Trouble {
    Trouble::nothing_here()
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let busy = |words: &str| Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not now", words);
        match &error {
            Error::Refused(said) => return Self::from(&**said),
            Error::Unreachable(reason) => log::say(format_args!("a page: the database cannot be reached: {reason}")),
            Error::Unexpected(reason) => log::say(format_args!("a page: {reason}")),
            other => log::say(format_args!("a page: {}", other.code())),
        }
        match error {
            Error::Uncertain => {
                busy("The memory went away at the last moment. Look whether your change was kept before you try again.")
            }
            Error::Unexpected(_) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something is wrong",
                "The memory gave an answer that is not understood here. Tell whoever runs these pages.",
            ),
            _ => busy("The memory does not answer, and nothing was changed. Try again in a minute."),
        }
    }
}

/// Homer's own messages name the value that is wrong; PostgreSQL's are for whoever runs the pages.
impl From<&DbError> for Trouble {
    fn from(said: &DbError) -> Self {
        let unusable = [
            SqlState::INVALID_DATETIME_FORMAT,
            SqlState::DATETIME_FIELD_OVERFLOW,
            SqlState::CHARACTER_NOT_IN_REPERTOIRE,
            SqlState::INVALID_PARAMETER_VALUE,
            SqlState::NUMERIC_VALUE_OUT_OF_RANGE,
        ];
        match said.code() {
            code if ["ME010", "ME016", "ME030"].contains(&code.code()) => Self::nothing_here(),
            code if code.code() == "ME012" => Self::new(
                StatusCode::CONFLICT,
                "Nothing was changed",
                "This memory was changed or retired meanwhile. Go back, reload the page and look at its history.",
            ),
            code if code.code() == "ME014" => {
                Self::new(StatusCode::CONFLICT, "Nothing was kept", "You have refused this. Lift the refusal first.")
            }
            code if code.code().starts_with("ME") => {
                Self::new(StatusCode::BAD_REQUEST, "Nothing was changed", format!("{}.", capitalised(said.message())))
            }
            code if unusable.contains(code) => {
                Self::new(StatusCode::BAD_REQUEST, "Nothing was changed", "A value in the form cannot be kept.")
            }
            code if [SqlState::T_R_DEADLOCK_DETECTED, SqlState::T_R_SERIALIZATION_FAILURE].contains(code) => Self::new(
                StatusCode::CONFLICT,
                "Nothing was changed",
                "Somebody changed the same at the same moment. Try again.",
            ),
            code if *code == SqlState::READ_ONLY_SQL_TRANSACTION => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "Nothing was changed",
                "The memory can be read and not changed now.",
            ),
            code => {
                log::say(format_args!("a page: {}", code.code()));
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something is wrong",
                    "The memory refused this. Tell whoever runs these pages.",
                )
            }
        }
    }
}

fn capitalised(message: &str) -> String {
    let mut characters = message.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let body = html! {
            p.trouble role="alert" { (self.words) }
            p { a href="/" { "To the first page" } }
        };
        (self.status, shell::bare(self.title, &body)).into_response()
    }
}
