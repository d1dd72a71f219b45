//! With `query_embedding`, a memory is found by its meaning as well: half the score is its words, half its cosine.

use homer_tests::*;

/// A database with embeddings of three numbers, and memories of Maria's with their vectors: two axes stand for
/// what the memories are about, bicycles and money.
fn shop() -> Client {
    let database = database_of_nobody();
    let mut client = database.connect();
    client
        .batch_execute(
            "SELECT homer_enable_embeddings(3);
             SELECT homer_remember('maria', 'fact', '', 'The gravel bike sells best.');
             SELECT homer_remember('maria', 'fact', '', 'Rent is due on the first.');
             SELECT homer_remember('maria', 'fact', '', 'A wheel was stolen.');
             SELECT homer_remember('maria', 'fact', '', 'Nothing has a vector here but money and rent.');
             SELECT homer_set_embedding(1, '{1, 0, 0}');
             SELECT homer_set_embedding(2, '{0, 1, 0}');
             SELECT homer_set_embedding(3, '{0.8, 0, 0.6}')",
        )
        .unwrap();
    client
}

/// What is found, as ids and scores without the factor of a memory that is new and of importance 5.
fn found(client: &mut Client, arguments: &str) -> Vec<String> {
    rows(
        client,
        &format!(
            "SELECT id, round((relevance / {NEW})::numeric, 4) FROM homer_relevant_memories('maria', 10, {arguments})"
        ),
    )
}

#[test]
fn vectors_find_what_shares_no_word_with_the_question() {
    let mut client = shop();
    assert_eq!(found(&mut client, "'Which cycles do customers like?'"), Vec::<String>::new());
    // Cosines 1 and 0.8; the rent's is 0 and it holds no word, so it does not answer.
    assert_eq!(
        found(&mut client, "'Which cycles do customers like?', '{2, 0, 0}'"),
        ["1|0.5000", "3|0.4000"],
        "half of the best cosine's share"
    );
    assert_eq!(found(&mut client, "query_embedding => '{2, 0, 0}'"), ["1|0.5000", "3|0.4000"], "without words");
}

#[test]
fn vectors_and_words_count_half_each() {
    let mut client = shop();
    // "rent" is held by 2 and 4, which score alike by words; 2 has the cosine 0.6, the best there is.
    assert_eq!(found(&mut client, "'rent?', '{0, 0.6, 0.8}'"), ["2|1.0000", "4|0.5000", "3|0.4000"]);
    let ranking = found(&mut client, "'rent?', '{0, 0.6, 0.8}', tags => '{none}'");
    assert_eq!(ranking, Vec::<String>::new(), "a filter holds for what is found by its vector");
}

#[test]
fn vectors_of_others_and_of_what_does_not_hold_change_nothing() {
    let mut client = shop();
    let before = found(&mut client, "'bike', '{0.6, 0, 0.8}'");
    assert_eq!(before, ["1|0.8125", "3|0.5000"]);
    client
        .batch_execute(
            "SELECT homer_remember('devon', 'fact', '', 'bike bike');
             SELECT homer_set_embedding(5, '{0.6, 0, 0.8}');
             SELECT homer_remember('maria', 'fact', '', 'a bike that was forgotten');
             SELECT homer_set_embedding(6, '{0.6, 0, 0.8}'), homer_forget(6);
             SELECT homer_remember('maria', 'fact', '', 'a bike that is expired');
             SELECT homer_set_embedding(7, '{0.6, 0, 0.8}');
             UPDATE homer_memories SET expires_at = (now() AT TIME ZONE 'UTC') - interval '1 minute' WHERE id = 7",
        )
        .unwrap();
    assert_eq!(found(&mut client, "'bike', '{0.6, 0, 0.8}'"), before);
    client
        .batch_execute(
            "SELECT homer_remember(NULL, 'fact', '', 'for everyone'), homer_set_embedding(8, '{0.6, 0, 0.8}')",
        )
        .unwrap();
    assert_eq!(
        found(&mut client, "'bike', '{0.6, 0, 0.8}'"),
        ["1|0.8000", "8|0.5000", "3|0.4800"],
        "a global one counts"
    );
}

#[test]
fn vectors_of_a_text_that_changed_do_not_count_until_they_are_set_anew() {
    let mut client = shop();
    let unembedded = |client: &mut Client| rows(client, "SELECT id, text FROM homer_unembedded_memories()");
    assert_eq!(unembedded(&mut client), ["4|Nothing has a vector here but money and rent."]);
    client
        .batch_execute("UPDATE homer_memories SET content = 'The tandem sells best.', subject = 'Bikes' WHERE id = 1")
        .unwrap();
    assert_eq!(found(&mut client, "query_embedding => '{1, 0, 0}'"), ["3|0.5000"]);
    assert_eq!(
        unembedded(&mut client),
        ["4|Nothing has a vector here but money and rent.", "1|Bikes: The tandem sells best."],
        "newest first"
    );
    assert_eq!(rows(&mut client, "SELECT id FROM homer_unembedded_memories(1)"), ["4"]);
    client.batch_execute("SELECT homer_set_embedding(1, '{0, 0, 1}')").unwrap();
    assert_eq!(found(&mut client, "query_embedding => '{1, 0, 0}'"), ["3|0.5000"], "the new vector points elsewhere");
    assert_eq!(found(&mut client, "query_embedding => '{0, 0, 1}'"), ["1|0.5000", "3|0.3000"]);
    // What needs no ranking any more needs no vector either.
    client.batch_execute("SELECT homer_forget(4)").unwrap();
    assert_eq!(unembedded(&mut client), Vec::<String>::new());
}

/// A worker asks again and again, and nearly always there is nothing or something new.
#[test]
fn vectors_that_are_missing_are_found_at_a_cost_that_follows_them() {
    let database = database();
    let mut client = database.connect();
    client
        .batch_execute(
            "SELECT homer_enable_embeddings(3);
             INSERT INTO homer_memories (user_id, category, subject, content)
             SELECT 'user ' || n % 50, 'fact', '', 'fact ' || n FROM generate_series(1, 6000) AS n;
             INSERT INTO homer.memory_embeddings (memory_id, user_id, embedding, length, text_hash)
             SELECT id, user_id, '{1,0,0}', 1, homer.text_hash(user_id, subject, content) FROM homer_memories;
             SELECT * FROM homer_unembedded_memories()",
        )
        .unwrap();
    let fetched = "SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'homer_memories'";
    let mut found = |limit: usize| -> (Vec<i32>, i64) {
        let mut transaction = client.transaction().unwrap();
        let before: i64 = transaction.query_one(fetched, &[]).unwrap().get(0);
        let rows = transaction.query(&format!("SELECT id FROM homer_unembedded_memories({limit})"), &[]).unwrap();
        let after: i64 = transaction.query_one(fetched, &[]).unwrap().get(0);
        transaction.commit().unwrap();
        (rows.iter().map(|row| row.get(0)).collect(), after - before)
    };
    // In a new minute of the clock all are compared, so once more.
    let mut cheaply = |limit: usize| -> Vec<i32> {
        let (ids, fetched) =
            (0..3).map(|_| found(limit)).find(|(_, fetched)| *fetched <= 2_100).expect("few rows are read");
        assert!(fetched >= 1_000, "the newest are looked at");
        ids
    };
    assert_eq!(cheaply(100), [0; 0], "nothing is missing");
    let mut other = database.connect();
    other
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content) SELECT 'maria', 'fact', '', 'new' FROM generate_series(1, 5);
             UPDATE homer_memories SET content = 'changed' WHERE id IN (5500, 2000, 1)",
        )
        .unwrap();
    assert_eq!(cheaply(3), [6005, 6004, 6003], "what is new");
    let due = [6005, 6004, 6003, 6002, 6001, 5500];
    assert_eq!(cheaply(100)[..6], due, "and what has changed among the newest");
    other.batch_execute("DELETE FROM homer.memory_embeddings WHERE memory_id < 1000").unwrap();
    assert_eq!(cheaply(9)[..6], due);
    assert_eq!(cheaply(9)[6..], [999, 998, 997], "what is older than every vector");
    // Another session has compared nothing yet; so has this one a minute later.
    let all = rows(&mut other, "SELECT id FROM homer_unembedded_memories(9)");
    assert_eq!(all, ["6005", "6004", "6003", "6002", "6001", "5500", "2000", "999", "998"]);
    assert_eq!(rows(&mut other, "SELECT count(*) FROM homer_unembedded_memories(NULL)"), ["100"], "the default");
}

/// An application may move a row with an UPDATE of its own, to another user or to everyone.
#[test]
fn vectors_of_a_memory_that_changed_hands_do_not_count_until_they_are_set_anew() {
    let mut client = shop();
    let wheel = "query_embedding => '{0.8, 0, 0.6}'";
    assert_eq!(found(&mut client, wheel), ["3|0.5000", "1|0.4000"]);
    client
        .batch_execute(
            "UPDATE homer_memories SET user_id = 'devon' WHERE id = 3; UPDATE homer_memories SET user_id = NULL WHERE id = 1",
        )
        .unwrap();
    assert_eq!(found(&mut client, wheel), Vec::<String>::new());
    let of_devon = format!("SELECT id FROM homer_relevant_memories('devon', {wheel})");
    assert_eq!(rows(&mut client, &of_devon), Vec::<String>::new());
    assert_eq!(rows(&mut client, "SELECT id FROM homer_unembedded_memories()"), ["4", "3", "1"]);
    client
        .batch_execute("SELECT homer_set_embedding(3, '{0.8, 0, 0.6}'), homer_set_embedding(1, '{1, 0, 0}')")
        .unwrap();
    assert_eq!(found(&mut client, wheel), ["1|0.5000"], "everyone's");
    assert_eq!(rows(&mut client, &of_devon), ["3", "1"]);

    client.batch_execute("UPDATE homer_memories SET user_id = 'maria' WHERE id = 3").unwrap();
    let erased: Value = value(&mut client, "SELECT homer_erase_user('devon')");
    assert_eq!(erased["memory_embeddings"], 1, "the vector that was stored for Devon");
    assert_eq!(
        rows(&mut client, "SELECT memory_id, user_id FROM homer.memory_embeddings ORDER BY 1"),
        ["1|null", "2|maria"]
    );
}

#[test]
fn vectors_without_a_direction_are_refused_and_change_nothing() {
    let mut client = shop();
    let stored = rows(&mut client, "SELECT * FROM homer.memory_embeddings ORDER BY memory_id");
    for (embedding, message) in [
        ("'{1, 2}'", "embedding must have 3 numbers, not 2"),
        ("'{}'", "embedding must have 3 numbers, not 0"),
        ("'{1, NaN, 3}'", "embedding must hold finite numbers, not NaN"),
        ("'{1, 2, -Infinity}'", "embedding must hold finite numbers, not -inf"),
        ("'{0, 0, 0}'", "embedding must not be all zeros"),
        ("'{1, NULL, 3}'", "embedding must hold no null"),
    ] {
        let refusal = refused(&mut client, &format!("SELECT homer_set_embedding(1, {embedding})"));
        assert_eq!((refusal.sqlstate.as_str(), refusal.message.as_str()), ("ME026", message));
        let question = format!("SELECT * FROM homer_relevant_memories('maria', query_embedding => {embedding})");
        let refusal = refused(&mut client, &question);
        assert_eq!(
            (refusal.sqlstate, refusal.message),
            ("ME026".into(), message.replace("embedding", "query_embedding"))
        );
    }
    assert_eq!(refused(&mut client, "SELECT homer_set_embedding(99, '{1, 2, 3}')").sqlstate, "ME010");
    assert_eq!(refused(&mut client, "SELECT homer_set_embedding(1, NULL)").sqlstate, "ME001");
    assert_eq!(refused(&mut client, "SELECT homer_set_embedding(NULL, '{1, 2, 3}')").sqlstate, "ME001");
    let other = refused(&mut client, "SELECT homer_enable_embeddings(4)");
    assert_eq!(
        (other.sqlstate.as_str(), other.message.as_str()),
        ("ME028", "embeddings are enabled with 3 dimensions, not 4")
    );
    assert_eq!(rows(&mut client, "SELECT homer_enable_embeddings(3)"), [""], "the same again changes nothing");
    assert_eq!(rows(&mut client, "SELECT * FROM homer.memory_embeddings ORDER BY memory_id"), stored);
}

#[test]
fn vectors_survive_a_dump() {
    let database = database();
    let mut client = database.connect();
    client
        .batch_execute(
            "SELECT homer_enable_embeddings(2);
             SELECT homer_remember('maria', 'fact', '', 'one'), homer_set_embedding(1, '{1, 0}');
             SELECT homer_remember('maria', 'fact', '', 'two'), homer_set_embedding(2, '{0, 1}');
             SELECT homer_forget(2)",
        )
        .unwrap();
    assert_eq!(
        rows(&mut client, "SELECT memory_id, embedding::text FROM homer.memory_embeddings"),
        ["1|{1,0}", "2|{0,1}"]
    );
    let dump = database.output("pg_dump", &[], "");
    let restored = Cluster::shared().empty_database();
    restored.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &dump);
    let mut restored = restored.connect();
    let question = &format!(
        "SELECT id, round((relevance / {NEW})::numeric, 3)
           FROM homer_relevant_memories('maria', query_embedding => '{{1, 0}}')"
    );
    assert_eq!(rows(&mut restored, question), ["1|0.500"]);
    assert_eq!(rows(&mut restored, question), rows(&mut client, question));
    assert_eq!(rows(&mut restored, "SELECT homer_set_embedding(1, '{0, 1}')"), [""]);
}

/// Long vectors lie outside their rows.
#[test]
fn vectors_are_of_any_length() {
    let database = database();
    let mut client = database.connect();
    client
        .batch_execute(
            "SELECT homer_enable_embeddings(3072);
             SELECT homer_remember('maria', 'fact', '', n::text) FROM generate_series(1, 20) AS n;
             SELECT homer_set_embedding(n, array_fill(0::real, ARRAY[n - 1]) || 1::real || array_fill(0::real, ARRAY[3072 - n]))
               FROM generate_series(1, 20) AS n",
        )
        .unwrap();
    let question = &format!("SELECT content, round((relevance / {NEW})::numeric, 3)
                      FROM homer_relevant_memories('maria', query_embedding =>
                               array_fill(0::real, ARRAY[6]) || ARRAY[1, 0.5]::real[] || array_fill(0::real, ARRAY[3064]))");
    assert_eq!(rows(&mut client, question), ["7|0.500", "8|0.250"]);
}

#[test]
fn vectors_are_explained_so_that_the_parts_make_the_relevance() {
    let mut client = shop();
    let parts = "SELECT part, word, times, round(amount::numeric, 3), round(counts::numeric, 4)
                   FROM homer_explain_relevance('maria', 'bike', '{0.6, 0, 0.8}', 1)";
    // The best cosine is 0.96, of 3; 1 has 0.6 of it, and the best words. ln(5 / 1.5) is 1.204.
    assert_eq!(
        rows(&mut client, parts),
        [
            "word|bike|1|1.204|0.5000",
            "cosine|null|null|0.600|0.3125",
            "importance|null|null|5.000|0.0718",
            "age|null|null|0.000|0.0000",
            "factor|null|null|1.088|null",
            "total|null|null|null|0.8843"
        ]
    );
    let relevance =
        "SELECT round(relevance::numeric, 4) FROM homer_relevant_memories('maria', 1, 'bike', '{0.6, 0, 0.8}')";
    assert_eq!(rows(&mut client, relevance), ["0.8843"]);
}

#[test]
fn vectors_can_be_given_with_what_is_remembered() {
    let mut client = shop();
    let outcome = |client: &mut Client, content: &str, embedding: &str| {
        let call =
            format!("SELECT outcome FROM homer_remember('maria', 'fact', '', '{content}', embedding => {embedding})");
        rows(client, &call)
    };
    assert_eq!(outcome(&mut client, "A tandem.", "'{0, 0, 2}'"), ["added"]);
    assert_eq!(found(&mut client, "query_embedding => '{0, 0, 1}'"), ["5|0.5000", "3|0.3000"]);
    // Said again, with what another model makes of it.
    assert_eq!(outcome(&mut client, "A TANDEM!", "'{1, 0, 0}'"), ["confirmed"]);
    assert_eq!(found(&mut client, "query_embedding => '{0, 0, 1}'"), ["3|0.5000"]);
    assert_eq!(
        refused(&mut client, "SELECT homer_remember('maria', 'fact', '', 'x', embedding => '{1, 2}')").sqlstate,
        "ME026"
    );
    assert_eq!(rows(&mut client, "SELECT count(*) FROM homer_memories"), ["5"], "nothing of the refused call is left");

    let many = "SELECT outcome FROM homer_remember_many('[
        {\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"\", \"content\": \"one\", \"embedding\": [0, 0, 5]},
        {\"user_id\": \"maria\", \"category\": \"fact\", \"subject\": \"\", \"content\": \"two\", \"embedding\": null}]')";
    assert_eq!(rows(&mut client, many), ["added", "added"]);
    assert_eq!(found(&mut client, "query_embedding => '{0, 0, 1}'"), ["6|0.5000", "3|0.3000"]);
    let wrong = refused(&mut client, &many.replace("[0, 0, 5]", "[0, 5]").replace("one", "three"));
    assert_eq!(
        (wrong.sqlstate.as_str(), wrong.message.as_str()),
        ("ME026", "memories[1].embedding must have 3 numbers, not 2")
    );
    let wrong = refused(&mut client, &many.replace("[0, 0, 5]", "[0, \"0\", 5]").replace("one", "three"));
    assert_eq!(wrong.sqlstate, "ME005");
}

#[test]
fn vectors_are_a_persons_data_too() {
    let mut client = shop();
    client.batch_execute("UPDATE homer_memories SET content = 'changed' WHERE id = 2").unwrap();
    let document: Value = value(&mut client, "SELECT homer_export_user('maria')");
    assert_eq!(
        document["memory_embeddings"],
        json!([{"memory_id": 1, "embedding": [1, 0, 0]}, {"memory_id": 3, "embedding": [0.8, 0, 0.6]}]),
        "without the one that its text has left behind"
    );
    let before = found(&mut client, "'bike', '{0.6, 0, 0.8}'");
    let counts: Value = value(&mut client, "SELECT homer_erase_user('maria')");
    assert_eq!(counts["memory_embeddings"], 3);
    assert_eq!(rows(&mut client, "SELECT count(*) FROM homer.memory_embeddings"), ["0"]);

    let import = |client: &mut Client, document: &Value| -> Value {
        client.query_one("SELECT homer_import_user($1)", &[document]).unwrap().get(0)
    };
    assert_eq!(import(&mut client, &document)["memory_embeddings"], json!({"added": 2, "present": 0}));
    let after: Vec<String> = found(&mut client, "'bike', '{0.6, 0, 0.8}'");
    let scores =
        |found: &[String]| found.iter().map(|row| row.split_once('|').unwrap().1.to_owned()).collect::<Vec<_>>();
    assert_eq!(scores(&after), scores(&before));
    assert_eq!(import(&mut client, &document)["memory_embeddings"], json!({"added": 0, "present": 2}));

    // Where embeddings are not enabled there is no room for them, and the rest is taken in.
    let mut elsewhere = session();
    let counts = import(&mut elsewhere, &document);
    assert_eq!(counts["memory_embeddings"], json!({"added": 0, "present": 0}));
    assert_eq!(counts["homer_memories"], json!({"added": 4, "present": 0}));
}

/// Below 1, `extra_float_digits` has PostgreSQL round what it writes.
#[test]
fn vectors_are_exported_to_the_last_bit_whatever_the_session_has_set() {
    let mut client = shop();
    client.batch_execute("SELECT homer_set_embedding(1, '{0.123456789, 0.987654321, 0.333333333}')").unwrap();
    let kept = "SELECT embedding FROM homer.memory_embeddings ORDER BY embedding";
    let bits = |client: &mut Client| -> Vec<Vec<u32>> {
        let vectors = client.query(kept, &[]).unwrap();
        vectors.iter().map(|row| row.get::<_, Vec<f32>>(0).into_iter().map(f32::to_bits).collect()).collect()
    };
    let before = bits(&mut client);
    assert_eq!(before.len(), 3);
    for digits in [1, 3, 0, -15] {
        client.batch_execute(&format!("SET extra_float_digits = {digits}")).unwrap();
        let rounded: String = value(&mut client, "SELECT (0.123456789::real)::text");
        assert_eq!(rounded == "0.12345679", digits > 0, "the session has the setting: {rounded}");
        let document: Value = value(&mut client, "SELECT homer_export_user('maria')");
        let after: String = value(&mut client, "SELECT (0.123456789::real)::text");
        assert_eq!(after, rounded, "and has it still");
        client.batch_execute("SELECT homer_erase_user('maria')").unwrap();
        let counts: Value = client.query_one("SELECT homer_import_user($1)", &[&document]).unwrap().get(0);
        assert_eq!(counts["memory_embeddings"], json!({"added": 3, "present": 0}));
        assert_eq!(bits(&mut client), before, "extra_float_digits = {digits}");
    }
}

/// Drivers send a list of floats as double precision[]; what is too small for four bytes is 0, and what is too large is refused.
#[test]
fn vectors_arrive_as_drivers_send_them() {
    let mut client = shop();
    client.execute("SELECT homer_set_embedding(1, $1)", &[&vec![1.0_f64, 1e-300, 0.0]]).unwrap();
    assert_eq!(
        rows(&mut client, "SELECT embedding::text FROM homer.memory_embeddings WHERE memory_id = 1"),
        ["{1,0,0}"]
    );
    let found = client
        .query("SELECT id FROM homer_relevant_memories('maria', 1, NULL, $1)", &[&vec![1.0_f64, 0.0, 0.0]])
        .unwrap();
    assert_eq!(found[0].get::<_, i32>(0), 1);
    for wrong in ["'{1e300,0,0}'", "'{1e-300,0,0}'"] {
        assert_eq!(
            refused(&mut client, &format!("SELECT homer_set_embedding(1, {wrong})")).sqlstate,
            "ME026",
            "{wrong}"
        );
    }
    let with_real = "SELECT id FROM homer_relevant_memories('maria', 1, query_embedding => '{1,0,0}'::real[])";
    assert_eq!(rows(&mut client, with_real), ["1"]);
}

/// Another model is one call, which says what it removes.
#[test]
fn vectors_of_another_model_replace_those_that_are_there() {
    let mut client = shop();
    client.batch_execute("SELECT homer_enable_embeddings(2, replace => true)").unwrap();
    assert_eq!(value::<i64>(&mut client, "SELECT count(*) FROM homer.memory_embeddings"), 0);
    assert_eq!(rows(&mut client, "SELECT id FROM homer_unembedded_memories() ORDER BY 1"), ["1", "2", "3", "4"]);
    assert_eq!(rows(&mut client, "SELECT homer_set_embedding(1, '{1, 0}')"), [""]);
    assert_eq!(
        rows(&mut client, "SELECT id FROM homer_relevant_memories('maria', query_embedding => '{1, 0}')"),
        ["1"]
    );
}

/// A vector whose memory an application has deleted, or whose number another memory was given, counts for nothing.
#[test]
fn vectors_of_what_is_gone_do_not_count() {
    let mut client = shop();
    client.batch_execute("DELETE FROM homer_memories WHERE id = 1").unwrap();
    assert_eq!(found(&mut client, "query_embedding => '{1, 0, 0}'"), ["3|0.5000"]);
    client
        .batch_execute("INSERT INTO homer_memories (id, user_id, category, subject, content) VALUES (1, 'maria', 'fact', '', 'Another.')")
        .unwrap();
    assert_eq!(found(&mut client, "query_embedding => '{1, 0, 0}'"), ["3|0.5000"]);
    let counts: Value = value(&mut client, "SELECT homer_erase_user('maria')");
    assert_eq!(counts["memory_embeddings"], 3);
}
