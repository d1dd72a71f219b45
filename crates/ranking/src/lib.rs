//! How homer ranks. Nothing here knows PostgreSQL, a table or a text: what is ranked is named by numbers.
//!
//! | module    | idea                                                |
//! |-----------|-----------------------------------------------------|
//! | `answering` | from what is read of memories to the best answers |
//! | `codes`   | a vector in a fifteenth of its bytes                |
//! | `decay`   | how a memory fades: relevance without a question    |
//! | `scoring` | how well a memory answers a question                |
//! | `hits`    | what SQL reads of an index of words, as bytes       |
//! | `vectors` | vectors of memories, and which of them still count  |

pub mod answering;
pub mod codes;
pub mod decay;
pub mod hits;
pub mod scoring;
pub mod vectors;
