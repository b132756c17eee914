//! The store and the SDK as files, with the headers a shop would send.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Redirect, Response};
use axum::routing::get;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// The strictest policy under which a page with the SDK works: it is the one we promise to need.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self' data:; style-src 'self'",
);
/// Where the single-page store lives: its routes exist only in the browser.
const APP: &str = "/app/";

/// The store at `/`, the SDK at `/cb/`.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(store: Option<&Path>, sdk: Option<&Path>) -> Router<S> {
    let mut router = Router::new();
    if let Some(sdk) = sdk {
        router = router.nest_service("/cb", ServeDir::new(sdk));
    }
    router = match store {
        Some(store) => {
            let pages = Router::new()
                .fallback_service(ServeDir::new(store))
                .layer(from_fn(app_routes))
                .layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, POLICY));
            router.fallback_service(pages)
        }
        None => router.route("/", get(async || Redirect::to("/live"))),
    };
    // Files change under a developer's hands: a browser may keep them, and asks each time.
    router.layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-cache")))
}

/// Sends a page of the single-page store to its one document; a path with a dot in its last part is a file and stays.
async fn app_routes(mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let page = path.strip_prefix(APP).is_some_and(|rest| !rest.rsplit('/').next().unwrap_or("").contains('.'));
    if page {
        *request.uri_mut() = Uri::from_static("/app/index.html");
    }
    next.run(request).await
}
