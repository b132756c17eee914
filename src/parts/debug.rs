//! What is said in debug mode about names that are nearly right and values that do not add up: `engine::catalogue` as a wasm of its
//! own, for the part that is loaded with the option `debug`.
//!
//! One function, `look()`, beside those of `memory`: it takes an event's fields, its name and what the engine answered, a line
//! each, and gives the answer back with what can be added to it.
#![cfg_attr(target_arch = "wasm32", no_main)]

/// The modules of the library, whose exports would come along if they were taken from there.
#[path = "../engine"]
#[allow(unreachable_pub, dead_code, unused_imports, reason = "modules of the library")]
mod engine {
    pub mod catalogue;
    pub mod check;
    pub mod json;
    pub mod money;
    pub mod text;
    pub mod vocab;
}

#[cfg(target_arch = "wasm32")]
mod memory;

#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
extern "C" fn look() -> usize {
    memory::answer(engine::catalogue::answer)
}

/// On the host there is nothing to run.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
