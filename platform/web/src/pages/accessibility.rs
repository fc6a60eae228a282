//! The accessibility statement (§ 12b BGG and the laws of the states; EU 2016/2102, article 7).

use maud::html;

use crate::{Answer, Page, Visitor, page};

pub(super) async fn show(visitor: Visitor) -> Answer {
    let lang = visitor.lang;
    let contact = visitor.app.config.contact.as_deref();
    let body = html! {
        div.prose.column {
            p { (lang.tr(
                "Diese Anwendung soll für alle Menschen nutzbar sein. Maßstab sind die Barrierefreie-Informationstechnik-Verordnung (BITV 2.0), die EN 301 549 und die Web Content Accessibility Guidelines (WCAG) 2.2, Stufe AA.",
                "This application is meant to be usable by everybody. The measure is the German ordinance on accessible information technology (BITV 2.0), EN 301 549 and the Web Content Accessibility Guidelines (WCAG) 2.2, level AA.",
            )) }
            h2 { (lang.tr("Stand der Vereinbarkeit", "Conformance")) }
            p { (lang.tr(
                "Jede Seite wird bei jeder Änderung der Software maschinell geprüft (axe-core), hell und dunkel, auf schmalen und breiten Bildschirmen, und ist ohne JavaScript und allein mit der Tastatur bedienbar. Eine Prüfung durch eine anerkannte Stelle steht noch aus; bis dahin ist dies eine Selbstbewertung.",
                "Every page is checked by machine (axe-core) with every change of the software, light and dark, on narrow and wide screens, and can be used without JavaScript and by keyboard alone. An audit by a recognised body is still to be done; until then this is a self-assessment.",
            )) }
            h2 { (lang.tr("Was noch nicht barrierefrei ist", "What is not accessible yet")) }
            ul {
                li { (lang.tr(
                    "Rechnungen und Anlagen, die Lieferanten als PDF senden, sind so zugänglich, wie der Absender sie gemacht hat. Der Inhalt elektronischer Rechnungen steht zusätzlich als barrierefreie Ansicht bereit.",
                    "Invoices and attachments that suppliers send as PDF are as accessible as their sender made them. The content of electronic invoices is also there as an accessible view.",
                )) }
            }
            h2 { (lang.tr("Barrieren melden", "Reporting barriers")) }
            p {
                (lang.tr(
                    "Ist Ihnen eine Barriere aufgefallen, oder brauchen Sie Inhalte in anderer Form? Wenden Sie sich an die Stelle, die diese Anwendung betreibt",
                    "Have you met a barrier, or do you need content in another form? Turn to the body that runs this application",
                ))
                @if let Some(contact) = contact { ": " (contact) } @else { "." }
            }
            h2 { (lang.tr("Schlichtung und Durchsetzung", "Enforcement")) }
            p { (lang.tr(
                "Erhalten Sie innerhalb der gesetzlichen Frist keine befriedigende Antwort, können Sie sich an die Schlichtungsstelle oder Durchsetzungsstelle Ihres Landes wenden (in Niedersachsen: Schlichtungsstelle bei der oder dem Landesbeauftragten für Menschen mit Behinderungen; in Bremen: Schlichtungsstelle nach dem Bremischen Behindertengleichstellungsgesetz).",
                "If you get no satisfying answer within the legal term, you can turn to the conciliation or enforcement body of your state (in Lower Saxony and in Bremen: the conciliation bodies at the commissioners for people with disabilities).",
            )) }
        }
    };
    Ok(page(&visitor, Page::new(lang.tr("Erklärung zur Barrierefreiheit", "Accessibility statement")), body))
}
