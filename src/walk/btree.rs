//! The row pointers that a B-tree index holds between two bounds.

use homer_interrupts::Steps;
use pgrx::prelude::*;

use super::relation::Relation;
use super::{Pointer, pointer_of};

/// What a column of an index is compared with.
#[derive(Clone, Copy)]
pub enum Bound<'a> {
    Text(&'a str),
    Null,
    Below(i64),
    Above(i64),
    /// Of timestamps those until then, in microseconds since 2000.
    Until(i64),
}

#[derive(Clone, Copy)]
pub enum Direction {
    Forwards,
    Backwards,
}

impl Bound<'_> {
    fn strategy(self) -> u32 {
        match self {
            Bound::Text(_) => pg_sys::BTEqualStrategyNumber,
            Bound::Null => 0,
            Bound::Below(_) => pg_sys::BTLessStrategyNumber,
            Bound::Until(_) => pg_sys::BTLessEqualStrategyNumber,
            Bound::Above(_) => pg_sys::BTGreaterStrategyNumber,
        }
    }

    /// The function that compares.
    fn function(self) -> u32 {
        match self {
            Bound::Text(_) => pg_sys::F_TEXTEQ,
            Bound::Null => 0,
            Bound::Below(_) => pg_sys::F_INT8LT,
            Bound::Until(_) => pg_sys::F_TIMESTAMP_LE,
            Bound::Above(_) => pg_sys::F_INT8GT,
        }
    }

    fn datum(self) -> Option<pg_sys::Datum> {
        match self {
            Bound::Text(text) => text.into_datum(),
            Bound::Null => None,
            Bound::Below(number) | Bound::Until(number) | Bound::Above(number) => number.into_datum(),
        }
    }

    fn fits(self, kind: pg_sys::Oid) -> bool {
        match self {
            Bound::Text(_) => kind == pg_sys::TEXTOID,
            Bound::Null => true,
            Bound::Below(_) | Bound::Above(_) => kind == pg_sys::INT8OID,
            Bound::Until(_) => kind == pg_sys::TIMESTAMPOID,
        }
    }
}

/// A scan of an index under the snapshot of the statement.
pub struct Scan<'r> {
    scan: pg_sys::IndexScanDesc,
    index: &'r Relation,
    kinds: Vec<pg_sys::Oid>,
}

impl<'r> Scan<'r> {
    /// Of the first columns of an index of the table, if they have these types.
    pub fn of(table: &'r Relation, index: &'r Relation, kinds: &[pg_sys::Oid]) -> Option<Self> {
        if !(1..).zip(kinds).all(|(column, kind)| index.kind_of_column(column) == *kind) {
            return None;
        }
        // SAFETY: both are open as long as the scan, and the snapshot that is active stays so while the function runs that a
        // statement calls.
        let scan = unsafe { begin(table.raw(), index.raw(), pg_sys::GetActiveSnapshot(), kinds.len() as i32) };
        Some(Self { scan, index, kinds: kinds.to_vec() })
    }

    /// Calls `each` with the row pointers of the entries whose first columns are within the bounds, in the order of the index,
    /// until it gives false. Which of the rows the snapshot sees is not looked at.
    pub fn each(&mut self, bounds: &[Bound], direction: Direction, mut each: impl FnMut(Pointer) -> bool) {
        self.start(bounds);
        let mut steps = Steps::default();
        loop {
            steps.step();
            match self.step(direction) {
                Some(pointer) if each(pointer) => {}
                _ => return,
            }
        }
    }

    /// Begins anew, with other bounds.
    fn start(&mut self, bounds: &[Bound]) {
        let mut keys = self.keys(bounds);
        // SAFETY: the keys are for columns of the index, of their types, and as many as the scan was begun for.
        unsafe { pg_sys::index_rescan(self.scan, keys.as_mut_ptr(), keys.len() as i32, std::ptr::null_mut(), 0) };
    }

    /// The row pointer of the next entry within the bounds.
    fn step(&mut self, direction: Direction) -> Option<Pointer> {
        let direction = match direction {
            Direction::Forwards => pg_sys::ScanDirection::ForwardScanDirection,
            Direction::Backwards => pg_sys::ScanDirection::BackwardScanDirection,
        };
        // SAFETY: the scan was begun, and what it gives stays until the next call.
        unsafe { pg_sys::index_getnext_tid(self.scan, direction).as_ref() }.map(pointer_of)
    }

    fn keys(&self, bounds: &[Bound]) -> Vec<pg_sys::ScanKeyData> {
        assert!(
            bounds.len() == self.kinds.len() && bounds.iter().zip(&self.kinds).all(|(bound, kind)| bound.fits(*kind))
        );
        (1..).zip(bounds).map(|(column, bound)| self.key(column, *bound)).collect()
    }

    fn key(&self, column: i16, bound: Bound) -> pg_sys::ScanKeyData {
        let argument = bound.datum();
        let flags = if argument.is_none() { pg_sys::SK_ISNULL | pg_sys::SK_SEARCHNULL } else { 0 };
        let mut key = pg_sys::ScanKeyData::default();
        // SAFETY: fills the key in; the argument is of the type that the function compares, and the column, which has a
        // collation, is of it too.
        unsafe {
            pg_sys::ScanKeyEntryInitialize(
                &mut key,
                flags as i32,
                column,
                bound.strategy() as u16,
                pg_sys::InvalidOid,
                *(*self.index.raw()).rd_indcollation.add(column as usize - 1),
                pg_sys::Oid::from(bound.function()),
                argument.unwrap_or(pg_sys::Datum::from(0)),
            );
        }
        key
    }
}

impl Drop for Scan<'_> {
    fn drop(&mut self) {
        // After an error PostgreSQL ends it with the transaction or its savepoint.
        if !std::thread::panicking() {
            // SAFETY: it was begun once, and is ended once.
            unsafe { pg_sys::index_endscan(self.scan) };
        }
    }
}

/// # Safety
///
/// Both relations are open, the index is one of the table, and the snapshot is active.
unsafe fn begin(
    table: pg_sys::Relation,
    index: pg_sys::Relation,
    snapshot: pg_sys::Snapshot,
    columns: i32,
) -> pg_sys::IndexScanDesc {
    // SAFETY: the caller's. Nobody counts the searches.
    unsafe {
        #[cfg(feature = "pg18")]
        return pg_sys::index_beginscan(table, index, snapshot, std::ptr::null_mut(), columns, 0);
        #[cfg(not(feature = "pg18"))]
        return pg_sys::index_beginscan(table, index, snapshot, columns, 0);
    }
}
