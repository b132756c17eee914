#![no_main]
//! See `bytes::gzip`.

#[path = "../../common/mod.rs"]
mod common;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| common::bytes::gzip(bytes));
