//! What the router answers is what one homer answers, but for ids and moments: 5,000 calls drawn at random, with users, conversations
//! and words that repeat.

use homer_tests::*;
use std::collections::HashMap;

const CALLS: usize = 5000;
const USERS: [&str; 9] = ["maria", "devon", "sam", "nina", "o'hara", "日本", "user-1", "user-2", "user-3"];
const WORDS: [&str; 12] =
    ["coffee", "tea", "rent", "Pruitt", "drain", "shop", "lease", "deposit", "black", "Friday", "invoice 17", "naïve"];
const FILES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Numbers drawn at random from a seed: a xorshift of 64 bits.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    /// A user as SQL writes one; now and then everyone.
    fn user_or_everyone(&mut self) -> String {
        if self.below(8) == 0 { "NULL".into() } else { self.user() }
    }

    fn user(&mut self) -> String {
        format!("'{}'", self.one_of(&USERS).replace('\'', "''"))
    }

    fn text(&mut self) -> String {
        let words = 1 + self.below(4);
        (0..words).map(|_| self.one_of(&WORDS)).collect::<Vec<_>>().join(" ")
    }

    fn file(&mut self) -> String {
        format!("'00000000-0000-4000-8000-00000000000{}'", self.one_of(&FILES))
    }
}

/// The ids that the two have given to the same memories and refusals, and what was exported last.
#[derive(Default)]
struct Known {
    of_one: HashMap<i64, i64>,
    memories: Vec<(i64, i64)>,
    refusals: Vec<(i64, i64)>,
}

impl Known {
    /// Notes that one homer's id and the router's are the same row's, or says that they are not.
    fn is_same(&mut self, kind: &str, one: i64, router: i64) -> bool {
        // Refusals have numbers of their own.
        let key = if kind == "refusal" { -router } else { router };
        if let Some(known) = self.of_one.get(&key) {
            return *known == one;
        }
        let known = if kind == "refusal" { &mut self.refusals } else { &mut self.memories };
        if known.iter().any(|(of_one, _)| *of_one == one) {
            return false;
        }
        known.push((one, router));
        self.of_one.insert(key, one);
        true
    }

    /// A text of the router's with the ids that one homer gave.
    fn translated(&self, text: &str) -> String {
        let mut translated = String::new();
        let mut number = String::new();
        for character in text.chars().chain(['\0']) {
            if character.is_ascii_digit() {
                number.push(character);
                continue;
            }
            // A small number may be one of the text's own.
            let is_id = number.len() > 7
                || translated.ends_with('#')
                || translated.ends_with("memory ")
                || translated.ends_with("refusal ");
            let id = number
                .parse()
                .ok()
                .filter(|_| is_id)
                .map(|id: i64| if translated.ends_with("refusal ") { -id } else { id })
                .and_then(|id| self.of_one.get(&id))
                .map(ToString::to_string);
            translated.push_str(id.as_ref().unwrap_or(&number));
            number.clear();
            translated.push(character);
        }
        translated.pop();
        translated
    }
}

/// A call as it is written to each of the two.
fn call(draw: &mut Draw, known: &Known, number: usize) -> (String, String) {
    let user = draw.user();
    let (text, other) = (draw.text(), draw.text());
    let file = draw.file();
    let pair = |draw: &mut Draw, ids: &[(i64, i64)]| {
        if ids.is_empty() || draw.below(20) == 0 { (99_999, 99_999) } else { ids[draw.below(ids.len())] }
    };
    let (one, router) = pair(draw, &known.memories);
    let (refusal_of_one, refusal_of_router) = pair(draw, &known.refusals);
    let whose = draw.user_or_everyone();
    let conversation = draw.one_of(&["1", "default", "c-17"]);
    let importance = draw.one_of(&["1", "5", "9", "NULL", "11"]);
    // Two that fade alike: where they do not, a call some milliseconds later may find two memories in another order.
    let category = draw.one_of(&["fact", "preference"]);
    let limit = draw.one_of(&["1", "3", "20", "NULL", "-1"]);
    // At moments that are all different, so that the order of what is due does not come from ids.
    let due = format!("timestamptz '2020-01-01 00:00+00' + {} * interval '1 minute'", number * 7919 % CALLS);
    let shared_with = format!("ARRAY[{}, {}]", draw.user(), draw.user());
    let template = match draw.below(50) {
        0..=7 => format!("homer_remember({whose}, '{category}', '{other}', '{text}', {importance}, source_conversation_id => '{conversation}')"),
        8 => format!("homer_remember({user}, 'fact', '{other}', '{text}', supersedes => MEMORY)"),
        9 => format!(
            "homer_remember_many(jsonb_build_array(jsonb_build_object('user_id', {user}, 'category', '{category}', 'subject', '{text}', 'content', '{other}'),
             jsonb_build_object('user_id', {whose}, 'category', 'fact', 'subject', '{other}', 'content', '{text}', 'importance', 8),
             jsonb_build_object('user_id', {user}, 'category', 'fact', 'subject', '', 'content', '{text}')))"
        ),
        10 => "homer_forget(MEMORY)".into(),
        11 => "homer_reject(MEMORY)".into(),
        12 => "homer_restore(MEMORY)".into(),
        13 => format!("homer_edit_memory(MEMORY, content => '{text}', tags => '{{{category}}}')"),
        14 => "homer_memory_history(MEMORY)".into(),
        15 => format!("homer_refusals({whose})"),
        16 => "homer_lift_refusal(REFUSAL)".into(),
        17..=19 => format!("homer_relevant_memories({whose}, {limit}, '{text}', conversation_id => '{conversation}')"),
        20 => format!("homer_relevant_memories({whose}, {limit}, include_global => false)"),
        21 => format!("homer_list_memories({whose}, {limit}, state => 'all')"),
        22 => format!("homer_explain_relevance({user}, '{text}', NULL, MEMORY)"),
        23 => format!("homer_remind({whose}, '{other}', '{text}', {due}, 3)"),
        24 => format!("homer_due_reminders({whose}, {limit})"),
        25 => format!("homer_claim_reminders({limit}, {whose})"),
        26 => format!("homer_snooze_reminder(MEMORY, {due})"),
        27 => format!("homer_upsert_profile({user}, '{text}', 'owner', '{{\"timezone\": \"Asia/Tokyo\"}}')"),
        28 => format!("homer_touch_profile({user})"),
        29 => format!("homer_profile({user})"),
        30 | 31 => format!("homer_context({whose}, '{text}', conversation_id => '{conversation}')"),
        32 => format!("homer_context_json({whose}, '{text}')"),
        33 | 34 => format!(
            "homer_register_file({user}, '{text}.pdf', 'application/pdf', 1, '/p', file_id => {file}, extracted_text => '{}')",
            other.repeat(1 + draw.below(300))
        ),
        35 | 36 => format!("homer_share_file({file}, {shared_with})"),
        37 => format!("homer_unshare_file({file}, {shared_with})"),
        38 => format!("homer_publish_file({file}, {})", draw.below(3) > 0),
        39 => format!("homer_remove_file({file})"),
        40 => format!("homer_can_read_file({whose}, {file})"),
        41 | 42 => format!("homer_accessible_files({whose}, {limit}, {})", draw.one_of(&["NULL", "'coffee'", "'rent lease'"])),
        43 => format!("homer_link_file({file}, '{conversation}', '{}', 'inbound', '{text}', {whose})", draw.below(9)),
        44 => format!("homer_conversation_files('{conversation}', {whose})"),
        45 => format!("homer_export_user({user})"),
        46 => match draw.below(4) {
            0 => format!("homer_erase_user({user})"),
            1 => format!("homer_import_user(homer_export_user({user}))"),
            2 => format!("homer_expire_memories({limit})"),
            _ => "homer_stats()".into(),
        },
        47 => format!("homer_call_tool({whose}, 'remember', '{{\"content\": \"{text}\", \"category\": \"fact\"}}', '{conversation}')"),
        48 => format!("homer_call_tool({user}, 'recall', '{{\"query\": \"{text}\"}}')"),
        _ => format!("homer_local_moment({whose}, '2026-07-01 12:00+00')"),
    };
    let written = |memory: i64, refusal: i64| {
        template.replace("MEMORY", &memory.to_string()).replace("REFUSAL", &refusal.to_string())
    };
    (written(one, refusal_of_one), written(router, refusal_of_router))
}

/// The rows of a call as JSON, or its error.
fn answer(client: &mut Client, call: &str) -> Value {
    match client.query_one(&format!("SELECT COALESCE(jsonb_agg(to_jsonb(t)), '[]') FROM {call} AS t"), &[]) {
        Ok(row) => row.get(0),
        Err(error) => {
            let error = error.as_db_error().unwrap_or_else(|| panic!("{call}: {error:?}"));
            json!({"sqlstate": error.code().code(), "message": error.message(), "hint": error.hint()})
        }
    }
}

/// Moments, which are each database's own, and sizes.
const DIFFERENT: [&str; 13] = [
    "at",
    "created_at",
    "updated_at",
    "last_interaction",
    "refused_at",
    "succeeded_at",
    "claimed_at",
    "made_at",
    "ended_at",
    "table_bytes",
    "index_bytes",
    "tokens",
    "since",
];

/// Whether a value that stands under a key is the same from both, but for ids, which are a memory's or a refusal's.
fn is_same(known: &mut Known, kind: &str, key: &str, one: &Value, router: &Value) -> bool {
    if DIFFERENT.contains(&key) {
        return true;
    }
    match (one, router) {
        (Value::Object(one), Value::Object(router)) => {
            // Profiles, and records of files and of links, have numbers that nothing takes.
            let is_numbered = one.contains_key("file_id") || one.contains_key("display_name");
            // What was refused has the number of the refusal, and no content; a row of a history has its own.
            let is_refused = one.get("outcome").is_some_and(|outcome| outcome == "rejected");
            let kind = if is_refused && !one.contains_key("content") { "refusal" } else { kind };
            one.len() == router.len()
                && one.iter().all(|(key, value)| {
                    let kind = if kind == "document" && key == "refusals" { "refusal" } else { kind };
                    is_numbered && key == "id"
                        || router.get(key).is_some_and(|other| is_same(known, kind, key, value, other))
                })
        }
        // In the order of the numbers that records have.
        (Value::Array(one), Value::Array(router)) if key == "files_shared_with_user" => {
            one.len() == router.len() && one.iter().all(|file| router.contains(file))
        }
        (Value::Array(one), Value::Array(router)) => {
            one.len() == router.len()
                && one.iter().zip(router).all(|(one, router)| is_same(known, kind, key, one, router))
        }
        (Value::Number(one), Value::Number(router)) => match (one.as_i64(), router.as_i64()) {
            (Some(one), Some(router)) if key.ends_with("id") || key.ends_with("_by") || key == "supersedes" => {
                let kind = if key == "id" && kind == "refusal" { kind } else { "memory" };
                one == router || known.is_same(kind, one, router)
            }
            _ => (one.as_f64().unwrap() - router.as_f64().unwrap()).abs() < 1e-4,
        },
        (Value::String(one), Value::String(router)) => *one == known.translated(router),
        _ => one == router,
    }
}

/// What docs/scaling.md says is different: a memory of another place is not known at the one of the user.
fn is_of_another_place(call: &str, one: &Value, router: &Value) -> bool {
    (call.contains("supersedes") || call.contains("explain_relevance"))
        && !one["sqlstate"].is_null()
        && router["sqlstate"] == "ME010"
}

#[test]
fn five_thousand_calls_at_random_have_the_answers_of_one_server() {
    let Some(servers) = Servers::one() else { return };
    let installation = servers.install(3);
    let one = database_of_nobody();
    let (mut one, mut router) = (one.connect(), installation.connect());
    let (mut draw, mut known) = (Draw(20_261_125), Known::default());
    let mut refusals = 0;
    for number in 0..CALLS {
        let (to_one, to_router) = call(&mut draw, &known, number);
        let (expected, given) = (answer(&mut one, &to_one), answer(&mut router, &to_router));
        let (kind, key) = match to_one.split_once('(').unwrap().0 {
            "homer_refusals" => ("refusal", ""),
            "homer_export_user" => ("document", ""),
            "homer_remind" | "homer_snooze_reminder" => ("memory", "id"),
            // The number of a link, which nothing takes.
            "homer_link_file" => ("memory", DIFFERENT[0]),
            _ => ("memory", ""),
        };
        // Where one of the two refused the call, the answer is an object.
        let key = if expected.is_array() && given.is_array() { key } else { "" };
        assert!(
            is_same(&mut known, kind, key, &expected, &given) || is_of_another_place(&to_one, &expected, &given),
            "call {number}: {to_one}\n{to_router}\none: {expected}\nrouter: {given}"
        );
        refusals += usize::from(expected.get("sqlstate").is_some());
    }
    // Most calls were taken, and there were memories, refusals and files to speak of.
    assert!((200..CALLS / 2).contains(&refusals), "{refusals} were refused");
    assert!(
        known.memories.len() > 300 && known.refusals.len() > 5,
        "{} {}",
        known.memories.len(),
        known.refusals.len()
    );
    assert!(value::<i64>(&mut router, "SELECT files FROM homer_stats()") > 0);
}
