//! Fonts: the input is the file.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gameforge_fonts::fuzz(bytes));
