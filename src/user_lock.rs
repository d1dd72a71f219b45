//! One lock for each user, and one for what everyone is told: whoever stores, confirms, refuses, imports or erases something
//! of a user holds the user's until the transaction ends, so that two of them never decide about the same statement at once.
//!
//! It is an advisory lock that no SQL function but homer's can take. PostgreSQL tells the numbers of `pg_advisory_lock`
//! apart by a field of the lock's tag, 1 for a bigint and 2 for two integers; homer writes a number of its own there. So a
//! role that may not call homer cannot stop those who may, whatever it reads in `pg_locks`.

use pgrx::prelude::*;

use crate::keys::{first_bits, hasher_of};

/// What `pg_locks` shows as objsubid.
const SPACE_OF_USERS: u16 = 0x686D;

/// Waits until nobody else decides about the memories of the user, or of everyone, and keeps others waiting until the
/// transaction ends. The errors of waiting (a deadlock, lock_timeout, a cancellation) are PostgreSQL's own.
#[pg_extern(sql = false)]
fn lock_user(user_id: Option<&str>) -> bool {
    let key = user_number(user_id);
    let tag = pg_sys::LOCKTAG {
        // SAFETY: a global of the backend that is set before any function is called and never again.
        locktag_field1: unsafe { pg_sys::MyDatabaseId }.into(),
        locktag_field2: (key >> 32) as u32,
        locktag_field3: key as u32,
        locktag_field4: SPACE_OF_USERS,
        locktag_type: pg_sys::LockTagType::LOCKTAG_ADVISORY as u8,
        locktag_lockmethodid: pg_sys::USER_LOCKMETHOD as u8,
    };
    // SAFETY: the tag is whole, and LockAcquire copies it. An error leaves by longjmp over this frame and pgrx's wrapper of
    // it, in which nothing that has a destructor is alive: the argument is borrowed from PostgreSQL.
    unsafe { LockAcquire(&tag, pg_sys::ExclusiveLock as pg_sys::LOCKMODE, false, false) };
    true
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
    /// PostgreSQL's own, without the wrapper that pgrx puts around it, which would add a stack trace to a deadlock.
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
