//! Memories as tests write them, by what counts of each.

use proptest::prelude::*;

use crate::answering::{Memories, Row};
use crate::nearest::Vector;
use crate::scoring::{Document, Flags, Holders, Neighbourhood, Question, Wanted, Words};

/// A memory: whether it is wanted, whether it holds the word and repeats it, whether it holds the other word, its relevance without
/// a question and how far the most lies above it that this can be, and its vectors, each with how far its bound lies above the
/// cosine, and with the cosine if it counts.
#[derive(Clone, Debug)]
pub struct Known {
    pub is_wanted: bool,
    pub times: u8,
    pub has_other: bool,
    pub relevance: f64,
    pub above: f64,
    pub vectors: Vec<(f32, Option<f64>)>,
}

impl Known {
    pub fn cosine(&self) -> f64 {
        self.vectors.iter().find_map(|(_, cosine)| *cosine).unwrap_or(0.0)
    }
}

/// Ids are ten times the places.
pub struct Scope {
    pub memories: Vec<Known>,
    /// Vectors of memories that are no documents.
    pub of_others: Vec<f32>,
    /// Whether it is known which are the most relevant without a question.
    pub is_ordered: bool,
    pub is_filtered: bool,
    pub rows_read: usize,
    pub compared: usize,
}

impl Scope {
    pub fn new(memories: Vec<Known>) -> Self {
        Self { memories, of_others: Vec::new(), is_ordered: true, is_filtered: false, rows_read: 0, compared: 0 }
    }

    fn those(&self, which: impl Fn(&Known) -> bool) -> Vec<Document> {
        (0..).zip(&self.memories).filter(|(_, memory)| which(memory)).map(|(place, _)| place).collect()
    }

    pub fn question(&self) -> Question {
        let mut words = Words::default();
        let holding = |times| self.those(|memory| memory.times == times);
        words.push(Holders::new(holding(1), holding(2), false));
        words.push(Holders::new(self.those(|memory| memory.has_other), Vec::new(), false));
        Question::new(words, self.memories.len() as i64, self.memories.len())
    }

    pub fn wanted(&self) -> Wanted {
        let flags = |documents: Vec<Document>| Some(Flags::new(self.memories.len(), documents.into_iter()));
        if self.is_filtered {
            Wanted { only: flags(self.those(|memory| memory.is_wanted)), not: None }
        } else {
            Wanted { only: None, not: flags(self.those(|memory| !memory.is_wanted)) }
        }
    }
}

impl Memories for Scope {
    fn count(&self) -> usize {
        self.memories.len()
    }

    fn count_of(&mut self, _user: &str) -> usize {
        self.memories.len()
    }

    fn holders(&mut self, _words: &[String]) -> Vec<Holders> {
        Vec::new()
    }

    fn of_categories(&mut self, _categories: &[String]) -> Flags {
        Flags::new(0, std::iter::empty())
    }

    fn with_tags(&mut self, _tags: &[String]) -> Flags {
        Flags::new(0, std::iter::empty())
    }

    fn of_conversation(&mut self, _conversation: &str) -> Flags {
        Flags::new(0, std::iter::empty())
    }

    fn rows(&mut self, documents: &[Document]) -> Vec<Row> {
        self.rows_read += documents.len();
        let relevance = |document: Document| self.memories[document as usize].relevance;
        let row = |document| Row { document, id: document as i32 * 10, relevance: relevance(document) };
        documents.iter().copied().map(row).collect()
    }

    fn documents(&mut self, ids: &[i32]) -> Vec<Option<Document>> {
        ids.iter().map(|id| (id % 10 == 0).then_some(*id as Document / 10)).collect()
    }

    fn neighbourhoods(&mut self, _documents: &[Document]) -> Vec<Neighbourhood> {
        Vec::new()
    }

    fn by_relevance(&mut self, each: &mut dyn FnMut(Document, f64) -> bool) -> bool {
        if self.is_ordered {
            let most = |(document, memory): (Document, &Known)| (document, memory.relevance + memory.above);
            let mut all: Vec<(Document, f64)> = (0..).zip(&self.memories).map(most).collect();
            all.sort_by(|(_, one), (_, other)| other.total_cmp(one));
            let _ = all.into_iter().all(|(document, most)| each(document, most));
        }
        self.is_ordered
    }

    fn vectors(&mut self, _question: &[f32]) -> Vec<Vector> {
        let of_memory = |(memory, known): (i32, &Known)| {
            let of = move |(place, (above, cosine)): (u64, &(f32, Option<f64>))| Vector {
                memory_id: memory * 10,
                place,
                at_most: (cosine.unwrap_or(0.5) as f32).next_up() + above,
            };
            (0..).zip(&known.vectors).map(of).collect::<Vec<_>>()
        };
        let of_others = (1..).zip(&self.of_others).map(|(place, at_most)| Vector {
            memory_id: place * 10 + 1,
            place: 0,
            at_most: *at_most,
        });
        of_others.chain((0..).zip(&self.memories).flat_map(of_memory)).collect()
    }

    fn cosines(&mut self, of: &[(Document, Vector)]) -> Vec<Option<f64>> {
        self.compared += of.len();
        of.iter().map(|(document, vector)| self.memories[*document as usize].vectors[vector.place as usize].1).collect()
    }
}

pub fn known() -> impl Strategy<Value = Known> {
    let cosine = prop::option::weighted(0.9, prop_oneof![-1.0..1.0, Just(0.5)]);
    // One that was stored anew has one that counts.
    let vectors = prop_oneof![
        1 => Just(Vec::new()),
        8 => ((0.0_f32..0.2), cosine).prop_map(|vector| vec![vector]),
        1 => ((0.0_f32..0.2), -1.0..1.0).prop_map(|(above, cosine)| vec![(0.1, None), (above, Some(cosine))]),
    ];
    // What is to come is worth less than the order says.
    let above = prop_oneof![9 => Just(0.0), 1 => 0.0..10.0];
    let relevance = prop_oneof![Just(5.0), 0.0..10.0];
    (prop::bool::weighted(0.9), 0_u8..3, prop::bool::weighted(0.1), relevance, above, vectors).prop_map(
        |(is_wanted, times, has_other, relevance, above, vectors)| Known {
            is_wanted,
            times,
            has_other,
            relevance,
            above,
            vectors,
        },
    )
}
