//! What homer makes of a text. Nothing here knows PostgreSQL; what an index holds comes from here, so what comes out of these
//! modules may never change.
//!
//! | module           | idea                                              |
//! |------------------|---------------------------------------------------|
//! | `words`          | the words of a text, in any language              |
//! | `folding`        | a text without case, accents and other forms      |
//! | `kinds`          | what a character is to a search                   |
//! | `splitting`      | the pieces of a text that may be words            |
//! | `numbers`        | numbers and telephone numbers, however grouped    |
//! | `languages`      | what a text says of its language; stems           |
//! | `light_stems`    | stems that Snowball does not give                 |
//! | `english`        | English words: spellings, irregular forms, stems  |
//! | `irregular`      | irregular forms in other languages than English   |
//! | `function_words` | the words that say how others belong together     |
//! | `asking_words`   | the words of asking, which are not asked about    |
//! | `word_lists`     | such lists, laid out by the compiler              |
//! | `stop_words`     | English words that are not searched               |
//! | `keys`           | the words of a user as numbers, for the index     |
//! | `normal_form`    | when two texts say the same                       |
//! | `exact_tokens`   | what of it counts to the letter                   |
//! | `any_text`       | what holds of the words of any text, for tests    |

pub mod any_text;
mod asking_words;
mod english;
pub mod exact_tokens;
mod folding;
mod function_words;
mod irregular;
pub mod keys;
mod kinds;
mod languages;
mod light_stems;
pub mod normal_form;
mod numbers;
mod splitting;
mod stop_words;
mod word_lists;
mod words;
