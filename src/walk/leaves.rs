//! The entries of a B-tree index whose first column is a number, from its pages: a quarter of what its access method takes, which
//! copies each entry and is called for it.
//!
//! An index of this kind is a tree of pages, each of which knows the one to its right. PostgreSQL's
//! `src/backend/access/nbtree/README` describes it; the form on disk is the same since 12, because pg_upgrade keeps indexes as they
//! are. What is read is read under the snapshot of the statement: what VACUUM removes meanwhile is nothing that it sees, and a page
//! that is deleted keeps what leads to its right until no snapshot is left that saw it.

use homer_interrupts::look;
use pgrx::prelude::*;

use super::page::{Ahead, Locked, SIZE};
use super::relation::Relation;
use super::{Pointer, block_at, is_laid_out_as_here, pointer_at, u16_at};

/// The kind of the first column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    Four,
    Eight,
}

/// An index that is read by its pages.
#[derive(Clone, Copy)]
pub struct Leaves<'r> {
    index: &'r Relation,
    width: Width,
    /// The page at the top, or one that was there when this was opened: all that it leads to lies below it or to its right.
    root: Option<u32>,
}

/// Where the header of a page ends, and what is beside the row pointer in that of an entry.
const CONTENTS: usize = 24;
const HEADER: usize = 8;

impl<'r> Leaves<'r> {
    /// None where the index was made by another version, or has another column first.
    pub fn of(index: &'r Relation) -> Option<Self> {
        const MAGIC: u32 = 0x53162;
        const VERSION: u32 = 4;
        const ROOT: usize = CONTENTS + 16;
        let width = match index.kind_of_column(1) {
            pg_sys::INT4OID => Width::Four,
            pg_sys::INT8OID => Width::Eight,
            _ => return None,
        };
        let about = Locked::read(index, 0);
        let is_known =
            is_laid_out_as_here() && [CONTENTS, CONTENTS + 4].map(|place| about.u32_at(place)) == [MAGIC, VERSION];
        let root = about.u32_at(ROOT);
        is_known.then_some(Self { index, width, root: (root != 0).then_some(root) })
    }

    /// Calls `each` with the row pointers of the entries whose first column is this number, and with what they hold, in the order
    /// of the index. Which of the rows the snapshot sees is not looked at.
    pub fn each(&self, number: i64, each: &mut dyn FnMut(Pointer, &[u8])) {
        self.each_of(std::iter::once(number), &mut |_, pointer, held| each(pointer, held));
    }

    /// The same of several numbers, the smallest first, with the place of the number among them. Those that stand on one page are
    /// looked up there.
    pub fn each_of(&self, numbers: impl Iterator<Item = i64>, each: &mut dyn FnMut(usize, Pointer, &[u8])) {
        let mut last: Option<Node> = None;
        // Whose entries began before the page that was read last: it may be asked for again.
        let mut begun_before = None;
        for (place, number) in numbers.enumerate() {
            let found = match last.take() {
                Some(node) if !node.is_left_of(number) && begun_before != Some(number) => Some(node),
                others => {
                    drop(others);
                    self.leaf(number)
                }
            };
            let Some(mut node) = found else { return };
            // Where a number has several pages, the next is on its way while one is read.
            let mut next: Option<Ahead> = None;
            loop {
                let is_over = node.each(number, &mut |pointer, held| {
                    if let Some(next) = &mut next {
                        next.fetch();
                    }
                    each(place, pointer, held);
                });
                let Some(right) = node.right.filter(|_| !is_over) else { break };
                drop(node);
                look();
                begun_before = Some(number);
                let page = next.take().map_or_else(|| Locked::read(self.index, right), Ahead::locked);
                node = Node::new(page, self.width);
                next = node.right.map(|right| Ahead::read(self.index, right));
            }
            last = Some(node);
        }
    }

    /// The entries of a number, as `decode` reads them, in the order of the index: a page at a time, as far as they are asked for.
    pub fn entries<T>(&self, number: i64, decode: fn(&[u8]) -> Option<T>) -> Entries<'r, T> {
        Entries { leaves: *self, number, next: Next::Leaf, read: Vec::new().into_iter(), decode }
    }

    /// Whether no entry was ever added.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// The leftmost leaf that can have an entry of a number.
    fn leaf(&self, number: i64) -> Option<Node> {
        look();
        let mut node = self.node(self.root?);
        loop {
            // A page that was split meanwhile has some of its entries to its right, one that was deleted all.
            while node.is_left_of(number) {
                let right = node.right?;
                drop(node);
                node = self.node(right);
            }
            if node.is_leaf {
                return Some(node);
            }
            let below = node.below(number)?;
            drop(node);
            node = self.node(below);
        }
    }

    fn node(&self, block: u32) -> Node {
        Node::new(Locked::read(self.index, block), self.width)
    }
}

/// The entries of a number, each with its row pointer. No page is locked between one and the next.
pub struct Entries<'r, T> {
    leaves: Leaves<'r>,
    number: i64,
    next: Next,
    /// What is left of the page that was read last.
    read: std::vec::IntoIter<(Pointer, T)>,
    decode: fn(&[u8]) -> Option<T>,
}

/// Where the entries go on. A page that is split meanwhile has on the pages to its right what was read of it already, and leaves the
/// one that was to its right where it was.
enum Next {
    Leaf,
    Page(u32),
    Nowhere,
}

impl<T> Entries<'_, T> {
    fn read_page(&mut self) -> bool {
        look();
        let node = match self.next {
            Next::Leaf => self.leaves.leaf(self.number),
            Next::Page(block) => Some(self.leaves.node(block)),
            Next::Nowhere => None,
        };
        let Some(node) = node else { return false };
        let mut read = Vec::new();
        let is_over = node.each(self.number, &mut |pointer, held| {
            read.extend((self.decode)(held).map(|decoded| (pointer, decoded)));
        });
        self.next = match node.right {
            Some(right) if !is_over => Next::Page(right),
            _ => Next::Nowhere,
        };
        self.read = read.into_iter();
        true
    }
}

impl<T> Iterator for Entries<'_, T> {
    type Item = (Pointer, T);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let next = self.read.next();
            if next.is_some() || !self.read_page() {
                return next;
            }
        }
    }
}

/// A page of the tree. What stands on it before the entries may change while it is locked as it is: that an entry is dead.
struct Node {
    page: Locked,
    width: Width,
    right: Option<u32>,
    is_leaf: bool,
    is_deleted: bool,
    /// The places of the entries, from 1 on, the first of which may say where the page ends.
    count: usize,
    first: usize,
}

/// Where an entry stands on the page, and how long it is.
#[derive(Clone, Copy)]
struct Entry {
    start: usize,
    length: usize,
}

impl Node {
    fn new(page: Locked, width: Width) -> Self {
        const LEAF: u32 = 1;
        const DELETED: u32 = 1 << 2;
        const HALF_DEAD: u32 = 1 << 4;
        let about = page.u32_at(16) as usize & 0xffff;
        if about != SIZE - 16 {
            error!("a page of an index is damaged");
        }
        let (right, flags) = (page.u32_at(about + 4), page.u32_at(about + 12) & 0xffff);
        let is_deleted = flags & (DELETED | HALF_DEAD) != 0;
        // What stands on a deleted page are no entries.
        let count = if is_deleted { 0 } else { ((page.u32_at(12) & 0xffff) as usize - CONTENTS) / 4 };
        let right = (right != 0).then_some(right);
        Self {
            page,
            width,
            right,
            is_leaf: flags & LEAF != 0,
            is_deleted,
            count,
            first: if right.is_some() { 2 } else { 1 },
        }
    }

    /// The entry at a place. It may be marked as dead: what it points at, nobody sees any more, but on a standby somebody may.
    fn entry(&self, place: usize) -> Entry {
        let line = self.page.u32_at(CONTENTS + 4 * (place - 1));
        Entry { start: (line & 0x7fff) as usize, length: (line >> 17) as usize }
    }

    fn number(&self, entry: Entry) -> i64 {
        let start = entry.start + HEADER;
        match self.width {
            Width::Four => i32::from_le_bytes(self.bytes(start)).into(),
            Width::Eight => i64::from_le_bytes(self.bytes(start)),
        }
    }

    fn bytes<const N: usize>(&self, start: usize) -> [u8; N] {
        self.page.part(start, N).try_into().unwrap_or([0; N])
    }

    /// Calls `each` with what the page holds of a number, and says whether something that comes after it is there too.
    fn each(&self, number: i64, each: &mut dyn FnMut(Pointer, &[u8])) -> bool {
        for place in self.first_from(number)..=self.count {
            let entry = self.entry(place);
            if self.number(entry) != number {
                return true;
            }
            self.pointers(entry, each);
        }
        false
    }

    /// Whether all that a number can have lies to the right.
    fn is_left_of(&self, number: i64) -> bool {
        self.is_deleted || self.right.is_some() && number > self.number(self.entry(1))
    }

    /// The first place whose entry has this number or a greater one.
    fn first_from(&self, number: i64) -> usize {
        let (mut from, mut to) = self.near(number).unwrap_or((self.first, self.count + 1));
        while from < to {
            let middle = (from + to) / 2;
            if self.number(self.entry(middle)) < number { from = middle + 1 } else { to = middle }
        }
        from
    }

    /// Between which places this one is, if the numbers of the page are ids most of which follow one another: each place that is
    /// looked at is waited for where the page is far from the processor.
    fn near(&self, number: i64) -> Option<(usize, usize)> {
        const NEAR: usize = 4;
        if self.width != Width::Four || self.count < self.first + 2 * NEAR {
            return None;
        }
        let number_at = |place| self.number(self.entry(place));
        let (least, most) = (number_at(self.first), number_at(self.count));
        if !(least..most).contains(&number) {
            return None;
        }
        let places = (self.count - self.first) as i64;
        let expected = self.first + ((number - least) * places / (most - least)) as usize;
        let (low, high) = (expected.saturating_sub(NEAR).max(self.first), (expected + NEAR).min(self.count));
        (number_at(low) < number && number <= number_at(high)).then_some((low + 1, high))
    }

    /// The page below that can have the first entry of a number: the last that begins with a lesser one. The first begins with
    /// whatever there is.
    fn below(&self, number: i64) -> Option<u32> {
        let (mut from, mut to) = (self.first + 1, self.count + 1);
        while from < to {
            let middle = (from + to) / 2;
            if self.number(self.entry(middle)) < number { from = middle + 1 } else { to = middle }
        }
        (self.count >= self.first).then(|| block_at(self.page.part(self.entry(from - 1).start, 4), 0))
    }

    /// Calls `each` with the row pointers of an entry, of which it has several where rows hold the same.
    fn pointers(&self, entry: Entry, each: &mut dyn FnMut(Pointer, &[u8])) {
        const IS_OTHERWISE: u16 = 0x2000;
        const COUNT: u16 = 0x0fff;
        const POINTER: usize = 6;
        let held = self.page.part(entry.start, entry.length);
        if u16_at(held, 6) & IS_OTHERWISE == 0 {
            return each(pointer_at(held, 0), held);
        }
        let count = u16_at(held, 4) & COUNT;
        let list = block_at(held, 0) as usize;
        for place in 0..usize::from(count) {
            each(pointer_at(held, list + place * POINTER), &held[..list]);
        }
    }
}

/// The second and the fourth column of an entry of an eight-byte number, one of eight bytes and, after one of four, one of four,
/// none of them null.
pub fn long_and_integer(entry: &[u8]) -> Option<(i64, i32)> {
    let long = i64::from_le_bytes(entry.get(16..24)?.try_into().ok()?);
    Some((long, i32::from_le_bytes(entry.get(28..32)?.try_into().ok()?)))
}

/// The second column of an entry of an eight-byte number, one of four bytes, not null.
pub fn integer(entry: &[u8]) -> Option<i32> {
    Some(i32::from_le_bytes(entry.get(16..20)?.try_into().ok()?))
}

/// The second and the third column of an entry of an eight-byte number, an integer and a string of bytes, none of them null.
pub fn integer_and_bytes(entry: &[u8]) -> Option<(i32, &[u8])> {
    let (integer, bytes) = (integer(entry)?, &entry[20..]);
    // A string of fewer than 127 bytes has its length, with the one of this byte, above the lowest bit of one byte, which is set;
    // any other has it above the lowest two of four, which say whether it is compressed.
    let first = *bytes.first()?;
    if first & 1 == 1 {
        return Some((integer, bytes.get(1..usize::from(first >> 1))?));
    }
    let header = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?);
    let is_plain = header & 0b11 == 0;
    Some((integer, if is_plain { bytes.get(4..(header >> 2) as usize)? } else { &[] }))
}
