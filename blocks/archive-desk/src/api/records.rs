//! Records: begin, list, one, steps.
//!
//! Invariant: what the rules refuse is answered with 409 and every reason.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use vir_archive::lifecycle::event::Kind;
use vir_archive::lifecycle::{Command, EntryId, SubjectId};
use vir_core::Text;
use vir_store::Tx;
use vir_web::api::{Cursor, Json};
use vir_web::{AppError, Caller, FieldError, Query};

use super::dto::{LineJson, NewJson, PageJson, RecordJson, StepJson};
use crate::access;
use crate::pages::steps;
use crate::permissions::{FILE, SEE};
use crate::records::{self, NewRecord, Wanted};

/// The longest title and reference, in characters.
const LONGEST: usize = 300;
/// How many persons concerned at once.
const MOST_SUBJECTS: usize = 200;

/// What cursors of this list are signed as.
const LIST: &str = "records";

/// Which records.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Words, or beginnings of words, that are all in it: reference, title, documents, persons concerned.
    q: Option<String>,
    /// A branch of the Aktenplan.
    branch: Option<String>,
    /// in-work, closed, stored, offered, appraised, handed-over, deleted
    state: Option<String>,
    /// `next_cursor` of the page before.
    after: Option<String>,
}

/// List records, what changed last first; with words the youngest first.
#[utoipa::path(
    get,
    path = "/records",
    tag = "records",
    operation_id = "listRecords",
    params(Filter),
    responses(
        (status = 200, body = PageJson),
        (status = 400, description = "A value is not understood"),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "May not see records"),
    )
)]
pub(super) async fn list(caller: Caller, Query(filter): Query<Filter>) -> Result<Json<PageJson>, AppError> {
    caller.require_anywhere(SEE)?;
    let wanted = Wanted {
        words: filter.q.unwrap_or_default(),
        branch: filter.branch.filter(|branch| !branch.is_empty()).map(EntryId),
        state: filter.state.filter(|state| !state.is_empty()),
        cursor: filter.after.map(|text| Cursor::read(&caller, LIST, &text)).transpose()?,
    };
    let principal = caller.principal.clone();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let (_, plan) = records::plan(tx).await?;
            records::find(tx, &principal, &plan, &wanted).await
        })
    });
    let found = read.await?;
    let next_cursor = found.next.map(|place| Cursor::write(&caller, LIST, &place)).transpose()?;
    Ok(Json(PageJson { items: found.lines.iter().map(LineJson::from).collect(), next_cursor }))
}

/// Begin a record.
#[utoipa::path(
    post,
    path = "/records",
    tag = "records",
    operation_id = "openRecord",
    request_body = NewJson,
    responses(
        (status = 201, description = "Begun", body = RecordJson),
        (status = 400, description = "A value is missing or wrong"),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "May not begin records there"),
        (status = 409, description = "The reference is taken, or a rule objects"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(super) async fn open(caller: Caller, Json(new): Json<NewJson>) -> Result<Response, AppError> {
    caller.require_anywhere(FILE)?;
    let entry = EntryId(new.entry);
    let read =
        caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { records::plan(tx).await }));
    let (_, plan) = read.await?;
    let mut wrong = Vec::new();
    if plan.entry(&entry).is_none() {
        wrong.push(FieldError::new("entry", Text::new("Diesen Eintrag gibt es nicht.", "There is no such entry.")));
    } else if !access::may(&caller.principal, FILE, plan.unit(&entry)) {
        return Err(AppError::forbidden(FILE));
    }
    let too_long = |text: &str| text.chars().count() > LONGEST;
    if new.title.trim().is_empty() || too_long(&new.title) {
        wrong.push(FieldError::new("title", Text::new("1 bis 300 Zeichen.", "1 to 300 characters.")));
    }
    if new.reference.as_deref().is_some_and(|reference| reference.trim().is_empty() || too_long(reference)) {
        wrong.push(FieldError::new("reference", Text::new("1 bis 300 Zeichen.", "1 to 300 characters.")));
    }
    if new.subjects.len() > MOST_SUBJECTS
        || new.subjects.iter().any(|subject| subject.trim().is_empty() || too_long(subject))
    {
        wrong.push(FieldError::new(
            "subjects",
            Text::new("Höchstens 200, je 1 bis 300 Zeichen.", "At most 200, each of 1 to 300 characters."),
        ));
    }
    let kind = match new.kind.as_deref() {
        None | Some("file") => Some(Kind::File),
        Some("case") => Some(Kind::Case),
        Some("document") => Some(Kind::Document),
        Some(_) => None,
    };
    let Some(kind) = kind.filter(|_| wrong.is_empty()) else {
        if kind.is_none() {
            wrong.push(FieldError::new("kind", Text::new("file, case oder document.", "file, case or document.")));
        }
        return Err(AppError::invalid(wrong));
    };
    let who = records::who(&caller.principal, FILE, plan.unit(&entry));
    let new = NewRecord {
        kind,
        entry,
        title: new.title.trim().to_owned(),
        reference: new.reference.map(|reference| reference.trim().to_owned()),
        subjects: new.subjects.into_iter().map(|subject| SubjectId(subject.trim().to_owned())).collect(),
    };
    let done = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let opened = records::open(tx, new, &who).await?;
            Ok(records::load(tx, &opened.id).await?)
        })
    });
    let loaded = done.await.map_err(access::refused)?.ok_or_else(access::unknown)?;
    let location = format!("/api/v1/records/{}", loaded.record.id);
    let location = HeaderValue::from_str(&location).map_err(AppError::internal)?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(RecordJson::from(&loaded))).into_response())
}

/// One record.
#[utoipa::path(
    get,
    path = "/records/{id}",
    tag = "records",
    operation_id = "getRecord",
    params(("id" = String, Path)),
    responses((status = 200, body = RecordJson), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller"))
)]
pub(super) async fn one(caller: Caller, Path(id): Path<String>) -> Result<Json<RecordJson>, AppError> {
    Ok(Json(RecordJson::from(&access::visible(&caller, &id).await?)))
}

/// Take a step with a record: close it, reopen it, begin or end a Vorgang.
#[utoipa::path(
    post,
    path = "/records/{id}/steps",
    tag = "records",
    operation_id = "stepRecord",
    params(("id" = String, Path)),
    request_body = StepJson,
    responses(
        (status = 200, description = "Taken", body = RecordJson),
        (status = 400, description = "There is no such step, or it is not understood"),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "May not work with this record"),
        (status = 404, description = "Not there, or not for this caller"),
        (status = 409, description = "A rule objects, or the record has changed"),
        (status = 422, description = "A value is wrong"),
    )
)]
pub(super) async fn step(
    caller: Caller,
    Path(id): Path<String>,
    Json(wanted): Json<StepJson>,
) -> Result<Json<RecordJson>, AppError> {
    let loaded = access::permitted(&caller, &id, FILE).await?;
    let draft = steps::Draft {
        step: wanted.step,
        seen: 0,
        reason: wanted.reason,
        title: wanted.title,
        case: wanted.case,
        entry: wanted.entry,
        event: wanted.event,
        on: wanted.on,
        subject: wanted.subject,
    };
    let command = steps::read(&draft, caller.app.now())
        .map_err(|(field, text)| AppError::invalid(vec![FieldError::new(field, text)]))?
        .ok_or_else(|| AppError::bad_request(Text::new("Diesen Schritt gibt es nicht.", "There is no such step.")))?;
    if let Command::Classify { entry, .. } = &command {
        steps::permitted_entry(&caller, entry).await?;
    }
    let who = records::who(&caller.principal, FILE, loaded.unit.as_deref());
    let (record, seen) = (loaded.record.id, wanted.seen);
    let done = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { records::act(tx, &record, seen, &[command], &who).await })
    });
    Ok(Json(RecordJson::from(&done.await.map_err(access::refused)?)))
}
