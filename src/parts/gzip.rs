//! The encoder of `engine::gzip` as a wasm of its own: the part that is fetched where the option `compress` is set.
//!
//! Three functions and a memory, no glue: write a text to `input()`, call `gzip(bytes)`, read that many bytes at
//! `output()`; 0 is "not smaller, send the text". The encoder's file is included rather than taken from the library, whose
//! exports would come along.
#![cfg_attr(target_arch = "wasm32", no_main)]

#[path = "../engine/gzip.rs"]
#[allow(unreachable_pub, dead_code, reason = "a module of the library")]
mod encoder;

#[cfg(target_arch = "wasm32")]
mod part {
    use super::encoder::{Gzip, MAX_TEXT};

    static mut ENCODER: Gzip = Gzip::new();
    static mut INPUT: [u8; MAX_TEXT] = [0; MAX_TEXT];
    static mut OUTPUT: [u8; MAX_TEXT] = [0; MAX_TEXT];

    /// Where the text goes.
    #[unsafe(no_mangle)]
    extern "C" fn input() -> *mut u8 {
        (&raw mut INPUT).cast()
    }

    /// Where the packed bytes are.
    #[unsafe(no_mangle)]
    extern "C" fn output() -> *const u8 {
        (&raw const OUTPUT).cast()
    }

    /// Packs so many bytes.
    #[unsafe(no_mangle)]
    extern "C" fn gzip(bytes: usize) -> usize {
        let (encoder, input, output) = (&raw mut ENCODER, &raw const INPUT, &raw mut OUTPUT);
        // SAFETY: wasm has one thread here and nothing calls back into this file, so these are the only references.
        let (encoder, input, output) = unsafe { (&mut *encoder, &*input, &mut *output) };
        input.get(..bytes).and_then(|text| encoder.pack(text, output)).unwrap_or(0)
    }
}

/// On the host there is nothing to run.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
