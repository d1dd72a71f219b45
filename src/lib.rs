//! homer: the memory of an AI assistant, inside PostgreSQL.
//!
//! `sql/state/` holds what is made once (tables, types, indexes, policies), `sql/code/` the functions that read and write it,
//! which every update replaces. `crates/` holds the engine, which knows no PostgreSQL: `homer_text` (words, keys, the normal
//! form), `homer_ranking` (decay, BM25, neighbours, vectors), `homer_prompt` (the fence, the budget of tokens), `homer_tokens`
//! (whom a signed token proves), `homer_interrupts` (by which long loops can be ended). `src/` is what SQL calls. Public objects are
//! named `homer_*` and lie in the extension's schema; everything else lies in the schema `homer`.
//!
//! | module           | idea                                                    |
//! |------------------|---------------------------------------------------------|
//! | `errors`         | every refusal: its SQLSTATE, message and hint           |
//! | `refusing`       | the one place that raises one                           |
//! | `checks`         | what a call may not pass, one check a function          |
//! | `json_fields`    | the JSON objects that calls take, and what fits them    |
//! | `loading`        | what becomes of a panic and of a cancelled call         |
//! | `leakproof`      | PostgreSQL's own functions, for row security            |
//! | `json_text`      | a jsonb as its text                                     |
//! | `keys`           | the words of a text as numbers, for the indexes         |
//! | `snapshot`       | SQL that sees what is committed now                     |
//! | `same_content`   | when two memories say the same                          |
//! | `ranking`        | relevance without a question                            |
//! | `scoring`        | how well memories answer a question                     |
//! | `memories`       | the memories of a scope, where a question reads them    |
//! | `walk`           | PostgreSQL's tables and indexes without its executor    |
//! | `vectors`        | the vectors of memories                                 |
//! | `prompt`         | what a model is shown                                   |
//! | `context`        | which memories come into the block for the prompt       |
//! | `moments`        | a moment as applications write it in JSON               |
//! | `user_lock`      | one at a time decides about a user's memories           |
//! | `rights`         | what the current role may, asked at once                |
//! | `identity`       | whom the current role acts for, named or proven         |
//! | `tools`          | what a model may call, and what that takes              |
//! | `tool_arguments` | a model's arguments, read with forbearance              |
//! | `tool_schema`    | their schemas, as each provider wants them              |
//! | `memory_tool`    | files below /memories, as Anthropic's models know them  |

mod checks;
mod context;
mod errors;
mod identity;
mod json_fields;
mod json_text;
mod keys;
mod leakproof;
mod loading;
mod memories;
mod memory_tool;
mod moments;
mod prompt;
mod ranking;
mod refusing;
mod rights;
mod same_content;
mod scoring;
mod snapshot;
mod tool_arguments;
mod tool_schema;
mod tools;
mod user_lock;
mod vectors;
mod walk;

::pgrx::pg_module_magic!(name, version);

// What is made once before the functions, the functions, and what is made once with their help. A version that is out keeps its
// files of state/ for ever: docs/upgrading.md.
pgrx::extension_sql_file!("../sql/state/01_schema.sql", bootstrap);
pgrx::extension_sql_file!("../sql/state/02_tables.sql", name = "tables_state");
pgrx::extension_sql_file!("../sql/state/03_identities.sql", name = "identities_state", requires = ["tables_state"]);
pgrx::extension_sql_file!("../sql/state/04_types.sql", name = "types_state", requires = ["identities_state"]);
pgrx::extension_sql_file!("../sql/state/05_embeddings.sql", name = "embeddings_state", requires = ["types_state"]);
pgrx::extension_sql_file!("../sql/state/06_refusals.sql", name = "refusals_state", requires = ["embeddings_state"]);
pgrx::extension_sql_file!("../sql/state/07_successions.sql", name = "successions_state", requires = ["refusals_state"]);
pgrx::extension_sql_file!(
    "../sql/state/08_link_makers.sql",
    name = "link_makers_state",
    requires = ["successions_state"]
);
pgrx::extension_sql_file!(
    "../sql/state/09_memory_paths.sql",
    name = "memory_paths_state",
    requires = ["link_makers_state"]
);
pgrx::extension_sql_file!(
    "../sql/state/10_keys_operator.sql",
    name = "keys_operator_state",
    requires = ["memory_paths_state"]
);
pgrx::extension_sql_file!("../sql/code/checks.sql", name = "checks", requires = ["keys_operator_state"]);
pgrx::extension_sql_file!("../sql/code/identities.sql", name = "identities", requires = ["checks"]);
pgrx::extension_sql_file!("../sql/code/roles.sql", name = "roles", requires = ["identities"]);
pgrx::extension_sql_file!("../sql/code/grants.sql", name = "grants", requires = ["roles"]);
pgrx::extension_sql_file!("../sql/code/unwanted_grants.sql", name = "unwanted_grants", requires = ["grants"]);
pgrx::extension_sql_file!("../sql/code/active.sql", name = "active", requires = ["unwanted_grants"]);
pgrx::extension_sql_file!("../sql/code/ranking.sql", name = "ranking", requires = ["active"]);
pgrx::extension_sql_file!("../sql/code/search.sql", name = "search", requires = ["ranking"]);
pgrx::extension_sql_file!("../sql/code/embeddings.sql", name = "embeddings", requires = ["search"]);
pgrx::extension_sql_file!("../sql/code/explanation.sql", name = "explanation", requires = ["embeddings"]);
pgrx::extension_sql_file!("../sql/code/profiles.sql", name = "profiles", requires = ["explanation"]);
pgrx::extension_sql_file!("../sql/code/moments.sql", name = "moments", requires = ["profiles"]);
pgrx::extension_sql_file!("../sql/code/same_content.sql", name = "same_content", requires = ["moments"]);
pgrx::extension_sql_file!("../sql/code/refusals.sql", name = "refusals", requires = ["same_content"]);
pgrx::extension_sql_file!("../sql/code/known.sql", name = "known", requires = ["refusals"]);
pgrx::extension_sql_file!("../sql/code/history.sql", name = "history", requires = ["known"]);
pgrx::extension_sql_file!("../sql/code/link_makers.sql", name = "link_makers", requires = ["history"]);
pgrx::extension_sql_file!("../sql/code/memory_paths.sql", name = "memory_paths", requires = ["link_makers"]);
pgrx::extension_sql_file!("../sql/code/standing.sql", name = "standing", requires = ["memory_paths"]);
pgrx::extension_sql_file!("../sql/code/reminders.sql", name = "reminders", requires = ["standing"]);
pgrx::extension_sql_file!("../sql/code/confirming.sql", name = "confirming", requires = ["reminders"]);
pgrx::extension_sql_file!("../sql/code/memories.sql", name = "memories", requires = ["confirming"]);
pgrx::extension_sql_file!("../sql/code/restoring.sql", name = "restoring", requires = ["memories"]);
pgrx::extension_sql_file!("../sql/code/listing.sql", name = "listing", requires = ["restoring"]);
pgrx::extension_sql_file!("../sql/code/import.sql", name = "import", requires = ["listing"]);
pgrx::extension_sql_file!("../sql/code/expiry.sql", name = "expiry", requires = ["import"]);
pgrx::extension_sql_file!("../sql/code/files.sql", name = "files", requires = ["expiry"]);
pgrx::extension_sql_file!("../sql/code/file_search.sql", name = "file_search", requires = ["files"]);
pgrx::extension_sql_file!("../sql/code/context.sql", name = "context", requires = ["file_search"]);
pgrx::extension_sql_file!("../sql/code/persons_data.sql", name = "persons_data", requires = ["context"]);
pgrx::extension_sql_file!("../sql/code/tools.sql", name = "tools", requires = ["persons_data"]);
pgrx::extension_sql_file!("../sql/code/memory_tool.sql", name = "memory_tool", requires = ["tools"]);
pgrx::extension_sql_file!("../sql/code/tool_calls.sql", name = "tool_calls", requires = ["memory_tool"]);
pgrx::extension_sql_file!("../sql/code/stats.sql", name = "stats", requires = ["tool_calls"]);
pgrx::extension_sql_file!("../sql/state/20_ranking_indexes.sql", name = "ranking_indexes_state", requires = ["stats"]);
pgrx::extension_sql_file!(
    "../sql/state/21_search_indexes.sql",
    name = "search_indexes_state",
    requires = ["ranking_indexes_state"]
);
pgrx::extension_sql_file!(
    "../sql/state/22_content_indexes.sql",
    name = "content_indexes_state",
    requires = ["search_indexes_state"]
);
pgrx::extension_sql_file!(
    "../sql/state/23_reminder_indexes.sql",
    name = "reminder_indexes_state",
    requires = ["content_indexes_state"]
);
pgrx::extension_sql_file!(
    "../sql/state/24_list_indexes.sql",
    name = "list_indexes_state",
    requires = ["reminder_indexes_state"]
);
pgrx::extension_sql_file!(
    "../sql/state/25_file_indexes.sql",
    name = "file_indexes_state",
    requires = ["list_indexes_state"]
);
pgrx::extension_sql_file!(
    "../sql/state/26_vector_indexes.sql",
    name = "vector_indexes_state",
    requires = ["file_indexes_state"]
);
pgrx::extension_sql_file!("../sql/state/30_policies.sql", name = "policies_state", requires = ["vector_indexes_state"]);
pgrx::extension_sql_file!("../sql/code/privileges.sql", name = "privileges", requires = ["policies_state"]);
