//! Whose memories the current role reads where no statement asks for it. The table's policy says so for statements; what reads
//! without one has to know the same.

use std::cell::RefCell;
use std::sync::Once;

use pgrx::fn_call::{Arg, fn_call};
use pgrx::prelude::*;

use crate::rights::{binds, is_granted_select};
use crate::snapshot;

/// Those of the users whose memories the current role reads. None where only a statement can tell: the role may not read the
/// table, policies were added to it, or the transaction is serializable, which notes down what it has read.
pub fn readable_by_walk(table: pg_sys::Oid, users: &[String]) -> Option<Vec<String>> {
    if is_serializable() || !is_granted_select(table) {
        None
    } else if !binds(table) {
        Some(users.to_vec())
    } else if is_read_by_own_policy_alone(table) {
        fn_call("homer.scopes_that_are_read", &[&Arg::Value(users.to_vec())]).ok().flatten()
    } else {
        None
    }
}

/// Whether another of homer's tables, whose policy says the same, may be read where that of the memories is.
pub fn is_readable_by_walk(table: pg_sys::Oid) -> bool {
    is_granted_select(table) && (!binds(table) || is_read_by_own_policy_alone(table))
}

fn is_serializable() -> bool {
    // SAFETY: reads what the backend holds.
    unsafe { pg_sys::XactIsoLevel >= pg_sys::XACT_SERIALIZABLE as i32 }
}

/// The table of policies, which pgrx does not name.
const PG_POLICY: pg_sys::Oid = pg_sys::Oid::from_u32(3256);

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
    // What changes while it is found out takes this away, and then the answer is not known.
    OWN_POLICY_ALONE.with_borrow_mut(|known| known.push((table, false)));
    let answer = snapshot::of_catalogue(PG_POLICY, || {
        fn_call("homer.is_read_by_own_policy_alone", &[&Arg::Value(table)]).ok().flatten().unwrap_or(false)
    });
    OWN_POLICY_ALONE.with_borrow_mut(|known| {
        let noted = known.iter_mut().find(|(known, _)| *known == table);
        noted.is_some_and(|(_, noted)| {
            *noted = answer;
            answer
        })
    })
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
