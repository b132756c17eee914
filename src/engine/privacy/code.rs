//! What has letters in it: bank accounts, tokens, some national ids. And where numbers begin.

use super::Kind;
use super::number;
use super::scan::{Scan, TOKEN};

/// Country and length of each IBAN, the length as a letter from `A` for 15, in the order of SWIFT's registry:
/// <https://www.swift.com/standards/data-standards/iban-international-bank-account-number>
const IBANS: &str = "ADJAEIALNATFAZNBAFBEBBGHBHHBIMBROBYNCHGCRHCYNCZJDEHDJMDKDDONEEFEGOESJFIDFKDFODFRMGBHGEHGIIGLDGRMGTNHNNHRGHUNIEHILIIQIISL\
    ITMJOPKWPKZFLBNLCRLIGLTFLUFLVGLYKMCMMDJMEHMKEMNFMRMMTQMUPNINNLDNOAOMIPKJPLNPSOPTKQAOROJRSHRUSSAJSCQSDDSEJSIESKJSMMSOISTKSVNTLITNJTRLUAOVAHVGJXKFYEP";

/// What tokens of well-known makers begin with; at least a digit follows.
const MAKERS: &str = "sk_live_ sk_test_ rk_live_ rk_test_ whsec_ AKIA ASIA ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- AIza ya29. xoxa- xoxb- xoxe- xoxp- \
    xapp- SG. sk-ant- sk-proj- shpat_ shpss_ shpca_ npm_ pypi- dop_v1_ hf_ EAAC sq0";

impl Scan<'_> {
    /// What begins with the letter or digit at `at`: from, to, kind.
    pub(super) fn code(&self, at: usize, before: u8, last: u8, numbers: bool) -> Option<(usize, usize, Kind)> {
        if last.is_ascii_alphanumeric() || last == b'_' {
            return None;
        }
        let found = |kind| move |to| (at, to, kind);
        if !matches!(last, b'-' | b'.') {
            let token = self.token(at).map(found(Kind::Token));
            let token = token.or_else(|| self.iban(at).map(found(Kind::Iban)));
            if token.is_some() {
                return token;
            }
        }
        if numbers && number::begins(before, last) {
            let id = if self.rules.countries & 0b1010 != 0 { self.lettered_id(at).map(found(Kind::Id)) } else { None };
            let is_alone = !(matches!(last, b' ' | b'+') && before.is_ascii_digit());
            let number = self.number(at, is_alone).map(|(kind, to)| (at, to, kind));
            // A path has more product numbers than phone numbers.
            let is_part = |to| last == b'/' && self.text.as_bytes().get(at..to).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
            return id.or(number.filter(|(_, to, kind)| *kind != Kind::Phone || !is_part(*to)));
        }
        None
    }

    /// The end of the token that begins at `at`: a JWT, or a key that shows its maker.
    fn token(&self, at: usize) -> Option<usize> {
        let rest = self.text.as_bytes().get(at..)?;
        let len = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')).count();
        let word = rest.get(..len).filter(|_| len >= TOKEN)?;
        let is_jwt = || word.starts_with(b"eyJ") && word.iter().filter(|b| **b == b'.').count() > 1;
        let is_made =
            || MAKERS.as_bytes().split(|b| *b == b' ').any(|maker| word.starts_with(maker)) && word.iter().any(u8::is_ascii_digit);
        (is_jwt() || is_made()).then_some(at + len)
    }

    /// The end of the IBAN that begins at `at` (ISO 13616; checked by ISO/IEC 7064, MOD 97-10).
    fn iban(&self, mut at: usize) -> Option<usize> {
        let mut head = [0_u8; 4];
        let mut len = 0;
        let mut wanted = 4;
        let mut rest = 0_u32;
        let feed = |rest: u32, b: u8| if b < 64 { rest * 10 + u32::from(b - 48) } else { rest * 100 + u32::from(b - 55) } % 97;
        while len < wanted {
            let (b, width) = self.peek(at);
            at += width;
            let b = b.to_ascii_uppercase();
            if !b.is_ascii_alphanumeric() {
                // A separator after each group of four.
                if len & 3 != 0 || !matches!(b, b' ' | b'-' | b'+' | b'.') || !self.peek(at).0.is_ascii_alphanumeric() {
                    return None;
                }
                continue;
            }
            match head.get_mut(len) {
                Some(place) if b.is_ascii_digit() == (len > 1) => *place = b,
                Some(_) => return None,
                None => rest = feed(rest, b),
            }
            len += 1;
            if len == 4 {
                let known = IBANS.as_bytes().chunks(3).find(|known| head.starts_with(known.get(..2).unwrap_or(known)))?;
                wanted = usize::from(known.last()? - b'A') + 15;
            }
        }
        let is_over = !self.peek(at).0.is_ascii_alphanumeric();
        (is_over && head.into_iter().fold(rest, feed) == 1).then_some(at)
    }

    /// The end of the national id with letters that begins at `at`: British (two letters, six digits, a letter) or Spanish
    /// (eight digits, the first perhaps X, Y or Z, and the letter that checks them).
    fn lettered_id(&self, mut at: usize) -> Option<usize> {
        let mut id = [0_u8; 9];
        for place in 0..9 {
            let (mut b, mut width) = self.peek(at);
            if place > 0 && matches!(b, b' ' | b'-' | b'.' | b'+') {
                at += width;
                (b, width) = self.peek(at);
            }
            *id.get_mut(place)? = b.to_ascii_uppercase();
            at += width;
        }
        let [first, second, digits @ .., last] = id;
        if self.peek(at).0.is_ascii_alphanumeric() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let is_british =
            self.rules.countries & 2 != 0 && first.is_ascii_alphabetic() && second.is_ascii_alphabetic() && matches!(last, b'A'..=b'D');
        let start = if matches!(first, b'X'..=b'Z') { first - b'X' } else { first.wrapping_sub(b'0') };
        let number = digits.iter().fold(u32::from(start) * 10 + u32::from(second.wrapping_sub(b'0')), |n, b| n * 10 + u32::from(b - b'0'));
        let letter = b"TRWAGMYFPDXBNJZSQVHLCKE".get(number as usize % 23);
        let is_spanish = self.rules.countries & 8 != 0 && start < 10 && second.is_ascii_digit() && letter == Some(&last);
        (is_british || is_spanish).then_some(at)
    }
}
