//! Tokens from a file that holds only their hashes: who reads the file can use none of them.
//!
//! A token is 128 random bits or more, so that one round of SHA-256 is enough: there is no dictionary to try.

use std::path::{Path, PathBuf};
use std::sync::RwLock;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::User;
use crate::Failure;

/// A file of lines `SHA-256-in-hexadecimal user`; empty lines and those that begin with # do not count.
pub struct Tokens {
    file: PathBuf,
    known: RwLock<Vec<Token>>,
}

struct Token {
    hash: [u8; 32],
    user: User,
}

impl Tokens {
    /// # Errors
    ///
    /// A file that cannot be read, a line that is none, or no line at all.
    pub fn read(file: PathBuf) -> Result<Self, Failure> {
        let known = RwLock::new(tokens_in(&file)?);
        Ok(Self { file, known })
    }

    /// # Errors
    ///
    /// As [`read`](Self::read); then what is known stays.
    pub fn read_again(&self) -> Result<(), Failure> {
        let read = tokens_in(&self.file)?;
        *self.known.write().unwrap_or_else(std::sync::PoisonError::into_inner) = read;
        Ok(())
    }

    /// The user of a token. It is compared with all of them, so that the time does not tell how near it came.
    pub fn user(&self, token: &str) -> Option<User> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        let known = self.known.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        known
            .iter()
            .fold(None, |found, token| if token.hash.ct_eq(&hash).into() { Some(token.user.clone()) } else { found })
    }
}

fn tokens_in(file: &Path) -> Result<Vec<Token>, Failure> {
    let said = |reason: String| Failure::from(format!("{}: {reason}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| said(error.to_string()))?;
    let lines = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let tokens: Vec<_> = lines
        .map(|(number, line)| {
            // The line is not shown: somebody may have written the token itself.
            token_of(line).ok_or_else(|| {
                said(format!("line {number} is not the SHA-256 of a token in hexadecimal, a space, and a user"))
            })
        })
        .collect::<Result<_, _>>()?;
    if tokens.is_empty() { Err(said("there is no token in it".into())) } else { Ok(tokens) }
}

fn token_of(line: &str) -> Option<Token> {
    let (hash, user) = line.split_once(char::is_whitespace)?;
    Some(Token { hash: hash_of_hexadecimal(hash)?, user: User::new(user.trim())? })
}

fn hash_of_hexadecimal(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::token_of;

    /// The SHA-256 of the three letters abc (FIPS 180-2, B.1).
    const HASH: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_line_is_a_hash_and_a_user() {
        let token = token_of(&format!("{HASH}\tmaria of the shop")).unwrap();
        assert_eq!((token.hash[..2].to_vec(), token.user.id()), (vec![0xba, 0x78], "maria of the shop"));
        assert!(token_of(HASH).is_none());
        assert!(token_of(&format!("{HASH} ")).is_none());
        assert!(token_of("abc maria").is_none());
        assert!(token_of(&format!("+{} maria", &HASH[1..])).is_none());
    }
}
