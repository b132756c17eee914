//! Which path is answered by what, and what all of them share.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tokio::sync::{Semaphore, watch};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::cors::{self, Origin};
use crate::database::Readers;
use crate::faults::{self, Faults};
use crate::limits::Limits;
use crate::server::Options;
use crate::writer::{Changes, Writer};
use crate::{collect, files, foreign, forward, live, pixel, query, reports, stream, views, visitor_cookie};

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) writer: Writer,
    pub(crate) readers: Readers,
    pub(crate) changes: watch::Receiver<Changes>,
    /// Turns true when the collector stops: streams end.
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) allowed: Vec<Origin>,
    pub(crate) public_views: bool,
    /// Whether visitors' ids are set, and expired, as cookies.
    pub(crate) visitor_cookie: bool,
    pub(crate) limits: Limits,
    /// Bytes that bodies may still take.
    pub(crate) budget: Arc<Semaphore>,
    /// Live views that may still be opened.
    pub(crate) views: Arc<Semaphore>,
    pub(crate) faults: Faults,
    /// How forwarding stands, where there is any.
    pub(crate) forwarded: Option<forward::Told>,
}

/// All routes of a collector.
pub(crate) fn router(shared: Arc<Shared>, options: &Options) -> Router {
    let mut collecting = post(collect::collect);
    if options.test_faults {
        collecting = collecting.layer(from_fn_with_state(Arc::clone(&shared), faults::inject));
    }
    let mut collecting = Router::new().route("/collect", collecting);
    if options.visitor_cookie {
        collecting = collecting.route("/collect/id", post(visitor_cookie::set));
    }
    if options.foreign {
        collecting = collecting.route("/ndjson", post(foreign::lines)).route("/v1/logs", post(foreign::otlp));
        for path in ["/v1/batch", "/v1/b", "/beacon/v1/batch"] {
            collecting = collecting.route(path, post(foreign::segment));
        }
    }
    let collecting = collecting.layer(from_fn_with_state(Arc::clone(&shared), cors::guard));
    // A picture has no origin to ask for: anybody may ask, as anybody may send a body.
    let collecting = collecting.route("/collect/p.gif", get(pixel::pixel));
    let mut looking = Router::new()
        .route("/events", get(query::events))
        .route("/forwarded", get(forward::forwarded))
        .route("/events.csv", get(query::events_csv))
        .route("/reports/{name}", get(reports::report))
        .route("/live/stream", get(stream::stream))
        .merge(live::router());
    if options.test_faults {
        looking = looking.route("/test/faults", post(faults::set).get(faults::remaining));
    }
    let looking = looking.layer(from_fn_with_state(Arc::clone(&shared), views::guard));
    let nosniff = SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    files::router(options.store.as_deref(), options.sdk.as_deref()).merge(collecting).merge(looking).layer(nosniff).with_state(shared)
}
