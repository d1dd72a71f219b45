//! Any bytes, made into text, have sound words.

#![no_main]

use homer_text::any_text::assert_sound_words;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| assert_sound_words(&String::from_utf8_lossy(bytes)));
