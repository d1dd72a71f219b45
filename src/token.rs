//! Whom a signed token (JWT, RFC 7519) proves: the user in its claim, where a key that the owner trusts has signed it, for the
//! audience it was made for, while it is valid.
//!
//! The algorithm follows from the key and never from the token alone, so that neither `alg: none` nor a public key taken for
//! a shared secret (RFC 8725, 3.1) passes. Every token costs one signature to check at least, so that the time does not tell which part of
//! it was wrong.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};

/// How many seconds the clocks of whoever signs and of this server may differ.
const LEEWAY: u64 = 30;
/// No token needs as many bytes.
const LONGEST: usize = 16_384;
const MOST_KEYS: usize = 32;
/// Members that only a private or shared key has (RFC 7517, RFC 7518).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Keys whose private halves nobody uses, one of each kind: what a token is checked against that no trusted key fits.
const NOBODYS: &str = r#"{"keys": [
    {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    {"kty": "EC", "crv": "P-256", "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY", "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"},
    {"kty": "RSA", "e": "AQAB", "n": "oUsFdPO3W1nPJNwomOPzayG9IChgaT14qBEVBVt33L5gyQwu_53fjSmJuFjHV1eDBbYA2m4EO0-vqdQVviCM4Roof3ZkRKEf7btuzQfZCawZQR2QjR7PGcvUFf-7W2M7IQEz7aNnIWViDRVvvmO8Q-cB7ofDZ5HLYpM6hDsu791lscb9dJjHpmI6xvjUaVrt3Fi-cu-i79k02o7SgISN10QKg-QukhD6tTJEnsIAiEn4ARLf_KEtl2FZ9axcHKKzJrA6v2BNPHtUMu10cmp05XtHFa-o-zLVUqh0gPLMvVIhBDL-DvgyobiZpIkbuL4cyDhQjpu5OEEkJQGYc2bXhw"}
]}"#;

/// An issuer that the owner trusts.
pub struct Issuer {
    pub name: String,
    pub audience: String,
    pub keys: Value,
    pub user_claim: String,
}

/// The user whom the token proves to one of the issuers.
pub fn user_of(token: &str, issuers: &[Issuer]) -> Option<String> {
    if token.len() > LONGEST {
        return None;
    }
    let header = decode_header(token).ok()?;
    let mut was_checked = false;
    let mut user = None;
    for issuer in issuers {
        for key in keys_of(&issuer.keys).unwrap_or_default() {
            let has_that_name = header.kid.is_none() || key.common.key_id.is_none() || header.kid == key.common.key_id;
            if algorithm_of(&key) == Some(header.alg) && has_that_name {
                was_checked = true;
                user = user.or_else(|| user_by_key(token, issuer, &key));
            }
        }
    }
    if !was_checked {
        check_in_vain(token, header.alg);
    }
    user
}

fn user_by_key(token: &str, issuer: &Issuer, key: &Jwk) -> Option<String> {
    let mut validation = Validation::new(algorithm_of(key)?);
    validation.leeway = LEEWAY;
    validation.validate_nbf = true;
    validation.set_issuer(&[&issuer.name]);
    validation.set_audience(&[&issuer.audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    let claims = decode::<Map<String, Value>>(token, &DecodingKey::from_jwk(key).ok()?, &validation).ok()?.claims;
    let user = claims.get(&issuer.user_claim)?.as_str()?;
    (!user.trim().is_empty() && user.len() <= crate::checks::LONGEST_ID).then(|| user.to_owned())
}

/// Takes about the time that a key of the same kind would have taken.
fn check_in_vain(token: &str, algorithm: Algorithm) {
    let nobodys = Issuer { name: String::new(), audience: String::new(), keys: Value::Null, user_claim: String::new() };
    let keys = serde_json::from_str::<JwkSet>(NOBODYS).map(|set| set.keys).unwrap_or_default();
    if let Some(key) = keys.iter().find(|key| algorithm_of(key) == Some(algorithm)) {
        let _nobody = user_by_key(token, &nobodys, key);
    }
}

/// The one algorithm that a key is for.
fn algorithm_of(key: &Jwk) -> Option<Algorithm> {
    match &key.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => Some(Algorithm::EdDSA),
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => Some(Algorithm::ES256),
        AlgorithmParameters::RSA(_) => Some(Algorithm::RS256),
        _ => None,
    }
}

/// The keys of a JWK set.
fn keys_of(set: &Value) -> Option<Vec<Jwk>> {
    Some(serde_json::from_value::<JwkSet>(set.clone()).ok()?.keys)
}

/// What keeps a JSON value from being a set of public keys that tokens can be checked with; none where nothing does.
pub fn fault_of_keys(set: &Value) -> Option<&'static str> {
    let Some(members) = set.get("keys").and_then(Value::as_array) else { return Some("has no array \"keys\"") };
    if !(1..=MOST_KEYS).contains(&members.len()) {
        return Some("must hold 1 to 32 keys");
    }
    let is_private = |key: &Value| PRIVATE_MEMBERS.iter().any(|member| key.get(member).is_some());
    if members.iter().any(is_private) {
        return Some("holds a private or shared key; give its public half only");
    }
    let is_usable =
        |key: &Jwk| algorithm_of(key).is_some() && DecodingKey::from_jwk(key).is_ok() && is_long_enough(key);
    match keys_of(set) {
        Some(keys) if keys.iter().all(is_usable) => None,
        _ => Some("holds what is no public key for EdDSA (Ed25519), ES256 (P-256) or RS256 (2048 bits or more)"),
    }
}

/// An RSA key of fewer than 2048 bits can be broken: its modulus, in base64, has fewer than 342 letters.
fn is_long_enough(key: &Jwk) -> bool {
    !matches!(&key.algorithm, AlgorithmParameters::RSA(rsa) if rsa.n.trim_end_matches('=').len() < 342)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each algorithm, each of which can be checked with.
    #[test]
    fn there_is_nobodys_key_for_each_algorithm() {
        let set: Value = serde_json::from_str(NOBODYS).unwrap();
        assert_eq!(fault_of_keys(&set), None);
        let algorithms: Vec<_> = keys_of(&set).unwrap().iter().map(|key| algorithm_of(key).unwrap()).collect();
        assert_eq!(algorithms, [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256]);
    }
}
