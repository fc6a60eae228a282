//! A browser without JavaScript: pages, links, forms, cookies.
//!
//! It speaks to one or several nodes in turn, so that no test can rely on one process remembering
//! anything.
//!
//! Invariant: a form is sent with exactly what the page put into it and what the test filled in; a field
//! or button that is not on the page, or is shown only where scripts run, cannot be used.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::{Method, StatusCode, header};
use scraper::{ElementRef, Html, Selector};

/// A person's browser.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    nodes: Vec<String>,
    turn: Arc<AtomicUsize>,
    cookies: BTreeMap<String, String>,
}

/// A page as it came.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: StatusCode,
    /// The path it came from, after all redirections.
    pub path: String,
    pub content_type: String,
    pub text: String,
    /// The same as it came, where it is a file.
    pub bytes: Vec<u8>,
}

/// A form of a page, with its fields as the page filled them.
#[derive(Debug, Clone)]
pub struct Form {
    action: String,
    multipart: bool,
    method: Method,
    fields: Vec<(String, String)>,
    /// The names of all fields and buttons.
    names: BTreeSet<String>,
    files: Vec<(String, String, Vec<u8>)>,
}

fn select(css: &str) -> Selector {
    Selector::parse(css).unwrap()
}

/// Is it there for somebody whose browser runs no scripts?
fn without_scripts(element: ElementRef<'_>) -> bool {
    let hides =
        |one: ElementRef<'_>| one.attr("hidden").is_some() || one.value().classes().any(|class| class == "js-only");
    !hides(element) && !element.ancestors().filter_map(ElementRef::wrap).any(hides)
}

impl Browser {
    pub fn new(nodes: Vec<String>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, nodes, turn: Arc::new(AtomicUsize::new(0)), cookies: BTreeMap::new() }
    }

    /// Signs in at the log-in page.
    pub async fn signed_in(nodes: Vec<String>, login: &str, password: &str) -> Self {
        let mut browser = Self::new(nodes);
        let page = browser.get("/anmelden").await;
        let form = page.form("password").with("email", login).with("password", password);
        let after = browser.send(form).await;
        assert!(!after.path.starts_with("/anmelden"), "{login} could not sign in: {}", after.readable());
        browser
    }

    fn node(&self) -> &str {
        &self.nodes[self.turn.fetch_add(1, Ordering::Relaxed) % self.nodes.len()]
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.try_get(path).await.unwrap()
    }

    /// Sends a form and follows where it leads.
    pub async fn send(&mut self, form: Form) -> Page {
        self.try_send(form).await.unwrap()
    }

    /// The same of a server that may be gone.
    pub async fn try_get(&mut self, path: &str) -> Result<Page, reqwest::Error> {
        let request = self.http.get(format!("{}{path}", self.node()));
        self.follow(request, path.to_owned()).await
    }

    /// The same of a server that may be gone.
    pub async fn try_send(&mut self, form: Form) -> Result<Page, reqwest::Error> {
        let node = self.node().to_owned();
        let mut url = format!("{node}{}", form.action);
        let mut request;
        if form.method == Method::GET {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&encoded(&form.fields));
            request = self.http.get(url);
        } else {
            request = self.http.post(url).header(header::ORIGIN, node);
            request = if form.multipart {
                let boundary = "vir-test-boundary-7f3a";
                request
                    .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"))
                    .body(multipart(boundary, &form))
            } else {
                request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(encoded(&form.fields))
            };
        }
        self.follow(request, form.action).await
    }

    async fn follow(&mut self, mut request: reqwest::RequestBuilder, mut path: String) -> Result<Page, reqwest::Error> {
        for _ in 0..10 {
            let cookie: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let answer = request.header(header::COOKIE, cookie.join("; ")).send().await?;
            for set in answer.headers().get_all(header::SET_COOKIE) {
                let pair = set.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                if value.is_empty() {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
            let status = answer.status();
            if let Some(location) = answer.headers().get(header::LOCATION).filter(|_| status.is_redirection()) {
                let location = location.to_str().unwrap();
                path = match location.strip_prefix("http://") {
                    Some(rest) => rest.find('/').map_or("/", |slash| &rest[slash..]).to_owned(),
                    None => location.to_owned(),
                };
                request = self.http.get(format!("{}{path}", self.node()));
                continue;
            }
            let content_type =
                answer.headers().get(header::CONTENT_TYPE).map_or("", |value| value.to_str().unwrap()).to_owned();
            let bytes = answer.bytes().await?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            return Ok(Page { status, path, content_type, text, bytes: bytes.to_vec() });
        }
        panic!("{path} leads in a circle")
    }
}

impl Page {
    /// The form that has the field or button `name`.
    pub fn form(&self, name: &str) -> Form {
        self.form_around(&format!("[name='{name}']"))
    }

    /// The form that leads to `action` (the end of its address).
    pub fn form_to(&self, action: &str) -> Form {
        let html = Html::parse_document(&self.text);
        let form = html
            .select(&select("form"))
            .find(|form| without_scripts(*form) && form.attr("action").unwrap_or(&self.path).ends_with(action))
            .unwrap_or_else(|| panic!("{} has no form to {action}: {}", self.path, self.readable()));
        self.read_form(form)
    }

    /// The form whose field or button `name` offers `value`.
    pub fn form_with(&self, name: &str, value: &str) -> Form {
        self.form_around(&format!("[name='{name}'][value='{value}']"))
    }

    /// The form around what the selector finds.
    pub fn form_around(&self, css: &str) -> Form {
        let html = Html::parse_document(&self.text);
        let wanted = select(css);
        let form = html
            .select(&select("form"))
            .find(|form| without_scripts(*form) && form.select(&wanted).any(without_scripts))
            .unwrap_or_else(|| panic!("{} has no form around {css}: {}", self.path, self.readable()));
        self.read_form(form)
    }

    /// The form that has all of these values, hidden ones among them.
    pub fn form_of(&self, values: &[(&str, &str)]) -> Form {
        let html = Html::parse_document(&self.text);
        let all = select("form");
        let mut forms = html.select(&all).filter(|form| without_scripts(*form)).map(|form| self.read_form(form));
        let has = |form: &Form, (name, value): &(&str, &str)| {
            form.fields.iter().any(|(field, there)| field == name && there == value)
        };
        let found = forms.find(|form| values.iter().all(|value| has(form, value)));
        found.unwrap_or_else(|| panic!("{} has no form of {values:?}: {}", self.path, self.readable()))
    }

    fn read_form(&self, form: ElementRef<'_>) -> Form {
        let mut fields = Vec::new();
        let named = select("[name]");
        let names = form.select(&named).filter(|field| without_scripts(*field)).filter_map(|field| field.attr("name"));
        let names = names.map(str::to_owned).collect();
        for field in form.select(&select("input[name], textarea[name], select[name]")) {
            let name = field.attr("name").unwrap().to_owned();
            match field.value().name() {
                "textarea" => fields.push((name, field.text().collect())),
                "select" => {
                    let options: Vec<_> = field.select(&select("option")).collect();
                    let chosen = options.iter().find(|option| option.attr("selected").is_some()).or(options.first());
                    if let Some(option) = chosen {
                        let text = || option.text().collect::<String>();
                        fields.push((name, option.attr("value").map_or_else(text, str::to_owned)));
                    }
                }
                _ => match field.attr("type").unwrap_or("text") {
                    "checkbox" | "radio" if field.attr("checked").is_none() => {}
                    "submit" | "file" | "button" | "image" => {}
                    _ => fields.push((name, field.attr("value").unwrap_or_default().to_owned())),
                },
            }
        }
        Form {
            action: form.attr("action").unwrap_or(&self.path).to_owned(),
            multipart: form.attr("enctype") == Some("multipart/form-data"),
            method: if form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post")) {
                Method::POST
            } else {
                Method::GET
            },
            fields,
            names,
            files: Vec::new(),
        }
    }

    /// The value of the option of `name` whose words contain `words`.
    pub fn option(&self, name: &str, words: &str) -> Option<String> {
        let html = Html::parse_document(&self.text);
        let options = select(&format!("select[name='{name}'] option"));
        let mut options = html.select(&options).filter(|option| option.text().collect::<String>().contains(words));
        options.find_map(|option| option.attr("value").map(str::to_owned))
    }

    /// What stands in the field `name`.
    pub fn value(&self, name: &str) -> Option<String> {
        let html = Html::parse_document(&self.text);
        html.select(&select(&format!("input[name='{name}']"))).find_map(|field| field.attr("value").map(str::to_owned))
    }

    /// All links of the page.
    pub fn links(&self) -> Vec<String> {
        let html = Html::parse_document(&self.text);
        html.select(&select("a[href]")).filter_map(|link| link.attr("href").map(str::to_owned)).collect()
    }

    /// The values that the choice `name` offers.
    pub fn choices(&self, name: &str) -> Vec<String> {
        let html = Html::parse_document(&self.text);
        let options = select(&format!("select[name='{name}'] option, input[name='{name}']"));
        html.select(&options).filter_map(|option| option.attr("value").map(str::to_owned)).collect()
    }

    /// Does the page have a form with this field, box or button?
    pub fn offers(&self, name: &str, value: &str) -> bool {
        let html = Html::parse_document(&self.text);
        html.select(&select(&format!("[name='{name}'][value='{value}']"))).next().is_some()
    }

    /// The text of the page's main part, with single spaces.
    pub fn readable(&self) -> String {
        let html = Html::parse_document(&self.text);
        let main = html.select(&select("main")).next().unwrap_or_else(|| html.root_element());
        main.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub fn says(&self, text: &str) -> bool {
        self.readable().contains(text)
    }
}

impl Form {
    /// Fills a field in, or presses the button `name`.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        assert!(self.names.contains(name), "the form to {} has no {name}", self.action);
        match self.fields.iter_mut().find(|(field, _)| field == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Adds a value: one more box of this name is ticked.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Of all boxes of this name, ticks only that with `value`.
    pub fn only(mut self, name: &str, value: &str) -> Self {
        assert!(self.names.contains(name), "the form to {} has no {name}", self.action);
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a file.
    pub fn file(mut self, name: &str, file_name: &str, bytes: Vec<u8>) -> Self {
        self.files.push((name.to_owned(), file_name.to_owned(), bytes));
        self
    }
}

fn encoded(fields: &[(String, String)]) -> String {
    let part = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    };
    fields.iter().map(|(name, value)| format!("{}={}", part(name), part(value))).collect::<Vec<_>>().join("&")
}

fn multipart(boundary: &str, form: &Form) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in &form.fields {
        body.extend(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    for (name, file, bytes) in &form.files {
        body.extend(
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            )
            .bytes(),
        );
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").bytes());
    body
}
