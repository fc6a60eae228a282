//! What an answer should have been, and what it must not say.
//!
//! Invariant: the judge knows the rights of who asks and whose the things are, and nothing else.

use std::collections::{HashMap, HashSet};

use super::rights::{self, ADMINISTER, ARCHIVE_SEE, AUDIT, CODE, CONFIGURE, FIGURES, PAY, RECEIVE, SEE, SEND};
use super::routes::{Need, Route};
use super::world::{Caller, Kind, TENANTS, Thing};

/// What is expected, or what came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Nobody is signed in.
    Unknown,
    /// They may not.
    Refused,
    /// It does not exist, or not for them.
    Missing,
    /// They may; also where something about the request is wrong.
    Allowed,
    /// Too often.
    Rate,
    /// The server broke.
    Broken,
}

use Outcome::{Allowed, Broken, Missing, Rate, Refused, Unknown};

/// Outside of everything that asks who somebody is.
const BARE: [&str; 6] = ["/assets/{word}", "/favicon.ico", "/robots.txt", "/health/live", "/health/ready", "/metrics"];

/// What an answer was.
pub fn seen(status: u16, location: &str) -> Outcome {
    match status {
        401 => Unknown,
        303 if location.starts_with("/anmelden") => Unknown,
        403 => Refused,
        404 => Missing,
        429 => Rate,
        500.. => Broken,
        _ => Allowed,
    }
}

fn known(caller: &Caller, outcomes: &[Outcome]) -> Vec<Outcome> {
    if caller.is_known() { outcomes.to_vec() } else { vec![Unknown] }
}

/// Which answers are right. `target` is what the address names: none where it invents something.
pub fn right(route: &Route, caller: &Caller, target: Option<&Thing>, tenant: Option<usize>) -> Vec<Outcome> {
    if caller.is_token() && !caller.is_known() && !BARE.contains(&route.path) {
        return vec![Unknown, Rate];
    }
    let names_something = route.path.contains('{') && !route.path.contains("{word}");
    let here = target.filter(|thing| Some(thing.tenant) == caller.tenant);
    let there = |may: bool| match (may, names_something, here) {
        (false, ..) => vec![Refused],
        // Who may is sent to something that does not exist, and is told so in one way or another.
        (true, ..) if route.harms => vec![Allowed, Missing],
        (true, true, None) => vec![Missing],
        (true, ..) => vec![Allowed],
    };
    let rights = &caller.rights;
    let mut right = match route.need {
        Need::Open => vec![Allowed],
        Need::Visit => vec![Unknown, Refused, Missing, Allowed, Rate],
        Need::Secret => match (tenant, route.path.contains("{draft}"), target) {
            (None, ..) => vec![Missing],
            (Some(_), false, _) => vec![Allowed, Rate],
            (Some(tenant), true, Some(draft)) if draft.tenant == tenant => vec![Allowed, Rate],
            (Some(_), true, _) => vec![Missing, Rate],
        },
        Need::Known => known(caller, &[Allowed]),
        Need::Browser if caller.is_token() => vec![Refused, Missing, Allowed, Rate],
        // Guessing the old password is slowed down, too.
        Need::Browser => known(caller, &[Allowed, Rate]),
        _ if !caller.is_known() => vec![Unknown],
        Need::Anywhere(permission) => there(rights::anywhere(rights, permission)),
        Need::Everywhere(permission) => there(rights::everywhere(rights, permission)),
        Need::EitherEverywhere(one, other) => {
            there(rights::everywhere(rights, one) || rights::everywhere(rights, other))
        }
        Need::Invoice(permissions) => match here.map(|thing| thing.units[0]) {
            Some(unit) if rights::may(rights, SEE, unit) => {
                let may = permissions.iter().any(|permission| rights::may(rights, permission, unit));
                vec![if may { Allowed } else { Refused }]
            }
            _ => vec![Missing],
        },
        Need::Record(permissions) => match here.map(|thing| thing.units[0]) {
            Some(unit) if rights::may(rights, ARCHIVE_SEE, unit) => {
                let may = permissions.iter().any(|permission| rights::may(rights, permission, unit));
                vec![if may { Allowed } else { Refused }]
            }
            _ => vec![Missing],
        },
        Need::AllUnits(permission) => {
            let may = here.is_some_and(|thing| thing.units.iter().all(|unit| rights::may(rights, permission, *unit)));
            match (may, rights::anywhere(rights, permission)) {
                (true, _) => vec![Allowed],
                (false, true) => vec![Missing],
                (false, false) => vec![Refused, Missing],
            }
        }
        Need::Import if !rights::anywhere(rights, RECEIVE) => vec![Refused],
        Need::Import => match here {
            Some(thing) if thing.owner.as_ref() == Some(&caller.person) || rights::everywhere(rights, SEE) => {
                vec![Allowed]
            }
            _ => vec![Missing],
        },
        Need::OwnWith(permission) if !rights::anywhere(rights, permission) => vec![Refused, Missing],
        // Only such as are not one's own are sent.
        Need::Own | Need::OwnWith(_) => vec![Missing],
    };
    if right.contains(&Allowed) && route.may_lack {
        right.push(Missing);
    }
    right
}

/// May they read what carries this mark, at this address?
fn may_read(caller: &Caller, path: &str, (tenant, kind, unit): (usize, char, usize)) -> bool {
    let rights = &caller.rights;
    // The supplier's own draft, by its secret address.
    if kind == 'D' {
        return path.starts_with(&format!("/o/{}/", TENANTS.get(tenant).unwrap_or(&"")));
    }
    if caller.tenant != Some(tenant) {
        return false;
    }
    if rights::everywhere(rights, AUDIT) && path.starts_with("/verwaltung/protokoll") {
        return true;
    }
    let paying = path.starts_with("/uebergabe")
        || path.starts_with("/api/v1/payment-runs")
        || path.starts_with("/api/v1/posting-batches");
    match kind {
        'P' => true,
        'T' => rights::everywhere(rights, ADMINISTER) || path.starts_with("/konto/token"),
        'A' => rights::everywhere(rights, ADMINISTER),
        'C' => rights::everywhere(rights, CONFIGURE),
        'Y' => rights::anywhere(rights, PAY) || rights::everywhere(rights, CONFIGURE),
        'O' => rights::anywhere(rights, SEND),
        'M' => rights::everywhere(rights, CODE),
        // Whose import it is, its address was judged by; in lists only one's own stand.
        'I' => rights::anywhere(rights, RECEIVE),
        'R' => rights::may(rights, ARCHIVE_SEE, unit),
        'U' => {
            rights::may(rights, SEE, unit)
                || (paying && rights::may(rights, PAY, unit))
                || (path.starts_with("/auswertungen") && rights::may(rights, FIGURES, unit))
        }
        _ => false,
    }
}

/// May they learn that this is there, at this address?
fn may_know(caller: &Caller, path: &str, thing: &Thing) -> bool {
    let rights = &caller.rights;
    if thing.kind == Kind::Tenant {
        return true;
    }
    if caller.tenant != Some(thing.tenant) {
        return false;
    }
    if rights::everywhere(rights, AUDIT) && path.starts_with("/verwaltung/protokoll") {
        return true;
    }
    let in_all = |permission| thing.units.iter().all(|unit| rights::may(rights, permission, *unit));
    match thing.kind {
        // A duplicate names the earlier one, which is elsewhere perhaps: its number, and nothing of it.
        Kind::Invoice => {
            in_all(SEE) || in_all(PAY) || path.starts_with("/api/v1/invoices") || path.starts_with("/rechnungen/")
        }
        Kind::Record => in_all(ARCHIVE_SEE),
        Kind::Run | Kind::Batch => in_all(PAY),
        Kind::Import => rights::everywhere(rights, SEE) || thing.owner.as_ref() == Some(&caller.person),
        Kind::Webhook | Kind::Delivery | Kind::Grant => rights::everywhere(rights, ADMINISTER),
        Kind::Session => thing.owner.as_ref() == Some(&caller.person),
        Kind::Token => rights::everywhere(rights, ADMINISTER) || thing.owner.as_ref() == Some(&caller.person),
        Kind::Rule | Kind::Mailbox => rights::everywhere(rights, CONFIGURE),
        Kind::Mail => rights::everywhere(rights, CODE),
        Kind::Account => rights::anywhere(rights, PAY) || rights::everywhere(rights, CONFIGURE),
        Kind::Own => rights::anywhere(rights, SEND),
        _ => true,
    }
}

/// What of an answer this caller should not have been told.
pub fn told_too_much(
    caller: &Caller,
    path: &str,
    sent: &str,
    body: &[u8],
    things: &HashMap<String, Thing>,
) -> Option<String> {
    for mark in super::world::marks(body) {
        let text = super::world::mark(mark.0 % 26, mark.1, mark.2);
        if !sent.contains(&text) && !may_read(caller, path, mark) {
            return Some(format!("shows the mark {text}"));
        }
    }
    let mut met = HashSet::new();
    for window in body.windows(36).filter(|w| w[8] == b'-' && w[13] == b'-' && w[18] == b'-' && w[23] == b'-') {
        let Ok(id) = std::str::from_utf8(window) else { continue };
        if let Some(thing) = things.get(id)
            && met.insert(id)
            && !sent.contains(id)
            && !may_know(caller, path, thing)
        {
            return Some(format!(
                "names the {:?} {id} of {} (units {:?})",
                thing.kind, TENANTS[thing.tenant], thing.units
            ));
        }
    }
    None
}
