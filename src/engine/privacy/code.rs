//! What has letters in it: addresses, bank accounts, tokens, some national ids.

use super::decode::at;
use super::scan::is_word;

/// Country and length of each IBAN, the length as a letter from `A` for 15, in the order of SWIFT's registry:
/// <https://www.swift.com/standards/data-standards/iban-international-bank-account-number>
const IBANS: &str = "ADJAEIALNATFAZNBAFBEBBGHBHHBIMBROBYNCHGCRHCYNCZJDEHDJMDKDDONEEFEGOESJFIDFKDFODFRMGBHGEHGIIGLDGRMGTNHNNHRGHUNIEHILIIQIISL\
    ITMJOPKWPKZFLBNLCRLIGLTFLUFLVGLYKMCMMDJMEHMKEMNFMRMMTQMUPNINNLDNOAOMIPKJPLNPSOPTKQAOROJRSHRUSSAJSCQSDDSEJSIESKJSMMSOISTKSVNTLITNJTRLUAOVAHVGJXKFYEP";

/// What tokens of well-known makers begin with; at least a digit follows.
const MAKERS: &str = "sk_live_ sk_test_ rk_live_ rk_test_ whsec_ AKIA ASIA ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- AIza ya29. xoxa- xoxb- xoxe- xoxp- \
    xapp- SG. sk-ant- sk-proj- shpat_ shpss_ shpca_ npm_ pypi- dop_v1_ hf_ EAAC sq0";

/// The shortest token.
pub(super) const TOKEN: usize = 20;

/// The end of the host name that begins at `pos`, if it is one an address can have.
pub(super) fn domain(text: &[u8], mut pos: usize) -> Option<usize> {
    // `logo@2x.png` is a file.
    if at(text, pos).is_ascii_digit() && at(text, pos + 1) == b'x' && at(text, pos + 2) == b'.' {
        return None;
    }
    let mut end = None;
    let (mut dots, mut label, mut letters) = (0, 0, true);
    let mut last = b' ';
    loop {
        let b = at(text, pos);
        // A number may begin behind a letter that is not Latin.
        let is_number = last > 127 && b.is_ascii_digit();
        last = b;
        if (is_word(b) && !is_number) || b == b'-' {
            label += 1;
            letters &= !b.is_ascii_digit();
        } else {
            if dots > 0 && label > 1 && letters {
                end = Some(pos);
            }
            if b != b'.' || label == 0 {
                return end;
            }
            dots += 1;
            (label, letters) = (0, true);
        }
        pos += 1;
    }
}

/// The end of the token that begins at `pos`: a JWT, or a key that shows its maker.
pub(super) fn token(text: &[u8], pos: usize) -> Option<usize> {
    let (mut end, mut dots, mut digits) = (pos, 0, 0);
    loop {
        match at(text, end) {
            b'.' => dots += 1,
            b'0'..=b'9' => digits += 1,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'-' => {}
            _ => break,
        }
        end += 1;
    }
    let word = text.get(pos..end).filter(|word| word.len() >= TOKEN)?;
    let is_made = || digits > 0 && MAKERS.as_bytes().split(|b| *b == b' ').any(|maker| word.starts_with(maker));
    ((dots > 1 && word.starts_with(b"eyJ")) || is_made()).then_some(end)
}

/// The end of the IBAN that begins at `pos` (ISO 13616; checked by ISO/IEC 7064, MOD 97-10).
pub(super) fn iban(text: &[u8], mut pos: usize) -> Option<usize> {
    let (mut head, mut rest) = (0, 0);
    let mut wanted = 4;
    let mut len = 0;
    let country = [at(text, pos).to_ascii_uppercase(), at(text, pos + 1).to_ascii_uppercase()];
    while len < wanted {
        let b = at(text, pos).to_ascii_uppercase();
        pos += 1;
        if !b.is_ascii_alphanumeric() {
            // A separator after each group of four.
            if len & 3 != 0 || !matches!(b, b' ' | b'-' | b'+' | b'.') || !at(text, pos).is_ascii_alphanumeric() {
                return None;
            }
            continue;
        }
        if len < 4 && b.is_ascii_digit() != (len > 1) {
            return None;
        }
        // The first four characters are checked last.
        let sum = if len < 4 { &mut head } else { &mut rest };
        *sum = if b < 64 { *sum * 10 + u32::from(b - 48) } else { *sum * 100 + u32::from(b - 55) } % 97;
        len += 1;
        if len == 4 {
            let known = IBANS.as_bytes().chunks(3).find(|known| known.starts_with(&country))?;
            wanted = usize::from(known.last()? - b'A') + 15;
        }
    }
    // The head is two letters of two digits each, and two digits.
    let is_valid = (rest * 1_000_000 + head) % 97 == 1;
    (is_valid && !at(text, pos).is_ascii_alphanumeric()).then_some(pos)
}

/// The end of the national id with letters that begins at `pos`: British (two letters, six digits, a letter) or Spanish
/// (eight digits, the first perhaps X, Y or Z, and the letter that checks them).
pub(super) fn lettered_id(text: &[u8], mut pos: usize, countries: u8) -> Option<usize> {
    let (mut letters, mut number) = (0_u32, 0_u32);
    let mut last = 0;
    for place in 0..9 {
        if place > 0 && matches!(at(text, pos), b' ' | b'-' | b'.' | b'+') {
            pos += 1;
        }
        last = at(text, pos).to_ascii_uppercase();
        pos += 1;
        if last.is_ascii_uppercase() {
            letters |= 1 << place;
            // As the first of a Spanish id.
            number = u32::from(last.wrapping_sub(b'X').min(10));
        } else if last.is_ascii_digit() {
            number = number * 10 + u32::from(last - b'0');
        } else {
            return None;
        }
        if place == 7 && countries & 8 != 0 && letters < 2 && number < 100_000_000 {
            letters |= u32::from(b"TRWAGMYFPDXBNJZSQVHLCKE".get(number as usize % 23).copied()?) << 16;
        }
    }
    let is_over = !at(text, pos).is_ascii_alphanumeric();
    let is_british = countries & 2 != 0 && letters & 0x1ff == 0x103 && matches!(last, b'A'..=b'D');
    (is_over && (is_british || letters >> 16 == u32::from(last))).then_some(pos)
}
