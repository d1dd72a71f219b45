//! With a query, `homer_accessible_files` gives the files that hold its words, best answer first.

use homer_tests::*;

fn found(client: &mut Client, user: &str, question: &str) -> Vec<String> {
    client
        .query("SELECT original_name FROM homer_accessible_files($1, 20, $2)", &[&user, &question])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect()
}

#[test]
fn words_of_name_description_tags_and_text_find_a_file() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_register_file('maria', 'Lease-2026.pdf', 'application/pdf', 1, '/a',
                        description => 'Signed by the landlord', extracted_text => 'The deposit is $4,550.', tags => '{Pruitt,\"south wall\"}');
             SELECT homer_register_file('maria', 'menu.txt', 'text/plain', 1, '/b')",
        )
        .unwrap();
    for question in ["the lease", "2026", "which landlord signed?", "deposits", "4550", "pruitt", "walls", "pdf"] {
        assert_eq!(found(&mut client, "maria", question), ["Lease-2026.pdf"], "{question}");
    }
    // Where it lies, its type and its owner are no words of it.
    for question in ["application", "maria", "bicycle"] {
        assert_eq!(found(&mut client, "maria", question), Vec::<String>::new(), "{question}");
    }
    for question in ["", "who is it?"] {
        assert_eq!(found(&mut client, "maria", question), ["menu.txt", "Lease-2026.pdf"], "no query: {question}");
    }
}

fn register(client: &mut Client, user: &str, name: &str, description: &str) -> String {
    let register = "SELECT homer_register_file($1, $2, 'm', 1, '/p', description => $3)";
    client.query_one(register, &[&user, &name, &description]).unwrap().get(0)
}

/// The score of memories, over the files that the user may see, computed a second time from its definition.
#[test]
fn the_score_is_that_of_memories_over_the_files_in_sight() {
    let mut client = session();
    register(&mut client, "maria", "one", "tax form");
    register(&mut client, "maria", "two", "tax tax tax tax");
    let shared = register(&mut client, "devon", "three", "tax bank");
    let published = register(&mut client, "sam", "four", "letter");
    client
        .batch_execute(&format!("SELECT homer_share_file('{shared}', '{{maria}}'), homer_publish_file('{published}')"))
        .unwrap();
    // Out of sight, and of no influence.
    for n in 0..20 {
        register(&mut client, "devon", &format!("hidden {n}"), "tax form letter");
        register(&mut client, "nina", &format!("hidden {n}"), "tax bank");
    }
    let weight = |holding: f64| (1.0 + (4.0 - holding + 0.5) / (holding + 0.5)).ln();
    let times = |times: f64| times * 1.5 / (times + 0.5);
    // A new file counts 5 without a question, and a hundredth of that with one.
    let expected = [
        ("one", weight(3.0) + weight(1.0) + 0.05),
        ("two", weight(3.0) * times(2.0) + 0.05),
        ("three", weight(3.0) + 0.05),
    ];
    let query = "SELECT original_name, round(relevance::numeric, 4) FROM homer_accessible_files('maria', 20, 'Which tax form?')";
    assert_eq!(rows(&mut client, query), expected.map(|(name, score)| format!("{name}|{score:.4}")));
    assert_eq!(found(&mut client, "maria", "letters"), ["four"]);
    assert_eq!(found(&mut client, "stranger", "tax letter"), ["four"]);
}

/// Of a long text the first 200,000 characters are searched.
#[test]
fn a_text_of_50_megabytes_is_stored_and_its_beginning_is_found() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_register_file('maria', 'book.txt', 'text/plain', 50000000, '/b', extracted_text =>
                        'drain ' || repeat('ordinary words of a book ', 7997) || ' valve ' || repeat('ordinary words of a book ', 2000000) || ' gasket');
             SELECT homer_register_file('maria', 'note.txt', 'text/plain', 1, '/n', extracted_text => 'a gasket')",
        )
        .unwrap();
    let size: i32 = value(&mut client, "SELECT max(octet_length(extracted_text)) FROM homer_files");
    assert!(size > 50_000_000, "{size}");
    assert_eq!(found(&mut client, "maria", "drain"), ["book.txt"]);
    assert_eq!(found(&mut client, "maria", "valve"), ["book.txt"], "the 199,930th character");
    assert_eq!(found(&mut client, "maria", "gasket"), ["note.txt"]);
}

#[test]
fn a_question_reads_no_file_out_of_sight() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, file_size, storage_path, description, created_at)
             SELECT 'file ' || n, CASE WHEN n % 1000 = 0 THEN 'maria' ELSE 'other ' || n % 7 END, 'tax', 'm', 1, 'p', 'the form', now()
               FROM generate_series(1, 20000) AS n",
        )
        .unwrap();
    let counters = "SELECT idx_tup_fetch, seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'homer_files'";
    for analyze in ["SELECT", "ANALYZE homer_files"] {
        client.batch_execute(analyze).unwrap();
        let mut transaction = client.transaction().unwrap();
        let before = transaction.query_one(counters, &[]).unwrap();
        let answers = transaction.query("SELECT * FROM homer_accessible_files('maria', 10, 'tax form')", &[]).unwrap();
        assert_eq!(answers.len(), 10);
        let after = transaction.query_one(counters, &[]).unwrap();
        let read = after.get::<_, i64>(0) - before.get::<_, i64>(0);
        assert_eq!(after.get::<_, i64>(1), before.get::<_, i64>(1), "{analyze}: the whole table was read");
        // Twenty files are counted, met by two words, scored, and ten of them given.
        assert!((10..=120).contains(&read), "{analyze}: {read} rows");
    }
}
