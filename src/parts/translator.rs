//! What the parts `formats` and `formats-all` share: the engine's modules, memory for texts, and `run` for JavaScript.
//!
//! No glue: write a text to `input(bytes)`, call `run` with a number and the text's length, read that many bytes at
//! `output()`. See `engine::wire::formats::run` for the texts.

#[path = "../engine"]
#[allow(unreachable_pub, dead_code, unused_imports, reason = "modules of the library")]
pub(crate) mod engine {
    pub mod json;
    pub mod money;
    pub mod text;

    #[path = "wire"]
    pub mod wire {
        pub mod formats;
    }
}

#[cfg(target_arch = "wasm32")]
#[path = "../heap.rs"]
mod heap;

#[cfg(target_arch = "wasm32")]
mod memory {
    use super::heap::{Heap, Pages};

    #[global_allocator]
    static ALLOCATOR: Heap<Pages> = Heap::new();

    static mut INPUT: Vec<u8> = Vec::new();
    static mut OUTPUT: String = String::new();

    /// Where so many bytes of text go.
    #[unsafe(no_mangle)]
    extern "C" fn input(bytes: usize) -> *mut u8 {
        let input = &raw mut INPUT;
        // SAFETY: wasm has one thread here and nothing calls back into this file: the only reference.
        let input = unsafe { &mut *input };
        input.clear();
        input.resize(bytes, 0);
        input.as_mut_ptr()
    }

    /// Where the answer is.
    #[unsafe(no_mangle)]
    extern "C" fn output() -> *const u8 {
        let output = &raw const OUTPUT;
        // SAFETY: as above.
        unsafe { &*output }.as_ptr()
    }

    #[unsafe(no_mangle)]
    extern "C" fn run(what: u32, bytes: usize) -> usize {
        let (input, output) = (&raw const INPUT, &raw mut OUTPUT);
        // SAFETY: as above.
        let (input, output) = unsafe { (&*input, &mut *output) };
        let text = input.get(..bytes).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or("");
        *output = super::engine::wire::formats::run(crate::FORMATS, what, text);
        output.len()
    }
}
