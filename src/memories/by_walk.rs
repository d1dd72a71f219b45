//! The memories of a scope by a walk of the indexes.
//!
//! Every memory has the key of its user's in the index of words. The row pointers of that key, as far as the snapshot sees what
//! they point at, are the documents; any other key's are looked up among them. So which rows are there is asked once a question
//! and not once a hit. A pointer that is among the documents cannot come to mean another row while the snapshot lasts.

use homer_interrupts::{cancellable, sort};
use homer_ranking::answering::{Memories, Row};
use homer_ranking::nearest::Vector;
use homer_ranking::scoring::{Document, Flags, Holders, Neighbourhood, REACH};
use homer_text::keys::{self, Scope};
use pgrx::prelude::*;

use super::by_rank::{Categories, Ranks};
use super::columns::Columns;
use super::vectors::{self, Vectors};
use super::{holders_or_of_parts, keys_of_each, room};
use crate::walk::{
    Bound, Direction, Key, Leaves, Pointer, Pointers, Relation, Scan, Table, block_of, is_readable, merged, postings,
};

/// The table of memories and its indexes, open.
pub struct Opened {
    table: Relation,
    columns: Columns,
    words: Relation,
    live: Relation,
    conversations: Relation,
    primary_key: Relation,
}

impl Opened {
    /// None where one of them is not there, not as homer made it, or not ready.
    pub fn new(table: pg_sys::Oid) -> Option<Self> {
        let table = Relation::table(table)?;
        let opened = Self {
            columns: Columns::of(&table)?,
            words: table.index("homer_memories_search_idx", pg_sys::GIN_AM_OID)?,
            live: table.index("homer_memories_live_idx", pg_sys::BTREE_AM_OID)?,
            conversations: table.index("homer_memories_conversation_idx", pg_sys::BTREE_AM_OID)?,
            primary_key: table.primary_key()?,
            table,
        };
        is_readable(&opened.words).then_some(opened)
    }
}

/// A memory is a document by the place of its row pointer among those of the scopes.
pub struct Walk<'r> {
    opened: &'r Opened,
    table: Table<'r>,
    conversations: Scan<'r>,
    ids: Leaves<'r>,
    now: i64,
    /// Those of them that have a memory.
    users: Vec<User<'r>>,
    /// Whoever's they are.
    pointers: Pointers,
    opened_vectors: Option<&'r vectors::Opened>,
    vectors: Option<Vectors<'r>>,
}

struct User<'r> {
    id: &'r str,
    scope: Scope,
    memories: usize,
}

impl<'r> Walk<'r> {
    /// None where an index has columns of other types.
    pub fn new(
        opened: &'r Opened,
        opened_vectors: Option<&'r vectors::Opened>,
        users: &'r [String],
        now: i64,
    ) -> Option<Self> {
        let table = &opened.table;
        let of_conversations = [pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::INT8OID];
        let mut live = Scan::of(table, &opened.live, &[pg_sys::TEXTOID, pg_sys::TIMESTAMPOID])?;
        let mut walk = Self {
            opened,
            table: Table::of(table),
            conversations: Scan::of(table, &opened.conversations, &of_conversations)?,
            ids: Leaves::of(&opened.primary_key)?,
            now,
            users: Vec::new(),
            pointers: Pointers::default(),
            opened_vectors,
            vectors: None,
        };
        let mut all = Vec::new();
        for user in users {
            let scope = Scope::of(user);
            let pointers = walk.live(user, &scope, &mut live);
            if !pointers.is_empty() {
                walk.users.push(User { id: user, scope, memories: pointers.len() });
                all = merged(all, pointers);
            }
        }
        room::keep_for(all.len());
        walk.pointers = Pointers::new(all);
        Some(walk)
    }

    /// The row pointers of the memories of a user that are active and not expired.
    fn live(&mut self, user: &str, scope: &Scope, live: &mut Scan) -> Vec<Pointer> {
        let (mut seen, mut unsure) = (Vec::new(), Vec::new());
        postings(&self.opened.words, &[scope.key_of_all().bytes()], &mut |_, pointers| {
            for of_page in pointers.chunk_by(|one, next| block_of(*one) == block_of(*next)) {
                let is_seen = self.table.is_visible_to_all(of_page[0]);
                if is_seen { &mut seen } else { &mut unsure }.extend_from_slice(of_page);
            }
        });
        if !unsure.is_empty() {
            seen = merged(seen, self.table.visible(&unsure));
        }
        let expired = self.expired(user, live);
        if !expired.is_empty() {
            seen.retain(|pointer| expired.binary_search(pointer).is_err());
        }
        seen
    }

    fn expired(&self, user: &str, live: &mut Scan) -> Vec<Pointer> {
        let mut expired = Vec::new();
        let of_user = if user.is_empty() { Bound::Null } else { Bound::Text(user) };
        live.each(&[of_user, Bound::Until(self.now)], Direction::Forwards, |pointer| {
            expired.push(pointer);
            true
        });
        expired.sort_unstable();
        expired
    }

    fn document(&self, pointer: Pointer) -> Option<Document> {
        self.pointers.place(pointer).map(|place| place as Document)
    }

    fn add_documents(&self, pointers: &[Pointer], into: &mut Vec<Document>) {
        self.pointers.each_place(pointers, |place| into.push(place as Document));
    }

    fn scopes(&self) -> impl Iterator<Item = &Scope> {
        self.users.iter().map(|user| &user.scope)
    }

    fn pointer(&self, document: Document) -> Pointer {
        self.pointers.at(document as usize)
    }

    /// The documents that have one of the keys.
    fn with_keys(&self, keys: impl Iterator<Item = keys::Key>) -> Flags {
        let mut keys: Vec<Key> = keys.map(keys::Key::bytes).collect();
        sort(&mut keys);
        let mut documents = Vec::new();
        postings(&self.opened.words, &keys, &mut |_, pointers| self.add_documents(pointers, &mut documents));
        Flags::new(self.count(), documents.into_iter())
    }

    fn holders_as_written(&self, words: &[String]) -> Vec<Holders> {
        let mut keys: Vec<(Key, usize)> = Vec::new();
        for (number, word) in (0..).zip(words) {
            for key in self.scopes().flat_map(|scope| scope.keys_of_word(word)) {
                keys.push((key.bytes(), 2 * number));
                keys.push((key.of_repetition().bytes(), 2 * number + 1));
            }
        }
        keys.sort_unstable();
        let (keys, places): (Vec<Key>, Vec<usize>) = keys.into_iter().unzip();
        let mut documents: Vec<Vec<Document>> = vec![Vec::new(); 2 * words.len()];
        postings(&self.opened.words, &keys, &mut |key, pointers| {
            self.add_documents(pointers, &mut documents[places[key]]);
        });
        let mut documents = documents.into_iter();
        let holders = |word: &String| {
            let (once, repeated) = (documents.next().unwrap_or_default(), documents.next().unwrap_or_default());
            Holders::new(once, repeated, keys::is_weak(word))
        };
        words.iter().map(holders).collect()
    }
}

impl Memories for Walk<'_> {
    fn count(&self) -> usize {
        self.pointers.len()
    }

    fn count_of(&mut self, user: &str) -> usize {
        self.users.iter().find(|known| known.id == user).map_or(0, |known| known.memories)
    }

    fn holders(&mut self, words: &[String]) -> Vec<Holders> {
        holders_or_of_parts(words, |words| self.holders_as_written(words))
    }

    fn of_categories(&mut self, categories: &[String]) -> Flags {
        self.with_keys(keys_of_each(self.scopes(), categories, Scope::key_of_category))
    }

    fn with_tags(&mut self, tags: &[String]) -> Flags {
        self.with_keys(keys_of_each(self.scopes(), tags, Scope::key_of_tag))
    }

    fn of_conversation(&mut self, conversation: &str) -> Flags {
        let Some(mut scan) = Scan::of(&self.opened.table, &self.opened.conversations, &[pg_sys::TEXTOID; 2]) else {
            return Flags::new(self.count(), std::iter::empty());
        };
        let mut documents = Vec::new();
        for user in &self.users {
            scan.each(&[Bound::Text(user.id), Bound::Text(conversation)], Direction::Forwards, |pointer| {
                documents.extend(self.document(pointer));
                true
            });
        }
        Flags::new(self.count(), documents.into_iter())
    }

    fn rows(&mut self, documents: &[Document]) -> Vec<Row> {
        let mut documents = documents.to_vec();
        documents.sort_unstable();
        let pointers: Vec<Pointer> = documents.iter().map(|document| self.pointer(*document)).collect();
        let (columns, now) = (&self.opened.columns, self.now);
        let mut rows = Vec::with_capacity(documents.len());
        self.table.each_row(&pointers, |place, row| {
            let relevance = columns.weight(row).relevance(now);
            rows.extend(row.value(&columns.id).map(|id| Row { document: documents[place], id, relevance }));
        });
        rows
    }

    fn documents(&mut self, ids: &[i32]) -> Vec<Option<Document>> {
        let mut sorted: Vec<(i32, usize)> = ids.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        let mut documents = vec![None; ids.len()];
        self.ids.each_of(sorted.iter().map(|(id, _)| (*id).into()), &mut |number, pointer, _| {
            let found = &mut documents[sorted[number].1];
            *found = found.or(self.document(pointer));
        });
        documents
    }

    fn neighbourhoods(&mut self, documents: &[Document]) -> Vec<Neighbourhood> {
        cancellable(documents.iter()).map(|document| self.neighbourhood(*document)).collect()
    }

    fn by_relevance(&mut self, each: &mut dyn FnMut(Document, f64) -> bool) -> bool {
        let users: Vec<&str> = self.users.iter().map(|user| user.id).collect();
        let Some(ranks) = Ranks::of(&self.opened.table) else { return false };
        let Some(in_order) = ranks.in_order(&users, &Categories::all(), self.now) else { return false };
        let known = in_order.filter_map(|(_, entry, most)| Some((self.document(entry.pointer)?, most)));
        for (document, most) in cancellable(known) {
            if !each(document, most) {
                break;
            }
        }
        true
    }

    fn vectors(&mut self, question: &[f32]) -> Vec<Vector> {
        let users: Vec<String> = self.users.iter().map(|user| user.id.to_owned()).collect();
        let (vectors, compared) = Vectors::of(self.opened_vectors, &users, self.pointers.len(), question);
        self.vectors = Some(vectors);
        compared
    }

    fn cosines(&mut self, of: &[(Document, Vector)]) -> Vec<Option<f64>> {
        let Some(vectors) = &mut self.vectors else { return Vec::new() };
        let columns = &self.opened.columns;
        let cosine = |(document, vector): &(Document, Vector)| {
            let pointer = self.pointers.at(*document as usize);
            vectors.cosine(vector, || self.table.row(pointer, |row| columns.text_hash(row)))
        };
        cancellable(of.iter()).map(cosine).collect()
    }
}

impl Walk<'_> {
    fn neighbourhood(&mut self, document: Document) -> Neighbourhood {
        let columns = &self.opened.columns;
        let stands = self.table.row(self.pointer(document), |row| {
            let user: Option<String> = row.value(&columns.user_id);
            Some((row.value(&columns.id)?, user.unwrap_or_default(), row.value::<String>(&columns.conversation)?))
        });
        let Some((id, user, conversation)) = stands.flatten() else { return Neighbourhood::new(&[], document, &[]) };
        let mut near = |bound: Bound, direction| {
            let mut near = Vec::with_capacity(REACH);
            self.conversations.each(&[Bound::Text(&user), Bound::Text(&conversation), bound], direction, |pointer| {
                near.extend(self.pointers.place(pointer).map(|place| place as Document));
                near.len() < REACH
            });
            near
        };
        let before = near(Bound::Below(id.into()), Direction::Backwards);
        let after = near(Bound::Above(id.into()), Direction::Forwards);
        Neighbourhood::new(&before, document, &after)
    }
}
