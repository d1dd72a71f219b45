//! The memories that are the most relevant when nothing is asked, of which few are read.
//!
//! Within a branch, a user's memories of one category, the order of relevance does not change as time passes, so that an index
//! holds it. The branches are merged until what is left of them cannot be among the best.

use crate::largest::Largest;

/// Branches as one, the most relevant first: of each entry, which branch it is of, what it is, and the most that its relevance
/// can be.
pub struct Merged<P, B: Iterator<Item = (P, f64)>> {
    branches: Vec<Branch<P, B>>,
}

struct Branch<P, B> {
    head: Option<(P, f64)>,
    rest: B,
}

impl<P, B: Iterator<Item = (P, f64)>> Default for Merged<P, B> {
    fn default() -> Self {
        Self { branches: Vec::new() }
    }
}

impl<P, B: Iterator<Item = (P, f64)>> Merged<P, B> {
    /// Adds a branch, which is in that order. Of thousands of categories that are asked for, most have no memory.
    pub fn add(&mut self, mut rest: B) {
        let head = rest.next();
        if head.is_some() {
            self.branches.push(Branch { head, rest });
        }
    }

    /// Passes over what is left of a branch.
    fn leave(&mut self, branch: usize) {
        self.branches[branch].head = None;
    }
}

impl<P, B: Iterator<Item = (P, f64)>> Iterator for Merged<P, B> {
    type Item = (usize, P, f64);

    fn next(&mut self) -> Option<Self::Item> {
        let most = |branch: &Branch<P, B>| branch.head.as_ref().map_or(f64::NEG_INFINITY, |(_, most)| *most);
        let (place, first) =
            self.branches.iter_mut().enumerate().max_by(|(_, one), (_, other)| most(one).total_cmp(&most(other)))?;
        let (entry, most) = first.head.take()?;
        first.head = first.rest.next();
        Some((place, entry, most))
    }
}

/// A memory that was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    pub id: i32,
    pub relevance: f64,
    /// What is to come is worth less than its place in the branch says.
    pub is_in_order: bool,
}

/// The `at_most` most relevant, the larger id first of two alike. In each branch the more relevant comes first and of two alike the
/// one with the larger id, but for those that are not in order. `read` gives none for an entry that stands for no memory.
pub fn best<P, B: Iterator<Item = (P, f64)>>(
    mut merged: Merged<P, B>,
    at_most: usize,
    mut read: impl FnMut(P) -> Option<Standing>,
) -> Vec<Standing> {
    let mut largest = Largest::new(at_most);
    let mut in_order = vec![0; merged.branches.len()];
    let mut found = Vec::new();
    while let Some((branch, entry, most)) = merged.next()
        && most >= largest.least()
        && at_most > 0
    {
        let Some(standing) = read(entry) else { continue };
        largest.push(standing.relevance);
        found.push(standing);
        in_order[branch] += usize::from(standing.is_in_order);
        // Where thousands are alike, as rules are, that none is better does not end it.
        if in_order[branch] == at_most {
            merged.leave(branch);
        }
    }
    found.sort_unstable_by(|one, other| other.relevance.total_cmp(&one.relevance).then(other.id.cmp(&one.id)));
    found.truncate(at_most);
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Entry = (Option<Standing>, f64);

    /// A branch as an index holds it, of memories: what they are worth, how much less than their place says, and whether they are
    /// there.
    fn branch(memories: Vec<(f64, f64, bool)>, number: usize) -> Vec<Entry> {
        let mut entries: Vec<Entry> = (0..)
            .zip(memories)
            .map(|(place, (relevance, above, is_there)): (i32, _)| {
                let id = place * 10 + number as i32;
                let standing = Standing { id, relevance, is_in_order: above == 0.0 };
                (is_there.then_some(standing), relevance + above)
            })
            .collect();
        let id = |entry: &Entry| entry.0.map_or(0, |standing| standing.id);
        entries.sort_by(|one, other| other.1.total_cmp(&one.1).then(id(other).cmp(&id(one))));
        entries
    }

    fn best_of(branches: &[Vec<Entry>], at_most: usize) -> (Vec<Standing>, usize) {
        let mut read = 0;
        let mut merged = Merged::default();
        branches.iter().for_each(|branch| merged.add(branch.iter().copied()));
        let best = best(merged, at_most, |entry| {
            read += 1;
            entry
        });
        (best, read)
    }

    fn best_of_all(branches: &[Vec<Entry>], at_most: usize) -> Vec<Standing> {
        let mut all: Vec<Standing> = branches.iter().flatten().filter_map(|entry| entry.0).collect();
        all.sort_by(|one, other| other.relevance.total_cmp(&one.relevance).then(other.id.cmp(&one.id)));
        all.truncate(at_most);
        all
    }

    proptest! {
        #[test]
        fn the_best_are_those_of_a_search_through_all(
            branches in prop::collection::vec(
                prop::collection::vec(
                    (prop_oneof![Just(5.0), 0.0..10.0], prop_oneof![4 => Just(0.0), 1 => 0.1..5.0], prop::bool::weighted(0.9)),
                    0..40,
                ),
                0..8,
            ),
            at_most in 0_usize..30,
        ) {
            let branches: Vec<Vec<Entry>> =
                branches.into_iter().enumerate().map(|(number, memories)| branch(memories, number)).collect();
            prop_assert_eq!(best_of(&branches, at_most).0, best_of_all(&branches, at_most));
        }
    }

    #[test]
    fn of_ever_so_many_alike_few_are_read() {
        let alike = |number| branch(vec![(5.0, 0.0, true); 10_000], number);
        let branches = [alike(0), alike(1), alike(2)];
        let (best, read) = best_of(&branches, 10);
        assert_eq!(best, best_of_all(&branches, 10));
        assert_eq!(read, 30);
    }

    #[test]
    fn what_cannot_be_among_the_best_is_not_read() {
        let better = branch((0..1_000).map(|place| (f64::from(place), 0.0, true)).collect(), 0);
        let worse = branch(vec![(3.0, 0.0, true); 1_000], 1);
        let (best, read) = best_of(&[better, worse], 10);
        assert_eq!(best.len(), 10);
        assert_eq!(read, 10);
    }
}
