//! The memories of a scope in the order of their relevance without a question, from the index of ranks: without their rows.

use homer_interrupts::Steps;
use homer_ranking::decay::{self, Slot};
use homer_text::keys;
use pgrx::pg_sys;

use crate::walk::{Numbered, Pointer, Relation};

/// The memories of a user in a slot, which are in order in the index.
struct Branch<'r> {
    entries: Numbered<'r>,
    slot: Slot,
    now: i64,
}

impl Iterator for Branch<'_> {
    /// A row pointer, and the most that its relevance can be.
    type Item = (Pointer, f64);

    fn next(&mut self) -> Option<Self::Item> {
        let (pointer, rank_key) = self.entries.next()?;
        Some((pointer, decay::most_relevance(rank_key.unwrap_or(i64::MAX), self.slot, self.now)))
    }
}

/// Calls `each` with the row pointers of the memories of these users and the most that the relevance of each can be, the largest
/// first, until it gives false; with those of versions of a row that are gone, and by chance with another user's. Gives false
/// where the index of ranks is not there or not as homer made it.
pub fn each_by_rank<'u>(
    table: &Relation,
    users: impl Iterator<Item = &'u str>,
    now: i64,
    each: &mut dyn FnMut(Pointer, f64) -> bool,
) -> bool {
    let Some(index) = table.index("homer_memories_rank_idx", pg_sys::BTREE_AM_OID) else { return false };
    let of_slots = users.flat_map(|user| Slot::ALL.map(|slot| (slot, keys::hash(user, slot as i64))));
    let branches =
        of_slots.map(|(slot, branch)| Some(Branch { entries: Numbered::of(table, &index, branch)?, slot, now }));
    let Some(branches) = branches.collect::<Option<Vec<Branch>>>() else { return false };
    let mut branches: Vec<_> = branches.into_iter().map(Iterator::peekable).collect();
    let mut steps = Steps::default();
    loop {
        steps.step();
        let heads = branches.iter_mut().enumerate().filter_map(|(place, branch)| Some((place, branch.peek()?.1)));
        let Some((first, _)) = heads.max_by(|(_, one), (_, other)| one.total_cmp(other)) else { return true };
        let Some((pointer, most)) = branches[first].next() else { return true };
        if !each(pointer, most) {
            return true;
        }
    }
}
