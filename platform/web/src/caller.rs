//! Who asks: [`Caller`] is signed in, [`Visitor`] is anybody.
//!
//! Invariant: a handler that takes a `Caller` never runs for somebody unknown.

use std::ops::Deref;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use vir_auth::{Permission, Principal, UnitId};

use crate::{App, AppError, Ctx};

/// A signed-in person, or a program with an API token.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who, and what they may do.
    pub principal: Principal,
    ctx: Ctx,
}

impl Caller {
    /// May they do this in this unit? Else the answer is 403.
    pub fn require(&self, permission: Permission, unit: &UnitId) -> Result<(), AppError> {
        if self.principal.may(permission, unit) { Ok(()) } else { Err(AppError::forbidden(permission)) }
    }

    /// May they do this somewhere? Else the answer is 403.
    pub fn require_anywhere(&self, permission: Permission) -> Result<(), AppError> {
        if self.principal.may_anywhere(permission) { Ok(()) } else { Err(AppError::forbidden(permission)) }
    }

    /// May they do this in all units? Else the answer is 403.
    pub fn require_everywhere(&self, permission: Permission) -> Result<(), AppError> {
        if self.principal.may_everywhere(permission) { Ok(()) } else { Err(AppError::forbidden(permission)) }
    }
}

impl Deref for Caller {
    type Target = Ctx;

    fn deref(&self) -> &Ctx {
        &self.ctx
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, AppError> {
        let ctx = context(parts)?;
        let principal = ctx.principal.clone().ok_or_else(AppError::unauthenticated)?;
        Ok(Self { principal, ctx })
    }
}

impl OptionalFromRequestParts<App> for Caller {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Option<Self>, AppError> {
        let ctx = context(parts)?;
        Ok(ctx.principal.clone().map(|principal| Self { principal, ctx }))
    }
}

/// Anybody, signed in or not: public pages.
#[derive(Debug, Clone)]
pub struct Visitor {
    ctx: Ctx,
}

impl Visitor {
    /// With the name of the municipality whose public page it is.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.ctx.place = Some(place.into());
        self
    }
}

impl Deref for Visitor {
    type Target = Ctx;

    fn deref(&self) -> &Ctx {
        &self.ctx
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, AppError> {
        Ok(Self { ctx: context(parts)? })
    }
}

pub(crate) fn context(parts: &Parts) -> Result<Ctx, AppError> {
    parts.extensions.get::<Ctx>().cloned().ok_or_else(|| AppError::internal("a route outside the identifying layer"))
}
