//! What the search index holds of a text: a number for each of its words, hashed together with whose text it is. So a
//! search never meets the postings of another user, however common the word.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hasher;

use pgrx::prelude::*;
use siphasher::sip::SipHasher13;

use crate::words::each_word;

/// One user's words, or everyone's, which are those of the empty user id.
#[derive(Clone, Copy)]
pub struct Scope(u64);

impl Scope {
    pub fn of(user_id: &str) -> Self {
        Self(sip(0, user_id.as_bytes()))
    }

    /// The key of a word: 20 bits of whose it is, then 44 of the word and of whose it is.
    ///
    /// One user's keys stand next to each other in the index, so that a memory is stored into, and a question read from,
    /// a few of its pages and not as many as there are words. Two words of a user share a key by chance once in 2^44; who
    /// finds a memory by its key compares the user.
    fn key(self, word: &str) -> i64 {
        self.place(sip(self.0, word.as_bytes()))
    }

    /// The key of the same word for a memory that holds it more than once.
    fn key_of_repetition(self, key: i64) -> i64 {
        self.place(sip(key as u64, b"repeated"))
    }

    fn place(self, hash: u64) -> i64 {
        const BITS_OF_WORD: u32 = 44;
        (self.0 >> BITS_OF_WORD << BITS_OF_WORD | hash >> (64 - BITS_OF_WORD)) as i64
    }
}

/// SipHash-1-3, whose values are the same for ever, because they are stored. The standard library's may change.
pub fn sip(seed: u64, bytes: &[u8]) -> u64 {
    const SECOND_SEED: u64 = 0x686f_6d65_725f_6b65;
    let mut hasher = SipHasher13::new_with_keys(seed, SECOND_SEED);
    hasher.write(bytes);
    hasher.finish()
}

/// How often a word of a memory counts at most. A word that occurs once and one that is repeated have different keys, so
/// that the score of a memory is read from the index, without its text, and once for each of its words. A third time says
/// nothing more: counting up to three gives the development questions the same recall.
pub const MOST_TIMES: usize = 2;

/// How many words of a question are searched for at most.
pub const MOST_WORDS: usize = 32;

/// The keys of a memory's words, sorted.
#[pg_extern(sql = false)]
fn search_keys_0_2(user_id: Option<&str>, subject: &str, content: &str) -> Vec<i64> {
    keys_of_text(Scope::of(user_id.unwrap_or_default()), &[subject, content])
}

pub fn keys_of_text(scope: Scope, parts: &[&str]) -> Vec<i64> {
    let mut keys = Vec::with_capacity(32);
    for part in parts {
        each_word(part, &mut |word| keys.push(scope.key(word)));
    }
    keys.sort_unstable();
    let of_word = |same: &[i64]| if same.len() > 1 { scope.key_of_repetition(same[0]) } else { same[0] };
    let mut keys: Vec<i64> = keys.chunk_by(|one, next| one == next).map(of_word).collect();
    keys.sort_unstable();
    keys
}

/// The key, in each of the scopes, of a word that occurs once, or of one that is repeated.
#[pg_extern(sql = false)]
fn keys_of_word_0_2(scopes: Array<'_, &str>, word: &str, repeated: bool) -> Vec<i64> {
    let key = |scope: Scope| {
        let key = scope.key(word);
        if repeated { scope.key_of_repetition(key) } else { key }
    };
    scopes.iter().flatten().map(|scope| key(Scope::of(scope))).collect()
}

/// The words of a question that are searched for.
#[pg_extern(sql = false)]
fn question_words(question: &str) -> Vec<String> {
    words_of_question(question)
}

/// Each word once, and `MOST_WORDS` at most, so that a pasted page costs no more than a long question. The words that are said
/// most often are its topic, and of these the longest are the rarest.
fn words_of_question(question: &str) -> Vec<String> {
    let mut times: HashMap<String, usize> = HashMap::new();
    let mut words: Vec<String> = Vec::new();
    each_word(question, &mut |word| {
        if let Some(times) = times.get_mut(word) {
            *times += 1;
        } else {
            times.insert(word.into(), 1);
            words.push(word.into());
        }
    });
    if words.len() > MOST_WORDS {
        words.sort_by_key(|word| Reverse((times[word], word.chars().count())));
        words.truncate(MOST_WORDS);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::any_text::tests::{any_text, cases};
    use crate::any_text::words;
    use proptest::prelude::*;
    use std::collections::HashSet;

    /// These are in indexes on disk: a change of the splitter or of the hash that changes them needs a REINDEX.
    #[test]
    fn keys_stay_what_they_are() {
        assert_eq!(Scope::of("maria").key("coffe"), KEY_OF_MARIA);
        assert_ne!(Scope::of("devon").key("coffe"), KEY_OF_MARIA);
    }

    const KEY_OF_MARIA: i64 = 9_153_821_625_820_405_546;

    #[test]
    fn a_memory_has_one_key_for_each_word_and_another_where_it_is_repeated() {
        let scope = Scope::of("maria");
        let (tax, due) = (scope.key("tax"), scope.key("due"));
        let mut expected = vec![scope.key_of_repetition(tax), due];
        expected.sort_unstable();
        assert_eq!(keys_of_text(scope, &["Tax", "The tax is due: taxes, TAX!"]), expected);
        assert_eq!(keys_of_text(scope, &["", "..."]), Vec::<i64>::new());
    }

    #[test]
    fn the_keys_of_a_user_stand_next_to_each_other() {
        let (maria, devon) = (Scope::of("maria"), Scope::of("devon"));
        let region = |key: i64| key >> 44;
        assert_eq!(region(maria.key("tax")), region(maria.key_of_repetition(maria.key("due"))));
        assert_ne!(region(maria.key("tax")), region(devon.key("tax")));
    }

    #[test]
    fn a_question_asks_for_each_word_once() {
        assert_eq!(words_of_question("Does Maria's coffee, the COFFEE of Maria, cost?"), ["maria", "coffe", "cost"]);
        assert_eq!(words_of_question("Is it? — The ... !"), Vec::<String>::new());
    }

    #[test]
    fn of_a_pasted_page_the_repeated_and_the_longest_words_are_asked_for() {
        let page: Vec<String> = (100..200).map(|n| format!("word{n}")).collect();
        let page = format!("{} extraordinarily tax {} tax", page.join(" "), page[..20].join(" "));
        let words = words_of_question(&page);
        assert_eq!(words.len(), MOST_WORDS);
        assert!(words.contains(&"tax".into()), "said twice");
        assert!(words.contains(&"word119".into()), "said twice");
        assert!(words.contains(&"extraordinarili".into()), "long");
    }
    proptest! {
        #![proptest_config(cases(1_000))]

        #[test]
        fn any_text_is_found_by_the_words_it_is_asked_by(text in any_text()) {
            let (maria, devon) = (Scope::of("maria"), Scope::of("devon"));
            let keys = keys_of_text(maria, &[&text]);
            let words: HashSet<String> = words(&text).into_iter().collect();
            let asked = words_of_question(&text);
            prop_assert_eq!(asked.len(), words.len().min(MOST_WORDS));
            prop_assert_eq!(asked.iter().collect::<HashSet<_>>().len(), asked.len(), "each once");
            for word in &asked {
                prop_assert!(words.contains(word));
                let holds = |scope: Scope| {
                    let key = scope.key(word);
                    [key, scope.key_of_repetition(key)].iter().filter(|key| keys.binary_search(key).is_ok()).count()
                };
                prop_assert_eq!(holds(maria), 1, "{:?} is stored", word);
                prop_assert_eq!(holds(devon), 0, "{:?} is not another user's", word);
            }
        }

        #[test]
        fn any_text_said_twice_repeats_each_of_its_words(text in any_text()) {
            let scope = Scope::of("maria");
            let words: HashSet<String> = words(&text).into_iter().collect();
            let keys = keys_of_text(scope, &[&text, &text]);
            prop_assert_eq!(keys.len(), words.len());
            for word in &words {
                prop_assert!(keys.binary_search(&scope.key_of_repetition(scope.key(word))).is_ok(), "{:?}", word);
            }
        }
    }
}
