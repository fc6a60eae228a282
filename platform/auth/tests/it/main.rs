//! Claims about who is who and who may do what.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod accounts;
mod naive;
mod oidc;
mod passkeys;
mod security;
mod support;

/// The claims about accounts hold on PostgreSQL as they do on SQLite.
#[test]
fn the_same_on_postgresql() {
    if vir_testkit::postgres::shared().is_none() || vir_testkit::s3::shared().is_none() {
        vir_testkit::missing("PostgreSQL or the S3 server is not installed");
        return;
    }
    support::DISTRIBUTED.set(true);
    accounts::a_link_sets_one_tenant_up();
    accounts::signing_in_and_out();
    accounts::sessions_end_when_idle_and_when_old();
    accounts::rights_change_at_once_and_are_noted();
    accounts::nobody_without_the_right_administers_and_somebody_always_can();
    accounts::links_set_a_password_once();
    accounts::tokens_act_within_their_limits();
    accounts::deputies_act_from_day_to_day();
    passkeys::a_key_signs_in_where_it_was_registered();
}
