//! Writing messages in any of the versions.
//!
//! Invariant: what is written is valid against the version's schema; what the version cannot say is either refused,
//! where the message would mean something else without it, or named in [`Written::lost`].

mod object;
mod out;
mod plan;

use std::collections::BTreeSet;

use vir_core::Text;

use self::out::Out;
use super::model::{Appraised, Body, Code, Contact, Disposal, Head, Imported, Message};
use super::read::is_date_time;
use super::{MessageKind, Version};
use crate::lifecycle::day::Day;
use crate::lifecycle::plan::Appraisal;

/// A message as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The document.
    pub xml: String,
    /// Elements that this version does not have, and that were left out; or that its letters were simplified.
    pub lost: BTreeSet<&'static str>,
}

/// Why a message cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The version cannot say it.
    #[error("xdomea {} cannot say this: {what}", .version.number())]
    NotInVersion {
        /// What.
        what: &'static str,
        /// The version.
        version: Version,
    },
    /// A text has letters that the version (or XML) does not allow.
    #[error("the text of {element} has letters that are not allowed: {value:?}")]
    Letters {
        /// Where.
        element: &'static str,
        /// The text, cut.
        value: String,
    },
    /// A value does not have its form.
    #[error("the value of {element} is not allowed: {value:?}")]
    Value {
        /// Where.
        element: &'static str,
        /// The value, cut.
        value: String,
    },
    /// Something obligatory is missing.
    #[error("{element} is missing")]
    Missing {
        /// What.
        element: &'static str,
    },
    /// An object stands before what contains it, or in what cannot contain it.
    #[error("the object at position {position} stands in nothing that can contain it")]
    Placement {
        /// Where in the list, from 0.
        position: usize,
    },
}

impl WriteError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        let de = match self {
            Self::NotInVersion { what, version } => {
                format!("xdomea {} kann das nicht ausdrücken: {what}.", version.number())
            }
            Self::Letters { element, value } => {
                format!("Der Text von „{element}“ enthält Zeichen, die nicht erlaubt sind: {value:?}.")
            }
            Self::Value { element, value } => format!("Der Wert von „{element}“ ist nicht erlaubt: {value:?}."),
            Self::Missing { element } => format!("„{element}“ fehlt."),
            Self::Placement { position } => {
                format!("Das Objekt an Stelle {position} steht in nichts, was es enthalten kann.")
            }
        };
        Text::owned(de, format!("{self}."))
    }
}

/// Writes a message.
pub fn write(message: &Message, version: Version) -> Result<Written, WriteError> {
    let kind = message.kind();
    if !kind.is_in(version) {
        return Err(WriteError::NotInVersion { what: kind.element(), version });
    }
    let mut out = Out::new(version);
    let namespace = version.namespace();
    out.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.raw(&format!(
        "<xdomea:{} xmlns:xdomea=\"{namespace}\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"{namespace} xdomea-Nachrichten-AussonderungDurchfuehren.xsd\">",
        kind.element()
    ));
    head(&mut out, &message.head, kind)?;
    match &message.body {
        Body::Offer(objects) | Body::HandOver(objects) => object::objects(&mut out, objects)?,
        Body::Appraisal(appraised) => many(&mut out, "BewertetesObjekt", appraised, unit)?,
        Body::Catalogue(appraised) => many(&mut out, "BewerteteAktenplaneinheit", appraised, unit)?,
        Body::Imported(results) if version.is_third() => {
            many(&mut out, "AusgesondertesSGO", results, |out, result| imported(out, result, "IDSGO"))?;
        }
        Body::Imported(results) => imported_second(&mut out, results)?,
        Body::CatalogueImported(results) => {
            many(&mut out, "BewerteteAktenplaneinheit", results, |out, result| imported(out, result, "ID"))?;
        }
        Body::PlanOffer(plan) => plan::offer(&mut out, plan)?,
        Body::OfferReceived
        | Body::AppraisalReceived
        | Body::HandOverReceived
        | Body::PlanOfferReceived
        | Body::CatalogueReceived => {}
    }
    out.raw(&format!("</xdomea:{}>\n", kind.element()));
    let (xml, lost) = out.done();
    Ok(Written { xml, lost })
}

/// What may be shown of a value.
fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

type Outcome = Result<(), WriteError>;

/// Elements of which there must be one at least.
fn many<T>(out: &mut Out, element: &'static str, items: &[T], write: impl Fn(&mut Out, &T) -> Outcome) -> Outcome {
    if items.is_empty() {
        return Err(WriteError::Missing { element });
    }
    items.iter().try_for_each(|item| out.within(element, |out| write(out, item)))
}

fn head(out: &mut Out, head: &Head, kind: MessageKind) -> Outcome {
    let third = out.version.is_third();
    if !is_date_time(&head.created) {
        return Err(WriteError::Value { element: "Erstellungszeitpunkt", value: cut(&head.created) });
    }
    out.within("Kopf", |out| {
        out.text("ProzessID", head.process.as_str())?;
        out.code("Nachrichtentyp", kind.code())?;
        out.text("Erstellungszeitpunkt", &head.created)?;
        contact(out, "Absender", &head.sender)?;
        contact(out, "Empfaenger", &head.recipient)?;
        let system = head.system.clone().or((!third).then(Default::default));
        if let Some(system) = system {
            out.within("SendendesSystem", |out| {
                out.optional("InstanzID", system.instance.as_deref())?;
                out.optional("Produktname", system.product.as_deref())?;
                out.optional("Version", system.version.as_deref())
            })?;
        }
        out.optional("Hinweis", head.note.as_deref())?;
        match kind {
            MessageKind::Offer | MessageKind::Appraisal | MessageKind::PlanOffer | MessageKind::Catalogue => {
                out.flag("Empfangsbestaetigung", head.receipt_wanted)
            }
            MessageKind::HandOver => {
                out.flag("Importbestaetigung", true)?;
                out.flag("RueckmeldungArchivkennung", head.archive_id_wanted)?;
                if third {
                    return out.flag("Empfangsbestaetigung", head.receipt_wanted);
                }
                out.lose("Empfangsbestaetigung", head.receipt_wanted);
                Ok(())
            }
            _ => Ok(()),
        }
    })
}

fn contact(out: &mut Out, element: &'static str, contact: &Contact) -> Outcome {
    out.within(element, |out| {
        if contact.key.is_some() || contact.prefix.is_some() {
            out.within("Behoerdenkennung", |out| {
                let key = if out.version.is_third() { "Behoerdenschluessel" } else { "Kennung" };
                listed(out, key, contact.key.as_ref())?;
                listed(out, "Praefix", contact.prefix.as_ref())
            })?;
        }
        if contact.institution.is_some() || contact.institution_short.is_some() {
            out.within("Institution", |out| {
                out.optional("Name", contact.institution.as_deref())?;
                out.optional("Kurzbezeichnung", contact.institution_short.as_deref())
            })?;
        }
        if let Some(unit) = &contact.unit {
            out.within("Organisationseinheit", |out| out.text("Name", unit))?;
        }
        let named = [&contact.salutation, &contact.title, &contact.family_name, &contact.given_name];
        if named.iter().any(|part| part.is_some()) {
            out.within("Name", |out| {
                out.optional("Anrede", contact.salutation.as_deref())?;
                out.optional("Titel", contact.title.as_deref())?;
                for (part, name) in [("Familienname", &contact.family_name), ("Vorname", &contact.given_name)] {
                    if let Some(name) = name {
                        out.within(part, |out| out.text("Name", name))?;
                    }
                }
                Ok(())
            })?;
        }
        out.optional("Taetigkeit", contact.activity.as_deref())?;
        out.optional("Zustaendigkeit", contact.responsibility.as_deref())
    })
}

/// A code of a list that the message names. The schemas demand both attributes here.
fn listed(out: &mut Out, element: &'static str, code: Option<&Code>) -> Outcome {
    let Some(Code { code, name, list, list_version }) = code else { return Ok(()) };
    let attributes = [("listURI", list.as_deref()), ("listVersionID", list_version.as_deref())];
    out.code_of(element, code, name.as_deref(), &attributes)
}

fn unit(out: &mut Out, unit: &Appraised) -> Outcome {
    out.text("ID", unit.id.as_str())?;
    disposal(out, &unit.disposal)
}

fn letter(value: Appraisal) -> &'static str {
    match value {
        Appraisal::A => "A",
        Appraisal::B => "B",
        Appraisal::V => "V",
    }
}

fn disposal(out: &mut Out, disposal: &Disposal) -> Outcome {
    const NAME: &str = "Aussonderungsart";
    let version = out.version;
    match disposal {
        Disposal::Standard(value) if version.is_third() => out.within(NAME, |out| out.code(NAME, letter(*value))),
        Disposal::Standard(value) => out.code(NAME, letter(*value)),
        Disposal::Own(own) if version.is_third() => {
            out.within(NAME, |out| out.text("AussonderungsartKonfigurierbar", own))
        }
        Disposal::Own(_) => Err(WriteError::NotInVersion { what: "AussonderungsartKonfigurierbar", version }),
    }
}

fn imported(out: &mut Out, result: &Imported, name: &'static str) -> Outcome {
    let id = result.id.as_ref().ok_or(WriteError::Missing { element: name })?;
    out.text(name, id.as_str())?;
    out.flag("Erfolgreich", result.success)?;
    result.errors.iter().try_for_each(|error| out.text("Fehlermeldung", error))?;
    if name == "IDSGO" {
        return out.optional("Archivkennung", result.archive_id.as_deref());
    }
    out.lose("Archivkennung", result.archive_id.is_some());
    Ok(())
}

fn imported_second(out: &mut Out, results: &[Imported]) -> Outcome {
    let first = results.first().ok_or(WriteError::Missing { element: "ErfolgOderMisserfolg" })?;
    if results.iter().any(|result| result.success != first.success) {
        let what = "ErfolgOderMisserfolg (success and failure in one message)";
        return Err(WriteError::NotInVersion { what, version: out.version });
    }
    out.within("ErfolgOderMisserfolg", |out| {
        out.flag("Erfolgreich", first.success)?;
        let errors: BTreeSet<&str> =
            results.iter().flat_map(|result| result.errors.iter().map(String::as_str)).collect();
        if !errors.is_empty() {
            out.text("Fehlermeldung", &errors.into_iter().collect::<Vec<_>>().join("; "))?;
        }
        for (id, result) in results.iter().filter_map(|result| Some((result.id.as_ref()?, result))) {
            out.within("Rueckgabeparameter", |out| {
                out.text("ID", id.as_str())?;
                out.text("Archivkennung", result.archive_id.as_deref().unwrap_or_default())
            })?;
        }
        Ok(())
    })
}

fn runs(out: &mut Out, element: &'static str, runs: Option<(Option<Day>, Option<Day>)>) -> Outcome {
    let Some((from, to)) = runs else { return Ok(()) };
    out.within(element, |out| {
        out.day("Beginn", from)?;
        out.day("Ende", to)
    })
}
