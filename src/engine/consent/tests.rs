use super::*;
use crate::engine::json::Json;
use crate::engine::queue::tests::event;
use crate::engine::vocab::Lane;

fn choices(text: &str) -> Choices {
    Choices::read(Json(text)).expect("good choices")
}

fn holding() -> Consent {
    let mut c = Consent::new(Purposes::ANALYTICS, Before::Hold);
    assert!(matches!(c.hold(event(1, Lane::Page, 200)), Ok(0)));
    c
}

const YES: &str = r#"{"analytics":"granted"}"#;
const NO: &str = r#"{"analytics":"denied"}"#;

#[test]
fn there_is_no_permit_without_a_yes() {
    let mut c = holding();
    assert!(c.may_send().is_none() && c.may_store().is_none());
    c.update(choices(NO), Source::Api, 1);
    assert!(c.may_send().is_none() && c.may_store().is_none());
    c.update(choices(YES), Source::Api, 2);
    assert!(c.may_send().is_some() && c.may_store().is_some());
    c.withdraw(3);
    assert!(c.may_send().is_none() && c.may_store().is_none());
}

#[test]
fn a_yes_releases_what_was_held() {
    let mut c = holding();
    assert!(matches!(c.update(choices(YES), Source::Api, 1), Change::Granted(held) if held.len() == 1));
    assert!(matches!(c.update(choices(YES), Source::Api, 2), Change::Nothing));
}

#[test]
fn a_no_drops_what_was_held_and_a_later_yes_starts_from_now() {
    let mut c = holding();
    assert!(matches!(c.update(choices(NO), Source::Api, 1), Change::Denied(1)));
    assert!(c.hold(event(2, Lane::Page, 200)).is_err());
    assert!(matches!(c.update(choices(YES), Source::Api, 2), Change::Granted(held) if held.is_empty()));
}

#[test]
fn a_yes_that_becomes_a_no_is_a_withdrawal() {
    let mut c = Consent::new(Purposes::ANALYTICS, Before::Hold);
    c.update(choices(YES), Source::Api, 1);
    assert!(matches!(c.update(choices(NO), Source::Api, 2), Change::Withdrawn(0)));
    assert_eq!(c.state_name(), "withdrawn");
}

#[test]
fn every_required_purpose_must_be_granted() {
    let both = Purposes::ANALYTICS.with(Purposes::named("marketing").expect("a purpose"));
    let mut c = Consent::new(both, Before::Hold);
    assert!(matches!(c.update(choices(YES), Source::Api, 1), Change::Purposes));
    assert!(c.may_send().is_none());
    assert!(matches!(c.update(choices(r#"{"marketing":"granted"}"#), Source::Api, 2), Change::Granted(_)));
    assert!(matches!(c.update(choices(r#"{"marketing":"denied"}"#), Source::Api, 3), Change::Withdrawn(0)));
}

#[test]
fn other_purposes_change_without_opening_or_closing_anything() {
    let mut c = Consent::new(Purposes::ANALYTICS, Before::Hold);
    assert!(matches!(c.update(choices(r#"{"marketing":"granted"}"#), Source::Api, 1), Change::Purposes));
    assert_eq!(c.state_name(), "pending");
    c.update(choices(YES), Source::Api, 2);
    assert!(matches!(c.update(choices(r#"{"marketing":"denied"}"#), Source::Api, 3), Change::Purposes));
    assert_eq!(c.purposes(), Purposes::ANALYTICS);
    assert!(c.is_granted());
}

#[test]
fn a_misspelt_choice_is_refused_and_names_the_purpose() {
    for (text, expected) in [
        (r#"{"analytic":"granted"}"#, "analytic: not a purpose"),
        (r#"{"analytics":"yes"}"#, "analytics: neither granted nor denied"),
        (r#"{"analytics":true}"#, "analytics: neither granted nor denied"),
        ("[]", "consent: not an object"),
    ] {
        let read = Choices::read(Json(text));
        assert_eq!(read.map_err(|p| p.text()), Err(expected.to_owned()));
    }
}
