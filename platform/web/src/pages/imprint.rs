//! Who is responsible for this installation.

use maud::html;

use crate::{Answer, Page, Visitor, page};

pub(super) async fn show(visitor: Visitor) -> Answer {
    let lang = visitor.lang;
    let config = &visitor.app.config;
    let body = html! {
        div.prose.column {
            @match &config.imprint {
                Some(text) => { p.pre-line { (text) } }
                None => { p { (lang.tr(
                    "Die betreibende Stelle hat noch kein Impressum eingetragen (Einstellung „imprint“ in vir.toml).",
                    "The operating body has not entered an imprint yet (setting \"imprint\" in vir.toml).",
                )) } }
            }
            @if let Some(contact) = &config.contact {
                p { (lang.tr("Kontakt", "Contact")) ": " (contact) }
            }
            h2 { (lang.tr("Software", "Software")) }
            p { (lang.tr(
                "vir ist freie Software unter der European Union Public Licence 1.2. Der Quelltext gehört allen.",
                "vir is free software under the European Union Public Licence 1.2. Its source belongs to everybody.",
            )) }
        }
    };
    Ok(page(&visitor, Page::new(lang.tr("Impressum", "Imprint")), body))
}
