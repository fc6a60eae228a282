//! Words and badges that several pages share.

use vir_archive::lifecycle::plan::Confidentiality;
use vir_archive::lifecycle::term::{End, Rule, Start, Version};
use vir_archive::lifecycle::{Day, PersonId, State, Who};
use vir_auth::Directory;
use vir_core::Lang;
use vir_web::parts::{self, Tone};
use vir_web::{Markup, format, html};

/// The badge of a state.
#[must_use]
pub fn state_badge(state: State, lang: Lang) -> Markup {
    let tone = match state {
        State::InWork => Tone::Info,
        State::Closed | State::Offered | State::HandedOver => Tone::Neutral,
        State::Stored | State::Appraised => Tone::Good,
        State::Deleted => Tone::Bad,
    };
    parts::badge(tone, state.name().get(lang))
}

/// Who it was, by name.
#[must_use]
pub fn who(who: &Who, directory: &Directory, lang: Lang) -> String {
    let known = |person: &PersonId| directory.name_of(&vir_auth::PersonId::from(person.0.as_str())).to_owned();
    match who {
        Who::Program { .. } => lang.tr("Programm", "program").to_owned(),
        Who::Person { person, deputy_for: None } => known(person),
        Who::Person { person, deputy_for: Some(other) } => lang.tr(
            format!("{} in Vertretung für {}", known(person), known(other)),
            format!("{} as deputy of {}", known(person), known(other)),
        ),
    }
}

/// The state of that name.
pub fn state(code: &str) -> Option<State> {
    State::ALL.into_iter().find(|state| serde_json::to_value(state).is_ok_and(|value| value == code))
}

/// A badge for what is not open.
pub fn confidentiality_badge(class: Confidentiality, lang: Lang) -> Markup {
    html! { @if class != Confidentiality::Open { " " (parts::badge(Tone::Careful, class.name().get(lang))) } }
}

/// A day as people write it.
pub fn day(day: Day, lang: Lang) -> String {
    format::iso_date(&day.to_string(), lang)
}

/// Where a term ends.
pub fn end(end: Option<End<'_>>, lang: Lang) -> String {
    match end {
        None => lang.tr("keine Regel", "no rule").to_owned(),
        Some(End::On { day: last }) => day(last, lang),
        Some(other) => other.text().get(lang).to_owned(),
    }
}

/// What a version of a rule says, in a few words.
pub fn rule(version: &Version, lang: Lang) -> String {
    let Rule::Term { period, start } = &version.rule else {
        return lang.tr("dauernd", "permanently").to_owned();
    };
    let mut length = Vec::new();
    if period.years > 0 {
        length.push(match period.years {
            1 => lang.tr("1 Jahr", "1 year").to_owned(),
            years => lang.tr(format!("{years} Jahre"), format!("{years} years")),
        });
    }
    if period.months > 0 {
        length.push(lang.tr(format!("{} Monate", period.months), format!("{} months", period.months)));
    }
    let length = if length.is_empty() { lang.tr("0 Jahre", "0 years").to_owned() } else { length.join(" ") };
    match start {
        Start::YearEnd => lang.tr(format!("{length} ab Jahresende"), format!("{length} from the end of the year")),
        Start::Closing => lang.tr(format!("{length} ab z.d.A."), format!("{length} from closing")),
        Start::NewYearAfter { event } => {
            lang.tr(format!("{length} ab 1. Januar nach „{event}“"), format!("{length} from 1 January after “{event}”"))
        }
        Start::DayOf { event } => lang.tr(format!("{length} ab „{event}“"), format!("{length} from “{event}”")),
    }
}
