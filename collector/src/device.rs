//! The class of device a batch came from, and nothing else of its headers: desktop, mobile or tablet.
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
}
