//! What the current role may, asked of several objects by one call: every policy asks, for every statement, and PostgreSQL's own
//! functions would be prepared one by one each time.

use pgrx::prelude::*;

/// Whether the current role has USAGE on one of the types.
#[pg_extern(sql = false)]
fn may_use(types: Array<'_, pg_sys::Oid>) -> bool {
    types.iter().flatten().any(is_granted)
}

/// Whether row security binds the current role on one of the tables.
#[pg_extern(sql = false)]
fn is_bound_by_policies(tables: Array<'_, pg_sys::Oid>) -> bool {
    tables.iter().flatten().any(binds)
}

/// Whether the current role has USAGE on one of the types and on none of the narrower ones, or row security binds it on none of the
/// tables.
#[pg_extern(sql = false)]
fn is_of_kind(types: Array<'_, pg_sys::Oid>, narrower: Array<'_, pg_sys::Oid>, tables: Array<'_, pg_sys::Oid>) -> bool {
    may_use(types) && !may_use(narrower) || !is_bound_by_policies(tables)
}

/// Whether row security binds the current role on a table.
pub fn binds(table: pg_sys::Oid) -> bool {
    // SAFETY: looks at the catalogue and the current role; with noError it refuses nothing, and a table that is not there has none.
    let answer = unsafe { pg_sys::check_enable_rls(table, pg_sys::InvalidOid, true) };
    answer == pg_sys::CheckEnableRlsResult::RLS_ENABLED as i32
}

/// Whether the current role may read all of a table.
pub fn is_granted_select(table: pg_sys::Oid) -> bool {
    // SAFETY: reads the catalogue. A table that is not there is an error, which pgrx turns into a panic.
    let answer =
        unsafe { pg_sys::pg_class_aclcheck(table, pg_sys::GetUserId(), pg_sys::ACL_SELECT as pg_sys::AclMode) };
    answer == pg_sys::AclResult::ACLCHECK_OK
}

/// The role whose rights count.
pub fn name_of_current_role() -> String {
    // SAFETY: gives a copy in PostgreSQL's memory, or null for a role that is gone, and raises nothing then.
    unsafe { copied(pg_sys::GetUserNameFromId(pg_sys::GetUserId(), true)) }
}

/// A table of homer's as messages name it: the schema homer in front where it is in that, and no other.
pub fn name_of_table(table: pg_sys::Oid) -> String {
    // SAFETY: each gives a copy in PostgreSQL's memory, or null for what is not there.
    let (schema, name) = unsafe {
        (copied(pg_sys::get_namespace_name(pg_sys::get_rel_namespace(table))), copied(pg_sys::get_rel_name(table)))
    };
    if schema == "homer" { format!("homer.{name}") } else { name }
}

/// # Safety
///
/// `text` is null or ends with a zero.
unsafe fn copied(text: *const std::ffi::c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: the caller's.
    unsafe { std::ffi::CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// Whether the current role has USAGE on a type.
pub fn is_granted(type_oid: pg_sys::Oid) -> bool {
    // SAFETY: both read the catalogue, and raise only where the type is not there, which pgrx turns into a panic that drops what
    // is alive.
    unsafe { aclcheck(type_oid, pg_sys::GetUserId()) == pg_sys::AclResult::ACLCHECK_OK }
}

/// # Safety
///
/// The type is there.
#[cfg(any(feature = "pg14", feature = "pg15"))]
unsafe fn aclcheck(type_oid: pg_sys::Oid, role: pg_sys::Oid) -> pg_sys::AclResult::Type {
    // SAFETY: the caller's.
    unsafe { pg_sys::pg_type_aclcheck(type_oid, role, pg_sys::ACL_USAGE) }
}

/// # Safety
///
/// The type is there.
#[cfg(not(any(feature = "pg14", feature = "pg15")))]
unsafe fn aclcheck(type_oid: pg_sys::Oid, role: pg_sys::Oid) -> pg_sys::AclResult::Type {
    // SAFETY: the caller's.
    unsafe { pg_sys::object_aclcheck(pg_sys::TypeRelationId, type_oid, role, pg_sys::ACL_USAGE.into()) }
}
