//! A page, pinned and locked while it is read.

use pgrx::prelude::*;

use super::recent;
use super::relation::Relation;

pub const SIZE: usize = pg_sys::BLCKSZ as usize;

/// A page of a relation in PostgreSQL's buffers. It cannot be taken from there while this is alive.
pub struct Pinned(pg_sys::Buffer);

impl Pinned {
    pub fn read(relation: &Relation, block: u32) -> Self {
        // SAFETY: the relation is open. A page that is not there is an error, which pgrx turns into a panic.
        Self(unsafe { pg_sys::ReadBuffer(relation.raw(), block) })
    }

    /// The same of one page of many, where it is likely to be: not of the few at the top of an index, which all backends read at once
    /// and would wait for each other.
    pub fn read_again(relation: &Relation, block: u32) -> Self {
        Self(recent::pinned(relation, block))
    }

    /// What `visibilitymap_get_status` has pinned; nothing where it has not.
    pub fn by_visibility_map(buffer: pg_sys::Buffer) -> Option<Self> {
        (buffer != pg_sys::InvalidBuffer as pg_sys::Buffer).then(|| Self(buffer))
    }

    /// Locked so that nobody changes it.
    pub fn locked(self) -> Locked {
        // SAFETY: it is pinned, and not locked yet.
        unsafe { pg_sys::LockBuffer(self.0, pg_sys::BUFFER_LOCK_SHARE as i32) };
        Locked { lock: Lock(self.0), page: self }
    }

    /// A byte as it is now. Without a lock it may change from one reading to the next.
    pub fn byte(&self, place: usize) -> Option<u8> {
        // SAFETY: the page is pinned, and the byte is on it.
        (place < SIZE).then(|| unsafe { self.at(place).read_volatile() })
    }

    /// Two bytes, which are read at once.
    pub fn u16(&self, place: usize) -> Option<u16> {
        // SAFETY: as above, and PostgreSQL aligns what it reads so.
        (place + 2 <= SIZE && place.is_multiple_of(2)).then(|| unsafe { self.at(place).cast::<u16>().read_volatile() })
    }

    /// Four bytes, which are read at once.
    pub fn u32(&self, place: usize) -> Option<u32> {
        // SAFETY: as above.
        (place + 4 <= SIZE && place.is_multiple_of(4)).then(|| unsafe { self.at(place).cast::<u32>().read_volatile() })
    }

    /// A row of a table, if it is on the page.
    pub fn row(&self, start: usize, length: usize) -> Option<pg_sys::HeapTupleHeader> {
        // SAFETY: the page is pinned, and the row is on it.
        (start <= SIZE && length <= SIZE - start).then(|| unsafe { self.at(start).cast_mut().cast() })
    }

    /// # Safety
    ///
    /// The place is on the page.
    unsafe fn at(&self, place: usize) -> *const u8 {
        // SAFETY: the caller's.
        unsafe { pg_sys::BufferGetPage(self.0).cast::<u8>().add(place) }
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        // After an error PostgreSQL releases pins and locks as it ends the transaction or its savepoint. Its counts say already
        // that no lock is held.
        if !std::thread::panicking() {
            // SAFETY: it was pinned once, and is released once.
            unsafe { pg_sys::ReleaseBuffer(self.0) };
        }
    }
}

/// A page that is read next, and comes to the processor while another is read.
pub struct Ahead {
    page: Pinned,
    asked_for: usize,
}

impl Ahead {
    const LINE: usize = 64;

    pub fn read(relation: &Relation, block: u32) -> Self {
        Self { page: Pinned::read_again(relation, block), asked_for: 0 }
    }

    /// Asks for four lines of the processor's cache more: asked for many at once, it would wait for them.
    pub fn fetch(&mut self) {
        #[cfg(target_arch = "x86_64")]
        for place in (self.asked_for..SIZE).step_by(Self::LINE).take(4) {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            // SAFETY: the page is pinned, and the place is on it. Nothing is read yet.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(self.page.at(place).cast()) };
        }
        self.asked_for += 4 * Self::LINE;
    }

    pub fn locked(self) -> Locked {
        self.page.locked()
    }
}

/// A page that nobody changes while this is alive, but for the bits in which a table notes down what became of transactions.
/// PostgreSQL takes no cancellation meanwhile.
pub struct Locked {
    // Dropped first.
    lock: Lock,
    page: Pinned,
}

struct Lock(pg_sys::Buffer);

impl Locked {
    pub fn read(relation: &Relation, block: u32) -> Self {
        Pinned::read(relation, block).locked()
    }

    pub fn buffer(&self) -> pg_sys::Buffer {
        self.page.0
    }

    /// The bytes of a page of an index.
    pub fn bytes(&self) -> &[u8; SIZE] {
        // SAFETY: the page is pinned and locked against changes as long as `self` is borrowed. Bits that are set all the same are in
        // rows of tables, which are not read by this.
        unsafe { &*pg_sys::BufferGetPage(self.buffer()).cast::<[u8; SIZE]>() }
    }

    /// The number at a place that is one of four. Of what stands before the entries of an index some is changed under such a lock
    /// too.
    pub fn u32_at(&self, place: usize) -> u32 {
        self.page.u32(place).unwrap_or_else(|| error!("a page of an index is damaged"))
    }

    /// The bytes of an entry of an index, from a place on.
    pub fn part(&self, start: usize, length: usize) -> &[u8] {
        assert!(start <= SIZE && length <= SIZE - start);
        // SAFETY: the page is pinned, and what an entry holds is changed by nobody while the page is locked.
        unsafe { std::slice::from_raw_parts(pg_sys::BufferGetPage(self.buffer()).cast::<u8>().add(start), length) }
    }

    pub fn pinned(&self) -> &Pinned {
        &self.page
    }

    /// The page, still pinned.
    pub fn unlocked(self) -> Pinned {
        drop(self.lock);
        self.page
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            // SAFETY: it was locked once, and is unlocked once.
            unsafe { pg_sys::LockBuffer(self.0, pg_sys::BUFFER_LOCK_UNLOCK as i32) };
        }
    }
}
