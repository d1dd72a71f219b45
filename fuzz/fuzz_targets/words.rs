//! Any bytes, made into text, have sound words.

#![no_main]

#[path = "../../src/any_text.rs"]
mod any_text;
#[path = "../../src/stop_words.rs"]
mod stop_words;
#[path = "../../src/words.rs"]
mod words;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_text::assert_sound_words(&String::from_utf8_lossy(bytes)));
