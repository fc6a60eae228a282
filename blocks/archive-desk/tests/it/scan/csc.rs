//! A small seal service after the Cloud Signature Consortium, with keys made by `openssl`.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use vir_archive::certificate::certificates;
use vir_testkit::seals::Keyed;

/// How it behaves.
#[derive(Debug, Clone)]
pub struct Manners {
    /// The algorithms of its key.
    pub algorithms: Vec<&'static str>,
    /// How the key is freed.
    pub auth: Value,
    /// `enabled`, or not.
    pub status: &'static str,
    /// Answers 503 so often first.
    pub faults: u32,
    /// Signs something else.
    pub lies: bool,
}

impl Manners {
    pub fn good(algorithms: &[&'static str]) -> Self {
        let auth = json!({
            "mode": "explicit", "expression": "PIN",
            "objects": [{ "type": "Password", "id": "PIN", "format": "N", "label": "PIN" }],
        });
        Self { algorithms: algorithms.to_vec(), auth, status: "enabled", faults: 0, lies: false }
    }
}

#[derive(Debug)]
struct Inner {
    keyed: Keyed,
    manners: Mutex<Manners>,
    asked: Mutex<Vec<String>>,
}

/// It answers as long as this lives.
pub struct Service {
    pub url: String,
    inner: Arc<Inner>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Service {
    pub async fn start(keyed: &Keyed, manners: Manners) -> Self {
        let inner =
            Arc::new(Inner { keyed: keyed.clone(), manners: Mutex::new(manners), asked: Mutex::new(Vec::new()) });
        let routes = Router::new()
            .route("/csc/v2/oauth2/token", post(token))
            .route("/csc/v2/credentials/list", post(list))
            .route("/csc/v2/credentials/info", post(info))
            .route("/csc/v2/credentials/authorize", post(authorize))
            .route("/csc/v2/signatures/signHash", post(sign))
            .with_state(inner.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/csc/v2", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, inner, task }
    }

    pub fn behave(&self, change: impl FnOnce(&mut Manners)) {
        change(&mut self.inner.manners.lock().unwrap());
    }

    /// What it was asked, in order.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.inner.asked.lock().unwrap())
    }
}

type Shared = State<Arc<Inner>>;

fn refusal(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error, "error_description": "says the test" }))).into_response()
}

/// Notes the question; an answer where it may not be asked.
fn enter(inner: &Inner, what: &str, headers: &HeaderMap, bearer: &str) -> Option<Response> {
    inner.asked.lock().unwrap().push(what.to_owned());
    let mut manners = inner.manners.lock().unwrap();
    if manners.faults > 0 {
        manners.faults -= 1;
        return Some(refusal(StatusCode::SERVICE_UNAVAILABLE, "busy"));
    }
    let sent = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    (sent != format!("Bearer {bearer}")).then(|| refusal(StatusCode::UNAUTHORIZED, "invalid_token"))
}

async fn token(State(inner): Shared, body: Bytes) -> Response {
    let text = String::from_utf8(body.to_vec()).unwrap();
    inner.asked.lock().unwrap().push("token".to_owned());
    if !text.contains("client_id=stadt") || !text.contains("client_secret=ge%26heim") {
        return refusal(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    assert!(text.contains("grant_type=client_credentials"), "{text}");
    let token = if text.contains("scope=credential") {
        assert!(text.contains("credentialID=siegel-1") && text.contains("hashes="), "{text}");
        "for-one"
    } else {
        "for-all"
    };
    Json(json!({ "access_token": token, "token_type": "Bearer", "expires_in": 300 })).into_response()
}

async fn list(State(inner): Shared, headers: HeaderMap) -> Response {
    if let Some(answer) = enter(&inner, "list", &headers, "for-all") {
        return answer;
    }
    Json(json!({ "credentialIDs": ["siegel-1"] })).into_response()
}

async fn info(State(inner): Shared, headers: HeaderMap, Json(asked): Json<Value>) -> Response {
    if let Some(answer) = enter(&inner, "info", &headers, "for-all") {
        return answer;
    }
    assert_eq!(asked["credentialID"], "siegel-1");
    let pem = std::fs::read(inner.keyed.file("pem")).unwrap();
    let chain: Vec<String> = certificates(&pem).unwrap().iter().map(|one| STANDARD.encode(one)).collect();
    let manners = inner.manners.lock().unwrap().clone();
    Json(json!({
        "description": "Siegel", "signatureQualifier": "eu_eidas_qeseal",
        "key": { "status": manners.status, "algo": manners.algorithms, "len": 256 },
        "cert": { "status": "valid", "certificates": chain },
        "auth": manners.auth, "SCAL": "2", "multisign": 1,
    }))
    .into_response()
}

async fn authorize(State(inner): Shared, headers: HeaderMap, Json(asked): Json<Value>) -> Response {
    if let Some(answer) = enter(&inner, "authorize", &headers, "for-all") {
        return answer;
    }
    if asked["authData"] != json!([{ "id": "PIN", "value": "1234" }]) {
        return refusal(StatusCode::BAD_REQUEST, "invalid_pin");
    }
    Json(json!({ "SAD": format!("free {}", asked["hashes"][0].as_str().unwrap()), "expiresIn": 60 })).into_response()
}

async fn sign(State(inner): Shared, headers: HeaderMap, Json(asked): Json<Value>) -> Response {
    let manners = inner.manners.lock().unwrap().clone();
    let by_code = manners.auth["mode"] == "oauth2code";
    if let Some(answer) = enter(&inner, "sign", &headers, if by_code { "for-one" } else { "for-all" }) {
        return answer;
    }
    let hash = asked["hashes"][0].as_str().unwrap();
    if !by_code && asked["SAD"] != format!("free {hash}") {
        return refusal(StatusCode::BAD_REQUEST, "invalid_request");
    }
    assert!(manners.algorithms.contains(&asked["signAlgo"].as_str().unwrap()), "{asked}");
    let mut hash = STANDARD.decode(hash).unwrap();
    if manners.lies {
        hash[0] ^= 1;
    }
    let digest = match hash.len() {
        32 => "digest:sha256",
        48 => "digest:sha384",
        _ => "digest:sha512",
    };
    let mut options = vec!["-pkeyopt", digest];
    if asked["signAlgo"] == "1.2.840.113549.1.1.10" {
        assert!(asked["signAlgoParams"].is_string(), "{asked}");
        options.extend(["-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:64"]);
    }
    let signature = inner.keyed.sign(&hash, &options);
    Json(json!({ "signatures": [STANDARD.encode(signature)] })).into_response()
}
