//! What the engine costs by itself, without a server: the words of a text, when two texts say the same, the score of a question, the
//! tokens of a block, the code of a vector and an estimate by it.

use std::hint::black_box;

use homer_benches::{median, microseconds};
use homer_prompt::token_count::most_tokens;
use homer_ranking::codes::{CodedQuestion, code_of};
use homer_ranking::scoring::{Holders, Question, Wanted, Words};
use homer_text::keys::{keys_of_memory, question_words};
use homer_text::normal_form::statement;

const ENGLISH: &str = "Orders for the spring market go to the mill in Ghent from now on: 40 bags of rye, 25 kg each, paid within 14 days.";
const CHINESE: &str = "春季市场的订单从现在起发往根特的磨坊：黑麦40袋，每袋25公斤，14天内付款。";

fn main() {
    println!("the engine without a server: medians of 1,000 calls");
    for (language, text) in [("English", ENGLISH), ("Chinese", CHINESE)] {
        let characters = text.chars().count();
        measure(&format!("{language}, {characters} characters: keys of a memory"), 1_000, || {
            keys_of_memory("maria", "Orders", text, Some("fact"), &[]).len()
        });
        measure(&format!("{language}: words of a question"), 1_000, || question_words(text).len());
        measure(&format!("{language}: normal form"), 1_000, || statement("Orders", text).len());
        measure(&format!("{language}: bound of tokens"), 1_000, || most_tokens(text));
    }
    for memories in [600, 10_000, 100_000] {
        let hits = hits_of_eight_words(memories);
        let count: usize = hits.iter().map(Vec::len).sum();
        measure(&format!("a question of 8 words over {memories} memories, {count} hits"), 100, || {
            let mut words = Words::default();
            hits.iter().for_each(|hits| words.push(Holders::new(hits.clone(), Vec::new(), false)));
            Question::new(words, memories.into(), memories as usize).best(&Wanted::default(), 10).len()
        });
    }
    for dimensions in [384, 1_536] {
        let vector: Vec<f32> = (0..dimensions).map(|place| (place as f32 * 0.7).sin()).collect();
        measure(&format!("the code of a vector of {dimensions} numbers"), 1_000, || code_of(&vector).len());
        let (code, question) = (code_of(&vector), CodedQuestion::new(&vector));
        measure(&format!("a thousand estimates by codes of {dimensions} numbers, {} bytes", code.len()), 1_000, || {
            let estimate = |_| question.as_ref().and_then(|question| question.estimate(black_box(&code)));
            (0..1_000).filter_map(estimate).map(|estimate| estimate.cosine).sum::<f32>()
        });
    }
}

/// Eight words, the rarest in one of 512 memories, the commonest in one of four.
fn hits_of_eight_words(memories: u32) -> Vec<Vec<u32>> {
    let holds = |memory: &u32, word: u32| (memory * 7919 + word * 104_729).is_multiple_of(1 << (2 + word));
    (0..8).map(|word| (0..memories).filter(|memory| holds(memory, word)).collect()).collect()
}

fn measure<T>(what: &str, rounds: usize, call: impl Fn() -> T) {
    let once = || microseconds(|| drop(black_box(call())));
    println!("  {what:<62} {:11.1} us", median((0..rounds).map(|_| once()).collect()));
}
