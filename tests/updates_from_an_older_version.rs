//! ALTER EXTENSION homer UPDATE leaves what a fresh installation makes.
//!
//! The older version is made up from this one: a function, a refusal and an index are others in it, and the function that this
//! version has is missing from it.

use std::path::{Path, PathBuf};
use std::process::Command;

use homer_tests::*;

const OLDER: &str = "0.2.99";

/// A state file that the older version did not have.
const NEW_STATE: &str = "sql/state/24_list_indexes.sql";

/// What this version says, and what the older one said instead: of a function, of a refusal, and a function's name, so that it is new.
const CHANGES: [(&str, &str); 3] = [
    ("min_relevance IS NULL OR relevance >= min_relevance", "min_relevance IS NULL OR relevance > min_relevance"),
    ("created_at must be a moment that is past", "created_at must not lie ahead"),
    ("homer.given_text(", "homer.text_given("),
];

/// Every object of the extension, a line each: what it is, how it is defined, what is said of it, who may use it.
const OBJECTS: &str = "
    SELECT pg_describe_object(d.classid, d.objid, 0) || E'\\n' || COALESCE(
               CASE d.classid
                    WHEN 'pg_proc'::regclass THEN (SELECT CASE p.prokind WHEN 'f' THEN pg_get_functiondef(p.oid) END || COALESCE(p.proacl::text, '')
                                                     FROM pg_proc AS p WHERE p.oid = d.objid)
                    WHEN 'pg_type'::regclass THEN (SELECT t.typacl::text FROM pg_type AS t WHERE t.oid = d.objid)
                    WHEN 'pg_class'::regclass THEN
                        (SELECT concat_ws(E'\\n', c.relkind, c.relacl, c.reloptions, c.relrowsecurity,
                                    (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attstattarget,
                                                                 a.attstorage, col_description(c.oid, a.attnum)), E'\\n' ORDER BY a.attnum)
                                       FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0),
                                    (SELECT string_agg(pg_get_indexdef(i.indexrelid), E'\\n' ORDER BY pg_get_indexdef(i.indexrelid))
                                       FROM pg_index AS i WHERE i.indrelid = c.oid),
                                    (SELECT string_agg(n.conname || pg_get_constraintdef(n.oid), E'\\n' ORDER BY n.conname)
                                       FROM pg_constraint AS n WHERE n.conrelid = c.oid),
                                    (SELECT string_agg(concat_ws(' ', p.policyname, p.cmd, p.roles, p.qual, p.with_check), E'\\n' ORDER BY p.policyname)
                                       FROM pg_policies AS p WHERE p.tablename = c.relname))
                           FROM pg_class AS c WHERE c.oid = d.objid) END, '')
           || E'\\n' || COALESCE(obj_description(d.objid, d.classid::regclass::text::name), 'no comment')
      FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
     WHERE e.extname = 'homer' AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
     ORDER BY 1";

fn objects(client: &mut Client) -> Vec<String> {
    client.query(OBJECTS, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

fn files_of_this_version() -> Vec<String> {
    let lib = std::fs::read_to_string(clone().join("src/lib.rs")).unwrap();
    lib.split("\"../").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// The install script of the older version.
fn older_script() -> String {
    let files = files_of_this_version().into_iter().filter(|file| file != NEW_STATE);
    let script: String = files.map(|file| std::fs::read_to_string(clone().join(file)).unwrap()).collect();
    CHANGES.iter().fold(script, |script, (now, then)| {
        assert!(script.contains(now), "{now}");
        script.replace(now, then)
    })
}

/// What scripts/make-upgrade prints for the older version.
fn upgrade_script() -> String {
    let lib = std::fs::read_to_string(clone().join("src/lib.rs")).unwrap();
    let older: Vec<&str> = lib.lines().filter(|line| !line.contains(NEW_STATE.trim_start_matches("sql/"))).collect();
    let named = std::env::temp_dir().join(format!("homer-older-{}.rs", std::process::id()));
    std::fs::write(&named, older.join("\n")).unwrap();
    let made = Command::new(clone().join("scripts/make-upgrade")).arg(&named).output().unwrap();
    std::fs::remove_file(&named).unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    String::from_utf8(made.stdout).unwrap()
}

/// Two scripts where PostgreSQL looks for them, until the test is over.
struct Scripts([PathBuf; 2]);

impl Scripts {
    fn new(client: &mut Client) -> Self {
        let folder: String = value(client, "SELECT setting || '/extension' FROM pg_config WHERE name = 'SHAREDIR'");
        let now: String = value(client, "SELECT default_version FROM pg_available_extensions WHERE name = 'homer'");
        let path = |name: String| Path::new(&folder).join(name);
        let scripts = Self([path(format!("homer--{OLDER}.sql")), path(format!("homer--{OLDER}--{now}.sql"))]);
        std::fs::write(&scripts.0[0], older_script()).unwrap();
        std::fs::write(&scripts.0[1], upgrade_script()).unwrap();
        scripts
    }
}

impl Drop for Scripts {
    fn drop(&mut self) {
        self.0.iter().for_each(|script| drop(std::fs::remove_file(script)));
    }
}

/// The same objects, word for word, whether a database was updated or is new; what was stored before stays, and is found.
#[test]
fn an_updated_database_is_as_a_new_one() {
    let mut fresh = session_of_nobody();
    let _scripts = Scripts::new(&mut fresh);
    let database = Cluster::shared().empty_database();
    let mut client = database.connect();
    client.batch_execute(&format!("CREATE EXTENSION homer VERSION '{OLDER}'")).unwrap();
    client
        .batch_execute("SELECT homer_remember('maria', 'fact', 'Coffee', 'Black, no sugar'); SELECT homer_reject(1)")
        .unwrap();
    client.batch_execute("SELECT homer_remember('maria', 'fact', 'Rent', 'Due on the third')").unwrap();

    // Control: the older version is another one.
    let (older, new) = (objects(&mut client), objects(&mut fresh));
    for changed in [
        "function homer.is_enough(",
        "function homer.check_said_at(",
        "function homer.given_text(",
        "table homer_memories",
    ] {
        assert!(new.iter().any(|object| object.starts_with(changed) && !older.contains(object)), "{changed}");
    }

    client.batch_execute("ALTER EXTENSION homer UPDATE").unwrap();
    let updated = objects(&mut client);
    let left: Vec<&String> = updated.iter().filter(|object| !new.contains(object)).collect();
    assert!(left.iter().all(|object| object.starts_with("function homer.text_given(")), "{left:#?}");
    assert_eq!(
        left.len(),
        1,
        "a function that is gone is dropped by a new file of state/, which this update has none of"
    );
    let missing: Vec<&String> = new.iter().filter(|object| !updated.contains(object)).collect();
    assert!(missing.is_empty(), "{missing:#?}");

    let found = "SELECT content FROM homer_relevant_memories('maria', 10, 'When is the rent due?')";
    assert_eq!(value::<String>(&mut client, found), "Due on the third");
    let refused = "SELECT outcome FROM homer_remember('maria', 'fact', '', 'black, NO sugar')";
    assert_eq!(value::<String>(&mut client, refused), "rejected");
}
