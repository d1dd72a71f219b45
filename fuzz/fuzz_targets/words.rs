//! Any bytes, made into text, have sound words.

#![no_main]

#[path = "../../src/any_text.rs"]
mod any_text;
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
#[path = "../../src/stop_words.rs"]
mod stop_words;
#[path = "../../src/words.rs"]
mod words;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_text::assert_sound_words(&String::from_utf8_lossy(bytes)));
