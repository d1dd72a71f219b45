//! Reading PostgreSQL's tables and indexes without its executor, under the snapshot of the statement that calls. 99 % of what a
//! question cost was the executor's way from an index to a row that says no more than the index does.
//!
//! All that is unsafe about it is in this folder, behind functions that are safe to call:
//!
//! | module     | idea                                                        |
//! |------------|-------------------------------------------------------------|
//! | `relation` | a table or an index, open as long as it is read             |
//! | `page`     | a page, pinned and locked while it is read                  |
//! | `recent`   | in which buffer a page was found before                     |
//! | `gin`      | the row pointers that a GIN index holds of a key            |
//! | `btree`    | the row pointers that a B-tree holds between two bounds     |
//! | `leaves`   | what a B-tree holds of a number                             |
//! | `heap`     | which rows the snapshot sees, and what they hold            |
//! | `pointers` | a set of row pointers, and the place of each in it          |

mod btree;
mod gin;
mod heap;
mod leaves;
mod page;
mod pointers;
mod recent;
mod relation;

pub use btree::{Bound, Direction, Scan};
pub use gin::{Key, is_readable, postings};
pub use heap::{Column, Table, Tuple};
pub use leaves::{Entries, Leaves, integer, integer_and_bytes, long_and_integer};
pub use pointers::{Pointers, merged};
pub use relation::Relation;

use pgrx::pg_sys;

/// Where a row lies: the number of its page, and its place there in the low 11 bits. So row pointers sort as rows lie.
pub type Pointer = u64;

const BITS_OF_OFFSET: u32 = 11;

fn pointer(block: u32, offset: u16) -> Pointer {
    u64::from(block) << BITS_OF_OFFSET | u64::from(offset)
}

/// The number of a page as it stands in a row pointer of PostgreSQL's, the upper half first.
fn block_at(bytes: &[u8], place: usize) -> u32 {
    u32::from(u16_at(bytes, place)) << 16 | u32::from(u16_at(bytes, place + 2))
}

/// A row pointer of PostgreSQL's: the number of the page, and the place there.
fn pointer_at(bytes: &[u8], place: usize) -> Pointer {
    pointer(block_at(bytes, place), u16_at(bytes, place + 4))
}

fn u16_at(bytes: &[u8], place: usize) -> u16 {
    u16::from_le_bytes([bytes[place], bytes[place + 1]])
}

fn pointer_of(found: &pg_sys::ItemPointerData) -> Pointer {
    pointer(u32::from(found.ip_blkid.bi_hi) << 16 | u32::from(found.ip_blkid.bi_lo), found.ip_posid)
}

/// The number of the page.
pub fn block_of(pointer: Pointer) -> u32 {
    (pointer >> BITS_OF_OFFSET) as u32
}

fn offset_of(pointer: Pointer) -> u16 {
    (pointer & ((1 << BITS_OF_OFFSET) - 1)) as u16
}

/// Whether pages are laid out as this is written: the order of bytes and bits and the alignment are those of the machine.
const fn is_laid_out_as_here() -> bool {
    cfg!(all(target_endian = "little", target_pointer_width = "64"))
}
