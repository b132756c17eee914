//! The rules once more, as a person would say them: a list of all that was said, looked through anew at every question.

use super::tests::named;
use super::*;

const PURPOSES: [&str; 4] = ["analytics", "marketing", "preferences", "sale"];

const SOURCES: [&str; 8] = ["api", "tcf", "gpp", "google", "shopify", "wordpress", "gpc", "dnt"];
/// Who has spoken before anybody can: an earlier page, the shopper's region, the shop.
const ADVANCE: [&str; 3] = ["stored", "region", "default"];

struct Model {
    /// The places of the purposes that must all be granted.
    required: Vec<usize>,
    platform: Option<&'static str>,
    said: Vec<(&'static str, usize, bool)>,
    silent: Vec<&'static str>,
    state: &'static str,
    /// There is a yes, or there was one on an earlier page.
    was_yes: bool,
}

impl Model {
    /// Says one thing; what follows for all that is required becomes the state.
    fn say(&mut self, source: &'static str, answers: &[Option<bool>; 4]) {
        if answers.iter().all(Option::is_none) {
            if source != "api" && self.state != "granted" {
                self.silent.push(source);
            }
            return self.settle();
        }
        self.silent.retain(|s| *s != source);
        for (purpose, answer) in answers.iter().enumerate() {
            if let Some(answer) = answer {
                self.said.push((source, purpose, *answer));
            }
        }
        self.settle();
    }

    fn settle(&mut self) {
        let is_taken_back = self.was_yes && self.required.iter().any(|p| SOURCES.iter().any(|s| self.last(s, *p) == Some(false)));
        self.state = match self.verdict() {
            Some(true) => "granted",
            Some(false) if is_taken_back => "withdrawn",
            Some(false) if self.state == "pending" => "denied",
            _ => self.state,
        };
        self.was_yes = self.state == "granted" || (self.was_yes && !is_taken_back);
    }

    fn verdict(&self) -> Option<bool> {
        let answers: Vec<_> = self.required.iter().map(|p| self.answer(*p)).collect();
        if answers.contains(&Some(false)) { Some(false) } else { answers.iter().all(|answer| *answer == Some(true)).then_some(true) }
    }

    fn last(&self, source: &str, purpose: usize) -> Option<bool> {
        self.said.iter().rev().find(|(s, p, _)| *s == source && *p == purpose).map(|(_, _, answer)| *answer)
    }

    /// Whose word it was, once there is an answer.
    fn decider(&self, purpose: usize) -> Option<&'static str> {
        let answer = self.answer(purpose)?;
        SOURCES.into_iter().chain(ADVANCE).find(|source| self.last(source, purpose) == Some(answer))
    }

    /// What follows for a purpose.
    fn answer(&self, purpose: usize) -> Option<bool> {
        let spoken = |sources: &[&str]| sources.iter().filter_map(|s| self.last(s, purpose)).reduce(|a, b| a && b);
        let [stored, shop @ ..] = &ADVANCE;
        let answer = spoken(&SOURCES).or_else(|| spoken(&[stored])).or_else(|| spoken(shop))?;
        let waits = !self.silent.is_empty() || self.platform.is_some_and(|p| !self.said.iter().any(|(s, _, _)| *s == p));
        (!answer || !waits).then_some(answer)
    }

    fn purposes(&self) -> Vec<&'static str> {
        (0..4).filter(|p| self.answer(*p) == Some(true)).filter_map(|p| PURPOSES.get(p).copied()).collect()
    }
}

type Answers = [Option<bool>; 4];

/// Of any source, about any of the purposes.
fn answers() -> impl proptest::strategy::Strategy<Value = Answers> {
    proptest::array::uniform4(proptest::option::weighted(0.6, proptest::prelude::any::<bool>()))
}

/// As the gate takes them.
fn choices(answers: Answers) -> Choices {
    let all = |wanted| {
        let places = (0..4_u8).zip(answers).filter(|(_, answer)| *answer == Some(wanted));
        places.fold(Purposes::NONE, |set, (place, _)| set.with(Purposes::at(place)))
    };
    Choices::no_to(all(false)).merged(Choices::yes_to(all(true)))
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]
    #[test]
    fn a_model_of_the_rules_agrees_after_every_signal(
        required in proptest::sample::subsequence(vec![0_usize, 1, 2, 3], 1..=4),
        platform in proptest::sample::select(vec![None, Some("tcf"), Some("gpp"), Some("google")]),
        advance in proptest::array::uniform3(proptest::option::weighted(0.3, answers())),
        signals in proptest::collection::vec((
            proptest::sample::select(vec!["api", "tcf", "gpp", "google", "shopify", "wordpress", "gpc", "dnt", "withdraw"]),
            answers(),
        ), 0..24),
    ) {
        let names: Vec<_> = required.iter().filter_map(|p| PURPOSES.get(*p)).collect();
        let source = if platform.is_some() { r#","source":"tcf""# } else { "" };
        let [stored, region, default] = advance;
        let options = [("region", region), ("default", default)].map(|(name, answers)| {
            let words = answers.into_iter().flat_map(|all| PURPOSES.into_iter().zip(all)).filter_map(|(purpose, answer)| {
                Some(format!(r#""{purpose}":"{}""#, if answer? { "granted" } else { "denied" }))
            });
            format!(r#","{name}":{{{}}}"#, words.collect::<Vec<_>>().join(","))
        });
        let mut c = Consent::new(&super::tests::terms(&format!(r#"{{"purposes":{names:?}{source}{}}}"#, options.concat())));
        let mut m = Model { required, platform, said: Vec::new(), silent: Vec::new(), state: "pending", was_yes: stored.is_some() };
        for (source, answers) in ADVANCE.into_iter().zip(advance) {
            for (purpose, answer) in answers.into_iter().flatten().enumerate() {
                m.said.extend(answer.map(|answer| (source, purpose, answer)));
            }
        }
        // The part for platforms has not said yet for whom to wait.
        m.silent.extend(platform.map(|_| "auto"));
        c.begin(stored.map(|answers| (choices(answers), 0)), 0);
        m.settle();
        m.silent.clear();
        if let Some(platform) = platform {
            c.update(named(platform), Choices::default(), 0);
            c.update(named("auto"), Choices::default(), 0);
        }
        m.settle();
        for (at, (source, answers)) in (1..).zip(signals) {
            if source == "withdraw" {
                c.withdraw(at);
                m.say("api", &[Some(false); 4]);
                m.state = "withdrawn";
                m.was_yes = false;
            } else {
                let before = m.state;
                let change = c.update(named(source), choices(answers), at);
                m.say(source, &answers);
                proptest::prop_assert_eq!(matches!(change, Change::Granted(_)), before != "granted" && m.state == "granted");
                proptest::prop_assert_eq!(matches!(change, Change::Withdrawn(_)), before != "withdrawn" && m.state == "withdrawn");
            }
            proptest::prop_assert_eq!(c.state_name(), m.state);
            proptest::prop_assert_eq!(c.may_send().is_some(), m.state == "granted");
            proptest::prop_assert_eq!(c.may_store().is_some(), m.state == "granted");
            proptest::prop_assert_eq!(c.held().is_some(), m.state == "pending");
            for (place, bit) in (0..4_u8).enumerate() {
                if let Some(who) = m.decider(place) {
                    proptest::prop_assert_eq!(c.decider(Purposes::at(bit)).name(), who);
                }
            }
            proptest::prop_assert_eq!((0..4).filter(|bit| c.purposes().has(*bit)).map(Purposes::name).collect::<Vec<_>>(), m.purposes());
        }
    }
}
