//! The form for coding. Each line is a group of fields with the same names; a share is an amount, a percentage, or empty
//! for the rest. More lines come by a button that sends the form back to itself, so it works without JavaScript; the
//! first button of the form saves, so the return key does, too.
//!
//! Invariant: whatever is posted is shown again as it was typed, until it is saved.

use maud::{Markup, html};
use serde::Deserialize;
use vir_core::{Lang, Text};
use vir_web::{FieldError, format, parts};

use super::line::{Line, Target, Tax};
use super::split::{self, Share};
use super::store::{Code, CodeList};
use super::suggest::Suggestion;

/// A line as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed {
    /// Cost centre.
    pub cost_centre: String,
    /// Account.
    pub account: String,
    /// Product.
    pub product: String,
    /// Investment.
    pub investment: String,
    /// Tax.
    pub tax: String,
    /// Amount, percentage, or nothing.
    pub share: String,
    /// Booking text.
    pub note: String,
}

/// The posted form.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Posted {
    /// The version of the invoice that was seen.
    #[serde(default)]
    pub version: i64,
    /// `save` or `add`.
    #[serde(default, rename = "do")]
    pub action: String,
    #[serde(default)]
    cost_centre: Vec<String>,
    #[serde(default)]
    account: Vec<String>,
    #[serde(default)]
    product: Vec<String>,
    #[serde(default)]
    investment: Vec<String>,
    #[serde(default)]
    tax: Vec<String>,
    #[serde(default)]
    share: Vec<String>,
    #[serde(default)]
    note: Vec<String>,
    /// Lines that are to go, counted from 1.
    #[serde(default)]
    pub remove: Vec<usize>,
}

impl Posted {
    /// The lines that stay, without empty ones.
    #[must_use]
    pub fn lines(&self) -> Vec<Typed> {
        let at = |values: &[String], index: usize| values.get(index).map_or_else(String::new, |v| v.trim().to_owned());
        (0..self.cost_centre.len().min(super::LINE_LIMIT + 1))
            .filter(|index| !self.remove.contains(&(index + 1)))
            .map(|index| Typed {
                cost_centre: at(&self.cost_centre, index),
                account: at(&self.account, index),
                product: at(&self.product, index),
                investment: at(&self.investment, index),
                tax: at(&self.tax, index),
                share: at(&self.share, index),
                note: at(&self.note, index),
            })
            .filter(|line| !line.is_empty())
            .collect()
    }
}

impl Typed {
    fn is_empty(&self) -> bool {
        [&self.cost_centre, &self.account, &self.product, &self.investment, &self.share, &self.note]
            .iter()
            .all(|value| value.is_empty())
    }

    /// A line as it was saved.
    #[must_use]
    pub fn saved(line: &Line, lang: Lang) -> Self {
        Self {
            share: split::in_field(line.amount_cents, lang),
            note: line.note.clone().unwrap_or_default(),
            ..Self::target(&line.target)
        }
    }

    fn target(target: &Target) -> Self {
        Self {
            cost_centre: target.cost_centre.clone(),
            account: target.account.clone(),
            product: target.product.clone(),
            investment: target.investment.clone().unwrap_or_default(),
            tax: target.tax.code().to_owned(),
            ..Self::default()
        }
    }
}

/// The lines of a suggestion, with the amount split as it was split before.
#[must_use]
pub fn suggested(suggestion: &Suggestion, total: i64, lang: Lang) -> Vec<Typed> {
    let weights: Vec<u64> = suggestion.parts.iter().map(|(_, weight)| *weight).collect();
    let amounts = split::distribute(total, &weights);
    let one = amounts.len() == 1;
    suggestion
        .parts
        .iter()
        .zip(amounts)
        .map(|((target, _), cents)| Typed {
            share: if one { String::new() } else { split::in_field(cents, lang) },
            ..Typed::target(target)
        })
        .collect()
}

/// Lines from the lines of the invoice: what each costs with its tax, drawn together so that they add up to the amount.
/// `parts` has the net amount in cents, the tax rate in hundredths of a percent, and the name of each line.
#[must_use]
pub fn per_line(parts: &[(i64, u32, String)], total: i64, lang: Lang) -> Vec<Typed> {
    let weights: Vec<u64> = parts
        .iter()
        .map(|(net, rate, _)| net.unsigned_abs().saturating_mul(10_000 + u64::from(*rate)) / 10_000)
        .collect();
    split::distribute(total, &weights)
        .into_iter()
        .zip(parts)
        .map(|(cents, (_, _, name))| Typed {
            share: split::in_field(cents, lang),
            note: name.chars().take(80).collect(),
            tax: Tax::None.code().to_owned(),
            ..Typed::default()
        })
        .collect()
}

/// Turns what was typed into lines.
///
/// # Errors
/// What is wrong, at its fields.
pub fn parse(typed: &[Typed], total: i64) -> Result<Vec<Line>, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut shares = Vec::with_capacity(typed.len());
    for (index, line) in typed.iter().enumerate() {
        for (name, value, list) in [
            ("cost_centre", &line.cost_centre, CodeList::CostCentre),
            ("account", &line.account, CodeList::Account),
            ("product", &line.product, CodeList::Product),
        ] {
            if value.is_empty() {
                let what = list.name();
                errors.push(FieldError::new(
                    format!("{name}-{}", index + 1),
                    Text::owned(
                        format!("Zeile {}: {} fehlt.", index + 1, what.de),
                        format!("Line {}: {} is missing.", index + 1, what.en),
                    ),
                ));
            }
        }
        match split::share(&line.share) {
            Some(share) => shares.push(share),
            None => {
                shares.push(Share::Rest);
                errors.push(FieldError::new(
                    format!("share-{}", index + 1),
                    Text::owned(
                        format!(
                            "Zeile {}: Schreiben Sie einen Betrag wie 119,00 oder einen Anteil wie 25 %.",
                            index + 1
                        ),
                        format!("Line {}: Write an amount like 119.00 or a share like 25%.", index + 1),
                    ),
                ));
            }
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let amounts =
        split::resolve(total, &shares).map_err(|mismatch| vec![FieldError::new("share-1", mismatch.text())])?;
    let optional = |text: &str| (!text.is_empty()).then(|| text.chars().take(200).collect::<String>());
    Ok(typed
        .iter()
        .zip(amounts)
        .map(|(line, amount_cents)| Line {
            target: Target {
                cost_centre: line.cost_centre.clone(),
                account: line.account.clone(),
                product: line.product.clone(),
                investment: optional(&line.investment),
                tax: Tax::parse(&line.tax).unwrap_or_default(),
            },
            amount_cents,
            note: optional(&line.note),
        })
        .collect())
}

/// What the form needs to know.
pub(crate) struct Form<'a> {
    pub lang: Lang,
    pub action: String,
    pub csrf: Markup,
    pub version: i64,
    pub total: i64,
    pub currency: &'a str,
    pub typed: &'a [Typed],
    pub codes: &'a [(CodeList, Vec<Code>)],
    pub suggestions: &'a [Suggestion],
    pub per_line: bool,
    pub errors: &'a [FieldError],
    pub here: String,
}

/// The form with its suggestions.
pub(crate) fn form(form: &Form<'_>) -> Markup {
    let lang = form.lang;
    let amount = format::amount(form.total, form.currency, lang);
    let empty = [Typed::default()];
    let typed = if form.typed.is_empty() { &empty[..] } else { form.typed };
    html! {
        (suggestions(form))
        form.form method="post" action=(form.action) id="coding" data-guard {
            (form.csrf)
            input type="hidden" name="version" value=(form.version);
            p { (lang.tr("Zu verteilen: ", "To be split: ")) strong.nowrap { (amount) } ". "
                span.faint { (lang.tr(
                    "Betrag, Anteil in Prozent, oder leer für den Rest.",
                    "An amount, a share in percent, or empty for the rest.")) } }
            @for (list, codes) in form.codes {
                @if !codes.is_empty() {
                    datalist id={ "codes-" (list.code()) } {
                        @for code in codes.iter().filter(|code| code.active) { option value=(code.code) { (code.name) } }
                    }
                }
            }
            @for (index, line) in typed.iter().enumerate() { (line_fields(form, index + 1, line, typed.len() > 1)) }
            div.form__actions {
                button.button.button--primary type="submit" name="do" value="save" { (lang.tr("Kontierung speichern", "Save coding")) }
                button.button.button--secondary type="submit" name="do" value="add" formnovalidate { (lang.tr("Zeile hinzufügen", "Add line")) }
                @if form.per_line {
                    a.button.button--quiet href={ (form.here) "?kontierung=positionen#coding" } {
                        (lang.tr("Nach Rechnungspositionen aufteilen", "Split by invoice lines"))
                    }
                }
            }
        }
    }
}

fn suggestions(form: &Form<'_>) -> Markup {
    let lang = form.lang;
    html! {
        @if !form.suggestions.is_empty() {
            div.stack--tight {
                h3 { (lang.tr("Vorschläge", "Suggestions")) }
                ul.stack--tight {
                    @for (index, suggestion) in form.suggestions.iter().enumerate() {
                        li.row.row--between {
                            span {
                                strong { (words(suggestion)) } br;
                                span.small.faint { (suggestion.why.get(lang)) " · " (lang.tr("Sicherheit", "confidence")) " " (suggestion.sure) " %" }
                            }
                            a.button.button--secondary.button--small href={ (form.here) "?vorschlag=" (index + 1) "#coding" } {
                                (lang.tr("Übernehmen", "Use"))
                                span.visually-hidden { ": " (words(suggestion)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn words(suggestion: &Suggestion) -> String {
    let parts = suggestion
        .parts
        .iter()
        .take(3)
        .map(|(target, _)| format!("{} / {} / {}", target.cost_centre, target.account, target.product));
    let mut text = parts.collect::<Vec<_>>().join(" + ");
    if suggestion.parts.len() > 3 {
        text.push_str(" + …");
    }
    text
}

fn line_fields(form: &Form<'_>, number: usize, line: &Typed, removable: bool) -> Markup {
    let lang = form.lang;
    let tax = if line.tax.is_empty() { Tax::None.code() } else { &line.tax };
    html! {
        fieldset.form__group {
            legend { (lang.tr("Buchungszeile", "Coding line")) " " (number) }
            div.form__row {
                (code_field(form, number, CodeList::CostCentre, &line.cost_centre))
                (code_field(form, number, CodeList::Account, &line.account))
                (code_field(form, number, CodeList::Product, &line.product))
            }
            div.form__row {
                (input(form, number, "share", lang.tr("Betrag oder %", "Amount or %"), &line.share, None, true))
                div.field {
                    label.label for={ "tax-" (number) } { (lang.tr("Steuer", "Tax")) }
                    select.input id={ "tax-" (number) } name="tax" {
                        @for choice in Tax::ALL {
                            option value=(choice.code()) selected[choice.code() == tax] { (choice.name().get(lang)) }
                        }
                    }
                }
            }
            details open[!line.investment.is_empty() || !line.note.is_empty()] {
                summary { (lang.tr("Investition und Buchungstext", "Investment and booking text")) }
                div.form__row {
                    (code_field(form, number, CodeList::Investment, &line.investment))
                    (input(form, number, "note", lang.tr("Buchungstext", "Booking text"), &line.note, None, true))
                }
            }
            @if removable {
                div.choice {
                    input type="checkbox" id={ "remove-" (number) } name="remove" value=(number);
                    label for={ "remove-" (number) } { (lang.tr("Diese Zeile entfernen", "Remove this line")) }
                }
            }
        }
    }
}

fn code_field(form: &Form<'_>, number: usize, list: CodeList, value: &str) -> Markup {
    let known = form.codes.iter().any(|(one, codes)| *one == list && !codes.is_empty());
    let datalist = known.then(|| format!("codes-{}", list.code()));
    let optional = list == CodeList::Investment;
    input(form, number, list.code(), list.name().get(form.lang), value, datalist.as_deref(), optional)
}

fn input(
    form: &Form<'_>,
    number: usize,
    name: &str,
    label: &str,
    value: &str,
    datalist: Option<&str>,
    optional: bool,
) -> Markup {
    let id = format!("{name}-{number}");
    let error = form.errors.iter().find(|error| error.field == id).map(|error| error.message.get(form.lang));
    html! {
        div class={ "field" @if error.is_some() { " field--error" } } {
            label.label for=(id) { (label) }
            input.input type="text" id=(id) name=(name) value=(value) list=[datalist] autocomplete="off"
                spellcheck="false" required[!optional] aria-invalid=[error.map(|_| "true")]
                aria-describedby=[error.map(|_| format!("{id}-error"))];
            @if let Some(error) = error { p.field__error id={ (id) "-error" } { (parts::icon(parts::Icon::Warning)) span { (error) } } }
        }
    }
}

/// The coding as a table, for those who only read it.
pub(crate) fn table(lang: Lang, lines: &[Line], currency: &str) -> Markup {
    use parts::Column;
    let mut table = parts::table(lang, "coding-table", lang.tr("Kontierung", "Coding")).columns([
        Column::text(lang.tr("Kostenstelle", "Cost centre")),
        Column::text(lang.tr("Sachkonto", "Account")),
        Column::text(lang.tr("Produkt", "Product")),
        Column::text(lang.tr("Steuer", "Tax")),
        Column::number(lang.tr("Betrag", "Amount")),
    ]);
    for line in lines {
        let target = &line.target;
        table = table.row([
            html! { (target.cost_centre) },
            html! { (target.account) },
            html! { (target.product) @if let Some(investment) = &target.investment { br; span.small.faint { (investment) } } },
            html! { (target.tax.name().get(lang)) @if let Some(note) = &line.note { br; span.small.faint { (note) } } },
            html! { (format::amount(line.amount_cents, currency, lang)) },
        ]);
    }
    html! { (table) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(cost_centre: &str, share: &str) -> Typed {
        Typed {
            cost_centre: cost_centre.to_owned(),
            account: "1".to_owned(),
            product: "2".to_owned(),
            share: share.to_owned(),
            ..Typed::default()
        }
    }

    #[test]
    fn what_was_typed_becomes_lines_that_add_up() {
        let lines = parse(&[typed("a", "25 %"), typed("b", "10,01"), typed("c", "")], 10_000).unwrap();
        assert_eq!(lines.iter().map(|line| line.amount_cents).collect::<Vec<_>>(), [2_500, 1_001, 6_499]);
        for line in &lines {
            assert_eq!(split::share(&Typed::saved(line, Lang::De).share), Some(Share::Cents(line.amount_cents)));
        }
    }

    #[test]
    fn errors_stand_at_their_fields() {
        let fields = |typed: &[Typed]| -> Vec<String> {
            parse(typed, 100).unwrap_err().into_iter().map(|error| error.field).collect()
        };
        assert_eq!(fields(&[typed("", "")]), ["cost_centre-1"]);
        assert_eq!(fields(&[typed("a", ""), typed("b", "viel")]), ["share-2"]);
        assert_eq!(fields(&[typed("a", "0,50")]), ["share-1"]);
        assert_eq!(fields(&[]), ["share-1"]);
    }

    #[test]
    fn lines_of_the_invoice_share_its_amount() {
        let parts = [(10_000, 1900, "Papier".to_owned()), (5_000, 700, "Buch".to_owned())];
        let lines = per_line(&parts, 17_250, Lang::De);
        assert_eq!(lines.iter().map(|line| line.share.as_str()).collect::<Vec<_>>(), ["119,00", "53,50"]);
    }
}
