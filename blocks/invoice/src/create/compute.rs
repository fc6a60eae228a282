//! From draft to invoice: sums, VAT breakdown, rounding.
//!
//! Invariant: BT-131 = BT-129 × BT-146 ÷ BT-149 − Σ BT-136 + Σ BT-141, BT-106 = Σ BT-131, and so on up to
//! BT-115; VAT is computed per category and rate from the sum, never per line.

use std::collections::BTreeMap;

use vir_core::Decimal;

use super::CreateError;
use super::draft::{AllowanceCharge, Draft, Line, Number, Party, Period, Vat};
use crate::identify::Profile;
use crate::model::{Bg, Bt, Component, Date, Group, Invoice, Kind, Value};
use vir_core::leitweg::LeitwegId;

/// Makes the invoice of a draft.
///
/// # Errors
/// Where something in the draft makes it impossible; see [`CreateError`].
pub fn invoice(draft: &Draft) -> Result<Invoice, CreateError> {
    if draft.lines.is_empty() {
        return Err(CreateError::NoLines);
    }
    let kind = Kind::from_type_code(&draft.r#type).unwrap_or(Kind::Invoice);
    let mut invoice = Invoice::new(kind);
    let root = &mut invoice.root;
    document(draft, root)?;
    root.add_group(seller(&draft.seller));
    root.add_group(buyer(&draft.buyer, draft.buyer_reference.as_deref()));
    delivery(draft, root)?;
    let mut sums = Sums::default();
    for (index, line) in draft.lines.iter().enumerate() {
        let group = line_group(index, line, &mut sums)?;
        root.add_group(group);
    }
    for (entries, group) in [(&draft.allowances, Bg::BG20), (&draft.charges, Bg::BG21)] {
        for entry in entries {
            root.add_group(document_level(entry, group, &mut sums));
        }
    }
    let due = totals(draft, root, &sums);
    payment(draft, root, &due);
    for attachment in &draft.attachments {
        let mut group = Group::new(Bg::BG24);
        group.set(Bt::BT122, &attachment.id);
        set(&mut group, Bt::BT123, attachment.description.as_deref());
        let file = Value::new(Bt::BT125, &attachment.base64)
            .with(Component::Mime, &attachment.mime)
            .with(Component::Filename, &attachment.filename);
        group.add(file);
        root.add_group(group);
    }
    Ok(invoice)
}

fn set(group: &mut Group, term: Bt, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        group.set(term, text);
    }
}

fn day(path: &'static str, text: &str) -> Result<String, CreateError> {
    match text.parse::<Date>() {
        Ok(date) => Ok(date.to_string()),
        Err(_) => Err(CreateError::Date { path, value: text.to_owned() }),
    }
}

fn document(draft: &Draft, root: &mut Group) -> Result<(), CreateError> {
    root.set(Bt::BT1, &draft.number);
    root.set(Bt::BT2, &day("issueDate", &draft.issue_date)?);
    root.set(Bt::BT3, &draft.r#type);
    root.set(Bt::BT5, &draft.currency);
    if let Some(due) = &draft.due_date {
        root.set(Bt::BT9, &day("dueDate", due)?);
    }
    if let Some(reference) = &draft.buyer_reference {
        if LeitwegId::looks_like(reference) {
            reference.parse::<LeitwegId>().map_err(CreateError::LeitwegId)?;
        }
        root.set(Bt::BT10, reference);
    }
    set(root, Bt::BT11, draft.project_reference.as_deref());
    set(root, Bt::BT12, draft.contract_reference.as_deref());
    set(root, Bt::BT13, draft.order_reference.as_deref());
    for (id, text) in &draft.terms {
        let term = Bt::from_id(id).filter(|term| term.group() == Bg::BG0 && root.value(*term).is_none());
        root.set(term.ok_or_else(|| CreateError::UnknownTerm { term: id.clone() })?, text);
    }
    let control = root.group_mut(Bg::BG2);
    control.set(Bt::BT23, draft.business_process.as_deref().unwrap_or("urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"));
    control.set(Bt::BT24, draft.specification.as_deref().unwrap_or(Profile::XRechnung.identifier()));
    for note in &draft.notes {
        let mut group = Group::new(Bg::BG1);
        group.set(Bt::BT22, note);
        root.add_group(group);
    }
    if let Some(number) = &draft.preceding_invoice {
        root.group_mut(Bg::BG3).set(Bt::BT25, number);
    }
    Ok(())
}

fn seller(party: &Party) -> Group {
    let mut group = Group::new(Bg::BG4);
    group.set(Bt::BT27, &party.name);
    set(&mut group, Bt::BT28, party.trading_name.as_deref());
    set(&mut group, Bt::BT30, party.registration.as_deref());
    set(&mut group, Bt::BT31, party.vat_id.as_deref());
    set(&mut group, Bt::BT32, party.tax_number.as_deref());
    let by_mail = party.contact.as_ref().and_then(|contact| contact.email.as_deref()).map(|mail| ("EM", mail));
    electronic_address(&mut group, Bt::BT34, party, by_mail);
    address(&mut group, Bg::BG5, party, [Bt::BT35, Bt::BT36, Bt::BT37, Bt::BT38, Bt::BT40]);
    contact(&mut group, Bg::BG6, party, [Bt::BT41, Bt::BT42, Bt::BT43]);
    group
}

fn buyer(party: &Party, reference: Option<&str>) -> Group {
    let mut group = Group::new(Bg::BG7);
    group.set(Bt::BT44, &party.name);
    set(&mut group, Bt::BT45, party.trading_name.as_deref());
    set(&mut group, Bt::BT47, party.registration.as_deref());
    set(&mut group, Bt::BT48, party.vat_id.as_deref());
    let by_reference = reference.filter(|reference| LeitwegId::looks_like(reference)).map(|id| ("0204", id));
    electronic_address(&mut group, Bt::BT49, party, by_reference);
    address(&mut group, Bg::BG8, party, [Bt::BT50, Bt::BT51, Bt::BT52, Bt::BT53, Bt::BT55]);
    contact(&mut group, Bg::BG9, party, [Bt::BT56, Bt::BT57, Bt::BT58]);
    group
}

fn electronic_address(group: &mut Group, term: Bt, party: &Party, otherwise: Option<(&str, &str)>) {
    let given = party.electronic_address.as_ref().map(|address| (address.scheme.as_str(), address.id.as_str()));
    if let Some((scheme, id)) = given.or(otherwise) {
        group.add(Value::new(term, id).with(Component::Scheme, scheme));
    }
}

fn address(group: &mut Group, kind: Bg, party: &Party, [street, additional, city, post_code, country]: [Bt; 5]) {
    let address = group.group_mut(kind);
    set(address, street, party.address.street.as_deref());
    set(address, additional, party.address.additional.as_deref());
    set(address, city, Some(&party.address.city));
    set(address, post_code, Some(&party.address.post_code));
    set(address, country, Some(&party.address.country));
}

fn contact(group: &mut Group, kind: Bg, party: &Party, [name, phone, mail]: [Bt; 3]) {
    if let Some(contact) = &party.contact {
        let group = group.group_mut(kind);
        group.set(name, &contact.name);
        set(group, phone, contact.phone.as_deref());
        set(group, mail, contact.email.as_deref());
    }
}

fn delivery(draft: &Draft, root: &mut Group) -> Result<(), CreateError> {
    let Some(delivery) = &draft.delivery else { return Ok(()) };
    let group = root.group_mut(Bg::BG13);
    if let Some(date) = &delivery.date {
        group.set(Bt::BT72, &day("delivery.date", date)?);
    }
    if let Some(when) = &delivery.period {
        group.add_group(period(when, Bg::BG14, [Bt::BT73, Bt::BT74])?);
    }
    Ok(())
}

fn period(period: &Period, kind: Bg, [from, to]: [Bt; 2]) -> Result<Group, CreateError> {
    let mut group = Group::new(kind);
    group.set(from, &day("period.from", &period.from)?);
    group.set(to, &day("period.to", &period.to)?);
    Ok(group)
}

/// What the lines, allowances and charges add up to.
#[derive(Default)]
struct Sums {
    lines: Decimal,
    allowances: Decimal,
    charges: Decimal,
    /// Taxable amount by category and rate, with the reason of an exemption.
    vat: BTreeMap<(String, Decimal), Taxable>,
}

/// What is taxed at one category and rate.
#[derive(Default)]
struct Taxable {
    amount: Decimal,
    exemption_reason: Option<String>,
    exemption_code: Option<String>,
}

impl Sums {
    fn tax(&mut self, vat: &Vat, amount: Decimal) {
        let key = (vat.category.clone(), vat.rate.0.normalized());
        let taxable = self.vat.entry(key).or_default();
        taxable.amount = taxable.amount.clone() + amount;
        taxable.exemption_reason = taxable.exemption_reason.take().or_else(|| vat.exemption_reason.clone());
        taxable.exemption_code = taxable.exemption_code.take().or_else(|| vat.exemption_code.clone());
    }
}

fn money(amount: &Decimal) -> Decimal {
    amount.round_half_up(2)
}

fn line_group(index: usize, line: &Line, sums: &mut Sums) -> Result<Group, CreateError> {
    let mut group = Group::new(Bg::BG25);
    match &line.id {
        Some(id) => group.set(Bt::BT126, id),
        None => group.set(Bt::BT126, &(index + 1).to_string()),
    }
    set(&mut group, Bt::BT127, line.note.as_deref());
    group.set(Bt::BT129, &line.quantity.0.to_string());
    group.set(Bt::BT130, &line.unit);
    set(&mut group, Bt::BT132, line.order_line.as_deref());
    let per = line.price_quantity.as_ref().map_or(Decimal::ONE, |quantity| quantity.0.clone());
    let gross = (line.quantity.0.clone() * line.price.0.clone()).div(&per).filter(|_| !per.is_negative());
    let mut net = money(&gross.ok_or(CreateError::PriceQuantity { line: index })?);
    for entry in &line.allowances {
        let amount = amount(entry);
        group.add_group(line_level(entry, &amount, Bg::BG27, [Bt::BT136, Bt::BT137, Bt::BT138, Bt::BT139]));
        net = net - amount;
    }
    for entry in &line.charges {
        let amount = amount(entry);
        group.add_group(line_level(entry, &amount, Bg::BG28, [Bt::BT141, Bt::BT142, Bt::BT143, Bt::BT144]));
        net = net + amount;
    }
    group.set(Bt::BT131, &money(&net).to_string());
    if let Some(when) = &line.period {
        group.add_group(period(when, Bg::BG26, [Bt::BT134, Bt::BT135])?);
    }
    let price = group.group_mut(Bg::BG29);
    price.set(Bt::BT146, &line.price.0.to_string());
    if line.price_quantity.is_some() {
        price.set(Bt::BT149, &per.to_string());
        price.set(Bt::BT150, &line.unit);
    }
    let vat = group.group_mut(Bg::BG30);
    vat.set(Bt::BT151, &line.vat.category);
    if line.vat.category != "O" {
        vat.set(Bt::BT152, &line.vat.rate.0.to_string());
    }
    let item = group.group_mut(Bg::BG31);
    item.set(Bt::BT153, &line.name);
    set(item, Bt::BT154, line.description.as_deref());
    set(item, Bt::BT155, line.article.as_deref());
    sums.lines = sums.lines.clone() + net.clone();
    sums.tax(&line.vat, net);
    Ok(group)
}

/// The amount of an allowance or charge: as given, or computed from percentage and base.
fn amount(entry: &AllowanceCharge) -> Decimal {
    let computed = || {
        let (percent, base) = (entry.percent.as_ref()?, entry.base.as_ref()?);
        Some(percent.0.clone() * base.0.clone() * Decimal::new(1, 2))
    };
    money(&entry.amount.as_ref().map(|amount| amount.0.clone()).or_else(computed).unwrap_or_default())
}

fn line_level(entry: &AllowanceCharge, amount: &Decimal, kind: Bg, [value, base, percent, reason]: [Bt; 4]) -> Group {
    let mut group = Group::new(kind);
    group.set(value, &amount.to_string());
    number(&mut group, base, entry.base.as_ref());
    number(&mut group, percent, entry.percent.as_ref());
    set(&mut group, reason, Some(&entry.reason));
    group
}

fn number(group: &mut Group, term: Bt, number: Option<&Number>) {
    set(group, term, number.map(|number| number.0.to_string()).as_deref());
}

fn document_level(entry: &AllowanceCharge, kind: Bg, sums: &mut Sums) -> Group {
    let standard =
        Vat { category: "S".to_owned(), rate: Number::default(), exemption_reason: None, exemption_code: None };
    let vat = entry.vat.as_ref().unwrap_or(&standard);
    let amount = amount(entry);
    let (terms, category, rate) = if kind == Bg::BG20 {
        sums.allowances = sums.allowances.clone() + amount.clone();
        sums.tax(vat, -amount.clone());
        ([Bt::BT92, Bt::BT93, Bt::BT94, Bt::BT97], Bt::BT95, Bt::BT96)
    } else {
        sums.charges = sums.charges.clone() + amount.clone();
        sums.tax(vat, amount.clone());
        ([Bt::BT99, Bt::BT100, Bt::BT101, Bt::BT104], Bt::BT102, Bt::BT103)
    };
    let mut group = line_level(entry, &amount, kind, terms);
    group.set(category, &vat.category);
    if vat.category != "O" {
        group.set(rate, &vat.rate.0.to_string());
    }
    group
}

/// Writes totals and VAT breakdown and gives the amount due.
fn totals(draft: &Draft, root: &mut Group, sums: &Sums) -> Decimal {
    let net = sums.lines.clone() - sums.allowances.clone() + sums.charges.clone();
    let mut tax = Decimal::ZERO;
    for ((category, rate), taxable) in &sums.vat {
        let due = money(&(taxable.amount.clone() * rate.clone() * Decimal::new(1, 2)));
        tax = tax + due.clone();
        let mut group = Group::new(Bg::BG23);
        group.set(Bt::BT116, &money(&taxable.amount).to_string());
        group.set(Bt::BT117, &due.to_string());
        group.set(Bt::BT118, category);
        // XRechnung wants a rate for every category (BR-DE-14), also for "outside the scope".
        group.set(Bt::BT119, &rate.to_string());
        set(&mut group, Bt::BT120, taxable.exemption_reason.as_deref());
        set(&mut group, Bt::BT121, taxable.exemption_code.as_deref());
        root.add_group(group);
    }
    let paid = draft.paid.as_ref().map(|paid| money(&paid.0));
    let gross = net.clone() + tax.clone();
    let due = gross.clone() - paid.clone().unwrap_or_default();
    let group = root.group_mut(Bg::BG22);
    let mut add = |term: Bt, amount: &Decimal| group.set(term, &money(amount).to_string());
    add(Bt::BT106, &sums.lines);
    if !draft.allowances.is_empty() {
        add(Bt::BT107, &sums.allowances);
    }
    if !draft.charges.is_empty() {
        add(Bt::BT108, &sums.charges);
    }
    add(Bt::BT109, &net);
    add(Bt::BT110, &tax);
    add(Bt::BT112, &gross);
    if let Some(paid) = &paid {
        add(Bt::BT113, paid);
    }
    add(Bt::BT115, &due);
    due
}

fn payment(draft: &Draft, root: &mut Group, due: &Decimal) {
    let Some(payment) = &draft.payment else { return };
    let mut terms = payment.terms.clone().unwrap_or_default();
    for skonto in &payment.skonto {
        if !terms.is_empty() && !terms.ends_with('\n') {
            terms.push('\n');
        }
        let percent = skonto.percent.0.round_half_up(2);
        terms.push_str(&format!("#SKONTO#TAGE={}#PROZENT={percent}", skonto.days));
        if let Some(base) = skonto.base.as_ref().map(|base| money(&base.0)).filter(|base| base != due) {
            terms.push_str(&format!("#BASISBETRAG={base}"));
        }
        terms.push_str("#\n");
    }
    set(root, Bt::BT20, Some(&terms));
    let group = root.group_mut(Bg::BG16);
    group.set(Bt::BT81, &payment.means);
    set(group, Bt::BT83, payment.reference.as_deref());
    if let Some(iban) = &payment.iban {
        let compact: String = iban.chars().filter(|c| !c.is_whitespace()).collect();
        let transfer = group.group_mut(Bg::BG17);
        transfer.set(Bt::BT84, &compact);
        set(transfer, Bt::BT85, payment.account_name.as_deref());
        set(transfer, Bt::BT86, payment.bic.as_deref());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn draft(lines: &str) -> Draft {
        Draft::from_json(&format!(
            r#"{{"number": "R-1", "issueDate": "2026-11-22", "lines": {lines},
                "seller": {{"name": "S", "address": {{"city": "C", "postCode": "1"}}}},
                "buyer": {{"name": "B", "address": {{"city": "C", "postCode": "1"}}}}}}"#
        ))
        .unwrap()
    }

    fn total(invoice: &Invoice, term: Bt) -> String {
        invoice.root.group(Bg::BG22).unwrap().text(term).unwrap().to_owned()
    }

    #[test]
    fn vat_is_computed_from_the_sum_and_not_per_line() {
        let lines = r#"[{"name": "a", "quantity": 1, "price": "0.33", "vat": {"rate": 19}},
                        {"name": "b", "quantity": 1, "price": "0.33", "vat": {"rate": "19.0"}}]"#;
        let invoice = invoice(&draft(lines)).unwrap();
        // 0.66 × 19 % = 0.1254; per line it would be 2 × 0.06.
        assert_eq!(total(&invoice, Bt::BT110), "0.13");
        assert_eq!(total(&invoice, Bt::BT115), "0.79");
        assert_eq!(invoice.root.groups_of(Bg::BG23).count(), 1);
    }

    #[test]
    fn what_makes_an_invoice_impossible_is_said() {
        let mut bad = draft(r#"[{"name": "a", "quantity": 1, "price": 1, "priceQuantity": 0, "vat": {"rate": 19}}]"#);
        assert!(invoice(&bad).unwrap_err().to_string().starts_with("lines[0].priceQuantity"));
        bad.lines.clear();
        assert!(matches!(invoice(&bad), Err(CreateError::NoLines)));
        let mut bad = draft(r#"[{"name": "a", "quantity": 1, "price": 1, "vat": {"rate": 19}}]"#);
        bad.buyer_reference = Some("04011000-12345-99".to_owned());
        assert!(matches!(invoice(&bad), Err(CreateError::LeitwegId(_))));
        bad.buyer_reference = None;
        bad.issue_date = "22.11.2026".to_owned();
        assert!(invoice(&bad).unwrap_err().to_string().contains("2026-12-31"));
    }

    proptest! {
        #[test]
        fn sums_add_up(prices in prop::collection::vec((1_i64..1_000_000, 1_i64..1000, 0_usize..3), 1..20)) {
            let rates = ["19", "7", "0"];
            let lines: Vec<String> = prices.iter().map(|(price, quantity, rate)| format!(
                r#"{{"name": "x", "quantity": {quantity}, "price": "{}", "vat": {{"rate": {}}}}}"#,
                Decimal::new((*price).into(), 4), rates[*rate]
            )).collect();
            let invoice = invoice(&draft(&format!("[{}]", lines.join(",")))).unwrap();
            let number = |term: Bt| total(&invoice, term).parse::<Decimal>().unwrap();
            let net: Decimal = invoice.root.groups_of(Bg::BG25).map(|line| line.number(Bt::BT131).unwrap()).sum();
            let tax: Decimal = invoice.root.groups_of(Bg::BG23).map(|vat| vat.number(Bt::BT117).unwrap()).sum();
            prop_assert_eq!(&net, &number(Bt::BT106));
            prop_assert_eq!(&tax, &number(Bt::BT110));
            prop_assert_eq!(net + tax, number(Bt::BT115));
        }
    }
}
