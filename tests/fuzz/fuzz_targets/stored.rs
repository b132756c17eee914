#![no_main]
//! See `stored::stored`.

#[path = "../../common/mod.rs"]
mod common;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| common::stored::stored(bytes));
