//! Any file: the first byte chooses a name, the rest decides its own format and is read as that.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gameforge_media::fuzz::round(bytes));
