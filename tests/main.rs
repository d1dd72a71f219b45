//! What homer promises, one promise a file.

mod answers_questions;
mod costs_the_same_at_any_size;
mod counts_itself;
mod erases_a_person;
mod explains_itself;
mod exports_and_imports_a_person;
mod fences_stored_text;
mod finds_files_by_words;
mod fits_the_prompt_budget;
mod gives_context_in_one_snapshot;
mod installs_in_any_schema;
mod keeps_moments_in_utc;
mod keeps_the_contract_of_its_tables;
mod keeps_what_it_is_told;
mod links_a_file_once;
mod loses_no_touch;
mod ranks_exactly;
mod readme_is_true;
mod refuses_what_is_wrong;
mod shows_files_to_whom_they_are_shared;
mod survives_dump;
