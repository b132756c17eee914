//! Who may look: the live view and the events show what shoppers did, so by default only this machine sees them.
//!
//! Both the peer's address and the `Host` it asked for must be of this machine: the second keeps out a page elsewhere
//! whose name was made to point here (DNS rebinding).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::refusal::Refusal;
use crate::routes::Shared;

/// Where a request came from; the accept loop puts it there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Stands in front of what only this machine may see.
pub(crate) async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let near = request.extensions().get::<Peer>().is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    if shared.public_views || (near && asks_for_this_machine(request.headers())) {
        next.run(request).await
    } else {
        Refusal::Private.into_response()
    }
}

fn asks_for_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|h| h.to_str().ok()) else {
        return false;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|n| n.strip_suffix(']')).unwrap_or(name);
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_names_of_this_machine_are_let_in() {
        let asks = |host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            asks_for_this_machine(&headers)
        };
        for host in
            ["localhost", "localhost:8080", "LOCALHOST:1", "shop.localhost:80", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080", "[::1]"]
        {
            assert!(asks(host), "{host}");
        }
        for host in ["shop.example", "shop.example:8080", "192.168.0.7:8080", "127.0.0.1.evil.example", "localhost.evil.example", ""] {
            assert!(!asks(host), "{host}");
        }
        assert!(!asks_for_this_machine(&HeaderMap::new()));
    }
}
