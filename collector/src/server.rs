//! From a port to requests, and back to silence.
//!
//! The accept loop is ours because axum's has neither a header timeout nor a cap on connections. A graceful stop accepts
//! nothing more, lets requests end, and then waits until the writer has committed all it holds.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt;

use crate::cors::Origin;
use crate::database::{self, OpenError};
use crate::faults::{Drop, Faults};
use crate::forward::{self, Forwarder, Forwarding};
use crate::keep;
use crate::limits::Limits;
use crate::routes::{self, Shared};
use crate::views::Peer;
use crate::writer::Writer;

/// Headers of one request, together; browsers send well under 8 KiB unless a shop's cookies are huge.
const MAX_HEADERS: usize = 64 * 1024;
/// Pause after the system refused a connection (usually: no more file handles).
const BREATH: Duration = Duration::from_millis(50);

/// How to run a collector.
#[derive(Clone, Debug)]
pub struct Options {
    pub host: String,
    /// 0 takes any free one.
    pub port: u16,
    /// Folder of the database.
    pub data: PathBuf,
    /// Folder served at `/`.
    pub store: Option<PathBuf>,
    /// Folder served at `/cb/`.
    pub sdk: Option<PathBuf>,
    pub allowed: Vec<Origin>,
    /// Let other machines see the live view and the events.
    pub public_views: bool,
    /// Whether other clients' bodies are taken at their paths.
    pub foreign: bool,
    /// Whether pages may ask for the visitor's id as a cookie.
    pub visitor_cookie: bool,
    /// Where what is stored goes on to.
    pub forward: Option<Forwarding>,
    /// Let tests ask for faults.
    pub test_faults: bool,
    /// Days after which everything is deleted; none keeps it.
    pub keep_days: Option<u32>,
    pub limits: Limits,
}

impl Options {
    /// A collector on a free port of this machine, with its database in `data` and nothing else.
    pub fn local(data: PathBuf) -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 0,
            data,
            store: None,
            sdk: None,
            allowed: Vec::new(),
            public_views: false,
            foreign: false,
            visitor_cookie: false,
            forward: None,
            test_faults: false,
            keep_days: None,
            limits: Limits::default(),
        }
    }
}

/// Why a collector did not start.
#[derive(Debug)]
pub enum StartError {
    Busy(String, u16),
    Listen(String, u16, io::Error),
    Database(OpenError),
    Folder(&'static str, PathBuf),
    Forward(String),
    Thread(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(host, port) => write!(
                f,
                "port {port} of {host} is in use: stop the program that holds it, or choose another port with --port or PORT (0 takes any free one)"
            ),
            Self::Listen(host, port, why) => write!(f, "cannot listen on {host}:{port}: {why}"),
            Self::Database(why) => why.fmt(f),
            Self::Folder(option, path) => write!(f, "{option} {}: no such folder", path.display()),
            Self::Forward(why) => write!(f, "--forward: {why}"),
            Self::Thread(why) => write!(f, "cannot start a thread: {why}"),
        }
    }
}

impl std::error::Error for StartError {}

/// A collector at work.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    serving: tokio::task::JoinHandle<()>,
    writing: JoinHandle<()>,
}

/// Starts a collector; it accepts requests when this returns.
pub async fn start(options: Options) -> Result<Running, StartError> {
    for (option, folder) in [("--store", &options.store), ("--sdk", &options.sdk)] {
        if let Some(folder) = folder.as_ref().filter(|f| !f.is_dir()) {
            return Err(StartError::Folder(option, folder.clone()));
        }
    }
    // The port first: who only mistyped it should not get a database made.
    let listener = TcpListener::bind((options.host.as_str(), options.port)).await.map_err(|why| match why.kind() {
        io::ErrorKind::AddrInUse => StartError::Busy(options.host.clone(), options.port),
        _ => StartError::Listen(options.host.clone(), options.port, why),
    })?;
    let address = listener.local_addr().map_err(|why| StartError::Listen(options.host.clone(), options.port, why))?;
    let (connection, readers) = database::open(&options.data).map_err(StartError::Database)?;
    let (writer, changes, writing) = Writer::start(connection, options.limits.queue).map_err(StartError::Thread)?;
    let (stop, stopping) = watch::channel(false);
    if let Some(days) = options.keep_days {
        tokio::spawn(keep::run(writer.clone(), days, stopping.clone()));
    }
    let forwarder = options.forward.clone().map(|to| Forwarder::open(to, &options.data)).transpose().map_err(StartError::Forward)?;
    let forwarded = forwarder.as_ref().map(Forwarder::told);
    if let Some(forwarder) = forwarder {
        tokio::spawn(forward::run(forwarder, readers.clone(), changes.clone(), stopping.clone()));
    }
    let limits = options.limits;
    let shared = Shared {
        writer,
        readers,
        changes,
        stopping: stopping.clone(),
        allowed: options.allowed.clone(),
        public_views: options.public_views,
        visitor_cookie: options.visitor_cookie,
        limits,
        budget: Arc::new(Semaphore::new(limits.all_bodies)),
        views: Arc::new(Semaphore::new(limits.views)),
        faults: Faults::default(),
        forwarded,
    };
    let router = routes::router(Arc::new(shared), &options);
    let serving = tokio::spawn(serve(listener, router, limits, stopping));
    Ok(Running { address, stop, serving, writing })
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops gracefully: everything that was answered 2xx is on disk when this returns.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let _ = self.serving.await;
        let writing = self.writing;
        let _ = tokio::task::spawn_blocking(move || writing.join()).await;
    }
}

async fn serve(listener: TcpListener, router: Router, limits: Limits, mut stopping: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        // Tasks that ended are forgotten here, or the set would grow with every connection.
        while connections.try_join_next().is_some() {}
        let Some((stream, peer, place)) = accepted else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let connection = connection(stream, Peer(peer), router.clone(), limits.patience);
        let connection = graceful.watch(connection);
        connections.spawn(async move {
            // An error here is a sender that broke off or talks no HTTP: nobody is left to tell.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    drop(router);
    // Whoever takes longer is cut off; what it already queued is stored all the same.
    let _ = tokio::time::timeout(limits.grace, graceful.shutdown()).await;
    connections.shutdown().await;
}

/// The next connection, once there is a place for it.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let (stream, peer) = listener.accept().await.ok()?;
    // Answers are small and wait for nothing.
    let _ = stream.set_nodelay(true);
    Some((stream, peer, place))
}

type Answer = Result<axum::response::Response, io::Error>;

fn connection(stream: TcpStream, peer: Peer, router: Router, patience: Duration) -> impl hyper_util::server::graceful::GracefulConnection {
    let service = service_fn(move |request: hyper::Request<Incoming>| answer(router.clone(), request.map(Body::new), peer));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service)
}

/// One request through the router.
async fn answer(router: Router, mut request: Request, peer: Peer) -> Answer {
    request.extensions_mut().insert(peer);
    let response = match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    match response.extensions().get::<Drop>() {
        Some(Drop) => Err(io::Error::other("a test asked for a dropped connection")),
        None => Ok(response),
    }
}
