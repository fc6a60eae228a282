//! What can be done with an invoice now: the next step as a form, or the sentence why not and by whom; then talking
//! about it, and the steps aside (return, hold, reject, forward).
//!
//! Invariant: a form is shown only where its decision would be taken; the handler asks again nevertheless.

use maud::{Markup, html};
use vir_auth::UnitId;
use vir_core::Lang;
use vir_web::parts::{self, Choice, Icon, Tone};
use vir_web::{Caller, format};

use super::load::Loaded;
use super::page::{Given, currency};
use crate::approval;
use crate::coding::form::{self as coding_form, Typed};
use crate::invoice_row::{Direction, State};
use crate::permissions::CODE;
use crate::workflow::decide::higher;
use crate::workflow::law::{self, Objection};
use crate::workflow::{Decider, Kind};

/// A decision as it is offered to a person.
pub(crate) struct Offer {
    /// What it would be.
    pub kind: Kind,
    /// The permission that the person lacks.
    pub lacks: Option<&'static str>,
    /// What rules say, the demand for a reason left out: that is what the field is for.
    pub objections: Vec<Objection>,
    /// In whose name the person would act.
    pub on_behalf_of: Option<String>,
}

impl Offer {
    pub(crate) fn open(&self) -> bool {
        self.lacks.is_none() && !self.objections.iter().any(Objection::blocks)
    }

    pub(crate) fn needs_reason(&self) -> bool {
        self.kind.needs_reason() || !self.objections.is_empty()
    }
}

/// What a decision of this kind would meet; `None` where it does not follow on the invoice's state.
pub(crate) fn offer(decider: &Decider, loaded: &Loaded, kind: Kind) -> Option<Offer> {
    let subject = &loaded.subject;
    let target = subject.standing.returns().first().copied();
    subject.standing.next(kind, target).ok()?;
    let Some(permission) = subject.permission(&decider.principal, kind) else {
        return Some(Offer { kind, lacks: Some(kind.permission()), objections: Vec::new(), on_behalf_of: None });
    };
    let act = subject.act(&decider.principal, permission);
    let higher = higher(decider, subject, loaded.today);
    // A reason is taken as given here, so that only what it cannot mend is left.
    let reason = kind.needs_reason().then_some("begründet");
    let case = subject.case(kind, &act, &decider.principal, higher.as_deref(), &loaded.settings, reason);
    let on_behalf_of = act
        .on_behalf_of
        .as_ref()
        .map(|person| decider.directory.name_of(&vir_auth::PersonId::from(person.as_str())).to_owned());
    Some(Offer { kind, lacks: None, objections: law::judge(&case), on_behalf_of })
}

/// Who could do it: names, at most five.
fn who(decider: &Decider, loaded: &Loaded, permission: &'static str) -> Option<String> {
    let unit = loaded.subject.unit.as_ref()?;
    let people = decider.directory.who_may(&decider.principal.tenant, permission, unit, loaded.today);
    let names: Vec<&str> = people.iter().take(5).map(|person| person.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Why an offer is closed, and who could do it.
pub(crate) fn closed(lang: Lang, decider: &Decider, loaded: &Loaded, offer: &Offer) -> Markup {
    html! {
        @if let Some(permission) = offer.lacks {
            p { (lang.tr("Das ist nicht Ihre Aufgabe. ", "This is not your task. "))
                @match who(decider, loaded, permission) {
                    Some(names) => { (lang.tr("Es können: ", "These people can do it: ")) (names) "." }
                    None => { (lang.tr("Nötig ist das Recht „", "It takes the permission “")) (permission) (lang.tr("“.", "”.")) }
                } }
        }
        @for objection in offer.objections.iter().filter(|objection| objection.blocks()) { (objected(lang, objection)) }
    }
}

pub(crate) fn objected(lang: Lang, objection: &Objection) -> Markup {
    let tone = if objection.blocks() { Tone::Bad } else { Tone::Careful };
    parts::notice(tone, objection.rule.source.get(lang), &html! { p { (objection.why.get(lang)) } })
}

/// „In Vertretung von …", before a person acts as a deputy.
pub(crate) fn deputy_note(lang: Lang, offer: &Offer) -> Markup {
    html! { @if let Some(name) = &offer.on_behalf_of {
        p { (parts::icon(Icon::Person)) " " (lang.tr("Sie handeln in Vertretung von ", "You act as the deputy of ")) strong { (name) } "." }
    } }
}

/// The step that comes next.
pub(super) fn next(caller: &Caller, decider: &Decider, loaded: &Loaded, given: &Given) -> Markup {
    let lang = caller.lang;
    if loaded.row.direction == Direction::Outgoing {
        return html! {};
    }
    html! { section.card id="next" {
        h2.card__title { (lang.tr("Nächster Schritt", "Next step")) }
        @if loaded.subject.standing.on_hold {
            p { (lang.tr("Die Rechnung ist angehalten. Unter „Weitere Schritte“ wird sie fortgesetzt.", "The invoice is on hold. It is released under “Further steps”.")) }
        } @else {
            @match loaded.row.state {
                State::Received => { (coding(caller, decider, loaded, given)) }
                State::Coded => {
                    (coding_form::table(lang, &loaded.lines, currency(loaded)))
                    (approval::certify(caller, decider, loaded, given))
                    details open[given.coding.is_some()] {
                        summary { (lang.tr("Kontierung ändern", "Change the coding")) }
                        (coding(caller, decider, loaded, given))
                    }
                }
                State::Certified => {
                    (coding_form::table(lang, &loaded.lines, currency(loaded)))
                    (approval::order(caller, decider, loaded, given))
                }
                State::Ordered => { (approval::simple(caller, decider, loaded, Kind::HandOver, lang.tr("Einzeln zur Zahlung übergeben", "Hand over singly"), lang.tr("Die Kasse übergibt angeordnete Rechnungen gesammelt als Zahlungsdatei.", "The cash office hands ordered invoices over together, as a payment file."))) }
                State::HandedOver => { (approval::simple(caller, decider, loaded, Kind::Pay, lang.tr("Zahlung vermerken", "Record the payment"), lang.tr("Die Rechnung ist übergeben. Wenn die Zahlung ausgeführt ist, wird sie hier vermerkt.", "The invoice was handed over. When the payment is done, it is recorded here."))) }
                State::Paid => { (approval::simple(caller, decider, loaded, Kind::Close, lang.tr("Abschließen", "Close"), lang.tr("Die Rechnung ist bezahlt.", "The invoice is paid."))) }
                State::Closed => { p { (lang.tr("Die Rechnung ist abgeschlossen. Es ist nichts mehr zu tun.", "The invoice is closed. Nothing is left to do.")) } }
                State::Rejected => { (reasoned(caller, decider, loaded, given, Kind::Reopen, lang.tr("Wieder aufnehmen", "Reopen"), &html! {})) }
                State::Quarantined => { (approval::simple(caller, decider, loaded, Kind::Accept, lang.tr("Aus der Quarantäne nehmen", "Take out of quarantine"), lang.tr("Dieses Dokument wartet, weil es vielleicht keine Rechnung ist.", "This document waits, because it may be no invoice."))) }
            }
        }
    } }
}

fn coding(caller: &Caller, decider: &Decider, loaded: &Loaded, given: &Given) -> Markup {
    let lang = caller.lang;
    let Some(offer) = offer(decider, loaded, Kind::Code) else { return html! {} };
    if !offer.open() {
        return html! { p { (lang.tr("Die Rechnung wartet auf die Kontierung.", "The invoice waits to be coded.")) } (closed(lang, decider, loaded, &offer)) };
    }
    let saved: Vec<Typed> = loaded.lines.iter().map(|line| Typed::saved(line, lang)).collect();
    let typed = given.coding.as_deref().unwrap_or(&saved);
    let here = format!("/rechnungen/{}", loaded.row.id);
    html! {
        (deputy_note(lang, &offer))
        (coding_form::form(&coding_form::Form {
            lang,
            action: format!("{here}/kontierung"),
            csrf: parts::csrf_field(caller),
            version: loaded.row.version,
            total: loaded.subject.amount_cents,
            currency: currency(loaded),
            typed,
            codes: &loaded.codes,
            suggestions: &loaded.suggestions,
            per_line: loaded.row.xml_blob.is_some(),
            errors: &given.errors,
            here,
        }))
    }
}

/// A form that is posted to the decisions of this invoice.
pub(crate) fn decision_form(caller: &Caller, loaded: &Loaded, body: &Markup) -> Markup {
    html! {
        form.form method="post" action={ "/rechnungen/" (loaded.row.id) "/entscheidung" } {
            (parts::csrf_field(caller))
            input type="hidden" name="version" value=(loaded.row.version);
            (body)
        }
    }
}

/// A step aside with its reason, folded away.
fn reasoned(
    caller: &Caller,
    decider: &Decider,
    loaded: &Loaded,
    given: &Given,
    kind: Kind,
    label: &str,
    more: &Markup,
) -> Markup {
    let lang = caller.lang;
    let Some(offer) = offer(decider, loaded, kind) else { return html! {} };
    let id = format!("reason-{}", kind.code());
    html! {
        details {
            summary { (label) }
            @if offer.open() {
                (decision_form(caller, loaded, &html! {
                    (deputy_note(lang, &offer))
                    (more)
                    (parts::text_area(lang, "reason", lang.tr("Begründung", "Reason")).id(&id).rows(3).required().max_length(2000).value(&given.reason))
                    div.form__actions { (parts::button(label).secondary().name_value("kind", kind.code())) }
                }))
            } @else {
                (closed(lang, decider, loaded, &offer))
            }
        }
    }
}

/// The steps aside.
pub(super) fn further(caller: &Caller, decider: &Decider, loaded: &Loaded, given: &Given) -> Markup {
    let lang = caller.lang;
    if loaded.row.direction == Direction::Outgoing {
        return html! {};
    }
    let returns: Vec<Choice> =
        loaded.subject.standing.returns().iter().map(|state| Choice::new(state.text(), state.name(lang))).collect();
    let mail = loaded.row.seller_email.as_deref().unwrap_or_default();
    html! { section.card id="further" {
        h2.card__title { (lang.tr("Weitere Schritte", "Further steps")) }
        div.stack--tight {
            @if loaded.subject.standing.on_hold { (approval::simple(caller, decider, loaded, Kind::Release, lang.tr("Fortsetzen", "Release"), "")) }
            (reasoned(caller, decider, loaded, given, Kind::Return, lang.tr("Zurückgeben", "Return"), &html! {
                (parts::select(lang, "target", lang.tr("Zurück zu", "Back to"), &returns).id("return-target").required())
            }))
            (reasoned(caller, decider, loaded, given, Kind::Hold, lang.tr("Anhalten", "Put on hold"), &html! {}))
            (forward(caller, decider, loaded))
            (reasoned(caller, decider, loaded, given, Kind::Reject, lang.tr("Ablehnen", "Reject"), &html! {
                p { (lang.tr("Die Rechnung geht nicht weiter. Der Grund steht im Verlauf.", "The invoice goes no further. The reason stands in the history.")) }
                (parts::field(lang, "notify", lang.tr("Lieferanten benachrichtigen (E-Mail-Adresse)", "Notify the supplier (mail address)")).id("reject-mail").kind("email").value(mail).hint(lang.tr("Leer lassen, um keine Nachricht zu senden.", "Leave empty to send no message.")))
            }))
            (reasoned(caller, decider, loaded, given, Kind::Quarantine, lang.tr("In Quarantäne stellen", "Quarantine"), &html! {}))
            (link(caller, loaded))
        }
    } }
}

fn forward(caller: &Caller, decider: &Decider, loaded: &Loaded) -> Markup {
    let lang = caller.lang;
    let Some(offer) = offer(decider, loaded, Kind::Forward) else { return html! {} };
    let units: Vec<Choice> = decider
        .principal
        .tree
        .in_order()
        .into_iter()
        .filter(|(_, unit)| unit.active)
        .map(|(depth, unit)| {
            let code = if unit.code.is_empty() { String::new() } else { format!("{} ", unit.code) };
            Choice::new(unit.id.as_str(), format!("{}{code}{}", "\u{2003}".repeat(depth), unit.name))
        })
        .collect();
    let open = loaded.subject.unit.is_none();
    html! {
        details open[open] {
            summary { (lang.tr("An andere Stelle weitergeben", "Forward to another unit")) }
            @if offer.open() {
                (decision_form(caller, loaded, &html! {
                    (parts::select(lang, "unit", lang.tr("Stelle", "Unit"), &units).id("forward-unit").empty(lang.tr("Bitte wählen", "Please choose")).required())
                    (parts::field(lang, "reason", lang.tr("Hinweis", "Note")).id("reason-forward").max_length(2000))
                    div.form__actions { (parts::button(lang.tr("Weitergeben", "Forward")).secondary().name_value("kind", Kind::Forward.code())) }
                }))
            } @else { (closed(lang, decider, loaded, &offer)) }
        }
    }
}

fn link(caller: &Caller, loaded: &Loaded) -> Markup {
    let lang = caller.lang;
    if !may_code(caller, loaded) {
        return html! {};
    }
    let kinds = [
        Choice::new("corrects", lang.tr("berichtigt", "corrects")),
        Choice::new("credits", lang.tr("schreibt gut", "credits")),
        Choice::new("partial", lang.tr("ist Teilrechnung zu", "is a partial invoice with")),
    ];
    html! {
        details {
            summary { (lang.tr("Mit anderer Rechnung verbinden", "Link to another invoice")) }
            form.form method="post" action={ "/rechnungen/" (loaded.row.id) "/verknuepfungen" } {
                (parts::csrf_field(caller))
                (parts::select(lang, "kind", lang.tr("Diese Rechnung …", "This invoice …"), &kinds).id("link-kind").required())
                (parts::field(lang, "number", lang.tr("Nummer der anderen Rechnung", "Number of the other invoice")).id("link-number").required().max_length(200))
                div.form__actions { (parts::button(lang.tr("Verbinden", "Link")).secondary()) }
            }
        }
    }
}

pub(crate) fn may_code(caller: &Caller, loaded: &Loaded) -> bool {
    match loaded.row.unit_id.as_deref().map(UnitId::from) {
        Some(unit) => caller.principal.may(CODE, &unit),
        None => caller.principal.may_everywhere(CODE),
    }
}

/// Comments, and questions to the supplier.
pub(super) fn talk(caller: &Caller, loaded: &Loaded, given: &Given) -> Markup {
    let lang = caller.lang;
    let base = format!("/rechnungen/{}", loaded.row.id);
    let mail = loaded.row.seller_email.as_deref().unwrap_or_default();
    html! { section.card id="talk" {
        h2.card__title { (lang.tr("Kommentar", "Comment")) }
        form.form method="post" action={ (base) "/kommentare" } {
            (parts::csrf_field(caller))
            (parts::text_area(lang, "text", lang.tr("Kommentar an Kolleginnen und Kollegen", "Comment to colleagues")).id("comment-text").rows(3).required().max_length(5000).value(&given.text)
                .hint(lang.tr("Mit @Name machen Sie jemanden darauf aufmerksam.", "With @name you draw somebody's attention.")))
            div.form__actions { (parts::button(lang.tr("Kommentieren", "Comment")).secondary()) }
        }
        @if may_code(caller, loaded) && loaded.row.direction == Direction::Incoming {
            details {
                summary { (lang.tr("Beim Lieferanten nachfragen", "Ask the supplier")) }
                form.form method="post" action={ (base) "/rueckfrage" } {
                    (parts::csrf_field(caller))
                    (parts::field(lang, "to", lang.tr("E-Mail-Adresse", "Mail address")).id("query-to").kind("email").value(mail).required())
                    (parts::text_area(lang, "text", lang.tr("Frage", "Question")).id("query-text").rows(5).required().max_length(5000)
                        .hint(lang.tr("Die Antwort erscheint im Verlauf dieser Rechnung.", "The answer appears in this invoice's history.")))
                    div.form__actions { (parts::button(lang.tr("Frage senden", "Send the question")).secondary().icon(Icon::Mail)) }
                }
            }
        }
    } }
}

/// The payee and the amount once more, before something is signed.
pub(crate) fn what_is_signed(lang: Lang, loaded: &Loaded) -> Markup {
    let row = &loaded.row;
    let payee = row.payee_name.as_deref().or(row.seller_name.as_deref()).unwrap_or("–");
    parts::definition_list(&[
        (
            lang.tr("Betrag", "Amount"),
            html! { strong { (format::amount(loaded.subject.amount_cents, currency(loaded), lang)) } },
        ),
        (lang.tr("Empfänger", "Payee"), html! { (payee) }),
        ("IBAN", html! { span.mono { (row.iban.as_deref().unwrap_or("–")) } }),
        (
            lang.tr("Verwendungszweck", "Remittance"),
            html! { (row.payment_reference.as_deref().or(row.number.as_deref()).unwrap_or("–")) },
        ),
    ])
}
