//! gzip (RFC 1952) of one body: deflate (RFC 1951) with matches found by hash chains and Huffman codes made for each block.
//!
//! Not in the default wasm: `parts/gzip.rs` makes a part of its own of it. It allocates nothing, lives in a fixed 190 KiB,
//! and has one answer beside the packed bytes: not smaller than the text. Then the text goes as it is, so nothing ever
//! grows, and deflate's stored and fixed blocks are never needed.
//!
//! Why not a library: the same wasm (size build, wasm-opt, brotli) with yazi 0.2.2 is 7,293 bytes, with miniz_oxide 0.8.9
//! 8,592, with this 2,108. A body of 45,399 bytes, 83 varied events: here 7,050; zlib's level 6 7,151, its level 9 6,931,
//! miniz_oxide and yazi 7,125; in 2.5 times the time of zlib's level 6, which is native. 20 events of 8,638 bytes: here
//! 2,151, zlib 2,166 and 2,139.
//!
//! Everything is a list of 16-bit numbers, read by `at` and written by `set`: one pair of functions weighs less than a type
//! for each. A place that does not exist reads as 0 and takes nothing; for the places computed here it never matters.
#![expect(clippy::cast_possible_truncation, reason = "numbers of lists shorter than 65,536, and the low bits where they are asked for")]

use core::ops::Range;

/// The longest text; also what all beacons of a page may have in flight together.
pub const MAX_TEXT: usize = 65_536;

/// Shorter matches are not looked for: 3 bytes seldom pay for their distance.
const MIN_MATCH: usize = 4;
/// One less than deflate allows; the longest has a code apart (RFC 1951 §3.2.5).
const MAX_MATCH: usize = 257;
const MAX_DISTANCE: usize = 32_768;
/// A match this long is taken without asking whether the next place has a longer one.
const GOOD_MATCH: usize = 32;
/// Places compared for one match.
const MAX_CHAIN: usize = 48;
const HASH_BITS: u32 = 13;
/// Literals and matches in one block.
const BLOCK: usize = 16_384;

/// The alphabets of RFC 1951 §3.2.5 and §3.2.7.
const LITERALS: usize = 286;
const DISTANCES: usize = 30;
const LENGTHS: usize = 19;
const END_OF_BLOCK: usize = 256;
/// The order in which the code lengths of the code lengths are told.
const ORDER: [u8; LENGTHS] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// RFC 1952 §2.3.1: deflate, no flags, no time, unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// What packing needs, reusable.
#[derive(Debug)]
pub struct Gzip {
    /// The last place of each hash; place 0 stands for none.
    heads: [u16; 1 << HASH_BITS],
    /// The place before it with the same hash, by the place's low bits.
    before: [u16; MAX_DISTANCE],
    /// What the block holds: a literal with distance 0, or a match's length and distance.
    values: [u16; BLOCK],
    distances: [u16; BLOCK],
    count: usize,
    /// Literals and lengths, then distances.
    code: Code,
    /// Of the lengths of that code.
    code_of_lens: Code,
    crc: [u32; 256],
}

impl Default for Gzip {
    fn default() -> Self {
        Self::new()
    }
}

impl Gzip {
    pub const fn new() -> Self {
        Self {
            heads: [0; 1 << HASH_BITS],
            before: [0; MAX_DISTANCE],
            values: [0; BLOCK],
            distances: [0; BLOCK],
            count: 0,
            code: Code::new(),
            code_of_lens: Code::new(),
            crc: [0; 256],
        }
    }

    /// Packs `text` into `out` and answers how many bytes that are; `None` when they are not fewer than before, or too many
    /// for `out`, or the text is longer than `MAX_TEXT`.
    pub fn pack(&mut self, text: &[u8], out: &mut [u8]) -> Option<usize> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let mut bits = Bits { out, at: 0, held: 0, count: 0, is_counting: false };
        for byte in HEADER {
            bits.put(u32::from(byte), 8);
        }
        self.heads = [0; 1 << HASH_BITS];
        self.count = 0;
        self.matches(text, &mut bits);
        self.block(true, &mut bits);
        bits.put(0, 7);
        bits.count = 0;
        for number in [self.crc(text), text.len() as u32] {
            bits.put(number & 0xffff, 16);
            bits.put(number >> 16, 16);
        }
        let packed = bits.at;
        (packed < text.len() && packed <= bits.out.len()).then_some(packed)
    }

    /// Literals and matches of the whole text. A match waits for one place, and gives way if a longer one begins there.
    fn matches(&mut self, text: &[u8], bits: &mut Bits<'_>) {
        let (mut here, mut known) = (0, 0);
        let mut waiting = (0, 0);
        let mut literal = None;
        while here < text.len() {
            let found = if waiting.0 < GOOD_MATCH { self.longest(text, here) } else { (0, 0) };
            if waiting.0 > 0 && waiting.0 >= found.0 {
                self.token(waiting.0, waiting.1, bits);
                here += waiting.0 - 1;
                (waiting, literal) = ((0, 0), None);
            } else {
                if let Some(byte) = literal {
                    self.token(usize::from(byte), 0, bits);
                }
                literal = text.get(here).copied();
                waiting = found;
                here += 1;
            }
            while known < here {
                let hash = hash(text, known);
                set(&mut self.before, known % MAX_DISTANCE, at(&self.heads, hash));
                set(&mut self.heads, hash, known);
                known += 1;
            }
        }
        if let Some(byte) = literal {
            self.token(usize::from(byte), 0, bits);
        }
    }

    /// Length and distance of the longest match at a place among the last of its hash.
    fn longest(&self, text: &[u8], here: usize) -> (usize, usize) {
        let rest = text.get(here..).unwrap_or(&[]);
        let mut best = (0, 0);
        let mut place = at(&self.heads, hash(text, here));
        for _ in 0..MAX_CHAIN {
            if place == 0 || here - place > MAX_DISTANCE {
                break;
            }
            let earlier = text.get(place..).unwrap_or(&[]);
            // Only what is longer than the best is of interest.
            if earlier.get(best.0) == rest.get(best.0) {
                let len = rest.iter().take(MAX_MATCH).zip(earlier).take_while(|(a, b)| a == b).count();
                if len >= MIN_MATCH && len > best.0 {
                    best = (len, here - place);
                }
            }
            let next = at(&self.before, place % MAX_DISTANCE);
            // A place that was overwritten by a later one ends the chain.
            if next >= place {
                break;
            }
            place = next;
        }
        best
    }

    fn token(&mut self, value: usize, distance: usize, bits: &mut Bits<'_>) {
        if self.count == BLOCK {
            self.block(false, bits);
        }
        set(&mut self.values, self.count, value);
        set(&mut self.distances, self.count, distance);
        self.count += 1;
    }

    /// Counts or writes all that the block holds; distances have symbols from `LITERALS` on.
    fn symbols(&mut self, bits: &mut Bits<'_>) {
        for (value, distance) in self.values.iter().zip(&self.distances).take(self.count) {
            let (value, distance) = (usize::from(*value), usize::from(*distance));
            if distance == 0 {
                self.code.put(value, 0, 0, bits);
            } else {
                self.code.put_split(END_OF_BLOCK + 1, value - 3, 2, bits);
                self.code.put_split(LITERALS, distance - 1, 1, bits);
            }
        }
        self.code.put(END_OF_BLOCK, 0, 0, bits);
    }

    /// Counts or writes the code's lengths, run-length coded (RFC 1951 §3.2.7).
    fn lens(&mut self, bits: &mut Bits<'_>) {
        let mut here = 0;
        while let Some(len) = self.code.lens.get(here) {
            let mut run = self.code.lens.iter().skip(here).take_while(|l| *l == len).count();
            let len = usize::from(*len);
            // A run of another length begins with that length itself.
            let (symbol, least, most, count) = match run {
                11.. if len == 0 => (18, 11, 138, 7),
                3.. if len == 0 => (17, 3, 10, 3),
                4.. => {
                    self.code_of_lens.put(len, 0, 0, bits);
                    (here, run) = (here + 1, run - 1);
                    (16, 3, 6, 2)
                }
                _ => (len, 1, 1, 0),
            };
            run = run.min(most);
            self.code_of_lens.put(symbol, run - least, count, bits);
            here += run;
        }
    }

    /// Writes the block (RFC 1951 §3.2.7) and begins another: everything is counted first, then written.
    fn block(&mut self, is_last: bool, bits: &mut Bits<'_>) {
        bits.is_counting = true;
        self.symbols(bits);
        self.code.make(0..LITERALS, 15);
        self.code.make(LITERALS..LITERALS + DISTANCES, 15);
        self.lens(bits);
        self.code_of_lens.make(0..LENGTHS, 7);
        bits.is_counting = false;
        bits.put(u32::from(is_last) | 2 << 1 | (LITERALS as u32 - 257) << 3 | (DISTANCES as u32 - 1) << 8 | (LENGTHS as u32 - 4) << 13, 17);
        for symbol in ORDER {
            bits.put(at(&self.code_of_lens.lens, usize::from(symbol)) as u32, 3);
        }
        self.lens(bits);
        self.symbols(bits);
        self.count = 0;
    }

    /// RFC 1952 §8.
    fn crc(&mut self, text: &[u8]) -> u32 {
        for (n, slot) in (0..).zip(&mut self.crc) {
            *slot = (0..8).fold(n, |c: u32, _| if c & 1 == 0 { c >> 1 } else { 0xedb8_8320 ^ c >> 1 });
        }
        let step = |crc: u32, byte: &u8| self.crc.get((crc as u8 ^ byte) as usize).unwrap_or(&0) ^ crc >> 8;
        !text.iter().fold(!0, step)
    }
}

/// Bits on their way out, the lowest first (RFC 1951 §3.1.1).
struct Bits<'a> {
    out: &'a mut [u8],
    /// Bytes written, or that there was no room for.
    at: usize,
    held: u32,
    count: u32,
    /// Symbols are only counted.
    is_counting: bool,
}

impl Bits<'_> {
    /// At most 24 bits.
    fn put(&mut self, bits: u32, count: u32) {
        self.held |= bits << self.count;
        self.count += count;
        while self.count >= 8 {
            if let Some(slot) = self.out.get_mut(self.at) {
                *slot = self.held as u8;
            }
            self.at += 1;
            self.held >>= 8;
            self.count -= 8;
        }
    }
}

fn at(list: &[u16], place: usize) -> usize {
    usize::from(list.get(place).copied().unwrap_or(0))
}

fn set(list: &mut [u16], place: usize, value: usize) {
    if let Some(slot) = list.get_mut(place) {
        *slot = value as u16;
    }
}

/// A number for the next four bytes (Knuth's multiplicative hash).
fn hash(text: &[u8], here: usize) -> usize {
    let four = text.get(here..here + 4).and_then(|four| four.try_into().ok()).unwrap_or_default();
    (u32::from_le_bytes(four).wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize
}

/// A Huffman code, or two of them one after the other.
#[derive(Debug)]
struct Code {
    /// How often each symbol occurs; all 0 again when the code is made.
    counts: [u16; LITERALS + DISTANCES],
    lens: [u16; LITERALS + DISTANCES],
    codes: [u16; LITERALS + DISTANCES],
}

impl Code {
    const fn new() -> Self {
        let none = [0; LITERALS + DISTANCES];
        Self { counts: none, lens: none, codes: none }
    }

    /// Counts or writes a symbol with so many extra bits.
    fn put(&mut self, symbol: usize, extra: usize, count: u32, bits: &mut Bits<'_>) {
        if bits.is_counting {
            let n = at(&self.counts, symbol);
            set(&mut self.counts, symbol, n + 1);
        } else {
            bits.put(at(&self.codes, symbol) as u32, at(&self.lens, symbol) as u32);
            bits.put(extra as u32, count);
        }
    }

    /// A length or a distance: its leading one and `keep` bits after it choose the symbol, the others are extra (RFC 1951
    /// §3.2.5).
    fn put_split(&mut self, first: usize, n: usize, keep: u32, bits: &mut Bits<'_>) {
        let count = (usize::BITS - n.leading_zeros()).saturating_sub(keep + 1);
        self.put(first + ((count as usize) << keep) + (n >> count), n & ((1 << count) - 1), count, bits);
    }

    /// Makes the code of some of the symbols, with lengths of at most `limit`, from their counts (RFC 1951 §3.2.2).
    fn make(&mut self, symbols: Range<usize>, limit: usize) {
        let part = symbols.clone();
        let (Some(counts), Some(lens), Some(codes)) =
            (self.counts.get_mut(part.clone()), self.lens.get_mut(part.clone()), self.codes.get_mut(part))
        else {
            return;
        };
        // Decoders want a code of two symbols at least.
        let used = counts.iter().filter(|n| **n > 0).count();
        counts.iter_mut().filter(|n| **n == 0).take(2_usize.saturating_sub(used)).for_each(|n| *n = 1);
        while tree(counts, lens) > limit {
            // Flatter counts make a flatter tree.
            counts.iter_mut().for_each(|n| *n = n.div_ceil(2));
        }
        counts.fill(0);
        let mut code = 0_u16;
        for bits in 1..16 {
            code <<= 1;
            for (slot, _) in codes.iter_mut().zip(lens.iter()).filter(|(_, len)| **len == bits) {
                *slot = code.reverse_bits() >> (16 - bits);
                code += 1;
            }
        }
    }
}

/// The lengths of a Huffman code without a limit; answers the longest.
fn tree(counts: &[u16], lens: &mut [u16]) -> usize {
    let mut sorted = [0; LITERALS];
    let mut leaves = 0;
    for (symbol, n) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
        // By insertion: at most 286.
        let mut place = leaves;
        while place > 0 && at(counts, at(&sorted, place - 1)) > usize::from(*n) {
            let moved = at(&sorted, place - 1);
            set(&mut sorted, place, moved);
            place -= 1;
        }
        set(&mut sorted, place, symbol);
        leaves += 1;
    }
    // Nodes after the leaves are made in the order of their weights, so that the two lightest stand at the front of either.
    let (mut weights, mut parents) = ([0; 2 * LITERALS], [0; 2 * LITERALS]);
    for leaf in 0..leaves {
        set(&mut weights, leaf, at(counts, at(&sorted, leaf)));
    }
    let (mut leaf, mut inner) = (0, leaves);
    let nodes = 2 * leaves - 1;
    for node in leaves..nodes {
        let mut weight = 0;
        for _ in 0..2 {
            let is_leaf = leaf < leaves && (inner >= node || at(&weights, leaf) <= at(&weights, inner));
            let lightest = if is_leaf { &mut leaf } else { &mut inner };
            weight += at(&weights, *lightest);
            set(&mut parents, *lightest, node);
            *lightest += 1;
        }
        set(&mut weights, node, weight);
    }
    // From the root down; the weights are no longer needed and become depths.
    lens.fill(0);
    set(&mut weights, nodes - 1, 0);
    let mut longest = 0;
    for node in (0..nodes - 1).rev() {
        let depth = at(&weights, at(&parents, node)) + 1;
        set(&mut weights, node, depth);
        if node < leaves {
            set(lens, at(&sorted, node), depth);
            longest = longest.max(depth);
        }
    }
    longest
}
