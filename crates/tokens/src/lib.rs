//! Whom a signed token (JWT, RFC 7519) proves: the user in its claim, where a key that the owner trusts has signed it, for the
//! audience it was made for, while it is valid.
//!
//! The algorithm follows from the key and never from the token alone, so that neither `alg: none` nor a public key taken for
//! a shared secret (RFC 8725, 3.1) passes. Every token costs one signature to check at least, so that the time does not tell which part of
//! it was wrong: the crate checks the signature before it looks at a claim, and where there is none to check, an example's is.

use jsonwebtoken::errors::{Error, ErrorKind};
pub use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, crypto, decode, decode_header};
use serde_json::{Map, Value};

/// How many seconds the clocks of whoever signs and of this server may differ.
const LEEWAY: u64 = 30;
/// No token needs as many bytes.
const LONGEST: usize = 16_384;
const MOST_KEYS: usize = 32;
/// Members that only a private or shared key has (RFC 7517, RFC 7518).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Examples of RFC 8037 (A.4) and RFC 7515 (A.3), and one by a key that was thrown away: what is checked, signature and all, in place of a
/// token that no trusted key fits.
const EXAMPLES: [(Algorithm, &str, &str); 3] = [
    (
        Algorithm::EdDSA,
        r#"{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
         hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    ),
    (
        Algorithm::ES256,
        r#"{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
         DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    ),
    (
        Algorithm::RS256,
        r#"{"kty": "RSA", "e": "AQAB", "n": "1Vd6604n4Xe_0X4q1Ll4hRnFTVsvTGXE7uABGp-Do-H4Yg-fgnnigZahlwb0_q-ciWz_SShdXTLypUZZKu0Igb_CDdaB2Nkc0WVJrgIbo04YgNXDkMFIR1es1jEOb_jPVPd1Cm2aAmUYAAlO8OYebQ_y0xeIasp_XPqv1K2R0EpSoKged1q-M1Gu5iXfkc23WyMrQNz6qG0RgPZuTnrJ2t4qtrv-UndpyQJjEl5cbrq30AZzvMuZQSXaFyMw-ihKkaPQk18a91869ahzGfeXGADLW-R_a-YERr7keZS2L3AgepmOV3ZwVxXOJOOcfcMFP76yyo69tP4Cz6bF32jLyw"}"#,
        "eyJhbGciOiJSUzI1NiJ9.ZXhhbXBsZQ.\
         BNxyuHO7yATXFHceomz-uqlq6YMat7JZo-3UrfE37X0lIkG5_UOzPmumAdtx_RUKWcgf-YBfMjqkKOIz10kwElNpas1roc3eFMhyTALBCBb4s1\
         40UpX9g4ch3d78_N4p43gKZWfLlueC5JLMfaw7w6gBsWvJOzffN2ekVFekYKkUUtbz7UI0KgqzAWw3YlLqG_GOIR_x_93yCBmbx0wHp1cQwfn0\
         _YT8fVX9dCExR0D9QaH8oLVa5XuYVjGvhUf87zHqlKtoqGVx_8We4n_9FdxRm6xpEfoXuROUCXh4MIVy4qlVPJ9WsiM7lDA_z9zoRSQySuR271\
         IbIrHWtZ_3TA",
    ),
];
/// How many letters a signature has at least: 64 bytes in base64.
const SHORTEST_SIGNATURE: usize = 86;

/// An issuer that somebody trusts, with its public keys.
pub struct Issuer {
    pub name: String,
    pub audience: String,
    pub keys: Vec<Jwk>,
    pub user_claim: String,
}

/// The user in the claim of a token that is one of the issuers'. Whether it can be a user is the caller's to say.
pub fn user_of(token: &str, issuers: &[Issuer]) -> Option<String> {
    let header = header_of(token);
    let mut was_checked = false;
    let mut user = None;
    for issuer in issuers {
        for key in issuer.keys.iter().filter(|key| is_meant(key, header.as_ref())) {
            let claims = claims_by_key(token, issuer, key);
            was_checked |= claims.as_ref().map_or_else(|error| is_of_the_signature_or_later(error, token), |_| true);
            user = user.or_else(|| user_in(&claims.ok()?, issuer));
        }
    }
    if !was_checked {
        check_in_vain(header.map(|header| header.alg));
    }
    user
}

/// Of a token that is none, and of one that asks for what is not known here (RFC 7515, 4.1.11), there is none.
fn header_of(token: &str) -> Option<Header> {
    let header = if token.len() > LONGEST { None } else { decode_header(token).ok() };
    header.filter(|header| header.crit.is_none())
}

/// Whether a token with this header says that the key has signed it.
fn is_meant(key: &Jwk, header: Option<&Header>) -> bool {
    header.is_some_and(|header| {
        let has_that_name = header.kid.is_none() || key.common.key_id.is_none() || header.kid == key.common.key_id;
        algorithm_of(key) == Some(header.alg) && has_that_name
    })
}

fn claims_by_key(token: &str, issuer: &Issuer, key: &Jwk) -> Result<Map<String, Value>, Error> {
    let mut validation = Validation::new(algorithm_of(key).unwrap_or(Algorithm::EdDSA));
    validation.leeway = LEEWAY;
    validation.validate_nbf = true;
    validation.set_issuer(&[&issuer.name]);
    validation.set_audience(&[&issuer.audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    Ok(decode(token, &DecodingKey::from_jwk(key)?, &validation)?.claims)
}

fn user_in(claims: &Map<String, Value>, issuer: &Issuer) -> Option<String> {
    // The crate takes a list of issuers too.
    let is_by_one_issuer = claims.get("iss").and_then(Value::as_str) == Some(&issuer.name);
    let user = claims.get(&issuer.user_claim)?.as_str()?;
    is_by_one_issuer.then(|| user.to_owned())
}

/// Whether it took as long as checking the signature takes.
fn is_of_the_signature_or_later(error: &Error, token: &str) -> bool {
    let is_long_enough = token.rsplit('.').next().is_some_and(|signature| signature.len() >= SHORTEST_SIGNATURE);
    let is_malformed = matches!(error.kind(), ErrorKind::InvalidToken | ErrorKind::Base64(_) | ErrorKind::Utf8(_));
    is_long_enough && !is_malformed
}

/// Takes about the time that a key of the same kind would have taken.
fn check_in_vain(algorithm: Option<Algorithm>) {
    let [of_most, ..] = EXAMPLES;
    let (algorithm, key, token) =
        EXAMPLES.into_iter().find(|(wanted, ..)| algorithm == Some(*wanted)).unwrap_or(of_most);
    std::hint::black_box(is_signed(token, key, algorithm));
}

fn is_signed(token: &str, key: &str, algorithm: Algorithm) -> Option<bool> {
    let (message, signature) = token.rsplit_once('.')?;
    let key = DecodingKey::from_jwk(&serde_json::from_str(key).ok()?).ok()?;
    crypto::verify(signature, message.as_bytes(), &key, algorithm).ok()
}

/// The one algorithm that a key is for.
fn algorithm_of(key: &Jwk) -> Option<Algorithm> {
    let algorithm = match &key.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        _ => return None,
    };
    (!is_for_something_else(key, algorithm)).then_some(algorithm)
}

/// Whether the set says of a key that it encrypts, or signs in another way.
fn is_for_something_else(key: &Jwk, algorithm: Algorithm) -> bool {
    let is_to_sign = key.common.public_key_use.as_ref().is_none_or(|wanted| *wanted == PublicKeyUse::Signature);
    let is_for_algorithm = key.common.key_algorithm.is_none_or(|wanted| wanted == KeyAlgorithm::from(algorithm));
    !is_to_sign || !is_for_algorithm
}

/// The keys of a JWK set.
///
/// # Errors
///
/// It is none.
pub fn keys_of(set: &Value) -> Result<Vec<Jwk>, serde_json::Error> {
    Ok(serde_json::from_value::<JwkSet>(set.clone())?.keys)
}

/// Whether a key of the set is a private or shared one.
pub fn holds_a_secret(set: &Value) -> bool {
    let keys = set.get("keys").and_then(Value::as_array).into_iter().flatten();
    keys.into_iter().any(|key| PRIVATE_MEMBERS.iter().any(|member| key.get(member).is_some()))
}

/// What keeps a JSON value from being a set of public keys that tokens can be checked with; none where nothing does.
pub fn fault_of_keys(set: &Value) -> Option<&'static str> {
    let Some(members) = set.get("keys").and_then(Value::as_array) else { return Some("has no array \"keys\"") };
    if !(1..=MOST_KEYS).contains(&members.len()) {
        return Some("must hold 1 to 32 keys");
    }
    if holds_a_secret(set) {
        return Some("holds a private or shared key; give its public half only");
    }
    match keys_of(set) {
        Ok(keys) if keys.iter().all(|key| is_usable(key) || says_it_is_for_something_else(key)) => {
            if keys.iter().any(is_usable) { None } else { Some("holds only keys that sign no token") }
        }
        _ => Some("holds what is no public key for EdDSA (Ed25519), ES256 (P-256) or RS256 (2048 bits or more)"),
    }
}

/// Whether a key checks tokens: it is public, long enough and for an algorithm that is known here, and not for something else.
pub fn is_usable(key: &Jwk) -> bool {
    algorithm_of(key).is_some() && DecodingKey::from_jwk(key).is_ok() && is_long_enough(key)
}

/// Servers publish such keys beside the others; no token is checked with them.
fn says_it_is_for_something_else(key: &Jwk) -> bool {
    [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256]
        .iter()
        .all(|algorithm| is_for_something_else(key, *algorithm))
}

/// An RSA key of fewer than 2048 bits can be broken: its modulus, in base64, has fewer than 342 letters.
fn is_long_enough(key: &Jwk) -> bool {
    !matches!(&key.algorithm, AlgorithmParameters::RSA(rsa) if rsa.n.trim_end_matches('=').len() < 342)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong costs less to check than what is right.
    #[test]
    fn the_examples_are_signed() {
        for (algorithm, key, token) in EXAMPLES {
            assert_eq!(is_signed(token, key, algorithm), Some(true), "{algorithm:?}");
            assert_eq!(is_signed(&token.replacen("eyJ", "eyK", 1), key, algorithm), Some(false), "{algorithm:?}");
        }
    }
}
