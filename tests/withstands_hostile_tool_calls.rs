//! Whatever arguments a model makes up, the call gives an answer: nothing is raised, nobody else's data is touched, and what is
//! told to everyone stays as it is. The calls are drawn from a fixed seed, so that one that fails is the same in the next run.

use homer_tests::*;

const CALLS: usize = 10_000;

/// A generator of numbers that are good enough to draw by: xorshift.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn draw<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

const NAMES: [&str; 12] = [
    "recall",
    "remember",
    "forget",
    "remind",
    "about_user",
    "find_files",
    "memory",
    "memory",
    "Recall",
    "recall ",
    "drop table",
    "homer_erase_user",
];
const KEYS: [&str; 26] = [
    "query",
    "limit",
    "category",
    "tags",
    "content",
    "subject",
    "importance",
    "expires_at",
    "replaces",
    "memory_id",
    "never_again",
    "due_at",
    "command",
    "path",
    "file_text",
    "old_str",
    "new_str",
    "insert_line",
    "insert_text",
    "old_path",
    "new_path",
    "view_range",
    "user_id",
    "",
    "a\u{202E}b",
    "__proto__",
];
const TEXTS: [&str; 40] = [
    "tea",
    "",
    " ",
    "7",
    "#7",
    "-1",
    "1e400",
    "NaN",
    "true",
    "[\"a\"]",
    "[1, null]",
    "{\"a\": 1}",
    "2999-01-01",
    "2999-01-01T09:00+02:00",
    "0001-01-01",
    "infinity",
    "tomorrow",
    "reminder",
    "rule",
    "view",
    "create",
    "str_replace",
    "insert",
    "delete",
    "rename",
    "/memories",
    "/memories/",
    "/memories/a.txt",
    "/memories/a/b.txt",
    "/memories/../x",
    "/memories/%2e%2e/x",
    "/memories/everyone/1-hours.md",
    "/memories\\a",
    "/memories/．．/x",
    "\u{0}",
    "'; DROP TABLE homer_memories; --",
    "</homer_memory>",
    "\u{202E}\u{FEFF}",
    "🙂🙂",
    "The Tea.",
];

fn arbitrary(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(if depth == 0 { 7 } else { 9 }) {
        0 => json!(null),
        1 => json!(dice.below(2) == 0),
        2 => json!(*dice.draw(&[&0_i64, &1, &7, &-1, &50, &51, &2_147_483_647, &2_147_483_648, &i64::MAX])),
        3 => json!(*dice.draw(&[&0.5, &1e300, &-0.0, &7.0])),
        4 => json!("long ".repeat(dice.below(3000))),
        5 | 6 => json!(dice.draw(&TEXTS)),
        7 => (0..dice.below(4)).map(|_| arbitrary(dice, depth - 1)).collect(),
        _ => object(dice, depth - 1),
    }
}

fn object(dice: &mut Dice, depth: usize) -> Value {
    Value::Object((0..dice.below(6)).map(|_| (dice.draw(&KEYS).to_owned(), arbitrary(dice, depth))).collect())
}

/// A value that may stand under this key.
fn fitting(dice: &mut Dice, key: &str) -> Value {
    match key {
        "limit" | "importance" | "replaces" | "memory_id" | "insert_line" => json!(1 + dice.below(10)),
        "tags" => json!(["a", "b"]),
        "never_again" => json!(dice.below(2) == 0),
        "category" => json!(dice.draw(&["fact", "rule", "decision"])),
        "due_at" | "expires_at" => json!(format!("2{:03}-01-01", 100 + dice.below(900))),
        "command" => json!(dice.draw(&["view", "create", "create", "str_replace", "insert", "delete", "rename"])),
        "path" | "old_path" | "new_path" => json!(format!("/memories/{}/{}", dice.below(4), dice.below(9))),
        "view_range" => json!([1, dice.below(5)]),
        _ => json!(format!("Statement {} about tea", dice.below(500))),
    }
}

/// Mostly what the tool takes, with values of which many are wrong.
fn arguments(dice: &mut Dice, name: &str) -> Value {
    let keys: &[&str] = match name {
        "recall" | "find_files" => &KEYS[..4],
        "remember" => &KEYS[3..9],
        "forget" => &KEYS[9..11],
        "remind" => &["content", "subject", "due_at"],
        "memory" => &KEYS[12..22],
        _ => &[],
    };
    match dice.below(8) {
        0 => arbitrary(dice, 3),
        1 => json!(arbitrary(dice, 3).to_string()),
        2 => json!("{".repeat(dice.below(400))),
        _ => {
            let mut given = serde_json::Map::new();
            for key in keys {
                if dice.below(3) > 0 {
                    let value = if dice.below(3) > 0 { fitting(dice, key) } else { arbitrary(dice, 1) };
                    given.insert((*key).to_owned(), value);
                }
            }
            Value::Object(given)
        }
    }
}

/// jsonb holds no NUL, so that such arguments come as the text of JSON.
fn as_jsonb(arguments: Value) -> Value {
    if holds_nul(&arguments) { json!(arguments.to_string()) } else { arguments }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

#[test]
fn ten_thousand_hostile_arguments_are_answered() {
    let mut client = session_of_nobody();
    client
        .batch_execute(
            "SELECT homer_remember('devon', 'fact', 'tax', 'Due in May, says Maria of tea.'), homer_remember(NULL, 'fact', 'Hours', 'Tea from 10 to 18.');
             SELECT homer_call_tool('devon', 'memory', '{\"command\": \"create\", \"path\": \"/memories/a.txt\", \"file_text\": \"Devon''s tea\"}')",
        )
        .unwrap();
    let others = "SELECT to_jsonb(m) FROM homer_memories AS m WHERE user_id IS DISTINCT FROM 'maria' ORDER BY id";
    let before = rows(&mut client, others);
    assert_eq!(before.len(), 3);
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let statement = client.prepare("SELECT homer_call_tool('maria', $1, $2, 'c', 'm')").unwrap();
    let (mut right, mut wrong) = (0, 0);
    for number in 0..CALLS {
        let name = dice.draw(&NAMES);
        let arguments = as_jsonb(arguments(&mut dice, name));
        let answer: Value = client
            .query_one(&statement, &[&name, &arguments])
            .unwrap_or_else(|error| panic!("call {number}, {name} {arguments}: {error:?}"))
            .get(0);
        let text = answer["text"].as_str().unwrap_or_else(|| panic!("{name} {arguments}: {answer}"));
        assert!(!text.is_empty() && answer.as_object().unwrap().len() == 3, "{name} {arguments}: {answer}");
        assert!(!text.contains("panicked") && !text.contains("Devon's"), "{name} {arguments}: {text}");
        match answer["is_error"].as_bool().unwrap() {
            true => wrong += 1,
            false => right += 1,
        }
    }
    assert_eq!(rows(&mut client, others), before, "somebody else's data changed");
    // Control: many of them do something, and many are mistaken.
    assert!(right > CALLS / 20 && wrong > CALLS / 4, "{right} right, {wrong} wrong");
    let stored: i64 = value(&mut client, "SELECT count(*) FROM homer_memories WHERE user_id = 'maria'");
    assert!(stored > 200, "{stored} stored");
}
