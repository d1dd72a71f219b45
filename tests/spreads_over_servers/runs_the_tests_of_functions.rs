//! The tests of homer's own functions, run again through the router: those that use functions only, and no ids that one server gives.

use homer_tests::*;
use std::process::Command;

const TESTS: &[&str] = &[
    "answers_in_many_languages::the_right_memory_comes_first_in_every_language",
    "answers_in_many_languages::what_nobody_said_brings_nothing",
    "answers_questions::a_pasted_page_is_a_question_like_any_other",
    "answers_questions::a_rarer_word_and_a_second_word_count_more",
    "answers_questions::a_smaller_limit_gives_the_first_of_a_larger_one",
    "answers_questions::a_whole_sentence_finds_what_answers_it_and_nothing_else",
    "answers_questions::a_word_that_is_missing_is_lent_by_the_neighbours_in_the_conversation",
    "answers_questions::filters_and_limit_hold_for_answers_too",
    "answers_questions::no_word_of_a_message_is_dropped_before_its_rarity_is_known",
    "answers_questions::numbers_are_found_however_they_are_written",
    "answers_questions::the_score_is_the_documented_formula",
    "answers_questions::what_was_learned_in_the_current_conversation_is_left_out",
    "answers_tool_calls::what_is_found_is_fenced_and_within_the_budget",
    "confirms_instead_of_doubling::an_unknown_state_is_not_the_same_state",
    "counts_itself::a_session_whose_clock_is_not_utc_is_told",
    "fences_stored_text::ordinary_text_is_shown_as_it_is",
    "finds_files_by_words::the_score_is_that_of_memories_over_the_files_in_sight",
    "finds_files_by_words::words_of_name_description_tags_and_text_find_a_file",
    "fits_the_prompt_budget::a_block_is_within_its_budget_whatever_it_holds",
    "fits_the_prompt_budget::what_does_not_fit_is_left_out_whole_and_the_least_relevant_first",
    "fits_the_prompt_budget::with_plenty_stored_seventy_percent_of_the_budget_are_used",
    "keeps_memory_files::a_directory_is_viewed_two_levels_deep",
    "keeps_memory_files::a_file_is_viewed_with_the_numbers_of_its_lines",
    "keeps_memory_files::no_path_leads_out_of_its_users_files",
    "keeps_what_it_is_told::a_memory_without_a_user_is_everyones",
    "keeps_what_it_is_told::every_setting_reaches_its_column",
    "keeps_what_it_is_told::reading_writes_nothing",
    "normalises_spellings::a_memory_without_content_is_known_by_its_subject",
    "normalises_spellings::different_statements_are_different_memories",
    "normalises_spellings::spellings_of_one_statement_are_one_memory",
    "offers_tools::only_what_is_named_is_offered_and_what_is_none_is_refused",
    "reads_what_models_write::a_reminder_whose_moment_would_be_lost_is_refused",
    "refuses_what_is_wrong::a_long_value_is_shortened_in_the_message",
    "refuses_what_is_wrong::a_prepared_statement_is_refused_alike",
    "restores_and_edits::a_profile_is_read_without_counting_an_interaction",
    "shows_files_to_whom_they_are_shared::a_file_is_seen_by_its_owner_until_it_is_shared",
];

#[test]
fn the_tests_of_functions_hold_through_the_router() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(2);
    let (variable, named) = installation.to_the_environment();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--test-threads", "1"])
        .args(TESTS)
        .env(variable, named)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(&format!("{} passed", TESTS.len())), "{said}");
}
