#![no_main]
//! See `bytes::texts`.

#[path = "../../common/mod.rs"]
mod common;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| common::bytes::texts(bytes));
