//! cartbeacon records what shoppers do in a web store, lets nothing leave the page before consent, and delivers events in
//! batches with `sendBeacon`.
//!
//! `engine` decides everything and touches nothing; `edge` (wasm32 only) is the browser; `api` is what JavaScript sees.

pub mod engine;

#[cfg(target_arch = "wasm32")]
pub mod api;
#[cfg(target_arch = "wasm32")]
mod edge;
