//! Anthropic's memory tool keeps its files as memories: what its reference implementation says of each command, and besides, the same
//! row security, history, search, export and erasure as everything else.
//!
//! The cases of the reference's own tests are here as far as they are not about modes of files and symbolic links: create (also
//! nested, and what exists), view of files, directories and ranges, str_replace (once, not at all, several times), insert (in the
//! middle, at the top, at the end, behind it), delete (files, directories, the root), rename (also nested, what is not there, what
//! exists), paths that do not begin with /memories or lead out of it, and files of too many lines.

use homer_tests::*;

fn call(client: &mut Client, user: &str, arguments: &Value) -> Value {
    let called = client.query_one("SELECT homer_call_tool($1, 'memory', $2, 'c-1', 'm-1')", &[&user, arguments]);
    called.unwrap_or_else(|error| panic!("{arguments}: {error:?}")).get(0)
}

/// What Maria's model is told, with `! ` before a mistake.
fn said(client: &mut Client, arguments: Value) -> String {
    let answer = call(client, "maria", &arguments);
    let mark = if answer["is_error"] == json!(true) { "! " } else { "" };
    format!("{mark}{}", answer["text"].as_str().unwrap())
}

fn create(client: &mut Client, path: &str, text: &str) {
    let answer = said(client, json!({"command": "create", "path": path, "file_text": text}));
    assert_eq!(answer, format!("File created successfully at: {path}"));
}

/// The files that are there, with what they hold.
fn files(client: &mut Client) -> Vec<String> {
    rows(client, "SELECT path, content FROM homer.memory_files('maria') ORDER BY path COLLATE \"C\"")
}

#[test]
fn a_file_is_created_once() {
    let mut client = session();
    let client = &mut client;
    create(client, "/memories/test_file.txt", "Hello, World!");
    create(client, "/memories/deep/nested/file.txt", "Nested file");
    create(client, "/memories/empty.txt", "");
    for (path, answer) in [
        ("/memories/test_file.txt", "! File /memories/test_file.txt already exists"),
        ("/memories//test_file.txt", "! File /memories//test_file.txt already exists"),
        ("/memories/deep", "! File /memories/deep already exists"),
        ("/memories", "! File /memories already exists"),
        ("/memories/test_file.txt/below", "! The path /memories/test_file.txt is a file and no directory."),
    ] {
        assert_eq!(said(client, json!({"command": "create", "path": path, "file_text": "New"})), answer);
    }
    assert_eq!(
        files(client),
        ["/memories/deep/nested/file.txt|Nested file", "/memories/empty.txt|", "/memories/test_file.txt|Hello, World!"]
    );
    assert_eq!(
        rows(
            client,
            "SELECT user_id, category, subject, source_conversation_id, source_message_id FROM homer_memories WHERE id = 1"
        ),
        ["maria|note|/memories/test_file.txt|c-1|m-1"]
    );
}

#[test]
fn a_file_is_viewed_with_the_numbers_of_its_lines() {
    let mut client = session();
    let client = &mut client;
    create(client, "/memories/five.txt", "Line 1\nLine 2\nLine 3\nLine 4\nLine 5");
    let view = |client: &mut Client, range: Value| {
        said(client, json!({"command": "view", "path": "/memories/five.txt", "view_range": range}))
    };
    let head = "Here's the content of /memories/five.txt with line numbers:\n";
    let all = "     1\tLine 1\n     2\tLine 2\n     3\tLine 3\n     4\tLine 4\n     5\tLine 5";
    assert_eq!(view(client, json!(null)), format!("{head}{all}"));
    assert_eq!(view(client, json!([1])), format!("{head}{all}"), "the reference takes no notice of what are not two");
    assert_eq!(view(client, json!([2, 4])), format!("{head}     2\tLine 2\n     3\tLine 3\n     4\tLine 4"));
    assert_eq!(view(client, json!("[4, -1]")), format!("{head}     4\tLine 4\n     5\tLine 5"));
    assert_eq!(view(client, json!(["5", 99])), format!("{head}     5\tLine 5"));
    assert!(view(client, json!(["a", "b"])).starts_with("! view_range must be two numbers of lines"));
    assert_eq!(
        said(client, json!({"command": "view", "path": "/memories/nonexistent.txt"})),
        "! The path /memories/nonexistent.txt does not exist. Please provide a valid path."
    );
    create(client, "/memories/huge.txt", &"\n".repeat(999_999));
    assert_eq!(
        said(client, json!({"command": "view", "path": "/memories/huge.txt"})),
        "! File /memories/huge.txt exceeds maximum line limit of 999,999 lines."
    );
}

#[test]
fn a_directory_is_viewed_two_levels_deep() {
    let mut client = session();
    let client = &mut client;
    let view = |client: &mut Client, path: &str| said(client, json!({"command": "view", "path": path}));
    let head = |path: &str| {
        format!("Here're the files and directories up to 2 levels deep in {path}, excluding hidden items:\n")
    };
    assert_eq!(view(client, "/memories"), format!("{}0B\t/memories", head("/memories")), "there from the start");
    for (path, text) in [
        ("/memories/dir/file2.txt", "File 2"),
        ("/memories/dir/file1.txt", "File 1"),
        ("/memories/dir/deep/file.txt", "x"),
        ("/memories/b.md", &"x".repeat(1536)),
        ("/memories/.hidden/file", "x"),
    ] {
        create(client, path, text);
    }
    assert_eq!(
        view(client, "/memories/dir"),
        format!(
            "{}13B\t/memories/dir\n1B\t/memories/dir/deep/\n1B\t/memories/dir/deep/file.txt\n6B\t/memories/dir/file1.txt\n6B\t/memories/dir/file2.txt",
            head("/memories/dir")
        )
    );
    assert_eq!(
        view(client, "/memories"),
        format!(
            "{}1.5K\t/memories\n1.5K\t/memories/b.md\n13B\t/memories/dir/\n1B\t/memories/dir/deep/\n6B\t/memories/dir/file1.txt\n6B\t/memories/dir/file2.txt",
            head("/memories")
        )
    );
    assert_eq!(view(client, "/memories/di"), "! The path /memories/di does not exist. Please provide a valid path.");
}

#[test]
fn an_edit_is_a_version() {
    let mut client = session_of_nobody();
    let client = &mut client;
    create(client, "/memories/a.txt", "Line 1\nOld Text\nLine 3");
    let replace = |client: &mut Client, old: &str, new: Value| {
        said(client, json!({"command": "str_replace", "path": "/memories/a.txt", "old_str": old, "new_str": new}))
    };
    assert_eq!(
        replace(client, "Old Text", json!("New Text")),
        "The memory file has been edited. Here is the snippet showing the change (with line numbers):\n     1\tLine 1\n     2\tNew Text\n     3\tLine 3"
    );
    assert_eq!(
        replace(client, "NotFound", json!("x")),
        "! No replacement was performed, old_str `NotFound` did not appear verbatim in /memories/a.txt."
    );
    assert_eq!(
        replace(client, "Line", json!("x")),
        "! No replacement was performed. Multiple occurrences of old_str `Line` in lines: 1, 3. Please ensure it is unique"
    );
    let insert = |client: &mut Client, line: Value, text: &str| {
        said(client, json!({"command": "insert", "path": "/memories/a.txt", "insert_line": line, "insert_text": text}))
    };
    assert_eq!(insert(client, json!(0), "Top"), "The file /memories/a.txt has been edited.", "0 is the top");
    insert(client, json!("4"), "Bottom\n");
    insert(client, json!(2), "After 2");
    assert_eq!(
        insert(client, json!(10), "text"),
        "! Invalid `insert_line` parameter: 10. It should be within the range [0, 6]."
    );
    // Without what is to stand there, it is deleted.
    assert!(
        said(client, json!({"command": "str_replace", "path": "/memories/a.txt", "old_str": "New Text\n"}))
            .starts_with("The memory file")
    );
    assert_eq!(files(client), ["/memories/a.txt|Top\nLine 1\nAfter 2\nLine 3\nBottom\n"]);
    for command in ["str_replace", "insert"] {
        let edit = |path: &str| json!({"command": command, "path": path, "old_str": "a", "new_str": "b", "insert_line": 0, "insert_text": "a"});
        assert_eq!(
            said(client, edit("/memories/b")),
            "! The path /memories/b does not exist. Please provide a valid path."
        );
        assert_eq!(said(client, edit("/memories")), "! The path /memories is not a file.");
    }
    assert_eq!(
        rows(client, "SELECT id, outcome FROM homer_memory_history(1)"),
        ["1|superseded", "2|superseded", "3|superseded", "4|superseded", "5|superseded", "6|current"]
    );
    // Nothing to change is no version; and an edit by hand is the file.
    replace(client, "Top", json!("Top"));
    assert_eq!(
        rows(client, "SELECT id, outcome FROM homer_edit_memory(6, content => 'By hand', tags => '{kept}')"),
        ["7|superseded"]
    );
    assert_eq!(files(client), ["/memories/a.txt|By hand"]);
    replace(client, "hand", json!("a model"));
    assert_eq!(rows(client, "SELECT content, tags FROM homer_memories WHERE is_active"), ["By a model|[\"kept\"]"]);
}

#[test]
fn a_file_is_deleted_and_can_be_restored() {
    let mut client = session();
    let client = &mut client;
    for path in ["/memories/a.txt", "/memories/dir/b.txt", "/memories/dir/deep/c.txt", "/memories/directory.txt"] {
        create(client, path, path);
    }
    let delete = |client: &mut Client, path: &str| said(client, json!({"command": "delete", "path": path}));
    assert_eq!(delete(client, "/memories/a.txt"), "Successfully deleted /memories/a.txt");
    assert_eq!(delete(client, "/memories/dir"), "Successfully deleted /memories/dir");
    assert_eq!(delete(client, "/memories/dir"), "! The path /memories/dir does not exist");
    assert_eq!(delete(client, "/memories/"), "! Cannot delete the /memories directory itself");
    assert_eq!(files(client), ["/memories/directory.txt|/memories/directory.txt"]);
    client.batch_execute("SELECT homer_restore(1)").unwrap();
    assert_eq!(files(client)[0], "/memories/a.txt|/memories/a.txt");
    // Another one in its place is the file.
    delete(client, "/memories/a.txt");
    create(client, "/memories/a.txt", "Another");
    client.batch_execute("SELECT homer_restore(1)").unwrap();
    assert_eq!(files(client)[0], "/memories/a.txt|Another");
    // What is forgotten, refused or replaced elsewhere is so here.
    create(client, "/memories/gone.txt", "Smokes");
    client.batch_execute("SELECT homer_reject(id) FROM homer_memories WHERE content = 'Smokes'").unwrap();
    assert_eq!(
        said(client, json!({"command": "create", "path": "/memories/gone.txt", "file_text": "smokes!"})),
        "! The user has refused this content. Do not store it again."
    );
    assert_eq!(
        said(
            client,
            json!({"command": "str_replace", "path": "/memories/a.txt", "old_str": "Another", "new_str": "SMOKES"})
        ),
        "! The user has refused this content. Do not store it again."
    );
    assert_eq!(files(client).len(), 2);
}

#[test]
fn a_file_is_renamed() {
    let mut client = session_of_nobody();
    let client = &mut client;
    create(client, "/memories/old.txt", "Original");
    create(client, "/memories/other.txt", "Other");
    create(client, "/memories/dir/a.txt", "In a directory");
    let rename = |client: &mut Client, old: &str, new: &str| {
        said(client, json!({"command": "rename", "old_path": old, "new_path": new}))
    };
    assert_eq!(
        rename(client, "/memories/old.txt", "/memories/new.txt"),
        "Successfully renamed /memories/old.txt to /memories/new.txt"
    );
    assert_eq!(
        rename(client, "/memories/new.txt", "/memories/nested/deep/new.txt"),
        "Successfully renamed /memories/new.txt to /memories/nested/deep/new.txt"
    );
    assert_eq!(
        rename(client, "/memories/dir", "/memories/moved/here"),
        "Successfully renamed /memories/dir to /memories/moved/here"
    );
    for (old, new, answer) in [
        ("/memories/nonexistent.txt", "/memories/new.txt", "! The path /memories/nonexistent.txt does not exist"),
        (
            "/memories/other.txt",
            "/memories/nested/deep/new.txt",
            "! The destination /memories/nested/deep/new.txt already exists",
        ),
        ("/memories/other.txt", "/memories/nested", "! The destination /memories/nested already exists"),
        ("/memories", "/memories/new", "! Cannot rename the /memories directory itself"),
        ("/memories/nested", "/memories/nested/deeper", "! The path /memories/nested cannot be moved into itself"),
        (
            "/memories/other.txt",
            "/memories/moved/here/a.txt/b",
            "! The path /memories/moved/here/a.txt is a file and no directory.",
        ),
        ("/memories/other.txt", "/etc/passwd", "! Path must start with /memories, got: /etc/passwd"),
    ] {
        assert_eq!(rename(client, old, new), answer);
    }
    assert!(
        said(client, json!({"command": "rename", "path": "/memories/other.txt", "new_path": "/memories/x"}))
            .starts_with("! old_path is missing")
    );
    assert_eq!(
        files(client),
        [
            "/memories/moved/here/a.txt|In a directory",
            "/memories/nested/deep/new.txt|Original",
            "/memories/other.txt|Other"
        ]
    );
    // To where one was that is forgotten.
    said(client, json!({"command": "delete", "path": "/memories/other.txt"}));
    assert!(!rename(client, "/memories/moved/here/a.txt", "/memories/other.txt").starts_with('!'));
    assert_eq!(files(client), ["/memories/nested/deep/new.txt|Original", "/memories/other.txt|In a directory"]);
    assert_eq!(
        rows(client, "SELECT subject FROM homer_memories WHERE is_active ORDER BY 1"),
        ["/memories/nested/deep/new.txt", "/memories/other.txt"]
    );
    let long = format!("/memories/{}", "x".repeat(1000));
    assert!(rename(client, "/memories/other.txt", &long).ends_with("… is longer than 1000 bytes"));
    create(client, &format!("/memories/d/{}", "x".repeat(900)), "Deep");
    let long = format!("/memories/{}", "y".repeat(100));
    assert!(rename(client, "/memories/d", &long).starts_with("! Error: new_path must be 1000 bytes at most"));
}

#[test]
fn no_path_leads_out_of_its_users_files() {
    let mut client = session();
    let client = &mut client;
    for path in [
        "/memories/../../../etc/passwd",
        "/memories/%2e%2e/x",
        "/memories/a\\..\\b",
        "/memories/\u{FF0E}\u{FF0E}/x",
        "/memories/a\u{202E}",
    ] {
        for command in ["view", "create", "str_replace", "insert", "delete"] {
            let arguments = json!({"command": command, "path": path, "file_text": "x", "old_str": "x", "insert_line": 0, "insert_text": "x"});
            assert_eq!(said(client, arguments), format!("! Path {path} would escape /memories directory"), "{command}");
        }
    }
    // NUL comes as the text of an object, because jsonb holds none.
    let nul = json!("{\"command\": \"view\", \"path\": \"/memories/a\\u0000\"}");
    assert!(said(client, nul).starts_with("! a text must not hold the character NUL"));
    // Two spellings of one name are one file.
    create(client, "/memories/cafe\u{301}.txt", "One");
    assert_eq!(
        said(client, json!({"command": "create", "path": "/memories/caf\u{e9}.txt", "file_text": "x"})),
        "! File /memories/caf\u{e9}.txt already exists"
    );
    for (arguments, answer) in [
        (json!({}), "! Unknown command: . The commands are view, create, str_replace, insert, delete and rename."),
        (
            json!({"command": "cat"}),
            "! Unknown command: cat. The commands are view, create, str_replace, insert, delete and rename.",
        ),
        (json!({"command": "view"}), "! path is missing. Pass path: a text."),
        (json!({"command": "create", "path": "/memories/x"}), "! file_text is missing. Pass file_text: a text."),
    ] {
        assert_eq!(said(client, arguments), answer);
    }
}

#[test]
fn what_everyone_is_told_is_shown_and_not_written() {
    let mut client = session();
    let client = &mut client;
    client.batch_execute("SELECT homer_remember(NULL, 'fact', 'Opening hours', 'Tuesday to Sunday.'), homer_remember(NULL, 'fact', 'Only a subject', '')").unwrap();
    create(client, "/memories/own.txt", "x");
    let view = |client: &mut Client, path: &str| said(client, json!({"command": "view", "path": path}));
    assert_eq!(
        view(client, "/memories").lines().skip(2).collect::<Vec<_>>(),
        [
            "32B\t/memories/everyone/",
            "18B\t/memories/everyone/1-opening-hours.md",
            "14B\t/memories/everyone/2-only-a-subject.md",
            "1B\t/memories/own.txt"
        ]
    );
    assert_eq!(view(client, "/memories/everyone").lines().count(), 4);
    assert!(view(client, "/memories/everyone/1-opening-hours.md").ends_with("     1\tTuesday to Sunday."));
    assert!(view(client, "/memories/everyone/2-only-a-subject.md").ends_with("     1\tOnly a subject"));
    for path in [
        "/memories/everyone/1-x.md",
        "/memories/everyone/3.md",
        "/memories/everyone/99999999999.md",
        "/memories/everyone/x",
    ] {
        assert_eq!(view(client, path), format!("! The path {path} does not exist. Please provide a valid path."));
    }
    for arguments in [
        json!({"command": "create", "path": "/memories/everyone/x", "file_text": "x"}),
        json!({"command": "delete", "path": "/memories/everyone/x"}),
        json!({"command": "str_replace", "path": "/memories/everyone/x", "old_str": "Tuesday", "new_str": "Monday"}),
        json!({"command": "insert", "path": "/memories/everyone/x", "insert_line": 0, "insert_text": "x"}),
        json!({"command": "rename", "old_path": "/memories/own.txt", "new_path": "/memories/everyone/x"}),
    ] {
        assert_eq!(said(client, arguments), "! The path /memories/everyone/x is read-only");
    }
    assert_eq!(rows(client, "SELECT count(*), bool_and(is_active) FROM homer_memories WHERE user_id IS NULL"), ["2|t"]);
}

#[test]
fn two_files_of_one_text_stay_two_and_both_are_found() {
    let mut client = session();
    let client = &mut client;
    create(client, "/memories/a.txt", "The supplier is Lindt.");
    create(client, "/memories/b.txt", "The supplier is Lindt.");
    assert_eq!(
        rows(
            client,
            "SELECT id, subject FROM homer_relevant_memories('maria', query => 'Who is the supplier?') ORDER BY id"
        ),
        ["1|/memories/a.txt", "2|/memories/b.txt"]
    );
    // Said again elsewhere, it is known.
    assert_eq!(
        rows(client, "SELECT id, outcome FROM homer_remember('maria', 'fact', 's', 'the supplier is Lindt')"),
        ["1|confirmed"]
    );
    said(client, json!({"command": "delete", "path": "/memories/a.txt"}));
    assert_eq!(files(client), ["/memories/b.txt|The supplier is Lindt."]);
}

#[test]
fn each_user_has_files_of_their_own_as_a_confined_role_too() {
    let mut client = session();
    let client = &mut client;
    client.batch_execute("CREATE ROLE files_assistant; SELECT homer_grant('files_assistant', 'confined')").unwrap();
    let devons = json!({"command": "create", "path": "/memories/a.txt", "file_text": "Of Devon"});
    assert_eq!(call(client, "devon", &devons)["is_error"], json!(false));
    client.batch_execute("SET ROLE files_assistant; SET homer.user_id = 'maria'").unwrap();
    create(client, "/memories/a.txt", "Of Maria");
    create(client, "/memories/dir/b.txt", "Of Maria, too");
    said(client, json!({"command": "str_replace", "path": "/memories/a.txt", "old_str": "Of", "new_str": "By"}));
    said(client, json!({"command": "rename", "old_path": "/memories/dir", "new_path": "/memories/moved"}));
    assert_eq!(files(client), ["/memories/a.txt|By Maria", "/memories/moved/b.txt|Of Maria, too"]);
    assert_eq!(rows(client, "SELECT count(*) FROM homer.memory_paths"), ["2"]);
    assert_eq!(rows(client, "SELECT count(*) FROM homer.memory_files('devon')"), ["0"]);
    // A path of one's own to another's memory shows nothing.
    client.batch_execute("INSERT INTO homer.memory_paths VALUES ('maria', '/memories/stolen', 1, now())").unwrap();
    assert_eq!(
        said(client, json!({"command": "view", "path": "/memories/stolen"})),
        "! The path /memories/stolen does not exist. Please provide a valid path."
    );
    assert_eq!(
        refused(client, "INSERT INTO homer.memory_paths VALUES ('devon', '/memories/x', 1, now())").sqlstate,
        "42501"
    );
    client.batch_execute("RESET ROLE").unwrap();
    assert_eq!(rows(client, "SELECT path, content FROM homer.memory_files('devon')"), ["/memories/a.txt|Of Devon"]);
    client.batch_execute("DROP OWNED BY files_assistant; DROP ROLE files_assistant").unwrap();
}

#[test]
fn files_are_exported_taken_in_and_erased() {
    let mut client = session();
    let client = &mut client;
    create(client, "/memories/a.txt", "One text");
    create(client, "/memories/b.txt", "One text");
    said(client, json!({"command": "str_replace", "path": "/memories/a.txt", "old_str": "One", "new_str": "Another"}));
    let document: Value = value(client, "SELECT homer_export_user('maria')");
    assert_eq!(document["memory_paths"].as_array().unwrap().len(), 2);
    let there = files(client);
    assert_eq!(there, ["/memories/a.txt|Another text", "/memories/b.txt|One text"]);

    let erased: Value = value(client, "SELECT homer_erase_user('maria')");
    assert_eq!((&erased["memory_paths"], &erased["homer_memories"]), (&json!(2), &json!(3)));
    assert_eq!(rows(client, "SELECT count(*) FROM homer.memory_paths"), ["0"]);

    let taken: Value = client.query_one("SELECT homer_import_user($1)", &[&document]).unwrap().get(0);
    assert_eq!(taken["memory_paths"], json!({"added": 2, "present": 0}));
    assert_eq!(files(client), there);
    let again: Value = client.query_one("SELECT homer_import_user($1)", &[&document]).unwrap().get(0);
    assert_eq!(again["memory_paths"], json!({"added": 0, "present": 2}));
    // A document from before there were any, and one that names what is not in it.
    let mut older = document.clone();
    older.as_object_mut().unwrap().remove("memory_paths");
    let taken: Value = client.query_one("SELECT homer_import_user($1)", &[&older]).unwrap().get(0);
    assert_eq!(taken["memory_paths"], json!({"added": 0, "present": 0}));
    let mut foreign = document;
    foreign["memory_paths"][0]["memory_id"] = json!(4711);
    let error = client.query_one("SELECT homer_import_user($1)", &[&foreign]).unwrap_err();
    assert_eq!(error.as_db_error().unwrap().code().code(), "ME035");
}

/// Commands of a model that makes many mistakes, drawn from a seed.
fn drawn_commands(many: usize) -> Vec<Value> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut below = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound as u64) as usize
    };
    let paths = [
        "/memories",
        "/memories/",
        "/memories/a.txt",
        "/memories/b.txt",
        "/memories/d/a.txt",
        "/memories/d/e/b.txt",
        "/memories/d",
        "/memories/d/e",
        "/memories/./a.txt",
        "/memories/d/../b.txt",
        "/memories/.hidden",
        "/memories/d/.h/x",
        "/memories/é.txt",
        "/etc/passwd",
        "/memories/../x",
        "",
    ];
    let texts = [
        "",
        "\n",
        "one",
        "one\ntwo\nthree",
        "one\none\n",
        "a\r\nb\r\n",
        "\n\ntwo\n",
        "ten lines\n\n\n\n\n\n\n\n\n\nend",
        "é\tü",
    ];
    let olds = ["one", "two", "e", "\n", "three", "a\r", "ü", "nothing", "one\none"];
    (0..many)
        .map(|_| {
            let (path, other) = (paths[below(paths.len())], paths[below(paths.len())]);
            let (text, old) = (texts[below(texts.len())], olds[below(olds.len())]);
            let (from, to) = (below(8) as i64 - 2, below(9) as i64 - 2);
            match below(9) {
                0 => json!({"command": "view", "path": path}),
                1 => json!({"command": "view", "path": path, "view_range": [from, to]}),
                2 | 3 => json!({"command": "create", "path": path, "file_text": text}),
                5 => json!({"command": "str_replace", "path": path, "old_str": old, "new_str": text}),
                6 => json!({"command": "insert", "path": path, "insert_line": from, "insert_text": text}),
                4 | 7 => json!({"command": "delete", "path": path}),
                _ => json!({"command": "rename", "old_path": path, "new_path": other}),
            }
        })
        .collect()
}

/// The SDK's own implementation, on a folder, is asked the same. What is particular to a file system is left out: how large a
/// directory is, that it stays when it is empty, and which errors of the system the reference does not answer itself.
#[test]
fn the_reference_says_the_same() {
    if !is_installed("python3") {
        return skipped("python3 is not installed");
    }
    let database = database();
    let mut client = database.connect();
    let answered: Vec<Value> = drawn_commands(2000)
        .into_iter()
        .map(|arguments| {
            let mut answer = call(&mut client, "maria", &arguments);
            answer["arguments"] = arguments;
            answer
        })
        .collect();
    let path = |of_the_clone: &str| clone().join(of_the_clone).to_str().unwrap().to_owned();
    let arguments = [path("scripts/tool-sdks.txt"), path("tests/fixtures/compare_memory_tool.py")];
    let said = database.output(&path("scripts/python"), &[&arguments[0], &arguments[1]], &json!(answered).to_string());
    assert_eq!(said, "2000 commands are answered alike\n");
}

/// A file that is edited to what another file says, by whatever call, stays one of its own: to change or delete it leaves the other.
#[test]
fn two_files_that_come_to_say_the_same_stay_two() {
    let command = |command: &str| format!("SELECT homer_call_tool('maria', 'memory', '{command}')");
    let create = |path: &str, text: &str| {
        command(&format!(r#"{{"command": "create", "path": "/memories/{path}", "file_text": "{text}"}}"#))
    };
    for replace in [
        "SELECT homer_edit_memory(2, content => 'Nothing open.')",
        "SELECT homer_remember('maria', 'fact', 'todo', 'Nothing open.', supersedes => 2)",
        r#"SELECT homer_call_tool('maria', 'remember', '{"content": "Nothing open.", "replaces": 2}')"#,
    ] {
        let mut client = session_of_nobody();
        client
            .batch_execute(&format!("{}; {}", create("home.md", "nothing open"), create("work.md", "all done")))
            .unwrap();
        client.batch_execute(replace).unwrap();
        let files = "SELECT path, content FROM homer.memory_files('maria') ORDER BY path";
        assert_eq!(
            rows(&mut client, files),
            ["/memories/home.md|nothing open", "/memories/work.md|Nothing open."],
            "{replace}"
        );
        client.batch_execute(&command(r#"{"command": "delete", "path": "/memories/work.md"}"#)).unwrap();
        assert_eq!(rows(&mut client, files), ["/memories/home.md|nothing open"], "{replace}");
        // Control: what is no file is one memory with the file that says the same.
        let outcome = "SELECT outcome FROM homer_remember('maria', 'fact', 'todo', 'Nothing open.')";
        assert_eq!(rows(&mut client, outcome), ["confirmed"], "{replace}");
    }
}
