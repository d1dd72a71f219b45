//! What homer promises, one promise a file.

mod answers_questions;
mod answers_with_vectors;
mod costs_the_same_at_any_size;
mod explains_itself;
mod explains_relevance;
mod installs_in_any_schema;
mod is_at_home_with_drizzle;
mod keeps_moments_in_utc;
mod keeps_the_contract_of_its_tables;
mod keeps_what_it_is_told;
mod loses_no_touch;
mod ranks_exactly;
mod readme_is_true;
mod refuses_what_is_wrong;
mod replicates;
mod runs_its_examples;
mod runs_on_a_standby;
mod stands_beside_vectors;
mod survives_a_crash;
mod survives_dump;
mod uses_nothing_planted;
