//! What homer promises, one promise a file.

mod answers_questions;
mod confirms_instead_of_doubling;
mod costs_the_same_at_any_size;
mod expires_on_time;
mod explains_itself;
mod fires_each_reminder_once;
mod imports_many_at_once;
mod installs_in_any_schema;
mod keeps_corrections;
mod keeps_moments_in_utc;
mod keeps_the_contract_of_its_tables;
mod keeps_what_it_is_told;
mod loses_no_touch;
mod never_stores_what_was_refused;
mod normalises_spellings;
mod ranks_exactly;
mod readme_is_true;
mod refuses_what_is_wrong;
mod rolls_back_with_its_caller;
mod survives_dump;
