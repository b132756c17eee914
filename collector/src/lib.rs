//! The embedded first-party endpoint: it takes batches of the native format, stores each event once, and shows them live.
//!
//! A request to `/collect` passes these stations, one module each, in this order:
//!
//! ```text
//! server → cors → faults → collect (limits) → batch → writer → rows → answer
//!  accept   who    tests    the body          what    queue    SQL
//! ```
//!
//! `query` answers `/events`, `stats` and `stream` feed `/live`, `forward` sends what is stored on, `files` serves the store and the SDK. Everything that
//! writes goes through the one thread of `writer`, which answers only after the commit.

mod anonymous;
mod batch;
mod booking;
mod cart;
mod clock;
mod collect;
mod cors;
mod database;
mod device;
mod faults;
mod fields;
mod files;
mod foreign;
mod forward;
mod keep;
mod limits;
mod live;
mod pixel;
mod query;
mod refusal;
mod reports;
mod routes;
mod rows;
pub mod schema;
mod server;
mod stats;
mod stream;
mod touch;
mod views;
mod visitor_cookie;
mod vocabulary;
mod writer;

pub use cors::{Origin, OriginProblem};
pub use forward::Forwarding;
pub use limits::Limits;
pub use server::{Options, Running, StartError, start};
