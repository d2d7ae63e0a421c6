//! What every address may answer besides its own words: the layers, the extractors and the database stand before all
//! of them. It is added to the document here, so that no route repeats it and none forgets it.

use axum::http::StatusCode;
use utoipa::openapi::{
    Content, OpenApi, Ref, RefOr, Response, ResponseBuilder,
    path::{Operation, ParameterIn, PathItem},
};

/// RFC 9457; what `Error` answers as.
const PROBLEM: &str = "application/problem+json";

/// Completes the document: answers that come from what stands before a route, the content type of problems, what each
/// status means in words, and a name of its own for every operation.
pub fn complete(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = Some(name(method, path));
            if path.starts_with("/v1/") {
                add(operation);
            }
            for (status, answer) in &mut operation.responses.responses {
                if let RefOr::T(answer) = answer {
                    as_problem(answer);
                    describe(answer, status);
                }
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", item.get.as_mut()),
        ("put", item.put.as_mut()),
        ("post", item.post.as_mut()),
        ("patch", item.patch.as_mut()),
        ("delete", item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.map(|operation| (method, operation)))
}

/// For example `get_projects_project_id_comments`.
fn name(method: &str, path: &str) -> String {
    let words = path
        .trim_start_matches("/v1")
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    std::iter::once(method)
        .chain(words)
        .collect::<Vec<_>>()
        .join("_")
}

fn add(operation: &mut Operation) {
    let has = |place: &ParameterIn| {
        let parameters = operation.parameters.iter().flatten();
        parameters
            .filter_map(|parameter| match parameter {
                RefOr::T(parameter) => Some(&parameter.parameter_in),
                RefOr::Ref(_) => None,
            })
            .any(|it| it == place)
    };
    let takes_body = operation.request_body.is_some();
    let is_guarded = operation.security.as_ref().is_some_and(|it| !it.is_empty());
    let is_sign_in = operation
        .tags
        .as_ref()
        .is_some_and(|tags| tags.iter().any(|tag| tag == "sign-in"));
    let statuses = [
        (StatusCode::UNAUTHORIZED, is_guarded),
        (StatusCode::FORBIDDEN, is_guarded),
        (StatusCode::NOT_FOUND, has(&ParameterIn::Path)),
        (StatusCode::PAYLOAD_TOO_LARGE, takes_body),
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            takes_body || has(&ParameterIn::Query),
        ),
        (StatusCode::TOO_MANY_REQUESTS, is_guarded || is_sign_in),
        (StatusCode::SERVICE_UNAVAILABLE, true),
    ];
    for (status, _) in statuses.into_iter().filter(|(_, may)| *may) {
        operation
            .responses
            .responses
            .entry(status.as_str().to_owned())
            .or_insert_with(|| {
                let problem = Content::new(Some(Ref::from_schema_name("Problem")));
                let answer = ResponseBuilder::new().content(PROBLEM, problem);
                RefOr::T(answer.build())
            });
    }
}

/// The macros write `application/json` for everything with a type.
fn as_problem(answer: &mut Response) {
    let is_problem = answer.content.values().any(|content| match content {
        RefOr::T(content) => matches!(
            &content.schema,
            Some(RefOr::Ref(schema)) if schema.ref_location.ends_with("/Problem")
        ),
        RefOr::Ref(_) => false,
    });
    if is_problem {
        answer.content = std::mem::take(&mut answer.content)
            .into_iter()
            .map(|(_, content)| (PROBLEM.to_owned(), content))
            .collect();
    }
}

/// A description is no choice in the document.
fn describe(answer: &mut Response, status: &str) {
    if answer.description.is_empty() {
        let words = status
            .parse::<StatusCode>()
            .ok()
            .and_then(|status| status.canonical_reason());
        answer.description = words.unwrap_or(status).to_owned();
    }
}
