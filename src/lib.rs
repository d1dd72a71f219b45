//! homer: the memory of an AI assistant, inside PostgreSQL.
//!
//! `sql/` holds the public face: the tables, and the functions that read and write them, in install order. `src/`
//! holds the mechanism that SQL calls: what is computed rather than looked up. Public objects are named `homer_*` and
//! lie in the extension's schema; everything else lies in the schema `homer`. Row security and grants: `roles.sql`,
//! `standing.sql`, `policies.sql`, `privileges.sql`.
//!
//! | module        | idea                                              |
//! |---------------|---------------------------------------------------|
//! | `errors`      | every refusal: its SQLSTATE, message and hint     |
//! | `refusing`    | the one place that raises one                     |
//! | `interrupts`  | that a long call can be cancelled                 |
//! | `panics`      | that no client gets a stack trace                 |
//! | `leakproof`   | PostgreSQL's own functions, for row security      |
//! | `checks`      | what a call may not pass, one check a function    |
//! | `settings`    | the columns of a profile that are set by name     |
//! | `decay`       | how a memory fades: relevance without a question  |
//! | `words`       | the words of a text, in any language              |
//! | `folding`     | a text without case, accents and other forms      |
//! | `kinds`       | what a character is to a search                   |
//! | `splitting`   | the pieces of a text that may be words            |
//! | `numbers`     | numbers and telephone numbers, however grouped    |
//! | `languages`   | what a text says of its language; stems           |
//! | `light_stems` | stems that Snowball does not give                 |
//! | `english`     | English words: spellings, irregular forms, stems  |
//! | `function_words` | the words that say how others belong together  |
//! | `stop_words`  | English words that are not searched               |
//! | `keys`        | the words of a user as numbers, for the index     |
//! | `vectors`     | the vectors of memories, and which of them count  |
//! | `scoring`     | how well a memory answers a question              |
//! | `normal_form` | when two texts say the same                       |
//! | `exact_tokens` | what of it counts to the letter                 |
//! | `token`       | whom a signed token proves                        |
//! | `rights`      | what the current role may, asked at once          |
//! | `identity`    | whom this transaction has proven to act for       |
//! | `user_lock`   | one at a time decides about a user's memories      |
//! | `moments`     | a moment as applications write it in JSON         |
//! | `snapshot`    | what the database holds at this instant           |
//! | `file_keys`   | the words of a file, for the index                |
//! | `token_count` | how many tokens a text is at most                 |
//! | `word_table`  | a set of words laid out by the compiler           |
//! | `fence`       | stored text as data in the prompt                 |
//! | `context`     | what belongs into the prompt, fitted              |
//! | `memory_tool` | files below /memories, as Anthropic's models know them |
//! | `tools`       | what a model may call, and what that takes        |
//! | `tool_arguments` | a model's arguments, read with forbearance       |
//! | `tool_schema` | their schemas, as each provider wants them        |
//! | `tool_answers` | what a tool says, as lines within a budget        |
//! | `any_text`    | what holds of the words of any text, for tests    |

#[cfg(test)]
mod any_text;
mod checks;
mod context;
mod decay;
mod english;
mod errors;
mod exact_tokens;
mod fence;
mod file_keys;
mod folding;
mod function_words;
mod identity;
mod interrupts;
mod keys;
mod kinds;
mod languages;
mod leakproof;
mod light_stems;
mod memory_tool;
mod moments;
mod normal_form;
mod numbers;
mod panics;
mod refusing;
mod rights;
mod scoring;
mod settings;
mod snapshot;
mod splitting;
mod stop_words;
mod token;
mod token_count;
mod tool_answers;
mod tool_arguments;
mod tool_schema;
mod tools;
mod user_lock;
mod vectors;
mod word_table;
mod words;

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
