//! cartbeacon records what shoppers do in a web store, lets nothing leave the page before consent, and delivers events in
//! batches with `sendBeacon`.
//!
//! `engine` decides everything and touches nothing; `edge` (wasm32 only) is the browser; `api` is what JavaScript sees.

#![cfg_attr(test, allow(clippy::disallowed_macros, clippy::expect_used, reason = "what is too heavy for the wasm is not for a test"))]

pub mod engine;

#[cfg(target_arch = "wasm32")]
pub mod api;
#[cfg(target_arch = "wasm32")]
mod edge;
#[cfg(any(target_arch = "wasm32", test))]
mod heap;
