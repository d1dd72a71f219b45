//! An application that uses Drizzle keeps its habits: `drizzle-kit push` leaves homer as it is, and `drizzle-orm` reads and
//! writes with types and with dates that come back right. The real ones run, from `examples/drizzle`.

use homer_tests::*;

/// What a command prints that runs in `examples/drizzle` with its packages; nothing where there is no npm.
fn in_the_example(database: &Database, command: &str) -> Option<String> {
    if !is_installed("npm") {
        skipped("npm is not installed");
        return None;
    }
    let node = clone().join("scripts/node");
    let example = clone().join("examples/drizzle");
    let url = format!("DATABASE_URL={}", database.url());
    let arguments = [example.to_str().unwrap(), "env", "TZ=Asia/Tokyo", &url, "sh", "-c", command];
    Some(database.output(node.to_str().unwrap(), &arguments, ""))
}

const NO_CHANGES: &str = "[i] No changes detected";

/// All that `drizzle-kit push` might change.
const CATALOG: &str = "
    WITH tables AS (SELECT oid, relname FROM pg_class WHERE relkind = 'r' AND oid >= 16384)
    SELECT 'column', relname, attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull
      FROM tables JOIN pg_attribute ON attrelid = tables.oid WHERE attnum > 0
    UNION ALL SELECT 'index', relname, pg_get_indexdef(indexrelid) FROM tables JOIN pg_index ON indrelid = tables.oid
    UNION ALL SELECT 'row security', relname, relrowsecurity::text FROM tables JOIN pg_class USING (oid, relname)
    UNION ALL SELECT 'policy', relname, polname || ' ' || polcmd::text || ' ' || polroles::text || COALESCE(' ' || pg_get_expr(polqual, polrelid), '')
                     || COALESCE(' ' || pg_get_expr(polwithcheck, polrelid), '') FROM tables JOIN pg_policy ON polrelid = tables.oid
    UNION ALL SELECT 'constraint', relname, conname || ' ' || pg_get_constraintdef(c.oid)
                FROM tables JOIN pg_constraint AS c ON conrelid = tables.oid
    ORDER BY 1, 2, 3";

const FILL: &str = "
    SELECT homer_upsert_profile('maria', 'Maria', 'owner');
    SELECT homer_remember('maria', 'preference', 'Coffee', 'Drinks it black, no sugar.');
    SELECT homer_remember('maria', 'decision', 'Supplier', 'Orders go to Lindt & Sons from now on.', 9);
    SELECT homer_remember(NULL, 'recipe', 'Soup', 'Leek and potato.', 7);
    INSERT INTO homer_files (file_id, uploaded_by, original_name, mime_type, storage_path, file_size)
    VALUES ('f', 'maria', 'plan.pdf', 'application/pdf', '/plan.pdf', 1000);
    INSERT INTO homer_file_messages (file_id, conversation_id, message_id, direction) VALUES ('f', 'c', 'm', 'inbound')";

#[test]
fn a_push_with_the_schema_of_the_example_finds_no_changes() {
    let database = database();
    let mut client = database.connect();
    let before = rows(&mut client, CATALOG);
    let push = "drizzle-kit push --dialect postgresql --url \"$DATABASE_URL\" --schema";
    let Some(printed) = in_the_example(&database, &format!("{push} schema.ts")) else { return };
    assert!(printed.contains(NO_CHANGES), "{printed}");
    assert_eq!(rows(&mut client, CATALOG), before);

    // Control: a schema without one of the indexes is a change.
    let without = format!("sed '/homer_memories_importance_idx/d' schema.ts > without.ts && {push} without.ts");
    let printed = in_the_example(&database, &without).unwrap();
    assert!(!printed.contains(NO_CHANGES), "{printed}");
    let gone: Vec<_> = before.into_iter().filter(|row| !row.contains("importance_idx")).collect();
    assert_eq!(rows(&mut client, CATALOG), gone);
}

const PUSH_OF_THE_APPLICATION: &str =
    "drizzle-kit push --dialect postgresql --url \"$DATABASE_URL\" --schema application.ts 2>&1";

/// Two pushes: the first makes the application's table and nothing else, the second finds nothing to do.
fn assert_changes_the_applications_table_alone(database: &Database, push: &str) {
    let mut client = database.connect();
    let before = rows(&mut client, CATALOG);
    let Some(printed) = in_the_example(database, push) else { return };
    assert!(printed.contains("Changes applied"), "{printed}");
    let (of_the_application, of_homer): (Vec<_>, Vec<_>) =
        rows(&mut client, CATALOG).into_iter().partition(|row| row.contains("|messages|"));
    assert_eq!(of_homer, before);
    assert!(of_the_application.contains(&"column|messages|said text true".to_owned()), "{of_the_application:?}");
    let printed = in_the_example(database, push).unwrap();
    assert!(printed.contains(NO_CHANGES), "{printed}");
}

/// `drizzle.config.ts` has `tablesFilter: ["!homer_*"]`.
#[test]
fn a_push_that_leaves_homers_tables_out_changes_the_applications_alone() {
    assert_changes_the_applications_table_alone(&database(), "drizzle-kit push");
}

#[test]
fn a_push_leaves_homer_alone_in_a_schema_of_its_own() {
    let database = Cluster::shared().empty_database();
    database.connect().batch_execute("CREATE SCHEMA assistant; CREATE EXTENSION homer SCHEMA assistant").unwrap();
    assert_changes_the_applications_table_alone(&database, PUSH_OF_THE_APPLICATION);
}

/// drizzle-kit then takes the sequences of the tables it leaves out for strays: the extension does not let them go.
#[test]
fn a_push_with_the_filter_and_without_the_sequences_stops_and_leaves_homer_as_it_is() {
    let database = database();
    let mut client = database.connect();
    let before = rows(&mut client, CATALOG);
    let push = PUSH_OF_THE_APPLICATION.replace("2>&1", "--tablesFilter '!homer_*' --force 2>&1");
    let Some(printed) = in_the_example(&database, &push) else { return };
    assert!(printed.contains("because extension homer requires it"), "{printed}");
    let (_, of_homer): (Vec<_>, Vec<_>) =
        rows(&mut client, CATALOG).into_iter().partition(|row| row.contains("|messages|"));
    assert_eq!(of_homer, before);
}

/// It drops the checks, the foreign key, the indexes and the policies that it does not know: calls are slower, and answer
/// the same.
#[test]
fn a_push_of_a_schema_that_knows_no_homer_destroys_no_data() {
    let database = database_of_nobody();
    let mut client = database.connect();
    client.batch_execute(FILL).unwrap();
    let data = "SELECT 'profile', p::text FROM homer_user_profiles AS p UNION ALL SELECT 'memory', m::text FROM homer_memories AS m
                UNION ALL SELECT 'file', f::text FROM homer_files AS f
                UNION ALL SELECT 'link', l::text FROM homer_file_messages AS l ORDER BY 1, 2";
    let answers = "SELECT 'now', id, content FROM homer_relevant_memories('maria')
                   UNION ALL SELECT 'asked', id, content FROM homer_relevant_memories('maria', query => 'Where do orders go?')";
    let (data_before, answers_before) = (rows(&mut client, data), rows(&mut client, answers));
    assert_eq!((data_before.len(), answers_before.len()), (6, 4));
    let catalog_before = rows(&mut client, CATALOG);

    let fixture = clone().join("tests/fixtures/original_schema.ts");
    let push = format!(
        "cp '{}' . && drizzle-kit push --force --dialect postgresql --url \"$DATABASE_URL\" --schema original_schema.ts",
        fixture.display()
    );
    let Some(printed) = in_the_example(&database, &push) else { return };
    assert!(printed.contains("Changes applied"), "{printed}");

    assert_eq!(rows(&mut client, data), data_before);
    assert_eq!(rows(&mut client, answers), answers_before);
    let catalog = rows(&mut client, CATALOG);
    let is_kept = |row: &&String| {
        let of_homers_own = [
            "_is_",
            "_are_",
            "_live_idx",
            "_list_idx",
            "_far_off_idx",
            "_rank_idx",
            "_search_idx",
            "_conversation_idx",
            "homer_memories_statement_idx",
            "_expiry_idx",
            "_due_idx",
            "_owner_idx",
            "_public_idx",
            "_shared_with_idx",
            "_link_unique",
        ];
        let is_policy_of_the_schema = row.starts_with("policy|homer_");
        row.starts_with("column") || !(is_policy_of_the_schema || of_homers_own.iter().any(|name| row.contains(name)))
    };
    let switched_off = |row: &String| match row.strip_prefix("row security|homer_") {
        Some(_) => row.replace("|true", "|false"),
        None => row.clone(),
    };
    assert_eq!(catalog, catalog_before.iter().filter(is_kept).map(switched_off).collect::<Vec<_>>());
    assert!(catalog.len() < catalog_before.len());

    // examples/drizzle/repair.sql, run where nothing is broken, says how to bring them back.
    let repair = clone().join("examples/drizzle/repair.sql");
    let statements = homer_tests::database_of_nobody().output("psql", &["-qXAt", "-f", repair.to_str().unwrap()], "");
    for _twice_changes_nothing in 0..2 {
        database.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &statements);
        assert_eq!(rows(&mut client, CATALOG), catalog_before);
    }
    let restored = Cluster::shared().empty_database();
    restored.output("psql", &["-qX", "-v", "ON_ERROR_STOP=1"], &database.output("pg_dump", &[], ""));
    assert_eq!(rows(&mut restored.connect(), data), data_before);
}

/// The program runs in Tokyo, the session in Chicago.
#[test]
fn typed_queries_read_write_and_ask_with_dates_that_come_back_right() {
    let database = database_of_nobody();
    let chicago = format!("ALTER DATABASE {} SET timezone = 'America/Chicago'", database.name());
    database.connect().batch_execute(&chicago).unwrap();
    let Some(printed) = in_the_example(&database, "tsc && npm start --silent") else { return };
    assert_eq!(
        printed,
        "Orders go to Lindt & Sons from now on. true 2999-12-31T23:30:00.000Z\n\
         [ 'breakfast' ] 2999-12-31T23:30:00.000Z 2026-03-29T01:30:00.000Z\n\
         brief [] America/Chicago\n"
    );
    let mut client = database.connect();
    assert_eq!(
        rows(
            &mut client,
            "SELECT subject, expires_at, updated_at = '2026-03-29 01:30' FROM homer_memories ORDER BY id"
        ),
        ["Supplier|2999-12-31 23:30:00|f", "Coffee|2999-12-31 23:30:00|t"]
    );
}
