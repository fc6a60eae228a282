//! Journeys of people who share the work: many invoices at once, views, assignments, reductions, notices.

use crate::browser::Browser;
use crate::installation::Installation;
use crate::samples;

use super::{coded, decided, says, uploaded};

fn id_of(at: &str) -> &str {
    at.rsplit('/').next().unwrap()
}

/// Several invoices are held together, and released together again.
pub(super) async fn many_at_once(installation: &Installation) {
    let mut clerk = installation.browser_of("imke.janssen").await;
    let one = uploaded(&mut clerk, "viele-1.xml", samples::invoice("J-20")).await;
    let two = uploaded(&mut clerk, "viele-2.xml", samples::invoice("J-21")).await;
    let list = clerk.get("/rechnungen?sort=-received").await;
    let form = list.form_with("id", id_of(&one)).only("id", id_of(&one)).and("id", id_of(&two));
    let prospect = clerk.send(form.with("which", "ticked").with("action", "hold")).await;
    says(&prospect, "Ausführen");
    let here = prospect.path.clone();
    let refused = clerk.send(prospect.form_to(&here)).await;
    assert!(refused.status == 422 && refused.says("Bitte geben Sie eine Begründung an."), "{}", refused.readable());
    let report = clerk.send(refused.form_to(&here).with("reason", "Lieferung unvollständig.")).await;
    says(&report, "Zurück zur Liste");
    for at in [&one, &two] {
        says(&clerk.get(at).await, "Lieferung unvollständig.");
    }
    let file = clerk.get(&format!("{here}/bericht")).await;
    assert!(file.text.contains("J-20") && file.text.contains("J-21"), "{}", file.text);
    let undo = clerk.send(report.form_to("/zurueck")).await;
    let path = undo.path.clone();
    assert!(path.starts_with("/rechnungen/auswahl/") && path != here, "{path}");
    clerk.send(undo.form_to(&path)).await;
    for at in [&one, &two] {
        assert!(!clerk.get(at).await.says("Angehalten"), "released together");
    }
    // The originals of what is ticked, as one file.
    let list = clerk.get("/rechnungen?sort=-received").await;
    let form = list.form_with("id", id_of(&one)).only("id", id_of(&one));
    let prospect = clerk.send(form.with("which", "ticked").with("action", "originals")).await;
    assert!(clerk.get(&format!("{}/originale", prospect.path)).await.text.starts_with("PK"));
}

/// A filter is kept as a view, becomes where the register begins, and goes again; columns are chosen.
pub(super) async fn views(installation: &Installation) {
    let mut clerk = installation.browser_of("imke.janssen").await;
    let page = clerk.get("/rechnungen/ansichten/neu?verdict=reject&sort=-amount").await;
    let form = page.form("share").with("name", "Fehlerhafte, teuerste zuerst").with("standard", "on");
    let kept = clerk.send(form).await;
    says(&kept, "Die Ansicht ist gespeichert.");
    says(&clerk.get("/rechnungen").await, "Fehlerhafte, teuerste zuerst");
    let page = clerk.get("/rechnungen/ansichten").await;
    let one = page.links().into_iter().find(|link| link.starts_with("/rechnungen/ansichten/")).unwrap();
    let page = clerk.get(&one).await;
    says(&clerk.send(page.form("share").with("name", "Beanstandete")).await, "Die Ansicht ist geändert.");
    let page = clerk.get("/rechnungen/ansichten").await;
    assert!(!clerk.send(page.form_to(&format!("{one}/entfernen"))).await.says("Beanstandete"));

    let page = clerk.get("/rechnungen/spalten").await;
    let shown = clerk.send(page.form_with("do", "in:iban").with("do", "in:iban")).await;
    assert!(shown.offers("do", "out:iban"), "{}", shown.readable());
    says(&clerk.get("/rechnungen?ansicht=alle").await, "IBAN");
    let page = clerk.get("/rechnungen/spalten").await;
    let usual = clerk.send(page.form_with("do", "reset:").with("do", "reset:")).await;
    assert!(usual.offers("do", "in:iban"), "{}", usual.readable());
}

/// An invoice is taken, given to a colleague with a note, and given back to all.
pub(super) async fn assignment(installation: &Installation) {
    let mut clerk = installation.browser_of("imke.janssen").await;
    let at = uploaded(&mut clerk, "zuweisen.xml", samples::invoice("J-22")).await;
    let page = clerk.get(&at).await;
    let taken = clerk.send(page.form_with("to", "me").with("to", "me")).await;
    says(&taken, "Sie haben die Rechnung übernommen.");
    says(&coded(&mut clerk, &at).await, "Kontiert");
    let page = clerk.get(&at).await;
    let hauke = page.option("to", "Hauke Meinders").unwrap();
    let given =
        clerk.send(page.form_around("#assign-note").with("to", &hauke).with("note", "Bitte bis Freitag.")).await;
    says(&given, "Die Rechnung ist zugewiesen.");
    let mut certifier = installation.browser_of("hauke.meinders").await;
    says(&certifier.get(&at).await, "Sie haben diese Rechnung übernommen.");
    let page = certifier.get(&at).await;
    let free = certifier.send(page.form_with("to", "none").with("to", "none")).await;
    says(&free, "Die Rechnung ist wieder für alle da.");
}

/// Less is owed than demanded: the parts are entered, the supplier is told, the order's sum is kept.
pub(super) async fn reduction(installation: &Installation) {
    let mut clerk = installation.browser_of("imke.janssen").await;
    let at = uploaded(&mut clerk, "kuerzen.xml", samples::invoice("J-23")).await;
    let page = clerk.get(&at).await;
    let form = page.form_to("/kuerzung").with("cents", "10,00").with("why", "Zwei Säcke fehlen.");
    let reduced = clerk.send(form).await;
    says(&reduced, "Die Kürzung ist gespeichert.");
    says(&reduced, "gekürzt auf");
    let form = reduced.form_to("/kuerzung/mitteilung").with("to", "rechnung@petersen.example");
    says(&clerk.send(form).await, "Die Mitteilung wird gesendet.");
    // Nothing entered takes it back.
    let page = clerk.get(&at).await;
    let form = page.form_to("/kuerzung").with("cents", "").with("why", "");
    assert!(!clerk.send(form).await.says("gekürzt auf"));
}

/// How often mails come is one's own choice; a mention is there even without mails.
pub(super) async fn notices(installation: &Installation) {
    let mut certifier = installation.browser_of("hauke.meinders").await;
    let page = certifier.get("/konto/benachrichtigungen").await;
    let saved = certifier.send(page.form("rhythm").only("rhythm", "weekly").with("at", "06:30")).await;
    says(&saved, "Gespeichert.");
    assert_eq!(certifier.get("/konto/benachrichtigungen").await.value("at").as_deref(), Some("06:30"));

    let mut clerk = installation.browser_of("imke.janssen").await;
    let at = uploaded(&mut clerk, "erwaehnen.xml", samples::invoice("J-24")).await;
    let page = clerk.get(&at).await;
    clerk.send(page.form_to("/kommentare").with("text", "@Hauke Meinders bitte ansehen (J-24)")).await;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let work = certifier.get("/arbeit").await;
        if work.says("bitte ansehen (J-24)") {
            break;
        }
        let late = tokio::time::Instant::now() > deadline;
        assert!(!late, "a mention is not shown in the work of who is mentioned: {}", work.readable());
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let page = certifier.get("/arbeit").await;
    assert!(certifier.send(page.form_to("/arbeit/hinweise/gelesen")).await.status.is_success());
}

/// What somebody may not do is said, not offered: the auditor finds no form that changes an invoice.
pub(super) async fn reading_only(installation: &Installation) {
    let mut clerk = installation.browser_of("imke.janssen").await;
    let at = uploaded(&mut clerk, "lesen.xml", samples::invoice("J-25")).await;
    decided(&mut clerk, &at, "hold", &[("reason", "Zur Prüfung.")]).await;
    let mut auditor: Browser = installation.browser_of("theda.wilts").await;
    let page = auditor.get(&at).await;
    says(&page, "Zur Prüfung.");
    for action in ["/kontierung", "/entscheidung", "/kuerzung", "/zuweisung"] {
        assert!(!page.text.contains(&format!("action=\"{at}{action}\"")), "the auditor is offered {action}");
    }
}
