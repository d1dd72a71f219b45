//! homer: the memory of an AI assistant, inside PostgreSQL.
//!
//! `sql/` holds the public face: the tables, and the functions that read and write them, in install order. `crates/` holds the
//! engine, which knows no PostgreSQL: `homer_text` (words, keys, the normal form), `homer_ranking` (decay, BM25, neighbours,
//! vectors), `homer_prompt` (the fence, the budget of tokens). `src/` is what SQL calls. Public objects are named `homer_*` and
//! lie in the extension's schema; everything else lies in the schema `homer`. Row security and grants: `roles.sql`,
//! `standing.sql`, `policies.sql`, `privileges.sql`.
//!
//! | module           | idea                                                    |
//! |------------------|---------------------------------------------------------|
//! | `errors`         | every refusal: its SQLSTATE, message and hint           |
//! | `refusing`       | the one place that raises one                           |
//! | `checks`         | what a call may not pass, one check a function          |
//! | `settings`       | the columns of a profile that are set by name           |
//! | `loading`        | what becomes of a panic and of a cancelled call         |
//! | `leakproof`      | PostgreSQL's own functions, for row security            |
//! | `keys`           | the words of a text as numbers, for the indexes         |
//! | `same_content`   | when two memories say the same                          |
//! | `ranking`        | relevance without a question                            |
//! | `scoring`        | how well memories answer a question                     |
//! | `vectors`        | the vectors of memories                                 |
//! | `prompt`         | what a model is shown                                   |
//! | `moments`        | a moment as applications write it in JSON               |
//! | `snapshot`       | what the database holds at this instant                 |
//! | `user_lock`      | one at a time decides about a user's memories           |
//! | `rights`         | what the current role may, asked at once                |
//! | `token`          | whom a signed token proves                              |
//! | `identity`       | whom this transaction has proven to act for             |
//! | `tools`          | what a model may call, and what that takes              |
//! | `tool_arguments` | a model's arguments, read with forbearance              |
//! | `tool_schema`    | their schemas, as each provider wants them              |
//! | `memory_tool`    | files below /memories, as Anthropic's models know them  |

mod checks;
mod errors;
mod identity;
mod keys;
mod leakproof;
mod loading;
mod memory_tool;
mod moments;
mod prompt;
mod ranking;
mod refusing;
mod rights;
mod same_content;
mod scoring;
mod settings;
mod snapshot;
mod token;
mod tool_arguments;
mod tool_schema;
mod tools;
mod user_lock;
mod vectors;

::pgrx::pg_module_magic!(name, version);

pgrx::extension_sql_file!("../sql/schema.sql", bootstrap);
pgrx::extension_sql_file!("../sql/checks.sql", name = "checks");
pgrx::extension_sql_file!("../sql/tables.sql", name = "tables", requires = ["checks"]);
pgrx::extension_sql_file!("../sql/identities.sql", name = "identities", requires = ["tables"]);
pgrx::extension_sql_file!("../sql/roles.sql", name = "roles", requires = ["identities"]);
pgrx::extension_sql_file!("../sql/grants.sql", name = "grants", requires = ["roles"]);
pgrx::extension_sql_file!("../sql/unwanted_grants.sql", name = "unwanted_grants", requires = ["grants"]);
pgrx::extension_sql_file!("../sql/ranking.sql", name = "ranking", requires = ["unwanted_grants"]);
pgrx::extension_sql_file!("../sql/search.sql", name = "search", requires = ["ranking"]);
pgrx::extension_sql_file!("../sql/embeddings.sql", name = "embeddings", requires = ["search"]);
pgrx::extension_sql_file!("../sql/explanation.sql", name = "explanation", requires = ["embeddings"]);
pgrx::extension_sql_file!("../sql/profiles.sql", name = "profiles", requires = ["explanation"]);
pgrx::extension_sql_file!("../sql/moments.sql", name = "moments", requires = ["profiles"]);
pgrx::extension_sql_file!("../sql/same_content.sql", name = "same_content", requires = ["moments"]);
pgrx::extension_sql_file!("../sql/refusals.sql", name = "refusals", requires = ["same_content"]);
pgrx::extension_sql_file!("../sql/known.sql", name = "known", requires = ["refusals"]);
pgrx::extension_sql_file!("../sql/history.sql", name = "history", requires = ["known"]);
pgrx::extension_sql_file!("../sql/link_makers.sql", name = "link_makers", requires = ["history"]);
pgrx::extension_sql_file!("../sql/memory_paths.sql", name = "memory_paths", requires = ["link_makers"]);
pgrx::extension_sql_file!("../sql/standing.sql", name = "standing", requires = ["memory_paths"]);
pgrx::extension_sql_file!("../sql/reminders.sql", name = "reminders", requires = ["standing"]);
pgrx::extension_sql_file!("../sql/confirming.sql", name = "confirming", requires = ["reminders"]);
pgrx::extension_sql_file!("../sql/memories.sql", name = "memories", requires = ["confirming"]);
pgrx::extension_sql_file!("../sql/restoring.sql", name = "restoring", requires = ["memories"]);
pgrx::extension_sql_file!("../sql/listing.sql", name = "listing", requires = ["restoring"]);
pgrx::extension_sql_file!("../sql/import.sql", name = "import", requires = ["listing"]);
pgrx::extension_sql_file!("../sql/expiry.sql", name = "expiry", requires = ["import"]);
pgrx::extension_sql_file!("../sql/files.sql", name = "files", requires = ["expiry"]);
pgrx::extension_sql_file!("../sql/file_search.sql", name = "file_search", requires = ["files"]);
pgrx::extension_sql_file!("../sql/context.sql", name = "context", requires = ["file_search"]);
pgrx::extension_sql_file!("../sql/persons_data.sql", name = "persons_data", requires = ["context"]);
pgrx::extension_sql_file!("../sql/tools.sql", name = "tools", requires = ["persons_data"]);
pgrx::extension_sql_file!("../sql/memory_tool.sql", name = "memory_tool", requires = ["tools"]);
pgrx::extension_sql_file!("../sql/tool_calls.sql", name = "tool_calls", requires = ["memory_tool"]);
pgrx::extension_sql_file!("../sql/stats.sql", name = "stats", requires = ["tool_calls"]);
pgrx::extension_sql_file!("../sql/policies.sql", name = "policies", requires = ["stats"]);
pgrx::extension_sql_file!("../sql/privileges.sql", name = "privileges", requires = ["policies"]);
