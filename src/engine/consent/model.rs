//! The rules once more, as a person would say them: a list of all that was said, looked through anew at every question.

use super::tests::named;
use super::*;

const PURPOSES: [&str; 4] = ["analytics", "marketing", "preferences", "sale"];

struct Model {
    platform: Option<&'static str>,
    said: Vec<(&'static str, usize, bool)>,
    silent: Vec<&'static str>,
    state: &'static str,
}

impl Model {
    /// Says one thing; what follows for `analytics` becomes the state.
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
        self.state = match (self.answer(0), self.state) {
            (Some(true), _) => "granted",
            (Some(false), "granted") => "withdrawn",
            (Some(false), "withdrawn") => "withdrawn",
            (Some(false), _) => "denied",
            (None, state) => state,
        };
    }

    /// What follows for a purpose.
    fn answer(&self, purpose: usize) -> Option<bool> {
        let last = |source: &str| self.said.iter().rev().find(|(s, p, _)| *s == source && *p == purpose).map(|(_, _, a)| *a);
        let sources = ["api", "tcf", "gpp", "google", "shopify", "wordpress", "gpc"];
        if sources.iter().any(|s| last(s) == Some(false)) {
            return Some(false);
        }
        let waits = !self.silent.is_empty() || self.platform.is_some_and(|p| !self.said.iter().any(|(s, _, _)| *s == p));
        (!waits && sources.iter().any(|s| last(s) == Some(true))).then_some(true)
    }

    fn purposes(&self) -> Vec<&'static str> {
        (0..4).filter(|p| self.answer(*p) == Some(true)).filter_map(|p| PURPOSES.get(p).copied()).collect()
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]
    #[test]
    fn a_model_of_the_rules_agrees_after_every_signal(
        platform in proptest::sample::select(vec![None, Some("tcf"), Some("gpp"), Some("google")]),
        signals in proptest::collection::vec((
            proptest::sample::select(vec!["api", "tcf", "gpp", "google", "shopify", "wordpress", "gpc", "withdraw"]),
            proptest::array::uniform4(proptest::option::weighted(0.6, proptest::prelude::any::<bool>())),
        ), 0..24),
    ) {
        let mut c = platform.map_or_else(|| super::tests::gate("{}"), |p| super::tests::listening(named(p)));
        let mut m = Model { platform, said: Vec::new(), silent: Vec::new(), state: "pending" };
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
            proptest::prop_assert_eq!((0..4).filter(|bit| c.purposes().has(*bit)).map(Purposes::name).collect::<Vec<_>>(), m.purposes());
        }
    }
}
