//! Whose memories the current role reads where no statement asks for it. The table's policy says so for statements; what reads
//! without one has to know the same.

use std::cell::RefCell;
use std::sync::Once;

use pgrx::fn_call::{Arg, fn_call};
use pgrx::prelude::*;

/// Those of the users whose memories the current role reads. None where only a statement can tell: the role may not read the
/// table, policies were added to it, or the transaction is serializable, which notes down what it has read.
pub fn readable_by_walk(table: pg_sys::Oid, users: &[String]) -> Option<Vec<String>> {
    if is_serializable() || !may_select(table) {
        None
    } else if !is_bound_by_policies(table) {
        Some(users.to_vec())
    } else if is_read_by_own_policy_alone(table) {
        fn_call("homer.scopes_that_are_read", &[&Arg::Value(users.to_vec())]).ok().flatten()
    } else {
        None
    }
}

/// Whether another of homer's tables, whose policy says the same, may be read where that of the memories is.
pub fn is_readable_by_walk(table: pg_sys::Oid) -> bool {
    may_select(table) && (!is_bound_by_policies(table) || is_read_by_own_policy_alone(table))
}

fn is_serializable() -> bool {
    // SAFETY: reads what the backend holds.
    unsafe { pg_sys::XactIsoLevel >= pg_sys::XACT_SERIALIZABLE as i32 }
}

fn may_select(table: pg_sys::Oid) -> bool {
    // SAFETY: reads the catalogue. A table that is not there is an error, which pgrx turns into a panic.
    unsafe {
        pg_sys::pg_class_aclcheck(table, pg_sys::GetUserId(), pg_sys::ACL_SELECT as pg_sys::AclMode)
            == pg_sys::AclResult::ACLCHECK_OK
    }
}

fn is_bound_by_policies(table: pg_sys::Oid) -> bool {
    // SAFETY: looks at the catalogue and the current role; with noError it refuses nothing.
    let answer = unsafe { pg_sys::check_enable_rls(table, pg_sys::InvalidOid, true) };
    answer == pg_sys::CheckEnableRlsResult::RLS_ENABLED as i32
}

thread_local! {
    /// Of each table that was read, whether homer's own policy alone says who reads it, until the table or a policy of it changes.
    static OWN_POLICY_ALONE: RefCell<Vec<(pg_sys::Oid, bool)>> = const { RefCell::new(Vec::new()) };
}

fn is_read_by_own_policy_alone(table: pg_sys::Oid) -> bool {
    let known = OWN_POLICY_ALONE.with_borrow(|known| known.iter().find(|(known, _)| *known == table).copied());
    if let Some((_, answer)) = known {
        return answer;
    }
    follow_changes();
    let answer = fn_call("homer.is_read_by_own_policy_alone", &[&Arg::Value(table)]).ok().flatten().unwrap_or(false);
    OWN_POLICY_ALONE.with_borrow_mut(|known| known.push((table, answer)));
    answer
}

/// PostgreSQL tells of each change of a table once it has been asked to.
fn follow_changes() {
    static IS_FOLLOWED: Once = Once::new();
    IS_FOLLOWED.call_once(|| {
        // SAFETY: the function stays as long as the backend, which never unloads the library.
        unsafe { pg_sys::CacheRegisterRelcacheCallback(Some(forget_what_changed), pg_sys::Datum::from(0)) };
    });
}

#[pg_guard]
unsafe extern "C-unwind" fn forget_what_changed(_argument: pg_sys::Datum, changed: pg_sys::Oid) {
    // No number stands for all tables.
    OWN_POLICY_ALONE
        .with_borrow_mut(|known| known.retain(|(table, _)| changed != pg_sys::InvalidOid && *table != changed));
}
