//! The fuzzed targets on random bytes, so that every test run tries some; `npm run fuzz` looks for the bytes that matter.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::{bytes, stored};
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

    #[test]
    fn damage_to_what_is_stored_costs_what_was_damaged(input in vec(any::<u8>(), 0..300)) {
        stored::stored(&input);
    }
}

/// A find: a record with a right sum and more events in its first number than there are in it.
#[test]
fn a_record_that_lies_about_its_events_is_damaged() {
    let input = [255, 0, 193, 12, 241, 190, 241, 190, 193, 193, 193, 193, 193, 193, 17, 64, 17, 0, 11, 2, 120, 14];
    stored::stored(&input);
}
