#![no_main]
//! See `bytes::inputs`.

#[path = "../../common/mod.rs"]
mod common;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| common::bytes::inputs(bytes));
