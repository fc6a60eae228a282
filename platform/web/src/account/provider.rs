//! Signing in at the municipality's own log-in service (OpenID Connect).
//!
//! It begins with a link, not with a form: our content security policy lets forms lead only to us.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use vir_auth::Error;
use vir_store::TenantId;

use super::{browser, of_auth, origin, welcome};
use crate::identity::session_cookie;
use crate::{Answer, AppError, Query, Visitor, cookies, redirect};

const BINDING: &str = "vir_dienst";

#[derive(Deserialize)]
pub(super) struct Wish {
    mandant: String,
    #[serde(default)]
    weiter: String,
}

#[derive(Deserialize)]
pub(super) struct Return {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    error: String,
}

pub(super) async fn depart(visitor: Visitor, headers: HeaderMap, Query(wish): Query<Wish>) -> Answer {
    let auth = &visitor.app.auth;
    auth.limits().begin(visitor.peer).map_err(of_auth)?;
    let tenant: TenantId = wish.mandant.parse()?;
    let back = format!("{}/anmelden/dienst/zurueck", origin(&visitor, &headers));
    let departure = auth.begin_oidc(&tenant, &back, &wish.weiter).await.map_err(of_auth)?;
    let location = HeaderValue::from_str(&departure.address).map_err(AppError::internal)?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    let cookie = cookies::write(BINDING, &format!("{tenant}.{}", departure.binding), Some(300), visitor.https);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

pub(super) async fn arrive(visitor: Visitor, headers: HeaderMap, Query(back): Query<Return>) -> Answer {
    let auth = &visitor.app.auth;
    auth.limits().begin(visitor.peer).map_err(of_auth)?;
    let (tenant, binding) =
        cookies::read(&headers, BINDING).and_then(|value| value.split_once('.')).unwrap_or_default();
    let Ok(tenant) = tenant.parse::<TenantId>() else { return Ok(redirect("/anmelden?fehler=dienst")) };
    let refused = format!("/anmelden?mandant={tenant}&fehler=dienst");
    if !back.error.is_empty() {
        tracing::info!(tenant = %tenant, "the OpenID provider refused a log-in");
        return Ok(redirect(&refused));
    }
    let earlier = session_cookie(&headers, visitor.https);
    let mut response =
        match auth.finish_oidc(&tenant, (&back.state, &back.code), binding, browser(&headers), earlier).await {
            Ok(arrival) => welcome(&visitor, &arrival.signed_in, &arrival.next),
            Err(Error::Refused) => redirect(&refused),
            Err(Error::Provider(reason)) => {
                tracing::warn!(reason, tenant = %tenant, "the OpenID provider");
                redirect(&refused)
            }
            Err(error) => return Err(of_auth(error)),
        };
    response.headers_mut().append(header::SET_COOKIE, cookies::write(BINDING, "", Some(0), visitor.https));
    Ok(response)
}
