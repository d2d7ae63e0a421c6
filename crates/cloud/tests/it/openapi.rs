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

#[test]
fn what_stands_before_every_route_is_told_of_every_operation() {
    let document = serde_json::to_value(gameforge_cloud::openapi()).expect("a document");
    let mut names = std::collections::BTreeSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let name = operation["operationId"].as_str().expect("a name");
            assert!(names.insert(name.to_owned()), "two are called {name}");
            let answers = operation["responses"].as_object().expect("answers");
            for (status, answer) in answers {
                assert!(
                    answer["description"]
                        .as_str()
                        .is_some_and(|it| !it.is_empty()),
                    "{method} {path} says what {status} is"
                );
                let content = &answer["content"]["application/json"]["schema"]["$ref"];
                assert_ne!(
                    content, "#/components/schemas/Problem",
                    "{method} {path}: a problem is application/problem+json"
                );
            }
            if !path.starts_with("/v1/") {
                continue;
            }
            let is_guarded = operation["security"]
                .as_array()
                .is_some_and(|it| !it.is_empty());
            let takes_body = operation.get("requestBody").is_some();
            for (status, may) in [
                ("401", is_guarded),
                ("403", is_guarded),
                ("404", path.contains('{')),
                ("413", takes_body),
                ("422", takes_body),
                ("429", is_guarded),
                ("503", true),
            ] {
                assert!(
                    !may || answers.contains_key(status),
                    "{method} {path} says nothing of {status}"
                );
            }
        }
    }
}
