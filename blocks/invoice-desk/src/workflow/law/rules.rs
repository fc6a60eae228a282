//! The table of rules.
//!
//! Invariant: an entry is all that there is of a rule: its source, what it says, what it does, and when it objects.

use vir_core::{Phrase, Text};

use super::{Case, Effect, OrderLimit, Rule, needs_four_eyes, says_something};
use crate::workflow::state::Kind;

fn orders(kind: Kind) -> bool {
    matches!(kind, Kind::Order | Kind::OrderFirst)
}

fn pays(kind: Kind) -> bool {
    matches!(kind, Kind::HandOver | Kind::HandOverFailed | Kind::Pay)
}

/// 123456 as „1.234,56 €" and "€1,234.56".
fn euros(cents: i64) -> (String, String) {
    (crate::coding::split::euros(cents, vir_core::Lang::De), crate::coding::split::euros(cents, vir_core::Lang::En))
}

/// A rule that nothing can be tried against.
fn never(_: &Case<'_>) -> Option<Text> {
    None
}

/// All rules, as the handbook lists them.
pub static RULES: &[Rule] = &[
    Rule {
        id: "KomHKVO-42-5",
        source: Phrase::new("KomHKVO § 42 Abs. 5", "KomHKVO § 42 (5)"),
        text: Phrase::new(
            "Wer eine Zahlung anordnet, darf sie nicht abwickeln, auch nicht in Vertretung, und umgekehrt. Es zählt jede Unterschrift, die je unter die Anordnung dieser Rechnung gesetzt wurde, auch wenn sie zurückgegeben wurde.",
            "Whoever orders a payment must not carry it out, not as a deputy either, nor the other way round. Every signature ever put under the order of this invoice counts, even if it was returned.",
        ),
        effect: Effect::Blocks,
        objects: |case| {
            if pays(case.kind) && case.act.is_among(&case.standing.ever_ordered) {
                return Some(Text::new(
                    "Sie (oder die Person, die Sie vertreten) haben die Zahlung dieser Rechnung angeordnet. Wer anordnet, darf nicht zahlen.",
                    "You (or the person whose deputy you are) have ordered the payment of this invoice. Whoever orders must not pay.",
                ));
            }
            (orders(case.kind) && case.act.is_among(&case.standing.ever_paid)).then(|| {
                Text::new(
                    "Sie (oder die Person, die Sie vertreten) haben die Zahlung dieser Rechnung schon abgewickelt. Wer zahlt, darf nicht anordnen.",
                    "You (or the person whose deputy you are) have already handled the payment of this invoice. Whoever pays must not order.",
                )
            })
        },
    },
    Rule {
        id: "KomHKVO-42-5-3",
        source: Phrase::new("KomHKVO § 42 Abs. 5 Satz 2 und 3", "KomHKVO § 42 (5) sentences 2 and 3"),
        text: Phrase::new(
            "Wer eine Rechnung festgestellt hat und sie auch zahlt, zahlt sie nicht allein: Der Zahlungslauf wird erst wirksam, wenn eine zweite Person ihn freigibt, auch wenn das Konto das sonst nicht verlangt.",
            "Whoever certified an invoice and also pays it does not pay alone: the payment run takes effect only when a second person releases it, even where the account does not ask for that.",
        ),
        effect: Effect::Blocks,
        objects: |case| {
            let alone = case.kind == Kind::HandOver && !case.released_by_another;
            (alone && case.standing.was_certified_by(case.act)).then(|| {
                Text::new(
                    "Sie (oder die Person, die Sie vertreten) haben diese Rechnung festgestellt. Dann zahlen zwei Personen: Nehmen Sie die Rechnung in einen Zahlungslauf, den jemand anderes freigibt, oder lassen Sie eine andere Person sie übergeben.",
                    "You (or the person whose deputy you are) certified this invoice. Two people then pay: put the invoice into a payment run that somebody else releases, or let another person hand it over.",
                )
            })
        },
    },
    Rule {
        id: "KomHKVO-42-4",
        source: Phrase::new("KomHKVO § 42 Abs. 4", "KomHKVO § 42 (4)"),
        text: Phrase::new(
            "Wer die sachliche oder rechnerische Richtigkeit feststellt, soll nicht zugleich anordnen, auch nicht in Vertretung.",
            "Whoever certifies substance or arithmetic should not order as well, not as a deputy either.",
        ),
        effect: Effect::Warns,
        objects: |case| {
            (orders(case.kind) && case.standing.was_certified_by(case.act)).then(|| {
                Text::new(
                    "Sie (oder die Person, die Sie vertreten) haben diese Rechnung festgestellt. Wer feststellt, soll nicht anordnen. Wenn es nicht anders geht, begründen Sie es.",
                    "You (or the person whose deputy you are) certified this invoice. Whoever certifies should not order. If it cannot be helped, give the reason.",
                )
            })
        },
    },
    Rule {
        id: "KomHKVO-42-3",
        source: Phrase::new("KomHKVO § 42 Abs. 3", "KomHKVO § 42 (3)"),
        text: Phrase::new(
            "Jede Zahlungspflicht ist vor der Anordnung sachlich und rechnerisch festzustellen.",
            "Every payment duty is certified for substance and for arithmetic before it is ordered.",
        ),
        effect: Effect::Blocks,
        objects: |case| {
            let missing = case.standing.substance.is_none() || case.standing.arithmetic.is_none();
            (orders(case.kind) && missing).then(|| {
                Text::new(
                    "Vor der Anordnung muss die Rechnung sachlich und rechnerisch richtig festgestellt sein.",
                    "Before it is ordered, the invoice must be certified for substance and for arithmetic.",
                )
            })
        },
    },
    Rule {
        id: "order-limit",
        source: Phrase::new(
            "KomHKVO § 42 Abs. 4 (Anordnungsbefugnis) mit der Dienstanweisung der Kommune",
            "KomHKVO § 42 (4) (authority to order) with the municipality's own instruction",
        ),
        text: Phrase::new(
            "Anordnen darf nur, wessen Anordnungsbefugnis den Betrag umfasst. Bei vier Augen gilt das für beide Personen.",
            "Only those may order whose authority covers the amount. With four eyes this holds for both people.",
        ),
        effect: Effect::Blocks,
        objects: |case| {
            let OrderLimit::UpTo(limit) = case.limit else { return None };
            (orders(case.kind) && case.amount_cents.saturating_abs() > limit).then(|| {
                let (amount, limit) = (euros(case.amount_cents.saturating_abs()), euros(limit));
                let (de, en) = match case.higher {
                    Some(higher) => (format!("Anordnen kann: {higher}."), format!("This can be ordered by: {higher}.")),
                    None => (
                        "Derzeit hat niemand sonst eine ausreichende Befugnis; wenden Sie sich an die Verwaltung von vir."
                            .to_owned(),
                        "At present nobody else has sufficient authority; ask the administrators of vir.".to_owned(),
                    ),
                };
                Text::owned(
                    format!("Ihre Anordnungsbefugnis reicht bis {}, die Rechnung lautet über {}. {de}", limit.0, amount.0),
                    format!("You may order up to {}, and the invoice is for {}. {en}", limit.1, amount.1),
                )
            })
        },
    },
    Rule {
        id: "four-eyes",
        source: Phrase::new(
            "Dienstanweisung der Kommune (einstellbar)",
            "The municipality's own instruction (configurable)",
        ),
        text: Phrase::new(
            "Ab einem einstellbaren Betrag unterzeichnen zwei verschiedene Personen die Anordnung. Vertretene und vertretende Person gelten dabei als eine.",
            "From a configurable amount on, two different people sign the payment order. A person and their deputy count as one.",
        ),
        effect: Effect::Blocks,
        objects: |case| {
            if !orders(case.kind) {
                return None;
            }
            if let Some(first) = &case.standing.first_order
                && first.shares_a_person_with(case.act)
            {
                return Some(Text::new(
                    "Sie (oder die Person, die Sie vertreten) haben die Anordnung schon unterzeichnet. Die zweite Unterschrift muss von jemand anderem kommen.",
                    "You (or the person whose deputy you are) have already signed the order. The second signature must come from somebody else.",
                ));
            }
            let needed = needs_four_eyes(case.amount_cents, case.four_eyes_from);
            (case.kind == Kind::Order && needed && case.standing.first_order.is_none()).then(|| {
                Text::new(
                    "Dieser Betrag braucht zwei Unterschriften. Zuerst unterzeichnet eine Person, dann ordnet eine andere an.",
                    "This amount needs two signatures. One person signs first, then another one orders.",
                )
            })
        },
    },
    Rule {
        id: "KomHKVO-38",
        source: Phrase::new("KomHKVO § 38", "KomHKVO § 38"),
        text: Phrase::new(
            "Jede angeordnete Rechnung hat eine Belegnummer, die im Haushaltsjahr eindeutig und lückenlos ist. Sie wird mit der Anordnung in derselben Transaktion vergeben und bleibt der Rechnung auch nach einer Rückgabe.",
            "Every ordered invoice has a voucher number that is unique and without gaps in its financial year. It is given in the transaction of the order, and stays with the invoice even if the order is returned.",
        ),
        effect: Effect::Ensured,
        objects: never,
    },
    Rule {
        id: "KomHKVO-37-3",
        source: Phrase::new("KomHKVO § 37 Abs. 3", "KomHKVO § 37 (3)"),
        text: Phrase::new(
            "Die Rechnung wird so aufbewahrt, wie sie kam; kein Arbeitsschritt verändert sie. Entscheidungen werden nur hinzugefügt, nie geändert.",
            "The invoice is kept as it came; no step of the work changes it. Decisions are only added, never changed.",
        ),
        effect: Effect::Ensured,
        objects: never,
    },
    Rule {
        id: "KomHKVO-41-2",
        source: Phrase::new("KomHKVO § 41 Abs. 2; UStG § 14b", "KomHKVO § 41 (2); UStG § 14b"),
        text: Phrase::new(
            "Belege werden zehn Jahre aufbewahrt, gerechnet ab dem 1. Januar nach dem Beschluss über den Jahresabschluss. Solange kein Beschluss vermerkt ist, endet die Frist nicht.",
            "Vouchers are kept for ten years, counted from 1 January after the resolution on the annual accounts. As long as no resolution is recorded, the time does not end.",
        ),
        effect: Effect::Ensured,
        objects: never,
    },
    Rule {
        id: "unit",
        source: Phrase::new("Organisation der Kommune", "The municipality's organisation"),
        text: Phrase::new(
            "Bevor jemand kontiert, ist die Rechnung einer Stelle zugeordnet.",
            "Before anybody codes it, the invoice belongs to an organisation unit.",
        ),
        effect: Effect::Blocks,
        objects: |case| {
            (case.kind.advances() && !case.has_unit).then(|| {
                Text::new(
                    "Die Rechnung ist keiner Stelle zugeordnet. Geben Sie sie zuerst an die zuständige Stelle weiter.",
                    "The invoice belongs to no organisation unit. Forward it to the responsible unit first.",
                )
            })
        },
    },
    Rule {
        id: "incoming",
        source: Phrase::new("Aufbau von vir", "How vir is built"),
        text: Phrase::new(
            "Eigene Ausgangsrechnungen gehen nicht den Weg der Eingangsrechnungen.",
            "Own outgoing invoices do not go the way of incoming ones.",
        ),
        effect: Effect::Blocks,
        objects: |case| {
            case.outgoing.then(|| {
                Text::new(
                    "Das ist eine eigene Ausgangsrechnung. Sie wird nicht kontiert, festgestellt oder angeordnet.",
                    "This is an own outgoing invoice. It is not coded, certified or ordered.",
                )
            })
        },
    },
    Rule {
        id: "reason",
        source: Phrase::new("KomHKVO § 37 (Nachvollziehbarkeit)", "KomHKVO § 37 (traceability)"),
        text: Phrase::new(
            "Rückgabe, Anhalten, Ablehnung, Wiederaufnahme, Quarantäne und eine fehlgeschlagene Übergabe brauchen eine Begründung.",
            "A return, a hold, a rejection, a reopening, quarantine and a failed hand-over need a reason.",
        ),
        effect: Effect::Blocks,
        objects: |case| {
            (case.kind.needs_reason() && !says_something(case.reason))
                .then(|| Text::new("Bitte geben Sie eine Begründung an.", "Please give a reason."))
        },
    },
    Rule {
        id: "valid-invoice",
        source: Phrase::new("UStG § 14, § 15 Abs. 1; EN 16931", "UStG § 14, § 15 (1); EN 16931"),
        text: Phrase::new(
            "Eine E-Rechnung, deren Prüfung Fehler ergab, wird nur mit Begründung rechnerisch festgestellt: Ihr kann der Vorsteuerabzug fehlen.",
            "An e-invoice whose check found errors is certified for arithmetic only with a reason: it may not entitle to deduct input tax.",
        ),
        effect: Effect::Warns,
        objects: |case| {
            (case.kind == Kind::CertifyArithmetic && case.has_errors).then(|| {
                Text::new(
                    "Die Prüfung hat Fehler gefunden. Begründen Sie, warum die Rechnung dennoch rechnerisch richtig ist, oder fordern Sie eine berichtigte an.",
                    "The check found errors. Say why the invoice is nevertheless arithmetically correct, or ask for a corrected one.",
                )
            })
        },
    },
    Rule {
        id: "known-duplicate",
        source: Phrase::new("KomHKVO § 42 Abs. 3 (sachliche Richtigkeit)", "KomHKVO § 42 (3) (substance)"),
        text: Phrase::new(
            "Eine Rechnung, die jemand als Dublette erkannt hat, wird weder festgestellt noch angeordnet noch übergeben.",
            "An invoice that somebody has found to be a duplicate is neither certified nor ordered nor handed over.",
        ),
        effect: Effect::Blocks,
        objects: |case| {
            (case.kind.advances() && case.kind != Kind::Close && case.is_duplicate).then(|| {
                Text::new(
                    "Diese Rechnung ist als Dublette vermerkt. Lehnen Sie sie ab, oder nehmen Sie den Vermerk zurück.",
                    "This invoice is marked as a duplicate. Reject it, or take the mark back.",
                )
            })
        },
    },
    Rule {
        id: "duplicate",
        source: Phrase::new("KomHKVO § 42 Abs. 3 (sachliche Richtigkeit)", "KomHKVO § 42 (3) (substance)"),
        text: Phrase::new(
            "Gleicht eine Rechnung einer anderen, wird sie nur mit Begründung sachlich festgestellt und angeordnet.",
            "An invoice that looks like another one is certified for substance and ordered only with a reason.",
        ),
        effect: Effect::Warns,
        objects: |case| {
            let asks = case.kind == Kind::CertifySubstance || orders(case.kind);
            (asks && case.may_be_duplicate && !case.is_duplicate).then(|| {
                Text::new(
                    "Diese Rechnung gleicht einer anderen. Begründen Sie, warum sie keine Doppelung ist.",
                    "This invoice looks like another one. Say why it is no duplicate.",
                )
            })
        },
    },
    Rule {
        id: "reduction",
        source: Phrase::new("KomHKVO § 42 Abs. 3; UStG § 17 Abs. 1", "KomHKVO § 42 (3); UStG § 17 (1)"),
        text: Phrase::new(
            "Festgestellt wird, was geschuldet ist: Eine Kürzung nennt zu jedem Teil den Grund, lässt die Rechnung selbst unverändert und verlangt neue Feststellungen.",
            "What is owed is certified: a reduction gives the reason for each part, leaves the invoice itself unchanged, and takes new certifications.",
        ),
        effect: Effect::Ensured,
        objects: never,
    },
    Rule {
        id: "VOB-B-17-6",
        source: Phrase::new("VOB/B § 17 Abs. 6 Nr. 1", "VOB/B § 17 (6) no. 1"),
        text: Phrase::new(
            "Von einer Zahlung werden höchstens 10 Prozent als Sicherheit einbehalten; mehr nur mit Begründung.",
            "At most 10 percent of a payment are kept back as security; more only with a reason.",
        ),
        effect: Effect::Warns,
        objects: |case| {
            let (kept, demanded) = case.retained_share?;
            let much = i128::from(kept) * 10 > i128::from(demanded);
            (case.kind == Kind::Reduce && kept > 0 && much).then(|| {
                Text::new(
                    "Der Sicherheitseinbehalt ist höher als 10 Prozent der Rechnung. Begründen Sie, warum das vereinbart ist.",
                    "More than 10 percent of the invoice are kept back as security. Say why this was agreed.",
                )
            })
        },
    },
    Rule {
        id: "order-sum",
        source: Phrase::new("KomHKVO § 42 Abs. 3 (sachliche Richtigkeit)", "KomHKVO § 42 (3) (substance)"),
        text: Phrase::new(
            "Rechnen die Rechnungen zu einer Bestellnummer zusammen mehr ab als die erfasste Auftragssumme, wird die Rechnung nur mit Begründung sachlich festgestellt.",
            "Where the invoices for an order number come to more than was entered as ordered, the invoice is certified for substance only with a reason.",
        ),
        effect: Effect::Warns,
        objects: |case| {
            let over = case.order_left.filter(|left| *left < 0)?;
            (case.kind == Kind::CertifySubstance && case.amount_cents > 0).then(|| {
                let (de, en) = euros(over.saturating_neg());
                Text::owned(
                    format!("Mit dieser Rechnung ist die Auftragssumme um {de} überschritten. Begründen Sie, warum sie dennoch sachlich richtig ist."),
                    format!("With this invoice {en} more is invoiced than was ordered. Say why its substance is nevertheless right."),
                )
            })
        },
    },
    Rule {
        id: "BGB-286-3",
        source: Phrase::new("BGB § 286 Abs. 3", "BGB § 286 (3)"),
        text: Phrase::new(
            "Ohne anderes Zahlungsziel tritt Verzug 30 Tage nach Fälligkeit und Zugang der Rechnung ein; dieser Tag steht dann als Frist an der Rechnung.",
            "Without another payment term, default begins 30 days after the invoice is due and received; that day is then shown as the deadline.",
        ),
        effect: Effect::Informs,
        objects: never,
    },
    Rule {
        id: "BGB-271a-2",
        source: Phrase::new("BGB § 271a Abs. 2", "BGB § 271a (2)"),
        text: Phrase::new(
            "Zahlungsziele von mehr als 30 Tagen gelten für öffentliche Auftraggeber nur ausnahmsweise, von mehr als 60 Tagen nie; die Rechnung zeigt dann einen Hinweis.",
            "For public bodies, payment terms of more than 30 days are valid only exceptionally, of more than 60 days never; the invoice then shows a note.",
        ),
        effect: Effect::Informs,
        objects: never,
    },
];
