//! Signing: certifying substance and arithmetic, ordering the payment, and the plain steps after it.
//!
//! Invariant: what is signed stands beside the button: amount, payee, account.

use maud::{Markup, html};
use vir_web::parts::{self, Icon, Tone};
use vir_web::{Caller, format};

use crate::invoice::load::Loaded;
use crate::invoice::page::{Given, currency};
use crate::invoice::steps::{Offer, closed, decision_form, deputy_note, objected, offer, what_is_signed};
use crate::workflow::state::Act;
use crate::workflow::{Decider, Kind, law};

/// The form for both certifications, as far as they are still missing.
pub(crate) fn certify(caller: &Caller, decider: &Decider, loaded: &Loaded, given: &Given) -> Markup {
    let lang = caller.lang;
    let standing = &loaded.subject.standing;
    let substance = offer(decider, loaded, Kind::CertifySubstance);
    let arithmetic = offer(decider, loaded, Kind::CertifyArithmetic);
    let open: Vec<&Offer> = [&substance, &arithmetic].into_iter().flatten().filter(|offer| offer.open()).collect();
    let both = open.len() == 2;
    html! {
        h3 { (lang.tr("Sachlich und rechnerisch feststellen", "Certify substance and arithmetic")) }
        ul.stack--tight {
            li { (signed(caller, decider, standing.substance.as_ref())) " " (lang.tr("sachlich richtig: bestellt, geliefert, Preise wie vereinbart", "substance: ordered, delivered, prices as agreed")) }
            li { (signed(caller, decider, standing.arithmetic.as_ref())) " " (lang.tr("rechnerisch richtig: Summen, Steuer, Skonto, Bankverbindung", "arithmetic: sums, tax, discount, account")) }
        }
        @if let Some(first) = open.first() {
            (deputy_note(lang, first))
            @for objection in open.iter().flat_map(|offer| &offer.objections) { (objected(lang, objection)) }
            (decision_form(caller, loaded, &html! {
                (reason(caller, &open, given))
                div.form__actions {
                    @if both { (parts::button(lang.tr("Sachlich und rechnerisch richtig", "Substance and arithmetic are right")).icon(Icon::Check).name_value("kind", "certify_both")) }
                    @for offer in &open {
                        @let label = if offer.kind == Kind::CertifySubstance { lang.tr("Nur sachlich richtig", "Only substance") } else { lang.tr("Nur rechnerisch richtig", "Only arithmetic") };
                        @if both { (parts::button(label).secondary().name_value("kind", offer.kind.code())) }
                        @else { (parts::button(if offer.kind == Kind::CertifySubstance { lang.tr("Sachlich richtig", "Substance is right") } else { lang.tr("Rechnerisch richtig", "Arithmetic is right") }).icon(Icon::Check).name_value("kind", offer.kind.code())) }
                    }
                }
            }))
        } @else {
            @for offer in [&substance, &arithmetic].into_iter().flatten().take(1) { (closed(lang, decider, loaded, offer)) }
        }
    }
}

fn signed(caller: &Caller, decider: &Decider, act: Option<&Act>) -> Markup {
    let lang = caller.lang;
    match act {
        None => parts::badge(Tone::Neutral, lang.tr("offen", "open")),
        Some(act) => {
            let name = decider.directory.name_of(&vir_auth::PersonId::from(act.by.as_str())).to_owned();
            parts::badge(Tone::Good, &name)
        }
    }
}

/// The field for a reason: needed where a rule warns, offered otherwise.
fn reason(caller: &Caller, offers: &[&Offer], given: &Given) -> Markup {
    let lang = caller.lang;
    let field = parts::text_area(lang, "reason", lang.tr("Begründung oder Bemerkung", "Reason or remark"))
        .id("reason-next")
        .rows(2)
        .max_length(2000)
        .value(&given.reason);
    // With two buttons the warning of one must not make the reason needed for the other; the handler asks.
    let needed = offers.len() == 1 && offers.iter().all(|offer| offer.needs_reason());
    if needed {
        html! { (field.required()) }
    } else {
        html! { (field) }
    }
}

/// The form for the order.
pub(crate) fn order(caller: &Caller, decider: &Decider, loaded: &Loaded, given: &Given) -> Markup {
    let lang = caller.lang;
    let subject = &loaded.subject;
    let kind = law::next_order(&subject.standing, subject.amount_cents, loaded.settings.four_eyes_from);
    let Some(offer) = offer(decider, loaded, kind) else { return html! {} };
    let amount = format::amount(subject.amount_cents, currency(loaded), lang);
    let label = if kind == Kind::OrderFirst {
        lang.tr(format!("Erste Unterschrift über {amount}"), format!("First signature over {amount}"))
    } else {
        lang.tr(format!("Zahlung über {amount} anordnen"), format!("Order payment of {amount}"))
    };
    html! {
        h3 { (lang.tr("Anordnen", "Order")) }
        (what_is_signed(lang, loaded))
        @if let Some(first) = &subject.standing.first_order {
            p { (lang.tr("Erste Unterschrift: ", "First signature: ")) (signed(caller, decider, Some(first))) }
        } @else if kind == Kind::OrderFirst {
            p { (lang.tr("Dieser Betrag braucht zwei Unterschriften von verschiedenen Personen.", "This amount needs two signatures by different people.")) }
        }
        @if offer.open() {
            (deputy_note(lang, &offer))
            @for objection in &offer.objections { (objected(lang, objection)) }
            (decision_form(caller, loaded, &html! {
                (reason(caller, &[&offer], given))
                div.form__actions { (parts::button(&label).icon(Icon::Check).name_value("kind", Kind::Order.code())) }
            }))
        } @else { (closed(lang, decider, loaded, &offer)) }
    }
}

/// A step that is a button.
pub(crate) fn simple(
    caller: &Caller,
    decider: &Decider,
    loaded: &Loaded,
    kind: Kind,
    label: &str,
    about: &str,
) -> Markup {
    let lang = caller.lang;
    let Some(offer) = offer(decider, loaded, kind) else { return html! {} };
    html! {
        @if !about.is_empty() { p { (about) } }
        @if offer.open() {
            (deputy_note(lang, &offer))
            (decision_form(caller, loaded, &html! {
                div.form__actions { (parts::button(label).secondary().name_value("kind", kind.code())) }
            }))
        } @else { (closed(lang, decider, loaded, &offer)) }
    }
}
