//! Every SQL block of the README runs, and prints what the README says it prints.

use homer_tests::*;

/// A block of SQL, and the block of text that follows it, if the README shows what it prints.
struct Example {
    sql: String,
    printed: Option<String>,
}

fn examples(markdown: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    for block in markdown.split("\n```").skip(1).step_by(2) {
        let (language, body) = block.split_once('\n').unwrap_or((block, ""));
        match language {
            "sql" => examples.push(Example { sql: body.into(), printed: None }),
            "text" => {
                if let Some(example) = examples.last_mut() {
                    example.printed = Some(body.into());
                }
            }
            _ => {}
        }
    }
    examples
}

#[test]
fn every_sql_block_runs_and_prints_what_it_says() {
    let database = Cluster::shared().empty_database();
    let readme = std::fs::read_to_string(clone().join("README.md")).unwrap();
    let examples = examples(&readme);
    assert!(examples.len() >= 2, "the README has lost its examples");
    assert!(examples.iter().any(|example| example.printed.is_some()), "no example shows what it prints");
    for Example { sql, printed } in examples {
        let output = database.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &sql);
        if let Some(printed) = printed {
            assert_eq!(output.trim_end(), printed.trim_end(), "{sql}");
        }
    }
}
