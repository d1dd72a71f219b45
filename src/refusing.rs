//! How a refusal leaves Rust: the one place that raises.
//!
//! PostgreSQL raises an error by a jump that runs no destructor, so at that moment Rust must own nothing. That is not left
//! to care. A function that may refuse stands in `refusing!` and gives its refusal as a value. When it has returned, its
//! arguments and all it made are gone, and of the refusal is left what `Raisable` is: a pointer to what PostgreSQL's memory
//! holds, which is `Copy` and so cannot own. Nothing but `answer` raises, and that is all it is given.

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr::null_mut;

use pgrx::callconv::{ArgAbi, Args};
use pgrx::prelude::*;

use crate::errors::Refusal;

/// What a function in `refusing!` gives: nothing to say against the call, or why it is refused.
pub type Checked = Result<(), Refusal>;

/// Functions that SQL calls under the name with `_wrapper` behind, which give true or raise what they refuse.
///
/// A null for an argument that is no `Option` gives null, as in a function that is STRICT.
macro_rules! refusing {
    ($($(#[$comment:meta])* fn $name:ident($($argument:ident: $type:ty),*) -> Checked $body:block)*) => {$(
        $(#[$comment])*
        fn $name($($argument: $type),*) -> $crate::refusing::Checked $body

        // A function without arguments has no use for all of it.
        #[allow(unused_imports, unused_mut, unused_variables)]
        const _: () = {
            use pgrx::pg_sys;
            use $crate::refusing::{Raisable, answer, argument, raisable};

            /// Says how the function below is called.
            #[unsafe(export_name = concat!("pg_finfo_", stringify!($name), "_wrapper"))]
            extern "C" fn info() -> &'static pg_sys::Pg_finfo_record {
                &pg_sys::Pg_finfo_record { api_version: 1 }
            }

            #[unsafe(export_name = concat!(stringify!($name), "_wrapper"))]
            unsafe extern "C-unwind" fn called(call: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
                // SAFETY: `call` is what PostgreSQL's function manager hands over, and this frame owns nothing.
                unsafe { answer(guarded(call)) }
            }

            /// Catches the panics of what is called, and returns when all of it is dropped.
            #[pgrx::pg_guard]
            unsafe extern "C-unwind" fn guarded(call: pg_sys::FunctionCallInfo) -> Raisable {
                // SAFETY: as above.
                let call = unsafe { pgrx::callconv::FcInfo::from_ptr(call) };
                let mut arguments = call.args();
                $(
                    // SAFETY: the SQL declaration has the arguments in this order and of these types, which
                    // tests/matches_its_declarations.rs compares.
                    let Some($argument) = (unsafe { argument::<$type>(&mut arguments) }) else {
                        call.clone().return_null();
                        return std::ptr::null_mut();
                    };
                )*
                raisable($name($($argument),*))
            }
        };
    )*};
}
pub(crate) use refusing;

/// An error that PostgreSQL's memory holds, ready to be raised; null where there is none.
pub type Raisable = *mut pg_sys::ErrorData;

/// A type of an argument, and whether it has a value for null.
pub trait Argument<'call>: ArgAbi<'call> {
    const HOLDS_NULL: bool = false;
}

impl<'call, T: ArgAbi<'call>> Argument<'call> for Option<T> {
    const HOLDS_NULL: bool = true;
}
impl<'call> Argument<'call> for &'call str {}
impl Argument<'_> for i32 {}
impl Argument<'_> for pg_sys::Oid {}
impl Argument<'_> for TimestampWithTimeZone {}
impl<'call> Argument<'call> for Array<'call, &'call str> {}
impl<'call> Argument<'call> for Array<'call, pg_sys::Oid> {}

/// The next argument; none where it is null and the type has no value for that.
///
/// # Safety
///
/// The SQL declaration has an argument of the matching type there.
pub unsafe fn argument<'call, T: Argument<'call>>(arguments: &mut Args<'_, 'call>) -> Option<T> {
    let argument = arguments.next()?;
    // SAFETY: the caller's, and a null is only unboxed as what can be one.
    (T::HOLDS_NULL || !argument.is_null()).then(|| unsafe { argument.unbox_unchecked() })
}

/// Copies what was refused to PostgreSQL's memory, and drops it.
pub fn raisable(checked: Checked) -> Raisable {
    let Err(refusal) = checked else { return null_mut() };
    // SAFETY: all zeros is an ErrorData that says nothing yet.
    let mut error = unsafe { PgBox::<pg_sys::ErrorData>::alloc0() };
    error.elevel = pg_sys::PGERROR as c_int;
    error.sqlerrcode = packed(&refusal.sqlstate());
    error.message = palloc_copy(&refusal.message());
    error.hint = palloc_copy(&refusal.hint());
    let contexts = contexts();
    let callers = context_of_callers(&contexts);
    if !callers.is_empty() {
        error.context = palloc_copy(&callers.join("\n"));
    }
    error.into_pg()
}

/// What SQL is given: true, or the error.
///
/// # Safety
///
/// To be called last by a function that PostgreSQL calls, with nothing alive there that has a destructor.
pub unsafe fn answer(error: Raisable) -> pg_sys::Datum {
    if !error.is_null() {
        // SAFETY: `error` is whole, and ThrowErrorData copies it. Then it jumps over this frame and its caller's, which own
        // nothing. PostgreSQL restores the stack of contexts where the error is caught, as for every error.
        unsafe {
            pg_sys::error_context_stack = null_mut();
            ThrowErrorData(error);
        }
    }
    pg_sys::Datum::from(true)
}

unsafe extern "C-unwind" {
    /// PostgreSQL's own, without the wrapper that pgrx puts around it: the wrapper turns the error into a panic and
    /// back, and pgrx knows a fixed list of SQLSTATEs, so one of ours would reach the client as XX000.
    #[allow(clashing_extern_declarations)]
    fn ThrowErrorData(error: *mut pg_sys::ErrorData);
}

/// What CONTEXT would say, an entry for each function and statement that is being run, the innermost first.
fn contexts() -> Vec<String> {
    // SAFETY: the stack is PostgreSQL's list of what is being run, which outlives this call.
    let stack = PutBack(unsafe { pg_sys::error_context_stack });
    let mut entries = Vec::new();
    let mut next = stack.0;
    // SAFETY: each entry is on the stack of a function that has not returned.
    while let Some(entry) = unsafe { next.as_ref() } {
        let mut alone = pg_sys::ErrorContextCallback { previous: null_mut(), ..*entry };
        // SAFETY: asked for the whole stack, PostgreSQL asks this one entry. `stack` puts the others back before `alone` goes.
        let text = unsafe {
            pg_sys::error_context_stack = &mut alone;
            pg_sys::GetErrorContextStack()
        };
        if !text.is_null() {
            // SAFETY: it is a text of PostgreSQL's.
            entries.push(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned());
        }
        next = entry.previous;
    }
    entries
}

/// Puts PostgreSQL's stack of contexts back, however the function ends that has changed it.
struct PutBack(*mut pg_sys::ErrorContextCallback);

impl Drop for PutBack {
    fn drop(&mut self) {
        // SAFETY: it is what the stack was.
        unsafe { pg_sys::error_context_stack = self.0 };
    }
}

/// Where in the caller's own functions the call is: what is run inside homer tells a user nothing.
fn context_of_callers(contexts: &[String]) -> &[String] {
    let callers = contexts.iter().rposition(|entry| is_in_homer(entry)).map_or(0, |outermost| outermost + 1);
    &contexts[callers..]
}

/// Whether an entry is that of a function of homer's. The entry names the function, in every language of the server. It ends
/// with a number or a word, where the entry of a statement ends with the statement in quotation marks.
fn is_in_homer(entry: &str) -> bool {
    entry.ends_with(char::is_alphanumeric) && (entry.contains("homer_") || entry.contains("homer."))
}

/// PostgreSQL's packing of a SQLSTATE: six bits a character, the first one lowest.
fn packed(sqlstate: &[u8; 5]) -> c_int {
    sqlstate.iter().rev().fold(0, |code, character| (code << 6) + c_int::from((character - b'0') & 0x3F))
}

fn palloc_copy(text: &str) -> *mut c_char {
    // A text that came through PostgreSQL holds no zero byte, so the empty message of the fallback is never seen.
    let c_text = CString::new(text).unwrap_or_default();
    // SAFETY: pstrdup copies a zero-terminated text into the current memory context; the context outlives the raise.
    unsafe { pg_sys::pstrdup(c_text.as_ptr()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlstate_is_packed_as_postgresql_packs_it() {
        // 22023 and XX000 as PostgreSQL's own header files compute them.
        assert_eq!(packed(b"22023"), 50_856_066);
        assert_eq!(packed(b"XX000"), 2_600);
    }

    #[test]
    fn the_context_begins_with_what_called_homer() {
        let contexts = [
            "PL/pgSQL function homer.check_acts() line 9 at RETURN",
            "SQL statement \"SELECT homer.check_acts()\"",
            "SQL-Funktion »homer_touch_profile« Anweisung 1",
            "SQL statement \"SELECT homer_touch_profile('maria')\"",
            "PL/pgSQL function greet(text) line 3 at PERFORM",
        ]
        .map(String::from);
        assert_eq!(context_of_callers(&contexts), &contexts[3..]);
        assert_eq!(context_of_callers(&contexts[3..]), &contexts[3..]);
        assert_eq!(context_of_callers(&contexts[..3]), &contexts[3..3]);
    }
}
