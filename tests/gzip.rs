//! What `engine::gzip` packs, another library unpacks: whatever the text, and never into more bytes than it had.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests may panic")]
#![allow(clippy::disallowed_macros, reason = "what is too heavy for the wasm is not for a test")]

use std::io::Read;

use cartbeacon::engine::gzip::{Gzip, MAX_TEXT};
use cartbeacon::engine::id::Rng;
use flate2::bufread::GzDecoder;
use proptest::prelude::*;

fn pack_with(encoder: &mut Gzip, text: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0; MAX_TEXT];
    let packed = encoder.pack(text, &mut out)?;
    out.truncate(packed);
    Some(out)
}

fn pack(text: &[u8]) -> Option<Vec<u8>> {
    pack_with(&mut Gzip::new(), text)
}

/// One member to its end, with length and checksum looked at.
fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut decoder = GzDecoder::new(packed);
    let mut text = Vec::new();
    decoder.read_to_end(&mut text).expect("well-formed gzip");
    assert!(decoder.into_inner().is_empty(), "nothing follows the end");
    text
}

/// Packs what must get smaller, and answers its size.
fn packed(text: &[u8]) -> usize {
    let packed = pack(text).expect("smaller");
    assert!(packed.len() < text.len());
    assert!(unpack(&packed) == text, "{} bytes changed on their way", text.len());
    packed.len()
}

/// Shop events as the native format has them, no two alike.
fn events(count: usize, seed: u64) -> Vec<u8> {
    let mut rng = Rng::new([seed, !seed]);
    let mut text = String::from(r#"{"v":1,"sdk":"cartbeacon/0.1.0","engine":"wasm","site":"my-shop","events":["#);
    for seq in 0..count {
        let id = rng.uuid(1_790_000_000_000 + seq as u64 * 731).text();
        let (t, product) = (1_790_000_000_000 + seq as u64 * 731, rng.below(500));
        let price = format!("{}.{:02}", product % 97, product % 89);
        let event = format!(
            r#"{{"id":"{id}","seq":{seq},"t":{t},"page":0,"name":"add_to_cart","data":{{"currency":"EUR","value":{price},"items":[{{"item_id":"SKU-{product}","item_name":"Product {product} of {}","item_category":"Kitchen","price":{price},"quantity":{}}}]}}}},"#,
            rng.below(40),
            1 + rng.below(3)
        );
        text += &event;
    }
    (text + "]}").into_bytes()
}

/// Printable noise.
fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut rng = Rng::new([seed, !seed]);
    (0..len).map(|_| b' ' + u8::try_from(rng.below(95)).expect("below 95")).collect()
}

#[test]
fn events_become_a_fraction() {
    for (count, share) in [(10, 0.35), (100, 0.22), (200, 0.21)] {
        let text = events(count, 7);
        let ratio = packed(&text) as f64 / text.len() as f64;
        assert!(ratio < share, "{count} events: {ratio}");
    }
}

#[test]
fn it_packs_as_well_as_the_library_does() {
    for count in [1, 10, 100, 200] {
        let text = events(count, 3);
        let mut theirs = Vec::new();
        flate2::bufread::GzEncoder::new(&text[..], flate2::Compression::new(6)).read_to_end(&mut theirs).expect("packed");
        let ours = packed(&text);
        assert!(ours * 100 <= theirs.len() * 102, "{count} events: {ours} beside {}", theirs.len());
    }
}

#[test]
fn what_would_not_get_smaller_stays_as_it_is() {
    let mut rng = Rng::new([1, 2]);
    let random: Vec<u8> = (0..MAX_TEXT).map(|_| rng.word() as u8).collect();
    for len in [0, 1, 2, 3, 10, 20, 1_000, 16_384, 32_768, MAX_TEXT] {
        assert_eq!(pack(&random[..len]), None, "{len} random bytes");
    }
    assert_eq!(pack(br#"{"v":1,"erase":"0192f5a0-1234-7000-8000-000000000001"}"#), None);
}

#[test]
fn a_text_that_is_too_long_is_not_cut() {
    assert_eq!(pack(&vec![b'a'; MAX_TEXT + 1]), None);
    assert_eq!(pack(&vec![b'a'; 70_000]), None);
}

#[test]
fn a_room_that_is_too_small_is_not_overrun() {
    let text = events(20, 1);
    let whole = packed(&text);
    for room in [0, 1, 10, whole - 1] {
        assert_eq!(Gzip::new().pack(&text, &mut vec![0; room]), None, "{room} bytes");
    }
    assert_eq!(Gzip::new().pack(&text, &mut vec![0; whole]), Some(whole));
}

#[test]
fn repetitions_of_every_length_and_distance_are_found() {
    // Near and far, up to the end of the window and beyond it.
    for distance in [1, 2, 3, 4, 5, 31, 257, 258, 4_096, 32_767, 32_768, 32_769, 40_000] {
        let mut text = noise(distance, 5);
        text.extend(noise(distance, 5).into_iter().take(MAX_TEXT - distance));
        text.extend([b'!'; 400].into_iter().take(MAX_TEXT - text.len()));
        packed(&text);
    }
    assert!(packed(&[b'a'; MAX_TEXT]) < 300);
    assert!(packed(&"ab".repeat(MAX_TEXT / 2).into_bytes()) < 300);
}

#[test]
fn a_code_deeper_than_deflate_allows_is_flattened() {
    // Symbols as often as Fibonacci's numbers make the deepest tree there is.
    let (mut a, mut b) = (1, 1);
    let mut text = Vec::new();
    for symbol in b'A'.. {
        if text.len() + a > MAX_TEXT {
            break;
        }
        text.extend(std::iter::repeat_n(symbol, a));
        (a, b) = (b, a + b);
    }
    // Shuffled, or the matches would swallow the counts.
    let mut rng = Rng::new([9, 9]);
    for at in (1..text.len()).rev() {
        text.swap(at, usize::try_from(rng.below(at as u64 + 1)).expect("small"));
    }
    packed(&text);
}

#[test]
fn the_bytes_are_always_the_same() {
    let text = b"add_to_cart view_item add_to_cart view_item add_to_cart view_item add_to_cart view_item purchase";
    let hex: String = pack(text).expect("smaller").iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        hex,
        "1f8b08000000000000ffedfdb10d0020080440acc266e4032452180dbebabe43585f7953c05d39d45094937135195df0bd739735ac78c7637ce860000000"
    );
    let mut encoder = Gzip::new();
    let first = pack_with(&mut encoder, &events(30, 1));
    pack_with(&mut encoder, &noise(50_000, 2));
    assert_eq!(pack_with(&mut encoder, &events(30, 1)), first, "nothing of an earlier text stays");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_bytes_come_back(text in proptest::collection::vec(any::<u8>(), 0..3_000)) {
        if let Some(packed) = pack(&text) {
            prop_assert!(packed.len() < text.len());
            prop_assert_eq!(unpack(&packed), text);
        }
    }

    #[test]
    fn texts_of_few_words_come_back(words in proptest::collection::vec("[a-d]{1,6}|\\PC{0,4}|\\{\"id\":[0-9]{1,3}\\}", 0..4_000)) {
        let text = words.concat().into_bytes();
        prop_assume!(text.len() <= MAX_TEXT);
        match pack(&text) {
            Some(packed) => prop_assert_eq!(unpack(&packed), text),
            None => prop_assert!(text.len() < 200, "{} bytes did not get smaller", text.len()),
        }
    }

    #[test]
    fn events_of_any_number_come_back(count in 1_usize..220, seed: u64) {
        let text = events(count, seed);
        prop_assume!(text.len() <= MAX_TEXT);
        prop_assert_eq!(unpack(&pack(&text).expect("smaller")), text);
    }
}
