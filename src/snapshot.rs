//! What SQL sees that is called from here, where it is not to be what the statement sees.

use pgrx::prelude::*;

/// Calls SQL that sees what is committed now. Under REPEATABLE READ and SERIALIZABLE a statement goes on seeing what was there when
/// its transaction began.
pub fn of_now<T>(call: impl FnOnce() -> T) -> T {
    // SAFETY: PostgreSQL copies the snapshot as it makes it active.
    under(unsafe { pg_sys::GetLatestSnapshot() }, call)
}

/// Calls SQL that sees a table of the catalogue as PostgreSQL itself does, which knows of all that is committed.
pub fn of_catalogue<T>(table: pg_sys::Oid, call: impl FnOnce() -> T) -> T {
    // SAFETY: as above.
    under(unsafe { pg_sys::GetCatalogSnapshot(table) }, call)
}

fn under<T>(snapshot: pg_sys::Snapshot, call: impl FnOnce() -> T) -> T {
    // SAFETY: it is pushed and popped around one call. If that raises an error, the abort of the transaction or of its savepoint
    // pops it.
    unsafe { pg_sys::PushActiveSnapshot(snapshot) };
    let result = call();
    // SAFETY: it is on top again.
    unsafe { pg_sys::PopActiveSnapshot() };
    result
}
