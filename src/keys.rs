//! What the search index holds of a text: a key for each of its words, hashed together with whose text it is. So a search
//! never meets the postings of another user, however common the word.

use std::cmp::Reverse;
use std::collections::HashMap;

use pgrx::Uuid;
use pgrx::prelude::*;
use sha2::{Digest, Sha256};

use crate::interrupts::cancellable;
use crate::words::each_word;

/// One user's words, or everyone's, which are those of the empty user id.
pub struct Scope {
    user: u128,
    hasher: Sha256,
}

/// The key of a word: 24 bits of whose it is, 103 of the word and of whose it is, and one that says whether it is repeated.
///
/// One user's keys stand next to each other in the index, so that a memory is stored into, and a question read from, a few of
/// its pages and not as many as there are words.
///
/// Who finds a memory by its key does not look again whose it is, which would be a fifth of the time of a question over
/// 100,000 memories. So it must be out of reach to find a word that has the key of another user's word: with 103 bits of
/// SHA-256 that takes 2^103 tries. The hash is the same for ever, because the keys are stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Key(u128);

impl Scope {
    pub fn of(user_id: &str) -> Self {
        let hasher = hasher_of(user_id);
        Self { user: first_bits(&hasher) >> BITS_OF_WORD << BITS_OF_WORD, hasher }
    }

    fn key(&self, word: &str) -> Key {
        Key(self.user | first_bits(&self.hasher.clone().chain_update(word)) >> (128 - BITS_OF_WORD) & !1)
    }
}

/// With the one for the repetition.
const BITS_OF_WORD: u32 = 104;

/// What hashes a text together with whose it is. The length comes first, so that no user id and text read as another user id
/// and text.
pub fn hasher_of(user_id: &str) -> Sha256 {
    Sha256::new().chain_update((user_id.len() as u64).to_le_bytes()).chain_update(user_id)
}

/// The first 128 bits of a hash.
pub fn first_bits(hasher: &Sha256) -> u128 {
    hasher.clone().finalize().iter().take(16).fold(0, |bits, byte| bits << 8 | u128::from(*byte))
}

impl Key {
    /// The key of the same word for a memory that holds it more than once.
    fn of_repetition(self) -> Self {
        Self(self.0 | 1)
    }

    /// In the order of the keys, because PostgreSQL compares the bytes.
    fn uuid(self) -> Uuid {
        Uuid::from_bytes(self.0.to_be_bytes())
    }
}

/// How often a word of a memory counts at most. A word that occurs once and one that is repeated have different keys, so
/// that the score of a memory is read from the index, without its text, and once for each of its words. A third time says
/// nothing more: counting up to three gives the development questions the same recall.
pub const MOST_TIMES: usize = 2;

/// The keys of a memory's words, sorted.
#[pg_extern(sql = false)]
fn search_keys(user_id: Option<&str>, subject: Option<&str>, content: Option<&str>) -> Vec<Uuid> {
    let parts = [subject.unwrap_or_default(), beginning(content.unwrap_or_default())];
    uuids(keys_of_text(&Scope::of(user_id.unwrap_or_default()), &parts))
}

/// Of a long text the first 200,000 characters are searched, some 80 pages, as of a file's.
const MOST_CHARACTERS: usize = 200_000;

fn beginning(text: &str) -> &str {
    // Most texts have fewer bytes than that.
    let end = if text.len() > MOST_CHARACTERS { text.char_indices().nth(MOST_CHARACTERS) } else { None };
    end.map_or(text, |(end, _)| &text[..end])
}

pub fn uuids(keys: Vec<Key>) -> Vec<Uuid> {
    keys.into_iter().map(Key::uuid).collect()
}

pub fn keys_of_text(scope: &Scope, parts: &[&str]) -> Vec<Key> {
    let mut keys = Vec::with_capacity(32);
    for part in parts {
        each_word(part, &mut |word| keys.push(scope.key(word)));
    }
    keys.sort_unstable();
    let of_word = |same: &[Key]| if same.len() > 1 { same[0].of_repetition() } else { same[0] };
    keys.chunk_by(|one, next| one == next).map(of_word).collect()
}

/// The key, in each of the scopes, of a word that occurs once, or of one that is repeated.
#[pg_extern(sql = false)]
fn keys_of_word(scopes: Array<'_, &str>, word: &str, repeated: bool) -> Vec<Uuid> {
    let key = |scope: &str| Scope::of(scope).key(word);
    let keys = scopes.iter().flatten().map(|scope| if repeated { key(scope).of_repetition() } else { key(scope) });
    uuids(keys.collect())
}

/// 64 bits of SHA-256, for the branches of the ranking index. Two users whose branches are the same would read each other's rows,
/// to no avail but at a cost, so it must be out of reach to find an id that shares another's on purpose.
#[pg_extern(sql = false)]
fn hash(value: &str, seed: i64) -> i64 {
    (first_bits(&hasher_of(value).chain_update(seed.to_le_bytes())) >> 64) as i64
}

/// The key of a user, for an index of whom a file is shared with.
#[pg_extern(sql = false)]
fn key_of_user(user_id: &str) -> Uuid {
    Scope::of(user_id).key("").uuid()
}

/// How many words of a question are searched for at most.
pub const MOST_WORDS: usize = 32;

/// The words of a question that are searched for.
#[pg_extern(sql = false)]
fn question_words(question: &str) -> Vec<String> {
    words_of_question(question)
}

/// Each word once, and `MOST_WORDS` at most, so that a pasted page costs no more than a long question. The words that are said
/// most often are its topic, and of these the longest are the rarest.
fn words_of_question(question: &str) -> Vec<String> {
    let mut said: HashMap<String, (usize, usize)> = HashMap::new();
    each_word(question, &mut |word| {
        if let Some((times, _)) = said.get_mut(word) {
            *times += 1;
        } else {
            let place = said.len();
            said.insert(word.into(), (1, place));
        }
    });
    let weighed = said.into_iter().map(|(word, (times, place))| (Reverse((times, word.chars().count())), place, word));
    let mut words: Vec<_> = cancellable(weighed).collect();
    if words.len() > MOST_WORDS {
        words.select_nth_unstable(MOST_WORDS);
        words.truncate(MOST_WORDS);
        words.sort_unstable();
    } else {
        words.sort_unstable_by_key(|(_, place, _)| *place);
    }
    words.into_iter().map(|(_, _, word)| word).collect()
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
        assert_eq!(Scope::of("maria").key("coffe").0, KEY_OF_MARIA);
        assert_ne!(Scope::of("devon").key("coffe").0, KEY_OF_MARIA);
    }

    /// The first three bytes of sha256(le64(5) "maria"), thirteen of sha256(le64(5) "maria" "coffe"), the last bit 0.
    const KEY_OF_MARIA: u128 = 127_978_025_698_509_186_012_674_713_133_601_724_538;

    #[test]
    fn the_beginning_of_a_long_text_is_searched() {
        let text = format!("{}end", "é ".repeat(MOST_CHARACTERS / 2));
        assert_eq!(beginning(&text).chars().count(), MOST_CHARACTERS);
        assert_eq!(keys_of_text(&Scope::of("maria"), &[beginning(&text)]).len(), 1);
        assert_eq!(keys_of_text(&Scope::of("maria"), &[beginning(&text[6..])]).len(), 2);
        assert_eq!(beginning("short"), "short");
    }

    #[test]
    fn no_user_and_word_read_as_another() {
        assert_ne!(Scope::of("maria").key("tax").0 << 24, Scope::of("mariat").key("ax").0 << 24);
    }

    #[test]
    fn a_memory_has_one_key_for_each_word_and_another_where_it_is_repeated() {
        let scope = Scope::of("maria");
        let (tax, due) = (scope.key("tax"), scope.key("due"));
        let mut expected = vec![tax.of_repetition(), due];
        expected.sort_unstable();
        assert_eq!(keys_of_text(&scope, &["Tax", "The tax is due: taxes, TAX!"]), expected);
        assert_ne!(tax, tax.of_repetition());
        assert_eq!(keys_of_text(&scope, &["", "..."]), Vec::<Key>::new());
    }

    #[test]
    fn the_keys_of_a_user_stand_next_to_each_other() {
        let (maria, devon) = (Scope::of("maria"), Scope::of("devon"));
        let region = |key: Key| key.0 >> BITS_OF_WORD;
        assert_eq!(region(maria.key("tax")), region(maria.key("due").of_repetition()));
        assert_ne!(region(maria.key("tax")), region(devon.key("tax")));
    }

    #[test]
    fn uuids_are_in_the_order_of_their_keys() {
        let keys = keys_of_text(&Scope::of("maria"), &["tax due bike wheel rent rent"]);
        let bytes: Vec<_> = uuids(keys).iter().map(|uuid| *uuid.as_bytes()).collect();
        assert_eq!(bytes.len(), 5);
        assert!(bytes.is_sorted());
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
            let keys = keys_of_text(&maria, &[&text]);
            let words: HashSet<String> = words(&text).into_iter().collect();
            let asked = words_of_question(&text);
            prop_assert_eq!(asked.len(), words.len().min(MOST_WORDS));
            prop_assert_eq!(asked.iter().collect::<HashSet<_>>().len(), asked.len(), "each once");
            for word in &asked {
                prop_assert!(words.contains(word));
                let holds = |scope: &Scope| {
                    let key = scope.key(word);
                    [key, key.of_repetition()].iter().filter(|key| keys.binary_search(key).is_ok()).count()
                };
                prop_assert_eq!(holds(&maria), 1, "{:?} is stored", word);
                prop_assert_eq!(holds(&devon), 0, "{:?} is not another user's", word);
            }
        }

        #[test]
        fn any_text_said_twice_repeats_each_of_its_words(text in any_text()) {
            let scope = Scope::of("maria");
            let words: HashSet<String> = words(&text).into_iter().collect();
            let keys = keys_of_text(&scope, &[&text, &text]);
            prop_assert_eq!(keys.len(), words.len());
            for word in &words {
                prop_assert!(keys.binary_search(&scope.key(word).of_repetition()).is_ok(), "{:?}", word);
            }
        }
    }
}
