//! Reads an envelope.

use roxmltree::{Document, Node};

use super::{DSS, DataObject, Request, S4Error, Soap, Submission, XAIP};
use crate::xml::armour;
use crate::xml::canonical::{self, Method};

/// The canonical form in which a package is taken out of its envelope: without what the envelope declares.
const FORM: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// How the namespaces of all versions of the interface begin.
const ANY_API: &str = "http://www.bsi.bund.de/tr-esor/api";

/// Reads a request.
pub fn read(bytes: &[u8]) -> Result<(Soap, Request), S4Error> {
    let text = canonical::text(bytes).ok_or_else(|| S4Error::Xml("the encoding is unknown".to_owned()))?;
    let document = canonical::parse(&text).map_err(|error| S4Error::Xml(error.to_string()))?;
    let root = document.root_element();
    let soap = [Soap::V1_1, Soap::V1_2].into_iter().find(|soap| is(root, soap.namespace(), "Envelope"));
    let soap = soap.ok_or(S4Error::Envelope)?;
    let mut bodies = root.children().filter(|node| is(*node, soap.namespace(), "Body"));
    let mut requests = bodies.next().into_iter().flat_map(|body| body.children()).filter(Node::is_element);
    let (Some(request), None) = (requests.next(), requests.next()) else { return Err(S4Error::Envelope) };
    let name = request.tag_name().name();
    let is_ours = request.tag_name().namespace().is_some_and(|uri| uri.starts_with(ANY_API));
    let of_dss = request.tag_name().namespace() == Some(DSS);
    let reader = Reader { document: &document };
    let request = match name {
        "VerifyRequest" if is_ours || of_dss => reader.verify(request)?,
        _ if !is_ours => return Err(S4Error::Operation(name.to_owned())),
        "RetrieveInfoRequest" => {
            let part = |name| children(request, name).next().map(said).filter(|text| !text.is_empty());
            Request::RetrieveInfo { profile: part("ProfileIdentifier"), status: part("Status") }
        }
        "ArchiveSubmissionRequest" => reader.submission(request)?,
        "ArchiveUpdateRequest" => Request::Update,
        "ArchiveRetrievalRequest" => Request::Retrieval { aoid: aoid(request)? },
        "ArchiveEvidenceRequest" => {
            let versions = children(request, "VersionID").map(|node| said(node)).collect();
            Request::Evidence { aoid: aoid(request)?, versions }
        }
        "ArchiveDeletionRequest" => {
            let reason = request.descendants().find(|node| node.is_element() && local(*node) == "ReasonOfDeletion");
            let reason = reason.map(|node| {
                let part = |name| children(node, name).next().map(said).unwrap_or_default();
                (part("RequestorName"), part("RequestInfo"))
            });
            Request::Deletion { aoid: aoid(request)?, reason }
        }
        "ArchiveDataRequest" => {
            let locations = children(request, "DataLocation");
            let locations = locations.map(|node| (node.attribute("Type").map(str::to_owned), said(node))).collect();
            Request::Data { aoid: aoid(request)?, locations }
        }
        "ArchiveTraceRequest" => Request::Trace { aoid: aoid(request)? },
        _ => return Err(S4Error::Operation(name.to_owned())),
    };
    Ok((soap, request))
}

struct Reader<'d, 'i> {
    document: &'d Document<'i>,
}

impl Reader<'_, '_> {
    fn submission(&self, request: Node<'_, '_>) -> Result<Request, S4Error> {
        if let Some(package) = request.children().find(|node| is_package(*node)) {
            return Ok(Request::Submission(Submission::Xaip(self.whole(package))));
        }
        let mut data = Vec::new();
        for node in children(request, "ArchiveData") {
            data.push(DataObject {
                id: node.attribute("archiveDataID").ok_or(S4Error::Part("archiveDataID"))?.to_owned(),
                kind: node.attribute("Type").unwrap_or_default().to_owned(),
                mime: node.attribute("MimeType").map(str::to_owned),
                bytes: armour::base64(&said(node)).ok_or(S4Error::Part("ArchiveData"))?,
            });
        }
        if data.is_empty() {
            Err(S4Error::Part("XAIP or ArchiveData"))
        } else {
            Ok(Request::Submission(Submission::Data(data)))
        }
    }

    fn verify(&self, request: Node<'_, '_>) -> Result<Request, S4Error> {
        let (mut documents, mut records) = (Vec::new(), Vec::new());
        // Where the last package ends: what is inside belongs to it.
        let mut until = 0;
        for (number, node) in request.descendants().filter(Node::is_element).enumerate() {
            let name = || {
                node.attribute("RefURI").or(node.attribute("ID")).map_or(format!("document-{number}"), str::to_owned)
            };
            if node.range().start < until {
                continue;
            }
            match local(node) {
                _ if is_package(node) => {
                    until = node.range().end;
                    documents.push((name(), self.whole(node)));
                }
                "Base64Data" | "Base64XML" => {
                    let bytes = armour::base64(&said(node)).ok_or(S4Error::Part("Base64Data"))?;
                    let parent = node.parent().and_then(|parent| parent.attribute("RefURI").or(parent.attribute("ID")));
                    documents.push((parent.map_or_else(name, str::to_owned), bytes));
                }
                "asn1EvidenceRecord" => {
                    records.push(armour::base64(&said(node)).ok_or(S4Error::Part("asn1EvidenceRecord"))?);
                }
                "xmlEvidenceRecord" => {
                    let inner = node.children().find(Node::is_element).unwrap_or(node);
                    records.push(self.whole(inner));
                }
                _ => {}
            }
        }
        if documents.is_empty() && records.is_empty() {
            return Err(S4Error::Part("InputDocuments or SignatureObject"));
        }
        Ok(Request::Verify { documents, records })
    }

    fn whole(&self, node: Node<'_, '_>) -> Vec<u8> {
        let method = Method::from_uri(FORM).unwrap_or(Method::INCLUSIVE);
        canonical::subtree(self.document, node, method, |_| true)
    }
}

fn is(node: Node<'_, '_>, namespace: &str, name: &str) -> bool {
    node.is_element() && local(node) == name && node.tag_name().namespace() == Some(namespace)
}

fn is_package(node: Node<'_, '_>) -> bool {
    node.is_element() && local(node) == "XAIP" && node.tag_name().namespace().is_some_and(|uri| uri.starts_with(XAIP))
}

fn local<'a>(node: Node<'a, '_>) -> &'a str {
    node.tag_name().name()
}

fn children<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| {
        child.is_element()
            && local(*child) == name
            && child.tag_name().namespace().is_none_or(|uri| uri.starts_with(ANY_API))
    })
}

fn aoid(request: Node<'_, '_>) -> Result<String, S4Error> {
    let aoid = children(request, "AOID").next().map(said).filter(|aoid| !aoid.is_empty());
    aoid.ok_or(S4Error::Part("AOID"))
}

/// The text directly in an element.
fn said(node: Node<'_, '_>) -> String {
    let text: String = node.children().filter(|node| node.is_text()).filter_map(|node| node.text()).collect();
    text.trim().to_owned()
}
