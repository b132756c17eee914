//! The part that is fetched where `formats` does not know the format: all there are.
#![cfg_attr(target_arch = "wasm32", no_main)]

mod translator;

use translator::engine;

#[cfg(target_arch = "wasm32")]
const FORMATS: &[&[engine::wire::formats::Spec]] = &[engine::wire::formats::USUAL, engine::wire::formats::MORE];

/// On the host there is nothing to run.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
