//! Every address of the server, with what somebody needs for it. Whoever adds an address adds a line.
//!
//! `tame` is a body that asks for nothing to be changed (a field is missing, a version is old); it is
//! sent by those who may. `sharp` would be obeyed, if only its sender were let; it is sent by those
//! who may not.
//!
//! Invariant: a line says what an outsider can say about the address; it names nothing of the code.

use super::rights::*;

/// What an address asks of whoever comes.
#[derive(Debug, Clone, Copy)]
pub enum Need {
    /// Nothing; and it says nothing about anybody.
    Open,
    /// Nothing, but not too often.
    Visit,
    /// To be somebody.
    Known,
    /// To have come with a browser: tokens have no passwords, devices or passkeys.
    Browser,
    /// The permission, in any unit.
    Anywhere(&'static str),
    /// The permission, in all units.
    Everywhere(&'static str),
    /// One of two, in all units.
    EitherEverywhere(&'static str, &'static str),
    /// To see the invoice, and for the rest one of these permissions in its unit.
    Invoice(&'static [&'static str]),
    /// To see the record, and for the rest one of these permissions in its unit.
    Record(&'static [&'static str]),
    /// The permission, in all units of the thing; the address exists for nobody else.
    AllUnits(&'static str),
    /// The permission in any unit, and that the thing is one's own or that one sees all invoices.
    Import,
    /// That the thing is one's own.
    Own,
    /// The permission in any unit, and that the thing is one's own; what is asked for here never is.
    OwnWith(&'static str),
    /// Nothing but the secret in the address.
    Secret,
}

/// A body.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    None,
    Form(&'static str),
    Json(&'static str),
    Xml(&'static str),
    Multipart,
}

#[derive(Debug, Clone, Copy)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub query: &'static str,
    pub need: Need,
    pub tame: Body,
    pub sharp: Body,
    /// There is no tame body: who may is sent to something that does not exist.
    pub harms: bool,
    /// For those who may, it may be missing all the same (a picture without data).
    pub may_lack: bool,
}

const fn get(path: &'static str, need: Need) -> Route {
    Route { method: "GET", path, query: "", need, tame: Body::None, sharp: Body::None, harms: false, may_lack: false }
}

const fn asked(path: &'static str, query: &'static str, need: Need) -> Route {
    Route { query, ..get(path, need) }
}

const fn lacks(path: &'static str, need: Need) -> Route {
    Route { may_lack: true, ..get(path, need) }
}

const fn post(path: &'static str, need: Need, tame: &'static str, sharp: &'static str) -> Route {
    Route { method: "POST", tame: Body::Form(tame), sharp: Body::Form(sharp), ..get(path, need) }
}

const fn harm(path: &'static str, need: Need, body: &'static str) -> Route {
    Route { harms: true, may_lack: true, ..post(path, need, body, body) }
}

const fn json(path: &'static str, need: Need, tame: &'static str, sharp: &'static str) -> Route {
    Route { method: "POST", tame: Body::Json(tame), sharp: Body::Json(sharp), ..get(path, need) }
}

const fn harm_api(method: &'static str, path: &'static str, need: Need) -> Route {
    Route { method, harms: true, may_lack: true, ..get(path, need) }
}

const ADMIN: Need = Need::Everywhere(ADMINISTER);
const SET_UP: Need = Need::Everywhere(CONFIGURE);
const SEES: Need = Need::Invoice(&[SEE]);
const CODES: Need = Need::Invoice(&[CODE]);
const DISPOSES: Need = Need::Anywhere(ARCHIVE_DISPOSE);
const APPRAISES: Need = Need::Anywhere(ARCHIVE_APPRAISE);
const HOLDS: Need = Need::Anywhere(ARCHIVE_HOLD);
const SCANS: Need = Need::Anywhere(ARCHIVE_SCAN);
const SEES_RECORD: Need = Need::Record(&[ARCHIVE_SEE]);
const FILES: Need = Need::Record(&[ARCHIVE_FILE]);
const PLANS: Need = Need::Everywhere(ARCHIVE_PLAN);
const OWN: Need = Need::OwnWith(SEE);
const RUN: Need = Need::AllUnits(PAY);
const BATCH: Need = Need::AllUnits(PAY);

pub const ROUTES: &[Route] = &[
    // The scan station.
    get("/scannen", SCANS),
    asked("/scannen", "state=review", SCANS),
    get("/scannen/neu", SCANS),
    Route { method: "POST", tame: Body::Multipart, sharp: Body::Multipart, ..get("/scannen/neu", SCANS) },
    asked("/scannen/trennblatt", "class=x&pages=2", SCANS),
    get("/scannen/klassen", SCANS),
    get("/scannen/klassen/neu", PLANS),
    post("/scannen/klassen/neu", PLANS, "id=&title=", "id=x&title=x&integrity=normal&proof=y"),
    lacks("/scannen/klassen/{word}", PLANS),
    harm("/scannen/klassen/{word}", PLANS, "title=x"),
    get("/scannen/verfahren", SCANS),
    post("/scannen/verfahren", PLANS, "organisation=", "organisation=x"),
    get("/scannen/verfahrensdokumentation", SCANS),
    get("/scannen/verfahrensdokumentation/pdf", SCANS),
    lacks("/scannen/{word}", SCANS),
    harm("/scannen/{word}/schritt", SCANS, "step=cancel&text=x"),
    lacks("/scannen/{word}/pruefen", SCANS),
    harm("/scannen/{word}/pruefen", SCANS, "page=1&good=yes"),
    Route { method: "POST", tame: Body::Multipart, sharp: Body::Multipart, ..lacks("/scannen/{word}/neuscan", SCANS) },
    lacks("/scannen/{word}/seiten/{number}", SCANS),
    lacks("/scannen/{word}/dokumente/{number}", SCANS),
    lacks("/scannen/{word}/transfervermerk", SCANS),
    lacks("/scannen/{word}/transfervermerk/xml", SCANS),
    json("/api/v1/scan-batches", SCANS, "{}", "{}"),
    lacks("/api/v1/scan-batches/{word}", SCANS),
    // Records.
    get("/akten", Need::Anywhere(ARCHIVE_SEE)),
    asked("/akten", "q={mark}", Need::Anywhere(ARCHIVE_SEE)),
    asked("/akten", "zweig=1", Need::Anywhere(ARCHIVE_SEE)),
    get("/akten/neu", Need::Anywhere(ARCHIVE_FILE)),
    post("/akten/neu", Need::Anywhere(ARCHIVE_FILE), "entry=&title=", "entry=1&title=x"),
    get("/akten/{record}", SEES_RECORD),
    post("/akten/{record}/schritt", FILES, "step=close&seen=99999", "step=name-subject&subject=x&seen=1"),
    Route { method: "POST", tame: Body::Multipart, sharp: Body::Multipart, ..get("/akten/{record}/dokumente", FILES) },
    lacks("/akten/{record}/dokumente/{number}", SEES_RECORD),
    lacks("/akten/{record}/dokumente/{number}/ansicht", SEES_RECORD),
    lacks("/akten/{record}/nachweis", SEES_RECORD),
    lacks("/akten/{record}/inventar", SEES_RECORD),
    get("/akten/{record}/paket", SEES_RECORD),
    asked("/akten/{record}/paket", "form=ordner", SEES_RECORD),
    // Disposal: the office, the archive; holds; the data-protection report; verifying.
    get("/aussonderung", DISPOSES),
    post("/aussonderung/anbieten", DISPOSES, "early=", "record={record}&early=x"),
    Route { method: "POST", tame: Body::Multipart, sharp: Body::Multipart, ..get("/aussonderung/antwort", DISPOSES) },
    post("/aussonderung/loeschung", DISPOSES, "step=x", "step=request&record={record}&seen=1"),
    get("/aussonderung/einstellungen", Need::Everywhere(ARCHIVE_DISPOSE)),
    post("/aussonderung/einstellungen", Need::Everywhere(ARCHIVE_DISPOSE), "version=x", "version=3.0.0"),
    lacks("/aussonderung/vorgang/{word}", DISPOSES),
    harm("/aussonderung/vorgang/{word}/abgeben", DISPOSES, ""),
    lacks("/aussonderung/nachricht/{word}", DISPOSES),
    get("/archiv", APPRAISES),
    Route { method: "POST", tame: Body::Multipart, sharp: Body::Multipart, ..get("/archiv", APPRAISES) },
    lacks("/archiv/vorgang/{word}", APPRAISES),
    harm("/archiv/vorgang/{word}/bewerten", APPRAISES, "object=x&value=V"),
    harm("/archiv/vorgang/{word}/uebernehmen", APPRAISES, "entry=1"),
    lacks("/archiv/nachricht/{word}", APPRAISES),
    get("/sperren", HOLDS),
    post("/sperren", HOLDS, "scope=", "scope=branch&entry=1&reason=Klage"),
    harm("/sperren/{word}/verlaengern", HOLDS, "reason=Klage"),
    harm("/sperren/{word}/erweitern", HOLDS, ""),
    harm("/sperren/{word}/aufheben", HOLDS, "reason=Klage"),
    get("/auskunft", Need::Anywhere(ARCHIVE_REPORT)),
    asked("/auskunft", "person={mark}", Need::Anywhere(ARCHIVE_REPORT)),
    asked("/auskunft/datei", "person={mark}", Need::Anywhere(ARCHIVE_REPORT)),
    Route { method: "POST", tame: Body::Xml("<a/>"), sharp: Body::Xml("<a/>"), ..get("/s4", Need::Known) },
    get("/nachweis-pruefen", Need::Open),
    Route { method: "POST", tame: Body::Multipart, sharp: Body::Multipart, ..get("/nachweis-pruefen", Need::Visit) },
    Route {
        method: "POST",
        tame: Body::Multipart,
        sharp: Body::Multipart,
        ..get("/api/v1/evidence/verify", Need::Visit)
    },
    get("/ablage", Need::Everywhere(ARCHIVE_PRESERVE)),
    post("/ablage/auftrag", Need::Everywhere(ARCHIVE_PRESERVE), "kind=x", "kind=archive-desk.scrub"),
    get("/api/v1/records", Need::Anywhere(ARCHIVE_SEE)),
    asked("/api/v1/records", "q={mark}", Need::Anywhere(ARCHIVE_SEE)),
    json(
        "/api/v1/records",
        Need::Anywhere(ARCHIVE_FILE),
        "{\"entry\":\"\",\"title\":\"\"}",
        "{\"entry\":\"1\",\"title\":\"x\"}",
    ),
    get("/api/v1/records/{record}", SEES_RECORD),
    json(
        "/api/v1/records/{record}/steps",
        FILES,
        "{\"step\":\"close\",\"seen\":99999}",
        "{\"step\":\"name-subject\",\"subject\":\"x\"}",
    ),
    json("/api/v1/records/{record}/documents", FILES, "", "{}"),
    lacks("/api/v1/records/{record}/documents/{number}", SEES_RECORD),
    lacks("/api/v1/records/{record}/evidence", SEES_RECORD),
    lacks("/api/v1/records/{record}/inventory", SEES_RECORD),
    get("/aktenplan", Need::Anywhere(ARCHIVE_SEE)),
    harm("/aktenplan/muster", PLANS, ""),
    get("/aktenplan/eintrag", PLANS),
    asked("/aktenplan/eintrag", "id=1", PLANS),
    post("/aktenplan/eintrag", PLANS, "seen=0&id=1&title=", "seen=1&new=true&id=77&title=x"),
    post("/aktenplan/eintrag/entfernen", PLANS, "seen=0&id=1", "seen=1&id=1"),
    get("/aktenplan/zugaenge", PLANS),
    post("/aktenplan/zugaenge", PLANS, "", "invoice=1"),
    post("/aktenplan/fristereignis", PLANS, "branch=", "branch=1&year=2026&event=x&on=2026-01-01"),
    get("/aktenplan/datei", Need::Anywhere(ARCHIVE_SEE)),
    Route { method: "POST", tame: Body::Multipart, sharp: Body::Multipart, ..get("/aktenplan/datei", PLANS) },
    // Everybody.
    get("/hilfe", Need::Open),
    get("/barrierefreiheit", Need::Open),
    get("/impressum", Need::Open),
    get("/problems", Need::Open),
    get("/api", Need::Open),
    get("/api/v1/openapi.json", Need::Open),
    lacks("/assets/{word}", Need::Open),
    get("/favicon.ico", Need::Open),
    get("/robots.txt", Need::Open),
    get("/health/live", Need::Open),
    get("/health/ready", Need::Open),
    get("/metrics", Need::Open),
    get("/server/health", Need::Open),
    get("/server/config", Need::Open),
    post("/ansicht", Need::Open, "lang=de&back=/hilfe", "lang=de&back=/hilfe"),
    asked("/anmelden", "mandant={tenant}", Need::Open),
    post(
        "/anmelden",
        Need::Visit,
        "mandant={tenant}&email=x@y.example&password=wrong",
        "mandant={tenant}&email=x@y.example&password=wrong",
    ),
    asked("/anmelden/dienst", "mandant={tenant}", Need::Visit),
    asked("/anmelden/dienst/zurueck", "state=x&code=y", Need::Visit),
    json("/anmelden/passkey/beginn", Need::Visit, "{\"tenant\":\"{tenant}\"}", "{\"tenant\":\"{tenant}\"}"),
    json(
        "/anmelden/passkey",
        Need::Visit,
        "{}",
        "{\"tenant\":\"{tenant}\",\"answer\":{\"credential\":\"\",\"client_data\":\"\",\"authenticator\":\"\",\"signature\":\"\"}}",
    ),
    get("/zugang/{word}", Need::Visit),
    post("/zugang/{word}", Need::Visit, "password=a&repeated=b", "password=a&repeated=b"),
    get("/einrichten/{word}", Need::Visit),
    post("/einrichten/{word}", Need::Visit, "municipality=", "municipality="),
    get("/o/{tenant}/rechnung", Need::Secret),
    post("/o/{tenant}/rechnung", Need::Visit, "do=check&seller_name=", "do=check&seller_name="),
    get("/o/{tenant}/rechnung/{draft}", Need::Secret),
    get("/o/{tenant}/rechnung/{draft}/pruefen", Need::Secret),
    get("/o/{tenant}/rechnung/{draft}/ansicht", Need::Secret),
    get("/o/{tenant}/rechnung/{draft}/xml", Need::Secret),
    get("/o/{tenant}/rechnung/{draft}/pdf", Need::Secret),
    get("/o/{tenant}/rechnung/{draft}/eingereicht", Need::Secret),
    post("/o/{tenant}/rechnung/{word}", Need::Visit, "do=check", "do=check"),
    post("/o/{tenant}/rechnung/{word}/einreichen", Need::Visit, "", ""),
    // Oneself.
    get("/", Need::Known),
    // Nobody's session is ended by this test: with a wrong token it is refused, whoever asks.
    post("/abmelden", Need::Visit, "csrf=wrong", "csrf=wrong"),
    get("/konto", Need::Known),
    post("/konto", Need::Known, "lang=de", "lang=en"),
    get("/konto/sicherheit", Need::Known),
    post("/konto/sicherheit", Need::Browser, "old=x&new=short&repeated=short", "old=x&new=short&repeated=short"),
    post("/konto/sicherheit/abmelden", Need::Browser, "id={session}", "id={session}"),
    post("/konto/sicherheit/alle-abmelden", Need::Browser, "", ""),
    json("/konto/passkeys/beginn", Need::Browser, "{}", "{}"),
    json("/konto/passkeys", Need::Browser, "{\"answer\":{\"client_data\":\"\",\"attestation\":\"\"}}", "{}"),
    Route { may_lack: true, ..post("/konto/passkeys/entfernen", Need::Browser, "id=x", "id=x") },
    get("/konto/vertretung", Need::Known),
    post("/konto/vertretung", Need::Known, "deputy=&from=&to=", "deputy=&from=&to="),
    harm("/konto/vertretung/beenden", Need::Own, "id={deputy}"),
    get("/konto/token", Need::Known),
    post("/konto/token", Need::Browser, "name=&permissions=invoice.see&days=1", "name=&permissions=invoice.see&days=1"),
    harm("/konto/token/entfernen", Need::Own, "id={token}"),
    // Administration.
    Route { may_lack: false, ..get("/verwaltung", Need::EitherEverywhere(ADMINISTER, AUDIT)) },
    get("/verwaltung/personen", ADMIN),
    post(
        "/verwaltung/personen",
        ADMIN,
        "kind=human&name=&email=&lang=de",
        "kind=human&name=Eve&email=eve@x.example&lang=de",
    ),
    get("/verwaltung/personen/{person}", ADMIN),
    post("/verwaltung/personen/{person}", ADMIN, "name=&email=&lang=de", "name=Eve&email=eve@x.example&lang=de"),
    harm("/verwaltung/personen/{person}/zugang", ADMIN, ""),
    harm("/verwaltung/personen/{person}/schliessen", ADMIN, ""),
    harm("/verwaltung/personen/{person}/oeffnen", ADMIN, ""),
    get("/verwaltung/gruppen", ADMIN),
    post("/verwaltung/gruppen", ADMIN, "name=", "name=Eve"),
    get("/verwaltung/gruppen/{group}", ADMIN),
    post("/verwaltung/gruppen/{group}", ADMIN, "name=", "name=Eve"),
    harm("/verwaltung/gruppen/{group}/loeschen", ADMIN, ""),
    get("/verwaltung/einheiten", ADMIN),
    post("/verwaltung/einheiten", ADMIN, "name=&parent={unit}", "name=Eve&parent={unit}"),
    get("/verwaltung/einheiten/{unit}", ADMIN),
    post("/verwaltung/einheiten/{unit}", ADMIN, "name=&parent={unit}", "name=Eve"),
    get("/verwaltung/rollen", ADMIN),
    post("/verwaltung/rollen", ADMIN, "name=&permissions=invoice.see", "name=Eve&permissions=invoice.see"),
    get("/verwaltung/rollen/{role}", ADMIN),
    post("/verwaltung/rollen/{role}", ADMIN, "name=", "name=Eve&permissions=platform.administer"),
    harm("/verwaltung/rollen/{role}/loeschen", ADMIN, ""),
    get("/verwaltung/rechte", ADMIN),
    Route {
        may_lack: true,
        ..post("/verwaltung/rechte", ADMIN, "to=&role=&unit=", "to=person:{person}&role=administrator&unit={unit}")
    },
    harm("/verwaltung/rechte/entziehen", ADMIN, "id={grant}"),
    get("/verwaltung/vertretungen", ADMIN),
    post(
        "/verwaltung/vertretungen",
        ADMIN,
        "of={person}&deputy=&from=&to=",
        "of={person}&deputy={person}&from=2026-01-01&to=2027-01-01",
    ),
    harm("/verwaltung/vertretungen/beenden", ADMIN, "id={deputy}"),
    get("/verwaltung/token", ADMIN),
    Route {
        may_lack: true,
        ..post(
            "/verwaltung/token",
            ADMIN,
            "person=&name=&permissions=invoice.see",
            "person={person}&name=Eve&permissions=invoice.see",
        )
    },
    harm("/verwaltung/token/entfernen", ADMIN, "id={token}"),
    get("/verwaltung/anmeldedienst", ADMIN),
    post(
        "/verwaltung/anmeldedienst",
        ADMIN,
        "enabled=on&title=&issuer=&client_id=&scopes=&group_claim=",
        "title=x&issuer=&client_id=x&scopes=&group_claim=",
    ),
    get("/verwaltung/betrieb", ADMIN),
    get("/verwaltung/protokoll", Need::Everywhere(AUDIT)),
    get("/verwaltung/einstellungen", ADMIN),
    post("/verwaltung/einstellungen", ADMIN, "municipality=&state=bremen", "municipality=Eve&state=bremen"),
    get("/verwaltung/webhooks", ADMIN),
    post("/verwaltung/webhooks", ADMIN, "name=&url=", "name=Eve&url=https://eve.example/&events=invoice.received"),
    get("/verwaltung/webhooks/{webhook}", ADMIN),
    harm("/verwaltung/webhooks/{webhook}/entfernen", ADMIN, ""),
    harm("/verwaltung/webhooks/{webhook}/wiederholen/{delivery}", ADMIN, ""),
    // The desk.
    get("/arbeit", Need::Anywhere(SEE)),
    get("/rechnungen", Need::Anywhere(SEE)),
    asked("/rechnungen", "q={mark}", Need::Anywhere(SEE)),
    asked("/rechnungen/export", "form=csv", Need::Anywhere(SEE)),
    asked("/rechnungen/export", "form=xlsx", Need::Anywhere(SEE)),
    get("/rechnungen/{invoice}", SEES),
    asked("/rechnungen/{invoice}", "vorschlag=1", SEES),
    get("/rechnungen/{invoice}/ansicht", SEES),
    lacks("/rechnungen/{invoice}/pdf", SEES),
    get("/rechnungen/{invoice}/original", SEES),
    lacks("/rechnungen/{invoice}/xml", SEES),
    lacks("/rechnungen/{invoice}/anlagen/{number}", SEES),
    post(
        "/rechnungen/{invoice}/kontierung",
        CODES,
        "do=save&version=99999&cost_centre=1&account=2&product=3&share=&note=",
        "do=save&cost_centre=1&account=2&product=3&share=&note=",
    ),
    post(
        "/rechnungen/{invoice}/entscheidung",
        Need::Invoice(&[CERTIFY]),
        "kind=certify_substance&version=99999",
        "kind=certify_substance&reason=x",
    ),
    post(
        "/rechnungen/{invoice}/entscheidung",
        Need::Invoice(&[CERTIFY]),
        "kind=certify_both&version=99999",
        "kind=certify_both&reason=x",
    ),
    post(
        "/rechnungen/{invoice}/entscheidung",
        Need::Invoice(&[ORDER]),
        "kind=order&version=99999",
        "kind=order&reason=x",
    ),
    post(
        "/rechnungen/{invoice}/entscheidung",
        Need::Invoice(&[PAY]),
        "kind=hand_over&version=99999",
        "kind=hand_over&reason=x",
    ),
    post("/rechnungen/{invoice}/entscheidung", Need::Invoice(&[PAY]), "kind=pay&version=99999", "kind=pay&reason=x"),
    post(
        "/rechnungen/{invoice}/entscheidung",
        Need::Invoice(&[CODE, CERTIFY, ORDER]),
        "kind=reject&version=99999&reason=x",
        "kind=reject&reason=x",
    ),
    post(
        "/rechnungen/{invoice}/entscheidung",
        Need::Invoice(&[CODE, CERTIFY, ORDER, PAY]),
        "kind=hold&version=99999&reason=x",
        "kind=hold&reason=x",
    ),
    post(
        "/rechnungen/{invoice}/entscheidung",
        CODES,
        "kind=forward&version=99999&unit={unit}",
        "kind=forward&unit={unit}&reason=x",
    ),
    Route { may_lack: true, ..post("/rechnungen/{invoice}/zuweisung", SEES, "to=never", "to=never") },
    post(
        "/rechnungen/{invoice}/verknuepfungen/loesen",
        CODES,
        "kind=credits&other=never",
        "kind=credits&other={invoice}",
    ),
    Route {
        method: "POST",
        path: "/rechnungen/auswahl",
        tame: Body::Form("which=page&action=never"),
        sharp: Body::Form("which=page&action=reject&id={invoice}"),
        ..get("", Need::Anywhere(SEE))
    },
    get("/rechnungen/auswahl/{word}", OWN),
    post("/rechnungen/auswahl/{word}", OWN, "", ""),
    post("/rechnungen/auswahl/{word}/zurueck", OWN, "", ""),
    get("/rechnungen/auswahl/{word}/liste", OWN),
    get("/rechnungen/auswahl/{word}/originale", OWN),
    get("/rechnungen/auswahl/{word}/bericht", OWN),
    get("/rechnungen/ansichten", Need::Anywhere(SEE)),
    post("/rechnungen/ansichten", Need::Anywhere(SEE), "name=", "name=Eve"),
    get("/rechnungen/ansichten/neu", Need::Anywhere(SEE)),
    get("/rechnungen/ansichten/{word}", OWN),
    post("/rechnungen/ansichten/{word}", OWN, "name=Eve", "name=Eve"),
    post("/rechnungen/ansichten/{word}/entfernen", OWN, "", ""),
    post("/rechnungen/ansichten/{word}/hoch", OWN, "", ""),
    post("/rechnungen/ansichten/{word}/standard", OWN, "", ""),
    post("/rechnungen/ansichten/standard/entfernen", Need::Anywhere(SEE), "", ""),
    get("/rechnungen/spalten", Need::Anywhere(SEE)),
    post("/rechnungen/spalten", Need::Anywhere(SEE), "", ""),
    post("/arbeit/hinweise/gelesen", Need::Known, "", ""),
    get("/konto/benachrichtigungen", Need::Known),
    post("/konto/benachrichtigungen", Need::Known, "at=never", "at=never"),
    get("/abbestellen/{tenant}/{person}/digest/{word}", Need::Visit),
    post("/abbestellen/{tenant}/{person}/digest/{word}", Need::Visit, "", ""),
    post("/rechnungen/{invoice}/kommentare", SEES, "text=", "text=Eve"),
    post("/rechnungen/{invoice}/rueckfrage", CODES, "to=&text=", "to=eve@x.example&text=Eve"),
    post("/rechnungen/{invoice}/verknuepfungen", CODES, "kind=credits&number=never", "kind=credits&number={mark}1"),
    get("/rechnungen/{invoice}/erfassen", CODES),
    post(
        "/rechnungen/{invoice}/erfassen",
        CODES,
        "version=99999&seller_name=x",
        "seller_name=Eve&number=1&issue_date=2026-01-01&payable=1,00",
    ),
    post("/rechnungen/{invoice}/kuerzung", Need::Invoice(&[CERTIFY, CODE]), "", ""),
    post("/rechnungen/{invoice}/kuerzung/mitteilung", CODES, "to=&text=", "to=eve@x.example&text=Eve"),
    post("/rechnungen/{invoice}/bestellung", CODES, "cents=never", "cents=1,00"),
    get("/rechnungen/{invoice}/dubletten", SEES),
    post("/rechnungen/{invoice}/dubletten", CODES, "decision=distinct&version=99999", "decision=distinct&version=1"),
    get("/hochladen", Need::Anywhere(RECEIVE)),
    Route {
        method: "POST",
        tame: Body::Multipart,
        sharp: Body::Multipart,
        ..get("/hochladen", Need::Anywhere(RECEIVE))
    },
    get("/hochladen/{import}", Need::Import),
    harm("/hochladen/{import}/abbrechen", Need::Import, ""),
    get("/hochladen/{import}/bericht.csv", Need::Import),
    get("/hochladen/{import}/bericht.json", Need::Import),
    get("/auswertungen", Need::Anywhere(FIGURES)),
    Route { may_lack: true, ..asked("/auswertungen", "unit={unit}", Need::Anywhere(FIGURES)) },
    Route { may_lack: true, ..asked("/auswertungen/tabelle", "table=never", Need::Anywhere(FIGURES)) },
    // Setting the desk up.
    get("/einstellungen", SET_UP),
    get("/einstellungen/fristen", SET_UP),
    post("/einstellungen/fristen", SET_UP, "region=never", "region=bremen"),
    post("/einstellungen/fristen/jahresabschluss", SET_UP, "year=&resolved_on=", "year=2024&resolved_on=2025-05-05"),
    get("/einstellungen/kontierung", SET_UP),
    asked("/einstellungen/kontierung/export", "list=account", SET_UP),
    Route {
        method: "POST",
        tame: Body::Multipart,
        sharp: Body::Multipart,
        may_lack: true,
        ..get("/einstellungen/kontierung/datei", SET_UP)
    },
    harm("/einstellungen/kontierung/stand", SET_UP, "toggle=account:never"),
    post("/einstellungen/kontierung", SET_UP, "list=never&codes=", "list=account&codes=1 x"),
    get("/einstellungen/zuordnung", SET_UP),
    post(
        "/einstellungen/zuordnung",
        SET_UP,
        "value=&unit=",
        "stage=rule&field=seller&operator=contains&value=a&unit={unit}&action=save",
    ),
    get("/einstellungen/zuordnung/probe", SET_UP),
    harm("/einstellungen/zuordnung/{rule}/entfernen", SET_UP, ""),
    harm("/einstellungen/zuordnung/{rule}/verschieben", SET_UP, "up=1"),
    get("/einstellungen/postfaecher", SET_UP),
    post(
        "/einstellungen/postfaecher",
        SET_UP,
        "address=",
        "address=eve@x.example&imap_host=localhost&user=x&password=x",
    ),
    get("/einstellungen/postfaecher/{mailbox}", SET_UP),
    get("/postfach/quarantaene", Need::Everywhere(CODE)),
    get("/postfach/{mail}", Need::Everywhere(CODE)),
    get("/postfach/{mail}/original", Need::Everywhere(CODE)),
    lacks("/postfach/{mail}/anlagen/{number}", Need::Everywhere(CODE)),
    harm("/postfach/{mail}/annehmen", Need::Everywhere(CODE), "part=1"),
    post("/postfach/{mail}/weiterleiten", Need::Everywhere(CODE), "to=", "to=eve@x.example"),
    post("/postfach/{mail}/antworten", Need::Everywhere(CODE), "text=", "text=Eve"),
    harm("/postfach/{mail}/absender", Need::Everywhere(CODE), "rule=never"),
    post("/postfach/{mail}/verwerfen", Need::Everywhere(CODE), "note=", "note=Eve"),
    harm("/postfach/{mail}/zuruecknehmen", Need::Everywhere(CODE), ""),
    // Paying.
    get("/uebergabe", Need::Anywhere(PAY)),
    post(
        "/uebergabe",
        Need::Anywhere(PAY),
        "account=never&execution=2026-12-01",
        "account={account}&execution=2026-12-01&invoice={invoice}",
    ),
    get("/uebergabe/laeufe", Need::Anywhere(PAY)),
    get("/uebergabe/laeufe/{run}", RUN),
    get("/uebergabe/laeufe/{run}/datei", RUN),
    harm("/uebergabe/laeufe/{run}/freigabe", RUN, ""),
    harm("/uebergabe/laeufe/{run}/versand", RUN, ""),
    harm("/uebergabe/laeufe/{run}/zahlung", RUN, ""),
    harm("/uebergabe/laeufe/{run}/abbruch", RUN, "reason=Eve"),
    get("/uebergabe/rueckmeldung", Need::Anywhere(PAY)),
    Route {
        method: "POST",
        tame: Body::Multipart,
        sharp: Body::Multipart,
        ..get("/uebergabe/rueckmeldung", Need::Anywhere(PAY))
    },
    get("/uebergabe/buchungen", Need::Anywhere(PAY)),
    post("/uebergabe/buchungen", Need::Anywhere(PAY), "mapping=never", "mapping=&invoice={invoice}"),
    post("/uebergabe/buchungen/bezahlt", Need::Anywhere(PAY), "vouchers=never", "vouchers={mark}v3"),
    get("/uebergabe/buchungen/{batch}/csv", BATCH),
    get("/uebergabe/buchungen/{batch}/json", BATCH),
    get("/uebergabe/einstellungen", SET_UP),
    post("/uebergabe/einstellungen/konten", SET_UP, "name=&iban=", "name=Eve&iban=DE47210999990000654321"),
    harm("/uebergabe/einstellungen/konten/{account}/stilllegen", SET_UP, ""),
    get("/uebergabe/einstellungen/abbildungen", SET_UP),
    post(
        "/uebergabe/einstellungen/abbildungen",
        SET_UP,
        "id=&preset=&name=&columns=",
        "id=&preset=generic&name=Eve&columns=x",
    ),
    // Own invoices.
    get("/ausgangsrechnungen", Need::Anywhere(SEND)),
    get("/ausgangsrechnungen/neu", Need::Anywhere(SEND)),
    post("/ausgangsrechnungen/neu", Need::Anywhere(SEND), "do=add", "do=add"),
    get("/ausgangsrechnungen/rechnungssteller", SET_UP),
    post(
        "/ausgangsrechnungen/rechnungssteller",
        SET_UP,
        "name=",
        "name=Eve&street=x&post_code=1&city=x&tax_number=x&contact=x&phone=1&email=e@x.example&iban=DE47210999990000654321&prefix=A",
    ),
    get("/ausgangsrechnungen/{own}", Need::Anywhere(SEND)),
    harm("/ausgangsrechnungen/{own}", Need::Anywhere(SEND), "do=keep&buyer_name=Eve"),
    get("/ausgangsrechnungen/{own}/bearbeiten", Need::Anywhere(SEND)),
    get("/ausgangsrechnungen/{own}/ansicht", Need::Anywhere(SEND)),
    get("/ausgangsrechnungen/{own}/xml", Need::Anywhere(SEND)),
    get("/ausgangsrechnungen/{own}/pdf", Need::Anywhere(SEND)),
    harm("/ausgangsrechnungen/{own}/ausstellung", Need::Anywhere(SEND), ""),
    harm("/ausgangsrechnungen/{own}/mail", Need::Anywhere(SEND), ""),
    harm("/ausgangsrechnungen/{own}/versand", Need::Anywhere(SEND), ""),
    harm("/ausgangsrechnungen/{own}/zahlung", Need::Anywhere(SEND), ""),
    harm("/ausgangsrechnungen/{own}/storno", Need::Anywhere(SEND), ""),
    // The checking service, which is open to nobody else unless the operator says so.
    Route { method: "POST", tame: Body::Xml("<a/>"), sharp: Body::Xml("<a/>"), ..get("/", Need::Known) },
    Route { method: "POST", tame: Body::Xml("<a/>"), sharp: Body::Xml("<a/>"), ..get("/{word}", Need::Known) },
    lacks("/{word}", Need::Open),
    Route {
        method: "POST",
        tame: Body::Xml("<a/>"),
        sharp: Body::Xml("<a/>"),
        ..get("/api/v1/invoices/check", Need::Known)
    },
    // The API.
    get("/api/v1/invoices", Need::Anywhere(SEE)),
    asked("/api/v1/invoices", "limit=200", Need::Anywhere(SEE)),
    Route {
        method: "POST",
        tame: Body::Xml(""),
        sharp: Body::Xml("<eve/>"),
        ..get("/api/v1/invoices", Need::Anywhere(RECEIVE))
    },
    get("/api/v1/invoices/{invoice}", SEES),
    get("/api/v1/invoices/{invoice}/original", SEES),
    lacks("/api/v1/invoices/{invoice}/xml", SEES),
    get("/api/v1/invoices/{invoice}/files", SEES),
    lacks("/api/v1/invoices/{invoice}/files/{number}", SEES),
    get("/api/v1/invoices/{invoice}/findings", SEES),
    lacks("/api/v1/invoices/{invoice}/view", SEES),
    get("/api/v1/invoices/{invoice}/events", SEES),
    get("/api/v1/invoices/{invoice}/decisions", SEES),
    json(
        "/api/v1/invoices/{invoice}/decisions",
        Need::Invoice(&[CERTIFY]),
        "{\"kind\":\"certify_arithmetic\",\"version\":99999}",
        "{\"kind\":\"certify_arithmetic\"}",
    ),
    json(
        "/api/v1/invoices/{invoice}/decisions",
        Need::Invoice(&[ORDER]),
        "{\"kind\":\"order\",\"version\":99999}",
        "{\"kind\":\"order\",\"reason\":\"x\"}",
    ),
    json(
        "/api/v1/invoices/{invoice}/decisions",
        CODES,
        "{\"kind\":\"code\",\"version\":99999,\"lines\":[]}",
        "{\"kind\":\"forward\",\"unit\":\"{unit}\",\"reason\":\"x\"}",
    ),
    get("/api/v1/invoices/{invoice}/comments", SEES),
    Route {
        method: "PUT",
        tame: Body::Json("{\"person\":\"x\",\"group\":\"y\"}"),
        sharp: Body::Json("{\"person\":\"{person}\"}"),
        ..get("/api/v1/invoices/{invoice}/assignment", SEES)
    },
    json("/api/v1/invoices/{invoice}/comments", SEES, "{\"text\":\"\"}", "{\"text\":\"Eve\"}"),
    get("/api/v1/invoices/{invoice}/history", SEES),
    Route {
        method: "POST",
        tame: Body::Xml(""),
        sharp: Body::Xml("<eve/>"),
        ..get("/api/v1/imports", Need::Anywhere(RECEIVE))
    },
    get("/api/v1/imports/{import}", Need::Import),
    get("/api/v1/imports/{import}/files", Need::Import),
    harm_api("POST", "/api/v1/imports/{import}/cancel", Need::Import),
    get("/api/v1/payment-accounts", Need::Anywhere(PAY)),
    get("/api/v1/payment-runs", Need::Anywhere(PAY)),
    Route {
        may_lack: true,
        ..json(
            "/api/v1/payment-runs",
            Need::Anywhere(PAY),
            "{\"account\":\"never\",\"invoices\":[]}",
            "{\"account\":\"{account}\",\"invoices\":[\"{invoice}\"]}",
        )
    },
    get("/api/v1/payment-runs/{run}", RUN),
    get("/api/v1/payment-runs/{run}/file", RUN),
    harm_api("POST", "/api/v1/payment-runs/{run}/sent", RUN),
    Route {
        method: "POST",
        tame: Body::Xml("<a/>"),
        sharp: Body::Xml("<a/>"),
        ..get("/api/v1/bank-reports", Need::Anywhere(PAY))
    },
    get("/api/v1/posting-batches", Need::Anywhere(PAY)),
    Route {
        may_lack: true,
        ..json(
            "/api/v1/posting-batches",
            Need::Anywhere(PAY),
            "{\"mapping\":\"never\"}",
            "{\"invoices\":[\"{invoice}\"]}",
        )
    },
    get("/api/v1/posting-batches/{batch}/csv", BATCH),
    get("/api/v1/posting-batches/{batch}/json", BATCH),
    json("/api/v1/payments", Need::Anywhere(PAY), "[]", "[{\"voucher\":\"{mark}v3\",\"paid_on\":\"2026-11-22\"}]"),
    get("/api/v1/webhooks", ADMIN),
    json(
        "/api/v1/webhooks",
        ADMIN,
        "{\"name\":\"\",\"url\":\"\",\"events\":[]}",
        "{\"name\":\"Eve\",\"url\":\"https://eve.example/\",\"events\":[\"invoice.received\"]}",
    ),
    harm_api("DELETE", "/api/v1/webhooks/{webhook}", ADMIN),
    get("/api/v1/webhooks/{webhook}/deliveries", ADMIN),
    harm_api("POST", "/api/v1/webhooks/deliveries/{delivery}/replay", ADMIN),
];
