//! The cart engine of `engine::cart` as a wasm of its own: the part that is fetched where carts are read from shop systems.
//!
//! Three functions and a memory, no glue: write a text of so many bytes to `input(bytes)`, call `step()`, read as many
//! bytes as it says at `output()`. The engine's files are included rather than taken from the library, whose exports would
//! come along.
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
#[path = "../heap.rs"]
mod heap;

#[cfg(target_arch = "wasm32")]
mod part {
    use super::cart;
    use super::heap::{Heap, Pages};

    #[global_allocator]
    static ALLOCATOR: Heap<Pages> = Heap::new();

    static mut INPUT: Vec<u8> = Vec::new();
    static mut OUTPUT: Vec<u8> = Vec::new();

    /// Where a text of so many bytes goes.
    #[unsafe(no_mangle)]
    extern "C" fn input(bytes: usize) -> *mut u8 {
        let input = &raw mut INPUT;
        // SAFETY: wasm has one thread here and nothing calls back into this file, so this is the only reference.
        let input = unsafe { &mut *input };
        *input = vec![0; bytes];
        input.as_mut_ptr()
    }

    /// Where the answer is.
    #[unsafe(no_mangle)]
    extern "C" fn output() -> *const u8 {
        let output = &raw const OUTPUT;
        // SAFETY: as above.
        unsafe { &*output }.as_ptr()
    }

    /// Takes the text in; says how many bytes the answer has.
    #[unsafe(no_mangle)]
    extern "C" fn step() -> usize {
        let (input, output) = (&raw const INPUT, &raw mut OUTPUT);
        // SAFETY: as above; the text comes from a `TextEncoder`, which writes nothing but UTF-8.
        let (text, output) = unsafe { (str::from_utf8_unchecked(&*input), &mut *output) };
        *output = cart::step(text).into_bytes();
        output.len()
    }
}

/// On the host there is nothing to run.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
