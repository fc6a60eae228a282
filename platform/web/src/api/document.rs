//! The description of the API: OpenAPI 3.1 for programs, a page for people.
//!
//! Invariant: it is put together from the blocks' own descriptions, once, when the router is made.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse as _;
use axum::routing::get;
use maud::{Markup, html};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Server};
use utoipa_axum::router::OpenApiRouter;

use crate::parts::{Column, table};
use crate::{Answer, App, Block, Page, Visitor, page, webhooks};

/// Where all routes of the API begin.
const BASE: &str = "/api/v1";

/// The routes of the API and their description.
pub(crate) fn routes(app: &App) -> Router<App> {
    let (router, description) = together(&app.blocks);
    let text = Arc::new(description.to_json().unwrap_or_default());
    let description = Arc::new(description);
    router
        .route(
            "/api/v1/openapi.json",
            get(move || {
                let text = text.as_str().to_owned();
                async move { json(text) }
            }),
        )
        .route(
            "/api",
            get(move |visitor: Visitor| {
                let description = Arc::clone(&description);
                async move { show(&visitor, &description) }
            }),
        )
}

/// The description of the API of these blocks.
#[must_use]
pub fn description(blocks: &[Block]) -> OpenApi {
    together(blocks).1
}

fn together(blocks: &[Block]) -> (Router<App>, OpenApi) {
    let info = InfoBuilder::new()
        .title("vir")
        .version("1")
        .description(Some(
            "Errors are problem documents (RFC 9457); their codes stand at /problems. Lists have a cursor. \
             Requests that are repeated carry an Idempotency-Key.",
        ))
        .license(Some(LicenseBuilder::new().name("EUPL-1.2").identifier(Some("EUPL-1.2")).build()))
        .build();
    let mut all = OpenApiRouter::with_openapi(OpenApiBuilder::new().info(info).build());
    let mut inner = webhooks::api();
    for block in blocks {
        inner = inner.merge((block.api)());
    }
    all = all.nest(BASE, inner);
    let (router, mut description) = all.split_for_parts();
    super::conventions::complete(&mut description);
    description.servers = Some(vec![Server::new("/")]);
    let components = description.components.get_or_insert_default();
    components.add_security_scheme(
        "token",
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some("An API token: vir_tenant_secret"))
                .build(),
        ),
    );
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            "vir_session",
            "A session of a browser; requests that change something also need the header x-csrf-token",
        ))),
    );
    let need = |name: &str| utoipa::openapi::security::SecurityRequirement::new(name, Vec::<String>::new());
    description.security = Some(vec![need("token"), need("session")]);
    (router, description)
}

fn json(text: String) -> axum::response::Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.oai.openapi+json;version=3.1"))], text)
        .into_response()
}

fn show(visitor: &Visitor, description: &OpenApi) -> Answer {
    let lang = visitor.lang;
    let mut paths = table(lang, "paths", lang.tr("Adressen", "Paths"))
        .columns([
            Column::text(lang.tr("Methode", "Method")).class("shrink"),
            Column::text(lang.tr("Adresse", "Path")),
            Column::text(lang.tr("Was sie tut", "What it does")),
        ])
        .header_column(1)
        .hide_caption();
    for (path, item) in &description.paths.paths {
        for (method, operation) in [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ] {
            if let Some(operation) = operation {
                paths = paths.row([
                    html! { code { (method) } },
                    html! { code { (path) } },
                    html! { (operation.summary.as_deref().unwrap_or_default()) },
                ]);
            }
        }
    }
    let body = html! {
        div.stack {
            div.prose { (introduction(visitor)) }
            h2 { (lang.tr("Adressen", "Paths")) }
            (paths)
        }
    };
    Ok(page(visitor, Page::new(lang.tr("Schnittstelle (API)", "API")), body))
}

fn introduction(visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! {
        p {
            (lang.tr("Die vollständige Beschreibung für Programme (OpenAPI 3.1) steht unter ", "The whole description for programs (OpenAPI 3.1) is at "))
            a href="/api/v1/openapi.json" { "/api/v1/openapi.json" } "."
        }
        ul {
            li { (lang.tr(
                "Anmeldung: „Authorization: Bearer vir_…“. Tokens stellt Ihre Administration aus; sie haben nie mehr Rechte als die Person, zu der sie gehören.",
                "Signing in: \"Authorization: Bearer vir_…\". Your administration issues tokens; they never have more rights than the person they belong to.",
            )) }
            li { (lang.tr("Fehler sind Dokumente nach RFC 9457; ", "Errors are documents after RFC 9457; "))
                a href="/problems" { (lang.tr("ihre Codes", "their codes")) } "." }
            li { (lang.tr(
                "Listen: „limit“ (1 bis 200); „next“ der Antwort ist der „cursor“ der nächsten Anfrage.",
                "Lists: \"limit\" (1 to 200); \"next\" of the answer is the \"cursor\" of the next request.",
            )) }
            li { (lang.tr(
                "Wiederholungen: „Idempotency-Key“ mit einem eigenen Wert je Vorgang; die Antwort wird 24 Stunden aufbewahrt.",
                "Repetition: \"Idempotency-Key\" with a value of your own for each deed; the answer is kept for 24 hours.",
            )) }
            li { (lang.tr(
                "Änderungen: „If-Match“ mit dem „ETag“ des gelesenen Standes.",
                "Changes: \"If-Match\" with the \"ETag\" of what was read.",
            )) }
        }
    }
}
