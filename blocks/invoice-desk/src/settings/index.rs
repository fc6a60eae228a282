//! The overview of all settings of the desk.
//!
//! Invariant: every page of settings is named here, with what it is for.

use vir_web::{Answer, Caller, Page, html, page};

use crate::permissions::CONFIGURE;

pub(super) const HERE: &str = "/einstellungen";

pub(super) async fn show(caller: Caller) -> Answer {
    caller.require_everywhere(CONFIGURE)?;
    let lang = caller.lang;
    let pages = [
        (
            "/einstellungen/zuordnung",
            lang.tr("Zuordnung", "Routing"),
            lang.tr("Welche Stelle eine Rechnung bekommt.", "Which unit gets an invoice."),
        ),
        (
            super::codes::HERE,
            lang.tr("Kontierung", "Coding"),
            lang.tr(
                "Kostenstellen, Sachkonten, Produkte und Investitionen.",
                "Cost centres, accounts, products and investments.",
            ),
        ),
        (
            super::way::HERE,
            lang.tr("Fristen und Unterschriften", "Deadlines and signatures"),
            lang.tr(
                "Feiertage, zweite Unterschrift, Erinnerungen, Beschlüsse über Jahresabschlüsse.",
                "Holidays, second signature, reminders, resolutions on annual accounts.",
            ),
        ),
        (
            "/einstellungen/postfaecher",
            lang.tr("Postfächer", "Mailboxes"),
            lang.tr(
                "Wo Rechnungen per E-Mail eingehen, und wie geantwortet wird.",
                "Where invoices come in by mail, and how it is answered.",
            ),
        ),
        (
            "/postfach/quarantaene",
            lang.tr("E-Mails in Quarantäne", "Mails in quarantine"),
            lang.tr("E-Mails, aus denen keine Rechnung geworden ist.", "Mails that no invoice came of."),
        ),
        (
            "/uebergabe/einstellungen",
            lang.tr("Übergabe", "Hand-over"),
            lang.tr(
                "Bankkonten und das Format des Finanzverfahrens.",
                "Bank accounts and the format of the finance system.",
            ),
        ),
    ];
    let body = html! {
        ul.cards {
            @for (href, title, text) in pages {
                li.card {
                    h2 { a href=(href) { (title) } }
                    p { (text) }
                }
            }
        }
    };
    Ok(page(&caller, Page::new(lang.tr("Einrichten", "Set-up")).section("settings"), body))
}
