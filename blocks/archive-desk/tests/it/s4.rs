//! Interface S.4: a package goes in and comes out again, evidence and elements are given, deletion needs two people.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use vir_archive::moment::Moment;
use vir_archive::package::{Contents, File, Package, Representation, Version, xaip};
use vir_archive_desk::permissions::{DISPOSE, FILE, REPORT, SEE};
use vir_auth::{By, Principal, TokenId};

use crate::desk::Desk;

const API: &str = "http://www.bsi.bund.de/tr-esor/api/1.3";

fn token(desk: &Desk, name: &str, permissions: &[&str]) -> Principal {
    let mut principal = desk.site.person(name, permissions);
    principal.by = By::Token(TokenId::from("token"));
    principal
}

async fn ask(desk: &Desk, who: Option<&Principal>, address: &str, body: &str) -> (StatusCode, String) {
    let envelope = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:t=\"{API}\"><e:Body>{body}</e:Body></e:Envelope>"
    );
    let request = Request::post(address).header("content-type", "text/xml").body(Body::from(envelope)).unwrap();
    let reply = desk.site.send(who, request).await;
    (reply.status, reply.text())
}

fn package() -> Vec<u8> {
    let content = b"the words of a letter".to_vec();
    let file = File { mime: Some("text/plain".to_owned()), ..File::of("letter.txt", &content) };
    let contents = Contents::from([(file.key(), content)]);
    let version = Version {
        reason: None,
        created: Moment::parse("2026-11-22T08:00:00Z").unwrap(),
        submitter: Some("urn:example:office".to_owned()),
        keep_until: None,
        representations: vec![Representation { name: "original".to_owned(), files: vec![file] }],
        descriptions: Vec::new(),
        events: Vec::new(),
        agents: Vec::new(),
        rights: Vec::new(),
    };
    let package = Package {
        id: "urn:example:7".to_owned(),
        label: Some("Ein Brief".to_owned()),
        agreement: None,
        versions: vec![version],
        evidence: Vec::new(),
    };
    xaip::write(&package, &|file| contents.get(&file.key()).cloned()).unwrap()
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    text.split(from).nth(1).and_then(|rest| rest.split(to).next()).unwrap_or_else(|| panic!("no {from} in {text}"))
}

#[tokio::test]
async fn a_package_goes_in_and_comes_out_through_s4() {
    let desk = Desk::new().await;
    let program = token(&desk, "Fachverfahren", &[SEE, FILE, DISPOSE]);
    let sent = String::from_utf8(package()).unwrap();
    let plain = sent.split_once("?>").unwrap().1.trim();
    let submission = format!("<t:ArchiveSubmissionRequest>{plain}</t:ArchiveSubmissionRequest>");

    // Nobody, and nobody with a session only.
    assert_eq!(ask(&desk, None, "/s4?eintrag=6.1", &submission).await.0, StatusCode::UNAUTHORIZED);
    let session = desk.site.person("Erika", &[SEE, FILE]);
    assert_ne!(ask(&desk, Some(&session), "/s4?eintrag=6.1", &submission).await.0, StatusCode::OK);
    let (_, nowhere) = ask(&desk, Some(&program), "/s4", &submission).await;
    assert!(nowhere.contains("common#parameterError"), "{nowhere}");
    let reader = token(&desk, "Leser", &[SEE]);
    assert!(ask(&desk, Some(&reader), "/s4?eintrag=6.1", &submission).await.1.contains("common#noPermission"));
    let broken = "<t:ArchiveSubmissionRequest><x:XAIP xmlns:x=\"http://www.bsi.bund.de/tr-esor/xaip\"/></t:ArchiveSubmissionRequest>";
    assert!(ask(&desk, Some(&program), "/s4?eintrag=6.1", broken).await.1.contains("arl/XAIP_NOK"));
    assert!(ask(&desk, Some(&program), "/s4", "<t:Unknown/>").await.1.contains("s:Fault"));

    let (status, answer) = ask(&desk, Some(&program), "/s4?eintrag=6.1", &submission).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert!(answer.contains("resultmajor#ok"), "{answer}");
    let aoid = between(&answer, "<tr:AOID>", "</tr:AOID>").to_owned();
    desk.work().await;
    let page = desk.site.get(&desk.registry, &format!("/akten/{aoid}")).await.text();
    assert!(page.contains("Ein Brief") && page.contains("Langzeitspeicher"), "{page}");

    let about = |operation: &str, more: &str| {
        format!("<t:{operation}Request><t:AOID>{aoid}</t:AOID>{more}</t:{operation}Request>")
    };
    let (_, back) = ask(&desk, Some(&program), "/s4", &about("ArchiveRetrieval", "")).await;
    let inner = format!("<xaip:XAIP{}</xaip:XAIP>", between(&back, "<xaip:XAIP", "</xaip:XAIP>"));
    let read = xaip::read(inner.as_bytes(), &|_| None).unwrap();
    assert_eq!(read.package, xaip::read(&package(), &|_| None).unwrap().package);
    assert_eq!(read.contents.values().next().unwrap(), b"the words of a letter");
    let (_, evidence) = ask(&desk, Some(&program), "/s4", &about("ArchiveEvidence", "")).await;
    assert!(evidence.contains("requestOnlyPartlySuccessfulWarning"), "no stamp yet: {evidence}");
    let (_, data) =
        ask(&desk, Some(&program), "/s4", &about("ArchiveData", "<t:DataLocation>DO-000001</t:DataLocation>")).await;
    assert!(data.contains("dataObjectID=\"DO-000001\"") && data.contains("resultmajor#ok"), "{data}");
    let (_, trace) = ask(&desk, Some(&program), "/s4", &about("ArchiveTrace", "")).await;
    assert!(trace.contains("resultmajor#ok"), "{trace}");
    let event = between(&trace, "<pres:Event>", "</pres:Event>");
    assert!(between(event, "<pres:Time>", "</pres:Time>").parse::<jiff::Timestamp>().is_ok(), "{event}");
    assert_eq!(between(event, "<pres:Object>", "</pres:Object>"), aoid);
    assert!(trace.contains("<pres:Operation>archive.close</pres:Operation>"), "{trace}");
    // Who looked is told to whoever may report on that.
    assert!(!trace.contains("archive.handed-out") && !trace.contains("archive.seen"), "{trace}");
    let reporter = token(&desk, "Datenschutz", &[SEE, REPORT]);
    assert!(ask(&desk, Some(&reporter), "/s4", &about("ArchiveTrace", "")).await.1.contains("archive.handed-out"));
    let info = |more: &str| format!("<t:RetrieveInfoRequest>{more}</t:RetrieveInfoRequest>");
    let (_, profile) = ask(&desk, Some(&program), "/s4", &info("")).await;
    assert!(profile.contains("ArchiveTraceRequest") && !profile.contains("ArchiveUpdate"), "{profile}");
    let (_, inactive) = ask(&desk, Some(&program), "/s4", &info("<t:Status>inactive</t:Status>")).await;
    assert!(inactive.contains("resultmajor#ok") && !inactive.contains("Profile"), "{inactive}");
    let other = info("<t:ProfileIdentifier>urn:other</t:ProfileIdentifier>");
    assert!(ask(&desk, Some(&program), "/s4", &other).await.1.contains("common#parameterError"));
    assert!(ask(&desk, Some(&program), "/s4", "<t:ArchiveUpdateRequest/>").await.1.contains("arl/notSupported"));
    let unseen = token(&desk, "Fremd", &[FILE]);
    let (_, hidden) = ask(&desk, Some(&unseen), "/s4", &about("ArchiveTrace", "")).await;
    assert!(hidden.contains("arl/unknownAOID") && !hidden.contains("pres:Event"), "{hidden}");
    assert!(ask(&desk, Some(&unseen), "/s4", &about("ArchiveRetrieval", "")).await.1.contains("arl/unknownAOID"));

    // Deletion needs a reason, and then the rules.
    let (_, without) = ask(&desk, Some(&program), "/s4", &about("ArchiveDeletion", "")).await;
    assert!(without.contains("missingReasonOfDeletion"), "{without}");
    let reason = "<t:ReasonOfDeletion><t:RequestorName>R</t:RequestorName><t:RequestInfo>Antrag</t:RequestInfo></t:ReasonOfDeletion>";
    let (_, refused) = ask(&desk, Some(&program), "/s4", &about("ArchiveDeletion", reason)).await;
    assert!(
        refused.contains("resultmajor#error") && refused.contains("Das Archiv hat noch nicht bewertet"),
        "{refused}"
    );

    // Data objects; a record that is no package comes back as one.
    let data = "<t:ArchiveSubmissionRequest><t:ArchiveData Type=\"urn:x\" archiveDataID=\"Vermerk\" MimeType=\"text/plain\">YQ==</t:ArchiveData></t:ArchiveSubmissionRequest>";
    let (_, answer) = ask(&desk, Some(&program), "/s4?eintrag=6.1", data).await;
    let aoid = between(&answer, "<tr:AOID>", "</tr:AOID>");
    let retrieval = format!("<t:ArchiveRetrievalRequest><t:AOID>{aoid}</t:AOID></t:ArchiveRetrievalRequest>");
    let (_, back) = ask(&desk, Some(&program), "/s4", &retrieval).await;
    assert!(back.contains("<xaip:XAIP") && back.contains(">YQ==<"), "{back}");
    let verify = "<d:VerifyRequest xmlns:d=\"urn:oasis:names:tc:dss:1.0:core:schema\"><d:InputDocuments><d:Document><d:Base64Data>YQ==</d:Base64Data></d:Document></d:InputDocuments></d:VerifyRequest>";
    let (_, judged) = ask(&desk, Some(&program), "/s4", verify).await;
    assert!(judged.contains("VerifyResponse") && judged.contains("resultmajor#error"), "{judged}");
}
