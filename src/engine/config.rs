//! The options of `init`, as www/sdk/config.js has read them: what reaches the engine makes sense.

use super::consent::Terms;
use super::json::{Json, own};
use super::time::Millis;

/// The options that are numbers, in the order of www/sdk/config.js.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    BatchEvents,
    BatchBytes,
    BatchMs,
    QueueEvents,
    QueueBytes,
    QueueMs,
    CookieDays,
    IdleMs,
    MaxMs,
    RetryMs,
    RetryMaxMs,
}

const MINUTE: u32 = 60_000;
const HOUR: u32 = 60 * MINUTE;
/// The unit that each is given in.
const UNITS: [u32; 11] = [1, 1, 1, 1, 1, HOUR, 1, MINUTE, HOUR, 1, 1];

/// Everything `init` decides.
#[derive(Clone, Debug)]
pub struct Config {
    /// Escaped as in JSON, like every text here.
    pub site: String,
    pub consent: Terms,
    pub pages: bool,
    /// Where ids are kept: a cookie (0), local storage (1) or nowhere (2).
    pub medium: u8,
    numbers: [Millis; UNITS.len()],
}

impl Config {
    /// Reads the list that `configure` in www/sdk/config.js makes; what is missing is empty or 0.
    pub fn read(list: &str) -> Self {
        let mut rest = Json::new(list).members();
        let mut next = || rest.next().map_or(Json(""), |(_, value)| value);
        let [site, policy] = [next(), next()].map(|text| own(text.str().unwrap_or("")));
        // At most nine digits: their milliseconds are far from the end of the type.
        let numbers = UNITS.map(|unit| next().int().unwrap_or(0).wrapping_mul(Millis::from(unit)));
        let medium = next().int().unwrap_or(2) as u8;
        let pages = next().kind() == b't';
        let consent = Terms::read(policy, || next().int().unwrap_or(0) as u8);
        Self { site, consent, pages, medium, numbers }
    }

    /// An option that is a number; times in milliseconds.
    pub fn ms(&self, number: Number) -> Millis {
        self.numbers.get(number as usize).copied().unwrap_or(0)
    }

    /// An option that is a number; events or bytes.
    pub fn count(&self, number: Number) -> usize {
        usize::try_from(self.ms(number)).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::consent::{Choices, Purposes};

    #[test]
    fn the_list_is_read_in_its_order() {
        let c = Config::read(r#"["shop \"1\"","v2",1,2,3,4,5,6,7,8,9,10,11,1,false,3,0,0,0,0,0,0,0,128,0,0,0,0,1,"/c",true,true]"#);
        assert_eq!((c.site.as_str(), c.consent.policy.as_str()), (r#"shop \"1\""#, "v2"));
        assert_eq!((c.count(Number::BatchEvents), c.ms(Number::QueueMs), c.ms(Number::IdleMs)), (1, 6 * 3_600_000, 8 * 60_000));
        assert_eq!((c.ms(Number::RetryMs), c.ms(Number::RetryMaxMs)), (10, 11));
        assert_eq!((c.medium, c.pages), (1, false));
        assert_eq!(c.consent.required, Purposes::ANALYTICS.with(Purposes::MARKETING));
        assert_eq!(c.consent.signals.resolved(), Choices::yes_to(Purposes::ANALYTICS).merged(Choices::no_to(Purposes::SALE)));
    }

    #[test]
    fn what_is_missing_grants_nothing() {
        let c = Config::read("");
        assert_eq!((c.site.as_str(), c.pages, c.count(Number::BatchEvents)), ("", false, 0));
        assert_eq!((c.consent.required, c.consent.signals.resolved()), (Purposes::ALL, Choices::default()));
    }
}
