//! What the search index holds of a text: a key for each of its words, hashed together with whose text it is. So a search
//! never meets the postings of another user, however common the word.

use std::cmp::Reverse;
use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::irregular::begins_verbs;
use crate::languages::Purpose;
use crate::words::{Role, each_form, each_form_beside};
use homer_interrupts::{cancellable, look, sort};

/// One user's words, or everyone's, which are those of the empty user id.
pub struct Scope {
    user: u128,
    hasher: Sha256,
}

/// A word's key: 24 bits hash the user, 103 bits hash user and word together, the last bit marks a repeated word.
///
/// One user's keys stand next to each other in the index, so that a memory is stored into, and a question read from, a few of
/// its pages and not as many as there are words.
///
/// The key identifies the user: a question does not compare user ids again, which would add a fifth to its time over 100,000
/// memories. So nobody must be able to find a word with the key of another user's word: with 103 bits of SHA-256 that takes
/// 2^103 tries. The hash never changes, because the keys are stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Key(u128);

impl Scope {
    pub fn of(user_id: &str) -> Self {
        let hasher = hasher_of(user_id);
        Self { user: first_bits(&hasher) >> BITS_OF_WORD << BITS_OF_WORD, hasher }
    }

    pub fn of_each<'a>(user_ids: impl Iterator<Item = &'a str>) -> Vec<Self> {
        cancellable(user_ids).map(Self::of).collect()
    }

    fn key(&self, word: &str) -> Key {
        Key(self.user | first_bits(&self.hasher.clone().chain_update(word)) >> (128 - BITS_OF_WORD) & !1)
    }

    /// The key that every memory of the user has.
    pub fn key_of_all(&self) -> Key {
        self.key(&NO_WORD.to_string())
    }

    /// The key of the memories of a category, in the form in which categories are compared.
    pub fn key_of_category(&self, category: &str) -> Key {
        self.key(&format!("{NO_WORD}category{NO_WORD}{category}"))
    }

    /// The key of the memories that carry a tag.
    pub fn key_of_tag(&self, tag: &str) -> Key {
        self.key(&format!("{NO_WORD}tag{NO_WORD}{tag}"))
    }

    /// The keys of the forms of a word, for documents that hold it once. `of_repetition` gives those of the documents that
    /// repeat it.
    pub fn keys_of_word(&self, word: &str) -> impl Iterator<Item = Key> {
        forms(word).map(|form| self.key(form))
    }
}

/// What no word holds, so that no word has the key of something else.
const NO_WORD: char = '\u{1}';

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
    pub fn of_repetition(self) -> Self {
        Self(self.0 | 1)
    }

    /// In the order of the keys where they are compared byte by byte, as a UUID is.
    pub fn bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

/// The keys of a memory, sorted: of its words and those of its tags, of its category, of each tag, and the one that all memories of
/// its user have, by which they are counted.
pub fn keys_of_memory(
    user_id: &str,
    subject: &str,
    content: &str,
    category: Option<&str>,
    tags: &[String],
) -> Vec<Key> {
    let scope = Scope::of(user_id);
    let subject = if is_cut_from(content, subject) { "" } else { subject };
    let texts = [beginning(content), subject].into_iter().chain(tags.iter().map(String::as_str));
    let mut keys = keys_of_text(&scope, &texts.collect::<Vec<_>>());
    keys.push(scope.key_of_all());
    keys.extend(category.map(|category| scope.key_of_category(category)));
    keys.extend(cancellable(tags.iter()).map(|tag| scope.key_of_tag(tag)));
    sort(&mut keys);
    keys.dedup();
    keys
}

/// The keys of a file's words under its owner, and once more under everyone for a published file, sorted.
///
/// The users that a file is shared with have none of their own: they may be thousands, and each would repeat every word. They
/// find a file under its owner's.
pub fn keys_of_file(uploaded_by: &str, is_shared: bool, parts: &[&str]) -> Vec<Key> {
    let mut keys = keys_of_text(&Scope::of(uploaded_by), parts);
    if is_shared {
        keys.extend(keys_of_text(&Scope::of(""), parts));
        keys.sort_unstable();
    }
    keys
}

/// Whether a subject was cut from its content, as a tool does that is told none: it is the first sentence or line, or its beginning
/// with an ellipsis. Its words were said once. A subject of its own that the content takes up says what the content is about, and
/// counts.
fn is_cut_from(content: &str, subject: &str) -> bool {
    let Some(rest) = content.trim_start().strip_prefix(subject.trim_matches([' ', '…'])) else { return false };
    subject.ends_with('…') || rest.is_empty() || rest.starts_with(['.', '!', '?', '\n', '\r', '。', '！', '？'])
}

/// Of a long text the first 200,000 characters are searched, some 80 pages, as of a file's.
const MOST_CHARACTERS: usize = 200_000;

fn beginning(text: &str) -> &str {
    // Most texts have fewer bytes than that.
    let end = if text.len() > MOST_CHARACTERS { text.char_indices().nth(MOST_CHARACTERS) } else { None };
    end.map_or(text, |(end, _)| &text[..end])
}

/// The keys of the words of texts that belong together, those first that say the most.
fn keys_of_text(scope: &Scope, parts: &[&str]) -> Vec<Key> {
    let mut keys = Vec::with_capacity(32);
    let mut known = None;
    for part in cancellable(parts.iter()) {
        each_form_beside(part, Purpose::Store, &mut known, &mut |form, _| keys.push(scope.key(form)));
    }
    keys.sort_unstable();
    let of_word = |same: &[Key]| if same.len() > 1 { same[0].of_repetition() } else { same[0] };
    keys.chunk_by(|one, next| one == next).map(of_word).collect()
}

/// The keys, in each of the scopes, of the forms of a word, that occur once or that are repeated.
pub fn keys_of_word(scopes: &[Scope], word: &str, repeated: bool) -> Vec<Key> {
    let keys = scopes.iter().flat_map(|scope| scope.keys_of_word(word));
    cancellable(keys).map(|key| if repeated { key.of_repetition() } else { key }).collect()
}

/// The keys, in each of the scopes, of the forms of a word, however often they occur.
pub fn all_keys_of_word(scopes: &[Scope], word: &str) -> Vec<Key> {
    let keys = scopes.iter().flat_map(|scope| scope.keys_of_word(word));
    cancellable(keys).flat_map(|key| [key, key.of_repetition()]).collect()
}

fn forms(word: &str) -> impl Iterator<Item = &str> {
    cancellable(word.trim_end_matches(COMPOUND).split(BETWEEN_FORMS)).filter(|form| !form.is_empty()).take(MOST_FORMS)
}

/// Whether a word of a question is one that counts little.
pub fn is_weak(word: &str) -> bool {
    word.starts_with(BETWEEN_FORMS)
}

/// 64 bits of SHA-256, for the branches of the ranking index. Two users whose branches are the same would read each other's rows,
/// to no avail but at a cost, so it must be out of reach to find an id that shares another's on purpose.
pub fn hash(value: &str, seed: i64) -> i64 {
    (first_bits(&hasher_of(value).chain_update(seed.to_le_bytes())) >> 64) as i64
}

/// The key of a user, for an index of whom a file is shared with.
pub fn key_of_user(user_id: &str) -> Key {
    Scope::of(user_id).key("")
}

/// No word of a question has so many forms, so that keys of whatever else somebody asks for stay few.
const MOST_FORMS: usize = 64;

/// What stands between the forms of a word of a question, and before a word that counts little: no form holds it.
const BETWEEN_FORMS: char = ' ';

/// What stands behind the forms of a word of a question that may be made of several words: no form holds it.
const COMPOUND: char = '|';

/// The words that a word of a question may be made of, as one word, for where no memory holds it as it is: whatever its forms begin or
/// end with. Most of these are no words, and nobody's memories hold them.
pub fn parts_of_compound(word: &str) -> Option<String> {
    let forms: Vec<&str> = word
        .strip_suffix(COMPOUND)
        .filter(|word| !is_weak(word))?
        .split(BETWEEN_FORMS)
        .filter(|form| !form.is_empty())
        .collect();
    let mut parts: Vec<&str> = Vec::new();
    if forms.iter().all(|form| form.len() < LEAST_OF_COMPOUND) {
        return None;
    }
    for form in forms.iter().filter(|form| form.bytes().all(|byte| byte.is_ascii_lowercase())) {
        let places = LEAST_BESIDE_PART..(form.len() + 1).saturating_sub(LEAST_BESIDE_PART);
        let pairs = places.map(|place| form.split_at(place)).filter(|(start, _)| !begins_verbs(start));
        parts.extend(pairs.flat_map(<[&str; 2]>::from));
    }
    parts.retain(|part| part.len() >= LEAST_OF_PART);
    parts.sort_unstable();
    parts.dedup();
    // The longer a part, the more it says.
    parts.sort_by_key(|part| Reverse(part.len()));
    parts.truncate(MOST_PARTS);
    (!parts.is_empty()).then(|| parts.join(&BETWEEN_FORMS.to_string()))
}

/// Shorter words are looked up once, because few of them are compounds.
const LEAST_OF_COMPOUND: usize = 9;
const MOST_PARTS: usize = 40;

/// Shorter parts are more often endings and beginnings, and so is what is left beside a part if it is shorter than that.
const LEAST_OF_PART: usize = 4;
const LEAST_BESIDE_PART: usize = 3;

/// The words of a question that are searched for, each once, as all its forms, those first that are said most often, and of
/// these the longest.
pub fn question_words(question: &str) -> Vec<String> {
    QuestionWords::of(question).telling
}

/// The function words of a question, which are searched for where it has no others: they may be names.
pub fn question_names(question: &str) -> Vec<String> {
    let words = QuestionWords::of(question);
    if words.telling.is_empty() { words.functions } else { Vec::new() }
}

#[derive(Default)]
struct QuestionWords {
    telling: Vec<String>,
    functions: Vec<String>,
}

impl QuestionWords {
    fn of(question: &str) -> Self {
        let (mut telling, mut functions): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        let mut is_function = false;
        each_form(question, Purpose::Ask, &mut |form, role| {
            // Scripts without spaces have function words inside of others, so there they count, but little, as words of asking do.
            let is_weak = role == Role::Asking || role == Role::Function && crate::kinds::is_dense(form);
            is_function = if matches!(role, Role::Again | Role::Compound) {
                is_function
            } else {
                role == Role::Function && !is_weak
            };
            let words = if is_function { &mut functions } else { &mut telling };
            match (role, words.last_mut()) {
                (Role::Compound, word) => word.into_iter().for_each(|word| word.extend([BETWEEN_FORMS, COMPOUND])),
                (Role::Again, Some(word)) => *word = [word.as_str(), form].join(" "),
                _ if is_weak => words.push([" ", form].concat()),
                _ => words.push(form.to_owned()),
            }
        });
        // Where they are all that is asked, words of asking count like others.
        if telling.iter().all(|word| is_weak(word)) {
            let of_asking = telling.iter_mut().filter(|word| !crate::kinds::is_dense(word.trim_start()));
            of_asking.for_each(|word| *word = word.trim_start().to_owned());
        }
        Self { telling: in_order_of_weight(telling), functions: in_order_of_weight(functions) }
    }
}

/// Each word once, known by its first form, those first that are said most often, and of these the longest.
fn in_order_of_weight(words: Vec<String>) -> Vec<String> {
    let first_form = |word: &str| word.trim_start().split(BETWEEN_FORMS).next().unwrap_or_default().to_owned();
    let mut times: HashMap<String, usize> = HashMap::new();
    let mut once: Vec<(String, String)> = Vec::new();
    for word in cancellable(words.into_iter()) {
        let first = first_form(&word);
        let times = times.entry(first.clone()).or_insert(0);
        *times += 1;
        if *times == 1 {
            once.push((first, word));
        }
    }
    look();
    once.sort_by_cached_key(|(first, _)| Reverse((times[first], first.chars().count())));
    once.into_iter().map(|(_, word)| word).collect()
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
    fn a_subject_that_was_cut_from_the_content_says_nothing_twice() {
        let keys = |subject| keys_of_memory("maria", subject, "The rent is 800 euros. Pay it.", None, &[]);
        for cut in ["The rent is 800 euros", " The rent is…", "The rent is 800 euros. Pay it."] {
            assert_eq!(keys(cut), keys(""), "{cut}");
        }
        for own in ["Rent", "The rent"] {
            assert_ne!(keys(own), keys(""), "{own}");
        }
    }

    #[test]
    fn a_memory_is_found_by_the_words_of_its_tags() {
        let keys = keys_of_memory("maria", "", "Moved to Rome", None, &["city trips".to_owned(), "2026".to_owned()]);
        let scope = Scope::of("maria");
        for word in ["citi", "trip", "2026", "rome"] {
            assert!(keys.contains(&scope.key(word)), "{word}");
        }
        assert!(keys.contains(&scope.key_of_tag("city trips")));
    }

    #[test]
    fn the_keys_of_a_user_stand_next_to_each_other() {
        let (maria, devon) = (Scope::of("maria"), Scope::of("devon"));
        let region = |key: Key| key.0 >> BITS_OF_WORD;
        assert_eq!(region(maria.key("tax")), region(maria.key("due").of_repetition()));
        assert_ne!(region(maria.key("tax")), region(devon.key("tax")));
    }

    #[test]
    fn bytes_are_in_the_order_of_their_keys() {
        let keys = keys_of_text(&Scope::of("maria"), &["The tax is due. Bike wheel. The rent is the rent."]);
        let bytes: Vec<_> = keys.into_iter().map(Key::bytes).collect();
        assert_eq!(bytes.len(), 5);
        assert!(bytes.is_sorted());
    }

    #[test]
    fn a_question_asks_for_each_word_once() {
        let words = question_words("Does Maria's coffee, the COFFEE of Maria, cost?");
        assert_eq!(words, ["maria", "coffe", "cost"]);
        assert_eq!(question_words("Is it? — The ... !"), Vec::<String>::new());
        assert_eq!(question_names("Is it? — The ... !"), ["the", "is", "it"]);
        assert_eq!(question_names("Is it coffee?"), Vec::<String>::new());
        assert_eq!(question_words("¿Dónde viven mis gatos?"), ["viven viv viv~ vive", "gato gatos gat gat~"]);
        assert_eq!(question_words("猫的名字"), ["猫的", "的名", "名字", "猫", " 的", "名", "字"]);
    }

    /// What reads like a function word of another language, or like one without its accents, is a word of its own.
    #[test]
    fn a_function_word_needs_something_else_that_speaks_for_its_language() {
        for (question, asked) in [
            ("What is my dog called?", "call dog"),
            ("Is the bin emptied?", "bin empti"),
            ("Which car, and when was the war?", "car war"),
            ("Where is the dog and the other dog?", "dog"),
            ("dog food", "dog food"),
            ("Har du en bil, og en dog?", "bil"),
            ("Wo wohnt Mia?", "mia wohnt"),
            ("Wo ist das Haus?", "haus"),
            ("Où est mon chat ?", "chat"),
            ("Hol van a fa?", "fa"),
            ("Gdzie jest mój but?", "but"),
            ("Where is it but here?", ""),
            ("Su nerede?", "su"),
            ("Şu nerede?", ""),
            ("Benim işim ve iş yerim nerede?", "is isim yerim"),
            ("Tai tôi ở đâu?", "tai"),
            ("tai toi o dau", ""),
            ("Peux-tu me dire où est le chien ?", "chien"),
            ("Where is the to-do list for my dog?", "dog list todo"),
            ("Tôi bị đau", "dau"),
        ] {
            let first = |word: String| word.trim_start().split(' ').next().unwrap_or_default().to_owned();
            let mut words: Vec<String> = question_words(question).into_iter().map(first).collect();
            words.sort_unstable();
            assert_eq!(words.join(" "), asked, "{question}");
        }
    }

    #[test]
    fn words_of_asking_count_little_in_a_question_and_are_searched() {
        for (question, asked) in [
            ("Could you remind me where Anna works?", "anna work ?remind"),
            ("Who sent the reminder?", "remind send"),
            ("Kannst du mich daran erinnern, wo Anna wohnt?", "anna wohnt ?erinnern ?kannst"),
            ("Peux-tu me rappeler où habite Anna ?", "anna habit ?rappel"),
            ("Можешь напомнить, где живёт Анна?", "анна живет ?можешь ?напомнить"),
            ("می‌توانی بگویی آنا کجا کار می‌کند", "انا ميكند كار بگويي ?ميتواني"),
            ("remind", "remind"),
            ("Can you remind me?", "remind"),
            ("remind app", "app ?remind"),
        ] {
            let first = |word: &String| {
                let weak = if is_weak(word) { "?" } else { "" };
                [weak, forms(word).next().unwrap_or_default()].concat()
            };
            let mut words: Vec<String> = question_words(question).iter().map(first).collect();
            let mut asked: Vec<&str> = asked.split(' ').collect();
            words.sort_unstable();
            asked.sort_unstable();
            assert_eq!(words, asked, "{question}");
        }
    }

    /// Whether a question asks for a word that the memory holds, asking and function words apart.
    fn is_found(subject: &str, content: &str, question: &str) -> bool {
        let stored = keys_of_memory("maria", subject, content, None, &[]);
        let words = question_words(question).into_iter().filter(|word| !is_weak(word));
        let asked = words.flat_map(|word| all_keys_of_word(&[Scope::of("maria")], &word));
        asked.into_iter().any(|key| stored.contains(&key))
    }

    #[test]
    fn a_note_that_says_nothing_of_its_language_is_found_by_other_forms_of_its_words() {
        for (subject, content, question, other) in [
            ("Allergie", "Noten", "Weet jij of ik allergieën heb?", "Weet jij of ik schoenen heb?"),
            ("Alergia", "Orzechy", "Czy mam jakąś alergię?", "Czy mam jakąś drabinę?"),
            ("Alergie", "Nuci", "Am vreo alergii sau nu?", "Am vreo pisică sau nu?"),
            ("", "Kirjoittaa romaania majakanvartijoista", "Mistä kertoo kirjoittamani romaani?", "Missä on koirani?"),
        ] {
            assert!(is_found(subject, content, question), "{question}");
            assert!(!is_found(subject, content, other), "{other}");
        }
    }

    #[test]
    fn a_subject_is_in_the_language_of_its_content() {
        let forms = |subject, content| {
            let keys = keys_of_memory("maria", subject, content, None, &[]);
            ["wohnung", "wohnungen"].map(|form| keys.contains(&Scope::of("maria").key(form)))
        };
        assert_eq!(forms("Wohnungen", "Die Miete ist mir zu hoch und der Weg ist weit"), [true, true]);
        assert_eq!(forms("Wohnungen", "The rent is too high and it is far"), [false, true]);
    }

    #[test]
    fn a_compound_that_nobody_wrote_is_asked_for_by_its_parts() {
        for (question, parts) in [
            ("Wann ist der Zahnarzttermin?", &["zahnarzt", "termin"][..]),
            ("Hoe zit het met de tandartsafspraken?", &["tandarts", "afspraak"]),
            ("Mikor van a borkóstolóm?", &["kostolo"]),
            ("Zahnarzttermin", &["zahnarzt", "termin"]),
        ] {
            let words = question_words(question);
            let found: Vec<String> = words.iter().filter_map(|word| parts_of_compound(word)).collect();
            let holds = |part: &&&str| found.iter().any(|found| found.split(' ').any(|found| found == **part));
            assert!(parts.iter().all(|part| holds(&part)), "{question} {found:?}");
        }
        let landlord = question_words("Wer ist der Vermieter?").iter().find_map(|word| parts_of_compound(word));
        assert!(!landlord.unwrap_or_default().contains("miet"), "what begins like a verb is no compound");
        for question in ["Where is the lighthouse?", "¿Dónde está la temporada?", "Kannst du mich an Anna erinnern?"]
        {
            assert!(question_words(question).iter().all(|word| parts_of_compound(word).is_none()), "{question}");
        }
        assert!(all_keys_of_word(&[Scope::of("maria")], "a |").len() == 2, "no form holds the sign of a compound");
    }

    #[test]
    fn no_word_of_a_page_is_left_out() {
        let page: Vec<String> = (100..5_100).map(|n| format!("word{n}")).collect();
        let words = question_words(&format!("{} tax {} tax", page.join(" "), page[..20].join(" ")));
        assert_eq!(words.len(), 5_000 + 1);
        assert!(words[..21].iter().any(|word| word.split(' ').next() == Some("tax")), "said twice");
    }

    proptest! {
        #![proptest_config(cases(1_000))]

        #[test]
        fn any_text_is_found_by_the_words_it_is_asked_by(text in any_text()) {
            let (maria, devon) = (Scope::of("maria"), Scope::of("devon"));
            let keys = keys_of_text(&maria, &[&text]);
            let asked = QuestionWords::of(&text);
            let first = |word: &String| word.trim_start().split(' ').next().unwrap_or_default().to_owned();
            let firsts: HashSet<String> = asked.telling.iter().map(first).collect();
            prop_assert_eq!(firsts.len(), asked.telling.len(), "each once");
            for word in words(&text) {
                let is_function = asked.functions.iter().any(|function| first(function) == word);
                prop_assert!(is_function || firsts.contains(&word), "{:?} is asked for", word);
            }
            for word in &firsts {
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
            prop_assert!(keys.len() >= words.len());
            for word in &words {
                prop_assert!(keys.binary_search(&scope.key(word).of_repetition()).is_ok(), "{:?}", word);
            }
        }
    }
}
