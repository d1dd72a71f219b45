//! `homer_explain_relevance` says why a memory is ranked where it is: its parts add up to the relevance.

use homer_tests::*;

fn shop() -> Client {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 'Paint', 'Which paint for the workshop?', 8, source_conversation_id => 'a');
             SELECT homer_remember('maria', 'decision', '', 'Blue. Two coats of blue.', source_conversation_id => 'a');
             SELECT homer_remember('maria', 'fact', '', 'Jeans are blue.');
             SELECT homer_remember('maria', 'fact', '', 'Nothing of the kind.');
             SELECT homer_remember('devon', 'fact', '', 'Blue paint.');
             SELECT homer_remember(NULL, 'fact', '', 'The door is blue.');
             UPDATE homer_memories SET updated_at = (now() AT TIME ZONE 'UTC') - interval '365 days' WHERE id = 1",
        )
        .unwrap();
    client
}

fn parts(client: &mut Client, arguments: &str) -> Vec<String> {
    rows(
        client,
        &format!(
            "SELECT part, word, times, lent_by, round(amount::numeric, 3), round(counts::numeric, 4)
               FROM homer_explain_relevance({arguments})"
        ),
    )
}

#[test]
fn each_word_is_shown_with_its_weight_and_who_lends_it() {
    // Of the five memories Maria is given, one holds paint, three hold blue.
    let (paint, blue) = ((6.0_f64 / 1.5).ln(), (6.0_f64 / 3.5).ln());
    let twice = 3.0 / 2.5;
    // A fact of importance 8, a half-life old.
    let [importance, factor] = [8.0_f64, 4.0].map(|standing| 1.0 + (standing / 10.0).powf(1.5) / 4.0);
    let words = twice * (paint + blue / 2.0);
    assert_eq!(
        parts(&mut shop(), "'maria', 'What blue paint is it?', NULL, 1"),
        [
            format!("word|paint|2|null|{paint:.3}|{:.4}", twice * paint),
            format!("word|blue|2|2|{blue:.3}|{:.4}", twice * blue / 2.0),
            format!("importance|null|null|null|8.000|{:.4}", words * (importance - 1.0)),
            format!("age|null|null|null|365.000|{:.4}", words * (factor - importance)),
            "factor|null|null|null|1.063|null".into(),
            format!("total|null|null|null|null|{:.4}", words * factor),
        ]
    );
}

/// The parts `e` of what is explained, to compare with another call's: the time between the two is not in these digits.
fn parts_of(id: &str, explained: &str) -> String {
    let numbers = "round(e.amount::numeric, 3), round(e.counts::numeric, 4)";
    format!("SELECT {id}, e.part, e.word, e.times, e.lent_by, {numbers} FROM {explained}")
}

/// A page of answers is explained in one call.
#[test]
fn memories_that_are_explained_together_are_explained_as_each_alone() {
    let mut client = shop();
    for question in ["'What blue paint is it?'", "NULL", "'who?'", "'jeans and doors'"] {
        let of = |explained: &str| parts_of("m.id", explained);
        let alone = of(&format!(
            "unnest(ARRAY[3, 1, 4, 6]) AS m (id), homer_explain_relevance('maria', {question}, NULL, m.id) AS e"
        ));
        let together = format!(
            "homer.explained('maria', {question}, NULL, ARRAY[3, 1, 4, 6], NULL) AS e, LATERAL (SELECT e.memory_id) AS m (id)"
        );
        let alone = rows(&mut client, &alone);
        assert!(alone.len() >= 6, "{question}: {alone:?}");
        assert_eq!(rows(&mut client, &of(&together)), alone, "{question}");
    }
}

/// Which are the best, and in their order, is known with what makes them so.
#[test]
fn the_best_are_explained_with_no_second_question() {
    let mut client = shop();
    for question in ["'What blue paint is it?'", "NULL", "'who?'", "'jeans and doors'"] {
        let of = |explained: &str| parts_of("e.memory_id", explained);
        for at_most in [2, 10] {
            let twice = of(&format!(
                "homer.explained('maria', {question}, NULL,
                                 ARRAY(SELECT r.id FROM homer_relevant_memories('maria', {at_most}, {question}) AS r), NULL) AS e"
            ));
            let at_once = of(&format!("homer.explained('maria', {question}, NULL, NULL, {at_most}) AS e"));
            let twice = rows(&mut client, &twice);
            assert!(twice.len() >= 6, "{question}: {twice:?}");
            assert_eq!(rows(&mut client, &at_once), twice, "{question}");
        }
    }
}

#[test]
fn the_total_is_the_relevance_of_every_memory_with_a_question_and_without() {
    let mut client = shop();
    for question in ["'What blue paint is it?'", "NULL", "'who?'", "'jeans and doors'"] {
        let all = format!(
            "SELECT count(*), count(*) FILTER (WHERE abs(r.relevance - e.counts) < 1e-9)
               FROM homer_relevant_memories('maria', 10, {question}) AS r,
                    homer_explain_relevance('maria', {question}, NULL, r.id) AS e
              WHERE e.part = 'total'"
        );
        let expected = if question.contains("blue") {
            "4|4"
        } else if question.contains("jeans") {
            "2|2"
        } else {
            "5|5"
        };
        assert_eq!(rows(&mut client, &all), [expected], "{question}");
    }
}

#[test]
fn what_does_not_answer_has_no_parts() {
    let mut client = shop();
    assert_eq!(parts(&mut client, "'maria', 'blue paint', NULL, 4"), Vec::<String>::new());
    assert_eq!(parts(&mut client, "'maria', NULL, NULL, 4").len(), 3, "without a question it has");
}

#[test]
fn what_a_user_is_not_given_is_refused_alike() {
    let mut client = shop();
    client
        .batch_execute(
            "SELECT homer_forget(3);
             UPDATE homer_memories SET expires_at = (now() AT TIME ZONE 'UTC') - interval '1 minute' WHERE id = 4",
        )
        .unwrap();
    for (what, id) in [("another's", 5), ("retired", 3), ("expired", 4), ("none", 999)] {
        let refusal =
            refused(&mut client, &format!("SELECT * FROM homer_explain_relevance('maria', 'blue', NULL, {id})"));
        assert_eq!(refusal.sqlstate, "ME010", "{what}");
        assert_eq!(refusal.message, format!("memory {id} is none that user \"maria\" is given"), "{what}");
    }
    assert!(!parts(&mut client, "'devon', 'blue', NULL, 5").is_empty());
    assert_eq!(refused(&mut client, "SELECT * FROM homer_explain_relevance(NULL, 'blue', NULL, 1)").sqlstate, "ME010");
    assert!(!parts(&mut client, "NULL, 'blue', NULL, 6").is_empty(), "a null user is given the global ones");
}
