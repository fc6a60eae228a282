//! Claims about the messages of interface S.4: what is read, what is refused, and that answers are XML.

use vir_archive::s4::{API, Minor, Outcome, Request, S4Error, Soap, Submission, element, fault, read, response};

const XAIP: &str = "<x:XAIP xmlns:x=\"http://www.bsi.bund.de/tr-esor/xaip\"><x:packageHeader/></x:XAIP>";

fn envelope(soap: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><e:Envelope xmlns:e=\"{soap}\" xmlns:t=\"{API}\"><e:Header/><e:Body>{body}</e:Body></e:Envelope>"
    )
}

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";

fn asked(body: &str) -> Result<Request, S4Error> {
    read(envelope(SOAP, body).as_bytes()).map(|(_, request)| request)
}

#[test]
fn every_operation_is_read() {
    let aoid = "<t:AOID>a-1</t:AOID>";
    let data = "<t:ArchiveSubmissionRequest><t:ArchiveData Type=\"urn:x\" archiveDataID=\"D1\" MimeType=\"text/plain\">YQ==</t:ArchiveData></t:ArchiveSubmissionRequest>";
    let Request::Submission(Submission::Data(objects)) = asked(data).unwrap() else { panic!() };
    assert_eq!((objects[0].id.as_str(), objects[0].bytes.as_slice()), ("D1", &b"a"[..]));
    let package = format!("<t:ArchiveSubmissionRequest>{XAIP}</t:ArchiveSubmissionRequest>");
    let Request::Submission(Submission::Xaip(bytes)) = asked(&package).unwrap() else { panic!() };
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        XAIP.replace("<x:packageHeader/>", "<x:packageHeader></x:packageHeader>")
    );
    let retrieval = asked(&format!("<t:ArchiveRetrievalRequest>{aoid}</t:ArchiveRetrievalRequest>")).unwrap();
    assert_eq!(retrieval, Request::Retrieval { aoid: "a-1".to_owned() });
    let evidence = format!("<t:ArchiveEvidenceRequest>{aoid}<t:VersionID>v2</t:VersionID></t:ArchiveEvidenceRequest>");
    assert_eq!(
        asked(&evidence).unwrap(),
        Request::Evidence { aoid: "a-1".to_owned(), versions: vec!["v2".to_owned()] }
    );
    let deletion = format!(
        "<t:ArchiveDeletionRequest><d:OptionalInputs xmlns:d=\"urn:oasis:names:tc:dss:1.0:core:schema\"><t:ReasonOfDeletion><t:RequestorName>R</t:RequestorName><t:RequestInfo>why</t:RequestInfo></t:ReasonOfDeletion></d:OptionalInputs>{aoid}</t:ArchiveDeletionRequest>"
    );
    let reason = Some(("R".to_owned(), "why".to_owned()));
    assert_eq!(asked(&deletion).unwrap(), Request::Deletion { aoid: "a-1".to_owned(), reason });
    let data =
        format!("<t:ArchiveDataRequest>{aoid}<t:DataLocation Type=\"x\">DO-1</t:DataLocation></t:ArchiveDataRequest>");
    let locations = vec![(Some("x".to_owned()), "DO-1".to_owned())];
    assert_eq!(asked(&data).unwrap(), Request::Data { aoid: "a-1".to_owned(), locations });
    assert_eq!(
        asked(&format!("<t:ArchiveTraceRequest>{aoid}</t:ArchiveTraceRequest>")).unwrap().operation(),
        "ArchiveTrace"
    );
    assert_eq!(asked("<t:RetrieveInfoRequest/>").unwrap(), Request::RetrieveInfo { profile: None, status: None });
    let verify = format!(
        "<d:VerifyRequest xmlns:d=\"urn:oasis:names:tc:dss:1.0:core:schema\" xmlns:x=\"http://www.bsi.bund.de/tr-esor/xaip\"><d:InputDocuments><d:Document ID=\"P\"><d:InlineXML>{XAIP}</d:InlineXML></d:Document><d:Document RefURI=\"b\"><d:Base64Data>YQ==</d:Base64Data></d:Document></d:InputDocuments><d:SignatureObject><d:Other><x:evidenceRecord><x:asn1EvidenceRecord>MAA=</x:asn1EvidenceRecord></x:evidenceRecord></d:Other></d:SignatureObject></d:VerifyRequest>"
    );
    let Request::Verify { documents, records } = asked(&verify).unwrap() else { panic!() };
    assert_eq!((documents.len(), documents[1].clone()), (2, ("b".to_owned(), b"a".to_vec())));
    assert_eq!(records, [vec![0x30, 0]]);
}

#[test]
fn what_is_no_request_is_refused() {
    let missing = asked("<t:ArchiveRetrievalRequest/>");
    assert_eq!(missing, Err(S4Error::Part("AOID")));
    assert_eq!(asked("<t:ArchiveSubmissionRequest/>"), Err(S4Error::Part("XAIP or ArchiveData")));
    assert_eq!(asked("<t:Nonsense/>"), Err(S4Error::Operation("Nonsense".to_owned())));
    assert_eq!(asked("<a/>"), Err(S4Error::Operation("a".to_owned())));
    assert_eq!(asked(""), Err(S4Error::Envelope));
    assert_eq!(asked("<t:RetrieveInfoRequest/><t:RetrieveInfoRequest/>"), Err(S4Error::Envelope));
    for bytes in [&b"no xml"[..], b"", b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"] {
        assert!(matches!(read(bytes), Err(S4Error::Xml(_))), "{bytes:?}");
    }
}

#[test]
fn answers_are_xml_in_the_version_that_was_spoken() {
    for (namespace, soap) in [(SOAP, Soap::V1_1), (SOAP_12, Soap::V1_2)] {
        let text = envelope(namespace, "<t:RetrieveInfoRequest/>");
        assert_eq!(read(text.as_bytes()).unwrap().0, soap);
        let outcome = Outcome::error(Minor::UnknownAoid, "gibt <es> nicht & \u{1} nie");
        for text in [response(soap, "ArchiveRetrieval", &outcome, &element("AOID", "a<b")), fault(soap, "a & b")] {
            let parsed = vir_archive::xml::canonical::parse(&text).unwrap();
            assert_eq!(parsed.root_element().tag_name().namespace(), Some(namespace));
        }
    }
}
