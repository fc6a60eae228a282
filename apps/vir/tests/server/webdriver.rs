//! A window of a real browser, driven over the WebDriver protocol (W3C) by clicks and keys.
//!
//! The protocol is JSON over HTTP, so the client that the tests have anyway suffices; a client library
//! would bring a second HTTP stack. Nothing here waits for a fixed time: what is not there yet is looked
//! for again until a deadline.
//!
//! Invariant: a click is one that a person could have made; what is hidden or covered cannot be clicked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::{Method, header};
use serde_json::{Value, json};
use vir_testkit::chromedriver;

/// The name under which the protocol hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a window is like.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub scripts: bool,
    pub width: u32,
    pub height: u32,
    pub dark: bool,
}

/// A window that a clerk has.
pub const DESK: Look = Look { scripts: true, width: 1280, height: 860, dark: false };

/// One window, with cookies of its own.
pub struct Window {
    http: reqwest::Client,
    session: String,
    /// The server that the window looks at.
    origin: String,
    pub downloads: PathBuf,
}

/// Something on the page.
#[derive(Debug, Clone)]
pub struct Element(String);

impl Window {
    /// Opens a window; `None` where no browser is installed.
    pub async fn open(origin: &str, look: Look, downloads: &Path) -> Option<Self> {
        let driver = chromedriver::shared()?;
        std::fs::create_dir_all(downloads).unwrap();
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--lang=de".to_owned(),
            format!("--window-size={},{}", look.width, look.height),
        ];
        if look.dark {
            arguments.push("--force-dark-mode".to_owned());
        }
        let mut preferences = json!({
            "intl.accept_languages": "de",
            "download.default_directory": downloads,
            "download.prompt_for_download": false,
        });
        if !look.scripts {
            // 2 = blocked, as a person sets it in the browser's settings for all sites.
            preferences["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {
                "binary": chromedriver::browser()?, "args": arguments, "prefs": preferences,
            },
        } } });
        // A client wants a cryptography, though these requests stay on this machine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(120)).build().unwrap();
        let mut window =
            Self { http, session: driver.url(), origin: origin.to_owned(), downloads: downloads.to_owned() };
        let made = window.ask(Method::POST, "/session", Some(wanted)).await.unwrap_or_else(|why| panic!("{why}"));
        window.session = format!("{}/session/{}", driver.url(), made["sessionId"].as_str().unwrap());
        if look.scripts {
            window.size(look.width, look.height).await;
        }
        Some(window)
    }

    /// One command; the error's words where the browser refuses.
    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, String> {
        let mut request = self.http.request(method, format!("{}{path}", self.session));
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let good = answer.status().is_success();
        let text = String::from_utf8(answer.bytes().await.unwrap().to_vec()).unwrap();
        let mut value: Value = serde_json::from_str(&text).unwrap();
        let value = value["value"].take();
        if good { Ok(value) } else { Err(format!("{}: {}", value["error"], value["message"])) }
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, String> {
        self.ask(Method::POST, path, Some(body)).await
    }

    /// Makes the page as wide and high as this.
    pub async fn size(&self, width: u32, height: u32) {
        // The protocol of the browser itself sets the page, not the frame around it: it can be 320 wide.
        let wanted = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false } });
        self.post("/goog/cdp/execute", wanted).await.unwrap();
    }

    pub async fn go(&self, path: &str) {
        self.post("/url", json!({ "url": format!("{}{path}", self.origin) })).await.unwrap();
    }

    /// The path that is shown, with its query.
    pub async fn path(&self) -> String {
        let url = self.ask(Method::GET, "/url", None).await.unwrap();
        url.as_str().unwrap().strip_prefix(&self.origin).unwrap_or_default().to_owned()
    }

    /// Asks until there is an answer, or the time is over.
    pub async fn until<T>(&self, what: &str, mut asked: impl AsyncFnMut() -> Option<T>) -> T {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Some(found) = asked().await {
                return found;
            }
            if tokio::time::Instant::now() > deadline {
                let at = self.path().await;
                let text = self.text("body").await;
                panic!("{what} did not happen at {at}: {text}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Everything that the selector finds now: CSS, or XPath where it begins with `//`.
    pub async fn all(&self, selector: &str) -> Vec<Element> {
        let using = if selector.starts_with("//") { "xpath" } else { "css selector" };
        let found = self.post("/elements", json!({ "using": using, "value": selector })).await.unwrap_or_default();
        let list = found.as_array().cloned().unwrap_or_default();
        list.iter().filter_map(|one| one[ELEMENT].as_str().map(|id| Element(id.to_owned()))).collect()
    }

    pub async fn find(&self, selector: &str) -> Element {
        self.until(&format!("{selector} to appear"), async || self.all(selector).await.into_iter().next()).await
    }

    /// The text of an element as it is shown; empty where there is none.
    pub async fn text(&self, selector: &str) -> String {
        let Some(element) = self.all(selector).await.into_iter().next() else { return String::new() };
        let text = self.ask(Method::GET, &format!("/element/{}/text", element.0), None).await.unwrap_or_default();
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says this.
    pub async fn says(&self, words: &str) {
        self.until(&format!("„{words}“"), async || self.text("body").await.contains(words).then_some(())).await;
    }

    /// Clicks, as soon as it can be clicked.
    pub async fn click(&self, selector: &str) {
        let what = format!("a click on {selector}");
        self.until(&what, async || {
            let element = self.all(selector).await.into_iter().next()?;
            self.post(&format!("/element/{}/click", element.0), json!({})).await.ok()
        })
        .await;
    }

    /// Clicks the button with these words.
    pub async fn press(&self, words: &str) {
        self.click(&format!("//button[normalize-space()='{words}']")).await;
    }

    /// Clicks the link with these words.
    pub async fn follow(&self, words: &str) {
        self.click(&format!("//a[normalize-space()='{words}']")).await;
    }

    /// Types into a field that is empty, or chooses a file by its path.
    pub async fn keys(&self, selector: &str, text: &str) {
        let element = self.find(selector).await;
        self.post(&format!("/element/{}/value", element.0), json!({ "text": text })).await.unwrap();
    }

    /// Empties a field and types into it.
    pub async fn fill(&self, selector: &str, text: &str) {
        let element = self.find(selector).await;
        self.post(&format!("/element/{}/clear", element.0), json!({})).await.unwrap();
        self.keys(selector, text).await;
    }

    /// Chooses an entry of a list.
    pub async fn choose(&self, list: &str, value: &str) {
        self.click(&format!("{list} option[value='{value}']")).await;
    }

    /// Answers the page's question with yes.
    pub async fn confirm(&self) {
        self.click("dialog[open] button[value=yes], dialog[open] .button--primary, dialog[open] .button--danger").await;
    }

    /// An attribute of the first element, if it is there.
    pub async fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let element = self.all(selector).await.into_iter().next()?;
        let value = self.ask(Method::GET, &format!("/element/{}/attribute/{name}", element.0), None).await.ok()?;
        value.as_str().map(str::to_owned)
    }

    /// Is it ticked?
    pub async fn chosen(&self, selector: &str) -> bool {
        let element = self.find(selector).await;
        self.ask(Method::GET, &format!("/element/{}/selected", element.0), None).await.unwrap() == json!(true)
    }

    /// Runs a script of the test, not of the page.
    pub async fn script(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({ "script": script, "args": [] })).await.unwrap()
    }

    /// Plugs a security key in that knows its owner (the protocol's virtual authenticator).
    pub async fn plug_in_a_key(&self) {
        let key = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserConsenting": true, "isUserVerified": true,
        });
        self.post("/webauthn/authenticator", key).await.unwrap();
    }

    /// Signs in with a password.
    pub async fn sign_in(&self, login: &str, password: &str) {
        self.go("/anmelden").await;
        self.fill("input[name=email]", login).await;
        self.fill("input[name=password]", password).await;
        self.click(
            "form:has(input[name=password]) button[type=submit], form:has(input[name=password]) button:not([type])",
        )
        .await;
        self.until("a way in", async || (!self.path().await.starts_with("/anmelden")).then_some(())).await;
    }

    /// A picture of what is seen, where `VIR_SCREENSHOTS` names a folder.
    pub async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("VIR_SCREENSHOTS").map(PathBuf::from) else { return };
        std::fs::create_dir_all(&folder).unwrap();
        let picture = self.ask(Method::GET, "/screenshot", None).await.unwrap();
        std::fs::write(folder.join(format!("{name}.png")), base64(picture.as_str().unwrap())).unwrap();
    }

    /// What was downloaded under a name that ends so; waits until it is complete.
    pub async fn downloaded(&self, end: &str) -> Vec<u8> {
        self.until(&format!("a download {end}"), async || {
            let files = std::fs::read_dir(&self.downloads).ok()?;
            let file = files.flatten().find(|file| file.file_name().to_string_lossy().ends_with(end))?;
            std::fs::read(file.path()).ok().filter(|bytes| !bytes.is_empty())
        })
        .await
    }

    pub async fn close(self) {
        self.ask(Method::DELETE, "", None).await.unwrap();
    }
}

/// The bytes behind base64, as the protocol sends pictures.
fn base64(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        bits = (bits << 6) | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).unwrap());
        }
    }
    bytes
}
