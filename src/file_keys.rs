//! What the search index holds of a file: the keys of its words, as of a memory's.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::keys::{Scope, keys_of_text, uuids};

/// The keys of a file's words under its owner, and once more under everyone for a published file, sorted.
///
/// The users of `shared_with` have none of their own: they may be thousands, and each would repeat every word. They find a
/// file under its owner's.
#[pg_extern(sql = false)]
fn file_keys(
    uploaded_by: Option<&str>,
    is_shared: Option<bool>,
    original_name: Option<&str>,
    description: Option<&str>,
    tags: Option<&str>,
    beginning: Option<&str>,
) -> Vec<Uuid> {
    let parts = [original_name, description, tags, beginning].map(Option::unwrap_or_default);
    let mut keys = keys_of_text(&Scope::of(uploaded_by.unwrap_or_default()), &parts);
    if is_shared == Some(true) {
        keys.extend(keys_of_text(&Scope::of(""), &parts));
        keys.sort_unstable();
    }
    uuids(keys)
}
