//! The form above the list: what is asked often stands open, what is asked rarely is folded away.
//!
//! Invariant: the form only asks; sent without a change it leads to the same list.

use maud::{Markup, html};
use vir_auth::PersonKind;
use vir_web::format;
use vir_web::parts::{self, Choice};

use super::View;
use crate::invoice_row::{Channel, Direction, Verdict};
use crate::register::columns::Column;
use crate::register::filter::{Cents, Days, PersonChoice, UnitChoice};
use crate::register::sort::Sort;
use crate::workflow::deadline::Light;

impl View {
    /// The form.
    pub(super) fn filters(&self) -> Markup {
        let lang = self.lang;
        let filter = &self.query.filter;
        let flag = |value: Option<bool>| value.map_or("", |value| if value { "yes" } else { "no" });
        let yes_no = [Choice::new("yes", lang.tr("ja", "yes")), Choice::new("no", lang.tr("nein", "no"))];
        let any = lang.tr("alle", "any");
        let units = self.unit_choices();
        let unit = match filter.units.as_slice() {
            [UnitChoice::Unassigned] => "none",
            [UnitChoice::Unit(id)] => id.as_str(),
            _ => "",
        };
        let group = match &filter.person {
            Some(PersonChoice::Group(id)) => format!("group:{id}"),
            _ => String::new(),
        };
        let person = match &filter.person {
            Some(PersonChoice::Me) => "me",
            Some(PersonChoice::Nobody) => "none",
            Some(PersonChoice::Person(id)) => id.as_str(),
            Some(PersonChoice::Group(_)) => group.as_str(),
            None => "",
        };
        let mut people =
            vec![Choice::new("me", lang.tr("mir", "me")), Choice::new("none", lang.tr("niemandem", "nobody"))];
        let mut others: Vec<_> = self.names.directory.people.values().filter(|person| person.active).collect();
        others.retain(|person| person.kind == PersonKind::Human && person.id.as_str() != self.asking.me);
        others.sort_by(|one, other| one.name.cmp(&other.name));
        people.extend(others.into_iter().map(|person| Choice::new(person.id.as_str(), &person.name)));
        if let Some(PersonChoice::Person(id)) = &filter.person
            && !people.iter().any(|choice| choice.value == *id)
        {
            people.push(Choice::new(id, self.names.person(Some(id)).unwrap_or_default()));
        }
        let mut groups: Vec<_> = self.names.directory.groups.values().collect();
        groups.sort_by(|one, other| one.name.cmp(&other.name));
        people.extend(groups.into_iter().map(|group| {
            let label = lang.tr(format!("Gruppe {}", group.name), format!("Group {}", group.name));
            Choice::new(format!("group:{}", group.id), label)
        }));
        if !group.is_empty() && !people.iter().any(|choice| choice.value == group) {
            people.push(Choice::new(&group, lang.tr("einer Gruppe", "a group")));
        }
        let lights: Vec<Choice> = [Light::Red, Light::Yellow, Light::Green]
            .into_iter()
            .map(|light| Choice::new(light.code(), light.name().get(lang)))
            .collect();
        let channels: Vec<Choice> =
            Channel::ALL.iter().map(|channel| Choice::new(channel.text(), channel.name(lang))).collect();
        let verdicts: Vec<Choice> =
            Verdict::ALL.iter().map(|verdict| Choice::new(verdict.text(), verdict.name(lang))).collect();
        let directions: Vec<Choice> =
            Direction::ALL.iter().map(|direction| Choice::new(direction.text(), direction.name(lang))).collect();
        let date = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let range =
            |name: &'static str, de: (&'static str, &'static str), en: (&'static str, &'static str), days: Days| {
                let (from, to) = (date(days.from), date(days.to));
                html! {
                    (parts::date_field(lang, &format!("{name}_from"), lang.tr(de.0, en.0)).value(&from))
                    (parts::date_field(lang, &format!("{name}_to"), lang.tr(de.1, en.1)).value(&to))
                }
            };
        let cents = |cents: Option<i64>| cents.map(|cents| format::cents(cents, lang)).unwrap_or_default();
        let (least, most) = (cents(filter.amount.from), cents(filter.amount.to));
        let rarer = self.rarer();
        let fields = html! {
            (parts::search_field(lang, "q", lang.tr("Suchen", "Search")).value(filter.text.as_deref().unwrap_or_default())
                .placeholder(lang.tr("Rechnungssteller, Nummer, Bestellung, IBAN …", "Seller, number, order, IBAN …")))
            (parts::select(lang, "light", lang.tr("Frist", "Deadline"), &lights).value(filter.light.map_or("", Light::code)).empty(any))
            @if units.len() > 1 { (parts::select(lang, "unit", lang.tr("Organisationseinheit", "Unit"), &units).value(unit).empty(any)) }
            (parts::select(lang, "person", lang.tr("Zugewiesen", "Assigned to"), &people).value(person).empty(any))
            (parts::button(lang.tr("Anwenden", "Apply")))
            details.register-more open[rarer] {
                summary { (lang.tr("Weitere Filter", "More filters")) }
                div.form__row {
                    (parts::field(lang, "seller", lang.tr("Rechnungssteller beginnt mit", "Seller begins with")).value(filter.seller.as_deref().unwrap_or_default()))
                    (parts::field(lang, "number", lang.tr("Rechnungsnummer", "Invoice number")).value(filter.number.as_deref().unwrap_or_default()))
                    (parts::field(lang, "seller_id", lang.tr("USt-IdNr. oder Steuernummer", "VAT or tax number of the seller")).value(filter.seller_id.as_deref().unwrap_or_default()))
                    (parts::field(lang, "voucher", lang.tr("Belegnummer beginnt mit", "Voucher number begins with")).value(filter.voucher.as_deref().unwrap_or_default()))
                    (parts::amount_field(lang, "amount_from", lang.tr("Betrag von", "Amount from")).value(&least))
                    (parts::amount_field(lang, "amount_to", lang.tr("Betrag bis", "Amount to")).value(&most))
                    (range("received", ("Eingang von", "Eingang bis"), ("Received from", "Received until"), filter.received))
                    (range("issued", ("Rechnungsdatum von", "Rechnungsdatum bis"), ("Issued from", "Issued until"), filter.issued))
                    (range("due", ("Fällig von", "Fällig bis"), ("Due from", "Due until"), filter.due))
                    (range("discount", ("Skonto von", "Skonto bis"), ("Discount from", "Discount until"), filter.discount))
                    (parts::select(lang, "channel", lang.tr("Kanal", "Channel"), &channels).value(filter.channels.first().map_or("", |channel| channel.text())).empty(any))
                    (parts::select(lang, "verdict", lang.tr("Prüfung", "Check"), &verdicts).value(filter.verdict.map_or("", Verdict::text)).empty(any))
                    (parts::select(lang, "findings", lang.tr("Mit Befunden", "With findings"), &yes_no).value(flag(filter.findings)).empty(any))
                    (parts::select(lang, "hold", lang.tr("Angehalten", "On hold"), &yes_no).value(flag(filter.hold)).empty(any))
                    (parts::select(lang, "duplicate", lang.tr("Dublettenverdacht", "Possible duplicate"), &yes_no).value(flag(filter.duplicate)).empty(any))
                    (parts::select(lang, "direction", lang.tr("Richtung", "Direction"), &directions).value(filter.direction.text()))
                }
            }
            @if !filter.states.is_empty() {
                input type="hidden" name="state" value=(filter.states.iter().map(|state| state.text()).collect::<Vec<_>>().join(","));
            }
            @if self.query.sort != Sort::default() { input type="hidden" name="sort" value=(self.query.sort.text()); }
            @if self.begins_with.is_some() { input type="hidden" name="ansicht" value="alle"; }
            @if self.columns != self.usual { input type="hidden" name="columns" value=(Column::write(&self.columns)); }
        };
        parts::filter_bar(lang.tr("Rechnungen filtern", "Filter invoices"), "/rechnungen", "results", &fields)
    }

    /// Is one of the filters set that are folded away?
    fn rarer(&self) -> bool {
        let filter = &self.query.filter;
        filter.seller.is_some()
            || filter.seller_id.is_some()
            || filter.number.is_some()
            || filter.voucher.is_some()
            || filter.amount != Cents::default()
            || [filter.received, filter.issued, filter.due, filter.discount].iter().any(|days| !days.is_open())
            || !filter.channels.is_empty()
            || filter.verdict.is_some()
            || filter.findings.is_some()
            || filter.hold.is_some()
            || filter.duplicate.is_some()
            || filter.direction != Direction::Incoming
            || !self.errors.is_empty()
    }

    fn unit_choices(&self) -> Vec<Choice> {
        let lang = self.lang;
        let scope = &self.asking.scope;
        let mut choices = Vec::new();
        if scope.contains(None) {
            choices.push(Choice::new("none", lang.tr("nicht zugeordnet", "not assigned")));
        }
        for (depth, unit) in self.names.tree.in_order() {
            if scope.contains(Some(&unit.id)) {
                let indent = "\u{A0}\u{A0}".repeat(depth);
                choices.push(Choice::new(unit.id.as_str(), format!("{indent}{}", unit.name)));
            }
        }
        choices
    }
}
