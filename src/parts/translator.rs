//! What the parts `formats` and `formats-all` share: the engine's modules, and `run` for JavaScript beside what `memory` has.
//! See `engine::wire::formats::run` for its number and the texts.

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
#[path = "memory.rs"]
mod memory;

#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
extern "C" fn run(what: u32) -> usize {
    memory::answer(|text| engine::wire::formats::run(crate::FORMATS, what, text))
}
