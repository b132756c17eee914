//! The rules once more, as a person would say them: a list of all that was said, looked through anew at every question.

use super::tests::named;
use super::*;

const PURPOSES: [&str; 4] = ["analytics", "marketing", "preferences", "sale"];

const SOURCES: [&str; 7] = ["api", "tcf", "gpp", "google", "shopify", "wordpress", "gpc"];

struct Model {
    /// The places of the purposes that must all be granted.
    required: Vec<usize>,
    platform: Option<&'static str>,
    said: Vec<(&'static str, usize, bool)>,
    silent: Vec<&'static str>,
    state: &'static str,
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
        self.state = match (self.verdict(), self.state) {
            (Some(true), _) => "granted",
            (Some(false), "granted") => "withdrawn",
            (Some(false), "withdrawn") => "withdrawn",
            (Some(false), _) => "denied",
            (None, state) => state,
        };
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
        SOURCES.into_iter().find(|source| self.last(source, purpose) == Some(answer))
    }

    /// What follows for a purpose.
    fn answer(&self, purpose: usize) -> Option<bool> {
        if SOURCES.iter().any(|s| self.last(s, purpose) == Some(false)) {
            return Some(false);
        }
        let waits = !self.silent.is_empty() || self.platform.is_some_and(|p| !self.said.iter().any(|(s, _, _)| *s == p));
        (!waits && SOURCES.iter().any(|s| self.last(s, purpose) == Some(true))).then_some(true)
    }

    fn purposes(&self) -> Vec<&'static str> {
        (0..4).filter(|p| self.answer(*p) == Some(true)).filter_map(|p| PURPOSES.get(p).copied()).collect()
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]
    #[test]
    fn a_model_of_the_rules_agrees_after_every_signal(
        required in proptest::sample::subsequence(vec![0_usize, 1, 2, 3], 1..=4),
        platform in proptest::sample::select(vec![None, Some("tcf"), Some("gpp"), Some("google")]),
        signals in proptest::collection::vec((
            proptest::sample::select(vec!["api", "tcf", "gpp", "google", "shopify", "wordpress", "gpc", "withdraw"]),
            proptest::array::uniform4(proptest::option::weighted(0.6, proptest::prelude::any::<bool>())),
        ), 0..24),
    ) {
        let names: Vec<_> = required.iter().filter_map(|p| PURPOSES.get(*p)).collect();
        let source = if platform.is_some() { r#","source":"tcf""# } else { "" };
        let mut c = super::tests::gate(&format!(r#"{{"purposes":{names:?}{source}}}"#));
        if let Some(platform) = platform {
            c.update(named(platform), Choices::default(), 0);
            c.update(named("auto"), Choices::default(), 0);
        }
        let mut m = Model { required, platform, said: Vec::new(), silent: Vec::new(), state: "pending" };
        for (at, (source, answers)) in (1..).zip(signals) {
            if source == "withdraw" {
                c.withdraw(at);
                m.say("api", &[Some(false); 4]);
                m.state = "withdrawn";
            } else {
                let all = |wanted| (0..4_u8).filter(|p| answers.get(usize::from(*p)) == Some(&Some(wanted))).fold(Purposes::NONE, |set, p| set.with(Purposes::at(p)));
                let said = Choices::no_to(all(false)).merged(Choices::yes_to(all(true)));
                let before = m.state;
                let change = c.update(named(source), said, at);
                m.say(source, &answers);
                proptest::prop_assert_eq!(matches!(change, Change::Granted(_)), before != "granted" && m.state == "granted");
                proptest::prop_assert_eq!(matches!(change, Change::Withdrawn(_)), before == "granted" && m.state == "withdrawn");
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
