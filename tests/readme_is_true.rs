//! Every SQL block of the README and of docs/ runs, and prints what the text says it prints.

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

fn run(database: &Database, markdown: &str) -> usize {
    let examples = examples(&std::fs::read_to_string(clone().join(markdown)).unwrap());
    let count = examples.len();
    for Example { sql, printed } in examples {
        let output = database.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &sql);
        if let Some(printed) = printed {
            assert_eq!(output.trim_end(), printed.trim_end(), "{markdown}: {sql}");
        }
    }
    count
}

#[test]
fn every_sql_block_of_the_readme_runs_and_prints_what_it_says() {
    assert_eq!(run(&Cluster::shared().empty_database(), "README.md"), 1, "the README's example");
}

/// The pages that have SQL, and how many blocks each.
const DOCS: [(&str, usize); 14] = [
    ("docs/functions.md", 1),
    ("docs/life_of_a_memory.md", 4),
    ("docs/ranking.md", 1),
    ("docs/search.md", 1),
    ("docs/vectors.md", 1),
    ("docs/files.md", 2),
    ("docs/context.md", 2),
    ("docs/persons_data.md", 3),
    ("docs/roles.md", 7),
    ("docs/tools.md", 2),
    ("docs/upgrading.md", 2),
    ("docs/server.md", 1),
    ("docs/pages.md", 1),
    ("docs/operating.md", 6),
];

#[test]
fn every_sql_block_of_the_docs_runs() {
    for (page, blocks) in DOCS {
        assert_eq!(run(&database_of_nobody(), page), blocks, "{page}");
    }
}

#[test]
fn the_metadata_for_pgxn_names_the_version_that_is_installed() {
    let metadata = std::fs::read_to_string(clone().join("META.json")).unwrap();
    let metadata: Value = metadata.parse().unwrap();
    let installed = rows(&mut session(), "SELECT extversion FROM pg_extension WHERE extname = 'homer'");
    assert_eq!([&metadata["version"], &metadata["provides"]["homer"]["version"]], [&installed[0], &installed[0]]);
}
