//! The live view's own files, inside the binary.
//!
//! What it shows comes from strangers: the page's policy allows no inline script and nothing from elsewhere, and its
//! script writes text only.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const REFERRER_POLICY: HeaderName = header::REFERRER_POLICY;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// Path, content type and text of each file.
const FILES: [(&str, &str, &str); 13] = [
    ("/live", HTML, include_str!("live/page.html")),
    ("/live/base.css", CSS, include_str!("live/base.css")),
    ("/live/parts.css", CSS, include_str!("live/parts.css")),
    ("/live/main.js", JS, include_str!("live/main.js")),
    ("/live/dom.js", JS, include_str!("live/dom.js")),
    ("/live/figures.js", JS, include_str!("live/figures.js")),
    ("/live/charts.js", JS, include_str!("live/charts.js")),
    ("/live/events.js", JS, include_str!("live/events.js")),
    ("/live/words.js", JS, include_str!("live/words.js")),
    ("/live/reports", HTML, REPORTS),
    ("/live/reports.css", CSS, include_str!("live/reports.css")),
    ("/live/reports.js", JS, include_str!("live/reports.js")),
    ("/live/icon.svg", SVG, include_str!("live/icon.svg")),
];

const REPORTS: &str = include_str!("live/reports.html");
/// The pages of `live/reports.js`, all of one file, beside `/live/reports` itself.
const PAGES: [&str; 8] = ["orders", "carts", "items", "products", "friction", "campaigns", "spelling", "delivery"];

/// Routes of all files.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let files = FILES.into_iter().fold(Router::new(), |router, (path, kind, text)| router.route(path, get(async move || file(kind, text))));
    PAGES.into_iter().fold(files, |router, page| router.route(&format!("/live/reports/{page}"), get(async || file(HTML, REPORTS))))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, NOSNIFF),
        (REFERRER_POLICY, NO_REFERRER),
    ];
    (headers, text).into_response()
}
