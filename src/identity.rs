//! Whom the current role acts for, if it acts for one user; and whom a transaction has proven to act for: in this backend's memory,
//! where no SQL can write it. That ends with the transaction, and with the savepoint behind which it was set.

use std::cell::{Cell, RefCell};

use homer_tokens::{Issuer, fault_of_keys, keys_of, user_of};
use pgrx::fn_call::fn_call;
use pgrx::prelude::*;
use pgrx::{JsonB, PgSubXactCallbackEvent, PgXactCallbackEvent, register_subxact_callback, register_xact_callback};

use crate::checks::LONGEST_ID;
use crate::errors::Refusal;
use crate::refusing::{Checked, refusing};
use crate::rights::{binds, is_granted, name_of_current_role, name_of_table};

/// The one user that a transaction acts for, if it acts for any.
struct Proven {
    user: String,
    /// Behind which savepoint that was proven; none where the transaction went back to before it. Nobody else is proven then
    /// either: a cursor that was opened before goes on with the user for whom it was first asked.
    subtransaction: Option<pg_sys::SubTransactionId>,
}

thread_local! {
    static PROVEN: RefCell<Option<Proven>> = const { RefCell::new(None) };
    /// Whether this transaction tells of its end and of its subtransactions'.
    static IS_FOLLOWED: Cell<bool> = const { Cell::new(false) };
}

refusing! {
    /// Lets the transaction act for the user whom a signed token proves; refuses any other token, and a second user.
    fn prove_user(token: &str) -> Checked {
        let user = trusted_issuers()
            .and_then(|issuers| user_of(token, &issuers))
            .filter(|user| can_be_a_user(user))
            .ok_or(Refusal::Unproven)?;
        if is_another_role() { Err(Refusal::Unproven) } else { remember(user) }
    }

    /// Refuses a role that does not act for one user, for another than this one, or where row security binds it not on all of these
    /// tables: nothing would hold it to that user. Null is what everyone is told, which each of them reads.
    fn check_acts_as_one(
        user_id: Option<&str>,
        proven_user: pg_sys::Oid,
        own_user: pg_sys::Oid,
        one_user: pg_sys::Oid,
        tables: Array<'_, pg_sys::Oid>
    ) -> Checked {
        let Some(acting_for) = user_acted_for(proven_user, own_user, one_user) else {
            return Err(why_nobody([(proven_user, "proven_user"), (own_user, "own_user"), (one_user, "confined")]));
        };
        if let Some(unguarded) = tables.iter().flatten().find(|table| !binds(*table)) {
            return Err(Refusal::NoRowSecurity { table: name_of_table(unguarded).as_str().into() });
        }
        match user_id.filter(|user_id| *user_id != acting_for) {
            None => Ok(()),
            Some(user_id) => Err(Refusal::ForeignUser {
                role: name_of_current_role().as_str().into(),
                acting_for: acting_for.as_str().into(),
                user_id: user_id.into(),
            }),
        }
    }

    /// Refuses what is no set of public keys that tokens can be checked with.
    fn check_keys(keys: &str) -> Checked {
        let fault = match serde_json::from_str(keys) {
            Ok(keys) => fault_of_keys(&keys),
            Err(_) => Some("is no JSON"),
        };
        fault.map_or(Ok(()), |fault| Err(Refusal::UnusableKeys { fault }))
    }
}

/// The user whom this transaction has proven to act for. A parallel worker knows none: what reads this runs in the leader.
#[pg_extern(sql = false)]
fn proven_user() -> Option<String> {
    PROVEN.with_borrow(|proven| {
        proven.as_ref().filter(|proven| proven.subtransaction.is_some()).map(|proven| proven.user.clone())
    })
}

/// The user whom a role with a right on one of these kinds acts for. An identity that cannot be forged goes before `homer.user_id`; and
/// SET ROLE would let a role take the identity of another.
#[pg_extern(sql = false)]
fn user_acted_for(proven_user: pg_sys::Oid, own_user: pg_sys::Oid, one_user: pg_sys::Oid) -> Option<String> {
    if is_granted(proven_user) {
        self::proven_user().filter(|_| !is_another_role())
    } else if is_granted(own_user) {
        if is_another_role() { None } else { fn_call("homer.bound_user", &[]).ok().flatten() }
    } else if is_granted(one_user) {
        named_user()
    } else {
        None
    }
}

/// Why the current role acts for no user, of the kinds with the names that a refusal shows.
fn why_nobody(kinds: [(pg_sys::Oid, &str); 3]) -> Refusal {
    let role = name_of_current_role().as_str().into();
    match kinds.into_iter().find(|(kind, _)| is_granted(*kind)) {
        Some((_, identity)) => Refusal::NoActingUser { role, identity: identity.into() },
        None => Refusal::NoKind { role },
    }
}

/// The user that `homer.user_id` names.
fn named_user() -> Option<String> {
    // SAFETY: a setting that is not there has no value. The one that is there lies in the backend's memory while it is copied.
    let setting = unsafe {
        let setting = pg_sys::GetConfigOption(c"homer.user_id".as_ptr(), true, false);
        (!setting.is_null()).then(|| std::ffi::CStr::from_ptr(setting).to_owned())
    };
    setting?.into_string().ok().filter(|user| !user.trim_matches(' ').is_empty())
}

fn can_be_a_user(id: &str) -> bool {
    // A text of PostgreSQL's ends at a zero.
    !id.trim().is_empty() && id.len() <= LONGEST_ID && !id.contains('\0')
}

/// Whether the session acts as another role than it logged in as: what that one is proven to be, RESET ROLE would undo.
fn is_another_role() -> bool {
    // SAFETY: both read what the backend holds.
    unsafe { pg_sys::GetUserId() != pg_sys::GetSessionUserId() }
}

/// Read with the caller's rights; the table can be written by its owner alone.
fn trusted_issuers() -> Option<Vec<Issuer>> {
    let query = "SELECT t.issuer, t.audience, t.keys, t.user_claim FROM homer.trusted_keys AS t";
    Spi::connect(|client| {
        let rows = client.select(query, None, &[])?;
        rows.map(|row| {
            Ok::<_, spi::Error>(Issuer {
                name: row.get(1)?.unwrap_or_default(),
                audience: row.get(2)?.unwrap_or_default(),
                keys: row.get::<JsonB>(3)?.and_then(|keys| keys_of(&keys.0).ok()).unwrap_or_default(),
                user_claim: row.get(4)?.unwrap_or_default(),
            })
        })
        .collect::<Result<Vec<_>, _>>()
    })
    .ok()
}

fn remember(user: String) -> Checked {
    if PROVEN.with_borrow(|proven| proven.as_ref().is_some_and(|proven| proven.user != user)) {
        return Err(Refusal::Unproven);
    }
    if proven_user().is_none() {
        follow_transaction();
        // SAFETY: reads a number of the transaction that is running.
        let subtransaction = Some(unsafe { pg_sys::GetCurrentSubTransactionId() });
        PROVEN.set(Some(Proven { user, subtransaction }));
    }
    Ok(())
}

/// Such callbacks last as long as the transaction.
fn follow_transaction() {
    if IS_FOLLOWED.replace(true) {
        return;
    }
    for event in [PgXactCallbackEvent::Commit, PgXactCallbackEvent::Abort, PgXactCallbackEvent::Prepare] {
        register_xact_callback(event, || {
            PROVEN.set(None);
            IS_FOLLOWED.set(false);
        });
    }
    register_subxact_callback(PgSubXactCallbackEvent::AbortSub, |own, _parent| change_those_of(own, None));
    register_subxact_callback(PgSubXactCallbackEvent::CommitSub, |own, parent| change_those_of(own, Some(parent)));
}

/// What was proven in a subtransaction is its parent's from now on, or not proven any more.
fn change_those_of(subtransaction: pg_sys::SubTransactionId, parent: Option<pg_sys::SubTransactionId>) {
    PROVEN.with_borrow_mut(|proven| {
        if let Some(proven) = proven.as_mut().filter(|proven| proven.subtransaction == Some(subtransaction)) {
            proven.subtransaction = parent;
        }
    });
}
