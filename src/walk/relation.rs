//! A table or an index, open as long as it is read.

use std::ffi::CString;

use pgrx::prelude::*;

/// An open relation. The lock on it stays until the transaction ends, as a statement's does.
pub struct Relation(pg_sys::Relation);

impl Relation {
    /// The table of this number; none where it is not there, is not one of PostgreSQL's own kind, or has tables that inherit from it,
    /// whose rows a statement reads too.
    pub fn table(oid: pg_sys::Oid) -> Option<Self> {
        let table = Self::open(oid)?;
        // SAFETY: the entry of an open relation is there.
        let about = unsafe { *(*table.0).rd_rel };
        (about.relam == pg_sys::HEAP_TABLE_AM_OID && !about.relhassubclass).then_some(table)
    }

    /// The index of this name on a table, of an access method, if the statement may read it: it is ready, holds what the
    /// snapshot sees, and is in ascending order.
    pub fn index(&self, name: &str, access_method: pg_sys::Oid) -> Option<Self> {
        let index = Self::open(oid_of(name, self.schema())?)?;
        // SAFETY: the entries of an open relation are there, that of an index where it is one.
        let may_be_read = unsafe {
            let (of_class, of_index) = ((*index.0).rd_rel, (*index.0).rd_index);
            !of_index.is_null()
                && (*of_class).relam == access_method
                && (*of_index).indrelid == self.oid()
                && (*of_index).indisvalid
                && (*of_index).indisready
                && (!(*of_index).indcheckxmin || is_older_than_all(index.0))
                && is_ascending(index.0)
        };
        may_be_read.then_some(index)
    }

    /// The index of the primary key.
    pub fn primary_key(&self) -> Option<Self> {
        // SAFETY: reads the list of indexes of an open table.
        let oid = unsafe {
            pg_sys::list_free(pg_sys::RelationGetIndexList(self.0));
            (*self.0).rd_pkindex
        };
        if oid == pg_sys::InvalidOid { None } else { Self::open(oid) }
    }

    fn open(oid: pg_sys::Oid) -> Option<Self> {
        // SAFETY: null where there is no relation of this number.
        let relation = unsafe { pg_sys::try_relation_open(oid, pg_sys::AccessShareLock as i32) };
        (!relation.is_null()).then(|| Self(relation))
    }

    pub fn raw(&self) -> pg_sys::Relation {
        self.0
    }

    /// Pins a page in this buffer, if it is there now, and says whether it is. It counts among those that were found in a buffer.
    pub fn pin_in(&self, buffer: pg_sys::Buffer, block: u32) -> bool {
        // SAFETY: the relation is open, and PostgreSQL looks what is in the buffer.
        let is_there =
            unsafe { pg_sys::ReadRecentBuffer(files_of(self.0), pg_sys::ForkNumber::MAIN_FORKNUM, block, buffer) };
        // SAFETY: the counts of an open relation are there, or null where none are kept.
        if is_there && let Some(counted) = unsafe { (*self.0).pgstat_info.as_mut() } {
            count_hit(counted);
        }
        is_there
    }

    pub fn oid(&self) -> pg_sys::Oid {
        // SAFETY: the relation is open.
        unsafe { (*self.0).rd_id }
    }

    fn schema(&self) -> pg_sys::Oid {
        // SAFETY: as above.
        unsafe { (*(*self.0).rd_rel).relnamespace }
    }

    /// The number of a column; none where it is not there.
    pub fn column(&self, name: &str) -> Option<i16> {
        let name = CString::new(name).ok()?;
        // SAFETY: looks the name up in the catalogue.
        let number = unsafe { pg_sys::get_attnum(self.oid(), name.as_ptr()) };
        (number > 0).then_some(number)
    }

    /// The type of a column; no type where there is no such column.
    pub fn kind_of_column(&self, column: i16) -> pg_sys::Oid {
        // SAFETY: looks it up in the catalogue.
        unsafe { pg_sys::get_atttype(self.oid(), column) }
    }
}

impl Drop for Relation {
    fn drop(&mut self) {
        // After an error PostgreSQL closes what is open as it ends the transaction or its savepoint.
        if !std::thread::panicking() {
            // SAFETY: it was opened once, and is closed once.
            unsafe { pg_sys::relation_close(self.0, pg_sys::NoLock as i32) };
        }
    }
}

fn oid_of(name: &str, schema: pg_sys::Oid) -> Option<pg_sys::Oid> {
    let name = CString::new(name).ok()?;
    // SAFETY: looks the name up in the catalogue.
    let oid = unsafe { pg_sys::get_relname_relid(name.as_ptr(), schema) };
    (oid != pg_sys::InvalidOid).then_some(oid)
}

/// Whether all columns of an index are in the order in which homer made them.
///
/// # Safety
///
/// The index is open.
unsafe fn is_ascending(index: pg_sys::Relation) -> bool {
    // SAFETY: the caller's: it has as many options as columns to look up by.
    let options =
        unsafe { std::slice::from_raw_parts((*index).rd_indoption, (*(*index).rd_index).indnkeyatts as usize) };
    options.iter().all(|option| *option == 0)
}

/// Whether an index was made before the oldest snapshot of this transaction: one that was made beside changes of rows lacks
/// what older snapshots see of them.
///
/// # Safety
///
/// The index is open.
unsafe fn is_older_than_all(index: pg_sys::Relation) -> bool {
    // SAFETY: the caller's; the row of the catalogue is there as long as the index is open.
    unsafe {
        let made_by = pg_sys::htup::HeapTupleHeaderGetXmin((*(*index).rd_indextuple).t_data);
        pg_sys::TransactionIdPrecedes(made_by, pg_sys::TransactionXmin)
    }
}

/// As PostgreSQL counts a page that it looks up.
#[cfg(any(feature = "pg14", feature = "pg15"))]
fn count_hit(counted: &mut pg_sys::PgStat_TableStatus) {
    counted.t_counts.t_blocks_fetched += 1;
    counted.t_counts.t_blocks_hit += 1;
}

/// As PostgreSQL counts a page that it looks up.
#[cfg(not(any(feature = "pg14", feature = "pg15")))]
fn count_hit(counted: &mut pg_sys::PgStat_TableStatus) {
    counted.counts.blocks_fetched += 1;
    counted.counts.blocks_hit += 1;
}

/// The files of a relation.
///
/// # Safety
///
/// The relation is open.
#[cfg(any(feature = "pg14", feature = "pg15"))]
unsafe fn files_of(relation: pg_sys::Relation) -> pg_sys::RelFileNode {
    // SAFETY: the caller's.
    unsafe { (*relation).rd_node }
}

/// The files of a relation.
///
/// # Safety
///
/// The relation is open.
#[cfg(not(any(feature = "pg14", feature = "pg15")))]
unsafe fn files_of(relation: pg_sys::Relation) -> pg_sys::RelFileLocator {
    // SAFETY: the caller's.
    unsafe { (*relation).rd_locator }
}
