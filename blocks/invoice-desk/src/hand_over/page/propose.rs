//! The payment proposal: what is ordered, what should be paid now, what stands in the way.

use std::collections::BTreeMap;

use axum::extract::State as Shared;
use axum::response::Response;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use vir_auth::Principal;
use vir_core::{Lang, Text};
use vir_store::Tx;
use vir_web::format::{amount, date};
use vir_web::parts::{
    self, Choice, Column, Row, Tone, badge, button, checkbox, date_field, empty_state, notice, select,
};
use vir_web::{Answer, App, Caller, Flash, Form, Markup, Page, Query, html, page as frame, redirect_with};

use super::super::account::{OwnAccount, accounts};
use super::super::error::HandOverError;
use super::super::propose::{Dates, Proposal, propose};
use super::super::run::{self, NewRun};
use super::super::target::execution_day;
use super::super::{moves, payee};
use super::{SECTION, decider, sections};
use crate::invoice_row::{InvoiceId, InvoiceRow, Kind};
use crate::permissions::{CONFIGURE, PAY};

/// What was chosen above the table.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Choices {
    #[serde(default)]
    execution: Option<String>,
    #[serde(default)]
    next: Option<String>,
}

/// What was ticked.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Ticked {
    #[serde(default)]
    execution: String,
    #[serde(default)]
    account: String,
    #[serde(default)]
    invoice: Vec<String>,
    #[serde(default)]
    discount: Vec<String>,
    #[serde(default)]
    confirm: Vec<String>,
    #[serde(default)]
    confirm_reason: String,
}

/// One row of the proposal.
struct Line {
    row: InvoiceRow,
    proposal: Proposal,
    ordered_by_me: bool,
    certified_by_me: bool,
    earlier_accounts: Vec<String>,
}

struct Found {
    lines: Vec<Line>,
    accounts: Vec<OwnAccount>,
}

async fn find(tx: &mut Tx, principal: &Principal, execution: Date, next: Date) -> Result<Found, HandOverError> {
    let mut lines = Vec::new();
    for row in run::candidates(tx, principal).await? {
        let signers = moves::signers(tx, &row.id).await?;
        let ordered_by_me = run::is_same_person(principal, &signers.ordered);
        let certified_by_me = run::is_same_person(principal, &signers.certified);
        let earlier_accounts = payee::earlier_accounts(tx, &row).await?;
        let proposal = propose(&Dates::of(&row), execution, next);
        lines.push(Line { proposal, row, ordered_by_me, certified_by_me, earlier_accounts });
    }
    Ok(Found { lines, accounts: accounts(tx).await? })
}

/// Shows the proposal.
pub async fn page(caller: Caller, Query(choices): Query<Choices>) -> Answer {
    caller.require_anywhere(PAY)?;
    show(&caller, &choices, &Ticked::default(), None).await
}

async fn show(caller: &Caller, choices: &Choices, ticked: &Ticked, error: Option<&Text>) -> Answer {
    let lang = caller.lang;
    let today = crate::day_of(caller.app.now());
    let parsed = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Date>().ok());
    let execution = execution_day(parsed(&choices.execution).filter(|day| *day >= today).unwrap_or(today));
    let week_later = execution.checked_add(7.days()).unwrap_or(execution);
    let next = execution_day(parsed(&choices.next).filter(|day| *day > execution).unwrap_or(week_later));
    let principal = caller.principal.clone();
    let found = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx| Box::pin(async move { find(tx, &principal, execution, next).await }))
        .await?;
    let title = lang.tr("Zahlungsvorschlag", "Payment proposal");
    let (execution_text, next_text) = (execution.to_string(), next.to_string());
    let body = html! {
        (sections(caller, "/uebergabe"))
        @if let Some(error) = error {
            div role="alert" { (notice(Tone::Bad, lang.tr("Der Lauf wurde nicht erstellt", "The run was not made"), &lines(error.get(lang)))) }
        }
        (parts::filter_bar(lang.tr("Zeitraum", "Period"), "/uebergabe", "", &html! {
            (date_field(lang, "execution", lang.tr("Ausführung am", "Execution on")).value(&execution_text)
                .hint(lang.tr("Ein Tag, an dem Banken arbeiten.", "A day on which banks work.")))
            (date_field(lang, "next", lang.tr("Nächster Lauf am", "Next run on")).value(&next_text)
                .hint(lang.tr("Was bis dahin warten kann, wird nicht vorgeschlagen.", "What can wait until then is not proposed.")))
            (button(lang.tr("Neu vorschlagen", "Propose anew")).secondary())
        }))
        @if found.accounts.is_empty() {
            (notice(Tone::Careful, lang.tr("Es ist noch kein eigenes Konto hinterlegt", "There is no own account yet"), &html! {
                @if caller.principal.may_everywhere(CONFIGURE) {
                    p { a href="/uebergabe/einstellungen" { (lang.tr("Konto in den Einstellungen hinterlegen", "Add an account in the settings")) } }
                } @else {
                    p { (lang.tr("Wer den Rechnungseingang einrichtet, kann es in den Einstellungen der Übergabe hinterlegen.", "Whoever sets the invoice desk up can add it in the settings of the hand-over.")) }
                }
            }))
        }
        @if found.lines.is_empty() {
            (empty_state(
                lang.tr("Nichts zu zahlen", "Nothing to pay"),
                lang.tr("Hier erscheinen Rechnungen, sobald ihre Zahlung angeordnet ist.", "Invoices appear here as soon as their payment is ordered."),
                &html! {},
            ))
        } @else {
            (proposal_form(caller, &found, ticked, &execution_text))
        }
    };
    let mut page = Page::new(title)
        .section(SECTION)
        .lead(lang.tr(
            "Angeordnete Rechnungen. Vorgeschlagen wird so spät wie möglich, aber so, dass Skonto und Fälligkeit eingehalten werden.",
            "Ordered invoices. The proposal is as late as possible, but in time for discounts and due dates.",
        ));
    if error.is_some() {
        page = page.with_errors();
    }
    Ok(frame(caller, page, body))
}

fn proposal_form(caller: &Caller, found: &Found, ticked: &Ticked, execution: &str) -> Markup {
    let lang = caller.lang;
    let again = !ticked.invoice.is_empty();
    let choices: Vec<Choice> = found
        .accounts
        .iter()
        .map(|account| Choice::new(account.id.clone(), format!("{} – {}", account.name, account.iban)))
        .collect();
    let suspicious = found.lines.iter().filter(|line| !line.earlier_accounts.is_empty()).count();
    let columns = [
        Column::unseen(lang.tr("Zahlen", "Pay")),
        Column::text(lang.tr("Rechnung", "Invoice")),
        Column::text(lang.tr("Zahlungsempfänger", "Payee")),
        Column::text(lang.tr("Warum jetzt", "Why now")),
        Column::number(lang.tr("Betrag", "Amount")),
        Column::number(lang.tr("Skonto", "Discount")),
    ];
    let proposed: i64 = found.lines.iter().filter(|line| chosen(line, ticked, again)).map(net).sum();
    let table = parts::table(lang, "proposal", lang.tr("Angeordnete Rechnungen", "Ordered invoices"))
        .columns(columns)
        .header_column(1)
        .rows(found.lines.iter().map(|line| row(lang, line, ticked, again)));
    html! {
        form method="post" action="/uebergabe" {
            (parts::csrf_field(caller))
            input type="hidden" name="execution" value=(execution);
            @if suspicious > 0 {
                (notice(
                    Tone::Bad,
                    &lang.tr(
                        format!("{suspicious} Rechnung(en) mit geänderter Bankverbindung"),
                        format!("{suspicious} invoice(s) with changed bank details"),
                    ),
                    &html! {
                        p { (lang.tr(
                            "Eine geänderte IBAN ist der häufigste Betrug mit Rechnungen. Rufen Sie den Rechnungssteller unter einer Nummer an, die Sie schon kennen – nicht unter der auf der Rechnung.",
                            "A changed IBAN is the commonest fraud with invoices. Call the seller at a number that you know already – not the one on the invoice.",
                        )) }
                        (parts::field(lang, "confirm_reason", lang.tr("Wie wurde die Bankverbindung geprüft?", "How were the bank details checked?"))
                            .value(&ticked.confirm_reason).max_length(500))
                    },
                ))
            }
            (table)
            p.sum { (lang.tr("Vorgeschlagen:", "Proposed:")) " " strong { (amount(proposed, "EUR", lang)) } }
            (select(lang, "account", lang.tr("Zahlen von", "Pay from"), &choices).value(&ticked.account))
            (button(lang.tr("Zahlungslauf erstellen", "Make payment run")).disabled(found.accounts.is_empty()))
        }
    }
}

fn net(line: &Line) -> i64 {
    let cents = line.row.due_cents().unwrap_or(0);
    if line.row.kind == Kind::CreditNote {
        -cents.abs()
    } else if line.proposal.discount {
        cents - line.row.due_skonto_cents().unwrap_or(0)
    } else {
        cents
    }
}

/// Is the box ticked: as it was posted, or else as it is proposed?
fn chosen(line: &Line, ticked: &Ticked, again: bool) -> bool {
    if again {
        return ticked.invoice.iter().any(|id| id == line.row.id.as_str());
    }
    line.proposal.pay && !line.ordered_by_me && !line.certified_by_me && line.earlier_accounts.is_empty()
}

fn row(lang: Lang, line: &Line, ticked: &Ticked, again: bool) -> Row {
    let id = line.row.id.as_str();
    let caption = line.row.caption(lang);
    let number = line.row.number.clone().unwrap_or_else(|| line.row.file_name.clone());
    let confirm_id = format!("confirm-{id}");
    let skonto = line.row.due_skonto_cents().unwrap_or(0);
    let why = match line.proposal.pay_by {
        Some(day) => {
            format!("{} ({} {})", line.proposal.why.get(lang), lang.tr("zahlen bis", "pay by"), date(day, lang))
        }
        None => line.proposal.why.get(lang).to_owned(),
    };
    let box_id = format!("invoice-{id}");
    let discount_id = format!("discount-{id}");
    let tick_label = lang.tr(format!("{caption} zahlen"), format!("Pay {caption}"));
    let confirm_label =
        lang.tr(format!("Bankverbindung von {caption} ist geprüft"), format!("Bank details of {caption} are checked"));
    let discount_label = lang.tr(format!("Skonto bei {caption} abziehen"), format!("Deduct the discount of {caption}"));
    Row::new([
        html! {
            @if line.ordered_by_me {
                (badge(Tone::Neutral, lang.tr("von Ihnen angeordnet", "ordered by you")))
            } @else {
                (checkbox("invoice", &tick_label).value(id).id(&box_id).hide_label().checked(chosen(line, ticked, again)))
            }
        },
        html! {
            a href={ "/rechnungen/" (id) } { (number) }
            @if line.row.kind == Kind::CreditNote { " " (badge(Tone::Info, lang.tr("Gutschrift", "Credit note"))) }
            @if line.ordered_by_me { p.hint { (lang.tr(
                "Wer anordnet, darf nicht zahlen (§ 42 Abs. 5 KomHKVO). Eine andere Person muss diesen Lauf erstellen.",
                "Whoever orders must not pay (KomHKVO § 42 (5)). Another person has to make this run.",
            )) } } @else if line.certified_by_me { p.hint { (lang.tr(
                "Sie haben diese Rechnung festgestellt. Ist sie dabei, gibt eine zweite Person den Lauf frei (§ 42 Abs. 5 Satz 3 KomHKVO).",
                "You certified this invoice. With it, a second person releases the run (KomHKVO § 42 (5) sentence 3).",
            )) } }
        },
        html! {
            (line.row.payee_name.as_deref().or(line.row.seller_name.as_deref()).unwrap_or_default())
            br; span.iban { (line.row.iban.as_deref().unwrap_or(lang.tr("keine IBAN", "no IBAN"))) }
            @if !line.earlier_accounts.is_empty() {
                p { (badge(Tone::Bad, lang.tr("Bankverbindung neu", "New bank details"))) " "
                    (lang.tr("bisher:", "so far:")) " " (line.earlier_accounts.join(", ")) }
                (checkbox("confirm", &confirm_label).value(id).id(&confirm_id)
                    .checked(ticked.confirm.iter().any(|confirmed| confirmed == id)))
            }
        },
        html! { (why) },
        html! { (amount(line.row.due_cents().unwrap_or(0), line.row.currency.as_deref().unwrap_or("EUR"), lang)) },
        html! {
            @if skonto > 0 && line.proposal.discount {
                (amount(skonto, "EUR", lang)) " "
                (checkbox("discount", &discount_label).value(id).id(&discount_id).hide_label()
                    .checked(!again || ticked.discount.iter().any(|taken| taken == id)))
            }
        },
    ])
}

fn lines(text: &str) -> Markup {
    html! { ul { @for line in text.lines() { li { (line) } } } }
}

/// Makes a run.
pub async fn create(Shared(app): Shared<App>, caller: Caller, Form(ticked): Form<Ticked>) -> Answer {
    caller.require_anywhere(PAY)?;
    let lang = caller.lang;
    let decider = decider(&caller).await?;
    let choices = Choices { execution: Some(ticked.execution.clone()), next: None };
    if ticked.invoice.is_empty() {
        let text = Text::new("Bitte mindestens eine Rechnung auswählen.", "Please choose at least one invoice.");
        return show(&caller, &choices, &ticked, Some(&text)).await;
    }
    let asked = ticked.clone();
    let made = app
        .store
        .write(&caller.principal.tenant, move |tx| {
            Box::pin(async move {
                let new = new_run(tx, &asked).await?;
                run::create(tx, &decider, &new).await
            })
        })
        .await;
    match made {
        Ok(made) => Ok(told(&caller, &made, lang)),
        Err(HandOverError::Store(error)) => Err(vir_web::AppError::internal(error)),
        Err(error) => show(&caller, &choices, &ticked, Some(&error.text())).await,
    }
}

fn told(caller: &Caller, made: &run::Made, lang: Lang) -> Response {
    let total = amount(made.run.total_cents, "EUR", lang);
    let to = format!("/uebergabe/laeufe/{}", made.run.id);
    let mut text = lang.tr(
        format!("Zahlungslauf {} über {total} erstellt.", made.run.message_id),
        format!("Payment run {} of {total} made.", made.run.message_id),
    );
    if made.run.state == run::RunState::Waiting {
        text.push_str(lang.tr(
            " Er wartet auf die Freigabe durch eine zweite Person.",
            " It waits for a second person to release it.",
        ));
    }
    if made.held.is_empty() {
        return redirect_with(caller, &to, &Flash::good(text));
    }
    let held: Vec<String> =
        made.held.iter().map(|held| format!("{}: {}", held.number, held.reason.get(lang))).collect();
    text.push_str(lang.tr(" Nicht dabei: ", " Left out: "));
    text.push_str(&held.join(" · "));
    redirect_with(caller, &to, &Flash::careful(text))
}

/// What was ticked, with the seller keys of the confirmed accounts.
async fn new_run(tx: &mut Tx, ticked: &Ticked) -> Result<NewRun, HandOverError> {
    let mut confirmations = BTreeMap::new();
    for id in &ticked.confirm {
        if let Some(row) = InvoiceRow::load(tx, &InvoiceId(id.clone())).await?
            && let (Some(seller), Some(iban)) = (row.seller_key, row.iban)
        {
            confirmations.insert((seller, iban), ticked.confirm_reason.clone());
        }
    }
    let today = crate::day_of(tx.now());
    Ok(NewRun {
        invoices: ticked
            .invoice
            .iter()
            .map(|id| (InvoiceId(id.clone()), ticked.discount.iter().any(|taken| taken == id)))
            .collect(),
        account: ticked.account.clone(),
        execution: execution_day(ticked.execution.parse().unwrap_or(today).max(today)),
        confirmations: confirmations.into_iter().map(|((seller, iban), reason)| (seller, iban, reason)).collect(),
    })
}
