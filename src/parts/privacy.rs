//! The firewall of `engine::privacy` as a wasm of its own: the part without which nothing starts, unless the shop says so.
//!
//! A memory and four functions, no glue: write a text to `room(bytes)`, then call `rules(bytes)` once with the lines that
//! `Rules::read` knows, and `clean(bytes)` for each JSON text; what comes out is so long, and at `output()`; 0 is "nothing
//! to clean". Behind the text and a line break stands what was found, as JSON: `{"email":2}`.
#![cfg_attr(target_arch = "wasm32", no_main)]

/// The modules of the library, whose exports would come along if they were taken from there.
#[allow(unreachable_pub, dead_code, reason = "modules of the library")]
#[path = "../engine"]
mod engine {
    pub mod json;
    pub mod privacy;
    pub mod text;
}
#[cfg(target_arch = "wasm32")]
#[allow(dead_code, reason = "a module of the library")]
#[path = "../heap.rs"]
mod heap;

#[cfg(target_arch = "wasm32")]
mod part {
    use super::engine::json::{Writer, put};
    use super::engine::privacy::{Redacted, Rules};
    use super::heap::{Heap, Pages};

    #[global_allocator]
    static ALLOCATOR: Heap<Pages> = Heap::new();

    #[derive(Default)]
    struct State {
        rules: Option<Rules>,
        input: Vec<u8>,
        output: String,
    }

    static mut STATE: State = State { rules: None, input: Vec::new(), output: String::new() };

    fn state() -> &'static mut State {
        let state = &raw mut STATE;
        // SAFETY: wasm has one thread here and nothing calls back into this file, so this is the only reference.
        unsafe { &mut *state }
    }

    impl State {
        fn text(&self, bytes: usize) -> &str {
            let text = self.input.get(..bytes).unwrap_or(&[]);
            // SAFETY: `TextEncoder` writes nothing but UTF-8.
            unsafe { str::from_utf8_unchecked(text) }
        }
    }

    /// Where a text of so many bytes goes.
    #[unsafe(no_mangle)]
    extern "C" fn room(bytes: usize) -> *mut u8 {
        let input = &mut state().input;
        input.resize(bytes.max(input.len()), 0);
        input.as_mut_ptr()
    }

    /// Reads the rules.
    #[unsafe(no_mangle)]
    extern "C" fn rules(bytes: usize) {
        let state = state();
        state.rules = Some(Rules::read(state.text(bytes)));
    }

    /// Cleans a text.
    #[unsafe(no_mangle)]
    extern "C" fn clean(bytes: usize) -> usize {
        let state = state();
        let mut redacted = Redacted::default();
        let Some(mut clean) = state.rules.as_ref().and_then(|rules| rules.clean(state.text(bytes), &mut redacted)) else { return 0 };
        let mut counts = Writer::default();
        redacted.write(&mut counts);
        for part in ["\n", &counts.out] {
            put(&mut clean, part);
        }
        state.output = clean;
        state.output.len()
    }

    /// Where the cleaned text is.
    #[unsafe(no_mangle)]
    extern "C" fn output() -> *const u8 {
        state().output.as_ptr()
    }
}

/// On the host there is nothing to run.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
