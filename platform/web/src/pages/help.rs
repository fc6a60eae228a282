//! Where help is found.

use maud::html;

use crate::{Answer, Page, Visitor, page};

pub(super) async fn show(visitor: Visitor) -> Answer {
    let lang = visitor.lang;
    let body = html! {
        div.prose.column {
            p { (lang.tr(
                "Jede Seite erklärt sich nach Möglichkeit selbst: Hinweise stehen unter der Beschriftung eines Feldes, Fehler direkt am Feld und gesammelt am Anfang der Seite.",
                "Pages explain themselves as far as possible: hints stand below a field's label, errors at the field and together at the top of the page.",
            )) }
            h2 { (lang.tr("Bedienung mit der Tastatur", "Using the keyboard")) }
            dl.terms {
                div.terms__entry { dt { kbd { "Tab" } } dd { (lang.tr("zum nächsten Bedienelement", "to the next control")) } }
                div.terms__entry { dt { kbd { "/" } } dd { (lang.tr("zum Suchfeld in der Kopfzeile", "to the search box in the header")) } }
                div.terms__entry { dt { kbd { "Esc" } } dd { (lang.tr("schließt Menüs und Rückfragen", "closes menus and questions")) } }
                div.terms__entry { dt { kbd { (lang.tr("Eingabe", "Enter")) } } dd { (lang.tr("folgt einem Verweis oder sendet ein Formular", "follows a link or sends a form")) } }
            }
            p { (lang.tr(
                "Der erste Verweis jeder Seite führt an Kopfzeile und Navigation vorbei zum Inhalt.",
                "The first link of every page leads past header and navigation to the content.",
            )) }
            h2 { (lang.tr("Beträge und Daten", "Amounts and dates")) }
            p { (lang.tr(
                "Beträge können mit Komma oder Punkt geschrieben werden: 1.234,50 und 1234,5 sind dasselbe. Daten wählen Sie im Kalender oder tippen sie ein.",
                "Amounts can be typed with comma or point: 1,234.50 and 1234.5 are the same. Dates are chosen in the calendar or typed.",
            )) }
            h2 { (lang.tr("Wenn etwas nicht geht", "If something does not work")) }
            p { (lang.tr(
                "Fehlerseiten nennen eine Vorgangsnummer. Geben Sie diese Nummer Ihrer Administration: Damit findet sie den Vorgang im Protokoll des Servers. Persönliche Daten stehen dort nicht.",
                "Error pages show a request number. Tell it to your administration: with it they find the request in the server's log. There is no personal data in it.",
            )) }
        }
    };
    Ok(page(&visitor, Page::new(lang.tr("Hilfe", "Help")), body))
}
