//! Each rule with its cases.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use super::*;

fn certified() -> Standing {
    let mut standing = Standing::initial(State::Received);
    for (kind, who) in [(Kind::Code, "coder"), (Kind::CertifySubstance, "sub"), (Kind::CertifyArithmetic, "ari")] {
        standing = standing.after(kind, &Act::own(who), None).unwrap();
    }
    standing
}

fn case<'a>(kind: Kind, act: &'a Act, standing: &'a Standing) -> Case<'a> {
    Case {
        kind,
        act,
        standing,
        amount_cents: 100_000,
        limit: OrderLimit::Unlimited,
        higher: None,
        four_eyes_from: None,
        has_unit: true,
        outgoing: false,
        has_errors: false,
        may_be_duplicate: false,
        is_duplicate: false,
        reason: None,
        order_left: None,
        released_by_another: false,
        retained_share: None,
    }
}

fn check(case: &Case<'_>, expect: &[&str]) {
    let found: Vec<_> = judge(case).iter().map(|objection| objection.rule.id).collect();
    assert_eq!(found, expect, "{:?} by {:?}", case.kind, case.act);
}

#[test]
fn who_orders_must_not_pay_not_even_as_a_deputy() {
    let ordered = certified().after(Kind::Order, &Act::deputy("boss", "chief"), None).unwrap();
    for (act, expect) in [
        (Act::own("cashier"), &[][..]),
        (Act::own("boss"), &["KomHKVO-42-5"]),
        (Act::own("chief"), &["KomHKVO-42-5"]),
        (Act::deputy("cashier", "chief"), &["KomHKVO-42-5"]),
        (Act::deputy("boss", "cashier"), &["KomHKVO-42-5"]),
    ] {
        for kind in [Kind::HandOver, Kind::Pay] {
            check(&case(kind, &act, &ordered), expect);
        }
    }
    let handed = ordered.after(Kind::HandOver, &Act::own("cashier"), None).unwrap();
    let back = handed.after(Kind::HandOverFailed, &Act::own("cashier"), None).unwrap();
    let again = back.after(Kind::Return, &Act::own("boss"), Some(State::Certified)).unwrap();
    check(&case(Kind::Order, &Act::own("cashier"), &again), &["KomHKVO-42-5"]);
    let boss = Act::own("boss");
    check(&case(Kind::HandOver, &boss, &again), &["KomHKVO-42-5"]);
}

#[test]
fn a_certifier_does_not_pay_alone() {
    let ordered = certified().after(Kind::Order, &Act::own("boss"), None).unwrap();
    for (act, expect) in [
        (Act::own("cashier"), &[][..]),
        (Act::own("coder"), &[]),
        (Act::own("sub"), &["KomHKVO-42-5-3"]),
        (Act::own("ari"), &["KomHKVO-42-5-3"]),
        (Act::deputy("cashier", "ari"), &["KomHKVO-42-5-3"]),
    ] {
        let mut alone = case(Kind::HandOver, &act, &ordered);
        check(&alone, expect);
        alone.released_by_another = true;
        check(&alone, &[]);
        // That the bank has paid is noted by anybody of the cash office.
        let handed = ordered.after(Kind::HandOver, &Act::own("cashier"), None).unwrap();
        check(&case(Kind::Pay, &act, &handed), &[]);
    }
}

#[test]
fn a_certifier_who_orders_is_warned() {
    let standing = certified();
    for (act, expect) in [
        (Act::own("boss"), &[][..]),
        (Act::own("coder"), &[]),
        (Act::own("sub"), &["KomHKVO-42-4"]),
        (Act::own("ari"), &["KomHKVO-42-4"]),
        (Act::deputy("boss", "sub"), &["KomHKVO-42-4"]),
    ] {
        check(&case(Kind::Order, &act, &standing), expect);
    }
}

#[test]
fn limits_and_four_eyes() {
    let standing = certified();
    let boss = Act::own("boss");
    let mut over = case(Kind::Order, &boss, &standing);
    over.limit = OrderLimit::UpTo(99_999);
    over.higher = Some("Frau Amtsleitung");
    check(&over, &["order-limit"]);
    assert!(judge(&over)[0].why.de.contains("Frau Amtsleitung"));
    over.limit = OrderLimit::UpTo(100_000);
    check(&over, &[]);
    over.amount_cents = -100_001;
    check(&over, &["order-limit"]);

    let mut two = case(Kind::Order, &boss, &standing);
    two.four_eyes_from = Some(100_000);
    check(&two, &["four-eyes"]);
    assert_eq!(next_order(&standing, 100_000, Some(100_000)), Kind::OrderFirst);
    assert_eq!(next_order(&standing, 99_999, Some(100_000)), Kind::Order);
    let first = standing.after(Kind::OrderFirst, &boss, None).unwrap();
    assert_eq!(next_order(&first, 100_000, Some(100_000)), Kind::Order);
    let other = Act::own("chief");
    for (act, expect) in [(&boss, &["four-eyes"][..]), (&other, &[]), (&Act::deputy("chief", "boss"), &["four-eyes"])] {
        let mut second = case(Kind::Order, act, &first);
        second.four_eyes_from = Some(100_000);
        check(&second, expect);
    }
}

#[test]
fn rules_of_the_matter() {
    let received = Standing::initial(State::Received);
    let coded = received.after(Kind::Code, &Act::own("coder"), None).unwrap();
    let clerk = Act::own("clerk");
    let mut homeless = case(Kind::Code, &clerk, &received);
    homeless.has_unit = false;
    check(&homeless, &["unit"]);
    homeless.kind = Kind::Forward;
    check(&homeless, &[]);
    let mut wrong = case(Kind::CertifyArithmetic, &clerk, &coded);
    wrong.has_errors = true;
    wrong.may_be_duplicate = true;
    check(&wrong, &["valid-invoice"]);
    wrong.kind = Kind::CertifySubstance;
    check(&wrong, &["duplicate"]);
    wrong.is_duplicate = true;
    check(&wrong, &["known-duplicate"]);
    check(&case(Kind::Order, &clerk, &coded), &["KomHKVO-42-3"]);
    let mut why = case(Kind::Reject, &clerk, &coded);
    check(&why, &["reason"]);
    why.reason = Some(" .- ");
    check(&why, &["reason"]);
    why.reason = Some("Falsche Menge");
    check(&why, &[]);
}

#[test]
fn every_rule_has_its_texts_once() {
    let mut ids: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        for text in [rule.source, rule.text] {
            assert!(!text.de.is_empty() && !text.en.is_empty() && !text.de.contains('|'), "{}", rule.id);
        }
    }
}
