//! Moments as the person's own clock shows them. The database keeps UTC, and knows the timezone from the profile.

/// A part of a statement: `clock`, whose `zone` is the timezone of `$1`, the person.
pub const CLOCK: &str =
    "clock AS MATERIALIZED (SELECT pg_catalog.substr(@homer@.homer_local_moment($1, pg_catalog.now()), 18) AS zone)";

/// A moment of a table, which is UTC, as a text.
pub fn local(column: &str) -> String {
    shown(&format!("pg_catalog.timezone('UTC', {column})"))
}

/// A moment with a timezone, as a text.
pub fn shown(moment: &str) -> String {
    format!("pg_catalog.to_char(pg_catalog.timezone(clock.zone, {moment}), 'YYYY-MM-DD HH24:MI')")
}

/// What was typed into a field of date and time, as a moment: `place` is the number of the parameter.
pub fn typed(place: u8) -> String {
    format!("pg_catalog.timezone(clock.zone, ${place}::pg_catalog.text::pg_catalog.timestamp)")
}
