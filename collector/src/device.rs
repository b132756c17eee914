//! The class of device a batch came from (desktop, mobile or tablet), whether it is a robot, and nothing else of its headers.
//!
//! `Sec-CH-UA-Mobile` is asked first (<https://wicg.github.io/ua-client-hints/#sec-ch-ua-mobile>), then the words that browsers
//! put into `User-Agent` for this purpose. An iPad that asks for desktop pages says that it is a Mac, and counts as one.

use axum::http::{HeaderMap, header};

/// The class of the sender's device; `None` when its headers do not tell.
pub(crate) fn of(headers: &HeaderMap) -> Option<&'static str> {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("");
    let hint = headers.get("sec-ch-ua-mobile").and_then(|v| v.to_str().ok());
    // Android tablets are the devices with Android and without Mobile in their name.
    let tablet = agent.contains("iPad") || agent.contains("Tablet") || (agent.contains("Android") && !agent.contains("Mobile"));
    match hint {
        Some("?1") => Some("mobile"),
        _ if tablet => Some("tablet"),
        Some("?0") => Some("desktop"),
        _ if agent.contains("Mobi") || agent.contains("iPhone") => Some("mobile"),
        _ if ["Windows NT", "Macintosh", "X11", "CrOS"].iter().any(|word| agent.contains(word)) => Some("desktop"),
        _ => None,
    }
}

/// What robots call themselves, in lower case: words for what they are, then those that have none of these.
const ROBOTS: &str = "crawl spider slurp headless lighthouse preview externalhit phantomjs puppeteer playwright selenium monitor pingdom \
    gtmetrix scrapy chatgpt-user perplexity-user mediapartners-google google-inspectiontool google-read-aloud";

/// `agent` where the sender's `User-Agent` is a robot's that shows pages. A program without a page (curl, a server's library) is
/// none: it may tell of a shopper's order.
pub(crate) fn robot(headers: &HeaderMap) -> Option<&'static str> {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("").to_ascii_lowercase();
    // The end of a name: `Googlebot/2.1`, `bot;`. Cubot makes telephones.
    let is_bot = agent.match_indices("bot").any(|(at, _)| {
        let next = agent.as_bytes().get(at + 3);
        next.is_none_or(|b| !b.is_ascii_alphanumeric()) && !agent.get(..at).is_some_and(|before| before.ends_with("cu"))
    });
    (is_bot || ROBOTS.split_ascii_whitespace().any(|word| agent.contains(word))).then_some("agent")
}

/// What an event says of its sender by itself: the field `robot` of `device`.
pub(crate) fn told(name: &str, robot: Option<&str>) -> Option<&'static str> {
    let words = ["webdriver", "agent"];
    words.into_iter().find(|word| name == "device" && robot == Some(word))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_class_is_what_the_headers_say() {
        let class = |agent: &'static str, hint: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, HeaderValue::from_static(agent));
            if let Some(hint) = hint {
                headers.insert("sec-ch-ua-mobile", HeaderValue::from_static(hint));
            }
            of(&headers)
        };
        let android = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0";
        assert_eq!(class(android, None), Some("tablet"));
        assert_eq!(class(android, Some("?0")), Some("tablet"));
        assert_eq!(class(android, Some("?1")), Some("mobile"));
        assert_eq!(class("Mozilla/5.0 (Android 15; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0", None), Some("mobile"));
        assert_eq!(class("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Mobile/15E148 Safari/604.1", None), Some("mobile"));
        assert_eq!(class("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1", None), Some("tablet"));
        assert_eq!(class("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15", None), Some("desktop"));
        assert_eq!(class("Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0.0.0", Some("?0")), Some("desktop"));
        assert_eq!(class("curl/8.5.0", None), None);
        assert_eq!(of(&HeaderMap::new()), None);
    }

    #[test]
    fn robots_are_known_by_what_they_call_themselves() {
        let marked = |agent: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, HeaderValue::from_static(agent));
            robot(&headers)
        };
        for agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot",
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
            "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
            "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/137.0.0.0 Safari/537.36 Chrome-Lighthouse",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        ] {
            assert_eq!(marked(agent), Some("agent"), "{agent}");
        }
        for agent in [
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (Linux; Android 14; Robotics X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
            "curl/8.5.0",
            "python-requests/2.32.3",
        ] {
            assert_eq!(marked(agent), None, "{agent}");
        }
        assert_eq!(robot(&HeaderMap::new()), None);
        assert_eq!(told("device", Some("webdriver")), Some("webdriver"));
        assert_eq!((told("device", Some("x")), told("login", Some("agent")), told("device", None)), (None, None, None));
    }
}
