//! PostgreSQL's own functions under names of homer's, because it does not call them leakproof, and under row security only
//! what is leakproof may choose an index.
//!
//! `LANGUAGE internal` would need no line of Rust. But PostgreSQL finds such a function by comparing its name with those of
//! all 3,000 it has, 5 us for each place it stands in, again for every statement that writes to a table with it in an index.

use pgrx::pg_guard;
use pgrx::prelude::*;

/// PostgreSQL's 64-bit hash of a text, the one that partitions are chosen by, so that it stays the same. Two texts that share one
/// can be found in seconds: it is for texts of one user.
pub fn hash_of(value: &str, seed: i64) -> i64 {
    let length = i32::try_from(value.len()).unwrap_or(i32::MAX);
    // SAFETY: reads `length` bytes from the start of `value`, which has as many, and raises nothing.
    unsafe { hash_bytes_extended(value.as_ptr(), length, seed as u64) as i64 }
}

unsafe extern "C" {
    /// What `hashtextextended` gives, without the search for a collation; in PostgreSQL since 13, and not in pgrx's bindings.
    fn hash_bytes_extended(bytes: *const u8, length: i32, seed: u64) -> u64;
}

/// `$wrapper` is PostgreSQL's `$own`, called with the same arguments.
macro_rules! forwarded {
    ($wrapper:ident, $info:ident, $own:ident) => {
        /// Says how the function below is called.
        #[unsafe(no_mangle)]
        pub extern "C" fn $info() -> &'static pg_sys::Pg_finfo_record {
            &pg_sys::Pg_finfo_record { api_version: 1 }
        }

        /// # Safety
        ///
        /// `call` is what PostgreSQL's function manager hands to a function with these arguments.
        #[unsafe(no_mangle)]
        #[pg_guard]
        pub unsafe extern "C-unwind" fn $wrapper(call: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
            // SAFETY: the SQL declaration has the arguments and the result of the function that is called, and is strict as it is.
            unsafe { pg_sys::$own(call) }
        }
    };
}

forwarded!(json_text_wrapper, pg_finfo_json_text_wrapper, jsonb_object_field_text);
forwarded!(keys_overlap_wrapper, pg_finfo_keys_overlap_wrapper, arrayoverlap);
forwarded!(substr_of_length, pg_finfo_substr_of_length, text_substr);

/// Says how the function below is called.
#[unsafe(no_mangle)]
pub extern "C" fn pg_finfo_substr_wrapper() -> &'static pg_sys::Pg_finfo_record {
    &pg_sys::Pg_finfo_record { api_version: 1 }
}

/// PostgreSQL's `substr`, for which a length below zero is an error. A leakproof function has none: it is nothing here.
///
/// # Safety
///
/// `call` is what PostgreSQL's function manager hands to a strict function of a text and two integers.
#[unsafe(no_mangle)]
#[pg_guard]
pub unsafe extern "C-unwind" fn substr_wrapper(call: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: the function has three arguments, none of them null, and the third is an integer.
    unsafe {
        let length = &mut (*call).args.as_mut_slice(3)[2].value;
        if (length.value() as i32) < 0 {
            *length = pg_sys::Datum::from(0);
        }
        substr_of_length(call)
    }
}
