//! Three municipalities with the same units, the same kinds of people, and something of every kind of
//! thing, each of which carries a mark that no other has.
//!
//! Most rows are written directly, past the code that usually writes them: the server that is asked
//! afterwards knows them only from its database.
//!
//! Invariant: a mark says whose it is and what it is; whoever reads one without the right to it has
//! been shown too much.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use vir_archive::lifecycle::event::Kind as RecordKind;
use vir_archive::lifecycle::{Day, Plan, SubjectId, Who, plan, term};
use vir_archive_desk::records;
use vir_auth::{Founding, Profile};
use vir_core::Lang;
use vir_invoice_desk::intake::{Received, receive};
use vir_invoice_desk::invoice_row::Channel;
use vir_store::{TenantId, Tx, Value, args, new_id};
use vir_web::App;

use super::rights::{self, Right};

/// What there is of, in addresses and bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Invoice,
    Record,
    Person,
    Group,
    Unit,
    Role,
    Grant,
    Deputy,
    Token,
    Session,
    Webhook,
    Delivery,
    Rule,
    Mailbox,
    Mail,
    Own,
    Import,
    Run,
    Batch,
    Account,
    Draft,
    Tenant,
}

/// Something with an identifier.
#[derive(Debug, Clone)]
pub struct Thing {
    pub kind: Kind,
    pub tenant: usize,
    pub id: String,
    /// The units that it concerns; none where it is the whole municipality's.
    pub units: Vec<usize>,
    /// Whose it is, where it is somebody's.
    pub owner: Option<String>,
}

/// Somebody who asks, with what they show.
#[derive(Debug, Clone)]
pub struct Caller {
    pub label: String,
    /// None: nobody, or somebody whose paper is no longer good.
    pub tenant: Option<usize>,
    pub person: String,
    pub rights: Vec<Right>,
    pub shows: Shows,
    /// The token for forms.
    pub csrf: String,
}

/// What they show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shows {
    Nothing,
    Session(String),
    Token(String),
}

impl Caller {
    pub fn is_known(&self) -> bool {
        self.tenant.is_some()
    }

    pub fn is_token(&self) -> bool {
        matches!(self.shows, Shows::Token(_))
    }
}

/// All of it.
pub struct World {
    pub things: Vec<Thing>,
    pub callers: Vec<Caller>,
    pub visit: String,
    /// Of somebody who may do everything, one in each municipality.
    pub tokens: Vec<String>,
}

pub const TENANTS: [&str; 3] = ["aurich", "bassum", "celle"];

/// `XkaU3Kx`: in tenant a, an invoice of unit 3.
pub fn mark(tenant: usize, kind: char, unit: usize) -> String {
    format!("Xk{}{kind}{unit}Kx", char::from(b'a' + u8::try_from(tenant).unwrap()))
}

/// The marks in a text: tenant, kind, unit.
pub fn marks(text: &[u8]) -> Vec<(usize, char, usize)> {
    text.windows(7)
        .filter(|w| w.starts_with(b"Xk") && w.ends_with(b"Kx"))
        .map(|w| (usize::from(w[2].wrapping_sub(b'a')), char::from(w[3]), usize::from(w[4].wrapping_sub(b'0'))))
        .collect()
}

fn hashed(purpose: &str, secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{purpose}:{secret}").as_bytes()))
}

fn secret(label: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(label.as_bytes()))
}

struct Building<'w> {
    app: &'w App,
    tenant: TenantId,
    number: usize,
    statements: Vec<(&'static str, Vec<Value>)>,
    units: [String; 6],
    world: &'w mut World,
}

const PERSON: &str =
    "insert into person (id, kind, name, email, lang, active, created_at) values ($1, $2, $3, $4, 'de', $5, $6)";
const GRANT: &str =
    "insert into role_grant (id, person_id, group_id, role_id, unit_id, created_at) values ($1, $2, $3, $4, $5, $6)";
const SESSION: &str = "insert into session (hash, id, person_id, means, browser, created_at, last_seen_at) values ($1, $2, $3, 'password', '-', $4, $5)";
const TOKEN: &str = "insert into api_token (id, hash, person_id, name, permissions, unit_id, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";

impl World {
    /// Furnishes an empty installation.
    pub async fn furnish(app: &App) -> Self {
        let visit = "5".repeat(32);
        let mut world = Self { things: Vec::new(), callers: Vec::new(), visit: visit.clone(), tokens: Vec::new() };
        let csrf = app.key.sign("csrf-visit", &[visit.as_bytes()]);
        let nobody = |label: &str, shows: Shows| Caller {
            label: label.to_owned(),
            tenant: None,
            person: String::new(),
            rights: Vec::new(),
            shows,
            csrf: csrf.clone(),
        };
        for number in 0..TENANTS.len() {
            Building::begin(app, number, &mut world, &csrf).await;
        }
        world.callers.push(nobody("nobody", Shows::Nothing));
        world.callers.push(nobody("invented session", Shows::Session(format!("aurich.{}", secret("invented")))));
        world.callers.push(nobody("broken session", Shows::Session("aurich".to_owned())));
        world.callers.push(nobody("invented token", Shows::Token(format!("vir_bassum_{}", secret("invented")))));
        // A secret that is right, at the wrong municipality.
        let first = world.callers.iter().find_map(|caller| match &caller.shows {
            Shows::Session(cookie) => cookie.strip_prefix("aurich.").map(|secret| format!("bassum.{secret}")),
            _ => None,
        });
        world.callers.push(nobody("session at another municipality", Shows::Session(first.unwrap())));
        let first = world.callers.iter().find_map(|caller| match &caller.shows {
            Shows::Token(text) => text.strip_prefix("vir_aurich_").map(|secret| format!("vir_celle_{secret}")),
            _ => None,
        });
        world.callers.push(nobody("token at another municipality", Shows::Token(first.unwrap())));
        world
    }

    pub fn of(&self, kind: Kind, tenant: usize) -> Vec<&Thing> {
        self.things.iter().filter(|thing| thing.kind == kind && thing.tenant == tenant).collect()
    }
}

impl<'w> Building<'w> {
    async fn begin(app: &'w App, number: usize, world: &'w mut World, visit_csrf: &str) {
        let founding = Founding {
            profile: Profile { name: format!("Stadt {}", TENANTS[number]), ..Profile::default() },
            short: Some(TENANTS[number].parse().unwrap()),
            name: "Erste Person".to_owned(),
            email: format!("erste@{}.example", TENANTS[number]),
            lang: Lang::De,
            works_too: false,
        };
        let (tenant, _) = app.auth.found(founding).await.unwrap();
        let directory = app.auth.directory(&tenant).await.unwrap();
        let root = directory.tree.root().unwrap().as_str().to_owned();
        let mut units: [String; 6] = std::array::from_fn(|_| new_id(app.now()));
        units[0] = String::new();
        units[rights::ROOT] = root;
        let mut building = Self { app, tenant, number, statements: Vec::new(), units, world };
        building.tree();
        building.people(visit_csrf);
        building.administration();
        building.desk().await;
        building.invoices().await;
        building.records().await;
        building.write().await;
    }

    fn id(&self) -> String {
        new_id(self.app.now())
    }

    fn mark(&self, kind: char, unit: usize) -> String {
        mark(self.number, kind, unit)
    }

    fn add(&mut self, sql: &'static str, args: Vec<Value>) {
        self.statements.push((sql, args));
    }

    fn thing(&mut self, kind: Kind, id: &str, units: &[usize], owner: Option<&str>) {
        let owner = owner.map(str::to_owned);
        self.world.things.push(Thing { kind, tenant: self.number, id: id.to_owned(), units: units.to_vec(), owner });
    }

    async fn write(&mut self) {
        let statements = std::mem::take(&mut self.statements);
        self.app
            .store
            .write(&self.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    for (sql, args) in &statements {
                        tx.execute(*sql, args).await?;
                    }
                    tx.execute("update auth_version set version = version + 1", &[]).await
                })
            })
            .await
            .unwrap();
    }

    fn tree(&mut self) {
        for unit in rights::UNITS.into_iter().skip(1) {
            let id = self.units[unit].clone();
            self.thing(Kind::Unit, &id, &[], None);
            if unit != rights::ROOT {
                let name = format!("Amt {} {}", unit, self.mark('P', unit));
                let parent = self.units[rights::PARENT[unit]].clone();
                let sql = "insert into unit (id, parent_id, name, code, active) values ($1, $2, $3, '', $4)";
                self.add(sql, args![id, parent, name, true]);
            }
        }
    }

    fn person(&mut self, label: &str, active: bool) -> String {
        let (id, now) = (self.id(), self.app.now());
        let name = format!("{label} {}", self.mark('P', 0));
        let email = format!("{}@{}.example", id, TENANTS[self.number]);
        self.add(PERSON, args![&id, "human", name, email, active, now]);
        self.thing(Kind::Person, &id, &[], None);
        id
    }

    fn role(&mut self, permissions: &[&'static str]) -> String {
        let id = self.id();
        self.add("insert into role (id, name) values ($1, $2)", args![&id, self.mark('P', 0)]);
        for permission in permissions {
            let sql = "insert into role_permission (role_id, permission) values ($1, $2)";
            self.add(sql, args![&id, *permission]);
        }
        self.thing(Kind::Role, &id, &[], None);
        id
    }

    fn grant(&mut self, person: Option<&str>, group: Option<&str>, role: &str, unit: usize) {
        let (id, now) = (self.id(), self.app.now());
        let unit = self.units[unit].clone();
        let (person, group) = (person.map(str::to_owned), group.map(str::to_owned));
        self.add(GRANT, args![&id, person, group, role, unit, now]);
        self.thing(Kind::Grant, &id, &[], None);
    }

    fn deputy(&mut self, deputy: &str, of: &str, from: i64, to: i64) {
        let today = self.app.auth.today();
        let day = |days: i64| today.checked_add(jiff::Span::new().days(days)).unwrap().to_string();
        let id = self.id();
        let sql = "insert into deputy (id, deputy_id, person_id, from_date, to_date) values ($1, $2, $3, $4, $5)";
        self.add(sql, args![&id, deputy, of, day(from), day(to)]);
        self.thing(Kind::Deputy, &id, &[], Some(&format!("{deputy} {of}")));
    }

    /// A session that began and was last used so many minutes ago.
    fn session(&mut self, label: &str, person: &str, rights: Option<Vec<Right>>, began: i64, used: i64, csrf: &str) {
        let (id, now) = (self.id(), self.app.now());
        let secret = secret(&format!("{label} {} {id}", self.number));
        let ago = |minutes: i64| now - SignedDuration::from_mins(minutes);
        self.add(SESSION, args![hashed("session", &secret), &id, person, ago(began), ago(used)]);
        self.thing(Kind::Session, &id, &[], Some(person));
        let own = self.app.key.sign("csrf", &[id.as_bytes()]);
        self.world.callers.push(Caller {
            label: format!("{label} of {}", TENANTS[self.number]),
            tenant: rights.is_some().then_some(self.number),
            person: person.to_owned(),
            csrf: if rights.is_some() { own } else { csrf.to_owned() },
            rights: rights.unwrap_or_default(),
            shows: Shows::Session(format!("{}.{secret}", self.tenant)),
        });
    }

    #[allow(clippy::too_many_arguments, reason = "a table of cases, one line each")]
    fn token(
        &mut self,
        label: &str,
        person: &str,
        rights: Option<Vec<Right>>,
        permissions: &[&str],
        unit: Option<usize>,
        days: Option<i64>,
        csrf: &str,
    ) {
        let (id, now) = (self.id(), self.app.now());
        let secret = secret(&format!("{label} {} {id}", self.number));
        let until = days.map(|days| now + SignedDuration::from_hours(24 * days));
        let unit = unit.map(|unit| self.units[unit].clone());
        let list = serde_json::to_string(permissions).unwrap();
        self.add(TOKEN, args![&id, hashed("token", &secret), person, self.mark('T', 0), list, unit, now, until]);
        self.thing(Kind::Token, &id, &[], Some(person));
        self.world.callers.push(Caller {
            label: format!("{label} of {}", TENANTS[self.number]),
            tenant: rights.is_some().then_some(self.number),
            person: person.to_owned(),
            csrf: csrf.to_owned(),
            rights: rights.unwrap_or_default(),
            shows: Shows::Token(format!("vir_{}_{secret}", self.tenant)),
        });
    }

    fn people(&mut self, csrf: &str) {
        let all = |permissions: &[&'static str], unit: usize| -> Vec<Right> {
            permissions.iter().map(|permission| (*permission, unit)).collect()
        };
        let mut holders = BTreeMap::new();
        for (role, permissions) in rights::ROLES {
            for unit in [1, 2, 5] {
                let label = format!("{role}@{unit}");
                let person = self.person(&label, true);
                self.grant(Some(&person), None, role, unit);
                self.session(&label, &person, Some(all(permissions, unit)), 5, 1, csrf);
                holders.insert((role, unit), person);
            }
        }
        for permission in rights::ALL {
            let role = self.role(&[permission]);
            for unit in [1, 4] {
                let label = format!("only {permission}@{unit}");
                let person = self.person(&label, true);
                self.grant(Some(&person), None, &role, unit);
                self.session(&label, &person, Some(all(&[permission], unit)), 5, 1, csrf);
                if unit == 1 {
                    let label = format!("token {permission}");
                    self.token(&label, &person, Some(all(&[permission], 1)), &[permission], None, Some(30), csrf);
                }
            }
            let sight = rights::sight(permission);
            if permission != sight {
                let role = self.role(&[sight, permission]);
                let label = format!("see and {permission}@1");
                let person = self.person(&label, true);
                self.grant(Some(&person), None, &role, 1);
                self.session(&label, &person, Some(all(&[sight, permission], 1)), 5, 1, csrf);
            }
        }
        let everything = self.role(&rights::ALL);
        let mighty = self.person("mighty", true);
        self.grant(Some(&mighty), None, &everything, 1);
        self.session("mighty", &mighty, Some(all(&rights::ALL, 1)), 5, 1, csrf);
        self.token("mighty token", &mighty, Some(all(&rights::ALL, 1)), &rights::ALL, None, None, csrf);
        if let Some(Shows::Token(text)) = self.world.callers.last().map(|caller| caller.shows.clone()) {
            self.world.tokens.push(text);
        }
        let head = rights::ROLES[4].1;
        let narrow: [(&[&str], Option<usize>); 3] =
            [(&[rights::SEE], Some(2)), (&[rights::SEE, rights::CODE, rights::PAY], Some(5)), (&rights::ALL, Some(3))];
        for (permissions, unit) in narrow {
            let rights = rights::narrowed(&all(&rights::ALL, 1), permissions, unit);
            self.token("narrow token", &mighty, Some(rights), permissions, unit, None, csrf);
        }
        let chief = holders[&("head", 2)].clone();
        let rights = rights::narrowed(&all(head, 2), &[rights::SEE, rights::FIGURES], Some(1));
        self.token(
            "token wider than its person",
            &chief,
            Some(rights),
            &[rights::SEE, rights::FIGURES],
            Some(1),
            None,
            csrf,
        );
        let rights = rights::narrowed(&all(head, 2), &[rights::SEE, rights::ADMINISTER], Some(4));
        self.token(
            "token beside its person",
            &chief,
            Some(rights),
            &[rights::SEE, rights::ADMINISTER],
            Some(4),
            None,
            csrf,
        );
        self.token("old token", &mighty, None, &rights::ALL, None, Some(-1), csrf);
        self.session("idle session", &mighty, None, 45, 31, csrf);
        self.session("old session", &mighty, None, 12 * 60 + 1, 1, csrf);
        let gone = self.person("closed", false);
        self.grant(Some(&gone), None, &everything, 1);
        self.session("session of a closed account", &gone, None, 5, 1, csrf);
        self.token("token of a closed account", &gone, None, &rights::ALL, None, None, csrf);
        let nobody = self.person("no rights", true);
        self.session("no rights", &nobody, Some(Vec::new()), 5, 1, csrf);
        // Groups: one with a role in unit 4, one without.
        for (label, granted) in [("group", true), ("empty group", false)] {
            let group = self.id();
            self.add("insert into person_group (id, name) values ($1, $2)", args![&group, self.mark('P', 0)]);
            self.thing(Kind::Group, &group, &[], None);
            let member = self.person(label, true);
            let sql = "insert into group_member (group_id, person_id, source) values ($1, $2, 'manual')";
            self.add(sql, args![&group, &member]);
            if granted {
                self.grant(None, Some(&group), "clerk", 4);
            }
            let rights = if granted { all(rights::ROLES[0].1, 4) } else { Vec::new() };
            self.session(label, &member, Some(rights), 5, 1, csrf);
        }
        // Deputies: today, yesterday, tomorrow, of a closed account, and a deputy's deputy.
        let of = holders[&("clerk", 2)].clone();
        let cashier = holders[&("cashier", 5)].clone();
        let today = self.person("deputy", true);
        self.deputy(&today, &of, -1, 1);
        let mut both = all(rights::ROLES[0].1, 2);
        self.session("deputy", &today, Some(both.clone()), 5, 1, csrf);
        let second = self.person("deputy of a deputy", true);
        self.deputy(&second, &today, -1, 1);
        self.session("deputy of a deputy", &second, Some(Vec::new()), 5, 1, csrf);
        for (label, from, to) in [("earlier deputy", -9, -2), ("later deputy", 2, 9)] {
            let person = self.person(label, true);
            self.deputy(&person, &of, from, to);
            self.session(label, &person, Some(Vec::new()), 5, 1, csrf);
        }
        let person = self.person("deputy of a closed account", true);
        self.deputy(&person, &gone, -1, 1);
        self.session("deputy of a closed account", &person, Some(Vec::new()), 5, 1, csrf);
        let person = self.person("deputy with rights", true);
        self.grant(Some(&person), None, "orderer", 2);
        self.deputy(&person, &of, 0, 0);
        self.deputy(&person, &cashier, -1, 0);
        both.extend(all(rights::ROLES[2].1, 2));
        both.extend(all(rights::ROLES[3].1, 5));
        self.session("deputy with rights", &person, Some(both), 5, 1, csrf);
        // A program is nobody's deputy.
        let own = all(rights::ROLES[2].1, 2);
        self.token("token of a deputy", &person, Some(own), &rights::ALL, None, None, csrf);
    }

    fn administration(&mut self) {
        let now = self.app.now();
        let webhook = self.id();
        let sql = "insert into webhook (id, name, url, secret, events, active, created_at, version) values ($1, $2, $3, $4, 'invoice.received', $5, $6, 1)";
        let name = self.mark('A', 0);
        self.add(sql, args![&webhook, name, "https://webhook.example/x", "s".repeat(32), false, now]);
        self.thing(Kind::Webhook, &webhook, &[], None);
        let delivery = self.id();
        let sql = "insert into webhook_delivery (id, webhook_id, event_id, kind, body, state, attempts, created_at) values ($1, $2, $3, 'invoice.received', '{}', 'failed', 5, $4)";
        self.add(sql, args![&delivery, &webhook, self.id(), now]);
        self.thing(Kind::Delivery, &delivery, &[], None);
        for place in 0..2_i64 {
            let rule = self.id();
            let sql = "insert into route_rule (id, stage, position, field, operator, value, unit_id, note) values ($1, 'rule', $2, 'seller', 'contains', $3, $4, $5)";
            let unit = self.units[2].clone();
            self.add(sql, args![&rule, place, format!("never {place}"), unit, self.mark('C', 0)]);
            self.thing(Kind::Rule, &rule, &[], None);
        }
        let sql = "insert into route_revision (id, revision) values (1, $1)";
        self.add(sql, args![self.id()]);
    }

    async fn desk(&mut self) {
        let (now, number) = (self.app.now(), self.number);
        let account = self.id();
        let sql = "insert into payment_account (id, name, iban, bic, batch_booking, two_persons, active) values ($1, $2, 'DE47210999990000654321', null, $3, $3, $3)";
        self.add(sql, args![&account, self.mark('Y', 0), true]);
        self.thing(Kind::Account, &account, &[], None);
        let own = self.id();
        let sql = "insert into own_invoice (id, state, form, created_at, created_by_name, changed_at) values ($1, 'draft', $2, $3, 'x', $3)";
        let form = serde_json::json!({ "buyer_name": self.mark('O', 0), "line_name": [self.mark('O', 0)], "line_quantity": ["1"], "line_unit": ["C62"], "line_price": ["1,00"], "line_vat": ["19"] });
        self.add(sql, args![&own, form.to_string(), now]);
        self.thing(Kind::Own, &own, &[], None);
        let draft = self.id();
        let sql = "insert into web_draft (id, created_at, changed_at, form) values ($1, $2, $2, $3)";
        let form = serde_json::json!({ "seller_name": mark(number, 'D', 0), "line_name": ["x"], "line_quantity": ["1"], "line_unit": ["C62"], "line_price": ["1"], "line_vat": ["19"] });
        self.add(sql, args![&draft, now, form.to_string()]);
        let signature = self.app.key.sign("web-entry", &[self.tenant.as_str().as_bytes(), draft.as_bytes()]);
        self.thing(Kind::Draft, &format!("{draft}.{signature}"), &[], None);
        self.thing(Kind::Tenant, TENANTS[number], &[], None);
        let mailbox = self.id();
        let sql = "insert into mailbox (id, address, name, imap_host, imap_port, imap_security, smtp_host, smtp_port, smtp_security, user_name, secret, folder, done_folder, quarantine_folder, answers, notices, active, version)
            values ($1, $2, $3, 'localhost', 993, 'tls', '', 465, 'tls', 'x', $4, 'INBOX', 'x', 'y', $5, $5, $5, 1)";
        let address = format!("rechnung@{}.example", TENANTS[number]);
        self.add(sql, args![&mailbox, address, self.mark('C', 0), vec![0_u8; 40], false]);
        self.thing(Kind::Mailbox, &mailbox, &[], None);
        let text =
            format!("From: a@b.example\r\nSubject: {0}\r\nMessage-ID: <1@b.example>\r\n\r\n{0}\r\n", self.mark('M', 0));
        let blob = self.app.store.blobs().put(&self.tenant, text.into_bytes()).await.unwrap();
        let mail = self.id();
        let sql = "insert into mail (id, mailbox_id, uid_validity, uid, blob, size_bytes, received_at, from_address, subject, thread, nature, signed, state, reason, attempts, moved, version)
            values ($1, $2, 1, 1, $3, 100, $4, 'a@b.example', $5, 't', 'personal', $6, 'quarantined', 'no_invoice', 1, $6, 1)";
        self.add(sql, args![&mail, &mailbox, blob.to_string(), now, self.mark('M', 0), false]);
        self.thing(Kind::Mail, &mail, &[], None);
        // Somebody's upload.
        let owner = self
            .world
            .callers
            .iter()
            .find(|caller| caller.tenant == Some(number) && caller.label.starts_with("clerk@2"));
        let owner = owner.unwrap().person.clone();
        let import = self.id();
        let sql = "insert into import (id, created_at, person_id, person_name, file_name, state, total, finished, accepted, changed_at) values ($1, $2, $3, 'x', $4, 'done', 1, 1, 1, $2)";
        self.add(sql, args![&import, now, &owner, self.mark('I', 0)]);
        self.add(
            "insert into import_file (import_id, position, name, outcome) values ($1, 0, $2, 'refused')",
            args![&import, self.mark('I', 0)],
        );
        self.thing(Kind::Import, &import, &[], Some(&owner));
    }

    /// Invoices in every unit, of one seller, so that all of them have to do with each other.
    async fn invoices(&mut self) {
        let now = self.app.now();
        let sample = include_str!("../../../../../blocks/invoice/samples/small-ubl.xml");
        let mut made: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for unit in rights::UNITS {
            for copy in 0..4 {
                let mark = self.mark('U', unit);
                let text = sample
                    .replace("2026-88", &format!("{mark}{copy}"))
                    .replace("Bürobedarf Petersen e. K.", &format!("Petersen {mark}"))
                    .replace("Ole Petersen", &format!("Ole {mark}"))
                    .replace("049990054321-BAUHOF-90", "");
                let file = format!("{mark}-{copy}.xml");
                let received =
                    Received::new(Channel::Api, file, text.into_bytes()).from(mark.clone()).with_note(mark.clone());
                let receipt = receive(&self.app.store, &self.tenant, received).await.unwrap();
                let id = receipt.id.0;
                let at = (unit != 0).then(|| self.units[unit].clone());
                let state = ["received", "coded", "ordered", "handed_over"][copy];
                let voucher = (copy > 1).then(|| format!("{mark}v{copy}"));
                let sql = "update invoice set unit_id = $2, state = $3, voucher_number = $4 where id = $1";
                self.add(sql, args![&id, at, state, voucher]);
                let sql = "insert into invoice_comment (id, invoice_id, at, kind, person_id, author, text) values ($1, $2, $3, 'comment', null, $4, $4)";
                let comment = self.id();
                self.add(sql, args![&comment, &id, now, &mark]);
                // Everybody is told of it, whether they may see it or not.
                let sql = "insert into comment_mention (comment_id, person_id, invoice_id, at, seen) select cast($1 as text), id, cast($2 as text), cast($3 as bigint), false from person";
                self.add(sql, args![&comment, &id, now]);
                let sql = "insert into notice (id, person_id, kind, subject, about, by_name, urgent, at) select $1 || id, id, 'reminder', cast($2 as text), cast($1 as text), cast($4 as text), false, cast($3 as bigint) from person";
                self.add(sql, args![&comment, &id, now, &mark]);
                if copy > 0 {
                    let sql = "insert into coding_line (invoice_id, version, position, cost_centre, account, product, tax, amount_cents, note) values ($1, 1, 0, $2, $2, $2, 'none', 100, $2)";
                    self.add(sql, args![&id, &mark]);
                    let sql = "insert into invoice_decision (invoice_id, version, kind, from_state, to_state, person_id, person_name, at, reason) values ($1, 2, 'code', 'received', 'coded', 'x', 'x', $2, $3)";
                    self.add(sql, args![&id, now, &mark]);
                }
                self.thing(Kind::Invoice, &id, &[unit], None);
                made.entry(unit).or_default().push(id);
            }
        }
        for (number, units) in [vec![2], vec![4], vec![2, 5], vec![3]].into_iter().enumerate() {
            self.paid(i64::try_from(number).unwrap() + 1, &units, &made);
        }
    }

    /// A branch of the plan for each unit, with records.
    async fn records(&mut self) {
        let entry = |unit: usize| plan::Entry {
            id: unit.to_string().as_str().into(),
            parent: None,
            title: format!("Zweig {unit}"),
            unit: (unit != 0).then(|| self.units[unit].clone()),
            confidentiality: None,
            appraisal: None,
            retention: vec![term::Version {
                version: 1,
                from: Day::new(2020, 1, 1).unwrap(),
                rule: term::Rule::Permanent,
                source: "Probe".to_owned(),
                also_closed: false,
            }],
            transfer: None,
        };
        let plan = Plan::new(rights::UNITS.map(entry)).unwrap();
        let save = self.app.store.write(&self.tenant, move |tx: &mut Tx| {
            Box::pin(async move { records::save_plan(tx, 0, &plan, "test").await })
        });
        save.await.unwrap();
        for unit in rights::UNITS {
            for copy in 0..3 {
                let mark = self.mark('R', unit);
                let new = records::NewRecord {
                    kind: RecordKind::File,
                    entry: unit.to_string().as_str().into(),
                    title: format!("Akte {mark}"),
                    reference: Some(format!("{mark}-{copy}")),
                    subjects: [SubjectId(mark)].into(),
                };
                let opened = self.app.store.write(&self.tenant, move |tx: &mut Tx| {
                    Box::pin(async move { records::open(tx, new, &Who::program("test")).await })
                });
                let opened = opened.await.unwrap();
                self.thing(Kind::Record, &opened.id.0, &[unit], None);
            }
        }
    }

    /// A payment run and a posting batch about one invoice of each of these units.
    fn paid(&mut self, number: i64, units: &[usize], made: &BTreeMap<usize, Vec<String>>) {
        let (now, run, batch) = (self.app.now(), self.id(), self.id());
        let mark = self.mark('U', units[units.len() - 1]);
        // Who paid an invoice, and in which run, stands in its history; where from and what else, does not.
        let known = self.mark('P', 0);
        let sql = "insert into payment_run (id, number, message_id, state, created_at, created_by, created_by_name, account_name, account_iban, execution, total_cents, transfer_count, file)
            values ($1, $2, $3, 'made', $4, 'x', $3, $6, 'DE47', '2026-12-01', 1, 1, $5)";
        self.add(sql, args![&run, number, format!("{known}r{number}"), now, mark.clone().into_bytes(), &mark]);
        let sql = "insert into posting_batch (id, number, created_at, created_by, created_by_name, mapping_name, posting_count, invoice_count, sum_cents, replaced, table_file, json_file)
            values ($1, $2, $3, 'x', $4, $6, 1, 1, 1, 0, $5, $5)";
        self.add(sql, args![&batch, number, now, &known, mark.clone().into_bytes(), &mark]);
        for (position, unit) in units.iter().enumerate() {
            let mark = self.mark('U', *unit);
            // Each invoice is in one run at most.
            let invoice = &made[unit][if number == 3 && *unit == 2 { 2 } else { 3 }];
            let position = i64::try_from(position).unwrap();
            let sql = "insert into payment_transfer (run_id, position, end_to_end_id, creditor, iban, cents, remittance, state, changed_at) values ($1, $2, $3, $4, 'DE47', 1, $4, 'open', $5)";
            self.add(sql, args![&run, position, format!("{mark}e{number}"), &mark, now]);
            let sql = "insert into payment_item (run_id, position, invoice_id, discount_cents, active) values ($1, $2, $3, 0, $4)";
            self.add(sql, args![&run, position, invoice, true]);
            self.add("insert into posting_item (batch_id, invoice_id) values ($1, $2)", args![&batch, invoice]);
        }
        self.thing(Kind::Run, &run, units, None);
        self.thing(Kind::Batch, &batch, units, None);
    }
}
