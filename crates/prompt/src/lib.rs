//! What homer shows a model: stored text as data, within a budget of tokens. Nothing here knows PostgreSQL.
//!
//! | module        | idea                                              |
//! |---------------|---------------------------------------------------|
//! | `fence`       | stored text as data in the prompt                 |
//! | `block`       | what belongs in the prompt, fitted                |
//! | `notes`       | what a tool says, as lines within a budget        |
//! | `token_count` | how many tokens a text is at most                 |
//! | `word_table`  | a set of words laid out by the compiler           |

pub mod block;
pub mod fence;
pub mod notes;
pub mod token_count;
mod word_table;
