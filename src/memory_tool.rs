//! Anthropic's memory tool: files below /memories. SQL keeps their rows. This module reads arguments and paths, and writes the
//! answers, which are those of the reference implementation to the letter, because the tool's models know these.

use pgrx::prelude::*;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::errors::Shown;
use crate::tool_arguments::{Argument, Arguments, Fault, arguments, object_of};
use crate::tool_schema::Kind;
use homer_interrupts::{Steps, cancellable};

const ROOT: &str = "/memories";

/// What its column holds.
const LONGEST_PATH: usize = 1000;

arguments! {
    struct View {
        /// A file or a directory.
        path: Path,
        /// The first line and the last, from 1 on; -1 is the end.
        view_range: Range,
    }

    struct Create {
        /// A new file.
        path: Path,
        /// What it holds.
        file_text: Verbatim,
    }

    struct StrReplace {
        /// A file.
        path: Path,
        /// What stands there once.
        old_str: Verbatim,
        /// What will stand there; nothing where it is left out.
        new_str: VerbatimOrNothing,
    }

    struct Insert {
        /// A file.
        path: Path,
        /// The line after which; 0 is the top.
        insert_line: Line,
        /// What to insert.
        insert_text: Verbatim,
    }

    struct Delete {
        /// A file or a directory.
        path: Path,
    }

    struct Rename {
        /// What to rename.
        old_path: Path,
        /// Its new name.
        new_path: Path,
    }
}

/// A path as it was given, and as it is compared.
#[derive(Debug, Serialize)]
struct Path {
    given: String,
    path: String,
}

impl Argument for Path {
    const KIND: Kind = Kind::Text;

    fn read(name: &str, given: Value) -> Result<Self, Fault> {
        let given = String::read(name, given)?;
        let path = resolved(&given)?;
        Ok(Self { given, path })
    }

    fn read_optional(name: &str, given: Option<Value>) -> Result<Self, Fault> {
        given_value(name, given).and_then(|value| Self::read(name, value))
    }
}

/// A value that was given; it may be empty.
fn given_value(name: &str, given: Option<Value>) -> Result<Value, Fault> {
    let missing = || Fault::new(format!("{name} is missing"), format!("Pass {name}: a text."));
    given.filter(|value| !value.is_null()).ok_or_else(missing)
}

/// A text as it was given; it may be empty.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Verbatim(String);

impl Argument for Verbatim {
    const KIND: Kind = Kind::Text;

    fn read(name: &str, given: Value) -> Result<Self, Fault> {
        String::read(name, given).map(Self)
    }

    fn read_optional(name: &str, given: Option<Value>) -> Result<Self, Fault> {
        given_value(name, given).and_then(|value| Self::read(name, value))
    }
}

/// A text as it is; where none is given, the empty one.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct VerbatimOrNothing(String);

impl Argument for VerbatimOrNothing {
    const KIND: Kind = Kind::Text;
    const IS_REQUIRED: bool = false;

    fn read(name: &str, given: Value) -> Result<Self, Fault> {
        String::read(name, given).map(Self)
    }

    fn read_optional(name: &str, given: Option<Value>) -> Result<Self, Fault> {
        given.filter(|value| !value.is_null()).map_or(Ok(Self(String::new())), |value| Self::read(name, value))
    }
}

/// A number of a line; whether there is such a line is seen later.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Line(i64);

impl Argument for Line {
    const KIND: Kind = Kind::Whole(0, i32::MAX);

    fn read(name: &str, given: Value) -> Result<Self, Fault> {
        whole(&given)
            .map(Self)
            .ok_or_else(|| Fault::new(format!("{name} must be a whole number"), "0 is the top of the file.".to_owned()))
    }
}

fn whole(value: &Value) -> Option<i64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.fract() == 0.0 && number.abs() < 1e9).map(|number| number as i64)
}

/// Two numbers of lines; the reference ignores what are not two.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Range(Option<[i64; 2]>);

impl Argument for Range {
    const KIND: Kind = Kind::Objects;
    const IS_REQUIRED: bool = false;

    fn read(name: &str, given: Value) -> Result<Self, Fault> {
        let given = match &given {
            Value::String(text) => serde_json::from_str(text).unwrap_or(given),
            _ => given,
        };
        let Value::Array(numbers) = &given else {
            return Err(Fault::new(
                format!("{name} must be two numbers of lines"),
                "For example [1, 20], or [5, -1] for the rest.",
            ));
        };
        match numbers.iter().map(whole).collect::<Option<Vec<i64>>>() {
            Some(numbers) => Ok(Self(numbers.try_into().ok())),
            None => Err(Fault::new(
                format!("{name} must be two numbers of lines"),
                "For example [1, 20], or [5, -1] for the rest.",
            )),
        }
    }

    fn read_optional(name: &str, given: Option<Value>) -> Result<Self, Fault> {
        given.filter(|value| !value.is_null()).map_or(Ok(Self(None)), |value| Self::read(name, value))
    }
}

/// A path without empty parts, `.` and `..`, in one Unicode form. What would lead out of /memories, in whatever disguise, is refused:
/// percent signs, backslashes, letters of full width.
fn resolved(given: &str) -> Result<String, Fault> {
    let fault = |what: String| Err(Fault::new(what, String::new()));
    // Before it is looked at: what percent signs stand for takes a round for each time they were made of others.
    if given.len() > LONGEST_PATH {
        return fault(format!("Path {} is longer than {LONGEST_PATH} bytes", Shown::from(given)));
    }
    let Some(below) = given.strip_prefix(ROOT).filter(|rest| rest.is_empty() || rest.starts_with('/')) else {
        return fault(format!("Path must start with {ROOT}, got: {given}"));
    };
    if !is_what_it_seems(below) {
        return fault(format!("Path {given} would escape {ROOT} directory"));
    }
    let mut parts: Vec<String> = Vec::new();
    for part in below.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_none() => return fault(format!("Path {given} would escape {ROOT} directory")),
            ".." => {}
            _ => parts.push(part.nfc().collect()),
        }
    }
    Ok(std::iter::once(ROOT.to_owned()).chain(parts).collect::<Vec<_>>().join("/"))
}

/// Whether a path holds no separator and no `..` that a look at it does not show, and no character that shows nothing.
fn is_what_it_seems(path: &str) -> bool {
    let shows = |c: char| !c.is_control() && c != '\\' && c.general_category() != GeneralCategory::Format;
    let unveiled: String = percent_decoded(path).nfkc().collect();
    let parts = |path: &str| path.split('/').map(|part| part == ".." || part == ".").collect::<Vec<_>>();
    unveiled.chars().all(shows) && path.chars().all(shows) && parts(&unveiled) == parts(path)
}

/// What percent signs stand for, and what they stand for in that, until nothing changes. Bytes that are no text become marks.
fn percent_decoded(text: &str) -> String {
    let mut decoded = text.to_owned();
    // Each round makes it shorter, or it is the last.
    loop {
        let once = decoded_once(&decoded);
        if once == decoded || once.len() >= decoded.len() {
            return once;
        }
        decoded = once;
    }
}

fn decoded_once(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The arguments of a command, with the command, or what is wrong with them.
#[pg_extern(sql = false)]
fn memory_arguments(given: &str) -> String {
    match read(given) {
        Ok(arguments) => format!("{{\"arguments\": {arguments}}}"),
        Err(fault) => serde_json::to_string(&fault).unwrap_or_default(),
    }
}

fn read(given: &str) -> Result<String, Fault> {
    let mut given = object_of(given)?;
    // Whatever else is there is ignored, as in the reference.
    let command = given.remove("command").unwrap_or_default();
    match command.as_str().unwrap_or_default() {
        "view" => canonical("view", View::read(&mut given)),
        "create" => canonical("create", Create::read(&mut given)),
        "str_replace" => canonical("str_replace", StrReplace::read(&mut given)),
        "insert" => canonical("insert", Insert::read(&mut given)),
        "delete" => canonical("delete", Delete::read(&mut given)),
        "rename" => canonical("rename", Rename::read(&mut given)),
        other => Err(Fault::new(
            format!("Unknown command: {}", Shown::from(other)),
            "The commands are view, create, str_replace, insert, delete and rename.",
        )),
    }
}

fn canonical(command: &'static str, arguments: Result<impl Serialize, Fault>) -> Result<String, Fault> {
    #[derive(Serialize)]
    struct Call<T> {
        command: &'static str,
        #[serde(flatten)]
        arguments: T,
    }
    let call = Call { command, arguments: arguments? };
    serde_json::to_string(&call).map_err(|error| Fault::new(error.to_string(), String::new()))
}

/// What a command says, and what the file holds after it.
#[derive(Default, Serialize)]
struct Outcome {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

impl Outcome {
    fn shown(text: String) -> Self {
        Self { text: Some(text), ..Self::default() }
    }

    fn edited(text: String, content: String) -> Self {
        Self { text: Some(text), content: Some(content), ..Self::default() }
    }

    fn fault(fault: String) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }

    fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

const MOST_LINES: usize = 999_999;

/// Lines with their numbers, the first of which is given.
fn numbered<'a>(lines: impl Iterator<Item = &'a str>, first: usize) -> String {
    (first..)
        .zip(cancellable(lines))
        .map(|(number, line)| format!("{number:>6}\t{line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A file with the numbers of its lines, or of those from one to another.
#[pg_extern(sql = false)]
fn memory_file_view(given: Option<&str>, content: Option<&str>, from: Option<i32>, to: Option<i32>) -> Option<String> {
    Some(file_view(given?, content?, from.zip(to)).json())
}

fn file_view(given: &str, content: &str, range: Option<(i32, i32)>) -> Outcome {
    let lines: Vec<&str> = content.split('\n').collect();
    if lines.len() > MOST_LINES {
        return Outcome::fault(format!("File {given} exceeds maximum line limit of 999,999 lines."));
    }
    let (start, end) = match range {
        None => (0, lines.len()),
        Some((from, to)) => (from.max(1) as usize - 1, end_of_slice(to, lines.len())),
    };
    let shown = lines.get(start..end.max(start).min(lines.len())).unwrap_or_default();
    let shown = numbered(shown.iter().copied(), start + 1);
    Outcome::shown(format!("Here's the content of {given} with line numbers:\n{shown}"))
}

/// Where a slice ends, as Python counts: -1 is the end here, and other numbers below zero are from there.
fn end_of_slice(to: i32, length: usize) -> usize {
    match to {
        -1 => length,
        to if to < 0 => length.saturating_sub(to.unsigned_abs() as usize),
        to => to as usize,
    }
}

/// The edit of what stands in a file once.
#[pg_extern(sql = false)]
fn memory_str_replace(given: &str, content: &str, old_str: &str, new_str: &str) -> String {
    str_replace(given, content, old_str, new_str).json()
}

fn str_replace(given: &str, content: &str, old_str: &str, new_str: &str) -> Outcome {
    let place = match content.find(old_str) {
        Some(place) if !old_str.is_empty() => place,
        _ => {
            return Outcome::fault(format!(
                "No replacement was performed, old_str `{old_str}` did not appear verbatim in {given}."
            ));
        }
    };
    if content.matches(old_str).nth(1).is_some() {
        let lines = lines_of_occurrences(content, old_str).join(", ");
        return Outcome::fault(format!(
            "No replacement was performed. Multiple occurrences of old_str `{old_str}` in lines: {lines}. Please ensure it is unique"
        ));
    }
    let edited = [&content[..place], new_str, &content[place + old_str.len()..]].concat();
    let changed = content[..place].matches('\n').count();
    let first = changed.saturating_sub(2);
    let snippet = numbered(edited.split('\n').skip(first).take(changed + 3 - first), first + 1);
    Outcome::edited(
        format!(
            "The memory file has been edited. Here is the snippet showing the change (with line numbers):\n{snippet}"
        ),
        edited,
    )
}

/// The line of each occurrence, those that overlap too.
fn lines_of_occurrences(content: &str, wanted: &str) -> Vec<String> {
    let (mut lines, mut line, mut start, mut counted) = (Vec::new(), 1, 0, 0);
    let mut steps = Steps::default();
    while let Some(found) = content[start..].find(wanted) {
        steps.step();
        let place = start + found;
        line += content[counted..place].matches('\n').count();
        lines.push(line.to_string());
        counted = place;
        start = place + content[place..].chars().next().map_or(1, char::len_utf8);
    }
    lines
}

/// A file with a text after one of its lines.
#[pg_extern(sql = false)]
fn memory_insert(given: &str, content: &str, insert_line: i32, insert_text: &str) -> String {
    insert(given, content, insert_line, insert_text).json()
}

fn insert(given: &str, content: &str, insert_line: i32, insert_text: &str) -> Outcome {
    let mut lines: Vec<&str> = content.split('\n').collect();
    if lines.last() == Some(&"") {
        lines.pop();
    }
    let Some(place) = usize::try_from(insert_line).ok().filter(|place| *place <= lines.len()) else {
        return Outcome::fault(format!(
            "Invalid `insert_line` parameter: {insert_line}. It should be within the range [0, {}].",
            lines.len()
        ));
    };
    lines.insert(place, insert_text.trim_end_matches('\n'));
    let mut edited = lines.join("\n");
    if !edited.ends_with('\n') {
        edited.push('\n');
    }
    Outcome::edited(format!("The file {given} has been edited."), edited)
}

/// What lies in a directory, two levels deep and without what is hidden.
#[pg_extern(sql = false)]
fn memory_directory_view(given: &str, directory: &str, paths: Array<'_, &str>, sizes: Array<'_, i64>) -> String {
    let files = paths.iter().flatten().zip(sizes.iter().flatten());
    let below = files.filter_map(|(path, size)| Some((path.strip_prefix(directory)?.strip_prefix('/')?, size)));
    directory_view(given, below).text.unwrap_or_default()
}

fn directory_view<'a>(given: &str, files: impl Iterator<Item = (&'a str, i64)>) -> Outcome {
    // By the parts of their paths, so that what is in a directory comes behind it. A directory is as large as what is in it.
    let mut sizes: BTreeMap<Vec<&str>, (i64, bool)> = BTreeMap::new();
    let mut total = 0;
    for (path, size) in cancellable(files) {
        total += size;
        let parts: Vec<&str> = path.split('/').collect();
        for depth in 1..=parts.len().min(2) {
            let entry = sizes.entry(parts[..depth].to_vec()).or_insert((0, depth < parts.len()));
            entry.0 += size;
        }
    }
    let is_hidden = |parts: &[&str]| parts.iter().any(|part| part.starts_with('.'));
    let shown = sizes.iter().filter(|(parts, _)| !is_hidden(parts));
    let lines = shown.map(|(parts, (size, is_directory))| {
        format!("{}\t{given}/{}{}", size_in_words(*size), parts.join("/"), if *is_directory { "/" } else { "" })
    });
    let header = format!("Here're the files and directories up to 2 levels deep in {given}, excluding hidden items:");
    let lines = [header, format!("{}\t{given}", size_in_words(total))].into_iter().chain(lines);
    Outcome::shown(lines.collect::<Vec<_>>().join("\n"))
}

/// A number of bytes as the reference writes it: 0B, 12B, 1K, 1.5K.
fn size_in_words(bytes: i64) -> String {
    let bytes = bytes.max(0);
    let unit = (bytes.max(1).ilog2() / 10).min(3);
    let size = bytes as f64 / f64::from(1 << (10 * unit));
    let name = ["B", "K", "M", "G"][unit as usize];
    if size.fract() == 0.0 { format!("{size:.0}{name}") } else { format!("{size:.1}{name}") }
}

/// The name under which a memory of everyone lies in /memories/everyone: its number and what it is about.
#[pg_extern(sql = false)]
fn memory_file_name(id: i32, subject: &str) -> String {
    const LONGEST: usize = 40;
    let mut name = String::new();
    for c in cancellable(subject.nfc()).flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        if name.chars().count() >= LONGEST {
            break;
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { format!("{id}.md") } else { format!("{id}-{name}.md") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(given: &str) -> String {
        resolved(given).unwrap_or_else(|fault| fault.fault)
    }

    #[test]
    fn paths_are_one_however_they_are_written() {
        for (given, path_of) in [
            ("/memories", "/memories"),
            ("/memories/", "/memories"),
            ("/memories//a/./b.txt", "/memories/a/b.txt"),
            ("/memories/a/../b", "/memories/b"),
            ("/memories/cafe\u{301}", "/memories/caf\u{e9}"),
            ("/memories/100%", "/memories/100%"),
            ("/memories/a..b/...", "/memories/a..b/..."),
        ] {
            assert_eq!(path(given), path_of);
        }
    }

    #[test]
    fn no_path_escapes() {
        for given in [
            "/memories/../../../etc/passwd",
            "/memories/..",
            "/memories/a/../../b",
            "/memories/%2e%2e/b",
            "/memories/%252e%252e/b",
            "/memories/a%2fb",
            "/memories/a%5cb",
            "/memories/..%2f..",
            "/memories/a\\..\\b",
            "/memories/\u{FF0E}\u{FF0E}/b",
            "/memories/\u{2025}/b",
            "/memories/a\u{FF0F}b",
            "/memories/a\u{FF3C}b",
            "/memories/a\0b",
            "/memories/a\nb",
            "/memories/a\u{202E}b",
            "/memories/%00",
        ] {
            assert_eq!(path(given), format!("Path {given} would escape /memories directory"));
        }
        for given in ["", "/", "/etc/passwd", "memories/a", "/memoriesa", "/MEMORIES/a", "/\u{FF4D}emories/a"] {
            assert_eq!(path(given), format!("Path must start with /memories, got: {given}"));
        }
        let chain = format!("/memories/%{}2e", "25".repeat(500_000));
        assert!(path(&chain).ends_with("… is longer than 1000 bytes"));
    }

    #[test]
    fn sizes_are_those_of_the_reference() {
        for (bytes, words) in [
            (0, "0B"),
            (1, "1B"),
            (1023, "1023B"),
            (1024, "1K"),
            (1536, "1.5K"),
            (4096, "4K"),
            (1_048_575, "1024.0K"),
            (1_048_576, "1M"),
            (1 << 42, "4096G"),
        ] {
            assert_eq!(size_in_words(bytes), words);
        }
    }

    #[test]
    fn lines_are_counted_as_in_the_reference() {
        let text = |range| file_view("/memories/a", "1\n2\n3\n4", range).text.unwrap_or_default();
        let shown =
            |range| text(range).lines().skip(1).map(|line| line.trim_start().replace('\t', "=")).collect::<Vec<_>>();
        assert_eq!(
            text(None),
            "Here's the content of /memories/a with line numbers:\n     1\t1\n     2\t2\n     3\t3\n     4\t4"
        );
        assert_eq!(shown(Some((2, 3))), ["2=2", "3=3"]);
        assert_eq!(shown(Some((3, -1))), ["3=3", "4=4"]);
        assert_eq!(shown(Some((0, 1))), ["1=1"]);
        assert_eq!(shown(Some((1, -2))), ["1=1", "2=2"]);
        assert_eq!(shown(Some((3, 2))), [""; 0]);
        assert_eq!(shown(Some((9, 99))), [""; 0]);
        assert_eq!(insert("f", "a\nb", 2, "c\n\n").content.unwrap_or_default(), "a\nb\nc\n");
        assert_eq!(insert("f", "", 0, "c").content.unwrap_or_default(), "c\n");
        assert!(insert("f", "a\n", -1, "c").fault.is_some_and(|fault| fault.ends_with("[0, 1].")));
        let twice = str_replace("f", "aaa\na", "aa", "b").fault.unwrap_or_default();
        assert!(twice.is_empty(), "those that overlap count once: {twice}");
        assert!(
            str_replace("f", "aa\naaa\naa", "aa", "")
                .fault
                .is_some_and(|fault| fault.contains("in lines: 1, 2, 2, 3."))
        );
        assert!(str_replace("f", "x", "", "b").fault.is_some());
    }

    #[test]
    fn a_directory_is_shown_two_levels_deep() {
        let files =
            [("b.txt", 10), ("a/deep/er/x.txt", 1024), ("a/y.txt", 1), (".hidden/z", 5), ("a/.z", 5), ("a-b", 1)];
        let shown = directory_view("/memories/", files.into_iter()).text.unwrap_or_default();
        let lines: Vec<&str> = shown.lines().skip(1).collect();
        assert_eq!(
            lines,
            [
                "1.0K\t/memories/",
                "1.0K\t/memories//a/",
                "1K\t/memories//a/deep/",
                "1B\t/memories//a/y.txt",
                "1B\t/memories//a-b",
                "10B\t/memories//b.txt"
            ]
        );
    }

    #[test]
    fn a_memory_of_everyone_has_a_name() {
        assert_eq!(memory_file_name(7, "Opening hours (2026)!"), "7-opening-hours-2026.md");
        assert_eq!(memory_file_name(8, "../.."), "8.md");
    }
}
