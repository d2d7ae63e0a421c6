//! The interface is what was agreed on: a change of it is a change of the committed document, too.

use std::path::Path;

#[test]
fn the_interface_is_the_committed_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let now = serde_json::to_string_pretty(&gameforge_cloud::openapi()).expect("a document") + "\n";
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    if std::env::var_os("GAMEFORGE_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&file, &now).expect("written");
        return;
    }
    let differs = now
        .lines()
        .zip(committed.lines())
        .position(|(now, committed)| now != committed);
    assert!(
        now == committed,
        "the interface is not the committed one (first at line {:?}); if that is meant, run \
         `GAMEFORGE_UPDATE_SNAPSHOTS=1 cargo nextest run -p gameforge-cloud openapi` and commit openapi.json",
        differs.map(|line| line + 1)
    );
}

#[test]
fn every_operation_says_what_it_answers_and_the_signed_in_ones_that_they_refuse() {
    let document = serde_json::to_value(gameforge_cloud::openapi()).expect("a document");
    assert_eq!(document["openapi"], "3.1.0");
    let mut count = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            count += 1;
            let answers = operation["responses"].as_object().expect("answers");
            assert!(
                answers
                    .keys()
                    .any(|status| status.starts_with(['1', '2', '3'])),
                "{method} {path} says what a success is"
            );
            let is_guarded = operation["security"]
                .as_array()
                .is_some_and(|it| !it.is_empty());
            assert!(
                !is_guarded || answers.contains_key("401"),
                "{method} {path} needs a person and should say 401"
            );
        }
    }
    assert!(count > 60, "only {count} operations are documented");
}
