//! What every operation of the API may answer, so that no block has to say it again: a block
//! describes what is particular to an operation, and the router, the extractors and the limits
//! answer for the rest.
//!
//! Source: OpenAPI 3.1.1, RFC 9457.
//!
//! Invariant: what an operation says of itself is never overwritten.

use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, Schema};

/// An operation answers so, whatever it does.
const EVERYWHERE: [(&str, &str); 3] = [
    ("401", "Nobody is signed in, or the token is wrong"),
    ("429", "Too many requests; Retry-After says when to go on"),
    ("503", "Busy or restarting; nothing was stored"),
];

/// One whose address has a part that is read.
const WITH_PATH: [(&str, &str); 2] =
    [("400", "The address or a value in it is not understood"), ("404", "Not there, or not for this caller")];

/// One that takes a body.
const WITH_BODY: [(&str, &str); 4] = [
    ("400", "The body is not understood"),
    ("413", "The body is too large"),
    ("415", "The body is of another media type than described"),
    ("422", "The body is understood, but something in it is missing, unknown or wrong"),
];

/// The media type of errors.
const PROBLEM: &str = "application/problem+json";

/// Adds to every operation what it did not say itself.
pub(super) fn complete(description: &mut OpenApi) {
    for item in description.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        operations.into_iter().flatten().for_each(complete_one);
    }
    description.components.get_or_insert_default().schemas.insert("Problem".to_owned(), problem());
}

fn complete_one(operation: &mut Operation) {
    let mut answers = EVERYWHERE.to_vec();
    let in_path =
        |operation: &Operation| {
            operation.parameters.iter().flatten().any(
                |parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path),
            )
        };
    if in_path(operation) {
        answers.extend(WITH_PATH);
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        answers.extend(WITH_BODY);
        for (kind, content) in &mut body.content {
            if let RefOr::T(content) = content
                && !kind.contains("json")
                && !kind.starts_with("multipart/")
            {
                content.schema = Some(bytes());
            }
        }
    }
    let responses = &mut operation.responses.responses;
    for (status, words) in answers {
        responses.entry(status.to_owned()).or_insert_with(|| Response::new(words).into());
    }
    for (status, response) in responses.iter_mut() {
        let RefOr::T(response) = response else { continue };
        if response.description.is_empty() {
            "Done; the answer is described below".clone_into(&mut response.description);
        }
        if status.starts_with(['4', '5']) && response.content.is_empty() {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            response.content.insert(PROBLEM.to_owned(), content.into());
        }
    }
}

/// A body that is taken as it is. What a handler calls `Vec<u8>` would be described as a list of numbers.
fn bytes() -> RefOr<Schema> {
    let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
    ObjectBuilder::new().schema_type(Type::String).format(Some(binary)).into()
}

/// The document that tells an error.
fn problem() -> RefOr<Schema> {
    let text = |words: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(words)).build();
    let field = ObjectBuilder::new()
        .property("field", text("Which one, by its name"))
        .property("detail", text("What is wrong with it, for people"))
        .required("field")
        .required("detail");
    ObjectBuilder::new()
        .description(Some("What went wrong (RFC 9457)"))
        .property("type", text("An address that tells this kind of error; its last part is the code"))
        .property("title", text("The kind of error, for people"))
        .property(
            "status",
            ObjectBuilder::new().schema_type(Type::Integer).description(Some("As in the answer's head")),
        )
        .property("detail", text("What happened here, for people"))
        .property("code", text("The kind of error, for programs; it stands at /problems"))
        .property("request_id", text("The number with which operators find the request in the log"))
        .property("errors", ArrayBuilder::new().items(field).description(Some("Each field that is wrong")))
        .required("type")
        .required("title")
        .required("status")
        .required("code")
        .into()
}
