//! Assignments over the API.
//!
//! Invariant: the same door and the same rules as on the page: [`super::assign::assign`].

use axum::extract::Path;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vir_auth::{GroupId, PersonId};
use vir_core::Text;
use vir_store::Tx;
use vir_web::api::Json;
use vir_web::{App, AppError, Caller, FieldError};

use super::api::problem;
use super::assign::{Assignee, assign};
use crate::access::visible;
use crate::invoice_row::InvoiceId;
use crate::people::decider;

/// The routes with their description.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(put))
}

/// To whom an invoice is given; without both it is given back to all who may do the next step.
#[derive(Debug, Clone, Deserialize, ToSchema)]
struct AssignmentBody {
    /// The identifier of a person who may do the next step.
    person: Option<String>,
    /// The identifier of a group in which somebody may.
    group: Option<String>,
    /// A word to them.
    note: Option<String>,
}

/// Who takes care of it now.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct AssignedBody {
    person: Option<String>,
    group: Option<String>,
    /// False where it was like this before.
    changed: bool,
}

/// Gives an invoice to a person, a group, or back to all.
#[utoipa::path(
    put,
    path = "/invoices/{id}/assignment",
    tag = "workflow",
    operation_id = "assign",
    params(("id" = String, Path)),
    request_body = AssignmentBody,
    responses(
        (status = 200, body = AssignedBody),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "Not theirs to give"),
        (status = 404, description = "Not there, or not for this caller"),
        (status = 412, description = "Somebody else assigned it at the same time"),
        (status = 422, description = "The person or group may not do the next step, or none is left")
    )
)]
async fn put(
    caller: Caller,
    Path(id): Path<String>,
    Json(body): Json<AssignmentBody>,
) -> Result<axum::Json<AssignedBody>, AppError> {
    let row = visible(&caller, &InvoiceId(id)).await?;
    let to = match (body.person, body.group) {
        (None, None) => Assignee::Nobody,
        (Some(person), None) => Assignee::Person(PersonId::from(person.as_str())),
        (None, Some(group)) => Assignee::Group(GroupId::from(group.as_str())),
        (Some(_), Some(_)) => {
            let text = Text::new("Entweder eine Person oder eine Gruppe.", "Either a person or a group.");
            return Err(AppError::invalid(vec![FieldError::new("group", text)]));
        }
    };
    let (decider, given) = (decider(&caller).await?, to.clone());
    let changed = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move { assign(tx, &decider, &row.id, &given, body.note.as_deref()).await })
        })
        .await
        .map_err(|refusal| problem(&refusal))?;
    let (person, group) = match to {
        Assignee::Nobody => (None, None),
        Assignee::Person(id) => (Some(id.to_string()), None),
        Assignee::Group(id) => (None, Some(id.to_string())),
    };
    Ok(axum::Json(AssignedBody { person, group, changed }))
}
