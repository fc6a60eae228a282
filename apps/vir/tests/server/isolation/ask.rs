//! Asks the server, and hands the answers to the judge.
//!
//! Invariant: a request is made by chance from the seed alone, so that a finding can be had again.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::header;
use vir_web::csrf;

use super::dice::Dice;
use super::judge::{self, Outcome};
use super::rights::{ADMINISTER, UNITS, everywhere};
use super::routes::{Body, Need, ROUTES};
use super::world::{Caller, Kind, Shows, TENANTS, Thing, World};

/// As many connections work at once.
const AT_ONCE: usize = 24;

/// Words in braces, with what they name.
const KINDS: [(&str, Kind); 22] = [
    ("{invoice}", Kind::Invoice),
    ("{record}", Kind::Record),
    ("{person}", Kind::Person),
    ("{group}", Kind::Group),
    ("{unit}", Kind::Unit),
    ("{role}", Kind::Role),
    ("{grant}", Kind::Grant),
    ("{deputy}", Kind::Deputy),
    ("{token}", Kind::Token),
    ("{session}", Kind::Session),
    ("{webhook}", Kind::Webhook),
    ("{delivery}", Kind::Delivery),
    ("{rule}", Kind::Rule),
    ("{mailbox}", Kind::Mailbox),
    ("{mail}", Kind::Mail),
    ("{own}", Kind::Own),
    ("{import}", Kind::Import),
    ("{run}", Kind::Run),
    ("{batch}", Kind::Batch),
    ("{account}", Kind::Account),
    ("{draft}", Kind::Draft),
    ("{tenant}", Kind::Tenant),
];

/// Which thing an address shall name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Chance,
    Own,
    Invented,
}

/// A request, ready to be sent.
#[derive(Debug, Clone)]
struct Prepared {
    route: usize,
    caller: usize,
    path: String,
    body: String,
    wrong_csrf: bool,
    target: Option<Thing>,
    right: Vec<Outcome>,
}

struct Answer {
    status: u16,
    outcome: Outcome,
    body: Vec<u8>,
    took: Duration,
}

#[derive(Default)]
struct Seen {
    asked: u64,
    outcomes: BTreeMap<Outcome, u64>,
    /// By route: allowed, denied.
    routes: BTreeMap<usize, (u64, u64)>,
    wrong: Vec<String>,
    foreign: Vec<Duration>,
    invented: Vec<Duration>,
    twins: u64,
}

/// The test while it runs.
pub struct Asking {
    pub world: Arc<World>,
    things: Arc<HashMap<String, Thing>>,
    http: reqwest::Client,
    urls: Vec<String>,
    turn: AtomicUsize,
    pid: u32,
    seen: Mutex<Seen>,
    began: Instant,
}

impl Asking {
    pub fn new(world: World, urls: Vec<String>, pid: u32) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .build()
            .unwrap();
        let things = world.things.iter().map(|thing| (thing.id.clone(), thing.clone())).collect();
        Self {
            world: Arc::new(world),
            things: Arc::new(things),
            http,
            urls,
            turn: AtomicUsize::new(0),
            pid,
            seen: Mutex::default(),
            began: Instant::now(),
        }
    }

    /// Something of this kind; in the caller's municipality, in another, or nowhere.
    fn thing(&self, kind: Kind, caller: &Caller, choice: Choice, dice: &mut Dice) -> Option<Thing> {
        let tenant = match (choice, caller.tenant) {
            (Choice::Invented, _) => return None,
            (Choice::Own, tenant) => tenant.unwrap_or(0),
            (Choice::Chance, Some(tenant)) if dice.percent(60) => tenant,
            (Choice::Chance, _) if dice.percent(75) => dice.below(TENANTS.len()),
            (Choice::Chance, _) => return None,
        };
        dice.pick(&self.world.of(kind, tenant)).map(|thing| (*thing).clone())
    }

    fn prepare(&self, route: usize, caller: usize, choice: Choice, dice: &mut Dice) -> Prepared {
        let (index, route) = (route, &ROUTES[route]);
        let who = &self.world.callers[caller];
        let mut path = route.path.to_owned();
        if !route.query.is_empty() {
            path = format!("{path}?{}", route.query);
        }
        let invented = format!(
            "01999999-{:04x}-7{:03x}-8{:03x}-{:012x}",
            dice.below(65536),
            dice.below(4096),
            dice.below(4096),
            dice.next()
        );
        let mut target = None;
        let mut tenant = None;
        for (word, kind) in KINDS {
            // The first in the address is what it is about.
            if !route.path.contains(word) {
                continue;
            }
            let mut thing = self.thing(kind, who, choice, dice);
            let probe = judge::right(route, who, thing.as_ref(), Some(0));
            if route.harms && probe.contains(&Outcome::Allowed) {
                thing = None;
            }
            let text = match &thing {
                Some(thing)
                    if choice == Choice::Chance && dice.percent(4) && kind != Kind::Tenant && kind != Kind::Role =>
                {
                    // Almost the same is something else.
                    let other = match dice.below(3) {
                        0 => format!("{}x", thing.id),
                        1 => format!("%20{}", thing.id),
                        _ => format!("{}%00", thing.id),
                    };
                    thing.clone_into_nothing(&mut target);
                    path = path.replace(word, &other);
                    continue;
                }
                Some(thing) => thing.id.clone(),
                None if kind == Kind::Tenant => "niemandsland".to_owned(),
                None => invented.clone(),
            };
            path = path.replace(word, &text);
            match kind {
                Kind::Tenant => tenant = thing.map(|thing| thing.tenant),
                _ if target.is_none() && route.path.find(word) == route.path.find('{').or(Some(0)) => target = thing,
                Kind::Draft => target = thing,
                _ => {}
            }
        }
        path = path
            .replace("{word}", &format!("nichts-{}", dice.below(1000)))
            .replace("{number}", &dice.below(2).to_string());
        let marked = super::world::mark(dice.below(TENANTS.len()), 'U', dice.below(UNITS.len()));
        path = path.replace("{mark}", &marked).replace("{unit}", self.units(dice).as_str());
        path = path.replace("{tenant}", TENANTS[dice.below(TENANTS.len())]);
        let mut right = judge::right(route, who, target.as_ref(), tenant);
        let may = right.contains(&Outcome::Allowed);
        let kind = if may { route.tame } else { route.sharp };
        let mut body = match kind {
            Body::None | Body::Multipart => String::new(),
            Body::Form(text) | Body::Json(text) | Body::Xml(text) => text.to_owned(),
        };
        for (word, kind) in KINDS {
            if !body.contains(word) {
                continue;
            }
            let mut thing = self.thing(kind, who, choice, dice);
            let own = |thing: &Thing| thing.owner.as_ref().is_some_and(|owner| owner.contains(&who.person));
            let mighty = everywhere(&who.rights, ADMINISTER);
            if may && route.harms
                || matches!(route.need, Need::Own | Need::Browser)
                    && thing.as_ref().is_some_and(|thing| who.tenant == Some(thing.tenant) && (own(thing) || mighty))
            {
                thing = None;
            }
            body = body.replace(word, thing.as_ref().map_or(invented.as_str(), |thing| thing.id.as_str()));
        }
        body = body.replace("{mark}", &marked).replace("{tenant}", TENANTS[dice.below(TENANTS.len())]);
        let guarded = matches!(kind, Body::Form(_)) || (matches!(kind, Body::Json(_)) && path.starts_with("/api/"));
        let wrong_csrf =
            guarded && !matches!(route.need, Need::Visit) && who.is_known() && !who.is_token() && dice.percent(4);
        // Who is asked for once for certain shows what is right.
        let wrong_csrf = wrong_csrf && choice == Choice::Chance;
        if wrong_csrf {
            right = vec![Outcome::Refused];
        }
        // An address with a NUL names nothing, before anybody is asked who they are.
        if path.contains("%00") {
            right.push(Outcome::Missing);
        }
        Prepared { route: index, caller, path, body, wrong_csrf, target, right }
    }

    fn units(&self, dice: &mut Dice) -> String {
        let units = self.world.of(Kind::Unit, dice.below(TENANTS.len()));
        dice.pick(&units).map_or_else(String::new, |thing| thing.id.clone())
    }

    async fn send(&self, asked: &Prepared) -> Answer {
        let route = &ROUTES[asked.route];
        let who = &self.world.callers[asked.caller];
        let url = &self.urls[self.turn.fetch_add(1, Ordering::Relaxed) % self.urls.len()];
        let mut request = self.http.request(route.method.parse().unwrap(), format!("{url}{}", asked.path));
        let visit = format!("vir_visit={}", self.world.visit);
        request = match &who.shows {
            Shows::Nothing => request.header(header::COOKIE, visit),
            Shows::Session(cookie) => request.header(header::COOKIE, format!("{visit}; vir_session={cookie}")),
            Shows::Token(text) => request.header(header::COOKIE, visit).bearer_auth(text),
        };
        let csrf = if asked.wrong_csrf { "wrong" } else { who.csrf.as_str() };
        let may = asked.right.contains(&Outcome::Allowed);
        request = match if may { route.tame } else { route.sharp } {
            Body::None if route.method == "GET" => request,
            Body::None => request.header(csrf::HEADER, csrf),
            Body::Form(_) => request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(
                if asked.body.contains("csrf=") { asked.body.clone() } else { format!("csrf={csrf}&{}", asked.body) },
            ),
            Body::Json(_) => request
                .header(header::CONTENT_TYPE, "application/json")
                .header(csrf::HEADER, csrf)
                .body(asked.body.clone()),
            Body::Xml(_) => request
                .header(header::CONTENT_TYPE, "application/xml")
                .header(csrf::HEADER, csrf)
                .body(asked.body.clone()),
            Body::Multipart => request
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
                .body(format!("--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--b--\r\n")),
        };
        let began = Instant::now();
        let answer = request.send().await.unwrap_or_else(|error| panic!("{} {}: {error}", route.method, asked.path));
        let status = answer.status().as_u16();
        let text = |name: header::HeaderName| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let location = text(header::LOCATION);
        let zipped = text(header::CONTENT_TYPE).contains("spreadsheetml");
        let mut body = answer.bytes().await.unwrap().to_vec();
        let took = began.elapsed();
        if zipped {
            body = unzipped(&body);
        }
        body.extend_from_slice(location.as_bytes());
        Answer { status, outcome: judge::seen(status, &location), body, took }
    }

    /// Sends one and judges the answer; where somebody else's thing is missing, also one that was invented.
    async fn ask(&self, asked: Prepared, dice: &mut Dice) -> Outcome {
        let answer = self.send(&asked).await;
        let (route, who) = (&ROUTES[asked.route], &self.world.callers[asked.caller]);
        let mut wrong = Vec::new();
        let tell = |what: String| {
            format!(
                "{} {} by {} ({:?}): {what}; body {:?}; about {:?}",
                route.method, asked.path, who.label, who.rights, asked.body, asked.target
            )
        };
        if !asked.right.contains(&answer.outcome) {
            wrong.push(tell(format!(
                "{} is {:?}, right were {:?}: {}",
                answer.status,
                answer.outcome,
                asked.right,
                excerpt(&answer.body)
            )));
        }
        let sent = format!("{} {}", asked.path, asked.body);
        if let Some(what) = judge::told_too_much(who, &asked.path, &sent, &answer.body, &self.things) {
            wrong.push(tell(format!("{} {what}", answer.status)));
        }
        let mut twin_took = None;
        if answer.outcome == Outcome::Missing
            && !asked.right.contains(&Outcome::Allowed)
            && asked.target.is_some()
            && !asked.wrong_csrf
            && dice.percent(30)
        {
            let invented = self.prepare_like(&asked, dice);
            let twin = self.send(&invented).await;
            twin_took = Some(twin.took);
            let (one, other) = (plain(&answer.body, &asked), plain(&twin.body, &invented));
            if twin.status != answer.status || one != other {
                wrong.push(tell(format!(
                    "what exists is answered otherwise than what does not: {} and {}: {} <> {}",
                    answer.status,
                    twin.status,
                    excerpt(one.as_bytes()),
                    excerpt(other.as_bytes())
                )));
            }
        }
        let mut seen = self.seen.lock().unwrap();
        seen.asked += 1 + u64::from(twin_took.is_some());
        *seen.outcomes.entry(answer.outcome).or_default() += 1;
        let counts = seen.routes.entry(asked.route).or_default();
        if answer.outcome == Outcome::Allowed {
            counts.0 += 1
        } else {
            counts.1 += 1
        }
        if let Some(took) = twin_took {
            seen.twins += 1;
            seen.foreign.push(answer.took);
            seen.invented.push(took);
        }
        seen.wrong.extend(wrong);
        answer.outcome
    }

    /// The same request about something that was invented.
    fn prepare_like(&self, asked: &Prepared, dice: &mut Dice) -> Prepared {
        let id = &asked.target.as_ref().unwrap().id;
        let invented = format!("01999999-0000-7000-8000-{:012x}", dice.next());
        Prepared { path: asked.path.replace(id.as_str(), &invented), target: None, ..asked.clone() }
    }

    /// Every address, by one who may do everything, by nobody, and by one from elsewhere.
    pub async fn everything_once(&self) {
        let mut dice = Dice::new(1);
        let find = |label: &str| self.world.callers.iter().position(|caller| caller.label == label).unwrap();
        let (mighty, elsewhere, nobody) = (find("mighty of aurich"), find("no rights of bassum"), find("nobody"));
        for route in 0..ROUTES.len() {
            for (caller, choice) in
                [(mighty, Choice::Own), (elsewhere, Choice::Own), (nobody, Choice::Own), (mighty, Choice::Invented)]
            {
                let asked = self.prepare(route, caller, choice, &mut dice);
                self.ask(asked, &mut dice).await;
            }
        }
    }

    /// What somebody sees of an address; for the table.
    pub async fn outcome_for(&self, route: usize, caller: usize) -> Outcome {
        let mut dice = Dice::new(route as u64 + 7);
        let mut asked = self.prepare(route, caller, Choice::Own, &mut dice);
        while asked.wrong_csrf {
            asked = self.prepare(route, caller, Choice::Own, &mut dice);
        }
        let answer = self.send(&asked).await;
        if answer.outcome == Outcome::Broken {
            eprintln!("{} {}: {}", ROUTES[route].method, asked.path, answer.status);
        }
        answer.outcome
    }

    /// As many requests as wanted, by chance.
    pub async fn by_chance(&self, wanted: usize) {
        let seed = std::env::var("VIR_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_122_u64);
        let left = AtomicUsize::new(wanted);
        let work = (0..AT_ONCE as u64).map(|number| {
            let left = &left;
            async move {
                let mut dice = Dice::new(seed + number);
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                    let route = dice.below(ROUTES.len());
                    let caller = dice.below(self.world.callers.len());
                    let asked = self.prepare(route, caller, Choice::Chance, &mut dice);
                    self.ask(asked, &mut dice).await;
                }
            }
        });
        futures_util::future::join_all(work).await;
    }

    /// Says what came of it; panics where anything was wrong.
    pub fn report(&self) -> String {
        let mut seen = self.seen.lock().unwrap();
        let median = |times: &mut Vec<Duration>| {
            times.sort_unstable();
            times.get(times.len() / 2).copied().unwrap_or_default()
        };
        let mut times = (std::mem::take(&mut seen.foreign), std::mem::take(&mut seen.invented));
        let (foreign, invented) = (median(&mut times.0), median(&mut times.1));
        let share = |outcome: Outcome| seen.outcomes.get(&outcome).copied().unwrap_or(0);
        let allowed = share(Outcome::Allowed);
        let never: Vec<&str> = ROUTES
            .iter()
            .enumerate()
            .filter(|(index, route)| {
                let (allowed, denied) = seen.routes.get(index).copied().unwrap_or_default();
                let open = matches!(route.need, Need::Open | Need::Visit | Need::Secret | Need::Own | Need::OwnWith(_));
                (allowed == 0 && !route.may_lack && !open) || (denied == 0 && !open)
            })
            .map(|(_, route)| route.path)
            .collect();
        let report = format!(
            "{} requests in {} s, {} wrong, {} allowed; {:?}; {} addresses; {} pairs of existing and invented, medians {} and {} µs; server {}",
            seen.asked,
            self.began.elapsed().as_secs(),
            seen.wrong.len(),
            allowed,
            seen.outcomes,
            seen.routes.len(),
            seen.twins,
            foreign.as_micros(),
            invented.as_micros(),
            self.pid,
        );
        let mut kinds: BTreeMap<String, (usize, &String)> = BTreeMap::new();
        for wrong in &seen.wrong {
            let key: String = wrong
                .split(" by ")
                .next()
                .unwrap_or_default()
                .split('/')
                .map(|part| if part.len() > 30 { "…" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            kinds.entry(key).or_insert((0, wrong)).0 += 1;
        }
        assert!(seen.wrong.is_empty(), "{report}\n{kinds:#?}");
        assert!(never.is_empty(), "never both allowed and denied: {never:?}; {report}");
        assert!(allowed * 10 > seen.asked, "too little is allowed for the test to mean anything: {report}");
        report
    }
}

impl Thing {
    /// What stands in the address is not this thing any more.
    fn clone_into_nothing(&self, target: &mut Option<Self>) {
        *target = None;
    }
}

fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.split("<main").nth(1).unwrap_or(&text);
    text.chars().take(300).collect()
}

/// A body without what differs by itself: numbers of requests, and the name that was asked for.
fn plain(body: &[u8], asked: &Prepared) -> String {
    let text = String::from_utf8_lossy(body).into_owned();
    let named: Vec<&str> = asked.path.split(['/', '?']).filter(|part| part.len() >= 32).collect();
    let mut text = named.iter().fold(text, |text, name| text.replace(name, "…"));
    let mut at = 0;
    while let Some(found) = text[at..].find("-7").map(|found| at + found) {
        // A UUIDv7: 8-4-4-4-12.
        let (start, end) = (found.wrapping_sub(13), found + 23);
        if start < found
            && end <= text.len()
            && text.is_char_boundary(start)
            && text.is_char_boundary(end)
            && text[start..end].bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        {
            text.replace_range(start..end, "…");
            at = start;
        } else {
            at = found + 2;
        }
    }
    text
}

/// The texts of a spreadsheet.
fn unzipped(bytes: &[u8]) -> Vec<u8> {
    use std::io::Read as _;
    let mut all = Vec::new();
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else { return all };
    for index in 0..archive.len() {
        if let Ok(mut file) = archive.by_index(index) {
            let _ = file.read_to_end(&mut all);
        }
    }
    all
}
