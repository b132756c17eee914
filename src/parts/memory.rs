//! The memory of a part that takes text and answers with text: no glue, two functions for JavaScript (www/sdk/wasm.js).
//!
//! Write a text of so many bytes to `input(bytes)`, call the part's own function, read as many bytes as it says at `output()`.

#[path = "../heap.rs"]
mod heap;

use heap::{Heap, Pages};

#[global_allocator]
static ALLOCATOR: Heap<Pages> = Heap::new();

static mut INPUT: Vec<u8> = Vec::new();
static mut OUTPUT: String = String::new();

/// Where a text of so many bytes goes.
#[unsafe(no_mangle)]
extern "C" fn input(bytes: usize) -> *mut u8 {
    let input = &raw mut INPUT;
    // SAFETY: wasm has one thread here and nothing calls back into a part, so this is the only reference.
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

/// Makes the answer to the text that is there; says how many bytes it has.
pub(crate) fn answer(make: impl FnOnce(&str) -> String) -> usize {
    let (input, output) = (&raw const INPUT, &raw mut OUTPUT);
    // SAFETY: as above; the text comes from a `TextEncoder`, which writes nothing but UTF-8.
    let (text, output) = unsafe { (str::from_utf8_unchecked(&*input), &mut *output) };
    *output = make(text);
    output.len()
}
