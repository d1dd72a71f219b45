//! The row pointers that a GIN index of 16-byte keys holds of a key.
//!
//! An index of this kind is a B-tree of keys. Each key has its row pointers beside it, packed, or in a tree of their own once
//! they are many; both sorted. PostgreSQL's `src/backend/access/gin/README` describes the trees and who locks what; the form on
//! disk is the same since 9.4, because pg_upgrade keeps indexes as they are.

use homer_interrupts::look;
use pgrx::prelude::*;

use super::page::{Locked, Pinned, SIZE};
use super::relation::Relation;
use super::{BITS_OF_OFFSET, Pointer, block_at, is_laid_out_as_here, pointer_at, u16_at};

pub type Key = [u8; 16];

/// Calls `each` with the place of a key among `keys`, which are sorted, and with row pointers that the index holds of it: in
/// order, in as many calls as they have pages. While it is called, the page that holds the pointers is locked, so VACUUM has
/// not removed what they point at.
///
/// The index is one that `is_readable`.
pub fn postings(index: &Relation, keys: &[Key], each: &mut dyn FnMut(usize, &[Pointer])) {
    let mut trees: Vec<(usize, u32)> = Vec::new();
    let mut pointers = Vec::new();
    let mut leaf: Option<Entries> = None;
    for (place, key) in keys.iter().enumerate() {
        let entries = match leaf.take() {
            Some(entries) if !entries.ends_before(key) => entries,
            others => {
                drop(others);
                look();
                Entries::leaf(index, key)
            }
        };
        match entries.list(key) {
            Some(List::Tree(root)) => trees.push((place, root)),
            Some(List::Packed(bytes)) => {
                unpack(bytes, &mut pointers);
                each(place, &pointers);
                pointers.clear();
            }
            None => {}
        }
        leaf = Some(entries);
    }
    drop(leaf);
    for (place, root) in trees {
        postings_of_tree(index, root, &mut pointers, &mut |some| each(place, some));
    }
}

/// Whether an index is one of such keys that was made since 9.4, and no rows wait in a list to be sorted into it. What comes to
/// wait there from now on is of rows that the snapshot does not see.
pub fn is_readable(index: &Relation) -> bool {
    const PENDING: usize = CONTENTS;
    const VERSION: usize = CONTENTS + 48;
    let page = Locked::read(index, 0);
    let page = page.bytes();
    is_laid_out_as_here()
        && index.kind_of_column(1) == pg_sys::UUIDOID
        && u32_at(page, PENDING) == pg_sys::InvalidBlockNumber
        && u32_at(page, VERSION) == 2
}

/// What stands at the end of each page of the index.
struct Opaque {
    right: u32,
    /// How many pointers to pages below an inner page of a tree of row pointers has.
    count: u16,
    flags: u16,
}

const IS_LEAF: u16 = 1 << 1;
const IS_DELETED: u16 = 1 << 2;

impl Opaque {
    fn of(page: &[u8; SIZE]) -> Self {
        let start = usize::from(u16_at(page, 16));
        Self { right: u32_at(page, start), count: u16_at(page, start + 4), flags: u16_at(page, start + 6) }
    }

    fn is(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    fn is_last(&self) -> bool {
        self.right == pg_sys::InvalidBlockNumber
    }
}

/// Where the header of a page ends.
const CONTENTS: usize = 24;

/// What an entry of the tree of keys says of where its row pointers are.
enum List<'a> {
    Packed(&'a [u8]),
    Tree(u32),
}

/// A page of the tree of keys.
struct Entries {
    page: Locked,
    opaque: Opaque,
    count: usize,
}

impl Entries {
    const ROOT: u32 = 1;

    fn read(index: &Relation, block: u32) -> Self {
        Self::new(Locked::read(index, block))
    }

    fn new(page: Locked) -> Self {
        let opaque = Opaque::of(page.bytes());
        let count = (usize::from(u16_at(page.bytes(), 12)) - CONTENTS) / 4;
        Self { page, opaque, count }
    }

    /// The leaf on which a key is, if the index has it.
    fn leaf(index: &Relation, key: &Key) -> Self {
        let mut entries = Self::read(index, Self::ROOT);
        loop {
            // A page that was split meanwhile has some of its keys to its right.
            while entries.ends_before(key) {
                // The next page is locked before this one is let go.
                entries = Self::read(index, entries.opaque.right);
            }
            if entries.opaque.is(IS_LEAF) {
                return entries;
            }
            let below = entries.below(key);
            // Pages of keys are never removed, so this one can be let go before that below it is locked.
            drop(entries);
            entries = Self::read(index, below);
        }
    }

    fn ends_before(&self, key: &Key) -> bool {
        !self.opaque.is_last() && self.count > 0 && self.compare(key, self.count - 1).is_gt()
    }

    /// How the key compares with that of an entry; what stands for rows without keys comes last.
    fn compare(&self, key: &Key, place: usize) -> std::cmp::Ordering {
        const HAS_NULL: u16 = 0x8000;
        let entry = self.entry(place);
        let bytes = self.page.bytes();
        if u16_at(bytes, entry + 6) & HAS_NULL != 0 {
            std::cmp::Ordering::Less
        } else {
            key[..].cmp(&bytes[entry + 8..entry + 24])
        }
    }

    /// Where an entry stands on the page.
    fn entry(&self, place: usize) -> usize {
        (u32_at(self.page.bytes(), CONTENTS + 4 * place) & 0x7FFF) as usize
    }

    /// The first entry that is not before the key, of so many.
    fn first_from(&self, key: &Key, entries: usize) -> usize {
        let (mut low, mut high) = (0, entries);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.compare(key, middle).is_gt() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The page below an inner page on which the key is. An entry holds the last key of the page below it, and the last entry
    /// of a level stands for all keys that are to come.
    fn below(&self, key: &Key) -> u32 {
        let place = self.first_from(key, self.count - 1);
        block_at(self.page.bytes(), self.entry(place))
    }

    fn list(&self, key: &Key) -> Option<List<'_>> {
        const IN_A_TREE: u16 = u16::MAX;
        const IS_PACKED: u32 = 1 << 31;
        let place = self.first_from(key, self.count);
        if place == self.count || self.compare(key, place).is_ne() {
            return None;
        }
        let (bytes, entry) = (self.page.bytes(), self.entry(place));
        let (block, count) = (block_at(bytes, entry), u16_at(bytes, entry + 4));
        match count {
            IN_A_TREE => Some(List::Tree(block)),
            0 => None,
            _ => Some(List::Packed(&bytes[entry + (block & !IS_PACKED) as usize..])),
        }
    }
}

/// The row pointers in a tree of their own, leaf by leaf.
fn postings_of_tree(index: &Relation, root: u32, pointers: &mut Vec<Pointer>, each: &mut dyn FnMut(&[Pointer])) {
    let mut page = first_leaf(index, root);
    loop {
        let opaque = Opaque::of(page.bytes());
        if !opaque.is(IS_DELETED) {
            unpack_all(page.bytes(), pointers);
            each(pointers);
            pointers.clear();
        }
        if opaque.is_last() {
            return;
        }
        // The next page is locked before this one is let go: it cannot be removed meanwhile.
        let next = Pinned::read_again(index, opaque.right).locked();
        drop(page);
        page = next;
        look();
    }
}

/// Where the row pointers, or the pointers to pages below, of a page of such a tree begin: behind the last row pointer of all.
const DATA: usize = CONTENTS + 8;

/// The leftmost leaf. VACUUM never removes the first page of a level.
fn first_leaf(index: &Relation, root: u32) -> Locked {
    let mut page = Locked::read(index, root);
    loop {
        let opaque = Opaque::of(page.bytes());
        if opaque.is(IS_LEAF) || opaque.count == 0 {
            return page;
        }
        let below = block_at(page.bytes(), DATA);
        drop(page);
        page = Locked::read(index, below);
    }
}

/// The row pointers of a leaf, in pieces that are packed each by itself.
fn unpack_all(page: &[u8; SIZE], pointers: &mut Vec<Pointer>) {
    let mut rest = &page[DATA..usize::from(u16_at(page, 12))];
    while !rest.is_empty() {
        let length = unpack(rest, pointers);
        rest = &rest[length..];
    }
}

/// The row pointers of one packed piece: the first as it is, and for each that follows what it is farther, seven bits a byte,
/// the lowest first. Gives how many bytes the piece takes.
fn unpack(bytes: &[u8], pointers: &mut Vec<Pointer>) -> usize {
    const FIRST: usize = 8;
    let length = usize::from(u16_at(bytes, 6));
    let mut last = pointer_at(bytes, 0);
    pointers.push(last);
    let mut shift = 0;
    let mut farther = 0;
    for byte in &bytes[FIRST..FIRST + length] {
        farther |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 != 0 {
            shift += 7;
        } else {
            last += farther;
            pointers.push(last);
            (shift, farther) = (0, 0);
        }
    }
    FIRST + length.next_multiple_of(2)
}

const _: () = assert!(BITS_OF_OFFSET == 11, "as row pointers are packed");

fn u32_at(bytes: &[u8], place: usize) -> u32 {
    u32::from(u16_at(bytes, place)) | u32::from(u16_at(bytes, place + 2)) << 16
}
