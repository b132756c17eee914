//! The part that is fetched where the option `format` names another than the native one: what most shops speak.
#![cfg_attr(target_arch = "wasm32", no_main)]

mod translator;

use translator::engine;

#[cfg(target_arch = "wasm32")]
const FORMATS: &[&[engine::wire::formats::Spec]] = &[engine::wire::formats::USUAL];

/// On the host there is nothing to run.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
