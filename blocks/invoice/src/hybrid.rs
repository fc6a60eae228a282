//! Which of the files inside a PDF is the invoice?
//!
//! ZUGFeRD and Factur-X embed it under a fixed name and say how it relates to the pages. Both have
//! changed over the years and are often wrong in practice, so names, relationship and the file's own
//! root element are weighed together.
//!
//! Invariant: the choice does not depend on the order of the files.

use vir_core::{Actor, Finding, Place, Severity, Text};

use crate::check::{Options, Reason, Report, Verdict};
use crate::identify::Kind;
use crate::xml::{Limits, parse_with};

/// A file inside a PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embedded<'a> {
    /// Its name, as the PDF gives it.
    pub name: &'a str,
    /// How it relates to the document: `Alternative`, `Data`, `Source`, …
    pub relationship: &'a str,
    /// Its MIME type, if given.
    pub mime: Option<&'a str>,
    /// Its content.
    pub bytes: &'a [u8],
}

/// The invoice among the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its index in the list.
    pub index: usize,
    /// Why it was chosen.
    pub reason: Text,
    /// Indices of other files that are invoices, too, and differ from it.
    pub others: Vec<usize>,
}

/// Why there is no invoice among the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// The PDF carries no files at all.
    NoFiles,
    /// It carries files, but no XML.
    NoXml,
    /// It carries XML, but none of it is an invoice.
    NoInvoice,
}

/// The names that ZUGFeRD and Factur-X prescribe or have prescribed, compared without case.
const NAMES: [&str; 3] = ["factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml"];

/// Relationships from the likeliest.
const RELATIONSHIPS: [&str; 3] = ["Alternative", "Source", "Data"];

/// Picks the invoice.
///
/// ```
/// use vir_invoice::hybrid::{Embedded, pick};
/// let file = |name| Embedded { name, relationship: "Alternative", mime: None, bytes: b"<x/>" };
/// assert_eq!(pick(&[file("terms.xml"), file("factur-x.xml")]).unwrap().index, 1);
/// ```
///
/// # Errors
/// Where none of the files is an invoice.
pub fn pick(files: &[Embedded<'_>]) -> Result<Choice, Absence> {
    let candidates: Vec<usize> =
        (0..files.len()).filter(|index| name_rank(&files[*index]).is_some() || is_xml(&files[*index])).collect();
    let only_one = candidates.len() == 1;
    let mut ranked: Vec<(usize, bool)> = Vec::new();
    for index in candidates {
        let known = name_rank(&files[index]).is_some();
        // A file under the right name is the invoice even where it is broken: then that is to be said.
        let is_invoice = (only_one && known) || is_invoice(files[index].bytes);
        if known || is_invoice {
            ranked.push((index, is_invoice));
        }
    }
    let rank = |(index, is_invoice): (usize, bool)| {
        let file = &files[index];
        let name = name_rank(file);
        (name.is_none(), !is_invoice, relationship_rank(file), name, file.name, file.bytes)
    };
    ranked.sort_by(|a, b| rank(*a).cmp(&rank(*b)));
    let Some((index, _)) = ranked.first().copied() else {
        return Err(match files {
            [] => Absence::NoFiles,
            _ if files.iter().any(is_xml) => Absence::NoInvoice,
            _ => Absence::NoXml,
        });
    };
    let others = ranked[1..]
        .iter()
        .filter(|(other, is_invoice)| *is_invoice && files[*other].bytes != files[index].bytes)
        .map(|(other, _)| *other)
        .collect();
    Ok(Choice { index, reason: reason(&files[index]), others })
}

/// The report on a PDF in which there is no invoice.
#[must_use]
pub fn report_absence(absence: Absence, options: &Options) -> Report {
    let message = match absence {
        Absence::NoFiles => Text::new(
            "Das ist ein PDF ohne eingebettete Rechnungsdaten. Es ist für Menschen lesbar, aber keine E-Rechnung.",
            "This is a PDF without embedded invoice data. People can read it, but it is no e-invoice.",
        ),
        Absence::NoXml => Text::new(
            "Das PDF enthält zwar Dateien, aber keine Rechnung im XML-Format. Es ist keine E-Rechnung.",
            "The PDF contains files but no invoice in XML. It is no e-invoice.",
        ),
        Absence::NoInvoice => Text::new(
            "Das PDF enthält eine XML-Datei, aber keine Rechnung in UBL oder CII. Es ist keine E-Rechnung.",
            "The PDF contains an XML file, but no invoice in UBL or CII. It is no e-invoice.",
        ),
    };
    let repair = Text::new(
        "Die Rechnung als ZUGFeRD-PDF (Profil EN 16931 oder XRECHNUNG) oder als XRechnung anfordern.",
        "Ask for the invoice as a ZUGFeRD PDF (profile EN 16931 or XRECHNUNG) or as XRechnung.",
    );
    report_on_pdf("pdf-no-invoice", message, repair, Actor::Issuer, options)
}

/// The report on a PDF that cannot be opened.
#[must_use]
pub fn report_damage(message: Text, options: &Options) -> Report {
    let repair = Text::new(
        "Das PDF noch einmal und ohne Kennwort senden lassen, oder die Rechnung als XML anfordern.",
        "Have the PDF sent again and without a password, or ask for the invoice as XML.",
    );
    report_on_pdf("pdf-damaged", message, repair, Actor::Issuer, options)
}

/// What is to be said where a PDF holds several invoices that differ.
#[must_use]
pub fn several_invoices(files: &[Embedded<'_>], choice: &Choice) -> Option<Finding> {
    if choice.others.is_empty() {
        return None;
    }
    let shown = |index: usize| files[index].name.chars().take(80).collect::<String>();
    let others: Vec<String> = choice.others.iter().take(5).map(|index| format!("„{}“", shown(*index))).collect();
    let (chosen, others) = (shown(choice.index), others.join(", "));
    Some(Finding {
        rule: "pdf-several-invoices".into(),
        severity: Severity::Warning,
        layer: "schema",
        place: Place::default(),
        terms: (&[]).into(),
        value: None,
        message: Text::owned(
            format!("Das PDF enthält mehrere verschiedene Rechnungen: geprüft wird „{chosen}“, außerdem: {others}."),
            format!("The PDF contains several different invoices: \"{chosen}\" is checked; besides: {others}."),
        ),
        repair: Text::new(
            "Beim Rechnungssteller klären, welche gilt; ein PDF darf nur eine Rechnung enthalten.",
            "Ask the issuer which one counts; a PDF may contain only one invoice.",
        ),
        actor: Actor::Issuer,
    })
}

fn report_on_pdf(rule: &'static str, message: Text, repair: Text, actor: Actor, options: &Options) -> Report {
    let finding = Finding {
        rule: rule.into(),
        severity: Severity::Error,
        layer: "schema",
        place: Place::default(),
        terms: (&[]).into(),
        value: None,
        message,
        repair,
        actor,
    };
    Report {
        kind: None,
        profile: options.profile,
        release: options.release,
        verdict: Verdict::Reject,
        reason: Some(Reason::NotWellFormed),
        findings: vec![finding],
        overrides: Vec::new(),
        without: Vec::new(),
    }
}

/// The last part of a name that may have folders in it.
fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name).trim()
}

fn name_rank(file: &Embedded<'_>) -> Option<usize> {
    NAMES.iter().position(|known| known.eq_ignore_ascii_case(base_name(file.name)))
}

fn relationship_rank(file: &Embedded<'_>) -> usize {
    RELATIONSHIPS.iter().position(|known| *known == file.relationship).unwrap_or(RELATIONSHIPS.len())
}

fn is_xml(file: &Embedded<'_>) -> bool {
    let name = base_name(file.name).as_bytes();
    let by_name = name.len() >= 4 && name[name.len() - 4..].eq_ignore_ascii_case(b".xml");
    let by_type = file.mime.is_some_and(|mime| mime.to_ascii_lowercase().contains("xml"));
    let content = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.bytes);
    let by_content = content.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    // Office documents have "xml" in their type and are packed.
    by_name || by_content || (by_type && !file.bytes.starts_with(b"PK"))
}

fn is_invoice(bytes: &[u8]) -> bool {
    parse_with(bytes, &Limits::default())
        .is_ok_and(|doc| Kind::of(&doc).is_some() || doc.root().local() == "CrossIndustryDocument")
}

fn reason(file: &Embedded<'_>) -> Text {
    let relationship: String = file.relationship.chars().take(40).collect();
    match name_rank(file) {
        Some(rank) => Text::owned(
            format!("Der Name „{}“ ist der einer ZUGFeRD-Rechnung; Beziehung: {relationship}.", NAMES[rank]),
            format!("The name \"{}\" is that of a ZUGFeRD invoice; relationship: {relationship}.", NAMES[rank]),
        ),
        None => Text::owned(
            format!("Kein Name einer ZUGFeRD-Rechnung, aber der Inhalt ist eine; Beziehung: {relationship}."),
            format!("Not the name of a ZUGFeRD invoice, but the content is one; relationship: {relationship}."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVOICE: &[u8] =
        br#"<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>"#;
    const OTHER_INVOICE: &[u8] = br#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>"#;
    const XML: &[u8] = b"<data/>";
    const BROKEN: &[u8] = b"<rsm:Cross";

    fn file<'a>(name: &'a str, relationship: &'a str, bytes: &'a [u8]) -> Embedded<'a> {
        Embedded { name, relationship, mime: None, bytes }
    }

    /// Which name is picked, in whatever order the files stand.
    fn check(files: &[Embedded<'_>], expect: Result<&str, Absence>) {
        let mut files = files.to_vec();
        for _ in 0..files.len().max(1) {
            let found = pick(&files).map(|choice| files[choice.index].name);
            assert_eq!(found, expect, "{files:?}");
            if !files.is_empty() {
                files.rotate_left(1);
            }
        }
        files.reverse();
        assert_eq!(pick(&files).map(|choice| files[choice.index].name), expect, "reversed");
    }

    #[test]
    fn the_invoice_is_found_by_name_relationship_and_content() {
        check(&[file("factur-x.xml", "Alternative", INVOICE)], Ok("factur-x.xml"));
        check(&[file("ZUGFeRD-invoice.xml", "Unspecified", INVOICE)], Ok("ZUGFeRD-invoice.xml"));
        check(&[file("XRechnung.XML", "Source", INVOICE), file("a.xml", "Alternative", XML)], Ok("XRechnung.XML"));
        check(&[file("C:\\temp\\factur-x.xml", "Data", INVOICE)], Ok("C:\\temp\\factur-x.xml"));
        // A known name decides over a foreign one, even where the file is broken.
        check(&[file("factur-x.xml", "Data", BROKEN), file("b.xml", "Alternative", INVOICE)], Ok("factur-x.xml"));
        // Among known names the whole file, then the relationship, then the newer name.
        check(
            &[file("factur-x.xml", "Alternative", BROKEN), file("xrechnung.xml", "Data", INVOICE)],
            Ok("xrechnung.xml"),
        );
        check(
            &[file("factur-x.xml", "Data", INVOICE), file("xrechnung.xml", "Alternative", INVOICE)],
            Ok("xrechnung.xml"),
        );
        check(
            &[file("factur-x.xml", "Alternative", INVOICE), file("zugferd-invoice.xml", "Alternative", INVOICE)],
            Ok("factur-x.xml"),
        );
        // Without a known name the content says it.
        check(&[file("rechnung.xml", "Supplement", INVOICE), file("x.xml", "Alternative", XML)], Ok("rechnung.xml"));
        check(&[file("a.xml", "Data", INVOICE), file("b.xml", "Alternative", INVOICE)], Ok("b.xml"));
        check(&[file("attachment", "Unspecified", INVOICE)], Ok("attachment"));
    }

    #[test]
    fn the_absence_of_an_invoice_has_a_reason() {
        check(&[], Err(Absence::NoFiles));
        check(&[file("plan.pdf", "Data", b"%PDF-1.7"), file("a.csv", "Data", b"1;2")], Err(Absence::NoXml));
        check(&[file("a.xml", "Alternative", XML), file("plan.pdf", "Data", b"%PDF-")], Err(Absence::NoInvoice));
        for absence in [Absence::NoFiles, Absence::NoXml, Absence::NoInvoice] {
            let report = report_absence(absence, &Options::default());
            assert_eq!((report.verdict, report.reason), (Verdict::Reject, Some(Reason::NotWellFormed)));
            assert!(report.findings[0].message.de.contains("keine E-Rechnung"));
        }
    }

    #[test]
    fn several_different_invoices_are_told() {
        let files = [file("factur-x.xml", "Data", INVOICE), file("xrechnung.xml", "Data", OTHER_INVOICE)];
        let choice = pick(&files).unwrap();
        assert_eq!(choice.others, [1]);
        assert!(several_invoices(&files, &choice).unwrap().message.de.contains("xrechnung.xml"));
        let same = [file("factur-x.xml", "Data", INVOICE), file("xrechnung.xml", "Data", INVOICE)];
        assert_eq!(several_invoices(&same, &pick(&same).unwrap()), None);
    }
}
