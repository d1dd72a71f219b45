//! A jsonb as its text. pgrx reads it into a tree, and ends the call where a number is too large for that; what an index calls
//! must take every value.

use pgrx::callconv::{Arg, ArgAbi};
use pgrx::nullable::Nullable;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::prelude::*;

pub struct JsonText(String);

impl JsonText {
    /// The strings of an array of strings; none where it is something else.
    pub fn strings(self) -> Vec<String> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

// SAFETY: it says of which type the argument is.
unsafe impl SqlTranslatable for JsonText {
    const TYPE_IDENT: &'static str = pgrx::pgrx_resolved_type!(JsonText);
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: Result<SqlMappingRef, ArgumentError> = Ok(SqlMappingRef::literal("jsonb"));
    const RETURN_SQL: Result<ReturnsRef, ReturnsError> = Ok(ReturnsRef::One(SqlMappingRef::literal("jsonb")));
}

impl FromDatum for JsonText {
    unsafe fn from_polymorphic_datum(datum: pg_sys::Datum, is_null: bool, _type: pg_sys::Oid) -> Option<Self> {
        if is_null {
            return None;
        }
        // SAFETY: the caller's: it is a jsonb.
        let text: Option<&std::ffi::CStr> = unsafe { pgrx::direct_function_call(pg_sys::jsonb_out, &[Some(datum)]) };
        text.map(|text| Self(text.to_string_lossy().into_owned()))
    }
}

// SAFETY: it is read from the datum of an argument, which SQL declares as jsonb.
unsafe impl<'fcx> ArgAbi<'fcx> for JsonText {
    unsafe fn unbox_arg_unchecked(argument: Arg<'_, 'fcx>) -> Self {
        // SAFETY: the caller's.
        unsafe { argument.unbox_arg_using_from_datum() }.unwrap_or_else(|| Self(String::new()))
    }

    unsafe fn unbox_nullable_arg(argument: Arg<'_, 'fcx>) -> Nullable<Self> {
        // SAFETY: the caller's.
        unsafe { argument.unbox_arg_using_from_datum::<Self>() }.into()
    }
}

/// The texts of an array of texts.
#[pg_extern(sql = false)]
fn texts_of(elements: JsonText) -> Vec<String> {
    elements.strings()
}
