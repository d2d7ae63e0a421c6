//! Models: the input is read as every model format, and drawn.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gameforge_mesh::fuzz(bytes));
