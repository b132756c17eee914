//! The options of the group `consent`, as `www/sdk/terms.js` hands them on: `default` or the `region`'s word,
//! and `gpc` and `dnt` as what they deny, only where the browser says so.

use super::choice::{Choices, Purposes};
use super::signals::{Signals, Source};
use crate::engine::json::{Json, own};

/// A value that makes no sense is read in its strictest meaning, and this is said of it.
pub const BAD: &str = "not a possible value";
/// A longer policy version is none.
const MAX_POLICY: usize = 64;

/// What the shop decided about consent, and what the browser says of itself.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The purposes that must all be granted.
    pub required: Purposes,
    pub signals: Signals,
    /// The version of the policy that the shopper is shown, escaped as in JSON.
    pub policy: String,
}

impl Default for Terms {
    fn default() -> Self {
        Self { required: Purposes::ANALYTICS, signals: Signals::default(), policy: String::new() }
    }
}

impl Terms {
    /// One option of the group; the answer is what is wrong with it.
    pub fn option(&mut self, name: &str, value: Json<'_>) -> Option<&'static str> {
        match name {
            "purposes" => {
                self.required = Purposes::NONE;
                // Nobody can grant what nobody knows: then ask for everything.
                value.words(|word| self.required = self.required.with(Purposes::named(word).unwrap_or(Purposes::ALL)));
                if self.required == Purposes::NONE {
                    self.required = Purposes::ALL;
                }
                (self.required == Purposes::ALL).then_some("all purposes are asked for")
            }
            "source" => {
                // Which platform is the concern of the part that listens to platforms: until it says, everything waits.
                if value.str() != Some("api") {
                    self.signals.wait();
                }
                None
            }
            "policy" => {
                let policy = value.decimal().filter(|text| text.len() <= MAX_POLICY);
                self.policy = own(policy.unwrap_or(""));
                policy.is_none().then_some(BAD)
            }
            _ => match Source::named(name) {
                Some(source) => self.say(source, value),
                None => Some("not an option"),
            },
        }
    }

    /// What is said in advance, or by the browser. A default has to name the purposes it grants.
    fn say(&mut self, source: Source, value: Json<'_>) -> Option<&'static str> {
        let mut problem = None;
        let choices = match (value.str(), Choices::read(value)) {
            (Some("hold"), _) => Choices::default(),
            (Some("grant"), _) if source == Source::REGION => Choices::yes_to(Purposes::ALL),
            (_, Ok((choices, _))) => choices,
            (word, _) => {
                problem = (word != Some("deny")).then_some(BAD);
                Choices::no_to(Purposes::ALL)
            }
        };
        self.signals.hear(source, choices);
        problem
    }
}
