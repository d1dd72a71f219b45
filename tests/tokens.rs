//! Signed tokens for tests, as an application's sign-in service would make them; no promise of its own.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use homer_tests::{Client, Value, json};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};

pub const ISSUER: &str = "https://sign-in.example";
pub const AUDIENCE: &str = "homer";

/// A key pair that nobody else has.
pub struct Signer {
    key: EncodingKey,
    algorithm: Algorithm,
}

impl Signer {
    pub fn new(algorithm: Algorithm) -> Self {
        let (name, options): (_, &[&str]) = match algorithm {
            Algorithm::EdDSA => ("ed25519", &[]),
            Algorithm::ES256 => ("EC", &["-pkeyopt", "ec_paramgen_curve:P-256"]),
            _ => ("RSA", &["-pkeyopt", "rsa_keygen_bits:2048"]),
        };
        let made = Command::new("openssl").args(["genpkey", "-algorithm", name]).args(options).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let key = match algorithm {
            Algorithm::EdDSA => EncodingKey::from_ed_pem(&made.stdout),
            Algorithm::ES256 => EncodingKey::from_ec_pem(&made.stdout),
            _ => EncodingKey::from_rsa_pem(&made.stdout),
        };
        Self { key: key.unwrap(), algorithm }
    }

    /// The public half, as a JWK set.
    pub fn jwks(&self) -> Value {
        json!({"keys": [Jwk::from_encoding_key(&self.key, self.algorithm).unwrap()]})
    }

    pub fn sign(&self, claims: &Value) -> String {
        encode(&Header::new(self.algorithm), claims, &self.key).unwrap()
    }

    /// A token whose header has more members than it needs.
    pub fn sign_with_header(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &self.key).unwrap()
    }

    /// A token of a user that is valid for an hour.
    pub fn token(&self, user: &str) -> String {
        self.sign(&claims(user))
    }

    /// The same, in which a claim has another value.
    pub fn token_with(&self, user: &str, claim: &str, value: Value) -> String {
        let mut claims = claims(user);
        claims[claim] = value;
        self.sign(&claims)
    }

    /// The same without a claim.
    pub fn token_without(&self, user: &str, claim: &str) -> String {
        let mut claims = claims(user);
        claims.as_object_mut().unwrap().remove(claim);
        self.sign(&claims)
    }

    /// Lets homer trust it.
    pub fn trust(&self, client: &mut Client) {
        client.execute("SELECT homer_trust_keys($1, $2, $3)", &[&ISSUER, &AUDIENCE, &self.jwks()]).unwrap();
    }
}

pub fn claims(user: &str) -> Value {
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": user, "exp": now() + 3600})
}

/// Seconds since 1970.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}
