//! Fonts: the input is the file.

#![no_main]

libfuzzer_sys::fuzz_target!(
    // A panic that the reader catches is judged by `fuzz` itself, since some of the WOFF2 decoder's are known; the usual
    // hook would stop at them. What `fuzz` complains of is printed.
    init: std::panic::set_hook(Box::new(|panic| {
        if panic.location().is_some_and(|at| at.file().contains("crates/fonts")) {
            eprintln!("{panic}");
        }
    })),
    |bytes: &[u8]| gameforge_fonts::fuzz(bytes)
);
