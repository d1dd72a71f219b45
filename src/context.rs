//! Which memories come into the block for the prompt: the rules, the answers, and what is relevant without a question. The last two
//! are ranked and read as long as the block has room for more.

use std::collections::{BTreeSet, VecDeque};

use homer_interrupts::cancellable;
use homer_prompt::block::{Entry, Fitting};
use homer_ranking::answering::Asked;
use pgrx::fn_call::Arg;
use pgrx::prelude::*;

use crate::memories::{Scopes, called};
use crate::prompt;
use crate::scoring::{asking, asks, best};

/// So many memories are read at once: most blocks hold no more.
const READ_AT_ONCE: usize = 20;

/// What may come into a block.
struct Wanted {
    scopes: Scopes,
    asked: Asked,
}

/// In the order in which they come into the block.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Wherever they were said, because they hold whatever is asked.
    Rules,
    Answers,
    /// What is worth knowing without a question, so that one about the weather does not hide who the user is.
    Others,
}

impl Wanted {
    /// The ids of the best so many of a kind, and how relevant they are, best first.
    fn ranked(&self, kind: Kind, at_most: usize) -> Vec<(i32, f64)> {
        let asked = match kind {
            Kind::Rules => Asked { categories: Some(vec!["rule".to_owned()]), ..Asked::default() },
            Kind::Answers if !asks(&self.asked) => return Vec::new(),
            Kind::Answers => self.asked.clone(),
            Kind::Others => Asked { not_from: self.asked.not_from.clone(), ..Asked::default() },
        };
        best(&self.scopes, &Asked { at_most, ..asked })
    }
}

/// What belongs into the block, as far as it has room: the rules, then the answers, and the others that are none of these; so many of
/// each at most. Among the answers and the others there may be rules.
#[pg_extern(sql = false)]
#[allow(clippy::too_many_arguments, reason = "what a question may say")]
fn memories_for_block(
    memories: Option<pg_sys::Oid>,
    vectors: Option<pg_sys::Oid>,
    scopes: Option<Array<'_, &str>>,
    question: Option<&str>,
    question_embedding: Option<Array<'_, f64>>,
    not_from: Option<&str>,
    now: Option<Timestamp>,
    at_most: Option<i32>,
) -> TableIterator<'static, (name!(id, i32), name!(relevance, f64), name!(is_rule, bool))> {
    let wanted = wanted([memories, vectors], scopes, question, question_embedding, not_from, now, at_most);
    let at_most = wanted.asked.at_most;
    let [rules, answers, others] = [Kind::Rules, Kind::Answers, Kind::Others].map(|kind| wanted.ranked(kind, at_most));
    let ids: BTreeSet<i32> = answers.iter().map(|(id, _)| *id).collect();
    let others = others.into_iter().filter(move |(id, _)| !ids.contains(id));
    let marked = |is_rule: bool| move |(id, relevance): (i32, f64)| (id, relevance, is_rule);
    let rules = rules.into_iter().map(marked(true));
    TableIterator::new(rules.chain(answers.into_iter().chain(others).map(marked(false))))
}

/// The block for the prompt: the lines that are given, and of the memories those that fit beside them. What is due is shown by a line,
/// and by no other. So many of each kind fit at most.
#[pg_extern(sql = false)]
#[allow(clippy::too_many_arguments, reason = "what a question may say")]
fn context_block(
    memories: Option<pg_sys::Oid>,
    vectors: Option<pg_sys::Oid>,
    scopes: Option<Array<'_, &str>>,
    question: Option<&str>,
    question_embedding: Option<Array<'_, f64>>,
    not_from: Option<&str>,
    now: Option<Timestamp>,
    lines: Option<Array<'_, &str>>,
    due: Option<Array<'_, i32>>,
    max_tokens: Option<i32>,
    at_most: Option<i32>,
) -> String {
    let max_tokens = max_tokens.unwrap_or_default();
    let wanted = wanted([memories, vectors], scopes, question, question_embedding, not_from, now, at_most);
    let mut entries = lines.map(|lines| prompt::entries(cancellable(lines.iter()).flatten())).unwrap_or_default();
    let due = due.map(|due| cancellable(due.iter()).flatten().collect()).unwrap_or_default();
    let mut unread = Unread::new(&wanted, due, max_tokens);
    entries.extend(unread.rules());
    let mut more = || unread.others();
    Fitting::new(entries, usize::try_from(max_tokens).unwrap_or(0), &mut more).block()
}

fn wanted(
    tables: [Option<pg_sys::Oid>; 2],
    scopes: Option<Array<'_, &str>>,
    question: Option<&str>,
    question_embedding: Option<Array<'_, f64>>,
    not_from: Option<&str>,
    now: Option<Timestamp>,
    at_most: Option<i32>,
) -> Wanted {
    let (scopes, asked) = asking(tables, scopes, question, question_embedding, now, at_most);
    Wanted { scopes, asked: Asked { not_from: not_from.map(str::to_owned), ..asked } }
}

/// The memories that may come into a block, whose lines are read as they are asked for.
struct Unread<'wanted> {
    wanted: &'wanted Wanted,
    /// What is not ranked yet, and how many of it are to be.
    unranked: VecDeque<(Kind, usize)>,
    ranked: VecDeque<i32>,
    known: BTreeSet<i32>,
    max_tokens: i32,
}

impl<'wanted> Unread<'wanted> {
    fn new(wanted: &'wanted Wanted, known: BTreeSet<i32>, max_tokens: i32) -> Self {
        // Most lines cost three times what the shortest do, so that a third most often fill the block; to rank all of the answers may take
        // three times as long.
        let all = wanted.asked.at_most;
        let few = all.min(all / 3 + 10);
        let unranked =
            [Kind::Rules, Kind::Answers, Kind::Others].into_iter().flat_map(|kind| [(kind, few), (kind, all)]);
        Self { wanted, unranked: unranked.collect(), ranked: VecDeque::new(), known, max_tokens }
    }

    /// All rules that may fit, before anything else is asked for.
    fn rules(&mut self) -> Vec<Entry> {
        while self.unranked.front().is_some_and(|(kind, _)| *kind == Kind::Rules) {
            self.rank_next();
        }
        let ids = self.ranked.drain(..).collect();
        self.read(ids).into_iter().filter(Entry::is_rule).collect()
    }

    /// Some that are no rules and were not read before; none at their end.
    fn others(&mut self) -> Vec<Entry> {
        loop {
            while self.ranked.is_empty() && !self.unranked.is_empty() {
                self.rank_next();
            }
            let ids: Vec<i32> = self.ranked.drain(..self.ranked.len().min(READ_AT_ONCE)).collect();
            let is_end = ids.is_empty();
            let read: Vec<Entry> = self.read(ids).into_iter().filter(|entry| !entry.is_rule()).collect();
            if is_end || !read.is_empty() {
                return read;
            }
        }
    }

    fn rank_next(&mut self) {
        let Some((kind, at_most)) = self.unranked.pop_front() else { return };
        let found = self.wanted.ranked(kind, at_most);
        if found.len() < at_most {
            // Those were all.
            self.unranked.retain(|(unranked, _)| *unranked != kind);
        }
        self.ranked.extend(found.into_iter().map(|(id, _)| id).filter(|id| self.known.insert(*id)));
    }

    /// The entries of memories, in the order of their ids here, as far as the current role may read them.
    fn read(&self, ids: Vec<i32>) -> Vec<Entry> {
        if ids.is_empty() {
            return Vec::new();
        }
        let users = Arg::Value(self.wanted.scopes.users.clone());
        let lines: Vec<String> =
            called("homer.memory_lines", &[&users, &Arg::Value(ids), &Arg::Value(self.max_tokens)]);
        prompt::entries(lines.iter().map(String::as_str))
    }
}
