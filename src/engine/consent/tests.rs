use super::*;
use crate::engine::config::Config;
use crate::engine::json::int;
use crate::engine::queue::tests::event;
use crate::engine::vocab::Lane;

#[path = "../../../tests/common/options.rs"]
#[allow(unreachable_pub, clippy::expect_used, clippy::indexing_slicing, reason = "shared with other tests, and may panic")]
mod options;

fn choices(text: &str) -> Choices {
    Choices::from_bits(int(&options::consent_number(text)).and_then(|n| u8::try_from(n).ok()).expect("choices of the shop's own"))
}

/// A gate under these options.
pub(super) fn gate(options: &str) -> Consent {
    let terms = terms(options);
    let mut c = Consent::new(&terms);
    c.begin(None, 0);
    c
}

pub(super) fn terms(options: &str) -> Terms {
    Config::read(&options::config_list(&format!(r#"{{"consent":{options}}}"#))).consent
}

/// A gate that the part for platforms has told of one.
pub(super) fn listening(platform: Source) -> Consent {
    let mut c = gate(r#"{"source":"tcf"}"#);
    c.update(platform, Choices::default(), 0);
    c.update(named("auto"), Choices::default(), 0);
    c
}

pub(super) fn named(name: &str) -> Source {
    Source::all().find(|source| source.name() == name).expect("a source")
}

fn holding() -> Consent {
    let mut c = gate("{}");
    assert!(matches!(c.hold(event(1, Lane::Page, 200)), Ok(0)));
    c
}

const YES: &str = r#"{"analytics":"granted"}"#;
const NO: &str = r#"{"analytics":"denied"}"#;

#[test]
fn there_is_no_permit_without_a_yes() {
    let mut c = holding();
    assert!(c.may_send().is_none() && c.may_store().is_none());
    c.update(Source::API, choices(NO), 1);
    assert!(c.may_send().is_none() && c.may_store().is_none());
    c.update(Source::API, choices(YES), 2);
    assert!(c.may_send().is_some() && c.may_store().is_some());
    c.withdraw(3);
    assert!(c.may_send().is_none() && c.may_store().is_none());
}

#[test]
fn a_yes_releases_what_was_held() {
    let mut c = holding();
    assert!(matches!(c.update(Source::API, choices(YES), 1), Change::Granted(held) if held.len() == 1));
    assert!(matches!(c.update(Source::API, choices(YES), 2), Change::Nothing));
}

#[test]
fn a_no_drops_what_was_held_and_a_later_yes_starts_from_now() {
    let mut c = holding();
    assert!(matches!(c.update(Source::API, choices(NO), 1), Change::Denied(1)));
    assert!(c.hold(event(2, Lane::Page, 200)).is_err());
    assert!(matches!(c.update(Source::API, choices(YES), 2), Change::Granted(held) if held.is_empty()));
}

#[test]
fn a_yes_that_becomes_a_no_is_a_withdrawal() {
    let mut c = gate("{}");
    c.update(Source::API, choices(YES), 1);
    assert!(matches!(c.update(Source::API, choices(NO), 2), Change::Withdrawn(0)));
    assert_eq!(c.state_name(), "withdrawn");
}

#[test]
fn every_required_purpose_must_be_granted() {
    let mut c = gate(r#"{"purposes":["analytics","marketing"]}"#);
    assert!(matches!(c.update(Source::API, choices(YES), 1), Change::Purposes));
    assert!(c.may_send().is_none());
    assert!(matches!(c.update(Source::API, choices(r#"{"marketing":"granted"}"#), 2), Change::Granted(_)));
    assert!(matches!(c.update(Source::API, choices(r#"{"marketing":"denied"}"#), 3), Change::Withdrawn(0)));
}

#[test]
fn other_purposes_change_without_opening_or_closing_anything() {
    let mut c = gate("{}");
    assert!(matches!(c.update(Source::API, choices(r#"{"marketing":"granted"}"#), 1), Change::Purposes));
    assert_eq!(c.state_name(), "pending");
    c.update(Source::API, choices(YES), 2);
    assert!(matches!(c.update(Source::API, choices(r#"{"marketing":"denied"}"#), 3), Change::Purposes));
    assert_eq!(c.purposes(), Purposes::ANALYTICS);
    assert!(c.is_granted());
}

#[test]
fn the_most_restrictive_answer_wins_and_says_who_it_was() {
    let mut c = gate("{}");
    c.update(Source::API, choices(YES), 1);
    assert!(c.is_granted());
    assert!(matches!(c.update(named("tcf"), choices(NO), 2), Change::Withdrawn(0)));
    assert_eq!(c.source().name(), "tcf");
    c.update(Source::API, choices(YES), 3);
    assert!(!c.is_granted(), "a second yes of another does not outvote a no");
    assert!(matches!(c.update(named("tcf"), choices(YES), 4), Change::Granted(held) if held.is_empty()));
}

#[test]
fn a_platform_that_must_answer_is_waited_for() {
    let mut c = listening(named("tcf"));
    assert!(matches!(c.hold(event(1, Lane::Page, 200)), Ok(0)));
    c.update(Source::API, choices(YES), 1);
    assert_eq!((c.state_name(), c.source().name(), c.purposes()), ("pending", "tcf", Purposes::NONE));
    assert!(matches!(c.update(named("tcf"), choices(YES), 3), Change::Granted(held) if held.len() == 1));
}

#[test]
fn until_the_part_for_platforms_has_spoken_nothing_opens() {
    for options in
        [r#"{"source":"tcf"}"#, r#"{"source":true}"#, r#"{"source":[]}"#, r#"{"source":"auto","default":{"analytics":"granted"}}"#]
    {
        let terms = terms(options);
        let mut c = Consent::new(&terms);
        c.begin(Some((Choices::yes_to(Purposes::ALL), 1)), 2);
        for name in ["api", "tcf", "gpp", "google", "shopify", "wordpress"] {
            c.update(named(name), choices(YES), 3);
            assert_eq!((c.state_name(), c.source().name()), ("pending", "auto"), "{options}");
        }
        c.update(named("auto"), Choices::default(), 4);
        assert!(c.is_granted());
    }
}

#[test]
fn a_stored_yes_waits_for_the_platform_and_its_no_takes_it_back() {
    let terms = terms(r#"{"source":"tcf"}"#);
    let mut c = Consent::new(&terms);
    assert!(matches!(c.begin(Some((Choices::yes_to(Purposes::ANALYTICS), 7)), 9), Change::Nothing));
    assert!(c.may_know() && c.may_store().is_none());
    assert!(matches!(c.update(named("tcf"), choices(NO), 10), Change::Withdrawn(0)));
    assert!(!c.may_know());
}

#[test]
fn what_the_shopper_said_on_an_earlier_page_stands_over_what_the_shop_says_in_advance() {
    for options in [r#"{"default":"deny"}"#, r#"{"region":"deny"}"#, r#"{"default":{"marketing":"denied"},"region":"grant"}"#] {
        let mut c = Consent::new(&terms(options));
        c.begin(Some((Choices::yes_to(Purposes::ALL), 1)), 2);
        assert_eq!((c.state_name(), c.purposes(), c.source().name()), ("granted", Purposes::ALL, "stored"), "{options}");
        assert!(matches!(c.update(Source::API, choices(NO), 3), Change::Withdrawn(0)));
    }
    let mut c = Consent::new(&terms(r#"{"default":"grant"}"#));
    c.begin(Some((Choices::yes_to(Purposes::ANALYTICS).merged(Choices::no_to(Purposes::MARKETING)), 1)), 2);
    assert!(c.is_granted() && c.is_minimal());
}

#[test]
fn what_was_said_in_another_tab_stands_until_somebody_answers_here_but_for_what_the_browser_denies() {
    let mut c = gate(r#"{"gpc":{"sale":"denied"}}"#);
    c.update(Source::API, Choices::yes_to(Purposes::ALL), 1);
    assert!(matches!(c.follow(Choices::yes_to(Purposes::ANALYTICS).merged(Choices::no_to(Purposes::MARKETING)), 2), Change::Purposes));
    assert_eq!((c.is_minimal(), c.at()), (true, 2));
    assert!(matches!(c.follow(Choices::yes_to(Purposes::ALL), 3), Change::Purposes));
    assert!(!c.is_minimal() && !c.purposes().has(3), "sale is denied by the browser");
    c.update(named("tcf"), Choices::no_to(Purposes::MARKETING), 4);
    assert!(c.is_granted() && c.is_minimal());
    assert!(matches!(c.follow(Choices::no_to(Purposes::ANALYTICS), 5), Change::Withdrawn(0)), "more is asked for here than there");
}

#[test]
fn what_the_browser_denies_no_yes_undoes() {
    for (option, required, source) in [
        (r#""gpc":{"sale":"denied"}"#, r#"["analytics"]"#, "api"),
        (r#""gpc":{"sale":"denied"}"#, r#"["analytics","sale"]"#, "gpc"),
        (r#""gpc":{"sale":"denied","marketing":"denied"}"#, r#"["marketing"]"#, "gpc"),
        (r#""dnt":"deny""#, r#"["analytics"]"#, "dnt"),
    ] {
        let mut c = gate(&format!(r#"{{{option},"purposes":{required}}}"#));
        c.update(Source::API, Choices::yes_to(Purposes::ALL), 1);
        assert_eq!((c.is_granted(), c.source().name()), (source == "api", source), "{option} {required}");
    }
}

#[test]
fn a_region_says_what_holds_before_a_choice() {
    for (region, state, purposes, source) in [
        (r#""hold""#, "pending", Purposes::NONE, "default"),
        (r#""grant""#, "granted", Purposes::ALL, "region"),
        (r#"{"analytics":"granted","sale":"denied"}"#, "granted", Purposes::ANALYTICS, "region"),
        (r#""deny""#, "denied", Purposes::NONE, "region"),
    ] {
        let c = gate(&format!(r#"{{"region":{region}}}"#));
        assert_eq!((c.state_name(), c.purposes(), c.source().name()), (state, purposes, source), "{region}");
    }
}
