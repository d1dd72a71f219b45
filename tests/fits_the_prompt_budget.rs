//! `homer_context` never takes more than `max_tokens`, for the tokenizers of OpenAI's models from GPT-3 on, and fills what it
//! is given. crates/prompt/src/token_count.rs says for which others its tables were made.

use homer_tests::*;
use tiktoken_rs::CoreBPE;

fn tokenizers() -> [(&'static str, &'static CoreBPE); 5] {
    [
        ("r50k", tiktoken_rs::r50k_base_singleton()),
        ("p50k", tiktoken_rs::p50k_base_singleton()),
        ("cl100k", tiktoken_rs::cl100k_base_singleton()),
        ("o200k", tiktoken_rs::o200k_base_singleton()),
        ("o200k_harmony", tiktoken_rs::o200k_harmony_singleton()),
    ]
}

/// A generator of its own, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn text(&mut self, alphabet: &[char], length: usize) -> String {
        (0..length).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }
}

const ENGLISH: &str = "The landlord accepts the new rent if the drain is repaired by August, and she wants an answer on Thursday. \
    Two customers have asked about the recall of the front brake; one of them will come by on Saturday morning.";
const GERMAN: &str = "Die Größe der Werkstatt genügt für drei Fahrräder; Überstunden werden künftig am Monatsende ausgeglichen, \
    sofern der Geschäftsführer nicht ausdrücklich widerspricht.";
const CHINESE: &str =
    "房东同意新的租金，但是要求在八月之前修好下水道。两位顾客询问了前刹车的召回情况，其中一位星期六上午会来店里。";
const ARABIC: &str = "وافق المالك على الإيجار الجديد بشرط إصلاح المصرف قبل شهر أغسطس، ويريد جوابًا يوم الخميس. سأل زبونان عن استدعاء الفرامل الأمامية.";
const JAPANESE: &str =
    "大家さんは、八月までに排水管を直すことを条件に、新しい家賃に同意しました。シマノの部品は東京から届きます。";
const EMOJI: &str = "🚲 👩‍🔧 ✅ 🎉🎉 👨‍👩‍👧‍👦 🇩🇪 ☕️ 🧾 💶 🔧🔩 👍🏽 ❤️‍🔥 ½ ﷺ ㍍ 🏴‍☠️";
const CODE: &str = r#"fn main() { let x: Vec<u8> = (0..10).map(|n| n as u8 * 2).collect(); println!("{x:?} \\{}", x[0] != 3 && !x.is_empty()); } // SELECT a->>'b' FROM t WHERE c::int >= 4711;"#;
const BASE64: &str = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==";

fn written_texts() -> Vec<(&'static str, String)> {
    [
        ("English", ENGLISH),
        ("German", GERMAN),
        ("Chinese", CHINESE),
        ("Arabic", ARABIC),
        ("Japanese", JAPANESE),
        ("emoji", EMOJI),
        ("code", CODE),
        ("base64", BASE64),
        ("contractions", "It's Maria's, they're here; I'd say we've won't can't y'all o'clock 'tis DON'T Maria’s"),
        ("numbers", "4550 1,234,567.89 2026-11-22T12:00:00Z 0x1F600 414-555-0142 3.14159265358979"),
        ("capitals", "HTTPServer iPhone XMLHttpRequest SHOUTING LOUDLY camelCaseIsFine McDonald"),
        ("spaces", "a  b   c     d\u{a0}e\u{3000}f"),
    ]
    .map(|(name, text)| (name, text.to_owned()))
    .to_vec()
}

/// Texts that no tokenizer was made for.
fn random_texts() -> Vec<(&'static str, String)> {
    let mut random = Random(0x5eed);
    let alphabets: [(&str, Vec<char>); 8] = [
        ("small letters", ('a'..='z').chain([' ']).collect()),
        ("letters", ('a'..='z').chain('A'..='Z').chain([' ']).collect()),
        ("rare letters", "qxjzwvkQXJZ ".chars().collect()),
        ("ASCII", (' '..='~').collect()),
        ("Latin", ('À'..='ÿ').chain('a'..='z').chain([' ']).collect()),
        ("more Latin", ('\u{a0}'..='\u{24f}').collect()),
        ("scripts", ('\u{370}'..='\u{9ff}').collect()),
        ("anything", ('\u{20}'..='\u{2fff}').chain('\u{4e00}'..='\u{4fff}').chain('\u{1f300}'..='\u{1f6ff}').collect()),
    ];
    let mut texts = Vec::new();
    for (name, alphabet) in alphabets {
        texts.extend((0..150).map(|_| (name, random.text(&alphabet, 90))));
    }
    texts
}

#[test]
fn no_text_has_more_tokens_than_is_counted() {
    let mut client = session();
    let bound = client.prepare("SELECT homer.token_bound($1)").unwrap();
    for (name, text) in written_texts().into_iter().chain(random_texts()) {
        let counted: i32 = client.query_one(&bound, &[&text]).unwrap().get(0);
        for (tokenizer, encode) in tokenizers() {
            let real = encode.encode_ordinary(&text).len();
            assert!(real <= counted as usize, "{name}, {tokenizer}: {real} tokens, {counted} counted: {text}");
        }
    }
}

/// A word of the tables is what they say with a space before it, whatever sign stands around.
#[test]
fn the_tables_of_known_words_are_true() {
    let mut client = session();
    let bound = client.prepare("SELECT homer.token_bound(t) FROM unnest($1::text[]) AS t").unwrap();
    let read = |name: &str| std::fs::read_to_string(clone().join("data").join(name)).unwrap();
    let known = read("known_tokens.txt");
    let two = read("two_token_words.txt");
    let words = known
        .lines()
        .filter_map(|line| line.strip_prefix(' '))
        .map(|word| (word, 1))
        .chain(two.lines().map(|word| (word, 2)));
    let mut number = 0;
    for chunk in words.collect::<Vec<_>>().chunks(1000) {
        let texts: Vec<String> =
            chunk.iter().map(|(word, _)| format!("- {word}, {word}'s {word} ({word}) {word}n't.")).collect();
        let counted: Vec<i32> = client.query(&bound, &[&texts]).unwrap().iter().map(|row| row.get(0)).collect();
        for (((word, tokens), text), counted) in chunk.iter().zip(&texts).zip(counted) {
            number += 1;
            for (tokenizer, encode) in tokenizers() {
                assert!(encode.encode_ordinary(&format!(" {word}")).len() <= *tokens, "{word}, {tokenizer}");
                let real = encode.encode_ordinary(text).len();
                assert!(real <= counted as usize, "{tokenizer}: {real} tokens, {counted} counted: {text}");
            }
        }
    }
    assert!(number > 30_000, "{number}");
}

/// The bounds of all these texts together. A change of how the tables are looked up must leave them as they are; a change of
/// the tables changes them.
#[test]
fn the_bound_does_not_depend_on_how_words_are_looked_up() {
    let mut client = session();
    let bound = client.prepare("SELECT homer.token_bound($1)").unwrap();
    let mut sum = |texts: &[String]| -> i64 {
        texts.iter().map(|text| i64::from(client.query_one(&bound, &[text]).unwrap().get::<_, i32>(0))).sum()
    };
    let texts = |pairs: Vec<(&str, String)>| pairs.into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    let mut sums = vec![sum(&texts(written_texts())), sum(&texts(random_texts()))];
    // The words as they are, behind a space, among what may be joined to them, and without their first letter.
    for table in ["known_tokens.txt", "two_token_words.txt"] {
        let words = std::fs::read_to_string(clone().join("data").join(table)).unwrap();
        let of_each = |form: &dyn Fn(&str) -> String| words.lines().map(form).collect::<Vec<_>>().join("\n");
        sums.push(sum(&[of_each(&str::to_owned)]));
        sums.push(sum(&[of_each(&|word| format!(" {word}"))]));
        sums.push(sum(&[of_each(&|word| format!("- {word}, {word}1 {word}'s {word}q"))]));
        sums.push(sum(&[of_each(&|word| word.chars().skip(1).collect())]));
    }
    assert_eq!(sums, [1267, 161_123, 70_825, 88_639, 396_444, 58_353, 78_906, 97_133, 348_688, 67_753]);
}

fn block(client: &mut Client, max_tokens: i32) -> String {
    client.query_one("SELECT homer_context('maria', NULL, $1)", &[&max_tokens]).unwrap().get(0)
}

fn remember(client: &mut Client, texts: impl IntoIterator<Item = String>) {
    let statement = client.prepare("SELECT homer_remember('maria', 'fact', 'Note', $1)").unwrap();
    for text in texts {
        client.query(&statement, &[&text]).unwrap();
    }
}

fn assert_fits(block: &str, budget: i32, name: &str) {
    for (tokenizer, encode) in tokenizers() {
        let real = encode.encode_ordinary(block).len();
        assert!(real <= budget as usize, "{name}, {tokenizer}: {real} tokens in a budget of {budget}:\n{block}");
    }
}

#[test]
fn a_block_is_within_its_budget_whatever_it_holds() {
    let mut texts = written_texts();
    let random = random_texts();
    for name in random.iter().map(|(name, _)| *name).collect::<std::collections::BTreeSet<_>>() {
        texts.push((name, random.iter().filter(|(of, _)| *of == name).map(|(_, text)| text.as_str()).collect()));
    }
    for (name, text) in texts {
        let mut client = session();
        remember(&mut client, (0..60).map(|n| format!("{n} {text}")));
        let profile = "SELECT homer_upsert_profile('maria', left($1, 250), left($1, 250), jsonb_build_object('title', left($1, 9000), 'focus_areas', ARRAY[left($1, 9000)]))";
        client.query(profile, &[&text]).unwrap();
        let file =
            "SELECT homer_register_file('maria', left($1, 250), left($1, 250), 1, '/p', description => left($1, 2500))";
        client.query(file, &[&text]).unwrap();
        for budget in [0, 1, 50, 60, 80, 100, 130, 200, 333, 500, 1000, 1500, 4000] {
            let block = block(&mut client, budget);
            assert_fits(&block, budget, name);
            assert!(budget < 100 || !block.is_empty(), "{name}: nothing in {budget}");
        }
    }
}

/// Memories as people say them, a few lines long at most: the demo's.
#[test]
fn with_plenty_stored_seventy_percent_of_the_budget_are_used() {
    let mut client = session();
    let told = std::fs::read_to_string(clone().join("demo/memories.csv")).unwrap();
    let contents: Vec<String> = told.lines().filter_map(|line| line.split('"').nth(1)).map(Into::into).collect();
    assert!(contents.len() > 100);
    remember(&mut client, contents);
    rows(&mut client, "SELECT homer_upsert_profile('maria', 'Maria Lindgren', 'owner-manager')");
    for query in ["NULL", "'What about the rent and the landlord?'"] {
        for budget in [1500, 3000] {
            let block: String = value(&mut client, &format!("SELECT homer_context('maria', {query}, {budget})"));
            assert_fits(&block, budget, "English");
            for (tokenizer, encode) in tokenizers() {
                let real = encode.encode_ordinary(&block).len();
                assert!(real * 10 >= budget as usize * 7, "{tokenizer}: {real} tokens of {budget}");
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_left_out_whole_and_the_least_relevant_first() {
    let mut client = session_of_nobody();
    remember(&mut client, (0..200).map(|n| format!("memory number {n} of all")));
    let mut shorter = 0;
    for budget in (60..1500).step_by(37) {
        let block = block(&mut client, budget);
        let shown: Vec<&str> = block.lines().filter(|line| line.contains("memory number")).collect();
        let expected: Vec<String> =
            (0..shown.len()).map(|n| format!("Note: memory number {} of all", 199 - n)).collect();
        for (line, expected) in shown.iter().zip(&expected) {
            assert!(line.ends_with(expected), "{budget}: {line}");
        }
        assert!(shown.len() >= shorter, "{budget}: a larger budget holds no less");
        shorter = shown.len();
    }
    assert!(shorter > 40, "{shorter}");
}

#[test]
fn a_memory_too_long_for_all_of_the_budget_is_cut_at_a_word_with_a_mark() {
    let mut client = session();
    remember(&mut client, ["remarkable ".repeat(5000), "东京".repeat(5000), "x".repeat(50_000)]);
    for (id, word) in [(1, "remarkable"), (2, "京"), (3, "x")] {
        client
            .batch_execute(&format!("UPDATE homer_memories SET importance = CASE WHEN id = {id} THEN 10 ELSE 1 END"))
            .unwrap();
        let block = block(&mut client, 500);
        let line = block.lines().find(|line| line.contains("Note: ")).unwrap();
        assert!(line.ends_with(&format!("{word}…")) || line.ends_with("东…"), "{line}");
        assert_fits(&block, 500, "cut");
        let cut = "SELECT homer_context_json('maria', NULL, 500) #> '{memories,0,cut}' = 'true'";
        assert!(value::<bool>(&mut client, cut));
    }
}

/// Memories are ranked and read as long as the block has room. It is to hold what it would hold if all were there: for lines that are
/// short and long, more rules than fit, answers that are rules, reminders that are due, and any budget.
#[test]
fn a_block_is_the_same_as_from_all_that_could_belong_into_it() {
    let mut client = session();
    client
        .batch_execute(
            "INSERT INTO homer_memories (user_id, category, subject, content, importance)
             SELECT user_id, CASE WHEN n % rules = 0 THEN 'rule' WHEN n % 7 = 0 THEN 'fact' ELSE 'note' END, CASE WHEN n % 3 = 0 THEN 'S' ELSE '' END,
                    CASE WHEN n % 5 = 0 THEN 'tax ' ELSE '' END || repeat(word, 1 + n % longest), 1 + n % 10
               FROM (VALUES ('short', 'a', 3, 1000), ('long', 'repaired by August ', 20, 9), ('rules', 'now ', 4, 2), ('few', 'b ', 9, 3))
                    AS u (user_id, word, longest, rules), generate_series(1, 400) AS n
              WHERE user_id <> 'few' OR n <= 30;
             SELECT homer_remind(u, 'Call ' || n, 'the tax office', now() - interval '1 day')
               FROM unnest('{short,rules,few}'::text[]) AS u, generate_series(1, 12) AS n",
        )
        .unwrap();
    let differing = "
        SELECT user_id, query, budget
          FROM unnest('{short,long,rules,few}'::text[]) AS user_id, unnest(ARRAY[NULL, 'the tax', 'a', 'nothing like it']) AS query,
               unnest('{60,100,300,700,1500,4000,20000}'::int[]) AS budget,
               LATERAL (SELECT array_agg(e.line ORDER BY e.section, e.place) AS lines
                          FROM homer.context_entries(user_id, query, budget, NULL, NULL, homer.most_memories(budget), true) AS e) AS every,
               LATERAL (SELECT string_agg(substr(split_part(lines[f.place], chr(31), 1), 2)
                                          || COALESCE(f.cut_body, split_part(lines[f.place], chr(31), 2)), chr(10) ORDER BY f.place)
                               AS fitting
                          FROM homer.fitting_entries(lines, budget) AS f) AS expected
         WHERE regexp_replace(homer_context(user_id, query, budget), '^(<.*>|These are .*|## .*)(\n|$)', '', 'gn')
               IS DISTINCT FROM COALESCE(fitting || CASE WHEN fitting <> '' THEN chr(10) ELSE '' END, '')";
    assert_eq!(rows(&mut client, differing), [""; 0]);
    // Control: of some users more memories are shown than are ranked first, of others fewer.
    let shown = "
        SELECT DISTINCT (SELECT count(*) > 41 FROM regexp_matches(homer_context(user_id, NULL, 1500), '^- [[]', 'gn'))
          FROM unnest('{short,long,rules,few}'::text[]) AS user_id ORDER BY 1";
    assert_eq!(rows(&mut client, shown), ["f", "t"]);
}

/// Forty rules, or one that is a style guide, are no reason not to answer.
#[test]
fn rules_crowd_out_no_answer() {
    let mut client = session();
    client
        .batch_execute(
            "SELECT homer_remember('many', 'rule', 'Style', 'Rule ' || i || ': use no jargon and mention the order number.')
               FROM generate_series(1, 60) AS i;
             SELECT homer_remember('long', ' Rule', 'Style', repeat('Write short sentences, avoid jargon, and sign with Kim. ', 200));
             SELECT homer_remember(u, 'fact', 'Rent', 'The rent is 900 euros.') FROM unnest('{many,long}'::text[]) AS u",
        )
        .unwrap();
    for user in ["many", "long"] {
        for question in ["", ", 'How much is the rent?'"] {
            let block: String = value(&mut client, &format!("SELECT homer_context('{user}'{question})"));
            assert!(block.contains("- [") && block.contains("The rent is 900 euros."), "{user}{question}: {block}");
            let of_rules = block.matches("avoid jargon").count() + block.matches("use no jargon").count();
            assert!(of_rules > 20, "{user}{question}: {of_rules}");
            let (first, answer) = (block.find("jargon").unwrap(), block.find("900 euros").unwrap());
            assert!(first < answer, "the rules come first");
        }
    }
}
