//! For the tests of all crates that bring pages: a site in a place of its own, people with the
//! permissions that a test wants, and requests without a network. `VIR_TEST_STORE` says over which
//! back end.
//!
//! ```ignore
//! let site = Site::new(vec![my_block()]).await;
//! let clerk = site.person("Erika Beispiel", &["invoice.see", "invoice.code"]);
//! let answer = site.get(&clerk, "/eingang").await;
//! assert_eq!(answer.status, 200);
//! let answer = site.post(&clerk, "/eingang/1/kontieren", &[("account", "4711")]).await;   // with its token
//! ```
//!
//! Invariant: requests take the whole way through the router, as those of a browser do.

#![allow(clippy::expect_used, clippy::missing_panics_doc, reason = "this is for tests")]

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use jiff::Timestamp;
use tower::ServiceExt as _;
use vir_auth::{By, Grant, Limit, PersonId, Principal, SessionId, Unit, UnitId, UnitTree};
use vir_core::Lang;
use vir_store::{Clock, Store, TenantId};
use vir_testkit::stores::Place;

use crate::identity::SignedIn;
use crate::{App, Block, config::Config, csrf, router};

/// A site in a place of its own, at 22 November 2026, with the tenant `musterstadt`.
#[derive(Debug)]
pub struct Site {
    /// The application.
    pub app: App,
    /// The tenant.
    pub tenant: TenantId,
    /// The clock; it stands until it is moved.
    pub clock: Clock,
    router: Router,
    /// Goes away with the site.
    _place: Place,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).expect("the answer is JSON")
    }

    /// Where it leads.
    #[must_use]
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Site {
    /// A site with these blocks.
    pub async fn new(blocks: Vec<Block>) -> Self {
        Self::with(blocks, Config::default()).await
    }

    /// A site with these blocks and this configuration.
    pub async fn with(blocks: Vec<Block>, config: Config) -> Self {
        let now: Timestamp = "2026-11-22T08:00:00Z".parse().expect("a time");
        let clock = Clock::fixed(now);
        let migrations: Vec<_> = crate::migrations(&blocks);
        let place = Place::new(&migrations).await;
        let store = Store::open(place.config.clone(), &migrations, clock.clone()).await.expect("a store opens");
        let tenant: TenantId = "musterstadt".parse().expect("a short name");
        store.create_tenant(&tenant, "Stadt Musterstadt").await.expect("a tenant is created");
        let app = App::new(store, config, blocks, csrf::Key::new([42; 32]), None);
        Self { router: router(app.clone()), app, tenant, clock, _place: place }
    }

    /// Where its data is.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        &self._place.folder
    }

    /// Somebody who may do this everywhere, without limit.
    #[must_use]
    pub fn person(&self, name: &str, permissions: &[&str]) -> Principal {
        let root: UnitId = "root".into();
        self.person_with(name, vec![grant(permissions, &root, Limit::Unlimited)], vec![unit("root", None)])
    }

    /// Somebody with these grants in these units.
    #[must_use]
    pub fn person_with(&self, name: &str, grants: Vec<Grant>, units: Vec<Unit>) -> Principal {
        let id = name.to_lowercase().replace(' ', "-");
        Principal {
            tenant: self.tenant.clone(),
            person: PersonId::from(id.as_str()),
            name: name.to_owned(),
            lang: Lang::De,
            by: By::Session(SessionId::from(format!("session-of-{id}"))),
            grants: grants.into(),
            tree: Arc::new(UnitTree::new(units)),
        }
    }

    /// Opens a page as this person.
    pub async fn get(&self, who: &Principal, path: &str) -> Reply {
        self.send(Some(who), Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// Opens a page as nobody.
    pub async fn get_as_nobody(&self, path: &str) -> Reply {
        self.send(None, Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// Posts a form as this person, with the token of their session.
    pub async fn post(&self, who: &Principal, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.token(who);
        let mut all = vec![(csrf::FIELD, token.as_str())];
        all.extend_from_slice(fields);
        let body = serde_html_form::to_string(&all).expect("a form");
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, "vir=test")
            .body(Body::from(body))
            .expect("a request");
        self.send(Some(who), request).await
    }

    /// Posts a form with files as this person: name of the field, name of the file, content.
    pub async fn upload(
        &self,
        who: &Principal,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Reply {
        let (boundary, token) = ("grenze-der-teile", self.token(who));
        let mut body = Vec::new();
        for (name, value) in std::iter::once((csrf::FIELD, token.as_str())).chain(fields.iter().copied()) {
            body.extend_from_slice(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .as_bytes(),
            );
        }
        for (name, file, content) in files {
            body.extend_from_slice(
                format!(
                    "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
                )
                .as_bytes(),
            );
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"))
            .header(header::COOKIE, "vir=test")
            .body(Body::from(body))
            .expect("a request");
        self.send(Some(who), request).await
    }

    /// The token of this person's forms.
    #[must_use]
    pub fn token(&self, who: &Principal) -> String {
        match &who.by {
            By::Session(session) => self.app.key.sign("csrf", &[session.as_str().as_bytes()]),
            _ => String::new(),
        }
    }

    /// Any request, as this person or as nobody.
    pub async fn send(&self, who: Option<&Principal>, mut request: Request<Body>) -> Reply {
        if let Some(principal) = who {
            request.extensions_mut().insert(SignedIn(principal.clone()));
        }
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }
}

/// A unit.
#[must_use]
pub fn unit(id: &str, parent: Option<&str>) -> Unit {
    Unit { id: id.into(), parent: parent.map(UnitId::from), name: id.to_owned(), code: String::new(), active: true }
}

/// A grant of these permissions for a unit and all below it.
#[must_use]
pub fn grant(permissions: &[&str], unit: &UnitId, limit: Limit) -> Grant {
    let permissions: BTreeSet<String> = permissions.iter().map(|&name| name.to_owned()).collect();
    Grant { role: "test".into(), permissions: Arc::new(permissions), unit: unit.clone(), limit, acting_for: None }
}
