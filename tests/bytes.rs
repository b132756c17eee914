//! The fuzzed targets on random bytes, so that every test run tries some; `npm run fuzz` looks for the bytes that matter.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::bytes;
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn well_formed_input_keeps_every_rule(input in vec(any::<u8>(), 0..600)) {
        bytes::inputs(&input);
    }

    #[test]
    fn any_text_at_all_is_survived(input in vec(any::<u8>(), 0..600)) {
        bytes::texts(&input);
    }
}
