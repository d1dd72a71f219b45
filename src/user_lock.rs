//! One lock for each user, and one for what everyone is told: whoever stores, confirms, refuses, imports or erases something
//! of a user holds the user's until the transaction ends, so that two of them never decide about the same statement at once.
//!
//! It is an advisory lock that no SQL function but homer's can take. PostgreSQL tells the numbers of `pg_advisory_lock`
//! apart by a field of the lock's tag, 1 for a bigint and 2 for two integers; homer writes a number of its own there, and asks for
//! whom the role acts. So whoever may not change what a user is told cannot stop those who may, whatever they read in `pg_locks`.

use homer_text::keys::{first_bits, hasher_of};
use pgrx::callconv::FcInfo;
use pgrx::fn_call::{Arg, fn_call};
use pgrx::prelude::*;

use crate::errors::{Refusal, Shown};
use crate::refusing::{Checked, Raisable, answer, argument, raisable};
use crate::rights::name_of_current_role;

/// What `pg_locks` shows as objsubid.
const SPACE_OF_USERS: u16 = 0x686D;

/// Says how the function below is called.
#[unsafe(no_mangle)]
pub extern "C" fn pg_finfo_lock_user_wrapper() -> &'static pg_sys::Pg_finfo_record {
    &pg_sys::Pg_finfo_record { api_version: 1 }
}

/// Waits until nobody else decides about the memories of the user, or of everyone, and keeps others waiting until the
/// transaction ends. The errors of waiting (a deadlock, lock_timeout, a cancellation) are PostgreSQL's own.
///
/// # Safety
///
/// `call` is what PostgreSQL's function manager hands to a function of one text.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn lock_user_wrapper(call: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: `call` is what PostgreSQL's function manager hands over, and this frame owns nothing.
    let refusal = unsafe { refusal_of(call) };
    if !refusal.is_null() {
        // SAFETY: it is called last, and nothing here has a destructor.
        return unsafe { answer(refusal) };
    }
    // SAFETY: the tag is whole, and LockAcquire copies it. An error leaves by a jump over this frame, which owns nothing: what
    // looked at the argument has returned, and a tag is `Copy`.
    unsafe { LockAcquire(&tag_of(call), pg_sys::ExclusiveLock as pg_sys::LOCKMODE, false, false) };
    pg_sys::Datum::from(true)
}

#[pg_guard]
unsafe extern "C-unwind" fn tag_of(call: pg_sys::FunctionCallInfo) -> pg_sys::LOCKTAG {
    // SAFETY: the caller's.
    let call = unsafe { FcInfo::from_ptr(call) };
    // SAFETY: the SQL declaration has one argument, a text.
    let user_id = unsafe { argument::<Option<&str>>(&mut call.args()) }.flatten();
    let key = user_number(user_id);
    pg_sys::LOCKTAG {
        // SAFETY: a global of the backend that is set before any function is called and never again.
        locktag_field1: unsafe { pg_sys::MyDatabaseId }.into(),
        locktag_field2: (key >> 32) as u32,
        locktag_field3: key as u32,
        locktag_field4: SPACE_OF_USERS,
        locktag_type: pg_sys::LockTagType::LOCKTAG_ADVISORY as u8,
        locktag_lockmethodid: pg_sys::USER_LOCKMETHOD as u8,
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn refusal_of(call: pg_sys::FunctionCallInfo) -> Raisable {
    // SAFETY: as above.
    let user_id = unsafe { argument::<Option<&str>>(&mut FcInfo::from_ptr(call).args()) }.flatten();
    raisable(check_may_lock(user_id))
}

/// Refuses a role that may not decide about the user's memories: it would keep those waiting who may.
fn check_may_lock(user_id: Option<&str>) -> Checked {
    if fn_call("homer.may_lock", &[&user_id.map_or(Arg::Null, Arg::Value)]).ok().flatten().unwrap_or(false) {
        return Ok(());
    }
    let acting_for: Option<String> = fn_call("homer.acting_user", &[]).ok().flatten();
    let role = Shown::from(name_of_current_role().as_str());
    Err(match (user_id, acting_for) {
        (Some(user_id), Some(acting_for)) => {
            Refusal::ForeignUser { role, acting_for: acting_for.as_str().into(), user_id: user_id.into() }
        }
        (Some(_), None) => Refusal::NoKind { role },
        (None, _) => Refusal::EveryonesMemory { role },
    })
}

/// 64 bits of SHA-256, so that two users never share a lock by chance.
fn user_number(user_id: Option<&str>) -> u64 {
    (first_bits(&hasher_of(user_id.unwrap_or_default())) >> 64) as u64
}

/// The lock's number for SQL, in the order of which many are taken.
#[pg_extern(sql = false)]
fn lock_number(user_id: Option<&str>) -> i64 {
    user_number(user_id) as i64
}

unsafe extern "C-unwind" {
    /// PostgreSQL's own, without the wrapper that pgrx puts around it: passing through Rust as a panic, a deadlock would lose
    /// what it says to the server's log.
    #[allow(clashing_extern_declarations)]
    fn LockAcquire(
        tag: *const pg_sys::LOCKTAG,
        mode: pg_sys::LOCKMODE,
        for_session: bool,
        without_waiting: bool,
    ) -> pg_sys::LockAcquireResult::Type;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_users_share_a_lock() {
        let mut numbers: Vec<u64> = (0..10_000).map(|n| user_number(Some(&format!("user {n}")))).collect();
        numbers.push(user_number(None));
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 10_001);
    }
}
