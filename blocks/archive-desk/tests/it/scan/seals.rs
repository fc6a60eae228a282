//! Claims about sealing: batches of each level with a key of the office and with a service, what stands in the way and
//! what is said then, and that paper is released only with the seal that its class demands.

use std::path::{Path, PathBuf};
use std::process::Command;

use vir_archive::certificate::certificates;
use vir_archive::certificate::path::Trust;
use vir_archive::lifecycle::RecordId;
use vir_archive::moment::Moment;
use vir_archive::scan::batch::State;
use vir_archive::scan::class::Seal;
use vir_archive::seal::Options;
use vir_archive::seal::submission::{Judged, judge};
use vir_archive_desk::{records, scan};
use vir_testkit::seals::{Issuer, Keyed, Says};
use vir_testkit::time_stamps::{TimeStampService, is_installed};
use vir_web::config::{Config, Secret};

use super::csc::{Manners, Service};
use super::{LETTER, Station};
use crate::desk::Desk;

const P256: [&str; 4] = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const RSA: [&str; 4] = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"];

/// A station whose clock has the machine's time, because the keys and tokens of the tests have it.
async fn station(change: impl FnOnce(&mut Config)) -> Station {
    let station = Station::at(Desk::with(change).await).await;
    station.desk.site.clock.set(jiff::Timestamp::now());
    station
}

fn local(config: &mut Config, keyed: &Keyed, trust: &[&Path]) {
    config.seal.key_file = Some(keyed.file("p12"));
    config.seal.password = Some(Secret::new("geheim"));
    config.seal.trust = trust.iter().map(|path| (*path).to_owned()).collect();
}

fn remote(config: &mut Config, service: &Service, issuer: &Issuer) {
    config.seal.service = Some(service.url.clone());
    config.seal.client_id = Some("stadt".into());
    config.seal.client_secret = Some(Secret::new("ge&heim"));
    config.seal.pin = Some(Secret::new("1234"));
    config.seal.trust = vec![issuer.root()];
}

/// A batch of this class with a transfer note.
async fn noted(station: &Station, class: &str) -> String {
    let id = station.batch(class, &[("brief.tif", LETTER)]).await;
    station.to_note(&id).await;
    id
}

/// The job, and what the batch says afterwards.
async fn sealed(station: &Station, id: &str) -> (Seal, bool, String) {
    _ = scan::seal::seal(&station.desk.site.app, &station.desk.site.tenant, id).await;
    let stored = station.stored(id).await;
    let trouble = stored.trouble.map(|text| text.de.into_owned()).unwrap_or_default();
    let (seal, stamp) = stored.batch.unwrap().seal;
    (seal, stamp, trouble)
}

async fn reference(station: &Station) -> (String, String) {
    let record = station.desk.open("1.1", "Sozialhilfe").await;
    let id = record.rsplit('/').next().unwrap().to_owned();
    let key = RecordId(id.clone());
    let loaded = station.desk.read(move |tx| Box::pin(async move { records::load(tx, &key).await })).await.unwrap();
    (id, loaded.reference)
}

fn accepted(folder: &Path, root: &Path, note: &[u8], seal: &[u8]) -> bool {
    let save = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let (note, seal) = (save("note.pdf", note), save("note.pdf.p7s", seal));
    let mut command = Command::new("openssl");
    command.args(["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any", "-out", "/dev/null"]);
    command.arg("-in").arg(seal).arg("-content").arg(note).arg("-CAfile").arg(root);
    command.output().unwrap().status.success()
}

/// As whoever trusts both services judges seal, note and scan.
fn verified(issuer: &Issuer, stamps: &TimeStampService, seal: &[u8], note: &[u8], scan: &[u8]) -> Judged {
    let read = |path: &Path| certificates(&std::fs::read(path).unwrap()).unwrap();
    let anchors = [read(&issuer.root()), read(&stamps.root)].concat();
    let trust = Trust { anchors: anchors.iter().map(Vec::as_slice).collect(), ..Trust::default() };
    let at = Moment::from_unix(jiff::Timestamp::now().as_second() + 5);
    let options = Options { at, existed: None, catalogue: true, trust };
    let files = [("scan.pdf".to_owned(), scan.to_vec()), ("transfervermerk.pdf".to_owned(), note.to_vec())];
    judge("transfervermerk.pdf.p7s", seal, &files, &scan::note::of_pdf, &options)
}

#[tokio::test]
async fn three_levels_are_sealed_and_paper_goes_only_then() {
    if !is_installed() {
        return;
    }
    let issuer = Issuer::new();
    let keyed = issuer.issue("stadt", &P256, Says::Qualified);
    let stamps = TimeStampService::qualified();
    let station = station(|config| {
        local(config, &keyed, &[&issuer.root(), &stamps.root]);
        config.archive.time_stamps = vec![stamps.url.clone()];
    })
    .await;
    let site = &station.desk.site;
    for (class, seal, stamp) in
        [("post", Seal::None, false), ("sozial", Seal::Qualified, true), ("urkunde", Seal::Qualified, true)]
    {
        let id = noted(&station, class).await;
        let (record, reference) = reference(&station).await;
        let note = format!("/scannen/{id}/transfervermerk");
        if seal > Seal::None {
            // Not before it is sealed.
            assert!(site.get(&station.scanner, &format!("/scannen/{id}")).await.text().contains("wird gesiegelt"));
            station.step(&station.scanner, &id, "file", &[("reference", &reference)]).await;
            assert_eq!(station.stored(&id).await.record, None, "{class}: filed without a seal");
            station.desk.work().await;
            let stored = station.stored(&id).await;
            assert_eq!(stored.trouble, None);
            assert_eq!(stored.batch.as_ref().unwrap().seal, (seal, stamp), "{class}");
            let page = site.get(&station.scanner, &format!("/scannen/{id}")).await.text();
            assert!(page.contains("qualifiziert, CAdES-B-T") && page.contains("Siegel stadt"), "{page}");
            let pdf = site.get(&station.scanner, &format!("{note}/pdf")).await.bytes;
            let p7s = site.get(&station.scanner, &format!("{note}/p7s")).await.bytes;
            assert!(accepted(&keyed.folder, &issuer.root(), &pdf, &p7s), "{class}");
            let scan = site.get(&station.scanner, &format!("/scannen/{id}/dokumente/1")).await.bytes;
            let judged = verified(&issuer, &stamps, &p7s, &pdf, &scan);
            assert!(judged.is_good(), "{judged:#?}");
            assert_eq!(judged.scans.as_ref().unwrap().named, ["scan.pdf"]);
            let mut changed = scan.to_vec();
            changed[9] ^= 1;
            assert_eq!(verified(&issuer, &stamps, &p7s, &pdf, &changed).scans.unwrap().unknown, ["scan.pdf"]);
            for at in [0, pdf.len() / 2, pdf.len() - 1] {
                let mut other = pdf.to_vec();
                other[at] ^= 1;
                assert!(!accepted(&keyed.folder, &issuer.root(), &other, &p7s));
            }
        } else {
            assert_eq!(site.get(&station.scanner, &format!("{note}/p7s")).await.status, 404);
        }
        station.step(&station.scanner, &id, "destroy", &[("din", "5")]).await;
        assert_eq!(station.state(&id).await, "noted", "{class}");
        station.step(&station.scanner, &id, "file", &[("reference", &reference)]).await;
        assert!(station.stored(&id).await.record.is_some(), "{class}");
        station.desk.work().await;
        site.clock.advance(jiff::SignedDuration::from_secs(60));
        station.desk.work().await;
        assert_eq!(station.state(&id).await, "deposited", "{class}");
        // What lies in the package is what was sealed.
        let key = RecordId(record);
        let loaded = station.desk.read(move |tx| Box::pin(async move { records::load(tx, &key).await })).await.unwrap();
        let batch = station.stored(&id).await.batch.unwrap();
        if let Some(about) = &batch.sealed {
            for (wanted, name) in [(&about.note, "transfervermerk.pdf"), (&about.seal, "transfervermerk.pdf.p7s")] {
                let item = loaded.items.iter().find(|item| item.sha512 == *wanted);
                assert_eq!(item.map(|item| item.file_name.as_str()), Some(name));
                assert!(item.unwrap().blob.is_none(), "storage has it");
            }
        }
        station.step(&station.scanner, &id, "destroy", &[("din", "5")]).await;
        assert_eq!(station.state(&id).await, "destroyed", "{class}");
    }
    let papers = site.get(&station.scanner, "/scannen/verfahrensdokumentation").await.text();
    assert!(papers.contains("mit eigenem Schlüssel") && papers.contains("CAdES-B-T"), "{papers}");
}

#[tokio::test]
async fn what_is_worth_less_than_the_class_demands_is_not_kept() {
    if !is_installed() {
        return;
    }
    let issuer = Issuer::new();
    let root = issuer.root();
    let plain = TimeStampService::start();
    for (name, says, trust, class, told) in [
        ("a", Says::Nothing, true, "sozial", "QcCompliance"),
        ("b", Says::NoDevice, true, "sozial", "QcSSCD"),
        ("c", Says::Person, true, "sozial", "QcType eseal"),
        ("d", Says::Qualified, false, "sozial", "qualifizierten Anbietern"),
        ("e", Says::Qualified, true, "urkunde", "A.AM.IN.SH.2"),
    ] {
        let keyed = issuer.issue(name, &P256, says);
        let station = station(|config| {
            let named = [root.as_path(), plain.root.as_path()];
            local(config, &keyed, if trust { &named } else { &[] });
            config.archive.time_stamps = vec![plain.url.clone()];
        })
        .await;
        let id = noted(&station, class).await;
        let (seal, _, trouble) = sealed(&station, &id).await;
        assert_eq!(seal, Seal::None, "{name}");
        assert!(trouble.contains(told), "{name}: {trouble}");
        let page = station.desk.site.get(&station.scanner, &format!("/scannen/{id}")).await.text();
        assert!(page.contains(told) && page.contains("Jetzt siegeln"), "{page}");
        let (_, reference) = reference(&station).await;
        station.step(&station.scanner, &id, "file", &[("reference", &reference)]).await;
        let stored = station.stored(&id).await;
        assert!(stored.is(State::Noted) && stored.record.is_none(), "{name}");
    }
}

#[tokio::test]
async fn without_a_seal_pages_say_what_to_do() {
    let station = station(|_| {}).await;
    let site = &station.desk.site;
    assert!(site.get(&station.scanner, "/scannen/klassen").await.text().contains("kein Siegel eingerichtet"));
    let id = noted(&station, "sozial").await;
    let (seal, _, trouble) = sealed(&station, &id).await;
    assert!(seal == Seal::None && trouble.contains("[seal]"), "{trouble}");
    let papers = site.get(&station.scanner, "/scannen/verfahrensdokumentation").await.text();
    assert!(papers.contains("Es ist kein Siegel eingerichtet"), "{papers}");
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named() {
    if !is_installed() {
        return;
    }
    let issuer = Issuer::new();
    let good = issuer.issue("gut", &P256, Says::Qualified);
    let other = issuer.issue("anders", &P256, Says::Qualified);
    let brainpool = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"];
    let unknown = issuer.issue("kurve", &brainpool, Says::Qualified);
    let cases: [(PathBuf, Option<PathBuf>, &str, &str); 6] = [
        (good.folder.join("fehlt.p12"), None, "", "fehlt.p12"),
        (good.file("p12"), None, "falsch", "das Passwort ist falsch"),
        (good.file("key"), None, "", "kein Zertifikat zum Schlüssel"),
        (good.file("key"), Some(other.file("pem")), "", "kein Zertifikat zum Schlüssel"),
        (unknown.file("p12"), None, "geheim", "P-256"),
        (good.file("pem"), None, "", "kein privater Schlüssel"),
    ];
    for (key_file, certificate, password, told) in cases {
        let seal = vir_web::config::Seal {
            key_file: Some(key_file),
            certificate_file: certificate,
            password: Some(Secret::new(password)),
            ..Default::default()
        };
        let trouble = scan::seal::Sealer::of(&seal).await.unwrap_err();
        assert!(trouble.text.de.contains(told) && !trouble.retry, "{}", trouble.text.de);
    }
    // Key and certificate in two files, and each kind of key.
    for (name, key) in [("rsa", &RSA[..]), ("p256", &P256), ("ed", &["-algorithm", "ED25519"])] {
        let keyed = issuer.issue(name, key, Says::Qualified);
        let seal = vir_web::config::Seal {
            key_file: Some(keyed.file("key")),
            certificate_file: Some(keyed.file("pem")),
            ..Default::default()
        };
        let sealer = scan::seal::Sealer::of(&seal).await.unwrap().unwrap();
        let now = vir_archive::moment::Moment::from_unix(jiff::Timestamp::now().as_second());
        let made = sealer.seal(b"content", now).await.unwrap().encode();
        // OpenSSL 3.0 does not verify Ed25519 in CMS with attributes as RFC 8419 wants them.
        assert!(name == "ed" || accepted(&keyed.folder, &issuer.root(), b"content", &made), "{name}");
    }
}

#[tokio::test]
async fn a_service_seals_what_it_only_sees_the_hash_value_of() {
    if !is_installed() {
        return;
    }
    let issuer = Issuer::new();
    let brainpool = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP384r1"];
    let code = serde_json::json!({ "mode": "oauth2code" });
    let implicit = serde_json::json!({ "mode": "explicit", "objects": [{ "type": "Password", "id": "PIN" }] });
    for (name, key, algorithms, auth) in [
        ("pss", &RSA[..], &["1.2.840.113549.1.1.10", "1.2.840.113549.1.1.11"][..], &implicit),
        ("pkcs1", &RSA, &["1.2.840.113549.1.1.1"], &implicit),
        ("p256", &P256, &["1.2.840.10045.4.3.2"], &code),
        ("brainpool", &brainpool, &["1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3"], &implicit),
        ("any", &P256, &["1.2.840.10045.2.1"], &implicit),
    ] {
        let keyed = issuer.issue(name, key, Says::Qualified);
        let service = Service::start(&keyed, Manners { auth: auth.clone(), ..Manners::good(algorithms) }).await;
        let mut config = Config::default();
        remote(&mut config, &service, &issuer);
        let sealer = scan::seal::Sealer::of(&config.seal).await.unwrap().unwrap();
        let now = vir_archive::moment::Moment::from_unix(jiff::Timestamp::now().as_second());
        let made = sealer.seal(b"content", now).await.unwrap_or_else(|trouble| panic!("{name}: {}", trouble.text.en));
        assert!(accepted(&keyed.folder, &issuer.root(), b"content", &made.encode()), "{name}");
        let steps: &[&str] = if *auth == code {
            &["token", "list", "info", "token", "sign"]
        } else {
            &["token", "list", "info", "authorize", "sign"]
        };
        assert_eq!(service.asked(), steps, "{name}");
    }
}

#[tokio::test]
async fn a_service_that_fails_is_asked_again_and_one_that_refuses_is_told_of() {
    if !is_installed() {
        return;
    }
    let issuer = Issuer::new();
    let keyed = issuer.issue("dienst", &P256, Says::Qualified);
    let service = Service::start(&keyed, Manners::good(&["1.2.840.10045.4.3.2"])).await;
    let station = station(|config| remote(config, &service, &issuer)).await;
    let id = noted(&station, "sozial").await;

    // A fault that lasts: said, and left to the job, which comes again.
    service.behave(|manners| manners.faults = 100);
    let outcome = scan::seal::seal(&station.desk.site.app, &station.desk.site.tenant, &id).await.unwrap_err();
    assert!(outcome.retry, "{outcome}");
    let stored = station.stored(&id).await;
    assert!(stored.trouble.unwrap().de.contains("HTTP 503, busy: says the test"));
    assert_eq!(stored.work, scan::batch::Work::Sealing);
    assert_eq!(service.asked(), ["token", "list", "list", "list"]);

    for (change, told) in [
        (Box::new(|manners: &mut Manners| manners.status = "disabled") as Box<dyn FnOnce(&mut Manners)>, "disabled"),
        (Box::new(|manners: &mut Manners| manners.lies = true), "passt nicht zum Zertifikat"),
        (Box::new(|manners: &mut Manners| manners.algorithms = vec!["1.2.3"]), "kein Verfahren"),
        (
            Box::new(|manners: &mut Manners| {
                manners.auth["objects"] = serde_json::json!([
                    { "type": "Password", "id": "OTP", "generator": "totp" }
                ]);
            }),
            "je Siegel eine Eingabe",
        ),
    ] {
        service.behave(|manners| *manners = Manners::good(&["1.2.840.10045.4.3.2"]));
        service.behave(change);
        let (seal, _, trouble) = sealed(&station, &id).await;
        assert!(seal == Seal::None && trouble.contains(told), "{told}: {trouble}");
    }

    // One fault is nothing.
    service.behave(|manners| *manners = Manners { faults: 1, ..Manners::good(&["1.2.840.10045.4.3.2"]) });
    station.step(&station.scanner, &id, "seal", &[]).await;
    assert_eq!(sealed(&station, &id).await, (Seal::Qualified, false, String::new()));
    let note = station.stored(&id).await.batch.unwrap().sealed;
    // Sealing again changes nothing.
    assert_eq!(sealed(&station, &id).await.0, Seal::Qualified);
    assert_eq!(station.stored(&id).await.batch.unwrap().sealed, note);

    let mut config = Config::default();
    remote(&mut config, &service, &issuer);
    config.seal.client_secret = Some(Secret::new("falsch"));
    let sealer = scan::seal::Sealer::of(&config.seal).await.unwrap().unwrap();
    let now = vir_archive::moment::Moment::from_unix(jiff::Timestamp::now().as_second());
    let trouble = sealer.seal(b"content", now).await.unwrap_err();
    assert!(!trouble.retry && trouble.text.de.contains("invalid_client") && !trouble.text.de.contains("falsch"));
    remote(&mut config, &service, &issuer);
    config.seal.credential = Some("andere".into());
    let sealer = scan::seal::Sealer::of(&config.seal).await.unwrap().unwrap();
    let trouble = sealer.seal(b"content", now).await.unwrap_err();
    assert!(trouble.text.de.contains("siegel-1"), "{}", trouble.text.de);
}
