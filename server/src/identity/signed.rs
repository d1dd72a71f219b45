//! Tokens (JWT, RFC 7519) that somebody trusted has signed: what users bring along from their sign-in. `homer_tokens` checks them, for
//! the extension too.

use std::path::{Path, PathBuf};
use std::sync::RwLock;

use homer_tokens::{Issuer, holds_a_secret, is_usable, keys_of, user_of};
use serde_json::Value;

use super::User;
use crate::Failure;

/// One issuer, with the keys from a file that holds what its `jwks_uri` gives.
pub struct Keys {
    file: PathBuf,
    issuer: RwLock<Issuer>,
}

impl Keys {
    /// # Errors
    ///
    /// A file that cannot be read, that holds a private key, or no key that signs tokens.
    pub fn read(file: PathBuf, name: String, audience: String) -> Result<Self, Failure> {
        let issuer = Issuer { name, audience, keys: Vec::new(), user_claim: "sub".into() };
        let keys = Self { file, issuer: RwLock::new(issuer) };
        keys.read_again()?;
        Ok(keys)
    }

    /// # Errors
    ///
    /// As [`read`](Self::read); then what is known stays.
    pub fn read_again(&self) -> Result<(), Failure> {
        let read = keys_in(&self.file)?;
        self.issuer.write().unwrap_or_else(std::sync::PoisonError::into_inner).keys = read;
        Ok(())
    }

    /// The user whom the token proves.
    pub fn user(&self, token: &str) -> Option<User> {
        let issuer = self.issuer.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        user_of(token, std::slice::from_ref(&*issuer)).and_then(User::new)
    }
}

fn keys_in(file: &Path) -> Result<Vec<homer_tokens::Jwk>, Failure> {
    let said = |reason: String| Failure::from(format!("{}: {reason}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| said(error.to_string()))?;
    let set: Value = serde_json::from_str(&text).map_err(|error| said(error.to_string()))?;
    if holds_a_secret(&set) {
        return Err(said("it holds a private or shared key; give the public halves only".into()));
    }
    let mut keys = keys_of(&set).map_err(|error| said(format!("it is no JWK set: {error}")))?;
    // Servers publish keys for other ends beside these.
    keys.retain(is_usable);
    if keys.is_empty() {
        return Err(said("no key in it is for EdDSA (Ed25519), ES256 (P-256) or RS256 (2048 bits or more)".into()));
    }
    Ok(keys)
}
