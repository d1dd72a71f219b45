//! In which of PostgreSQL's buffers this backend has found a page before. Most often it is still there, and looking there takes less
//! than looking the page up among all buffers, where the processor waits for one entry after the other.

use std::cell::{Cell, RefCell};

use pgrx::prelude::*;

use super::relation::Relation;

/// So many pages are kept in mind, half a gigabyte of them, in half a megabyte at most.
const PLACES: usize = 1 << 16;

/// One page in so many is looked up all the same: by that PostgreSQL knows which are read often, and keeps them.
const LOOKED_UP: u32 = 8;

thread_local! {
    /// At the place of a page its mark, and in the lower half its buffer; empty before the first page is read.
    static BUFFERS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    /// What has an eighth of the pages looked up, in an order that never comes again: always the same ones would not do.
    static TURN: Cell<u32> = const { Cell::new(0) };
}

/// A page, pinned by whoever gets its buffer.
pub fn pinned(relation: &Relation, block: u32) -> pg_sys::Buffer {
    let page = Page { relation: relation.oid().into(), block };
    if !is_looked_up()
        && let Some(buffer) = page.last_buffer()
        && relation.pin_in(buffer, block)
    {
        return buffer;
    }
    // SAFETY: the relation is open. A page that is not there is an error, which pgrx turns into a panic.
    let buffer = unsafe { pg_sys::ReadBuffer(relation.raw(), block) };
    page.keep(buffer);
    buffer
}

/// Has the processor fetch what is read first of a page, while it does something else: what says that the page is there, its header, and
/// what stands at these places. Of a page that was never read before this does nothing.
pub fn fetch(relation: &Relation, block: u32, places: impl Iterator<Item = usize>) {
    let page = Page { relation: relation.oid().into(), block };
    // A session's own temporary tables have buffers of their own, which are counted down from zero.
    let Some(buffer) = page.last_buffer().and_then(|buffer| usize::try_from(buffer).ok()) else { return };
    // SAFETY: PostgreSQL sets both at its start. The addresses are computed, and nothing is read there.
    let (about, page) = unsafe {
        let page = pg_sys::BufferBlocks.wrapping_add((buffer - 1) * super::page::SIZE);
        (pg_sys::BufferDescriptors.wrapping_add(buffer - 1).cast(), page)
    };
    fetch_from(about);
    fetch_from(page);
    places.for_each(|place| fetch_from(page.wrapping_add(place)));
}

fn fetch_from(_place: *const std::ffi::c_char) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: nothing is read, whatever lies there.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(_place.cast()) };
    }
}

fn is_looked_up() -> bool {
    /// The golden ratio as a share of 2^32: its multiples lie about evenly, wherever one begins.
    const STEP: u32 = 0x9e37_79b9;
    TURN.set(TURN.get().wrapping_add(STEP));
    TURN.get() < u32::MAX / LOOKED_UP
}

/// A page of a relation.
#[derive(Clone, Copy)]
struct Page {
    relation: u32,
    block: u32,
}

impl Page {
    fn last_buffer(self) -> Option<pg_sys::Buffer> {
        let kept = BUFFERS.with_borrow(|buffers| buffers.get(self.place()).copied())?;
        // Where nothing was kept, there is no buffer, whatever the mark.
        (kept != 0 && kept >> 32 == self.mark()).then_some(kept as pg_sys::Buffer)
    }

    fn keep(self, buffer: pg_sys::Buffer) {
        BUFFERS.with_borrow_mut(|buffers| {
            if buffers.is_empty() {
                // All zeros, which takes no memory before something is written there.
                *buffers = vec![0; PLACES];
            }
            buffers[self.place()] = self.mark() << 32 | u64::from(buffer as u32);
        });
    }

    /// Pages that follow one another stand next to each other.
    fn place(self) -> usize {
        self.block.wrapping_add(self.relation.wrapping_mul(0x85eb_ca6b)) as usize % PLACES
    }

    /// By which a page is told from others at its place. Whether a buffer holds it, PostgreSQL says.
    fn mark(self) -> u64 {
        (u64::from(self.relation) << 32 | u64::from(self.block)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page whose mark is what stands at a place where nothing was kept.
    fn page_of_no_mark() -> Page {
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
        // Newton's way to the inverse of an odd number, from three bits that are right.
        let inverse =
            (0..5).fold(FACTOR, |inverse, _| inverse.wrapping_mul(2_u64.wrapping_sub(FACTOR.wrapping_mul(inverse))));
        Page { relation: (inverse >> 32) as u32, block: inverse as u32 }
    }

    #[test]
    fn where_nothing_was_kept_there_is_no_buffer() {
        let page = page_of_no_mark();
        assert_eq!(page.mark(), 0);
        Page { block: page.block.wrapping_add(1), ..page }.keep(5);
        assert_eq!(page.last_buffer(), None);
        page.keep(7);
        assert_eq!(page.last_buffer(), Some(7), "control");
    }
}
