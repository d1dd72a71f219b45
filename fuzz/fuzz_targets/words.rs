//! Any bytes, made into text, have sound words.

#![no_main]

#[path = "../../src/any_text.rs"]
mod any_text;
#[path = "../../src/english.rs"]
mod english;
#[path = "../../src/folding.rs"]
mod folding;
#[path = "../../src/function_words.rs"]
mod function_words;
/// Nobody cancels a fuzz target.
mod interrupts {
    pub struct Steps;

    impl Steps {
        pub const fn new() -> Self {
            Self
        }

        pub fn step(&mut self) {}
    }

    pub fn cancellable<I: Iterator>(items: I) -> I {
        items
    }
}
#[path = "../../src/kinds.rs"]
mod kinds;
#[path = "../../src/languages.rs"]
mod languages;
#[path = "../../src/light_stems.rs"]
mod light_stems;
#[path = "../../src/numbers.rs"]
mod numbers;
#[path = "../../src/splitting.rs"]
mod splitting;
#[path = "../../src/stop_words.rs"]
mod stop_words;
#[path = "../../src/words.rs"]
mod words;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_text::assert_sound_words(&String::from_utf8_lossy(bytes)));
