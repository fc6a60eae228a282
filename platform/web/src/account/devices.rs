//! Ending one's own sessions elsewhere.

use serde::Deserialize;

use super::{Nothing, of_auth};
use crate::{Answer, Caller, Flash, Form, redirect_with};

#[derive(Deserialize)]
pub(super) struct Which {
    id: String,
}

pub(super) async fn end(caller: Caller, Form(which): Form<Which>) -> Answer {
    caller.app.auth.end_session(&caller.principal, &which.id.into()).await.map_err(of_auth)?;
    let flash = Flash::good(caller.tr("Die Sitzung ist beendet.", "The session has ended."));
    Ok(redirect_with(&caller, "/konto/sicherheit", &flash))
}

pub(super) async fn end_others(caller: Caller, Form(Nothing {}): Form<Nothing>) -> Answer {
    caller.app.auth.end_other_sessions(&caller.principal).await.map_err(of_auth)?;
    let flash = Flash::good(caller.tr("Alle anderen Sitzungen sind beendet.", "All other sessions have ended."));
    Ok(redirect_with(&caller, "/konto/sicherheit", &flash))
}
