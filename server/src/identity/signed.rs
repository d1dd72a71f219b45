//! Tokens (JWT, RFC 7519) that somebody trusted has signed: what users bring along from their sign-in.
//!
//! As in the extension, the algorithm follows from the key and never from the token alone, so that neither `alg: none` nor a public
//! key taken for a shared secret passes (RFC 8725, 3.1).

use std::path::{Path, PathBuf};
use std::sync::RwLock;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::User;
use crate::Failure;

/// How many seconds the clocks of whoever signs and of this machine may differ.
const LEEWAY: u64 = 30;
/// No token needs as many bytes.
const LONGEST: usize = 16_384;
/// The letters of the modulus of an RSA key of 2048 bits, in base64. A shorter one can be broken.
const SHORTEST_MODULUS: usize = 342;
/// Members that only a private or shared key has (RFC 7517, RFC 7518).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The keys of one issuer, from a file that holds what its `jwks_uri` gives.
pub struct Keys {
    file: PathBuf,
    issuer: String,
    audience: String,
    known: RwLock<Vec<Key>>,
}

struct Key {
    name: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Keys {
    /// # Errors
    ///
    /// A file that cannot be read, that holds a private key, or no key that signs tokens.
    pub fn read(file: PathBuf, issuer: String, audience: String) -> Result<Self, Failure> {
        let known = RwLock::new(keys_in(&file)?);
        Ok(Self { file, issuer, audience, known })
    }

    /// # Errors
    ///
    /// As [`read`](Self::read); then what is known stays.
    pub fn read_again(&self) -> Result<(), Failure> {
        let read = keys_in(&self.file)?;
        *self.known.write().unwrap_or_else(std::sync::PoisonError::into_inner) = read;
        Ok(())
    }

    /// The user whom the token proves.
    pub fn user(&self, token: &str) -> Option<User> {
        let header = decode_header(token).ok().filter(|header| token.len() <= LONGEST && header.crit.is_none())?;
        let known = self.known.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.iter().filter(|key| key.is_meant(&header)).find_map(|key| self.user_by_key(token, key))
    }

    fn user_by_key(&self, token: &str, key: &Key) -> Option<User> {
        let mut validation = Validation::new(key.algorithm);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let claims = decode::<Map<String, Value>>(token, &key.key, &validation).ok()?.claims;
        // The crate takes a list of issuers too.
        let is_by_one_issuer = claims.get("iss").and_then(Value::as_str) == Some(&self.issuer);
        is_by_one_issuer.then(|| User::new(claims.get("sub")?.as_str()?))?
    }
}

impl Key {
    /// Whether a token with this header says that the key has signed it.
    fn is_meant(&self, header: &Header) -> bool {
        self.algorithm == header.alg && (header.kid.is_none() || self.name.is_none() || header.kid == self.name)
    }
}

fn keys_in(file: &Path) -> Result<Vec<Key>, Failure> {
    let said = |reason: String| Failure::from(format!("{}: {reason}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| said(error.to_string()))?;
    let set: Value = serde_json::from_str(&text).map_err(|error| said(error.to_string()))?;
    if holds_a_secret(&set) {
        return Err(said("it holds a private or shared key; give the public halves only".into()));
    }
    let set: JwkSet = serde_json::from_value(set).map_err(|error| said(format!("it is no JWK set: {error}")))?;
    let keys: Vec<_> = set.keys.iter().filter_map(key_of).collect();
    if keys.is_empty() {
        return Err(said("no key in it is for EdDSA (Ed25519), ES256 (P-256) or RS256 (2048 bits or more)".into()));
    }
    Ok(keys)
}

fn holds_a_secret(set: &Value) -> bool {
    let keys = set.get("keys").and_then(Value::as_array).into_iter().flatten();
    keys.into_iter().any(|key| PRIVATE_MEMBERS.iter().any(|member| key.get(member).is_some()))
}

/// A key as it checks tokens; none of one that servers publish beside those for other ends.
fn key_of(jwk: &Jwk) -> Option<Key> {
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::RSA(rsa) if rsa.n.trim_end_matches('=').len() >= SHORTEST_MODULUS => Algorithm::RS256,
        _ => return None,
    };
    let is_to_sign = jwk.common.public_key_use.as_ref().is_none_or(|wanted| *wanted == PublicKeyUse::Signature);
    let is_for_algorithm = jwk.common.key_algorithm.is_none_or(|wanted| wanted == KeyAlgorithm::from(algorithm));
    let key = DecodingKey::from_jwk(jwk).ok().filter(|_| is_to_sign && is_for_algorithm)?;
    Some(Key { name: jwk.common.key_id.clone(), algorithm, key })
}
