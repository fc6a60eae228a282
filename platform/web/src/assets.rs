//! Stylesheet, script and icon: compiled in, and served under names that carry the hash of their
//! content, so that browsers may keep them for ever.
//!
//! Invariant: a new content has a new name.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};

use crate::App;

/// A file of ours.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Its name with the hash.
    pub(crate) path: String,
    content: &'static str,
    kind: &'static str,
}

impl Asset {
    fn new(stem: &str, ending: &str, kind: &'static str, content: &'static str) -> Self {
        let mut path = format!("/assets/{stem}.");
        for byte in &Sha256::digest(content.as_bytes())[..8] {
            _ = write!(path, "{byte:02x}");
        }
        _ = write!(path, ".{ending}");
        Self { path, content, kind }
    }
}

pub(crate) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("vir", "css", "text/css; charset=utf-8", include_str!("../assets/vir.css")));
pub(crate) static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("vir", "js", "text/javascript; charset=utf-8", include_str!("../assets/vir.js")));
pub(crate) static PASSKEY: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("passkey", "js", "text/javascript; charset=utf-8", include_str!("../assets/passkey.js"))
});
pub(crate) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("vir", "svg", "image/svg+xml", include_str!("../assets/favicon.svg")));

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/assets/{name}", get(serve))
        .route("/favicon.ico", get(|| async { as_response(&ICON, "public, max-age=86400") }))
        .route("/robots.txt", get(|| async { "User-agent: *\nDisallow: /\n" }))
}

async fn serve(Path(name): Path<String>) -> Response {
    [&*STYLE, &*SCRIPT, &*PASSKEY, &*ICON]
        .into_iter()
        .find(|asset| asset.path.ends_with(&format!("/{name}")))
        .map_or_else(
            || StatusCode::NOT_FOUND.into_response(),
            |asset| as_response(asset, "public, max-age=31536000, immutable"),
        )
}

fn as_response(asset: &Asset, cache: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ];
    (headers, asset.content).into_response()
}
