//! All routes together, and what surrounds each request.
//!
//! From outside to inside: request id, security headers, log line and figures; the answer to an
//! error; time-out and caught panics; who asks; whether a foreign page caused it; the handler.
//!
//! Invariant: every route of every block is inside, except health, figures and the assets, which
//! know nobody and change nothing.

use std::net::{IpAddr, Ipv4Addr};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use tower_http::limit::RequestBodyLimitLayer;
use vir_core::{Lang, Text};

use crate::ctx::{Ctx, LANG_COOKIE, THEME_COOKIE, Theme, VISIT_COOKIE, language};
use crate::headers::{Embedded, secure};
use crate::{
    App, AppError, Flash, Spoken, account, admin, api, assets, cookies, csrf, flash, identity, pages, serve, webhooks,
};

/// Who is at the other end of the connection; set by the listener, absent in tests.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// Their address, as far as proxies can be trusted.
    pub address: IpAddr,
    /// Did they come over https?
    pub https: bool,
}

/// All routes of the platform and of the blocks.
pub fn router(app: App) -> Router {
    let mut inner = Router::new()
        .merge(pages::routes())
        .merge(account::routes())
        .merge(admin::routes())
        .merge(api::routes(&app))
        .merge(webhooks::pages());
    for block in &app.blocks {
        inner = inner.merge((block.routes)());
    }
    let limit = usize::try_from(app.config.limits.request_bytes).unwrap_or(usize::MAX);
    let inner = inner
        .fallback(|| async { AppError::not_found(Text::new("diese Seite", "this page")) })
        .method_not_allowed_fallback(|| async { StatusCode::METHOD_NOT_ALLOWED })
        .layer(DefaultBodyLimit::max(2 << 20))
        .layer(RequestBodyLimitLayer::new(limit))
        .layer(from_fn_with_state(app.clone(), around));
    assets::routes()
        .merge(serve::routes(&app))
        .layer(from_fn_with_state(app.clone(), bare))
        .merge(inner)
        .with_state(app)
}

/// For answers to anybody, which need no more than their headers.
pub(crate) async fn bare(State(_app): State<App>, request: Request, next: Next) -> Response {
    let https = request.extensions().get::<Peer>().is_some_and(|peer| peer.https);
    let mut response = next.run(request).await;
    secure(response.headers_mut(), None, https);
    response
}

async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = app.now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-".to_owned(), |path| path.as_str().to_owned());
    let mut ctx = anonymous(&app, &request);
    let is_api = wants_problem(&request);
    let known = request.extensions().get::<identity::SignedIn>().cloned();
    let known_form = without_nul(&request);
    let result = match identity::identify(&mut ctx, request.headers(), known).await {
        Ok(()) => match known_form.and_then(|()| refuse_foreign(&ctx, &request)) {
            Ok(()) => {
                request.extensions_mut().insert(ctx.clone());
                let limit = time_limit(&app, &request);
                let run = AssertUnwindSafe(next.run(request)).catch_unwind();
                match tokio::time::timeout(limit, run).await {
                    Ok(Ok(response)) => response,
                    Ok(Err(_panic)) => AppError::internal("a handler panicked").into_response(),
                    Err(_elapsed) => AppError::unavailable().with_code("timeout").into_response(),
                }
            }
            Err(error) => error.into_response(),
        },
        Err(error) => error.into_response(),
    };
    let mut response = render(&ctx, &method, is_api, result);
    let embedded = response.extensions().get::<Embedded>().copied();
    secure(response.headers_mut(), embedded, ctx.https);
    if let Ok(id) = HeaderValue::from_str(&ctx.request_id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    tell(&app, &ctx, &method, &route, response.status(), started);
    response
}

/// One line per request, with the pattern of its route: a path may hold a name.
fn tell(app: &App, ctx: &Ctx, method: &Method, route: &str, status: StatusCode, started: jiff::Timestamp) {
    let took = app.now().duration_since(started);
    let millis = took.as_micros() as f64 / 1000.0;
    let tenant = ctx.principal.as_ref().map_or("-", |principal| principal.tenant.as_str());
    tracing::info!(
        target: "vir::request", request = %ctx.request_id, %method, route, status = status.as_u16(), ms = millis, tenant,
        "request"
    );
    let labels = [("method", method.to_string()), ("route", route.to_owned()), ("status", status.as_u16().to_string())];
    metrics::counter!("vir_http_requests_total", &labels).increment(1);
    metrics::histogram!("vir_http_request_seconds", &labels[..2]).record(millis / 1000.0);
}

fn anonymous(app: &App, request: &Request) -> Ctx {
    let headers = request.headers();
    let peer = request.extensions().get::<Peer>().copied();
    let Peer { address, https } = peer.unwrap_or(Peer { address: IpAddr::V4(Ipv4Addr::LOCALHOST), https: false });
    let known = cookies::read(headers, &cookies::bound_name(VISIT_COOKIE, https))
        .filter(|visit| visit.len() == 32 && visit.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .map(str::to_owned);
    let new_visit = known.is_none().then(|| format!("{:032x}", rand::random::<u128>()));
    let visit = known.or_else(|| new_visit.clone()).unwrap_or_default();
    Ctx {
        lang: language(headers),
        theme: cookies::read(headers, THEME_COOKIE).and_then(Theme::of).unwrap_or_default(),
        principal: None,
        csrf: app.key.sign("csrf-visit", &[visit.as_bytes()]),
        request_id: vir_store::new_id(app.now()),
        peer: address,
        https,
        uri: request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        place: None,
        fragment: headers.contains_key("x-vir-fragment"),
        flash: cookies::read(headers, flash::COOKIE).and_then(|sealed| Flash::open(&app.key, sealed)),
        new_visit,
        app: app.clone(),
    }
}

/// No identifier and no search has a NUL, and PostgreSQL takes none: such an address names nothing.
fn without_nul(request: &Request) -> Result<(), AppError> {
    let has = |text: &str| text.contains("%00");
    if has(request.uri().path()) || request.uri().query().is_some_and(has) {
        return Err(AppError::not_found(Text::new("diese Seite", "this page")));
    }
    Ok(())
}

/// A request that changes something and that a foreign page caused.
fn refuse_foreign(ctx: &Ctx, request: &Request) -> Result<(), AppError> {
    let headers = request.headers();
    // A token in the header is nothing that a browser sends by itself.
    if !csrf::changes(request.method())
        || headers.contains_key(header::AUTHORIZATION)
        || !headers.contains_key(header::COOKIE)
    {
        return Ok(());
    }
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .or_else(|| request.uri().authority().map(|a| a.as_str()));
    let own = host.map(|host| format!("{}://{host}", if ctx.https { "https" } else { "http" }));
    let own: Vec<&str> = own.as_deref().into_iter().chain(ctx.app.config.public_url.as_deref()).collect();
    if csrf::is_foreign(headers, &own) {
        return Err(AppError::foreign_form());
    }
    // The API with a session instead of a token: there is no form, so the token is in a header.
    if ctx.principal.is_some() && request.uri().path().starts_with("/api/") {
        let token = headers.get(csrf::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        crate::form::check_token(ctx, token)?;
    }
    Ok(())
}

fn time_limit(app: &App, request: &Request) -> Duration {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let long = kind.starts_with("multipart/")
        || (csrf::changes(request.method())
            && length.is_none_or(|text| text.parse::<u64>().is_ok_and(|length| length > 1 << 20)));
    Duration::from_secs(if long { app.config.limits.upload_seconds } else { app.config.limits.request_seconds })
}

/// Does whoever asks read problem documents rather than pages?
fn wants_problem(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    request.uri().path().starts_with("/api/") || (accept.contains("json") && !accept.contains("text/html"))
}

/// Makes the answer to an error.
fn render(ctx: &Ctx, method: &Method, problem: bool, mut response: Response) -> Response {
    let error = match response.extensions_mut().remove::<AppError>() {
        Some(error) => error,
        None if is_unspoken(&response) => of_status(response.status()),
        None => return response,
    };
    if error.status().is_server_error() {
        tracing::error!(request = %ctx.request_id, cause = error.cause().unwrap_or("-"), "{}", error.code());
    }
    let mut answer = if problem {
        error.problem(ctx.lang, &ctx.request_id)
    } else if error.status() == StatusCode::UNAUTHORIZED && *method == Method::GET {
        crate::redirect(&identity::sign_in_path(&ctx.uri))
    } else {
        error.page(ctx)
    };
    for name in [header::ALLOW, header::SET_COOKIE] {
        for value in response.headers().get_all(&name) {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    answer
}

/// Errors that the framework answers with a few words, or with none.
fn is_unspoken(response: &Response) -> bool {
    if response.extensions().get::<Spoken>().is_some() {
        return false;
    }
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    (response.status().is_client_error() || response.status().is_server_error())
        && kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

fn of_status(status: StatusCode) -> AppError {
    match status {
        StatusCode::NOT_FOUND => AppError::not_found(Text::new("diese Seite", "this page")),
        StatusCode::UNAUTHORIZED => AppError::unauthenticated(),
        StatusCode::METHOD_NOT_ALLOWED => AppError::new(
            status,
            "method-not-allowed",
            Text::new("Das geht hier nicht", "Not possible here"),
            Text::new("Diese Adresse nimmt solche Anfragen nicht an.", "This address does not take such requests."),
        ),
        StatusCode::PAYLOAD_TOO_LARGE => AppError::new(
            status,
            "too-large",
            Text::new("Zu groß", "Too large"),
            Text::new(
                "Diese Anfrage ist größer, als hier angenommen wird.",
                "This request is larger than accepted here.",
            ),
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => AppError::new(
            status,
            "unsupported-media-type",
            Text::new("Unbekannte Form der Daten", "Unknown form of data"),
            Text::new("In dieser Form werden hier keine Daten angenommen.", "Data of this form is not accepted here."),
        ),
        status if status.is_client_error() => AppError::new(
            status,
            "bad-request",
            Text::new("Anfrage nicht verstanden", "Request not understood"),
            Text::new("Etwas fehlt oder hat die falsche Form.", "Something is missing or has the wrong form."),
        ),
        status => AppError::internal(format!("status {status} without an error")),
    }
}

/// Remembers a choice of language or theme for a year.
pub(crate) fn remember_choice(headers: &mut HeaderMap, lang: Option<Lang>, theme: Option<Theme>, https: bool) {
    const YEAR: u32 = 365 * 24 * 3600;
    if let Some(lang) = lang {
        headers.append(header::SET_COOKIE, cookies::write(LANG_COOKIE, lang.tag(), Some(YEAR), https));
    }
    if let Some(theme) = theme {
        headers.append(header::SET_COOKIE, cookies::write(THEME_COOKIE, theme.word(), Some(YEAR), https));
    }
}
