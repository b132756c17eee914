//! The cart engine of `engine::cart` as a wasm of its own: the part that is fetched where carts are read from shop systems.
//!
//! One function, `step()`, beside those of `memory`. The engine's files are included rather than taken from the library,
//! whose exports would come along.
#![cfg_attr(target_arch = "wasm32", no_main)]
#![cfg_attr(test, allow(clippy::disallowed_macros, reason = "what is too heavy for the wasm is not for a test"))]
#![allow(unreachable_pub, dead_code, reason = "modules of the library")]

#[path = "../engine/cart/mod.rs"]
mod cart;
#[path = "../engine/check.rs"]
mod check;
#[path = "../engine/json.rs"]
mod json;
#[path = "../engine/money.rs"]
mod money;
#[path = "../engine/text.rs"]
mod text;
#[path = "../engine/time.rs"]
mod time;
#[path = "../engine/vocab.rs"]
mod vocab;

#[cfg(target_arch = "wasm32")]
mod memory;

/// Takes the text in; says how many bytes the answer has.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
extern "C" fn step() -> usize {
    memory::answer(cart::step)
}

/// On the host there is nothing to run.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
