//! From what is read of a scope's memories to those that answer a question best.

use crate::contenders;
use crate::nearest::{self, Vector, Vectors};
use crate::scoring::{Document, Flags, Holders, Neighbourhood, Part, Question, Scored, Wanted, Words, factor};

/// Where the memories of a scope are read: each is a document by its place among them.
pub trait Memories {
    /// How many there are.
    fn count(&self) -> usize;
    /// How many of them are this user's.
    fn count_of(&mut self, user: &str) -> usize;
    /// Who holds each of the words.
    fn holders(&mut self, words: &[String]) -> Vec<Holders>;
    /// Those of one of the categories, in the form in which categories are compared.
    fn of_categories(&mut self, categories: &[String]) -> Flags;
    /// Those that carry one of the tags.
    fn with_tags(&mut self, tags: &[String]) -> Flags;
    /// Those that were learned in a conversation.
    fn of_conversation(&mut self, conversation: &str) -> Flags;
    /// What their rows hold, without those that are not there any more.
    fn rows(&mut self, documents: &[Document]) -> Vec<Row>;
    /// Which documents the memories of these ids are.
    fn documents(&mut self, ids: &[i32]) -> Vec<Option<Document>>;
    /// Each among the memories around it in its conversation.
    fn neighbourhoods(&mut self, documents: &[Document]) -> Vec<Neighbourhood>;
    /// Calls `each` with all of them and the most that the relevance of each can be without a question, the largest first, until
    /// it gives false. Gives false where that order is not known, and has then called nothing.
    fn by_relevance(&mut self, each: &mut dyn FnMut(Document, f64) -> bool) -> bool;
    /// The vectors that are stored for them, compared with that of a question.
    fn vectors(&mut self, question: &[f32]) -> Vec<Vector>;
    /// The cosines of vectors with the one of the question that was compared; none where a vector is not that of the document's
    /// text any more.
    fn cosines(&mut self, of: &[(Document, Vector)]) -> Vec<Option<f64>>;
}

/// What counts of a memory's row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub document: Document,
    pub id: i32,
    /// Its relevance without a question.
    pub relevance: f64,
}

/// What is asked of a scope's memories.
#[derive(Clone, Default)]
pub struct Asked {
    /// As `homer_text::keys::question_words` gives them.
    pub words: Vec<String>,
    pub vector: Option<Vec<f32>>,
    /// Where given, a memory is of one of these.
    pub categories: Option<Vec<String>>,
    /// Where given, a memory carries one of these.
    pub tags: Option<Vec<String>>,
    /// What was learned in this conversation is left out.
    pub not_from: Option<String>,
    pub at_most: usize,
}

/// A memory that answers, and how relevant it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    pub document: Document,
    pub id: i32,
    pub relevance: f64,
}

/// So many memories are candidates at least, so that asking for fewer gives the first of what asking for ten gives.
const FEWEST_CANDIDATES: usize = 10;

/// The memories that answer best, best first: by their words and vectors, by what the memories around them lend, and by newness
/// and importance.
pub fn answers(memories: &mut dyn Memories, asked: &Asked) -> Vec<Answer> {
    Answered::of(memories, asked).answers
}

/// What makes up the score of each of those.
pub fn parts_of_best(memories: &mut dyn Memories, asked: &Asked) -> Vec<(Document, Part)> {
    let Answered { question, around, answers } = Answered::of(memories, asked);
    let around = |answer: &Answer| {
        around.iter().find(|(document, _)| *document == answer.document).map(|(document, around)| (*document, around))
    };
    parts_of(&question, answers.iter().filter_map(around))
}

/// A question, the candidates with what is around each, and those of them that answer best.
struct Answered {
    question: Question,
    around: Vec<(Document, Neighbourhood)>,
    answers: Vec<Answer>,
}

impl Answered {
    fn of(memories: &mut dyn Memories, asked: &Asked) -> Self {
        let question = question(memories, &asked.words);
        let wanted = wanted(memories, asked);
        let at_most = asked.at_most.max(FEWEST_CANDIDATES);
        let mut vectors = asked.vector.as_ref().map(|vector| Vectors::of(memories, vector));
        let candidates = match &mut vectors {
            Some(vectors) => nearest::best(memories, &question, vectors, &wanted, at_most),
            None => contenders::best(memories, &question, &wanted, at_most),
        };
        let candidates: Vec<Document> = candidates.iter().map(|candidate| candidate.document).collect();
        let around = memories.neighbourhoods(&candidates);
        let question = compared(memories, question, vectors.as_ref(), &around);
        let best = question.best_with_neighbours(&wanted, &around, asked.at_most);
        let answers = lifted(memories, &best, asked.at_most);
        Self { question, around: candidates.into_iter().zip(around).collect(), answers }
    }
}

/// What makes up the score of each of the documents that answers.
pub fn parts(
    memories: &mut dyn Memories,
    words: &[String],
    vector: Option<&[f32]>,
    documents: &[Document],
) -> Vec<(Document, Part)> {
    let question = question(memories, words);
    let around = memories.neighbourhoods(documents);
    let vectors = vector.map(|vector| Vectors::of(memories, vector));
    let question = compared(memories, question, vectors.as_ref(), &around);
    parts_of(&question, documents.iter().copied().zip(&around))
}

fn parts_of<'a>(
    question: &Question,
    documents: impl Iterator<Item = (Document, &'a Neighbourhood)>,
) -> Vec<(Document, Part)> {
    let parts = |(document, around)| question.parts(around).into_iter().map(move |part| (document, part));
    documents.flat_map(parts).collect()
}

/// The question with the cosines of all that is around, if it has a vector.
fn compared(
    memories: &mut dyn Memories,
    question: Question,
    vectors: Option<&Vectors>,
    around: &[Neighbourhood],
) -> Question {
    let Some(vectors) = vectors else { return question };
    let documents = around.iter().flat_map(Neighbourhood::documents).collect();
    question.with_cosines(vectors.cosines(memories, documents))
}

/// Whether one of the memories holds one of the words.
pub fn any_holds(memories: &mut dyn Memories, words: &[String]) -> bool {
    memories.holders(words).iter().any(Holders::are_there)
}

/// So many words are looked up at a time, so that of a pasted page only the rarest need be kept.
const WORDS_AT_A_TIME: usize = 256;

fn question(memories: &mut dyn Memories, asked: &[String]) -> Question {
    let mut words = Words::default();
    for some in asked.chunks(WORDS_AT_A_TIME) {
        memories.holders(some).into_iter().for_each(|word| words.push(word));
    }
    Question::new(words, memories.count() as i64, memories.count())
}

fn wanted(memories: &mut dyn Memories, asked: &Asked) -> Wanted {
    let categories = asked.categories.as_ref().map(|categories| memories.of_categories(categories));
    let tags = asked.tags.as_ref().map(|tags| memories.with_tags(tags));
    let only = match (categories, tags) {
        (Some(categories), Some(tags)) => Some(categories.and(&tags)),
        (categories, tags) => categories.or(tags),
    };
    Wanted { only, not: asked.not_from.as_ref().map(|conversation| memories.of_conversation(conversation)) }
}

/// The best once newness and importance count, the larger id first of two alike.
pub(crate) fn lifted(memories: &mut dyn Memories, scored: &[Scored], at_most: usize) -> Vec<Answer> {
    let documents: Vec<Document> = scored.iter().map(|scored| scored.document).collect();
    let mut by_document: Vec<Scored> = scored.to_vec();
    by_document.sort_unstable_by_key(|scored| scored.document);
    let score = |document: Document| {
        let found = by_document.binary_search_by_key(&document, |scored| scored.document);
        found.map_or(0.0, |place| by_document[place].score)
    };
    let answer = |row: Row| Answer {
        document: row.document,
        id: row.id,
        relevance: score(row.document) * factor(row.relevance),
    };
    best_of(memories.rows(&documents).into_iter().map(answer).collect(), at_most)
}

/// The best, the larger id first of two alike.
pub(crate) fn best_of(mut answers: Vec<Answer>, at_most: usize) -> Vec<Answer> {
    answers.sort_unstable_by(|one, other| other.relevance.total_cmp(&one.relevance).then(other.id.cmp(&one.id)));
    answers.truncate(at_most);
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Memories as a test writes them: words, category, conversation, relevance. Their ids are ten times their places.
    struct Written(Vec<(&'static str, &'static str, Option<&'static str>, f64)>);

    impl Written {
        fn flags(&self, which: impl Fn(&(&'static str, &'static str, Option<&'static str>, f64)) -> bool) -> Flags {
            Flags::new(self.0.len(), (0..).zip(&self.0).filter(|(_, memory)| which(memory)).map(|(place, _)| place))
        }
    }

    impl Memories for Written {
        fn count(&self) -> usize {
            self.0.len()
        }

        fn count_of(&mut self, _user: &str) -> usize {
            self.0.len()
        }

        fn holders(&mut self, words: &[String]) -> Vec<Holders> {
            let times = |text: &str, word: &str| text.split(' ').filter(|held| *held == word).count();
            let holding = |word: &str, which: &dyn Fn(usize) -> bool| {
                (0..).zip(&self.0).filter(|(_, memory)| which(times(memory.0, word))).map(|(place, _)| place).collect()
            };
            let holders = |word: &String| {
                Holders::new(holding(word, &|times| times == 1), holding(word, &|times| times > 1), false)
            };
            words.iter().map(holders).collect()
        }

        fn of_categories(&mut self, categories: &[String]) -> Flags {
            self.flags(|memory| categories.iter().any(|category| category == memory.1))
        }

        fn with_tags(&mut self, tags: &[String]) -> Flags {
            self.flags(|memory| tags.iter().any(|tag| memory.0.starts_with(tag)))
        }

        fn of_conversation(&mut self, conversation: &str) -> Flags {
            self.flags(|memory| memory.2 == Some(conversation))
        }

        fn rows(&mut self, documents: &[Document]) -> Vec<Row> {
            let row = |document: &Document| Row {
                document: *document,
                id: *document as i32 * 10,
                relevance: self.0[*document as usize].3,
            };
            documents.iter().map(row).collect()
        }

        fn documents(&mut self, ids: &[i32]) -> Vec<Option<Document>> {
            ids.iter().map(|id| Some(*id as Document / 10)).collect()
        }

        fn neighbourhoods(&mut self, documents: &[Document]) -> Vec<Neighbourhood> {
            let around = |document: &Document| {
                let is_near = |other: &usize| {
                    let conversation = self.0[*other].2;
                    conversation.is_some() && conversation == self.0[*document as usize].2
                };
                let before: Vec<_> =
                    (0..*document as usize).rev().filter(is_near).map(|place| place as u32).take(4).collect();
                let after: Vec<_> =
                    (*document as usize + 1..self.0.len()).filter(is_near).map(|place| place as u32).take(4).collect();
                Neighbourhood::new(&before, *document, &after)
            };
            documents.iter().map(around).collect()
        }

        fn by_relevance(&mut self, _each: &mut dyn FnMut(Document, f64) -> bool) -> bool {
            false
        }

        fn vectors(&mut self, _question: &[f32]) -> Vec<Vector> {
            Vec::new()
        }

        fn cosines(&mut self, _of: &[(Document, Vector)]) -> Vec<Option<f64>> {
            Vec::new()
        }
    }

    fn memories() -> Written {
        Written(vec![
            ("rent is due", "fact", Some("c1"), 5.0),
            ("the flat of maria", "fact", Some("c1"), 5.0),
            ("rent rent", "decision", None, 0.0),
            ("rent was paid", "decision", Some("c2"), 10.0),
            ("rent was asked", "decision", Some("c2"), 10.0),
            ("nothing", "fact", None, 10.0),
        ])
    }

    fn asked(words: &[&str]) -> Asked {
        Asked { words: words.iter().map(|word| (*word).to_owned()).collect(), at_most: 10, ..Asked::default() }
    }

    fn ids(asked: &Asked) -> Vec<i32> {
        answers(&mut memories(), asked).iter().map(|answer| answer.id).collect()
    }

    #[test]
    fn newness_and_importance_lift_what_answers_about_as_well() {
        assert_eq!(ids(&asked(&["rent"])), [40, 30, 20, 0]);
        let best = answers(&mut memories(), &asked(&["rent"]));
        assert_eq!(best[0].relevance, best[1].relevance);
        assert!(best[1].relevance / best[2].relevance > 1.04, "1.25 for the factor, 1.2 for the repetition");
    }

    #[test]
    fn what_is_not_wanted_is_not_there_and_lends_still() {
        assert_eq!(ids(&Asked { categories: Some(vec!["fact".into()]), ..asked(&["rent"]) }), [0]);
        assert_eq!(ids(&Asked { tags: Some(vec!["rent".into()]), ..asked(&["rent", "maria"]) }), [0, 40, 30, 20]);
        let both = Asked {
            tags: Some(vec!["rent".into()]),
            categories: Some(vec!["fact".into()]),
            ..asked(&["rent", "maria"])
        };
        assert_eq!(ids(&both), [0]);
        assert_eq!(ids(&Asked { not_from: Some("c2".into()), ..asked(&["rent"]) }), [20, 0]);
    }

    #[test]
    fn asking_for_fewer_gives_the_first_of_more() {
        let all = ids(&asked(&["rent", "flat", "is"]));
        for at_most in 0..=all.len() {
            assert_eq!(ids(&Asked { at_most, ..asked(&["rent", "flat", "is"]) }), all[..at_most]);
        }
    }

    #[test]
    fn parts_add_up_to_the_score() {
        let words = asked(&["rent", "flat"]).words;
        let parts = parts(&mut memories(), &words, None, &[0, 5]);
        assert!(parts.iter().all(|(document, _)| *document == 0), "the other does not answer");
        assert_eq!(parts.iter().map(|(_, part)| part.lender).collect::<Vec<_>>(), [None, Some(1)]);
        let answer = answers(&mut memories(), &asked(&["rent", "flat"]));
        let answer = answer.iter().find(|answer| answer.id == 0).unwrap();
        assert_eq!(parts.iter().map(|(_, part)| part.counts).sum::<f64>() * factor(5.0), answer.relevance);
    }

    #[test]
    fn whether_a_word_is_held_is_told() {
        assert!(any_holds(&mut memories(), &["x".into(), "paid".into()]));
        assert!(!any_holds(&mut memories(), &["x".into()]));
    }
}
