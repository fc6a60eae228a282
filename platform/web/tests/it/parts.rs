//! Every part on one page: for people who build pages, for axe, and for what can be checked in text.
//!
//! `VIR_PARTS_TO=folder cargo test -p vir-web parts` writes the pages with their stylesheet.

use std::collections::BTreeSet;

use axum::Router;
use axum::routing::get;
use maud::Markup;
use vir_auth::BlockPermissions;
use vir_core::{Lang, Phrase, Text};
use vir_store::Migrations;
use vir_web::parts::{
    self, Choice, Column, FieldError, Icon, Light, Order, Pager, Row, Tab, Tone, badge, button, link_button, table,
};
use vir_web::test::Site;
use vir_web::{Answer, App, Block, Caller, NavItem, Page, format, html, page};

pub(crate) fn showcase() -> Block {
    Block {
        routes: || Router::<App>::new().route("/dev/parts", get(show)).route("/dev/form", get(form)),
        nav: |_, lang| {
            let item = |section, href, label, order| NavItem { section, href, label, order };
            vec![
                item("inbox", "/dev/parts", lang.tr("Eingang", "Inbox"), 10),
                item("register", "/dev/register", lang.tr("Rechnungsbuch", "Register"), 20),
                item("form", "/dev/form", lang.tr("Formular", "Form"), 30),
                item("figures", "/dev/figures", lang.tr("Auswertung", "Figures"), 50),
                item("settings", "/dev/settings", lang.tr("Einrichtung", "Settings"), 90),
            ]
        },
        search: |_| {
            Some(vir_web::Search { path: "/dev/parts", hint: vir_core::Phrase::new("Suchen …", "Search …") })
        },
        ..Block::new(
            "showcase",
            Text::new("Teile", "Parts"),
            BlockPermissions { title: Phrase::new("Teile", "Parts"), permissions: &[] },
            Migrations::tenant("showcase", &[]),
        )
    }
}

async fn show(caller: Caller) -> Answer {
    let lang = caller.lang;
    let body = html! {
        div.tiles {
            (parts::figure_tile(lang.tr("Zu kontieren", "To code"), "23", Some(lang.tr("4 heute eingegangen", "4 came in today")), Some("/dev/parts?a")))
            (parts::figure_tile(lang.tr("Zu prüfen", "To certify"), "11", None, Some("/dev/parts?b")))
            (parts::figure_tile(lang.tr("Skonto bis Freitag", "Discount until Friday"), "412,60 €", Some(lang.tr("7 Rechnungen", "7 invoices")), Some("/dev/parts?c")))
            (parts::figure_tile(lang.tr("Überfällig", "Overdue"), "2", None, None))
        }
        br;
        (parts::tabs(lang, lang.tr("Ansichten", "Views"), &[
            Tab::new("/dev/parts", lang.tr("Meine Arbeit", "My work"), true).count(23),
            Tab::new("/dev/parts?alle", lang.tr("Alle", "All"), false).count(1204),
            Tab::new("/dev/parts?ruht", lang.tr("Angehalten", "On hold"), false),
        ]))
        (parts::filter_bar(lang.tr("Filter", "Filters"), "/dev/parts", "results", &html! {
            (parts::search_field(lang, "q", lang.tr("Suche", "Search")).placeholder("RE-2026-…"))
            (parts::select(lang, "state", lang.tr("Stand", "State"), &states(lang)).empty(lang.tr("alle", "all")))
            (parts::date_field(lang, "from", lang.tr("ab", "from")).required())
            (button(lang.tr("Anwenden", "Apply")).secondary())
        }))
        div id="results" { (rows(lang)) }
        (parts::pager(lang, &Pager {
            first: Some("/dev/parts".to_owned()),
            previous: Some("/dev/parts?p".to_owned()),
            next: Some("/dev/parts?n".to_owned()),
            shown: lang.tr("51–100 von 1.204", "51–100 of 1,204").to_owned(),
        }))
        div.stack { (states_of_things(lang)) }
    };
    let actions = html! {
        (link_button("/dev/form", lang.tr("Exportieren", "Export")).icon(Icon::Download))
        (link_button("/dev/form", lang.tr("Hochladen", "Upload")).primary().icon(Icon::Upload))
    };
    let shown = Page::new(lang.tr("Rechnungseingang", "Inbox")).section("inbox").crumb("/", lang.tr("Start", "Start"));
    Ok(page(
        &caller,
        shown.lead(lang.tr("Was heute auf Sie wartet.", "What waits for you today.")).actions(actions),
        body,
    ))
}

fn states(lang: Lang) -> Vec<Choice> {
    vec![
        Choice::new("received", lang.tr("eingegangen", "received")),
        Choice::new("coded", lang.tr("kontiert", "coded")),
    ]
}

fn rows(lang: Lang) -> Markup {
    let mut shown =
        table(lang, "invoices", lang.tr("Rechnungen", "Invoices")).hide_caption().header_column(1).columns([
            Column::unseen(lang.tr("Auswählen", "Choose")).class("shrink"),
            Column::text(lang.tr("Nummer", "Number")).sort("/dev/parts?sort=number", None),
            Column::text(lang.tr("Absender", "Seller")).class("clip"),
            Column::text(lang.tr("Eingang", "Received")).sort("/dev/parts?sort=received", Some(Order::Descending)),
            Column::text(lang.tr("Frist", "Due")),
            Column::text(lang.tr("Stand", "State")),
            Column::number(lang.tr("Betrag", "Amount")).sort("/dev/parts?sort=amount", None),
        ]);
    let sellers = [
        "Stadtwerke Beispielhausen GmbH",
        "Bürobedarf Müller e. K.",
        "Ing.-Büro Sørensen & Çelik PartG mbB",
        "ABC Reinigung GmbH",
    ];
    let lights = [Light::Green, Light::Yellow, Light::Red, Light::Off];
    let tones = [
        (Tone::Info, "eingegangen"),
        (Tone::Neutral, "kontiert"),
        (Tone::Good, "bezahlt"),
        (Tone::Careful, "angehalten"),
        (Tone::Bad, "abgewiesen"),
    ];
    for index in 0..12_usize {
        let number = format!("RE-2026-{:04}", 4711 + index);
        let (tone, word) = tones[index % tones.len()];
        shown = shown.rows([Row::new([
            html! { (parts::checkbox("chosen", &format!("{} {number}", lang.tr("Auswählen:", "Choose:"))).value(&number).hide_label()) },
            html! { a href={ "/rechnung/" (number) } { (number) } },
            html! { (sellers[index % sellers.len()]) },
            html! { (format::iso_date("2026-11-20", lang)) },
            parts::traffic_light(lights[index % lights.len()], &format::iso_date("2026-12-01", lang)),
            badge(tone, word),
            html! { (format::amount(123_456 * (index as i64 + 1), "EUR", lang)) },
        ])
        .class(if index % 5 == 0 { "row--strong" } else { "row--read" })]);
    }
    html! { (shown) }
}

fn states_of_things(lang: Lang) -> Markup {
    html! {
        h2 { (lang.tr("Hinweise", "Notices")) }
        @for (tone, title) in [
            (Tone::Neutral, lang.tr("Zur Kenntnis", "For information")),
            (Tone::Info, lang.tr("Neue Version der Regeln", "New version of the rules")),
            (Tone::Good, lang.tr("Die Rechnung ist angeordnet.", "The invoice is ordered.")),
            (Tone::Careful, lang.tr("Mögliche Doppelrechnung", "Possibly a duplicate")),
            (Tone::Bad, lang.tr("Die Übergabe ist gescheitert.", "The hand-over failed.")),
        ] {
            (parts::notice(tone, title, &html! { p { (lang.tr("Näheres steht im ", "More stands in the ")) a href="/hilfe" { (lang.tr("Handbuch", "handbook")) } "." } }))
        }
        div.grid {
            (parts::card(lang.tr("Rechnung", "Invoice"), &parts::definition_list(&[
                (lang.tr("Nummer", "Number"), html! { "RE-2026-4711" }),
                (lang.tr("Absender", "Seller"), html! { "Stadtwerke Beispielhausen GmbH" }),
                (lang.tr("Betrag", "Amount"), html! { (format::amount(123_456, "EUR", lang)) }),
            ])))
            (parts::card(lang.tr("Verlauf", "History"), &html! {
                ol.steps {
                    li.done { "eingegangen" br; time datetime="2026-11-20" { "20.11.2026" } }
                    li.done { "kontiert" }
                    li aria-current="step" { strong { "sachlich richtig" } }
                    li { "angeordnet" }
                }
            }))
        }
        (parts::progress(lang, lang.tr("Einlesen", "Import"), 340, 1000))
        (parts::empty_state(lang.tr("Nichts zu tun", "Nothing to do"), lang.tr("Sobald eine Rechnung eingeht, steht sie hier.", "As soon as an invoice comes in, it stands here."), &html! {
            (link_button("/dev/form", lang.tr("Rechnung hochladen", "Upload an invoice")).primary())
        }))
        (table(lang, "wide", lang.tr("Breite Tabelle", "Wide table")).scrolls().columns((1..=14).map(|n| Column::number(format!("Spalte {n}")))).row((1..=14).map(|n| html! { (n * 1_111_111) })))
        div.toolbar {
            (button(lang.tr("Speichern", "Save")))
            (button(lang.tr("Zurückstellen", "Put off")).secondary().icon(Icon::Pause))
            (button(lang.tr("Abweisen", "Reject")).danger().confirm(lang.tr("Wirklich abweisen?", "Really reject?")))
            (button(lang.tr("Mehr", "More")).quiet())
            (button(lang.tr("Geht noch nicht", "Not yet")).disabled(true))
        }
    }
}

async fn form(caller: Caller) -> Answer {
    let lang = caller.lang;
    let errors = [
        FieldError::new(
            "account",
            Text::new("Bitte ein Sachkonto angeben, etwa 421100.", "Please give an account, such as 421100."),
        ),
        FieldError::new("way", Text::new("Bitte wählen.", "Please choose.")),
    ];
    let ways = [
        Choice::new("a", lang.tr("Überweisung", "Transfer")).hint(lang.tr("SEPA, in zwei Tagen", "SEPA, in two days")),
        Choice::new("b", lang.tr("Lastschrift", "Direct debit")),
    ];
    let body = html! {
        (parts::error_summary(lang, &errors))
        div.split {
            div.card { h2.card__title { (lang.tr("Beleg", "Document")) } p.faint { "…" } }
            (parts::card(lang.tr("Kontierung", "Coding"), &parts::post_form(&caller, "/dev/form", &html! {
                div.form {
                    div.form__row {
                        (parts::field(lang, "account", lang.tr("Sachkonto", "Account")).value("42").errors(&errors).required().width(12).hint(lang.tr("Sechs Ziffern", "Six digits")))
                        (parts::field(lang, "product", lang.tr("Produkt", "Product")).width(12))
                    }
                    (parts::amount_field(lang, "amount", lang.tr("Betrag", "Amount")).value("1.234,56").required())
                    (parts::date_field(lang, "due", lang.tr("Fällig am", "Due on")).value("2026-12-01").required())
                    (parts::select(lang, "unit", lang.tr("Organisationseinheit", "Unit"), &states(lang)))
                    (parts::radios(lang, "way", lang.tr("Zahlweg", "Way of payment"), &ways).errors(&errors))
                    (parts::checkbox("partial", lang.tr("Teilrechnung", "Partial invoice")).hint(lang.tr("Weitere folgen zum selben Auftrag", "More follow for the same order")))
                    (parts::text_area(lang, "note", lang.tr("Bemerkung", "Note")))
                    (parts::file_drop(lang, "file", lang.tr("Dateien hierher ziehen oder auswählen", "Drop files here or choose them")).hint(lang.tr("XML, PDF oder ZIP, zusammen höchstens 256 MB", "XML, PDF or ZIP, together at most 256 MB")).multiple().optional())
                    div.form__actions { (button(lang.tr("Speichern", "Save"))) (button(lang.tr("Entwurf", "Draft")).secondary().no_validate()) }
                }
            })))
        }
    };
    Ok(page(
        &caller,
        Page::new(lang.tr("RE-2026-4711 kontieren", "Code RE-2026-4711"))
            .section("form")
            .crumb("/dev/parts", lang.tr("Eingang", "Inbox"))
            .with_errors(),
        body,
    ))
}

/// The values of an attribute in the order in which they stand.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    html.split(&format!(" {name}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn parts_are_labelled_and_ids_are_unique() {
    let site = Site::new(vec![showcase()]).await;
    let erika = site.person("Erika Beispiel", &[]);
    for path in ["/dev/parts", "/dev/form"] {
        let text = site.get(&erika, path).await.text();
        let ids = attributes(&text, "id");
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{path}: {ids:?}");
        for name in ["for", "aria-labelledby", "aria-describedby", "list", "form"] {
            for target in attributes(&text, name).into_iter().flat_map(str::split_whitespace) {
                assert!(ids.contains(&target), "{path}: {name}={target} leads nowhere");
            }
        }
        for target in attributes(&text, "href").into_iter().filter_map(|href| href.strip_prefix('#')) {
            assert!(ids.contains(&target), "{path}: #{target} leads nowhere");
        }
        assert_eq!(text.matches("<h1").count(), 1);
        assert_eq!(text.matches("<main").count(), 1);
    }
}

#[tokio::test]
async fn parts_are_written_for_a_browser() {
    let Ok(folder) = std::env::var("VIR_PARTS_TO") else { return };
    let site = Site::new(vec![showcase()]).await;
    let erika = site.person("Erika Beispiel", &[]);
    let style = include_str!("../../assets/vir.css");
    for (name, path) in [("parts", "/dev/parts"), ("form", "/dev/form"), ("help", "/hilfe"), ("lost", "/nichts")] {
        for theme in ["light", "dark"] {
            let text = site.get(&erika, path).await.text();
            let text = text
                .replace("</head>", &format!("<style>{style}</style></head>"))
                .replace("<html lang=\"de\"", &format!("<html lang=\"de\" data-theme=\"{theme}\""));
            std::fs::write(format!("{folder}/{name}-{theme}.html"), text).unwrap();
        }
    }
}
