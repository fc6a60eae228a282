//! Accounts, sessions, links, tokens and changes of rights, on a real store.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::civil::date;
use vir_auth::{
    ADMINISTER, By, DefaultRole, Error, Limit, NewPerson, NewToken, PersonKind, To, UnitScope, leitweg_ids,
};
use vir_core::Lang;

use crate::support::{PASSWORD, empty, founding, town};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

#[tokio::test]
pub async fn a_link_sets_one_tenant_up() {
    let (auth, store, clock, folder) = empty().await;
    let first = auth.setup_link().await.unwrap();
    let link = auth.setup_link().await.unwrap();
    assert!(!auth.is_setup_link(&first.token).await.unwrap(), "an earlier link stops working");
    assert!(auth.is_setup_link(&link.token).await.unwrap());

    let weak = auth.set_up(&link.token, founding(), "musterdorf2026", FIREFOX).await;
    assert!(matches!(weak, Err(Error::Invalid { field: "password", .. })));
    let mut wrong = founding();
    wrong.profile.leitweg_ids = leitweg_ids("991-33333TEST-34");
    let wrong = auth.set_up(&link.token, wrong, PASSWORD, FIREFOX).await;
    assert!(matches!(wrong, Err(Error::Invalid { field: "leitweg_ids", .. })));

    let signed_in = auth.set_up(&link.token, founding(), PASSWORD, FIREFOX).await.unwrap();
    let chief = signed_in.principal;
    assert_eq!(chief.tenant.as_str(), "musterdorf");
    assert!(chief.may_everywhere(ADMINISTER));
    assert!(!chief.may_anywhere("invoice.see"), "whoever administers does not thereby see invoices");
    assert_eq!(auth.profile(&chief.tenant).await.unwrap().leitweg_ids, ["991-33333TEST-33"]);
    assert_eq!(auth.directory(&chief.tenant).await.unwrap().tree.len(), 1);
    assert!(auth.session(&signed_in.cookie).await.unwrap().is_some());

    assert!(matches!(auth.set_up(&link.token, founding(), PASSWORD, FIREFOX).await, Err(Error::Link)));
    let late = auth.setup_link().await.unwrap();
    clock.advance(SignedDuration::from_hours(25));
    assert!(matches!(auth.set_up(&late.token, founding(), PASSWORD, FIREFOX).await, Err(Error::Link)));
    assert_eq!(store.tenants().await.unwrap().len(), 1);
    let _ = std::fs::remove_dir_all(folder);
}

#[tokio::test]
pub async fn signing_in_and_out() {
    let town = town().await;
    let (auth, tenant) = (&town.auth, &town.tenant);
    for (email, password) in [("erika@musterdorf.example", "falsch"), ("nobody@musterdorf.example", PASSWORD), ("", "")]
    {
        assert!(matches!(auth.sign_in(tenant, email, password, "", None).await, Err(Error::Refused)), "{email}");
    }
    let first = auth.sign_in(tenant, " ERIKA@musterdorf.example ", PASSWORD, FIREFOX, None).await.unwrap();
    let (of, secret) = first.cookie.split_once('.').unwrap();
    assert_eq!((of, secret.len()), ("musterdorf", 43));
    assert_eq!(auth.session(&first.cookie).await.unwrap().unwrap().name, "Erika Muster");

    // Signing in again in the same browser ends the earlier session.
    let second =
        auth.sign_in(tenant, "erika@musterdorf.example", PASSWORD, FIREFOX, Some(&first.cookie)).await.unwrap();
    assert!(auth.session(&first.cookie).await.unwrap().is_none());
    let sessions = auth.sessions(&second.principal).await.unwrap();
    assert_eq!(sessions.iter().map(|session| session.browser.as_str()).collect::<Vec<_>>(), ["Firefox, Linux"]);

    for cookie in ["", "musterdorf.x", &format!("anderswo.{secret}"), &second.cookie.to_uppercase()] {
        assert!(auth.session(cookie).await.unwrap().is_none(), "{cookie}");
    }
    auth.sign_out(&second.cookie).await.unwrap();
    assert!(auth.session(&second.cookie).await.unwrap().is_none());
}

#[tokio::test]
pub async fn sessions_end_when_idle_and_when_old() {
    let town = town().await;
    let sign_in = || town.auth.sign_in(&town.tenant, "erika@musterdorf.example", PASSWORD, "", None);
    let idle = sign_in().await.unwrap();
    town.clock.advance(SignedDuration::from_mins(29));
    assert!(town.auth.session(&idle.cookie).await.unwrap().is_some());
    let sessions = town.auth.sessions(&idle.principal).await.unwrap();
    assert_eq!(sessions[0].last_seen_at, town.clock.now());
    town.clock.advance(SignedDuration::from_mins(29));
    assert!(town.auth.session(&idle.cookie).await.unwrap().is_some());
    town.clock.advance(SignedDuration::from_mins(60));
    assert!(town.auth.session(&idle.cookie).await.unwrap().is_none(), "idle");

    let old = sign_in().await.unwrap();
    town.clock.advance(SignedDuration::from_hours(12));
    assert!(town.auth.session(&old.cookie).await.unwrap().is_none(), "old");
}

#[tokio::test]
pub async fn rights_change_at_once_and_are_noted() {
    let town = town().await;
    let (auth, chief) = (&town.auth, town.chief().await);
    let anna = town.person("Anna Anders", "anna@musterdorf.example").await;
    let session = auth.sign_in(&town.tenant, "anna@musterdorf.example", PASSWORD, "", None).await.unwrap();
    let now = || async { auth.session(&session.cookie).await.unwrap() };
    assert!(!now().await.unwrap().may_anywhere("invoice.see"));

    let root = chief.tree.root().unwrap().clone();
    let office = auth.add_unit(&chief, &root, "Bauamt", "60").await.unwrap();
    let team = auth.add_unit(&chief, &office, "Hochbau", "60.1").await.unwrap();
    let group = auth.add_group(&chief, "Anordnende").await.unwrap();
    let to = To::Group(group.clone());
    let grant = auth.grant(&chief, to, &DefaultRole::Orderer.id(), &office, Limit::UpTo(500_000)).await.unwrap();
    assert!(!now().await.unwrap().may_anywhere("invoice.see"));
    auth.change_group(&chief, &group, "Anordnende", None, BTreeSet::from([anna.clone()])).await.unwrap();
    let principal = now().await.unwrap();
    assert_eq!(
        principal.units("invoice.order"),
        UnitScope::These({
            let mut units = vec![office.clone(), team.clone()];
            units.sort();
            units
        })
    );
    assert!(
        principal.may_amount("invoice.order", &team, 500_000) && !principal.may_amount("invoice.order", &team, 500_001)
    );
    assert!(!principal.may("invoice.order", &root));

    auth.revoke(&chief, &grant).await.unwrap();
    assert!(!now().await.unwrap().may_anywhere("invoice.order"));
    auth.set_active(&chief, &anna, false).await.unwrap();
    assert!(now().await.is_none(), "a closed account has no session");
    assert!(matches!(
        auth.sign_in(&town.tenant, "anna@musterdorf.example", PASSWORD, "", None).await,
        Err(Error::Refused)
    ));
    let audit = town.audit().await;
    for action in [
        "tenant.found",
        "person.add",
        "session.begin",
        "unit.add",
        "group.add",
        "grant.add",
        "group.change",
        "grant.revoke",
        "person.close",
    ] {
        assert!(audit.iter().any(|noted| noted == action), "{action} in {audit:?}");
    }
}

#[tokio::test]
pub async fn nobody_without_the_right_administers_and_somebody_always_can() {
    let town = town().await;
    let (auth, chief) = (&town.auth, town.chief().await);
    let anna = town.person("Anna Anders", "anna@musterdorf.example").await;
    let root = chief.tree.root().unwrap().clone();
    let office = auth.add_unit(&chief, &root, "Bauamt", "").await.unwrap();
    // Administration of one unit is not administration of the tenant.
    auth.grant(&chief, To::Person(anna.clone()), &DefaultRole::Administrator.id(), &office, Limit::Unlimited)
        .await
        .unwrap();
    let helper = auth.principal(&town.tenant, &anna).await.unwrap().unwrap();
    let forbidden = |error| matches!(error, Error::Forbidden(ADMINISTER));
    assert!(forbidden(auth.add_unit(&helper, &root, "x", "").await.unwrap_err()));
    assert!(forbidden(auth.accounts(&helper).await.unwrap_err()));
    assert!(forbidden(auth.access_link(&helper, &town.chief).await.unwrap_err()));
    assert!(forbidden(auth.provider(&helper).await.unwrap_err()));
    let to = To::Person(anna.clone());
    assert!(forbidden(auth.grant(&helper, to, &DefaultRole::Head.id(), &root, Limit::Unlimited).await.unwrap_err()));

    assert!(matches!(auth.set_active(&chief, &town.chief, false).await, Err(Error::Conflict(_))));
    let own = auth.directory(&town.tenant).await.unwrap().granted(&town.chief).next().unwrap().id.clone();
    assert!(matches!(auth.revoke(&chief, &own).await, Err(Error::Conflict(_))));
    assert!(town.chief().await.may_everywhere(ADMINISTER), "a refused change changes nothing");
    auth.grant(&chief, To::Person(anna), &DefaultRole::Administrator.id(), &root, Limit::Unlimited).await.unwrap();
    auth.set_active(&chief, &town.chief, false).await.unwrap();
}

#[tokio::test]
pub async fn links_set_a_password_once() {
    let town = town().await;
    let (auth, chief) = (&town.auth, town.chief().await);
    let new = NewPerson {
        kind: PersonKind::Human,
        name: "Bert Bau".into(),
        email: "bert@musterdorf.example".into(),
        lang: Lang::En,
    };
    let bert = auth.add_person(&chief, new.clone()).await.unwrap();
    assert!(matches!(auth.add_person(&chief, new).await, Err(Error::Invalid { field: "email", .. })));
    let old = auth.access_link(&chief, &bert).await.unwrap();
    let link = auth.access_link(&chief, &bert).await.unwrap();
    assert!(matches!(auth.link_info(&old.token).await, Err(Error::Link)), "an earlier link stops working");
    assert_eq!(auth.link_info(&link.token).await.unwrap().person.name, "Bert Bau");
    assert!(matches!(auth.use_link(&link.token, "Bert Bau 2026", "").await, Err(Error::Invalid { .. })));
    let signed_in = auth.use_link(&link.token, "kaffee-regenschirm-tuba", FIREFOX).await.unwrap();
    assert_eq!(signed_in.principal.lang, Lang::En);
    assert!(matches!(auth.use_link(&link.token, "kaffee-regenschirm-tuba", "").await, Err(Error::Link)));

    // A new password ends all other sessions.
    let other =
        auth.sign_in(&town.tenant, "bert@musterdorf.example", "kaffee-regenschirm-tuba", "", None).await.unwrap();
    assert!(auth.change_password(&signed_in.principal, "falsch", PASSWORD).await.is_err());
    auth.change_password(&signed_in.principal, "kaffee-regenschirm-tuba", PASSWORD).await.unwrap();
    assert!(auth.session(&signed_in.cookie).await.unwrap().is_some());
    assert!(auth.session(&other.cookie).await.unwrap().is_none());

    let late = auth.access_link(&chief, &bert).await.unwrap();
    town.clock.advance(SignedDuration::from_hours(24));
    assert!(matches!(auth.use_link(&late.token, PASSWORD, "").await, Err(Error::Link)));
    for token in ["", "x", "musterdorf.x", &format!("anderswo.{}", "x".repeat(43))] {
        assert!(matches!(auth.link_info(token).await, Err(Error::Link)), "{token}");
    }
}

#[tokio::test]
pub async fn tokens_act_within_their_limits() {
    let town = town().await;
    let (auth, chief) = (&town.auth, town.chief().await);
    let root = chief.tree.root().unwrap().clone();
    let office = auth.add_unit(&chief, &root, "Bauamt", "").await.unwrap();
    let new = NewPerson { kind: PersonKind::Technical, name: "Scanner".into(), email: String::new(), lang: Lang::De };
    let scanner = auth.add_person(&chief, new).await.unwrap();
    let ask = |person, permission: &str, unit, days| NewToken {
        person,
        name: "Scan".into(),
        permissions: BTreeSet::from([permission.to_owned()]),
        unit,
        days,
    };
    let empty = auth.create_token(&chief, ask(scanner.clone(), "invoice.see", None, None)).await;
    assert!(matches!(empty, Err(Error::Invalid { field: "permissions", .. })), "nobody passes on what they lack");
    let to = To::Person(scanner.clone());
    auth.grant(&chief, to, &DefaultRole::Clerk.id(), &root, Limit::Unlimited).await.unwrap();
    let (id, text) =
        auth.create_token(&chief, ask(scanner.clone(), "invoice.see", Some(office.clone()), Some(30))).await.unwrap();
    assert!(text.starts_with("vir_musterdorf_"));
    let principal = auth.token(&text).await.unwrap().unwrap();
    assert_eq!(principal.by, By::Token(id.clone()));
    assert!(principal.may("invoice.see", &office) && !principal.may("invoice.see", &root));
    assert!(auth.create_token(&principal, ask(scanner.clone(), "invoice.see", None, None)).await.is_err());
    for wrong in ["", "vir_", "vir_musterdorf_x", &text.replace("musterdorf", "anderswo"), &text[..text.len() - 1]] {
        assert!(auth.token(wrong).await.unwrap().is_none(), "{wrong}");
    }
    town.clock.advance(SignedDuration::from_hours(24 * 30));
    assert!(auth.token(&text).await.unwrap().is_none(), "expired");
    let (id, text) = auth.create_token(&chief, ask(scanner, "invoice.see", None, None)).await.unwrap();
    auth.delete_token(&chief, &id).await.unwrap();
    assert!(auth.token(&text).await.unwrap().is_none(), "deleted");
}

#[tokio::test]
pub async fn deputies_act_from_day_to_day() {
    let town = town().await;
    let (auth, chief) = (&town.auth, town.chief().await);
    let root = chief.tree.root().unwrap().clone();
    let anna = town.person("Anna Anders", "anna@musterdorf.example").await;
    let bert = town.person("Bert Bau", "bert@musterdorf.example").await;
    auth.grant(&chief, To::Person(bert.clone()), &DefaultRole::Orderer.id(), &root, Limit::UpTo(1000)).await.unwrap();
    let of_bert = auth.principal(&town.tenant, &bert).await.unwrap().unwrap();
    let term = |from, to| (date(2026, 11, from), date(2026, 11, to));
    let (from, to) = term(23, 24);
    assert!(auth.add_deputy(&of_bert, &bert, &bert, from, to).await.is_err());
    assert!(auth.add_deputy(&of_bert, &bert, &anna, to, from).await.is_err());
    assert!(auth.add_deputy(&of_bert, &anna, &bert, from, to).await.is_err(), "nobody names deputies of others");
    auth.add_deputy(&of_bert, &bert, &anna, from, to).await.unwrap();
    let anna_now = || async { auth.principal(&town.tenant, &anna).await.unwrap().unwrap() };
    // 22 November, 09:00 UTC.
    assert!(!anna_now().await.may("invoice.order", &root));
    town.clock.advance(SignedDuration::from_hours(14));
    assert!(anna_now().await.may("invoice.order", &root), "midnight in Germany is 23:00 UTC in winter");
    assert_eq!(anna_now().await.acting_for("invoice.order", &root), Some(bert.clone()));
    assert!(auth.who_may(&town.tenant, "invoice.order", &root).await.unwrap().iter().any(|person| person.id == anna));
    town.clock.advance(SignedDuration::from_hours(48));
    assert!(!anna_now().await.may("invoice.order", &root));
}
