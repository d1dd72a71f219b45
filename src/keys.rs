//! The words of texts as numbers, for the indexes of memories and of files: `homer_text::keys`.

use homer_interrupts::cancellable;
use homer_ranking::decay;
use homer_text::keys::{self, Key, Scope};
use pgrx::Uuid;
use pgrx::prelude::*;

use crate::json_text::JsonText;

fn uuids(keys: Vec<Key>) -> Vec<Uuid> {
    cancellable(keys.into_iter()).map(uuid).collect()
}

pub fn uuid(key: Key) -> Uuid {
    Uuid::from_bytes(key.bytes())
}

fn scopes_of(user_ids: &Array<'_, &str>) -> Vec<Scope> {
    Scope::of_each(user_ids.iter().flatten())
}

/// The keys of a memory, sorted: of its words, its category, its tags, and the one that all memories of its user share.
#[pg_extern(sql = false)]
fn search_keys(
    user_id: Option<&str>,
    subject: Option<&str>,
    content: Option<&str>,
    category: Option<&str>,
    tags: Option<JsonText>,
) -> Vec<Uuid> {
    let [user_id, subject, content] = [user_id, subject, content].map(Option::unwrap_or_default);
    let category = category.map(decay::form);
    let tags = tags.map(JsonText::strings).unwrap_or_default();
    uuids(keys::keys_of_memory(user_id, subject, content, category.as_deref(), &tags))
}

/// The keys of a file's words, sorted.
#[pg_extern(sql = false)]
fn file_keys(
    uploaded_by: Option<&str>,
    is_shared: Option<bool>,
    original_name: Option<&str>,
    description: Option<&str>,
    tags: Option<JsonText>,
    beginning: Option<&str>,
) -> Vec<Uuid> {
    let tags = tags.map(JsonText::strings).unwrap_or_default().join("\n");
    let parts = [original_name, description, Some(&tags), beginning].map(Option::unwrap_or_default);
    uuids(keys::keys_of_file(uploaded_by.unwrap_or_default(), is_shared == Some(true), &parts))
}

/// The keys, in each of the scopes, of the forms of a word, that occur once or that are repeated.
#[pg_extern(sql = false)]
fn keys_of_word(scopes: Array<'_, &str>, word: &str, repeated: bool) -> Vec<Uuid> {
    uuids(keys::keys_of_word(&scopes_of(&scopes), word, repeated))
}

/// The keys, in each of the scopes, of the forms of a word, however often they occur.
#[pg_extern(sql = false)]
fn all_keys_of_word(scopes: Array<'_, &str>, word: &str) -> Vec<Uuid> {
    uuids(keys::all_keys_of_word(&scopes_of(&scopes), word))
}

/// The key of a user, for an index of whom a file is shared with.
#[pg_extern(sql = false)]
fn key_of_user(user_id: &str) -> Uuid {
    uuid(keys::key_of_user(user_id))
}

/// The key of each user in an array of them.
#[pg_extern(sql = false)]
fn keys_of_users(user_ids: JsonText) -> Vec<Uuid> {
    cancellable(user_ids.strings().into_iter()).map(|user_id| uuid(keys::key_of_user(&user_id))).collect()
}

/// 64 bits of SHA-256, for the branches of the ranking index.
#[pg_extern(sql = false)]
fn hash(value: &str, seed: i64) -> i64 {
    keys::hash(value, seed)
}

/// The words of a question that are searched for, each once, as all its forms.
#[pg_extern(sql = false)]
fn question_words(question: &str) -> Vec<String> {
    keys::question_words(question)
}

/// The function words of a question that has no others.
#[pg_extern(sql = false)]
fn question_names(question: &str) -> Vec<String> {
    keys::question_names(question)
}
