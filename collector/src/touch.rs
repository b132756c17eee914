//! What brought a visit to the store: the campaign parameters of the page's address, else a click id, else the referrer.
//!
//! The parameters are Google's `utm_` ones: <https://support.google.com/analytics/answer/10917952>. Of a click id only its
//! network is kept, never the id. What hosts and click ids mean is in `www/sdk/visits/origins.json`: a host that is not there is
//! a referral under its own name.

use std::sync::LazyLock;

use form_urlencoded::parse;
use serde::Deserialize;

/// A longer name is cut; campaign names are a few words.
const MAX_NAME: usize = 100;

/// One arrival from somewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touch {
    pub(crate) channel: &'static str,
    pub(crate) source: String,
    pub(crate) medium: String,
    pub(crate) campaign: String,
    /// Its `utm_` parameters say so.
    pub(crate) tagged: bool,
}

/// The table that the SDK's part for attribution has too, with its source and date.
#[derive(Deserialize)]
struct Table {
    /// Click ids: parameter (`*` for any end), source, medium.
    clicks: Vec<String>,
    /// Referrers: channel, medium, and the labels of a host that belong to it.
    hosts: Vec<(String, String, String)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../www/sdk/visits/origins.json")).unwrap_or(Table { clicks: Vec::new(), hosts: Vec::new() })
});

/// Coming back from paying is no arrival.
const PAYMENT: &str = "payment";

/// Ways a page comes up that are an arrival; the others continue a visit.
pub(crate) fn arrives(reason: Option<&str>) -> bool {
    matches!(reason, None | Some("navigate" | "prerender"))
}

/// What the address and the referrer of a page say; `None` when the shopper came directly or from the store itself.
pub(crate) fn of(url: &str, referrer: Option<&str>) -> Option<Touch> {
    let query = url.split('#').next().and_then(|u| u.split_once('?')).map_or("", |(_, query)| query);
    let value = |name: &str| parse(query.as_bytes()).find(|(key, value)| key == name && !value.trim().is_empty()).map(|(_, v)| short(&v));
    let [source, medium, campaign] = ["utm_source", "utm_medium", "utm_campaign"].map(value);
    if source.is_some() || medium.is_some() || campaign.is_some() {
        let [source, medium, campaign] = [source, medium, campaign].map(Option::unwrap_or_default);
        return Some(Touch { channel: channel(&medium), source, medium, campaign, tagged: true });
    }
    let is_there = |key: &str| {
        parse(query.as_bytes()).any(|(name, value)| {
            let is_it = key.strip_suffix('*').map_or(name == key, |start| name.starts_with(start));
            is_it && !value.trim().is_empty()
        })
    };
    let clicks = TABLE.clicks.iter().filter_map(|line| {
        let mut words = line.split(' ');
        Some((words.next()?, words.next()?, words.next()?))
    });
    if let Some((_, source, medium)) = clicks.into_iter().find(|(key, ..)| is_there(key)) {
        return Some(Touch { channel: channel(medium), source: source.to_owned(), medium: medium.to_owned(), ..Touch::default() });
    }
    let (from, own) = (host(referrer?)?, host(url).unwrap_or_default());
    if from == own || from.ends_with(&format!(".{own}")) || own.ends_with(&format!(".{from}")) {
        return None;
    }
    let known = TABLE.hosts.iter().find(|(_, _, names)| names.split(' ').any(|name| is_of(&from, name)));
    let (channel, medium) = known.map_or(("referral", "referral"), |(channel, medium, _)| (channel.as_str(), medium.as_str()));
    (channel != PAYMENT).then(|| Touch { channel, source: from, medium: medium.to_owned(), ..Touch::default() })
}

/// Whether the labels of `name` stand in `host` as whole labels: `google` is in `www.google.co.uk`, not in `notgoogle.com`.
fn is_of(host: &str, name: &str) -> bool {
    let mut rest = host;
    loop {
        if rest.strip_prefix(name).is_some_and(|after| after.is_empty() || after.starts_with('.')) {
            return true;
        }
        match rest.split_once('.') {
            Some((_, next)) => rest = next,
            None => return false,
        }
    }
}

/// The channel that a campaign's medium names.
fn channel(medium: &str) -> &'static str {
    let medium = medium.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| medium.contains(word));
    if has(&["mail", "newsletter"]) {
        "email"
    } else if has(&["affiliate", "partner"]) {
        "affiliate"
    } else if has(&["display", "banner", "cpm"]) {
        "display"
    } else if has(&["cpc", "ppc", "paid", "retarget"]) {
        "paid"
    } else if has(&["social"]) {
        "social"
    } else if has(&["shopping"]) {
        "shopping"
    } else if has(&["organic"]) {
        "search"
    } else if has(&["referral"]) {
        "referral"
    } else {
        "campaign"
    }
}

/// The host of an address, without `www.`.
fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    let host = host.to_ascii_lowercase();
    (!host.is_empty()).then(|| host.strip_prefix("www.").unwrap_or(&host).to_owned())
}

fn short(value: &str) -> String {
    value.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "https://www.shop.example/mugs";

    fn seen(url: &str, referrer: &str) -> Option<(&'static str, String, String, String)> {
        of(url, Some(referrer)).map(|t| (t.channel, t.source, t.medium, t.campaign))
    }

    fn row(channel: &'static str, source: &str, medium: &str, campaign: &str) -> Option<(&'static str, String, String, String)> {
        Some((channel, source.to_owned(), medium.to_owned(), campaign.to_owned()))
    }

    #[test]
    fn parameters_come_before_click_ids_and_these_before_the_referrer() {
        let tagged = format!("{SHOP}?utm_source=News%20Letter&utm_medium=email&utm_campaign=spring+sale&gclid=1#top");
        assert_eq!(seen(&tagged, "https://www.google.com/"), row("email", "News Letter", "email", "spring sale"));
        assert!(of(&tagged, None).unwrap().tagged);
        let clicked = format!("{SHOP}?gclid=abc");
        assert_eq!(seen(&clicked, "https://news.example/"), row("paid", "google", "cpc", ""));
        assert!(!of(&clicked, None).unwrap().tagged);
        assert_eq!(seen(SHOP, "https://www.google.co.uk/search?q=mug"), row("search", "google.co.uk", "organic", ""));
    }

    /// The cases that the SDK's part is tested with too.
    #[test]
    fn the_sdk_and_the_reports_agree() {
        type Case = (String, String, Option<(String, String, String, String)>);
        let cases: Vec<Case> = serde_json::from_str(include_str!("../../tests/sdk/origins.json")).unwrap();
        assert!(cases.len() > 30);
        for (url, referrer, expected) in cases {
            let seen = of(&url, Some(&referrer)).map(|t| (t.channel.to_owned(), t.source, t.medium, t.campaign));
            assert_eq!(seen, expected, "{url} from {referrer}");
        }
    }

    #[test]
    fn referrers_are_told_by_whole_names() {
        for (referrer, expected) in [
            ("https://notgoogle.com/", row("referral", "notgoogle.com", "referral", "")),
            ("https://gemini.google.com/app", row("ai", "gemini.google.com", "ai", "")),
            ("https://mail.google.com/", row("email", "mail.google.com", "email", "")),
            ("https://m.facebook.com/", row("social", "m.facebook.com", "social", "")),
            ("https://t.co/x", row("social", "t.co", "social", "")),
            ("https://www.idealo.de/", row("shopping", "idealo.de", "shopping", "")),
            ("https://blog.example:8443/post", row("referral", "blog.example", "referral", "")),
        ] {
            assert_eq!(seen(SHOP, referrer), expected, "{referrer}");
        }
    }

    #[test]
    fn the_store_itself_a_payment_and_nothing_are_no_arrival() {
        for referrer in ["", "https://shop.example/list", "https://checkout.shop.example/", "https://www.paypal.com/pay", "about:blank"] {
            assert_eq!(seen(SHOP, referrer), None, "{referrer}");
        }
        assert_eq!(of(SHOP, None), None);
        assert_eq!(seen(&format!("{SHOP}?utm_source=&gclid="), ""), None);
    }

    #[test]
    fn a_part_of_the_parameters_is_kept_as_it_is() {
        assert_eq!(seen(&format!("{SHOP}?utm_campaign=Summer"), ""), row("campaign", "", "", "Summer"));
        let long = format!("{SHOP}?utm_source={}", "x".repeat(500));
        assert_eq!(of(&long, None).unwrap().source.len(), MAX_NAME);
    }
}
