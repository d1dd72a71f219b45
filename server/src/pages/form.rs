//! What forms send. Each carries a seal, which only a page of this program can have given to this user: a page elsewhere that has
//! a browser send a form here does not know it, whatever cookies the browser adds.

use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, Request};
use hmac::{Hmac, KeyInit as _, Mac as _};
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::trouble::Trouble;
use super::visitor::Visitor;
use crate::identity::User;

/// Makes and knows the seals of forms. Clones share a key, which lives as long as the program.
#[derive(Clone)]
pub struct Seal(Hmac<Sha256>);

impl Seal {
    /// # Errors
    ///
    /// The system gives no random bytes.
    pub fn new() -> Result<Self, crate::Failure> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self(Hmac::new_from_slice(&key)?))
    }

    /// The seal of a user's forms; of somebody who has not signed in for none.
    pub fn of(&self, user: Option<&User>) -> String {
        let mut mac = self.0.clone();
        // No user has the empty id.
        mac.update(user.map_or("", User::id).as_bytes());
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn is_of(&self, user: Option<&User>, given: &str) -> bool {
        self.of(user).as_bytes().ct_eq(given.as_bytes()).into()
    }
}

/// The field of a form that carries its seal.
pub fn sealed(seal: &str) -> Markup {
    html! { input type="hidden" name="seal" value=(seal); }
}

/// A field of a form that brings back a stored text, such as the name of a file, as it was. It stands in no address, where `..`
/// is a way of its own however it is spelled, and not bare in the field, where HTML and browsers change ends of lines.
pub fn kept(name: &str, stored: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(utf8_percent_encode(stored, NON_ALPHANUMERIC)); }
}

/// What such a field has brought back.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub struct Kept(pub String);

impl TryFrom<String> for Kept {
    type Error = std::str::Utf8Error;

    fn try_from(sent: String) -> Result<Self, Self::Error> {
        percent_decode_str(&sent).decode_utf8().map(|stored| Self(stored.into_owned()))
    }
}

#[derive(Deserialize)]
struct Sealed {
    seal: String,
}

/// What a form has sent that this program gave to who sends it.
pub struct Posted<T>(pub T);

impl<T, S> FromRequest<S> for Posted<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
    Seal: FromRef<S>,
{
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let user = request.extensions().get::<Visitor>().map(|visitor| visitor.user().clone());
        let body = Bytes::from_request(request, state).await.map_err(|_| Trouble::unreadable())?;
        let sealed: Sealed = serde_urlencoded::from_bytes(&body).map_err(|_| Trouble::not_sealed())?;
        if !Seal::from_ref(state).is_of(user.as_ref(), &sealed.seal) {
            return Err(Trouble::not_sealed());
        }
        serde_urlencoded::from_bytes(&body).map(Self).map_err(|_| Trouble::unreadable())
    }
}

/// What a form of one button has sent beside its seal.
#[derive(Deserialize)]
pub struct Nothing {}

/// What was typed, or nothing where the field was left empty.
pub fn filled(field: &str) -> Option<&str> {
    Some(field.trim()).filter(|text| !text.is_empty())
}

/// A text as it is kept: forms end lines with two characters.
pub fn text(field: &str) -> String {
    field.replace("\r\n", "\n")
}

/// The lines of a field that takes one thing a line.
pub fn lines(field: &str) -> Vec<String> {
    field.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{Seal, User, filled, lines, text};

    #[test]
    fn a_seal_is_of_one_user_and_one_run() {
        let (seal, other_run) = (Seal::new().unwrap(), Seal::new().unwrap());
        let (maria, devon) = (User::new("maria"), User::new("devon"));
        let of_maria = seal.of(maria.as_ref());
        assert!(seal.is_of(maria.as_ref(), &of_maria));
        assert!(!seal.is_of(devon.as_ref(), &of_maria));
        assert!(!seal.is_of(None, &of_maria));
        assert!(!other_run.is_of(maria.as_ref(), &of_maria));
        assert!(!seal.is_of(maria.as_ref(), ""));
        assert_eq!(of_maria.len(), 64);
    }

    #[test]
    fn fields_are_read_as_they_were_meant() {
        assert_eq!((filled("  "), filled(" a ")), (None, Some("a")));
        assert_eq!(text("a\r\nb\nc"), "a\nb\nc");
        assert_eq!(lines("lease\r\n\r\n cash flow \n"), ["lease", "cash flow"]);
    }
}
