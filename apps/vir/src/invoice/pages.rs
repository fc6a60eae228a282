//! The invoice inside a PDF: its name, what ZUGFeRD's metadata say of it, and the pages around it.

use vir_invoice::identify::Kind;
use vir_invoice::model::{Bg, Bt, Invoice};
use vir_invoice::show::View;
use vir_pdf::write::File;
use vir_pdf::{FacturxMetadata, PdfError, Relationship};

use vir_invoice_desk::sheet;

use super::clock;
use crate::language::say;

/// The invoice that is embedded.
#[derive(Debug, Clone, Copy)]
pub struct Original<'a> {
    /// Its bytes.
    pub xml: &'a [u8],
    /// What it is.
    pub kind: Kind,
    /// Its specification identifier (BT-24).
    pub specification: Option<&'a str>,
}

impl Original<'_> {
    /// The name under which ZUGFeRD and Factur-X embed it.
    pub fn file_name(&self) -> &'static str {
        match (self.kind, self.is_xrechnung()) {
            (Kind::Cii, false) => "factur-x.xml",
            (Kind::Cii, true) => "xrechnung.xml",
            _ => "rechnung.xml",
        }
    }

    /// The metadata that makes the PDF a ZUGFeRD invoice; UBL cannot be one.
    pub fn facturx(&self) -> Option<FacturxMetadata> {
        let level = self.conformance_level()?;
        Some(FacturxMetadata::invoice(self.file_name(), level))
    }

    fn is_xrechnung(&self) -> bool {
        self.specification.is_some_and(|specification| specification.contains("xrechnung"))
    }

    fn conformance_level(&self) -> Option<&'static str> {
        if self.kind != Kind::Cii {
            return None;
        }
        let specification = self.specification.unwrap_or_default().trim();
        let level = |part: &str| specification.ends_with(part);
        Some(match () {
            () if self.is_xrechnung() => "XRECHNUNG",
            () if level(":extended") => "EXTENDED",
            () if level(":basicwl") => "BASIC WL",
            () if level(":basic") => "BASIC",
            () if level(":minimum") => "MINIMUM",
            () => "EN 16931",
        })
    }
}

/// The specification identifier (BT-24) of an invoice.
pub fn specification_of(invoice: &Invoice) -> Option<&str> {
    invoice.root.group(Bg::BG2)?.text(Bt::BT24)
}

/// Lays the view out, with the invoice embedded.
pub fn render(view: &View<'_>, original: &Original<'_>) -> Result<Vec<u8>, PdfError> {
    let document = sheet::document(view, original.xml, original.facturx(), clock::now());
    Ok(vir_pdf::write::render(&document)?.pdf)
}

/// The invoice as a file to be embedded.
pub fn file(original: &Original<'_>) -> File {
    File {
        name: original.file_name().to_owned(),
        mime: "text/xml".to_owned(),
        relationship: Relationship::Alternative,
        description: say("Die elektronische Rechnung", "The electronic invoice").to_owned(),
        modified: clock::now(),
        bytes: original.xml.to_vec(),
    }
}
