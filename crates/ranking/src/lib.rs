//! How homer ranks. Nothing here knows PostgreSQL, a table or a text: what is ranked is named by numbers.
//!
//! | module    | idea                                                |
//! |-----------|-----------------------------------------------------|
//! | `decay`   | how a memory fades: relevance without a question    |
//! | `scoring` | how well a memory answers a question                |
//! | `vectors` | vectors of memories, and which of them still count  |

pub mod decay;
pub mod scoring;
pub mod vectors;
