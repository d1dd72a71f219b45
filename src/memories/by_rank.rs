//! The memories of a scope in the order of their relevance without a question, from the indexes of ranks: without their rows.

use std::collections::BTreeSet;

use homer_interrupts::cancellable;
use homer_ranking::answering::Asked;
use homer_ranking::decay::{self, FAR_OFF_KEY, Slot, expiry_second};
use homer_ranking::standing::Merged;
use homer_text::keys;
use pgrx::pg_sys;

use crate::walk::{Entries, Leaves, Pointer, Relation, integer, long_and_integer};

/// The indexes of ranks, open.
pub struct Ranks {
    slots: Relation,
    other_categories: Relation,
    far_off: Relation,
}

impl Ranks {
    /// None where one of them is not there or not as homer made it.
    pub fn of(table: &Relation) -> Option<Self> {
        const RANKS: [pg_sys::Oid; 4] = [pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::INT4OID, pg_sys::INT4OID];
        const FAR_OFF: [pg_sys::Oid; 3] = [pg_sys::INT8OID, pg_sys::INT4OID, pg_sys::INT4OID];
        let index = |name, kinds: &[pg_sys::Oid]| {
            let index = table.index(name, pg_sys::BTREE_AM_OID)?;
            (1..).zip(kinds).all(|(column, kind)| index.kind_of_column(column) == *kind).then_some(index)
        };
        Some(Self {
            slots: index("homer_memories_rank_idx", &RANKS)?,
            other_categories: index("homer_memories_other_category_rank_idx", &RANKS)?,
            far_off: index("homer_memories_far_off_idx", &FAR_OFF)?,
        })
    }

    /// The entries of these users' memories of these categories, the most relevant first, without those that have expired; with
    /// those of versions of a row that are gone, and by chance with another user's. None where an index cannot be read by its pages.
    pub fn in_order(&self, users: &[impl AsRef<str>], categories: &Categories, now: i64) -> Option<InOrder<'_>> {
        let [slots, others, far_off] =
            [Leaves::of(&self.slots)?, Leaves::of(&self.other_categories)?, Leaves::of(&self.far_off)?];
        // As a rule no memory is.
        let far_off = (!far_off.is_empty()).then_some(far_off);
        let mut merged = Merged::default();
        let mut add = |entries, slot| merged.add(Branch { entries, slot, now });
        for user in users {
            let in_slot = |slot: Slot| keys::hash(user.as_ref(), slot as i64);
            // What never fades is in order among the others.
            let far_off_in = |slot: Slot, branch: i64| {
                let far_off = far_off.filter(|_| slot != Slot::Rule)?;
                Some(Ranked::FarOff(far_off.entries(branch, integer)))
            };
            for slot in categories.slots.iter().copied() {
                let branch = in_slot(slot);
                add(Ranked::Now(slots.entries(branch, long_and_integer)), slot);
                far_off_in(slot, branch).into_iter().for_each(|entries| add(entries, slot));
            }
            if categories.others.is_empty() {
                continue;
            }
            let of_others = in_slot(Slot::Other);
            for category in &categories.others {
                let branch = keys::hash(category, of_others);
                add(Ranked::Now(others.entries(branch, long_and_integer)), Slot::Other);
            }
            far_off_in(Slot::Other, of_others).into_iter().for_each(|entries| add(entries, Slot::Other));
        }
        Some(merged)
    }
}

/// Which categories are asked for: those that have a slot, or `Slot::Other` for all that have none, or some of these.
pub struct Categories {
    slots: Vec<Slot>,
    others: BTreeSet<String>,
}

impl Categories {
    pub fn all() -> Self {
        Self { slots: Slot::ALL.to_vec(), others: BTreeSet::new() }
    }

    pub fn of(asked: &Asked) -> Self {
        let Some(forms) = &asked.categories else { return Self::all() };
        let slots: Vec<Slot> = cancellable(forms.iter()).map(|form| Slot::of(form)).collect();
        let others = cancellable(forms.iter().zip(&slots)).filter(|(_, slot)| **slot == Slot::Other);
        let others = others.map(|(form, _)| form.clone()).collect();
        let is_asked_for = |slot: &Slot| *slot != Slot::Other && slots.contains(slot);
        Self { slots: Slot::ALL.into_iter().filter(is_asked_for).collect(), others }
    }

    /// The slots whose memories are asked for whole.
    pub fn slots(&self) -> Vec<i32> {
        self.slots.iter().map(|slot| *slot as i32).collect()
    }

    /// Those of the other categories that are asked for; none where all are.
    pub fn others(&self) -> Option<Vec<String>> {
        let are_all = self.slots.contains(&Slot::Other);
        (!are_all).then(|| self.others.iter().cloned().collect())
    }

    /// Whether a category is among them, in the form in which categories are compared.
    pub fn hold(&self, form: &str) -> bool {
        self.slots.contains(&Slot::of(form)) || self.others.contains(form)
    }
}

pub type InOrder<'r> = Merged<Entry, Branch<'r>>;

/// What an index of ranks holds of a memory.
#[derive(Clone, Copy)]
pub struct Entry {
    pub pointer: Pointer,
    pub is_far_off: bool,
}

/// The memories of a user in a slot or of a category, which are in order in the index.
pub struct Branch<'r> {
    entries: Ranked<'r>,
    slot: Slot,
    now: i64,
}

enum Ranked<'r> {
    /// By rank key, of which they hold the complement, and with the second in which each expires.
    Now(Entries<'r, (i64, i32)>),
    /// By importance, of which they hold the complement.
    FarOff(Entries<'r, i32>),
}

impl Iterator for Branch<'_> {
    /// With the most that its relevance can be.
    type Item = (Entry, f64);

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.entries {
            Ranked::Now(entries) => {
                let now = expiry_second(Some(self.now));
                let (pointer, (falling, _)) = entries.find(|(_, (_, expiry))| *expiry >= now)?;
                let rank_key = !falling;
                // What is far off stands last.
                if rank_key == FAR_OFF_KEY {
                    return None;
                }
                let most = decay::most_relevance(rank_key, self.slot, self.now);
                Some((Entry { pointer, is_far_off: false }, most))
            }
            Ranked::FarOff(entries) => {
                let (pointer, falling) = entries.next()?;
                let importance = !falling;
                Some((Entry { pointer, is_far_off: true }, importance.into()))
            }
        }
    }
}
