//! The formats of `engine::wire::formats` as a wasm of their own: the part that is fetched where the option `format` names
//! another than the native one.
//!
//! No glue: write a text to `input(bytes)`, call the format with a number of `run` and the text's length, read that many
//! bytes at `output()`. Each format is an export, so that a build keeps those it wants and the others fall out.
#![cfg_attr(target_arch = "wasm32", no_main)]

#[path = "../engine"]
#[allow(unreachable_pub, dead_code, unused_imports, reason = "modules of the library")]
mod engine {
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
mod part {
    use super::engine::wire::formats::*;
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

    fn call(what: u32, bytes: usize, run: fn(u32, &str) -> String) -> usize {
        let (input, output) = (&raw const INPUT, &raw mut OUTPUT);
        // SAFETY: as above.
        let (input, output) = unsafe { (&*input, &mut *output) };
        let text = input.get(..bytes).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or("");
        *output = run(what, text);
        output.len()
    }

    macro_rules! formats {
        ($($feature:literal $name:ident $format:path;)*) => {$(
            #[cfg(feature = $feature)]
            #[unsafe(no_mangle)]
            extern "C" fn $name(what: u32, bytes: usize) -> usize {
                call(what, bytes, run::<$format>)
            }
        )*};
    }

    formats! {
        "ndjson" ndjson lines::Ndjson;
        "json-array" json_array lines::JsonArray;
        "segment" segment segment::Segment;
        "segment" rudderstack segment::Rudderstack;
        "posthog" posthog posthog::Posthog;
        "matomo" matomo matomo::Matomo;
        "umami" umami umami::Umami;
        "plausible" plausible plausible::Plausible;
        "snowplow" snowplow snowplow::Snowplow;
    }
}

/// On the host there is nothing to run.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
