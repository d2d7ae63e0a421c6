//! Any text is a query; what it prints parses to the same query; chips and completions stay inside the text.
#![no_main]

use gameforge_domain::query::{Query, chips, complete};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let (query, _) = Query::parse(text);
    let printed = query.to_string();
    let (again, warnings) = Query::parse(&printed);
    assert!(warnings.is_empty(), "{printed}");
    assert_eq!(again, query, "{printed}");
    let units = text.encode_utf16().count() as u32;
    for chip in chips(text) {
        assert!(chip.start < chip.end && chip.end <= units);
    }
    let completion = complete(text, u32::from(*first));
    assert!(completion.start <= completion.end && completion.end <= units);
});
