//! Pictures: the first byte chooses the format, the rest is the file.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gameforge_raster::fuzz::fuzz(bytes));
