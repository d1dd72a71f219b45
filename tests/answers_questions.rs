//! With a query, `homer_relevant_memories` gives the memories that hold its words, best answer first.

use homer_tests::*;

fn remember(client: &mut Client, user: &str, memories: &[&str]) {
    for content in memories {
        client
            .execute("SELECT homer_remember(NULLIF($1, ''), 'fact', '', $2)", &[&user, content])
            .unwrap_or_else(|error| panic!("{content}: {error:?}"));
    }
}

/// The contents that a question of Maria's finds, best first.
fn found(client: &mut Client, question: &str) -> Vec<String> {
    client
        .query("SELECT content FROM homer_relevant_memories('maria', 10, $1)", &[&question])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect()
}

fn scores(client: &mut Client, question: &str) -> Vec<String> {
    let question = question.replace('\'', "''");
    // Without the last digits of the age's part, which changes from call to call.
    rows(
        client,
        &format!(
            "SELECT content, round(relevance::numeric, 4) FROM homer_relevant_memories('maria', 10, '{question}')"
        ),
    )
}

#[test]
fn a_whole_sentence_finds_what_answers_it_and_nothing_else() {
    let mut client = session();
    remember(
        &mut client,
        "maria",
        &[
            "The rent is $4,550 a month.",
            "Renata starts on Tuesday.",
            "The landlord's name is Pruitt.",
            "Coffee is black.",
        ],
    );
    assert_eq!(found(&mut client, "How much rent do we pay each month?"), ["The rent is $4,550 a month."]);
    assert_eq!(found(&mut client, "Who is our landlord, and what is the rent?").len(), 2);
    assert_eq!(found(&mut client, "Does anybody like bicycles?"), Vec::<String>::new());
}

#[test]
fn words_are_found_as_a_person_types_them() {
    let mut client = session_of_nobody();
    remember(
        &mut client,
        "maria",
        &[
            "Mr. O'Brien orders the XK-201 by e-mail: s.obrien@example.com",
            "Zoë Müller paints on 2026-05-03 in the Straße",
            "シマノの部品は東京から届きます",
            "ราคาน้ำมันวันนี้",
            "Der Größte liefert 1,234 Stück",
        ],
    );
    for (question, memory) in [
        ("obrien", 0),
        ("What did O’Brien's order say?", 0),
        ("xk201", 0),
        ("is XK-201 in stock", 0),
        ("who is s.obrien@example.com", 0),
        ("zoe muller", 1),
        ("ZOË painted", 1),
        ("2026-05-03", 1),
        ("STRASSE", 1),
        ("東京", 2),
        ("シマノ", 2),
        ("น้ำมัน", 3),
        ("größte", 4),
        ("1234", 4),
    ] {
        let contents = rows(&mut client, "SELECT content FROM homer_memories ORDER BY id");
        assert_eq!(found(&mut client, question), [contents[memory].as_str()], "{question}");
    }
}

#[test]
fn a_query_without_a_word_worth_searching_is_no_query() {
    let mut client = session();
    remember(&mut client, "maria", &["one thing", "another thing"]);
    let without = rows(&mut client, "SELECT id FROM homer_relevant_memories('maria')");
    assert_eq!(without, ["2", "1"]);
    for question in ["NULL", "''", "'  '", "'?!'", "'Who is it that they were with?'"] {
        let query = format!("SELECT id FROM homer_relevant_memories('maria', 10, {question})");
        assert_eq!(rows(&mut client, &query), without, "{question}");
    }
}

#[test]
fn a_rarer_word_and_a_second_word_count_more() {
    let mut client = session();
    remember(&mut client, "maria", &["tax meeting", "tax letter", "tax form", "bank letter", "tax bank"]);
    assert_eq!(found(&mut client, "bank tax")[0], "tax bank", "both words");
    let ranking = found(&mut client, "tax bank");
    assert_eq!(ranking[1], "bank letter", "bank is rarer than tax: {ranking:?}");
}

#[test]
fn what_does_not_hold_and_what_is_anothers_has_no_influence() {
    let memories = ["the tax form is due", "the form of the letter", "tax tax tax", "a letter"];
    let mut client = session();
    remember(&mut client, "maria", &memories);
    let alone = scores(&mut client, "tax form letter");
    assert_eq!(alone.len(), 4);

    remember(&mut client, "devon", &["tax form letter", "letter", "tax tax", "form"]);
    remember(&mut client, "maria", &["tax form letter (retired)", "letter letter (expired)"]);
    client.batch_execute("SELECT homer_forget(id) FROM homer_memories WHERE content LIKE '%(retired)'").unwrap();
    client
        .batch_execute(
            "UPDATE homer_memories SET expires_at = now() AT TIME ZONE 'UTC' - interval '1 second'
              WHERE content LIKE '%(expired)'",
        )
        .unwrap();
    assert_eq!(scores(&mut client, "tax form letter"), alone);

    // Control: a global memory is in the scope, and changes what the words say.
    remember(&mut client, "", &["the form for everyone"]);
    let with_global = scores(&mut client, "tax form letter");
    assert_eq!(with_global.len(), 5);
    assert_ne!(with_global[..4], alone[..]);
}

/// The score, computed a second time from its definition: BM25 over the scope, without a discount for length.
#[test]
fn the_score_is_the_documented_formula() {
    let mut client = session();
    remember(&mut client, "maria", &["tax form", "tax tax tax tax", "bank", "letter"]);
    let weight = |holding: f64| (1.0 + (4.0 - holding + 0.5) / (holding + 0.5)).ln();
    let times = |times: f64| times * 1.5 / (times + 0.5);
    let expected = [
        // Twice at most.
        ("tax tax tax tax", weight(2.0) * times(2.0) * NEW),
        ("tax form", weight(2.0) * times(1.0) * NEW),
    ];
    let found = scores(&mut client, "What about taxes?");
    assert_eq!(found, expected.map(|(content, score)| format!("{content}|{score:.4}")));
}

#[test]
fn a_word_that_is_missing_is_lent_by_the_neighbours_in_the_conversation() {
    let mut client = session();
    let mut said = |conversation: &str, content: &str| {
        let statement = "SELECT homer_remember('maria', 'context', '', $1, source_conversation_id => $2)";
        client.execute(statement, &[&content, &conversation]).unwrap();
    };
    said("a", "Which paint did you choose for the workshop?");
    said("a", "Blue for the walls.");
    said("b", "Blue jeans.");
    said("b", "Something else altogether.");
    // Each of the first two lacks a word that the other lends it by half; the third has no neighbour that holds one.
    let weight = |holding: f64| (1.0 + (4.0 - holding + 0.5) / (holding + 0.5)).ln();
    let (paint, blue) = (weight(1.0), weight(2.0));
    let expected = [
        ("Which paint did you choose for the workshop?", paint + blue / 2.0),
        ("Blue for the walls.", blue + paint / 2.0),
        ("Blue jeans.", blue),
    ];
    let ranking = rows(
        &mut client,
        "SELECT content, round(relevance::numeric, 4) FROM homer_relevant_memories('maria', 10, 'What paint is blue?')",
    );
    assert_eq!(ranking, expected.map(|(content, score)| format!("{content}|{:.4}", score * NEW)));
}

/// Random texts of a few words, some rare and some in most memories, against the formula computed for every memory.
#[test]
fn the_best_of_thousands_are_the_best_by_the_formula() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT setseed(0.5);
             INSERT INTO homer_memories (user_id, category, subject, content)
             SELECT CASE WHEN random() < 0.9 THEN 'maria' END, 'fact', CASE WHEN random() < 0.6 THEN 'Caroline' ELSE 'Melanie' END,
                    'word' || floor(400 * random() ^ 3)::int || ' word' || floor(400 * random() ^ 3)::int || ' word'
                           || floor(400 * random() ^ 3)::int || CASE WHEN random() < 0.3 THEN ' Caroline' ELSE '' END
               FROM generate_series(1, 12000)",
        )
        .unwrap();
    for question in ["caroline word399 word350", "caroline melanie word7", "caroline", "word398 word0 word1 word2"] {
        let formula = format!(
            "WITH words AS (SELECT unnest(string_to_array('{question}', ' ')) AS word),
                  times AS (SELECT id, word, least(2, cardinality(array_positions(
                                       string_to_array(lower(subject || ' ' || content), ' '), word))) AS times
                              FROM homer_memories, words),
                  weights AS (SELECT word, ln(1 + (12000 - count(*) + 0.5) / (count(*) + 0.5)) AS weight
                                FROM times WHERE times > 0 GROUP BY word)
             SELECT id, round((sum(weight * times * 1.5 / (times + 0.5)) * {NEW})::numeric, 4) AS score
               FROM times JOIN weights USING (word) GROUP BY id HAVING sum(times) > 0 ORDER BY score DESC, id DESC LIMIT 25"
        );
        let homer =
            format!("SELECT id, round(relevance::numeric, 4) FROM homer_relevant_memories('maria', 25, '{question}')");
        let expected = rows(&mut client, &formula);
        assert_eq!(expected.len(), 25, "{question}");
        assert_eq!(rows(&mut client, &homer), expected, "{question}");
    }
}

/// The most relevant lie first in the table, those of everyone among them, and some are to come or have no moment.
#[test]
fn of_ever_so_many_that_answer_alike_the_most_relevant_come_first() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT setseed(0.25);
             INSERT INTO homer_memories (user_id, category, subject, content, importance, created_at, updated_at)
             SELECT CASE WHEN random() < 0.9 THEN 'maria' END,
                    (ARRAY['fact', 'decision', 'context', 'rule', 'Reminder ', 'recipe'])[1 + floor(6 * random())::int],
                    '', CASE WHEN i % 2 = 0 THEN 'A tax.' ELSE 'A rent.' END, nullif(floor(11 * random())::int, 0),
                    CASE WHEN random() < 0.9 THEN said END, CASE WHEN random() < 0.5 THEN said END
               FROM (SELECT i, (now() AT TIME ZONE 'UTC') - (i / 50.0 - 1) * interval '1 hour' AS said
                       FROM generate_series(1, 30000) AS i) AS memories",
        )
        .unwrap();
    let relevance = "COALESCE(importance, 5) * CASE category WHEN 'rule' THEN 1 ELSE power(2::float8, greatest(-300, -extract(epoch FROM
                         now() AT TIME ZONE 'UTC' - least(COALESCE(updated_at, created_at, 'epoch'), now() AT TIME ZONE 'UTC'))::float8
                         / 86400 / CASE category WHEN 'fact' THEN 365 WHEN 'decision' THEN 180 WHEN 'context' THEN 14
                                                 WHEN 'Reminder ' THEN 30 ELSE 90 END)) END";
    let formula = format!(
        "SELECT id, round((ln(1 + 15000.5 / 15000.5) * (1 + power(({relevance}) / 10, 1.5) / 4))::numeric, 6)
           FROM homer_memories WHERE content = 'A tax.' ORDER BY 2 DESC, id DESC LIMIT 25"
    );
    let homer = "SELECT id, round(relevance::numeric, 6) FROM homer_relevant_memories('maria', 25, 'tax')";
    for level in ["READ COMMITTED", "SERIALIZABLE"] {
        let mut transaction = client.build_transaction().start().unwrap();
        transaction.batch_execute(&format!("SET TRANSACTION ISOLATION LEVEL {level}")).unwrap();
        let mut ranked = |query: &str| -> Vec<String> {
            let rows = transaction.query(&format!("SELECT t::text FROM ({query}) AS t"), &[]).unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        };
        let expected = ranked(&formula);
        assert_eq!(expected.len(), 25);
        assert_eq!(ranked(homer), expected, "{level}: serializable transactions are answered by SQL");
    }
}

#[test]
fn filters_and_limit_hold_for_answers_too() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', 'tax', 'one', tags => '{red}');
             SELECT homer_remember('maria', 'recipe', 'tax', 'two');
             SELECT homer_remember(NULL, 'fact', 'tax', 'everyone''s')",
        )
        .unwrap();
    let mut found = |arguments: &str| {
        rows(&mut client, &format!("SELECT content FROM homer_relevant_memories('maria', {arguments}, query => 'tax')"))
    };
    assert_eq!(found("10"), ["everyone's", "one", "two"]);
    assert_eq!(found("1"), ["everyone's"]);
    assert_eq!(found("0"), Vec::<String>::new());
    assert_eq!(found("10, tags => '{red}'"), ["one"]);
    assert_eq!(found("10, categories => '{recipe}'"), ["two"]);
    assert_eq!(found("10, include_global => false"), ["one", "two"]);
}

/// A model writes `Fact`, and a program that stores rows by itself `REMINDER `.
#[test]
fn a_category_is_the_same_in_any_case_and_with_space_around_it() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, updated_at)
             SELECT 'maria', category, '', 'tax', (now() AT TIME ZONE 'UTC') - interval '30 days'
               FROM unnest('{Fact,fact,\"REMINDER \",reminder,Recipe}'::text[]) WITH ORDINALITY AS c (category, n) ORDER BY n",
        )
        .unwrap();
    let mut found = |arguments: &str| {
        rows(&mut client, &format!("SELECT id FROM homer_relevant_memories('maria', 10, {arguments})"))
    };
    for (categories, ids) in [
        ("{fact}", &["2", "1"][..]),
        ("{\" FACT\"}", &["2", "1"]),
        ("{Reminder}", &["4", "3"]),
        ("{recipe}", &["5"]),
        ("{RECIPE,fact}", &["2", "1", "5"]),
        ("{f}", &[]),
    ] {
        for question in ["NULL", "'tax'"] {
            assert_eq!(found(&format!("{question}, categories => '{categories}'")), ids, "{categories} {question}");
        }
    }
    let relevance = "SELECT id, round(relevance::numeric, 2) FROM homer_relevant_memories('maria')";
    assert_eq!(rows(&mut client, relevance), ["2|4.72", "1|4.72", "5|3.97", "4|2.50", "3|2.50"], "they fade alike");
}

/// What is being said now is not worth a place: the model sees it.
#[test]
fn what_was_learned_in_the_current_conversation_is_left_out() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'fact', '', 'tax is due', source_conversation_id => 'now');
             SELECT homer_remember('maria', 'fact', '', 'tax was paid', source_conversation_id => 'then');
             SELECT homer_remember('maria', 'fact', '', 'tax by law')",
        )
        .unwrap();
    let mut found = |arguments: &str| {
        rows(
            &mut client,
            &format!("SELECT content, round(relevance::numeric, 4) FROM homer_relevant_memories('maria', {arguments})"),
        )
    };
    let all = found("10, 'tax'");
    assert_eq!(all.len(), 3);
    // Left out, but not forgotten: the words weigh what they weigh among all three.
    assert_eq!(found("10, 'tax', conversation_id => 'now'"), [all[0].as_str(), &all[1]]);
    assert_eq!(found("10, 'tax', conversation_id => 'another'"), all);
    assert_eq!(found("1, 'tax', conversation_id => 'then'"), [all[0].as_str()]);
    let without_question = found("10, conversation_id => 'then'");
    assert_eq!(without_question.len(), 2);
    assert!(without_question.iter().all(|memory| !memory.starts_with("tax was paid")), "{without_question:?}");
}

/// Unswept expired memories make the search look at expiry; the answers are those after the sweep.
#[test]
fn expired_memories_change_no_score_swept_or_not() {
    let mut client = session();
    remember(&mut client, "maria", &["tax tax form", "form", "tax letter", "tax (expires)", "form form (expires)"]);
    client
        .batch_execute(
            "UPDATE homer_memories SET expires_at = (now() AT TIME ZONE 'UTC') - interval '1 second'
              WHERE content LIKE '%(expires)'",
        )
        .unwrap();
    let unswept = scores(&mut client, "tax form");
    assert_eq!(unswept.len(), 3);
    client.batch_execute("UPDATE homer_memories SET is_active = false WHERE content LIKE '%(expires)'").unwrap();
    assert_eq!(scores(&mut client, "tax form"), unswept);
}

/// Asking for fewer than ten gives the first of ten, neighbours and all.
#[test]
fn a_smaller_limit_gives_the_first_of_a_larger_one() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember('maria', 'context', '', 'word' || n % 7 || ' word' || n % 5 || ' word' || n % 11,
                                   source_conversation_id => 'c' || n / 10)
               FROM generate_series(1, 300) AS n",
        )
        .unwrap();
    let ten = found(&mut client, "word3 word2 word9");
    assert_eq!(ten.len(), 10);
    for limit in [1, 3, 9] {
        let fewer = format!("SELECT content FROM homer_relevant_memories('maria', {limit}, 'word3 word2 word9')");
        assert_eq!(rows(&mut client, &fewer), ten[..limit], "{limit}");
    }
}

#[test]
fn a_pasted_page_is_a_question_like_any_other() {
    let mut client = session();
    remember(&mut client, "maria", &["the deposit for the e-bikes is due"]);
    let page = "deposit ".repeat(20_000) + &(0..5_000).map(|n| format!("filler{n} ")).collect::<String>();
    assert_eq!(found(&mut client, &page), ["the deposit for the e-bikes is due"]);
}

/// The question stands at the end of a long message, and its one telling word is short.
#[test]
fn no_word_of_a_message_is_dropped_before_its_rarity_is_known() {
    let mut client = session();
    remember(&mut client, "maria", &["Bob's PIN is 4711.", "The filler of the door is white.", "Ann has a PIN too."]);
    for words in [77, 300, 5_000] {
        let page: String = (0..words).map(|n| format!("filler filler{n}abcdefgh ")).collect();
        assert_eq!(
            found(&mut client, &format!("{page}\nWhat is the PIN of Bob?"))[0],
            "Bob's PIN is 4711.",
            "{words} words"
        );
    }
    let page =
        "天気予報によると今日は晴れのち曇りで風が強く気温は低めだそうですが明日はもっと暖かくなる見込みです".repeat(8);
    remember(&mut client, "maria", &["犬はポチ", "猫はタマ"]);
    assert_eq!(found(&mut client, &format!("{page}。犬は？"))[0], "犬はポチ");
}

#[test]
fn of_a_pasted_page_more_words_than_can_count_are_looked_up() {
    let mut client = session();
    // Each word of the page is in some memory, the last alone in one.
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content)
             SELECT 'maria', 'fact', '', 'topic' || n % 400 FROM generate_series(1, 1200) AS n;
             SELECT homer_remember('maria', 'fact', '', 'zebra'),
                    homer_remember('devon', 'fact', '', (SELECT string_agg('topic' || n, ' ') FROM generate_series(0, 399) AS n))",
        )
        .unwrap();
    let page: String = (0..400).map(|n| format!("topic{n} topic{n} ")).collect();
    assert_eq!(found(&mut client, &format!("{page} zebra"))[0], "zebra");
    // Expired and unswept, it is as if it had not been said.
    client
        .batch_execute("UPDATE homer_memories SET expires_at = now() - interval '2 days' WHERE content = 'zebra'")
        .unwrap();
    assert!(!found(&mut client, &format!("{page} zebra")).contains(&"zebra".to_owned()));
}

#[test]
fn stop_words_that_are_names_are_found_and_who_is_the_matches_nothing() {
    let mut client = session();
    remember(
        &mut client,
        "maria",
        &[
            "Will is the plumber.",
            "It will rain in the morning, and the roof is open.",
            "The office of IT is on the third floor.",
            "Takes vitamin A at night.",
            "Takes vitamin D in the morning.",
            "Don sold us the boat.",
        ],
    );
    for (question, memory) in [
        ("Who is Will?", "Will is the plumber."),
        ("who is will", "Will is the plumber."),
        ("Where is IT?", "The office of IT is on the third floor."),
        ("When do I take vitamin A?", "Takes vitamin A at night."),
        ("What did Don sell me?", "Don sold us the boat."),
    ] {
        assert_eq!(found(&mut client, question)[0], memory, "{question}");
    }
    assert_eq!(found(&mut client, "Who is the landlord?"), Vec::<String>::new());
    assert_eq!(found(&mut client, "Who is Will?"), ["Will is the plumber."], "and nothing else");
    let parts = "SELECT word FROM homer_explain_relevance('maria', 'who is will', NULL, 1) WHERE part = 'word'";
    assert_eq!(rows(&mut client, parts), ["will"]);
}

#[test]
fn numbers_are_found_however_they_are_written() {
    let mut client = session();
    let memories = [
        "Ibuprofen 500 mg, twice",
        "Rent: 4,550.00 a month",
        "Feierabend um 7 pm",
        "Ticket XK 201",
        "Call +1 (555) 010-0123",
        "getUserById is slow",
        "Uses Python3.11",
        "The colour of the door",
        "Two children",
        "Gasrechnung 1.234,50 Euro",
    ];
    remember(&mut client, "maria", &memories);
    for (question, place) in [
        ("500mg of what?", 0),
        ("what is 4550?", 1),
        ("what is at 7pm", 2),
        ("xk201", 3),
        ("XK-201", 3),
        ("whose number is 5550100123?", 4),
        ("555 010 0123", 4),
        ("get user by id", 5),
        ("get_user_by_id", 5),
        ("Python 3.11", 6),
        ("which color", 7),
        ("the child", 8),
        ("1234.5", 9),
    ] {
        assert_eq!(found(&mut client, question)[0], memories[place], "{question}");
    }
    for question in ["50mg", "455", "5550100124", "xk202", "3.12"] {
        assert_eq!(found(&mut client, question), Vec::<String>::new(), "{question}");
    }
}

#[test]
fn of_two_memories_that_answer_alike_the_newer_and_the_weightier_comes_first() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, importance, created_at, updated_at)
             SELECT 'maria', v.category, '', v.content, v.importance, m.moment, m.moment
               FROM (VALUES ('preference', 'Pruitt takes tea, Pruitt says.', 5, 40),
                            ('decision', 'Pruitt accepts the rent; she signs on Thursday.', 9, 0),
                            ('decision', 'Pruitt accepts the rent; she signs on Monday.', 9, 200),
                            ('fact', 'The bicycle is blue.', 10, 0)) AS v (category, content, importance, days),
                    LATERAL (SELECT (now() AT TIME ZONE 'UTC') - make_interval(days => v.days)) AS m (moment)",
        )
        .unwrap();
    let found = found(&mut client, "What did Pruitt say about the rent, and when does she sign?");
    assert!(found[0].ends_with("Thursday.") && found[1].ends_with("Monday."), "{found:?}");
    assert!(!found.iter().any(|memory| memory.contains("bicycle")), "what does not answer is not lifted: {found:?}");
}
