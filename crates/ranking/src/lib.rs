//! How homer ranks. Nothing here knows PostgreSQL, a table or a text: what is ranked is named by numbers.
//!
//! | module       | idea                                                             |
//! |--------------|------------------------------------------------------------------|
//! | `answering`  | from what is read of memories to the best answers                |
//! | `codes`      | a vector in a fifteenth of its bytes                             |
//! | `contenders` | the best by words, newness and importance, of which few are read |
//! | `decay`      | how a memory fades: relevance without a question                 |
//! | `hits`       | what SQL reads of an index of words, as bytes                    |
//! | `largest`    | the largest of some numbers, as they come                        |
//! | `nearest`    | the best by words and vectors together, of which few are read    |
//! | `scoring`    | how well a memory answers a question                             |
//! | `standing`   | the best when nothing is asked, of which few are read            |
//! | `vectors`    | vectors of memories: how long they are, and how close            |

pub mod answering;
pub mod codes;
pub mod contenders;
pub mod decay;
pub mod hits;
mod largest;
pub mod nearest;
pub mod scoring;
pub mod standing;
pub mod vectors;
#[cfg(test)]
mod written;
